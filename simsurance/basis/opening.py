"""The opening state: who is where on the 1 January of the valuation year, built from population, counts and hazards."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache

import numpy as np

from simsurance.axes import (
    ASSISTED,
    EMPLOYEES,
    FLOW_AXES,
    GAP_DEPTH,
    NEVER,
    NEXT_TO_ASSISTED,
    NO_CLAIM,
    NOT_EMPLOYEES,
    PERSON_AXES,
    PROFILE_AXES,
    ROWS,
    TENURE_DEPTH,
    TENURES,
    UNINSURED,
    along,
    at,
    axis,
    row,
)
from simsurance.basis.odds_factor import logit_shift, solve_odds_factor
from simsurance.model import membership

GAP_0, GAP_1, LAST_GAP, LAST_TENURE = row("gap_0"), row("gap_1"), UNINSURED.stop - 1, TENURES.stop - 1
PEOPLE = FLOW_AXES[1:]
CLASSES = ("health", *PEOPLE)
CELLS = PERSON_AXES[1:]
ODDS = ("health", "status", "age")
MIX = ("opening", *PROFILE_AXES, "status")
OVER_NEEDS = axis("health", of=MIX)


@dataclass(frozen=True, eq=False)
class OpeningInputs:
    """What the opening state is built from; axes in brackets, counts in persons on the 1 January.

    Inputs are equal when all their bits are.
    """

    stock: np.ndarray
    """[sex, age]"""
    area_share_by_age: np.ndarray
    """[area but the last, age], patterns; their levels are moved to `area_share`"""
    area_share: np.ndarray
    """[area]"""
    income_share: np.ndarray
    """[area, income]; the assisted and the next group are moved to meet `assisted_share`"""
    assisted_share: float
    """not a number where nobody is assisted"""
    prevalence: np.ndarray
    """[health, sex, age]"""
    active_profile: np.ndarray
    """[sex, age], relative share of the population"""
    retired_profile: np.ndarray
    """[sex, age]"""
    employee_odds: np.ndarray
    """[area, income], relative odds of belonging to the employee scheme"""
    active: float
    retired: float
    resident_insured: float
    leave_odds: np.ndarray
    """[health, tenure, age], relative"""
    enter_odds: np.ndarray
    """[health, never and gap, age], relative"""
    uninsured_odds: np.ndarray
    """[area, income], relative odds of being uninsured"""
    return_rate: float
    join_rate: float
    persistence: float
    newborn_enrolment: float
    recent_leavers: np.ndarray
    """[sex, age], share of active members who left last year without joining the residents"""
    leavers_enrol: bool = False
    """whether leavers beyond the uninsured of their kind have joined the residents after all; they are refused otherwise"""

    @cached_property
    def bits(self) -> tuple[tuple[tuple[int, ...], bytes], ...]:
        """Shape and bytes of every input."""
        values = (np.asarray(getattr(self, field.name)) for field in fields(self))
        return tuple((value.shape, value.tobytes()) for value in values)

    @cached_property
    def everyone(self) -> np.ndarray:
        """All persons, [sex, area, income, age], read-only."""
        found = everyone(self)
        found.setflags(write=False)
        return found

    @cached_property
    def rates(self) -> tuple[np.ndarray, np.ndarray]:
        """Chances of leaving and of entering in a steady population; an ArithmeticError where there are none."""
        return steady_rates(self)

    @cached_property
    def mix(self) -> np.ndarray:
        """The steady mix, [health, sex, age, status]."""
        return at(steady_mixes([self]), of=MIX, opening=0)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OpeningInputs) and self.bits == other.bits

    def __hash__(self) -> int:
        return hash(self.bits)


def income_shares(share: np.ndarray, area_weight: np.ndarray, assisted_share: float) -> np.ndarray:
    """Shares of the income groups by area, [area, income], assisted and next group exchanged to meet the assisted share."""
    if np.isnan(assisted_share):
        return share
    assisted = share[:, ASSISTED]
    factor = assisted_share / float((area_weight * assisted).sum())
    moved = share.copy()
    moved[:, ASSISTED] = assisted * factor
    moved[:, NEXT_TO_ASSISTED] -= assisted * (factor - 1)
    return moved


def steady_mixes(several: Sequence[OpeningInputs]) -> np.ndarray:
    """Status of people outside the employee scheme by need class, sex and age, had they lived with the hazards from birth.

    Returns [opening, health, sex, age, never … last tenure], summing to 1 over need class and status at each sex and age.
    """
    leave, enter = (np.stack(each) for each in zip(*(each.rates for each in several), strict=True))
    prevalence = np.stack([each.prevalence for each in several])
    persistence, newborn_enrolment = (
        along(np.array([getattr(each, name) for each in several]), "opening", of=("opening", *PROFILE_AXES))
        for name in ("persistence", "newborn_enrolment")
    )
    mix = np.zeros((*prevalence.shape, NOT_EMPLOYEES.stop))
    newborn = at(mix, of=MIX, age=0)
    newborn[..., TENURES.start] = prevalence[..., 0] * newborn_enrolment[..., 0]
    newborn[..., row("never")] = prevalence[..., 0] * (1 - newborn_enrolment[..., 0])
    drawn, may_move = 1 - persistence, (persistence < 1)[..., 0]
    for age in range(mix.shape[MIX.index("age")] - 1):
        now, later = (at(mix, of=MIX, age=each) for each in (age, age + 1))
        leaving = now[..., TENURES] * leave[..., None, :, age]
        entering = now[..., UNINSURED] * enter[..., None, :, age]
        uninsured = now[..., UNINSURED] - entering
        later[..., NEVER] = uninsured[..., NEVER]
        later[..., GAP_1 : LAST_GAP + 1] = uninsured[..., 1:-1]
        later[..., LAST_GAP] += uninsured[..., -1]
        later[..., GAP_1] += leaving.sum(axis=-1)
        staying = now[..., TENURES] - leaving
        later[..., TENURES.start + 1 : LAST_TENURE + 1] = staying[..., :-1]
        later[..., LAST_TENURE] += staying[..., -1]
        later[..., TENURES.start] = entering.sum(axis=-1)
        target = prevalence[..., age + 1]
        beyond = np.maximum(target - persistence[..., 0] * later.sum(axis=-1), 0)
        shares = np.divide(beyond, drawn[..., 0], out=target.copy(), where=may_move)
        shares = shares / shares.sum(axis=OVER_NEEDS, keepdims=True)
        redrawn = drawn * shares[..., None] * later.sum(axis=OVER_NEEDS, keepdims=True)
        later[:] = persistence * later + redrawn
    return mix


def steady_rates(inputs: OpeningInputs) -> tuple[np.ndarray, np.ndarray]:
    """Chances of leaving [health, tenure, age] and of entering [health, never and gap, age] of a steady population."""
    if not inputs.return_rate and not inputs.join_rate:
        return np.zeros_like(inputs.leave_odds), np.zeros_like(inputs.enter_odds)
    residents = inputs.stock.sum() - inputs.active - inputs.retired
    uninsured = 1 - inputs.resident_insured / residents
    weight = (inputs.prevalence * inputs.stock).sum(axis=axis("sex", of=PROFILE_AXES))
    weight = along(weight, "health", "age", of=ODDS)
    enter = np.empty_like(inputs.enter_odds)
    for rows, rate in ((NEVER, inputs.join_rate), (slice(1, None), inputs.return_rate)):
        enter[:, rows] = _at_mean_rate(inputs.enter_odds[:, rows], weight, rate)
    leave_rate = inputs.return_rate * uninsured / (1 - uninsured)
    return _at_mean_rate(inputs.leave_odds, weight, leave_rate), enter


def find_together(several: Sequence[OpeningInputs]) -> None:
    """Find the steady mixes of several openings at once, which costs little more than that of one."""
    if not several:
        return
    for each, mix in zip(several, steady_mixes(several), strict=True):
        vars(each)["mix"] = mix


def _at_mean_rate(odds: np.ndarray, weight: np.ndarray, rate: float) -> np.ndarray:
    """Probabilities from relative odds [health, row, age] whose mean over rows, weighted by [health, 1, age], is `rate`."""
    weights = np.broadcast_to(weight, odds.shape)
    factor = solve_odds_factor(
        lambda k: float((weights * membership.probability(odds * k)).sum()), rate * float(weights.sum())
    )
    return membership.probability(odds * factor)


def employee_shares(people: np.ndarray, inputs: OpeningInputs) -> tuple[np.ndarray, np.ndarray]:
    """Shares of active and retired members, [sex, area, income, age], from relative odds that meet both counts.

    `people` [sex, area, income, age].
    """
    outside = 1 - inputs.active_profile - inputs.retired_profile
    odds = [
        along(profile / outside, "sex", "age", of=PEOPLE) * along(inputs.employee_odds, "area", "income", of=PEOPLE)
        for profile in (inputs.active_profile, inputs.retired_profile)
    ]
    factors, weighted = [1.0, 1.0], [people * each for each in odds]
    part, whole = np.empty_like(people), np.empty_like(people)
    for _ in range(60):
        before = list(factors)
        for kind, wanted in enumerate((inputs.active, inputs.retired)):
            other = odds[1 - kind] * factors[1 - kind]

            def count(k: float, kind: int = kind, other: np.ndarray = other) -> float:
                np.add(np.add(np.multiply(odds[kind], k, out=whole), 1, out=whole), other, out=whole)
                np.multiply(weighted[kind], k, out=part)
                return float(np.divide(part, whole, out=part).sum())

            factors[kind] = solve_odds_factor(count, wanted, before[kind]) if wanted else 0.0
        if np.allclose(before, factors, rtol=1e-13, atol=0):
            break
    active, retired = (odds[kind] * factors[kind] for kind in (0, 1))
    return active / (1 + active + retired), retired / (1 + active + retired)


def everyone(inputs: OpeningInputs) -> np.ndarray:
    """All persons on the opening 1 January, [sex, area, income, age]: the shares of areas and of the assisted are met."""
    age_weight = inputs.stock.sum(axis=axis("sex", of=("sex", "age")))
    by_area = areas_by_age(inputs, age_weight)
    area_weight = (by_area * age_weight).sum(axis=-1) / age_weight.sum()
    groups = income_shares(inputs.income_share, area_weight, inputs.assisted_share)
    stock, of_area = along(inputs.stock, "sex", "age", of=PEOPLE), along(by_area, "area", "age", of=PEOPLE)
    return np.asarray(stock * of_area * along(groups, "area", "income", of=PEOPLE))


def areas_by_age(inputs: OpeningInputs, age_weight: np.ndarray) -> np.ndarray:
    """Share of each area at each age, [area, age]: the patterns at the shares of all, the last area has the rest."""
    named = zip(inputs.area_share_by_age, inputs.area_share, strict=False)
    found = [logit_shift(pattern, age_weight, float(share)) for pattern, share in named]
    rest = np.ones_like(age_weight)
    for share in found:
        rest = rest - share
    if rest.min() < 0:
        raise ArithmeticError("the shares of the areas are more than all at some age")
    return np.stack([*found, rest])


@lru_cache(maxsize=2)
def opening_cells(inputs: OpeningInputs) -> np.ndarray:
    """Persons on the opening 1 January, [1, health, row, sex, area, income, age]; tracked totals are 0.

    The counts of employee members and of resident insured are met exactly; where they stand by age, area, income, need
    class, tenure and gap is fitted, not observed. Scenarios that open alike are handed the same array, read-only.
    """
    people, employed = inputs.everyone, inputs.active + inputs.retired
    if employed > people.sum() or inputs.resident_insured > people.sum() - employed:
        raise ArithmeticError(
            f"{inputs.resident_insured:.0f} insured residents and {employed:.0f} members of the employee scheme are more than "
            f"{people.sum():.0f} persons"
        )
    active, retired = employee_shares(people, inputs)
    outside = people * (1 - active - retired)
    mix = inputs.mix
    in_class = mix.sum(axis=-1)
    uninsured_share = share_of(mix[..., UNINSURED].sum(axis=-1), in_class)
    odds = along(share_of(uninsured_share, 1 - uninsured_share), *PROFILE_AXES, of=CLASSES)
    relative = odds * along(inputs.uninsured_odds, "area", "income", of=CLASSES)
    nobody_insured = along(uninsured_share >= 1, *PROFILE_AXES, of=CLASSES)
    in_classes = along(inputs.prevalence, *PROFILE_AXES, of=CLASSES)
    present = outside * in_classes

    def without_cover(k: float) -> np.ndarray:
        return present * np.where(nobody_insured, 1.0, membership.probability(relative * k))

    wanted = float(outside.sum()) - inputs.resident_insured
    factor = solve_odds_factor(lambda k: float(without_cover(k).sum()), wanted)
    uninsured = without_cover(factor)

    cells = np.zeros((1, len(inputs.prevalence), len(ROWS), *people.shape))
    recent = people * active * along(inputs.recent_leavers, "sex", "age", of=PEOPLE) * in_classes
    if inputs.leavers_enrol:
        recent = np.minimum(recent, uninsured)
    elif (recent > uninsured).any():
        raise ArithmeticError("more recent leavers of the employee scheme than uninsured persons at some age")
    for rows, persons in ((UNINSURED, uninsured - recent), (TENURES, present - uninsured)):
        split = share_of(mix[..., rows], mix[..., rows].sum(axis=-1, keepdims=True))
        split = np.moveaxis(split, -1, axis("status", of=CELLS)[0])
        split = along(split, "health", "status", "sex", "age", of=CELLS)
        at(cells, run=0, status=rows)[:] = along(persons, *CLASSES, of=CELLS) * split
    at(cells, run=0, status=GAP_0)[:] += recent
    members = np.stack([people * active, people * retired])
    at(cells, run=0, status=EMPLOYEES)[:] = members * along(inputs.prevalence, *PROFILE_AXES, of=CELLS)
    cells.setflags(write=False)
    return cells


def share_of(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """A part over its whole; 0 where there is nobody."""
    return np.divide(part, whole, out=np.zeros(np.broadcast_shapes(part.shape, whole.shape)), where=whole > 0)


def count_rule_years(cells: np.ndarray, lapsed: int, continuous: int) -> np.ndarray:
    """The opening cells with their tracked years: as many as the rules have counted, at most those of the last bucket."""
    counted = cells.copy()
    counted[:, :, membership.RULE_YEARS] = cells[:, :, LAST_TENURE] * min(continuous, TENURE_DEPTH)
    counted[:, :, membership.LAPSED_YEARS] = cells[:, :, LAST_GAP] * min(lapsed, GAP_DEPTH)
    return counted


def count_years_without_claim(cells: np.ndarray, no_claim: np.ndarray, counted: int) -> np.ndarray:
    """The opening cells with the years without reimbursement that the rules have counted.

    `no_claim` is the chance of such a year [run, health, 1, sex, area, income or 1, age]; a tenure has had as many years as it
    counts, at most `counted`.
    """
    credited = cells.copy()
    for tenure in range(1, TENURE_DEPTH + 1):
        credited[:, :, NO_CLAIM.start + tenure - 1] = (
            cells[:, :, TENURES.start + tenure - 1] * at(no_claim, status=0) * min(tenure, counted)
        )
    return credited


def leaving_factor(cells: np.ndarray, odds: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The factor on odds, one a run, at which the persons who move are as many as wanted.

    `cells` [run, health, row, sex, area, income, age]; `odds` on the grid of its factors; `wanted` [run]. Returns
    [run, 1, 1, 1, 1, 1, 1].
    """
    persons = cells.sum(axis=axis("sex"), keepdims=True)
    factors = np.empty((len(cells),) + (1,) * 6)
    for run in range(len(cells)):
        own_odds = odds[run if len(odds) > 1 else 0]

        def moving(k: float, own: np.ndarray = own_odds, here: np.ndarray = persons[run]) -> float:
            return float((here * membership.probability(own * k)).sum())

        factors[run] = solve_odds_factor(moving, float(wanted[run]))
    return factors
