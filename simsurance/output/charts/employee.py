"""Charts that show the employee scheme beside the resident scheme: rates, members, cohorts."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.ticker import MaxNLocator

from simsurance.evidence.published import NOTHING, History, past
from simsurance.ledger import POOL
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import (
    BLACK,
    BLUE,
    DASHED,
    DOTTED,
    ORANGE,
    SKY,
    SOLID,
    VERMILLION,
    Chart,
    Line,
)
from simsurance.output.charts.fund import footer, owner, title
from simsurance.output.charts.words import word
from simsurance.output.labels import unit, words_of

if TYPE_CHECKING:
    import pandas as pd

    from simsurance.results import RunResult

OLDEST: Final = 90
"""Age on the opening 1 January of the oldest cohort drawn: the open age of 100 mixes older ones."""
UPPER: Final = (0.115, 0.535, 0.665, 0.25)
LOWER: Final = (0.115, 0.165, 0.665, 0.235)
HIGHER: Final = (0.115, 0.2, 0.665, 0.585)
"""Plots of a sheet with two, and of one with a footer of three lines."""
LAYERS: Final = (
    ("resident_insured", BLUE, "#CFE3F1", ""),
    ("employee_active", SKY, "#DDF0FB", ""),
    ("employee_retired", ORANGE, "#FAECCC", ""),
    ("uninsured", VERMILLION, "#FBE6D9", "////"),
)
"""From below: key, colour of edge and words, colour of the area, hatch."""
COHORT_LINES: Final = (
    ("resident_contributions", SKY, DASHED),
    ("public_money", BLACK, DOTTED),
    ("resident_benefits", BLUE, SOLID),
    ("employee_contributions", ORANGE, DASHED),
    ("employee_benefits", VERMILLION, SOLID),
)


def employee_rates(results: "RunResult", lang: str) -> Chart:
    """Above, what the pool takes and pays as shares of the contribution base; below, retired over active members."""
    shown = unit("share", words_of(results.scenario, lang))
    account = results.accounts[POOL]
    known = past(results.scenario, "employee_retired").over(past(results.scenario, "employee_active"))

    def line(name: str, colour: str, dashes: object, before: History = NOTHING) -> Line:
        points = canvas.finite(dict(zip(results.years, (account[name] / shown.size).tolist(), strict=True)))
        words = canvas.wrapped(word(f"line.{name}", lang))
        return Line(name, words, points, colour, dashes, before.shown(shown.size), before.estimated)

    rates = [line("contribution_rate", BLUE, DASHED), line("pay_as_you_go_rate", VERMILLION, SOLID)]
    ratio = [line("dependency_ratio", BLACK, SOLID, known)]
    figure = canvas.sheet(
        title(results, word("title.employee_rates", lang), owner((POOL,), lang), lang),
        word("axis.employee_rates", lang, unit=shown.name),
        footer(results.scenario, lang, rates, [word("note.employee", lang)]),
        lang,
    )
    for rect, lines, words in ((UPPER, rates, word("mark.projection", lang)), (LOWER, ratio, "")):
        axes = canvas.plot_area(figure, rect)
        canvas.draw_lines(axes, lines)
        canvas.year_axis(axes, [*rates, *ratio], results.years[0], words)
        canvas.from_zero(axes)
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
        canvas.direct_labels(axes, lines)
    figure.axes[0].tick_params(labelbottom=False)
    words = word("axis.dependency", lang)
    if known.values:
        words = word("line.note_behind", lang, what=words, note=word("note.history", lang))
    figure.text(0.025, LOWER[1] + LOWER[3] + 0.075, words, color="#333333", va="top")
    return Chart("employee_rates", figure, canvas.frame([*rates, *ratio], shown.name))


def members_by_scheme(results: "RunResult", lang: str) -> Chart:
    """The population on 31 December by scheme: residents insured, active and retired members, and the uninsured."""
    shown = unit("persons", words_of(results.scenario, lang), results.account["population"])
    layers = _layers(results, shown.size, lang)
    figure = canvas.sheet(
        word("title.members_by_scheme", lang),
        word("axis.members_by_scheme", lang, unit=shown.name),
        footer(results.scenario, lang, layers, [word("note.un", lang)]),
        lang,
    )
    axes = canvas.plot_area(figure)
    floor, edges, middles = dict.fromkeys(results.years, 0.0), [], []
    beneath: dict[int, float] = {}
    for layer, (*_, area_colour, hatch) in zip(layers, LAYERS, strict=True):
        edge = {year: floor[year] + persons for year, persons in layer.points.items()}
        beneath = {year: beneath.get(year, 0.0) + persons for year, persons in layer.published.items()}
        area = axes.fill_between(list(edge), list(floor.values()), list(edge.values()), zorder=2)
        area.set(facecolor=area_colour, edgecolor=VERMILLION if hatch else area_colour, hatch=hatch, linewidth=0)
        edges.append(replace(layer, points=edge, published=beneath))
        last = results.years[-1]
        middles.append(replace(layer, points={last: (floor[last] + edge[last]) / 2}))
        floor = edge
    canvas.draw_lines(axes, edges)
    figure.curves = tuple(layers)  # what is told of each is its own, not what lies beneath it as well
    canvas.year_axis(axes, edges, results.years[0], word("mark.projection", lang))
    canvas.from_zero(axes)
    canvas.direct_labels(axes, middles)
    return Chart("members_by_scheme", figure, canvas.frame(layers, shown.name))


def _layers(results: "RunResult", size: float, lang: str) -> list[Line]:
    """Persons of each layer by year; the uninsured are the rest of the population."""
    scenario = results.scenario
    account = results.account | {name: results.accounts[POOL][name] for name in ("employee_active", "employee_retired")}
    names = [name for name, *_ in LAYERS[:-1]]
    known = {name: past(scenario, name) for name in names}
    rest = past(scenario, "population")
    for name in names:
        rest = rest.plus(known[name], -1.0)
    counted = {name: account[name] for name in names}
    counted["uninsured"] = account["population"] - np.add.reduce([counted[name] for name in names])
    known["uninsured"] = rest
    return [
        Line(
            name,
            canvas.wrapped(word(f"line.{name}", lang)),
            dict(zip(results.years, (counted[name] / size).tolist(), strict=True)),
            colour,
            SOLID,
            {year: persons for year, persons in known[name].shown(size).items() if year in rest.values},
            known[name].estimated & set(rest.values),
        )
        for name, colour, *_ in LAYERS
    ]


def cohort_balance(results: "RunResult", lang: str) -> Chart:
    """What a person of each birth cohort pays and gets within the horizon in both schemes, present values."""
    shown = unit("yuan_pp", words_of(results.scenario, lang))
    first, last = results.years[0], results.years[-1]
    born = results.cohorts.index.get_level_values("birth_year")
    table = results.cohorts[(born >= first - 1 - OLDEST) & (results.cohorts["persons"] > 0)]
    oldest = int(table.index.get_level_values("birth_year").min())
    lines = [
        Line(name, canvas.wrapped(word(f"line.{name}", lang)), _per_person(table, name), colour, dashes)
        for name, colour, dashes in COHORT_LINES
    ]
    figure = canvas.sheet(
        word("title.cohort_balance", lang),
        word("axis.cohort_balance", lang, unit=shown.name, first=first, last=last),
        [
            *footer(results.scenario, lang, lines, [word("note.horizon", lang, last=last, born=oldest)]),
            word("note.scheduled", lang),
        ],
        lang,
    )
    axes = canvas.plot_area(figure, HIGHER)
    canvas.draw_lines(axes, lines)
    canvas.year_axis(axes, lines, first, word("mark.born_later", lang))
    canvas.from_zero(axes)
    canvas.direct_labels(axes, [replace(line, points={last: max(line.points.values())}) for line in lines])
    return Chart("cohort_balance", figure, canvas.frame(lines, shown.name, "birth_year"))


def _per_person(table: "pd.DataFrame", name: str) -> dict[int, float]:
    """A column of the cohorts for each person, by birth year."""
    born = table.index.get_level_values("birth_year")
    return dict(zip(born.tolist(), (table[name] / table["persons"]).tolist(), strict=True))
