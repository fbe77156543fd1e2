"""One calendar year of a fund, stage by stage.

Person arrays run over run, health, row, sex, area, income, age; rows are the statuses and, behind them, the tracked totals.
"""

from dataclasses import dataclass

import numpy as np

from simsurance.axes import (
    EMPLOYEES,
    GAP_DEPTH,
    PERSON_AXES,
    STATUSES,
    TENURE_DEPTH,
    TENURES,
    UNINSURED,
    axes_except,
    axis,
    row,
)
from simsurance.model import benefits, fund, health, membership, participation, population
from simsurance.model.state import Flows, State, Workspace, YearBasis

ACTIVE, RETIRED = row("employee_active"), row("employee_retired")
GAP_0, TENURE_1, LAST_TENURE, LAST_GAP = row("gap_0"), row("tenure_1"), TENURES.stop - 1, UNINSURED.stop - 1
URBAN, RURAL = population.URBAN, population.RURAL
FEMALE = population.FEMALE
ONE_YEAR = np.ones((1,) * len(PERSON_AXES))


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
    runs, ages, groups = len(cells), cells.shape[-1], cells.shape[4:]

    # Rule years follow from age, gap or tenure, but for the open gap and tenure: there they are a mean of who is there.
    lapsed = np.empty((runs, 1, LAST_GAP, 1, 1, 1, ages))
    lapsed[:, :, :1] = basis.never_counts * np.minimum(completed, np.arange(1.0, ages + 1))
    lapsed[:, :, 1:] = rule_years(np.arange(LAST_GAP - 1), completed)
    lapsed_longest = membership.mean_years(
        cells[:, :, membership.LAPSED_YEARS], cells[:, :, LAST_GAP], min(completed, GAP_DEPTH)
    )
    rules = (basis.fixed_months, basis.months_per_lapsed_year, basis.floor_months, basis.floor_from_lapsed_years)
    waits = basis.waits * counting
    months = np.empty((runs, 1, UNINSURED.stop, 1, *groups))
    months[:, :, :LAST_GAP] = waits * participation.waiting_months(lapsed, *rules)
    months[:, :, LAST_GAP:] = waits * participation.waiting_months(lapsed_longest, *rules)
    months[:, :, GAP_0] = 0.0
    wait_at_stake = waits * participation.waiting_months(ONE_YEAR, *rules)

    continuous = np.empty((runs, 1, TENURE_DEPTH, 1, *groups))
    continuous[:, :, :-1] = rule_years(np.arange(1, TENURE_DEPTH), completed)
    continuous[:, :, -1:] = membership.mean_years(
        cells[:, :, membership.RULE_YEARS], cells[:, :, LAST_TENURE], min(completed, TENURE_DEPTH)
    )
    cap = participation.cap_at_stake(continuous, basis.bonus_step * counting, basis.bonus_after_years)

    relative_burden = (basis.burden + basis.burden_floor) / (basis.reference_burden + basis.burden_floor)
    leave_odds = basis.leave_odds * (
        (relative_burden**basis.leave_burden * np.exp(-basis.leave_wait * wait_at_stake) * basis.leave_other)
        * np.exp(-basis.leave_bonus * participation.salience(cap * basis.bonus_felt))
    )
    enter_odds = basis.enter_odds * (
        (relative_burden**-basis.return_burden * basis.return_other) * np.exp(-basis.return_wait * months)
    )
    return Hazards(membership.probability(leave_odds), membership.probability(enter_odds), months, wait_at_stake, cap)


def rule_years(years: np.ndarray, completed: int) -> np.ndarray:
    """Years of a gap or tenure that the rules count, at most those that they have counted: [1, 1, row, 1, 1, 1, 1]."""
    return np.minimum(years, completed)[None, None, :, None, None, None, None]


def benefits_pp(basis: YearBasis) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Expected in-scope cost and benefit of a person covered all year: inpatient cost and benefit, outpatient cost and benefit.

    Yuan, [run, health, 1, sex, area, 1, age].
    """
    inpatient = benefits.layer(
        basis.inpatient_cost,
        basis.inpatient_sigma,
        basis.inpatient_deductible,
        basis.inpatient_ratio,
        basis.inpatient_limit,
    )
    outpatient = benefits.layer(
        basis.outpatient_cost,
        basis.outpatient_sigma,
        basis.outpatient_deductible,
        basis.outpatient_ratio,
        basis.outpatient_limit,
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
    cells, (enrolled, closing) = state.cells, work.cells()

    # 3 enrolment
    hazard = enrolment_hazards(cells, basis)
    counted = participation.rule_years_completed(basis.year + 1, basis.rules_start)
    counting = basis.year >= basis.rules_start
    membership.enrol(cells, hazard.leave, hazard.enter, counting, counted, work.leaving, work.entering, enrolled)
    leaves = by_person_group(work.leaving)
    joins = by_person_group(work.entering[:, :, :1])
    returns = by_person_group(work.entering[:, :, 1:])
    membership.wait(work.entering, hazard.months, enrolled)
    waiting_months = by_person_group(enrolled[:, :, membership.WAITING : membership.WAITING + 1])

    # 4 health transition
    people = enrolled[:, :, STATUSES].sum(axis=2, keepdims=True)
    shares, prevalence_error = health.redraw_shares(people, basis.prevalence, basis.persistence)
    redrawn = spread((1 - basis.persistence) * shares, people)
    health.transition(enrolled, redrawn, basis.persistence, work.everyone, work.drawn)
    people = basis.persistence * people + redrawn * people.sum(axis=axis("health"), keepdims=True)
    payers = enrolled[:, :, TENURES].sum(axis=2, keepdims=True)

    # 5 births, deaths, migration
    mort_rate = population.need_class_mortality(people, basis.survival, basis.mortality_ratio)
    at_age = people.sum(axis=axis("health", "area", "income"), keepdims=True)
    migration_start = basis.migrants / 2 / at_age
    migration_end = later_age(basis.migrants) / 2 / at_age
    growth = spread((1 + migration_start) * (1 - mort_rate) + migration_end, people)
    women = people[:, :, :, FEMALE : FEMALE + 1]
    women_end = (women * growth[:, :, :, FEMALE : FEMALE + 1]).sum(axis=1, keepdims=True)
    births = population.births_by_area_income(
        women.sum(axis=1, keepdims=True), birthday(women_end), basis.asfr, basis.area_fertility
    )
    newborn = births * np.concatenate([1 - basis.male_share, basis.male_share], axis=3)
    newborn_end = newborn * basis.newborn_survival
    newborn_end = (
        newborn_end + newborn / newborn.sum(axis=axis("area", "income"), keepdims=True) * basis.migrants[..., :1] / 2
    )
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
    insured_growth = growth * (1 - basis.employee_entry)
    uninsured_growth = growth * (1 - basis.employee_entry_uninsured)
    transfers_out = payers * growth * basis.employee_entry
    others = people - payers - enrolled[:, :, EMPLOYEES].sum(axis=2, keepdims=True)
    entrants = transfers_out + others * growth * basis.employee_entry_uninsured
    for rows, factor in (
        (UNINSURED, uninsured_growth),
        (TENURES, insured_growth),
        (EMPLOYEES, growth),
        (tracked("rule_years"), insured_growth),
        (tracked("lapsed_years"), uninsured_growth),
    ):
        enrolled[:, :, rows] *= factor
    transfers_in = employee_moves(enrolled, entrants, basis, counted)
    enrolled[:, :, membership.WAITING] = 0.0
    oldest = enrolled[..., -1].copy()
    closing[..., 0] = 0.0
    closing[..., -1] += oldest
    born = newborn_end * basis.prevalence[..., :1]
    closing[:, :, TENURE_1, ..., :1] = (born * basis.newborn_enrolment)[:, :, 0]
    closing[:, :, 0, ..., :1] = (born * (1 - basis.newborn_enrolment))[:, :, 0]
    people_end = birthday((people * growth).sum(axis=axis("health", "sex"), keepdims=True))
    people_end[..., :1] += newborn_end.sum(axis=axis("sex"), keepdims=True)
    persons_end = population.total(people_end)
    move_between_areas(closing, people_end, persons_end, basis, work)
    move_assistance(closing, people_end, persons_end, basis, work)
    before_adjustment = persons_end.reshape(-1)
    factor = np.where(np.isnan(basis.pinned_total_end), 1.0, basis.pinned_total_end / before_adjustment)
    insured_adjustment = np.zeros(len(cells))
    if (factor != 1.0).any():
        insured_adjustment = closing[:, :, TENURES].sum(axis=axes_except()) * (factor - 1)
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
    everyone, nobody = by_person_group(people), np.zeros((len(cells), *cells.shape[3:]))
    flows = Flows(
        births=with_newborn(nobody, newborn),
        deaths=with_newborn(by_person_group(people * dying), newborn_dying),
        net_migration=with_newborn(everyone * moving[:, 0, 0], newborn_moving),
        population_adjustment=before_adjustment * (factor - 1),
        prevalence_error=prevalence_error,
        leaves=leaves,
        returns=returns,
        joins=joins,
        newborn_enrolled=with_newborn(nobody, newborn_enrolled),
        insured_deaths=with_newborn(by_person_group(payers * dying), newborn_dying * basis.newborn_enrolment),
        insured_migration=with_newborn((paying * moving)[:, 0, 0], newborn_moving * basis.newborn_enrolment),
        insured_adjustment=insured_adjustment,
        transfers_in=by_person_group(transfers_in),
        transfers_out=by_person_group(transfers_out),
        waiting_months=waiting_months,
        resident_enrolled=(paying_with_newborn)[:, 0, 0],
        resident_insured_years=by_person_group(insured_years),
        inpatient_claims=by_person_group(insured_years * inpatient_cost),
        outpatient_claims=by_person_group(insured_years * outpatient_cost),
        inpatient_benefits=by_person_group(inpatient_benefits),
        outpatient_benefits=by_person_group(outpatient_benefits),
        personal_contributions=(due - assistance)[:, 0, 0],
        assistance=(assistance)[:, 0, 0],
        subsidies=(subsidies)[:, 0, 0],
        local_supplement=(supplement)[:, 0, 0],
        members_income=(paying_with_newborn * basis.disposable_income)[:, 0, 0],
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
    staying = active - retiring
    leaving = staying * basis.employee_exit
    qualified = retiring * basis.qualified_share
    enrolling = leaving * basis.leaver_enrolment
    to_residents = retiring - qualified + enrolling
    np.subtract(staying, leaving, out=active)
    active += entrants
    enrolled[:, :, RETIRED : RETIRED + 1] += qualified
    enrolled[:, :, GAP_0 : GAP_0 + 1] += leaving - enrolling
    continuous = to_residents * basis.years_count
    enrolled[:, :, LAST_TENURE : LAST_TENURE + 1] += continuous
    enrolled[:, :, TENURE_1 : TENURE_1 + 1] += to_residents - continuous
    enrolled[:, :, membership.RULE_YEARS : membership.RULE_YEARS + 1] += continuous * counted
    return to_residents


def move_between_areas(
    closing: np.ndarray, people_end: np.ndarray, persons_end: np.ndarray, basis: YearBasis, work: Workspace
) -> None:
    """Move persons between country and town so that the urban share of the new 1 January is met, in place."""
    by_area = people_end.sum(axis=axis("income"), keepdims=True)
    urban, _ = town_and_country(by_area.sum(axis=axis("age"), keepdims=True))
    ready = town_and_country((by_area * basis.area_propensity).sum(axis=axis("age"), keepdims=True))
    out_of_town, into_town = (
        share * basis.area_propensity
        for share in population.move_shares(urban, basis.urban_share_end * persons_end, *ready)
    )
    population.exchange(*town_and_country(closing), out_of_town, into_town, work.half)


def town_and_country(people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The urban and the rural part of an array on the person axes."""
    return people[:, :, :, :, URBAN : URBAN + 1], people[:, :, :, :, RURAL : RURAL + 1]


def move_assistance(
    closing: np.ndarray, people_end: np.ndarray, persons_end: np.ndarray, basis: YearBasis, work: Workspace
) -> None:
    """Exchange assisted and low-income persons at one rate so that the assisted share is met, in place."""
    assisted, low = assisted_and_low(people_end.sum(axis=axis("area", "age"), keepdims=True))
    shares = population.move_shares(assisted, basis.assisted_share_end * persons_end, assisted, low)
    population.exchange(*assisted_and_low(closing), *shares, work.quarter)


def assisted_and_low(people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The assisted and the low-income part of an array on the person axes."""
    assisted, low = population.ASSISTED, population.LOW_INCOME
    return people[..., assisted : assisted + 1, :], people[..., low : low + 1, :]


def tracked(name: str) -> slice:
    """The row of a tracked total, as a slice."""
    return slice(row(name), row(name) + 1)


def spread(values: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Values that vary by fewer axes, on all axes of `people`: what is used often is faster at full size."""
    full = np.empty_like(people)
    full[:] = values
    return full


def by_person_group(cells: np.ndarray) -> np.ndarray:
    """Summed over need classes and rows: [run, sex, area, income, age]."""
    return cells.sum(axis=axis("health", "status"))


def with_newborn(flow: np.ndarray, newborn: np.ndarray) -> np.ndarray:
    """A flow [run, sex, area, income, age] with the newborn's [run, 1, 1, sex, area, income, 1] added at age 0."""
    whole = flow.copy()
    whole[..., :1] += newborn[:, 0, 0]
    return whole


def birthday(people: np.ndarray) -> np.ndarray:
    """Persons a year older; nobody at age 0; the last age open."""
    older = np.zeros(people.shape)
    older[..., 1:] = people[..., :-1]
    older[..., -1] += people[..., -1]
    return older


def later_age(at_age: np.ndarray) -> np.ndarray:
    """What belongs to the age reached at the year's end, by age at its start; the open age keeps its own apart."""
    later = np.zeros(at_age.shape)
    later[..., :-1] = at_age[..., 1:]
    return later
