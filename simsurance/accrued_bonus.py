"""The accrued bonus: what rewards that are earned and not used are worth, and what moves that.

On 1 January the insured hold rises of the cap, for continuous years and for years without reimbursement. Their value is what
these are expected to cost for as long as those who hold them live, if they stay insured: chances of use and of death as
projected by sex and age, those of the last year kept beyond it, rises that move with the amounts of the rules, discounted at
the fund's interest. Leaving forfeits it, and is told apart.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from simsurance.axes import BY_AGE_AXES, LAST_AGE, STOCK_AXES, YEAR, axis
from simsurance.measures import by_run, interest_path, ratio
from simsurance.model.fund import growth
from simsurance.model.projection import Projection
from simsurance.model.state import YearBasis

COLUMNS: Final = ("credits", "opening", "earned", "interest", "used", "lapsed", "closing", "expected")
OVER_PERSONS: Final = axis("sex", "age", of=BY_AGE_AXES)


def accrued(projection: Projection, basis: Sequence[YearBasis]) -> dict[str, np.ndarray]:
    """The roll-forward of the accrued bonus in each year but the last, COLUMNS, yuan, [year, run].

    `credits` are the rises held on 1 January; opening + earned + interest − used − lapsed = closing, which is the opening of
    the next year; `used` is the cost of the bonus in the year. `expected`: what of the closing is used if as many leave as
    projected.
    """
    runs = projection.prepaid.shape[1]
    held, cost = projection.by_age["bonus_cap"], projection.by_age["bonus_cost"]
    use = ratio(cost, held, otherwise=0.0)
    alive, staying = _remaining(projection)
    index = by_run(projection, [year.indexation for year in basis])
    indexed = np.concatenate([index[1:] / index[:-1], index[-1:] / index[-2:-1]])
    interest = interest_path(basis, runs)
    rate = interest.rates
    left = growth(rate, interest.share)
    kept = along_persons(indexed / (1 + rate)) * alive
    paid = along_persons(left / (1 + rate)) * use
    if_all_stay, as_projected = (_value(paid, kept * part) for part in (np.ones_like(staying), staying))

    opening = (held * if_all_stay).sum(axis=OVER_PERSONS)
    used = cost.sum(axis=OVER_PERSONS)
    carried = held * along_persons(indexed) * alive
    still = a_year_older((carried * staying)[:-1])
    forfeited = ((carried * (1 - staying))[:-1] * younger(if_all_stay[1:])).sum(axis=OVER_PERSONS)
    return {
        "credits": held.sum(axis=OVER_PERSONS)[:-1],
        "opening": opening[:-1],
        "earned": ((held[1:] - still) * if_all_stay[1:]).sum(axis=OVER_PERSONS),
        "interest": (opening * rate - used * (left - 1))[:-1],
        "used": used[:-1],
        "lapsed": forfeited,
        "closing": opening[1:],
        "expected": (held * as_projected).sum(axis=OVER_PERSONS)[1:],
    }


def along_persons(of_run: np.ndarray) -> np.ndarray:
    """What is one number a year and run beside arrays by sex and age."""
    return of_run.reshape(*of_run.shape, *(1,) * (len(BY_AGE_AXES) - of_run.ndim))


def a_year_older(persons: np.ndarray) -> np.ndarray:
    """What each age holds a year later; who reaches the last age stays in it."""
    found = np.zeros_like(persons)
    found[..., 1:] = persons[..., :-1]
    found[..., -1] += persons[..., -1]
    return found


def younger(values: np.ndarray) -> np.ndarray:
    """What stands at the age that somebody has a year later."""
    return np.concatenate([values[..., 1:], values[..., -1:]], axis=-1)


def _remaining(projection: Projection) -> tuple[np.ndarray, np.ndarray]:
    """Of the payers of a year the share that lives at its end, and of these the share that pays for the next, by sex and age.

    They leave for the employee scheme at the year's end, or at the enrolment for the next year, at the age that they have
    then; of the last year as many as at the enrolment for it. Where nobody pays nobody lives on.
    """
    flow = projection.by_age
    payers = flow["resident_enrolled"]
    alive = 1 - np.clip(ratio(flow["insured_deaths"], payers, otherwise=1.0), 0.0, 1.0)
    moved = np.clip(ratio(flow["transfers_out"], payers * alive, otherwise=0.0), 0.0, 1.0)
    insured = projection.stocks.resident_insured.sum(axis=axis("area", of=STOCK_AXES))
    leaving = np.clip(ratio(flow["leaves"], insured[:-1], otherwise=0.0), 0.0, 1.0)
    left = younger(np.concatenate([leaving[1:], leaving[-1:]], axis=YEAR))
    return alive, (1 - moved) * (1 - left)


def _value(paid: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """What a yuan of a held rise costs from a year on at its value on 1 January, by age: the last year goes on for ever."""
    found = np.empty_like(paid)
    last = found[-1]
    ends = kept[-1][..., LAST_AGE] < 1
    last[..., LAST_AGE] = np.where(
        ends, paid[-1][..., LAST_AGE] / np.where(ends, 1 - kept[-1][..., LAST_AGE], 1.0), np.inf
    )
    for age in range(LAST_AGE - 1, -1, -1):
        last[..., age] = paid[-1][..., age] + kept[-1][..., age] * last[..., age + 1]
    for place in range(len(paid) - 2, -1, -1):
        found[place] = paid[place] + kept[place] * younger(found[place + 1])
    return found
