"""Years one after another, runs beside one another.

Runs are an axis of every array; only `project` knows that there may be several blocks of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import partial
from itertools import accumulate
from math import prod
from typing import Final, TypeVar

import numpy as np

from simsurance.axes import (
    AGE,
    EMPLOYEES,
    ENTRANTS,
    FLOW_AXES,
    HEALTH,
    NATIONAL,
    ROWS,
    SEX,
    STATUSES,
    TENURES,
    UNINSURED,
    axes_except,
    axis,
    left,
)
from simsurance.ledger import FUNDS, OF_BONDS, Fund
from simsurance.model import arrears
from simsurance.model.adjustment import adjusted
from simsurance.model.bonds import Service
from simsurance.model.choices import TOLD
from simsurance.model.engines import COMPILED, PLAIN
from simsurance.model.state import COVERED, Flows, State, Workspace, YearBasis, combined
from simsurance.model.year import Closing, closed, lived

RUNS_IN_CACHE = 4
"""Runs of the national size that go through the years together: about as many as leave their cells in cache."""
CELLS_OF_A_RUN = prod((*(len(axis.members) for axis in (HEALTH, SEX, NATIONAL.area, NATIONAL.income, AGE)), len(ROWS)))
"""The cells of one of them: of smaller runs as many more go together."""
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
class Adjusted:
    """What a timely adjustment did, the year first, the run second.

    `factors` of each year and the next, [year, run, answer, 2]; what it read, whether its trigger was met and which way it
    acted, [year, run]; yuan that benefits below the scheduled have left to patients, [year, run, income].
    """

    factors: np.ndarray
    months: np.ndarray
    fired: np.ndarray
    acted: np.ndarray
    saved: np.ndarray


@dataclass(frozen=True)
class Projection:
    """A projection as arrays, the year or date first, the run second.

    `by_age` holds the flows kept by person group as [year, run, sex, age], `by_group` as [year, run, area, income],
    `by_run` the others as [year, run]; `totals` has all of them as [year, run]; `interest` is [year, run, fund], `fund`
    [date, run, fund], `prepaid` [date, run]; `pin_factors` [year, run, total], None where nothing is pinned; `entrants`
    [year, run, entrant, sex, area, income, age], None where they are not kept; `adjusted` None where nothing adjusts by itself.
    `debt` outstanding, [date, run, fund], and what each bond does, TOLD_OF_BONDS, [year, run, bond]: None where there are none.
    `owed`: contributions in arrears, [date, run], None where none stay unpaid. `chosen`: what is told of choices of
    cover, [year, run, choice], None where there are none.
    `covered`: what COVERED names, the year first, None where the other tiers are not told.
    """

    years: tuple[int, ...]
    stocks: Stocks
    by_age: dict[str, np.ndarray]
    by_group: dict[str, np.ndarray]
    by_run: dict[str, np.ndarray]
    totals: dict[str, np.ndarray]
    interest: np.ndarray
    fund: np.ndarray
    prepaid: np.ndarray
    entrants: np.ndarray | None
    pin_factors: np.ndarray | None = None
    adjusted: Adjusted | None = None
    debt: np.ndarray | None = None
    bonds: Mapping[str, np.ndarray] | None = None
    owed: np.ndarray | None = None
    chosen: Mapping[str, np.ndarray] | None = None
    covered: Mapping[str, np.ndarray] | None = None

    @property
    def funds(self) -> tuple[Fund, ...]:
        """The funds that are projected."""
        return FUNDS[: self.fund.shape[-1]]

    @property
    def entering(self) -> np.ndarray:
        """The entrants, of a projection that keeps them."""
        assert self.entrants is not None
        return self.entrants

    @property
    def entries_not_met(self) -> np.ndarray:
        """Entries held for whom there were no persons, [year, run]; none where nobody keeps entrants."""
        if self.entrants is None:
            return np.zeros(self.interest.shape[:2])
        return total(self.entrants[:, :, ENTRANTS.index("not_met")])


def observe(cells: np.ndarray) -> Stocks:
    """The reported stocks of a state, without the date axis."""
    everybody = cells[:, :, STATUSES]
    in_all_classes = everybody.sum(axis=axis("health"))
    of_status, of_income = axis("status", of=left("health")), axis("income", of=left("health", "status"))
    uninsured, resident, employee = (
        in_all_classes[:, rows].sum(axis=of_status).sum(axis=of_income) for rows in (UNINSURED, TENURES, EMPLOYEES)
    )
    return Stocks(
        persons=uninsured + resident + employee,
        resident_insured=resident,
        employee_insured=employee,
        membership=everybody.sum(axis=axis("sex")).sum(axis=axis("age", of=left("sex"))),
        least_cell=everybody.min(axis=axes_except()),
    )


TOLD_OF_BONDS: Final = (*OF_BONDS, "outstanding", "result", "met")
"""What is kept of each bond and year: yuan, the debt on 31 December, the result that is measured and whether it is met."""


def told_of(service: Service) -> dict[str, np.ndarray]:
    """What is kept of a year of bonds, [run, bond]."""
    return {**service.flows, **{name: getattr(service, name) for name in TOLD_OF_BONDS[len(OF_BONDS) :]}}


def money_in(state: State) -> dict[str, np.ndarray]:
    """The money of a state by the names under which it is kept, the run first."""
    debt = {} if state.debt is None else {"debt": state.debt}
    owed = {} if state.owed is None else {"owed": arrears.outstanding(state.owed)}
    return {"fund": state.fund, "prepaid": state.prepaid, **debt, **owed}


@contextmanager
def short_buffers() -> Iterator[None]:
    """As long as this lasts, NumPy works on an area's cells where they are; to fill its usual buffers it would copy them."""
    usual = np.setbufsize(SHORT)
    try:
        yield
    finally:
        np.setbufsize(usual)


IN_ROOM = ("flow", *FLOW_AXES)
"""Axes of all flows of a year side by side."""
Meeting = Callable[[int, Flows, np.ndarray], Flows]
"""What the runs of a group do to each other's flows within a year, before the funds are closed.

Year, flows and the insured on 1 January by need, [run, health, sex, age], to flows."""


@short_buffers()
def project(
    opening: State,
    basis: Sequence[YearBasis],
    group: int = 1,
    meet: Meeting | None = None,
    engine: str = PLAIN,
    entrants: bool = True,
) -> Projection:
    """All runs through all years: blocks of groups one after another, within a block year by year, within a year run by run.

    A group is so many runs one after another that meet within each year; `meet` sees the flows of one group at a time and may
    change its money. Runs are stepped a few at a time, while their cells are in cache. `engine`: what steps them, one of
    ENGINES; the same numbers but for last digits. `entrants`: whether to keep those to the employee scheme.
    """
    runs = len(opening.cells)
    if runs % group:
        raise ValueError(f"{runs} runs are not whole groups of {group}")
    if engine == COMPILED and any(each.enrolment is not None for each in basis):
        raise ValueError("hazards of the enrolment that are held are stepped by the plain engine")
    if engine == COMPILED and basis[0].choices is not None:
        engine = PLAIN  # the same numbers but for last digits
    if engine == COMPILED and any(each.tiers for each in basis):
        raise ValueError("years of cover by cell are told by the plain engine")
    together = runs_in_cache(opening.cells)
    record, block = Recorder(runs, len(basis), entrants), group * max(together // group, 1)
    for first in range(0, runs, block):
        of_block = slice(first, min(first + block, runs))
        if engine == COMPILED:
            from simsurance.model.compiled import projection as compiled

            compiled.project_block(opening, basis, of_block, group, meet, record)
        else:
            project_block(opening, basis, parts_of(of_block, together), group, meet, record)
    return record.projection(tuple(year_basis.year for year_basis in basis))


def runs_in_cache(cells: np.ndarray) -> int:
    """How many runs of a size go through the years together, at least one; `cells` with the run first."""
    return max(RUNS_IN_CACHE * CELLS_OF_A_RUN // prod(cells.shape[1:]), 1)


def project_block(
    opening: State,
    basis: Sequence[YearBasis],
    parts: Sequence[slice],
    group: int,
    meet: Meeting | None,
    record: "Recorder",
) -> None:
    """Some groups through all years; `parts`: the runs that are stepped together."""
    runs = len(opening.cells)
    states = [some_runs(opening, part) for part in parts]
    works = {len(state.cells): Workspace(state.cells.shape) for state in states}
    for part, state in zip(parts, states, strict=True):
        record.stocks(0, part, state)
    for place, year_basis in enumerate(basis):
        own = [select(year_basis, part, runs) for part in parts]
        if year_basis.adjustment is not None:
            states, own = decided(record, place, parts, states, own)
        stepped = [lived(state, each, works[len(state.cells)]) for state, each in zip(states, own, strict=True)]
        flows = [flow for _, flow in stepped]
        if meet is not None:
            insured = np.concatenate([insured_by_need(state) for state in states])
            flows = met(flows, insured, group, partial(meet, year_basis.year))
        states = []
        for part, each, (state, _), flow in zip(parts, own, stepped, flows, strict=True):
            state, closing = closed(state, record.flows(place, part, flow), each)
            record.stocks(place + 1, part, state)
            record.closing(place, part, state, closing)
            states.append(state)


def decided(
    record: "Recorder", place: int, parts: Sequence[slice], states: Sequence[State], basis: Sequence[YearBasis]
) -> tuple[list[State], list[YearBasis]]:
    """Stage 2 of the year in each part: states and assumptions with what timely adjustment decides, which is recorded."""
    found = [adjusted(state, each) for state, each in zip(states, basis, strict=True)]
    for part, (_, _, told) in zip(parts, found, strict=True):
        record.sums(place, part, told)
    return [state for state, _, _ in found], [each for _, each, _ in found]


def parts_of(runs: slice, size: int) -> list[slice]:
    """Runs in parts of a size, the last may be smaller."""
    return [slice(first, min(first + size, runs.stop)) for first in range(runs.start, runs.stop, size)]


def insured_by_need(state: State) -> np.ndarray:
    """Insured residents, [run, health, sex, age]."""
    return state.persons[:, :, TENURES].sum(axis=axis("status", "area", "income"))


def met(flows: list[Flows], insured: np.ndarray, group: int, meet: Callable[[Flows, np.ndarray], Flows]) -> list[Flows]:
    """Flows of the parts of a block after each of its groups has met; the insured on 1 January by need."""
    sizes = [len(flow.births) for flow in flows]
    together = combined(flows, np.concatenate)
    groups = [meet(some_runs(together, runs), insured[runs]) for runs in parts_of(slice(0, sum(sizes)), group)]
    after = combined(groups, np.concatenate)
    ends = list(accumulate(sizes))
    return [some_runs(after, slice(end - size, end)) for size, end in zip(sizes, ends, strict=True)]


Noun = TypeVar("Noun", Flows, State)


def some_runs(noun: Noun, runs: slice) -> Noun:
    """The flows, or the state, of some runs."""
    return combined([noun], lambda arrays: arrays[0][runs])


class Recorder:
    """Stocks and flows of all blocks, written to the arrays of the whole projection, made when their shapes are first seen."""

    def __init__(self, runs: int, years: int, entrants: bool = True) -> None:
        self.runs, self.years, self.entrants = runs, years, entrants
        self.kept: dict[str, np.ndarray] = {}
        self.records: np.ndarray | None = None
        self.by_person_group: tuple[str, ...] = ()
        self.by_run: tuple[str, ...] = ()
        self.room = np.empty(0)

    def stocks(self, place: int, runs: slice, state: State) -> None:
        """What is reported of a 1 January."""
        self.dates(place, runs, {**vars(observe(state.cells)), **money_in(state)})

    def dates(self, place: int, runs: slice, found: Mapping[str, np.ndarray]) -> None:
        """Arrays of a 1 January by the names under which they are kept, the run first."""
        for name, values in found.items():
            self._keep(name, self.years + 1, values)[place, runs] = values

    def flows(self, place: int, runs: slice, flows: Flows) -> dict[str, np.ndarray]:
        """What is reported of a year, but for interest; the total of each flow, [run]."""
        named = flows.by_name
        self.by_person_group = tuple(name for name, values in named.items() if values.ndim > 1)
        self.by_run = tuple(name for name, values in named.items() if values.ndim == 1)
        shape = (len(self.by_person_group), *flows.births.shape)
        if self.room.shape != shape:
            self.room = np.empty(shape)
        for position, name in enumerate(self.by_person_group):
            self.room[position] = named[name]
        by_age = self.room.sum(axis=axis("area", "income", of=IN_ROOM))
        by_group = self.room.sum(axis=axis("age", of=IN_ROOM)).sum(axis=axis("sex", of=IN_ROOM))
        totals = by_group.sum(axis=axis("area", "income", of=left("sex", "age", of=IN_ROOM)))
        summed = {"totals": totals, "by_age": by_age, "by_group": by_group}
        of_runs = {kind: values.swapaxes(*axis("flow", "run", of=IN_ROOM)) for kind, values in summed.items()}
        of_run = {name: named[name] for name in self.by_run}
        beside = {"entrants": flows.entrants} if self.entrants else {}
        beside |= flows.chosen
        beside |= flows.covered
        if flows.pin_factors is not None:
            beside["pin_factors"] = flows.pin_factors
        self.sums(place, runs, of_runs | of_run | beside)
        return dict(zip(self.by_person_group, totals, strict=True)) | of_run

    def sums(self, place: int, runs: slice, found: Mapping[str, np.ndarray]) -> None:
        """Arrays of a year by the names under which they are kept, the run first; the names of the flows are known already."""
        for name, values in found.items():
            self._keep(name, self.years, values)[place, runs] = values

    def closing(self, place: int, runs: slice, state: State, closing: Closing) -> None:
        """What the closing of a year's accounts adds: interest, [run, fund], and what bonds do, where there are any.

        What benefits below the scheduled leave to patients, [run, income], where something adjusts by itself.
        """
        found = {"interest": closing.interest, **closing.rows}
        self.by_run = (*self.by_run, *closing.rows)
        if closing.service is not None:
            found |= {f"of_bonds.{name}": values for name, values in told_of(closing.service).items()}
        if state.adjustment is not None:
            found["saved"] = state.adjustment.saved
        self.sums(place, runs, found)

    def _keep(self, name: str, length: int, values: np.ndarray) -> np.ndarray:
        """The array that is kept under a name: years or dates first, then runs, then what else the values have."""
        if name not in self.kept:
            self.kept[name] = np.empty((length, self.runs, *values.shape[1:]))
        return self.kept[name]

    def projection(self, years: tuple[int, ...]) -> Projection:
        """All that was recorded."""
        kept = self.kept
        for values in kept.values():
            values.setflags(write=False)
        by_run = {name: kept[name] for name in self.by_run}

        def by_name(kind: str) -> dict[str, np.ndarray]:
            return {name: kept[kind][:, :, place] for place, name in enumerate(self.by_person_group)}

        return Projection(
            years,
            Stocks(**{each.name: kept[each.name] for each in fields(Stocks)}),
            by_name("by_age"),
            by_name("by_group"),
            by_run,
            by_name("totals") | by_run,
            kept["interest"],
            kept["fund"],
            kept["prepaid"],
            kept.get("entrants"),
            kept.get("pin_factors"),
            Adjusted(**{each.name: kept[each.name] for each in fields(Adjusted)}) if "factors" in kept else None,
            kept.get("debt"),
            {name: kept[f"of_bonds.{name}"] for name in TOLD_OF_BONDS} if "debt" in kept else None,
            kept.get("owed"),
            {name: kept[f"chosen.{name}"] for name in TOLD} if "chosen.persons" in kept else None,
            {name: kept[name] for name in COVERED if name in kept} or None,
        )


def total(array: np.ndarray) -> np.ndarray:
    """Summed over all axes behind date or year and run."""
    return array.sum(axis=tuple(range(2, array.ndim)))


def select(basis: YearBasis, part: slice, runs: int) -> YearBasis:
    """Some of all runs of a year's basis; arrays that do not vary by run are kept as they are."""
    if part.stop - part.start == runs:
        return basis
    return combined([basis], lambda arrays: arrays[0][part] if len(arrays[0]) > 1 else arrays[0])
