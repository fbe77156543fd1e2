"""One calendar year of a fund, stage by stage.

Person arrays run over run, health, row, sex, area, income, age; rows are the statuses and, behind them, the tracked totals.
"""

from dataclasses import dataclass

import numpy as np

from simsurance.axes import (
    EMPLOYEES,
    GAP_DEPTH,
    NO_CLAIM,
    STATUSES,
    TENURE_DEPTH,
    TENURES,
    UNINSURED,
    axes_except,
    axis,
    row,
)
from simsurance.model import benefits, critical_illness, fund, health, membership, participation, population
from simsurance.model.state import Flows, Hazards, State, Workspace, YearBasis

ACTIVE, RETIRED = row("employee_active"), row("employee_retired")
GAP_0, TENURE_1, LAST_TENURE, LAST_GAP = row("gap_0"), row("tenure_1"), TENURES.stop - 1, UNINSURED.stop - 1
ASSISTED_OR_NOT = (0, 1, 1, 1)
"""Which of two rules of critical-illness insurance holds for each income group: that for the assisted, or that for others."""
URBAN, RURAL = population.URBAN, population.RURAL
FEMALE = population.FEMALE


def enrolment_hazards(cells: np.ndarray, basis: YearBasis) -> Hazards:
    """Hazards of the enrolment for the year, from the state before it; raises nothing, writes nothing."""
    completed = participation.rule_years_completed(basis.year, basis.rules_start)
    counting = basis.rules_in_force * float(basis.year >= basis.rules_start)
    grid = (cells.shape[0], 1, 1, 1, *cells.shape[4:])

    lapsed = np.empty((*grid[:2], UNINSURED.stop, *grid[3:]))
    lapsed[:, :, :1] = basis.never_counts * np.minimum(completed, np.arange(1.0, grid[-1] + 1))
    lapsed[:, :, 1:] = np.minimum(np.arange(UNINSURED.stop - 1), completed).reshape(1, 1, -1, 1, 1, 1, 1)
    lapsed[:, :, LAST_GAP] = membership.mean_years(
        cells[:, :, membership.LAPSED_YEARS], cells[:, :, LAST_GAP], min(completed, GAP_DEPTH)
    )[:, :, 0]
    rules = waiting_rules(basis)
    waits = np.broadcast_to(basis.waits * counting, grid)
    waits_by_gap = np.repeat(waits, UNINSURED.stop, axis=2)
    waits_by_gap[:, :, GAP_0] *= basis.leavers_wait[:, :, 0]
    repaired = np.where(basis.repair_all > 0, lapsed, rules.useful_repair(lapsed))
    months_plain, months_repaired = waits_by_gap * rules.months(lapsed), waits_by_gap * rules.months(lapsed, repaired)
    repair = basis.repair_share * (months_repaired < months_plain)
    lost, left = expected_months(months_plain, months_repaired, repair, basis)
    months = (1 - repair) * months_plain + repair * months_repaired
    wait_at_stake = waits * np.minimum(rules.months(np.ones(grid[:1] + (1,) * 6)), participation.MONTHS)

    earned, at_stake = bonus_at_stake(cells, basis, grid)
    relative_burden = (basis.burden + basis.burden_floor) / (basis.reference_burden + basis.burden_floor)
    leave_odds = (
        basis.leave_odds
        * (relative_burden**basis.leave_burden * np.exp(-basis.leave_wait * wait_at_stake) * basis.leave_other)
        * np.exp(-basis.leave_bonus * participation.salience(counting * at_stake * basis.bonus_felt))
    )
    enter_odds = basis.enter_odds * (
        relative_burden**-basis.return_burden
        * np.exp(-basis.return_wait * np.minimum(months, participation.MONTHS))
        * basis.return_other
    )
    return Hazards(
        leave=membership.probability(leave_odds),
        enter=membership.probability(enter_odds),
        months_lost=lost,
        months_left=left,
        repaired_years=repair * repaired,
        lapsed_years=lapsed,
        earned=earned * counting,
    )


def waiting_rules(basis: YearBasis) -> participation.WaitingRules:
    """The waiting rules of the year."""
    return participation.WaitingRules(
        basis.fixed_months,
        basis.months_per_lapsed_year,
        basis.floor_months,
        basis.floor_from_lapsed_years,
        basis.first_lapsed_year_counts,
        basis.longest_months,
    )


def expected_months(
    plain: np.ndarray, repaired: np.ndarray, repair: np.ndarray, basis: YearBasis
) -> tuple[np.ndarray, np.ndarray]:
    """Expected months lost in the entry year and left for the next.

    Over those who repair or not, and who enrol in or outside the central period.
    """
    lost, left = np.zeros(()), np.zeros(())
    for share_late, month in ((1 - basis.late_share, 0.0), (basis.late_share, basis.late_month)):
        for share, months in ((1 - repair, plain), (repair, repaired)):
            here, later = participation.without_cover(months, month)
            lost, left = lost + share_late * share * here, left + share_late * share * later
    return lost, left


def bonus_at_stake(cells: np.ndarray, basis: YearBasis, grid: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Continuous credit earned so far, and the rise of the cap that a lapse would lose, by tenure.

    Lost are the continuous credit with the next step, unless kept, and the no-claim credit, within the limit. Yuan of the
    reference year.
    """
    counted = participation.rule_years_completed(basis.year, basis.rules_start - basis.bonus_credited_years)
    continuous = np.empty((*grid[:2], TENURE_DEPTH, *grid[3:]))
    continuous[:] = np.minimum(np.arange(1, TENURE_DEPTH + 1), counted).reshape(1, 1, -1, 1, 1, 1, 1)
    continuous[:, :, -1] = membership.mean_years(
        cells[:, :, membership.RULE_YEARS], cells[:, :, LAST_TENURE], min(counted, TENURE_DEPTH)
    )[:, :, 0]
    persons = cells[:, :, TENURES].sum(axis=(1, 3), keepdims=True)
    no_claim = np.divide(
        cells[:, :, NO_CLAIM].sum(axis=(1, 3), keepdims=True), persons, out=np.zeros_like(persons), where=persons > 0
    )
    earned = participation.continuous_credit(continuous, basis.bonus_step, basis.bonus_after_years)
    with_next = participation.continuous_credit(continuous + 1, basis.bonus_step, basis.bonus_after_years)
    lost = (with_next - basis.bonus_kept * earned) + no_claim * basis.no_claim_step
    return earned, participation.limited(lost, basis.critical_cap / basis.indexation, basis.bonus_limit)


@dataclass(frozen=True)
class PerPerson:
    """Expected cost, benefits and chances of a person covered all year, and the rules behind them.

    [run, health, 1, sex, area, income or 1, age].
    """

    inpatient_cost: np.ndarray
    inpatient: np.ndarray
    outpatient_cost: np.ndarray
    outpatient: np.ndarray
    critical: np.ndarray
    critical_claim: np.ndarray
    cap_used: np.ndarray
    no_claim: np.ndarray
    cost: critical_illness.UserCost
    above_cap: np.ndarray


def benefit_layers(basis: YearBasis) -> tuple[critical_illness.BasicLayer, critical_illness.Cover]:
    """The year's layers on a user's inpatient cost: basic insurance, and critical-illness insurance on what it leaves.

    The cover's income axis has two members, assisted and not: the rules tell no others apart.
    """
    two = slice(0, 2)
    cover = critical_illness.Cover(
        basis.critical_deductible[..., two, :],
        by_band(basis.critical_edges),
        tuple(
            np.broadcast_to(ratio, (*ratio.shape[:5], 4, 1))[..., two, :] for ratio in by_band(basis.critical_ratios)
        ),
        basis.critical_cap,
        basis.critical_capped[..., two, :],
    )
    return critical_illness.BasicLayer(basis.inpatient_deductible, basis.inpatient_ratio, basis.inpatient_limit), cover


def by_band(values: np.ndarray) -> tuple[np.ndarray, ...]:
    """The bands' values one by one; the band is the axis behind the run."""
    return tuple(values[:, band] for band in range(values.shape[1]))


def by_income(assisted_or_not: np.ndarray) -> np.ndarray:
    """Numbers of the assisted and of the others, on the income axis."""
    return assisted_or_not[..., ASSISTED_OR_NOT, :]


def benefits_pp(basis: YearBasis) -> PerPerson:
    """What a person covered all year costs and is paid, in closed form. Yuan a year, chances a year."""
    basic, cover = benefit_layers(basis)
    use, mean, sigma, tail = basis.inpatient_use, basis.inpatient_cost, basis.inpatient_sigma, basis.tail_index
    cost = critical_illness.UserCost(mean, sigma, basic, tail)
    excesses = cover.excesses(cost)
    outpatient = benefits.layer(
        basis.outpatient_cost,
        basis.outpatient_sigma,
        basis.outpatient_deductible,
        basis.outpatient_ratio,
        basis.outpatient_limit,
    )
    paid_in_hospital = use * benefits.chance_above(mean, sigma, basis.inpatient_deductible, tail)
    paid_outside = basis.outpatient_use * benefits.chance_above(
        basis.outpatient_cost, basis.outpatient_sigma, basis.outpatient_deductible
    )
    return PerPerson(
        inpatient_cost=use * (cost.excess(np.zeros(())) if tail.any() else mean),
        inpatient=use * cost.basic_benefit * basis.inpatient_benefit_factor,
        outpatient_cost=basis.outpatient_use * basis.outpatient_cost,
        outpatient=basis.outpatient_use * outpatient * basis.outpatient_benefit_factor,
        critical=by_income(use * cover.between(excesses) * basis.critical_factor),
        critical_claim=by_income(use * benefits.chance_above(mean, sigma, basic.cost_at(cover.deductible), tail)),
        cap_used=by_income(use * benefits.chance_above(mean, sigma, basic.cost_at(cover.capped_at), tail)),
        no_claim=(1 - paid_in_hospital) * (1 - paid_outside),
        cost=cost,
        above_cap=excesses[-1],
    )


def bonus_granted(enrolled: np.ndarray, payers: np.ndarray, basis: YearBasis, counted: int) -> np.ndarray:
    """The mean rise of the cap of a cell's insured in the year, nominal yuan, on the axes of `payers`.

    Both credits and what was carried through a lapse, within the limit. `counted`: years the rules have counted with this one.
    """
    tenures = enrolled[:, :, TENURES]
    credit = enrolled[:, :, NO_CLAIM].sum(axis=2, keepdims=True) * basis.no_claim_step
    credit += enrolled[:, :, membership.CARRIED_INSURED : membership.CARRIED_INSURED + 1]
    for tenure in range(1, TENURE_DEPTH):
        rise = participation.continuous_credit(
            np.array(float(min(tenure, counted))), basis.bonus_step, basis.bonus_after_years
        )
        if rise.any():
            credit += tenures[:, :, tenure - 1 : tenure] * rise
    persons = tenures[:, :, -1:]
    years = enrolled[:, :, membership.RULE_YEARS : membership.RULE_YEARS + 1]
    mean = np.divide(years, persons, out=np.zeros_like(years), where=persons > 0)
    credit += persons * participation.continuous_credit(mean, basis.bonus_step, basis.bonus_after_years)
    mean_credit = np.divide(credit, payers, out=np.zeros_like(credit), where=payers > 0)
    return participation.limited(mean_credit * basis.indexation, basis.critical_cap, basis.bonus_limit)


def bonus_cost_pp(basis: YearBasis, pp: PerPerson, bonus_cap: np.ndarray) -> np.ndarray:
    """Expected cost of the raised cap for a person covered all year, yuan a year; shape of `bonus_cap`."""
    everyone = critical_illness.Cover(
        basis.critical_deductible,
        by_band(basis.critical_edges),
        by_band(basis.critical_ratios),
        basis.critical_cap,
        basis.critical_capped,
    )
    before = everyone.capped_at
    raised = np.where(everyone.capped > 0, everyone.own_at(everyone.cap + bonus_cap), critical_illness.NO_CAP)
    last_band = everyone.deductible + everyone.edges[-1]
    if (np.minimum(before, raised) >= last_band).all():
        cost = everyone.ratios[-1] * (by_income(pp.above_cap) - pp.cost.own_excess(raised))
        return basis.inpatient_use * basis.critical_factor * cost
    ends = [*(everyone.deductible + edge for edge in everyone.edges[1:]), np.array(critical_illness.NO_CAP)]
    cost, start = np.zeros(()), np.zeros(())
    for ratio, end in zip(everyone.ratios, ends, strict=True):
        lower, upper = np.maximum(np.minimum(before, raised), start), np.minimum(np.maximum(before, raised), end)
        if (lower < upper).any():
            between = pp.cost.own_excess(lower) - pp.cost.own_excess(np.maximum(lower, upper))
            cost = cost + ratio * np.sign(raised - before) * between
        start = end
    return basis.inpatient_use * basis.critical_factor * cost


def credit_year_without_claim(enrolled: np.ndarray, basis: YearBasis, pp: PerPerson) -> None:
    """Add a year without reimbursement to the insured who had none, and take the credit of those who used it, in place."""
    years = enrolled[:, :, NO_CLAIM]
    years *= 1 - basis.rules_in_force * basis.no_claim_reset * pp.cap_used
    years += enrolled[:, :, TENURES] * (basis.rules_in_force * pp.no_claim)


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
    inpatient_benefits = by_person_group(insured_years * pp.inpatient)
    outpatient_benefits = by_person_group(insured_years * pp.outpatient)
    critical = by_person_group(insured_years * pp.critical) * self_run
    critical += by_person_group(paying_with_newborn) * basis.critical_premium_pp[:, 0, 0]

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
        (tracked("months_left"), insured_growth),
        (tracked("carried_lapsed"), uninsured_growth),
        (tracked("carried_insured"), insured_growth),
        (NO_CLAIM, insured_growth),
    ):
        enrolled[:, :, rows] *= factor
    transfers_in = employee_moves(enrolled, entrants, basis, credited)
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
    repaired = repair_payments.sum(axis=(1, 2, 3, 4))
    income = (due + subsidies + supplement).sum(axis=axes_except()) + repaired + prepaid_change
    paid = (inpatient_benefits + outpatient_benefits + critical + bonus_cost).sum(axis=(1, 2, 3, 4))
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
        resident_enrolled=paying_with_newborn[:, 0, 0],
        resident_insured_years=by_person_group(insured_years),
        inpatient_claims=by_person_group(insured_years * pp.inpatient_cost),
        outpatient_claims=by_person_group(insured_years * pp.outpatient_cost),
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
        assistance=assistance[:, 0, 0],
        subsidies=subsidies[:, 0, 0],
        local_supplement=supplement[:, 0, 0],
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
