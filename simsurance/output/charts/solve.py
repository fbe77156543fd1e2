"""Charts of an answer: the measure along what is varied, with the answer marked; and what waiting costs."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simsurance.answers.condition import BALANCES
from simsurance.answers.solve import STATIC, Solved
from simsurance.language.names import shown_name
from simsurance.output.asked_words import asked_words, column_words
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, GREY, VERMILLION, Chart, ChartFigure
from simsurance.output.charts.keys import rise_of, size_of, vary_axis
from simsurance.output.charts.notes import foot
from simsurance.output.charts.words import word
from simsurance.output.labels import fund_label, words_of
from simsurance.output.measured import depletion_in
from simsurance.output.planned import FORMATS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simsurance.answers.delay import Delay
    from simsurance.answers.on_draws import OnDraws
    from simsurance.answers.vary import Vary
    from simsurance.language import Words

AREA: Final = (57.0, 25.0)
"""Points left and right of the plot."""


def draw(found: "Solved | OnDraws", lang: str = "en") -> Chart:
    """The measure, or the probability, at every size tried, what is wanted of it, and the answer."""
    with canvas.style():
        return _solved(found, lang) if isinstance(found, Solved) else _drawn(found, lang)


def _solved(found: Solved, lang: str) -> Chart:
    condition, said = found.condition, words_of(found.scenario, lang)
    months = condition.measure in BALANCES and not condition.when
    wanted = 0.0 if months else condition.value
    what = said.label("solve.least_months") if months else column_words(condition, said)
    figure = _sheet(
        found, condition.fund, asked_words(condition, found.central, said), word("axis.solve", lang, what=what), lang
    )
    axes = canvas.area(figure, AREA[0], AREA[1], top=canvas.TOP_MARGIN + canvas.HEAD, bottom=figure.floor + 12)
    for answer in found.answers:
        values = np.array(answer.margins) * (1 if condition.sign == ">=" else -1) if months else np.array(answer.values)
        static = answer.response == STATIC
        look: Any = {"color": BLACK, "linewidth": 2.2, "marker": "o", "markersize": 3, "zorder": 4}
        if static:
            look = {"color": GREY, "linewidth": 1.2, "linestyle": canvas.DASHED, "zorder": 3}
        axes.plot(answer.sizes, values, **look)
        if not static and answer.solution is not None:
            _mark(axes, found.vary, answer.solution, float(values[answer.sizes.index(answer.solution)]), said)
        if not static and found.vary.own in answer.sizes:
            own = float(values[answer.sizes.index(found.vary.own)])
            axes.plot([found.vary.own], [own], "v", color=BLACK, markersize=6, zorder=7)
    axes.axhline(wanted, color=VERMILLION, linewidth=1.1, zorder=2)
    _sizes(axes, found.vary, said)
    return Chart(f"solve_{condition.fund}", figure, found.table.reset_index())


def _drawn(found: "OnDraws", lang: str) -> Chart:
    condition, said = found.chance.condition, words_of(found.vary.scenario, lang)
    axis = word("axis.solve_drawn", lang, what=asked_words(condition, found.central, said))
    figure = _sheet(found, condition.fund, asked_words(found.chance, found.central, said), axis, lang)
    axes = canvas.area(figure, AREA[0], AREA[1], top=canvas.TOP_MARGIN + canvas.HEAD, bottom=figure.floor + 12)
    shares = 100 * found.shares
    axes.errorbar(
        found.sizes, shares, 100 * found.errors, color=BLACK, linewidth=2.2, elinewidth=0.8, marker="o", markersize=3
    )
    if found.solution is not None:
        _mark(axes, found.vary, found.solution, float(shares[found.sizes.index(found.solution)]), said)
    if found.vary.own in found.sizes:
        axes.plot(
            [found.vary.own], [shares[found.sizes.index(found.vary.own)]], "v", color=BLACK, markersize=6, zorder=7
        )
    axes.axhline(100 * found.chance.value, color=VERMILLION, linewidth=1.1, zorder=2)
    axes.set_ylim(-3, 103)
    _sizes(axes, found.vary, said)
    return Chart(f"solve_{condition.fund}", figure, found.table.reset_index())


def _sheet(found: "Solved | OnDraws", fund: str, asked: str, axis: str, lang: str) -> ChartFigure:
    vary = found.vary
    notes = [
        _asked(vary, asked, lang),
        word("note.solve_target", lang),
        word("note.solve_marks", lang),
    ]
    return canvas.sheet(
        _title(found, fund, words_of(vary.scenario, lang)),
        axis,
        foot(vary.scenario, lang, [], notes),
        lang,
    )


def _asked(vary: "Vary", asked: str, lang: str) -> str:
    """What is asked for, from when on, and the keys that move with the first."""
    others = [shown_name(key, lang) for key in vary.keys[1:]]
    return word("note.solve_asked", lang, asked=asked, start=vary.start, others=others)


def _title(found: "Solved | OnDraws", fund: str, said: "Words") -> str:
    """The answer as a sentence; where there is none, the bounds within which it is not."""
    vary, size = found.vary, found.solution
    facts: dict[str, Any] = {
        "fund": fund_label(fund, said),
        "what": shown_name(vary.keys[0], said.lang),
        "how": vary.how,
    }
    if size is None:
        ends = {"low": size_of(vary, vary.low, said), "high": size_of(vary, vary.high, said)}
        return word("title.solve_none", said.lang, **facts, **ends)
    facts |= {"size": size_of(vary, size, said), "own": size_of(vary, vary.own, said), "start": vary.start}
    return word("title.solve", said.lang, same=size == vary.own, others=len(vary.keys) - 1, **facts)


def _mark(axes: "Axes", vary: "Vary", size: float, value: float, said: "Words") -> None:
    """The answer, with a line down to its number at the axis."""
    axes.plot(
        [size],
        [value],
        "o",
        markersize=7,
        markerfacecolor="none",
        markeredgecolor=VERMILLION,
        markeredgewidth=1.6,
        zorder=8,
    )
    axes.axvline(size, color=GREY, linewidth=0.8, zorder=1)
    axes.annotate(
        size_of(vary, size, said),
        xy=(size, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(0, 2),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=8,
        color=canvas.ink(VERMILLION),
    )


def _sizes(axes: "Axes", vary: "Vary", said: "Words") -> None:
    """The key along the axis."""
    axes.xaxis.set_major_locator(MaxNLocator(8))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: size_of(vary, value, said)))
    axes.set_xlabel(vary_axis(vary, said), fontsize=8.5)


def draw_delay(found: "Delay", lang: str = "en") -> Chart:
    """The size needed by the year in which it begins to hold."""
    first = found.by_start[0]
    said, vary = words_of(first.vary.scenario, lang), first.vary
    a_year = None if found.a_year is None else rise_of(vary, found.a_year, said)
    named = {"what": shown_name(vary.keys[0], lang)}
    able = [each for each in found.by_start if each.solution is not None]
    depleted = depletion_in(first.central.measures["value"], first.fund)
    none = next((each.vary.start for each in found.by_start if each.solution is None), None)
    asked = asked_words(first.question, first.central, said)
    notes = [_asked(vary, asked, lang)]
    depleted = depleted if depleted and found.starts[0] <= depleted <= found.starts[-1] else None
    notes += [word("note.delay_depleted", lang, year=depleted)] if depleted else []
    notes += [word("note.delay_none", lang, year=none)] if none else []
    with canvas.style():
        figure = canvas.sheet(
            word("title.delay", lang, fund=fund_label(first.fund, said), a_year=a_year, **named),
            word("axis.delay", lang, **named),
            foot(first.vary.scenario, lang, [], notes),
            lang,
        )
        axes = canvas.area(figure, AREA[0], AREA[1], top=canvas.TOP_MARGIN + canvas.HEAD, bottom=figure.floor + 12)
        years, sizes = [each.vary.start for each in able], [float(each.solution or 0.0) for each in able]
        axes.plot(years, sizes, color=BLACK, linewidth=2.2, marker="o", markersize=3.5, zorder=4)
        for place in {0, len(able) - 1} if able else ():
            axes.annotate(
                size_of(vary, sizes[place], said),
                xy=(years[place], sizes[place]),
                xytext=(0, 6),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=8,
            )
        axes.axhline(vary.own, color=GREY, linewidth=0.8, linestyle=canvas.DOTTED, zorder=1)
        axes.set_xlim(found.starts[0] - 0.6, found.starts[-1] + 0.6)
        if sizes:
            low, high = min([*sizes, vary.own]), max([*sizes, vary.own])
            room = 0.12 * (high - low) or 1.0
            axes.set_ylim(low - room, high + 1.6 * room)
        if depleted:
            axes.axvline(depleted, color=VERMILLION, linewidth=1.1, zorder=2)
        if none:
            axes.axvspan(none - 0.5, found.starts[-1] + 0.6, color="#F0F0F0", zorder=0)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: size_of(vary, value, said)))
        axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
        return Chart(f"delay_{first.fund}", figure, found.table.reset_index())


def write_all(
    found: "Solved | OnDraws", delay: "Delay | None", folder: Path, lang: str, formats: Sequence[str] = FORMATS
) -> Iterator[Path]:
    """Draw the charts into a folder; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    yield from canvas.write(draw(found, lang), folder, formats)
    if delay:
        yield from canvas.write(draw_delay(delay, lang), folder, formats)
