"""Kernels of what care costs and what the layers of insurance pay, in closed form (method note, section 7)."""

from math import exp, log
from typing import Any

from simsurance.axes import NO_CLAIM, TENURE_DEPTH, TENURES, row
from simsurance.model.compiled.elementary import NEAR, logarithm, near_one
from simsurance.model.compiled.hazards import limited
from simsurance.model.compiled.machine import compiled
from simsurance.model.compiled.normal import chances, distribution, excesses, lay_out
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
    return logarithm(max(mean, NOTHING)) / sigma


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
    care: Any,
    layers: Any,
    level: Any,
    h: int,
    mean: Any,
    threshold: Any,
    of_log: Any,
    excess: Any,
    share: Any,
    both: bool,
) -> None:
    """What inpatient cost exceeds thresholds by, by age, and, where asked for or needed, the chance that it does the first."""
    table, sigma, tail = layers.table[layers.use[0, h]], care.inpatient_sigma[h], care.tail_index
    excesses(table, mean, level, threshold, of_log, excess)
    if both or tail > 0:
        chances(table, sigma, mean, level, threshold[0], of_log[0], share)
    if tail > 0:
        for x in range(len(excess)):
            excess[x], share[x] = with_tail(excess[x], share[x], mean[x], sigma, threshold[x], tail)


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
def basic(care: Any, pp: Any, layers: Any, statuses: int, chances_too: bool) -> None:
    """Expected cost and basic benefits of a person covered all year, for each status that the scheme tells apart.

    `chances_too`: whether the chance of no reimbursement is wanted.
    """
    layers_of(care, layers)
    _, needs, sexes, areas, ages = pp.inpatient.shape
    level, at_deductible, at_limit, paid = pp.level, pp.above_deductible, pp.above_limit, pp.paid
    threshold, of_log = layers.line[0], layers.line[1]
    for h in range(needs):
        sigma, differ = care.inpatient_sigma[h], alike(care.inpatient_cost, h)
        pp.differ[h] = differ
        for s in range(differ):
            for a in range(areas):
                for x in range(ages):
                    level[h, s, a, x] = level_of(care.inpatient_cost[h, s, a, x], sigma)
        for status in range(statuses):
            ratio, factor = care.inpatient_ratio[status], care.inpatient_benefit_factor
            for s in range(differ):
                for a in range(areas):
                    here, mean = level[h, s, a], care.inpatient_cost[h, s, a]
                    fill(threshold, of_log, max(exhausted_at(care, status), NOTHING), sigma)
                    over(care, layers, here, h, mean, threshold, of_log, at_limit[h, s, a], layers.line[2], False)
                    fill(threshold, of_log, max(care.inpatient_deductible[status], NOTHING), sigma)
                    over(
                        care,
                        layers,
                        here,
                        h,
                        mean,
                        threshold,
                        of_log,
                        at_deductible[h, s, a],
                        paid[h, s, a],
                        chances_too,
                    )
            for s in range(sexes):
                alike_to = s if differ > 1 else 0
                for a in range(areas):
                    for x in range(ages):
                        mean, use = care.inpatient_cost[h, s, a, x], care.inpatient_use[h, s, x]
                        if care.tail_index > 0:
                            mean, _ = with_tail(mean, 1.0, mean, sigma, 0.0, care.tail_index)
                        benefit = ratio * (at_deductible[h, alike_to, a, x] - at_limit[h, alike_to, a, x])
                        pp.inpatient_cost[status, h, s, a, x] = use * mean
                        pp.inpatient[status, h, s, a, x] = use * benefit * factor
                        pp.no_claim[status, h, s, a, x] = 1 - use * paid[h, alike_to, a, x]
    clinic(care, pp, layers, statuses, chances_too)


@compiled
def fill(threshold: Any, of_log: Any, value: float, sigma: float) -> None:
    """One threshold at all ages."""
    its_log = log(value) / sigma
    for x in range(len(threshold)):
        threshold[x], of_log[x] = value, its_log


@compiled
def clinic(care: Any, pp: Any, layers: Any, statuses: int, chances_too: bool) -> None:
    """Outpatient care of the same."""
    _, needs, sexes, areas, ages = pp.inpatient.shape
    threshold, of_log, level, over_deductible, paid, last = (
        layers.line[0],
        layers.line[1],
        layers.line[2],
        layers.line[3],
        layers.line[4],
        layers.line[5],
    )
    factor, deductible = care.outpatient_benefit_factor, max(care.outpatient_deductible, NOTHING)
    for h in range(needs):
        sigma, use, table = care.outpatient_sigma[h], care.outpatient_use[h], layers.table[layers.use[1, h]]
        for s in range(sexes):
            for a in range(areas):
                mean = care.outpatient_cost[h, s, a]
                for x in range(ages):
                    level[x] = level_of(mean[x], sigma)
                fill(threshold, of_log, deductible, sigma)
                excesses(table, mean, level, threshold, of_log, over_deductible)
                if chances_too:
                    chances(table, sigma, mean, level, deductible, of_log[0], paid)
                for status in range(statuses):
                    ratio = care.outpatient_ratio[status]
                    exhausted = deductible + care.outpatient_limit[h] / max(ratio, 1e-12)
                    fill(threshold, of_log, exhausted, sigma)
                    excesses(table, mean, level, threshold, of_log, last)
                    for x in range(ages):
                        pp.outpatient_cost[status, h, s, a, x] = use * mean[x]
                        pp.outpatient[status, h, s, a, x] = use * (ratio * (over_deductible[x] - last[x])) * factor
                        pp.no_claim[status, h, s, a, x] *= 1 - use * paid[x]


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
def own_above(care: Any, pp: Any, layers: Any, h: int, s: int, a: int, threshold: Any, of_log: Any, both: bool) -> None:
    """What own cost exceeds thresholds by, by age, and the chance that it does the first: `layers.excess`, `layers.share`.

    `threshold`: the costs that leave the patient with it.
    """
    excess, exhausted, ratio = layers.excess, exhausted_at(care, 0), care.inpatient_ratio[0]
    over(
        care, layers, pp.level[h, s, a], h, care.inpatient_cost[h, s, a], threshold, of_log, excess, layers.share, both
    )
    for x in range(len(excess)):
        if threshold[x] < exhausted:
            before = threshold[x] < care.inpatient_deductible[0]
            at_deductible = pp.above_deductible[h, s, a, x] if before else excess[x]
            excess[x] -= ratio * (at_deductible - pp.above_limit[h, s, a, x])


@compiled
def critical(basis: Any, room: Any, layers: Any) -> None:
    """What critical-illness insurance pays of own cost, by kind of income group: the assisted, and all others."""
    care, pp, excess, share = basis.care, room.care, layers.excess, layers.share
    places, kinds, _, needs, sexes, areas, ages = room.above_ends.shape
    threshold, of_log = layers.line[0], layers.line[1]
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
                for end in range(basis.bands, -1, -1):  # where the cap holds, then where each band begins
                    at_cap = end == basis.bands
                    own = cap if at_cap else deductible + basis.critical_edges[end]
                    fill(threshold, of_log, cost_at(own, care, exhausted_at(care, 0)), sigma)
                    # of what exceeds a band's beginning its ratio is paid, less that of the band before
                    ratio = 0.0 if at_cap else basis.critical_ratios[end, kind]
                    if end > 0:
                        ratio -= basis.critical_ratios[end - 1, kind]
                    for s in range(differ):
                        for a in range(areas):
                            if own < NO_CAP:
                                own_above(care, pp, layers, h, s, a, threshold, of_log, end == 0 or at_cap)
                            else:
                                excess[:] = 0.0
                                share[:] = 0.0
                            ends = room.above_ends[place, kind]
                            for x in range(ages):
                                ends[end, h, s, a, x] = excess[x]
                            within = end if own < cap else basis.bands
                            for x in range(ages):
                                room.critical[kind, h, s, a, x] += weight * ratio * ends[within, h, s, a, x]
                            if end == 0:
                                for x in range(ages):
                                    room.critical_claim[kind, h, s, a, x] += weight * share[x]
                            if at_cap:
                                for x in range(ages):
                                    room.cap_used[kind, h, s, a, x] += weight * share[x]
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
def bonus(basis: Any, room: Any, layers: Any, credited: int, h: int, s: int, a: int, i: int) -> bool:
    """Whether the cap rises; by how much to `room.bonus_cap`, the expected cost of a person covered all year to `room.line`."""
    enrolled, rise, some = room.enrolled, room.line[0], 0
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
        some += int(granted != 0)
    if some > 0:
        cost_of_bonus(basis, room, layers, h, s, a, i)
    return some > 0


@compiled
def cost_of_bonus(basis: Any, room: Any, layers: Any, h: int, s: int, a: int, i: int) -> None:
    """Expected cost of the raised cap, to `room.line[1]`."""
    care, pp, cost = basis.care, room.care, room.line[1]
    ages, kind, alike_to = len(cost), min(i, 1), s if pp.differ[h] > 1 else 0
    cost[:] = 0.0
    if basis.critical_capped[i] <= 0:
        return
    last, sigma, exhausted = basis.bands - 1, care.inpatient_sigma[h], exhausted_at(care, 0)
    last_ratio, threshold, of_log, raised = (
        basis.critical_ratios[last, i],
        layers.line[0],
        layers.line[1],
        layers.line[2],
    )
    for place in range(len(basis.critical_deductible)):
        weight = basis.critical_low_places if place else 1 - basis.critical_low_places
        deductible, before = basis.critical_deductible[place, i], capped_at(basis, place, i)
        at_cap, open_band = cost_at(before, care, exhausted), deductible + basis.critical_edges[last]
        below, far = int(before < open_band), 0
        for x in range(ages):
            raised[x] = before + room.bonus_cap[h, x] / last_ratio
            below += int(raised[x] < open_band)
        if below:
            for x in range(ages):
                raised[x] = own_at(basis.critical_cap + room.bonus_cap[h, x], deductible, basis, i)
        for x in range(ages):
            threshold[x] = cost_at(raised[x], care, exhausted)
            of_log[x] = threshold[x] / at_cap - 1
            far += int(abs(of_log[x]) >= NEAR)
        of_cap = log(at_cap)
        if far == 0:
            for x in range(ages):
                of_log[x] = (of_cap + near_one(of_log[x])) * (1 / sigma)
        else:
            for x in range(ages):
                of_log[x] = logarithm(threshold[x]) * (1 / sigma)
        own_above(care, pp, layers, h, alike_to, a, threshold, of_log, False)
        ends = room.above_ends[place, kind]
        if below:
            over_bands(basis, ends, layers, before, deductible, h, alike_to, a, i)
        else:
            for x in range(ages):
                layers.excess[x] = last_ratio * (ends[basis.bands, h, alike_to, a, x] - layers.excess[x])
        for x in range(ages):
            cost[x] += weight * (layers.excess[x] if room.bonus_cap[h, x] != 0 else 0.0)
    for x in range(ages):
        cost[x] *= care.inpatient_use[h, s, x] * basis.critical_factor


@compiled
def over_bands(
    basis: Any, ends: Any, layers: Any, before: float, deductible: float, h: int, s: int, a: int, i: int
) -> None:
    """What a user is paid between the cap and the raised cap, each brought into each band, by age, to `layers.excess`.

    `ends`: what own cost exceeds the beginnings of the bands and the cap by; `layers.excess` comes with that of the raised cap.
    """
    raised, above, cost, bands = layers.line[2], layers.excess, layers.line[3], basis.bands
    cost[:] = 0.0
    for band in range(bands):
        start, ratio = deductible + basis.critical_edges[band], basis.critical_ratios[band, i]
        end = deductible + basis.critical_edges[band + 1] if band + 1 < bands else NO_CAP
        cap = band if before <= start else band + 1 if before >= end else bands
        for x in range(len(cost)):
            after = above[x]
            if raised[x] <= start:
                after = ends[band, h, s, a, x]
            elif raised[x] >= end:
                after = ends[band + 1, h, s, a, x]
            cost[x] += ratio * (ends[cap, h, s, a, x] - after)
    for x in range(len(cost)):
        above[x] = cost[x]
