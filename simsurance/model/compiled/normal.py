"""The lognormal cost above a threshold for kernels: a Taylor polynomial around the nearest of many nodes.

With t = ln(mean ÷ threshold) ÷ σ the excess is mean·F(t), F(t) = Φ(t + σ/2) − e^(−σt)·Φ(t − σ/2). One table of F is good for every
threshold and mean; so is its slope for the chance, since F′(t) = σ·e^(−σt)·Φ(t − σ/2).
"""

from math import erfc, exp, sqrt
from typing import Any, Final

from simsurance.model.compiled.machine import compiled

LOWEST, HIGHEST = -14.0, 9.0
"""Below, a threshold is out of reach; above, nobody stays under it: 0 and 1 to any digit that counts."""
NODES_A_UNIT: Final = 32.0
NODES: Final = int((HIGHEST - LOWEST) * NODES_A_UNIT) + 1
TERMS: Final = 8
"""Coefficients of a node: a line of a processor's cache, and 1e-15 of the mean."""
HALF: Final = sqrt(0.5)
DENSITY: Final = 0.3989422804014327
"""Of the standard normal distribution at 0."""


@compiled
def distribution(x: float) -> float:
    """Φ(x)."""
    return 0.5 * erfc(-x * HALF)


@compiled
def lay_out(table: Any, sigma: float) -> None:
    """The Taylor coefficients of F at every node, [node, term]."""
    for node in range(NODES):
        t = LOWEST + node / NODES_A_UNIT
        first, second = t + sigma / 2, t - sigma / 2
        slope = exp(-sigma * t) * distribution(second)
        density, before = DENSITY * exp(-first * first / 2), 0.0
        table[node, 0] = distribution(first) - slope
        for term in range(1, TERMS):
            table[node, term] = sigma * slope / term
            slope = (density - sigma * slope) / term
            density, before = -(first * density + before) / term, density


@compiled
def excess_share(table: Any, sigma: float, t: float) -> float:
    """F(t): what is above the threshold of a mean of one."""
    if t < LOWEST:
        return 0.0
    if t >= HIGHEST:
        return 1.0 - exp(-sigma * t)
    node = int((t - LOWEST) * NODES_A_UNIT + 0.5)
    d = t - (LOWEST + node / NODES_A_UNIT)
    square = d * d
    low = (table[node, 0] + table[node, 1] * d) + (table[node, 2] + table[node, 3] * d) * square
    high = (table[node, 4] + table[node, 5] * d) + (table[node, 6] + table[node, 7] * d) * square
    return low + high * (square * square)


@compiled
def chance_share(table: Any, sigma: float, t: float) -> float:
    """F′(t) ÷ σ: the chance of a cost above the threshold, times threshold ÷ mean."""
    if t < LOWEST:
        return 0.0
    if t >= HIGHEST:
        return exp(-sigma * t)
    node = int((t - LOWEST) * NODES_A_UNIT + 0.5)
    d = t - (LOWEST + node / NODES_A_UNIT)
    square = d * d
    low = (table[node, 1] + 2 * table[node, 2] * d) + (3 * table[node, 3] + 4 * table[node, 4] * d) * square
    high = (5 * table[node, 5] + 6 * table[node, 6] * d) + 7 * table[node, 7] * square
    return (low + high * (square * square)) / sigma
