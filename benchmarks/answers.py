"""What answers cost beside single runs, in turns on the same machine: `python benchmarks/answers.py`.

A solve of one key for a deterministic target, and an attribution of eight parts, in the time of single runs of the baseline.
"""

import resource
import statistics
import time
from collections.abc import Callable

from goals import Measure, table
from run import machine

from simsurance.answers.attribute import attribute, options_of
from simsurance.answers.condition import Condition, condition_of
from simsurance.answers.solve import BEHAVIOUR, solve
from simsurance.answers.vary import vary_of
from simsurance.results import simulate
from simsurance.scenario_file.loader import load

MOST_RUNS, MOST_SINGLE, MOST_OF_PARTS = 24, 8, 150
"""Goals: runs of a solve, its wall time and that of eight parts, in single runs."""
PARTS = (
    *("central_procurement", "fraud_recovery", "payment_ratio_up", "quality_incentives"),
    *("assistance_up", "length_of_stay", "newborns_enrolled", "maternity_benefits"),
)
KEY = "contributions.personal.income_share"
TARGET = "reserve_months >= 6 through 2050"
PROCESSES = 2


def seconds(call: Callable[[], object]) -> tuple[float, float]:
    """Wall time of a call, and the processor time of it and of the processes that it has ended."""
    wall, own, theirs = time.perf_counter(), time.process_time(), of_children()
    call()
    return time.perf_counter() - wall, time.process_time() - own + of_children() - theirs


def of_children() -> float:
    """Processor time of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure and print."""
    base = load("baseline")
    (central,) = simulate([base])
    single, of_processor = map(
        statistics.median, zip(*(seconds(lambda: simulate([base])) for _ in range(5)), strict=True)
    )
    asked = condition_of(TARGET, "resident", central)
    assert isinstance(asked, Condition)
    found = []

    def solved() -> None:
        found.append(solve(vary_of(base, [f"{KEY}=0.008:0.03"]), asked, central, (BEHAVIOUR,)))

    of_solve = statistics.median(seconds(solved)[0] for _ in range(3))
    of_parts, at_work = seconds(lambda: attribute(base, options_of(PARTS, base), jobs=PROCESSES, central=central))
    measures = [
        Measure("a single run", single, "seconds"),
        Measure("runs of a solve, deterministic target", found[0].runs, "runs", at_most=MOST_RUNS),
        Measure("wall time of a solve", of_solve / single, "single runs", at_most=MOST_SINGLE),
        Measure(
            f"wall time of {2 ** len(PARTS)} sets of {len(PARTS)} parts",
            of_parts / single,
            "single runs",
            at_most=MOST_OF_PARTS,
        ),
    ]
    share = at_work / PROCESSES / of_processor
    measures.append(Measure("its processor time by process", share, "single runs", at_most=MOST_OF_PARTS))
    print(machine(), "", table(measures), sep="\n")


if __name__ == "__main__":
    main()
