"""Where the variance of a fund's years comes from: total indices of Sobol, pale, and first-order ones, dark."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, BLUE, GREY, Chart, ChartFigure
from simsurance.output.charts.information import COLOUR
from simsurance.output.charts.notes import foot
from simsurance.output.charts.sensitivity import BAR, MOST, NAMES, SIZE, rows_area
from simsurance.output.charts.words import word
from simsurance.output.labels import fund_label, words_of
from simsurance.output.planned import FORMATS
from simsurance.output.sensitivity_summary import bounded, group_shown
from simsurance.uncertainty.variance import told_apart

if TYPE_CHECKING:
    from simsurance.uncertainty.variance import Shares

INSIDE: Final = BAR / 2


def draw(shares: "Shares", fund: str, lang: str = "en") -> Chart:
    """The bars of a fund, the group that most comes from first."""
    with canvas.style():
        table = shares.table.reset_index()
        return Chart(f"sobol_{fund}", _figure(shares, fund, lang), table[table["fund"] == fund].drop(columns="fund"))


def write_all(shares: "Shares", folder: Path, lang: str, formats: Sequence[str] = FORMATS) -> Iterator[Path]:
    """Draw the bars of every fund whose years vary; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for fund in shares.funds:
        if shares.indices(fund):
            yield from canvas.write(draw(shares, fund, lang), folder, formats)


def _figure(shares: "Shares", fund: str, lang: str) -> ChartFigure:
    scenario = shares.central.scenario
    said, found = words_of(scenario, lang), shares.indices(fund)
    shown, alone = found[:MOST], sum(each.first for each in found)
    note = word("note.sobol", lang, alone=alone, rest=1 - alone, draws=shares.mixed.sample.draws)
    figure = canvas.sheet(
        word(
            "title.sobol",
            lang,
            fund=fund_label(fund, lang),
            share=found[0].total if told_apart(found) else None,
            draws=shares.mixed.sample.draws,
            name=group_shown(found[0].group, said),
        ),
        word("axis.sobol", lang),
        foot(scenario, lang, [], [note]),
        lang,
        SIZE,
    )
    axes = rows_area(figure)
    for row, each in enumerate(shown):
        axes.barh(row, 100 * bounded(each.total), BAR, color=COLOUR, zorder=3)
        axes.barh(row, 100 * bounded(each.first), INSIDE, color=BLUE, zorder=4)
        axes.plot([100 * bounded(end) for end in each.total_ends], [row, row], color=BLACK, linewidth=0.8, zorder=5)
    axes.set_xlim(0, 101)
    names = [canvas.wrapped(group_shown(each.group, said), NAMES, most=2, size=7.5) for each in shown]
    axes.set_yticks(range(len(shown)), names, fontsize=7.5)
    for label, each in zip(axes.get_yticklabels(), shown, strict=True):
        label.set_color(BLACK if each.first_ends[0] > 0 else GREY)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    return figure
