"""Entries to the employee scheme of one run, as arrays that a later run takes in and holds (method note, section 9)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from simsurance.axes import ENTRANTS, FLOW_AXES, along
from simsurance.basis.built import Built, read_only
from simsurance.basis.inputs import Arrays
from simsurance.model.enrolment import enrolment_hazards
from simsurance.model.projection import short_buffers
from simsurance.model.state import EnrolmentBasis, EntriesBasis, Workspace, YearBasis
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
def enrolment_of(built: Built) -> tuple[EnrolmentBasis, ...]:
    """The hazards of the enrolment for every year of a run, one run alone, for later runs to hold."""
    found, state, work = [], built.state, Workspace(built.state.cells.shape)
    for year in built.years:
        hazards = enrolment_hazards(state.cells, year)
        found.append(EnrolmentBasis(hazards.leave, hazards.enter))
        state, _ = step(state, year, work)
    return tuple(found)


def holding(built: Built, entries: Entries) -> Built:
    """A run, alone, with the entries of another imposed in each of its years, and the other's enrolment if that is held too.

    What the run's own hazards are over the other's acts on what is imposed, origin by origin: levers of the employee scheme.
    """
    insured, uninsured = (built.arrays[name] for name in ("employee_entry", "employee_entry_uninsured"))
    held = [_held(entries, year, *_in_year(place, insured, uninsured)) for place, year in enumerate(built.inputs.years)]
    arrays = {"entries": _by_year(held)}
    if entries.enrolment:
        arrays["enrolment"] = _by_year([entries.enrolment[entries.years.index(year)] for year in built.inputs.years])
    return replace(built, arrays=built.arrays | arrays)


def _in_year(place: int, *hazards: np.ndarray) -> tuple[np.ndarray, ...]:
    """Hazards of one year; those without a year axis of their own hold for every year."""
    return tuple(each[place if len(each) > 1 else 0] for each in hazards)


def _by_year(held: Sequence[EntriesBasis] | Sequence[EnrolmentBasis]) -> Arrays:
    """What is imposed, the year first."""
    return read_only({name: np.stack([vars(each)[name] for each in held]) for name in vars(held[0])})


def _held(entries: Entries, year: int, of_insured: np.ndarray, of_uninsured: np.ndarray) -> EntriesBasis:
    """What is imposed in one year, beside the run's own hazards in it."""
    place = entries.years.index(year)
    entrants, root = entries.entrants[place], entries.basis[place]
    insured, uninsured, outside = (_on_person_axes(entrants[each]) for each in (INSURED, UNINSURED, OUTSIDE))
    wanted = insured * _relative(of_insured, root.employee_entry)
    wanted = wanted + uninsured * _relative(of_uninsured, root.employee_entry_uninsured)
    return EntriesBasis(wanted, outside, root.employee_entry, root.employee_entry_uninsured)


def _relative(own: np.ndarray, root: np.ndarray) -> np.ndarray:
    """Own hazard ÷ the other run's; 1 where that had none, and nobody entered."""
    return np.divide(own, root, out=np.ones(np.broadcast_shapes(own.shape, root.shape)), where=root > 0)


def _on_person_axes(cells: np.ndarray) -> np.ndarray:
    """[sex, area, income, age] as [run, 1, 1, sex, area, income, age]."""
    return along(cells, *FLOW_AXES[1:])
