"""What bonds bring, cost and leave outstanding by year and bond, and what of it is told."""

from collections.abc import Mapping

import numpy as np

from simsurance.axes import REPORT_AXES, at
from simsurance.model.projection import Projection
from simsurance.scenario_file.bond_sections import Bond


def bond_table(
    projection: Projection, bonds: Mapping[str, Bond]
) -> tuple[dict[str, tuple[object, ...]], dict[str, np.ndarray]]:
    """Keys and columns of the table of bonds of one run, as `simsurance.variables` has them; result NaN where not measured."""
    assert projection.bonds is not None
    names = sorted(bonds)
    told = {name: at(values, of=REPORT_AXES, run=0) for name, values in projection.bonds.items()}
    measured = np.isfinite(told["result"])
    reference = np.where(measured, [bonds[name].outcome_reference for name in names], np.nan)
    met = np.where(measured, told.pop("met"), np.nan)
    return {"year": projection.years, "bond": tuple(names)}, {**told, "reference": reference, "met": met}
