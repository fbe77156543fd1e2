"""A folder that appears whole or not at all, and never in place of something that simsurance did not write."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from simsurance.errors import ExitCode, SimsuranceError

MANIFEST: Final = "manifest.json"
MADE_BY: Final = "simsurance"


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """An empty folder to write to, which becomes `path` when all is written and vanishes when anything fails.

    A folder already at `path` is replaced if its manifest is ours and lists every file in it. Raises SimsuranceError
    (ENVIRONMENT) otherwise.
    """
    refuse_foreign(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{path.name[:100]}.", suffix=".partial", dir=path.parent))
    try:
        _open_to_readers(draft)
        yield draft
        _put_in_place(draft, path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def refuse_foreign(path: Path) -> None:
    """Raises SimsuranceError (ENVIRONMENT) where something stands at `path` that is not ours to replace."""
    if not os.path.lexists(path):
        return
    manifest = read_manifest(path)
    if manifest is None:
        raise _refusal(f"{path}: was not written by simsurance and is not replaced; choose another folder with --out")
    known = {MANIFEST, *manifest.get("outputs", {})}
    for file in sorted(file for file in path.rglob("*") if not file.is_dir()):
        name = file.relative_to(path).as_posix()
        if name not in known and not any(part.startswith(".") for part in Path(name).parts):
            raise _refusal(f"{file}: was not written by simsurance; move it, or choose another folder with --out")


def _refusal(line: str) -> SimsuranceError:
    return SimsuranceError(line, exit_code=ExitCode.ENVIRONMENT)


def read_manifest(path: Path) -> dict[str, Any] | None:
    """The manifest of a folder that simsurance wrote; None for anything else, symbolic links included."""
    if path.is_symlink() or not path.is_dir():
        return None
    try:
        found = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("made_by") == MADE_BY else None


def _open_to_readers(draft: Path) -> None:
    """The permissions that a folder made in the plain way would have."""
    mask = os.umask(0)
    os.umask(mask)
    draft.chmod(0o777 & ~mask)


def _put_in_place(draft: Path, path: Path) -> None:
    """Rename the finished folder to its place; a former one steps aside and comes back if that fails."""
    if not path.exists():
        draft.rename(path)
        return
    former = Path(tempfile.mkdtemp(prefix=f".{path.name[:100]}.", suffix=".former", dir=path.parent))
    path.rename(former / path.name)
    try:
        draft.rename(path)
    except BaseException:
        (former / path.name).rename(path)
        former.rmdir()
        raise
    shutil.rmtree(former, ignore_errors=True)
