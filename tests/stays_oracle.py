"""Rules on care once more, stay by stay: single admissions are drawn and billed, and no closed form is used.

Each admission has a level of provider, days, and a bill in parts; rules change admissions, days and bills one after the
other, and what the fund pays is worked out on each bill. Visits without admission are one mean bill. Nothing of the engine
is used: the assumptions are read from a resolved scenario.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from oracle import by_name, in_year

Floats = NDArray[np.float64]

LEVELS = ("tertiary", "secondary", "primary")
TERTIARY, SECONDARY = 0, 1


def by_level(held: Any) -> Floats:
    return by_name(held, LEVELS)


@dataclass(frozen=True)
class Stays:
    """Admissions: level, days, yuan billed, yuan of it that patients pay alone, rate paid of the rest, weight."""

    level: NDArray[np.int64]
    days: Floats
    bill: Floats
    alone: Floats
    rate: Floats
    weight: Floats
    visit: float = 1.0
    visit_alone: float = 0.0
    recovered: float = 0.0


def drawn(values: Any, scheme: str, number: int, seed: int) -> Stays:
    """Admissions before any rule: what a day more costs is `marginal_cost` of a mean day."""
    rng, care = np.random.default_rng(seed), getattr(values.control.levels, scheme)
    share, cost, ratio = (by_level(each) for each in (care.admission_share, care.cost, care.payment_ratio))
    mean_days, rule = by_level(values.control.levels.days), values.control.stay
    level = rng.choice(3, size=number, p=share / share.sum())
    z = rng.standard_normal(number // 2)
    z = np.concatenate([z, -z, np.zeros(number - 2 * len(z))])
    days = mean_days[level] * np.exp(rule.log_spread * z - rule.log_spread**2 / 2)
    bill = cost[level] * (1 + rule.marginal_cost * (days / mean_days[level] - 1))
    return Stays(level, days, bill, 0 * bill, ratio[level], np.ones(number))


def referral(values: Any, scheme: str, year: int, stays: Stays) -> Stays:
    """Each admission of the third level goes, with a chance, to the second, with its own case mix."""
    rule, levels = values.control.referral, values.control.levels
    care = getattr(levels, scheme)
    chance = rule.unreasonable_share * in_year(rule.prevented, year)
    at = stays.level == TERTIARY
    cost, days = by_level(care.cost), by_level(levels.days)
    there = cost[SECONDARY] + levels.case_mix_share * (cost[TERTIARY] - cost[SECONDARY])
    relative = stays.days[at] / days[TERTIARY]
    moved = Stays(
        np.full(at.sum(), SECONDARY),
        relative * days[SECONDARY],
        there * (1 + values.control.stay.marginal_cost * (relative - 1)),
        0 * relative,
        np.full(at.sum(), float(care.payment_ratio.secondary)),
        stays.weight[at] * chance,
    )
    weight = np.where(at, stays.weight * (1 - chance), stays.weight)
    return replace(
        stays,
        **{
            name: np.concatenate([weight if name == "weight" else getattr(stays, name), getattr(moved, name)])
            for name in ("level", "days", "bill", "alone", "rate", "weight")
        },
    )


def case_payment(values: Any, year: int, stays: Stays) -> Stays:
    rule = values.control.case_payment
    added = in_year(rule.added_share, year)
    dearer = (1 - added) + added * (1 + rule.price) * (1 + rule.upcoding)
    more = (1 - added) + added * (1 + rule.volume)
    return replace(stays, bill=stays.bill * dearer, alone=stays.alone * dearer, weight=stays.weight * more)


def less(stays: Stays, part: Floats, of_visits: float, dropped: float, alone: float) -> Stays:
    """A part of each bill: so much of it is dropped, so much paid by patients."""
    of_bill = part[stays.level] * stays.bill
    return replace(
        stays,
        bill=stays.bill - of_bill * dropped,
        alone=stays.alone + of_bill * alone,
        visit=stays.visit - of_visits * dropped,
        visit_alone=stays.visit_alone + of_visits * alone,
    )


def tests(values: Any, year: int, stays: Stays) -> Stays:
    rule, levels = values.control.tests, values.control.levels
    refused = rule.repeated_share * in_year(rule.unpaid, year)
    given_up = refused * rule.given_up
    return less(stays, by_level(levels.tests), levels.outpatient_tests, given_up, refused - given_up)


def devices(values: Any, year: int, stays: Stays) -> Stays:
    """Of implants that are not basic some are changed for a basic one, which is paid in full; the others at a share."""
    rule = values.control.devices
    refused = in_year(rule.premium_unpaid, year)
    other = rule.implant_share * rule.premium_share
    changed = other * rule.switched * refused
    return less(
        stays,
        by_level(values.control.levels.consumables),
        0.0,
        changed * (1 - rule.basic_price),
        (other - changed) * refused,
    )


def drugs(values: Any, year: int, stays: Stays) -> Stays:
    rule, levels = values.control.drugs, values.control.levels
    off, first = in_year(rule.excluded, year), in_year(rule.class_b_first, year)
    bought = off * (1 - rule.given_up) + (1 - off) * rule.class_b_share * first
    return less(stays, by_level(levels.drugs), levels.outpatient_drugs, off * rule.given_up, bought)


def stay(values: Any, year: int, stays: Stays) -> Stays:
    """On each stay: days beyond the norm of its level, those cut, and the points that the others cost."""
    rule = values.control.stay
    norm = np.array([in_year(getattr(rule.norm_days, level), year) for level in LEVELS])[stays.level]
    mean = by_level(values.control.levels.days)[stays.level]
    beyond = np.where(norm > 0, np.maximum(stays.days - norm, 0), 0)
    cut = beyond * in_year(rule.cut, year)
    before = 1 + rule.marginal_cost * (stays.days / mean - 1)
    after = 1 + rule.marginal_cost * ((stays.days - cut) / mean - 1)
    rate = np.maximum(stays.rate - in_year(rule.points_a_day, year) * (beyond - cut), 0)
    return replace(
        stays, days=stays.days - cut, bill=stays.bill * after / before, alone=stays.alone * after / before, rate=rate
    )


def fewer(stays: Stays, factor: float) -> Stays:
    """Every bill less by the same share."""
    return replace(
        stays,
        bill=stays.bill * factor,
        alone=stays.alone * factor,
        visit=stays.visit * factor,
        visit_alone=stays.visit_alone * factor,
    )


def audit(values: Any, year: int, stays: Stays, first_year: int) -> Stays:
    """Year by year: deterrence fades and is built up by what that year's further audits recover."""
    rule = values.control.audit
    deterred = 0.0
    left = rule.waste_share - rule.recovered_share
    for each in range(first_year, year + 1):
        found = rule.recovered_share * in_year(rule.added, each)
        deterred += rule.decay * (rule.deterrence * found - deterred)
    deterred = min(deterred, left)
    return replace(fewer(stays, 1 - deterred), recovered=min(found, left - max(deterred, 0)))


def knowledge(values: Any, year: int, stays: Stays, first_year: int) -> Stays:
    rule = values.control.knowledge
    knowing = 0.0
    for each in range(first_year, year + 1):
        knowing = knowing - rule.fading * knowing + in_year(rule.campaign, each)
    return fewer(stays, 1 + rule.response * rule.unreasonable_share * min(knowing, 1))


def village(values: Any, scheme: str, year: int, stays: Stays) -> Stays:
    """A part of residents' visits is to clinics that settle: paid in full scope, more of them, fewer visits elsewhere."""
    rule = values.control.village
    clinics = rule.cost_share * in_year(rule.settled, year) * (scheme == "resident")
    added = clinics * rule.visits_added
    bill = stays.visit * (1 + added - added * rule.replaced * rule.cost_elsewhere)
    alone = stays.visit_alone * bill / stays.visit - stays.visit * clinics * rule.unpaid_share
    return replace(stays, visit=bill, visit_alone=alone)


def telemedicine(values: Any, scheme: str, year: int, stays: Stays) -> Stays:
    rule = values.control.telemedicine
    moved = in_year(rule.moved, year)
    factor = 1 - moved + moved * rule.relative_cost + moved * rule.relative_cost * rule.added
    return replace(stays, visit=stays.visit * factor, visit_alone=stays.visit_alone * factor)


def away(values: Any, scheme: str, year: int, stays: Stays) -> Stays:
    """Each admission of the third level goes, with a chance, to another province."""
    rule = values.control.away
    chance, at = in_year(rule.added_share, year), stays.level == TERTIARY
    there = {
        "level": stays.level[at],
        "days": stays.days[at],
        "bill": stays.bill[at] * rule.cost_ratio,
        "alone": stays.alone[at] * rule.cost_ratio,
        "rate": np.maximum(stays.rate[at] - rule.ratio_cut, 0),
        "weight": stays.weight[at] * chance,
    }
    here = {name: getattr(stays, name) for name in there}
    here["weight"] = np.where(at, stays.weight * (1 - chance), stays.weight)
    return replace(stays, **{name: np.concatenate([here[name], there[name]]) for name in there})


def digital(values: Any, scheme: str, year: int, stays: Stays) -> Stays:
    """A part of the bills is settled online, at another price; on top of that part come visits that would not have been."""
    rule = values.control.digital
    online = in_year(rule.reached, year)
    billed = fewer(stays, (1 - online) + online * (1 + rule.price))
    more = (1 - online) + online * (1 + rule.visits_added)
    return replace(billed, visit=billed.visit * more, visit_alone=billed.visit_alone * more)


@dataclass(frozen=True)
class Means:
    """Totals over all admissions: their number, days, bills and benefits; of visits bill and the part that is paid at all."""

    number: float
    days: float
    bill: float
    paid: float
    visit: float
    visit_paid: float
    recovered: float


def means(stays: Stays) -> Means:
    number = stays.weight.sum()
    return Means(
        number,
        float((stays.days * stays.weight).sum() / number),
        float((stays.bill * stays.weight).sum() / number),
        float(((stays.bill - stays.alone) * stays.rate * stays.weight).sum() / number),
        stays.visit,
        1 - stays.visit_alone / stays.visit,
        stays.recovered,
    )


def billed(values: Any, scheme: str, first_year: int, year: int, number: int, seed: int) -> tuple[Means, Means]:
    """The same admissions before and after all rules; states of audits and knowledge begin with `first_year`."""
    before = drawn(values, scheme, number, seed)
    after = referral(values, scheme, year, before)
    for rule in (case_payment, tests, devices, drugs, stay):
        after = rule(values, year, after)
    for state in (audit, knowledge):
        after = state(values, year, after, first_year)
    for place in (village, telemedicine, away, digital):
        after = place(values, scheme, year, after)
    return means(before), means(after)
