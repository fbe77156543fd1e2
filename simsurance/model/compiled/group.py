"""Kernels of one person group: enrolment, need classes, moves, flows, and the year's end of all its cells."""

from typing import Any

from simsurance.axes import (
    EMPLOYEES,
    ENTRANTS,
    GAP_DEPTH,
    GAPS,
    NO_CLAIM,
    ROWS,
    TENURE_DEPTH,
    TENURES,
    UNINSURED,
    row,
)
from simsurance.model.compiled.care import bonus
from simsurance.model.compiled.machine import compiled
from simsurance.model.compiled.records import PLACE
from simsurance.model.fund import ROUNDING
from simsurance.model.participation import MONTHS
from simsurance.model.population import FEMALE

NEVER, GAP_0 = row("never"), row("gap_0")
FIRST_GAP, LAST_GAP, UNINSURED_END = GAPS.start, GAPS.stop - 1, UNINSURED.stop
FIRST_TENURE, LAST_TENURE, TENURES_END = TENURES.start, TENURES.stop - 1, TENURES.stop
ACTIVE, RETIRED, EMPLOYEES_END = row("employee_active"), row("employee_retired"), EMPLOYEES.stop
FIRST_NO_CLAIM, LAST_NO_CLAIM, NO_CLAIM_END = NO_CLAIM.start, NO_CLAIM.stop - 1, NO_CLAIM.stop
RULE_YEARS, LAPSED_YEARS = row("rule_years"), row("lapsed_years")
WAITING, MONTHS_LEFT = row("waiting_months"), row("months_left")
CARRIED_LAPSED, CARRIED_INSURED = row("carried_lapsed"), row("carried_insured")
NO_CLAIM_LAPSED = row("no_claim_lapsed")
ALL_ROWS = len(ROWS)
OUTSIDE, ENTERED_INSURED, ENTERED_UNINSURED, NOT_MET = (
    ENTRANTS.index(name) for name in ("outside", "insured", "uninsured", "not_met")
)


@compiled
def enrol(rows: Any, basis: Any, room: Any, s: int, a: int, i: int) -> None:
    """Membership after the enrolment for the year, to `room.enrolled`; who moved is added to `room.flows`."""
    enrolled, leave, enter, flows = room.enrolled, room.leave, room.enter, room.flows
    needs, _, ages = enrolled.shape
    counted = max(basis.year + 1 - basis.rules_start, 0)
    credited = max(basis.year + 1 - (basis.rules_start - basis.bonus_credited_years), 0)
    longest_gap, of_gap = float(min(counted, GAP_DEPTH)), float(min(counted, 1))
    longest_tenure, of_tenure = float(min(credited, TENURE_DEPTH)), float(min(credited, 1))
    for x in range(ages):
        joins, all_returns, waiting, repaired = 0.0, 0.0, 0.0, 0.0
        for h in range(needs):
            came, returns, lost, later, paid = 0.0, 0.0, 0.0, 0.0, 0.0
            for k in range(UNINSURED_END):
                persons = rows[h, k, s, a, i, x]
                entering = persons * enter[h, k, x]
                came += entering
                returns += entering if k >= FIRST_GAP else 0.0
                lost += entering * room.lost[k, x]
                later += entering * room.left[k, x]
                paid += entering * room.paid_years[k, x]
                if k == NEVER:
                    enrolled[h, NEVER, x] = persons - entering
                elif k < LAST_GAP:
                    enrolled[h, k + 1, x] = persons - entering
                else:
                    reached, still = enrolled[h, LAST_GAP, x], persons - entering
                    enrolled[h, LAPSED_YEARS, x] = (
                        rows[h, LAPSED_YEARS, s, a, i, x] * (1 - enter[h, LAST_GAP, x])
                        + reached * longest_gap
                        + still * of_gap
                    )
                    enrolled[h, LAST_GAP, x] = reached + still
            joins += rows[h, NEVER, s, a, i, x] * enter[h, NEVER, x]
            all_returns += returns
            repaired += paid
            enrolled[h, FIRST_TENURE, x] = came
            lost += rows[h, MONTHS_LEFT, s, a, i, x] * (1 - leave[h, 0, x])
            waiting += lost
            enrolled[h, WAITING, x] = lost
            enrolled[h, MONTHS_LEFT, x] = later
        flows[PLACE.joins, x], flows[PLACE.returns, x] = joins, all_returns
        flows[PLACE.waiting_months, x], flows[PLACE.repaired_years, x] = waiting, repaired
    for x in range(ages):
        leaves = 0.0
        for h in range(needs):
            left, lost_credit = 0.0, 0.0
            for j in range(TENURE_DEPTH):
                persons, credit = rows[h, FIRST_TENURE + j, s, a, i, x], rows[h, FIRST_NO_CLAIM + j, s, a, i, x]
                leaving = persons * leave[h, j, x]
                left += leaving
                stayed, credit_stayed = persons - leaving, credit * (1 - leave[h, j, x])
                lost_credit += credit * leave[h, j, x]
                if j < TENURE_DEPTH - 1:
                    enrolled[h, FIRST_TENURE + 1 + j, x] = stayed
                    enrolled[h, FIRST_NO_CLAIM + 1 + j, x] = credit_stayed
                else:
                    reached = enrolled[h, LAST_TENURE, x]
                    enrolled[h, RULE_YEARS, x] = (
                        rows[h, RULE_YEARS, s, a, i, x] * (1 - leave[h, j, x])
                        + reached * longest_tenure
                        + stayed * of_tenure
                    )
                    enrolled[h, LAST_TENURE, x] = reached + stayed
                    enrolled[h, LAST_NO_CLAIM, x] += credit_stayed
            leaves += left
            room.leaving[h, x], room.lost_credit[h, x] = left, lost_credit
            enrolled[h, GAP_0, x] = 0.0
            enrolled[h, FIRST_GAP + 1, x] += left
            enrolled[h, ACTIVE, x] = rows[h, ACTIVE, s, a, i, x]
            enrolled[h, RETIRED, x] = rows[h, RETIRED, s, a, i, x]
        flows[PLACE.leaves, x] = leaves
    carry(rows, basis, room, s, a, i)


@compiled
def carry(rows: Any, basis: Any, room: Any, s: int, a: int, i: int) -> None:
    """What is carried through a lapse: years without reimbursement, and changes of the cap."""
    enrolled, leave, enter, returning = room.enrolled, room.leave, room.enter, room.returning
    needs, _, ages = enrolled.shape
    for x in range(ages):
        for h in range(needs):
            came, gaps = 0.0, 0.0
            for k in range(FIRST_GAP, UNINSURED_END):
                came += rows[h, k, s, a, i, x] * enter[h, k, x]
                gaps += rows[h, k, s, a, i, x]
            there = gaps > 0
            back = came / (gaps if there else 1.0) if there else 0.0
            lapsed = rows[h, NO_CLAIM_LAPSED, s, a, i, x]
            returning[h, x] = back
            enrolled[h, NO_CLAIM_LAPSED, x] = lapsed + (room.lost_credit[h, x] * basis.no_claim_kept - lapsed * back)
            enrolled[h, FIRST_NO_CLAIM, x] = lapsed * back
            enrolled[h, CARRIED_LAPSED, x] = rows[h, CARRIED_LAPSED, s, a, i, x]
            enrolled[h, CARRIED_INSURED, x] = rows[h, CARRIED_INSURED, s, a, i, x]
    if room.carried == 0 and basis.bonus_kept == 0 and basis.cap_cut == 0:
        return
    for x in range(ages):
        for h in range(needs):
            persons, kept, cut = 0.0, 0.0, 0.0
            for j in range(TENURE_DEPTH):
                persons += rows[h, FIRST_TENURE + j, s, a, i, x]
                kept += rows[h, FIRST_TENURE + j, s, a, i, x] * leave[h, j, x] * room.earned[j, x]
            for k in range(FIRST_GAP, UNINSURED_END):
                cut += rows[h, k, s, a, i, x] * enter[h, k, x] * room.lapsed[k, x]
            gone = room.leaving[h, x] / persons if persons > 0 else 0.0
            leaving_with = rows[h, CARRIED_INSURED, s, a, i, x] * gone
            entering_with = rows[h, CARRIED_LAPSED, s, a, i, x] * returning[h, x]
            enrolled[h, CARRIED_LAPSED, x] += leaving_with + kept * basis.bonus_kept - entering_with
            enrolled[h, CARRIED_INSURED, x] += entering_with - cut * basis.cap_cut - leaving_with


@compiled
def mix(basis: Any, room: Any, s: int) -> None:
    """Health transition of all rows of the group."""
    enrolled, redrawn, keeps = room.enrolled, room.redrawn, basis.persistence
    needs, _, ages = enrolled.shape
    for r in range(ALL_ROWS):
        for x in range(ages):
            everyone = 0.0
            for h in range(needs):
                everyone += enrolled[h, r, x]
            for h in range(needs):
                enrolled[h, r, x] = keeps * enrolled[h, r, x] + redrawn[h, s, x] * everyone


@compiled
def entering(basis: Any, room: Any, found: Any, s: int, a: int, i: int) -> None:
    """Shares of the resident insured and of the uninsured who enter the employee scheme, and who is held to but not there."""
    needs, ages = room.insured.shape
    of_insured, of_uninsured = room.line[0], room.line[1]
    of_insured[:] = 0.0
    of_uninsured[:] = 0.0
    for h in range(needs):
        for x in range(ages):
            room.insured[h, x] = room.payers[h, x] * room.growth[h, s, x]
            room.uninsured[h, x] = room.uninsured[h, x] * room.growth[h, s, x]
            of_insured[x] += room.insured[h, x]
            of_uninsured[x] += room.uninsured[h, x]
    entrants = found.entrants
    if basis.held:
        held = basis.entries
        for x in range(ages):
            whole = of_insured[x] + of_uninsured[x]
            wanted = held.entries[s, a, i, x] * share(whole, held.outside[s, a, i, x])
            hazard, hazard_uninsured = held.hazard[s, a, i, x], held.hazard_uninsured[s, a, i, x]
            expected = of_insured[x] * hazard + of_uninsured[x] * hazard_uninsured
            factor = wanted / expected if expected > 0 else 0.0
            entry, entry_uninsured = factor * hazard, factor * hazard_uninsured
            rest, rest_uninsured = entry, entry_uninsured
            if entry_uninsured > 1:
                rest = share(wanted - of_uninsured[x], of_insured[x])
            if entry > 1:
                rest_uninsured = share(wanted - of_insured[x], of_uninsured[x])
            room.entry[x], room.entry_uninsured[x] = min(rest, 1.0), min(rest_uninsured, 1.0)
            entrants[NOT_MET, s, a, i, x] = max(wanted - whole, 0.0)
    else:
        for x in range(ages):
            room.entry[x] = basis.employee_entry[s, a, i, x]
            room.entry_uninsured[x] = basis.employee_entry_uninsured[s, a, i, x]
            entrants[NOT_MET, s, a, i, x] = 0.0
    for x in range(ages):
        entrants[OUTSIDE, s, a, i, x] = of_insured[x] + of_uninsured[x]
        entrants[ENTERED_INSURED, s, a, i, x] = of_insured[x] * room.entry[x]
        entrants[ENTERED_UNINSURED, s, a, i, x] = of_uninsured[x] * room.entry_uninsured[x]


@compiled
def share(part: float, whole: float) -> float:
    """Part of a whole; 1 where there is no whole."""
    return part / whole if whole > 0 else 1.0


@compiled
def vital(basis: Any, room: Any, s: int, a: int, i: int) -> None:
    """Flows of births, deaths and migration of the population and of the insured."""
    people, payers, flows, dying, moving = room.people, room.payers, room.flows, room.dying, room.moving
    needs, ages = payers.shape
    for x in range(ages):
        died, moved_in, insured_died, insured = 0.0, 0.0, 0.0, 0.0
        for h in range(needs):
            died += people[h, s, a, i, x] * dying[h, s, x]
            moved_in += people[h, s, a, i, x]
            insured_died += payers[h, x] * dying[h, s, x]
            insured += payers[h, x]
        flows[PLACE.births, x], flows[PLACE.newborn_enrolled, x] = 0.0, 0.0
        flows[PLACE.deaths, x], flows[PLACE.net_migration, x] = died, moved_in * moving[s, x]
        flows[PLACE.insured_deaths, x], flows[PLACE.insured_migration, x] = insured_died, insured * moving[s, x]
    newborn, end, deaths = room.newborn[s, a, i], room.newborn_end[s, a, i], room.newborn_dying[s, a, i]
    moved, enrolled = end - newborn + deaths, basis.newborn_enrolment
    flows[PLACE.births, 0] = newborn
    flows[PLACE.deaths, 0] += deaths
    flows[PLACE.net_migration, 0] += moved
    flows[PLACE.newborn_enrolled, 0] = newborn * enrolled
    flows[PLACE.insured_deaths, 0] += deaths * enrolled
    flows[PLACE.insured_migration, 0] += moved * enrolled


@compiled
def contributions(basis: Any, room: Any, s: int, a: int, i: int) -> None:
    """Who pays for the year in the resident scheme, and what is due for them."""
    flows, payers, paying = room.flows, room.payers, room.line[0]
    needs, ages = payers.shape
    paying[:] = 0.0
    for h in range(needs):
        for x in range(ages):
            paying[x] += payers[h, x]
    paying[0] += room.newborn[s, a, i] * basis.newborn_enrolment
    personal, assisted = basis.personal_pp[a, i], basis.assistance_share[i]
    for x in range(ages):
        standards = paying[x] * basis.relative_earnings[s, x]
        due, subsidies = standards * personal, standards * basis.subsidy_pp
        assistance = due * assisted
        flows[PLACE.resident_enrolled, x] = paying[x]
        flows[PLACE.assistance, x] = assistance
        flows[PLACE.personal_contributions, x] = due - assistance
        flows[PLACE.subsidies, x] = subsidies
        flows[PLACE.local_supplement, x] = (due + subsidies) * (basis.local_supplement - 1)
        flows[PLACE.members_income, x] = paying[x] * basis.disposable_income[a, i, x]
        flows[PLACE.repair_payments, x] = flows[PLACE.repaired_years, x] * personal
        flows[PLACE.contributions_from_accounts, x] = (due - assistance) * basis.relatives_share


@compiled
def benefits(basis: Any, room: Any, layers: Any, credited: int, s: int, a: int, i: int) -> None:
    """Exposure, claims and benefits of the resident scheme."""
    flows, enrolled, payers, years, care, pp = room.flows, room.enrolled, room.payers, room.years, basis.care, room.care
    needs, ages = payers.shape
    kind = min(i, 1)
    flows[PLACE.resident_maternity_benefits, :] = 0.0
    flows[PLACE.bonus_cost, :] = 0.0
    flows[PLACE.bonus_cap, :] = 0.0
    rules = basis.year >= basis.rules_start and basis.rules_in_force != 0
    for h in range(needs):
        for x in range(ages):
            years[h, x] = payers[h, x] - enrolled[h, WAITING, x] * (1 - basis.postponed_care) / MONTHS
        if s == FEMALE and basis.birth_benefit != 0:
            factor = room.born_per_expected[a, i] * basis.birth_benefit
            for x in range(ages):
                flows[PLACE.resident_maternity_benefits, x] += years[h, x] * room.in_year[x] * factor
        for x in range(ages):
            years[h, x] *= 1 - room.mort_rate[h, s, x] / 2
        years[h, 0] += room.newborn[s, a, i] * basis.newborn_enrolment * basis.prevalence[h, s, 0] / 2
        if rules and bonus(basis, room, layers, credited, h, s, a, i):
            for x in range(ages):
                flows[PLACE.bonus_cost, x] += years[h, x] * room.line[1, x] * basis.critical_self_run
                flows[PLACE.bonus_cap, x] += payers[h, x] * room.bonus_cap[h, x]
    for x in range(ages):
        insured_years, users, admissions, claims, outpatient_claims = 0.0, 0.0, 0.0, 0.0, 0.0
        paid, outpatient_paid, critical, beneficiaries, no_claim = 0.0, 0.0, 0.0, 0.0, 0.0
        for h in range(needs):
            here = years[h, x]
            insured_years += here
            users += here * care.inpatient_use[h, s, x]
            admissions += here * care.admissions[h, s, x]
            claims += here * pp.inpatient_cost[0, h, s, a, x]
            outpatient_claims += here * pp.outpatient_cost[0, h, s, a, x]
            paid += here * pp.inpatient[0, h, s, a, x]
            outpatient_paid += here * pp.outpatient[0, h, s, a, x]
            critical += here * room.critical[kind, h, s, a, x]
            beneficiaries += here * room.critical_claim[kind, h, s, a, x]
            no_claim += here * pp.no_claim[0, h, s, a, x]
        flows[PLACE.resident_insured_years, x], flows[PLACE.inpatient_users, x] = insured_years, users
        flows[PLACE.admissions, x], flows[PLACE.inpatient_claims, x] = admissions, claims
        flows[PLACE.outpatient_claims, x], flows[PLACE.inpatient_benefits, x] = outpatient_claims, paid
        flows[PLACE.outpatient_benefits, x], flows[PLACE.no_claim, x] = outpatient_paid, no_claim
        flows[PLACE.critical_beneficiaries, x] = beneficiaries
        premiums = flows[PLACE.resident_enrolled, x] * basis.critical_premium_pp
        flows[PLACE.critical_illness, x] = critical * basis.critical_self_run + premiums


@compiled
def members(basis: Any, room: Any, s: int, a: int, i: int) -> None:
    """Members of the employee scheme and its money."""
    flows, enrolled, scheme, pp, care = (
        room.flows,
        room.enrolled,
        basis.employee,
        room.employee_care,
        basis.employee.care,
    )
    needs, ages = room.payers.shape
    factor = room.born_per_expected[a, i] * scheme.birth_benefit if s == FEMALE else 0.0
    for x in range(ages):
        deaths, members, births, retired_paid, active_years, retired_years = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        users, admissions, claims, outpatient_claims, paid, outpatient_paid = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for h in range(needs):
            active, retired = enrolled[h, ACTIVE, x], enrolled[h, RETIRED, x]
            lived = 1 - room.mort_rate[h, s, x] / 2
            deaths += (active + retired) * room.dying[h, s, x]
            members += active + retired
            births += active
            active, retired = active * lived, retired * lived
            active_years += active
            retired_years += retired
            users += (active + retired) * care.inpatient_use[h, s, x]
            admissions += (active + retired) * care.admissions[h, s, x]
            claims += active * pp.inpatient_cost[0, h, s, a, x] + retired * pp.inpatient_cost[1, h, s, a, x]
            outpatient_claims += (
                active * pp.outpatient_cost[0, h, s, a, x] + retired * pp.outpatient_cost[1, h, s, a, x]
            )
            retired_in, retired_out = retired * pp.inpatient[1, h, s, a, x], retired * pp.outpatient[1, h, s, a, x]
            paid += active * pp.inpatient[0, h, s, a, x] + retired_in
            outpatient_paid += active * pp.outpatient[0, h, s, a, x] + retired_out
            retired_paid += retired_in + retired_out
        flows[PLACE.employee_deaths, x], flows[PLACE.employee_migration, x] = deaths, members * room.moving[s, x]
        flows[PLACE.active_years, x], flows[PLACE.retired_years, x] = active_years, retired_years
        flows[PLACE.employee_inpatient_users, x], flows[PLACE.employee_admissions, x] = users, admissions
        flows[PLACE.employee_inpatient_claims, x] = claims
        flows[PLACE.employee_outpatient_claims, x] = outpatient_claims
        flows[PLACE.employee_inpatient_benefits, x] = paid
        flows[PLACE.employee_outpatient_benefits, x] = outpatient_paid
        flows[PLACE.benefits_of_retired, x] = retired_paid
        flows[PLACE.maternity_benefits, x] = births * room.in_year[x] * factor
    for x in range(ages):
        active, retired = flows[PLACE.active_years, x], flows[PLACE.retired_years, x]
        base = active * scheme.contribution_base[i]
        flows[PLACE.contribution_base, x] = base
        flows[PLACE.employer_contributions, x] = base * scheme.employer_rate
        flows[PLACE.employee_contributions, x] = base * (scheme.employee_rate * scheme.with_account)
        flows[PLACE.retiree_credits, x] = retired * scheme.retiree_credit
        flows[PLACE.retiree_contributions, x] = retired * scheme.retirees.contribution_pp[s, x]
        flows[PLACE.employee_members_income, x] = (active + retired) * basis.disposable_income[a, i, x]
        flows[PLACE.long_term_care, x] = (active + retired) * scheme.long_term_care_pp
        claims = flows[PLACE.employee_inpatient_claims, x] + flows[PLACE.employee_outpatient_claims, x]
        left = claims - flows[PLACE.employee_inpatient_benefits, x] - flows[PLACE.employee_outpatient_benefits, x]
        # what they have in proportion is spent of the accounts when these are known
        flows[PLACE.account_spending, x] = 0.0 if left < ROUNDING * claims else left


@compiled
def end(basis: Any, room: Any, credited: int, s: int, a: int, i: int) -> None:
    """What happened is applied to the rows of the group, the birthday and moves between groups left out."""
    enrolled, flows = room.enrolled, room.flows
    needs, ages = room.payers.shape
    kind = min(i, 1)
    without, used = basis.rules_in_force, basis.rules_in_force * basis.no_claim_reset
    insured, uninsured = room.line[0], room.line[1]
    for x in range(ages):
        flows[PLACE.transfers_out, x], flows[PLACE.transfers_in, x], flows[PLACE.purchases, x] = 0.0, 0.0, 0.0
        flows[PLACE.employee_entries, x], flows[PLACE.employee_exits, x], flows[PLACE.retirements, x] = 0.0, 0.0, 0.0
    for h in range(needs):
        for x in range(ages):
            insured[x] = room.growth[h, s, x] * (1 - room.entry[x])
            uninsured[x] = room.growth[h, s, x] * (1 - room.entry_uninsured[x])
        if basis.year >= basis.rules_start and without != 0:
            for j in range(TENURE_DEPTH):
                for x in range(ages):
                    enrolled[h, FIRST_NO_CLAIM + j, x] = enrolled[h, FIRST_NO_CLAIM + j, x] * (
                        1 - used * room.cap_used[kind, h, s, a, x]
                    ) + enrolled[h, FIRST_TENURE + j, x] * (without * room.care.no_claim[0, h, s, a, x])
        for r in range(ALL_ROWS):
            if r < UNINSURED_END or r in (LAPSED_YEARS, CARRIED_LAPSED, NO_CLAIM_LAPSED):
                for x in range(ages):
                    enrolled[h, r, x] *= uninsured[x]
            elif r == WAITING:
                enrolled[h, r, :] = 0.0
            elif r in (ACTIVE, RETIRED):
                for x in range(ages):
                    enrolled[h, r, x] *= room.growth[h, s, x]
            else:
                for x in range(ages):
                    enrolled[h, r, x] *= insured[x]
        for x in range(ages):
            transfers = room.insured[h, x] * room.entry[x]
            entries = transfers + room.uninsured[h, x] * room.entry_uninsured[x]
            retiring = enrolled[h, ACTIVE, x] * basis.retirement[s, x]
            leaving = (enrolled[h, ACTIVE, x] - retiring) * basis.employee_exit[s, x]
            bought = retiring * (1 - basis.qualified_share[s]) * basis.buying_share
            staying = retiring * basis.qualified_share[s] + bought
            exits = leaving + retiring - staying
            to_residents = (retiring - staying) * basis.joining_share + leaving * basis.leaver_enrolment
            continuous = to_residents * basis.years_count
            flows[PLACE.transfers_out, x] += transfers
            flows[PLACE.transfers_in, x] += to_residents
            flows[PLACE.employee_entries, x] += entries
            flows[PLACE.employee_exits, x] += exits
            flows[PLACE.retirements, x] += retiring
            flows[PLACE.purchases, x] += bought * basis.employee.purchase_pp
            enrolled[h, ACTIVE, x] += entries - retiring - leaving
            enrolled[h, RETIRED, x] += staying
            enrolled[h, GAP_0, x] += exits - to_residents
            enrolled[h, LAST_TENURE, x] += continuous
            enrolled[h, FIRST_TENURE, x] += to_residents - continuous
            enrolled[h, RULE_YEARS, x] += continuous * credited


@compiled
def split(room: Any, s: int, a: int, i: int) -> None:
    """Of the persons of the group after the transition: who pays for the year in the resident scheme, and who is in none."""
    enrolled, payers = room.enrolled, room.payers
    needs, ages = payers.shape
    for h in range(needs):
        payers[h, :] = 0.0
        for j in range(FIRST_TENURE, TENURES_END):
            for x in range(ages):
                payers[h, x] += enrolled[h, j, x]
        for x in range(ages):
            employed = enrolled[h, ACTIVE, x] + enrolled[h, RETIRED, x]
            room.uninsured[h, x] = room.people[h, s, a, i, x] - payers[h, x] - employed
