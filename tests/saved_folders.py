"""Commands called as a user does, and what stands in the folders that they write."""

from pathlib import Path

from click.testing import CliRunner, Result

from simsurance.cli import main


def call(*arguments: object) -> Result:
    """What a command with these arguments says."""
    return CliRunner().invoke(main, list(map(str, arguments)))


def contents(folder: Path) -> dict[str, bytes]:
    """The bytes of every file of a folder but its manifest, by name."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and file.name != "manifest.json"
    }
