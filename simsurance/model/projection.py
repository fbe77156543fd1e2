"""Years one after another, runs beside one another.

Runs are an axis of every array; only `project` knows that there may be several blocks of them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields

import numpy as np

from simsurance.axes import EMPLOYEES, STATUSES, TENURES, UNINSURED
from simsurance.model import groups
from simsurance.model.state import Flows, State, Workspace, YearBasis, combined
from simsurance.model.year import step

RUNS_IN_CACHE = 4
"""Runs that go through the years together: about as many as leave their cells in cache."""
SHORT = 416
"""Numbers in one of NumPy's buffers, a multiple of 16: hardly more than the cells of an area side by side in memory."""


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

    `by_age` holds the flows kept by person group as [year, run, sex, age], `by_group` as [year, run, area, income],
    `by_run` the others as [year, run]; `totals` has all of them as [year, run]; `fund` is [date, run, account], `prepaid`
    [date, run].
    """

    years: tuple[int, ...]
    stocks: Stocks
    by_age: dict[str, np.ndarray]
    by_group: dict[str, np.ndarray]
    by_run: dict[str, np.ndarray]
    totals: dict[str, np.ndarray]
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


@contextmanager
def short_buffers() -> Iterator[None]:
    """As long as this lasts, NumPy works on an area's cells where they are; to fill its usual buffers it would copy them."""
    usual = np.setbufsize(SHORT)
    try:
        yield
    finally:
        np.setbufsize(usual)


@short_buffers()
def project(opening: State, basis: Sequence[YearBasis]) -> Projection:
    """All runs through all years: blocks of runs one after another, each through its years while its cells are in cache."""
    runs = len(opening.cells)
    record = Recorder(runs, len(basis))
    for first in range(0, runs, RUNS_IN_CACHE):
        block = slice(first, min(first + RUNS_IN_CACHE, runs))
        state = State(opening.cells[block], opening.fund[block], opening.prepaid[block])
        work = Workspace(state.cells.shape)
        record.stocks(0, block, state)
        for place, year_basis in enumerate(basis):
            state, flows = step(state, year_basis if runs <= RUNS_IN_CACHE else select(year_basis, block), work)
            record.stocks(place + 1, block, state)
            record.flows(place, block, flows)
    return record.projection(tuple(year_basis.year for year_basis in basis))


class Recorder:
    """Stocks and flows of all blocks, written to the arrays of the whole projection, made when their shapes are first seen."""

    def __init__(self, runs: int, years: int) -> None:
        self.runs, self.years = runs, years
        self.kept: dict[str, np.ndarray] = {}
        self.by_person_group: tuple[str, ...] = ()
        self.by_run: tuple[str, ...] = ()
        self.room = np.empty(0)

    def stocks(self, place: int, block: slice, state: State) -> None:
        """What is reported of a 1 January."""
        seen = observe(state.cells)
        for name, values in (*vars(seen).items(), ("fund", state.fund), ("prepaid", state.prepaid)):
            if name not in self.kept:
                self.kept[name] = np.empty((self.years + 1, self.runs, *values.shape[1:]))
            self.kept[name][place, block] = values

    def flows(self, place: int, block: slice, flows: Flows) -> None:
        """What is reported of a year."""
        named = flows.by_name
        self.by_person_group = tuple(name for name, values in named.items() if values.ndim > 1)
        self.by_run = tuple(name for name, values in named.items() if values.ndim == 1)
        shape = (len(self.by_person_group), *flows.births.shape)
        if self.room.shape != shape:
            self.room = np.empty(shape)
        for position, name in enumerate(self.by_person_group):
            self.room[position] = named[name]
        for name, values in (("by_age", self.room.sum(axis=(3, 4))), ("by_group", self.room.sum(axis=(2, 5)))):
            if name not in self.kept:
                self.kept[name] = np.empty((self.years, len(self.room), self.runs, *values.shape[2:]))
            self.kept[name][place, :, block] = values
        if "totals" not in self.kept:
            self.kept["totals"] = np.empty((self.years, len(self.room), self.runs))
        for position in range(len(self.room)):
            self.kept["totals"][place, position, block] = groups.total(self.room[position])
        for name in self.by_run:
            if name not in self.kept:
                self.kept[name] = np.empty((self.years, self.runs))
            self.kept[name][place, block] = named[name]

    def projection(self, years: tuple[int, ...]) -> Projection:
        """All that was recorded."""
        kept = self.kept
        by_run = {name: kept[name] for name in self.by_run}
        return Projection(
            years,
            Stocks(**{field.name: kept[field.name] for field in fields(Stocks)}),
            {name: kept["by_age"][:, place] for place, name in enumerate(self.by_person_group)},
            {name: kept["by_group"][:, place] for place, name in enumerate(self.by_person_group)},
            by_run,
            {name: kept["totals"][:, place] for place, name in enumerate(self.by_person_group)} | by_run,
            kept["fund"],
            kept["prepaid"],
        )


def total(array: np.ndarray) -> np.ndarray:
    """Summed over all axes behind date or year and run."""
    return array.sum(axis=tuple(range(2, array.ndim)))


def select(basis: YearBasis, block: slice) -> YearBasis:
    """The block's runs of a year's basis; arrays that do not vary by run are kept as they are."""
    return combined([basis], lambda of: of[0][block] if len(of[0]) > 1 else of[0])
