"""Charts of persons: insured, contribution burden, pyramids, benefits by age."""

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from simsurance.axes import Groups
from simsurance.basis.frames import prices
from simsurance.basis.inputs import NATION, Inputs
from simsurance.evidence.published import NOTHING, History, at_prices, in_scope_share, past
from simsurance.ledger import POOL, RESIDENT
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import BLACK, BLUE, DASH_DOT, DASHED, ORANGE, SKY, SOLID, VERMILLION, Chart, Line
from simsurance.output.charts.fund import footer, title
from simsurance.output.charts.words import word
from simsurance.output.labels import group_label, member_label, unit, words_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simsurance.language import Words
    from simsurance.results import RunResult

LOOKS: Final = ((VERMILLION, DASHED), (ORANGE, DASH_DOT), (BLUE, DASHED), (SKY, DASH_DOT))
COST: Final = {
    "resident": (
        ("inpatient_benefits", "outpatient_benefits", "critical_illness", "bonus_cost"),
        ("resident_insured_years",),
        (BLUE, VERMILLION),
    ),
    "employee": (
        ("employee_inpatient_benefits", "employee_outpatient_benefits", "maternity_benefits"),
        ("active_years", "retired_years"),
        (SKY, ORANGE),
    ),
}
"""Benefits and insured years of each scheme, and its colours in the first and the last year."""
INSURANCE: Final = (("resident", BLUE, ""), ("employee", SKY, ""), ("uninsured", "#F3C9AE", "////"))


def insured(results: "RunResult", lang: str) -> Chart:
    """Insured of the resident scheme on 31 December, below the population that it could insure."""
    known = past(results.scenario, "resident_insured")
    count = results.account["resident_insured"]
    eligible = count / results.account["coverage"]
    shown = unit("persons", words_of(results.scenario, lang), eligible)

    def by_year(values: np.ndarray) -> dict[int, float]:
        return dict(zip(results.years, (values / shown.size).tolist(), strict=True))

    lines = [
        Line(
            "eligible",
            canvas.wrapped(word("line.eligible", lang)),
            by_year(eligible),
            BLACK,
            DASHED,
        ),
        Line(
            "resident_insured",
            canvas.wrapped(word("line.resident_insured", lang)),
            by_year(count),
            BLUE,
            published=known.shown(shown.size),
            estimated=known.estimated,
        ),
    ]
    figure = canvas.sheet(
        title(results, word("title.insured", lang), word("scheme.resident", lang), lang),
        word("axis.insured", lang, unit=shown.name),
        [*footer(results.scenario, lang, lines, [word("note.un", lang)])],
        lang,
    )
    return Chart("insured", _finished(figure, lines, results, lang), canvas.frame(lines, shown.name))


def contribution_burden(results: "RunResult", lang: str) -> Chart:
    """What a person pays, over disposable income a head of the year before, for the standard and four groups."""
    shown, groups = unit("share", words_of(results.scenario, lang)), results.of_scheme
    burden = (
        results.flows["burden"]
        .to_numpy()
        .reshape(len(results.years), *(len(axis.members) for axis in (groups.area, groups.income)))
    )
    income = _national_income_before(results)
    standard = results.account["personal_contribution_pp"] / income / shown.size
    known = _published_burden(results, shown.size)
    years = results.years
    lines = [
        Line(
            "national_standard",
            canvas.wrapped(word("line.national", lang)),
            dict(zip(years, standard.tolist(), strict=True)),
            BLACK,
            SOLID,
            known.values,
            known.estimated,
        )
    ]
    for (area, group), (colour, dashes) in zip(burdens_shown(groups), LOOKS, strict=False):
        paid = burden[:, groups.areas.index(area), groups.income_groups.index(group)] / shown.size
        points = dict(zip(years, paid.tolist(), strict=True))
        told = group_label(results.scenario, lang, area, group)
        lines.append(Line(f"{area}_{group}", canvas.wrapped(told), points, colour, dashes))
    figure = canvas.sheet(
        title(results, word("title.contribution_burden", lang), word("scheme.resident", lang), lang),
        word("axis.contribution_burden", lang, unit=shown.name),
        footer(results.scenario, lang, lines),
        lang,
    )
    return Chart("contribution_burden", _finished(figure, lines, results, lang), canvas.frame(lines, shown.name))


def own_payment(results: "RunResult", lang: str) -> Chart:
    """What is left to patients behind all tiers, as a share of the cost of care, by income group."""
    assert results.tiers is not None
    shown, groups = unit("share", words_of(results.scenario, lang)), results.of_scheme.income_groups
    looks = {"": (BLACK, SOLID), **dict(zip(groups if len(groups) > 1 else (), LOOKS, strict=False))}
    lines = []
    for group, look in looks.items():
        share = results.tiers["own_share" + f"_{group}" * bool(group)] / shown.size
        told = member_label(results.scenario, lang, group) if group else word("line.all_insured", lang)
        lines.append(
            Line(group or "all", canvas.wrapped(told), dict(zip(results.years, share.tolist(), strict=True)), *look)
        )
    figure = canvas.sheet(
        title(results, word("title.own_payment", lang), word("scheme.both", lang), lang),
        word("axis.own_payment", lang, unit=shown.name),
        footer(results.scenario, lang, lines, [word("note.own_payment", lang)]),
        lang,
    )
    return Chart("own_payment", _finished(figure, lines, results, lang), canvas.frame(lines, shown.name))


def burdens_shown(groups: Groups) -> list[tuple[str, str]]:
    """Areas and income groups whose burden is drawn, four at most: the poorer areas first, and groups whom nobody assists."""
    if len(groups.areas) == len(groups.income_groups) == 1:
        return []
    payers = groups.income_groups[1 if groups.assisted else 0 :]
    return [(area, group) for area in groups.areas[::-1] for group in payers[:2]][: len(LOOKS)]


def cost_by_age(results: "RunResult", lang: str) -> Chart:
    """Benefits per insured year by age in the first and the last year, at consumer prices of the year before the first."""
    shown = unit("yuan_pp", words_of(results.scenario, lang))
    first, last = results.years[0], results.years[-1]
    before, after = prices(results.scenario, [first, last]).tolist()
    table = results.ages.groupby(level=["year", "age"]).sum()
    schemes = ["resident", *(["employee"] if POOL in results.accounts else [])]
    lines = []
    for scheme in schemes:
        paid, exposed, colours = COST[scheme]
        years_insured = table[list(exposed)].sum(axis="columns")
        per_head = (table[list(paid)].sum(axis="columns") / years_insured)[years_insured > 0]
        for year, colour, dashes, price in ((first, colours[0], DASHED, before), (last, colours[1], SOLID, after)):
            words = str(year)
            if len(schemes) > 1:
                words = canvas.wrapped(word("line.in_scheme", lang, year=year, scheme=word(f"scheme.{scheme}", lang)))
            somebody = year in per_head.index.get_level_values("year")
            points = {int(age): float(amount) / price for age, amount in (per_head[year].items() if somebody else ())}
            series = str(year) if scheme == "resident" else f"{scheme}_{year}"
            lines.append(Line(series, words, points, colour, dashes))
    if first == last:
        lines = lines[1::2]
    figure = canvas.sheet(
        word("title.cost_by_age", lang),
        word("axis.cost_by_age", lang, unit=shown.name, year=first - 1),
        footer(results.scenario, lang, lines, [word("note.age", lang)]),
        lang,
    )
    axes = canvas.plot_area(figure)
    canvas.draw_lines(axes, lines)
    axes.set_xlim(0, 100)
    axes.xaxis.set_major_locator(MultipleLocator(10))
    axes.annotate(word("axis.age", lang), (1, 0), (13, -5), "axes fraction", "offset points", va="top")
    canvas.from_zero(axes)
    canvas.direct_labels(axes, lines)
    return Chart("cost_by_age", figure, canvas.frame(lines, shown.name, "age"))


def admissions(results: "RunResult", lang: str) -> Chart:
    """Admissions of a hundred insured of each scheme, and the residents who were inpatients."""
    shown = unit("per_100", words_of(results.scenario, lang))
    drawn = (
        ("admissions", "resident", "admissions_per_100", BLUE, SOLID),
        ("inpatients", "resident", "inpatients_per_100", BLUE, DASHED),
        ("employee_admissions", POOL, "admissions_per_100", SKY, SOLID),
    )
    lines = []
    for name, fund, column, colour, dashes in drawn:
        if fund in results.accounts:
            known = past(results.scenario, f"{'resident' if fund == 'resident' else 'employee'}_discharges_per_insured")
            told = known if column == "admissions_per_100" else NOTHING
            points = dict(zip(results.years, results.accounts[fund][column].tolist(), strict=True))
            label = canvas.wrapped(word(f"line.{name}", lang))
            lines.append(Line(name, label, points, colour, dashes, told.shown(0.01), told.estimated))
    figure = canvas.sheet(
        word("title.admissions", lang),
        word("axis.admissions", lang, unit=shown.name),
        footer(results.scenario, lang, lines),
        lang,
    )
    return Chart("admissions", _finished(figure, lines, results, lang), canvas.frame(lines, shown.name))


def cost_per_admission(results: "RunResult", lang: str) -> Chart:
    """Eligible cost of an admission in each scheme, and of the published cost, at constant prices."""
    shown = unit("yuan_admission", words_of(results.scenario, lang))
    schemes = (("resident", RESIDENT, BLUE), ("employee", POOL, SKY))
    drawn = [each for each in schemes if each[1] in results.accounts]
    known = {scheme: past(results.scenario, f"{scheme}_cost_per_discharge") for scheme, *_ in drawn}
    lines = []
    for scheme, fund, colour in drawn:
        account = results.accounts[fund]
        cost = account["cost_per_admission"] / account["price_level"]
        points = dict(zip(results.years, cost.tolist(), strict=True))
        eligible = at_prices(known[scheme], results.scenario).shown(1 / in_scope_share(scheme))
        label = canvas.wrapped(word(f"line.cost_per_admission.{scheme}", lang))
        lines.append(Line(scheme, label, points, colour, SOLID, eligible, known[scheme].estimated))
    figure = canvas.sheet(
        word("title.cost_per_admission", lang),
        word("axis.cost_per_admission", lang, unit=shown.name, year=results.years[0] - 1),
        footer(results.scenario, lang, lines),
        lang,
    )
    return Chart("cost_per_admission", _finished(figure, lines, results, lang), canvas.frame(lines, shown.name))


def pyramids(results: "RunResult", lang: str) -> Chart:
    """Persons by age and sex on the first and the last 1 January, by who insures them."""
    dates = (results.dates[0], results.dates[-1])
    data = _pyramid_data(results, dates)
    widths = data.groupby(["date", "sex", "age"])["value"].sum()
    shown = unit("persons", words_of(results.scenario, lang), widths)
    data = data.assign(value=data["value"] / shown.size, unit=shown.name)
    figure = canvas.sheet(
        word("title.pyramids", lang),
        word("axis.pyramids", lang, unit=shown.name),
        footer(results.scenario, lang, [], [word("note.un", lang)]),
        lang,
    )
    widest = float(widths.max()) / shown.size * 1.04
    for place, date in enumerate(dates):
        axes = canvas.plot_area(figure, (0.06 + 0.485 * place, 0.165, 0.435, 0.575))
        _pyramid(axes, data[data["date"] == date], widest, figure.said)
        axes.text(0.03, 0.985, word("mark.on_date", lang, year=date), transform=axes.transAxes, va="top", fontsize=9)
        for sex, x, side in (("male", 0.03, "left"), ("female", 0.98, "right")):
            axes.text(x, 0.03, figure.said.label(f"axis.sex.{sex}"), transform=axes.transAxes, ha=side, va="bottom")
    first = figure.axes[0]
    first.annotate(word("axis.age", lang), (0, 1), (-4, 7), "axes fraction", "offset points", ha="right")
    left = 0.11
    for name, colour, hatch in (each for each in INSURANCE if each[0] in set(data["insurance"])):
        figure.patches.append(_swatch(figure, left, colour, hatch))
        words = figure.text(left + 0.022, 0.82, word(f"scheme.{name}", lang), va="top")
        left = float(words.get_window_extent().x1 / figure.bbox.width) + 0.02
    return Chart("pyramids", figure, data)


def _pyramid_data(results: "RunResult", dates: tuple[int, int]) -> "pd.DataFrame":
    """Persons by date, sex, age and insurance."""
    table = results.population.groupby(level=["date", "sex", "age"]).sum().loc[list(dates)]
    table = table.rename(columns={"resident_insured": "resident", "employee_insured": "employee"})
    table["uninsured"] = (table["persons"] - table["resident"] - table["employee"]).clip(lower=0)
    lacking = () if results.scenario.form.has("employee") else ("employee",)
    columns = [name for name, *_ in INSURANCE if name not in lacking]
    return table[columns].melt(ignore_index=False, var_name="insurance").reset_index()


def _pyramid(axes: "Axes", data: "pd.DataFrame", widest: float, said: "Words") -> None:
    """Stacked bars of single ages, men to the left."""
    for sex, sign in (("male", -1.0), ("female", 1.0)):
        start = np.zeros(0)
        for name, colour, hatch in (each for each in INSURANCE if each[0] in set(data["insurance"])):
            chosen = data[(data["sex"] == sex) & (data["insurance"] == name)]
            ages, width = chosen["age"].to_numpy(), sign * chosen["value"].to_numpy()
            start = start if start.size else np.zeros(len(ages))
            edges = np.append(ages, ages[-1] + 1) - 0.5
            bars = axes.stairs(start + width, edges, orientation="horizontal", baseline=start, fill=True)
            bars.set(facecolor=colour, edgecolor=VERMILLION if hatch else colour, hatch=hatch, linewidth=0)
            start = start + width
    axes.axvline(0, color="white", linewidth=0.8)
    axes.set_xlim(-widest, widest)
    axes.set_ylim(0, 100)
    axes.xaxis.set_major_locator(MaxNLocator(6, symmetric=True, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda width, _: said.number(abs(width), None)))
    axes.yaxis.set_major_locator(MultipleLocator(20))


def _finished(figure: canvas.ChartFigure, lines: list[Line], results: "RunResult", lang: str) -> canvas.ChartFigure:
    """The figure with its lines over calendar years, from zero, named."""
    axes = canvas.plot_area(figure)
    canvas.draw_lines(axes, lines)
    canvas.year_axis(axes, lines, results.years[0], word("mark.projection", lang))
    canvas.from_zero(axes)
    canvas.direct_labels(axes, lines)
    return figure


def _swatch(figure: canvas.ChartFigure, left: float, colour: str, hatch: str) -> "Rectangle":
    """A small filled rectangle before the name of an area."""
    return Rectangle(
        (left, 0.786),
        0.016,
        0.024,
        transform=figure.transFigure,
        facecolor=colour,
        edgecolor=VERMILLION if hatch else colour,
        hatch=hatch,
        linewidth=0,
    )


def _national_income_before(results: "RunResult") -> np.ndarray:
    """National disposable income a head of the year before each year, yuan."""
    inputs = Inputs(results.scenario, results.scenario.values)
    return inputs.incomes([year - 1 for year in results.years])[NATION]


def _published_burden(results: "RunResult", size: float) -> History:
    """The published contribution of an insured year over the published income of the year before."""
    paid = past(results.scenario, "personal_contribution_by_insured_year")
    income = past(results.scenario, "disposable_income_national").values
    return paid.over(History({year + 1: value for year, value in income.items()}), size)
