"""Keys of a scenario on charts: their names along an axis, and their values as a reader writes them, shares in per cent."""

from typing import TYPE_CHECKING, Final

from simsurance.language.names import shown_name
from simsurance.output.labels import unit_name
from simsurance.output.sweep_summary import plain_number

if TYPE_CHECKING:
    from simsurance.answers.vary import Vary
    from simsurance.language import Words
    from simsurance.scenario_file.loader import Scenario

PERCENT: Final = ("share", "share of base", "a year")
"""Units of which a value is told in per cent."""
PLAIN: Final = ("", "factor", "ratio", "share", "odds ratio", "index")
"""Units that say nothing beside a number."""
MOST_DIGITS: Final = 4
"""Of a number along an axis."""


def unit_of_key(scenario: "Scenario", key: str) -> str:
    """The unit of a key; nothing where the key has none."""
    known = scenario.form.keys.get(key)
    return known.unit if known else ""


def value_words(scenario: "Scenario", key: str, value: float, said: "Words", digits: int = MOST_DIGITS) -> str:
    """A value of a key at so many digits, with the minus of the language; a share in per cent."""
    percent = unit_of_key(scenario, key) in PERCENT
    number = 100 * value if percent else value
    text = plain_number(float(f"{number:.{digits}g}"))
    return text.replace("-", said.label("number.minus")) + "%" * percent


def axis_words(scenario: "Scenario", key: str, said: "Words") -> str:
    """The name of a key with the unit of its values."""
    unit = unit_of_key(scenario, key)
    told = unit_name(scenario, unit, said.lang) if unit not in PLAIN else ""
    return said.say("chart.axis.key", name=shown_name(key, said.lang), unit=told)


def size_of(vary: "Vary", size: float, said: "Words", digits: int = MOST_DIGITS) -> str:
    """A size of what is varied: a value, a multiple, or what is added."""
    if vary.how == "multiply":
        return said.quantity("multiple", float(f"{size:.{digits}g}"))
    told = value_words(vary.scenario, vary.keys[0], size, said, digits)
    return said.signed(told) if vary.how == "add" else told


def rise_of(vary: "Vary", change: float, said: "Words") -> str:
    """A change of a size; of a share in percentage points."""
    if vary.how != "multiply" and unit_of_key(vary.scenario, vary.keys[0]) in PERCENT:
        return said.signed(said.quantity("points", float(f"{change:.3g}"), exact=True))
    return said.signed(said.significant(change, 3) if change else said.number(0))


def vary_axis(vary: "Vary", said: "Words") -> str:
    """What is varied, along an axis."""
    if vary.how == "multiply":
        return said.say("chart.axis.key_times", name=shown_name(vary.keys[0], said.lang))
    name = axis_words(vary.scenario, vary.keys[0], said)
    return name if vary.how == "set" else said.say("chart.axis.key_added", name=name)
