"""Chart of the nearest joint shock: what it is made of, and reserve months with it and without."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, BLUE, CENTIMETRE, GREY, VERMILLION, Chart
from simsurance.output.charts.notes import foot
from simsurance.output.charts.words import word
from simsurance.output.labels import fund_label, words_of
from simsurance.output.planned import FORMATS
from simsurance.output.sensitivity_summary import unknown_shown
from simsurance.output.stress_summary import LEAST, MOST

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simsurance.answers.stress import Stress
    from simsurance.language import Words

SIZE: Final = (16 * CENTIMETRE, 10 * CENTIMETRE)
BARS: Final = (0.275, 0.24, 0.265, 0.55)
MONTHS: Final = (0.615, 0.24, 0.355, 0.55)
BAR: Final = 0.56
NAME: Final = 24
BELOW: Final = 24.0
"""Months of a deficit that are drawn at most."""


def draw(found: "Stress", lang: str = "en") -> Chart:
    """Bars of the unknowns in standard deviations, largest part of the distance first; months by year on the right."""
    said = words_of(found.scenario, lang)
    reached = found.found.reached
    title = ("title.stress_saves" if found.saves else "title.stress") if reached else "title.stress_none"
    notes = [word("note.stress", lang)] if reached else []
    notes.append(word("note.stress_lines", lang, by=found.by))
    with canvas.style():
        figure = canvas.sheet(
            word(title, lang, fund=fund_label(found.fund, lang), by=found.by, distance=said.number(found.distance, 2)),
            word("axis.stress", lang),
            foot(found.scenario, lang, [], notes),
            lang,
            SIZE,
        )
        if reached:
            _bars(canvas.plot_area(figure, BARS), found, said)
        _months(canvas.plot_area(figure, MONTHS), found, said)
        return Chart(f"stress_{found.fund}_{found.by}", figure, found.table.reset_index())


def _bars(axes: "Axes", found: "Stress", said: "Words") -> None:
    table = found.table[found.table["part_of_distance"] >= LEAST].head(MOST)
    names = [unknown_shown(unknown, said) for unknown in found.unknowns(len(table))]
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color=canvas.GRID, linewidth=0.6)
    values = table["z"].to_numpy()
    axes.barh(range(len(values)), values, BAR, color=[BLUE if each >= 0 else VERMILLION for each in values], zorder=3)
    for place, value in enumerate(values):
        side: Any = {"ha": "left" if value >= 0 else "right", "va": "center", "fontsize": 7}
        text = said.signed(said.number(float(value), 2))
        axes.annotate(text, (value, place), (3 if value >= 0 else -3, 0), textcoords="offset points", **side)
    wide = max(float(np.ptp([*values, 0.0])), 0.1)
    axes.set_xlim(min(*values, 0.0) - 0.34 * wide, max(*values, 0.0) + 0.34 * wide)
    axes.set_ylim(len(values) - 0.4, -0.6)
    axes.set_yticks(range(len(values)), [canvas.wrapped(name, NAME, 2, 7) for name in names], fontsize=7)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.axvline(0, color=BLACK, linewidth=0.8, zorder=4)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: said.number(value, None)))
    axes.set_xlabel(said.label("chart.axis.stress_z"), fontsize=7.5)


def _months(axes: "Axes", found: "Stress", said: "Words") -> None:
    years = np.array(found.central.years)
    looks: list[tuple[Any, Any]] = [(found.middle, {"color": GREY, "linewidth": 1.6, "linestyle": canvas.DASHED})]
    if found.found.reached:
        looks.append((found.shocked, {"color": BLACK, "linewidth": 2.0}))
    highest = max(float(found.months(arrays).max()) for arrays, _ in looks)
    for arrays, look in looks:
        months = found.months(arrays)
        axes.plot(years, np.where(months >= -BELOW, months, np.nan), **look)
    lowest = min(float(found.months(arrays).min()) for arrays, _ in looks)
    axes.set_ylim(max(lowest, -BELOW) - 1, highest + 2)
    axes.axhline(0, color=BLACK, linewidth=0.8)
    axes.axvline(found.by, color=VERMILLION, linewidth=1.1, zorder=1)
    canvas.years_at(axes, int(years[0]), int(years[-1]))
    axes.set_ylabel(said.label("chart.axis.stress_months"), fontsize=7.5)


def write_all(found: "Stress", folder: Path, lang: str, formats: Sequence[str] = FORMATS) -> Iterator[Path]:
    """Draw the chart into a folder; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    yield from canvas.write(draw(found, lang), folder, formats)
