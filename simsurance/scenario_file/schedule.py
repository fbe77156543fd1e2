"""Values that change by calendar year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Final, TypeGuard

if TYPE_CHECKING:
    import numpy as np


CALENDAR: Final = (1990, 2150)
"""Whole numbers outside are no calendar years but slips of the pen. Which years can be valued is for the data to say."""


@lru_cache(maxsize=1024)
def is_year(key: object) -> bool:
    """True for text of four plain digits: other spellings of a number could name one year twice."""
    return isinstance(key, str) and len(key) == 4 and key.isascii() and key.isdigit()


def is_calendar_year(value: object) -> TypeGuard[int]:
    """True for a whole number that can be a calendar year."""
    return isinstance(value, int) and CALENDAR[0] <= value <= CALENDAR[1]


@dataclass(frozen=True)
class Ramp:
    """Straight lines between the years named; the last value holds on."""

    ramp: dict[int, float]


Schedule = Annotated[float | Ramp | dict[int, float], "schedule"]
"""A number for all years; `{2026 = 400, 2028 = 420}`, each value until the next year named; or `{ramp = {…}}`."""

Pins = Annotated[dict[int, float], "pins"]
"""Values for single years; other years are not touched; may be empty."""


class YearNotCovered(ValueError):
    """A schedule has no value for a year that a run needs."""


def values_by_year(schedule: Schedule, years: Sequence[int]) -> "np.ndarray":
    """The schedule's value in each calendar year, shape [year]; raises YearNotCovered before its first year."""
    import numpy as np  # reading and checking scenario files does without it

    if isinstance(schedule, float | int):
        found = np.empty(len(years))
        found.fill(schedule)
        return found
    knots = schedule.ramp if isinstance(schedule, Ramp) else schedule
    named = sorted(knots)
    if len(years) and min(years) < named[0]:
        raise YearNotCovered(f"no value for {min(years)}; the first year named is {named[0]}")
    values = np.array([knots[year] for year in named], dtype=float)
    if isinstance(schedule, Ramp):
        return np.asarray(np.interp(years, named, values))
    return values[np.searchsorted(named, years, side="right") - 1]


def first_year(schedule: Schedule) -> int:
    """The first year that a schedule has a value for; of a number, which holds for all, year 0."""
    if isinstance(schedule, float | int):
        return 0
    return min(schedule.ramp if isinstance(schedule, Ramp) else schedule)


def value_in(schedule: Schedule, year: int) -> float | None:
    """The schedule's value in one calendar year, without NumPy; None before its first year."""
    if isinstance(schedule, float | int):
        return float(schedule)
    knots = schedule.ramp if isinstance(schedule, Ramp) else schedule
    started = [named for named in knots if named <= year]
    if not started:
        return None
    before = max(started)
    if not isinstance(schedule, Ramp) or len(started) == len(knots):
        return knots[before]
    after = min(named for named in knots if named > year)
    return knots[before] + (knots[after] - knots[before]) * (year - before) / (after - before)


def level_in(level: Schedule, year: int) -> float | None:
    """A level, an income or a wage, in one calendar year: as named, with constant growth between two years named.

    A ramp is straight between them; after the last year named the last value stands. None before the first.
    """
    if not isinstance(level, dict) or year in level:
        return value_in(level, year)
    before, after = [each for each in level if each < year], [each for each in level if each > year]
    if not before or not after:
        return value_in(level, year)
    first, last = max(before), min(after)
    growth = (level[last] / level[first]) ** (1 / (last - first))
    return float(level[first] * growth ** (year - first))


def levels_by_year(level: Schedule, years: Sequence[int]) -> "np.ndarray":
    """The same in each calendar year, shape [year]; raises YearNotCovered before its first year."""
    import numpy as np

    if not isinstance(level, dict) or not len(years):
        return values_by_year(level, years)
    values_by_year(level, [min(years)])
    return np.array([level_in(level, year) for year in years], dtype=float)


def last_named(level: Schedule, otherwise: int) -> int:
    """The last year that a level names; of a number, which names none, another year."""
    if isinstance(level, float | int):
        return otherwise
    return max(level.ramp if isinstance(level, Ramp) else level)


def rule_in(rules: Mapping[int, str], year: int) -> str:
    """The rule in force in a calendar year."""
    started = [first for first in rules if first <= year]
    if not started:
        raise YearNotCovered(f"no rule for {year}; the first year named is {min(rules)}")
    return rules[max(started)]
