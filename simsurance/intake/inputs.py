"""What the clean tables of a fund say in keys of a scenario: the option `tables/inputs.toml` under `fund.toml`."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from simsurance.intake.by_age_rates import FILES
from simsurance.intake.insured_by_age import PROFILE
from simsurance.intake.registering import rows
from simsurance.intake.series import national
from simsurance.intake.store import PUBLISHED, STOCK, Store
from simsurance.intake.understood import Measure, measures
from simsurance.scenario_file.keys import KEYS, REGISTER
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.toml_text import toml_text

HEAD: Final = (
    "# Written by simsurance import from the tables beside it, and anew with every import. What is to differ goes into\n"
    "# fund.toml, whose keys lie above these.\n"
)
COUNTED: Final = ("age_16_59", "age_60_plus", "age_65_plus")
STANDARDS: Final = ("contributions.personal", "contributions.subsidy")
OF_FILES: Final = {PROFILE: "employee.profile_table", **dict(FILES.values())}
"""Keys of the tables that are read as they stand."""
MORTALITY: Final = FILES["deaths"][0]
"""A table of the fund's own deaths needs no factor that brings the nation's to its count."""
OPENING: Final = (
    "membership.resident_insured",
    "membership.employee_active",
    "membership.employee_retired",
    "fund.opening",
)


def inputs_text(store: Store) -> str:
    """The text of the option. Keys come in the order of the schema."""
    found = dict(leaves(store))
    return HEAD + toml_text(found | ({REGISTER: rows(store, found)} if store.imports else {}))


def leaves(store: Store) -> Iterator[tuple[str, Any]]:
    """The keys that a fund's tables set, and those that are never the nation's."""
    yield "population.stock_level", 1.0
    for ages in COUNTED:
        yield f"population.counted.{ages}", {}
    if "gdp" not in store.series:
        yield "economy.gdp", {}
    if store.stock():
        yield "population.stock_table", STOCK
    for name, values in store.series.items():
        measure = measures().get(name)
        if measure and measure.key and measure.key in KEYS:
            yield measure.key, _schedule(values, measure)
    if store.series:
        yield "published.series_table", PUBLISHED
    yield from _rules(store)
    yield from _areas(store)
    for file, key in OF_FILES.items():
        if file in store.other:
            yield key, file
    if MORTALITY in store.other:
        yield "population.mortality_level", 1.0
    if opening := valuation_year(store):
        yield "horizon.valuation_year", opening


def _schedule(values: Mapping[int, float], measure: Measure) -> dict[str, float | int]:
    """A series by year as a key has it; of a standard or an income the years in which it changes."""
    found: dict[str, float | int] = {}
    for year in sorted(values):
        number = _number(values[year])
        if measure.of != "head" or not found or number != next(reversed(found.values())):
            found[str(year + measure.ahead)] = number
    return found


def _rules(store: Store) -> Iterator[tuple[str, Any]]:
    """Own standards count as given, then grow with income; they are what is paid, with no supplement fitted to the nation."""
    for key in STANDARDS:
        name = next(name for name, measure in measures().items() if measure.key == f"{key}.schedule")
        if years := store.series.get(name):
            yield f"{key}.rule", {str(min(years)): "schedule", str(max(years) + 1): "with_income"}
    if any(measures()[name].key == "contributions.personal.schedule" for name in store.series if name in measures()):
        yield "contributions.local_supplement", 1.0


def _areas(store: Store) -> Iterator[tuple[str, Any]]:
    """Incomes of town and country where the fund has that of all alone: the nation's, at the fund's ratio to it."""
    own, nation = store.series.get("disposable_income_national", {}), national("disposable_income_national")
    for area in ("urban", "rural"):
        name = f"disposable_income_{area}"
        if own and name not in store.series:
            theirs = national(name)
            there = {year: theirs[year] * own[year] / nation[year] for year in own if year in theirs and year in nation}
            yield f"economy.{name}", {str(year): round(value) for year, value in sorted(there.items())}


def valuation_year(store: Store) -> int | None:
    """The last 1 January with every count; None where there is none, or where it is the baseline's."""
    dates = []
    for key in OPENING:
        name = next(name for name, measure in measures().items() if measure.key == key)
        dates.append({year + 1 for year in store.series.get(name, {})})
    common = set.intersection(*dates)
    baseline = load("baseline").values.horizon.valuation_year
    return max(common) if common and max(common) != baseline else None


def _number(value: float) -> float | int:
    """A number as a file has it."""
    return int(value) if value.is_integer() else value


def empty(store: Store) -> bool:
    """Whether nothing has been imported."""
    return not store.series and not store.stocks
