"""The nouns of the model: the assumptions of a year, where the runs stand, what happened, and room to work in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from math import prod
from typing import Any, TypeVar

import numpy as np

from simsurance.axes import ROWS, STATUSES, TENURES, UNINSURED
from simsurance.model.participation import WaitingRules


@dataclass(frozen=True)
class CareBasis:
    """What care costs the insured of a scheme in a year, and what basic insurance pays of it: the same rules in any scheme.

    Chances a year, nominal yuan a user and year, shares. The status axis has as many members as the scheme tells apart.
    """

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
    inpatient_benefit_factor: np.ndarray
    outpatient_benefit_factor: np.ndarray
    tail_index: np.ndarray


@dataclass(frozen=True)
class EmployeeBasis:
    """Assumptions of the employee scheme's money in a year. Person axes; the status axis of `care` is active, retired.

    `contribution_base`: yuan a year that an active member's contributions are taken from, within floor and ceiling and
    after what is not reported; rates on it; `to_accounts`: share of the employer's contribution; yuan a head and year:
    `retiree_credit`, `long_term_care_pp`; `purchase_pp` yuan for each who buys missing years; `birth_benefit` yuan a
    birth; `spending_rate` and `relatives_care_rate`: shares of the accounts' money spent in the year.
    """

    care: CareBasis
    contribution_base: np.ndarray
    employer_rate: np.ndarray
    employee_rate: np.ndarray
    with_account: np.ndarray
    to_accounts: np.ndarray
    retiree_credit: np.ndarray
    purchase_pp: np.ndarray
    birth_benefit: np.ndarray
    long_term_care_pp: np.ndarray
    spending_rate: np.ndarray
    relatives_care_rate: np.ndarray


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
    buying_share: np.ndarray
    joining_share: np.ndarray
    leaver_enrolment: np.ndarray
    years_count: np.ndarray
    # participation rules
    rules_in_force: np.ndarray
    rules_start: int
    waiting: WaitingRules
    waits: np.ndarray
    leavers_wait: np.ndarray
    never_counts: np.ndarray
    repair_share: np.ndarray
    repair_all: np.ndarray
    late_share: np.ndarray
    late_month: np.ndarray
    postponed_care: np.ndarray
    bonus_step: np.ndarray
    bonus_after_years: np.ndarray
    bonus_credited_years: int
    bonus_kept: np.ndarray
    no_claim_step: np.ndarray
    no_claim_reset: np.ndarray
    bonus_limit: np.ndarray
    cap_cut: np.ndarray
    bonus_felt: np.ndarray
    indexation: np.ndarray
    # money
    personal_pp: np.ndarray
    personal_pp_next: np.ndarray
    assistance_share: np.ndarray
    subsidy_pp: np.ndarray
    local_supplement: np.ndarray
    prepaid_share: np.ndarray
    relatives_share: np.ndarray
    disposable_income: np.ndarray
    # claims and benefits
    care: CareBasis
    critical_deductible: np.ndarray
    critical_low_places: np.ndarray
    critical_edges: np.ndarray
    critical_ratios: np.ndarray
    critical_cap: np.ndarray
    critical_capped: np.ndarray
    critical_factor: np.ndarray
    critical_premium_pp: np.ndarray
    critical_self_run: np.ndarray
    administration_share: np.ndarray
    interest_rate: np.ndarray
    deficit_rate: np.ndarray
    employee: EmployeeBasis | None
    """None: the employee scheme's members move as ever, its money is not projected."""


Basis = TypeVar("Basis")


def combined(group: Sequence[Basis], of: Callable[[list[np.ndarray]], np.ndarray]) -> Basis:
    """One basis of several of a kind: `of` their arrays, field by field and in the parts; all else is the first's."""
    values: dict[str, Any] = {}
    for field in fields(group[0]):  # type: ignore[arg-type]
        parts = [getattr(each, field.name) for each in group]
        first = parts[0]
        if isinstance(first, np.ndarray):
            values[field.name] = of(parts)
        else:
            values[field.name] = combined(parts, of) if is_dataclass(first) else first
    return type(group[0])(**values)


@dataclass(frozen=True)
class State:
    """Where the runs stand on a 1 January.

    `cells`: persons by status and tracked totals, [run, health, row, sex, area, income, age]; `fund`: yuan, [run, account], the
    accounts of `simsurance.axes.FUND` that are projected;
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
class EmployeeFlows:
    """What happened in the employee scheme in a calendar year; axes as in `Flows`."""

    employee_entries: np.ndarray
    employee_exits: np.ndarray
    retirements: np.ndarray
    employee_deaths: np.ndarray
    employee_migration: np.ndarray
    active_years: np.ndarray
    retired_years: np.ndarray
    contribution_base: np.ndarray
    employer_contributions: np.ndarray
    employee_contributions: np.ndarray
    retiree_credits: np.ndarray
    purchases: np.ndarray
    employee_inpatient_claims: np.ndarray
    employee_outpatient_claims: np.ndarray
    employee_inpatient_benefits: np.ndarray
    employee_outpatient_benefits: np.ndarray
    benefits_of_retired: np.ndarray
    maternity_benefits: np.ndarray
    long_term_care: np.ndarray
    account_spending: np.ndarray
    employee_members_income: np.ndarray
    employee_adjustment: np.ndarray
    employer_to_accounts: np.ndarray
    relatives_care: np.ndarray
    relatives_contributions: np.ndarray
    pool_interest: np.ndarray
    account_interest: np.ndarray


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
    critical_illness: np.ndarray
    bonus_cost: np.ndarray
    critical_beneficiaries: np.ndarray
    bonus_cap: np.ndarray
    no_claim: np.ndarray
    repair_payments: np.ndarray
    repaired_years: np.ndarray
    personal_contributions: np.ndarray
    contributions_from_accounts: np.ndarray
    assistance: np.ndarray
    subsidies: np.ndarray
    local_supplement: np.ndarray
    prepaid_change: np.ndarray
    administration: np.ndarray
    interest: np.ndarray
    members_income: np.ndarray
    employee: EmployeeFlows | None

    @property
    def by_name(self) -> dict[str, np.ndarray]:
        """All flows that were computed, those of the employee scheme last."""
        own = {name: value for name, value in vars(self).items() if name != "employee"}
        return own if self.employee is None else own | vars(self.employee)


class Workspace:
    """Arrays that a block of runs writes to: year after year the same, but for `enrolled`, which becomes a state."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        runs, needs, _, *rest = shape
        self.enrolled, self.aged = room(shape)
        self.leaving = np.empty((runs, needs, TENURES.stop - TENURES.start, *rest))
        self.entering = np.empty((runs, needs, UNINSURED.stop - UNINSURED.start, *rest))
        self.everyone = np.empty((runs, len(ROWS), *rest))
        self.drawn = np.empty((runs, len(ROWS), *rest))
        half, quarter = list(shape), list(shape)
        half[4], quarter[5] = 1, 1
        self.half = np.empty(half)
        self.quarter = np.empty(quarter)

    def hand_over(self) -> np.ndarray:
        """What stands in `enrolled`, a year older; `enrolled` itself has new memory from now on."""
        aged = self.aged
        self.enrolled, self.aged = room(aged.shape)
        return aged


def room(shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """New memory for cells, and the same read from one place further back.

    There the same numbers stand one age higher: the birthday moves nothing.
    """
    memory = np.empty(prod(shape) + 1)
    return memory[1:].reshape(shape), memory[:-1].reshape(shape)


@dataclass(frozen=True)
class Hazards:
    """Probabilities of the year's enrolment on the grid of their factors, and the rules behind them.

    `leave` by tenure, `enter` by never and gap; by never and gap too: months of cover lost in the entry year and left for the
    next, lapsed years paid for (expected), lapsed years as the rules count them; by tenure: continuous credit `earned`, yuan
    of the reference year.
    """

    leave: np.ndarray
    enter: np.ndarray
    months_lost: np.ndarray
    months_left: np.ndarray
    repaired_years: np.ndarray
    lapsed_years: np.ndarray
    earned: np.ndarray
