"""What a table of a scenario file is: closed, strict, with a described field a key and its bounds; small tables by axis."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from simsurance.scenario_file.fields import NO_DEFAULT, Field, Refused, Section
from simsurance.scenario_file.schedule import CALENDAR, Schedule

Number = Annotated[float, "number"]
Pair = Annotated[list[float], "pair"]
Check = Callable[[Any, Mapping[str, Any]], None]
LARGEST_AMOUNT = 1e30
"""What no sum reaches in any currency; the arithmetic is exact to its sixteenth digit whatever the size."""
LABEL = re.compile(r"(?=.{1,20}$)[^\W\d_]+\$?(?:[ .][^\W\d_]+\$?)*\.?|[$€£¥₩₹₫₱฿]")
"""A label: letters, with single blanks or dots between them, or the sign of a currency."""


def quantity(description: str, unit: str, low: float, high: float, check: Check | None = None) -> Any:
    """A numeric key (one number, a schedule, or a small table of numbers): what it is, its unit, its hard bounds."""
    return Field(description, unit, low, high, check)


def amount(description: str, unit: str = "yuan", low: float = -LARGEST_AMOUNT, check: Check | None = None) -> Any:
    """A key that is a sum of money of any size, in any currency."""
    return quantity(description, unit, low, LARGEST_AMOUNT, check)


def calendar_year(description: str, check: Check | None = None) -> Any:
    """A key that holds one calendar year."""
    return quantity(description, "year", *CALENDAR, check)


def text(description: str, check: Check | None = None, default: Any = NO_DEFAULT) -> Any:
    """A key that holds words, a choice or a file name."""
    return Field(description, check=check, default=default)


def named(name: str) -> Any:
    """A table whose name in a file is a word of Python."""
    return Field(named=name)


def a_label(words: str, before: Mapping[str, Any]) -> None:
    """A label of a few words, without what means something to a page or a template."""
    if not LABEL.fullmatch(words):
        raise Refused("label")


def a_band(band: list[float], before: Mapping[str, Any]) -> None:
    """A pair of a lower and a higher number, or none."""
    if band and (len(band) != 2 or band[0] >= band[1]):
        raise Refused("reserve_band")


class ByNeed(Section):
    """One number a health status class."""

    low: Number
    moderate: Number
    high: Number


class PathByNeed(Section):
    """One number or path a health status class."""

    low: Schedule
    moderate: Schedule
    high: Schedule


class ByArea(Section):
    """One number an area."""

    urban: Number
    rural: Number


class ByIncome(Section):
    """One number an income group."""

    assisted: Number
    low: Number
    middle: Number
    high: Number


class ByAreaIncome(Section):
    """One number an area and income group."""

    urban: ByIncome
    rural: ByIncome


class PathBySex(Section):
    """One number or path a sex."""

    female: Schedule
    male: Schedule


class ByAgeBand(Section):
    """One number an age band; ages in whole years at the last birthday."""

    age_0_5: Number
    age_6_14: Number
    age_15_26: Number
    age_27_49: Number
    age_50_79: Number
    age_80_plus: Number


class ByAgeAtDeath(Section):
    """One number an age band of those who die; ages in whole years at the last birthday."""

    age_0_44: Number
    age_45_64: Number
    age_65_74: Number
    age_75_84: Number
    age_85_plus: Number
