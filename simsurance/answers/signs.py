"""Where a conclusion holds and where it flips, over two grids: a condition, or that one scenario is better than another.

The other scenario stands at the same values of the keys, and holds the entries to the employee scheme of the first, as in
`compare`. Which of two values of a measure is better is that of draws on the same numbers (`paired.BETTER`).
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from simsurance.answers.condition import Chance, Condition, condition_of
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.results import RunAccounts, RunResult, accounts_of, simulate
from simsurance.scenario_file.loader import Scenario
from simsurance.uncertainty.paired import better_of, same_within
from simsurance.uncertainty.points import Arrays, Tell, computed, kept
from simsurance.uncertainty.stochastic import YEARS_FUNDED
from simsurance.uncertainty.sweep import AT_YEAR, DEPLETION, Points, Sweep, require_measure, values_of

if TYPE_CHECKING:
    import pandas as pd

GRIDS: Final = 2
MARGIN: Final = "margin"
HOLDS, SAME, FLIPS = "holds", "same", "flips"
_BEATS: Final = re.compile(r"beats\s+(\S+)")


@dataclass(frozen=True)
class Beats:
    """That a scenario is better than another on a measure of a fund; a date by the years before it."""

    fund: str
    measure: str
    other: Scenario

    @property
    def text(self) -> str:
        """As it is typed."""
        return f"beats {self.other.name}"

    @property
    def better(self) -> str:
        """Which of two values is better: the higher, the lower, none."""
        of_year = re.fullmatch(rf"{AT_YEAR}\d{{4}}", self.measure)
        return better_of(AT_YEAR.removesuffix("_") if of_year else self.measure)


Conclusion = Condition | Beats


def conclusion_of(text: str, measure: str, fund: str, central: RunResult, other: Scenario | None) -> Conclusion:
    """A conclusion as it is typed: a condition, or `beats OTHER` with the `other`; raises SimsuranceError (USAGE) otherwise."""
    if other is not None:
        require_measure(central, fund, measure)
        found = Beats(fund, YEARS_FUNDED if measure == DEPLETION else measure, other)
        if found.better == "none":
            raise _usage(f"--signs {text}: neither of two values of {measure} is better; another --measure")
        return found
    try:
        asked = condition_of(text, fund, central)
    except SimsuranceError as error:
        lines = (f'{line.replace("--for", "--signs", 1)}, or "beats OTHER"' for line in error.lines)
        raise SimsuranceError(*lines, exit_code=error.exit_code) from None
    if isinstance(asked, Chance):
        raise _usage(f"--signs {text}: is a probability; a sweep has one path a point, leave P(…) out")
    return asked


def other_named(text: str) -> str | None:
    """The scenario that a conclusion says another one beats; None where it says no such thing."""
    found = _BEATS.fullmatch(text.strip())
    return found[1] if found else None


@dataclass(frozen=True)
class Concluded:
    """Points of two grids, projected, and by how much a conclusion holds at each. Goes to processes as it is."""

    grid: Points
    conclusion: Conclusion

    @property
    def points(self) -> int:
        """How many there are."""
        return self.grid.points

    def chunk(self, first: int, last: int) -> Arrays:
        """What is kept of the points from `first` to before `last`, and the margins."""
        found = [self._of(point) for point in range(first, last)]
        return kept([run for run, _ in found]) | {MARGIN: np.array([margin for _, margin in found])}

    def _of(self, point: int) -> tuple[RunAccounts | None, float]:
        if isinstance(self.conclusion, Condition):
            run = self.grid.run(point)
            return run, np.nan if run is None else self.conclusion.margin(run)
        try:
            (own,) = simulate([self.grid.at(point)])
            (other,) = accounts_of([replace(self.grid, scenario=self.conclusion.other).at(point)], own.entries)
        except SimsuranceError as error:
            if error.exit_code != ExitCode.INPUT:
                raise
            return None, np.nan
        return own, better_by(self.conclusion, own, other)


def better_by(conclusion: Beats, own: RunAccounts, other: RunAccounts) -> float:
    """By how much a run is better than another; nothing where no digit that is shown tells them apart."""
    values = [float(values_of(kept([run]), conclusion.fund, conclusion.measure, run.years)[0]) for run in (own, other)]
    less = values[0] - values[1]
    if abs(less) <= float(same_within(np.array(values[1]), conclusion.measure)):
        return 0.0
    return less if conclusion.better == "higher" else -less


@dataclass(frozen=True)
class Signs:
    """A sweep over two grids, and where a conclusion holds."""

    sweep: Sweep
    conclusion: Conclusion

    @property
    def margins(self) -> np.ndarray:
        """By how much it holds, [point]: zero or more where a condition holds; NaN where a point is refused."""
        return self.sweep.arrays[MARGIN]

    @cached_property
    def regions(self) -> np.ndarray:
        """`holds`, `flips`, or `same` where neither scenario is better; empty where there is no run, [point]."""
        margins = self.margins
        found = np.where(margins >= 0, HOLDS, FLIPS)
        if isinstance(self.conclusion, Beats):
            found = np.where(margins == 0, SAME, found)
        return np.where(np.isnan(margins), "", found)

    def along(self, place: int) -> list[tuple[float, float]]:
        """Values of a grid between which it flips, the other grid at the value nearest to the scenario's own."""
        other = 1 - place
        grid, beside = self.sweep.points.grids[place], self.sweep.points.grids[other]
        cells = self.regions.reshape([each.points for each in self.sweep.points.grids])
        nearest = int(np.abs(np.array(beside.values) - self.sweep.base(beside)).argmin())
        row = np.take(cells, nearest, axis=other)
        steps = zip(pairwise(grid.values), pairwise(row), strict=True)
        return [ends for ends, (one, next_) in steps if one and next_ and one != next_]

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row a point: margin, region; index keys."""
        import pandas as pd

        keys = [grid.key for grid in self.sweep.points.grids]
        index = pd.MultiIndex.from_tuples(self.sweep.points.values, names=keys)
        return pd.DataFrame({"margin": self.margins, "region": self.regions}, index=index)


def require_two(points: Points, text: str) -> None:
    """Raises SimsuranceError (USAGE) for more or fewer grids than a map of signs has."""
    if len(points.grids) != GRIDS:
        raise _usage(f"--signs {text}: a map of signs has two grids, not {len(points.grids)}; --grid twice")


def signs(
    points: Points,
    conclusion: Conclusion,
    central: RunResult,
    jobs: int = 1,
    parts: Path | None = None,
    tell: Tell | None = None,
) -> Signs:
    """Every point of two grids projected, and where a conclusion holds; `parts` and `tell` as in `points.computed`.

    Raises SimsuranceError where the scenario, or the other one, bears none of the points: what it says of the first.
    """
    require_two(points, conclusion.text)
    if isinstance(conclusion, Beats):
        _require_comparable(points, conclusion.other)
    arrays = computed(Concluded(points, conclusion), jobs, parts, tell)
    if np.isnan(arrays[MARGIN]).all():
        accounts_of([points.at(0)])
    return Signs(Sweep(central, points, arrays), conclusion)


def _require_comparable(points: Points, other: Scenario) -> None:
    """Raises SimsuranceError for another scenario over other years, or without a key of the grids."""
    if other.values.horizon != points.scenario.values.horizon:
        raise _usage(
            f"--signs: {other.name} is over other years than {points.scenario.name}; give both the same horizon"
        )
    if lacking := next((grid.key for grid in points.grids if grid.key not in other.leaves), None):
        raise _usage(f"--signs: {other.name} has no {lacking}; a key of both")


def _usage(line: str) -> SimsuranceError:
    return SimsuranceError(line, exit_code=ExitCode.USAGE)
