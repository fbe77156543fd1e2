"""One calendar year of both schemes, stage by stage.

Person arrays run over run, health, row, sex, area, income, age; rows are the statuses and, behind them, the tracked totals.
"""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from simsurance.axes import STATUSES, TENURES, axis
from simsurance.ledger import ACCOUNTS, LEDGER, fund_of
from simsurance.model import (
    adjustment,
    arrears,
    bonds,
    employee,
    fund,
    health,
    membership,
    participation,
    pins,
    resident,
)
from simsurance.model.care import PerPerson, benefits_pp
from simsurance.model.enrolment import enrolment_hazards
from simsurance.model.groups import by_person_group, total
from simsurance.model.lives import Lives, Money
from simsurance.model.moves import moves
from simsurance.model.state import COVERED, EmployeeBasis, Flows, State, Workspace, YearBasis
from simsurance.model.vital import vital
from simsurance.model.year_end import year_end


def step(state: State, basis: YearBasis, work: Workspace) -> tuple[State, Flows]:
    """One calendar year, in this order.

    1 the year's assumptions are in `basis`; 2 timely adjustment, by the accounts of the year before; 3 enrolment, with the
    need class of the year before; 4 health transition; 5 births, deaths, migration and moves between the schemes computed;
    6 contributions, subsidies and transfers between funds; 7 exposure and waiting; 8 claims and benefits; 9 year end: flows
    applied, credits, birthday, moves between schemes, areas, assistance; totals that are pinned; 10 arrears, bonds
    and funds, with what next year's members have paid in advance.
    Neither `state` nor `basis` is changed; `work` is overwritten.
    """
    state, basis, _ = adjustment.adjusted(state, basis)
    after, flows = lived(state, basis, work)
    read = flows.money if basis.bonds is None else flows.by_name
    after, closing = closed(after, {name: total(values) for name, values in read.items()}, basis)
    return after, replace(flows, interest=closing.interest, money={**flows.money, **closing.rows})


def lived(state: State, basis: YearBasis, work: Workspace) -> tuple[State, Flows]:
    """Stages 3 to 9: the new 1 January with the funds of the old one, and the flows without interest."""
    lives, people, enrolment = entered(state, basis, work)
    pp = benefits_pp(basis)
    flows = paid(lives, basis, pp)
    if basis.employee is not None:
        flows |= employee.persons(lives)

    # 9 year end
    flows |= enrolment | lives.vital.flows(people, lives.payers, basis.newborn_enrolment)
    flows |= {
        "transfers_in": by_person_group(lives.moves.to_residents),
        "transfers_out": by_person_group(lives.moves.transfers_out),
        "entrants": lives.moves.entrants,
    }
    end = year_end(people, lives, basis, pp, work)
    flows |= {name: value for name, value in vars(end).items() if name != "cells"}

    prepaid = resident.prepaid(end.cells, basis)
    flows["prepaid_change"] = prepaid - state.prepaid
    return replace(state, cells=end.cells, prepaid=prepaid), in_ledger(flows, state.fund, basis)


def in_ledger(flows: dict[str, np.ndarray], funds: np.ndarray, basis: YearBasis) -> Flows:
    """Flows with the rows of the ledger apart, and as they are pinned; `funds` on 1 January."""
    money = {row.name: flows.pop(row.name) for row in LEDGER if row.name in flows}
    covered = {name: flows.pop(name) for name in COVERED if name in flows}
    if basis.pins is not None:
        draw = partial(spent, funds, flows | money, basis.employee) if basis.employee is not None else None
        money, factors = pins.pinned(money, basis.pins, draw)
        flows["pin_factors"] = factors * flows["pin_factors"]
    told = {name: flows.pop(name) for name in list(flows) if name.startswith("chosen.")}
    return Flows(**flows, money=money, chosen=told, covered=covered)


def entered(state: State, basis: YearBasis, work: Workspace) -> tuple[Lives, np.ndarray, dict[str, np.ndarray]]:
    """Stages 3 to 5: persons of the year, all of them by need class, and the flows of enrolment and health."""
    cells, enrolled = state.cells, work.enrolled

    # 3 enrolment
    hazard = enrolment_hazards(cells, basis)
    counted = participation.rule_years_completed(basis.year + 1, basis.rules_start)
    credited = participation.rule_years_completed(basis.year + 1, basis.rules_start - basis.bonus_credited_years)
    membership.enrol(cells, hazard, counted, credited, work)
    membership.carry_credits(cells, hazard, basis, work)
    enrolment = membership.enrolment_flows(hazard, work)

    # 4 health transition
    people = enrolled[:, :, STATUSES].sum(axis=axis("status"), keepdims=True)
    shares, prevalence_error = health.redraw_shares(people, basis.prevalence, basis.persistence)
    health.transition(enrolled, shares, basis.persistence, work.everyone, work.drawn)
    people = basis.persistence * people + (1 - basis.persistence) * shares * people.sum(
        axis=axis("health"), keepdims=True
    )
    payers = enrolled[:, :, TENURES].sum(axis=axis("status"), keepdims=True)

    # 5 births, deaths, migration, moves between the schemes
    born = vital(people, basis)
    moved = moves(enrolled, people, payers, born, basis)
    lives = Lives(enrolled, payers, enrolment["repaired_years"], born, moved, state.fund, credited)
    return lives, people, enrolment | {"prevalence_error": prevalence_error}


def paid(lives: Lives, basis: YearBasis, pp: PerPerson) -> dict[str, np.ndarray]:
    """Stages 6 to 8: contributions, subsidies, transfers between funds, exposure, claims and benefits."""
    scheme = basis.employee
    flows = resident.contributions(lives, basis)
    flows |= resident.transfers(flows, basis)
    if scheme is not None:
        flows |= employee.contributions(lives, basis, scheme)
        flows |= employee.transfers(flows, scheme)
    flows |= resident.benefits(lives, flows, basis, pp)
    if scheme is not None:
        flows |= employee.benefits(lives, flows, basis, scheme)
    return flows


def spent(funds: np.ndarray, flows: Money, scheme: EmployeeBasis, pinned: Money) -> Money:
    """What members spend of their accounts, of credits as they are pinned; the cost that is left to them is the model's."""
    credited = {each.row.name: pinned[each.row.name] for each in fund_of(ACCOUNTS).income}
    return employee.account_spending(funds, {**flows, **credited}, scheme)


@dataclass(frozen=True)
class Closing:
    """What the closing of a year's accounts adds to its flows.

    `interest` of each fund, [run, fund]; `rows` of the ledger that arrears and bonds make, [run], and what each bond does, if
    there are.
    """

    interest: np.ndarray
    rows: Money
    service: bonds.Service | None


def closed(state: State, totals: Money, basis: YearBasis) -> tuple[State, Closing]:
    """Stage 10: arrears come in, bonds are served, and every fund on 31 December; `totals` of the flows, [run]."""
    state, recovered = arrears.settled(state, totals, basis)
    state, rows, service = bonds.served(state, {**totals, **recovered}, basis)
    rows = {**recovered, **rows}
    totals = {**totals, **rows}
    funds, interest = fund.closed(state.fund, totals, basis.interest_rate, basis.deficit_rate, basis.interest_share)
    after = adjustment.remembered(replace(state, fund=funds), totals, basis, interest)
    return after, Closing(interest, rows, service)
