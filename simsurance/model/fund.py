"""The account of a fund over a year."""

import numpy as np


def closing(
    opening: np.ndarray, income: np.ndarray, outgo: np.ndarray, interest_rate: np.ndarray, deficit_rate: np.ndarray
) -> np.ndarray:
    """opening·(1+i) + (income − outgo)·(1+i)^½, flows at mid-year; an opening deficit carries its own rate. Yuan, [run]."""
    rate = np.where(opening < 0, deficit_rate, interest_rate)
    return opening * (1 + rate) + (income - outgo) * np.sqrt(1 + rate)


def year(
    opening: np.ndarray, income: np.ndarray, outgo: np.ndarray, interest_rate: np.ndarray, deficit_rate: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The fund on 31 December and the interest of the year: closing − opening − (income − outgo). Yuan, [run]."""
    end = closing(opening, income, outgo, interest_rate, deficit_rate)
    return end, end - opening - (income - outgo)
