"""Cost by time to death and healthy ageing: by hand, unmoved in the reference year, off without a trace, in their direction."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from small_scheme import arrays_of

from simsurance.axes import AGE, HEALTH
from simsurance.basis import ageing, build
from simsurance.basis.employee import employee_care
from simsurance.basis.inputs import Arrays, Inputs
from simsurance.basis.life_table import life_expectancy
from simsurance.basis.money import resident_care
from simsurance.basis.trend import SCHEMES, Scheme
from simsurance.evidence import end_of_life
from simsurance.evidence.end_of_life import HALF_IN_TOWNS
from simsurance.model.state import State, YearBasis
from simsurance.results import simulate
from simsurance.scenario_file.loader import load

TIME_TO_DEATH: dict[str, Any] = {"claims.end_of_life.share": 1}
COSTS = ("inpatient_cost", "outpatient_cost")
REFERENCE = 2025


@cache
def inputs(*changes: tuple[str, Any]) -> Inputs:
    """Inputs from the reference year of cost to 2035."""
    dates = {"horizon.valuation_year": REFERENCE, "horizon.last_year": 2035}
    scenario = load("baseline").replace({**dates, **dict(changes)})
    return Inputs(scenario, scenario.values)


def care(scheme: Scheme, changes: dict[str, Any]) -> Arrays:
    """What care of a scheme costs, by year."""
    of = inputs(*changes.items())
    return (resident_care if scheme == "resident" else employee_care)(of, HALF_IN_TOWNS)


@cache
def built(*changes: tuple[str, Any]) -> tuple[State, tuple[YearBasis, ...]]:
    """Opening and years of the baseline with changes, to 2028."""
    return build(load("baseline").replace({"horizon.last_year": 2028, **dict(changes)}))


# --- life expectancy ------------------------------------------------------------------------------------------------


def test_life_expectancy_of_a_constant_death_rate_is_its_inverse() -> None:
    rates = np.full((2, len(AGE.members)), 0.02)
    assert life_expectancy(rates)[:, 50] == pytest.approx(50, rel=1e-4)


def test_life_expectancy_is_the_united_nations() -> None:
    at_birth = life_expectancy(inputs(("population.mortality_level", 1.0)).death_rates([2024]))[0, :, 0]
    assert at_birth == pytest.approx([81.1, 75.5], abs=0.3)


# --- the multiple net of need ---------------------------------------------------------------------------------------

SHARES = np.array([0.8, 0.2]).reshape(2, 1, 1)
DYING = np.array([0.01, 0.06]).reshape(2, 1, 1)
COST = np.array([1000.0, 5000.0]).reshape(2, 1, 1)


def test_the_classes_alone_make_a_multiple_of_all() -> None:
    """20 of 1,000 die, 8 of low and 12 of high need: (8·1,000 + 12·5,000)/20 = 3,400. 980 live: (792·1,000 + 188·5,000)/980."""
    alone = ageing.multiple_of_all(np.ones((1, 1)), SHARES, DYING, COST)
    assert alone == pytest.approx(3400 / (1_732_000 / 980))


def test_a_multiple_within_the_classes_by_hand() -> None:
    """At 3 within a class a survivor costs 1,000/1.02 and 5,000/1.12, who dies three times as much."""
    low, high = 1000 / 1.02, 5000 / 1.12
    dying, living = 3 * (8 * low + 12 * high) / 20, (792 * low + 188 * high) / 980
    gross = np.array(dying / living)
    assert ageing.multiple_of_all(np.full((1, 1), 3.0), SHARES, DYING, COST) == pytest.approx(dying / living)
    assert ageing.net_of_classes(gross, SHARES, DYING, COST) == pytest.approx(3.0)


def test_nothing_is_left_where_the_classes_make_more_of_it() -> None:
    assert ageing.net_of_classes(np.array(1.5), SHARES, DYING, COST) == pytest.approx(1.0, abs=1e-12)
    assert ageing.net_of_classes(np.array(0.7), SHARES, DYING, COST) == pytest.approx(1.0, abs=1e-12)


def test_where_nobody_dies_all_are_as_likely_to() -> None:
    assert ageing.multiple_of_all(np.full((1, 1), 4.0), SHARES, 0 * DYING, COST) == pytest.approx(4.0)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_all_who_die_cost_the_gross_multiple_of_all_survivors(scheme: Scheme) -> None:
    of, cost = inputs(*TIME_TO_DEATH.items()), end_of_life.cost("baseline", scheme).by_need[0]
    chance, net = ageing.dying(of, [REFERENCE])[0], ageing.net_multiple(of, scheme, cost)
    gross = np.broadcast_to(ageing.gross_multiple(of, scheme), net.shape)
    assert net.min() > 1
    assert (net < gross).all()
    assert ageing.multiple_of_all(net, of.prevalence(), chance, cost) == pytest.approx(gross, rel=1e-9)


# --- cost by time to death ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("share", [0.5, 1])
def test_cost_of_the_reference_year_is_as_before_and_less_later_by_the_formula(scheme: Scheme, share: float) -> None:
    changes = {"claims.end_of_life.share": share}
    before, after = care(scheme, {}), care(scheme, changes)
    of, cost = inputs(*changes.items()), end_of_life.cost("baseline", scheme).by_need[0]
    excess = share * (ageing.net_multiple(of, scheme, cost) - 1)
    chance = ageing.dying(of, of.years)
    for name in COSTS:
        ratio = np.broadcast_to(after[name] / before[name], (*after[name].shape[:4], 2, *after[name].shape[5:]))
        np.testing.assert_allclose(ratio[0], 1.0, rtol=1e-12)
        found = ratio[:, 0, :, 0, :, 0, 0]
        np.testing.assert_allclose(found, (1 + excess * chance) / (1 + excess * chance[0]), rtol=1e-9)
        assert found[-1].max() < 1
    for name in set(before) - set(COSTS):
        np.testing.assert_array_equal(after[name], before[name], err_msg=name)


def test_fewer_deaths_cost_less_and_more_deaths_cost_more_at_the_same_age() -> None:
    scenario = inputs(*TIME_TO_DEATH.items()).scenario.replace({"population.mortality_factor": {2024: 1.0, 2030: 1.3}})
    of = Inputs(scenario, scenario.values)
    cost = end_of_life.cost("baseline", "resident").by_need[0]
    factor = ageing.cost_of_mortality(of, "resident", cost)
    assert factor[0] == pytest.approx(1, rel=1e-12)
    assert factor[5, :, :, 60].min() > 1 > factor[4, :, :, 60].max()


def test_off_leaves_every_bit_as_it_is_whatever_the_multiples() -> None:
    multiples = {"claims.end_of_life.multiple.age_65_74": 50, "claims.end_of_life.employee_factor": 3}
    (state, years), (off_state, off_years) = built(), built(*multiples.items())
    np.testing.assert_array_equal(off_state.cells, state.cells)
    for year, off in zip(years, off_years, strict=True):
        for name, value in arrays_of(year).items():
            np.testing.assert_array_equal(arrays_of(off)[name], value, err_msg=name)


# --- healthy ageing -------------------------------------------------------------------------------------------------


def test_people_of_an_age_have_the_needs_of_those_younger() -> None:
    """Two and a half years younger: half-way between the shares three and two years below; below the first age, its own."""
    moderate = np.array([0.0, 0.1, 0.3, 0.4, 0.4])
    known = np.stack([1 - moderate - 0.05, moderate, np.full(5, 0.05)])[:, None]
    found = ageing.at_younger_age(known, np.array([[np.full(5, 2.5)]]).reshape(1, 1, 5))
    assert found[0, 1, 0] == pytest.approx([0, 0, 0, 0.05, 0.2])
    assert found[0, 2, 0] == pytest.approx(np.full(5, 0.05))
    assert found.sum(axis=1) == pytest.approx(1)


def test_prevalence_follows_the_gain_of_life_expectancy_at_each_age() -> None:
    known, half = inputs().prevalence(), inputs(("health.healthy_ageing", 0.5))
    np.testing.assert_array_equal(ageing.prevalence(inputs(), inputs().years), known[None])
    shares = ageing.prevalence(half, half.years)
    np.testing.assert_allclose(shares[0], known, rtol=1e-12)
    expectancy = life_expectancy(half.death_rates([REFERENCE, 2035]))
    gained = (expectancy[1] - expectancy[0])[0, 50]
    assert gained > 0.5
    younger = 50 - gained / 2
    assert shares[-1, 2, 0, 50] == pytest.approx(np.interp(younger, np.arange(101), known[2, 0]))
    assert (shares[-1, 1:, :, 40:75] < known[1:, :, 40:75]).all()


def test_a_population_is_healthier_and_its_opening_is_not() -> None:
    (state, _), (later_state, _) = built(), built(("health.healthy_ageing", 1))
    np.testing.assert_allclose(later_state.cells, state.cells, rtol=1e-9)
    base = load("baseline").replace({"horizon.last_year": 2035})
    runs = simulate([base, base.replace({"health.healthy_ageing": 0.5}), base.replace({"health.healthy_ageing": 1})])
    outgo = [[run.accounts[fund]["outgo"][-1] for fund in ("resident", "employee_pool")] for run in runs]
    assert (np.diff(outgo, axis=0) < 0).all()
    for run in runs:
        assert run.projection.by_run["prevalence_error"].max() < 1e-9


def test_the_years_of_prevalence_are_kept_by_the_population() -> None:
    _, years = built(("health.healthy_ageing", 1))
    assert [year.prevalence.shape for year in years] == [(1, len(HEALTH.members), 1, 2, 1, 1, 101)] * 3
    assert (years[2].prevalence[:, 2, ..., 60] < years[0].prevalence[:, 2, ..., 60]).all()


# --- the evidence ---------------------------------------------------------------------------------------------------


def test_the_baselines_multiples_are_those_of_the_evidence() -> None:
    rule, known = load("baseline").values.claims.end_of_life, end_of_life.published()
    bands = {"0_44": "0_44", "45_64": "45_64", "65_74": "65_74", "75_84": "75_84", "85_plus": "85plus"}
    for own, row in bands.items():
        assert getattr(rule.multiple, f"age_{own}") == known[f"multiple_{row}"][0]
    assert (rule.resident_factor, rule.employee_factor) == (known["factor_resident"][0], known["factor_employee"][0])


def test_the_part_of_ageing_that_disappears_abroad_is_arithmetic_on_what_was_read() -> None:
    known = {name: value for name, (value, _, _) in end_of_life.published().items()}
    naive, since = known["germany_naive_2050"], 2596
    ends = [(naive - known[f"germany_with_death_{end}_2050"]) / (naive - since) for end in ("high", "low")]
    assert ends == pytest.approx(end_of_life.published()["germany_ageing_overstated"][1:], abs=5e-4)


def test_the_last_year_of_life_takes_more_with_higher_multiples_and_less_of_ageing_is_left() -> None:
    shares = [end_of_life.last_year_share(name)[0] for name in ("low", "central", "high")]
    lost = [end_of_life.disappearing(name)[-1] for name in ("low", "central", "not net", "high")]
    assert shares == sorted(shares)
    assert lost == sorted(lost)
    assert 0.04 < shares[1] < 0.103
