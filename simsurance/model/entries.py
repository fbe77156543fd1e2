"""Entries to the employee scheme that are held: imposed by cell and shared between insured and uninsured (method note, 9)."""

from collections.abc import Sequence

import numpy as np

from simsurance.axes import ENTRANTS
from simsurance.model.groups import NEED_AND_STATUS, at_person_group, by_person_group
from simsurance.model.state import EntriesBasis, YearBasis

Entering = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Shares of the resident insured and of the uninsured who enter, and persons held but not there; [run, 1, 1, sex, …]."""


def entering(insured: np.ndarray, uninsured: np.ndarray, basis: YearBasis) -> Entering:
    """Who enters, of the resident insured and the uninsured there at the year's end, [run, health, 1, sex, area, income, age].

    By the hazards of the year, or as many as are held.
    """
    if basis.entries is not None:
        return imposed(insured, uninsured, basis.entries)
    return basis.employee_entry, basis.employee_entry_uninsured, np.zeros((1,) * insured.ndim)


def imposed(insured: np.ndarray, uninsured: np.ndarray, held: EntriesBasis) -> Entering:
    """One factor a cell on the hazards of both origins meets the entries held: the origins share them as the hazards do.

    An origin of whom more than all would have to enter leaves the rest to the other; what both cannot give is not met.
    """
    of_insured, of_uninsured = in_cell(insured), in_cell(uninsured)
    wanted = held_in(of_insured + of_uninsured, held)
    expected = in_cell(insured * held.hazard) + in_cell(uninsured * held.hazard_uninsured)
    factor = np.divide(wanted, expected, out=np.zeros_like(wanted), where=expected > 0)
    entry, entry_uninsured = factor * held.hazard, factor * held.hazard_uninsured
    if max(entry.max(), entry_uninsured.max()) > 1:
        rest, rest_uninsured = _share(wanted - of_uninsured, of_insured), _share(wanted - of_insured, of_uninsured)
        entry, entry_uninsured = (
            np.minimum(np.where(entry_uninsured > 1, rest, entry), 1.0),
            np.minimum(np.where(entry > 1, rest_uninsured, entry_uninsured), 1.0),
        )
    return entry, entry_uninsured, np.maximum(wanted - (of_insured + of_uninsured), 0.0)


def held_in(outside: np.ndarray, held: EntriesBasis) -> np.ndarray:
    """Entries held in cells that have `outside` persons outside the scheme: as many of a person there as in the other run."""
    return held.entries * _share(outside, held.outside)


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Part of a whole; 1 where there is no whole."""
    return np.divide(part, whole, out=np.ones_like(part), where=whole > 0)


def entrants(outside: Sequence[np.ndarray], entering: Sequence[np.ndarray], not_met: np.ndarray) -> np.ndarray:
    """What a later run takes in to hold these entries, on the axis of ENTRANTS, [run, entrant, sex, area, income, age].

    Insured and uninsured, those outside the scheme and of them those entering, [run, health, 1, sex, area, income, age].
    """
    insured, uninsured = outside
    found = {
        "outside": at_person_group(in_cell(insured) + in_cell(uninsured)),
        **dict(zip(("insured", "uninsured"), map(by_person_group, entering), strict=True)),
        "not_met": at_person_group(not_met),
    }
    cells = np.empty((len(insured), len(ENTRANTS), *found["outside"].shape[1:]))
    for place, name in enumerate(ENTRANTS):
        cells[:, place] = found[name]
    return cells


def in_cell(people: np.ndarray) -> np.ndarray:
    """Summed over need classes, [run, 1, 1, sex, area, income, age]."""
    return np.add.reduce(people, axis=NEED_AND_STATUS, keepdims=True)
