"""A member's best answer to the rules in expected money, by dynamic programming over what the rules remember and the need class."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal, NamedTuple, get_args

import numpy as np

from simsurance.analysis.member import MemberYear, Person, Standing
from simsurance.axes import HEALTH, INCOME, SEX
from simsurance.model import health, participation, population
from simsurance.model.state import YearBasis
from simsurance.model.year import PerPerson, benefits_pp, bonus_cost_pp

Foresight = Literal["known", "in_year", "last_year"]
FORESIGHT: Final[tuple[Foresight, ...]] = get_args(Foresight)
"""What a member knows of the need class at enrolment: the year's own; last year's, and the year's own for late enrolment; last
year's alone, as in the projection."""
Action = Literal["central", "late", "out"]
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)
NEEDS: Final = len(HEALTH.members)


class Option(NamedTuple):
    """One decision of a year from one standing: what is paid, what cover it brings, and where it leads.

    `after`: the standing after a year without reimbursement, after one that passed the cap, after any other.
    """

    standing: int
    action: Action
    repaired: int
    useful: int
    contribution: float
    repair: float
    without_cover: float
    bonus: float
    after: tuple[Standing, Standing, Standing]


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
        whole = np.broadcast_to(array, (len(array), NEEDS, 1, 1, 1, len(INCOME.members), 1))
        return whole[:, :, 0, 0, 0, self.rule.income, 0]

    @cached_property
    def benefits(self) -> np.ndarray:
        """Expected benefits of a year's cover without any bonus, [health]."""
        return self.by_need(self.pp.inpatient + self.pp.outpatient + self.pp.critical)[0]

    @cached_property
    def fund_pays(self) -> np.ndarray:
        """What the fund pays of them, [health]; critical illness only where the fund runs it itself."""
        return self.by_need(
            self.pp.inpatient + self.pp.outpatient + self.pp.critical * self.rule.basis.critical_self_run
        )[0]

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
        cost = bonus_cost_pp(self.rule.basis, self.pp, caps.reshape(-1, 1, 1, 1, 1, 1, 1))
        return self.by_need(cost)[place]

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


@dataclass(frozen=True)
class Decisions:
    """All options of a year, [option], and where they lead."""

    standings: list[Standing]
    options: list[Option]
    table: np.ndarray
    """options of each standing, [standing, place], −1 where there are fewer; enrolling in the central period stands first"""
    after: np.ndarray
    """index of the standing in the next year by outcome, [option, outcome]"""
    pays: np.ndarray
    years_of_cover: np.ndarray
    bonus: np.ndarray
    """rise of the cap, nominal yuan"""
    action: np.ndarray
    """index in ACTIONS"""

    @cached_property
    def enrols(self) -> np.ndarray:
        """Whether the option is an enrolment, [option]."""
        return self.action != ACTIONS.index("out")


class Habit(NamedTuple):
    """What a strategy does from one position in one need class: the chance of coming there, and of each action then.

    `repaired`, `useful`: lapsed years paid for and worth paying for, means over enrolments from outside.
    """

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
    uninsured: tuple[float, ...]
    """chance of being uninsured, by year"""
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
        ahead = np.einsum("oh,nho->nh", money.outcomes, np.moveaxis(later[chosen.after], 1, 2))
        return money.discount * (cover - chosen.pays[:, None]) + (1 - money.dying) * ahead

    def solve(self, foresight: Foresight) -> tuple[np.ndarray, list[np.ndarray]]:
        """The best strategy: its present value in the first year, [standing, last year's class], and by year the option chosen,
        [standing, last year's class, class].
        """
        later = np.zeros((1 + int(self.decisions[-1].after.max()), NEEDS))
        policy: list[np.ndarray] = []
        for year in range(len(self.years) - 1, -1, -1):
            money, chosen = self.years[year], self.decisions[year]
            worth = self.worth(year, later)
            by_place = np.where(chosen.table[..., None] >= 0, worth[chosen.table], -np.inf)
            late = np.where(chosen.table >= 0, chosen.action[chosen.table] == ACTIONS.index("late"), False)
            out = np.where(chosen.table >= 0, chosen.action[chosen.table] == ACTIONS.index("out"), False)
            if foresight == "known":
                place = np.broadcast_to(by_place.argmax(axis=1)[:, None, :], (len(chosen.table), NEEDS, NEEDS))
            else:
                if foresight == "in_year":
                    waiting = np.where((late | out)[..., None], by_place, -np.inf)
                    by_place = np.where(out[..., None], waiting.max(axis=1, keepdims=True), by_place)
                expected = np.einsum("sph,gh->spg", np.where(np.isfinite(by_place), by_place, -1e300), money.moves)
                place = np.broadcast_to(expected.argmax(axis=1)[..., None], (len(chosen.table), NEEDS, NEEDS))
                if foresight == "in_year":
                    stays_out = np.take_along_axis(out, place[:, :, 0], axis=1)[..., None]
                    place = np.where(stays_out, waiting.argmax(axis=1)[:, None, :], place)
            option = np.take_along_axis(chosen.table[:, None, :], place.reshape(len(place), 1, -1), axis=2).reshape(
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
        sums = np.zeros(6)
        habits, uninsured = np.zeros((2, NEEDS, 6)), list[float]()
        here = np.zeros((1, NEEDS))
        here[0, need] = 1.0
        for year, (money, chosen, option) in enumerate(zip(self.years, self.decisions, policy, strict=True)):
            weight = here[:, :, None] * money.moves
            sums += self._money(year, option, weight)
            uninsured.append(float((weight * ~chosen.enrols[option]).sum() / weight.sum()))
            outside = np.array([standing.outside for standing in chosen.standings])
            enters = [chosen.action[option] == ACTIONS.index(name) for name in ("central", "late")]
            repaired = np.array([one.repaired for one in chosen.options])[option]
            useful = np.array([one.useful for one in chosen.options])[option]
            classes = np.broadcast_to(
                np.arange(NEEDS)[None, None, :] if by_own_class else np.arange(NEEDS)[None, :, None], option.shape
            )
            where = (np.broadcast_to(outside[:, None, None], option.shape).astype(int), classes)
            for place, amount in enumerate((np.ones(option.shape), *enters, enters[0] | enters[1], repaired, useful)):
                np.add.at(habits, (*where, place), weight * amount)
            size = 1 + int(chosen.after.max())
            later = np.zeros((size, NEEDS))
            alive = weight * (1 - money.dying)
            own = np.broadcast_to(np.arange(NEEDS)[None, None, :], option.shape)
            for outcome, chance in enumerate(money.outcomes):
                np.add.at(later, (chosen.after[option, outcome], own), alive * chance)
            here = later
        told = [
            Habit(bool(position), own_need, *_shares(habits[position, own_need]))
            for position in range(2)
            for own_need in range(NEEDS)
        ]
        return Outcome(*map(float, sums), tuple(uninsured), tuple(told))

    def _money(self, year: int, option: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Contributions, repair, benefits, years insured, net cost to the fund and subsidies of a year, over those in it."""
        money, chosen = self.years[year], self.decisions[year]
        basis, enrols = money.rule.basis, chosen.enrols[option]
        need = np.arange(NEEDS)
        cover = chosen.years_of_cover[option] * (1 - money.dying / 2)
        bonus = self.bonus[year][option, need]
        repair = np.array([one.repair for one in chosen.options])[option]
        paid = cover * (money.fund_pays + bonus * money.rule.number(basis.critical_self_run)) + enrols * money.premium
        cost = paid * (1 + float(basis.administration_share[0])) - enrols * money.income - repair
        own = np.array([one.contribution for one in chosen.options])[option]
        by_item = (own, repair, cover * (money.benefits + bonus), enrols.astype(float), cost, enrols * money.subsidy)
        totals = np.array([(weight * item).sum() for item in by_item])
        return totals * np.where(np.arange(6) == 3, 1.0, money.discount)


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
    sex = SEX.members.index(person.sex)
    discount, money = 1.0, []
    for rule, basis in zip(rules, years, strict=True):
        moves, dying = need_moves(basis, sex, rule.age)
        rate = 1 + float(basis.interest_rate[0])
        money.append(YearMoney(rule, benefits_pp(rule.basis), moves, dying, discount * rate**-0.5))
        discount /= rate
    return Game(tuple(money), made)


def all_decisions(rules: Sequence[MemberYear], start: Standing, repair_allowed: bool) -> tuple[Decisions, ...]:
    """The options of every year from every standing that can follow from that on the first 1 January."""
    matters = [bonus_matters(rule) for rule in rules]
    known, made = [remembered(start, any(matters))], []
    for place, rule in enumerate(rules):
        chosen, known = decisions(rule, known, repair_allowed, any(matters[place + 1 :]))
        made.append(chosen)
    return tuple(made)


def need_moves(basis: YearBasis, sex: int, age: int) -> tuple[np.ndarray, np.ndarray]:
    """Chances of each need class by last year's, [last year's class, class], and of dying in the year, [health].

    Those of the projection for a population that had its prevalence at the age before.
    """
    prevalence = basis.prevalence
    younger = np.concatenate([prevalence[..., :1], prevalence[..., :-1]], axis=-1)
    shares, _ = health.redraw_shares(younger, prevalence, basis.persistence)
    keep = float(basis.persistence.flat[0])
    moves = keep * np.eye(NEEDS) + (1 - keep) * shares[0, :, 0, sex, 0, 0, age][None, :]
    return moves, population.need_class_mortality(prevalence, basis.survival, basis.mortality_ratio)[
        0, :, 0, sex, 0, 0, age
    ]


def bonus_matters(rule: MemberYear) -> bool:
    """Whether the year's rules can change the member's cap."""
    basis = rule.basis
    moving = basis.bonus_step.any() or basis.no_claim_step.any() or basis.cap_cut.any()
    return rule.counting and rule.capped and bool(moving)


def remembered(standing: Standing, bonus: bool) -> Standing:
    """A standing without what no later rule asks for."""
    return standing if bonus else replace(standing, tenure=min(standing.tenure, 1), no_claim=0, carried=0.0)


def options_of(rule: MemberYear, standing: Standing, place: int, repair_allowed: bool) -> list[Option]:
    """The options of a year from a standing: enrolling in the central period first, staying out last."""
    lapsed = rule.lapsed_years(standing) if standing.outside else 0
    useful = rule.useful_repair(lapsed) if lapsed and repair_allowed and rule.waits(standing) else 0
    late_month = rule.number(rule.basis.late_month)
    found = []
    for action, month in (("central", None), ("late", late_month)):
        for repaired in range(useful + 1):
            enrolment = rule.enrol(standing, month, repaired)
            after = tuple(
                rule.year_end(enrolment.after, no_claim, passed)
                for no_claim, passed in ((True, False), (False, True), (False, False))
            )
            own = rule.standard - rule.assistance
            lost = enrolment.without_cover
            found.append(
                Option(place, action, repaired, useful, own, repaired * rule.standard, lost, enrolment.bonus, after)
            )  # type: ignore[arg-type]
    gone = rule.stay_out(standing)
    return [*found, Option(place, "out", 0, useful, 0.0, 0.0, participation.MONTHS, 0.0, (gone, gone, gone))]


def decisions(
    rule: MemberYear, standings: list[Standing], repair_allowed: bool, bonus_later: bool
) -> tuple[Decisions, list[Standing]]:
    """The options of a year from every standing that can occur, and the standings they lead to."""
    options, rows = list[Option](), list[range]()
    for place, standing in enumerate(standings):
        own = options_of(rule, standing, place, repair_allowed)
        rows.append(range(len(options), len(options) + len(own)))
        options += own
    table = np.full((len(standings), max(map(len, rows))), -1)
    for place, row in enumerate(rows):
        table[place, : len(row)] = row
    found: dict[Standing, int] = {}
    after = np.array(
        [[found.setdefault(remembered(later, bonus_later), len(found)) for later in one.after] for one in options]
    )
    action = np.array([ACTIONS.index(one.action) for one in options])
    lost = np.array([one.without_cover for one in options])
    exposed = participation.insured_years(np.ones(len(lost)), lost, np.array(rule.number(rule.basis.postponed_care)))
    made = Decisions(
        standings,
        options,
        table,
        after,
        np.array([one.contribution + one.repair for one in options]),
        np.where(action == ACTIONS.index("out"), 0.0, exposed),
        np.array([one.bonus for one in options]),
        action,
    )
    return made, list(found)
