"""The charts that a folder of many runs holds, drawn from results or from what stands in the folder."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simsurance.output.charts import information, screening, sensitivity, variance
from simsurance.output.charts import pairs as of_pairs
from simsurance.output.charts import signs as of_signs
from simsurance.output.charts import stochastic as of_draws
from simsurance.output.charts import sweep as of_sweep
from simsurance.output.planned import FORMATS, places_of

if TYPE_CHECKING:
    from simsurance.answers.signs import Signs
    from simsurance.uncertainty.information import Information
    from simsurance.uncertainty.paired import Pairs
    from simsurance.uncertainty.screening import Screening
    from simsurance.uncertainty.sensitivity import Sensitivity
    from simsurance.uncertainty.sweep import Sweep
    from simsurance.uncertainty.variance import Shares


def draws(pairs: "Pairs", folder: Path, lang: str, formats: Sequence[str] = FORMATS) -> Iterator[Path]:
    """Each scenario's own charts, and in `folder` what several differ by; yields the files."""
    for run, place in zip(pairs.runs, places_of(pairs.names), strict=True):
        yield from of_draws.write_all(run, folder.parent / f"{place}{folder.name}", lang, formats)
    if len(pairs.runs) > 1:
        yield from of_pairs.write_all(pairs, folder, lang, formats)


def what_moves(
    found: "Sensitivity",
    known: "Information | None",
    parts: "Shares | None",
    screened: "Screening | None",
    folder: Path,
    lang: str,
    formats: Sequence[str] = FORMATS,
) -> Iterator[Path]:
    """What moves each fund most, and what trajectories and draws say of it where there are some; yields the files."""
    yield from sensitivity.write_all(found, folder, lang, formats)
    if screened:
        yield from screening.write_all(screened, folder, lang, formats)
    if known:
        yield from information.write_all(known, folder, lang, formats)
    if parts:
        yield from variance.write_all(parts, folder, lang, formats)


def swept(
    sweep: "Sweep",
    fund: str,
    measure: str,
    signs: "Signs | None",
    folder: Path,
    lang: str,
    formats: Sequence[str] = FORMATS,
) -> Iterator[Path]:
    """A measure of a fund over the grids, and where a conclusion flips if there is one; yields the files."""
    yield from of_sweep.write_all(sweep, folder, fund, measure, lang, formats)
    if signs:
        yield from of_signs.write_all(signs, folder, lang, formats)
