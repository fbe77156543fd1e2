"""What is marked on a fund's line: the year in which it runs out, the first deficit, a wanted band, what would be required."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from simsurance.ledger import POOL
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import NOTE_SIZE, VERMILLION, Line, ink
from simsurance.output.charts.placing import KEPT_CLEAR
from simsurance.output.charts.words import word
from simsurance.output.labels import scenario_title
from simsurance.output.measured import measured, year_or_none
from simsurance.output.ranges import marked_range
from simsurance.output.stored_draws import required_words
from simsurance.output.summary import required_facts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.results import RunResult
    from simsurance.scenario_file.loader import Scenario

LEAST_BAND: Final = 0.08
"""Share of the height that a band must have to hold its name."""
RANGE_WIDTHS: Final = (60, 30, canvas.LABEL_WIDTH)
"""Places of a line of a range, the best first."""
REQUIRED_WIDTH: Final = 36
"""Places of a line of the range of what is required."""
BESIDE: Final = ((6, 7, "left"), *((-aside, 7, "right") for aside in (6, 14, 22, 32, 44)))
"""Where words about a spot on the zero line stand best: above it, at its right or left."""
OVER_BAND: Final = tuple((-aside, up, "right") for up in (20, 27, 34) for aside in (6, 14, 22, 32, 44, 58, 72, 86))
"""Where they stand next: left of it, above a band."""
AROUND: Final = tuple(
    offset
    for far in (7, 9, 11, 14, 18, 23, 29, 36, 45, 55, 66)
    for up in (-far, far)
    for offset in ((0, up, "center"), (-4, up, "right"), (4, up, "left"))
)
"""Where words about a spot may stand, in points from it, and their side; the best first."""
CORNERS: Final = tuple(
    (x, y, side)
    for y, (x, side) in product((0.96, 0.75, 0.5, 0.28), ((0.985, "right"), (0.5, "center"), (0.3, "left")))
)
"""Where words about the whole may stand, in shares of the plot, their top and side; the best first."""


def depletion_of(results: "RunResult", fund: str) -> int | None:
    """The year in which a fund runs out; None if it does not."""
    return year_or_none(measured(results, fund)["depletion_year"])


def crossing(points: Mapping[int, float], year: int) -> float:
    """Where a line goes below zero, between 31 December of the year before and that of a year in which it is below."""
    before, after = points.get(year - 1, 0.0), points[year]
    return year - 1 + before / (before - after) if before > 0 > after else float(year)


def depletion(
    axes: "Axes", results: "RunResult", line: Line, fund: str, lang: str, ranges: "SingleChanges | None"
) -> None:
    """▼ where the line of a fund goes below zero, the year and its range beside it; nothing where it never does."""
    year = depletion_of(results, fund)
    if year is None:
        return
    spot = crossing(dict(line.published) | dict(line.points), year)
    canvas.depletion_mark(axes, spot)
    words = word("mark.depleted", lang, year=year)
    note = axes.annotate(words, (spot, 0), (0, 0), textcoords="offset points")
    note.set(color=ink(VERMILLION), zorder=10, bbox=canvas.PAPER)
    near = sorted(BESIDE, key=lambda offset: (offset[2] == "right") != (spot > np.mean(axes.get_xlim())))
    forms = above(words, marked_range(results, ranges, fund, lang))
    near += OVER_BAND
    for told, offsets in [*((form, near) for form in forms), *((form, [*near, *AROUND]) for form in forms)]:
        note.set_text(told)
        if not canvas.into_clear(note, [line], offsets):
            return


def above(words: str, below: str) -> list[str]:
    """Words with others below, if there are any: on one line, on shorter ones, on the shortest."""
    return [f"{words}\n{canvas.wrapped(below, width)}" for width in RANGE_WIDTHS] if below else [words]


def not_depleted(results: "RunResult", fund: str, lang: str, ranges: "SingleChanges | None") -> str:
    """That a fund does not run out, and the range of that, for the end of its line."""
    words = canvas.wrapped(word("mark.not_depleted", lang, year=results.years[-1]))
    return above(words, marked_range(results, ranges, fund, lang))[-1]


def first_deficit(axes: "Axes", results: "RunResult", line: Line, fund: str, lang: str) -> None:
    """An open ▽ on the line in the first year whose current balance is below zero, if it can be seen there."""
    year = year_or_none(measured(results, fund)["first_deficit_year"])
    if year is None or not axes.get_ylim()[0] <= line.points[year] <= axes.get_ylim()[1]:
        return
    spot = (year, line.points[year])
    axes.plot(*spot, marker="v", color=line.colour, markerfacecolor="white", markersize=6, zorder=10)
    note = axes.annotate(word("mark.first_deficit", lang, year=year), spot, (0, 0), textcoords="offset points")
    note.set(fontsize=NOTE_SIZE, zorder=11, bbox=canvas.PAPER)
    canvas.into_clear(note, [line], [(7, 0, "left"), (7, 9, "left"), *AROUND])


def opening_value(axes: "Axes", line: Line, text: str) -> None:
    """The value of the last published point, above it."""
    if not line.published:
        return
    year = max(line.published)
    note = axes.annotate(text, (year, line.published[year]), (0, 0), textcoords="offset points", fontsize=NOTE_SIZE)
    note.set_zorder(11)
    canvas.into_clear(note, [line], [(0, 5, "center"), (-3, 5, "right"), (0, -6, "center")])


def required(axes: "Axes", results: "RunResult", lines: Sequence[Line], fund: str, lang: str) -> None:
    """What contributions have to be for the wanted reserve, now and if that is delayed, where the plot has room for it."""
    facts = [fact for fact in required_facts(results, fund) if fact["levied"]]
    if len(facts) < 2 or facts[0]["multiple"] < 0:
        return
    title = scenario_title(results.scenario, lang)
    fits = canvas.wrapped(title, 40, most=1, size=NOTE_SIZE) == title
    whose = title if fits else word("mark.this_scenario", lang)
    words = word("mark.required", lang, now=facts[0], delayed=facts[1], per_head=fund != POOL, whose=whose)
    if drawn := required_words(results.scenario, fund, lang):
        words += "\n" + canvas.wrapped(drawn, REQUIRED_WIDTH)
    note = axes.annotate(words, (0, 0), (0, 0), "axes fraction", "offset points", fontsize=NOTE_SIZE, va="top")
    note.set(color=canvas.AXIS, zorder=6, bbox=canvas.PAPER, linespacing=1.25)
    around = canvas.obstacles(note, lines)
    for x, y, side in CORNERS:
        note.xy = (x, y)
        note.set(ha=side)
        if not around.met_by(note):
            return
    note.remove()


def reserve_band(scenario: "Scenario", fund: str) -> list[float]:
    """The lowest and the highest reserve wanted; empty if the scenario gives none."""
    values = scenario.values
    bands = {"resident": values.fund.reserve_band, POOL: values.employee.fund.reserve_band}
    return bands.get(fund, [])


def draw_band(axes: "Axes", band: Sequence[float]) -> None:
    """Shade the wanted band, if there is one."""
    if band:
        axes.axhspan(*band, color="#DDDDDD", linewidth=0, zorder=1).set_gid(KEPT_CLEAR)


def name_band(axes: "Axes", band: Sequence[float], lines: Sequence[Line], lang: str) -> None:
    """Say at an end that lines leave free what the band is, within it, or above it if it is narrow."""
    bottom, top = axes.get_ylim()
    wide = (band[1] - band[0]) / (top - bottom) > LEAST_BAND
    note = axes.annotate(
        word("mark.band", lang, low=band[0], high=band[1]),
        (axes.get_xlim()[1], band[1]),
        (-4, -3 if wide else 2),
        textcoords="offset points",
        fontsize=NOTE_SIZE,
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


def _to_end(note: "Annotation", end: tuple[float, float, str]) -> None:
    """Move the name of a band to an end of it: the year, points right of it, the side of the words."""
    year, right, side = end
    note.xy = (year, note.xy[1])
    note.set_position((right, note.xyann[1]))
    note.set(ha=side)


def band_lines(band: Sequence[float], years: Sequence[int]) -> list[Line]:
    """The edges of the wanted band as rows for the chart's table."""
    names = ("band_low", "band_high")
    return [Line(name, "", dict.fromkeys(years, edge)) for name, edge in zip(names, band, strict=False)]
