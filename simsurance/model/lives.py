"""What a year brought to persons, as both schemes see it before money moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simsurance.axes import EMPLOYEES, SEX, axis
from simsurance.model.groups import at_person_group, by_person_group, later_age
from simsurance.model.moves import Moves
from simsurance.model.population import FEMALE
from simsurance.model.state import YearBasis
from simsurance.model.vital import Vital

Money = Mapping[str, np.ndarray]
"""Flows by name, nominal yuan unless the name says otherwise: [run, sex, area, income, age], or [run]."""


@dataclass(frozen=True)
class Lives:
    """Persons of a year after enrolment and health transition, and what happens to them; nothing here is written to.

    `enrolled` [run, health, row, sex, area, income, age]; `payers` of the resident scheme [run, health, 1, sex, …];
    `repaired_years` [run, sex, area, income, age]; `funds` on 1 January, yuan, [run, fund]; `credited`: years that count as
    continuous with this one.
    """

    enrolled: np.ndarray
    payers: np.ndarray
    repaired_years: np.ndarray
    vital: Vital
    moves: Moves
    funds: np.ndarray
    credited: int

    @property
    def members(self) -> np.ndarray:
        """Active and retired members of the employee scheme, [run, health, active and retired, sex, area, income, age]."""
        return self.enrolled[:, :, EMPLOYEES]

    @cached_property
    def member_years(self) -> np.ndarray:
        """Their years of cover, on the same axes."""
        return self.members * (1 - self.vital.mort_rate / 2)

    @cached_property
    def covered_years(self) -> np.ndarray:
        """Years of cover of both, [run, sex, area, income, age]."""
        return by_person_group(self.member_years)


def births_to(persons: np.ndarray, lives: Lives, basis: YearBasis) -> np.ndarray:
    """Births to women among `persons` [run, health, 1, sex, …] by age of the mother, [run, sex, area, income, age].

    Their share of the mothers expected: half a year is lived at the age on 1 January, half a year later.
    """
    mothers = persons[:, :, :, FEMALE : FEMALE + 1].sum(axis=axis("health"), keepdims=True)
    in_year = (basis.asfr + later_age(basis.asfr)) / 2
    expected = (lives.vital.women * in_year).sum(axis=axis("age"), keepdims=True)
    per_expected = np.divide(lives.vital.births, expected, out=np.zeros_like(expected), where=expected > 0)
    of_mothers = at_person_group(mothers * in_year * per_expected)
    found = np.zeros((len(of_mothers), len(SEX.members), *of_mothers.shape[2:]))
    found[:, FEMALE : FEMALE + 1] = of_mothers
    return found
