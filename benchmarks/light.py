"""Processor time of the commands that compute nothing, beside a former build: `python benchmarks/light.py`."""

import argparse
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

from against import ROOT, Pairs, former_python
from goals import Measure, table
from process import COMMAND
from run import machine

LITTLE = "--set fund.administration_share=0.02"
STOCK = "--set population.stock_level=0.99"
COMMANDS = (
    ("run --help", "run --help", 0.30),
    ("show baseline", "show baseline", 0.60),
    ("run --dry-run baseline", "run --dry-run baseline", 0.50),
    ("validate baseline", "validate baseline", 0.60),
    (f"validate baseline {LITTLE}", f"validate baseline {LITTLE}", 0.60),
    (f"validate baseline {STOCK}", f"run --dry-run baseline {STOCK}", 1.5),
)
"""What is called, what the former build is asked for instead, and the most that the ratio may be."""


def seconds(python: Path, source: Path, arguments: str) -> float:
    """Processor time of a command, user's and system's, with the package of a source tree."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = kept | {"PYTHONPATH": str(source), "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [python, "-c", COMMAND, *arguments.split()], env=environment, cwd=source, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{arguments}: exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def in_turns(python: Path, former: Path, called: str, instead: str, pairs: int) -> Pairs:
    """Both builds in turns, after a first pair that does not count."""
    found = [(seconds(python, former, instead), seconds(python, ROOT, called)) for _ in range(pairs + 1)][1:]
    return Pairs(called, *zip(*found, strict=True))


def main() -> None:
    """Install the former build, call both with the same interpreter and libraries, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commit", default="2a9c14b", help="the former build (default 2a9c14b)")
    parser.add_argument("--pairs", type=int, default=15, help="pairs of each command, at least 2 (default 15)")
    given = parser.parse_args()
    if given.pairs < 2:
        parser.error("--pairs: a spread needs at least 2")
    with tempfile.TemporaryDirectory() as folder:
        python, source = former_python(given.commit, Path(folder)), Path(folder) / "source"
        found = [in_turns(python, source, called, instead, given.pairs) for called, instead, _ in COMMANDS]
    measures = [
        Measure(called, statistics.median(pairs.ratios), "times the former", at_most=most)
        for pairs, (called, _, most) in zip(found, COMMANDS, strict=True)
    ]
    print(f"{machine()}\nformer: {given.commit}\n", table(measures), "", *found, sep="\n")


if __name__ == "__main__":
    main()
