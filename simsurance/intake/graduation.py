"""From age groups to single ages: counts by a monotone spline of what is cumulated, rates in logarithms."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simsurance.basis.life_table import life_expectancy

Array = NDArray[np.float64]
AGES: Final = 101
SETTLED: Final = 1e-12
MOST_ROUNDS: Final = 200
STEEPEST: Final = 0.1
"""Most by which rates may rise more, or less, a year of age within their group than the pattern's, in logarithms."""


class OutOfReach(ArithmeticError):
    """No death rates by single age meet both the deaths of the groups and the life expectancy."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__(f"life expectancy from {low:.4f} to {high:.4f} goes with these deaths")
        self.low, self.high = low, high


def counts(groups: Sequence[float], edges: Sequence[int], pattern: Array) -> Array:
    """Persons by single age 0..100 from those of age groups; every group's total is met and nobody is negative.

    `groups` [group] persons from each of `edges` to before the next, the last open; `pattern` [age] persons of the nation.
    Cumulated persons are a monotone cubic (PCHIP) of the cumulated pattern, so that the nation's cohorts show within the
    groups; the open group has the pattern itself.
    """
    from scipy.interpolate import PchipInterpolator  # slow to import, seldom needed

    total = np.append(0.0, np.cumsum(groups))
    within = np.append(0.0, np.cumsum(pattern))
    closed, open_from = list(edges), edges[-1]
    beyond = within[open_from:] - within[open_from]
    tail = total[-2] + groups[-1] * beyond[1:] / beyond[-1]
    knots = np.append(within[closed], within[open_from + 1 :])
    curve = PchipInterpolator(knots, np.append(total[:-1], tail))
    cumulated = curve(within)
    cumulated[closed], cumulated[open_from + 1 :] = total[:-1], tail
    return np.maximum(np.diff(cumulated), 0.0)


def at_most(persons: Array, limit: Array, edges: Sequence[int]) -> Array:
    """Persons [age] with none above `limit` [age]: what is above goes to the ages of the same group that have room.

    A group that is larger than its limit stays as it is; the caller tells it.
    """
    found = persons.copy()
    for first, end in zip(edges, [*edges[1:], len(persons)], strict=True):
        here, most = found[first:end], limit[first:end]
        if here.sum() > most.sum():
            continue
        for _ in range(MOST_ROUNDS):
            above = np.maximum(here - most, 0.0).sum()
            if above <= SETTLED * max(here.sum(), 1.0):
                break
            here[:] = np.minimum(here, most)
            room = most - here
            here += above * room / room.sum()
        here[:] = np.minimum(here, most)
    return found


def rates(deaths: Sequence[float], edges: Sequence[int], population: Array, pattern: Array) -> Array:
    """Death rates [age] at which the persons of each group have its deaths: the pattern's, times a smooth factor in logarithms.

    `deaths` [group]; `population`, `pattern` [age], the pattern in deaths a person and year.
    """
    return _at_deaths(np.asarray(deaths, dtype=float), edges, population, pattern)


def rates_at(
    deaths: Sequence[float], edges: Sequence[int], population: Array, pattern: Array, expectancy: float, sex: int
) -> Array:
    """The same with the life expectancy at birth given: within each group rates rise more or less steeply with age.

    Deaths of the groups fix all but that; an expectancy that it does not reach belongs to other deaths or another population.

    `sex` 0 female, 1 male, for the first year of life. Raises OutOfReach.
    """
    from scipy.optimize import brentq

    ages = np.zeros(AGES)
    for first, end in zip(edges, [*edges[1:], AGES], strict=True):
        ages[first:end] = np.arange(end - first) - (end - first - 1) / 2
    ages[: edges[1]] = ages[edges[-1] :] = 0.0

    def found(slope: float) -> Array:
        return _at_deaths(np.asarray(deaths, dtype=float), edges, population, pattern * np.exp(slope * ages))

    def expected(slope: float) -> float:
        return expectancy_of(found(slope), sex)

    low, high = sorted((expected(-STEEPEST), expected(STEEPEST)))
    if not low <= expectancy <= high:
        raise OutOfReach(low, high)
    return found(brentq(lambda slope: expected(slope) - expectancy, -STEEPEST, STEEPEST, xtol=1e-13))


def expectancy_of(central_mort_rate: Array, sex: int) -> float:
    """Life expectancy at birth of one sex."""
    both = np.stack([central_mort_rate, central_mort_rate])
    return float(life_expectancy(both)[sex, 0])


def _at_deaths(deaths: Array, edges: Sequence[int], population: Array, pattern: Array) -> Array:
    """The pattern times a factor whose logarithm is a monotone cubic through one knot a group, moved until deaths agree."""
    from scipy.interpolate import PchipInterpolator

    ends = [*edges[1:], AGES]
    spans = [slice(first, end) for first, end in zip(edges, ends, strict=True)]
    ages = np.arange(AGES, dtype=float)
    middles = np.array([float(np.average(ages[span], weights=population[span])) for span in spans])
    level = np.log(deaths) - np.log([float((population[span] * pattern[span]).sum()) for span in spans])
    placed = np.clip(ages, middles[0], middles[-1])
    found = pattern
    for _ in range(MOST_ROUNDS):
        found = pattern * np.exp(PchipInterpolator(middles, level)(placed) if len(level) > 1 else level[0])
        off = np.log(deaths) - np.log([float((population[span] * found[span]).sum()) for span in spans])
        if np.abs(off).max() < SETTLED:
            return found
        level = level + off
    raise ArithmeticError("death rates by single age do not settle")
