"""Which engine steps many draws: NumPy alone, or the compiled kernels where numba is there and it pays."""

from collections.abc import Iterable
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from simsurance.errors import ExitCode, SimsuranceError
from simsurance.model.engines import COMPILED, ENGINES, PLAIN

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario

NEEDS: Final = {PLAIN: ("numpy",), COMPILED: ("numpy", "numba")}
"""Packages whose versions may move last digits."""
PAYS_FROM: Final = 100
"""Draws from which the compiled engine is the sooner done, if its kernels stand on disk from an earlier run and are read in a
second. They are compiled in half a minute, once for each version."""


def chosen(engine: str | None, draws: int, scenarios: "Iterable[Scenario]" = ()) -> str:
    """The engine that is asked for, or the one that is likely the sooner done; SimsuranceError where it is not there.

    What the other tiers are told from the plain engine keeps alone.
    """
    there = find_spec("numba") is not None
    told = [each.name for each in scenarios if each.values.tiers.in_force]
    if engine is None:
        return COMPILED if there and draws >= PAYS_FROM and not told else PLAIN
    if engine not in ENGINES:
        raise SimsuranceError(f"engine: {engine!r} is not known; {' or '.join(ENGINES)}")
    if engine == COMPILED and not there:
        raise SimsuranceError(
            'engine: compiled needs numba, which is not installed; pip install "simsurance[fast]"',
            exit_code=ExitCode.ENVIRONMENT,
        )
    if engine == COMPILED and told:
        raise SimsuranceError(
            f"engine: compiled does not keep what the other tiers of {told[0]} are told from; plain, or tiers.in_force = false"
        )
    return engine


def versions(engine: str) -> dict[str, str]:
    """Versions of the packages of an engine."""
    return {name: version(name) for name in NEEDS[engine]}
