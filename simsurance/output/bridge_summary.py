"""From one valuation to the next in words: a row a step, and which keys stand in it.

The sentences stand in the language files, their order in `templates/bridge.md.j2`.
"""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance import __version__
from simsurance.answers.bridge import FUNDED_UNTIL, TOTAL
from simsurance.language import Words
from simsurance.output.attribution_summary import signed
from simsurance.output.labels import fund_label, words_of
from simsurance.output.sweep_summary import measure_words, told

if TYPE_CHECKING:
    from simsurance.answers.bridge import Bridge

TEMPLATE: Final = Path(__file__).parent / "templates" / "bridge.md.j2"
MOST_KEYS: Final = 6
"""Keys of a step that are named; the folder has all."""


def measure_told(measure: str, fund: str, said: Words) -> str:
    """The name of a measure."""
    column, _, year = measure.rpartition("_")
    if measure == FUNDED_UNTIL:
        return said.label("bridge.funded_until")
    if year.isdecimal() and f"column.{column}" in said.entries:
        return f"{said.label(f'column.{column}')}, {year}"
    return measure_words(measure, fund, said)


def step_rows(bridge: "Bridge", fund: str, measure: str, said: Words) -> list[tuple[str, ...]]:
    """A row a step: its effect, where the answer then stands, the effect that hangs on no order."""
    unit = bridge.unit(fund, measure)
    rows = [tuple(said.label(f"bridge.column.{name}") for name in ("step", "effect", "after", "order_free"))]
    for step, row in bridge.table(fund, measure).iterrows():
        effects = (signed(float(row[name]), unit, said) for name in ("effect", "order_free"))
        effect, free = effects
        after = "" if step == TOTAL else told(float(row["after"]), unit, said)
        rows.append((said.label(f"bridge.step.{step}"), effect, after, free))
    return rows


def bridge_facts(bridge: "Bridge", fund: str, measure: str, lang: str) -> dict[str, Any]:
    """Everything that is told of a bridge."""
    said = words_of(bridge.new.scenario, lang)
    unit = bridge.unit(fund, measure)
    before, after = (told(each, unit, said) for each in bridge.ends(fund, measure))
    dates = [each.scenario.values.horizon.valuation_year for each in (bridge.old, bridge.new)]
    return {
        "old": bridge.old.name,
        "new": bridge.new.name,
        "version": __version__,
        "first": dates[0],
        "common": bridge.common_last,
        "then": dates[1],
        "whose": fund_label(fund, lang),
        "what": measure_told(measure, fund, said),
        "before": before,
        "after": after,
        "rows": step_rows(bridge, fund, measure, said),
        "inside": [
            {
                "step": said.label(f"bridge.step.{step}"),
                "keys": [f"`{key}`" for key in keys[:MOST_KEYS]],
                "more": max(len(keys) - MOST_KEYS, 0),
            }
            for step, keys in bridge.keys.items()
        ],
        "saved": bridge.old.saved is not None,
        "filled": list(bridge.old.filled),
        "order_free": bridge.order_free and math.isfinite(float(bridge.table(fund, measure)["order_free"].iloc[-1])),
        "fault": bridge.faults[0] if bridge.faults else "",
    }


def bridge_lines(bridge: "Bridge", fund: str, measure: str, lang: str) -> list[str]:
    """What is told on the terminal beside the table."""
    facts, said = bridge_facts(bridge, fund, measure, lang), words_of(bridge.new.scenario, lang)
    lines = [said.say("bridge.inside", **each).replace("`", "") for each in facts["inside"]]
    lines += [said.say("bridge.filled", **facts)] if facts["filled"] else []
    lines.append(said.say("bridge.method", **facts))
    return lines


def bridge_summary(bridge: "Bridge", fund: str, measure: str, lang: str = "en") -> str:
    """The summary of a bridge as Markdown."""
    said = words_of(bridge.new.scenario, lang)
    return said.page(TEMPLATE, **bridge_facts(bridge, fund, measure, lang))
