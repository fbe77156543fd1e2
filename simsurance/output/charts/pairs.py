"""Charts of scenarios on the same draws: by how much one differs from the base year by year, and how often it is higher."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MultipleLocator

from simsurance.ledger import fund_of
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, BLUE, Chart, ChartFigure, Line
from simsurance.output.charts.notes import foot
from simsurance.output.charts.stochastic import (
    BALANCE,
    BANDS,
    BAR,
    CENTRAL_LOOK,
    FAN,
    MEDIAN_LOOK,
    MONTHS,
    PAPER_EDGE,
    SIZE,
    STRIP,
)
from simsurance.output.charts.words import word
from simsurance.output.draws_words import chance, sampler_words
from simsurance.output.labels import drawn_unit, fund_label, scenario_title, words_of
from simsurance.output.planned import FORMATS
from simsurance.uncertainty.paired import SAME_SHARE, SAME_WITHIN

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simsurance.language import Words
    from simsurance.uncertainty.paired import Pairs

PARTS: Final = {"better": BLUE, "same": "#D9D9D9", "worse": canvas.WORSE}
"""Shares of draws and their colours, from below."""
SHOWN: Final = BANDS[1:]
"""Bands that are drawn, the widest first: 80 and 50 per cent."""
UNITS: Final = {MONTHS: "months", BALANCE: "yuan"}


def draw(pairs: "Pairs", name: str, fund: str, column: str, lang: str = "en") -> Chart:
    """A scenario less the base: bands of the differences of a fund's column, and below the share of draws that are higher."""
    with canvas.style():
        return Chart(f"difference_{name}_{fund}_{column}", *_figure(pairs, name, fund, column, lang))


def charts_of(pairs: "Pairs") -> list[tuple[str, str, str]]:
    """Scenario, fund and column of each chart: of what differs at all."""
    table = pairs.by_year
    differ = {key[:-1] for key in table.index[table["same"] < 1]}
    funds = [fund for fund in pairs.runs[0].funds if fund_of(fund).pooled]
    keys = ((name, fund, column) for name in pairs.names[1:] for fund in funds for column in UNITS)
    return [key for key in keys if key in differ]


def write_all(pairs: "Pairs", folder: Path, lang: str, formats: Sequence[str] = FORMATS) -> Iterator[Path]:
    """Draw every chart into a folder, in some formats; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for key in charts_of(pairs):
        yield from canvas.write(draw(pairs, *key, lang), folder, formats)


def _figure(pairs: "Pairs", name: str, fund: str, column: str, lang: str) -> "tuple[ChartFigure, pd.DataFrame]":
    base = pairs.runs[0]
    said = words_of(base.scenario, lang)
    table = cast("pd.DataFrame", pairs.by_year.xs((name, fund, column), level=("scenario", "fund", "column")))
    numbers = [*(f"p{end:g}" for *ends, _ in SHOWN for end in ends), "p50", "central"]
    shown = drawn_unit(UNITS[column], said, table[numbers].to_numpy().ravel().tolist())
    last = table.iloc[-1]
    higher = bool(last["better"] >= last["worse"])
    share = float(last["better" if higher else "worse"])
    more = {"higher": higher, "every": share == 1, "share": chance(share, said)}
    other = pairs.runs[pairs.names.index(name)]
    titles = {"name": scenario_title(other.scenario, lang), "base": scenario_title(base.scenario, lang)}
    whose = {"fund": fund_label(fund, lang), **titles}
    within = SAME_WITHIN.get(column, SAME_SHARE)
    same = word("note.pairs", lang, months=column == MONTHS, within=within)
    below = foot(base.scenario, lang, [], [word("note.yearly", lang), same])
    axis = "axis.pairs_reserve_months" if column == MONTHS else "axis.pairs_fund_balance"
    figure = canvas.sheet(
        word("title.pairs", lang, **whose, **more, last=base.years[-1]),
        word(axis, lang, unit=shown.name, year=base.years[0] - 1),
        below.also(sampler_words(base, lang)),
        lang,
        SIZE,
    )
    span = [Line("", "", dict.fromkeys(base.years, 0.0))]
    axes = canvas.plot_area(figure, FAN)
    _bands(axes, table[numbers] / shown.size)
    canvas.year_axis(axes, span, None)
    axes.tick_params(labelbottom=False)
    _key(axes, said)
    strip = canvas.plot_area(figure, STRIP)
    _strip(strip, table, said)
    canvas.year_axis(strip, span, None)
    drawn = table[["central", *(each for each in table.columns if str(each).startswith("p"))]] / shown.size
    return figure, drawn.join(100 * table[["better", "same", "worse"]]).reset_index().assign(unit=shown.name)


def _bands(axes: "Axes", table: "pd.DataFrame") -> None:
    """Bands, median and central run of the differences."""
    years = list(table.index)
    for low, high, colour in SHOWN:
        axes.fill_between(years, table[f"p{low:g}"], table[f"p{high:g}"], color=colour, linewidth=0, zorder=2.5)
    axes.plot(years, table["central"], zorder=5, **CENTRAL_LOOK)
    (median,) = axes.plot(years, table["p50"], zorder=6, **MEDIAN_LOOK)
    median.set_path_effects(PAPER_EDGE)
    canvas.from_zero(axes)
    axes.axhline(0, color=BLACK, linewidth=0.9, zorder=4)


def _key(axes: "Axes", said: "Words") -> None:
    """What lines and bands are, right of them."""
    lines = [Line2D([], [], **CENTRAL_LOOK), Line2D([], [], **MEDIAN_LOOK)]
    names = [said.label("chart.line.central"), said.label("chart.line.middle")]
    bands = [Patch(color=colour, linewidth=0) for *_, colour in reversed(SHOWN)]
    names += [said.say("chart.line.band", share=(high - low) / 100) for low, high, _ in reversed(SHOWN)]
    options = {"frameon": False, "borderaxespad": 0.0, "handlelength": 1.7, "labelspacing": 0.55, "fontsize": 8}
    axes.legend([*lines, *bands], names, loc="upper left", bbox_to_anchor=(1.02, 1.0), **options)


def _strip(axes: "Axes", table: "pd.DataFrame", said: "Words") -> None:
    """Bars of the shares of draws in which it is higher, the same and lower."""
    years, below = list(table.index), np.zeros(len(table))
    for name, colour in PARTS.items():
        share = 100 * table[name].to_numpy()
        axes.bar(years, share, BAR, bottom=below, color=colour, zorder=3)
        below = below + share
    axes.axhline(50, color=BLACK, linewidth=0.7, linestyle=canvas.DOTTED, zorder=4)
    axes.set_ylim(0, 100)
    axes.yaxis.set_major_locator(MultipleLocator(50))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: said.quantity("percent_whole", value / 100)))
    axes.set_title(said.label("chart.axis.share_higher"), loc="left", fontsize=8.5, pad=4)
    options = {"frameon": False, "borderaxespad": 0.0, "handlelength": 1.0, "handleheight": 0.9, "fontsize": 8}
    marks = [Patch(color=colour, linewidth=0) for colour in PARTS.values()]
    names = [said.label(f"chart.line.{name}") for name in PARTS]
    axes.legend(marks[::-1], names[::-1], loc="upper left", bbox_to_anchor=(1.02, 1.0), **options)
