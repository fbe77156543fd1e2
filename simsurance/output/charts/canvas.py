"""What stands on a sheet: areas to plot in, lines with their published past, years along an axis, zero."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import StepPatch
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from simsurance.evidence.published import NOTHING, History
from simsurance.output.charts.colours import (
    AXIS,
    BAND_50,
    BAND_80,
    BAND_95,
    BLACK,
    BLUE,
    DASH_DOT,
    DASHED,
    DOTTED,
    FOOT_SIZE,
    GREEN,
    GREY,
    GRID,
    NOTE_SIZE,
    ORANGE,
    PAID,
    PAST,
    RETIRED,
    SHORTFALL,
    SKY,
    SOLID,
    TEXT_SIZE,
    UNINSURED,
    VERMILLION,
    WORSE,
    ink,
    style,
)
from simsurance.output.charts.lettering import width
from simsurance.output.charts.placing import (
    LABEL_WIDTH,
    clear_height,
    direct_labels,
    finite,
    into_clear,
    obstacles,
    spread,
)
from simsurance.output.charts.sheets import (
    CENTIMETRE,
    SIZE,
    TALL,
    WIDTH,
    Chart,
    ChartFigure,
    Drawn,
    Foot,
    floor_of,
    rendered,
    sheet,
    wrapped,
    write,
    write_foot,
)

if TYPE_CHECKING:
    import pandas as pd

LEFT_MARGIN, RIGHT_MARGIN, TOP_MARGIN = 42.0, 102.0, 62.0
"""Points left of, right of and above a plot whose lines are named at their right."""
HEAD, BETWEEN = 14.0, 30.0
"""Points of the words above a panel, and between one panel and that below it."""
BESIDE_LABEL: Final = 22.0
"""Points left and right of a label at the end of a line, a leader included."""
EDGE, TICKS, SHORT_LABELS = 10.0, 30.0, 48.0
"""Points at the edge of panels beside each other, left of each for numbers, right of each for short names of lines."""
THICK, THIN = 2.2, 0.9
"""Points of a line in black, which is what a chart is about, and of one that joins published points."""
ROUND: Final[Any] = {"steps": [1, 2, 2.5, 5, 10]}
"""Of the numbers at an axis."""
STEPS: Final = (5, 10, 20, 40)
YEAR_ROOM: Final = 30.0
"""Years between those that stand at an axis, and points that each of these takes."""
PAPER: Final = {"facecolor": "white", "edgecolor": "none", "pad": 1.5, "alpha": 0.85}
"""Behind words that stand on lines or areas."""
PAST_FIELD: Final = "past"
"""The name of the pale field of the past among what stands in a plot."""


@dataclass(frozen=True)
class Line:
    """One line of a chart in the unit shown: key and label, points by year or age, look, published points by year.

    `stock`: the last published point is the opening of the first projected one. `recalled`: published years that nobody has
    looked up; `issuers`: who published the others, by their names in the language files.
    """

    series: str
    label: str
    points: Mapping[int, float]
    colour: str = BLACK
    dashes: Any = SOLID
    published: Mapping[int, float] = field(default_factory=dict)
    estimated: frozenset[int] = frozenset()
    marker_size: float = 3.4
    stock: bool = False
    width: float = 0.0
    recalled: frozenset[int] = frozenset()
    issuers: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        series: str,
        label: str,
        years: Sequence[int],
        values: np.ndarray,
        known: History = NOTHING,
        size: float = 1.0,
        **look: Any,
    ) -> "Line":
        """Values by year, and what is published before them, in a unit of that size."""
        points = dict(zip(years, (values / size).tolist(), strict=True))
        past: Any = {"published": known.shown(size), "estimated": known.estimated, "recalled": known.recalled}
        told = "\n".join(wrapped(line) for line in label.split("\n"))
        return cls(series, told, points, **past, issuers=known.issuers, **look)

    @property
    def thick(self) -> float:
        """Points of the line."""
        return self.width or (THICK if self.colour == BLACK else 1.9)


def area(
    figure: ChartFigure,
    left: float = LEFT_MARGIN,
    right: float = RIGHT_MARGIN,
    top: float = TOP_MARGIN,
    bottom: float | None = None,
    percent: bool = False,
) -> Axes:
    """Axes in the charts' style with so many points of the sheet around them, below them the foot if nothing else is said."""
    wide, high = (72 * side for side in figure.get_size_inches())
    bottom = figure.floor if bottom is None else bottom
    return plot_area(
        figure, (left / wide, bottom / high, 1 - (left + right) / wide, 1 - (top + bottom) / high), percent
    )


def stacked(
    figure: ChartFigure, lower: float, left: float = LEFT_MARGIN, right: float = RIGHT_MARGIN, percent: str = ""
) -> tuple[Axes, Axes]:
    """Two panels on the same years, with room for heads; `lower`: the share of the lower one; `percent`: "lower", "both"."""
    high = 72 * figure.get_size_inches()[1]
    top = TOP_MARGIN + HEAD
    room = high - top - figure.floor - BETWEEN
    above = area(figure, left, right, top, figure.floor + lower * room + BETWEEN, percent == "both")
    below = area(figure, left, right, top + (1 - lower) * room + BETWEEN, percent=bool(percent))
    above.tick_params(labelbottom=False)
    return above, below


def beside(
    figure: ChartFigure, place: int, panels: int, labels: float = SHORT_LABELS, ticks: float = TICKS
) -> tuple[float, float]:
    """Points left and right of one of several panels beside each other, with room for numbers and for names of lines."""
    wide = 72 * figure.get_size_inches()[0]
    cell = (wide - 2 * EDGE) / panels
    return EDGE + place * cell + ticks, wide - EDGE - (place + 1) * cell + labels


def room_for(*labels: str) -> float:
    """Points right of a plot whose lines have these names."""
    lines = [line for label in labels for line in label.split("\n")]
    return max(width(line, TEXT_SIZE) for line in lines) + BESIDE_LABEL


def plot_area(figure: ChartFigure, rect: tuple[float, float, float, float], percent: bool = False) -> Axes:
    """Axes in the charts' style: left, bottom, width, height in shares of the sheet; `percent`: numbers have the sign."""
    axes: Axes = figure.add_axes(rect)
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", length=3)
    axes.yaxis.set_major_locator(MaxNLocator(5, **ROUND))
    sign = "%" if percent else ""
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: figure.said.number(value, None) + sign))
    return axes


def head(axes: Axes, words: str) -> None:
    """What a panel shows, above it; nothing where there are no words."""
    if not words:
        return
    axes.annotate(
        words, (0, 1), (0, 5), "axes fraction", "offset points", va="bottom", color=AXIS, annotation_clip=False
    )


def draw_lines(axes: Axes, lines: Sequence[Line], told: bool = True) -> None:
    """The lines with their published points before them, joined; `told`: they are among those that the figure tells of."""
    if told and isinstance(axes.figure, ChartFigure):
        single = len(lines) == 1  # what it is stands below the title
        named = [(line.label or ("" if single else line.series), line.points) for line in lines]
        axes.figure.curves += tuple(Drawn(*each) for each in named)
    for order, line in enumerate(lines):
        x, y = np.array(list(line.points)), np.array(list(line.points.values()))
        alone = "D" if len(x) == 1 else ""
        look: Any = {"color": line.colour, "linestyle": line.dashes, "linewidth": line.thick}
        axes.plot(x, y, marker=alone, markersize=4, zorder=4 + order, **look)
        _draw_past(axes, line)


def _draw_past(axes: Axes, line: Line) -> None:
    """Published points joined where no year is missing; where they are of a stock, up to the first projected one."""
    pieces = [(one, two) for one, two in pairwise(sorted(line.published)) if two == one + 1]
    thin = [[(year, line.published[year]) for year in piece] for piece in pieces]
    axes.add_collection(LineCollection(thin, colors=[line.colour], linewidths=THIN, zorder=8), autolim=False)
    if line.stock and line.points and (opening := min(line.points) - 1) in line.published:
        first = [(opening, line.published[opening]), (opening + 1, line.points[opening + 1])]
        joint = LineCollection([first], colors=[line.colour], linewidths=line.thick, linestyles=[line.dashes], zorder=4)
        joint.set_capstyle("round")
        axes.add_collection(joint, autolim=False)
    known = [year for year in line.published if year not in line.estimated]
    guessed = [year for year in line.published if year in line.estimated]
    for years, face in ((known, line.colour), (guessed, "white")):
        heights = [line.published[year] for year in years]
        (dots,) = axes.plot(years, heights, color=line.colour, linestyle="none", marker="o", zorder=9)
        dots.set(markerfacecolor=face, markersize=line.marker_size, markeredgewidth=0.9)


def frame(lines: Sequence[Line], unit: str, x_name: str = "year") -> "pd.DataFrame":
    """The numbers that lines show: one row a point."""
    import pandas as pd

    rows = []
    for line in lines:
        for x, value in line.published.items():
            rows.append((line.series, "estimate" if x in line.estimated else "published", x, value, unit))
        rows += [(line.series, "projection", x, value, unit) for x, value in line.points.items()]
    return pd.DataFrame(rows, columns=["series", "kind", x_name, "value", "unit"])


def together(*tables: "pd.DataFrame") -> "pd.DataFrame":
    """Tables of panels as that of their chart."""
    import pandas as pd

    return pd.concat(tables, ignore_index=True)


def year_axis(axes: Axes, lines: Sequence[Line], start: int | None, projection: str = "") -> None:
    """Years along the axis; a pale field before the projection starts, which is named if anything stands before it.

    Where the name stands depends on the vertical limits: set them first.
    """
    years = [year for line in lines for year in (*line.points, *line.published)]
    first, last = min(years), max(years)
    axes.set_xlim(first - 0.6, last + 0.6)
    years_at(axes, first, last)
    if start is None or not first < start <= last:
        return
    past = axes.axvspan(first - 0.6, start - 0.5, color=PAST, linewidth=0, zorder=0)
    past.set_gid(PAST_FIELD)
    if not projection:
        return
    told = f"{projection} →"
    wide = 72 * axes.bbox.width / axes.figure.dpi * (last + 1.1 - start) / (last - first + 1.2)
    if width(told, NOTE_SIZE) + 6 > wide:
        return
    note = axes.annotate(told, (start - 0.5, 1.0), (0, 0), ("data", "axes fraction"), "offset points")
    note.set(fontsize=NOTE_SIZE, color=GREY, zorder=1)
    tries = [(1.0, (4, -3)), (0.0, (4, 4)), (1.0, (4, 2))]
    around = obstacles(note, lines)
    for height, offset in tries:
        note.xy = (start - 0.5, height)
        note.set_position(offset)
        note.set(va="bottom" if offset[1] > 0 else "top")
        if not around.met_by(note, inside=False):
            return


def years_at(axes: Axes, first: int, last: int) -> None:
    """Years as numbers along the axis."""
    wide = 72 * axes.figure.bbox.width / axes.figure.dpi * axes.get_position().width
    every = next((step for step in STEPS if (last - first) / step <= wide / YEAR_ROOM), STEPS[-1])
    axes.xaxis.set_major_locator(
        MultipleLocator(every)
        if last - first > 12
        else MaxNLocator(max(1, min(8, int(wide / YEAR_ROOM))), integer=True, min_n_ticks=1)
    )
    axes.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))


def from_zero(axes: Axes, room: float = 0.06) -> None:
    """Let the vertical axis contain zero, with room above and below what is drawn, in shares of it."""
    ends = [each for each in (axes.dataLim.ymin, axes.dataLim.ymax) if np.isfinite(each)]
    low, high = min([*ends, 0.0]), max([*ends, 0.0])
    more = room * (high - low) or 1.0
    axes.set_ylim(low - more if low < 0 else 0.0, high + more)
    if low < 0:
        axes.axhline(0, color=BLACK, linewidth=0.9, zorder=3)
        axes.spines["bottom"].set_visible(False)


def steps(axes: Axes, values: np.ndarray, edges: np.ndarray, **look: Any) -> StepPatch:
    """An area or a line in steps, in a plot whose limits are told: what is drawn moves none, which would be searched for."""
    drawn = StepPatch(values, edges, **look)
    axes.add_artist(drawn)
    return drawn


def depletion_mark(axes: Axes, year: float, height: float = 0.0) -> None:
    """▼ where a fund runs out."""
    look: Any = {"color": VERMILLION, "markeredgecolor": "white", "markeredgewidth": 0.8, "markersize": 7.3}
    axes.plot([year], [height], marker="v", zorder=10, clip_on=False, **look)


def highest(lines: Iterable[Line]) -> float:
    """The highest of all points of lines, published ones too; 0 where none is above it."""
    return max(
        [
            0.0,
            *(value for line in lines for points in (line.points, line.published) for value in finite(points).values()),
        ]
    )


__all__ = [
    "AXIS",
    "BAND_50",
    "BAND_80",
    "BAND_95",
    "BLACK",
    "BLUE",
    "CENTIMETRE",
    "DASHED",
    "DASH_DOT",
    "DOTTED",
    "FOOT_SIZE",
    "GREEN",
    "GREY",
    "GRID",
    "LABEL_WIDTH",
    "NOTE_SIZE",
    "ORANGE",
    "PAID",
    "PAPER",
    "RETIRED",
    "SHORTFALL",
    "SIZE",
    "SKY",
    "SOLID",
    "TALL",
    "TEXT_SIZE",
    "UNINSURED",
    "VERMILLION",
    "WIDTH",
    "WORSE",
    "Chart",
    "ChartFigure",
    "Drawn",
    "Foot",
    "Line",
    "area",
    "beside",
    "clear_height",
    "depletion_mark",
    "direct_labels",
    "draw_lines",
    "finite",
    "floor_of",
    "frame",
    "from_zero",
    "head",
    "highest",
    "ink",
    "into_clear",
    "obstacles",
    "plot_area",
    "rendered",
    "room_for",
    "sheet",
    "spread",
    "stacked",
    "steps",
    "style",
    "together",
    "wrapped",
    "write",
    "write_foot",
    "year_axis",
    "years_at",
]
