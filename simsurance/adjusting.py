"""What a timely adjustment did year by year, who paid for it, and what it amounts to in measures."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from simsurance.axes import BY_GROUP_AXES, YEAR, Groups, axis
from simsurance.measures import Measured, by_run, first_year, interest_path, measured
from simsurance.model.adjustment import CONTRIBUTION, FOLLOWS_NOW, SUBSIDY, total_subsidy
from simsurance.model.fund import summed
from simsurance.model.projection import Adjusted, Projection
from simsurance.model.state import YearBasis

PARTIES: Final = ("members", "assistance", "budget", "localities", "patients")
"""Who bears what factors off 1 move: members and patients by income group, a column each."""
FACTORS: Final = ("contribution_factor", "subsidy_factor", "payment_ratio_factor", "limits_factor", "deductible_factor")
"""Columns of the factors, in the order of the answers."""
READ: Final = ("months_read", "fired", "acted")


def payers(groups: Groups) -> tuple[str, ...]:
    """The columns of those who bear, in the order of the table."""
    by_income = {party: tuple(f"{party}_{name}" for name in groups.income_groups) for party in ("members", "patients")}
    return tuple(column for party in PARTIES for column in by_income.get(party, (party,)))


def columns(groups: Groups) -> tuple[str, ...]:
    """Columns of the table of a timely adjustment by year."""
    return (*READ, *FACTORS, *payers(groups))


def columns_of(party: str, named: Iterable[str]) -> list[str]:
    """The columns that are a party's."""
    return [name for name in named if name == party or name.startswith(f"{party}_")]


def factors_by_year(projection: Projection, basis: Sequence[YearBasis]) -> np.ndarray:
    """The factors of each year, [year, run, answer]; that of the subsidy with the contribution's where it follows it."""
    found = adjusted_in(projection).factors[..., 0].copy()
    for place, year in enumerate(basis):
        assert year.adjustment is not None
        found[place][:, SUBSIDY] = total_subsidy(found[place], year.adjustment.follows[:, FOLLOWS_NOW])
    return found


def adjusted_in(projection: Projection) -> Adjusted:
    """What a rule did in a projection that has one."""
    assert projection.adjusted is not None
    return projection.adjusted


def paid_for(projection: Projection, basis: Sequence[YearBasis], groups: Groups) -> dict[str, np.ndarray]:
    """Yuan that each payer bears beyond the scheduled values, the persons as they are, [year, run].

    Of what is levied the part that a factor above 1 makes; of benefits what patients bear since they are below the scheduled
    (`simsurance.model.adjustment.cut`).
    """
    factors = factors_by_year(projection, basis)
    found = levied_beyond(projection, basis, groups, factors[..., CONTRIBUTION], factors[..., SUBSIDY])
    return found | {
        name: adjusted_in(projection).saved[..., place]
        for place, name in enumerate(columns_of("patients", payers(groups)))
    }


def levied_beyond(
    projection: Projection,
    basis: Sequence[YearBasis],
    groups: Groups,
    contribution: np.ndarray,
    subsidy: np.ndarray,
) -> dict[str, np.ndarray]:
    """Yuan of what is levied that factors on the standards make, by payer, [year, run]; the factors likewise."""
    totals = projection.totals
    own, budget = 1 - 1 / contribution, 1 - 1 / subsidy
    paid = summed(projection.by_group[name] for name in ("personal_contributions", "repair_payments"))
    of_income = paid.sum(axis=axis("area", of=BY_GROUP_AXES))
    supplement = by_run(projection, [year.local_supplement for year in basis]) - 1
    assistance, subsidies = totals["assistance"] * own, totals["subsidies"] * budget
    levied = totals["personal_contributions"] * own + assistance + subsidies
    found = {name: of_income[..., place] * own for place, name in enumerate(columns_of("members", payers(groups)))}
    return found | {"assistance": assistance, "budget": subsidies, "localities": levied * supplement}


def by_party(
    projection: Projection, basis: Sequence[YearBasis], paid: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Present values on the opening 1 January of what each party bears, yuan, [run]; those that `paid` has by year."""
    middle, _ = interest_path(basis, projection.prepaid.shape[1]).discounts()
    values = {party: [paid[name] for name in columns_of(party, paid)] for party in PARTIES}
    return {party: (summed(of) * middle).sum(axis=YEAR) for party, of in values.items() if of}


def adjustment_columns(projection: Projection, basis: Sequence[YearBasis], groups: Groups) -> dict[str, np.ndarray]:
    """The columns of the table by year, [year, run]."""
    told, factors = adjusted_in(projection), factors_by_year(projection, basis)
    found = {"months_read": told.months, "fired": told.fired, "acted": told.acted}
    found |= {name: factors[..., place] for place, name in enumerate(FACTORS)}
    return found | paid_for(projection, basis, groups)


def adjustment_measures(projection: Projection, basis: Sequence[YearBasis], groups: Groups) -> Iterator[Measured]:
    """How often a rule acts, whether it turns back and forth, and what each party bears; of a projection that has one."""
    told, years = adjusted_in(projection), projection.years
    acts = first_year(told.acted > 0, years)
    yield measured("adjustment_first_year", acts, "year", f"no_step_by_{years[-1]}")
    counts = {
        "adjustment_steps": told.acted > 0,
        "adjustment_steps_back": told.acted < 0,
        "adjustment_exhausted": (told.fired > 0) & (told.acted == 0),
    }
    for name, seen in counts.items():
        yield measured(name, seen.sum(axis=YEAR).astype(float), "years")
    yield measured("adjustment_turns", turns(told.acted), "turns")
    for party, value in by_party(projection, basis, paid_for(projection, basis, groups)).items():
        yield measured(f"adjustment_paid_from_{party}", value, "yuan")


def turns(acted: np.ndarray) -> np.ndarray:
    """How often a step follows one taken back, or the other way round, whatever lies between, [run]; `acted` [year, run]."""
    last, found = np.zeros(acted.shape[1]), np.zeros(acted.shape[1])
    for year in acted:
        found += (year * last) < 0
        last = np.where(year == 0, last, year)
    return found
