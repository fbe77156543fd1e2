"""What a member can decide each year under the rules, and where every decision leads."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal, NamedTuple, get_args

import numpy as np

from simsurance.member.member_year import MemberYear, Standing
from simsurance.model import participation

Action = Literal["central", "late", "out"]
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)


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
class Decisions:
    """All options of a year, [option], and where they lead. Yuan and years of cover a member."""

    standings: list[Standing]
    options: list[Option]
    table: np.ndarray
    """options of each standing, [standing, place], −1 where there are fewer; central enrolment stands first"""
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
        return np.asarray(self.action != ACTIONS.index("out"))


def all_decisions(rules: Sequence[MemberYear], start: Standing, repair_allowed: bool) -> tuple[Decisions, ...]:
    """The options of every year from every standing that can follow from that on the first 1 January."""
    matters = [bonus_matters(rule) for rule in rules]
    known, made = [remembered(start, any(matters))], []
    for place, rule in enumerate(rules):
        chosen, known = decisions(rule, known, repair_allowed, any(matters[place + 1 :]))
        made.append(chosen)
    return tuple(made)


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
    found: list[Option] = []
    periods: tuple[tuple[Action, float | None], ...] = (("central", None), ("late", late_month))
    for action, month in periods:
        for repaired in range(useful + 1):
            made = rule.enrol(standing, month, repaired)
            after = (
                rule.year_end(made.after, no_claim=True, cap_passed=False),
                rule.year_end(made.after, no_claim=False, cap_passed=True),
                rule.year_end(made.after, no_claim=False, cap_passed=False),
            )
            own, price = rule.standard - rule.assistance, repaired * rule.standard
            found.append(Option(place, action, repaired, useful, own, price, made.without_cover, made.bonus, after))
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
