"""Tables by age and sex: groups that cover every age once, totals that add up, the sexes told apart."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from unicodedata import normalize

from simsurance.axes import SEX
from simsurance.errors import SimsuranceError
from simsurance.intake.grid import Grid
from simsurance.intake.understood import Column, Understood, ages_of, cells, is_word, number, size_of, year_of

LAST: Final = 100
"""The last age, open."""
SEXED: Final = ("female", "male", "both")
Key = tuple[int, str, str]
"""Year, sex and what is counted."""
Group = tuple[int, int | None]


@dataclass
class Cell:
    """A number of one age group, and where it stands."""

    value: float
    row: int
    header: str


@dataclass
class ByAge:
    """Age groups by year, sex and what is counted; `totals` those of all ages; `step` what a last digit is worth."""

    cells: dict[Key, dict[Group, Cell]] = field(default_factory=dict)
    totals: dict[Key, Cell] = field(default_factory=dict)
    step: float = 0.0
    pairs: list[tuple[Cell, list[Cell]]] = field(default_factory=list)
    """Numbers of both sexes, each with those of which it is the sum."""
    faults: list[str] = field(default_factory=list)
    coded: bool = False
    """Whether the sexes stand as 1 and 2."""

    @property
    def years(self) -> list[int]:
        """The years that the table has."""
        return sorted({year for year, _, _ in self.cells})

    def groups(self, year: int, of: str) -> dict[str, dict[Group, Cell]]:
        """The groups of a year by sex: of women and men, or of both together where they are not told apart."""
        found = {sex: self.cells[year, sex, of] for sex in SEXED if (year, sex, of) in self.cells}
        return {sex: found[sex] for sex in SEX.members} if set(SEX.members) <= set(found) else found


def read(table: Understood, of: str = "persons") -> ByAge:
    """The groups of a table, every number in persons, yuan or as it stands (`of` empty). Raises SimsuranceError."""
    grid, found = table.grid, ByAge()
    age, sex, year = (table.column(means) for means in ("age", "sex", "year"))
    assert age is not None
    counted = _counted(table, sex)
    if not counted:
        right = "a column of persons, or one a sex; words known: simsurance import --words"
        raise grid.fault(table.header_row, "", "no column of numbers is understood", right)
    sizes = {column.means: size_of(table, column, of)[0] if of else 1.0 for column, _, _ in counted}
    stated = table.facts.get("year")
    if year is None and stated is None:
        raise grid.fault(
            table.header_row, "", "no year is told", "a column year, a title with the year, or --year 2025"
        )
    decimals = 0
    for row, written in table.body:
        if _is_note(written):
            continue
        try:
            when = year_of(grid, row, year.header, _at(written, year)) if year else int(stated.value if stated else 0)
            whose = _sex(grid, row, sex, _at(written, sex)) if sex else ""
            found.coded |= bool(sex) and _at(written, sex).isdigit()
            group = _group(grid, row, age, _at(written, age))
        except SimsuranceError as error:
            found.faults += error.lines
            continue
        of_row: dict[str, dict[str, Cell]] = {}
        for column, own_sex, what in counted:
            try:
                value = number(grid, row, column.header, _at(written, column))
            except SimsuranceError as error:
                found.faults += error.lines
                continue
            if value is None:
                if group is not None:
                    found.faults.append(grid.line(row, column.header, "no number", "one for every age, 0 for nobody"))
                continue
            if value < 0:
                found.faults.append(
                    grid.line(row, column.header, f"{value:g} is below 0", "persons or rates of 0 or more")
                )
                continue
            decimals = max(decimals, _decimals(_at(written, column)))
            cell = Cell(value * sizes[column.means], row, column.header)
            of_row.setdefault(what, {})[own_sex or whose] = cell
            _put(found, grid, (when, own_sex or whose, what), group, cell, age)
        for by_sex in of_row.values():
            if set(by_sex) == set(SEXED):
                found.pairs.append((by_sex["both"], [by_sex[each] for each in SEX.members]))
    found.step = max(sizes.values()) / 10**decimals
    if not found.cells and not found.faults:
        raise grid.fault(table.header_row, "", "no age is in the table", "a row for each age or age group")
    told = table.facts.get("age")
    found.faults += _covered(found, grid, int(told is not None and told.value == "nominal"))
    return found


def _counted(table: Understood, sex: Column | None) -> list[tuple[Column, str, str]]:
    """The columns of numbers with the sex that they are of, empty where a column tells it, and what they count."""
    if sex is None and any(column.means in SEX.members for column in table.columns):
        return [(column, column.means, "persons") for column in table.columns if column.means in SEXED]
    rest = [column for column in table.columns if column.means not in ("age", "sex", "year", "note")]
    if any(column.means not in SEXED for column in rest):
        rest = [column for column in rest if column.means not in SEXED]
    named = {"both": "persons", "value": "persons"}
    return [(column, "" if sex else "both", named.get(column.means, column.means)) for column in rest]


def _put(found: ByAge, grid: Grid, key: Key, group: Group | None, cell: Cell, age: Column) -> None:
    """A number in its place; a fault where one stands there."""
    if group is None:
        found.totals[key] = cell
        return
    groups = found.cells.setdefault(key, {})
    first, end = group
    for (other, beyond), there in groups.items():
        if first < (beyond or 999) and other < (end or 999):
            again = "stands twice" if (other, beyond) == group else f"overlaps {words(other, beyond)}"
            found.faults.append(
                grid.line(cell.row, age.header, f"{words(first, end)} {again}, see row {there.row}", "every age once")
            )
            return
    groups[group] = cell


def _covered(found: ByAge, grid: Grid, youngest: int) -> Iterator[str]:
    """A fault for each age from the `youngest` that no group has, and for totals that do not add up."""
    told = set()
    for (year, sex, what), groups in found.cells.items():
        expected = youngest
        for first, end in sorted(groups, key=lambda group: group[0]):
            if first > expected:
                missing = words(expected, first)
                if (year, missing) not in told:
                    yield grid.line(0, "", f"no {missing} in {year}", "every age from 0 to an open last group")
                told.add((year, missing))
            expected = end if end is not None else 999
        if expected <= LAST and (year, "last") not in told:
            told.add((year, "last"))
            yield grid.line(
                0, "", f"the last age in {year} is {expected - 1}, not open", f"a last group such as {expected}+"
            )
        total = found.totals.get((year, sex, what))
        whole = sum(cell.value for cell in groups.values())
        if total and abs(total.value - whole) > found.step * (len(groups) + 1) / 2 + 1e-9 * whole:
            wrong = f"the ages of {year} add up to {whole:,.0f}, the total says {total.value:,.0f}"
            yield grid.line(total.row, total.header, wrong, "a total that is the sum")
    for both, parts in found.pairs:
        whole = sum(part.value for part in parts)
        if abs(both.value - whole) > found.step * 1.5 + 1e-9 * whole:
            wrong = f"women and men add up to {whole:,.0f}, both sexes say {both.value:,.0f}"
            yield grid.line(both.row, both.header, wrong, "a total that is the sum")


def words(first: int, end: int | None) -> str:
    """An age group in words."""
    if end is None:
        return f"ages {first} and over"
    return f"age {first}" if end == first + 1 else f"ages {first} to {end - 1}"


def edges(groups: Mapping[Group, Cell]) -> tuple[list[int], list[float]]:
    """First ages and numbers of groups in their order, the last open and not above 100."""
    ordered = sorted(groups.items(), key=lambda item: item[0][0])
    starts = [first for (first, _), _ in ordered if first <= LAST]
    values = [cell.value for (first, _), cell in ordered if first <= LAST]
    values[-1] += sum(cell.value for (first, _), cell in ordered if first > LAST)
    return starts, values


def _group(grid: Grid, row: int, age: Column, cell: str) -> Group | None:
    """An age group; None for the row of all ages. Raises SimsuranceError."""
    if is_word("all_ages", cell):
        return None
    if found := ages_of(cell):
        if found[1] is not None and found[1] <= found[0]:
            raise grid.fault(row, age.header, f"{cell} ends before it begins", "an age group such as 35-39")
        return found
    raise grid.fault(row, age.header, f"{cell[:40]!r} is no age", "an age or a group such as 35, 35-39 or 85+")


def _sex(grid: Grid, row: int, sex: Column, cell: str) -> str:
    """The sex that a cell says. Raises SimsuranceError."""
    if found := cells("sex").get(cell.casefold().strip()):
        return found
    raise grid.fault(row, sex.header, f"{cell[:40]!r} is no sex", "F or M, or 2 or 1; Chinese words as well")


def _at(cells: tuple[str, ...], column: Column | None) -> str:
    """The cell of a column; empty where the row ends before it."""
    return cells[column.place] if column is not None and column.place < len(cells) else ""


def _decimals(cell: str) -> int:
    """Digits behind the point."""
    return len(cell.partition(".")[2]) if "." in cell and "e" not in cell.casefold() else 0


def _is_note(cells: tuple[str, ...]) -> bool:
    """Whether a row is a line of text below a table, such as a source."""
    filled = [cell for cell in cells if cell]
    return len(filled) == 1 and (len(filled[0]) > 12 or any(sign in normalize("NFKC", filled[0]) for sign in ":*"))
