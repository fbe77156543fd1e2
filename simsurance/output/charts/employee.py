"""Charts that show the employee scheme beside the resident scheme: retired and active members, all members, cohorts."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.evidence.published import past
from simsurance.ledger import POOL
from simsurance.output.charts import canvas, marks
from simsurance.output.charts.canvas import (
    BAND_95,
    BLUE,
    DASHED,
    DOTTED,
    NOTE_SIZE,
    ORANGE,
    RETIRED,
    SHORTFALL,
    SOLID,
    UNINSURED,
    VERMILLION,
    Chart,
    Line,
)
from simsurance.output.charts.lettering import width
from simsurance.output.charts.notes import foot
from simsurance.output.charts.titles import title_of
from simsurance.output.charts.words import word
from simsurance.output.labels import drawn_unit, unit, words_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from simsurance.results import RunResult

OLDEST: Final = 90
"""Age on the opening 1 January of the oldest cohort drawn: the open age of 100 mixes older ones."""
LONG_SEEN: Final = 30
"""Years of a cohort within the projection from which on what it pays and gets is told as its own."""
LAYERS: Final = (
    ("resident_insured", BLUE, ""),
    ("employee_active", ORANGE, ""),
    ("employee_retired", RETIRED, ""),
    ("uninsured", UNINSURED, "////"),
)
"""From below: key, colour and hatch of the area."""
WORDS_ON: Final = {BLUE: "white", ORANGE: canvas.BLACK, RETIRED: canvas.BLACK, UNINSURED: canvas.BLACK}
LEAST_HIGH: Final = 0.055
"""Share of the height that a layer must have to hold its name."""
PALE: Final = 0.6
"""Strength of colours of what is published, or seen in part."""
COHORTS: Final = {
    "resident": (
        ("resident_contributions", BLUE, DASHED),
        ("resident_benefits", VERMILLION, SOLID),
        ("public_money", canvas.GREY, DOTTED),
    ),
    "employee": (("employee_contributions", BLUE, DASHED), ("employee_benefits", VERMILLION, SOLID)),
}
"""What a cohort pays and gets in each scheme: paid, received, paid by government."""


def retired_per_active(results: "RunResult", lang: str) -> Chart:
    """Retired over active members of the employee scheme on 31 December, per 100."""
    known = past(results.scenario, "employee_retired").over(past(results.scenario, "employee_active"))
    values = results.accounts[POOL]["dependency_ratio"]
    label = word("line.dependency_ratio", lang)
    line = Line.of("dependency_ratio", label, results.years, values, known, 0.01, stock=True)
    figure = canvas.sheet(
        title_of("retired_per_active", results, lang),
        word("axis.dependency", lang),
        foot(results.scenario, lang, [line]),
        lang,
    )
    axes = canvas.area(figure, right=canvas.room_for(line.label))
    canvas.draw_lines(axes, [line])
    canvas.from_zero(axes)
    canvas.year_axis(axes, [line], results.years[0], word("mark.projection", lang))
    canvas.direct_labels(axes, [line])
    return Chart("retired_per_active", figure, canvas.frame([line], figure.said.label("chart.head.per_100_active")))


def members_by_scheme(results: "RunResult", lang: str) -> Chart:
    """The population on 31 December by scheme, from the first published year on: residents, active, retired, uninsured."""
    shown = drawn_unit("persons", words_of(results.scenario, lang), results.account["population"])
    layers = _layers(results, shown.size, lang)
    figure = canvas.sheet(
        title_of("members_by_scheme", results, lang),
        word("axis.members_by_scheme", lang, unit=shown.name),
        foot(results.scenario, lang, layers, [word("note.un", lang)]),
        lang,
    )
    axes = canvas.area(figure, right=24)
    floor: dict[int, float] = {}
    whole = canvas.highest(
        [Line("", "", {year: sum(layer.points[year] for layer in layers) for year in results.years})]
    )
    for layer, (_, colour, hatch) in zip(layers, LAYERS, strict=True):
        points = dict(layer.published) | dict(layer.points)
        top = {year: floor.get(year, 0.0) + persons for year, persons in points.items()}
        for part, strength in ((layer.published, PALE), (layer.points, 1.0)):
            years = sorted(part)
            if strength < 1 and years and years[-1] + 1 in layer.points:
                years.append(years[-1] + 1)  # no gap between the last published year and the first projected
            if not years:
                continue
            low, high = [floor.get(year, 0.0) for year in years], [top[year] for year in years]
            area = axes.fill_between(years, low, high, zorder=2)
            area.set(facecolor=colour, edgecolor="white", hatch=hatch, linewidth=0.5, alpha=strength)
        _name_layer(axes, layer, floor, top, whole, lang)
        floor = top
    figure.curves = tuple(canvas.Drawn(layer.label or layer.series, layer.points) for layer in layers)
    axes.set_ylim(0, 1.1 * max(floor.values()))
    canvas.year_axis(axes, layers, results.years[0], word("mark.projection", lang))
    return Chart("members_by_scheme", figure, canvas.frame(layers, shown.name))


def _name_layer(
    axes: "Axes", layer: Line, floor: dict[int, float], top: dict[int, float], whole: float, lang: str
) -> None:
    """A layer's name with its first and its last value, where the layer is high enough."""
    years = sorted(layer.points)
    first, last = years[0], years[-1]
    told = word("line.from_to_of", lang, what=layer.label, start=layer.points[first], end=layer.points[last])
    words, shown = told.replace("\n", " "), sorted(top)
    per_year = 72 * axes.bbox.width / axes.figure.dpi / len(shown)
    half = int(np.ceil(width(words, canvas.TEXT_SIZE) / per_year / 2)) + 1
    tops, floors = (np.array([edge.get(year, 0.0) for year in shown]) for edge in (top, floor))
    ahead = shown.index(first)
    spans = {at: slice(at - half, at + half + 1) for at in range(ahead + half, len(shown) - half)}
    clear = {at: float(tops[span].min() - floors[span].max()) for at, span in spans.items()}
    usual, least = len(shown) * 11 // 20, LEAST_HIGH * whole
    at = max(clear, key=lambda place: (min(clear[place], least), -abs(place - usual)), default=usual)
    thin = tops[at] - floors[at] < least
    at = usual if thin else at
    span = spans.get(at, slice(at, at + 1))
    height = tops[span].max() + 0.02 * whole if thin else (tops[span].min() + floors[span].max()) / 2
    colour = canvas.BLACK if thin else WORDS_ON[layer.colour]
    axes.text(shown[at], height, words, ha="center", va="bottom" if thin else "center", color=colour, zorder=5)


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
    before = {year for year in rest.values if year < results.years[0]}
    return [
        Line.of(
            name,
            word(f"line.{name}", lang),
            results.years,
            counted[name],
            known[name].only({year: value for year, value in known[name].values.items() if year in before}),
            size,
            colour=colour,
        )
        for name, colour, *_ in LAYERS
    ]


def cohort_balance(results: "RunResult", lang: str) -> Chart:
    """What a person of each birth cohort pays and gets within the horizon, present values; pale where it is seen in part."""
    shown = unit("yuan_pp", words_of(results.scenario, lang))
    first, last = results.years[0], results.years[-1]
    born = results.cohorts.index.get_level_values("birth_year")
    table = results.cohorts[(born >= first - 1 - OLDEST) & (results.cohorts["persons"] > 0)]
    oldest = int(table.index.get_level_values("birth_year").min())
    panels = {
        scheme: [_of_cohorts(table, name, colour, dashes, lang) for name, colour, dashes in rows]
        for scheme, rows in COHORTS.items()
    }
    lines = [line for rows in panels.values() for line in rows]
    seen = (first - 1 - OLDEST + LONG_SEEN, last - LONG_SEEN + 1)
    figure = canvas.sheet(
        title_of("cohort_balance", results, lang, until=[_gaining_until(rows, seen) for rows in panels.values()]),
        word("axis.cohort_balance", lang, unit=shown.name, first=first, last=last),
        foot(
            results.scenario,
            lang,
            lines,
            [word("note.horizon", lang, last=last, born=oldest), word("note.scheduled", lang)],
        ),
        lang,
        canvas.TALL,
    )
    top = 1.08 * max(1.0, canvas.highest(lines))
    for place, (scheme, drawn) in enumerate(panels.items()):
        left, right = canvas.beside(figure, place, len(panels), 10, 38)
        axes = canvas.area(figure, left, right, canvas.TOP_MARGIN + canvas.HEAD)
        canvas.head(axes, word(f"scheme.{scheme}", lang))
        canvas.draw_lines(axes, drawn)
        axes.set_ylim(0, top)
        axes.set_xlim(oldest, last)
        canvas.years_at(axes, oldest, last)
        _net(axes, drawn[0], drawn[1])
        _in_part(axes, seen, oldest, last, lang)
        _name_lines(axes, drawn)
    return Chart("cohort_balance", figure, canvas.frame(lines, shown.name, "birth_year"))


def _of_cohorts(table: "pd.DataFrame", name: str, colour: str, dashes: Any, lang: str) -> Line:
    """A column of the cohorts for each person, by birth year."""
    born = table.index.get_level_values("birth_year")
    points = dict(zip(born.tolist(), (table[name] / table["persons"]).tolist(), strict=True))
    return Line(name, canvas.wrapped(word(f"line.{name}", lang)), points, colour, dashes, width=1.9)


def _gaining_until(lines: list[Line], seen: tuple[int, int]) -> int | None:
    """The birth year up to which cohorts that are long seen get more than they pay; None where that is no single turn."""
    paid, received, *_ = (line.points for line in lines)
    gain = [(year, received[year] > paid[year]) for year in range(seen[0], seen[1] + 1) if year in paid]
    gaining = [year for year, gains in gain if gains]
    turned = gaining and 0 < len(gaining) < len(gain) and gaining[-1] == gain[len(gaining) - 1][0]
    return gaining[-1] if turned else None


def _net(axes: "Axes", paid: Line, received: Line) -> None:
    """The area between what is paid and what is received."""
    years = np.array(list(paid.points))
    given, got = (np.array(list(line.points.values())) for line in (paid, received))
    look: Any = {"interpolate": True, "linewidth": 0, "zorder": 1}
    axes.fill_between(years, given, got, where=got > given, color=SHORTFALL, **look)
    axes.fill_between(years, given, got, where=got < given, color=BAND_95, **look)


def _in_part(axes: "Axes", seen: tuple[int, int], oldest: int, last: int, lang: str) -> None:
    """A veil over cohorts that the projection sees for few years, and its name."""
    for begins, ends in ((oldest, min(seen[0], last)), (max(seen[1], oldest), last)):
        if ends > begins:
            veil = axes.axvspan(begins, ends, color="white", alpha=PALE, linewidth=0, zorder=7)
            veil.set_gid(canvas.PAST_FIELD)
    note = axes.annotate(
        word("mark.seen_in_part", lang), (1, 1), (-2, -2), "axes fraction", "offset points", fontsize=NOTE_SIZE
    )
    note.set(color=canvas.GREY, ha="right", va="top", zorder=8)


def _name_lines(axes: "Axes", lines: list[Line]) -> None:
    """Each line's name at its highest point."""
    for line in lines:
        born = max(line.points, key=line.points.__getitem__)
        note = axes.annotate(
            line.label, (born, line.points[born]), (0, 0), textcoords="offset points", fontsize=NOTE_SIZE
        )
        note.set(color=canvas.ink(line.colour), zorder=9, linespacing=1.05)
        beside = [(-far, 0, "right") for far in (8, 16, 24, 34, 46)]
        around = [(0, 4, "center"), (6, 4, "left"), (-6, 4, "right"), *beside, *marks.AROUND]
        canvas.into_clear(note, lines, around)
