"""The other tiers beside published figures, and the keys brought to these: `python -m simsurance.evidence.tiers`.

Five keys are levels: each is solved so that one published figure is met in its year by a run of that year alone. All other
figures are for comparison.
"""

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from scipy.optimize import brentq

from simsurance.data.tables import DATA
from simsurance.results import simulate
from simsurance.scenario_file.loader import Scenario, load

LEVELS: Final = {
    "tiers.assistance.covered.low": ("assistance_inpatient", 2025, (0.01, 0.5)),
    "tiers.assistance.outpatient_ratio": ("assistance_outpatient", 2025, (0.05, 0.9)),
    "tiers.supplementary.deductible": ("supplementary_loss_ratio", 2025, (500.0, 20000.0)),
    "tiers.long_term_care.level": ("disabled_60_plus", 2024, (0.7, 1.4)),
    "tiers.burden.income_level": ("over_40_percent", 2019, (0.08, 1.0)),
}
"""Keys that are brought to a figure: the column that is, the year of the run, between what the value is looked for."""
FIRST: Final = 2019
"""The first year that a projection opens in."""
HOUSEHOLD: Final = "tiers.burden.household_size"


@dataclass(frozen=True)
class Figure:
    """A published figure; its range stands in the file."""

    measure: str
    value: float
    year: int
    mark: str


@cache
def published() -> list[Figure]:
    """The figures of `data/evidence/tiers.csv`."""
    with (DATA / "evidence" / "tiers.csv").open(encoding="utf-8", newline="") as file:
        return [
            Figure(row["measure"], float(row["value"]), int(row["year"]), row["mark"]) for row in csv.DictReader(file)
        ]


def figure(measure: str) -> Figure:
    """The first figure of a name."""
    return next(each for each in published() if each.measure == measure)


def told() -> Scenario:
    """The baseline with the other tiers told."""
    return load("baseline").replace({"tiers.in_force": True})


@cache
def columns(year: int, key: str = "", value: float = 0.0) -> dict[str, float]:
    """The table of a run of one year, with another value of a key."""
    changes = {"horizon.valuation_year": year, "horizon.last_year": year} | ({key: value} if key else {})
    (run,) = simulate([told().replace(changes)])
    assert run.beside is not None
    return {name: float(values[0]) for name, values in run.beside.columns.items()}


def persons_above(households: float, size: float) -> float:
    """The share of persons above if that of households is given: each person alone may bring the household there."""
    return 1 - (1 - households) ** (1 / size)


def wanted(key: str) -> float:
    """The figure that a level is brought to."""
    column = LEVELS[key][0]
    if column == "over_40_percent":
        return persons_above(figure("households_above_40_percent").value, told().leaves[HOUSEHOLD])
    return figure(column).value


def met(key: str) -> float:
    """What the level gives as it stands in the baseline, in its year."""
    column, year, _ = LEVELS[key]
    return columns(year)[column]


def solved(key: str) -> float:
    """The value of a level that gives the figure wanted."""
    column, year, (low, high) = LEVELS[key]
    target = wanted(key)
    return float(
        brentq(lambda value: columns(year, key, value)[column] / target - 1, low, high, xtol=1e-6 * high, rtol=1e-7)
    )


def compared() -> Iterator[tuple[str, int, float, float, str]]:
    """Figure, year, published, model and mark, for every figure of a year that a projection reaches."""
    (run,) = simulate([told().replace({"horizon.last_year": 2050})])
    assert run.beside is not None
    for each in published():
        if each.measure == "households_above_40_percent":
            yield (
                "persons above 40 %",
                each.year,
                wanted("tiers.burden.income_level"),
                columns(FIRST)["over_40_percent"],
                each.mark,
            )
            continue
        found = columns(each.year) if each.year < run.years[0] and each.year >= FIRST else None
        if found is None:
            found = {name: float(values[each.year - run.years[0]]) for name, values in run.beside.columns.items()}
        if each.measure in (own := of_figures(found)):
            yield each.measure, each.year, each.value, own[each.measure], each.mark


def of_figures(found: dict[str, float]) -> dict[str, float]:
    """A year's columns by the names of the figures."""
    income = sum(value for name, value in found.items() if name.startswith("care_from_"))
    return found | {"assistance_total": found["assistance_from_budget"], "care_income": income}


def main() -> None:
    """Print levels and figures."""
    write = sys.stdout.write
    write("level                             in the baseline  solved     published\n")
    for key in LEVELS:
        value = told().leaves[key]
        write(
            f"{key:32}  {value:15.6g}  {solved(key):9.6g}  {wanted(key):9.4g} of {LEVELS[key][0]}, {LEVELS[key][1]}\n"
        )
    write("\nfigure                      year  published  model      model ÷ published  mark\n")
    for measure, year, value, own, mark in compared():
        write(f"{measure:26}  {year}  {value:9.4g}  {own:9.4g}  {own / value:17.3f}  {mark}\n")


if __name__ == "__main__":
    main()
