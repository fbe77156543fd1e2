"""Efficient packages in words: what each moves, what it costs whom, and that none is the cheapest.

The sentences stand in the language files, their order in `templates/frontier.md.j2`.
"""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance import __version__
from simsurance.answers.condition import Chance
from simsurance.answers.frontier import LETTERS
from simsurance.answers.packages import OBJECTIVES
from simsurance.language import Words
from simsurance.output.labels import fund_label, in_its_words, words_of
from simsurance.output.solve_summary import size_words, value_words, vary_facts
from simsurance.plain_text import markdown

if TYPE_CHECKING:
    from simsurance.answers.frontier import Frontier

TEMPLATE: Final = Path(__file__).parent / "templates" / "frontier.md.j2"
ADDED: Final = OBJECTIVES.index("own_payment")
"""The cost that is told beyond that of the scenario itself."""


def package_file(letter: str) -> str:
    """The scenario file of a package told."""
    return f"package_{letter}.toml"


def cost_words(found: "Frontier", place: int, said: Words) -> list[str]:
    """The three costs of a package in per cent of income, own payment as what is added."""
    told = [said.number(100 * float(value), 2) for value in found.costs[place]]
    told[ADDED] = said.signed(said.number(100 * float(found.added[place, ADDED]), 2))
    return told


def own_words(found: "Frontier", said: Words) -> list[str]:
    """The same of the scenario itself."""
    told = [said.number(100 * value, 2) for value in found.own.costs]
    told[ADDED] = said.number(0.0, 2)
    return told


def held_words(found: "Frontier", place: int, said: Words) -> str:
    """What a package reaches: the measure asked for, or the share of draws."""
    if isinstance(found.asked, Chance):
        share = float(found.shares[place])
        return said.number(100 * share, 0) + " %" if math.isfinite(share) else "–"
    return value_words(float(found.values[place, 0]), found.condition, found.central, said)


def package_rows(found: "Frontier", said: Words) -> list[tuple[str, ...]]:
    """A row a package told: letter, sizes, costs, what it reaches; then the scenario itself."""
    head = (
        said.label("frontier.column.package"),
        *found.levers.keys,
        *(said.label(f"frontier.column.{name}") for name in OBJECTIVES),
        said.label("frontier.column.share" if isinstance(found.asked, Chance) else "frontier.column.value"),
    )
    rows = [head]
    for letter, place in zip(LETTERS, found.told, strict=False):
        sizes = (size_words(size, said) for size in found.packages[place])
        rows.append((letter, *sizes, *cost_words(found, place, said), held_words(found, place, said)))
    own = (size_words(size, said) for size in found.levers.own)
    if isinstance(found.asked, Chance):
        at_own = found.levers.own in found.packages
        reached = held_words(found, found.packages.index(found.levers.own), said) if at_own else "–"
    else:
        reached = value_words(found.own.values[0], found.condition, found.central, said)
    return [*rows, (said.label("frontier.own"), *own, *own_words(found, said), reached)]


def frontier_facts(found: "Frontier", lang: str) -> dict[str, Any]:
    """Everything that is told of the packages."""
    scenario = found.levers.scenario
    said = words_of(scenario, lang)
    nearest = found.nearest
    drawn = [share for share in found.shares if math.isfinite(share)]
    return {
        "title": markdown(in_its_words(scenario, "title", lang)),
        "name": scenario.name,
        "version": __version__,
        "first": found.central.years[0],
        "last": found.central.years[-1],
        "whose": fund_label(found.condition.fund, lang),
        "asked": found.asked.text,
        "limits": [f"`{limit.text}`" for limit in found.limits],
        "levers": [vary_facts(vary, said) for vary in found.levers.each],
        "packages": len(found.packages),
        "drawn": len(drawn),
        "draws": found.sample.draws if found.sample else None,
        "seed": found.sample.seed if found.sample else None,
        "holding": int(found.holds.sum()),
        "efficient": int(found.efficient.sum()),
        "count": len(found.told),
        "rows": package_rows(found, said),
        "nearest": [
            {"key": key, "size": size_words(size, said)}
            for key, size in zip(found.levers.keys, found.packages[nearest], strict=True)
        ],
        "reached": held_words(found, nearest, said),
        "own_payment": said.number(100 * found.own.costs[ADDED], 2),
    }


def frontier_lines(found: "Frontier", lang: str) -> tuple[list[str], list[str]]:
    """What is told on the terminal before the table and after it."""
    facts, said = frontier_facts(found, lang), words_of(found.levers.scenario, lang)
    before = [said.say("frontier.asked", **facts)]
    before += [said.say("solve.varied", **each) for each in facts["levers"]]
    if not facts["count"]:
        return [*before, said.say("frontier.none", **facts)], []
    after = [
        said.say("frontier.found", **facts),
        said.say("frontier.costs", **facts),
        said.label("frontier.no_cheapest"),
    ]
    if facts["draws"]:
        after.insert(1, said.say("frontier.drawn", **facts))
    return before, after


def frontier_summary(found: "Frontier", lang: str = "en") -> str:
    """The summary of the packages as Markdown."""
    return words_of(found.levers.scenario, lang).page(TEMPLATE, **frontier_facts(found, lang))
