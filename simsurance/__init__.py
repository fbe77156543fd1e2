"""Actuarial simulator of social health insurance funds.

import simsurance as ss

results = ss.run("baseline", **{"horizon.last_year": 2050})
results.fund, results.measures, results.plot.reserve_months()
ss.compare("baseline", "frozen_contribution").measures
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simsurance.api import (
        Results,
        compare,
        information,
        look,
        pool,
        rebuild,
        report,
        run,
        run_accounts,
        run_many,
        scheme_effects,
        sensitivity,
        stochastic,
        sweep,
    )
    from simsurance.api_answers import adjustment, attribute, bridge, frontier, months, page, solve, stress
    from simsurance.scenario_file.loader import Scenario, load

__version__ = "0.2.0"

__all__ = [
    "Results",
    "Scenario",
    "__version__",
    "adjustment",
    "attribute",
    "bridge",
    "compare",
    "frontier",
    "information",
    "load",
    "look",
    "months",
    "page",
    "pool",
    "rebuild",
    "report",
    "run",
    "run_accounts",
    "run_many",
    "scheme_effects",
    "sensitivity",
    "solve",
    "stochastic",
    "stress",
    "sweep",
]

_HOMES = {
    "Results": "simsurance.api",
    "Scenario": "simsurance.scenario_file.loader",
    "adjustment": "simsurance.api_answers",
    "attribute": "simsurance.api_answers",
    "bridge": "simsurance.api_answers",
    "compare": "simsurance.api",
    "frontier": "simsurance.api_answers",
    "information": "simsurance.api",
    "load": "simsurance.scenario_file.loader",
    "look": "simsurance.api",
    "months": "simsurance.api_answers",
    "page": "simsurance.api_answers",
    "pool": "simsurance.api",
    "rebuild": "simsurance.api",
    "report": "simsurance.api",
    "run": "simsurance.api",
    "run_accounts": "simsurance.api",
    "run_many": "simsurance.api",
    "scheme_effects": "simsurance.api",
    "sensitivity": "simsurance.api",
    "stochastic": "simsurance.api",
    "solve": "simsurance.api_answers",
    "stress": "simsurance.api_answers",
    "sweep": "simsurance.api",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:  # imported when used, so that `import simsurance` and `simsurance --help` are quick
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
