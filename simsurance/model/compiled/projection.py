"""Some runs through all years by the compiled kernels: what `simsurance.model.projection` asks of an engine."""

from collections.abc import Sequence
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Final, get_type_hints

import numpy as np

from simsurance.ledger import LEDGER, RESIDENT
from simsurance.model import employee, projection, resident
from simsurance.model.compiled.records import FLOWS, PLACE
from simsurance.model.compiled.year import Runs
from simsurance.model.groups import of_run
from simsurance.model.projection import Stocks
from simsurance.model.state import EmployeeBasis, Flows, State, YearBasis
from simsurance.model.year import closed, in_ledger
from simsurance.model.year_end import stocks_pinned

if TYPE_CHECKING:
    from simsurance.model.projection import Meeting, Recorder

OF_MEMBERS: Final = {
    *(name for name, hint in get_type_hints(Flows).items() if hint == np.ndarray | None),
    *(row.name for row in LEDGER if RESIDENT not in (row.payer, row.receiver)),
}
"""Flows that there are where the employee scheme's money is projected."""
ADJUSTED: Final = ("population_adjustment", "insured_adjustment", "employee_adjustment")
TOLD: Final = (*ADJUSTED, "prevalence_error")
SUMS: Final = ("totals", "by_age", "by_group")


def project_block(
    opening: State,
    basis: Sequence[YearBasis],
    runs: slice,
    group: int,
    meet: "Meeting | None",
    record: "Recorder",
) -> None:
    """Some whole groups through all years."""
    state = State(opening.cells[runs], opening.fund[runs], opening.prepaid[runs])
    by_person = meet is not None or basis[0].pins is not None
    stepped = Runs(state, basis, by_person)
    for place, year in enumerate(basis):
        own = projection.select(year, runs, len(opening.cells))
        stepped.live(own)
        seen = {each.name: stepped.found[each.name] for each in fields(Stocks)}
        record.dates(place, runs, {**seen, "fund": state.fund, "prepaid": state.prepaid})
        after, of_whole_run = told(stepped, state, own)
        if by_person:
            flows = flows_of(stepped, state.fund, own, of_whole_run)
            if meet is not None:
                (flows,) = projection.met([flows], group, partial(meet, year.year))
            totals = record.flows(place, runs, flows)
        else:
            totals = of_whole_run | recorded(stepped, own, of_whole_run, record, place, runs)
        state, interest = closed(after, totals, own)
        record.interest(place, runs, interest)
    record.stocks(len(basis), runs, state)


def names_of(basis: YearBasis) -> tuple[str, ...]:
    """The flows by person group that there are."""
    return FLOWS if basis.employee is not None else tuple(name for name in FLOWS if name not in OF_MEMBERS)


def told(stepped: Runs, before: State, basis: YearBasis) -> tuple[State, dict[str, np.ndarray]]:
    """The new 1 January with the funds of the old one, and what is told of whole runs, [run]; accounts are spent of."""
    found, cells = stepped.found, stepped.cells
    amounts: dict[str, np.ndarray] = {name: found[name].copy() for name in TOLD}
    received = found["prepaid"].copy()
    if basis.pins is not None:
        persons, insured, employed = (amounts[name] for name in ADJUSTED)
        adjustments, factors = stocks_pinned(cells, (persons, insured, employed), basis)
        amounts |= dict(zip(ADJUSTED, adjustments, strict=True))
        if factors is not None:
            amounts["pin_factors"] = factors
        received = resident.prepaid(cells, basis)
    totals = dict(zip(FLOWS, found["totals"].T, strict=True))
    amounts |= {**resident.shares(totals, basis), "prepaid_change": received - before.prepaid}
    if basis.employee is not None:
        amounts |= employee.shares(totals, basis.employee)
        amounts["employer_to_accounts"] = totals["employer_contributions"] * of_run(basis.employee.to_accounts)
        amounts |= spend(stepped, {**totals, **amounts}, before.fund, basis.employee)
    return State(cells, before.fund, received), amounts


def spend(
    stepped: Runs, totals: dict[str, np.ndarray], funds: np.ndarray, scheme: EmployeeBasis
) -> dict[str, np.ndarray]:
    """Spread what members spend of their accounts over the persons, who have in proportion what the kernel found for each."""
    there = employee.available(funds, totals)
    place, active, retired = PLACE.account_spending, PLACE.active_years, PLACE.retired_years
    sums = [stepped.found[kind] for kind in SUMS] + ([stepped.whole["flows"]] if stepped.by_person else [])
    none = totals["account_spending"] <= 0
    if none.any():
        for each in sums:
            each[none, place] = each[none, active] + each[none, retired]
    of_all = stepped.found["totals"][:, place]
    spent = there * of_run(scheme.spending_rate)
    factor = np.divide(spent, of_all, out=np.zeros_like(spent), where=of_all > 0)
    for each in sums:
        each[:, place] *= factor.reshape(-1, *[1] * (each.ndim - 2))
    return {"relatives_care": there * of_run(scheme.relatives_care_rate)}


def recorded(
    stepped: Runs,
    basis: YearBasis,
    of_whole_run: dict[str, np.ndarray],
    record: "Recorder",
    place: int,
    runs: slice,
) -> dict[str, np.ndarray]:
    """Write a year to the record; the total of each flow by person group, [run]."""
    found, names = stepped.found, names_of(basis)
    places = slice(None) if names is FLOWS else [FLOWS.index(name) for name in names]
    sums = {kind: found[kind][:, places] for kind in SUMS}
    record.by_person_group, record.by_run = names, tuple(of_whole_run)
    record.sums(place, runs, {**sums, **of_whole_run, "entrants": found["entrants"]})
    return dict(zip(names, sums["totals"].T, strict=True))


def flows_of(stepped: Runs, funds: np.ndarray, basis: YearBasis, of_whole_run: dict[str, np.ndarray]) -> Flows:
    """The flows of a year by person group, as the plain year has them, and as they are pinned; `funds` on 1 January."""
    whole = stepped.whole["flows"]
    found = {name: whole[:, FLOWS.index(name)] for name in names_of(basis)} | of_whole_run
    return in_ledger({**found, "entrants": stepped.found["entrants"]}, funds, basis)
