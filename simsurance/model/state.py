"""The nouns of the model: the assumptions of a year, where the runs stand, what happened, and room to work in."""

from dataclasses import dataclass
from math import prod

import numpy as np

from simsurance.axes import STATUSES, TENURES, UNINSURED


@dataclass(frozen=True)
class YearBasis:
    """Every assumption of one calendar year. Arrays have the person axes, size 1 where they do not vary, unless noted.

    Rates are annual and decimal, money is nominal yuan of the year, months are months.
    """

    year: int
    # population
    survival: np.ndarray
    newborn_survival: np.ndarray
    male_share: np.ndarray
    asfr: np.ndarray
    area_fertility: np.ndarray
    migrants: np.ndarray
    mortality_ratio: np.ndarray
    urban_share_end: np.ndarray
    area_propensity: np.ndarray
    assisted_share_end: np.ndarray
    pinned_total_end: np.ndarray
    # health
    prevalence: np.ndarray
    persistence: np.ndarray
    # membership: odds at reference burden, no rules, no campaign
    leave_odds: np.ndarray
    enter_odds: np.ndarray
    burden: np.ndarray
    reference_burden: np.ndarray
    burden_floor: np.ndarray
    leave_burden: np.ndarray
    return_burden: np.ndarray
    leave_wait: np.ndarray
    return_wait: np.ndarray
    leave_bonus: np.ndarray
    leave_other: np.ndarray
    return_other: np.ndarray
    newborn_enrolment: np.ndarray
    employee_entry: np.ndarray
    employee_entry_uninsured: np.ndarray
    employee_exit: np.ndarray
    retirement: np.ndarray
    qualified_share: np.ndarray
    leaver_enrolment: np.ndarray
    years_count: np.ndarray
    # participation rules
    rules_in_force: np.ndarray
    rules_start: int
    fixed_months: np.ndarray
    months_per_lapsed_year: np.ndarray
    floor_months: np.ndarray
    floor_from_lapsed_years: np.ndarray
    waits: np.ndarray
    never_counts: np.ndarray
    bonus_step: np.ndarray
    bonus_after_years: np.ndarray
    bonus_felt: np.ndarray
    # money
    personal_pp: np.ndarray
    personal_pp_next: np.ndarray
    assistance_share: np.ndarray
    subsidy_pp: np.ndarray
    local_supplement: np.ndarray
    prepaid_share: np.ndarray
    disposable_income: np.ndarray
    # claims and benefits
    inpatient_use: np.ndarray
    inpatient_cost: np.ndarray
    inpatient_sigma: np.ndarray
    inpatient_deductible: np.ndarray
    inpatient_ratio: np.ndarray
    inpatient_limit: np.ndarray
    outpatient_use: np.ndarray
    outpatient_cost: np.ndarray
    outpatient_sigma: np.ndarray
    outpatient_deductible: np.ndarray
    outpatient_ratio: np.ndarray
    outpatient_limit: np.ndarray
    administration_share: np.ndarray
    interest_rate: np.ndarray
    deficit_rate: np.ndarray


@dataclass(frozen=True)
class State:
    """Where the runs stand on a 1 January.

    `cells`: persons by status and tracked totals, [run, health, row, sex, area, income, age]; `fund`: yuan, [run, account];
    `prepaid`: contributions of the new year already received, yuan, [run].
    """

    cells: np.ndarray
    fund: np.ndarray
    prepaid: np.ndarray

    @property
    def persons(self) -> np.ndarray:
        """Persons, [run, health, status, sex, area, income, age]."""
        return self.cells[:, :, STATUSES]


@dataclass(frozen=True)
class Flows:
    """What happened in a calendar year, in persons and nominal yuan.

    [run, sex, area, income, age] with the age on 1 January and those born in the year at age 0, or [run].
    """

    births: np.ndarray
    deaths: np.ndarray
    net_migration: np.ndarray
    population_adjustment: np.ndarray
    prevalence_error: np.ndarray
    leaves: np.ndarray
    returns: np.ndarray
    joins: np.ndarray
    newborn_enrolled: np.ndarray
    insured_deaths: np.ndarray
    insured_migration: np.ndarray
    insured_adjustment: np.ndarray
    transfers_in: np.ndarray
    transfers_out: np.ndarray
    waiting_months: np.ndarray
    resident_enrolled: np.ndarray
    resident_insured_years: np.ndarray
    inpatient_claims: np.ndarray
    outpatient_claims: np.ndarray
    inpatient_benefits: np.ndarray
    outpatient_benefits: np.ndarray
    personal_contributions: np.ndarray
    assistance: np.ndarray
    subsidies: np.ndarray
    local_supplement: np.ndarray
    prepaid_change: np.ndarray
    administration: np.ndarray
    interest: np.ndarray
    members_income: np.ndarray


class Workspace:
    """Memory that a block of runs uses year after year, so that it stays in cache.

    The stages of a year take turns with one scratch memory: `leaving` and `entering` at enrolment, `everyone` and `drawn`
    at the health transition, `half` and `quarter` of the cells at the moves between areas and income groups.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        runs, needs, rows, sexes, areas, incomes, ages = shape
        rest = (sexes, areas, incomes, ages)
        self.shape = shape
        self.spare: np.ndarray | None = None
        leaving, entering = ((runs, needs, len(range(*group.indices(rows))), *rest) for group in (TENURES, UNINSURED))
        scratch = np.empty(max(prod(leaving) + prod(entering), 2 * runs * rows * prod(rest), prod(shape) // areas))
        self.leaving, self.entering = carve(scratch, leaving, entering)
        self.everyone, self.drawn = carve(scratch, (runs, rows, *rest), (runs, rows, *rest))
        (self.half,) = carve(scratch, (runs, needs, rows, sexes, 1, incomes, ages))
        (self.quarter,) = carve(scratch, (runs, needs, rows, sexes, areas, 1, ages))

    def cells(self) -> tuple[np.ndarray, np.ndarray]:
        """Room for the cells of a year, to be written: by the age on its 1 January, and by the age a year on.

        Both are the same memory, the second read from one number further back: the birthday moves nothing. After it, age 0
        holds what stood at the last age of the line before, and the last age lacks those who stay in it.
        """
        room, self.spare = self.spare, None
        if room is None:
            room = np.empty(prod(self.shape) + 1)
        return room[1:].reshape(self.shape), room[:-1].reshape(self.shape)

    def take_back(self, cells: np.ndarray) -> None:
        """Use the room of cells that came from here again; nobody else may hold them."""
        self.spare = cells.base


def carve(memory: np.ndarray, *shapes: tuple[int, ...]) -> list[np.ndarray]:
    """Arrays of these shapes, one behind the other in a flat memory."""
    ends = np.cumsum([prod(shape) for shape in shapes])
    return [memory[end - prod(shape) : end].reshape(shape) for shape, end in zip(shapes, ends, strict=True)]
