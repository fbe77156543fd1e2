"""Sums and shifts of arrays on the person axes."""

import numpy as np

from simsurance.axes import axis


def by_person_group(cells: np.ndarray) -> np.ndarray:
    """Summed over need classes and rows: [run, sex, area, income, age]."""
    return cells.sum(axis=axis("health", "status"))


def total(flow: np.ndarray) -> np.ndarray:
    """Of each run, from [run, sex, area, income, age]."""
    return flow.sum(axis=(1, 2, 3, 4))


def with_newborn(flow: np.ndarray, newborn: np.ndarray) -> np.ndarray:
    """A flow [run, sex, area, income, age] with the newborn's [run, 1, 1, sex, area, income, 1] added at age 0."""
    whole = flow.copy()
    whole[..., :1] += newborn[:, 0, 0]
    return whole


def birthday(people: np.ndarray) -> np.ndarray:
    """Persons a year older; nobody at age 0; the last age open."""
    older = np.zeros_like(people)
    older[..., 1:] = people[..., :-1]
    older[..., -1] += people[..., -1]
    return older


def later_age(at_age: np.ndarray) -> np.ndarray:
    """What belongs to the age reached at the year's end, by age at its start; the open age keeps its own apart."""
    later = np.zeros_like(at_age)
    later[..., :-1] = at_age[..., 1:]
    return later
