"""The search for packages: where efficient ones may lie, from all that were run.

A first set is spread over the bounds and projected. Smooth surfaces through all that was run (radial basis functions) say
where efficient packages may lie: SciPy's SLSQP looks there for the least cost in many proportions of the three costs, and for
better packages than known ones, under target and limits. What it finds is projected, and the surfaces are laid anew. On draws
the surface of the margin is that of the central path and a correction from the packages that were run on draws.
"""

import math
from collections.abc import Sequence
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Final

import numpy as np
from scipy.stats import qmc

from simsurance.answers.condition import Chance, Condition
from simsurance.answers.on_draws import FAR, margins_of
from simsurance.answers.packages import COSTS, OBJECTIVES, OVER_PACKAGES, PARTS, Batch, Levers
from simsurance.answers.surfaces import Surface, best_margin, least_cost, no_worse, on_grid, proportions, through
from simsurance.basis.entries import Entries
from simsurance.results import RunResult
from simsurance.uncertainty.jobs import over
from simsurance.uncertainty.points import Tell, computed
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.stochastic import Plan, project

SEED: Final = 1
FIRST_A_LEVER: Final = 8
"""Packages that are spread over the bounds first, for each lever; to the next power of two."""
MOST_CORNERS: Final = 3
"""Levers at most of which all corners of the bounds are run."""
APART: Final = 0.03
"""Packages told are so far from one another, in parts of the range of each cost over the efficient ones."""
NARROW: Final = 0.05
"""A range of efficient costs that is narrower, in parts of the whole range, is no measure."""
LEAST_WEIGHT: Final = 0.02
"""Weight of a cost that is not asked to be small, so that none is wasted."""
SAME: Final = 2e-5
"""Costs that differ by less, as shares of income, are the same: sizes of levers lie on a grid."""
NOTHING: Final = 1e-9
"""Of a number of draws."""
SHORT: Final = 75
"""Percentile of what margins on draws fall short of what was expected; so much more is asked of the next packages."""
Package = tuple[float, ...]


class Search:
    """All packages that were run, and where to look next."""

    def __init__(
        self,
        central: RunResult,
        levers: Levers,
        asked: Condition | Chance,
        conditions: tuple[Condition, ...],
        held: Entries | None,
        sample: Sample | None,
        jobs: int,
        kept: Path | None,
        tell: Tell | None,
    ) -> None:
        self.central, self.levers, self.asked, self.conditions, self.held = central, levers, asked, conditions, held
        self.sample, self.jobs, self.kept, self.tell = sample, jobs, kept, tell
        self.parts = sum(len(each.parts(central)) for each in conditions)
        self.rows: dict[Package, dict[str, np.ndarray]] = {}
        self.shares: dict[Package, float] = {}
        self.robust: dict[Package, float] = {}
        self.room, self.turn = 0.0, 0

    @property
    def known(self) -> list[Package]:
        """The packages that could be projected and have a value of what they are asked, in the order of their sizes."""
        rows = sorted(self.rows.items(), key=lambda each: each[0])
        return [each for each, row in rows if not any(np.isnan(row[name]).any() for name in (COSTS, PARTS))]

    def first(self) -> list[Package]:
        """Packages spread over the bounds, their corners where there are few, and the scenario itself where it lies within."""
        count = len(self.levers.each)
        number = 1 << (FIRST_A_LEVER * count - 1).bit_length()
        spread = qmc.Sobol(count, scramble=True, seed=SEED).random(number)
        corners = np.array(list(product((0.0, 1.0), repeat=count))) if count <= MOST_CORNERS else spread[:0]
        found = [self.levers.sizes(each) for each in (*corners, *spread)]
        own = self.levers.shares(self.levers.own)
        return [*([self.levers.own] if ((own >= 0) & (own <= 1)).all() else []), *found]

    def project(self, packages: Sequence[Package]) -> None:
        """Project those that are new."""
        new = tuple(dict.fromkeys(each for each in packages if each not in self.rows))
        if new:
            batch = Batch(self.levers, self.conditions, new, self.held, self.parts)
            found = computed(batch, self.jobs, tell=self.tell)
            for place, each in enumerate(new):
                self.rows[each] = {name: values[place] for name, values in found.items()}

    def draw(self, packages: Sequence[Package]) -> None:
        """Project those that are new on the draws; by how much most fall short of what was expected is asked of the next."""
        assert self.sample is not None
        assert isinstance(self.asked, Chance)
        known = set(self.known)
        new = tuple(dict.fromkeys(each for each in packages if each in known and each not in self.shares))
        if not new:
            return
        expected = None
        if self.robust:
            correction = self.correction()
            beyond = [float(correction(self.levers.shares(each))[0]) for each in new]
            expected = self.targets(new)[:, : self._of_target].min(axis=-1) + beyond
        plan = Plan((self.levers.scenario, *(self.levers.at(each) for each in new)), self.sample)
        for each, kept in zip(new, project(plan, over(self.jobs), self._folder(), self.tell)[1:], strict=True):
            margins = margins_of(kept, self.central.years, self.asked)
            self.shares[each] = float((margins >= 0).mean())
            self.robust[each] = robust_margin(margins, self.asked)
        if expected is not None:
            short = expected - np.array([self.robust[each] for each in new])
            self.room = max(float(np.percentile(short, SHORT)), 0.0)

    def _folder(self) -> Path | None:
        self.turn += 1
        return None if self.kept is None else self.kept / f"{self.turn}"

    def targets(self, packages: Sequence[Package]) -> np.ndarray:
        """Parts of the margins of target and limits, of a probability on the central path, [package, part]."""
        found = np.clip(np.stack([self.rows[each][PARTS] for each in packages]), -FAR, FAR)
        return found * self._signs

    @cached_property
    def _of_target(self) -> int:
        """How many parts are the target's."""
        return len(self.conditions[0].parts(self.central))

    @cached_property
    def _signs(self) -> np.ndarray:
        found = np.ones(self.parts)
        if isinstance(self.asked, Chance) and self.asked.sign == "<=":
            found[: self._of_target] = -1
        return found

    def least(self, packages: Sequence[Package]) -> np.ndarray:
        """The least margin of each, on draws where it is asked of these; far off where it was not run, [package]."""
        found = self.targets(packages)
        if self.sample is None or not self.shares:
            return np.asarray(found.min(axis=-1))
        drawn = np.array([self.robust.get(each, -FAR) for each in packages])
        return np.minimum(drawn, found[:, self._of_target :].min(axis=-1, initial=np.inf))

    def holding(self) -> list[Package]:
        """The packages that are known to hold."""
        known = self.known
        return [each for each, margin in zip(known, self.least(known), strict=True) if margin >= 0]

    def surface(self) -> "Surface":
        """Costs and margins in units of their own size, through all that was run."""
        known = self.known
        at = np.stack([self.levers.shares(each) for each in known])
        costs = np.stack([self.rows[each][COSTS] for each in known])
        margins = self.targets(known)
        units = np.maximum(np.abs(margins).max(axis=OVER_PACKAGES), 1e-300)
        units[: self._of_target] = units[: self._of_target].max()
        central = through(at, np.concatenate([costs, margins / units], axis=-1))
        if not self.robust:
            return central
        correction, target = self.correction(), slice(len(OBJECTIVES), len(OBJECTIVES) + self._of_target)

        def corrected(shares: np.ndarray) -> np.ndarray:
            found = central(shares)
            found[target] += (correction(shares)[0] - self.room) / units[0]
            return found

        return corrected

    def correction(self) -> Surface:
        """What the margin on draws is beyond that of the central path, through all that was run on draws."""
        drawn = sorted(self.robust)
        own = self.targets(drawn)[:, : self._of_target].min(axis=-1)
        less = np.array([self.robust[each] for each in drawn]) - own
        return through(np.stack([self.levers.shares(each) for each in drawn]), less[:, None])

    def wanted(self, order: int, most: int) -> list[Package]:
        """Where the surfaces put packages that hold: of least cost in proportions, and better than known ones."""
        surface, holding = self.surface(), self.holding()
        if not holding:
            start = max(self.known, key=lambda each: float(self.targets([each]).min()))
            return [self.levers.sizes(best_margin(surface, self.levers.shares(start)))]
        costs = np.stack([self.rows[each][COSTS] for each in holding])
        efficient = efficient_of(costs, np.ones(len(costs), dtype=bool))
        whole = np.ptp(np.stack([self.rows[each][COSTS] for each in self.known]), axis=OVER_PACKAGES)
        ideal, span = costs[efficient].min(axis=OVER_PACKAGES), np.ptp(costs[efficient], axis=OVER_PACKAGES)
        moving = whole > SAME
        scale = np.where(moving, 1 / np.where(span > NARROW * whole, span, np.where(moving, whole, 1.0)), 0.0)
        found = []
        for weights in proportions(order) if order else ():
            weighed = np.maximum(weights, LEAST_WEIGHT) * scale
            start = holding[int((weighed * (costs - ideal)).max(axis=-1).argmin())]
            found.append(least_cost(surface, self.levers.shares(start), weighed, ideal))
        places = np.flatnonzero(efficient)
        for place in places[spread_of(costs[places], most)]:
            better = no_worse(surface, self.levers.shares(holding[place]), scale)
            if (surface(better)[: len(OBJECTIVES)] - costs[place]).sum() < -SAME:
                found.append(better)
        settled = (self.levers.sizes(on_grid(surface, each, scale)) for each in found)
        return [each for each in dict.fromkeys(settled) if each not in self.rows]


def robust_margin(margins: np.ndarray, chance: Chance) -> float:
    """The margin that decides whether enough draws hold, the one at the probability in rising order; positive where it does."""
    rising, number = np.sort(np.nan_to_num(margins, posinf=FAR, neginf=-FAR)), len(margins)
    if chance.sign == ">=":
        needed = math.ceil(chance.value * number - NOTHING)
        return float(rising[number - needed]) if needed else FAR
    allowed = math.floor(chance.value * number + NOTHING)
    return -float(rising[number - allowed - 1]) if allowed < number else FAR


def efficient_of(costs: np.ndarray, holds: np.ndarray) -> np.ndarray:
    """Whether a package holds and no other that does costs less in all and no more in any way, [package]."""
    found = np.array(holds)
    for place in np.flatnonzero(holds):
        less = costs[holds] - costs[place]
        found[place] = not ((less <= SAME).all(axis=-1) & (less.sum(axis=-1) < -SAME)).any()
    return found


def spread_of(costs: np.ndarray, most: int) -> list[int]:
    """Places of at most so many packages: the least of each cost, then what is farthest from all chosen."""
    span = np.ptp(costs, axis=OVER_PACKAGES)
    scaled = (costs - costs.min(axis=OVER_PACKAGES)) / np.where(span > SAME, span, np.inf)
    chosen = list(dict.fromkeys(int(place) for place in costs.argmin(axis=OVER_PACKAGES[0])[span > SAME]))[:most] or [0]
    while len(chosen) < min(most, len(costs)):
        far = np.abs(scaled[:, None] - scaled[chosen]).max(axis=-1).min(axis=-1)
        if far.max() < APART:
            break
        chosen.append(int(far.argmax()))
    return chosen


def first_drawn(levers: Levers, packages: Sequence[Package], margins: np.ndarray) -> list[Package]:
    """Packages that are far from one another, of those whose margin of the central path is least far from nothing."""
    near = [packages[place] for place in np.argsort(np.abs(margins), kind="stable")[: -(-len(packages) // 2)]]
    at = np.stack([levers.shares(each) for each in near])
    chosen = [0]
    while len(chosen) < min(2 * at.shape[1] + 3, len(at)):
        far = np.abs(at[:, None] - at[chosen]).max(axis=-1).min(axis=-1)
        chosen.append(int(far.argmax()))
    return [near[place] for place in chosen]
