"""What spreads a year over its months, as data: `scenarios/months.csv`, and a table of the user's own laid upon it.

A row is the share of a flow that comes in a month, or a size by the first year from which it holds. Month 1 is January of the
year that the flow belongs to, 0 the December before, 13 the January after. Columns: `fund, item, month, year, value`, and
`low, high, source_id, mark, note`.
"""

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from simsurance.csv_text import LARGEST_TABLE, as_written, rows_csv, text_of
from simsurance.errors import SimsuranceError
from simsurance.ledger import FUNDS
from simsurance.scenario_file.faults import Fault, nearest, refuse
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.register import MARKS

COLLECTION, SUBSIDY, CARE, INTEREST, OTHER = "collection", "subsidy", "care", "interest", "other"
CLEARING, ADVANCE_PAID, ADVANCE_RETURNED = "clearing", "advance_paid", "advance_returned"
PATTERNS: Final = (COLLECTION, SUBSIDY, CARE, INTEREST, OTHER, CLEARING, ADVANCE_PAID, ADVANCE_RETURNED)
"""Items that are shares by month."""
DAYS, WITHHELD, ADVANCE, TAKEN_OFF = "settlement_days", "withheld_share", "advance_months", "owed_taken_off"
SIZES: Final[Mapping[str, tuple[float, float]]] = {
    DAYS: (0, 360),
    WITHHELD: (0, 0.5),
    ADVANCE: (0, 6),
    TAKEN_OFF: (0, 1),
}
"""Items that are sizes by year, and their bounds."""
EARLIEST, LATEST = -11, 24
"""Months in which a flow of a year may come: from the January before to the December after."""
MONTHS: Final = range(EARLIEST, LATEST + 1)
SUM_OFF: Final = 0.001
"""How far from 1 the shares of an item may sum; rounded shares are brought to 1."""
POOLED: Final = tuple(fund.name for fund in FUNDS if fund.pooled)
KEYS: Final = ("fund", "item", "month", "year", "value")
BESIDE: Final = ("low", "high", "source_id", "mark", "note")
OWN: Final = "own"
"""The mark of a row of the user's own that gives none."""


@dataclass(frozen=True)
class Row:
    """A share in a month, or a size from a year on; low and high are None where a range makes no sense."""

    fund: str
    item: str
    place: int
    value: float
    low: float | None
    high: float | None
    source_id: str
    mark: str
    note: str


@dataclass(frozen=True)
class MonthInputs:
    """All rows, by fund and item; shares of an item sum to 1."""

    rows: tuple[Row, ...]

    def pattern(self, fund: str, item: str) -> dict[int, float]:
        """Share by month; empty where a fund has no such item."""
        shares = {row.place: row.value for row in self._of(fund, item)}
        whole = sum(shares.values())
        return {month: share / whole for month, share in shares.items()}

    def size(self, fund: str, item: str, year: int) -> float:
        """A size in a year: that of the last year named before, of the first for what is earlier."""
        by_year = {row.place: row.value for row in self._of(fund, item)}
        named = [each for each in by_year if each <= year] or [min(by_year)]
        return by_year[max(named)]

    def as_csv(self) -> str:
        """The rows as the table that they are read from."""
        return rows_csv((*KEYS, *BESIDE), map(_cells, self.rows))

    def with_value(self, row: Row, value: float) -> "MonthInputs":
        """With another value of a row; the other shares of a pattern give way in proportion."""
        rest = sum(each.value for each in self._of(row.fund, row.item) if each is not row)
        scale = (1 - value) / rest if row.item in PATTERNS and rest else 1.0

        def changed(each: Row) -> Row:
            if each is row:
                return replace(each, value=value)
            same = row.item in PATTERNS and (each.fund, each.item) == (row.fund, row.item)
            return replace(each, value=each.value * scale) if same else each

        return MonthInputs(tuple(map(changed, self.rows)))

    def ranged(self, fund: str, years: Iterable[int]) -> list[Row]:
        """The rows of a fund with a range; of sizes by year those alone that hold in one of the years."""
        held = {(item, max(self._named(fund, item, year))) for item in SIZES for year in years}
        return [
            row
            for row in self.rows
            if row.fund == fund
            and row.low is not None
            and row.high is not None
            and (row.item in PATTERNS or (row.item, row.place) in held)
        ]

    def _named(self, fund: str, item: str, year: int) -> list[int]:
        places = [row.place for row in self._of(fund, item)]
        return [place for place in places if place <= year] or [min(places)]

    def _of(self, fund: str, item: str) -> list[Row]:
        return [row for row in self.rows if (row.fund, row.item) == (fund, item)]


def month_inputs(own: Path | None = None) -> MonthInputs:
    """The shipped inputs; those of a file of the user's own in place of the items that it names.

    Raises SimsuranceError with every fault of the file, one line each.
    """
    shipped = _read(scenarios_folder() / "months.csv")
    if own is None:
        return MonthInputs(shipped)
    rows = _read(own)
    named = {(row.fund, row.item) for row in rows}
    return MonthInputs((*(row for row in shipped if (row.fund, row.item) not in named), *rows))


def csv_rows(path: Path, needed: Sequence[str], may: Sequence[str] = ()) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with their lines; SimsuranceError where it is none, or its columns are not those."""
    if path.stat().st_size > LARGEST_TABLE:
        raise SimsuranceError(f"{path}: larger than {LARGEST_TABLE >> 20} MiB; give a table of months")
    try:
        text = text_of(path.read_bytes())
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = [cell.strip() for cell in next(reader, [])]
        lines = [(reader.line_num, [as_written(cell.strip()) for cell in row]) for row in reader if any(row)]
    except UnicodeDecodeError:
        raise SimsuranceError(f"{path}: this is not UTF-8; save the table as CSV in UTF-8") from None
    except csv.Error as error:
        raise SimsuranceError(f"{path}: not CSV ({error}); save the table as CSV") from None
    known = (*needed, *may)
    if missing := [name for name in needed if name not in header]:
        raise SimsuranceError(f"{path}:1: no column {missing[0]}; give {','.join(needed)}")
    if unknown := [name for name in header if name not in known or header.count(name) > 1]:
        hint = nearest(unknown[0], known) or f"known are {', '.join(known)}"
        raise SimsuranceError(f"{path}:1: column {unknown[0]} is unknown or stands twice; {hint}")
    if long := [line for line, row in lines if len(row) != len(header)]:
        raise SimsuranceError(f"{path}:{long[0]}: not as many cells as the header; give {len(header)}")
    return [(line, dict(zip(header, row, strict=True))) for line, row in lines]


def number_in(cell: str) -> float | None:
    """The finite number in a cell; None where there is none."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _read(path: Path) -> tuple[Row, ...]:
    """The rows of a file; every fault is told."""
    faults: list[Fault] = []
    rows: list[Row] = []
    for line, cells in csv_rows(path, KEYS, BESIDE):
        row = _row(cells)
        if isinstance(row, str):
            faults.append(Fault(f"{path}", f"{line}", row, line))
        elif any((row.fund, row.item, row.place) == (each.fund, each.item, each.place) for each in rows):
            faults.append(Fault(f"{path}", f"{line}", f"{row.item} of {row.place} stands twice; give it once", line))
        else:
            rows.append(row)
    refuse(faults)
    for fund, item in dict.fromkeys((row.fund, row.item) for row in rows if row.item in PATTERNS):
        whole = sum(row.value for row in rows if (row.fund, row.item) == (fund, item))
        if abs(whole - 1) > SUM_OFF:
            faults.append(Fault(f"{path}", f"{fund} {item}", f"shares sum to {whole:.6g}; give shares that sum to 1"))
    refuse(faults)
    return tuple(rows)


def _cells(row: Row) -> tuple[object, ...]:
    """A row as the cells of its table."""
    places = (row.place, "") if row.item in PATTERNS else ("", row.place)
    ends = ("" if end is None else end for end in (row.low, row.high))
    return (row.fund, row.item, *places, row.value, *ends, row.source_id, row.mark, row.note)


def _row(cells: Mapping[str, str]) -> Row | str:
    """A row, or what is wrong with it."""
    fund, item = cells["fund"], cells["item"]
    if fund not in POOLED:
        return f"{fund or 'an empty cell'} is no fund with months; give {' or '.join(POOLED)}"
    if item not in (*PATTERNS, *SIZES):
        known = (*PATTERNS, *SIZES)
        return f"{item or 'an empty cell'} is no item; {nearest(item, known) or 'known are ' + ', '.join(known)}"
    is_share = item in PATTERNS
    column, other = ("month", "year") if is_share else ("year", "month")
    low, high = (0.0, 1.0) if is_share else SIZES[item]
    ends = MONTHS if is_share else range(1900, 2201)
    place, value = number_in(cells[column]), number_in(cells["value"])
    if place is None or place not in ends:
        return f"{column} is {cells[column] or 'empty'}; give a whole number from {ends[0]} to {ends[-1]}"
    if cells[other]:
        return f"{other} has no meaning for {item}; leave it empty"
    if value is None or not low <= value <= high:
        return f"value of {item} is {cells['value'] or 'empty'}; give a number from {low:g} to {high:g}"
    if item == CLEARING and place <= 12:
        return f"month of clearing is {place:.0f}; the year is cleared after its end, give 13 to {LATEST}"
    if item == CARE and not 1 <= place <= 12:
        return f"month of care is {place:.0f}; care is given within the year, give 1 to 12"
    told = [number_in(cells.get(name, "")) for name in ("low", "high")]
    for name, end in zip(("low", "high"), told, strict=True):
        if cells.get(name) and (end is None or not low <= end <= high):
            return f"{name} of {item} is {cells[name]}; give a number from {low:g} to {high:g}, or nothing"
    mark = cells.get("mark") or OWN
    if mark not in (OWN, *MARKS):
        return f"mark is {mark}; give {', '.join(MARKS)}, or nothing"
    return Row(fund, item, int(place), value, told[0], told[1], cells.get("source_id", ""), mark, cells.get("note", ""))
