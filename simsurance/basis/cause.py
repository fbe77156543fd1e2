"""Which of the keys that a scenario sets is why no basis can be built: that without which one can."""

from collections.abc import Callable
from itertools import accumulate
from operator import add
from typing import Final

from simsurance.errors import SimsuranceError
from simsurance.scenario_file.keys import named_part
from simsurance.scenario_file.loader import TOLD, Scenario

OPENING: Final = "membership: "
"""What a line about the opening state begins with, where no key is to be blamed."""


def told_at_its_key(scenario: Scenario, lines: tuple[str, ...], build: Callable[[Scenario], object]) -> SimsuranceError:
    """The error with its lines at the file and the key that most likely caused it."""
    key = cause(scenario, build)
    if key is None:
        return SimsuranceError(*lines)
    origin = next(scenario.origins[path] for path in scenario.changed if path == key or path.startswith(f"{key}."))
    here, origins = f"{origin}:{key}: ", {*scenario.origins.values(), scenario.name}
    bare = (next((line[len(at) + 1 :] for at in origins if line.startswith(f"{at}:")), line) for line in lines)
    return SimsuranceError(*(here + line.removeprefix(f"{key}: ").removeprefix(OPENING) for line in bare))


def cause(scenario: Scenario, build: Callable[[Scenario], object]) -> str | None:
    """The key alone, or with those before it, at whose root value a basis can be built; None where there is none."""
    units: dict[str, list[str]] = {}
    for path in (path for path in scenario.changed if path not in TOLD):
        table, name, _ = named_part(path)
        units.setdefault(f"{table}.{name}" if name else path, []).append(path)
    sets = [*units.values(), *accumulate(units.values(), add)]
    return next(
        (key for key, paths in zip([*units, *units], sets, strict=True) if _builds(scenario, paths, build)), None
    )


def _builds(scenario: Scenario, paths: list[str], build: Callable[[Scenario], object]) -> bool:
    """Whether a basis can be built with the root's values at some paths."""
    try:
        build(scenario.with_root_at(paths))
    except (SimsuranceError, ArithmeticError):
        return False
    return True
