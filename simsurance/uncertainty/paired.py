"""Scenarios on the same draws: how often one is better than another, and by how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from simsurance.measures import measure_of
from simsurance.uncertainty.stochastic import DATED, PERCENTILES, YEARS_FUNDED, Stochastic, standard_error

if TYPE_CHECKING:
    import pandas as pd

SAME_WITHIN: Final = {"reserve_months": 0.05, "required_contribution_multiple": 0.0005, "years_funded": 0.0}
"""By the beginning of a measure: what two values may differ by and be the same, half of the last digit that is shown."""
SAME_SHARE: Final = 1e-4
"""The same for other measures, relative to the base."""
Better = Literal["higher", "lower", "none"]
BETTER: Final[dict[str, Better]] = {
    "first_deficit_year": "higher",
    "depletion_year": "higher",
    YEARS_FUNDED: "higher",
    "reserve_months_last_year": "higher",
    "lowest_reserve_months": "higher",
    "closing_last_year_constant_prices": "higher",
    "cost_rate_last_year": "lower",
    "outgo_pp_last_year_constant_prices": "none",
    "income_rate_last_year": "none",
    "public_money_present_value": "lower",
    "resident_insured_last_year": "higher",
    "coverage_last_year": "higher",
    "required_contribution_multiple_now": "lower",
    "payable_share_last_year": "higher",
}
"""Measures that pairs are told of, by the name that they have for the resident fund, and which of two values is better."""


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
                for measure, better in BETTER.items():
                    one, other = (values_of(each, fund, measure) for each in (base, run))
                    if one is not None and other is not None:
                        rows[name, fund, measure] = _row(one, other, measure, better)
        columns = [
            *("better_is", "better", "better_standard_error", "same", "worse", "share_with_both"),
            *(f"p{each:g}" for each in PERCENTILES),
        ]
        index = pd.MultiIndex.from_tuples(rows, names=["scenario", "fund", "measure"])
        return pd.DataFrame(list(rows.values()), index=index, columns=columns)


def values_of(run: Stochastic, fund: str, measure: str) -> np.ndarray | None:
    """A measure of a fund in each draw, [draw]; None where the fund has none."""
    if measure == YEARS_FUNDED:
        return run.years_funded(fund)
    return run.kept.measured.get(measure_of(fund, measure))


def _row(base: np.ndarray, other: np.ndarray, measure: str, better: Better) -> list[object]:
    """What a pair says: which value is better, chances, and percentiles of the difference."""
    has = ~np.isnan(base) & ~np.isnan(other)
    if measure.endswith(DATED):
        ranked = [np.where(np.isnan(each), np.inf, each) for each in (base, other)]
        counts, found = np.ones(len(base), dtype=bool), [np.nan] * len(PERCENTILES)
    else:
        ranked, counts = [base, other], has
        found = list(np.percentile((other - base)[has], PERCENTILES)) if has.any() else [np.nan] * len(PERCENTILES)
    own = next((size for start, size in SAME_WITHIN.items() if start in measure), None)
    size = np.zeros(len(base)) if measure.endswith(DATED) else np.abs(base) * SAME_SHARE if own is None else own
    above, below = (ranked[1] > ranked[0] + size) & counts, (ranked[1] < ranked[0] - size) & counts
    wins, losses = (above, below) if better != "lower" else (below, above)
    if better == "none" or not counts.any():
        chances = [np.nan] * 4
    else:
        share = counts.mean()
        chances = [wins.mean() / share, float(standard_error(wins)) / share, 1 - (wins.mean() + losses.mean()) / share]
        chances.append(losses.mean() / share)
    return [better, *chances, has.mean(), *found]
