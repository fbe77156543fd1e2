"""Pools side by side as they stand in a folder, read from its tables for charts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from simsurance.analysis.adjustment_fund import Year
from simsurance.analysis.pools import MERGED, Pools
from simsurance.language import told_in
from simsurance.output.saved_folder import SavedFolder, rows_of
from simsurance.scenario_file.pooling import Adjustment

if TYPE_CHECKING:
    import pandas as pd

    from simsurance.measures import Account
    from simsurance.scenario_file.pooling import Pooling

OF_POOLS, OF_FUND = ("levied", "levy", "need", "deficit", "claims", "received"), ("opening", "interest", "closing")
"""What an adjustment fund does in a year, by pool and in all."""


@dataclass(frozen=True)
class SavedPool:
    """One pool: what it is called and how certain its figures are."""

    name: str
    title: str
    title_zh: str
    mark: str


@dataclass(frozen=True)
class SavedPooling:
    """Pools in their order, and what stands between them."""

    title: str
    title_zh: str
    currency: str
    pools: tuple[SavedPool, ...]
    adjustment: Adjustment | None


@dataclass(frozen=True, repr=False, kw_only=True)
class SavedPools(Pools):
    """Runs of pools apart and with the adjustment fund between them."""

    folder: SavedFolder

    @property
    def years(self) -> tuple[int, ...]:
        """The calendar years of the flows."""
        first, last = self.folder.told("years")
        return tuple(range(first, last + 1))

    @cached_property
    def pools(self) -> "pd.DataFrame":
        """One row a pool, who gains most first."""
        return self.folder.csv("pools", ("pool",))

    def reserve_months(self, arrangement: str) -> np.ndarray:
        """Of the one fund of all, [year, 1]; those of single pools stand in their table."""
        assert arrangement == MERGED
        months = rows_of(self.folder.csv("stability", ("arrangement", "year")), "arrangement", arrangement)
        return months["middle"].to_numpy()[:, None]


def draw_pools(folder: SavedFolder, place: Path, lang: str, formats: Sequence[str]) -> Iterator[Path]:
    """The chart of pools."""
    from simsurance.output.charts.pools import write_all

    rules, merged = (folder.told(name) for name in ("adjustment", "merged"))
    pools = tuple(
        SavedPool(name, told["title"], told["title_zh"], told["mark"]) for name, told in folder.told("runs").items()
    )
    between = Adjustment(**rules) if rules else None
    title, title_zh, currency = (folder.told(name) for name in ("title", "title_zh", "currency"))
    pooling = SavedPooling(title, title_zh, currency, pools, between)
    moved = tuple(_moved(folder)) if rules else ()
    one: Account | None = None if merged is None else {}
    found = SavedPools(cast("Pooling", pooling), (), (), moved, one, (), None, folder=folder)
    with told_in(pooling.currency):
        yield from write_all(found, place, lang, formats)


def _moved(folder: SavedFolder) -> Iterator[Year]:
    """The adjustment fund by year."""
    transfers = folder.csv("transfers", ("year", "pool"))
    for year, account in folder.csv("adjustment", ("year",)).iterrows():
        own = transfers.xs(year, level="year")
        opening, interest, closing = (float(account[name]) for name in OF_FUND)
        by_pool = {name: own[name].to_numpy() for name in OF_POOLS}
        yield Year(**by_pool, opening=opening, interest=interest, closing=closing)
