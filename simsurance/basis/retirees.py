"""What retired members of the employee scheme contribute, by year, sex and age."""

import numpy as np

from simsurance.axes import AGE
from simsurance.basis.inputs import Arrays, Inputs, on
from simsurance.basis.people import retirement
from simsurance.data import tables


def retirees_basis(inputs: Inputs) -> Arrays | None:
    """The fields of `RetireeBasis`; None where retired members contribute nothing in any year."""
    paid, years = inputs.values.employee.contributions, inputs.years
    rate = inputs.yearly(paid.retiree_rate)
    if not rate.any():
        return None
    pension = inputs.grown_with_income(paid.retiree_pension, 0.0, inputs.first - 1, years)
    amount = on(rate * pension, "year")
    if paid.retirees_paying == "new":
        first = years[int((rate > 0).argmax())]
        amount = amount * on(retired_since(inputs, first), "year", "sex", "age")
    return {"contribution_pp": amount}


def retired_since(inputs: Inputs, since: int) -> np.ndarray:
    """Share of the retired of each 1 January who retired in a year or later, [year, sex, age].

    Along a cohort the rates of retirement give the share still active; before the first year of the table its rates of that
    year hold. Moves into and out of the scheme, and mortality, are taken to be alike for those retired before and since.
    """
    path = inputs.table("employee.retirement_table")
    start = min(tables.years_of(path)[0], inputs.first)
    before = tables.by_year_sex_age(path, "probability", range(start, inputs.first))
    rates = np.concatenate([before, retirement(inputs)])
    active = np.ones((len(rates) + 1, *rates.shape[1:]))
    active[0][..., 1:] = np.cumprod(1 - rates[0], axis=-1)[..., :-1]
    for place, retiring in enumerate(rates):
        active[place + 1, :, 1:] = active[place, :, :-1] * (1 - retiring[:, :-1])
    found = np.zeros((len(inputs.years), *rates.shape[1:]))
    at_reform = active[since - start]
    ages = np.arange(len(AGE.members))
    for place, year in enumerate(inputs.years):
        if year <= since:
            continue
        younger = ages - (year - since)
        earlier = np.where(younger >= 0, 1 - at_reform[:, np.maximum(younger, 0)], 0.0)
        retired = 1 - active[year - start]
        found[place] = 1 - np.divide(earlier, retired, out=np.ones_like(retired), where=retired > 1e-12)
    return found
