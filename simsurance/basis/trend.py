"""Growth of cost at given age and need: prices, income growth of the years up to it, and what lies beyond income.

    1 + real growth = (1 + x)·(1 + ḡ of the root)^η of the root · [(1 + ḡ) / (1 + ḡ of the root)]^η

`x` is the residual growth that the scenario states, at the incomes, lag and elasticity of its root; `ḡ` the geometric mean of
real growth of disposable income a head over a year and the years of the lag before it. So the root's own path is the same for
every elasticity, and a scenario with other incomes keeps `x` and uses its own `ḡ`. Where real growth is named, it takes the
place of the first two factors: naming it changes x.
"""

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

from simsurance.basis.inputs import Inputs
from simsurance.scenario_file.schedule import Schedule, first_year
from simsurance.scenario_file.schema import ScenarioValues

Scheme = Literal["resident", "employee"]
SCHEMES: Final[tuple[Scheme, ...]] = ("resident", "employee")


def income_growth(inputs: Inputs, years: Sequence[int], lag: int) -> np.ndarray:
    """Mean real growth of disposable income a head over each year and `lag` years before it, [year].

    Incomes as named, at the prices of the root, then real growth; as far as both are known, and before that the first growth
    known.
    """
    economy, prices = inputs.values.economy, inputs.at_root.values.economy.inflation
    named = economy.disposable_income if isinstance(economy.disposable_income, dict) else {inputs.first - 1: 0.0}
    last = max(named)
    first = min(max(min(named), first_year(prices) - 1), last)
    published, later = range(first, last + 1), range(last + 1, max(*years, first + 1) + 1)
    income = inputs.yearly(economy.disposable_income, published)
    real = income[1:] / income[:-1] / (1 + inputs.yearly(prices, published[1:]))
    growth = np.log(np.append(real, 1 + inputs.yearly(economy.real_income_growth, later)))
    ends = [max(year - first - 1, 0) for year in years]
    return np.array([np.expm1(growth[max(end - lag, 0) : end + 1].mean()) for end in ends])


def stated(values: ScenarioValues, scheme: Scheme) -> tuple[Schedule, Schedule]:
    """Real growth and residual growth of a scheme's cost as the scenario states them."""
    of = values.claims.trend if scheme == "resident" else values.employee.care
    return of.real_growth, of.residual_growth


def real_growth(inputs: Inputs, scheme: Scheme, years: Sequence[int]) -> np.ndarray:
    """Real growth of a scheme's cost at given age, [year]."""
    real, residual = stated(inputs.values, scheme)
    trend, root = inputs.values.claims.trend, inputs.at_root
    last_named = max(real) if isinstance(real, dict) else max(years)
    at_root = root.values.claims.trend
    named = [year for year in years if year <= last_named]
    later = [year for year in years if year > last_named]
    growth = np.concatenate(
        [
            1 + inputs.yearly(real, named),
            (1 + inputs.yearly(residual, later))
            * (1 + income_growth(root, years, at_root.income_lag)[len(named) :]) ** at_root.income_elasticity,
        ]
    )
    own, theirs = (1 + income_growth(one, years, trend.income_lag) for one in (inputs, root))
    return growth * (own / theirs) ** trend.income_elasticity - 1


def residual_growth(inputs: Inputs, scheme: Scheme, years: Sequence[int]) -> np.ndarray:
    """Real growth of a scheme's cost beyond what the scenario's own income growth explains at its elasticity, [year]."""
    trend = inputs.values.claims.trend
    explained = (1 + income_growth(inputs, years, trend.income_lag)) ** trend.income_elasticity
    return (1 + real_growth(inputs, scheme, years)) / explained - 1


def cost_index(inputs: Inputs, scheme: Scheme) -> np.ndarray:
    """Cost of a scheme at given age and need over that of the reference year, nominal, [year]."""
    reference = inputs.values.claims.trend.reference_year
    span = range(min(inputs.first, reference), max(inputs.last, reference) + 1)
    growth = (1 + inputs.yearly(inputs.values.economy.inflation, span)) * (1 + real_growth(inputs, scheme, span))
    level = np.cumprod(growth)
    index = dict(zip(span, level, strict=True))
    return np.array([index[year] / index[reference] for year in inputs.years])
