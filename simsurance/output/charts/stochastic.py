"""Charts of draws: fans of a fund above the chance that it is depleted, and the year in which it is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from matplotlib import patheffects
from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MultipleLocator

from simsurance.errors import SimsuranceError
from simsurance.evidence.published import History, at_prices, fund_past
from simsurance.ledger import POOL, RESIDENT
from simsurance.measures import measure_of
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import (
    BAND_50,
    BAND_80,
    BAND_95,
    BLACK,
    CENTIMETRE,
    GREY,
    VERMILLION,
    Chart,
    ChartFigure,
    Foot,
    Line,
    ink,
)
from simsurance.output.charts.fund import reserve_history
from simsurance.output.charts.notes import foot
from simsurance.output.charts.words import word
from simsurance.output.draws_words import odds, range_words, sampler_words, spread_facts
from simsurance.output.labels import drawn_unit, fund_label, words_of
from simsurance.output.measured import depletion_in
from simsurance.output.planned import FORMATS
from simsurance.variables import CONSTANT_PRICES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simsurance.language import Words
    from simsurance.scenario_file.loader import Scenario
    from simsurance.uncertainty.stochastic import Stochastic

BANDS: Final = ((2.5, 97.5, BAND_95), (10.0, 90.0, BAND_80), (25.0, 75.0, BAND_50))
"""Percentiles between which a band lies and its colour, the widest first."""
MEDIAN: Final = 50.0
PERCENTILES: Final = tuple(sorted({*(end for *ends, _ in BANDS for end in ends), MEDIAN}))
CENTRAL_LOOK: Final[Any] = {"color": BLACK, "linewidth": 2.0, "solid_capstyle": "butt"}
MEDIAN_LOOK: Final[Any] = {"color": "#00517F", "linewidth": 1.5, "linestyle": (0, (4, 1.8))}
PAPER_EDGE: Final = [patheffects.Stroke(linewidth=2.8, foreground="white"), patheffects.Normal()]
INK: Final = ink(VERMILLION)
"""Of words on what is drawn in vermillion."""
TOLD: Final = (0.1, 0.5, 0.9)
"""Chances whose year is told."""
MOST_ABOVE: Final = 5.0
"""A fan shows so many times the highest balance published or of the central run."""
MONTHS_BELOW: Final = 12.0
"""Months of a deficit that a fan of reserve months shows."""
LITTLE_ROOM: Final = 0.3
"""Share of the height below zero under which no words stand there."""
BAR: Final = 0.78
SIZE: Final = (16 * CENTIMETRE, 11.5 * CENTIMETRE)
UNDER: Final = 24.0
"""Points below the title of a fan: what it shows, and the gap to the plot."""
Rect = tuple[float, float, float, float]
FAN: Final = (0.105, 0.455, 0.685, 0.385)
STRIP: Final = (0.105, 0.17, 0.685, 0.21)
DATES: Final = (0.085, 0.27, 0.725, 0.44)
GAP: Final = 2
"""Places between the last year and those draws in which it does not come."""
COLUMNS: Final = ("series", "kind", "percentile", "year", "value", "unit")


@dataclass(frozen=True)
class Fan:
    """What a fan shows: a fund's column among the percentiles and its unit."""

    fund: str
    column: str
    unit: str

    @property
    def in_months(self) -> bool:
        """Whether it shows months of expenditure; amounts otherwise."""
        return self.unit == "months"

    def history(self, scenario: "Scenario") -> History:
        """The published years before it."""
        if self.in_months:
            return reserve_history(scenario, self.fund)
        return at_prices(fund_past(scenario, self.fund, "cumulative_balance"), scenario)


def fan(stochastic: "Stochastic", lang: str, what: Fan) -> tuple[ChartFigure, "pd.DataFrame"]:
    """Bands of each year with the median and the central run; below it the chance that the fund is depleted by then."""
    said = words_of(stochastic.scenario, lang)
    amounts = by_year(stochastic, what)
    shown = drawn_unit(what.unit, said, amounts.to_numpy().ravel().tolist())
    table = amounts / shown.size
    known = what.history(stochastic.scenario)
    past = Line.of(measure_of(what.fund, what.column), "", (), np.array([]), known, shown.size)
    chances = stochastic.probabilities.xs(what.fund, level="fund")["depleted"]
    frame = _frame(table, past, what)
    cut = frame[0] > table["p2.5"].min() or frame[1] < table["p97.5"].max()
    notes = [word("note.yearly", lang), *([word("note.cut", lang)] if cut else [])]
    axis = "axis.reserve_months" if what.in_months else "axis.fund_balance"
    figure = canvas.sheet(
        _fan_title(stochastic, what, said),
        word(axis, lang, unit=shown.name, basis=_basis(stochastic, lang), whose=fund_label(what.fund, lang)),
        _foot(stochastic, lang, [past], notes),
        lang,
        SIZE,
    )
    axes = canvas.plot_area(figure, _below_heading(FAN, figure))
    _draw_fan(axes, table, past, frame)
    canvas.year_axis(axes, _span(stochastic, past), stochastic.years[0], word("mark.projection", lang))
    axes.tick_params(labelbottom=False)
    _mark_depletion(axes, stochastic, what.fund, lang)
    _key(axes, said)
    strip = canvas.plot_area(figure, STRIP)
    _draw_strip(strip, chances, said)
    canvas.year_axis(strip, _span(stochastic, past), stochastic.years[0])
    return figure, _fan_table(what, table, past, chances, shown.name)


def _below_heading(rect: Rect, figure: ChartFigure) -> Rect:
    """A plot that begins below title and subtitle, however many lines they have."""
    left, bottom, wide, high = rect
    return left, bottom, wide, min(high, 1 - (figure.headed + UNDER) / (72 * figure.get_size_inches()[1]) - bottom)


def _basis(stochastic: "Stochastic", lang: str) -> str:
    """What amounts of draws are measured in: each at the prices of its own path."""
    return word(f"money.basis.{CONSTANT_PRICES}", lang, year=stochastic.years[0] - 1)


def by_year(stochastic: "Stochastic", what: Fan) -> "pd.DataFrame":
    """Percentiles and the central run of what a fan shows, in the tables' unit; index year."""
    table = stochastic.percentiles.xs((what.fund, what.column), level=("fund", "column"))
    return cast("pd.DataFrame", table)


def _frame(table: "pd.DataFrame", past: Line, what: Fan) -> tuple[float, float]:
    """Lowest and highest value shown: what lies far beyond what is held leaves the frame, or it could not be seen."""
    held = max(table["central"].max(), *past.published.values(), 0.0)
    top = max(table["p97.5"].max(), held)
    if held > 0:
        top = min(top, MOST_ABOVE * held)
    floor = MONTHS_BELOW if what.in_months else top
    return max(min(table["p2.5"].min(), *past.published.values(), 0.0), -floor), top


def _fan_title(stochastic: "Stochastic", what: Fan, said: "Words") -> str:
    """What happens to the fund, with the numbers."""
    whose, last = fund_label(what.fund, said.lang), stochastic.years[-1]
    if what.in_months:
        share = float(stochastic.probabilities.xs(what.fund, level="fund")["depleted"].iloc[-1])
        _, half, _ = stochastic.range_of(what.fund)
        half = half if half != last else None
        return said.say("chart.title.fan_reserve_months", fund=whose, last=last, share=share, half=half)
    found = by_year(stochastic, what).iloc[-1]
    ends = {"low": float(found["p10"]), "high": float(found["p90"])}
    return said.say("chart.title.fan_fund_balance", fund=whose, last=last, **ends)


def _foot(stochastic: "Stochastic", lang: str, lines: list[Line], notes: list[str]) -> Foot:
    """Scenario, version and draws; below it what the marks mean and what a reader has to know of draws."""
    scenario = stochastic.scenario
    drawn = word("note.spread", lang, **spread_facts(scenario))
    return foot(scenario, lang, lines, [*notes, drawn]).also(sampler_words(stochastic, lang))


def _span(stochastic: "Stochastic", past: Line) -> list[Line]:
    """The years of the axis: published and projected."""
    return [past, Line("", "", dict.fromkeys(stochastic.years, 0.0))]


def _draw_fan(axes: "Axes", table: "pd.DataFrame", past: Line, frame: tuple[float, float]) -> None:
    """Bands, median and central run, from the last published stock on where it is the opening; history joined."""
    years, opening = list(table.index), past.published.get(int(table.index[0]) - 1)
    before = [] if opening is None else [opening]
    at = [years[0] - 1, *years] if before else years
    for low, high, colour in BANDS:
        below, above = ([*before, *table[f"p{end:g}"]] for end in (low, high))
        axes.fill_between(at, below, above, color=colour, linewidth=0, zorder=2.5)
    below_zero = axes.axhspan(1.04 * frame[0], 0, facecolor="none", edgecolor=canvas.GRID, hatch="////", linewidth=0)
    below_zero.set_zorder(0.5)
    axes.plot(at, [*before, *table["central"]], zorder=5, **CENTRAL_LOOK)
    (median,) = axes.plot(at, [*before, *table[f"p{MEDIAN:g}"]], zorder=6, **MEDIAN_LOOK)
    median.set_path_effects(PAPER_EDGE)
    canvas.draw_lines(axes, [past])
    axes.axhline(0, color=BLACK, linewidth=0.9, zorder=4)
    axes.set_ylim(1.04 * frame[0], 1.04 * frame[1])


def _mark_depletion(axes: "Axes", stochastic: "Stochastic", fund: str, lang: str) -> None:
    """▼ and the year where the fund is depleted on the central run; a late year stands below, or right of the plot."""
    year = _central(stochastic, fund)
    if year is None:
        return
    axes.plot([year], [0], marker="v", color=VERMILLION, markeredgecolor="white", markersize=7.5, zorder=10)
    left, right = axes.get_xlim()
    late = year > right - 0.2 * (right - left)
    words, (floor, top) = word("mark.depleted", lang, year=year), axes.get_ylim()
    if late and -floor < LITTLE_ROOM * (top - floor):
        beside = axes.get_yaxis_transform()
        axes.annotate(words, (1.02, 0), xycoords=beside, color=INK, fontsize=8, va="center", annotation_clip=False)
        return
    offset = (-5, -6) if late else (5, 6)
    note = axes.annotate(words, (year, 0), offset, textcoords="offset points", color=INK, fontsize=8, zorder=10)
    note.set(ha="right" if late else "left", va="top" if late else "bottom", path_effects=PAPER_EDGE)


def _central(stochastic: "Stochastic", fund: str) -> int | None:
    """The depletion year of the central run."""
    return depletion_in(stochastic.measures["central"], fund)


def _key(axes: "Axes", said: "Words") -> None:
    """What lines and bands are, right of them."""
    lines: list[Artist] = [Line2D([], [], **CENTRAL_LOOK), Line2D([], [], **MEDIAN_LOOK)]
    names = [said.label("chart.line.central"), said.label("chart.line.middle")]
    for low, high, colour in reversed(BANDS):
        lines.append(Patch(color=colour, linewidth=0))
        names.append(said.say("chart.line.band", share=(high - low) / 100))
    options = {"frameon": False, "borderaxespad": 0.0, "handlelength": 1.7, "labelspacing": 0.55, "fontsize": 8}
    axes.legend(lines, names, loc="upper left", bbox_to_anchor=(1.02, 1.0), **options)


def _draw_strip(axes: "Axes", chances: "pd.Series[float]", said: "Words") -> None:
    """Bars of the chance that the fund is depleted by the end of a year; the years of some chances, and the last one."""
    axes.bar(list(chances.index), 100 * chances.to_numpy(), BAR, color=VERMILLION, zorder=3)
    axes.set_ylim(0, 100)
    axes.yaxis.set_major_locator(MultipleLocator(50))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: said.quantity("percent_whole", value / 100)))
    axes.set_title(said.label("chart.axis.depleted_by"), loc="left", fontsize=8.5, pad=4)
    for told in TOLD:
        reached = chances.index[chances >= told]
        if len(reached):
            place = int(reached[0])
            text = said.say("chart.mark.chance_by", share=told, year=place)
            note = axes.annotate(text, (place - BAR / 2, 100 * told), (-2, 0), textcoords="offset points")
            note.set(fontsize=7.5, color=INK, ha="right", va="bottom", bbox=canvas.PAPER, zorder=2.5)
    last = float(chances.iloc[-1])
    words = said.say("chart.mark.chance_at_end", share=last, odds=odds(last, said), last=chances.index[-1])
    height = min(max(last, 0.12), 0.88)
    axes.annotate(words, (1.02, height), xycoords="axes fraction", color=INK, va="center", annotation_clip=False)


def _fan_table(what: Fan, table: "pd.DataFrame", past: Line, chances: "pd.Series[float]", shown: str) -> "pd.DataFrame":
    """What a fan draws: one row a point."""
    import pandas as pd

    rows: list[tuple[object, ...]] = []
    for year, value in past.published.items():
        rows.append((past.series, "estimate" if year in past.estimated else "published", np.nan, year, value, shown))
    rows += [(past.series, "central", np.nan, year, value, shown) for year, value in table["central"].items()]
    for each in PERCENTILES:
        rows += [(past.series, "draws", each, year, value, shown) for year, value in table[f"p{each:g}"].items()]
    series = measure_of(what.fund, "depleted")
    rows += [(series, "probability", np.nan, year, 100 * value, "%") for year, value in chances.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def depletion_years(stochastic: "Stochastic", lang: str, fund: str) -> tuple[ChartFigure, "pd.DataFrame"]:
    """The share of draws in which the fund is depleted in a year, and in none; the range of 80 % below."""
    said, years = words_of(stochastic.scenario, lang), stochastic.years
    shares = 100 * stochastic.dated.xs((fund, "depletion"), level=("fund", "event"))["share"]
    figure = canvas.sheet(
        word("title.depletion_years", lang, fund=fund_label(fund, lang), range=range_words(stochastic, fund, lang)),
        word("axis.depletion_years", lang),
        _foot(stochastic, lang, [], []),
        lang,
    )
    axes = canvas.plot_area(figure, DATES)
    never = years[-1] + GAP
    axes.bar(years, shares.iloc[:-1], 0.82, color=VERMILLION, zorder=3)
    (bar,) = axes.bar([never], shares.iloc[-1:], 0.82, color="#BDBDBD", zorder=3)
    bar.set(hatch="////", edgecolor="white", linewidth=0)
    canvas.year_axis(axes, [Line("", "", dict.fromkeys((*years, never), 0.0))], None)
    axes.set_xticks([tick for tick in axes.get_xticks() if years[0] <= tick <= years[-1]])
    axes.set_xlim(years[0] - 0.8, never + 0.8)
    axes.set_ylim(0, 1.06 * max(float(shares.max()), 1.0))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: said.quantity("percent_whole", value / 100)))
    words = said.say("chart.mark.not_depleted_in", share=float(shares.iloc[-1]) / 100, last=years[-1])
    beside = (never + 0.41, max(float(shares.iloc[-1]) / 2, 0.15 * axes.get_ylim()[1]))
    axes.annotate(words, beside, (4, 0), textcoords="offset points", color=GREY, va="center", annotation_clip=False)
    low, median, high = stochastic.range_of(fund)
    central = _central(stochastic, fund)
    _uprights(
        axes,
        {
            said.say("chart.mark.central", year=central): (central or never, canvas.SOLID),
            said.say("chart.mark.median", year=median): (median or never, MEDIAN_LOOK["linestyle"]),
        },
    )
    _bracket(axes, low or never, high or never, range_words(stochastic, fund, lang))
    return figure, _dates_table(fund, shares, central, {10.0: low, MEDIAN: median, 90.0: high})


def _uprights(axes: "Axes", lines: dict[str, tuple[int, Any]]) -> None:
    """Lines through the bars by name: the year and the dashes of each; the names above, where no line crosses them."""
    middle, places = float(np.mean(axes.get_xlim())), [place for place, _ in lines.values()]
    right = float(np.mean(places)) < middle
    apart = max(places) - min(places) > middle - axes.get_xlim()[0]
    rows = sorted(lines.items(), key=lambda line: line[1][0], reverse=right)
    for row, (words, (place, dashes)) in enumerate(rows):
        right = place < middle if apart else right
        height = 1.03 + 0.085 * row
        axes.axvline(place, 0, height, color=BLACK, linewidth=1.1, linestyle=dashes, zorder=5, clip_on=False)
        across, offset = axes.get_xaxis_transform(), (3 if right else -3, 0)
        note = axes.annotate(words, (place, height), offset, across, "offset points", annotation_clip=False)
        note.set(fontsize=8, ha="left" if right else "right", va="center")


def _bracket(axes: "Axes", low: int, high: int, words: str) -> None:
    """A bracket under the axis from one year to another, and words below it."""
    across = axes.get_xaxis_transform()
    xs, ys = [low - 0.41, low - 0.41, high + 0.41, high + 0.41], [-0.15, -0.18, -0.18, -0.15]
    axes.plot(xs, ys, color=BLACK, linewidth=1.1, transform=across, clip_on=False)
    left, right = axes.get_xlim()
    middle = min(max((low + high) / 2, left + 0.3 * (right - left)), right - 0.3 * (right - left))
    axes.text(middle, -0.2, words, transform=across, ha="center", va="top", fontsize=8.5)


def _dates_table(
    fund: str, shares: "pd.Series[float]", central: int | None, found: dict[float, int | None]
) -> "pd.DataFrame":
    """What the bars and lines show: one row each; a date that does not come has the name of the last bar."""
    import pandas as pd

    series, never = measure_of(fund, "depletion_year"), shares.index[-1]
    rows: list[tuple[object, ...]] = [(series, "share", np.nan, year, value, "%") for year, value in shares.items()]
    rows.append((series, "central", np.nan, never if central is None else str(central), np.nan, ""))
    rows += [(series, "draws", each, never if year is None else str(year), np.nan, "") for each, year in found.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


MONTHS: Final = "reserve_months"
BALANCE: Final = f"closing_{CONSTANT_PRICES}"
CHARTS: Final[dict[str, tuple[str, Callable[..., tuple[ChartFigure, "pd.DataFrame"]]]]] = {
    f"{'employee_' * (fund == POOL)}{name}": (fund, draws)
    for fund in (RESIDENT, POOL)
    for name, draws in {
        "fan_reserve_months": partial(fan, what=Fan(fund, MONTHS, "months")),
        "fan_fund_balance": partial(fan, what=Fan(fund, BALANCE, "yuan")),
        "depletion_years": partial(depletion_years, fund=fund),
    }.items()
}
"""Every chart of draws by its name, which is also the stem of its files: the fund that it needs, and what draws it."""


def charts_of(stochastic: "Stochastic") -> list[str]:
    """The charts of funds that the scenario projects."""
    return [name for name, (fund, _) in CHARTS.items() if fund in stochastic.funds]


def draw(name: str, stochastic: "Stochastic", lang: str = "en") -> Chart:
    """The chart of that name; raises SimsuranceError if there is none, or the scenario does not project the fund."""
    if name not in CHARTS:
        raise SimsuranceError(f"{name}: no such chart; there are {', '.join(CHARTS)}")
    if name not in charts_of(stochastic):
        raise SimsuranceError(
            f"{stochastic.scenario.name}: the chart {name} needs the employee scheme; set employee.projected = true"
        )
    with canvas.style():
        return Chart(name, *CHARTS[name][1](stochastic, lang))


def write_all(stochastic: "Stochastic", folder: Path, lang: str, formats: Sequence[str] = FORMATS) -> Iterator[Path]:
    """Draw every chart that the draws have into a folder, in some formats; yields the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in charts_of(stochastic):
        yield from canvas.write(draw(name, stochastic, lang), folder, formats)
