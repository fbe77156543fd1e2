"""The sheet that every chart is drawn on: title, subtitle, foot, what is told to those who cannot see it, and its files."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from matplotlib import patheffects
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from simsurance.csv_text import table_csv
from simsurance.language import Words, words
from simsurance.output.charts.colours import BLACK, BLUE, FOOT_SIZE, GREY, TEXT_SIZE, UNDER_TITLE, style
from simsurance.output.charts.lettering import DPI, broken, drawable, fitted, shortened, width
from simsurance.output.charts.placing import LABEL_WIDTH
from simsurance.output.look import Look, current, looked
from simsurance.output.planned import FORMATS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.text import Text

CENTIMETRE: Final = 1 / 2.54
SIZE: Final = (16 * CENTIMETRE, 9 * CENTIMETRE)
TALL: Final = (16 * CENTIMETRE, 11 * CENTIMETRE)
"""Inches of a sheet with one panel, and of one with a strip below it."""
SCREEN_DPI: Final = 110
SLIDE_DPI: Final = 320
WIDTH: Final = 0.95 * SIZE[0] * 72
"""Points from the left to the right of what stands across a sheet."""
LEFT: Final = 0.025
"""Share of a sheet left of title, subtitle and foot."""
TITLE_SIZES: Final = ((12.0, 1), (11.0, 2), (8.0, 3))
SUBTITLE_SIZES: Final = ((TEXT_SIZE, 1), (FOOT_SIZE, 1))
"""Points of a title and of the subtitle, and the lines that there may be, the best first."""
TAG: Final = (28.0, 4.2)
"""Points of the mark at the top of a sheet."""
TOP, SUBTITLE_GAP = 10.5, 4.0
"""Points above a title, and between it and the subtitle."""
BOLD: Final = 0.45
"""Points of the stroke that makes letters bold: the font has one weight."""
FOOT_FLOOR, AXIS_ROOM, FOOT_SPACING, SLIDE_EDGE = 5.0, 21.0, 1.35, 1.0
"""Points below the foot, and between it and the plots for the numbers of an axis."""
TICK_GAP: Final = 7.0
"""Points at both sides of a number at a vertical axis."""
FOOT_WIDTH: Final = 123
"""Places on a line at the foot of a sheet."""
NAME_ROOM: Final = 9.0
"""Points that the name of an axis takes below its numbers."""
COLOURS: Final = 256
"""Of a picture of points."""


@dataclass(frozen=True)
class Foot:
    """What stands at the foot of a sheet: the scenario, unless the subtitle tells it, what made the chart, notes."""

    whose: str
    made: str
    notes: Sequence[str] = ()

    def also(self, words: str) -> "Foot":
        """The same with something else about what made the chart."""
        return replace(self, made=f"{self.made} · {words}")

    def lines(self, told_above: bool) -> list[str]:
        """The lines, each to be broken where it would leave the sheet."""
        first = self.made if told_above or not self.whose else f"{self.whose} · {self.made}"
        return [first, *(note for note in self.notes if note)]


@dataclass(frozen=True)
class Drawn:
    """A line, or a row of bars, as it is told: its name, its points, what they are called along the axis."""

    name: str
    points: Mapping[Any, float]


class ChartFigure(Figure):
    """A figure that draws in the charts' style wherever it is shown, and displays itself in a notebook."""

    said: Words
    """The words of its language."""
    look: Look
    """The look that it is drawn in."""
    heading: tuple[str, str]
    """Title, and what is shown below it."""
    curves: tuple[Drawn, ...] = ()
    """The lines that were drawn on it."""
    remarks: tuple[str, ...] = ()
    """What has to be known and is not seen."""
    headed: float = 0.0
    """Points above the subtitle: the title and the mark."""
    foot: "tuple[Text, float] | None" = None
    """What stands at the foot, and the share of its height that its first line takes."""
    floor: float = 0.0
    """Points below the lowest plot: foot and what stands along the axis."""

    @property
    def told(self) -> str:
        """What the figure shows, for those who cannot see it: title, unit, how each line goes, what has to be known."""
        title, subtitle = self.heading
        ways = [way for line in self.curves if (way := way_of(line))]
        return self.said.say("chart.alt.figure", title=title, axis=subtitle, lines=ways, notes=list(self.remarks))

    def draw(self, renderer: Any) -> None:
        """Draw in the charts' style, ticks made at this moment included."""
        with looked(self.look), style():
            super().draw(renderer)

    def savefig(self, fname: Any, **options: Any) -> None:
        """Save as the tables beside it would have it: the same bytes for the same chart; its title and what it tells inside."""
        kind = str(options.get("format") or (Path(fname).suffix if isinstance(fname, str | Path) else ""))
        metadata = {"Title": self.heading[0], "Description": self.told}
        with looked(self.look), style():
            if kind.removeprefix(".") == "png" and options.keys() <= {"format", "dpi"}:
                self._save_png(fname, float(options.get("dpi", self.dpi)), metadata)
                return
            if kind.removeprefix(".") == "svg":
                options.setdefault("metadata", metadata | {"Date": None})
            super().savefig(fname, **options)

    def svg(self) -> bytes:
        """The figure as SVG, its title and what it tells where a screen reader looks for them."""
        held = io.StringIO()  # each of many thousand pieces is encoded by itself where bytes are written
        self.savefig(held, format="svg")
        text = held.getvalue()
        head, title, rest = text.partition(f"<title>{escape(self.heading[0])}</title>")
        head = head.replace("<svg ", '<svg role="img" aria-labelledby="title desc" ', 1)
        named = title.replace("<title>", '<title id="title">')
        return f'{head}{named}\n <desc id="desc">{escape(self.told)}</desc>{rest}'.encode()

    def slide(self) -> bytes:
        """The figure as points for a slide that has its title in letters of its own: finer, from the subtitle on.

        Of the foot only the first line stands on it, which run it is of; what else has to be known is told in its words.
        """
        held, metadata = io.BytesIO(), {"Title": self.heading[0], "Description": self.told}
        with looked(self.look), style():
            below = 0.0
            if self.foot and self.foot[1] < 1:
                words, first = self.foot
                box = words.get_window_extent()
                below = 72 / self.dpi * (box.y1 - first * box.height) - SLIDE_EDGE
            self._save_png(held, SLIDE_DPI, metadata, self.headed, below)
        return held.getvalue()

    def _save_png(
        self, fname: Any, dpi: float, metadata: Mapping[str, str], above: float = 0.0, below: float = 0.0
    ) -> None:
        """Save with a palette, a quarter of the size: the paper keeps its colour, others are off by what nobody sees.

        `above`, `below`: points that are left out at the top and at the foot.
        """
        from PIL import Image
        from PIL.PngImagePlugin import PngInfo

        held = io.BytesIO()
        super().savefig(held, format="rgba", dpi=dpi)
        width, height = (int(side * dpi) for side in self.get_size_inches())
        whole = Image.frombytes("RGBA", (width, height), held.getvalue()).convert("RGB")
        edges = 0, round(above * dpi / 72), width, height - round(below * dpi / 72)
        whole = whole.crop(edges) if above or below else whole
        image = whole.quantize(COLOURS, method=Image.Quantize.FASTOCTREE)
        palette, corner = image.getpalette() or [], (0, image.height - 1)
        paper = 3 * int(image.getpixel(corner))  # type: ignore[arg-type]
        palette[paper : paper + 3] = whole.getpixel(corner)  # type: ignore[assignment]
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
    data: "pd.DataFrame" = field(repr=False)

    def __post_init__(self) -> None:
        make_room(self.figure)

    @property
    def told(self) -> str:
        """What the chart shows, in words, and where its numbers lie."""
        return self.figure.said.say("chart.alt.file", told=self.figure.told, name=self.name)


def make_room(figure: ChartFigure) -> None:
    """Move the left edge of plots where the numbers at their axes would leave the sheet, the lower one out of the foot."""
    wide, tall = (72 * side for side in figure.get_size_inches())
    for axes in figure.axes:
        box, named = axes.get_position(), bool(axes.get_xlabel())
        floor = (figure.floor + NAME_ROOM * named) / tall
        if axes.axison and axes.xaxis.get_tick_params()["labelbottom"] and box.y0 < floor < box.y1:
            axes.set_position((box.x0, floor, box.width, box.y1 - floor))
    for axes in figure.axes:
        box, (low, high) = axes.get_position(), sorted(axes.get_ylim())
        if not axes.axison or not axes.yaxis.get_tick_params()["labelleft"]:
            continue
        ticks = [tick for tick in axes.yaxis.get_majorticklocs() if low <= tick <= high]
        told = axes.yaxis.get_major_formatter().format_ticks(ticks)
        size = axes.yaxis.get_tick_params().get("labelsize", TEXT_SIZE)
        needs = max((width(line, float(size)) for text in told for line in text.split("\n")), default=0.0) + TICK_GAP
        if box.x0 < 0.5 and box.x0 * wide < needs:
            axes.set_position((needs / wide, box.y0, box.x1 - needs / wide, box.height))


def way_of(line: Drawn) -> dict[str, Any]:
    """Where a line begins and ends, and where it is highest and lowest between; nothing where it has no points."""
    points = [(place, value) for place, value in line.points.items() if value == value]
    if not points:
        return {}
    (first, start), (last, end) = points[0], points[-1]
    high, low = max(points, key=lambda point: point[1]), min(points, key=lambda point: point[1])
    name = " ".join(line.name.split())
    found: dict[str, Any] = {"label": name, "first": first, "start": start, "last": last, "end": end, "within": []}
    found["within"] = [("highest", *high)] * (high[1] > max(start, end)) + [("lowest", *low)] * (
        low[1] < min(start, end)
    )
    return found


def sheet(
    title: str,
    subtitle: str,
    foot: "Foot | Sequence[str]",
    lang: str = "en",
    size: tuple[float, float] = SIZE,
) -> ChartFigure:
    """An empty sheet in a language with its title, what it shows and of whom below it, and its foot.

    The scenario stands behind the subtitle where there is room for both, at the foot otherwise.
    """
    subtitle = subtitle[:1].upper() + subtitle[1:]
    figure = ChartFigure(figsize=size, dpi=DPI)
    figure.said, figure.look = words(lang), current()
    figure.heading = (title, subtitle)
    FigureCanvasAgg(figure)  # keeps the renderer that measures words; without it each word is given a new one
    wide, high = (72 * side for side in size)
    tag = Rectangle((LEFT, 1 - TAG[1] / high), TAG[0] / wide, TAG[1] / high, transform=figure.transFigure)
    tag.set(facecolor=BLUE, linewidth=0)
    figure.patches.append(tag)
    lines, points = fitted(drawable(title), 0.95 * wide, TITLE_SIZES)
    heading = figure.text(LEFT, 1 - TOP / high, "\n".join(lines), fontsize=points, va="top", linespacing=1.22)
    heading.set_path_effects([patheffects.withStroke(linewidth=BOLD, foreground=BLACK)])
    foot = foot if isinstance(foot, Foot) else Foot("", "", foot)
    both = figure.said.say("chart.subtitle", axis=subtitle, whose=foot.whose) if foot.whose else subtitle
    told_above = len(broken(drawable(both), 0.95 * wide, TEXT_SIZE)) == 1
    figure.headed = TOP + 1.22 * points * len(lines)
    (line,), size_below = fitted(drawable(both if told_above else subtitle), 0.95 * wide, SUBTITLE_SIZES)
    below = 1 - (TOP + 1.22 * points * len(lines) + SUBTITLE_GAP) / high
    figure.text(LEFT, below, line, fontsize=size_below, color=UNDER_TITLE, va="top")
    figure.remarks = tuple(note for note in foot.notes if note)
    write_foot(figure, [line for line in foot.lines(told_above and bool(foot.whose)) if line])
    return figure


def write_foot(figure: ChartFigure, lines: Iterable[str]) -> None:
    """The lines at the foot of a sheet, each broken where it would leave it."""
    lines = list(lines)
    told = _broken(lines)
    figure.floor = floor_of(told)
    if told:
        high = 72 * figure.get_size_inches()[1]
        words = figure.text(LEFT, FOOT_FLOOR / high, "\n".join(told), fontsize=FOOT_SIZE, color=GREY, va="bottom")
        words.set_linespacing(FOOT_SPACING)
        figure.foot = words, len(_broken(lines[:1])) / len(told)


def _broken(lines: Iterable[str]) -> list[str]:
    """The lines at the foot of a sheet, broken where they would leave it."""
    return [part for line in lines for part in wrapped(line, FOOT_WIDTH, size=FOOT_SIZE).split("\n")]


def floor_of(lines: Iterable[str]) -> float:
    """Points below the lowest plot of a sheet with these lines at its foot."""
    return FOOT_FLOOR + AXIS_ROOM + FOOT_SPACING * FOOT_SIZE * max(2, len(_broken(lines)))


def wrapped(text: str, width: float = LABEL_WIDTH, most: int | None = None, size: float = TEXT_SIZE) -> str:
    """A text of a size on lines of at most `width` places, `most` of them if that is given.

    A Chinese character takes two places.
    """
    room = width * size / 2
    lines = broken(drawable(text), room, size)
    return "\n".join(lines if most is None else shortened(lines, most, room, size))


def write(chart: Chart, folder: Path, formats: Sequence[str] = FORMATS) -> list[Path]:
    """The chart in the formats, its numbers as `.csv` and its words as `.txt`, in a folder; returns the files."""
    files = rendered(chart, formats)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def rendered(chart: Chart, formats: Sequence[str] = FORMATS) -> dict[str, bytes]:
    """The chart in the formats, its numbers as `.csv` and its words as `.txt`: contents by file name."""
    files = {}
    for kind in formats:
        files[f"{chart.name}.{kind}"] = chart.figure.svg() if kind == "svg" else _picture(chart.figure, kind)
    told = {f"{chart.name}.txt": f"{chart.told}\n".encode()}
    return files | {f"{chart.name}.csv": table_csv(chart.data, index=False).encode()} | told


def _picture(figure: ChartFigure, kind: str) -> bytes:
    held = io.BytesIO()
    figure.savefig(held, format=kind)
    return held.getvalue()
