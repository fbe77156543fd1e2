"""Charts of a sweep: a measure along one grid, or a heat map over two with the contour of depletion."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from simsurance.language.names import shown_name
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, CENTIMETRE, GREY, VERMILLION, Chart, ChartFigure
from simsurance.output.charts.keys import axis_words, value_words
from simsurance.output.charts.lettering import width
from simsurance.output.charts.notes import foot
from simsurance.output.charts.words import word
from simsurance.output.labels import Unit, drawn_unit, fund_label, words_of
from simsurance.output.labels import unit as unit_in
from simsurance.output.planned import FORMATS
from simsurance.output.sweep_summary import DEPLETION, SHARES, measure_words, told, unit_of
from simsurance.uncertainty.sweep import require_chart

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

    from simsurance.language import Words
    from simsurance.uncertainty.sweep import Grid, Sweep

RAMP: Final = ("#08306B", "#1F5A99", "#4A86BD", "#83AED3", "#B7D0E6", "#DFEAF4")
"""From the lowest values on."""
DARK: Final = 0.62
"""Lightness of a colour below which numbers on it are white."""
LIGHTNESS: Final = (0.299, 0.587, 0.114)
NEVER: Final = "#FFF7E6"
"""Cells without a value: of a year that does not come."""
REFUSED: Final = canvas.GRID
"""Cells of points that the scenario does not bear."""
ROOM: Final = 2.0
"""Points of a cell beside its number: where it has fewer, numbers do not stand in the cells."""
BETWEEN_TICKS: Final = 7.0
"""Points between the values along an axis."""
POLICY: Final = (
    "contributions.", "benefits.", "participation.", "control.", "fund.", "timely_adjustment.",
    "employee.contributions.", "employee.benefits.", "employee.fund.", "employee.retirement.", "levers.",
)  # fmt: skip
"""Beginnings of keys of rules: what can be decided."""
BIN: Final = 5
"""Years of one colour at least."""
LINE: Final = (0.105, 0.265, 0.82, 0.5)
MAP: Final = (59.0, 110.0)
"""Points left of a map and right of it."""
UNDER: Final = 40.0
"""Points from the title to the map: what it shows, and what goes upward."""
SCALE_WIDTH: Final = 22.0
"""Places on a line of the words beside a map."""
NUMBER, SCALE_SIZE = 7.0, 7.5
"""Points of a number in a cell, and of the words beside the map."""
MAP_SIZE: Final = (16 * CENTIMETRE, 11.5 * CENTIMETRE)
NAME: Final = "sweep"
WHOLE: Final = ("year", "years")
"""Units of whole numbers."""
LARGE: Final = 1e5


def draw(sweep: "Sweep", fund: str, measure: str, lang: str = "en") -> Chart:
    """The chart of a measure of a fund; raises SimsuranceError for more than two grids."""
    require_chart(sweep.points)
    with canvas.style():
        figure = (_line if len(sweep.points.grids) == 1 else _map)(sweep, fund, measure, lang)
        return Chart(f"{NAME}_{fund}_{measure}", figure, _table(sweep, fund, measure))


def write_all(
    sweep: "Sweep", folder: Path, fund: str, measure: str, lang: str, formats: Sequence[str] = FORMATS
) -> Iterator[Path]:
    """Draw the chart into a folder; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    yield from canvas.write(draw(sweep, fund, measure, lang), folder, formats)


def _table(sweep: "Sweep", fund: str, measure: str) -> "pd.DataFrame":
    """What is drawn: one row a point."""
    rows = sweep.table.xs(fund, level="fund").reset_index()
    keys = [grid.key for grid in sweep.points.grids]
    found: pd.DataFrame = rows[[*keys, "status"]].assign(
        measure=measure, value=sweep.of(fund, measure), unit=unit_of(sweep.central, fund, measure)
    )
    return found


def _sheet(sweep: "Sweep", fund: str, measure: str, lang: str, notes: list[str], **size: Any) -> ChartFigure:
    keys = [shown_name(grid.key, lang) for grid in sweep.points.grids]
    return canvas.sheet(
        _title(sweep, fund, measure, lang),
        word("axis.sweep", lang, keys=keys, year=sweep.years[0]),
        foot(sweep.scenario, lang, [], notes),
        lang,
        **size,
    )


def _title(sweep: "Sweep", fund: str, measure: str, lang: str) -> str:
    """The measure at both ends of a line, or the least and the most of a map."""
    said, unit, last = words_of(sweep.scenario, lang), unit_of(sweep.central, fund, measure), sweep.years[-1]
    values, grids = sweep.of(fund, measure), sweep.points.grids
    what = measure_words(measure, fund, said).replace("`", "")
    facts: dict[str, Any] = {"fund": fund_label(fund, said), "what": what, "last": last}

    def at(value: float, dated: bool = False) -> str:
        if not np.isfinite(value):
            return _no_value(measure, said, last)
        if unit.startswith("yuan") and abs(value) < LARGE:
            return said.quantity("yuan", float(value))
        return word("mark.depleted_in", lang, year=int(value)) if dated else told(float(value), unit, said)

    dated = measure == DEPLETION
    if len(grids) == 1:
        ends = {
            "low": typed(sweep, grids[0], grids[0].values[0], said),
            "high": typed(sweep, grids[0], grids[0].values[-1], said),
        }
        key = shown_name(grids[0].key, lang)
        return word(
            "title.sweep_line",
            lang,
            first=at(values[0], dated),
            end=at(values[-1], dated),
            dated=dated,
            varied=key,
            **ends,
            **facts,
        )
    there, possible = values[np.isfinite(values)], values[~sweep.refused]
    if not there.size:
        return word("title.sweep", lang, **facts)
    facts |= {"depleted": len(there) if dated else None, "points": len(possible)}
    return word("title.sweep_map", lang, least=at(there.min()), most=at(there.max()), **facts)


def _line(sweep: "Sweep", fund: str, measure: str, lang: str) -> ChartFigure:
    """The measure over the values of a key; points without a value stand above all others, apart."""
    (grid,) = sweep.points.grids
    said, unit = words_of(sweep.scenario, lang), unit_of(sweep.central, fund, measure)
    values, at = sweep.of(fund, measure), np.array(grid.values)
    there = np.isfinite(values)
    never = ~there & ~sweep.refused
    figure = _sheet(
        sweep, fund, measure, lang, [word("note.sweep_base", lang, own=typed(sweep, grid, sweep.base(grid), said))]
    )
    axes = canvas.plot_area(figure, LINE)
    axes.plot(at[there], values[there], color=BLACK, linewidth=2.2, marker="o", markersize=4.2, zorder=4)
    low, high = (float(values[there].min()), float(values[there].max())) if there.any() else (0.0, 1.0)
    room = 0.1 * (high - low) or 1.0
    axes.set_ylim(low - room, high + room + 2.6 * room * never.any())
    ticks = MaxNLocator(7, integer=unit in WHOLE).tick_values(low - room, high + room)
    axes.yaxis.set_major_locator(FixedLocator([tick for tick in ticks if low - room <= tick <= high + room]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value, unit, said)))
    if never.any():
        axes.plot(at[never], np.full(never.sum(), high + 1.9 * room), "^", color=GREY, markersize=5, zorder=4)
        axes.axhline(high + room, color=GREY, linewidth=0.7, linestyle=canvas.DOTTED)
        text = _no_value(measure, said, sweep.years[-1])
        axes.text(0.005, high + 2.5 * room, text, transform=axes.get_yaxis_transform(), color=GREY, fontsize=8)
    axes.xaxis.set_major_locator(MaxNLocator(9))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: typed(sweep, grid, value, said)))
    axes.set_xlabel(axis_words(sweep.scenario, grid.key, said), fontsize=8.5)
    base = sweep.base(grid)
    if at.min() <= base <= at.max():
        axes.axvline(base, color=BLACK, linewidth=1.1, linestyle=canvas.DASHED, zorder=2)
    return figure


def _no_value(measure: str, said: "Words", last: int) -> str:
    """What points without a value are called."""
    return said.say("chart.mark.not_depleted", year=last) if measure == DEPLETION else said.label("chart.mark.no_value")


def typed(sweep: "Sweep", grid: "Grid", value: float, said: "Words") -> str:
    """A value of a grid's key, with the minus of the language."""
    return value_words(sweep.scenario, grid.key, value, said)


def _short(value: float, unit: str, said: "Words") -> str:
    """A value at an axis or a colour."""
    large = unit.startswith(("yuan", *SHARES)) or abs(value) >= LARGE
    return told(value, unit, said) if large or unit in WHOLE else said.number(value, None)


def _map(sweep: "Sweep", fund: str, measure: str, lang: str) -> ChartFigure:
    """Cells with what is assumed to the right and what is policy upward; the line between depleted by the last year and not."""
    said, unit = words_of(sweep.scenario, lang), unit_of(sweep.central, fund, measure)
    across, upward, turned = turned_grids(sweep)
    values = sweep.of(fund, measure)
    shown = _money(values, said) if unit.startswith("yuan") else Unit("")
    cells, refused, depleted = map(turned, (values / shown.size, sweep.refused, np.isfinite(sweep.of(fund, DEPLETION))))
    figure = _sheet(sweep, fund, measure, lang, _map_notes(sweep, lang, depleted, refused), size=MAP_SIZE)
    axes = map_area(figure, across, upward)
    edges = _edges(cells, unit)
    colours = ListedColormap([RAMP[round(place)] for place in np.linspace(0, len(RAMP) - 1, len(edges) - 1)])
    norm = BoundaryNorm(edges, colours.N)
    numbers = [[_number(float(value), unit, said) for value in row] for row in cells]
    wide, high = _cell(axes)
    readable = max(width(text, NUMBER) for row in numbers for text in row) + ROOM <= wide and high >= NUMBER + ROOM
    for (row, column), value in np.ndenumerate(cells):
        colour: Any = REFUSED if refused[row, column] else NEVER if not np.isfinite(value) else colours(norm(value))
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=colour, edgecolor="white", linewidth=0.5))
        if readable:
            dark = np.isfinite(value) and float(np.dot(colour[:3], LIGHTNESS)) < DARK
            look: Any = {"ha": "center", "va": "center", "fontsize": NUMBER, "color": "white" if dark else BLACK}
            axes.text(column, row, numbers[row][column], **look)
    if unit not in WHOLE:
        for edge in edges[1:-1]:
            edges_between(axes, cells >= edge, GREY, 0.8, over=5)
    edges_between(axes, depleted)
    name_axes(axes, sweep, across, upward, said)
    own = [place_of(grid.values, sweep.base(grid)) for grid in (across, upward)]
    if own[0] is not None and own[1] is not None:
        for colour, thick in (("white", 3.4), (BLACK, 1.2)):
            frame = Rectangle((own[0] - 0.5, own[1] - 0.5), 1, 1, facecolor="none", edgecolor=colour, linewidth=thick)
            frame.set_zorder(7)
            axes.add_patch(frame)
    never = _no_value(measure, said, sweep.years[-1]) if (np.isnan(cells) & ~refused).any() else ""
    _scale(axes, _told_ends(edges, unit, sweep.years), colours, unit, said, never, shown.name)
    return figure


def map_area(figure: ChartFigure, across: "Grid", upward: "Grid") -> "Axes":
    """Axes with a cell a point, room for the scale right of them."""
    axes = canvas.area(figure, *MAP, figure.headed + UNDER, figure.floor + canvas.HEAD)
    axes.grid(visible=False)
    axes.set(xlim=(-0.5, across.points - 0.5), ylim=(-0.5, upward.points - 0.5))
    return axes


def _cell(axes: "Axes") -> tuple[float, float]:
    """Points of the width and of the height of a cell."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    points = 72 / axes.figure.dpi
    return points * axes.bbox.width / (right - left), points * axes.bbox.height / (high - low)


def _money(values: np.ndarray, said: "Words") -> Unit:
    """The unit in which amounts stand in cells: yuan where they are those of a person."""
    there = np.abs(values[np.isfinite(values)])
    return drawn_unit("yuan", said, there) if there.max(initial=0.0) >= LARGE else unit_in("yuan_pp", said)


def _number(value: float, unit: str, said: "Words") -> str:
    """A value in a cell, short."""
    if not np.isfinite(value):
        return told(value, unit, said)
    if unit in WHOLE:
        return f"{value:.0f}"
    return said.quantity("percent", value, 1) if unit.startswith(SHARES) else said.significant(value, 3)


def turned_grids(sweep: "Sweep") -> tuple["Grid", "Grid", "Callable[[np.ndarray], np.ndarray]"]:
    """What goes to the right, what upward, and what turns values of all points into rows from below: policy upward."""
    first, second = sweep.points.grids
    shape = first.points, second.points
    if first.key.startswith(POLICY) and not second.key.startswith(POLICY):
        return second, first, lambda values: values.reshape(shape)
    return first, second, lambda values: values.reshape(shape).T


def name_axes(axes: "Axes", sweep: "Sweep", across: "Grid", upward: "Grid", said: "Words") -> None:
    """Keys and their values along both axes of a map."""
    wide, high = _cell(axes)
    widest = max(width(typed(sweep, across, value, said), canvas.TEXT_SIZE) for value in across.values)
    for axis, grid, every in (
        (axes.xaxis, across, (widest + BETWEEN_TICKS) / wide),
        (axes.yaxis, upward, (canvas.TEXT_SIZE + ROOM) / high),
    ):
        axis.set_major_locator(FixedLocator(range(0, grid.points, int(np.ceil(every)))))
        axis.set_major_formatter(
            FuncFormatter(lambda place, _, grid=grid: typed(sweep, grid, grid.values[round(place)], said))
        )
    axes.set_xlabel(axis_words(sweep.scenario, across.key, said), fontsize=8.5)
    canvas.head(axes, f"↑ {axis_words(sweep.scenario, upward.key, said)}")


def _map_notes(sweep: "Sweep", lang: str, depleted: np.ndarray, refused: np.ndarray) -> list[str]:
    said = words_of(sweep.scenario, lang)
    own = [typed(sweep, grid, sweep.base(grid), said) for grid in sweep.points.grids]
    on_grid = all(place_of(grid.values, sweep.base(grid)) is not None for grid in sweep.points.grids)
    notes = [word("note.sweep_frame" if on_grid else "note.sweep_own", lang, own=own)]
    if depleted.any() and not depleted.all():
        notes.insert(0, word("note.sweep_contour", lang, last=sweep.years[-1]))
    if refused.any():
        notes.append(word("note.sweep_refused", lang))
    return notes


def _edges(cells: np.ndarray, unit: str) -> list[float]:
    """Bounds of the colours: round numbers, years by fives or more."""
    there = cells[np.isfinite(cells)]
    if not there.size:
        return [0.0, 1.0]
    if unit in WHOLE:
        width = BIN * max(1, int(np.ceil((there.max() // BIN - there.min() // BIN + 1) / len(RAMP))))
        first = there.min() // width * width
        return [float(each) for each in np.arange(first, there.max() + width + 1, width)]
    if there.min() == there.max():
        return [float(there.min()), float(there.max()) + max(abs(float(there.max())) * 1e-9, 1e-9)]
    found = MaxNLocator(len(RAMP), steps=[1, 2, 2.5, 5, 10]).tick_values(float(there.min()), float(there.max()))
    return [float(each) for each in found]


def edges_between(
    axes: "Axes", classes: np.ndarray, colour: str = VERMILLION, width: float = 2.4, over: int = 6
) -> None:
    """Lines along the edges of cells, between those of unlike classes; [row from below, column]."""
    look: Any = {"color": colour, "linewidth": width, "zorder": over, "solid_capstyle": "projecting"}
    for row, column in np.argwhere(classes[:, 1:] != classes[:, :-1]):
        axes.plot([column + 0.5] * 2, [row - 0.5, row + 0.5], **look)
    for row, column in np.argwhere(classes[1:] != classes[:-1]):
        axes.plot([column - 0.5, column + 0.5], [row + 0.5] * 2, **look)


def place_of(values: tuple[float, ...], own: float) -> int | None:
    """The place of the scenario's own value on a grid; None where it is no point of it."""
    return next((place for place, value in enumerate(values) if np.isclose(value, own, rtol=1e-9)), None)


def _told_ends(edges: list[float], unit: str, years: "Sequence[int]") -> list[tuple[float, float]]:
    """The ends of each colour as they are told; whole numbers belong to one colour, years to those projected."""
    ends = [(low, high - 1 if unit in WHOLE else high) for low, high in pairwise(edges)]
    return [(max(low, years[0]), min(high, years[-1])) for low, high in ends] if unit == "year" else ends


def _scale(
    axes: "Axes",
    ends: list[tuple[float, float]],
    colours: ListedColormap,
    unit: str,
    said: "Words",
    never: str,
    head: str,
) -> None:
    """What the colours are, right of the map under the unit of amounts, and what a cell without a value is."""
    rows: list[tuple[Any, str]] = [("none", head)] if head else []
    for place, (low, high) in enumerate(ends):
        text = said.say("chart.line.from_to", low=_end(low, unit, said), high=_end(high, unit, said))
        rows.append((colours(place), text))
    if never:
        rows.append((NEVER, never))
    for place, (colour, text) in enumerate(rows):
        height = 0.97 - 0.075 * place
        if colour == "none":
            axes.text(1.03, height - 0.025, text, transform=axes.transAxes, va="center", fontsize=SCALE_SIZE)
            continue
        across = axes.transAxes
        patch = Rectangle((1.03, height - 0.05), 0.035, 0.05, transform=across, facecolor=colour, clip_on=False)
        patch.set(edgecolor=GREY, linewidth=0.4)
        axes.add_patch(patch)
        told_on = canvas.wrapped(text, SCALE_WIDTH, 2, SCALE_SIZE)
        note = axes.text(1.075, height - 0.025, told_on, transform=across, va="center", fontsize=SCALE_SIZE)
        note.set_linespacing(0.95)


def _end(value: float, unit: str, said: "Words") -> str:
    """An end of a colour."""
    if unit in WHOLE:
        return f"{value:.0f}"
    return said.quantity("percent", value, exact=True) if unit.startswith(SHARES) else said.number(value, None)
