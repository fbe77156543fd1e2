"""Benefits in closed form: what a fund pays of a lognormal annual cost between thresholds."""

import numpy as np
from scipy.special import ndtr


def expected_excess(mean: np.ndarray, sigma: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    """E[(X − k)⁺] of a lognormal X with the given mean and standard deviation of its logarithm.

    mean·Φ(d₁) − k·Φ(d₁ − σ), d₁ = ln(mean/k)/σ + σ/2; the mean itself where k = 0. Yuan; shapes broadcast.
    """
    if not threshold.any():
        return mean
    positive = np.maximum(threshold, 1e-300)
    distance = np.log(mean / positive) / sigma + sigma / 2
    return mean * ndtr(distance) - positive * ndtr(distance - sigma)


def layer(
    mean: np.ndarray, sigma: np.ndarray, deductible: np.ndarray, payment_ratio: np.ndarray, limit: np.ndarray
) -> np.ndarray:
    """Expected payment for a user: ratio × cost above the deductible, at most the limit.

    min(c·(X − d)⁺, m) = c·[(X − d)⁺ − (X − d − m/c)⁺]. Yuan a user and year.
    """
    ratio = np.maximum(payment_ratio, 1e-12)
    return payment_ratio * (
        expected_excess(mean, sigma, deductible) - expected_excess(mean, sigma, deductible + limit / ratio)
    )
