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
DEMOGRAPHY = ("population.fertility_level", "population.mortality_factor", "population.migration_factor")
LAST_POPULATION = 2024
STEPPED = "the year from which the population is stepped to the valuation date"


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
    first_needed = _first_needed(leaves, opening)
    valuation = opening, "the valuation year"
    for path in (path for path, key in KEYS.items() if key.kind in ("schedule", "rules") and path in leaves):
        named = _years_named(leaves[path])
        needed, why = first_needed.get(path, valuation)
        if named and min(named) > needed and needed <= last_year:
            text = f"begins in {min(named)}, after {needed}, {why}; begin in {needed} or before"
            faults.append(origins[path].fault(prefix + path, text))


def _first_needed(leaves: Mapping[str, Any], opening: int) -> dict[str, tuple[int, str]]:
    """The first year that a run needs a schedule for where it is not the valuation year, and what happens in that year."""
    reference = leaves.get("claims.trend.reference_year", opening)
    prices = min(opening, reference if isinstance(reference, int) else opening)
    grown = [_years_named(leaves.get(income)) for income in INCOMES if not _is_ramp(leaves.get(income))]
    income_growth = min((max(years) + 1 for years in grown if years), default=opening)
    wages = _years_named(leaves.get(MEAN_WAGE))
    first_price = "the first of the valuation year and the reference year of cost"
    rows = (
        (INCOMES, min(prices - 1, max(wages, default=prices)), f"the year before {first_price}"),
        ((MEAN_WAGE,), prices - 1, f"the year before {first_price}"),
        (("employee.wage.growth_excess",), max(wages, default=opening - 1) + 1, "the year after the last mean wage"),
        (DEMOGRAPHY, min(opening - 1, LAST_POPULATION), STEPPED),
        (INCOME_GROWTH, income_growth, "the year after the last disposable income"),
        (("economy.inflation",), min(prices, income_growth), "the first year whose prices count"),
        (("claims.trend.real_growth", "employee.care.real_growth"), prices, first_price),
    )
    return {path: (year, why) for paths, year, why in rows for path in paths}


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
    try:
        if own.is_file():
            return own.resolve()
        shipped = (TABLES / name).resolve()
        if shipped.is_file() and shipped.is_relative_to(TABLES):
            return shipped
    except OSError as error:
        return f'the table "{name[:40]}" cannot be opened ({error.strerror}); give another path'
    known = (file.relative_to(TABLES).as_posix() for file in TABLES.rglob("*.csv"))
    beside = "beside the scenario" if folder else "in the current folder"
    hint = nearest(name, known) or "give the path of a .csv file"
    return f'no table "{name}" {beside} or among the shipped ones; {hint}'
