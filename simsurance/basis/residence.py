"""Where people live and which income group they are in, age by age: the whole population through the years.

Births, deaths, migration and moves between areas and income groups do not ask for need class or membership: at given sex and
age, all classes live in the same places. So the whole population needs no classes, and its shares are those of the model.
What differs by area or income group is brought to the national figure on these shares (method note, sections 3 and 7).
"""

from collections.abc import Mapping

import numpy as np

from simsurance.axes import FLOW_AXES, along, at, axis
from simsurance.basis.known import found_once
from simsurance.model import population
from simsurance.model.groups import birthday, later_age
from simsurance.model.population import FEMALE

SHARE_AXES = ("year", "area", "income", "age")
OF_RUN = ("run", *SHARE_AXES[1:])


class NobodyLeft(Exception):
    """More persons would leave than there are: the key that says so, in words, in which year from the first."""

    def __init__(self, key: str, text: str, place: int = 0) -> None:
        super().__init__(text)
        self.key, self.text, self.place = key, text, place


@found_once
def shares_at_age(people: np.ndarray, demography: Mapping[str, np.ndarray], years: int) -> np.ndarray:
    """Shares of the areas and income groups among all of an age on each 1 January, [year, area, income, age], read-only.

    `people` [sex, area, income, age] on the first; `demography` by name, the year first, then the axes of a basis.
    """
    return at(shares_of_runs(people[None], demography, years), of=("year", *OF_RUN), run=0)


def shares_of_runs(people: np.ndarray, demography: Mapping[str, np.ndarray], years: int) -> np.ndarray:
    """The same of several runs, [year, run, area, income, age], from `people` [run, sex, area, income, age]."""
    persons, found = along(people, *FLOW_AXES), []
    for place in range(years):
        of_age = persons.sum(axis=axis("health", "status", "sex"))
        everyone = of_age.sum(axis=axis("area", "income", of=OF_RUN), keepdims=True)
        alike = np.full_like(of_age, 1 / at(of_age, of=OF_RUN, run=0, age=0).size)
        found.append(np.divide(of_age, everyone, out=alike, where=everyone > 0))
        try:
            persons = a_year_on(
                persons, {name: each[place if len(each) > 1 else 0] for name, each in demography.items()}
            )
        except NobodyLeft as error:
            raise NobodyLeft(error.key, error.text, place) from None
    return np.stack(found)


def at_national_mean(relative: np.ndarray, shares: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Values by area and income group in one proportion at each age, so that all of an age have the mean of the year.

    `relative` [year or 1, area, income or 1], `shares` [year, area, income, age], `mean` [year or 1]. Returns
    [year, area, income or 1, age].
    """
    of_all = (relative[..., None] * shares).sum(axis=axis("area", "income", of=SHARE_AXES), keepdims=True)
    return np.asarray(relative[..., None] * along(mean, "year", of=SHARE_AXES) / of_all)


def a_year_on(persons: np.ndarray, of_year: Mapping[str, np.ndarray]) -> np.ndarray:
    """All persons a 1 January later, [run, 1, 1, sex, area, income, age]: vital events, birthday, areas, assistance, pins."""
    at_age = persons.sum(axis=axis("area", "income"), keepdims=True)
    start, end = (
        population.a_person(each / 2, at_age) for each in (of_year["migrants"], later_age(of_year["migrants"]))
    )
    growth = (1 + start) * of_year["survival"] + end
    later = birthday(persons * growth)
    if later.min() < 0:
        raise NobodyLeft("population.migration_table", "more people of an age move away than there are")
    women, women_end = (at(each, sex=slice(FEMALE, FEMALE + 1)) for each in (persons, later))
    births = population.births_by_area_income(women, women_end, of_year["asfr"], of_year["area_fertility"])
    newborn = births * np.concatenate([1 - of_year["male_share"], of_year["male_share"]], axis=axis("sex")[0])
    later[..., :1] = newborn * of_year["newborn_survival"]
    later[..., :1] += (
        population.a_person(newborn, newborn.sum(axis=axis("area", "income"), keepdims=True))
        * of_year["migrants"][..., :1]
        / 2
    )

    everyone, propensity = population.total(later), of_year["area_propensity"]
    rest = later.shape[axis("area")[0]] - 1
    for area in range(rest):
        here, there = (population.area_of(later, each) for each in (area, rest))
        leave, come = population.move_shares(
            population.total(here),
            population.area_of(of_year["area_share_end"], area) * everyone,
            *(population.total(each * propensity) for each in (here, there)),
        )
        population.exchange(here, there, leave * propensity, come * propensity, np.empty_like(here))
    if later.min() < 0:
        raise NobodyLeft("population.area_share_table", "the share of an area moves by more people than live there")
    if not np.isnan(of_year["assisted_share_end"]).any():
        assisted, others = population.assisted_and_next(later)
        leave, come = population.move_shares(
            population.total(assisted),
            of_year["assisted_share_end"] * everyone,
            *(population.total(each) for each in (assisted, others)),
        )
        population.exchange(assisted, others, leave, come, np.empty_like(assisted))
    if later.min() < 0:
        raise NobodyLeft(
            "population.assisted_share",
            "more are to be assisted than the assisted and the low-income group together; a share nearer to that before",
        )
    pinned = of_year["pinned_total_end"].reshape(-1, *everyone.shape[1:])
    return np.asarray(later * np.where(np.isnan(pinned), 1.0, pinned / everyone))
