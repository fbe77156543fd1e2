"""What a patient pays of a cost behind several layers of insurance, one on what the one before has left, in closed form.

Layers of the same kind as basic insurance (`simsurance.model.critical_illness`) make of the own payment a broken line in the
cost; all that is expected of it is a sum of excesses of the cost over where the line bends.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simsurance.model.critical_illness import BasicLayer, UserCost

BEND = 0
"""The axis of bends, before all others."""
FAR = 1e12
"""A cost that nobody has, in yuan: what bends there or beyond bends nowhere."""
NOTHING = 1e-12
"""What of a yuan is rounding."""
LEAST, ENDLESS = 1e-6, 1e30
"""Of a yuan paid what nobody looks at, and of cost for it what nobody has."""


@dataclass(frozen=True)
class OwnPayment:
    """What a patient pays of a cost: never falling, 0 where there is no cost, straight between bends.

    `cost`: where it bends, the first 0, rising; `slope`: what is paid of a further yuan behind each. Yuan a user and year, the
    bend on the first axis; all others broadcast.
    """

    cost: np.ndarray
    slope: np.ndarray

    @classmethod
    def of(cls, paid: Callable[[np.ndarray], np.ndarray], bends: Sequence[np.ndarray]) -> "OwnPayment":
        """The own payment that a function gives and that bends at given costs, in any order."""
        shape = np.broadcast_shapes(*(bend.shape for bend in bends))
        within = (np.broadcast_to(np.minimum(bend, FAR), shape) for bend in bends)
        cost = np.sort(np.stack([np.zeros(shape), *within]), axis=BEND)
        ends = np.concatenate([cost, np.full((1, *shape), 2 * FAR)])
        own, widths = np.broadcast_to(paid(ends), ends.shape), np.diff(ends, axis=BEND)
        slope = np.divide(np.diff(own, axis=BEND), widths, out=np.zeros_like(widths), where=widths > 0)
        return cls(cost, np.where(slope < NOTHING, 0.0, slope))

    @cached_property
    def widths(self) -> np.ndarray:
        """Length of each straight piece but the last, in yuan of cost."""
        return np.diff(self.cost, axis=BEND)

    @cached_property
    def own(self) -> np.ndarray:
        """What is paid at each bend."""
        pieces = np.cumsum(self.widths * self.slope[:-1], axis=BEND)
        return np.concatenate([np.zeros((1, *pieces.shape[1:])), pieces])

    def at(self, cost: np.ndarray) -> np.ndarray:
        """What is paid of a cost."""
        paid = np.zeros(np.broadcast_shapes(np.shape(cost), self.slope.shape[1:]))
        into = np.empty_like(paid)
        for place, slope in enumerate(self.slope):
            if slope.any():
                np.maximum(np.subtract(cost, self.cost[place], out=into), 0.0, out=into)
                if place < len(self.widths):
                    np.minimum(into, self.widths[place], out=into)
                paid += np.multiply(into, slope, out=into)
        return paid

    def cost_at(self, own: np.ndarray) -> np.ndarray:
        """The cost from which more than `own` is paid; infinite where that never is."""
        left = own - self.own
        within = np.divide(np.maximum(left, 0.0), self.slope, out=np.full(left.shape, np.inf), where=self.slope > 0)
        whole = np.where(own >= self.own[1:], self.widths, np.where(left[:-1] > 0, within[:-1], 0.0))
        return np.asarray(whole.sum(axis=BEND) + np.where(left[-1] >= 0, within[-1], 0.0))

    def behind(self, layer: BasicLayer) -> "OwnPayment":
        """The own payment behind a further layer, which pays on this one."""
        ends = (layer.deductible, layer.exhausted_at)
        bends = [self.cost_at(np.asarray(end)) for end in ends]

        def paid(cost: np.ndarray) -> np.ndarray:
            own = self.at(cost)
            return own - layer.paid(own)

        return OwnPayment.of(paid, [*self.cost[1:], *bends])

    @cached_property
    def steps(self) -> np.ndarray:
        """By how much more a further yuan is paid behind each bend than before it: the own payment is Σ steps·(X − bend)⁺."""
        return np.diff(self.slope, axis=BEND, prepend=0.0)

    def mean(self, law: UserCost) -> np.ndarray:
        """What is expected of it for a user with a lognormal cost, yuan a user and year."""
        return self._expected(law, self.steps)

    def paid_by(self, layer: BasicLayer, law: UserCost) -> np.ndarray:
        """What a layer on it is expected to pay, yuan a user and year: ratio × (what exceeds its deductible − its end)."""
        return np.asarray(layer.ratio * (self.excess(law, layer.deductible) - self.excess(law, layer.exhausted_at)))

    def excess(self, law: UserCost, threshold: np.ndarray) -> np.ndarray:
        """E[(O − k)⁺] of this own payment O, yuan a user and year: its bends beyond the cost at k, and the slope there."""
        start = self.cost_at(np.asarray(threshold))
        ever, beyond = np.isfinite(start), self.cost > start
        start = np.where(ever, start, self.cost[-1])
        here = np.where(beyond, 0.0, self.steps).sum(axis=BEND) * law.above(start).excess
        return np.asarray(np.where(ever, here + self._expected(law, np.where(beyond, self.steps, 0.0)), 0.0))

    def _expected(self, law: UserCost, steps: np.ndarray) -> np.ndarray:
        """Σ steps·E[(X − bend)⁺]; what cost exceeds the bends by is known of the law that was asked for last."""
        if not self._known or self._known[0][0] is not law:
            excess = law.above(self.cost).excess
            shape = np.broadcast_shapes(excess.shape[1:], self.cost.shape[1:])
            self._known[:] = [(law, np.broadcast_to(excess, (len(self.cost), *shape)))]
        return np.asarray(sum(step * above for step, above in zip(steps, self._known[0][1], strict=True) if step.any()))

    @cached_property
    def _known(self) -> list[tuple[UserCost, np.ndarray]]:
        return []

    def chance_above(self, law: UserCost, threshold: np.ndarray) -> np.ndarray:
        """The chance that a user pays more than a threshold."""
        start = np.zeros(np.broadcast_shapes(threshold.shape, self.slope.shape[1:]))
        into = np.empty_like(start)
        for place, a_yuan in enumerate(self.cost_of_a_yuan):
            np.subtract(threshold, self.own[place] - LEAST, out=into)
            np.maximum(np.multiply(into, a_yuan, out=into), 0.0, out=into)
            if place < len(self.widths):
                np.minimum(into, self.widths[place], out=into)
            start += into
        return law.chance_above(start)

    @cached_property
    def cost_of_a_yuan(self) -> np.ndarray:
        """Cost by which a further yuan is paid behind each bend; where nothing more is paid, all of a piece lies there."""
        return np.divide(1.0, self.slope, out=np.full_like(self.slope, ENDLESS), where=self.slope > 0)
