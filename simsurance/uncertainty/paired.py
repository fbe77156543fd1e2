"""Scenarios on the same draws: how often one is better than another, and by how much."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from simsurance.measures import measure_of
from simsurance.uncertainty.stochastic import (
    DATED,
    OVER_DRAWS,
    PERCENTILES,
    YEARS_FUNDED,
    Stochastic,
    ranks,
    standard_error,
)
from simsurance.variables import CONSTANT_PRICES

if TYPE_CHECKING:
    import pandas as pd

SAME_WITHIN: Final = {"reserve_months": 0.05, "required_contribution_multiple": 0.0005, "years_funded": 0.0}
"""By the beginning of a measure: what two values may differ by and be the same, half of the last digit that is shown."""
SAME_SHARE: Final = 1e-4
"""The same for other measures, relative to the base."""
Better = Literal["higher", "lower", "none"]
BETTER: Final[dict[str, Better]] = {
    "first_cash_deficit_year": "higher",
    "first_deficit_year": "higher",
    "depletion_year": "higher",
    YEARS_FUNDED: "higher",
    "reserve_months": "higher",
    "lowest_reserve_months": "higher",
    "closing": "higher",
    "cash_balance": "higher",
    "current_balance": "higher",
    "actuarial_balance": "higher",
    "actuarial_balance_discount_minus_1_point": "higher",
    "actuarial_balance_discount_plus_1_point": "higher",
    "outgo_pp": "none",
    "income_rate": "none",
    "cost_rate": "lower",
    "pay_as_you_go_rate": "lower",
    "contribution_rate": "none",
    "public_money": "lower",
    "public_money_present_value": "lower",
    "interest_less_income_growth": "none",
    "coverage": "higher",
    "coverage_of_population": "higher",
    "leave_rate": "lower",
    "return_rate": "higher",
    "resident_insured": "higher",
    "employee_active": "none",
    "employee_retired": "none",
    "dependency_ratio": "lower",
    "burden": "lower",
    "required_contribution_multiple": "lower",
    "required_contribution": "lower",
    "required_rate": "lower",
    "required_more": "lower",
    **dict.fromkeys(("adjustment_first_year", "adjustment_steps", "adjustment_steps_back", "adjustment_turns"), "none"),
    **dict.fromkeys(("adjustment_exhausted", "adjustment_paid"), "lower"),
    "payable_share_at_depletion": "none",
    "payable_share_last_year": "higher",
}
"""Which of two values of a measure is better, by its stem: without group, payer, year and frame.

`none` where it depends on whom one asks, or where dates differ.
"""
STEM: Final = re.compile(
    r"(?P<stem>burden(?=_)|.+?)((?<=burden)_\w+?)?(_from_[a-z]+)?(_(first|last)_year|_now|_delayed)?"
    rf"(_({CONSTANT_PRICES}|of_income|of_gdp))?"
)
BY_YEAR: Final = ("reserve_months", f"closing_{CONSTANT_PRICES}")
"""Columns of a fund whose differences are told by year; the higher one is better."""


def better_of(measure: str) -> Better:
    """Which of two values of a measure is better, by the name that it has for the resident fund."""
    if measure in BETTER:
        return BETTER[measure]
    found = STEM.fullmatch(measure)
    assert found is not None
    return BETTER[found["stem"]]


@dataclass(frozen=True)
class Pairs:
    """Scenarios on the same draws, the base first."""

    runs: Sequence[Stochastic]

    @property
    def names(self) -> tuple[str, ...]:
        """What tells the scenarios apart."""
        return tuple(run.scenario.name for run in self.runs)

    @cached_property
    def differences(self) -> "pd.DataFrame":
        """Each scenario less the base, draw by draw; index scenario, fund, measure.

        Chances that it is better, the same (told apart by no digit that is shown) and worse make 1. Percentiles of the
        difference have no value for dates, which may not come: `years_funded` stands for them.
        """
        import pandas as pd

        base, rows = self.runs[0], {}
        for name, run in zip(self.names[1:], self.runs[1:], strict=True):
            for fund in (fund for fund in base.kept.yearly if fund in run.kept.yearly):
                for measure in measures_of(base, fund):
                    one, other = (values_of(each, fund, measure) for each in (base, run))
                    if one is not None and other is not None:
                        whole = base.whole(measure_of(fund, measure))
                        rows[name, fund, measure] = _row(one, other, measure, better_of(measure), whole)
        columns = [
            *("better_is", "better", "better_standard_error", "same", "worse", "share_with_both"),
            *(f"p{each:g}" for each in PERCENTILES),
        ]
        index = pd.MultiIndex.from_tuples(rows, names=["scenario", "fund", "measure"])
        return pd.DataFrame(list(rows.values()), index=index, columns=columns)

    @cached_property
    def by_year(self) -> "pd.DataFrame":
        """Each scenario less the base, draw by draw, in every year; index scenario, fund, column, year.

        `central`: that of the central runs. Chances that it is higher, the same and lower make 1.
        """
        import pandas as pd

        base, tables = self.runs[0], {}
        for name, run in zip(self.names[1:], self.runs[1:], strict=True):
            for fund in (fund for fund in base.kept.yearly if fund in run.kept.yearly):
                for column in BY_YEAR:
                    one, other = (each.kept.yearly[fund][column] for each in (base, run))
                    size = np.broadcast_to(same_within(one, column), one.shape)
                    wins, losses = (
                        (other > one + size).mean(axis=OVER_DRAWS),
                        (other < one - size).mean(axis=OVER_DRAWS),
                    )
                    found = np.percentile(other - one, PERCENTILES, axis=OVER_DRAWS)
                    central = central_of(run, fund, column) - central_of(base, fund, column)
                    table = {"central": central, "better": wins, "same": 1 - wins - losses, "worse": losses}
                    table |= {f"p{each:g}": values for each, values in zip(PERCENTILES, found, strict=True)}
                    tables[name, fund, column] = pd.DataFrame(table, index=pd.Index(base.years, name="year"))
        return pd.concat(tables, names=["scenario", "fund", "column", "year"]).sort_index()


def central_of(run: Stochastic, fund: str, column: str) -> np.ndarray:
    """A column of the central run, [year]."""
    account, plain = run.central.accounts[fund], column.removesuffix(f"_{CONSTANT_PRICES}")
    return np.asarray(account[plain] / (account["price_level"] if plain != column else 1.0))


def measures_of(run: Stochastic, fund: str) -> list[str]:
    """The measures of a fund by the names that they have for the resident fund, years funded behind the depletion year."""
    others = tuple(measure_of(each, "") for each in run.kept.yearly if measure_of(each, ""))
    own = measure_of(fund, "")
    names = [
        name.removeprefix(own)
        for name in run.kept.measured
        if (name.startswith(own) if own else not name.startswith(others))
    ]
    return [each for name in names for each in ((name, YEARS_FUNDED) if name == "depletion_year" else (name,))]


def values_of(run: Stochastic, fund: str, measure: str) -> np.ndarray | None:
    """A measure of a fund in each draw, [draw]; None where the fund has none."""
    if measure == YEARS_FUNDED:
        return run.years_funded(fund)
    return run.kept.measured.get(measure_of(fund, measure))


def _row(base: np.ndarray, other: np.ndarray, measure: str, better: Better, whole: bool) -> list[object]:
    """What a pair says: which value is better, chances, and percentiles of the difference, of counts those of a draw."""
    has = ~np.isnan(base) & ~np.isnan(other)
    if measure.endswith(DATED):
        ranked = [np.where(np.isnan(each), np.inf, each) for each in (base, other)]
        counts, found = np.ones(len(base), dtype=bool), [np.nan] * len(PERCENTILES)
    else:
        ranked, counts = [base, other], has
        found = list(ranks((other - base)[has], whole))
    size = same_within(base, measure)
    above, below = (ranked[1] > ranked[0] + size) & counts, (ranked[1] < ranked[0] - size) & counts
    wins, losses = (above, below) if better != "lower" else (below, above)
    if better == "none" or not counts.any():
        chances = [np.nan] * 4
    else:
        share = counts.mean()
        chances = [wins.mean() / share, float(standard_error(wins)) / share, 1 - (wins.mean() + losses.mean()) / share]
        chances.append(losses.mean() / share)
    return [better, *chances, has.mean(), *found]


def same_within(base: np.ndarray, measure: str) -> "np.ndarray | float":
    """What two values of a measure may differ by and be the same."""
    if measure.endswith(DATED):
        return 0.0
    own = next((size for start, size in SAME_WITHIN.items() if start in measure), None)
    return np.abs(base) * SAME_SHARE if own is None else own
