"""Rows under a chart of several scenarios: when a fund is first short and runs out in each, what is paid, what is required."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simsurance.language import words
from simsurance.output.charts import canvas, marks
from simsurance.output.charts.canvas import GREY, NOTE_SIZE, ChartFigure, Line, ink
from simsurance.output.charts.lettering import width
from simsurance.output.charts.words import word
from simsurance.output.labels import words_of
from simsurance.output.measured import measured, year_or_none
from simsurance.output.ranges import short_range

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simsurance.analysis.single_changes import FundRange
    from simsurance.results import RunResult

LEFT: Final = 112.0
"""Points left of the plot: the names of scenarios in the rows."""
NAME_WIDTH: Final = 21.0
"""Places on a line of a name."""
COLUMN: Final = 58.0
"""Points of a column of figures right of the rows."""
ROW, HEADS = 23.0, 48.0
"""Points of the height of a row, and of what stands above the rows."""


@dataclass(frozen=True)
class Row:
    """One scenario: its line, the years in which its fund is first short and runs out, how these are told, its figures."""

    line: Line
    short: int | None
    depleted: int | None
    dated: str
    figures: tuple[str, ...]

    @property
    def room(self) -> float:
        """Points right of the plot, for the columns of figures."""
        return 14.0 + COLUMN * len(self.figures)

    @classmethod
    def of(cls, run: "RunResult", fund: str, line: Line, found: "FundRange | None", lang: str) -> "Row":
        """The row of a run, the range of its depletion year beside it, or the words that there is none."""
        measures, said = measured(run, fund), words_of(run.scenario, lang)
        depleted = marks.depletion_of(run, fund)
        told = short_range(found, lang) if found else words(lang).label("range.central")
        dated = (
            word("mark.dated", lang, year=depleted, range=told)
            if depleted
            else word("mark.not_depleted", lang, year=run.years[-1])
        )
        account = run.accounts[fund]
        paid = (
            said.quantity("percent", float(account["income"][-1] / account["outgo"][-1]), 0)
            if account["outgo"][-1]
            else "–"
        )
        required = measures.get("required_contribution_multiple_now")
        known = required is not None and required.status == "ok"
        times = word("mark.times", lang, multiple=required.value) if required is not None and known else "–"
        return cls(line, year_or_none(measures["first_deficit_year"]), depleted, dated, (paid, times))


def rows_high(rows: Sequence[Row]) -> float:
    """Points of the height of all rows and what stands above them."""
    return HEADS + ROW * len(rows)


def draw_rows(figure: ChartFigure, above: "Axes", rows: Sequence[Row], last: int, lang: str) -> None:
    """The rows on the years of the plot above them, names at their left, figures at their right."""
    high = 72 * figure.get_size_inches()[1]
    top = above.get_position().y0 - HEADS / high
    box = above.get_position()
    axes = canvas.plot_area(figure, (box.x0, top - ROW * len(rows) / high, box.width, ROW * len(rows) / high))
    axes.set(xlim=above.get_xlim(), ylim=(len(rows) - 0.5, -0.5))
    axes.axis("off")
    wide, least = 72 * figure.get_size_inches()[0] * box.width, above.get_xlim()[0]
    span = above.get_xlim()[1] - least
    for place, row in enumerate(rows):
        _draw_row(axes, row, place, wide / span)
        name = canvas.wrapped(row.line.label, NAME_WIDTH, most=2)
        _at(axes, (0, place), (-10, 0), name, ink(row.line.colour), "right")
        for column, text in enumerate(row.figures, start=1):
            _at(axes, (1, place), (COLUMN * column, 0), text, ink(row.line.colour), "right")
        if place:
            line = axes.axhline(
                place - 0.5, (12 - LEFT) / wide, 1 + COLUMN * len(row.figures) / wide, color=canvas.GRID, linewidth=0.6
            )
            line.set_clip_on(False)
    across = axes.get_yaxis_transform()
    heads = [(word("head.paid_last", lang, year=last)), word("head.required", lang)]
    for column, text in enumerate(heads, start=1):
        note = axes.annotate(text, (1, -0.5), (COLUMN * column, 4), across, "offset points", ha="right", va="bottom")
        note.set(fontsize=NOTE_SIZE, color=GREY, annotation_clip=False)
    note = axes.annotate(word("head.rows", lang), (0, -0.5), (0, 4), across, "offset points", va="bottom")
    note.set(fontsize=NOTE_SIZE, color=GREY, annotation_clip=False)


def _at(
    axes: "Axes", spot: tuple[float, float], offset: tuple[float, float], text: str, colour: str, side: str
) -> None:
    """Words beside a row."""
    note = axes.annotate(
        text, spot, offset, axes.get_yaxis_transform(), "offset points", color=colour, va="center", ha=side
    )
    note.set(annotation_clip=False, linespacing=1.05)


def _draw_row(axes: "Axes", row: Row, place: int, per_year: float) -> None:
    """▽ where the fund is first short, ▼ where it runs out, what is told of it on the side that has room."""
    line, left = row.line, axes.get_xlim()[0]
    begins = row.short if row.short is not None else row.depleted
    ends = marks.crossing(dict(line.published) | dict(line.points), row.depleted) if row.depleted else None
    if begins is not None:
        to = ends if ends is not None else axes.get_xlim()[1]
        axes.plot(
            [min(begins, to), to], [place, place], color=line.colour, linestyle=line.dashes, linewidth=1.9, zorder=3
        )
    if row.short is not None and (ends is None or row.short < ends):
        look: Any = {"color": line.colour, "markerfacecolor": "white", "markersize": 6.5}
        axes.plot([row.short], [place], "v", zorder=5, clip_on=False, **look)
    if ends is not None:
        axes.plot(
            [ends], [place], "v", color=line.colour, markeredgecolor="white", markersize=7.3, zorder=6, clip_on=False
        )
    first = begins if begins is not None else left
    at = ends if ends is not None else left
    needs = width(row.dated, canvas.TEXT_SIZE) + 8
    right = (axes.get_xlim()[1] - at) * per_year >= needs
    spot, offset, side = (at, 7, "left") if right else (first, -7, "right")
    if ends is None:
        spot, offset, side = (left, 2, "left")
    note = axes.annotate(
        row.dated, (spot, place), (offset, 0), textcoords="offset points", va="center", ha=side, zorder=7
    )
    note.set(color=ink(line.colour), annotation_clip=False, bbox=canvas.PAPER)
