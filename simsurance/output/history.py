"""The published years before a projection, where the projection is of the fund that they belong to."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simsurance.data.tables import DATA, published, read_table
from simsurance.scenario_file.schedule import values_by_year

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario

PUBLISHED: Final = DATA / "published.csv"


@dataclass(frozen=True)
class History:
    """A published series in base units by year, and the years whose figure is an estimate."""

    values: dict[int, float]
    estimated: frozenset[int] = frozenset()

    def over(self, other: "History", size: float = 1.0) -> "History":
        """The series divided by another and by `size`, in the years that both have."""
        years = [year for year in self.values if year in other.values]
        quotient = {year: self.values[year] / other.values[year] / size for year in years}
        return History(quotient, (self.estimated | other.estimated) & set(years))

    def shown(self, size: float) -> dict[int, float]:
        """The series in a unit of that size."""
        return {year: value / size for year, value in self.values.items()}


NOTHING: Final = History({})


def history(measure: str) -> History:
    """A published series."""
    columns = read_table(PUBLISHED)
    rows = zip(columns["measure"], columns["year"], columns["note"], strict=True)
    guessed = {int(year) for name, year, note in rows if name == measure and str(note).startswith("estimate")}
    return History(published(measure, PUBLISHED), frozenset(guessed))


def belongs(scenario: "Scenario") -> bool:
    """Whether the scenario opens with the published number of insured, so that the published years are its past."""
    first = scenario.values.horizon.valuation_year
    opening = float(values_by_year(scenario.values.membership.resident_insured, [first])[0])
    return history("resident_insured").values.get(first - 1) == opening


def past(scenario: "Scenario", measure: str) -> History:
    """A published series as the past of a scenario; empty where it is another fund's."""
    return history(measure) if belongs(scenario) else NOTHING
