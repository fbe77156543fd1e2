"""Yearly series of an office's tables: insured, income and expenditure, balances, standards, incomes, with their breaks."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from simsurance.data.tables import published, read_table
from simsurance.errors import SimsuranceError
from simsurance.evidence.published import PUBLISHED
from simsurance.intake import funds
from simsurance.intake.by_age import Cell
from simsurance.intake.grid import Grid, plain
from simsurance.intake.understood import (
    Column,
    Fact,
    Measure,
    Understood,
    meaning,
    measures,
    number,
    size_of,
    some_words,
    year_of,
)

Series = dict[str, dict[int, float]]
UNITS: Final = {"persons": "persons", "yuan": "yuan", "yuan a year": "yuan"}
"""The kind of unit of a column by the unit of its series."""
SUMS: Final = {"employee_insured": ("employee_active", "employee_retired")}
FUNDS: Final = ("resident", "employee_pool", "employee_account")
NATIONAL: Final = {"mean_wage": "average_wage_urban_nonprivate"}
"""The nation's series under another name."""
DIGITS: Final = 4
"""Behind the point of persons and yuan: what is beyond comes from the unit."""
SMALLEST: Final = 1e-5
"""A fund's part of the nation; a smaller one is a unit that was not told."""
PER_HEAD: Final = (0.1, 10.0)
PER_INSURED: Final = (0.03, 30.0)
"""Between which a level is that of a place: times the nation's a head, or for each insured."""
UNBALANCED: Final = 0.02
"""Of a year's income, by which a balance may move beyond income less expenditure."""


@dataclass
class Yearly:
    """Series in persons and yuan by measure and year, and the unit of each with how it is known.

    `stated`: what follows from others and is only held against them; `told`: whether the title or an option named the fund.
    """

    values: Series = field(default_factory=dict)
    units: dict[str, Fact] = field(default_factory=dict)
    cells: dict[tuple[str, int], Cell] = field(default_factory=dict)
    step: dict[str, float] = field(default_factory=dict)
    stated: Series = field(default_factory=dict)
    told: bool = False


def series(table: Understood, known: Series, breaks: Collection[int], missing: Collection[int]) -> Yearly:
    """The series of a table, in persons and yuan, checked beside those of the fund that are `known`.

    `breaks`: years in which a jump is real; `missing`: years that there are none for. Raises SimsuranceError with every fault.
    """
    grid, found, lines = table.grid, Yearly(), list[str]()
    year = table.column("year")
    item, value = table.column("item"), table.column("value")
    counted = [each for column in table.columns if (each := _of_fund(table, found, table.header_row, column))]
    if year is None or not (counted or (item and value)):
        right = "a column year and one for each series, or the columns year, item and value"
        right += f"; series such as {some_words(grid.rows[table.header_row - 1][0])}; all: simsurance import --words"
        raise grid.fault(table.header_row, "", "no yearly series is understood", right)
    held = {column.means for column in counted}
    for column in counted:
        if column.means.startswith(funds.TOTAL) and not any(part in held for part in _parts(column.means)):
            raise funds.two_funds(grid, table.header_row, column.header)
    if twice := next((one for one, other in pairwise(sorted(c.means for c in counted)) if one == other), ""):
        headers = " and ".join(column.header for column in counted if column.means == twice)
        raise grid.fault(table.header_row, headers, "mean the same", "one column of each kind")
    for row, cells in table.body:
        if len([cell for cell in cells if cell]) < 2:
            continue
        cells += ("",) * (1 + max(column.place for column in table.columns) - len(cells))
        try:
            when = year_of(grid, row, year.header, cells[year.place])
            for column in counted or [_named(table, found, row, item, value, cells)]:
                if column.place < len(cells):
                    _put(table, found, column, when, row, cells[column.place])
        except SimsuranceError as error:
            lines += error.lines
    if not found.values and not lines:
        raise grid.fault(table.header_row, "", "no figure is in the table", "a row for each year")
    lines = lines or _faults(grid, found, known, breaks, missing)
    if lines:
        raise SimsuranceError(*dict.fromkeys(lines))
    return found


def _of_fund(table: Understood, found: Yearly, row: int, column: Column) -> Column | None:
    """A column with the series that it means, the fund's of the title or of an option where it names none; None for no series.

    Raises SimsuranceError where a fund is needed and not told.
    """
    means = column.means
    if means == "persons":  # which of a yearly table are the insured, where the header says so
        means = funds.figure_of(plain(column.header).partition("(")[0])
    if not means.startswith(funds.OF_FUND) and means not in measures() and not funds.is_checked(means):
        return None
    fund = table.facts.get("fund")
    found.told |= means.startswith(funds.OF_FUND)
    return replace(column, means=funds.of_fund(table.grid, row, column.header, means, fund.value if fund else ""))


def _named(
    table: Understood, found: Yearly, row: int, item: Column | None, value: Column | None, cells: tuple[str, ...]
) -> Column:
    """The column of values as that of the series which its row names. Raises SimsuranceError."""
    assert item is not None
    assert value is not None
    means, size, unit = meaning(cells[item.place])
    own = Column(value.place, means, cells[item.place], size or value.size, unit or value.unit)
    if column := _of_fund(table, found, row, own):
        return column
    right = f"a series such as {some_words(cells[item.place], 3)}; all: simsurance import --words"
    raise table.grid.fault(row, item.header, f"{cells[item.place][:40]!r} is no series", right)


def _put(table: Understood, found: Yearly, column: Column, year: int, row: int, cell: str) -> None:
    """A number in its place. Raises SimsuranceError."""
    kept = column.means in measures()
    grid, measure = table.grid, measures()[column.means if kept else _parts(column.means)[0]]
    value = number(grid, row, column.header, cell)
    if value is None:
        return
    size, fact = size_of(table, column, UNITS[measure.unit])
    if measure.of == "head" and fact.by != "header":
        size, fact = 1.0, Fact("yuan", "assumed")
    if (column.means, year) in found.cells:
        there = found.cells[column.means, year].row
        raise grid.fault(row, column.header, f"{year} stands twice, see row {there}", "every year once")
    value = round(value * size, DIGITS)
    found.cells[column.means, year] = Cell(value, row, column.header)
    digits = len(cell.partition(".")[2])
    found.step[column.means] = max(found.step.get(column.means, 0.0), size / 10**digits)
    if not kept:
        found.stated.setdefault(column.means, {})[year] = value
        return
    found.values.setdefault(column.means, {})[year] = value
    found.units[column.means] = fact


def _parts(stated: str) -> tuple[str, str]:
    """What a stated figure follows from: income and expenditure, or the pooled fund and the accounts."""
    fund = stated.removesuffix(funds.SURPLUS)
    if stated.startswith(funds.TOTAL):
        return stated.replace(funds.TOTAL, "employee_pool"), stated.replace(funds.TOTAL, "employee_account")
    return f"{fund}_income", f"{fund}_outgo"


def _faults(grid: Grid, found: Yearly, known: Series, breaks: Collection[int], missing: Collection[int]) -> list[str]:
    """What cannot be: levels of other units, sums, balances, missing years, jumps."""
    every = {name: known.get(name, {}) | values for name, values in found.values.items()}
    every = {**{name: values for name, values in known.items() if name not in every}, **every}
    lines = _of_units(grid, found, every)
    if lines:
        return lines
    return [
        *_of_sums(grid, found),
        *_of_years(grid, found, every, breaks, missing),
        *_of_balances(grid, found, every, breaks),
    ]


def national(name: str) -> dict[int, float]:
    """The nation's series of a name; empty where there is none."""
    there = set(map(str, read_table(PUBLISHED)["measure"]))
    name = NATIONAL.get(name, name)
    return published(name) if name in there else {}


def _of_units(grid: Grid, found: Yearly, every: Series) -> list[str]:
    """Faults of levels that are not those of a place: more persons than the nation, amounts a head far from it."""
    lines = []
    for name, values in found.values.items():
        theirs, measure = national(name), measures()[name]
        year = max(values)
        if not theirs or not values[year]:
            continue
        near = min(theirs, key=lambda other: abs(other - year))
        ratio, band, of = abs(values[year] / theirs[near]), (SMALLEST, 1.0), "the nation's"
        if measure.of == "head":
            band, of = PER_HEAD, "the nation's a head"
        elif measure.unit == "yuan":
            heads = "resident_insured" if name.startswith("resident") else "employee_active"
            own = every.get(heads, {})
            if own:
                here = min(own, key=lambda other: abs(other - year))
                people = national(heads)
                ratio /= own[here] / people[min(people, key=lambda other: abs(other - year))]
                band, of = PER_INSURED, "the nation's for each insured"
        if not band[0] <= ratio <= band[1]:
            cell, unit = found.cells[name, year], found.units[name]
            amount = "persons" if measure.unit == "persons" else "yuan"
            wrong = f"{values[year]:,.6g} {amount} in {year}, {ratio:,.3g} times {of}"
            times = next((each for each in (10000, 1000, 100, 1e8) if band[0] <= ratio / each <= band[1]), None)
            guess = f"; is {unit.value} {times:,.0f} times too large?" if times and ratio > 1 else ""
            lines.append(grid.line(cell.row, cell.header, wrong, f"its unit in the header or with --unit{guess}"))
    return lines


def _of_sums(grid: Grid, found: Yearly) -> list[str]:
    """Faults of totals that are not their parts."""
    lines = []
    for whole, parts in SUMS.items():
        for year, value in found.values.get(whole, {}).items():
            if all(year in found.values.get(part, {}) for part in parts):
                added = sum(found.values[part][year] for part in parts)
                step = max(found.step[name] for name in (whole, *parts))
                if abs(added - value) > step * 1.5:
                    cell = found.cells[whole, year]
                    wrong = f"active and retired add up to {added:,.0f} in {year}, the total says {value:,.0f}"
                    lines.append(grid.line(cell.row, cell.header, wrong, "a total that is the sum"))
    for name, stated in found.stated.items():
        one, other = _parts(name)
        together = name.startswith(funds.TOTAL)
        for year, value in stated.items():
            if not all(year in found.values.get(part, {}) for part in (one, other)):
                continue
            made = found.values[one][year] + (1 if together else -1) * found.values[other][year]
            if abs(made - value) > 1.5 * max(found.step[each] for each in (name, one, other)):
                cell, what = (
                    found.cells[name, year],
                    "both funds together are" if together else "income less expenditure is",
                )
                right = "a total that is the sum" if together else "a surplus that is the difference"
                lines.append(
                    grid.line(cell.row, cell.header, f"{value:,.6g} in {year}, where {what} {made:,.6g}", right)
                )
    return lines


def _of_years(grid: Grid, found: Yearly, every: Series, breaks: Collection[int], missing: Collection[int]) -> list[str]:
    """Faults of years that are not there, and of jumps that are no growth."""
    lines = []
    for name in found.values:
        values, measure = every[name], measures()[name]
        header = next(cell.header for (each, _), cell in found.cells.items() if each == name)
        for before, year in pairwise(sorted(values)):
            absent = [each for each in range(before + 1, year) if each not in missing]
            if absent and measure.of != "head":
                right = f"its row, or --missing {absent[0]} if there is none"
                lines.append(grid.line(0, header, f"no {', '.join(map(str, absent))}", right))
            if not set(breaks) & set(range(before + 1, year + 1)) and _jumps(measure, values, before, year):
                growth = values[year] / values[before]
                cell = found.cells.get((name, year)) or found.cells.get((name, before)) or Cell(0, 0, header)
                wrong = f"{values[before]:,.6g} in {before}, {values[year]:,.6g} in {year}: {growth - 1:+.1%}"
                lines.append(grid.line(cell.row, header, wrong, f"the right number, or --break {year} if it is real"))
    return lines


def _jumps(measure: Measure, values: Mapping[int, float], before: int, year: int) -> bool:
    """Whether a series moves between two years as no growth does."""
    if not values[before] or measure.down is None or measure.up is None:
        return False
    span = year - before
    return not measure.down**span <= values[year] / values[before] <= measure.up**span


def broken(series: Series, year: int) -> set[str]:
    """The series that jump into a year; all of them where none does, for whoever says it knows."""
    found = set()
    for name, values in series.items():
        earlier = max((each for each in values if each < year), default=None)
        later = min((each for each in values if each >= year), default=None)
        if earlier is not None and later is not None and _jumps(measures()[name], values, earlier, later):
            found.add(name)
    return found or {name for name, values in series.items() if min(values) < year <= max(values)}


def _of_balances(grid: Grid, found: Yearly, every: Series, breaks: Collection[int]) -> list[str]:
    """Faults of balances that do not follow from income and expenditure."""
    lines = []
    for fund in FUNDS:
        income, outgo, balance = (every.get(f"{fund}_{name}", {}) for name in ("income", "outgo", "cumulative_balance"))
        touched = any(f"{fund}_{name}" in found.values for name in ("income", "outgo", "cumulative_balance"))
        for year in sorted(balance) if touched else ():
            if not {year} <= set(income) & set(outgo) or year - 1 not in balance or year in breaks:
                continue
            expected = balance[year - 1] + income[year] - outgo[year]
            if abs(balance[year] - expected) > UNBALANCED * income[year]:
                cell = found.cells.get((f"{fund}_cumulative_balance", year), Cell(0, 0, f"{fund}_cumulative_balance"))
                wrong = f"{balance[year]:,.6g} at the end of {year}; "
                wrong += f"that of {year - 1}, income and expenditure make {expected:,.6g}"
                right = f"a balance that follows from them, or --break {year} if money was moved"
                lines.append(grid.line(cell.row, cell.header, wrong, right))
    return lines


def merged(known: Series, new: Mapping[str, Mapping[int, float]]) -> Series:
    """The series of a fund with those of a table laid upon them year by year."""
    return {
        name: {**known.get(name, {}), **new.get(name, {})} for name in (*known, *(n for n in new if n not in known))
    }


def derived(known: Series) -> Series:
    """The series that follow from others, in the years that all of them have."""
    found: Series = {}
    for scheme, heads in (("resident", "resident_insured"), ("employee", "employee_insured")):
        discharges, cost = (known.get(f"{scheme}_{name}", {}) for name in ("discharges", "inpatient_cost"))
        insured = known.get(heads, {})
        found[f"{scheme}_discharges_per_insured"] = _quotient(discharges, insured)
        found[f"{scheme}_cost_per_discharge"] = _quotient(cost, discharges)
    parts = [known.get(f"employee_{kind}", {}) for kind in ("active", "retired")]
    found["employee_insured"] = {y: parts[0][y] + parts[1][y] for y in parts[0] if y in parts[1]}
    for name in ("income", "outgo"):
        parts = [known.get(f"employee_{account}_{name}", {}) for account in ("pool", "account")]
        found[f"employee_total_{name}"] = {y: parts[0][y] + parts[1][y] for y in parts[0] if y in parts[1]}
    return {name: values for name, values in found.items() if values}


def _quotient(above: Mapping[int, float], below: Mapping[int, float]) -> dict[int, float]:
    return {year: above[year] / below[year] for year in above if below.get(year)}
