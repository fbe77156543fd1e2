"""Charts of persons: insured, contribution burden, admissions and their cost."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.ticker import MultipleLocator

from simsurance.axes import Groups
from simsurance.basis.inputs import NATION, Inputs
from simsurance.evidence.published import NOTHING, History, at_prices, in_scope_share, past
from simsurance.ledger import POOL, RESIDENT
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import (
    BLUE,
    DASHED,
    GREY,
    ORANGE,
    PAID,
    SOLID,
    VERMILLION,
    Chart,
    ChartFigure,
    Line,
)
from simsurance.output.charts.notes import foot
from simsurance.output.charts.titles import title_of
from simsurance.output.charts.words import word
from simsurance.output.labels import drawn_unit, group_label, member_label, unit, words_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simsurance.results import RunResult

LOOKS: Final = ((VERMILLION, SOLID), (BLUE, DASHED), (ORANGE, canvas.DASH_DOT), (GREY, canvas.DOTTED))
"""Colour and dashes of income groups, the poorest first."""
MOST_GROUPS: Final = 2
"""Income groups whose burden is drawn in an area."""
COVERED_FROM: Final = 85.0
"""Where the axis of coverage begins, in per cent, if nothing lies below."""


def insured(results: "RunResult", lang: str) -> Chart:
    """Insured of the resident scheme on 31 December, and whom it could insure; in a strip its share of these."""
    known, count = past(results.scenario, "resident_insured"), results.account["resident_insured"]
    eligible = count / results.account["coverage"]
    shown = drawn_unit("persons", words_of(results.scenario, lang), eligible)
    lines = [
        Line.of(
            "eligible", word("line.eligible", lang), results.years, eligible, size=shown.size, dashes=DASHED, width=1.9
        ),
        Line.of(
            "resident_insured",
            word("line.resident_insured", lang),
            results.years,
            count,
            known,
            shown.size,
            colour=BLUE,
            stock=True,
        ),
    ]
    covered = Line.of("coverage", "", results.years, results.account["coverage"], size=0.01, colour=BLUE)
    figure = canvas.sheet(
        title_of("insured", results, lang),
        word("axis.insured", lang, unit=shown.name),
        foot(results.scenario, lang, lines, [word("note.un", lang)]),
        lang,
        canvas.TALL,
    )
    axes, strip = canvas.stacked(figure, 0.26, percent="lower")
    canvas.head(axes, word("head.persons", lang))
    ends = lines[1].points
    axes.fill_between(list(ends), 0, list(ends.values()), color=PAID, linewidth=0, zorder=1)
    canvas.draw_lines(axes, lines)
    canvas.from_zero(axes)
    canvas.year_axis(axes, lines, results.years[0], word("mark.projection", lang))
    canvas.direct_labels(axes, lines)
    _coverage(strip, covered, lines, results, lang)
    table = canvas.together(canvas.frame(lines, shown.name), canvas.frame([covered], "%"))
    return Chart("insured", figure, table)


def _coverage(axes: "Axes", covered: Line, lines: list[Line], results: "RunResult", lang: str) -> None:
    """The strip of coverage, on an axis that need not begin at zero and says so."""
    values = list(covered.points.values())
    low = min(COVERED_FROM, 5 * np.floor(min(values) / 5))
    canvas.head(axes, word("head.coverage", lang, low=low))
    canvas.draw_lines(axes, [covered], told=False)
    if isinstance(axes.figure, ChartFigure):
        axes.figure.curves += (canvas.Drawn(word("head.coverage", lang, low=low), covered.points),)
    axes.set_ylim(low, max(100.0, *values))
    axes.yaxis.set_major_locator(MultipleLocator(5 if low >= 75 else 20))
    canvas.year_axis(axes, lines, results.years[0])
    told = Line("", words_of(results.scenario, lang).number(values[-1], 1) + "%", {results.years[-1]: values[-1]}, BLUE)
    canvas.direct_labels(axes, [told])


def contribution_burden(results: "RunResult", lang: str) -> Chart:
    """What a person pays, over disposable income a head of the year before: a panel an area, the national standard in each."""
    shown, groups = unit("share", words_of(results.scenario, lang)), results.of_scheme
    sizes = (len(results.years), *(len(axis.members) for axis in (groups.area, groups.income)))
    burden = results.flows["burden"].to_numpy().reshape(sizes)
    standard = results.account["personal_contribution_pp"] / _national_income_before(results)
    known, national = _published_burden(results), word("line.national", lang)
    grey: Any = {"colour": GREY, "width": 1.2}
    first = Line.of("national_standard", national, results.years, standard, known, shown.size, **grey)
    panels = {
        area: [Line("national_standard", national, first.points, GREY, width=1.2)] for area in areas_shown(groups)
    }
    for area, group in burdens_shown(groups):
        paid = burden[:, groups.areas.index(area), groups.income_groups.index(group)]
        look: Any = dict(zip(("colour", "dashes"), LOOKS[len(panels[area]) - 1], strict=True))
        label = member_label(results.scenario, lang, group)
        panels[area].append(Line.of(f"{area}_{group}", label, results.years, paid, size=shown.size, **look))
    lines = [first, *(line for panel in panels.values() for line in panel[1:])]
    ends = {line.series: list(line.points.values())[-1] / 100 for line in lines[1:]}
    figure = canvas.sheet(
        title_of("contribution_burden", results, lang, **_extremes(results, ends, lines, lang)),
        word("axis.contribution_burden", lang),
        foot(results.scenario, lang, lines),
        lang,
    )
    several = panels or {"": [first]}
    top = 1.1 * canvas.highest(lines)
    for place, (area, drawn) in enumerate(several.items()):
        drawn = [first, *drawn[1:]] if place == 0 else drawn
        left, right = canvas.beside(
            figure, place, len(several), canvas.room_for(*(line.label for line in lines)) - canvas.EDGE
        )
        axes = canvas.area(figure, left, right, canvas.TOP_MARGIN + canvas.HEAD * bool(area), percent=True)
        if area:
            canvas.head(axes, member_label(results.scenario, lang, area))
        canvas.draw_lines(axes, drawn)
        axes.set_ylim(0, top)
        canvas.year_axis(axes, [first], results.years[0], word("mark.projection", lang) if place == 0 else "")
        canvas.direct_labels(axes, drawn)
    return Chart("contribution_burden", figure, canvas.frame(lines, shown.name))


def _extremes(results: "RunResult", ends: dict[str, float], lines: list[Line], lang: str) -> dict[str, Any]:
    """Who pays most and least of the income in the last year; of the standard where no groups are drawn."""
    if not ends:
        values = [value / 100 for value in lines[0].points.values()]
        return {"most": None, "start": values[0], "end": values[-1]}
    most, least = max(ends, key=ends.__getitem__), min(ends, key=ends.__getitem__)
    groups = {f"{area}_{group}": (area, group) for area, group in burdens_shown(results.of_scheme)}
    names = [group_label(results.scenario, lang, *groups[each]) for each in (most, least)]
    return {"most": names[0], "least": names[1], "most_pays": ends[most], "least_pays": ends[least]}


def areas_shown(groups: Groups) -> list[str]:
    """The areas that have a panel, the poorer first."""
    return list(dict.fromkeys(area for area, _ in burdens_shown(groups)))


def own_payment(results: "RunResult", lang: str) -> Chart:
    """What is left to patients behind all tiers, as a share of the cost of care, by income group."""
    assert results.tiers is not None
    shown, groups = unit("share", words_of(results.scenario, lang)), results.of_scheme.income_groups
    shares = {group: results.tiers[f"own_share_{group}"].to_numpy() for group in (groups if len(groups) > 1 else ())}
    whole = results.tiers["own_share"].to_numpy()
    lines = [Line.of("all", word("line.all_insured", lang), results.years, whole, size=shown.size, colour=canvas.BLACK)]
    for (group, share), (colour, dashes) in zip(shares.items(), LOOKS, strict=False):
        label = member_label(results.scenario, lang, group)
        lines.append(Line.of(group, label, results.years, share, size=shown.size, colour=colour, dashes=dashes))
    figure = canvas.sheet(
        title_of("own_payment", results, lang, start=float(whole[0]), end=float(whole[-1])),
        word("axis.own_payment", lang),
        foot(results.scenario, lang, lines),
        lang,
    )
    return Chart("own_payment", _finished(figure, lines, results, lang, percent=True), canvas.frame(lines, shown.name))


def burdens_shown(groups: Groups) -> list[tuple[str, str]]:
    """Areas and income groups whose burden is drawn, four at most: the poorer areas first, and groups whom nobody assists."""
    if len(groups.areas) == len(groups.income_groups) == 1:
        return []
    payers = groups.income_groups[1 if groups.assisted else 0 :]
    return [(area, group) for area in groups.areas[::-1] for group in payers[:MOST_GROUPS]][: 2 * MOST_GROUPS]


def admissions(results: "RunResult", lang: str) -> Chart:
    """Admissions of a hundred insured of each scheme, and the residents who were inpatients."""
    shown = unit("per_100", words_of(results.scenario, lang))
    drawn = (
        ("admissions", RESIDENT, "admissions_per_100", BLUE, SOLID),
        ("inpatients", RESIDENT, "inpatients_per_100", BLUE, canvas.DOTTED),
        ("employee_admissions", POOL, "admissions_per_100", ORANGE, DASHED),
    )
    lines = []
    for name, fund, column, colour, dashes in drawn:
        if fund in results.accounts:
            scheme = "resident" if fund == RESIDENT else "employee"
            known = (
                past(results.scenario, f"{scheme}_discharges_per_insured")
                if column == "admissions_per_100"
                else NOTHING
            )
            known = known.only({year: value / 0.01 for year, value in known.values.items()})
            look: Any = {"colour": colour, "dashes": dashes}
            lines.append(
                Line.of(name, word(f"line.{name}", lang), results.years, results.accounts[fund][column], known, **look)
            )
    figure = canvas.sheet(
        title_of("admissions", results, lang),
        word("axis.admissions", lang, unit=shown.name),
        foot(results.scenario, lang, lines),
        lang,
    )
    return Chart("admissions", _finished(figure, lines, results, lang), canvas.frame(lines, shown.name))


def cost_per_admission(results: "RunResult", lang: str) -> Chart:
    """Eligible cost of an admission in each scheme, and of the published cost, at constant prices."""
    shown = unit("yuan_admission", words_of(results.scenario, lang))
    schemes = (("resident", RESIDENT, BLUE, SOLID), ("employee", POOL, ORANGE, DASHED))
    lines = []
    for scheme, fund, colour, dashes in schemes:
        if fund not in results.accounts:
            continue
        account, known = results.accounts[fund], past(results.scenario, f"{scheme}_cost_per_discharge")
        size, real = 1 / in_scope_share(scheme), at_prices(known, results.scenario)
        eligible = real.only({year: value / size for year, value in real.values.items()})
        label, cost = (
            word(f"line.cost_per_admission.{scheme}", lang),
            account["cost_per_admission"] / account["price_level"],
        )
        lines.append(Line.of(scheme, label, results.years, cost, eligible, colour=colour, dashes=dashes))
    figure = canvas.sheet(
        title_of("cost_per_admission", results, lang),
        word("axis.cost_per_admission", lang, unit=shown.name, year=results.years[0] - 1),
        foot(results.scenario, lang, lines),
        lang,
    )
    return Chart("cost_per_admission", _finished(figure, lines, results, lang), canvas.frame(lines, shown.name))


def _finished(
    figure: ChartFigure, lines: list[Line], results: "RunResult", lang: str, percent: bool = False
) -> ChartFigure:
    """The figure with its lines over calendar years, from zero, named."""
    axes = canvas.area(figure, right=canvas.room_for(*(line.label for line in lines)), percent=percent)
    canvas.draw_lines(axes, lines)
    canvas.from_zero(axes)
    canvas.year_axis(axes, lines, results.years[0], word("mark.projection", lang))
    canvas.direct_labels(axes, lines)
    return figure


def _national_income_before(results: "RunResult") -> np.ndarray:
    """National disposable income a head of the year before each year, yuan."""
    inputs = Inputs(results.scenario, results.scenario.values)
    return inputs.incomes([year - 1 for year in results.years])[NATION]


def _published_burden(results: "RunResult") -> History:
    """The published contribution of an insured year over the published income of the year before."""
    paid = past(results.scenario, "personal_contribution_by_insured_year")
    income = past(results.scenario, "disposable_income_national")

    def later(years: frozenset[int]) -> frozenset[int]:
        return frozenset(year + 1 for year in years)

    before = History(
        {year + 1: value for year, value in income.values.items()},
        later(income.estimated),
        later(income.recalled),
        income.issuers,
    )
    return paid.over(before)
