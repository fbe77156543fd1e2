"""Demography: survival, deaths by need class, births, migration, moves between areas and income groups."""

from collections.abc import Callable

import numpy as np

from simsurance.axes import axes_except, axis, index

URBAN, RURAL = index("area", "urban"), index("area", "rural")
ASSISTED, LOW_INCOME = index("income", "assisted"), index("income", "low")
FEMALE, MALE = index("sex", "female"), index("sex", "male")


def separation_factor_at_birth(central_mort_rate: np.ndarray) -> np.ndarray:
    """Mean years lived in the year of life 0 by those who die in it, a(0), by sex; the UN's tables use this line.

    `central_mort_rate` is m(0), shape [..., sex]. Source: Andreev and Kingkade 2015, as used in World Population
    Prospects 2024 (the branches for high mortality are not needed here).
    """
    level = np.array([0.14903, 0.14929])
    slope = np.array([-2.05527, -1.99545])
    return level + slope * central_mort_rate


def survival_ratios(central_mort_rate: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Survival over a calendar year: of persons by age at its start, and of the newborn to its end.

    `central_mort_rate` m(x), shape [..., sex, age], last age open. Returns S(x) = L(x+1)/L(x), with T(100)/T(99) at
    the last two ages, shape [..., sex, age], and L(0)/l(0), shape [..., sex].
    """
    separation = np.full_like(central_mort_rate, 0.5)
    separation[..., 0] = separation_factor_at_birth(central_mort_rate[..., 0])
    mort_rate = central_mort_rate / (1 + (1 - separation) * central_mort_rate)
    mort_rate[..., -1] = 1.0
    survivors = np.ones_like(central_mort_rate)
    survivors[..., 1:] = np.cumprod(1 - mort_rate[..., :-1], axis=-1)
    lived = survivors - (1 - separation) * survivors * mort_rate
    lived[..., -1] = survivors[..., -1] / central_mort_rate[..., -1]
    ratios = np.empty_like(lived)
    ratios[..., :-2] = lived[..., 1:-1] / lived[..., :-2]
    # The last closed age moves into the open one, which holds its own survivors too: both share T(100)/T(99).
    ratios[..., -2:] = (lived[..., -1] / (lived[..., -2] + lived[..., -1]))[..., None]
    return ratios, lived[..., 0]


def advance(
    stock: np.ndarray,
    survival: np.ndarray,
    newborn_survival: np.ndarray,
    asfr: np.ndarray,
    male_share: float,
    migrants: np.ndarray,
) -> tuple[np.ndarray, float]:
    """One year of the cohort component for a whole population: stock [sex, age] a year on, and births."""
    moved = (stock + migrants / 2) * survival
    later = np.zeros_like(stock)
    later[:, 1:] = moved[:, :-1]
    later[:, -1] += moved[:, -1]
    later[:, 1:] += migrants[:, 1:] / 2
    births = float(((stock[FEMALE] + later[FEMALE]) / 2 * asfr).sum())
    later[:, 0] = births * np.array([1 - male_share, male_share]) * newborn_survival + migrants[:, 0] / 2
    return later, births


def need_class_mortality(people: np.ndarray, survival: np.ndarray, mortality_ratio: np.ndarray) -> np.ndarray:
    """Probability of dying in the year by need class: q_h = q·[1 + (1 − q)·(r_h/r̄ − 1)], r̄ the mean ratio of the people there.

    The table's deaths are met at each age and sex whatever the mix of classes; where death is rare q_h is in proportion
    to the ratio, where it is certain the classes do not differ.

    `people` [run, health, 1, sex, area, income, age]; `survival` [run, 1, 1, sex, 1, 1, age]; `mortality_ratio`
    [run, health, 1, 1, 1, 1, 1]. Returns [run, health, 1, sex, 1, 1, age].
    """
    by_class = people.sum(axis=axis("area", "income"), keepdims=True)
    total = by_class.sum(axis=axis("health"), keepdims=True)
    weighted = (by_class * mortality_ratio).sum(axis=axis("health"), keepdims=True)
    mean_ratio = np.divide(weighted, total, out=np.ones_like(total), where=total > 0)
    mort_rate = 1 - survival
    return mort_rate * (1 + survival * (mortality_ratio / mean_ratio - 1))


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
    return weighted * (national / weighted.sum(axis=axis("area", "income"), keepdims=True))


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


def total(people: np.ndarray) -> np.ndarray:
    """All persons of each run, [run, 1, …, 1]."""
    return people.sum(axis=axes_except(), keepdims=True)


def logit_shift(shares: np.ndarray, weights: np.ndarray, target: float) -> np.ndarray:
    """Shares moved by one common amount on the logit scale so that their weighted mean is `target`."""
    odds = shares / (1 - shares)
    factor = solve_odds_factor(
        lambda k: float((weights * (odds * k / (1 + odds * k))).sum()), target * float(weights.sum())
    )
    return odds * factor / (1 + odds * factor)


def solve_odds_factor(total_at: Callable[[float], float], target: float) -> float:
    """The factor on all odds at which an increasing total meets its target, by bisection on the logarithm."""
    low, high = -30.0, 30.0
    if not total_at(np.exp(low)) <= target <= total_at(np.exp(high)):
        raise ArithmeticError(f"no factor on the odds gives {target:g}")
    for _ in range(200):
        middle = (low + high) / 2
        if total_at(np.exp(middle)) < target:
            low = middle
        else:
            high = middle
        if high - low < 1e-15 * max(1.0, abs(middle)):
            break
    return float(np.exp((low + high) / 2))
