"""The account of the fund: closed forms, units, and what more money does to it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_scheme import AGES, one_year, persons, quiet_year, state_of, told, years_on

from simsurance.axes import TENURES
from simsurance.measures import Interest
from simsurance.model import fund
from simsurance.model.state import State, YearBasis
from simsurance.results import simulate
from simsurance.scenario_file.loader import load

steady = settings(derandomize=True, deadline=None, max_examples=60)
YUAN = st.floats(-1e12, 1e12)
RATES = st.floats(-0.05, 0.3)
MONEY: dict[str, Any] = {
    "personal_pp": 400.0, "personal_pp_next": 420.0, "subsidy_pp": 724.0, "local_supplement": 1.08,
    "inpatient_use": 0.15, "inpatient_cost": 9_500.0, "inpatient_deductible": 800.0, "inpatient_ratio": 0.72,
    "inpatient_limit": 30_000.0, "outpatient_use": 0.7, "outpatient_cost": 600.0, "outpatient_deductible": 50.0,
    "outpatient_ratio": 0.55, "outpatient_limit": 400.0, "prepaid_share": np.array([0.3]),
    "administration_share": np.array([0.02]), "interest_rate": np.array([0.02]), "deficit_rate": np.array([0.05]),
}  # fmt: skip
IN_YUAN = ("personal_pp", "personal_pp_next", "subsidy_pp", "disposable_income")
CARE_IN_YUAN = tuple(
    f"{kind}_{part}" for kind in ("inpatient", "outpatient") for part in ("cost", "deductible", "limit")
)


def closing(opening: float, income: float, outgo: float, rate: float = 0.0, deficit_rate: float = 0.0) -> float:
    """The fund at the end of a year."""
    return float(fund.closing(*(np.array([number]) for number in (opening, income, outgo, rate, deficit_rate)))[0])


def scheme(years: int = 1, **changes: Any) -> tuple[State, list[YearBasis]]:
    """Two thousand insured who never change, with contributions and cost."""
    cells = persons(("tenure_5", 2000.0), ages=AGES + years)
    basis = [quiet_year(2030 + place, ages=AGES + years, **{**MONEY, **changes}) for place in range(years)]
    return state_of(cells, fund=1e6), basis


def test_the_account_of_a_year_worked_out_by_hand() -> None:
    # 100 × 1.0201 + (60 − 50) × 1.01, the half-year's factor being the root of 1.0201.
    assert closing(100, 60, 50, rate=0.0201) == pytest.approx(112.11)


@pytest.mark.parametrize(("share", "growth"), [(1.0, 1.0201), (0.5, 1.01), (0.0, 1.0)])
def test_flows_bear_interest_from_the_start_the_middle_or_the_end_of_the_year(share: float, growth: float) -> None:
    numbers = (np.array([number]) for number in (100.0, 60.0, 50.0, 0.0201, 0.0201, share))
    assert fund.closing(*numbers)[0] == pytest.approx(102.01 + 10 * growth)
    path = Interest(np.array([0.0201, 0.0201]), share)
    flows, end = path.discounts()
    assert flows == pytest.approx([growth / 1.0201, growth / 1.0201**2])
    assert end == pytest.approx([1 / 1.0201, 1 / 1.0201**2])


@pytest.mark.parametrize("timing", ["start", "middle", "end"])
def test_the_closing_fund_is_the_opening_and_all_flows_at_their_value_whatever_their_timing(timing: str) -> None:
    (result,) = simulate([load("baseline").replace({"horizon.last_year": 2030, "economy.flow_timing": timing})])
    flows, end = result.interest.discounts()
    for account in result.accounts.values():
        value = account["opening"][0] + ((account["income"] - account["outgo"]) * flows).sum()
        assert account["closing"][-1] * end[-1] == pytest.approx(value)


def test_a_deficit_carries_its_own_rate_and_a_surplus_does_not() -> None:
    assert closing(-100, 60, 50, rate=0.0201, deficit_rate=0.0609) == pytest.approx(-100 * 1.0609 + 10 * 1.03)
    assert closing(100, 50, 250, rate=0.0201, deficit_rate=0.0609) == pytest.approx(100 * 1.0201 - 200 * 1.01)


@steady
@given(YUAN, st.floats(0, 1e12), st.floats(0, 1e12))
def test_without_interest_a_fund_changes_by_income_less_outgo(opening: float, income: float, outgo: float) -> None:
    assert closing(opening, income, outgo) == pytest.approx(opening + income - outgo, rel=1e-12, abs=1e-3)


@steady
@given(YUAN, st.floats(0, 1e12), st.floats(0, 1e12), RATES, RATES)
def test_twice_the_money_is_twice_the_fund(
    opening: float, income: float, outgo: float, rate: float, deficit: float
) -> None:
    assert closing(2 * opening, 2 * income, 2 * outgo, rate, deficit) == 2 * closing(
        opening, income, outgo, rate, deficit
    )


@steady
@given(YUAN, st.floats(0, 1e12), st.floats(0, 1e12), RATES, RATES, st.floats(1, 1e11))
def test_more_income_or_a_higher_opening_never_leave_less(
    opening: float, income: float, outgo: float, rate: float, deficit: float, more: float
) -> None:
    now = closing(opening, income, outgo, rate, deficit)
    assert closing(opening, income + more, outgo, rate, deficit) > now
    if (opening < 0) == (opening + more < 0):
        assert closing(opening + more, income, outgo, rate, deficit) > now


def test_a_closed_scheme_without_interest_grows_by_the_same_amount_each_year() -> None:
    state, basis = scheme(5, interest_rate=np.zeros(1), prepaid_share=np.zeros(1))
    funds = [state.fund.item()]
    for year in basis:
        state, _ = one_year(state, year)
        funds.append(state.fund.item())
    steps = np.diff(funds)
    income = 2000 * (400 + 724) * 1.08
    assert steps == pytest.approx(steps[0])
    assert 0 < income - steps[0] < income, "it pays benefits"


def test_a_closed_scheme_with_level_interest_follows_the_closed_form() -> None:
    rate, years = 0.03, 6
    state, basis = scheme(years, interest_rate=np.array([rate]), prepaid_share=np.zeros(1))
    after, flows = years_on(state, basis)
    benefits = (flows[0].money["inpatient_benefits"] + flows[0].money["outpatient_benefits"]).sum() * 1.02
    balance = 2000 * (400 + 724) * 1.08 - benefits
    growth = (1 + rate) ** years
    assert balance > 0
    assert after.fund.item() == pytest.approx(1e6 * growth + balance * (1 + rate) ** 0.5 * (growth - 1) / rate)


def test_interest_is_what_the_closing_fund_holds_beyond_income_and_outgo() -> None:
    state, (basis,) = scheme()
    after, flows = one_year(state, basis)
    parts = (
        flows.money["personal_contributions"],
        flows.money["assistance"],
        flows.money["subsidies"],
        flows.money["local_supplement"],
    )
    income = sum(part.sum() for part in parts) + flows.money["prepaid_change"].item()
    outgo = (flows.money["inpatient_benefits"] + flows.money["outpatient_benefits"]).sum() + flows.money[
        "administration"
    ].item()
    assert after.fund.item() == pytest.approx(1e6 + income - outgo + flows.interest.item(), rel=1e-14)
    assert flows.interest.item() == pytest.approx(1e6 * 0.02 + (income - outgo) * (1.02**0.5 - 1))


def test_administration_is_charged_on_benefits() -> None:
    state, (basis,) = scheme()
    _, flows = one_year(state, basis)
    assert flows.money["administration"].item() == pytest.approx(
        0.02 * (flows.money["inpatient_benefits"] + flows.money["outpatient_benefits"]).sum()
    )


def test_twice_all_amounts_in_yuan_are_twice_every_balance_and_leave_persons_alone() -> None:
    state, basis = scheme(3, burden=0.02, leave_burden=0.3, leave_odds=0.1, enter_odds=0.5)
    double = [quiet_money(year) for year in basis]
    after, flows = years_on(state, basis)
    rich, rich_flows = years_on(State(state.cells, 2 * state.fund, 2 * state.prepaid), double)
    np.testing.assert_array_equal(rich.cells, after.cells)
    assert rich.fund.item() == pytest.approx(2 * after.fund.item(), rel=1e-13)
    for more, once in zip(rich_flows, flows, strict=True):
        for name in (
            "personal_contributions",
            "subsidies",
            "inpatient_benefits",
            "outpatient_benefits",
            "resident_interest",
            "prepaid_change",
        ):
            assert told(more)[name].sum() == pytest.approx(2 * told(once)[name].sum(), rel=1e-12), name


def quiet_money(basis: YearBasis) -> YearBasis:
    """The year with every amount in yuan doubled."""
    care = replace(basis.care, **{name: 2 * getattr(basis.care, name) for name in CARE_IN_YUAN})
    return replace(basis, care=care, **{name: 2 * getattr(basis, name) for name in IN_YUAN})


@steady
@given(st.floats(0, 1000), st.floats(0, 500))
def test_a_higher_contribution_never_leaves_a_smaller_fund_when_nobody_reacts(contribution: float, more: float) -> None:
    funds = []
    for personal in (contribution, contribution + more):
        state, basis = scheme(1, personal_pp=personal, subsidy_pp=300.0)
        after, _ = years_on(state, basis)
        funds.append(after.fund.item())
    assert funds[1] >= funds[0]


def test_those_who_do_not_pay_do_not_cost() -> None:
    state, (basis,) = scheme()
    cells = state.cells.copy()
    cells[:, :, TENURES] = 0
    after, flows = one_year(State(cells, state.fund, state.prepaid), basis)
    assert flows.resident_enrolled.sum() == flows.money["inpatient_benefits"].sum() == 0
    assert after.fund.item() == pytest.approx(1e6 * 1.02, rel=1e-9)
