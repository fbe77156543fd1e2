"""What is kept of many points, on disk by column: chunks are put in as they come, so that nothing is computed twice.

A folder holds `columns`, one column of all points after another; `columns.json`, where each begins; and `done.csv`, a line for
each chunk that was put in whole, with a check of its bytes. Nothing of it is held in memory.
"""

import json
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path
from typing import BinaryIO, Final, Protocol
from zlib import crc32

import numpy as np

Arrays = dict[str, np.ndarray]
"""What is kept of some points by name, the point first."""
Span = tuple[int, int]
"""Points from the first to before the last."""
Tell = Callable[[int, int], None]
"""Called with the points that are done and all of them, first with those that were taken up."""
COLUMNS: Final = "columns"
LAYOUT: Final = "columns.json"
DONE: Final = "done.csv"
AT_ONCE: Final = 1 << 20
"""Bytes that are written at once where a column is filled."""


class Work(Protocol):
    """Points to be projected; goes to processes as it is."""

    @property
    def points(self) -> int:
        """How many there are."""

    def chunk(self, first: int, last: int) -> Arrays:
        """What is kept of the points from `first` to before `last`."""


@dataclass(frozen=True)
class Column:
    """Where a column begins, what stands in it, and the shape of one point."""

    start: int
    kind: str
    of_point: tuple[int, ...]

    @property
    def stride(self) -> int:
        """Bytes of a point."""
        return np.dtype(self.kind).itemsize * prod(self.of_point)


class Columns(Mapping[str, np.ndarray]):
    """Columns of all points by name, [point, ...], each read from disk when it is asked for and forgotten with its last user.

    Without a folder they stand in a temporary one, which is gone with them.
    """

    def __init__(self, points: int, folder: Path | None = None) -> None:
        self.points = points
        self.folder = folder or Path(tempfile.mkdtemp(prefix="simsurance-"))
        if folder is None:
            weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.layout = self._known_layout()

    def __getitem__(self, name: str) -> np.ndarray:
        column = self.layout[name]
        shape = (self.points, *column.of_point)
        return np.asarray(np.memmap(self.folder / COLUMNS, column.kind, "r", column.start, shape))

    def __iter__(self) -> Iterator[str]:
        return iter(self.layout)

    def __len__(self) -> int:
        return len(self.layout)

    def put(self, span: Span, arrays: Arrays) -> None:
        """Write what is kept of a span; a column that it lacks is NaN there. It counts as done when all of it is written."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / COLUMNS).touch()
        self._make_room(arrays)
        check = 0
        with (self.folder / COLUMNS).open("r+b") as file:
            for name, column in self.layout.items():
                values = arrays.get(name)
                if values is None:
                    values = np.full((span[1] - span[0], *column.of_point), np.nan)
                written = np.ascontiguousarray(values, column.kind).tobytes()
                file.seek(column.start + span[0] * column.stride)
                file.write(written)
                check = crc32(written, check)
        with (self.folder / DONE).open("a", encoding="utf-8") as log:
            log.write(f"{span[0]},{span[1]},{len(self.layout)},{check}\n")

    def missing(self) -> list[Span]:
        """The spans that are not done, or not as they were written."""
        there = np.zeros(self.points + 2, dtype=bool)
        there[[0, -1]] = True
        for first, last in self._as_written():
            there[1 + first : 1 + last] = True
        ends = np.flatnonzero(there[1:] != there[:-1])
        return [(int(first), int(last)) for first, last in zip(ends[::2], ends[1::2], strict=True)]

    def _as_written(self) -> Iterator[Span]:
        try:
            with (self.folder / COLUMNS).open("rb") as file, (self.folder / DONE).open(encoding="utf-8") as log:
                for line in log:
                    try:
                        first, last, columns, check = map(int, line.split(","))
                    except ValueError:
                        continue
                    if 0 <= first < last <= self.points and self._check(file, (first, last), columns) == check:
                        yield first, last
        except (FileNotFoundError, UnicodeDecodeError):
            return

    def _check(self, file: BinaryIO, span: Span, columns: int) -> int:
        check = 0
        for column in list(self.layout.values())[:columns]:
            file.seek(column.start + span[0] * column.stride)
            check = crc32(file.read((span[1] - span[0]) * column.stride), check)
        return check

    def _known_layout(self) -> dict[str, Column]:
        try:
            found = json.loads((self.folder / LAYOUT).read_text(encoding="utf-8"))
            return {
                name: Column(int(each["start"]), str(np.dtype(each["kind"])), tuple(map(int, each["of_point"])))
                for name, each in found.items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            (self.folder / DONE).unlink(missing_ok=True)
            return {}

    def _make_room(self, arrays: Arrays) -> None:
        """A place for each column that is new, full of NaN where points are done without it."""
        new = {name: values for name, values in arrays.items() if name not in self.layout}
        if not new:
            return
        later, layout = bool(self.layout), dict(self.layout)
        end = max((each.start + each.stride * self.points for each in layout.values()), default=0)
        with (self.folder / COLUMNS).open("r+b") as file:
            for name, values in new.items():
                layout[name] = Column(end, str(values.dtype), values.shape[1:])
                size = layout[name].stride * self.points
                if later:
                    file.seek(end)
                    _fill(file, size, values.dtype)
                end += size
            file.truncate(end)
        draft = self.folder / f"{LAYOUT}.partial"
        draft.write_text(json.dumps({name: asdict(each) for name, each in layout.items()}), encoding="utf-8")
        draft.replace(self.folder / LAYOUT)
        self.layout = layout


def _fill(file: BinaryIO, size: int, kind: np.dtype) -> None:
    some = np.full(AT_ONCE // kind.itemsize, np.nan).astype(kind).tobytes()
    while size > 0:
        size -= file.write(some[:size])


class Under(Mapping[str, np.ndarray]):
    """The columns whose names begin alike, by the rest of their names."""

    def __init__(self, columns: Mapping[str, np.ndarray], begin: str) -> None:
        self.columns, self.begin = columns, begin
        self.names = [name.removeprefix(begin) for name in columns if name.startswith(begin)]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[self.begin + name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def any_done(folder: Path) -> bool:
    """Whether finished chunks stand in a folder, or in one below."""
    return any(log.stat().st_size for log in folder.rglob(DONE))


def discard_parts(folder: Path) -> None:
    """Take finished chunks away when all of them have become a result."""
    shutil.rmtree(folder, ignore_errors=True)


def pieces(spans: Sequence[Span], size: int) -> list[Span]:
    """Spans in pieces of a size, the last of each may be smaller."""
    return [(start, min(start + size, last)) for first, last in spans for start in range(first, last, size)]
