"""Draws as scenarios that agree with what was observed, a few at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from simsurance.errors import SimsuranceError
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.schedule import values_by_year
from simsurance.uncertainty.futures import Futures, drawn
from simsurance.uncertainty.observed import Observed, Solved
from simsurance.uncertainty.parameters import value_at

TOGETHER: Final = 4
"""Draws whose levels are solved side by side."""
NEARER: Final = (1.0, 0.8, 0.6, 0.4, 0.2, 0.0)
"""What the inputs of a draw are multiplied by, until what was observed can be met."""


@dataclass(frozen=True)
class Draw:
    """One draw: its numbers, and its row among levels that were solved together.

    `nearer`: what the numbers of the inputs of membership and of cost were multiplied by.
    """

    futures: Futures
    numbers: np.ndarray
    levels: Solved
    row: int
    nearer: tuple[float, float]

    def of(self, scenario: Scenario) -> Scenario:
        """The draw of a scenario: deviations from its own values, levels moved as they were solved."""
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
    found = dict[int, Draw]()
    while steps:
        nearer = {row: (NEARER[of_people], NEARER[of_cost]) for row, (of_people, of_cost) in steps.items()}
        scenarios = {row: drawn(futures.scenario, futures.values(numbers[row], *each)) for row, each in nearer.items()}
        solved, opened = observed.solve(scenarios, futures.settled(numbers))
        for row in scenarios:
            of_people, of_cost = steps.pop(row)
            if row not in opened:
                of_people += 1
            elif solved.possible(at := opened.index(row)) and at_most_all(scenarios[row], solved, at):
                found[row] = Draw(futures, numbers[row], solved, at, nearer[row])
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


def at_most_all(scenario: Scenario, solved: Solved, row: int) -> bool:
    """Whether levels that were solved pay retired members at most what their care costs."""
    horizon = scenario.values.horizon
    years = range(horizon.valuation_year, horizon.last_year + 1)
    for level, by in zip(solved.levels, solved.moves[row], strict=True):
        section, _, name = level.key.rpartition(".")
        if name == "payment_ratio" and section.startswith("employee."):
            ratio = level.moved(value_at(scenario.values, level.key), float(by))
            extra = value_at(scenario.values, f"{section}.retired_ratio_extra")
            if values_by_year(ratio, years).max() + extra > 1:
                return False
    return True
