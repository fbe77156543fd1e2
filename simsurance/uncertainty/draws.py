"""Draws as scenarios that agree with what was observed, a few at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from simsurance.basis.built import Built
from simsurance.errors import SimsuranceError
from simsurance.model.engines import PLAIN
from simsurance.results import RunAccounts, accounts_of
from simsurance.scenario_file.loader import Scenario
from simsurance.uncertainty.futures import Futures, drawn
from simsurance.uncertainty.observed import Observed, Opened, Solved, built

TOGETHER: Final = 3
"""Draws whose levels are solved side by side."""
NEARER: Final = (1.0, 0.8, 0.6, 0.4, 0.2, 0.0)
"""What the inputs of a draw are multiplied by, until what was observed can be met."""


@dataclass(frozen=True)
class Draw:
    """One draw of a scenario: its numbers, the scenario with them and what it is built to, and its row among solved levels.

    `nearer`: what the numbers of the inputs of membership and of cost were multiplied by.
    """

    futures: Futures
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


def blocks(futures: Futures, observed: Observed, first: int, last: int) -> Iterator[list[Draw]]:
    """The draws from `first` to before `last`, a few at a time."""
    for start in range(first, last, TOGETHER):
        yield block(futures, observed, start, min(start + TOGETHER, last))


def block(futures: Futures, observed: Observed, first: int, last: int) -> list[Draw]:
    """Some draws; inputs that contradict what was observed are brought nearer to their medians, in steps of a fifth.

    Those of membership where no opening state fits, those of cost where no level that one would believe meets the targets.
    """
    numbers = futures.numbers(first, last)
    steps = dict.fromkeys(range(len(numbers)), (0, 0))
    of_paths = [futures.of_paths(each) for each in numbers]
    opened = dict[int, Opened | None]()
    found = dict[int, Draw]()
    while steps:
        nearer = {row: (NEARER[of_people], NEARER[of_cost]) for row, (of_people, of_cost) in steps.items()}
        scenarios = {
            row: drawn(futures.scenario, futures.inputs(numbers[row], *each) | of_paths[row])
            for row, each in nearer.items()
        }
        opened |= observed.opened({row: each for row, each in scenarios.items() if opened.get(row) is None})
        solved, rows = observed.solve(scenarios, opened, futures.settled(numbers))
        for row in scenarios:
            of_people, of_cost = steps.pop(row)
            own = opened[row] if row in rows else None
            if own is None:
                of_people, opened[row] = of_people + 1, None
            elif (whole := _whole(scenarios[row], own, solved, rows.index(row), futures.scenario)) is not None:
                found[row] = Draw(futures, numbers[row], *whole, solved, rows.index(row), nearer[row])
                continue
            else:
                of_cost += 1
            if max(of_people, of_cost) == len(NEARER):
                raise SimsuranceError(
                    f"{futures.scenario.name}: draw {first + row} cannot meet what was observed, not even with inputs at "
                    "their medians; the scenario itself gives no such year"
                )
            steps[row] = (of_people, of_cost)
    return [found[row] for row in sorted(found)]


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
