"""What a run tells of its inputs: facts here, their sentences in the language files under `scenario_note`."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.incomes import outside_band
from simsurance.scenario_file.keys import DRAWN
from simsurance.scenario_file.note import Note
from simsurance.scenario_file.pins import held_levers, pinning
from simsurance.scenario_file.plausible import over_root
from simsurance.scenario_file.schema import FUND, ScenarioValues
from simsurance.scenario_file.years import (
    AREA_GROWTH,
    AREA_INCOME,
    COST_GROWTH,
    COUNTED_AGES,
    DEATH_RATES,
    GROWN_AFTER,
    INCOME,
    MORTALITY,
    OF_MORTALITY,
    REAL_GROWTH,
    STOCK,
    Leaves,
    carried,
    first_needed,
    is_shipped,
    of_january,
    table_years,
    years_named,
    years_read,
)

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario

OF_THE_BAND: Final = (INCOME, AREA_INCOME, REAL_GROWTH, AREA_GROWTH, "economy.inflation")
"""What the keys begin with that the incomes of the nation and its areas follow from."""


def notes(leaves: Leaves, tables: Mapping[str, Path]) -> Iterator[Note]:
    """What is told of the years of inputs: factors carried, ages not counted, rows of own tables not read."""
    kept = groupby(carried(leaves).items(), key=itemgetter(1))
    if by_year := [{"year": year, "paths": [path for path, _ in paths]} for year, paths in kept]:
        yield Note("carried", {"by_year": by_year})
    opening, stocks = leaves["horizon.valuation_year"], table_years(tables[STOCK])
    dates = [years_named(leaves[path]) for path in COUNTED_AGES]
    if any(dates) and not any(opening in named for named in dates):
        yield Note("uncounted", {"year": opening, "table": STOCK})
    if stocks and stocks[1] > opening and not is_shipped(tables[STOCK]) and not of_january(tables[STOCK]):
        yield Note("later_stocks", {"year": opening, "table": STOCK})
    yield from unread(leaves, tables)


def unread(leaves: Leaves, tables: Mapping[str, Path]) -> Iterator[Note]:
    """A note for each table of one's own with rows of years that a run does not read; later stocks have a note of their own."""
    opening, last_year = leaves["horizon.valuation_year"], leaves["horizon.last_year"]
    for path, (first, last) in years_read(opening, last_year, tables).items():
        there = table_years(tables[path]) if path in tables else None
        of_package = is_shipped(tables[path]) if path in tables else False
        of_package = of_package or (path in tables and tables[path].is_relative_to(scenarios_folder()))
        if there is None or of_package or (path == STOCK and of_january(tables[path])):
            continue
        if path == DEATH_RATES and any(leaves.get(key) for key in OF_MORTALITY):
            first = min(first, first_needed(MORTALITY[0], leaves, opening, tables)[0])
        before, after = (there[0], min(there[1], first - 1)), (max(there[0], last + 1), there[1])
        sides = (before,) if path == STOCK else (before, after)
        if spans := [side for side in sides if side[0] <= side[1]]:
            yield Note("unread", {"table": path, "spans": spans})


OF_ANOTHER_FUND: Final = {
    "population.stock_table": ("population.stock_level",),
    "population.migration_table": ("population.migration_factor",),
    "population.income_groups_table": (),
    "fund.opening": (),
    "membership.employee_active": (),
    "employee.fund.opening_pool": (),
    "employee.fund.opening_accounts": (),
}
"""What is the nation's own, and the other keys by which it becomes a fund's."""
INSURED: Final = "membership.resident_insured"
ALIKE: Final = (0.75, 1.33)
"""Between which ratios of the insured a scenario is of the same fund as its root, at another date or under other rules."""


def mixed(leaves: Leaves, root: Mapping[str, Any], changed: Collection[str]) -> Iterator[Note]:
    """A note for each input that stays the root's where the insured are those of another fund; `root`: its file."""
    ratio = over_root(INSURED, leaves, root)
    if ratio is None or leaves["scope"] == FUND or ALIKE[0] <= ratio <= ALIKE[1]:
        return
    for path, others in OF_ANOTHER_FUND.items():
        employees = path.startswith(("employee.", "membership.employee")) and not leaves.get("employee.projected")
        if path in leaves and not employees and not {path, *others} & set(changed):
            yield Note("mixed", {"path": path, "ratio": ratio})


def of_draws(scenario: "Scenario") -> list[Note]:
    """A note of the keys that only draws read, where they are set: a single run does not."""
    paths = [path for path in scenario.changed if path.startswith(DRAWN)]
    differing = [path for path in paths if scenario.leaves[path] != scenario.root_leaves.get(path)]
    return [Note("of_draws", {"paths": differing})] if differing else []


def of_a_member(scenario: "Scenario") -> list[Note]:
    """A note where a rule adjusts by the accounts of a run, which what is told of one member has not."""
    return [Note("scheduled", {})] if scenario.values.timely_adjustment.in_force else []


def held_on(leaves: Leaves, changed: Collection[str]) -> Iterator[Note]:
    """A note for each path of cost growth of one's own with a hole: the growth of one year goes on through it."""
    for path in [path for path in COST_GROWTH if path in GROWN_AFTER.values() and path in changed and path in leaves]:
        years = years_named(leaves[path]) if isinstance(leaves[path], Mapping) and "ramp" not in leaves[path] else []
        for year, following in pairwise(years):
            if following > year + 1:
                yield Note("held_on", {"path": path, "year": year, "last": following - 1})


def income_notes(values: ScenarioValues, changed: Iterable[str]) -> Iterator[Note]:
    """What is told of incomes that are not the root's: the nation's outside what its areas have."""
    if any(path.startswith(OF_THE_BAND) for path in changed) and (year := outside_band(values)):
        parts = [f"{AREA_INCOME}{area}" for area in values.axes.areas]
        yield Note("outside_band", {"year": year, "nation": INCOME, "parts": parts})


def pin_notes(values: ScenarioValues, changed: Iterable[str]) -> Iterator[Note]:
    """What is told of pins: what is imposed, and the levers and changed keys that cannot act beside it."""
    if acting := pinning(values):
        yield Note("pinned", {"pins": [{"total": pin.total, "mode": pin.mode} for pin in acting]})
    for path, totals, wholly in held_levers(values, changed):
        yield Note("held", {"path": path, "totals": totals, "wholly": wholly})
