"""Hazards of the enrolment for a year: behaviour, burden and the participation rules (method note, sections 5 and 8)."""

import numpy as np

from simsurance.axes import GAP_DEPTH, NO_CLAIM, TENURE_DEPTH, TENURES, UNINSURED, along, at, axis, row
from simsurance.model import membership, participation
from simsurance.model.state import Hazards, YearBasis

LEAST_SHORTER = 1e-9
"""Months by which a repair has to shorten the waiting: less is rounding."""
GAP_0, LAST_TENURE, LAST_GAP = row("gap_0"), TENURES.stop - 1, UNINSURED.stop - 1


def enrolment_hazards(cells: np.ndarray, basis: YearBasis) -> Hazards:
    """Hazards of the enrolment for the year, from the state before it; raises nothing, writes nothing."""
    completed = participation.rule_years_completed(basis.year, basis.rules_start)
    counting = basis.rules_in_force * float(basis.year >= basis.rules_start)
    grid = (cells.shape[0], 1, 1, 1, *cells.shape[4:])
    waits = basis.waits * counting

    # the rules count whole years; the last gap is open: its mean lies between two of them
    mean_lapsed = membership.mean_years(
        cells[:, :, membership.LAPSED_YEARS], cells[:, :, LAST_GAP], min(completed, GAP_DEPTH)
    )
    lapsed = np.empty((*grid[:2], UNINSURED.stop + 1, *grid[3:]))
    lapsed[:, :, :1] = basis.never_counts * np.minimum(completed, np.arange(1.0, grid[-1] + 1))
    lapsed[:, :, 1:LAST_GAP] = along(np.minimum(np.arange(LAST_GAP - 1), completed), "status")
    lapsed[:, :, LAST_GAP:] = np.floor(np.maximum(mean_lapsed, 0.0))
    lapsed[:, :, LAST_GAP + 1] += 1
    expected = expected_by_cell(lapsed, waits, basis)
    longer = mean_lapsed - lapsed[:, :, LAST_GAP:-1]
    opened, last = expected[:, :, :, LAST_GAP:-1], expected[:, :, :, LAST_GAP + 1 :]
    opened[:] = (1 - longer) * opened + longer * last
    months, lost, left, paid_years = expected[:, :, :, :-1]
    lapsed = lapsed[:, :, :-1]
    lapsed[:, :, LAST_GAP:] = mean_lapsed
    wait_at_stake = waits * np.minimum(basis.waiting.months(np.ones((1,) * 7)), participation.MONTHS)

    earned, at_stake = bonus_at_stake(cells, basis, grid)
    felt = membership.burden_ratio(basis.burden, basis.reference_burden, basis.burden_floor)
    leave_odds = basis.leave_odds * (
        (felt**basis.leave_burden * np.exp(-basis.leave_wait * wait_at_stake) * basis.leave_other)
        * np.exp(-basis.leave_bonus * participation.salience(counting * at_stake * basis.bonus_felt))
    )
    enter_odds = basis.enter_odds * (
        felt**-basis.return_burden
        * np.exp(-basis.return_wait * np.minimum(months, participation.MONTHS))
        * basis.return_other
    )
    held = basis.enrolment
    return Hazards(
        leave=membership.probability(leave_odds) if held is None else held.leave,
        enter=membership.probability(enter_odds) if held is None else held.enter,
        months_lost=lost,
        months_left=left,
        repaired_years=paid_years,
        lapsed_years=lapsed,
        earned=earned * counting,
    )


def expected_by_cell(lapsed: np.ndarray, waits: np.ndarray, basis: YearBasis) -> np.ndarray:
    """What `expected_waits` finds, on a new first axis, of whole `lapsed` years by never and gap; shape of `lapsed` behind it.

    Few shares and few numbers of years occur: each of both is worked out once, and looked up where it is met.
    """
    shares, place = np.unique(waits, return_inverse=True)
    of_leavers = shares * basis.leavers_wait
    both = np.concatenate((np.broadcast_to(shares, of_leavers.shape), of_leavers), axis=-1)
    years = along(np.arange(lapsed.max() + 1), "status")
    table = np.stack(np.broadcast_arrays(*expected_waits(years, both, basis)))
    kinds, runs = both.shape[-1], table.shape[1]
    at_cell = lapsed.astype(np.intp)
    at_cell *= kinds
    at_cell += place.reshape(waits.shape)
    at_cell[:, :, GAP_0] += len(shares)
    if runs > 1:
        at_cell += along(np.arange(runs) * years.size * kinds, "run")
    return table.reshape(len(table), -1).take(at_cell, axis=-1)


def expected_waits(
    lapsed: np.ndarray, waits: np.ndarray, basis: YearBasis
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Months without cover after enrolling, months lost in the entry year and left for the next, lapsed years paid for.

    Expected of who enters after so many `lapsed` years, over those who repair or not; `waits`: the share who have to wait.
    """
    rules = basis.waiting
    repaired = np.where(basis.repair_all > 0, lapsed, rules.useful_repair(lapsed))
    plain, shorter = waits * rules.months(lapsed), waits * rules.months(lapsed, repaired)
    repair = basis.repair_share * (plain - shorter > LEAST_SHORTER)
    months = (1 - repair) * plain + repair * shorter
    return months, *expected_months(plain, shorter, repair, basis), repair * repaired


def expected_months(
    plain: np.ndarray, repaired: np.ndarray, repair: np.ndarray, basis: YearBasis
) -> tuple[np.ndarray, np.ndarray]:
    """Expected months lost in the entry year and left for the next.

    Over those who repair or not, and who enrol in or outside the central period.
    """
    lost, left = np.zeros(()), np.zeros(())
    for share_late, month in ((1 - basis.late_share, 0.0), (basis.late_share, basis.late_month)):
        for share, months in ((1 - repair, plain), (repair, repaired)):
            here, later = participation.without_cover(months, month)
            of_all = share_late * share
            lost, left = lost + of_all * here, left + of_all * later
    return lost, left


def bonus_at_stake(cells: np.ndarray, basis: YearBasis, grid: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Continuous credit earned so far, and what a lapse of one year would take off the cap, by tenure.

    The change of the cap of who stays, the next step of the continuous credit included, less that of who comes back, with what
    is kept and less the cut for a lapsed year; each within the limit. Yuan of the reference year.
    """
    counted = participation.rule_years_completed(basis.year, basis.rules_start - basis.bonus_credited_years)
    continuous = np.empty((*grid[:2], TENURE_DEPTH, *grid[3:]))
    continuous[:] = along(np.minimum(np.arange(1, TENURE_DEPTH + 1), counted), "status")
    at(continuous, status=slice(-1, None))[:] = membership.mean_years(
        cells[:, :, membership.RULE_YEARS], cells[:, :, LAST_TENURE], min(counted, TENURE_DEPTH)
    )
    persons = cells[:, :, TENURES].sum(axis=axis("health", "sex"), keepdims=True)
    no_claim = np.divide(
        cells[:, :, NO_CLAIM].sum(axis=axis("health", "sex"), keepdims=True),
        persons,
        out=np.zeros_like(persons),
        where=persons > 0,
    )
    earned = participation.continuous_credit(continuous, basis.bonus_step, basis.bonus_after_years)
    with_next = participation.continuous_credit(continuous + 1, basis.bonus_step, basis.bonus_after_years)
    credit = no_claim * basis.no_claim_step
    cap = basis.critical_cap / basis.indexation
    of_stayers = participation.limited(with_next + credit, cap, basis.bonus_limit)
    kept = basis.bonus_kept * earned + basis.no_claim_kept * credit
    return earned, of_stayers - participation.limited(kept - basis.cap_cut, cap, basis.bonus_limit)
