"""Who pays and who gains: what birth cohorts and income groups pay to the funds and get from them over the years projected."""

from collections.abc import Mapping, Sequence

import numpy as np

from simsurance.axes import (
    BY_AGE_AXES,
    BY_GROUP_AXES,
    LAST_AGE,
    MEMBERSHIP_AXES,
    REPORT_AXES,
    STOCK_AXES,
    Groups,
    along,
    axis,
)
from simsurance.ledger import BENEFITS, PAID_AND_RECEIVED, SCHEMES, TRANSFERS
from simsurance.measures import interest_path, ratio
from simsurance.model.fund import summed
from simsurance.model.projection import Projection
from simsurance.model.state import YearBasis

Table = tuple[dict[str, Sequence[object]], dict[str, np.ndarray]]
"""Keys and columns of a table; the run is the last axis of a column."""


def cohort_table(projection: Projection, basis: Sequence[YearBasis]) -> Table:
    """By birth year: persons, and present values on the opening 1 January of flows, [birth year, run].

    A person of age x on the 1 January of year t was born in t − 1 − x; those of the open age count as of that age. What is
    paid and received at age 0 is of those born the year before and of the newborn, by payers and by insured years. The
    discount rate is the fund's interest.
    """
    years, flows = projection.years, projection.by_age
    first_birth, last_birth = years[0] - 1 - LAST_AGE, years[-1]
    births = range(first_birth, last_birth + 1)
    place = np.array(years)[:, None] - 1 - np.arange(LAST_AGE + 1) - first_birth
    newborn, payers, insured = (
        flows[name][..., 0].sum(axis=-1) for name in ("newborn_enrolled", "resident_enrolled", "resident_insured_years")
    )

    def by_cohort(name: str, at_age: np.ndarray) -> np.ndarray:
        by_year = at_age.sum(axis=axis("sex", of=BY_AGE_AXES))
        whole, own = (insured, newborn / 2) if name in BENEFITS else (payers, newborn)
        of_newborn = by_year[..., 0] * ratio(own, whole, otherwise=0.0)
        by_year[..., 0] -= of_newborn
        found = np.zeros((len(births), by_year.shape[1]))
        np.add.at(found, place, np.moveaxis(by_year, axis("run", of=BY_AGE_AXES)[0], -1))
        found[LAST_AGE + 1 :] += of_newborn
        return found

    persons = np.zeros((len(births), projection.prepaid.shape[1]))
    persons[: LAST_AGE + 1] = projection.stocks.persons[0].sum(axis=axis("sex", "area", of=STOCK_AXES[1:])).T[::-1]
    persons[LAST_AGE + 1 :] = flows["births"].sum(axis=axis("sex", "age", of=BY_AGE_AXES))
    values = {name: by_cohort(name, each) for name, each in present_values(projection, flows, basis).items()}
    return {"birth_year": births}, {"persons": persons, **_with_net(values)}


def group_table(projection: Projection, basis: Sequence[YearBasis], groups: Groups) -> Table:
    """By area and income group: years lived in it, counted on each 1 January, and present values of flows, [..., run]."""
    person_years = summed(projection.stocks.membership[:-1].sum(axis=axis("health", "status", of=MEMBERSHIP_AXES)))
    values = {name: summed(each) for name, each in present_values(projection, projection.by_group, basis).items()}
    columns = {"person_years": person_years, **_with_net(values)}
    keys: dict[str, Sequence[object]] = {"area": groups.areas, "income": groups.income_groups}
    return keys, {
        name: np.moveaxis(values, axis("run", of=BY_GROUP_AXES[1:])[0], -1) for name, values in columns.items()
    }


def present_values(
    projection: Projection, flows: Mapping[str, np.ndarray], basis: Sequence[YearBasis]
) -> dict[str, np.ndarray]:
    """What is paid and received in each year, at its value on the opening 1 January: [year, run, …].

    `flows`: those of the projection by age or by group. A transfer within another row, such as employers' part to accounts,
    goes where that does.
    """
    held, totals = {fund.name for fund in projection.funds}, projection.totals
    for row in (row for row in TRANSFERS if row.of_run and row.within and row.payer in held):
        credited = ratio(totals[row.name], totals[row.within], otherwise=0.0)
        flows = {**flows, row.name: flows[row.within] * along(credited, *REPORT_AXES, of=BY_AGE_AXES)}
    middle, _ = interest_path(basis, projection.prepaid.shape[1]).discounts()
    weight = along(middle, *REPORT_AXES, of=BY_AGE_AXES)  # by group there are as many axes
    nothing = np.zeros_like(flows["births"])
    return {
        name: summed([nothing, *(flows[row.name] for row in rows if row.name in flows)]) * weight
        for name, rows in PAID_AND_RECEIVED.items()
    }


def _with_net(values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The columns with the net benefit: benefits less own, members' and employers' contributions."""
    received, paid = (
        summed(values[f"{scheme}_{side}"] for scheme in SCHEMES) for side in ("benefits", "contributions")
    )
    return values | {"net_benefit": received - paid}
