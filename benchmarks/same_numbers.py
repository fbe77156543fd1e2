"""Whether the reference results are those of an earlier revision, to the last bit: `python benchmarks/same_numbers.py HEAD`."""

import argparse
import csv
import io
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from simsurance.analysis.reference_results import LOG, TABLES, reference_tables
from simsurance.results import simulate
from simsurance.scenario_file.files import shipped
from simsurance.scenario_file.loader import load

ROOT = Path(__file__).resolve().parents[1]
REFERENCES = "scenarios/references"
MOST_SHOWN = 20

FILES: Mapping[str, str] = {}
COLUMNS: Mapping[str, str] = {}
WORDS: Mapping[str, str] = {
    "share of outgo": "share of expenditure",
    "retired a head of the active": "retired per active member",
    "share of the base of contributions": "share of the contribution base",
    "yuan a head in": "yuan per person in",
}
"""Names that have changed since, old -> new: files of a reference, their columns, and words in their cells (measures, funds,
statuses, units), where a year may follow them."""

Cells = dict[tuple[str, ...], float | str]
"""Value by scenario, file, words of the key columns, column."""


def stored_then(revision: str) -> dict[str, str]:
    """The references of a revision as text by `scenario/file`, under the names of today."""
    archive = subprocess.run(["git", "archive", revision, REFERENCES], cwd=ROOT, stdout=subprocess.PIPE)
    if archive.returncode:
        sys.exit(archive.returncode)
    found = {}
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        for file in files.getmembers():
            path, content = Path(file.name), files.extractfile(file)
            if content and path.name != LOG:
                found[f"{path.parent.name}/{FILES.get(path.name, path.name)}"] = content.read().decode()
    return found


def stored_now() -> dict[str, str]:
    """The references of the working tree."""
    files = (ROOT / REFERENCES).glob("*/*.csv")
    return {f"{file.parent.name}/{file.name}": file.read_text(encoding="utf-8") for file in files}


def fresh() -> dict[str, str]:
    """What the shipped scenarios give now."""
    return {
        f"{results.scenario.name}/{file}": text
        for results in simulate([load(name) for name in shipped()])
        for file, text in reference_tables(results).items()
    }


def cells(texts: Mapping[str, str], columns: Mapping[str, str], words: Mapping[str, str]) -> Cells:
    """All values; numbers parsed, other words under their names of today."""
    found: Cells = {}
    for path, text in texts.items():
        if not (keys := TABLES.get(path.partition("/")[2])):
            sys.exit(f"{path} is no reference of today; give its new name in FILES")
        for row in csv.DictReader(io.StringIO(text)):
            named = {columns.get(name, name): renamed(cell, words) for name, cell in row.items()}
            place = (path, *(named[key] for key in keys))
            found |= {(*place, name): parsed(cell) for name, cell in named.items() if name not in keys}
    return found


def renamed(cell: str, words: Mapping[str, str]) -> str:
    """A word under its name of today, the year behind it kept."""
    name, year = re.fullmatch(r"(.*?)((?: \d{4})?)", cell).groups()  # type: ignore[union-attr]
    return words.get(name, name) + year


def parsed(cell: str) -> float | str:
    """A number where the cell is one."""
    try:
        return float(cell)
    except ValueError:
        return cell


def same(one: float | str | None, other: float | str | None) -> bool:
    """Whether two cells are the same word or have the same bits."""
    if isinstance(one, float) and isinstance(other, float):
        return one.hex() == other.hex()
    return one == other


def differences(before: Cells, after: Cells) -> Iterator[str]:
    """A line for every value of before that is not the same after."""
    for place, value in before.items():
        now = after.get(place)
        if not same(value, now):
            yield f"{' '.join(place)}: {value!r}, now {'gone' if now is None else repr(now)}"


def main() -> None:
    """Compare, and print the first differences or how many values are the same; exit code 1 if any differs."""
    parser = argparse.ArgumentParser(description="Whether the reference results are those of a revision, bit for bit.")
    parser.add_argument("revision", nargs="?", default="HEAD", help="where git finds the earlier ones (default HEAD)")
    parser.add_argument("--fresh", action="store_true", help="run every shipped scenario and compare its results, too")
    given = parser.parse_args()
    before = cells(stored_then(given.revision), COLUMNS, WORDS)
    sides = {"stored": stored_now} | ({"fresh": fresh} if given.fresh else {})
    failed = False
    for name, texts in sides.items():
        after = cells(texts(), {}, {})
        found = list(differences(before, after))
        print(*found[:MOST_SHOWN], sep="\n", end="\n" if found else "")
        added = f", and {len(after.keys() - before.keys())} are new" if after.keys() - before.keys() else ""
        print(f"{name}: {len(before) - len(found)} of {len(before)} cells of {given.revision} are the same{added}")
        failed = failed or bool(found)
    sys.exit(failed)


if __name__ == "__main__":
    main()
