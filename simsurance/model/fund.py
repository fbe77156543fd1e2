"""The accounts of all funds over a year: what the ledger books, interest, and the funds on 31 December."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Final

import numpy as np

from simsurance.ledger import FUNDS, booked
from simsurance.model.groups import total

ROUNDING: Final = 1e-9
"""Share of a year's outgo within which a fund or a balance is nothing: no date and no rate hangs on its last digits."""


MID_YEAR: Final = 0.5
"""Share of the year that is left at mid-year."""


def summed(parts: Iterable[np.ndarray]) -> np.ndarray:
    """The sum of flows or of years, one after another in the order given, whatever the number of runs."""
    return reduce(np.add, parts)


def share_of(flows: Mapping[str, np.ndarray], names: Sequence[str], share: np.ndarray) -> np.ndarray:
    """A share of the sum of flows, [run]; nothing is added up where all runs take nothing."""
    if not share.any():
        return np.zeros(len(flows[names[0]]))
    return summed(total(flows[name]) for name in names) * share


def overdrawn(fund: np.ndarray, outgo: np.ndarray) -> np.ndarray:
    """Whether a fund, or a balance, is below zero by more than rounding; `outgo` of the year."""
    return fund < -ROUNDING * outgo


def growth(rate: np.ndarray, share: np.ndarray | float) -> np.ndarray:
    """(1+i)^s, what one yuan becomes that bears interest for a share of the year."""
    return np.where(share == MID_YEAR, np.sqrt(1 + rate), (1 + rate) ** share)


def closing(
    opening: np.ndarray,
    income: np.ndarray,
    outgo: np.ndarray,
    interest_rate: np.ndarray,
    deficit_rate: np.ndarray,
    share: np.ndarray | float = MID_YEAR,
) -> np.ndarray:
    """opening·(1+i) + (income − outgo)·(1+i)^s; an opening deficit carries its own rate. Yuan, [run].

    `share` s: what is left of the year when income and outgo fall; ½ for flows at mid-year.
    """
    rate = np.where(overdrawn(opening, outgo), deficit_rate, interest_rate)
    return opening * (1 + rate) + (income - outgo) * growth(rate, share)


def closed(
    opening: np.ndarray,
    totals: Mapping[str, np.ndarray],
    interest_rate: np.ndarray,
    deficit_rate: np.ndarray,
    share: np.ndarray | float = MID_YEAR,
) -> tuple[np.ndarray, np.ndarray]:
    """Every fund on 31 December and the interest of its year: closing − opening − (income − outgo) − debt. Yuan, [run, fund].

    Debt is taken up, above zero, and paid back at the year's end.

    `opening` on 1 January, [run, fund]; `totals`: the rows of the ledger, [run].
    """
    end, interest = np.empty_like(opening), np.empty_like(opening)
    for place, fund in enumerate(FUNDS[: opening.shape[1]]):
        start = opening[:, place]
        income, outgo = summed(booked(fund.income, totals)), summed(booked(fund.outgo, totals))
        end[:, place] = closing(start, income, outgo, interest_rate, deficit_rate, share)
        interest[:, place] = end[:, place] - start - (income - outgo)
        for borrowed in booked(fund.debt, totals):
            end[:, place] += borrowed
    return end, interest
