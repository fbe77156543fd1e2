"""Years one after another, runs beside one another.

Runs are an axis of every array; only `project` knows that there may be several blocks of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from simsurance.axes import EMPLOYEES, STATUSES, TENURES, UNINSURED
from simsurance.model.state import Flows, State, Workspace, YearBasis
from simsurance.model.year import enrolment_hazards, step

RUNS_IN_CACHE = 4
"""Runs that go through the years together: about as many as leave their cells in cache."""

PERSON_FLOWS = (
    "births",
    "deaths",
    "net_migration",
    "leaves",
    "returns",
    "joins",
    "newborn_enrolled",
    "insured_deaths",
    "insured_migration",
    "transfers_in",
    "transfers_out",
    "waiting_months",
    "resident_enrolled",
    "resident_insured_years",
    "inpatient_claims",
    "outpatient_claims",
    "inpatient_benefits",
    "outpatient_benefits",
    "critical_illness",
    "bonus_cost",
    "critical_beneficiaries",
    "bonus_cap",
    "no_claim",
    "repair_payments",
    "repaired_years",
    "personal_contributions",
    "assistance",
    "subsidies",
    "local_supplement",
    "members_income",
)
"""Flows kept by sex and age and by area and income group; the other flows are one number a run."""
RUN_FLOWS = tuple(field.name for field in fields(Flows) if field.name not in PERSON_FLOWS)


@dataclass(frozen=True)
class Stocks:
    """What is reported of the persons on each 1 January, the date first.

    By age [date, run, sex, area, age]; `membership` [date, run, health, status, area, income]; `least_cell` [date, run].
    """

    persons: np.ndarray
    resident_insured: np.ndarray
    employee_insured: np.ndarray
    membership: np.ndarray
    least_cell: np.ndarray


@dataclass(frozen=True)
class Projection:
    """A projection as arrays, the year or date first, the run second.

    `by_age` holds the flows of `PERSON_FLOWS` as [year, run, sex, age], `by_group` as [year, run, area, income], `by_run`
    those of `RUN_FLOWS` as [year, run]; `fund` is [date, run, account], `prepaid` [date, run].
    """

    years: tuple[int, ...]
    stocks: Stocks
    by_age: dict[str, np.ndarray]
    by_group: dict[str, np.ndarray]
    by_run: dict[str, np.ndarray]
    fund: np.ndarray
    prepaid: np.ndarray


def observe(cells: np.ndarray) -> Stocks:
    """The reported stocks of a state, without the date axis."""
    in_all_classes = cells.sum(axis=1)
    uninsured, resident, employee = (
        in_all_classes[:, rows].sum(axis=1).sum(axis=3) for rows in (UNINSURED, TENURES, EMPLOYEES)
    )
    return Stocks(
        persons=uninsured + resident + employee,
        resident_insured=resident,
        employee_insured=employee,
        membership=cells[:, :, STATUSES].sum(axis=3).sum(axis=5),
        least_cell=cells[:, :, STATUSES].min(axis=(1, 2, 3, 4, 5, 6)),
    )


def project(opening: State, basis: Sequence[YearBasis]) -> Projection:
    """All runs through all years: blocks of runs one after another, each through its years while its cells are in cache."""
    runs, years = len(opening.cells), len(basis)
    kept: dict[str, np.ndarray] = {}
    for first in range(0, runs, RUNS_IN_CACHE):
        block = slice(first, min(first + RUNS_IN_CACHE, runs))
        state = State(opening.cells[block], opening.fund[block], opening.prepaid[block])
        work = Workspace(state.cells.shape)
        flow_buffer = np.empty((len(PERSON_FLOWS), len(state.cells), *state.cells.shape[3:]))
        record = Recorder(kept, block, runs, years)
        record.stocks(0, state)
        for place, year_basis in enumerate(basis):
            state, flows = step(state, year_basis if runs <= RUNS_IN_CACHE else select(year_basis, block), work)
            record.stocks(place + 1, state)
            record.flows(place, flows, flow_buffer)
    return Projection(
        tuple(year_basis.year for year_basis in basis),
        Stocks(**{field.name: kept[field.name] for field in fields(Stocks)}),
        {name: kept["by_age"][:, place] for place, name in enumerate(PERSON_FLOWS)},
        {name: kept["by_group"][:, place] for place, name in enumerate(PERSON_FLOWS)},
        {name: kept[name] for name in RUN_FLOWS},
        kept["fund"],
        kept["prepaid"],
    )


@dataclass(frozen=True)
class Recorder:
    """Writes a block's stocks and flows into the arrays of the whole projection, made when their shapes are first seen."""

    kept: dict[str, np.ndarray]
    block: slice
    runs: int
    years: int

    def stocks(self, place: int, state: State) -> None:
        """What is reported of a 1 January."""
        seen = observe(state.cells)
        for name, values in (*vars(seen).items(), ("fund", state.fund), ("prepaid", state.prepaid)):
            if name not in self.kept:
                self.kept[name] = np.empty((self.years + 1, self.runs, *values.shape[1:]))
            self.kept[name][place, self.block] = values

    def flows(self, place: int, flows: Flows, buffer: np.ndarray) -> None:
        """What is reported of a year; `buffer` [flow, run, sex, area, income, age] is overwritten."""
        for position, name in enumerate(PERSON_FLOWS):
            buffer[position] = getattr(flows, name)
        for name, values in (("by_age", buffer.sum(axis=(3, 4))), ("by_group", buffer.sum(axis=(2, 5)))):
            if name not in self.kept:
                self.kept[name] = np.empty((self.years, len(PERSON_FLOWS), self.runs, *values.shape[2:]))
            self.kept[name][place, :, self.block] = values
        for name in RUN_FLOWS:
            if name not in self.kept:
                self.kept[name] = np.empty((self.years, self.runs))
            self.kept[name][place, self.block] = getattr(flows, name)


def select(basis: YearBasis, block: slice) -> YearBasis:
    """The block's runs of a year's basis; arrays that do not vary by run are kept as they are."""
    arrays = {name: value for name, value in vars(basis).items() if isinstance(value, np.ndarray)}
    if all(len(value) == 1 for value in arrays.values()):
        return basis
    return YearBasis(**{**vars(basis), **{name: value[block] for name, value in arrays.items() if len(value) > 1}})


__all__ = ["Flows", "Projection", "State", "Stocks", "YearBasis", "enrolment_hazards", "observe", "project", "step"]
