"""Write all derived tables, their residuals and provenance again: `python -m simsurance.data.build`.

With `--check` nothing is written; the exit code says whether a stored file differs. Residuals are printed.
"""

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from types import ModuleType
from typing import Final

from simsurance.data.build.evidence import Built, Cell
from simsurance.data.tables import DATA

MODULES: Final = (  # in this order: employee_moves reads what employee_profile has written
    "published",
    "published_before",
    "prevalence",
    "inpatient_use",
    "inpatient_cost",
    "outpatient_cost",
    "income_groups",
    "area_moves",
    "retirement",
    "retirement_until_2024",
    "employee_profile",
    "employee_moves",
    "urban_share_path",
    "urban_share_by_age",
)

FIRST_LINE: Final = "<!-- derived tables: written by python -m simsurance.data.build -->\n"
LAST_LINE: Final = "\n<!-- end of derived tables -->\n"


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell | None]]) -> str:
    """A table as the packaged files hold it: UTF-8, one line a row, no blank at the end."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def weakness(module: ModuleType) -> str:
    """What the module's docstring says after "Weakness:", in one line."""
    return " ".join((module.__doc__ or "").split("Weakness:")[1].split())


def built_tables() -> dict[str, Built]:
    """Every derived table by module name."""
    return {name: import_module(f"simsurance.data.build.{name}").build() for name in MODULES}


def files(tables: dict[str, Built]) -> dict[str, str]:
    """Path below `simsurance/data` and content of every file that this command writes."""
    written = {built.path: csv_text(built.header, built.rows) for built in tables.values()}
    residuals = [
        (built.path, residual.use, residual.what, _digits(residual.target), _digits(residual.reached))
        for built in tables.values()
        for residual in built.residuals
    ]
    provenance = [
        (
            built.path,
            built.content,
            " ".join(built.sources),
            built.mark,
            weakness(import_module(f"simsurance.data.build.{name}")),
        )
        for name, built in tables.items()
    ]
    head, _, rest = (DATA / "README.md").read_text(encoding="utf-8").partition(FIRST_LINE)
    _, _, foot = rest.partition(LAST_LINE)
    written["README.md"] = head + FIRST_LINE + _markdown(provenance) + LAST_LINE + foot
    written["residuals.csv"] = csv_text(("table", "use", "what", "target", "reached"), residuals)
    written["provenance.csv"] = csv_text(("table", "content", "sources", "mark", "weakness"), provenance)
    return written


def _markdown(provenance: Iterable[Sequence[str]]) -> str:
    lines = ["| table | content | sources | mark | weakness |", "| --- | --- | --- | --- | --- |"]
    for table, content, sources, mark, weak in provenance:
        lines.append(f"| `{table}` | {content} | {sources} | {mark} | {weak} |")
    return "\n" + "\n".join(lines) + "\n"


def _digits(value: float | None) -> str:
    return "" if value is None else f"{value:.8g}"


def main(arguments: Sequence[str]) -> int:
    """Write, or compare with what is stored."""
    check = list(arguments) == ["--check"]
    tables = built_tables()
    differing = []
    for path, text in files(tables).items():
        stored = (DATA / path).read_bytes() if (DATA / path).exists() else b""
        if stored != text.encode():
            differing.append(path)
            if not check:
                (DATA / path).write_bytes(text.encode())
    for built in tables.values():
        print(f"{built.path}: {len(built.rows)} rows")
        for residual in built.residuals:
            numbers = f"{_digits(residual.target):>12}  {_digits(residual.reached):>12}"
            print(f"  {residual.use:8}  {residual.what:58}  {numbers}")
    print(f"{'differ' if check else 'written'}: {', '.join(differing) or 'none'}")
    return 1 if check and differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
