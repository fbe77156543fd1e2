"""The model against what was published, from an earlier valuation date."""

from dataclasses import dataclass

import numpy as np

from simsurance.data.tables import published
from simsurance.errors import SimsuranceError
from simsurance.measures import Account
from simsurance.results import simulate
from simsurance.scenario_file.loader import Scenario

LAST_PUBLISHED = 2025
TOLERANCE = {"persons": 0.03, "yuan": 0.05, "yuan a head": 0.05}
"""Largest error of a level that needs no explanation; a balance is a small difference of two levels and has none."""
CURRENT_BALANCE = "current balance"


@dataclass(frozen=True)
class Outturn:
    """One published figure of a fund beside the model's: relative error, and whether it is within the tolerance."""

    year: int
    fund: str
    item: str
    unit: str
    model: float
    published: float

    @property
    def error(self) -> float:
        """Model over published, less one."""
        return self.model / self.published - 1

    @property
    def within(self) -> bool | None:
        """Whether the error is within the tolerance; None where none is set."""
        return None if self.item == CURRENT_BALANCE else abs(self.error) <= TOLERANCE[self.unit]


@dataclass(frozen=True)
class Item:
    """What is compared of a fund: columns of its account that are summed, and the published series, over those of `heads`.

    The series `less` is taken off the first.
    """

    fund: str
    name: str
    unit: str
    columns: tuple[str, ...]
    series: str
    less: str = ""
    heads: tuple[str, str] | None = None

    def model(self, account: Account) -> np.ndarray:
        """By year."""
        found = sum((account[name] for name in self.columns), start=np.zeros(()))
        return found / account[self.heads[0]] if self.heads else found

    def known(self) -> dict[int, float]:
        """What was published, by year; years in which any part was not are absent."""
        parts = [published(name) for name in (self.series, self.less, self.heads[1] if self.heads else "") if name]
        found = {}
        for year in set.intersection(*(set(part) for part in parts)):
            value = published(self.series)[year] - (published(self.less)[year] if self.less else 0.0)
            found[year] = value / published(self.heads[1])[year] if self.heads else value
        return found


def money_items(fund: str, series: str) -> tuple[Item, ...]:
    """Income, outgo and what is left. Published income contains interest."""
    income, outgo = f"{series}_income", f"{series}_outgo"
    return (
        Item(fund, "income with interest", "yuan", ("income", "interest"), income),
        Item(fund, "outgo", "yuan", ("outgo",), outgo),
        Item(fund, CURRENT_BALANCE, "yuan", ("current_balance",), income, less=outgo),
    )


INSURED = ("resident_insured", "resident_insured")
ITEMS = (
    Item("resident", "insured on 31 December", "persons", INSURED[:1], INSURED[1]),
    *money_items("resident", "resident"),
    Item("resident", "outgo a head of the insured", "yuan a head", ("outgo",), "resident_outgo", heads=INSURED),
    Item("employee_pool", "active members on 31 December", "persons", ("employee_active",), "employee_active"),
    Item("employee_pool", "retired members on 31 December", "persons", ("employee_retired",), "employee_retired"),
    *money_items("employee_pool", "employee_pool"),
    Item("employee_pool", "balance on 31 December", "yuan", ("closing",), "employee_pool_cumulative_balance"),
    *money_items("personal_accounts", "employee_account"),
    Item("personal_accounts", "balance on 31 December", "yuan", ("closing",), "employee_account_cumulative_balance"),
)


def hindcast(scenario: Scenario, valuation_year: int) -> list[Outturn]:
    """The years from `valuation_year` to the last published, valued on its 1 January with the inputs as they turned out.

    By fund, year and item, as far as published. Raises SimsuranceError if there is nothing to compare.
    """
    if valuation_year > LAST_PUBLISHED:
        raise SimsuranceError(
            f"horizon.valuation_year: {valuation_year} lies after the last published year; {LAST_PUBLISHED} or earlier"
        )
    changed = scenario.replace({"horizon.valuation_year": valuation_year, "horizon.last_year": LAST_PUBLISHED})
    results = simulate([changed])[0]
    found = []
    for fund, account in results.accounts.items():
        items = [(item, item.model(account), item.known()) for item in ITEMS if item.fund == fund]
        found += [
            Outturn(year, fund, item.name, item.unit, float(model[place]), known[year])
            for place, year in enumerate(results.years)
            for item, model, known in items
            if year in known
        ]
    return found
