"""The model from past openings with what was known on their 1 January, beside four naive forecasts.

`python -m simsurance.evidence.ex_ante` finds every opening anew and writes the table that
`simsurance hindcast --ex-ante` prints.

The method is that of the baseline, one for all openings: levels meet the last year published; cost, wages, reported share and
local financing grow with the drift that `cost_growth` and `base_growth` find in the years until then, beside the same prior; a
year that a break marks as one by itself returns in the next; income and prices grow at the mean of three years; standards that
were announced hold, then their share of income; benefit rules, ages of retirement and participation rules as in force then.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from simsurance.basis.trend import SCHEMES, Scheme
from simsurance.csv_text import rows_csv
from simsurance.data.tables import DATA, published, read_table
from simsurance.evidence import base_growth, cost_growth
from simsurance.evidence.calibration_employee import NET_TRANSFERS, members_and_moves
from simsurance.evidence.cost_growth import Evidence
from simsurance.evidence.drift import Series, broken, drifts
from simsurance.evidence.fit import (
    FIRST_YEAR,
    LAST_YEAR,
    STEP,
    flow_sums,
    levels,
    named_years,
    nearest,
    one_year,
    shipped,
)
from simsurance.evidence.hindcast import EMPLOYEE_TOTAL, RESIDENTS, Item, closing_item, money_items
from simsurance.evidence.published import in_scope_share
from simsurance.ledger import ACCOUNTS, POOL
from simsurance.results import simulate
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.schedule import Ramp, Schedule
from simsurance.scenario_file.toml_text import toml_text
from simsurance.scenario_file.years import incomes_of

OPENINGS: Final = tuple(range(FIRST_YEAR + 1, LAST_YEAR + 1))
TABLE: Final = DATA / "ex_ante.csv"
INPUTS: Final = DATA / "ex_ante_inputs.csv"
"""The stored table, and the inputs that it was made from with their hashes."""
MEAN_OF: Final = 3
"""Years over whose mean real income, prices and rural incomes go on growing."""
FADE_YEARS: Final = 24
"""Years over which a drift fades, as in the baseline from 2026 to 2050."""
FERTILITY_YEARS: Final = 10
"""Years until births follow the table again, as in the baseline from 2025 to 2035."""
MEMBER_YEARS: Final = 2
"""Years over which moves of employee members are fitted together, as in the baseline; fewer where fewer were published."""
MOVES_WEIGHTS: Final = np.array([100.0, 100.0, 1.0])
"""Weights of active members, retired members and moves, where the share who stay at retirement would have to be above 1."""
DEATHS_OF: Final = 3
"""Years whose counted deaths give the level of mortality, as in the baseline; fewer where fewer were published."""
ANNOUNCED: Final = DATA / "evidence" / "announced.csv"
YEAR_OF: Final = {what: int(year) for what, year, *_ in zip(*read_table(ANNOUNCED).values(), strict=True)}
"""Openings that first know a rule, and the one that some means leave out."""
REFORMED_CREDIT: Final = 840.0
"""What the reform gives a retired member a year: 2 % of the mean basic pension, yuan."""
RETIREMENT_BEFORE: Final = "profiles/retirement_until_2024.csv"
AMOUNTS: Final = (
    "benefits.inpatient.deductible",
    "benefits.inpatient.limit",
    "benefits.outpatient.limit",
    "employee.benefits.inpatient.deductible",
    "employee.benefits.inpatient.retired_deductible",
    "employee.benefits.inpatient.limit",
    "employee.benefits.outpatient.deductible",
    "employee.benefits.outpatient.limit",
)
"""Yuan amounts of the rules, brought back from the reference year of the baseline with income, which they follow."""
CUT_AFTER: Final[Mapping[str, int]] = {
    **dict.fromkeys(
        (
            "population.stock_level",
            "population.counted.age_16_59",
            "population.counted.age_60_plus",
            "population.counted.age_65_plus",
            "membership.resident_insured",
            "membership.employee_active",
            "membership.employee_retired",
            "employee.fund.opening_pool",
            "employee.fund.opening_accounts",
            "fund.opening",
            "contributions.personal.schedule",
        ),
        0,
    ),
    **dict.fromkeys(
        (
            "economy.disposable_income",
            "economy.area_income.urban",
            "economy.area_income.rural",
            "employee.wage.mean",
            "claims.trend.real_growth",
            "claims.trend.use_growth",
            "employee.care.real_growth",
            "employee.care.use_growth",
            "contributions.subsidy.schedule",
            "contributions.local_supplement",
        ),
        1,
    ),
}
"""Yearly keys of which the years up to the opening are known, or up to the year before it."""

ITEMS: Final = (
    Item("resident", "resident_insured", "persons", RESIDENTS[:1], RESIDENTS[1]),
    *money_items("resident", "resident")[:2],
    closing_item("resident", "resident"),
    *money_items(EMPLOYEE_TOTAL, EMPLOYEE_TOTAL)[:2],
    Item(POOL, "employee_insured", "persons", ("employee_active", "employee_retired"), "employee_insured"),
    *money_items(POOL, POOL)[:2],
    closing_item(POOL, POOL),
)
"""What is compared."""


# --- naive forecasts -------------------------------------------------------------------------------------------------


def no_change(known: Mapping[int, float], year: int) -> float:
    """As in the last year known."""
    return known[max(known)]


def _grown(known: Mapping[int, float], year: int, since: int) -> float:
    """The last value with the mean yearly growth since a year."""
    last = max(known)
    return known[last] * float((known[last] / known[since]) ** ((year - last) / (last - since)))


def last_growth(known: Mapping[int, float], year: int) -> float:
    """The last growth goes on; a yearly mean where a year between was not published."""
    return _grown(known, year, sorted(known)[-2])


def mean_growth(known: Mapping[int, float], year: int) -> float:
    """The mean growth of three years goes on, or of as many as are known."""
    last = max(known)
    return _grown(known, year, min(one for one in known if one >= last - MEAN_OF))


def linear_trend(known: Mapping[int, float], year: int) -> float:
    """The straight line of least squares through all years known."""
    return float(np.polyfit([one - year for one in known], [*known.values()], 1)[-1])


NAIVE: Final[Mapping[str, Callable[[Mapping[int, float], int], float]]] = {
    "no_change": no_change,
    "last_growth": last_growth,
    "mean_growth": mean_growth,
    "linear_trend": linear_trend,
}
FORECASTS: Final = ("model", *NAIVE)
INCOMES_KNOWN: Final = "incomes_known"
"""The model with incomes, prices and wages as they turned out: no forecast, it tells how much of the error is theirs."""
COLUMNS: Final = (*FORECASTS, INCOMES_KNOWN)
HEADER: Final = ("opening", "year", "fund", "item", "published", *COLUMNS)


# --- what was known ---------------------------------------------------------------------------------------------------


def before(series: Mapping[int, float], opening: int) -> dict[int, float]:
    """A series up to the year before the opening."""
    return {year: value for year, value in series.items() if year < opening}


def last_known(measure: str, opening: int) -> tuple[int, float]:
    """Year and value of what was last published of a measure before the opening."""
    return max(before(published(measure), opening).items())


def centres(series: Sequence[Series], opening: int, prior_error: float, correlation: float = 0.0) -> list[float]:
    """The drift of each series in the years before the opening, beside the prior; logarithms a year.

    A series whose breaks take all its years says nothing of itself and follows the other by their correlation; where no
    error of the years can be told, the prior stands alone.
    """
    cut = [Series(one.name, before(one.growth, opening), one.steps, one.single) for one in series]
    telling = [one for one in cut if len(one.growth) > len(one.breaks)]
    free = sum(len(one.growth) - len(one.breaks) - 1 for one in telling)
    if free < 1:
        return [0.0] * len(cut)
    found = {one.name: one.mean for one in drifts(telling, prior_error, correlation)}
    (other,) = found.values() if len(found) == 1 else (0.0,)
    return [found.get(one.name, correlation * other) for one in cut]


def owed(series: Series, opening: int, mean: float) -> float:
    """What returns in the year of the opening: the years just before it that stand by themselves, less the drift."""
    found, year = 0.0, opening - 1
    while year in series.single and year in series.growth:
        found, year = found + mean - series.growth[year], year - 1
    return found


def fading(start: int, log_drift: float, returning: float = 0.0) -> dict[int, float]:
    """A drift that fades from a year on, with what returns in that year, as yearly growth."""
    years = range(start, start + FADE_YEARS + 1)
    logs = [log_drift * (1 - (year - start) / FADE_YEARS) + returning * (year == start) for year in years]
    return {year: float(np.expm1(log)) for year, log in zip(years, logs, strict=True)}


def recent_growth(level: Mapping[int, float], opening: int) -> float:
    """Mean growth of a level over the last three years known, as a difference of logarithms."""
    known = before(level, opening)
    return float(np.log(known[opening - 1] / known[opening - 1 - MEAN_OF]) / MEAN_OF)


def last_named(schedule: Schedule, opening: int) -> float:
    """What a path names last before the opening."""
    return shipped(schedule, max(year for year in named_years(schedule) if year < opening))


def _cut(schedule: Schedule, last: int) -> dict[int, float]:
    """A path up to a year."""
    knots = schedule.ramp if isinstance(schedule, Ramp) else schedule
    assert isinstance(knots, dict)
    return {year: value for year, value in knots.items() if year <= last}


def _scaled(amount: Any, factor: float) -> Any:
    return {name: value * factor for name, value in amount.items()} if isinstance(amount, dict) else amount * factor


@dataclass(frozen=True)
class Growth:
    """The series whose drift is measured, from the model and what was published, over all years."""

    cost: Mapping[Scheme, Series]
    base: Mapping[str, base_growth.Source]

    @classmethod
    def of(cls, baseline: Scenario) -> "Growth":
        """Growth of cost beyond that of income, and of what is levied on."""
        evidence = Evidence.of(baseline)
        cost = dict(zip(SCHEMES, evidence.series(evidence.institution_cost), strict=True))
        return cls(cost, cls.of_base(baseline))

    @staticmethod
    def of_base(baseline: Scenario) -> dict[str, base_growth.Source]:
        """Growth of what is levied on, by key."""
        return {source.key: source for source in base_growth.sources(baseline)}

    def known(self, opening: int) -> dict[str, Any]:
        """Growth beyond that of income from the opening on, by key."""
        found: dict[str, Any] = {}
        means = centres([*self.cost.values()], opening, cost_growth.PRIOR_ERROR, cost_growth.ALIKE)
        for (scheme, series), mean in zip(self.cost.items(), means, strict=True):
            key = f"{cost_growth.COST_SERIES[scheme].section}.residual_growth"
            found[key] = fading(opening, mean, owed(series, opening, mean))
        for key, source in self.base.items():
            (mean,) = centres([source.series], opening, source.prior_error)
            found[key] = fading(opening, mean)
        return found


def economy(opening: int) -> dict[str, Any]:
    """Income, prices and wages: published until then, then the mean growth of three years."""
    income, prices = (
        before(cost_growth.known(name), opening) for name in ("disposable_income_national", "consumer_price_change")
    )
    inflation = float(np.expm1(np.mean([np.log1p(prices[opening - lag]) for lag in range(1, MEAN_OF + 1)])))
    growth = recent_growth(income, opening)
    rural = recent_growth(published("disposable_income_rural"), opening) - growth
    return {
        "economy.inflation": {**prices, opening: inflation},
        "economy.real_income_growth": float(np.exp(growth) / (1 + inflation) - 1),
        "economy.area_growth_excess.rural": float(np.expm1(rural)),
    }


def standards(baseline: Scenario, opening: int) -> dict[str, Any]:
    """Contribution of the opening year and subsidy of the year before it as announced, then their share of income."""
    paid, income = baseline.values.contributions, published("disposable_income_national")
    announced = {
        "personal": shipped(paid.personal.schedule, opening) / income[opening - 1],
        "subsidy": shipped(paid.subsidy.schedule, opening - 1) / income[opening - 2],
    }
    found: dict[str, Any] = {}
    for (name, share), first in zip(announced.items(), (opening + 1, opening), strict=True):
        found[f"contributions.{name}.rule"] = {FIRST_YEAR: "schedule", first: "indexed"}
        found[f"contributions.{name}.income_share"] = share
    return found


def employee_paths(baseline: Scenario, growth: Growth, opening: int) -> dict[str, Any]:
    """What is paid into the employee scheme and its accounts, as found until then."""
    scheme = baseline.values.employee
    paid, accounts, known = scheme.contributions, scheme.accounts, opening - 1
    source = growth.base["employee.contributions.compliance_growth"]
    (drift,) = centres([source.series], opening, source.prior_error)
    compliance = _cut(paid.compliance, known)
    regular = max(year for year in compliance if year not in source.series.single)
    compliance[opening] = compliance[regular] * float(np.exp(drift * (opening - regular)))
    split, _ = last_known("employee_account_income", opening)
    to_accounts: Any = {FIRST_YEAR: shipped(paid.to_accounts, FIRST_YEAR), split: shipped(paid.to_accounts, split)}
    credit: Any = _cut(accounts.retiree_credit, known)
    announced, complete = YEAR_OF["account_reform"], YEAR_OF["account_reform_complete"]
    if opening >= announced:
        to_accounts = {"ramp": {**to_accounts, known: max(to_accounts.items())[1], complete: 0.0}}
        if known < complete - 1:
            credit = {"ramp": {**credit, known: shipped(accounts.retiree_credit, known), complete: REFORMED_CREDIT}}
    if opening > complete:
        to_accounts = {
            FIRST_YEAR: shipped(paid.to_accounts, FIRST_YEAR),
            known: shipped(paid.to_accounts, known),
            opening: 0.0,
        }
    return {
        "employee.contributions.compliance": compliance,
        "employee.contributions.compliance_growth": fading(opening + 1, drift),
        "employee.contributions.relief": {**_cut(paid.relief, known), opening: 0.0},
        "employee.contributions.to_accounts": to_accounts,
        "employee.contributions.flexible_share": last_named(paid.flexible_share, opening),
        "employee.accounts.without": last_named(accounts.without, opening),
        "employee.accounts.retiree_credit": credit,
        "employee.accounts.relatives_care_rate": last_named(accounts.relatives_care_rate, opening),
        "employee.entry_level": _cut(scheme.entry_level, known),
        "employee.benefits.birth_benefit": shipped(scheme.benefits.birth_benefit, known),
    }


def cut(baseline: Scenario, growth: Growth, opening: int) -> Scenario:
    """The baseline with every yearly key ended at what was known, and with the rules of then; levels are not yet fitted."""
    leaves, known = baseline.leaves, opening - 1
    income = baseline.values.economy.disposable_income
    back = shipped(income, known - 1) / shipped(income, baseline.values.claims.trend.reference_year - 1)
    births = shipped(baseline.values.population.fertility_level, known)
    fertility = {**_cut(baseline.values.population.fertility_level, known), known: births, known + FERTILITY_YEARS: 1.0}
    changes: dict[str, Any] = {
        path: {int(year): value for year, value in leaves[path].items() if int(year) <= opening - lag}
        for path, lag in CUT_AFTER.items()
    }
    changes |= {path: _scaled(leaves[path], back) for path in leaves if path.startswith(AMOUNTS)}
    changes |= growth.known(opening) | economy(opening) | standards(baseline, opening)
    changes |= employee_paths(baseline, growth, opening)
    changes |= {
        "horizon.valuation_year": opening,
        "horizon.last_year": LAST_YEAR,
        "claims.trend.reference_year": known,
        "population.fertility_level": {"ramp": fertility},
        "population.mortality_level": 1.0,
    }
    if opening < YEAR_OF["participation_rules"]:
        changes |= {"participation.in_force": False, "employee.retirement_table": RETIREMENT_BEFORE}
    return rooted({**leaves, **changes}, opening)


def rooted(leaves: Mapping[str, Any], opening: int) -> Scenario:
    """A scenario as a root of its own, so that nothing of the baseline's later years stands behind it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"known_{opening}.toml"
        path.write_text(toml_text(leaves), encoding="utf-8")
        return load(path)


# --- levels fitted to the last year published --------------------------------------------------------------------------


def _values(fits: Iterator[Any]) -> dict[str, float]:
    return {fit.key: fit.found for fit in fits}


def mortality(scenario: Scenario, opening: int) -> dict[str, Any]:
    """One factor on death rates for the deaths of the last three years counted; 1 where none was published."""
    counted = before(published("deaths"), opening)
    years = sorted(counted)[-DEATHS_OF:]
    if not years:
        return {}

    def deaths(changed: Scenario) -> list[float]:
        return [sum(flow_sums(one_year(changed, year))["deaths"] for year in years)]

    wanted = sum(counted[year] for year in years)
    return dict(_values(levels(scenario, {"population.mortality_level": "deaths"}, [1.0], [wanted], deaths)))


def moves(scenario: Scenario, opening: int) -> dict[str, Any]:
    """Entry, retirement and odds of the uninsured for the members of the last two years and the moves of residents."""
    scheme, first = scenario.values.employee, max(FIRST_YEAR, opening - MEMBER_YEARS)
    buying, qualified = scheme.unqualified.buying, shipped(scheme.qualified_share.male, opening)
    wanted = np.array([published(f"employee_{kind}")[opening - 1] for kind in ("active", "retired")] + [NET_TRANSFERS])

    def keys(guess: np.ndarray) -> dict[str, Any]:
        share = float((guess[1] - buying) / (1 - buying))
        return {
            "employee.entry_level": float(guess[0]),
            "employee.qualified_share": {"female": share, "male": share},
            "employee.uninsured_odds_ratio": float(np.exp(guess[2])),
        }

    def counts(guess: np.ndarray) -> np.ndarray:
        projection = one_year(scenario.replace(keys(guess)), first, opening - 1).projection
        return members_and_moves(projection)

    own = [1.0, qualified + (1 - qualified) * buying, float(np.log(scheme.uninsured_odds_ratio))]
    most = np.array([np.inf, 1 - STEP, np.inf])
    return keys(nearest(counts, wanted, np.array(own), MOVES_WEIGHTS / wanted, most))


def payment_ratio(scheme: Scheme, opening: int) -> float:
    """The published payment ratio of inpatient cost in the last year, by the definition of that year."""
    return max(
        last_known(f"{scheme}_inpatient_payment_ratio{definition}", opening)
        for definition in ("", "_in_scope")
        if before(published(f"{scheme}_inpatient_payment_ratio{definition}"), opening)
    )[1]


def inpatient(scheme: Scheme, opening: int) -> float:
    """Inpatient cost of the last year that is in scope."""
    return published(f"{scheme}_inpatient_cost")[opening - 1] * in_scope_share(scheme)


def resident_levels(scenario: Scenario, opening: int) -> dict[str, Any]:
    """Levels of residents' cost and benefits at which outgo and payment ratio of the last year are met."""
    known, values, ratio = opening - 1, scenario.values, payment_ratio("resident", opening)
    hospital = inpatient("resident", opening) * ratio
    keys = ("claims.inpatient.level", "benefits.inpatient.payment_ratio", "claims.outpatient.level")
    own = [
        values.claims.inpatient.level,
        shipped(values.benefits.inpatient.payment_ratio, known),
        values.claims.outpatient.level,
    ]
    targets = [hospital, ratio, published("resident_outgo")[known] - hospital]

    def reached(changed: Scenario) -> list[float]:
        flows = flow_sums(one_year(changed, known))
        paid = flows["inpatient_benefits"] + flows["critical_illness"] + flows["bonus_cost"]
        return [paid, paid / flows["inpatient_claims"], flows["outpatient_benefits"]]

    return dict(_values(levels(scenario, dict.fromkeys(keys, ""), own, targets, reached)))


def employee_levels(scenario: Scenario, opening: int) -> dict[str, Any]:
    """Levels of members' cost and benefits at which cost, payment ratio and outgo of the last year are met.

    Outgo is that of the pool, or of the whole scheme where only that was published.
    """
    known, scheme = opening - 1, scenario.values.employee
    split = known in published(f"{POOL}_outgo")
    funds, series = ((POOL,), f"{POOL}_outgo") if split else ((POOL, ACCOUNTS), "employee_total_outgo")
    kinds = ("general_outpatient_cost", "chronic_outpatient_cost", "pharmacy_cost")
    keys = (
        "employee.care.inpatient_level",
        "employee.care.outpatient_level",
        "employee.benefits.inpatient.payment_ratio",
        "employee.benefits.outpatient.payment_ratio",
    )
    own = [
        scheme.care.inpatient_level,
        scheme.care.outpatient_level,
        shipped(scheme.benefits.inpatient.payment_ratio, known),
        shipped(scheme.benefits.outpatient.payment_ratio, known),
    ]
    targets = [
        inpatient("employee", opening),
        sum(published(f"employee_{kind}").get(known, 0.0) for kind in kinds),
        payment_ratio("employee", opening),
        published(series)[known],
    ]

    def reached(changed: Scenario) -> list[float]:
        results = one_year(changed, known)
        flows = flow_sums(results)
        return [
            flows["employee_inpatient_claims"],
            flows["employee_outpatient_claims"],
            flows["employee_inpatient_benefits"] / flows["employee_inpatient_claims"],
            sum(float(results.accounts[fund]["outgo"][0]) for fund in funds),
        ]

    return dict(_values(levels(scenario, dict.fromkeys(keys, ""), own, targets, reached)))


def birth_benefit(scenario: Scenario, opening: int) -> dict[str, Any]:
    """Maternity expenditure of the last year over births to active members."""
    own = shipped(scenario.values.employee.benefits.birth_benefit, opening - 1)
    paid = flow_sums(one_year(scenario, opening - 1))["maternity_benefits"]
    return {"employee.benefits.birth_benefit": own * published("maternity_outgo")[opening - 1] / paid}


def spending_rate(scenario: Scenario, opening: int) -> dict[str, Any]:
    """What of the accounts is spent, in the last year for which their outgo was published."""
    year, outgo = last_known("employee_account_outgo", opening)
    account = one_year(scenario, year).accounts[ACCOUNTS]
    spent, *others = (
        float(account[name][0]) for name in ("account_spending", "relatives_care", "relatives_contributions")
    )
    own = shipped(scenario.values.employee.accounts.spending_rate, year)
    return {"employee.accounts.spending_rate": own * (outgo - sum(others)) / spent}


FITS: Final = (mortality, moves, resident_levels, birth_benefit, spending_rate, employee_levels)
"""In the order in which they depend on each other."""


def known_at(opening: int, baseline: Scenario | None = None, growth: Growth | None = None) -> Scenario:
    """The baseline as it would have been on a 1 January: fitted to what was published of the years before it."""
    baseline = baseline or load("baseline")
    scenario = cut(baseline, growth or Growth.of(baseline), opening)
    for fit in FITS:
        scenario = scenario.replace(fit(scenario, opening))
    return rooted(scenario.leaves, opening)


def with_incomes(scenario: Scenario, opening: int) -> Scenario:
    """What was known on a 1 January, but incomes, prices and wages as they turned out."""
    leaves = load("baseline").leaves
    changes = {path: leaves[path] for path in ("employee.wage.mean", *incomes_of(leaves))}
    prices = {"economy.inflation": cost_growth.known("consumer_price_change")}
    return rooted({**scenario.leaves, **changes, **prices}, opening)


# --- the table ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Forecast:
    """One published figure of a fund with the forecasts of an opening by name: the model and the naive ones."""

    opening: int
    year: int
    fund: str
    item: str
    published: float
    forecasts: Mapping[str, float]

    @property
    def horizon(self) -> int:
        """Years from the opening to the end of the year."""
        return self.year - self.opening + 1

    @property
    def straddles(self) -> bool:
        """Whether the published series of cost has a lasting break between the last year known and this one."""
        return any(self.opening <= changed <= self.year for changed in BREAKS)

    def error(self, forecast: str) -> float:
        """A forecast over what was published, less one."""
        return self.forecasts[forecast] / self.published - 1


BREAKS: Final = tuple(year for year in broken("cost", "step") if year >= OPENINGS[0])
"""Lasting breaks of the published series of cost that an opening can lie before."""
LEFT_OUT: Final = YEAR_OF["opening_left_out"]
GROUPS: Final[Mapping[str, Callable[[Forecast], bool]]] = {
    "all": lambda row: True,
    "without_opening": lambda row: row.opening != LEFT_OUT,
    "without_year": lambda row: LEFT_OUT not in (row.opening, row.year),
    "straddling": lambda row: row.straddles,
    "not_straddling": lambda row: not row.straddles,
}
"""The figures over which errors are averaged."""


def mean_errors(rows: Sequence[Forecast]) -> dict[str, float]:
    """Mean absolute error of each forecast over some figures, each over what was published."""
    return {name: float(np.mean([abs(row.error(name)) for row in rows])) for name in COLUMNS}


def forecasts(opening: int, scenario: Scenario) -> list[Forecast]:
    """The model and the naive forecasts from an opening to the last published year, by item and year."""
    results, knowing = simulate([scenario, with_incomes(scenario, opening)])
    found = []
    for item in ITEMS:
        model, told, known = item.model(results.accounts), item.model(knowing.accounts), item.known()
        for place, year in enumerate(results.years):
            if year in known:
                naive = {name: forecast(before(known, opening), year) for name, forecast in NAIVE.items()}
                own = {"model": float(model[place]), **naive, INCOMES_KNOWN: float(told[place])}
                found.append(Forecast(opening, year, item.fund, item.name, known[year], own))
    return found


def computed(openings: Sequence[int] = OPENINGS) -> Iterator[Forecast]:
    """The table found anew."""
    baseline = load("baseline")
    growth = Growth.of(baseline)
    for opening in openings:
        yield from forecasts(opening, known_at(opening, baseline, growth))


@cache
def stored() -> tuple[Forecast, ...]:
    """The table as shipped."""
    columns = read_table(TABLE, HEADER)
    rows = zip(*(columns[name] for name in HEADER), strict=True)
    return tuple(
        Forecast(
            int(opening),
            int(year),
            str(fund),
            str(item),
            float(value),
            dict(zip(COLUMNS, map(float, own), strict=True)),
        )
        for opening, year, fund, item, value, *own in rows
    )


def input_files() -> dict[str, Path]:
    """What the table is made from: the baseline, its tables, the published series and their breaks, by name."""
    baseline = load("baseline")
    own = [
        DATA / "published.csv",
        cost_growth.BEFORE,
        DATA / "evidence" / "breaks.csv",
        ANNOUNCED,
        DATA / RETIREMENT_BEFORE,
    ]
    tables = {*own, *baseline.tables.values()}
    named = {path.relative_to(DATA).as_posix(): path for path in sorted(tables)}
    return {"baseline.toml": scenarios_folder() / "baseline.toml", **named}


def hashes() -> dict[str, str]:
    """SHA-256 of every input by name, whatever the ends of its lines."""
    return {
        name: hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
        for name, path in input_files().items()
    }


def stored_hashes() -> dict[str, str]:
    """The hashes with which the stored table was made."""
    columns = read_table(INPUTS, ("file", "sha256"))
    return dict(zip(map(str, columns["file"]), map(str, columns["sha256"]), strict=True))


def main() -> None:
    """Find every opening anew and write the table and the hashes of its inputs."""
    rows = []
    for opening in OPENINGS:
        found = list(computed([opening]))
        rows += [
            (
                *(row.opening, row.year, row.fund, row.item),
                *(f"{value:.9g}" for value in (row.published, *(row.forecasts[name] for name in COLUMNS))),
            )
            for row in found
        ]
        sys.stdout.write(f"1 January {opening}: {len(found)} figures\n")
    TABLE.write_text(rows_csv(HEADER, rows), encoding="utf-8")
    INPUTS.write_text(rows_csv(("file", "sha256"), hashes().items()), encoding="utf-8")


if __name__ == "__main__":
    main()
