"""Which keys a scheme has: its areas and income groups name some of them, and parts that it lacks take theirs along."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, cached_property
from typing import Any, Final

from simsurance.axes import NATIONAL, Groups
from simsurance.scenario_file.fields import Kind
from simsurance.scenario_file.keys import PAYROLL, Key, keys_of
from simsurance.scenario_file.schedule import CALENDAR
from simsurance.scenario_file.schema import ScenarioValues
from simsurance.scenario_file.sections import NAME_OF_GROUP, formed

AREAS: Final = "axes.areas"
INCOME_GROUPS: Final = "axes.income_groups"
ASSISTED: Final = "axes.assisted"
AXES: Final = (AREAS, INCOME_GROUPS, ASSISTED)
SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "employee": (
        "employee.*",
        "membership.employee_active",
        "membership.employee_retired",
        "claims.end_of_life.employee_factor",
    ),
    PAYROLL: (f"{PAYROLL}.*",),
    "participation": ("participation.*",),
    "behaviour": ("behaviour.*",),
    "benefits.critical_illness": ("benefits.critical_illness.*",),
    "timely_adjustment": ("timely_adjustment.*",),
    "claims.demand": ("claims.demand.*",),
    "control": ("control.*",),
    "tiers": ("tiers.*",),
    "uncertainty": ("uncertainty.*",),
}
"""The tables that a complete file may lack, and all keys that it lacks then."""
BY_AREA: Final = (
    *("population.area_*", "economy.area_*"),
    *("*.area_cost.*", "*.area_ratio.*", "*.area_odds_ratio.*"),
)
BY_INCOME: Final = (
    *("*.income_ratio.*", "*.income_odds_ratio.*", "*.income_waits.*", "tiers.assistance.covered.*"),
    "population.income_groups_table",
)
BY_BOTH: Final = ("contributions.personal.grade.*", "economy.drift_of_areas")
NAMING: Final[Mapping[str, tuple[str, ...]]] = {
    "population.income_groups_table": (AREAS, INCOME_GROUPS),
    "population.area_share_table": (AREAS,),
    "population.area_share_by_age_table": (AREAS,),
}
"""Tables whose rows or columns go by the names of areas and income groups."""
OF_ASSISTED: Final = (
    *("population.assisted_share", "contributions.assistance_share"),
    "benefits.critical_illness.assisted_*",
)
NEUTRAL: Final[Mapping[str, Any]] = {
    **dict.fromkeys((*BY_AREA[2:], *BY_INCOME, "contributions.personal.grade.*", "population.area_fertility.*"), 1.0),
    **dict.fromkeys((f"control.levels.*.{part}.*" for part in ("cost", "payment_ratio")), 1.0),
    "population.income_groups_table": "",
    "control.levels.*.admission_share.*": 1 / 3,
    "employee.care.older_from_age": 100,
    "participation.start_year": CALENDAR[1],
    "participation.waiting.exempt_from_age": 101,
    "benefits.critical_illness.band_edges": [0.0],
    "benefits.critical_illness.band_ratios": [1.0],
    "benefits.critical_illness.cap_rule": "amount",
    "timely_adjustment.trigger": "reserve_months",
}
"""What stands for a key that a scheme has not, where it is not nothing."""
NOTHING: Final[Mapping[Kind, Any]] = {
    "switch": False,
    "text": "",
    "table": "",
    "pins": {},
    "reasons": {},
    "labels": {},
    "pair": [],
}


@dataclass(frozen=True)
class Form:
    """Areas and income groups of a scheme, and the tables that it lacks."""

    groups: Groups
    lacking: frozenset[str] = frozenset()

    def has(self, section: str) -> bool:
        """Whether the scheme has a table that may be lacking."""
        return section not in self.lacking

    @property
    def schema(self) -> type[ScenarioValues]:
        """The schema with the names of the scheme."""
        return _schema(self.groups)

    @cached_property
    def keys(self) -> dict[str, Key]:
        """The keys of a complete file."""
        return {path: key for path, key in _all_keys(self.groups).items() if not self._lacks(path)}

    @cached_property
    def neutral(self) -> dict[str, Any]:
        """What stands for the keys that the scheme has not, so that they do nothing."""
        return {path: _neutral(key) for path, key in _all_keys(self.groups).items() if path not in self.keys}

    def _lacks(self, path: str) -> bool:
        return any(fnmatchcase(path, pattern) for pattern in self._patterns)

    @cached_property
    def _patterns(self) -> tuple[str, ...]:
        one_area, one_income = len(self.groups.areas) == 1, len(self.groups.income_groups) == 1
        return (
            *(pattern for section in self.lacking for pattern in SECTIONS[section]),
            *(BY_AREA if one_area else ()),
            *(BY_INCOME if one_income else ()),
            *(BY_BOTH if one_area and one_income else ()),
            *(() if self.groups.assisted else OF_ASSISTED),
        )

    def merged(self, path: str, of: Groups) -> str:
        """What a key by areas and income groups `of` another form is called where all of an axis are one here."""
        areas, groups = self.groups.areas, self.groups.income_groups
        one = {name: areas[0] for name in of.areas if len(areas) == 1}
        one |= {name: groups[0] for name in of.income_groups if len(groups) == 1}
        return ".".join(one.get(part, part) for part in path.split("."))

    def renamed(self, of: Groups) -> dict[str, str]:
        """The tables that go by names other than those `of` another form, and the names of each here."""
        own, other = ({AREAS: each.areas, INCOME_GROUPS: each.income_groups} for each in (self.groups, of))
        return {
            path: "; ".join(f"{axis.partition('.')[2]}: {', '.join(own[axis])}" for axis in axes)
            for path, axes in NAMING.items()
            if path in self.keys and any(own[axis] != other[axis] for axis in axes)
        }

    def foreign(self, path: str) -> str:
        """Why a key that other schemes have is none of this one, and what would be right."""
        for section, patterns in SECTIONS.items():
            if not self.has(section) and any(fnmatchcase(path, pattern) for pattern in patterns):
                return (
                    f"the scheme has no [{section}]; leave it out, or give the whole table in the file without extends"
                )
        areas, groups = self.groups.areas, self.groups.income_groups
        if not self.groups.assisted and any(fnmatchcase(path, pattern) for pattern in OF_ASSISTED):
            return f"nobody is assisted; leave it out, or name the group in {ASSISTED}"
        if len(areas) == 1 and any(fnmatchcase(path, pattern) for pattern in BY_AREA):
            return f"there is one area, {areas[0]}, and nothing differs by area; leave it out"
        if len(groups) == 1 and any(fnmatchcase(path, pattern) for pattern in BY_INCOME):
            return f"there is one income group, {groups[0]}, and nothing differs by group; leave it out"
        if len(areas) == len(groups) == 1:
            return "there is one area and one income group, and nothing differs by them; leave it out"
        return f"no such area or income group; areas: {', '.join(areas)}; income groups: {', '.join(groups)}"


def form_of(leaves: Mapping[str, Any], of_root: Mapping[str, Any] | None = None) -> Form:
    """The form of a scheme by the leaves of its file; the national groups where axes are missing or faulty.

    `of_root`: the leaves of the complete file beneath, whose tables are those that the scheme has.
    """
    held = leaves if of_root is None else of_root
    listed = "\n".join(("", *held))
    lacking = frozenset(section for section in SECTIONS if f"\n{section}." not in listed)
    return _form(_groups(*(leaves.get(path) for path in AXES)), lacking)


@cache
def _form(groups: Groups, lacking: frozenset[str]) -> Form:
    """One object a form, so that its keys are told once."""
    return Form(groups, lacking)


def _groups(areas: Any, income_groups: Any, assisted: Any) -> Groups:
    named = all(
        isinstance(names, list)
        and names
        and len(set(map(str, names))) == len(names)
        and all(isinstance(name, str) and NAME_OF_GROUP.fullmatch(name) for name in names)
        for names in (areas, income_groups)
    )
    if not named:
        return NATIONAL
    return Groups(tuple(areas), tuple(income_groups), bool(assisted) and len(income_groups) > 1)


@cache
def _schema(groups: Groups) -> type[ScenarioValues]:
    found = formed(ScenarioValues, groups)
    assert issubclass(found, ScenarioValues)
    return found


@cache
def _all_keys(groups: Groups) -> dict[str, Key]:
    return keys_of(_schema(groups))


def _neutral(key: Key) -> Any:
    """The value with which a key does nothing: named, or nothing, or what of the bounds is nearest to 0."""
    for pattern, value in NEUTRAL.items():
        if fnmatchcase(key.path, pattern):
            return value
    if key.kind in NOTHING:
        return NOTHING[key.kind]
    if key.kind == "choice":
        return key.choices[0]
    nearest = min(max(0.0, key.lowest or 0.0), key.highest if key.highest is not None else 0.0)
    return int(nearest) if key.kind == "whole number" else nearest
