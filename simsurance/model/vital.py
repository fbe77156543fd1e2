"""Births, deaths and migration of a year (method note, section 3)."""

from dataclasses import dataclass

import numpy as np

from simsurance.axes import axis
from simsurance.model import population
from simsurance.model.groups import at_person_group, birthday, by_person_group, later_age, with_newborn
from simsurance.model.population import FEMALE
from simsurance.model.state import YearBasis


@dataclass(frozen=True)
class Vital:
    """What happens to persons in a year, on the person axes.

    By need class, sex and age: probability of dying `mort_rate`, and per person there on 1 January `dying`, `moving` (net)
    and `growth`, what is there at the end. `women` by area, income and age; `births` by area and income, `newborn` also by
    sex, `newborn_end` those of them there on 31 December.
    """

    mort_rate: np.ndarray
    dying: np.ndarray
    moving: np.ndarray
    growth: np.ndarray
    women: np.ndarray
    births: np.ndarray
    newborn: np.ndarray
    newborn_end: np.ndarray
    newborn_dying: np.ndarray

    @property
    def newborn_moving(self) -> np.ndarray:
        """Net migration of the newborn."""
        return self.newborn_end - self.newborn + self.newborn_dying

    def flows(self, people: np.ndarray, payers: np.ndarray, newborn_enrolment: np.ndarray) -> dict[str, np.ndarray]:
        """Births, deaths and migration of the population and of the insured."""
        everyone, insured = by_person_group(people), payers.sum(axis=axis("health"), keepdims=True)
        return {
            "births": with_newborn(np.zeros_like(everyone), self.newborn),
            "deaths": with_newborn(by_person_group(people * self.dying), self.newborn_dying),
            "net_migration": with_newborn(everyone * at_person_group(self.moving), self.newborn_moving),
            "newborn_enrolled": with_newborn(np.zeros_like(everyone), self.newborn * newborn_enrolment),
            "insured_deaths": with_newborn(
                by_person_group(payers * self.dying), self.newborn_dying * newborn_enrolment
            ),
            "insured_migration": with_newborn(
                at_person_group(insured * self.moving), self.newborn_moving * newborn_enrolment
            ),
        }


def vital(people: np.ndarray, basis: YearBasis) -> Vital:
    """Births, deaths and migration of `people` [run, health, 1, sex, area, income, age]."""
    mort_rate = population.need_class_mortality(people, basis.survival, basis.mortality_ratio)
    at_age = people.sum(axis=axis("health", "area", "income"), keepdims=True)
    migration_start = population.a_person(basis.migrants / 2, at_age)
    migration_end = population.a_person(later_age(basis.migrants) / 2, at_age)
    growth = np.empty_like(people)
    growth[:] = (1 + migration_start) * (1 - mort_rate) + migration_end
    women = people[:, :, :, FEMALE : FEMALE + 1]
    women_end = (women * growth[:, :, :, FEMALE : FEMALE + 1]).sum(axis=axis("health"), keepdims=True)
    women = women.sum(axis=axis("health"), keepdims=True)
    births = population.births_by_area_income(women, birthday(women_end), basis.asfr, basis.area_fertility)
    newborn = births * np.concatenate([1 - basis.male_share, basis.male_share], axis=axis("sex")[0])
    of_all = population.a_person(newborn, newborn.sum(axis=axis("area", "income"), keepdims=True))
    return Vital(
        mort_rate=mort_rate,
        dying=(1 + migration_start) * mort_rate,
        moving=migration_start + migration_end,
        growth=growth,
        women=women,
        births=births,
        newborn=newborn,
        newborn_end=newborn * basis.newborn_survival + of_all * basis.migrants[..., :1] / 2,
        newborn_dying=newborn * (1 - basis.newborn_survival),
    )
