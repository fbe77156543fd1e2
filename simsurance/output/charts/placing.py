"""Where words stand in a plot: off lines, marks, zero and each other; names of lines at their right ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from matplotlib.axes import Axes

from simsurance.output.charts.colours import GREY, TEXT_SIZE, ink

if TYPE_CHECKING:
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox

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
FAR: Final = 6.0
"""Points from the end of its line from which on a label is led to it."""
LINE_HIGH: Final = 10.5
"""Points of a line of a label."""
KEPT_CLEAR: Final = "kept clear"
"""The name of areas of a plot that no words are to cover but those of their own."""
BEHIND: Final = 6.0
"""Points between the end of a line and its label; more where a leader stands between."""


class Shown(Protocol):
    """A line as words have to know it."""

    @property
    def label(self) -> str:
        """What it is called."""

    @property
    def points(self) -> Mapping[int, float]:
        """Its points."""

    @property
    def published(self) -> Mapping[int, float]:
        """What is published before them."""

    @property
    def colour(self) -> str:
        """Its colour."""


def finite(points: Mapping[int, float]) -> dict[int, float]:
    """The points of a line that have a value."""
    return {place: value for place, value in points.items() if np.isfinite(value)}


def clear_height(axes: Axes, lines: Sequence[Shown], taken: Sequence[float]) -> float:
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

    def met_by(self, note: "Annotation", inside: bool = True) -> float:
        """How much words meet lines, the zero line, other words and marks, or leave the plot; 0 where they are clear.

        `inside`: they are to stand in the plot and off the zero line.
        """
        axes = note.axes
        assert axes is not None
        return self.met_in(note.get_window_extent(), axes, inside)

    def met_in(self, extent: "Bbox", axes: Any, inside: bool = True) -> float:
        """The same of words that would stand there."""
        box = extent.padded(ROOM * axes.figure.dpi / 72)
        met = float(((self.spots > (box.x0, box.y0)) & (self.spots < (box.x1, box.y1))).all(axis=-1).sum())
        met += sum(WORDS_MEET for other in self.words if box.overlaps(other))
        if not inside:
            return met
        met += PIECES * (box.y0 < axes.transData.transform((0.0, 0.0))[1] < box.y1)
        plot = axes.bbox
        outside = (plot.x0 - box.x0, box.x1 - plot.x1, plot.y0 - box.y0, box.y1 - plot.y1)
        return met + PIECES**2 * sum(max(each, 0.0) for each in outside)


def obstacles(note: "Annotation", lines: Sequence[Shown]) -> Obstacles:
    """All that stands on the sheet but the note."""
    axes = note.axes
    assert axes is not None
    shown = [known for line in lines for points in (line.points, line.published) if (known := finite(points))]
    drawn = [axes.transData.transform(np.array(sorted(points.items()))) for points in shown]
    marks = [axes.transData.transform(line.get_xydata()) for line in axes.get_lines() if line.get_marker() == "v"]
    spots = np.concatenate([np.empty((0, 2)), *(_along(points) for points in drawn), *marks])
    bands = [patch.get_window_extent() for patch in axes.patches if patch.get_gid() == KEPT_CLEAR]
    return Obstacles(spots, [*(other.get_window_extent() for other in axes.texts if other is not note), *bands])


def into_clear(note: "Annotation", lines: Sequence[Shown], offsets: Sequence[tuple[float, float, str]]) -> float:
    """Move words to the first offset from their spot (points right and up, side) that is clear, or the one that meets least.

    How much they meet there.
    """
    axes = note.axes
    assert axes is not None
    around = obstacles(note, lines)
    best, least = offsets[0], float("inf")
    _place(note, best)
    box, pixels = note.get_window_extent(), axes.figure.dpi / 72  # measured once: an offset moves it
    begins = _begin(box, best, pixels)
    for offset in offsets:
        found = _begin(box, offset, pixels)
        met = around.met_in(box.translated(begins[0] - found[0], begins[1] - found[1]), axes)
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


def _begin(box: "Bbox", offset: tuple[float, float, str], pixels: float) -> tuple[float, float]:
    """How far left of and below their spot words of this size begin at an offset, on the screen."""
    right, up, side = offset
    across = {"left": 0.0, "center": 0.5, "right": 1.0}[side]
    return across * box.width - right * pixels, (0.0 if up > 0 else 1.0 if up < 0 else 0.5) * box.height - up * pixels


def _along(line: np.ndarray) -> np.ndarray:
    """Points on the screen along each piece of a line; [point, coordinate]."""
    steps = np.linspace(0, 1, PIECES).reshape(-1, 1, 1)
    return np.concatenate([(line[:-1] + steps * (line[1:] - line[:-1])).reshape(-1, 2), line])


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


def direct_labels(axes: Axes, lines: Sequence[Shown]) -> None:
    """Name each line at its right end, labels pushed apart where they would touch; a line without points has none.

    A label that stands off the end of its line is led to it; labels that are higher than the plot together are made smaller.
    """
    figure = axes.figure
    high = figure.bbox.height * 72 / figure.dpi * axes.get_position().height
    low, top = axes.get_ylim()
    lines = [line for line in lines if finite(line.points) and line.label]
    if not lines:
        return
    ends = [(list(finite(line.points).values())[-1] - low) / (top - low) for line in lines]
    seen = [min(max(end, 0.0), 1.0) for end in ends]
    heights = [(line.label.count("\n") + 1) * LINE_HIGH / high for line in lines]
    shrunk = min(1.0, 1.0 / max(sum(heights), 1e-9))
    heights = [shrunk * each for each in heights]
    order = [
        end + 1e-6 * whole for end, whole in zip(seen, ends, strict=True)
    ]  # what leaves the plot lower stays lower
    places = spread(order, heights)
    led = [abs(place - end) * high > FAR for place, end in zip(places, seen, strict=True)]
    behind = BEHIND + 6 * any(led)
    for line, place, end, leads in zip(lines, places, seen, led, strict=True):
        note = axes.annotate(line.label, (1.0, place), (behind, 0), "axes fraction", "offset points")
        note.set(
            color=ink(line.colour), fontsize=shrunk * TEXT_SIZE, va="center", linespacing=1.05, annotation_clip=False
        )
        if leads:
            look: Any = {"arrowstyle": "-", "color": GREY, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0}
            away = (place - end) * high
            leader = axes.annotate(
                "", (1.0, end), (behind - 2, away), "axes fraction", "offset points", arrowprops=look
            )
            leader.set_annotation_clip(False)
