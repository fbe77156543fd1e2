"""Smooth surfaces through what was run, and where on them packages cost least.

A surface takes shares of the way between the bounds of levers, [lever], and gives the costs and then the parts of all margins.
"""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Final

import numpy as np
from scipy.optimize import NonlinearConstraint, minimize

from simsurance.answers.packages import OBJECTIVES, OVER_PACKAGES
from simsurance.answers.vary import FINENESS

Surface = Callable[[np.ndarray], np.ndarray]
COSTS: Final = len(OBJECTIVES)
TOTAL: Final = 0.05
"""Weight of the sum of costs beside the greatest."""
MOST_STEPS: Final = 60
NEAR, TOLD = 2, 9
"""Decimals of a step of the grid, and of margins and costs, beyond which a search may end anywhere."""


def through(at: np.ndarray, values: np.ndarray) -> Surface:
    """The surface through values, [point, column], at points [point, lever]: cubes of distances and a level part.

    The mean where there are few points. All is added up in one order, without a library of linear algebra, so that the same
    points give the same bits.
    """
    size = np.maximum(np.abs(values).max(axis=OVER_PACKAGES), 1e-300)
    points, levers = at.shape
    if points < levers + 2:
        mean = values.mean(axis=OVER_PACKAGES)
        return lambda shares: mean.copy()
    level = np.concatenate([np.ones((points, 1)), at], axis=-1)
    left = np.zeros((points + levers + 1,) * 2)
    left[:points, :points] = _cubes(at[:, None] - at)
    left[:points, points:], left[points:, :points] = level, level.T
    right = np.zeros((len(left), values.shape[-1]))
    right[:points] = values / size
    factors = eliminated(left, right)

    def surface(shares: np.ndarray) -> np.ndarray:
        terms = np.concatenate([_cubes(shares - at), [1.0], shares])
        return np.asarray((terms[:, None] * factors).sum(axis=OVER_PACKAGES) * size)

    return surface


def _cubes(apart: np.ndarray) -> np.ndarray:
    """The cube of a distance, of differences by lever, [..., lever]."""
    return np.asarray((apart**2).sum(axis=-1) ** 1.5)


def eliminated(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """What a matrix [row, row] times gives the right side, [row, column]: elimination with the largest pivot of each column."""
    whole = np.concatenate([left, right], axis=-1)
    for place in range(len(left)):
        largest = place + int(np.abs(whole[place:, place]).argmax())
        whole[[place, largest]] = whole[[largest, place]]
        whole[place] /= whole[place, place]
        factors = whole[:, place].copy()
        factors[place] = 0.0
        whole -= np.multiply.outer(factors, whole[place])
    return whole[:, len(left) :]


def least_cost(surface: Surface, start: np.ndarray, weights: np.ndarray, ideal: np.ndarray) -> np.ndarray:
    """Shares at which the greatest weighted cost beyond the ideal is least while all margins hold (Chebyshev's measure)."""

    def beyond(shares: np.ndarray) -> np.ndarray:
        return np.asarray(weights * (surface(shares)[:COSTS] - ideal))

    def held(point: np.ndarray) -> np.ndarray:
        return np.concatenate([point[-1] - beyond(point[:-1]), _margins(surface, point[:-1])])

    found = _least(
        lambda point: float(point[-1] + TOTAL * beyond(point[:-1]).sum()),
        np.append(start, float(beyond(start).max())),
        held,
        len(start),
    )
    return found[:-1]


def no_worse(surface: Surface, start: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Shares at which the sum of scaled costs is least while all margins hold and no cost is more than at the start."""
    own = surface(start)[:COSTS]

    def held(shares: np.ndarray) -> np.ndarray:
        return np.concatenate([scale * (own - surface(shares)[:COSTS]), _margins(surface, shares)])

    return _least(lambda shares: float((scale * surface(shares)[:COSTS]).sum()), start, held, len(start))


def best_margin(surface: Surface, start: np.ndarray) -> np.ndarray:
    """Shares at which the least margin is greatest."""
    found = _least(
        lambda point: -float(point[-1]),
        np.append(start, float(_margins(surface, start).min())),
        lambda point: _margins(surface, point[:-1]) - point[-1],
        len(start),
    )
    return found[:-1]


def on_grid(surface: Surface, shares: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """The corner of the grid around some shares at which margins hold and costs are least; that of most margin if none."""
    steps = np.round(shares * FINENESS, NEAR)
    ends = ((np.floor(each) / FINENESS, np.ceil(each) / FINENESS) for each in steps)
    corners = [np.array(each) for each in product(*ends)]
    at = [surface(each) for each in corners]
    margins = np.round([min(float(each[COSTS:].min()), 0.0) for each in at], TOLD)
    cost = np.round([float((scale * each[:COSTS]).sum()) for each in at], TOLD)
    return corners[int(np.lexsort((cost, -margins))[0])]


def proportions(order: int) -> Iterator[np.ndarray]:
    """All triples of so many parts that add up to 1."""
    for first in range(order + 1):
        for second in range(order + 1 - first):
            yield np.array([first, second, order - first - second]) / order


def _margins(surface: Surface, shares: np.ndarray) -> np.ndarray:
    return surface(shares)[COSTS:]


def _least(
    of: Callable[[np.ndarray], float], start: np.ndarray, held: Callable[[np.ndarray], np.ndarray], levers: int
) -> np.ndarray:
    """Where a function is least under constraints; shares lie from 0 to 1, what stands behind them is free."""
    bounds: list[Any] = [(0.0, 1.0)] * levers + [(None, None)] * (len(start) - levers)
    found = minimize(
        of,
        start,
        method="SLSQP",
        bounds=bounds,
        constraints=NonlinearConstraint(held, 0.0, np.inf),
        options={"maxiter": MOST_STEPS, "ftol": 1e-8},
    )
    return np.asarray(found.x if np.isfinite(found.x).all() else start)
