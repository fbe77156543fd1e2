"""The bonds of a scenario by year, in the order of their names."""

from typing import Final

import numpy as np

from simsurance.axes import FUND
from simsurance.basis.inputs import Arrays, Inputs
from simsurance.model.bonds import RESULTS

OF_A_BOND: Final = ("amount", "outgo_share", "coupon", "outcome_share")


def bonds_of(inputs: Inputs) -> Arrays | None:
    """The bonds by year, as `simsurance.model.state.BondBasis`; None where there are none."""
    bonds = [bond for _, bond in sorted(inputs.values.bonds.items())]
    if not bonds:
        return None
    years = np.array(inputs.years)[:, None]
    issue, term, due = (
        np.array([getattr(each, name) for each in bonds]) for name in ("year", "term_years", "outcome_year")
    )
    age = years - issue
    bullet = np.array([each.redemption == "bullet" for each in bonds])
    running = (age >= 1) & (age <= term)
    by_year = {
        "issued": age == 0,
        "left": np.where(running, np.where(bullet, 1.0, (term - age + 1) / term), 0.0),
        "redeemed": np.where(running, np.where(bullet, age == term, 1 / term), 0.0),
        "measured": (years == due) & np.array([each.outcome_share > 0 for each in bonds]),
    }
    single = {
        "fund": [FUND.members.index(each.fund) for each in bonds],
        **{name: [getattr(each, name) for each in bonds] for name in OF_A_BOND},
        "result": [RESULTS.index(each.outcome_result) for each in bonds],
        "at_most": [each.outcome_met == "at_most" for each in bonds],
        "reference": [each.outcome_reference for each in bonds],
        "from_budget": [each.outcome_payer == "budget" for each in bonds],
    }
    return {
        **{name: values.astype(float)[:, None] for name, values in by_year.items()},
        **{name: np.array(values, dtype=float).reshape(1, 1, -1) for name, values in single.items()},
    }
