"""Two sensitivities of ageing: cost by time to death, and need that comes later as life gets longer.

    cost of mortality   f_h(t) = [1 + (m − 1)·q_h(t)] / [1 + (m − 1)·q_h(t₀)]       at each sex and age; t₀ the reference year
    healthy ageing      π(h|x, t) = π(h|x − s·[e_x(t) − e_x(t₀)])

`m` is what the last year of life costs over a year of survivors of the same age *and need class*. Published multiples
compare all who die with all survivors of the age; some of that is in the classes already, for those in high need die more
often and cost more. `m` is what is left when the classes have explained what they can.
"""

from collections.abc import Sequence

import numpy as np

from simsurance.axes import HEALTH, PROFILE_AXES, along, at, axis
from simsurance.basis import life_table
from simsurance.basis.inputs import Inputs, age_band_values, members
from simsurance.basis.trend import Scheme
from simsurance.model.population import need_class_mortality

BY_YEAR = ("year", *PROFILE_AXES)
OVER_NEEDS = axis("health", of=PROFILE_AXES)


def prevalence(inputs: Inputs, years: Sequence[int]) -> np.ndarray:
    """Share of each need class, [year, health, sex, age], or [1, …] where it is the same in all years.

    By healthy ageing, that of the reference year at an age that is younger by a share of the years gained by those of the age.
    """
    known, share = inputs.prevalence(), inputs.values.health.healthy_ageing
    if share == 0:
        return known[None]
    reference = inputs.values.claims.trend.reference_year
    expectancy = life_table.life_expectancy(inputs.death_rates([reference, *years]))
    return at_younger_age(known, share * (expectancy[1:] - expectancy[0]))


def at_younger_age(known: np.ndarray, younger_by: np.ndarray) -> np.ndarray:
    """Shares by need class of people younger by so many years, linear between single ages; at the ends those of the ends.

    `known` [health, sex, age], `younger_by` [year, sex, age]. Returns [year, health, sex, age], summing to 1 over the classes.
    """
    ages = np.arange(known.shape[-1])
    needs = range(1, len(known))
    found = np.empty((len(younger_by), *known.shape))
    for year, sex in np.ndindex(*younger_by.shape[:2]):
        for need in needs:
            found[year, need, sex] = np.interp(ages - younger_by[year, sex], ages, known[need, sex])
    higher = at(found, of=BY_YEAR, health=slice(1, None)).sum(axis=axis("health", of=BY_YEAR))
    at(found, of=BY_YEAR, health=0)[:] = 1 - higher
    return found


def dying(inputs: Inputs, years: Sequence[int]) -> np.ndarray:
    """Probability of dying in the year by need class, [year, health, sex, age], of a population that has its prevalence."""
    survival, _ = inputs.survival(years)
    people = along(prevalence(inputs, years), "run", *PROFILE_AXES)  # years stand where runs do
    ratio = along(members(inputs.values.health.mortality_ratio, HEALTH.members), "health")
    chance = need_class_mortality(people, along(survival, "run", "sex", "age"), ratio)
    return at(chance, status=0, area=0, income=0)


def cost_of_mortality(inputs: Inputs, scheme: Scheme, cost: np.ndarray) -> np.ndarray:
    """What mortality has made of cost at given age and need since the reference year, [year, health, sex, age] or 1.

    `cost`: of a person of the scheme in the reference year, [health, sex, age].
    """
    share = inputs.values.claims.end_of_life.share
    if share == 0:
        return np.ones((1, 1, 1, 1))
    excess = share * (net_multiple(inputs, scheme, cost) - 1)
    then, since = (dying(inputs, years) for years in ([inputs.values.claims.trend.reference_year], inputs.years))
    return (1 + excess * since) / (1 + excess * then)


def gross_multiple(inputs: Inputs, scheme: Scheme) -> np.ndarray:
    """Cost of the last year of life over that of survivors of the age, [age]."""
    rule = inputs.values.claims.end_of_life
    factor = rule.resident_factor if scheme == "resident" else rule.employee_factor
    return age_band_values(rule.multiple) * factor


def net_multiple(inputs: Inputs, scheme: Scheme, cost: np.ndarray) -> np.ndarray:
    """Cost of the last year of life over that of survivors of the age and need class in the reference year, [sex, age].

    It is such that all who die cost the gross multiple of all survivors; at least 1. `cost` [health, sex, age].
    """
    shares, chance = inputs.prevalence(), dying(inputs, [inputs.values.claims.trend.reference_year])[0]
    return net_of_classes(gross_multiple(inputs, scheme), shares, chance, cost)


def net_of_classes(gross: np.ndarray, shares: np.ndarray, chance: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """The multiple within a class at which `multiple_of_all` is `gross`; 1 where the classes alone make more of it."""
    low, high = np.ones(cost.shape[1:]), np.maximum(gross, 1.0) + np.zeros(cost.shape[1:])
    for _ in range(60):
        middle = (low + high) / 2
        short = multiple_of_all(middle, shares, chance, cost) < gross
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return (low + high) / 2


def multiple_of_all(within: np.ndarray, shares: np.ndarray, chance: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Cost of all who die in their last year over that of all survivors, [sex, age], from the multiple within a class.

    `shares`, `chance` of dying and `cost` of a person [health, sex, age]. With 1 within a class it is what the classes alone
    make of it; where nobody dies, all are as likely to.
    """
    survivor = cost / (1 + (within - 1) * chance)
    dead = np.where(chance.max(axis=OVER_NEEDS) > 0, shares * chance, shares)
    alive = shares * (1 - chance)
    means = [(who * survivor).sum(axis=OVER_NEEDS) / who.sum(axis=OVER_NEEDS) for who in (dead, alive)]
    return within * means[0] / means[1]
