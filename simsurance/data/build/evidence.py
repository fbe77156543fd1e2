"""What the table modules share: packaged evidence in, standard populations, smooth curves through band means."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
from scipy.interpolate import PchipInterpolator

from simsurance.axes import SEX
from simsurance.data.tables import AGES, DATA, FloatArray, by_sex_age, by_year_sex_age, years_of

FEMALE: Final = SEX.members.index("female")
MALE: Final = SEX.members.index("male")
AGE: Final = np.array(AGES)

Cell = str | int | float
Band = tuple[int, int]


@dataclass(frozen=True)
class Residual:
    """A number that a table has to reproduce (`fitted`), may be held against (`compared`), or only has (`noted`)."""

    what: str
    target: float | None
    reached: float
    use: Literal["fitted", "compared", "noted"]


@dataclass(frozen=True)
class Built:
    """A derived table: where it goes, what it holds, where its numbers come from, how well it meets its anchors."""

    path: str
    header: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    content: str
    sources: tuple[str, ...]
    mark: str
    residuals: tuple[Residual, ...] = ()


def rows_of(name: str, folder: Path = DATA / "evidence") -> list[dict[str, str]]:
    """The rows of a packaged evidence file."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def survey(source_id: str, year: int | None, measure: str, sex: str = "all", area: str = "all") -> dict[str, float]:
    """Values of one survey measure by age band, as decimals (or as they stand when not in percent); blanks left out."""
    wanted = {"source_id": source_id, "reference_year": str(year or ""), "measure": measure, "sex": sex, "area": area}
    found = {}
    for row in rows_of("age_profile_evidence.csv"):
        if row["value"] and all(row[key] == value for key, value in wanted.items()):
            found[row["age_band"]] = float(row["value"]) / (100 if row["unit"] == "percent" else 1)
    return found


def population(year: int | None = None) -> FloatArray:
    """Persons on 1 July of the year, or of the last one packaged, [sex, age]."""
    path = DATA / "demography" / "population.csv"
    everyone: FloatArray = by_year_sex_age(path, "persons", (years_of(path)[-1] if year is None else year,))[0]
    return everyone


def last_published() -> int:
    """The last year whose fund flows were published."""
    return max(int(row["year"]) for row in rows_of("fund_flows.csv") if row["measure"] == "income")


def projected_years() -> range:
    """The years for which there are death rates, and so a projection."""
    years = years_of(DATA / "demography" / "mortality.csv")
    return range(years[0], years[-1] + 1)


def profile(name: str, *values: str) -> dict[str, FloatArray]:
    """A derived table of another module, [sex, age]."""
    return by_sex_age(DATA / "profiles" / name, *values)


def band(first: int, last: int = 100) -> slice:
    """The single ages of a band, both ends included."""
    return slice(first, last + 1)


def mean(values: FloatArray, persons: FloatArray, ages: slice = slice(None)) -> float:
    """Mean of a value over the persons of these ages; both arrays end in the age axis."""
    return float((values * persons)[..., ages].sum() / np.broadcast_to(persons, values.shape)[..., ages].sum())


def curve(knot_ages: Sequence[float], values: Sequence[float] | FloatArray) -> FloatArray:
    """A monotone cubic through the knots, [age], read at the middle of each year of age; flat beyond the knots."""
    middle = np.clip(AGE + 0.5, knot_ages[0], knot_ages[-1])
    return np.asarray(PchipInterpolator(knot_ages, values)(middle), dtype=float)


def through_means(
    shape: Callable[[FloatArray], FloatArray],
    start: FloatArray,
    bands: Sequence[Band],
    means: FloatArray,
    persons: FloatArray,
) -> FloatArray:
    """The curve `shape(levels)`, [age], whose mean over the persons of each band is the one given.

    One level a band is moved by the ratio of wanted to reached mean until all agree to 1e-12.
    """
    levels = start.astype(float)
    for _ in range(2000):
        values = shape(levels)
        reached = np.array([mean(values, persons, band(*ages)) for ages in bands])
        levels = levels * means / reached
        if np.abs(reached / means - 1).max() < 1e-12:
            return values
    raise ArithmeticError("the band means were not reached")


def logit(share: FloatArray | float) -> FloatArray:
    """Log-odds."""
    return np.asarray(np.log(share) - np.log1p(-np.asarray(share)), dtype=float)


def expit(log_odds: FloatArray | float) -> FloatArray:
    """The share with these log-odds."""
    return np.asarray(1 / (1 + np.exp(-np.asarray(log_odds))), dtype=float)


def sex_age_rows(*values: FloatArray, digits: int = 6) -> list[tuple[Cell, ...]]:
    """Rows `sex, age, values` of arrays [sex, age]."""
    return [
        (sex, age, *(round(float(value[i, age]), digits) for value in values))
        for i, sex in enumerate(SEX.members)
        for age in AGES
    ]


def age_rows(*values: FloatArray, digits: int = 6) -> list[tuple[Cell, ...]]:
    """Rows `age, values` of arrays [age]."""
    return [(age, *(round(float(value[age]), digits) for value in values)) for age in AGES]
