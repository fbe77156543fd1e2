"""The nearest joint shock in words: what it is made of, how far off it is, what that says and what it does not.

The sentences stand in the language files, their order in `templates/stress.md.j2`.
"""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance import __version__
from simsurance.answers.stress import FARTHEST
from simsurance.language import Words
from simsurance.output.labels import fund_label, in_its_words, words_of
from simsurance.output.sensitivity_summary import unknown_words
from simsurance.plain_text import markdown
from simsurance.uncertainty.sensitivity import DEMOGRAPHY

if TYPE_CHECKING:
    from simsurance.answers.stress import Stress

TEMPLATE: Final = Path(__file__).parent / "templates" / "stress.md.j2"
MOST: Final = 10
"""Unknowns that are told."""
LEAST: Final = 0.002
"""Part of the squared distance below which an unknown is not told."""
DIGITS: Final = 3


def size_words(value: float, said: Words) -> str:
    """What an unknown is; what has no value is a dash."""
    if not math.isfinite(value):
        return "–"
    return said.significant(value, DIGITS) if value else said.number(0)


def shock_rows(found: "Stress", said: Words) -> list[tuple[str, ...]]:
    """A row an unknown: how far it is moved, from what to what, its part of the squared distance."""
    rows = [tuple(said.label(f"stress.column.{name}") for name in ("unknown", "z", "median", "shocked", "part"))]
    table = found.table[["z", "median", "shocked", "part_of_distance"]].to_numpy(dtype=float)
    for unknown, (z, median, shocked, part) in zip(found.unknowns(MOST), table.tolist(), strict=False):
        if part < LEAST:
            break
        sizes = ("–", "–") if unknown.kind == DEMOGRAPHY else (size_words(median, said), size_words(shocked, said))
        moved, share = said.signed(said.number(z, 2)), said.number(100 * part, 1) + " %"
        rows.append((unknown_words(unknown, said), moved, *sizes, share))
    return rows


def stress_facts(found: "Stress", lang: str) -> dict[str, Any]:
    """Everything that is told of the shock."""
    said, rows = words_of(found.scenario, lang), list[tuple[str, ...]]()
    if found.found.reached:
        rows = shock_rows(found, said)
    return {
        "title": markdown(in_its_words(found.scenario, "title", lang)),
        "name": found.scenario.name,
        "version": __version__,
        "first": found.central.years[0],
        "last": found.central.years[-1],
        "whose": fund_label(found.fund, lang),
        "by": found.by,
        "saves": found.saves,
        "reached": found.found.reached,
        "settled": found.found.settled,
        "farthest": FARTHEST,
        "distance": said.number(found.distance, 2),
        "unknowns": len(found.shocks.unknowns),
        "nearer": found.nearer,
        "probability": found.probability,
        "before": found.depletion(found.middle),
        "after": found.depletion(found.shocked),
        "months": said.number(found.lowest(found.middle), 1),
        "runs": found.found.runs,
        "rows": rows,
        "left": len(found.shocks.unknowns) - max(len(rows) - 1, 0),
        "brought_nearer": found.brought_nearer,
    }


def stress_lines(found: "Stress", lang: str) -> tuple[list[str], list[str]]:
    """What is told on the terminal before the table and after it."""
    facts, said = stress_facts(found, lang), words_of(found.scenario, lang)
    if not found.found.reached:
        return [said.say("stress.asked", **facts), said.say("stress.none", **facts)], []
    after = [
        said.say("stress.rest", **facts),
        said.say("stress.chance", **facts),
        said.say("stress.percentile", **facts),
    ]
    if not found.found.settled:
        after.append(said.label("stress.not_settled"))
    if found.brought_nearer < 1:
        after.append(said.say("stress.brought_nearer", **facts))
    return [said.say("stress.asked", **facts), said.say("stress.found", **facts)], after


def stress_summary(found: "Stress", lang: str = "en") -> str:
    """The summary of the shock as Markdown."""
    return words_of(found.scenario, lang).page(TEMPLATE, **stress_facts(found, lang))
