"""Map of a conclusion over two grids: where it holds, and where it flips."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.patches import Rectangle

from simsurance.answers.signs import FLIPS, HOLDS, SAME, Beats
from simsurance.language.names import shown_name
from simsurance.output.asked_words import asked_words
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, GREY, VERMILLION, Chart
from simsurance.output.charts.notes import foot
from simsurance.output.charts.sweep import (
    MAP_SIZE,
    REFUSED,
    edges_between,
    map_area,
    name_axes,
    place_of,
    turned_grids,
    typed,
)
from simsurance.output.charts.words import word
from simsurance.output.labels import scenario_title, words_of
from simsurance.output.planned import FORMATS
from simsurance.output.signs_words import region_words, signs_facts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simsurance.answers.signs import Signs
    from simsurance.language import Words
    from simsurance.uncertainty.sweep import Grid

LOOKS: Final[dict[str, Any]] = {
    HOLDS: {"facecolor": canvas.BAND_50, "edgecolor": canvas.BLUE},
    SAME: {"facecolor": "#F4F4F4", "edgecolor": GREY},
    FLIPS: {"facecolor": canvas.WORSE, "edgecolor": VERMILLION, "hatch": "////"},
    "": {"facecolor": REFUSED, "edgecolor": GREY},
}
WIDTH: Final = 19
"""Places on a line of a region's name."""


def draw(found: "Signs", lang: str = "en") -> Chart:
    """Cells by the first key to the right and the second upward, a line where the conclusion flips, the scenario framed."""
    sweep, said = found.sweep, words_of(found.sweep.scenario, lang)
    across, upward, turned = turned_grids(sweep)
    cells = turned(found.regions)
    facts = signs_facts(found, said) | _named(found, said)
    own = [typed(sweep, grid, sweep.base(grid), said) for grid in (across, upward)]
    notes = [word("note.signs", lang, own=own)]
    if isinstance(found.conclusion, Beats):
        notes.append(word("note.signs_beats", lang, **facts))
    with canvas.style():
        figure = canvas.sheet(
            word("title.signs_beats" if facts["beats"] else "title.signs", lang, **facts),
            word(
                "axis.sweep", lang, keys=[shown_name(each.key, lang) for each in (across, upward)], year=sweep.years[0]
            ),
            foot(sweep.scenario, lang, [], notes),
            lang,
            MAP_SIZE,
        )
        axes = map_area(figure, across, upward)
        for (row, column), region in np.ndenumerate(cells):
            axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, linewidth=0.3, **LOOKS[str(region)]))
        edges_between(axes, cells, BLACK, 2.0)
        name_axes(axes, sweep, across, upward, said)
        _own(axes, found, across, upward)
        _names(axes, found, said)
        return Chart(f"signs_{found.conclusion.fund}", figure, found.table.reset_index())


def _named(found: "Signs", said: "Words") -> dict[str, str]:
    """The conclusion, and the scenarios, as a reader says them."""
    conclusion, scenario = found.conclusion, found.sweep.scenario
    if isinstance(conclusion, Beats):
        return {"own": scenario_title(scenario, said.lang), "other": scenario_title(conclusion.other, said.lang)}
    return {"text": asked_words(conclusion, found.sweep.central, said)}


def _own(axes: "Axes", found: "Signs", *grids: "Grid") -> None:
    """A mark where the scenario itself stands, on a point of the grid or between them."""
    at = []
    for grid in grids:
        base, low, high = found.sweep.base(grid), *sorted((grid.low, grid.high))
        if not low <= base <= high:
            return
        place = place_of(grid.values, base)
        at.append((grid.points - 1) * (base - grid.low) / (grid.high - grid.low) if place is None else float(place))
    for colour, width in (("white", 4.6), (BLACK, 2.2)):
        axes.plot([at[0]], [at[1]], "x", color=colour, markersize=8, markeredgewidth=width, zorder=8)


def _names(axes: "Axes", found: "Signs", said: "Words") -> None:
    """What the regions are, right of the map."""
    height = 0.97
    for region in (HOLDS, SAME, FLIPS):
        if not (found.regions == region).any():
            continue
        patch = Rectangle(
            (1.03, height - 0.05), 0.035, 0.05, transform=axes.transAxes, clip_on=False, linewidth=0.4, **LOOKS[region]
        )
        axes.add_patch(patch)
        named = _named(found, said)
        words = named["text"] if region == HOLDS and "text" in named else region_words(found, region, said, **named)
        name = canvas.wrapped(words, WIDTH, 4, 7.5)
        axes.text(1.075, height, name, transform=axes.transAxes, va="top", fontsize=7.5)
        height -= 0.06 + 0.05 * (1 + name.count("\n"))


def write_all(found: "Signs", folder: Path, lang: str, formats: Sequence[str] = FORMATS) -> Iterator[Path]:
    """Draw the map into a folder; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    yield from canvas.write(draw(found, lang), folder, formats)
