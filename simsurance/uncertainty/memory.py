"""How much memory draws need, before they begin: what fits into a budget."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simsurance.errors import ExitCode, SimsuranceError
from simsurance.uncertainty import draws

if TYPE_CHECKING:
    from simsurance.uncertainty.sampling import Sample
    from simsurance.uncertainty.stochastic import CentralRun

ALONE: Final = 5.6
"""A process beyond its imports, in the arrays of one run: the reference year, a draw built and projected, gaps between."""
BESIDE: Final = 2.0
"""Each draw that is solved and projected beside others, in the same."""
SCENARIO: Final = 1.0
"""Each further scenario of a draw, in the same: the run whose entries the others hold stays while they are projected."""
NUMBERS: Final = 3 * 8 * 512
"""A draw of a Latin hypercube, which is made whole: bytes of numbers, their places and their copies."""


@dataclass(frozen=True)
class Need:
    """Bytes of memory and of disk, for so many processes that solve so many draws together."""

    jobs: int
    beside: int
    memory: float
    disk: float


def need(runs: "Sequence[CentralRun]", sample: "Sample", jobs: int, budget: float | None = None) -> Need:
    """What draws of scenarios need, whose central runs are given; as many processes, at most `jobs`, as the budget allows.

    Raises SimsuranceError where one process that solves one draw at a time needs more than the budget.
    """
    one, here = max(run.bytes for run in runs), resident()
    whole = sample.in_each * NUMBERS if sample.sampler == "lhs" else 0
    disk = sample.draws * sum(kept(run) for run in runs)

    def memory(processes: int, beside: int) -> float:
        worker = one * (ALONE + BESIDE * beside + SCENARIO * (len(runs) > 1)) + whole
        return here + worker if processes == 1 else here + processes * (here + worker)

    choices = [Need(count, beside, memory(count, beside), disk) for count in range(jobs, 0, -1) for beside in SIZES]
    fitting = next((each for each in choices if budget is None or each.memory <= budget), None)
    if fitting is None:
        raise SimsuranceError(
            f"--memory {megabytes(budget or 0)}: one process needs about {megabytes(choices[-1].memory)}",
            exit_code=ExitCode.USAGE,
        )
    return fitting


SIZES: Final = tuple(dict.fromkeys((draws.TOGETHER, max(draws.TOGETHER // 2, 1), 1)))


def kept(run: "CentralRun") -> int:
    """Bytes that are kept of a draw, about."""
    return 8 * (len(run.measured) + sum(len(each) * len(run.years) for each in run.accounts.values()))


def resident() -> float:
    """Bytes of this process that are in memory now; where the system does not say, the most that were."""
    if (statistics := Path("/proc/self/statm")).exists():
        import resource

        return float(statistics.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    if sys.platform == "win32":
        return WINDOWS
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(most) if sys.platform == "darwin" else most * 1024.0


WINDOWS: Final = 200e6
"""What a process with all imports takes, where only its system knows."""


def megabytes(size: float) -> str:
    """A size as it is told: `260M`, `1.2G`."""
    return f"{size / 1e9:.1f}G" if size >= 1e9 else f"{size / 1e6:.0f}M"
