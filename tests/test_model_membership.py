"""Membership: who stays, leaves, returns and joins, and what follows from moves of the employee scheme."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_scheme import AGES, held, on, one_year, persons, quiet_year, state_of, years_on

from simsurance.axes import GAPS, NATIONAL, ROWS, TENURES, UNINSURED, along, index, row
from simsurance.model import enrolment, membership
from simsurance.model.enrolment import enrolment_hazards

INCOME = NATIONAL.income

steady = settings(derandomize=True, deadline=None, max_examples=60)
LEAVE, ENTER = 0.25, 0.6
ODDS: dict[str, Any] = {"leave_odds": LEAVE / (1 - LEAVE), "enter_odds": ENTER / (1 - ENTER)}
ASSISTED, MIDDLE = index("income", "assisted"), index("income", "middle")
RULES: dict[str, Any] = {
    "rules_in_force": 1.0,
    "waits": on(np.ones(len(INCOME.members)), "income"),
    "fixed_months": 3.0,
    "months_per_lapsed_year": 1.0,
    "floor_months": 6.0,
    "bonus_step": 1000.0,
}


def leave_probability(year: int = 2035, **changes: Any) -> float:
    """Chance of leaving after five insured years, all counted by the rules."""
    cells = persons(("tenure_5", 100.0), ("rule_years", 500.0))
    hazard = enrolment_hazards(cells, quiet_year(year, **{**ODDS, **changes}))
    return float(np.broadcast_to(hazard.leave, (1, 3, 5, 1, 2, 4, AGES))[0, 0, -1, 0, 1, MIDDLE, 2])


def return_probability(year: int = 2035, **changes: Any) -> float:
    """Chance of returning after two lapsed years."""
    hazard = enrolment_hazards(persons(("gap_2", 100.0)), quiet_year(year, **{**ODDS, **changes}))
    return float(np.broadcast_to(hazard.enter, (1, 3, 7, 1, 2, 4, AGES))[0, 0, row("gap_2"), 0, 1, MIDDLE, 2])


@pytest.mark.parametrize(
    ("status", "stays_at", "moves_to", "rate"),
    [
        ("never", "never", "tenure_1", ENTER),
        *((f"gap_{gap}", f"gap_{min(gap + 1, 5)}", "tenure_1", ENTER) for gap in range(6)),
        *((f"tenure_{tenure}", f"tenure_{min(tenure + 1, 5)}", "gap_1", LEAVE) for tenure in range(1, 6)),
    ],
)
def test_stayers_go_one_year_on_and_movers_start_anew(status: str, stays_at: str, moves_to: str, rate: float) -> None:
    after, flows = one_year(state_of(persons((status, 1000.0))), quiet_year(**ODDS))
    rest = sum(held(after, name) for name in ROWS[: GAPS.stop] if name not in (stays_at, moves_to, "never"))
    assert held(after, stays_at) == pytest.approx(1000 * (1 - rate), rel=1e-6)
    assert held(after, moves_to) == pytest.approx(1000 * rate, rel=1e-6)
    assert rest == pytest.approx(0, abs=1e-3)
    kind = "leaves" if status.startswith("tenure") else "joins" if status == "never" else "returns"
    moved = {name: getattr(flows, name).sum() for name in ("leaves", "joins", "returns")}
    assert moved.pop(kind) == pytest.approx(1000 * rate)
    assert list(moved.values()) == [0, 0]


def test_members_of_the_employee_scheme_are_not_asked() -> None:
    after, flows = one_year(state_of(persons(("employee_active", 500.0))), quiet_year(**ODDS))
    assert held(after, "employee_active") == pytest.approx(500)
    assert held(after, "employee_retired") == pytest.approx(12 * 1000)
    assert flows.leaves.sum() == flows.returns.sum() == flows.joins.sum() == 0


def test_persons_are_neither_lost_nor_made_at_enrolment() -> None:
    everyone = [(name, 100.0 + place) for place, name in enumerate(ROWS[: TENURES.stop])]
    state = state_of(persons(*everyone))
    after, flows = one_year(state, quiet_year(**ODDS))
    assert after.persons.sum() == pytest.approx(state.persons.sum() + flows.births.sum())
    paying = flows.resident_enrolled.sum()
    insured = state.cells[:, :, TENURES].sum()
    assert paying == pytest.approx(insured - flows.leaves.sum() + flows.returns.sum() + flows.joins.sum(), rel=1e-9)


@steady
@given(st.floats(0, 1e4))
def test_a_probability_has_its_odds(odds: float) -> None:
    assert membership.probability(np.array(odds)) == pytest.approx(1 - 1 / (1 + odds))


def test_the_ratio_of_a_burden_to_its_reference_worked_out_by_hand() -> None:
    # (0.020 + 0.001) / (0.013 + 0.001)
    ratio = membership.burden_ratio(np.array(0.020), np.array(0.013), np.array(0.001))
    assert float(ratio) == pytest.approx(1.5, rel=1e-12)


def test_leaving_and_returning_worked_out_by_hand() -> None:
    changes: dict[str, Any] = {
        **RULES, "burden": 0.020, "reference_burden": 0.013, "leave_burden": 0.35, "return_burden": 0.20,
        "leave_wait": 0.03, "return_wait": 0.05, "leave_bonus": 0.015, "leave_other": 0.9, "return_other": 1.1,
    }  # fmt: skip
    # Leaving, 2,000 yuan at stake: odds 1/3 × 1.5^0.35 × e^(−0.03 × 4 months) × 0.9 × e^(−0.015 × 10·(1 − e^(−2/10))).
    odds = 1 / 3 * 1.152476 * 0.886920 * 0.9 * 0.973176
    assert leave_probability(**changes) == pytest.approx(odds / (1 + odds), rel=2e-6)
    # Returning after two years: odds 1.5 × 1.5^−0.20 × e^(−0.05 × 5 months) × 1.1.
    odds = 1.5 * 0.922108 * 0.778801 * 1.1
    assert return_probability(**changes) == pytest.approx(odds / (1 + odds), rel=2e-6)


@pytest.mark.parametrize(
    ("effect", "more", "leaving", "returning"),
    [
        ({"leave_burden": 0.35, "return_burden": 0.2}, {"burden": 0.03}, 1, -1),
        ({"leave_wait": 0.03, "return_wait": 0.05}, {"fixed_months": 5.0}, -1, -1),
        ({"leave_wait": 0.03, "return_wait": 0.05}, {"months_per_lapsed_year": 3.0}, -1, -1),
        ({"leave_bonus": 0.015}, {"bonus_step": 4000.0}, -1, 0),
        ({"leave_bonus": 0.015}, {"bonus_after_years": 2.0}, -1, 0),
        ({}, {"leave_other": 0.8}, -1, 0),
        ({}, {"return_other": 1.2}, 0, 1),
    ],
    ids=[
        "burden",
        "fixed wait",
        "wait by year",
        "bonus",
        "earlier bonus",
        "campaign on leaving",
        "campaign on returning",
    ],
)
def test_each_covariate_acts_with_its_sign(
    effect: dict[str, Any], more: dict[str, Any], leaving: int, returning: int
) -> None:
    before: dict[str, Any] = {**RULES, **effect}
    for probability, sign in ((leave_probability, leaving), (return_probability, returning)):
        change = probability(**{**before, **more}) - probability(**before)
        assert np.sign(round(change, 12)) == sign, probability.__name__


@pytest.mark.parametrize(
    ("coefficients", "covariates"),
    [
        (("leave_burden", "return_burden"), {"burden": 0.1}),
        (("leave_wait", "return_wait"), {"fixed_months": 9.0, "months_per_lapsed_year": 2.0}),
        (("leave_bonus",), {"bonus_step": 1e5}),
    ],
    ids=["burden", "wait", "bonus"],
)
def test_a_covariate_whose_coefficient_is_zero_does_nothing(
    coefficients: tuple[str, ...], covariates: dict[str, Any]
) -> None:
    effects = {
        "leave_burden": 0.35,
        "return_burden": 0.2,
        "leave_wait": 0.03,
        "return_wait": 0.05,
        "leave_bonus": 0.015,
    }
    without: dict[str, Any] = {**RULES, **effects, **dict.fromkeys(coefficients, 0.0)}
    assert leave_probability(**{**without, **covariates}) == leave_probability(**without)
    assert return_probability(**{**without, **covariates}) == return_probability(**without)


def test_need_classes_with_their_own_odds_select_who_stays() -> None:
    leave = on(np.array([[1.0], [0.7], [0.6]]) * np.full((3, 5), LEAVE), "health", "status")
    cells = persons(("tenure_2", 700.0)) + persons(("tenure_2", 300.0), health="high")
    _, flows = one_year(state_of(cells), quiet_year(leave_odds=leave))
    low, high = 0.25 / 1.25, 0.15 / 1.15
    assert flows.leaves.sum() == pytest.approx(700 * low + 300 * high)


def test_before_the_rules_begin_they_change_nothing() -> None:
    effects: dict[str, Any] = {"leave_wait": 0.03, "return_wait": 0.05, "leave_bonus": 0.015}
    assert leave_probability(2024, **RULES, **effects) == pytest.approx(LEAVE)
    assert return_probability(2024, **RULES, **effects) == pytest.approx(ENTER)
    assert leave_probability(2025, **RULES, **effects) < LEAVE
    assert return_probability(2025, **RULES, **effects) < ENTER


def test_rules_that_are_not_in_force_change_nothing() -> None:
    effects: dict[str, Any] = {"leave_wait": 0.03, "return_wait": 0.05, "leave_bonus": 0.015}
    assert leave_probability(**{**RULES, "rules_in_force": 0.0}, **effects) == pytest.approx(LEAVE)
    assert return_probability(**{**RULES, "rules_in_force": 0.0}, **effects) == pytest.approx(ENTER)


def test_half_the_persons_move_half_as_much() -> None:
    everyone = [(name, 100.0 + place) for place, name in enumerate(ROWS[: TENURES.stop])]
    cells = persons(*everyone, ("rule_years", 300.0), ("lapsed_years", 200.0))
    basis = quiet_year(**ODDS, **RULES, leave_wait=0.03, return_wait=0.05, leave_bonus=0.015)
    (whole, all_flows), (half, half_flows) = (one_year(state_of(part), basis) for part in (cells, cells / 2))
    assert 2 * half.cells == pytest.approx(whole.cells, rel=1e-12)
    assert 2 * half_flows.leaves == pytest.approx(all_flows.leaves, rel=1e-12)
    assert 2 * half_flows.waiting_months == pytest.approx(all_flows.waiting_months, rel=1e-12)


@pytest.mark.parametrize("first", [2017, 2023, 2026], ids=["long before", "just before", "after the rules began"])
def test_tracked_rule_years_are_those_of_a_person_followed_through_the_years(first: int) -> None:
    cells = persons(("tenure_1", 100.0), ages=12)
    years = [quiet_year(year, ages=12) for year in range(first, first + 8)]
    state = state_of(cells)
    for true_years, basis in enumerate(years, start=2):
        state, _ = one_year(state, basis)
        if true_years >= 5:
            counted = max(min(true_years, basis.year - 2024), 0)
            assert held(state, "rule_years") == pytest.approx(100 * counted), basis.year


@pytest.mark.parametrize("first", [2017, 2023, 2026], ids=["long before", "just before", "after the rules began"])
def test_tracked_lapsed_years_are_those_of_a_person_followed_through_the_years(first: int) -> None:
    state = state_of(persons(("gap_0", 100.0), ages=12))
    for true_years, year in enumerate(range(first, first + 8), start=1):
        state, _ = one_year(state, quiet_year(year, ages=12))
        if true_years >= 5:
            assert held(state, "lapsed_years") == pytest.approx(100 * max(min(true_years, year - 2024), 0)), year


def test_those_who_leave_take_their_share_of_the_tracked_years_along() -> None:
    cells = persons(("tenure_5", 100.0), ("rule_years", 700.0)) + persons(
        ("gap_5", 50.0), ("lapsed_years", 400.0), age=3
    )
    after, _ = one_year(state_of(cells), quiet_year(**ODDS))
    assert held(after, "rule_years") == pytest.approx(100 * (1 - LEAVE) * (7 + 1))
    assert held(after, "lapsed_years") == pytest.approx(50 * (1 - ENTER) * (8 + 1))


def test_the_mean_of_tracked_years_is_taken_over_need_and_sex_and_falls_back_where_nobody_is() -> None:
    cells = persons(("tenure_5", 100.0), ("rule_years", 500.0)) + persons(
        ("tenure_5", 300.0), ("rule_years", 2700.0), sex="male", health="high"
    )
    mean = membership.mean_years(cells[:, :, membership.RULE_YEARS], cells[:, :, row("tenure_5")], 2.0)
    assert mean[0, 0, 0, 0, 1, MIDDLE, 2] == pytest.approx((500 + 2700) / 400)
    assert mean[0, 0, 0, 0, 1, MIDDLE, 3] == 2.0


def test_newborns_enrol_in_their_birth_year_by_their_own_rate() -> None:
    asfr = np.zeros(AGES)
    asfr[3] = 0.1
    _, flows = one_year(state_of(persons()), quiet_year(asfr=on(asfr, "age"), newborn_enrolment=0.8, **ODDS))
    assert flows.newborn_enrolled.sum() == pytest.approx(100 * 0.8)
    assert flows.resident_enrolled.sum() == pytest.approx(100 * 0.8)
    assert flows.joins.sum() == 0


# --- to and from the employee scheme --------------------------------------------------------------------


def test_entry_to_the_employee_scheme_takes_insured_and_uninsured_by_their_own_rates() -> None:
    cells = persons(
        ("never", 100.0), ("gap_5", 100.0), ("tenure_5", 100.0), ("rule_years", 500.0), ("lapsed_years", 300.0)
    )
    after, flows = one_year(state_of(cells), quiet_year(employee_entry=0.1, employee_entry_uninsured=0.4))
    assert held(after, "employee_active") == pytest.approx(40 + 40 + 10)
    assert flows.transfers_out.sum() == pytest.approx(10)
    assert (held(after, "never"), held(after, "gap_5"), held(after, "tenure_5")) == pytest.approx(
        (60, 60, 90), rel=1e-6
    )
    assert held(after, "rule_years") == pytest.approx((500 + 100) * 0.9)
    assert held(after, "lapsed_years") == pytest.approx((300 + 100) * 0.6)


def test_recent_leavers_of_the_employee_scheme_do_not_wait() -> None:
    state = state_of(persons(("gap_0", 100.0)) + persons(("gap_1", 100.0), age=3))
    _, flows = one_year(state, quiet_year(2030, **RULES, enter_odds=1.0))
    assert flows.waiting_months[..., 2].sum() == 0
    assert flows.waiting_months[..., 3].sum() == pytest.approx(50 * 4)


def test_those_in_gaps_stay_out_until_they_enter() -> None:
    state = state_of(persons(*((name, 10.0) for name in ROWS[UNINSURED]), age=0))
    after, flows = years_on(state, [quiet_year(2030 + place) for place in range(4)])
    assert held(after, "gap_5") + held(after, "gap_4") == pytest.approx(60)
    assert sum(flow.returns.sum() + flow.joins.sum() for flow in flows) == 0


def test_assisted_persons_may_be_exempt_from_waiting() -> None:
    waits = 1 - np.eye(len(INCOME.members))[ASSISTED]
    state = state_of(persons(("gap_2", 100.0), income="assisted") + persons(("gap_2", 100.0)))
    _, flows = one_year(state, quiet_year(2030, **{**RULES, "waits": on(waits, "income")}, enter_odds=1.0))
    assert flows.waiting_months[0, :, :, ASSISTED].sum() == 0
    assert flows.waiting_months[0, :, :, MIDDLE].sum() == pytest.approx(50 * 5)


def test_tracked_totals_are_sums_over_the_persons_of_a_closed_cohort() -> None:
    # A thousand true histories with the same chances: the expected sum over persons, history by history.
    changes: dict[str, Any] = {
        **ODDS, **RULES, "no_claim_step": 1000.0, "inpatient_use": 0.2, "inpatient_deductible": 1e-9,
        "fixed_months": 9.0, "late_share": 0.5, "late_month": 6.0,
    }  # fmt: skip
    years = range(2026, 2033)
    state = state_of(persons(("tenure_1", 1000.0), ages=12))
    histories: dict[tuple[str, int, int, float], float] = {("in", 1, 0, 0.0): 1000.0}
    for year in years:
        state, _ = one_year(state, quiet_year(year, ages=12, **changes))
        later: dict[tuple[str, int, int, float], float] = {}

        def add(key: tuple[str, int, int, float], number: float, into: dict[Any, float] = later) -> None:
            into[key] = into.get(key, 0.0) + number

        for (where, length, claimless, _), number in histories.items():
            if where == "in":
                add(("out", 1, 0, 0.0), number * LEAVE)
                stay = number * (1 - LEAVE)
                add(("in", length + 1, claimless + 1, 0.0), stay * 0.8)
                add(("in", length + 1, claimless, 0.0), stay * 0.2)
            else:
                add(("out", length + 1, 0, 0.0), number * (1 - ENTER))
                months = 9 + min(length, year - 2025)
                months = max(months, 6) if min(length, year - 2025) >= 4 else months
                for late in (0, 6):
                    left = max(months + late - 12, 0)
                    for claimless, chance in ((1, 0.8), (0, 0.2)):
                        add(("in", 1, claimless, left), number * ENTER * 0.5 * chance)
        histories = later
    insured = {key: number for key, number in histories.items() if key[0] == "in"}
    for tenure in range(1, 6):
        here = {key: number for key, number in insured.items() if min(key[1], 5) == tenure}
        assert held(state, f"tenure_{tenure}") == pytest.approx(sum(here.values()), rel=1e-6)
        claimless_years = sum(key[2] * number for key, number in here.items())
        assert held(state, f"no_claim_{tenure}") == pytest.approx(claimless_years, rel=1e-6)
    assert held(state, "months_left") == pytest.approx(
        sum(key[3] * number for key, number in insured.items()), rel=1e-6
    )
    first = min(years[-1] - 2024, 8)
    counted = sum(min(key[1], first) * number for key, number in insured.items() if key[1] >= 5)
    assert held(state, "rule_years") == pytest.approx(counted, rel=1e-6)
    lapsed = sum(min(key[1], first) * number for key, number in histories.items() if key[0] == "out" and key[1] >= 5)
    assert held(state, "lapsed_years") == pytest.approx(lapsed, rel=1e-6)


def test_waits_that_are_looked_up_are_those_worked_out_for_each_cell() -> None:
    ages, runs = 6, 2
    shares = np.array([[0.0] * ages, [1.0] * ages, [1.0, 0.5, 0.5, 0.25, 1.0, 0.0], [0.75] * ages])
    basis = quiet_year(2035, **RULES, leavers_wait=0.5, repair_share=0.4, late_share=0.2)
    basis = replace(basis, late_month=along(np.array([4.0, 7.0]), "run"), waits=along(shares, "income", "age"))
    lapsed = np.random.default_rng(1).integers(0, 9, (runs, 1, UNINSURED.stop + 1, 1, 2, 4, ages)).astype(float)
    found = enrolment.expected_by_cell(lapsed, basis.waits, basis)
    waits = np.broadcast_to(basis.waits, lapsed.shape).copy()
    waits[:, :, enrolment.GAP_0] *= 0.5
    wanted = enrolment.expected_waits(lapsed, waits, basis)
    for each, own in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(np.broadcast_to(each, own.shape), own)
    assert found[1].max() > found[1].min()
