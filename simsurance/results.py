"""Results of scenarios: accounts, measures and checks of every run, and all tables of single runs, from the arrays."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from simsurance import identities, measures
from simsurance.accrued_bonus import accrued
from simsurance.adjusting import adjustment_columns, adjustment_measures
from simsurance.axes import AGE, HEALTH, MEMBERSHIP_AXES, REPORT_AXES, SEX, STATUS, Groups, at, axis
from simsurance.basis import build_arrays, trend
from simsurance.basis.built import Built, stack
from simsurance.basis.entries import Entries, holding
from simsurance.basis.frames import frames
from simsurance.basis.inputs import Inputs
from simsurance.basis.pins import applied, require_possible
from simsurance.borrowing import bond_table
from simsurance.errors import SimsuranceError
from simsurance.incidence import cohort_table, group_table
from simsurance.ledger import POOL, RESIDENT
from simsurance.model.adjustment import under
from simsurance.model.choices import TOLD
from simsurance.model.engines import PLAIN
from simsurance.model.projection import Adjusted, Projection, Stocks, project, runs_in_cache, total
from simsurance.model.state import YearBasis
from simsurance.scenario_file.loader import Scenario
from simsurance.tiers.accounts import Tiers, tiers_of
from simsurance.variables import FRAMES, KEYS, VARIABLES, fund_columns

if TYPE_CHECKING:
    import pandas as pd

Waiting = tuple[int, Scenario, Built, Entries | None]
"""A scenario that waits for others of its form: its place among all, what it is built to, entries that it holds."""

HELD: Final = "held"
ODDS: Final = "odds"
ENTRIES: Final = (HELD, ODDS)
"""What compared runs do with entries to the employee scheme: hold those of the base, or let them follow from who is uninsured
and the odds with which the uninsured enter."""


@dataclass(frozen=True, repr=False)
class RunAccounts:
    """What is kept of every run: accounts by year, measures, checks, the funds' rate of interest by year.

    `held`: the entries to the employee scheme that were imposed, None where they follow from its hazards; `entries_not_met`:
    those of them for whom there were no persons, by year; `beside`: the other tiers where they are told.
    """

    scenario: Scenario
    years: tuple[int, ...]
    accounts: dict[str, measures.Account]
    measured: tuple[measures.Measure, ...]
    checked: tuple[identities.Check, ...]
    interest: measures.Interest
    held: Entries | None
    entries_not_met: np.ndarray
    beside: Tiers | None

    def __repr__(self) -> str:
        return f"{self.scenario.name}, {self.years[0]} to {self.years[-1]}"

    @property
    def account(self) -> measures.Account:
        """The account of the resident fund."""
        return self.accounts[RESIDENT]

    @property
    def not_met(self) -> dict[int, float]:
        """Entries to the employee scheme held for whom there were no persons, by the years in which there are any."""
        return {year: float(number) for year, number in zip(self.years, self.entries_not_met, strict=True) if number}

    @cached_property
    def fund(self) -> "pd.DataFrame":
        """Account of each fund by year; a column that a fund does not have is empty there."""
        columns = {name: self._of_funds(name, self.accounts) for name in fund_columns("fund", self._held)}
        return _frame("fund", {"year": self.years, "fund": tuple(self.accounts)}, columns)

    @cached_property
    def frames(self) -> "pd.DataFrame":
        """The amounts of each fund's account at constant prices, as shares of disposable income and of GDP, by year."""
        framed = [
            {fund: measures.in_frame(account, frame) for fund, account in self.accounts.items()} for frame in FRAMES
        ]
        names = fund_columns("frames", self._held)
        columns = {name: np.stack([self._of_funds(name, accounts) for accounts in framed]) for name in names}
        return _frame("frames", {"frame": FRAMES, "year": self.years, "fund": tuple(self.accounts)}, columns)

    @property
    def _held(self) -> set[str]:
        """The columns that any account has."""
        return {name for account in self.accounts.values() for name in account}

    def _of_funds(self, name: str, accounts: dict[str, measures.Account]) -> np.ndarray:
        """A column of accounts, [year, fund]; NaN where a fund does not have it."""
        none = np.full(len(self.years), np.nan)
        return np.stack([account.get(name, none) for account in accounts.values()], axis=-1)

    @cached_property
    def by_measure(self) -> dict[str, measures.Measure]:
        """Every measure by its name, amounts in yuan."""
        return {found.measure: found for found in self.measured}

    @cached_property
    def measures(self) -> "pd.DataFrame":
        """Summary measures: value, unit and status; a measure that has no value says why."""
        import pandas as pd

        told = [vars(found) | {"unit": self.scenario.in_currency(found.unit)} for found in self.measured]
        return pd.DataFrame(told).set_index("measure")

    @cached_property
    def checks(self) -> "pd.DataFrame":
        """The identities of the run with their largest relative residual."""
        import pandas as pd

        return pd.DataFrame([vars(found) for found in self.every_check]).set_index("identity")

    @property
    def every_check(self) -> tuple[identities.Check, ...]:
        """All that was checked."""
        return self.checked


@dataclass(frozen=True, repr=False)
class RunResult(RunAccounts):
    """One scenario projected, with its projection and basis, each of one run.

    Tables are DataFrames with the columns of `simsurance.variables`; money in nominal yuan.
    """

    projection: Projection
    basis: tuple[YearBasis, ...] = field(repr=False)

    @cached_property
    def pin_factors(self) -> dict[str, dict[int, float]]:
        """The factor on the model's total by pin and year; empty where nothing is pinned."""
        found = self.projection.pin_factors
        return {} if found is None else applied(self.scenario, at(found, of=REPORT_AXES, run=0))

    @cached_property
    def entries(self) -> Entries:
        """Entries to the employee scheme of this run, for a later run to hold."""
        return Entries(self.scenario, self.years, at(self.projection.entering, of=REPORT_AXES, run=0), self.basis)

    @property
    def dates(self) -> tuple[int, ...]:
        """The years on whose 1 January stocks stand, one more than the years."""
        return (*self.years, self.years[-1] + 1)

    @property
    def of_scheme(self) -> Groups:
        """The areas and income groups of the scheme."""
        return self.scenario.form.groups

    @cached_property
    def population(self) -> "pd.DataFrame":
        """Persons on each 1 January by sex, area and age."""
        stocks = self.projection.stocks
        keys = {"date": self.dates, "sex": SEX.members, "area": self.of_scheme.areas, "age": range(len(AGE.members))}
        names = ("persons", "resident_insured", "employee_insured")
        return _frame("population", keys, {name: getattr(stocks, name) for name in names})

    @cached_property
    def membership(self) -> "pd.DataFrame":
        """Persons on each 1 January by status, need class, area and income group."""
        persons = np.swapaxes(self.projection.stocks.membership, *axis("health", "status", of=MEMBERSHIP_AXES))
        keys = {
            "date": self.dates,
            "status": STATUS.members,
            "health": HEALTH.members,
            "area": self.of_scheme.areas,
            "income": self.of_scheme.income_groups,
        }
        return _frame("membership", keys, {"persons": persons})

    @cached_property
    def flows(self) -> "pd.DataFrame":
        """Person and money flows of each year by area and income group."""
        keys = {"year": self.years, "area": self.of_scheme.areas, "income": self.of_scheme.income_groups}
        columns, stocks = self._columns("flows", self.projection.by_group), self.projection.stocks.persons
        for column, of_year in (("disposable_income_pp", "disposable_income"), ("burden", "burden")):
            columns[column] = np.stack(
                [
                    measures.over_ages(getattr(year, of_year), persons)
                    for year, persons in zip(self.basis, stocks, strict=False)
                ]
            )
        return _frame("flows", keys, columns)

    @cached_property
    def ages(self) -> "pd.DataFrame":
        """Person flows and cost of each year by sex and age."""
        keys = {"year": self.years, "sex": SEX.members, "age": range(len(AGE.members))}
        return _frame("ages", keys, self._columns("ages", self.projection.by_age))

    @cached_property
    def adjustment(self) -> "pd.DataFrame | None":
        """What a timely adjustment read and did in each year, its factors, who bore how much; None where none is in force."""
        if self.projection.adjusted is None:
            return None
        import pandas as pd

        index = pd.Index(self.years, name="year")
        columns = adjustment_columns(self.projection, self.basis, self.of_scheme)
        return pd.DataFrame({name: np.ravel(values) for name, values in columns.items()}, index=index)

    @cached_property
    def bonds(self) -> "pd.DataFrame | None":
        """What each bond brings, costs and leaves outstanding in each year, and the result it is measured by; None without."""
        if self.projection.bonds is None:
            return None
        return _frame("bonds", *bond_table(self.projection, self.scenario.values.bonds))

    @cached_property
    def choices(self) -> "pd.DataFrame | None":
        """Who has each choice of cover in each year, what they pay more and get more; None where there are none."""
        if self.projection.chosen is None:
            return None
        columns = {name: at(values, of=REPORT_AXES, run=0) for name, values in self.projection.chosen.items()}
        keys = {"year": self.years, "choice": tuple(sorted(self.scenario.values.choices))}
        return _frame("choices", keys, {name: columns[name] for name in TOLD})

    @cached_property
    def accrued_bonus(self) -> "pd.DataFrame | None":
        """What rewards earned and not used are worth, and what moves it, by year but the last; None without rewards."""
        if not self.scenario.values.participation.in_force or len(self.years) < 2:
            return None
        found = accrued(self.projection, self.basis)
        columns = {name: at(values, of=REPORT_AXES, run=0) for name, values in found.items()}
        identities.require([identities.of_accrued_bonus(columns, self.years)], self.scenario.name)
        return _frame("accrued_bonus", {"year": self.years[:-1]}, columns)

    @cached_property
    def tiers(self) -> "pd.DataFrame | None":
        """The tiers behind basic and critical-illness insurance by year, and own payment; None where they are not told."""
        if self.tiers_by_year is None:
            return None
        import pandas as pd

        return pd.DataFrame(self.tiers_by_year.columns, index=pd.Index(self.years, name="year"))

    @cached_property
    def tiers_by_year(self) -> Tiers | None:
        """The other tiers of every year, found when they are asked for; SimsuranceError if an identity does not hold."""
        if self.beside is None:
            return None
        found = tiers_of(self.projection, self.basis, Inputs(self.scenario, self.scenario.values))
        assert found is not None
        identities.require(identities.of_one_run(found.checks, self.years), self.scenario.name)
        return found

    @property
    def every_check(self) -> tuple[identities.Check, ...]:
        """All that was checked, the accounts of other tiers in every year."""
        if self.tiers_by_year is None:
            return self.checked
        whole = {each.identity: each for each in identities.of_one_run(self.tiers_by_year.checks, self.years)}
        return (*(each for each in self.checked if each.identity not in whole), *whole.values())

    def _columns(self, table: str, flows: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The flows that a table shows; those of a scheme that is not projected are empty."""
        empty = np.full_like(flows["births"], np.nan)
        names = [
            found.name for found in VARIABLES if found.table == table and (found.name in flows or not found.if_used)
        ]
        return {name: flows.get(name, empty) for name in names}

    @cached_property
    def cohorts(self) -> "pd.DataFrame":
        """What each birth cohort pays and gets over the horizon, present values on the opening 1 January."""
        return _frame("cohorts", *cohort_table(self.projection, self.basis))

    @cached_property
    def groups(self) -> "pd.DataFrame":
        """What each area and income group pays and gets over the horizon, present values on the opening 1 January."""
        return _frame("groups", *group_table(self.projection, self.basis, self.of_scheme))


def _frame(table: str, keys: Mapping[str, Iterable[object]], columns: dict[str, np.ndarray]) -> "pd.DataFrame":
    """A tidy table: one row a combination of the keys, in their order."""
    import pandas as pd

    index: pd.Index = pd.MultiIndex.from_product([list(values) for values in keys.values()], names=list(keys))
    if len(keys) == 1:
        index = index.get_level_values(0)
    assert tuple(keys) == KEYS[table]
    unsigned = {name: np.ravel(values) + 0.0 for name, values in columns.items()}  # -0.0 + 0.0 is 0.0
    return pd.DataFrame(unsigned, index=index)


def simulate(
    scenarios: Iterable[Scenario],
    entries: Entries | None = None,
    built: Sequence[Built] | None = None,
    engine: str = PLAIN,
) -> list[RunResult]:
    """Project scenarios and keep every table; raises SimsuranceError if an identity does not hold.

    `entries`: those to the employee scheme that are held, where all years of a scenario are among theirs; `built`: what
    each scenario is built to, where that is known; `engine`: what steps the years.
    """
    return _in_order(run for block in blocks(scenarios, entries, built, engine) for run in block.results())


def accounts_of(
    scenarios: Iterable[Scenario],
    entries: Entries | None = None,
    built: Sequence[Built] | None = None,
    engine: str = PLAIN,
) -> list[RunAccounts]:
    """Project scenarios and keep their accounts, measures and checks alone: many runs need little more memory than a few."""
    found: list[tuple[int, RunAccounts]] = []
    for block in blocks(scenarios, entries, built, engine, False):
        found += block.accounts()
        del block  # what it was projected in is not held while the next is
    return _in_order(found)


def accounts_alone(run: RunAccounts) -> RunAccounts:
    """What is kept of every run, of one that keeps more."""
    return RunAccounts(**{each.name: getattr(run, each.name) for each in fields(RunAccounts)})


def entries_of(base: RunResult, entries: str) -> Entries | None:
    """The entries that runs compared with a base hold, None by the odds; SimsuranceError for another word than ENTRIES."""
    if entries not in ENTRIES:
        raise SimsuranceError(f"entries: {entries!r} is not known; {' or '.join(ENTRIES)}")
    return base.entries if entries == HELD else None


Run = TypeVar("Run", bound=RunAccounts)


def _in_order(placed: Iterable[tuple[int, Run]]) -> list[Run]:
    """Runs by their place among the scenarios."""
    return [run for _, run in sorted(placed, key=lambda each: each[0])]


@dataclass(frozen=True)
class Block:
    """Some scenarios projected side by side, and the place of each among all that were asked for."""

    places: tuple[int, ...]
    scenarios: tuple[Scenario, ...]
    built: tuple[Built, ...]
    basis: tuple[YearBasis, ...]
    projection: Projection
    held: tuple[Entries | None, ...]

    @cached_property
    def kept(self) -> list[RunAccounts]:
        """What is kept of each run; raises SimsuranceError if an identity does not hold."""
        values, persons = [each.values for each in self.scenarios], self.projection.stocks.persons
        everyone = total(persons)
        beside = [frames(each.inputs, everyone[:, run]) for run, each in enumerate(self.built)]
        framed = {name: np.stack([each[name] for each in beside], axis=-1) for name in beside[0]}
        by_fund = {fund: own | framed for fund, own in measures.accounts(self.projection, self.basis).items()}
        found = measures.measures(values, by_fund, self.basis, persons)
        if self.projection.adjusted is not None:
            found += adjustment_measures(self.projection, self.basis, self.scenarios[0].form.groups)
        checks = identities.check(self.projection, self.basis, by_fund)
        interest = measures.interest_path(self.basis, len(self.places))
        not_met = self.projection.entries_not_met
        kept = []
        for run, scenario in enumerate(self.scenarios):
            require_possible(scenario, self.projection, run)
            identities.require(checks[run], scenario.name)
            accounts = {fund: {name: of[:, run] for name, of in each.items()} for fund, each in by_fund.items()}
            _add_cost_growth(accounts, self.built[run].inputs)
            for column in (column for of in accounts.values() for column in of.values()):
                column.setflags(write=False)
            own = tuple(each.of_run(run) for each in found)
            checked = tuple(checks[run])
            told = self.tiers(run)
            if told is not None:
                own = (*own, *told.measures())
                checked = (*checked, *identities.of_one_run(told.checks, self.projection.years))
                identities.require(checked, scenario.name)
            kept.append(
                RunAccounts(
                    scenario,
                    self.projection.years,
                    accounts,
                    own,
                    checked,
                    interest.of_run(run),
                    held=self.held[run],
                    entries_not_met=not_met[:, run],
                    beside=told,
                )
            )
        return kept

    def tiers(self, run: int) -> Tiers | None:
        """The other tiers of a run, care in the last year alone; None where they are not told."""
        if self.projection.covered is None:
            return None
        own, built = one_run(self.projection, run), self.built[run]
        try:
            return tiers_of(own, under_rules(built.years, own), built.inputs, whole=False)
        except SimsuranceError as error:
            raise SimsuranceError(*(f"{self.scenarios[run].name}:{line}" for line in error.lines)) from error

    def accounts(self) -> Iterator[tuple[int, RunAccounts]]:
        """Place and accounts of each run."""
        return zip(self.places, self.kept, strict=True)

    def results(self) -> Iterator[tuple[int, RunResult]]:
        """Place and result of each run."""
        for run, (place, kept) in enumerate(self.accounts()):
            own = one_run(self.projection, run)
            yield place, RunResult(**vars(kept), projection=own, basis=under_rules(self.built[run].years, own))


def blocks(
    scenarios: Iterable[Scenario],
    entries: Entries | Sequence[Entries] | None = None,
    built: Sequence[Built] | None = None,
    engine: str = PLAIN,
    whole: bool = True,
) -> Iterator[Block]:
    """Scenarios built and projected a few at a time, those of one form together, each block when it is asked for.

    `entries`: those to the employee scheme that all hold, or those of each scenario; `built`: what each is built to, where
    that is known; `whole`: whether entries are kept for other runs to hold.
    """
    waiting: dict[tuple[object, ...], list[Waiting]] = {}
    for place, scenario in enumerate(scenarios):
        own = build_arrays(scenario) if built is None else built[place]
        held = entries[place] if isinstance(entries, Sequence) else entries
        if held is not None and held.cover(own.inputs.years):
            own = holding(own, held)
        form = form_of(scenario, own)
        waiting.setdefault(form, []).append((place, scenario, own, held))
        if len(waiting[form]) == runs_in_cache(own.state.cells):
            yield _projected(waiting.pop(form), engine, whole)
    for group in waiting.values():
        yield _projected(group, engine, whole)


def form_of(scenario: Scenario, built: Built) -> tuple[object, ...]:
    """What runs must have in common to be projected side by side."""
    return (
        built.inputs.first,
        built.inputs.last,
        built.state.cells.shape[1:],
        *built.single.values(),
        built.arrays["critical_edges"].shape[2],
        built.arrays["employee"] is not None,
        built.arrays["pins"] is not None,
        built.arrays["entries"] is not None,
        built.arrays["enrolment"] is not None,
        built.arrays["adjustment"] is not None,
        0 if built.arrays["bonds"] is None else built.arrays["bonds"]["fund"].shape[-1],
        0 if built.arrays["choices"] is None else built.arrays["choices"]["use"].shape[2],
        *((built.arrays["employee"] or {}).get(part) is not None for part in ("retirees", "arrears")),
        scenario.values.measures.notice_years,
        scenario.values.measures.delay_years,
    )


def _projected(group: Sequence[Waiting], engine: str, whole: bool) -> Block:
    places, scenarios, built, entries = zip(*group, strict=True)
    together = stack(built)
    holding_any = together.arrays["entries"] is not None
    held = entries if holding_any else (None,) * len(entries)
    projection = project(together.state, together.years, engine=engine, entrants=whole or holding_any)
    return Block(places, scenarios, built, under_rules(together.years, projection), projection, held)


def under_rules(basis: Sequence[YearBasis], projection: Projection) -> tuple[YearBasis, ...]:
    """The assumptions of every year as a projection met them: under what has adjusted by itself in it."""
    if projection.adjusted is None:
        return tuple(basis)
    return tuple(under(year, of_year) for year, of_year in zip(basis, projection.adjusted.factors, strict=True))


def _add_cost_growth(accounts: dict[str, measures.Account], inputs: Inputs) -> None:
    """Real growth of cost at given age, and its residual beyond income, beside the accounts of the funds that pay for care."""
    for fund, scheme in zip((RESIDENT, POOL), trend.SCHEMES, strict=True):
        if fund in accounts:
            accounts[fund]["real_cost_growth"] = trend.real_growth(inputs, scheme, inputs.years)
            accounts[fund]["residual_cost_growth"] = trend.residual_growth(inputs, scheme, inputs.years)


def one_run(projection: Projection, run: int) -> Projection:
    """One run of a projection, as a projection of its own."""
    own = slice(run, run + 1)

    def of(named: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {name: values[:, own] for name, values in named.items()}

    return Projection(
        projection.years,
        Stocks(**of(vars(projection.stocks))),
        of(projection.by_age),
        of(projection.by_group),
        of(projection.by_run),
        of(projection.totals),
        projection.interest[:, own],
        projection.fund[:, own],
        projection.prepaid[:, own],
        None if projection.entrants is None else projection.entrants[:, own],
        None if projection.pin_factors is None else projection.pin_factors[:, own],
        None if projection.adjusted is None else Adjusted(**of(vars(projection.adjusted))),
        None if projection.debt is None else projection.debt[:, own],
        None if projection.bonds is None else of(dict(projection.bonds)),
        None if projection.owed is None else projection.owed[:, own],
        None if projection.chosen is None else of(dict(projection.chosen)),
        None if projection.covered is None else of(dict(projection.covered)),
    )
