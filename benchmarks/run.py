"""Speed and memory of the simulator beside its goals: `python benchmarks/run.py`. See README.md beside this file."""

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path

HERE = Path(__file__).resolve().parent


def machine() -> str:
    """Processor, cores, system and the versions that matter, in a line."""
    from importlib.metadata import version

    names = Path("/proc/cpuinfo")
    lines = names.read_text(encoding="utf-8").splitlines() if names.exists() else []
    processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "pandas", "matplotlib"))
    system = f"{platform.system()}, Python {platform.python_version()}, {packages}"
    return f"{processor or platform.processor()}, {os.cpu_count()} cores, {system}"


def main() -> None:
    """Measure everything, print the table, write JSON if asked."""
    parser = argparse.ArgumentParser(description="Speed and memory of the simulator beside its goals.")
    parser.add_argument("--repetitions", type=int, default=15, help="rounds of the short measurements (default 15)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the measures to a file as well")
    given = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]
    from goals import table
    from process import help_measures, phase_measures, run_measures

    few = max(given.repetitions // 5, 1)
    # First, while this process is small: on Linux the peak memory of a child begins with its parent's.
    waiting = [*help_measures(given.repetitions), *phase_measures(few), *run_measures(few)]
    from engine import engine_measures, loop_measures, small_measures
    from stages import stage_shares, text

    measures = [*engine_measures(given.repetitions), *loop_measures(given.repetitions)]
    measures += [*small_measures(given.repetitions), *waiting]
    stages = stage_shares(given.repetitions)
    print(f"{machine()}\n\n{table(measures)}\n\nOne run: where the time of the projection goes\n{text(stages)}")
    if given.json:
        found = [{**asdict(measure), "met": measure.met} for measure in measures]
        whole = {"machine": machine(), "measures": found, "stages": stages}
        given.json.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
