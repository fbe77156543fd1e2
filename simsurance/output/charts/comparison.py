"""Charts of several scenarios: levels, and differences from the base."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance import __version__
from simsurance.errors import SimsuranceError
from simsurance.evidence.published import NOTHING, History, at_prices, fund_past, past
from simsurance.language import words
from simsurance.ledger import POOL
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, BLUE, DASH_DOT, DASHED, DOTTED, ORANGE, SKY, SOLID, VERMILLION, Line
from simsurance.output.charts.fund import (
    band_lines,
    draw_band,
    name_band,
    remarks,
    reserve_band,
    reserve_history,
    title,
)
from simsurance.output.charts.words import clauses, word
from simsurance.output.labels import fund_label, scenario_title, unit, words_of
from simsurance.output.measured import measured, year_or_none
from simsurance.output.ranges import short_range

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from simsurance.analysis.compare import Comparison
    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.results import RunResult
    from simsurance.scenario_file.loader import Scenario

LOOKS: Final[tuple[tuple[str, Any], ...]] = (
    (BLACK, SOLID),
    (BLUE, DASHED),
    (VERMILLION, DASH_DOT),
    (SKY, SOLID),
    (ORANGE, DOTTED),
)
MOST_LINES, LEAST_LINES = 10, 2
"""Lines of all titles beside a chart together, and of each at least."""
MOST_OTHERS: Final = len(LOOKS) - 1
Ranges = Sequence["SingleChanges"] | None
"""The ranges of every scenario of a comparison, in its order."""


@dataclass(frozen=True)
class Shown:
    """What a chart shows: a fund's column, its unit, the words of title and axis; levels or differences from the base."""

    fund: str
    column: str
    unit: str
    words: str
    by_difference: bool = False

    @property
    def dated(self) -> bool:
        """Whether the year stands in it in which the fund runs out."""
        return self.words in ("reserve_months", "fund_balance") and not self.by_difference


CHARTS: Final = {
    "reserve_months": Shown("resident", "reserve_months", "months", "reserve_months"),
    "fund_balance": Shown("resident", "closing", "yuan", "fund_balance"),
    "insured": Shown("resident", "resident_insured", "persons", "insured"),
    "cost_rate": Shown("resident", "cost_rate", "share", "cost_rate"),
    "fund_balance_difference": Shown("resident", "closing", "yuan", "fund_balance", True),
    "insured_difference": Shown("resident", "resident_insured", "persons", "insured", True),
    "employee_reserve_months": Shown(POOL, "reserve_months", "months", "reserve_months"),
    "employee_fund_balance": Shown(POOL, "closing", "yuan", "fund_balance"),
    "employee_fund_balance_difference": Shown(POOL, "closing", "yuan", "fund_balance", True),
}
"""Every chart of a comparison by its name, which is also the stem of its files."""


def charts_of(comparison: "Comparison") -> list[str]:
    """The charts of funds that every scenario projects."""
    return [name for name, shown in CHARTS.items() if all(shown.fund in each.accounts for each in comparison.results)]


def draw(
    name: str, comparison: "Comparison", lang: str = "en", others: range | None = None, ranges: Ranges = None
) -> canvas.Chart:
    """One chart of the base and at most four others (positions in the comparison; the first four if none are given).

    Depletion years stand with their ranges, one a scenario, if these are given. Raises SimsuranceError if a scenario does not
    project the fund.
    """
    if name not in charts_of(comparison):
        raise SimsuranceError(
            f"{', '.join(comparison.names)}: the chart {name} needs the employee scheme in each; "
            "set employee.projected = true"
        )
    chosen = others if others is not None else range(1, min(len(comparison.names), MOST_OTHERS + 1))
    with canvas.style():
        return _draw(name, comparison, lang, chosen, ranges)


def _draw(name: str, comparison: "Comparison", lang: str, others: range, ranges: Ranges) -> canvas.Chart:
    what, base = CHARTS[name], comparison.results[0]
    drawn = {place: _points(comparison, place, what) for place in ([] if what.by_difference else [0]) + list(others)}
    shown = unit(what.unit, words_of(base.scenario, lang), chain(*(points.values() for points in drawn.values())))
    lines: list[Line] = []
    for place, amounts in drawn.items():
        points = {year: amount / shown.size for year, amount in amounts.items()}
        look = LOOKS[len(lines) + what.by_difference]
        lines.append(Line(comparison.names[place], _label(comparison, place, what, lang, ranges), points, *look))
    if not what.by_difference:
        lines[0] = _with_past(lines[0], _known(what, base.scenario), shown.size)
    heading = _title(comparison, what, lang)
    if what.by_difference:
        heading = word("title.difference", lang, of=heading, base=scenario_title(base.scenario, lang))
    axis = word(f"axis.{what.words}", lang, unit=shown.name, year=base.years[0] - 1)
    below = remarks(lines, lang)
    if ranges and any("▼" in line.label for line in lines):
        below.append(word("note.range", lang))
    band = _band(comparison, list(drawn), what)
    figure = canvas.sheet(heading, axis, [], lang)
    axes = canvas.plot_area(figure)
    draw_band(axes, band)
    canvas.draw_lines(axes, lines)
    canvas.year_axis(axes, lines, base.years[0], word("mark.projection", lang))
    canvas.from_zero(axes)
    if band:
        name_band(axes, band, lines, lang)
    if what.words == "reserve_months" and canvas.limit_deficit(axes):
        lines = _leaving(axes, lines, lang)
        below.append(word("note.frame", lang))
    canvas.direct_labels(axes, lines)
    canvas.write_footer(figure, [clauses([f"simsurance {__version__}", *below], lang)])
    return canvas.Chart(name, figure, canvas.frame([*lines, *band_lines(band, base.years)], shown.name))


def _band(comparison: "Comparison", drawn: list[int], what: Shown) -> list[float]:
    """The reserve that every scenario drawn wants of the fund; empty where one wants another or none."""
    wanted = [reserve_band(comparison.results[place].scenario, what.fund) for place in drawn]
    same = what.words == "reserve_months" and all(band == wanted[0] for band in wanted)
    return wanted[0] if same else []


def _leaving(axes: "Axes", lines: list[Line], lang: str) -> list[Line]:
    """A ▽ where a line leaves the frame below; the lines with their deepest deficit in their labels."""
    floor = axes.get_ylim()[0]
    told = []
    for line in lines:
        years, months = list(line.points), list(line.points.values())
        deepest = min(months)
        if deepest < floor:
            out = next(place for place, value in enumerate(months) if value < floor)
            year = float(np.interp(-floor, [-value for value in months[out - 1 : out + 1]], years[out - 1 : out + 1]))
            spot = year if out else years[0]
            axes.plot(
                [spot], [floor], "v", color=line.colour, markerfacecolor="white", markersize=6, zorder=11, clip_on=False
            )
            words = word("line.deepest", lang, months=-deepest, year=years[months.index(deepest)])
            line = replace(line, label=f"{line.label}\n{words}")
        told.append(line)
    return told


def _title(comparison: "Comparison", what: Shown, lang: str) -> str:
    """The title of what is shown; whose it is where there are several funds."""
    whose = word("scheme.resident", lang) if what.words == "insured" else fund_label(what.fund, lang)
    return title(comparison.results[0], word(f"title.{what.words}", lang), whose, lang)


def _points(comparison: "Comparison", place: int, what: Shown) -> dict[int, float]:
    """A scenario's column by year, or its difference from the base in the years that both have; amounts at constant prices."""
    base, own = comparison.results[0], comparison.results[place]
    points = _column(own, what)
    if what.by_difference:
        start = _column(base, what)
        points = {year: value - start[year] for year, value in points.items() if year in start}
    return points


def _column(results: "RunResult", what: Shown) -> dict[int, float]:
    """What a chart shows of a scenario by year, amounts at its own constant prices."""
    account = results.accounts[what.fund]
    values = account[what.column] / account["price_level"] if what.unit == "yuan" else account[what.column]
    return dict(zip(results.years, values.tolist(), strict=True))


def _label(comparison: "Comparison", place: int, what: Shown, lang: str, ranges: Ranges) -> str:
    """A scenario's title on short lines and, below levels of a fund, the year in which it runs out with its range beside it.

    Without a range it says that the year is that of the central path.
    """
    result = comparison.results[place]
    most = max(MOST_LINES // len(comparison.results), LEAST_LINES)
    label = canvas.wrapped(scenario_title(result.scenario, lang), most=most)
    depletion = year_or_none(measured(result, what.fund)["depletion_year"])
    if depletion is None or not what.dated:
        return label
    found = short_range(ranges[place].funds[what.fund], lang) if ranges else words(lang).label("range.central")
    return f"{label}\n{word('mark.dated', lang, year=depletion, range=found)}"


def _known(what: Shown, scenario: "Scenario") -> History:
    """The published years before the base's line."""
    match what.words:
        case "reserve_months":
            return reserve_history(scenario, what.fund)
        case "fund_balance":
            return at_prices(fund_past(scenario, what.fund, "cumulative_balance"), scenario)
        case "insured":
            return past(scenario, "resident_insured")
    return NOTHING


def _with_past(line: Line, known: History, size: float) -> Line:
    return Line(line.series, line.label, line.points, line.colour, line.dashes, known.shown(size), known.estimated)


def write_all(comparison: "Comparison", folder: Path, lang: str, ranges: Ranges = None) -> Iterator[Path]:
    """Draw every chart into a folder, with more than four others in several files; yields the files."""
    folder.mkdir()
    many = len(comparison.names)
    for name in charts_of(comparison):
        for part, first in enumerate(range(1, many, MOST_OTHERS), start=1):
            chart = draw(name, comparison, lang, range(first, min(first + MOST_OTHERS, many)), ranges)
            stem = name if part == 1 else f"{name}_{part}"
            yield from canvas.write(canvas.Chart(stem, chart.figure, chart.data), folder)


class ComparisonPlots:
    """The charts of a comparison as figures, the base and at most four others: `comparison.plot.insured()`."""

    def __init__(self, comparison: "Comparison", ranges: "Callable[[], Ranges] | None" = None) -> None:
        self._comparison = comparison
        self._ranges = ranges

    def _draw(self, name: str, lang: str) -> canvas.ChartFigure:
        """The chart of that name; ranges are found when one tells a depletion year."""
        ranges = self._ranges() if self._ranges and CHARTS[name].dated else None
        return draw(name, self._comparison, lang, ranges=ranges).figure

    def reserve_months(self, lang: str = "en") -> canvas.ChartFigure:
        """The resident fund in months of its outgo."""
        return self._draw("reserve_months", lang)

    def fund_balance(self, lang: str = "en") -> canvas.ChartFigure:
        """The resident fund on 31 December."""
        return self._draw("fund_balance", lang)

    def insured(self, lang: str = "en") -> canvas.ChartFigure:
        """Insured of the resident scheme on 31 December."""
        return self._draw("insured", lang)

    def cost_rate(self, lang: str = "en") -> canvas.ChartFigure:
        """Outgo of the resident fund over its members' disposable income."""
        return self._draw("cost_rate", lang)

    def fund_balance_difference(self, lang: str = "en") -> canvas.ChartFigure:
        """The resident fund less that of the base."""
        return self._draw("fund_balance_difference", lang)

    def insured_difference(self, lang: str = "en") -> canvas.ChartFigure:
        """Insured less those of the base."""
        return self._draw("insured_difference", lang)

    def employee_reserve_months(self, lang: str = "en") -> canvas.ChartFigure:
        """The employee scheme's pooled fund in months of its outgo."""
        return self._draw("employee_reserve_months", lang)

    def employee_fund_balance(self, lang: str = "en") -> canvas.ChartFigure:
        """The employee scheme's pooled fund on 31 December."""
        return self._draw("employee_fund_balance", lang)

    def employee_fund_balance_difference(self, lang: str = "en") -> canvas.ChartFigure:
        """The employee scheme's pooled fund less that of the base."""
        return self._draw("employee_fund_balance_difference", lang)
