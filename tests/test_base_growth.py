"""What the years say of wages, of their reported share and of the local supplement against income."""

import numpy as np
import pytest

from simsurance.basis import build
from simsurance.evidence import base_growth
from simsurance.evidence.base_growth import SUPPLEMENT_PRIOR, sources
from simsurance.evidence.cost_growth import PRIOR_ERROR
from simsurance.results import simulate
from simsurance.scenario_file.loader import load

WAGES, REPORTED, SUPPLEMENT = sources(load("baseline"))


def test_wages_are_held_against_disposable_income() -> None:
    growth = WAGES.series.growth
    assert growth[2014] == pytest.approx(np.log(56_360 / 51_483) - np.log(20_167 / 18_311))
    assert growth[2025] == pytest.approx(np.log(129_441 / 124_110) - np.log(43_377 / 41_314))
    assert sorted(growth) == list(range(2014, 2026))
    values = np.array([*growth.values()])
    assert WAGES.drift.of_years == pytest.approx(values.mean())
    assert WAGES.drift.of_years_error == pytest.approx(values.std(ddof=1) / 12**0.5)


def test_the_reported_share_fell_and_two_of_its_years_stand_by_themselves() -> None:
    share = {2019: 0.97384, 2023: 0.89425, 2025: 0.85663}
    assert REPORTED.series.growth[2024] + REPORTED.series.growth[2025] == pytest.approx(
        np.log(share[2025] / share[2023]), abs=1e-5
    )
    assert REPORTED.series.plain_years == (2024, 2025)
    mean = np.log(share[2025] / share[2019]) / 6
    assert REPORTED.drift.of_years == pytest.approx(mean, abs=1e-5), "only what lies around them counts"


def test_the_centre_is_what_the_years_and_the_prior_weigh_together() -> None:
    for source, prior in ((WAGES, PRIOR_ERROR), (REPORTED, PRIOR_ERROR), (SUPPLEMENT, SUPPLEMENT_PRIOR)):
        drift = source.drift
        weight = prior**2 / (prior**2 + drift.of_years_error**2)
        assert drift.weight == pytest.approx(weight)
        assert drift.mean == pytest.approx(weight * drift.of_years)
        assert drift.standard_error == pytest.approx((weight * drift.of_years_error**2) ** 0.5)
    assert SUPPLEMENT.drift.weight < 0.1 < REPORTED.drift.weight < WAGES.drift.weight


def test_the_supplement_is_as_named_and_then_grows() -> None:
    changes = {"contributions.local_supplement": {2025: 1.1, 2026: 1.08}, "horizon.last_year": 2028}
    changed = load("baseline").replace({**changes, "contributions.local_supplement_growth": {2027: -0.01, 2028: 0.02}})
    factors = [year.local_supplement.item() for year in build(changed)[1]]
    assert factors == pytest.approx([1.08, 1.08 * 0.99, 1.08 * 0.99 * 1.02])


def test_milder_cost_alone_makes_the_pool_look_safer_than_cost_and_base_together() -> None:
    combinations = (
        (),
        ("wages_follow_income",),
        ("rising_cost_growth",),
        ("rising_cost_growth", "wages_follow_income"),
    )
    results = simulate([load("baseline", fragments) for fragments in combinations])
    both, cost, base, before = (result.measures.loc["employee_pool_required_rate_now"]["value"] for result in results)
    assert cost < both < base
    assert cost < before < base
    resident = [result.measures.loc["required_contribution_multiple_now"]["value"] for result in results]
    assert resident[0] == pytest.approx(resident[1], rel=1e-3), "residents' income does not hang on wages"


def test_the_command_prints_each_centre_with_error_and_weight(capsys: pytest.CaptureFixture[str]) -> None:
    base_growth.main()
    shown = capsys.readouterr().out
    for source in (WAGES, REPORTED, SUPPLEMENT):
        drift = source.drift
        assert f"{drift.mean:+.2%} ± {drift.standard_error:.2%}{drift.weight:8.0%}" in shown
