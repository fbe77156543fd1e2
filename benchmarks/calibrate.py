"""Engine runs that `simsurance calibrate` takes for the example city, and its CPU time beside one run of it.

    python benchmarks/calibrate.py [PAIRS]

Prints the number of projections of the fit, which has to be at most 60, and medians of alternating pairs of CPU time.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

IMPORTS = (
    ("population_2020.csv",),
    ("population_2025.csv",),
    ("insured.csv", "--missing", "2021", "--break", "2023"),
    ("accounts.csv", "--missing", "2021"),
    ("standards.csv",),
    ("incomes.csv",),
    ("care.csv", "--missing", "2021", "--break", "2023"),
)


def measured(what: str, fund: str) -> None:
    """Print CPU seconds, and projections of a fit."""
    from simsurance.evidence.fund_fit import fund_fit
    from simsurance.results import accounts_of
    from simsurance.scenario_file.loader import load

    scenario, started, runs = load(fund), time.process_time(), 1
    if what == "fit":
        runs = fund_fit(scenario).projections
    else:
        accounts_of([scenario])
    print(time.process_time() - started, runs)


def told(what: str, fund: Path) -> tuple[float, int]:
    """What a process of its own measures."""
    done = subprocess.run(
        [sys.executable, __file__, "--of", what, str(fund)], capture_output=True, text=True, check=True
    )
    seconds, runs = done.stdout.split()
    return float(seconds), int(runs)


def main(pairs: int) -> None:
    """Print both numbers."""
    program = Path(sys.executable).with_name("simsurance")
    with TemporaryDirectory() as folder:
        for arguments in (
            ("init", "--fund", "city", "--example"),
            *(("import", f"city/raw/{a}", *o) for a, *o in IMPORTS),
        ):
            subprocess.run([program, *arguments], cwd=folder, check=True, capture_output=True)
        fund = Path(folder, "city", "fund.toml")
        found = [(told("one", fund), told("fit", fund)) for _ in range(pairs)]
        ratios = [fit[0] / one[0] for one, fit in found]
        spread = f"{min(ratios):.1f} to {max(ratios):.1f}"
        print(
            f"calibrate: {found[0][1][1]} projections, {statistics.median(ratios):.1f} times the CPU time of a run ({spread})"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--of"]:
        measured(*sys.argv[2:])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
