"""A draw beside a run of a former build's batch, in turns on the same machine: `python benchmarks/draws.py`."""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import against
import drawn
from against import RUNS, Side, former_python, in_pairs
from goals import Measure, table
from run import machine

from simsurance.scenario_file.loader import load

against.ENTRIES["drawn"] = against.ENTRIES["present"] | {"many": "drawn:project"}
A_DRAW, SCALE = 0.60, 1.1
"""Goals: a draw over a former run, a draw of many over a draw of a batch."""
MANY = 256


def main() -> None:
    """Install the former build, measure both, print."""
    parser = argparse.ArgumentParser(description="A draw beside a run of a former build's batch, in turns.")
    parser.add_argument("--commit", default="2a9c14b", help="the former build (default 2a9c14b)")
    parser.add_argument("--pairs", type=int, default=5, help="pairs of each measurement, at least 2 (default 5)")
    given = parser.parse_args()
    if given.pairs < 2:
        parser.error("--pairs: a spread needs at least 2")
    with tempfile.TemporaryDirectory() as folder:
        former = former_python(given.commit, Path(folder))
        with Side("former", former) as before, Side("drawn", Path(sys.executable)) as after:
            print(f"{machine()}\nformer: {given.commit}, {before.home}\npresent: {after.home}\n")
            pairs = in_pairs(f"{RUNS} draws", (before, after), given.pairs, "seconds", RUNS)
            many = after.ask("seconds", MANY) / MANY / (statistics.median(pairs.present) / RUNS)
    measures = [
        Measure(
            "a draw, one core, plain engine", statistics.median(pairs.ratios), "times a former run", at_most=A_DRAW
        ),
        Measure(f"a draw of {MANY} over a draw of {RUNS}", many, "ratio", at_most=SCALE),
    ]
    parts = ", ".join(f"{part} {share:.0%}" for part, share in drawn.shares(load("baseline"), RUNS).items())
    print(table(measures), pairs, f"of a draw: {parts}", sep="\n\n")


if __name__ == "__main__":
    main()
