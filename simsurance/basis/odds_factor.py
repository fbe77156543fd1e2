"""One factor on all odds that meets a total."""

from collections.abc import Callable
from typing import Final

import numpy as np

ROUNDING: Final = 1e-13
"""Share of a total that surely is more than the error of its last digits."""
NEAR: Final = 4e-12
"""How near secants come to the logarithm of a factor."""


def logit_shift(shares: np.ndarray, weights: np.ndarray, target: float) -> np.ndarray:
    """Shares moved by one common amount on the logit scale so that their weighted mean is `target`."""
    odds = shares / (1 - shares)
    factor = solve_odds_factor(
        lambda k: float((weights * (odds * k / (1 + odds * k))).sum()), target * float(weights.sum())
    )
    return odds * factor / (1 + odds * factor)


def solve_odds_factor(total_at: Callable[[float], float], target: float) -> float:
    """The factor on all odds at which an increasing total meets its target, by bisection on the logarithm."""

    def missed(logarithm: float) -> float:
        return total_at(np.exp(logarithm)) - target

    low, high = -30.0, 30.0
    if not missed(low) <= 0 <= missed(high):
        raise ArithmeticError(f"no factor on the odds gives {target:g}")
    below, above = surely_outside(missed, low, high, ROUNDING * abs(target))
    for _ in range(200):
        middle = (low + high) / 2
        if middle <= below or (middle < above and missed(middle) < 0):
            low = middle
        else:
            high = middle
        if high - low < 1e-15 * max(1.0, abs(middle)):
            break
    return float(np.exp((low + high) / 2))


def surely_outside(missed: Callable[[float], float], low: float, high: float, rounding: float) -> tuple[float, float]:
    """Two logarithms so close to the solution that bisection need not ask how an increasing total lies beyond them.

    Secants lead there. Where the total is so flat that it misses by no more than rounding, what a few bisections leave.
    """
    while high - low > 1:
        middle = (low + high) / 2
        low, high = (middle, high) if missed(middle) < 0 else (low, middle)
    before, now, at_before, at_now = low, high, missed(low), missed(high)
    for _ in range(20):
        if abs(now - before) <= NEAR or at_now == at_before:
            break
        after = now - at_now * (now - before) / (at_now - at_before)
        before, at_before, now = now, at_now, min(max(after, low), high)
        at_now = missed(now)
    below, above = now - NEAR, now + NEAR
    return (below, above) if missed(below) < -rounding and missed(above) > rounding else (low, high)
