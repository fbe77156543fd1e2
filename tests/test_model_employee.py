"""The employee scheme: moves of its members, contributions, benefits, maternity and personal accounts."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_scheme import (
    AGES,
    FERTILE,
    arrays_of,
    held,
    on,
    one_year,
    persons,
    quiet_employee,
    quiet_year,
    state_of,
    told,
    years_on,
)

from simsurance.axes import EMPLOYEES, ROWS, TENURES, index, row
from simsurance.measures import accounts
from simsurance.model.projection import project
from simsurance.model.state import Flows, State, YearBasis

steady = settings(derandomize=True, deadline=None, max_examples=60)
FEMALE, MALE = index("sex", "female"), index("sex", "male")
URBAN, RURAL, MIDDLE = index("area", "urban"), index("area", "rural"), index("income", "middle")
CARE: dict[str, Any] = {
    "inpatient_use": 0.2,
    "inpatient_cost": on([10_000, 20_000], "status"),
    "inpatient_sigma": 0.001,
    "inpatient_deductible": on([1_000, 500], "status"),
    "inpatient_ratio": on([0.8, 0.9], "status"),
    "outpatient_use": 0.5,
    "outpatient_cost": 500.0,
    "outpatient_sigma": 0.001,
    "outpatient_deductible": 100.0,
    "outpatient_ratio": on([0.6, 0.7], "status"),
}
"""Every user costs the same: an active one 10,000 yuan in hospital and a retired one 20,000, either 500 outside.

The pool pays an active member 0.2 × 0.8 × 9,000 + 0.5 × 0.6 × 400 = 1,560 yuan of 2,250, a retired one
0.2 × 0.9 × 19,500 + 0.5 × 0.7 × 400 = 3,650 of 4,250.
"""
MONEY: dict[str, Any] = {
    **CARE,
    "contribution_base": 60_000.0,
    "employer_rate": 0.06,
    "employee_rate": 0.02,
    "with_account": 0.9,
    "to_accounts": 0.1,
    "retiree_credit": 1_000.0,
    "purchase_pp": 20_000.0,
    "long_term_care_pp": 10.0,
    "spending_rate": 0.2,
    "relatives_care_rate": 0.05,
}


def by_age(*values: float) -> np.ndarray:
    """A number at each age, for both sexes."""
    return on([values, values], "sex", "age")


def always(value: float) -> np.ndarray:
    """One number at every sex and age."""
    return by_age(*[value] * AGES)


def scheme_of(flows: Flows) -> SimpleNamespace:
    """What happened in the employee scheme, which is projected, by name."""
    assert flows.active_years is not None
    return SimpleNamespace(**told(flows))


def single_year(
    *groups: tuple[str, float], money: dict[str, Any] | None = None, fund: tuple[float, ...] = (0, 0, 0), **changes: Any
) -> tuple[State, Flows, SimpleNamespace]:
    """A year of these persons, the others never insured: the state after it, and its flows."""
    cells = persons(*groups, others="never")
    after, flows = one_year(state_of(cells, fund), quiet_year(employee=quiet_employee(**(money or MONEY)), **changes))
    return after, flows, scheme_of(flows)


# --- a cohort through retirement by hand --------------------------------------------------------------------

COHORT = {
    2030: {
        "active": 1_000, "retired": 0, "payers": 0,
        "contribution_base": 60_000_000, "employer_contributions": 3_600_000, "employer_to_accounts": 360_000,
        "employee_contributions": 1_080_000, "retiree_credits": 0, "retirements": 250, "purchases": 500_000,
        "employee_inpatient_claims": 2_000_000, "employee_outpatient_claims": 250_000,
        "employee_inpatient_benefits": 1_440_000, "employee_outpatient_benefits": 120_000,
        "benefits_of_retired": 0, "long_term_care": 10_000,
    },
    2031: {
        "active": 750, "retired": 225, "payers": 15,
        "contribution_base": 45_000_000, "employer_contributions": 2_700_000, "employer_to_accounts": 270_000,
        "employee_contributions": 810_000, "retiree_credits": 225_000, "retirements": 300, "purchases": 600_000,
        "employee_inpatient_claims": 2_400_000, "employee_outpatient_claims": 243_750,
        "employee_inpatient_benefits": 1_869_750, "employee_outpatient_benefits": 121_500,
        "benefits_of_retired": 821_250, "long_term_care": 9_750,
    },
    2032: {
        "active": 450, "retired": 495, "payers": 33,
        "contribution_base": 27_000_000, "employer_contributions": 1_620_000, "employer_to_accounts": 162_000,
        "employee_contributions": 486_000, "retiree_credits": 495_000, "retirements": 450, "purchases": 900_000,
        "employee_inpatient_claims": 2_880_000, "employee_outpatient_claims": 236_250,
        "employee_inpatient_benefits": 2_385_450, "employee_outpatient_benefits": 123_300,
        "benefits_of_retired": 1_806_750, "long_term_care": 9_450,
    },
}  # fmt: skip
"""A thousand active members of age 2 in 2030; at the year's end 25 %, 40 % and all of those still active retire.

Of those who retire 80 % have the years they need; half of the others buy them, 60 % of the rest join the residents:
of 250 stay 200 + 25, join 15, and 10 have no cover; of 300, 240 + 30, 18 and 12; of 450, 360 + 45, 27 and 18.
"""
WITHOUT_INTEREST = {
    2030: {"pool": 3_170_000, "accounts": 1_455_000, "account_spending": 388_000, "relatives_care": 97_000},
    2031: {"pool": 3_974_000, "accounts": 2_070_000, "account_spending": 552_000, "relatives_care": 138_000},
    2032: {"pool": 3_318_800, "accounts": 2_409_750, "account_spending": 642_600, "relatives_care": 160_650},
}
"""Of a million in the pool and half a million in the accounts; a fifth and a twentieth of opening and credits are spent."""
WITH_INTEREST = {
    2030: {"pool": 3_253_800.00, "accounts": 1_494_300.00, "account_spending": 388_000.00},
    2031: {"pool": 4_205_333.52, "accounts": 2_171_948.22, "account_spending": 559_860.00},
    2032: {"pool": 3_706_924.99, "accounts": 2_580_243.13, "account_spending": 662_989.64},
}
"""The same at 4.04 % a year, that is 2 % on the flows of the year."""


def cohort(rate: float = 0.0) -> dict[int, dict[str, float]]:
    """The cohort's numbers by the engine."""
    state = state_of(persons(("employee_active", 1_000.0), others="never"), (0.0, 1e6, 5e5))
    found = {}
    for year in COHORT:
        members = {"active": held(state, "employee_active"), "retired": held(state, "employee_retired")}
        basis = quiet_year(
            year, employee=quiet_employee(**MONEY), retirement=by_age(0, 0, 0.25, 0.4, 1, 0), qualified_share=0.8,
            buying_share=0.5, joining_share=0.6, years_count=1.0, interest_rate=rate, deficit_rate=rate,
        )  # fmt: skip
        state, flows = one_year(state, basis)
        sums = {name: float(values.sum()) for name, values in told(flows).items()}
        accounts = {"pool": float(state.fund[0, 1]), "accounts": float(state.fund[0, 2])}
        found[year] = {**sums, **members, **accounts, "payers": float(flows.resident_enrolled.sum())}
    found[2033] = {name: held(state, name) for name in ROWS}
    return found


@pytest.mark.parametrize("year", COHORT)
def test_a_cohort_through_retirement_worked_out_by_hand(year: int) -> None:
    found = cohort()[year]
    for name, value in {**COHORT[year], **WITHOUT_INTEREST[year]}.items():
        assert found[name] == pytest.approx(value, rel=1e-9, abs=1e-5), name
    assert (found["employee_pool_interest"], found["personal_accounts_interest"]) == pytest.approx((0, 0), abs=1e-6)


@pytest.mark.parametrize("year", COHORT)
def test_the_same_cohort_with_interest_worked_out_by_hand(year: int) -> None:
    found = cohort(0.0404)[year]
    for name, value in {**COHORT[year], **WITH_INTEREST[year]}.items():
        assert found[name] == pytest.approx(value, rel=1e-9, abs=0.005), name


def test_after_retirement_the_cohort_is_where_it_went() -> None:
    found = cohort()[2033]
    members = {"employee_active": 0, "employee_retired": 900, "tenure_5": 60, "gap_0": 18, "gap_1": 12, "gap_2": 10}
    for name, number in members.items():
        assert found[name] == pytest.approx(number, abs=1e-9), name
    # The years of employment count: each has as many counted years as there were since 2025, and one more a year.
    assert found["rule_years"] == pytest.approx(15 * 8 + 18 * 8 + 27 * 8)


# --- a closed economy ---------------------------------------------------------------------------------------


def stationary(fund: tuple[float, ...], rate: float, **changes: Any) -> tuple[State, YearBasis]:
    """Two thousand at every age: active at ages 2 and 3, retired at 4 and 5, dying at age 5, women giving birth at age 3."""
    cells = persons()
    cells[:] = 0
    for age, name in enumerate(
        ("never", "never", "employee_active", "employee_active", "employee_retired", "employee_retired")
    ):
        cells[0, 0, row(name), :, RURAL, MIDDLE, age] = 1_000
    employee = quiet_employee(**{**MONEY, "to_accounts": 0.0, "birth_benefit": 1_000.0, "employer_rate": rate})
    basis = quiet_year(
        employee=employee, survival=by_age(1, 1, 1, 1, 1, 0), asfr=on([0, 0, 0, 2, 0, 0], "age"), qualified_share=1.0,
        retirement=by_age(0, 0, 0, 1, 0, 0), employee_entry_uninsured=by_age(0, 1, 0, 0, 0, 0), **changes,
    )  # fmt: skip
    return state_of(cells, fund), basis


@pytest.mark.parametrize("interest", [0.0, 0.03])
def test_a_stationary_scheme_balances_exactly_at_the_pay_as_you_go_rate(interest: float) -> None:
    # 4,000 active and, the last age living half a year, 3,000 retired years; 2,000 births of active members.
    outgo = 4_000 * (1_560 + 10) + 3_000 * (3_650 + 10) + 2_000 * 1_000
    base = 4_000 * 60_000
    credits = 3_000 * 1_000
    state, basis = stationary((0.0, 5e6, 0.0), (outgo + credits) / base, interest_rate=interest, deficit_rate=interest)
    after = state
    for years in range(1, 6):
        after, _ = one_year(after, replace(basis, year=basis.year + years))
        np.testing.assert_allclose(after.persons, state.persons, rtol=1e-12)
        assert after.fund[0, 1] == pytest.approx(5e6 * (1 + interest) ** years, rel=1e-12)


def test_the_pay_as_you_go_rate_that_is_reported_is_the_one_that_balances() -> None:
    state, basis = stationary((0.0, 5e6, 0.0), 0.03)
    reported = accounts(project(state, [basis]), [basis])["employee_pool"]["pay_as_you_go_rate"].item()
    assert reported != pytest.approx(0.03)
    balanced, same = stationary((0.0, 5e6, 0.0), reported)
    after, _ = one_year(balanced, same)
    assert after.fund[0, 1] == pytest.approx(5e6, rel=1e-12)


def test_above_the_pay_as_you_go_rate_the_pool_grows_and_below_it_falls() -> None:
    outgo, base = 4_000 * 1_570 + 3_000 * (3_660 + 1_000) + 2_000_000, 240_000_000
    for more in (-0.001, 0.001):
        after, _ = one_year(*stationary((0.0, 5e6, 0.0), outgo / base + more))
        assert after.fund[0, 1] - 5e6 == pytest.approx(more * base)


# --- moves between the schemes and their money --------------------------------------------------------------


def test_residents_who_enter_pay_as_residents_this_year_and_as_members_the_next() -> None:
    state = state_of(persons(("tenure_2", 100.0), others="never"), (0.0, 0.0, 0.0))
    basis = quiet_year(employee=quiet_employee(**MONEY), employee_entry=0.1, personal_pp=400.0)
    after, (first, second) = years_on(state, [basis, replace(basis, year=2031)])
    assert first.money["personal_contributions"].sum() == pytest.approx(100 * 400)
    assert second.money["personal_contributions"].sum() == pytest.approx(90 * 400)
    assert first.transfers_out.sum() == scheme_of(first).employee_entries.sum() == pytest.approx(10)
    assert scheme_of(first).employer_contributions.sum() == 0
    assert scheme_of(second).employer_contributions.sum() == pytest.approx(10 * 60_000 * 0.06)
    assert scheme_of(second).employee_contributions.sum() == pytest.approx(10 * 60_000 * 0.02 * 0.9)
    assert held(after, "employee_active") == pytest.approx(10 + 9)


def test_entries_of_the_scheme_are_of_residents_and_of_the_uninsured() -> None:
    cells = persons(("tenure_5", 100.0), ("gap_3", 50.0), age=2) + persons(others="employee_retired")
    basis = quiet_year(employee=quiet_employee(**MONEY), employee_entry=0.1, employee_entry_uninsured=0.4)
    _, flows = one_year(state_of(cells, (0.0, 0.0, 0.0)), basis)
    assert flows.transfers_out.sum() == pytest.approx(10)
    assert scheme_of(flows).employee_entries.sum() == pytest.approx(10 + 20)


def test_leavers_of_the_scheme_enrol_at_once_or_start_a_gap_of_nought() -> None:
    after, flows, scheme = single_year(
        ("employee_active", 1_000.0), year=2030, employee_exit=always(0.2), leaver_enrolment=0.7, years_count=1.0
    )
    assert held(after, "employee_active") == pytest.approx(800)
    assert held(after, "tenure_5") == pytest.approx(140), "their years count as continuous"
    assert held(after, "rule_years") == pytest.approx(140 * (2030 + 1 - 2025))
    assert held(after, "gap_0") == pytest.approx(60)
    assert flows.transfers_in.sum() == pytest.approx(140)
    assert scheme.employee_exits.sum() == pytest.approx(200)
    assert scheme.retirements.sum() == scheme.purchases.sum() == 0


def test_where_employee_years_do_not_count_leavers_start_at_the_first_year() -> None:
    after, _, _ = single_year(
        ("employee_active", 1_000.0), employee_exit=always(0.2), leaver_enrolment=0.7, years_count=0.0
    )
    assert held(after, "tenure_1") == pytest.approx(140, rel=1e-6)
    assert held(after, "tenure_5") == held(after, "rule_years") == 0


def test_members_who_leave_before_they_retire_are_of_those_who_do_not_retire() -> None:
    after, _, scheme = single_year(
        ("employee_active", 1_000.0), retirement=always(0.5), qualified_share=1.0, employee_exit=always(0.2)
    )
    assert scheme.retirements.sum() == pytest.approx(500)
    assert scheme.employee_exits.sum() == pytest.approx(100)
    assert held(after, "employee_active") == pytest.approx(400)


@pytest.mark.parametrize(
    ("buying", "joining", "retired", "residents", "uncovered"),
    [(0.0, 0.0, 400, 0, 100), (0.0, 1.0, 400, 100, 0), (1.0, 0.0, 500, 0, 0), (0.25, 0.2, 425, 15, 60)],
    ids=["none", "all to residents", "all buy", "some of each"],
)
def test_those_who_retire_without_the_years_they_need_buy_them_join_the_residents_or_have_no_cover(
    buying: float, joining: float, retired: float, residents: float, uncovered: float
) -> None:
    after, flows, scheme = single_year(
        ("employee_active", 1_000.0), retirement=always(0.5), qualified_share=on([0.8, 0.1], "sex"),
        buying_share=buying, joining_share=joining, years_count=1.0,
    )  # fmt: skip
    assert held(after, "employee_retired") == pytest.approx(retired)
    assert held(after, "tenure_5") == flows.transfers_in.sum() == pytest.approx(residents)
    assert held(after, "gap_0") == pytest.approx(uncovered)
    assert scheme.employee_exits.sum() == pytest.approx(residents + uncovered)
    assert scheme.purchases.sum() == pytest.approx((retired - 400) * 20_000)
    assert scheme.retirements.sum() == pytest.approx(500)


def test_a_share_qualified_by_sex_holds_for_that_sex() -> None:
    cells = persons(("employee_active", 1_000.0), others="never") + persons(
        ("employee_active", 1_000.0), sex="male", others="never"
    )
    basis = quiet_year(retirement=always(0.5), qualified_share=on([0.9, 0.6], "sex"), joining_share=1.0)
    after, _ = one_year(state_of(cells), basis)
    retired = after.cells[:, :, row("employee_retired")].sum(axis=(0, 1, 3, 4, 5))
    assert retired == pytest.approx([450, 300])


RATE = st.floats(0.0, 1.0)


@steady
@given(RATE, RATE, RATE, RATE, RATE, RATE, st.floats(0.5, 1.0))
def test_no_person_is_lost_or_made_by_moves_between_the_schemes(
    entry: float, leaving: float, retiring: float, qualified: float, buying: float, joining: float, survival: float
) -> None:
    cells = persons(("tenure_5", 300.0), ("gap_1", 200.0), ("employee_active", 500.0), ("employee_retired", 100.0))
    migrants = on([np.arange(AGES) * 3.0, -np.arange(AGES) * 2.0], "sex", "age")
    basis = quiet_year(
        employee=quiet_employee(**MONEY), survival=always(survival), migrants=migrants, employee_entry=entry,
        employee_entry_uninsured=entry**2, employee_exit=always(leaving), leaver_enrolment=0.7, retirement=always(retiring),
        qualified_share=qualified, buying_share=buying, joining_share=joining, newborn_enrolment=0.8,
        pinned_total_end=np.array([12_500.0]),
    )  # fmt: skip
    after, flows = one_year(state_of(cells, (0.0, 0.0, 0.0)), basis)
    scheme = scheme_of(flows)

    def total(name: str) -> float:
        return float(flows.by_name[name].sum())

    before = {"employees": cells[:, :, EMPLOYEES].sum(), "residents": cells[:, :, TENURES].sum()}
    assert after.persons.min() >= -1e-9
    assert after.persons.sum() == pytest.approx(12_500)
    assert after.cells[:, :, EMPLOYEES].sum() == pytest.approx(
        before["employees"] + total("employee_entries") + total("employee_migration")
        - total("employee_deaths") - total("employee_exits") + scheme.employee_adjustment.item()
    )  # fmt: skip
    assert after.cells[:, :, TENURES].sum() == pytest.approx(
        before["residents"] + total("newborn_enrolled") + total("insured_migration") + total("transfers_in")
        - total("insured_deaths") - total("transfers_out") + flows.insured_adjustment.item()
    )  # fmt: skip


def test_members_who_die_pay_and_cost_for_half_the_year() -> None:
    _, _, scheme = single_year(("employee_active", 1_000.0), ("employee_retired", 500.0), survival=always(0.9))
    assert scheme.active_years.sum() == pytest.approx(950)
    assert scheme.retired_years.sum() == pytest.approx(475)
    assert scheme.employee_deaths.sum() == pytest.approx(150)
    assert scheme.employer_contributions.sum() == pytest.approx(950 * 60_000 * 0.06)
    assert scheme.retiree_credits.sum() == pytest.approx(475 * 1_000)
    assert scheme.benefits_of_retired.sum() == pytest.approx(475 * 3_650, rel=1e-9)
    assert scheme.employee_members_income.sum() == pytest.approx((950 + 475) * 40_000)


# --- contributions ------------------------------------------------------------------------------------------


def test_the_base_holds_for_each_income_group_and_the_rates_for_all() -> None:
    cells = persons(("employee_active", 100.0), others="never") + persons(
        ("employee_active", 50.0), income="high", area="urban", others="never"
    )
    money = {**MONEY, "contribution_base": on([30_000, 40_000, 60_000, 150_000], "income")}
    _, flows = one_year(state_of(cells, (0.0, 0.0, 0.0)), quiet_year(employee=quiet_employee(**money)))
    base = scheme_of(flows).contribution_base.sum(axis=(0, 1, 4))
    assert base[RURAL, MIDDLE] == pytest.approx(100 * 60_000)
    assert base[URBAN, index("income", "high")] == pytest.approx(50 * 150_000)
    assert scheme_of(flows).employer_contributions.sum() == pytest.approx((6_000_000 + 7_500_000) * 0.06)


@pytest.mark.parametrize(("share", "pool"), [(0.0, 3_600_000), (0.3, 2_520_000), (1.0, 0)])
def test_the_employers_contribution_is_shared_between_pool_and_accounts(share: float, pool: float) -> None:
    money = {"contribution_base": 60_000.0, "employer_rate": 0.06, "employee_rate": 0.02, "to_accounts": share}
    after, _, scheme = single_year(("employee_active", 1_000.0), money=money)
    assert scheme.employer_contributions.sum() == pytest.approx(3_600_000)
    assert scheme.employer_to_accounts.item() == pytest.approx(3_600_000 - pool)
    assert after.fund[0].tolist() == pytest.approx([0, pool, 3_600_000 - pool + 1_200_000])


def test_members_without_an_account_have_no_own_contribution() -> None:
    money = {"contribution_base": 60_000.0, "employee_rate": 0.02, "with_account": 0.25}
    after, _, scheme = single_year(("employee_active", 1_000.0), money=money)
    assert scheme.employee_contributions.sum() == after.fund[0, 2] == pytest.approx(0.25 * 1_200_000)


# --- personal accounts --------------------------------------------------------------------------------------


def test_each_account_closes_with_its_income_outgo_and_interest() -> None:
    after, flows, scheme = single_year(
        ("employee_active", 1_000.0), ("employee_retired", 500.0), ("tenure_3", 2_000.0), fund=(1e6, 2e6, -3e5),
        personal_pp=400.0, relatives_share=0.1, interest_rate=0.03, deficit_rate=0.07,
    )  # fmt: skip
    credited = sum(
        part.sum() for part in (scheme.employee_contributions, scheme.employer_to_accounts, scheme.retiree_credits)
    )
    spent = scheme.account_spending.sum() + scheme.relatives_care.item() + scheme.contributions_from_accounts.sum()
    assert spent > 0
    interest = -3e5 * 0.07 + (credited - spent) * (1.07**0.5 - 1)
    assert scheme.personal_accounts_interest.item() == pytest.approx(interest)
    assert after.fund[0, 2] == pytest.approx(-3e5 + credited - spent + interest)
    income = scheme.employer_contributions.sum() - scheme.employer_to_accounts.item() + scheme.purchases.sum()
    income -= scheme.retiree_credits.sum()
    benefits = scheme.employee_inpatient_benefits + scheme.employee_outpatient_benefits
    outgo = (benefits + scheme.maternity_benefits + scheme.long_term_care).sum()
    interest = 2e6 * 0.03 + (income - outgo) * (1.03**0.5 - 1)
    assert scheme.employee_pool_interest.item() == pytest.approx(interest)
    assert after.fund[0, 1] == pytest.approx(2e6 + income - outgo + interest)
    assert after.fund[0, 0] == pytest.approx(1e6 * 1.03 + flows.money["personal_contributions"].sum() * 1.03**0.5)


@pytest.mark.parametrize("share", [0.0, 0.02, 1.0])
def test_relatives_contributions_paid_from_accounts_are_those_the_resident_fund_receives(share: float) -> None:
    groups = (("employee_active", 1_000.0), ("tenure_3", 2_000.0))
    after, flows, _ = single_year(*groups, personal_pp=400.0, relatives_share=share)
    none, without, _ = single_year(*groups, personal_pp=400.0)
    assert flows.money["contributions_from_accounts"].sum() == pytest.approx(2_000 * 400 * share)
    np.testing.assert_array_equal(flows.money["personal_contributions"], without.money["personal_contributions"])
    assert after.fund[0] - none.fund[0] == pytest.approx([0, 0, -2_000 * 400 * share], abs=1e-6)


def test_relatives_do_not_pay_what_medical_assistance_pays() -> None:
    cells = persons(("tenure_3", 2_000.0), others="employee_active")
    basis = quiet_year(employee=quiet_employee(**MONEY), personal_pp=400.0, relatives_share=0.5, assistance_share=0.6)
    _, flows = one_year(state_of(cells, (0.0, 0.0, 0.0)), basis)
    assert flows.money["assistance"].sum() == pytest.approx(2_000 * 240)
    assert scheme_of(flows).contributions_from_accounts.sum() == pytest.approx(2_000 * 160 * 0.5)


def test_where_care_costs_members_nothing_what_accounts_spend_is_shared_by_all_of_them() -> None:
    free = {**MONEY, "inpatient_use": on(0.0), "outpatient_use": on(0.0)}
    after, _, scheme = single_year(
        ("employee_active", 1_000.0), ("employee_retired", 500.0), money=free, fund=(0, 0, 1e6)
    )
    credited = scheme.employee_contributions.sum() + scheme.employer_to_accounts.item() + 500 * 1_000
    assert scheme.account_spending.sum() == pytest.approx(0.2 * (1e6 + credited))
    assert after.fund[0, 2] == pytest.approx(0.75 * (1e6 + credited))


def test_nothing_is_spent_out_of_overdrawn_accounts_but_what_relatives_owe() -> None:
    _, _, scheme = single_year(
        ("employee_active", 1_000.0), ("tenure_3", 2_000.0), fund=(0, 0, -1e9), personal_pp=400.0, relatives_share=0.1
    )
    assert scheme.account_spending.sum() == scheme.relatives_care.item() == 0
    assert scheme.contributions_from_accounts.sum() == pytest.approx(80_000)


def test_accounts_are_spent_at_their_rates_of_the_opening_balance_and_the_years_credits() -> None:
    money = {**MONEY, "spending_rate": 0.3, "relatives_care_rate": 0.1}
    after, _, scheme = single_year(("employee_active", 1_000.0), money=money, fund=(0, 0, 560_000))
    # 560,000 + 1,080,000 of the members + 360,000 of the employers
    assert scheme.account_spending.sum() == pytest.approx(600_000)
    assert scheme.relatives_care.item() == pytest.approx(200_000)
    assert after.fund[0, 2] == pytest.approx(1_200_000)


def test_own_spending_falls_where_members_bear_cost_themselves() -> None:
    cells = persons(("employee_active", 1_000.0), others="never") + persons(
        ("employee_retired", 500.0), sex="male", age=4, area="urban", others="never"
    )
    _, flows = one_year(state_of(cells, (0.0, 0.0, 1e6)), quiet_year(employee=quiet_employee(**MONEY)))
    scheme = scheme_of(flows)
    left = {"active": 1_000 * (2_250 - 1_560), "retired": 500 * (4_250 - 3_650)}
    spent = scheme.account_spending
    assert spent[0, FEMALE, RURAL, MIDDLE, 2] / spent[0, MALE, URBAN, MIDDLE, 4] == pytest.approx(
        left["active"] / left["retired"]
    )
    assert spent[0, FEMALE, RURAL, MIDDLE, 2] + spent[0, MALE, URBAN, MIDDLE, 4] == pytest.approx(spent.sum())
    credits = 1_000 * 60_000 * (0.018 + 0.006) + 500 * 1_000
    assert spent.sum() == pytest.approx(0.2 * (1e6 + credits))


# --- maternity ----------------------------------------------------------------------------------------------


def test_maternity_is_paid_for_births_of_active_members_at_the_mothers_age() -> None:
    cells = persons(("employee_active", 500.0), age=FERTILE, others="never") + persons(
        ("employee_retired", 500.0), age=FERTILE, others="never"
    )
    cells += persons(("employee_active", 500.0), age=FERTILE, sex="male", others="never")
    cells += persons(("employee_active", 500.0), age=0, others="never")
    basis = quiet_year(employee=quiet_employee(birth_benefit=30_000.0), asfr=on([0, 0, 0, 0.1, 0, 0], "age"))
    _, flows = one_year(state_of(cells, (0.0, 0.0, 0.0)), basis)
    # At age 3 are 5,000 women on 1 January and 4,000 on 31 December: 450 births, 0.05 for each of these; 25 to the 500 active.
    assert flows.births.sum() == pytest.approx(450)
    paid = scheme_of(flows).maternity_benefits
    assert paid[0, FEMALE, RURAL, MIDDLE, FERTILE] == pytest.approx(25 * 30_000)
    assert paid.sum() == paid[0, FEMALE, RURAL, MIDDLE, FERTILE]


def test_residents_births_are_paid_to_those_insured_for_the_months_of_cover() -> None:
    cells = persons(("tenure_2", 500.0), age=FERTILE, others="never") + persons(
        ("tenure_5", 400.0), age=0, others="never"
    )
    cells[:, :, row("months_left")] = 3 * cells[:, :, row("tenure_2")]
    basis = quiet_year(birth_benefit=2_000.0, asfr=on([0, 0, 0, 0.1, 0, 0], "age"))
    _, flows = one_year(state_of(cells), basis)
    # As above 500 of 5,000 women of age 3 are insured and have 25 births, but nine months of cover in the year.
    paid = flows.money["resident_maternity_benefits"]
    assert paid[0, FEMALE, RURAL, MIDDLE, FERTILE] == pytest.approx(25 * 2_000 * 9 / 12)
    assert paid.sum() == paid[0, FEMALE, RURAL, MIDDLE, FERTILE]


def test_mothers_are_active_members_in_proportion_to_fertility_at_their_age() -> None:
    cells = persons(("employee_active", 200.0), age=2, others="never") + persons(
        ("employee_active", 300.0), age=3, others="never"
    )
    basis = quiet_year(employee=quiet_employee(birth_benefit=1.0), asfr=on([0, 0, 0.3, 0.1, 0, 0], "age"))
    _, flows = one_year(state_of(cells, (0.0, 0.0, 0.0)), basis)
    paid = scheme_of(flows).maternity_benefits[0, FEMALE, RURAL, MIDDLE]
    # Half a year at the age on 1 January, half a year later: 0.2 births at age 2, 0.05 at 3; 0.15 at 1 of others alone.
    assert paid[2] / paid[3] == pytest.approx(200 * 0.2 / (300 * 0.05))
    expected = 2_000 * 0.15 + 2_200 * 0.2 + 2_300 * 0.05
    assert paid.sum() == pytest.approx(flows.births.sum() * (200 * 0.2 + 300 * 0.05) / expected)


def test_where_everyone_is_an_active_member_all_births_are_paid_for() -> None:
    cells = persons(("employee_active", 700.0), area="urban", income="high", age=2, others="employee_active")
    cells += persons(("employee_active", 400.0), health="high", age=3, others="employee_active")
    asfr, survival = on([0, 0, 0.2, 0.1, 0.05, 0], "age"), always(0.95)
    basis = quiet_year(
        employee=quiet_employee(birth_benefit=30_000.0), asfr=asfr, survival=survival, area_fertility=on([1, 1.4], "area"),
        prevalence=on(np.broadcast_to([[[0.8]], [[0.0]], [[0.2]]], (3, 2, AGES)), "health", "sex", "age"),
        persistence=0.7,
    )  # fmt: skip
    _, flows = one_year(state_of(cells, (0.0, 0.0, 0.0)), basis)
    paid, births = scheme_of(flows).maternity_benefits, flows.births
    assert births.sum() > 100
    assert paid.sum() == pytest.approx(births.sum() * 30_000, rel=1e-12)
    assert paid.sum(axis=(1, 4)) == pytest.approx(births.sum(axis=(1, 4)) * 30_000, rel=1e-12), "by area and income"


# --- the scheme beside the residents ------------------------------------------------------------------------


def test_benefits_of_the_retired_are_theirs_alone_and_part_of_all_benefits() -> None:
    _, _, scheme = single_year(("employee_active", 1_000.0), ("employee_retired", 500.0))
    both = scheme.employee_inpatient_benefits + scheme.employee_outpatient_benefits
    assert both.sum() == pytest.approx(1_000 * 1_560 + 500 * 3_650, rel=1e-9)
    assert scheme.benefits_of_retired.sum() == pytest.approx(500 * 3_650, rel=1e-9)


def test_the_schemes_money_changes_nothing_of_the_residents() -> None:
    cells = persons(("tenure_5", 300.0), ("gap_1", 200.0), ("employee_active", 500.0), ("rule_years", 900.0))
    changes: dict[str, Any] = {
        "employee_entry": 0.1, "employee_exit": always(0.05), "leaver_enrolment": 0.7, "retirement": always(0.1),
        "qualified_share": 0.8, "buying_share": 0.5, "joining_share": 0.5, "leave_odds": 0.1, "enter_odds": 0.4,
        "personal_pp": 400.0, "subsidy_pp": 700.0, "relatives_share": 0.1, "inpatient_use": 0.1, "inpatient_ratio": 0.7,
        "survival": always(0.97), "interest_rate": 0.02,
    }  # fmt: skip
    years = range(2030, 2034)
    with_money = [quiet_year(year, employee=quiet_employee(**MONEY), **changes) for year in years]
    projected, flows = years_on(state_of(cells, (1e6, 1e6, 1e6)), with_money)
    plain, plain_flows = years_on(state_of(cells, 1e6), [quiet_year(year, **changes) for year in years])
    np.testing.assert_array_equal(projected.cells, plain.cells)
    np.testing.assert_array_equal(projected.fund[:, 0], plain.fund[:, 0])
    assert plain.fund.shape == (1, 1)
    assert projected.fund.shape == (1, 3)
    for flow, plain_flow in zip(flows, plain_flows, strict=True):
        assert plain_flow.active_years is None
        for name, values in plain_flow.by_name.items():
            np.testing.assert_array_equal(flow.by_name[name], values, err_msg=name)


def test_twice_all_amounts_in_yuan_are_twice_both_balances() -> None:
    in_yuan = (
        "contribution_base", "retiree_credit", "purchase_pp", "birth_benefit", "long_term_care_pp",
        *(f"{kind}_{part}" for kind in ("inpatient", "outpatient") for part in ("cost", "deductible", "limit")),
    )  # fmt: skip
    money = {**MONEY, "birth_benefit": 20_000.0, "inpatient_limit": 5_000.0, "outpatient_limit": 300.0}
    moves: dict[str, Any] = {"retirement": always(0.1), "buying_share": 0.5, "asfr": on([0, 0, 0.1, 0, 0, 0], "age")}
    funds = []
    for factor in (1, 2):
        scaled = {name: factor * value if name in in_yuan else value for name, value in money.items()}
        after, _, _ = single_year(
            ("employee_active", 1_000.0), ("employee_retired", 800.0), money=scaled, fund=(0, factor * 1e6, factor * 1e6),
            interest_rate=0.02, **moves,
        )  # fmt: skip
        funds.append(after.fund)
    np.testing.assert_allclose(funds[1], 2 * funds[0], rtol=1e-13)
    assert set(in_yuan) <= {name.removeprefix("care.") for name in arrays_of(quiet_employee())}
