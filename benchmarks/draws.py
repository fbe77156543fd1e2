"""A draw beside a run of a former build's batch, in turns on the same machine: `python benchmarks/draws.py`."""

import argparse
import statistics
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import against
import drawn
from against import RUNS, Pairs, Side, former_python, in_pairs
from goals import Measure, table
from run import machine

from simsurance.scenario_file.loader import load

against.ENTRIES["plain"] = against.ENTRIES["present"] | {"many": "drawn:project"}
against.ENTRIES["compiled"] = against.ENTRIES["present"] | {"many": "drawn:project_compiled"}
A_DRAW, SCALE = {"plain": 0.60, "compiled": 0.22}, 1.1
"""Goals: a draw over a former run by engine, a draw of many over a draw of a batch."""
MANY = 256


def main() -> None:
    """Install the former build, measure both, print."""
    parser = argparse.ArgumentParser(description="A draw beside a run of a former build's batch, in turns.")
    parser.add_argument("--commit", default="2a9c14b", help="the former build (default 2a9c14b)")
    parser.add_argument("--pairs", type=int, default=5, help="pairs of each measurement, at least 2 (default 5)")
    parser.add_argument("--draws", type=int, default=RUNS, help=f"draws of a batch (default {RUNS})")
    given = parser.parse_args()
    if given.pairs < 2:
        parser.error("--pairs: a spread needs at least 2")
    engines = [each for each in A_DRAW if each == "plain" or find_spec("numba")]
    found: dict[str, Pairs] = {}
    with tempfile.TemporaryDirectory() as folder:
        former = former_python(given.commit, Path(folder))
        with Side("former", former) as before:
            print(f"{machine()}\nformer: {given.commit}, {before.home}\n")
            for engine in engines:
                with Side(engine, Path(sys.executable)) as after:
                    found[engine] = in_pairs(engine, (before, after), given.pairs, "seconds", given.draws)
                    if engine == "plain":
                        many = after.ask("seconds", MANY) / MANY
    few = statistics.median(found["plain"].present) / given.draws
    measures = [
        Measure(
            f"a draw, one core, {engine} engine",
            statistics.median(pairs.ratios),
            "times a former run",
            at_most=A_DRAW[engine],
        )
        for engine, pairs in found.items()
    ]
    measures.append(Measure(f"a draw of {MANY} over a draw of {given.draws}", many / few, "ratio", at_most=SCALE))
    parts = ", ".join(f"{part} {share:.0%}" for part, share in drawn.shares(load("baseline"), RUNS).items())
    print(table(measures), *found.values(), f"of a draw: {parts}", sep="\n\n")


if __name__ == "__main__":
    main()
