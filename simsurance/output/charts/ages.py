"""Charts by age: pyramids, benefits a head, and who gets more than they pay."""

from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, MultipleLocator

from simsurance.basis.frames import prices
from simsurance.ledger import PAID_AND_RECEIVED, POOL
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import (
    BLACK,
    BLUE,
    DASHED,
    DOTTED,
    NOTE_SIZE,
    ORANGE,
    SOLID,
    UNINSURED,
    Chart,
    ChartFigure,
    Line,
)
from simsurance.output.charts.notes import foot
from simsurance.output.charts.titles import title_of
from simsurance.output.charts.words import word
from simsurance.output.labels import drawn_unit, unit, words_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simsurance.language import Words
    from simsurance.results import RunResult

COST: Final = {
    "resident": (
        ("inpatient_benefits", "outpatient_benefits", "critical_illness", "bonus_cost"),
        ("resident_insured_years",),
    ),
    "employee": (
        ("employee_inpatient_benefits", "employee_outpatient_benefits", "maternity_benefits"),
        ("active_years", "retired_years"),
    ),
}
"""Benefits and insured years of each scheme."""
BALANCE: Final = {
    "resident": ("resident_contributions", "resident_benefits"),
    "employee": ("employee_contributions", "employee_benefits"),
}
"""What is paid and received in each scheme, among what cohorts pay and receive."""
INSURANCE: Final = (("resident", BLUE, ""), ("employee", ORANGE, ""), ("uninsured", UNINSURED, "////"))
"""Who insures a person, from the middle of a pyramid outwards: colour and hatch."""
OPEN_AGE: Final = 100
OPEN_BAR: Final = (OPEN_AGE + 1.5, OPEN_AGE + 4.5)
"""Where the bar of the open age stands, apart from single ages, which are as high as one year each."""
CHILDBEARING: Final = (20, 42)
OLD, YOUNG = 70, 30
"""Ages that the title of the cost by age compares."""
YEARS: Final = 36.0
"""Points right of a plot whose lines are named by their years."""
DATED_LOOKS: Final = ((BLACK, SOLID), (BLUE, DASHED), (ORANGE, DOTTED))
"""Of years, the first one first."""


def schemes_of(results: "RunResult") -> list[str]:
    """The schemes whose money is projected."""
    return ["resident", *(["employee"] if POOL in results.accounts else [])]


def pyramids(results: "RunResult", lang: str) -> Chart:
    """Persons by age and sex on the first and the last 1 January, by who insures them; the first again as an outline."""
    dates = (results.dates[0], results.dates[-1])
    data = _pyramid_data(results, dates)
    widths = data.groupby(["date", "sex", "age"])["value"].sum()
    shown = drawn_unit("persons", words_of(results.scenario, lang), widths)
    medians = {date: median_age(results, date) for date in dates}
    totals = {date: float(data[data["date"] == date]["value"].sum()) for date in dates}
    data = data.assign(value=data["value"] / shown.size, unit=shown.name)
    figure = canvas.sheet(
        title_of("pyramids", results, lang, dates=dates, medians=[medians[date] for date in dates]),
        word("axis.pyramids", lang, unit=shown.name),
        foot(results.scenario, lang, [], [word("note.un", lang)]),
        lang,
        canvas.TALL,
    )
    widest, wide = float(widths.max()) / shown.size * 1.04, 72 * figure.get_size_inches()[0]
    room = wide / 2
    for place, date in enumerate(dates):
        left = 12.0 + place * (room + 2)
        axes = canvas.area(figure, left, wide - left - room + 26, canvas.TOP_MARGIN + 46)
        _pyramid(axes, data[data["date"] == date], widest, figure.said)
        if place:
            _outline(axes, data[data["date"] == dates[0]])
        axes.tick_params(labelleft=bool(place), labelsize=NOTE_SIZE)
        told = word("head.pyramid", lang, year=date, persons=totals[date], median=medians[date])
        canvas.head(axes, told)
        for sex, x, side in (("male", 0.02, "left"), ("female", 0.98, "right")):
            name = figure.said.label(f"axis.sex.{sex}")
            axes.text(x, 0.97, name, transform=axes.transAxes, ha=side, va="top", fontsize=NOTE_SIZE)
        persons = data[data["date"] == date].groupby("age")["value"].sum()
        figure.curves += (canvas.Drawn(word("mark.on_date", lang, year=date), persons.to_dict()),)
    _key(figure, [each for each in INSURANCE if each[0] in set(data["insurance"])], dates[0], lang)
    return Chart("pyramids", figure, data)


def median_age(results: "RunResult", date: int) -> float:
    """The age that half of the population has not reached, within a year of age as if birthdays were spread evenly."""
    persons = results.population["persons"].xs(date, level="date").groupby(level="age").sum().to_numpy()
    below = np.concatenate([[0.0], np.cumsum(persons)])
    return float(np.interp(below[-1] / 2, below, np.arange(len(below))))


def _pyramid_data(results: "RunResult", dates: tuple[int, int]) -> "pd.DataFrame":
    """Persons by date, sex, age and insurance."""
    table = results.population.groupby(level=["date", "sex", "age"]).sum().loc[list(dates)]
    table = table.rename(columns={"resident_insured": "resident", "employee_insured": "employee"})
    table["uninsured"] = (table["persons"] - table["resident"] - table["employee"]).clip(lower=0)
    lacking = () if results.scenario.form.has("employee") else ("employee",)
    columns = [name for name, *_ in INSURANCE if name not in lacking]
    return table[columns].melt(ignore_index=False, var_name="insurance").reset_index()


def _edges(ages: np.ndarray) -> np.ndarray:
    """Where the bars of ages begin and end: single ages, a gap, the open age."""
    return np.concatenate([ages[:-1] - 0.5, [ages[-1] - 0.5, *OPEN_BAR]])


def _stepped(values: np.ndarray) -> np.ndarray:
    """Values of ages with none in the gap below the open age."""
    return np.concatenate([values[:-1], [np.nan], values[-1:]])


def _pyramid(axes: "Axes", data: "pd.DataFrame", widest: float, said: "Words") -> None:
    """Stacked bars of single ages and of the open age, men to the left."""
    for sex, sign in (("male", -1.0), ("female", 1.0)):
        start = np.zeros(0)
        for name, colour, hatch in (each for each in INSURANCE if each[0] in set(data["insurance"])):
            chosen = data[(data["sex"] == sex) & (data["insurance"] == name)]
            ages, width = chosen["age"].to_numpy(), sign * chosen["value"].to_numpy()
            start = start if start.size else np.zeros(len(ages))
            look: Any = {"orientation": "horizontal", "fill": True}
            bars = canvas.steps(axes, _stepped(start + width), _edges(ages), baseline=_stepped(start), **look)
            bars.set(facecolor=colour, edgecolor="white" if hatch else colour, hatch=hatch, linewidth=0)
            start = start + width
    axes.axvline(0, color="white", linewidth=0.8)
    axes.set_xlim(-widest, widest)
    axes.set_ylim(-0.5, OPEN_BAR[1] + 1.5)
    axes.xaxis.set_major_locator(MaxNLocator(6, symmetric=True, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda width, _: said.number(abs(width), None)))
    ticks = [*range(0, OPEN_AGE, 20), sum(OPEN_BAR) / 2]
    axes.yaxis.set_major_locator(FixedLocator(ticks))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda age, _: f"{age:.0f}" if age < OPEN_AGE else f"{OPEN_AGE}+"))


def _outline(axes: "Axes", data: "pd.DataFrame") -> None:
    """All persons of another date as a line around them."""
    for sex, sign in (("male", -1.0), ("female", 1.0)):
        persons = data[data["sex"] == sex].groupby("age")["value"].sum()
        values, edges = sign * persons.to_numpy(), _edges(persons.index.to_numpy())
        look: Any = {
            "orientation": "horizontal",
            "baseline": None,
            "fill": False,
            "edgecolor": BLACK,
            "linewidth": 0.9,
            "zorder": 5,
        }
        canvas.steps(axes, _stepped(values), edges, **look)


def _key(figure: ChartFigure, shown: list[tuple[str, str, str]], first: int, lang: str) -> None:
    """What the colours and the outline are, above the pyramids."""
    wide, high = (72 * side for side in figure.get_size_inches())
    left, height = 12.0 / wide, 1 - (canvas.TOP_MARGIN + 6) / high
    for name, colour, hatch in shown:
        swatch = Rectangle((left, height - 7 / high), 9 / wide, 7 / high, transform=figure.transFigure)
        swatch.set(facecolor=colour, edgecolor="white" if hatch else colour, hatch=hatch, linewidth=0)
        figure.patches.append(swatch)
        words = figure.text(left + 12 / wide, height + 1 / high, word(f"scheme.{name}", lang), va="top")
        left = float(words.get_window_extent().x1 / figure.bbox.width) + 12 / wide
    line = Rectangle((left, height - 7 / high), 9 / wide, 7 / high, transform=figure.transFigure)
    line.set(facecolor="none", edgecolor=BLACK, linewidth=0.9)
    figure.patches.append(line)
    figure.text(left + 12 / wide, height + 1 / high, word("mark.outline", lang, year=first), va="top")


def cost_by_age(results: "RunResult", lang: str) -> Chart:
    """Benefits per insured year by age in the first and the last year at constant prices; below, how many are insured."""
    shown = unit("yuan_pp", words_of(results.scenario, lang))
    dated = list(dict.fromkeys((results.years[0], results.years[-1])))
    level = dict(zip(dated, prices(results.scenario, dated).tolist(), strict=True))
    table, schemes = results.ages.groupby(level=["year", "age"]).sum(), schemes_of(results)
    lines: dict[str, list[Line]] = {}
    for scheme in schemes:
        paid, exposed = COST[scheme]
        years_insured = table[list(exposed)].sum(axis="columns")
        per_head = (table[list(paid)].sum(axis="columns") / years_insured)[years_insured > 0]
        lines[scheme] = [
            _by_age(scheme, year, per_head, look, level[year]) for year, look in zip(dated, DATED_LOOKS, strict=False)
        ]
    everyone = [line for pair in lines.values() for line in pair]
    figure = canvas.sheet(
        title_of("cost_by_age", results, lang, old=OLD, young=YOUNG, times=_times(lines["resident"][0])),
        word("axis.cost_by_age", lang, unit=shown.name, year=results.years[0] - 1),
        foot(results.scenario, lang, [], [word("note.age", lang)]),
        lang,
        canvas.TALL,
    )
    top = 1.1 * max(1.0, canvas.highest(everyone))
    persons: list[Line] = []
    for place, scheme in enumerate(schemes):
        left, right = canvas.beside(figure, place, len(schemes), YEARS)
        axes, strip = canvas.stacked(figure, 0.36, left, right)
        canvas.head(axes, word(f"scheme.{scheme}", lang))
        canvas.draw_lines(axes, lines[scheme])
        axes.set_ylim(0, top)
        _age_axis(axes)
        canvas.direct_labels(axes, lines[scheme])
        _childbearing(axes, lines[scheme], lang)
        persons += _insured_strip(figure, strip, scheme, table, dated, lang)
    heads = drawn_unit("persons", figure.said, _insured_by_age(table, schemes[0])).name
    frame = canvas.together(canvas.frame(everyone, shown.name, "age"), canvas.frame(persons, heads, "age"))
    return Chart("cost_by_age", figure, frame)


def _by_age(scheme: str, year: int, per_head: "pd.Series[float]", look: Any, level: float) -> Line:
    """Benefits a head of one year by age."""
    somebody = year in per_head.index.get_level_values("year")
    of_year = per_head.xs(year, level="year").items() if somebody else ()
    points = {int(cast("int", age)): float(amount) / level for age, amount in of_year}
    return Line(
        str(year) if scheme == "resident" else f"{scheme}_{year}", str(year), points, look[0], look[1], width=1.9
    )


def _times(line: Line) -> float | None:
    """How many times what is paid for the young is paid for the old."""
    young, old = line.points.get(YOUNG, 0.0), line.points.get(OLD, 0.0)
    return old / young if young > 0 and old > 0 else None


def _age_axis(axes: "Axes", labels: bool = False) -> None:
    """Ages along the axis."""
    axes.set_xlim(0, OPEN_AGE)
    axes.xaxis.set_major_locator(MultipleLocator(20))
    axes.tick_params(labelbottom=labels)


def _childbearing(axes: "Axes", lines: list[Line], lang: str) -> None:
    """What the hump of the highest line in childbearing ages is, where there is one."""
    line = max(lines, key=lambda each: max(each.points.values(), default=0.0))
    hump = {age: value for age, value in line.points.items() if CHILDBEARING[0] < age < CHILDBEARING[1]}
    if not hump:
        return
    age = max(hump, key=hump.__getitem__)
    if age in (min(hump), max(hump)):
        return
    note = axes.annotate(word("mark.childbearing", lang), (age, hump[age]), (0, 0), textcoords="offset points")
    note.set(fontsize=NOTE_SIZE, color=canvas.AXIS)
    canvas.into_clear(note, lines, [(0, up, "center") for up in (5, 9, 14, 20)])


def _insured_strip(
    figure: ChartFigure, axes: "Axes", scheme: str, table: "pd.DataFrame", dated: list[int], lang: str
) -> list[Line]:
    """Insured years by age under the cost a head, in one unit for all schemes."""
    shown = drawn_unit("persons", figure.said, _insured_by_age(table, "resident"))
    counted = _insured_by_age(table, scheme)
    lines = []
    for year, look in zip(dated, DATED_LOOKS, strict=False):
        by_age = counted.xs(year, level="year").items()
        points = {int(cast("int", age)): float(value) / shown.size for age, value in by_age}
        series = f"insured_{year}" if scheme == "resident" else f"insured_{scheme}_{year}"
        lines.append(Line(series, "", points, look[0], look[1], width=1.2))
    canvas.head(axes, word("head.insured_by_age", lang, unit=shown.name))
    canvas.draw_lines(axes, lines, told=False)
    axes.set_ylim(0, 1.15 * max(canvas.highest(lines), 1e-9))
    axes.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
    _age_axis(axes, labels=True)
    return lines


def _insured_by_age(table: "pd.DataFrame", scheme: str) -> "pd.Series[float]":
    """Years insured in a scheme by year and age."""
    return table[list(COST[scheme][1])].sum(axis="columns")


def transfer_by_age(results: "RunResult", lang: str) -> Chart:
    """Benefits less contributions of a person insured, by age, in the first, a middle and the last year: a panel a scheme."""
    shown = unit("yuan_pp", words_of(results.scenario, lang))
    years = results.years
    dated = list(dict.fromkeys((years[0], years[len(years) * 2 // 5], years[-1])))
    level = dict(zip(dated, prices(results.scenario, dated).tolist(), strict=True))
    lines = {scheme: _transfers(results, scheme, dated, level) for scheme in schemes_of(results)}
    everyone = [line for each in lines.values() for line in each]
    figure = canvas.sheet(
        title_of("transfer_by_age", results, lang, year=years[0], turns=[_turn(each[0]) for each in lines.values()]),
        word("axis.transfer_by_age", lang, unit=shown.name, year=years[0] - 1),
        foot(results.scenario, lang, [], [word("note.transfer_by_age", lang), word("note.age", lang)]),
        lang,
    )
    values = [value for line in everyone for value in line.points.values()]
    low, high = min([0.0, *values]), max([0.0, *values])
    for place, (scheme, drawn) in enumerate(lines.items()):
        left, right = canvas.beside(figure, place, len(lines), YEARS, 36)
        axes = canvas.area(figure, left, right, canvas.TOP_MARGIN + 14)
        canvas.head(axes, word(f"scheme.{scheme}", lang))
        canvas.draw_lines(axes, drawn)
        axes.set_ylim(1.06 * low, 1.06 * high or 1.0)
        axes.axhline(0, color=BLACK, linewidth=0.9, zorder=3)
        axes.spines["bottom"].set_visible(False)
        _age_axis(axes, labels=True)
        canvas.direct_labels(axes, drawn)
    return Chart("transfer_by_age", figure, canvas.frame(everyone, shown.name, "age"))


def _transfers(results: "RunResult", scheme: str, dated: list[int], level: dict[int, float]) -> list[Line]:
    """What a person insured in a scheme gets more than it pays, by age, in some years at constant prices."""
    table = results.ages.groupby(level=["year", "age"]).sum()
    paid, received = (_moved(results, table, name) for name in BALANCE[scheme])
    exposed = table[list(COST[scheme][1])].sum(axis="columns")
    net = ((received - paid) / exposed)[exposed > 1.0]
    return [_by_age(scheme, year, net, look, level[year]) for year, look in zip(dated, DATED_LOOKS, strict=False)]


def _moved(results: "RunResult", table: "pd.DataFrame", name: str) -> "pd.Series[float]":
    """Rows of what is paid or received, as in the table of cohorts; what goes to accounts at its share of its source."""
    rows = PAID_AND_RECEIVED[name]
    found = table[[row.name for row in rows if row.name in table.columns]].sum(axis="columns")
    for row in (row for row in rows if row.name not in table.columns and row.within):
        whole = table[row.within].groupby(level="year").sum().to_numpy()
        share = np.abs(results.accounts[POOL][row.name]) / np.where(whole, whole, 1.0)
        found = found + table[row.within] * np.repeat(share, len(table) // len(share))
    return found


def _turn(line: Line) -> int | None:
    """The age from which on more is received than paid at every age; None where there is none, or it is so at all."""
    less = [age for age, value in line.points.items() if value <= 0]
    return max(less) + 1 if less and max(less) < OPEN_AGE else None
