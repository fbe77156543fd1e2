"""A member's best strategy as a rule in plain words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simsurance.axes import HEALTH
from simsurance.language import WHOLE, Words, words

if TYPE_CHECKING:
    from simsurance.member.loopholes import Loophole
    from simsurance.member.strategy import Foresight, Habit

RARE: Final = 0.001
"""Chances below this are not told."""
FEW: Final = 0.05
"""What the uninsured do is not told of years in which they are fewer."""
LEAST_REPAIR: Final = 0.02
"""Lapsed years paid for, and of those worth it the share left unpaid, below which there are none."""


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


def in_words(one: "Loophole", foresight: "Foresight", lang: str = WHOLE) -> str:
    """The strategy as a rule: when to stay out, when to enrol, how many lapsed years to pay for."""
    said, best = words(lang), one.best[foresight]
    whose = said.label(f"strategy.whose.{foresight}")
    phases = _phases([habit for habit in best.habits if habit.weight >= RARE])
    told = [_rule(phase, whose, said) for phase in phases]
    if len(phases) > 1:
        spans = [said.say("strategy.rule.span", first=phase.first, last=phase.last) for phase in phases]
        told = [span + text for span, text in zip(spans, told, strict=True)]
    back = [habit for habit in best.habits if habit.outside and habit.central + habit.late > 0]
    if sum(habit.weight for habit in back) >= RARE:
        told.append(_repairs(back, whose, said))
    return said.label("list.clauses").join(told)


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


def _rule(phase: Phase, whose: str, said: Words) -> str:
    """What is done in a span of years."""
    clauses = [
        said.say(f"strategy.rule.{key}", whose=whose, needs=_named(needs, said)) for key, needs in _clauses(phase)
    ]
    return said.label("strategy.between").join(clauses)


def _clauses(phase: Phase) -> Iterator[tuple[str, Sequence[int]]]:
    """What is done in a span of years, one thing after the other, and in which need classes."""
    leaving, staying_out = phase.classes(False, "out", "late"), phase.classes(True, "out", "late")
    coming = sorted({*phase.classes(True, "in"), *(phase.classes(False, "in") if leaving else [])})
    if not leaving and not staying_out:
        yield "always", ()
        return
    seen_both = {need for out, need in phase.done if out} & {need for out, need in phase.done if not out}
    alike = all((need in leaving) == (need in staying_out) for need in seen_both)
    if alike:
        out = sorted({*leaving, *staying_out})
        coming = [need for need in coming if need not in out]
        yield ("out", out) if coming else ("never", ())
    elif leaving:
        yield "leave", leaving
        yield ("once_out", staying_out) if staying_out else ("return_next", ())
        coming = coming if staying_out else []
    else:
        yield "stay", ()
        yield "once_out", staying_out
    if "late" in phase.done.values():
        yield "late", ()
    if coming:
        yield ("turns" if alike else "is"), coming


def _named(needs: Iterable[int], said: Words) -> str:
    """Need classes, one or the other."""
    return said.label("strategy.or").join(said.label(f"strategy.needs.{HEALTH.members[need]}") for need in needs)


def _repairs(back: list["Habit"], whose: str, said: Words) -> str:
    """How many lapsed years are paid for on returning, by need class where the classes differ."""
    told: dict[str, list[int]] = {}
    for need in range(len(HEALTH.members)):
        entries = [
            (habit.weight * (habit.central + habit.late), habit.repaired, habit.useful)
            for habit in back
            if habit.need == need
        ]
        if total := sum(weight for weight, _, _ in entries):
            repaired, useful = (sum(entry[0] * entry[place] for entry in entries) / total for place in (1, 2))
            told.setdefault(_repair(repaired, useful, said), []).append(need)
    if len(told) == 1:
        return next(iter(told))
    by_need = [
        said.say("strategy.repair.when", repair=text, whose=whose, needs=_named(needs, said))
        for text, needs in told.items()
    ]
    return said.label("strategy.between").join(by_need)


def _repair(repaired: float, useful: float, said: Words) -> str:
    """So many lapsed years paid for, as means over the enrolments."""
    if repaired < LEAST_REPAIR:
        return said.label("strategy.repair.none")
    if repaired > (1 - LEAST_REPAIR) * useful:
        return said.label("strategy.repair.useful")
    return said.say("strategy.repair.some", repaired=repaired, useful=useful)
