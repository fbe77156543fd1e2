"""One member under the rules of a scenario: what enrolling, staying out and a claim do, by the engine's rules."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from simsurance.axes import DEDUCTIBLES, HEALTH, LAST_AGE, NATIONAL, PERSON_AXES, SEX, Axis, Groups
from simsurance.errors import SimsuranceError
from simsurance.model import participation
from simsurance.model.care import basic_layer, by_income, critical_cover
from simsurance.model.critical_illness import BasicLayer, Cover
from simsurance.model.state import YearBasis, combined
from simsurance.scenario_file.faults import nearest

NEWBORN_MONTHS: Final = 6.0
"""Months of cover in the birth year, as births spread evenly over it: half a year, as in the projection."""


@dataclass(frozen=True)
class Person:
    """Who the member is: age on the first 1 January, sex, area, income group, deductible of critical illness there."""

    age: int = 40
    sex: str = "female"
    area: str = "rural"
    income: str = "middle"
    deductible: str = "national"

    def __post_init__(self) -> None:
        """Raise SimsuranceError for a group or an age that there is not."""
        if self.deductible not in DEDUCTIBLES:
            raise SimsuranceError(
                f"--deductible: {self.deductible} is no kind of deductible; one of {', '.join(DEDUCTIBLES)}"
            )
        if not 0 <= self.age <= LAST_AGE:
            raise SimsuranceError(f"--age: {self.age} is not an age of the population; 0 to {LAST_AGE}")
        known(SEX, self.sex)


def known(axis: Axis, member: str) -> str:
    """A member of an axis; raises SimsuranceError for any other word."""
    if member not in axis.members:
        hint = nearest(member, axis.members)
        option = "need" if axis is HEALTH else axis.name
        raise SimsuranceError(f"--{option}: {member} is no group; {hint or 'one of ' + ', '.join(axis.members)}")
    return member


@dataclass(frozen=True)
class Standing:
    """Where a member stands before an enrolment: what the rules remember.

    `tenure`: continuous insured years, 0 outside; `gap`: lapsed years; `no_claim`: credited years without
    reimbursement; `carried`: change of the cap carried through lapses, yuan of the reference year; `months_left`: of
    waiting. `employee`: in the employee scheme the year before; `retired` as a retired member, `left` at its end.
    """

    tenure: int = 0
    gap: int = 0
    never: bool = False
    employee: bool = False
    retired: bool = False
    left: bool = False
    no_claim: int = 0
    carried: float = 0.0
    months_left: float = 0.0

    @property
    def outside(self) -> bool:
        """Neither in the resident nor in the employee scheme."""
        return self.never or self.gap > 0


@dataclass(frozen=True)
class Enrolment:
    """What an enrolment means for its year: waiting and cover in months, credits in nominal yuan.

    `waits` is the share of the waiting that holds for the member; `after` is the standing with the year begun.
    """

    lapsed: int
    repaired: int
    entering: bool
    waits: float
    waiting: float
    carried_months: float
    without_cover: float
    continuous_years: int
    continuous: float
    no_claim: float
    carried: float
    limit: float
    bonus: float
    after: Standing


@dataclass(frozen=True)
class Paid:
    """An inpatient cost by who bears it, yuan, and whether it passed the cap before any bonus.

    `critical_elsewhere`: what critical-illness insurance pays in places with the other deductible.
    """

    basic: float
    critical: float
    own: float
    cap_passed: bool
    critical_elsewhere: float = 0.0


@dataclass(frozen=True)
class MemberYear:
    """The rules of one year for one member.

    `basis` is the year's, narrowed to the member's sex, area and age; the income axis is whole. `low`: whether the member
    lives where the deductible of critical-illness insurance is low.
    """

    basis: YearBasis
    income: int
    age: int
    low: bool = False

    def number(self, array: np.ndarray, status: int = 0) -> float:
        """The member's own number in an array on the person axes; of several statuses the one at place `status`."""
        place = [0] * array.ndim
        if array.ndim == len(PERSON_AXES):
            for name, own in (("income", self.income), ("status", status)):
                position = PERSON_AXES.index(name)
                place[position] = own if array.shape[position] > 1 else 0
        return float(array[tuple(place)])

    @property
    def incomes(self) -> int:
        """How many income groups there are."""
        return int(self.basis.personal_pp.shape[PERSON_AXES.index("income")])

    @cached_property
    def counting(self) -> bool:
        """Whether the participation rules apply this year."""
        return bool(self.basis.rules_in_force.any()) and self.basis.year >= self.basis.rules_start

    # ---------------------------------------------------------------- money

    @cached_property
    def standard(self) -> float:
        """Personal contribution of the year before assistance, also the price of a lapsed year; yuan."""
        return self.number(self.basis.personal_pp)

    @cached_property
    def assistance(self) -> float:
        """What medical assistance pays of it, yuan."""
        return self.standard * self.number(self.basis.assistance_share)

    # ---------------------------------------------------------------- waiting

    @cached_property
    def waiting_rules(self) -> participation.WaitingRules:
        """The waiting rules of the year."""
        return self.basis.waiting

    def lapsed_years(self, standing: Standing) -> int:
        """Lapsed years as the rules count them for an enrolment this year."""
        counted = participation.rule_years_completed(self.basis.year, self.basis.rules_start)
        if standing.never:
            return int(self.number(self.basis.never_counts)) * min(counted, self.age + 1)
        return min(standing.gap, counted)

    def waits(self, standing: Standing) -> float:
        """Share of the waiting that holds for the member."""
        share = self.number(self.basis.waits) * self.counting
        return share * self.number(self.basis.leavers_wait) if standing.employee else share

    def months(self, lapsed: int, repaired: int, bounded: bool = True) -> float:
        """Waiting months of a member for whom all of it holds, with or without floor and longest."""
        rules = self.waiting_rules
        if not bounded:
            free = np.full_like(rules.longest_months, np.inf)
            rules = replace(rules, floor_months=np.zeros_like(rules.floor_months), longest_months=free)
        return self.number(rules.months(np.array(float(lapsed)), float(repaired)))

    def counted_years(self, lapsed: int) -> float:
        """Lapsed years that lengthen the waiting."""
        return self.number(self.waiting_rules.counted(np.array(float(lapsed))))

    def useful_repair(self, lapsed: int) -> int:
        """Lapsed years worth paying for."""
        return int(np.ceil(self.number(self.waiting_rules.useful_repair(np.array(float(lapsed))))))

    # ---------------------------------------------------------------- arrays of standings

    @cached_property
    def own_waiting(self) -> participation.WaitingRules:
        """The waiting rules with the member's own numbers, for arrays of standings."""
        rules = vars(self.waiting_rules).items()
        return participation.WaitingRules(**{name: np.array(self.number(values)) for name, values in rules})

    @cached_property
    def share_waiting(self) -> float:
        """Share of the waiting that holds for a member who does not come from the employee scheme."""
        return self.waits(Standing())

    def lapsed(self, gaps: np.ndarray) -> np.ndarray:
        """Lapsed years as the rules count them, of members who have been insured before."""
        return np.minimum(gaps, participation.rule_years_completed(self.basis.year, self.basis.rules_start))

    def useful_repairs(self, lapsed: np.ndarray) -> np.ndarray:
        """Lapsed years worth paying for."""
        return np.asarray(np.ceil(self.own_waiting.useful_repair(lapsed.astype(float)))).astype(int)

    def counted_tenure(self, tenure: np.ndarray, ended: int) -> np.ndarray:
        """Continuous years as the bonus counts them, with the year that ended the count."""
        start = self.basis.rules_start - self.basis.bonus_credited_years
        return np.minimum(tenure, participation.rule_years_completed(ended + 1, start))

    def credits(self, years: np.ndarray) -> np.ndarray:
        """Rises of the cap for continuous years, yuan of the reference year."""
        step, after = (np.array(self.number(each)) for each in (self.basis.bonus_step, self.basis.bonus_after_years))
        return participation.continuous_credit(years.astype(float), step, after)

    def granted(self, years: np.ndarray, no_claim: np.ndarray, carried: np.ndarray) -> np.ndarray:
        """The rises of the cap that are granted, nominal yuan; as the last that `bonus` tells."""
        index, share = self.number(self.basis.indexation), self.number(self.basis.bonus_limit)
        parts = (self.credits(years), no_claim * self.number(self.basis.no_claim_step), carried)
        continuous, free, kept = (part * index * self.counting for part in parts)
        return participation.limited(continuous + free + kept, np.array(self.cap), np.array(share))

    # ---------------------------------------------------------------- bonus

    @cached_property
    def capped(self) -> bool:
        """Whether critical-illness insurance has a cap for the member."""
        return self.number(self.basis.critical_capped) > 0

    @cached_property
    def cap(self) -> float:
        """The cap before any bonus, yuan."""
        return self.number(self.basis.critical_cap)

    def continuous_years(self, tenure: int, ended: int) -> int:
        """Continuous years as the bonus counts them, with the year that ended the count."""
        start = self.basis.rules_start - self.basis.bonus_credited_years
        return min(tenure, participation.rule_years_completed(ended + 1, start))

    def continuous_credit(self, years: int) -> float:
        """Rise of the cap for continuous years, yuan of the reference year."""
        return self.number(
            participation.continuous_credit(np.array(float(years)), self.basis.bonus_step, self.basis.bonus_after_years)
        )

    def bonus(self, years: int, no_claim: int, carried: float) -> tuple[float, float, float, float, float]:
        """Changes of the cap, nominal yuan.

        For continuous years, for years without reimbursement, carried through lapses; the limit to the sum; the sum
        that is granted.
        """
        index, share = self.number(self.basis.indexation), self.number(self.basis.bonus_limit)
        parts = [self.continuous_credit(years), no_claim * self.number(self.basis.no_claim_step), carried]
        parts = [part * index * self.counting for part in parts]
        granted = float(participation.limited(np.array(sum(parts)), np.array(self.cap), np.array(share)))
        return parts[0], parts[1], parts[2], share * self.cap, granted

    # ---------------------------------------------------------------- the year

    def enrol(self, standing: Standing, late_month: float | None = None, repaired: int = 0) -> Enrolment:
        """Enrol for the year, in the central period or, if it is given, `late_month` months into the year.

        Whoever comes from the employee scheme goes on at once in the central period and starts anew later. Months of
        waiting beyond the year are used up in the next.
        """
        late = late_month is not None
        fresh = standing.outside or (standing.employee and late)
        entering = fresh or late
        lapsed = self.lapsed_years(standing) if standing.outside else 0
        waits = self.waits(standing) if entering else 0.0
        waiting = waits * self.months(lapsed, repaired) if entering else 0.0
        carried_months = standing.months_left
        gone, left = participation.without_cover(np.array(waiting + carried_months), late_month or 0.0)
        tenure = 1 if fresh else standing.tenure + 1
        carried = standing.carried - lapsed * self.number(self.basis.cap_cut) * (standing.gap > 0)
        years = self.continuous_years(tenure, self.basis.year)
        after = Standing(tenure, no_claim=standing.no_claim, carried=carried, months_left=float(left))
        granted = self.bonus(years, standing.no_claim, carried)
        return Enrolment(
            lapsed, repaired, entering, waits, waiting, carried_months, float(gone), years, *granted, after
        )

    def born(self) -> Enrolment:
        """Enrolled in the birth year: no waiting, cover from birth."""
        years = self.continuous_years(1, self.basis.year)
        return Enrolment(
            0, 0, False, 0.0, 0.0, 0.0, 12 - NEWBORN_MONTHS, years, *self.bonus(years, 0, 0.0), Standing(1)
        )

    def stay_out(self, standing: Standing) -> Standing:
        """No cover this year: the count starts anew, what the scenario lets a member keep is carried."""
        if standing.never:
            return standing
        kept = 0.0
        if standing.tenure and not standing.employee and self.counting:
            kept = self.continuous_credit(self.continuous_years(standing.tenure, self.basis.year - 1)) * self.number(
                self.basis.bonus_kept
            )
        credited = standing.no_claim * bool(self.number(self.basis.no_claim_kept))
        return Standing(gap=standing.gap + 1, no_claim=credited, carried=standing.carried + kept)

    @property
    def years_count(self) -> bool:
        """Whether years in the employee scheme count as continuous."""
        return bool(self.number(self.basis.years_count))

    def year_end(self, standing: Standing, no_claim: bool, cap_passed: bool) -> Standing:
        """The credit for a year without reimbursement given, that of a member who used it taken."""
        if not self.counting:
            return standing
        years = 0 if cap_passed and self.number(self.basis.no_claim_reset) else standing.no_claim
        return replace(standing, no_claim=years + no_claim)

    def layers(self) -> tuple[BasicLayer, Cover]:
        """Basic and critical-illness insurance as rules on an inpatient cost."""
        return basic_layer(self.basis.care), critical_cover(self.basis)

    def paid(self, cost: float, bonus: float, covered: bool) -> Paid:
        """Who bears an inpatient cost; levers multiply what the rules pay, as they do for everybody."""
        if not covered:
            return Paid(0.0, 0.0, cost, False)
        layer, cover = self.layers()
        by_rule = self.number(layer.paid(np.array(cost)))
        own, basic = np.array(cost - by_rule), by_rule * self.number(self.basis.care.inpatient_benefit_factor)
        critical, elsewhere = self.here_and_elsewhere(cover.paid(own, bonus) * self.basis.critical_factor)
        capped_at, _ = self.here_and_elsewhere(np.broadcast_to(cover.capped_at, cover.deductible.shape))
        return Paid(basic, critical, cost - basic - critical, self.capped and float(own) > capped_at, elsewhere)

    def here_and_elsewhere(self, by_kind: np.ndarray) -> tuple[float, float]:
        """The member's numbers where the member lives, and in places with the other deductible."""
        national, low = (self.number(by_income(kind, self.basis)) for kind in by_kind)
        return (low, national) if self.low else (national, low)

    @property
    def share_elsewhere(self) -> float:
        """Share of the insured in places with the other deductible."""
        low = self.number(self.basis.critical_low_places)
        return 1 - low if self.low else low


def narrowed(basis: YearBasis, sex: int, area: int, age: int) -> YearBasis:
    """A year's basis for one sex, area and age; income and need class stay axes."""
    places = {"sex": sex, "area": area, "age": age}

    def own(of: list[np.ndarray]) -> np.ndarray:
        array = of[0]
        for name, place in places.items():
            position = PERSON_AXES.index(name) - len(PERSON_AXES)
            if array.ndim >= len(PERSON_AXES) and array.shape[position] > 1:
                array = np.take(array, [place], axis=position)
        return array

    return combined([basis], own)


def member_years(person: Person, years: tuple[YearBasis, ...], age: int, groups: Groups = NATIONAL) -> list[MemberYear]:
    """The rules of each year for a person who is `age` on the 1 January of the first, in a scheme with some groups."""
    of_scheme = (SEX, groups.area, groups.income)
    sex, area, income = (axis.members.index(known(axis, getattr(person, axis.name))) for axis in of_scheme)
    ages = [min(max(age + place, 0), LAST_AGE) for place in range(len(years))]
    low = person.deductible == "low"
    return [MemberYear(narrowed(basis, sex, area, at), income, at, low) for basis, at in zip(years, ages, strict=True)]
