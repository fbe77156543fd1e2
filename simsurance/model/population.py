"""Demography: survival, deaths by need class, births, migration, moves between areas and income groups."""

import numpy as np

from simsurance.axes import ASSISTED, NEXT_TO_ASSISTED, at, axes_except, axis, index

FEMALE, MALE = index("sex", "female"), index("sex", "male")


def need_class_mortality(people: np.ndarray, survival: np.ndarray, mortality_ratio: np.ndarray) -> np.ndarray:
    """Probability of dying in the year by need class: q_h = q·[1 + (1 − q)·(r_h/r̄ − 1)], r̄ the mean ratio of the people there.

    The table's deaths are met at each age and sex whatever the mix of classes; where death is rare q_h is in proportion
    to the ratio, where it is certain the classes do not differ. No class dies at more than certainty: the others do then.

    `people` [run, health, 1, sex, area, income, age]; `survival` [run, 1, 1, sex, 1, 1, age]; `mortality_ratio`
    [run, health, 1, 1, 1, 1, 1]. Returns [run, health, 1, sex, 1, 1, age].
    """
    by_class = people.sum(axis=axis("area", "income"), keepdims=True)
    total = by_class.sum(axis=axis("health"), keepdims=True)
    weighted = (by_class * mortality_ratio).sum(axis=axis("health"), keepdims=True)
    mean_ratio = np.divide(weighted, total, out=np.ones_like(total), where=total > 0)
    mort_rate = 1 - survival
    chance = mort_rate * (1 + survival * (mortality_ratio / mean_ratio - 1))
    return chance if chance.max() <= 1 and chance.min() >= 0 else within_all(chance, by_class)


def within_all(chance: np.ndarray, persons: np.ndarray) -> np.ndarray:
    """Chances by need class above 1 become 1, and the others grow in one proportion, so that as many are expected to die.

    Both on axes of which the second is the need class.
    """
    need = axis("health")
    for _ in range(chance.shape[need[0]]):
        limited = np.minimum(chance, 1.0)
        lost = (persons * (chance - limited)).sum(axis=need, keepdims=True)
        open_to = np.where(limited < 1, persons * limited, 0.0).sum(axis=need, keepdims=True)
        more = np.divide(lost, open_to, out=np.zeros_like(lost), where=open_to > 0)
        chance = np.where(limited < 1, limited * (1 + more), limited)
    return np.minimum(chance, 1.0)


def a_person(of_all: np.ndarray, people: np.ndarray) -> np.ndarray:
    """What falls on each of those who are there; nothing where nobody is, so that nobody can come or go."""
    shape = np.broadcast_shapes(of_all.shape, people.shape)
    return np.divide(of_all, people, out=np.zeros(shape), where=people > 0)


def births_by_area_income(
    women_start: np.ndarray, women_end: np.ndarray, asfr: np.ndarray, area_fertility: np.ndarray
) -> np.ndarray:
    """Births of the year by area and income group of the mother.

    Women by age on 1 January and on 31 December, [run, 1, 1, 1, area, income, age]; `asfr` [run, …, age] sets the
    national number, `area_fertility` [run, 1, 1, 1, area, 1, 1] only shares it out. Returns [run, 1, 1, 1, area, income, 1].
    """
    expected = ((women_start + women_end) / 2 * asfr).sum(axis=axis("age"), keepdims=True)
    weighted = expected * area_fertility
    national = expected.sum(axis=axis("area", "income"), keepdims=True)
    return weighted * a_person(national, weighted.sum(axis=axis("area", "income"), keepdims=True))


def move_shares(
    have: np.ndarray, want: np.ndarray, from_first: np.ndarray, from_second: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Shares of two groups that change places so that the first group ends with `want` persons instead of `have`.

    `from_first` and `from_second` are the persons ready to move each way (propensity times persons, summed), all
    [run, 1, …]. Returns the factors on the propensities to leave the first and the second group; one of them is 0.
    """
    missing = want - have
    ready = np.where(missing > 0, from_second, from_first)
    share = np.divide(missing, ready, out=np.zeros_like(missing), where=ready > 0)
    return np.maximum(-share, 0), np.maximum(share, 0)


def exchange(
    first: np.ndarray, second: np.ndarray, out_of_first: np.ndarray, out_of_second: np.ndarray, moved: np.ndarray
) -> None:
    """Persons of two groups of cells change places, a share of each, in place.

    `moved`, of the shape of a group, is overwritten.
    """
    np.multiply(second, out_of_second, out=moved)
    if out_of_first.any():
        moved -= first * out_of_first
    first += moved
    second -= moved


def area_of(people: np.ndarray, area: int) -> np.ndarray:
    """The part of an array on the person axes in one area, a view."""
    return at(people, area=slice(area, area + 1))


def assisted_and_next(people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The assisted and those who change places with them, of an array on the person axes, views."""
    return at(people, income=slice(ASSISTED, ASSISTED + 1)), at(
        people, income=slice(NEXT_TO_ASSISTED, NEXT_TO_ASSISTED + 1)
    )


def total(people: np.ndarray) -> np.ndarray:
    """All persons of each run, [run, 1, …, 1]."""
    return people.sum(axis=axes_except(), keepdims=True)
