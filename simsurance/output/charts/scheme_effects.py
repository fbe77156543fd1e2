"""The chart of what a policy in one scheme does to every fund: a panel a fund, a row a policy."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from matplotlib.ticker import FuncFormatter, MaxNLocator

from simsurance import __version__
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import (
    BLACK,
    BLUE,
    GREY,
    GRID,
    NOTE_SIZE,
    VERMILLION,
    WORSE,
    Chart,
    ChartFigure,
    Foot,
)
from simsurance.output.charts.words import word
from simsurance.output.labels import drawn_unit, fund_label, scenario_title, words_of
from simsurance.output.planned import FORMATS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simsurance.analysis.scheme_effects import SchemeEffects

NAME: Final = "scheme_effects"
LOOKS: Final[dict[bool, Any]] = {
    True: {"color": BLUE},
    False: {"color": WORSE, "hatch": "////", "edgecolor": VERMILLION},
}
"""Bars of what is better and of what is worse."""
BAR: Final = 0.56
LABEL_WIDTH: Final = 31
LEFT, SUMS, ROW = 132.0, 56.0, 44.0
"""Points of the names of policies, of the sums at the right, and of the height of a row."""
GAP: Final = 10.0
ROOM: Final = 0.42
"""Share of the widest bar that its number takes at either side."""


def draw(effects: "SchemeEffects", lang: str = "en") -> Chart:
    """Bars by policy in a panel for each fund, on one scale: the change in income less expenditure, present value; the sum."""
    with canvas.style():
        return _draw(effects, lang)


def _draw(effects: "SchemeEffects", lang: str) -> Chart:
    changes = effects.effects["balance_present_value"]
    funds = effects.funds
    drawn = changes[changes.index.isin(funds, level="fund")]
    shown = drawn_unit("yuan", words_of(effects.base.scenario, lang), drawn)
    table = drawn / shown.size
    years, titles = effects.base.years, effects.titles(lang)
    axis = word("axis.scheme_effects", lang, unit=shown.name, first=years[0], last=years[-1])
    base = word("note.base", lang, base=scenario_title(effects.base.scenario, lang))
    high = canvas.TOP_MARGIN + canvas.HEAD + 12 + ROW * len(titles) + 62
    figure = canvas.sheet(
        _title(drawn, dict(zip(effects.policies, titles, strict=True)), effects, lang),
        axis,
        Foot("", f"{base} · simsurance {__version__}", [word("note.one_scale", lang)] if len(funds) > 1 else []),
        lang,
        (canvas.SIZE[0], high / 72),
    )
    wide = 72 * figure.get_size_inches()[0]
    room = (wide - LEFT - SUMS - 12) / len(funds)
    low, top = min(0.0, float(table.min())), max(0.0, float(table.max()))
    span = ROOM * ((top - low) or 1.0)
    for place, fund in enumerate(funds):
        left = LEFT + place * room
        axes = canvas.area(figure, left, wide - left - room + GAP, canvas.TOP_MARGIN + canvas.HEAD + 12)
        numbers = [float(table.loc[policy, fund]) for policy in effects.policies]
        _panel(axes, numbers, (low - span * (low < 0), top + span), figure)
        canvas.head(axes, canvas.wrapped(fund_label(fund, lang), 18))
        named = (
            [canvas.wrapped(title, LABEL_WIDTH, most=4, size=NOTE_SIZE) for title in titles]
            if place == 0
            else [""] * len(titles)
        )
        axes.set_yticks(range(len(titles)), named, fontsize=NOTE_SIZE)
        told = dict(zip(titles, numbers, strict=True))
        figure.curves += (canvas.Drawn(fund_label(fund, lang), told),)
    sums = table.groupby(level="policy", sort=False).sum()
    _sums(figure.axes[-1], [float(sums[policy]) for policy in effects.policies], word("head.together", lang), figure)
    return Chart(NAME, figure, table.rename(shown.name).reset_index())


def _title(changes: "pd.Series[float]", titles: dict[str, str], effects: "SchemeEffects", lang: str) -> str:
    """The largest change that a policy makes in a fund."""
    policy, fund = cast("tuple[str, str]", changes.abs().idxmax())
    said = words_of(effects.base.scenario, lang)
    amount = said.signed(said.quantity("money", float(changes[policy, fund])))
    return said.say("chart.sentence.scheme_effects", policy=titles[policy], fund=fund_label(fund, lang), change=amount)


def _panel(axes: "Axes", numbers: list[float], limits: tuple[float, float], figure: ChartFigure) -> None:
    """The bars of a fund, their numbers at the ends."""
    axes.grid(visible=False)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    for place, value in enumerate(numbers):
        axes.barh(place, value, BAR, linewidth=0, zorder=3, **LOOKS[value >= 0])
        text, side = figure.said.signed(figure.said.number(value)), 1 if value >= 0 else -1
        note = axes.annotate(
            text, (value, place), (3 * side, 0), textcoords="offset points", va="center", fontsize=NOTE_SIZE
        )
        note.set(ha="left" if side > 0 else "right")
    axes.axvline(0, color=BLACK, linewidth=0.9, zorder=4)
    axes.set(xlim=limits, ylim=(len(numbers) - 0.5, -0.5))
    axes.tick_params(axis="x", labelsize=NOTE_SIZE)
    axes.xaxis.set_major_locator(MaxNLocator(2, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: figure.said.number(value, None)))


def _sums(axes: "Axes", sums: list[float], words: str, figure: ChartFigure) -> None:
    """The sum over the funds as a last column of figures."""
    across = axes.get_yaxis_transform()
    for place, value in enumerate(sums):
        text = figure.said.signed(figure.said.number(value))
        axes.annotate(
            text, (1, place), (SUMS, 0), across, "offset points", ha="right", va="center", annotation_clip=False
        )
    note = axes.annotate(
        words, (1, 1), (SUMS, 5), "axes fraction", "offset points", ha="right", va="bottom", color=GREY
    )
    note.set_annotation_clip(False)


def write_all(effects: "SchemeEffects", folder: Path, lang: str, formats: Sequence[str] = FORMATS) -> Iterator[Path]:
    """Draw the chart into a folder, in some formats; yields the files."""
    folder.mkdir(exist_ok=True)
    yield from canvas.write(draw(effects, lang), folder, formats)
