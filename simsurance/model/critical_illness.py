"""Critical-illness insurance: what is paid on the cost that basic insurance leaves to the patient, in closed form."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simsurance.model.benefits import expected_excess

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

    def excess(self, threshold: np.ndarray) -> np.ndarray:
        """E[(X − k)⁺]."""
        return expected_excess(self.mean, self.sigma, threshold, self.tail_index)

    @cached_property
    def above_deductible(self) -> np.ndarray:
        """E[(X − d)⁺]."""
        return self.excess(self.basic.deductible)

    @cached_property
    def above_limit(self) -> np.ndarray:
        """E[(X − x)⁺] at the cost x that exhausts the basic limit."""
        return self.excess(self.basic.exhausted_at)

    @property
    def basic_benefit(self) -> np.ndarray:
        """E[B(X)], yuan a user and year."""
        return self.basic.ratio * (self.above_deductible - self.above_limit)

    def own_excess(self, threshold: np.ndarray) -> np.ndarray:
        """E[(O − k)⁺] of own cost O = X − B(X). Yuan a user and year.

        O rises with slope 1 to the deductible, 1 − ratio to where the basic limit is reached, 1 beyond; so (O − k)⁺ is a sum of
        excesses of X over the cost at k, the deductible and the cost that exhausts the limit, as far as they lie above it.
        """
        start = self.basic.cost_at(threshold)
        above = self.excess(start)
        at_deductible = np.where(start < self.basic.deductible, self.above_deductible, above)
        at_limit = np.where(start < self.basic.exhausted_at, self.above_limit, above)
        return above - self.basic.ratio * (at_deductible - at_limit)


@dataclass(frozen=True)
class Cover:
    """Critical-illness cover of own cost: a deductible, ratios by band above it, and a cap on what is paid in a year.

    `edges`: where the bands begin, counted from the deductible, first 0; `ratios` one a band, the last open; `capped` is 0
    where the cap does not hold. Yuan; shapes broadcast.
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

    def excesses(self, cost: UserCost) -> list[np.ndarray]:
        """E[(O − k)⁺] where each band begins, within the cap, and where the cap holds. Yuan a user and year."""
        ends = [np.minimum(self.deductible + edge, self.capped_at) for edge in self.edges]
        return [cost.own_excess(end) for end in (*ends, self.capped_at)]

    def expected(self, cost: UserCost) -> np.ndarray:
        """Expected payment for a user, cap in force. Yuan a user and year."""
        return self.between(self.excesses(cost))

    def between(self, excesses: list[np.ndarray]) -> np.ndarray:
        """The expected payment from the excesses at the bands and at the cap."""
        paid = (ratio * (excesses[band] - excesses[band + 1]) for band, ratio in enumerate(self.ratios))
        return sum(paid, start=np.zeros(()))
