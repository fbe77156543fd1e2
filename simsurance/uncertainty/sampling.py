"""Standard normal numbers for draws: independent scramblings of a Sobol sequence, Latin hypercubes or plain uniforms."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

import numpy as np
from scipy.special import ndtri

SAMPLERS: Final = ("sobol", "lhs", "plain")
SCRAMBLINGS: Final = 8
"""Independent parts of all draws: what they differ by is the error of a result."""
FEWEST: Final = 2 * SCRAMBLINGS
WINDOW: Final = 128
"""Draws of a scrambling whose numbers are made together: so many are held, however many there are."""
LEAST: Final = 2.0**-33
"""Uniforms are kept so far from 0 and 1, half a step of the sequence: a normal number is finite."""


class Numbers(Protocol):
    """Standard normal numbers of draws."""

    def normals(self, dimensions: int, first: int, last: int) -> np.ndarray:
        """Those of the draws from `first` to before `last`, [draw, dimension]."""


@dataclass(frozen=True)
class Given:
    """Numbers that are given, [draw, dimension]."""

    numbers: np.ndarray

    def normals(self, dimensions: int, first: int, last: int) -> np.ndarray:
        """Those of the draws from `first` to before `last`, [draw, dimension]."""
        assert dimensions == self.numbers.shape[1]
        return self.numbers[first:last]


@dataclass(frozen=True)
class Sample:
    """So many draws of a sampler; the same seed gives the same uniforms everywhere."""

    draws: int
    seed: int
    sampler: str = SAMPLERS[0]

    @property
    def in_each(self) -> int:
        """Draws of one scrambling."""
        return self.draws // SCRAMBLINGS

    def scrambling(self, draw: int) -> int:
        """The scrambling that a draw belongs to."""
        return draw // self.in_each

    def normals(self, dimensions: int, first: int, last: int) -> np.ndarray:
        """Standard normal numbers of the draws from `first` to before `last`, [draw, dimension]."""
        parts = []
        while first < last:
            part, own = divmod(first, self.in_each)
            window, start = divmod(own, WINDOW)
            here = _window(self.sampler, self.seed, part, self.in_each, dimensions, window)
            parts.append(here[start : start + last - first])
            first += len(parts[-1])
        return np.concatenate(parts)


def sensible(draws: int, sampler: str) -> int:
    """The number of draws that a sampler makes of those asked for: at least as many.

    Eight scramblings of equal size; of a Sobol sequence a power of two, without which it is not balanced.
    """
    each = max(-(-draws // SCRAMBLINGS), FEWEST // SCRAMBLINGS)
    if sampler == "sobol":
        each = 1 << (each - 1).bit_length()
    return each * SCRAMBLINGS


def apart(found: Sequence[tuple[float, float, float]]) -> bool:
    """Whether draws tell which share is largest, from shares with the ends of their intervals, the largest first.

    Its lower end lies above the second share, and its interval is no wider than it is large.
    """
    (share, low, high), *others = found
    return low > max((second for second, *_ in others[:1]), default=0.0) and high - low <= share


@lru_cache(maxsize=1)
def _window(sampler: str, seed: int, part: int, draws: int, dimensions: int, window: int) -> np.ndarray:
    """Standard normal numbers of some draws of a scrambling, one after another."""
    first = window * WINDOW
    found = uniforms(sampler, seed, part, draws, dimensions, first, min(first + WINDOW, draws))
    return ndtri(np.clip(found, LEAST, 1 - LEAST))


def uniforms(
    sampler: str, seed: int, part: int, draws: int, dimensions: int, first: int = 0, last: int | None = None
) -> np.ndarray:
    """Uniforms of the draws from `first` to before `last` of a scrambling, or of all, [draw, dimension].

    A Sobol sequence and plain uniforms start anywhere; of a Latin hypercube all draws are made, whatever is asked for.
    """
    from scipy.stats import qmc  # slow to import

    rng, last = np.random.default_rng(np.random.SeedSequence([seed, part])), draws if last is None else last
    if sampler == "sobol":
        sequence = qmc.Sobol(dimensions, scramble=True, seed=rng)
        if first:
            sequence.fast_forward(first)
            return np.asarray(sequence.random(last - first))
        return np.asarray(sequence.random(1 << (last - 1).bit_length()))[:last]
    if sampler == "lhs":
        return np.asarray(qmc.LatinHypercube(dimensions, seed=rng).random(draws))[first:last]
    rng.bit_generator.advance(first * dimensions)  # type: ignore[attr-defined]
    return rng.random((last - first, dimensions))
