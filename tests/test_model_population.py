"""Demography: survival, deaths by need class, births, migration, moves between areas and income groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_scheme import AGES, FERTILE, arrays_of, on, one_year, persons, quiet_employee, quiet_year, state_of

from simsurance.axes import axis, index, row
from simsurance.basis import life_table
from simsurance.basis.odds_factor import by_bisection, logit_shift, solve_odds_factor
from simsurance.model import population

steady = settings(derandomize=True, deadline=None, max_examples=60)
FEMALE, MALE = index("sex", "female"), index("sex", "male")
URBAN, RURAL = index("area", "urban"), index("area", "rural")
ASSISTED, LOW, MIDDLE = (index("income", name) for name in ("assisted", "low", "middle"))
HIGH_NEED = index("health", "high")
RETIRED = row("employee_retired")


def people_at(*numbers: float) -> np.ndarray:
    """Persons by need class at one age of one sex."""
    return on(numbers, "health")


def test_survival_ratios_of_a_small_life_table_worked_out_by_hand() -> None:
    # Females of ages 0, 1, 2 and 3 and over; a(0) = 0.14903 − 2.05527·m(0), ½ at ages 1 and 2.
    central = np.array([[0.0100, 0.0020, 0.1000, 0.5000]])
    both = np.concatenate([central, central])
    ratios, newborn = life_table.survival_ratios(both)
    #   x   m       a          q           l           L
    #   0   0.0100  0.1284773  0.009913601 1           0.991360072
    #   1   0.0020  0.5        0.001998002 0.990086399 0.989097298
    #   2   0.1000  0.5        0.095238095 0.988108205 0.941055429
    #   3   0.5000  open       1           0.894002661 1.788005323
    assert newborn[FEMALE] == pytest.approx(0.991360, abs=5e-7)
    assert ratios[FEMALE] == pytest.approx([0.997718, 0.951429, 0.655172, 0.655172], abs=5e-7)


def test_a_boy_who_dies_as_an_infant_lives_longer_than_a_girl_on_the_uns_line() -> None:
    central = np.array([0.005, 0.005])
    assert life_table.separation_factor_at_birth(central) == pytest.approx([0.1387537, 0.1393128], abs=1e-7)


def test_the_open_age_shares_its_survivors_with_the_age_below() -> None:
    rates = np.linspace(0.01, 0.4, 12).reshape(2, 6)
    ratios, _ = life_table.survival_ratios(rates)
    assert ratios[:, -1] == pytest.approx(ratios[:, -2])


@steady
@given(st.floats(1e-5, 0.03), st.lists(st.floats(1e-5, 0.7), min_size=4, max_size=8))
def test_survival_ratios_are_probabilities(infant: float, later: list[float]) -> None:
    ratios, newborn = life_table.survival_ratios(np.array([[infant, *later], [infant, *later]]))
    assert np.all((ratios > 0) & (ratios < 1))
    assert np.all((newborn > 0) & (newborn < 1))


def test_higher_mortality_at_one_age_lowers_survival_into_and_out_of_it_only() -> None:
    rates = np.full((2, 8), 0.02)
    raised = rates.copy()
    raised[:, 4] = 0.05
    before, after = (life_table.survival_ratios(table)[0] for table in (rates, raised))
    assert np.flatnonzero(~np.isclose(before[0], after[0], rtol=1e-12)).tolist() == [3, 4]
    assert np.all(after[:, 3:5] < before[:, 3:5])


def test_a_population_without_deaths_births_and_migration_only_grows_older() -> None:
    stock = np.arange(12.0).reshape(2, 6)
    later, births = life_table.advance(stock, np.ones((2, 6)), np.ones(2), np.zeros(6), 0.5, np.zeros((2, 6)))
    assert births == 0
    assert later[0].tolist() == [0, 0, 1, 2, 3, 4 + 5]


def test_advance_half_of_the_migrants_come_before_the_year_and_half_after() -> None:
    stock, migrants = np.zeros((2, 3)), np.zeros((2, 3))
    stock[FEMALE, 0], migrants[FEMALE, 0], migrants[FEMALE, 1] = 100.0, 10.0, 20.0
    later, _ = life_table.advance(stock, np.full((2, 3), 0.9), np.ones(2), np.zeros(3), 0.5, migrants)
    assert later[FEMALE, 1] == pytest.approx((100 + 10 / 2) * 0.9 + 20 / 2)
    assert later[FEMALE, 0] == pytest.approx(10 / 2)


def test_births_come_from_the_mean_of_the_women_at_both_ends_of_the_year() -> None:
    stock, asfr = np.zeros((2, 4)), np.array([0, 0, 0.1, 0])
    stock[FEMALE] = [0, 50, 70, 0]
    later, births = life_table.advance(stock, np.ones((2, 4)), np.full(2, 0.99), asfr, 0.52, np.zeros((2, 4)))
    assert births == pytest.approx((70 + 50) / 2 * 0.1)
    assert later[:, 0] == pytest.approx([births * 0.48 * 0.99, births * 0.52 * 0.99])


@steady
@given(
    st.tuples(*[st.floats(0, 1e6)] * 3).filter(lambda people: sum(people) > 1),
    st.floats(0.01, 1),
    st.tuples(*[st.floats(0.7, 1.4)] * 3),
)
def test_deaths_by_need_class_add_up_to_the_tables_deaths(
    people: tuple[float, ...], survival: float, ratio: tuple[float, ...]
) -> None:
    there = people_at(*people)
    rate = population.need_class_mortality(there, on(survival), on(ratio, "health"))
    assert np.all((rate >= 0) & (rate <= 1))
    assert (there * rate).sum() == pytest.approx(sum(people) * (1 - survival), rel=1e-12, abs=1e-9)


def test_rare_deaths_are_in_proportion_to_the_ratios_and_certain_death_spares_no_class() -> None:
    ratio = on([0.5, 1.0, 2.0], "health")
    rare = population.need_class_mortality(people_at(50, 30, 20), on(1 - 1e-6), ratio).reshape(-1)
    assert rare[2] / rare[0] == pytest.approx(4, rel=1e-5)
    assert population.need_class_mortality(people_at(50, 30, 20), on(0.0), ratio) == pytest.approx(
        np.ones((1, 3, 1, 1, 1, 1, 1))
    )


def test_the_ratio_of_area_fertility_shares_births_out_and_leaves_their_number() -> None:
    women = on([[[100.0], [100.0], [0], [0]], [[100.0], [100.0], [0], [0]]], "area", "income", "age")
    asfr = on([0.1], "age")
    level = population.births_by_area_income(women, women, asfr, on([1.0, 1.0], "area"))
    rural = population.births_by_area_income(women, women, asfr, on([1.0, 1.5], "area"))
    assert level.sum() == pytest.approx(40)
    assert rural.sum() == pytest.approx(40)
    assert rural[..., RURAL, :, :].sum() / rural[..., URBAN, :, :].sum() == pytest.approx(1.5)


def test_newborns_are_split_by_the_sex_ratio_and_survive_to_the_years_end() -> None:
    asfr = np.zeros(AGES)
    asfr[FERTILE] = 0.1
    basis = quiet_year(
        asfr=on(asfr, "age"), male_share=0.52, newborn_survival=on([0.99, 0.98], "sex"), newborn_enrolment=0.75
    )
    after, flows = one_year(state_of(persons()), basis)
    births = 1000 * 0.1
    assert flows.births[0, :, RURAL, MIDDLE, 0] == pytest.approx([births * 0.48, births * 0.52])
    assert flows.deaths.sum() == pytest.approx(births * (0.48 * 0.01 + 0.52 * 0.02))
    newborn = after.cells[0, 0, :, :, RURAL, MIDDLE, 0]
    assert newborn[row("tenure_1")] == pytest.approx([births * 0.48 * 0.99 * 0.75, births * 0.52 * 0.98 * 0.75])
    assert newborn[row("never")] == pytest.approx([births * 0.48 * 0.99 * 0.25, births * 0.52 * 0.98 * 0.25])


def test_migrants_take_the_statuses_of_those_of_their_age_and_sex_on_both_dates() -> None:
    migrants = np.zeros((2, AGES))
    migrants[FEMALE, 2], migrants[FEMALE, 3] = 200.0, -100.0
    survival = np.ones((2, AGES))
    survival[FEMALE, 2] = 0.9
    basis = quiet_year(migrants=on(migrants, "sex", "age"), survival=on(survival, "sex", "age"))
    after, flows = one_year(state_of(persons(("never", 1000.0))), basis)
    # At age 2, 1,000 retired and 1,000 never insured: half of 200 come, a tenth of all die, half of −100 go at age 3.
    together = (2000 + 100) * 0.9 - 50
    at_three = after.persons[0, :, :, FEMALE, :, :, 3]
    assert at_three.sum() == pytest.approx(together)
    assert at_three[:, row("never")].sum() == pytest.approx(together / 2)
    assert flows.deaths[0, FEMALE, :, :, 2].sum() == pytest.approx((2000 + 100) * 0.1)
    assert flows.net_migration[0, FEMALE, :, :, 2].sum() == pytest.approx(100 - 50)


def test_the_last_age_is_open_and_keeps_its_survivors() -> None:
    survival = np.ones((2, AGES))
    survival[:, -1] = 0.6
    after, _ = one_year(state_of(persons()), quiet_year(survival=on(survival, "sex", "age")))
    assert after.persons[0, ..., -1].sum() == pytest.approx(2 * (1000 + 600))


@steady
@given(st.floats(1, 1e6), st.floats(1, 1e6), st.floats(0.2, 0.8))
def test_moves_between_two_groups_meet_the_share_wanted_and_go_one_way(
    first: float, second: float, share: float
) -> None:
    want = on(share * (first + second))
    leaving, entering = population.move_shares(on(first), want, on(first), on(second))
    assert leaving.item() == 0 or entering.item() == 0
    assert first * (1 - leaving.item()) + second * entering.item() == pytest.approx(share * (first + second))


def test_nobody_moves_where_nobody_is_ready() -> None:
    leaving, entering = population.move_shares(on(0.0), on(10.0), on(0.0), on(0.0))
    assert (leaving.item(), entering.item()) == (0, 0)


def test_movers_to_town_meet_the_urban_share_and_keep_income_need_and_status() -> None:
    cells = persons(("never", 500.0), health="high", income="high")
    propensity = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
    basis = quiet_year(area_share_end=0.2, area_propensity=on(propensity, "age"))
    after, _ = one_year(state_of(cells), basis)
    people = after.persons[0].sum(axis=2)
    assert people[:, :, URBAN].sum() / people.sum() == pytest.approx(0.2)
    assert people[..., URBAN, :, :3].sum() == 0, "nobody moves at ages without propensity"
    moved = people[..., URBAN, :, 3:]
    assert moved[HIGH_NEED, row("never")].sum() / moved[:, :, :, 0].sum() == pytest.approx(500 / (2 * 1000 + 500))
    by_need_status_income_age = people.sum(axis=2)
    stayed, _ = one_year(state_of(cells), quiet_year())
    assert by_need_status_income_age == pytest.approx(stayed.persons[0].sum(axis=(2, 3)))


def test_when_the_urban_share_falls_people_move_to_the_country() -> None:
    cells = persons(("never", 12_000.0), area="urban")
    basis = quiet_year(area_share_end=0.3, area_propensity=on(np.ones(AGES), "age"))
    after, _ = one_year(state_of(cells), basis)
    people = after.persons[0].sum(axis=(0, 1, 2))
    assert people[URBAN].sum() / people.sum() == pytest.approx(0.3)


@pytest.mark.parametrize("share", [0.02, 0.1], ids=["fewer assisted", "more assisted"])
def test_assisted_and_low_income_persons_are_exchanged_at_one_rate(share: float) -> None:
    cells = persons(("tenure_2", 3000.0), income="low") + persons(("tenure_3", 1500.0), income="assisted", age=3)
    quiet, _ = one_year(state_of(cells), quiet_year(assisted_share_end=1500 / cells.sum()))
    after, _ = one_year(state_of(cells), quiet_year(assisted_share_end=share))
    people = after.persons[0].sum(axis=(0, 1, 2, 3))
    assert people[ASSISTED].sum() / people.sum() == pytest.approx(share)
    source = ASSISTED if share < 0.05 else LOW
    before, now = (state.persons[0, ..., source, :] for state in (quiet, after))
    left = now[before > 1] / before[before > 1]
    assert left == pytest.approx(left[0]), "one rate for all"
    assert after.persons[0, ..., MIDDLE:, :] == pytest.approx(quiet.persons[0, ..., MIDDLE:, :])


def test_a_pinned_population_is_met_and_the_adjustment_is_reported() -> None:
    state = state_of(persons(("tenure_2", 600.0)))
    free, _ = one_year(state, quiet_year())
    after, flows = one_year(state, quiet_year(pinned_total_end=np.array([20_000.0])))
    assert after.persons.sum() == pytest.approx(20_000)
    assert flows.population_adjustment[0] == pytest.approx(20_000 - free.persons.sum())
    factor = 20_000 / free.persons.sum()
    assert flows.insured_adjustment[0] == pytest.approx(free.persons[:, :, row("tenure_3")].sum() * (factor - 1))
    assert after.cells == pytest.approx(free.cells * factor)


def test_one_hand_of_a_population_does_not_know_of_the_other() -> None:
    basis = quiet_year(survival=on(np.full((2, AGES), 0.9), "sex", "age"), asfr=on(np.full(AGES, 0.1), "age"))
    whole = persons(("never", 400.0), ("tenure_3", 300.0))
    all_together, _ = one_year(state_of(whole), basis)
    quarter, _ = one_year(state_of(whole / 4), basis)
    assert quarter.cells * 4 == pytest.approx(all_together.cells, rel=1e-12)
    part = whole * np.linspace(0.1, 0.9, AGES)
    one, _ = one_year(state_of(part), basis)
    other, _ = one_year(state_of(whole - part), basis)
    assert one.cells + other.cells == pytest.approx(all_together.cells, rel=1e-12)


@steady
@given(st.lists(st.floats(0.01, 0.99), min_size=2, max_size=8), st.floats(0.05, 0.95))
def test_a_shift_on_the_logit_scale_meets_the_mean_and_keeps_the_order(shares: list[float], target: float) -> None:
    before = np.array(shares)
    after = logit_shift(before, np.ones(len(shares)), target)
    assert after.mean() == pytest.approx(target, rel=1e-9)
    assert np.array_equal(np.argsort(after, kind="stable"), np.argsort(before, kind="stable"))
    assert np.diff(np.log(after / (1 - after)) - np.log(before / (1 - before))) == pytest.approx(0, abs=1e-9)


def test_a_total_that_no_factor_on_the_odds_reaches_is_refused() -> None:
    with pytest.raises(ArithmeticError, match="no factor on the odds gives 200"):
        solve_odds_factor(lambda odds: 100 * odds / (1 + odds), 200)


@steady
@given(
    st.lists(st.floats(-5, 5), min_size=1, max_size=60),
    st.sampled_from((1e-9, 1e-3, 0.1, 0.5, 0.9, 0.999, 1 - 1e-9)),
    st.sampled_from((1.0, 1e-6, 0.02, 30.0, 1e5)),
)
def test_a_factor_on_the_odds_meets_the_total_from_wherever_it_is_looked_for(
    logits: list[float], share: float, near: float
) -> None:
    odds, asked = np.exp(np.array(logits)), []

    def total_at(factor: float) -> float:
        asked.append(factor)
        return float((odds * factor / (1 + odds * factor)).sum())

    target = share * len(odds)
    factor, questions = solve_odds_factor(total_at, target, near), len(asked)
    assert total_at(factor) == pytest.approx(target, rel=1e-13)
    if 1e-3 <= share <= 0.9:
        assert factor == pytest.approx(np.exp(by_bisection(lambda x: total_at(np.exp(x)) - target, target)), rel=1e-12)
        assert questions < 21, "far fewer than bisection asks"


def test_the_year_changes_neither_state_nor_basis() -> None:
    state = state_of(persons(("never", 400.0), ("gap_5", 30.0), ("tenure_5", 300.0)), fund=(10.0, 20.0, 30.0))
    basis = quiet_year(
        survival=on(np.full((2, AGES), 0.9), "sex", "age"), leave_odds=0.2, enter_odds=0.5, inpatient_use=0.1,
        rules_in_force=1.0, waits=on(np.ones(4), "income"), fixed_months=3.0, retirement=0.1,
        employee=quiet_employee(contribution_base=60_000.0, employer_rate=0.06, inpatient_use=0.1),
    )  # fmt: skip
    before = [array.copy() for array in (state.cells, state.fund, state.prepaid)]
    arrays = {name: value.copy() for name, value in arrays_of(basis).items()}
    one_year(state, basis)
    for old, new in zip(before, (state.cells, state.fund, state.prepaid), strict=True):
        np.testing.assert_array_equal(new, old)
    for name, value in arrays_of(basis).items():
        np.testing.assert_array_equal(value, arrays[name], err_msg=name)


def test_sums_over_named_axes_are_those_over_their_positions() -> None:
    cells = persons(("tenure_2", 5.0))
    assert cells[:, :, RETIRED].sum() == cells.sum(axis=axis("health", "sex", "area", "income", "age"))[0, RETIRED]
