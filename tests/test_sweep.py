"""A scenario over grids of values: each point is a run of its own, in whatever order and by whatever process."""

import json
import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance.cli import main
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import languages, words
from simsurance.output.charts import canvas
from simsurance.output.charts.sweep import NUMBER, _told_ends, draw
from simsurance.output.sweep_summary import measure_words, point_rows, sweep_summary
from simsurance.results import simulate
from simsurance.scenario_file.schedule import Ramp, value_in, values_by_year
from simsurance.uncertainty import points as of_points
from simsurance.uncertainty.chunks import DONE
from simsurance.uncertainty.points import computed
from simsurance.uncertainty.sweep import Grid, Points, from_year, grid_of, points_of, sweep

GROWTH = "claims.trend.residual_growth"
RATIO = "benefits.inpatient.payment_ratio"
SHORT = {"horizon.last_year": 2031, "employee.projected": False}
GRIDS = (Grid(GROWTH, -0.02, 0.12, 3), Grid(RATIO, 0.6, 0.9, 4))


@pytest.fixture(scope="module")
def base():
    return ss.load("baseline").replace(SHORT)


@pytest.fixture(scope="module")
def found(base):
    (central,) = simulate([base])
    return sweep(points_of(base, GRIDS), central)


def test_every_point_is_the_run_with_the_same_values(base, found):
    table = found.table
    assert len(table) == 12
    for (growth, ratio, fund), row in table.iterrows():
        values = {GROWTH: from_year(base.values.claims.trend.residual_growth, growth, 2026)}
        values[RATIO] = from_year(base.values.benefits.inpatient.payment_ratio, ratio, 2026)
        single = ss.run(base.replace(values)).measures["value"]
        assert fund == "resident"
        pd.testing.assert_series_equal(
            row.drop(["status", "years_funded"]).astype(float), single, check_names=False, check_exact=True
        )
        year = single["depletion_year"]
        assert row["years_funded"] == (6 if math.isnan(year) else year - 2026)
        assert row["status"] == ("not_depleted_by_2031" if math.isnan(year) else "ok")
    assert set(table["status"]) == {"ok", "not_depleted_by_2031"}


def test_years_before_the_valuation_year_stay_as_they_are():
    years = range(2019, 2031)
    steps = {2019: 1.0, 2024: 2.0, 2028: 3.0}
    ramp = Ramp(ramp={2020: 1.0, 2030: 2.0})
    for own, start in ((0.5, 2019), (steps, 2019), (ramp, 2020)):
        new = from_year(own, 9.0, 2026)
        before = [year for year in years if start <= year < 2026]
        np.testing.assert_array_equal(values_by_year(new, before), values_by_year(own, before))
        np.testing.assert_array_equal(values_by_year(new, range(2026, 2031)), 9.0)
    assert from_year({2027: 1.0}, 9.0, 2026) == {2026: 9.0}
    assert value_in(from_year(ramp, 9.0, 2019), 2019) == 9.0


@pytest.mark.long
def test_processes_and_chunks_taken_up_give_the_same_bits(base, found, tmp_path, monkeypatch):
    monkeypatch.setattr(of_points, "CHUNK", 5)
    parts, made = tmp_path / "parts", []
    chunk = Points.chunk
    monkeypatch.setattr(Points, "chunk", lambda work, *span: made.append(span) or chunk(work, *span))
    with pytest.raises(KeyboardInterrupt):
        computed(found.points, 1, parts, interrupted_at(5))
    with (parts / DONE).open("a") as log:
        log.write("5,10,")
    assert made == [(0, 5)]
    told = []
    again = computed(found.points, 2, parts, lambda *share: told.append(share))
    assert made == [(0, 5)], "what is left goes to processes of its own"
    assert sorted(told) in ([(5, 12), (10, 12), (12, 12)], [(5, 12), (7, 12), (12, 12)])
    assert again.keys() == found.arrays.keys()
    for name, values in again.items():
        np.testing.assert_array_equal(values, found.arrays[name], err_msg=name)


def interrupted_at(count):
    def tell(done, of):
        if done >= count:
            raise KeyboardInterrupt

    return tell


def test_a_point_that_the_scenario_does_not_bear_has_a_status_and_no_value(base):
    buying, resident = (Grid(f"employee.unqualified.{name}", 0.1, 0.6, 2) for name in ("buying", "resident"))
    own = dict.fromkeys((buying.key, resident.key), 0.3)
    scenario = base.replace({"employee.projected": True, "horizon.last_year": 2027, **own})
    (central,) = simulate([scenario])
    found = sweep(points_of(scenario, (buying, resident)), central)
    table = found.table.xs("employee_pool", level="fund")
    refused = table["status"] == "not_possible"
    assert refused.to_dict() == {(one, two): one + two > 1 for one in buying.values for two in resident.values}
    assert list(found.refused) == list(refused)
    assert table.loc[refused].drop(columns="status").isna().all(axis=None)
    assert table.loc[~refused, "closing_last_year"].notna().all()
    assert "At 1 points the scenario cannot be projected" in sweep_summary(found, "resident", "depletion_year")
    assert "grey" in "".join(text.get_text() for text in draw(found, "resident", "depletion_year").figure.texts)


def test_where_no_point_is_possible_it_is_said_why(base):
    scenario = base.replace({"employee.projected": True, "employee.unqualified.resident": 0.4})
    (central,) = simulate([scenario])
    with pytest.raises(SimsuranceError, match="buying"):
        sweep(Points(scenario, (Grid("employee.unqualified.buying", 0.7, 0.8, 2),)), central)


@pytest.mark.parametrize(
    ("grids", "more", "code", "line"),
    [
        ([], [], ExitCode.USAGE, "--grid: is missing; key=from:to:points (economy.inflation=0:0.04:5)"),
        (["economy.inflation"], [], ExitCode.USAGE, "--grid economy.inflation: is no grid; key=from:to:points"),
        (["economy.inflation=0:1"], [], ExitCode.USAGE, "--grid economy.inflation=0:1: is no grid"),
        (["economy.inflation=0:x:3"], [], ExitCode.USAGE, "--grid economy.inflation=0:x:3: is no grid"),
        (["economy.inflation=0:0.1:3:4"], [], ExitCode.USAGE, "--grid economy.inflation=0:0.1:3:4: is no grid"),
        (["economy.inflation=0:nan:3"], [], ExitCode.USAGE, "--grid economy.inflation: 3 points from 0 to nan; two at"),
        (["economy.inflation=0:0.1:1"], [], ExitCode.USAGE, "--grid economy.inflation: 1 points from 0 to 0.1; two at"),
        (["economy.inflation=1:1:3"], [], ExitCode.USAGE, "--grid economy.inflation: 3 points from 1 to 1; two at"),
        (["economy.inflation=0:0.1:20000"], [], ExitCode.USAGE, "--grid: 20,000 points; at most 10,000 together"),
        (["economy.inflation=0:0.1:2"] * 2, [], ExitCode.USAGE, "--grid: economy.inflation stands twice"),
        (["economy.inflatoin=0:0.1:3"], [], ExitCode.INPUT, "has no such key; did you mean economy.inflation?"),
        (["title=0:0.1:3"], [], ExitCode.INPUT, "--grid title: is no number in single years (text)"),
        (["behaviour.kind=0:1:2"], [], ExitCode.INPUT, "has no such key"),
        (
            ["horizon.last_year=2027:2028:2"],
            [],
            ExitCode.INPUT,
            "--grid horizon.last_year: all points lie over the same",
        ),
        (
            ["benefits.inpatient.payment_ratio=0:1.2:3"],
            [],
            ExitCode.INPUT,
            "--grid benefits.inpatient.payment_ratio.2026: 1.2 is outside 0 to 1 (share)",
        ),
        (["claims.trend.income_lag=0:1:3"], [], ExitCode.INPUT, "--grid claims.trend.income_lag: "),
        (
            ["economy.inflation=0:0.1:2"],
            ["--fund", "pool"],
            ExitCode.USAGE,
            "--fund pool: baseline has no such fund; resident",
        ),
        (
            ["economy.inflation=0:0.1:2"],
            ["--measure", "depletion_yaer"],
            ExitCode.USAGE,
            "--measure depletion_yaer: the fund resident has no such measure; did you mean depletion_year?",
        ),
        (
            ["economy.inflation=0:0.1:2"],
            ["--measure", "reserve_months_2040"],
            ExitCode.USAGE,
            "--measure reserve_months_2040: the fund resident has no such measure",
        ),
        (
            ["economy.inflation=0:0.1:2", "fund.administration_share=0:0.1:2", "fund.opening=0:1:2"],
            [],
            ExitCode.USAGE,
            "--grid: 3 grids; a chart shows one or two, --no-charts leaves it out",
        ),
    ],
)
def test_a_grid_that_cannot_be_is_one_line(tmp_path, grids, more, code, line):
    given = [part for grid in grids for part in ("--grid", grid)]
    short = ["--set", "horizon.last_year=2027", "--set", "employee.projected=false"]
    told = CliRunner().invoke(main, ["sweep", "baseline", *given, *more, *short, "--out", str(tmp_path)])
    assert told.exit_code == code, told.output
    (said,) = told.stderr.splitlines()
    assert line in said
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_a_folder_and_prints_the_measure(tmp_path):
    call = ["sweep", "baseline", "--grid", f"{GROWTH}=-0.02:0.12:3", "--measure", "reserve_months_2027", "--jobs", "1"]
    call += ["--set", "horizon.last_year=2028", "--set", "employee.projected=false", "--out", str(tmp_path)]
    told = CliRunner().invoke(main, call)
    assert told.exit_code == 0, told.output
    folder = tmp_path / "sweep-baseline"
    assert [each.name for each in tmp_path.iterdir()] == ["sweep-baseline"]
    table = pd.read_csv(folder / "sweep.csv")
    assert list(table[GROWTH]) == [-0.02, 0.05, 0.12]
    single = ss.run("baseline", **{"horizon.last_year": 2028, "employee.projected": False, GROWTH: 0.05})
    months = single.fund["reserve_months"].xs((2027, "resident"))
    chart = pd.read_csv(folder / "charts" / "sweep_resident_reserve_months_2027.csv")
    assert list(chart["status"]) == list(table["status"])
    assert words("en").significant(chart["value"][1], 4) in told.stdout
    assert chart["value"][0] > chart["value"][1] > chart["value"][2]
    assert chart["value"][1] == months
    as_json = json.loads(CliRunner().invoke(main, [*call, "--json"]).stdout)
    assert as_json["schema"] == "simsurance.sweep/1"
    assert as_json["grids"][0]["own"] == pytest.approx(-0.0117)
    assert [row["closing_last_year"] for row in as_json["points"]] == list(table["closing_last_year"])
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["grids"] == [{"key": GROWTH, "low": -0.02, "high": 0.12, "points": 3}]
    assert set(manifest["outputs"]) >= {"sweep.csv", "summary.md", "scenario.toml"}


def test_three_grids_have_a_table_without_a_chart(tmp_path):
    call = ["sweep", "baseline", "--grid", "economy.inflation=0:0.02:2", "--grid", "fund.administration_share=0:0.02:2"]
    call += ["--grid", f"{RATIO}=0.6:0.7:2", "--no-charts", "--jobs", "1", "--out", str(tmp_path)]
    call += ["--set", "horizon.last_year=2026", "--set", "employee.projected=false"]
    told = CliRunner().invoke(main, call)
    assert told.exit_code == 0, told.output
    assert len(pd.read_csv(tmp_path / "sweep-baseline" / "sweep.csv")) == 8


def test_the_map_has_a_cell_a_point_and_the_contour_where_depletion_begins(found):
    chart = draw(found, "resident", "depletion_year")
    axes = chart.figure.axes[0]
    texts = [text.get_text() for text in axes.texts]
    depleted = np.isfinite(found.of("resident", "depletion_year"))
    assert 0 < depleted.sum() < 12
    assert sum(text == "–" for text in texts) == 12 - depleted.sum()
    for year in chart.data["value"].dropna():
        assert f"{year:.0f}" in texts
    by_cell = depleted.reshape(3, 4)
    edges = (by_cell[1:] != by_cell[:-1]).sum() + (by_cell[:, 1:] != by_cell[:, :-1]).sum()
    assert len(axes.get_lines()) == edges
    assert list(chart.data["value"].isna()) == list(~depleted)


def test_a_point_of_the_scenarios_own_values_is_framed(base):
    own = 0.66226
    scenario = base.replace({"horizon.last_year": 2027})
    (central,) = simulate([scenario])
    grids = [Grid(RATIO, own, 0.9, 2), Grid("fund.administration_share", 0.0, 0.02, 2)]
    chart = draw(sweep(points_of(scenario, grids), central), "resident", "reserve_months_last_year")
    frames = [patch for patch in chart.figure.axes[0].patches if patch.get_linewidth() > 1]
    assert {patch.get_xy() for patch in frames} == {(-0.5, -0.5)}


@pytest.fixture(scope="module")
def large(base):
    """Many points of short runs."""
    scenario = base.replace({"horizon.last_year": 2028})
    (central,) = simulate([scenario])
    return sweep(points_of(scenario, [Grid(GROWTH, -0.03, 0.12, 15), Grid(RATIO, 0.6, 0.7, 12)]), central)


MAPPED = ("closing_last_year_constant_prices", "cost_rate_last_year", "required_contribution_now", "depletion_year")


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("measure", MAPPED)
def test_words_of_a_map_of_many_points_keep_off_each_other_and_on_the_sheet(large, measure, lang):
    figure = draw(large, "resident", measure, lang).figure
    with canvas.style():
        (axes,) = figure.axes
        ticks = [label for axis in (axes.xaxis, axes.yaxis) for label in axis.get_ticklabels()]
        notes = [note for note in (*axes.texts, *ticks, *figure.texts, axes.xaxis.label) if note.get_text()]
        boxes = [note.get_window_extent() for note in notes]
        for box, note in zip(boxes, notes, strict=True):
            assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1 + 1, note
        for (one, box), (two, other) in combinations(zip(notes, boxes, strict=True), 2):
            assert not box.padded(-1.5).overlaps(other.padded(-1.5)), (one, two)
    cells = [note.get_text() for note in axes.texts if note.get_fontsize() == NUMBER]
    assert len(cells) == (180 if measure in ("depletion_year", "cost_rate_last_year") else 0)


def test_cells_have_amounts_in_the_unit_above_the_scale_and_shares_in_per_cent(base):
    scenario = base.replace({"horizon.last_year": 2028})
    (central,) = simulate([scenario])
    few = sweep(points_of(scenario, [Grid(GROWTH, -0.02, 0.02, 2), Grid(RATIO, 0.6, 0.7, 2)]), central)
    for measure, unit, size in (("closing_last_year", "CNY billion", 1e9), ("cost_rate_last_year", None, 0.01)):
        chart = draw(few, "resident", measure)
        texts = [note.get_text() for note in chart.figure.axes[0].texts]
        assert unit is None or unit in texts
        for value in few.of("resident", measure) / size:
            told = f"{value:.1f}%" if unit is None else words("en").significant(float(value), 3)
            assert told in texts


def test_colours_of_years_are_told_within_the_years_projected():
    edges, years = [2025.0, 2030.0, 2035.0, 2040.0], range(2026, 2036)
    assert _told_ends(edges, "year", years) == [(2026, 2029), (2030, 2034), (2035, 2035)]
    assert _told_ends(edges[:2], "months", years) == [(2025, 2030)]


@pytest.mark.parametrize("lang", languages())
def test_every_measure_has_a_name_in_words(base, lang):
    (central,) = simulate([ss.load("baseline").replace({"horizon.last_year": 2027})])
    said, named = words(lang), {}
    for measure in central.measures.index:
        fund = next(
            (fund for fund in ("employee_pool", "personal_accounts") if measure.startswith(f"{fund}_")), "resident"
        )
        own = str(measure) if fund == "resident" else str(measure).removeprefix(f"{fund}_")
        named[fund, own] = measure_words(own, fund, said)
    without = {own for (_, own), name in named.items() if "_" in name}
    assert without == set()
    kept = {key.removeprefix("sweep.measure.") for key in said.entries if key.startswith("sweep.measure.")}
    assert kept <= {own for _, own in named}
    for fund in ("resident", "employee_pool"):
        names = [name for (of, _), name in named.items() if of == fund]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("lang", languages())
def test_the_line_tells_what_does_not_come_and_the_scenarios_own_value(base, lang):
    (central,) = simulate([base])
    found = sweep(points_of(base, [Grid(GROWTH, -0.03, 0.12, 4)]), central)
    chart = draw(found, "resident", "depletion_year", lang)
    axes = chart.figure.axes[0]
    assert any("2031" in text.get_text() for text in axes.texts)
    assert any(np.allclose(line.get_xdata(), -0.0117) for line in axes.get_lines())
    rows = point_rows(found, "resident", "depletion_year", words(lang))
    assert rows[1][0] == "-0.03"
    assert rows[1][1] == "–"
    text = sweep_summary(found, "resident", "depletion_year", lang)
    assert f"`{GROWTH}`" in text
    assert "-0.0117" in text


def test_a_key_that_changes_nothing_is_told(base):
    scenario = base.replace({"horizon.last_year": 2026})
    (central,) = simulate([scenario])
    idle, acting = Grid("contributions.personal.growth_rate", 0.0, 0.1, 2), Grid(RATIO, 0.6, 0.7, 2)
    found = sweep(points_of(scenario, [idle, acting]), central)
    assert (found.moves(idle), found.moves(acting)) == (False, True)
    text = sweep_summary(found, "resident", "depletion_year")
    assert "`contributions.personal.growth_rate` changes nothing in this scenario." in text
    assert f"`{RATIO}` changes nothing" not in text


def test_in_python_a_sweep_has_its_table_and_its_chart():
    short = ss.load("baseline").replace(SHORT | {"horizon.last_year": 2026})
    found = ss.sweep(short, {RATIO: (0.6, 0.7, 2)})
    assert list(found.table.index.names) == [RATIO, "fund"]
    assert found.plot("reserve_months_last_year", lang="zh").axes
    assert repr(found) == "SweepResults(baseline, 2026 to 2026; 2 points)"
    with pytest.raises(SimsuranceError, match="two at least"):
        ss.sweep(short, {RATIO: (0.6, 0.7, 1)})


def test_a_grid_as_typed():
    assert grid_of("economy.inflation=0:0.1:3") == Grid("economy.inflation", 0.0, 0.1, 3)
    assert grid_of("economy.inflation=0.1:0.3:3").values == (0.1, 0.2, 0.3)
