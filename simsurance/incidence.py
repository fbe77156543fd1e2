"""What each birth cohort pays to the funds and gets from them over the years projected."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from simsurance.axes import LAST_AGE
from simsurance.measures import discount_factors
from simsurance.model.projection import Projection, YearBasis

PAID_AND_RECEIVED: dict[str, tuple[str, ...]] = {
    "resident_contributions": ("personal_contributions", "repair_payments"),
    "public_money": ("subsidies", "assistance"),
    "resident_benefits": ("inpatient_benefits", "outpatient_benefits", "critical_illness", "bonus_cost"),
    "employee_contributions": ("employer_contributions", "employee_contributions", "purchases"),
    "employee_benefits": (
        *("employee_inpatient_benefits", "employee_outpatient_benefits"),
        *("maternity_benefits", "long_term_care", "employee_contributions", "retiree_credits"),
    ),
}
"""Columns of the table and the flows that they sum. What members pay into their own accounts comes back to them."""


def cohort_table(
    projection: Projection, basis: Sequence[YearBasis]
) -> tuple[dict[str, Sequence[int]], dict[str, np.ndarray]]:
    """Keys and columns: the birth year, persons, and present values on the opening 1 January of one run's flows.

    A person of age x on the 1 January of year t was born in t − 1 − x; those of the open age count as of that age, and a
    newborn's first calendar year counts with those born the year before. The discount rate is the fund's interest.
    """
    years = projection.years
    first_birth, last_birth = years[0] - 1 - LAST_AGE, years[-1] - 1
    births = range(first_birth, last_birth + 1)
    middle, _ = discount_factors(np.array([float(year.interest_rate[0]) for year in basis]), 0.0)
    place = np.array(years)[:, None] - 1 - np.arange(LAST_AGE + 1) - first_birth

    def by_cohort(at_age: np.ndarray) -> np.ndarray:
        return np.bincount(place.reshape(-1), weights=at_age.reshape(-1), minlength=len(births))

    columns: dict[str, Any] = {"persons": np.zeros(len(births))}
    columns["persons"][: LAST_AGE + 1] = projection.stocks.persons[0, 0].sum(axis=(0, 1))[::-1]
    born = projection.by_age["births"][:, 0].sum(axis=(1, 2))
    columns["persons"][LAST_AGE + 1 :] = born[:-1]
    for name, flows in PAID_AND_RECEIVED.items():
        at_age = [projection.by_age[flow][:, 0].sum(axis=1) for flow in flows if flow in projection.by_age]
        total = sum(at_age, start=np.zeros((len(years), LAST_AGE + 1)))
        columns[name] = by_cohort(total * middle[:, None])
    received = columns["resident_benefits"] + columns["employee_benefits"]
    columns["net_benefit"] = received - columns["resident_contributions"] - columns["employee_contributions"]
    return {"birth_year": births}, columns
