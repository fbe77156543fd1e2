"""The charts: every word on the sheet, every number in the table beside it, the same bytes each time."""

import io
import itertools
import re
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter

import simsurance as ss
from simsurance.output import charts
from simsurance.output.charts import canvas, comparison
from simsurance.output.charts.words import WORDS
from simsurance.output.labels import CHART_NAMES, LANGUAGES

CASES = {
    "baseline": {},
    "one year": {"horizon.last_year": 2026},
    "hindcast": {"horizon.valuation_year": 2019, "horizon.last_year": 2026, "contributions.prepaid_share": 0.7},
    "deficit from the start": {"fund.opening": -1e11, "horizon.last_year": 2036},
    "band and no end": {"fund.reserve_band": [6, 9], "claims.trend.real_growth": 0.0},
    "long title": {"title": "A scenario with a title that does not end " * 8, "title_zh": "很长的标题" * 40},
}


@pytest.fixture(scope="module", params=CASES)
def results(request):
    return ss.run("baseline", **CASES[request.param])


@pytest.fixture(scope="module")
def baseline():
    return ss.run("baseline")


def drawn(figure):
    held = io.BytesIO()
    figure.savefig(held, format="png", dpi=60)
    return held.getvalue()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", charts.CHARTS)
def test_no_word_leaves_the_sheet(results, name, lang):
    figure = charts.draw(name, results, lang).figure
    drawn(figure)
    edge = figure.bbox
    with canvas.style():
        for text in figure.findobj(match=lambda each: hasattr(each, "get_text")):
            if not text.get_visible() or not text.get_text().strip():
                continue
            box = text.get_window_extent()
            tick = any(text in axis.get_ticklabels() for axes in figure.axes for axis in (axes.xaxis, axes.yaxis))
            if tick and not _within_view(text, figure):
                continue
            assert box.x0 >= edge.x0 - 1, text.get_text()
            assert box.x1 <= edge.x1 + 1, text.get_text()
            assert box.y0 >= edge.y0 - 1, text.get_text()
            assert box.y1 <= edge.y1 + 1, text.get_text()


def _within_view(text, figure):
    """Ticks outside the limits of an axis are kept by Matplotlib and not drawn."""
    for axes in figure.axes:
        for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            for tick in axis.get_major_ticks():
                if text in (tick.label1, tick.label2):
                    return low <= tick.get_loc() <= high
    return True


@pytest.mark.parametrize("name", ["reserve_months", "income_outgo", "insured", "contribution_burden"])
def test_labels_of_lines_do_not_touch(baseline, name):
    figure = charts.draw(name, baseline).figure
    drawn(figure)
    (axes,) = figure.axes
    with canvas.style():
        labels = [note for note in axes.texts if note.xy[0] == 1.0]
        boxes = [note.get_window_extent() for note in labels]
    assert len(boxes) >= 1
    for one, two in itertools.combinations(boxes, 2):
        assert min(one.y1, two.y1) - max(one.y0, two.y0) < 1.5


@pytest.mark.parametrize("name", charts.CHARTS)
def test_the_table_holds_what_the_lines_show(baseline, name):
    chart = charts.draw(name, baseline)
    shown = {
        (round(float(x), 9), round(float(y), 9))
        for axes in chart.figure.axes
        for line in axes.get_lines()
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    }
    if name == "pyramids":
        return
    x_name = "age" if name == "cost_by_age" else "year"
    kept = {
        (round(float(x), 9), round(float(y), 9)) for x, y in zip(chart.data[x_name], chart.data["value"], strict=True)
    }
    assert kept <= shown


def test_the_pyramids_hold_the_whole_population(baseline):
    data = charts.draw("pyramids", baseline).data
    assert set(data["date"]) == {2026, 2061}
    total = data.groupby("date")["value"].sum() * 1e6
    persons = baseline.population["persons"].groupby(level="date").sum()
    np.testing.assert_allclose(total, persons[[2026, 2061]], rtol=1e-12)


def test_charts_in_chinese_hold_the_same_numbers_in_chinese_units(baseline):
    english, chinese = (charts.draw("fund_balance", baseline, lang).data for lang in LANGUAGES)
    np.testing.assert_allclose(english["value"] * 1e9, chinese["value"] * 1e8, rtol=1e-12)
    assert (set(english["unit"]), set(chinese["unit"])) == ({"CNY billion"}, {"亿元"})


def test_published_years_stand_before_the_projection_and_an_estimate_is_hollow(baseline):
    chart = charts.draw("fund_balance", baseline)
    past = chart.data[chart.data["kind"] != "projection"]
    assert list(past["year"]) == list(range(2018, 2026))
    assert list(past.loc[past["kind"] == "estimate", "year"]) == [2025]
    hollow = [line for line in chart.figure.axes[0].get_lines() if line.get_markerfacecolor() == "white"]
    assert [2025] in [list(line.get_xdata()) for line in hollow]


def test_published_years_of_the_nation_are_not_drawn_for_another_fund(baseline):
    province = ss.run("baseline", **{"membership.resident_insured": 930_000_000, "horizon.last_year": 2027})
    for name in ("reserve_months", "fund_balance", "income_outgo", "insured", "contribution_burden"):
        assert set(charts.draw(name, province).data["kind"]) == {"projection"}


def texts(figure):
    return " ".join(text.get_text() for text in figure.findobj(match=lambda each: hasattr(each, "get_text")))


def test_depletion_is_a_year_or_the_words_that_there_is_none():
    poor = ss.run("baseline", **{"fund.opening": 0, "claims.trend.real_growth": 0.08, "horizon.last_year": 2040})
    rich = ss.run("baseline", **{"claims.trend.real_growth": 0.0, "horizon.last_year": 2040})
    year = int(poor.measures.loc["depletion_year", "value"])
    for name in ("reserve_months", "fund_balance"):
        assert f"depleted {year}" in texts(charts.draw(name, poor).figure)
        assert f"{year}年穿底" in texts(charts.draw(name, poor, "zh").figure)
        assert "not depleted by 2040" in texts(charts.draw(name, rich).figure)
        assert not re.search(r"(?<!not )depleted \d", texts(charts.draw(name, rich).figure))


def test_a_reserve_band_is_drawn_only_where_the_scenario_gives_one(baseline):
    assert not charts.draw("reserve_months", baseline).data["series"].str.startswith("band").any()
    banded = ss.run("baseline", **{"fund.reserve_band": [6, 9], "horizon.last_year": 2030})
    data = charts.draw("reserve_months", banded).data.set_index("series")["value"]
    assert (set(data["band_low"]), set(data["band_high"])) == ({6.0}, {9.0})


def test_attribution_and_weakness_stand_where_they_matter(baseline):
    assert "United Nations WPP 2024, CC BY 3.0 IGO, adapted" in texts(charts.draw("pyramids", baseline).figure)
    assert "judgement" in texts(charts.draw("cost_by_age", baseline).figure)


def test_what_was_set_by_hand_stands_on_the_chart():
    changed = ss.run("baseline", **{"fund.administration_share": 0.02, "horizon.last_year": 2027})
    assert "Baseline, fund.administration_share=0.02" in texts(charts.draw("insured", changed).figure)


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_same_chart_is_the_same_bytes(baseline, tmp_path, kind):
    written = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        canvas.write(charts.draw("income_outgo", baseline), tmp_path / name)
        written.append((tmp_path / name / f"income_outgo.{kind}").read_bytes())
    assert written[0] == written[1]


def test_no_global_state_of_matplotlib_is_touched(baseline):
    before = dict(mpl.rcParams)
    drawn(baseline.plot.insured())
    assert dict(mpl.rcParams) == before


def test_drawing_does_without_pyplot():
    code = (
        "import sys, io, simsurance as ss\n"
        "figure = ss.run('baseline', **{'horizon.last_year': 2026}).plot.insured()\n"
        "figure.savefig(io.BytesIO(), format='png')\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


@pytest.mark.parametrize("name", CHART_NAMES)
def test_a_notebook_shows_the_figure(baseline, name):
    shown, _ = DisplayFormatter().format(getattr(baseline.plot, name)())
    assert shown["image/png"].startswith(b"\x89PNG")


def test_every_chart_has_a_name_a_method_and_words():
    assert tuple(charts.CHARTS) == CHART_NAMES
    assert {name for name in dir(charts.Plots) if not name.startswith("_")} == set(CHART_NAMES)
    assert all(len(pair) == len(LANGUAGES) and all(pair) for pair in WORDS.values())


def test_labels_are_pushed_apart_and_stay_on_the_sheet():
    places = canvas.spread([0.5, 0.5, 0.51, 0.0], [0.1, 0.1, 0.1, 0.2])
    assert np.all(np.diff(np.sort(places)) >= 0.1 - 1e-6)
    assert min(places) >= 0.1 - 1e-6
    assert places[3] == min(places)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Contributions grow as in 2016–2025", ["Contributions grow", "as in 2016–2025"]),
        ("Baseline, claims.trend.real_growth=0.03", ["Baseline, claims.", "trend.real_growth=", "0.03"]),
        ("按2016—2025年增速筹资", ["按2016—2025年增速筹", "资"]),
        ("Baseline", ["Baseline"]),
    ],
)
def test_labels_are_broken_where_they_may_be(text, lines):
    assert canvas.wrapped(text, 20).split("\n") == lines


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", comparison.CHARTS)
def test_charts_of_comparisons_stay_on_the_sheet(name, lang):
    compared = _compared()
    figure = comparison.draw(name, compared, lang).figure
    drawn(figure)
    with canvas.style():
        for note in figure.axes[0].texts:
            assert note.get_window_extent().x1 <= figure.bbox.x1 + 1, note.get_text()


def test_a_comparison_of_many_scenarios_is_drawn_in_parts(tmp_path):
    compared = _compared()
    files = [path.name for path in comparison.write_all(compared, tmp_path / "charts", "en")]
    assert "insured.png" in files
    assert "insured_2.png" in files
    second = pd.read_csv(tmp_path / "charts" / "insured_2.csv")
    assert list(second["series"].unique()) == [compared.names[0], *compared.names[5:]]


_CACHE = []


def _compared():
    if not _CACHE:
        names = (
            "baseline",
            "contribution_as_2016_2025",
            "fixed_nominal_benefits",
            "frozen_contribution",
            "high_cost",
            "low_cost",
        )
        _CACHE.append(ss.compare(*(ss.load(name, settings=["horizon.last_year=2040"]) for name in names)))
    return _CACHE[0]
