"""The table of clauses of law that the model covers, where the package has one: each column of its file is a column here."""

import csv
from pathlib import Path
from typing import Final

import simsurance
from simsurance.language import words
from simsurance.output.report.parts import Cell, Table

FILE: Final = Path(simsurance.__file__).parent / "data" / "policy" / "clauses.csv"


def clauses(lang: str) -> Table | None:
    """Clauses with the keys that stand for them, columns in the language where the file has them; None without a file."""
    if not FILE.is_file():
        return None
    with FILE.open(encoding="utf-8", newline="") as opened:
        head, *rows = csv.reader(opened)
    own = [name for name in head if name.endswith(f"_{lang}")]
    doubled = {name.rpartition("_")[0] for name in own}
    shown = [place for place, name in enumerate(head) if name in own or name.rpartition("_")[0] not in doubled]
    heads = [head[place].removesuffix(f"_{lang}").replace("_", " ") for place in shown]
    caption = words(lang).label("report.clauses_caption")
    return Table("clauses", caption, heads, [[Cell(row[place]) for place in shown] for row in rows])
