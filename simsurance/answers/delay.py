"""What waiting costs: the same condition, or probability, met by a change that begins in one year or a later one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simsurance.answers.condition import Chance, Condition
from simsurance.answers.on_draws import MOST_SIZES, OnDraws, on_draws
from simsurance.answers.solve import BEHAVIOUR, Solved, solve
from simsurance.answers.vary import Vary
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.results import ODDS, RunResult, simulate
from simsurance.uncertainty.sampling import Sample

if TYPE_CHECKING:
    import pandas as pd

Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Delay:
    """The answers by the year in which the change begins, the earliest first."""

    by_start: "tuple[Solved | OnDraws, ...]"

    @property
    def starts(self) -> tuple[int, ...]:
        """The years in which the change begins."""
        return tuple(each.vary.start for each in self.by_start)

    @property
    def last_possible(self) -> int | None:
        """The last year in which a permitted change still suffices, with every year before it; None where none does."""
        able = None
        for each in self.by_start:
            if each.solution is None:
                break
            able = each.vary.start
        return able

    @property
    def a_year(self) -> float | None:
        """What a year of waiting adds to the change on average, up to the last possible year; None without two years."""
        able = [each for each in self.by_start if each.solution is not None]
        if len(able) < 2:
            return None
        first, last = able[0], able[-1]
        return (last.change - first.change) / (last.vary.start - first.vary.start)

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row a first year: the size of the first key, its change, the measure there, the best that is permitted.

        Of a probability the measure is the share of draws, and the size has its standard error.
        """
        import pandas as pd

        rows = [
            {
                "start": each.vary.start,
                "own": each.vary.own,
                "size": each.solution,
                "change": each.change,
                "value": None if each.solution is None else each.value_at(each.solution),
                "best_size": each.best,
                "best_value": each.value_at(each.best),
                **_errors(each),
            }
            for each in self.by_start
        ]
        return pd.DataFrame(rows).astype({"size": float, "change": float, "value": float}).set_index("start")


def _errors(each: "Solved | OnDraws") -> dict[str, float]:
    """The standard error of an answer on draws."""
    return {"standard_error": each.error if each.solution is not None else np.nan} if isinstance(each, OnDraws) else {}


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


def delay_on_draws(
    vary: Vary,
    chance: Chance,
    sample: Sample,
    starts: Sequence[int],
    jobs: int = 1,
    parts: Path | None = None,
    tell: Tell | None = None,
) -> Delay:
    """The answer for every first year on the same draws throughout; `parts`: a folder for finished chunks, as in `on_draws`."""
    found = []
    for place, start in enumerate(starts, 1):
        folder = None if parts is None else parts / f"from_{start}"
        found.append(on_draws(replace(vary, start=start), chance, sample, jobs, folder))
        if tell:
            tell(place, len(starts))
    return Delay(tuple(found))


def most_runs(starts: Sequence[int], sample: Sample) -> int:
    """How many projections the answers for every first year take at most on draws."""
    return len(starts) * MOST_SIZES * sample.draws
