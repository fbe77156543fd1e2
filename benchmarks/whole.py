"""Whole commands beside a former build, in turns: `python benchmarks/whole.py`."""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from against import ROOT, former_python
from goals import Measure, table
from process import COMMAND
from run import machine

COMMANDS = (
    ("run baseline --no-range", "run baseline --no-range", "run baseline", 0.6),
    ("run baseline", "run baseline", "run baseline", 0.8),
    ("run --all", "run --all", "run --all", 0.45),
    ("levers", "levers", "levers", 0.4),
    ("loopholes", "loopholes baseline", "loopholes baseline", 0.33),
)
"""Name, what is called, what the former build is asked for, and the most that the ratio may be."""
OF_MEMORY = ("run --all", 0.5)
"""Whose largest process is looked at, and the most that its memory may be of the former's."""
WRITES = "run"
EVERY = 0.05
"""Seconds between two looks at the memory of processes."""


@dataclass(frozen=True)
class Spent:
    """What a command took with all its processes: seconds waited, processor seconds, megabytes of the largest of them."""

    wall: float
    processor: float
    largest: float


def spent(python: Path, source: Path, arguments: str) -> Spent:
    """Call a command with the package of a source tree."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = kept | {"PYTHONPATH": str(source), "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        out = ["--out", folder] if arguments.split()[0] == WRITES else []
        script = Path(folder, "simsurance_command.py")
        script.write_text(f'if __name__ == "__main__":\n    {COMMAND}\n', encoding="utf-8")
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        called = [str(python), str(script), *arguments.split(), *out]
        process = subprocess.Popen(called, env=environment, cwd=source, stdout=subprocess.DEVNULL)
        largest = _watched(process)
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(f"{arguments}: exit code {process.returncode}")
    processor = sum(getattr(after, name) - getattr(before, name) for name in ("ru_utime", "ru_stime"))
    return Spent(wall, processor, largest)


def _watched(process: "subprocess.Popen[bytes]") -> float:
    """Megabytes of the largest process of a command, looked at until it ends (Linux)."""
    largest, ended = [0.0], threading.Event()

    def look() -> None:
        while not ended.wait(EVERY):
            largest[0] = max([largest[0], *map(_peak, _family(process.pid))])

    watch = threading.Thread(target=look)
    watch.start()
    process.wait()
    ended.set()
    watch.join()
    return largest[0]


def _family(process: int) -> list[int]:
    """A process and all below it."""
    try:
        below = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except OSError:
        return [process]
    return [process, *(each for child in below for each in _family(int(child)))]


def _peak(process: int) -> float:
    """The largest resident set of a process so far, megabytes."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def in_turns(sides: Sequence[tuple[Path, Path, str]], pairs: int) -> list[tuple[Spent, Spent]]:
    """Both builds in turns, the former first, after a first pair that does not count."""
    found = [[spent(*side) for side in sides] for _ in range(pairs + 1)][1:]
    return [(former, present) for former, present in found]


def measures(name: str, found: Sequence[tuple[Spent, Spent]], most: float) -> list[Measure]:
    """Medians of the ratios of a command: what is waited for, the work of all its processes, its largest process."""

    def ratio(of: str) -> float:
        return statistics.median(getattr(present, of) / getattr(former, of) for former, present in found)

    goal, unit = OF_MEMORY[1] if name == OF_MEMORY[0] else None, "times the former"
    return [
        Measure(f"{name}: time waited", ratio("wall"), unit, at_most=most),
        Measure(f"{name}: processor time of all processes", ratio("processor"), unit),
        Measure(f"{name}: largest process", ratio("largest"), unit, at_most=goal),
    ]


def main() -> None:
    """Install the former build, call both with the same interpreter and libraries, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commit", default="2a9c14b", help="the former build (default 2a9c14b)")
    parser.add_argument("--pairs", type=int, default=5, help="pairs of each command, at least 1 (default 5)")
    parser.add_argument("--only", help="one of the commands, by the name in the table")
    given = parser.parse_args()
    told = []
    with tempfile.TemporaryDirectory() as folder:
        python, source = former_python(given.commit, Path(folder)), Path(folder) / "source"
        for name, called, instead, most in COMMANDS:
            if given.only in (None, name):
                found = in_turns(((python, source, instead), (python, ROOT, called)), given.pairs)
                told += measures(name, found, most)
                print(f"{name}: {[tuple(f'{each.wall:.1f}' for each in pair) for pair in found]} s", file=sys.stderr)
    print(f"{machine()}\nformer: {given.commit}\n", table(told), sep="\n")


if __name__ == "__main__":
    main()
