"""Results of one scenario: tables, measures and checks, computed from the projection's arrays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from simsurance import identities, measures
from simsurance.axes import AGE, AREA, HEALTH, INCOME, SEX, STATUS
from simsurance.basis import build, stack, trend
from simsurance.basis.inputs import Inputs
from simsurance.incidence import cohort_table, group_table
from simsurance.model.projection import Projection, Stocks, project
from simsurance.model.state import YearBasis
from simsurance.scenario_file.loader import Scenario
from simsurance.variables import KEYS, VARIABLES

if TYPE_CHECKING:
    import pandas as pd


RESIDENT = "resident"
SCHEME_OF: Final[Mapping[str, trend.Scheme]] = {RESIDENT: "resident", "employee_pool": "employee"}
"""The scheme of a fund that pays for care."""


@dataclass(frozen=True, repr=False)
class RunResult:
    """One scenario projected.

    Tables are DataFrames with the columns of `simsurance.variables`; money in nominal yuan.
    """

    scenario: Scenario
    projection: Projection
    basis: tuple[YearBasis, ...] = field(repr=False)

    @property
    def years(self) -> tuple[int, ...]:
        """The calendar years of the flows."""
        return self.projection.years

    def __repr__(self) -> str:
        return f"{self.scenario.name}, {self.years[0]} to {self.years[-1]}"

    @property
    def dates(self) -> tuple[int, ...]:
        """The years on whose 1 January stocks stand, one more than the years."""
        return (*self.years, self.years[-1] + 1)

    @cached_property
    def accounts(self) -> dict[str, measures.Account]:
        """The columns of the fund table as arrays by year, for each fund that is projected."""
        by_fund = measures.accounts(self.projection, self.basis)
        found = {fund: {name: of[:, 0] for name, of in account.items()} for fund, account in by_fund.items()}
        inputs = Inputs(self.scenario, self.scenario.values)
        for fund in SCHEME_OF.keys() & found.keys():
            found[fund]["real_cost_growth"] = trend.real_growth(inputs, SCHEME_OF[fund], self.years)
            found[fund]["residual_cost_growth"] = trend.residual_growth(inputs, SCHEME_OF[fund], self.years)
            found[fund] |= self._use(fund, found[fund])
        return found

    def _use(self, fund: str, account: measures.Account) -> measures.Account:
        """Who was in hospital, how often, and what an admission cost, by year."""
        before = "" if fund == RESIDENT else "employee_"
        users, admissions, claims = (
            self.projection.totals[f"{before}{name}"][:, 0]
            for name in ("inpatient_users", "admissions", "inpatient_claims")
        )
        kinds = ("resident_insured",) if fund == RESIDENT else ("employee_active", "employee_retired")
        hundreds = sum(account[name] for name in kinds) / 100
        none = np.full(len(self.years), np.nan)
        return {
            "inpatients_per_100": np.divide(users, hundreds, out=none.copy(), where=hundreds > 0),
            "admissions_per_100": np.divide(admissions, hundreds, out=none.copy(), where=hundreds > 0),
            "cost_per_admission": np.divide(claims, admissions, out=none.copy(), where=admissions > 0),
        }

    @property
    def account(self) -> measures.Account:
        """The account of the resident fund."""
        return self.accounts[RESIDENT]

    @cached_property
    def fund(self) -> "pd.DataFrame":
        """Account of each fund by year; a column that a fund does not have is empty there."""
        names = [found.name for found in VARIABLES if found.table == "fund"]
        none = np.full(len(self.years), np.nan)
        columns = {
            name: np.stack([account.get(name, none) for account in self.accounts.values()], axis=1) for name in names
        }
        return _frame("fund", {"year": self.years, "fund": tuple(self.accounts)}, columns)

    @cached_property
    def population(self) -> "pd.DataFrame":
        """Persons on each 1 January by sex, area and age."""
        stocks = self.projection.stocks
        keys = {"date": self.dates, "sex": SEX.members, "area": AREA.members, "age": range(len(AGE.members))}
        return _frame(
            "population",
            keys,
            {name: getattr(stocks, name)[:, 0] for name in ("persons", "resident_insured", "employee_insured")},
        )

    @cached_property
    def membership(self) -> "pd.DataFrame":
        """Persons on each 1 January by status, need class, area and income group."""
        persons = np.moveaxis(self.projection.stocks.membership[:, 0], 1, 2)
        keys = {
            "date": self.dates,
            "status": STATUS.members,
            "health": HEALTH.members,
            "area": AREA.members,
            "income": INCOME.members,
        }
        return _frame("membership", keys, {"persons": persons})

    @cached_property
    def flows(self) -> "pd.DataFrame":
        """Person and money flows of each year by area and income group."""
        keys = {"year": self.years, "area": AREA.members, "income": INCOME.members}
        columns = self._columns("flows", self.projection.by_group)
        columns["disposable_income_pp"] = np.stack(
            [np.broadcast_to(basis.disposable_income[0, 0, 0, 0, ..., 0], (2, 4)) for basis in self.basis]
        )
        columns["burden"] = np.stack(
            [np.broadcast_to(basis.burden[0, 0, 0, 0, ..., 0], (2, 4)) for basis in self.basis]
        )
        return _frame("flows", keys, columns)

    @cached_property
    def ages(self) -> "pd.DataFrame":
        """Person flows and cost of each year by sex and age."""
        keys = {"year": self.years, "sex": SEX.members, "age": range(len(AGE.members))}
        return _frame("ages", keys, self._columns("ages", self.projection.by_age))

    def _columns(self, table: str, flows: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The flows that a table shows; those of a scheme that is not projected are empty."""
        empty = np.full_like(flows["births"][:, 0], np.nan)
        names = [found.name for found in VARIABLES if found.table == table]
        return {name: flows[name][:, 0] if name in flows else empty for name in names}

    @cached_property
    def cohorts(self) -> "pd.DataFrame":
        """What each birth cohort pays and gets over the horizon, present values on the opening 1 January."""
        return _frame("cohorts", *cohort_table(self.projection, self.basis))

    @cached_property
    def groups(self) -> "pd.DataFrame":
        """What each area and income group pays and gets over the horizon, present values on the opening 1 January."""
        return _frame("groups", *group_table(self.projection, self.basis))

    @cached_property
    def measures(self) -> "pd.DataFrame":
        """Summary measures: value, unit and status; a measure that has no value says why."""
        import pandas as pd

        return pd.DataFrame(
            [vars(found) for found in measures.measures(self.scenario.values, self.accounts, self.basis)]
        ).set_index("measure")

    @cached_property
    def checks(self) -> "pd.DataFrame":
        """The identities of the run with their largest relative residual."""
        import pandas as pd

        return pd.DataFrame([vars(found) for found in identities.check(self.projection, self.basis)]).set_index(
            "identity"
        )


def _frame(table: str, keys: Mapping[str, Iterable[object]], columns: dict[str, np.ndarray]) -> "pd.DataFrame":
    """A tidy table: one row a combination of the keys, in their order."""
    import pandas as pd

    index: pd.Index = pd.MultiIndex.from_product([list(values) for values in keys.values()], names=list(keys))
    if len(keys) == 1:
        index = index.get_level_values(0)
    assert tuple(keys) == KEYS[table]
    return pd.DataFrame({name: np.asarray(values).reshape(-1) for name, values in columns.items()}, index=index)


def one_run(projection: Projection, run: int) -> Projection:
    """One run of a projection, as a projection of its own."""
    own = slice(run, run + 1)
    return Projection(
        projection.years,
        Stocks(**{name: values[:, own] for name, values in vars(projection.stocks).items()}),
        {name: values[:, own] for name, values in projection.by_age.items()},
        {name: values[:, own] for name, values in projection.by_group.items()},
        {name: values[:, own] for name, values in projection.by_run.items()},
        {name: values[:, own] for name, values in projection.totals.items()},
        projection.fund[:, own],
        projection.prepaid[:, own],
    )


def simulate(scenarios: list[Scenario]) -> list[RunResult]:
    """Project scenarios, those over the same years together; raises SimsuranceError if an identity does not hold."""
    built = [build(scenario) for scenario in scenarios]
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, (_, basis) in enumerate(built):
        groups.setdefault(
            (
                basis[0].year,
                basis[-1].year,
                basis[0].rules_start,
                basis[0].bonus_credited_years,
                basis[0].critical_edges.shape[1],
                basis[0].employee is not None,
            ),
            [],
        ).append(place)
    found: dict[int, RunResult] = {}
    for places in groups.values():
        state, basis = stack([built[place] for place in places])
        projection = project(state, basis)
        for run, place in enumerate(places):
            own = one_run(projection, run)
            identities.require(own, built[place][1], scenarios[place].name)
            found[place] = RunResult(scenarios[place], own, built[place][1])
    return [found[place] for place in range(len(scenarios))]
