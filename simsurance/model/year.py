"""One calendar year of a fund, stage by stage.

Person arrays run over run, health, row, sex, area, income, age; rows are the statuses and, behind them, the tracked totals.
"""

import numpy as np

from simsurance.axes import EMPLOYEES, NO_CLAIM, STATUSES, TENURES, UNINSURED, axes_except, axis, row
from simsurance.model import employee, fund, health, membership, participation, population
from simsurance.model.care import benefits_pp, bonus_cost_pp, bonus_granted, credit_year_without_claim
from simsurance.model.enrolment import enrolment_hazards
from simsurance.model.state import Flows, State, Workspace, YearBasis

TENURE_1 = row("tenure_1")
URBAN, RURAL = population.URBAN, population.RURAL
FEMALE = population.FEMALE


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
    credited = participation.rule_years_completed(basis.year + 1, basis.rules_start - basis.bonus_credited_years)
    counting = basis.year >= basis.rules_start
    membership.enrol(cells, hazard, counted, credited, work)
    membership.carry_credits(cells, hazard, basis, work)
    repaired_years = by_person_group(work.entering * hazard.repaired_years)
    leaves = by_person_group(work.leaving)
    joins = by_person_group(work.entering[:, :, :1])
    returns = by_person_group(work.entering[:, :, 1:])
    waiting_months = by_person_group(enrolled[:, :, membership.WAITING : membership.WAITING + 1])

    # 4 health transition
    people = enrolled[:, :, STATUSES].sum(axis=2, keepdims=True)
    shares, prevalence_error = health.redraw_shares(people, basis.prevalence, basis.persistence)
    health.transition(enrolled, shares, basis.persistence, work.everyone, work.drawn)
    people = basis.persistence * people + (1 - basis.persistence) * shares * people.sum(axis=1, keepdims=True)
    payers = enrolled[:, :, TENURES].sum(axis=2, keepdims=True)

    # 5 births, deaths, migration
    mort_rate = population.need_class_mortality(people, basis.survival, basis.mortality_ratio)
    at_age = people.sum(axis=axis("health", "area", "income"), keepdims=True)
    migration_start = basis.migrants / 2 / at_age
    migration_end = later_age(basis.migrants) / 2 / at_age
    growth = np.empty_like(people)
    growth[:] = (1 + migration_start) * (1 - mort_rate) + migration_end
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
    repair_payments = repaired_years * basis.personal_pp[:, 0, 0]
    from_accounts = ((due - assistance) * basis.relatives_share)[:, 0, 0]

    # 7 exposure and waiting
    lost = enrolled[:, :, membership.WAITING : membership.WAITING + 1]
    insured_years = participation.insured_years(payers, lost, basis.postponed_care) * (1 - mort_rate / 2)
    insured_years[..., :1] += newborn_enrolled * basis.prevalence[..., :1] / 2

    # 8 claims and benefits
    pp, self_run = benefits_pp(basis), basis.critical_self_run[:, 0, 0]
    if counting and basis.rules_in_force.any():
        bonus_cap = basis.rules_in_force * bonus_granted(enrolled, payers, basis, credited)
        bonus_cost = by_person_group(insured_years * bonus_cost_pp(basis, pp, bonus_cap)) * self_run
        credit_year_without_claim(enrolled, basis, pp)
    else:
        bonus_cap, bonus_cost = np.zeros_like(payers), np.zeros_like(leaves)
    inpatient_benefits = by_person_group(insured_years * pp.basic.inpatient)
    outpatient_benefits = by_person_group(insured_years * pp.basic.outpatient)
    critical = by_person_group(insured_years * pp.critical) * self_run
    critical += by_person_group(paying_with_newborn) * basis.critical_premium_pp[:, 0, 0]

    # 10 year end (before 9, which needs next year's members for contributions received in advance)
    insured_growth = growth * (1 - basis.employee_entry)
    uninsured_growth = growth * (1 - basis.employee_entry_uninsured)
    transfers_out = payers * growth * basis.employee_entry
    members = enrolled[:, :, EMPLOYEES].copy()
    others = people - payers - members.sum(axis=2, keepdims=True)
    entrants = transfers_out + others * growth * basis.employee_entry_uninsured
    for rows, factor in (
        (UNINSURED, uninsured_growth),
        (TENURES, insured_growth),
        (EMPLOYEES, growth),
        (tracked("rule_years"), insured_growth),
        (tracked("lapsed_years"), uninsured_growth),
        (tracked("months_left"), insured_growth),
        (tracked("carried_lapsed"), uninsured_growth),
        (tracked("carried_insured"), insured_growth),
        (NO_CLAIM, insured_growth),
    ):
        enrolled[:, :, rows] *= factor
    moves = employee.move(enrolled, entrants, basis, credited)
    enrolled[:, :, membership.WAITING] = 0.0
    oldest = enrolled[..., -1].copy()
    aged = work.aged
    aged[..., 0] = 0.0
    aged[..., -1] += oldest
    born = newborn_end * basis.prevalence[..., :1]
    aged[:, :, TENURE_1, ..., :1] = (born * basis.newborn_enrolment)[:, :, 0]
    aged[:, :, 0, ..., :1] = (born * (1 - basis.newborn_enrolment))[:, :, 0]
    people_end = birthday((people * growth).sum(axis=axis("health", "sex"), keepdims=True))
    people_end[..., :1] += newborn_end.sum(axis=axis("sex"), keepdims=True)
    closing = np.empty_like(cells)
    persons_end = population.total(people_end)
    move_between_areas(aged, people_end, persons_end, basis, work, closing)
    move_assistance(closing, people_end, persons_end, basis, work)
    before_adjustment = persons_end.reshape(-1)
    factor = np.where(np.isnan(basis.pinned_total_end), 1.0, basis.pinned_total_end / before_adjustment)
    insured_adjustment, employee_adjustment = np.zeros(len(cells)), np.zeros(len(cells))
    if (factor != 1.0).any():
        insured_adjustment = closing[:, :, TENURES].sum(axis=axes_except()) * (factor - 1)
        employee_adjustment = closing[:, :, EMPLOYEES].sum(axis=axes_except()) * (factor - 1)
        closing *= factor[:, None, None, None, None, None, None]

    # 9 fund
    prepaid = (
        basis.prepaid_share * (closing[:, :, TENURES] * basis.personal_pp_next).sum(axis=axes_except())
        if basis.prepaid_share.any()
        else np.zeros(len(cells))
    )
    prepaid_change = prepaid - state.prepaid
    repaired = repair_payments.sum(axis=(1, 2, 3, 4))
    income = (due + subsidies + supplement).sum(axis=axes_except()) + repaired + prepaid_change
    paid = (inpatient_benefits + outpatient_benefits + critical + bonus_cost).sum(axis=(1, 2, 3, 4))
    administration = paid * basis.administration_share
    outgo = paid + administration
    opening_fund = state.fund[:, 0]
    closing_fund = fund.closing(opening_fund, income, outgo, basis.interest_rate, basis.deficit_rate)

    dying = (1 + migration_start) * mort_rate
    moving = migration_start + migration_end
    closing_funds, employee_flows = closing_fund[:, None], None
    if basis.employee is not None:
        scheme_year = employee.Year(
            members=members,
            mort_rate=mort_rate,
            women=women.sum(axis=1, keepdims=True),
            births=births,
            dying=dying,
            moving=moving,
            moves=moves,
            adjustment=employee_adjustment,
            from_accounts=employee.total(from_accounts),
        )
        scheme_funds, employee_flows = employee.money(scheme_year, basis, basis.employee, state)
        closing_funds = np.concatenate([closing_funds, scheme_funds], axis=1)
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
        transfers_in=by_person_group(moves.to_residents),
        transfers_out=by_person_group(transfers_out),
        waiting_months=waiting_months,
        resident_enrolled=paying_with_newborn[:, 0, 0],
        resident_insured_years=by_person_group(insured_years),
        inpatient_claims=by_person_group(insured_years * pp.basic.inpatient_cost),
        outpatient_claims=by_person_group(insured_years * pp.basic.outpatient_cost),
        inpatient_benefits=inpatient_benefits,
        outpatient_benefits=outpatient_benefits,
        critical_illness=critical,
        bonus_cost=bonus_cost,
        critical_beneficiaries=by_person_group(insured_years * pp.critical_claim),
        bonus_cap=by_person_group(payers * bonus_cap),
        no_claim=by_person_group(insured_years * pp.no_claim),
        repair_payments=repair_payments,
        repaired_years=repaired_years,
        personal_contributions=(due - assistance)[:, 0, 0],
        contributions_from_accounts=from_accounts,
        assistance=assistance[:, 0, 0],
        subsidies=subsidies[:, 0, 0],
        local_supplement=supplement[:, 0, 0],
        members_income=(paying_with_newborn * basis.disposable_income)[:, 0, 0],
        prepaid_change=prepaid_change,
        administration=administration,
        interest=closing_fund - opening_fund - (income - outgo),
        employee=employee_flows,
    )
    return State(closing, closing_funds, prepaid), flows


def move_between_areas(
    aged: np.ndarray,
    people_end: np.ndarray,
    persons_end: np.ndarray,
    basis: YearBasis,
    work: Workspace,
    closing: np.ndarray,
) -> None:
    """Move persons between country and town so that the urban share of the new 1 January is met, from `aged` to `closing`."""
    by_area = people_end.sum(axis=axis("income"), keepdims=True)
    urban, _ = town_and_country(by_area.sum(axis=axis("age"), keepdims=True))
    ready = town_and_country((by_area * basis.area_propensity).sum(axis=axis("age"), keepdims=True))
    shares = population.move_shares(urban, basis.urban_share_end * persons_end, *ready)
    out_of_town, into_town = (share * basis.area_propensity for share in shares)
    population.exchange(*town_and_country(aged), out_of_town, into_town, work.half, town_and_country(closing))


def town_and_country(people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The urban and the rural part of an array on the person axes."""
    return people[:, :, :, :, URBAN : URBAN + 1], people[:, :, :, :, RURAL : RURAL + 1]


def move_assistance(
    closing: np.ndarray, people_end: np.ndarray, persons_end: np.ndarray, basis: YearBasis, work: Workspace
) -> None:
    """Exchange assisted and low-income persons at one rate so that the assisted share is met, in place."""
    assisted, low = assisted_and_low(people_end.sum(axis=axis("area", "age"), keepdims=True))
    shares = population.move_shares(assisted, basis.assisted_share_end * persons_end, assisted, low)
    groups = assisted_and_low(closing)
    population.exchange(*groups, *shares, work.quarter, groups)


def assisted_and_low(people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The assisted and the low-income part of an array on the person axes."""
    assisted, low = population.ASSISTED, population.LOW_INCOME
    return people[..., assisted : assisted + 1, :], people[..., low : low + 1, :]


def tracked(name: str) -> slice:
    """The row of a tracked total, as a slice."""
    return slice(row(name), row(name) + 1)


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
    older = np.zeros_like(people)
    older[..., 1:] = people[..., :-1]
    older[..., -1] += people[..., -1]
    return older


def later_age(at_age: np.ndarray) -> np.ndarray:
    """What belongs to the age reached at the year's end, by age at its start; the open age keeps its own apart."""
    later = np.zeros_like(at_age)
    later[..., :-1] = at_age[..., 1:]
    return later
