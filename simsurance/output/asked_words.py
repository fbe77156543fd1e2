"""A condition in words, as a reader of a chart says it: "months of expenditure covered at least 6 in every year to 2050"."""

from typing import TYPE_CHECKING

from simsurance.answers.condition import BALANCES, DEPLETION, Chance, Condition
from simsurance.measures import measure_of
from simsurance.output.sweep_summary import measure_words, told
from simsurance.variables import variable

if TYPE_CHECKING:
    from simsurance.language import Words
    from simsurance.results import RunResult
    from simsurance.uncertainty.stochastic import CentralRun


def asked_words(asked: Condition | Chance, central: "RunResult | CentralRun", said: "Words") -> str:
    """A condition, or what its probability has to be."""
    if isinstance(asked, Chance):
        inner = asked_words(asked.condition, central, said)
        return said.say("asked.chance", what=inner, least=asked.sign == ">=", share=asked.value)
    least = asked.sign == ">="
    if asked.measure in BALANCES and not asked.when:
        year, depleted = int(asked.value), asked.measure == DEPLETION
        return said.say("asked.date", what=column_words(asked, said), least=least, year=year, depleted=depleted)
    if asked.when:
        unit = variable("fund", asked.measure).unit
    else:
        unit = str(central.measures["unit"].get(measure_of(asked.fund, asked.measure), ""))
    value = said.quantity("months", asked.value, exact=True) if unit == "months" else told(asked.value, unit, said)
    return said.say(
        "asked.value", what=column_words(asked, said), least=least, value=value, when=asked.when or "", year=asked.year
    )


def column_words(asked: Condition, said: "Words") -> str:
    """The name of the measure of a condition, of a column by its label."""
    if asked.when and (column := f"column.{asked.measure}") in said.entries:
        return said.label(column)
    return measure_words(asked.measure, asked.fund, said).replace("`", "")
