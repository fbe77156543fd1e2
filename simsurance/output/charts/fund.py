"""Charts of the fund: reserve months, balance, income and outgo."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from simsurance import __version__
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, BLUE, DASHED, GREY, VERMILLION, Chart, Line
from simsurance.output.history import History, past
from simsurance.output.charts.words import word
from simsurance.output.labels import Lang, number, unit

LEAST_MONTHS_SHOWN = 6.0

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simsurance.results import Results
    from simsurance.scenario_file.loader import Scenario


def reserve_months(results: "Results", lang: Lang) -> Chart:
    """The fund in months of its outgo, with the wanted band if the scenario gives one."""
    monthly = past(results.scenario, "resident_cumulative_balance").over(past(results.scenario, "resident_outgo"), 1 / 12)
    lines = [_line(results, "reserve_months", word("reserve", lang), 1.0, past=monthly)]
    if results.accounts["prepaid"].any():
        name = "reserve_months_without_prepaid"
        lines.append(_line(results, name, word("without_prepaid", lang), 1.0, colour=BLUE, dashes=DASHED))
    return _balance_chart(results, "reserve_months", lines, unit("months", lang).name, lang)


def fund_balance(results: "Results", lang: Lang) -> Chart:
    """The fund on 31 December; below zero it is an accumulated deficit."""
    shown = unit("yuan", lang)
    before = past(results.scenario, "resident_cumulative_balance")
    line = _line(results, "closing", word("fund", lang), shown.size, past=before)
    return _balance_chart(results, "fund_balance", [line], shown.name, lang)


def income_outgo(results: "Results", lang: Lang) -> Chart:
    """Income without interest and outgo of each year."""
    shown = unit("yuan", lang)
    known = {name: past(results.scenario, f"resident_{name}") for name in ("income", "outgo")}
    lines = [
        _line(results, "income", word("income", lang), shown.size, BLUE, DASHED, known["income"]),
        _line(results, "outgo", word("outgo", lang), shown.size, VERMILLION, past=known["outgo"], marker="s"),
    ]
    notes = [word("interest_note", lang)] if known["income"].values else []
    figure = canvas.sheet(
        word("income_outgo", lang),
        between(lang).join((shown.name, word("income_outgo_axis", lang))),
        footer(results.scenario, lang, lines, notes),
    )
    axes = canvas.plot_area(figure)
    canvas.draw_lines(axes, lines)
    canvas.year_axis(axes, lines, results.years[0], word("projection", lang))
    canvas.from_zero(axes)
    canvas.direct_labels(axes, lines)
    return Chart("income_outgo", figure, canvas.frame(lines, shown.name))


def _line(
    results: "Results",
    name: str,
    label: str,
    size: float,
    colour: str = BLACK,
    dashes: object = canvas.SOLID,
    past: History = History({}),  # noqa: B008 - frozen
    marker: str = "o",
) -> Line:
    """A column of the fund's account as a line, with its published past."""
    points = dict(zip(results.years, (results.accounts[name] / size).tolist(), strict=True))
    return Line(name, label, points, colour, dashes, past.shown(size), past.estimated, marker)


def _balance_chart(results: "Results", name: str, lines: list[Line], shown: str, lang: Lang) -> Chart:
    """A chart of the fund with its depletion, its accumulated deficit, and the band if there is one."""
    figure = canvas.sheet(
        word(name, lang),
        between(lang).join((shown, word(f"{name}_axis", lang))),
        footer(results.scenario, lang, lines),
    )
    axes = canvas.plot_area(figure)
    band = results.scenario.values.fund.reserve_band if name == "reserve_months" else []
    if band:
        axes.axhspan(*band, color="#DDDDDD", zorder=1)
    canvas.draw_lines(axes, lines)
    canvas.year_axis(axes, lines, results.years[0], word("projection", lang))
    canvas.from_zero(axes)
    accumulated_deficit(axes, lines[0].points, name, lang)
    canvas.direct_labels(axes, lines)
    status(axes, results, lang)
    if name == "fund_balance":
        first_deficit(axes, results, lines[0].points, lang)
    if band:
        low, high = (number(months, 0 if months == round(months) else 1) for months in band)
        right = axes.get_xlim()[1]
        words = word("band", lang, low=low, high=high)
        axes.annotate(
            words, (right, band[1]), (-4, -3), textcoords="offset points", fontsize=7.5, color="#444444", ha="right", va="top"
        )
    data = canvas.frame(lines, shown)
    if band:
        data.loc[len(data)] = ["band_low", "wanted", results.years[0], band[0], shown]
        data.loc[len(data)] = ["band_high", "wanted", results.years[0], band[1], shown]
    return Chart(name, figure, data)


def accumulated_deficit(axes: "Axes", points: Mapping[int, float], name: str, lang: Lang) -> None:
    """Hatch and name the area between zero and the line where the line is below.

    Reserve months matter while there is a reserve: a deficit deeper than that is high leaves the sheet, and is told.
    """
    x, y = np.array(list(points)), np.array(list(points.values()))
    if not (y < 0).any():
        return
    look = {"facecolor": "#FBE6D9", "edgecolor": VERMILLION, "hatch": "////", "linewidth": 0}
    axes.fill_between(x, y, 0, where=y < 0, interpolate=True, zorder=2, **look)
    words = word("deficit_area", lang)
    low, high = axes.get_ylim()
    if name == "reserve_months" and low < -max(high, LEAST_MONTHS_SHOWN):
        low = -max(high, LEAST_MONTHS_SHOWN)
        axes.set_ylim(low, high)
        deepest = int(np.argmin(y))
        words = word("deepest_deficit", lang, months=number(float(y[deepest])), year=int(x[deepest]))
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5, "alpha": 0.85}
    place = (0.985, 0.03)
    axes.text(*place, words, transform=axes.transAxes, color=VERMILLION, ha="right", va="bottom", fontsize=7.5, bbox=box, zorder=8)


def first_deficit(axes: "Axes", results: "Results", points: Mapping[int, float], lang: Lang) -> None:
    """An open ▽ on the line in the first year whose current balance is below zero."""
    found = results.measures.loc["first_deficit_year"]
    if found["status"] != "ok":
        return
    year = int(found["value"])
    axes.plot([year], [points[year]], marker="v", color=BLACK, markerfacecolor="white", markersize=6, zorder=10)
    words = word("first_deficit", lang, year=year)
    axes.annotate(words, (year, points[year]), (0, -7), textcoords="offset points", ha="center", va="top", fontsize=7.5)


def status(axes: "Axes", results: "Results", lang: Lang) -> None:
    """▼ and the year on the zero line where the fund runs out, or the words that it does not."""
    found = results.measures.loc["depletion_year"]
    if found["status"] == "ok":
        year = int(found["value"])
        axes.plot([year], [0], marker="v", color=VERMILLION, markersize=7, zorder=10, clip_on=False)
        right = year > np.mean(axes.get_xlim())
        axes.annotate(
            word("depleted", lang, year=year),
            (year, 0),
            (-6 if right else 6, 7),
            textcoords="offset points",
            color=VERMILLION,
            ha="right" if right else "left",
            zorder=10,
        )
        return
    words = word("not_depleted", lang, year=results.years[-1])
    ends_high = results.accounts["reserve_months"][-1] > results.accounts["reserve_months"].max() / 2
    place = {"y": 0.03, "va": "bottom"} if ends_high else {"y": 0.985, "va": "top"}
    axes.text(0.985, s=words, transform=axes.transAxes, ha="right", color=GREY, **place)


def footer(scenario: "Scenario", lang: Lang, lines: list[Line], notes: list[str] | None = None) -> list[str]:
    """Title of the scenario and version; below it what the marks mean and what the reader has to know."""
    title = scenario.values.title_zh if lang == "zh" else scenario.values.title
    remarks = []
    if any(line.published for line in lines):
        remarks.append(word("history_note", lang))
    if any(line.estimated for line in lines):
        remarks.append(word("estimate_note", lang))
    below = ("；" if lang == "zh" else "; ").join([*remarks, *(notes or [])])
    return [f"{title} · simsurance {__version__}", below]


def between(lang: Lang) -> str:
    """What stands between a unit and its explanation."""
    return "，" if lang == "zh" else ", "
