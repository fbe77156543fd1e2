"""A member's story: what the rules of a scenario do to one member, year by year."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simsurance.axes import DEDUCTIBLES, SEX
from simsurance.basis import build
from simsurance.errors import SimsuranceError
from simsurance.language import WHOLE, words
from simsurance.member.history import ALL_ALONG, WHERE, History, Told, parsed
from simsurance.member.member_year import MemberYear, Person, Standing, member_years
from simsurance.member.story_year import StoryYear, insured_year, lapsed_year, worked_year
from simsurance.member.worker_year import WorkerYear, impossible, worker_years
from simsurance.scenario_file.faults import Fault, refuse
from simsurance.scenario_file.loader import Scenario, resolve

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_AGE: Final = 40


@dataclass(frozen=True)
class Rules:
    """What holds for one member in the years told, a year each: in the resident scheme and in the employee scheme.

    `workers`: None where the employee scheme is not projected; `repairs_all`: whoever pays for lapsed years pays for
    all of them, not for those alone that are worth it.
    """

    residents: list[MemberYear]
    workers: list[WorkerYear | None]
    repair_allowed: bool
    repairs_all: bool


def story(
    scenario: Scenario | str | Path,
    history: str,
    *,
    age: int | None = None,
    sex: str = "female",
    area: str = "rural",
    income: str = "middle",
    deductible: str = "",
    lang: str = WHOLE,
) -> "pd.DataFrame":
    """A member's story as a table, one row a year, with the rule applied (`rule`) and the year in words (`told`).

    `history` as in `2026: in no-claim, 2027: lapse, 2028: in repair 1 claim 200000, 2029: employee wage 90000`; `age`
    on the 1 January of its first year; `deductible` of critical-illness insurance where the member lives, `national`
    (unless no place of the scenario has it) or `low`. Columns as in `StoryYear`. Raises SimsuranceError for a history
    that cannot be told.
    """
    import pandas as pd

    from simsurance.member.telling import rule_applied, year_told

    person = {"sex": sex, "area": area, "income": income, "deductible": deductible}
    chosen = resolve(scenario)
    said = words(lang, chosen.currency)
    years = story_years(chosen, history, age=age, **person)
    frame = pd.DataFrame([vars(one) for one in years]).set_index("year")
    return frame.assign(rule=[rule_applied(one, said) for one in years], told=[year_told(one, said) for one in years])


def story_years(
    scenario: Scenario,
    history: str,
    *,
    age: int | None = None,
    sex: str = "female",
    area: str = "rural",
    income: str = "middle",
    deductible: str = "",
) -> list[StoryYear]:
    """A member's story year by year; as `story`, without the words."""
    require_rules(scenario, "story")
    told = parsed(history)
    born = told.years[0].membership == "newborn"
    if born and age:
        raise SimsuranceError(f"--age: {age} at the birth that {told.years[0].year}: newborn tells; leave --age out")
    first_age = 0 if born else DEFAULT_AGE if age is None else age
    person = Person(first_age, sex, area, income, lived_in(scenario, deductible))
    return list(walk(told, rules_of(scenario, person, told, born)))


def require_rules(scenario: Scenario, command: str) -> None:
    """Raise SimsuranceError for a scheme without rules of participation and hazards of leaving, which `command` is about."""
    for section in ("participation", "behaviour", "benefits.critical_illness"):
        if not scenario.form.has(section):
            raise SimsuranceError(
                f"{scenario.name}: has no [{section}], whose rules `{command}` follows a member through; a scenario that has"
            )


def lived_in(scenario: Scenario, deductible: str) -> str:
    """The deductible where the member lives: as told, else the national one; refused where no place has it."""
    low = scenario.values.benefits.critical_illness.low_deductible_places
    missing = {0.0: "low", 1.0: "national"}.get(low)
    if deductible and deductible == missing:
        (other,) = {*DEDUCTIBLES} - {missing}
        raise SimsuranceError(f"--deductible: {scenario.name} has no place with the {missing} one; give {other}")
    return deductible or ("low" if missing == "national" else "national")


def rules_of(scenario: Scenario, person: Person, told: History, born: bool) -> Rules:
    """The rules of the years told; a scenario that opens later is opened with the history."""
    first, last = told.years[0].year, told.years[-1].year
    horizon = scenario.values.horizon
    if last > horizon.last_year:
        raise SimsuranceError(
            f"{WHERE}: {last} lies after {horizon.last_year}, the last year of {scenario.name}; "
            f"--set horizon.last_year={last}"
        )
    earliest = min(scenario.valuation_years, default=first)
    if first < earliest:
        raise SimsuranceError(
            f"{WHERE}: {first} lies before {earliest}; begin with that year or later and tell what came before: "
            f'"before: insured 6, {earliest}: in"'
        )
    opened = scenario.replace({"horizon.valuation_year": min(first, horizon.valuation_year), "horizon.last_year": last})
    _, basis = build(opened)
    chosen = tuple(one for one in basis if one.year >= first)
    residents = member_years(person, chosen, person.age - 1 if born else person.age, scenario.form.groups)
    workers = worker_years(opened, told, residents, chosen, SEX.members.index(person.sex))
    repair = scenario.values.participation.repair
    return Rules(residents, workers, repair.allowed, repair.years_paid == "all")


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


def walk(told: History, rules: Rules) -> Iterator[StoryYear]:
    """The years one after another; raises SimsuranceError for one that cannot follow."""
    standing = before(told, rules.residents[0].age)
    for one, rule, worker in zip(told.years, rules.residents, rules.workers, strict=True):
        if wrong := impossible(one, worker, standing):
            refuse([Fault(WHERE, f"{one.year}: {one.beginning}", wrong)])
        if worker and one.membership == "employee":
            year, standing = worked_year(one, worker, standing)
        elif one.membership == "lapse":
            year, standing = lapsed_year(one, rule, standing)
        elif one.membership == "newborn":
            year, standing = insured_year(one, rule, rule.born(), "newborn", None)
        else:
            month = _late_month(one, rule)
            found = rule.enrol(standing, month, _repaired(one, rule, standing, rules))
            year, standing = insured_year(one, rule, found, _enrolled_as(standing), month)
        yield year


def _late_month(one: Told, rule: MemberYear) -> float | None:
    """Months gone by at a late enrolment, None in the central period."""
    if one.membership != "late":
        return None
    return rule.number(rule.basis.late_month) if one.late_month is None else one.late_month


def _enrolled_as(standing: Standing) -> str:
    """How a member enrols who stands so."""
    if standing.never:
        return "joined"
    if standing.gap:
        return "returned"
    return "transferred" if standing.employee else "enrolled"


def _repaired(one: Told, rule: MemberYear, standing: Standing, rules: Rules) -> int:
    """Lapsed years paid for; raises SimsuranceError where there are not as many."""
    if not one.repair:
        return 0
    key = f"{one.year}: {one.membership} repair" + ("" if one.repair == "some" else f" {one.repair}")
    if not rule.counting:
        refuse([Fault(WHERE, key, f"the rules do not apply in {one.year}; leave repair out")])
    if not rules.repair_allowed:
        refuse([Fault(WHERE, key, "the scenario lets nobody pay for lapsed years; leave repair out")])
    lapsed = rule.lapsed_years(standing) if standing.outside else 0
    if not lapsed:
        refuse([Fault(WHERE, key, "there is no lapsed year to pay for; leave repair out")])
    if one.repair == "some":
        return lapsed if rules.repairs_all else rule.useful_repair(lapsed)
    years = lapsed if one.repair == "all" else one.repair
    if years > lapsed:
        have = "year has" if lapsed == 1 else "years have"
        refuse([Fault(WHERE, key, f"{lapsed} {have} lapsed as the rules count; repair takes 1 to {lapsed}")])
    return years
