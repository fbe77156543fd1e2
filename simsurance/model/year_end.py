"""The end of a year: what happened is applied, everybody is a year older, schemes, areas and assistance are changed."""

from dataclasses import dataclass

import numpy as np

from simsurance.axes import EMPLOYEES, NEVER, NO_CLAIM, TENURES, UNINSURED, at, axes_except, axis, row
from simsurance.model import membership, moves, pins, population
from simsurance.model.care import PerPerson, credit_year_without_claim
from simsurance.model.groups import birthday
from simsurance.model.lives import Lives
from simsurance.model.state import Workspace, YearBasis

TENURE_1 = row("tenure_1")
URBAN, RURAL = population.URBAN, population.RURAL


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
    """Move persons between country and town so that the urban share of the new 1 January is met, in place."""
    by_area = people_end.sum(axis=axis("income"), keepdims=True)
    urban, _ = town_and_country(by_area.sum(axis=axis("age"), keepdims=True))
    ready = town_and_country((by_area * basis.area_propensity).sum(axis=axis("age"), keepdims=True))
    shares = population.move_shares(urban, basis.urban_share_end * persons_end, *ready)
    out_of_town, into_town = (share * basis.area_propensity for share in shares)
    population.exchange(*town_and_country(cells), out_of_town, into_town, work.half)


def town_and_country(people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The urban and the rural part of an array on the person axes."""
    return people[:, :, :, :, URBAN : URBAN + 1], people[:, :, :, :, RURAL : RURAL + 1]


def move_assistance(
    cells: np.ndarray, people_end: np.ndarray, persons_end: np.ndarray, basis: YearBasis, work: Workspace
) -> None:
    """Exchange assisted and low-income persons at one rate so that the assisted share is met, in place."""
    assisted, low = assisted_and_low(people_end.sum(axis=axis("area", "age"), keepdims=True))
    shares = population.move_shares(assisted, basis.assisted_share_end * persons_end, assisted, low)
    population.exchange(*assisted_and_low(cells), *shares, work.quarter)


def assisted_and_low(people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The assisted and the low-income part of an array on the person axes."""
    assisted, low = population.ASSISTED, population.LOW_INCOME
    return at(people, income=slice(assisted, assisted + 1)), at(people, income=slice(low, low + 1))


def tracked(name: str) -> slice:
    """The row of a tracked total, as a slice."""
    return slice(row(name), row(name) + 1)
