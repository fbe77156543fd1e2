"""A folder that appears whole or not at all, and never in place of something that simsurance did not write."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from simsurance.drafts import alone_in, discard, draft_folder, require_writable
from simsurance.errors import ExitCode, SimsuranceError

MANIFEST: Final = "manifest.json"
MADE_BY: Final = "simsurance"
LITTER: Final = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""What file browsers leave wherever somebody looks."""
LARGEST_MANIFEST: Final = 64 << 20
SEAL: Final = '"seal": "{}"'
"""The last entry of a manifest: the hash of its text with an empty seal."""


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """An empty folder to write to, which becomes `path` when all is written and vanishes when anything fails.

    A folder already at `path` is replaced if its manifest is ours and every file in it is as the manifest says. Raises
    SimsuranceError (ENVIRONMENT) otherwise.
    """
    path = path if path.name else path.absolute()
    refuse_foreign(path)
    with _made(path.parent), draft_folder(path) as draft:
        yield draft
        with alone_in(path.parent):
            _take_up(path)
            _put_in_place(draft, path)


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """A folder with those above it; when anything fails, those that were made for this and are still empty vanish."""
    new = [each for each in (folder, *folder.parents) if not os.path.lexists(each)]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        with suppress(OSError):
            for each in new:
                each.rmdir()
        raise


def prepare(path: Path) -> None:
    """Before anything is computed: what a killed process left in the place of `path`, and whether it can be written.

    Raises SimsuranceError (ENVIRONMENT) or OSError.
    """
    require_writable(path)
    if os.path.lexists(former_of(path)):
        with alone_in(path.parent):
            _take_up(path)
    refuse_foreign(path)


def sha256(path: Path) -> str:
    """Hash of a file's bytes, however large it is."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def former_of(path: Path) -> Path:
    """Where a folder stands while its successor takes its place."""
    return path.with_name(f"{path.name}.former")


def refuse_foreign(path: Path, read: bool = False) -> None:
    """Raises SimsuranceError (ENVIRONMENT) where something stands at `path` that is not ours to replace.

    `read`: the folder is to be read; what can be done does not name a folder to write to.
    """
    if not os.path.lexists(path):
        return
    manifest = read_manifest(path)
    if manifest is None:
        _refuse_damaged(path / MANIFEST)
        raise _refusal(f"{path}: was not written by simsurance and is not replaced; choose another folder with --out")
    if not _as_sealed(path / MANIFEST, manifest.get("seal")):
        raise _changed(path / MANIFEST, read)
    hashes = manifest["outputs"]
    folders = {parent for name in hashes for parent in Path(name).parents}
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path)
        if (file.is_dir() and not file.is_symlink() and name in folders) or file.name in LITTER:
            continue
        if file.is_symlink() or name.as_posix() not in {MANIFEST, *hashes}:
            if read:
                raise _refusal(f"{file}: was not written by simsurance; move it")
            raise _refusal(f"{file}: was not written by simsurance; move it, or choose another folder with --out")
        if name.as_posix() != MANIFEST and sha256(file) != hashes[name.as_posix()]:
            raise _changed(file, read)


def _refuse_damaged(manifest: Path) -> None:
    """Raises SimsuranceError (INPUT) where a manifest cannot be read: nobody knows whose folder that is."""
    if manifest.parent.is_symlink() or not manifest.is_file():
        return
    try:
        if manifest.stat().st_size <= LARGEST_MANIFEST:
            json.loads(manifest.read_text(encoding="utf-8"))
            return
    except (ValueError, RecursionError):
        pass
    raise SimsuranceError(f"{manifest}: is damaged; restore it, move the folder, or choose another one with --out")


def sealed(manifest: str) -> str:
    """The text of a manifest that ends with an empty seal, sealed."""
    assert manifest.count(SEAL.format("")) == 1
    return manifest.replace(SEAL.format(""), SEAL.format(hashlib.sha256(manifest.encode()).hexdigest()))


def _as_sealed(manifest: Path, seal: object) -> bool:
    """Whether a manifest is as it was written; those of former versions have no seal."""
    if not isinstance(seal, str):
        return seal is None
    text = manifest.read_bytes().decode()
    return hashlib.sha256(text.replace(SEAL.format(seal), SEAL.format("")).encode()).hexdigest() == seal


def _changed(file: Path, read: bool) -> SimsuranceError:
    if read:
        return _refusal(f"{file}: has been changed since it was written; restore it, or run the command again")
    return _refusal(f"{file}: has been changed since it was written; move it, or choose another folder with --out")


def _refusal(line: str) -> SimsuranceError:
    return SimsuranceError(line, exit_code=ExitCode.ENVIRONMENT)


def read_manifest(path: Path) -> dict[str, Any] | None:
    """The manifest of a folder that simsurance wrote; None for anything else, symbolic links included."""
    if path.is_symlink() or not path.is_dir():
        return None
    try:
        if (path / MANIFEST).stat().st_size > LARGEST_MANIFEST:
            return None
        found = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    ours = isinstance(found, dict) and found.get("made_by") == MADE_BY and isinstance(found.get("outputs"), dict)
    return found if ours else None


def _take_up(path: Path) -> None:
    """What a process left that was killed while it replaced `path`: the former folder goes back, or where it may go."""
    former = former_of(path)
    if not os.path.lexists(former):
        return
    refuse_foreign(former)
    if os.path.lexists(path):
        discard(former, path)
    else:
        former.rename(path)


def _put_in_place(draft: Path, path: Path) -> None:
    """Rename the finished folder to its place; a former one steps aside in full sight and comes back if that fails."""
    refuse_foreign(path)
    if not path.exists():
        draft.rename(path)
        return
    former = former_of(path)
    path.rename(former)
    try:
        draft.rename(path)
    except BaseException:
        former.rename(path)
        raise
    discard(former, path)
