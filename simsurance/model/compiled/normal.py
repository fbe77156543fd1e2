"""The lognormal cost above a threshold for kernels: a Taylor polynomial around the nearest of many nodes.

With t = ln(mean ÷ threshold) ÷ σ the excess is mean·F(t), F(t) = Φ(t + σ/2) − e^(−σt)·Φ(t − σ/2). One table of F is good for
every threshold and mean; so is its slope for the chance, since F′(t) = σ·e^(−σt)·Φ(t − σ/2).
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
def excesses(table: Any, mean: Any, level: Any, threshold: Any, of_log: Any, found: Any) -> None:
    """E[(X − k)⁺] by age; of mean, ln(mean) ÷ σ, threshold above zero and its logarithm ÷ σ, all by age."""
    for x in range(len(found)):
        t = level[x] - of_log[x]
        inside = min(max(t, LOWEST), HIGHEST)
        node = min(max(int((inside - LOWEST) * NODES_A_UNIT + 0.5), 0), NODES - 1)  # a missing number stays one
        d = inside - (LOWEST + node / NODES_A_UNIT)
        square = d * d
        low = (table[node, 0] + table[node, 1] * d) + (table[node, 2] + table[node, 3] * d) * square
        high = (table[node, 4] + table[node, 5] * d) + (table[node, 6] + table[node, 7] * d) * square
        excess = mean[x] * (low + high * (square * square))
        found[x] = (mean[x] - threshold[x] if t >= HIGHEST else excess) if t > LOWEST else 0.0


@compiled
def chances(table: Any, sigma: float, mean: Any, level: Any, threshold: float, of_log: float, found: Any) -> None:
    """P(X > k) by age, of one threshold above zero: F′ ÷ σ is the chance times threshold ÷ mean."""
    for x in range(len(found)):
        t = level[x] - of_log
        inside = min(max(t, LOWEST), HIGHEST)
        node = min(max(int((inside - LOWEST) * NODES_A_UNIT + 0.5), 0), NODES - 1)  # a missing number stays one
        d = inside - (LOWEST + node / NODES_A_UNIT)
        square = d * d
        low = (table[node, 1] + 2 * table[node, 2] * d) + (3 * table[node, 3] + 4 * table[node, 4] * d) * square
        high = (5 * table[node, 5] + 6 * table[node, 6] * d) + 7 * table[node, 7] * square
        chance = (low + high * (square * square)) * (mean[x] / (sigma * threshold))
        found[x] = (1.0 if t >= HIGHEST else chance) if t > LOWEST else 0.0
