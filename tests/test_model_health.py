"""Need classes: the population keeps its prevalence, a share keeps its class."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_scheme import AGES, on, one_year, persons, quiet_year, state_of, years_on

from simsurance.axes import index, row
from simsurance.model import health

steady = settings(derandomize=True, deadline=None, max_examples=60)
FEMALE = index("sex", "female")
LOW, MODERATE, HIGH = (index("health", name) for name in ("low", "moderate", "high"))
SHARES = [0.7, 0.2, 0.1]


def prevalence(*shares: float) -> np.ndarray:
    """The same share of each need class at every sex and age."""
    return on(np.broadcast_to(np.array(shares)[:, None, None], (3, 2, AGES)), "health", "sex", "age")


def at_one_place(*numbers: float) -> np.ndarray:
    """Persons by need class of one sex at one age."""
    return on(numbers, "health")


@steady
@given(
    st.tuples(*[st.floats(0, 1e6)] * 3).filter(lambda people: sum(people) > 1),
    st.tuples(*[st.floats(0.01, 1)] * 3),
    st.floats(0, 0.99),
)
def test_shares_drawn_anew_are_shares_and_keep_the_prevalence_unless_limited(
    people: tuple[float, ...], weights: tuple[float, ...], persistence: float
) -> None:
    wanted = np.array(weights) / sum(weights)
    there, keep = at_one_place(*people), on(persistence)
    shares, error = health.redraw_shares(there, on(wanted, "health"), keep)
    assert np.all((shares >= 0) & (shares <= 1 + 1e-12))
    assert shares.sum() == pytest.approx(1)
    reached = (keep * there / there.sum() + (1 - keep) * shares).reshape(-1)
    assert error.item() == pytest.approx(np.abs(reached - wanted).max(), abs=1e-12)
    if shares.min() > 1e-9:
        assert error.item() < 1e-9


def test_a_class_that_is_far_too_large_gets_nobody_and_what_is_missed_is_reported() -> None:
    # 80 % are in high need where 10 % are wanted; with 90 % kept, 72 % are left there: 62 points too many.
    # The redrawn tenth goes to low and moderate as 0.7 − 0.9 × 0.1 = 0.61 to 0.2 − 0.9 × 0.1 = 0.11.
    shares, error = health.redraw_shares(at_one_place(10, 10, 80), on(SHARES, "health"), on(0.9))
    assert shares.reshape(-1) == pytest.approx([0.61 / 0.72, 0.11 / 0.72, 0.0])
    assert error.item() == pytest.approx(0.62)


def test_without_persistence_everyone_is_drawn_anew() -> None:
    shares, error = health.redraw_shares(at_one_place(10, 10, 80), on(SHARES, "health"), on(0.0))
    assert shares.reshape(-1) == pytest.approx(SHARES)
    assert error.item() == pytest.approx(0, abs=1e-12)


def test_with_full_persistence_nobody_moves_and_the_prevalence_missed_is_reported() -> None:
    basis = quiet_year(prevalence=prevalence(*SHARES), persistence=1.0)
    after, flows = one_year(state_of(persons()), basis)
    assert after.persons[0, LOW, ..., 1:].sum() == pytest.approx(after.persons[..., 1:].sum())
    assert flows.prevalence_error.item() == pytest.approx(0.3)


def test_where_nobody_lives_the_prevalence_itself_is_drawn() -> None:
    shares, error = health.redraw_shares(at_one_place(0, 0, 0), on(SHARES, "health"), on(0.8))
    assert shares.reshape(-1) == pytest.approx(SHARES)
    assert error.item() == pytest.approx(0, abs=1e-12)


def test_the_whole_population_keeps_its_prevalence_though_a_group_has_drifted() -> None:
    mixed = [persons(("tenure_3", 1000.0 * share), health=name) for name, share in (("moderate", 0.2), ("high", 0.1))]
    cells = sum(mixed, start=persons(("tenure_3", 700.0)))
    cells[:, :, row("employee_retired")] = (
        cells[:, :, row("employee_retired")].sum(axis=1, keepdims=True) * on(SHARES, "health")[:, :, 0]
    )
    drifted = cells.copy()
    drifted[0, LOW, row("tenure_3")] -= cells[0, LOW, row("tenure_3")] * 0.2
    drifted[0, HIGH, row("tenure_3")] += cells[0, LOW, row("tenure_3")] * 0.2
    drifted[0, LOW, row("employee_retired")] += cells[0, LOW, row("tenure_3")] * 0.2
    drifted[0, HIGH, row("employee_retired")] -= cells[0, LOW, row("tenure_3")] * 0.2
    basis = quiet_year(prevalence=prevalence(*SHARES), persistence=0.8)
    after, flows = one_year(state_of(drifted), basis)
    people = after.persons[0, ..., 1:].sum(axis=(1, 2, 3, 4))
    assert people / people.sum(axis=0) == pytest.approx(np.broadcast_to(np.array(SHARES)[:, None], people.shape))
    assert flows.prevalence_error.item() < 1e-12
    insured = after.persons[0, :, row("tenure_4")].sum(axis=(1, 2, 3, 4))
    before = drifted[0, :, row("tenure_3")].sum(axis=(1, 2, 3, 4))
    assert insured / insured.sum() == pytest.approx(0.8 * before / before.sum() + 0.2 * np.array(SHARES)), (
        "drift fades by persistence"
    )


def test_those_who_keep_their_class_do_so_in_the_proportion_of_persistence_and_chance() -> None:
    cells = persons(("tenure_3", 300.0), health="high")
    cells[0, LOW, row("tenure_3")] = cells[0, HIGH, row("tenure_3")] * 9
    cells[:, :, row("employee_retired")] = 0
    cells[0, LOW, row("employee_retired")], cells[0, HIGH, row("employee_retired")] = 900.0, 100.0
    basis = quiet_year(prevalence=prevalence(0.9, 0.0, 0.1), persistence=0.83)
    after, _ = one_year(state_of(cells), basis)
    # In high need again: 0.83 + 0.17 × 0.1 of the 300, and 0.17 × 0.1 of the 2,700.
    assert after.persons[0, HIGH, row("tenure_4"), FEMALE].sum() == pytest.approx(300 * (0.83 + 0.017) + 2700 * 0.017)


def test_the_transition_moves_persons_and_tracked_totals_alike_and_loses_none() -> None:
    cells = persons(("tenure_5", 300.0), ("rule_years", 900.0), health="high")
    basis = quiet_year(year=2024, prevalence=prevalence(*SHARES), persistence=0.5)
    after, _ = one_year(state_of(cells), basis)
    in_class = after.cells[0, :, row("tenure_5")].sum(axis=(1, 2, 3, 4))
    years = after.cells[0, :, row("rule_years")].sum(axis=(1, 2, 3, 4))
    assert in_class.sum() == pytest.approx(300)
    assert years == pytest.approx(3 * in_class)


def test_the_drift_of_a_group_vanishes_over_the_years() -> None:
    cells = persons(("tenure_5", 300.0), health="high", age=0)
    years = [quiet_year(2030 + place, prevalence=prevalence(*SHARES), persistence=0.5) for place in range(4)]
    after, _ = years_on(state_of(cells), years)
    high = after.persons[0, HIGH, row("tenure_5"), ..., 4].sum() / 300
    in_between = high - 0.1
    assert 0 < in_between < 0.9 * 0.5**3, (
        "half of the distance is left each year, and redrawing others brings it down further"
    )
