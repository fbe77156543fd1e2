"""Critical-illness insurance: what is paid on the cost that basic insurance leaves to the patient, in closed form."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simsurance.model import lognormal
from simsurance.model.lognormal import Above

NO_CAP = 1e18
"""Own cost that nobody reaches, in yuan: where a cover without a cap ends."""


@dataclass(frozen=True)
class BasicLayer:
    """The basic benefit of a user: share `ratio` of cost above `deductible`, at most `limit`. Yuan; shapes broadcast."""

    deductible: np.ndarray
    ratio: np.ndarray
    limit: np.ndarray

    @property
    def exhausted_at(self) -> np.ndarray:
        """Cost at which the limit is reached."""
        return self.deductible + self.limit / np.maximum(self.ratio, 1e-12)

    def paid(self, cost: np.ndarray) -> np.ndarray:
        """B(X), what is paid of a cost."""
        return np.minimum(self.ratio * np.maximum(cost - self.deductible, 0.0), self.limit)

    def cost_at(self, own: np.ndarray) -> np.ndarray:
        """The cost X that leaves the patient with `own` = X − B(X)."""
        within = self.deductible + (own - self.deductible) / np.maximum(1 - self.ratio, 1e-12)
        beyond = own + self.limit
        return np.where(own <= self.deductible, own, np.where(within <= self.exhausted_at, within, beyond))


@dataclass(frozen=True)
class UserCost:
    """A user's lognormal cost X under a basic layer, with the excesses that every layer above it needs."""

    mean: np.ndarray
    sigma: np.ndarray
    basic: BasicLayer
    tail_index: np.ndarray

    def above(self, threshold: np.ndarray) -> Above:
        """E[(X − k)⁺] and P(X > k)."""
        return lognormal.above(self.mean, self.sigma, threshold, self.tail_index, self._standing)

    def chance_above(self, threshold: np.ndarray) -> np.ndarray:
        """P(X > k)."""
        return lognormal.chance_above(self.mean, self.sigma, threshold, self.tail_index, self._standing)

    @cached_property
    def _standing(self) -> np.ndarray:
        """What every threshold is counted from."""
        return lognormal.standing(self.mean, self.sigma)

    @cached_property
    def above_deductible(self) -> Above:
        """Of the basic layer's deductible."""
        return self.above(self.basic.deductible)

    @cached_property
    def above_limit(self) -> Above:
        """Of the cost that exhausts the basic limit."""
        return self.above(self.basic.exhausted_at)

    @property
    def basic_benefit(self) -> np.ndarray:
        """E[B(X)], yuan a user and year: min(c·(X − d)⁺, m) = c·[(X − d)⁺ − (X − d − m/c)⁺]."""
        return self.basic.ratio * (self.above_deductible.excess - self.above_limit.excess)

    def own_above(self, threshold: np.ndarray) -> Above:
        """E[(O − k)⁺] and P(O > k) of own cost O = X − B(X).

        O rises with slope 1 to the deductible, 1 − ratio to where the basic limit is reached, 1 beyond; so (O − k)⁺ is a sum of
        excesses of X over the cost at k, the deductible and the cost that exhausts the limit, as far as they lie above it.
        """
        if (threshold >= self.basic.exhausted_at - self.basic.limit).all():
            return self.above(threshold + self.basic.limit)
        start = self.basic.cost_at(threshold)
        found = self.above(start)
        at_deductible = np.where(start < self.basic.deductible, self.above_deductible.excess, found.excess)
        at_limit = np.where(start < self.basic.exhausted_at, self.above_limit.excess, found.excess)
        return Above(found.excess - self.basic.ratio * (at_deductible - at_limit), found.chance)

    def own_excess(self, threshold: np.ndarray) -> np.ndarray:
        """E[(O − k)⁺]. Yuan a user and year."""
        return self.own_above(threshold).excess


@dataclass(frozen=True)
class Cover:
    """Critical-illness cover of own cost: a deductible, ratios by band above it, and a cap on what is paid in a year.

    `edges`: where the bands begin, counted from the deductible, first 0; `ratios` one a band, the last open; `capped` is 0
    where the cap does not hold. Yuan; shapes broadcast, so that a first axis may hold several covers.
    """

    deductible: np.ndarray
    edges: tuple[np.ndarray, ...]
    ratios: tuple[np.ndarray, ...]
    cap: np.ndarray
    capped: np.ndarray

    def paid(self, own: np.ndarray, bonus: np.ndarray | float = 0.0) -> np.ndarray:
        """K(O), what is paid of an own cost, with the cap raised by `bonus`."""
        total = np.zeros(())
        for place, ratio in enumerate(self.ratios):
            start = self.deductible + self.edges[place]
            width = self.edges[place + 1] - self.edges[place] if place + 1 < len(self.edges) else np.inf
            total = total + ratio * np.minimum(np.maximum(own - start, 0.0), width)
        return np.where(self.capped > 0, np.minimum(total, self.cap + bonus), total)

    def own_at(self, paid: np.ndarray) -> np.ndarray:
        """Own cost at which `paid` has been paid, were there no cap."""
        left, own = paid, self.deductible
        for place, ratio in enumerate(self.ratios):
            width = self.edges[place + 1] - self.edges[place] if place + 1 < len(self.edges) else np.inf
            used = np.minimum(left / ratio, width)
            own = own + used
            left = np.maximum(left - used * ratio, 0.0)
        return own

    @cached_property
    def capped_at(self) -> np.ndarray:
        """Own cost from which the cap holds; out of reach where there is none."""
        return np.where(self.capped > 0, self.own_at(self.cap), NO_CAP)

    @property
    def starts(self) -> list[np.ndarray]:
        """Own cost at which each band begins."""
        return [self.deductible + edge for edge in self.edges]

    def band_at(self, own: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Where the band of an own cost begins and ends, and what is paid of one more yuan there."""
        starts = self.starts
        begin, end, ratio = starts[0], np.asarray(np.inf), self.ratios[0]
        for start, after in zip(starts[1:], self.ratios[1:], strict=True):
            reached = own >= start
            end = np.where(reached, np.inf, np.minimum(end, start))
            begin, ratio = np.where(reached, start, begin), np.where(reached, after, ratio)
        return begin, end, ratio

    def above(self, cost: UserCost) -> Above:
        """Of own cost, where each band begins and where the cap holds: on a new first axis."""
        ends = [*self.starts, self.capped_at]
        thresholds = np.empty((len(ends), *np.broadcast_shapes(*(end.shape for end in ends))))
        for place, end in enumerate(ends):
            thresholds[place] = end
        return cost.own_above(thresholds)

    def expected(self, cost: UserCost) -> np.ndarray:
        """Expected payment for a user, cap in force. Yuan a user and year."""
        return self.between(self.above(cost))

    def between(self, above: Above) -> np.ndarray:
        """The expected payment from what own cost exceeds the bands and the cap by."""
        excess = above.excess
        within = [np.where(start < self.capped_at, excess[band], excess[-1]) for band, start in enumerate(self.starts)]
        in_band = zip(self.ratios, within, [*within[1:], excess[-1]], strict=True)
        return sum((ratio * (start - end) for ratio, start, end in in_band), start=np.zeros(()))

    def added(self, excess: np.ndarray, raised: np.ndarray, above_raised: np.ndarray) -> np.ndarray:
        """What it adds to the expected payment that the cap holds from an own cost of `raised`, or takes from it.

        Own cost exceeds the bands and the cap by `excess`, as `above` finds it, and `raised` by `above_raised`; each end is
        brought into each band. Yuan a user and year.
        """
        starts, cost = self.starts, np.zeros(())
        for band, ratio in enumerate(self.ratios):
            before, after = (
                np.where(own > starts[band], above, excess[band])
                for own, above in ((self.capped_at, excess[-1]), (raised, above_raised))
            )
            if band + 1 < len(starts):
                before, after = (
                    np.where(own < starts[band + 1], above, excess[band + 1])
                    for own, above in ((self.capped_at, before), (raised, after))
                )
            cost = cost + ratio * (before - after)
        return cost
