"""The participation rules: clock, waiting months, cap at stake."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_scheme import AGES, on, one_year, persons, quiet_year, state_of

from simsurance.axes import INCOME, index, row
from simsurance.model import participation
from simsurance.model.year import enrolment_hazards

steady = settings(derandomize=True, deadline=None, max_examples=100)
MIDDLE, RURAL = index("income", "middle"), index("area", "rural")
NATIONAL: dict[str, Any] = {
    "rules_in_force": 1.0,
    "waits": on(np.ones(len(INCOME.members)), "income"),
    "fixed_months": 3.0,
    "months_per_lapsed_year": 1.0,
    "floor_months": 6.0,
    "floor_from_lapsed_years": 4.0,
    "never_counts": 1.0,
    "bonus_step": 1000.0,
}


def wait(lapsed: float, fixed: float = 3, per_year: float = 1, floor: float = 6, floor_from: int = 4) -> float:
    """Waiting months after so many lapsed years."""
    months = [np.array(number) for number in (fixed, per_year, floor)]
    return float(participation.waiting_months(np.array(lapsed), months[0], months[1], months[2], floor_from))


def months_in(year: int, status: str, lapsed: float = 0.0, age: int = 2, **changes: Any) -> float:
    """Waiting months of a person of this status who enrols for the year; `lapsed` years of one in the open gap."""
    cells = persons((status, 10.0), ("lapsed_years", 10 * lapsed))
    months = enrolment_hazards(cells, quiet_year(year, **{**NATIONAL, **changes})).months
    return float(np.broadcast_to(months, (1, 1, 7, 1, 2, 4, AGES))[0, 0, row(status), 0, RURAL, MIDDLE, age])


def cap_in(year: int, tenure: int, counted: float = 0.0, **changes: Any) -> float:
    """Cap at stake of a person with so many insured years when the enrolment for the year is due."""
    cells = persons((f"tenure_{tenure}", 10.0), ("rule_years", 10 * counted))
    cap = enrolment_hazards(cells, quiet_year(year, **{**NATIONAL, **changes})).cap_at_stake
    return float(np.broadcast_to(cap, (1, 1, 5, 1, 2, 4, AGES))[0, 0, tenure - 1, 0, RURAL, MIDDLE, 2])


@pytest.mark.parametrize(
    ("lapsed", "months"), [(0, 3), (1, 4), (2, 5), (3, 6), (4, 7), (5, 8), (8, 11), (9, 12), (10, 12), (30, 12)]
)
def test_waiting_by_the_national_wording(lapsed: float, months: float) -> None:
    assert wait(lapsed) == months


def test_the_floor_holds_from_four_lapsed_years_where_the_years_alone_give_less() -> None:
    assert [wait(lapsed, fixed=3, per_year=0) for lapsed in (3, 4, 6)] == [3, 6, 6]
    assert [wait(lapsed, fixed=1, per_year=1) for lapsed in (3, 4, 5, 6)] == [4, 6, 6, 7]


@steady
@given(st.floats(0, 12), st.floats(0, 5), st.floats(0, 12), st.integers(1, 10), st.floats(0, 40), st.floats(0, 10))
def test_who_lapsed_longer_never_waits_less(
    fixed: float, per_year: float, floor: float, floor_from: int, lapsed: float, more: float
) -> None:
    shorter = wait(lapsed, fixed, per_year, floor, floor_from)
    assert min(fixed, 12) <= shorter <= wait(lapsed + more, fixed, per_year, floor, floor_from) <= 12


@steady
@given(st.floats(0, 12), st.floats(0, 5), st.floats(0, 12), st.floats(0, 40), st.floats(0, 3))
def test_a_stricter_rule_never_shortens_the_wait(
    fixed: float, per_year: float, floor: float, lapsed: float, more: float
) -> None:
    now = wait(lapsed, fixed, per_year, floor)
    assert wait(lapsed, fixed + more, per_year, floor) >= now
    assert wait(lapsed, fixed, per_year + more, floor) >= now
    assert wait(lapsed, fixed, per_year, floor + more) >= now


def test_the_clock_counts_the_years_since_the_rules_began() -> None:
    assert [participation.rule_years_completed(year, 2025) for year in (2019, 2024, 2025, 2026, 2030)] == [
        0,
        0,
        0,
        1,
        5,
    ]


@pytest.mark.parametrize(
    ("year", "status", "months"),
    [
        (2024, "gap_3", 0), (2025, "gap_3", 3), (2026, "gap_3", 4), (2027, "gap_3", 5), (2028, "gap_3", 6),
        (2031, "gap_3", 6), (2026, "gap_1", 4), (2030, "gap_1", 4), (2030, "gap_0", 0),
    ],
)  # fmt: skip
def test_lapsed_years_count_from_the_start_of_the_rules(year: int, status: str, months: float) -> None:
    assert months_in(year, status) == months


def test_the_open_gap_waits_by_the_mean_of_its_tracked_years() -> None:
    assert months_in(2035, "gap_5", lapsed=6.5) == pytest.approx(3 + 6.5)
    assert months_in(2035, "gap_5", lapsed=20) == 12


def test_the_never_insured_adult_has_lapsed_since_the_rules_began_and_a_child_since_birth() -> None:
    assert months_in(2029, "never", age=5) == 3 + 4
    assert months_in(2029, "never", age=1) == 3 + 2
    assert months_in(2029, "never", age=5, never_counts=0.0) == 3


def test_a_lapse_of_one_year_puts_fixed_and_one_years_months_at_stake() -> None:
    hazard = enrolment_hazards(persons(), quiet_year(2030, **NATIONAL))
    assert np.all(hazard.wait_at_stake == 4)


@pytest.mark.parametrize(
    ("year", "tenure", "counted", "cap"),
    [(2028, 5, 3, 0), (2029, 5, 4, 1000), (2030, 5, 5, 2000), (2032, 5, 7, 4000), (2032, 4, 0, 1000), (2032, 3, 0, 0)],
)
def test_the_first_step_of_the_bonus_comes_with_the_fifth_continuous_year(
    year: int, tenure: int, counted: float, cap: float
) -> None:
    assert cap_in(year, tenure, counted) == cap


def test_years_before_the_rules_do_not_earn_a_bonus() -> None:
    assert cap_in(2028, 4) == 0
    assert cap_in(2029, 4) == 1000


@steady
@given(st.floats(0, 60), st.floats(0, 10), st.floats(0, 5000), st.integers(0, 10))
def test_more_continuous_years_never_put_less_at_stake(years: float, more: float, step: float, after: int) -> None:
    at = [float(participation.cap_at_stake(np.array(n), np.array(step), after)) for n in (years, years + more)]
    assert 0 <= at[0] <= at[1]


@steady
@given(st.floats(0, 500), st.floats(0, 100))
def test_the_cap_is_felt_in_full_when_small_and_never_above_ten_thousand(cap: float, more: float) -> None:
    felt, felt_more = (float(participation.salience(np.array(thousands))) for thousands in (cap, cap + more))
    assert 0 <= felt <= min(cap + 1e-12, 10)
    assert felt <= felt_more
    assert float(participation.salience(np.array(1e-4))) == pytest.approx(1e-4, rel=1e-4)


def test_waiting_months_are_cover_lost_in_the_year_of_entry() -> None:
    state = state_of(persons(("gap_2", 200.0)) + persons(("tenure_2", 100.0), age=3))
    _, flows = one_year(state, quiet_year(2030, **NATIONAL, enter_odds=1.0))
    assert flows.waiting_months.sum() == pytest.approx(100 * 5)
    assert flows.resident_enrolled.sum() == pytest.approx(100 + 100), "the contribution is due in full"
    assert flows.resident_insured_years.sum() == pytest.approx(100 * (1 - 5 / 12) + 100)


def test_who_dies_in_the_year_is_exposed_for_half_of_it_and_a_newborn_too() -> None:
    survival, asfr = np.ones((2, AGES)), np.zeros(AGES)
    survival[:, 2], asfr[3] = 0.9, 0.1
    basis = quiet_year(2030, survival=on(survival, "sex", "age"), asfr=on(asfr, "age"), newborn_enrolment=1.0)
    _, flows = one_year(state_of(persons(("tenure_2", 100.0))), basis)
    assert flows.resident_insured_years[..., 2].sum() == pytest.approx(100 * (1 - 0.1 / 2))
    births = 0.1 * (1000 + (1000 + 100) * 0.9) / 2
    assert flows.births.sum() == pytest.approx(births)
    assert flows.resident_insured_years[..., 0].sum() == pytest.approx(births / 2)


def test_waiting_ends_with_the_year() -> None:
    state = state_of(persons(("gap_2", 200.0)))
    after, _ = one_year(state, quiet_year(2030, **NATIONAL, enter_odds=1.0))
    _, flows = one_year(after, quiet_year(2031, **NATIONAL))
    assert after.cells[:, :, row("waiting_months")].sum() == 0
    assert flows.resident_insured_years.sum() == pytest.approx(100, rel=1e-6)
