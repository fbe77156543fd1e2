"""Identities that hold on every run, each computed from other numbers than the thing it checks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from simsurance.axes import EMPLOYEES, TENURES
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.model.projection import Projection, total
from simsurance.model.state import YearBasis

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Check:
    """One identity over all years and runs: its largest residual relative to the size of its terms, and where."""

    identity: str
    residual: float
    year: int
    amount: float
    holds: bool


def check(projection: Projection, basis: Sequence[YearBasis]) -> list[Check]:
    """All identities of a projection."""
    with np.errstate(invalid="ignore"):
        return [
            _worst(name, difference, size, projection.years)
            for name, difference, size in _identities(projection, basis)
        ]


def require(projection: Projection, basis: Sequence[YearBasis], name: str) -> None:
    """Raises SimsuranceError, one line for each identity that does not hold: scenario, name, year, amount."""
    faults = [
        f"{name}: {found.identity} does not hold in {found.year}: off by {found.amount:.6g} "
        f"(relative {found.residual:.1e}, allowed {TOLERANCE:.0e})"
        for found in check(projection, basis)
        if not found.holds
    ]
    if faults:
        raise SimsuranceError(*faults, exit_code=ExitCode.IDENTITY)


def _worst(name: str, difference: np.ndarray, size: np.ndarray, years: Sequence[int]) -> Check:
    """The largest residual; a number that is not finite counts as the largest."""
    relative = np.abs(difference) / np.maximum(np.abs(size), 1.0)
    relative = np.where(np.isfinite(relative), relative, np.inf)
    place = np.unravel_index(np.argmax(relative), relative.shape)
    residual = float(relative[place])
    return Check(name, residual, int(years[int(place[0])]), float(difference[place]), residual <= TOLERANCE)


def _identities(projection: Projection, basis: Sequence[YearBasis]) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Name, difference of the two sides and size of the terms, [year, run]."""
    stocks, flow, single = projection.stocks, projection.by_age, projection.by_run
    persons = total(stocks.persons)
    opening, closing = persons[:-1], persons[1:]
    expected = (
        opening
        + total(flow["births"])
        + total(flow["net_migration"])
        - total(flow["deaths"])
        + single["population_adjustment"]
    )
    yield "persons: opening + births + net migration − deaths + adjustment = closing", closing - expected, closing

    yield "persons: sum over statuses = population", total(stocks.membership)[1:] - closing, closing
    yield "persons: no cell below zero", np.minimum(stocks.least_cell[1:], 0.0), np.ones_like(closing)

    insured = total(stocks.membership[:, :, :, TENURES])
    entering = (
        total(flow["newborn_enrolled"]) + total(flow["joins"]) + total(flow["returns"]) + total(flow["transfers_in"])
    )
    leaving = total(flow["leaves"]) + total(flow["insured_deaths"]) + total(flow["transfers_out"])
    expected = insured[:-1] + entering + total(flow["insured_migration"]) - leaving + single["insured_adjustment"]
    yield "insured: opening + entries − exits = closing", insured[1:] - expected, insured[1:]
    yield "insured: by status = by age", insured[1:] - total(stocks.resident_insured)[1:], insured[1:]

    enrolled = (
        insured[:-1]
        + total(flow["newborn_enrolled"])
        + total(flow["joins"])
        + total(flow["returns"])
        - total(flow["leaves"])
    )
    yield (
        "insured: payers = opening + entries at enrolment − leavers",
        total(flow["resident_enrolled"]) - enrolled,
        enrolled,
    )

    yield from _resident_money(projection, basis)
    if projection.fund.shape[-1] > 1:
        yield from _employee_members(projection)
        yield from _employee_money(projection, basis)


def _resident_money(projection: Projection, basis: Sequence[YearBasis]) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Identities of the resident fund."""
    flow, single = projection.by_age, projection.by_run
    standards = np.array([[float(year.subsidy_pp.reshape(-1)[0])] for year in basis])
    if all(year.subsidy_pp.size == 1 for year in basis):
        due = total(flow["resident_enrolled"]) * standards
        yield "money: subsidies = payers × standard", total(flow["subsidies"]) - due, due
    shared = total(flow["personal_contributions"]) + total(flow["assistance"]) + total(flow["subsidies"])
    factor = np.array([np.broadcast_to(year.local_supplement.reshape(-1), (shared.shape[1],)) for year in basis])
    supplement = shared * (factor - 1)
    yield (
        "money: local supplement = (contributions + subsidies) × (factor − 1)",
        total(flow["local_supplement"]) - supplement,
        shared,
    )
    income = shared * factor + total(flow["repair_payments"]) + single["prepaid_change"]
    paid = ("inpatient_benefits", "outpatient_benefits", "critical_illness", "bonus_cost")
    outgo = sum((total(flow[name]) for name in paid), start=np.zeros(())) + single["administration"]
    prepaid = projection.prepaid
    yield (
        "money: prepaid opening + change = prepaid closing",
        prepaid[:-1] + single["prepaid_change"] - prepaid[1:],
        np.maximum(prepaid[1:], 1.0),
    )
    yield from _account("money", projection.fund[:, :, 0], basis, income, outgo, single["interest"])
    for kind, claims, benefits in (
        ("inpatient", flow["inpatient_claims"], flow["inpatient_benefits"]),
        ("outpatient", flow["outpatient_claims"], flow["outpatient_benefits"]),
    ):
        excess = np.maximum(benefits - claims, 0).max(axis=tuple(range(2, benefits.ndim)))
        yield f"money: {kind} benefits do not exceed cost", excess, total(claims)
    yield (
        "money: inpatient and critical-illness benefits with the bonus do not exceed inpatient cost",
        np.maximum(_over_cost(flow, basis), _over_cost(projection.by_group, basis)),
        total(flow["inpatient_claims"]),
    )


def _over_cost(flow: dict[str, np.ndarray], basis: Sequence[YearBasis]) -> np.ndarray:
    """The most that both layers of inpatient benefits pay beyond the cost in any cell; a premium is no benefit."""
    claims = flow["inpatient_claims"]
    self_run = np.stack([np.broadcast_to(year.critical_self_run.reshape(-1), claims.shape[1]) for year in basis])
    critical = flow["critical_illness"] * self_run[:, :, None, None]
    paid = flow["inpatient_benefits"] + critical + flow["bonus_cost"]
    return np.maximum(paid - claims, 0).max(axis=(2, 3))


def _employee_members(projection: Projection) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Identities of the persons in the employee scheme."""
    flow, stocks = projection.by_age, projection.stocks
    members = total(stocks.membership[:, :, :, EMPLOYEES])
    entering = total(flow["employee_entries"]) + total(flow["employee_migration"])
    leaving = total(flow["employee_deaths"]) + total(flow["employee_exits"])
    expected = members[:-1] + entering - leaving + projection.by_run["employee_adjustment"]
    yield "employees: opening + entries + net migration − deaths − exits = closing", members[1:] - expected, members[1:]
    yield "employees: by status = by age", members[1:] - total(stocks.employee_insured)[1:], members[1:]


def _employee_money(projection: Projection, basis: Sequence[YearBasis]) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Identities of the employee pool and the personal accounts, and between the accounts of both schemes."""
    flow, single = {name: total(values) for name, values in projection.by_age.items()}, projection.by_run
    schemes = [year.employee for year in basis if year.employee is not None]
    runs = (1, 2, 3, 4, 5, 6)
    base, employer = flow["contribution_base"], flow["employer_contributions"]
    due = base * np.stack([scheme.employer_rate.mean(axis=runs) for scheme in schemes])
    yield "pool: employers' contributions = base × rate", employer - due, base
    credited = np.stack([(scheme.employee_rate * scheme.with_account).mean(axis=runs) for scheme in schemes]) * base
    yield "accounts: members' contributions = base × rate", flow["employee_contributions"] - credited, base
    paid, received = single["relatives_contributions"], flow["contributions_from_accounts"]
    share = np.stack([np.broadcast_to(year.relatives_share.mean(axis=runs), paid.shape[1:]) for year in basis])
    wanted, size = flow["personal_contributions"] * share, flow["personal_contributions"]
    yield "accounts: relatives' contributions = residents' own contributions × share", paid - wanted, size
    yield "accounts: relatives' contributions = received by the resident fund", received - paid, size

    to_accounts = single["employer_to_accounts"]
    benefits = flow["employee_inpatient_benefits"] + flow["employee_outpatient_benefits"]
    outgo = benefits + flow["maternity_benefits"] + flow["long_term_care"]
    income = employer - to_accounts - flow["retiree_credits"] + flow["purchases"]
    yield from _account("pool", projection.fund[:, :, 1], basis, income, outgo, single["pool_interest"])
    income = flow["employee_contributions"] + to_accounts + flow["retiree_credits"]
    outgo = flow["account_spending"] + single["relatives_care"] + single["relatives_contributions"]
    yield from _account("accounts", projection.fund[:, :, 2], basis, income, outgo, single["account_interest"])
    for kind in ("inpatient", "outpatient"):
        claims, paid = projection.by_age[f"employee_{kind}_claims"], projection.by_age[f"employee_{kind}_benefits"]
        excess = np.maximum(paid - claims, 0).max(axis=tuple(range(2, paid.ndim)))
        yield f"pool: {kind} benefits do not exceed cost", excess, total(claims)


def _account(
    name: str,
    fund: np.ndarray,
    basis: Sequence[YearBasis],
    income: np.ndarray,
    outgo: np.ndarray,
    interest: np.ndarray,
) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Identities of one account over the years."""
    rate = np.where(
        fund[:-1] < -TOLERANCE * outgo,
        np.stack([year.deficit_rate for year in basis]),
        np.stack([year.interest_rate for year in basis]),
    )
    earned = fund[:-1] * rate + (income - outgo) * (np.sqrt(1 + rate) - 1)
    size = np.maximum(np.abs(fund[1:]), income)
    yield f"{name}: interest = opening × i + (income − outgo) × ((1+i)^½ − 1)", interest - earned, size
    yield f"{name}: opening + income − outgo + interest = closing", fund[:-1] + income - outgo + earned - fund[1:], size
