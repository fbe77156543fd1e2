"""A year by months as it stands in a folder, read from its tables for charts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from simsurance.answers.actual_months import KINDS, Warned
from simsurance.answers.month_inputs import MonthInputs
from simsurance.answers.months import COLUMNS, FundMonths, Months
from simsurance.language import told_in
from simsurance.output.saved_folder import SavedFolder, rows_of

if TYPE_CHECKING:
    import pandas as pd

    from simsurance.results import RunAccounts

NO_INPUTS = MonthInputs(())
"""Charts ask for none of them: what they lead to stands in the tables."""


@dataclass(frozen=True, kw_only=True)
class SavedMonths(FundMonths):
    """A fund by months."""

    folder: SavedFolder

    @cached_property
    def table(self) -> "pd.DataFrame":
        """What comes and goes in each month."""
        return self._own("months", "year", "month")

    @cached_property
    def dates(self) -> "pd.DataFrame":
        """From the fund to the money in the bank on each 1 January."""
        return self._own("reconciliation", "date").drop(columns=["by_months", "gap"])

    @cached_property
    def columns(self) -> dict[str, np.ndarray]:
        """What comes and goes by month of all years, [month]."""
        return {name: self.table[name].to_numpy() for name in COLUMNS}

    @cached_property
    def for_next_year(self) -> np.ndarray:
        """Of the money at each month's end, what has been collected for the year after."""
        return self.table["for_next_year"].to_numpy()

    def stocks(self, date: int) -> dict[str, float]:
        """On 1 January: the fund, what lies between it and the money in the bank, and that money."""
        return {str(name): float(column[date]) for name, column in self.dates.items()}

    @cached_property
    def ranges(self) -> "pd.DataFrame":
        """The least money at a month's end with every input low and high."""
        return self._own("ranges", "item", "place")

    def _own(self, name: str, *keys: str) -> "pd.DataFrame":
        """The fund's rows of a table."""
        return rows_of(self.folder.csv(name, ("fund", *keys)), "fund", self.fund)


def draw_months(folder: SavedFolder, place: Path, lang: str, formats: Sequence[str]) -> Iterator[Path]:
    """The charts of a year by months."""
    from simsurance.output.charts.months import write_all

    (name,), years = folder.told("runs"), tuple(folder.told("years_by_month"))
    run = cast("RunAccounts", folder.run(name))
    funds: dict[str, FundMonths] = {
        fund: SavedMonths(run, fund, years, NO_INPUTS, folder=folder) for fund in folder.told("funds")
    }
    been = {}
    for fund, told in folder.told("actual").items():
        table = folder.csv(f"actual_{fund}", ("month",))
        been[fund] = Warned(funds[fund], {kind: table[kind].to_numpy()[: told["known"]] for kind in KINDS})
    with told_in(run.scenario.currency):
        yield from write_all(Months(run, years, NO_INPUTS, funds), been, place, lang, formats)
