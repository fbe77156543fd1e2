"""Chart of packages: what efficient ones cost the public and members, and beside it what each moves."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simsurance.answers.frontier import LETTERS
from simsurance.answers.package_search import SAME
from simsurance.answers.packages import OBJECTIVES
from simsurance.language.names import shown_name
from simsurance.output.asked_words import asked_words
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, BLUE, CENTIMETRE, GREY, Chart
from simsurance.output.charts.keys import size_of
from simsurance.output.charts.notes import foot
from simsurance.output.charts.words import word
from simsurance.output.frontier_summary import ADDED
from simsurance.output.labels import fund_label, words_of
from simsurance.output.planned import FORMATS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simsurance.answers.frontier import Frontier
    from simsurance.language import Words

SIZE: Final = (16 * CENTIMETRE, 10.5 * CENTIMETRE)
COSTS: Final = (0.105, 0.285, 0.39, 0.475)
LEVERS: Final = (0.535, 0.285, 0.445, 0.475)
ALL: Final = "#BDBDBD"
RAMP: Final = LinearSegmentedColormap.from_list("own payment", ["#CFE2F1", BLUE, "#08306B"])
"""Little own payment added to much."""
CONTRIBUTIONS, PUBLIC = OBJECTIVES.index("contributions"), OBJECTIVES.index("public_money")
WAY: Final = 0.78
"""Share of a column that the way from bound to bound takes."""
NAME: Final = 15
"""Places on a line of a lever's name."""


def draw(found: "Frontier", lang: str = "en") -> Chart:
    """The packages that hold, those that are efficient and told by letter, the scenario itself; what each of them moves."""
    said = words_of(found.levers.scenario, lang)
    told = bool(found.told)
    notes = [
        word(
            "note.frontier_asked",
            lang,
            asked=asked_words(found.asked, found.central, said),
            limits=[asked_words(each, found.central, said) for each in found.limits],
        ),
        word("note.frontier_marks", lang),
        *([word("note.frontier_levers", lang)] if told else []),
    ]
    with canvas.style():
        figure = canvas.sheet(
            _title(found, said),
            word("axis.frontier", lang),
            foot(found.levers.scenario, lang, [], notes),
            lang,
            SIZE,
        )
        _costs(canvas.plot_area(figure, COSTS), found, said)
        if told:
            _levers(canvas.plot_area(figure, LEVERS), found, said)
        return Chart(f"frontier_{found.condition.fund}", figure, found.table.reset_index())


def _title(found: "Frontier", said: "Words") -> str:
    """How many packages are efficient, and what they cost the public."""
    fund, told = fund_label(found.condition.fund, said), list(found.told)
    if not told:
        return word("title.frontier_none", said.lang, fund=fund)
    public = 100 * found.costs[told, PUBLIC]
    ends = {"low": said.number(float(public.min()), 2), "high": said.number(float(public.max()), 2)}
    return word("title.frontier", said.lang, fund=fund, count=len(told), **ends)


def _costs(axes: "Axes", found: "Frontier", said: "Words") -> None:
    """Public money to the right, contributions upward, or own payment added where these stay; in per cent of income."""
    costs, holds, told = 100 * found.costs, found.holds, list(found.told)
    costs[..., ADDED] = 100 * found.added[..., ADDED]
    upward = CONTRIBUTIONS if not told or np.ptp(found.costs[told, CONTRIBUTIONS]) > SAME else ADDED
    axes.plot(costs[holds, PUBLIC], costs[holds, upward], "o", color=ALL, markersize=3, zorder=2)
    own = 100 * np.array(found.own.costs)
    own[ADDED] = 0.0
    axes.plot([own[PUBLIC]], [own[upward]], "x", color=BLACK, markersize=7, markeredgewidth=1.8, zorder=5)
    if told:
        added = found.added[told, ADDED]
        span = float(np.ptp(added)) or 1.0
        colours = [RAMP(float(each - added.min()) / span) for each in added]
        axes.scatter(
            costs[told, PUBLIC], costs[told, upward], s=42, c=colours, edgecolors=BLACK, linewidths=0.5, zorder=4
        )
    for letter, place in zip(LETTERS, told, strict=False):
        axes.annotate(
            letter,
            (costs[place, PUBLIC], costs[place, upward]),
            (5, 3),
            textcoords="offset points",
            fontsize=8,
            zorder=6,
        )
    axes.margins(0.09)
    axes.grid(visible=True, color=canvas.GRID, linewidth=0.6)
    for axis, name in ((axes.xaxis, "public_money"), (axes.yaxis, OBJECTIVES[upward])):
        axis.set_major_locator(MaxNLocator(6))
        axis.set_major_formatter(FuncFormatter(lambda value, _: said.number(value, None)))
        axis.set_label_text(said.label(f"frontier.column.{name}"), fontsize=8)


def _levers(axes: "Axes", found: "Frontier", said: "Words") -> None:
    """A row a package, a column a lever: where it lies between its bounds, and the scenario itself; then own payment added."""
    axes.grid(visible=False)
    axes.set_axis_off()
    levers, told = found.levers.each, list(found.told)
    axes.set(xlim=(-0.35, len(levers) + 0.6), ylim=(len(told) - 0.4, -0.6))
    head: dict[str, Any] = {"ha": "center", "va": "bottom", "fontsize": 6.8}
    for row, (letter, place) in enumerate(zip(LETTERS, told, strict=False)):
        axes.text(-0.3, row, letter, va="center", fontsize=8)
        shares = found.levers.shares(found.packages[place])
        for column, (vary, share) in enumerate(zip(levers, shares, strict=True)):
            axes.plot([column, column + WAY], [row, row], color=ALL, linewidth=0.9, zorder=1)
            own = (vary.own - vary.low) / (vary.high - vary.low)
            if 0 <= own <= 1:
                axes.plot([column + WAY * own] * 2, [row - 0.22, row + 0.22], color=GREY, linewidth=0.9, zorder=2)
            axes.plot([column + WAY * share], [row], "o", color=BLUE, markersize=4.5, zorder=3)
        added = said.signed(said.number(100 * float(found.added[place, ADDED]), 2))
        axes.text(len(levers) + 0.28, row, added, ha="center", va="center", fontsize=8, color=BLACK)
    for column, vary in enumerate(levers):
        name = canvas.wrapped(shown_name(vary.keys[0], said.lang), NAME * 3 / max(len(levers), 3), 3, 6.8)
        axes.text(column + WAY / 2, -0.75, name, **head)
        for end, at, side in ((vary.low, column, "left"), (vary.high, column + WAY, "right")):
            text = size_of(vary, end, said, 3)
            axes.text(at, len(told) - 0.45, text, ha=side, va="top", fontsize=6.3, color=GREY)
    axes.text(
        len(levers) + 0.28, -0.75, canvas.wrapped(said.label("frontier.column.own_payment"), 13.5, 3, 6.8), **head
    )


def write_all(found: "Frontier", folder: Path, lang: str, formats: Sequence[str] = FORMATS) -> Iterator[Path]:
    """Draw the chart into a folder; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    yield from canvas.write(draw(found, lang), folder, formats)
