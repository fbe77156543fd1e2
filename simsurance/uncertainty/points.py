"""Points that are projected over processes: chunks kept on disk as they come, so that nothing is computed twice."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol
from zipfile import BadZipFile

import numpy as np

from simsurance.measures import measure_of
from simsurance.results import RunAccounts
from simsurance.uncertainty.jobs import over_processes

Arrays = dict[str, np.ndarray]
"""What is kept of some points by name, the point first."""
Tell = Callable[[int, int], None]
"""Called with the points that are done and all of them."""
CHUNK: Final = 8
"""Points that are projected and handed over together."""
MONTHS: Final = "months/"
"""What stands before a fund's name where its reserve months are kept, [point, year]."""
MEASURED: Final = "measured/"
"""What stands before a measure's name where it is kept, [point]."""


class Work(Protocol):
    """Points to be projected; goes to processes as it is."""

    @property
    def points(self) -> int:
        """How many there are."""

    def chunk(self, first: int, last: int) -> Arrays:
        """What is kept of the points from `first` to before `last`."""


def computed(work: Work, jobs: int = 1, parts: Path | None = None, tell: Tell | None = None) -> Arrays:
    """What is kept of all points; the same bits for any number of processes.

    `parts`: a folder in which finished chunks stand until all are there; taken up from it. Raises SimsuranceError where
    a process dies, and what a point raises.
    """
    spans = [(first, min(first + CHUNK, work.points)) for first in range(0, work.points, CHUNK)]
    done = {span: kept for span in spans if parts and (kept := _taken_up(_file(parts, span))) is not None}
    if parts:
        parts.mkdir(parents=True, exist_ok=True)
    for span, kept in _made(work, [span for span in spans if span not in done], jobs):
        done[span] = kept
        if parts:
            _put(_file(parts, span), kept)
        if tell:
            tell(sum(last - first for first, last in done), work.points)
    return joined([done[span] for span in spans], [last - first for first, last in spans])


def joined(parts: Sequence[Arrays], sizes: Sequence[int]) -> Arrays:
    """Chunks one after another; a chunk none of whose points could be projected lacks measures, which are then NaN."""
    like = {name: values for part in parts for name, values in part.items()}
    return {
        name: np.concatenate(
            [
                part[name] if name in part else np.full((size, *values.shape[1:]), np.nan)
                for part, size in zip(parts, sizes, strict=True)
            ]
        )
        for name, values in like.items()
    }


def kept(runs: Sequence[RunAccounts | None]) -> Arrays:
    """Measures and reserve months of some runs, NaN where there is no run; nothing where there is none at all."""
    first = next((run for run in runs if run is not None), None)
    if first is None:
        return {}
    found = {
        f"{MEASURED}{each.measure}": np.array([np.nan if run is None else run.measured[place].value for run in runs])
        for place, each in enumerate(first.measured)
    }
    none = np.full(len(first.years), np.nan)
    for fund in first.accounts:
        months = [none if run is None else run.accounts[fund]["reserve_months"] for run in runs]
        found[f"{MONTHS}{fund}"] = np.stack(months)
    return found


def funds_of(arrays: Arrays) -> list[str]:
    """The funds of which something is kept."""
    return [name.removeprefix(MONTHS) for name in arrays if name.startswith(MONTHS)]


def measured_of(arrays: Arrays, fund: str, measure: str) -> np.ndarray:
    """A measure of a fund by the name that it has for the resident fund, NaN where it has no value, [point]."""
    return arrays[f"{MEASURED}{measure_of(fund, measure)}"]


def years_funded(arrays: Arrays, fund: str, years: Sequence[int]) -> np.ndarray:
    """Years of the horizon before a fund has run out, all of them where it does not, NaN where there is no run, [point]."""
    depleted = measured_of(arrays, fund, "depletion_year")
    found = np.where(np.isnan(depleted), len(years), depleted - years[0])
    return np.where(np.isnan(arrays[f"{MONTHS}{fund}"]).all(axis=-1), np.nan, found)


def _made(work: Work, spans: Sequence[tuple[int, int]], jobs: int) -> Iterator[tuple[tuple[int, int], Arrays]]:
    if min(jobs, len(spans)) <= 1:
        yield from ((span, work.chunk(*span)) for span in spans)
        return
    yield from over_processes(spans, jobs, (_begin, (work,)), _chunk, "points")


_WORK: dict[str, Work] = {}


def _begin(work: Work) -> None:
    _WORK["own"] = work


def _chunk(span: tuple[int, int]) -> Arrays:
    return _WORK["own"].chunk(*span)


def _file(parts: Path, span: tuple[int, int]) -> Path:
    return parts / f"{span[0]:06d}-{span[1]:06d}.npz"


def _put(file: Path, arrays: Arrays) -> None:
    """Write a chunk whole or not at all."""
    draft = file.with_suffix(".partial")
    with draft.open("wb") as opened:
        np.savez(opened, **arrays)  # type: ignore[arg-type]
    draft.replace(file)


def _taken_up(file: Path) -> Arrays | None:
    """A chunk that was written; None where there is none, or a damaged one."""
    try:
        with np.load(file) as found:
            return {name: found[name] for name in found.files}
    except (OSError, ValueError, KeyError, BadZipFile):
        return None
