"""The participation rules: lapsed years as the rules count them, repair, waiting months, rises of the cap.

Everything here works on one number as well as on arrays: the rules that a member's story tells are these functions.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

MONTHS = 12.0


def rule_years_completed(year: int, start_year: int) -> int:
    """Years the rules have counted before the enrolment for `year`."""
    return max(year - start_year, 0)


@dataclass(frozen=True)
class WaitingRules:
    """The waiting rules of a year; arrays broadcast."""

    fixed_months: Annotated[np.ndarray, "months", ""]
    months_per_lapsed_year: Annotated[np.ndarray, "months a lapsed year", ""]
    floor_months: Annotated[np.ndarray, "months", ""]
    floor_from_lapsed_years: Annotated[np.ndarray, "years", ""]
    first_lapsed_year_counts: Annotated[np.ndarray, "0 or 1", ""]
    longest_months: Annotated[np.ndarray, "months", ""]

    def counted(self, lapsed_years: np.ndarray) -> np.ndarray:
        """Lapsed years that lengthen the waiting."""
        return np.maximum(lapsed_years - (1 - self.first_lapsed_year_counts), 0.0)

    def useful_repair(self, lapsed_years: np.ndarray) -> np.ndarray:
        """Lapsed years worth paying for: all that lengthen the waiting, or as many as bring it down to its floor."""
        counted = self.counted(lapsed_years)
        room = np.maximum(self.floor_months - self.fixed_months, 0.0)
        unpaid = np.divide(
            room,
            self.months_per_lapsed_year,
            out=np.full(np.broadcast_shapes(np.shape(room), np.shape(self.months_per_lapsed_year)), np.inf),
            where=self.months_per_lapsed_year > 0,
        )
        useful = np.where(lapsed_years >= self.floor_from_lapsed_years, np.maximum(counted - unpaid, 0.0), counted)
        return np.where(self.months_per_lapsed_year > 0, useful, 0.0)

    def months(self, lapsed_years: np.ndarray, repaired_years: np.ndarray | float = 0.0) -> np.ndarray:
        """Months without cover after enrolling again; may exceed the twelve of a year.

        Fixed + variable for what is not repaired, not under the floor after a long lapse, never more than the longest.
        """
        months = self.fixed_months + self.months_per_lapsed_year * np.maximum(
            self.counted(lapsed_years) - repaired_years, 0.0
        )
        months = np.where(lapsed_years >= self.floor_from_lapsed_years, np.maximum(months, self.floor_months), months)
        return np.minimum(months, self.longest_months)


def without_cover(months: np.ndarray, entry_month: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Months of the entry year without cover, before enrolment and waiting, and months of waiting left for the next year.

    The waiting ends with that next year.
    """
    gone = entry_month + months
    return np.minimum(gone, MONTHS), np.minimum(np.maximum(gone - MONTHS, 0.0), MONTHS)


def insured_years(persons: np.ndarray, months_lost: np.ndarray, postponed_care: np.ndarray) -> np.ndarray:
    """Years of cover that care is claimed for: the persons' years less the months lost, but for the care claimed afterwards.

    `months_lost` is the total of the persons.
    """
    return persons - months_lost * (1 - postponed_care) / MONTHS


def continuous_credit(continuous_years: np.ndarray, step: np.ndarray, after_years: np.ndarray) -> np.ndarray:
    """Rise of the cap for continuous years as the rules count them, the current one included."""
    return step * np.maximum(continuous_years - after_years, 0.0)


def limited(credit: np.ndarray, cap: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """The rise of the cap that is granted: at most a share of the cap, and never more taken off than that share or the cap."""
    return np.clip(credit, -np.minimum(limit, 1.0) * cap, limit * cap)


def salience(cap_thousands: np.ndarray) -> np.ndarray:
    """How the cap at stake is felt, in thousand yuan: nearly all of the first thousands, ten at most."""
    return 10.0 * (1.0 - np.exp(-cap_thousands / 10.0))
