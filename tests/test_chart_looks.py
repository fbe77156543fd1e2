"""What charts show and how: prices, one scale for runs written together, colours of a house, titles and words for everyone."""

import io
import json
import re

import numpy as np
import pytest
from click.testing import CliRunner
from matplotlib import colors
from PIL import Image
from shared_runs import NEEDED, projected

import simsurance as ss
from simsurance.cli import main
from simsurance.errors import SimsuranceError
from simsurance.measures import in_frame
from simsurance.output import charts
from simsurance.output.charts import canvas
from simsurance.output.charts.scales import scale_of, scaled
from simsurance.output.charts.style_file import read_style
from simsurance.output.labels import CHART_NAMES
from simsurance.output.look import INKS, OWN, READABLE, USUAL, Look, contrast, current, looked

SHORT = {"horizon.last_year": 2030}
INFLATION = {2026: 0.004, 2027: 0.008, 2028: 0.012, 2029: 0.016, 2030: 0.020}
"""The baseline's, which rises from nothing in 2025 to 2 % in 2030 by equal steps."""
IN_MONEY = {"fund_balance": ("resident", "closing"), "employee_income_outgo": ("employee_pool", "outgo")}


def drawn(name, results, series, **look):
    """The projected points of a series of a chart in a money, in its unit."""
    with looked(Look(**look)):
        data = charts.draw(name, results).data
    return data[(data["series"] == series) & (data["kind"] == "projection")].set_index("year")["value"]


@pytest.fixture(scope="module")
def short():
    return projected(**SHORT)


@pytest.mark.parametrize(("name", "of"), IN_MONEY.items())
def test_amounts_are_the_nominal_ones_over_prices_by_hand(short, name, of):
    (fund, column), level, years = of, 1.0, range(2026, 2031)
    series = column if fund == "resident" else f"{fund}_{column}"
    shown, nominal = (drawn(name, short, series, **look) for look in ({}, {"money": "nominal"}))
    for place, year in enumerate(years):
        level *= 1 + INFLATION[year]
        assert nominal[year] * 1e9 == pytest.approx(short.accounts[fund][column][place], rel=1e-12)
        assert shown[year] == pytest.approx(nominal[year] / level, rel=1e-12)


def test_amounts_can_be_shares_of_gdp_their_past_too(short):
    share = drawn("fund_balance", short, "closing", money="of_gdp")
    np.testing.assert_allclose(share / 100, in_frame(short.account, "of_gdp")["closing"], rtol=1e-12)
    with looked(Look(money="of_gdp")):
        chart = charts.draw("fund_balance", short)
    past = chart.data[chart.data["kind"] == "published"].set_index("year")["value"]
    assert past[2024] == pytest.approx(100 * 818302000000 / 134806600000000)
    assert "% of GDP" in chart.figure.heading[1]
    lost = projected(**SHORT, **{"economy.gdp": {}})
    with looked(Look(money="of_gdp")), pytest.raises(SimsuranceError, match=r"economy\.gdp names no product"):
        charts.draw("fund_balance", lost)


def test_what_can_be_paid_is_all_until_the_fund_runs_out_and_then_what_income_covers():
    poor = projected(**{"claims.trend.real_growth": 0.08, "horizon.last_year": 2034})
    depleted, data = int(poor.measures["value"]["depletion_year"]), charts.draw("reserve_months", poor).data
    paid = data[data["series"] == "payable_share"].set_index("year")["value"] / 100
    cover = dict(zip(poor.years, poor.account["income"] / poor.account["outgo"], strict=True))
    assert paid.to_dict() == pytest.approx(
        {year: 1.0 if year < depleted else min(cover[year], 1) for year in paid.index}
    )
    assert paid[depleted] == pytest.approx(poor.measures["value"]["payable_share_at_depletion"])
    assert paid.iloc[-1] == pytest.approx(poor.measures["value"]["payable_share_last_year"])


def test_a_line_of_months_ends_at_zero_and_its_table_does_not():
    poor = projected(**{"claims.trend.real_growth": 0.08, "horizon.last_year": 2034})
    chart = charts.draw("reserve_months", poor)
    assert chart.data.loc[chart.data["series"] == "reserve_months", "value"].min() < -1
    above, below = chart.figure.axes
    assert above.get_ylim()[0] == 0
    assert above.get_xlim() == below.get_xlim()
    depleted = int(poor.measures["value"]["depletion_year"])
    (mark,) = [line for line in above.get_lines() if line.get_marker() == "v" and line.get_ydata()[0] == 0]
    assert depleted - 1 <= mark.get_xdata()[0] <= depleted


@pytest.mark.parametrize("fund", ["resident", "employee_pool"])
def test_the_gap_of_contributions_is_between_what_is_levied_and_what_is_required(fund):
    results = projected()
    value = results.measures["value"]
    data = charts.draw("contribution_gap", results).data
    rows = data[data["series"] == fund].set_index(["year", "kind"])["value"]
    first = min(rows.index.get_level_values("year"))
    place = results.years.index(first)
    account = results.accounts[fund]
    if fund == "resident":
        levied = account["personal_contribution_pp"][place] + account["subsidy_pp"][place]
        required = value["required_contribution_now"]
    else:
        levied, required = 100 * account["contribution_rate"][place], 100 * value["employee_pool_required_rate_now"]
    assert rows[first, "levied"] == pytest.approx(levied)
    assert rows[first, "required"] == pytest.approx(required)


def test_runs_that_are_written_together_have_one_scale():
    runs = [projected(name, **SHORT) for name in ("baseline", "high_cost")]
    scale = scale_of(runs)
    for name in ("reserve_months", "fund_balance", "income_outgo", "employee_fund_balance", "personal_accounts"):
        alone = [charts.draw(name, run) for run in runs]
        with scaled(scale):
            together = [charts.draw(name, run) for run in runs]
        ends = [chart.figure.axes[0].get_ylim() for chart in together]
        assert ends[0] == pytest.approx(ends[1]), name
        reach = max(chart.figure.axes[0].get_ylim()[1] for chart in alone)
        assert ends[0][1] == pytest.approx(reach), name
    with scaled(scale):
        together = [charts.draw("cost_and_income_rate", run).figure.axes for run in runs]
    alone = [charts.draw("cost_and_income_rate", run).figure.axes for run in runs]
    for panel in (0, 1):
        ends = [axes[panel].get_ylim()[1] for axes in together]
        assert ends == pytest.approx([max(axes[panel].get_ylim()[1] for axes in alone)] * 2)
    assert charts.draw("income_outgo", runs[0]).figure.axes[0].get_ylim() != pytest.approx(
        charts.draw("income_outgo", runs[1]).figure.axes[0].get_ylim()
    )


@pytest.mark.long
def test_a_manifest_keeps_scale_and_look_and_the_run_is_drawn_again_with_them(tmp_path):
    options = ["--years", ":2027", "--no-range", "--tables", "checks", "--formats", "svg", "--jobs", "1"]
    style = tmp_path / "house.toml"
    style.write_text('[colours]\nblue = "#123456"\n', encoding="utf-8")
    look = ["--money", "nominal", "--style", str(style)]
    done = CliRunner().invoke(main, ["run", "baseline", "high_cost", *options, *look, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    told = [json.loads((tmp_path / "out" / name / "manifest.json").read_text()) for name in ("baseline", "high_cost")]
    assert told[0]["scale"] == told[1]["scale"]
    assert told[0]["look"] == {"money": "nominal", "colours": {"blue": "#123456"}}
    before = (tmp_path / "out" / "baseline" / "charts" / "fund_balance.svg").read_bytes()
    assert b"#123456" in before
    again = CliRunner().invoke(main, ["rebuild", str(tmp_path / "out" / "baseline"), "--formats", "svg"])
    assert again.exit_code == 0, again.output
    assert (tmp_path / "out" / "baseline" / "charts" / "fund_balance.svg").read_bytes() == before


def test_a_style_gives_colours_and_darkens_words_until_they_can_be_read(short, tmp_path):
    file = tmp_path / "house.toml"
    file.write_text('[colours]\nblue = "#66CCFF"\nvermillion = "#800000"\n', encoding="utf-8")
    colours, font = read_style(file)
    palette = Look(colours=colours, font=font).palette
    assert (palette["blue"], palette["orange"]) == ("#66CCFF", OWN["orange"])
    assert contrast(palette["blue"]) < READABLE <= contrast(palette["blue_ink"])
    assert palette["vermillion_ink"] == "#800000"
    with ss.look(style=file):
        figure = ss.Results(short).plot.income_outgo()
    assert b"#66ccff" in figure.svg()
    assert colors.to_hex(canvas.BLUE).upper() == OWN["blue"]
    assert b"#0072b2" in ss.Results(short).plot.income_outgo().svg()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[colours]\nblu = "#123456"\n', "house.toml:colours.blu: is no colour of charts; did you mean blue?"),
        ('[colours]\nblue = "navy"\n', "house.toml:colours.blue: is 'navy'; write a colour as \"#0072B2\""),
        ('fonts = "x.otf"\n', "house.toml:fonts: is no key of a style; did you mean font?"),
        ('font = "none.otf"\n', "house.toml:font: none.otf: there is no font there; give an .otf or .ttf file"),
        ("colours = 3\n", "house.toml:colours: is 3; make it a table [colours]"),
        ("[colours\n", "give a TOML file in UTF-8"),
    ],
)
def test_a_style_that_is_none_is_told_in_one_line_and_nothing_is_written(text, told, tmp_path):
    (tmp_path / "house.toml").write_text(text, encoding="utf-8")
    style = ["--style", str(tmp_path / "house.toml")]
    done = CliRunner().invoke(main, ["run", "baseline", *style, "--out", str(tmp_path / "out")])
    assert done.exit_code == 3
    assert told in done.output
    assert len(done.output.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("refused", [["--years", "x"], ["--lang", "fr"], ["--style", "none.toml"], ["--help"]])
def test_a_look_is_gone_when_a_later_option_ends_the_command(refused, tmp_path):
    style = tmp_path / "house.toml"
    style.write_text('[colours]\nblue = "#123456"\n', encoding="utf-8")
    options = [] if "--style" in refused else ["--style", str(style)]
    done = CliRunner().invoke(main, ["run", "baseline", "--money", "of_gdp", *options, *refused])
    assert (done.exit_code == 0) == (refused == ["--help"])
    assert current() == USUAL


def test_a_font_of_the_house_draws_what_it_has(short, tmp_path):
    import matplotlib as mpl

    font = f"{mpl.get_data_path()}/fonts/ttf/DejaVuSerif.ttf"
    file = tmp_path / "house.toml"
    file.write_text(f"font = '{font}'\n", encoding="utf-8")
    with ss.look(style=file):
        figure = ss.Results(short).plot.insured()
    assert figure.texts[0].get_fontfamily()[0] == "DejaVu Serif"
    assert ss.Results(short).plot.insured().texts[0].get_fontfamily()[0] == "Simsurance Sans SC"


@pytest.mark.parametrize("name", [*OWN, *(f"{name}_ink" for name in INKS)])
def test_words_in_the_usual_colours_can_be_read(name):
    ink = Look().palette[name if name.endswith("_ink") else f"{name}_ink"]
    assert contrast(ink) >= READABLE


def numbers(text):
    return [float(each.replace(",", "").replace("−", "-")) for each in re.findall(r"−?\d[\d,]*\.?\d*", text)]


def test_the_numbers_of_titles_are_those_of_the_measures():
    run = projected()
    value, account = run.measures["value"], run.account
    said = {
        name: charts.draw(name, run).figure.heading[0] for name in ("reserve_months", "fund_balance", "income_outgo")
    }
    shares = [100 * value[f"payable_share_{when}"] for when in ("at_depletion", "last_year")]
    wanted = [value["depletion_year"], round(shares[0]), round(shares[1]), 2060]
    assert numbers(said["reserve_months"]) == pytest.approx(wanted)
    lacks = -value["closing_last_year_constant_prices"] / 1e12
    assert numbers(said["fund_balance"]) == pytest.approx([value["depletion_year"], 2060, round(lacks, 2), 2025])
    gap = (account["outgo"] - account["income"])[-1] / account["price_level"][-1] / 1e9
    assert numbers(said["income_outgo"]) == pytest.approx([value["first_cash_deficit_year"], 2060, round(gap), 2025])
    rates = numbers(charts.draw("cost_and_income_rate", run).figure.heading[0])
    pool = run.accounts["employee_pool"]
    over = [account["cost_rate"] - account["income_rate"], pool["pay_as_you_go_rate"] - pool["contribution_rate"]]
    assert rates == pytest.approx([2060, *(round(100 * each[-1], 1) for each in over)])
    ages = numbers(charts.draw("pyramids", run).figure.heading[0])
    persons = run.population["persons"].xs(2026, level="date").groupby(level="age").sum().cumsum()
    assert persons[ages[0] - 2] < persons.iloc[-1] / 2 < persons[ages[0] + 1]


@pytest.mark.long
@pytest.mark.parametrize("name", CHART_NAMES)
def test_every_chart_tells_in_words_what_it_shows(short, name):
    chart = charts.draw(name, projected(**SHORT, **NEEDED[name]) if name in NEEDED else short)
    files = canvas.rendered(chart, ("svg",))
    words, picture = files[f"{name}.txt"].decode(), files[f"{name}.svg"].decode()
    title = chart.figure.heading[0]
    assert words.startswith(title)
    assert words.strip().endswith(f"Data: {name}.csv.")
    assert len(numbers(words)) > 4
    assert '<svg role="img" aria-labelledby="title desc"' in picture
    assert picture.count('<title id="title">') == picture.count('<desc id="desc">') == 1
    assert len(files[f"{name}.svg"]) < 400_000


def test_a_slide_has_the_first_line_of_a_foot_alone():
    groups, wide = [], []
    for notes in ([], ["what has to be known " * 12]):
        with canvas.style():
            figure = canvas.sheet("A title", "a unit", canvas.Foot("", "simsurance 0, run 1", notes))
            canvas.area(figure, bottom=60)
        dark = np.asarray(Image.open(io.BytesIO(figure.slide())).convert("L")) < 200
        rows = np.flatnonzero(dark.any(axis=1))
        found = np.split(rows, np.flatnonzero(np.diff(rows) > 3) + 1)
        groups.append(len(found))
        wide.append(np.flatnonzero(dark[found[-1]].any(axis=0)).tolist())
    assert groups[0] == groups[1]
    assert wide[0] == wide[1]


def test_a_png_is_small_and_has_its_words_inside(short):
    for name in ("pyramids", "reserve_months"):
        picture = canvas.rendered(charts.draw(name, short), ("png",))[f"{name}.png"]
        assert len(picture) < 150_000
        assert b"Description" in picture
