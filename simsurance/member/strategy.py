"""A member's best answer to the rules in expected money, by dynamic programming over standings and need classes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal, NamedTuple, get_args

import numpy as np

from simsurance.axes import HEALTH, SEX, along, at, axis
from simsurance.member.choices import CENTRAL, LATE, OF_OPTION, Decisions
from simsurance.member.member_year import MemberYear, Person
from simsurance.model import health, population
from simsurance.model.care import PerPerson, benefits_pp, bonus_cost_pp
from simsurance.model.state import YearBasis

Foresight = Literal["known", "in_year", "last_year"]
FORESIGHT: Final[tuple[Foresight, ...]] = get_args(Foresight)
"""What a member knows of the need class at enrolment: the year's own; last year's, and the year's own for late
enrolment; last year's alone, as in the projection."""
NEEDS: Final = len(HEALTH.members)
POSITION: Final = ("position", "before", "health")
"""Axes of what is done from a position, a standing under a strategy: by last year's need class and the year's."""
HERE: Final = ("need", "strategy", "standing", "health")
"""Axes of chances of where a member stands, by the need class of the year before the first."""
INSURED: Final = 3
"""Place of the years insured among what a strategy comes to: they are not discounted."""


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


Policy = list[np.ndarray]
"""The option chosen by year, [member, standing, last year's class, class]."""


@dataclass(frozen=True)
class Game:
    """Decisions over the years with what they bring each of several members; solved backwards, followed forwards.

    `members`: the money of the years by member; the decisions are the same for all.
    """

    members: tuple[tuple[YearMoney, ...], ...]
    decisions: tuple[Decisions, ...]

    @cached_property
    def years(self) -> tuple["YearTogether", ...]:
        """The money of all members by year."""
        years = zip(*self.members, strict=True)
        return tuple(YearTogether(of_year, chosen) for of_year, chosen in zip(years, self.decisions, strict=True))

    def solve(self, foresight: Foresight) -> tuple[np.ndarray, Policy]:
        """The best strategy: its present value in the first year, [member, standing, last year's class], and the policy."""
        later = np.zeros((len(self.members), 1 + int(self.decisions[-1].after.max()), NEEDS))
        member = along(np.arange(len(self.members)), "member", of=("member", *POSITION))
        policy: Policy = []
        for money in reversed(self.years):
            worth = money.worth(later)
            option = _best(money.chosen, worth, money.moves, foresight)
            policy.append(option)
            later = np.einsum("msgh,mgh->msg", worth[member, option, np.arange(NEEDS)], money.moves)
        return later, policy[::-1]

    def always(self) -> Policy:
        """The strategy of enrolling every year in the central period without repair."""
        return [
            np.broadcast_to(chosen.table[:, :1, None], (len(self.members), len(chosen.table), NEEDS, NEEDS))
            for chosen in self.decisions
        ]

    def followed(self, policies: Sequence[Policy], by_own_class: Sequence[bool]) -> list[list[list[Outcome]]]:
        """What each policy comes to, by policy, member and need class of the year before the first.

        `by_own_class`: whether the habits of a policy are told by the year's class, not last year's.
        """
        count = len(policies) * len(self.members)
        own_class = np.repeat(by_own_class, len(self.members))
        sums, told = np.zeros((6, NEEDS, count)), []
        here = np.repeat(along(np.eye(NEEDS), "need", "health", of=HERE), count, axis=HERE.index("strategy"))
        for place, (money, of_standing) in enumerate(zip(self.years, zip(*policies, strict=True), strict=True)):
            chosen = money.chosen
            strategy, standing = np.nonzero(here.any(axis=axis("need", "health", of=HERE)))
            member = strategy % len(self.members)
            option = np.concatenate(of_standing)[strategy, standing]
            weight = here[:, strategy, standing, :, None] * money.moves[member]
            every = np.zeros((NEEDS, count, len(chosen.table), NEEDS, NEEDS))
            for item, amount in enumerate(money.items(member, option)):
                every[:, strategy, standing] = weight * amount
                sums[item] += every.reshape(NEEDS, count, -1).sum(axis=-1) * (
                    1.0 if item == INSURED else money.discount
                )
            told.append(_habits(chosen, option, weight, strategy, standing, own_class))
            if place + 1 < len(self.years):
                alive = weight * (1 - money.dying)[member, None, :]
                here = _next(chosen, option, alive, money.outcomes[:, member], strategy, count)
        outcomes = _outcomes(
            sums, np.swapaxes(told, *axis("year", "sum", of=("year", "sum"))), [money.year for money in self.years]
        )
        return [outcomes[first : first + len(self.members)] for first in range(0, count, len(self.members))]


@dataclass(frozen=True)
class YearTogether:
    """The money of several members in one year, every array [member, …], beside the decisions that they share."""

    members: tuple[YearMoney, ...]
    chosen: Decisions

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.members[0].rule.basis.year

    @property
    def discount(self) -> float:
        """From the middle of the year to the first 1 January."""
        return self.members[0].discount

    @cached_property
    def moves(self) -> np.ndarray:
        """Chances of each need class by last year's, [member, last year's class, class]."""
        return np.stack([money.moves for money in self.members])

    @cached_property
    def dying(self) -> np.ndarray:
        """Chances of dying in the year, [member, health]."""
        return np.stack([money.dying for money in self.members])

    @cached_property
    def outcomes(self) -> np.ndarray:
        """Chances of each outcome, [outcome, member, health]."""
        return np.swapaxes(
            [money.outcomes for money in self.members], *axis("member", "outcome", of=("member", "outcome"))
        )

    @cached_property
    def benefits(self) -> np.ndarray:
        """Expected benefits of a full year's cover with the raised cap of each option, [member, option, health]."""
        return np.stack([money.benefits for money in self.members])[:, None] + self.bonus

    @cached_property
    def bonus(self) -> np.ndarray:
        """Expected worth of each option's raised cap over a full year, [member, option, health]."""
        caps, place = self.chosen.caps
        return np.stack([money.bonus_value(caps) for money in self.members])[:, place]

    @cached_property
    def gain(self) -> np.ndarray:
        """Present value of each option in this year alone, [member, option, health]."""
        cover = self.chosen.years_of_cover[:, None] * (1 - self.dying / 2)[:, None]
        return np.asarray(self.discount * (cover * self.benefits - self.chosen.pays[:, None]))

    def worth(self, later: np.ndarray) -> np.ndarray:
        """Present value of each option by the year's need class, [member, option, health].

        `later` [member, next standing, health].
        """
        ahead = np.zeros_like(self.gain)
        for chance, to in zip(self.outcomes, self.chosen.after.T, strict=True):
            ahead += later.take(to, axis=OF_OPTION) * chance[:, None]
        return np.asarray(self.gain + (1 - self.dying)[:, None] * ahead)

    def items(self, member: np.ndarray, option: np.ndarray) -> Iterator[np.ndarray]:
        """Contributions, repair, benefits, years insured, net cost to the fund and subsidies of options taken.

        Each [position, last year's class, class], as `option`; `member` [position].
        """
        chosen, enrols = self.chosen, self.chosen.enrols[option]

        def own(values: Iterable[float]) -> np.ndarray:
            return along(np.array(list(values))[member], "position", of=POSITION)

        cover = chosen.years_of_cover[option] * (1 - self.dying / 2)[member, None, :]
        place = (along(member, "position", of=POSITION), option, np.arange(NEEDS))
        basis, repair = self.members[0].rule.basis, chosen.repair[option]
        self_run = own(money.rule.number(money.rule.basis.critical_self_run) for money in self.members)
        pays = np.stack([money.fund_pays for money in self.members])[member, None, :] + self.bonus[place] * self_run
        paid = cover * pays + enrols * own(money.premium for money in self.members)
        yield chosen.contribution[option]
        yield repair
        yield cover * self.benefits[place]
        yield enrols
        income = enrols * own(money.income for money in self.members)
        yield paid * (1 + float(basis.administration_share[0])) - income - repair
        yield enrols * own(money.subsidy for money in self.members)


def _best(chosen: Decisions, worth: np.ndarray, moves: np.ndarray, foresight: Foresight) -> np.ndarray:
    """The option that is worth most by what is known, [member, standing, last year's class, class].

    `worth` [member, option, health].
    """
    if foresight == "known":
        option = chosen.first_best(worth)[1][:, :, None, :]
    elif foresight == "last_year":
        option = chosen.first_best(np.einsum("moh,mgh->mog", worth, moves))[1][..., None]
    else:
        most, waiting = chosen.first_best(np.where((chosen.action == CENTRAL)[:, None], -np.inf, worth))
        at_enrolment = worth.copy()
        at_enrolment[:, chosen.out] = most
        option = chosen.first_best(np.einsum("moh,mgh->mog", at_enrolment, moves))[1][..., None]
        option = np.where(option == along(chosen.out, "position", of=POSITION), waiting[:, :, None, :], option)
    return np.broadcast_to(option, (*option.shape[:2], NEEDS, NEEDS))


def _habits(
    chosen: Decisions,
    option: np.ndarray,
    weight: np.ndarray,
    strategy: np.ndarray,
    standing: np.ndarray,
    own_class: np.ndarray,
) -> np.ndarray:
    """Weight, central, late and all enrolments, lapsed years repaired and worth it, by what a habit is told of.

    [sum, need class before the first year, strategy, outside, class told]. `option` [position, last year's class, class],
    `weight` the same behind the need class before the first year; `strategy` and `standing` of the positions.
    """
    central, late = (chosen.action[option] == each for each in (CENTRAL, LATE))
    entered = central | late
    years = (entered * of_years[option] for of_years in (chosen.repaired, chosen.useful))
    amounts = np.stack([np.ones(option.shape), central, late, entered, *years])
    of_class = np.where(
        along(own_class[strategy], "position", of=POSITION), np.arange(NEEDS), np.arange(NEEDS)[:, None]
    )
    outside = 2 * strategy + chosen.standings.outside[standing]
    found = _summed(
        weight * amounts[:, None],
        NEEDS * along(outside, "position", of=POSITION) + of_class,
        2 * NEEDS * len(own_class),
    )
    return found.reshape(len(amounts), NEEDS, len(own_class), 2, NEEDS)


def _next(
    chosen: Decisions,
    option: np.ndarray,
    alive: np.ndarray,
    outcomes: np.ndarray,
    strategy: np.ndarray,
    count: int,
) -> np.ndarray:
    """Chances of next year's standings, [need class before the first year, strategy, standing, class].

    `alive` as `weight` above, `outcomes` [outcome, position, class].
    """
    size = 1 + int(chosen.after.max())
    to = np.moveaxis(chosen.after[option], -1, 0) + size * along(strategy, "position", of=POSITION)
    moved = alive[:, None] * outcomes[:, :, None, :]
    return _summed(moved, NEEDS * to + np.arange(NEEDS), NEEDS * size * count).reshape(NEEDS, count, size, NEEDS)


def _summed(amounts: np.ndarray, place: np.ndarray, size: int) -> np.ndarray:
    """Sums of amounts by their place, [row, place]; `amounts` [row…, one axis a axis of `place`], in the order of `place`."""
    rows, bins = amounts.reshape(-1, place.size), place.reshape(-1)
    return np.stack([np.bincount(bins, weights=row, minlength=size) for row in rows])


def _outcomes(sums: np.ndarray, told: np.ndarray, years: Sequence[int]) -> list[list[Outcome]]:
    """Outcomes by strategy and need class of the year before the first.

    `sums` [item, need class, strategy]; `told` [sum, year, need class, strategy, outside, class told], as of `_habits`.
    """
    weight, central, late, enrolled, repaired, useful = told
    every, entries = (np.where(of, of, 1.0) for of in (weight, enrolled))
    shares = np.stack([weight, central / every, late / every, repaired / entries, useful / entries], axis=-1)

    def habits(need: int, strategy: int) -> Iterator[Habit]:
        there = np.argwhere(weight[:, need, strategy])
        own = shares[:, need, strategy][tuple(there.T)]
        for (year, outside, of_class), values in zip(there.tolist(), own.tolist(), strict=True):
            yield Habit(years[year], bool(outside), of_class, *values)

    items = ("contributions", "repair", "benefits", "insured_years", "fund_cost", "subsidies")

    def outcome(need: int, strategy: int) -> Outcome:
        amounts = dict(zip(items, sums[:, need, strategy].tolist(), strict=True))
        return Outcome(**amounts, habits=tuple(habits(need, strategy)))

    return [[outcome(need, strategy) for need in range(NEEDS)] for strategy in range(sums.shape[-1])]


def game(person: Person, years: Sequence[YearBasis], rules: Sequence[MemberYear], made: tuple[Decisions, ...]) -> Game:
    """A person's decisions with what they bring. `rules` are those of the person, `made` the decisions under them."""
    return Game((money_of(person, years, rules),), made)


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
