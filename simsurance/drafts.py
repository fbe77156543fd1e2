"""Drafts: files and folders written beside their place and put there by one rename; what a killed process left is taken away.

A draft is locked while its process lives. Where files have no such locks, one is taken for left behind after a day.
"""

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

fcntl: Any = import_module("fcntl") if find_spec("fcntl") else None
"""Locks of files; Windows has none of these."""

DAY: Final = 86_400.0
PATIENCE: Final = 10.0
"""Seconds to wait for another simsurance, which needs milliseconds; who holds a lock longer is none."""


@contextmanager
def draft_folder(path: Path) -> Iterator[Path]:
    """An empty folder beside `path`, gone at the end if it has not been renamed; drafts of `path` left behind go first."""
    clear_drafts(path)
    draft, lock = _new(path)
    try:
        _open_to_readers(draft)
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        _unlock(lock)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; what is no file, such as /dev/stdout, takes it as it comes."""
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path.parent))
    path = path.resolve()
    with draft_folder(path) as draft:
        (draft / path.name).write_bytes(content)
        os.replace(draft / path.name, path)


def clear_drafts(path: Path) -> None:
    """Take away the drafts of `path` that no living process works on."""
    for left in path.parent.glob(f".{escape(path.name[:100])}.????????.partial"):
        with suppress(FileNotFoundError):
            try:
                lock = _lock(left)
            except BlockingIOError:
                continue
            if lock is not None or time.time() - left.lstat().st_mtime > DAY:
                shutil.rmtree(left, ignore_errors=True)
            _unlock(lock)


def discard(path: Path, of: Path) -> None:
    """Remove a folder; one that is half removed when the process is killed is a draft of `of`, which the next takes away."""
    draft, lock = _new(of)
    os.replace(path, draft / path.name)
    shutil.rmtree(draft, ignore_errors=True)
    _unlock(lock)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """While no other simsurance renames anything in `folder`."""
    lock, until = None, time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            lock = _lock(folder)
            break
        except BlockingIOError:
            time.sleep(0.02)
    try:
        yield
    finally:
        _unlock(lock)


def _new(path: Path) -> tuple[Path, int | None]:
    """A new draft and its lock; once more where another process has taken it for left behind before it was locked."""
    while True:
        draft = Path(tempfile.mkdtemp(prefix=f".{path.name[:100]}.", suffix=".partial", dir=path.parent))
        try:
            lock = _lock(draft)
        except (BlockingIOError, FileNotFoundError):
            continue
        if draft.exists():
            return draft, lock
        _unlock(lock)


def _lock(path: Path) -> int | None:
    """What holds the lock of a folder until it is closed, None without such locks; BlockingIOError, FileNotFoundError."""
    if fcntl is None:
        return None
    opened = None
    try:
        opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError):
        _unlock(opened)
        raise
    except OSError:
        _unlock(opened)
        return None
    return opened


def _unlock(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)


def _open_to_readers(draft: Path) -> None:
    """The permissions that a folder made in the plain way would have."""
    mask = os.umask(0)
    os.umask(mask)
    draft.chmod(0o777 & ~mask)


def require_writable(path: Path) -> None:
    """Raises OSError where nothing can be made at `path`: the nearest folder above it that exists is asked."""
    above = next(folder for folder in path.absolute().parents if os.path.lexists(folder))
    if not above.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(above))
    if not os.access(above, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(above))
