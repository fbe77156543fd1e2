"""Growth of cost: prices, income of the years up to it, and what lies beyond income."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from simsurance.basis import build, trend
from simsurance.basis.inputs import Inputs
from simsurance.basis.trend import SCHEMES, Scheme
from simsurance.data.tables import published
from simsurance.evidence.fit import inpatient_in_scope
from simsurance.model.state import CareBasis
from simsurance.results import simulate
from simsurance.scenario_file.loader import Scenario, load

YEARS = range(2026, 2031)
RICHER = {"ramp": {2026: 0.055, 2035: 0.045, 2050: 0.035}}
"""A point more income a year than in the baseline."""


@cache
def baseline() -> Scenario:
    """The baseline over five years."""
    return load("baseline").replace({"horizon.last_year": 2030})


def inputs(**changes: Any) -> Inputs:
    """The baseline with changes by key, dots written as two underscores."""
    scenario = baseline().replace({key.replace("__", "."): value for key, value in changes.items()})
    return Inputs(scenario, scenario.values)


def growth(found: Inputs, scheme: Scheme = "resident") -> np.ndarray:
    """1 + real growth of cost from 2026 to 2030."""
    return 1 + trend.real_growth(found, scheme, YEARS)


def of_a_point_more(elasticity: float) -> np.ndarray:
    """What a point more of income from 2026 on multiplies growth of cost by: a third of it in 2026, all from 2028 on."""
    own = {year: 1.045 - 0.01 / 9 * (year - 2026) for year in YEARS}
    more = {year: (own[year] + 0.01) / own[year] for year in YEARS}
    means = [np.prod([more.get(one, 1.0) for one in range(year - 2, year + 1)]) ** (1 / 3) for year in YEARS]
    return np.array(means) ** elasticity


def test_cost_grows_from_its_reference_year_with_prices_and_its_own_growth() -> None:
    found = inputs(claims__trend__real_growth=0.03, economy__inflation=0.02)
    assert trend.cost_index(found, "resident") == pytest.approx((1.03 * 1.02) ** np.arange(1, 6))


def test_cost_of_an_earlier_valuation_year_is_below_the_reference_year() -> None:
    changes = {"claims__trend__real_growth": 0.03, "economy__inflation": 0.02}
    early = inputs(horizon__valuation_year=2023, horizon__last_year=2025, **changes)
    factor = 1.03 * 1.02
    assert trend.cost_index(early, "resident") == pytest.approx([factor**-2, factor**-1, 1])


def cares(scenario: Scenario) -> dict[Scheme, list[CareBasis]]:
    """Care of residents and of members, year by year."""
    _, years = build(scenario)
    found: dict[Scheme, list[CareBasis]] = {"resident": [year.care for year in years], "employee": []}
    for year in years:
        assert year.employee is not None
        found["employee"].append(year.employee.care)
    return found


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("users", [0.0, 0.5, 1.0])
def test_use_times_price_is_the_whole_trend_in_every_cell(share: float, users: float) -> None:
    shares = {"claims__trend__use_share": share, "claims__trend__users_share": users}
    found = inputs(**shares, economy__drift_of_areas=True, horizon__last_year=2060)
    for scheme, care in cares(found.scenario).items():
        index = trend.cost_index(found, scheme)
        use = trend.use_index(found, scheme)
        for place in (0, 4, 34):
            for kind in ("inpatient", "outpatient"):
                cost, before = (
                    getattr(year, f"{kind}_use") * getattr(year, f"{kind}_cost") for year in (care[place], care[0])
                )
                np.testing.assert_allclose(cost / before, index[place] / index[0], rtol=1e-9)
            admissions = care[place].admissions / care[0].admissions
            np.testing.assert_allclose(admissions, use[place] / use[0], rtol=1e-9)
            a_head = care[place].inpatient_use * care[place].inpatient_cost / care[place].admissions
            first = care[0].inpatient_use * care[0].inpatient_cost / care[0].admissions
            prices = (index / use)[place] / (index / use)[0]
            np.testing.assert_allclose(a_head / first, prices, rtol=1e-9, err_msg="cost of an admission")


def test_growth_of_use_moves_odds_alike_in_all_need_classes_and_never_beyond_everybody() -> None:
    high = {"claims__trend__use_share": 1.0, "claims__trend__users_share": 1.0, "claims__trend__real_growth": 0.1}
    found = inputs(**high, horizon__last_year=2060)
    grown = cares(found.scenario)["resident"][-1]
    plain = cares(inputs(claims__trend__use_share=0.0).scenario)["resident"][0]
    odds = 1.1**35
    assert trend.use_index(found, "resident")[-1] == pytest.approx(odds)
    for name in ("inpatient_use", "outpatient_use"):
        now, before = (getattr(care, name).max(axis=3) for care in (grown, plain))
        assert now / (1 - now) == pytest.approx(odds * before / (1 - before))
        assert (now < 1).all()
    by_sex = grown.inpatient_use[:, :, :, 0] / grown.inpatient_use[:, :, :, 1]
    assert by_sex == pytest.approx(plain.inpatient_use[:, :, :, 0] / plain.inpatient_use[:, :, :, 1])


def test_the_first_half_of_growth_of_use_moves_users_and_the_chance_of_no_claim() -> None:
    scenarios = [
        inputs(claims__trend__real_growth=0.04, claims__trend__users_share=share).scenario for share in (0.0, 0.5)
    ]
    still, moved = simulate(scenarios)
    users = [of.account["inpatients_per_100"][-1] for of in (still, moved)]
    assert 1.02 < users[1] / users[0] < 1.04 ** (5 * 0.5 * 0.5), "odds, so a little less than half of half"
    assert moved.projection.totals["no_claim"][-1, 0] < still.projection.totals["no_claim"][-1, 0]
    for name in ("admissions_per_100", "cost_per_admission"):
        assert moved.account[name] == pytest.approx(still.account[name], rel=1e-4), name


def test_use_is_named_up_to_the_last_year_and_its_share_of_real_growth_after_it() -> None:
    found = inputs(claims__trend__use_growth={2025: 0.0, 2027: 0.03}, claims__trend__use_share=0.4)
    later = growth(found)[2:] ** 0.4
    real = growth(found) - 1
    assert 1 + trend.use_growth(found, "resident", YEARS, real) == pytest.approx([1.0, 1.03, *later])
    assert trend.use_growth(inputs(claims__trend__use_growth=0.02), "resident", YEARS, real) == pytest.approx(0.02)


def test_admissions_of_the_reference_year_are_those_published() -> None:
    results = simulate([load("baseline").replace({"horizon.valuation_year": 2025, "horizon.last_year": 2025})])[0]
    for fund, scheme in (("resident", "resident"), ("employee_pool", "employee")):
        account = results.accounts[fund]
        per_100 = 100 * published(f"{scheme}_discharges_per_insured")[2025]
        assert account["admissions_per_100"][0] == pytest.approx(per_100, rel=0.006)
        in_scope = inpatient_in_scope(scheme) / published(f"{scheme}_discharges")[2025]
        assert account["cost_per_admission"][0] == pytest.approx(in_scope, rel=0.02)
        assert account["inpatients_per_100"][0] < account["admissions_per_100"][0]


def test_income_growth_is_the_geometric_mean_over_the_year_and_the_lag() -> None:
    incomes, real = {2022: 36_883, 2024: 41_314, 2025: 43_377}, [0.045, 0.045 - 0.01 / 9]
    prices = {2023: 1.002, 2024: 1.002, 2025: 1.0}
    of_2026 = (incomes[2025] / 39_218 / prices[2024] / prices[2025] * (1 + real[0])) ** (1 / 3) - 1
    of_2027 = (incomes[2025] / incomes[2024] / prices[2025] * (1 + real[0]) * (1 + real[1])) ** (1 / 3) - 1
    assert trend.income_growth(inputs(), [2026, 2027], 2) == pytest.approx([of_2026, of_2027])
    assert trend.income_growth(inputs(), [2026], 0) == pytest.approx([0.045])
    one_number = inputs(economy__disposable_income=40_000)
    second = ((1 + real[0]) * (1 + real[1])) ** 0.5 - 1
    assert trend.income_growth(one_number, [2025, 2026, 2027], 2) == pytest.approx([real[0], real[0], second])


def test_real_growth_is_named_up_to_the_last_year_and_follows_income_and_the_residual_after_it() -> None:
    found = inputs(
        claims__trend__real_growth={2025: 0.0, 2026: 0.08},
        claims__trend__residual_growth={2027: 0.01},
        economy__disposable_income=40_000,
    )
    mean = trend.income_growth(found.at_root, YEARS, 2)
    own = trend.income_growth(found, YEARS, 2)
    assert growth(found) == pytest.approx([1.08 * (1 + own[0]) / (1 + mean[0]), *1.01 * (1 + own[1:])])
    for form in (0.05, {"ramp": {2025: 0.05, 2026: 0.05}}):
        assert growth(inputs(claims__trend__real_growth=form)) == pytest.approx(1.05), "for all years"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_roots_own_path_is_the_same_for_every_elasticity_and_lag(scheme: Scheme) -> None:
    own = growth(inputs(), scheme)
    for elasticity in (0.0, 0.44, 1.22):
        for lag in (0, 2, 5):
            changed = inputs(claims__trend__income_elasticity=elasticity, claims__trend__income_lag=lag)
            np.testing.assert_array_equal(growth(changed, scheme), own)
            explained = (1 + trend.income_growth(changed, YEARS, lag)) ** elasticity
            assert 1 + trend.residual_growth(changed, scheme, YEARS) == pytest.approx(own / explained)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("elasticity", [0.0, 0.44, 1.0])
def test_a_scenario_keeps_the_residual_and_uses_its_own_income(scheme: Scheme, elasticity: float) -> None:
    root = inputs(claims__trend__income_elasticity=elasticity)
    richer = inputs(claims__trend__income_elasticity=elasticity, economy__real_income_growth=RICHER)
    assert trend.residual_growth(richer, scheme, YEARS) == pytest.approx(trend.residual_growth(root, scheme, YEARS))
    assert growth(richer, scheme) / growth(root, scheme) == pytest.approx(of_a_point_more(elasticity))


def test_naming_real_growth_changes_the_residual_and_income_acts_all_the_same() -> None:
    named, plain = {"claims__trend__real_growth": 0.06}, inputs()
    assert growth(inputs(**named)) == pytest.approx(1.06)
    assert trend.residual_growth(inputs(**named), "resident", YEARS) == pytest.approx(
        1.06 / (1 + trend.income_growth(plain, YEARS, 2)) - 1
    )
    richer = inputs(**named, economy__real_income_growth=RICHER)
    assert growth(richer) == pytest.approx(1.06 * of_a_point_more(1.0))


def test_growth_named_for_a_year_whose_income_is_known_is_a_fact() -> None:
    incomes = {**baseline().values.economy.disposable_income, 2026: 44_000}  # type: ignore[dict-item]
    found = inputs(
        economy__disposable_income=incomes,
        economy__area_income__urban=57_000,
        economy__area_income__rural=25_000,
        claims__trend__real_growth={2025: -0.0457, 2026: 0.02},
    )
    real = growth(found)
    assert real[0] == 1.02
    own, root = (trend.income_growth(one, YEARS, 2) for one in (found, found.at_root))
    assert own[0] < root[0]
    assert real[1:] == pytest.approx(growth(inputs())[1:] * ((1 + own) / (1 + root))[1:])


def test_prices_and_wages_do_not_act_on_the_real_growth_of_cost() -> None:
    for changes in ({"economy__inflation": 0.05}, {"employee__wage__growth_excess": 0.05}):
        for scheme in SCHEMES:
            np.testing.assert_array_equal(growth(inputs(**changes), scheme), growth(inputs(), scheme))


def test_whether_more_income_eases_the_contribution_turns_with_the_elasticity() -> None:
    scenarios = [load("baseline")]
    for elasticity in (0.0, 1.0):
        changes = {"claims.trend.income_elasticity": elasticity, "economy.real_income_growth": RICHER}
        scenarios.append(load("baseline").replace(changes))
    plain, apart, together = (
        result.measures.loc["required_contribution_multiple_now"]["value"] for result in simulate(scenarios)
    )
    assert apart < plain < together


def test_the_growth_reported_is_that_of_the_scheme() -> None:
    results = simulate([baseline()])[0]
    for fund, scheme in (("resident", SCHEMES[0]), ("employee_pool", SCHEMES[1])):
        account = results.accounts[fund]
        assert 1 + account["real_cost_growth"] == pytest.approx(growth(inputs(), scheme))
        residual = trend.residual_growth(inputs(), scheme, YEARS)
        assert account["residual_cost_growth"] == pytest.approx(residual)
        stated = inputs().yearly(trend.stated(baseline().values, scheme).residual_growth)
        assert residual == pytest.approx(stated)
