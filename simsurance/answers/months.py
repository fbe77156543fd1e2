"""A year by months: when the money of a fund comes and goes, what it has at each month's end, and what it would have to borrow.

Every flow of a year is spread over the months in which it is received or paid, some of them in the year before or after. What
comes before its year is money collected ahead; what goes after it is owed. Money in the bank on a date is

    fund − prepaid booked + collected ahead − still to come + owed − owed at the valuation date × (1 − owed_taken_off)
    − prepaid to hospitals

and the months add up to its change, to the yuan.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from simsurance.answers.month_inputs import (
    ADVANCE,
    ADVANCE_PAID,
    ADVANCE_RETURNED,
    CARE,
    CLEARING,
    COLLECTION,
    DAYS,
    EARLIEST,
    INTEREST,
    MONTHS,
    OTHER,
    SUBSIDY,
    TAKEN_OFF,
    WITHHELD,
    MonthInputs,
    Row,
)
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import CNY
from simsurance.ledger import Booking, Kind, Party, fund_of
from simsurance.results import RunAccounts

if TYPE_CHECKING:
    import pandas as pd

DAYS_A_MONTH: Final = 365 / 12
SETTLED, CLEARED, ADVANCED, RETURNED = "settled", "cleared", "advanced", "returned"
IN: Final = (COLLECTION, SUBSIDY, "other_income", RETURNED, INTEREST)
COLLECTED: Final = (COLLECTION, SUBSIDY, "other_income", INTEREST)
OUT: Final = (SETTLED, CLEARED, ADVANCED, "other_outgo")
COLUMNS: Final = (*IN, *OUT)
"""What comes in a month and what goes, each a column of its table."""
LARGEST_GAP: Final = 0.5
"""Yuan by which the months may be off the year."""
LIKE_GROWTH: Final = (0.5, 2.0)
"""Growth from one year to the next that may be taken for that of the year before the first, or after the last."""


@dataclass(frozen=True)
class Stream:
    """A flow by year, and the share of it that comes in each month of MONTHS by year; `sign` is −1 where it goes out."""

    column: str
    sign: int
    flow: Mapping[int, float]
    shares: Mapping[int, np.ndarray]

    def ahead(self, year: int) -> float:
        """Of the flow of a year, what has come before it."""
        return float(self.flow[year] * self.shares[year][: 1 - EARLIEST].sum())

    def late(self, year: int) -> float:
        """Of the flow of a year, what comes after it."""
        return float(self.flow[year] * self.shares[year][13 - EARLIEST :].sum())

    def in_year(self, year: int) -> np.ndarray:
        """What comes in the twelve months of a calendar year, of its own flow and of those beside; [month]."""
        return np.asarray(sum(self.of_year(year, year + shift) for shift in (-1, 0, 1)))

    def of_year(self, year: int, of: int) -> np.ndarray:
        """What comes in the twelve months of a calendar year of the flow of its own, the next or the former year; [month]."""
        first = 1 - 12 * (of - year) - EARLIEST
        return self.flow[of] * self.shares[of][first : first + 12]


@dataclass(frozen=True)
class FundMonths:
    """A fund by months: what comes and goes, and the money in the bank at the end of each month."""

    run: RunAccounts
    fund: str
    years: tuple[int, ...]
    inputs: MonthInputs

    @cached_property
    def account(self) -> Mapping[str, np.ndarray]:
        """The account of the fund by year."""
        return self.run.accounts[self.fund]

    @cached_property
    def streams(self) -> tuple[Stream, ...]:
        """Every flow of the fund with its months."""
        return tuple(self._streams())

    @cached_property
    def columns(self) -> dict[str, np.ndarray]:
        """What comes and goes by month of all years, positive both; [month]."""
        found = {name: np.zeros(12 * len(self.years)) for name in COLUMNS}
        for stream in self.streams:
            found[stream.column] += np.concatenate([stream.in_year(year) for year in self.years])
        return found

    @property
    def income(self) -> np.ndarray:
        """All that comes, by month."""
        return np.asarray(sum(self.columns[name] for name in IN))

    @property
    def outgo(self) -> np.ndarray:
        """All that goes, by month."""
        return np.asarray(sum(self.columns[name] for name in OUT))

    @cached_property
    def cash(self) -> np.ndarray:
        """Money in the bank at the end of each month, that at the beginning before them."""
        return np.concatenate([[self.stocks(self.years[0])["cash"]], self.income - self.outgo]).cumsum()

    @cached_property
    def for_next_year(self) -> np.ndarray:
        """Of the money at each month's end, what has been collected for the year after."""
        ahead = [each for each in self.streams if each.column in COLLECTED]
        by_year = [sum(each.of_year(year, year + 1) for each in ahead) for year in self.years]
        return np.concatenate([np.cumsum(each) for each in by_year])

    @property
    def lowest(self) -> int:
        """The place of the month whose end has least money; 0 is the first January."""
        return int(self.cash[1:].argmin())

    @property
    def overdraft(self) -> float:
        """What has to be borrowed at most for no month's end to be below zero."""
        return max(0.0, -float(self.cash[1:].min()))

    @property
    def overdraft_without_next_year(self) -> float:
        """The same where what has been collected for the year after is not touched."""
        return max(0.0, -float((self.cash[1:] - self.for_next_year).min()))

    def stocks(self, date: int) -> dict[str, float]:
        """On 1 January: the fund, what lies between it and the money in the bank, and that money."""
        place = date - self.run.years[0]
        account = self.account
        if place < len(self.run.years):
            fund = float(account["opening"][place]) + self._owed(date - 1)
            booked = float((account["prepaid"] - account["prepaid_change"])[place]) if self._books_ahead else 0.0
        else:
            fund = float(account["closing"][place - 1]) + self._owed(date - 1)
            booked = float(account["prepaid"][place - 1]) if self._books_ahead else 0.0
        between = {
            "balance": fund,
            "booked_ahead": -booked,
            "collected_ahead": self._between(date, COLLECTED),
            "owed": self._between(date, (SETTLED, CLEARED, "other_outgo")),
            "owed_at_valuation": -self._owed_at_valuation,
            "advanced": self._between(date, (ADVANCED, RETURNED)),
        }
        return between | {"cash": sum(between.values())}

    @cached_property
    def reconciled(self) -> "pd.DataFrame":
        """Money in the bank on each 1 January by what lies between it and the fund, and as the months have it; index date."""
        import pandas as pd

        dates = (*self.years, self.years[-1] + 1)
        table = pd.DataFrame([self.stocks(date) for date in dates], index=pd.Index(dates, name="date"))
        table["by_months"] = self.cash[::12]
        table["gap"] = table["by_months"] - table["cash"]
        return table

    def lowest_with(self, inputs: MonthInputs) -> float:
        """The least money at a month's end with other inputs."""
        return float(FundMonths(self.run, self.fund, self.years, inputs).cash[1:].min())

    @cached_property
    def ranges(self) -> "pd.DataFrame":
        """The least money at a month's end with every input low and high, one at a time; what moves it most first."""
        import pandas as pd

        rows = []
        for row in self.inputs.ranged(self.fund, self.years):
            low, high = (self.lowest_with(self.inputs.with_value(row, end)) for end in _ends(row))
            rows.append((row.item, row.place, row.value, *_ends(row), low, high, abs(high - low), row.mark))
        names = ["item", "place", "value", "low", "high", "lowest_low", "lowest_high", "moves", "mark"]
        table = pd.DataFrame(rows, columns=names).sort_values("moves", ascending=False, kind="stable")
        return table.drop(columns="moves").set_index(["item", "place"])

    @property
    def range_of_lowest(self) -> tuple[float, float]:
        """The least and the most money at the worst month's end, over single inputs low and high."""
        ends = self.ranges[["lowest_low", "lowest_high"]].to_numpy()
        own = float(self.cash[1:].min())
        return min(float(ends.min(initial=own)), own), max(float(ends.max(initial=own)), own)

    def _owed(self, year: int) -> float:
        """The debt outstanding at the end of a year, whose money is in the bank."""
        place = year - self.run.years[0]
        return (
            float(self.account["debt_outstanding"][place]) if place >= 0 and "debt_outstanding" in self.account else 0.0
        )

    @property
    def _books_ahead(self) -> bool:
        return fund_of(self.fund).paid_in_advance

    @cached_property
    def _owed_at_valuation(self) -> float:
        """What was owed on the valuation date and had not been taken off the fund's balance."""
        first = self.run.years[0]
        owed = self._between(first, (SETTLED, CLEARED))
        return owed * (1 - self.inputs.size(self.fund, TAKEN_OFF, first))

    def _between(self, date: int, columns: tuple[str, ...]) -> float:
        """By how much flows have moved the money in the bank by a date, and the fund not yet, or the other way."""
        chosen = (stream for stream in self.streams if stream.column in columns)
        return sum(stream.sign * (stream.ahead(date) - stream.late(date - 1)) for stream in chosen)

    def _streams(self) -> Iterator[Stream]:
        """Every flow with its months, in the order of the ledger."""
        fund = fund_of(self.fund)
        bookings = [(each, 1) for each in (*fund.income, *fund.debt)] + [(each, -1) for each in fund.outgo]
        for booking, side in bookings:
            if booking.row.change_of_stock or (not booking.row.always and booking.column not in self.account):
                continue
            flow = self._by_year(booking.column)  # what is taken off stands below zero there
            if booking.row.of_bonds:
                yield self._of_bonds(booking, side, flow)
                continue
            if side < 0 and booking.row.kind is Kind.BENEFIT:
                yield from self._benefits(flow)
            elif side < 0:
                yield self._stream("other_outgo", OTHER, flow)
            else:
                column = _item_of(booking)
                has = column != OTHER and bool(self.inputs.pattern(self.fund, column))
                yield self._stream(column if has else "other_income", column if has else OTHER, flow)
        yield self._stream(INTEREST, INTEREST, self._by_year("interest"))
        yield from self._advances()

    def _of_bonds(self, booking: Booking, side: int, flow: Mapping[int, float]) -> Stream:
        """A bond is issued and redeemed on 31 December; its coupon falls with the other outgo, and only in years projected."""
        known = {year: amount if year in self.run.years else 0.0 for year, amount in flow.items()}
        if side > 0 and min(known.values()) < 0:  # what is redeemed is paid out
            side, known = -1, {year: -amount for year, amount in known.items()}
        column = "other_income" if side > 0 else "other_outgo"
        if booking.row.kind is Kind.DEBT:
            return Stream(column, side, known, dict.fromkeys(known, _shares({12: 1.0})))
        return self._stream(column, OTHER, known)

    def _benefits(self, flow: Mapping[int, float]) -> Iterator[Stream]:
        """Benefits by the months in which they are paid, and the part kept back until the year is cleared."""
        kept = {year: self.inputs.size(self.fund, WITHHELD, year) for year in flow}
        care = _shares(self.inputs.pattern(self.fund, CARE))
        paid = {year: delayed(care, self.inputs.size(self.fund, DAYS, year)) for year in flow}
        yield Stream(SETTLED, -1, {year: (1 - kept[year]) * amount for year, amount in flow.items()}, paid)
        yield self._stream(CLEARED, CLEARING, {year: kept[year] * amount for year, amount in flow.items()})

    def _advances(self) -> Iterator[Stream]:
        """Money that hospitals have before they give care, and give back: months of the payments of the year before."""
        outgo = [each for each in fund_of(self.fund).outgo if each.row.always or each.column in self.account]
        benefits = [each.column for each in outgo if each.row.kind is Kind.BENEFIT]
        by_year = [self._by_year(column) for column in benefits]
        flow = {
            year: self.inputs.size(self.fund, ADVANCE, year)
            / 12
            * sum(each.get(year - 1, each[year]) for each in by_year)
            for year in by_year[0]
        }
        yield self._stream(ADVANCED, ADVANCE_PAID, flow)
        yield self._stream(RETURNED, ADVANCE_RETURNED, flow)

    def _stream(self, column: str, item: str, flow: Mapping[int, float]) -> Stream:
        shares = _shares(self.inputs.pattern(self.fund, item))
        return Stream(column, 1 if column in IN else -1, flow, dict.fromkeys(flow, shares))

    def _by_year(self, column: str) -> dict[int, float]:
        """A column by year, with the year before the first and the one after the last as their neighbours grow."""
        first, last = self.run.years[0], self.run.years[-1]
        values = np.nan_to_num(self.account[column])
        before, after = values[0] / _growth(values[:2]), values[-1] * _growth(values[-2:])
        return dict(zip(range(first - 1, last + 2), (float(each) for each in (before, *values, after)), strict=True))


@dataclass(frozen=True)
class Months:
    """A scenario's year, or years, by months: one for each fund whose risk is shared."""

    run: RunAccounts
    years: tuple[int, ...]
    inputs: MonthInputs
    funds: dict[str, FundMonths] = field(repr=False)

    @cached_property
    def table(self) -> "pd.DataFrame":
        """What comes and goes in each month, and the money at its end; index fund, year, month."""
        import pandas as pd

        keys = pd.MultiIndex.from_product([self.years, range(1, 13)], names=["year", "month"])
        tables = {}
        for name, of in self.funds.items():
            sums = {"income": of.income, "outgo": of.outgo, "cash": of.cash[1:], "for_next_year": of.for_next_year}
            tables[name] = pd.DataFrame({**of.columns, **sums}, index=keys)
        return pd.concat(tables, names=["fund"])

    @cached_property
    def reconciliation(self) -> "pd.DataFrame":
        """From the fund to the money in the bank on each 1 January; index fund, date."""
        import pandas as pd

        return pd.concat({name: of.reconciled for name, of in self.funds.items()}, names=["fund"])

    @cached_property
    def ranges(self) -> "pd.DataFrame":
        """The least money at a month's end with every input low and high; index fund, item, place."""
        import pandas as pd

        return pd.concat({name: of.ranges for name, of in self.funds.items()}, names=["fund"])


def months(run: RunAccounts, year: int, count: int = 1, inputs: MonthInputs | None = None) -> Months:
    """`count` years from `year` on by months, for each fund whose risk is shared.

    Raises SimsuranceError (USAGE) for years that are not projected, (IDENTITY) where the months are not the year.
    """
    from simsurance.answers.month_inputs import month_inputs

    years = tuple(range(year, year + count))
    first, last = run.years[0], run.years[-1]
    if years[0] < first or years[-1] > last:
        raise SimsuranceError(
            f"--year {year}: {run.scenario.name}: projects {first} to {last}; give years from there",
            exit_code=ExitCode.USAGE,
        )
    if inputs is None and run.scenario.currency != CNY:
        raise SimsuranceError(
            f"{run.scenario.name}: the shipped months are China's, not of {run.scenario.currency}; give --inputs of its own",
            exit_code=ExitCode.INPUT,
        )
    given = month_inputs() if inputs is None else inputs
    funds = {name: FundMonths(run, name, years, given) for name in run.accounts if fund_of(name).pooled}
    found = Months(run, years, given, funds)
    for name, of in funds.items():
        off = float(of.reconciled["gap"].abs().max())
        if not off <= LARGEST_GAP:
            raise SimsuranceError(
                f"{run.scenario.name}: the months of {name} are off the year by {off:.6g} yuan",
                exit_code=ExitCode.IDENTITY,
            )
    return found


def require_fund(found: Months, fund: str) -> None:
    """Raises SimsuranceError (USAGE) where a fund has no months."""
    if fund not in found.funds:
        raise SimsuranceError(
            f"--fund {fund}: has no months here; give {' or '.join(found.funds)}", exit_code=ExitCode.USAGE
        )


def delayed(shares: np.ndarray, days: float) -> np.ndarray:
    """Shares by month when each comes so many days later; what is spread evenly over a month falls into two."""
    whole, part = divmod(days / DAYS_A_MONTH, 1.0)
    found = np.zeros_like(shares)
    for late, share in ((int(whole), 1 - part), (int(whole) + 1, part)):
        found[late:] += share * shares[: len(shares) - late]
    return found


def _shares(pattern: Mapping[int, float]) -> np.ndarray:
    """Shares in the order of MONTHS."""
    return np.array([pattern.get(month, 0.0) for month in MONTHS])


def _item_of(booking: Booking) -> str:
    """By which item an income comes."""
    row = booking.row
    if row.payer in (Party.BUDGET, Party.LOCALITIES):
        return SUBSIDY
    collected = (
        row.payer in (Party.MEMBERS, Party.ASSISTANCE, Party.EMPLOYERS) or "employer_contributions" in row.follows
    )
    return COLLECTION if collected and row.kind is not Kind.DEBT else OTHER


def _growth(pair: np.ndarray) -> float:
    """Growth from one value to the next; 1 where that is none."""
    if len(pair) < 2 or pair[0] == 0:
        return 1.0
    found = float(pair[1] / pair[0])
    return found if LIKE_GROWTH[0] <= found <= LIKE_GROWTH[1] else 1.0


def _ends(row: Row) -> tuple[float, float]:
    """Low and high of a row that has them."""
    assert row.low is not None
    assert row.high is not None
    return row.low, row.high
