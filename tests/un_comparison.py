"""The engine's population beside the United Nations' own medium projection, which the engine never reads.

`python -m tests.un_comparison` prints the table. What brings stock, ages, births and deaths to the national counts is
off. The engine's stocks stand on 1 January, the United Nations' on 1 July: two of ours are averaged.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from simsurance.results import simulate
from simsurance.scenario_file.loader import load

PUBLISHED = Path(__file__).parent / "un_medium" / "projected_population.csv"
DECADES = range(2030, 2101, 10)
GROUPS = {"total": (0, 101), "65+": (65, 101)}


@dataclass(frozen=True)
class Row:
    """Persons of a group on 1 July of a year, by the engine and by the United Nations."""

    year: int
    group: str
    model: float
    published: float

    @property
    def difference(self) -> float:
        """What the engine has more, as a share of what is published."""
        return self.model / self.published - 1


def published_by_age() -> dict[int, list[float]]:
    """Published persons by age, 0 to 100 and over, for each year."""
    found: dict[int, list[float]] = {}
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(int(row["year"]), [0.0] * 101)[int(row["age"])] = float(row["persons"])
    return found


def comparison() -> list[Row]:
    """Both projections in every decade to 2100, in total and from 65 years on."""
    scenario = load("baseline", ["no_level_factors"]).replace({"horizon.last_year": DECADES[-1]})
    (results,) = simulate([scenario])
    by_age = results.projection.stocks.persons[:, 0].sum(axis=(1, 2))
    published = published_by_age()
    rows = []
    for year in DECADES:
        place = results.dates.index(year)
        middle = (by_age[place] + by_age[place + 1]) / 2
        for group, (first, end) in GROUPS.items():
            rows.append(Row(year, group, float(middle[first:end].sum()), sum(published[year][first:end])))
    return rows


def table(rows: list[Row]) -> str:
    """The comparison as text, millions of persons."""
    lines = [f"{'year':<6}{'group':<8}{'model':>10}{'UN':>10}{'difference':>12}"]
    lines += [
        f"{row.year:<6}{row.group:<8}{row.model / 1e6:>10.2f}{row.published / 1e6:>10.2f}{row.difference:>12.3%}"
        for row in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(comparison()))  # noqa: T201 (this is what the command is for)
