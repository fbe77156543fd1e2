"""Early warning: the months that have been, beside those of a projected year, and where the year ends if it goes on so.

What is left of the year is the path's, times the ratio of what has been to what the path had. How far it may be off follows
from how the single months are off that ratio, their variance in proportion to their size: with S the path to date, R the rest
of it, φ = Σ (actual − ratio·path)² ÷ path ÷ (k − 1) over k months, the rest has the variance φ·(R + R² ÷ S), and Student's t
with k − 1 degrees of freedom. One month has no band.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from simsurance.answers.month_inputs import POOLED, csv_rows, number_in
from simsurance.answers.months import FundMonths, Months
from simsurance.errors import SimsuranceError
from simsurance.scenario_file.faults import Fault, refuse

if TYPE_CHECKING:
    import pandas as pd

BAND: Final = 0.8
"""Probability of the band."""
KEYS: Final = ("fund", "month", "income", "outgo")
MOST: Final = 1e15
KINDS: Final = ("income", "outgo")
Typed = dict[str, np.ndarray]
"""What came and went in the months that have been, by name; [month]."""


@dataclass(frozen=True)
class Warned:
    """The months of a fund that have been, beside the path of the year."""

    path: FundMonths
    actual: Typed

    @property
    def known(self) -> int:
        """How many months have been."""
        return len(self.actual["income"])

    @cached_property
    def ratios(self) -> dict[str, float]:
        """What has come and gone over what the path had; 1 where it had nothing."""
        return {kind: self._ratio(kind) for kind in KINDS}

    @cached_property
    def cash(self) -> np.ndarray:
        """Money at the end of each month: what has been, then what is left of the path times the ratios; from its beginning."""
        moves = {kind: self._whole(kind) for kind in KINDS}
        return np.concatenate([self.path.cash[:1], moves["income"] - moves["outgo"]]).cumsum()

    @cached_property
    def half_band(self) -> np.ndarray:
        """How far the money at each month's end may be off either way; 0 for what has been, NaN after a single month."""
        found = np.zeros(13)
        if self.known == 12:
            return found
        if self.known == 1:
            found[2:] = np.nan
            return found
        from scipy.stats import t

        variance = sum(self._variance(kind) for kind in KINDS)
        found[self.known + 1 :] = float(t.ppf((1 + BAND) / 2, self.known - 1)) * np.sqrt(variance)
        return found

    @property
    def behind(self) -> float:
        """Money at the end of the last month that has been, less what the path has there."""
        return float(self.cash[self.known] - self.path.cash[self.known])

    @property
    def as_path(self) -> float:
        """Money at the year's end if what is left goes as on the path."""
        return float(self.path.cash[12] + self.behind)

    @cached_property
    def table(self) -> "pd.DataFrame":
        """Path and months that have been, and the money at each month's end with its band; index month."""
        import pandas as pd

        columns: dict[str, np.ndarray] = {}
        for kind in KINDS:
            columns[f"{kind}_path"] = getattr(self.path, kind)[:12]
            columns[kind] = np.append(self.actual[kind], np.full(12 - self.known, np.nan))
        columns |= {"cash_path": self.path.cash[1:13], "cash": self.cash[1:]}
        columns |= {"low": (self.cash - self.half_band)[1:], "high": (self.cash + self.half_band)[1:]}
        return pd.DataFrame(columns, index=pd.RangeIndex(1, 13, name="month"))

    def _path(self, kind: str) -> np.ndarray:
        found: np.ndarray = getattr(self.path, kind)[:12]
        return found

    def _ratio(self, kind: str) -> float:
        to_date = self._path(kind)[: self.known].sum()
        return float(self.actual[kind].sum() / to_date) if to_date > 0 else 1.0

    def _whole(self, kind: str) -> np.ndarray:
        """The months of a kind: what has been, and the rest of the path times the ratio."""
        return np.append(self.actual[kind], self.ratios[kind] * self._path(kind)[self.known :])

    def _variance(self, kind: str) -> np.ndarray:
        """Variance of the sum of the months after the last known, to each of them; [month]."""
        path, known = self._path(kind), self.known
        to_date, rest = path[:known], path[known:].cumsum()
        off = (self.actual[kind] - self.ratios[kind] * to_date) ** 2
        spread = np.divide(off, to_date, out=np.zeros_like(off), where=to_date > 0).sum() / (known - 1)
        whole = to_date.sum()
        return np.asarray(spread * (rest + (rest**2 / whole if whole > 0 else 0.0)))


def warned(months: Months, file: Path) -> dict[str, Warned]:
    """The months of a file beside the path of the first year, by fund.

    Columns `fund, month, income, outgo`, yuan, January and on, none left out. SimsuranceError with every fault, a line each.
    """
    faults: list[Fault] = []
    found: dict[str, dict[int, tuple[float, float]]] = {}
    for line, cells in csv_rows(file, KEYS):
        month, amounts = number_in(cells["month"]), [number_in(cells[kind]) for kind in KINDS]
        wrong = next(
            (kind for kind, each in zip(KINDS, amounts, strict=True) if each is None or not 0 <= each <= MOST), ""
        )
        text = ""
        if cells["fund"] not in months.funds:
            text = f"{cells['fund'] or 'an empty cell'} is no fund with months; give {' or '.join(months.funds)}"
        elif month is None or month not in range(1, 13):
            text = f"month is {cells['month'] or 'empty'}; give 1 to 12"
        elif month in found.get(cells["fund"], {}):
            text = f"month {month:.0f} of {cells['fund']} stands twice; give it once"
        elif wrong:
            text = f"{wrong} is {cells[wrong] or 'empty'}; give the yuan of the month, from 0 to {MOST:g}"
        else:
            found.setdefault(cells["fund"], {})[int(month)] = (amounts[0] or 0.0, amounts[1] or 0.0)
        if text:
            faults.append(Fault(f"{file}", f"{line}", text, line))
    refuse(faults)
    if not found:
        raise SimsuranceError(f"{file}: no months; give a row for each month that has been, of {' or '.join(POOLED)}")
    for fund, by_month in found.items():
        if gone := sorted(set(range(1, max(by_month) + 1)) - set(by_month)):
            text = (
                f"month {gone[0]} of {fund} is missing before month {max(by_month)}; give January and on, none left out"
            )
            faults.append(Fault(f"{file}", "", text))
    refuse(faults)
    return {
        fund: Warned(
            months.funds[fund],
            {
                kind: np.array([by_month[month][place] for month in sorted(by_month)])
                for place, kind in enumerate(KINDS)
            },
        )
        for fund, by_month in found.items()
    }
