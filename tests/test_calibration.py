"""How fitted values are found, and that the baseline ships what is found for the employee scheme."""

import csv
import tomllib
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simsurance.data.tables import DATA, published
from simsurance.evidence import calibration
from simsurance.evidence import calibration_employee as employee
from simsurance.evidence.fit import (
    EXACT,
    LAST_YEAR,
    YEARS,
    Fit,
    fitted_years,
    inpatient_in_scope,
    nearest,
    one_year,
    solved,
)
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.register import register

BASE = load("baseline")
opened = cache(partial(one_year, BASE))
"""The baseline valued at a year and projected over it, or to another, once for all tests."""
FILE = Path(__file__).parent.parent / "scenarios" / "baseline.toml"
DIGITS: Any = tomllib.loads(FILE.read_text(encoding="utf-8"), parse_float=Decimal)


def test_newton_finds_the_root_from_afar() -> None:
    found = solved(lambda x: np.array([x[0] ** 3 + x[1], x[1] ** 3]), np.array([10.0, 8.0]), np.array([0.5, 5.0]))
    assert found == pytest.approx([2.0, 2.0], abs=1e-6)


def test_a_search_without_an_end_is_an_error() -> None:
    with pytest.raises(ArithmeticError):
        solved(lambda x: x + np.exp(x), np.array([-1e6]), np.array([0.0]))


def test_the_nearest_meets_exact_targets_and_misses_weak_ones_alike() -> None:
    # One number for two weak targets at 0 and 2: the middle; at most 0.4 where that is the bound. The other is exact.
    def reached(x: np.ndarray) -> np.ndarray:
        return np.array([np.sinh(x[0]) + x[1], x[1], x[1] + x[2]])

    wanted, guess, weights = np.array([5.0, 0.0, 2.0]), np.array([1.0, 0.1, 0.0]), np.array([EXACT, 1.0, 1.0])
    for most, weak in ((np.inf, 1.0), (0.4, 0.4)):
        found = nearest(reached, wanted, guess, weights, np.array([np.inf, most, 0.0]))
        assert found == pytest.approx([np.arcsinh(5 - weak), weak, 0.0], abs=1e-6)


def test_the_weak_targets_of_critical_illness_are_missed_in_opposite_directions_within_the_registers_range() -> None:
    persons, money = (np.log(check.shipped / check.found) for check in calibration.weakly_met(BASE))
    assert 0.05 < persons < 0.15
    assert -0.15 < money < -0.05
    for key in calibration.WEAK_KEYS:
        entry = register()[key]
        assert float(entry.low) <= BASE.leaves[key] <= float(entry.high)


def known_rows() -> list[dict[str, str]]:
    """What was read about behaviour, a row each."""
    with (DATA / "behaviour_parameters.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def half_a_digit(key: str) -> float:
    """Half a unit of the last digit that the baseline's file gives a fitted value: the file's own text counts."""
    path, _, year = key.removeprefix("1 + ").removesuffix("]").partition("[")
    value = DIGITS
    for name in path.split("."):
        value = value[name]
    while isinstance(value, dict):
        value = value.get("ramp") or value.get(year) or [*value.values()][-1]
    return 0.5 * 10.0 ** int(Decimal(value).as_tuple().exponent)


def test_half_a_digit_is_read_off_the_file() -> None:
    assert half_a_digit("employee.entry_level[2024]") == pytest.approx(5e-6)
    assert half_a_digit("employee.care.use_level") == pytest.approx(5e-6)
    assert half_a_digit("employee.benefits.birth_benefit[2019]") == 0.5
    assert half_a_digit("1 + claims.trend.real_growth[2020]") == pytest.approx(5e-5)


def test_the_baseline_ships_what_is_found_to_its_last_digit(fits: list[Fit]) -> None:
    assert len(fits) > 50
    for fit in fits:
        largest = max(1.01 * half_a_digit(fit.key), 1e-4 * abs(fit.found))
        assert abs(fit.shipped - fit.found) <= largest, fit


def test_the_range_of_the_odds_of_the_uninsured_is_the_fit_at_the_ends_of_the_published_moves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = register()["employee.uninsured_odds_ratio"]
    moves = next(each for each in known_rows() if each["name"] == "transfer_resident_to_employee")
    for end, odds in (("low", entry.high), ("high", entry.low)):
        monkeypatch.setattr(employee, "NET_TRANSFERS", float(moves[end]))
        found = {fit.key: fit.found for fit in employee.employee_levels(BASE)}
        assert float(odds) == pytest.approx(found["employee.uninsured_odds_ratio"], rel=1e-5)


def test_income_of_every_year_is_what_was_published() -> None:
    for year in YEARS:
        accounts = opened(year).accounts
        income = sum(
            float(accounts[fund][name][0])
            for fund in ("employee_pool", "personal_accounts")
            for name in ("income", "interest")
        )
        assert income == pytest.approx(published("employee_total_income")[year], rel=0.001), year


def test_the_targets_of_2025_are_met_together() -> None:
    reached = employee._employee_benefits(BASE)
    outpatient = sum(employee.outpatient_parts())
    institutions = published("employee_inpatient_cost")[2025] + employee.outpatient_parts()[0]
    assert institutions == pytest.approx(published("employee_institution_cost")[2025], rel=1e-4)
    wanted = [inpatient_in_scope("employee"), 1037.763 / 808.507, outpatient, 0.841, 1359.428e9]
    assert reached == pytest.approx(wanted, rel=0.002)


def test_members_of_2019_meet_the_active_of_every_fitted_year_but_the_last() -> None:
    fitted = fitted_years("employee_active")[:-1]
    active = opened(2019, fitted[-1]).accounts["employee_pool"]["employee_active"]
    assert active == pytest.approx([published("employee_active")[year] for year in fitted], rel=1e-4)


@pytest.mark.parametrize(
    ("fund", "column", "series"),
    [
        ("employee_pool", "income", "employee_pool_income"),
        ("employee_pool", "outgo", "employee_pool_outgo"),
        ("personal_accounts", "income", "employee_account_income"),
        ("personal_accounts", "outgo", "employee_account_outgo"),
        ("resident", "income", "resident_income"),
        ("resident", "outgo", "resident_outgo"),
    ],
)
def test_figures_said_to_be_fitted_are_met_from_the_start_of_their_year(fund: str, column: str, series: str) -> None:
    known = published(series)
    fitted = [year for year in fitted_years(series) if year in known]
    assert fitted
    for year in fitted:
        account = opened(year).accounts[fund]
        model = account[column][0] + (account["interest"][0] if column == "income" else 0.0)
        assert model == pytest.approx(known[year], rel=0.001), year


def test_members_of_2024_meet_both_counts_two_years_later() -> None:
    pool = opened(LAST_YEAR - 1, LAST_YEAR).accounts["employee_pool"]
    for name in ("employee_active", "employee_retired"):
        assert LAST_YEAR in fitted_years(name)
        assert pool[name][-1] == pytest.approx(published(name)[LAST_YEAR], rel=1e-4)


def test_what_was_not_fitted_is_near() -> None:
    checks = {check.key: check for check in employee.unfitted(BASE)}
    assert len(checks) == 8
    assert "pool and accounts outgo 2021, billion yuan" in checks
    assert all(check.difference < 0.06 for check in checks.values())
