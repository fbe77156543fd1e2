"""Tables and rows as CSV text."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def table_csv(table: "pd.DataFrame") -> str:
    """A table as CSV: numbers in the shortest form that reads back as the same, missing ones as empty cells."""
    return str(table.to_csv(lineterminator="\n"))


def rows_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV text."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return held.getvalue()
