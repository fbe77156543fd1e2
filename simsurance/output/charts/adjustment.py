"""Charts of a timely adjustment: its factors and who bears how much; the reserve with it, without it, on a fixed path."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.ticker import MaxNLocator

from simsurance.adjusting import FACTORS, PARTIES, columns_of
from simsurance.answers.adjustment import FIXED, NONE, RULE
from simsurance.ledger import RESIDENT
from simsurance.model.fund import summed
from simsurance.output.adjustment_summary import adjustment_facts
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import (
    BLACK,
    BLUE,
    DASHED,
    DOTTED,
    GREY,
    ORANGE,
    SKY,
    SOLID,
    VERMILLION,
    Chart,
    Line,
)
from simsurance.output.charts.marks import depletion_of
from simsurance.output.charts.notes import foot
from simsurance.output.charts.words import word
from simsurance.output.labels import drawn_unit, fund_label, unit, words_of
from simsurance.output.planned import FORMATS

if TYPE_CHECKING:
    from simsurance.answers.adjustment import Adjustment
    from simsurance.language import Words

LEAST_MONTHS_SHOWN: Final = 6.0
"""Months of a deficit that a chart shows at least; it is shown no deeper than the reserve is high."""
UPPER: Final = (0.115, 0.545, 0.665, 0.24)
LOWER: Final = (0.115, 0.165, 0.665, 0.245)
LOOKS: Final = {
    "contribution": (BLUE, SOLID),
    "subsidy": (BLACK, DASHED),
    "payment_ratio": (VERMILLION, SOLID),
    "limits": (ORANGE, DASHED),
    "deductible": (SKY, DOTTED),
}
"""Colour and line of each answer."""
COLOURS: Final = {"members": BLUE, "assistance": SKY, "budget": ORANGE, "localities": GREY, "patients": VERMILLION}
DEPLETIONS: Final = {"ruled": RULE, "unruled": NONE}
"""Paths whose depletion years the title tells, by what it calls them."""
PATH_LOOKS: Final = {NONE: (GREY, DOTTED), RULE: (BLACK, SOLID), FIXED: (BLUE, DASHED)}


def draw(found: "Adjustment", lang: str = "en") -> Chart:
    """Above, the factors of the answers that ever move; below, what each party bears by year at constant prices."""
    with canvas.style():
        return _factors(found, lang)


def _factors(found: "Adjustment", lang: str) -> Chart:
    table, scenario, years = found.table, found.scenario, found.ruled.years
    prices, said = found.ruled.accounts[RESIDENT]["price_level"], words_of(scenario, lang)
    factors = [
        Line(
            name,
            canvas.wrapped(said.label(f"axis.answer.{name.removesuffix('_factor')}")),
            dict(zip(years, table[name].tolist(), strict=True)),
            *LOOKS[name.removesuffix("_factor")],
        )
        for name in FACTORS
        if (table[name] != 1).any()
    ]
    borne = {
        party: summed(table[name].to_numpy() for name in columns_of(party, table.columns)) / prices for party in PARTIES
    }
    moved = {party: values for party, values in borne.items() if values.any()}
    shown = drawn_unit("yuan", said, summed([np.zeros(len(years)), *moved.values()]))
    figure = canvas.sheet(
        _title(found, said),
        word("axis.adjustment", lang),
        foot(scenario, lang, [], [word("note.adjustment", lang)]),
        lang,
    )
    axes = canvas.plot_area(figure, UPPER)
    flat = [Line("scheduled", "", dict.fromkeys(years, 1.0), GREY, DOTTED)]
    canvas.draw_lines(axes, factors or flat)
    canvas.year_axis(axes, factors or flat, years[0], word("mark.projection", lang))
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    canvas.direct_labels(axes, factors)
    axes.tick_params(labelbottom=False)
    axes = canvas.plot_area(figure, LOWER)
    floor, middles = np.zeros(len(years)), []
    for party, values in moved.items():
        axes.bar(years, values / shown.size, 0.8, floor / shown.size, color=COLOURS[party], zorder=2)
        words = canvas.wrapped(said.label(f"payer.{party}"))
        height = float((floor[-1] + values[-1] / 2) / shown.size)
        middles.append(Line(party, words, {years[-1]: height}, COLOURS[party], SOLID))
        floor = floor + values
    canvas.from_zero(axes)
    canvas.year_axis(axes, factors or flat, years[0], "")
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    canvas.direct_labels(axes, middles)
    words = word("axis.adjustment_borne", lang, unit=shown.name, year=years[0] - 1)
    figure.text(0.025, LOWER[1] + LOWER[3] + 0.075, words, color=canvas.AXIS, va="top")
    lines = [Line(party, said.label(f"payer.{party}"), dict(zip(years, (values / shown.size).tolist(), strict=True)),
                  COLOURS[party], SOLID) for party, values in moved.items()]  # fmt: skip
    return Chart("adjustment", figure, canvas.frame([*factors, *lines], shown.name))


def _whose(found: "Adjustment", said: "Words") -> dict[str, Any]:
    """Whose fund it is, and the last year."""
    return {"fund": fund_label(RESIDENT, said), "last": found.ruled.years[-1]}


def _title(found: "Adjustment", said: "Words") -> str:
    """How often the rule takes a step, from when on, and who bears most of it."""
    borne = {party: float(found.paths[f"paid_from_{party}"][RULE]) for party in PARTIES}
    most = max(borne, key=borne.__getitem__)
    payer = said.label(f"payer.{most}") if borne[most] >= 1 else ""
    facts = adjustment_facts(found.ruled, said.lang)
    return said.say("chart.title.adjustment", **facts, payer=payer, amount=borne[most], **_whose(found, said))


def _depletions(found: "Adjustment") -> dict[str, int | None]:
    """The depletion year with the rule and without it."""
    return {name: depletion_of(found.runs[path], RESIDENT) for name, path in DEPLETIONS.items()}


def draw_paths(found: "Adjustment", lang: str = "en") -> Chart:
    """The resident fund in months of its outgo with the rule, without it, and on the fixed path."""
    said = words_of(found.scenario, lang)
    with canvas.style():
        lines = []
        for path, run in found.runs.items():
            points = dict(zip(run.years, run.accounts[RESIDENT]["reserve_months"].tolist(), strict=True))
            lines.append(Line(path, canvas.wrapped(said.label(f"adjustment.path.{path}")), points, *PATH_LOOKS[path]))
        figure = canvas.sheet(
            said.say("chart.title.adjustment_paths", **_depletions(found), **_whose(found, said)),
            word("axis.adjustment_paths", lang),
            foot(found.scenario, lang, [], [word("note.adjustment_paths", lang, start=found.start)]),
            lang,
        )
        axes = canvas.area(figure, right=canvas.room_for(*(line.label for line in lines)))
        canvas.draw_lines(axes, lines)
        canvas.from_zero(axes)
        deepest = -max(canvas.highest(lines), LEAST_MONTHS_SHOWN)
        axes.set_ylim(bottom=max(axes.get_ylim()[0], deepest))
        canvas.year_axis(axes, lines, found.ruled.years[0], word("mark.projection", lang))
        canvas.direct_labels(axes, lines)
        return Chart("adjustment_paths", figure, canvas.frame(lines, unit("months", said).name))


def write_all(found: "Adjustment", folder: Path, lang: str, formats: Sequence[str] = FORMATS) -> Iterator[Path]:
    """Draw both charts into a folder; yields the files."""
    folder.mkdir(exist_ok=True)
    for chart in (draw(found, lang), draw_paths(found, lang)):
        yield from canvas.write(chart, folder, formats)
