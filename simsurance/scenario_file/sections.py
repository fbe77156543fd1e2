"""What a table of a scenario file is: closed, strict, with a described field a key and its bounds; small tables by axis."""

import re
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from simsurance.scenario_file.schedule import CALENDAR, Ramp, Schedule

Number = Annotated[float, Field(allow_inf_nan=False)]
LARGEST_AMOUNT = 1e30
"""What no sum reaches in any currency; the arithmetic is exact to its sixteenth digit whatever the size."""
LABEL = re.compile(r"(?=.{1,20}$)[^\W\d_]+\$?(?:[ .][^\W\d_]+\$?)*\.?|[$€£¥₩₹₫₱฿]")
"""A label: letters, with single blanks or dots between them, or the sign of a currency."""
Pair = Annotated[list[Number], "pair"]


def quantity(description: str, unit: str, low: float, high: float) -> Any:
    """A numeric key (one number, a schedule, or a small table of numbers): what it is, its unit, its hard bounds."""
    return Field(description=description, json_schema_extra={"unit": unit, "lowest": low, "highest": high})


def amount(description: str, unit: str = "yuan", low: float = -LARGEST_AMOUNT) -> Any:
    """A key that is a sum of money of any size, in any currency."""
    return quantity(description, unit, low, LARGEST_AMOUNT)


def calendar_year(description: str) -> Any:
    """A key that holds one calendar year."""
    return quantity(description, "year", *CALENDAR)


def text(description: str) -> Any:
    """A key that holds words, a choice or a file name."""
    return Field(description=description)


def as_label(words: str) -> str:
    """A label of a few words, without what means something to a page or a template."""
    if not LABEL.fullmatch(words):
        raise PydanticCustomError("label", "no label")
    return words


def _numbers(value: object) -> list[tuple[str, float]]:
    """Every number inside a value with the sub-key that holds it, for the check of bounds."""
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int | float):
        return [("", float(value))]
    if isinstance(value, Ramp):
        return [(f"ramp.{year}", number) for year, number in value.ramp.items()]
    if isinstance(value, dict):
        return [(f"{key}", float(number)) for key, number in value.items() if isinstance(number, int | float)]
    if isinstance(value, list | tuple):
        return [(f"{position}", float(number)) for position, number in enumerate(value)]
    if isinstance(value, BaseModel):
        return [
            (f"{name}.{key}".rstrip("."), number)
            for name in type(value).model_fields
            for key, number in _numbers(getattr(value, name))
        ]
    return []


def in_order(band: list[float]) -> list[float]:
    """A pair of a lower and a higher number, or none."""
    if band and (len(band) != 2 or band[0] >= band[1]):
        raise PydanticCustomError("reserve_band", "not a lower and a higher number")
    return band


class Section(BaseModel):
    """A table of the scenario file: closed (unknown keys are errors), strict (no silent conversion), frozen."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="after")
    @classmethod
    def _within_bounds(cls, value: Any, info: ValidationInfo) -> Any:
        if bounds := _bounds(cls).get(info.field_name or ""):
            low, high, unit = bounds
            if type(value) is float and low <= value <= high:
                return value
            outside = [(key, number) for key, number in _numbers(value) if not low <= number <= high]
            if outside:
                raise PydanticCustomError(
                    "out_of_bounds",
                    "outside {low} to {high} ({unit})",
                    {"outside": outside, "unit": unit, "low": low, "high": high},
                )
        return value


@cache
def _bounds(section: type[Section]) -> dict[str, tuple[float, float, str]]:
    """The lowest and the highest number that each numeric field of a section may hold, and its unit."""
    bounds = {}
    for name, field in section.model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and "lowest" in extra:
            low, high, unit = extra["lowest"], extra["highest"], extra["unit"]
            assert isinstance(low, int | float)
            assert isinstance(high, int | float)
            bounds[name] = (low, high, str(unit))
    return bounds


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
