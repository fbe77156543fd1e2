"""Charts of valuations: from one to the next, step by step; and in which year each past answer had the fund run out."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simsurance import __version__
from simsurance.answers.bridge import FUNDED_UNTIL, MODEL, TOTAL, UNEXPLAINED
from simsurance.evidence.vintages import ACCEPTED, POOLED, RECONSTRUCTED, Vintage
from simsurance.output.attribution_summary import signed
from simsurance.output.bridge_summary import measure_told
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, BLUE, CENTIMETRE, GREY, VERMILLION, Chart
from simsurance.output.charts.notes import foot
from simsurance.output.charts.words import word
from simsurance.output.labels import fund_label, scenario_title, words_of
from simsurance.output.planned import FORMATS
from simsurance.output.sweep_summary import at_axis, told

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simsurance.answers.bridge import Bridge
    from simsurance.language import Words

WHOLE, HATCHED = "#4D4D4D", canvas.WORSE
WIDE, ROW, REST = 16.0, 0.66, 4.4
"""Centimetres: width of the sheet, height of a row, and of all that is no row."""
HIGH: Final = 0.6
LOWER_IS_BETTER: Final = ("required", "cost_rate", "outgo")
AREA: Final = (0.1, 0.22, 0.86, 0.56)


def draw(bridge: "Bridge", fund: str, measure: str, lang: str = "en") -> Chart:
    """The old answer, every step, the new answer, from top to bottom; a second measure beside it on the same rows."""
    import pandas as pd

    said = words_of(bridge.new.scenario, lang)
    tables = bridge.shown(fund, measure)
    steps = [MODEL, *bridge.steps, UNEXPLAINED]
    high = ROW * (len(steps) + 2) + REST
    dates = [each.scenario.values.horizon.valuation_year for each in (bridge.old, bridge.new)]
    with canvas.style():
        figure = canvas.sheet(
            _title(bridge, fund, measure, said),
            word("axis.bridge", lang),
            foot(bridge.new.scenario, lang, [], [word("note.bridge", lang)]),
            lang,
            size=(WIDE * CENTIMETRE, high * CENTIMETRE),
        )
        left, width = 0.22, 0.73 / len(tables) - 0.04
        for place, (name, table) in enumerate(tables.items()):
            area = (left + place * (width + 0.05), 1.8 / high, width, ROW * (len(steps) + 2) / high)
            axes = canvas.plot_area(figure, area)
            _panel(axes, bridge, fund, name, table, said)
            heading = canvas.wrapped(measure_told(name, fund, said).replace("`", ""), 34, 2, 8.0)
            axes.set_title(heading, fontsize=8.0, loc="left")
            ends = [f"{name}, {date}" for name, date in zip(_names(bridge, said), dates, strict=True)]
            names = [ends[0], *(said.label(f"bridge.step.{step}") for step in steps), ends[1]]
            labels = [canvas.wrapped(each, 24, 2) for each in names] if place == 0 else [""] * len(names)
            axes.set_yticks(range(len(names)), labels, fontsize=8)
    data = pd.concat(tables, names=["measure", "step"]).reset_index()
    return Chart(f"bridge_{fund}_{measure}", figure, data)


def _names(bridge: "Bridge", said: "Words") -> tuple[str, str]:
    """What both are called: by their titles, by what the folders are called where these are the same."""
    old, new = (scenario_title(each.scenario, said.lang) for each in (bridge.old, bridge.new))
    return (old, new) if old != new else (bridge.old.name, bridge.new.name)


def _title(bridge: "Bridge", fund: str, measure: str, said: "Words") -> str:
    """From which answer to which."""
    unit, ends = bridge.unit(fund, measure), bridge.ends(fund, measure)
    before, after = (told(value, unit, said) for value in ends)
    old, new = _names(bridge, said)
    names = {"old": old, "new": new, "what": measure_told(measure, fund, said).replace("`", "")}
    return word("title.bridge", said.lang, fund=fund_label(fund, said), before=before, after=after, **names)


def _panel(axes: "Axes", bridge: "Bridge", fund: str, measure: str, table: "pd.DataFrame", said: "Words") -> None:
    """One measure: totals from its axis' beginning, steps where those before have led to."""
    unit = bridge.unit(fund, measure)
    before, after = bridge.ends(fund, measure)
    steps = table.drop(index=TOTAL)
    ends = np.array([before, *steps["after"]])
    rows = len(steps) + 2
    low, high = float(min(ends.min(), after)), float(max(ends.max(), after))
    room = (high - low) or abs(high) or 1.0
    start = 0.0 if low <= 0 <= high or unit.startswith("yuan") else _below(low - 0.15 * room, room)
    axes.set_xlim(min(low, start) - (0.3 * room if low < 0 else 0.0), max(high, start) + 0.42 * room)
    axes.grid(visible=False)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.barh([0, rows - 1], [before - start, after - start], HIGH, left=start, color=WHOLE)
    good = -1 if measure.startswith(LOWER_IS_BETTER) else 1
    for place, (step, row) in enumerate(steps.iterrows(), 1):
        effect, at = float(row["effect"]), float(ends[place - 1])
        better = good * effect >= 0
        look: dict[str, Any] = (
            {"color": BLUE} if better else {"color": HATCHED, "hatch": "////", "edgecolor": VERMILLION}
        )
        axes.barh(place, effect, HIGH, left=at, linewidth=0.4, **look)
        axes.plot([at, at], [place - 1 + HIGH / 2, place + HIGH / 2], color=GREY, linewidth=0.6)
        shown = signed(effect, unit, said) if step != UNEXPLAINED or effect else said.number(0.0)
        free = float(row["order_free"]) if step not in (MODEL, UNEXPLAINED) else np.nan
        _tell(axes, max(at, at + effect, at + np.nan_to_num(free)), place, shown)
        axes.plot([at + free], [place], "D", color=BLACK, markersize=3.2, zorder=6)
    axes.plot([after, after], [rows - 2 + HIGH / 2, rows - 1 - HIGH / 2], color=GREY, linewidth=0.6)
    for place, value in ((0, before), (rows - 1, after)):
        _tell(axes, max(value, start), place, told(value, unit, said))
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(3, integer=measure == FUNDED_UNTIL))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: at_axis(value, unit, said)))
    axes.tick_params(axis="x", labelsize=7.5)
    if start:
        axes.set_xlabel(word("head.begins", said.lang, low=at_axis(start, unit, said)), fontsize=7.5, color=GREY)


def _below(value: float, room: float) -> float:
    """A round number below a value, in steps that suit the room of an axis."""
    return float(MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(value - 0.2 * room, value + room)[0])


def _tell(axes: "Axes", value: float, place: int, text: str) -> None:
    """Words right of a bar."""
    axes.annotate(text, xy=(value, place), xytext=(5, 0), textcoords="offset points", va="center", fontsize=7.5)


def draw_vintages(answers: Sequence[Vintage], fund: str, lang: str = "en") -> Chart:
    """By valuation date, the year in which a fund was said to run out: accepted answers, and those found again afterwards."""
    import pandas as pd

    own = [each for each in answers if each.fund == fund]
    last = max(each.last_year for each in own)
    again = sorted((each for each in own if each.kind == RECONSTRUCTED), key=lambda each: each.valuation_year)
    told_then = [each for each in own if each.kind == ACCEPTED]
    days = len({each.said_on for each in told_then})
    notes = [word("note.vintages", lang, answers=len(told_then), days=days, last=last)]
    with canvas.style():
        figure = canvas.sheet(
            _vintages_title(own, fund, lang),
            word("axis.vintages", lang),
            [f"simsurance {__version__}", *notes],
            lang,
        )
        axes = canvas.plot_area(figure, AREA)
        heights = [each.depletion_year or last + 2 for each in again]
        axes.plot([each.valuation_year for each in again], heights, color=BLUE, linewidth=1.2, zorder=3)
        faces = [("white", each, height) for each, height in zip(again, heights, strict=True)]
        faces += [(BLACK, each, each.depletion_year or last + 2) for each in told_then]
        for face, each, height in faces:
            edge = BLACK if each.kind == ACCEPTED else BLUE
            shape = "o" if each.depletion_year else "^"
            axes.plot(
                [each.valuation_year],
                [height],
                shape,
                markersize=6,
                markeredgecolor=edge,
                markerfacecolor=face,
                zorder=5,
            )
        lows: dict[int, list[int]] = {}
        for _, each, height in faces:
            lows.setdefault(each.valuation_year, []).append(int(height))
        for year, found in lows.items():
            for height in sorted({min(found), max(found)}):
                text = f"{height}" if height <= last else ""
                up = -11 if height == min(found) and len(set(found)) > 1 else 6
                axes.annotate(
                    text, xy=(year, height), xytext=(0, up), textcoords="offset points", ha="center", fontsize=7.5
                )
        axes.set_ylim(min(min(each) for each in lows.values()) - 3, max(max(each) for each in lows.values()) + 4)
        axes.set_xlim(min(lows) - 0.5, max(lows) + 0.6)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}" if year <= last else ""))
        return Chart(f"vintages_{fund}", figure, pd.DataFrame([vars(each) for each in own]))


def _vintages_title(answers: "Sequence[Vintage]", fund: str, lang: str) -> str:
    """Between which years past answers lie."""
    dates = sorted({each.valuation_year for each in answers})
    years, last = sorted(each.depletion_year or np.inf for each in answers), max(each.last_year for each in answers)
    first, final = (int(year) if np.isfinite(year) else None for year in (years[0], years[-1]))
    span: dict[str, Any] = {"earliest": first, "latest": final, "last": last}
    return word("title.vintages", lang, fund=fund_label(fund, lang), first=dates[0], then=dates[-1], **span)


def write_all(
    bridge: "Bridge",
    answers: Sequence[Vintage],
    folder: Path,
    fund: str,
    measure: str,
    lang: str,
    formats: Sequence[str] = FORMATS,
) -> Iterator[Path]:
    """Draw the charts into a folder, `answers`: those of the past; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    yield from canvas.write(draw(bridge, fund, measure, lang), folder, formats)
    for each in POOLED:
        yield from canvas.write(draw_vintages(answers, each, lang), folder, formats)
