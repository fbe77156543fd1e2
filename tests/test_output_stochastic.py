"""What draws say in charts, words and a summary: the numbers of their tables, in either language."""

import csv
import itertools
import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from shared_runs import shipped

from simsurance.errors import SimsuranceError
from simsurance.evidence.published import at_prices, fund_past
from simsurance.language import languages, words
from simsurance.measures import measure_of
from simsurance.output.charts import canvas, stochastic
from simsurance.output.charts.fund import reserve_history
from simsurance.output.draws_words import chance, chance_words, odds, range_words, short_range, spread_facts
from simsurance.output.stochastic_summary import pooled, stochastic_summary, told_years
from simsurance.output.stored_draws import required_words
from simsurance.results import simulate
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.loader import load
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.stochastic import PERCENTILES, Plan, Stochastic, kept_of

BOTH = pytest.mark.parametrize("lang", languages())
FUNDS = ("resident", "employee_pool")
FANS = {
    "fan_reserve_months": ("resident", "reserve_months"),
    "fan_fund_balance": ("resident", "closing_constant_prices"),
    "employee_fan_reserve_months": ("employee_pool", "reserve_months"),
    "employee_fan_fund_balance": ("employee_pool", "closing_constant_prices"),
}
DATES = {"depletion_years": "resident", "employee_depletion_years": "employee_pool"}


def sixteen():
    scenario = shipped("baseline").replace({"horizon.last_year": 2032})
    plan = Plan((scenario,), Sample(16, 1))
    (central,) = simulate([scenario])
    return Stochastic(central, plan.sample, kept_of(plan.chunk(0, 16), 0))


@pytest.fixture(scope="session")
def run(once):
    """Sixteen draws to 2032."""
    return once("sixteen draws", sixteen)


def dated(run, years, event="depletion"):
    """The same draws with other dates of both funds."""
    found = np.resize(np.array(years, dtype=float), run.sample.draws)
    other = {measure_of(fund, f"{event}_year"): found for fund in FUNDS}
    return Stochastic(run.central, run.sample, replace(run.kept, measured={**run.kept.measured, **other}))


@pytest.fixture(params=["as drawn", "never", "always", "at once"])
def case(request, run):
    nothing = float("nan")
    years = {"never": [nothing], "always": [2028, 2029, 2030, 2032], "at once": [2026]}
    return dated(run, years[request.param]) if request.param in years else run


def rows(chart, kind):
    return chart.data[chart.data["kind"] == kind]


SIZES = {"months": 1.0, "个月": 1.0, "CNY billion": 1e9, "CNY trillion": 1e12, "亿元": 1e8, "万亿元": 1e12}


@BOTH
@pytest.mark.parametrize("name", FANS)
def test_the_table_of_a_fan_holds_the_percentiles_and_the_central_run(run, name, lang):
    (fund, column), chart = FANS[name], stochastic.draw(name, run, lang)
    (unit,) = set(rows(chart, "draws")["unit"])
    size = SIZES[unit]
    table = run.percentiles.xs((fund, column), level=("fund", "column"))
    for each, drawn in rows(chart, "draws").groupby("percentile"):
        np.testing.assert_allclose(drawn["value"] * size, table[f"p{each:g}"], rtol=1e-12)
        assert list(drawn["year"]) == list(run.years)
    assert set(rows(chart, "draws")["percentile"]) == {2.5, 10, 25, 50, 75, 90, 97.5}
    np.testing.assert_allclose(rows(chart, "central")["value"] * size, table["central"], rtol=1e-12)


@pytest.mark.parametrize("name", FANS)
def test_a_fan_draws_its_table_and_opens_at_the_last_published_year(run, name):
    chart = stochastic.draw(name, run)
    upper = chart.figure.axes[0]
    values = rows(chart, "draws").pivot(index="year", columns="percentile", values="value")
    opening = rows(chart, "estimate").set_index("year")["value"].to_dict()
    assert list(opening) == [run.years[0] - 1]
    areas = [area for area in upper.collections if not isinstance(area, LineCollection)]
    for area, (low, high) in zip(areas, [(2.5, 97.5), (10, 90), (25, 75)], strict=True):
        corners = area.get_paths()[0].vertices
        for year, points in values.iterrows():
            at = corners[corners[:, 0] == year, 1]
            assert (at.min(), at.max()) == (points[low], points[high])
        assert set(corners[corners[:, 0] == run.years[0] - 1, 1]) == set(opening.values())
    lines = [list(line.get_ydata()) for line in upper.get_lines()]
    assert [*opening.values(), *rows(chart, "central")["value"]] in lines
    assert [*opening.values(), *values[50]] in lines


@BOTH
@pytest.mark.parametrize("name", FANS)
def test_bands_have_the_colours_of_the_legend_and_stand_below_the_heading(run, name, lang):
    figure = stochastic.draw(name, run, lang).figure
    upper = figure.axes[0]
    bands = [area for area in upper.collections if not isinstance(area, LineCollection)]
    over = [patch for patch in upper.patches if patch.get_zorder() >= min(band.get_zorder() for band in bands)]
    assert over == []
    keyed = [patch.get_facecolor() for patch in upper.get_legend().get_patches()]
    assert [tuple(band.get_facecolor()[0]) for band in bands] == list(reversed(keyed))
    title, subtitle, *_ = figure.texts
    top = upper.get_window_extent().y1
    assert subtitle.get_window_extent().y0 > top
    assert title.get_window_extent().y0 > subtitle.get_window_extent().y1 - 1
    assert not any(re.search(r"(CNY|[\d.])$", line) for line in title.get_text().split("\n")[:-1])


@pytest.mark.parametrize("name", FANS)
def test_history_is_published_and_joined_where_no_year_is_missing(run, name):
    (fund, column), chart = FANS[name], stochastic.draw(name, run)
    scenario = run.scenario
    known = (
        reserve_history(scenario, fund).shown(1.0)
        if column == "reserve_months"
        else at_prices(fund_past(scenario, fund, "cumulative_balance"), scenario).shown(
            SIZES[chart.data["unit"].iloc[0]]
        )
    )
    past = chart.data[chart.data["kind"].isin(["published", "estimate"])].set_index("year")["value"].to_dict()
    assert past == pytest.approx(known)
    thin = [each for each in chart.figure.axes[0].collections if isinstance(each, LineCollection)]
    pairs = {tuple(piece[:, 0].tolist()) for each in thin for piece in each.get_segments()}
    assert pairs == {(year, year + 1) for year in known if year + 1 in known}


@pytest.mark.parametrize("name", FANS)
def test_the_strip_below_a_fan_is_the_chance_of_depletion(case, name):
    chart, (fund, _) = stochastic.draw(name, case), FANS[name]
    chances = 100 * case.probabilities.loc[fund]["depleted"]
    np.testing.assert_allclose(rows(chart, "probability")["value"], chances)
    (bars,) = chart.figure.axes[1].containers
    np.testing.assert_allclose([bar.get_height() for bar in bars], chances)
    assert [bar.get_x() + bar.get_width() / 2 for bar in bars] == pytest.approx(case.years)


def test_what_leaves_the_frame_is_said_and_stands_in_the_table(run):
    values = {"resident": dict(run.kept.yearly["resident"])}
    values["resident"]["reserve_months"] = values["resident"]["reserve_months"] - 1000 * (np.arange(16) < 8)[:, None]
    wide = Stochastic(run.central, run.sample, replace(run.kept, yearly=values))
    chart = stochastic.draw("fan_reserve_months", wide)
    assert chart.data["value"].min() < -900
    assert chart.figure.axes[0].get_ylim()[0] > -13
    told = words("en").label("chart.note.cut")
    assert told in " ".join(texts(chart.figure).split())
    assert told not in " ".join(texts(stochastic.draw("fan_reserve_months", run).figure).split())


@pytest.mark.parametrize("name", DATES)
def test_bars_of_depletion_years_are_the_shares_of_draws_and_make_all(case, name):
    fund, chart = DATES[name], stochastic.draw(name, case)
    shares = case.dated.xs((fund, "depletion"), level=("fund", "event"))["share"]
    drawn = rows(chart, "share").set_index("year")["value"]
    assert drawn.to_dict() == pytest.approx((100 * shares).to_dict())
    assert drawn.sum() == pytest.approx(100)
    assert drawn.index[-1] == "not by 2032"
    heights = [bar.get_height() for bars in chart.figure.axes[0].containers for bar in bars]
    assert heights == pytest.approx(list(drawn))


@pytest.mark.parametrize("name", DATES)
def test_a_bracket_holds_the_range_and_lines_stand_at_its_dates(case, name):
    fund, chart = DATES[name], stochastic.draw(name, case)
    low, median, high = ("not by 2032" if year is None else str(year) for year in case.range_of(fund))
    told = rows(chart, "draws").set_index("percentile")["year"].to_dict()
    assert told == {10: low, 50: median, 90: high}
    places = {"not by 2032": 2032 + stochastic.GAP} | {str(year): year for year in case.years}
    (bracket,) = [line for line in chart.figure.axes[0].get_lines() if len(line.get_xdata()) == 4]
    assert (min(bracket.get_xdata()) + 0.41, max(bracket.get_xdata()) - 0.41) == (places[low], places[high])
    uprights = {line.get_xdata()[0] for line in chart.figure.axes[0].get_lines() if len(line.get_xdata()) == 2}
    (central,) = rows(chart, "central")["year"]
    assert uprights == {places[median], places[central]}
    assert range_words(case, fund, "en") in texts(chart.figure)


def texts(figure):
    return "\n".join(text.get_text() for text in figure.findobj(match=lambda each: hasattr(each, "get_text")))


def laid_out(figure):
    """All words on the sheet, those of ticks in view."""
    figure.draw_without_rendering()
    ticks = [
        label
        for axes in figure.axes
        for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim()))
        for tick in axis.get_major_ticks()
        if low <= tick.get_loc() <= high
        for label in (tick.label1,)
        if label.get_visible()
    ]
    held = [text for axes in figure.axes for text in (*axes.texts, axes._left_title)]
    held += [text for axes in figure.axes if axes.get_legend() for text in axes.get_legend().get_texts()]
    return [text for text in (*figure.texts, *held, *ticks) if text.get_text().strip()]


@pytest.mark.long
@BOTH
@pytest.mark.parametrize("name", [*FANS, *DATES])
def test_no_words_leave_the_sheet_or_meet(case, name, lang):
    with canvas.style():
        figure = stochastic.draw(name, case, lang).figure
        boxes = {text.get_text(): text.get_window_extent() for text in laid_out(figure)}
    for told, box in boxes.items():
        assert min(box.x0, box.y0) >= -1, told
        assert box.x1 <= figure.bbox.x1 + 1, told
        assert box.y1 <= figure.bbox.y1 + 1, told
    for (one, its), (other, others) in itertools.combinations(boxes.items(), 2):
        across, along = (
            min(its.x1, others.x1) - max(its.x0, others.x0),
            min(its.y1, others.y1) - max(its.y0, others.y0),
        )
        assert min(across, along) < 3, (one, other)


@BOTH
@pytest.mark.parametrize("name", [*FANS, *DATES])
def test_the_foot_tells_draws_seed_sampler_and_what_is_judged(run, name, lang):
    told = texts(stochastic.draw(name, run, lang).figure).replace("\n", "").replace(" ", "")
    facts = spread_facts(run.scenario)
    draws = {"en": "16draws,scrambledSobolsequence,seed1", "zh": "16次随机模拟，加扰索博尔序列，随机种子1"}[lang]
    judged = {"en": "{judged}ofthe{inputs}inputs", "zh": "{inputs}项因素中，{judged}项的区间为专家判断"}[lang]
    edge = {"en": "nodrawfollowsanedge", "zh": "任何一次模拟都不会沿区间边缘变动"}[lang]
    assert draws in told
    assert judged.format(**facts) in told
    assert (edge in told) == (name in FANS)
    assert 0 < facts["judged"] < facts["inputs"]


def test_the_last_year_is_the_same_in_both_tables_and_dates_are_those_of_draws(run):
    shown, told = [f"p{each:g}" for each in PERCENTILES], set()
    for fund, column in run.percentiles.index.droplevel("year").unique():
        plain = column.removesuffix("_constant_prices")
        name = measure_of(fund, f"{plain}_last_year{column.removeprefix(plain)}")
        if name in run.measures.index:
            told.add(name)
            by_year = run.percentiles.loc[(fund, column, run.years[-1]), shown]
            np.testing.assert_allclose(run.measures.loc[name, shown].astype(float), by_year.astype(float), rtol=1e-12)
    assert {"reserve_months_last_year", "closing_last_year", "closing_last_year_constant_prices"} <= told
    for name in ("depletion_year", "first_deficit_year"):
        assert run.whole(name)
        drawn = run.kept.measured[name]
        assert set(run.measures.loc[name, shown]) <= {*drawn[~np.isnan(drawn)], np.inf}
    assert not run.whole("reserve_months_last_year")


def test_charts_are_those_of_the_funds_projected(run, tmp_path):
    alone = Stochastic(run.central, run.sample, replace(run.kept, yearly={"resident": run.kept.yearly["resident"]}))
    assert sorted(stochastic.charts_of(run)) == sorted([*FANS, *DATES])
    assert stochastic.charts_of(alone) == ["fan_reserve_months", "fan_fund_balance", "depletion_years"]
    files = list(stochastic.write_all(alone, tmp_path / "charts", "en"))
    kinds = ("png", "svg", "csv", "txt")
    assert [file.name for file in files] == [f"{name}.{kind}" for name in stochastic.charts_of(alone) for kind in kinds]
    with pytest.raises(
        SimsuranceError, match=r"^baseline: the chart employee_depletion_years needs the employee scheme"
    ):
        stochastic.draw("employee_depletion_years", alone)
    with pytest.raises(SimsuranceError, match=r"^fan: no such chart; there are fan_reserve_months,"):
        stochastic.draw("fan", run)


NEVER = float("nan")


@pytest.mark.parametrize(
    ("years", "english", "chinese"),
    [
        (
            [2027] * 2 + [2029] * 7 + [NEVER] * 7,
            "2027 to after 2032 (median 2029)",
            "2027年至2032年以后（中位数2029年）",
        ),
        ([2028] * 4 + [NEVER] * 12, "2028 to after 2032 (median after 2032)", "2028年至2032年以后（中位数2032年以后）"),
        ([2028] * 8 + [2031] * 8, "2028 to 2031 (median 2028)", "2028年至2031年（中位数2028年）"),
        ([2030], "2030 (median 2030)", "2030年（中位数2030年）"),
        ([NEVER], "not depleted by 2032", "至2032年未耗尽"),
    ],
    ids=["some", "few", "all", "one year", "none"],
)
def test_a_range_is_always_labelled_and_has_its_median(run, years, english, chinese):
    found = dated(run, years)
    assert range_words(found, "resident", "en") == f"80 % of draws: {english}"
    assert range_words(found, "resident", "zh") == f"80%的随机模拟：{chinese}"
    assert short_range(found, "resident", "en") == english.partition(" (")[0]
    assert short_range(found, "resident", "zh") == chinese.partition("（")[0]


@BOTH
def test_what_is_required_has_the_range_of_the_accepted_draws(lang):
    scenario = load("baseline")
    with (scenarios_folder() / "references" / "baseline" / "draws.csv").open(encoding="utf-8", newline="") as file:
        drawn = sorted(float(row["required_contribution_multiple_now"]) for row in csv.DictReader(file))
    tenth, ninetieth = drawn[len(drawn) // 10], drawn[-len(drawn) // 10]
    told = [float(number) for number in re.findall(r"\d+\.\d\d", required_words(scenario, "resident", lang))]
    assert told == pytest.approx([tenth, ninetieth, drawn[len(drawn) // 2]], abs=0.02)
    assert required_words(scenario, "personal_accounts", lang) == ""
    assert required_words(scenario.replace({"economy.inflation": 0.05}), "resident", lang) == ""


@BOTH
def test_the_range_of_a_deficit_has_its_own_words(run, lang):
    none = dated(run, [NEVER], "first_deficit")
    never = {"en": "80 % of draws: none through 2032", "zh": "80%的随机模拟：至2032年未出现"}[lang]
    assert range_words(none, "resident", lang, "first_deficit") == never
    assert range_words(none, "resident", lang) == range_words(run, "resident", lang)


@pytest.mark.parametrize(
    ("share", "english", "chinese"),
    [
        (0.23, "23 %, about 1 in 4", "23%，约4次中有1次"),
        (0.9, "90 %, about 9 in 10", "90%，约10次中有9次"),
        (0.66, "66 %, about 2 in 3", "66%，约3次中有2次"),
        (0.48, "48 %, about 1 in 2", "48%，约2次中有1次"),
        (0.453, "45 %, about 9 in 20", "45%，约20次中有9次"),
        (0.0625, "6 %, about 1 in 20", "6%，约20次中有1次"),
        (0.01, "1 %, about 1 in 100", "1%，约100次中有1次"),
        (0.004, "under 1 %, about 1 in 100", "不足1%，约100次中有1次"),
        (0.996, "over 99 %, about 99 in 100", "超过99%，约100次中有99次"),
        (0.0, "0 %, in no draw", "0%，无一次模拟"),
        (1.0, "100 %, in every draw", "100%，全部模拟"),
    ],
)
def test_a_chance_has_odds_that_can_be_pictured(share, english, chinese):
    assert chance_words(share, words("en")) == english
    assert chance_words(share, words("zh")) == chinese


def test_odds_are_near_the_chance_and_a_rounded_chance_never_says_none_or_all():
    said = words("en")
    for draws in range(1, 1024):
        share = draws / 1024
        part, of = map(int, re.findall(r"\d+", odds(share, said)))
        assert abs(Fraction(part, of) - Fraction(draws, 1024)) <= Fraction(1, 40)
        assert chance(share, said) not in ("0 %", "100 %")


def cells(text):
    """The rows of the tables of a summary, without heads and rules."""
    table = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return [row for row in table if row[0].isdigit()]


@pytest.mark.long
@BOTH
def test_the_tables_of_the_summary_are_those_of_the_draws(case, lang):
    said, found = words(lang), iter(cells(stochastic_summary(case, lang)))
    assert pooled(case) == list(FUNDS)
    for fund in FUNDS:
        for year in told_years(case):
            chances = case.probabilities.loc[(fund, year)]
            expected = [str(year)]
            for name in ("depleted", "below_target"):
                error = 100 * chances[f"{name}_standard_error"]
                expected += [chance_words(chances[name], said), said.number(error, 1)]
            assert next(found) == expected
        for year in told_years(case):
            months = case.percentiles.loc[(fund, "reserve_months", year)]
            assert next(found) == [
                str(year),
                *(said.number(months[end], 1) for end in ("p10", "p50", "p90", "central")),
            ]
    assert next(found, None) is None


@BOTH
def test_the_summary_tells_dates_draws_and_errors_of_the_tables(run, lang):
    text = stochastic_summary(run, lang)
    for fund in FUNDS:
        for event in ("depletion", "first_deficit"):
            assert range_words(run, fund, lang, event) in text
    said, facts = words(lang), spread_facts(run.scenario)
    errors = run.probabilities.loc[list(FUNDS)][["depleted_standard_error", "below_target_standard_error"]]
    largest = float(errors.to_numpy().max())
    for error in (largest, largest / 2**0.5):
        assert said.quantity("points", error, 1) in text
    nearer, share = run.brought_nearer, said.quantity("percent_whole", run.brought_nearer / 16)
    told = {
        "en": [f"In {nearer} of 16 draws ({share})", "{judged} of the {inputs} inputs drawn", "seed 1"],
        "zh": [f"16次模拟中有{nearer}次（{share}）", "{inputs}项因素中，{judged}项", "随机种子1"],
    }[lang]
    for each in told:
        assert each.format(**facts) in text
    assert said.significant(float(run.kept.missed.max()), 2) in text


def test_the_summary_says_what_is_drawn_and_what_is_not(run):
    off = run.scenario.replace({"uncertainty.behaviour": False, "uncertainty.demography": False})
    less = Stochastic(replace(run.central, scenario=off), run.sample, run.kept)
    all_on, some = stochastic_summary(run), stochastic_summary(less)
    assert "Not drawn" not in all_on
    assert re.search(r"- Behaviour: \d+ inputs", all_on)
    assert "Not drawn: behaviour and demography" in some
    assert not re.search(r"- (Behaviour|Demography): \d+", some)
    assert spread_facts(off)["inputs"] < spread_facts(run.scenario)["inputs"]


def test_the_central_run_and_the_median_are_told_apart(run):
    never = dated(run, [2028])
    text = stochastic_summary(never)
    assert "**not depleted by 2032** in the central run. **80 % of draws: 2028 (median 2028)**" in text
