"""Sums and shifts of arrays on the person axes, and arrays of a person group or of a run among them."""

import numpy as np

from simsurance.axes import FLOW_AXES, PERSON_AXES, axes_except, axis

NEED_AND_STATUS = axis("health", "status")


def by_person_group(cells: np.ndarray) -> np.ndarray:
    """Summed over need classes and rows: [run, sex, area, income, age]."""
    return np.add.reduce(cells, axis=NEED_AND_STATUS)


def at_person_group(values: np.ndarray) -> np.ndarray:
    """What holds for a person group, whatever the need class and the status: [run, sex, area, income, age]."""
    return values.squeeze(axis=NEED_AND_STATUS)


def of_run(values: np.ndarray) -> np.ndarray:
    """What holds for a whole run, [run], from the person axes."""
    return values.reshape(len(values))


def throughout(holds: np.ndarray) -> np.ndarray:
    """Whether a condition holds everywhere in a run: for each run, the other axes of length 1.

    The run stands first of the person axes, other axes may stand before it; without it there is one answer.
    """
    run = holds.ndim - len(PERSON_AXES)
    return np.asarray(holds.all(axis=tuple(place for place in range(holds.ndim) if place != run), keepdims=True))


def total(flow: np.ndarray) -> np.ndarray:
    """Of each run, [run], from [run, sex, area, income, age] or from what is of the run already."""
    return flow.sum(axis=axes_except(of=FLOW_AXES)) if flow.ndim > 1 else flow


def with_newborn(flow: np.ndarray, newborn: np.ndarray) -> np.ndarray:
    """A flow [run, sex, area, income, age] with the newborn's [run, 1, 1, sex, area, income, 1] added at age 0."""
    whole = flow.copy()
    whole[..., :1] += at_person_group(newborn)
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
