"""What published cost says of growth beyond income."""

from functools import cache

import numpy as np
import pytest

from simsurance.data.tables import published
from simsurance.evidence import cost_growth
from simsurance.evidence.cost_growth import PRIOR_ERROR, Evidence, duplicates_out, income_growth, known, residual
from simsurance.evidence.drift import Series
from simsurance.scenario_file.loader import load


@cache
def evidence() -> Evidence:
    return Evidence.of(load("baseline"))


def centre() -> list[Series]:
    return evidence().series(evidence().institution_cost)


def test_income_growth_is_the_mean_of_a_year_and_the_two_before_in_constant_prices() -> None:
    found = income_growth()
    income = {2022: 36_883, 2025: 43_377}
    assert found[2025] == pytest.approx(np.log(income[2025] / income[2022] / (1.002 * 1.002 * 1.0)) / 3)
    assert found[2014] == pytest.approx(np.log(20_167 / 18_311 / 1.02)), "as far as known"
    assert income_growth(0)[2025] == pytest.approx(np.log(43_377 / 41_314))


def test_growth_of_cost_of_members_is_that_of_what_was_published_less_prices_and_their_make_up() -> None:
    a_head = [
        1e8 * sum(kinds) / heads
        for kinds, heads in (((4319.8, 2091.4, 671.7), 282_961_000), ((3779.5, 1788.7, 577.7), 274_431_000))
    ]
    mix = [
        (active * 8_085.07 / 280.6232 + retired * 10_377.63 / 107.938) / (active + retired)
        for active, retired in ((210.413, 72.548), (205.013, 69.418))
    ]
    wanted = np.log(a_head[0] / a_head[1] / 1.02) - np.log(mix[0] / mix[1])
    assert evidence().institution_cost["employee"][2014] == pytest.approx(wanted, abs=1e-9)
    assert sorted(evidence().institution_cost["employee"]) == list(range(2014, 2026))
    assert sorted(evidence().institution_cost["resident"]) == list(range(2020, 2026))
    assert sorted(evidence().payments["resident"]) == list(range(2019, 2026))


def test_the_raw_mean_leaves_out_every_break_and_stands_on_few_years() -> None:
    residents, employees = centre()
    assert residents.plain_years == (2024, 2025)
    assert employees.plain_years == (*range(2014, 2019), 2024, 2025)
    assert (residents.plain_mean, employees.plain_mean) == pytest.approx((-0.0592, -0.0251), abs=5e-5)


def test_years_of_breaks_say_nothing_of_residual_growth() -> None:
    plain = residual(centre())
    moved = [
        type(one)(one.name, {year: value + 0.3 * (year == 2023) for year, value in one.growth.items()}, one.steps, one.single)
        for one in centre()
    ]  # fmt: skip
    for before, after in zip(plain, residual(moved), strict=True):
        assert after.mean == pytest.approx(before.mean)
        assert after.breaks[2023] == pytest.approx(before.breaks[2023] + 0.3)


def test_the_centre_lies_between_the_prior_and_the_years_and_says_how_much_they_weigh() -> None:
    for found in residual(centre()):
        assert found.of_years < found.mean < 0
        assert 0.25 < found.weight < 0.5
        assert found.standard_error < PRIOR_ERROR
        assert found.weight == pytest.approx(1 - found.standard_error**2 / PRIOR_ERROR**2)


def test_a_register_that_is_cleaned_adds_to_the_growth_of_cost_a_head() -> None:
    added, heads = duplicates_out(), published("resident_insured")
    assert added[2024] == pytest.approx(np.log(heads[2023] / (heads[2023] - 56e6 / 3)))
    assert sum(added.values()) == pytest.approx(np.log(heads[2019] / (heads[2019] - 56e6)))
    cleaned = evidence().series(evidence().institution_cost, cleaned=True)
    assert centre()[0].growth[2024] - cleaned[0].growth[2024] == pytest.approx(added[2024])
    assert cleaned[1].growth == centre()[1].growth


def test_series_of_the_years_before_continue_those_of_the_table_of_published_series() -> None:
    wages = known("average_wage_urban_nonprivate")
    assert sorted(wages) == list(range(2013, 2026))
    assert (wages[2013], wages[2025]) == (51_483, 129_441)
    assert min(known("resident_insured")) == 2018


def test_the_command_prints_the_centre_with_error_and_weight(capsys: pytest.CaptureFixture[str]) -> None:
    cost_growth.main()
    shown = capsys.readouterr().out
    for found in residual(centre()):
        assert f"{found.mean:+.2%} ± {found.standard_error:.2%}" in shown
    assert "raw mean of the other years" in shown
