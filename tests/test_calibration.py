"""How fitted values are found, and that the baseline ships what is found for the employee scheme."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from simsurance.analysis import calibration
from simsurance.data.tables import published
from simsurance.scenario_file.loader import Scenario, load

BASE = load("baseline")


def test_newton_finds_the_root_from_afar() -> None:
    found = calibration.solved(
        lambda x: np.array([x[0] ** 3 + x[1], x[1] ** 3]), np.array([10.0, 8.0]), np.array([0.5, 5.0])
    )
    assert found == pytest.approx([2.0, 2.0], abs=1e-6)


def test_a_search_without_an_end_is_an_error() -> None:
    with pytest.raises(ArithmeticError):
        calibration.solved(lambda x: x + np.exp(x), np.array([-1e6]), np.array([0.0]))


@pytest.mark.parametrize(
    "fitted",
    [
        calibration.employee_contributions,
        calibration.use_level,
        calibration.birth_benefits,
        calibration.outpatient_ratios,
        calibration.account_rates,
        calibration.entry_levels,
    ],
)
def test_the_baseline_ships_what_is_found(fitted: Callable[[Scenario], Iterator[calibration.Fit]]) -> None:
    for fit in fitted(BASE):
        assert fit.shipped == pytest.approx(fit.found, rel=0.005, abs=1e-4), fit.key


def test_income_of_every_year_is_what_was_published() -> None:
    for year in range(2019, 2026):
        accounts = calibration.one_year(BASE, year).accounts
        income = sum(
            float(accounts[fund][name][0])
            for fund in ("employee_pool", "personal_accounts")
            for name in ("income", "interest")
        )
        assert income == pytest.approx(published("employee_total_income")[year], rel=0.001), year


def test_the_targets_of_2025_are_met_together() -> None:
    reached = calibration._employee_benefits(BASE)
    outpatient = sum(calibration.outpatient_parts())
    institutions = published("employee_inpatient_cost")[2025] + calibration.outpatient_parts()[0]
    assert institutions == pytest.approx(published("employee_institution_cost")[2025], rel=1e-4)
    wanted = [calibration.inpatient_in_scope("employee"), 1037.763 / 808.507, outpatient, 0.841, 1359.428e9]
    assert reached == pytest.approx(wanted, rel=0.002)


def test_what_was_not_fitted_is_near() -> None:
    checks = {check.key: check for check in calibration.unfitted(BASE)}
    assert len(checks) == 5
    assert all(check.difference < 0.06 for check in checks.values())
