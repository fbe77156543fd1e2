"""Where the variance of a result comes from: first-order and total indices of Sobol, by group of what is drawn.

Two independent sets of draws, A and B; for each group g a third, A with the numbers of g from B (Saltelli). With V the variance
of A and B together and m their mean, the estimators of Saltelli and of Jansen are

    first_g = mean((f(B) − m)·(f(A_g) − f(A))) / V,    total_g = mean((f(A) − f(A_g))²) / 2V.

What is correlated is one group, so that groups are independent. Intervals are percentiles over draws drawn again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from simsurance.axes import axis
from simsurance.ledger import fund_of
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.loader import Scenario
from simsurance.uncertainty import draws
from simsurance.uncertainty.futures import Futures, futures_of
from simsurance.uncertainty.observed import Observed, observed
from simsurance.uncertainty.paths import LATENT
from simsurance.uncertainty.points import Arrays, Tell, computed, funds_of, kept, years_funded
from simsurance.uncertainty.sampling import Given, Sample, apart

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

OVER_DRAWS: Final = axis("draw", of=("draw", "group"))
OVER_SAMPLES: Final = axis("sample", of=("sample", "index", "group"))
SAMPLER: Final = "plain"
AGAIN: Final = 1000
"""How often draws are drawn again for an interval."""
COVERED: Final = (0.025, 0.975)


@dataclass(frozen=True)
class Index:
    """First-order and total index of a group, each with its interval."""

    group: str
    first: float
    first_ends: tuple[float, float]
    total: float
    total_ends: tuple[float, float]

    @property
    def measured(self) -> bool:
        """Whether there is an interval: where no draw moves, drawing again does not either, which is no proof of nothing."""
        return not np.isnan(self.total_ends[0])


def mixed(a: np.ndarray, b: np.ndarray, groups: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    """A, B, and A with the numbers of each group from B, [draw, dimension]."""
    found = [a, b]
    for places in groups.values():
        one = a.copy()
        one[:, places] = b[:, places]
        found.append(one)
    return found


def indices(groups: Sequence[str], results: np.ndarray, seed: int = 1) -> list[Index]:
    """The indices from results of A, B and each group, [draw, 2 + group]; none where nothing varies."""
    if not np.ptp(results[:, :2]):
        return []
    first, total = estimated(results)
    rng = np.random.default_rng(np.random.SeedSequence([seed, len(results)]))
    again = [estimated(results[rng.integers(0, len(results), len(results))]) for _ in range(AGAIN)]
    ends = np.moveaxis(np.nanquantile(np.array(again), COVERED, axis=OVER_SAMPLES), 0, -1)
    ends[ends[..., 0] == ends[..., 1]] = np.nan
    return [
        Index(name, float(first[at]), tuple(ends[0, at]), float(total[at]), tuple(ends[1, at]))
        for at, name in enumerate(groups)
    ]


def told_apart(found: Sequence[Index]) -> bool:
    """Whether draws tell what most comes from, the largest total first: see `sampling.apart`."""
    return apart([(each.total, *each.total_ends) for each in found])


def estimated(results: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First-order and total index of each group; NaN where nothing varies."""
    a, b, changed = results[:, :1], results[:, 1:2], results[:, 2:]
    whole = float(np.var(results[:, :2])) or np.nan
    first = ((b - results[:, :2].mean()) * (changed - a)).mean(axis=OVER_DRAWS) / whole
    total = ((a - changed) ** 2).mean(axis=OVER_DRAWS) / (2 * whole)
    return first, total


def groups_of(futures: Futures, spread: np.ndarray) -> dict[str, np.ndarray]:
    """The places of the numbers of each group by name: what is correlated together, other inputs by their section."""
    at, paths, parameters = futures.places, futures.paths, futures.parameters
    found: dict[str, list[int]] = {}
    if paths.economy_on:
        found["long_run"], found["yearly"] = list(at["shift"]), list(at["path"][: -len(LATENT)].ravel())
    if paths.demography_on:
        found |= {name: list(at["path"][place - len(LATENT)]) for place, name in enumerate(LATENT)}
    for place, each in zip(at["input"], parameters.drawn, strict=True):
        found.setdefault(each.group or f"{each.path.partition('.')[0]}.*", []).append(place)
    if spread.any():
        found["settlement"] = list(at["target"])
    return {name: np.array(places, dtype=int) for name, places in found.items()}


@dataclass(frozen=True)
class Mixed:
    """The runs of both sets of draws and of every group, those of one draw side by side."""

    scenario: Scenario
    sample: Sample

    def __reduce__(self) -> tuple[type["Mixed"], tuple[Scenario, Sample]]:
        """Goes to processes as it was made; what follows from it is found there."""
        return Mixed, (self.scenario, self.sample)

    @cached_property
    def observed(self) -> Observed:
        """What every run has to agree with."""
        return observed(self.scenario)

    @cached_property
    def groups(self) -> dict[str, np.ndarray]:
        """The places of the numbers of each group."""
        return groups_of(self._futures(self.sample), self.observed.spread)

    @property
    def sets(self) -> int:
        """Runs of a draw: A, B and one a group."""
        return 2 + len(self.groups)

    @property
    def points(self) -> int:
        """How many runs there are."""
        return self.sample.draws * self.sets

    def _futures(self, numbers: Given | Sample) -> Futures:
        return futures_of(self.scenario, numbers, tuple(each.target for each in self.observed.levels))

    @cached_property
    def futures(self) -> Futures:
        """The runs as draws."""
        draws_of_each = self.sample.draws
        twice = Sample(2 * draws_of_each, self.sample.seed, self.sample.sampler)
        both = self._futures(twice).numbers(0, twice.draws)
        sets = mixed(both[:draws_of_each], both[draws_of_each:], self.groups)
        return self._futures(Given(np.stack(sets).swapaxes(0, 1).reshape(self.points, -1)))

    def chunk(self, first: int, last: int) -> Arrays:
        """What is kept of the runs from `first` to before `last`."""
        parts = draws.blocks(self.futures, self.observed, first, last)
        found = {each.place: run for part in parts for each, run in zip(part, draws.runs_of(part), strict=True)}
        return kept([found[place] for place in range(first, last)])


@dataclass(frozen=True)
class Shares:
    """A scenario, and where the variance of its funds' years comes from."""

    central: RunResult
    mixed: Mixed
    arrays: Arrays

    @property
    def funds(self) -> list[str]:
        """The funds that pay benefits."""
        return [fund for fund in funds_of(self.arrays) if fund_of(fund).pooled]

    def indices(self, fund: str) -> list[Index]:
        """The indices of years funded within the horizon, the largest total first."""
        results = years_funded(self.arrays, fund, self.central.years).reshape(-1, self.mixed.sets)
        found = indices(list(self.mixed.groups), results, self.mixed.sample.seed)
        return sorted(found, key=lambda each: -each.total)

    @cached_property
    def table(self) -> "pd.DataFrame":
        """Every fund and group; index fund, group. Shares of the variance of years funded, with intervals of 95 per cent.

        Without an interval where a group moves no draw.
        """
        import pandas as pd

        rows = [
            (fund, each.group, each.first, *each.first_ends, each.total, *each.total_ends)
            for fund in self.funds
            for each in self.indices(fund)
        ]
        names = ["fund", "group", "first", "first_low", "first_high", "total", "total_low", "total_high"]
        return pd.DataFrame(rows, columns=names).set_index(names[:2])


def shares(
    scenario: Scenario, sample: Sample, jobs: int = 1, parts: "Path | None" = None, tell: Tell | None = None
) -> Shares:
    """Where the variance of years funded comes from; `parts` and `tell` as in `points.computed`."""
    (central,) = simulate([scenario])
    work = Mixed(scenario, sample)
    return Shares(central, work, computed(work, jobs, parts, tell))
