"""The opening stock brought to the published counts by broad age (method note, section 3).

Each sex and age is multiplied by a ratio. Of all ratios that meet the counts and keep total and births, the one is taken
whose neighbours differ least: the sum of squared differences between the ages of a sex and between the sexes of an age is
smallest, and no age differs by more than a hundredth from the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import numpy as np

from simsurance.axes import SEX
from simsurance.model.population import FEMALE

HIGHEST_STEP: Final = 0.01
"""What the ratio of an age may be above that of a neighbouring age, relative."""
ROUNDING: Final = 1e-9


class OutOfReach(ArithmeticError):
    """No change of the ages in steps of at most a hundredth meets the counts."""


@dataclass(frozen=True)
class Count:
    """Persons counted from an age to before another."""

    first: int
    end: int
    persons: float


def at_counts(stock: np.ndarray, counts: Sequence[Count], births: np.ndarray) -> np.ndarray:
    """The stock [sex, age] with as many persons of the counted ages as were counted; total and births are kept.

    `births`: births of the year that a woman of each age on its 1 January stands for, [age]. Raises OutOfReach where no
    ratio in steps of at most a hundredth meets the counts.
    """
    mothers = np.zeros_like(stock)
    mothers[FEMALE] = stock[FEMALE] * births
    totals = [stock, mothers] if mothers.any() else [stock]
    wanted = [float(total.sum()) for total in totals]
    for count in counts:
        of_ages = np.zeros_like(stock)
        of_ages[:, count.first : count.end] = stock[:, count.first : count.end]
        totals.append(of_ages)
        wanted.append(count.persons)
    return stock * _ratios(np.stack(totals).tobytes(), np.array(wanted).tobytes(), stock.shape)


@lru_cache(maxsize=64)
def _ratios(totals: bytes, wanted: bytes, shape: tuple[int, ...]) -> np.ndarray:
    """`smoothest`, once for each stock and counts: scenarios seldom differ in them."""
    ratios = smoothest(np.frombuffer(totals).reshape(-1, *shape), np.frombuffer(wanted))
    ratios.flags.writeable = False
    return ratios


def smoothest(totals: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Ratios [sex, age] with Σ total · ratio = wanted for each of `totals` [total, sex, age], as alike as can be.

    Where a step would be too high, non-negative least squares find which steps bind; the ratios follow from equations alone,
    so that nothing ends at a tolerance.
    """
    shape = totals.shape[1:]
    rows = totals.reshape(len(totals), -1)
    size = rows.sum(axis=-1)
    if not (size > 0).all():
        raise OutOfReach
    rows, wanted = rows / size[:, None], wanted / size
    differences, steps = neighbours(shape[1])
    ratio = _alike(differences, rows, wanted)
    if (steps @ ratio).max() > ROUNDING:
        from scipy.linalg import cholesky, null_space, solve_triangular  # slow to import, seldom needed
        from scipy.optimize import nnls

        free = null_space(rows)
        root = solve_triangular(cholesky(free.T @ differences.T @ differences @ free), free.T, trans="T", lower=False)
        moved, excess = -steps @ root.T, steps @ ratio
        last = np.append(np.zeros(moved.shape[1]), 1.0)
        pressure, missed = nnls(np.vstack([moved.T, excess]), last)
        if missed < ROUNDING:
            raise OutOfReach
        binding = steps[pressure > 0]
        ratio = _alike(differences, np.vstack([rows, binding]), np.append(wanted, np.zeros(len(binding))))
    return np.asarray(ratio.reshape(shape))


def _alike(differences: np.ndarray, rows: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Where the squared differences are least among all that meet `rows` · ratio = `wanted`, by the equations of Lagrange."""
    cells = rows.shape[1]
    nothing = np.zeros((len(rows), len(rows)))
    equations = np.block([[differences.T @ differences, rows.T], [rows, nothing]])
    return _solved(equations, np.append(np.zeros(cells), wanted))[:cells]


def _solved(equations: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The unknowns of a square system by elimination, one column after the other, the largest left in it as pivot.

    Each number is a product and a difference in a fixed order, so that the last digits do not depend on a library of linear
    algebra or its threads.
    """
    left = np.column_stack([equations, right])
    size = len(left)
    for column in range(size):
        pivot = column + int(np.abs(left[column:, column]).argmax())
        left[[column, pivot]] = left[[pivot, column]]
        factor = left[column + 1 :, column] / left[column, column]
        left[column + 1 :, column:] -= factor[:, None] * left[column, column:]
    found = left[..., -1]
    for column in reversed(range(size)):
        found[column] /= left[column, column]
        found[:column] -= left[:column, column] * found[column]
    return found


@cache
def neighbours(ages: int) -> tuple[np.ndarray, np.ndarray]:
    """Differences between neighbours in age and sex, [pair, cell], and steps in age above the highest, [pair both ways, cell].

    Cells are sex by sex, age by age. A step is the ratio of an age less the highest that its neighbour allows.
    """
    cells = np.arange(len(SEX.members) * ages).reshape(-1, ages)
    identity = np.eye(cells.size)
    younger, older = identity[cells[:, :-1].ravel()], identity[cells[:, 1:].ravel()]
    differences = np.concatenate([older - younger, identity[cells[0]] - identity[cells[1]]])
    highest = 1 + HIGHEST_STEP
    return differences, np.concatenate([older - highest * younger, younger - highest * older])
