"""The model against what was published, from an earlier valuation date."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from simsurance.data.tables import DATA, published, read_table
from simsurance.errors import SimsuranceError
from simsurance.evidence.fit import FIRST_YEAR, LAST_YEAR, fitted_years
from simsurance.evidence.published import (
    PUBLISHED,
    derived_from,
    fund_measure,
    history,
    in_scope_share,
    own_series,
    series_file,
)
from simsurance.language import CNY
from simsurance.ledger import ACCOUNTS, POOL
from simsurance.measures import Account
from simsurance.results import simulate
from simsurance.scenario_file.files import label_of
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.notes import ALIKE, INSURED
from simsurance.scenario_file.plausible import over_root
from simsurance.scenario_file.schema import FUND
from simsurance.scenario_file.years import in_spans, table_years

TOLERANCE = {"persons": 0.03, "yuan": 0.05, "yuan_pp": 0.05, "per_100": 0.05, "yuan_admission": 0.05}
"""Largest error of a level that needs no explanation; a balance is the difference of two levels and has none."""
CURRENT_BALANCE, CLOSING_BALANCE = "current_balance", "closing"
INCOME_WITH_INTEREST = "income_with_interest"
SMALL_BALANCE = 0.1
"""Published balance over published income below which its relative error says nothing."""
EMPLOYEE_TOTAL: Final = "employee_total"
"""Pool and personal accounts of the employee scheme together."""
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "resident": ("resident",),
    EMPLOYEE_TOTAL: (POOL, ACCOUNTS),
    POOL: (POOL,),
    ACCOUNTS: (ACCOUNTS,),
}
"""What is compared, in this order, and the funds that are summed for it."""
UNSPLIT: Final = "unsplit"
CARRIED: Final = "carried"
STOCK: Final = "population.stock_table"
NOTES: Final = DATA / "hindcast_notes.csv"
"""What is to be known of published figures, by fund and year, by its name in the files of words."""


@dataclass(frozen=True)
class Outturn:
    """One published figure of a fund beside the model's; `item` is the column of the fund's account.

    `fitted`: an input of the baseline is fitted to the figure, or to those that it follows from; `small`: a difference of
    two levels so small that its relative error says nothing.
    """

    year: int
    fund: str
    item: str
    unit: str
    model: float
    published: float
    fitted: bool = False
    small: bool = False

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

    The series `less` is taken off the first; `size` brings what is published to the model's terms. `follows_from`: series that
    give the figure, as far as it is fitted; those of a balance in all years since the opening.
    """

    fund: str
    name: str
    unit: str
    columns: tuple[str, ...]
    series: str
    less: str = ""
    heads: tuple[str, str] | None = None
    follows_from: tuple[str, ...] = ()
    size: float = 1.0

    def model(self, accounts: Mapping[str, Account]) -> np.ndarray:
        """By year."""
        parts = [accounts[fund] for fund in PARTS[self.fund]]
        found = sum((part[name] for part in parts for name in self.columns), start=np.zeros(()))
        return found / parts[0][self.heads[0]] if self.heads else found

    def known(self, file: Path = PUBLISHED) -> dict[int, float]:
        """What was published, by year; years in which any part was not are absent."""
        names = [name for name in (self.series, self.less, self.heads[1] if self.heads else "") if name]
        parts = {name: history(name, file).values for name in names}
        found = {}
        for year in set.intersection(*(set(part) for part in parts.values())):
            value = self.size * parts[self.series][year] - (parts[self.less][year] if self.less else 0.0)
            found[year] = value / parts[self.heads[1]][year] if self.heads else value
        return found

    def fitted(self, year: int, first: int) -> bool:
        """Whether the figure of a year is fitted in a projection of the nation from the `first`."""
        years = range(first, year + 1) if self.name == CLOSING_BALANCE else (year,)
        series = self.follows_from or (self.series,)
        return all(one in fitted_years(name) for name in series for one in years)

    def outturn(self, year: int, first: int, model: float, value: float, file: Path = PUBLISHED) -> Outturn:
        """The published `value` of a year beside the model's, which is valued on 1 January of the `first`."""
        small = self.name == CURRENT_BALANCE and abs(value) < SMALL_BALANCE * history(self.series, file).values[year]
        fitted = file == PUBLISHED and self.fitted(year, first)
        return Outturn(year, self.fund, self.name, self.unit, model, value, fitted, small)


def money_items(fund: str, series: str) -> tuple[Item, ...]:
    """Income, outgo and what is left. Published income contains interest."""
    income, outgo = f"{series}_income", f"{series}_outgo"
    return (
        Item(fund, INCOME_WITH_INTEREST, "yuan", ("income", "interest"), income),
        Item(fund, "outgo", "yuan", ("outgo",), outgo),
        Item(fund, CURRENT_BALANCE, "yuan", ("current_balance",), income, less=outgo, follows_from=(income, outgo)),
    )


def closing_item(fund: str, series: str) -> Item:
    """The balance at the end of the year: that of the opening, which is given, and the flows since."""
    flows = (f"{series}_income", f"{series}_outgo")
    return Item(fund, CLOSING_BALANCE, "yuan", ("closing",), f"{series}_cumulative_balance", follows_from=flows)


def use_items(fund: str, scheme: str) -> tuple[Item, ...]:
    """Admissions and their cost, of which the share of 2019 is eligible."""
    eligible = in_scope_share(scheme)
    admissions, cost = f"{scheme}_discharges_per_insured", f"{scheme}_cost_per_discharge"
    return (
        Item(fund, "admissions_per_100", "per_100", ("admissions_per_100",), admissions, size=100.0),
        Item(fund, "cost_per_admission", "yuan_admission", ("cost_per_admission",), cost, size=eligible),
    )


RESIDENTS = ("resident_insured", "resident_insured")
ITEMS = (
    Item("resident", "resident_insured", "persons", RESIDENTS[:1], RESIDENTS[1]),
    *money_items("resident", "resident"),
    Item("resident", "outgo_pp", "yuan_pp", ("outgo",), "resident_outgo", heads=RESIDENTS),
    *use_items("resident", "resident"),
    *money_items(EMPLOYEE_TOTAL, EMPLOYEE_TOTAL)[:2],
    Item(POOL, "employee_active", "persons", ("employee_active",), "employee_active"),
    Item(POOL, "employee_retired", "persons", ("employee_retired",), "employee_retired"),
    *money_items(POOL, POOL),
    closing_item(POOL, POOL),
    *use_items(POOL, "employee"),
    *money_items(ACCOUNTS, "employee_account"),
    closing_item(ACCOUNTS, "employee_account"),
)


def refuse_others(scenario: Scenario) -> None:
    """Raises SimsuranceError where the published series are those of another fund, or in another currency."""
    where = f"{scenario.origins['published.series_table']}:published.series_table"
    if own_series(scenario):
        return
    if scenario.values.scope == FUND:
        raise SimsuranceError(
            f"{where}: the published series are the nation's, and a fund of its own is not set beside them; import the "
            "tables of insured and of accounts, or name the fund's own series"
        )
    if scenario.currency != CNY:
        raise SimsuranceError(
            f"{scenario.name}:economy.currency: {scenario.currency}; published figures are in {CNY}, give a scenario in it"
        )
    ratio = over_root(INSURED, scenario.leaves, load("baseline").root.data)
    if ratio is None or not ALIKE[0] <= ratio <= ALIKE[1]:
        raise SimsuranceError(
            f"{scenario.origins[INSURED]}:{INSURED}: not the nation's insured, whose published series these are; "
            'write scope = "fund" and name its own series in published.series_table'
        )


def published_years(scenario: Scenario) -> tuple[int, int]:
    """The first year that a past can open in and the last that was published, of the scenario's own series."""
    if not own_series(scenario):
        return FIRST_YEAR, LAST_YEAR
    file = series_file(scenario)
    insured, outgo = (history(name, file).values for name in ("resident_insured", "resident_outgo"))
    if not insured or not outgo:
        lacking = "resident_outgo" if insured else "resident_insured"
        raise SimsuranceError(
            f"{label_of(file)}:measure: no series {lacking}; import the table of {'accounts' if insured else 'insured'}"
        )
    return min(insured) + 1, max(outgo)


def openings(scenario: Scenario) -> list[int]:
    """The years on whose 1 January a past of the scenario's own series can open: with the counts, and a population by then.

    Raises SimsuranceError where there is none.
    """
    first, last = published_years(scenario)
    stocks = table_years(scenario.tables[STOCK])
    counted = scenario.valuation_years or range(first, last + 1)
    found = [year for year in counted if first <= year <= last and (stocks is None or year >= stocks[0])]
    if not found and stocks is not None and stocks[0] > last:
        raise SimsuranceError(
            f"{label_of(scenario.tables[STOCK])}: the population begins on 1 January {stocks[0]}, after the years published; "
            "import a population of an earlier date, such as the census"
        )
    if not found:
        raise SimsuranceError(f"{scenario.name}: no year from {first} to {last} has the counts of its 1 January")
    return found


def hindcast(scenario: Scenario, valuation_year: int) -> list[Outturn]:
    """The years from `valuation_year` to the last published, valued on its 1 January with the inputs as they turned out.

    By fund, year and item, as far as published. Raises SimsuranceError if there is nothing to compare.
    """
    refuse_others(scenario)
    file = series_file(scenario)
    _, last = published_years(scenario)
    if valuation_year > last:
        raise SimsuranceError(
            f"horizon.valuation_year: {valuation_year} lies after the last published year; {last} or earlier"
        )
    if own_series(scenario) and valuation_year not in (possible := openings(scenario)):
        raise SimsuranceError(
            f"horizon.valuation_year: {valuation_year} has no counts or no population of its 1 January; {in_spans(possible)}"
        )
    changed = scenario.replace({"horizon.valuation_year": valuation_year, "horizon.last_year": last})
    results = simulate([changed])[0]
    found = []
    for fund, parts in PARTS.items():
        if set(parts) <= set(results.accounts):
            items = [(item, item.model(results.accounts), item.known(file)) for item in ITEMS if item.fund == fund]
            found += [
                item.outturn(year, valuation_year, float(model[place]), known[year], file)
                for place, year in enumerate(results.years)
                for item, model, known in items
                if year in known
            ]
    return found


@dataclass(frozen=True)
class Note:
    """What is to be known of a published figure, by its name in the files of words, with the facts that it tells.

    `amount`: yuan; `origin`: the year that an estimate starts from.
    """

    name: str
    amount: float = 0.0
    origin: int | None = None


def notes(found: list[Outturn], file: Path = PUBLISHED) -> dict[str, dict[int, Note]]:
    """What is to be known of the published figures shown, by fund and year; those of a fund's own have none."""
    if file != PUBLISHED:
        return {}
    shown = {row.year for row in found}
    told: dict[str, dict[int, Note]] = {row.fund: {} for row in found if row.fund != EMPLOYEE_TOTAL}
    for fund in set(told) & set(PARTS[EMPLOYEE_TOTAL]):
        told[fund] |= dict.fromkeys(shown - set(published(fund_measure(fund, "income"))), Note(UNSPLIT))
        origins = derived_from(fund_measure(fund, "cumulative_balance"))
        told[fund] |= {year: Note(CARRIED, origin=origin) for year, origin in origins.items()}
    columns = read_table(NOTES, ("year", "fund", "note", "amount"))
    for year, fund, name, amount in zip(*columns.values(), strict=True):
        if fund in told:
            told[str(fund)][int(year)] = Note(str(name), float(amount))
    return {fund: {year: known[year] for year in sorted(shown & set(known))} for fund, known in told.items()}
