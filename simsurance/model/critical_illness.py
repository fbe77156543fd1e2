"""Critical-illness insurance: what is paid on the cost that basic insurance leaves to the patient, in closed form."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from simsurance.model.benefits import expected_excess


@dataclass(frozen=True)
class BasicLayer:
    """The basic benefit of a user: share `ratio` of cost above `deductible`, at most `limit`. Yuan; shapes broadcast."""

    deductible: np.ndarray
    ratio: np.ndarray
    limit: np.ndarray

    @property
    def exhausted_at(self) -> np.ndarray:
        """Cost at which the limit is reached."""
        return self.deductible + self.limit / self.ratio

    def cost_at(self, own: np.ndarray) -> np.ndarray:
        """The cost X that leaves the patient with `own` = X − B(X)."""
        within = self.deductible + (own - self.deductible) / (1 - self.ratio)
        beyond = own + self.limit
        return np.where(own <= self.deductible, own, np.where(within <= self.exhausted_at, within, beyond))


def own_excess(mean: np.ndarray, sigma: np.ndarray, basic: BasicLayer, threshold: np.ndarray) -> np.ndarray:
    """E[(O − k)⁺] of a user's own cost O = X − B(X), X lognormal. Yuan a user and year.

    O rises with slope 1 to the deductible, 1 − ratio to where the basic limit is reached, 1 beyond; so (O − k)⁺ is a sum of
    excesses of X over the cost at k, the deductible and the cost that exhausts the limit, as far as they lie above it.
    """
    start = basic.cost_at(threshold)
    at_deductible = expected_excess(mean, sigma, np.maximum(basic.deductible, start))
    at_limit = expected_excess(mean, sigma, np.maximum(basic.exhausted_at, start))
    return expected_excess(mean, sigma, start) - basic.ratio * (at_deductible - at_limit)


@dataclass(frozen=True)
class Cover:
    """Critical-illness cover of own cost: a deductible, ratios by band above it, and a cap on what is paid in a year.

    `edges` are the widths at which the ratio changes, counted from the deductible, first 0; `ratios` one a band, the last
    open; a cap of infinity is no cap. Yuan; shapes broadcast.
    """

    deductible: np.ndarray
    edges: tuple[np.ndarray, ...]
    ratios: tuple[np.ndarray, ...]
    cap: np.ndarray

    def own_at(self, paid: np.ndarray) -> np.ndarray:
        """Own cost at which `paid` has been paid, were there no cap."""
        left = paid
        own = self.deductible + self.edges[0]
        for place, ratio in enumerate(self.ratios):
            width = self.edges[place + 1] - self.edges[place] if place + 1 < len(self.edges) else np.inf
            used = np.minimum(left / ratio, width)
            own = own + used
            left = np.maximum(left - used * ratio, 0.0)
        return own

    def expected(self, mean: np.ndarray, sigma: np.ndarray, basic: BasicLayer) -> np.ndarray:
        """Expected payment for a user, cap in force. Yuan a user and year."""
        full = self.own_at(np.where(np.isfinite(self.cap), self.cap, 0.0))
        total = np.zeros(())
        for place, ratio in enumerate(self.ratios):
            first = self.deductible + self.edges[place]
            last = self.deductible + self.edges[place + 1] if place + 1 < len(self.edges) else None
            lower = own_excess(mean, sigma, basic, first)
            upper = own_excess(mean, sigma, basic, last) if last is not None else 0.0
            capped = own_excess(mean, sigma, basic, np.maximum(first, full if last is None else np.minimum(full, last)))
            total = total + ratio * (lower - np.where(np.isfinite(self.cap), capped, upper))
        return total

    def bonus_cost(self, mean: np.ndarray, sigma: np.ndarray, basic: BasicLayer, bonus: np.ndarray) -> np.ndarray:
        """What a rise of the cap by `bonus` costs for a user: E[K; M + bonus] − E[K; M]. Yuan a user and year."""
        if not np.isfinite(self.cap).any():
            return np.zeros(())
        cap = np.where(np.isfinite(self.cap), self.cap, 0.0)
        full, raised = self.own_at(cap), self.own_at(cap + bonus)
        cost = self.ratios[-1] * (own_excess(mean, sigma, basic, full) - own_excess(mean, sigma, basic, raised))
        return np.where(np.isfinite(self.cap), cost, 0.0)


def chance_above(mean: np.ndarray, sigma: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    """P(X > k) of a lognormal cost."""
    return ndtr(-(np.log(np.maximum(threshold, 1e-300) / mean) / sigma + sigma / 2))
