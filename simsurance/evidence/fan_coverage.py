"""Draws from past openings: how often what was published later lay within the band of 80 per cent.

`python -m simsurance.evidence.fan_coverage` prints what is stored; with `--anew` it finds every opening again, draws from it
and writes the table (minutes). Nothing passes or fails by it: the years that follow an opening share its errors, and figures of
one year the same economy, so that all of them together are about three independent points.

The openings are those of `ex_ante`: with what was known on their 1 January. How widely inputs and paths are drawn is what the
baseline says today; demography stays on its medium path, whose bounds begin later. A draw that cannot be projected is left out.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from simsurance.csv_text import rows_csv
from simsurance.data.tables import DATA, read_table
from simsurance.errors import SimsuranceError
from simsurance.evidence.ex_ante import ITEMS, OPENINGS
from simsurance.evidence.fit import LAST_YEAR
from simsurance.evidence.known import Growth
from simsurance.evidence.known_levels import known_at
from simsurance.results import RunAccounts, accounts_of
from simsurance.scenario_file.loader import Scenario, load
from simsurance.uncertainty import draws
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.stochastic import Plan

TABLE: Final = DATA / "fan_coverage.csv"
HEADER: Final = ("opening", "year", "fund", "item", "published", "p10", "p50", "p90", "draws", "nearer")
DRAWS: Final = 64
SEED: Final = 1
SINCE: Final = LAST_YEAR - 4
"""The first year whose figures are counted."""
ENDS: Final = (10.0, 50.0, 90.0)


@dataclass(frozen=True)
class Point:
    """One published figure of a fund and what the draws of an opening say of it: tenth percentile, median, ninetieth.

    `nearer`: of how many draws inputs were brought nearer to their medians.
    """

    opening: int
    year: int
    fund: str
    item: str
    published: float
    low: float
    middle: float
    high: float
    draws: int
    nearer: int

    @property
    def horizon(self) -> int:
        """Years from the opening to the end of the year."""
        return self.year - self.opening + 1

    @property
    def held(self) -> bool:
        """Whether it lies within the band."""
        return self.low <= self.published <= self.high


def projected(scenarios: Sequence[Scenario]) -> list[RunAccounts]:
    """Every scenario that can be projected."""
    try:
        return list(accounts_of(scenarios))
    except SimsuranceError:
        if len(scenarios) == 1:
            return []
    half = len(scenarios) // 2
    return projected(scenarios[:half]) + projected(scenarios[half:])


def points(opening: int, scenario: Scenario, count: int = DRAWS) -> Iterator[Point]:
    """What draws from an opening say of every figure published since."""
    plan = Plan((scenario.replace({"uncertainty.demography": False}),), Sample(count, SEED))
    drawn = draws.in_order(plan.futures, plan.observed, 0, count)
    runs = projected([each.of(plan.scenarios[0]) for each in drawn])
    nearer = sum(min(each.nearer) < 1 for each in drawn)
    for item in ITEMS:
        values, known = np.stack([item.model(run.accounts) for run in runs]), item.known()
        for place, year in enumerate(runs[0].years):
            if year in known:
                ends = _floats(np.percentile(values[:, place], ENDS).tolist())
                yield Point(opening, year, item.fund, item.name, known[year], *ends, len(runs), nearer)


@cache
def stored() -> tuple[Point, ...]:
    """The table as shipped."""
    columns = read_table(TABLE, HEADER)
    rows = zip(*(columns[name] for name in HEADER), strict=True)
    return tuple(
        Point(int(opening), int(year), str(fund), str(item), float(value), *_floats(ends), int(count), int(nearer))
        for opening, year, fund, item, value, *ends, count, nearer in rows
    )


def _floats(ends: Sequence[object]) -> tuple[float, float, float]:
    low, middle, high = (float(str(end)) for end in ends)
    return low, middle, high


def shares(found: Iterable[Point], by: Callable[[Point], str]) -> dict[str, tuple[int, int]]:
    """How many figures of each group lay within their band, and how many there are."""
    counted: dict[str, tuple[int, int]] = {}
    for each in found:
        held, of = counted.get(name := by(each), (0, 0))
        counted[name] = (held + each.held, of + 1)
    return counted


BY: Final[Sequence[Callable[[Point], str]]] = (
    lambda _: "all figures",
    lambda each: f"year {each.horizon} after the opening",
    lambda each: f"{each.fund}: {each.item}",
)
"""What figures are counted by."""


def report() -> str:
    """How often figures lay within the band, above and below it."""
    found = [each for each in stored() if each.year >= SINCE]
    openings = sorted({each.opening for each in found})
    head = f"published figures within the 80 % band of {openings[0]}–{openings[-1]} openings"
    lines = [f"{head:64}{'within':>8}{'of':>5}{'share, %':>10}"]
    for by in BY:
        groups = shares(found, by)
        for name in sorted(groups) if len(groups) > 1 else groups:
            held, of = groups[name]
            lines.append(f"{name:64}{held:8}{of:5}{100 * held / of:10.0f}")
    above = sum(each.published > each.high for each in found)
    below = sum(each.published < each.low for each in found)
    lines.append(f"{'beyond it: above, below':64}{above:8}{below:5}")
    counts = ", ".join(f"{opening} {_draws(found, opening)}" for opening in openings)
    return "\n".join([*lines, f"draws (of them brought nearer to their medians): {counts}"])


def _draws(found: Sequence[Point], opening: int) -> str:
    own = next(each for each in found if each.opening == opening)
    return f"{own.draws} ({own.nearer})"


def main(arguments: Sequence[str] = ()) -> None:
    """Print what is stored, or find it anew."""
    parser = ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--anew", action="store_true", help="draw from every opening again and write the table")
    if parser.parse_args(arguments).anew:
        baseline = load("baseline")
        growth, rows = Growth.of(baseline), []
        for opening in OPENINGS:
            for each in points(opening, known_at(opening, baseline, growth)):
                numbers = (f"{value:.9g}" for value in (each.published, each.low, each.middle, each.high))
                rows.append((opening, each.year, each.fund, each.item, *numbers, each.draws, each.nearer))
            sys.stderr.write(f"1 January {opening}: {len(rows)} figures\n")
        TABLE.write_text(rows_csv(HEADER, rows), encoding="utf-8", newline="\n")
    sys.stdout.write(report() + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
