"""Charts of what a fund holds: months of its outgo above the share that can be paid, and its balance above what is missing."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.evidence.published import History, fund_past
from simsurance.ledger import RESIDENT, fund_of
from simsurance.measures import measure_of
from simsurance.output.charts import canvas, marks, money
from simsurance.output.charts.canvas import (
    BLUE,
    DASH_DOT,
    DASHED,
    PAID,
    SHORTFALL,
    SKY,
    VERMILLION,
    Chart,
    ChartFigure,
    Line,
    ink,
)
from simsurance.output.charts.notes import foot
from simsurance.output.charts.scales import limit, reach
from simsurance.output.charts.titles import title_of, whose
from simsurance.output.charts.words import of_fund, word
from simsurance.output.labels import unit, words_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.results import RunResult
    from simsurance.scenario_file.loader import Scenario

STRIP, SHORTFALL_HIGH = 0.32, 0.42
"""Shares of the height that the panels below have: what can be paid, what is missing."""
LOW_SHARE: Final = 45.0
"""Per cent of outgo under which the share that can be paid is told above its line."""
WORD_HIGH, WORD_YEARS = 26.0, 5
"""Per cent of outgo and years on either side that a word needs which stands in what cannot be paid."""
ABOVE_HIGHEST: Final = 1.25
"""An axis of a reserve ends so many times the highest above zero."""
NO_LABELS: Final = 44.0
"""Points right of a plot whose lines have no names there."""


def reserve_months(
    results: "RunResult", lang: str, fund: str = RESIDENT, ranges: "SingleChanges | None" = None
) -> Chart:
    """A fund in months of its outgo, until it runs out; below, the share of each year's outgo that can be paid."""
    known, account, years = reserve_history(results.scenario, fund), results.accounts[fund], results.years
    depleted, name = marks.depletion_of(results, fund), measure_of(fund, "reserve_months")
    label = "" if depleted else marks.not_depleted(results, fund, lang, ranges)
    lines = [Line.of(name, label, years, account["reserve_months"], known, stock=True)]
    if fund_of(fund).paid_in_advance and account["prepaid"].any():
        without, column = word("line.without_prepaid", lang), "reserve_months_without_prepaid"
        lines.append(Line.of(measure_of(fund, column), without, years, account[column], colour=BLUE, dashes=DASHED))
    lines += gross(results, fund, "reserve_months_gross", account.get("reserve_months_gross"), 1.0, lang)
    shown, own = unit("months", words_of(results.scenario, lang)), of_fund("reserve_months", fund)
    figure = canvas.sheet(
        title_of(own, results, lang),
        word("axis.reserve_months", lang, whose=whose(results, fund, lang)),
        foot(results.scenario, lang, lines, [word("note.depleted", lang)] if depleted else []),
        lang,
        canvas.TALL if depleted else canvas.SIZE,
    )
    right = canvas.RIGHT_MARGIN if not depleted or len(lines) > 1 else NO_LABELS
    axes, strip = (
        canvas.stacked(figure, STRIP, right=right, percent="lower")
        if depleted
        else (canvas.area(figure, right=right), None)
    )
    band = marks.reserve_band(results.scenario, fund)
    marks.draw_band(axes, band)
    canvas.draw_lines(axes, lines)
    top = limit(own, max(canvas.highest(lines), *band, 1.0))
    axes.set_ylim(0 if depleted else min(0.0, float(np.nanmin(account["reserve_months"]))), ABOVE_HIGHEST * top)
    canvas.year_axis(axes, lines, years[0], word("mark.projection", lang))
    marks.depletion(axes, results, lines[0], fund, lang, ranges)
    marks.first_deficit(axes, results, lines[0], fund, lang)
    marks.opening_value(axes, lines[0], figure.said.number(list(known.values.values())[-1], 1) if known.values else "")
    canvas.direct_labels(axes, lines if not depleted else lines[1:])
    if band:
        marks.name_band(axes, band, lines, lang)
    marks.required(axes, results, lines, fund, lang)
    data = [*lines, *marks.band_lines(band, years)]
    table = canvas.frame(data, shown.name)
    if depleted and strip:
        canvas.head(axes, word("head.reserve_months", lang))
        canvas.head(strip, word("head.payable", lang))
        paid = payable(results, fund, depleted)
        _draw_payable(strip, paid, depleted, figure, lang)
        canvas.year_axis(strip, lines, years[0])
        table = canvas.together(table, canvas.frame([paid], "%"))
    return Chart(own, figure, table)


def gross(
    results: "RunResult", fund: str, name: str, values: "np.ndarray | None", size: float, lang: str
) -> list[Line]:
    """A fund with what it owes not taken off, as a line beside in the years around its debt; none if it never owes."""
    account = results.accounts[fund]
    if values is None or "debt_outstanding" not in account or not account["debt_outstanding"].any():
        return []
    look: Any = {"colour": SKY, "dashes": DASH_DOT}
    line = Line.of(measure_of(fund, name), word("line.gross", lang), results.years, values, size=size, **look)
    owed = dict(zip(results.years, account["debt_outstanding"], strict=True))
    near = {
        year: point for year, point in line.points.items() if owed[year] or owed.get(year - 1) or owed.get(year + 1)
    }
    return [replace(line, points=near)]


def payable(results: "RunResult", fund: str, depleted: int) -> Line:
    """The share of a year's outgo that can be paid, %: all of it until the fund has run out, then what income covers."""
    account, years = results.accounts[fund], np.array(results.years)
    share = np.minimum(account["income"] / np.where(account["outgo"], account["outgo"], np.nan), 1.0)
    can_be = np.where(years < depleted, 1.0, share)
    return Line.of(measure_of(fund, "payable_share"), "", results.years, can_be, size=0.01)


def _draw_payable(axes: "Axes", paid: Line, depleted: int, figure: ChartFigure, lang: str) -> None:
    """What is paid and what is not as areas of steps, and the share in the first year of depletion and in the last."""
    years, shares = np.array(list(paid.points)), np.array(list(paid.points.values()))
    edges = np.append(years, years[-1] + 1) - 0.5
    canvas.steps(
        axes, np.full(len(years), 100.0), edges, baseline=shares, fill=True, color=SHORTFALL, linewidth=0, zorder=2
    )
    canvas.steps(axes, shares, edges, fill=True, color=PAID, linewidth=0, zorder=2)
    canvas.steps(axes, shares, edges, baseline=None, edgecolor=BLUE, fill=False, linewidth=1.9, zorder=3)
    figure.curves += (canvas.Drawn(word("head.payable", lang), paid.points),)
    axes.set_ylim(0, 104)
    axes.set_yticks([0, 50, 100])
    said, last = figure.said, int(years[-1])
    look: Any = {"textcoords": "offset points", "color": ink(BLUE), "fontsize": 9.5}
    if last - depleted > 3:
        first, up = said.quantity("percent", paid.points[depleted] / 100, 0), paid.points[depleted] < LOW_SHARE
        side: Any = {"va": "bottom" if up else "top", "xytext": (4, 3 if up else -4)}
        axes.annotate(first, (depleted - 0.5, paid.points[depleted]), **side, **look)
    ends = said.quantity("percent", paid.points[last] / 100, 0)
    axes.annotate(ends, (last + 0.5, paid.points[last]), (4, 0), va="center", annotation_clip=False, **look)
    middle = float(years[0] + 0.3 * (last - years[0]))
    axes.text(middle, 22, word("mark.paid", lang), color=ink(BLUE), ha="center", va="center", zorder=4)
    late = (depleted + 3 * last) // 4
    below = max(share for year, share in paid.points.items() if abs(year - late) <= WORD_YEARS)
    if 100 - below > WORD_HIGH and last - depleted > 8:
        middle = (below + 100) / 2
        axes.text(late, middle, word("mark.shortfall", lang), color=ink(VERMILLION), ha="center", va="center", zorder=4)


def reserve_history(scenario: "Scenario", fund: str = RESIDENT) -> History:
    """The published balance over a month of the published outgo."""
    return fund_past(scenario, fund, "cumulative_balance").over(fund_past(scenario, fund, "outgo"), 1 / 12)


def fund_balance(results: "RunResult", lang: str, fund: str = RESIDENT, ranges: "SingleChanges | None" = None) -> Chart:
    """A fund on 31 December above zero; below, on a scale of its own, what it lacks once it has run out."""
    balance, own = money.amounts(results, fund, "closing"), of_fund("fund_balance", fund)
    known = money.published(fund_past(results.scenario, fund, "cumulative_balance"), results.scenario)
    depleted, short = marks.depletion_of(results, fund), bool((balance < 0).any())
    shown = money.shown(results.scenario, lang, [*balance, *known.values.values(), reach(own), reach(own, "shortfall")])
    label = "" if short else marks.not_depleted(results, fund, lang, ranges)
    line = Line.of(measure_of(fund, "closing"), label, results.years, balance, known, shown.size, stock=True)
    basis = money.basis(results.years[0] - 1, lang)
    figure = canvas.sheet(
        title_of(own, results, lang),
        word("axis.fund_balance", lang, unit=shown.name, basis=basis, whose=whose(results, fund, lang)),
        foot(results.scenario, lang, [line], [word("note.not_lent", lang)] if short else []),
        lang,
        canvas.TALL if short else canvas.SIZE,
    )
    right, share = canvas.RIGHT_MARGIN if not short else NO_LABELS + 24, "both" if money.is_share() else ""
    axes, below = (
        canvas.stacked(figure, SHORTFALL_HIGH, right=right, percent=share)
        if short
        else (canvas.area(figure, right=right, percent=bool(share)), None)
    )
    beside = gross(results, fund, "closing_gross", gross_balance(results, fund), shown.size, lang)
    canvas.draw_lines(axes, [line, *beside])
    axes.set_ylim(0, ABOVE_HIGHEST * limit(own, canvas.highest([line]) or 1.0, shown.size))
    canvas.year_axis(axes, [line], results.years[0], word("mark.projection", lang))
    marks.depletion(axes, results, line, fund, lang, ranges)
    marks.first_deficit(axes, results, line, fund, lang)
    if below:
        canvas.head(axes, word("head.fund", lang))
        canvas.head(below, word("head.shortfall", lang, depleted=depleted))
        _draw_shortfall(below, line, limit(own, -min(line.points.values()), shown.size, "shortfall"), figure)
        canvas.year_axis(below, [line], results.years[0])
    canvas.direct_labels(axes, beside if below else [line, *beside])
    return Chart(own, figure, canvas.frame([line, *beside], shown.name))


def gross_balance(results: "RunResult", fund: str) -> "np.ndarray | None":
    """The balance before debt in the money that is drawn, where a fund may owe."""
    return money.amounts(results, fund, "closing_gross") if "closing_gross" in results.accounts[fund] else None


def _draw_shortfall(axes: "Axes", line: Line, depth: float, figure: ChartFigure) -> None:
    """The line where it is below zero, the area above it, and the last value."""
    years, values = np.array(list(line.points)), np.array(list(line.points.values()))
    axes.fill_between(years, values, 0, where=values < 0, interpolate=True, color=SHORTFALL, linewidth=0, zorder=2)
    axes.plot(years, values, color=VERMILLION, linewidth=1.4, zorder=4)
    axes.set_ylim(-1.12 * depth, 0)
    axes.axhline(0, color=canvas.BLACK, linewidth=0.9, zorder=3)
    last, value = int(years[-1]), float(values[-1])
    if value < 0:
        text = figure.said.number(value, 0 if abs(value) >= 100 else 1)
        note = axes.annotate(
            text, (last, value), (5, 0), textcoords="offset points", va="center", annotation_clip=False
        )
        note.set_color(ink(VERMILLION))
