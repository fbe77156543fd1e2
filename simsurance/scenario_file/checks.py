"""Checks of a whole scenario: types and bounds by the schema, years covered, tables found."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simsurance.scenario_file.faults import Fault, in_words, nearest
from simsurance.scenario_file.files import TABLES, Layer
from simsurance.scenario_file.keys import KEYS, key_at
from simsurance.scenario_file.leaves import missing_in_levers, nested
from simsurance.scenario_file.schedule import is_year
from simsurance.scenario_file.schema import ScenarioValues

Origins = Mapping[str, Layer]

INCOMES = ("economy.disposable_income", "economy.disposable_income_urban", "economy.disposable_income_rural")
INCOME_GROWTH = ("economy.real_income_growth", "economy.rural_growth_excess")
MEAN_WAGE = "employee.wage.mean"
COST_GROWTH = {
    "claims.trend.residual_growth": "claims.trend.real_growth",
    "employee.care.residual_growth": "employee.care.real_growth",
}
"""Where growth beyond income is stated, for the years after those that the other names."""
GROWN = {
    "employee.contributions.compliance_growth": "employee.contributions.compliance",
    "contributions.local_supplement_growth": "contributions.local_supplement",
}
"""What a level grows with after the last year that it names."""
NEVER = 9999
DEMOGRAPHY = ("population.fertility_level", "population.mortality_factor", "population.migration_factor")
LAST_POPULATION = 2024


def validated(
    leaves: Mapping[str, Any], origins: Origins, faults: list[Fault], prefix: str = ""
) -> ScenarioValues | None:
    """The values of complete leaves, or None and the faults that the schema finds."""
    for lever, text in missing_in_levers(leaves):
        layer = next(origins[leaf] for leaf in leaves if leaf.startswith(f"{lever}."))
        faults.append(layer.fault(prefix + lever, text))
    try:
        return ScenarioValues.model_validate(nested(leaves))
    except ValidationError as error:
        for complaint in error.errors(include_url=False):
            path, rest = _place(complaint["loc"], leaves)
            leaf = next((leaf for leaf in leaves if leaf == path or leaf.startswith(path + ".")), None)
            key = None if leaf is None else key_at(leaf)
            if leaf is None or key is None or _told_by_its_key(complaint["type"], rest):
                continue  # a missing key, or one told already
            for inside, text in in_words(key, rest, complaint):
                where = f"{path}.{inside}".rstrip(".")
                faults.append(origins.get(where, origins[leaf]).fault(prefix + where, text))
    return None


def _place(loc: tuple[int | str, ...], leaves: Mapping[str, Any]) -> tuple[str, tuple[int | str, ...]]:
    """The leaf or the small table that a place in the schema belongs to, and what follows it inside a leaf."""
    path = ""
    for depth, part in enumerate(loc, start=1):
        path = f"{path}.{part}".lstrip(".")
        if path in leaves:
            rest = loc[depth:]
            by_year = path in KEYS and KEYS[path].kind == "schedule"
            form_first = by_year and rest and rest[0] in ("number", "years", "ramp")
            return path, rest[1:] if form_first else rest
    return path, ()


def _told_by_its_key(kind: str, rest: tuple[int | str, ...]) -> bool:
    """True for the value of an entry whose key is no year: the key is what is wrong, and is told by itself."""
    if not rest or (len(rest) > 1 and rest[-1] == "[key]"):
        return False
    return isinstance(rest[-1], str) and rest[-1] != "ramp" and kind != "extra_forbidden"


def years_covered(leaves: Mapping[str, Any], origins: Origins, faults: list[Fault], prefix: str = "") -> None:
    """Every schedule has a value from the first year that a run needs it for."""
    opening, last_year = leaves.get("horizon.valuation_year"), leaves.get("horizon.last_year")
    if not isinstance(opening, int) or opening not in range(2019, 2101) or not isinstance(last_year, int):
        return  # told by the key itself
    for path in (path for path, key in KEYS.items() if key.kind in ("schedule", "rules") and path in leaves):
        named = _years_named(leaves[path])
        needed, why = _first_needed(path, leaves, opening)
        if named and min(named) > needed and needed <= last_year:
            text = f"begins in {min(named)}, after {needed}, {why}; begin in {needed} or before"
            faults.append(origins[path].fault(prefix + path, text))


def _first_needed(path: str, leaves: Mapping[str, Any], opening: int) -> tuple[int, str]:
    """The first year that a run needs a schedule for, and what happens in that year."""
    reference = leaves.get("claims.trend.reference_year", opening)
    prices = min(opening, reference if isinstance(reference, int) else opening)
    grown = [_years_named(leaves.get(income)) for income in INCOMES if not _is_ramp(leaves.get(income))]
    income_growth = min((max(years) + 1 for years in grown if years), default=opening)
    wages = _years_named(leaves.get(MEAN_WAGE))
    if path in INCOMES or path == MEAN_WAGE:
        first = min(prices - 1, max(wages)) if wages and path in INCOMES else prices - 1
        return first, "the year before the first of the valuation year and the reference year of cost"
    if path == "employee.wage.growth_excess":
        return (max(wages) + 1 if wages else opening), "the year after the last mean wage"
    if path in DEMOGRAPHY:
        return min(opening - 1, LAST_POPULATION), "the year from which the population is stepped to the valuation date"
    if path in INCOME_GROWTH:
        return income_growth, "the year after the last disposable income"
    if path == "economy.inflation":
        return min(prices, income_growth), "the first year whose prices count"
    if path in (*COST_GROWTH.values(), "claims.trend.use_growth", "employee.care.use_growth"):
        return prices, "the first of the valuation year and the reference year of cost"
    if path in COST_GROWTH:
        real = leaves.get(COST_GROWTH[path])
        named = [] if _is_ramp(real) else _years_named(real)
        return (max(prices, *named) + 1 if named else NEVER), "the year after the last one that real_growth names"
    if path in GROWN:
        level = leaves.get(GROWN[path])
        named = [] if _is_ramp(level) else _years_named(level)
        return (max(named) + 1 if named else NEVER), "the year after the last one whose level is named"
    return opening, "the valuation year"


def _years_named(value: Any) -> list[int]:
    """The years that a schedule as written in a file names; none for a number or where a year is misspelt."""
    table = value["ramp"] if _is_ramp(value) else value
    years = [int(year) for year in table if is_year(year)] if isinstance(table, Mapping) else []
    return years if isinstance(table, Mapping) and len(years) == len(table) else []


def _is_ramp(value: Any) -> bool:
    """True for a schedule written as a ramp."""
    return isinstance(value, Mapping) and "ramp" in value


def tables_found(leaves: Mapping[str, Any], origins: Origins, faults: list[Fault]) -> dict[str, Path]:
    """The file of every table: beside the file that names it, else the shipped one of that name."""
    tables: dict[str, Path] = {}
    for path in (path for path, key in KEYS.items() if key.kind == "table"):
        name = leaves.get(path)
        if not isinstance(name, str):
            continue
        file = find_table(name, origins[path].folder)
        if isinstance(file, Path):
            tables[path] = file
        else:
            faults.append(origins[path].fault(path, file))
    return tables


def find_table(name: str, folder: Path | None) -> Path | str:
    """The file of a table, or what is wrong with its name."""
    if not name.endswith(".csv") or "\0" in name:
        return f'"{name[:40]}" is not the name of a table; give the path of a .csv file'
    own = (folder or Path.cwd()) / name
    shipped = TABLES / name
    try:
        if own.is_file():
            return own.resolve()
        if shipped.is_file() and shipped.resolve().is_relative_to(TABLES):
            return shipped.resolve()
    except OSError as error:
        return f'the table "{name[:40]}" cannot be opened ({error.strerror}); give another path'
    known = (file.relative_to(TABLES).as_posix() for file in TABLES.rglob("*.csv"))
    beside = "beside the scenario" if folder else "in the current folder"
    hint = nearest(name, known) or "give the path of a .csv file"
    return f'no table "{name}" {beside} or among the shipped ones; {hint}'
