"""The fictitious city from its raw tables to a run, by the commands of docs/own-fund.md."""

import os
import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from simsurance.cli import main

PAGE = Path(__file__).parent.parent / "docs" / "own-fund.md"


def commands() -> list[str]:
    """The commands of the page, in their order."""
    return re.findall(r"^    (simsurance .+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def told(folder: Path, until: str = "", without: str = "run") -> dict[str, str]:
    """What each command prints, in `folder`, up to the first that begins with `until`; those named `without` are left out."""
    before, found = Path.cwd(), {}
    os.chdir(folder)
    try:
        for command in commands():
            if until and command.startswith(f"simsurance {until}"):
                break
            _, name, *arguments = shlex.split(command)
            if name == without:
                continue
            done = CliRunner().invoke(main, [name, *arguments], catch_exceptions=False)
            assert done.exit_code == 0, (command, done.stderr)
            found[command] = done.stdout
    finally:
        os.chdir(before)
    return found


def city(folder: Path) -> Path:
    """The city's scenario, its tables imported into `folder`."""
    told(folder, until="validate")
    return folder / "city" / "fund.toml"
