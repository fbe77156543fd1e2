"""How often what is drawn would leave its bounds, and is brought back to them: inputs by draw, floors of paths by year."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.schedule import value_in, values_by_year
from simsurance.uncertainty.futures import Futures
from simsurance.uncertainty.parameters import BUYING, JOINING, value_at
from simsurance.uncertainty.paths import GROWTH, LEVEL, SERIES, SUPPLEMENT
from simsurance.uncertainty.sampling import WINDOW
from simsurance.uncertainty.sensitivity import INPUT, Unknown
from simsurance.uncertainty.stochastic import Plan, Stochastic

PATH: Final = "path"
"""The kind of a path whose floor binds."""
Shares = list[tuple[Unknown, float]]


@dataclass(frozen=True)
class Bound:
    """An input that is brought back in a share of draws, or a path in a share of its years; the largest share first."""

    unknown: Unknown
    share: float


def bounds_of(run: Stochastic) -> list[Bound]:
    """What was brought back to a bound in the draws of a scenario, inputs first, each kind by its share."""
    futures, draws = Plan((run.scenario,), run.sample).futures, run.kept.draws
    seen: dict[Unknown, float] = {}
    for first in range(0, draws, WINDOW):  # so many are held, however many there are
        numbers = futures.numbers(first, min(first + WINDOW, draws))
        nearer = run.kept.nearer[first : first + len(numbers)]
        for unknown, share in (*_inputs(futures, numbers, nearer), *_floors(futures, numbers)):
            seen[unknown] = seen.get(unknown, 0.0) + share * len(numbers)
    found = [Bound(unknown, count / draws) for unknown, count in seen.items() if count]
    return sorted(found, key=lambda each: (each.unknown.kind == PATH, -each.share))


def _inputs(futures: Futures, numbers: np.ndarray, nearer: np.ndarray) -> Shares:
    """The share of some draws in which each input is brought back."""
    parameters, scenario = futures.parameters, futures.scenario
    people, cost = nearer[:, :1], nearer[:, 1:]
    z = numbers[:, futures.places["input"]] @ parameters.root.T * np.where(parameters.of_cost, cost, people)
    first, beyond, free = scenario.values.horizon.valuation_year, dict[str, np.ndarray](), dict[str, np.ndarray]()
    for place, each in enumerate(parameters.drawn):
        now = value_in(value_at(scenario.values, each.path), first)
        assert now is not None
        values = free[each.path] = np.array([each.free(now, float(one)) for one in z[:, place]])
        beyond[each.path] = (values < each.lowest) | (values > each.highest)
    if {JOINING, BUYING} <= set(free):
        beyond[JOINING] |= free[JOINING] > 1 - free[BUYING]
    return [(Unknown(INPUT, path), float(seen.mean())) for path, seen in beyond.items()]


def _floors(futures: Futures, numbers: np.ndarray) -> Shares:
    """The share of years of some draws in which each path that has a floor is brought back."""
    paths, scenario, at = futures.paths, futures.scenario, futures.places
    if not paths.economy_on:
        return []
    shifts = numbers[:, at["shift"]] @ paths.root.T
    own = [numbers[:, at["path"][place]] @ paths.turned.T for place in range(len(SERIES))]
    innovations = np.einsum("ij,jdt->itd", paths.root, np.stack(own))
    found = []
    for place, name in enumerate(SERIES):
        process = paths.processes[name]
        if np.isfinite(process.floor):
            moved, shift = process.deviations(innovations[place]), process.shift_sd * shifts[:, place]
            drawn, path = _drawn(scenario, name, moved, shift, paths.years, process.phi)
            below = drawn < np.minimum(path, process.floor)[:, None]
            found.append((Unknown(PATH, name), float(below.mean())))
    return found


def _drawn(
    scenario: Scenario, name: str, moved: np.ndarray, shift: np.ndarray, years: tuple[int, ...], phi: float
) -> tuple[np.ndarray, np.ndarray]:
    """A series as drawn before its floor, [year, draw], and the scenario's own, [year]."""
    if name in GROWTH:
        path = values_by_year(value_at(scenario.values, GROWTH[name]), years)
        return np.expm1(np.log1p(path)[:, None] + moved + shift), path
    path = values_by_year(value_at(scenario.values, LEVEL[name]), years)
    if name == "local_supplement":
        start = values_by_year(value_at(scenario.values, SUPPLEMENT), [years[0] - 1])[0]
        path = start * np.cumprod(1 + path)
    coming = 1 - phi ** np.arange(1, len(years) + 1)
    return path[:, None] + moved + coming[:, None] * shift, path
