"""What a patient pays of a cost behind several layers of insurance, one on what the one before has left, in closed form.

Layers of the same kind as basic insurance (`simsurance.model.critical_illness`) make of the own payment a broken line in the
cost; all that is expected of it is a sum of excesses of the cost over where the line bends.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from simsurance.model.critical_illness import BasicLayer, UserCost

FAR = 1e9
"""Yuan behind the last bend at which the slope of what lies beyond is read."""


@dataclass(frozen=True)
class OwnPayment:
    """What a patient pays of a cost: never falling, 0 where there is no cost, straight between bends.

    `cost`: where it bends, the bend first, the first 0, rising; `own`: what is paid there; `beyond`: of a further yuan behind
    the last. Yuan a user and year; all axes behind the bend broadcast.
    """

    cost: np.ndarray
    own: np.ndarray
    beyond: np.ndarray

    @classmethod
    def of(cls, paid: Callable[[np.ndarray], np.ndarray], bends: Sequence[np.ndarray]) -> "OwnPayment":
        """The own payment that a function gives and that bends at given costs, in any order."""
        shape = np.broadcast_shapes(*(bend.shape for bend in bends))
        cost = np.sort(np.stack([np.zeros(shape), *(np.broadcast_to(bend, shape) for bend in bends)]), axis=0)
        own = np.stack([np.broadcast_to(paid(each), shape) for each in cost])
        last = np.maximum(cost[-1], FAR)
        return cls(cost, own, (paid(2 * last) - paid(last)) / last)

    @property
    def widths(self) -> np.ndarray:
        """Length of each straight piece but the last, in yuan of cost."""
        return np.diff(self.cost, axis=0)

    @property
    def slopes(self) -> np.ndarray:
        """What is paid of a yuan of cost in each piece."""
        widths = self.widths
        within = np.divide(np.diff(self.own, axis=0), widths, out=np.zeros_like(widths), where=widths > 0)
        return np.concatenate([within, np.broadcast_to(self.beyond, widths.shape[1:])[None]])

    def at(self, cost: np.ndarray) -> np.ndarray:
        """What is paid of a cost."""
        paid = np.zeros(())
        for place, slope in enumerate(self.slopes):
            into = np.maximum(cost - self.cost[place], 0.0)
            paid = paid + slope * (into if place == len(self.widths) else np.minimum(into, self.widths[place]))
        return np.asarray(paid)

    def cost_at(self, own: np.ndarray) -> np.ndarray:
        """The cost from which more than `own` is paid; infinite where that never is."""
        cost = np.zeros(())
        for place, slope in enumerate(self.slopes):
            left = own - self.own[place]
            within = np.divide(
                np.maximum(left, 0.0), slope, out=np.full(np.broadcast(left, slope).shape, np.inf), where=slope > 0
            )
            if place < len(self.widths):
                cost = cost + np.where(own >= self.own[place + 1], self.widths[place], np.where(left > 0, within, 0.0))
            else:
                cost = cost + np.where(left >= 0, within, 0.0)
        return np.asarray(cost)

    def behind(self, layer: BasicLayer) -> "OwnPayment":
        """The own payment behind a further layer, which pays on this one."""
        ends = (layer.deductible, layer.exhausted_at)
        bends = [self.cost_at(np.asarray(end)) for end in ends]

        def paid(cost: np.ndarray) -> np.ndarray:
            own = self.at(cost)
            return own - layer.paid(own)

        return OwnPayment.of(paid, [*self.cost[1:], *(np.where(np.isfinite(bend), bend, 0.0) for bend in bends)])

    def mean(self, law: UserCost) -> np.ndarray:
        """What is expected of it for a user with a lognormal cost, yuan a user and year."""
        return np.asarray((self._pieces(law) * self.slopes).sum(axis=0))

    def paid_by(self, layer: BasicLayer, law: UserCost) -> np.ndarray:
        """What a layer on it is expected to pay, yuan a user and year: ratio × (what exceeds its deductible − its end)."""
        return np.asarray(layer.ratio * (self.excess(law, layer.deductible) - self.excess(law, layer.exhausted_at)))

    def excess(self, law: UserCost, threshold: np.ndarray) -> np.ndarray:
        """E[(O − k)⁺] of this own payment O, yuan a user and year."""
        start = self.cost_at(np.asarray(threshold))
        from_start = np.maximum(self.cost, np.where(np.isfinite(start), start, self.cost[-1]))
        found = (self._between(law, from_start) * self.slopes).sum(axis=0)
        return np.asarray(np.where(np.isfinite(start), found, 0.0))

    def chance_above(self, law: UserCost, threshold: np.ndarray) -> np.ndarray:
        """The chance that a user pays more than a threshold."""
        start = self.cost_at(threshold)
        reached = np.isfinite(start)
        return np.where(reached, law.above(np.where(reached, start, 1.0)).chance, 0.0)

    def _pieces(self, law: UserCost) -> np.ndarray:
        return self._between(law, self.cost)

    def _between(self, law: UserCost, bends: np.ndarray) -> np.ndarray:
        """Expected yuan of cost in each piece."""
        excess = law.above(bends).excess
        excess = np.broadcast_to(excess, (len(bends), *np.broadcast_shapes(excess.shape[1:], bends.shape[1:])))
        return np.concatenate([excess[:-1] - excess[1:], excess[-1:]])
