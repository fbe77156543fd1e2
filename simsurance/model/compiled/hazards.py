"""Kernels of the enrolment's hazards in one area and income group (method note, sections 5 and 8)."""

from math import exp, floor
from typing import Any

from simsurance.axes import GAP_DEPTH, TENURE_DEPTH, UNINSURED, row
from simsurance.model.compiled.elementary import exponential
from simsurance.model.compiled.machine import compiled
from simsurance.model.enrolment import LEAST_SHORTER
from simsurance.model.participation import MONTHS

GAP_0, LAST_GAP, OPEN = row("gap_0"), UNINSURED.stop - 1, UNINSURED.stop
LAST_TENURE = TENURE_DEPTH - 1


@compiled
def limited(credit: float, cap: float, limit: float) -> float:
    """The rise of the cap that is granted."""
    return min(max(credit, -min(limit, 1.0) * cap), limit * cap)


@compiled
def counted(lapsed: float, rules: Any) -> float:
    """Lapsed years that lengthen the waiting."""
    return max(lapsed - (1 - rules.first_lapsed_year_counts), 0.0)


@compiled
def useful_repair(lapsed: float, rules: Any) -> float:
    """Lapsed years worth paying for."""
    if rules.months_per_lapsed_year <= 0:
        return 0.0
    if lapsed < rules.floor_from_lapsed_years:
        return counted(lapsed, rules)
    unpaid = max(rules.floor_months - rules.fixed_months, 0.0) / rules.months_per_lapsed_year
    return max(counted(lapsed, rules) - unpaid, 0.0)


@compiled
def months(lapsed: float, repaired: float, rules: Any) -> float:
    """Months without cover after enrolling again."""
    found = rules.fixed_months + rules.months_per_lapsed_year * max(counted(lapsed, rules) - repaired, 0.0)
    if lapsed >= rules.floor_from_lapsed_years:
        found = max(found, rules.floor_months)
    return min(found, rules.longest_months)


@compiled
def waiting(basis: Any, room: Any, a: int, i: int) -> None:
    """Months lost, left and felt, lapsed years and those paid for, by never, gap and age; the open row as the mean of two."""
    ages = len(room.longer)
    lapsed = room.lapsed
    completed = max(basis.year - basis.rules_start, 0)
    counting = basis.rules_in_force if basis.year >= basis.rules_start else 0.0
    for x in range(ages):
        persons = room.longest_gap[a, i, x]
        mean = room.lapsed_years[a, i, x] / persons if persons > 0 else float(min(completed, GAP_DEPTH))
        whole = floor(mean)
        lapsed[0, x] = basis.never_counts * min(completed, x + 1)
        lapsed[LAST_GAP, x], lapsed[OPEN, x] = whole, whole + 1
        room.longer[x] = mean - whole
    for k in range(OPEN + 1):
        if 0 < k < LAST_GAP:
            for x in range(ages):
                lapsed[k, x] = min(k - 1, completed)
        wait, before = -1.0, -1.0
        lost, left, felt, paid = 0.0, 0.0, 0.0, 0.0
        for x in range(ages):
            waits = basis.waits[i, x] * counting
            if k == GAP_0:
                waits *= basis.leavers_wait
            if waits != wait or lapsed[k, x] != before:  # at most ages all stay as they were
                wait, before = waits, lapsed[k, x]
                lost, left, felt, paid = expected(waits, before, basis)
            room.lost[k, x], room.left[k, x], room.months[k, x], room.paid_years[k, x] = lost, left, felt, paid
    for x in range(ages):
        longer = room.longer[x]
        room.lost[LAST_GAP, x] = (1 - longer) * room.lost[LAST_GAP, x] + longer * room.lost[OPEN, x]
        room.left[LAST_GAP, x] = (1 - longer) * room.left[LAST_GAP, x] + longer * room.left[OPEN, x]
        room.months[LAST_GAP, x] = (1 - longer) * room.months[LAST_GAP, x] + longer * room.months[OPEN, x]
        room.paid_years[LAST_GAP, x] = (1 - longer) * room.paid_years[LAST_GAP, x] + longer * room.paid_years[OPEN, x]
        lapsed[LAST_GAP, x] += longer


@compiled
def expected(waits: float, lapsed: float, basis: Any) -> tuple[float, float, float, float]:
    """Months lost in the entry year, left for the next, and felt; lapsed years paid for.

    Over those who repair or not, and who enrol in or outside the central period.
    """
    rules = basis.waiting
    repaired = lapsed if basis.repair_all > 0 else useful_repair(lapsed, rules)
    plain, shorter = waits * months(lapsed, 0.0, rules), waits * months(lapsed, repaired, rules)
    repair = basis.repair_share if plain - shorter > LEAST_SHORTER else 0.0
    lost, left = 0.0, 0.0
    for late in range(2):
        share = basis.late_share if late else 1 - basis.late_share
        month = basis.late_month if late else 0.0
        for repairs in range(2):
            of_all = share * (repair if repairs else 1 - repair)
            gone = month + (shorter if repairs else plain)
            lost += of_all * min(gone, MONTHS)
            left += of_all * min(max(gone - MONTHS, 0.0), MONTHS)
    return lost, left, (1 - repair) * plain + repair * shorter, repair * repaired


@compiled
def hazards(basis: Any, room: Any, a: int, i: int) -> None:
    """Probabilities of leaving by tenure and of entering by never and gap, for each need class and age; credit earned."""
    waiting(basis, room, a, i)
    needs, tenures, ages = room.leave.shape
    counting = basis.rules_in_force if basis.year >= basis.rules_start else 0.0
    at_stake = min(months(1.0, 0.0, basis.waiting), MONTHS)
    felt, was, wait = -1.0, -1.0, -1.0
    leave, enter = 0.0, 0.0
    for x in range(ages):
        ratio = (basis.burden[a, i, x] + basis.burden_floor) / (basis.reference_burden[a, i, x] + basis.burden_floor)
        waits = basis.waits[i, x] * counting
        if ratio != felt or waits != wait:
            felt, wait = ratio, waits
            leave = ratio**basis.leave_burden * exp(-basis.leave_wait * (waits * at_stake)) * basis.leave_other
            enter = ratio**-basis.return_burden * basis.return_other
        room.felt[0, x], room.felt[1, x] = leave, enter
    bonus_years = max(basis.year - (basis.rules_start - basis.bonus_credited_years), 0)
    cap = basis.critical_cap / basis.indexation
    weighs = counting * basis.bonus_felt[i]
    for j in range(tenures):
        years, no_claim = room.line[1], room.line[2]
        for x in range(ages):
            persons = room.tenures[j, a, i, x]
            some = persons > 0
            mean = room.rule_years[a, i, x] / (persons if some else 1.0)
            years[x] = float(min(j + 1, bonus_years)) if j < LAST_TENURE or not some else mean
            no_claim[x] = room.no_claims[j, a, i, x] / (persons if some else 1.0) if some else 0.0
            earned = basis.bonus_step * max(years[x] - basis.bonus_after_years, 0.0)
            room.earned[j, x] = earned * counting
            room.line[0, x] = room.felt[0, x]
        if weighs != 0 and basis.leave_bonus != 0:
            for x in range(ages):
                earned = basis.bonus_step * max(years[x] - basis.bonus_after_years, 0.0)
                with_next = basis.bonus_step * max(years[x] + 1 - basis.bonus_after_years, 0.0)
                credit = no_claim[x] * basis.no_claim_step
                kept = basis.bonus_kept * earned + basis.no_claim_kept * credit
                stake = limited(with_next + credit, cap, basis.bonus_limit)
                stake -= limited(kept - basis.cap_cut, cap, basis.bonus_limit)
                salience = 10.0 * (1.0 - exponential(-(weighs * stake) / 10.0))
                room.line[0, x] *= exponential(-basis.leave_bonus * salience)
        for h in range(needs):
            for x in range(ages):
                odds = basis.leave_odds[h, j, a, i, x] * room.line[0, x]
                room.leave[h, j, x] = odds / (1 + odds)
    for k in range(OPEN):
        was, factor = -1.0, 0.0
        for x in range(ages):
            if room.months[k, x] != was:
                was = room.months[k, x]
                factor = exp(-basis.return_wait * min(was, MONTHS))
            room.line[0, x] = room.felt[1, x] * factor
        for h in range(needs):
            for x in range(ages):
                odds = basis.enter_odds[h, k, x] * room.line[0, x]
                room.enter[h, k, x] = odds / (1 + odds)
