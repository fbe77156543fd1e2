"""A member's best strategy as a rule in plain words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simsurance.axes import HEALTH
from simsurance.output.labels import in_words as listed
from simsurance.output.labels import number

if TYPE_CHECKING:
    from simsurance.member.loopholes import Loophole
    from simsurance.member.strategy import Foresight, Habit

RARE: Final = 0.001
"""Chances below this are not told."""
FEW: Final = 0.05
"""What the uninsured do is not told of years in which they are fewer."""
WHOSE: Final = {"known": "need", "in_year": "last year's need", "last_year": "last year's need"}


@dataclass
class Phase:
    """Years in which a strategy does the same; what the insured and those out do by need class, as far as seen."""

    first: int
    last: int
    done: dict[tuple[bool, int], str]

    def fits(self, later: "Phase") -> bool:
        """Whether the years that follow do the same."""
        return all(self.done.get(key, action) == action for key, action in later.done.items())

    def classes(self, outside: bool, *actions: str) -> list[int]:
        """Need classes in which one of the actions is taken."""
        return [need for (out, need), action in sorted(self.done.items()) if out == outside and action in actions]


def in_words(one: "Loophole", foresight: "Foresight") -> str:
    """The strategy as a rule: when to stay out, when to enrol, how many lapsed years to pay for."""
    best = one.best[foresight]
    seen = [habit for habit in best.habits if habit.weight >= RARE]
    phases = _phases(seen)
    told = [_rule(phase, WHOSE[foresight]) for phase in phases]
    if len(phases) > 1:
        told = [f"{_span(phase)}: {text}" for phase, text in zip(phases, told, strict=True)]
    back = [habit for habit in best.habits if habit.outside and habit.central + habit.late > 0]
    return "; ".join(
        [*told, *([_repair(back, WHOSE[foresight])] if sum(habit.weight for habit in back) >= RARE else [])]
    )


def _phases(habits: list["Habit"]) -> list[Phase]:
    """The years gathered into spans in which the same is done."""
    phases: list[Phase] = []
    for year in sorted({habit.year for habit in habits}):
        here = [habit for habit in habits if habit.year == year]
        few = sum(habit.weight for habit in here if habit.outside) < FEW
        own = {(habit.outside, habit.need): _action(habit) for habit in here if not (habit.outside and few)}
        later = Phase(year, year, own)
        if phases and phases[-1].fits(later):
            phases[-1].last = year
            phases[-1].done |= own
        else:
            phases.append(later)
    return phases


def _action(habit: "Habit") -> str:
    """What is done more often than not; `late` where staying out ends with late enrolment at times."""
    if habit.central > 0.5:
        return "in"
    return "late" if habit.late >= RARE else "out"


def _span(phase: Phase) -> str:
    return f"{phase.first}" if phase.first == phase.last else f"{phase.first}–{phase.last}"


def _rule(phase: Phase, whose: str) -> str:
    """What is done in a span of years."""
    leaving, staying_out = phase.classes(False, "out", "late"), phase.classes(True, "out", "late")
    coming = sorted({*phase.classes(True, "in"), *(phase.classes(False, "in") if leaving else [])})
    if not leaving and not staying_out:
        return "enrol every year"
    late = "late" in phase.done.values()
    seen_both = {need for out, need in phase.done if out} & {need for out, need in phase.done if not out}
    alike = all((need in leaving) == (need in staying_out) for need in seen_both)
    if alike:
        out = sorted({*leaving, *staying_out})
        coming = [need for need in coming if need not in out]
        text = f"stay out while {whose} is {_named(out)}" if coming else "stay out"
    elif leaving:
        text = f"leave when {whose} is {_named(leaving)}; "
        text += f"once out, stay out while it is {_named(staying_out)}" if staying_out else "come back the year after"
        coming = coming if staying_out else []
    else:
        text = f"stay enrolled; once out, stay out while {whose} is {_named(staying_out)}"
    if late:
        text += ", enrolling late if the year turns out worse"
    if coming:
        text += f"; enrol at once when it {'turns' if alike else 'is'} {_named(coming)}"
    return text


def _named(needs: list[int]) -> str:
    return listed([HEALTH.members[need] for need in needs], "en").replace(" and ", " or ")


def _repair(back: list["Habit"], whose: str) -> str:
    """How many lapsed years are paid for on returning, by need class where the classes differ."""
    said: dict[str, list[int]] = {}
    for need in range(len(HEALTH.members)):
        entries = [
            (habit.weight * (habit.central + habit.late), habit.repaired, habit.useful)
            for habit in back
            if habit.need == need
        ]
        if total := sum(weight for weight, _, _ in entries):
            repaired, useful = (sum(entry[0] * entry[place] for entry in entries) / total for place in (1, 2))
            said.setdefault(_repaired(repaired, useful), []).append(need)
    if len(said) == 1:
        return f"pay for {next(iter(said))}"
    return "pay for " + ", ".join(f"{text} when {whose} is {_named(needs)}" for text, needs in said.items())


def _repaired(repaired: float, useful: float) -> str:
    """So many lapsed years, as means over the enrolments."""
    if repaired < 0.02:
        return "no lapsed year"
    if repaired > 0.98 * useful:
        return "every lapsed year that shortens the waiting"
    return f"{number(repaired, 1)} of {number(useful, 1)} lapsed years"
