"""What a table says and what was made of it: header, columns, units, date, ages, population concept."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from simsurance.errors import SimsuranceError
from simsurance.intake import funds
from simsurance.intake.grid import Grid, plain
from simsurance.scenario_file.register import rows

HERE: Final = Path(__file__).parent
MOST_TITLES: Final = 20
"""Rows above which a header is looked for."""


@dataclass(frozen=True)
class Column:
    """A column of a table: what it means, in which unit, and how that is known."""

    place: int
    means: str
    header: str
    size: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class Fact:
    """Something understood of a table, and from what: `title`, `header`, `option`, `name` or `assumed`."""

    value: str
    by: str


@dataclass(frozen=True)
class Understood:
    """A table whose columns are known; `body`: the rows below the header with their numbers."""

    grid: Grid
    header_row: int
    columns: tuple[Column, ...]
    body: tuple[tuple[int, tuple[str, ...]], ...]
    title: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    def column(self, means: str) -> Column | None:
        """The column of that meaning."""
        return next((column for column in self.columns if column.means == means), None)


@cache
def meanings() -> Mapping[str, str]:
    """What the words of headers mean, by their plain form."""
    found = {plain(row["word"]): row["means"] for row in rows(HERE / "words.csv", ("means", "word"))}
    return found | {plain(means): means for means in set(found.values())}


@cache
def cells(of: str) -> Mapping[str, str]:
    """The words of cells and titles of one kind and what each means."""
    found = rows(HERE / "cells.csv", ("of", "value", "word"))
    return {row["word"]: row["value"] for row in found if row["of"] == of}


@cache
def any_of(of: str) -> str:
    """A pattern of any word of one kind, the longest first, blanks left out."""
    return "|".join(re.escape(word.replace(" ", "")) for word in sorted(cells(of), key=len, reverse=True))


def is_word(of: str, text: str) -> bool:
    """Whether a cell is a word of one kind."""
    return plain(text) in {plain(word) for word in cells(of)} or text.casefold() in cells(of)


@cache
def units() -> Mapping[str, tuple[float, str]]:
    """Size and kind of units by their plain word."""
    found = rows(HERE / "units.csv", ("word", "size", "of"))
    return {plain(row["word"]): (float(row["size"]), row["of"]) for row in found}


@dataclass(frozen=True)
class Measure:
    """A yearly series: its unit, the key of a scenario that it sets, and the growth from year to year that is no break."""

    unit: str
    key: str
    ahead: int
    of: str
    down: float | None
    up: float | None


@cache
def measures() -> Mapping[str, Measure]:
    """The yearly series that a fund may have."""
    header = ("measure", "unit", "key", "ahead", "of", "down", "up")
    return {
        row["measure"]: Measure(
            row["unit"],
            row["key"],
            int(row["ahead"]),
            row["of"],
            float(row["down"]) if row["down"] else None,
            float(row["up"]) if row["up"] else None,
        )
        for row in rows(HERE / "measures.csv", header)
    }


def understand(grid: Grid, options: Mapping[str, str]) -> Understood:
    """The header, the columns and what the title says. Raises SimsuranceError."""
    place = _header_place(grid)
    columns, ignored = _columns(grid, place)
    above = " ".join(cell for row in grid.rows[:place] for cell in row if cell)
    body = tuple((n, row) for n, row in enumerate(grid.rows[place + 1 :], start=place + 2) if any(row))
    if not body:
        raise grid.fault(place + 1, "", "there is no row under the header", "one row a key")
    for row, written in body:
        if any(is_word("example", cell) for cell in written):
            raise grid.fault(row, "", "the example row of the template is still there", "the figures of the fund")
    facts = {name: Fact(value, "option") for name, value in options.items()}
    told = {"age": " ".join([above, *(cell for cell in grid.rows[place] if cell)])}  # 年龄（虚岁） is said by a header
    for name in ("date", "age", "concept"):
        for where, text in (("title", told.get(name, above)), ("name", Path(grid.label).stem)):
            if name not in facts and (value := _named_in(text, name)):
                facts[name] = Fact(value, where)
    if "year" not in facts:
        for where, text in (("title", above), ("name", Path(grid.label).stem)):
            years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)
            if len(set(years)) == 1 and "year" not in facts:
                facts["year"] = Fact(years[0], where)
    if "unit" not in facts and (unit := _unit_in_title(above)):
        facts["unit"] = Fact(unit, "title")
    if "fund" not in facts:
        for where, text in (("title", above), ("name", Path(grid.label).stem)):
            if "fund" not in facts and (fund := funds.fund_in(text)):
                facts["fund"] = Fact(fund, where)
    return Understood(grid, place + 1, columns, body, above, facts, ignored)


def _named_in(text: str, of: str) -> str | None:
    """What a title says of a date, an age or a concept."""
    told = plain(text)
    return next((value for word, value in cells(of).items() if plain(word) in told), None)


def _unit_in_title(text: str) -> str | None:
    """The unit that a title gives, in brackets or behind the word."""
    text, word = unicodedata.normalize("NFKC", text), any_of("unit_word")
    behind = rf"(?:{word})\s*:\s*([^\s,;)]+(?: [a-z]+)*)"
    apart = [each.strip() for each in re.split(rf"[,;()]|{any_of('apart')}", text)]
    for each in apart + re.findall(behind, text, re.IGNORECASE):
        told = re.sub(rf"^(?:{word})\s*:\s*", "", each, flags=re.IGNORECASE)
        if plain(told) in units():
            return told
    return None


def _header_place(grid: Grid) -> int:
    """Where the header stands: the first row with two words that mean something, one of them an age or a year."""
    for place, row in enumerate(grid.rows[:MOST_TITLES]):
        known = {means for cell in row if (means := meaning(cell)[0])}
        if len(known) > 1 and known & {"age", "year"}:
            return place
    seen = next((",".join(row) for row in grid.rows if sum(map(bool, row)) > 1), "")[:60]
    right = f"a header with an age or a year, and what is counted, such as {some_words(seen)}; all: simsurance import --words"
    raise grid.fault(1, "", f"no header is understood (the first row of several cells is {seen})", right)


def meaning(header: str) -> tuple[str, float | None, str]:
    """What a header means, and the size and the word of the unit in its brackets."""
    text = unicodedata.normalize("NFKC", header)
    inside = re.search(r"\(([^()]*)\)\s*$", text)
    if inside and plain(inside[1]) in units():
        return _means(text[: inside.start()]), units()[plain(inside[1])][0], inside[1]
    return _means(text) or (_means(text[: inside.start()]) if inside else ""), None, ""


def _means(text: str) -> str:
    """What a word of a header means by itself, or as the figure of a fund."""
    return meanings().get(plain(text)) or funds.figure_of(plain(text))


def _columns(grid: Grid, place: int) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    found: dict[str, Column] = {}
    ignored = []
    for at, header in enumerate(grid.rows[place]):
        means, size, unit = meaning(header)
        if not means:
            ignored += [header] if header else []
            continue
        if means in found:
            other = found[means].header
            raise grid.fault(place + 1, header, f"means the same as the column {other}", "one column of each kind")
        found[means] = Column(at, means, header, size, unit)
    return tuple(found.values()), tuple(ignored)


def number(grid: Grid, row: int, header: str, cell: str) -> float | None:
    """A number as offices write them; None where there is none. Raises SimsuranceError."""
    text = unicodedata.normalize("NFKC", cell).strip()
    if not text or text.casefold() in cells("missing"):
        return None
    if text.endswith("%"):
        raise grid.fault(row, header, f"{cell} is a share in per cent", "a number of persons or yuan, or a fraction")
    bare = re.sub(r"(?<=\d)[,\s'](?=\d{3}(?!\d))", "", text)
    try:
        if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", bare):
            raise ValueError
        return float(bare)
    except ValueError:
        raise grid.fault(row, header, f"{cell[:40]!r} is not a number", "a number such as 12345.6") from None


def year_of(grid: Grid, row: int, header: str, cell: str) -> int:
    """A year, with or without the word for it behind. Raises SimsuranceError."""
    told = unicodedata.normalize("NFKC", cell).strip()
    found = re.fullmatch(rf"((?:19|20)\d\d)(?:\.0)?\s*(?:{any_of('year_word')})?", told)
    if not found:
        raise grid.fault(row, header, f"{cell[:40]!r} is no year", "a calendar year such as 2024")
    return int(found[1])


def ages_of(cell: str) -> tuple[int, int | None] | None:
    """First age and the age behind the last, None if open; None for what is no age: `35`, `35-39`, `85+`."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", cell).casefold())
    text = re.sub(any_of("age_word"), "", text)
    if match := re.fullmatch(r"(\d{1,3})", text):
        return int(match[1]), int(match[1]) + 1
    if match := re.fullmatch(rf"(\d{{1,3}})(?:{any_of('to')})(\d{{1,3}})", text):
        return int(match[1]), int(match[2]) + 1
    if match := re.fullmatch(rf"(\d{{1,3}})(?:{any_of('open')})", text):
        return int(match[1]), None
    if match := re.fullmatch(rf"(?:{any_of('under')})(\d{{1,3}})|(\d{{1,3}})(?:{any_of('under_behind')})", text):
        return 0, int(match[1] or match[2])
    return None


def size_of(table: Understood, column: Column | None, of: str) -> tuple[float, Fact]:
    """Persons or yuan that a unit of a column stands for, and how that is known. Raises SimsuranceError."""
    if column is not None and column.size is not None:
        return column.size, Fact(column.unit, "header")
    fact = table.facts.get("unit")
    if fact is None:
        return 1.0, Fact("persons" if of == "persons" else "yuan", "assumed")
    if plain(fact.value) not in units():
        known = ", ".join(row["word"] for row in rows(HERE / "units.csv", ("word", "size", "of")))
        raise SimsuranceError(f"--unit:{fact.value}: no unit that is known; one of {known}")
    size, kind = units()[plain(fact.value)]
    if kind != of:
        return 1.0, Fact("persons" if of == "persons" else "yuan", "assumed")
    return size, fact


def words_known() -> Iterator[tuple[str, str]]:
    """Every word of a header and what it means; words of a fund go before those of its figures."""
    for row in rows(HERE / "words.csv", ("means", "word")):
        yield row["word"], row["means"]
    yield from funds.known()


def some_words(like: str, most: int = 7) -> str:
    """A word of a header for each of the first kinds of what is counted by year, in letters like those of a table."""
    first: dict[str, str] = {}
    for word, means in words_known():
        if means in measures() and word.isascii() == like.isascii():
            first.setdefault(means, word)
    return ", ".join([*first.values()][:most])
