"""A fund of its own from past openings with what was known on their 1 January, beside the naive forecasts.

What the fund takes from the nation is what was known of the nation then (`known_levels`); its own yearly values end where they
were known, its standards then grow with its income, and its factors are fitted anew to its figures before the opening. A scheme
of another country takes nothing of the nation (`scheme_known`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from simsurance.errors import ExitCode, SimsuranceError
from simsurance.evidence import cost_growth
from simsurance.evidence.ex_ante import OPENINGS, Forecast, beside_naive
from simsurance.evidence.fund_fit import fund_fit, masks
from simsurance.evidence.hindcast import published_years, refuse_others
from simsurance.evidence.known import Growth, recent_growth, rooted
from simsurance.evidence.known_levels import known_at
from simsurance.evidence.naive import MEAN_OF, before
from simsurance.evidence.published import history, own_series, series_file
from simsurance.evidence.scheme_known import INFLATION, elsewhere, known, lag, scheme_leaves, untold
from simsurance.results import simulate
from simsurance.scenario_file.keys import AT_ROOT_KEYS
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.own_register import own_values
from simsurance.scenario_file.schema import FUND
from simsurance.scenario_file.years import incomes_of, table_years

STOCK: Final = "population.stock_table"
READ_BY_DATE: Final = (STOCK, "published.series_table")
"""Own tables of which rows after the opening are not read."""
STANDARDS: Final[Mapping[str, int]] = {"contributions.personal": 1, "contributions.subsidy": 0}
"""How long after the opening each standard is no longer known: the personal one is announced the year before."""
UNCOUNTED, UNFITTED = "uncounted", "unfitted"


@dataclass(frozen=True)
class FundExAnte:
    """The forecasts of a fund's openings; openings that were left out and why; own keys whose values are not cut."""

    scenario: Scenario
    openings: tuple[int, ...]
    left_out: Mapping[int, str]
    uncut: tuple[str, ...]
    rows: tuple[Forecast, ...]


def openings_of(scenario: Scenario) -> tuple[dict[int, int], dict[int, str]]:
    """The openings that are possible, each with the first year that its factors are fitted from; the others with the reason.

    An opening needs the counts of its 1 January, a population table by then, and a year before it that can be fitted: after the
    breaks that were known, or, if one has just happened, none.
    """
    first, last = published_years(scenario)
    stocks = table_years(scenario.tables[STOCK])
    counted = [year for year in scenario.valuation_years if stocks is None or year >= stocks[0]]
    possible, left_out = dict[int, int](), dict[int, str]()
    years = range(first, last + 1) if elsewhere(scenario) else OPENINGS
    for opening in (year for year in years if first <= year <= last):
        broken = [year + 1 for year in masks(scenario, opening - 1).values()]
        start = min((year for year in counted if year >= max([first, *broken])), default=opening)
        if opening not in counted:
            left_out[opening] = UNCOUNTED
        elif start >= opening or not _figures_between(scenario, start, opening):
            left_out[opening] = UNFITTED
        else:
            possible[opening] = start
    return possible, left_out


def _figures_between(scenario: Scenario, start: int, opening: int) -> bool:
    """Whether any expenditure of the years before an opening was published."""
    return any(start <= year < opening for year in history("resident_outgo", series_file(scenario)).values)


def own_leaves(scenario: Scenario, opening: int) -> dict[str, Any]:
    """The fund's own values, ended at what was known on 1 January of the opening."""
    found: dict[str, Any] = {}
    for row in own_values(scenario):
        path, leaf = row.path, scenario.leaves[row.path]
        if path in scenario.tables:
            found[path] = scenario.tables[path].as_posix()
        elif (cut := known(leaf, opening - lag(path))) is not None:
            found[path] = cut
    for standard, ahead in STANDARDS.items():
        schedule = found.get(f"{standard}.schedule")
        if isinstance(schedule, dict):
            first = min(map(int, schedule))
            found[f"{standard}.rule"] = {str(first): "schedule", str(opening + ahead): "with_income"}
    return found | _growth(scenario, opening)


def _growth(scenario: Scenario, opening: int) -> dict[str, Any]:
    """Growth of own incomes: the mean of three years goes on, where so many are known; else the nation's as known then."""
    income, rural = (
        history(f"disposable_income_{name}", series_file(scenario)).values for name in ("national", "rural")
    )
    needed = (opening - 1, opening - 1 - MEAN_OF)
    if not all(year in income for year in needed):
        return {}
    prices = before(cost_growth.known("consumer_price_change"), opening)
    inflation = np.expm1(np.mean([np.log1p(prices[opening - lag]) for lag in range(1, MEAN_OF + 1)]))
    growth = recent_growth(income, opening)
    found = {"economy.real_income_growth": float(np.exp(growth) / (1 + inflation) - 1)}
    if all(year in rural for year in needed):
        found["economy.area_growth_excess.rural"] = float(np.expm1(recent_growth(rural, opening) - growth))
    return found


def fund_known_at(scenario: Scenario, opening: int, start: int, nation: Scenario | None) -> Scenario:
    """The fund as it would have been on a 1 January: fitted to its figures from `start` to the year before; `nation` then."""
    if nation is None:
        opened = rooted(scheme_leaves(scenario, opening), opening)
        return opened.replace(fund_fit(opened, start, opening - 1).changes)
    leaves = {**nation.leaves, **own_leaves(scenario, opening), "scope": FUND}
    for path in READ_BY_DATE:
        leaves[path] = scenario.tables[path].as_posix()
    of_nation = {path: nation.leaves[path] for path in AT_ROOT_KEYS if nation.leaves[path] != leaves[path]}
    opened = rooted(leaves, opening, of_nation)
    return opened.replace(fund_fit(opened, start, opening - 1).changes)


def fund_ex_ante(scenario: Scenario, first: int | None = None) -> FundExAnte:
    """The fund from every possible opening, or from the `first` on; SimsuranceError where there is none.

    `scenario` without what a calibration to all years has set.
    """
    refuse_others(scenario)
    if not own_series(scenario):
        raise SimsuranceError(
            f"{scenario.name}: no series of its own; the nation's table is printed without a scenario"
        )
    possible, left_out = openings_of(scenario)
    chosen = {opening: start for opening, start in possible.items() if first is None or opening >= first}
    if not chosen:
        told = (
            f"possible are {', '.join(map(str, possible))}"
            if possible
            else "a count, a table and a year to fit before one"
        )
        raise SimsuranceError(f"{scenario.name}: no opening that an ex-ante back-test can begin with; {told}")
    nations = None if elsewhere(scenario) else _Nations()
    rows = list[Forecast]()
    for opening, start in chosen.items():
        try:
            nation = nations.known_at(opening) if nations else None
            rows += _forecasts(scenario, fund_known_at(scenario, opening, start, nation), opening)
        except SimsuranceError as error:
            if error.exit_code != ExitCode.INPUT:
                raise
            left_out[opening] = f"{error.lines[0].partition(':')[2]}"
    if not rows:
        raise SimsuranceError(*(f"{scenario.name}: {opening}: {left_out[opening]}" for opening in chosen))
    openings = tuple(opening for opening in chosen if opening not in left_out)
    as_now = [*uncut(scenario), *(untold(scenario, min(openings)) if nations is None else ())]
    return FundExAnte(scenario, openings, left_out, tuple(as_now), tuple(rows))


class _Nations:
    """The nation as known on past dates."""

    def __init__(self) -> None:
        self.baseline = load("baseline")
        self.growth = Growth.of(self.baseline)

    def known_at(self, opening: int) -> Scenario:
        """The nation as known on 1 January of a year."""
        return known_at(opening, self.baseline, self.growth)


def uncut(scenario: Scenario) -> tuple[str, ...]:
    """The own values that are the same at every opening: one number for all years, tables without a date."""
    return tuple(
        row.path
        for row in own_values(scenario)
        if (row.path in scenario.tables and row.path not in READ_BY_DATE)
        or (
            isinstance(scenario.leaves[row.path], int | float)
            and scenario.form.keys[row.path].kind in ("number", "schedule")
        )
    )


def _forecasts(scenario: Scenario, known: Scenario, opening: int) -> list[Forecast]:
    """The model and the naive forecasts from an opening to the last published year, by item and year."""
    _, last = published_years(scenario)
    years = {"horizon.valuation_year": opening, "horizon.last_year": last}
    incomes = (*incomes_of(scenario.leaves), "employee.wage.mean")
    turned_out = {path: scenario.leaves[path] for path in incomes if path in scenario.leaves}
    alone = elsewhere(scenario)
    prices = {INFLATION: scenario.leaves[INFLATION] if alone else cost_growth.known("consumer_price_change")}
    results, knowing = simulate([known.replace(years), known.replace({**years, **turned_out, **prices})])
    breaks = tuple(sorted(set(masks(scenario).values())))
    return beside_naive(opening, results, knowing, series_file(scenario), breaks)
