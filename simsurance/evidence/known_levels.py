"""Levels fitted to the last year published before a past 1 January, and the baseline as it would have been then."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from simsurance.basis.trend import Scheme
from simsurance.data.tables import published
from simsurance.evidence import cost_growth
from simsurance.evidence.calibration_employee import NET_TRANSFERS, members_and_moves
from simsurance.evidence.fit import (
    FIRST_YEAR,
    STEP,
    flow_sums,
    levels,
    nearest,
    one_year,
    shipped,
)
from simsurance.evidence.known import Growth, cut, last_known, rooted
from simsurance.evidence.naive import before
from simsurance.evidence.published import in_scope_share
from simsurance.ledger import ACCOUNTS, POOL
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.years import incomes_of

MEMBER_YEARS: Final = 2
"""Years over which moves of employee members are fitted together, as in the baseline; fewer where fewer were published."""
MOVES_WEIGHTS: Final = np.array([100.0, 100.0, 1.0])
"""Weights of active members, retired members and moves, where the share who stay at retirement would have to be above 1."""
DEATHS_OF: Final = 3
"""Years whose counted deaths give the level of mortality, as in the baseline; fewer where fewer were published."""


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
