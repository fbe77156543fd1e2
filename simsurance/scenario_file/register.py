"""The register beside the baseline: where each value comes from, how sure it is, how low or high it might be."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from simsurance.errors import SimsuranceError
from simsurance.scenario_file.files import TABLES, scenarios_folder

MARKS: Final = {
    "verified": "read in a stored copy of the official publication, or in a report that quotes it",
    "verified_transcription": "read in a third-party transcription of the official publication",
    "derived": "arithmetic on values that were read; the note gives the sum",
    "fitted": "solved for so that the model meets a published figure",
    "calibration": "set by a calibration target; see the note",
    "recalled_checked": "from general knowledge, and a check against a value that was read passes",
    "recalled": "from general knowledge, not verified",
    "recalled_low": "from general knowledge, with low confidence",
    "abstract": "read in the abstract of a publication whose body was not readable",
    "judgement": "opinion: no evidence, or only the direction of an effect, was found",
    "choice": "a switch, a rule, a name or a date that the scenario chooses: not an estimate",
}
"""Every mark of certainty and what it says, the surest first."""

HEADER: Final = ("path", "source_id", "mark", "low", "high", "note")


@dataclass(frozen=True)
class Entry:
    """One row of the register: the provenance of one key; low and high are empty where a range makes no sense."""

    path: str
    source_id: str
    mark: str
    low: str
    high: str
    note: str


@cache
def register() -> dict[str, Entry]:
    """The rows of the register by key."""
    return {row["path"]: Entry(**row) for row in rows(scenarios_folder() / "register.csv", HEADER)}


@cache
def sources(lang: str = "en") -> dict[str, str]:
    """Title and issuer of every source by its id; in a language that has a column of its own by that, where it is filled in."""
    found = rows(TABLES / "sources.csv", ("source_id", "title", "issuer"))
    return {
        row["source_id"]: row.get(f"title_{lang}") or f"{row['title']} ({row['issuer']})".replace(" ()", "")
        for row in found
    }


def source_title(source: str, lang: str) -> str:
    """Title and issuer of a listed source by its id; a reference in words as it is."""
    return sources(lang).get(source, source)


def rows(path: Path, header: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of a shipped table of text."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if not set(header) <= set(reader.fieldnames or ()):
            raise SimsuranceError(f"{path.name}:1: columns are missing; give {', '.join(header)}")
        return list(reader)
