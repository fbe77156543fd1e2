"""Amounts of a fund as charts show them: at constant prices, as shares of GDP, or nominal."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import numpy as np

from simsurance.errors import SimsuranceError
from simsurance.evidence.published import History, at_prices, fund_past
from simsurance.output.charts.words import word
from simsurance.output.labels import Unit, drawn_unit, words_of
from simsurance.output.look import NOMINAL, OF_GDP, current
from simsurance.variables import CONSTANT_PRICES

if TYPE_CHECKING:
    from simsurance.results import RunResult
    from simsurance.scenario_file.loader import Scenario

WITH_INTEREST: Final = "income_with_interest"


def amounts(results: "RunResult", fund: str, name: str) -> np.ndarray:
    """An amount of a fund's account by year in the money that is drawn, or its income with interest."""
    account = results.accounts[fund]
    return as_drawn(results, fund, account["income"] + account["interest"] if name == WITH_INTEREST else account[name])


def as_drawn(results: "RunResult", fund: str, values: np.ndarray) -> np.ndarray:
    """Nominal amounts by year in the money that is drawn; a fund's account knows of prices and the product.

    Raises SimsuranceError where that is a share of a product which the scenario does not name.
    """
    account = results.accounts[fund]
    match current().money:
        case kind if kind == CONSTANT_PRICES:
            return np.asarray(values / account["price_level"])
        case kind if kind == OF_GDP:
            if not np.isfinite(account["gdp"]).all():
                raise SimsuranceError(
                    f"{results.scenario.name}: economy.gdp names no product to be a share of; "
                    f"name it, or draw --money {CONSTANT_PRICES} or {NOMINAL}"
                )
            return np.asarray(values / account["gdp"])
    return np.asarray(values)


def income_column(results: "RunResult", fund: str) -> str:
    """Income as it is drawn: with interest where published years, which contain it, lie in the projection."""
    known = fund_past(results.scenario, fund, "income").values
    return WITH_INTEREST if set(known) & set(results.years) else "income"


def published(series: History, scenario: "Scenario") -> History:
    """Published amounts in the money that is drawn, in the years for which it is known."""
    match current().money:
        case kind if kind == CONSTANT_PRICES:
            return at_prices(series, scenario)
        case kind if kind == OF_GDP:
            product = scenario.values.economy.gdp
            return series.only(
                {year: value / product[year] for year, value in series.values.items() if year in product}
            )
    return series


def shown(scenario: "Scenario", lang: str, values: Iterable[float]) -> Unit:
    """The unit of such amounts: of money, or per cent."""
    return drawn_unit("share" if current().money == OF_GDP else "yuan", words_of(scenario, lang), values)


def is_share() -> bool:
    """Whether amounts are drawn as shares."""
    return current().money == OF_GDP


def told(value: float, results: "RunResult", lang: str) -> str:
    """An amount in words, with what it is measured in."""
    facts = {"amount": plain(value, results, lang), "year": results.years[0] - 1}
    return words_of(results.scenario, lang).say(f"chart.money.amount.{current().money}", **facts)


def plain(value: float, results: "RunResult", lang: str) -> str:
    """An amount in words, without what it is measured in where that stands beside it."""
    said = words_of(results.scenario, lang)
    return said.quantity("percent", value, 1) if is_share() else said.quantity("money", value)


def basis(year: int, lang: str) -> str:
    """What amounts are measured in, for the words below a title."""
    return word(f"money.basis.{current().money}", lang, year=year)
