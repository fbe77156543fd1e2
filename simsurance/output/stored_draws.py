"""Draws that were accepted with a scenario's reference results: what its headline tells of them."""

import csv
import json
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.analysis.reference_results import DRAWS, DRAWS_OF
from simsurance.csv_text import table_csv
from simsurance.language import Words, words
from simsurance.ledger import FUNDS
from simsurance.measures import date_percentiles, measure_of
from simsurance.output.manifest import as_json
from simsurance.output.planned import run_id
from simsurance.scenario_file.files import scenarios_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simsurance.scenario_file.loader import Scenario
    from simsurance.uncertainty.stochastic import Stochastic

STORED: Final[dict[str, Any]] = {"draws": 256, "seed": 1, "sampler": "sobol"}
REQUIRED: Final = "required_contribution_multiple_now"
KEPT: Final = (
    "first_deficit_year",
    "depletion_year",
    "reserve_months_last_year",
    "closing_last_year_constant_prices",
    REQUIRED,
)
"""Measures of a draw that are kept, by the name that they have for the resident fund."""
DIGEST: Final = "run_id"


Years = tuple[int | None, int | None, int | None]
"""Tenth percentile, median and ninetieth of a date; None for not by the horizon."""


@dataclass(frozen=True)
class StoredDraws:
    """What accepted draws say of each fund: tenth percentile, median, ninetieth.

    `depletion`: of the year, None for not by the horizon; `required`: of the multiple of contributions from when they can
    change, of funds for which every draw has one.
    """

    draws: int
    last: int
    depletion: dict[str, Years]
    required: dict[str, tuple[float, float, float]]


def stored_texts(run: "Stochastic") -> dict[str, str]:
    """The files of a reference that hold draws, by name."""
    import pandas as pd

    names = [measure_of(fund, name) for fund in run.kept.yearly for name in KEPT]
    kept = {name: run.kept.measured[name] for name in names if name in run.kept.measured}
    made_of = {DIGEST: run_id(run.scenario), "sample": vars(run.sample), "engine": run.engine}
    return {DRAWS: table_csv(pd.DataFrame(kept).rename_axis("draw")), DRAWS_OF: as_json(made_of)}


def stored_draws(scenario: "Scenario") -> StoredDraws | None:
    """The accepted draws of a scenario as it is now; None where there are none, or they are those of another."""
    folder = scenarios_folder() / "references" / scenario.name
    if not (folder / DRAWS_OF).is_file():
        return None
    made_of = json.loads((folder / DRAWS_OF).read_text(encoding="utf-8"))
    if made_of[DIGEST] != run_id(scenario):
        return None
    depletion, required = _said(folder / DRAWS, (folder / DRAWS).stat().st_mtime_ns)
    return StoredDraws(made_of["sample"]["draws"], scenario.values.horizon.last_year, depletion, required)


@lru_cache(maxsize=8)
def _said(path: Path, _changed: int) -> tuple[dict[str, Years], dict[str, tuple[float, float, float]]]:
    """What a file of draws says of depletion and of what is required; every page and chart of a run asks."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    years, multiples = (_by_fund(rows, name) for name in ("depletion_year", REQUIRED))
    return (
        {fund: date_percentiles(each) for fund, each in years.items()},
        {fund: _percentiles(each) for fund, each in multiples.items() if np.isfinite(each).all()},
    )


def _by_fund(rows: "Sequence[Mapping[str, str]]", measure: str) -> dict[str, np.ndarray]:
    """A measure of every draw by fund, [draw]; NaN where it has no value."""
    names = {fund.name: measure_of(fund.name, measure) for fund in FUNDS}
    return {
        fund: np.array([float(row[name] or "nan") for row in rows]) for fund, name in names.items() if name in rows[0]
    }


def _percentiles(values: np.ndarray) -> tuple[float, float, float]:
    low, middle, high = np.percentile(values, (10, 50, 90)).tolist()
    return low, middle, high


def stored_words(stored: StoredDraws, fund: str, lang: str) -> str:
    """The range of a fund's depletion year and its label; empty where the draws know nothing of the fund."""
    return labelled(stored.depletion[fund], stored.last, lang) if fund in stored.depletion else ""


def required_words(scenario: "Scenario", fund: str, lang: str) -> str:
    """`80 % of draws: × 0.82 to × 1.59 required (median × 1.18)`; empty where no accepted draws know of it."""
    stored = stored_draws(scenario)
    if stored is None or fund not in stored.required:
        return ""
    low, middle, high = stored.required[fund]
    return words(lang).say("draws.required", low=low, middle=middle, high=high)


def labelled(years: Years, last: int, lang: str, event: str = "depletion") -> str:
    """`80 % of draws: 2032 to after 2060 (median 2037)`: the tenth percentile, the median and the ninetieth of a date."""
    said = words(lang)
    return said.say("draws.labelled", range=range_text(years, last, said, event))


def range_text(years: Years, last: int, said: Words, event: str, median: bool = True) -> str:
    """The ends, with the median or without, or the words that the date does not come."""
    low, middle, high = years
    if low is None:
        return said.say(f"compare.dated.{event}_year.never", last=last)
    ends = said.say("draws.ends", low=low, high=high, last=last)
    return said.say("draws.with_median", ends=ends, middle=middle, last=last) if median else ends


def report(scenario: "Scenario") -> str:
    """The accepted draws of a scenario: depletion of each fund, and the share of draws in which it does not come."""
    found = stored_draws(scenario)
    if found is None:
        return f"{scenario.name}: no accepted draws"
    heads = "".join(f"{name:>12}" for name in ("10 %", "median", "90 %"))
    lines = [f"{f'{scenario.name}, {found.draws} draws: depletion year':50}{heads}"]
    for fund, years in found.depletion.items():
        lines.append(f"{fund:50}" + "".join(f"{f'after {found.last}' if year is None else year:>12}" for year in years))
    return "\n".join(lines)


def main() -> None:
    """Print it for the baseline."""
    from simsurance.scenario_file.loader import load

    sys.stdout.write(report(load("baseline")) + "\n")


if __name__ == "__main__":
    main()
