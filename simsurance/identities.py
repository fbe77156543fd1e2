"""Identities that hold on every run, each computed from other numbers than the thing it checks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simsurance.adjusting import factors_by_year
from simsurance.axes import BY_AGE_AXES, EMPLOYEES, ENTRANTS, FLOW_AXES, REPORT_AXES, TENURES, YEAR, along, at
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.ledger import INSURED, LEDGER, POOL, SIDES, TOTALS, TRANSFERS, Fund, booked, from_outside, fund_of
from simsurance.measures import Account, arrears_of, by_area_and_income, by_run, by_sex_and_age
from simsurance.model.entries import held_in
from simsurance.model.fund import summed
from simsurance.model.pins import PLACE, TRACKED
from simsurance.model.projection import Projection, total
from simsurance.model.state import YearBasis

TOLERANCE = 1e-9
Sides = tuple[str, np.ndarray, np.ndarray]
"""Name of an identity, difference of its two sides and size of its terms, [year, run]."""


@dataclass(frozen=True)
class Check:
    """One identity over all years of a run: its largest residual relative to the size of its terms, and where."""

    identity: str
    residual: float
    year: int
    amount: float
    holds: bool


def check(projection: Projection, basis: Sequence[YearBasis], accounts: dict[str, Account]) -> list[list[Check]]:
    """All identities of each run of a projection and of the accounts that were made of it."""
    with np.errstate(invalid="ignore"):
        found = [
            _worst(name, difference, size, projection.years)
            for name, difference, size in (
                *_persons(projection),
                *_entries_held(projection, basis),
                *_resident_money(projection, basis),
                *(_employee_members(projection) if fund_of(POOL) in projection.funds else ()),
                *(_employee_money(projection, basis) if fund_of(POOL) in projection.funds else ()),
                *(sides for fund in projection.funds for sides in _account(fund, projection, basis)),
                *_all_funds(projection, accounts),
                *_imposed(projection, basis, accounts),
                *(_adjusted(projection, basis) if projection.adjusted is not None else ()),
                *(_owed(projection, basis, accounts) if projection.debt is not None else ()),
                *(_arrears(projection, basis, accounts) if projection.owed is not None else ()),
            )
        ]
    return [list(of_run) for of_run in zip(*found, strict=True)]


def of_one_run(sides: Sequence[Sides], years: Sequence[int]) -> list[Check]:
    """Identities of one run, differences and sizes as [year]."""
    return [_worst(name, difference[:, None], size[:, None], years)[0] for name, difference, size in sides]


def require(checks: Sequence[Check], name: str) -> None:
    """Raises SimsuranceError, one line for each identity of a run that does not hold: scenario, name, year, amount."""
    faults = [
        f"{name}: {found.identity} does not hold in {found.year}: off by {found.amount:.6g} "
        f"(relative {found.residual:.1e}, allowed {TOLERANCE:.0e})"
        for found in checks
        if not found.holds
    ]
    if faults:
        raise SimsuranceError(*faults, exit_code=ExitCode.IDENTITY)


def of_accrued_bonus(columns: Mapping[str, np.ndarray], years: Sequence[int]) -> Check:
    """The identity of the roll-forward of the accrued bonus of one run; columns [year]."""
    end = columns["opening"] + columns["earned"] + columns["interest"] - columns["used"] - columns["lapsed"]
    off, size = (end - columns["closing"])[:, None], np.maximum(columns["closing"], columns["opening"])[:, None]
    return _worst("bonus: opening + earned + interest − used − lapsed = closing", off, size, years)[0]


def largest(values: np.ndarray) -> np.ndarray:
    """The largest over all axes behind year and run."""
    return values.reshape(*values.shape[:2], -1).max(axis=-1)


def _worst(name: str, difference: np.ndarray, size: np.ndarray, years: Sequence[int]) -> list[Check]:
    """The largest residual of each run; a number that is not finite counts as the largest."""
    relative = np.abs(difference) / np.maximum(np.abs(size), 1.0)
    relative = np.where(np.isfinite(relative), relative, np.inf)
    places = relative.argmax(axis=YEAR)
    found = []
    for run, place in enumerate(places):
        residual = float(relative[place, run])
        amount = float(difference[place, run])
        found.append(Check(name, residual, int(years[place]), amount, residual <= TOLERANCE))
    return found


def _persons(projection: Projection) -> Iterator[Sides]:
    """Identities of the persons and of the resident scheme's insured."""
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


def _entries_held(projection: Projection, basis: Sequence[YearBasis]) -> Iterator[Sides]:
    """Entries to the employee scheme that are held are those that happened and those that are said not to be met."""
    held = [year.entries for year in basis if year.entries is not None]
    if not held:
        return
    axes = (*REPORT_AXES, "entrant")
    cells = {name: at(projection.entering, of=axes, entrant=place) for place, name in enumerate(ENTRANTS)}
    wanted = [held_in(along(outside, *FLOW_AXES), each) for outside, each in zip(cells["outside"], held, strict=True)]
    wanted_in_all = total(np.stack(wanted))
    entered = total(projection.by_age["transfers_out"]) + total(cells["uninsured"])
    difference = entered + total(cells["not_met"]) - wanted_in_all
    yield "employees: entries + entries not met = entries held", difference, wanted_in_all


def _resident_money(projection: Projection, basis: Sequence[YearBasis]) -> Iterator[Sides]:
    """Identities of the resident fund."""
    flow, single = projection.by_age, projection.by_run
    runs = projection.prepaid.shape[1]
    if all(year.relative_earnings.size == 1 for year in basis):
        standards = np.stack([by_area_and_income(year.subsidy_pp, runs) for year in basis])
        due = total(projection.by_group["resident_enrolled"] * standards)
    else:
        standards = np.stack([by_sex_and_age(year.subsidy_pp * year.relative_earnings) for year in basis])
        due = total(projection.by_age["resident_enrolled"] * standards)
    due = due * _pin_factor(projection, "subsidies")
    yield "money: subsidies = payers × standard", total(flow["subsidies"]) - due, due
    shared = total(flow["personal_contributions"]) + total(flow["assistance"]) + total(flow["subsidies"])
    factor = by_run(projection, [year.local_supplement for year in basis])
    pinned = _pin_factor(projection, "local_supplement")
    supplement = shared * (factor - 1) * pinned
    yield (
        "money: local supplement = (contributions + subsidies) × (factor − 1)",
        total(flow["local_supplement"]) - supplement,
        shared,
    )
    prepaid = projection.prepaid
    yield (
        "money: prepaid opening + change = prepaid closing",
        prepaid[:-1] + single["prepaid_change"] - prepaid[1:],
        np.maximum(prepaid[1:], 1.0),
    )
    for kind in ("inpatient", "outpatient"):
        yield _within_cost("money", kind, projection, f"{kind}_benefits", f"{kind}_claims")
    yield (
        "money: inpatient and critical-illness benefits with the bonus do not exceed inpatient cost",
        np.maximum(*(_over_cost(projection, flow, basis) for flow in (projection.by_age, projection.by_group))),
        total(flow["inpatient_claims"]),
    )
    most = np.stack([_most_of_a_yuan(year, runs) for year in basis])
    yield (
        "money: of more inpatient cost both layers pay at most all, in every band",
        np.maximum(most - 1, 0),
        most,
    )


def _most_of_a_yuan(year: YearBasis, runs: int) -> np.ndarray:
    """The most that basic and critical-illness insurance pay of one more yuan of inpatient cost, levers included, [run].

    Below the basic limit and above it, in every band, for every income group.
    """
    critical = year.critical_ratios * year.critical_factor[:, None]
    basic, factor = year.care.inpatient_ratio[:, None], year.care.inpatient_benefit_factor[:, None]
    within = basic * factor + critical * (1 - basic)
    return np.broadcast_to(np.maximum(within, critical).max(axis=tuple(range(1, critical.ndim))), runs)


def _over_cost(projection: Projection, flow: Mapping[str, np.ndarray], basis: Sequence[YearBasis]) -> np.ndarray:
    """The most that both layers of inpatient benefits pay beyond the cost in any cell, before a pin.

    A premium is no benefit.
    """
    self_run = {"critical_illness": by_run(projection, [year.critical_self_run for year in basis])}
    paid = -flow["inpatient_claims"]
    for name in ("inpatient_benefits", "critical_illness", "bonus_cost"):
        factor = np.broadcast_to(_pin_factor(projection, name), paid.shape[:2])
        share = self_run.get(name, 1.0) / np.where(factor == 0, 1.0, factor)
        paid = paid + flow[name] * along(share, *REPORT_AXES, of=BY_AGE_AXES)
    return largest(np.maximum(paid, 0))


def _employee_members(projection: Projection) -> Iterator[Sides]:
    """Identities of the persons in the employee scheme."""
    flow, stocks = projection.by_age, projection.stocks
    members = total(stocks.membership[:, :, :, EMPLOYEES])
    entering = total(flow["employee_entries"]) + total(flow["employee_migration"])
    leaving = total(flow["employee_deaths"]) + total(flow["employee_exits"])
    expected = members[:-1] + entering - leaving + projection.by_run["employee_adjustment"]
    yield "employees: opening + entries + net migration − deaths − exits = closing", members[1:] - expected, members[1:]
    yield "employees: by status = by age", members[1:] - total(stocks.employee_insured)[1:], members[1:]


def _employee_money(projection: Projection, basis: Sequence[YearBasis]) -> Iterator[Sides]:
    """Identities of the employee pool and the personal accounts, and between the accounts of both schemes."""
    rows = [row.name for row in LEDGER if row.name in projection.by_age]
    flow = {name: total(projection.by_age[name]) for name in (*rows, "contribution_base")}
    schemes = [year.employee for year in basis if year.employee is not None]
    base, employer = flow["contribution_base"], flow["employer_contributions"]
    due = base * by_run(projection, [scheme.employer_rate for scheme in schemes])
    due = due * _pin_factor(projection, "employer_contributions")
    yield "pool: employers' contributions = base × rate", employer - due, base
    credited = by_run(projection, [scheme.employee_rate * scheme.with_account for scheme in schemes]) * base
    credited = credited * _pin_factor(projection, "employee_contributions")
    yield "accounts: members' contributions = base × rate", flow["employee_contributions"] - credited, base
    paid, size = flow["contributions_from_accounts"], flow["personal_contributions"]
    wanted = size * by_run(projection, [year.relatives_share for year in basis])
    wanted = wanted * _pin_factor(projection, "contributions_from_accounts")
    yield "accounts: relatives' contributions = residents' own contributions × share", paid - wanted, size

    for kind in ("inpatient", "outpatient"):
        yield _within_cost("pool", kind, projection, f"employee_{kind}_benefits", f"employee_{kind}_claims")


def _within_cost(name: str, kind: str, projection: Projection, benefits: str, claims: str) -> Sides:
    """Nobody is paid more than the care cost, before a pin scales what is paid."""
    paid, cost = projection.by_age[benefits], projection.by_age[claims]
    factor = np.broadcast_to(_pin_factor(projection, benefits), paid.shape[:2])
    excess = largest(np.maximum(paid - cost * along(factor, *REPORT_AXES, of=BY_AGE_AXES), 0))
    return f"{name}: {kind} benefits do not exceed cost", excess, total(cost)


def _pin_factor(projection: Projection, name: str) -> np.ndarray:
    """What a pin multiplies a row by, [year, run]; 1 where nothing is pinned."""
    return np.ones(()) if projection.pin_factors is None else projection.pin_factors[:, :, PLACE[name]]


def _imposed(projection: Projection, basis: Sequence[YearBasis], accounts: dict[str, Account]) -> Iterator[Sides]:
    """What is imposed is met, read where the results are: in the flows, the accounts and the stocks."""
    pins = [year.pins for year in basis if year.pins is not None]
    if not pins:
        return
    shape = projection.prepaid[1:].shape
    wanted = np.stack([np.broadcast_to(each.imposed, (shape[1], len(TOTALS))) for each in pins])
    found, size = np.zeros_like(wanted), np.ones_like(wanted)
    membership = projection.stocks.membership[1:]
    for name, place in PLACE.items():
        if name in projection.totals:
            found[:, :, place] = projection.totals[name]
        elif name in SIDES:
            fund, _, side = name.partition(".")
            if fund in accounts:
                found[:, :, place] = accounts[fund][side]
                size[:, :, place] = accounts[fund]["income"] + accounts[fund]["outgo"]
        elif name in INSURED:
            found[:, :, place] = total(membership[:, :, :, TRACKED[name][0]])
    off = np.where(np.isnan(wanted), 0.0, found - wanted)
    size = np.maximum(np.where(np.isnan(wanted), 0.0, np.abs(wanted)), np.maximum(size, 1.0))
    worst = np.abs(off / size).argmax(axis=-1, keepdims=True)
    off, size = (np.take_along_axis(values, worst, axis=-1)[..., 0] for values in (off, size))
    yield "pins: what is imposed is met", off, size


def _adjusted(projection: Projection, basis: Sequence[YearBasis]) -> Iterator[Sides]:
    """Identities of a timely adjustment: what it levies, and between what its factors lie."""
    flow, runs = projection.by_group, projection.prepaid.shape[1]
    if all(year.relative_earnings.size == 1 for year in basis):
        standards = np.stack([by_area_and_income(year.personal_pp, runs) for year in basis])
        due = total(flow["resident_enrolled"] * standards)
        own = _pin_factor(projection, "personal_contributions"), _pin_factor(projection, "assistance")
        paid = total(flow["personal_contributions"]) / own[0] + total(flow["assistance"]) / own[1]
        yield "adjustment: contributions = payers × scheduled standard × factor", paid - due, due
    factors, beyond = factors_by_year(projection, basis), np.zeros(projection.interest.shape[:2])
    for place, year in enumerate(basis):
        assert year.adjustment is not None
        rule, found = year.adjustment, factors[place]
        taken = rule.order > 0
        low, high = np.minimum(rule.bound, 1), np.maximum(rule.bound, 1)
        outside = np.where(taken, np.maximum(np.maximum(low - found, found - high), 0), 0.0)
        beyond[place] = outside.max(axis=-1)
    yield "adjustment: factors lie between 1 and their bounds", beyond, np.ones_like(beyond)


def _all_funds(projection: Projection, accounts: dict[str, Account]) -> Iterator[Sides]:
    """Identities between the funds, from their accounts and from flows by person group."""
    rows = [row.name for row in LEDGER if row.name in projection.by_group]
    flow = {name: total(projection.by_group[name]) for name in rows} | projection.by_run
    balance = summed(account["income"] - account["outgo"] for account in accounts.values())
    balance = summed((balance, *(borrowed for name in accounts for borrowed in booked(fund_of(name).debt, flow))))
    size = summed(account["income"] + account["outgo"] for account in accounts.values())
    for row in TRANSFERS:
        if {row.payer, row.receiver} <= accounts.keys():
            left = accounts[row.payer][row.paid_as] * (-1 if row.passed_on else 1)
            reached = accounts[row.receiver][row.received_as]
            yield f"funds: {row.name} leaves one fund and reaches another", left - reached, size
    outside = summed(from_outside(row, accounts.keys()) * flow[row.name] for row in LEDGER if row.name in flow)
    yield "funds: money in less money out = paid by the outside world less paid to it", balance - outside, size


def _account(fund: Fund, projection: Projection, basis: Sequence[YearBasis]) -> Iterator[Sides]:
    """Identities of one account over the years; income and outgo by the ledger from flows by age."""
    rows = {each.row.name for each in (*fund.income, *fund.outgo, *fund.debt)}
    flow = {name: total(projection.by_age[name]) for name in rows & projection.by_age.keys()} | projection.by_run
    income, outgo = (summed(booked(side, flow)) for side in (fund.income, fund.outgo))
    held, interest = projection.fund[:, :, fund.place], projection.interest[:, :, fund.place]
    rate = np.where(
        held[:-1] < -TOLERANCE * outgo,
        by_run(projection, [year.deficit_rate for year in basis]),
        by_run(projection, [year.interest_rate for year in basis]),
    )
    share = by_run(projection, [year.interest_share for year in basis])
    earned = held[:-1] * rate + (income - outgo) * ((1 + rate) ** share - 1)
    size, name = np.maximum(np.abs(held[1:]), income), fund.checked_as
    yield f"{name}: interest = opening × i + (income − outgo) × ((1+i)^s − 1)", interest - earned, size
    balance = summed((held[:-1] + income - outgo + earned, *booked(fund.debt, flow)))
    yield f"{name}: opening + income − outgo + interest = closing", balance - held[1:], size


def _owed(projection: Projection, basis: Sequence[YearBasis], accounts: dict[str, Account]) -> Iterator[Sides]:
    """Identities of bonds: what is owed moves with what is issued and redeemed, and all that is issued falls due."""
    assert projection.debt is not None
    assert projection.bonds is not None
    flow, of_bond = projection.by_run, projection.bonds
    rules = [year.bonds for year in basis if year.bonds is not None]
    for fund in (each for each in projection.funds if each.of_bonds):
        debt = projection.debt[:, :, fund.place]
        size, name = np.maximum(debt[:-1] + debt[1:], 1.0), fund.checked_as
        moved = summed(booked(fund.debt, flow))
        yield f"{name}: debt outstanding + issued − redeemed = debt outstanding", debt[:-1] + moved - debt[1:], size
        coupons = np.stack(
            [
                (each.coupon * owed * (each.fund == fund.place)).sum(axis=-1)
                for each, owed in zip(rules, _opening(of_bond["outstanding"]), strict=True)
            ]
        )
        paid = accounts[fund.name]["bond_coupons"]
        yield f"{name}: coupons = debt outstanding × coupon", paid - coupons, np.maximum(size, paid)
        net = accounts[fund.name]["opening"] + accounts[fund.name]["current_balance"]
        closing = accounts[fund.name]["closing"]
        yield f"{name}: net of debt, opening + income − outgo + interest = closing", net - closing, np.abs(net) + size


def _arrears(projection: Projection, basis: Sequence[YearBasis], accounts: dict[str, Account]) -> Iterator[Sides]:
    """Identities of arrears: what stays unpaid comes in, or is lost, when the lag is over, and until then it is outstanding."""
    rules, pool = arrears_of(basis), accounts[POOL]
    unpaid = total(projection.by_age["employer_contributions"]) * by_run(projection, [each.unpaid for each in rules])
    lags = np.broadcast_to(rules[0].settled.argmax(axis=-1) + 1, unpaid.shape[1])
    settled = np.stack(
        [
            np.append(np.zeros(lag), unpaid[: max(len(unpaid) - lag, 0), run])[: len(unpaid)]
            for run, lag in enumerate(lags)
        ],
        axis=-1,
    )
    recovered = settled * by_run(projection, [each.recovered for each in rules])
    size = np.maximum(np.cumsum(unpaid, axis=YEAR), 1.0)
    yield "pool: arrears recovered = unpaid a lag before × share recovered", pool["arrears_recovered"] - recovered, size
    lost = settled - recovered
    yield "pool: arrears written off = unpaid a lag before × (1 − share)", pool["arrears_written_off"] - lost, size
    left = np.cumsum(unpaid - settled, axis=YEAR)
    yield "pool: arrears outstanding = unpaid in the years of the lag", pool["arrears_outstanding"] - left, size


def _opening(outstanding: np.ndarray) -> np.ndarray:
    """What is outstanding on 1 January of each year, [year, run, bond]; nothing is on the first."""
    return np.concatenate([np.zeros_like(outstanding[:1]), outstanding[:-1]])
