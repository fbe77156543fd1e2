"""The nouns of the model: the assumptions of a year, where the runs stand, what happened, and room to work in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from math import prod
from typing import Annotated, Any, Final, TypeVar

import numpy as np

from simsurance.axes import ROWS, STATUSES, TENURES, UNINSURED, axis
from simsurance.model.participation import WaitingRules

BY_PERSON: Final = "sex area income age"
"""Axes of a flow that is kept by person group.

Each array of a basis or of flows is declared in a line: its unit, and the axes on which it may vary, beside the run. Arrays of
a basis have all person axes, size 1 on the others; `run alone` says that there is no axis but the run.
"""


COVERED: Final[tuple[str, ...]] = ("resident_cover", "employee_cover", "resident_births", "employee_births")
"""Years of cover of each scheme's insured by cell, and births to them: kept where the other tiers are told."""


@dataclass(frozen=True)
class CareBasis:
    """What care costs the insured of a scheme in a year, and what basic insurance pays of it: the same rules in any scheme.

    The status axis has as many members as the scheme tells apart.
    """

    inpatient_use: Annotated[np.ndarray, "share of persons a year", "health sex age"]
    inpatient_cost: Annotated[np.ndarray, "yuan a user and year", "health sex area age"]
    inpatient_sigma: Annotated[np.ndarray, "log cost", "health"]
    inpatient_deductible: Annotated[np.ndarray, "yuan a year", "status"]
    inpatient_ratio: Annotated[np.ndarray, "share of cost", "status"]
    inpatient_limit: Annotated[np.ndarray, "yuan a year", ""]
    outpatient_use: Annotated[np.ndarray, "share of persons a year", "health"]
    outpatient_cost: Annotated[np.ndarray, "yuan a user and year", "health sex area age"]
    outpatient_sigma: Annotated[np.ndarray, "log cost", "health"]
    outpatient_deductible: Annotated[np.ndarray, "yuan a year", ""]
    outpatient_ratio: Annotated[np.ndarray, "share of cost", "status"]
    outpatient_limit: Annotated[np.ndarray, "yuan a year", "health"]
    inpatient_benefit_factor: Annotated[np.ndarray, "factor", ""]
    outpatient_benefit_factor: Annotated[np.ndarray, "factor", ""]
    tail_index: Annotated[np.ndarray, "Pareto index", ""]
    admissions: Annotated[np.ndarray, "admissions a person and year", "health sex age"]


@dataclass(frozen=True)
class RetireeBasis:
    """What retired members contribute in a year, those who pay nothing included."""

    contribution_pp: Annotated[np.ndarray, "yuan a retired member and year", "sex age"]


@dataclass(frozen=True)
class ArrearsBasis:
    """Employers' contributions of a year that stay unpaid, over those that are paid, and what becomes of earlier ones.

    `settled` of what has been owed for 1, 2, … years at the year's end: `recovered` of it comes in, the rest is written off.
    """

    unpaid: Annotated[np.ndarray, "share of what is paid", "run alone"]
    recovered: Annotated[np.ndarray, "share of what is settled", "run alone"]
    settled: Annotated[np.ndarray, "0 or 1", "lag"]


@dataclass(frozen=True)
class EmployeeBasis:
    """Assumptions of the employee scheme's money in a year; the status axis of `care` is active, retired."""

    care: CareBasis
    contribution_base: Annotated[np.ndarray, "yuan an active member and year", "income"]
    employer_rate: Annotated[np.ndarray, "share of the base", ""]
    employee_rate: Annotated[np.ndarray, "share of the base", ""]
    with_account: Annotated[np.ndarray, "share of members", ""]
    to_accounts: Annotated[np.ndarray, "share of employers' contributions", ""]
    retiree_credit: Annotated[np.ndarray, "yuan a retired member and year", ""]
    purchase_pp: Annotated[np.ndarray, "yuan a person who buys missing years", ""]
    birth_benefit: Annotated[np.ndarray, "yuan a birth", ""]
    long_term_care_pp: Annotated[np.ndarray, "yuan a member and year", ""]
    recovered_share: Annotated[np.ndarray, "share of benefits", ""]
    adjustment_share: Annotated[np.ndarray, "share of employers' contributions", ""]
    spending_rate: Annotated[np.ndarray, "share of balance and credits", ""]
    relatives_care_rate: Annotated[np.ndarray, "share of balance and credits", ""]
    retirees: RetireeBasis | None = None
    """None: retired members contribute nothing."""
    arrears: ArrearsBasis | None = None
    """None: what is due is paid in its year."""


@dataclass(frozen=True)
class PinBasis:
    """Totals of a year that a series replaces: those of the ledger of the year, the insured on the next 1 January."""

    factor: Annotated[np.ndarray, "factor kept from the root, or none", "total"]
    imposed: Annotated[np.ndarray, "yuan or persons, or none", "total"]


@dataclass(frozen=True)
class EntriesBasis:
    """Entries to the employee scheme of a year that are held as another run had them.

    `entries` of the other run, each origin's times own hazard ÷ the other's; `outside` the scheme at the year's end there; the
    other run's hazards, by which the origins share the entries.
    """

    entries: Annotated[np.ndarray, "persons", "sex area income age"]
    outside: Annotated[np.ndarray, "persons", "sex area income age"]
    hazard: Annotated[np.ndarray, "share of persons", "sex area income age"]
    hazard_uninsured: Annotated[np.ndarray, "share of persons", "sex area income age"]


@dataclass(frozen=True)
class EnrolmentBasis:
    """Hazards of the enrolment for a year that are held as another run had them: nobody reacts to what is changed."""

    leave: Annotated[np.ndarray, "share of the insured", "health status area income age"]
    enter: Annotated[np.ndarray, "share of the uninsured", "health status area income age"]


@dataclass(frozen=True)
class AdjustmentBasis:
    """The timely adjustment of a year: what it reads, which answers it takes, and what binds them.

    `trigger`: place among `simsurance.model.adjustment.TRIGGERS`; `order` of an answer, 0 for none; `highest_rise`: most by
    which the contribution's factor may rise on the year before in the year that a decision reaches; `follows`: whether the
    subsidy follows the contribution in the year, and in the years that decisions on subsidy and contribution reach.
    """

    acts: Annotated[np.ndarray, "0 or 1", "run alone"]
    trigger: Annotated[np.ndarray, "place", "run alone"]
    months_below: Annotated[np.ndarray, "months", "run alone"]
    years_ahead: Annotated[np.ndarray, "years", "run alone"]
    recovery_months: Annotated[np.ndarray, "months", "run alone"]
    notice_years: Annotated[np.ndarray, "years", "run alone"]
    order: Annotated[np.ndarray, "place, 0 for none", "answer"]
    step: Annotated[np.ndarray, "share of the scheduled value", "answer"]
    bound: Annotated[np.ndarray, "factor", "answer"]
    highest_rise: Annotated[np.ndarray, "factor a year", "run alone"]
    follows: Annotated[np.ndarray, "0 or 1", "reached"]


@dataclass(frozen=True)
class BondBasis:
    """The bonds of all funds in a year, [run, bond].

    `fund`: its place among the accounts; `left`: share of what was issued that is outstanding on 1 January, `redeemed` of it on
    31 December; `measured`: whether the result is, in this year; `result`: its place among `simsurance.model.bonds.RESULTS`,
    met at or below the reference where `at_most`, at or above it elsewhere; `from_budget`: whether the budget pays for it.
    """

    fund: Annotated[np.ndarray, "place", "bond"]
    issued: Annotated[np.ndarray, "0 or 1", "bond"]
    amount: Annotated[np.ndarray, "yuan", "bond"]
    outgo_share: Annotated[np.ndarray, "share of the fund's outgo", "bond"]
    coupon: Annotated[np.ndarray, "a year", "bond"]
    left: Annotated[np.ndarray, "share of what was issued", "bond"]
    redeemed: Annotated[np.ndarray, "share of what was issued", "bond"]
    measured: Annotated[np.ndarray, "0 or 1", "bond"]
    result: Annotated[np.ndarray, "place", "bond"]
    at_most: Annotated[np.ndarray, "0 or 1", "bond"]
    reference: Annotated[np.ndarray, "unit of the result", "bond"]
    outcome_share: Annotated[np.ndarray, "share of what was issued", "bond"]
    from_budget: Annotated[np.ndarray, "0 or 1", "bond"]


@dataclass(frozen=True)
class ChoiceBasis:
    """The choices of cover in the resident fund in a year; the axis of the choices is behind the run."""

    take_up: Annotated[np.ndarray, "share of the insured", "choice health income"]
    contribution: Annotated[np.ndarray, "share of the personal standard", "choice"]
    subsidy: Annotated[np.ndarray, "share of the subsidy", "choice"]
    benefit: Annotated[np.ndarray, "share of what is left to patients, or of benefits", "choice"]
    use: Annotated[np.ndarray, "share of use", "choice"]


@dataclass(frozen=True)
class YearBasis:
    """Every assumption of one calendar year.

    Rates are annual and decimal, money is nominal yuan of the year, months are months. Odds are at the reference burden, with
    no rules and no campaign.
    """

    year: int
    # population
    survival: Annotated[np.ndarray, "share of persons", "sex age"]
    newborn_survival: Annotated[np.ndarray, "share of births", "sex"]
    male_share: Annotated[np.ndarray, "share of births", ""]
    asfr: Annotated[np.ndarray, "births a woman and year", "age"]
    area_fertility: Annotated[np.ndarray, "relative", "area"]
    migrants: Annotated[np.ndarray, "persons", "sex age"]
    mortality_ratio: Annotated[np.ndarray, "relative", "health"]
    area_share_end: Annotated[np.ndarray, "share of persons", "area"]
    area_propensity: Annotated[np.ndarray, "relative", "age"]
    assisted_share_end: Annotated[np.ndarray, "share of persons, or none", ""]
    pinned_total_end: Annotated[np.ndarray, "persons, or none", "run alone"]
    # health
    prevalence: Annotated[np.ndarray, "share of persons", "health sex age"]
    persistence: Annotated[np.ndarray, "share of persons", ""]
    # membership
    leave_odds: Annotated[np.ndarray, "odds", "health status area income age"]
    enter_odds: Annotated[np.ndarray, "odds", "health status age"]
    burden: Annotated[np.ndarray, "share of income", "area income age"]
    reference_burden: Annotated[np.ndarray, "share of income", "area income age"]
    burden_floor: Annotated[np.ndarray, "share of income", ""]
    leave_burden: Annotated[np.ndarray, "log odds a log burden", ""]
    return_burden: Annotated[np.ndarray, "log odds a log burden", ""]
    leave_wait: Annotated[np.ndarray, "log odds a month", ""]
    return_wait: Annotated[np.ndarray, "log odds a month", ""]
    leave_bonus: Annotated[np.ndarray, "log odds a thousand yuan", ""]
    leave_other: Annotated[np.ndarray, "odds ratio", ""]
    return_other: Annotated[np.ndarray, "odds ratio", ""]
    newborn_enrolment: Annotated[np.ndarray, "share of births", ""]
    employee_entry: Annotated[np.ndarray, "share of persons", "sex area income age"]
    employee_entry_uninsured: Annotated[np.ndarray, "share of persons", "sex area income age"]
    employee_exit: Annotated[np.ndarray, "share of members", "sex age"]
    retirement: Annotated[np.ndarray, "share of active members", "sex age"]
    qualified_share: Annotated[np.ndarray, "share of those who retire", "sex"]
    buying_share: Annotated[np.ndarray, "share of those without the years", ""]
    joining_share: Annotated[np.ndarray, "share of those who do not buy", ""]
    leaver_enrolment: Annotated[np.ndarray, "share of leavers", ""]
    years_count: Annotated[np.ndarray, "0 or 1", ""]
    # participation rules
    rules_in_force: Annotated[np.ndarray, "0 or 1", ""]
    rules_start: int
    waiting: WaitingRules
    waits: Annotated[np.ndarray, "share", "income age"]
    leavers_wait: Annotated[np.ndarray, "0 or 1", ""]
    never_counts: Annotated[np.ndarray, "0 or 1", ""]
    repair_share: Annotated[np.ndarray, "share of those whom it serves", ""]
    repair_all: Annotated[np.ndarray, "0 or 1", ""]
    late_share: Annotated[np.ndarray, "share of those who enrol", ""]
    late_month: Annotated[np.ndarray, "months", ""]
    postponed_care: Annotated[np.ndarray, "share of claims", ""]
    bonus_step: Annotated[np.ndarray, "yuan of the reference year a year", ""]
    bonus_after_years: Annotated[np.ndarray, "years", ""]
    bonus_credited_years: int
    bonus_kept: Annotated[np.ndarray, "0 or 1", ""]
    no_claim_step: Annotated[np.ndarray, "yuan of the reference year a year", ""]
    no_claim_kept: Annotated[np.ndarray, "0 or 1", ""]
    no_claim_reset: Annotated[np.ndarray, "0 or 1", ""]
    bonus_limit: Annotated[np.ndarray, "share of the cap", ""]
    cap_cut: Annotated[np.ndarray, "yuan of the reference year a lapsed year", ""]
    bonus_felt: Annotated[np.ndarray, "thousand yuan felt a yuan", "income"]
    indexation: Annotated[np.ndarray, "index, reference year 1", ""]
    # money
    personal_pp: Annotated[np.ndarray, "yuan a person and year", "area income"]
    personal_pp_next: Annotated[np.ndarray, "yuan a person and year", "area income"]
    relative_earnings: Annotated[np.ndarray, "relative to the standard", "sex age"]
    assistance_share: Annotated[np.ndarray, "share of the contribution", "income"]
    subsidy_pp: Annotated[np.ndarray, "yuan a person and year", ""]
    local_supplement: Annotated[np.ndarray, "factor", ""]
    prepaid_share: Annotated[np.ndarray, "share of next year's contributions", "run alone"]
    relatives_share: Annotated[np.ndarray, "share of own contributions", ""]
    disposable_income: Annotated[np.ndarray, "yuan a person and year", "area income age"]
    # claims and benefits
    care: CareBasis
    critical_deductible: Annotated[np.ndarray, "yuan a year", "deductible income"]
    critical_low_places: Annotated[np.ndarray, "share of the insured", ""]
    critical_edges: Annotated[np.ndarray, "yuan a year", "band"]
    critical_ratios: Annotated[np.ndarray, "share of cost", "band income"]
    critical_cap: Annotated[np.ndarray, "yuan a year", ""]
    critical_capped: Annotated[np.ndarray, "0 or 1", "income"]
    critical_factor: Annotated[np.ndarray, "factor", ""]
    critical_premium_pp: Annotated[np.ndarray, "yuan a person and year", ""]
    critical_self_run: Annotated[np.ndarray, "0 or 1", ""]
    birth_benefit: Annotated[np.ndarray, "yuan a birth", ""]
    recovered_share: Annotated[np.ndarray, "share of benefits", "run alone"]
    long_term_care_pp: Annotated[np.ndarray, "yuan a person and year", "run alone"]
    adjustment_share: Annotated[np.ndarray, "share of contributions", "run alone"]
    administration_share: Annotated[np.ndarray, "share of benefits", "run alone"]
    interest_rate: Annotated[np.ndarray, "a year", "run alone"]
    deficit_rate: Annotated[np.ndarray, "a year", "run alone"]
    interest_share: Annotated[np.ndarray, "share of a year that flows bear interest", "run alone"]
    employee: EmployeeBasis | None
    """None: the employee scheme's members move as ever, its money is not projected."""
    pins: PinBasis | None = None
    """None: nothing is pinned."""
    entries: EntriesBasis | None = None
    """None: entries to the employee scheme follow from its hazards."""
    enrolment: EnrolmentBasis | None = None
    """None: who leaves and who enters follows from the odds."""
    adjustment: AdjustmentBasis | None = None
    """None: nothing adjusts by itself."""
    bonds: BondBasis | None = None
    """None: no fund issues bonds."""
    choices: ChoiceBasis | None = None
    """None: all residents have the same cover."""
    tiers: int = 0
    """1 where what the insured pay behind further tiers is told, which needs their years of cover by cell."""


Basis = TypeVar("Basis")


def combined(group: Sequence[Basis], join: Callable[[list[np.ndarray]], np.ndarray]) -> Basis:
    """One of several of a kind: `join` their arrays, field by field and in the parts; all else is the first's."""
    values: dict[str, Any] = {}
    for each in fields(group[0]):  # type: ignore[arg-type]
        parts = [getattr(one, each.name) for one in group]
        first = parts[0]
        if isinstance(first, np.ndarray):
            values[each.name] = join(parts)
        elif isinstance(first, Mapping):
            values[each.name] = {name: join([part[name] for part in parts]) for name in first}
        else:
            values[each.name] = combined(parts, join) if is_dataclass(first) else first
    return type(group[0])(**values)


@dataclass(frozen=True)
class Standing:
    """What a timely adjustment has decided, and what it knows of the resident fund's accounts.

    `factors` on the scheduled values from the year before on, [run, answer, year]; income with interest and outgo of the last
    three years at scheduled values, [run, 3]; `balance` of the last, [run]; `levied` in it at scheduled values on the
    contribution and on the subsidy, [run, 2]; `saved` in it by benefits below the scheduled, and the share of each yuan paid
    that is `cut` in this one, [run, income]. Yuan, NaN where not known.
    """

    factors: np.ndarray
    income: np.ndarray
    outgo: np.ndarray
    balance: np.ndarray
    levied: np.ndarray
    saved: np.ndarray
    cut: np.ndarray

    def of_share(self, share: float) -> "Standing":
        """That of a share of the same persons and money."""
        of_money = ("income", "outgo", "balance", "levied", "saved")
        return replace(self, **{name: getattr(self, name) * share for name in of_money})


@dataclass(frozen=True)
class State:
    """Where the runs stand on a 1 January.

    `cells`: persons by status and tracked totals, [run, health, row, sex, area, income, age]; `fund`: yuan, [run, account], the
    accounts of `simsurance.axes.FUND` that are projected;
    `prepaid`: contributions of the new year already received, yuan, [run]; `adjustment`: None where nothing adjusts by itself;
    `principal` that bonds have been issued for, [run, bond], and `debt` outstanding, yuan, [run, account]: None where there are
    no bonds. The fund is the money that it holds, what is borrowed included. `owed`: employers' contributions in arrears for
    0, 1, … years, yuan, [run, lag], None where none stay unpaid.
    """

    cells: np.ndarray
    fund: np.ndarray
    prepaid: np.ndarray
    adjustment: Standing | None = None
    principal: np.ndarray | None = None
    debt: np.ndarray | None = None
    owed: np.ndarray | None = None

    @property
    def persons(self) -> np.ndarray:
        """Persons, [run, health, status, sex, area, income, age]."""
        return self.cells[:, :, STATUSES]


@dataclass(frozen=True)
class Flows:
    """What happened in a calendar year.

    [run, sex, area, income, age] with the age on 1 January and those born in the year at age 0, or [run]. What belongs to
    the employee scheme's money is None where that is not projected. `money`: every row of the ledger that was computed, by
    its name, in nominal yuan, in one of these forms; `chosen`: what is told of choices of cover, [run, choice]; `interest`: of
    each fund, [run, fund]; `pin_factors`: what a pin multiplies each total by, [run, total], None where nothing is pinned;
    `entrants`: what another run takes in to hold the entries to the employee scheme, [run, entrant, sex, area, income, age],
    members ENTRANTS of the first axis; `covered`: where the other tiers are told, COVERED by name, years of cover as
    [run, health, status, sex, area, income, age], births as [run].
    """

    births: Annotated[np.ndarray, "persons", BY_PERSON]
    deaths: Annotated[np.ndarray, "persons", BY_PERSON]
    net_migration: Annotated[np.ndarray, "persons", BY_PERSON]
    population_adjustment: Annotated[np.ndarray, "persons", ""]
    prevalence_error: Annotated[np.ndarray, "share of persons", ""]
    leaves: Annotated[np.ndarray, "persons", BY_PERSON]
    returns: Annotated[np.ndarray, "persons", BY_PERSON]
    joins: Annotated[np.ndarray, "persons", BY_PERSON]
    newborn_enrolled: Annotated[np.ndarray, "persons", BY_PERSON]
    insured_deaths: Annotated[np.ndarray, "persons", BY_PERSON]
    insured_migration: Annotated[np.ndarray, "persons", BY_PERSON]
    insured_adjustment: Annotated[np.ndarray, "persons", ""]
    transfers_in: Annotated[np.ndarray, "persons", BY_PERSON]
    transfers_out: Annotated[np.ndarray, "persons", BY_PERSON]
    waiting_months: Annotated[np.ndarray, "months", BY_PERSON]
    repaired_years: Annotated[np.ndarray, "years", BY_PERSON]
    resident_enrolled: Annotated[np.ndarray, "persons", BY_PERSON]
    resident_insured_years: Annotated[np.ndarray, "years", BY_PERSON]
    members_income: Annotated[np.ndarray, "yuan", BY_PERSON]
    inpatient_users: Annotated[np.ndarray, "persons", BY_PERSON]
    admissions: Annotated[np.ndarray, "admissions", BY_PERSON]
    inpatient_claims: Annotated[np.ndarray, "yuan", BY_PERSON]
    outpatient_claims: Annotated[np.ndarray, "yuan", BY_PERSON]
    critical_beneficiaries: Annotated[np.ndarray, "persons", BY_PERSON]
    bonus_cap: Annotated[np.ndarray, "yuan", BY_PERSON]
    no_claim: Annotated[np.ndarray, "persons", BY_PERSON]
    entrants: Annotated[np.ndarray, "persons", f"entrant {BY_PERSON}"]
    money: Mapping[str, np.ndarray]
    chosen: Mapping[str, np.ndarray] = field(default_factory=dict)
    covered: Mapping[str, np.ndarray] = field(default_factory=dict)
    interest: Annotated[np.ndarray | None, "yuan", "fund"] = None
    pin_factors: Annotated[np.ndarray | None, "factor", "total"] = None
    employee_entries: Annotated[np.ndarray | None, "persons", BY_PERSON] = None
    employee_exits: Annotated[np.ndarray | None, "persons", BY_PERSON] = None
    retirements: Annotated[np.ndarray | None, "persons", BY_PERSON] = None
    employee_deaths: Annotated[np.ndarray | None, "persons", BY_PERSON] = None
    employee_migration: Annotated[np.ndarray | None, "persons", BY_PERSON] = None
    employee_adjustment: Annotated[np.ndarray | None, "persons", ""] = None
    active_years: Annotated[np.ndarray | None, "years", BY_PERSON] = None
    retired_years: Annotated[np.ndarray | None, "years", BY_PERSON] = None
    contribution_base: Annotated[np.ndarray | None, "yuan", BY_PERSON] = None
    employee_members_income: Annotated[np.ndarray | None, "yuan", BY_PERSON] = None
    employee_inpatient_users: Annotated[np.ndarray | None, "persons", BY_PERSON] = None
    employee_admissions: Annotated[np.ndarray | None, "admissions", BY_PERSON] = None
    employee_inpatient_claims: Annotated[np.ndarray | None, "yuan", BY_PERSON] = None
    employee_outpatient_claims: Annotated[np.ndarray | None, "yuan", BY_PERSON] = None
    benefits_of_retired: Annotated[np.ndarray | None, "yuan", BY_PERSON] = None

    @property
    def by_name(self) -> dict[str, np.ndarray]:
        """All flows that were computed, money among them, but for interest, the factors of pins and entrants."""
        beside = ("interest", "pin_factors", "entrants")
        own = {
            name: value for name, value in vars(self).items() if isinstance(value, np.ndarray) and name not in beside
        }
        return own | dict(self.money)


class Workspace:
    """Arrays that a block of runs writes to: year after year the same, but for `enrolled`, which becomes a state."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        runs, needs, _, *rest = shape
        self.enrolled, self.aged = room(shape)
        self.leaving = np.empty((runs, needs, TENURES.stop - TENURES.start, *rest))
        self.entering = np.empty((runs, needs, UNINSURED.stop - UNINSURED.start, *rest))
        self.everyone, self.drawn = np.empty((2, len(ROWS), *rest))
        half, quarter = list(shape), list(shape)
        half[axis("area")[0]], quarter[axis("income")[0]] = 1, 1
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
