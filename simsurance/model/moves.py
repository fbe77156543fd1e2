"""Moves of the year's end between the resident scheme, the employee scheme and no cover (method note, sections 5 and 9)."""

from dataclasses import dataclass

import numpy as np

from simsurance.axes import EMPLOYEES, TENURES, axis, row
from simsurance.model import membership
from simsurance.model.entries import entering, entrants
from simsurance.model.state import YearBasis
from simsurance.model.vital import Vital

GAP_0, TENURE_1, LAST_TENURE = row("gap_0"), row("tenure_1"), TENURES.stop - 1
ACTIVE, RETIRED = row("employee_active"), row("employee_retired")


@dataclass(frozen=True)
class Moves:
    """Who changes scheme at the end of a year, persons, [run, health, 1, sex, area, income, age].

    `transfers_out` leave the resident scheme, with others they are the `entries` that become active; `retirements` stop being
    active, of whom `bought` pay for missing years and `staying` are insured as retired; `leaving` the scheme before; `exits`
    leave it, at retirement or before; of these `to_residents` join the resident scheme at once. `entry` and
    `entry_uninsured`: shares of resident insured and of uninsured who enter, [run, 1, 1, sex, …]; `entrants`: what a later run
    takes in to hold the entries, [run, entrant, sex, area, income, age].
    """

    transfers_out: np.ndarray
    entries: np.ndarray
    retirements: np.ndarray
    bought: np.ndarray
    staying: np.ndarray
    leaving: np.ndarray
    exits: np.ndarray
    to_residents: np.ndarray
    entry: np.ndarray
    entry_uninsured: np.ndarray
    entrants: np.ndarray


def moves(enrolled: np.ndarray, people: np.ndarray, payers: np.ndarray, born: Vital, basis: YearBasis) -> Moves:
    """The moves of those who are there at the year's end; nothing is changed yet.

    Those who retire without the years they need buy them, join the resident scheme or have no cover; leavers join the resident
    scheme or start a gap of 0. `people` and `payers` [run, health, 1, sex, area, income, age].
    """
    growth = born.growth
    others = people - payers - enrolled[:, :, EMPLOYEES].sum(axis=axis("status"), keepdims=True)
    insured, uninsured = payers * growth, others * growth
    entry, entry_uninsured, not_met = entering(insured, uninsured, basis)
    transfers_out, of_uninsured = insured * entry, uninsured * entry_uninsured
    active = enrolled[:, :, ACTIVE : ACTIVE + 1] * growth
    retiring = active * basis.retirement
    leaving = (active - retiring) * basis.employee_exit
    bought = retiring * (1 - basis.qualified_share) * basis.buying_share
    staying = retiring * basis.qualified_share + bought
    return Moves(
        transfers_out=transfers_out,
        entries=transfers_out + of_uninsured,
        retirements=retiring,
        bought=bought,
        staying=staying,
        leaving=leaving,
        exits=leaving + retiring - staying,
        to_residents=(retiring - staying) * basis.joining_share + leaving * basis.leaver_enrolment,
        entry=entry,
        entry_uninsured=entry_uninsured,
        entrants=entrants((insured, uninsured), (transfers_out, of_uninsured), not_met),
    )


def apply(moved: Moves, enrolled: np.ndarray, basis: YearBasis, counted: int) -> None:
    """Moves between the rows of `enrolled`, in place; the entrants have left their rows already.

    `counted`: years that count as continuous with this one.
    """
    enrolled[:, :, ACTIVE : ACTIVE + 1] += moved.entries - moved.retirements - moved.leaving
    enrolled[:, :, RETIRED : RETIRED + 1] += moved.staying
    enrolled[:, :, GAP_0 : GAP_0 + 1] += moved.exits - moved.to_residents
    continuous = moved.to_residents * basis.years_count
    enrolled[:, :, LAST_TENURE : LAST_TENURE + 1] += continuous
    enrolled[:, :, TENURE_1 : TENURE_1 + 1] += moved.to_residents - continuous
    enrolled[:, :, membership.RULE_YEARS : membership.RULE_YEARS + 1] += continuous * counted
