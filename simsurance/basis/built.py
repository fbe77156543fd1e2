"""What scenarios are built to: the opening state and every assumption by name, of one scenario or of several side by side."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import Any, Final

import numpy as np

from simsurance.basis.inputs import Arrays, Inputs
from simsurance.model.participation import WaitingRules
from simsurance.model.state import (
    AdjustmentBasis,
    BondBasis,
    CareBasis,
    EmployeeBasis,
    EnrolmentBasis,
    EntriesBasis,
    PinBasis,
    State,
    YearBasis,
    combined,
)

PARTS: Final[Mapping[str, type]] = {
    "care": CareBasis,
    "waiting": WaitingRules,
    "employee": EmployeeBasis,
    "pins": PinBasis,
    "entries": EntriesBasis,
    "enrolment": EnrolmentBasis,
    "adjustment": AdjustmentBasis,
    "bonds": BondBasis,
}
"""Fields of a basis that are a basis of their own."""


@dataclass(frozen=True, eq=False)
class Built:
    """An opening state and the arrays of the years behind it: the year first, size 1 where all years are alike, then the run.

    `inputs` of the scenario, the first of several; `single`: what is one number for all years and runs.
    """

    state: State
    inputs: Inputs
    single: Mapping[str, int]
    arrays: Arrays

    @cached_property
    def years(self) -> tuple[YearBasis, ...]:
        """The basis of every year, read-only."""
        read_only(self.arrays)
        return tuple(year_basis(year, place, self.single, self.arrays) for place, year in enumerate(self.inputs.years))


def year_basis(year: int, place: int, single: Mapping[str, int], arrays: Arrays) -> YearBasis:
    """The arrays of one year; those without a year axis of their own hold for every year."""
    numbers: Arrays = {"year": year, **single}
    return YearBasis(**numbers, **of_year(YearBasis, place, arrays, numbers))


def of_year(noun: type, place: int, arrays: Arrays, without: Collection[str] = ()) -> Arrays:
    """The fields of a basis in one year, its parts built."""
    chosen: Arrays = {}
    for name in names_of(noun):
        if name in without:
            continue
        value = arrays[name]
        if isinstance(value, dict):
            chosen[name] = PARTS[name](**of_year(PARTS[name], place, value))
        elif value is None:
            chosen[name] = None
        else:
            chosen[name] = value[place if len(value) > 1 else 0]
    return chosen


@cache
def names_of(noun: type) -> tuple[str, ...]:
    """The names of a basis's fields."""
    return tuple(field.name for field in fields(noun))


def read_only(arrays: Arrays) -> Arrays:
    """The same arrays, which nobody can write to from now on, nor to the years taken from them."""
    for value in arrays.values():
        if isinstance(value, dict):
            read_only(value)
        elif value is not None:
            value.setflags(write=False)
    return arrays


def stack(built: Sequence[Built]) -> Built:
    """Several scenarios of one form over the same years side by side on the run axis; equal arrays are kept once."""
    one = built[0]
    if len(built) == 1:
        return one
    state = combined([each.state for each in built], np.concatenate)
    return Built(state, one.inputs, one.single, stacked([each.arrays for each in built]))


def stacked(parts: Sequence[Arrays]) -> Arrays:
    """The arrays of several scenarios by name, a run each, the parts of a basis likewise."""
    found: Arrays = {}
    for name, first in parts[0].items():
        own: list[Any] = [each[name] for each in parts]
        found[name] = stacked(own) if isinstance(first, dict) else None if first is None else side_by_side(own)
    return found


def side_by_side(arrays: list[np.ndarray]) -> np.ndarray:
    """Arrays [year, run, …] of several scenarios as one with a run each, or the first if they are all the same.

    One that varies on an axis on which another does not is what makes that axis as long as it is for all.
    """
    if all_the_same(arrays):
        return arrays[0]
    years, *rest = np.broadcast_shapes(*(array[:, :1].shape for array in arrays))
    found = np.empty((years, sum(array.shape[1] for array in arrays), *rest[1:]))
    before = 0
    for array in arrays:
        found[:, before : before + array.shape[1]] = array
        before += array.shape[1]
    return found


def all_the_same(arrays: Sequence[np.ndarray]) -> bool:
    """Whether arrays are one, or have one shape and the same bits: a missing number equals another."""
    first = arrays[0]
    others = [other for other in arrays[1:] if other is not first]
    if not all(other.shape == first.shape for other in others):
        return False
    bits = first.tobytes() if others else b""
    return all(other.tobytes() == bits for other in others)
