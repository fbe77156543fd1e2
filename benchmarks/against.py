"""The present build beside a former one, in turns on the same machine: `python benchmarks/against.py --commit REVISION`."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from goals import Measure, table
from run import machine

ROOT = Path(__file__).resolve().parents[1]
NOT_SLOWER = 1.03
RUNS = 64
MANY_RUNS = 1000
MOST_WORK = 1.3
"""Memory at work, beyond imports and what is kept, of many runs over that of a batch."""

ENTRIES = {
    "former": {
        "load": "simsurance.scenario_file.loader:load",
        "one": "simsurance.results:simulate",
        "many": "simsurance.results:simulate",
    },
    "present": {
        "load": "simsurance.scenario_file.loader:load",
        "one": "simsurance.results:simulate",
        "many": "simsurance.results:accounts_of",
    },
}
"""Where each build loads a scenario, projects one with all that its tables need, and many with what is kept of each."""

VARIED = {
    "claims.trend.real_growth": (0.02, 0.04),
    "economy.inflation": (0.01, 0.02),
    "economy.real_income_growth": (0.045, 0.025),
}
"""Values in which the runs of a batch differ: key -> first and last run's."""


class Side:
    """One build in a process of its own that waits for tasks."""

    def __init__(self, name: str, python: Path) -> None:
        driver = [str(python), str(Path(__file__).with_name("driver.py")), json.dumps(ENTRIES[name])]
        alone = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
        self.process = subprocess.Popen(driver, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=alone)
        self.home = self.answer()

    def __enter__(self) -> "Side":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()

    def answer(self) -> Any:
        """The next line of the process."""
        assert self.process.stdout is not None
        if line := self.process.stdout.readline():
            return json.loads(line)
        raise SystemExit(f"{self.process.args}: exit code {self.process.wait()}")

    def ask(self, measure: str, runs: int) -> float:
        """What the process measures of so many runs."""
        assert self.process.stdin is not None
        task = {"measure": measure, "runs": runs, "entry": "one" if runs == 1 else "many", "varied": VARIED}
        print(json.dumps(task), file=self.process.stdin, flush=True)
        return float(self.answer())


@dataclass(frozen=True)
class Pairs:
    """Processor seconds of two builds, measured next to each other."""

    name: str
    former: Sequence[float]
    present: Sequence[float]

    @property
    def ratios(self) -> list[float]:
        """The present build's time over the former's, a pair each."""
        return [after / before for before, after in zip(self.former, self.present, strict=True)]

    def __str__(self) -> str:
        """Spread of the ratios, and seconds."""
        low, _, high = statistics.quantiles(self.ratios, n=4)
        spread = f"least {min(self.ratios):.3f}, quartiles {low:.3f} and {high:.3f}, most {max(self.ratios):.3f}"
        seconds = f"medians {statistics.median(self.former):.3g} s and {statistics.median(self.present):.3g} s"
        return f"{self.name}: {spread}; {seconds}"


def in_pairs(name: str, sides: tuple[Side, Side], pairs: int, measure: str, runs: int) -> Pairs:
    """Both builds in turns, after a first pair that does not count."""
    found = [[side.ask(measure, runs) for side in sides] for _ in range(pairs + 1)][1:]
    return Pairs(name, *zip(*found, strict=True))


def former_python(commit: str, folder: Path) -> Path:
    """The interpreter of a new environment with the build of a commit, and third-party packages of the versions used here.

    What the present build needs stands there too, so that whole commands of both run with one interpreter.
    """
    source, environment = folder / "source", folder / "venv"
    source.mkdir()
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x"], cwd=source, check=True, input=archive.stdout)
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    versions = folder / "versions.txt"
    present = [(each.metadata["Name"], each.version) for each in distributions()]
    versions.write_text("".join(f"{name}=={version}\n" for name, version in present if name != "simsurance"))
    pip = [str(Path(sys.base_prefix) / "bin" / "python3"), "-m", "pip", "--python", str(python)]
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    subprocess.run([*pip, "install", "-q", "-c", str(versions), str(source), *needed], check=True)
    return python


def memory(name: str, python: Path, runs: int, measure: str = "peak") -> float:
    """Megabytes that a batch needs at most, or keeps, beyond what is resident after imports, in a process of its own."""
    with Side(name, python) as side:
        return side.ask(measure, runs) / 1e6


def main() -> None:
    """Install the former build, measure both, print."""
    parser = argparse.ArgumentParser(description="The present build beside a former one, in turns.")
    parser.add_argument("--commit", default="2a9c14b", help="the former build (default 2a9c14b)")
    parser.add_argument("--pairs", type=int, default=15, help="pairs of each measurement, at least 2 (default 15)")
    given = parser.parse_args()
    if given.pairs < 2:
        parser.error("--pairs: a spread needs at least 2")
    present = Path(sys.executable)
    with tempfile.TemporaryDirectory() as folder:
        former = former_python(given.commit, Path(folder))
        with Side("former", former) as before, Side("present", present) as after:
            print(f"{machine()}\nformer: {given.commit}, {before.home}\npresent: {after.home}\n")
            sides = before, after
            found = [
                in_pairs("one run", sides, given.pairs, "seconds", 1),
                in_pairs("one run, with its measures", sides, given.pairs, "with_measures", 1),
                in_pairs(f"{RUNS} runs", sides, given.pairs, "seconds", RUNS),
            ]
        peak, kept = (
            {runs: memory("present", present, runs, of) for runs in (RUNS, MANY_RUNS)} for of in ("peak", "kept")
        )
        work = {runs: peak[runs] - kept[runs] for runs in peak}
        of_memory = [
            Measure(f"{RUNS} runs: peak memory, former", memory("former", former, RUNS), "MB"),
            *(Measure(f"{runs} runs: peak memory", peak[runs], "MB") for runs in peak),
            *(Measure(f"{runs} runs: kept", kept[runs], "MB") for runs in kept),
            Measure(
                f"{MANY_RUNS} runs: peak less kept",
                work[MANY_RUNS] / work[RUNS],
                f"times {RUNS} runs'",
                at_most=MOST_WORK,
            ),
        ]
    ratios = [
        Measure(f"{each.name}: processor time", statistics.median(each.ratios), "times the former", at_most=NOT_SLOWER)
        for each in found
    ]
    print(table([*ratios, *of_memory]), "", *found, sep="\n")


if __name__ == "__main__":
    main()
