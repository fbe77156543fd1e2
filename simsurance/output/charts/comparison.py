"""Charts of several scenarios: levels, and differences from the base."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance import __version__
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, BLUE, DASH_DOT, DASHED, DOTTED, ORANGE, SKY, SOLID, VERMILLION, Line
from simsurance.output.charts.fund import between, reserve_history
from simsurance.output.charts.words import WORDS, word
from simsurance.output.history import NOTHING, History, past
from simsurance.output.labels import Lang, label, scenario_title, unit
from simsurance.output.measured import measured, year_or_none

if TYPE_CHECKING:
    from simsurance.analysis.compare import Comparison
    from simsurance.scenario_file.loader import Scenario

LOOKS: Final[tuple[tuple[str, Any], ...]] = (
    (BLACK, SOLID),
    (BLUE, DASHED),
    (VERMILLION, DASH_DOT),
    (SKY, SOLID),
    (ORANGE, DOTTED),
)
MOST_OTHERS: Final = len(LOOKS) - 1
CHARTS: Final = {
    "reserve_months": ("reserve_months", "months", False),
    "fund_balance": ("closing", "yuan", False),
    "insured": ("resident_insured", "persons", False),
    "cost_rate": ("cost_rate", "share", False),
    "fund_balance_difference": ("closing", "yuan", True),
    "insured_difference": ("resident_insured", "persons", True),
}
"""Name of the chart -> column of the fund table, its unit, and whether differences from the base are drawn."""


def draw(name: str, comparison: "Comparison", lang: Lang = "en", others: range | None = None) -> canvas.Chart:
    """One chart of the base and at most four others (positions in the comparison; the first four if none are given)."""
    chosen = others if others is not None else range(1, min(len(comparison.names), MOST_OTHERS + 1))
    with canvas.style():
        return _draw(name, comparison, lang, chosen)


def _draw(name: str, comparison: "Comparison", lang: Lang, others: range) -> canvas.Chart:
    column, of, by_difference = CHARTS[name]
    shown = unit(of, lang)
    runs_out = name in ("reserve_months", "fund_balance")
    lines: list[Line] = []
    for place in ([] if by_difference else [0]) + list(others):
        points = _points(comparison, place, column, by_difference, shown.size)
        look = LOOKS[len(lines) + by_difference]
        lines.append(Line(comparison.names[place], _label(comparison, place, lang, runs_out), points, *look))
    base = comparison.results[0]
    if not by_difference:
        lines[0] = _with_past(lines[0], _known(name, base.scenario), shown.size)
    title = _title(name.removesuffix("_difference"), column, lang)
    if by_difference:
        title = word("difference", lang, of=title, base=scenario_title(base.scenario, lang))
    axis = between(lang).join((shown.name, word(f"{name.removesuffix('_difference')}_axis", lang)))
    below = [word("history_note", lang)] if lines[0].published else []
    figure = canvas.sheet(title, axis, [f"simsurance {__version__}", *below])
    axes = canvas.plot_area(figure)
    canvas.draw_lines(axes, lines)
    canvas.year_axis(axes, lines, base.years[0], word("projection", lang))
    canvas.from_zero(axes)
    if name == "reserve_months":
        canvas.limit_deficit(axes)
    canvas.direct_labels(axes, lines)
    return canvas.Chart(name, figure, canvas.frame(lines, shown.name))


def _title(name: str, column: str, lang: Lang) -> str:
    """The title that the chart of one scenario has, or the name of the column."""
    if name in WORDS:
        return word(name, lang)
    words = label("fund", column, lang)
    return words[:1].upper() + words[1:]


def _points(comparison: "Comparison", place: int, column: str, by_difference: bool, size: float) -> dict[int, float]:
    """A scenario's column by year, or its difference from the base in the years that both have."""
    base, own = comparison.results[0], comparison.results[place]
    points = dict(zip(own.years, own.account[column].tolist(), strict=True))
    if by_difference:
        start = dict(zip(base.years, base.account[column].tolist(), strict=True))
        points = {year: value - start[year] for year, value in points.items() if year in start}
    return {year: value / size for year, value in points.items()}


def _label(comparison: "Comparison", place: int, lang: Lang, runs_out: bool) -> str:
    """A scenario's title on short lines and, if asked for, the year in which its fund runs out."""
    result = comparison.results[place]
    label = canvas.wrapped(scenario_title(result.scenario, lang))
    depletion = year_or_none(measured(result)["depletion_year"])
    return label if depletion is None or not runs_out else f"{label}\n▼ {depletion}"


def _known(name: str, scenario: "Scenario") -> History:
    """The published years before the base's line."""
    if name == "reserve_months":
        return reserve_history(scenario)
    measures = {"insured": "resident_insured", "fund_balance": "resident_cumulative_balance"}
    return past(scenario, measures[name]) if name in measures else NOTHING


def _with_past(line: Line, known: History, size: float) -> Line:
    return Line(line.series, line.label, line.points, line.colour, line.dashes, known.shown(size), known.estimated)


def write_all(comparison: "Comparison", folder: Path, lang: Lang) -> Iterator[Path]:
    """Draw every chart into a folder, with more than four others in several files; yields the files."""
    folder.mkdir()
    many = len(comparison.names)
    for name in CHARTS:
        for part, first in enumerate(range(1, many, MOST_OTHERS), start=1):
            chart = draw(name, comparison, lang, range(first, min(first + MOST_OTHERS, many)))
            stem = name if part == 1 else f"{name}_{part}"
            yield from canvas.write(canvas.Chart(stem, chart.figure, chart.data), folder)


class ComparisonPlots:
    """The charts of a comparison as figures, the base and at most four others: `comparison.plot.insured()`."""

    def __init__(self, comparison: "Comparison") -> None:
        self._comparison = comparison

    def reserve_months(self, lang: Lang = "en") -> canvas.ChartFigure:
        """The fund in months of its outgo."""
        return draw("reserve_months", self._comparison, lang).figure

    def fund_balance(self, lang: Lang = "en") -> canvas.ChartFigure:
        """The fund on 31 December."""
        return draw("fund_balance", self._comparison, lang).figure

    def insured(self, lang: Lang = "en") -> canvas.ChartFigure:
        """Insured on 31 December."""
        return draw("insured", self._comparison, lang).figure

    def cost_rate(self, lang: Lang = "en") -> canvas.ChartFigure:
        """Outgo over members' disposable income."""
        return draw("cost_rate", self._comparison, lang).figure

    def fund_balance_difference(self, lang: Lang = "en") -> canvas.ChartFigure:
        """The fund less that of the base."""
        return draw("fund_balance_difference", self._comparison, lang).figure

    def insured_difference(self, lang: Lang = "en") -> canvas.ChartFigure:
        """Insured less those of the base."""
        return draw("insured_difference", self._comparison, lang).figure
