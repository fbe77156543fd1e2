"""Draws over processes: chunks that are kept on disk as they come, so that nothing is computed twice."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, TypeVar
from zipfile import BadZipFile

import numpy as np

from simsurance.errors import ExitCode, SimsuranceError
from simsurance.scenario_file.loader import Scenario
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.stochastic import CHUNK, Kept, Plan, joined

THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
Span = tuple[int, int]
Made = TypeVar("Made")
Tell = Callable[[int, int], None]
"""Called with the draws that are done and all of them."""

_PLAN: dict[str, Plan] = {}


def project(plan: Plan, jobs: int = 1, parts: Path | None = None, tell: Tell | None = None) -> list[Kept]:
    """What is kept of all draws of each scenario; the same bits for any number of processes.

    `parts`: a folder in which finished chunks stand until all are there; those of the same draws are taken up from it.
    Raises SimsuranceError for a draw that cannot be, and where a process dies.
    """
    draws = plan.sample.draws
    spans = [(first, min(first + CHUNK, draws)) for first in range(0, draws, CHUNK)]
    done = {span: kept for span in spans if parts and (kept := _taken_up(_file(parts, span), plan)) is not None}
    if parts:
        parts.mkdir(parents=True, exist_ok=True)
    for span, kept in _made(plan, [span for span in spans if span not in done], jobs):
        done[span] = kept
        if parts:
            _put(_file(parts, span), kept)
        if tell:
            tell(sum(last - first for first, last in done), draws)
    return [joined([done[span][place] for span in spans]) for place in range(len(plan.scenarios))]


def _made(plan: Plan, spans: list[tuple[int, int]], jobs: int) -> Iterator[tuple[tuple[int, int], list[Kept]]]:
    if min(jobs, len(spans)) <= 1:
        yield from ((span, plan.chunk(*span)) for span in spans)
        return
    yield from over_processes(spans, jobs, (_begin, (plan.scenarios, plan.sample, plan.engine)), _chunk, "draws")


def over_processes(
    spans: Sequence[Span],
    jobs: int,
    begin: tuple[Callable[..., None], tuple[Any, ...]],
    chunk: Callable[[Span], Made],
    of: str,
) -> Iterator[tuple[Span, Made]]:
    """Each span and its chunk as it ends, in processes that `begin` with a call; SimsuranceError where one of them dies."""
    with one_thread_each():
        pool = ProcessPoolExecutor(min(jobs, len(spans)), get_context("spawn"), *begin)
        try:
            waiting: dict[Future[Made], Span] = {pool.submit(chunk, span): span for span in spans}
            while waiting:
                for ended in wait(waiting, return_when=FIRST_COMPLETED).done:
                    yield waiting.pop(ended), ended.result()
        except BrokenProcessPool:
            raise SimsuranceError(
                f"a process ended before its {of}; there may be too little memory: fewer --jobs, and the command again "
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


def _begin(scenarios: tuple[Scenario, ...], sample: Sample, engine: str) -> None:
    _PLAN["own"] = Plan(scenarios, sample, engine)


def _chunk(span: tuple[int, int]) -> list[Kept]:
    return _PLAN["own"].chunk(*span)


def _file(parts: Path, span: tuple[int, int]) -> Path:
    return parts / f"{span[0]:06d}-{span[1]:06d}.npz"


def _put(file: Path, kept: list[Kept]) -> None:
    """Write a chunk whole or not at all."""
    arrays: dict[str, Any] = {}
    for place, each in enumerate(kept):
        arrays |= {f"{place}/nearer": each.nearer, f"{place}/missed": each.missed}
        arrays |= {f"{place}/measured/{name}": values for name, values in each.measured.items()}
        for fund, columns in each.yearly.items():
            arrays |= {f"{place}/yearly/{fund}/{name}": values for name, values in columns.items()}
    draft = file.with_suffix(".partial")
    with draft.open("wb") as opened:
        np.savez(opened, **arrays)
    draft.replace(file)


def _taken_up(file: Path, plan: Plan) -> list[Kept] | None:
    """A chunk that was written; None where there is none, or a damaged one."""
    try:
        with np.load(file) as found:
            arrays = {name: found[name] for name in found.files}
        return [_of(arrays, place) for place in range(len(plan.scenarios))]
    except (OSError, ValueError, KeyError, BadZipFile):
        return None


def _of(arrays: dict[str, np.ndarray], place: int) -> Kept:
    own = {name.split("/", 1)[1]: values for name, values in arrays.items() if name.startswith(f"{place}/")}
    yearly: dict[str, dict[str, np.ndarray]] = {}
    for name, values in own.items():
        if name.startswith("yearly/"):
            _, fund, column = name.split("/")
            yearly.setdefault(fund, {})[column] = values
    measured = {name.removeprefix("measured/"): values for name, values in own.items() if name.startswith("measured/")}
    return Kept(yearly, measured, own["nearer"], own["missed"])


def discard_parts(parts: Path) -> None:
    """Take finished chunks away when all of them have become a result."""
    shutil.rmtree(parts, ignore_errors=True)
