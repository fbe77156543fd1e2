"""Reference results of answers: what a few commands print for programs, as it was when it was last accepted.

`scenarios/answers/commands.csv` has one answer a line: its name, the command, which entries of its JSON are kept, as a pattern,
and how much a number may be off, with the reason where that is more than usual. `accepted.csv` beside it has every entry by
answer, `CHANGES.csv` why they changed. A further answer is one more line.
"""

import csv
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from simsurance import __version__
from simsurance.analysis.reference_results import ABSENT, Difference
from simsurance.csv_text import rows_csv
from simsurance.drafts import write_whole
from simsurance.errors import SimsuranceError
from simsurance.scenario_file.files import scenarios_folder

COMMANDS, ACCEPTED, LOG = "commands.csv", "accepted.csv", "CHANGES.csv"
COMMAND_HEADER: Final = ("answer", "command", "kept", "tolerance", "why")
HEADER: Final = ("answer", "entry", "value")
LOG_HEADER: Final = ("date", "version", "answer", "largest_change", "reason")
TOLERANCE: Final = 1e-6
"""Largest difference of a number, relative to it: what is searched for is found to its own tolerance."""
NAMED_BY: Final = ("year", "month", "date", "start", "from")
"""Entries of a row that name it although they are numbers."""
LEFT_OUT: Final = ("folder", "schema")
Entries = dict[str, str]


@dataclass(frozen=True)
class Asked:
    """An answer: its name, the words of its command, the entries that are kept, and how much a number may be off."""

    answer: str
    arguments: tuple[str, ...]
    kept: re.Pattern[str]
    tolerance: float = TOLERANCE


def answers_folder() -> Path:
    """Where the answers stand."""
    return scenarios_folder() / "answers"


def asked(folder: Path) -> list[Asked]:
    """The answers of a folder; a .toml among the words of a command is looked for there first."""
    found = []
    for row in _rows(folder / COMMANDS, COMMAND_HEADER):
        words = [
            str(folder / word) if word.endswith(".toml") and (folder / word).is_file() else word
            for word in shlex.split(row["command"])
        ]
        found.append(Asked(row["answer"], tuple(words), re.compile(row["kept"]), _tolerance(folder, row)))
    return found


def _tolerance(folder: Path, row: dict[str, str]) -> float:
    """How much a number of an answer may be off, as a share of it: with a reason where that is more than usual."""
    if not row["tolerance"]:
        return TOLERANCE
    try:
        found = float(row["tolerance"])
    except ValueError:
        found = -1.0
    if not (0 < found < 1 and row["why"]):
        raise SimsuranceError(
            f"{folder / COMMANDS}: {row['answer']}: tolerance {row['tolerance']}: give a share of 1 with its reason in why"
        )
    return found


def entries_of(content: Any, kept: re.Pattern[str]) -> Entries:
    """The entries of a JSON document that are kept, by their paths; rows of a list are named by their words and years."""
    return {path: _text(value) for path, value in _walk(content, "") if kept.fullmatch(path)}


def _walk(content: Any, above: str) -> Iterator[tuple[str, Any]]:
    if isinstance(content, Mapping):
        for name, value in content.items():
            if name not in LEFT_OUT:
                yield from _walk(value, f"{above}{name}/")
    elif isinstance(content, list):
        names = [_row_name(row, place) for place, row in enumerate(content)]
        alike = len(set(names)) < len(names)
        for place, (name, row) in enumerate(zip(names, content, strict=True)):
            yield from _walk(row, f"{above}{place if alike else name}/")
    else:
        yield above.rstrip("/"), content


def _row_name(row: Any, place: int) -> str:
    if not isinstance(row, Mapping):
        return str(place)
    named = [str(value) for key, value in row.items() if isinstance(value, str) or key in NAMED_BY]
    return "/".join(named) or str(place)


def _text(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def accepted(folder: Path) -> dict[str, Entries]:
    """The entries that were accepted, by answer; none where nothing was."""
    found: dict[str, Entries] = {}
    if (folder / ACCEPTED).is_file():
        for row in _rows(folder / ACCEPTED, HEADER):
            found.setdefault(row["answer"], {})[row["entry"]] = row["value"]
    return found


def differences(answer: str, before: Entries, after: Entries, tolerance: float = TOLERANCE) -> list[Difference]:
    """Every entry that is not as it was but for a tolerance relative to it, the worst first."""
    found = []
    for entry in dict.fromkeys((*before, *after)):
        was, now = before.get(entry, ABSENT), after.get(entry, ABSENT)
        if (times := _times(was, now, tolerance)) > 1:
            found.append(Difference("answers", answer, entry, "", was, now, times))
    return sorted(found, key=lambda each: -each.times)


def _times(was: str, now: str, tolerance: float) -> float:
    """The difference over what is allowed; infinite for words that differ."""
    if was == now:
        return 0.0
    try:
        before, after = float(was), float(now)
    except ValueError:
        return float("inf")
    size = tolerance * max(abs(before), abs(after))
    return abs(after - before) / size if size else float("inf")


def accept(
    folder: Path, found: Mapping[str, Entries], reason: str, tolerances: Mapping[str, float] | None = None
) -> dict[str, Difference | None]:
    """Make these answers the reference and write down why; the largest change of each, None without one."""
    known, borne = accepted(folder), tolerances or {}
    largest = {
        name: next(iter(differences(name, known.get(name, {}), now, borne.get(name, TOLERANCE))), None)
        for name, now in found.items()
    }
    moved = [(name, each) for name, each in largest.items() if each]
    gone = known.keys() - found.keys()
    if moved or gone:
        log = list(_rows(folder / LOG, LOG_HEADER)) if (folder / LOG).is_file() else []
        rows = [[row[name] for name in LOG_HEADER] for row in log]
        rows += [[date.today().isoformat(), __version__, name, _change(each), reason] for name, each in moved]
        write_whole(folder / LOG, rows_csv(LOG_HEADER, rows).encode())
        kept = {name: now if largest[name] else known[name] for name, now in found.items()}
        cells = [(name, entry, value) for name, now in kept.items() for entry, value in now.items()]
        write_whole(folder / ACCEPTED, rows_csv(HEADER, cells).encode())
    return largest


def _change(each: Difference) -> str:
    return f"{each.row}: reference {each.reference}, now {each.now}"


def _rows(file: Path, header: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of a table; SimsuranceError where it is not one with this header."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as held:
            reader = csv.DictReader(held, strict=True)
            rows = list(reader)
    except (csv.Error, UnicodeDecodeError) as error:
        raise SimsuranceError(f"{file}: not CSV in UTF-8 ({error}); restore the file") from None
    if tuple(reader.fieldnames or ()) != header or any(None in row or None in row.values() for row in rows):
        raise SimsuranceError(f"{file}: is damaged; restore it, with the columns {','.join(header)}")
    return rows
