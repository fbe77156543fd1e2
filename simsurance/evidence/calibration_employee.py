"""The fitted values of the employee scheme: members, contributions, benefits and accounts."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simsurance.axes import EMPLOYEES, MEMBERSHIP_AXES, REPORT_AXES, at, axis
from simsurance.data.tables import published
from simsurance.evidence.fit import (
    FIRST_YEAR,
    LAST_YEAR,
    TWO_YEARS,
    YEARS,
    Fit,
    by_year,
    fitted_years,
    flow_sums,
    inpatient_in_scope,
    levels,
    one_year,
    shipped,
    solved,
)
from simsurance.ledger import ACCOUNTS, POOL
from simsurance.model.projection import Projection
from simsurance.scenario_file.loader import Scenario

NET_TRANSFERS = 6.5e6
"""Net moves from the resident to the employee scheme a year: middle of the 5 to 8 million named by the authority."""
RELIEF = 164.9e9
"""By so many yuan employers' contributions were cut in the year of relief, as the authority said (recalled, not fitted)."""


def relief_year(baseline: Scenario) -> int:
    """The year in which employers' contributions were cut for some months."""
    relief = baseline.values.employee.contributions.relief
    return next(year for year in YEARS if shipped(relief, year))


def employee_levels(baseline: Scenario) -> Iterator[Fit]:
    """Moves to and within the employee scheme over the last two years.

    Entry level, share who stay at retirement and odds of entry of the uninsured are solved so that the counts of their first
    1 January go to those of two years later while net moves out of the resident scheme are the published 5 to 8 million a year.
    Those who stay are the qualified and, of the others, those who buy the missing years: that share is judgement.
    """
    scheme = baseline.values.employee
    qualified, buying = shipped(scheme.qualified_share.male, LAST_YEAR), scheme.unqualified.buying
    own = [
        shipped(scheme.entry_level, LAST_YEAR + 1),
        qualified + (1 - qualified) * buying,
        scheme.uninsured_odds_ratio,
    ]
    wanted = np.array(
        [published("employee_active")[LAST_YEAR], published("employee_retired")[LAST_YEAR], NET_TRANSFERS]
    )

    def counts(guess: np.ndarray) -> np.ndarray:
        share = float((guess[1] - buying) / (1 - buying))
        changed = baseline.replace(
            {
                "employee.entry_level": float(guess[0]),
                "employee.qualified_share": {"female": share, "male": share},
                "employee.uninsured_odds_ratio": float(np.exp(guess[2])),
            }
        )
        projection = one_year(changed, LAST_YEAR - 1, LAST_YEAR).projection
        return members_and_moves(projection)

    entry, staying, odds = solved(counts, wanted, np.array([own[0], own[1], np.log(own[2])]))
    what = "active, retired, moves"
    yield Fit(f"employee.entry_level[{TWO_YEARS[0]}]", what, float(entry), own[0])
    yield Fit("employee.qualified_share", what, float((staying - buying) / (1 - buying)), qualified)
    yield Fit("employee.uninsured_odds_ratio", what, float(np.exp(odds)), own[2])


def members_and_moves(projection: Projection) -> np.ndarray:
    """Active and retired members at the end of a projection of one run, and net moves to the scheme a year."""
    last = at(projection.stocks.membership, of=MEMBERSHIP_AXES, date=-1, run=0)
    by_status = last.sum(axis=axis("health", "area", "income", of=MEMBERSHIP_AXES[2:]))
    net = at(projection.by_age["transfers_out"] - projection.by_age["transfers_in"], of=REPORT_AXES, run=0)
    return np.array([*by_status[EMPLOYEES], net.sum() / len(projection.years)])


def entry_levels(baseline: Scenario) -> Iterator[Fit]:
    """Entry level of each year before those two: active members at its end along one projection from the first year.

    One year after the other, as each level hangs on those before it: along a projection members are younger than in the
    opening state of a later year, so that a level found there would not hold.
    """
    key, found = "employee.entry_level", dict[int, float]()
    for year in fitted_years("employee_active")[:-1]:
        own = shipped(baseline.values.employee.entry_level, year)

        def active(logs: np.ndarray, year: int = year) -> np.ndarray:
            changed = baseline.replace({key: {**found, year: float(np.exp(logs[0]))}})
            return np.log(one_year(changed, FIRST_YEAR, year).accounts[POOL]["employee_active"][-1:])

        found[year] = float(np.exp(solved(active, np.log([published("employee_active")[year]]), np.log([own]))[0]))
        yield Fit(f"{key}[{year}]", "active", found[year], own)


EMPLOYEE_BENEFIT_KEYS = {
    "employee.care.inpatient_level": f"in-scope inpatient cost of {LAST_YEAR}",
    "employee.care.older_cost_ratio": f"cost of retired over active {LAST_YEAR}",
    "employee.care.outpatient_level": f"outpatient cost of {LAST_YEAR}",
    "employee.benefits.inpatient.payment_ratio": f"payment ratio of {LAST_YEAR}",
    "employee.benefits.outpatient.payment_ratio": f"rest of the pool's outgo of {LAST_YEAR}",
}


def outpatient_parts() -> tuple[float, float]:
    """Members' outpatient cost of the last year in institutions and in pharmacies, yuan."""
    kinds = ("general_outpatient", "chronic_outpatient")
    return sum(published(f"employee_{kind}_cost")[LAST_YEAR] for kind in kinds), published("employee_pharmacy_cost")[
        LAST_YEAR
    ]


def employee_benefit_levels(baseline: Scenario) -> Iterator[Fit]:
    """Levels of cost and benefits of the employee scheme, solved together on the last year.

    What the outgo of the pool leaves after inpatient and maternity benefits is taken as outpatient benefits.
    """
    scheme = baseline.values.employee
    care, benefits = scheme.care, scheme.benefits
    own = [
        care.inpatient_level,
        care.older_cost_ratio,
        care.outpatient_level,
        shipped(benefits.inpatient.payment_ratio, LAST_YEAR),
        shipped(benefits.outpatient.payment_ratio, LAST_YEAR),
    ]
    targets = [
        inpatient_in_scope("employee"),
        published("employee_retired_institution_cost")[LAST_YEAR]
        / published("employee_active_institution_cost")[LAST_YEAR],
        sum(outpatient_parts()),
        published("employee_inpatient_payment_ratio")[LAST_YEAR],
        published("employee_pool_outgo")[LAST_YEAR],
    ]
    yield from levels(baseline, EMPLOYEE_BENEFIT_KEYS, own, targets, _employee_benefits)


def _employee_benefits(changed: Scenario) -> list[float]:
    """What the levels of the employee scheme are fitted to."""
    results = one_year(changed, LAST_YEAR)
    flows = flow_sums(results)
    return [
        flows["employee_inpatient_claims"],
        retired_to_active(changed, flows),
        flows["employee_outpatient_claims"],
        flows["employee_inpatient_benefits"] / flows["employee_inpatient_claims"],
        float(results.accounts[POOL]["outgo"][0]),
    ]


ALL_FOR_THE_RETIRED = {
    f"employee.benefits.{kind}.{key}": value
    for kind, limit in (("inpatient", 1e8), ("outpatient", {"low": 1e7, "moderate": 1e7, "high": 1e7}))
    for key, value in (("deductible", 0), ("payment_ratio", 0), ("retired_ratio_extra", 1), ("limit", limit))
} | {"employee.benefits.inpatient.retired_deductible": 0}


def retired_to_active(scenario: Scenario, flows: dict[str, float]) -> float:
    """Institution cost of retired over that of active members in the last year.

    Rules that pay the retired everything and the active nothing show what belongs to the retired. Published institution cost
    holds what is out of scope and leaves pharmacies out; both are taken to be alike for active and retired.
    """
    of_retired = flow_sums(one_year(scenario.replace(ALL_FOR_THE_RETIRED), LAST_YEAR))
    institutions, pharmacies = outpatient_parts()
    weights = {
        "employee_inpatient": published("employee_inpatient_cost")[LAST_YEAR] / inpatient_in_scope("employee"),
        "employee_outpatient": institutions / (institutions + pharmacies),
    }
    everyone = sum(weight * flows[f"{name}_claims"] for name, weight in weights.items())
    retired = sum(weight * of_retired[f"{name}_benefits"] for name, weight in weights.items())
    return retired / (everyone - retired)


def use_level(baseline: Scenario) -> Iterator[Fit]:
    """Members' chance of an admission over residents', against discharges of 2025; admissions an inpatient taken as alike."""
    admissions = flow_sums(one_year(baseline, LAST_YEAR))["employee_admissions"]
    level = baseline.values.employee.care.use_level
    found = level * published("employee_discharges")[LAST_YEAR] / admissions
    yield Fit("employee.care.use_level", f"discharges of {LAST_YEAR}", found, level)


def outpatient_ratios(baseline: Scenario) -> Iterator[Fit]:
    """Share of outpatient cost that the pool pays: what its outgo leaves to it, in the years of the path before the last."""
    key, ratio = (
        "employee.benefits.outpatient.payment_ratio",
        baseline.values.employee.benefits.outpatient.payment_ratio,
    )
    for year in fitted_years("employee_pool_outgo")[:-1]:

        def outgo(changed: Scenario, year: int = year) -> list[float]:
            return [float(one_year(changed, year).accounts[POOL]["outgo"][0])]

        yield from by_year(baseline, key, ratio, year, "pool outgo", published("employee_pool_outgo")[year], outgo)


def birth_benefits(baseline: Scenario) -> Iterator[Fit]:
    """Published maternity expenditure over births to active members, year by year, at the wages before the reference year."""
    benefit = baseline.values.employee.benefits.birth_benefit
    for year in YEARS:
        own = shipped(benefit, year)
        found = own * published("maternity_outgo")[year] / flow_sums(one_year(baseline, year))["maternity_benefits"]
        yield Fit(f"employee.benefits.birth_benefit[{year}]", "maternity expenditure", found, own)


@dataclass(frozen=True)
class EmployeeIncome:
    """A year's income of the employee scheme, yuan: the model's parts at `compliance` and `relief`, published less interest.

    `accounts` is None where the published income was not split.
    """

    employer: float
    own: float
    credits: float
    purchases: float
    compliance: float
    relief: float
    total: float
    accounts: float | None


def employee_income(baseline: Scenario, year: int) -> EmployeeIncome:
    """Income of a year, valued at its start."""
    results = one_year(baseline, year)
    flows, paid = flow_sums(results), baseline.values.employee.contributions
    pool, accounts = (float(results.accounts[name]["interest"][0]) for name in (POOL, ACCOUNTS))
    split = published("employee_account_income")
    return EmployeeIncome(
        employer=flows["employer_contributions"],
        own=flows["employee_contributions"],
        credits=flows["retiree_credits"],
        purchases=flows["purchases"],
        compliance=shipped(paid.compliance, year),
        relief=shipped(paid.relief, year),
        total=published("employee_total_income")[year] - pool - accounts,
        accounts=split[year] - accounts if year in split else None,
    )


def employee_contributions(baseline: Scenario) -> Iterator[Fit]:
    """Compliance, employers' rate, their share for the accounts, and the relief, from published income less interest.

    In the last year the reform of the accounts is complete: they get members' own contributions and the credits of the
    retired alone, so that their income gives compliance and the pool's the employers' rate. That rate holds for earlier years
    too: there all income gives compliance, and the accounts' part what employers gave them. In the year of relief
    compliance is the mean of the years beside it, and relief is what is missing.
    """
    paid, key = baseline.values.employee.contributions, "employee.contributions"
    years = {year: employee_income(baseline, year) for year in fitted_years("employee_total_income")}
    last = years[LAST_YEAR]
    assert last.accounts is not None
    scale = {LAST_YEAR: (last.accounts - last.credits) / last.own}
    own_rate = shipped(paid.employer_rate, LAST_YEAR)
    rate = own_rate * (last.total - last.accounts + last.credits) / (last.employer * scale[LAST_YEAR] + last.purchases)
    due, rest = {}, {}
    for year, of in years.items():
        change = rate / shipped(paid.employer_rate, year)
        due[year], rest[year] = of.employer / (1 - of.relief) * change, of.total - of.purchases * change
        scale.setdefault(year, rest[year] / (due[year] + of.own))
    compliance = {year: scale[year] * of.compliance for year, of in years.items()}
    cut = relief_year(baseline)
    compliance[cut] = (compliance[cut - 1] + compliance[cut + 1]) / 2
    scale[cut] = compliance[cut] / years[cut].compliance
    levied = {year: rest[year] - of.own * scale[year] for year, of in years.items()}
    to_accounts = {
        year: (of.accounts - of.credits - of.own * scale[year]) / levied[year]
        for year, of in years.items()
        if of.accounts is not None
    }
    for year in set(years) - set(to_accounts):  # published for both accounts together
        to_accounts[year] = (to_accounts[year - 1] + to_accounts[year + 1]) / 2
    del to_accounts[LAST_YEAR]
    relief = {cut: 1 - levied[cut] / (due[cut] * scale[cut])}
    for name, what, found in (
        ("employer_rate", "pool income", {LAST_YEAR: rate}),
        ("compliance", f"all income; {LAST_YEAR} account income", compliance),
        ("to_accounts", "account income", to_accounts),
        ("relief", "income missing", relief),
    ):
        for year in sorted(found):
            yield Fit(f"{key}.{name}[{year}]", what, found[year], shipped(getattr(paid, name), year))


def account_rates(baseline: Scenario) -> Iterator[Fit]:
    """What of the accounts is spent: published use by relatives, less contributions, and the rest of published outgo."""
    rates, key = baseline.values.employee.accounts, "employee.accounts"
    mutual_aid, outgo = published("employee_account_mutual_aid"), published("employee_account_outgo")
    for year in sorted({*fitted_years("employee_account_outgo"), *mutual_aid}):
        account = one_year(baseline, year).accounts[ACCOUNTS]
        spent, care, paid = (
            float(account[name][0]) for name in ("account_spending", "relatives_care", "relatives_contributions")
        )
        if year in mutual_aid:
            own = shipped(rates.relatives_care_rate, year)
            yield Fit(f"{key}.relatives_care_rate[{year}]", "mutual aid", own * (mutual_aid[year] - paid) / care, own)
        if year in fitted_years("employee_account_outgo"):
            own, relatives = shipped(rates.spending_rate, year), mutual_aid.get(year, care + paid)
            yield Fit(f"{key}.spending_rate[{year}]", "account outgo", own * (outgo[year] - relatives) / spent, own)


def unfitted(baseline: Scenario) -> Iterator[Fit]:
    """Published figures of the employee scheme that nothing was fitted to beside the model, valued at the start of the year."""
    for funds, series, label in (
        ((POOL,), "employee_pool_outgo", "pool"),
        ((ACCOUNTS,), "employee_account_outgo", "personal accounts"),
        ((POOL, ACCOUNTS), "employee_total_outgo", "pool and accounts"),
    ):
        outgo = published(series)
        for year in sorted(set(outgo) & set(YEARS) - set(fitted_years(series))):
            accounts = one_year(baseline, year).accounts
            model = sum(float(accounts[fund]["outgo"][0]) for fund in funds)
            yield Fit(f"{label} outgo {year}, billion yuan", "not fitted", outgo[year] / 1e9, model / 1e9)
    year = relief_year(baseline)
    paid = flow_sums(one_year(baseline, year))["employer_contributions"]
    share = shipped(baseline.values.employee.contributions.relief, year)
    yield Fit(f"relief of {year}, billion yuan", "not fitted", RELIEF / 1e9, paid * share / (1 - share) / 1e9)
