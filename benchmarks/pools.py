"""31 pools over the years of the baseline beside one run: CPU time and memory, each in a process of its own.

    python benchmarks/pools.py [PAIRS]

Prints the medians of alternating pairs: pools that are pure shares, and pools that each have a cost of their own. Memory is the
peak less what is resident after imports.
"""

import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

POOLS = 31
LEVY = {"levy": 0.05, "first_year": 2027, "covered": 0.8, "cap": 0.2, "opening": 0, "interest": 0.02, "need_share": 0.5}
TOLD = 'title = "{0}"\ntitle_zh = "{0}"\n'


def pooling(own: bool) -> str:
    """A pooling scenario of equal shares of the nation."""
    text = TOLD.format("equal shares") + 'description = "equal shares"\ndescription_zh = "equal shares"\n'
    for place in range(POOLS):
        text += f'\n[pools.p{place}]\nscenario = "baseline"\nshare = {1 / POOLS!r}\n' + TOLD.format(f"pool {place}")
        text += 'mark = "choice"\nsource = "equal shares"\n'
        text += f'set = {{ "claims.inpatient.level" = {{ multiply = {0.85 + place / 100:.2f} }} }}\n' if own else ""
    return text + '\n[adjustment]\nrule = "both"\n' + "".join(f"{key} = {value}\n" for key, value in LEVY.items())


def measured(what: str) -> None:
    """Print CPU seconds and MB of one run, or of a pooling scenario by its path."""
    import pandas  # noqa: F401  what tables need is imported before the clock starts

    from simsurance.analysis.pools import pool
    from simsurance.results import simulate
    from simsurance.scenario_file.loader import load
    from simsurance.scenario_file.pooling import load_pooling

    resident, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    _ = simulate([load("baseline")])[0].fund if what == "one" else pool(load_pooling(what)).pools
    spent, peak = time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(spent, (peak - resident) / 1024)


def told(what: str) -> tuple[float, float]:
    """What a process of its own measures."""
    done = subprocess.run([sys.executable, __file__, "--of", what], capture_output=True, text=True, check=True)
    seconds, size = map(float, done.stdout.split())
    return seconds, size


def main(pairs: int) -> None:
    """Print the table."""
    with TemporaryDirectory() as folder:
        for kind, own in (("pure shares", False), ("own costs", True)):
            file = Path(folder, "own.toml" if own else "pure.toml")
            file.write_text(pooling(own), encoding="utf-8")
            found = [(told("one"), told(str(file))) for _ in range(pairs)]
            time_ratios, memory_ratios = ([pools[place] / one[place] for one, pools in found] for place in range(2))
            spread = f"{min(time_ratios):.1f} to {max(time_ratios):.1f}"
            time_ratio, memory_ratio = map(statistics.median, (time_ratios, memory_ratios))
            print(
                f"{POOLS} pools, {kind}: {time_ratio:.1f} times one run's CPU time ({spread}), {memory_ratio:.1f} its memory"
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--of"]:
        measured(sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
