"""Clauses that touch money: of the Guiding Opinions of 2024 (document 38) and of the draft law, and where the model has them.

`simsurance/data/clauses.csv` pairs each clause with keys of a scenario, tests, a scenario or option that shows it, and what the
model cannot say. `python -m simsurance.evidence.clauses > docs/clauses.md` writes the page; a test keeps it current, and finds
every key and every test.
"""

import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from simsurance.data.tables import DATA
from simsurance.language import Words, words
from simsurance.scenario_file.keys import KEYS

TABLE: Final = DATA / "clauses.csv"
TEXTS: Final = ("38", "draft")
LANGUAGES: Final = ("en", "zh")


@dataclass(frozen=True)
class Clause:
    """A clause: the text it is of, how sure its wording is, keys, tests, what shows it, what cannot be said."""

    text: str
    clause: str
    mark: str
    wording: dict[str, str]
    keys: tuple[str, ...]
    tests: tuple[str, ...]
    shown: str
    cannot: dict[str, str]


@cache
def clauses() -> tuple[Clause, ...]:
    """All clauses, in the order of their texts."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        Clause(
            row["text"],
            row["clause"],
            row["mark"],
            {lang: row[f"clause_{lang}"] for lang in LANGUAGES},
            tuple(row["keys"].split()),
            tuple(row["tests"].split()),
            row["shown"],
            {lang: row[f"cannot_{lang}"] for lang in LANGUAGES},
        )
        for row in rows
    )


def unknown_keys() -> list[str]:
    """Keys named that no scenario has, nor a table of keys."""
    named = {key for clause in clauses() for key in clause.keys}
    return sorted(key for key in named if not any(each == key or each.startswith(f"{key}.") for each in KEYS))


def page() -> str:
    """The page as Markdown, each language after the other."""
    return "\n".join(_part(words(lang)) for lang in LANGUAGES)


def _part(said: Words) -> str:
    """The page in a language."""
    with_key = sum(bool(clause.keys) for clause in clauses())
    lines = [f"# {said.label('clauses.title')}", "", said.say("clauses.read", all=len(clauses()), keyed=with_key), ""]
    for text in TEXTS:
        heads = [said.label(f"clauses.column.{name}") for name in ("clause", "key", "test", "shown", "cannot")]
        lines += [f"## {said.label(f'clauses.of.{text}')}", "", _line(heads), _line(["---"] * len(heads))]
        lines += [_line(_cells(clause, said)) for clause in clauses() if clause.text == text]
        lines.append("")
    return "\n".join(lines)


def _cells(clause: Clause, said: Words) -> list[str]:
    keys = ", ".join(f"`{key}`" for key in clause.keys)
    tests = ", ".join(f"`{test.removeprefix('tests/').replace('::', ' ')}`" for test in clause.tests)
    wording = said.say("range.beside", what=clause.wording[said.lang], range=said.label(f"mark.{clause.mark}"))
    shown = f"`{clause.shown}`" if clause.shown else ""
    return [
        wording,
        keys or said.label("clauses.none"),
        tests or said.label("clauses.none"),
        shown,
        clause.cannot[said.lang],
    ]


def _line(cells: Sequence[str]) -> str:
    inside = " | ".join(cell.replace("|", "\\|") for cell in cells)
    return f"| {inside} |"


if __name__ == "__main__":
    sys.stdout.write(page())
