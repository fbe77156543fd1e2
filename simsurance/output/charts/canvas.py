"""The sheet that every chart is drawn on: size, font, colours, title, footer, direct labels, published points."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from simsurance.csv_text import table_csv
from simsurance.language import Words, words
from simsurance.output.charts.lettering import DPI, FAMILY, NEXT, broken, drawable, fitted, know_font, shortened
from simsurance.output.planned import FORMATS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.text import Annotation

LEAST_MONTHS_SHOWN: Final = 6.0
CENTIMETRE: Final = 1 / 2.54
SIZE: Final = (16 * CENTIMETRE, 9 * CENTIMETRE)
SCREEN_DPI: Final = 110
TEXT_SIZE, FOOT_SIZE = 8.5, 7.0
"""Points of words, and of those at the foot of a sheet."""

WIDTH: Final = 0.95 * SIZE[0] * 72
"""Points from the left to the right of what stands across a sheet."""
TITLE_SIZES: Final = ((11.5, 1), (10.5, 1), (10.0, 2), (7.5, 3))
AXIS_SIZES: Final = ((TEXT_SIZE, 1), (FOOT_SIZE, 1))
"""Points of a title and of the unit below it, and the lines that there may be, the best first."""

HEIGHTS: Final = (0.055, 0.95, 0.2, 0.35, 0.5, 0.65, 0.8)
"""Where words at the right of a plot may stand, the best first."""

PIECES: Final = 20
"""Points on each piece of a line at which words are held against it."""

WORDS_MEET: Final = 1e6
"""Words on words are worse than words on any number of lines."""

ROOM: Final = 1.5
"""Points around words that are kept clear."""

LABEL_WIDTH: Final = 20.8
"""Places on a line of a label, two a Chinese character: clear of the edge of the sheet."""
FOOT_WIDTH: Final = 123
"""Places on a line at the foot of a sheet."""

COLOURS: Final = 256
"""Of a picture of points."""

BLACK, BLUE, VERMILLION, SKY, ORANGE, GREY = "#000000", "#0072B2", "#D55E00", "#56B4E9", "#E69F00", "#6B6B6B"
SOLID, DASHED, DASH_DOT, DOTTED = "-", (0, (5, 2)), (0, (6, 2, 1.5, 2)), (0, (1.2, 1.6))
PAPER: Final = {"facecolor": "white", "edgecolor": "none", "pad": 1.5, "alpha": 0.85}
"""Behind words that stand on lines or areas."""
PLOT_AREA: Final = (0.115, 0.165, 0.665, 0.62)
"""Left, bottom, width and height of the plot, in shares of the sheet; the labels of the lines stand right of it."""

STYLE: Final[Any] = {
    "font.family": [FAMILY, NEXT],
    "font.size": TEXT_SIZE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "hatch.linewidth": 0.5,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "svg.hashsalt": "simsurance",
    "svg.fonttype": "path",
    "text.usetex": False,
    "text.parse_math": False,
}


class ChartFigure(Figure):
    """A figure that draws in the charts' style wherever it is shown, and displays itself in a notebook."""

    said: Words
    """The words of its language."""
    heading: tuple[str, str]
    """Title, and the unit of the vertical axis."""
    curves: "tuple[Line, ...]" = ()
    """The lines that were drawn on it."""

    @property
    def told(self) -> str:
        """What the figure shows, for those who cannot see it: title, unit, where each line begins and ends."""
        title, axis = self.heading
        ends = []
        for line in self.curves:
            if points := finite(line.points):
                (first, start), (last, end) = (list(points.items())[place] for place in (0, -1))
                label = " ".join(line.label.split()) or line.series
                ends.append({"label": label, "first": first, "start": start, "last": last, "end": end})
        return self.said.say("chart.alt.figure", title=title, axis=axis, lines=ends)

    def draw(self, renderer: Any) -> None:
        """Draw in the charts' style, ticks made at this moment included."""
        with style():
            super().draw(renderer)

    def savefig(self, fname: Any, **options: Any) -> None:
        """Save as the tables beside it would have it: the same bytes for the same chart; its title and what it tells inside."""
        kind = str(options.get("format") or (Path(fname).suffix if isinstance(fname, str | Path) else ""))
        metadata = {"Title": self.heading[0], "Description": self.told}
        with style():
            if kind.removeprefix(".") == "png" and options.keys() <= {"format", "dpi"}:
                self._save_png(fname, float(options.get("dpi", self.dpi)), metadata)
                return
            if kind.removeprefix(".") == "svg":
                options.setdefault("metadata", metadata | {"Date": None})
            super().savefig(fname, **options)

    def _save_png(self, fname: Any, dpi: float, metadata: Mapping[str, str]) -> None:
        """Save with a palette, a quarter of the size: the paper keeps its colour, others are off by what nobody sees."""
        from PIL import Image
        from PIL.PngImagePlugin import PngInfo

        held = io.BytesIO()
        super().savefig(held, format="rgba", dpi=dpi)
        width, height = (int(side * dpi) for side in self.get_size_inches())
        whole = Image.frombytes("RGBA", (width, height), held.getvalue()).convert("RGB")
        image = whole.quantize(COLOURS, method=Image.Quantize.FASTOCTREE)
        palette, paper = image.getpalette() or [], 3 * int(image.getpixel((0, 0)))  # type: ignore[arg-type]
        palette[paper : paper + 3] = whole.getpixel((0, 0))  # type: ignore[assignment]
        image.putpalette(palette)
        told = PngInfo()
        for name, text in metadata.items():
            told.add_itxt(name, text)
        image.save(fname, format="png", dpi=(dpi, dpi), pnginfo=told)

    def _repr_png_(self) -> bytes:
        held = io.BytesIO()
        self.savefig(held, format="png", dpi=SCREEN_DPI)
        return held.getvalue()


@dataclass(frozen=True)
class Chart:
    """A chart: its name, the figure, and the numbers that it shows, one row a point."""

    name: str
    figure: ChartFigure
    data: "pd.DataFrame"


@dataclass(frozen=True)
class Line:
    """One line of a chart in the unit shown: key and label, points by year or age, look, published points by year."""

    series: str
    label: str
    points: Mapping[int, float]
    colour: str = BLACK
    dashes: Any = SOLID
    published: Mapping[int, float] = field(default_factory=dict)
    estimated: frozenset[int] = frozenset()
    marker: str = "o"
    marker_size: float = 3.6


def finite(points: Mapping[int, float]) -> dict[int, float]:
    """The points of a line that have a value."""
    return {place: value for place, value in points.items() if np.isfinite(value)}


@contextmanager
def style() -> Iterator[None]:
    """Draw inside this: font and look of the charts, for the time being; inside itself it changes nothing."""
    if mpl.rcParams["svg.hashsalt"] == STYLE["svg.hashsalt"]:
        yield
        return
    know_font()
    with mpl.rc_context(STYLE):
        yield


def sheet(
    title: str, axis: str, footer: Sequence[str], lang: str = "en", size: tuple[float, float] = SIZE
) -> ChartFigure:
    """An empty sheet with title, the unit of the vertical axis below it, and the lines of the footer, in a language."""
    figure = ChartFigure(figsize=size, dpi=DPI)
    figure.said = words(lang)
    figure.heading = (title, axis)
    FigureCanvasAgg(figure)  # keeps the renderer that measures words; without it each word is given a new one
    share = SIZE[1] / size[1]
    lines, points = fitted(drawable(title), WIDTH, TITLE_SIZES)
    top = 1 - (0.045 if len(lines) == 1 else 0.015) * share
    figure.text(0.025, top, "\n".join(lines), fontsize=points, va="top")
    (line,), points = fitted(drawable(axis), WIDTH, AXIS_SIZES)
    figure.text(0.025, 1 - 0.12 * share, line, fontsize=points, color="#333333", va="top")
    write_footer(figure, footer)
    return figure


def write_footer(figure: Figure, footer: Sequence[str]) -> None:
    """The lines at the foot of a sheet, each broken where it would leave it."""
    lines = [wrapped(line, FOOT_WIDTH, size=FOOT_SIZE) for line in footer]
    figure.text(0.025, 0.02, "\n".join(lines), fontsize=FOOT_SIZE, color=GREY, va="bottom", linespacing=1.35)


def plot_area(figure: ChartFigure, rect: tuple[float, float, float, float] = PLOT_AREA) -> Axes:
    """Axes in the charts' style."""
    axes: Axes = figure.add_axes(rect)
    axes.grid(axis="y", color="#E4E4E4", linewidth=0.6)
    axes.tick_params(length=3)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: figure.said.number(value, None)))
    return axes


def draw_lines(axes: Axes, lines: Sequence[Line]) -> None:
    """The lines with their published points before them."""
    if isinstance(axes.figure, ChartFigure):
        axes.figure.curves += tuple(lines)
    for order, line in enumerate(lines):
        x, y = np.array(list(line.points)), np.array(list(line.points.values()))
        alone = "D" if len(x) == 1 else ""
        axes.plot(x, y, color=line.colour, linestyle=line.dashes, marker=alone, markersize=4, zorder=4 + order)
        known = [year for year in line.published if year not in line.estimated]
        guessed = [year for year in line.published if year in line.estimated]
        for years, face in ((known, line.colour), (guessed, "white")):
            heights = [line.published[year] for year in years]
            (dots,) = axes.plot(years, heights, color=line.colour, linestyle="none", marker=line.marker, zorder=9)
            dots.set(markerfacecolor=face, markersize=line.marker_size, markeredgewidth=1.0)
            dots.set_zorder(9 + 1 / line.marker_size)  # where dots meet the smaller stands on the larger


def frame(lines: Sequence[Line], unit: str, x_name: str = "year") -> "pd.DataFrame":
    """The numbers that lines show: one row a point."""
    import pandas as pd

    rows = []
    for line in lines:
        for x, value in line.published.items():
            rows.append((line.series, "estimate" if x in line.estimated else "published", x, value, unit))
        rows += [(line.series, "projection", x, value, unit) for x, value in line.points.items()]
    return pd.DataFrame(rows, columns=["series", "kind", x_name, "value", "unit"])


def year_axis(axes: Axes, lines: Sequence[Line], start: int | None, projection: str = "") -> None:
    """Years along the axis; a dotted line where the projection starts, named if it is, if anything stands before it."""
    years = [year for line in lines for year in (*line.points, *line.published)]
    first, last = min(years), max(years)
    axes.set_xlim(first - 0.6, last + 0.6)
    every = 5 if last - first <= 60 else 20
    axes.xaxis.set_major_locator(MultipleLocator(every) if last - first > 12 else MaxNLocator(8, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
    if start is not None and first < start <= last:
        axes.axvline(start - 0.5, color=GREY, linestyle=DOTTED, linewidth=1, zorder=2)
    if start is not None and first < start <= last and projection:
        axes.annotate(
            f"{projection} →",
            xy=(start - 0.5, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(4, 2),
            textcoords="offset points",
            fontsize=7.5,
            color=GREY,
            va="bottom",
        )


def from_zero(axes: Axes) -> None:
    """Let the vertical axis contain zero, with room above and below what is drawn."""
    ends = [each for each in (axes.dataLim.ymin, axes.dataLim.ymax) if np.isfinite(each)]
    low, high = min([*ends, 0.0]), max([*ends, 0.0])
    room = 0.06 * (high - low) or 1.0
    axes.set_ylim(low - room if low < 0 else 0.0, high + room)
    if low < 0:
        axes.axhline(0, color=BLACK, linewidth=0.8, zorder=3)


def clear_height(axes: Axes, lines: Sequence[Line], taken: Sequence[float]) -> float:
    """The height, in shares of the plot, at which words at the right are clear of the lines and of heights taken."""
    low, high = axes.get_ylim()
    left, right = axes.get_xlim()
    start = left + 0.7 * (right - left)
    drawn = [y for line in lines for x, y in (*line.points.items(), *line.published.items()) if x >= start]
    places = [(y - low) / (high - low) for y in (*drawn, *taken)]

    def room(height: float) -> float:
        return min(abs(height - place) for place in places)

    return next((height for height in HEIGHTS if room(height) > 0.075), max(HEIGHTS, key=room))


@dataclass(frozen=True)
class Obstacles:
    """What words should not meet, on the screen: points of lines and marks [point, coordinate], boxes of other words."""

    spots: np.ndarray
    words: list[Any]

    def met_by(self, note: "Annotation") -> float:
        """How much words meet lines, the zero line, other words and marks, or leave the plot; 0 where they are clear."""
        axes = note.axes
        assert axes is not None
        box = note.get_window_extent().padded(ROOM * axes.figure.dpi / 72)
        met = float(((self.spots > (box.x0, box.y0)) & (self.spots < (box.x1, box.y1))).all(axis=-1).sum())
        met += sum(WORDS_MEET for other in self.words if box.overlaps(other))
        met += PIECES * (box.y0 < axes.transData.transform((0.0, 0.0))[1] < box.y1)
        plot = axes.bbox
        outside = (plot.x0 - box.x0, box.x1 - plot.x1, plot.y0 - box.y0, box.y1 - plot.y1)
        return met + PIECES**2 * sum(max(each, 0.0) for each in outside)


def obstacles(note: "Annotation", lines: Sequence[Line]) -> Obstacles:
    """All that stands on the sheet but the note."""
    axes = note.axes
    assert axes is not None
    shown = [points for line in lines for points in (line.points, line.published) if points]
    drawn = [axes.transData.transform(np.column_stack([list(points), list(points.values())])) for points in shown]
    marks = [axes.transData.transform(line.get_xydata()) for line in axes.get_lines() if line.get_marker() == "v"]
    spots = np.concatenate([*(_along(points) for points in drawn), *marks])
    return Obstacles(spots, [other.get_window_extent() for other in axes.texts if other is not note])


def into_clear(note: "Annotation", lines: Sequence[Line], offsets: Sequence[tuple[float, float, str]]) -> float:
    """Move words to the first offset from their spot (points right and up, side) that is clear, or the one that meets least.

    How much they meet there.
    """
    around = obstacles(note, lines)
    best, least = offsets[0], float("inf")
    for offset in offsets:
        _place(note, offset)
        met = around.met_by(note)
        if met < least:
            best, least = offset, met
        if not met:
            break
    _place(note, best)
    return least


def _place(note: "Annotation", offset: tuple[float, float, str]) -> None:
    """Put words at an offset from their spot; those above it stand on it, those below hang from it."""
    right, up, side = offset
    note.set_position((right, up))
    note.set(ha=side, va="bottom" if up > 0 else "top" if up < 0 else "center")


def _along(line: np.ndarray) -> np.ndarray:
    """Points on the screen along each piece of a line; [point, coordinate]."""
    steps = np.linspace(0, 1, PIECES).reshape(-1, 1, 1)
    return np.concatenate([(line[:-1] + steps * (line[1:] - line[:-1])).reshape(-1, 2), line])


def limit_deficit(axes: Axes) -> bool:
    """Give a deficit no more height than the reserve: reserve months matter while there is one. True if it is cut."""
    low, high = axes.get_ylim()
    if low >= -max(high, LEAST_MONTHS_SHOWN):
        return False
    axes.set_ylim(-max(high, LEAST_MONTHS_SHOWN), high)
    return True


def direct_labels(axes: Axes, lines: Sequence[Line]) -> None:
    """Name each line at its right end, labels pushed apart where they would touch; a line without points has none.

    Labels that are higher than the plot together are made smaller.
    """
    low, high = axes.get_ylim()
    lines = [line for line in lines if finite(line.points)]
    ends = [(list(finite(line.points).values())[-1] - low) / (high - low) for line in lines]
    seen = [
        min(max(end, 0.0), 1.0) + 1e-6 * end for end in ends
    ]  # of two lines that leave the sheet the lower stays so
    height = axes.get_position().height * SIZE[1] * 72
    heights = [(line.label.count("\n") + 1) * 10.5 / height for line in lines]
    shrunk = min(1.0, 1.0 / max(sum(heights), 1e-9))
    heights = [shrunk * each for each in heights]
    for line, place in zip(lines, spread(seen, heights), strict=True):
        axes.annotate(
            line.label,
            xy=(1.0, place),
            xycoords="axes fraction",
            xytext=(5, 0),
            textcoords="offset points",
            color=line.colour,
            fontsize=shrunk * TEXT_SIZE,
            va="center",
            linespacing=1.05,
            annotation_clip=False,
        )


def wrapped(text: str, width: float = LABEL_WIDTH, most: int | None = None, size: float = TEXT_SIZE) -> str:
    """A text of a size on lines of at most `width` places, `most` of them if that is given.

    A Chinese character takes two places.
    """
    room = width * size / 2
    lines = broken(drawable(text), room, size)
    return "\n".join(lines if most is None else shortened(lines, most, room, size))


def spread(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Places nearest to those wanted at which labels of these heights do not overlap, within 0 to 1 where they fit."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places = list(wanted)
    for _ in range(200):
        for below, above in pairwise(order):
            overlap = (heights[below] + heights[above]) / 2 - (places[above] - places[below])
            if overlap > 1e-9:
                places[below] -= overlap / 2
                places[above] += overlap / 2
        for i in order:
            half = heights[i] / 2
            places[i] = min(max(places[i], min(half, 0.5)), max(1 - half, 0.5))
    return places


def write(chart: Chart, folder: Path, formats: Sequence[str] = FORMATS) -> list[Path]:
    """The chart in the formats and as `.csv` in a folder; returns the files."""
    files = rendered(chart, formats)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def rendered(chart: Chart, formats: Sequence[str] = FORMATS) -> dict[str, bytes]:
    """The chart in the formats and as `.csv`: contents by file name."""
    files = {}
    for kind in formats:
        held = io.BytesIO()
        chart.figure.savefig(held, format=kind)
        files[f"{chart.name}.{kind}"] = held.getvalue()
    return files | {f"{chart.name}.csv": table_csv(chart.data, index=False).encode()}
