"""Elementary effects of Morris: closed forms, the walk of a trajectory, and what is told of them."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance.cli import main
from simsurance.language import languages, words
from simsurance.output.charts.screening import draw, write_all
from simsurance.output.sensitivity_summary import effect_facts
from simsurance.results import simulate
from simsurance.uncertainty.screening import STEP, Screening, Trajectories, design, effects, measured
from simsurance.uncertainty.sensitivity import Unknown
from simsurance.uncertainty.stochastic import YEARS_FUNDED

NAMES = tuple(Unknown("input", name) for name in "abcd")


def test_a_trajectory_moves_every_unknown_once_between_the_four_levels() -> None:
    levels = design(7, 40, 3)
    steps = np.diff(levels, axis=1)
    assert ((np.abs(steps) > 0).sum(axis=-1) == 1).all()
    assert ((np.abs(steps) > 0).sum(axis=1) == 1).all()
    np.testing.assert_allclose(np.abs(steps).max(axis=-1), STEP, rtol=0, atol=1e-12)
    np.testing.assert_allclose(np.unique(levels.round(9)), [0, 1 / 3, 2 / 3, 1], atol=1e-9)
    np.testing.assert_array_equal(design(7, 5, 3), levels[:5])
    share = [
        (np.abs(levels[:, :, place] - level) < 1e-9).mean() for place in range(7) for level in (0, 1 / 3, 2 / 3, 1)
    ]
    assert min(share) > 0.1
    assert (steps > 0).any(axis=(0, 1)).all()
    assert (steps < 0).any(axis=(0, 1)).all()


def test_of_a_linear_function_the_effects_are_its_slopes() -> None:
    levels = design(4, 6, 1)
    slopes = np.array([3.0, -2.0, 0.5, 0.0])
    found = measured(NAMES, effects(levels, 7 + levels @ slopes))
    assert [each.unknown.name for each in found] == ["a", "b", "c", "d"]
    for each, slope in zip(found, slopes, strict=True):
        assert each.size == pytest.approx(abs(slope), abs=1e-12)
        assert each.mean == pytest.approx(slope, abs=1e-12)
        assert [each.spread, each.low - each.size, each.high - each.size] == pytest.approx([0, 0, 0], abs=1e-12)


def test_what_acts_together_has_a_spread_and_what_turns_has_no_mean() -> None:
    """4·a·b: effects of a are 4·b, b on its four levels alike: mean 2, variance 16·(0 + 1/9 + 4/9 + 1)/4 − 4.

    (c − ½)²: effects are ±⅓ between 0 and ⅔, ⅓ and 1, and cancel out; d does nothing.
    """
    levels = design(4, 4000, 5)
    x = levels
    results = 4 * x[..., 0] * x[..., 1] + (x[..., 2] - 0.5) ** 2
    found = {each.unknown.name: each for each in measured(NAMES, effects(levels, results))}
    assert found["a"].mean == pytest.approx(2, abs=0.1)
    assert found["a"].spread == pytest.approx((16 * (14 / 9) / 4 - 4) ** 0.5, abs=0.05)
    assert found["c"].size == pytest.approx(1 / 3, abs=1e-9)
    assert found["c"].mean == pytest.approx(0, abs=0.02)
    assert found["d"].size == found["d"].spread == 0


def test_intervals_hold_the_true_size_about_as_often_as_they_say() -> None:
    held = []
    for seed in range(200):
        levels = design(4, 20, 1000 + seed)
        x = levels
        found = measured(NAMES, effects(levels, 4 * x[..., 0] * x[..., 1]), seed)
        held += [each.low <= 2 <= each.high for each in found if each.unknown.name in "ab"]
    assert 0.85 < np.mean(held) < 0.99


def test_steps_without_a_result_are_left_out() -> None:
    levels = design(4, 6, 1)
    results = levels @ np.array([3.0, -2.0, 0.5, 0.0])
    results[0, 0] = np.nan
    found = measured(NAMES, effects(levels, results))
    assert sorted(each.count for each in found) == [5, 6, 6, 6]
    assert [each.size for each in found] == pytest.approx([3, 2, 0.5, 0], abs=1e-12)
    results[1:] = np.nan
    few = measured(NAMES, effects(levels, results))
    assert [each.unknown for each in few] == list(NAMES)
    assert sorted(each.count for each in few) == [0, 1, 1, 1]
    assert not any(each.known for each in few)
    assert np.isnan([(each.size, each.low, each.high, each.mean, each.spread) for each in few]).all()


@pytest.fixture(scope="module")
def work():
    few = {f"uncertainty.{name}": False for name in ("parameters", "behaviour")}
    return Trajectories(ss.load("baseline").replace({"horizon.last_year": 2027, **few}), 2, 1)


def test_runs_of_a_trajectory_are_draws_with_every_unknown_at_its_level(work) -> None:
    shocks, numbers = work.shocks, work.futures.numbers(0, work.points)
    steps = len(shocks.unknowns) + 1
    assert work.points == 2 * steps
    level = 2 * work.levels[1, 3] - 1
    own = sum(shocks.numbers(unknown, shocks.z * at) for unknown, at in zip(shocks.unknowns, level, strict=True))
    np.testing.assert_allclose(numbers[steps + 3], own, rtol=0, atol=1e-12)


@pytest.fixture(scope="module")
def case():
    """Made results: years funded rise by 3·x of the first unknown and by 2·x·y of the second and the third."""
    few = {"horizon.last_year": 2029, "employee.projected": False, "uncertainty.parameters": False}
    scenario = ss.load("baseline").replace(few)
    (central,) = simulate([scenario])
    work = Trajectories(scenario, 30, 4)
    x = work.levels.reshape(work.points, -1)
    years = 2026 + 3 * x[:, 0] + 2 * x[:, 1] * x[:, 2]
    nearer = np.ones(work.points)
    nearer[5] = 0.8
    arrays = {"measured/depletion_year": years, "months/resident": np.ones((work.points, 4)), "nearer": nearer}
    arrays["measured/required_contribution_multiple_now"] = years
    return Screening(central, work, arrays, 2029)


def test_the_table_has_every_unknown_and_steps_by_a_run_brought_nearer_are_left_out(case) -> None:
    found = case.effects("resident", YEARS_FUNDED)
    names = case.work.shocks.unknowns
    assert found[0].unknown == names[0]
    assert found[0].size == pytest.approx(3)
    assert {each.unknown for each in found[1:3]} == set(names[1:3])
    assert all(each.spread > 0.3 for each in found[1:3])
    assert sorted(each.count for each in found)[:3] == [29, 29, 30]
    assert case.measures("resident") == [YEARS_FUNDED, "reserve_months_2029", "required_contribution_multiple_now"]
    table = case.table.xs("resident").xs(YEARS_FUNDED)
    assert list(table["mean_absolute"]) == [each.size for each in found]


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_bars_show_the_mean_effects_and_dots_their_spread(case, lang, tmp_path) -> None:
    chart, found = draw(case, "resident", lang), case.effects("resident", YEARS_FUNDED)[:15]
    found = [each for each in found if each.size]
    assert len(found) > 2
    axes = chart.figure.axes[0]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([each.size for each in found])
    dots = [line.get_xdata()[0] for line in axes.get_lines() if line.get_marker() == "o"]
    assert dots == pytest.approx([each.spread for each in found])
    assert len(list(write_all(case, tmp_path / "charts", lang))) == 4
    facts = effect_facts(case, "resident", words(lang))
    assert len(facts["effects"]) == 3
    assert facts["unmeasured"] == 0
    assert len(chart.figure.remarks[0]) < len(unmeasured_of(case, lang)[1].figure.remarks[0])


def unmeasured_of(case, lang):
    """The same where all runs but those of two trajectories up to a step contradict what was observed, and its chart."""
    moved = np.abs(np.diff(case.work.levels[:, :, 0], axis=-1)).argmax(axis=-1)
    one, other = moved.argsort(kind="stable")[:2]
    nearer = np.full((case.work.trajectories, len(case.work.shocks.unknowns) + 1), 0.5)
    nearer[[one, other], : max(moved[one], moved[other]) + 2] = 1.0
    less = replace(case, arrays=case.arrays | {"nearer": nearer.ravel()})
    return less, draw(less, "resident", lang)


@pytest.mark.parametrize("lang", languages())
def test_unknowns_with_too_few_effects_stay_in_the_table_and_are_told(case, lang, tmp_path) -> None:
    less, chart = unmeasured_of(case, lang)
    table, unknowns = less.table.xs("resident").xs(YEARS_FUNDED), len(case.work.shocks.unknowns)
    assert len(table) == unknowns
    empty = table["effects"] < 2
    assert 0 < empty.sum() < unknowns
    assert empty.is_monotonic_increasing
    assert table.drop(columns="effects").isna().all(axis=1).equals(empty)
    measured_ones, without = str((~empty).sum()), str(empty.sum())
    assert measured_ones in chart.figure.heading[0]
    assert without in chart.figure.remarks[0]
    assert "--morris" in chart.figure.remarks[0]
    assert len(chart.figure.axes[0].get_yticklabels()) == min(15, int((table["mean_absolute"] > 0).sum()))
    facts = effect_facts(less, "resident", words(lang))
    assert facts["unmeasured"] == empty.sum()
    assert f"{without}" in words(lang).say("sensitivity.unmeasured", **facts)


def test_where_nothing_moves_there_is_no_ranking_and_no_chart(case, tmp_path) -> None:
    still = {"measured/depletion_year": np.full(case.work.points, np.nan)}
    none = replace(case, arrays=case.arrays | still)
    facts = effect_facts(none, "resident", words("en"))
    assert facts["effects"] == []
    assert words("en").say("sensitivity.screened", **facts).endswith("others stand: nothing changes them up to 2029.")
    assert list(write_all(none, tmp_path, "en")) == []
    nearer = {"nearer": np.zeros(case.work.points)}
    unknown = effect_facts(replace(none, arrays=none.arrays | nearer), "resident", words("en"))
    assert words("en").say("sensitivity.screened", **unknown).endswith("none could be measured.")


@pytest.mark.long
def test_the_command_writes_the_effects_and_in_python_they_are_the_same(tmp_path) -> None:
    off = ("parameters", "behaviour", "demography")
    few = [part for name in off for part in ("--set", f"uncertainty.{name}=false")]
    short = ["--set", "horizon.last_year=2026", "--set", "employee.projected=false"]
    call = ["sensitivity", "baseline", *few, *short, "--morris", "2", "--jobs", "1", "--out", str(tmp_path)]
    told = CliRunner().invoke(main, [*call, "--no-charts"])
    assert told.exit_code == 0, told.output
    assert [each.name for each in tmp_path.iterdir()] == ["sensitivity-baseline"]
    folder = tmp_path / "sensitivity-baseline"
    table = pd.read_csv(folder / "morris.csv")
    assert json.loads((folder / "manifest.json").read_text())["morris"] == {"trajectories": 2, "seed": 1}
    assert "Morris screening" in told.stdout
    assert "`morris.csv`" in (folder / "summary.md").read_text()
    changes = {f"uncertainty.{name}": False for name in off} | {"horizon.last_year": 2026, "employee.projected": False}
    results = ss.sensitivity(ss.load("baseline").replace(changes), morris=2)
    np.testing.assert_allclose(results.morris["mean_absolute"], table["mean_absolute"], rtol=1e-12)
    results.save(tmp_path / "saved", charts=False)
    assert (tmp_path / "saved" / "morris.csv").read_bytes() == (folder / "morris.csv").read_bytes()
