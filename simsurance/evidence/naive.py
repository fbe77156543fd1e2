"""Naive forecasts of a series: what a model has to do better than."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

MEAN_OF: Final = 3
"""Years over whose mean growth goes on."""
LEAST_NAIVE: Final = 2
"""Years that a growth needs."""


def no_change(known: Mapping[int, float], year: int) -> float:
    """As in the last year known."""
    return known[max(known)]


def _grown(known: Mapping[int, float], year: int, since: int) -> float:
    """The last value with the mean yearly growth since a year."""
    last = max(known)
    return known[last] * float((known[last] / known[since]) ** ((year - last) / (last - since)))


def last_growth(known: Mapping[int, float], year: int) -> float:
    """The last growth goes on; a yearly mean where a year between was not published."""
    return _grown(known, year, sorted(known)[-2])


def mean_growth(known: Mapping[int, float], year: int) -> float:
    """The mean growth of three years goes on, or of as many as are known."""
    last = max(known)
    return _grown(known, year, min(one for one in known if one >= last - MEAN_OF))


def linear_trend(known: Mapping[int, float], year: int) -> float:
    """The straight line of least squares through all years known."""
    return float(np.polyfit([one - year for one in known], [*known.values()], 1)[-1])


NAIVE: Final[Mapping[str, Callable[[Mapping[int, float], int], float]]] = {
    "no_change": no_change,
    "last_growth": last_growth,
    "mean_growth": mean_growth,
    "linear_trend": linear_trend,
}


def before(series: Mapping[int, float], opening: int) -> dict[int, float]:
    """A series up to the year before the opening."""
    return {year: value for year, value in series.items() if year < opening}
