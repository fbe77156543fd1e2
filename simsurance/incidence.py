"""Who pays and who gains: what birth cohorts and income groups pay to the funds and get from them over the years projected."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from simsurance.axes import AREA, INCOME, LAST_AGE
from simsurance.measures import discount_factors, ratio
from simsurance.model.fund import summed
from simsurance.model.projection import Projection
from simsurance.model.state import YearBasis

PAID_AND_RECEIVED: Final[Mapping[str, tuple[str, ...]]] = {
    "resident_contributions": ("personal_contributions", "repair_payments"),
    "public_money": ("subsidies", "assistance"),
    "resident_benefits": ("inpatient_benefits", "outpatient_benefits", "critical_illness", "bonus_cost"),
    "employee_contributions": ("employer_contributions", "employee_contributions", "purchases"),
    "employee_benefits": (
        *("employee_inpatient_benefits", "employee_outpatient_benefits"),
        *("maternity_benefits", "long_term_care", "employee_contributions", "employer_to_accounts", "retiree_credits"),
    ),
}
"""Columns of the tables and the flows that they sum. What is credited to members' accounts comes back to them."""

Table = tuple[dict[str, Sequence[object]], dict[str, np.ndarray]]
"""Keys and columns of a table."""


def cohort_table(projection: Projection, basis: Sequence[YearBasis]) -> Table:
    """By birth year: persons, and present values on the opening 1 January of one run's flows.

    A person of age x on the 1 January of year t was born in t − 1 − x; those of the open age count as of that age. What is
    paid and received at age 0 is of those born the year before and of the newborn, by payers and by insured years. The
    discount rate is the fund's interest.
    """
    years, flows = projection.years, projection.by_age
    first_birth, last_birth = years[0] - 1 - LAST_AGE, years[-1]
    births = range(first_birth, last_birth + 1)
    place = np.array(years)[:, None] - 1 - np.arange(LAST_AGE + 1) - first_birth
    newborn = flows["newborn_enrolled"][:, 0, :, 0].sum(axis=1)
    payers, insured = (flows[name][:, 0, :, 0].sum(axis=1) for name in ("resident_enrolled", "resident_insured_years"))

    def by_cohort(name: str, at_age: np.ndarray) -> np.ndarray:
        by_year = at_age.sum(axis=1)
        whole, own = (insured, newborn / 2) if name.endswith("_benefits") else (payers, newborn)
        of_newborn = by_year[:, 0] * np.divide(own, whole, out=np.zeros_like(whole), where=whole > 0)
        by_year[:, 0] -= of_newborn
        found = np.bincount(place.reshape(-1), weights=by_year.reshape(-1), minlength=len(births))
        found[LAST_AGE + 1 :] += of_newborn
        return found

    persons = np.zeros(len(births))
    persons[: LAST_AGE + 1] = projection.stocks.persons[0, 0].sum(axis=(0, 1))[::-1]
    persons[LAST_AGE + 1 :] = flows["births"][:, 0].sum(axis=(1, 2))
    values = {name: by_cohort(name, each) for name, each in present_values(projection, flows, basis).items()}
    return {"birth_year": births}, {"persons": persons, **_with_net(values)}


def group_table(projection: Projection, basis: Sequence[YearBasis]) -> Table:
    """By area and income group: years lived in it, counted on each 1 January, and present values of one run's flows."""
    person_years = summed(projection.stocks.membership[:-1, 0].sum(axis=(1, 2)))
    values = {name: summed(each) for name, each in present_values(projection, projection.by_group, basis).items()}
    return {"area": AREA.members, "income": INCOME.members}, {"person_years": person_years, **_with_net(values)}


def present_values(
    projection: Projection, flows: Mapping[str, np.ndarray], basis: Sequence[YearBasis]
) -> dict[str, np.ndarray]:
    """What is paid and received in each year, at its value on the opening 1 January: [year, …] of one run.

    `flows`: those of the projection by age or by group. Employers' part to accounts goes where their contributions do.
    """
    if "employer_contributions" in flows:
        employer = flows["employer_contributions"]
        credited = ratio(projection.by_run["employer_to_accounts"], employer.sum(axis=(2, 3)), otherwise=0.0)
        flows = {**flows, "employer_to_accounts": employer * credited[:, :, None, None]}
    middle, _ = discount_factors(np.array([float(year.interest_rate[0]) for year in basis]), 0.0)
    weight = middle[:, None, None]
    nothing = np.zeros_like(flows["births"][:, 0])
    return {
        name: summed([nothing, *(flows[part][:, 0] for part in parts if part in flows)]) * weight
        for name, parts in PAID_AND_RECEIVED.items()
    }


def _with_net(values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The columns with the net benefit: benefits less own, members' and employers' contributions."""
    received = values["resident_benefits"] + values["employee_benefits"]
    return values | {"net_benefit": received - values["resident_contributions"] - values["employee_contributions"]}
