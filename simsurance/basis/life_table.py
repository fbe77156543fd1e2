"""The life table and the cohort component of a whole population (method note, section 3)."""

from typing import Final

import numpy as np

from simsurance.axes import along
from simsurance.data import tables
from simsurance.model.population import FEMALE


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
    _, lived = survivors_and_years_lived(central_mort_rate)
    ratios = np.empty_like(lived)
    ratios[..., :-2] = lived[..., 1:-1] / lived[..., :-2]
    # The last closed age moves into the open one, which holds its own survivors too: both share T(100)/T(99).
    ratios[..., -2:] = (lived[..., -1] / (lived[..., -2] + lived[..., -1]))[..., None]
    return ratios, lived[..., 0]


def life_expectancy(central_mort_rate: np.ndarray) -> np.ndarray:
    """Years that are left on average at each birthday under the death rates of one year, e(x), shape [..., sex, age]."""
    survivors, lived = survivors_and_years_lived(central_mort_rate)
    return np.flip(np.cumsum(np.flip(lived, axis=-1), axis=-1), axis=-1) / survivors


def survivors_and_years_lived(central_mort_rate: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Survivors l(x) of one newborn and the years L(x) they live at each age, shape [..., sex, age], last age open."""
    separation = np.full_like(central_mort_rate, 0.5)
    separation[..., 0] = separation_factor_at_birth(central_mort_rate[..., 0])
    mort_rate = central_mort_rate / (1 + (1 - separation) * central_mort_rate)
    mort_rate[..., -1] = 1.0
    survivors = np.ones_like(central_mort_rate)
    survivors[..., 1:] = np.cumprod(1 - mort_rate[..., :-1], axis=-1)
    lived = survivors - (1 - separation) * survivors * mort_rate
    lived[..., -1] = survivors[..., -1] / central_mort_rate[..., -1]
    return survivors, lived


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
    later[..., -1] += moved[..., -1]
    later[:, 1:] += migrants[:, 1:] / 2
    births = float(((stock[FEMALE] + later[FEMALE]) / 2 * asfr).sum())
    later[..., 0] = births * np.array([1 - male_share, male_share]) * newborn_survival + migrants[..., 0] / 2
    return later, births


PACE: Final = 24
"""Years over whose mean change death rates go on before and after those that are read."""
RATES: Final = ("date", "sex", "age")
LEAST_RATE: Final = 1e-9
"""A death rate of 0 has no logarithm: it is taken as this."""


def rates_at(path: str, dates: np.ndarray, first: int) -> np.ndarray:
    """Central death rates of a table at dates between its years, [date, sex, age], on straight lines in logarithms.

    Before the year `first` and after the last of the table they go on by age at the mean pace of the 24 years beside it.
    """
    last = max(tables.years_of(path)[-1], first + PACE)
    years = list(range(first, last + 1))
    logs = np.log(np.maximum(tables.by_year_sex_age(path, "mx", years), LEAST_RATE))
    within = np.clip(dates, first, last)
    low = np.minimum(within.astype(int), last - 1) - first
    share, beyond = (along(each, "date", of=RATES) for each in (within - first - low, dates - within))
    pace = np.where(beyond < 0, logs[PACE] - logs[0], logs[-1] - logs[-1 - PACE]) / PACE
    return np.asarray(np.exp(logs[low] + share * (logs[low + 1] - logs[low]) + beyond * pace))
