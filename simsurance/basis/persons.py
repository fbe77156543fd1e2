"""The persons of scenarios: all of a basis that does not hang on what care costs and who pays, of one or of several."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from simsurance.basis import opening
from simsurance.basis.built import stacked
from simsurance.basis.inputs import Arrays, Inputs
from simsurance.basis.people import (
    behaviour_basis,
    demographic_basis,
    employee_entry,
    moves_basis,
    opening_inputs,
    relative_odds,
    turnover,
)
from simsurance.basis.residence import NobodyLeft, shares_at_age, shares_of_runs
from simsurance.errors import SimsuranceError
from simsurance.scenario_file.loader import Scenario

Given = TypeVar("Given")
Found = TypeVar("Found")
Fault = ArithmeticError | SimsuranceError
"""Why a scenario has no opening state."""


@dataclass(frozen=True, eq=False)
class Persons:
    """Opening state, demography, behaviour and moves of a scenario; what it sets of cost and money moves none of them.

    `cells` of the opening date without tracked years; `shares` of the areas and income groups among all of an age,
    [year, area, income, age]; `arrays` by name, the year first; `at_root`: those that differ under the rules of the root.
    """

    cells: np.ndarray
    shares: np.ndarray
    arrays: Arrays
    at_root: Arrays


@dataclass(frozen=True, eq=False)
class Begun:
    """What the persons of a scenario follow from; several are found together by what is kept here for each."""

    inputs: Inputs
    opened: opening.OpeningInputs
    demography: dict[str, np.ndarray]

    @classmethod
    def of(cls, scenario: Scenario) -> "Begun":
        """Of a scenario; an ArithmeticError where no turnover fits."""
        inputs = Inputs(scenario, scenario.values)
        opened = opening_inputs(inputs, relative_odds(inputs, by_need=True))
        return cls(inputs, opened, demographic_basis(inputs))

    @cached_property
    def shares(self) -> np.ndarray:
        """Shares of the areas and income groups among all of an age, [year, area, income, age]."""
        years = self.inputs.years
        try:
            return shares_at_age(self.opened.everyone, self.demography, len(years))
        except NobodyLeft as error:
            raise SimsuranceError(f"{error.key}: in {years[error.place]} {error}") from error

    def persons(self) -> Persons:
        """The persons; an opening that does not fit is an ArithmeticError."""
        inputs, scenario = self.inputs, self.inputs.scenario
        cells = opening.opening_cells(self.opened)
        if scenario.form.has("behaviour"):
            turnover(cells, inputs.values)
        shares = self.shares
        if inputs.values.economy.drift_of_areas:
            shares = np.broadcast_to(shares[:1], shares.shape)
        odds = relative_odds(inputs, by_need=inputs.values.behaviour.effects.health)
        arrays = {**self.demography, **behaviour_basis(inputs, odds, shares), **moves_basis(inputs)}
        arrays |= employee_entry(inputs, cells, arrays["employee_entry"])
        own = scenario.reference is scenario.values
        at_root = {} if own else behaviour_basis(Inputs(scenario, scenario.reference), odds, shares)
        return Persons(cells, shares, arrays, at_root)


def persons_of(scenario: Scenario) -> Persons:
    """The persons of a scenario; an opening that does not fit is an ArithmeticError."""
    return Begun.of(scenario).persons()


def persons_together(scenarios: Sequence[Scenario]) -> list[Persons | Fault]:
    """The persons of each scenario, or why it has none: several over the same years cost little more than one."""
    begun = [_or_fault(Begun.of, each) for each in scenarios]
    fine = [each for each in begun if isinstance(each, Begun)]
    with_rates = [each for each in fine if not isinstance(_or_fault(lambda one: one.opened.rates, each), Fault)]
    opening.find_together([each.opened for each in with_rates])
    for years in {len(each.inputs.years) for each in fine}:
        _share_together([each for each in fine if len(each.inputs.years) == years], years)
    return [_or_fault(Begun.persons, each) if isinstance(each, Begun) else each for each in begun]


def _share_together(several: Sequence[Begun], years: int) -> None:
    """Find the shares of several at once; where that cannot be, each is left to itself."""
    try:
        people = np.stack([each.opened.everyone for each in several])
        shares = shares_of_runs(people, stacked([each.demography for each in several]), years)
    except (NobodyLeft, ArithmeticError):
        return
    for place, each in enumerate(several):
        vars(each)["shares"] = shares[:, place]


def _or_fault(find: Callable[[Given], Found], given: Given) -> Found | Fault:
    """What is found, or why nothing is."""
    try:
        return find(given)
    except (ArithmeticError, SimsuranceError) as fault:
        return fault
