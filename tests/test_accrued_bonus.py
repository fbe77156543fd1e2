"""The accrued bonus: by hand on a few persons, its roll-forward in a run, and where there is none."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simsurance.accrued_bonus import accrued
from simsurance.identities import of_accrued_bonus
from simsurance.results import simulate
from simsurance.scenario_file.loader import load

AGES, WOMEN = 101, 0


def at_ages(*years: dict[int, float]) -> np.ndarray:
    """Women of the ages named, [year, 1, sex, age]."""
    found = np.zeros((len(years), 1, 2, AGES))
    for place, of_year in enumerate(years):
        for age, number in of_year.items():
            found[place, 0, WOMEN, age] = number
    return found


def few(rate: float = 0.0, index: float = 1.0) -> tuple[Any, Any]:
    """Ten of 99 and ten of 100 years in two years; a fifth and a half of them die; at 100 one of ten leaves in 2027."""
    ten = {99: 10.0, 100: 10.0}
    flows = {
        "resident_enrolled": at_ages(ten, ten),
        "insured_deaths": at_ages({99: 2.0, 100: 5.0}, {99: 2.0, 100: 5.0}),
        "transfers_out": at_ages({}, {}),
        "leaves": at_ages({}, {100: 1.0}),
        "bonus_cap": at_ages({99: 1000.0}, {99: 500.0, 100: 1500.0}),
        "bonus_cost": at_ages({99: 10.0}, {99: 5.0, 100: 30.0}),
    }
    insured = np.stack([at_ages(ten)[0][:, :, None, :]] * 3)
    projection = SimpleNamespace(
        by_age=flows, prepaid=np.zeros((3, 1)), stocks=SimpleNamespace(resident_insured=insured)
    )
    basis = [
        SimpleNamespace(
            indexation=np.full((1,) * 7, index**place), interest_rate=np.array([rate]), interest_share=np.array([0.5])
        )
        for place in range(2)
    ]
    return projection, basis


def test_worth_and_roll_forward_by_hand() -> None:
    """A yuan held is used by 0.01 a year at 99 and, in 2027, by 0.02 at 100; half of these live on: 0.02 ÷ (1 − 0.5) = 0.04.

    At 99 it is worth 0.01 + 0.8 · 0.04 = 0.042 in both years. 800 of 1,000 are still held by the living in 2027, a tenth of
    them by who leaves; 1,500 − 720 and 500 are new.
    """
    found = {name: values[:, 0] for name, values in accrued(*few()).items()}
    by_hand = {"credits": 1000, "opening": 42, "used": 10, "interest": 0, "lapsed": 3.2, "earned": 52.2, "closing": 81}
    assert {name: float(found[name][0]) for name in by_hand} == pytest.approx(by_hand)
    # with leaving: 0.02 ÷ (1 − 0.5 · 0.9) at 100, 0.01 + 0.8 · 0.9 · that at 99
    at_100 = 0.02 / 0.55
    assert found["expected"][0] == pytest.approx(1500 * at_100 + 500 * (0.01 + 0.72 * at_100))
    assert of_accrued_bonus(found, (2026, 2027)).holds
    assert not of_accrued_bonus(found | {"lapsed": found["lapsed"] * 1.01}, (2026, 2027)).holds


def test_interest_and_rises_that_move_with_incomes_by_hand() -> None:
    """Use at mid-year; 3 % of interest and of growth cancel but for that half year, and for the interest that is told."""
    found = {name: values[:, 0] for name, values in accrued(*few(0.03, 1.03)).items()}
    half = 1.03**-0.5
    assert found["opening"][0] == pytest.approx(42 * half)
    assert found["interest"][0] == pytest.approx(42 * half * 0.03 - 10 * (1.03**0.5 - 1))
    assert found["lapsed"][0] == pytest.approx(1030 * 0.8 * 0.1 * 0.04 * half)
    assert of_accrued_bonus(found, (2026, 2027)).holds


def test_the_liability_of_the_baseline_rolls_forward_and_is_told_beside_the_cost() -> None:
    run, more = simulate(
        load("baseline", [], ["horizon.last_year=2032", f"participation.continuous_bonus.step={step}"])
        for step in (1000, 4000)
    )
    table = run.accrued_bonus
    assert table is not None
    assert more.accrued_bonus is not None
    assert table["used"].to_numpy() == pytest.approx(run.account["bonus_cost"][:-1])
    assert table["opening"].to_numpy()[1:] == pytest.approx(table["closing"].to_numpy()[:-1])
    assert (table[["earned", "used", "lapsed", "expected"]] > 0).all().all()
    assert (table["expected"] < table["closing"]).all()
    # only from 2029 on is there anything of continuous years
    assert more.accrued_bonus["credits"].to_numpy()[:3] == pytest.approx(table["credits"].to_numpy()[:3], rel=1e-3)
    assert (more.accrued_bonus["credits"].to_numpy()[3:] > 1.2 * table["credits"].to_numpy()[3:]).all()


def test_without_rules_or_a_second_year_there_is_none() -> None:
    for settings in (["participation.in_force=false", "horizon.last_year=2027"], ["horizon.last_year=2026"]):
        assert simulate([load("baseline", [], settings)])[0].accrued_bonus is None
