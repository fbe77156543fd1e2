"""What a user of the command waits for: start-up, a whole run, its parts, and how much memory it takes."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from goals import Measure

COMMAND = "from simsurance.cli import main; main()"
HELP_GOAL, RUN_GOAL, ALL_GOAL, MEMORY_GOAL = 5.0, 10.0, 90.0, 300.0
PHASES = {
    "start_up": "start-up (imports, scenario)",
    "engine": "engine (opening, basis, projection, identities)",
    "tables": "tables (with the import of pandas)",
    "charts": "charts (with the import of matplotlib)",
}


@dataclass(frozen=True)
class Spent:
    """What a process took, and what it printed."""

    seconds: float
    peak_megabytes: float
    output: str


def spent(*arguments: str) -> Spent:
    """Run the interpreter with these arguments; peak memory is the process's largest resident set."""
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen([sys.executable, *arguments], stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: exit code {process.returncode}\n{text}")
    kilobyte = 1024 if sys.platform == "darwin" else 1
    return Spent(elapsed, usage.ru_maxrss / kilobyte / 1024, text)


def help_measures(repetitions: int) -> list[Measure]:
    """The time of `--help` in bare interpreters."""
    spent("-c", COMMAND, "--help")
    times = [(spent("-c", COMMAND, "--help").seconds, spent("-c", "pass").seconds) for _ in range(repetitions)]
    ratio = statistics.median(own / bare for own, bare in times)
    return [
        Measure("--help: time", statistics.median(own for own, _ in times) * 1e3, "ms"),
        Measure("--help: in bare interpreters", ratio, "times", at_most=HELP_GOAL),
    ]


def phase_measures(repetitions: int) -> list[Measure]:
    """`run baseline` split into its phases, timed from the start of the process."""
    script = str(Path(__file__).with_name("phases.py"))
    rounds: list[dict[str, float]] = []
    for _ in range(repetitions):
        with tempfile.TemporaryDirectory() as folder:
            rounds.append(json.loads(spent(script, str(time.time()), folder).output))
    return [
        Measure(f"run baseline: {label}", statistics.median(times[name] for times in rounds), "s")
        for name, label in PHASES.items()
    ]


def run_measures(repetitions: int) -> list[Measure]:
    """`run baseline` and `run --all` as whole processes, charts included."""
    with tempfile.TemporaryDirectory() as folder:
        runs = [spent("-c", COMMAND, "run", "baseline", "--out", folder) for _ in range(repetitions)]
        every = spent("-c", COMMAND, "run", "--all", "--out", folder)
        scenarios = sum(1 for entry in Path(folder).iterdir() if entry.is_dir())
    wall, peak = statistics.median(run.seconds for run in runs), max(run.peak_megabytes for run in runs)
    return [
        Measure("run baseline: whole process", wall, "s", at_most=RUN_GOAL),
        Measure("run baseline: peak resident memory", peak, "MB", at_most=MEMORY_GOAL),
        Measure(f"run --all ({scenarios} scenarios): whole process", every.seconds, "s", at_most=ALL_GOAL),
        Measure("run --all: peak resident memory", every.peak_megabytes, "MB"),
    ]
