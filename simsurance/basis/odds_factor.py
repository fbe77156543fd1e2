"""One factor on all odds that meets a total."""

from collections.abc import Callable

import numpy as np


def logit_shift(shares: np.ndarray, weights: np.ndarray, target: float) -> np.ndarray:
    """Shares moved by one common amount on the logit scale so that their weighted mean is `target`."""
    odds = shares / (1 - shares)
    factor = solve_odds_factor(
        lambda k: float((weights * (odds * k / (1 + odds * k))).sum()), target * float(weights.sum())
    )
    return odds * factor / (1 + odds * factor)


def solve_odds_factor(total_at: Callable[[float], float], target: float) -> float:
    """The factor on all odds at which an increasing total meets its target, by bisection on the logarithm."""
    low, high = -30.0, 30.0
    if not total_at(np.exp(low)) <= target <= total_at(np.exp(high)):
        raise ArithmeticError(f"no factor on the odds gives {target:g}")
    for _ in range(200):
        middle = (low + high) / 2
        if total_at(np.exp(middle)) < target:
            low = middle
        else:
            high = middle
        if high - low < 1e-15 * max(1.0, abs(middle)):
            break
    return float(np.exp((low + high) / 2))
