"""Leaving, returning and joining the resident scheme, and moves to and from the employee scheme."""

import numpy as np

from simsurance.axes import EMPLOYEES, GAP_DEPTH, GAPS, NEVER, TENURE_DEPTH, TENURES, UNINSURED, row

FIRST_TENURE, LAST_TENURE = TENURES.start, TENURES.stop - 1
FIRST_GAP, LAST_GAP = GAPS.start, GAPS.stop - 1
RULE_YEARS, LAPSED_YEARS, WAITING = row("rule_years"), row("lapsed_years"), row("waiting_months")


def probability(odds: np.ndarray) -> np.ndarray:
    """The probability that has these odds."""
    return odds / (1 + odds)


def burden_effect(
    burden: np.ndarray, reference_burden: np.ndarray, floor: np.ndarray, coefficient: np.ndarray
) -> np.ndarray:
    """Factor on odds from the contribution's share of income, against the same cell's in the reference year."""
    return ((burden + floor) / (reference_burden + floor)) ** coefficient


def mean_years(total_years: np.ndarray, persons: np.ndarray, otherwise: float) -> np.ndarray:
    """Mean of a tracked total over need classes and sexes: [run, 1, 1, 1, area, income, age] from [run, health, sex, …]."""
    years = total_years.sum(axis=(1, 2))
    heads = persons.sum(axis=(1, 2))
    mean = np.divide(years, heads, out=np.full(years.shape, float(otherwise)), where=heads > 0)
    return mean[:, None, None, None]


def enrol(
    cells: np.ndarray,
    leave: np.ndarray,
    enter: np.ndarray,
    counting: bool,
    rule_years: float,
    leaving: np.ndarray,
    entering: np.ndarray,
    enrolled: np.ndarray,
) -> None:
    """Membership after the enrolment for the year, written to `enrolled`; `leaving` and `entering` hold the movers.

    `cells` [run, health, row, sex, area, income, age]; `leave` by tenure and `enter` by never and gap are probabilities on
    the grid of their factors. Stayers go one tenure on, entrants to tenure 1, leavers to gap 1, those who stay out one
    gap on. `counting`: the rules count this year; `rule_years`: years they have counted with it. A person who reaches the
    last tenure or gap carries at most as many rule years as true years.
    """
    np.multiply(cells[:, :, TENURES], leave, out=leaving)
    np.multiply(cells[:, :, UNINSURED], enter, out=entering)
    longest_tenure, longest_gap = leave[:, :, -1], enter[:, :, -1]

    np.subtract(cells[:, :, NEVER], entering[:, :, NEVER], out=enrolled[:, :, NEVER])
    enrolled[:, :, FIRST_GAP] = 0.0
    np.subtract(
        cells[:, :, FIRST_GAP:LAST_GAP],
        entering[:, :, FIRST_GAP:LAST_GAP],
        out=enrolled[:, :, FIRST_GAP + 1 : LAST_GAP + 1],
    )
    reached = enrolled[:, :, LAST_GAP]
    still = cells[:, :, LAST_GAP] - entering[:, :, LAST_GAP]
    years = cells[:, :, LAPSED_YEARS] * (1 - longest_gap) + reached * min(rule_years, GAP_DEPTH)
    enrolled[:, :, LAPSED_YEARS] = years + still if counting else years
    reached += still
    enrolled[:, :, FIRST_GAP + 1] += leaving.sum(axis=2)

    np.add.reduce(entering, axis=2, out=enrolled[:, :, FIRST_TENURE])
    np.subtract(
        cells[:, :, FIRST_TENURE:LAST_TENURE],
        leaving[:, :, :-1],
        out=enrolled[:, :, FIRST_TENURE + 1 : LAST_TENURE + 1],
    )
    reached = enrolled[:, :, LAST_TENURE]
    still = cells[:, :, LAST_TENURE] - leaving[:, :, -1]
    years = cells[:, :, RULE_YEARS] * (1 - longest_tenure) + reached * min(rule_years, TENURE_DEPTH)
    enrolled[:, :, RULE_YEARS] = years + still if counting else years
    reached += still

    enrolled[:, :, EMPLOYEES] = cells[:, :, EMPLOYEES]


def wait(entering: np.ndarray, months: np.ndarray, enrolled: np.ndarray) -> None:
    """Months of cover lost by the year's entrants, written to their row of `enrolled`.

    `months` of waiting by never and gap, on the grid of their factors; `entering`, the entrants, are overwritten.
    """
    entering *= months
    np.add.reduce(entering, axis=2, out=enrolled[:, :, WAITING])
