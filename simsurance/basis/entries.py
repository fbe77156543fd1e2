"""Entries to the employee scheme of one run, as arrays that a later run takes in and holds (method note, section 9)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from simsurance.axes import ENTRANTS, FLOW_AXES, along
from simsurance.basis.built import Built, read_only
from simsurance.model.state import EntriesBasis, YearBasis
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

    def __repr__(self) -> str:
        return f"entries of {self.of.name}, {self.years[0]} to {self.years[-1]}"

    def cover(self, years: Sequence[int]) -> bool:
        """Whether they are known in all of these years."""
        return set(years) <= set(self.years)


def holding(built: Built, entries: Entries) -> Built:
    """A run, alone, with the entries of another imposed in each of its years.

    What the run's own hazards are over the other's acts on what is imposed, origin by origin: levers of the employee scheme.
    """
    insured, uninsured = (built.arrays[name] for name in ("employee_entry", "employee_entry_uninsured"))
    held = [_held(entries, year, insured[place], uninsured[place]) for place, year in enumerate(built.inputs.years)]
    arrays = {name: np.stack([vars(each)[name] for each in held]) for name in vars(held[0])}
    return replace(built, arrays=built.arrays | {"entries": read_only(arrays)})


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
