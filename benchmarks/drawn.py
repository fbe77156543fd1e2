"""As many draws of a scenario as scenarios are given: what `draws.py` sets beside a former build's batch, and its parts."""

import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

from simsurance import results
from simsurance.model.engines import COMPILED, PLAIN
from simsurance.scenario_file.loader import Scenario
from simsurance.uncertainty import draws, observed, stochastic
from simsurance.uncertainty.sampling import SCRAMBLINGS, Sample

PARTS: dict[str, tuple[tuple[ModuleType, str], ...]] = {
    "build": (
        (observed, "persons_together"),
        (observed, "built"),
        (observed, "stack"),
        (draws, "built"),
        (results, "stack"),
    ),
    "solve": ((observed, "settled"),),
    "engine": ((results, "project"),),
}
REST = "measures and all else"


PLANS: dict[tuple[str, int, str], stochastic.Plan] = {}
"""Draws by scenario and years, number and engine: what is found once for all is found in the first pair, not counted."""


def plan_of(scenario: Scenario, runs: int, engine: str = PLAIN) -> stochastic.Plan:
    """So many draws, a multiple of the scramblings."""
    assert runs % SCRAMBLINGS == 0
    found = stochastic.Plan((scenario,), Sample(runs, 1), engine=engine)
    return PLANS.setdefault((repr(scenario), runs, engine), found)


def project(scenarios: list[Any]) -> list[stochastic.Kept]:
    """Draws in one process, levels solved and identities checked in each."""
    return stochastic.project(plan_of(scenarios[0], len(scenarios)))


def project_compiled(scenarios: list[Any]) -> list[stochastic.Kept]:
    """The same with the compiled engine."""
    return stochastic.project(plan_of(scenarios[0], len(scenarios), COMPILED))


def shares(scenario: Scenario, runs: int) -> dict[str, float]:
    """The share of each part in the processor time of draws; what is found once for all draws is left out."""
    plan, spent = plan_of(scenario, runs), dict.fromkeys(PARTS, 0.0)
    plan.chunk(0, SCRAMBLINGS)

    def timed(part: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def measured(*arguments: Any, **named: Any) -> Any:
            start = time.process_time()
            found = call(*arguments, **named)
            spent[part] += time.process_time() - start
            return found

        return measured

    places = [(part, owner, name, getattr(owner, name)) for part, found in PARTS.items() for owner, name in found]
    try:
        for part, owner, name, call in places:
            setattr(owner, name, timed(part, call))
        start = time.process_time()
        plan.chunk(0, runs)
        whole = time.process_time() - start
    finally:
        for _, owner, name, call in places:
            setattr(owner, name, call)
    found = {part: seconds / whole for part, seconds in spent.items()}
    return found | {REST: 1 - sum(found.values())}
