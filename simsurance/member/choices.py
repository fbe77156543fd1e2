"""What a member can decide each year under the rules, and where every decision leads.

Arrays over standings and options; the rules of one standing in `member_year`, told in stories, are their reference.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal, get_args

import numpy as np

from simsurance.axes import at
from simsurance.member.member_year import MemberYear, Standing
from simsurance.model import participation

Action = Literal["central", "late", "out"]
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)
CENTRAL, LATE, OUT = range(len(ACTIONS))
OF_OPTION: Final = ("member", "option", "health").index("option")


@dataclass(frozen=True)
class Standings:
    """Where a member can stand before an enrolment, in the resident scheme or outside; every array [standing].

    As in `Standing`: years of tenure, lapse and credit, the change of the cap carried in yuan, months of waiting left.
    """

    tenure: np.ndarray
    gap: np.ndarray
    no_claim: np.ndarray
    carried: np.ndarray
    months_left: np.ndarray

    @classmethod
    def of(cls, one: Standing) -> "Standings":
        """One standing, of a member who has been in the resident scheme."""
        assert not one.never
        assert not one.employee
        years = (np.array([each]) for each in (one.tenure, one.gap, one.no_claim))
        return cls(*years, *(np.array([each]) for each in (one.carried, one.months_left)))

    @property
    def outside(self) -> np.ndarray:
        """Whether the member is out of the scheme."""
        return np.asarray(self.gap > 0)

    def taken(self, places: np.ndarray) -> "Standings":
        """The standings at these places."""
        return Standings(**{name: values[places] for name, values in vars(self).items()})

    def remembered(self, bonus: bool) -> "Standings":
        """Without what no later rule asks for."""
        if bonus:
            return self
        none = np.zeros_like(self.no_claim)
        return replace(self, tenure=np.minimum(self.tenure, 1), no_claim=none, carried=np.zeros_like(self.carried))

    def distinct(self) -> tuple["Standings", np.ndarray]:
        """Each standing once, in the order in which they first come, and the place of each there."""
        key = np.zeros(len(self.gap), dtype=np.int64)
        for values in vars(self).values():
            found, place = np.unique(values, return_inverse=True)
            key = key * len(found) + place
        _, first, place = np.unique(key, return_index=True, return_inverse=True)
        order = np.argsort(first)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        return self.taken(first[order]), rank[place]


@dataclass(frozen=True)
class Decisions:
    """All options of a year, [option], and where they lead. Yuan and years of cover a member."""

    standings: Standings
    table: np.ndarray
    """options of each standing, [standing, place], −1 where there are fewer; central enrolment stands first"""
    after: np.ndarray
    """index of the standing in the next year by outcome, [option, outcome]: after a year without reimbursement, after one
    that passed the cap, after any other"""
    contribution: np.ndarray
    repair: np.ndarray
    years_of_cover: np.ndarray
    bonus: np.ndarray
    """rise of the cap, nominal yuan"""
    action: np.ndarray
    """index in ACTIONS"""
    repaired: np.ndarray
    useful: np.ndarray
    """lapsed years paid for, and worth paying for"""

    @cached_property
    def pays(self) -> np.ndarray:
        """What the member pays."""
        return np.asarray(self.contribution + self.repair)

    @cached_property
    def enrols(self) -> np.ndarray:
        """Whether the option is an enrolment, [option]."""
        return np.asarray(self.action != OUT)

    @cached_property
    def out(self) -> np.ndarray:
        """The option of staying out, which stands last, [standing]."""
        return np.asarray(self.table.max(axis=-1))

    @cached_property
    def caps(self) -> tuple[np.ndarray, np.ndarray]:
        """Each rise of the cap once, and the place of each option's there."""
        return np.unique(self.bonus, return_inverse=True)

    def first_best(self, worth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The most that the options of a standing are worth, and the first of them that is, [member, standing, …].

        `worth` [member, option, …].
        """
        first = at(self.table, of=("standing", "place"), place=0)
        most = np.maximum.reduceat(worth, first, axis=OF_OPTION)
        of_best = worth == most.repeat(self.out - first + 1, axis=OF_OPTION)
        place = np.where(of_best, np.arange(len(self.action))[:, None], len(self.action))
        return most, np.minimum.reduceat(place, first, axis=OF_OPTION)


def all_decisions(rules: Sequence[MemberYear], start: Standing, repair_allowed: bool) -> tuple[Decisions, ...]:
    """The options of every year from every standing that can follow from that on the first 1 January."""
    matters = [bonus_matters(rule) for rule in rules]
    known, made = Standings.of(start).remembered(any(matters)), []
    for place, rule in enumerate(rules):
        chosen, known = decisions(rule, known, repair_allowed, any(matters[place + 1 :]))
        made.append(chosen)
    return tuple(made)


def bonus_matters(rule: MemberYear) -> bool:
    """Whether the year's rules can change the member's cap."""
    basis = rule.basis
    moving = basis.bonus_step.any() or basis.no_claim_step.any() or basis.cap_cut.any()
    return rule.counting and rule.capped and bool(moving)


def decisions(
    rule: MemberYear, standings: Standings, repair_allowed: bool, bonus_later: bool
) -> tuple[Decisions, Standings]:
    """The options of a year from every standing that can occur, and the standings they lead to.

    Of each standing: enrolling in the central period, late, each with any number of lapsed years paid for, staying out.
    """
    lapsed = rule.lapsed(standings.gap)
    useful = rule.useful_repairs(lapsed) * bool(repair_allowed and rule.share_waiting)
    counts = 2 * (useful + 1) + 1
    own = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(own)) - (np.cumsum(counts) - counts)[own]
    each = useful[own] + 1
    action = np.minimum(place // each, OUT)
    table = np.full((len(counts), int(counts.max())), -1)
    table[own, place] = np.arange(len(own))

    out = action == OUT
    repaired, of_use = (np.where(out, 0, values) for values in (place % each, useful[own]))
    before = standings.taken(own)
    begun, lost, bonus = _enrolled(rule, before, lapsed[own], action == LATE, repaired)
    gone = _stayed_out(rule, before)
    ends = [_year_end(rule, begun, *end) for end in ((True, False), (False, True), (False, False))]
    later = {
        name: np.where(out, staying, np.stack([vars(end)[name] for end in ends])).T.reshape(-1)
        for name, staying in vars(gone).items()
    }
    following, after = Standings(**later).remembered(bonus_later).distinct()
    lost = np.where(out, participation.MONTHS, lost)
    exposed = participation.insured_years(np.ones(len(lost)), lost, np.array(rule.number(rule.basis.postponed_care)))
    made = Decisions(
        standings,
        table,
        after.reshape(len(own), len(ends)),
        contribution=np.where(out, 0.0, rule.standard - rule.assistance),
        repair=repaired * rule.standard,
        years_of_cover=np.where(out, 0.0, exposed),
        bonus=np.where(out, 0.0, bonus),
        action=action,
        repaired=repaired,
        useful=of_use,
    )
    return made, following


def _enrolled(
    rule: MemberYear, before: Standings, lapsed: np.ndarray, late: np.ndarray, repaired: np.ndarray
) -> tuple[Standings, np.ndarray, np.ndarray]:
    """Standings with the year begun, months without cover and the rise of the cap granted in it, as `MemberYear.enrol`."""
    fresh = before.outside
    waiting = np.where(fresh | late, rule.share_waiting * rule.own_waiting.months(lapsed.astype(float), repaired), 0.0)
    month = np.where(late, rule.number(rule.basis.late_month), 0.0)
    lost, left = participation.without_cover(waiting + before.months_left, month)
    tenure = np.where(fresh, 1, before.tenure + 1)
    carried = before.carried - lapsed * rule.number(rule.basis.cap_cut) * fresh
    granted = rule.granted(rule.counted_tenure(tenure, rule.basis.year), before.no_claim, carried)
    return Standings(tenure, np.zeros_like(before.gap), before.no_claim, carried, left), lost, granted


def _stayed_out(rule: MemberYear, before: Standings) -> Standings:
    """Standings after a year outside, as `MemberYear.stay_out`."""
    years = rule.counted_tenure(before.tenure, rule.basis.year - 1)
    kept = rule.credits(years) * rule.number(rule.basis.bonus_kept) * ((before.tenure > 0) & rule.counting)
    credited = before.no_claim * bool(rule.number(rule.basis.no_claim_kept))
    none = np.zeros_like(before.months_left)
    return Standings(np.zeros_like(before.tenure), before.gap + 1, credited, before.carried + kept, none)


def _year_end(rule: MemberYear, standings: Standings, no_claim: bool, cap_passed: bool) -> Standings:
    """The credit for a year without reimbursement given, that of a member who used it taken, as `MemberYear.year_end`."""
    if not rule.counting:
        return standings
    kept = not (cap_passed and rule.number(rule.basis.no_claim_reset))
    return replace(standings, no_claim=standings.no_claim * kept + no_claim)
