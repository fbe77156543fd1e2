"""Contribution and subsidy rules against figures worked out by hand."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_scheme import AGES, on, one_year, persons, quiet_year, state_of

from simsurance.axes import NATIONAL, index
from simsurance.basis import standards as rules
from simsurance.basis.inputs import NATION, Inputs
from simsurance.scenario_file.loader import load

AREA, INCOME = NATIONAL.area, NATIONAL.income

steady = settings(derandomize=True, deadline=None, max_examples=60)
YEARS = [2026, 2027, 2028, 2029, 2030]
INCOME_BEFORE = [40_000.0, 42_000.0, 44_100.0, 46_305.0, 48_620.25]
"""Disposable income a head of 2025 to 2029, growing by 5 %."""


def standards(rule: str, first_rule: str = "schedule", since: int = 2027, **changes: Any) -> np.ndarray:
    """Standards of five years: on `first_rule` until `since`, then on `rule`."""

    def all_years(value: float | list[float]) -> np.ndarray:
        return np.array(value if isinstance(value, list) else [value] * len(YEARS), dtype=float)

    terms: dict[str, Any] = {
        "schedule": [400.0, 420.0, 440.0, 460.0, 480.0], "growth_rate": 0.1, "income_share": 0.02, "floor": 0.0,
        "highest_rise": 9.0, "phase_in_years": 1, "personal": None, "ratio_to_personal": 2.0, "share_of_total": 0.6,
    } | changes  # fmt: skip
    personal = terms["personal"]
    return rules.standards(
        YEARS,
        np.array(INCOME_BEFORE),
        lambda year: rule if year >= since else first_rule,
        all_years(terms["schedule"]),
        all_years(terms["growth_rate"]),
        all_years(terms["income_share"]),
        terms["phase_in_years"],
        all_years(terms["floor"]),
        all_years(terms["highest_rise"]),
        None if personal is None else all_years(personal),
        all_years(terms["ratio_to_personal"]),
        all_years(terms["share_of_total"]),
    )


def test_a_schedule_is_taken_as_it_stands() -> None:
    assert standards("schedule") == pytest.approx([400, 420, 440, 460, 480])


def test_growth_starts_from_the_last_standard_of_the_rule_before() -> None:
    assert standards("growth") == pytest.approx([400, 440, 484, 532.4, 585.64])


def test_growth_may_change_by_year() -> None:
    assert standards("growth", growth_rate=[9, 0.1, 0.0, -0.05, 0.2]) == pytest.approx([400, 440, 440, 418, 501.6])


def test_indexed_is_a_share_of_last_years_income() -> None:
    assert standards("indexed") == pytest.approx([400, 840, 882, 926.1, 972.405], abs=1e-9)


def test_phase_in_moves_from_the_share_paid_so_far_to_the_share_wanted() -> None:
    # 400 is 1.0 % of the income before; a quarter of the way to 2.0 % each year: 1.25, 1.5, 1.75, 2.0 %.
    found = standards("indexed", phase_in_years=4)
    assert found == pytest.approx([400, 42_000 * 0.0125, 44_100 * 0.0150, 46_305 * 0.0175, 48_620.25 * 0.02])


def test_a_floor_holds_an_indexed_contribution_up() -> None:
    assert standards("indexed", income_share=0.01, floor=450.0) == pytest.approx([400, 450, 450, 463.05, 486.2025])


def test_the_highest_rise_holds_and_catches_up_later() -> None:
    # Wanted 840, 882, 926.1, 972.4; at most half more than the year before: 600, 882 (of 900), then as wanted.
    assert standards("indexed", highest_rise=0.5) == pytest.approx([400, 600, 882, 926.1, 972.405])


def test_the_highest_rise_is_stronger_than_the_floor() -> None:
    assert standards("indexed", income_share=0.01, floor=600.0, highest_rise=0.1)[:3] == pytest.approx([400, 440, 484])


def test_a_phase_in_begins_anew_when_indexation_does() -> None:
    def rule(year: int) -> str:
        return "indexed" if year in (2027, 2029, 2030) else "growth" if year == 2028 else "schedule"

    flat = np.zeros(len(YEARS))
    found = rules.standards(YEARS, np.array(INCOME_BEFORE), rule, flat + 400, flat, flat + 0.02, 2, flat, flat + 1)
    # 2027: half way from 1.0 % to 2.0 %; 2028 as before; 2029 half way from 630 ÷ 44,100 to 2.0 %; 2030 there.
    assert found == pytest.approx([400, 630, 630, (630 / 44_100 + 0.02) / 2 * 46_305, 972.405])


def test_a_subsidy_follows_the_personal_contribution_by_ratio_or_by_share_of_the_total() -> None:
    personal = [400.0, 440.0, 484.0, 500.0, 500.0]
    assert standards("ratio", personal=personal, ratio_to_personal=1.8) == pytest.approx([400, 792, 871.2, 900, 900])
    by_share = standards("share", personal=personal, share_of_total=0.6)
    assert by_share == pytest.approx([400, 660, 726, 750, 750])
    assert by_share[1:] / (by_share[1:] + personal[1:]) == pytest.approx(0.6)


def test_an_unknown_rule_and_a_subsidy_rule_without_personal_standards_are_refused() -> None:
    with pytest.raises(ValueError, match="no rule called by_age"):
        standards("by_age")
    with pytest.raises(ValueError, match="no rule called ratio"):
        standards("ratio")


@steady
@given(st.floats(100, 2000), st.floats(1e4, 1e5), st.floats(0.001, 0.05), st.floats(0, 3000), st.floats(0, 2))
def test_an_indexed_contribution_keeps_to_its_floor_and_its_highest_rise(
    last: float, income: float, share: float, floor: float, rise: float
) -> None:
    found = rules.indexed(last, income, share, floor, rise)
    ceiling = last * (1 + rise)
    assert found <= ceiling
    assert found >= min(floor, ceiling)
    assert rules.indexed(last, income, share, 0.0, 1e9) == share * income


PHASED = {
    "one change": ([0.01] * 2 + [0.02] * 6, 4, [1, 1, 1.25, 1.5, 1.75, 2, 2, 2]),
    "the first change from what was paid": ([0.02] * 5, 4, [1.25, 1.5, 1.75, 2, 2]),
    "two changes, one within the other": ([0.01, 0.02, 0.02, 0.04, 0.04, 0.04], 4, [1, 1.25, 1.5, 2.25, 3, 3.5]),
    "up and down again": ([0.02, 0.01, 0.01, 0.01], 2, [1.5, 1.5, 1, 1]),
    "a change a year, none phased in": ([0.02, 0.03, 0.04], 1, [2, 3, 4]),
}
"""Shares wanted, years of the phase-in, and the shares by year in per cent, from 1 % on."""


@pytest.mark.parametrize("case", PHASED)
def test_each_change_of_a_share_is_phased_in_from_its_own_year(case: str) -> None:
    wanted, years, found = PHASED[case]
    phased = rules.PhasedShare(0.01, years)
    assert [100 * phased.moved_to(share) for share in wanted] == pytest.approx(found)


def test_a_share_that_rises_in_2030_is_phased_in_from_2030() -> None:
    shares = {"2019": 0.0092214767, "2030": 0.012}
    changed = {"contributions.personal.income_share": shares, "contributions.personal.phase_in_years": 5}
    inputs = Inputs(scenario := load("baseline").replace(changed), scenario.values)
    before = inputs.income(NATION, [year - 1 for year in [*inputs.years, inputs.last + 1]])
    found = 100 * (inputs.standards()[0] / before)[2029 - inputs.first :]
    assert found[:7] == pytest.approx([0.922, 0.978, 1.033, 1.089, 1.144, 1.2, 1.2], abs=5e-4)


def test_a_year_without_contribution_does_not_hold_it_at_nought() -> None:
    def rule(year: int) -> str:
        return "schedule" if year < 2028 else "indexed"

    flat = np.zeros(len(YEARS))
    paid = np.array([400.0, 0.0, 0.0, 0.0, 0.0])
    found = rules.standards(YEARS, np.array(INCOME_BEFORE), rule, paid, flat, flat + 0.02, 1, flat, flat + 0.5)
    # Wanted 882, 926.1, 972.4; at most half more than the last above 0, which is 400 in 2026 and 600 in 2028.
    assert found == pytest.approx([400, 0, 600, 900, 972.405])
    never = rules.standards(YEARS, np.array(INCOME_BEFORE), rule, flat, flat, flat + 0.02, 1, flat, flat + 0.5)
    assert never == pytest.approx([0, 0, 882, 926.1, 972.405])


# --- what they bring in -------------------------------------------------------------------------------------


def graded(rural_middle: float) -> np.ndarray:
    """Contribution of 400 yuan, another one for middle incomes in the country."""
    own = np.full((len(AREA.members), len(INCOME.members)), 400.0)
    own[index("area", "rural"), index("income", "middle")] = rural_middle
    return on(own, "area", "income")


def test_income_is_standard_times_members_with_the_local_supplement_upon_both_parts() -> None:
    basis = quiet_year(personal_pp=graded(500.0), subsidy_pp=700.0, local_supplement=1.08)
    _, flows = one_year(state_of(persons(("tenure_2", 100.0))), basis)
    assert flows.money["personal_contributions"].sum() == pytest.approx(100 * 500)
    assert flows.money["subsidies"].sum() == pytest.approx(100 * 700)
    assert flows.money["local_supplement"].sum() == pytest.approx(100 * (500 + 700) * 0.08)


def test_medical_assistance_pays_its_share_and_the_person_the_rest() -> None:
    share = np.zeros(len(INCOME.members))
    share[index("income", "assisted")] = 0.58
    basis = quiet_year(personal_pp=graded(500.0), assistance_share=on(share, "income"), assisted_share_end=50 / 12_150)
    state = state_of(persons(("tenure_2", 50.0), income="assisted") + persons(("tenure_2", 100.0), age=3))
    _, flows = one_year(state, basis)
    assert flows.money["assistance"].sum() == pytest.approx(50 * 400 * 0.58)
    assert flows.money["personal_contributions"].sum() == pytest.approx(50 * 400 * 0.42 + 100 * 500)


def test_payers_are_those_enrolled_for_the_year_whether_or_not_they_wait() -> None:
    basis = quiet_year(personal_pp=graded(400.0), leave_odds=1.0, enter_odds=1.0)
    _, flows = one_year(state_of(persons(("tenure_2", 100.0), ("gap_2", 60.0), ("never", 40.0))), basis)
    assert flows.resident_enrolled.sum() == pytest.approx(100 / 2 + 60 / 2 + 40 / 2)
    assert flows.money["personal_contributions"].sum() == pytest.approx(100 * 400)


def test_contributions_received_in_advance_are_next_years_and_only_their_change_is_income() -> None:
    state = state_of(persons(("tenure_2", 100.0)), fund=1000.0, prepaid=25_000.0)
    basis = quiet_year(personal_pp=graded(400.0), personal_pp_next=graded(500.0), prepaid_share=np.array([0.7]))
    after, flows = one_year(state, basis)
    assert after.prepaid.item() == pytest.approx(0.7 * 500 * 100)
    assert flows.money["prepaid_change"].item() == pytest.approx(0.7 * 500 * 100 - 25_000)
    assert after.fund.item() == pytest.approx(1000 + 100 * 400 + 35_000 - 25_000)


def test_income_of_the_members_is_that_of_those_who_pay() -> None:
    income = np.full((len(AREA.members), len(INCOME.members)), 20_000.0)
    income[index("area", "rural"), index("income", "middle")] = 30_000.0
    state = state_of(persons(("tenure_2", 100.0)) + persons(("tenure_2", 10.0), area="urban", age=3))
    _, flows = one_year(state, quiet_year(disposable_income=on(income, "area", "income")))
    assert flows.members_income.sum() == pytest.approx(100 * 30_000 + 10 * 20_000)
    assert flows.members_income.shape == (1, 2, 2, 4, AGES)
