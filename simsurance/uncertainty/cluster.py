"""Work over a cluster: tasks of a Dask scheduler that is there already, what is kept handed back as it ends.

The work goes to the scheduler once, as bytes that are a task of their own: workers hand them to each other, and where all who
have them are gone the scheduler still does. Each worker unpacks them once. Tables of this machine travel in them. Workers whose
results could differ in a bit, for their versions or their engine, are refused.
"""

import hashlib
import io
import logging
import pickle
import platform
import tempfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import Any, Final

from simsurance import __version__
from simsurance.data.tables import DATA, content_read
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.model.engines import PLAIN
from simsurance.uncertainty.chunks import Arrays, Span, Work
from simsurance.uncertainty.engines import NEEDS
from simsurance.uncertainty.jobs import Spread

PATIENCE: Final = 15.0
"""Seconds in which a scheduler answers and has a worker."""
ABSENCE: Final = 300.0
"""Seconds without any worker after which work is given up; what is done stays."""
LOOK: Final = 2.0
"""Seconds between looks at whether there still are workers."""
AHEAD: Final = 2
"""Tasks that are handed over for each thread of the workers, so that none is idle."""
LOGS: Final = ("distributed", "tornado.application")
"""Where Dask tells at length what is told here in a line."""
INSTALL: Final = "pip install 'simsurance[cluster]'"
Versions = dict[str, str]


def versions(engine: str = PLAIN) -> Versions:
    """What results of an engine depend on to the bit, where this runs."""
    found = {"simsurance": __version__, "engine": engine}
    for package in (*NEEDS[engine], "scipy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def on_cluster(address: str, task: int, note: Callable[[int, int], None] = lambda slow, workers: None) -> Spread:
    """Who computes work at the scheduler of an address, in tasks of at least so many points.

    `note` is told how many workers have several threads, and of how many.
    Raises SimsuranceError (ENVIRONMENT) without Dask; and, when work begins, where nobody answers, no worker comes, or one has
    other versions.
    """
    if find_spec("distributed") is None:
        raise SimsuranceError(
            f"--scheduler: dask and distributed are not installed; {INSTALL}", exit_code=ExitCode.ENVIRONMENT
        )
    return lambda work, spans: _over(address, work, at_least(spans, task), note)


def at_least(spans: Sequence[Span], size: int) -> list[Span]:
    """The same spans, one that is smaller than the size joined with the one before if that ends where it begins."""
    found: list[Span] = []
    for first, last in spans:
        if found and found[-1][1] == first and last - first < size:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def _over(
    address: str, work: Work, spans: Sequence[Span], note: Callable[[int, int], None]
) -> Iterator[tuple[Span, Arrays]]:
    from distributed import Client

    for name in LOGS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:
        raise _refusal(f"{address}: no scheduler answered within {PATIENCE:.0f} s ({_brief(error)})") from None
    try:
        asked = versions(getattr(work, "engine", PLAIN))
        threads = _require_alike(client, address, asked, note)
        content = packed(work)
        held = client.submit(bytes, content, key=f"work-{hashlib.sha256(content).hexdigest()[:16]}")
        waiting: dict[Any, Span] = {}
        left, seen = deque(spans), monotonic()
        while left or waiting:
            while left and len(waiting) < AHEAD * max(threads, 1):
                span = left.popleft()
                waiting[client.submit(chunk, held, span, asked, pure=False)] = span
            done, threads = _ended(client, list(waiting), address)
            seen = monotonic() if done or threads else seen
            if monotonic() - seen > ABSENCE:
                raise _refusal(f"{address}: no worker for {ABSENCE:.0f} s")
            for future in done:
                span, arrays = waiting.pop(future), _result(future, address)
                future.release()  # what the scheduler holds for somebody it computes again when its worker goes
                yield span, arrays
    finally:
        with suppress(OSError):
            client.close(timeout=PATIENCE)


def _ended(client: Any, waiting: list[Any], address: str) -> tuple[set[Any], int]:
    """Tasks that have ended, after a while perhaps none; and the threads of all workers."""
    from distributed import wait

    done: set[Any] = set()
    try:
        with suppress(TimeoutError), client.as_current():
            done = wait(waiting, timeout=LOOK, return_when="FIRST_COMPLETED").done
        return done, _threads(client)
    except (OSError, CancelledError) as error:
        raise _lost(address, error) from None


def _threads(client: Any) -> int:
    return sum(each["nthreads"] for each in client.scheduler_info()["workers"].values())


def _lost(address: str, error: BaseException) -> SimsuranceError:
    return _refusal(f"{address}: the scheduler was lost ({_brief(error)}); the command again goes on from what is done")


def _result(future: Any, address: str) -> Arrays:
    """What a task found; whatever the cluster itself has to say in one line."""
    from distributed import KilledWorker

    try:
        return future.result()
    except KilledWorker as error:
        raise _refusal(
            f"{address}: workers ended again and again at the same draws, for want of memory? ({_brief(error)})"
        ) from None
    except (OSError, CancelledError) as error:
        if future.status == "error":
            raise
        raise _lost(address, error) from None
    except ImportError as error:
        raise _refusal(f"{address}: a worker came that has another simsurance, or none ({_brief(error)})") from None


def _require_alike(client: Any, address: str, asked: Versions, note: Callable[[int, int], None]) -> int:
    """Threads of all workers; raises SimsuranceError where there is no worker, or one of other versions."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise _refusal(f"{address}: the scheduler has no worker after {PATIENCE:.0f} s") from None

    engine = asked["engine"]

    def about() -> dict[str, str]:
        try:
            from simsurance.uncertainty.cluster import versions

            return versions(engine)
        except ImportError:
            return {"simsurance": "not installed"}

    for worker, found in client.run(about).items():
        if line := difference(asked, found):
            raise _refusal(f"{address}: {worker} {line}")
    workers = client.scheduler_info()["workers"]
    if slow := [name for name, each in workers.items() if each["nthreads"] > 1]:
        note(len(slow), len(workers))
    return _threads(client)


def difference(asked: Versions, found: Versions) -> str:
    """What differs of a worker's versions, in words; nothing where all are the same."""
    other = [f"{name} {found.get(name, 'unknown')}, not {of}" for name, of in asked.items() if found.get(name) != of]
    return f"has {'; '.join(other)}" if other else ""


def chunk(content: bytes, span: Span, asked: Versions) -> Arrays:
    """On a worker: what is kept of a span of work."""
    _refuse_other(asked)
    return unpacked(content).chunk(*span)


@lru_cache(maxsize=1)
def unpacked(content: bytes) -> Work:
    """On a worker: the work, and what it has found of itself before."""
    return _Unpickler(io.BytesIO(zlib.decompress(content))).load()


def _refuse_other(asked: Versions) -> None:
    if line := difference(asked, versions(asked["engine"])):
        raise SimsuranceError(f"worker on {platform.node()} {line}", exit_code=ExitCode.ENVIRONMENT)


def packed(work: Work) -> bytes:
    """Work as bytes that can be unpacked on another machine: files stand in it with what they say."""
    into = io.BytesIO()
    _Pickler(into).dump(work)
    return zlib.compress(into.getvalue())


class _Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> tuple[str, ...] | None:
        """A file of the package by its place there, another with its bytes."""
        if not isinstance(value, Path) or not value.is_file():
            return None
        if value.is_relative_to(DATA):
            return ("packaged", value.relative_to(DATA).as_posix())
        content = content_read(value)
        return ("own", value.name, content.decode("latin-1"))


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, told: tuple[str, ...]) -> Path:
        """Where a file stands on this machine."""
        if told[0] == "packaged":
            return DATA / told[1]
        content = told[2].encode("latin-1")
        place = _own_tables() / hashlib.sha256(content).hexdigest()[:16] / told[1]
        if not place.is_file():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        return place


@cache
def _own_tables() -> Path:
    return Path(tempfile.mkdtemp(prefix="simsurance-tables-"))


def _refusal(line: str) -> SimsuranceError:
    return SimsuranceError(line, exit_code=ExitCode.ENVIRONMENT)


def _brief(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
