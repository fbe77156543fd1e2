"""Kernels of what care costs and what the layers of insurance pay, in closed form (method note, section 7)."""

from math import exp, log
from typing import Any

from simsurance.axes import NO_CLAIM, TENURE_DEPTH, TENURES, row
from simsurance.model.compiled.hazards import limited
from simsurance.model.compiled.machine import compiled
from simsurance.model.compiled.normal import chance_share, distribution, excess_share, lay_out
from simsurance.model.critical_illness import NO_CAP
from simsurance.model.lognormal import TAIL_FROM

NOTHING = 1e-300
FIRST_TENURE, LAST_TENURE, FIRST_NO_CLAIM = TENURES.start, TENURES.stop - 1, NO_CLAIM.start
RULE_YEARS, CARRIED_INSURED = row("rule_years"), row("carried_insured")


@compiled
def layers_of(care: Any, layers: Any) -> None:
    """Lay the tables of the excess out where the spread of cost is another than the one that they were made for."""
    for kind in range(2):
        for h in range(len(care.inpatient_sigma)):
            sigma = care.outpatient_sigma[h] if kind else care.inpatient_sigma[h]
            place = kind * len(care.inpatient_sigma) + h
            layers.use[kind, h] = place
            for other in range(place):
                if layers.sigma[other] == sigma:
                    layers.use[kind, h] = other
                    break
            else:
                if layers.sigma[place] != sigma:
                    layers.sigma[place] = sigma
                    lay_out(layers.table[place], sigma)


@compiled
def level_of(mean: float, sigma: float) -> float:
    """ln(mean)/σ: less ln(threshold)/σ it says where a threshold lies."""
    return log(max(mean, NOTHING)) / sigma


@compiled
def above(table: Any, level: float, mean: float, sigma: float, threshold: float, of_log: float) -> float:
    """E[(X − k)⁺] of a lognormal cost; `of_log` of the threshold: ln(k)/σ."""
    return mean if threshold <= NOTHING else mean * excess_share(table, sigma, level - of_log)


@compiled
def chance(table: Any, level: float, mean: float, sigma: float, threshold: float, of_log: float) -> float:
    """P(X > k)."""
    return 1.0 if threshold <= NOTHING else chance_share(table, sigma, level - of_log) * (mean / threshold)


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
def over(
    care: Any, layers: Any, level: float, h: int, mean: float, threshold: float, of_log: float, both: bool
) -> tuple[float, float]:
    """What inpatient cost exceeds a threshold by, and, where asked for, the chance that it does."""
    table, sigma = layers.table[layers.use[0, h]], care.inpatient_sigma[h]
    excess = above(table, level, mean, sigma, threshold, of_log)
    share = chance(table, level, mean, sigma, threshold, of_log) if both else 0.0
    if care.tail_index > 0:
        return with_tail(excess, share, mean, sigma, threshold, care.tail_index)
    return excess, share


@compiled
def exhausted_at(care: Any, status: int) -> float:
    """Cost at which the limit of the basic layer is reached."""
    return care.inpatient_deductible[status] + care.inpatient_limit / max(care.inpatient_ratio[status], 1e-12)


@compiled
def cost_at(own: float, care: Any, exhausted: float) -> float:
    """The cost that leaves the patient with `own`."""
    deductible, ratio = care.inpatient_deductible[0], care.inpatient_ratio[0]
    if own <= deductible:
        return max(own, NOTHING)
    within = deductible + (own - deductible) / max(1 - ratio, 1e-12)
    return within if within <= exhausted else own + care.inpatient_limit


@compiled
def alike(cost: Any, h: int) -> int:
    """How many sexes differ in cost: 1 where all are alike."""
    _, sexes, areas, ages = cost.shape
    for s in range(1, sexes):
        for a in range(areas):
            for x in range(ages):
                if cost[h, s, a, x] != cost[h, 0, a, x]:
                    return sexes
    return 1


@compiled
def basic(care: Any, pp: Any, layers: Any, statuses: int) -> None:
    """Expected cost and basic benefits of a person covered all year, for each status that the scheme tells apart."""
    layers_of(care, layers)
    _, needs, sexes, areas, ages = pp.inpatient.shape
    level, at_deductible, at_limit, paid = pp.level, pp.above_deductible, pp.above_limit, pp.paid
    for h in range(needs):
        sigma, differ = care.inpatient_sigma[h], alike(care.inpatient_cost, h)
        pp.differ[h] = differ
        for s in range(differ):
            for a in range(areas):
                for x in range(ages):
                    level[h, s, a, x] = level_of(care.inpatient_cost[h, s, a, x], sigma)
        for status in range(statuses):
            deductible, ratio, exhausted = (
                care.inpatient_deductible[status],
                care.inpatient_ratio[status],
                max(exhausted_at(care, status), NOTHING),
            )
            of_deductible, of_limit = log(max(deductible, NOTHING)) / sigma, log(exhausted) / sigma
            for s in range(differ):
                for a in range(areas):
                    for x in range(ages):
                        mean, here = care.inpatient_cost[h, s, a, x], level[h, s, a, x]
                        at_deductible[h, s, a, x], paid[h, s, a, x] = over(
                            care, layers, here, h, mean, deductible, of_deductible, True
                        )
                        at_limit[h, s, a, x], _ = over(care, layers, here, h, mean, exhausted, of_limit, False)
            for s in range(sexes):
                alike_to = s if differ > 1 else 0
                for a in range(areas):
                    for x in range(ages):
                        mean, use = care.inpatient_cost[h, s, a, x], care.inpatient_use[h, s, x]
                        if care.tail_index > 0:
                            mean, _ = with_tail(mean, 1.0, mean, sigma, 0.0, care.tail_index)
                        benefit = ratio * (at_deductible[h, alike_to, a, x] - at_limit[h, alike_to, a, x])
                        pp.inpatient_cost[status, h, s, a, x] = use * mean
                        pp.inpatient[status, h, s, a, x] = use * benefit * care.inpatient_benefit_factor
                        pp.no_claim[status, h, s, a, x] = 1 - use * paid[h, alike_to, a, x]
    clinic(care, pp, layers, statuses)


@compiled
def clinic(care: Any, pp: Any, layers: Any, statuses: int) -> None:
    """Outpatient care of the same."""
    _, needs, sexes, areas, ages = pp.inpatient.shape
    cost, level, over_deductible, paid = care.outpatient_cost, pp.clinic_level, pp.clinic_deductible, pp.clinic_paid
    for h in range(needs):
        sigma, use, table = care.outpatient_sigma[h], care.outpatient_use[h], layers.table[layers.use[1, h]]
        deductible, factor = care.outpatient_deductible, care.outpatient_benefit_factor
        of_deductible = log(max(deductible, NOTHING)) / sigma
        for s in range(sexes):
            for a in range(areas):
                for x in range(ages):
                    here, mean = level_of(cost[h, s, a, x], sigma), cost[h, s, a, x]
                    level[s, a, x] = here
                    over_deductible[s, a, x] = above(table, here, mean, sigma, deductible, of_deductible)
                    paid[s, a, x] = chance(table, here, mean, sigma, deductible, of_deductible)
        for status in range(statuses):
            ratio = care.outpatient_ratio[status]
            exhausted = max(deductible + care.outpatient_limit[h] / max(ratio, 1e-12), NOTHING)
            of_limit = log(exhausted) / sigma
            for s in range(sexes):
                for a in range(areas):
                    for x in range(ages):
                        mean = cost[h, s, a, x]
                        last = above(table, level[s, a, x], mean, sigma, exhausted, of_limit)
                        pp.outpatient_cost[status, h, s, a, x] = use * mean
                        pp.outpatient[status, h, s, a, x] = use * (ratio * (over_deductible[s, a, x] - last)) * factor
                        pp.no_claim[status, h, s, a, x] *= 1 - use * paid[s, a, x]


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
    care: Any, pp: Any, layers: Any, h: int, s: int, a: int, x: int, start: float, of_log: float, both: bool
) -> tuple[float, float]:
    """What own cost exceeds a threshold by, and the chance that it does; `start`: the cost that leaves the patient with it."""
    mean, level = care.inpatient_cost[h, s, a, x], pp.level[h, s, a, x]
    excess, share = over(care, layers, level, h, mean, start, of_log, both)
    if start >= exhausted_at(care, 0):
        return excess, share
    at_deductible = pp.above_deductible[h, s, a, x] if start < care.inpatient_deductible[0] else excess
    return excess - care.inpatient_ratio[0] * (at_deductible - pp.above_limit[h, s, a, x]), share


@compiled
def critical(basis: Any, room: Any, layers: Any) -> None:
    """What critical-illness insurance pays of own cost, by kind of income group: the assisted, and all others."""
    care, pp = basis.care, room.care
    places, kinds, needs, sexes, areas, ages = room.above_cap.shape
    for h in range(needs):
        sigma, differ = care.inpatient_sigma[h], pp.differ[h]
        for kind in range(kinds):
            for s in range(differ):
                for a in range(areas):
                    for x in range(ages):
                        room.critical[kind, h, s, a, x] = 0.0
                        room.critical_claim[kind, h, s, a, x] = 0.0
                        room.cap_used[kind, h, s, a, x] = 0.0
            for place in range(places):
                weight = basis.critical_low_places if place else 1 - basis.critical_low_places
                deductible, cap = basis.critical_deductible[place, kind], capped_at(basis, place, kind)
                for band in range(basis.bands + 1):
                    ends = band == basis.bands
                    threshold = cap if ends else min(deductible + basis.critical_edges[band], cap)
                    # of what exceeds a band's beginning its ratio is paid, less that of the band before
                    ratio = 0.0 if ends else basis.critical_ratios[band, kind]
                    if band > 0:
                        ratio -= basis.critical_ratios[band - 1, kind]
                    start, both = cost_at(threshold, care, exhausted_at(care, 0)), band == 0 or ends
                    of_log, out_of_reach = log(start) / sigma, threshold >= NO_CAP
                    for s in range(differ):
                        for a in range(areas):
                            for x in range(ages):
                                excess, share = 0.0, 0.0
                                if not out_of_reach:
                                    excess, share = own_above(care, pp, layers, h, s, a, x, start, of_log, both)
                                room.critical[kind, h, s, a, x] += weight * ratio * excess
                                if band == 0:
                                    room.critical_claim[kind, h, s, a, x] += weight * share
                                if ends:
                                    room.above_cap[place, kind, h, s, a, x] = excess
                                    room.cap_used[kind, h, s, a, x] += weight * share
            for s in range(sexes - 1, -1, -1):  # from the last, for all may stand in the first
                alike_to = s if differ > 1 else 0
                for a in range(areas):
                    for x in range(ages):
                        use = care.inpatient_use[h, s, x]
                        paid = room.critical[kind, h, alike_to, a, x]
                        room.critical[kind, h, s, a, x] = paid * use * basis.critical_factor
                        room.critical_claim[kind, h, s, a, x] = room.critical_claim[kind, h, alike_to, a, x] * use
                        room.cap_used[kind, h, s, a, x] = room.cap_used[kind, h, alike_to, a, x] * use


@compiled
def bonus(basis: Any, room: Any, layers: Any, credited: int, h: int, s: int, a: int, i: int) -> None:
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
    cost_of_bonus(basis, room, layers, h, s, a, i)


@compiled
def cost_of_bonus(basis: Any, room: Any, layers: Any, h: int, s: int, a: int, i: int) -> None:
    """Expected cost of the raised cap, to `room.line[1]`."""
    care, pp, cost = basis.care, room.care, room.line[1]
    ages, kind, alike_to = len(cost), min(i, 1), s if pp.differ[h] > 1 else 0
    cost[:] = 0.0
    if basis.critical_capped[i] <= 0:
        return
    last, sigma, exhausted = basis.bands - 1, care.inpatient_sigma[h], exhausted_at(care, 0)
    last_ratio = basis.critical_ratios[last, i]
    for place in range(len(basis.critical_deductible)):
        weight = basis.critical_low_places if place else 1 - basis.critical_low_places
        deductible, before = basis.critical_deductible[place, i], capped_at(basis, place, i)
        open_band = deductible + basis.critical_edges[last]
        for x in range(ages):
            rise = room.bonus_cap[h, x]
            raised = before + rise / last_ratio
            if min(before, raised) < open_band:
                cost[x] += weight * over_bands(basis, room, layers, before, rise, place, h, alike_to, a, i, x)
            elif rise != 0:
                start = cost_at(raised, care, exhausted)
                excess, _ = own_above(care, pp, layers, h, alike_to, a, x, start, log(start) / sigma, False)
                cost[x] += weight * last_ratio * (room.above_cap[place, kind, h, alike_to, a, x] - excess)
    for x in range(ages):
        cost[x] *= care.inpatient_use[h, s, x] * basis.critical_factor


@compiled
def over_bands(
    basis: Any,
    room: Any,
    layers: Any,
    before: float,
    rise: float,
    place: int,
    h: int,
    s: int,
    a: int,
    i: int,
    x: int,
) -> float:
    """What a user is paid between the cap and the raised cap, band by band."""
    care, pp, exhausted = basis.care, room.care, exhausted_at(basis.care, 0)
    deductible, sigma = basis.critical_deductible[place, i], care.inpatient_sigma[h]
    raised = own_at(basis.critical_cap + rise, deductible, basis, i)
    low, high = min(before, raised), max(before, raised)
    cost, start = 0.0, 0.0
    for band in range(basis.bands):
        end = deductible + basis.critical_edges[band + 1] if band + 1 < basis.bands else NO_CAP
        lower, upper = cost_at(max(low, start), care, exhausted), cost_at(min(high, end), care, exhausted)
        if max(low, start) < min(high, end):
            from_lower, _ = own_above(care, pp, layers, h, s, a, x, lower, log(lower) / sigma, False)
            from_upper, _ = own_above(care, pp, layers, h, s, a, x, upper, log(upper) / sigma, False)
            between = from_lower - from_upper
            cost += basis.critical_ratios[band, i] * (between if raised > before else -between)
        start = end
    return cost
