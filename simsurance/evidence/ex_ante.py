"""The model from past openings with what was known on their 1 January, beside four naive forecasts.

`python -m simsurance.evidence.ex_ante` finds every opening anew and writes the table that
`simsurance hindcast --ex-ante` prints.

The method is that of the baseline, one for all openings: levels meet the last year published; cost, wages, reported share and
local financing grow with the drift that `cost_growth` and `base_growth` find in the years until then, beside the same prior; a
year that a break marks as one by itself returns in the next; income and prices grow at the mean of three years; standards that
were announced hold, then their share of income; benefit rules, ages of retirement and participation rules as in force then.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from simsurance.csv_text import rows_csv
from simsurance.data.tables import DATA, read_table
from simsurance.evidence import cost_growth
from simsurance.evidence.drift import broken
from simsurance.evidence.fit import (
    FIRST_YEAR,
    LAST_YEAR,
)
from simsurance.evidence.hindcast import EMPLOYEE_TOTAL, PARTS, RESIDENTS, Item, closing_item, money_items
from simsurance.evidence.known import ANNOUNCED, RETIREMENT_BEFORE, YEAR_OF, Growth
from simsurance.evidence.known_levels import known_at, with_incomes
from simsurance.evidence.naive import LEAST_NAIVE, NAIVE, before
from simsurance.evidence.published import PUBLISHED
from simsurance.ledger import POOL
from simsurance.results import RunAccounts, simulate
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.loader import Scenario, load

OPENINGS: Final = tuple(range(FIRST_YEAR + 1, LAST_YEAR + 1))
TABLE: Final = DATA / "ex_ante.csv"
INPUTS: Final = DATA / "ex_ante_inputs.csv"
"""The stored table, and the inputs that it was made from with their hashes."""
ITEMS: Final = (
    Item("resident", "resident_insured", "persons", RESIDENTS[:1], RESIDENTS[1]),
    *money_items("resident", "resident")[:2],
    closing_item("resident", "resident"),
    *money_items(EMPLOYEE_TOTAL, EMPLOYEE_TOTAL)[:2],
    Item(POOL, "employee_insured", "persons", ("employee_active", "employee_retired"), "employee_insured"),
    *money_items(POOL, POOL)[:2],
    closing_item(POOL, POOL),
)
"""What is compared."""
FORECASTS: Final = ("model", *NAIVE)
INCOMES_KNOWN: Final = "incomes_known"
"""The model with incomes, prices and wages as they turned out: no forecast, it tells how much of the error is theirs."""
COLUMNS: Final = (*FORECASTS, INCOMES_KNOWN)
HEADER: Final = ("opening", "year", "fund", "item", "published", *COLUMNS)


BREAKS: Final = tuple(year for year in broken("cost", "step") if year >= OPENINGS[0])
"""Lasting breaks of the published series of cost that an opening can lie before."""


@dataclass(frozen=True)
class Forecast:
    """One published figure of a fund with the forecasts of an opening by name: the model and the naive ones.

    `breaks`: years from which the published series are not comparable with those before.
    """

    opening: int
    year: int
    fund: str
    item: str
    published: float
    forecasts: Mapping[str, float]
    breaks: tuple[int, ...] = BREAKS

    @property
    def horizon(self) -> int:
        """Years from the opening to the end of the year."""
        return self.year - self.opening + 1

    @property
    def straddles(self) -> bool:
        """Whether the published series have a lasting break between the last year known and this one."""
        return any(self.opening <= changed <= self.year for changed in self.breaks)

    def error(self, forecast: str) -> float:
        """A forecast over what was published, less one."""
        return self.forecasts[forecast] / self.published - 1


LEFT_OUT: Final = YEAR_OF["opening_left_out"]
GROUPS: Final[Mapping[str, Callable[[Forecast], bool]]] = {
    "all": lambda row: True,
    "without_opening": lambda row: row.opening != LEFT_OUT,
    "without_year": lambda row: LEFT_OUT not in (row.opening, row.year),
    "straddling": lambda row: row.straddles,
    "not_straddling": lambda row: not row.straddles,
}
"""The figures over which errors are averaged."""


def mean_errors(rows: Sequence[Forecast]) -> dict[str, float]:
    """Mean absolute error of each forecast over some figures, each over what was published."""
    return {name: float(np.mean([abs(row.error(name)) for row in rows])) for name in COLUMNS}


def forecasts(opening: int, scenario: Scenario) -> list[Forecast]:
    """The model and the naive forecasts from an opening to the last published year, by item and year."""
    results, knowing = simulate([scenario, with_incomes(scenario, opening)])
    return beside_naive(opening, results, knowing)


def beside_naive(
    opening: int, results: RunAccounts, knowing: RunAccounts, file: Path = PUBLISHED, breaks: tuple[int, ...] = BREAKS
) -> list[Forecast]:
    """A run and one that knows incomes beside the naive forecasts, of every item whose series go on from before the opening."""
    found = []
    for item in (item for item in ITEMS if set(PARTS[item.fund]) <= set(results.accounts)):
        model, told, known = item.model(results.accounts), item.model(knowing.accounts), item.known(file)
        past = before(known, opening)
        for place, year in enumerate(results.years):
            if year in known and len(past) >= LEAST_NAIVE:
                naive = {name: forecast(past, year) for name, forecast in NAIVE.items()}
                own = {"model": float(model[place]), **naive, INCOMES_KNOWN: float(told[place])}
                found.append(Forecast(opening, year, item.fund, item.name, known[year], own, breaks))
    return found


def computed(openings: Sequence[int] = OPENINGS) -> Iterator[Forecast]:
    """The table found anew."""
    baseline = load("baseline")
    growth = Growth.of(baseline)
    for opening in openings:
        yield from forecasts(opening, known_at(opening, baseline, growth))


@cache
def stored() -> tuple[Forecast, ...]:
    """The table as shipped."""
    columns = read_table(TABLE, HEADER)
    rows = zip(*(columns[name] for name in HEADER), strict=True)
    return tuple(
        Forecast(
            int(opening),
            int(year),
            str(fund),
            str(item),
            float(value),
            dict(zip(COLUMNS, map(float, own), strict=True)),
        )
        for opening, year, fund, item, value, *own in rows
    )


def input_files() -> dict[str, Path]:
    """What the table is made from: the baseline, its tables, the published series and their breaks, by name."""
    baseline = load("baseline")
    own = [
        DATA / "published.csv",
        cost_growth.BEFORE,
        DATA / "evidence" / "breaks.csv",
        ANNOUNCED,
        DATA / RETIREMENT_BEFORE,
    ]
    tables = {*own, *baseline.tables.values()}
    named = {path.relative_to(DATA).as_posix(): path for path in sorted(tables)}
    return {"baseline.toml": scenarios_folder() / "baseline.toml", **named}


def hashes() -> dict[str, str]:
    """SHA-256 of every input by name, whatever the ends of its lines."""
    return {
        name: hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
        for name, path in input_files().items()
    }


def stored_hashes() -> dict[str, str]:
    """The hashes with which the stored table was made."""
    columns = read_table(INPUTS, ("file", "sha256"))
    return dict(zip(map(str, columns["file"]), map(str, columns["sha256"]), strict=True))


def main() -> None:
    """Find every opening anew and write the table and the hashes of its inputs."""
    rows = []
    for opening in OPENINGS:
        found = list(computed([opening]))
        rows += [
            (
                *(row.opening, row.year, row.fund, row.item),
                *(f"{value:.9g}" for value in (row.published, *(row.forecasts[name] for name in COLUMNS))),
            )
            for row in found
        ]
        sys.stdout.write(f"1 January {opening}: {len(found)} figures\n")
    TABLE.write_text(rows_csv(HEADER, rows), encoding="utf-8")
    INPUTS.write_text(rows_csv(("file", "sha256"), hashes().items()), encoding="utf-8")


if __name__ == "__main__":
    main()
