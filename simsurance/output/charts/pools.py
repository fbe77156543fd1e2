"""Chart of pools: who gains and who loses, and the reserve months of each apart and with the adjustment fund."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simsurance import __version__
from simsurance.analysis.pools import ADJUSTED, MERGED, SEPARATE
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, BLUE, CENTIMETRE, GREY, VERMILLION, Chart
from simsurance.output.charts.words import clauses
from simsurance.output.labels import in_language, unit
from simsurance.output.planned import FORMATS
from simsurance.output.pools_summary import marks_told, said_of, titles

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simsurance.analysis.pools import Pools
    from simsurance.language import Words

NAME: Final = "pools"
MOST: Final = 34
"""Rows; of more pools those in the middle are left out."""
BETWEEN_POOLS: Final = ("net_transfer_pp", "chart.note.pools", "chart.axis.pools_rows", "chart.axis.pools_net")
OF_ONE: Final = (
    *("merged_balance_pp", "chart.note.pools_merged"),
    *("chart.axis.pools_rows_merged", "chart.axis.pools_net_merged"),
)
"""What the bars show with an adjustment fund, and in the one fund of all: column, note, subtitle, axis."""
WIDE, ROW, HEAD, FOOT = 16.0, 0.5, 2.1, 3.2
LEFT, BETWEEN, RIGHT, GAP = 0.25, 0.62, 0.975, 0.035
NAME_SIZE: Final = 7.5
RECEIVES: Final[Any] = {"color": BLUE}
PAYS: Final[Any] = {"color": canvas.WORSE, "hatch": "////", "edgecolor": VERMILLION}


def draw(pools: "Pools", lang: str = "en") -> Chart:
    """A row a pool, who gains most first: a bar of the net transfer, and a ring and a dot of reserve months, joined.

    Without an adjustment fund the bar is the own balance in the one fund of all, and the dot its reserve months.
    """
    said, table = said_of(pools, lang), pools.pools
    half = MOST // 2
    shown = table if len(table) <= MOST else table.iloc[[*range(half), *range(-half, 0)]]
    rows = len(shown)
    high = ROW * rows + HEAD + FOOT
    of_one = pools.pooling.adjustment is None and pools.merged is not None
    column, note, whose, net_axis = OF_ONE if of_one else BETWEEN_POOLS
    notes = [said.say(note, pools=float(pools.net.sum()), kept=float(pools.kept.sum()))]
    if len(table) > rows:
        notes.append(said.say("chart.note.pools_rest", count=len(table) - rows))
    with canvas.style():
        figure = canvas.sheet(
            said.say(
                "chart.title.pools", title=in_language(pools.pooling, "title", lang), **_ends(pools, column, said)
            ),
            said.label(whose),
            [f"simsurance {__version__}", marks_told(pools, said), clauses(notes, lang)],
            lang,
            size=(WIDE * CENTIMETRE, high * CENTIMETRE),
        )
        low, tall = FOOT / high, ROW * rows / high
        bars = canvas.plot_area(figure, (LEFT, low, BETWEEN - LEFT - GAP, tall))
        dots = canvas.plot_area(figure, (BETWEEN, low, RIGHT - BETWEEN, tall))
        net = shown[column].to_numpy()
        for place, value in enumerate(net):
            bars.barh(place, value, 0.62, linewidth=0.4, zorder=3, **(RECEIVES if value >= 0 else PAYS))
        _months(dots, shown, pools.reserve_months(MERGED)[pools.years.index(pools.year), 0] if of_one else None)
        money = unit("yuan_pp", said).name
        _side(bars, said.say(net_axis, unit=money), rows, said)
        _side(dots, said.say("chart.axis.pools_months", year=pools.year), rows, said)
        named = titles(pools, lang)
        names = [canvas.wrapped(named[str(name)], 26, 2, size=NAME_SIZE) for name in shown.index]
        bars.set_yticks(range(rows), names, fontsize=NAME_SIZE)
        dots.set_yticks([])
        return Chart(NAME, figure, table.reset_index())


def _ends(pools: "Pools", column: str, said: "Words") -> dict[str, Any]:
    """Who receives and who pays most, and how much; nobody where no pool does."""
    net, named = pools.pools[column], titles(pools, said.lang)
    gains, pays, most, least = str(net.idxmax()), str(net.idxmin()), float(net.max()), -float(net.min())
    return {
        "gains": named[gains] if most > 0 else "",
        "pays": named[pays] if least > 0 else "",
        "most": most,
        "least": least,
    }


def _months(axes: "Axes", shown: "pd.DataFrame", of_one: float | None) -> None:
    """Reserve months apart, a ring, and with the adjustment fund, or of the one fund of all, a dot, joined."""
    apart, adjusted = (shown[f"reserve_months_{name}"].to_numpy() for name in (SEPARATE, ADJUSTED))
    if of_one is not None:
        adjusted = np.full(len(apart), of_one)
    for place, ends in enumerate(np.stack([apart, adjusted], axis=-1)):
        axes.plot(ends, [place, place], color=GREY, linewidth=1.0, zorder=2)
    places = range(len(shown))
    axes.plot(apart, places, "o", markersize=5.5, markerfacecolor="white", markeredgecolor=BLACK, zorder=4)
    axes.plot(adjusted, places, "o", markersize=4.5, color=BLACK, zorder=3)


def _side(axes: "Axes", name: str, rows: int, said: "Words") -> None:
    """One panel: its unit below, a line at zero, rows from the top."""
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color=canvas.GRID, linewidth=0.6)
    axes.axvline(0, color=BLACK, linewidth=0.8, zorder=5)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.margins(x=0.08)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: said.number(value, None)))
    axes.set_xlabel(canvas.wrapped(name, 50, 2, size=NAME_SIZE), fontsize=NAME_SIZE)


def write_all(pools: "Pools", folder: Path, lang: str, formats: Sequence[str] = FORMATS) -> Iterator[Path]:
    """Draw the chart into a folder; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    yield from canvas.write(draw(pools, lang), folder, formats)
