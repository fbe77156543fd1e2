"""A member's story: what the rules of a scenario do to one member, year by year."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simsurance.analysis.history import ALL_ALONG, WHERE, History, Told, parsed
from simsurance.analysis.member import Enrolment, MemberYear, Person, Standing, member_years
from simsurance.api import resolve
from simsurance.basis import build
from simsurance.errors import SimsuranceError
from simsurance.model.participation import MONTHS
from simsurance.scenario_file.faults import Fault, refuse
from simsurance.scenario_file.loader import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from simsurance.output.labels import Lang

FIRST_YEAR: Final = 2019
"""First year that a scenario can be valued at."""
DEFAULT_AGE: Final = 40


@dataclass(frozen=True)
class StoryYear:
    """One year of a member's story. Money in nominal yuan; waiting and cover in months; credits are rises of the cap.

    `membership`: enrolled (goes on), returned, joined (for the first time), transferred (from the employee scheme),
    newborn, lapsed or employee. `waiting_plain`: fixed and variable months, without floor and longest; `carried_over`:
    months left from the year before; `still_waiting`: months left for the next; `late_month` is -1 in the central
    period.
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

    @property
    def insured(self) -> bool:
        """Insured in the resident scheme this year."""
        return self.membership not in ("lapsed", "employee")

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

    `history` as in `2026: in no-claim, 2027-2028: lapse, 2029: in repair 1 claim 200000`; `age` on the 1 January of its
    first year. Columns as in `StoryYear`. Raises SimsuranceError for a history that cannot be told.
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
    told = parsed(history)
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
    return member_years(person, chosen, person.age - 1 if born else person.age)


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
        if one.membership in ("employee", "lapse"):
            after = rule.employed(standing) if one.membership == "employee" else rule.stay_out(standing)
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
    )
    return year, after


def _outside(one: Told, rule: MemberYear, standing: Standing, after: Standing) -> StoryYear:
    """A year outside the resident scheme: what the count was, what is lost, what is carried on."""
    lapsed = one.membership == "lapse"
    _, _, kept, _, _ = rule.bonus(0, 0, after.carried)
    return StoryYear(
        year=one.year,
        age=rule.age,
        membership="lapsed" if lapsed else "employee",
        rules_apply=rule.counting,
        without_cover=MONTHS if lapsed else 0.0,
        continuous_years=rule.continuous_years(standing.tenure, one.year - 1) if rule.counting else 0,
        no_claim_years_before=standing.no_claim,
        carried_credit=kept,
        capped=rule.capped,
        claim=one.claim or 0.0,
        own_payment=one.claim or 0.0,
    )
