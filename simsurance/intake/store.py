"""The clean tables of a fund's folder: read, laid upon by a new one, written whole or not at all."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from simsurance.axes import AGE, SEX
from simsurance.csv_text import rows_csv
from simsurance.data import tables
from simsurance.data.tables import read_table, text_rows
from simsurance.drafts import alone_in, discard, draft_folder
from simsurance.errors import SimsuranceError
from simsurance.evidence.published import HEADER
from simsurance.intake.series import Series
from simsurance.intake.understood import measures

FILE: Final = "fund.toml"
TABLES: Final = "tables"
INPUTS: Final = "inputs.toml"
PUBLISHED: Final = "published.csv"
BREAKS: Final = "breaks.csv"
IMPORTS: Final = "imports.csv"
POPULATION: Final = "population.csv"
ELSEWHERE: Final = "insured_elsewhere.csv"
STOCK: Final = "stock.csv"
BREAKS_HEADER: Final = ("series", "year", "kind")
IMPORTS_HEADER: Final = (
    *(
        "table",
        "file",
        "sha256",
        "unit",
        "date",
        "age",
        "concept",
        "first_year",
        "last_year",
        "assumed",
        "source",
        "mark",
        "owner",
        "valid_until",
        "keys",
    ),
)
BREAK, MISSING = "break", "missing"


@dataclass
class Store:
    """What a fund's folder holds: series by measure and year, breaks, stocks by date, further tables as they stand."""

    folder: Path
    series: Series = field(default_factory=dict)
    provenance: dict[tuple[str, int], tuple[str, str, str]] = field(default_factory=dict)
    """Mark, source and note of a figure."""
    breaks: set[tuple[str, int, str]] = field(default_factory=set)
    stocks: dict[str, dict[int, np.ndarray]] = field(default_factory=dict)
    """Persons [sex, age] by date of `population.csv` and `insured_elsewhere.csv`."""
    january: bool = True
    other: dict[str, bytes] = field(default_factory=dict)
    imports: list[dict[str, str]] = field(default_factory=list)

    def years(self, kind: str) -> set[int]:
        """The years of breaks, or those that are missing."""
        return {year for _, year, what in self.breaks if what == kind}

    def stock(self) -> dict[int, np.ndarray]:
        """Persons [sex, age] by date: the population, and those insured here who live elsewhere as last counted before."""
        found, away = self.stocks.get(POPULATION, {}), self.stocks.get(ELSEWHERE, {})
        if not away:
            return found
        nearest = {date: min(away, key=lambda other: abs(other - date)) for date in found}
        return {date: persons + away[nearest[date]] for date, persons in found.items()}


def fund_folder(table: Path, given: Path | None) -> Path:
    """The folder of the fund of a table: the one given, else the table's or the one above. Raises SimsuranceError."""
    for folder in (given,) if given else (table.parent, table.parent.parent):
        if (folder / FILE).is_file():
            return folder
    where = given or table.parent
    raise SimsuranceError(f"{where}: no {FILE} here or above; simsurance init --fund NAME makes the folder of a fund")


def read(folder: Path) -> Store:
    """The clean tables of a fund's folder. Raises SimsuranceError."""
    place = folder / TABLES
    _take_up(place)
    found = Store(folder)
    if (place / PUBLISHED).is_file():
        for row in text_rows(place / PUBLISHED, HEADER):
            key = row["measure"], int(row["year"])
            found.series.setdefault(key[0], {})[key[1]] = float(row["value"])
            found.provenance[key] = row["mark"], row["source_id"], row["note"]
    if (place / BREAKS).is_file():
        found.breaks = {(r["series"], int(r["year"]), r["kind"]) for r in text_rows(place / BREAKS, BREAKS_HEADER)}
    if (place / IMPORTS).is_file():
        found.imports = text_rows(place / IMPORTS, IMPORTS_HEADER)
    for name in (POPULATION, ELSEWHERE):
        if (place / name).is_file():
            dates = tables.years_named(place / name)
            found.january = tables.of_january(place / name)
            found.stocks[name] = dict(zip(dates, tables.stocks(place / name, dates), strict=True))
    ours = {PUBLISHED, BREAKS, IMPORTS, POPULATION, ELSEWHERE, STOCK, INPUTS}
    if place.is_dir():
        found.other = {f.name: f.read_bytes() for f in sorted(place.iterdir()) if f.is_file() and f.name not in ours}
    return found


def contents(store: Store, inputs: str) -> dict[str, bytes]:
    """The files of the folder of clean tables by name; `inputs` the text of the option that names them."""
    found = dict(store.other)
    if store.series:
        rows = sorted((year, name, value) for name, values in store.series.items() for year, value in values.items())
        found[PUBLISHED] = rows_csv(
            HEADER,
            ((year, name, _plain(value), _unit(name), *store.provenance[name, year]) for year, name, value in rows),
        ).encode()
    if store.breaks:
        found[BREAKS] = rows_csv(BREAKS_HEADER, sorted(store.breaks)).encode()
    if store.imports:
        found[IMPORTS] = rows_csv(
            IMPORTS_HEADER, ([row[name] for name in IMPORTS_HEADER] for row in store.imports)
        ).encode()
    for name, persons in store.stocks.items():
        found[name] = stock_csv(persons, store.january).encode()
    if store.stocks.get(POPULATION):
        found[STOCK] = stock_csv(store.stock(), store.january).encode()
    return found | {INPUTS: inputs.encode()}


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put a folder of clean tables in its place, whole; the former one steps aside and is taken away."""
    place = folder / TABLES
    with draft_folder(place) as draft:
        for name, content in files.items():
            (draft / name).write_bytes(content)
        with alone_in(folder):
            _take_up(place)
            if place.exists():
                place.rename(_former(place))
            draft.rename(place)
            if _former(place).exists():
                discard(_former(place), place)


def _former(place: Path) -> Path:
    return place.with_name(f"{place.name}.former")


def _take_up(place: Path) -> None:
    """What was left where a process was killed while it replaced the folder: the former one goes back, or away."""
    former = _former(place)
    if former.is_dir() and place.exists():
        discard(former, place)
    elif former.is_dir():
        former.rename(place)


def stock_csv(stocks: Mapping[int, np.ndarray], january: bool) -> str:
    """Persons by date, sex and single age as the model reads them."""
    return rows_csv(("date" if january else "year", SEX.name, AGE.name, "persons"), _cells(stocks))


def _cells(stocks: Mapping[int, np.ndarray]) -> Iterable[tuple[object, ...]]:
    for date in sorted(stocks):
        for sex, row in zip(SEX.members, stocks[date], strict=True):
            yield from ((date, sex, age, _plain(float(persons))) for age, persons in enumerate(row))


def _plain(value: float) -> str:
    """A number with all its digits, whole ones without a point."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _unit(name: str) -> str:
    """The unit of a series."""
    return measures()[name].unit if name in measures() else read_unit(name)


def read_unit(name: str) -> str:
    """The unit of a series that is the nation's as well."""
    columns = read_table(tables.DATA / PUBLISHED)
    return next((str(unit) for each, unit in zip(columns["measure"], columns["unit"], strict=True) if each == name), "")


def digest(content: bytes) -> str:
    """Hash of a file as it was imported."""
    return hashlib.sha256(content).hexdigest()
