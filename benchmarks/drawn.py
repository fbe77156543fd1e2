"""As many draws of a scenario as scenarios are given: what `draws.py` sets beside a former build's batch."""

from typing import Any

from simsurance.uncertainty import stochastic
from simsurance.uncertainty.sampling import SCRAMBLINGS, Sample


def project(scenarios: list[Any]) -> list[stochastic.Kept]:
    """Draws in one process, levels solved and identities checked in each; their number a multiple of the scramblings."""
    assert len(scenarios) % SCRAMBLINGS == 0
    return stochastic.project(stochastic.Plan((scenarios[0],), Sample(len(scenarios), 1)))
