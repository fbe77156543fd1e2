"""The standard normal distribution function for kernels: a Taylor polynomial around the nearest of many nodes."""

from math import factorial
from typing import Final

import numpy as np
from scipy.special import ndtr

from simsurance.model.compiled.machine import compiled

NODES_A_UNIT: Final = 32.0
LOWEST, HIGHEST = -36.0, 9.0
"""Below and above the function is what it is there: 0 and 1 to any digit that counts."""
TERMS: Final = 8
"""Coefficients of a node: a line of a processor's cache."""


def coefficients() -> np.ndarray:
    """Taylor coefficients Φ⁽ⁿ⁾(x)/n! at every node, [node, n]: Φ⁽ⁿ⁾ = (−1)ⁿ⁻¹·He(n−1)·φ with Hermite's polynomials He."""
    at = np.arange(LOWEST, HIGHEST + 0.5 / NODES_A_UNIT, 1 / NODES_A_UNIT)
    density = np.exp(-(at**2) / 2) / np.sqrt(2 * np.pi)
    hermite = [np.ones_like(at), at]
    while len(hermite) < TERMS:
        hermite.append(at * hermite[-1] - (len(hermite) - 1) * hermite[-2])
    found = [ndtr(at)]
    found += [(-1) ** (n - 1) * hermite[n - 1] * density / factorial(n) for n in range(1, TERMS)]
    return np.ascontiguousarray(np.stack(found, axis=-1))


TABLE: Final = coefficients()


@compiled
def distribution(x: float) -> float:
    """Φ(x), good to 1e-15; relative to itself too down to −3, and to 1e-9 to −9."""
    inside = min(max(x, LOWEST), HIGHEST)
    node = int((inside - LOWEST) * NODES_A_UNIT + 0.5)
    d = inside - (LOWEST + node / NODES_A_UNIT)
    table = TABLE
    low = (table[node, 0] + table[node, 1] * d) + (table[node, 2] + table[node, 3] * d) * (d * d)
    high = (table[node, 4] + table[node, 5] * d) + (table[node, 6] + table[node, 7] * d) * (d * d)
    return low + high * (d * d) * (d * d)
