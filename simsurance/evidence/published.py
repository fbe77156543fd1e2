"""The published years before a projection, where the projection is of the fund that they belong to."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simsurance.basis.frames import prices
from simsurance.data.tables import DATA, published, read_table
from simsurance.language import CNY
from simsurance.ledger import ACCOUNTS
from simsurance.scenario_file.register import rows
from simsurance.scenario_file.schedule import values_by_year

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario

PUBLISHED: Final = DATA / "published.csv"
HEADER: Final = ("year", "measure", "value", "unit", "mark", "source_id", "note")
SOURCES: Final = DATA / "sources.csv"
ISSUERS: Final = {
    "nhsa": ("NHSA", "National Healthcare Security Administration"),
    "nbs": ("National Bureau of Statistics",),
}
"""How the names of some who publish begin."""
RECALLED: Final = ("recalled", "recalled_checked", "recalled_low")
"""Marks of figures that nobody has looked up."""
ANCHORS: Final = ("resident_insured",)
"""Series without which nothing can be set beside."""


def series_file(scenario: "Scenario") -> Path:
    """The table of the published series of a scenario."""
    return scenario.tables["published.series_table"]


def own_series(scenario: "Scenario") -> bool:
    """Whether the published series are a fund's own, not the shipped ones of the nation."""
    return series_file(scenario) != PUBLISHED


def series_names(path: str | Path) -> set[str]:
    """The series that a table of published figures holds; raises SimsuranceError where it is no such table."""
    names = set(map(str, read_table(path, HEADER)["measure"]))
    for name in names:
        published(name, path)
    return names


@dataclass(frozen=True)
class History:
    """A published series in base units by year, the years whose figure is an estimate or unverified, and who published it."""

    values: dict[int, float]
    estimated: frozenset[int] = frozenset()
    recalled: frozenset[int] = frozenset()
    issuers: frozenset[str] = frozenset()

    def over(self, other: "History", size: float = 1.0) -> "History":
        """The series divided by another and by `size`, in the years that both have."""
        years = [year for year in self.values if year in other.values]
        return self._with(other, {year: self.values[year] / other.values[year] / size for year in years})

    def plus(self, other: "History", times: float = 1.0) -> "History":
        """The series and so many times another, in the years that both have."""
        years = [year for year in self.values if year in other.values]
        return self._with(other, {year: self.values[year] + times * other.values[year] for year in years})

    def _with(self, other: "History", values: dict[int, float]) -> "History":
        """Values made of this series and another; they are no surer than either."""
        estimated, recalled = self.estimated | other.estimated, self.recalled | other.recalled
        return History(values, estimated & set(values), recalled & set(values), self.issuers | other.issuers)

    def only(self, values: dict[int, float]) -> "History":
        """The same in other units, or in some of its years."""
        return History(values, self.estimated & set(values), self.recalled & set(values), self.issuers)

    def shown(self, size: float) -> dict[int, float]:
        """The series in a unit of that size."""
        return {year: value / size for year, value in self.values.items()}


NOTHING: Final = History({})


def history(measure: str, file: Path = PUBLISHED) -> History:
    """A published series; empty where a table does not hold it."""
    if file != PUBLISHED and measure not in series_names(file):
        return NOTHING
    marks = marked(measure, file)
    recalled = frozenset(year for year, (mark, _) in marks.items() if mark in RECALLED)
    issuers = frozenset(issuer for _, issuer in marks.values() if issuer)
    return History(published(measure, file), frozenset(estimates(measure, file)), recalled, issuers)


def marked(measure: str, file: Path = PUBLISHED) -> dict[int, tuple[str, str]]:
    """How sure a published figure is and who published it, by year; nobody where the table is not the shipped one."""
    columns = read_table(file)
    found = zip(columns["measure"], columns["year"], columns["mark"], columns["source_id"], strict=True)
    shipped = issuers() if file == PUBLISHED else {}
    return {
        int(year): (str(mark), shipped.get(str(source), "")) for name, year, mark, source in found if name == measure
    }


@cache
def issuers() -> dict[str, str]:
    """Who published a source, by its id: of those that charts name, their name in the language files."""
    found = {}
    for source in rows(SOURCES, ("source_id", "issuer")):
        named = (name for name, begins in ISSUERS.items() if source["issuer"].startswith(begins))
        found[source["source_id"]] = next(named, "others" if source["issuer"] else "")
    return found


def estimates(measure: str, file: Path = PUBLISHED) -> dict[int, str]:
    """Figures of a published series that are estimates, and how they were made, by year."""
    columns = read_table(file)
    noted = zip(columns["measure"], columns["year"], columns["note"], strict=True)
    return {int(year): str(note) for name, year, note in noted if name == measure and str(note).startswith("estimate")}


def derived_from(measure: str) -> dict[int, int]:
    """The year whose published figure an estimate of a series starts from, the first that its note names, by year."""
    return {year: int(re.findall(r"\b\d{4}\b", note)[0]) for year, note in estimates(measure).items()}


def belongs(scenario: "Scenario", measure: str) -> bool:
    """Whether the scenario opens with the published number of insured, in their currency: the published years are its past.

    For a measure of the employee scheme its active members have to be the published ones as well.
    """
    if scenario.currency != CNY and not own_series(scenario):
        return False
    counted = ("resident_insured", *(("employee_active",) if measure.startswith("employee_") else ()))
    first = scenario.values.horizon.valuation_year
    openings = {name: values_by_year(getattr(scenario.values.membership, name), [first])[0] for name in counted}
    file = series_file(scenario)
    return all(history(name, file).values.get(first - 1) == float(opening) for name, opening in openings.items())


def past(scenario: "Scenario", measure: str) -> History:
    """A published series as the past of a scenario; empty where it is another fund's."""
    return history(measure, series_file(scenario)) if belongs(scenario, measure) else NOTHING


def at_prices(series: History, scenario: "Scenario") -> History:
    """A series of amounts at the prices of the year before a scenario's first, where its inflation reaches back to them."""
    levels = zip(series.values, prices(scenario, list(series.values)), strict=True)
    real = {year: series.values[year] / float(level) for year, level in levels if level == level}
    return series.only(real)


def fund_measure(fund: str, name: str) -> str:
    """The published measure of a fund's `income`, `outgo` or `cumulative_balance`."""
    return f"{'employee_account' if fund == ACCOUNTS else fund}_{name}"


def fund_past(scenario: "Scenario", fund: str, name: str) -> History:
    """What is published of a fund, as the past of a scenario."""
    return past(scenario, fund_measure(fund, name))


def in_scope_share(scheme: str) -> float:
    """In-scope over all inpatient cost: paid of all over paid of in-scope cost, in the last year that has both."""
    of_all, of_scope = (published(f"{scheme}_inpatient_payment_ratio_{what}") for what in ("of_all_cost", "in_scope"))
    year = max(set(of_all) & set(of_scope))
    return of_all[year] / of_scope[year]
