"""Reference results: what each scenario gave when it was last accepted, and every cell in which it differs now."""

import codecs
import csv
import io
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simsurance import __version__
from simsurance.csv_text import LARGEST_TABLE, as_written, rows_csv, table_csv
from simsurance.drafts import alone_in, clear_drafts, draft_folder
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
PENDING: Final = "CHANGES.pending"
"""The folder of an update that is written whole and not yet in its place."""
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


DRAWS: Final = "draws.csv"
"""File of a reference that holds draws, one a row; it is there where draws were accepted."""
DRAWS_OF: Final = "draws.json"
"""What its draws were made of."""
More = Mapping[str, str]
"""Tables beside those of a run, CSV text by file name."""


def differences(results: "RunResult", folder: Path, more: More | None = None) -> list[Difference]:
    """Every cell that differs from the reference in `folder`, the worst first; `more`: tables to compare beside."""
    name = results.scenario.name
    if not folder.is_dir():
        return [Difference(name, "", "", "", ABSENT, "results", float("inf"))]
    found: list[Difference] = []
    for table, text in (reference_tables(results) | dict(more or {})).items():
        file = folder / table
        if not file.is_file():
            found.append(Difference(name, table, "", "", "no such file", "a table", float("inf")))
            continue
        if table == DRAWS_OF:
            found += [] if _text(file) == text else [Difference(name, table, "", "", "others", "these", float("inf"))]
            continue
        keys = TABLES.get(table, ("draw",))
        found += _compared(name, table, cells(_text(file), keys, file), cells(text, keys))
    return sorted(found, key=lambda each: -each.times)


def cells(text: str, keys: Sequence[str], file: object = "a table") -> Cells:
    """A table's cells by row and column; a row is named by its keys. Raises SimsuranceError where `file` is damaged."""
    found: Cells = {}
    header, *rows = _rows(text, file) or [[]]
    if not {*keys} <= {*header} or len({*header}) < len(header):
        raise _damaged(file, 1, f"the header is not that of a reference with {','.join(keys)}")
    for line, row in enumerate(rows, start=2):
        by_column = dict(zip(header, row, strict=False))
        name = " ".join(by_column.get(key, "") for key in keys)
        own = {(name, column): value for column, value in by_column.items() if column not in keys}
        if len(row) != len(header) or not found.keys().isdisjoint(own):
            raise _damaged(file, line, "the row repeats another" if len(row) == len(header) else f"{len(row)} cells")
        found |= own
    return found


def _text(file: Path) -> str:
    """A file's text, a byte order mark passed over; raises SimsuranceError where it is not UTF-8 or far too large."""
    if file.stat().st_size > LARGEST_TABLE:
        raise _damaged(file, 1, f"larger than {LARGEST_TABLE >> 20} MiB")
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _damaged(file, error.object.count(b"\n", 0, error.start) + 1, "this is not UTF-8") from None


def _rows(text: str, file: object) -> list[list[str]]:
    try:
        return [[as_written(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
    except csv.Error as error:
        raise _damaged(file, 1, f"not CSV ({error})") from None


def _damaged(file: object, line: int, wrong: str) -> SimsuranceError:
    return SimsuranceError(f"{file}:{line}: {wrong}; restore the file, or remove it and accept the results anew")


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
    if before == after:  # a zero with a sign is one
        return 0.0
    allowed = TOLERANCE * size
    return abs(after - before) / allowed if allowed else float("inf")


def _number(cell: str) -> float | None:
    """A finite number, or None for words and empty cells."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def accept(
    results: "Iterable[RunResult]", references: Path, reason: str, more: Mapping[str, More] | None = None
) -> "list[Difference | None]":
    """Make these results the reference and write down why, all of it or nothing; the largest change of each, None without one.

    All is written to a folder beside, which one rename makes an update; `settle` puts its files in their places, now or
    after a process that was killed. `more`: tables beside by the name of the scenario.
    """
    references.mkdir(parents=True, exist_ok=True)
    with alone_in(references):
        _settle(references)
        log, pending = log_text(references), references / PENDING
        largest: list[Difference | None] = []
        with draft_folder(pending) as draft:
            for result in results:
                name = result.scenario.name
                beside = dict((more or {}).get(name, {}))
                largest.append(next(iter(differences(result, references / name, beside)), None))
                if found := largest[-1]:
                    told = str(found).removeprefix(name).lstrip(" :")
                    log += _row((date.today().isoformat(), __version__, name, told, reason), log)
                    (draft / name).mkdir()
                    for table, text in (reference_tables(result) | beside).items():
                        (draft / name / table).write_text(text, encoding="utf-8", newline="")
            if any(largest):
                (draft / LOG).write_text(log, encoding="utf-8", newline="")
                os.rename(draft, pending)
        _settle(references)
    return largest


def settle(references: Path) -> None:
    """Finish an update that was killed after it was written whole, and take away one that was killed before."""
    with suppress(FileNotFoundError), alone_in(references):
        _settle(references)


def _settle(references: Path) -> None:
    pending = references / PENDING
    clear_drafts(pending)
    for file in sorted(file for file in pending.rglob("*") if file.is_file()):
        place = references / file.relative_to(pending)
        place.parent.mkdir(exist_ok=True)
        os.replace(file, place)
    shutil.rmtree(pending, ignore_errors=True)


def log_text(references: Path) -> str:
    """The log of accepted changes as it stands, byte order mark included; raises SimsuranceError where it is none."""
    file = references / LOG
    if not file.exists():
        return rows_csv(LOG_HEADER, [])
    text = _text(file)
    header, *rows = _rows(text, file) or [[]]
    if tuple(header) != LOG_HEADER:
        raise SimsuranceError(f"{file}:1: is not a log of accepted changes; give {','.join(LOG_HEADER)}")
    for line, row in enumerate(rows, start=2):
        if len(row) not in (0, len(LOG_HEADER)):
            raise _damaged(file, line, f"{len(row)} cells instead of {len(LOG_HEADER)}")
    marked = file.read_bytes().startswith(codecs.BOM_UTF8)
    return "\ufeff" * marked + text


def _row(cells: Sequence[str], log: str) -> str:
    """One more row of the log, with the line ends that it has."""
    end = "\r\n" if "\r\n" in log else "\n"
    row = rows_csv((), [cells]).partition("\n")[2].removesuffix("\n")
    return ("" if log.endswith("\n") else end) + row + end
