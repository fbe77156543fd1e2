"""The nearest joint shock: closed forms where the measure is level, kinked and curved ones, and plain runs beside it."""

import json
from itertools import product

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.optimize import NonlinearConstraint, minimize
from scipy.stats import chi2, norm

import simsurance as ss
from simsurance.answers.stress import Shocked, distance, nearest_shock, parts_of, stress
from simsurance.cli import main
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import languages
from simsurance.uncertainty.points import MONTHS
from simsurance.uncertainty.sensitivity import INPUT, SHIFT, Shocks

SLOPES = np.array([-2.0, 0.5, 0.0, -1.0])
CORRELATED = np.array([[1.0, 0.0, 0.0, 0.6], [0.0, 1.0, 0.3, 0.0], [0.0, 0.3, 1.0, 0.0], [0.6, 0.0, 0.0, 1.0]])
FEW = {"uncertainty.parameters": False, "uncertainty.behaviour": False, "uncertainty.demography": False}
SHORT = {"horizon.last_year": 2030, "employee.projected": False, **FEW}


@pytest.mark.parametrize("start", [3.0, -3.0])
@pytest.mark.parametrize("correlation", [np.eye(4), CORRELATED], ids=["independent", "correlated"])
def test_of_a_level_measure_the_shock_has_a_closed_form(start, correlation):
    found = nearest_shock(lambda rows: start + rows @ SLOPES, correlation)
    spread = correlation @ SLOPES
    expected = -start * spread / (SLOPES @ spread)
    np.testing.assert_allclose(found.z, expected, rtol=0.003)
    assert distance(found.z, correlation) == pytest.approx(abs(start) / (SLOPES @ spread) ** 0.5, rel=0.003)
    assert found.reached
    assert found.settled
    assert (found.margin < 0) == (start > 0)


def test_worked_by_hand():
    """m = 4 − 2·z₁ − z₂ with ρ = 0.5: R·g = (−2.5, −2), gᵀRg = 7, z* = (10/7, 8/7), β² = 16/7; parts 5/7 and 2/7."""
    correlation = np.array([[1.0, 0.5], [0.5, 1.0]])
    found = nearest_shock(lambda rows: 4 - 2 * rows[:, 0] - rows[:, 1], correlation)
    np.testing.assert_allclose(found.z, [10 / 7, 8 / 7], rtol=0.003)
    np.testing.assert_allclose(distance(np.array([10 / 7, 8 / 7]), correlation) ** 2, 16 / 7, rtol=1e-12)
    np.testing.assert_allclose(parts_of(np.array([10 / 7, 8 / 7]), correlation), [5 / 7, 2 / 7], rtol=1e-12)


def test_an_unknown_goes_to_the_side_on_which_it_does_something():
    """z₁ lowers the measure on its low side alone, z₂ on both: whichever side is steeper is taken."""

    def kinked(rows):
        return 2 + np.minimum(rows[:, 0], 0) * 2 - np.maximum(rows[:, 1], 0) * 0.5 + np.minimum(rows[:, 1], 0) * 1.0

    found = nearest_shock(kinked, np.eye(2))
    np.testing.assert_allclose(found.z, [-0.8, -0.4], atol=0.005)  # slopes (2, 1): z = −2·(2, 1)/5


@pytest.mark.parametrize("start", [3.0, -1.5])
def test_of_a_curved_measure_it_is_what_a_general_optimiser_finds(start):
    correlation = np.array([[1.0, 0.4, 0.0], [0.4, 1.0, 0.0], [0.0, 0.0, 1.0]])

    def curved(rows):
        one, other, third = rows.T
        return start + 1 - np.exp(0.6 * one) - 0.7 * other - 0.3 * one * other - 0.1 * third**2 + 0.4 * third

    found = nearest_shock(curved, correlation)
    inverse = np.linalg.inv(correlation)
    tries = [
        minimize(
            lambda z: z @ inverse @ z,
            np.array(begin),
            method="SLSQP",
            constraints=NonlinearConstraint(lambda z: float(curved(z[None])[0]), 0, 0),
        )
        for begin in product((-1.0, 1.0), repeat=3)
    ]
    best = min((each for each in tries if each.success), key=lambda each: each.fun)
    assert found.settled
    assert distance(found.z, correlation) == pytest.approx(best.fun**0.5, rel=0.005)
    np.testing.assert_allclose(found.z, best.x, atol=0.03)


def test_what_nothing_moves_or_only_what_is_far_off_is_not_reached():
    assert not nearest_shock(lambda rows: np.full(len(rows), 2.0), np.eye(3)).reached
    assert not nearest_shock(lambda rows: 2 - 0.1 * rows[:, 0], np.eye(3)).reached


@pytest.fixture(scope="module")
def base():
    return ss.load("baseline").replace(SHORT)


@pytest.fixture(scope="module")
def found(base):
    return stress(base, 2030)


def months_of(found, rows):
    return Shocked(found.shocks, np.array(rows)).chunk(0, len(rows))[f"{MONTHS}resident"].min(axis=1)


def test_unknowns_of_a_joint_shock_stand_where_they_are_told_to():
    shocks = Shocks(ss.load("baseline").replace({"employee.projected": False}))
    z = np.random.default_rng(3).normal(size=len(shocks.unknowns))
    futures = shocks.joint(z[None])
    (numbers,) = futures.numbers(0, 1)
    own = dict(zip(shocks.unknowns, z, strict=True))
    inputs = futures.parameters.root @ numbers[futures.places["input"]]
    told = [own[each] for each in shocks.unknowns if each.kind == INPUT]
    np.testing.assert_allclose(inputs, told, atol=1e-9)
    shifts = futures.paths.root @ numbers[futures.places["shift"]]
    np.testing.assert_allclose(shifts, [own[each] for each in shocks.unknowns if each.kind == SHIFT], atol=1e-9)
    assert np.linalg.eigvalsh(shocks.correlation)[0] > 0
    one, other = ([each.name for each in shocks.unknowns].index(name) for name in ("interest_rate", "inflation"))
    assert shocks.correlation[one, other] != 0


@pytest.mark.long
def test_the_shock_empties_the_fund_by_the_year_and_hardly_less_does_not(found):
    assert not found.saves
    assert found.found.reached
    assert found.depletion(found.shocked) == 2030
    assert found.depletion(found.middle) is None
    fully, nearly = months_of(found, [found.found.z, 0.97 * found.found.z])
    assert fully < 0 < nearly
    assert found.lowest(found.shocked) == fully


@pytest.mark.long
def test_no_shock_that_is_nearer_empties_it(found):
    random = np.random.default_rng(5)
    root = np.linalg.cholesky(found.shocks.correlation)
    towards = np.linalg.solve(root, found.found.z)
    directions = towards / np.linalg.norm(towards) + 0.5 * random.normal(size=(12, len(towards)))
    rows = 0.97 * found.distance * directions / np.linalg.norm(directions, axis=1)[:, None] @ root.T
    assert (months_of(found, rows) > 0).all()


@pytest.mark.long
def test_what_is_told_of_its_distance(found):
    count = len(found.shocks.unknowns)
    assert found.nearer == pytest.approx(chi2.cdf(found.distance**2, count))
    assert found.probability == pytest.approx(norm.cdf(-found.distance))
    assert found.table["part_of_distance"].sum() == pytest.approx(1)
    assert found.table["part_of_distance"].is_monotonic_decreasing
    assert found.table.index[0] == (SHIFT, "resident_excess_cost")
    row = found.table.iloc[0]
    spread = found.shocks.futures.paths.processes["resident_excess_cost"].shift_sd
    assert row["shocked"] == pytest.approx(row["z"] * spread)


@pytest.mark.long
def test_a_fund_that_is_empty_anyway_is_saved(base):
    saved = stress(base.replace({"benefits.inpatient.payment_ratio": {2000: 0.66226, 2026: 0.9}}), 2030)
    assert saved.saves
    assert saved.found.reached
    assert saved.lowest(saved.middle) < 0 <= saved.lowest(saved.shocked)
    assert saved.depletion(saved.shocked) is None


@pytest.mark.parametrize(
    ("scenario", "by", "fund", "told"),
    [
        ({}, 2040, "resident", "--by 2040: is not projected; 2026 to 2030"),
        ({}, 2030, "resident_fund", "has no such fund"),
        ({"uncertainty.paths": False}, 2030, "resident", "every family in .uncertainty. is switched off"),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_line(base, scenario, by, fund, told):
    with pytest.raises(SimsuranceError, match=told) as refused:
        stress(base.replace(scenario), by, fund)
    assert len(refused.value.lines) == 1
    assert refused.value.exit_code == (ExitCode.INPUT if "uncertainty" in told else ExitCode.USAGE)


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_command_tells_the_shock_by_the_same_bytes(tmp_path, lang, found):
    settings = [part for key, value in SHORT.items() for part in ("--set", f"{key}={json.dumps(value)}")]
    written = []
    for jobs in ("1", "2"):
        given = ["stress", "baseline", "--by", "2030", *settings, "--lang", lang, "--json", "--jobs", jobs]
        result = CliRunner().invoke(main, [*given, "--out", str(tmp_path / jobs)])
        assert result.exit_code == 0, result.output
        folder = tmp_path / jobs / "stress-baseline"
        files = {each.relative_to(folder): each.read_bytes() for each in folder.rglob("*") if each.is_file()}
        written.append({name: content for name, content in files.items() if name.name != "manifest.json"})
    assert written[0] == written[1]
    told = json.loads(result.stdout)
    assert told["schema"] == "simsurance.stress/1"
    assert told["distance"] == found.distance
    assert told["depletion_year"] == {"medians": None, "shock": 2030}
