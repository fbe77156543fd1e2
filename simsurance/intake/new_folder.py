"""The folder of a fund to begin with: the scenario, tables to fill in, and what each of them is."""

import os
from pathlib import Path
from typing import Final

from simsurance.drafts import draft_folder, write_whole
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.intake.inputs import inputs_text
from simsurance.intake.store import FILE, INPUTS, TABLES, Store
from simsurance.language import WHOLE
from simsurance.scenario_file.json_schema import FILE_NAME, json_schema_text
from simsurance.scenario_file.loader import slug
from simsurance.scenario_file.pooling import shipped_poolings

TEMPLATES: Final = Path(__file__).parent / "templates"
CITY: Final = Path(__file__).parent / "city"
RAW: Final = "raw"
NAME: Final = "NAME"
"""What stands in the templates for the name of the fund."""


def new_folder(path: Path, lang: str, example: bool = False) -> None:
    """Lay out the folder of a fund, whole or not at all, `example` that of the fictitious city. Raises SimsuranceError."""
    if slug(path.name) != path.name:
        raise SimsuranceError(f"{path.name} cannot be the name of a fund; choose another, of letters, digits, _ and -")
    begun = contents(path.name, lang, example)
    if path.exists() and not _is_as_begun(path, begun):
        wrong = f"{path}: exists and is not overwritten; choose another name or move it"
        raise SimsuranceError(wrong, exit_code=ExitCode.ENVIRONMENT)
    if path.exists():
        return
    with draft_folder(path) as draft:
        for name, content in begun.items():
            (draft / name).parent.mkdir(exist_ok=True)
            (draft / name).write_bytes(content)
        draft.rename(path)


def new_pooling(path: Path, lang: str) -> None:
    """Write a pooling scenario of two pools to change, in a language that has it, else in English. Raises SimsuranceError."""
    if slug(path.name) != path.stem or path.stem in shipped_poolings():
        raise SimsuranceError(
            f"{path.stem} cannot be the name of a pooling scenario; choose another, of letters, digits, _ and -"
        )
    own = TEMPLATES / f"pooling.{lang}.toml"
    begun = (own if own.is_file() else TEMPLATES / f"pooling.{WHOLE}.toml").read_text("utf-8").replace(NAME, path.stem)
    if os.path.lexists(path) and not (path.is_file() and path.read_bytes() == begun.encode()):
        wrong = f"{path}: exists and is not overwritten; choose another name or move it"
        raise SimsuranceError(wrong, exit_code=ExitCode.ENVIRONMENT)
    write_whole(path, begun.encode())


def _is_as_begun(path: Path, begun: dict[str, bytes]) -> bool:
    """Whether a folder is what would be written, with nothing changed or added."""
    there = {file.relative_to(path).as_posix(): file for file in path.rglob("*") if not file.is_dir()}
    return (
        path.is_dir()
        and set(there) == set(begun)
        and all(file.read_bytes() == begun[name] for name, file in there.items())
    )


def contents(name: str, lang: str, example: bool = False) -> dict[str, bytes]:
    """The files of the folder by name, in a language that has them, else in English."""
    own = lang if (TEMPLATES / f"README.{lang}.md").is_file() else WHOLE
    texts = {FILE: f"fund.{own}.toml", "README.md": f"README.{own}.md"}
    found = {file: (TEMPLATES / text).read_text(encoding="utf-8") for file, text in texts.items()}
    found = {file: text.replace(NAME, name) for file, text in found.items()}
    tables = CITY if example else TEMPLATES / f"{RAW}.{own}"
    raw = {f"{RAW}/{table.name}": table.read_bytes() for table in sorted(tables.glob("*.csv"))}
    found |= {f"{TABLES}/{INPUTS}": inputs_text(Store(Path())), FILE_NAME: json_schema_text()}
    return raw | {file: text.encode() for file, text in found.items()}
