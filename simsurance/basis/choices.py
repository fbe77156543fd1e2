"""The choices of cover of a scenario by year, in the order of their names."""

from typing import Final

import numpy as np

from simsurance.axes import PERSON_AXES
from simsurance.basis.inputs import Arrays, Inputs

TERMS: Final = ("contribution", "subsidy", "benefit", "use")


def choices_of(inputs: Inputs) -> Arrays | None:
    """The choices by year, as `simsurance.model.state.ChoiceBasis`; None where there are none."""
    choices = [choice for _, choice in sorted(inputs.values.choices.items())]
    if not choices:
        return None
    years = np.array(inputs.years)
    by_cell = np.empty((len(years), len(choices), len(choices[0].need), len(choices[0].income)))
    for place, each in enumerate(choices):
        grown = np.clip((years - each.start + 1) / each.ramp_years, 0.0, 1.0).reshape(-1, 1, 1)
        by_cell[:, place] = grown * (each.take_up * np.outer(each.need, each.income))
    sizes = {"health": by_cell.shape[-2], "income": by_cell.shape[-1]}
    person = tuple(sizes.get(name, 1) for name in PERSON_AXES[1:])
    number = (1,) * len(person)
    terms = {name: np.array([getattr(each, name) for each in choices]) for name in TERMS}
    return {
        "take_up": by_cell.reshape(len(years), 1, len(choices), *person),
        **{name: values.reshape(1, 1, len(choices), *number) for name, values in terms.items()},
    }
