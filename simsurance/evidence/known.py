"""What of the baseline was known on a past 1 January: every yearly key ended, growth as measured until then, rules of then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from simsurance.basis.trend import SCHEMES, Scheme
from simsurance.data.tables import DATA, published, read_table
from simsurance.evidence import base_growth, cost_growth
from simsurance.evidence.cost_growth import Evidence
from simsurance.evidence.drift import Series, drifts
from simsurance.evidence.fit import (
    FIRST_YEAR,
    LAST_YEAR,
    named_years,
    shipped,
)
from simsurance.evidence.naive import MEAN_OF, before
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.schedule import Ramp, Schedule
from simsurance.scenario_file.toml_text import toml_text

FADE_YEARS: Final = 24
"""Years over which a drift fades, as in the baseline from 2026 to 2050."""
FERTILITY_YEARS: Final = 10
"""Years until births follow the table again, as in the baseline from 2025 to 2035."""
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


def rooted(leaves: Mapping[str, Any], opening: int, reference: Mapping[str, Any] | None = None) -> Scenario:
    """A scenario as a root of its own, so that nothing of the baseline's later years stands behind it.

    `reference`: the incomes and the population that its parent has, where they are not its own.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"known_{opening}.toml"
        path.write_text(toml_text(leaves, reference=reference or {}), encoding="utf-8")
        return load(path)
