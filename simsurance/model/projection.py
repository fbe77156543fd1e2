"""The year of a fund, and years one after another.

Runs are an axis of every array; only `project` knows that there may be several blocks of them. Person arrays run over
run, health, row, sex, area, income, age; rows are the statuses and, behind them, the tracked totals.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np

from simsurance.axes import EMPLOYEES, GAP_DEPTH, NOT_EMPLOYEES, ROWS, STATUSES, TENURE_DEPTH, TENURES, UNINSURED, axes_except, axis, row
from simsurance.model import benefits, fund, health, membership, participation, population

RUNS_IN_CACHE = 4
"""Runs that go through the years together: about as many as leave their cells in cache."""

ACTIVE, RETIRED = row("employee_active"), row("employee_retired")
GAP_0, TENURE_1, LAST_TENURE, LAST_GAP = row("gap_0"), row("tenure_1"), TENURES.stop - 1, UNINSURED.stop - 1
URBAN, RURAL = population.URBAN, population.RURAL
FEMALE = population.FEMALE


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
    """What happened in a calendar year: persons and nominal yuan, [run, sex, area, income, age] with the age on 1 January
    and those born in the year at age 0, or [run]."""

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
    """Arrays that a block of runs writes to year after year."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        runs, needs, _, *rest = shape
        self.enrolled = np.empty(shape)
        self.leaving = np.empty((runs, needs, TENURES.stop - TENURES.start, *rest))
        self.entering = np.empty((runs, needs, UNINSURED.stop - UNINSURED.start, *rest))
        self.everyone = np.empty((runs, len(ROWS), *rest))
        self.drawn = np.empty((runs, len(ROWS), *rest))
        half, quarter = list(shape), list(shape)
        half[4], quarter[5] = 1, 1
        self.half = np.empty(half)
        self.quarter = np.empty(quarter)


@dataclass(frozen=True)
class Hazards:
    """Probabilities of the year's enrolment on the grid of their factors, and the rules behind them.

    `leave` by tenure, `enter` by never and gap; `months` of waiting by never and gap; `wait_at_stake`: months that a lapse
    would cost; `cap_at_stake`: yuan of cap that a lapse would lose, by tenure.
    """

    leave: np.ndarray
    enter: np.ndarray
    months: np.ndarray
    wait_at_stake: np.ndarray
    cap_at_stake: np.ndarray


def enrolment_hazards(cells: np.ndarray, basis: YearBasis) -> Hazards:
    """Hazards of the enrolment for the year, from the state before it; raises nothing, writes nothing."""
    completed = participation.rule_years_completed(basis.year, basis.rules_start)
    counting = basis.rules_in_force * float(basis.year >= basis.rules_start)
    grid = (cells.shape[0], 1, 1, 1, *cells.shape[4:])

    lapsed = np.empty((*grid[:2], UNINSURED.stop, *grid[3:]))
    lapsed[:, :, :1] = basis.never_counts * np.minimum(completed, np.arange(1.0, grid[-1] + 1))
    lapsed[:, :, 1:] = np.minimum(np.arange(UNINSURED.stop - 1), completed).reshape(1, 1, -1, 1, 1, 1, 1)
    lapsed[:, :, LAST_GAP] = membership.mean_years(cells[:, :, membership.LAPSED_YEARS], cells[:, :, LAST_GAP], min(completed, GAP_DEPTH))[:, :, 0]
    rules = (basis.fixed_months, basis.months_per_lapsed_year, basis.floor_months, basis.floor_from_lapsed_years)
    waits = basis.waits * counting
    months = waits * participation.waiting_months(lapsed, *rules)
    months[:, :, GAP_0] = 0.0
    wait_at_stake = waits * participation.waiting_months(np.ones(grid[:1] + (1,) * 6), *rules)

    continuous = np.empty((*grid[:2], TENURE_DEPTH, *grid[3:]))
    continuous[:] = np.minimum(np.arange(1, TENURE_DEPTH + 1), completed).reshape(1, 1, -1, 1, 1, 1, 1)
    continuous[:, :, -1] = membership.mean_years(cells[:, :, membership.RULE_YEARS], cells[:, :, LAST_TENURE], min(completed, TENURE_DEPTH))[:, :, 0]
    cap = counting * participation.cap_at_stake(continuous, basis.bonus_step, basis.bonus_after_years)

    relative_burden = (basis.burden + basis.burden_floor) / (basis.reference_burden + basis.burden_floor)
    leave_odds = (
        basis.leave_odds
        * (relative_burden**basis.leave_burden * np.exp(-basis.leave_wait * wait_at_stake) * basis.leave_other)
        * np.exp(-basis.leave_bonus * participation.salience(cap * basis.bonus_felt))
    )
    enter_odds = basis.enter_odds * (
        relative_burden**-basis.return_burden * np.exp(-basis.return_wait * months) * basis.return_other
    )
    return Hazards(membership.probability(leave_odds), membership.probability(enter_odds), months, wait_at_stake, cap)


def benefits_pp(basis: YearBasis) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Expected in-scope cost and benefit of a person covered all year: inpatient cost and benefit, outpatient cost and benefit.

    Yuan, [run, health, 1, sex, area, 1, age].
    """
    inpatient = benefits.layer(
        basis.inpatient_cost, basis.inpatient_sigma, basis.inpatient_deductible, basis.inpatient_ratio, basis.inpatient_limit
    )
    outpatient = benefits.layer(
        basis.outpatient_cost, basis.outpatient_sigma, basis.outpatient_deductible, basis.outpatient_ratio, basis.outpatient_limit
    )
    return (
        basis.inpatient_use * basis.inpatient_cost,
        basis.inpatient_use * inpatient,
        basis.outpatient_use * basis.outpatient_cost,
        basis.outpatient_use * outpatient,
    )


def step(state: State, basis: YearBasis, work: Workspace) -> tuple[State, Flows]:
    """One calendar year, in this order.

    1 the year's assumptions are in `basis`; 2 automatic rules: none yet; 3 enrolment, with the need class of the year
    before; 4 health transition; 5 births, deaths, migration computed; 6 contributions and subsidies; 7 exposure and
    waiting; 8 claims and benefits; 9 fund; 10 year end: flows applied, birthday, moves between schemes, areas, assistance.
    Neither `state` nor `basis` is changed; `work` is overwritten.
    """
    cells, enrolled = state.cells, work.enrolled

    # 3 enrolment
    hazard = enrolment_hazards(cells, basis)
    counted = participation.rule_years_completed(basis.year + 1, basis.rules_start)
    counting = basis.year >= basis.rules_start
    membership.enrol(cells, hazard.leave, hazard.enter, hazard.months, counting, counted, work.leaving, work.entering, enrolled)
    leaves = by_person_group(work.leaving)
    joins = by_person_group(work.entering[:, :, :1])
    returns = by_person_group(work.entering[:, :, 1:])
    waiting_months = by_person_group(enrolled[:, :, membership.WAITING : membership.WAITING + 1])

    # 4 health transition
    people = enrolled[:, :, STATUSES].sum(axis=2, keepdims=True)
    shares, prevalence_error = health.redraw_shares(people, basis.prevalence, basis.persistence)
    health.transition(enrolled, shares, basis.persistence, work.everyone, work.drawn)
    people = enrolled[:, :, STATUSES].sum(axis=2, keepdims=True)
    payers = enrolled[:, :, TENURES].sum(axis=2, keepdims=True)

    # 5 births, deaths, migration
    mort_rate = population.need_class_mortality(people, basis.survival, basis.mortality_ratio)
    at_age = people.sum(axis=axis("health", "area", "income"), keepdims=True)
    migration_start = basis.migrants / 2 / at_age
    migration_end = later_age(basis.migrants) / 2 / at_age
    growth = (1 + migration_start) * (1 - mort_rate) + migration_end
    women = people[:, :, :, FEMALE : FEMALE + 1]
    women_end = (women * growth[:, :, :, FEMALE : FEMALE + 1]).sum(axis=1, keepdims=True)
    births = population.births_by_area_income(women.sum(axis=1, keepdims=True), birthday(women_end), basis.asfr, basis.area_fertility)
    newborn = births * np.concatenate([1 - basis.male_share, basis.male_share], axis=3)
    newborn_end = newborn * basis.newborn_survival
    newborn_end = newborn_end + newborn / newborn.sum(axis=axis("area", "income"), keepdims=True) * basis.migrants[..., :1] / 2
    newborn_enrolled = newborn * basis.newborn_enrolment

    # 6 contributions and subsidies
    paying = payers.sum(axis=1, keepdims=True)
    paying_with_newborn = paying.copy()
    paying_with_newborn[..., :1] += newborn_enrolled
    due = paying_with_newborn * basis.personal_pp
    assistance = due * basis.assistance_share
    subsidies = paying_with_newborn * basis.subsidy_pp
    supplement = (due + subsidies) * (basis.local_supplement - 1)

    # 7 exposure and waiting
    lost = enrolled[:, :, membership.WAITING : membership.WAITING + 1]
    insured_years = (payers - lost / 12) * (1 - mort_rate / 2)
    insured_years[..., :1] += newborn_enrolled * basis.prevalence[..., :1] / 2

    # 8 claims and benefits
    inpatient_cost, inpatient_benefit, outpatient_cost, outpatient_benefit = benefits_pp(basis)
    inpatient_benefits = insured_years * inpatient_benefit
    outpatient_benefits = insured_years * outpatient_benefit

    # 10 year end (before 9, which needs next year's members for contributions received in advance)
    entry_keep = 1 - basis.employee_entry
    employees = enrolled[:, :, EMPLOYEES].sum(axis=2, keepdims=True)
    entrants = (people - employees) * growth * basis.employee_entry
    transfers_out = payers * growth * basis.employee_entry
    rows_moved = (NOT_EMPLOYEES, slice(membership.RULE_YEARS, len(ROWS)))
    for rows in rows_moved:
        enrolled[:, :, rows] *= growth * entry_keep
    enrolled[:, :, EMPLOYEES] *= growth
    transfers_in = employee_moves(enrolled, entrants, basis, counted)
    enrolled[:, :, membership.WAITING] = 0.0
    closing = np.empty_like(cells)
    closing[..., 1:] = enrolled[..., :-1]
    closing[..., -1] += enrolled[..., -1]
    closing[..., 0] = 0.0
    born = newborn_end * basis.prevalence[..., :1]
    closing[:, :, TENURE_1, ..., :1] = (born * basis.newborn_enrolment)[:, :, 0]
    closing[:, :, 0, ..., :1] = (born * (1 - basis.newborn_enrolment))[:, :, 0]
    people_end = birthday((people * growth).sum(axis=axis("health", "sex"), keepdims=True))
    people_end[..., :1] += newborn_end.sum(axis=axis("sex"), keepdims=True)
    move_between_areas(closing, people_end, basis, work)
    move_assistance(closing, people_end, basis, work)
    before_adjustment = people_end.sum(axis=axes_except())
    insured_before = closing[:, :, TENURES].sum(axis=axes_except())
    factor = np.where(np.isnan(basis.pinned_total_end), 1.0, basis.pinned_total_end / before_adjustment)
    if (factor != 1.0).any():
        closing *= factor[:, None, None, None, None, None, None]

    # 9 fund
    prepaid = (
        basis.prepaid_share * (closing[:, :, TENURES] * basis.personal_pp_next).sum(axis=axes_except())
        if basis.prepaid_share.any()
        else np.zeros(len(cells))
    )
    prepaid_change = prepaid - state.prepaid
    income = (due + subsidies + supplement).sum(axis=axes_except()) + prepaid_change
    paid = (inpatient_benefits + outpatient_benefits).sum(axis=axes_except())
    administration = paid * basis.administration_share
    outgo = paid + administration
    opening_fund = state.fund[:, 0]
    closing_fund = fund.closing(opening_fund, income, outgo, basis.interest_rate, basis.deficit_rate)

    dying = (1 + migration_start) * mort_rate
    moving = migration_start + migration_end
    newborn_dying = newborn * (1 - basis.newborn_survival)
    newborn_moving = newborn_end - newborn + newborn_dying
    flows = Flows(
        births=at_birth(newborn, people),
        deaths=by_person_group(people * dying) + at_birth(newborn_dying, people),
        net_migration=by_person_group(people * moving) + at_birth(newborn_moving, people),
        population_adjustment=before_adjustment * (factor - 1),
        prevalence_error=prevalence_error,
        leaves=leaves,
        returns=returns,
        joins=joins,
        newborn_enrolled=at_birth(newborn_enrolled, people),
        insured_deaths=by_person_group(payers * dying) + at_birth(newborn_dying * basis.newborn_enrolment, people),
        insured_migration=by_person_group(payers * moving) + at_birth(newborn_moving * basis.newborn_enrolment, people),
        insured_adjustment=insured_before * (factor - 1),
        transfers_in=by_person_group(transfers_in),
        transfers_out=by_person_group(transfers_out),
        waiting_months=waiting_months,
        resident_enrolled=by_person_group(paying_with_newborn),
        resident_insured_years=by_person_group(insured_years),
        inpatient_claims=by_person_group(insured_years * inpatient_cost),
        outpatient_claims=by_person_group(insured_years * outpatient_cost),
        inpatient_benefits=by_person_group(inpatient_benefits),
        outpatient_benefits=by_person_group(outpatient_benefits),
        personal_contributions=by_person_group(due - assistance),
        assistance=by_person_group(assistance),
        subsidies=by_person_group(subsidies),
        local_supplement=by_person_group(supplement),
        members_income=by_person_group(paying_with_newborn * basis.disposable_income),
        prepaid_change=prepaid_change,
        administration=administration,
        interest=closing_fund - opening_fund - (income - outgo),
    )
    return State(closing, closing_fund[:, None], prepaid), flows


def employee_moves(enrolled: np.ndarray, entrants: np.ndarray, basis: YearBasis, counted: int) -> np.ndarray:
    """Entry to, retirement within and exit from the employee scheme at the year's end, in place.

    `entrants` [run, health, 1, sex, area, income, age] have left their rows already. Returns those who join the resident
    scheme at once, same shape; the other leavers start a gap of 0.
    """
    active = enrolled[:, :, ACTIVE : ACTIVE + 1]
    retiring = active * basis.retirement
    leaving = (active - retiring) * basis.employee_exit
    qualified = retiring * basis.qualified_share
    enrolling = leaving * basis.leaver_enrolment
    to_residents = retiring - qualified + enrolling
    active += entrants - retiring - leaving
    enrolled[:, :, RETIRED : RETIRED + 1] += qualified
    enrolled[:, :, GAP_0 : GAP_0 + 1] += leaving - enrolling
    continuous = to_residents * basis.years_count
    enrolled[:, :, LAST_TENURE : LAST_TENURE + 1] += continuous
    enrolled[:, :, TENURE_1 : TENURE_1 + 1] += to_residents - continuous
    enrolled[:, :, membership.RULE_YEARS : membership.RULE_YEARS + 1] += continuous * counted
    return to_residents


def move_between_areas(closing: np.ndarray, people_end: np.ndarray, basis: YearBasis, work: Workspace) -> None:
    """Move persons between country and town so that the urban share of the new 1 January is met, in place."""
    by_area = people_end.sum(axis=axis("income"), keepdims=True)
    ready = (by_area * basis.area_propensity).sum(axis=axis("age"), keepdims=True)
    urban = by_area[:, :, :, :, URBAN : URBAN + 1].sum(axis=axis("age"), keepdims=True)
    want = basis.urban_share_end * population.total(by_area)
    out_of_town, into_town = population.move_shares(
        urban, want, ready[:, :, :, :, URBAN : URBAN + 1], ready[:, :, :, :, RURAL : RURAL + 1]
    )
    everywhere = (slice(None),) * 4
    for share, source, target in ((into_town, RURAL, URBAN), (out_of_town, URBAN, RURAL)):
        if share.any():
            leaving = share * basis.area_propensity
            population.exchange(closing, (*everywhere, slice(target, target + 1)), (*everywhere, slice(source, source + 1)), leaving, work.half)


def move_assistance(closing: np.ndarray, people_end: np.ndarray, basis: YearBasis, work: Workspace) -> None:
    """Exchange assisted and low-income persons at one rate so that the assisted share is met, in place."""
    by_income = people_end.sum(axis=axis("area", "age"), keepdims=True)
    assisted = by_income[..., population.ASSISTED : population.ASSISTED + 1, :]
    low = by_income[..., population.LOW_INCOME : population.LOW_INCOME + 1, :]
    want = basis.assisted_share_end * population.total(by_income)
    leaving, entering = population.move_shares(assisted, want, assisted, low)
    everywhere = (slice(None),) * 5
    for share, source, target in (
        (entering, population.LOW_INCOME, population.ASSISTED),
        (leaving, population.ASSISTED, population.LOW_INCOME),
    ):
        if share.any():
            population.exchange(closing, (*everywhere, slice(target, target + 1)), (*everywhere, slice(source, source + 1)), share, work.quarter)


@dataclass(frozen=True)
class Stocks:
    """What is reported of the persons on a 1 January: by age [run, sex, area, age], by group [run, health, status, area, income]."""

    persons: np.ndarray
    resident_insured: np.ndarray
    employee_insured: np.ndarray
    membership: np.ndarray
    least_cell: np.ndarray


def observe(cells: np.ndarray) -> Stocks:
    """The reported stocks of a state."""
    rows = axis("health", "status", "income")
    return Stocks(
        persons=cells[:, :, STATUSES].sum(axis=rows),
        resident_insured=cells[:, :, TENURES].sum(axis=rows),
        employee_insured=cells[:, :, EMPLOYEES].sum(axis=rows),
        membership=cells[:, :, STATUSES].sum(axis=axis("sex", "age")),
        least_cell=cells.min(axis=axes_except()),
    )


Record = TypeVar("Record", Stocks, Flows)


@dataclass(frozen=True)
class Projection:
    """A projection as arrays: stocks on each 1 January (one more than years), flows of each year, funds. Year is the first axis."""

    years: tuple[int, ...]
    stocks: Stocks
    flows: Flows
    fund: np.ndarray
    prepaid: np.ndarray


def project(opening: State, basis: Sequence[YearBasis]) -> Projection:
    """All runs through all years: blocks of runs one after another, each through its years while its cells are in cache."""
    runs = len(opening.cells)
    blocks = [_project_block(opening, basis, slice(first, min(first + RUNS_IN_CACHE, runs))) for first in range(0, runs, RUNS_IN_CACHE)]
    joined = blocks[0] if len(blocks) == 1 else _join(blocks)
    return joined


def _project_block(opening: State, basis: Sequence[YearBasis], block: slice) -> Projection:
    state = State(opening.cells[block], opening.fund[block], opening.prepaid[block])
    work = Workspace(state.cells.shape)
    stocks, flows, funds, prepaid = [observe(state.cells)], [], [state.fund], [state.prepaid]
    for year_basis in basis:
        state, flow = step(state, _select(year_basis, block), work)
        stocks.append(observe(state.cells))
        flows.append(flow)
        funds.append(state.fund)
        prepaid.append(state.prepaid)
    years = tuple(year_basis.year for year_basis in basis)
    return Projection(years, _stack(stocks), _stack(flows), np.stack(funds), np.stack(prepaid))


def _select(basis: YearBasis, block: slice) -> YearBasis:
    """The block's runs of a year's basis; arrays that do not vary by run are kept as they are."""
    if all(value.shape[0] == 1 for value in vars(basis).values() if isinstance(value, np.ndarray)):
        return basis
    chosen = {name: value[block] if isinstance(value, np.ndarray) and value.shape[0] > 1 else value for name, value in vars(basis).items()}
    return YearBasis(**chosen)


def _stack(parts: list[Record]) -> Record:
    kind = type(parts[0])
    return kind(**{field.name: np.stack([getattr(part, field.name) for part in parts]) for field in fields(kind)})


def _join(blocks: list[Projection]) -> Projection:
    """Blocks of runs side by side; the run axis is the second, after the year."""

    def together(parts: list[Record]) -> Record:
        kind = type(parts[0])
        return kind(**{field.name: np.concatenate([getattr(part, field.name) for part in parts], axis=1) for field in fields(kind)})

    return Projection(
        blocks[0].years,
        together([block.stocks for block in blocks]),
        together([block.flows for block in blocks]),
        np.concatenate([block.fund for block in blocks], axis=1),
        np.concatenate([block.prepaid for block in blocks], axis=1),
    )


def by_person_group(cells: np.ndarray) -> np.ndarray:
    """Summed over need classes and rows: [run, sex, area, income, age]."""
    return cells.sum(axis=axis("health", "status"))


def at_birth(newborn: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Newborn [run, 1, 1, sex, area, income, 1] as [run, sex, area, income, age], nobody at later ages."""
    placed = np.zeros((len(people), *people.shape[3:]))
    placed[..., :1] = newborn[:, 0, 0]
    return placed


def birthday(people: np.ndarray) -> np.ndarray:
    """Persons a year older; nobody at age 0; the last age open."""
    older = np.zeros_like(people)
    older[..., 1:] = people[..., :-1]
    older[..., -1] += people[..., -1]
    return older


def later_age(at_age: np.ndarray) -> np.ndarray:
    """What belongs to the age reached at the year's end, by age at its start; the open age keeps its own apart."""
    later = np.zeros_like(at_age)
    later[..., :-1] = at_age[..., 1:]
    return later
