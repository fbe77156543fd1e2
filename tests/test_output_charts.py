"""The charts: every word on the sheet, every number in the table beside it, the same bytes each time."""

import itertools
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from drawn_numbers import assert_table_is_drawn
from shared_runs import NEEDED, compared, projected, ranged, shown

import simsurance as ss
from simsurance.analysis.compare import compare
from simsurance.analysis.scheme_effects import scheme_effects as effects_of_policies
from simsurance.analysis.single_changes import single_changes
from simsurance.basis.frames import prices
from simsurance.data.tables import read_table
from simsurance.errors import SimsuranceError
from simsurance.evidence.published import PUBLISHED, history
from simsurance.language import languages, words
from simsurance.measures import in_frame, measure_of
from simsurance.output import charts
from simsurance.output.charts import canvas, comparison, scheme_effects
from simsurance.output.charts.marks import name_band
from simsurance.output.charts.placing import KEPT_CLEAR
from simsurance.output.labels import CHART_NAMES, EMPLOYEE_CHARTS, RESIDENT_CHARTS, scenario_title

pytestmark = pytest.mark.usefixtures("shared_ranges")
CASES = {
    "baseline": {},
    "one year": {"horizon.last_year": 2026},
    "hindcast": {"horizon.valuation_year": 2019, "horizon.last_year": 2026, "contributions.prepaid_share": 0.7},
    "deficit from the start": {"fund.opening": -1e11, "horizon.last_year": 2036},
    "band and no end": {"fund.reserve_band": [6, 9], "claims.trend.real_growth": 0.0},
    "poor pool": {"employee.contributions.employer_rate": 0.02, "employee.accounts.spending_rate": 0.6},
    "rich pool": {"employee.contributions.employer_rate": 0.2},
    "without the employee scheme": {"employee.projected": False},
    **{name: changes | {"horizon.last_year": 2030} for name, changes in NEEDED.items()},
    "long title": {"title": "A scenario with a title that does not end " * 8, "title_zh": "很长的标题" * 40},
}
QUICK = {"baseline", *NEEDED}


SHEETS = [
    pytest.param((case, name, lang), id=f"{case}-{name}-{lang}", marks=() if case in QUICK else pytest.mark.long)
    for case, changes in CASES.items()
    for name in ([case] if case in NEEDED else (*RESIDENT_CHARTS, *EMPLOYEE_CHARTS))
    if name not in EMPLOYEE_CHARTS or changes.get("employee.projected", True)
    for lang in languages()
]


@pytest.fixture(scope="module", params=SHEETS)
def sheet(request):
    case, name, lang = request.param
    return charts.draw(name, projected(**CASES[case]), lang) if CASES[case] else of_baseline(name, lang)


@pytest.fixture(
    scope="module", params=[(name, lang) for name in comparison.CHARTS for lang in languages()], ids="-".join
)
def comparison_sheet(request):
    return comparison.draw(request.param[0], many(), request.param[1])


@pytest.fixture(scope="module")
def baseline():
    return projected()


@pytest.fixture(scope="module")
def alone():
    return projected(**{"employee.projected": False, "horizon.last_year": 2028})


@cache
def of_baseline(name, lang="en"):
    """A chart of the baseline, laid out; with what it needs."""
    chart = charts.draw(name, projected(**CASES.get(name, {})), lang)
    lay_out(chart.figure)
    return chart


def lay_out(figure):
    """Put the ticks in their places, as drawing does; all else has its place before."""
    with canvas.style():
        for axes in figure.axes:
            axes.get_xticklabels(), axes.get_yticklabels()


@pytest.mark.long
@pytest.mark.parametrize("name", ["pyramids", "cost_and_income_rate", "employee_fund_balance"])
def test_what_is_laid_out_is_where_drawing_puts_it(baseline, name):
    laid, drawn = (charts.draw(name, baseline).figure for _ in range(2))
    lay_out(laid)
    drawn.draw_without_rendering()
    with canvas.style():
        placed = [
            [text.get_window_extent().bounds for text in words_of(figure) if text not in ticks_out_of_view(figure)]
            for figure in (laid, drawn)
        ]
    assert placed[0] == placed[1]
    assert len(placed[0]) > 10


def test_no_word_leaves_the_sheet(sheet):
    figure = sheet.figure
    lay_out(figure)
    edge = figure.bbox
    with canvas.style():
        unseen = ticks_out_of_view(figure)
        for text in words_of(figure):
            if text not in unseen:
                box = text.get_window_extent()
                assert box.x0 >= edge.x0 - 1, text.get_text()
                assert box.x1 <= edge.x1 + 1, text.get_text()
                assert box.y0 >= edge.y0 - 1, text.get_text()
                assert box.y1 <= edge.y1 + 1, text.get_text()


def words_of(figure):
    """All texts of a figure that can be seen."""
    texts = figure.findobj(match=lambda each: hasattr(each, "get_text"))
    return [text for text in texts if text.get_visible() and text.get_text().strip()]


def ticks_out_of_view(figure):
    """The labels of ticks outside the limits of an axis: kept by Matplotlib and not drawn."""
    views = [
        (axis, *sorted(limits))
        for axes in figure.axes
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim()))
    ]
    return {
        label
        for axis, low, high in views
        for tick in axis.get_major_ticks()
        if not low <= tick.get_loc() <= high
        for label in (tick.label1, tick.label2)
    }


def test_the_table_of_a_chart_holds_exactly_the_numbers_drawn(sheet):
    assert_table_is_drawn(sheet)


def test_the_table_of_a_comparison_holds_exactly_the_numbers_drawn(comparison_sheet):
    assert_table_is_drawn(comparison_sheet)


@pytest.fixture(scope="module")
def policies():
    return scheme_effects.draw(effects_of_policies("baseline", settings=["horizon.last_year=2030"]))


def test_the_table_of_policies_holds_exactly_the_numbers_drawn(policies):
    assert_table_is_drawn(policies)


def without_the_last(data):
    return data[data[data.columns[0]] != data[data.columns[0]].iloc[-1]]


def with_one_more(data):
    column = data.columns[0]
    return pd.concat([data, data[data[column] == data[column].iloc[0]].assign(**{column: "another"})])


def with_another_number(data):
    (values,) = data.select_dtypes("float").columns
    return data.assign(**{values: [*data[values][:-1], data[values].iloc[-1] + 0.001]})


@pytest.mark.parametrize("changed", [without_the_last, with_one_more, with_another_number])
@pytest.mark.parametrize("name", [*CHART_NAMES, "policies"])
def test_a_table_with_other_numbers_than_those_drawn_is_seen(name, changed, request):
    chart = request.getfixturevalue("policies") if name == "policies" else of_baseline(name)
    with pytest.raises((AssertionError, ValueError)):
        assert_table_is_drawn(replace(chart, data=changed(chart.data)))


def boxes_of(figure):
    """The words that can be seen, and the places that they take."""
    lay_out(figure)
    with canvas.style():
        unseen = ticks_out_of_view(figure)
        return [(text, text.get_window_extent()) for text in words_of(figure) if text not in unseen]


def test_no_words_meet_other_words(sheet):
    boxes = boxes_of(sheet.figure)
    for (one, box), (two, other) in itertools.combinations(boxes, 2):
        wide = min(box.x1, other.x1) - max(box.x0, other.x0)
        high = min(box.y1, other.y1) - max(box.y0, other.y0)
        assert min(wide, high) < 2.5, (one.get_text(), two.get_text())


def points_drawn(axes):
    """Places on the screen of all points of lines, published ones too, that lie in the plot."""
    for line in axes.get_lines():
        if line.get_transform() == axes.transData and len(line.get_xdata()) > 2:
            seen = axes.transData.transform(line.get_xydata())
            yield from (spot for spot in seen if axes.bbox.contains(*spot))


def test_no_words_cover_a_point_of_a_line(sheet):
    if sheet.name in AREAS:
        return
    for axes in sheet.figure.axes:
        notes = {note: box for note, box in boxes_of(sheet.figure) if note in axes.texts and note.get_text().strip()}
        spots = list(points_drawn(axes))
        for note, box in notes.items():
            assert not any(box.contains(*spot) for spot in spots), note.get_text()


AREAS = ("members_by_scheme", "pyramids", "contribution_gap")
"""Charts of areas and bars, whose words stand on them."""


def test_the_pyramids_hold_the_whole_population(baseline):
    data = of_baseline("pyramids").data
    assert set(data["date"]) == {2026, 2061}
    total = data.groupby("date")["value"].sum() * 1e6
    persons = baseline.population["persons"].groupby(level="date").sum()
    np.testing.assert_allclose(total, persons[[2026, 2061]], rtol=1e-12)


def test_charts_in_chinese_hold_the_same_numbers_in_chinese_units():
    english, chinese = (of_baseline("fund_balance", lang).data for lang in languages())
    np.testing.assert_allclose(english["value"] * 1e9, chinese["value"] * 1e8, rtol=1e-12)
    assert (set(english["unit"]), set(chinese["unit"])) == ({"CNY billion"}, {"亿元"})


def test_published_years_stand_before_the_projection_and_an_estimate_is_hollow():
    chart = of_baseline("fund_balance")
    past = chart.data[chart.data["kind"] != "projection"]
    assert list(past["year"]) == list(range(2018, 2026))
    assert list(past.loc[past["kind"] == "estimate", "year"]) == [2025]
    hollow = [line for line in chart.figure.axes[0].get_lines() if line.get_markerfacecolor() == "white"]
    assert [2025] in [list(line.get_xdata()) for line in hollow]


@pytest.mark.long
def test_published_years_of_the_nation_are_not_drawn_for_another_fund():
    province = projected(**{"membership.resident_insured": 930_000_000, "horizon.last_year": 2027})
    for name in (*RESIDENT_CHARTS, *EMPLOYEE_CHARTS):
        data = charts.draw(name, province).data
        if name not in ("pyramids", "contribution_gap"):
            assert set(data["kind"]) <= {"projection"}


def test_published_years_of_the_employee_scheme_need_its_members():
    other = projected(**{"membership.employee_active": 290_000_000, "horizon.last_year": 2027})
    for name in ("employee_reserve_months", "employee_fund_balance", "employee_income_outgo", "retired_per_active"):
        assert "published" in set(of_baseline(name).data["kind"])
        assert set(charts.draw(name, other).data["kind"]) == {"projection"}
    assert "published" in set(charts.draw("fund_balance", other).data["kind"])


def texts(figure):
    return " ".join(text.get_text() for text in figure.findobj(match=lambda each: hasattr(each, "get_text")))


def test_depletion_is_a_year_or_the_words_that_there_is_none():
    poor = projected(**{"fund.opening": 0, "claims.trend.real_growth": 0.08, "horizon.last_year": 2040})
    rich = projected(**{"claims.trend.real_growth": 0.0, "horizon.last_year": 2040})
    year = int(poor.measures.loc["depletion_year", "value"])
    for name in ("reserve_months", "fund_balance"):
        assert f"depleted {year}" in texts(charts.draw(name, poor).figure)
        assert f"{year}年耗尽" in texts(charts.draw(name, poor, "zh").figure)
        assert "not depleted by 2040" in texts(charts.draw(name, rich).figure).replace("\n", " ")
        assert not re.search(r"(?<!not )depleted \d", texts(charts.draw(name, rich).figure))


@pytest.mark.parametrize("name", ["reserve_months", "employee_fund_balance"])
def test_beside_a_date_stands_the_range_of_draws_where_some_are_accepted_else_that_of_single_changes(baseline, name):
    short = {"horizon.last_year": 2028}
    drawn, changed = (
        " ".join(texts(charts.draw(name, *of).figure).split())
        for of in ((baseline, "en", ranged()), (projected(**short), "en", ranged(**short)))
    )
    assert "80 % of draws: " in drawn
    assert "single changes" not in drawn
    assert "single changes: " in changed
    assert "80 % of draws" not in changed


@pytest.mark.long
@pytest.mark.parametrize("name", ["employee_reserve_months", "employee_fund_balance"])
def test_each_fund_has_its_own_depletion_and_first_deficit(name):
    sound = {"claims.trend.real_growth": 0.0, "horizon.last_year": 2040}
    poor, rich = (projected(**sound, **{"employee.contributions.employer_rate": rate}) for rate in (0.03, 0.15))
    depleted, deficit = (
        int(poor.measures.loc[f"employee_pool_{found}_year", "value"]) for found in ("depletion", "first_deficit")
    )
    assert poor.measures.loc["depletion_year", "status"] == "not_depleted_by_2040"
    assert f"depleted {depleted}" in texts(charts.draw(name, poor).figure)
    assert f"{depleted}年耗尽" in texts(charts.draw(name, poor, "zh").figure)
    area = "accumulated shortfall" if name == "employee_fund_balance" else "that can be paid"
    assert area in texts(charts.draw(name, poor).figure).lower()
    assert f"first annual deficit {deficit}" in texts(charts.draw(name, poor).figure)
    assert "not depleted by 2040" in texts(charts.draw(name, rich).figure).replace("\n", " ")
    assert "first annual deficit" not in texts(charts.draw(name, rich).figure)


def series(chart, kind="projection"):
    """The points of a kind by series."""
    data = chart.data[chart.data["kind"] == kind]
    return {name: rows.set_index("year")["value"] for name, rows in data.groupby("series")}


@pytest.mark.parametrize("fund", ["employee_pool", "personal_accounts"])
def test_charts_of_the_employee_scheme_show_its_accounts_and_their_published_past(baseline, fund):
    account = in_frame(baseline.accounts[fund], "constant_prices")
    names = (
        ("personal_accounts",) * 2
        if fund == "personal_accounts"
        else ("employee_fund_balance", "employee_income_outgo")
    )
    balance, flows = (of_baseline(name) for name in names)
    np.testing.assert_allclose(series(balance)[measure_of(fund, "closing")] * 1e9, account["closing"], rtol=1e-12)
    published = "employee_account" if fund == "personal_accounts" else fund
    for name in ("income", "outgo"):
        np.testing.assert_allclose(series(flows)[measure_of(fund, name)] * 1e9, account[name], rtol=1e-12)
        past = series(flows, "published")[measure_of(fund, name)]
        nominal = history(f"{published}_{name}").shown(1e9)
        levels = zip(nominal, prices(baseline.scenario, list(nominal)), strict=True)
        assert past.to_dict() == pytest.approx({year: nominal[year] / level for year, level in levels})
    guessed = history(f"{published}_cumulative_balance").estimated
    assert set(series(balance, "estimate")[measure_of(fund, "closing")].index) == set(guessed) != set()


def test_rates_of_both_funds_stand_beside_each_other(baseline):
    chart, account = of_baseline("cost_and_income_rate"), baseline.accounts["employee_pool"]
    for name in ("contribution_rate", "pay_as_you_go_rate"):
        np.testing.assert_allclose(series(chart)[measure_of("employee_pool", name)] / 100, account[name], rtol=1e-12)
    for name in ("cost_rate", "income_rate"):
        np.testing.assert_allclose(series(chart)[name] / 100, baseline.account[name], rtol=1e-12)
    paid = account["outgo"] - account["retiree_credits"] - account["purchases"]
    np.testing.assert_allclose(account["pay_as_you_go_rate"], paid / account["contribution_base"])
    assert len(chart.figure.axes) == 2


def test_retired_over_active_members_stand_behind_their_published_years(baseline):
    chart = of_baseline("retired_per_active")
    retired, active = (history(f"employee_{name}").values[2025] for name in ("retired", "active"))
    assert series(chart, "published")["dependency_ratio"][2025] == pytest.approx(100 * retired / active)
    wanted = 100 * baseline.accounts["employee_pool"]["dependency_ratio"]
    np.testing.assert_allclose(series(chart)["dependency_ratio"], wanted, rtol=1e-12)


def test_the_layers_of_the_population_add_up_to_it(baseline):
    chart = of_baseline("members_by_scheme")
    layers = series(chart)
    assert set(layers) == {"resident_insured", "employee_active", "employee_retired", "uninsured"}
    np.testing.assert_allclose(sum(layers.values()) * 1e6, baseline.account["population"], rtol=1e-12)
    pool = baseline.accounts["employee_pool"]
    np.testing.assert_allclose(layers["employee_retired"] * 1e6, pool["employee_retired"], rtol=1e-12)
    assert (layers["uninsured"] > 0).all()
    past = series(chart, "published")
    assert sum(layer[2025] for layer in past.values()) * 1e6 == pytest.approx(history("population").values[2025])


@pytest.mark.parametrize("lang", languages())
def test_a_footnote_on_dots_stands_only_where_dots_are_and_says_who_published_them(baseline, lang):
    note = {"en": "● published: NHSA", "zh": "●公布数：国家医疗保障局"}[lang]
    assert texts(charts.draw("retired_per_active", baseline, lang).figure).count(note) == 1
    other = projected(**{"membership.employee_active": 290_000_000, "horizon.last_year": 2027})
    assert "●" not in texts(charts.draw("retired_per_active", other, lang).figure)


def test_the_foot_says_which_published_years_nobody_has_looked_up():
    marks = read_table(PUBLISHED)
    rows = zip(marks["measure"], marks["year"], marks["mark"], strict=True)
    unsure = {
        int(year) for name, year, mark in rows if name == "resident_cumulative_balance" and mark.startswith("recalled")
    }
    assert unsure == {2018, 2019}
    assert "of these unverified: 2018–2019" in texts(of_baseline("fund_balance").figure)
    assert "unverified" not in texts(of_baseline("retired_per_active").figure)


@pytest.mark.parametrize(("name", "fund"), [("income_outgo", "resident"), ("employee_income_outgo", "employee_pool")])
def test_income_is_drawn_with_interest_where_published_years_lie_in_the_projection(baseline, name, fund):
    hindcast = projected(**{"horizon.valuation_year": 2019, "horizon.last_year": 2026})
    for results, with_interest in ((hindcast, True), (baseline, False)):
        chart = charts.draw(name, results)
        told = texts(chart.figure)
        assert ("total income (with interest)" in told) == with_interest
        assert ("income excluding interest" in told) == (not with_interest)
        assert ("published income includes interest" in told) == (not with_interest)
        assert ("，收入含利息" in texts(charts.draw(name, results, "zh").figure)) == with_interest
        account = in_frame(results.accounts[fund], "constant_prices")
        column = "income_with_interest" if with_interest else "income"
        wanted = account["income"] + account["interest"] * with_interest
        np.testing.assert_allclose(series(chart)[measure_of(fund, column)] * 1e9, wanted, rtol=1e-12)


@pytest.mark.parametrize(("lang", "words"), [("en", "not published: 2021"), ("zh", "未公布：2021年")])
def test_a_year_that_was_not_published_is_told(lang, words):
    for name in ("employee_income_outgo", "employee_reserve_months"):
        assert words in texts(of_baseline(name, lang).figure)
    for name in ("income_outgo", "employee_fund_balance", "retired_per_active"):
        assert words[:13] not in texts(of_baseline(name, lang).figure)


def test_the_cohorts_say_what_is_counted_and_who_is_left_out(baseline):
    chart = of_baseline("cohort_balance")
    told = texts(chart.figure)
    assert f"births before {chart.data['birth_year'].min()} are left out" in told
    assert (
        "Benefits are as scheduled, whether or not a fund is depleted; government financing stands apart"
        in told.replace("\n", " ")
    )
    chinese = texts(charts.draw("cohort_balance", baseline, "zh").figure)
    assert f"{chart.data['birth_year'].min()}年以前出生者未列" in chinese
    assert "不论基金是否耗尽；财政投入单列" in chinese


def test_cohorts_are_shown_a_person_and_the_horizon_is_told(baseline):
    chart = of_baseline("cohort_balance")
    cohort = baseline.cohorts[baseline.cohorts.index.get_level_values("birth_year") == 1985].iloc[0]
    own = chart.data[chart.data["birth_year"] == 1985].set_index("series")["value"]
    assert set(own.index) == set(baseline.cohorts.columns) - {"persons", "net_benefit"}
    for name in own.index:
        assert own[name] == pytest.approx(float(cohort[name]) / float(cohort["persons"]))
    assert "Years after 2060 and births before" in texts(chart.figure)
    assert "2060年以后不计入" in texts(charts.draw("cohort_balance", baseline, "zh").figure)


def test_cohorts_say_until_which_birth_year_more_is_got_than_paid(baseline):
    table = baseline.cohorts.groupby(level="birth_year").sum()
    found = []
    for scheme in ("resident", "employee"):
        gain = (table[f"{scheme}_benefits"] - table[f"{scheme}_contributions"]).loc[1965:2031]
        found.append(int(gain.index[gain > 0].max()))
        assert (gain.loc[: found[-1]] > 0).all()
    title = of_baseline("cohort_balance").figure.heading[0]
    assert [int(year) for year in re.findall(r"until (\d{4})", title)] == found
    assert all(str(year) in charts.draw("cohort_balance", baseline, "zh").figure.heading[0] for year in found)
    short = charts.draw("cohort_balance", projected(**{"horizon.last_year": 2030})).figure.heading[0]
    assert short == words("en").label("chart.title.cohort_balance")


@pytest.mark.parametrize("lang", languages())
def test_no_words_cover_the_wanted_band_but_its_own(baseline, lang):
    figure = charts.draw("employee_reserve_months", baseline, lang, single_changes(baseline)).figure
    lay_out(figure)
    axes = figure.axes[0]
    (band,) = [patch for patch in axes.patches if patch.get_gid() == KEPT_CLEAR]
    own = words(lang).say("chart.mark.band", low=6.0, high=9.0)
    with canvas.style():
        for note in axes.texts:
            assert note.get_text() == own or not note.get_window_extent().overlaps(band.get_window_extent()), note


@pytest.mark.parametrize("lang", languages())
def test_the_name_of_a_layer_stands_within_it_or_above_all(baseline, lang):
    figure = charts.draw("members_by_scheme", baseline, lang).figure
    lay_out(figure)
    (axes,) = figure.axes
    with canvas.style():
        for note in axes.texts[:3]:
            assert note.get_va() == "center"
            box = note.get_window_extent()
            first, last = axes.transData.inverted().transform([(box.x0, 0), (box.x1, 0)])[:, 0]
            assert baseline.years[0] <= first < last <= baseline.years[-1]


def test_benefits_by_age_are_shown_of_both_schemes_above_the_insured(baseline, alone):
    data = of_baseline("cost_by_age").data
    shown = {"2026", "2060", "employee_2026", "employee_2060"}
    assert set(data["series"]) == shown | {f"insured_{name}" for name in shown}
    rows = baseline.ages.xs((2026, 30), level=("year", "age")).sum()
    paid = rows["employee_inpatient_benefits"] + rows["employee_outpatient_benefits"] + rows["maternity_benefits"]
    at_30 = data[data["age"] == 30].set_index("series")["value"]
    real = paid / baseline.account["price_level"][0]
    exposed = rows["active_years"] + rows["retired_years"]
    assert at_30["employee_2026"] == pytest.approx(real / exposed)
    assert at_30["insured_employee_2026"] * 1e6 == pytest.approx(exposed)
    without = set(charts.draw("cost_by_age", alone).data["series"])
    assert without == {"2026", "2028", "insured_2026", "insured_2028"}


@pytest.mark.parametrize("scheme", ["resident", "employee"])
def test_transfers_by_age_are_what_cohorts_get_and_pay(baseline, scheme):
    data = of_baseline("transfer_by_age").data
    name = "2026" if scheme == "resident" else "employee_2026"
    shown = data[data["series"] == name].set_index("age")["value"]
    rows = baseline.ages.xs((2026, 61), level=("year", "age")).sum()
    if scheme == "resident":
        got = rows[
            [
                "inpatient_benefits",
                "outpatient_benefits",
                "critical_illness",
                "bonus_cost",
                "resident_maternity_benefits",
            ]
        ]
        paid, exposed = rows[["personal_contributions", "repair_payments"]], rows["resident_insured_years"]
    else:
        credits = ["employee_contributions", "retiree_credits"]
        got = rows[["employee_inpatient_benefits", "employee_outpatient_benefits", "maternity_benefits", *credits]]
        paid = rows[["employer_contributions", "employee_contributions", "purchases"]]
        exposed = rows["active_years"] + rows["retired_years"]
    real = (got.sum() - paid.sum()) / exposed / baseline.account["price_level"][0]
    assert shown[61] == pytest.approx(real)


@pytest.mark.parametrize(
    ("fund", "name", "key"),
    [
        ("resident", "reserve_months", "fund.reserve_band"),
        ("employee_pool", "employee_reserve_months", "employee.fund.reserve_band"),
    ],
)
def test_a_reserve_band_is_drawn_only_where_the_scenario_gives_one(fund, name, key):
    none, banded = (projected(**{key: band, "horizon.last_year": 2030}) for band in ([], [5, 8.5]))
    assert not charts.draw(name, none).data["series"].str.startswith("band").any()
    data = charts.draw(name, banded).data.set_index("series")["value"]
    assert (set(data["band_low"]), set(data["band_high"])) == ({5.0}, {8.5})
    assert "guideline range: 5–8.5" in texts(charts.draw(name, banded).figure)


def test_a_title_says_whose_fund_it_is_where_there_are_several(baseline, alone):
    assert "Resident fund: balance on 31 December" in texts(charts.draw("reserve_months", baseline).figure)
    assert "Employee pooled fund: balance on 31 December" in texts(of_baseline("employee_reserve_months").figure)
    assert "职工医保统筹基金年末累计结存" in texts(charts.draw("employee_fund_balance", baseline, "zh").figure)
    assert "Resident fund:" not in texts(charts.draw("reserve_months", alone).figure)


@pytest.mark.long
def test_without_the_employee_scheme_its_charts_are_refused_and_not_written(alone, tmp_path):
    written = {path.stem for path in charts.write_all(alone, tmp_path / "charts", "en")}
    assert written == set(RESIDENT_CHARTS)
    for name in EMPLOYEE_CHARTS:
        with pytest.raises(SimsuranceError, match=f"the chart {name} needs the employee scheme"):
            getattr(ss.Results(alone).plot, name)()


def test_attribution_and_weakness_stand_where_they_matter():
    assert "United Nations WPP 2024, CC BY 3.0 IGO, adapted" in texts(of_baseline("pyramids").figure)
    assert "judgement" in texts(of_baseline("cost_by_age").figure)


def test_what_was_set_by_hand_stands_on_the_chart():
    changed = projected(**{"fund.administration_share": 0.02, "horizon.last_year": 2027})
    assert "Baseline, fund.administration_share=0.02" in texts(charts.draw("insured", changed).figure)


@pytest.mark.long
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
    ss.Results(baseline).plot.insured().draw_without_rendering()
    assert dict(mpl.rcParams) == before


@pytest.mark.long
def test_drawing_does_without_pyplot():
    code = (
        "import sys, io, simsurance as ss\n"
        "figure = ss.run('baseline', **{'horizon.last_year': 2026}).plot.insured()\n"
        "figure.savefig(io.BytesIO(), format='png')\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


@pytest.mark.long
@pytest.mark.parametrize("name", CHART_NAMES)
def test_a_notebook_shows_the_figure(name):
    from IPython.core.formatters import DisplayFormatter  # slow, and one test alone needs it

    plot = shown(**CASES.get(name, {})).plot
    formats, _ = DisplayFormatter().format(getattr(plot, name)())
    assert formats["image/png"].startswith(b"\x89PNG")


def test_every_chart_has_a_name_and_a_method():
    assert tuple(charts.CHARTS) == CHART_NAMES
    assert {name for name in dir(charts.Plots) if not name.startswith("_")} == set(CHART_NAMES)


def test_words_at_the_right_keep_off_the_lines():
    rich = projected(**{"employee.contributions.employer_rate": 0.2})
    for name in ("employee_reserve_months", "employee_fund_balance"):
        figure = charts.draw(name, rich).figure
        lay_out(figure)
        (axes,) = figure.axes
        (words,) = [text for text in axes.texts if "not depleted" in text.get_text().replace("\n", " ")]
        with canvas.style():
            box = words.get_window_extent()
            others = [text.get_window_extent() for text in axes.texts if text is not words]
        spots = [axes.transData.transform(spot) for line in axes.get_lines()[:4] for spot in line.get_xydata()]
        assert not any(box.contains(*spot) for spot in spots)
        assert not any(box.overlaps(other) for other in others)


NOTHING_CREDITED = {
    "employee.contributions.employee_rate": {"2019": 0.02, "2028": 0},
    "employee.accounts.retiree_credit": {"2019": 1300, "2023": 840, "2028": 0},
    "employee.contributions.employer_rate_change": {"2019": 0, "2028": 0.009},
}
"""Personal accounts that run out, a pool that does not."""


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("employee_fund_balance", {}, 2),
        ("employee_fund_balance", {"employee.contributions.employer_rate": 0.05}, 2),
        ("employee_fund_balance", {"employee.contributions.employer_rate": 0.02}, 2),
        ("personal_accounts", NOTHING_CREDITED, 1),
        ("fund_balance", {}, 2),
        ("fund_balance", {"claims.trend.real_growth": 0.08}, 2),
    ],
)
def test_first_deficit_and_depletion_keep_off_each_other_the_lines_and_zero(name, changes, words, lang):
    figure = charts.draw(name, projected(**changes), lang).figure
    lay_out(figure)
    axes = figure.axes[0]
    told = [
        note for note in axes.texts if re.search("first annual deficit|depleted|首次当期收不抵支|耗尽", note.get_text())
    ]
    assert len(told) == words
    with canvas.style():
        boxes = [note.get_window_extent() for note in told]
    for one, two in itertools.combinations(boxes, 2):
        assert not one.overlaps(two)
    zero = axes.transData.transform((0, 0))[1]
    lines = [line for line in axes.get_lines() if line.get_linestyle() in ("-", "--") and len(line.get_xdata()) > 2]
    for box in boxes:
        assert not box.y0 < zero < box.y1
        assert axes.bbox.y0 <= box.y0
        for line in lines:
            path = axes.transData.transform_path(line.get_path())
            assert not path.intersects_bbox(box, filled=False)


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
        ("按2016—2025年增速筹资", ["按2016—2025年增速", "筹资"]),
        ("Baseline", ["Baseline"]),
    ],
)
def test_labels_are_broken_where_they_may_be(text, lines):
    assert canvas.wrapped(text, 20).split("\n") == lines


@pytest.mark.long
def test_a_comparison_draws_the_pool_where_every_scenario_projects_it(tmp_path):
    short = {"horizon.last_year": 2030}
    base, richer = projected(**short), projected(**short, **{"employee.contributions.employer_rate": 0.09})
    both = compare([base, richer])
    assert comparison.charts_of(both) == list(comparison.CHARTS)
    difference = series(comparison.draw("employee_fund_balance_difference", both))[both.names[1]]
    own, before = (in_frame(each.accounts["employee_pool"], "constant_prices")["closing"] for each in (richer, base))
    np.testing.assert_allclose(difference * 1e9, own - before, rtol=1e-9)
    levels = comparison.draw("employee_reserve_months", both, "zh")
    assert "职工医保统筹基金" in texts(levels.figure)
    assert set(levels.data["kind"]) == {"projection", "published", "estimate"}
    mixed = compare([base, projected(**short, **{"employee.projected": False})])
    stems = {path.stem for path in comparison.write_all(mixed, tmp_path / "charts", "en")}
    assert stems == {name for name in comparison.CHARTS if not name.startswith("employee_")}
    with pytest.raises(SimsuranceError, match="the chart employee_fund_balance needs the employee scheme in each"):
        comparison.ComparisonPlots(mixed).employee_fund_balance()


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_a_comparison_tells_no_depletion_year_without_its_range_or_that_it_is_the_central_path(lang):
    middle = {"horizon.last_year": 2038}
    runs = [projected(**middle), projected("high_cost", **middle)]
    both, ranges = compare(runs), [single_changes(run) for run in runs]
    ends = [each.funds["resident"].ends for each in ranges]
    assert ends[0][1] is None, "the baseline's fund need not run out by then"
    dash, form = {"en": ("–", "{} ({})"), "zh": ("—", "{}年（{}）")}[lang]
    years = [each.funds["resident"].depletion_year for each in ranges]
    ranged = [
        form.format(year, f"{first}{dash}{last or '2038+'}") for year, (first, last) in zip(years, ends, strict=True)
    ]
    central = [form.format(year, words(lang).label("range.central")) for year in years]
    for found, wanted in ((ranges, ranged), (None, central)):
        chart = comparison.draw("reserve_months", both, lang, ranges=found)
        _, rows = chart.figure.axes
        told = {note.get_text() for note in rows.texts}
        assert set(wanted) <= told
        assert (words(lang).label("chart.note.range") in texts(chart.figure).replace("\n", "")) == (found is not None)


def test_rows_of_a_comparison_stand_on_its_years_the_latest_depletion_first():
    chart = comparison.draw("reserve_months", compared("baseline", "frozen_contribution", "low_cost"))
    above, rows = chart.figure.axes
    assert above.get_xlim() == rows.get_xlim()
    runs = compared("baseline", "frozen_contribution", "low_cost").results
    years = [int(run.measures["value"]["depletion_year"]) for run in runs[:2]]
    assert years[0] > years[1]
    names = ["Low cost", "Baseline", "Frozen personal\ncontribution"]
    heights = {note.get_text(): note.xy[1] for note in rows.texts}
    assert [heights[name] for name in names] == [0, 1, 2]
    paid = [run.account["income"][-1] / run.account["outgo"][-1] for run in runs]
    for share in paid:
        assert f"{share:.0%}" in heights
    for run, row in zip(runs[:2], (1, 2), strict=True):
        multiple = run.measures["value"]["required_contribution_multiple_now"]
        assert heights[f"× {multiple:.2f}"] == row


def test_a_line_is_labelled_at_its_end_or_led_to_it():
    for name in comparison.CHARTS:
        for axes in comparison.draw(name, many()).figure.axes:
            with canvas.style():
                axes.get_xticklabels()
                leaders = sum(not note.get_text() for note in axes.texts)
                ends = [line.get_ydata()[-1] for line in axes.get_lines() if len(line.get_xdata()) > 2]
                low, high = axes.get_ylim()
                seen = [(min(max(end, low), high) - low) / (high - low) * axes.bbox.height for end in ends]
                far = 0
                for note in axes.texts:
                    if (
                        note.get_text()
                        and note.xycoords == "axes fraction"
                        and note.xy[0] == 1.0
                        and note.xy[1] not in (0, 1)
                    ):
                        far += min(abs(note.xy[1] * axes.bbox.height - end) for end in seen) > 7 * canvas_points(axes)
                assert far <= leaders, name


def canvas_points(axes):
    """Pixels of a point."""
    return axes.figure.dpi / 72


def test_parts_of_a_comparison_have_one_scale():
    both = many()
    for name in comparison.charts_of(both):
        first, second = (
            comparison.draw(name, both, others=others) for others in (range(1, 5), range(5, len(both.names)))
        )
        for one, two in zip(first.figure.axes[:1], second.figure.axes[:1], strict=True):
            assert one.get_ylim() == two.get_ylim(), name


@pytest.mark.parametrize("lang", languages())
def test_a_comparison_shows_the_band_that_every_scenario_wants(lang):
    middle = {"horizon.last_year": 2040}
    base, other = projected(**middle), projected(**middle, **{"claims.trend.real_growth": 0.02})
    chart = comparison.draw("employee_reserve_months", compare([base, other]), lang)
    data = chart.data.set_index("series")["value"]
    assert (set(data["band_low"]), set(data["band_high"])) == ({6.0}, {9.0})
    assert {"en": "guideline range: 6–9", "zh": "合理区间：6—9"}[lang] in texts(chart.figure)
    wider = projected(**middle, **{"employee.fund.reserve_band": [6, 12]})
    for name, runs in (
        ("employee_reserve_months", [base, wider]),
        ("employee_fund_balance", [base, other]),
        ("reserve_months", [base, other]),
    ):
        assert "band_low" not in set(comparison.draw(name, compare(runs), lang).data["series"])


def plot(low, high):
    axes = canvas.area(canvas.sheet("", "", []))
    axes.set(xlim=(2020, 2060), ylim=(low, high))
    return axes


@pytest.mark.parametrize(("points", "side"), [({2045: 20, 2060: 0}, "left"), ({2020: 0, 2035: 20}, "right")])
def test_the_name_of_a_band_stands_at_the_end_that_lines_leave_free(points, side):
    axes = plot(-20, 40)
    with canvas.style():
        name_band(axes, [6, 9], [canvas.Line("line", "", points)], "en")
    (note,) = axes.texts
    assert note.get_horizontalalignment() == side


@pytest.mark.parametrize("met", ["zero", "words", "line", "mark", "edge"])
def test_words_move_on_from_zero_other_words_lines_marks_and_the_edge(met):
    axes, line = plot({"zero": -50, "edge": 20}.get(met, 1), 100), canvas.Line("line", "", {2020: 90, 2060: 90})
    spot = {"zero": (2040, 10), "edge": (2040, 25), "line": (2040, 95)}.get(met, (2040, 50))
    offsets = [(0, -10, "center"), (0, 30, "center")] if met != "line" else [(0, -5, "center"), (0, -50, "center")]
    with canvas.style():
        if met == "words":
            axes.annotate("first deficit", (2040, 50), (0, -10), textcoords="offset points", ha="center", va="top")
        if met == "mark":
            axes.plot([2040], [40], marker="v")
        note = axes.annotate("depleted", spot, (0, 0), textcoords="offset points")
        canvas.into_clear(note, [line], offsets)
    assert note.get_position() == offsets[1][:2]


def test_every_chart_of_comparisons_has_a_method():
    methods = {name for name in dir(comparison.ComparisonPlots) if not name.startswith("_")}
    assert methods == set(comparison.CHARTS)


def many():
    """More scenarios than a chart has lines."""
    others = ("contribution_as_2016_2025", "fixed_nominal_benefits", "frozen_contribution", "high_cost", "low_cost")
    return compared("baseline", *others, **{"horizon.last_year": 2040})


def test_charts_of_comparisons_stay_on_the_sheet_and_no_words_meet(comparison_sheet):
    figure = comparison_sheet.figure
    boxes, edge = boxes_of(figure), figure.bbox
    for text, box in boxes:
        assert edge.x0 - 1 <= box.x0, text.get_text()
        assert box.x1 <= edge.x1 + 1, text.get_text()
    for (one, box), (two, other) in itertools.combinations(boxes, 2):
        wide = min(box.x1, other.x1) - max(box.x0, other.x0)
        high = min(box.y1, other.y1) - max(box.y0, other.y0)
        assert min(wide, high) < 2.5, (one.get_text(), two.get_text())


@pytest.mark.long
def test_scenarios_that_cannot_be_told_from_the_base_are_named_and_take_no_sheet(tmp_path):
    files = [path.name for path in comparison.write_all(many(), tmp_path / "charts", "en")]
    assert {f"{name}.png" for name in comparison.CHARTS} <= set(files)
    assert "insured_2.png" not in files
    shown = set(pd.read_csv(tmp_path / "charts" / "insured.csv")["series"])
    alike = (tmp_path / "charts" / "insured.txt").read_text(encoding="utf-8").partition("as Baseline: ")[2]
    runs = dict(zip(many().names[1:], many().results[1:], strict=True))
    assert {name for name, run in runs.items() if scenario_title(run.scenario, "en") in alike} == set(runs) - shown
    assert len(runs) > len(set(runs) - shown) > 0


def test_sheets_of_a_comparison_hold_about_as_many_scenarios_each():
    both = many()
    names, results = both.names * 3, both.results * 3
    more = replace(both, results=results[:16], names=tuple(f"{name}{place}" for place, name in enumerate(names[:16])))
    sheets = comparison.sheets_of("reserve_months", more)
    assert [place for sheet in sheets for place in sheet] == list(range(1, 16))
    assert [len(sheet) for sheet in sheets] == [5, 5, 5]
    for name in ("reserve_months", "fund_balance_difference"):
        drawn = [comparison.draw(name, more, others=sheet).figure.axes[:5] for sheet in sheets[:2]]
        assert len({axes.get_ylim() for panels in drawn for axes in panels}) == 1
    assert comparison.sheets_of("reserve_months", both) == [[1, 2, 3, 4, 5]]
    same = compare([both.results[0]] * 3)
    assert comparison.sheets_of("insured", same) == [[]]
    assert comparison.sheets_of("insured_difference", same) == [[1, 2]]


@pytest.mark.parametrize("lang", languages())
def test_each_of_many_scenarios_has_a_panel_with_the_base_in_grey(lang):
    both = many()
    chart = comparison.draw("fund_balance_difference", both, lang)
    assert [axes.get_ylim() for axes in chart.figure.axes] == [chart.figure.axes[0].get_ylim()] * 5
    for axes, run, name in zip(chart.figure.axes, both.results[1:], both.names[1:], strict=True):
        assert axes.texts[0].get_text().replace("\n", "").replace(" ", "") == scenario_title(
            run.scenario, lang
        ).replace(" ", "")
        (own,) = [line for line in axes.get_lines() if len(line.get_xdata()) > 2]
        assert own.get_ydata().tolist() == series(chart)[name].tolist()
    months = comparison.draw("reserve_months", both, lang).figure
    panels = [axes for axes in months.axes if len(axes.get_lines()) > 1 and axes.axison]
    assert len(panels) == 5
    for axes in panels:
        colours = [line.get_color() for line in axes.get_lines() if len(line.get_xdata()) == len(both.results[0].years)]
        assert colours == [canvas.GREY, canvas.BLUE]
    assert words(lang).say("chart.note.panels", base=scenario_title(both.results[0].scenario, lang)) in texts(months)
