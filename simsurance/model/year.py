"""One calendar year of both schemes, stage by stage.

Person arrays run over run, health, row, sex, area, income, age; rows are the statuses and, behind them, the tracked totals.
"""

import numpy as np

from simsurance.axes import EMPLOYEES, STATUSES, TENURES
from simsurance.model import employee, health, membership, participation, resident
from simsurance.model.enrolment import enrolment_hazards
from simsurance.model.groups import total
from simsurance.model.state import Flows, State, Workspace, YearBasis
from simsurance.model.vital import vital
from simsurance.model.year_end import year_end


def step(state: State, basis: YearBasis, work: Workspace) -> tuple[State, Flows]:
    """One calendar year, in this order.

    1 the year's assumptions are in `basis`; 2 automatic rules: none yet; 3 enrolment, with the need class of the year
    before; 4 health transition; 5 births, deaths, migration computed; 6 contributions and subsidies; 7 exposure and
    waiting; 8 claims and benefits; 9 fund; 10 year end: flows applied, birthday, moves between schemes, areas, assistance.
    Neither `state` nor `basis` is changed; `work` is overwritten.
    """
    cells, enrolled = state.cells, work.enrolled

    # 3 enrolment
    hazard = enrolment_hazards(cells, basis)
    counted = participation.rule_years_completed(basis.year + 1, basis.rules_start)
    credited = participation.rule_years_completed(basis.year + 1, basis.rules_start - basis.bonus_credited_years)
    membership.enrol(cells, hazard, counted, credited, work)
    membership.carry_credits(cells, hazard, basis, work)
    enrolment = membership.enrolment_flows(hazard, work)

    # 4 health transition
    people = enrolled[:, :, STATUSES].sum(axis=2, keepdims=True)
    shares, prevalence_error = health.redraw_shares(people, basis.prevalence, basis.persistence)
    health.transition(enrolled, shares, basis.persistence, work.everyone, work.drawn)
    people = basis.persistence * people + (1 - basis.persistence) * shares * people.sum(axis=1, keepdims=True)
    payers = enrolled[:, :, TENURES].sum(axis=2, keepdims=True)
    members = enrolled[:, :, EMPLOYEES].copy() if basis.employee is not None else enrolled[:, :, EMPLOYEES]

    # 5 births, deaths, migration
    born = vital(people, basis)

    # 6 contributions and subsidies; 7 exposure and waiting; 8 claims and benefits
    due = resident.contributions(payers, born, enrolment["repaired_years"], basis)
    paid = resident.benefits(enrolled, payers, due.payers, born, basis, credited)

    # 10 year end, before 9, which needs next year's members for contributions received in advance
    end = year_end(people, payers, born, basis, credited, work)

    # 9 funds; 6 to 8 of the employee scheme with it
    account = resident.account(state, due, paid, end.cells, basis)
    funds, employee_flows = account.closing[:, None], None
    if basis.employee is not None:
        year = employee.Year(members, born, end.moves, end.employee_adjustment, total(due.from_accounts))
        own_funds, employee_flows = employee.money(year, basis, basis.employee, state)
        funds = np.concatenate([funds, own_funds], axis=1)

    flows = Flows(
        **enrolment,
        **born.flows(people, payers, basis.newborn_enrolment),
        **due.flows,
        **paid,
        **end.flows,
        **account.flows,
        prevalence_error=prevalence_error,
        employee=employee_flows,
    )
    return State(end.cells, funds, account.prepaid), flows
