"""Correlations: what pairs say as a matrix, refused where that is no correlation matrix, and its root."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from simsurance.errors import SimsuranceError

LEAST_EIGENVALUE: Final = 1e-9
MOST_STEPS: Final = 10_000
SETTLED: Final = 1e-10


def correlation_matrix(
    names: Sequence[str], pairs: Mapping[tuple[str, str], float], where: str, of: str = "series"
) -> np.ndarray:
    """The correlation matrix of some names, those of pairs that are not given 0; SimsuranceError where it is none.

    `where` and `of`: the place that the error tells, and what is named there.
    """
    matrix = np.eye(len(names))
    for (first, second), value in pairs.items():
        place = names.index(first), names.index(second)
        matrix[place] = matrix[place[::-1]] = value
    if names and np.linalg.eigvalsh(matrix)[0] < LEAST_EIGENVALUE:
        near = nearest(matrix)
        one, other = (int(each) for each in np.unravel_index(np.abs(near - matrix).argmax(), matrix.shape))
        raise SimsuranceError(
            f"{where}: these are no correlations that {of} can have together; the nearest ones differ by at most "
            f"{np.abs(near - matrix).max():.3g}, most of all {names[one]} with {names[other]}: {near[one, other]:.3f} "
            f"in place of {matrix[one, other]:g}"
        )
    return matrix


def nearest(matrix: np.ndarray) -> np.ndarray:
    """The correlation matrix nearest to a symmetric one by the sum of squares: projections in turn, with Dykstra's correction.

    Higham (2002), "Computing the nearest correlation matrix". The last cut leaves all eigenvalues above 0.
    """
    found, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(MOST_STEPS):
        shifted = found - correction
        cut = _without_negative(shifted, 0.0)
        correction, before = cut - shifted, found
        found = cut.copy()
        np.fill_diagonal(found, 1.0)
        if np.abs(found - before).max() < SETTLED:
            break
    cut = _without_negative(found, 10 * LEAST_EIGENVALUE)
    scale = 1 / np.sqrt(np.diag(cut))
    return np.asarray(cut * scale[:, None] * scale)


def _without_negative(matrix: np.ndarray, least: float) -> np.ndarray:
    """A symmetric matrix with eigenvalues of at least so much."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.maximum(values, least)) @ vectors.T)


def root_of(matrix: np.ndarray) -> np.ndarray:
    """The lower triangular root of a positive definite matrix, column by column.

    Libraries of linear algebra add in an order that hangs on where numbers lie in memory; here draws are the same bits.
    """
    left, root = matrix.copy(), np.zeros_like(matrix)
    for place in range(len(matrix)):
        root[place:, place] = left[place:, place] / np.sqrt(left[place, place])
        left -= np.multiply.outer(root[:, place], root[:, place])
    return root


def times(matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """A matrix times a vector, [row], added up in the same order wherever they lie in memory."""
    return np.asarray((matrix * vector).sum(axis=-1))


def of_ranks(correlation: float) -> float:
    """The correlation of normal numbers whose ranks are so correlated."""
    return float(2 * np.sin(np.pi / 6 * correlation))
