"""One unknown at a time at both ends: what is moved, what stays as observed, what is told of it."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance.cli import main
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import languages, words
from simsurance.output.charts.sensitivity import charts_of, draw
from simsurance.output.sensitivity_summary import headline, most, sensitivity_summary, unknown_words
from simsurance.results import accounts_of, simulate
from simsurance.scenario_file.schedule import value_in, values_by_year
from simsurance.uncertainty import sensitivity as module
from simsurance.uncertainty.draws import in_order
from simsurance.uncertainty.parameters import K, value_at
from simsurance.uncertainty.paths import LATENT, SERIES, between
from simsurance.uncertainty.sensitivity import (
    DEPLETION,
    REQUIRED,
    Ends,
    Sensitivity,
    Shocks,
    Unknown,
    default_year,
    sensitivity,
)
from simsurance.uncertainty.stochastic import YEARS_FUNDED

SHORT = {"horizon.last_year": 2029}
GROWTH = Unknown("long_run", "resident_excess_cost")


@pytest.fixture(scope="module")
def base():
    return ss.load("baseline").replace(SHORT)


@pytest.fixture(scope="module")
def shocks(base):
    return Shocks(base)


@pytest.fixture(scope="module")
def found(base):
    few = base.replace({"uncertainty.parameters": True, "uncertainty.behaviour": False, "employee.projected": False})
    return sensitivity(few.replace({"uncertainty.demography": True}), 2028)


def test_the_unknowns_are_those_of_draws(base, shocks):
    kinds = [each.kind for each in shocks.unknowns]
    assert kinds.count("input") == len(shocks.futures.parameters.drawn)
    assert [each.name for each in shocks.unknowns if each.kind == "long_run"] == list(SERIES)
    assert [each.name for each in shocks.unknowns if each.kind == "demography"] == list(LATENT)
    settled = [each.name for each in shocks.unknowns if each.kind == "settlement"]
    assert settled == [
        level.target for level, size in zip(shocks.observed.levels, shocks.observed.spread, strict=True) if size
    ]
    assert shocks.points == 1 + 2 * len(shocks.unknowns)
    off = base.replace({"uncertainty.parameters": False, "uncertainty.behaviour": False, "uncertainty.long_run": 0.0})
    assert [each.kind for each in Shocks(off).unknowns] == ["demography"] * len(LATENT)
    with pytest.raises(SimsuranceError, match=r"every family in \[uncertainty\] is switched off"):
        sensitivity(off.replace({"uncertainty.demography": False}))


def changed(shocks, unknown, z):
    """The keys that differ between an unknown at a number and all at their medians, with their values."""
    futures, none = shocks.futures, np.zeros(len(shocks.futures.dimensions))
    middle, moved = futures.values(none), futures.values(shocks.numbers(unknown, z))
    years = range(2026, 2031)
    return {
        path: values_by_year(moved[path], years)
        for path in middle
        if not np.allclose(
            values_by_year(moved[path], years), values_by_year(middle[path], years), rtol=1e-9, atol=1e-12
        )
    }


def test_an_input_moves_alone_to_the_percentile_of_the_register(base, shocks):
    futures = shocks.futures
    grouped = [each for each in futures.parameters.drawn if each.group]
    assert len(grouped) > 1
    for parameter in (*grouped, *futures.parameters.drawn[:5]):
        own = value_at(base.values, parameter.path)
        for z in (-K, K):
            expected = value_in(parameter.drawn(own, 2026, z), 2026)
            moved = changed(shocks, Unknown("input", parameter.path), z)
            assert set(moved) <= {parameter.path}
            if moved:
                assert moved[parameter.path][0] == pytest.approx(expected, rel=1e-9)
            assert shocks.size(Unknown("input", parameter.path), z) == pytest.approx(expected, rel=1e-9)


def test_a_long_run_mean_moves_alone_by_its_spread(shocks):
    processes, years = shocks.futures.paths.processes, range(2026, 2031)
    key = "claims.trend.residual_growth"
    for z in (-K, K):
        moved = changed(shocks, GROWTH, z)
        own = values_by_year(value_at(shocks.scenario.values, key), years)
        assert set(moved) == {key}
        np.testing.assert_allclose(
            np.log1p(moved[key]), np.log1p(own) + z * processes["resident_excess_cost"].shift_sd, rtol=0, atol=1e-12
        )
        assert shocks.size(GROWTH, z) == z * processes["resident_excess_cost"].shift_sd


@pytest.mark.parametrize("z", [-K, K])
def test_demography_stands_at_the_bound_of_the_united_nations_in_every_year(shocks, z):
    paths = shocks.futures.paths
    place = np.array(paths.years) - paths.bounds_from
    bounds = paths.bounds["total_fertility"][place]
    moved = changed(shocks, Unknown("demography", "total_fertility"), z)
    assert set(moved) == {"population.fertility_level"}
    bound = bounds[:, 1 if z < 0 else 3]
    np.testing.assert_allclose(bound, between(bounds, np.full(len(place), z)), rtol=1e-9)
    own = values_by_year(value_at(shocks.scenario.values, "population.fertility_level"), range(2026, 2031))
    np.testing.assert_allclose(moved["population.fertility_level"], (own * bound / bounds[:, 2])[:5], rtol=1e-9)


def test_every_end_agrees_with_what_was_observed_but_for_its_settlement(shocks):
    place = shocks.unknowns.index(Unknown("settlement", "resident.outgo"))
    first = 1 + 2 * place
    low, high = in_order(shocks.futures, shocks.observed, first, first + 2)
    numbers = shocks.futures.settled(np.stack([low.numbers, high.numbers]))
    at = shocks.futures.targets.index("resident.outgo")
    assert [list(row[:at]) + list(row[at + 1 :]) for row in numbers] == [[0.0] * (len(shocks.futures.targets) - 1)] * 2
    assert list(numbers[:, at]) == [-K, K]
    assert max(low.missed, high.missed) < 1e-10
    spread = shocks.size(Unknown("settlement", "resident.outgo"), K)
    assert spread == pytest.approx(K * shocks.scenario.values.uncertainty.settlement_noise)


@pytest.mark.long
def test_ends_are_the_runs_of_those_draws_in_whatever_chunks(base, shocks, monkeypatch, tmp_path):
    few = base.replace(
        {"uncertainty.parameters": False, "uncertainty.behaviour": False, "uncertainty.demography": False}
        | {"employee.projected": False, "horizon.last_year": 2027}
    )
    found = sensitivity(few, jobs=1)
    assert found.shocks.points == 15
    monkeypatch.setattr("simsurance.uncertainty.points.CHUNK", 4)
    again = sensitivity(few, jobs=2, parts=tmp_path / "parts")
    for name, values in found.arrays.items():
        np.testing.assert_array_equal(values, again.arrays[name], err_msg=name)
    unknown = found.shocks.unknowns.index(GROWTH)
    (drawn,) = in_order(found.shocks.futures, found.shocks.observed, 2 + 2 * unknown, 3 + 2 * unknown)
    (single,) = accounts_of([drawn.of(few)])
    ends = next(each for each in found.ends("resident", "reserve_months_2027") if each.unknown == GROWTH)
    assert ends.high == single.accounts["resident"]["reserve_months"][-1]
    (central,) = simulate([few])
    assert ends.middle == pytest.approx(central.accounts["resident"]["reserve_months"][-1], rel=1e-3)
    assert ends.low > ends.middle > ends.high


@pytest.mark.long
def test_what_moves_most_stands_first_and_both_ends_are_told(found):
    for measure in found.measures("resident"):
        ranges = [each.range for each in found.ends("resident", measure)]
        assert measure == DEPLETION or ranges == sorted(ranges, reverse=True)
    assert found.measures("resident") == [YEARS_FUNDED, DEPLETION, "reserve_months_2028", REQUIRED]
    assert found.ends("resident", REQUIRED)[0].unknown == GROWTH
    table = found.table
    row = table.loc[("resident", "reserve_months_2028", "long_run", "resident_excess_cost")]
    assert row["low"] > row["middle"] > row["high"]
    assert row["unknown_high"] == -row["unknown_low"] > 0
    assert row["range"] == row["low"] - row["high"]
    assert set(table["nearer_low"]) == set(table["nearer_high"]) == {1.0}
    assert len(table) == 4 * len(found.shocks.unknowns)


def made(found, unknowns, months, dates):
    """The same with other unknowns and numbers: all at medians, then both ends of each."""
    arrays = {"months/resident": np.tile(np.array(months)[:, None], (1, len(found.years)))}
    arrays |= {"measured/depletion_year": np.array(dates), f"measured/{REQUIRED}": np.array(months)}
    arrays["nearer"] = np.array([1.0, 1.0, 0.6, 1.0, 1.0, 1.0, 1.0])
    shocks = Shocks(found.scenario)
    vars(shocks)["unknowns"] = unknowns
    return Sensitivity(found.central, shocks, arrays, found.year)


@pytest.fixture
def case(found):
    unknowns = (Unknown("demography", "total_fertility"), GROWTH, Unknown("input", "population.assisted_share"))
    none = np.nan
    return made(found, unknowns, [5.0, 4.5, 5.5, 9.0, 2.0, 5.2, 5.1], [2028, 2028, 2028, none, 2027, 2028, 2028])


@pytest.mark.long
def test_dates_that_do_not_come_rank_after_all_and_months_decide_between_equals(case):
    assert [each.unknown.name for each in case.ends("resident", DEPLETION)] == [
        "resident_excess_cost",
        "total_fertility",
        "population.assisted_share",
    ]
    assert [each.range for each in case.ends("resident", YEARS_FUNDED)] == [3.0, 0.0, 0.0]
    assert Ends(GROWTH, np.nan, np.nan, np.nan).range == 0
    said = words("en")
    first = most(case, "resident", said)[0]
    assert first == {
        "name": "long-run excess cost growth, residents",
        "low": "not depleted by 2029",
        "middle": "2028",
        "high": "2027",
    }
    assert headline(case, "resident", "en").startswith("Resident fund (all at their medians: depleted in 2028)")


@pytest.mark.long
def test_what_was_brought_nearer_is_named(case):
    assert [each.name for each in case.brought_nearer] == ["total_fertility"]
    assert "contradicted what was observed: total fertility." in sensitivity_summary(case)


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_the_tornado_has_a_bar_to_each_end_a_tick_on_one_side_and_what_does_not_come(case, lang):
    chart = draw(case, "resident", DEPLETION, lang)
    axes = chart.figure.axes[0]
    widths = sorted(round(bar.get_width(), 9) for bar in axes.patches)
    assert widths == [-1.0, 2.0]
    labels = [text.get_text().replace("\n", "") for text in axes.get_xticklabels()]
    assert labels[-1] in ("not by2029", "2029年未耗尽")
    assert list(chart.data["unknown"]) == ["resident_excess_cost", "total_fertility", "population.assisted_share"]
    months = draw(case, "resident", "reserve_months_2028", lang).figure.axes[0]
    assert sorted(round(bar.get_width(), 9) for bar in months.patches) == [-3.0, -0.5, 0.2, 0.5, 4.0]
    assert sum(len(line.get_xdata()) == 2 and np.allclose(line.get_xdata(), 5.1) for line in months.get_lines()) == 1
    texts = [text.get_text() for text in months.texts]
    assert texts.count("2027") == 1
    assert "–" in texts


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_a_date_that_nothing_moves_has_no_ranking_and_no_tornado(case, lang):
    none = replace(case, arrays=case.arrays | {"measured/depletion_year": np.full(7, np.nan)})
    assert most(none, "resident", words(lang)) == []
    assert DEPLETION not in charts_of(none, "resident")
    assert "reserve_months_2028" in charts_of(none, "resident")
    with pytest.raises(SimsuranceError, match="depletion_year of resident: has no tornado; nothing moves it"):
        draw(none, "resident", DEPLETION, lang)
    told, said = sensitivity_summary(none, lang), words(lang)
    assert said.say("sensitivity.unmoved", last=2029) in told
    assert said.label("sensitivity.three") not in told


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_what_leaves_a_date_as_it_is_is_not_told_to_move_it(case, lang):
    said = words(lang)
    assert [each["name"] for each in most(case, "resident", said)] == [unknown_words(GROWTH, said)]
    chart = draw(case, "resident", DEPLETION, lang)
    assert len(chart.figure.axes[0].get_yticklabels()) == 1
    assert len(chart.data) == 3
    assert said.say("chart.note.tornado_still", count=2) in chart.told
    assert said.say("chart.note.tornado_still", count=0) not in draw(case, "resident", "reserve_months_2028", lang).told


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_years_of_a_tornado_are_told_once_and_not_beyond_the_last(case, lang):
    dates = [np.nan, np.nan, np.nan, np.nan, 2029, np.nan, np.nan]
    late = replace(case, arrays=case.arrays | {"measured/depletion_year": np.array(dates)})
    axes = draw(late, "resident", DEPLETION, lang).figure.axes[0]
    labels = [text.get_text() for text in axes.get_xticklabels()]
    assert labels[0] == "2029"
    assert len(labels) == len(set(labels)) == 2


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_every_unknown_has_a_name_and_every_tornado_is_drawn(found, shocks, lang):
    said = words(lang)
    names = [unknown_words(each, said) for each in shocks.unknowns]
    assert len(set(names)) == len(names)
    for measure in charts_of(found, "resident"):
        chart = draw(found, "resident", measure, lang)
        assert len(chart.figure.axes[0].get_yticklabels()) == 10
        assert len(chart.data) == len(found.shocks.unknowns)
    with pytest.raises(SimsuranceError, match="years_funded of resident: has no tornado"):
        draw(found, "resident", YEARS_FUNDED, lang)


@pytest.mark.long
def test_the_command_prints_three_a_fund_and_writes_both_ends(tmp_path, monkeypatch, found):
    call = ["sensitivity", "baseline", "--set", "horizon.last_year=2029", "--out", str(tmp_path)]
    monkeypatch.setattr(module, "sensitivity", lambda *_: found)
    none = CliRunner().invoke(main, [*call, "--no-charts"])
    assert none.stdout.startswith(f"{headline(found, 'resident', 'en')}\n\n")
    assert "nothing moves its depletion year by 2029." in none.stdout
    dates = np.where(np.isin(np.arange(found.shocks.points), (2, 4, 6, 8)), 2029.0, np.nan)
    found = replace(found, arrays=found.arrays | {"measured/depletion_year": dates})
    told = CliRunner().invoke(main, call)
    assert told.exit_code == 0, told.output
    lines = told.stdout.splitlines()
    assert [line[:5] for line in lines[1:4]] == ["  1. ", "  2. ", "  3. "]
    folder = tmp_path / "sensitivity-baseline"
    table = pd.read_csv(folder / "sensitivity.csv")
    assert len(table) == 4 * len(found.shocks.unknowns)
    assert {file.name for file in (folder / "charts").iterdir()} == {
        f"tornado_resident_{measure}.{kind}"
        for measure in (DEPLETION, "reserve_months_2028", REQUIRED)
        for kind in ("png", "svg", "csv", "txt")
    }
    as_json = json.loads(CliRunner().invoke(main, [*call, "--no-charts", "--json"]).stdout)
    assert as_json["z"] == K
    assert [row["low"] for row in as_json["ends"]] == [None if np.isnan(each) else each for each in table["low"]]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["unknowns"] == len(found.shocks.unknowns)


def test_a_year_that_is_not_projected_is_one_line(tmp_path):
    call = ["sensitivity", "baseline", "--set", "horizon.last_year=2027", "--year", "2030", "--out", str(tmp_path)]
    told = CliRunner().invoke(main, call)
    assert told.exit_code == ExitCode.INPUT
    assert told.stderr.splitlines() == ["--year 2030: is not projected; 2026 to 2027"]
    assert default_year(range(2026, 2061)) == 2035
    assert default_year(range(2026, 2029)) == 2028


@pytest.mark.long
def test_in_python(monkeypatch, found):
    monkeypatch.setattr("simsurance.api.both_ends", lambda *_: found)
    results = ss.sensitivity("baseline")
    assert results.tornado.equals(found.table)
    for name, asked in (("morris", "morris"), ("sobol", "sobol"), ("information", "draws")):
        with pytest.raises(SimsuranceError, match=rf"{asked}: was not asked for; sensitivity\(…, {asked}=N\)"):
            getattr(results, name)
        with pytest.raises(SimsuranceError, match=f"{asked}: was not asked for"):
            results.plot(name)
    with pytest.raises(SimsuranceError, match="morris: 1; at least 2"):
        ss.sensitivity("baseline", morris=1)
    assert results.plot("reserve_months_2028", lang="zh").axes
    assert repr(results) == f"SensitivityResults(baseline, 2026 to 2029; {len(found.shocks.unknowns)} unknowns)"
