"""The identities hold on a projection, and each fails by name when a number of the projection is changed."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from simsurance import identities, measures
from simsurance.axes import ENTRANTS, row
from simsurance.basis import build, build_arrays
from simsurance.basis.built import stack
from simsurance.basis.entries import holding
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.ledger import ACCOUNTS as ACCOUNTS_FUND
from simsurance.ledger import POOL as POOL_FUND
from simsurance.ledger import RESIDENT, TRANSFERS, fund_of, row_of
from simsurance.model.projection import Projection, project
from simsurance.model.state import YearBasis
from simsurance.results import simulate
from simsurance.scenario_file.loader import load

YEAR, RUN = 2, 1
"""Where a number is changed: the third year of the second run."""
Change = Callable[[Projection], Projection]


@cache
def projection() -> tuple[Projection, tuple[YearBasis, ...]]:
    """Two runs over four years with entries to the employee scheme held.

    The second has contributions received in advance and a pinned population.
    """
    base = load("baseline").replace({"horizon.last_year": 2029})
    changed = {"contributions.prepaid_share": 0.5, "population.pinned_total": {2028: 1.38e9}}
    changed |= {"employee.benefits.long_term_care": 100, "employee.contributions.to_accounts": 0.1}
    changed |= {"benefits.birth_benefit": 2000}
    other = base.replace(changed)
    (root,) = simulate([base])
    built = stack([holding(build_arrays(each), root.entries) for each in (base, other)])
    return project(built.state, built.years), built.years


def flow(name: str, factor: float = 1.001) -> Change:
    """A flow of persons or of their money in one year and run, a thousandth larger."""

    def change(found: Projection) -> Projection:
        by_age, by_group = found.by_age[name].copy(), found.by_group[name].copy()
        for values in (by_age, by_group):
            values[YEAR, RUN] *= factor
        return replace(found, by_age={**found.by_age, name: by_age}, by_group={**found.by_group, name: by_group})

    return change


def group_flow(name: str, factor: float) -> Change:
    """A flow by area and income group, larger in one year and run."""

    def change(found: Projection) -> Projection:
        values = found.by_group[name].copy()
        values[YEAR, RUN] *= factor
        return replace(found, by_group={**found.by_group, name: values})

    return change


def single(name: str, more: float) -> Change:
    """A flow of a whole run, larger in one year."""

    def change(found: Projection) -> Projection:
        values = found.by_run[name].copy()
        values[YEAR, RUN] += more
        return replace(found, by_run={**found.by_run, name: values})

    return change


def interest(fund: str, more: float) -> Change:
    """The interest of a fund, larger in one year."""

    def change(found: Projection) -> Projection:
        values = found.interest.copy()
        values[YEAR, RUN, fund_of(fund).place] += more
        return replace(found, interest=values)

    return change


def stock(name: str, *place: int, more: float) -> Change:
    """One number of a stock, larger on the 1 January after the year."""

    def change(found: Projection) -> Projection:
        values = getattr(found.stocks, name).copy()
        values[(YEAR + 1, RUN, *place)] += more
        return replace(found, stocks=replace(found.stocks, **{name: values}))

    return change


def money(name: str, more: float, *account: int) -> Change:
    """A fund or the money received in advance, larger at the end of one year."""

    def change(found: Projection) -> Projection:
        values = getattr(found, name).copy()
        values[(YEAR + 1, RUN, *account)] += more
        return replace(found, **{name: values})

    return change


def entrant(name: str, more: float) -> Change:
    """What is told of the entries to the employee scheme in one year, so many persons more."""

    def change(found: Projection) -> Projection:
        values = found.entrants.copy()
        values[YEAR, RUN, ENTRANTS.index(name), 0, 1, 2, 30] += more
        return replace(found, entrants=values)

    return change


PERSONS = "persons: opening + births + net migration − deaths + adjustment = closing"
STATUSES = "persons: sum over statuses = population"
CELLS = "persons: no cell below zero"
INSURED = "insured: opening + entries − exits = closing"
BY_AGE = "insured: by status = by age"
PAYERS = "insured: payers = opening + entries at enrolment − leavers"
SUBSIDIES = "money: subsidies = payers × standard"
SUPPLEMENT = "money: local supplement = (contributions + subsidies) × (factor − 1)"
PREPAID = "money: prepaid opening + change = prepaid closing"
INTEREST = "money: interest = opening × i + (income − outgo) × ((1+i)^s − 1)"
CLOSING = "money: opening + income − outgo + interest = closing"
INPATIENT = "money: inpatient benefits do not exceed cost"
BOTH_LAYERS = "money: inpatient and critical-illness benefits with the bonus do not exceed inpatient cost"
ONE_YUAN = "money: of more inpatient cost both layers pay at most all, in every band"
OUTPATIENT = "money: outpatient benefits do not exceed cost"
EMPLOYEES = "employees: opening + entries + net migration − deaths − exits = closing"
EMPLOYEES_BY_AGE = "employees: by status = by age"
HELD = "employees: entries + entries not met = entries held"
EMPLOYERS = "pool: employers' contributions = base × rate"
MEMBERS = "accounts: members' contributions = base × rate"
OUTSIDE = "funds: money in less money out = paid by the outside world less paid to it"
LEAVES_AND_REACHES = {f"funds: {row.name} leaves one fund and reaches another" for row in TRANSFERS}
SHARED = "accounts: relatives' contributions = residents' own contributions × share"
POOL = {f"pool{rest}" for rest in (INTEREST.removeprefix("money"), CLOSING.removeprefix("money"))}
ACCOUNTS = {name.replace("pool", "accounts") for name in POOL}
POOL_INPATIENT, POOL_OUTPATIENT = (name.replace("money", "pool") for name in (INPATIENT, OUTPATIENT))

MUTATIONS: dict[str, tuple[Change, set[str]]] = {
    "births": (flow("births"), {PERSONS}),
    "deaths": (flow("deaths"), {PERSONS}),
    "net_migration": (flow("net_migration"), {PERSONS}),
    "population_adjustment": (single("population_adjustment", 1e4), {PERSONS}),
    "a person too many in the population": (stock("persons", 0, 1, 30, more=1e3), {PERSONS, STATUSES}),
    "a status too large": (stock("membership", 0, row("never"), 0, 2, more=1e3), {STATUSES}),
    "a negative cell": (stock("least_cell", more=-1e-6), {CELLS}),
    "newborn_enrolled": (flow("newborn_enrolled"), {INSURED, PAYERS}),
    "joins": (flow("joins"), {INSURED, PAYERS}),
    "returns": (flow("returns"), {INSURED, PAYERS}),
    "leaves": (flow("leaves"), {INSURED, PAYERS}),
    "transfers_in": (flow("transfers_in"), {INSURED}),
    "transfers_out": (flow("transfers_out"), {INSURED, HELD}),
    "entrants among the uninsured": (entrant("uninsured", 1e4), {HELD}),
    "persons outside the employee scheme": (entrant("outside", 1e6), {HELD}),
    "entries not met": (entrant("not_met", 1e4), {HELD}),
    "insured_deaths": (flow("insured_deaths"), {INSURED}),
    "insured_migration": (flow("insured_migration"), {INSURED}),
    "insured_adjustment": (single("insured_adjustment", 1e4), {INSURED}),
    "resident_insured": (stock("resident_insured", 0, 1, 30, more=1e3), {BY_AGE}),
    "resident_enrolled": (flow("resident_enrolled"), {PAYERS, SUBSIDIES}),
    "personal_contributions": (flow("personal_contributions"), {OUTSIDE, SUPPLEMENT, INTEREST, CLOSING, SHARED}),
    "assistance": (flow("assistance"), {OUTSIDE, SUPPLEMENT, INTEREST, CLOSING}),
    "subsidies": (flow("subsidies"), {OUTSIDE, SUBSIDIES, SUPPLEMENT, INTEREST, CLOSING}),
    "local_supplement": (flow("local_supplement"), {OUTSIDE, SUPPLEMENT, INTEREST, CLOSING}),
    "prepaid_change": (single("prepaid_change", 1e6), {OUTSIDE, PREPAID, INTEREST, CLOSING}),
    "inpatient_benefits": (flow("inpatient_benefits"), {OUTSIDE, INTEREST, CLOSING}),
    "outpatient_benefits": (flow("outpatient_benefits"), {OUTSIDE, INTEREST, CLOSING}),
    "critical_illness": (flow("critical_illness", 1.01), {OUTSIDE, INTEREST, CLOSING}),
    "bonus_cost": (flow("bonus_cost", 10), {OUTSIDE, INTEREST, CLOSING}),
    "repair_payments": (flow("repair_payments", 1.5), {OUTSIDE, INTEREST, CLOSING}),
    "administration": (single("administration", 1e8), {OUTSIDE, INTEREST, CLOSING}),
    "resident_maternity_benefits": (flow("resident_maternity_benefits", 1.1), {OUTSIDE, INTEREST, CLOSING}),
    "recoveries": (single("recoveries", 1e8), {OUTSIDE, INTEREST, CLOSING}),
    "resident_long_term_care": (single("resident_long_term_care", 1e8), {OUTSIDE, INTEREST, CLOSING}),
    "adjustment_payments": (single("adjustment_payments", 1e8), {OUTSIDE, INTEREST, CLOSING}),
    "interest": (interest(RESIDENT, 1e8), {INTEREST}),
    "fund": (money("fund", 1e8, 0), {CLOSING, INTEREST}),
    "prepaid": (money("prepaid", 1e6), {PREPAID}),
    "inpatient_claims": (flow("inpatient_claims", 0.5), {INPATIENT, BOTH_LAYERS}),
    "critical illness beyond the own cost": (flow("critical_illness", 20), {OUTSIDE, INTEREST, CLOSING, BOTH_LAYERS}),
    "a bonus beyond the own cost": (flow("bonus_cost", 1e7), {OUTSIDE, INTEREST, CLOSING, BOTH_LAYERS}),
    "critical illness of a group beyond its own cost": (group_flow("critical_illness", 20), {OUTSIDE, BOTH_LAYERS}),
    "outpatient_claims": (flow("outpatient_claims", 0.3), {OUTPATIENT}),
    "employee_entries": (flow("employee_entries"), {EMPLOYEES}),
    "employee_exits": (flow("employee_exits"), {EMPLOYEES}),
    "employee_deaths": (flow("employee_deaths"), {EMPLOYEES}),
    "employee_migration": (flow("employee_migration", 1.1), {EMPLOYEES}),
    "employee_adjustment": (single("employee_adjustment", 1e4), {EMPLOYEES}),
    "employee_insured": (stock("employee_insured", 0, 1, 30, more=1e3), {EMPLOYEES_BY_AGE}),
    "contribution_base": (flow("contribution_base"), {EMPLOYERS, MEMBERS}),
    "employer_contributions": (flow("employer_contributions"), {OUTSIDE, EMPLOYERS, *POOL}),
    "employee_contributions": (flow("employee_contributions"), {OUTSIDE, MEMBERS, *ACCOUNTS}),
    "retiree_credits": (flow("retiree_credits", 1.01), POOL | ACCOUNTS),
    "purchases": (flow("purchases", 1.1), POOL | {OUTSIDE}),
    "maternity_benefits": (flow("maternity_benefits"), POOL | {OUTSIDE}),
    "long_term_care": (flow("long_term_care"), POOL | {OUTSIDE}),
    "employee_recoveries": (single("employee_recoveries", 1e9), POOL | {OUTSIDE}),
    "employee_adjustment_payments": (single("employee_adjustment_payments", 1e9), POOL | {OUTSIDE}),
    "employee_inpatient_benefits": (flow("employee_inpatient_benefits"), POOL | {OUTSIDE}),
    "employee_outpatient_benefits": (flow("employee_outpatient_benefits"), POOL | {OUTSIDE}),
    "employee_inpatient_claims": (flow("employee_inpatient_claims", 0.3), {POOL_INPATIENT}),
    "employee_outpatient_claims": (flow("employee_outpatient_claims", 0.2), {POOL_OUTPATIENT}),
    "account_spending": (flow("account_spending"), ACCOUNTS | {OUTSIDE}),
    "relatives_care": (single("relatives_care", 1e9), ACCOUNTS | {OUTSIDE}),
    "contributions_from_accounts": (flow("contributions_from_accounts", 1.1), {OUTSIDE, SHARED, *ACCOUNTS}),
    "employer_to_accounts": (single("employer_to_accounts", 1e9), POOL | ACCOUNTS),
    "pool_interest": (interest(POOL_FUND, 1e9), {name for name in POOL if ": interest" in name}),
    "account_interest": (interest(ACCOUNTS_FUND, 1e9), {name for name in ACCOUNTS if ": interest" in name}),
    "the pool": (money("fund", 1e9, 1), POOL),
    "the accounts": (money("fund", 1e9, 2), ACCOUNTS),
}
"""What is changed, and every identity that must say so."""


def checked(found: Projection, basis: tuple[YearBasis, ...], run: int = RUN) -> list[identities.Check]:
    """The identities of a run, and the accounts that were made before a number was changed."""
    untouched, _ = projection()
    return identities.check(found, basis, measures.accounts(untouched, basis))[run]


def failing(found: Projection, basis: tuple[YearBasis, ...]) -> set[str]:
    """Names of the identities of the changed run that do not hold; those of the other run all do."""
    assert all(check.holds for check in checked(found, basis, 1 - RUN))
    return {check.identity for check in checked(found, basis) if not check.holds}


def test_every_identity_holds_on_an_untouched_projection() -> None:
    found, basis = projection()
    assert failing(found, basis) == set()
    identities.require(checked(found, basis), "the second run")


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_changed_number_fails_the_identities_that_hold_it(name: str) -> None:
    change, expected = MUTATIONS[name]
    found, basis = projection()
    assert failing(change(found), basis) == expected


def test_each_identity_is_seen_to_fail() -> None:
    found, basis = projection()
    names = {check.identity for check in checked(found, basis)}
    assert names == LEAVES_AND_REACHES.union({ONE_YUAN}, *(expected for _, expected in MUTATIONS.values()))


@pytest.mark.parametrize("rule", ["critical_ratios", "critical_factor"])
def test_layers_that_pay_more_than_a_yuan_of_one_more_are_found(rule: str) -> None:
    found, basis = projection()
    year = basis[YEAR]
    own = np.repeat(getattr(year, rule), 2 // len(getattr(year, rule)), axis=0)
    own[RUN] *= 1.2
    of_year = replace(year, **{rule: own})
    wrong = tuple(of_year if place == YEAR else each for place, each in enumerate(basis))
    assert failing(found, wrong) == {ONE_YUAN}
    (check,) = [check for check in checked(found, wrong) if not check.holds]
    assert check.amount == pytest.approx(0.2, rel=0.01), "the assisted are paid all of the cost, and a fifth more"


@pytest.mark.parametrize("name", [row.name for row in TRANSFERS])
@pytest.mark.parametrize("end", ["payer", "receiver"])
def test_a_transfer_that_is_booked_at_one_end_alone_is_found(name: str, end: str) -> None:
    found, basis = projection()
    row, accounts = row_of(name), measures.accounts(found, basis)
    fund, column = (row.payer, row.paid_as) if end == "payer" else (row.receiver, row.received_as)
    accounts[fund][column] = accounts[fund][column] * 1.01
    broken = [check.identity for check in identities.check(found, basis, accounts)[RUN] if not check.holds]
    assert broken == [f"funds: {name} leaves one fund and reaches another"]


def test_every_flow_that_can_break_an_identity_is_tried() -> None:
    found, _ = projection()
    counts = {"waiting_months", "repaired_years", "bonus_cap", "no_claim", "critical_beneficiaries"}
    counts |= {f"{scheme}{name}" for scheme in ("", "employee_") for name in ("inpatient_users", "admissions")}
    outside = {*counts, "resident_insured_years", "members_income", "prevalence_error"}
    outside |= {"active_years", "retired_years", "retirements", "benefits_of_retired", "employee_members_income"}
    assert {*found.by_age, *found.by_run} - set(MUTATIONS) == outside


def test_the_worst_place_is_named_with_year_and_amount() -> None:
    found, basis = projection()
    mutated = single("population_adjustment", 1e4)(found)
    (check,) = [check for check in checked(mutated, basis) if not check.holds]
    assert check.identity == PERSONS
    assert check.year == 2026 + YEAR
    assert check.amount == pytest.approx(-1e4, rel=1e-3)
    closing = mutated.stocks.persons[YEAR + 1, RUN].sum()
    assert check.residual == pytest.approx(1e4 / closing, rel=1e-3)


def test_a_premium_is_no_benefit_beyond_the_cost() -> None:
    dear = {"benefits.critical_illness.financing": "premium", "benefits.critical_illness.premium": 50_000}
    state, basis = build(load("baseline").replace({"horizon.last_year": 2027} | dear))
    found = project(state, basis)
    assert found.totals["critical_illness"].min() > found.totals["inpatient_claims"].max()
    assert all(check.holds for check in identities.check(found, basis, measures.accounts(found, basis))[0])


def test_a_run_that_breaks_identities_is_stopped_with_one_line_each() -> None:
    found, basis = projection()
    with pytest.raises(SimsuranceError) as stopped:
        identities.require(checked(flow("leaves")(found), basis), "mine")
    assert stopped.value.exit_code == ExitCode.IDENTITY
    assert len(stopped.value.lines) == 2
    for line, name in zip(stopped.value.lines, (INSURED, PAYERS), strict=True):
        assert line.startswith(f"mine: {name} does not hold in {2026 + YEAR}: off by ")
        assert "allowed 1e-09" in line


def test_a_number_that_is_not_finite_does_not_pass() -> None:
    found, basis = projection()
    assert {PERSONS} <= failing(flow("births", np.nan)(found), basis)
    assert {CLOSING, INTEREST} <= failing(flow("subsidies", np.inf)(found), basis)


def test_a_residual_within_rounding_passes_and_one_above_the_tolerance_does_not() -> None:
    found, basis = projection()
    size = float(found.stocks.persons[YEAR + 1, RUN].sum())
    within, above = (single("population_adjustment", factor * identities.TOLERANCE * size) for factor in (0.5, 2))
    assert failing(within(found), basis) == set()
    assert failing(above(found), basis) == {PERSONS}


def test_no_row_of_an_open_state_is_below_zero() -> None:
    found, basis = projection()
    assert found.stocks.least_cell.min() >= 0
    assert len(found.stocks.least_cell) == len(basis) + 1
