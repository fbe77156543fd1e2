"""Runs at which many tests look: each is projected once, and no test changes what it is handed."""

from functools import cache
from typing import Any

from simsurance.analysis.compare import Comparison, compare
from simsurance.analysis.single_changes import SingleChanges, single_changes
from simsurance.analysis.twins import Twins, twins
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.loader import load

shipped = cache(load)
_RUNS: dict[tuple[str, str], RunResult] = {}
_TWINS: dict[int, Twins] = {}
_RANGES: dict[int, SingleChanges] = {}


def projected(scenario: str = "baseline", **changes: Any) -> RunResult:
    """A shipped scenario with changes by dotted key, projected."""
    key = (scenario, repr(sorted(changes.items())))
    if key not in _RUNS:
        (_RUNS[key],) = simulate([shipped(scenario).replace(changes) if changes else shipped(scenario)])
    return _RUNS[key]


def twinned(scenario: str = "baseline", **changes: Any) -> Twins:
    """The same beside its twins."""
    run = projected(scenario, **changes)
    if id(run) not in _TWINS:
        _TWINS[id(run)] = twins(run)
    return _TWINS[id(run)]


def ranged(scenario: str = "baseline", **changes: Any) -> SingleChanges:
    """The range of the same over single changes."""
    run = projected(scenario, **changes)
    if id(run) not in _RANGES:
        _RANGES[id(run)] = single_changes(run)
    return _RANGES[id(run)]


def compared(*scenarios: str, **changes: Any) -> Comparison:
    """Shipped scenarios, all with these changes, side by side."""
    return compare([projected(name, **changes) for name in scenarios])
