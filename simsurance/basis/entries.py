"""Entries to the employee scheme of one run, as arrays that a later run takes in and holds (method note, section 9)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from simsurance.axes import ENTRANTS, FLOW_AXES, along
from simsurance.model.enrolment import enrolment_hazards
from simsurance.model.projection import short_buffers
from simsurance.model.state import EnrolmentBasis, EntriesBasis, State, Workspace, YearBasis
from simsurance.model.year import step
from simsurance.scenario_file.loader import Scenario

OUTSIDE, INSURED, UNINSURED = (ENTRANTS.index(name) for name in ("outside", "insured", "uninsured"))


@dataclass(frozen=True, repr=False)
class Entries:
    """Who entered the employee scheme in a run, by cell and origin, and by which hazards.

    `of`: the run's scenario; `entrants` [year, entrant, sex, area, income, age]; `basis`: what the run's years
    were computed with.
    """

    of: Scenario
    years: tuple[int, ...]
    entrants: np.ndarray
    basis: tuple[YearBasis, ...]
    enrolment: tuple[EnrolmentBasis, ...] | None = None
    """Hazards of the enrolment that are held as well, so that the same persons are insured; None: odds give them."""

    def __repr__(self) -> str:
        return f"entries of {self.of.name}, {self.years[0]} to {self.years[-1]}"

    def cover(self, years: Sequence[int]) -> bool:
        """Whether they are known in all of these years."""
        return set(years) <= set(self.years)


@short_buffers()
def enrolment_of(opening: State, basis: Sequence[YearBasis]) -> tuple[EnrolmentBasis, ...]:
    """The hazards of the enrolment for every year of a run, one run alone, for later runs to hold."""
    found, state, work = [], opening, Workspace(opening.cells.shape)
    for year in basis:
        hazards = enrolment_hazards(state.cells, year)
        held = EnrolmentBasis(hazards.leave, hazards.enter)
        for array in vars(held).values():
            array.setflags(write=False)
        found.append(held)
        state, _ = step(state, year, work)
    return tuple(found)


def holding(basis: Sequence[YearBasis], entries: Entries) -> tuple[YearBasis, ...]:
    """The years of a run, one run alone, with the entries of another imposed.

    What the run's own hazards are over the other's acts on what is imposed, origin by origin: levers of the employee scheme.
    """
    return tuple(_held(year, entries) for year in basis)


def _held(year: YearBasis, entries: Entries) -> YearBasis:
    """One year with entries imposed."""
    place = entries.years.index(year.year)
    entrants, root = entries.entrants[place], entries.basis[place]
    insured, uninsured, outside = (_on_person_axes(entrants[each]) for each in (INSURED, UNINSURED, OUTSIDE))
    wanted = insured * _relative(year.employee_entry, root.employee_entry)
    wanted = wanted + uninsured * _relative(year.employee_entry_uninsured, root.employee_entry_uninsured)
    held = EntriesBasis(wanted, outside, root.employee_entry, root.employee_entry_uninsured)
    for array in vars(held).values():
        array.setflags(write=False)
    return replace(year, entries=held, enrolment=entries.enrolment[place] if entries.enrolment else None)


def _relative(own: np.ndarray, root: np.ndarray) -> np.ndarray:
    """Own hazard ÷ the other run's; 1 where that had none, and nobody entered."""
    return np.divide(own, root, out=np.ones(np.broadcast_shapes(own.shape, root.shape)), where=root > 0)


def _on_person_axes(cells: np.ndarray) -> np.ndarray:
    """[sex, area, income, age] as [run, 1, 1, sex, area, income, age]."""
    return along(cells, *FLOW_AXES[1:])
