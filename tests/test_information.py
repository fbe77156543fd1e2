"""What it is worth to know an unknown: the estimate against closed forms, and what is told of it."""

import json
from dataclasses import replace
from math import asin, pi

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance.cli import main
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import languages, words
from simsurance.output.charts.information import draw, write_all
from simsurance.output.sensitivity_summary import worth_facts, worth_words
from simsurance.uncertainty.information import (
    BINS,
    SAMPLER,
    Drawn,
    Information,
    Worth,
    information,
    share_known,
    told_apart,
    values_of,
    worth,
)
from simsurance.uncertainty.paths import SERIES
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.sensitivity import Unknown
from simsurance.uncertainty.stochastic import Plan, stochastic

ONE = Unknown("long_run", "inflation")


@pytest.fixture(scope="module")
def run():
    scenario = ss.load("baseline").replace({"horizon.last_year": 2027, "employee.projected": False})
    (found,) = stochastic([scenario], Sample(16, 3, SAMPLER))
    return found


@pytest.fixture(scope="module")
def drawn(run):
    """The draws and what each unknown is in them, and an event that one of them decides."""
    known = information(Drawn.of(run), 2027)
    months = run.kept.yearly["resident"]["reserve_months"][:, -1]
    years = {"depletion_year": np.where(months < np.median(months), 2027.0, np.nan)}
    decided = replace(run, kept=replace(run.kept, measured={**run.kept.measured, **years}))
    return Information(Drawn.of(decided), known.values, 2027)


@pytest.mark.parametrize("weight", [0.3, 1.0, 3.0])
def test_the_share_of_a_normal_number_in_a_sum_of_two_is_its_closed_form(weight):
    one, other = np.random.default_rng(5).standard_normal((2, 40_000))
    event = weight * one + other > 0
    share = 2 / pi * asin(weight**2 / (weight**2 + 1))
    assert share_known(one, event, 64) == pytest.approx(share, abs=0.02)
    assert share_known(other, event, 64) == pytest.approx(2 / pi * asin(1 / (weight**2 + 1)), abs=0.02)


def test_what_decides_all_is_worth_all_and_what_says_nothing_is_worth_nothing_on_average():
    rng = np.random.default_rng(7)
    decides = rng.standard_normal(800)
    assert share_known(decides, decides > np.median(decides), BINS[1]) == pytest.approx(1.0)
    nothing = [share_known(rng.standard_normal(256), rng.random(256) < 0.3, BINS[1]) for _ in range(400)]
    assert abs(np.mean(nothing)) < 3 * np.std(nothing) / 20
    assert min(nothing) < 0 < max(nothing)
    assert share_known(decides, np.zeros(800, dtype=bool), BINS[1]) == 0


def test_the_interval_holds_the_closed_form_about_as_often_as_it_says():
    rng, share, held = np.random.default_rng(11), 2 / pi * asin(0.5), 0
    for _ in range(200):
        one, other = rng.standard_normal((2, 512))
        found = worth(ONE, one, one + other > 0)
        assert found.low < found.share < found.high
        held += found.low <= share <= found.high
    assert 0.85 < held / 200 <= 1.0
    assert found.chance_lowest < 0.3 < 0.7 < found.chance_highest


def test_unknowns_are_what_the_draws_hold(run):
    plan = Plan((run.scenario,), run.sample)
    futures = plan.futures
    values = values_of(futures, plan.observed.spread, Drawn.of(run))
    kinds = [each.kind for each in values]
    assert kinds.count("input") == len(futures.parameters.drawn)
    assert kinds.count("long_run") == kinds.count("yearly") == len(SERIES)
    assert kinds.count("demography") == 3
    numbers = futures.numbers(0, 16)
    own = futures.scenario.values.claims.trend.residual_growth.ramp
    years = np.array(futures.paths.years)
    path = np.log1p(np.interp(years, list(own), list(own.values())))
    process = futures.paths.processes["resident_excess_cost"]
    for draw_ in (0, 9):
        drawn = futures.values(numbers[draw_])["claims.trend.residual_growth"].ramp
        deviation = np.mean([np.log1p(drawn[year]) for year in futures.paths.years] - path)
        shift = process.shift_sd * values[Unknown("long_run", "resident_excess_cost")][draw_]
        assert shift + values[Unknown("yearly", "resident_excess_cost")][draw_] == pytest.approx(deviation, abs=1e-12)
    off = run.scenario.replace({"uncertainty.paths": False, "uncertainty.demography": False})
    few = Plan((off,), run.sample)
    assert {each.kind for each in values_of(few.futures, few.observed.spread, Drawn.of(run))} == {"input", "settlement"}


def test_the_event_is_asked_for_or_the_least_certain_one(drawn):
    assert drawn.by("resident") == 2027
    assert drawn.event("resident").mean() == 0.5
    free = Information(drawn.run, drawn.values)
    assert free.by("resident") == 2027
    none = replace(drawn.run, depletion={"resident": np.full_like(drawn.run.depletion["resident"], np.nan)})
    assert Information(none, drawn.values).by("resident") == drawn.run.years[-1]
    never = Information(drawn.run, drawn.values, 2026)
    assert never.worths("resident") == []
    assert len(never.table) == 0
    worths = drawn.worths("resident")
    assert [each.share for each in worths] == sorted((each.share for each in worths), reverse=True)
    assert len(drawn.table) == len(drawn.values)


@pytest.mark.parametrize("lang", languages())
def test_bars_show_the_table_and_grey_what_is_not_told_from_0(drawn, lang, tmp_path):
    chart = draw(drawn, "resident", lang)
    axes, shown = chart.figure.axes[0], drawn.worths("resident")[:10]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([100 * max(each.share, 0) for each in shown])
    grey = [label.get_color() for label in axes.get_yticklabels()]
    assert [colour != "#000000" for colour in grey] == [not each.low > 0 for each in shown]
    assert list(chart.data["share"]) == [each.share for each in drawn.worths("resident")]
    assert len(list(write_all(drawn, tmp_path / "charts", lang))) == 4
    facts = worth_facts(drawn, "resident", words(lang))
    assert len(facts["worths"]) == 3
    assert facts["by"] == 2027
    assert list(write_all(Information(drawn.run, drawn.values, 2026), tmp_path / "none", lang)) == []


def test_the_command_tells_what_is_worth_knowing(tmp_path):
    few = [
        part for name in ("parameters", "behaviour", "demography") for part in ("--set", f"uncertainty.{name}=false")
    ]
    short = ["--set", "horizon.last_year=2026", "--set", "employee.projected=false"]
    call = ["sensitivity", "baseline", *few, *short, "--draws", "15", "--jobs", "1", "--out", str(tmp_path)]
    told = CliRunner().invoke(main, [*call, "--no-charts"])
    assert told.exit_code == 0, told.output
    assert told.stderr.startswith("16 draws, not 15")
    assert [each.name for each in tmp_path.iterdir()] == ["sensitivity-baseline"]
    folder = tmp_path / "sensitivity-baseline"
    table = pd.read_csv(folder / "information.csv")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["sample"] == {"draws": 16, "seed": 1, "sampler": "plain"}
    assert manifest["by"] == {"resident": 2026}
    summary = (folder / "summary.md").read_text()
    assert "Depleted by 2026:" in summary
    assert "Depleted by 2026: 0 %, in no draw, which nothing known would change." in told.stdout
    assert len(table) == 0


def test_a_year_that_is_not_projected_is_one_line(tmp_path):
    call = ["sensitivity", "baseline", "--set", "horizon.last_year=2027", "--by", "2040", "--draws", "16"]
    told = CliRunner().invoke(main, [*call, "--out", str(tmp_path)])
    assert told.exit_code == ExitCode.INPUT
    assert told.stderr.splitlines() == ["--by 2040: is not projected; 2026 to 2027"]


def test_a_worth_is_told_with_its_interval():
    said, found = words("en"), Worth(ONE, 0.142, 0.081, 0.2, 0.16, 0.78)
    assert said.say("sensitivity.worth", **worth_words(found, said)) == (
        "long-run inflation: 14 % (8 % to 20 %); probability 16 % where it is lowest, 78 % where it is highest."
    )


def test_a_worth_without_an_interval_is_not_measured_and_a_share_is_shown_within_its_bounds():
    said, none, wide = words("en"), Worth(ONE, 0.0, np.nan, np.nan, 0.0, 0.0), Worth(ONE, 1.0, 0.05, 1.95, 0.0, 1.0)
    assert ": not measured; " in said.say("sensitivity.worth", **worth_words(none, said))
    assert ": 100 % (5 % to 100 %); " in said.say("sensitivity.worth", **worth_words(wide, said))
    assert not told_apart([wide, none])
    sure = Worth(ONE, 0.5, 0.4, 0.6, 0.1, 0.9)
    assert told_apart([sure, Worth(ONE, 0.3, 0.1, 0.5, 0.2, 0.4)])
    assert not told_apart([sure, Worth(ONE, 0.45, 0.1, 0.8, 0.2, 0.4)])


def test_draws_of_a_folder_say_what_they_said_at_hand(run, tmp_path):
    fresh = ss.stochastic(run.scenario, draws=16, seed=3, sampler=SAMPLER)
    fresh.save(tmp_path / "drawn", charts=False, bom=True)
    at_hand, saved = ss.information(fresh, 2027), ss.information(tmp_path / "drawn", 2027)
    for unknown, values in at_hand.shown.values.items():
        np.testing.assert_array_equal(values, saved.shown.values[unknown])
    assert saved.table.equals(at_hand.table)
    assert repr(saved) == "InformationResults(16 draws)"
    folder = str(tmp_path / "drawn")
    call = ["sensitivity", "baseline", "--draws-from", folder, "--jobs", "1", "--out", str(tmp_path / "out")]
    told = CliRunner().invoke(main, call)
    assert told.exit_code == ExitCode.INPUT
    assert told.stderr.splitlines()[-1].endswith("its draws are of another scenario than baseline; draw again")
    (tmp_path / "drawn" / "draws.csv").write_text("draw,depletion_year\n0,2027\n")
    with pytest.raises(SimsuranceError, match=r"draws\.csv: is not as it was written; draw again"):
        ss.information(folder)
    with pytest.raises(SimsuranceError, match="holds no draws"):
        ss.information(tmp_path)
    with pytest.raises(SimsuranceError, match="--by 2030: is not projected; 2026 to 2027"):
        ss.information(fresh, 2030)


@pytest.mark.long
def test_the_command_takes_the_draws_of_a_folder_and_says_where_a_sequence_ties_them(tmp_path):
    few = [
        part for name in ("parameters", "behaviour", "demography") for part in ("--set", f"uncertainty.{name}=false")
    ]
    short = ["--set", "horizon.last_year=2026", "--set", "employee.projected=false", "--jobs", "1", "--no-charts"]
    out = ["--out", str(tmp_path)]
    drawn = CliRunner().invoke(main, ["stochastic", "baseline", *few, *short, *out, "--draws", "16"])
    assert drawn.exit_code == 0, drawn.output
    folder = tmp_path / "stochastic-baseline"
    call = ["sensitivity", "baseline", *few, *short, *out, "--draws-from", str(folder)]
    told = CliRunner().invoke(main, call)
    assert told.exit_code == 0, told.output
    assert told.stderr.startswith("These 16 draws are of a sequence that is spread evenly")
    manifest = json.loads((tmp_path / "sensitivity-baseline" / "manifest.json").read_text())
    assert manifest["sample"] == {"draws": 16, "seed": 1, "sampler": "sobol"}
    both = CliRunner().invoke(main, [*call, "--draws", "16"])
    assert both.exit_code == ExitCode.USAGE
    assert "--draws and --draws-from: new draws or those of a folder; leave one out" in both.stderr


def test_draws_of_another_version_or_of_several_scenarios_are_refused(run, tmp_path, monkeypatch):
    ss.stochastic(run.scenario, draws=16, sampler=SAMPLER).save(tmp_path / "one", charts=False)
    monkeypatch.setattr("simsurance.output.saved_draws.run_id", lambda _: "another")
    with pytest.raises(SimsuranceError, match="was drawn by another version of simsurance or of a table; draw again"):
        ss.information(tmp_path / "one")
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_text())
    manifest["runs"]["other"] = {}
    (tmp_path / "one" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(
        SimsuranceError, match="holds draws of several scenarios; what `simsurance stochastic` wrote for one alone"
    ):
        ss.information(tmp_path / "one")
