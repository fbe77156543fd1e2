"""What a report is made of, whatever file it becomes: sections of paragraphs, lists, tables and figures."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

MARKED: Final = re.compile(r"\*\*(.+?)\*\*|`([^`]+)`")
ESCAPED: Final = re.compile(r"\\([\\`*\[\]<>|~#&_=+.)-])")
PLAIN, BOLD, CODE = "", "bold", "code"


@dataclass(frozen=True)
class Heading:
    """A heading within a section."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; what is bold or a name of the code stands between the signs of Markdown."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: Sequence[str]


@dataclass(frozen=True)
class Cell:
    """A cell of a table: what is printed, and the number that rows are sorted by where it is one."""

    text: str
    number: float | None = None


@dataclass(frozen=True)
class Table:
    """A table with its caption, one head a column; the first column says what a row is of. `aside`: long, to look things up."""

    name: str
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    aside: bool = False

    def is_number(self, column: int) -> bool:
        """Whether a column holds numbers, which stand at the right."""
        cells = [row[column] for row in self.rows if row[column].text]
        return bool(cells) and all(cell.number is not None for cell in cells)


@dataclass(frozen=True)
class Figure:
    """A chart: a sentence that says what it shows, what is beside it, what is told to those who cannot see it, its pictures."""

    name: str
    title: str
    note: str
    picture: Callable[[str], bytes]

    @cached_property
    def svg(self) -> bytes:
        """As lines and areas."""
        return self.picture("svg")

    @cached_property
    def png(self) -> bytes:
        """As points."""
        return self.picture("png")

    @cached_property
    def slide(self) -> bytes:
        """As points, without its title."""
        return self.picture("slide")


Block = Heading | Paragraph | Bullets | Table | Figure


@dataclass(frozen=True)
class Section:
    """A section with its heading."""

    name: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Report:
    """A report: titles, what it is of, what its sections say, and the lines that tell what made it."""

    lang: str
    title: str
    subtitle: str
    sections: Sequence[Section]
    made: str

    @property
    def figures(self) -> Iterator[Figure]:
        """All figures in order."""
        return (block for section in self.sections for block in section.blocks if isinstance(block, Figure))

    def section(self, name: str) -> Section:
        """The section of that name."""
        return next(section for section in self.sections if section.name == name)


def spans(text: str) -> list[tuple[str, str]]:
    """A text in pieces with their looks: plain, bold, code."""
    found, end = list[tuple[str, str]](), 0
    for mark in MARKED.finditer(text):
        found.append((plain(text[end : mark.start()]), PLAIN))
        found.append((plain(mark[1]), BOLD) if mark[1] else (mark[2], CODE))
        end = mark.end()
    found.append((plain(text[end:]), PLAIN))
    return [(piece, look) for piece, look in found if piece]


def plain(text: str) -> str:
    """A text without the backslashes by which Markdown reads as text."""
    return ESCAPED.sub(r"\1", text)


def words_of(text: str) -> str:
    """A text without its looks."""
    return "".join(piece for piece, _ in spans(text))
