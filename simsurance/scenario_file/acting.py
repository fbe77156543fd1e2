"""What is known to act without a basis: numbers of keys that were seen to act in the baseline (`scenarios/acting.csv`)."""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from simsurance.scenario_file.files import of_the_shipped, scenarios_folder
from simsurance.scenario_file.keys import LEVERS, UNSAID, named_part
from simsurance.scenario_file.schedule import Ramp, value_in

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario

COLUMNS: Final = ("path", "first", "last")
BASELINE: Final = "scenarios/baseline.toml"
TOLD: Final = ("title", "title_zh", "description", "description_zh", *UNSAID)
"""Keys that change no number."""
NEAR: Final = 1e-9


@cache
def acting() -> Mapping[str, tuple[int, int] | None]:
    """The keys that act in the baseline, with the years in which an entry does; None where no entries were tried."""
    with (scenarios_folder() / "acting.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["path"]: (int(row["first"]), int(row["last"])) if row["first"] else None for row in csv.DictReader(file)
        }


def surely_acts(scenario: "Scenario") -> bool:
    """Whether all that is set above the baseline is known to act, each beside the other: numbers, no rules and no switches.

    False says nothing: a basis then tells.
    """
    if not of_the_shipped(scenario.root) or scenario.root.label != BASELINE:
        return False
    values, root = scenario.leaves, scenario.root_leaves
    changed = [path for path in scenario.changed if path not in TOLD and values[path] != root.get(path)]
    levers = {named_part(path)[1] for path in changed if path.startswith(f"{LEVERS}.")}
    keys = [path for path in changed if not path.startswith(f"{LEVERS}.")]
    alone = len(keys) + len(levers) == 1
    return all(_lever_acts(scenario, name) for name in levers) and all(
        path in acting() and (alone or 0 not in _numbers(values[path])) and _acts(path, values[path], root[path])
        for path in keys
    )


def _lever_acts(scenario: "Scenario", name: str) -> bool:
    """A lever acts that has a size and begins within the horizon."""
    lever = scenario.values.levers[name]
    return lever.size != 0 and lever.start <= scenario.values.horizon.last_year


def _acts(path: str, value: Any, root: Any) -> bool:
    """Whether a value is not the root's in a year that acts, and all entries of its own are of such years."""
    years = acting()[path]
    if years is None:
        return not isinstance(value, Mapping) and not isinstance(root, Mapping)
    own, theirs = _schedule(value), _schedule(root)
    differs = any(value_in(own, year) != value_in(theirs, year) for year in range(years[0], years[1] + 1))
    return differs and (
        not isinstance(value, Mapping)
        or all(years[0] <= int(year) <= years[1] and not _repeats(value, year) for year in _differing(value, theirs))
    )


def _numbers(value: Any) -> Iterator[float]:
    """The numbers of a value as a file has it."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _numbers(each)
    else:
        yield value


def _differing(value: Mapping[str, Any], theirs: Any) -> list[str]:
    """The years that a schedule names and the root's has another value for."""
    alike = isinstance(theirs, Ramp) == ("ramp" in value)
    entries = value.get("ramp", value)
    return [year for year in entries if not alike or value_in(theirs, int(year)) != entries[year]]


def _repeats(value: Mapping[str, Any], year: str) -> bool:
    """Whether an entry is what the schedule gives without it."""
    entries = value.get("ramp", value)
    left = {named: number for named, number in entries.items() if named != year}
    if not left:
        return False
    without = value_in(_schedule({"ramp": left} if "ramp" in value else left), int(year))
    if without is None:
        without = left[min(left)]
    return abs(without - entries[year]) <= NEAR * abs(entries[year])


def _schedule(value: Any) -> Any:
    """A value of a file as a schedule."""
    if not isinstance(value, Mapping):
        return value
    years = {int(year): number for year, number in value.get("ramp", value).items()}
    return Ramp(years) if "ramp" in value else years
