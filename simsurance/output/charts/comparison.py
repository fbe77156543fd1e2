"""Charts of several scenarios: levels on one scale, when a fund runs out in each, and differences from the base."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance import __version__
from simsurance.errors import SimsuranceError
from simsurance.evidence.published import NOTHING, History, fund_past, past
from simsurance.ledger import POOL, RESIDENT
from simsurance.output.charts import canvas, marks, money
from simsurance.output.charts.canvas import (
    BLACK,
    BLUE,
    DASH_DOT,
    DASHED,
    DOTTED,
    GREY,
    ORANGE,
    SHORTFALL,
    SKY,
    SOLID,
    ChartFigure,
    Foot,
    Line,
)
from simsurance.output.charts.fund import ABOVE_HIGHEST, SHORTFALL_HIGH, reserve_history
from simsurance.output.charts.notes import remarks
from simsurance.output.charts.rows import LEFT, Row, draw_rows, rows_high
from simsurance.output.charts.titles import range_in_words
from simsurance.output.charts.words import clauses, word
from simsurance.output.labels import Unit, drawn_unit, fund_label, scenario_title, words_of
from simsurance.output.planned import FORMATS

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
    (ORANGE, DASH_DOT),
    (SKY, SOLID),
    (GREY, DOTTED),
)
IN_PANELS: Final[tuple[tuple[str, Any], ...]] = ((GREY, SOLID), (BLUE, SOLID))
"""The base and the other scenario of a panel."""
MOST_LINES, LEAST_LINES = 10, 2
"""Lines of all titles beside a chart together, and of each at least."""
MOST_OTHERS: Final = len(LOOKS) - 1
"""Scenarios beside the base in one plot; more of them have a panel each."""
MOST_PANELS, ACROSS = 6, 3
"""Panels of a sheet, and of one of its rows."""
PANEL_HIGH, PANEL_HEAD = 84.0, 30.0
"""Points of the height of a panel, and of the scenario's title above it."""
PANEL_LABELS, YEARS_HIGH = 12.0, 22.0
"""Points right of a panel, and of the years below all."""
ALIKE: Final = 0.01
"""A line that lies no farther from the base than this share of the axis is not told apart from it, but named at the foot."""
FAR_UP: Final = 0.4
"""An axis begins above zero where the lowest line leaves more than this share of the height empty."""
YEARS_BEYOND: Final = 3
"""Years shown beyond the last in which a fund runs out."""
MONTHS_HIGH: Final = 118.0
"""Points of the height of the plot above the rows."""
Ranges = Sequence["SingleChanges"] | None
"""The ranges of every scenario of a comparison, in its order."""


@dataclass(frozen=True)
class Shown:
    """What a chart shows: a fund's column, its unit, the words of axis and title; levels or differences from the base."""

    fund: str
    column: str
    unit: str
    words: str
    sentence: str
    by_difference: bool = False

    @property
    def dated(self) -> bool:
        """Whether the year stands in it in which the fund runs out."""
        return self.words == "reserve_months"


CHARTS: Final = {
    "reserve_months": Shown(RESIDENT, "reserve_months", "months", "reserve_months", "compared_months"),
    "fund_balance": Shown(RESIDENT, "closing", "yuan", "fund_balance", "compared_fund_balance"),
    "insured": Shown(RESIDENT, "resident_insured", "persons", "insured", "compared_insured"),
    "cost_rate": Shown(RESIDENT, "cost_rate", "share", "cost_rate", "compared_cost_rate"),
    "fund_balance_difference": Shown(
        RESIDENT, "closing", "yuan", "fund_balance", "compared_fund_balance_difference", True
    ),
    "insured_difference": Shown(
        RESIDENT, "resident_insured", "persons", "insured", "compared_insured_difference", True
    ),
    "employee_reserve_months": Shown(POOL, "reserve_months", "months", "reserve_months", "compared_months"),
    "employee_fund_balance": Shown(POOL, "closing", "yuan", "fund_balance", "compared_fund_balance"),
    "employee_fund_balance_difference": Shown(
        POOL, "closing", "yuan", "fund_balance", "compared_fund_balance_difference", True
    ),
}
"""Every chart of a comparison by its name, which is also the stem of its files."""


def charts_of(comparison: "Comparison") -> list[str]:
    """The charts of funds that every scenario projects."""
    return [name for name, shown in CHARTS.items() if all(shown.fund in each.accounts for each in comparison.results)]


def draw(
    name: str, comparison: "Comparison", lang: str = "en", others: Sequence[int] | None = None, ranges: Ranges = None
) -> canvas.Chart:
    """One chart of the base and some others, by their positions in the comparison; those of the first sheet if none are given.

    More than four others have a panel each, with the base in grey. The axes are those of the whole comparison. Depletion years
    stand with their ranges, one a scenario, if these are given. Raises SimsuranceError if a scenario does not project the fund.
    """
    if name not in charts_of(comparison):
        raise SimsuranceError(
            f"{', '.join(comparison.names)}: the chart {name} needs the employee scheme in each; "
            "set employee.projected = true"
        )
    chosen = others if others is not None else sheets_of(name, comparison)[0]
    with canvas.style():
        return Drawing(name, comparison, lang, chosen, ranges).chart()


def sheets_of(name: str, comparison: "Comparison") -> list[list[int]]:
    """The scenarios beside the base on each sheet of a chart, as many on one as on another; none that is not told apart."""
    everyone = range(1, len(comparison.names))
    alike = Drawing(name, comparison, "en", everyone, None).alike
    apart = [place for place in everyone if place not in alike]
    sheets = max(-(-len(apart) // MOST_PANELS), 1)
    return [apart[len(apart) * sheet // sheets : len(apart) * (sheet + 1) // sheets] for sheet in range(sheets)]


@dataclass(frozen=True)
class Drawing:
    """One chart of a comparison: which scenarios it shows, in which language."""

    name: str
    comparison: "Comparison"
    lang: str
    others: Sequence[int]
    ranges: Ranges

    @property
    def what(self) -> Shown:
        """What it shows."""
        return CHARTS[self.name]

    @property
    def base(self) -> "RunResult":
        """The run that all others are beside."""
        return self.comparison.results[0]

    @cached_property
    def shown(self) -> Unit:
        """The unit, one for all scenarios."""
        if self.what.unit == "yuan":
            return money.shown(self.base.scenario, self.lang, chain(*(each.values() for each in self.everyone)))
        return drawn_unit(
            self.what.unit, words_of(self.base.scenario, self.lang), chain(*(each.values() for each in self.everyone))
        )

    @cached_property
    def everyone(self) -> list[dict[int, float]]:
        """The values of every scenario of the comparison, those that this chart does not draw included."""
        first = 1 if self.what.by_difference else 0
        return [self.points(place) for place in range(first, len(self.comparison.results))]

    def points(self, place: int) -> dict[int, float]:
        """A scenario's column by year, or its difference from the base in the years that both have."""
        points = self.column(self.comparison.results[place])
        if self.what.by_difference:
            start = self.column(self.base)
            points = {year: value - start[year] for year, value in points.items() if year in start}
        return points

    def column(self, results: "RunResult") -> dict[int, float]:
        """What a chart shows of a scenario by year, amounts in its own money."""
        fund, column = self.what.fund, self.what.column
        of_money = self.what.unit == "yuan"
        values = money.amounts(results, fund, column) if of_money else results.accounts[fund][column]
        return dict(zip(results.years, values.tolist(), strict=True))

    def chart(self) -> canvas.Chart:
        """The chart."""
        drawn_others = [place for place in self.others if place not in self.alike]
        places = ([] if self.what.by_difference else [0]) + drawn_others
        in_panels = len(drawn_others) > MOST_OTHERS
        size, lines = self.shown.size, list[Line]()
        for place in places:
            points = {year: value / size for year, value in self.points(place).items()}
            colour, dashes = IN_PANELS[place > 0] if in_panels else LOOKS[len(lines) + self.what.by_difference]
            title = scenario_title(self.comparison.results[place].scenario, self.lang)
            lines.append(Line(self.comparison.names[place], title, points, colour, dashes))
        if not self.what.by_difference:
            known = _known(self.what, self.base.scenario)
            stock: Any = {"stock": self.what.words != "cost_rate", "issuers": known.issuers, "recalled": known.recalled}
            lines[0] = replace(lines[0], published=known.shown(size), estimated=known.estimated, **stock)
        if self.what.dated:
            figure, band = self._months(lines, places, in_panels)
        else:
            figure, band = self._amounts(lines, in_panels), []
        table = canvas.frame([*lines, *marks.band_lines(band, self.base.years)], self.shown.name)
        return canvas.Chart(self.name, figure, table)

    def _foot(self, lines: list[Line], notes: list[str]) -> Foot:
        """What stands at the foot; scenarios are named in the chart, the base of panels here."""
        if lines[:1] and lines[0].colour == GREY:
            notes = [word("note.panels", self.lang, base=lines[0].label), *notes]
        below = clauses([*remarks(lines, self.lang), *notes], self.lang)
        return Foot("", f"simsurance {__version__}", [below])

    def _sheet(self, made: Foot, size: tuple[float, float]) -> ChartFigure:
        basis = money.basis(self.base.years[0] - 1, self.lang)
        whose = fund_label(self.what.fund, self.lang) if len(self.base.accounts) > 1 else ""
        key = "difference" if self.what.by_difference else self.what.words
        own = word(f"axis.{self.what.words}", self.lang, unit=self.shown.name, basis=basis, whose=whose)
        axis = word("axis.difference", self.lang, of=own) if key == "difference" else own
        return canvas.sheet(self._title(), axis, made, self.lang, size)

    def _title(self) -> str:
        """What the chart says of all scenarios of the comparison that are told apart, with its numbers."""
        said, last = words_of(self.base.scenario, self.lang), self.base.years[-1]
        facts: dict[str, Any] = {"fund": fund_label(self.what.fund, self.lang), "last": last}
        titles = [scenario_title(run.scenario, self.lang) for run in self.comparison.results]
        facts["base"] = titles[0]
        if self.what.dated:
            years = [marks.depletion_of(run, self.what.fund) for run in self.comparison.results]
            earliest, latest, found = range_in_words(years)
            facts |= {"earliest": earliest, "latest": latest, "found": found, "all": len(years)}
            return said.say(f"chart.sentence.{self.what.sentence}", **facts)
        first = 1 if self.what.by_difference else 0
        apart = [place for place in range(first, len(titles)) if first or place not in self.alike]
        ends = [list(self.everyone[place - first].values())[-1] for place in apart]
        named = [titles[place] for place in apart]
        order = sorted(range(len(ends)), key=ends.__getitem__)
        told = [self._told(ends[place]) for place in (order[0], order[-1])]
        facts |= {
            "low": told[0],
            "high": told[1],
            "lowest": named[order[0]],
            "highest": named[order[-1]],
            "several": len(ends) > 1,
        }
        if self.what.by_difference:
            most = max(range(len(ends)), key=lambda place: abs(ends[place]))
            facts |= {"most": named[most], "change": said.signed(self._told(ends[most])), "nothing": not any(ends)}
        return said.say(f"chart.sentence.{self.what.sentence}", **facts)

    def _told(self, value: float) -> str:
        """A value in words."""
        if self.what.unit == "yuan":
            return money.plain(value, self.base, self.lang)
        return words_of(self.base.scenario, self.lang).quantity(
            {"share": "percent"}.get(self.what.unit, self.what.unit), value, 1
        )

    def _months(self, lines: list[Line], places: list[int], in_panels: bool) -> tuple[ChartFigure, list[float]]:
        """Months of expenditure until each fund runs out, and the wanted band; under them, by year, a row for each scenario."""
        runs = {place: self.comparison.results[place] for place in places}
        rows = [self._row(place, line) for (place, _), line in zip(runs.items(), lines, strict=True)]
        rows.sort(key=lambda row: (row.depleted is not None, -(row.depleted or 0)))
        notes = [word("note.depleted", self.lang)] + ([word("note.range", self.lang)] if self.ranges else [])
        band = self._band(places)
        if band and in_panels:
            notes.append(word("mark.band", self.lang, low=band[0], high=band[1]))
        made = self._foot(lines, notes)
        plots = panels_high(len(lines) - 1) if in_panels else MONTHS_HIGH
        high = canvas.TOP_MARGIN + plots + rows_high(rows) + canvas.floor_of(made.lines(told_above=True))
        figure = self._sheet(made, (canvas.SIZE[0], high / 72))
        top = canvas.TOP_MARGIN + (plots - 1 if in_panels else 0)
        highest = max(float(np.nanmax(list(each.values()))) for each in self.everyone)
        limits = (0, ABOVE_HIGHEST * max(highest / self.shown.size, canvas.highest(lines[:1]), *band, 1.0))
        panels = self._panels(figure, lines, limits) if in_panels else []
        axes = canvas.area(figure, LEFT, rows[0].room, top, high - canvas.TOP_MARGIN - plots)
        if in_panels:
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
            canvas.year_axis(axes, lines, None)
        else:
            panels = [(axes, lines)]
            canvas.draw_lines(axes, lines)
            axes.set_ylim(*limits)
            canvas.year_axis(axes, lines, self.base.years[0], word("mark.projection", self.lang))
        depleted = [marks.depletion_of(run, self.what.fund) for run in self.comparison.results]
        last = max(year for year in depleted if year) + YEARS_BEYOND if all(depleted) else None
        by_line = dict(zip((line.series for line in lines), places, strict=True))
        for each in {axes, *(panel for panel, _ in panels)}:
            each.set_xlim(right=min(last, each.get_xlim()[1]) if last else None)
        for panel, drawn in panels:
            marks.draw_band(panel, band)
            for line in drawn:
                self._mark(
                    panel, line, marks.depletion_of(self.comparison.results[by_line[line.series]], self.what.fund)
                )
        if band and not in_panels:
            marks.name_band(axes, band, lines, self.lang)
        draw_rows(figure, axes, rows, self.base.years[-1], self.lang)
        return figure, band

    def _mark(self, axes: "Axes", line: Line, year: int | None) -> None:
        """▼ in the colour of a line where its fund runs out."""
        if year:
            spot = marks.crossing(dict(line.published) | dict(line.points), year)
            look: Any = {"color": line.colour, "markeredgecolor": "white", "markersize": 7.3, "zorder": 10}
            axes.plot([spot], [0], marker="v", clip_on=False, **look)

    def _panels(
        self, figure: ChartFigure, lines: list[Line], limits: tuple[float, float], percent: bool = False
    ) -> "list[tuple[Axes, list[Line]]]":
        """A panel a scenario with its title above, three a row, on one scale; the base in each, in grey."""
        base, others = ([], lines) if self.what.by_difference else (lines[:1], lines[1:])
        high, found = 72 * figure.get_size_inches()[1], []
        for place, line in enumerate(others):
            left, right = canvas.beside(figure, place % ACROSS, ACROSS, PANEL_LABELS)
            top = canvas.TOP_MARGIN + place // ACROSS * (PANEL_HEAD + PANEL_HIGH) + PANEL_HEAD
            axes = canvas.area(figure, left, right, top, high - top - PANEL_HIGH, percent)
            canvas.draw_lines(axes, base, told=not place)
            canvas.draw_lines(axes, [line])
            axes.set_ylim(*limits)
            if limits[0] < 0:
                axes.axhline(0, color=BLACK, linewidth=0.9, zorder=3)
                axes.spines["bottom"].set_visible(False)
            canvas.year_axis(axes, lines, self.base.years[0])
            axes.tick_params(labelleft=not place % ACROSS, labelbottom=place + ACROSS >= len(others))
            wide = 2 * 72 * figure.get_size_inches()[0] * axes.get_position().width / canvas.TEXT_SIZE
            canvas.head(axes, canvas.wrapped(line.label.replace("\n", " "), wide, 2))
            found.append((axes, [*base, line]))
        return found

    def _row(self, place: int, line: Line) -> Row:
        """What the row of a scenario says."""
        run, fund = self.comparison.results[place], self.what.fund
        return Row.of(run, fund, line, self.ranges[place].funds[fund] if self.ranges else None, self.lang)

    def _band(self, drawn: list[int]) -> list[float]:
        """The reserve that every scenario drawn wants of the fund; empty where one wants another or none."""
        wanted = [marks.reserve_band(self.comparison.results[place].scenario, self.what.fund) for place in drawn]
        return wanted[0] if all(band == wanted[0] for band in wanted) else []

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The least and the most of all scenarios and of what is published before them, in the unit."""
        size = self.shown.size
        values = [value / size for each in self.everyone for value in each.values()]
        before = [] if self.what.by_difference else [*_known(self.what, self.base.scenario).shown(size).values()]
        return min(values), max([*values, *before, 0.0])

    def _amounts(self, lines: list[Line], in_panels: bool) -> ChartFigure:
        """Levels or differences, named at their ends; a balance below zero in a panel of its own, on another scale."""
        low, high = self.ends
        most = max(MOST_LINES // max(len(lines), 1), LEAST_LINES)
        named = [replace(line, label=canvas.wrapped(line.label, most=most)) for line in lines]
        notes = []
        if self.alike:
            told = [scenario_title(self.comparison.results[place].scenario, self.lang) for place in self.alike]
            notes.append(word("note.alike", self.lang, told=told, base=scenario_title(self.base.scenario, self.lang)))
        words = self._head(low, high)
        share = self.what.unit == "share" or (self.what.unit == "yuan" and money.is_share())
        short = self.what.words == "fund_balance" and not self.what.by_difference and low < 0
        if in_panels:
            made = self._foot(lines, [*notes, words] if words else notes)
            plots = panels_high(len(lines) - (not self.what.by_difference))
            tall = canvas.TOP_MARGIN + plots + canvas.floor_of(made.lines(told_above=True))
            figure = self._sheet(made, (canvas.SIZE[0], tall / 72))
            self._panels(figure, lines, _limits(low, high, self.what), share)
            return figure
        figure = self._sheet(self._foot(lines, notes), canvas.TALL if short else canvas.SIZE)
        right = canvas.room_for(*(line.label for line in named))
        if short:
            self._in_two(figure, named, (low, high), right)
            return figure
        axes = canvas.area(figure, right=right, top=canvas.TOP_MARGIN + canvas.HEAD * bool(words), percent=share)
        canvas.draw_lines(axes, named)
        axes.set_ylim(*_limits(low, high, self.what))
        if low < 0:
            axes.axhline(0, color=BLACK, linewidth=0.9, zorder=3)
            axes.spines["bottom"].set_visible(False)
        canvas.year_axis(axes, lines, self.base.years[0], word("mark.projection", self.lang))
        canvas.direct_labels(axes, named)
        canvas.head(axes, words)
        return figure

    def _head(self, low: float, high: float) -> str:
        """Where the axis begins, if that is not zero, or which way is better."""
        begins, _ = _limits(low, high, self.what)
        if begins > 0:
            told = words_of(self.base.scenario, self.lang).number(begins, None) + "%" * (self.what.unit == "share")
            return word("head.begins", self.lang, low=told)
        return word("head.better", self.lang) if self.what.by_difference and self.what.words == "fund_balance" else ""

    @cached_property
    def alike(self) -> list[int]:
        """The scenarios of the comparison whose lines cannot be told from that of the base; none of months and differences."""
        if self.what.by_difference or self.what.dated:
            return []
        low, high = self.ends
        least = ALIKE * self.shown.size * (high - min(low, 0.0))
        base, *others = self.everyone
        far = [
            max((abs(value - base[year]) for year, value in each.items() if year in base), default=np.inf)
            for each in others
        ]
        return [place for place, most in enumerate(far, start=1) if most < least]

    def _in_two(self, figure: ChartFigure, lines: list[Line], ends: tuple[float, float], right: float) -> None:
        """What funds hold above, what they lack below on a scale of its own; a line is named where it ends."""
        above, below = canvas.stacked(figure, SHORTFALL_HIGH, right=right, percent="both" if money.is_share() else "")
        canvas.head(above, word("head.fund", self.lang))
        canvas.head(below, word("head.lacking", self.lang))
        for axes, limits in ((above, (0, ABOVE_HIGHEST * max(ends[1], 1e-9))), (below, (1.1 * ends[0], 0))):
            canvas.draw_lines(
                axes, lines if axes is above else [replace(line, published={}) for line in lines], told=axes is above
            )
            axes.set_ylim(*limits)
            canvas.year_axis(
                axes, lines, self.base.years[0], word("mark.projection", self.lang) if axes is above else ""
            )
            ends_here = [line for line in lines if (list(line.points.values())[-1] < 0) == (axes is below)]
            canvas.direct_labels(axes, ends_here)
        below.axhspan(1.1 * ends[0], 0, color=SHORTFALL, alpha=0.4, linewidth=0, zorder=0).set_gid(canvas.PAST_FIELD)
        below.axhline(0, color=BLACK, linewidth=0.9, zorder=3)


def _limits(low: float, high: float, what: Shown) -> tuple[float, float]:
    """Limits of a chart of levels or differences: zero within them, but for levels that lie far above it."""
    room = 0.06 * (high - min(low, 0.0)) or 1.0
    if not what.by_difference and low > FAR_UP * high:
        step = 10.0 ** np.floor(np.log10(high - low or high))
        return max(float(np.floor((low - 0.5 * room) / step) * step), 0.0), high + 0.5 * room
    return min(low - room, 0.0) if low < 0 else 0.0, high + room if high > 0 else room


def _known(what: Shown, scenario: "Scenario") -> History:
    """The published years before the base's line."""
    match what.words:
        case "reserve_months":
            return reserve_history(scenario, what.fund)
        case "fund_balance":
            return money.published(fund_past(scenario, what.fund, "cumulative_balance"), scenario)
        case "insured":
            return past(scenario, "resident_insured")
    return NOTHING


def panels_high(panels: int) -> float:
    """Points of the height of so many panels, the years below them included."""
    return -(-panels // ACROSS) * (PANEL_HEAD + PANEL_HIGH) + YEARS_HIGH


def write_all(
    comparison: "Comparison", folder: Path, lang: str, ranges: Ranges = None, formats: Sequence[str] = FORMATS
) -> Iterator[Path]:
    """Draw every chart into a folder, with more than six others in several files; yields the files."""
    folder.mkdir(exist_ok=True)
    for name in charts_of(comparison):
        for part, chosen in enumerate(sheets_of(name, comparison), start=1):
            chart = draw(name, comparison, lang, chosen, ranges)
            stem = name if part == 1 else f"{name}_{part}"
            yield from canvas.write(canvas.Chart(stem, chart.figure, chart.data), folder, formats)


class ComparisonPlots:
    """The charts of a comparison as figures, the base and at most six others: `comparison.plot.insured()`."""

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
