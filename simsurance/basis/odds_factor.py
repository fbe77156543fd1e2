"""One factor on all odds that meets a total."""

from collections.abc import Callable
from math import log1p
from typing import Final

import numpy as np

LOWEST, HIGHEST = -30.0, 30.0
"""Between which logarithms a factor is looked for."""
ROUNDING: Final = 4e-14
"""Share of a total that surely is more than the error of its last digits."""
ROOM: Final = 1e-13
"""How near the logarithm of a factor may come where a total moves in proportion: more than rounding."""
CLOSE: Final = 2e-14
"""Product of two steps of the secants after which a third would be less than rounding."""
LONGEST: Final = 3.0
"""Step of the secants at most: from where nearly all are counted, the total hardly says how far it is."""
MOST_SECANTS: Final = 14
STEEPEST: Final = 1.5
"""Slope of a total's logarithm that is surely more than it can be: 1, where all odds are small."""
NEAR: Final = 4e-12
"""How near secants come to the logarithm of a factor."""


def logit_shift(shares: np.ndarray, weights: np.ndarray, target: float) -> np.ndarray:
    """Shares moved by one common amount on the logit scale so that their weighted mean is `target`."""
    odds = shares / (1 - shares)
    factor = solve_odds_factor(
        lambda k: float((weights * (odds * k / (1 + odds * k))).sum()), target * float(weights.sum())
    )
    return odds * factor / (1 + odds * factor)


def solve_odds_factor(total_at: Callable[[float], float], target: float, near: float = 1.0) -> float:
    """The factor on all odds at which an increasing total meets its target, by bisection on the logarithm.

    `near`: a factor from where it is looked for; it is the same to the bit wherever that is.
    """

    def missed(logarithm: float) -> float:
        return total_at(np.exp(logarithm)) - target

    low, high = LOWEST, HIGHEST
    found = close_around(missed, target, float(np.log(near))) if target > 0 else None
    if found is None:
        if not missed(low) <= 0 <= missed(high):
            raise ArithmeticError(f"no factor on the odds gives {target:g}")
        found = surely_outside(missed, low, high, ROUNDING * abs(target))
    below, above = found
    for _ in range(200):
        middle = (low + high) / 2
        if middle <= below or (middle < above and missed(middle) < 0):
            low = middle
        else:
            high = middle
        if high - low < 1e-15 * max(1.0, abs(middle)):
            break
    return float(np.exp((low + high) / 2))


def close_around(missed: Callable[[float], float], target: float, near: float) -> tuple[float, float] | None:
    """Two logarithms so close to the solution that bisection need not ask how an increasing total lies beyond them.

    Secants of the total's logarithm lead there in a few steps; None where they do not.
    """
    before, step, now = near, 1.0, near
    at_before, slope = 0.0, 1.0
    for count in range(MOST_SECANTS):
        if not LOWEST < now < HIGHEST:
            return None
        at_now = log1p(missed(now) / target)
        if count:
            slope = (at_now - at_before) / (now - before)
        if not 0 < slope <= STEEPEST:
            return None
        before, at_before, last, step = now, at_now, step, min(max(-at_now / slope, -LONGEST), LONGEST)
        now = before + step
        if abs(step * last) < CLOSE:
            break
    for width in (ROOM / slope, NEAR / slope):
        below, above = now - width, now + width
        if missed(below) < -ROUNDING * target and missed(above) > ROUNDING * target:
            return below, above
    return None


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
