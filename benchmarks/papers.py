"""Processor time of reports from results on disk, beside `run baseline --no-range`: `python benchmarks/papers.py`."""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from against import ROOT, Pairs
from goals import Measure, table
from light import seconds
from run import machine

RUN = "run baseline --no-range --jobs 1"
MOST = {"html": 0.5, "xlsx": 0.8, "docx": 0.5, "pptx": None}
"""Each format, and the most that its report may take of the time of a run."""


def in_turns(kind: str, folder: Path, pairs: int) -> Pairs:
    """A run and a report of its folder in turns, after a first pair that does not count."""
    python, out = Path(sys.executable), f"--out {folder}"
    found = []
    for _ in range(pairs + 1):
        run = seconds(python, ROOT, f"{RUN} {out}")
        report = seconds(python, ROOT, f"report {folder / 'baseline'} --format {kind} {out}")
        found.append((run, report))
    return Pairs(kind, *zip(*found[1:], strict=True))


def report_measures(pairs: int, kinds: Sequence[str]) -> Iterator[Measure]:
    """The ratio of each format, as soon as it is measured."""
    with tempfile.TemporaryDirectory() as folder:
        for kind in kinds:
            found = in_turns(kind, Path(folder), pairs)
            name = f"report of a folder, {kind}, over {RUN}"
            yield Measure(name, statistics.median(found.ratios), "ratio", at_most=MOST[kind])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=15, help="pairs of each format, at least 2 (default 15)")
    parser.add_argument("--format", choices=MOST, action="append", help="this format; repeated: several (default all)")
    given = parser.parse_args()
    if given.pairs < 2:
        parser.error("--pairs: a spread needs at least 2")
    print(f"{machine()}\n", flush=True)
    for measure in report_measures(given.pairs, given.format or tuple(MOST)):
        print(table([measure]), flush=True)


if __name__ == "__main__":
    main()
