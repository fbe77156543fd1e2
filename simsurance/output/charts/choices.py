"""The chart of choices of cover: what each brings the resident fund and takes from it, and what of that is selection."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.ledger import RESIDENT
from simsurance.output.charts import canvas, money
from simsurance.output.charts.canvas import BLUE, DASHED, GREY, SOLID, VERMILLION, Chart, Line
from simsurance.output.charts.notes import foot
from simsurance.output.charts.titles import title_of
from simsurance.output.charts.words import word
from simsurance.output.labels import choice_title

if TYPE_CHECKING:
    from simsurance.results import RunResult

NAME: Final = "choice_of_cover"
MOST: Final = 3
"""Choices that have a panel."""
LINES: Final = {
    "brings": (("contributions", "subsidies"), BLUE, DASHED),
    "takes": (("benefits",), VERMILLION, SOLID),
    "at_mean_need": (("at_mean_need",), GREY, canvas.DOTTED),
}
"""Columns of the table that a line is the sum of, its colour and dashes."""


def choice_of_cover(results: "RunResult", lang: str) -> Chart:
    """What each choice brings, what it takes, and what it would if as many of every need had it: a panel a choice."""
    table = results.choices
    assert table is not None
    names = list(dict.fromkeys(table.index.get_level_values("choice")))
    titles = {name: choice_title(results.scenario, name, lang) for name in names}
    drawn, judged = names[:MOST], any(each.mark == "judgement" for each in results.scenario.values.choices.values())
    flows = {
        (name, line): money.as_drawn(
            results, RESIDENT, np.asarray(sum(table.xs(name, level="choice")[column] for column in columns))
        )
        for name in names
        for line, (columns, _, _) in LINES.items()
    }
    net = sum(flows[name, "brings"][-1] - flows[name, "takes"][-1] for name in names)
    shown = money.shown(results.scenario, lang, np.abs([*flows.values()]).ravel())
    figure = canvas.sheet(
        title_of(NAME, results, lang, short=bool(net < 0), net=money.told(abs(float(net)), results, lang)),
        word("axis.choice_of_cover", lang, unit=shown.name, basis=money.basis(results.years[0] - 1, lang)),
        foot(
            results.scenario,
            lang,
            [],
            [word("note.choice_of_cover", lang, drawn=[titles[name] for name in drawn], names=names, judged=judged)],
        ),
        lang,
    )
    every = []
    for place, name in enumerate(drawn):
        lines = [_line(name, line, flows[name, line], shown.size, results, lang) for line in LINES]
        room = canvas.room_for(*(line.label for line in lines))
        left, right = canvas.beside(figure, place, len(drawn), room - canvas.EDGE)
        axes = canvas.area(figure, left, right, canvas.TOP_MARGIN + canvas.HEAD, percent=money.is_share())
        canvas.head(axes, titles[name])
        canvas.draw_lines(axes, lines)
        canvas.from_zero(axes)
        canvas.year_axis(axes, lines, results.years[0], word("mark.projection", lang) if place == 0 else "")
        canvas.direct_labels(axes, lines)
        every += lines
    return Chart(NAME, figure, canvas.frame(every, shown.name))


def _line(name: str, line: str, values: np.ndarray, size: float, results: "RunResult", lang: str) -> Line:
    _, colour, dashes = LINES[line]
    look: Any = {"colour": colour, "dashes": dashes, "size": size}
    return Line.of(f"{name}_{line}", word(f"line.choice.{line}", lang), results.years, values, **look)
