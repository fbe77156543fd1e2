"""What rules on care do to a scheme's use, cost and benefits by year (method note, section 7).

The account of a mean admission by level of provider: share of admissions, cost, days, the parts of the cost, payment ratio.
Rules act on it one after the other, each on what those before it have left, so that together they never save twice; before any
rule acts all factors are 1. Ratios of what comes out to what went in multiply the scheme's use, cost and benefits at every
age and need: a rule that falls harder on some ages or needs is not told apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

import numpy as np

from simsurance.axes import axis
from simsurance.basis.inputs import Inputs
from simsurance.basis.trend import Scheme
from simsurance.errors import SimsuranceError
from simsurance.model.lognormal import above, squared_excess
from simsurance.scenario_file.control_sections import ByLevel, Control, PathByLevel, Stay

LEVELS: Final = ("tertiary", "secondary", "primary")
OVER_LEVELS: Final = axis("level", of=("level", "year"))
RULES: Final = tuple(name for name in Control.FIELDS if name != "levels")
"""The rules in the order in which they act."""


@dataclass(frozen=True)
class Effects:
    """What rules multiply by, [year]; and what audits add to recovered money, a share of benefits."""

    inpatient_use: np.ndarray
    inpatient_cost: np.ndarray
    inpatient_benefits: np.ndarray
    outpatient_cost: np.ndarray
    outpatient_benefits: np.ndarray
    days: np.ndarray
    recovered: np.ndarray


@dataclass(frozen=True)
class Account:
    """Mean admissions by level, [level, year], and outpatient care, [year]; cost relative to what a day's mean care costs.

    `unpaid`: the part of the cost that patients pay alone; `ratio`: what is paid of the rest.
    """

    scheme: Scheme
    use: np.ndarray
    share: np.ndarray
    cost: np.ndarray
    days: np.ndarray
    ratio: np.ndarray
    unpaid: np.ndarray
    outpatient_cost: np.ndarray
    outpatient_unpaid: np.ndarray
    recovered: np.ndarray

    @property
    def inpatient_cost(self) -> np.ndarray:
        """Mean cost of an admission, yuan, [year]."""
        return np.asarray((self.share * self.cost).sum(axis=OVER_LEVELS))

    @property
    def inpatient_paid(self) -> np.ndarray:
        """Mean benefit on an admission, yuan, [year]."""
        return np.asarray((self.share * (self.cost - self.unpaid) * self.ratio).sum(axis=OVER_LEVELS))

    @property
    def mean_days(self) -> np.ndarray:
        """Mean days of an admission, [year]."""
        return np.asarray((self.share * self.days).sum(axis=OVER_LEVELS))


def effects(inputs: Inputs, scheme: Scheme, rules: Sequence[str] = RULES) -> Effects:
    """What the named rules, all of them if none are named, do to a scheme in each year of a projection; found once.

    Raises SimsuranceError where they leave no cost.
    """
    asked = (effects, scheme, tuple(rules))
    if asked not in inputs.found:
        inputs.found[asked] = _effects(inputs, scheme, rules)
    found: Effects = inputs.found[asked]
    return found


def _effects(inputs: Inputs, scheme: Scheme, rules: Sequence[str]) -> Effects:
    before = after = _before(inputs, scheme)
    for name in acting(inputs):
        if name in rules:
            after = ACTIONS[name](inputs, inputs.values.control, after)
    if not (left := after.inpatient_cost > 0).all():
        year = inputs.years[int(left.argmin())]
        raise SimsuranceError(
            f"control: rules leave nothing of the cost of admissions in {year}; smaller shares that are saved"
        )
    if not (left := after.outpatient_cost > 0).all():
        year = inputs.years[int(left.argmin())]
        raise SimsuranceError(
            f"control: rules leave nothing of outpatient cost in {year}; smaller shares that are saved"
        )
    cost = after.inpatient_cost / before.inpatient_cost
    return Effects(
        inpatient_use=after.use,
        inpatient_cost=cost,
        inpatient_benefits=after.inpatient_paid / before.inpatient_paid / cost,
        outpatient_cost=after.outpatient_cost,
        outpatient_benefits=1 - after.outpatient_unpaid / after.outpatient_cost,
        days=after.mean_days,
        recovered=after.recovered,
    )


SWITCHES: Final = {
    "referral": ("prevented",),
    "case_payment": ("added_share",),
    "tests": ("unpaid",),
    "devices": ("premium_unpaid",),
    "drugs": ("excluded", "class_b_first"),
    "stay": ("cut", "points_a_day"),
    "audit": ("added",),
    "knowledge": ("campaign",),
    "village": ("settled",),
    "telemedicine": ("moved",),
    "away": ("added_share",),
    "digital": ("reached",),
}
"""The paths that set a rule to work; where they are 0 it does nothing."""


def acting(inputs: Inputs) -> list[str]:
    """The rules that do anything in a year of the projection, in their order; found once."""
    if acting not in inputs.found:
        control = inputs.values.control
        inputs.found[acting] = [
            rule
            for rule in RULES
            if any(inputs.yearly(getattr(getattr(control, rule), path)).any() for path in SWITCHES[rule])
        ]
    found: list[str] = inputs.found[acting]
    return found


def rests_on(path: str, rules: Sequence[str]) -> bool:
    """Whether anything rests on an input of control where the named rules act; on care by level any rule does."""
    rule = path.split(".")[1]
    return rule in rules if rule in SWITCHES else bool(rules)


def _before(inputs: Inputs, scheme: Scheme) -> Account:
    """The account before any rule acts."""
    levels = inputs.values.control.levels
    care = levels.resident if scheme == "resident" else levels.employee
    ones = np.ones(len(inputs.years))
    share, cost, days = (_by_level(each)[:, None] * ones for each in (care.admission_share, care.cost, levels.days))
    return Account(
        scheme=scheme,
        use=ones,
        share=share,
        cost=cost,
        days=days,
        ratio=_by_level(care.payment_ratio)[:, None] * ones,
        unpaid=0 * cost,
        outpatient_cost=ones,
        outpatient_unpaid=0 * ones,
        recovered=0 * ones,
    )


def _by_level(held: ByLevel) -> np.ndarray:
    return np.array([getattr(held, level) for level in LEVELS])


def _referral(inputs: Inputs, control: Control, care: Account) -> Account:
    """Prevented referrals are admitted at the second level, at its payment ratio; part of the cost gap goes along."""
    rule, tertiary, secondary = control.referral, 0, 1
    moved = care.share[tertiary] * rule.unreasonable_share * inputs.yearly(rule.prevented)
    gap = control.levels.case_mix_share * (care.cost[tertiary] - care.cost[secondary])
    share, cost = care.share.copy(), care.cost.copy()
    share[tertiary] -= moved
    share[secondary] += moved
    cost[secondary] += np.divide(moved * gap, share[secondary], out=np.zeros_like(moved), where=share[secondary] > 0)
    return replace(care, share=share, cost=cost)


def _case_payment(inputs: Inputs, control: Control, care: Account) -> Account:
    """On the cost that changes over, price, number and coding of cases each move on their own."""
    rule, added = control.case_payment, inputs.yearly(control.case_payment.added_share)
    a_case = 1 + added * ((1 + rule.price) * (1 + rule.upcoding) - 1)
    return replace(care, use=care.use * (1 + added * rule.volume), cost=care.cost * a_case, unpaid=care.unpaid * a_case)


def _without(care: Account, part: np.ndarray, outpatient: float, saved: np.ndarray, unpaid: np.ndarray) -> Account:
    """Of a part of the cost [level], and of outpatient cost, what is saved and what patients pay alone, [year]."""
    of_admission = part[:, None] * care.cost
    return replace(
        care,
        cost=care.cost - of_admission * saved,
        unpaid=care.unpaid + of_admission * unpaid,
        outpatient_cost=care.outpatient_cost - outpatient * saved,
        outpatient_unpaid=care.outpatient_unpaid + outpatient * unpaid,
    )


def _tests(inputs: Inputs, control: Control, care: Account) -> Account:
    """Of repeats that are not paid some are not made, the others are paid by patients."""
    rule, levels = control.tests, control.levels
    unpaid = rule.repeated_share * inputs.yearly(rule.unpaid)
    saved = unpaid * rule.given_up
    return _without(care, _by_level(levels.tests), levels.outpatient_tests, saved, unpaid - saved)


def _devices(inputs: Inputs, control: Control, care: Account) -> Account:
    """The less is paid of other models, the more patients take the basic one; the others pay what is not paid."""
    rule = control.devices
    less = inputs.yearly(rule.premium_unpaid)
    switched = rule.switched * less
    premium = rule.implant_share * rule.premium_share
    saved, unpaid = premium * switched * (1 - rule.basic_price), premium * (1 - switched) * less
    return _without(care, _by_level(control.levels.consumables), 0.0, saved, unpaid)


def _drugs(inputs: Inputs, control: Control, care: Account) -> Account:
    """Drugs off the list are not used or paid by patients; of class B drugs patients pay a share first."""
    rule, levels = control.drugs, control.levels
    excluded, first = inputs.yearly(rule.excluded), inputs.yearly(rule.class_b_first)
    saved = excluded * rule.given_up
    unpaid = excluded - saved + (1 - excluded) * rule.class_b_share * first
    return _without(care, _by_level(levels.drugs), levels.outpatient_drugs, saved, unpaid)


def _stay(inputs: Inputs, control: Control, care: Account) -> Account:
    """Days beyond the norm: some are cut, and save a last day's cost each; the rest lower the payment ratio, at most to 0.

    A stay costs C·(1 − m + m·days/mean days), m the cost of a last day over that of a mean day: who stays longer than the
    norm costs more than the mean, and the lower ratio falls on that cost.
    """
    rule = control.stay
    norm, cut = _paths(inputs, rule.norm_days), inputs.yearly(rule.cut)
    beyond, squared = _beyond(rule, care.days, norm)
    left = 1 - rule.marginal_cost * cut * beyond / care.days
    lower = inputs.yearly(rule.points_a_day) * (1 - cut)
    to_zero = np.minimum(np.divide(care.ratio, lower, out=np.full_like(care.ratio, np.inf), where=lower > 0), NEVER)
    past, past_squared = _beyond(rule, care.days, norm + to_zero, norm > 0)
    counted, by_counted = beyond - past, squared - past_squared - to_zero * past
    dearer = rule.marginal_cost / care.days * (norm * counted + (1 - cut) * by_counted)
    unpaid = lower * ((1 - rule.marginal_cost) * counted + dearer) / left
    return replace(
        care, cost=care.cost * left, unpaid=care.unpaid * left, days=care.days - beyond * cut, ratio=care.ratio - unpaid
    )


NEVER: Final = 1e6
"""Days that no stay has."""


def _beyond(
    rule: Stay, days: np.ndarray, norm: np.ndarray, where: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Mean days of a stay beyond a norm, and their mean square, [level, year]; 0 where there is none."""
    spread, threshold = np.array(rule.log_spread), np.maximum(norm, 1.0)
    some = norm > 0 if where is None else where
    return (
        np.where(some, above(days, spread, threshold).excess, 0.0),
        np.where(some, squared_excess(days, spread, threshold), 0.0),
    )


def _paths(inputs: Inputs, held: PathByLevel) -> np.ndarray:
    return np.stack([inputs.yearly(getattr(held, level)) for level in LEVELS])


def _audit(inputs: Inputs, control: Control, care: Account) -> Account:
    """Audits beyond those of the fitted past recover more and deter; both together at most what is wasted.

    Where no more is wasted than was recovered before, there is nothing left to find. Deterrence is a state: each year it
    goes a part of the way to what as many audits keep up in the long run.
    """
    rule = control.audit
    more = inputs.yearly(rule.added) * rule.recovered_share
    left = max(rule.waste_share - rule.recovered_share, 0.0)
    deterred = np.minimum(_state(more * rule.deterrence * rule.decay, rule.decay), left)
    recovered = np.minimum(more, left - np.maximum(deterred, 0.0))
    claims = 1 - deterred
    return replace(
        care,
        cost=care.cost * claims,
        unpaid=care.unpaid * claims,
        outpatient_cost=care.outpatient_cost * claims,
        outpatient_unpaid=care.outpatient_unpaid * claims,
        recovered=recovered,
    )


def _knowledge(inputs: Inputs, control: Control, care: Account) -> Account:
    """Who knows the rules asks for less without need; what is known fades, and never more than all know them."""
    rule = control.knowledge
    known = np.minimum(_state(inputs.yearly(rule.campaign), rule.fading), 1.0)
    need = 1 + rule.response * rule.unreasonable_share * known
    return replace(
        care,
        cost=care.cost * need,
        unpaid=care.unpaid * need,
        outpatient_cost=care.outpatient_cost * need,
        outpatient_unpaid=care.outpatient_unpaid * need,
    )


def _village(inputs: Inputs, control: Control, care: Account) -> Account:
    """Residents' clinics that settle: what was not paid there is paid; visits are added, some in the place of others."""
    if care.scheme != "resident":
        return care
    rule = control.village
    settled = rule.cost_share * inputs.yearly(rule.settled)
    more = settled * rule.visits_added * (1 - rule.replaced * rule.cost_elsewhere)
    cost = care.outpatient_cost * (1 + more)
    unpaid = care.outpatient_unpaid * (1 + more) - care.outpatient_cost * settled * rule.unpaid_share
    return replace(care, outpatient_cost=cost, outpatient_unpaid=unpaid)


def _telemedicine(inputs: Inputs, control: Control, care: Account) -> Account:
    """Consultations in the place of visits, at their cost, and those that come on top; paid as visits are."""
    rule = control.telemedicine
    left = 1 - inputs.yearly(rule.moved) * (1 - rule.relative_cost * (1 + rule.added))
    return replace(care, outpatient_cost=care.outpatient_cost * left, outpatient_unpaid=care.outpatient_unpaid * left)


def _away(inputs: Inputs, control: Control, care: Account) -> Account:
    """Admissions of the third level that move to another province cost more there, and are paid at a lower rate."""
    rule, tertiary = control.away, 0
    moved = inputs.yearly(rule.added_share)
    cost, unpaid, ratio = care.cost.copy(), care.unpaid.copy(), care.ratio.copy()
    dearer = 1 + moved * (rule.cost_ratio - 1)
    away = moved * rule.cost_ratio / dearer  # part of the cost of the level
    cost[tertiary] *= dearer
    unpaid[tertiary] *= dearer
    ratio[tertiary] -= away * np.minimum(rule.ratio_cut, ratio[tertiary])
    return replace(care, cost=cost, unpaid=unpaid, ratio=ratio)


def _digital(inputs: Inputs, control: Control, care: Account) -> Account:
    """Of what is settled online checks change the price, in and out of hospital; more visits are made, paid as visits are."""
    rule = control.digital
    reached = inputs.yearly(rule.reached)
    price, visits = 1 + reached * rule.price, 1 + reached * rule.visits_added
    return replace(
        care,
        cost=care.cost * price,
        unpaid=care.unpaid * price,
        outpatient_cost=care.outpatient_cost * price * visits,
        outpatient_unpaid=care.outpatient_unpaid * price * visits,
    )


def administration(inputs: Inputs) -> np.ndarray:
    """What administration online multiplies by what administration a fund is charged for, [year]."""
    rule = inputs.values.control.digital
    return np.asarray(1 + inputs.yearly(rule.reached) * rule.administration)


def _state(added: np.ndarray, lost: float) -> np.ndarray:
    """A state that each year loses a share and gains what is added, [year]; 0 before the first."""
    return np.array(list(accumulate(map(float, added), lambda state, gained: state * (1 - lost) + gained)))


ACTIONS: Final = {
    "referral": _referral,
    "case_payment": _case_payment,
    "tests": _tests,
    "devices": _devices,
    "drugs": _drugs,
    "stay": _stay,
    "audit": _audit,
    "knowledge": _knowledge,
    "village": _village,
    "telemedicine": _telemedicine,
    "away": _away,
    "digital": _digital,
}
