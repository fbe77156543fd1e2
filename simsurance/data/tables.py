"""The one reader that puts a table on axes: a CSV file in, read-only arrays out.

Tables are tidy UTF-8 CSV: one header, one row a key, no blanks, numbers with a decimal point. Whatever is missing,
double, unknown, not a finite number or outside the bounds of its column is refused with one line, `file:row:column:
what is wrong; what would be right`, where row 1 is the header. Sex is in the order (female, male); ages are 0..100,
the last one open; years are those asked for.
"""

import csv
import hashlib
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simsurance.axes import AGE, SEX, Groups
from simsurance.csv_text import LARGEST_TABLE, as_written, text_of
from simsurance.errors import SimsuranceError

FloatArray = NDArray[np.float64]
Column = FloatArray | list[str]
Member = int | str

DATA: Final = Path(__file__).parent
AGES: Final = tuple(int(age) for age in AGE.members)
FRACTIONS: Final = ("share", "probability")
BOUNDS: Final = {
    "persons": (0, 1e9, "persons"),
    "mx": (0, 1.5, "deaths per person and year"),
    "asfr": (0, 1, "births per woman and year"),
    "tfr": (0, 20, "births per woman"),
    "males_per_female_birth": (0.5, 2, "boys per girl"),
    "weight": (0, 1e6, "relative"),
    "share": (1e-6, 1, "share"),
    "relative_income": (0, 1e3, "relative"),
    "relative_earnings": (0, 1e3, "relative"),
    "moderate": (0, 1, "share"),
    "high": (0, 1, "share"),
    "active": (0, 1, "share"),
    "retired": (0, 1, "share"),
    "entry": (0, 1, "probability"),
    "exit": (0, 1, "probability"),
    "probability": (0, 1, "probability"),
    "use": (0, 1, "probability"),
    "relative_cost": (0, 1e3, "relative"),
}
"""Lowest and highest number and unit of a value column by its name; of other columns every number is taken."""
OF_AREA: Final = "_share"
"""How the name of a column with the share of an area ends."""
SHARE_OF_AREA: Final = (0, 0.999, "share")
ESTIMATE: Final = "estimate"
VARIANTS: Final = ("low", "medium", "high", "lower80", "upper80", "lower95", "upper95")
"""What a table of total fertility may tell apart: what was estimated, and paths from there."""
ROUNDING: Final = 1e-6
LONGEST_SHOWN: Final = 40
"""Characters of a cell that messages repeat."""
MOST_SHOWN: Final = 12
"""Columns of a header that messages repeat."""
PARTS: Final = (("moderate", "high"), ("active", "retired"))
"""Shares of the same persons, which leave some for the rest."""


@dataclass(frozen=True, eq=False)
class Table:
    """The columns of one file: number columns as read-only arrays, text columns as lists of cells."""

    path: str
    columns: dict[str, Column]
    content: bytes = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """Hash of the bytes that were read."""
        return hashlib.sha256(self.content).hexdigest()

    def numbers(self, name: str) -> FloatArray:
        """The number column of that name."""
        column = self._column(name)
        if isinstance(column, list):
            raise _fault(self.path, 2, name, f"{_brief(column[0])} is not a number", "a finite number such as 0.0123")
        return column

    def text(self, name: str) -> list[str]:
        """The text column of that name."""
        column = self._column(name)
        if not isinstance(column, list):
            raise _fault(self.path, 2, name, f"{column[0]:g} is a number", "text")
        return column

    def _column(self, name: str) -> Column:
        if name not in self.columns:
            raise _fault(self.path, 1, name, "there is no such column", f"a header with the column {name}")
        return self.columns[name]


READ: Final[dict[str, Table]] = {}
"""Every table as it was last read, by its path."""


def content_read(path: Path) -> bytes:
    """A table's bytes as they were last read."""
    return READ[str(path)].content if str(path) in READ else path.read_bytes()


def dated(path: str | Path) -> tuple[str, int, int]:
    """A table, when it was changed and how large it is: what is read of it is the same as long as these are."""
    state = _refuse_too_large(str(path))
    return str(path), state.st_mtime_ns, state.st_size


def read_table(path: str | Path, header: Sequence[str] | None = None) -> dict[str, Column]:
    """Columns of a CSV table by name, in the file's row order.

    A column is a read-only float array when at least one of its cells is a number (then all of them have to be), else a
    list of text cells. `header` is the header to insist on. Raises SimsuranceError.
    """
    return dict(_table(path, header).columns)


def text_rows(path: str | Path, header: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a table whose cells are text, or numbers some of which may be left out. Raises SimsuranceError."""
    _refuse_too_large(str(path))
    names, cells = _cells(str(path), _text(str(path))[1])
    if tuple(names) != tuple(header):
        raise _fault(str(path), 1, "", f"the header is {','.join(names)}", ",".join(header))
    starts = range(0, len(cells), len(names))
    return [dict(zip(names, map(as_written, cells[start : start + len(names)]), strict=True)) for start in starts]


def by_year_sex_age(path: str | Path, value: str, years: Sequence[int]) -> FloatArray:
    """Table `year,sex,age,<value>` as an array [year, sex, age]."""
    return _by_year(path, value, years, {SEX.name: SEX.members, AGE.name: AGES})


def stocks(path: str | Path, years: Sequence[int]) -> FloatArray:
    """Table of persons as an array [year, sex, age]: dated 1 January if its first column is `date`, else 1 July of `year`."""
    first = "date" if of_january(path) else "year"
    return _by_year(path, "persons", years, {SEX.name: SEX.members, AGE.name: AGES}, first)


def of_january(path: str | Path) -> bool:
    """Whether the stocks of a table are dated 1 January, as its first column says."""
    return next(iter(_table(path, None).columns)) == "date"


def years_named(path: str | Path) -> tuple[int, ...]:
    """The years that a table names in its first column, in their order."""
    table = _table(path, None)
    return _named(table, next(iter(table.columns)))


def years_of(path: str | Path) -> list[int]:
    """All years from the first to the last that a table names."""
    named = _named(_table(path, None))
    return list(range(named[0], named[-1] + 1))


def by_year_age(path: str | Path, value: str, years: Sequence[int], ages: Sequence[int] = AGES) -> FloatArray:
    """Table `year,age,<value>` as an array [year, age]; `ages` are the ages that the table covers, all of them."""
    return _by_year(path, value, years, {AGE.name: tuple(ages)})


def by_sex_age(path: str | Path, *values: str) -> dict[str, FloatArray]:
    """Table `sex,age,<values>`: each value as an array [sex, age]."""
    return on_axes(path, {SEX.name: SEX.members, AGE.name: AGES}, values)


def by_age(path: str | Path, *values: str) -> dict[str, FloatArray]:
    """Table `age,<values>`: each value as an array [age]."""
    return on_axes(path, {AGE.name: AGES}, values)


def by_area_income(path: str | Path, groups: Groups, *values: str) -> dict[str, FloatArray]:
    """Table `area,income,<values>`: each value as an array [area, income]."""
    area_axis, income_axis = groups.area, groups.income
    found = on_axes(path, {area_axis.name: area_axis.members, income_axis.name: income_axis.members}, values)
    if "share" in found:
        for area, whole in zip(area_axis.members, found["share"].sum(axis=-1), strict=True):
            if abs(whole - 1) > ROUNDING:
                row = _table(path, None).text(area_axis.name).index(area) + 2
                wrong = f"the shares of {area} are {whole:.9g} together"
                raise _fault(str(path), row, "share", wrong, "shares that make 1")
    return found


def by_year(
    path: str | Path, value: str, years: Sequence[int], where: Mapping[str, Collection[str]] | None = None
) -> FloatArray:
    """Table `year,<where>,<value>` as an array [year], from the rows that `where` selects; they hold each year once."""
    where = where or {}
    table = _table(path, ("year", *where, value))
    named, values = _selected(table, value, tuple((name, frozenset(members)) for name, members in where.items()))
    return _read_only(values[_positions(table, named, years)])


def columns_by_year(path: str | Path, values: Sequence[str], years: Sequence[int]) -> list[FloatArray]:
    """Table `year,<values>`: each value as an array [year]; each year stands once."""
    table = _table(path, ("year", *values))
    selected = [_selected(table, value, ()) for value in values]
    return [_read_only(found[_positions(table, named, years)]) for named, found in selected]


@lru_cache(maxsize=64)
def _selected(
    table: Table, value: str, where: tuple[tuple[str, frozenset[str]], ...]
) -> tuple[tuple[int, ...], FloatArray]:
    """The years and the values of the rows that `where` selects, found once for as long as the file stays as it is."""
    _refuse_outside(table, (value,))
    chosen = np.ones(len(table.numbers(value)), dtype=bool)
    for name, members in where:
        chosen &= np.fromiter((cell in members for cell in table.text(name)), dtype=bool, count=len(chosen))
    rows = np.flatnonzero(chosen)
    named = _whole_numbers(table, "year")[rows]
    _refuse_repeats(table, named, rows, "year")
    return tuple(named.tolist()), _read_only(table.numbers(value)[rows])


def total_fertility(path: str | Path, variant: str, years: Sequence[int]) -> FloatArray:
    """Table `year,variant,tfr` as an array [year]: what was estimated, then the projection of a variant."""
    table = _table(path, ("year", "variant", "tfr"))
    _refuse_other_variants(table)
    return by_year(path, "tfr", years, {"variant": (ESTIMATE, variant)})


@lru_cache(maxsize=64)
def _refuse_other_variants(table: Table) -> None:
    _codes(table, "variant", (ESTIMATE, *VARIANTS))


def published(measure: str, path: str | Path = DATA / "published.csv") -> dict[int, float]:
    """A published series in base units by year; years that were not published are absent."""
    table = _table(path, None)
    years, values = _whole_numbers(table, "year"), table.numbers("value")
    rows = [row for row, name in enumerate(table.text("measure")) if name == measure]
    if not rows:
        raise _fault(table.path, 1, "measure", f"{measure!r} is not in the table", "the name of a published measure")
    _refuse_repeats(table, years[rows], np.array(rows), "year")
    return {int(years[row]): float(values[row]) for row in rows}


def on_axes(path: str | Path, axes: Mapping[str, Sequence[Member]], values: Sequence[str]) -> dict[str, FloatArray]:
    """Each value column as a read-only array over `axes`, in their order; every combination has exactly one row.

    Members that are numbers are in rising order.
    """
    table = _table(path, (*axes, *values))
    return dict(_placed(table, tuple((name, tuple(members)) for name, members in axes.items()), tuple(values)))


@lru_cache(maxsize=64)
def _placed(
    table: Table, named: tuple[tuple[str, tuple[Member, ...]], ...], values: tuple[str, ...]
) -> dict[str, FloatArray]:
    """The columns of a table over its axes, found once for as long as the file stays as it is."""
    axes = dict(named)
    _refuse_outside(table, values)
    flat = np.zeros(len(table.numbers(values[0])), dtype=np.int64)
    for name, members in axes.items():
        flat = flat * len(members) + _codes(table, name, members)
    rows_per_cell = np.bincount(flat, minlength=int(np.prod([len(members) for members in axes.values()])))
    if (rows_per_cell != 1).any():
        _refuse_repeats(table, flat, np.arange(len(flat)), next(iter(axes)))
        raise _missing(table.path, axes, int(np.argmin(rows_per_cell)))
    shape = [len(members) for members in axes.values()]
    order = np.argsort(flat)
    found = {name: _read_only(table.numbers(name)[order].reshape(shape)) for name in values}
    _refuse_nothing(table, axes, found)
    if "mx" in found and not (at_open_age := found["mx"][..., -1]).all():
        row = int(order.reshape(shape)[..., -1][at_open_age == 0][0])
        raise _fault(table.path, row + 2, "mx", "0 at the open age, where nobody would ever die", "a number above 0")
    return found


# --- from bytes to columns -------------------------------------------------------------------------------------------


def _table(path: str | Path, header: Sequence[str] | None) -> Table:
    """The table at `path`, read again only when the file has changed."""
    state = _refuse_too_large(str(path))
    table = READ[str(path)] = _read(str(path), state.st_mtime_ns, state.st_size)
    names = tuple(table.columns)
    if header is not None and names != tuple(header):
        raise _fault(
            str(path), 1, "", f"the header is {','.join(map(_shortened, names[:MOST_SHOWN]))}", ",".join(header)
        )
    return table


def _refuse_too_large(path: str) -> os.stat_result:
    """What the system says of a file; refuse one that is not there, or too large."""
    try:
        state = os.stat(path)
    except OSError:
        raise SimsuranceError(f"{path}: there is no such file; the path of a CSV table") from None
    if state.st_size > LARGEST_TABLE:
        raise _fault(path, 1, "", f"larger than {LARGEST_TABLE >> 20} MiB", "the rows that a scenario needs")
    return state


@lru_cache(maxsize=64)
def _read(path: str, _modified: int, _size: int) -> Table:
    content, text = _text(path)
    names, rows = _cells(path, text)
    if not rows:
        raise _fault(path, 1, "", "there is no row under the header", "one row a key")
    columns = {name: _parsed(path, name, rows[i :: len(names)]) for i, name in enumerate(names)}
    return Table(path, columns, content)


def _text(path: str) -> tuple[bytes, str]:
    """A file's bytes, and its text."""
    try:
        content = Path(path).read_bytes()
        text = text_of(content)
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        raise _fault(path, row, "", "this is not UTF-8", "a file saved as UTF-8") from None
    except OSError as error:
        raise SimsuranceError(f"{path}: {error.strerror}; a CSV file that can be read") from None
    if "\0" in text:
        raise _fault(path, 1, "", "this is not UTF-8", "a file saved as UTF-8")
    return content, text


def _cells(path: str, text: str) -> tuple[list[str], list[str]]:
    """Column names, and all cells row after row."""
    first, _, body = text.removesuffix("\n").partition("\n")
    names = [as_written(name) for name in next(csv.reader([first]), [])]
    if len(names) == 1 and (sign := next((sign for sign in ";\t" if sign in first), None)):
        apart = "semicolons" if sign == ";" else "tabs"
        raise _fault(path, 1, "", f"the columns are told apart by {apart}", "commas, with points in numbers")
    if not names or not all(names) or len(set(names)) < len(names):
        raise _fault(path, 1, "", "the header is empty or names a column twice", "one name a column")
    if '"' not in body:
        marked = f"{body}\n".replace("\n", ",\n,").split(",")[:-1] if body else []
        ends = marked[len(names) :: len(names) + 1]
        if ends.count("\n") == body.count("\n") + 1 and len(marked) == len(ends) * (len(names) + 1):
            del marked[len(names) :: len(names) + 1]
            return names, marked
    try:
        split = list(csv.reader(body.split("\n") if body else [], strict=True))
    except csv.Error as error:
        raise _fault(path, 1, "", f"the quotes do not close ({error})", "cells quoted as in RFC 4180") from None
    for row, cells in enumerate(split, start=2):
        if len(cells) != len(names):
            raise _fault(path, row, "", f"{len(cells)} cells", f"{len(names)}, one a column of the header")
    return names, list(chain.from_iterable(split))


def _parsed(path: str, name: str, cells: list[str]) -> Column:
    """Numbers if any cell is one, else the text."""
    try:
        numbers = np.array(list(map(float, cells)))
    except ValueError:
        if not any(map(_is_number, set(cells))):
            return [as_written(cell) for cell in cells]
        row, cell = next((row, cell) for row, cell in enumerate(cells, start=2) if not _is_number(cell))
        raise _fault(path, row, name, f"{_brief(cell)} is not a number", "a finite number such as 0.0123") from None
    plain = "".join(cells)
    if not np.isfinite(numbers).all() or not plain.isascii() or "_" in plain or " " in plain:
        row, cell = next((row, cell) for row, cell in enumerate(cells, start=2) if not _is_number(cell))
        raise _fault(path, row, name, f"{_brief(cell)} is not a finite number", "a finite number such as 0.0123")
    return _read_only(numbers)


def _brief(cell: str) -> str:
    """A cell in quotation marks, of a long one the beginning."""
    return repr(_shortened(cell))


def _shortened(text: str) -> str:
    """A text, of a long one the beginning."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _is_number(cell: str) -> bool:
    try:
        return cell.isascii() and cell.strip() == cell and "_" not in cell and bool(np.isfinite(float(cell)))
    except ValueError:
        return False


# --- what a column may hold ------------------------------------------------------------------------------------------


def _refuse_outside(table: Table, values: Sequence[str]) -> None:
    """Refuse numbers outside the bounds of their column, and parts that leave no rest."""
    bounds: dict[str, tuple[float, float, str]] = {name: SHARE_OF_AREA for name in values if name.endswith(OF_AREA)}
    bounds |= {name: BOUNDS[name] for name in values if name in BOUNDS}
    for name in (name for name in values if name in bounds):
        lowest, highest, unit = bounds[name]
        numbers = table.numbers(name)
        rows = np.flatnonzero((numbers < lowest) | (numbers > highest))
        if len(rows):
            first = float(numbers[rows[0]])
            more = f", as in {len(rows) - 1} more row{'s' * (len(rows) > 2)}" if len(rows) > 1 else ""
            span = f"{lowest:g} to {highest:g}".replace("e+0", "e")
            wrong = f"{first:g} is outside {span} ({unit}){more}"
            percent = unit in FRACTIONS and first >= 1.5 and first / 100 <= highest
            right = f"a fraction: did you mean {first / 100:g}?" if percent else f"a number from {span}"
            raise _fault(table.path, int(rows[0]) + 2, name, wrong, right)
    for parts in (parts for parts in PARTS if set(parts) <= set(values)):
        whole = np.add.reduce([table.numbers(name) for name in parts])
        if (whole >= 1).any():
            row = int(np.argmax(whole >= 1))
            wrong = f"{' and '.join(parts)} are {whole[row]:g} together"
            raise _fault(table.path, row + 2, parts[-1], wrong, "shares below 1 together")


def _refuse_nothing(table: Table, axes: Mapping[str, Sequence[Member]], found: Mapping[str, FloatArray]) -> None:
    """Refuse a column that is 0 all over or in a whole year, where that leaves nothing to project with."""
    for name in (name for name in found if name in BOUNDS and BOUNDS[name][2] not in FRACTIONS):
        years = axes.get("year") or axes.get("date", ())
        for place, part in enumerate(found[name] if years else [found[name]]):
            if not part.any():
                where = f"in {years[place]}" if years else "all over"
                raise _fault(table.path, 1, name, f"every number is 0 {where}", "at least one above 0")


# --- from columns to axes --------------------------------------------------------------------------------------------


def _by_year(
    path: str | Path, value: str, years: Sequence[int], inner: Mapping[str, Sequence[Member]], first: str = "year"
) -> FloatArray:
    """An array [year, *inner] of the years asked for; every year that the column `first` names has to be complete."""
    table = _table(path, (first, *inner, value))
    named = _named(table, first)
    values = on_axes(path, {first: named, **inner}, (value,))[value]
    return _read_only(values[_positions(table, named, years, first)])


@lru_cache(maxsize=64)
def _named(table: Table, column: str = "year") -> tuple[int, ...]:
    """The years that a table names, in their order, found once for as long as the file stays as it is."""
    return tuple(int(year) for year in np.unique(_whole_numbers(table, column)))


def _positions(table: Table, named: Iterable[int], years: Sequence[int], column: str = "year") -> NDArray[np.int64]:
    """Where each wanted year stands in `named`."""
    place = {int(year): i for i, year in enumerate(named)}
    absent = [year for year in years if year not in place]
    if absent:
        right = f"rows for every year from {min(years)} to {max(years)}"
        raise _fault(table.path, 1, column, f"there is no row for {absent[0]}", right)
    return np.array([place[year] for year in years], dtype=np.int64)


def _codes(table: Table, name: str, members: Sequence[Member]) -> NDArray[np.int64]:
    """Each row's position on an axis."""
    if isinstance(members[0], int):
        whole = _whole_numbers(table, name)
        codes = np.searchsorted(np.array(members), whole)
        codes[np.array(members)[np.minimum(codes, len(members) - 1)] != whole] = -1
    else:
        cells = table.text(name)
        places = {cell: members.index(cell) if cell in members else -1 for cell in set(cells)}
        codes = np.array([places[cell] for cell in cells], dtype=np.int64)
    if (codes < 0).any():
        row = int(np.argmax(codes < 0))
        cell = table.columns[name][row]
        shown = f"{cell:g}" if not isinstance(cell, str) else _brief(cell)
        raise _fault(table.path, row + 2, name, f"{shown} is not on this axis", _span(members))
    return codes


def _whole_numbers(table: Table, name: str) -> NDArray[np.int64]:
    numbers = table.numbers(name)
    whole = numbers.astype(np.int64)
    if (whole != numbers).any():
        row = int(np.argmax(whole != numbers))
        raise _fault(table.path, row + 2, name, f"{numbers[row]:g} is not a whole number", "a whole number")
    return whole


def _refuse_repeats(table: Table, keys: NDArray[np.int64], rows: NDArray[np.int64], name: str) -> None:
    first: dict[int, int] = {}
    for key, row in zip(keys.tolist(), rows.tolist(), strict=True):
        if key in first:
            raise _fault(table.path, row + 2, name, f"this repeats row {first[key] + 2}", "one row a key")
        first[key] = row


def _missing(path: str, axes: Mapping[str, Sequence[Member]], cell: int) -> SimsuranceError:
    places = np.unravel_index(cell, [len(members) for members in axes.values()])
    key = [f"{name} {members[int(place)]}" for (name, members), place in zip(axes.items(), places, strict=True)]
    return _fault(path, 1, list(axes)[-1], f"there is no row for {', '.join(key)}", "one row for every combination")


def _span(members: Sequence[Member]) -> str:
    if isinstance(members[0], int):
        return f"a whole number from {members[0]} to {members[-1]}"
    return "one of " + ", ".join(map(str, members))


def _read_only(array: FloatArray) -> FloatArray:
    array.setflags(write=False)
    return array


def _fault(path: str, row: int, column: str, wrong: str, right: str) -> SimsuranceError:
    where = f"{path}:{row}:{_shortened(column)}" if column else f"{path}:{row}"
    return SimsuranceError(f"{where}: {wrong}; {right}")
