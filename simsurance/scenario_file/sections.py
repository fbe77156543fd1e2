"""What a table of a scenario file is: closed, strict, with a described field a key and its bounds; small tables by axis."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from simsurance.axes import NATIONAL, Groups
from simsurance.scenario_file.fields import NO_DEFAULT, Field, Refused, Section
from simsurance.scenario_file.schedule import CALENDAR, Schedule

Number = Annotated[float, "number"]
Pair = Annotated[list[float], "pair"]
Labels = Annotated[dict[str, str], "labels"]
Mark = Literal[
    "verified",
    "verified_transcription",
    "derived",
    "fitted",
    "calibration",
    "recalled_checked",
    "recalled",
    "recalled_low",
    "abstract",
    "judgement",
    "choice",
]
Check = Callable[[Any, Mapping[str, Any]], None]
LARGEST_AMOUNT = 1e30
"""What no sum reaches in any currency; the arithmetic is exact to its sixteenth digit whatever the size."""
NAME_OF_GROUP = re.compile(r"(?!(ramp|national)$)[a-z](_?[a-z0-9]){0,29}")
"""The name of an area or income group, a key of a file: small letters, digits and single _."""
LABEL = re.compile(r"(?=.{1,20}$)[^\W\d_]+\$?(?:[ .][^\W\d_]+\$?)*\.?|[$€£¥₩₹₫₱฿]")
"""A label: letters, with single blanks or dots between them, or the sign of a currency."""


def quantity(
    description: str, unit: str, low: float, high: float, check: Check | None = None, default: Any = NO_DEFAULT
) -> Any:
    """A numeric key (one number, a schedule, or a small table of numbers): what it is, its unit, its hard bounds."""
    return Field(description, unit, low, high, check, default)


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


def group_names(names: list[str], before: Mapping[str, Any]) -> None:
    """Names of areas or income groups: short, each once, such as keys of a file have."""
    if len(set(names)) < len(names) or not all(NAME_OF_GROUP.fullmatch(name) for name in names):
        raise Refused("names")


def labels_of_groups(labels: dict[str, str], before: Mapping[str, Any]) -> None:
    """Labels of areas and income groups that there are."""
    names = [*(before.get("areas") or labels), *(before.get("income_groups") or labels)]
    if unknown := [name for name in labels if name not in names]:
        raise Refused("labels", name=unknown[0], names=names)


def the_first_group(name: str, before: Mapping[str, Any]) -> None:
    """The assisted group is the first of at least two, or there is none."""
    groups = before.get("income_groups")
    if name and groups and (name != groups[0] or len(groups) < 2):
        raise Refused("assisted", first=groups[0], groups=len(groups))


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


class ByArea(Section, members=NATIONAL.areas, held=Number):
    """One number an area; the areas are those of the scenario."""

    AXIS, HELD = "area", Number


class PathByArea(Section, members=NATIONAL.areas, held=Schedule):
    """One number or path an area; the areas are those of the scenario."""

    AXIS, HELD = "area", Schedule


class ByIncome(Section, members=NATIONAL.income_groups, held=Number):
    """One number an income group; the groups are those of the scenario."""

    AXIS, HELD = "income", Number


class ByAreaIncome(Section, members=NATIONAL.areas, held=ByIncome):
    """One number an area and income group."""

    AXIS, HELD = "area", ByIncome


_FORMED: dict[tuple[type[Section], Groups], type[Section]] = {}


def formed(table: type[Section], groups: Groups) -> type[Section]:
    """A table of keys with the areas and income groups of a scenario in place of the national ones, made once."""
    if (table, groups) not in _FORMED:
        _FORMED[table, groups] = _formed(table, groups)
    return _FORMED[table, groups]


def _formed(table: type[Section], groups: Groups) -> type[Section]:
    axis, held = getattr(table, "AXIS", ""), getattr(table, "HELD", None)
    if axis:
        names = groups.areas if axis == "area" else groups.income_groups
        inside = formed(held, groups) if isinstance(held, type) and issubclass(held, Section) else held
        if names == tuple(table.FIELDS) and inside is held:
            return table
        return type(table.__name__, (table,), _own(table, groups) | {"HELD": inside}, members=names, held=inside)
    inside = {name: formed(field.table, groups) for name, field in table.FIELDS.items() if field.table}
    if all(inside[name] is table.FIELDS[name].table for name in inside):
        return table
    hints = {name: inside.get(name, field.hint) for name, field in table.FIELDS.items()}
    return type(table.__name__, (table,), _own(table, groups) | {"__annotations__": hints, **table.FIELDS})


def _own(table: type[Section], groups: Groups) -> dict[str, Any]:
    """What a formed table has of its own: the words of the other, and how a process that is handed one makes it anew."""

    def reduced(section: Section) -> tuple[Any, ...]:
        return _anew, (table, groups, dict(section))

    return {"__doc__": table.__doc__, "__module__": table.__module__, "__reduce__": reduced}


def _anew(table: type[Section], groups: Groups, values: Mapping[str, Any]) -> Section:
    return formed(table, groups)().changed(values)


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
