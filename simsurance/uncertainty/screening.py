"""Which unknowns matter at all, alone or together with others: elementary effects of Morris, before dearer indices.

Every unknown stands on four levels from its tenth to its ninetieth percentile, equally far apart as a standard normal number,
x = 0, ⅓, ⅔, 1. A trajectory begins at random levels and moves the unknowns one after another, in random order, by Δ = ⅔ up or
down, each once; what a step changes over its Δ is an effect of its unknown, at the scale of the whole range. Over trajectories

    μ* = mean |effect|,   μ = mean effect,   σ = standard deviation of effects:

μ* says how much an unknown moves, σ how much that hangs on where the others stand. Intervals are percentiles over trajectories
drawn again.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from simsurance.results import RunResult, simulate
from simsurance.scenario_file.loader import Scenario
from simsurance.uncertainty.futures import Futures
from simsurance.uncertainty.points import Arrays, Tell, computed
from simsurance.uncertainty.sampling import Given
from simsurance.uncertainty.sensitivity import DEPLETION, NEARER, Sensitivity, Shocks, Unknown

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

STEP: Final = 2 / 3
"""Δ: of four levels, by which each is as likely as any other."""
LEAST: Final = 2
"""Effects from which anything is told: one has no spread and no interval."""
AGAIN: Final = 1000
"""How often trajectories are drawn again for an interval."""
COVERED: Final = (0.025, 0.975)


def design(unknowns: int, trajectories: int, seed: int) -> np.ndarray:
    """Where every unknown stands, 0 to 1, at the start of a trajectory and after each step, [trajectory, step, unknown].

    A trajectory is the same whatever their number.
    """
    found = np.empty((trajectories, unknowns + 1, unknowns))
    for place in range(trajectories):
        rng = np.random.default_rng(np.random.SeedSequence([seed, place]))
        low, up = rng.integers(0, 2, unknowns) / 3, rng.integers(0, 2, unknowns).astype(bool)
        turn = rng.permutation(unknowns).argsort()
        moved = np.arange(unknowns + 1)[:, None] > turn
        found[place] = low + STEP * (moved == up)
    return found


def effects(levels: np.ndarray, results: np.ndarray) -> np.ndarray:
    """The elementary effect of every unknown, [trajectory, unknown]; `results` [trajectory, step], NaN where there is none."""
    steps = levels[:, 1:] - levels[:, :-1]
    moved = np.abs(steps).argmax(axis=-1)
    size = np.take_along_axis(steps, moved[..., None], axis=-1)[..., 0]
    found = np.empty(moved.shape)
    np.put_along_axis(found, moved, np.diff(results, axis=-1) / size, axis=-1)
    return found


@dataclass(frozen=True)
class Effect:
    """Effects of an unknown: μ* with its interval, μ, σ, and how many there are; NaN where these are too few."""

    unknown: Unknown
    size: float
    low: float
    high: float
    mean: float
    spread: float
    count: int

    @property
    def known(self) -> bool:
        """Whether there are enough effects to tell anything."""
        return self.count >= LEAST


def measured(unknowns: tuple[Unknown, ...], found: np.ndarray, seed: int = 1) -> list[Effect]:
    """What effects say of every unknown, [trajectory, unknown], the largest first; those with too few of them last."""
    there = ~np.isnan(found)
    absolute = np.where(there, np.abs(found), 0.0)
    rng = np.random.default_rng(np.random.SeedSequence([seed, len(found)]))
    chosen = rng.integers(0, len(found), (AGAIN, len(found)))
    times = np.stack([np.bincount(row, minlength=len(found)) for row in chosen]).astype(float)
    with np.errstate(invalid="ignore"):
        again = (times @ absolute) / (times @ there)
    told = []
    for unknown, column, sizes in zip(unknowns, found.T, again.T, strict=True):
        values = column[~np.isnan(column)]
        if len(values) < LEAST:
            told.append(Effect(unknown, np.nan, np.nan, np.nan, np.nan, np.nan, len(values)))
            continue
        low, high = (float(end) for end in np.nanquantile(sizes, COVERED))
        size, mean, spread = (float(each) for each in (np.abs(values).mean(), values.mean(), values.std(ddof=1)))
        told.append(Effect(unknown, size, low, high, mean, spread, len(values)))
    return sorted(told, key=lambda each: -each.size if each.known else 1)


@dataclass(frozen=True)
class Trajectories:
    """The runs of some trajectories of a scenario, those of one side by side."""

    scenario: Scenario
    trajectories: int
    seed: int

    def __reduce__(self) -> tuple[type["Trajectories"], tuple[Scenario, int, int]]:
        """Goes to processes as it was made; what follows from it is found there."""
        return Trajectories, (self.scenario, self.trajectories, self.seed)

    @cached_property
    def shocks(self) -> Shocks:
        """The unknowns and their ends."""
        return Shocks(self.scenario)

    @cached_property
    def levels(self) -> np.ndarray:
        """Where every unknown stands, [trajectory, step, unknown]."""
        return design(len(self.shocks.unknowns), self.trajectories, self.seed)

    @property
    def points(self) -> int:
        """How many runs there are."""
        return self.trajectories * (len(self.shocks.unknowns) + 1)

    @cached_property
    def _shifted(self) -> Shocks:
        """The runs in place of single unknowns."""
        z = self.shocks.z * (2 * self.levels.reshape(self.points, -1) - 1)
        alone = np.stack([self.shocks.numbers(unknown, 1.0) for unknown in self.shocks.unknowns])
        found = Shocks(self.scenario)
        vars(found)["futures"] = replace(self.shocks.futures, sample=Given(z @ alone))
        return found

    @property
    def futures(self) -> Futures:
        """The runs as draws."""
        return self._shifted.futures

    def chunk(self, first: int, last: int) -> Arrays:
        """What is kept of the runs from `first` to before `last`."""
        return self._shifted.chunk(first, last)


@dataclass(frozen=True)
class Screening:
    """A scenario, and the elementary effects of every unknown on its funds."""

    central: RunResult
    work: Trajectories
    arrays: Arrays
    year: int

    @cached_property
    def _told(self) -> Sensitivity:
        return Sensitivity(self.central, self.work.shocks, self.arrays, self.year)

    @property
    def funds(self) -> list[str]:
        """The funds that pay benefits."""
        return self._told.funds

    def measures(self, fund: str) -> list[str]:
        """What is told of a fund; years funded stand for depletion years, which may not come."""
        return [measure for measure in self._told.measures(fund) if measure != DEPLETION]

    @property
    def as_drawn(self) -> np.ndarray:
        """Runs all of whose unknowns stand where the trajectory puts them, as what was observed can be met, [run]."""
        return np.asarray(self.arrays[NEARER] == 1)

    def effects(self, fund: str, measure: str) -> list[Effect]:
        """The effects of every unknown on a measure; steps from or to a run that had to be brought nearer say nothing."""
        values = np.where(self.as_drawn, self._told.of(fund, measure), np.nan)
        found = effects(self.work.levels, values.reshape(self.work.trajectories, -1))
        return measured(self.work.shocks.unknowns, found, self.work.seed)

    @cached_property
    def table(self) -> "pd.DataFrame":
        """Every fund and measure with the effects of every unknown; index fund, measure, kind, unknown.

        `mean_absolute` μ* over the range from the tenth to the ninetieth percentile, `low` and `high` its interval of 95 per
        cent, `mean` μ, `standard_deviation` σ, `effects` how many; without values where these are fewer than two.
        """
        import pandas as pd

        rows = [
            (
                *(fund, measure, each.unknown.kind, each.unknown.name, each.size, each.low, each.high),
                *(each.mean, each.spread, each.count),
            )
            for fund in self.funds
            for measure in self.measures(fund)
            for each in self.effects(fund, measure)
        ]
        names = ["fund", "measure", "kind", "unknown", "mean_absolute", "low", "high"]
        table = pd.DataFrame(rows, columns=[*names, "mean", "standard_deviation", "effects"])
        return table.set_index(names[:4])


def screening(
    scenario: Scenario,
    trajectories: int,
    seed: int,
    year: int,
    jobs: int = 1,
    parts: "Path | None" = None,
    tell: Tell | None = None,
) -> Screening:
    """The elementary effects of every unknown; `parts` and `tell` as in `points.computed`, `year` as in `sensitivity`."""
    (central,) = simulate([scenario])
    work = Trajectories(scenario, trajectories, seed)
    return Screening(central, work, computed(work, jobs, parts, tell), year)
