"""Draws as scenarios that agree with what was observed, a few at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from simsurance.basis.persons import Persons
from simsurance.errors import SimsuranceError
from simsurance.results import RunAccounts, accounts_of
from simsurance.scenario_file.loader import Scenario
from simsurance.uncertainty.futures import Futures, drawn
from simsurance.uncertainty.observed import Observed, Opened, Solved

TOGETHER: Final = 8
"""Draws whose levels are solved side by side."""
NEARER: Final = (1.0, 0.8, 0.6, 0.4, 0.2, 0.0)
"""What the inputs of a draw are multiplied by, until what was observed can be met."""


@dataclass(frozen=True)
class Draw:
    """One draw: its numbers, the scenario with them, and its row among levels that were solved together.

    `nearer`: what the numbers of the inputs of membership and of cost were multiplied by; `persons`: of the scenario whose draw
    it is, which no level moves.
    """

    futures: Futures
    numbers: np.ndarray
    scenario: Scenario
    levels: Solved
    row: int
    nearer: tuple[float, float]
    persons: Persons

    @property
    def own(self) -> Scenario:
        """The draw of the scenario whose draw it is."""
        return drawn(self.scenario, self.levels.values(self.futures.scenario, self.row))

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
            elif solved.possible(at := rows.index(row)):
                found[row] = Draw(futures, numbers[row], scenarios[row], solved, at, nearer[row], own.ahead)
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


def runs_of(draws: Sequence[Draw]) -> list[RunAccounts]:
    """What is kept of draws of the scenario whose draws they are, projected."""
    return accounts_of([each.own for each in draws], persons=[each.persons for each in draws])
