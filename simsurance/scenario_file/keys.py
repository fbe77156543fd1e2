"""The keys of a scenario file, read from the schema: path, kind, unit, bounds and description of each."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from simsurance.axes import Groups
from simsurance.scenario_file.bond_sections import Bond
from simsurance.scenario_file.choice_sections import Choice
from simsurance.scenario_file.fields import Field, Kind, Section, kind_of
from simsurance.scenario_file.schema import NAME, Lever, Pin, ScenarioValues
from simsurance.scenario_file.sections import NAME_OF_GROUP, formed

REASONS: Final = "plausible"
"""The key with reasons why values are meant."""
REGISTER: Final = "register"
JUDGED_ON: Final = "judged_on"
"""The register of own values, and the date on which their validity is judged."""
UNSAID: Final[Mapping[str, Any]] = {
    **{key: {} for key in (REASONS, REGISTER, "axes.labels", "axes.labels_zh")},
    JUDGED_ON: "",
}
"""Keys that a complete file may leave out, and what they are then."""
MOST_PATHS: Final = 1 << 14
"""Paths of which is remembered where they lead: every scenario has nearly the same."""
LEVERS: Final = "levers"
PINS: Final = "pins"
BONDS: Final = "bonds"
CHOICES: Final = "choices"
"""The tables whose tables are named by whoever writes them."""


@dataclass(frozen=True)
class Key:
    """One key that holds a value (a leaf): a schedule is one key, a small table has one key a number."""

    path: str
    kind: Kind
    description: str
    unit: str = ""
    lowest: float | None = None
    highest: float | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Tables:
    """Path and description of every table of keys, small ones included, and the paths of these."""

    described: dict[str, str]
    small: set[str]


def _keys_in(table: type[Section], prefix: str, tables: Tables, around: Field | None = None) -> dict[str, Key]:
    """All keys below a section; the members of a small table share its description, unit and bounds."""
    found: dict[str, Key] = {}
    for field in table.FIELDS.values():
        path = prefix + field.named
        if path in (LEVERS, PINS, BONDS, CHOICES):
            continue  # their tables have names of their own: see NAMED
        about = (
            field if field.unit or not around else replace(around, description=field.description or around.description)
        )
        if field.table:
            tables.described[path] = field.description or (field.table.__doc__ or "").strip()
            if about.unit:
                tables.small.add(path)
            found |= _keys_in(field.table, path + ".", tables, about)
        else:
            kind, choices = kind_of(field.named, field.hint)
            bounds = about.unit, about.lowest, about.highest
            found[path] = Key(path, kind, about.description, *bounds, choices, field.optional)
    return found


SECTIONS: Final[dict[str, str]] = {}
"""Path and description of every table of keys, small tables included."""

SMALL_TABLES: Final[set[str]] = set()
"""Paths of the tables that hold one number a member, such as `health.mortality_ratio`."""

PAYROLL: Final = "contributions.payroll"
"""The table that the national scheme lacks."""
_ALL: Final[dict[str, Key]] = _keys_in(ScenarioValues, "", Tables(SECTIONS, SMALL_TABLES))
KEYS: Final[dict[str, Key]] = {path: key for path, key in _ALL.items() if not path.startswith(f"{PAYROLL}.")}
"""Every key of a complete file of the national scheme, with its areas and income groups, in the order of the schema."""
OF_OTHERS: Final[dict[str, Key]] = {path: key for path, key in _ALL.items() if path not in KEYS}
"""The keys that only other schemes have."""
ANY: Final = "*"
"""Stands for the name of any area or income group in a path."""
_OF_ANY: Final = Tables({}, set())
OF_ANY: Final = {
    path: key
    for path, key in _keys_in(formed(ScenarioValues, Groups((ANY,), (ANY,))), "", _OF_ANY).items()
    if ANY in path
}
"""The keys by area and income group, with any name of one."""

MEMBERS: Final = frozenset(
    path.rpartition(".")[2] for path in (*KEYS, *SECTIONS) if path.rpartition(".")[0] in SMALL_TABLES
)
"""Names of the groups that small tables have one number for, such as `female` or `urban`."""

SECTIONS.update({table: ScenarioValues.FIELDS[table].description for table in (LEVERS, PINS, BONDS, CHOICES)})

LEVER_KEYS: Final[dict[str, Key]] = _keys_in(Lever, "", Tables({}, set()))
"""Every key of one lever by its name in the lever's table, in the order of the schema."""
PIN_KEYS: Final[dict[str, Key]] = _keys_in(Pin, "", Tables({}, set()))
"""Every key of one pin, likewise."""
BOND_KEYS: Final[dict[str, Key]] = _keys_in(Bond, "", Tables({}, set()))
"""Every key of one bond, likewise."""
CHOICE_KEYS: Final[dict[str, Key]] = _keys_in(Choice, "", Tables({}, set()))
"""Every key of one choice of cover, likewise."""
NAMED: Final = {LEVERS: LEVER_KEYS, PINS: PIN_KEYS, BONDS: BOND_KEYS, CHOICES: CHOICE_KEYS}
"""The keys of the tables that have names of their own, by the table around them."""


def key_at(path: str) -> Key | None:
    """The key at a path, those of levers and pins included; None where there is none."""
    if path in _ALL:
        return _ALL[path]
    if starred := of_any(path, OF_ANY):
        return replace(OF_ANY[starred], path=path)
    table, name, key = named_part(path)
    return replace(NAMED[table][key], path=path) if name and key in NAMED[table] else None


def keys_of(schema: type[ScenarioValues]) -> dict[str, Key]:
    """Every key of a complete scenario with other areas and income groups, in the order of the schema."""
    return _keys_in(schema, "", Tables({}, set()))


def of_any(path: str, among: Container[str]) -> str:
    """A path with any name in place of those of its area and income group, where it is among others; else empty."""
    *above, first, last = ["", "", *path.split(".")]
    for names in ((first, ANY), (ANY, ANY)):
        starred = ".".join((*above, *names)).lstrip(".")
        if starred in among and all(
            NAME_OF_GROUP.fullmatch(name) for name, star in zip((first, last), names, strict=True) if star == ANY
        ):
            return starred
    return ""


@lru_cache(MOST_PATHS)
def is_section(path: str) -> bool:
    """Whether a path is that of a table of keys, levers and pins included."""
    _, name, key = named_part(path)
    return path in SECTIONS or bool(name and not key) or bool(of_any(path, _OF_ANY.described))


def is_small_table(path: str) -> bool:
    """Whether a path is that of a table with one number a member."""
    return path in SMALL_TABLES or bool(of_any(path, _OF_ANY.small))


@lru_cache(MOST_PATHS)
def named_part(path: str) -> tuple[str, str, str]:
    """Table, name of the lever or pin that a path leads into, and what follows it; all empty where it leads into none."""
    table, _, rest = path.partition(".")
    name, _, key = rest.partition(".")
    return (table, name, key) if table in NAMED and re.fullmatch(NAME, name) else ("", "", "")


def in_order(paths: Iterable[str]) -> list[str]:
    """Paths of leaves in the order of the schema, levers and pins last and each together."""
    known = set(paths)
    named = dict.fromkeys(named_part(path)[:2] for path in paths if path not in KEYS)
    inside = (
        f"{table}.{name}.{key}" for place in NAMED for table, name in named if table == place for key in NAMED[place]
    )
    own = [path for path in paths if path not in KEYS and (path in OF_OTHERS or of_any(path, OF_ANY))]
    ordered = sorted((*KEYS, *dict.fromkeys(own)), key=_place) if own else KEYS
    return [path for path in (*ordered, *inside) if path in known]


def _place(path: str) -> int:
    """Where a key stands in the schema, its area and income group aside."""
    return PLACES[of_any(path, OF_ANY) or path]


PLACES: Final = {starred: place for place, starred in enumerate(dict.fromkeys(of_any(p, OF_ANY) or p for p in _ALL))}

RENAMED: Final[dict[str, str]] = {
    "participation.waiting.exempt_assisted": "participation.waiting.income_waits.assisted",
    "population.urban_share_table": "population.area_share_table",
    "population.urban_share_by_age_table": "population.area_share_by_age_table",
    "population.rural_fertility_ratio": "population.area_fertility.rural",
    "economy.disposable_income_urban": "economy.area_income.urban",
    "economy.disposable_income_rural": "economy.area_income.rural",
    "economy.rural_growth_excess": "economy.area_growth_excess.rural",
}
"""Old path of a key or a table that was renamed -> its path now; files that still use the old one are told so."""

REMOVED: Final[dict[str, str]] = {
    "benefits.critical_illness.deductible_factor": "low_deductible_places tells how many live under a lower deductible",
    "benefits.critical_illness.level": "ratio_shift is what is added to the ratios, so that no more than the cost is paid",
}
"""Path of a key or a table that is no more -> why, or what does its work; files that still use it are told so."""

DRAWN: Final = "uncertainty."
"""What the keys of draws begin with: one run reads none of them."""
POLICY_PREFIXES: Final = ("participation.", "contributions.", "benefits.", "employee.benefits.")
POLICY_COVARIATES: Final = tuple(
    f"behaviour.{name}" for name in ("campaign_strength", "default_renewal", "mood", "family_share")
)


def is_policy(path: str) -> bool:
    """Whether behaviour is calibrated without what stands at a path, and prices are compared with it."""
    return path.startswith(POLICY_PREFIXES) or path in POLICY_COVARIATES


POLICY_KEYS: Final = tuple(path for path in KEYS if is_policy(path))
"""The keys that behaviour is calibrated without, and prices compared with: for these the root of a scenario counts."""
INCOME_KEYS: Final = (
    "economy.disposable_income",
    "economy.real_income_growth",
    "economy.inflation",
    "claims.trend.income_elasticity",
    "claims.trend.income_lag",
)
"""The keys that growth of cost is stated at: for these as well the root of a scenario counts."""
DEMOGRAPHY_KEYS: Final = tuple(
    f"population.{name}"
    for name in (
        *(
            "stock_table",
            "stock_level",
            "counted.age_16_59",
            "counted.age_60_plus",
            "counted.age_65_plus",
            "pinned_total",
        ),
        *("mortality_table", "mortality_factor", "mortality_level", "mortality_level_fade_years", "mortality_advance"),
        *("fertility_table", "total_fertility_table", "fertility_variant", "fertility_level", "sex_ratio_table"),
        *("migration_table", "migration_factor"),
    )
)
"""The keys that all persons of a year follow from; with incomes they take the root's product to that of a scenario."""
GDP: Final = "economy.gdp"
"""A product that differs from the root's is the scenario's own: it is met as named."""
AT_ROOT_KEYS: Final = (*INCOME_KEYS, *DEMOGRAPHY_KEYS, GDP)
ROOT_KEYS: Final = (*AT_ROOT_KEYS, *POLICY_KEYS)
"""All keys that a scenario needs of its root."""
