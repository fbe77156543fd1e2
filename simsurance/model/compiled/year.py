"""The kernel of a year, run after run, and the year as Python calls it."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from simsurance.axes import ASSISTED, EMPLOYEES, NEVER, NEXT_TO_ASSISTED, ROWS, TENURES, row
from simsurance.model.compiled import machine
from simsurance.model.compiled.care import basic, critical
from simsurance.model.compiled.group import (
    benefits,
    contributions,
    end,
    enrol,
    entering,
    members,
    mix,
    split,
    vital,
)
from simsurance.model.compiled.hazards import hazards
from simsurance.model.compiled.machine import compiled, kept
from simsurance.model.compiled.persons import births, changes_of_place, deaths, look, observe, transition
from simsurance.model.compiled.records import (
    Packed,
    Size,
    cells_record,
    flows_record,
    found_record,
    layers_record,
    room_record,
)
from simsurance.model.state import State, YearBasis

NEVER_ROW, FIRST_TENURE, TENURES_END = NEVER.start, TENURES.start, TENURES.stop
ACTIVE, EMPLOYEES_END, WAITING, ALL_ROWS = EMPLOYEES.start, EMPLOYEES.stop, row("waiting_months"), len(ROWS)
SOURCES: Final = machine.SOURCES


@compiled
def gather(room: Any, found: Any, whole: Any, keeps: bool, s: int, a: int, i: int) -> None:
    """Add the flows of a person group to their sums; where `keeps`, by person group to `whole`."""
    flows, by_age, by_group = room.flows, found.by_age, found.by_group
    count, ages = flows.shape
    for f in range(count):
        one, two, three, four = 0.0, 0.0, 0.0, 0.0
        for x in range(ages):
            by_age[f, s, x] += flows[f, x]
        for x in range(0, ages - 3, 4):
            one += flows[f, x]
            two += flows[f, x + 1]
            three += flows[f, x + 2]
            four += flows[f, x + 3]
        for x in range(ages - ages % 4, ages):
            one += flows[f, x]
        by_group[f, a, i] += (one + two) + (three + four)
    if keeps:
        for f in range(count):
            for x in range(ages):
                whole.flows[f, s, a, i, x] = flows[f, x]


@compiled
def put(rows: Any, basis: Any, room: Any, s: int, a: int, i: int) -> None:
    """The rows of a person group into their places, a year older, and the newborn."""
    enrolled = room.enrolled
    needs, _, ages = enrolled.shape
    for h in range(needs):
        for r in range(ALL_ROWS):
            for x in range(1, ages):
                rows[h, r, s, a, i, x] = enrolled[h, r, x - 1]
            rows[h, r, s, a, i, ages - 1] += enrolled[h, r, ages - 1]
            rows[h, r, s, a, i, 0] = 0.0
        newborn = room.newborn_end[s, a, i] * basis.prevalence[h, s, 0]
        rows[h, FIRST_TENURE, s, a, i, 0] = newborn * basis.newborn_enrolment
        rows[h, NEVER_ROW, s, a, i, 0] = newborn * (1 - basis.newborn_enrolment)


@compiled
def exchange(cells: Any, basis: Any, room: Any) -> None:
    """Moves between the last area and the others and to and from assistance, in place."""
    new = cells.rows
    needs, _, sexes, areas, incomes, ages = new.shape
    rest, assists = areas - 1, incomes > 1 and basis.assisted_share_end == basis.assisted_share_end
    for h in range(needs):
        for r in range(ALL_ROWS):
            for s in range(sexes):
                if r == WAITING:
                    continue
                for a in range(rest):
                    for i in range(incomes):
                        for x in range(ages):
                            moved = (
                                new[h, r, s, rest, i, x] * room.into_area[a, x]
                                - new[h, r, s, a, i, x] * room.out_of_area[a, x]
                            )
                            new[h, r, s, a, i, x] += moved
                            new[h, r, s, rest, i, x] -= moved
                for a in range(areas if assists else 0):
                    for x in range(ages):
                        moved = (
                            new[h, r, s, a, NEXT_TO_ASSISTED, x] * room.into_assistance
                            - new[h, r, s, a, ASSISTED, x] * room.out_of_assistance
                        )
                        new[h, r, s, a, ASSISTED, x] += moved
                        new[h, r, s, a, NEXT_TO_ASSISTED, x] -= moved


@compiled
def pin_population(cells: Any, basis: Any, room: Any, found: Any) -> None:
    """All cells in one proportion so that the population is the one that is pinned, in place; who is added by it."""
    found.population_adjustment, found.insured_adjustment, found.employee_adjustment = 0.0, 0.0, 0.0
    pinned = basis.pinned_total_end
    if pinned != pinned or pinned == room.persons_end:
        return
    rows, factor = cells.rows, pinned / room.persons_end
    needs, _, sexes, areas, incomes, ages = rows.shape
    insured, employed = 0.0, 0.0
    for h in range(needs):
        for r in range(ALL_ROWS):
            for s in range(sexes):
                for a in range(areas):
                    for i in range(incomes):
                        for x in range(ages):
                            if FIRST_TENURE <= r < TENURES_END:
                                insured += rows[h, r, s, a, i, x]
                            elif ACTIVE <= r < EMPLOYEES_END:
                                employed += rows[h, r, s, a, i, x]
                            rows[h, r, s, a, i, x] *= factor
    found.population_adjustment = room.persons_end * (factor - 1)
    found.insured_adjustment, found.employee_adjustment = insured * (factor - 1), employed * (factor - 1)


@compiled
def prepaid(cells: Any, basis: Any) -> float:
    """Contributions of the next year received in this one."""
    if basis.prepaid_share == 0:
        return 0.0
    rows, due = cells.rows, 0.0
    needs, _, sexes, areas, incomes, ages = rows.shape
    for a in range(areas):
        for i in range(incomes):
            persons = 0.0
            for h in range(needs):
                for j in range(FIRST_TENURE, TENURES_END):
                    for s in range(sexes):
                        for x in range(ages):
                            persons += rows[h, j, s, a, i, x] * basis.relative_earnings[s, x]
            due += persons * basis.personal_pp_next[a, i]
    return basis.prepaid_share * due


@compiled
def sum_up(found: Any) -> None:
    """The total of each flow."""
    for f in range(len(found.totals)):
        total = 0.0
        for a in range(found.by_group.shape[1]):
            for i in range(found.by_group.shape[2]):
                total += found.by_group[f, a, i]
        found.totals[f] = total


def _kernel(sources: int) -> Any:
    @kept
    def lived(cells: Any, bases: Any, rooms: Any, layers: Any, founds: Any, wholes: Any, keeps: bool) -> int:
        """Run after run through a year: `cells` become those of the new 1 January.

        Stages are called from here alone: each level of calls that a stage lay below would compile it once more.
        """
        room = rooms[0]
        _, _, sexes, areas, incomes, _ = cells[0].rows.shape
        for run in range(len(cells)):
            rows, basis, found, whole = cells[run].rows, bases[run], founds[run], wholes[run if keeps else 0]
            credited = max(basis.year + 1 - (basis.rules_start - basis.bonus_credited_years), 0)
            look(cells[run], room)
            observe(cells[run], room, found)
            found.prevalence_error = transition(basis, room)
            deaths(basis, room)
            births(basis, room)
            changes_of_place(basis, room)
            basic(basis.care, room.care, layers[run].residents, 1, True)
            critical(basis, room, layers[run].residents)
            if basis.projected:
                basic(basis.employee.care, room.employee_care, layers[run].members, EMPLOYEES_END - ACTIVE, False)
            found.by_age[:] = 0.0
            found.by_group[:] = 0.0
            for a in range(areas):
                for i in range(incomes):
                    hazards(basis, room, a, i)
                    for s in range(sexes):
                        enrol(rows, basis, room, s, a, i)
                        mix(basis, room, s)
                        split(room, s, a, i)
                        entering(basis, room, found, s, a, i)
                        vital(basis, room, s, a, i)
                        contributions(basis, room, s, a, i)
                        benefits(basis, room, layers[run].residents, credited, s, a, i)
                        if basis.projected:
                            members(basis, room, s, a, i)
                        end(basis, room, credited, s, a, i)
                        gather(room, found, whole, keeps, s, a, i)
                        put(rows, basis, room, s, a, i)
            sum_up(found)
            exchange(cells[run], basis, room)
            pin_population(cells[run], basis, room, found)
            found.prepaid = prepaid(cells[run], basis)
        return sources

    return lived


kernel: Final = _kernel(SOURCES)


class Runs:
    """Some runs on their way through the years: their cells, and the memory that the kernel needs.

    `found`: what the last year gave, by run; `whole`: its flows by person group where `by_person`.
    """

    def __init__(self, state: State, basis: Sequence[YearBasis], by_person: bool) -> None:
        runs, size = len(state.cells), Size(*state.cells.shape[-3:])
        self.by_person = by_person
        self.cells = np.array(state.cells, order="C")
        self.records = self.cells.reshape(-1).view(cells_record(size))
        self.packed = Packed(runs, size, basis)
        self.room = np.zeros(1, room_record(size, self.packed.bands))
        self.layers = np.zeros(runs, layers_record(size.ages))
        self.found_record = found_record(size)
        self.found = np.zeros(runs, self.found_record)
        self.whole = np.zeros(runs if by_person else 1, flows_record(size))

    def live(self, basis: YearBasis, found: np.ndarray) -> None:
        """A year, to `found`: `cells` are those of the next 1 January afterwards."""
        self.found = found
        kernel(self.records, self.packed.fill(basis), self.room, self.layers, self.found, self.whole, self.by_person)
