"""Employers' contributions that stay unpaid: what is owed to the employee pool, what of it comes in later, what is lost."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from simsurance.model.state import State, YearBasis

LONGEST: Final = 5
"""Years after which what is owed is settled at the latest."""


def settled(state: State, totals: Mapping[str, np.ndarray], basis: YearBasis) -> tuple[State, dict[str, np.ndarray]]:
    """The state with what is owed at the year's end, and what comes in of earlier arrears, [run]; nothing where there are none.

    `state`: that of the next 1 January, with what was owed at the start of the year; `totals`: rows of the ledger, [run]. What
    has been owed for the lag comes in in part, the rest is written off; then what stays unpaid this year is added.
    """
    rule, owed = basis.employee.arrears if basis.employee is not None else None, state.owed
    if rule is None or owed is None:
        return state, {}
    due = owed * rule.settled
    left = owed - due
    after = np.empty_like(owed)
    after[..., 0] = totals["employer_contributions"] * rule.unpaid
    after[..., 1:] = left[..., :-1]
    return replace(state, owed=after), {"arrears_recovered": outstanding(due) * rule.recovered}


def outstanding(owed: np.ndarray) -> np.ndarray:
    """All that is owed, yuan, [run]; `owed` [run, lag]."""
    return np.asarray(owed.sum(axis=-1))
