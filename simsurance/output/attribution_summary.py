"""What each part of a difference does, in words: effects that hang on no order, their range over orders, the interaction.

The sentences stand in the language files, their order in `templates/attribution.md.j2`.
"""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance import __version__
from simsurance.language import Words
from simsurance.language.names import shown_name
from simsurance.output.labels import fund_label, in_its_words, words_of
from simsurance.output.sweep_summary import change_told, measure_words, told, unit_of
from simsurance.plain_text import markdown
from simsurance.scenario_file.loader import JOINTS

if TYPE_CHECKING:
    from simsurance.answers.attribute import Attribution, Part
    from simsurance.scenario_file.loader import Scenario

TEMPLATE: Final = Path(__file__).parent / "templates" / "attribution.md.j2"
INTERACTION, TOTAL = "interaction", "total"
YEARS: Final = ("years_funded", "depletion_year")


def signed(value: float, unit: str, said: Words) -> str:
    """A change as printed, with its sign; an effect on years has a decimal, a mean over orders is no whole number."""
    if not math.isfinite(value):
        return "–"
    return said.signed(said.number(value, 2) if unit in ("year", "years") else change_told(value, unit, said))


def part_name(name: str, said: Words) -> str:
    """The name of a part; the rows that are none have words."""
    return said.label(f"attribution.{name}") if name in (INTERACTION, TOTAL) else name


def part_words(part: "Part", base: "Scenario", lang: str) -> str:
    """A part as it is told on a chart: an option by its title, a table of keys by the name of its section, a key by its own."""
    if part.option is not None:
        own, joint = in_its_words(base, "title", lang), JOINTS["title"]
        return in_its_words(part.upon(base), "title", lang).removeprefix(own).removeprefix(joint) or part.name
    section, _, rest = part.name.partition(".")
    if len(part.values or {}) == 1:
        return shown_name(next(iter(part.values or {})), lang)
    said = words_of(base, lang)
    if f"section.{section}" not in said.entries:
        return part.name
    name = said.label(f"section.{section}")
    return said.say("range.beside", what=name, range=rest) if rest else name


def part_titles(found: "Attribution", lang: str) -> dict[str, str]:
    """Every part as it is told on a chart, by its name."""
    return {part.name: part_words(part, found.central.scenario, lang) for part in found.sets.parts}


def effect_rows(found: "Attribution", fund: str, measure: str, said: Words) -> list[tuple[str, ...]]:
    """A row a part: effect, alone, least and most over orders; then the interaction and the whole change."""
    unit = unit_of(found.central, fund, measure)
    head = tuple(said.label(f"attribution.column.{name}") for name in ("part", "effect", "alone", "least", "most"))
    rows = [head]
    for name, row in found.effects(fund, measure).iterrows():
        rows.append(
            (
                part_name(str(name), said),
                *(signed(float(row[each]), unit, said) for each in ("effect", "alone", "least", "most")),
            )
        )
    return rows


def attribution_facts(found: "Attribution", fund: str, measure: str, lang: str) -> dict[str, Any]:
    """Everything that is told of an attribution."""
    base = found.central.scenario
    said = words_of(base, lang)
    values = found.values(fund, measure)
    unit = unit_of(found.central, fund, "years_funded" if measure in YEARS else measure)
    ends = values[frozenset()], values[frozenset(range(len(found.names)))]
    return {
        "title": markdown(in_its_words(base, "title", lang)),
        "name": base.name,
        "version": __version__,
        "first": found.central.years[0],
        "last": found.central.years[-1],
        "common": found.central.years[-1] if found.sets.cut else None,
        "whose": fund_label(fund, lang),
        "what": measure_words("years_funded" if measure in YEARS else measure, fund, said),
        "before": told(ends[0], unit, said),
        "after": told(ends[1], unit, said),
        "rows": effect_rows(found, fund, measure, said),
        "parts": len(found.names),
        "sets": found.sets.points,
        "orders": None if found.orders is None else len(found.orders),
        "error": max(found.effects(fund, measure)["error"]) if found.orders else None,
        "unit": unit,
        "idle": len(set(values.values())) == 1,
        "inside": [
            {"part": part.name, "keys": list(part.values)} for part in found.sets.parts if part.values is not None
        ],
    }


def attribution_lines(found: "Attribution", fund: str, measure: str, lang: str) -> list[str]:
    """The attribution on the terminal, without its table."""
    facts, said = attribution_facts(found, fund, measure, lang), words_of(found.central.scenario, lang)
    idle = [said.label("attribution.idle")] if facts["idle"] else []
    return [said.say("attribution.change", **facts), said.say("attribution.method", **facts), *idle]


def attribution_summary(found: "Attribution", fund: str, measure: str, lang: str = "en") -> str:
    """The summary of an attribution as Markdown."""
    said = words_of(found.central.scenario, lang)
    return said.page(TEMPLATE, **attribution_facts(found, fund, measure, lang))
