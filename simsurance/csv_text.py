"""Tables and rows as CSV text."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    import pandas as pd


LARGEST_TABLE: Final = 64 << 20
"""Bytes; a table of every year, sex and age from 1900 to 2200 has a tenth."""


def text_of(content: bytes) -> str:
    """What a CSV file says in UTF-8 or, by its mark, UTF-16, with line ends of any system; raises UnicodeDecodeError."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if wide else "utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def table_csv(table: "pd.DataFrame", index: bool = True) -> str:
    """A table as CSV: numbers in the shortest form that reads back as the same, zeros without sign, missing ones empty."""
    kept = _kept_text(table)
    plain = _numbers_csv(kept) if index else None
    return str(kept.to_csv(index=index, lineterminator="\n")) if plain is None else plain


def _numbers_csv(table: "pd.DataFrame") -> str | None:
    """A table of numbers under plain labels, in a quarter of the time that pandas takes; None for any other."""
    keys: Any = table.index
    levels, codes = (keys.levels, keys.codes) if keys.nlevels > 1 else ([keys.unique()], [keys.factorize()[0]])
    labels = [[str(label) for label in level] for level in levels]
    heads = [*map(str, keys.names), *map(str, table.columns)]
    if table.empty or any(column.dtype.kind not in "fiu" for _, column in table.items()):
        return None
    missing = any((each < 0).any() for each in codes) or any(each.dtype.kind == "f" for each in levels)
    if missing or not all(map(_PLAIN.fullmatch, chain(heads, *labels))):
        return None
    columns: list[Iterable[str]] = [
        map(own.__getitem__, code.tolist()) for own, code in zip(labels, codes, strict=True)
    ]
    for _, column in table.items():
        values = column.to_numpy()
        text = list(map(repr, values.tolist()))
        for place in (values != values).nonzero()[0]:
            text[place] = ""
        columns.append(text)
    rows = map(",".join, zip(*columns, strict=True))
    return "\n".join([",".join(heads), *rows, ""])


def as_text(cell: Any) -> Any:
    """A text cell that a spreadsheet would take for a formula, behind an apostrophe; anything else as it is.

    Numbers are left alone, written as text or not. `as_written` is the way back.
    """
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) and not _is_number(cell) else cell


def as_written(cell: str) -> str:
    """A text cell without the apostrophe of `as_text`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


NUMBERS: Final = "biufc"
"""Kinds of NumPy's types that hold no text."""
_PLAIN: Final = re.compile(r"[\w.+-]+")
"""Labels that CSV writes as they are."""
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _written(cell: Any) -> Any:
    """A cell of any kind as it is written: text that stays text, a zero without a sign."""
    return 0.0 if isinstance(cell, float) and cell == 0 else as_text(cell)


def _kept_text(table: "pd.DataFrame") -> "pd.DataFrame":
    """A table whose text cells, headers and keys stay text, and whose zeros have no sign."""
    kept, index = table.copy(deep=False), cast(Any, table.index)
    for place in range(table.shape[1]):
        column = table.iloc[:, place]
        if column.dtype.kind == "f":
            kept.isetitem(place, column.to_numpy() + 0.0)  # -0.0 + 0.0 is 0.0
        elif column.dtype.kind not in NUMBERS and any(_written(cell) is not cell for cell in column):
            cells = column.to_numpy(dtype=object, copy=True)
            cells[:] = [_written(cell) for cell in column]
            kept.isetitem(place, cells)
    if index.nlevels > 1:
        kept.index = index.set_levels([level.map(as_text) for level in index.levels])
    elif index.dtype.kind not in NUMBERS:
        kept.index = index.map(as_text)
    kept.columns = kept.columns.map(as_text)
    return kept


def rows_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV text."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(map(_written, row) for row in rows)
    return held.getvalue()
