"""What it is worth to know each unknown: bars of the share of an event's variance that goes, with their intervals."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.ticker import MaxNLocator

from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, GREY, Chart, ChartFigure
from simsurance.output.charts.notes import foot
from simsurance.output.charts.sensitivity import BAR, MOST, NAMES, SIZE, rows_area
from simsurance.output.charts.words import word
from simsurance.output.draws_words import chance, chance_words, sampler_words
from simsurance.output.labels import fund_label, words_of
from simsurance.output.planned import FORMATS
from simsurance.output.sensitivity_summary import bounded, unknown_shown
from simsurance.uncertainty.information import told_apart

if TYPE_CHECKING:
    from simsurance.uncertainty.information import Information

COLOUR: Final = canvas.BAND_80
BESIDE: Final = 66.0
"""Points right of the bars, where chances stand."""


def draw(known: "Information", fund: str, lang: str = "en") -> Chart:
    """The bars of a fund, the unknown that is worth most first."""
    with canvas.style():
        table = known.table.reset_index()
        own = table[table["fund"] == fund].drop(columns="fund")
        return Chart(f"information_{fund}", _figure(known, fund, lang), own)


def write_all(known: "Information", folder: Path, lang: str, formats: Sequence[str] = FORMATS) -> Iterator[Path]:
    """Draw the bars of every fund whose depletion is neither sure nor ruled out; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for fund in known.funds:
        if known.worths(fund):
            yield from canvas.write(draw(known, fund, lang), folder, formats)


def _figure(known: "Information", fund: str, lang: str) -> ChartFigure:
    scenario = known.run.scenario
    said, shown = words_of(scenario, lang), known.worths(fund)[:MOST]
    below = foot(scenario, lang, [], [word("note.information", lang)])
    figure = canvas.sheet(
        word(
            "title.information",
            lang,
            fund=fund_label(fund, lang),
            by=known.by(fund),
            name=unknown_shown(shown[0].unknown, said),
            share=bounded(shown[0].share) if told_apart(known.worths(fund)) else None,
            draws=known.run.sample.draws,
        ),
        word("axis.information", lang, chance=chance_words(known.chance(fund), said)),
        below.also(sampler_words(known.run, lang)),
        lang,
        SIZE,
    )
    axes = rows_area(figure, right=BESIDE)
    for row, each in enumerate(shown):
        axes.barh(row, 100 * bounded(each.share), BAR, color=COLOUR, zorder=3)
        axes.plot(
            [100 * bounded(end) for end in (each.low, each.high)], [row, row], color=BLACK, linewidth=0.8, zorder=4
        )
        chances = {"lowest": chance(each.chance_lowest, said), "highest": chance(each.chance_highest, said)}
        text = said.say("chart.mark.from_lowest", **chances)
        beside = axes.get_yaxis_transform()
        axes.annotate(text, (1.03, row), xycoords=beside, va="center", fontsize=7.5, color=GREY, annotation_clip=False)
    axes.axvline(0, color=BLACK, linewidth=0.9, zorder=5)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.set_xlim(0, 104 * float(np.nanmax([bounded(end) for each in shown for end in (each.share, each.high)])) or 1.0)
    names = [canvas.wrapped(unknown_shown(each.unknown, said), NAMES, most=2, size=7.5) for each in shown]
    axes.set_yticks(range(len(shown)), names, fontsize=7.5)
    for label, each in zip(axes.get_yticklabels(), shown, strict=True):
        label.set_color(BLACK if each.low > 0 else GREY)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    return figure
