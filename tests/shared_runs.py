"""Runs at which many tests look: each is projected once, and no test changes what it is handed."""

import tomllib
from functools import cache
from typing import Any

import simsurance as ss
from simsurance.analysis.compare import Comparison, compare
from simsurance.analysis.single_changes import SingleChanges
from simsurance.analysis.twins import Twins
from simsurance.output.labels import CHOICE_CHARTS, TIER_CHARTS
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.loader import load

shipped = cache(load)
CHOICES: dict[str, Any] = {
    f"choices.{name}": choice
    for fragment in ("voluntary_higher_cover", "opting_out")
    for name, choice in tomllib.loads(
        (scenarios_folder() / "fragments" / f"{fragment}.toml").read_text(encoding="utf-8")
    )["choices"].items()
}
NEEDED: dict[str, dict[str, Any]] = {
    **{name: {"tiers.in_force": True} for name in TIER_CHARTS},
    **dict.fromkeys(CHOICE_CHARTS, CHOICES),
}
"""What changes the baseline so that it has a chart which it has not by itself."""
_SHOWN: dict[tuple[str, str], ss.Results] = {}
_COMPARED: dict[tuple[tuple[str, ...], str], Comparison] = {}


def shown(scenario: str = "baseline", **changes: Any) -> ss.Results:
    """A shipped scenario with changes by dotted key, projected; its twins and its ranges are found when first asked for."""
    key = (scenario, repr(sorted(changes.items())))
    if key not in _SHOWN:
        (run,) = simulate([shipped(scenario).replace(changes) if changes else shipped(scenario)])
        _SHOWN[key] = ss.Results(run)
    return _SHOWN[key]


def projected(scenario: str = "baseline", **changes: Any) -> RunResult:
    """The run alone."""
    return shown(scenario, **changes).shown


def twinned(scenario: str = "baseline", **changes: Any) -> Twins:
    """The same beside its twins."""
    return shown(scenario, **changes).twins


def ranged(scenario: str = "baseline", **changes: Any) -> SingleChanges:
    """The range of the same over single changes."""
    return shown(scenario, **changes).ranges


def compared(*scenarios: str, **changes: Any) -> Comparison:
    """Shipped scenarios, all with these changes, side by side."""
    key = (scenarios, repr(sorted(changes.items())))
    if key not in _COMPARED:
        _COMPARED[key] = compare([projected(name, **changes) for name in scenarios])
    return _COMPARED[key]
