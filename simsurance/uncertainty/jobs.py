"""Points over processes: chunks that are kept as they come."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from simsurance.errors import ExitCode, SimsuranceError
from simsurance.uncertainty.chunks import Arrays, Columns, Span, Tell, Work, pieces

THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
AHEAD: Final = 2
"""Chunks that wait for each process, so that none is idle."""
Spread = Callable[[Work, Sequence[Span]], Iterator[tuple[Span, Arrays]]]
"""Who computes spans of work, and hands each over as it ends: this process, several, or a cluster."""


def computed(work: Work, spread: Spread, size: int, parts: Path | None = None, tell: Tell | None = None) -> Columns:
    """What is kept of all points, by chunks of a size; the same bits whoever computes them.

    `parts`: a folder in which finished chunks stand until all have become a result; those that are there are taken up.
    """
    columns = Columns(work.points, parts)
    missing = columns.missing()
    done = work.points - sum(last - first for first, last in missing)
    if tell:
        tell(done, work.points)
    for span, arrays in spread(work, pieces(missing, size)) if missing else ():
        columns.put(span, arrays)
        done += span[1] - span[0]
        if tell:
            tell(done, work.points)
    return columns


def over(jobs: int) -> Spread:
    """So many processes of this machine, or this one alone."""
    return lambda work, spans: _here(work, spans) if min(jobs, len(spans)) <= 1 else _in_processes(work, spans, jobs)


def _here(work: Work, spans: Sequence[Span]) -> Iterator[tuple[Span, Arrays]]:
    return ((span, work.chunk(*span)) for span in spans)


def _in_processes(work: Work, spans: Sequence[Span], jobs: int) -> Iterator[tuple[Span, Arrays]]:
    """Raises SimsuranceError where one of them dies."""
    left, jobs = iter(spans), min(jobs, len(spans))
    with one_thread_each():
        pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (work,))
        try:
            waiting: dict[Future[Arrays], Span] = {}
            while True:
                for span in left:
                    waiting[pool.submit(_chunk, span)] = span
                    if len(waiting) == AHEAD * jobs:
                        break
                if not waiting:
                    return
                for ended in wait(waiting, return_when=FIRST_COMPLETED).done:
                    yield waiting.pop(ended), ended.result()
        except BrokenProcessPool:
            raise SimsuranceError(
                "a process ended before its work; there may be too little memory: fewer --jobs, and the command again "
                "takes up what is done",
                exit_code=ExitCode.ENVIRONMENT,
            ) from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Processes that begin as long as this lasts work with one thread each."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


_WORK: dict[str, Work] = {}


def _begin(work: Work) -> None:
    _WORK["own"] = work


def _chunk(span: Span) -> Arrays:
    return _WORK["own"].chunk(*span)
