"""Benefits in closed form: what a fund pays of a lognormal annual cost between thresholds."""

import numpy as np
from scipy.special import ndtr

TAIL_FROM = 2.3263478740408408
"""Standard normal value of the 99th percentile, above which a Pareto tail may replace the lognormal one."""
NO_TAIL = np.zeros(())


def expected_excess(
    mean: np.ndarray, sigma: np.ndarray, threshold: np.ndarray, tail_index: np.ndarray = NO_TAIL
) -> np.ndarray:
    """E[(X − k)⁺] of a lognormal X with the given mean and standard deviation of its logarithm.

    mean·Φ(d₁) − k·Φ(d₁ − σ), d₁ = ln(mean/k)/σ + σ/2; the mean itself where k = 0. With a positive `tail_index` α the
    survival function above the 99th percentile q is 0.01·(x/q)^−α instead. Yuan; shapes broadcast.
    """
    positive = np.maximum(threshold, 1e-300)
    distance = np.log(mean / positive) / sigma + sigma / 2
    excess = mean * ndtr(distance) - positive * ndtr(distance - sigma)
    if not tail_index.any():
        return excess
    start = mean * np.exp(sigma * TAIL_FROM - sigma**2 / 2)
    index = np.where(tail_index > 0, tail_index, 2.0)
    share = ndtr(-TAIL_FROM)
    beyond = share * start / (index - 1) * (np.maximum(positive, start) / start) ** (1 - index)
    own = mean * ndtr(sigma - TAIL_FROM) - start * share
    with_tail = np.where(positive >= start, beyond, excess - own + beyond)
    return np.where(tail_index > 0, with_tail, excess)


def chance_above(
    mean: np.ndarray, sigma: np.ndarray, threshold: np.ndarray, tail_index: np.ndarray = NO_TAIL
) -> np.ndarray:
    """P(X > k) of the same cost."""
    positive = np.maximum(threshold, 1e-300)
    chance = ndtr(np.log(mean / positive) / sigma - sigma / 2)
    if not tail_index.any():
        return chance
    start = mean * np.exp(sigma * TAIL_FROM - sigma**2 / 2)
    beyond = ndtr(-TAIL_FROM) * (np.maximum(positive, start) / start) ** -tail_index
    return np.where((tail_index > 0) & (positive >= start), beyond, chance)


def layer(
    mean: np.ndarray,
    sigma: np.ndarray,
    deductible: np.ndarray,
    payment_ratio: np.ndarray,
    limit: np.ndarray,
    tail_index: np.ndarray = NO_TAIL,
) -> np.ndarray:
    """Expected payment for a user: ratio × cost above the deductible, at most the limit.

    min(c·(X − d)⁺, m) = c·[(X − d)⁺ − (X − d − m/c)⁺]. Yuan a user and year.
    """
    ratio = np.maximum(payment_ratio, 1e-12)
    exhausted_at = deductible + limit / ratio
    return payment_ratio * (
        expected_excess(mean, sigma, deductible, tail_index) - expected_excess(mean, sigma, exhausted_at, tail_index)
    )
