"""One factor on all odds that meets a total."""

from collections.abc import Callable
from math import log1p
from typing import Final

import numpy as np

LOWEST, HIGHEST = -30.0, 30.0
"""Between which logarithms a factor is looked for."""
EXACT: Final = 1e-15
"""How near the logarithm of a factor comes, or as near as the rounding of a total lets it."""
LONGEST: Final = 3.0
"""Step of the secants at most: from where nearly all are counted, the total hardly says how far it is."""
MOST_SECANTS: Final = 20
STEEPEST: Final = 1.5
"""Slope of a total's logarithm that is surely more than it can be: 1, where all odds are small."""


def logit_shift(shares: np.ndarray, weights: np.ndarray, target: float) -> np.ndarray:
    """Shares moved by one common amount on the logit scale so that their weighted mean is `target`."""
    odds = shares / (1 - shares)
    factor = solve_odds_factor(
        lambda k: float((weights * (odds * k / (1 + odds * k))).sum()), target * float(weights.sum())
    )
    return odds * factor / (1 + odds * factor)


def solve_odds_factor(total_at: Callable[[float], float], target: float, near: float = 1.0) -> float:
    """The factor on all odds at which an increasing total meets its target: by secants from `near`, else by bisection."""

    def missed(logarithm: float) -> float:
        return total_at(np.exp(logarithm)) - target

    found = by_secants(missed, target, float(np.log(near))) if target > 0 else None
    return float(np.exp(by_bisection(missed, target) if found is None else found))


def by_secants(missed: Callable[[float], float], target: float, near: float) -> float | None:
    """Where an increasing total meets its target, by secants of its logarithm; None where they do not lead there."""
    before, step, now = near, 1.0, near
    at_before, slope = 0.0, 1.0
    for count in range(MOST_SECANTS):
        if not LOWEST < now < HIGHEST:
            return None
        at_now = log1p(missed(now) / target)
        if count and now != before:
            slope = (at_now - at_before) / (now - before)
        if not 0 < slope <= STEEPEST:
            return None
        before, at_before, last, step = now, at_now, step, min(max(-at_now / slope, -LONGEST), LONGEST)
        now = before + step
        if abs(step * last) < EXACT:  # the next step would be a part of this product
            return now
    return None


def by_bisection(missed: Callable[[float], float], target: float) -> float:
    """Where an increasing total meets its target; an ArithmeticError where it does not."""
    low, high = LOWEST, HIGHEST
    if not missed(low) <= 0 <= missed(high):
        raise ArithmeticError(f"no factor on the odds gives {target:g}")
    while high - low > EXACT * max(1.0, abs(low)) and low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if missed(middle) < 0 else (low, middle)
    return (low + high) / 2
