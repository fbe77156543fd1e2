"""What waiting costs: the same condition met by a change that begins in one year or a later one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from simsurance.answers.condition import Condition
from simsurance.answers.solve import BEHAVIOUR, Solved, solve
from simsurance.answers.vary import Vary
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.results import ODDS, RunResult, simulate

if TYPE_CHECKING:
    import pandas as pd

Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Delay:
    """The answers by the year in which the change begins, the earliest first."""

    by_start: tuple[Solved, ...]

    @property
    def starts(self) -> tuple[int, ...]:
        """The years in which the change begins."""
        return tuple(each.vary.start for each in self.by_start)

    @property
    def last_possible(self) -> int | None:
        """The last year in which a permitted change still suffices, with every year before it; None where none does."""
        able = None
        for each in self.by_start:
            if each.answer.solution is None:
                break
            able = each.vary.start
        return able

    @property
    def a_year(self) -> float | None:
        """What a year of waiting adds to the change on average, up to the last possible year; None without two years."""
        able = [each for each in self.by_start if each.answer.solution is not None]
        if len(able) < 2:
            return None
        first, last = able[0], able[-1]
        assert first.answer.solution is not None
        assert last.answer.solution is not None
        return (last.change - first.change) / (last.vary.start - first.vary.start)

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row a first year: the size of the first key, its change, the measure there, the best that is permitted."""
        import pandas as pd

        rows = [
            {
                "start": each.vary.start,
                "own": each.vary.own,
                "size": each.answer.solution,
                "change": each.change if each.answer.solution is not None else None,
                "value": each.answer.value_at(each.answer.solution) if each.answer.solution is not None else None,
                "best_size": each.answer.best,
                "best_value": each.answer.value_at(each.answer.best),
            }
            for each in self.by_start
        ]
        return pd.DataFrame(rows).astype({"size": float, "change": float, "value": float}).set_index("start")


def starts_of(vary: Vary, waits: Sequence[int]) -> list[int]:
    """First years by years of waiting; raises SimsuranceError (USAGE) for one that is not projected."""
    last = vary.scenario.values.horizon.last_year
    starts = [vary.start + wait for wait in waits]
    if starts and starts[-1] > last:
        raise SimsuranceError(
            f"--delay: {starts[-1]} is not projected; at most {last - vary.start} years after {vary.start}",
            exit_code=ExitCode.USAGE,
        )
    return starts


def delay(
    vary: Vary,
    condition: Condition,
    starts: Sequence[int],
    central: RunResult | None = None,
    tell: Tell | None = None,
    entries: str = ODDS,
) -> Delay:
    """The answer for every first year, with behaviour; the condition, and the bounds of the key, stay as they are."""
    (run,) = simulate([vary.scenario]) if central is None else (central,)
    found = []
    for place, start in enumerate(starts, 1):
        found.append(solve(replace(vary, start=start), condition, run, (BEHAVIOUR,), entries))
        if tell:
            tell(place, len(starts))
    return Delay(tuple(found))
