"""What is known to act without a basis: numbers of keys that were seen to act in the baseline (`scenarios/acting.csv`)."""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from simsurance.scenario_file.files import of_the_shipped, scenarios_folder
from simsurance.scenario_file.keys import LEVERS, PINS, named_part
from simsurance.scenario_file.schedule import Ramp, value_in

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario

COLUMNS: Final = ("path", "first", "last")
BASELINE: Final = "scenarios/baseline.toml"
WORDS: Final = ("title", "title_zh", "description", "description_zh")
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
    changed = [
        path
        for path in scenario.changed
        if path not in WORDS and scenario.leaves[path] != scenario.root_leaves.get(path)
    ]
    of_levers = {named_part(path)[1] for path in changed if path.startswith(f"{LEVERS}.")}
    alone = len([path for path in changed if not path.startswith(f"{LEVERS}.")]) + len(of_levers) == 1
    shipped = of_the_shipped(scenario.root) and scenario.root.label == BASELINE
    return shipped and all(
        not path.startswith(f"{PINS}.")
        and (
            _lever_acts(scenario, named_part(path)[1])
            if path.startswith(f"{LEVERS}.")
            else path in acting() and _acts(path, scenario, alone)
        )
        for path in changed
    )


def _lever_acts(scenario: "Scenario", name: str) -> bool:
    """A lever acts that has a size and begins within the horizon."""
    lever = scenario.values.levers[name]
    return lever.size != 0 and lever.start <= scenario.values.horizon.last_year


def _acts(path: str, scenario: "Scenario", alone: bool) -> bool:
    """Whether a value differs from the root's in years that act; one of 0 may keep others from acting."""
    value, root, years = scenario.leaves[path], scenario.root_leaves[path], acting()[path]
    if not alone and 0 in _numbers(value):
        return False
    if not isinstance(value, Mapping):
        return any(number != value for number in _numbers(root))
    return years is not None and all(
        years[0] <= int(year) <= years[1] and not _repeats(value, year) for year in _differing(value, root)
    )


def _numbers(value: Any) -> Iterator[float]:
    """The numbers of a value as a file has it."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _numbers(each)
    else:
        yield value


def _differing(value: Mapping[str, Any], root: Any) -> list[str]:
    """The years that a schedule names and the root's has another value for."""
    theirs = _schedule(root)
    entries = value.get("ramp", value)
    return [
        year
        for year in entries
        if value_in(theirs, int(year)) != entries[year] or isinstance(theirs, Ramp) != ("ramp" in value)
    ]


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
