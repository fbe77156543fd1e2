"""Pools side by side, with an adjustment fund between them, and merged: who gains, who loses, what becomes steadier."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance import measures
from simsurance.analysis.adjustment_fund import AdjustmentFund, Seen, Year
from simsurance.analysis.merged_pools import merged
from simsurance.analysis.pooled_runs import TRANSFER, nation_of, projected_apart, with_payments
from simsurance.axes import YEAR
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.identities import TOLERANCE
from simsurance.ledger import RESIDENT, fund_of
from simsurance.model.fund import overdrawn, summed
from simsurance.results import RunAccounts
from simsurance.scenario_file.pooling import Pooling
from simsurance.variables import VARIABLES

if TYPE_CHECKING:
    import pandas as pd

SEPARATE, ADJUSTED, MERGED = ARRANGEMENTS = ("separate", "adjusted", "merged")
ITEMS: Final = ("opening", "income", "outgo", "interest", "closing")
"""What the pools' accounts are summed over and set against the nation by, with every row of the ledger."""
TEN: Final = 10


@dataclass(frozen=True, repr=False)
class Pools:
    """Runs of pools apart and with the adjustment fund between them; merged and national accounts, None where not asked for.

    `moved`: the adjustment fund by year; `merged`: the one account, [year], and the accounts of the pools in it.
    """

    pooling: Pooling
    separate: tuple[RunAccounts, ...]
    adjusted: tuple[measures.Account, ...]
    moved: tuple[Year, ...]
    merged: measures.Account | None
    merged_parts: tuple[RunAccounts, ...]
    nation: RunAccounts | None

    def __repr__(self) -> str:
        return f"{self.pooling.name}, {len(self.names)} pools, {self.years[0]} to {self.years[-1]}"

    @property
    def names(self) -> tuple[str, ...]:
        """The pools in their order."""
        return tuple(pool.name for pool in self.pooling.pools)

    @property
    def years(self) -> tuple[int, ...]:
        """The calendar years of the flows."""
        return self.separate[0].years

    @property
    def year(self) -> int:
        """The year at whose end reserve months are told: the tenth, or the last."""
        return self.years[min(TEN, len(self.years)) - 1]

    def of(self, arrangement: str, name: str) -> np.ndarray:
        """A column of the account of every pool, [year, pool]."""
        return np.stack([account[name] for account in self.accounts(arrangement)], axis=-1)

    def accounts(self, arrangement: str) -> tuple[measures.Account, ...]:
        """The account of the fund in every pool."""
        if arrangement == ADJUSTED:
            return self.adjusted
        runs = self.separate if arrangement == SEPARATE else self.merged_parts
        return tuple(run.accounts[self.pooling.fund] for run in runs)

    def persons(self, arrangement: str) -> np.ndarray:
        """The insured of the fund in every pool, [year, pool]."""
        return summed(self.of(arrangement, name) for name in fund_of(self.pooling.fund).insured)

    def heads(self, arrangement: str) -> np.ndarray:
        """Whom amounts a head are divided by: residents who have paid in the year, or members of the scheme, [year, pool]."""
        return self.of(arrangement, "resident_enrolled") if self.pooling.fund == RESIDENT else self.persons(arrangement)

    def reserve_months(self, arrangement: str) -> np.ndarray:
        """Fund at the year's end over monthly outgo without transfers between the pools, [year, pool]; merged [year, 1]."""
        if arrangement == MERGED:
            assert self.merged is not None
            return np.asarray(self.merged["closing"] / (self.merged["outgo"] / 12))[:, None]
        return np.asarray(self.of(arrangement, "closing") / (self.of(SEPARATE, "outgo") / 12))

    def depleted(self, arrangement: str) -> np.ndarray:
        """Whether a fund is below zero at the year's end, [year, pool]; merged [year, 1]."""
        if arrangement == MERGED:
            assert self.merged is not None
            return overdrawn(self.merged["closing"], self.merged["outgo"])[:, None]
        return overdrawn(self.of(arrangement, "closing"), self.of(SEPARATE, "outgo"))

    @cached_property
    def net(self) -> np.ndarray:
        """Received less levy, yuan, [year, pool]."""
        if not self.moved:
            return np.zeros((len(self.years), len(self.names)))
        return np.stack([year.received - year.levy for year in self.moved])

    @cached_property
    def kept(self) -> np.ndarray:
        """What the adjustment fund keeps of a year's levy, or pays out of its balance, yuan, [year]; rounding is neither."""
        levied = np.array([year.levy.sum() for year in self.moved] or [0.0] * len(self.years))
        received = np.array([year.received.sum() for year in self.moved] or [0.0] * len(self.years))
        return np.where(np.isclose(received, levied, rtol=1e-12, atol=0), 0.0, levied - received)

    @cached_property
    def zero(self) -> float:
        """The largest sum over pools and adjustment fund of a year, as a share of its largest term.

        Read from the accounts: what they book over what the balance of the adjustment fund rises by.
        """
        booked_net = self.of(ADJUSTED, TRANSFER) - self.of(SEPARATE, TRANSFER)
        grown = np.array(
            [year.closing - year.opening - year.interest for year in self.moved] or [0.0] * len(self.years)
        )
        largest = [max(np.max(year.levy), np.max(year.received), abs(year.opening), 1.0) for year in self.moved] or [
            1.0
        ]
        return float((np.abs(booked_net.sum(axis=-1) - grown) / largest).max())

    @cached_property
    def pools(self) -> "pd.DataFrame":
        """One row a pool, who gains most first: net transfer, depletion years, reserve months at the end of `year`.

        `net_transfer_pp`: yuan of constant prices per insured who has paid, or member, and year; `merged_balance_pp`: likewise,
        own income less own outgo where all have one standard and one benefit.
        """
        import pandas as pd

        place = self.years.index(self.year)
        prices = self.of(SEPARATE, "price_level")
        payers = self.heads(SEPARATE).sum(axis=YEAR)
        columns: dict[str, Any] = {
            "share": [np.nan if pool.share is None else pool.share for pool in self.pooling.pools],
            "mark": [pool.mark for pool in self.pooling.pools],
            "insured": self.persons(SEPARATE)[place],
            "levy": np.stack([each.levy for each in self.moved]).sum(axis=YEAR) if self.moved else 0.0,
            "received": np.stack([each.received for each in self.moved]).sum(axis=YEAR) if self.moved else 0.0,
            "net_transfer": self.net.sum(axis=YEAR),
            "net_transfer_pp": (self.net / prices).sum(axis=YEAR) / payers,
        }
        for name in (SEPARATE, ADJUSTED):
            columns[f"reserve_months_{name}"] = self.reserve_months(name)[place]
            columns[f"depletion_year_{name}"] = measures.first_year(self.depleted(name), self.years)
        if self.merged_parts:
            balance = self.of(MERGED, "income") - self.of(MERGED, "outgo")
            paying = self.heads(MERGED).sum(axis=YEAR)
            columns["merged_balance_pp"] = (balance / prices).sum(axis=YEAR) / paying
        table = pd.DataFrame(columns, index=pd.Index(self.names, name="pool"))
        return table.sort_values("net_transfer_pp", ascending=False, kind="stable")

    @cached_property
    def transfers(self) -> "pd.DataFrame":
        """What the adjustment fund moves; index year, pool. Yuan."""
        import pandas as pd

        index = pd.MultiIndex.from_product([self.years, self.names], names=["year", "pool"])
        names = ("levied", "levy", "need", "deficit", "claims", "received")
        columns = {name: [value for year in self.moved for value in getattr(year, name)] for name in names}
        return pd.DataFrame(columns, index=index if self.moved else index[:0]).assign(
            net_transfer=self.net.reshape(-1) if self.moved else []
        )

    @cached_property
    def adjustment(self) -> "pd.DataFrame":
        """The account of the adjustment fund by year. Yuan; `sum`: over pools and adjustment fund, 0 but for rounding."""
        import pandas as pd

        rows = [(y.opening, y.levy.sum(), y.received.sum(), y.interest, y.closing) for y in self.moved]
        table = pd.DataFrame(rows, columns=["opening", "levy", "paid_out", "interest", "closing"])
        table.index = pd.Index(self.years[: len(rows)], name="year")
        return table.assign(sum=(self.net.sum(axis=-1) + self.kept)[: len(rows)])

    @cached_property
    def fund(self) -> "pd.DataFrame":
        """The accounts of every pool, apart and with the adjustment fund; index arrangement, pool, year."""
        import pandas as pd

        kinds = (SEPARATE, ADJUSTED, *((MERGED,) if self.merged_parts else ()))
        named = [found.name for found in VARIABLES if found.table == "fund"]
        index = pd.Index(self.years, name="year")
        tables = {
            (kind, name): pd.DataFrame({column: account[column] for column in named if column in account}, index=index)
            for kind in kinds
            for name, account in zip(self.names, self.accounts(kind), strict=True)
        }
        return pd.concat(tables, names=["arrangement", "pool"])

    @cached_property
    def stability(self) -> "pd.DataFrame":
        """Reserve months of the pools and how many are depleted by the end of each year; index arrangement, year."""
        import pandas as pd

        tables = {}
        for kind in (SEPARATE, ADJUSTED, *((MERGED,) if self.merged else ())):
            months = self.reserve_months(kind)
            depleted = np.maximum.accumulate(self.depleted(kind), axis=YEAR)
            tables[kind] = pd.DataFrame(
                {
                    "lowest": months.min(axis=-1),
                    "middle": np.median(months, axis=-1),
                    "highest": months.max(axis=-1),
                    "spread": months.max(axis=-1) - months.min(axis=-1),
                    "depleted": depleted.sum(axis=-1),
                    "pools": months.shape[1],
                },
                index=pd.Index(self.years, name="year"),
            )
        return pd.concat(tables, names=["arrangement"])

    @cached_property
    def group(self) -> "pd.DataFrame":
        """The group's account: every item summed over the pools, apart and with the adjustment fund; index year, item.

        `nation`: the same share of the nation; `reconciliation`: what the separate pools make beyond it.
        """
        import pandas as pd

        fund = fund_of(self.pooling.fund)
        names = [each.column for each in (*fund.income, *fund.outgo) if each.row.always]
        beside = ("population",) if self.pooling.fund == RESIDENT else ()
        items = tuple(dict.fromkeys((*ITEMS, *fund.insured, *beside, *names)))
        table = pd.DataFrame(index=pd.MultiIndex.from_product([self.years, items], names=["year", "item"]))
        for kind in (SEPARATE, ADJUSTED):
            table[kind] = np.stack([self.of(kind, item).sum(axis=-1) for item in items], axis=-1).reshape(-1)
        if self.nation is not None:
            account = self.nation.accounts[self.pooling.fund]
            table["nation"] = np.stack([account[item] for item in items], axis=-1).reshape(-1)
            table["reconciliation"] = table[SEPARATE] - table["nation"]
        return table

    @property
    def reconciliation(self) -> float:
        """The largest gap of income or outgo against the nation, as a share of it; NaN without one."""
        if self.nation is None:
            return float("nan")
        rows = self.group[self.group.index.get_level_values("item").isin(("income", "outgo"))]
        return float((rows["reconciliation"] / rows["nation"]).abs().max())


def pool(pooling: Pooling) -> Pools:
    """The pools of a pooling scenario projected; SimsuranceError for pools that cannot stand side by side.

    No person moves by what the pools pay each other: they are projected a few at a time, and meet year by year in what was
    seen of them; the numbers are those of `project` with the meeting of all.
    """
    apart = projected_apart(pooling, pooling.merged is not None)
    fund = AdjustmentFund(pooling.adjustment, apart.mean_need, pooling.fund) if pooling.adjustment else None
    years = apart.runs[0].years
    paid = np.stack(
        [fund.pay(year, Seen.together(seen)) if fund else np.zeros(len(apart.runs)) for year, seen in apart.seen(years)]
    )
    adjusted = tuple(
        with_payments(run.accounts[pooling.fund], paid[:, place], rates)
        for place, (run, rates) in enumerate(zip(apart.runs, apart.rates, strict=True))
    )
    account, parts = merged(pooling, apart) if pooling.merged else (None, ())
    moved = tuple(fund.years if fund else ())
    found = Pools(pooling, apart.runs, adjusted, moved, account, parts, nation_of(pooling))
    if not found.zero <= TOLERANCE:
        raise SimsuranceError(
            f"{pooling.name}: transfers between pools and adjustment fund sum to {found.zero:.3g} of the largest, not to 0",
            exit_code=ExitCode.IDENTITY,
        )
    return found
