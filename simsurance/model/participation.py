"""The participation rules: lapsed years as the rules count them, waiting months, cap at stake."""

import numpy as np


def rule_years_completed(year: int, start_year: int) -> int:
    """Years the rules have counted before the enrolment for `year`."""
    return max(year - start_year, 0)


def waiting_months(
    lapsed_years: np.ndarray, fixed: np.ndarray, per_year: np.ndarray, floor: np.ndarray, floor_from: np.ndarray
) -> np.ndarray:
    """Months without cover after enrolling again, by lapsed years as the rules count them; at most the twelve of the year."""
    months = np.maximum(fixed + per_year * lapsed_years, floor * (lapsed_years >= floor_from))
    return np.minimum(months, 12.0)


def cap_at_stake(continuous_years: np.ndarray, step: np.ndarray, after_years: np.ndarray) -> np.ndarray:
    """Rise of the critical-illness cap that a lapse would lose: what is earned with the year now enrolled for.

    `continuous_years` before the enrolment, as the rules count them; `step` in the money in which the result is wanted.
    """
    return step * np.maximum(continuous_years + (1 - after_years), 0.0)


def salience(cap_thousands: np.ndarray) -> np.ndarray:
    """How the cap at stake is felt, in thousand yuan: nearly all of the first thousands, ten at most."""
    return 10.0 - 10.0 * np.exp(cap_thousands / -10.0)
