"""Standard normal numbers for draws: independent scramblings of a Sobol sequence, Latin hypercubes or plain uniforms."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

import numpy as np
from scipy.special import ndtri

SAMPLERS: Final = ("sobol", "lhs", "plain")
SCRAMBLINGS: Final = 8
"""Independent parts of all draws: what they differ by is the error of a result."""
FEWEST: Final = 2 * SCRAMBLINGS
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
        for part in range(self.scrambling(first), self.scrambling(last - 1) + 1):
            start = part * self.in_each
            here = _scrambled(self.sampler, self.seed, part, self.in_each, dimensions)
            parts.append(here[max(first - start, 0) : last - start])
        return np.concatenate(parts)


def sensible(draws: int, sampler: str) -> int:
    """The number of draws that a sampler makes of those asked for: at least as many.

    Eight scramblings of equal size; of a Sobol sequence a power of two, without which it is not balanced.
    """
    each = max(-(-draws // SCRAMBLINGS), FEWEST // SCRAMBLINGS)
    if sampler == "sobol":
        each = 1 << (each - 1).bit_length()
    return each * SCRAMBLINGS


@lru_cache(maxsize=1)
def _scrambled(sampler: str, seed: int, part: int, draws: int, dimensions: int) -> np.ndarray:
    return ndtri(np.clip(uniforms(sampler, seed, part, draws, dimensions), LEAST, 1 - LEAST))


def uniforms(sampler: str, seed: int, part: int, draws: int, dimensions: int) -> np.ndarray:
    """Uniforms of one scrambling, [draw, dimension]."""
    from scipy.stats import qmc  # slow to import

    rng = np.random.default_rng(np.random.SeedSequence([seed, part]))
    if sampler == "sobol":
        return np.asarray(qmc.Sobol(dimensions, scramble=True, seed=rng).random(draws))
    if sampler == "lhs":
        return np.asarray(qmc.LatinHypercube(dimensions, seed=rng).random(draws))
    return rng.random((draws, dimensions))
