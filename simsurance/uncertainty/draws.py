"""Draws as scenarios that agree with what was observed, a few at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

import numpy as np

from simsurance.basis.built import Built
from simsurance.errors import SimsuranceError
from simsurance.model.engines import PLAIN
from simsurance.results import RunAccounts, accounts_of
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.schedule import Schedule
from simsurance.uncertainty.futures import Futures, drawn
from simsurance.uncertainty.observed import Observed, Opened, Solved, built

TOGETHER: Final = 3
"""Draws whose levels are solved side by side."""
NEARER: Final = (1.0, 0.8, 0.6, 0.4, 0.2, 0.0)
"""What the inputs of a draw are multiplied by, until what was observed can be met."""


@dataclass(frozen=True)
class Draw:
    """One draw of a scenario: its place and numbers, the scenario with them, what it is built to, its row among solved levels.

    `nearer`: what the numbers of the inputs of membership and of cost were multiplied by.
    """

    futures: Futures
    place: int
    numbers: np.ndarray
    scenario: Scenario
    built: Built
    levels: Solved
    row: int
    nearer: tuple[float, float]

    def of(self, scenario: Scenario) -> Scenario:
        """The draw of another scenario: deviations from its own values, levels moved as they were solved."""
        values = self.futures.values(self.numbers, *self.nearer, scenario)
        return drawn(scenario, values | self.levels.values(scenario, self.row))

    @property
    def missed(self) -> float:
        """The largest relative distance from what was observed."""
        return float(self.levels.missed[self.row])


@dataclass
class Open:
    """A draw on its way: its place and numbers, the values of its paths, and its persons where they are known.

    `people` and `cost`: in how many steps its inputs of membership and of cost were brought nearer.
    """

    place: int
    numbers: np.ndarray
    of_paths: dict[str, Schedule]
    people: int = 0
    cost: int = 0
    opened: Opened | None = None

    @property
    def nearer(self) -> tuple[float, float]:
        """What the numbers of its inputs are multiplied by."""
        return NEARER[self.people], NEARER[self.cost]


def in_order(futures: Futures, observed: Observed, first: int, last: int) -> list[Draw]:
    """The draws from `first` to before `last`."""
    return sorted(chain(*blocks(futures, observed, first, last)), key=lambda each: each.place)


def blocks(
    futures: Futures, observed: Observed, first: int, last: int, together: int = TOGETHER
) -> Iterator[list[Draw]]:
    """The draws from `first` to before `last`, so many at a time, as they are found: one that is tried again stands back.

    Inputs that contradict what was observed are brought nearer to their medians, in steps of a fifth: those of membership where
    no opening state fits, those of cost where no level that one would believe meets the targets.
    """
    left = enumerate(futures.numbers(first, last), first)
    tried, found = list[Open](), list[Draw]()
    while True:
        tried += [
            Open(place, numbers, futures.of_paths(numbers)) for place, numbers in islice(left, together - len(tried))
        ]
        if not tried:
            break
        tried, more = _tried(futures, observed, tried)
        found += more
        if len(found) >= together:
            yield found[:together]
            found = found[together:]
    if found:
        yield found


def _tried(futures: Futures, observed: Observed, tried: Sequence[Open]) -> tuple[list[Open], list[Draw]]:
    """Draws that are to be tried again, their inputs nearer, and those that agree with what was observed."""
    scenarios = [drawn(futures.scenario, futures.inputs(each.numbers, *each.nearer) | each.of_paths) for each in tried]
    unopened = {place: scenarios[place] for place, each in enumerate(tried) if each.opened is None}
    for place, opened in observed.opened(unopened).items():
        tried[place].opened = opened
    noise = futures.settled(np.stack([each.numbers for each in tried]))
    solved, rows = observed.solve(scenarios, [each.opened for each in tried], noise)
    again, found = list[Open](), list[Draw]()
    for place, (each, scenario) in enumerate(zip(tried, scenarios, strict=True)):
        if place not in rows or each.opened is None:
            each.people, each.opened = each.people + 1, None
        elif (whole := _whole(scenario, each.opened, solved, rows.index(place), futures.scenario)) is not None:
            found.append(Draw(futures, each.place, each.numbers, *whole, solved, rows.index(place), each.nearer))
            continue
        else:
            each.cost += 1
        if max(each.people, each.cost) == len(NEARER):
            raise SimsuranceError(
                f"{futures.scenario.name}: draw {each.place} cannot meet what was observed, not even with inputs at "
                "their medians; the scenario itself gives no such year"
            )
        again.append(each)
    return again, found


def _whole(
    scenario: Scenario, opened: Opened, solved: Solved, row: int, median: Scenario
) -> tuple[Scenario, Built] | None:
    """A draw with the levels that were solved, and what it is built to; None where that cannot be, or is not to be believed."""
    if not solved.possible(row):
        return None
    own = drawn(scenario, solved.values(median, row))
    found = built(own, opened.ahead)
    return None if found is None else (own, found)


def runs_of(draws: Sequence[Draw], engine: str = PLAIN) -> list[RunAccounts]:
    """What is kept of draws of the scenario whose draws they are, projected."""
    return accounts_of([each.scenario for each in draws], built=[each.built for each in draws], engine=engine)
