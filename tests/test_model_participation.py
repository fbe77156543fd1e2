"""The participation rules: clock, waiting months, repair, late enrolment, rises of the cap."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_scheme import AGES, NATIONAL_MONTHS, bands, held, on, one_year, persons, quiet_year, state_of

from simsurance.axes import NATIONAL, index, row
from simsurance.model import participation
from simsurance.model.enrolment import bonus_at_stake, enrolment_hazards

INCOME = NATIONAL.income

steady = settings(derandomize=True, deadline=None, max_examples=100)
MIDDLE, RURAL = index("income", "middle"), index("area", "rural")
EVERY_GROUP = on(np.ones((len(INCOME.members), AGES)), "income", "age")
NATIONAL: dict[str, Any] = {
    "rules_in_force": 1.0,
    "waits": EVERY_GROUP,
    "fixed_months": 3.0,
    "months_per_lapsed_year": 1.0,
    "floor_months": 6.0,
    "floor_from_lapsed_years": 4.0,
    "never_counts": 1.0,
    "bonus_step": 1000.0,
}


def rules(
    fixed: float = 3,
    per_year: float = 1,
    floor: float = 6,
    floor_from: int = 4,
    first_counts: float = 1,
    longest: float = 24,
) -> participation.WaitingRules:
    """Waiting rules, by default the national ones."""
    numbers = (fixed, per_year, floor, floor_from, first_counts, longest)
    return participation.WaitingRules(*(np.array(float(number)) for number in numbers))


def wait(lapsed: float, repaired: float = 0.0, **changes: Any) -> float:
    """Waiting months after so many lapsed years, of which some are paid for."""
    return float(rules(**changes).months(np.array(lapsed), repaired))


def useful(lapsed: float, **changes: Any) -> float:
    """Years worth paying for."""
    return float(rules(**changes).useful_repair(np.array(lapsed)))


def months_in(year: int, status: str, lapsed: float = 0.0, age: int = 2, **changes: Any) -> float:
    """Months without cover of a person of this status who enrols for the year; `lapsed` years of one in the open gap."""
    return sum(split_in(year, status, lapsed, age, **changes))


def split_in(year: int, status: str, lapsed: float = 0.0, age: int = 2, **changes: Any) -> tuple[float, float]:
    """The same months, those of the entry year and those of the year after."""
    cells = persons((status, 10.0), ("lapsed_years", 10 * lapsed))
    hazard = enrolment_hazards(cells, quiet_year(year, **{**NATIONAL, **changes}))
    found = (np.broadcast_to(months, (1, 1, 7, 1, 2, 4, AGES)) for months in (hazard.months_lost, hazard.months_left))
    lost, left = (float(months[0, 0, row(status), 0, RURAL, MIDDLE, age]) for months in found)
    return lost, left


def cap_in(year: int, tenure: int, counted: float = 0.0, no_claim: float = 0.0, **changes: Any) -> float:
    """Cap at stake of a person with so many insured years when the enrolment for the year is due."""
    cells = persons((f"tenure_{tenure}", 10.0), ("rule_years", 10 * counted), (f"no_claim_{tenure}", 10 * no_claim))
    basis = quiet_year(year, **{**NATIONAL, **changes})
    _, cap = bonus_at_stake(cells, basis, (1, 1, 1, 1, 2, 4, AGES))
    return float(cap[0, 0, tenure - 1, 0, RURAL, MIDDLE, 2])


# --- waiting ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lapsed", NATIONAL_MONTHS)
def test_waiting_by_the_national_wording_for_all_lapsed_and_repaired_years(lapsed: int) -> None:
    assert [wait(lapsed, repaired) for repaired in range(lapsed + 1)] == NATIONAL_MONTHS[lapsed]


def test_who_enrols_late_without_a_lapsed_year_waits_the_fixed_months() -> None:
    assert wait(0) == 3


def test_a_lapse_of_exactly_four_years_is_where_the_floor_begins() -> None:
    assert [wait(lapsed, lapsed) for lapsed in (3, 4, 5)] == [3, 6, 6]
    assert [wait(lapsed, per_year=0) for lapsed in (3, 4, 6)] == [3, 6, 6]
    assert [wait(lapsed, fixed=1) for lapsed in (3, 4, 5, 6)] == [4, 6, 6, 7]
    assert [useful(lapsed) for lapsed in (3, 4, 5)] == [3, 1, 2], "what is paid beyond the floor buys nothing"


def test_where_the_first_lapsed_year_does_not_count_each_wait_is_that_of_a_year_less() -> None:
    assert [wait(lapsed, first_counts=0) for lapsed in range(7)] == [3, 3, 4, 5, 6, 7, 8]
    assert [useful(lapsed, first_counts=0) for lapsed in range(7)] == [0, 0, 1, 2, 0, 1, 2]


def test_no_wait_is_longer_than_the_longest() -> None:
    assert [wait(lapsed, longest=8) for lapsed in (4, 5, 6, 12)] == [7, 8, 8, 8]
    assert wait(2, longest=0) == 0


@pytest.mark.parametrize("lapsed", range(13))
def test_useful_repair_brings_the_wait_as_low_as_paying_for_every_year_and_no_less_does(lapsed: int) -> None:
    years = useful(lapsed)
    assert wait(lapsed, years) == wait(lapsed, lapsed)
    assert 0 <= years <= lapsed
    if years:
        assert wait(lapsed, years - 1) > wait(lapsed, years)


def test_without_months_by_year_nothing_is_worth_paying_for_once_the_floor_holds() -> None:
    assert useful(5, per_year=0) == 0


def test_nobody_pays_for_years_that_shorten_nothing() -> None:
    repairing = {**NATIONAL, "enter_odds": 1.0, "repair_share": 1.0}
    for changes in ({"months_per_lapsed_year": 0.0}, {"longest_months": 3.0}):
        for repair_all in (0.0, 1.0):
            basis = quiet_year(2035, **{**repairing, **changes}, repair_all=repair_all)
            _, flows = one_year(state_of(persons(("gap_2", 200.0))), basis)
            assert flows.repaired_years.sum() == 0, changes
            assert flows.waiting_months.sum() == pytest.approx(300)


@steady
@given(st.floats(0, 12), st.floats(0, 5), st.floats(0, 12), st.integers(1, 10), st.floats(0, 40), st.floats(0, 10))
def test_who_lapsed_longer_never_waits_less(
    fixed: float, per_year: float, floor: float, floor_from: int, lapsed: float, more: float
) -> None:
    chosen: dict[str, Any] = {"fixed": fixed, "per_year": per_year, "floor": floor, "floor_from": floor_from}
    assert min(fixed, 24) <= wait(lapsed, **chosen) <= wait(lapsed + more, **chosen) <= 24


@steady
@given(st.floats(0, 12), st.floats(0, 5), st.floats(0, 12), st.floats(0, 40), st.floats(0, 3), st.floats(0, 40))
def test_a_stricter_rule_never_shortens_the_wait_and_repair_never_lengthens_it(
    fixed: float, per_year: float, floor: float, lapsed: float, more: float, repaired: float
) -> None:
    now = wait(lapsed, repaired, fixed=fixed, per_year=per_year, floor=floor)
    assert wait(lapsed, repaired, fixed=fixed + more, per_year=per_year, floor=floor) >= now
    assert wait(lapsed, repaired, fixed=fixed, per_year=per_year + more, floor=floor) >= now
    assert wait(lapsed, repaired, fixed=fixed, per_year=per_year, floor=floor + more) >= now
    assert wait(lapsed, repaired + more, fixed=fixed, per_year=per_year, floor=floor) <= now


@pytest.mark.parametrize(
    ("months", "entry", "lost", "left"),
    [(4, 0, 4, 0), (12, 0, 12, 0), (15, 0, 12, 3), (3, 5, 8, 0), (9, 5, 12, 2), (0, 5, 5, 0), (24, 12, 12, 12)],
)
def test_months_beyond_the_year_are_left_for_the_next(months: float, entry: float, lost: float, left: float) -> None:
    found = participation.without_cover(np.array(months), entry)
    assert tuple(float(part) for part in found) == (lost, left)


# --- the clock ----------------------------------------------------------------------------------------------


def test_the_clock_counts_the_years_since_the_rules_began() -> None:
    years = (2019, 2024, 2025, 2026, 2030)
    assert [participation.rule_years_completed(year, 2025) for year in years] == [0, 0, 0, 1, 5]


@pytest.mark.parametrize(
    ("year", "status", "months"),
    [
        (2024, "gap_3", 0), (2025, "gap_3", 3), (2026, "gap_3", 4), (2027, "gap_3", 5), (2028, "gap_3", 6),
        (2031, "gap_3", 6), (2026, "gap_1", 4), (2030, "gap_1", 4), (2030, "gap_0", 0), (2029, "gap_4", 7),
    ],
)  # fmt: skip
def test_lapsed_years_count_from_the_start_of_the_rules(year: int, status: str, months: float) -> None:
    assert months_in(year, status) == months


def test_the_open_gap_waits_by_the_mean_of_its_tracked_years() -> None:
    assert months_in(2035, "gap_5", lapsed=6.5) == pytest.approx(3 + 6.5)
    assert split_in(2045, "gap_5", lapsed=20) == (12, 11)
    assert split_in(2055, "gap_5", lapsed=30) == (12, 12)


def test_the_never_insured_adult_has_lapsed_since_the_rules_began_and_a_child_since_birth() -> None:
    assert months_in(2029, "never", age=5) == 3 + 4
    assert months_in(2029, "never", age=1) == 3 + 2
    assert months_in(2029, "never", age=5, never_counts=0.0) == 3


def test_a_group_or_age_that_is_exempt_does_not_wait() -> None:
    waits = EVERY_GROUP.copy()
    waits[..., MIDDLE, :3] = 0
    assert months_in(2030, "gap_2", age=2, waits=waits) == 0
    assert months_in(2030, "gap_2", age=3, waits=waits) == 5


def test_leavers_of_the_employee_scheme_wait_the_fixed_months_where_they_are_not_exempt() -> None:
    assert months_in(2030, "gap_0") == 0
    assert months_in(2030, "gap_0", leavers_wait=1.0) == 3


def test_those_who_repair_wait_the_shorter_time_and_pay_this_years_contribution_for_each_useful_year() -> None:
    state = state_of(persons(("gap_2", 200.0)) + persons(("gap_4", 200.0), age=3))
    basis = quiet_year(2035, **NATIONAL, enter_odds=1.0, repair_share=0.25, personal_pp=400.0)
    _, flows = one_year(state, basis)
    two, four = (
        [float(flow[..., age].sum()) for age in (2, 3)] for flow in (flows.waiting_months, flows.repaired_years)
    )
    assert two == pytest.approx([75 * 5 + 25 * 3, 75 * 7 + 25 * 6])
    assert four == pytest.approx([25 * 2, 25 * 1])
    assert flows.money["repair_payments"].sum() == pytest.approx((50 + 25) * 400)
    assert flows.money["personal_contributions"].sum() == pytest.approx(200 * 400), (
        "the contribution of the year is due besides"
    )


def test_where_all_years_must_be_paid_for_the_same_months_cost_more() -> None:
    state = state_of(persons(("gap_4", 200.0)))
    paid = {**NATIONAL, "enter_odds": 1.0, "repair_share": 1.0}
    (_, useful_only), (_, everything) = (
        one_year(state, quiet_year(2035, **paid, repair_all=all_)) for all_ in (0.0, 1.0)
    )
    assert useful_only.waiting_months.sum() == everything.waiting_months.sum() == pytest.approx(600)
    assert (useful_only.repaired_years.sum(), everything.repaired_years.sum()) == pytest.approx((100, 400))


def test_those_who_need_not_wait_do_not_pay_for_lapsed_years() -> None:
    basis = quiet_year(2035, **{**NATIONAL, "waits": 0 * EVERY_GROUP}, enter_odds=1.0, repair_share=0.5)
    _, flows = one_year(state_of(persons(("gap_3", 200.0))), basis)
    assert flows.repaired_years.sum() == flows.waiting_months.sum() == 0


def test_a_month_beyond_the_year_is_lost_in_the_next_and_none_after_that() -> None:
    # Seven lapsed years: 10 months; half enrol in May, after four months: 14, of which two are left for 2036.
    state = state_of(persons(("gap_5", 200.0), ("lapsed_years", 1400.0), age=0))
    late: dict[str, Any] = {"late_share": 0.5, "late_month": 4.0, "enter_odds": 1.0}
    after, first = one_year(state, quiet_year(2035, **NATIONAL, **late))
    assert first.waiting_months.sum() == pytest.approx(50 * 10 + 50 * 12)
    assert held(after, "months_left") == pytest.approx(50 * 2)
    after, second = one_year(after, quiet_year(2036, **NATIONAL))
    assert second.waiting_months.sum() == pytest.approx(50 * 2)
    assert second.resident_insured_years.sum() == pytest.approx(100 - 100 / 12, rel=1e-6)
    _, third = one_year(after, quiet_year(2037, **NATIONAL))
    assert third.waiting_months.sum() == 0


def test_who_leaves_takes_the_months_left_along() -> None:
    state = state_of(persons(("tenure_1", 100.0), ("months_left", 300.0)))
    _, flows = one_year(state, quiet_year(2035, **NATIONAL, leave_odds=0.25))
    assert flows.waiting_months.sum() == pytest.approx(300 * 0.8)


def test_late_enrolment_costs_months_with_or_without_rules_and_the_whole_contribution() -> None:
    basis = quiet_year(2030, enter_odds=1.0, late_share=0.2, late_month=6.0, personal_pp=100.0)
    _, flows = one_year(state_of(persons(("gap_2", 200.0))), basis)
    assert flows.waiting_months.sum() == pytest.approx(100 * 0.2 * 6)
    assert flows.money["personal_contributions"].sum() == pytest.approx(100 * 100)


def test_postponed_care_is_claimed_after_the_wait() -> None:
    _, flows = one_year(
        state_of(persons(("gap_2", 200.0))), quiet_year(2030, **NATIONAL, enter_odds=1.0, postponed_care=0.3)
    )
    assert flows.resident_insured_years.sum() == pytest.approx(100 * (1 - 5 / 12 * 0.7))


# --- the cap ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "tenure", "counted", "cap"),
    [(2028, 5, 3, 0), (2029, 5, 4, 1000), (2030, 5, 5, 2000), (2032, 5, 7, 4000), (2032, 4, 0, 1000), (2032, 3, 0, 0)],
)
def test_the_first_step_of_the_bonus_comes_with_the_fifth_continuous_year(
    year: int, tenure: int, counted: float, cap: float
) -> None:
    assert cap_in(year, tenure, counted) == cap


def test_years_before_the_rules_do_not_earn_a_bonus_unless_they_are_credited() -> None:
    assert cap_in(2028, 4) == 0
    assert cap_in(2029, 4) == 1000
    assert cap_in(2026, 4, bonus_credited_years=3) == 1000


def test_what_is_kept_through_a_lapse_is_not_at_stake() -> None:
    assert cap_in(2032, 5, 7, bonus_kept=1.0) == 1000, "the next step alone"


def test_years_without_reimbursement_that_are_kept_are_at_stake_only_where_the_limit_binds() -> None:
    silent: dict[str, Any] = {"no_claim": 2.5, "no_claim_step": 600.0, "no_claim_kept": 1.0}
    assert cap_in(2032, 5, 7, **silent) == 4000
    assert cap_in(2032, 5, 7, **silent, bonus_kept=1.0) == 1000
    capped: dict[str, Any] = {"bonus_limit": 0.01, "critical_cap": 450_000.0}
    assert cap_in(2032, 5, 7, **silent, **capped) == 4500 - 1500, (
        "the limit leaves 4,500 of 5,500, of which 1,500 are kept"
    )


def test_a_cut_of_the_cap_for_one_lapsed_year_is_at_stake_as_the_bonus_is() -> None:
    assert cap_in(2026, 2, cap_cut=3000.0) == 3000
    assert cap_in(2032, 5, 7, cap_cut=3000.0) == 4000 + 3000
    assert cap_in(2032, 5, 7, no_claim=5, no_claim_step=600.0, no_claim_kept=1.0, cap_cut=3000.0) == 4000 + 3000
    limit: dict[str, Any] = {"bonus_limit": 0.2, "critical_cap": 10_000.0, "cap_cut": 3000.0}
    assert cap_in(2032, 5, 7, **limit) == 2000 + 2000, "a rise and a cut may each be a fifth of the cap"


def test_a_cut_moves_the_odds_of_leaving_as_a_bonus_of_the_same_amount_does() -> None:
    cells = persons(("tenure_2", 100.0))
    felt: dict[str, Any] = {**NATIONAL, "leave_bonus": 0.015, "bonus_felt": 1 / 1000, "leave_odds": 0.05}
    odds = []
    for changes in ({}, {"cap_cut": 3000.0}, {"bonus_step": 3000.0, "bonus_after_years": 1.0}):
        rate = enrolment_hazards(cells, quiet_year(2026, **{**felt, **changes})).leave
        leave = float(np.broadcast_to(rate, (1, 3, 5, 1, 2, 4, AGES))[0, 0, 1, 0, RURAL, MIDDLE, 2])
        odds.append(leave / (1 - leave))
    none, cut, bonus = odds
    assert cut == bonus
    assert cut / none == pytest.approx(np.exp(-0.015 * 10 * (1 - np.exp(-0.3))))


def test_years_without_reimbursement_are_at_stake_too_and_both_within_the_limit() -> None:
    assert cap_in(2032, 5, 7, no_claim=2.5, no_claim_step=600.0) == 4000 + 1500
    assert cap_in(2032, 5, 7, bonus_limit=0.01, critical_cap=300_000.0) == 3000
    assert cap_in(2032, 5, 7, bonus_limit=0.01, critical_cap=390_000.0, indexation=1.3) == 3000, "at the reference year"


@steady
@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(0, 3))
def test_a_rise_stays_within_the_limit_and_a_cut_leaves_a_cap_of_nought_or_more(
    credit: float, cap: float, limit: float
) -> None:
    granted = float(participation.limited(np.array(credit), np.array(cap), np.array(limit)))
    assert -min(limit * cap, cap) <= granted <= limit * cap
    if -min(limit * cap, cap) <= credit <= limit * cap:
        assert granted == credit


@steady
@given(st.floats(0, 60), st.floats(0, 10), st.floats(0, 5000), st.integers(0, 10))
def test_more_continuous_years_never_earn_less(years: float, more: float, step: float, after: int) -> None:
    rules_of_bonus = np.array(step), np.array(float(after))
    at = [float(participation.continuous_credit(np.array(n), *rules_of_bonus)) for n in (years, years + more)]
    assert 0 <= at[0] <= at[1]


@steady
@given(st.floats(0, 500), st.floats(0, 100))
def test_the_cap_is_felt_in_full_when_small_and_never_above_ten_thousand(cap: float, more: float) -> None:
    felt, felt_more = (float(participation.salience(np.array(thousands))) for thousands in (cap, cap + more))
    assert 0 <= felt <= min(cap + 1e-12, 10)
    assert felt <= felt_more
    assert float(participation.salience(np.array(1e-4))) == pytest.approx(1e-4, rel=1e-4)


def test_the_limit_is_reached_by_the_year_in_which_the_steps_pass_it() -> None:
    # Cap of 10,000, limit 20 %: steps of 900 from the fifth year give 900, 1,800, 2,700 → 2,000.
    granted = []
    for year in (2029, 2030, 2031):
        counted = year - 2025
        state = state_of(persons(("tenure_5", 100.0), ("rule_years", 100.0 * counted)))
        rules_of_year = {**NATIONAL, "bonus_step": 900.0, "bonus_limit": 0.2, "critical_cap": 10_000.0}
        _, flows = one_year(state, quiet_year(year, **rules_of_year))
        granted.append(float(flows.bonus_cap.sum()) / 100)
    assert granted == pytest.approx([900, 1800, 2000])


def always_claims() -> dict[str, Any]:
    """Inpatient cost of everybody, of 40,000 yuan almost surely, paid at 50 % from the first yuan."""
    return {
        "inpatient_use": 1.0, "inpatient_cost": 40_000.0, "inpatient_sigma": 0.01, "inpatient_ratio": 0.5,
        "critical_factor": 1.0, "critical_deductible": 5_000.0,
    }  # fmt: skip


def test_a_member_who_uses_the_bonus_starts_again_and_one_who_does_not_goes_on() -> None:
    # Own cost 20,000: 15,000 above the deductible, 9,000 at 60 %; a cap of 8,000 is passed, one of 10,000 is not.
    for cap, years in ((8_000.0, 0.0), (10_000.0, 3.0)):
        state = state_of(persons(("tenure_3", 100.0), ("no_claim_3", 300.0)))
        basis = quiet_year(
            2035, **NATIONAL, **always_claims(), no_claim_step=500.0, no_claim_reset=1.0, critical_cap=cap
        )
        after, flows = one_year(state, basis)
        assert held(after, "no_claim_4") == pytest.approx(100 * years, abs=1e-6), cap
        assert flows.money["bonus_cost"].sum() == pytest.approx(100 * (1_000 if cap < 9_000 else 0), rel=1e-3)
    without_reset = quiet_year(2035, **NATIONAL, **always_claims(), no_claim_step=500.0, critical_cap=8_000.0)
    after, _ = one_year(state_of(persons(("tenure_3", 100.0), ("no_claim_3", 300.0))), without_reset)
    assert held(after, "no_claim_4") == pytest.approx(300)


def test_a_year_without_reimbursement_counts_from_the_next_year_and_is_lost_with_a_lapse() -> None:
    basis: dict[str, Any] = {**NATIONAL, "no_claim_step": 1000.0, "bonus_step": 0.0}
    after, first = one_year(state_of(persons(("tenure_1", 100.0))), quiet_year(2030, **basis))
    assert first.bonus_cap.sum() == 0
    assert held(after, "no_claim_2") == pytest.approx(100), "nobody has claimed anything"
    after, second = one_year(after, quiet_year(2031, **basis, leave_odds=0.25))
    assert second.bonus_cap.sum() == pytest.approx(80 * 1000)
    assert held(after, "no_claim_3") == pytest.approx(80 * 2)


def test_an_earned_bonus_may_be_kept_through_a_lapse_and_a_cap_cut_by_lapsed_years() -> None:
    kept: dict[str, Any] = {**NATIONAL, "bonus_kept": 1.0}
    state = state_of(persons(("tenure_5", 100.0), ("rule_years", 600.0)))
    after, _ = one_year(state, quiet_year(2032, **kept, leave_odds=0.25))
    assert held(after, "carried_lapsed") == pytest.approx(20 * 2000), "six counted years: two steps"
    back, flows = one_year(after, quiet_year(2033, **kept, enter_odds=1.0))
    assert held(back, "carried_insured") == pytest.approx(10 * 2000)
    assert flows.bonus_cap.sum() == pytest.approx(80 * 4000 + 10 * 2000, rel=1e-6)

    cut = quiet_year(2033, **NATIONAL, enter_odds=1.0, cap_cut=700.0)
    back, flows = one_year(state_of(persons(("gap_3", 200.0))), cut)
    assert held(back, "carried_insured") == pytest.approx(-100 * 3 * 700)
    assert flows.bonus_cap.sum() == pytest.approx(-100 * 2100)
    again, flows = one_year(back, quiet_year(2034, **NATIONAL))
    assert flows.bonus_cap.sum() == pytest.approx(-100 * 2100), "the cut stays when new cuts end"
    left, _ = one_year(again, quiet_year(2035, **NATIONAL, leave_odds=0.25))
    assert held(left, "carried_insured") == pytest.approx(-80 * 2100)
    assert held(left, "carried_lapsed") == pytest.approx(-20 * 2100)


def test_years_without_reimbursement_stay_with_the_lapsed_and_come_back_with_those_who_return() -> None:
    rules_of_year: dict[str, Any] = {**NATIONAL, "bonus_step": 0.0, "no_claim_step": 1000.0, "no_claim_kept": 1.0}
    state = state_of(persons(("tenure_2", 100.0), ("no_claim_2", 150.0), ("never", 500.0)))
    left, _ = one_year(state, quiet_year(2030, **rules_of_year, leave_odds=0.25))
    assert held(left, "no_claim_lapsed") == pytest.approx(20 * 1.5)
    assert held(left, "no_claim_3") == pytest.approx(80 * 1.5 + 80), "who stays has another year"
    back, flows = one_year(left, quiet_year(2031, **rules_of_year, enter_odds=1.0))
    assert held(back, "no_claim_lapsed") == pytest.approx(10 * 1.5), "the never insured bring and take none"
    assert held(back, "no_claim_1") == pytest.approx(10 * 1.5 + 10 + 250)
    assert flows.bonus_cap.sum() == pytest.approx((80 * 2.5 + 10 * 1.5) * 1000)
    lost, _ = one_year(state, quiet_year(2030, **{**rules_of_year, "no_claim_kept": 0.0}, leave_odds=0.25))
    assert held(lost, "no_claim_lapsed") == 0
    used = quiet_year(2032, **{**rules_of_year, **always_claims()}, no_claim_reset=1.0, critical_cap=8_000.0)
    after, _ = one_year(back, used)
    assert held(after, "no_claim_2") == pytest.approx(0, abs=1e-6), (
        "a claim that passes the cap takes what came back, too"
    )


def test_a_cap_that_is_cut_saves_what_it_no_longer_pays() -> None:
    state = state_of(persons(("tenure_5", 100.0), ("carried_insured", -100 * 4000.0)))
    basis = quiet_year(2026, **NATIONAL, **always_claims(), critical_cap=8_000.0)
    _, flows = one_year(state, basis)
    assert flows.money["critical_illness"].sum() == pytest.approx(100 * 8000, rel=1e-3)
    assert flows.money["bonus_cost"].sum() == pytest.approx(-100 * 4000, rel=1e-3)


# --- exposure -----------------------------------------------------------------------------------------------


def test_waiting_months_are_cover_lost_in_the_year_of_entry() -> None:
    state = state_of(persons(("gap_2", 200.0)) + persons(("tenure_2", 100.0), age=3))
    _, flows = one_year(state, quiet_year(2030, **NATIONAL, enter_odds=1.0))
    assert flows.waiting_months.sum() == pytest.approx(100 * 5)
    assert flows.resident_enrolled.sum() == pytest.approx(100 + 100), "the contribution is due in full"
    assert flows.resident_insured_years.sum() == pytest.approx(100 * (1 - 5 / 12) + 100)


def test_newborns_do_not_wait_and_are_exposed_for_half_a_year() -> None:
    survival, asfr = np.ones((2, AGES)), np.zeros(AGES)
    survival[:, 2], asfr[3] = 0.9, 0.1
    births_of: dict[str, Any] = {
        "survival": on(survival, "sex", "age"),
        "asfr": on(asfr, "age"),
        "newborn_enrolment": 1.0,
    }
    after, flows = one_year(state_of(persons(("tenure_2", 100.0))), quiet_year(2030, **NATIONAL, **births_of))
    assert flows.resident_insured_years[..., 2].sum() == pytest.approx(100 * (1 - 0.1 / 2))
    births = 0.1 * (1000 + (1000 + 100) * 0.9) / 2
    assert flows.births.sum() == pytest.approx(births)
    assert flows.waiting_months.sum() == held(after, "months_left") == 0
    assert flows.resident_insured_years[..., 0].sum() == pytest.approx(births / 2)


def test_waiting_ends_with_the_year() -> None:
    state = state_of(persons(("gap_2", 200.0)))
    after, _ = one_year(state, quiet_year(2030, **NATIONAL, enter_odds=1.0))
    _, flows = one_year(after, quiet_year(2031, **NATIONAL))
    assert after.cells[:, :, row("waiting_months")].sum() == 0
    assert flows.resident_insured_years.sum() == pytest.approx(100, rel=1e-6)


def test_bands_of_a_single_number_hold_for_every_group() -> None:
    assert bands(0.0, 5.0).shape == (1, 2, 1, 1, 1, 1, 1, 1)
    assert bands([0.5] * 4, [0.6] * 4).shape == (1, 2, 1, 1, 1, 1, 4, 1)
