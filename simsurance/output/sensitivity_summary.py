"""What moves a fund most, in words: every number comes from the table of both ends.

The sentences stand in the language files, their order in `templates/sensitivity.md.j2`.
"""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance import __version__
from simsurance.language import Words
from simsurance.language.names import key_name, shown_name
from simsurance.output.draws_words import chance, chance_words, sampler_words
from simsurance.output.labels import fund_label, in_its_words, words_of
from simsurance.output.sweep_summary import measure_words, told, unit_of
from simsurance.plain_text import markdown
from simsurance.uncertainty.information import told_apart as worths_apart
from simsurance.uncertainty.sensitivity import DEPLETION, INPUT, TOLD, Ends, Sensitivity, Unknown
from simsurance.uncertainty.stochastic import YEARS_FUNDED
from simsurance.uncertainty.variance import told_apart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simsurance.uncertainty.information import Information, Worth
    from simsurance.uncertainty.screening import Screening
    from simsurance.uncertainty.variance import Shares

TEMPLATE: Final = Path(__file__).parent / "templates" / "sensitivity.md.j2"
ROWS: Final = 10
"""Unknowns in a table of the summary."""


def unknown_words(unknown: Unknown, said: Words) -> str:
    """What an unknown is called: an input by its name, in a language in which keys have one, by its key otherwise."""
    return _unknown(unknown, key_name(unknown.name, said.lang) or unknown.name, said)


def unknown_shown(unknown: Unknown, said: Words) -> str:
    """What an unknown is called on a chart."""
    return _unknown(unknown, shown_name(unknown.name, said.lang), said)


def _unknown(unknown: Unknown, name: str, said: Words) -> str:
    return name if unknown.kind == INPUT else said.label(f"sensitivity.{unknown.kind}.{unknown.name}")


def value_words(found: Sensitivity, fund: str, measure: str, value: float, said: Words) -> str:
    """A value of a measure; a date that does not come says so."""
    if measure == DEPLETION and not math.isfinite(value):
        return said.say("sensitivity.never", last=found.years[-1])
    return told(value, unit_of(found.central, fund, measure), said)


def ends_words(
    found: Sensitivity, fund: str, measure: str, ends: Ends, said: Words, in_year: str = ""
) -> dict[str, str]:
    """An unknown and the values of a measure at its ends and between them; `in_year`: how a sentence tells a year."""
    values = {"low": ends.low, "middle": ends.middle, "high": ends.high}
    shown = {name: value_words(found, fund, measure, value, said) for name, value in values.items()}
    if in_year:
        shown |= {name: said.say(in_year, year=int(each)) for name, each in values.items() if math.isfinite(each)}
    return {"name": unknown_words(ends.unknown, said), **shown}


def most(found: Sensitivity, fund: str, said: Words, count: int = TOLD) -> list[dict[str, str]]:
    """The unknowns that move the depletion year of a fund most; reserve months decide between equals. None where none does."""
    ends = found.moving(fund, DEPLETION)[:count]
    return [ends_words(found, fund, DEPLETION, each, said, "sensitivity.depleted_in") for each in ends]


def rows(found: Sensitivity, fund: str, measure: str, said: Words) -> "Sequence[tuple[str, ...]]":
    """A measure with what moves it most, as a table; empty where nothing does."""
    moving = found.moving(fund, measure)[:ROWS]
    if not moving:
        return []
    head = [said.label(f"sensitivity.column.{name}") for name in ("name", "low", "middle", "high")]
    told_ends = (ends_words(found, fund, measure, each, said) for each in moving)
    return [tuple(head), *((each["name"], each["low"], each["middle"], each["high"]) for each in told_ends)]


def bounded(share: float) -> float:
    """A share as it is shown, between nothing and all: an interval holds what is true as often. Tables have it as estimated."""
    return min(max(share, 0.0), 1.0)


def worth_words(worth: "Worth", said: Words) -> dict[str, Any]:
    """An unknown, the share of the variance that goes if it is known with its interval, the chance where it is low and high."""
    shown: dict[str, Any] = {name: bounded(getattr(worth, name)) for name in ("share", "low", "high")}
    shown["measured"] = worth.high > 0
    chances = {"lowest": chance(worth.chance_lowest, said), "highest": chance(worth.chance_highest, said)}
    return {"name": unknown_words(worth.unknown, said), **shown, **chances}


def worth_facts(known: "Information", fund: str, said: Words, count: int = TOLD) -> dict[str, Any]:
    """The event of a fund, its chance, and the unknowns that are worth most to know, as far as draws tell them apart."""
    share, found = known.chance(fund), known.worths(fund)
    worths = [worth_words(each, said) for each in found[:count]]
    facts = {"by": known.by(fund), "chance": chance_words(share, said), "worths": worths}
    return facts | {"apart": bool(found) and worths_apart(found), "draws": known.run.sample.draws}


def effect_facts(screened: "Screening", fund: str, said: Words, count: int = TOLD) -> dict[str, Any]:
    """The unknowns that move the years of a fund most, with the interval of the mean effect and the standard deviation.

    How many have too few effects for that, of how many, and in how many trajectories.
    """
    effects = screened.effects(fund, YEARS_FUNDED)
    told_effects = [
        {
            "name": unknown_words(each.unknown, said),
            **{name: said.number(round(getattr(each, name), 9), 1) for name in ("size", "low", "high", "spread")},
        }
        for each in effects[:count]
        if each.known and each.size
    ]
    unmeasured = sum(not each.known for each in effects)
    counts = {"unmeasured": unmeasured, "unknowns": len(effects), "trajectories": screened.work.trajectories}
    return {"effects": told_effects, **counts, "last": screened.central.years[-1]}


def group_words(group: str, said: Words) -> str:
    """What a group of unknowns is called: one of inputs by its name in the tables."""
    for key in (f"sensitivity.group.{group}", f"sensitivity.demography.{group}"):
        if key in said.entries:
            return said.label(key)
    return f"`{group}`"


def group_shown(group: str, said: Words) -> str:
    """What a group of unknowns is called on a chart: one of inputs by the section that they stand in."""
    section = f"section.{group.removesuffix('.*')}"
    if section not in said.entries:
        return group_words(group, said).strip("`")
    name = said.label(section)
    return name[:1].lower() + name[1:]


def part_facts(parts: "Shares", fund: str, said: Words, count: int = TOLD) -> dict[str, Any]:
    """The groups that most of the variance of a fund comes from, with both indices and their intervals, if draws tell."""
    told_parts, found = [], parts.indices(fund)
    for each in found[:count]:
        first, total = (dict(zip(("low", "high"), ends, strict=True)) for ends in (each.first_ends, each.total_ends))
        told_parts.append(
            {
                "name": group_words(each.group, said),
                **{"measured": each.measured, "alone": each.first_ends[1] > 0, "draws": parts.mixed.sample.draws},
                **{"first": bounded(each.first), "total": bounded(each.total)},
                **{f"first_{end}": bounded(value) for end, value in first.items()},
                **{f"total_{end}": bounded(value) for end, value in total.items()},
            }
        )
    return {"parts": told_parts, "apart": bool(found) and told_apart(found), "draws": parts.mixed.sample.draws}


def sensitivity_summary(
    found: Sensitivity,
    lang: str = "en",
    known: "Information | None" = None,
    parts: "Shares | None" = None,
    screened: "Screening | None" = None,
) -> str:
    """The summary as Markdown, with what trajectories and draws say where there are some."""
    scenario, said = found.scenario, words_of(found.scenario, lang)
    funds: list[dict[str, Any]] = [
        {
            "fund": fund,
            "screened": effect_facts(screened, fund, said, ROWS) if screened else None,
            "known": worth_facts(known, fund, said, ROWS) if known else None,
            "shares": part_facts(parts, fund, said, ROWS) if parts else None,
            "most": most(found, fund, said),
            "tables": [
                {"what": measure_words(measure, fund, said), "rows": shown}
                for measure in found.measures(fund)
                if measure != YEARS_FUNDED and (shown := rows(found, fund, measure, said))
            ],
        }
        for fund in found.funds
    ]
    return said.page(
        TEMPLATE,
        title=markdown(in_its_words(scenario, "title", lang)),
        name=scenario.name,
        version=__version__,
        first=found.years[0],
        last=found.years[-1],
        count=len(found.shocks.unknowns),
        funds=funds,
        sample=sampler_words(known.run, lang) if known else None,
        draws=parts.mixed.sample.draws if parts else None,
        trajectories=screened.work.trajectories if screened else None,
        left_out=int((~screened.as_drawn).sum()) if screened else 0,
        runs=screened.work.points if screened else 0,
        nearer=[unknown_words(each, said) for each in found.brought_nearer],
    )


def headline(found: Sensitivity, fund: str, lang: str) -> str:
    """The fund, and when it is depleted with all unknowns at their medians."""
    said = words_of(found.scenario, lang)
    middle = float(found.of(fund, DEPLETION)[0])
    year = int(middle) if math.isfinite(middle) else None
    facts = {"year": year, "last": found.years[-1], "moved": found.moves(fund, DEPLETION)}
    return said.say("sensitivity.most", fund=fund_label(fund, lang), **facts)
