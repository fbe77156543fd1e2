"""Some runs through all years by the compiled kernels: what `simsurance.model.projection` asks of an engine."""

from collections.abc import Sequence
from dataclasses import fields, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from simsurance.model import employee, projection, resident
from simsurance.model.compiled.records import FLOWS, OF_ALL, PLACE
from simsurance.model.compiled.year import Runs
from simsurance.model.groups import of_run
from simsurance.model.projection import Stocks
from simsurance.model.state import EmployeeBasis, Flows, State, YearBasis
from simsurance.model.year import closed, in_ledger
from simsurance.model.year_end import stocks_pinned

if TYPE_CHECKING:
    from simsurance.model.projection import Meeting, Recorder

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
    state = projection.some_runs(opening, runs)
    by_person = meet is not None or basis[0].pins is not None
    stepped = Runs(state, basis, by_person)
    founds = shared(record, stepped, not by_person)
    for place, year in enumerate(basis):
        own = projection.select(year, runs, len(opening.cells))
        if year.adjustment is not None:
            (state,), (own,) = projection.decided(record, place, [runs], [state], [own])
        insured = projection.insured_by_need(state) if meet is not None else None
        stepped.live(own, founds[place, runs])
        record.dates(place, runs, projection.money_in(state))
        after, of_whole_run = told(stepped, state, own)
        if by_person:
            flows = flows_of(stepped, state.fund, own, of_whole_run)
            if meet is not None and insured is not None:
                (flows,) = projection.met([flows], insured, group, partial(meet, year.year))
            totals = record.flows(place, runs, flows)
        else:
            totals = dict(zip(names_of(own), stepped.found["totals"].T, strict=False)) | of_whole_run
            record.by_person_group, record.by_run = names_of(own), tuple(of_whole_run)
            record.sums(place, runs, of_whole_run)
        state, closing = closed(after, totals, own)
        record.closing(place, runs, state, closing)
    record.stocks(len(basis), runs, state)


def shared(record: "Recorder", stepped: Runs, sums_too: bool) -> np.ndarray:
    """What is found of all years and runs, [date, run], made at the first block: its stocks, and its sums, are what is kept."""
    if record.records is None:
        record.records = np.zeros((record.years + 1, record.runs), stepped.found_record)
        record.kept |= {each.name: record.records[each.name] for each in fields(Stocks)}
        if sums_too:
            record.kept |= {name: record.records[name][:-1] for name in (*SUMS, "entrants")}
    return record.records


def names_of(basis: YearBasis) -> tuple[str, ...]:
    """The flows by person group that there are: the first of all, or all."""
    return FLOWS if basis.employee is not None else tuple(OF_ALL)


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
    return replace(before, cells=cells, prepaid=received), amounts


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


def flows_of(stepped: Runs, funds: np.ndarray, basis: YearBasis, of_whole_run: dict[str, np.ndarray]) -> Flows:
    """The flows of a year by person group, as the plain year has them, and as they are pinned; `funds` on 1 January."""
    whole = stepped.whole["flows"]
    found = {name: whole[:, FLOWS.index(name)] for name in names_of(basis)} | of_whole_run
    return in_ledger({**found, "entrants": stepped.found["entrants"]}, funds, basis)
