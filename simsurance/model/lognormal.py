"""The lognormal annual cost of a user above a threshold, in closed form: all layers of benefits are made of it."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

TAIL_FROM = 2.3263478740408408
"""Standard normal value of the 99th percentile, above which a Pareto tail may replace the lognormal one."""
NO_TAIL = np.zeros(())


@dataclass(frozen=True)
class Above:
    """What a cost X exceeds a threshold k by, E[(X − k)⁺], yuan, and the chance that it does, P(X > k)."""

    excess: np.ndarray
    chance: np.ndarray


def standing(mean: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """ln(mean)/σ + σ/2: what d₁ is at a threshold of 1 yuan."""
    return np.asarray(np.log(np.maximum(mean, 1e-300)) / sigma + sigma / 2)


def above(
    mean: np.ndarray,
    sigma: np.ndarray,
    threshold: np.ndarray,
    tail_index: np.ndarray = NO_TAIL,
    at_one: np.ndarray | None = None,
) -> Above:
    """E[(X − k)⁺] and P(X > k) of a lognormal X with the given mean and standard deviation of its logarithm.

    mean·Φ(d₁) − k·Φ(d₁ − σ) and Φ(d₁ − σ), d₁ = ln(mean/k)/σ + σ/2; the mean itself and 1 where k = 0. With a positive
    `tail_index` α the survival function above the 99th percentile q is 0.01·(x/q)^−α instead. Yuan; shapes broadcast.
    `at_one`: what `standing` gives, where that is known.
    """
    has_tail = tail_index.any()
    if not (has_tail or threshold.any()):
        return Above(mean, np.ones(()))
    positive = np.maximum(threshold, 1e-300)
    distance = np.asarray((standing(mean, sigma) if at_one is None else at_one) - np.log(positive) / sigma)
    chance = np.asarray(distance - sigma)  # from here on in place: this is where most of a year goes
    ndtr(chance, out=chance)
    excess = ndtr(distance, out=distance)
    excess *= mean
    excess -= positive * chance
    if not has_tail:
        return Above(excess, chance)
    start = mean * np.exp(sigma * TAIL_FROM - sigma**2 / 2)
    index = np.where(tail_index > 0, tail_index, 2.0)
    share = ndtr(-TAIL_FROM)
    times_start = np.maximum(positive, start) / start
    beyond = share * start / (index - 1) * times_start ** (1 - index)
    own = mean * ndtr(sigma - TAIL_FROM) - start * share
    with_tail = np.where(positive >= start, beyond, excess - own + beyond)
    in_tail = (tail_index > 0) & (positive >= start)
    return Above(np.where(tail_index > 0, with_tail, excess), np.where(in_tail, share * times_start**-index, chance))


def chance_above(
    mean: np.ndarray, sigma: np.ndarray, threshold: np.ndarray, tail_index: np.ndarray, at_one: np.ndarray
) -> np.ndarray:
    """P(X > k) of `above` alone, at half its work where there is no tail."""
    if tail_index.any():
        return above(mean, sigma, threshold, tail_index, at_one).chance
    of_threshold = np.asarray(np.maximum(threshold, 1e-300))
    np.log(of_threshold, out=of_threshold)
    found = np.asarray(at_one - sigma - of_threshold / sigma)
    return np.asarray(ndtr(found, out=found))


def squared_excess(mean: np.ndarray, sigma: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    """E[((X − k)⁺)²] of a lognormal X with the given mean and standard deviation of its logarithm, k > 0.

    mean²·exp(σ²)·Φ(d₁ + σ) − 2·k·mean·Φ(d₁) + k²·Φ(d₁ − σ), d₁ = ln(mean/k)/σ + σ/2. In the square of the unit of X;
    shapes broadcast.
    """
    distance = np.log(mean / threshold) / sigma + sigma / 2
    parts = (
        mean**2 * np.exp(sigma**2) * ndtr(distance + sigma)
        - 2 * threshold * mean * ndtr(distance)
        + threshold**2 * ndtr(distance - sigma)
    )
    return np.asarray(np.maximum(parts, 0.0))  # what is left of three large numbers may be a little below 0
