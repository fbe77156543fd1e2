"""The product's own past answers: in which year each fund was said to run out, by when that was said.

Two kinds stand in `vintages.csv`. *Accepted*: what the reference results of the baseline said on the day they were accepted.
*Reconstructed*: what present code says from a past opening with what was known then (`ex_ante`); nobody said so at the
time. `python -m simsurance.evidence.vintages` finds the second kind anew and adds an accepted answer that is new.
"""

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from simsurance import __version__
from simsurance.csv_text import rows_csv
from simsurance.data.tables import DATA
from simsurance.evidence.ex_ante import OPENINGS
from simsurance.evidence.known import Growth
from simsurance.evidence.known_levels import known_at
from simsurance.ledger import FUNDS
from simsurance.measures import measure_of
from simsurance.results import RunAccounts, accounts_of
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.loader import load

TABLE: Final = DATA / "vintages.csv"
ACCEPTED, RECONSTRUCTED = "accepted", "reconstructed"
POOLED: Final = tuple(fund.name for fund in FUNDS if fund.pooled)


@dataclass(frozen=True)
class Vintage:
    """One answer: valued at 1 January of a year, said on a day by a version; `depletion_year` 0 where not by the last year."""

    kind: str
    valuation_year: int
    said_on: str
    version: str
    fund: str
    depletion_year: int
    last_year: int
    reserve_months: float


HEADER: Final = tuple(each.name for each in fields(Vintage))


@cache
def stored() -> tuple[Vintage, ...]:
    """The answers as shipped."""
    return answers_in(TABLE)


def answers_in(table: Path) -> tuple[Vintage, ...]:
    """The answers of a file."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        Vintage(
            row["kind"],
            int(row["valuation_year"]),
            row["said_on"],
            row["version"],
            row["fund"],
            int(row["depletion_year"]),
            int(row["last_year"]),
            float(row["reserve_months"]),
        )
        for row in rows
    )


def reconstructed(run: RunAccounts) -> Iterator[Vintage]:
    """What a run of a past opening says of each fund."""
    named = {each.measure: each.value for each in run.measured}
    for fund in POOLED:
        depleted = named[measure_of(fund, "depletion_year")]
        months = named[measure_of(fund, "reserve_months_first_year")]
        year = int(depleted) if np.isfinite(depleted) else 0
        today = date.today().isoformat()
        yield Vintage(
            RECONSTRUCTED, run.years[0], today, __version__, fund, year, run.years[-1], round(float(months), 6)
        )


def accepted() -> list[Vintage]:
    """What the reference results of the baseline say."""
    with (scenarios_folder() / "references" / "baseline" / "measures.csv").open(encoding="utf-8", newline="") as file:
        named = {row["measure"]: row["value"] for row in csv.DictReader(file)}
    horizon, today = load("baseline").values.horizon, date.today().isoformat()
    return [
        Vintage(
            ACCEPTED,
            horizon.valuation_year,
            today,
            __version__,
            fund,
            int(float(named.get(measure_of(fund, "depletion_year")) or 0)),
            horizon.last_year,
            round(float(named[measure_of(fund, "reserve_months_first_year")]), 6),
        )
        for fund in POOLED
    ]


def added(known: list[Vintage]) -> list[Vintage]:
    """The accepted answers with those of the references now, where they are others than the last."""
    found = list(known)
    for one in accepted():
        last = [each for each in known if each.fund == one.fund]
        said = {(each.valuation_year, each.depletion_year, each.reserve_months) for each in last[-1:]}
        if (one.valuation_year, one.depletion_year, one.reserve_months) not in said:
            found.append(one)
    return found


def told() -> str:
    """Every answer on a line."""
    lines = [f"{'kind':<13}  valued  said on     fund           depletion    months, first year"]
    for one in stored():
        year = one.depletion_year or f"> {one.last_year}"
        lines.append(
            f"{one.kind:<13}  {one.valuation_year}    {one.said_on}  {one.fund:<13}  {year!s:<11}  {one.reserve_months:.2f}"
        )
    return "\n".join([*lines, ""])


def main() -> None:
    """Find the reconstructed answers anew and write the table."""
    baseline = load("baseline")
    growth, last = Growth.of(baseline), baseline.values.horizon.last_year
    known = [each for each in stored() if each.kind == ACCEPTED] if TABLE.exists() else []
    found = added(known)
    for opening in OPENINGS:
        (run,) = accounts_of([known_at(opening, baseline, growth).replace({"horizon.last_year": last})])
        found += reconstructed(run)
    rows = ([getattr(each, name) for name in HEADER] for each in found)
    TABLE.write_text(rows_csv(HEADER, rows), encoding="utf-8", newline="")
    sys.stdout.write(TABLE.name + "\n")


if __name__ == "__main__":
    sys.stdout.write(told()) if "--told" in sys.argv else main()
