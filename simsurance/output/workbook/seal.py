"""What tells whether a workbook was changed where it must not be: a hash of every row without its yellow cells."""

import hashlib
import re
from collections.abc import Iterable
from typing import Final

MARKER: Final = "simsurance.workbook/1"
DIGITS: Final = 15
"""Significant digits of a number in a cell: so many come back from every spreadsheet as they were."""


def told(value: object) -> float | str | None:
    """A value as it is written to a cell: numbers at DIGITS significant digits, so that saving it again changes nothing."""
    if isinstance(value, bool) or value is None:
        return str(value) if value is not None else None
    if isinstance(value, int | float):
        return float(f"{value:.{DIGITS}g}") + 0.0
    return str(value)


def digest(cells: Iterable[tuple[int, object]]) -> str:
    """The hash of a row's cells, by column; quotes, dollars and blanks of formulas do not count, nor the case of letters."""
    parts = []
    for column, value in cells:
        if value is None or value == "":
            continue
        if isinstance(value, str) and value.startswith("="):
            text = re.sub(r"['$\s]", "", value).upper()
        elif isinstance(value, int | float) and not isinstance(value, bool):
            text = f"{float(value) + 0.0:.{DIGITS}g}"
        else:
            text = str(value).strip()
        parts.append(f"{column}:{text}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
