"""What of another country's scheme was known on a past 1 January: its own values, ended at what was known then.

Values that name no year by then, judgements of what is ahead among them, stay as they stand: `untold`. Incomes and prices go
on at their mean growth of three years, or of as many as are known.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from simsurance.evidence.known import CUT_AFTER
from simsurance.evidence.naive import LEAST_NAIVE, MEAN_OF, before
from simsurance.language import CNY
from simsurance.scenario_file.keys import key_at
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.own_register import NO_INPUTS, NO_VALUES
from simsurance.scenario_file.schedule import is_year

INCOME, INFLATION, GROWTH = "economy.disposable_income", "economy.inflation", "economy.real_income_growth"


def elsewhere(scenario: Scenario) -> bool:
    """Whether a scenario is of another country, which its currency tells: it takes nothing of the nation."""
    return scenario.currency != CNY


def lag(path: str) -> int:
    """How long before an opening a yearly value is known: counts, balances and rules on the day, others of the year before."""
    key = key_at(path)
    ahead = key is not None and (key.unit == "persons" or path.endswith((".rate", ".rule")))
    return CUT_AFTER.get(path, 0 if ahead else 1)


def known(leaf: Any, last: int) -> Any:
    """A value up to a year; None where nothing of it was known."""
    if not isinstance(leaf, Mapping) or not leaf:
        return leaf
    if "ramp" in leaf:
        inside = known(leaf["ramp"], last)
        return None if inside is None else {"ramp": inside}
    return {year: value for year, value in leaf.items() if not is_year(year) or int(year) <= last} or None


def scheme_leaves(scenario: Scenario, opening: int) -> dict[str, Any]:
    """All values of a scheme on 1 January of the opening."""
    found = {
        path: leaf if (cut := known(leaf, opening - lag(path))) is None else cut
        for path, leaf in scenario.leaves.items()
    }
    found |= {path: file.as_posix() for path, file in scenario.tables.items()}
    found |= _growth(found, opening)
    return found | {
        "horizon.valuation_year": opening,
        "horizon.last_year": max(opening, scenario.values.horizon.last_year),
    }


def untold(scenario: Scenario, opening: int) -> list[str]:
    """Yearly values of which no year was known by the opening."""
    yearly = {path: leaf for path, leaf in scenario.leaves.items() if isinstance(leaf, Mapping) and _is_input(path)}
    return [path for path, leaf in yearly.items() if known(leaf, opening - lag(path)) is None and path != GROWTH]


def _is_input(path: str) -> bool:
    return path not in NO_VALUES and not path.startswith(NO_INPUTS)


def _growth(leaves: Mapping[str, Any], opening: int) -> dict[str, Any]:
    """Inflation and real growth of income as the mean of the last years known; as they stand where fewer than two are."""
    income, prices = (_by_year(leaves[path], opening) for path in (INCOME, INFLATION))
    if len(income) < LEAST_NAIVE or not prices:
        return {}
    first = max(min(income), max(income) - MEAN_OF)
    growth = np.log(income[max(income)] / income[first]) / (max(income) - first)
    recent = [value for year, value in prices.items() if year > max(prices) - MEAN_OF]
    inflation = float(np.expm1(np.mean(np.log1p(recent))))
    return {
        INFLATION: {**{str(year): value for year, value in prices.items()}, str(opening): inflation},
        GROWTH: float(np.exp(growth) / (1 + inflation) - 1),
    }


def _by_year(leaf: Any, opening: int) -> dict[int, float]:
    """The values of a schedule before an opening."""
    named = leaf if isinstance(leaf, Mapping) and "ramp" not in leaf else {}
    return before({int(year): float(value) for year, value in named.items()}, opening)
