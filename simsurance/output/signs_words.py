"""Where a conclusion holds and where it flips, in words."""

from typing import TYPE_CHECKING, Any

from simsurance.answers.signs import FLIPS, HOLDS, SAME, Beats
from simsurance.language import Words
from simsurance.output.labels import fund_label, words_of
from simsurance.output.sweep_summary import measure_words, plain_number

if TYPE_CHECKING:
    from simsurance.answers.signs import Signs


def signs_facts(found: "Signs", said: Words) -> dict[str, Any]:
    """What was concluded, at how many points it holds, and where it flips along each grid."""
    conclusion, scenario = found.conclusion, found.sweep.scenario
    beats = isinstance(conclusion, Beats)
    counts = {name: int((found.regions == name).sum()) for name in (HOLDS, SAME, FLIPS)}
    return {
        "beats": beats,
        "own": scenario.name,
        "other": conclusion.other.name if isinstance(conclusion, Beats) else "",
        "text": conclusion.text,
        "whose": fund_label(conclusion.fund, said.lang),
        "what": measure_words(conclusion.measure, conclusion.fund, said),
        "possible": sum(counts.values()),
        **counts,
    }


def flip_facts(found: "Signs") -> list[dict[str, Any]]:
    """Along each grid, the other at the value nearest to the scenario's own: between which values it flips."""
    grids = found.sweep.points.grids
    return [
        {
            "key": grid.key,
            "beside": grids[1 - place].key,
            "ends": [{"low": plain_number(low), "high": plain_number(high)} for low, high in found.along(place)],
        }
        for place, grid in enumerate(grids)
    ]


def region_words(found: "Signs", region: str, said: Words, **others: str) -> str:
    """What a region is called; `others`: facts in other words."""
    kind = "beats" if isinstance(found.conclusion, Beats) else "condition"
    return said.say(f"signs.{kind}.{region}", **signs_facts(found, said) | others)


def signs_lines(found: "Signs", lang: str) -> list[str]:
    """The conclusion, and where it flips, one line each."""
    said = words_of(found.sweep.scenario, lang)
    facts = signs_facts(found, said)
    return [said.say("signs.found", **facts), *(said.say("signs.along", **each) for each in flip_facts(found))]


def signs_section(found: "Signs", lang: str) -> str:
    """The same as a section of a summary in Markdown."""
    said = words_of(found.sweep.scenario, lang)
    lines = [f"- {line}" for line in signs_lines(found, lang)]
    return "\n".join(["", "", f"## {said.label('signs.title')}", "", *lines, "", said.label("signs.tables"), ""])
