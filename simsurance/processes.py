"""Work spread over processes: the same results whatever their number, an interruption that leaves nothing behind."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, connection, get_context, parent_process
from typing import Any, Final, NoReturn, TypeVar

from simsurance.errors import ExitCode, SimsuranceError

THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
PATIENCE: Final = 5.0
"""Seconds in which a process that was interrupted clears up."""
CAN_BLOCK: Final = hasattr(signal, "pthread_sigmask")
"""Whether an interruption can wait."""
Shared = TypeVar("Shared")
Task = TypeVar("Task")
Made = TypeVar("Made")

_HERE: dict[str, Any] = {}
"""In a process that works for another: the work, what all of it shares, whether to stop, whether it is at work."""


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    work: Callable[[Shared, Task], Made], shared: Shared, tasks: Sequence[Task], jobs: int
) -> Iterator[tuple[int, Made]]:
    """The place of each task and what work makes of it, as it ends; one after another in this process if one job is enough.

    What a task raises is raised here, and the others are given up. SimsuranceError (ENVIRONMENT) where a process dies.
    """
    jobs = min(jobs, len(tasks))
    if jobs <= 1:
        yield from ((place, work(shared, task)) for place, task in enumerate(tasks))
        return
    context = get_context("spawn")
    stop = context.RawValue("b", 0)  # without a lock: who is interrupted while holding one would keep it
    pool = ProcessPoolExecutor(jobs, context, _begin, (work, shared, stop))
    try:
        with _surroundings():
            waiting: dict[Future[Made], int] = {pool.submit(_do, task): place for place, task in enumerate(tasks)}
        while waiting:
            for ended in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(ended), ended.result()
    except BrokenProcessPool:
        raise SimsuranceError(
            "a process ended before its work; there may be too little memory: fewer --jobs need less",
            exit_code=ExitCode.ENVIRONMENT,
        ) from None
    except KeyboardInterrupt:
        stop.value = 1
        pool.shutdown(wait=False, cancel_futures=True)
        for child in active_children():  # one that began after the interruption knows nothing of it, and waits for work
            child.join(PATIENCE)
            child.terminate()
        raise
    finally:
        stop.value = 1
        pool.shutdown(wait=True, cancel_futures=True)


def in_order(found: Iterator[tuple[int, Made]]) -> list[Made]:
    """What was made, in the order of the tasks."""
    return [made for _, made in sorted(found, key=lambda each: each[0])]


@contextmanager
def _surroundings() -> Iterator[None]:
    """Processes that begin as long as this lasts have one thread each, and are not interrupted until they can answer that."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if CAN_BLOCK else set()
    answers = threading.current_thread() is threading.main_thread()
    came: list[int] = []  # another thread may take it, which this one answers
    handler = signal.signal(signal.SIGINT, lambda number, _: came.append(number)) if answers else None
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        if answers:
            signal.signal(signal.SIGINT, handler)
        if CAN_BLOCK:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        if came:
            signal.raise_signal(signal.SIGINT)


def _begin(work: Callable[[Any, Any], Any], shared: Any, stop: Any) -> None:
    _HERE.update(work=work, shared=shared, stop=stop, busy=False)
    signal.signal(signal.SIGINT, _interrupted)
    if CAN_BLOCK:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Whoever kills the process that work is done for leaves none that works on."""
    parent = parent_process()
    assert parent is not None
    connection.wait([parent.sentinel])
    os._exit(ExitCode.INTERRUPTED)


def _do(task: Any) -> Any:
    if _HERE["stop"].value:
        return None
    _HERE["busy"] = True
    try:
        return _HERE["work"](_HERE["shared"], task)
    except KeyboardInterrupt:
        os._exit(ExitCode.INTERRUPTED)
    finally:
        _HERE["busy"] = False


def _interrupted(*_: object) -> NoReturn:
    """Give up the task, which then clears up; between tasks there is nothing to clear up."""
    if _HERE["busy"]:
        raise KeyboardInterrupt
    os._exit(ExitCode.INTERRUPTED)
