"""What contradicts itself in a timely adjustment that is in force."""

from collections.abc import Iterator
from typing import Final

from simsurance.axes import ANSWER
from simsurance.scenario_file.adjustment_sections import FallingAnswer, RisingAnswer, TimelyAdjustment
from simsurance.scenario_file.faults import plain
from simsurance.scenario_file.schedule import rule_in
from simsurance.scenario_file.schema import ScenarioValues

ROUNDING: Final = 1e-9
FOLLOWING: Final = ("ratio", "share")
"""Rules by which the subsidy follows the contribution."""
Complaints = Iterator[tuple[tuple[str, ...], str]]
"""Keys that disagree, and what is wrong with them."""


def adjustment_complaints(values: ScenarioValues, year: int) -> Complaints:
    """What contradicts itself in a rule that is in force."""
    rule = values.timely_adjustment
    if not rule.in_force:
        return
    answers: dict[str, RisingAnswer | FallingAnswer] = {name: getattr(rule, name) for name in ANSWER.members}
    orders = {answer.order for answer in answers.values()} - {0}
    if not orders:
        text = "0 as for every other answer, so the rule would have none; give one of them an order from 1"
        yield tuple(f"timely_adjustment.{name}.order" for name in answers), text
    for name, answer in answers.items():
        if missing := set(range(1, answer.order)) - orders:
            text = f"{answer.order}, and no answer has {min(missing)}; number them without a gap"
            yield (f"timely_adjustment.{name}.order",), text
        yield from _step(name, answer)
    if rule.trigger != "current_balance" and rule.recovery_months <= rule.months_below:
        text = f"recovery_months {plain(rule.recovery_months)} is not above months_below {plain(rule.months_below)}, so that "
        text += "steps would be taken and taken back at the same reserve; raise the first or lower the second"
        yield ("timely_adjustment.recovery_months", "timely_adjustment.months_below"), text
    first, opening = rule.first_year, values.horizon.valuation_year
    if first < opening:
        text = f"{first} is before the valuation year {opening}; give that or a later year"
        yield ("timely_adjustment.first_year", "horizon.valuation_year"), text
    if rule_in(values.contributions.subsidy.rule, year) in FOLLOWING:
        yield from _following(rule, year)


def _step(name: str, answer: RisingAnswer | FallingAnswer) -> Complaints:
    """A step fits between the scheduled value and the bound."""
    word = "ceiling" if isinstance(answer, RisingAnswer) else "floor"
    bound = getattr(answer, word)
    most = abs(bound - 1)
    if answer.order and answer.step > most + ROUNDING:
        text = f"step {plain(answer.step)} is more than {word} {plain(bound)} allows in all; give at most {plain(most)}"
        yield (f"timely_adjustment.{name}.step", f"timely_adjustment.{name}.{word}"), text


def _following(rule: TimelyAdjustment, year: int) -> Complaints:
    """A subsidy that follows the contribution by ratio or share is not pushed beyond its own step or ceiling."""
    if not (rule.contribution.order and rule.subsidy.order):
        return
    for name in ("step", "ceiling"):
        own, budget = getattr(rule.contribution, name), getattr(rule.subsidy, name)
        if own > budget + ROUNDING:
            text = (
                f"contribution.{name} {plain(own)} is above subsidy.{name} {plain(budget)}, and in {year} the subsidy "
            )
            text += "follows the contribution by ratio or share, beyond its own; lower the first or raise the second"
            keys = tuple(f"timely_adjustment.{answer}.{name}" for answer in ("contribution", "subsidy"))
            yield (*keys, "contributions.subsidy.rule"), text
