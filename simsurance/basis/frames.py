"""What amounts of a year are set against: consumer prices, incomes, gross domestic product (method note, section 10)."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from simsurance.basis import life_table
from simsurance.basis.inputs import NATION, Inputs
from simsurance.basis.known import Latest
from simsurance.scenario_file.keys import DEMOGRAPHY_KEYS, KEYS
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.schedule import first_year, values_by_year

ROUNDING: Final = 1e-12
"""Within which populations are the same: persons added in another order."""
OF_ROOTS: Final = Latest()
"""Populations of the last roots."""


def frames(inputs: Inputs, persons: np.ndarray) -> dict[str, np.ndarray]:
    """Prices, incomes and product of each year; `persons` of the whole population on each 1 January, [date].

    `price_level`: consumer prices over those of the year before the first; `disposable_income_pp`: yuan a head of the mean
    population of a year; `disposable_income`, `gdp`: yuan, the second NaN where none is known; `interest_less_income_growth`:
    interest of the fund less the growth of disposable income a head. All [year].
    """
    economy, years = inputs.values.economy, inputs.years
    incomes = inputs.income(NATION, [years[0] - 1, *years])
    income = incomes[1:] * mean(persons)
    return {
        "price_level": prices(inputs.scenario, years),
        "disposable_income_pp": incomes[1:],
        "disposable_income": income,
        "gdp": product(inputs) * over_root(inputs, persons),
        "interest_less_income_growth": inputs.yearly(economy.interest_rate) - (incomes[1:] / incomes[:-1] - 1),
    }


def prices(scenario: Scenario, years: Sequence[int]) -> np.ndarray:
    """Consumer prices of any years over those of the year before the first projected one, [year].

    NaN where the scenario does not say how they grew.
    """
    inflation, base = scenario.values.economy.inflation, scenario.values.horizon.valuation_year - 1
    later = range(base + 1, max([base, *years]) + 1)
    earlier = range(base, max(min([base, *years]) + 1, first_year(inflation)) - 1, -1)
    level = {base: 1.0}
    level |= dict(zip(later, np.cumprod(1 + values_by_year(inflation, later)), strict=True))
    level |= {
        year - 1: 1 / up for year, up in zip(earlier, np.cumprod(1 + values_by_year(inflation, earlier)), strict=True)
    }
    return np.array([level.get(year, np.nan) for year in years])


def mean(persons: np.ndarray) -> np.ndarray:
    """The mean population of each year, [year], from that on each 1 January, [date]."""
    return (persons[:-1] + persons[1:]) / 2


def product(inputs: Inputs) -> np.ndarray:
    """Gross domestic product as named, then as it grows at the incomes and population of the root. Yuan, [year]."""
    economy, years = inputs.values.economy, inputs.years
    if not economy.gdp:
        return np.full(len(years), np.nan)
    last = max(economy.gdp)
    later = range(last + 1, years[-1] + 1)
    growth = (1 + inputs.yearly(economy.real_gdp_growth, later)) * (1 + inputs.yearly(economy.gdp_deflator, later))
    path = economy.gdp | dict(zip(later, economy.gdp[last] * np.cumprod(growth), strict=True))
    return np.array([path.get(year, np.nan) for year in years])


def over_root(inputs: Inputs, persons: np.ndarray) -> np.ndarray:
    """All disposable income over that at the incomes and population of the root, [year]; `persons` [date].

    Where the scenario names another product than its root, over that ratio in the last year named: a named product is met.
    """
    scenario, years = inputs.scenario, inputs.years
    at_root = persons if same_people(scenario) else population_at_root(inputs)
    people = mean(persons) / mean(at_root)
    people = np.where(np.abs(people - 1) < ROUNDING, 1.0, people)
    ratio = people * incomes_over_root(inputs, years)
    if (named := inputs.values.economy.gdp) and named != inputs.at_root.values.economy.gdp:
        last = max(named)
        of_people = people[years.index(last)] if last in years else persons[0] / at_root[0]
        ratio = ratio / (of_people * incomes_over_root(inputs, [last])[0])
    return np.asarray(ratio)


def incomes_over_root(inputs: Inputs, years: Sequence[int]) -> np.ndarray:
    """Disposable income a head over that of the root, [year]."""
    return inputs.income(NATION, years) / inputs.at_root.income(NATION, years)


def same_people(scenario: Scenario) -> bool:
    """Whether all that the population follows from is as in the root."""
    tables = [path for path in DEMOGRAPHY_KEYS if KEYS[path].kind == "table"]
    return scenario.values.population == scenario.at_root.population and all(
        scenario.tables[path] == scenario.root_tables[path] for path in tables
    )


def population_at_root(inputs: Inputs) -> np.ndarray:
    """All persons of the root on each 1 January, [date]; draws have one root, whose persons are found once."""
    root, scenario = inputs.at_root, inputs.scenario
    given = (
        [scenario.of_root[path] for path in DEMOGRAPHY_KEYS],
        scenario.undrawn and scenario.undrawn.population,
        root.years,
        root.files(path for path in DEMOGRAPHY_KEYS if KEYS[path].kind == "table"),
    )
    return OF_ROOTS.found(given, lambda: population(root))


def population(inputs: Inputs) -> np.ndarray:
    """All persons on each 1 January, [date]."""
    years = inputs.years
    survival, newborn_survival = inputs.survival(years)
    asfr, male_share, migrants = inputs.asfr(years), inputs.male_share(years), inputs.migrants(years)
    pinned = inputs.values.population.pinned_total
    stock = inputs.opening_stock()
    found = [float(stock.sum())]
    for place, year in enumerate(years):
        stock, _ = life_table.advance(
            stock, survival[place], newborn_survival[place], asfr[place], float(male_share[place]), migrants[place]
        )
        stock = stock * (pinned.get(year + 1, stock.sum()) / stock.sum())
        found.append(float(stock.sum()))
    return np.array(found)
