"""What care costs a person covered all year, and what the layers of insurance pay of it (method note, section 7)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from simsurance.axes import NO_CLAIM, TENURE_DEPTH, TENURES, axis
from simsurance.model import critical_illness, lognormal, membership, participation
from simsurance.model.groups import throughout
from simsurance.model.state import CareBasis, YearBasis


@dataclass(frozen=True)
class BasicCare:
    """Expected cost and basic benefits of a person covered all year, in any scheme.

    Yuan a year, on the axes of the scheme's `CareBasis`; chances of being paid anything; a user's inpatient cost as a law.
    """

    inpatient_cost: np.ndarray
    inpatient: np.ndarray
    outpatient_cost: np.ndarray
    outpatient: np.ndarray
    paid_in_hospital: np.ndarray
    paid_outside: np.ndarray
    cost: critical_illness.UserCost

    @property
    def no_claim(self) -> np.ndarray:
        """The chance of a year in which nothing is paid."""
        return (1 - self.paid_in_hospital) * (1 - self.paid_outside)


def basic_care_pp(care: CareBasis) -> BasicCare:
    """What a person covered all year costs and is paid by basic insurance, in closed form."""
    use, outpatient_use, tail = care.inpatient_use, care.outpatient_use, care.tail_index
    cost = critical_illness.UserCost(care.inpatient_cost, care.inpatient_sigma, basic_layer(care), tail)
    clinic = critical_illness.UserCost(
        care.outpatient_cost,
        care.outpatient_sigma,
        critical_illness.BasicLayer(care.outpatient_deductible, care.outpatient_ratio, care.outpatient_limit),
        lognormal.NO_TAIL,
    )
    return BasicCare(
        inpatient_cost=use * cost.above(np.zeros(())).excess,
        inpatient=use * cost.basic_benefit * care.inpatient_benefit_factor,
        outpatient_cost=outpatient_use * care.outpatient_cost,
        outpatient=outpatient_use * clinic.basic_benefit * care.outpatient_benefit_factor,
        paid_in_hospital=use * cost.above_deductible.chance,
        paid_outside=outpatient_use * clinic.above_deductible.chance,
        cost=cost,
    )


def basic_layer(care: CareBasis) -> critical_illness.BasicLayer:
    """The year's basic layer on a user's inpatient cost."""
    return critical_illness.BasicLayer(care.inpatient_deductible, care.inpatient_ratio, care.inpatient_limit)


@dataclass(frozen=True)
class PerPerson:
    """Expected cost, benefits and chances of a resident covered all year, and the rules behind them.

    [run, health, 1, sex, area, income or 1, age]; `cover` and what own cost exceeds its bands and its cap by, for either
    kind of places and of rules.
    """

    basic: BasicCare
    cover: critical_illness.Cover
    critical: np.ndarray
    critical_claim: np.ndarray
    cap_used: np.ndarray
    no_claim: np.ndarray
    above_ends: np.ndarray


def critical_cover(basis: YearBasis) -> critical_illness.Cover:
    """The year's critical-illness insurance on what basic insurance leaves to the patient.

    A first axis has places with the national deductible and with the low one; the income axis has two members, assisted
    and not: the rules tell no others apart.
    """

    def two(rule: np.ndarray) -> np.ndarray:
        return rule[..., :2, :] if rule.shape[-2] > 1 else rule

    return critical_illness.Cover(
        two(np.stack(one_by_one(basis.critical_deductible))),
        one_by_one(basis.critical_edges),
        tuple(two(ratio) for ratio in one_by_one(basis.critical_ratios)),
        basis.critical_cap,
        two(basis.critical_capped),
    )


def one_by_one(values: np.ndarray) -> tuple[np.ndarray, ...]:
    """The values by band, or by kind of place: the axis behind the run."""
    return tuple(values[:, place] for place in range(values.shape[1]))


def over_places(by_kind: np.ndarray, basis: YearBasis) -> np.ndarray:
    """The mean over the insured, who live in places with the national deductible or with the low one."""
    national, low = by_kind
    return np.asarray(national + basis.critical_low_places * (low - national))


def by_income(assisted_or_not: np.ndarray, basis: YearBasis) -> np.ndarray:
    """Numbers of the assisted, the first income group, and of the others, on the income axis; one for both stays one."""
    if assisted_or_not.shape[-2] == 1:
        return assisted_or_not
    rules = (basis.critical_deductible, basis.critical_ratios, basis.critical_capped)
    groups = max(rule.shape[-2] for rule in rules)
    return assisted_or_not[..., (0, *(1,) * (groups - 1)), :]


def benefits_pp(basis: YearBasis) -> PerPerson:
    """What a resident covered all year costs and is paid, in closed form. Yuan a year, chances a year."""
    basic, cover, use = basic_care_pp(basis.care), critical_cover(basis), basis.care.inpatient_use
    critical = cover.above(basic.cost)
    return PerPerson(
        basic=basic,
        cover=cover,
        critical=by_income(use * over_places(cover.between(critical), basis) * basis.critical_factor, basis),
        critical_claim=by_income(use * over_places(critical.chance[0], basis), basis),
        cap_used=by_income(use * over_places(critical.chance[-1], basis), basis),
        no_claim=basic.no_claim,
        above_ends=critical.excess,
    )


def bonus_granted(enrolled: np.ndarray, payers: np.ndarray, basis: YearBasis, counted: int) -> np.ndarray:
    """The mean rise of the cap of a cell's insured in the year, nominal yuan, on the axes of `payers`.

    Both credits and what was carried through a lapse, within the limit. `counted`: years the rules have counted with this one.
    """
    tenures = enrolled[:, :, TENURES]
    credit = enrolled[:, :, NO_CLAIM].sum(axis=axis("status"), keepdims=True) * basis.no_claim_step
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
    """Expected cost of the raised cap for a person covered all year, yuan a year; shape of `bonus_cap`.

    Nothing for the assisted where no cap holds for them.
    """
    exposed, capped = basis.care.inpatient_use * basis.critical_factor, pp.cover.capped
    if bonus_cap.shape[-2] == 1 or capped.shape[-2] == 1 or capped[..., :1, :].any():
        by_group = partial(by_income, basis=basis)
        added = _added(pp.basic.cost, kinds(pp.cover, by_group), by_group(pp.above_ends), bonus_cap)
        return exposed * over_places(added, basis)
    added = _added(pp.basic.cost, kinds(pp.cover, others), others(pp.above_ends), bonus_cap[..., 1:, :])
    of_others = exposed * over_places(added, basis)
    cost = np.zeros((*of_others.shape[:-2], bonus_cap.shape[-2], of_others.shape[-1]))
    cost[..., 1:, :] = of_others
    return cost


def others(assisted_or_not: np.ndarray) -> np.ndarray:
    """Numbers of those who are not assisted; one for both stays one."""
    return assisted_or_not[..., -1:, :]


def kinds(cover: critical_illness.Cover, of: Callable[[np.ndarray], np.ndarray]) -> critical_illness.Cover:
    """A cover of other members of the income axis."""
    return replace(cover, deductible=of(cover.deductible), ratios=tuple(map(of, cover.ratios)), capped=of(cover.capped))


def _added(
    cost: critical_illness.UserCost, cover: critical_illness.Cover, ends: np.ndarray, bonus_cap: np.ndarray
) -> np.ndarray:
    """What a user is paid between the cap and the raised cap, on an axis of places before all others.

    Where both caps lie in one band in all of a run, it is the difference of two excesses, whatever stands beside it.
    """
    before = cover.capped_at
    begin, end, ratio = cover.band_at(before)
    raised = before + cover.capped * bonus_cap / ratio
    in_band = throughout((np.minimum(before, raised) > begin) & (np.maximum(before, raised) < end))
    if in_band.all():
        return np.asarray(ratio * (ends[-1] - cost.own_excess(raised)))
    anywhere = np.where(cover.capped > 0, cover.own_at(cover.cap + bonus_cap), critical_illness.NO_CAP)
    raised = np.where(in_band, raised, anywhere)
    return cover.added(ends, raised, cost.own_excess(raised))


def credit_year_without_claim(enrolled: np.ndarray, basis: YearBasis, pp: PerPerson) -> None:
    """Add a year without reimbursement to the insured who had none, and take the credit of those who used it, in place."""
    years = enrolled[:, :, NO_CLAIM]
    years *= 1 - basis.rules_in_force * basis.no_claim_reset * pp.cap_used
    years += enrolled[:, :, TENURES] * (basis.rules_in_force * pp.no_claim)
