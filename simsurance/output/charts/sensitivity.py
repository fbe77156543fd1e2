"""Tornadoes: a measure of a fund with every unknown low and high, what moves it most first."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simsurance.errors import SimsuranceError
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, BLUE, CENTIMETRE, GREY, Chart, ChartFigure
from simsurance.output.charts.keys import value_words
from simsurance.output.charts.notes import foot
from simsurance.output.charts.words import word
from simsurance.output.labels import fund_label, words_of
from simsurance.output.planned import FORMATS
from simsurance.output.sensitivity_summary import unknown_shown
from simsurance.output.sweep_summary import at_axis, change_told, measure_words, told, unit_of
from simsurance.uncertainty.sensitivity import DEPLETION, INPUT, SETTLEMENT, SHIFT, Ends, Sensitivity
from simsurance.uncertainty.stochastic import YEARS_FUNDED

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simsurance.language import Words

MOST: Final = 10
"""Bars; the rest is told in the foot."""
FEWEST: Final = 5
"""Places for bars where there are fewer, which are no thicker then."""
BAR: Final = 0.56
TICK: Final = 0.4
SIZE: Final = (16 * CENTIMETRE, 11.5 * CENTIMETRE)
AREA: Final = (197.0, 13.5)
"""Points left of the bars, where their names stand, and right of them."""
LOW: Final[Any] = {"facecolor": canvas.WORSE, "edgecolor": canvas.VERMILLION, "hatch": "////", "linewidth": 0.0}
HIGH: Final[Any] = {"facecolor": BLUE, "linewidth": 0.0}
CLEAR: Final = 0.1
"""Share of the axis before the words of what does not come on which no year stands."""
KEY, UNDER = 14.0, 26.0
"""Points of a line of the key above bars, and below the title: what they show."""
NEAR_EDGE: Final = 0.25
"""Share of the axis at either end on which words above it do not stand in the middle of their place."""
WIDTH: Final = 0.41
"""Share of the sheet that names have."""
NAMES: Final = WIDTH * SIZE[0] * 72 / 3.75
"""Places on a line of a name."""


def draw(found: Sensitivity, fund: str, measure: str, lang: str = "en") -> Chart:
    """The tornado of a measure of a fund; depletion years stand on an axis that ends with "not depleted".

    Raises SimsuranceError for a fund or a measure that has none.
    """
    if fund not in found.funds or measure not in charts_of(found, fund):
        if fund in found.funds and measure in found.measures(fund) and measure != YEARS_FUNDED:
            raise SimsuranceError(f"{measure} of {fund}: has no tornado; nothing moves it")
        known = ", ".join(f"{name} of {each}" for each in found.funds for name in charts_of(found, each))
        raise SimsuranceError(f"{measure} of {fund}: has no tornado; there are {known}")
    with canvas.style():
        return Chart(f"tornado_{fund}_{measure}", _figure(found, fund, measure, lang), _table(found, fund, measure))


def charts_of(found: Sensitivity, fund: str) -> list[str]:
    """The measures of a fund that something moves and have a tornado; years funded are drawn as depletion years."""
    return [measure for measure in found.measures(fund) if measure != YEARS_FUNDED and found.moves(fund, measure)]


def write_all(found: Sensitivity, folder: Path, lang: str, formats: Sequence[str] = FORMATS) -> Iterator[Path]:
    """Draw every tornado into a folder; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for fund in found.funds:
        for measure in charts_of(found, fund):
            yield from canvas.write(draw(found, fund, measure, lang), folder, formats)


def _table(found: Sensitivity, fund: str, measure: str) -> "pd.DataFrame":
    """What is drawn, and what the foot tells of: one row an unknown."""
    table: pd.DataFrame = found.table.reset_index()
    own = table[(table["fund"] == fund) & (table["measure"] == measure)].drop(columns=["fund", "measure"])
    return own.assign(unit=unit_of(found.central, fund, measure))


def _figure(found: Sensitivity, fund: str, measure: str, lang: str) -> ChartFigure:
    said, unit = words_of(found.scenario, lang), unit_of(found.central, fund, measure)
    moving = _drawn(found, fund, measure)
    shown, rest, still = moving[:MOST], moving[MOST:], len(found.ends(fund, measure)) - len(moving)
    what = measure_words(measure, fund, said)
    notes = [word("note.tornado", lang)]
    if rest:
        least = _less_than(max(each.range for each in rest), measure, unit, said)
        notes.append(word("note.tornado_rest", lang, count=len(rest), least=least))
    if still:
        notes.append(word("note.tornado_still", lang, count=still))
    figure = canvas.sheet(
        word("title.tornado", lang, fund=fund_label(fund, lang), what=what, name=unknown_shown(shown[0].unknown, said)),
        word("axis.tornado", lang),
        foot(found.scenario, lang, [], notes),
        lang,
        SIZE,
    )
    axes = rows_area(figure, above=2 * KEY)
    _bars(axes, shown)
    _limits(axes, shown, room=0.12)
    _label_ends(axes, found, fund, measure, shown)
    _ticks(axes, found, measure, unit, said)
    axes.set_yticks(range(len(shown)), [_name(found, each, said) for each in shown], fontsize=7.5)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(max(len(shown), FEWEST) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    middle = said.say("chart.mark.middle", value=_value(found, fund, measure, shown[0].middle, said))
    axes.axvline(shown[0].middle, color=BLACK, linewidth=1.1, zorder=5)
    note = axes.annotate(middle, (shown[0].middle, 1.0), (0, 3), axes.get_xaxis_transform(), "offset points")
    left, right = axes.get_xlim()
    place = (shown[0].middle - left) / (right - left)
    side = "left" if place < NEAR_EDGE else "right" if place > 1 - NEAR_EDGE else "center"
    note.set(ha=side, va="bottom", fontsize=8)
    names = [said.label("chart.line.low_end"), said.label("chart.line.high_end")]
    key(axes, [Patch(**LOW), Patch(**HIGH)], names, lines=2)
    return figure


def rows_area(figure: ChartFigure, above: float = 0.0, right: float = 0.0) -> "Axes":
    """Axes for bars with names at their left; so many points above them for a key, and right of them for words."""
    axes = canvas.area(figure, AREA[0], AREA[1] + right, figure.headed + UNDER + above)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color=canvas.GRID, linewidth=0.6)
    return axes


def key(axes: "Axes", marks: list[Any], names: list[str], lines: int = 1) -> None:
    """What marks are, above the bars at the right, on the upper of so many lines."""
    options: Any = {"frameon": False, "fontsize": 7.5, "ncols": 2, "loc": "lower right", "borderaxespad": 0.0}
    high = 72 * axes.bbox.height / axes.figure.dpi
    axes.legend(marks, names, bbox_to_anchor=(1.0, 1 + (lines * KEY - KEY + 3) / high), **options)


def _ticks(axes: "Axes", found: Sensitivity, measure: str, unit: str, said: "Words") -> None:
    """Round values; of depletion years whole ones, and the place of those that do not come by its words."""
    if measure != DEPLETION:
        axes.xaxis.set_major_locator(MaxNLocator(6))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: at_axis(value, unit, said)))
        return
    left, right = axes.get_xlim()
    never, last = found.years[-1] + 1, found.years[-1]
    ticks = (tick for tick in MaxNLocator(6, integer=True).tick_values(left, right) if tick == round(tick))
    shown = [tick for tick in ticks if left < tick <= min(right, last) and tick < never - CLEAR * (right - left)]
    names = [f"{tick:.0f}" for tick in shown]
    if never <= right:
        shown, names = [*shown, never], [*names, said.say("chart.mark.after", year=last)]
    axes.set_xticks(shown, names)


def _drawn(found: Sensitivity, fund: str, measure: str) -> list[Ends]:
    """Ends as they are drawn: of depletion years, what does not come stands one year after the last."""
    if measure != DEPLETION:
        return found.moving(fund, measure)
    never = float(found.years[-1] + 1)
    return [
        Ends(each.unknown, *(value if np.isfinite(value) else never for value in (each.low, each.middle, each.high)))
        for each in found.moving(fund, measure)
    ]


def _less_than(size: float, measure: str, unit: str, said: "Words") -> str:
    """The most that what is left out moves a measure by."""
    return said.quantity("years", size) if measure == DEPLETION else change_told(size, unit, said)


def _value(found: Sensitivity, fund: str, measure: str, value: float, said: "Words") -> str:
    if measure == DEPLETION and value > found.years[-1]:
        return said.say("sensitivity.never", last=found.years[-1])
    return told(value, unit_of(found.central, fund, measure), said)


def _name(found: Sensitivity, ends: Ends, said: "Words") -> str:
    """The unknown and what it is at its ends, on lines that fit."""
    low, high = found.sizes(ends.unknown)
    sizes = ""
    if ends.unknown.kind == INPUT:
        least, most = (value_words(found.scenario, ends.unknown.name, each, said, 3) for each in (low, high))
        sizes = f" ({said.say('chart.line.from_to', low=least, high=most)})"
    elif ends.unknown.kind in (SHIFT, SETTLEMENT):
        sizes = f" (±{_short(high, said)})"
    return canvas.wrapped(unknown_shown(ends.unknown, said) + sizes, NAMES, most=2, size=7.5)


def _short(value: float, said: "Words") -> str:
    return f"{value:.3g}".replace("-", said.label("number.minus"))


def _bars(axes: "Axes", shown: list[Ends]) -> None:
    """A bar to either end; where both lie on one side the longer one is a bar, the other a tick."""
    for row, each in enumerate(shown):
        ends = [(each.low - each.middle, LOW), (each.high - each.middle, HIGH)]
        if ends[0][0] * ends[1][0] > 0:
            (short, _), (length, look) = sorted(ends, key=lambda end: abs(end[0]))
            at = each.middle + short
            axes.plot([at, at], [row - TICK, row + TICK], color=BLACK, linewidth=1.4, zorder=6)
            ends = [(length, look)]
        for length, look in ends:
            if np.isfinite(length) and length:
                axes.barh(row, length, BAR, left=each.middle, zorder=3, **look)


def _limits(axes: "Axes", shown: list[Ends], room: float) -> None:
    """The axis holds all bars, with room for what stands at their ends."""
    values = np.array([value for each in shown for value in (each.low, each.middle, each.high) if np.isfinite(value)])
    low, high = float(values.min()), float(values.max())
    wide = (high - low) or 1.0
    axes.set_xlim(low - room * wide, high + room * wide)


def _label_ends(axes: "Axes", found: Sensitivity, fund: str, measure: str, shown: list[Ends]) -> None:
    """The depletion year at both ends of a bar, unless it is what the bar shows: then the year at each end."""
    dates = {each.unknown: each for each in found.ends(fund, DEPLETION)}
    for row, each in enumerate(shown):
        date = dates[each.unknown]
        one_side = (each.low - each.middle) * (each.high - each.middle) > 0
        for value, year in ((each.low, date.low), (each.high, date.high)):
            other = each.high if value == each.low else each.low
            shorter = one_side and abs(value - each.middle) < abs(other - each.middle)
            if not np.isfinite(value) or value == each.middle or shorter:
                continue
            right = value > each.middle
            text = f"{year:.0f}" if np.isfinite(year) else "–"
            note = axes.annotate(text, (value, row), (3 if right else -3, 0), textcoords="offset points")
            note.set(fontsize=7.5, color=GREY, ha="left" if right else "right", va="center")
