"""Totals that a series replaces: the flows of a year and the insured of a 1 January are scaled until they are met.

Totals stand on one axis, that of `simsurance.ledger.TOTALS`: rows of the ledger, whole incomes and outgoes, stocks of insured.
"""

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from simsurance.axes import EMPLOYEES, NO_CLAIM, STATUSES, TENURES, UNINSURED, axes_except, row
from simsurance.ledger import INSURED, SIDES, SPENDING, TOTALS, booked, row_of
from simsurance.model import fund
from simsurance.model.groups import total
from simsurance.model.lives import Money
from simsurance.model.state import PinBasis

PLACE: Final = {name: place for place, name in enumerate(TOTALS)}


def one(name: str) -> slice:
    """The row of a status or of a tracked total, as a slice."""
    return slice(row(name), row(name) + 1)


TRACKED: Final = {
    "uninsured": (UNINSURED, one("lapsed_years"), one("carried_lapsed"), one("no_claim_lapsed")),
    "resident_insured": (TENURES, one("rule_years"), one("months_left"), one("carried_insured"), NO_CLAIM),
    "employee_active": (one("employee_active"),),
    "employee_retired": (one("employee_retired"),),
}
"""Statuses of each stock of persons, and behind them the tracked totals that travel with these."""


def pinned(
    money: Money, pins: PinBasis, spent: Callable[[Money], Money] | None
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Every row of the ledger as the pins have it, and the factor on each total, [run, total].

    A row is scaled by its own factor; what follows other rows moves with them before its own factor. A whole that is imposed
    scales those of its rows that are neither transfers nor pinned themselves. `spent`: what members spend of their accounts
    once the credits are known; None without the employee scheme. A factor that cannot be found is not finite or below zero;
    its row is then left as it is.
    """
    beside = {name: values for name, values in money.items() if not row_of(name).always}
    money = {name: values for name, values in money.items() if name not in beside}
    after = dict(money)
    factors = np.ones((len(next(iter(money.values()))), len(TOTALS)))
    _impose([name for name in money if name not in SPENDING], money, after, pins, factors)
    if spent is not None:
        money = {**money, **spent(after)}
        after |= {name: money[name] for name in SPENDING}
        _impose([name for name in money if name in SPENDING], money, after, pins, factors)
    return after | beside, factors


def _impose(names: list[str], money: Money, after: dict[str, np.ndarray], pins: PinBasis, factors: np.ndarray) -> None:
    """Scale the rows named, in the ledger's order: `after` and `factors` are written to."""
    totals = {name: total(values) for name, values in money.items()}
    done = {name: total(values) for name, values in after.items()}
    own = {name: _own(name, totals[name], pins) for name in names if not row_of(name).follows}
    for side, bookings in SIDES.items():
        of_side = [each.row.name for each in bookings if each.row.name in names]
        wanted = pins.imposed[:, PLACE[side]]
        if not of_side:
            continue
        if np.isnan(wanted).all():
            factors[:, PLACE[side]] = _own(side, wanted, pins)
            continue
        free = {name: _free(name, pins) for name in of_side if row_of(name).scaled}
        none, once = (
            fund.summed(booked(bookings, {**done, **_moved(names, totals, pins, own | _all_at(free, own, factor))}))
            for factor in (0.0, 1.0)
        )
        found = np.where(np.isnan(wanted), 1.0, ratio(wanted - none, once - none))
        factors[:, PLACE[side]] = np.where(np.isnan(wanted), _own(side, wanted, pins), found)
        own |= _all_at(free, own, found)
    after |= _moved(names, money, pins, own)
    for name in names:
        factors[:, PLACE[name]] = own[name]


def _own(name: str, model: np.ndarray, pins: PinBasis) -> np.ndarray:
    """The factor on a row, or on a stock, that stands alone, [run]: pinned ÷ model, or the one kept from the root."""
    wanted, kept = pins.imposed[:, PLACE[name]], pins.factor[:, PLACE[name]]
    return np.where(np.isnan(wanted), np.where(np.isnan(kept), 1.0, kept), ratio(wanted, model))


def _free(name: str, pins: PinBasis) -> np.ndarray:
    """Where a row is pinned neither itself nor by a factor of the root, [run]."""
    return np.isnan(pins.imposed[:, PLACE[name]]) & np.isnan(pins.factor[:, PLACE[name]])


def _all_at(
    free: dict[str, np.ndarray], own: dict[str, np.ndarray], factor: np.ndarray | float
) -> dict[str, np.ndarray]:
    """One factor on all rows that are free to take it."""
    return {name: np.where(where, factor, own[name]) for name, where in free.items()}


def _moved(names: list[str], money: Money, pins: PinBasis, own: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Rows times their factors; the factors of what follows are found and written to `own`."""
    after: dict[str, np.ndarray] = {}
    for name in names:
        values = money[name]
        if follows := row_of(name).follows:
            before, now = (_sum_of(follows, each, values.ndim) for each in (money, after))
            values = values * np.divide(now, before, out=np.ones_like(before), where=before != 0)
            own[name] = _own(name, total(values), pins)
        after[name] = values * _shaped(usable(own[name]), values.ndim)
    return after


def _sum_of(names: Iterable[str], money: Money, ndim: int) -> np.ndarray:
    """The sum of rows, by person group or of the run."""
    return fund.summed(money[name] if ndim > 1 else total(money[name]) for name in names)


def _shaped(factor: np.ndarray, ndim: int) -> np.ndarray:
    """A factor of each run beside an array of so many axes."""
    return factor.reshape(-1, *[1] * (ndim - 1))


def ratio(wanted: np.ndarray, model: np.ndarray) -> np.ndarray:
    """Pinned ÷ model; 1 where both are nothing, infinite where the model alone is."""
    nothing = np.where(wanted == 0, 1.0, np.inf)
    return np.where(model == 0, nothing, wanted / np.where(model == 0, 1.0, model))


def usable(factor: np.ndarray) -> np.ndarray:
    """The factor, or 1 where it is not possible: the run is stopped when it is read."""
    return np.where(possible(factor), factor, 1.0)


def possible(factor: np.ndarray) -> np.ndarray:
    """Whether something can be scaled by it."""
    return np.isfinite(factor) & (factor >= 0)


def pin_insured(cells: np.ndarray, pins: PinBasis, population: np.ndarray) -> np.ndarray:
    """Scale the insured of a new 1 January to their pins, in place; the factors on each total, [run, total].

    Within a stock all statuses are scaled alike, with what is tracked of them. Who is added comes from outside the
    population, unless this is pinned too (`population`, persons or none, [run]): then everybody else makes room; the factor is
    below zero where there is no room.
    """
    factors = np.ones((len(cells), len(TOTALS)))
    for name in INSURED:
        factors[:, PLACE[name]] = _own(name, persons(cells, name), pins)
    held = {name: ~_free(name, pins) for name in INSURED} | {"uninsured": np.zeros(len(cells), dtype=bool)}
    new = {name: persons(cells, name) * usable(factors[:, PLACE[name]]) for name in INSURED}
    others = fund.summed(np.where(held[name], 0.0, persons(cells, name)) for name in TRACKED)
    left = population - fund.summed(np.where(held[name], new[name], 0.0) for name in INSURED)
    any_held = np.logical_or.reduce([held[name] for name in INSURED])
    rest = np.where(np.isnan(population) | ~any_held, 1.0, ratio(left, others))
    for name, rows in TRACKED.items():
        own = factors[:, PLACE[name]] if name in INSURED else np.ones(len(cells))
        factor = np.where(held[name], own, rest)
        for part in rows:
            cells[:, :, part] *= _shaped(usable(factor), cells.ndim)
    no_room = ~possible(rest)
    for name in INSURED:
        factors[:, PLACE[name]] = np.where(no_room & held[name], -1.0, factors[:, PLACE[name]])
    return factors


def persons(cells: np.ndarray, name: str) -> np.ndarray:
    """How many there are of a stock, [run]."""
    return np.asarray(cells[:, :, TRACKED[name][0]].sum(axis=axes_except()))


def everybody(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Persons, insured residents and members of the employee scheme, [run]."""
    found = (cells[:, :, rows].sum(axis=axes_except()) for rows in (STATUSES, TENURES, EMPLOYEES))
    of_all, insured, employed = found
    return of_all, insured, employed
