"""A member's best answer to the rules in expected money, by dynamic programming over standings and need classes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Final, Literal, NamedTuple, get_args

import numpy as np

from simsurance.axes import HEALTH, SEX, along, at
from simsurance.member.choices import CENTRAL, LATE, Decisions
from simsurance.member.member_year import MemberYear, Person
from simsurance.model import health, population
from simsurance.model.care import PerPerson, benefits_pp, bonus_cost_pp
from simsurance.model.state import YearBasis

Foresight = Literal["known", "in_year", "last_year"]
FORESIGHT: Final[tuple[Foresight, ...]] = get_args(Foresight)
"""What a member knows of the need class at enrolment: the year's own; last year's, and the year's own for late
enrolment; last year's alone, as in the projection."""
NEEDS: Final = len(HEALTH.members)
CHOSEN: Final = ("standing", "before", "health")
"""Axes of what is chosen: by standing, last year's need class and the year's."""
OF_PLACE: Final = ("standing", "place", "health").index("place")
"""What a choice is made from: by standing, place in the table of options and need class."""


@dataclass(frozen=True)
class YearMoney:
    """What a year of cover is expected to bring and cost, by need class where an axis is named; nominal yuan.

    `moves` [last year's class, class]; `discount` takes the middle of the year to the first 1 January.
    """

    rule: MemberYear
    pp: PerPerson
    moves: np.ndarray
    dying: np.ndarray
    discount: float

    def by_need(self, array: np.ndarray) -> np.ndarray:
        """The member's numbers by need class, […, health], of an array on the person axes with runs first."""
        whole = np.broadcast_to(array, (len(array), NEEDS, 1, 1, 1, self.rule.incomes, 1))
        return np.asarray(at(whole, status=0, sex=0, area=0, income=self.rule.income, age=0))

    @cached_property
    def benefits(self) -> np.ndarray:
        """Expected benefits of a year's cover without any bonus, [health]."""
        return self.by_need(self.pp.basic.inpatient + self.pp.basic.outpatient + self.pp.critical).reshape(NEEDS)

    @cached_property
    def fund_pays(self) -> np.ndarray:
        """What the fund pays of them, [health]; critical illness only where the fund runs it itself."""
        return self.by_need(
            self.pp.basic.inpatient + self.pp.basic.outpatient + self.pp.critical * self.rule.basis.critical_self_run
        ).reshape(NEEDS)

    @cached_property
    def outcomes(self) -> np.ndarray:
        """Chances that a year has no reimbursement, that a claim passes the cap, and of neither, [outcome, health]."""
        free, passed = self.by_need(self.pp.no_claim)[0], self.by_need(self.pp.cap_used)[0]
        return np.stack([free, passed, 1 - free - passed])

    def bonus_value(self, granted: np.ndarray) -> np.ndarray:
        """Expected worth of raised caps over a full year, [option, health]."""
        if not self.rule.capped or not granted.any():
            return np.zeros((len(granted), NEEDS))
        caps, place = np.unique(granted, return_inverse=True)
        cost = bonus_cost_pp(self.rule.basis, self.pp, along(caps, "run"))
        return self.by_need(cost)[place]

    def with_income(self, income: int) -> "YearMoney":
        """The year of a member of another income group who is alike in all else."""
        return replace(self, rule=replace(self.rule, income=income))

    @property
    def income(self) -> float:
        """What the fund receives for an insured person: contribution, subsidy and local supplement."""
        return (self.rule.standard + self.subsidy) * self.rule.number(self.rule.basis.local_supplement)

    @property
    def subsidy(self) -> float:
        """What the budget pays for an insured person."""
        return self.rule.number(self.rule.basis.subsidy_pp)

    @property
    def premium(self) -> float:
        """What the fund pays to an insurer of critical illness for an insured person."""
        return self.rule.number(self.rule.basis.critical_premium_pp)


class Habit(NamedTuple):
    """What a strategy does in a year from one position in one need class.

    `weight`: chance of coming there; `central`, `late`: chances of enrolling then;
    `repaired`, `useful`: lapsed years paid for and worth paying for, means over the enrolments.
    """

    year: int
    outside: bool
    need: int
    weight: float
    central: float
    late: float
    repaired: float
    useful: float


@dataclass(frozen=True)
class Outcome:
    """What a strategy comes to, for one member: expected present values in yuan, and years insured."""

    contributions: float
    repair: float
    benefits: float
    insured_years: float
    fund_cost: float
    subsidies: float
    habits: tuple[Habit, ...]

    @property
    def value(self) -> float:
        """Benefits less what the member pays."""
        return self.benefits - self.contributions - self.repair


@dataclass(frozen=True)
class Game:
    """A member's decisions over the years, with what they bring; solved backwards, followed forwards."""

    years: tuple[YearMoney, ...]
    decisions: tuple[Decisions, ...]

    @cached_property
    def bonus(self) -> list[np.ndarray]:
        """Expected worth of each option's raised cap over a full year, by year [option, health]."""
        return [money.bonus_value(chosen.bonus) for money, chosen in zip(self.years, self.decisions, strict=True)]

    def worth(self, year: int, later: np.ndarray) -> np.ndarray:
        """Present value of each option by the year's need class, [option, health]; `later` [next standing, health]."""
        money, chosen = self.years[year], self.decisions[year]
        cover = chosen.years_of_cover[:, None] * (1 - money.dying / 2) * (money.benefits + self.bonus[year])
        ahead = np.einsum("oh,nho->nh", money.outcomes, np.swapaxes(later[chosen.after], -1, -2))
        return np.asarray(money.discount * (cover - chosen.pays[:, None]) + (1 - money.dying) * ahead)

    def solve(self, foresight: Foresight) -> tuple[np.ndarray, list[np.ndarray]]:
        """The best strategy.

        Its present value in the first year, [standing, last year's class], and by year the option chosen, [standing,
        last year's class, class].
        """
        later = np.zeros((1 + int(self.decisions[-1].after.max()), NEEDS))
        policy: list[np.ndarray] = []
        for year in range(len(self.years) - 1, -1, -1):
            money, chosen = self.years[year], self.decisions[year]
            worth = self.worth(year, later)
            by_place = np.where(chosen.there[..., None], worth[chosen.table], -np.inf)
            late, out = chosen.late, chosen.out
            if foresight == "known":
                place = np.broadcast_to(
                    by_place.argmax(axis=OF_PLACE, keepdims=True), (len(chosen.table), NEEDS, NEEDS)
                )
            else:
                if foresight == "in_year":
                    waiting = np.where((late | out)[..., None], by_place, -np.inf)
                    by_place = np.where(out[..., None], waiting.max(axis=OF_PLACE, keepdims=True), by_place)
                expected = np.einsum("sph,gh->spg", np.where(np.isfinite(by_place), by_place, -1e300), money.moves)
                place = np.broadcast_to(expected.argmax(axis=OF_PLACE)[..., None], (len(chosen.table), NEEDS, NEEDS))
                if foresight == "in_year":
                    stays_out = np.take_along_axis(out, place[..., 0], axis=-1)[..., None]
                    place = np.where(stays_out, waiting.argmax(axis=OF_PLACE, keepdims=True), place)
            option = np.take_along_axis(chosen.table[:, None, :], place.reshape(len(place), 1, -1), axis=-1).reshape(
                place.shape
            )
            policy.append(option)
            value = worth[option, np.arange(NEEDS)]
            later = np.einsum("sgh,gh->sg", value, money.moves)
        return later, policy[::-1]

    def always(self) -> list[np.ndarray]:
        """The strategy of enrolling every year in the central period without repair."""
        return [
            np.broadcast_to(chosen.table[:, :1, None], (len(chosen.table), NEEDS, NEEDS)) for chosen in self.decisions
        ]

    def follow(self, policy: Sequence[np.ndarray], need: int, by_own_class: bool) -> Outcome:
        """What a strategy comes to for a member whose need class was `need` in the year before the first.

        `by_own_class`: the habits are told by the year's class, not last year's.
        """
        return self.followed(policy, by_own_class)[need]

    def followed(self, policy: Sequence[np.ndarray], by_own_class: bool) -> list[Outcome]:
        """The same for each need class of the year before the first."""
        sums = np.zeros((6, NEEDS))
        told: list[list[Habit]] = [[] for _ in range(NEEDS)]
        here = np.eye(NEEDS)[:, None, :]
        for year, (money, chosen, option) in enumerate(zip(self.years, self.decisions, policy, strict=True)):
            weight = here[..., None] * money.moves
            sums += self._money(year, option, weight)
            habits = _habits(chosen, option, weight, by_own_class)
            for before, out, need in product(range(NEEDS), range(2), range(NEEDS)):
                shares = _shares(habits[:, before, out, need])
                told[before].append(Habit(money.rule.basis.year, bool(out), need, *shares))
            here = _next(chosen, option, weight * (1 - money.dying), money.outcomes)
        names = ("contributions", "repair", "benefits", "insured_years", "fund_cost", "subsidies")
        items = (dict(zip(names, own, strict=True)) for own in sums.T.tolist())
        return [Outcome(**own, habits=tuple(habits)) for own, habits in zip(items, told, strict=True)]

    def _money(self, year: int, option: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Contributions, repair, benefits, years insured, net cost to the fund and subsidies of a year, [item, need]."""
        money, chosen = self.years[year], self.decisions[year]
        basis, enrols = money.rule.basis, chosen.enrols[option]
        need = np.arange(NEEDS)
        cover = chosen.years_of_cover[option] * (1 - money.dying / 2)
        bonus = self.bonus[year][option, need]
        own, repair = chosen.contribution[option], chosen.repair[option]
        paid = cover * (money.fund_pays + bonus * money.rule.number(basis.critical_self_run)) + enrols * money.premium
        cost = paid * (1 + float(basis.administration_share[0])) - enrols * money.income - repair
        by_item = (own, repair, cover * (money.benefits + bonus), enrols.astype(float), cost, enrols * money.subsidy)
        totals = np.array([(weight * item).reshape(NEEDS, -1).sum(axis=-1) for item in by_item])
        return totals * np.where(np.arange(6) == 3, 1.0, money.discount)[:, None]


def _habits(chosen: Decisions, option: np.ndarray, weight: np.ndarray, by_own_class: bool) -> np.ndarray:
    """Sums of what `_shares` tells, [sum, need before the first year, outside, class told].

    `weight` [need before the first year, standing, last year's class, class].
    """
    central, late = (chosen.action[option] == each for each in (CENTRAL, LATE))
    entered = central | late
    years = (entered * of_years[option] for of_years in (chosen.repaired, chosen.useful))
    amounts = np.stack([np.ones(option.shape), central, late, entered, *years])
    classes = np.arange(NEEDS) if by_own_class else np.arange(NEEDS)[:, None]
    place = np.broadcast_to(NEEDS * along(chosen.standings.outside, "standing", of=CHOSEN) + classes, option.shape)
    found = _summed(weight * amounts[:, None], place, 2 * NEEDS)
    return found.reshape(len(amounts), NEEDS, 2, NEEDS)


def _next(chosen: Decisions, option: np.ndarray, alive: np.ndarray, outcomes: np.ndarray) -> np.ndarray:
    """Chances of next year's standings, [need before the first year, standing, class]; `alive` as `weight` above."""
    size = 1 + int(chosen.after.max())
    place = NEEDS * np.moveaxis(chosen.after[option], -1, 0) + np.arange(NEEDS)
    moved = alive[:, None] * along(outcomes, "outcome", "health", of=("outcome", *CHOSEN))
    return _summed(moved, place, NEEDS * size).reshape(NEEDS, size, NEEDS)


def _summed(amounts: np.ndarray, place: np.ndarray, size: int) -> np.ndarray:
    """Sums of amounts by their place, [row, place]; `amounts` [row…, one axis a axis of `place`], in the order of `place`."""
    rows = amounts.reshape(-1, place.size)
    bins = np.arange(len(rows))[:, None] * size + place.reshape(-1)
    return np.bincount(bins.reshape(-1), weights=rows.reshape(-1), minlength=len(rows) * size).reshape(-1, size)


def _shares(sums: np.ndarray) -> tuple[float, float, float, float, float]:
    """Weight; shares of central and of late enrolment; lapsed years repaired and worth it an enrolment."""
    weight, central, late, enrolled, repaired, useful = sums
    entries = enrolled or 1.0
    return (
        float(weight),
        float(central / (weight or 1.0)),
        float(late / (weight or 1.0)),
        float(repaired / entries),
        float(useful / entries),
    )


def game(person: Person, years: Sequence[YearBasis], rules: Sequence[MemberYear], made: tuple[Decisions, ...]) -> Game:
    """A person's decisions with what they bring. `rules` are those of the person, `made` the decisions under them."""
    return Game(money_of(person, years, rules), made)


def money_of(person: Person, years: Sequence[YearBasis], rules: Sequence[MemberYear]) -> tuple[YearMoney, ...]:
    """What each year of cover brings a person."""
    sex = SEX.members.index(person.sex)
    discount, money = 1.0, []
    for rule, basis in zip(rules, years, strict=True):
        moves, dying = need_moves(basis, sex, rule.age)
        rate = 1 + float(basis.interest_rate[0])
        money.append(YearMoney(rule, benefits_pp(rule.basis), moves, dying, discount * rate**-0.5))
        discount /= rate
    return tuple(money)


def need_moves(basis: YearBasis, sex: int, age: int) -> tuple[np.ndarray, np.ndarray]:
    """Chances of each need class by last year's, [last year's class, class], and of dying in the year, [health].

    Those of the projection for a population that had its prevalence at the age before.
    """
    prevalence = basis.prevalence
    younger = np.concatenate([prevalence[..., :1], prevalence[..., :-1]], axis=-1)
    shares, _ = health.redraw_shares(younger, prevalence, basis.persistence)
    keep = float(basis.persistence.flat[0])
    chance = population.need_class_mortality(prevalence, basis.survival, basis.mortality_ratio)
    drawn, dying = (at(each, run=0, status=0, sex=sex, area=0, income=0, age=age) for each in (shares, chance))
    return keep * np.eye(NEEDS) + (1 - keep) * drawn, dying
