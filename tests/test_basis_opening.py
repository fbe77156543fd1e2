"""The opening state meets every published count and is whole at each valuation year."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from simsurance.axes import EMPLOYEES, NO_CLAIM, NOT_EMPLOYEES, STATUSES, TENURES, UNINSURED, axis, index, row
from simsurance.basis import build, opening
from simsurance.basis.inputs import COUNTED_AGES, Inputs
from simsurance.basis.people import opening_inputs, relative_odds
from simsurance.model.care import benefits_pp
from simsurance.model.state import State, YearBasis
from simsurance.results import simulate
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.schedule import values_by_year

VALUATION_YEARS = range(2019, 2027)
URBAN, ASSISTED = index("area", "urban"), index("income", "assisted")
EVERYWHERE = axis("health", "status", "sex", "area", "income", "age")


@cache
def scenario_of(year: int) -> Scenario:
    """The baseline opening in this year, over two years."""
    return load("baseline").replace({"horizon.valuation_year": year, "horizon.last_year": year + 1})


@cache
def built(year: int) -> tuple[State, tuple[YearBasis, ...]]:
    """Opening state and basis of a valuation year."""
    return build(scenario_of(year))


def inputs_of(year: int) -> opening.OpeningInputs:
    """What the opening state of a valuation year is built from."""
    inputs = Inputs(scenario_of(year), scenario_of(year).values)
    return opening_inputs(inputs, relative_odds(inputs, by_need=True))


@pytest.mark.parametrize("year", VALUATION_YEARS)
def test_published_counts_are_met(year: int) -> None:
    state, _ = built(year)
    counts = scenario_of(year).values.membership
    published = {
        name: float(values_by_year(getattr(counts, name), [year])[0])
        for name in ("resident_insured", "employee_active", "employee_retired", "duplicates")
    }
    cells = state.cells
    assert cells[:, :, TENURES].sum() == pytest.approx(
        published["resident_insured"] - published["duplicates"], rel=1e-12
    )
    assert cells[:, :, row("employee_active")].sum() == pytest.approx(published["employee_active"], rel=1e-12)
    assert cells[:, :, row("employee_retired")].sum() == pytest.approx(published["employee_retired"], rel=1e-12)
    values = scenario_of(year).values
    opened = (values.fund.opening, values.employee.fund.opening_pool, values.employee.fund.opening_accounts)
    assert state.fund[0].tolist() == [values_by_year(account, [year])[0] for account in opened]


@pytest.mark.parametrize("year", VALUATION_YEARS)
def test_persons_are_those_of_the_population_and_none_is_negative(year: int) -> None:
    state, _ = built(year)
    assert np.isfinite(state.cells).all()
    assert state.cells.min() >= 0
    by_sex_age = state.persons.sum(axis=axis("health", "status", "area", "income"))[0]
    assert by_sex_age == pytest.approx(inputs_of(year).stock, rel=1e-12)


@pytest.mark.parametrize("year", [2019, 2026])
def test_urban_assisted_and_need_shares_are_those_of_the_inputs(year: int) -> None:
    inputs, people = inputs_of(year), built(year)[0].persons[0]
    assert people[..., URBAN, :, :].sum() / people.sum() == pytest.approx(inputs.area_share[0], rel=1e-9)
    assert people[..., ASSISTED, :].sum() / people.sum() == pytest.approx(inputs.assisted_share, rel=1e-9)
    by_need = people.sum(axis=(1, 3, 4))
    assert by_need / by_need.sum(axis=0) == pytest.approx(inputs.prevalence, rel=1e-9)


@pytest.mark.parametrize(("year", "years"), [(2019, 0), (2025, 0), (2026, 1)])
def test_tracked_years_are_those_the_rules_have_counted(year: int, years: float) -> None:
    cells = built(year)[0].cells
    assert cells[:, :, row("rule_years")] == pytest.approx(cells[:, :, row("tenure_5")] * years)
    assert cells[:, :, row("lapsed_years")] == pytest.approx(cells[:, :, row("gap_5")] * years)
    assert cells[:, :, row("waiting_months")].sum() == 0


def test_no_group_is_wholly_in_one_scheme_and_assisted_persons_are_mostly_residents() -> None:
    people = built(2026)[0].persons[0]
    adults = people[..., 30:60].sum(axis=(0, 2, 5))
    employee_share = adults[EMPLOYEES].sum(axis=0) / adults.sum(axis=0)
    assert np.all((employee_share > 0) & (employee_share < 1))
    assert np.all(employee_share[:, ASSISTED] == employee_share.min(axis=1))


def test_those_who_are_more_likely_to_leave_are_more_often_uninsured() -> None:
    people = built(2026)[0].persons[0]
    uninsured = people[:, UNINSURED].sum(axis=(1, 2, 3, 4))
    share = uninsured / people[:, NOT_EMPLOYEES].sum(axis=(1, 2, 3, 4))
    at_forty = share[:, 40]
    assert at_forty[0] > at_forty[1] > at_forty[2], "adverse selection: high need is insured more often"


def test_income_shares_meet_the_assisted_share_and_keep_the_others() -> None:
    shares = np.array([[0.02, 0.28, 0.5, 0.2], [0.08, 0.42, 0.4, 0.1]])
    weight = np.array([0.6, 0.4])
    moved = opening.income_shares(shares, weight, 0.06)
    assert float(weight @ moved[:, ASSISTED]) == pytest.approx(0.06)
    assert moved.sum(axis=1) == pytest.approx([1, 1])
    assert moved[:, 2:] == pytest.approx(shares[:, 2:])
    assert moved[1, 0] / moved[0, 0] == pytest.approx(4)


def test_the_steady_mix_is_shares_that_add_up_at_every_age() -> None:
    mix = inputs_of(2026).mix
    assert mix.min() >= 0
    assert mix.sum(axis=(0, 3)) == pytest.approx(np.ones(mix.shape[1:3]))
    assert mix[:, :, 0, 1:5].sum() == 0, "nobody has lapsed at birth"
    assert np.all(np.diff(mix[:, 0, :5, row("tenure_5")].sum(axis=0)) >= 0)


def test_employee_counts_are_met_whatever_the_odds() -> None:
    inputs = inputs_of(2026)
    people = np.broadcast_to(inputs.stock[:, None, None, :] / 8, (2, 2, 4, 101))
    chance = np.linspace(0.2, 3, 8).reshape(2, 4)
    active, retired = opening.employee_shares(people, replace(inputs, employee_odds=chance, active=2e8, retired=5e7))
    assert float((people * active).sum()) == pytest.approx(2e8, rel=1e-10)
    assert float((people * retired).sum()) == pytest.approx(5e7, rel=1e-10)
    assert np.all((active >= 0) & (retired >= 0) & (active + retired < 1))


def test_without_an_employee_scheme_everyone_is_outside_it() -> None:
    inputs = replace(inputs_of(2026), active=0.0, retired=0.0, resident_insured=1.3e9)
    cells = opening.opening_cells(replace(inputs, recent_leavers=np.zeros_like(inputs.recent_leavers)))
    assert cells[:, :, EMPLOYEES].sum() == 0
    assert cells[:, :, TENURES].sum() == pytest.approx(1.3e9, rel=1e-12)
    assert cells[:, :, STATUSES].sum() == pytest.approx(inputs.stock.sum(), rel=1e-12)


def test_recent_leavers_of_the_employee_scheme_stand_at_a_gap_of_nought() -> None:
    inputs = inputs_of(2026)
    at_40 = np.zeros_like(inputs.recent_leavers)
    at_40[:, 40] = 0.005
    none, some = (
        opening.opening_cells(replace(inputs, recent_leavers=share))[0, :, row("gap_0")] for share in (0 * at_40, at_40)
    )
    more = (some - none).sum(axis=(0, 1, 2, 3))
    assert more[40] > 0
    assert np.abs(np.delete(more, 40)).max() == 0


def test_more_recent_leavers_than_uninsured_persons_are_refused() -> None:
    inputs = inputs_of(2026)
    with pytest.raises(ArithmeticError, match="more recent leavers of the employee scheme than uninsured persons"):
        opening.opening_cells(replace(inputs, recent_leavers=np.ones_like(inputs.recent_leavers)))


def test_in_a_draw_recent_leavers_beyond_the_uninsured_have_joined_the_residents() -> None:
    inputs = inputs_of(2026)
    many = replace(inputs, recent_leavers=np.ones_like(inputs.recent_leavers), leavers_enrol=True)
    few, all_left = opening.opening_cells(inputs), opening.opening_cells(many)
    for rows in (EMPLOYEES, TENURES, UNINSURED):
        assert all_left[:, :, rows].sum() == pytest.approx(few[:, :, rows].sum(), rel=1e-12)
    assert all_left.min() >= 0
    at_40 = all_left[..., 40][:, :, UNINSURED].sum(axis=(0, 1, 3, 4, 5))
    assert at_40[row("gap_0") - UNINSURED.start] == pytest.approx(at_40.sum(), rel=1e-12)


def test_more_insured_than_people_outside_the_employee_scheme_are_refused() -> None:
    with pytest.raises(ArithmeticError, match=r"2000000000 insured residents .* are more than"):
        opening.opening_cells(replace(inputs_of(2026), resident_insured=2e9))


def test_the_factor_on_odds_moves_as_many_as_wanted() -> None:
    cells, basis = built(2026)
    insured = cells.cells[:, :, TENURES]
    factor = opening.leaving_factor(insured, basis[0].leave_odds, np.array([3e7]))
    odds = basis[0].leave_odds * factor
    assert float((insured * odds / (1 + odds)).sum()) == pytest.approx(3e7, rel=1e-9)
    assert insured.sum(axis=EVERYWHERE) == pytest.approx([942_133_000])


def test_years_without_reimbursement_are_those_the_rules_have_counted_at_the_chance_of_one() -> None:
    cells, (basis, *_) = built(2026)
    chance = benefits_pp(basis).no_claim[:, :, 0]
    for tenure in range(1, 6):
        expected = cells.cells[:, :, row(f"tenure_{tenure}")] * chance
        assert cells.cells[:, :, row(f"no_claim_{tenure}")] == pytest.approx(expected), (
            "one year, 2025, has been counted"
        )
    assert built(2025)[0].cells[:, :, NO_CLAIM].sum() == 0
    for name in ("months_left", "carried_lapsed", "carried_insured"):
        assert cells.cells[:, :, row(name)].sum() == 0


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize(
    "change",
    [
        {"membership.newborn_enrolment": 0},
        {"membership.newborn_enrolment": 1},
        {"membership.employee_active": 0, "membership.employee_retired": 0},
        {"fund.opening": 5e15, "employee.fund.opening_pool": -5e15},
        {"economy.deficit_interest_margin": -0.01, "fund.opening": -1e12},
    ],
    ids=str,
)
def test_a_projection_opens_with_empty_cells_and_with_sums_of_any_size(change: dict[str, float]) -> None:
    (result,) = simulate([load("baseline").replace({"horizon.last_year": 2028, **change})])
    assert result.checks["holds"].all()
    assert np.isfinite(result.account["closing"]).all()


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize(("sex", "ages"), [("", range(95, 101)), ("male", range(97, 101)), ("female", range(96, 101))])
def test_ages_at_which_nobody_lives_stay_possible(tmp_path: Path, sex: str, ages: range) -> None:
    shipped = load("baseline")
    rows = shipped.tables["population.stock_table"].read_text(encoding="utf-8").splitlines()
    places = {name: place for place, name in enumerate(rows[0].split(","))}
    cleared = [row.split(",") for row in rows[1:]]
    for cells in cleared:
        if int(cells[places["age"]]) in ages and sex in (cells[places["sex"]], ""):
            cells[places["persons"]] = "0"
    (tmp_path / "stock.csv").write_text("\n".join([rows[0], *map(",".join, cleared)]) + "\n", encoding="utf-8")
    empty = "".join(f"population.counted.{name} = {{}}\n" for name in COUNTED_AGES)
    text = f'extends = "baseline"\ntitle = "No old"\npopulation.stock_table = "stock.csv"\n{empty}'
    (tmp_path / "few.toml").write_text(text + "horizon.last_year = 2028\n", encoding="utf-8")
    (result,) = simulate([load(tmp_path / "few.toml")])
    assert result.checks["holds"].all()
    assert result.projection.stocks.persons[0, 0, :, :, ages.start : ages.stop].min() == 0
    assert np.isfinite(result.account["closing"]).all()


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_nobody_of_high_need_among_the_young_leaves_their_cells_empty(tmp_path: Path) -> None:
    shipped = load("baseline")
    rows = shipped.tables["health.prevalence_table"].read_text(encoding="utf-8").splitlines()
    place, age = (rows[0].split(",").index(name) for name in ("high", "age"))
    cleared = [row.split(",") for row in rows[1:]]
    for cells in cleared:
        cells[place] = "0" if int(cells[age]) < 40 else cells[place]
    (tmp_path / "prevalence.csv").write_text("\n".join([rows[0], *map(",".join, cleared)]) + "\n", encoding="utf-8")
    text = 'extends = "baseline"\ntitle = "No high need under 40"\nhealth.prevalence_table = "prevalence.csv"\n'
    (tmp_path / "young.toml").write_text(text + "horizon.last_year = 2028\n", encoding="utf-8")
    (result,) = simulate([load(tmp_path / "young.toml")])
    assert result.checks["holds"].all()
    assert result.projection.stocks.least_cell.min() >= 0
