"""One draw as a scenario: which number between 0 and 1 stands for what, and the values that follow from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from simsurance.errors import SimsuranceError
from simsurance.scenario_file.keys import AT_ROOT_KEYS
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.schedule import Ramp, Schedule, value_in
from simsurance.uncertainty.parameters import Parameters, parameters_of, value_at, with_values
from simsurance.uncertainty.paths import LATENT, SERIES, Paths, paths_of
from simsurance.uncertainty.sampling import Numbers

PRICES: Final = ("benefits.", "employee.benefits.")
"""Rules that make what patients pay."""
ALL_SERIES: Final = (*SERIES, *LATENT)
EARLY: Final = 3
"""Places of each path that come before the inputs: they carry most of what a path adds up to."""


@dataclass(frozen=True)
class Futures:
    """Draws of what is not known of a scenario: the same numbers for every scenario with the same root and horizon."""

    scenario: Scenario
    sample: Numbers
    parameters: Parameters
    paths: Paths
    targets: tuple[str, ...]

    @cached_property
    def dimensions(self) -> tuple[tuple[str, str, int], ...]:
        """Kind, name and place of each number of a draw, what matters most first: there a sequence is spread best."""
        years = len(self.paths.years)
        shifts = [("shift", name, 0) for name in SERIES]
        places = [
            [("path", name, place) for place in span for name in ALL_SERIES]
            for span in (range(min(EARLY, years)), range(min(EARLY, years), years))
        ]
        inputs = [("input", each.path, 0) for each in self.parameters.drawn]
        targets = [("target", name, 0) for name in self.targets]
        return (*shifts, *places[0], *inputs, *targets, *places[1])

    @cached_property
    def places(self) -> dict[str, np.ndarray]:
        """Where the numbers of a kind stand: shifts and targets [name], inputs [input], paths [series, place]."""
        at = {dimension: place for place, dimension in enumerate(self.dimensions)}
        found = {
            kind: np.array([at[kind, name, 0] for name in names], dtype=int)
            for kind, names in (
                ("shift", SERIES),
                ("target", self.targets),
                ("input", [each.path for each in self.parameters.drawn]),
            )
        }
        years = range(len(self.paths.years))
        return found | {"path": np.array([[at["path", name, place] for place in years] for name in ALL_SERIES])}

    def numbers(self, first: int, last: int) -> np.ndarray:
        """Standard normal numbers of the draws from `first` to before `last`, [draw, dimension]."""
        return self.sample.normals(len(self.dimensions), first, last)

    def settled(self, numbers: np.ndarray) -> np.ndarray:
        """The numbers of targets, [draw, target]."""
        return numbers[:, self.places["target"]]

    def values(
        self, numbers: np.ndarray, people: float = 1.0, cost: float = 1.0, scenario: Scenario | None = None
    ) -> dict[str, Schedule]:
        """The values by path for the numbers of one draw, of the scenario, or of another on the same draws.

        `people` and `cost` bring inputs of membership and of cost nearer to their medians.
        """
        return self.inputs(numbers, people, cost, scenario) | self.of_paths(numbers, scenario)

    def inputs(
        self, numbers: np.ndarray, people: float, cost: float, scenario: Scenario | None = None
    ) -> dict[str, Schedule]:
        """The values of what is not a path."""
        nearer = np.where(self.parameters.of_cost, cost, people)
        return self.parameters.values(scenario or self.scenario, numbers[self.places["input"]], nearer)

    def of_paths(self, numbers: np.ndarray, scenario: Scenario | None = None) -> dict[str, Schedule]:
        """The values of paths, which nothing brings nearer to their medians."""
        at = self.places
        return self.paths.values(scenario or self.scenario, numbers[at["shift"]], numbers[at["path"]])


def futures_of(scenario: Scenario, sample: Numbers, targets: tuple[str, ...]) -> Futures:
    """The draws of a scenario; raises SimsuranceError for a faulty table of what is drawn."""
    return Futures(scenario, sample, parameters_of(scenario), paths_of(scenario), targets)


def refuse_certain(scenario: Scenario, unknowns: Sequence[object] | None = None) -> None:
    """Raise SimsuranceError where all draws of a scenario would be one, or where none of the unknowns asked for is left.

    Accounts as they are settled go with `parameters`.
    """
    if not scenario.form.has("uncertainty"):
        return
    chosen = scenario.values.uncertainty
    left = chosen.paths or chosen.demography or chosen.parameters or parameters_of(scenario).drawn
    if not (left if unknowns is None else unknowns):
        raise SimsuranceError(f"{scenario.name}: every family in [uncertainty] is switched off; switch one on")


def drawn(scenario: Scenario, changes: dict[str, Schedule]) -> Scenario:
    """A scenario with values drawn, which are within their bounds and are not checked again.

    Growth of cost and the gross domestic product keep the incomes and the persons of the root as they are without a draw:
    what is drawn of them is a deviation from there.
    """
    at_root = {path: value for path, value in changes.items() if path not in AT_ROOT_KEYS}
    values = with_values(scenario.values, changes)
    reference = (
        values
        if scenario.reference is scenario.values
        else with_values(scenario.reference, _at_root(scenario, changes))
    )
    return with_parts(
        scenario,
        values=values,
        reference=reference,
        at_root=with_values(scenario.at_root, at_root),
        undrawn=scenario.undrawn or scenario.values,
        leaves={**scenario.leaves, **{path: as_leaf(value) for path, value in changes.items()}},
    )


def with_parts(scenario: Scenario, **parts: Any) -> Scenario:
    """A scenario with other values and leaves at the same paths: its form is not looked for again."""
    found = replace(scenario, **parts)
    vars(found)["form"] = scenario.form
    return found


def _at_root(scenario: Scenario, changes: dict[str, Schedule]) -> dict[str, Schedule]:
    """What is drawn, for the rules of the root: one that differs there, and that prices are compared with, moves as much."""
    if not scenario.values.claims.demand.answers:
        return changes
    first, found = scenario.values.horizon.valuation_year, dict(changes)
    for path in [path for path in changes if path.startswith(PRICES)]:
        own, root = (value_at(values, path) for values in (scenario.values, scenario.reference))
        if own != root:
            new, old = value_in(changes[path], first), value_in(own, first)
            found[path] = scaled(root, new / old) if new and old else root
    return found


def scaled(schedule: Schedule, factor: float) -> Schedule:
    """A schedule times a number."""
    if isinstance(schedule, Ramp):
        return Ramp({year: value * factor for year, value in schedule.ramp.items()})
    if isinstance(schedule, dict):
        return {year: value * factor for year, value in schedule.items()}
    return schedule * factor


def as_leaf(value: Schedule) -> Any:
    """A value as a scenario file gives it."""
    if isinstance(value, Ramp):
        return {"ramp": {str(year): number for year, number in value.ramp.items()}}
    return {str(year): number for year, number in value.items()} if isinstance(value, dict) else value
