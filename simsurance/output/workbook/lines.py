"""Lines of the workbook: a quantity by year, as numbers, as yellow cells or as a formula of other lines.

A formula is written once for all years, other lines in braces: `{fund} * (1 + {rate})` is of the same year, `{fund@-1}` of the
year before, `{first..last}` the cells of neighbouring lines from one to the other. Its values are those of the run, never
computed here: recalculated, every cell shows whether the formula says what the engine does.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from simsurance.errors import SimsuranceError

TOKEN: Final = re.compile(r"\{(\w+)(?:@([+-]\d+))?(?:\.\.(\w+))?\}")
FUNCTIONS: Final = ("ABS", "AND", "IF", "INDEX", "MATCH", "MAX", "MIN", "ROUND", "SUM", "SUMIF", "SUMPRODUCT")
"""All that formulas call: Excel, LibreOffice and WPS have each of them, with one meaning."""
FIRST_COLUMN: Final = 5
"""Columns before the years: what it is, key or name, unit, what kind of line, what is to be known of it."""
EXACT, NEARLY = "exact", "nearly"
"""What a line of yellow cells does: the change of the engine with everybody's membership held, or nearly that."""
OF: Final = ":"
"""In the label of a line between what it is, a key of the language files, and the bond or choice that it is of."""
Kind = Literal["input", "formula", "frozen", "text"]
Formula = str | Callable[[int], str]


@dataclass(frozen=True)
class Line:
    """A line of a sheet: its values by year in the sheet's units, and what makes them.

    `formula`: of all years, or by year, empty where it is a number; `inputs`: the years whose cells are yellow, for a `key` of
    the scenario; `note`: what is to be known of it, a key of the language files under `workbook.note`.
    """

    name: str
    values: Mapping[int, float]
    unit: str = ""
    formula: Formula = ""
    label: str = ""
    key: str = ""
    inputs: Collection[int] = ()
    note: str = ""
    style: str = ""

    def formula_in(self, year: int) -> str:
        """The formula of a year; empty where the cell holds a number."""
        return self.formula if isinstance(self.formula, str) else self.formula(year)

    def kind(self, year: int) -> Kind:
        """What the cell of a year is."""
        return "input" if year in self.inputs else "formula" if self.formula_in(year) else "frozen"


def constant(line: Line) -> Line:
    """A key that is one number for all years: a yellow cell in the first of a line's years, and the same after it."""
    first = min(line.values)
    same = f"{{{line.name}@-1}}"
    return replace(line, formula=lambda year: same if year > first else "", inputs=frozenset([first]), note=EXACT)


@dataclass
class Sheet:
    """A sheet: its name, a key of the language files, and its lines; a heading is text alone."""

    name: str
    lines: "list[Line | str]" = field(default_factory=list)

    def add(self, *lines: "Line | str") -> None:
        """Further lines, or headings by their keys."""
        self.lines += lines


@dataclass(frozen=True)
class Place:
    """Where a line stands: its sheet's name as users see it, and its row, the first 1."""

    sheet: str
    row: int


class Layout:
    """Where every line of the sheets stands, and their formulas with the cells that they mean."""

    def __init__(self, sheets: Iterable[Sheet], titles: Mapping[str, str], years: range, head: int) -> None:
        self.years = years
        self.places: dict[str, Place] = {}
        self.lines: dict[str, Line] = {}
        for sheet in sheets:
            for place, line in enumerate(sheet.lines, start=head + 1):
                if isinstance(line, Line):
                    assert line.name not in self.places, line.name
                    self.places[line.name] = Place(titles[sheet.name], place)
                    self.lines[line.name] = line

    def column(self, year: int) -> int:
        """The column of a year, the first 0."""
        return FIRST_COLUMN + year - self.years[0]

    def cell(self, name: str, year: int, on: str) -> str:
        """A line's cell in a year, as a formula on a sheet calls it."""
        place = self.places[name]
        if year not in self.lines[name].values:
            raise SimsuranceError(f"workbook: {name} has no value in {year}")
        return f"{sheet_prefix(place.sheet, on)}{letters(self.column(year))}{place.row}"

    def row(self, name: str, on: str, years: Collection[int] | None = None) -> str:
        """The cells of a line from its first year to its last, or of the years given."""
        place, own = self.places[name], sorted(years or self.lines[name].values)
        ends = (f"${letters(self.column(year))}${place.row}" for year in (own[0], own[-1]))
        return sheet_prefix(place.sheet, on) + ":".join(ends)

    def formula(self, line: Line, year: int) -> str:
        """The formula of a line in a year with the cells that it means; empty where there is none."""
        on = self.places[line.name].sheet

        def cells(found: re.Match[str]) -> str:
            name, shift, last = found.groups()
            then = year + int(shift or 0)
            first = self.cell(name, then, on)
            return f"{first}:{self.cell(last, then, on).rpartition('!')[2]}" if last else first

        text = line.formula_in(year)
        return "=" + TOKEN.sub(cells, text) if text else ""


def sheet_prefix(sheet: str, on: str) -> str:
    """What stands before a cell of another sheet."""
    return "" if sheet == on else "'" + sheet.replace("'", "''") + "'!"


def letters(column: int) -> str:
    """The letters of a column, the first 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
