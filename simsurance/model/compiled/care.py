"""Kernels of what care costs and what the layers of insurance pay, in closed form (method note, section 7)."""

from math import exp, log
from typing import Any

from simsurance.axes import NO_CLAIM, TENURE_DEPTH, TENURES, row
from simsurance.model.compiled.hazards import limited
from simsurance.model.compiled.machine import compiled
from simsurance.model.compiled.normal import distribution
from simsurance.model.critical_illness import NO_CAP
from simsurance.model.lognormal import TAIL_FROM

NOTHING = 1e-300
FIRST_TENURE, LAST_TENURE, FIRST_NO_CLAIM = TENURES.start, TENURES.stop - 1, NO_CLAIM.start
RULE_YEARS, CARRIED_INSURED = row("rule_years"), row("carried_insured")


@compiled
def distance_of(mean: float, sigma: float) -> float:
    """ln(mean)/σ + σ/2: less ln(threshold)/σ it is the first argument of the formula."""
    return log(max(mean, NOTHING)) / sigma + sigma / 2


@compiled
def above(distance: float, mean: float, sigma: float, threshold: float, tail_index: float) -> tuple[float, float]:
    """E[(X − k)⁺] and P(X > k) of a lognormal cost, with a Pareto tail where the index is above zero."""
    if threshold >= NO_CAP:
        return 0.0, 0.0
    positive = max(threshold, NOTHING)
    return at_log(distance, mean, sigma, positive, log(positive), tail_index)


@compiled
def at_log(
    distance: float, mean: float, sigma: float, threshold: float, of_log: float, tail_index: float
) -> tuple[float, float]:
    """The same for a threshold above zero whose logarithm is known."""
    first = distance - of_log / sigma
    chance = distribution(first - sigma)
    excess = mean * distribution(first) - threshold * chance
    if tail_index > 0:
        return with_tail(excess, chance, mean, sigma, threshold, tail_index)
    return excess, chance


@compiled
def with_tail(
    excess: float, chance: float, mean: float, sigma: float, threshold: float, index: float
) -> tuple[float, float]:
    """The same where the survival function above the 99th percentile is a Pareto tail."""
    start = mean * exp(sigma * TAIL_FROM - sigma**2 / 2)
    share = distribution(-TAIL_FROM)
    times_start = max(threshold, start) / start
    beyond = share * start / (index - 1) * times_start ** (1 - index)
    if threshold >= start:
        return beyond, share * times_start**-index
    return excess - (mean * distribution(sigma - TAIL_FROM) - start * share) + beyond, chance


@compiled
def exhausted_at(care: Any, status: int) -> float:
    """Cost at which the limit of the basic layer is reached."""
    return care.inpatient_deductible[status] + care.inpatient_limit / max(care.inpatient_ratio[status], 1e-12)


@compiled
def cost_at(own: float, deductible: float, ratio: float, limit: float, exhausted: float) -> float:
    """The cost that leaves the patient with `own`."""
    if own <= deductible:
        return own
    within = deductible + (own - deductible) / max(1 - ratio, 1e-12)
    return within if within <= exhausted else own + limit


@compiled
def basic(care: Any, pp: Any, statuses: int) -> None:
    """Expected cost and basic benefits of a person covered all year, for each status that the scheme tells apart."""
    _, needs, sexes, areas, ages = pp.inpatient.shape
    tail = care.tail_index
    for status in range(statuses):
        deductible, ratio = care.inpatient_deductible[status], care.inpatient_ratio[status]
        exhausted = exhausted_at(care, status)
        factor = care.inpatient_benefit_factor
        for h in range(needs):
            sigma = care.inpatient_sigma[h]
            for s in range(sexes):
                for a in range(areas):
                    for x in range(ages):
                        mean, use = care.inpatient_cost[h, s, a, x], care.inpatient_use[h, s, x]
                        if s > 0 and mean == care.inpatient_cost[h, s - 1, a, x]:
                            distance = pp.distance[status, h, s - 1, a, x]
                            over, chance = pp.above_deductible[status, h, s - 1, a, x], pp.chance[status, h, s - 1, a, x]
                            last = pp.above_limit[status, h, s - 1, a, x]
                        else:
                            distance = distance_of(mean, sigma)
                            over, chance = above(distance, mean, sigma, deductible, tail)
                            last, _ = above(distance, mean, sigma, exhausted, tail)
                        whole = above(distance, mean, sigma, 0.0, tail)[0] if tail > 0 else mean
                        pp.distance[status, h, s, a, x], pp.chance[status, h, s, a, x] = distance, chance
                        pp.above_deductible[status, h, s, a, x], pp.above_limit[status, h, s, a, x] = over, last
                        pp.inpatient_cost[status, h, s, a, x] = use * whole
                        pp.inpatient[status, h, s, a, x] = use * (ratio * (over - last)) * factor
                        pp.paid_in_hospital[status, h, s, a, x] = use * chance
        clinic(care, pp, status)


@compiled
def clinic(care: Any, pp: Any, status: int) -> None:
    """Outpatient care of the same."""
    _, needs, sexes, areas, ages = pp.inpatient.shape
    deductible, ratio, factor = (
        care.outpatient_deductible,
        care.outpatient_ratio[status],
        care.outpatient_benefit_factor,
    )
    for h in range(needs):
        sigma, use = care.outpatient_sigma[h], care.outpatient_use[h]
        exhausted = deductible + care.outpatient_limit[h] / max(ratio, 1e-12)
        of_deductible, of_exhausted = log(max(deductible, NOTHING)), log(max(exhausted, NOTHING))
        for s in range(sexes):
            for a in range(areas):
                for x in range(ages):
                    mean = care.outpatient_cost[h, s, a, x]
                    distance = distance_of(mean, sigma)
                    over, chance = mean, 1.0
                    if deductible > 0:
                        over, chance = at_log(distance, mean, sigma, deductible, of_deductible, 0.0)
                    last, _ = at_log(distance, mean, sigma, max(exhausted, NOTHING), of_exhausted, 0.0)
                    pp.outpatient_cost[status, h, s, a, x] = use * mean
                    pp.outpatient[status, h, s, a, x] = use * (ratio * (over - last)) * factor
                    pp.paid_outside[status, h, s, a, x] = use * chance


@compiled
def own_at(paid: float, deductible: float, basis: Any, income: int) -> float:
    """Own cost at which `paid` has been paid by critical-illness insurance, were there no cap."""
    left, own = paid, deductible
    for band in range(basis.bands):
        used = left / basis.critical_ratios[band, income]
        if band + 1 < basis.bands:
            used = min(used, basis.critical_edges[band + 1] - basis.critical_edges[band])
        own += used
        left = max(left - used * basis.critical_ratios[band, income], 0.0)
    return own


@compiled
def capped_at(basis: Any, place: int, income: int) -> float:
    """Own cost from which the cap holds; out of reach where there is none."""
    if basis.critical_capped[income] > 0:
        return own_at(basis.critical_cap, basis.critical_deductible[place, income], basis, income)
    return NO_CAP


@compiled
def own_above(
    pp: Any, care: Any, h: int, s: int, a: int, x: int, start: float, of_log: float, exhausted: float
) -> tuple[float, float]:
    """What own cost exceeds a threshold by, and the chance that it does; `start`: the cost that leaves the patient with it."""
    mean = care.inpatient_cost[h, s, a, x]
    excess, chance = at_log(
        pp.distance[0, h, s, a, x], mean, care.inpatient_sigma[h], start, of_log, care.tail_index
    )
    if start >= exhausted:
        return excess, chance
    at_deductible = pp.above_deductible[0, h, s, a, x] if start < care.inpatient_deductible[0] else excess
    return excess - care.inpatient_ratio[0] * (at_deductible - pp.above_limit[0, h, s, a, x]), chance


@compiled
def critical(basis: Any, room: Any) -> None:
    """What critical-illness insurance pays of own cost, by kind of income group: the assisted, and all others."""
    care, pp = basis.care, room.care
    kinds, needs, sexes, areas, ages = room.critical.shape
    exhausted = exhausted_at(care, 0)
    room.critical[:] = 0.0
    for kind in range(kinds):
        income = kind
        for place in range(len(basis.critical_deductible)):
            weight = basis.critical_low_places if place else 1 - basis.critical_low_places
            deductible, cap = basis.critical_deductible[place, income], capped_at(basis, place, income)
            for band in range(basis.bands + 1):
                ends = band == basis.bands
                threshold = cap if ends else min(deductible + basis.critical_edges[band], cap)
                # of what exceeds a band's beginning its ratio is paid, less that of the band before
                ratio = 0.0 if ends else basis.critical_ratios[band, income]
                before = basis.critical_ratios[band - 1, income] if band > 0 else 0.0
                start = cost_at(
                    threshold, care.inpatient_deductible[0], care.inpatient_ratio[0], care.inpatient_limit, exhausted
                )
                of_log = log(max(start, NOTHING))
                for h in range(needs):
                    for s in range(sexes):
                        for a in range(areas):
                            for x in range(ages):
                                excess, chance = 0.0, 0.0
                                if threshold < NO_CAP:
                                    excess, chance = own_above(
                                        pp, care, h, s, a, x, max(start, NOTHING), of_log, exhausted
                                    )
                                room.critical[kind, h, s, a, x] += weight * (ratio - before) * excess
                                if band == 0:
                                    room.critical_claim[kind, h, s, a, x] = (
                                        weight * chance + place * room.critical_claim[kind, h, s, a, x]
                                    )
                                if ends:
                                    room.above_cap[place, kind, h, s, a, x] = excess
                                    room.cap_used[kind, h, s, a, x] = (
                                        weight * chance + place * room.cap_used[kind, h, s, a, x]
                                    )
        for h in range(needs):
            for s in range(sexes):
                for a in range(areas):
                    for x in range(ages):
                        use = care.inpatient_use[h, s, x]
                        room.critical[kind, h, s, a, x] *= use * basis.critical_factor
                        room.critical_claim[kind, h, s, a, x] *= use
                        room.cap_used[kind, h, s, a, x] *= use
    for h in range(needs):
        for s in range(sexes):
            for a in range(areas):
                for x in range(ages):
                    room.no_claim[h, s, a, x] = (1 - pp.paid_in_hospital[0, h, s, a, x]) * (
                        1 - pp.paid_outside[0, h, s, a, x]
                    )


@compiled
def bonus(basis: Any, room: Any, credited: int, h: int, s: int, a: int, i: int) -> None:
    """The mean rise of the cap, and its expected cost for a person covered all year, yuan: `room.bonus_cap`, `room.line`."""
    enrolled, rise = room.enrolled, room.line[0]
    ages = len(rise)
    for x in range(ages):
        credit = 0.0
        for j in range(TENURE_DEPTH):
            credit += enrolled[h, FIRST_NO_CLAIM + j, x]
        rise[x] = credit * basis.no_claim_step + enrolled[h, CARRIED_INSURED, x]
    for j in range(1, TENURE_DEPTH):
        step = basis.bonus_step * max(min(j, credited) - basis.bonus_after_years, 0.0)
        if step != 0:
            for x in range(ages):
                rise[x] += enrolled[h, FIRST_TENURE + j - 1, x] * step
    for x in range(ages):
        persons, payers = enrolled[h, LAST_TENURE, x], room.payers[h, x]
        mean = enrolled[h, RULE_YEARS, x] / persons if persons > 0 else 0.0
        rise[x] += persons * (basis.bonus_step * max(mean - basis.bonus_after_years, 0.0))
        credit = rise[x] / payers if payers > 0 else 0.0
        granted = limited(credit * basis.indexation, basis.critical_cap, basis.bonus_limit)
        room.bonus_cap[h, x] = basis.rules_in_force * granted
    cost_of_bonus(basis, room, h, s, a, i)


@compiled
def cost_of_bonus(basis: Any, room: Any, h: int, s: int, a: int, i: int) -> None:
    """Expected cost of the raised cap, to `room.line[1]`."""
    care, pp, cost = basis.care, room.care, room.line[1]
    ages, kind = len(cost), min(i, 1)
    cost[:] = 0.0
    if basis.critical_capped[i] <= 0:
        return
    last, exhausted = basis.bands - 1, exhausted_at(care, 0)
    last_ratio = basis.critical_ratios[last, i]
    for place in range(len(basis.critical_deductible)):
        weight = basis.critical_low_places if place else 1 - basis.critical_low_places
        deductible, before = basis.critical_deductible[place, i], capped_at(basis, place, i)
        open_band = deductible + basis.critical_edges[last]
        for x in range(ages):
            rise = room.bonus_cap[h, x]
            raised = before + rise / last_ratio
            if min(before, raised) < open_band:
                cost[x] += weight * over_bands(basis, room, before, rise, place, h, s, a, i, x)
            elif rise != 0:
                start = cost_at(
                    raised, care.inpatient_deductible[0], care.inpatient_ratio[0], care.inpatient_limit, exhausted
                )
                excess, _ = own_above(pp, care, h, s, a, x, start, log(start), exhausted)
                cost[x] += weight * last_ratio * (room.above_cap[place, kind, h, s, a, x] - excess)
    for x in range(ages):
        cost[x] *= care.inpatient_use[h, s, x] * basis.critical_factor


@compiled
def over_bands(
    basis: Any, room: Any, before: float, rise: float, place: int, h: int, s: int, a: int, i: int, x: int
) -> float:
    """What a user is paid between the cap and the raised cap, band by band."""
    care, pp, exhausted = basis.care, room.care, exhausted_at(basis.care, 0)
    deductible = basis.critical_deductible[place, i]
    raised = own_at(basis.critical_cap + rise, deductible, basis, i)
    low, high = min(before, raised), max(before, raised)
    cost, start = 0.0, 0.0
    for band in range(basis.bands):
        end = deductible + basis.critical_edges[band + 1] if band + 1 < basis.bands else NO_CAP
        lower, upper = max(low, start), min(high, end)
        if lower < upper:
            between = 0.0
            for sign, threshold in ((1.0, lower), (-1.0, upper)):
                begins = cost_at(
                    threshold, care.inpatient_deductible[0], care.inpatient_ratio[0], care.inpatient_limit, exhausted
                )
                begins = max(begins, NOTHING)
                excess, _ = own_above(pp, care, h, s, a, x, begins, log(begins), exhausted)
                between += sign * excess
            cost += basis.critical_ratios[band, i] * (between if raised > before else -between)
        start = end
    return cost
