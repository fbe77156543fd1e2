"""One table of an office into the clean tables of its fund: what kind it is, what was understood, what is written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from simsurance.axes import SEX
from simsurance.errors import SimsuranceError
from simsurance.intake import by_age_rates, insured_by_age, population, series, store
from simsurance.intake.by_age import Group
from simsurance.intake.grid import Grid, grid, plain
from simsurance.intake.inputs import OF_FILES, inputs_text
from simsurance.intake.registering import keys_of
from simsurance.intake.series import Series
from simsurance.intake.understood import Fact, Understood, cells, measures, size_of, understand

KINDS: Final = ("population", "elsewhere", "insured_by_age", "rates", "series")
RATES: Final = ("use", "relative_cost", "deaths", "mx")


@dataclass(frozen=True)
class Options:
    """What is told of a table that it does not say itself."""

    facts: Mapping[str, str] = field(default_factory=dict)
    kind: str | None = None
    breaks: Collection[int] = ()
    missing: Collection[int] = ()
    expectancy: Sequence[float] = ()
    source: str = ""
    mark: str = "verified"
    owner: str = ""
    valid_until: str = ""


@dataclass(frozen=True)
class Imported:
    """What was understood of a table, and the files that it makes of the folder of clean tables."""

    kind: str
    table: Understood
    unit: Mapping[str, Fact]
    """By column or series."""
    facts: Mapping[str, Fact]
    ages: tuple[Group, ...]
    notes: tuple[tuple[str, Mapping[str, Any]], ...]
    """Names of sentences and their facts."""
    stocks: Mapping[int, np.ndarray]
    series: Series
    files: Mapping[str, bytes]

    @property
    def grid(self) -> Grid:
        """The file as it was read."""
        return self.table.grid


def imported(path: Path, label: str, folder: Path, options: Options) -> Imported:
    """Read a table and lay it upon the clean ones of a fund; nothing is written. Raises SimsuranceError with every fault."""
    raw = grid(path, label)
    table = understand(raw, options.facts)
    kept = store.read(folder)
    kind = options.kind or kind_of(table)
    readers = {
        "population": _population,
        "elsewhere": _population,
        "insured_by_age": _insured,
        "rates": _rates,
        "series": _series,
    }
    if kind != "series" and table.column("age") is None:
        raise raw.fault(table.header_row, "", "no column of ages", "a column age, or --as series for a yearly table")
    found = readers[kind](table, kept, kind, options)
    _register(kept, found, options)
    files = store.contents(kept, inputs_text(kept))
    return Imported(
        found.kind, table, found.unit, found.facts, found.ages, found.notes, found.stocks, found.series, files
    )


@dataclass(frozen=True)
class _Found:
    """What one kind of table gives."""

    table: Understood
    kind: str
    unit: Mapping[str, Fact]
    years: Sequence[int]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    ages: tuple[Group, ...] = ()
    notes: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    stocks: Mapping[int, np.ndarray] = field(default_factory=dict)
    series: Series = field(default_factory=dict)
    files: tuple[str, ...] = ()
    """The clean tables that it makes and that a key may name."""


def kind_of(table: Understood) -> str:
    """The kind of a table by its columns, its title and its name."""
    means = {column.means for column in table.columns}
    if "age" not in means:
        return "series"
    if means & set(RATES):
        return "rates"
    if any(name in measures() for name in means):
        return "insured_by_age"
    told = plain(f"{table.title} {Path(table.grid.label).stem}")
    return "elsewhere" if any(plain(word) in told for word in cells("elsewhere")) else "population"


def _population(table: Understood, kept: store.Store, kind: str, options: Options) -> _Found:
    """A population by age and sex, or the insured who live elsewhere."""
    counted = next((c for c in table.columns if c.means in ("persons", "female", "both", "value")), None)
    _, unit = size_of(table, counted, "persons")
    away = kind == "elsewhere"
    found = population.stocks(table, unit, 0.0 if away else population.LEAST_PERSONS, of_insured=away)
    name = store.ELSEWHERE if kind == "elsewhere" else store.POPULATION
    others = [each for each in kept.stocks if each != name]
    if (others or name in kept.stocks) and kept.january != found.january:
        right = "tables of one date, all of 1 January or the end of a year, or all of mid-year"
        raise table.grid.fault(0, "", "dated otherwise than the population imported before", right)
    kept.january = found.january
    kept.stocks[name] = {**kept.stocks.get(name, {}), **found.persons}
    notes: list[tuple[str, Mapping[str, Any]]] = []
    if found.facts[population.DATE].value == "census":
        notes.append(("census", {}))
    if found.coded:
        notes.append(("coded", {}))
    if found.one_sex:
        notes.append(("one_sex", {}))
    if kind == "elsewhere" and store.POPULATION not in kept.stocks:
        notes.append(("elsewhere_alone", {}))
    if found.graduated:
        notes.append(("graduated", {"ages": found.groups[-1:], "groups": len(found.groups)}))
    facts = found.facts if kind == "population" else {k: v for k, v in found.facts.items() if k != population.CONCEPT}
    years = sorted(found.persons)
    return _Found(table, kind, {"persons": unit}, years, facts, found.groups, tuple(notes), found.persons)


def _series(table: Understood, kept: store.Store, kind: str, options: Options) -> _Found:
    """Yearly series."""
    breaks, missing = (
        kept.years(what) | set(years) for what, years in (("break", options.breaks), ("missing", options.missing))
    )
    found = series.series(table, kept.series, breaks, missing)
    source = options.source or Path(table.grid.label).name
    real = {(name, year) for year in options.breaks for name in series.broken(found.values, year)}
    kept.breaks |= {(name, year, store.BREAK) for name, year in real}
    for name, values in found.values.items():
        kept.series[name] = {**kept.series.get(name, {}), **values}
        for year in values:
            is_break = (name, year, store.BREAK) in kept.breaks
            kept.provenance[name, year] = options.mark, source, store.BREAK if is_break else ""
        kept.breaks |= {(name, year, store.MISSING) for year in options.missing if year not in values}
    for name, values in series.derived(kept.series).items():
        if name not in found.values:
            kept.series[name] = values
            kept.provenance |= {(name, year): ("derived", "", "from the fund's other series") for year in values}
    notes: list[tuple[str, Mapping[str, Any]]] = []
    for what, years in (("breaks", sorted(options.breaks)), ("missing", sorted(options.missing))):
        if years:
            notes.append((what, {"years": years}))
    if above := _above_population(kept):
        notes.append(("above_population", {"dates": above}))
    years = sorted({year for values in found.values.values() for year in values})
    facts = {"fund": table.facts["fund"]} if found.told else {}
    return _Found(table, kind, found.units, years, facts, notes=tuple(notes), series=found.values)


def _above_population(kept: store.Store) -> list[int]:
    """The dates on which more are insured in both schemes than the fund has persons, where both are known."""
    counts = [kept.series.get(name, {}) for name in insured_by_age.SCHEMES]
    stock = kept.stock()
    return [date for date in sorted(stock) if sum(count.get(date - 1, 0.0) for count in counts) > stock[date].sum()]


def _insured(table: Understood, kept: store.Store, kind: str, options: Options) -> _Found:
    """The insured of both schemes by age and sex: the shape of the employee scheme's members."""
    stock = kept.stock()
    if not stock:
        raise table.grid.fault(0, "", "the fund has no population yet", "import the population by age first")
    found = insured_by_age.insured(table, kept)
    kept.other[insured_by_age.FILE] = found.csv.encode()
    if found.profile is not None:
        kept.other[insured_by_age.PROFILE] = found.profile.encode()
    files = (insured_by_age.PROFILE,) if found.profile is not None else ()
    return _Found(table, kind, found.unit, [found.date], found.facts, found.groups, found.notes, files=files)


def _rates(table: Understood, kept: store.Store, kind: str, options: Options) -> _Found:
    """Use, cost or mortality by age."""
    if not kept.stock():
        raise table.grid.fault(0, "", "the fund has no population yet", "import the population by age first")
    found = by_age_rates.rates(table, kept, options.expectancy)
    kept.other[found.file] = found.csv.encode()
    return _Found(
        table, found.of, {found.of: found.unit}, [found.date], {}, found.groups, found.notes, files=(found.file,)
    )


def _register(kept: store.Store, found: _Found, options: Options) -> None:
    """One row for each table that was imported; a table of the same name and kind takes the place of the former."""
    grid_, facts = found.table.grid, found.facts
    name = Path(grid_.label).name
    assumed = [
        each
        for each, fact in (*facts.items(), *(("unit", fact) for fact in found.unit.values()))
        if fact.by == "assumed"
    ]
    row = dict.fromkeys(store.IMPORTS_HEADER, "") | {
        "table": found.kind,
        "file": name,
        "sha256": store.digest(grid_.content),
        "unit": " ".join(dict.fromkeys(fact.value for fact in found.unit.values())),
        **{each: facts[each].value for each in ("date", "age", "concept") if each in facts},
        "first_year": str(found.years[0]),
        "last_year": str(found.years[-1]),
        "assumed": " ".join(dict.fromkeys(assumed)),
        "source": options.source or name,
        "mark": options.mark,
        "owner": options.owner,
        "valid_until": options.valid_until,
        "keys": " ".join(keys_of(found.kind, found.series, found.files, OF_FILES)),
    }
    kept.imports = [each for each in kept.imports if (each["table"], each["file"]) != (found.kind, name)] + [row]
    kept.imports.sort(key=lambda each: (each["table"], each["file"]))


def women_and_men(stock: np.ndarray) -> dict[str, float]:
    """Persons of each sex."""
    return {sex: float(stock[place].sum()) for place, sex in enumerate(SEX.members)}


def refuse_kind(kind: str) -> None:
    """Raises SimsuranceError where a kind of table is not known."""
    if kind not in KINDS:
        raise SimsuranceError(f"--as:{kind}: no kind of table; one of {', '.join(KINDS)}")
