"""From scenarios to results: what a notebook or a script calls."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from simsurance.results import Results, simulate
from simsurance.scenario_file.loader import Scenario, load


def run(scenario: Scenario | str | Path, **changes: Any) -> Results:
    """Project one scenario, given by name, path or value; `changes` are values by dotted key.

    `run("baseline", **{"horizon.last_year": 2050})`. Raises SimsuranceError for a faulty scenario, or an identity that
    does not hold.
    """
    (results,) = run_many([resolve(scenario, **changes)])
    return results


def run_many(scenarios: Iterable[Scenario | str | Path]) -> list[Results]:
    """Project several scenarios, those over the same years together: the numbers are those of single runs."""
    return simulate([resolve(scenario) for scenario in scenarios])


def resolve(scenario: Scenario | str | Path, **changes: Any) -> Scenario:
    """The scenario of a name or a path, or the one given, with changes by dotted key."""
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    return loaded.replace(changes) if changes else loaded
