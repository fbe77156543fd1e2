"""Which unknowns matter at all: bars of the mean elementary effect, with their intervals, a dot for the standard deviation."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simsurance.errors import SimsuranceError
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, CENTIMETRE, GREY, VERMILLION, Chart, ChartFigure
from simsurance.output.charts.information import COLOUR
from simsurance.output.charts.notes import foot
from simsurance.output.charts.sensitivity import BAR, KEY, NAMES, key, rows_area
from simsurance.output.charts.words import word
from simsurance.output.labels import fund_label, words_of
from simsurance.output.planned import FORMATS
from simsurance.output.sensitivity_summary import unknown_shown
from simsurance.uncertainty.stochastic import YEARS_FUNDED

if TYPE_CHECKING:
    from simsurance.uncertainty.screening import Screening

MOST: Final = 15
"""Bars; the rest is told in the foot."""
DOT: Final[Any] = {
    "marker": "o",
    "linestyle": "none",
    "color": VERMILLION,
    "markersize": 4.2,
    "markeredgecolor": "white",
}
SIZE: Final = (16 * CENTIMETRE, 13.5 * CENTIMETRE)


def draw(found: "Screening", fund: str, lang: str = "en", measure: str = YEARS_FUNDED) -> Chart:
    """The bars of a fund, what moves the years before it is depleted most first."""
    with canvas.style():
        table = found.table.reset_index()
        own = table[(table["fund"] == fund) & (table["measure"] == measure)].drop(columns=["fund", "measure"])
        return Chart(f"morris_{fund}", _figure(found, fund, measure, lang), own)


def write_all(found: "Screening", folder: Path, lang: str, formats: Sequence[str] = FORMATS) -> Iterator[Path]:
    """Draw the bars of every fund that something is known to move; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for fund in found.funds:
        if any(each.known and each.size for each in found.effects(fund, YEARS_FUNDED)):
            yield from canvas.write(draw(found, fund, lang), folder, formats)


def _figure(found: "Screening", fund: str, measure: str, lang: str) -> ChartFigure:
    scenario = found.central.scenario
    said, all_effects = words_of(scenario, lang), found.effects(fund, measure)
    effects = [each for each in all_effects if each.known]
    shown = [each for each in effects if each.size][:MOST]
    if not shown:
        raise SimsuranceError(f"{fund}: nothing moves it")
    rest, unmeasured = effects[len(shown) :], len(all_effects) - len(effects)
    notes = [word("note.morris", lang, trajectories=found.work.trajectories)]
    if rest:
        least = said.number(max(each.size for each in rest), 1)
        notes.append(word("note.morris_rest", lang, count=len(rest), least=least))
    if unmeasured:
        notes.append(word("note.morris_unmeasured", lang, count=unmeasured, unknowns=len(all_effects)))
    figure = canvas.sheet(
        word(
            "title.morris",
            lang,
            fund=fund_label(fund, lang),
            name=unknown_shown(shown[0].unknown, said),
            size=said.number(shown[0].size, 1),
            measured=len(effects) if unmeasured else None,
        ),
        word("axis.morris", lang),
        foot(scenario, lang, [], notes),
        lang,
        SIZE,
    )
    axes = rows_area(figure, above=KEY)
    for row, each in enumerate(shown):
        axes.barh(row, each.size, BAR, color=COLOUR, zorder=3)
        axes.plot([each.low, each.high], [row, row], color=BLACK, linewidth=0.8, zorder=5)
        axes.plot([each.spread], [row], zorder=6, **DOT)
    axes.set_xlim(0, 1.04 * max(max(each.high, each.spread) for each in shown) or 1.0)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: said.number(value, None)))
    names = [canvas.wrapped(unknown_shown(each.unknown, said), NAMES, most=2, size=7.5) for each in shown]
    axes.set_yticks(range(len(shown)), names, fontsize=7.5)
    for label, each in zip(axes.get_yticklabels(), shown, strict=True):
        label.set_color(GREY if each.low <= 0 else BLACK)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    told = [said.label("chart.line.mean_effect"), said.label("chart.line.spread")]
    marks = [Patch(color=COLOUR, linewidth=0), Line2D([], [], **DOT)]
    key(axes, marks, told)
    return figure
