"""A member's best strategy as a rule in plain words."""

from typing import TYPE_CHECKING, Final

from simsurance.axes import HEALTH
from simsurance.output.labels import in_words as listed
from simsurance.output.labels import number

if TYPE_CHECKING:
    from simsurance.analysis.loopholes import Loophole
    from simsurance.analysis.strategy import Foresight, Habit, Outcome

RARE: Final = 0.02
"""Chances below this are not told."""
WHOSE: Final = {"known": "need", "in_year": "last year's need", "last_year": "last year's need"}


def in_words(one: "Loophole", foresight: "Foresight") -> str:
    """The strategy in a sentence: when to stay out, when to enrol, how many lapsed years to pay for."""
    best = one.best[foresight]
    visited = [habit for habit in best.habits if habit.weight >= RARE]
    inside, outside = [habit for habit in visited if not habit.outside], [habit for habit in visited if habit.outside]
    whose = WHOSE[foresight]
    if not outside and all(habit.central > 1 - RARE for habit in inside):
        return "enrol every year"
    text = _when(
        [habit for habit in inside if habit.central < RARE and habit.late < RARE], "stay out while {} is {}", whose
    )
    text += _when(
        [habit for habit in inside if RARE <= habit.central <= 1 - RARE],
        "leave at times when {} is {}",
        whose,
        leaving=True,
    )
    text += _when([habit for habit in inside if habit.central < RARE <= habit.late], "enrol late when {} is {}", whose)
    back = [habit for habit in outside if habit.central + habit.late > 1 - RARE]
    text += _when(back, "enrol at once when {} turns {}", whose)
    text += _when(
        [habit for habit in outside if RARE <= habit.central + habit.late <= 1 - RARE],
        "at times come back when {} is {}",
        whose,
    )
    if outside and not any(habit.central + habit.late >= RARE for habit in outside):
        text.append("do not come back")
    elif outside:
        if any(habit.late >= RARE for habit in outside):
            text.append("enrol outside the central period once the need shows")
        text.append(_repair(outside))
    spans = _out_of_scheme(best, one.first_year)
    return "; ".join(text) + (f" (out of the scheme mostly in {spans})" if spans else "")


def _when(habits: list["Habit"], template: str, whose: str, leaving: bool = False) -> list[str]:
    """The template for the need classes of some habits, or nothing."""
    if not habits:
        return []
    names = [
        HEALTH.members[habit.need]
        + (f" ({number(100 * (1 - habit.central - habit.late))} % of years)" if leaving else "")
        for habit in habits
    ]
    if len(habits) == len(HEALTH.members) and not leaving:
        return [template.format(whose, "anything")]
    return [template.format(whose, listed(names, "en").replace(" and ", " or "))]


def _repair(outside: list["Habit"]) -> str:
    """How many lapsed years are paid for on returning."""
    entries = [(habit.weight * (habit.central + habit.late), habit.repaired, habit.useful) for habit in outside]
    total = sum(weight for weight, _, _ in entries)
    repaired, useful = (sum(entry[0] * entry[place] for entry in entries) / total for place in (1, 2))
    if repaired < RARE:
        return "pay for no lapsed year"
    if repaired > (1 - RARE) * useful:
        return f"pay for every lapsed year that shortens the waiting ({number(repaired, 1)} on average)"
    return f"pay for {number(repaired, 1)} of {number(useful, 1)} lapsed years on average"


def _out_of_scheme(best: "Outcome", first_year: int) -> str:
    """The spans of years in which the member is more likely out than in, if these are not all."""
    years = [first_year + place for place, chance in enumerate(best.uninsured) if chance > 0.5]
    if not years or len(years) == len(best.uninsured):
        return ""
    spans: list[list[int]] = []
    for year in years:
        if spans and spans[-1][1] == year - 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return listed([f"{first}" if first == last else f"{first}–{last}" for first, last in spans], "en")
