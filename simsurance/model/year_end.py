"""The end of a year: what happened is applied, everybody is a year older, schemes, areas and assistance are changed."""

from dataclasses import dataclass

import numpy as np

from simsurance.axes import EMPLOYEES, NEVER, NO_CLAIM, TENURES, UNINSURED, axes_except, axis, row
from simsurance.model import membership, moves, pins, population
from simsurance.model.care import PerPerson, credit_year_without_claim
from simsurance.model.groups import birthday
from simsurance.model.lives import Lives
from simsurance.model.state import Workspace, YearBasis

TENURE_1 = row("tenure_1")


@dataclass(frozen=True)
class YearEnd:
    """Cells of the new 1 January, adjustments to a pinned population, persons [run], and factors of pins, [run, total]."""

    cells: np.ndarray
    population_adjustment: np.ndarray
    insured_adjustment: np.ndarray
    employee_adjustment: np.ndarray
    pin_factors: np.ndarray | None


def year_end(people: np.ndarray, lives: Lives, basis: YearBasis, pp: PerPerson, work: Workspace) -> YearEnd:
    """The new 1 January from `work.enrolled`, in its memory.

    `people` [run, health, 1, sex, area, income, age] after the health transition; `pp` of a resident covered all year, whose
    years without reimbursement are credited.
    """
    enrolled, growth, born = work.enrolled, lives.vital.growth, lives.vital
    if basis.year >= basis.rules_start and basis.rules_in_force.any():
        credit_year_without_claim(enrolled, basis, pp)
    insured_growth = growth * (1 - lives.moves.entry)
    uninsured_growth = growth * (1 - lives.moves.entry_uninsured)
    for rows, factor in (
        (UNINSURED, uninsured_growth),
        (TENURES, insured_growth),
        (EMPLOYEES, growth),
        (tracked("rule_years"), insured_growth),
        (tracked("lapsed_years"), uninsured_growth),
        (tracked("months_left"), insured_growth),
        (tracked("carried_lapsed"), uninsured_growth),
        (tracked("carried_insured"), insured_growth),
        (tracked("no_claim_lapsed"), uninsured_growth),
        (NO_CLAIM, insured_growth),
    ):
        enrolled[:, :, rows] *= factor
    moves.apply(lives.moves, enrolled, basis, lives.credited)
    enrolled[:, :, membership.WAITING] = 0.0
    oldest = enrolled[..., -1].copy()
    cells = work.hand_over()
    cells[..., 0] = 0.0
    cells[..., -1] += oldest
    newborn = born.newborn_end * basis.prevalence[..., :1]
    cells[:, :, TENURE_1 : TENURE_1 + 1, ..., :1] = newborn * basis.newborn_enrolment
    cells[:, :, NEVER, ..., :1] = newborn * (1 - basis.newborn_enrolment)
    people_end = birthday((people * growth).sum(axis=axis("health", "sex"), keepdims=True))
    people_end[..., :1] += born.newborn_end.sum(axis=axis("sex"), keepdims=True)
    persons_end = population.total(people_end)
    move_between_areas(cells, people_end, persons_end, basis, work)
    if not np.isnan(basis.assisted_share_end).any():
        move_assistance(cells, people_end, persons_end, basis, work)
    before = persons_end.reshape(-1)
    factor = np.where(np.isnan(basis.pinned_total_end), 1.0, basis.pinned_total_end / before)
    insured, employed = np.zeros(len(cells)), np.zeros(len(cells))
    if (factor != 1.0).any():
        insured, employed = (cells[:, :, rows].sum(axis=axes_except()) * (factor - 1) for rows in (TENURES, EMPLOYEES))
        cells *= factor.reshape(persons_end.shape)
    adjustments, pin_factors = stocks_pinned(cells, (before * (factor - 1), insured, employed), basis)
    return YearEnd(cells, *adjustments, pin_factors)


def stocks_pinned(
    cells: np.ndarray, adjustments: tuple[np.ndarray, np.ndarray, np.ndarray], basis: YearBasis
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], np.ndarray | None]:
    """Scale the insured of a new 1 January to their pins, in place; adjustments with those made so far, factors of pins."""
    if basis.pins is None:
        return adjustments, None
    without = pins.everybody(cells)
    factors = pins.pin_insured(cells, basis.pins, basis.pinned_total_end)
    changes = zip(adjustments, pins.everybody(cells), without, strict=True)
    persons, insured, employed = (so_far + after - before for so_far, after, before in changes)
    return (persons, insured, employed), factors


def move_between_areas(
    cells: np.ndarray, people_end: np.ndarray, persons_end: np.ndarray, basis: YearBasis, work: Workspace
) -> None:
    """Persons move between the last area and each of the others so that these have their shares at its end, in place."""
    by_area, propensity = people_end.sum(axis=axis("income"), keepdims=True), basis.area_propensity
    rest = by_area.shape[axis("area")[0]] - 1
    for area in range(rest):
        here, there = (population.area_of(by_area, each) for each in (area, rest))
        ready = ((each * propensity).sum(axis=axis("age"), keepdims=True) for each in (here, there))
        wanted = population.area_of(basis.area_share_end, area) * persons_end
        shares = population.move_shares(here.sum(axis=axis("age"), keepdims=True), wanted, *ready)
        leave, come = (share * propensity for share in shares)
        of_area, of_rest = population.area_of(cells, area), population.area_of(cells, rest)
        population.exchange(of_area, of_rest, side_by_side(leave, cells), side_by_side(come, cells), work.half)
        if area + 1 < rest:
            population.exchange(here, there, leave, come, np.empty_like(here))


def side_by_side(by_age: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """The same numbers for every income group, laid out as the cells are: NumPy goes through both in one."""
    return np.repeat(by_age, cells.shape[axis("income")[0]], axis=axis("income")[0])


def move_assistance(
    cells: np.ndarray, people_end: np.ndarray, persons_end: np.ndarray, basis: YearBasis, work: Workspace
) -> None:
    """Exchange the assisted and the next income group at one rate so that the assisted share is met, in place."""
    assisted, others = population.assisted_and_next(people_end.sum(axis=axis("area", "age"), keepdims=True))
    shares = population.move_shares(assisted, basis.assisted_share_end * persons_end, assisted, others)
    population.exchange(*population.assisted_and_next(cells), *shares, work.quarter)


def tracked(name: str) -> slice:
    """The row of a tracked total, as a slice."""
    return slice(row(name), row(name) + 1)
