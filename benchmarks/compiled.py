"""The compiled engine beside the plain one, in turns: `python benchmarks/compiled.py`; needs the extra `fast`."""

import argparse
import statistics
import sys
import time
from collections.abc import Callable

from engine import baseline, batch
from goals import Measure, table
from run import machine

from simsurance.basis import build_arrays
from simsurance.basis.built import stack
from simsurance.model.engines import COMPILED, PLAIN
from simsurance.model.projection import RUNS_IN_CACHE, project
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.stochastic import Plan

ALONE = 0.25
"""Goal: processor time of a compiled projection over that of a plain one."""


def cpu_seconds(call: Callable[[], object]) -> float:
    """Processor time of a call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def in_pairs(compiled: Callable[[], object], plain: Callable[[], object], pairs: int) -> tuple[float, float, float]:
    """Median of compiled over plain in calls next to each other, and of the seconds of both; the first pair does not count."""
    found = [(cpu_seconds(compiled), cpu_seconds(plain)) for _ in range(pairs + 1)][1:]
    ones, others = zip(*found, strict=True)
    return statistics.median(one / other for one, other in found), statistics.median(ones), statistics.median(others)


def measures(pairs: int, runs: int, draws: int, last_year: int | None = None) -> list[Measure]:
    """Both engines on a block of runs, and on draws in one process."""
    scenario = baseline(last_year)
    together = stack([build_arrays(each) for each in batch(scenario, runs)])
    state, basis = together.state, together.years
    alone, one, other = in_pairs(lambda: project(state, basis, engine=COMPILED), lambda: project(state, basis), pairs)
    plans = {engine: Plan((scenario,), Sample(draws, 1), engine=engine) for engine in (COMPILED, PLAIN)}
    of_draws, draw, plain = in_pairs(
        lambda: plans[COMPILED].chunk(0, draws), lambda: plans[PLAIN].chunk(0, draws), max(pairs // 3, 1)
    )
    return [
        Measure(f"{runs} runs side by side: compiled over plain, engine alone", alone, "ratio", at_most=ALONE),
        Measure("a run: projection, compiled", one / runs * 1e3, "ms"),
        Measure("a run: projection, plain", other / runs * 1e3, "ms"),
        Measure(f"{draws} draws in one process: compiled over plain", of_draws, "ratio"),
        Measure("a draw, compiled", draw / draws * 1e3, "ms"),
        Measure("a draw, plain", plain / draws * 1e3, "ms"),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The compiled engine beside the plain one, in turns.")
    parser.add_argument("--pairs", type=int, default=9, help="pairs of projections (default 9; a third of it of draws)")
    parser.add_argument("--draws", type=int, default=16, help="draws of a batch (default 16)")
    given = parser.parse_args()
    print(f"{machine()}\n\n{table(measures(given.pairs, RUNS_IN_CACHE, given.draws))}")


if __name__ == "__main__":
    sys.exit(main())
