"""A table file as rows of text cells: UTF-8, UTF-16 or GB18030, commas, semicolons or tabs, CSV or XLSX."""

import codecs
import csv
import re
import unicodedata
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from simsurance.csv_text import LARGEST_TABLE
from simsurance.errors import ExitCode, SimsuranceError

DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}
XLSX: Final = ".xlsx"


@dataclass(frozen=True)
class Grid:
    """A file's rows of cells, blanks stripped, and how they were read; row 1 is the first of the file."""

    label: str
    content: bytes
    rows: tuple[tuple[str, ...], ...]
    encoding: str
    delimiter: str

    def fault(self, row: int, column: str, wrong: str, right: str) -> SimsuranceError:
        """A fault at a row and column, row 1 the first of the file; row 0 for the table as a whole."""
        return SimsuranceError(self.line(row, column, wrong, right))

    def line(self, row: int, column: str, wrong: str, right: str) -> str:
        """The same in words."""
        where = ":".join([self.label, *([str(row)] if row else []), *([column] if column else [])])
        return f"{where}: {wrong}; {right}"


def plain(text: str) -> str:
    """A text without width, case, blanks and signs between words."""
    return re.sub(r"[\s_\-·:]+", "", unicodedata.normalize("NFKC", text).casefold())


def grid(path: Path, label: str) -> Grid:
    """The rows of a file. Raises SimsuranceError."""
    try:
        if path.stat().st_size > LARGEST_TABLE:
            raise SimsuranceError(f"{label}: larger than {LARGEST_TABLE >> 20} MiB; the rows of one table")
        content = path.read_bytes()
    except FileNotFoundError:
        raise SimsuranceError(f"{label}: there is no such file; the path of a CSV or XLSX table") from None
    except OSError as error:
        raise SimsuranceError(f"{label}: {error.strerror}; a table that can be read") from None
    if path.suffix.lower() == XLSX:
        return Grid(label, content, _sheet(path, label), "XLSX", "")
    if path.suffix.lower() not in (".csv", ".txt", ".tsv"):
        raise SimsuranceError(f"{label}: neither CSV nor XLSX; save the table as one of them")
    text, encoding = _text(content, label)
    delimiter = _delimiter(text)
    try:
        cells = list(csv.reader(text.splitlines(), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise SimsuranceError(f"{label}: the quotes do not close ({error}); cells quoted as in RFC 4180") from None
    rows = tuple(tuple(cell.strip() for cell in row) for row in cells)
    if not any(any(row) for row in rows):
        raise SimsuranceError(f"{label}: the table is empty; a header and one row a key")
    return Grid(label, content, rows, encoding, DELIMITERS[delimiter])


def _text(content: bytes, label: str) -> tuple[str, str]:
    """The text of a file, and the encoding that it is in."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace"), "UTF-16"
    for encoding, name in (("utf-8-sig", "UTF-8"), ("gb18030", "GB18030")):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, name
    raise SimsuranceError(f"{label}: neither UTF-8 nor GB18030; save the table as one of them")


def _delimiter(text: str) -> str:
    """What tells cells apart: the sign that most of the rows have in the same number."""
    lines = [line for line in text.splitlines() if line.strip()]

    def agreement(sign: str) -> int:
        counts = [line.count(sign) for line in lines]
        return max((counts.count(count) * count for count in set(counts) if count), default=0)

    return max(DELIMITERS, key=agreement)


def _sheet(path: Path, label: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a workbook's first sheet that has any."""
    if find_spec("openpyxl") is None:
        raise SimsuranceError(
            f"{label}: openpyxl, which reads XLSX, is missing; python -m pip install 'simsurance[tables]', or save as CSV",
            exit_code=ExitCode.ENVIRONMENT,
        )
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        for sheet in book.worksheets:
            rows = [tuple(map(_cell, row)) for row in sheet.iter_rows(values_only=True)]
            if any(any(row) for row in rows):
                return tuple(rows)
    except Exception as error:
        raise SimsuranceError(f"{label}: no workbook ({type(error).__name__}); save it as XLSX or CSV anew") from None
    raise SimsuranceError(f"{label}: every sheet is empty; a header and one row a key")


def _cell(value: object) -> str:
    """A cell of a workbook as text; whole numbers without their decimals."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
