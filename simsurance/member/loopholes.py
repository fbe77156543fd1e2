"""Loopholes: members' best answers to the rules of a scenario in expected money, and what they cost the fund."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.axes import HEALTH, LAST_AGE, NATIONAL, PERSON_AXES, SEX, TENURES, Groups, at, axis
from simsurance.basis import build
from simsurance.errors import SimsuranceError
from simsurance.language import WHOLE
from simsurance.member.choices import all_decisions
from simsurance.member.history import ALL_ALONG
from simsurance.member.member_year import Person, Standing, known, member_years
from simsurance.member.story import require_rules
from simsurance.member.strategy import FORESIGHT, Foresight, Game, Outcome, YearMoney, money_of
from simsurance.model.state import YearBasis
from simsurance.processes import in_order, spread
from simsurance.scenario_file.loader import Scenario, resolve

if TYPE_CHECKING:
    import pandas as pd

AGES: Final = (20, 35, 50, 65)
COMPARED: Final = 2
"""Income groups that are compared where none are named: the first whom nobody assists."""
AGE_REACH: Final = 7
"""A member stands for the insured of ages up to so many years away."""
YEARS: Final = 20
SHARE: Final = 0.1
LEFT_OUT: Final = ("certainty", "care", "moves", "effort", "end")
"""What is not counted, by its name in the files of words."""


@dataclass(frozen=True)
class Loophole:
    """A member's best strategies beside enrolling every year; present values for one member, in yuan.

    `persons`: insured on the first 1 January whom the member stands for; `best` by what is known at enrolment.
    """

    person: Person
    need: str
    first_year: int
    persons: float
    always: Outcome
    best: dict[Foresight, Outcome]

    def worth(self, foresight: Foresight = "known") -> float:
        """What the best strategy brings the member over enrolling every year."""
        return self.best[foresight].value - self.always.value

    def fund_cost(self, foresight: Foresight = "known") -> float:
        """What it costs the fund, for one member."""
        return self.best[foresight].fund_cost - self.always.fund_cost


def loopholes(
    scenario: Scenario | str | Path,
    *,
    ages: Sequence[int] = AGES,
    needs: Sequence[str] = HEALTH.members,
    incomes: Sequence[str] = (),
    areas: Sequence[str] = (),
    sexes: Sequence[str] = SEX.members,
    years: int = YEARS,
    share: float = SHARE,
    lang: str = WHOLE,
    jobs: int = 1,
) -> "pd.DataFrame":
    """The best strategies of a set of members, those that cost the fund most first.

    One row a member, insured all along: `persons` the member stands for; by what is known at enrolment (`known`: the
    year's need class, `in_year`: last year's, and the year's for late enrolment, `last_year`: last year's alone)
    `worth_…` to the member over enrolling every year and `fund_cost_pp_…` for the fund, present values in yuan;
    `fund_cost_…`: if `share` of the persons follow it; `subsidy_saved_pp` the subsidies not drawn. `strategy` is that
    of `known` in the words of a language; `jobs`: processes, one an age at most.
    Raises SimsuranceError for a group, an age, a horizon or a share that there is not.
    """
    import pandas as pd

    require_share(share)
    groups = {"needs": needs, "incomes": incomes, "areas": areas, "sexes": sexes}
    found = find(resolve(scenario), ages=ages, **groups, years=years, jobs=jobs)
    return pd.DataFrame(rows(found, share, lang))


def rows(found: Sequence[Loophole], share: float, lang: str) -> list[dict[str, Any]]:
    """The rows of `loopholes`, by the names of its columns."""
    from simsurance.member.strategy_words import in_words

    told = []
    for one in found:
        row: dict[str, Any] = {
            "age": one.person.age,
            "need": one.need,
            "income": one.person.income,
            "area": one.person.area,
        }
        row |= {"sex": one.person.sex, "persons": one.persons}
        for foresight in FORESIGHT:
            row[f"worth_{foresight}"] = one.worth(foresight)
            row[f"fund_cost_pp_{foresight}"] = one.fund_cost(foresight)
            row[f"fund_cost_{foresight}"] = share * one.persons * one.fund_cost(foresight)
        row["subsidy_saved_pp"] = one.always.subsidies - one.best["known"].subsidies
        row["years_insured"] = one.best["known"].insured_years
        row["years_insured_always"] = one.always.insured_years
        told.append(row | {"strategy": in_words(one, "known", lang)})
    return sorted(told, key=lambda row: (row["fund_cost_known"], row["worth_known"]), reverse=True)


def payers(groups: Groups) -> tuple[str, ...]:
    """The income groups that nobody assists."""
    return groups.income_groups[1 if groups.assisted else 0 :]


def require_share(share: float) -> None:
    """Raise SimsuranceError unless it is a share."""
    if not 0 <= share <= 1:
        raise SimsuranceError(f"--share: {share:g} is no share of the members; 0 to 1")


def find(
    scenario: Scenario,
    *,
    ages: Sequence[int] = AGES,
    needs: Sequence[str] = HEALTH.members,
    incomes: Sequence[str] = (),
    areas: Sequence[str] = (),
    sexes: Sequence[str] = SEX.members,
    years: int = YEARS,
    jobs: int = 1,
) -> list[Loophole]:
    """The best strategies of a set of members who have been insured all along, one after another."""
    horizon = scenario.values.horizon
    longest = horizon.last_year - horizon.valuation_year + 1
    if not 1 <= years <= longest:
        raise SimsuranceError(
            f"--years: {years} is outside 1 to {longest}, the years of {scenario.name} from {horizon.valuation_year}"
        )
    require_rules(scenario, "loopholes")
    of_scheme = scenario.form.groups
    incomes, areas = incomes or payers(of_scheme)[:COMPARED], areas or of_scheme.areas
    for age, income, area, sex in product(ages, incomes, areas, sexes):
        for axis_of, member in ((of_scheme.income, income), (of_scheme.area, area)):
            known(axis_of, member)
        Person(age, sex, area, income)
    classes = [known(HEALTH, need) for need in needs]
    state, basis = build(scenario.replace({"horizon.last_year": horizon.valuation_year + years - 1}))
    insured = at(state.cells, run=0, status=TENURES).sum(axis=axis("status", of=PERSON_AXES[1:]))
    groups = list(product(incomes, areas, sexes))
    asked = _Asked(tuple(basis), insured, scenario.values.participation.repair.allowed, classes, groups, of_scheme)
    return [one for of_age in in_order(spread(_of_age, asked, list(ages), jobs)) for one in of_age]


@dataclass(frozen=True)
class _Asked:
    """What the members of every age share; `insured` [health, sex, area, income, age], `groups` income, area and sex."""

    basis: tuple[YearBasis, ...]
    insured: np.ndarray
    repair_allowed: bool
    needs: Sequence[str]
    groups: Sequence[tuple[str, str, str]]
    of_scheme: Groups


def _of_age(asked: _Asked, age: int) -> list[Loophole]:
    """The best strategies of the members of an age."""
    found: dict[Person, list[Loophole]] = {}
    persons = [Person(age, sex, area, income) for income, area, sex in asked.groups]
    for alike, own in games(persons, asked.basis, asked.repair_allowed, asked.of_scheme):
        policies = [own.always(), *(own.solve(foresight)[1] for foresight in FORESIGHT)]
        always, *best = own.followed(policies, [True, *(foresight == "known" for foresight in FORESIGHT)])
        for member, person in enumerate(alike):
            found[person] = []
            for need in asked.needs:
                place = HEALTH.members.index(need)
                stands = stands_for(asked.insured, person, place, asked.of_scheme)
                of_best = {foresight: each[member][place] for foresight, each in zip(FORESIGHT, best, strict=True)}
                one = Loophole(person, need, asked.basis[0].year, stands, always[member][place], of_best)
                found[person].append(one)
    return [one for person in persons for one in found[person]]


def games(
    persons: Sequence[Person], basis: Sequence[YearBasis], repair_allowed: bool, groups: Groups = NATIONAL
) -> Iterator[tuple[list[Person], Game]]:
    """Persons under the same rules and contributions, and their decisions with what they bring."""
    alike: dict[Person, tuple[YearMoney, ...]] = {}
    together: dict[object, dict[Person, tuple[YearMoney, ...]]] = {}
    for person in persons:
        of_any_income = replace(person, income=groups.income_groups[0])
        if of_any_income not in alike:
            alike[of_any_income] = money_of(person, basis, member_years(person, tuple(basis), person.age, groups))
        place = groups.income_groups.index(person.income)
        money = tuple(year.with_income(place) for year in alike[of_any_income])
        key = (person.age, person.income, tuple(year.rule.standard for year in money))
        together.setdefault(key, {})[person] = money
    for own in together.values():
        rules = [year.rule for year in next(iter(own.values()))]
        made = all_decisions(rules, Standing(tenure=ALL_ALONG), repair_allowed)
        yield list(own), Game(tuple(own.values()), made)


def stands_for(insured: np.ndarray, person: Person, need: int, groups: Groups = NATIONAL) -> float:
    """Insured persons of the member's need class, sex, area and income group within a few years of the age.

    `insured` [health, sex, area, income, age].
    """
    ages = slice(max(person.age - AGE_REACH, 0), min(person.age + AGE_REACH, LAST_AGE) + 1)
    place = (SEX.members.index(person.sex), groups.areas.index(person.area), groups.income_groups.index(person.income))
    return float(insured[(need, *place, ages)].sum())
