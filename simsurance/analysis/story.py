"""A member's story: what the rules of a scenario do to one member, year by year."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from simsurance.analysis.history import (
    ALL_ALONG,
    ENGLISH,
    LARGEST_CLAIM,
    MEMBERSHIPS,
    WHERE,
    History,
    Told,
    parsed,
)
from simsurance.analysis.member import Enrolment, Job, MemberYear, Move, Person, Standing, member_years
from simsurance.api import resolve
from simsurance.axes import LAST_AGE, SEX
from simsurance.basis import build
from simsurance.basis.employee import base_of_wages
from simsurance.basis.inputs import Inputs
from simsurance.errors import SimsuranceError
from simsurance.model.participation import MONTHS
from simsurance.model.state import YearBasis
from simsurance.scenario_file.faults import Fault, nearest, refuse
from simsurance.scenario_file.loader import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from simsurance.output.labels import Lang

FIRST_YEAR: Final = 2019
"""First year that a scenario can be valued at."""
DEFAULT_AGE: Final = 40

WORK_ENGLISH: Final = {"退休": "retire", "离职": "leave", "工资": "wage", "年限不足": "short", "趸缴": "buy"}
"""Chinese words of a year in the employee scheme."""
AT_WORK: Final[dict[str, Move]] = {"employee": "stays", "retire": "retires", "leave": "leaves"}
"""What a year in the employee scheme begins with, and what it ends with."""
ALL_MEMBERSHIPS: Final = tuple(dict.fromkeys((*MEMBERSHIPS, *AT_WORK)))
WORK_EVENTS: Final = ("wage", "claim", "month", "short", "buy")
LEAST_CHANCE: Final = 1e-9
"""Probability of retiring below which nobody is said to retire at an age."""


@dataclass(frozen=True)
class AtWork(Told):
    """What is told of a year in the employee scheme: also what it ends with, and the wage of the year before, yuan."""

    move: Move = "stays"
    wage: float | None = None


@dataclass(frozen=True)
class StoryYear:
    """One year of a member's story. Money in nominal yuan; waiting and cover in months; credits are rises of the cap.

    `membership`: enrolled (goes on), returned, joined (for the first time), transferred (from the employee scheme),
    newborn, lapsed, employee or retired (in the employee scheme). `waiting_plain`: fixed and variable months, without
    floor and longest; `carried_over`: months left from the year before; `still_waiting`: months left for the next;
    `late_month` is -1 in the central period.

    In the employee scheme `basic` is what the pool pays; `wage`: of the year before, `wage_is_mean` where none is told;
    `counted_wage`: of it within floor and ceiling; `contribution_base`: of that what is reported; `to_account` with the
    `retiree_credit`, `to_pool` with the `purchase` of missing years; `move`: what the year ends with; `years_count`:
    whether its years are continuous ones.
    """

    year: int
    age: int
    membership: str
    rules_apply: bool
    contribution: float = 0.0
    assistance: float = 0.0
    repair_payment: float = 0.0
    member_pays: float = 0.0
    late_month: float = -1.0
    lapsed_years: int = 0
    counted_years: float = 0.0
    repaired_years: int = 0
    useful_repair: int = 0
    waits: float = 0.0
    waiting_fixed: float = 0.0
    waiting_per_year: float = 0.0
    waiting_plain: float = 0.0
    waiting: float = 0.0
    carried_over: float = 0.0
    without_cover: float = 0.0
    months_of_cover: float = 0.0
    still_waiting: float = 0.0
    continuous_years: int = 0
    no_claim_years_before: int = 0
    continuous_credit: float = 0.0
    no_claim_credit: float = 0.0
    carried_credit: float = 0.0
    bonus_limit: float = 0.0
    bonus: float = 0.0
    capped: bool = True
    cap_before_bonus: float = float("nan")
    cap: float = float("nan")
    claim: float = 0.0
    claim_covered: bool = False
    basic: float = 0.0
    critical: float = 0.0
    own_payment: float = 0.0
    cap_passed: bool = False
    no_claim_years_after: int = 0
    move: str = ""
    years_count: bool = True
    wage: float = 0.0
    wage_is_mean: bool = False
    counted_wage: float = 0.0
    contribution_base: float = 0.0
    employer_contribution: float = 0.0
    own_contribution: float = 0.0
    retiree_credit: float = 0.0
    missing_years: float = 0.0
    purchase: float = 0.0
    to_account: float = 0.0
    to_pool: float = 0.0
    deductible: float = 0.0
    payment_ratio: float = 0.0
    limit: float = 0.0

    @property
    def insured(self) -> bool:
        """Insured in the resident scheme this year."""
        return not self.at_work and self.membership != "lapsed"

    @property
    def at_work(self) -> bool:
        """In the employee scheme this year, active or retired."""
        return self.membership in ("employee", "retired")

    @property
    def late(self) -> bool:
        """Enrolled outside the central period."""
        return self.late_month >= 0

    @property
    def entering(self) -> bool:
        """Subject to the waiting rules this year."""
        return self.late or self.membership in ("returned", "joined")


def story(
    scenario: Scenario | str | Path,
    history: str,
    *,
    age: int | None = None,
    sex: str = "female",
    area: str = "rural",
    income: str = "middle",
    lang: "Lang" = "en",
) -> "pd.DataFrame":
    """A member's story as a table, one row a year, with the rule applied (`rule`) and the year in words (`told`).

    `history` as in `2026: in no-claim, 2027: lapse, 2028: in repair 1 claim 200000, 2029: employee wage 90000`; `age`
    on the 1 January of its first year. Columns as in `StoryYear`. Raises SimsuranceError for a history that cannot be
    told.
    """
    import pandas as pd

    from simsurance.output.story_words import rule_applied, year_told

    years = story_years(resolve(scenario), history, age=age, sex=sex, area=area, income=income)
    frame = pd.DataFrame([vars(one) for one in years]).set_index("year")
    return frame.assign(rule=[rule_applied(one, lang) for one in years], told=[year_told(one, lang) for one in years])


def story_years(
    scenario: Scenario,
    history: str,
    *,
    age: int | None = None,
    sex: str = "female",
    area: str = "rural",
    income: str = "middle",
) -> list[StoryYear]:
    """A member's story year by year; as `story`, without the words."""
    told = told_history(history)
    born = told.years[0].membership == "newborn"
    if born and age:
        raise SimsuranceError(f"--age: {age} at the birth that {told.years[0].year}: newborn tells; leave --age out")
    first_age = 0 if born else DEFAULT_AGE if age is None else age
    person = Person(first_age, sex, area, income)
    rules = rules_of(scenario, person, told, born)
    return list(
        walk(
            told,
            rules,
            scenario.values.participation.repair.allowed,
            scenario.values.participation.repair.years_paid == "all",
        )
    )


def rules_of(scenario: Scenario, person: Person, told: History, born: bool) -> list[MemberYear]:
    """The rules of the years told; a scenario that opens later is opened with the history."""
    first, last = told.years[0].year, told.years[-1].year
    horizon = scenario.values.horizon
    if last > horizon.last_year:
        raise SimsuranceError(
            f"{WHERE}: {last} lies after {horizon.last_year}, the last year of {scenario.name}; "
            f"--set horizon.last_year={last}"
        )
    if first < FIRST_YEAR:
        raise SimsuranceError(
            f"{WHERE}: {first} lies before {FIRST_YEAR}; begin with that year or later and tell what came before: "
            f'"before: insured 6, {FIRST_YEAR}: in"'
        )
    opened = scenario.replace({"horizon.valuation_year": min(first, horizon.valuation_year), "horizon.last_year": last})
    _, basis = build(opened)
    chosen = tuple(one for one in basis if one.year >= first)
    rules = member_years(person, chosen, person.age - 1 if born else person.age)
    if not opened.values.employee.projected:
        return rules
    jobs = jobs_of(Inputs(opened, opened.values), told, chosen, SEX.members.index(person.sex))
    return [replace(rule, job=job) for rule, job in zip(rules, jobs, strict=True)]


def jobs_of(inputs: Inputs, told: History, basis: Sequence[YearBasis], sex: int) -> list[Job]:
    """What the employee scheme asks in the years told: a wage told goes on with the mean wage until another one is."""
    years = [one.year for one in told.years]
    means = inputs.wages([year - 1 for year in years])
    ratios: list[float | None] = []
    for one, mean in zip(told.years, means, strict=True):
        named = one.wage / mean if isinstance(one, AtWork) and one.wage is not None else None
        ratios.append(named if named is not None or not ratios else ratios[-1])
    wages = means * np.array([1.0 if ratio is None else ratio for ratio in ratios])
    counted, base = base_of_wages(inputs, years, wages)
    missing = inputs.values.employee.unqualified.missing_years
    return [
        Job(
            float(wages[place]),
            ratios[place] is None,
            float(counted[place]),
            float(base[place]),
            missing,
            youngest_retiring(year, sex),
        )
        for place, year in enumerate(basis)
    ]


def youngest_retiring(basis: YearBasis, sex: int) -> int:
    """The lowest age on 1 January at which active members of a sex retire in the year."""
    ages = np.flatnonzero(basis.retirement[0, 0, 0, sex, 0, 0] > LEAST_CHANCE)
    return int(ages[0]) if len(ages) else LAST_AGE + 1


def before(told: History, age: int) -> Standing:
    """Where the member stands before the first year told."""
    years = min(told.past_years, max(age, 1)) if told.past_years != ALL_ALONG else ALL_ALONG
    match told.past:
        case "lapsed":
            return Standing(gap=years)
        case "never":
            return Standing(never=True)
        case "employee":
            return Standing(tenure=years, employee=True)
    return Standing(tenure=years)


def walk(told: History, rules: list[MemberYear], repair_allowed: bool, pays_all: bool) -> Iterator[StoryYear]:
    """The years one after another."""
    standing = before(told, rules[0].age)
    for one, rule in zip(told.years, rules, strict=True):
        _check_scheme(one, rule, standing)
        if one.membership == "employee":
            year, standing = _employed(one, rule, standing)
            yield year
        elif one.membership == "lapse":
            after = rule.stay_out(standing)
            yield _outside(one, rule, standing, after)
            standing = after
        elif one.membership == "newborn":
            year, standing = _insured(one, rule, rule.born(), "newborn", None)
            yield year
        else:
            repaired = _repaired(one, rule, standing, repair_allowed, pays_all)
            month = (
                None
                if one.membership == "in"
                else rule.number(rule.basis.late_month)
                if one.late_month is None
                else one.late_month
            )
            how = (
                "joined"
                if standing.never
                else "returned"
                if standing.gap
                else "transferred"
                if standing.employee
                else "enrolled"
            )
            year, standing = _insured(one, rule, rule.enrol(standing, month, repaired), how, month)
            yield year


def _repaired(one: Told, rule: MemberYear, standing: Standing, allowed: bool, pays_all: bool) -> int:
    """Lapsed years paid for; raises SimsuranceError where there are not as many."""
    if not one.repair:
        return 0
    key = f"{one.year}: {one.membership} repair" + ("" if one.repair == "some" else f" {one.repair}")
    if not allowed or not rule.counting:
        why = (
            "the scenario lets nobody pay for lapsed years"
            if rule.counting
            else f"the rules do not apply in {one.year}"
        )
        refuse([Fault(WHERE, key, f"{why}; leave repair out")])
    lapsed = rule.lapsed_years(standing) if standing.outside else 0
    if not lapsed:
        refuse([Fault(WHERE, key, "there is no lapsed year to pay for; leave repair out")])
    if one.repair == "some":
        return lapsed if pays_all else rule.useful_repair(lapsed)
    years = lapsed if one.repair == "all" else one.repair
    if years > lapsed:
        have = "year has" if lapsed == 1 else "years have"
        refuse([Fault(WHERE, key, f"{lapsed} {have} lapsed as the rules count; repair takes 1 to {lapsed}")])
    return years


def _insured(
    one: Told, rule: MemberYear, found: Enrolment, membership: str, late_month: float | None
) -> tuple[StoryYear, Standing]:
    """An insured year, and where the member stands after it."""
    cover, claim = MONTHS - found.without_cover, one.claim or 0.0
    covered = claim > 0 and cover > 0 and (one.claim_month is None or one.claim_month > found.without_cover)
    paid = rule.paid(claim, found.bonus, covered)
    unpaid = one.no_claim or (claim > 0 and not paid.basic and not paid.critical)
    after = rule.year_end(found.after, unpaid, paid.cap_passed)
    repair_payment = found.repaired * rule.standard
    year = StoryYear(
        year=one.year,
        age=rule.age,
        membership=membership,
        rules_apply=rule.counting,
        contribution=rule.standard,
        assistance=rule.assistance,
        repair_payment=repair_payment,
        member_pays=rule.standard - rule.assistance + repair_payment,
        late_month=-1.0 if late_month is None else late_month,
        lapsed_years=found.lapsed,
        counted_years=rule.counted_years(found.lapsed),
        repaired_years=found.repaired,
        useful_repair=rule.useful_repair(found.lapsed),
        waits=found.waits,
        waiting_fixed=rule.number(rule.basis.waiting.fixed_months),
        waiting_per_year=rule.number(rule.basis.waiting.months_per_lapsed_year),
        waiting_plain=rule.months(found.lapsed, found.repaired, bounded=False),
        waiting=found.waiting,
        carried_over=found.carried_months,
        without_cover=found.without_cover,
        months_of_cover=cover,
        still_waiting=found.after.months_left,
        continuous_years=found.continuous_years,
        no_claim_years_before=found.after.no_claim,
        continuous_credit=found.continuous,
        no_claim_credit=found.no_claim,
        carried_credit=found.carried,
        bonus_limit=found.limit,
        bonus=found.bonus if rule.capped else 0.0,
        capped=rule.capped,
        cap_before_bonus=rule.cap if rule.capped else float("nan"),
        cap=rule.cap + found.bonus if rule.capped else float("nan"),
        claim=claim,
        claim_covered=covered,
        basic=paid.basic,
        critical=paid.critical,
        own_payment=paid.own,
        cap_passed=paid.cap_passed,
        no_claim_years_after=after.no_claim,
        years_count=rule.years_count,
    )
    return year, after


def _outside(one: Told, rule: MemberYear, standing: Standing, after: Standing) -> StoryYear:
    """A year outside the resident scheme: what the count was, what is lost, what is carried on."""
    lapsed = one.membership == "lapse"
    _, _, kept, _, _ = rule.bonus(0, 0, after.carried)
    return StoryYear(
        year=one.year,
        age=rule.age,
        membership="lapsed" if lapsed else "retired" if standing.retired else "employee",
        rules_apply=rule.counting,
        without_cover=MONTHS if lapsed else 0.0,
        continuous_years=rule.continuous_years(standing.tenure, one.year - 1) if rule.counting else 0,
        no_claim_years_before=standing.no_claim,
        carried_credit=kept,
        capped=rule.capped,
        claim=one.claim or 0.0,
        own_payment=one.claim or 0.0,
        years_count=rule.years_count,
    )


def _employed(one: Told, rule: MemberYear, standing: Standing) -> tuple[StoryYear, Standing]:
    """A year in the employee scheme, and where the member stands after it."""
    scheme, job = rule.basis.employee, rule.job
    assert scheme is not None
    assert job is not None
    move, retired, claim = move_of(one), standing.retired, one.claim or 0.0
    after = rule.employed(standing, move)
    money, pooled = rule.contributed(scheme, job, retired, move == "buys"), rule.pooled(scheme, claim, retired)
    year = replace(
        _outside(one, rule, standing, after),
        member_pays=money.own + money.purchase,
        claim_covered=claim > 0,
        basic=pooled.paid,
        own_payment=pooled.own,
        move="" if move == "stays" else move,
        wage=0.0 if retired else job.wage,
        wage_is_mean=job.is_mean and not retired,
        counted_wage=0.0 if retired else job.counted,
        contribution_base=0.0 if retired else job.base,
        employer_contribution=money.employer,
        own_contribution=money.own,
        retiree_credit=money.credit,
        missing_years=job.missing_years if move == "buys" else 0.0,
        purchase=money.purchase,
        to_account=money.to_account,
        to_pool=money.to_pool,
        deductible=pooled.deductible,
        payment_ratio=pooled.ratio,
        limit=pooled.limit,
    )
    return year, after


def move_of(one: Told) -> Move:
    """What a year ends with."""
    return one.move if isinstance(one, AtWork) else "stays"


def _check_scheme(one: Told, rule: MemberYear, standing: Standing) -> None:
    """Raise SimsuranceError for a year that cannot follow on where the member stands in the employee scheme."""
    if wrong := _impossible(one, rule, standing):
        said = {"retires": "retire", "short": "retire short", "buys": "retire short buy", "leaves": "leave"}
        refuse([Fault(WHERE, f"{one.year}: {said.get(move_of(one), one.membership)}", wrong)])


def _impossible(one: Told, rule: MemberYear, standing: Standing) -> str:
    """Why the year cannot follow, or nothing."""
    before, move = one.year - 1, move_of(one)
    if one.membership != "employee":
        return "a retired member stays in the employee scheme; tell employee" if standing.retired else ""
    if rule.basis.employee is None or rule.job is None:
        return "the scenario does not project the employee scheme; --set employee.projected=true"
    if standing.left:
        return f"the member left the employee scheme at the end of {before}; tell in, late or lapse"
    if move == "stays":
        told = isinstance(one, AtWork) and one.wage is not None
        return "a retired member pays no contributions; leave wage out" if standing.retired and told else ""
    if standing.retired:
        return "the member has retired already and stays in the employee scheme; tell employee"
    if not standing.employee:
        return f"the member is not in the employee scheme in {before}; tell {before}: employee, or before: employee"
    if move != "leaves" and rule.age < rule.job.retires_from:
        return (
            f"nobody of the member's sex retires at age {rule.age} in {one.year}, but from {rule.job.retires_from} on; "
            "give --age"
        )
    return ""


# ---------------------------------------------------------------- what is told of the employee scheme


def told_history(text: str) -> History:
    """The history that a text tells, with the years in the employee scheme: `2026: employee wage 90000, 2027: leave`.

    Raises SimsuranceError with one line a fault, each naming its token.
    """
    faults, at_work = list[Fault](), dict[int, AtWork]()
    plain, tokens = list[str](), dict[str, str]()
    for token in (piece.strip() for piece in re.split(r"[,;，；、\n]", text)):
        when, _, what = token.replace("：", ":").partition(":")
        words = [ENGLISH.get(word, WORK_ENGLISH.get(word, word.lower())) for word in what.split()]
        years = [int(year) for year in re.findall(r"\d{4}", when)]
        shown = token
        if years and words and words[0] not in ALL_MEMBERSHIPS:
            hint = nearest(words[0], ALL_MEMBERSHIPS)
            known = f"{', '.join(ALL_MEMBERSHIPS[:-1])} or {ALL_MEMBERSHIPS[-1]}"
            faults.append(Fault(WHERE, token, f"{words[0]} is no membership; begin with {known}{hint and ', ' + hint}"))
            shown = f"{when}: in"
        elif years and words and words[0] in AT_WORK:
            told = _at_work(words)
            if isinstance(told, str):
                faults.append(Fault(WHERE, token, told))
            elif told.move != "stays" and len(years) > 1:
                faults.append(Fault(WHERE, token, f"{words[0]} is for one year; tell {years[-1]} apart"))
            else:
                at_work |= {year: replace(told, year=year) for year in range(years[0], years[-1] + 1)}
            shown = f"{when}: employee"
        plain.append(shown)
        tokens[shown] = token
    try:
        found = parsed(", ".join(plain))
    except SimsuranceError as error:
        raise SimsuranceError(*_named(error.lines, tokens), *(str(fault) for fault in faults)) from None
    refuse(faults)
    return replace(found, years=tuple(at_work.get(one.year, one) for one in found.years))


def _named(lines: Sequence[str], tokens: dict[str, str]) -> Iterator[str]:
    """The lines with the tokens as they were written."""
    for line in lines:
        for shown, token in tokens.items():
            if line.startswith(start := f"{Fault(WHERE, shown, '')}"):
                yield f"{Fault(WHERE, token, '')}{line.removeprefix(start)}"
                break
        else:
            yield line


def _at_work(words: list[str]) -> AtWork | str:
    """What the words of a year in the employee scheme say, or what is wrong with them."""
    first, rest = words[0], words[1:]
    told = AtWork(0, "employee", move=AT_WORK[first])
    while rest:
        word = rest.pop(0)
        number = float(rest.pop(0)) if rest and re.fullmatch(r"-?\d+(\.\d+)?", rest[0]) else None
        changed = _work_event(told, first, word, number)
        if isinstance(changed, str):
            return changed
        told = changed
    return told


def _work_event(told: AtWork, first: str, word: str, number: float | None) -> AtWork | str:
    """The year in the employee scheme with one word more, or what is wrong with it."""
    match word:
        case "wage" if number is not None and 0 < number <= LARGEST_CLAIM:
            return replace(told, wage=number)
        case "wage":
            return "wage takes what was earned in the year before, in yuan above 0, such as wage 90000"
        case "claim" if number is not None and 0 < number <= LARGEST_CLAIM:
            return replace(told, claim=number)
        case "claim":
            return "claim takes an inpatient cost in yuan above 0, at most a billion, such as claim 200000"
        case "month" if number in range(1, 13) and told.claim:
            return replace(told, claim_month=int(number or 0))
        case "month":
            return "month takes the month of a claim, 1 to 12, such as claim 200000 month 3"
        case "short" | "buy" if number is not None:
            return f"{word} takes no number, {number:g} follows"
        case "short" if told.move == "retires":
            return replace(told, move="short")
        case "buy" if told.move == "short":
            return replace(told, move="buys")
        case "short" | "buy":
            return f"{word} is told of retirement; write retire short, or retire short buy"
        case "no-claim" | "repair":
            return f"{word} is told of a year in the resident scheme; leave it out of {first}"
    hint = nearest(word, WORK_EVENTS)
    return f"{word} is no word of a year in the employee scheme; {hint or 'known are ' + ', '.join(WORK_EVENTS)}"
