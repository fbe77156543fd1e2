"""Reference results: what each scenario gave when it was last accepted, and every cell in which it differs now."""

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simsurance import __version__
from simsurance.csv_text import rows_csv, table_csv
from simsurance.errors import SimsuranceError

if TYPE_CHECKING:
    from simsurance.results import RunResult

TOLERANCE: Final = 1e-9
"""Largest difference, relative to the largest number of the column of its fund (of the cell in measures.csv): room for another
processor's last digits, none for another model or another year. Words are equal or not, an empty cell equals only one."""

TABLES: Final = {
    "fund.csv": ("year", "fund"),
    "measures.csv": ("measure",),
    "membership_by_status.csv": ("date", "status"),
}
"""File of a reference -> its key columns."""

LOG: Final = "CHANGES.csv"
LOG_HEADER: Final = ("date", "version", "scenario", "largest_change", "reason")
ABSENT: Final = "nothing"

Cells = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Difference:
    """One cell that is not what it was; `times` is the difference over what is allowed, infinite for words."""

    scenario: str
    table: str
    row: str
    column: str
    reference: str
    now: str
    times: float

    @property
    def change(self) -> float | None:
        """How much more it is now, for numbers."""
        before, after = _number(self.reference), _number(self.now)
        return None if before is None or after is None else after - before

    def __str__(self) -> str:
        """One line: scenario, table, row, column, what it was, what it is, by how much."""
        by = "" if self.change is None else f", difference {self.change:.6g}"
        place = " ".join(part for part in (self.scenario, self.table, self.row, self.column) if part)
        return f"{place}: reference {self.reference or 'empty'}, now {self.now or 'empty'}{by}"


def reference_tables(results: "RunResult") -> dict[str, str]:
    """The tables that a reference keeps, as CSV text by file name."""
    by_status = results.membership.groupby(level=["date", "status"], sort=False).sum()
    frames = (results.fund, results.measures, by_status)
    return dict(zip(TABLES, map(table_csv, frames), strict=True))


def differences(results: "RunResult", folder: Path) -> list[Difference]:
    """Every cell that differs from the reference in `folder`, the worst first."""
    name = results.scenario.name
    if not folder.is_dir():
        return [Difference(name, "", "", "", ABSENT, "results", float("inf"))]
    found: list[Difference] = []
    for table, text in reference_tables(results).items():
        file = folder / table
        if not file.is_file():
            found.append(Difference(name, table, "", "", "no such file", "a table", float("inf")))
            continue
        before, after = (cells(each, TABLES[table]) for each in (file.read_text(encoding="utf-8"), text))
        found += _compared(name, table, before, after)
    return sorted(found, key=lambda each: -each.times)


def cells(text: str, keys: Sequence[str]) -> Cells:
    """A table's cells by row and column; a row is named by its keys."""
    found: Cells = {}
    for row in csv.DictReader(io.StringIO(text)):
        name = " ".join(row.get(key) or "" for key in keys)
        found |= {(name, column): value or "" for column, value in row.items() if column not in keys}
    return found


def _compared(scenario: str, table: str, before: Cells, after: Cells) -> Iterable[Difference]:
    """The cells that differ by more than the tolerance allows."""
    sizes = _sizes(table, before)
    for row, column in dict.fromkeys((*before, *after)):
        was, now = before.get((row, column), ABSENT), after.get((row, column), ABSENT)
        times = _times(was, now, sizes.get((row, column), 0.0))
        if times > 1:
            yield Difference(scenario, table, row, column, was, now, times)


def _sizes(table: str, before: Cells) -> Mapping[tuple[str, str], float]:
    """What the difference of each cell is held against: the largest number of its column, or its own."""
    numbers = {place: abs(number) for place, cell in before.items() if (number := _number(cell)) is not None}
    if table == "measures.csv":
        return numbers
    largest: dict[tuple[str, str], float] = {}
    for (row, column), number in numbers.items():
        of = _fund(table, row), column
        largest[of] = max(number, largest.get(of, 0.0))
    return {(row, column): largest[_fund(table, row), column] for row, column in numbers}


def _fund(table: str, row: str) -> str:
    """The fund that a row is of, where a table has several: each is held against its own numbers."""
    return row.partition(" ")[2] if table == "fund.csv" else ""


def _times(was: str, now: str, size: float) -> float:
    """The difference of two cells over what is allowed; infinite for words and gaps that differ."""
    if was == now:
        return 0.0
    before, after = _number(was), _number(now)
    if before is None or after is None:
        return float("inf")
    allowed = TOLERANCE * size
    return abs(after - before) / allowed if allowed else float("inf")


def _number(cell: str) -> float | None:
    """A finite number, or None for words and empty cells."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def accept(results: "RunResult", references: Path, reason: str) -> Difference | None:
    """Make these results the reference and write down why; returns the largest change, None if there was none."""
    name = results.scenario.name
    folder = references / name
    found = differences(results, folder)
    if not found:
        return None
    for table, text in reference_tables(results).items():
        _replace(folder / table, text)
    largest = found[0]
    told = str(largest).removeprefix(name).lstrip(" :")
    _replace(references / LOG, _logged(references / LOG, (date.today().isoformat(), __version__, name, told, reason)))
    return largest


def _logged(log: Path, row: Sequence[str]) -> str:
    """The log with one more row."""
    before = log.read_text(encoding="utf-8") if log.exists() else rows_csv(LOG_HEADER, [])
    if not before.startswith(",".join(LOG_HEADER)):
        raise SimsuranceError(f"{log}:1: is not a log of accepted changes; give {','.join(LOG_HEADER)}")
    return before + rows_csv(LOG_HEADER, [row]).partition("\n")[2]


def _replace(file: Path, text: str) -> None:
    """Write a file whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
