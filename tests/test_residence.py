"""Where people live, age by age, is what the model projects; area and income group do not move national figures."""

from functools import cache

import numpy as np
import pytest

from simsurance.basis import build, opening
from simsurance.basis.inputs import NATION, Inputs
from simsurance.basis.people import demographic_basis, opening_inputs, relative_odds
from simsurance.basis.residence import at_national_mean, shares_at_age
from simsurance.model.state import State, YearBasis
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.loader import Scenario, load

BASE = load("baseline")
HARD = {
    "population.migration_factor": 4.0,
    "population.area_fertility.rural": 2.5,
    "population.assisted_share": {"ramp": {2019: 0.0546, 2026: 0.0546, 2060: 0.2}},
    "population.pinned_total": {2030: 1.3e9},
}


def shares(scenario: Scenario) -> np.ndarray:
    inputs = Inputs(scenario, scenario.values)
    people = opening.everyone(opening_inputs(inputs, relative_odds(inputs, by_need=True)))
    return shares_at_age(people, demographic_basis(inputs), len(inputs.years))


@cache
def projected(drift: bool = False) -> RunResult:
    return simulate([BASE.replace({"economy.drift_of_areas": drift})])[0]


@cache
def built(drift: bool = False) -> tuple[State, tuple[YearBasis, ...]]:
    return build(BASE.replace({"economy.drift_of_areas": drift}))


@pytest.mark.parametrize("changes", [{}, HARD, {"horizon.valuation_year": 2019, "horizon.last_year": 2025}])
def test_shares_are_those_of_the_whole_population_that_is_projected(changes: dict[str, object]) -> None:
    scenario = BASE.replace(changes)
    found, stocks = shares(scenario), simulate([scenario])[0].projection.stocks
    assert found.sum(axis=(1, 2)) == pytest.approx(np.ones((len(found), 101)), rel=1e-12)
    by_area = stocks.persons[:-1, 0].sum(axis=1)
    everyone = by_area.sum(axis=1)
    assert found.sum(axis=2) == pytest.approx(by_area / everyone[:, None], rel=1e-10)
    groups = (found * everyone[:, None, None]).sum(axis=-1)
    assert groups == pytest.approx(stocks.membership[:-1, 0].sum(axis=(1, 2)), rel=1e-10)


def test_values_at_the_national_mean_by_hand() -> None:
    halves = np.array([[[[0.5, 0.8]], [[0.5, 0.2]]]])
    found = at_national_mean(np.array([[[1.0], [0.75]]]), halves, np.ones(1))
    assert found[0, :, 0, 0] == pytest.approx([1 / 0.875, 0.75 / 0.875])
    assert found[0, :, 0, 1] == pytest.approx([1 / 0.95, 0.75 / 0.95])


@pytest.mark.parametrize("place", [0, 9, 34])
def test_the_people_of_each_age_have_the_nations_income_and_the_costs_of_the_tables(place: int) -> None:
    people, year = shares(BASE)[place], built()[1][place]
    national = Inputs(BASE, BASE.values).incomes([year.year])[NATION][0]
    income = (year.disposable_income[0, 0, 0, 0] * people).sum(axis=(0, 1))
    assert income == pytest.approx(np.full(101, national), rel=1e-10)
    by_area = people.sum(axis=1)
    cost = year.care.inpatient_cost[0, 0, 0, 0, :, 0]
    mean = (cost * by_area).sum(axis=0)
    first = built()[1][0].care.inpatient_cost[0, 0, 0, 0, :, 0]
    of_first = (first * shares(BASE)[0].sum(axis=1)).sum(axis=0)
    growth = mean / of_first
    before, now = (built()[1][at].care.inpatient_use[0, 0, 0, 0, 0, 0] for at in (0, place))
    assert growth * now / before == pytest.approx(np.full(101, (growth * now / before)[40]), rel=1e-10), (
        "moves add nothing"
    )
    assert cost[1] / cost[0] == pytest.approx(np.full(101, 0.75), rel=1e-10), "between the areas the ratio stays"


def test_the_switch_adds_what_moves_add_after_the_valuation_date_and_nothing_before() -> None:
    without, drifting = built()[1], built(drift=True)[1]
    for name in ("disposable_income", "burden"):
        np.testing.assert_array_equal(getattr(without[0], name), getattr(drifting[0], name))
    people, last = shares(BASE)[-1], drifting[-1]
    national = Inputs(BASE, BASE.values).incomes([last.year])["national"][0]
    drift = (last.disposable_income[0, 0, 0, 0] * people).sum(axis=(0, 1)) / national
    of_age = projected(drift=True).projection.stocks.persons[-2, 0].sum(axis=(0, 1))
    assert (drift * of_age).sum() / of_age.sum() > 1.02
    off, on = (projected(drift).account for drift in (False, True))
    assert on["outgo"][0] == pytest.approx(off["outgo"][0], rel=1e-12)
    assert on["outgo"][-1] > 1.04 * off["outgo"][-1]


def test_ageing_stays() -> None:
    flows = projected().projection.by_age
    head = flows["inpatient_claims"][:, 0].sum(axis=(1, 2)) / flows["resident_insured_years"][:, 0].sum(axis=(1, 2))
    still = flows["inpatient_claims"][:, 0] / flows["resident_insured_years"][:, 0]
    of_first = flows["resident_insured_years"][0, 0] / flows["resident_insured_years"][0, 0].sum()
    at_first_ages = (still * of_first).sum(axis=(1, 2))
    assert head[-1] / head[0] > 1.15 * at_first_ages[-1] / at_first_ages[0]


def test_a_measure_by_area_is_the_mean_of_its_people() -> None:
    results = projected()
    people = results.projection.stocks.persons[0, 0].sum(axis=0)
    burden = results.basis[0].burden[0, 0, 0, 0]
    wanted = (burden * people[:, None]).sum(axis=-1) / people.sum(axis=-1)[:, None]
    found = results.measures["value"]
    assert found["burden_rural_low_first_year"] == pytest.approx(wanted[1, 1])
    assert found["burden_urban_high_first_year"] == pytest.approx(wanted[0, 3])
    first = results.flows["burden"].to_numpy()[:8].reshape(2, 4)
    assert first == pytest.approx(wanted)
