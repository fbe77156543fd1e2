"""Charts of the fund: reserve months, balance, income and outgo."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from simsurance import __version__
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, BLUE, DASHED, GREY, VERMILLION, Chart, Line
from simsurance.output.charts.words import word
from simsurance.output.history import NOTHING, History, past
from simsurance.output.labels import Lang, label, number, scenario_title, unit
from simsurance.output.measured import measured, year_or_none

LONGEST_TITLE = 60

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simsurance.results import Results
    from simsurance.scenario_file.loader import Scenario


def reserve_months(results: "Results", lang: Lang) -> Chart:
    """The fund in months of its outgo, with the wanted band if the scenario gives one."""
    known = reserve_history(results.scenario)
    lines = [_line(results, "reserve_months", label("fund", "reserve_months", lang), 1.0, known=known)]
    if results.account["prepaid"].any():
        name = "reserve_months_without_prepaid"
        lines.append(_line(results, name, word("without_prepaid", lang), 1.0, colour=BLUE, dashes=DASHED))
    return _balance_chart(results, "reserve_months", lines, unit("months", lang).name, lang)


def reserve_history(scenario: "Scenario") -> History:
    """The published balance over a month of the published outgo."""
    return past(scenario, "resident_cumulative_balance").over(past(scenario, "resident_outgo"), 1 / 12)


def fund_balance(results: "Results", lang: Lang) -> Chart:
    """The fund on 31 December; below zero it is an accumulated deficit."""
    shown = unit("yuan", lang)
    before = past(results.scenario, "resident_cumulative_balance")
    line = _line(results, "closing", word("fund", lang), shown.size, known=before)
    return _balance_chart(results, "fund_balance", [line], shown.name, lang)


def income_outgo(results: "Results", lang: Lang) -> Chart:
    """Income without interest and outgo of each year."""
    shown = unit("yuan", lang)
    known = {name: past(results.scenario, f"resident_{name}") for name in ("income", "outgo")}
    lines = [
        _line(results, "income", label("fund", "income", lang), shown.size, BLUE, DASHED, known["income"]),
        _line(results, "outgo", label("fund", "outgo", lang), shown.size, VERMILLION, known=known["outgo"], marker="s"),
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
    words: str,
    size: float,
    colour: str = BLACK,
    dashes: object = canvas.SOLID,
    known: History = NOTHING,
    marker: str = "o",
) -> Line:
    """A column of the fund's account as a line, with its published past."""
    points = dict(zip(results.years, (results.account[name] / size).tolist(), strict=True))
    return Line(name, canvas.wrapped(words), points, colour, dashes, known.shown(size), known.estimated, marker)


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
            words,
            (right, band[1]),
            (-4, -3),
            textcoords="offset points",
            fontsize=7.5,
            color="#444444",
            ha="right",
            va="top",
        )
    return Chart(name, figure, canvas.frame([*lines, *band_lines(band, results.years)], shown))


def band_lines(band: list[float], years: tuple[int, ...]) -> list[Line]:
    """The edges of the wanted band as rows for the chart's table."""
    names = ("band_low", "band_high")
    return [Line(name, "", dict.fromkeys(years, edge)) for name, edge in zip(names, band, strict=False)]


def accumulated_deficit(axes: "Axes", points: Mapping[int, float], name: str, lang: Lang) -> None:
    """Hatch and name the area between zero and the line where the line is below.

    Reserve months matter while there is a reserve: a deficit deeper than that is high leaves the sheet, and is told.
    """
    x, y = np.array(list(points)), np.array(list(points.values()))
    if not (y < 0).any():
        return
    area = axes.fill_between(x, y, 0, where=y < 0, interpolate=True, zorder=2)
    area.set(facecolor="#FBE6D9", edgecolor=VERMILLION, hatch="////", linewidth=0)
    words = word("deficit_area", lang)
    deepest = int(np.argmin(y))
    if name == "reserve_months" and canvas.limit_deficit(axes):
        words = word("deepest_deficit", lang, months=number(float(y[deepest])), year=int(x[deepest]))
    note = axes.annotate(words, (x[deepest], 0), (-2, -6), textcoords="offset points", ha="right", va="top")
    note.set(color=VERMILLION, fontsize=7.5, zorder=8, bbox=canvas.PAPER)


def first_deficit(axes: "Axes", results: "Results", points: Mapping[int, float], lang: Lang) -> None:
    """An open ▽ on the line in the first year whose current balance is below zero."""
    year = year_or_none(measured(results)["first_deficit_year"])
    if year is None:
        return
    axes.plot([year], [points[year]], marker="v", color=BLACK, markerfacecolor="white", markersize=6, zorder=10)
    words = word("first_deficit", lang, year=year)
    right = year > np.mean(axes.get_xlim())
    place = (5 if right else -5, -7)
    note = axes.annotate(words, (year, points[year]), place, textcoords="offset points", va="top", fontsize=7.5)
    note.set(ha="right" if right else "left")


def status(axes: "Axes", results: "Results", lang: Lang) -> None:
    """▼ and the year on the zero line where the fund runs out, or the words that it does not."""
    year = year_or_none(measured(results)["depletion_year"])
    if year is not None:
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
    ends_high = results.account["reserve_months"][-1] > results.account["reserve_months"].max() / 2
    height, side = (0.03, "bottom") if ends_high else (0.985, "top")
    axes.text(0.985, height, words, transform=axes.transAxes, ha="right", va=side, color=GREY, bbox=canvas.PAPER)


def footer(scenario: "Scenario", lang: Lang, lines: list[Line], notes: list[str] | None = None) -> list[str]:
    """Title of the scenario and version; below it what the marks mean and what the reader has to know."""
    remarks = []
    if any(line.published for line in lines):
        remarks.append(word("history_note", lang))
    if any(line.estimated for line in lines):
        remarks.append(word("estimate_note", lang))
    below = ("；" if lang == "zh" else "; ").join([*remarks, *(notes or [])])
    title = scenario_title(scenario, lang)
    cut = title if len(title) <= LONGEST_TITLE else f"{title[:LONGEST_TITLE]}…"
    return [f"{cut} · simsurance {__version__}", below]


def between(lang: Lang) -> str:
    """What stands between a unit and its explanation."""
    return "，" if lang == "zh" else ", "
