"""A step of a slider of a meeting page beside drawing its picture alone, in Chromium: `python benchmarks/slider.py PAGE`."""

import argparse
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from goals import Measure, table
from run import HERE, machine

LARGEST, MOST = 3.0, 2.0
"""Megabytes of a page, and a step over the picture alone, at most."""


def slider_measures(page: Path, rounds: int, pairs: int) -> Iterator[Measure]:
    """The size of a page, and the median over rounds of what a step of a slider costs over its picture."""
    sys.path[:0] = [str(HERE.parent / "tests")]
    from browser import STEP_OVER_PICTURE, chromium

    yield Measure("size of the page", page.stat().st_size / 1e6, "MB", at_most=LARGEST)
    with chromium() as browser:
        tab = browser.new_page(viewport={"width": 1200, "height": 1000})
        tab.goto(page.resolve().as_uri())
        found = [float(tab.evaluate(STEP_OVER_PICTURE, pairs)) for _ in range(rounds)]
    yield Measure("a step of a slider", statistics.median(found), "times the picture", at_most=MOST)
    yield Measure("least of the rounds", min(found), "times the picture")
    yield Measure("most of the rounds", max(found), "times the picture")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path, metavar="PAGE", help="page.html that `simsurance page` wrote")
    parser.add_argument("--rounds", type=int, default=9, help="rounds (default 9)")
    parser.add_argument("--pairs", type=int, default=15, help="steps and pictures in turns in a round (default 15)")
    given = parser.parse_args()
    if not given.page.is_file():
        parser.error(f"{given.page}: there is no page there; `simsurance page baseline` writes one")
    print(f"{machine()}\n\n{table(list(slider_measures(given.page, given.rounds, given.pairs)))}")


if __name__ == "__main__":
    main()
