"""Timely adjustment: what a rule reads of the resident fund, which answers it takes, and the year's assumptions under them.

A cumulative factor an answer stands on the scheduled or indexed value, which goes on moving underneath. The contribution of a
year is announced and paid in the year before: what is decided at the beginning of a year reaches subsidy and benefits of that
year and the contribution of the next, or so many years of notice later.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np

from simsurance.axes import ANSWER, TENURES, along, axes_except, axis
from simsurance.ledger import RESIDENT, RESIDENT_BENEFITS, booked, fund_of
from simsurance.model.care import PerPerson, benefits_pp
from simsurance.model.fund import ROUNDING, summed
from simsurance.model.groups import of_run
from simsurance.model.state import AdjustmentBasis, Standing, State, YearBasis

CONTRIBUTION, SUBSIDY, RATIO, LIMITS, DEDUCTIBLE = range(len(ANSWER.members))
TRIGGERS: Final = ("reserve_months", "current_balance", "projected_months")
"""What a rule reads."""
BALANCE, PROJECTED = TRIGGERS.index("current_balance"), TRIGGERS.index("projected_months")
KNOWN: Final = 3
"""Years whose accounts an extrapolation rests on."""
MOST_NOTICE: Final = 5
NOW, NEXT = 1, 2
"""Places of the year and the next among the years that factors are decided for, the year before the first of them."""
DECIDED: Final = NEXT + MOST_NOTICE + 1
MONTHS: Final = 12
FOLLOWS_NOW, FOLLOWS_AT_SUBSIDY, FOLLOWS_AT_CONTRIBUTION = range(3)
"""Years in which the subsidy may follow the contribution: the year, and those that a decision on either reaches."""
ORDERS: Final = range(1, len(ANSWER.members) + 1)


def opening_standing(income: np.ndarray, outgo: np.ndarray, groups: int) -> Standing:
    """Where a rule stands that has not acted, among so many income groups.

    Income and outgo of the last three years, yuan, NaN where not known, [run, 3].
    """
    runs = len(income)
    none = np.zeros((runs, groups))
    factors = np.ones((runs, len(ANSWER.members), DECIDED))
    return Standing(factors, income, outgo, income[..., -1] - outgo[..., -1], np.zeros((runs, 2)), none, none)


@dataclass(frozen=True)
class Read:
    """What a rule reads at the beginning of a year and does: [run].

    `months` in the fund, or projected; whether the trigger is met; 1 for a step, −1 for one taken back, 0 for none: where
    nothing is asked for, or no answer is left.
    """

    months: np.ndarray
    fired: np.ndarray
    acted: np.ndarray


def adjusted(state: State, basis: YearBasis) -> tuple[State, YearBasis, Mapping[str, np.ndarray]]:
    """Stage 2 of the year: the state with what is decided, the assumptions under it, and what is told of it.

    Nothing is touched where no rule is in force; one that has not acted leaves every bit of the assumptions.
    """
    rule, standing = basis.adjustment, state.adjustment
    if rule is None or standing is None:
        return state, basis, {}
    factors = np.concatenate([standing.factors[:, :, 1:], standing.factors[:, :, -1:]], axis=-1)
    read = position(state, standing, rule, factors)
    before, factors = factors, decided(factors, rule, read)
    moved = (factors != before).any(axis=-1).any(axis=-1)
    read = replace(read, acted=np.where(moved, read.acted, 0.0))
    of_year = factors[:, :, NOW : NEXT + 1]
    own = under(basis, of_year)
    standing = replace(standing, factors=factors, cut=cut(state, basis, own))
    return replace(state, adjustment=standing), own, {"factors": of_year, **vars(read)}


def position(state: State, standing: Standing, rule: AdjustmentBasis, factors: np.ndarray) -> Read:
    """What is read at the close of the year before; nothing is known of a year without accounts, and nothing done."""
    place = fund_of(RESIDENT).place
    reserve = state.fund[:, place] - state.prepaid
    if state.debt is not None:
        reserve = reserve - state.debt[:, place]
    outgo = standing.outgo[..., -1] - standing.saved.sum(axis=-1)
    months = MONTHS * ratio(reserve, outgo)
    projects = rule.trigger == PROJECTED
    if projects.any():
        months = np.where(projects, projected_months(reserve, standing, rule, factors), months)
    least = np.where(np.isnan(months), 0.0, months)
    short = np.where(
        rule.trigger == BALANCE, standing.balance < -ROUNDING * outgo, least < rule.months_below - ROUNDING
    )
    ample = least > rule.recovery_months + ROUNDING
    acts = (rule.acts > 0) & ~np.isnan(months)
    fired = acts & short & ~ample
    return Read(months, fired.astype(float), np.where(fired, 1.0, np.where(acts & ample, -1.0, 0.0)))


def projected_months(reserve: np.ndarray, standing: Standing, rule: AdjustmentBasis, factors: np.ndarray) -> np.ndarray:
    """Reserve months so many years ahead if income and outgo go on as in the last three years known, [run].

    Each grows by its mean growth at scheduled values; income has the factors that are decided by then for each year.
    """
    growth = [np.sqrt(ratio(side[..., -1], side[..., 0])) for side in (standing.income, standing.outgo)]
    outgo, grown = standing.outgo[..., -1] - standing.saved.sum(axis=-1), np.ones(len(reserve))
    for ahead in range(1, int(rule.years_ahead.max()) + 1):
        more, place = ahead <= rule.years_ahead, min(NOW + ahead - 1, DECIDED - 1)
        grown, outgo = grown * growth[0], np.where(more, outgo * growth[1], outgo)
        income = standing.income[..., -1] + brought(standing, factors[:, :, place], rule.follows[:, FOLLOWS_NOW])
        reserve = np.where(more, reserve + grown * income - outgo, reserve)
    return MONTHS * ratio(reserve, outgo)


def brought(standing: Standing, factors: np.ndarray, follows: np.ndarray) -> np.ndarray:
    """What factors [run, answer] bring in beyond what was levied at scheduled values, yuan, [run]."""
    more = np.stack([factors[:, CONTRIBUTION], total_subsidy(factors, follows)], axis=-1) - 1
    return np.asarray((standing.levied * more).sum(axis=-1))


def total_subsidy(factors: np.ndarray, follows: np.ndarray) -> np.ndarray:
    """The subsidy's factor, that of the contribution included where it follows it by ratio or share, [run]."""
    return np.where(follows > 0, factors[:, SUBSIDY] * factors[:, CONTRIBUTION], factors[:, SUBSIDY])


def ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Part over whole, NaN where there is no whole or a part below zero makes a root of it impossible."""
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def decided(factors: np.ndarray, rule: AdjustmentBasis, read: Read) -> np.ndarray:
    """Factors with the year's decision, [run, answer, year]: the answers of the first order that has room, or the last back."""
    if not read.acted.any():
        return factors
    up, down = read.acted > 0, read.acted < 0
    latest = factors[..., -1]
    candidates = np.stack([raised(factors, rule, answer) for answer in range(len(ANSWER.members))], axis=-1)
    chosen = first_with_room(rule.order, apart(candidates, latest), up)
    back = last_taken(rule.order, apart(latest, np.ones_like(latest)), down)
    factors = factors.copy()
    for answer in (SUBSIDY, CONTRIBUTION, RATIO, LIMITS, DEDUCTIBLE):  # what follows is known before what it follows
        new = np.where(chosen[:, answer], raised(factors, rule, answer), latest[:, answer])
        new = np.where(back[:, answer], recovered(latest[:, answer], rule, answer), new)
        later = np.arange(DECIDED) >= reached(rule, answer)[:, None]
        moves = (chosen | back)[:, answer, None]
        factors[:, answer] = np.where(later & moves, new[:, None], factors[:, answer])
    return factors


def apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Whether factors differ by more than rounding."""
    return np.asarray(np.abs(one - other) > ROUNDING)


def reached(rule: AdjustmentBasis, answer: int) -> np.ndarray:
    """The place of the first year that a decision on an answer reaches, [run]."""
    return (NEXT if answer == CONTRIBUTION else NOW) + rule.notice_years.astype(int)


def raised(factors: np.ndarray, rule: AdjustmentBasis, answer: int) -> np.ndarray:
    """The factor of an answer after a step, within its bound, the highest rise and what follows it; never back, [run]."""
    latest, step, bound = factors[:, answer][..., -1], rule.step[:, answer], rule.bound[:, answer]
    if answer not in (CONTRIBUTION, SUBSIDY):
        rising = bound > 1
        return np.where(rising, np.minimum(latest + step, bound), np.maximum(latest - step, bound))
    most = np.minimum(latest + step, bound)
    place = reached(rule, answer)
    own, budget = (of_year(factors, each, place) for each in (CONTRIBUTION, SUBSIDY))
    own_before, budget_before = (of_year(factors, each, place - 1) for each in (CONTRIBUTION, SUBSIDY))
    together = np.minimum(own_before * budget_before + rule.step[:, SUBSIDY], rule.bound[:, SUBSIDY])
    if answer == SUBSIDY:
        most = np.where(rule.follows[:, FOLLOWS_AT_SUBSIDY] > 0, np.minimum(most, together / own), most)
    else:
        bound_too = (rule.follows[:, FOLLOWS_AT_CONTRIBUTION] > 0) & (rule.order[:, SUBSIDY] > 0)
        most = np.where(bound_too, np.minimum(most, together / budget), most)
        most = np.minimum(most, own_before * rule.highest_rise)
    return np.maximum(most, latest)


def recovered(latest: np.ndarray, rule: AdjustmentBasis, answer: int) -> np.ndarray:
    """The factor of an answer with a step taken back, never beyond the scheduled value, [run]."""
    step, rising = rule.step[:, answer], rule.bound[:, answer] > 1
    new = np.where(rising, np.maximum(latest - step, 1.0), np.minimum(latest + step, 1.0))
    return np.where(apart(new, np.ones_like(new)), new, 1.0)


def of_year(factors: np.ndarray, answer: int, place: np.ndarray) -> np.ndarray:
    """A factor at each run's own place among the years decided, [run]."""
    return np.take_along_axis(factors[:, answer], place[:, None], axis=-1)[..., 0]


def first_with_room(order: np.ndarray, room: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """The answers of the first order in which any has room, those of it that have, [run, answer]; `runs` that act."""
    return _one_order(order, room, runs, ORDERS)


def last_taken(order: np.ndarray, taken: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """The answers of the last order in which any is off its scheduled value, [run, answer]."""
    return _one_order(order, taken, runs, reversed(ORDERS))


def _one_order(order: np.ndarray, there: np.ndarray, runs: np.ndarray, places: Iterable[int]) -> np.ndarray:
    found, waiting = np.zeros(order.shape, dtype=bool) & there, runs
    for place in places:
        here = (order == place) & there
        found = found | (here & waiting[:, None])
        waiting = waiting & ~here.any(axis=-1)
    return found


def under(basis: YearBasis, factors: np.ndarray) -> YearBasis:
    """The assumptions of a year under factors of that year and the next, [run, answer, 2]; themselves where all are 1."""
    rule = basis.adjustment
    if rule is None or (factors == 1).all():
        return basis

    def times(values: np.ndarray, factor: np.ndarray) -> np.ndarray:
        return values if (factor == 1).all() else values * along(factor, "run")

    now, after, care = factors[..., 0], factors[..., 1], basis.care
    care = replace(
        care,
        inpatient_ratio=times(care.inpatient_ratio, now[:, RATIO]),
        outpatient_ratio=times(care.outpatient_ratio, now[:, RATIO]),
        inpatient_limit=times(care.inpatient_limit, now[:, LIMITS]),
        outpatient_limit=times(care.outpatient_limit, now[:, LIMITS]),
        inpatient_deductible=times(care.inpatient_deductible, now[:, DEDUCTIBLE]),
        outpatient_deductible=times(care.outpatient_deductible, now[:, DEDUCTIBLE]),
    )
    return replace(
        basis,
        personal_pp=times(basis.personal_pp, now[:, CONTRIBUTION]),
        personal_pp_next=times(basis.personal_pp_next, after[:, CONTRIBUTION]),
        burden=times(basis.burden, now[:, CONTRIBUTION]),
        subsidy_pp=times(basis.subsidy_pp, total_subsidy(now, rule.follows[:, FOLLOWS_NOW])),
        care=care,
    )


def cut(state: State, basis: YearBasis, own: YearBasis) -> np.ndarray:
    """What the insured of 1 January bear of each yuan that is paid, since benefits are below the scheduled, [run, income].

    Of a year's cover for each of them, by need class, sex, area, income group and age.
    """
    if all(getattr(own.care, each.name) is getattr(basis.care, each.name) for each in fields(own.care)):
        return np.zeros((len(state.cells), state.cells.shape[axis("income")[0]]))
    persons = state.persons[:, :, TENURES].sum(axis=axis("status"), keepdims=True)
    scheduled, paid = (paid_pp(benefits_pp(each), each) for each in (basis, own))
    of_income = (persons * (scheduled - paid)).sum(axis=axes_except("income"))
    whole = (persons * paid).sum(axis=axes_except())
    return np.asarray(of_income / whole[:, None])


def paid_pp(pp: PerPerson, basis: YearBasis) -> np.ndarray:
    """What a resident covered all year is paid, without the bonus, yuan."""
    return pp.basic.inpatient + pp.basic.outpatient + pp.critical * basis.critical_self_run


def remembered(state: State, totals: Mapping[str, np.ndarray], basis: YearBasis, interest: np.ndarray) -> State:
    """The state with the accounts of the year known, at scheduled values; `basis` under the factors of the year."""
    rule, standing = basis.adjustment, state.adjustment
    if rule is None or standing is None:
        return state
    fund, factors = fund_of(RESIDENT), standing.factors[:, :, NOW]
    own, budget = factors[:, CONTRIBUTION], total_subsidy(factors, rule.follows[:, FOLLOWS_NOW])
    supplement = of_run(basis.local_supplement)
    paid = (totals["personal_contributions"] + totals["assistance"]) * supplement + totals["repair_payments"]
    levied = np.stack([paid / own, totals["subsidies"] * supplement / budget], axis=-1)
    saved = standing.cut * summed(totals[name] for name in RESIDENT_BENEFITS)[:, None]
    new = replace(standing, levied=levied, saved=saved)
    income = summed(booked(fund.income, totals)) - totals["prepaid_change"] + interest[:, fund.place]
    outgo = summed(booked(fund.outgo, totals))
    scheduled = income - brought(new, factors, rule.follows[:, FOLLOWS_NOW])
    new = replace(
        new,
        balance=income - outgo,
        income=later(standing.income, scheduled),
        outgo=later(standing.outgo, outgo + saved.sum(axis=-1)),
    )
    return replace(state, adjustment=new)


def later(known: np.ndarray, last: np.ndarray) -> np.ndarray:
    """The last years known with one more, [run, 3]."""
    return np.concatenate([known[:, 1:], last[:, None]], axis=-1)
