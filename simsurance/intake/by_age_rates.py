"""Use, cost and mortality by age of a fund's own: rates of groups as rates of single ages, on the fund's persons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from simsurance.axes import AGE, SEX, axis
from simsurance.csv_text import rows_csv
from simsurance.data import tables
from simsurance.errors import SimsuranceError
from simsurance.intake import by_age, graduation
from simsurance.intake.store import Store
from simsurance.intake.understood import Fact, Understood
from simsurance.scenario_file.loader import load

SEXES: Final = axis("sex", of=("sex", "age"))
FILES: Final = {
    "use": ("inpatient_use.csv", "claims.inpatient.use_table"),
    "relative_cost": ("inpatient_cost.csv", "claims.inpatient.cost_table"),
    "deaths": ("mortality.csv", "population.mortality_table"),
    "mx": ("mortality.csv", "population.mortality_table"),
}
"""The clean table of each kind of rate, and the key that names it."""
LEAST: Final = 1e-12


@dataclass(frozen=True)
class Rates:
    """Rates by single age as the text of a table, and what is to be told of them."""

    of: str
    file: str
    date: int
    csv: str
    unit: Fact
    groups: tuple[by_age.Group, ...]
    notes: tuple[tuple[str, Mapping[str, Any]], ...]


def rates(table: Understood, kept: Store, expectancy: Sequence[float]) -> Rates:
    """The rates of a table; `expectancy` at birth of women and men, if it is to be met. Raises SimsuranceError."""
    grid = table.grid
    of = next((column.means for column in table.columns if column.means in FILES), None)
    if of is None:
        right = f"a column of one of {', '.join(FILES)}; words known: simsurance import --words"
        raise grid.fault(table.header_row, "", "no rate is understood", right)
    found = by_age.read(table, "persons" if of == "deaths" else "")
    if of in ("use", "mx"):
        found.faults += [
            grid.line(
                cell.row,
                cell.header,
                f"{cell.value:g} is no share or rate below 1",
                f"{cell.value / 100:g} for per cent",
            )
            for cells in found.cells.values()
            for cell in cells.values()
            if cell.value > 1
        ][:1]
    if found.faults:
        raise SimsuranceError(*dict.fromkeys(found.faults))
    year = found.years[-1]
    stock = kept.stock()
    persons = stock[min(stock, key=lambda other: abs(other - year))]
    pattern = _pattern(of, year)
    groups = found.groups(year, of)
    single = np.empty_like(persons)
    for place, sex in enumerate(SEX.members):
        cells = groups.get(sex) or groups["both"]
        edges, values = by_age.edges(cells)
        heads = persons[place] if sex in groups else persons.sum(axis=SEXES)
        spans = [slice(first, end) for first, end in zip(edges, [*edges[1:], None], strict=True)]
        events = [v if of == "deaths" else v * float(heads[span].sum()) for v, span in zip(values, spans, strict=True)]
        if not all(event > 0 for event in events):
            raise grid.fault(0, "", f"a rate of 0 in {year}", "rates above 0, in wider groups where nobody was counted")
        shape = pattern[place] if sex in groups else (pattern * persons).sum(axis=SEXES) / heads
        if len(expectancy) == len(SEX.members) and of in ("deaths", "mx"):
            try:
                single[place] = graduation.rates_at(events, edges, heads, shape, expectancy[place], place)
            except graduation.OutOfReach as error:
                right = f"one from {error.low:.3f} to {error.high:.3f}, or other deaths or persons"
                wrong = f"a life expectancy of {expectancy[place]:g} does not go with the deaths of {sex}"
                raise grid.fault(0, "", wrong, right) from None
        else:
            single[place] = graduation.rates(events, edges, heads, shape)
    words = tuple(sorted(next(iter(groups.values())), key=lambda each: each[0]))
    notes: list[tuple[str, Mapping[str, Any]]] = []
    if of in ("deaths", "mx"):
        lives = {sex: graduation.expectancy_of(single[place], place) for place, sex in enumerate(SEX.members)}
        notes.append(("expectancy", {"year": year, **lives}))
    return Rates(of, FILES[of][0], year, _csv(of, single, year, persons), Fact(of, "header"), words, tuple(notes))


def _pattern(of: str, year: int) -> np.ndarray:
    """The nation's rates by sex and age, [sex, age]."""
    named = load("baseline").tables
    path = str(named[FILES[of][1]])
    if of == "use":
        return np.maximum(tables.by_sex_age(path, "use")["use"], LEAST)
    if of == "relative_cost":
        cost = tables.by_age(path, "relative_cost")["relative_cost"]
        return np.stack([cost, cost])
    years = tables.years_of(path)
    return tables.by_year_sex_age(path, "mx", [min(max(year, years[0]), years[-1])])[0]


def _csv(of: str, single: np.ndarray, year: int, persons: np.ndarray) -> str:
    """The clean table: mortality of all years at the fund's ratio to the nation's, cost by age at the nation's mean."""
    ages = range(len(AGE.members))
    if of == "use":
        rows: list[tuple[object, ...]] = [
            (sex, age, repr(float(single[place, age]))) for place, sex in enumerate(SEX.members) for age in ages
        ]
        return rows_csv(("sex", "age", "use"), rows)
    if of == "relative_cost":
        cost, nation = (single * persons).sum(axis=SEXES) / persons.sum(axis=SEXES), _pattern(of, year)[0]
        users = tables.by_sex_age(str(load("baseline").tables["claims.inpatient.use_table"]), "use")["use"] * persons
        level = float((nation * users).sum() / (cost * users).sum())
        return rows_csv(("age", "relative_cost"), [(age, repr(float(cost[age] * level))) for age in ages])
    path = str(load("baseline").tables["population.mortality_table"])
    years = tables.years_of(path)
    ratio = single / _pattern(of, year)
    table = tables.by_year_sex_age(path, "mx", years) * ratio
    rows = [
        (each, sex, age, repr(float(table[at, place, age])))
        for at, each in enumerate(years)
        for place, sex in enumerate(SEX.members)
        for age in ages
    ]
    return rows_csv(("year", "sex", "age", "mx"), rows)
