"""Charts of a fund: reserve months, balance, income and outgo."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from simsurance import __version__
from simsurance.evidence.published import NOTHING, History, at_prices, fund_past
from simsurance.ledger import ACCOUNTS, POOL, fund_of
from simsurance.measures import measure_of
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import (
    BLACK,
    BLUE,
    DASH_DOT,
    DASHED,
    GREY,
    ORANGE,
    SKY,
    SOLID,
    VERMILLION,
    Chart,
    Line,
)
from simsurance.output.charts.words import clauses, word
from simsurance.output.labels import fund_label, scenario_title, unit, words_of
from simsurance.output.measured import measured, year_or_none
from simsurance.output.ranges import range_of

LONGEST_TITLE: Final = 90
"""Places of a scenario's title in the footer, two a Chinese character."""
LEAST_BAND: Final = 0.08
"""Share of the height that a band must have to hold its name."""
RESIDENT: Final = ("resident",)
EMPLOYEE: Final = (POOL, ACCOUNTS)
LOOKS: Final = {
    "resident": (BLACK, BLUE, VERMILLION),
    POOL: (BLACK, BLUE, VERMILLION),
    ACCOUNTS: (BLUE, SKY, ORANGE),
}
"""Colours of a fund's balance, income and outgo."""
INCOME_LOOK: Final = (DASHED, "o", 3.0)
OUTGO_LOOK: Final = (SOLID, "s", 4.8)
"""Line and published points; the dot of an income can be told from the square of an outgo that it stands on."""
AMOUNTS: Final = ("closing", "closing_gross", "income", "outgo", "income_with_interest")
"""Columns of an account that are amounts, drawn at constant prices."""
RANGE_WIDTHS: Final = (60, 30, canvas.LABEL_WIDTH)
"""Places of a line of a range, the best first."""
BESIDE: Final = ((6, 7, "left"), (-6, -4, "right"))
"""Where words about a spot on the zero line stand best: right above it, left below it."""
AROUND: Final = tuple(
    offset
    for far in (7, 9, 11, 14, 18, 23, 29, 36, 45, 55, 66)
    for up in (-far, far)
    for offset in ((0, up, "center"), (-4, up, "right"), (4, up, "left"))
)
"""Where words about a spot may stand, in points from it, and their side; the best first."""

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.results import RunResult
    from simsurance.scenario_file.loader import Scenario


def reserve_months(
    results: "RunResult", lang: str, funds: Sequence[str] = RESIDENT, ranges: "SingleChanges | None" = None
) -> Chart:
    """The first of the funds in months of its outgo, with the wanted band if the scenario gives one."""
    fund = funds[0]
    known = reserve_history(results.scenario, fund)
    lines = [_line(results, fund, "reserve_months", word("line.reserve_months", lang), 1.0, known=known)]
    if fund_of(fund).paid_in_advance and results.accounts[fund]["prepaid"].any():
        name = "reserve_months_without_prepaid"
        lines.append(_line(results, fund, name, word("line.without_prepaid", lang), 1.0, colour=BLUE, dashes=DASHED))
    lines += gross(results, fund, "reserve_months_gross", 1.0, lang)
    shown = unit("months", words_of(results.scenario, lang))
    return _balance_chart(results, "reserve_months", lines, shown.name, funds[:1], lang, ranges)


def gross(results: "RunResult", fund: str, name: str, size: float, lang: str) -> list[Line]:
    """A fund with what it owes not taken off, as a line beside; none where it never owes anything."""
    account = results.accounts[fund]
    if "debt_outstanding" not in account or not account["debt_outstanding"].any():
        return []
    line = _line(results, fund, name, word("line.gross", lang), size, SKY, DASH_DOT)
    owed = dict(zip(results.years, account["debt_outstanding"], strict=True))
    near = {
        year: point for year, point in line.points.items() if owed[year] or owed.get(year - 1) or owed.get(year + 1)
    }
    return [replace(line, points=near)]


def reserve_history(scenario: "Scenario", fund: str = "resident") -> History:
    """The published balance over a month of the published outgo."""
    return fund_past(scenario, fund, "cumulative_balance").over(fund_past(scenario, fund, "outgo"), 1 / 12)


def fund_balance(
    results: "RunResult", lang: str, funds: Sequence[str] = RESIDENT, ranges: "SingleChanges | None" = None
) -> Chart:
    """Funds on 31 December at constant prices; below zero they are an accumulated deficit."""
    shown = unit("yuan", words_of(results.scenario, lang), _amounts(results, funds, "closing"))
    lines = []
    for fund in funds:
        before = at_prices(fund_past(results.scenario, fund, "cumulative_balance"), results.scenario)
        words = word("line.fund" if len(funds) == 1 else f"fund.{fund}", lang)
        dashes = DASHED if fund == ACCOUNTS else SOLID
        lines.append(_line(results, fund, "closing", words, shown.size, LOOKS[fund][0], dashes, before))
    lines += gross(results, funds[0], "closing_gross", shown.size, lang)
    return _balance_chart(results, "fund_balance", lines, shown.name, funds, lang, ranges)


def income_outgo(results: "RunResult", lang: str, funds: Sequence[str] = RESIDENT) -> Chart:
    """Income and outgo of each year at constant prices.

    Income with interest where published years, which contain it, lie in the projection.
    """
    beside = any(set(fund_past(results.scenario, fund, "income").values) & set(results.years) for fund in funds)
    income = "income_with_interest" if beside else "income"
    shown = unit("yuan", words_of(results.scenario, lang), _amounts(results, funds, income, "outgo"))
    lines = []
    for fund in funds:
        colours = LOOKS[fund][1:]
        for name, colour, dashes, marker, size in (
            ("income", colours[0], *INCOME_LOOK),
            ("outgo", colours[1], *OUTGO_LOOK),
        ):
            words = word(f"line.{name}", lang)
            if len(funds) > 1:
                words = word("line.of_fund", lang, fund=word(f"fund.{fund}", lang), what=words)
            known = at_prices(fund_past(results.scenario, fund, name), results.scenario)
            column = income if name == "income" else name
            line = _line(results, fund, column, words, shown.size, colour, dashes, known)
            lines.append(replace(line, marker=marker, marker_size=size))
    notes = [word("note.interest", lang)] if lines[0].published and not beside else []
    figure = canvas.sheet(
        title(results, word("title.income_outgo", lang), owner(funds, lang), lang),
        word(f"axis.{income}", lang, unit=shown.name, year=results.years[0] - 1),
        footer(
            results.scenario, lang, lines, [*(word("note.marks", lang) for line in lines[:1] if line.published), *notes]
        ),
        lang,
    )
    axes = canvas.plot_area(figure)
    canvas.draw_lines(axes, lines)
    canvas.year_axis(axes, lines, results.years[0], word("mark.projection", lang))
    canvas.from_zero(axes)
    canvas.direct_labels(axes, lines)
    return Chart(name_of("income_outgo", funds), figure, canvas.frame(lines, shown.name))


def name_of(name: str, funds: Sequence[str]) -> str:
    """The name of a chart that shows these funds."""
    return name if tuple(funds) == RESIDENT else f"employee_{name}"


def title(results: "RunResult", what: str, whose: str, lang: str) -> str:
    """What a chart shows, and whose it is where there are several funds."""
    return what if len(results.accounts) == 1 else word("title.whose", lang, what=what, whose=whose)


def owner(funds: Sequence[str], lang: str) -> str:
    """Whose chart it is: the fund's, or the scheme's to which the funds belong."""
    return fund_label(funds[0], lang) if len(funds) == 1 else word("scheme.employee", lang)


def _column(results: "RunResult", fund: str, name: str) -> np.ndarray:
    """A column of a fund's account by year, or income with interest, amounts at constant prices."""
    account = results.accounts[fund]
    values = account["income"] + account["interest"] if name == "income_with_interest" else account[name]
    return values / account["price_level"] if name in AMOUNTS else values


def _amounts(results: "RunResult", funds: Sequence[str], *names: str) -> np.ndarray:
    """What a chart shows of some columns of funds, one behind the other."""
    return np.concatenate([_column(results, fund, name) for fund in funds for name in names])


def _line(
    results: "RunResult",
    fund: str,
    name: str,
    words: str,
    size: float,
    colour: str = BLACK,
    dashes: object = SOLID,
    known: History = NOTHING,
) -> Line:
    """A column of a fund's account as a line, with its published past."""
    points = dict(zip(results.years, (_column(results, fund, name) / size).tolist(), strict=True))
    series = measure_of(fund, name)
    return Line(series, canvas.wrapped(words), points, colour, dashes, known.shown(size), known.estimated)


def _balance_chart(
    results: "RunResult",
    name: str,
    lines: list[Line],
    shown: str,
    funds: Sequence[str],
    lang: str,
    ranges: "SingleChanges | None",
) -> Chart:
    """A chart of funds with depletion, accumulated deficit, and the band if there is one; the first lines are theirs."""
    figure = canvas.sheet(
        title(results, word(f"title.{name}", lang), owner(funds, lang), lang),
        word(f"axis.{name}", lang, unit=shown, year=results.years[0] - 1),
        footer(results.scenario, lang, lines),
        lang,
    )
    axes = canvas.plot_area(figure)
    band = reserve_band(results.scenario, funds[0]) if name == "reserve_months" else []
    draw_band(axes, band)
    canvas.draw_lines(axes, lines)
    canvas.year_axis(axes, lines, results.years[0], word("mark.projection", lang))
    canvas.from_zero(axes)
    own = dict(zip(funds, lines, strict=False))
    deficits = [accumulated_deficit(axes, line.points, name, lang) for line in own.values()]
    canvas.direct_labels(axes, [*lines, *(deficit for deficit in deficits if deficit)])
    taken = [*band, name_band(axes, band, lines, lang)] if band else []
    beside = [line for line in lines if line not in own.values()]
    status(axes, results, own, lang, taken, ranges, beside)
    if name == "fund_balance":
        first_deficits(axes, results, own, lang, beside)
    return Chart(name_of(name, funds), figure, canvas.frame([*lines, *band_lines(band, results.years)], shown))


def reserve_band(scenario: "Scenario", fund: str) -> list[float]:
    """The lowest and the highest reserve wanted; empty if the scenario gives none."""
    values = scenario.values
    bands = {"resident": values.fund.reserve_band, POOL: values.employee.fund.reserve_band}
    return bands.get(fund, [])


def draw_band(axes: "Axes", band: list[float]) -> None:
    """Shade the wanted band, if there is one."""
    if band:
        axes.axhspan(*band, color="#DDDDDD", zorder=1)


def name_band(axes: "Axes", band: list[float], lines: Sequence[Line], lang: str) -> float:
    """Say at an end that lines leave free what the band is, within it, or above it if it is narrow; the height of the words."""
    bottom, top = axes.get_ylim()
    wide = (band[1] - band[0]) / (top - bottom) > LEAST_BAND
    note = axes.annotate(
        word("mark.band", lang, low=band[0], high=band[1]),
        (axes.get_xlim()[1], band[1]),
        (-4, -3 if wide else 2),
        textcoords="offset points",
        fontsize=7.5,
        color="#444444",
        ha="right",
    )
    note.set(va="top" if wide else "bottom", zorder=8)
    ends = ((axes.get_xlim()[1], -4, "right"), (axes.get_xlim()[0], 4, "left"))

    around = canvas.obstacles(note, lines)

    def met(end: tuple[float, float, str]) -> float:
        _to_end(note, end)
        return around.met_by(note)

    _to_end(note, min(ends, key=met))
    return band[1] + (-1 if wide else 1) * 0.04 * (top - bottom)


def _to_end(note: "Annotation", end: tuple[float, float, str]) -> None:
    """Move the name of a band to an end of it: the year, points right of it, the side of the words."""
    year, right, side = end
    note.xy = (year, note.xy[1])
    note.set_position((right, note.xyann[1]))
    note.set(ha=side)


def band_lines(band: list[float], years: tuple[int, ...]) -> list[Line]:
    """The edges of the wanted band as rows for the chart's table."""
    names = ("band_low", "band_high")
    return [Line(name, "", dict.fromkeys(years, edge)) for name, edge in zip(names, band, strict=False)]


def accumulated_deficit(axes: "Axes", points: Mapping[int, float], name: str, lang: str) -> Line | None:
    """Hatch the area between zero and the line where the line is below; the name of an area that reaches the right edge.

    Reserve months matter while there is a reserve: a deficit deeper than that is high leaves the sheet, and is told.
    """
    x, y = np.array(list(points)), np.array(list(points.values()))
    if not (y < 0).any():
        return None
    area = axes.fill_between(x, y, 0, where=y < 0, interpolate=True, zorder=2)
    area.set(facecolor="#FBE6D9", edgecolor=VERMILLION, hatch="////", linewidth=0)
    words = word("line.deficit", lang)
    deepest = int(np.argmin(y))
    if name == "reserve_months" and canvas.limit_deficit(axes):
        words = word("line.deepest", lang, months=-float(y[deepest]), year=int(x[deepest]))
    if y[-1] < 0:
        middle = max(float(y[-1]), axes.get_ylim()[0]) / 2
        return Line("deficit", words, {int(x[-1]): middle}, VERMILLION)
    note = axes.annotate(words, (x[deepest], 0), (-2, -6), textcoords="offset points", ha="right", va="top")
    note.set(color=VERMILLION, fontsize=7.5, zorder=8, bbox=canvas.PAPER)
    return None


def first_deficits(
    axes: "Axes", results: "RunResult", lines: Mapping[str, Line], lang: str, beside: Sequence[Line] = ()
) -> None:
    """An open ▽ on each line in the first year whose current balance is below zero; a year is named once."""
    named = set()
    for fund, line in lines.items():
        year = year_or_none(measured(results, fund)["first_deficit_year"])
        if year is None:
            continue
        spot = (year, line.points[year])
        axes.plot(*spot, marker="v", color=line.colour, markerfacecolor="white", markersize=6, zorder=10)
        if year in named:
            continue
        named.add(year)
        words = word("mark.first_deficit", lang, year=year)
        note = axes.annotate(words, spot, (0, 0), textcoords="offset points", fontsize=7.5)
        note.set(zorder=11, bbox=canvas.PAPER)
        canvas.into_clear(note, [*lines.values(), *beside], AROUND)


def status(
    axes: "Axes",
    results: "RunResult",
    lines: Mapping[str, Line],
    lang: str,
    taken: Sequence[float] = (),
    ranges: "SingleChanges | None" = None,
    beside: Sequence[Line] = (),
) -> None:
    """▼ and the year on the zero line where a fund runs out, or the words that none does, off the `taken` heights.

    The range of the year stands below it.
    """
    found = {fund: year_or_none(measured(results, fund)["depletion_year"]) for fund in lines}
    depleted = {fund: year for fund, year in found.items() if year is not None}
    for fund, year in depleted.items():
        axes.plot([year], [0], marker="v", color=VERMILLION, markersize=7, zorder=10, clip_on=False)
        right = year > np.mean(axes.get_xlim())
        words = word("mark.depleted", lang, year=year)
        if len(lines) > 1:
            words = word("line.of_fund", lang, fund=word(f"fund.{fund}", lang), what=words)
        note = axes.annotate(
            words,
            (year, 0),
            (0, 0),
            textcoords="offset points",
            color=VERMILLION,
            zorder=10,
            bbox=canvas.PAPER,
        )
        near = sorted(BESIDE, key=lambda offset: (offset[2] == "right") != right)
        forms = _above(words, range_of(ranges, fund, lang))
        tries = [*((form, near) for form in forms), *((form, [*near, *AROUND]) for form in forms)]
        for told, offsets in tries:
            note.set_text(told)
            if not canvas.into_clear(note, [*lines.values(), *beside], offsets):
                break
    if depleted:
        return
    words = word("mark.not_depleted", lang, year=results.years[-1])
    if len(lines) == 1:
        words = _above(words, range_of(ranges, next(iter(lines)), lang))[-1]
    height = canvas.clear_height(axes, list(lines.values()), taken)
    axes.text(0.985, height, words, transform=axes.transAxes, ha="right", va="center", color=GREY, bbox=canvas.PAPER)


def _above(words: str, below: str) -> list[str]:
    """Words with others below, if there are any: on one line, on shorter ones, on the shortest."""
    return [f"{words}\n{canvas.wrapped(below, width)}" for width in RANGE_WIDTHS] if below else [words]


def footer(scenario: "Scenario", lang: str, lines: list[Line], notes: list[str] | None = None) -> list[str]:
    """Title of the scenario and version; below it what the marks mean and what the reader has to know."""
    below = clauses([*remarks(lines, lang), *(notes or [])], lang)
    title = canvas.wrapped(scenario_title(scenario, lang), LONGEST_TITLE, most=1, size=canvas.FOOT_SIZE)
    return [f"{title} · simsurance {__version__}", below]


def remarks(lines: Sequence[Line], lang: str) -> list[str]:
    """What the published points of lines mean, and which years have none."""
    told = []
    if any(line.published for line in lines):
        told.append(word("note.history", lang))
    if any(line.estimated for line in lines):
        told.append(word("note.estimate", lang))
    if missing := sorted({year for line in lines for year in _gaps(line.published)}):
        told.append(word("note.gap", lang, years=missing))
    return told


def _gaps(published: Mapping[int, float]) -> set[int]:
    """Years between the first and the last published one for which nothing is published."""
    return set(range(min(published), max(published))) - set(published) if published else set()
