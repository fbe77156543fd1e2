"""Bonds of the funds: what they bring, what is paid on them, and what is outstanding.

A bond is issued and redeemed on 31 December; its coupon is paid with the outgo of the year on what is outstanding on
1 January. An outcome payment falls due once, in the year whose result is measured, and is made where that is met.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from simsurance.axes import EMPLOYEES, TENURES, UNINSURED, axes_except
from simsurance.ledger import FUNDS, OF_BONDS, Kind, booked
from simsurance.model.fund import summed
from simsurance.model.state import BondBasis, State, YearBasis

RESULTS: Final = ("admissions_per_100", "inpatients_per_100", "cost_per_admission", "coverage")
"""What a result may be: a column of the account of the fund."""


@dataclass(frozen=True)
class Service:
    """What bonds do in a year, [run, bond]: yuan by `OF_BONDS`, the debt on 31 December, the result that is measured.

    `principal`: what each has been issued for so far; `result` NaN in years without one; `met` 1 where it is met.
    """

    flows: Mapping[str, np.ndarray]
    principal: np.ndarray
    outstanding: np.ndarray
    result: np.ndarray
    met: np.ndarray


def served(
    state: State, totals: Mapping[str, np.ndarray], basis: YearBasis
) -> tuple[State, Mapping[str, np.ndarray], Service | None]:
    """The state with what is owed at the year's end, the rows of the ledger that bonds make, [run], and what each of them does.

    Nothing is touched where there are none.
    """
    rule, principal, funds = basis.bonds, state.principal, state.fund.shape[1]
    if rule is None or principal is None:
        return state, {}, None
    if not any(each.any() for each in (rule.issued, rule.left, rule.measured)):
        none = np.zeros_like(principal)
        service = Service(dict.fromkeys(OF_BONDS, none), principal, none, np.full_like(none, np.nan), none)
        rows = {each.row.name: np.zeros(len(none)) for fund in FUNDS[:funds] for each in fund.of_bonds}
        return replace(state, debt=np.zeros_like(state.fund)), rows, service
    service = serviced(state, totals, rule, principal)
    debt = to_funds(service.outstanding, rule.fund, funds)
    return replace(state, principal=service.principal, debt=debt), rows_of(service, rule, funds), service


def serviced(state: State, totals: Mapping[str, np.ndarray], rule: BondBasis, principal: np.ndarray) -> Service:
    """What the bonds do in a year.

    `state`: that of the next 1 January; `principal`: what has been issued before, yuan, [run, bond]; `totals`: rows of the
    ledger and flows, [run].
    """
    result = results(state, totals, rule) if rule.measured.any() else np.full(principal.shape, np.nan)
    met = np.where(rule.at_most > 0, result <= rule.reference, result >= rule.reference) & (rule.measured > 0)
    outcomes = met * rule.outcome_share * principal
    proceeds = np.zeros_like(principal)
    if rule.issued.any():
        outgo = by_fund(outgo_before_debt(totals, state.fund.shape[1]), rule.fund)
        proceeds = rule.issued * (rule.amount + rule.outgo_share * outgo)
    flows = {
        "proceeds": proceeds,
        "coupons": rule.coupon * rule.left * principal,
        "redemptions": rule.redeemed * principal,
        "outcomes": outcomes,
        "grants": outcomes * rule.from_budget,
    }
    after = principal + proceeds
    outstanding = np.where(rule.issued > 0, proceeds, (rule.left - rule.redeemed) * principal)
    return Service(flows, after, outstanding, np.where(rule.measured > 0, result, np.nan), met.astype(float))


def outgo_before_debt(totals: Mapping[str, np.ndarray], funds: int) -> np.ndarray:
    """What each fund spends but for the cost of debt, yuan, [run, fund]."""
    sides = ([each for each in fund.outgo if each.row.kind is not Kind.COST_OF_DEBT] for fund in FUNDS[:funds])
    return np.stack([summed(booked(side, totals)) for side in sides], axis=-1)


def results(state: State, totals: Mapping[str, np.ndarray], rule: BondBasis) -> np.ndarray:
    """The result that each bond is measured by, of the year and of 31 December, [run, bond]."""
    resident = _of_status(state, TENURES)
    persons = [(resident, "")]
    if state.fund.shape[1] > 1:
        persons.append((_of_status(state, EMPLOYEES), "employee_"))
    found = [
        {
            "admissions_per_100": _ratio(totals[f"{scheme}admissions"], insured / 100),
            "inpatients_per_100": _ratio(totals[f"{scheme}inpatient_users"], insured / 100),
            "cost_per_admission": _ratio(totals[f"{scheme}inpatient_claims"], totals[f"{scheme}admissions"]),
            "coverage": _ratio(resident, resident + _of_status(state, UNINSURED)),
        }
        for insured, scheme in persons
    ]
    every = np.stack([of[name] for of in found for name in RESULTS], axis=-1)
    return by_fund(every, rule.fund * len(RESULTS) + rule.result)


def _of_status(state: State, rows: slice) -> np.ndarray:
    """Persons of some statuses, [run]."""
    return state.persons[:, :, rows].sum(axis=axes_except())


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole != 0)


def by_fund(of_funds: np.ndarray, fund: np.ndarray) -> np.ndarray:
    """What is of each fund as of each bond's, [run, bond]."""
    return np.take_along_axis(of_funds, fund.astype(int), axis=-1)


def to_funds(of_bonds: np.ndarray, fund: np.ndarray, funds: int) -> np.ndarray:
    """The sum over the bonds of each fund, one after another, [..., run, fund]."""
    of_fund = fund[..., None] == np.arange(funds)
    return summed(of_bonds[..., place, None] * of_fund[:, place] for place in range(of_bonds.shape[-1]))


def rows_of(service: Service, rule: BondBasis, funds: int) -> dict[str, np.ndarray]:
    """The rows of the ledger that bonds make, [run]."""
    by_flow = to_funds(np.stack(list(service.flows.values())), rule.fund, funds)
    of_funds = {f"bond_{name}": flow for name, flow in zip(service.flows, by_flow, strict=True)}
    return {each.row.name: of_funds[each.column][:, fund.place] for fund in FUNDS[:funds] for each in fund.of_bonds}
