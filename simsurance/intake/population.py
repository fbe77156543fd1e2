"""The population by age and sex of an office's table as stocks by single age, beside the nation's pattern."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from simsurance.axes import AGE, SEX, axis
from simsurance.basis.inputs import Inputs
from simsurance.data import tables
from simsurance.errors import SimsuranceError
from simsurance.intake import by_age, graduation
from simsurance.intake.grid import Grid
from simsurance.intake.understood import Fact, Understood
from simsurance.scenario_file.loader import Scenario, load

DATE, AGE_TOLD, CONCEPT = "date", "age", "concept"
SEXES: Final = axis("sex", of=("sex", "age"))
ASSUMED: Final = {DATE: "year_end", AGE_TOLD: "last_birthday", CONCEPT: "resident"}
"""What is taken where a table does not say it, and said."""
LEAST_PERSONS: Final = 1e4
"""Fewer are a unit that was not told."""
PER_CENT: Final = (99.0, 101.0)
BROAD: Final = {"under_16": (0, 16), "age_16_59": (16, 60), "age_60_plus": (60, 101), "age_65_plus": (65, 101)}


@dataclass(frozen=True)
class Stocks:
    """Persons by date, sex and single age; `january`: dated 1 January, else 1 July of the year."""

    january: bool
    persons: dict[int, np.ndarray]
    facts: Mapping[str, Fact]
    groups: tuple[by_age.Group, ...]
    """The age groups of the table."""
    graduated: bool
    coded: bool
    """Whether the sexes stand as 1 and 2."""
    one_sex: bool
    """Whether the table does not tell the sexes apart."""


def stocks(table: Understood, unit: Fact, smallest: float = LEAST_PERSONS, of_insured: bool = False) -> Stocks:
    """The stocks of a table, in persons; `of_insured` where those counted are insured, as they have to be.

    Raises SimsuranceError with every fault.
    """
    grid, found = table.grid, by_age.read(table)
    facts = {name: table.facts.get(name) or Fact(value, "assumed") for name, value in ASSUMED.items()}
    lines = [*found.faults, *_wrong_facts(grid, facts, of_insured)]
    if not lines:
        lines += _levels(grid, found, unit, smallest)
    if lines:
        raise SimsuranceError(*dict.fromkeys(lines))
    january = facts[DATE].value != "mid_year"
    ahead = facts[DATE].value in ("year_end", "census")
    shift = int(facts[AGE_TOLD].value == "nominal")
    persons, starts = {}, [0]
    for year in found.years:
        date = year + ahead
        pattern = nation(date, january)
        by_sex = {}
        groups = found.groups(year, "persons")
        for sex, cells in groups.items():
            starts, values = by_age.edges(_shifted(cells, shift))
            place = SEX.members.index(sex) if sex in SEX.members else slice(None)
            shape = pattern[place] if isinstance(place, int) else pattern.sum(axis=SEXES)
            by_sex[sex] = graduation.counts(values, starts, shape)
        if "both" in by_sex:
            by_sex = {
                sex: by_sex["both"] * pattern[place] / pattern.sum(axis=SEXES) for place, sex in enumerate(SEX.members)
            }
        persons[date] = np.stack([by_sex[sex] for sex in SEX.members])
    words = tuple(sorted(next(iter(groups.values())), key=lambda each: each[0]))
    graduated = len(starts) < len(AGE.members)
    return Stocks(january, persons, facts, words, graduated, found.coded, "both" in groups)


def _shifted(cells: dict[by_age.Group, by_age.Cell], years: int) -> dict[by_age.Group, by_age.Cell]:
    """Groups of the age that is counted from birth as 1, by age at the last birthday."""
    if not years:
        return cells
    return {
        (max(first - years, 0), None if end is None else end - years): cell
        for (first, end), cell in cells.items()
        if end is None or end > years
    }


def _wrong_facts(grid: Grid, facts: Mapping[str, Fact], of_insured: bool) -> list[str]:
    """What the table says of itself and cannot be used."""
    found = []
    if facts[CONCEPT].value == "insured" and not of_insured:
        right = "a table of the residents, or of the registered population, with --concept"
        found.append(grid.line(0, "", "a population of the insured alone, in which nobody could be uninsured", right))
    if facts[AGE_TOLD].value == "nominal" and facts[DATE].value != "year_end":
        found.append(
            grid.line(0, "", "nominal ages at another date than the end of the year", "ages at the last birthday")
        )
    return found


def _levels(grid: Grid, found: by_age.ByAge, unit: Fact, smallest: float) -> list[str]:
    """Faults of units: per cent, ten thousand times too large or too small."""
    lines = []
    for year in found.years:
        whole = sum(cell.value for cells in found.groups(year, "persons").values() for cell in cells.values())
        if any(PER_CENT[0] <= whole / part <= PER_CENT[1] for part in (1, 2)):
            right = "numbers of persons; multiply by the total"
            lines.append(grid.line(0, "", f"{year} adds up to {whole:,.6g}: shares in per cent, not persons", right))
        elif whole > (nation_total := float(nation(year, True).sum())):
            times = whole / nation_total
            wrong = f"{whole:,.0f} persons in {year}, {times:,.3g} times the nation"
            lines.append(
                grid.line(0, "", wrong, f"a smaller unit than {unit.value} with --unit: is it 10,000 times too large?")
            )
        elif whole < smallest:
            wrong = f"{whole:,.6g} persons in {year} in all"
            lines.append(grid.line(0, "", wrong, "the unit of the table with --unit, such as thousand or 10k"))
    return lines


@cache
def _national(first: int) -> Scenario:
    return load("baseline").replace({"horizon.valuation_year": first})


@cache
def nation(date: int, january: bool) -> np.ndarray:
    """The nation's persons by sex and age, the pattern within age groups, [sex, age]: on 1 January, or on 1 July."""
    baseline = load("baseline")
    path = baseline.tables["population.stock_table"]
    counted = tables.years_named(path)
    openings = baseline.valuation_years
    if january and openings[0] <= date:
        at = _national(min(date, openings[-1]))
        return Inputs(at, at.values).opening_stock()
    return tables.stocks(path, [min(max(date, counted[0]), counted[-1])])[0]


def broad(stock: np.ndarray) -> dict[str, float]:
    """Shares of broad ages and of women in a stock [sex, age]."""
    found = {name: float(stock[:, first:end].sum() / stock.sum()) for name, (first, end) in BROAD.items()}
    return found | {"women": float(stock[SEX.members.index("female")].sum() / stock.sum())}
