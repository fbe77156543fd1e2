"""Whether tables of one's own can be: a level of each, beside what the method note or the nation's table has."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from simsurance.axes import SEX, along
from simsurance.basis.inputs import STOCK, Inputs
from simsurance.basis.life_table import life_expectancy
from simsurance.data import tables
from simsurance.language import CNY
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.note import Note
from simsurance.scenario_file.plausible import band_of, unless_meant
from simsurance.scenario_file.schedule import values_by_year

INSURED: Final = ("resident_insured", "employee_active", "employee_retired")


@dataclass(frozen=True)
class Level:
    """A level of a table and what it is to be compared with: one's own beside that of the nation; `of`: of whom."""

    own: float
    nation: float
    of: str = ""
    means: float | None = None
    """What tells by which factor a table is off, where that is not the level."""


def table_notes(scenario: Scenario) -> list[Note]:
    """A note for each level of an own table that is outside its band, and for each reason that is not needed.

    None in another currency: that is another country.
    Raises SimsuranceError where a table cannot be read.
    """
    judged = scenario.tables_to_judge
    if not judged or scenario.currency != CNY:
        return []
    found = [note for path in judged for note in _of_table(path, Beside(scenario, load("baseline")))]
    return unless_meant(found, scenario.values.plausible, judged)


def _of_table(path: str, beside: "Beside") -> Iterator[Note]:
    """The notes of one table."""
    band = band_of(KEYS[path])
    for each in LEVELS[path](beside) if band and path in LEVELS else ():
        assert band is not None
        times = each.own / each.nation if each.nation else float("nan")
        level = times if band.compared == "root" else each.own
        if np.isnan(level) or band.holds(level):
            continue
        ratio = times if each.means is None else each.means
        facts = {"path": path, "of": each.of, "level": each.own, "low": band.low, "high": band.high}
        unit = band.likely(abs(ratio)) if np.isfinite(ratio) and ratio else 1.0
        yield Note(
            "table_level", facts | {"times": level if band.compared == "root" else None, "ratio": ratio, "unit": unit}
        )


class Beside:
    """A scenario's tables beside the nation's, and the persons whom both are weighted with: those of its own stock."""

    def __init__(self, scenario: Scenario, nation: Scenario) -> None:
        self.scenario, self.year = scenario, scenario.values.horizon.valuation_year
        self.own, self.nation = scenario.tables, nation.tables
        self.inputs = Inputs(scenario, scenario.values)
        stock = self.own["population.stock_table"]
        named = tables.years_named(str(stock))
        self.stock_year = max((year for year in named if year <= self.year), default=named[0])
        self.persons = tables.stocks(str(stock), [self.stock_year])[0]
        self.weights = self.persons / self.persons.sum()

    def mean(self, read: Callable[[str], np.ndarray], path: str, of: str = "") -> Level:
        """The mean of what is read of a table over persons, [sex, age] or [age]."""
        own, nation = (
            float((np.broadcast_to(read(str(each[path])), self.weights.shape) * self.weights).sum())
            for each in (self.own, self.nation)
        )
        return Level(own, nation, of)


def _mortality(beside: Beside) -> list[Level]:
    """Life expectancy at birth of each sex in the opening year, at the scenario's factors."""
    path = "population.mortality_table"
    factor = along(beside.inputs.mortality([beside.year]), "year", of=STOCK)
    own, nation = (
        tables.by_year_sex_age(str(each[path]), "mx", [_within(each[path], beside.year)]) * factor
        for each in (beside.own, beside.nation)
    )
    with np.errstate(all="ignore"):  # nobody may die at the last age
        years = [life_expectancy(rates)[0][..., 0] for rates in (own, nation)]
    deaths = [(rates[0] * beside.weights).sum(axis=-1) for rates in (own, nation)]
    return [
        Level(float(years[0][place]), float(years[1][place]), str(sex), float(deaths[0][place] / deaths[1][place]))
        for place, sex in enumerate(SEX.members)
    ]


def _within(path: object, year: int) -> int:
    """The year of a table that is nearest to one."""
    years = tables.years_of(str(path))
    return min(max(year, years[0]), years[-1])


def _incomes(beside: Beside) -> list[Level]:
    """Mean relative income of the groups of each area, which the method note has at 1."""
    groups = beside.inputs.groups
    read = tables.by_area_income(str(beside.own["population.income_groups_table"]), groups, "share", "relative_income")
    means = (read["share"] * read["relative_income"]).sum(axis=-1)
    return [Level(float(mean), 1.0, str(area)) for mean, area in zip(means, groups.areas, strict=True)]


def _stock(beside: Beside) -> list[Level]:
    """Insured of both schemes over the persons of the table, which is too large where few are insured."""
    counts = beside.scenario.values.membership
    insured = sum(values_by_year(getattr(counts, name), [beside.year])[0] for name in INSURED)
    coverage = float(insured / beside.persons.sum())
    return [Level(coverage, 1.0, means=1 / coverage)]


def _fertility(beside: Beside) -> list[Level]:
    """Births per woman in the opening year."""
    path = "population.total_fertility_table"
    own, nation = (
        float(tables.total_fertility(str(each[path]), "medium", [_within(each[path], beside.year)])[0])
        for each in (beside.own, beside.nation)
    )
    return [Level(own, nation)]


def _migrants(beside: Beside) -> list[Level]:
    """Net migrants of the opening year over all persons."""
    path = str(beside.own["population.migration_table"])
    moving = tables.by_year_sex_age(path, "net_migrants", [_within(path, beside.year)]).sum() / beside.persons.sum()
    return [Level(float(moving), float("nan"), means=max(abs(float(moving)), 1e-12) * 100)]


def _by_year(path: str, column: str) -> Callable[[Beside], list[Level]]:
    """The level of a table of one number a year in the opening year."""

    def level(beside: Beside) -> list[Level]:
        own, nation = (
            float(tables.by_year(str(each[path]), column, [_within(each[path], beside.year)])[0])
            for each in (beside.own, beside.nation)
        )
        return [Level(own, nation)]

    return level


def _by_age(path: str, column: str) -> Callable[[Beside], list[Level]]:
    return lambda beside: [beside.mean(lambda file: tables.by_age(file, column)[column], path)]


def _by_sex_age(path: str, *columns: str) -> Callable[[Beside], list[Level]]:
    """The mean of each column of a table by sex and age over the persons of the stock."""

    def read(column: str) -> Callable[[str], np.ndarray]:
        return lambda file: tables.by_sex_age(file, *columns)[column]

    return lambda beside: [beside.mean(read(column), path, column if columns[1:] else "") for column in columns]


def _retirement(beside: Beside) -> list[Level]:
    """The mean chance to retire over the persons of the stock in the opening year."""
    path = "employee.retirement_table"
    return [
        beside.mean(lambda file: tables.by_year_sex_age(file, "probability", [_within(file, beside.year)])[0], path)
    ]


LEVELS: Final[dict[str, Callable[[Beside], list[Level]]]] = {
    "population.mortality_table": _mortality,
    "population.income_groups_table": _incomes,
    "population.stock_table": _stock,
    "population.total_fertility_table": _fertility,
    "population.migration_table": _migrants,
    "population.area_share_table": _by_year("population.area_share_table", "urban_share"),
    "population.area_share_by_age_table": _by_age("population.area_share_by_age_table", "urban_share"),
    "health.prevalence_table": _by_sex_age("health.prevalence_table", "moderate", "high"),
    "employee.profile_table": _by_sex_age("employee.profile_table", "active", "retired"),
    "employee.moves_table": _by_sex_age("employee.moves_table", "entry", "exit"),
    "employee.retirement_table": _retirement,
    "claims.inpatient.use_table": _by_sex_age("claims.inpatient.use_table", "use"),
    "claims.inpatient.cost_table": _by_age("claims.inpatient.cost_table", "relative_cost"),
    "claims.outpatient.cost_table": _by_sex_age("claims.outpatient.cost_table", "relative_cost"),
}
"""How the level of a table is read; of others only the shape counts."""
