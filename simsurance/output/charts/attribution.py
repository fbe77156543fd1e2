"""Chart of an attribution: from one scenario to the other, part by part."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simsurance.output.attribution_summary import YEARS, attribution_facts, part_titles, signed
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, BLUE, CENTIMETRE, GREY, VERMILLION, Chart
from simsurance.output.charts.notes import foot
from simsurance.output.charts.words import word
from simsurance.output.labels import fund_label, scenario_title, words_of
from simsurance.output.planned import FORMATS
from simsurance.output.sweep_summary import at_axis, told

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simsurance.answers.attribute import Attribution

WHOLE: Final = "#4D4D4D"
WIDE, ROW, REST = 16.0, 0.7, 4.2
"""Centimetres: width of the sheet, height of a row, and of all that is no row."""
HIGH: Final = 0.6
BETTER: Final[Any] = {"color": BLUE}
WORSE: Final[Any] = {"color": canvas.WORSE, "hatch": "////", "edgecolor": VERMILLION}
LEFT, RIGHT = 0.365, 0.93
NAME_WIDTH: Final = 36


def draw(
    found: "Attribution", fund: str, measure: str, lang: str = "en", titles: Mapping[str, str] | None = None
) -> Chart:
    """Bars from top to bottom: the scenario, every part where those above it have led, the scenario with all."""
    said = words_of(found.central.scenario, lang)
    facts, table = attribution_facts(found, fund, measure, lang), found.effects(fund, measure)
    unit = facts["unit"]
    parts = table.drop(index=["interaction", "total"])
    ordered = parts.reindex(parts["effect"].abs().sort_values(ascending=False, kind="stable").index)
    values = found.values(fund, measure)
    first, last = values[frozenset()], values[frozenset(range(len(found.names)))]
    ends = first + np.concatenate([[0.0], np.cumsum(ordered["effect"].to_numpy())])
    rows = len(ordered) + 2
    high = ROW * rows + REST
    notes = [
        word("note.attribution", lang, interaction=signed(float(table["alone"]["interaction"]), unit, said)),
        word("note.attribution_range", lang),
    ]
    with canvas.style():
        figure = canvas.sheet(
            word(
                "title.attribution",
                lang,
                **facts | {"fund": fund_label(fund, said), "what": facts["what"].replace("`", "")},
            ),
            word("axis.attribution", lang, what=facts["what"].replace("`", "")),
            foot(found.central.scenario, lang, [], notes),
            lang,
            size=(WIDE * CENTIMETRE, high * CENTIMETRE),
        )
        axes = canvas.plot_area(figure, (LEFT, 1.9 / high, RIGHT - LEFT, ROW * rows / high))
        axes.grid(visible=False)
        axes.set_ylim(rows - 0.5, -0.5)
        told_by_name = titles or part_titles(found, lang)
        names = [scenario_title(found.central.scenario, lang), *(told_by_name[str(each)] for each in ordered.index)]
        names.append(word("mark.all_parts", lang))
        axes.barh([0, rows - 1], [first, last], HIGH, color=WHOLE)
        low, top = min([0.0, first, last, *ends]), max([0.0, first, last, *ends])
        room = (top - low) or 1.0
        axes.set_xlim(low - (0.16 * room if low < 0 else 0), top + 0.16 * room)
        for place, (_, row) in enumerate(ordered.iterrows(), 1):
            effect, start = float(row["effect"]), float(ends[place - 1])
            axes.barh(place, effect, HIGH, left=start, linewidth=0.4, **(BETTER if effect >= 0 else WORSE))
            axes.plot([start, start], [place - 1 + HIGH / 2, place + HIGH / 2], color=GREY, linewidth=0.6)
            axes.plot(
                [start + float(row["least"]), start + float(row["most"])],
                [place, place],
                color=BLACK,
                linewidth=0.9,
                zorder=5,
            )
            _tell(axes, max(start, start + effect, start + float(row["most"])), place, signed(effect, unit, said))
        axes.plot([last, last], [rows - 2 + HIGH / 2, rows - 1 - HIGH / 2], color=GREY, linewidth=0.6)
        for place, value in ((0, first), (rows - 1, last)):
            _tell(axes, max(value, 0.0), place, told(value, unit, said))
        axes.axvline(0, color=BLACK, linewidth=0.8)
        axes.set_yticks(range(rows), [canvas.wrapped(name, NAME_WIDTH, 2, 7.5) for name in names], fontsize=7.5)
        axes.tick_params(axis="y", length=0)
        axes.xaxis.set_major_locator(MaxNLocator(3))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: at_axis(value, unit, said)))
        suffix = "years_funded" if measure in YEARS else measure
        return Chart(f"attribution_{fund}_{suffix}", figure, table.reset_index())


def _tell(axes: "Axes", value: float, place: int, text: str) -> None:
    """Words right of a bar."""
    axes.annotate(
        text, xy=(value, place), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8, bbox=canvas.PAPER
    )


def write_all(
    found: "Attribution",
    folder: Path,
    fund: str,
    measure: str,
    lang: str,
    titles: Mapping[str, str] | None = None,
    formats: Sequence[str] = FORMATS,
) -> Iterator[Path]:
    """Draw the chart into a folder, in some formats; yields the files. `titles`: what parts are called, where that is known."""
    folder.mkdir(parents=True, exist_ok=True)
    yield from canvas.write(draw(found, fund, measure, lang, titles), folder, formats)
