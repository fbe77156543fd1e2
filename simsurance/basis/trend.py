"""Growth of cost at given age and need: prices, income growth of the years up to it, and what lies beyond income.

    1 + real growth = (1 + x)·(1 + ḡ of the root)^η of the root · [(1 + ḡ) / (1 + ḡ of the root)]^η

`x` is the residual growth that the scenario states, at the incomes, lag and elasticity of its root; `ḡ` the geometric mean of
real growth of disposable income a head over a year and the years of the lag before it. So the root's own path is the same for
every elasticity, and a scenario with other incomes keeps `x` and uses its own `ḡ`. Where real growth is named, it takes the
place of the first two factors: naming it changes x. In years whose income is given it is a fact, and all there is.
"""

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

from simsurance.basis.inputs import Inputs
from simsurance.basis.known import once
from simsurance.scenario_file.employee_sections import EmployeeCare
from simsurance.scenario_file.money_sections import CostTrend
from simsurance.scenario_file.schedule import Schedule, first_year, last_named, levels_by_year
from simsurance.scenario_file.schema import ScenarioValues

Scheme = Literal["resident", "employee"]
SCHEMES: Final[tuple[Scheme, ...]] = ("resident", "employee")


def given_incomes(inputs: Inputs) -> list[int]:
    """The years whose disposable income is given; of a number that is the year before the first projected."""
    given, before = inputs.values.economy.disposable_income, inputs.first - 1
    return list(range(first_year(given) or before, last_named(given, before) + 1))


@once
def income_growth(inputs: Inputs, years: Sequence[int], lag: int) -> np.ndarray:
    """Mean real growth of disposable income a head over each year and `lag` years before it, [year].

    Incomes as named, at the prices of the root, then real growth; as far as both are known, and before that the first growth
    known.
    """
    economy, prices = inputs.values.economy, inputs.at_root.values.economy.inflation
    given = given_incomes(inputs)
    first, last = min(max(given[0], first_year(prices) - 1), given[-1]), given[-1]
    published, later = range(first, last + 1), range(last + 1, max(*years, first + 1) + 1)
    income = levels_by_year(economy.disposable_income, published)
    real = income[1:] / income[:-1] / (1 + inputs.yearly(prices, published[1:]))
    growth = np.log(np.append(real, 1 + inputs.yearly(economy.real_income_growth, later)))
    ends = [max(year - first - 1, 0) for year in years]
    spans = [growth[max(end - lag, 0) : end + 1] for end in ends]
    return np.asarray(np.expm1([np.add.reduce(span) / len(span) for span in spans]))


def stated(values: ScenarioValues, scheme: Scheme) -> CostTrend | EmployeeCare:
    """Where the scenario states growth of a scheme's cost."""
    return values.claims.trend if scheme == "resident" else values.employee.care


def parts(named: Schedule, years: Sequence[int]) -> tuple[list[int], list[int]]:
    """The years up to the last one that a path names, and those after it; a number or a ramp names all years."""
    last = max(named) if isinstance(named, dict) else max(years)
    return [year for year in years if year <= last], [year for year in years if year > last]


def grown(inputs: Inputs, level: Schedule, growth: Schedule, years: Sequence[int]) -> np.ndarray:
    """A level as named, and after the last year named with its growth, [year]; a number or a ramp names all years."""
    named, later = parts(level, years)
    if not later:
        return inputs.yearly(level, named)
    first = max(level) + 1 if isinstance(level, dict) else later[0]
    factors = np.cumprod(1 + inputs.yearly(growth, range(first, later[-1] + 1)))
    after = inputs.yearly(level, [first - 1]) * factors[[year - first for year in later]]
    return np.concatenate([inputs.yearly(level, named), after])


@once
def real_growth(inputs: Inputs, scheme: Scheme, years: Sequence[int]) -> np.ndarray:
    """Real growth of a scheme's cost at given age, [year]."""
    of, trend, root = stated(inputs.values, scheme), inputs.values.claims.trend, inputs.at_root
    named, later = parts(of.real_growth, years)
    at_root = root.values.claims.trend
    growth = np.concatenate(
        [
            1 + inputs.yearly(of.real_growth, named),
            (1 + inputs.yearly(of.residual_growth, later))
            * (1 + income_growth(root, years, at_root.income_lag)[len(named) :]) ** at_root.income_elasticity,
        ]
    )
    if inputs.values is root.values:
        return growth - 1
    own, theirs = (1 + income_growth(one, years, trend.income_lag) for one in (inputs, root))
    facts = sum(year <= given_incomes(inputs)[-1] for year in named)
    growth[facts:] *= (own / theirs)[facts:] ** trend.income_elasticity
    return growth - 1


def residual_growth(inputs: Inputs, scheme: Scheme, years: Sequence[int]) -> np.ndarray:
    """Real growth of a scheme's cost beyond what the scenario's own income growth explains at its elasticity, [year]."""
    trend = inputs.values.claims.trend
    explained = (1 + income_growth(inputs, years, trend.income_lag)) ** trend.income_elasticity
    return (1 + real_growth(inputs, scheme, years)) / explained - 1


def use_growth(inputs: Inputs, scheme: Scheme, years: Sequence[int], real: np.ndarray) -> np.ndarray:
    """Growth of use per person of a scheme's insured at given age, [year]: as named, then a share of real growth of cost."""
    path = stated(inputs.values, scheme).use_growth
    named, later = parts(path, years)
    after = (1 + real[len(named) :]) ** inputs.values.claims.trend.use_share - 1
    return np.concatenate([inputs.yearly(path, named), after]) if later else inputs.yearly(path, named)


@once
def cost_and_use(inputs: Inputs, scheme: Scheme) -> np.ndarray:
    """Cost, nominal, and use per person of a scheme at given age and need over those of the reference year, [2, year].

    Cost is use times price.
    """
    span = span_of(inputs)
    real = real_growth(inputs, scheme, span)
    prices = 1 + inputs.yearly(inputs.values.economy.inflation, span)
    of_cost, of_use = prices * (1 + real), 1 + use_growth(inputs, scheme, span, real)
    return np.stack([from_reference(inputs, of_cost), from_reference(inputs, of_use)])


def cost_index(inputs: Inputs, scheme: Scheme) -> np.ndarray:
    """Cost of a scheme at given age and need over that of the reference year, nominal, [year]."""
    return np.asarray(cost_and_use(inputs, scheme)[0])


def use_index(inputs: Inputs, scheme: Scheme) -> np.ndarray:
    """Use per person of a scheme at given age and need over that of the reference year, [year]."""
    return np.asarray(cost_and_use(inputs, scheme)[1])


def span_of(inputs: Inputs) -> range:
    """The reference year of cost, the years projected, and those between."""
    reference = inputs.values.claims.trend.reference_year
    return range(min(inputs.first, reference), max(inputs.last, reference) + 1)


def from_reference(inputs: Inputs, growth: np.ndarray) -> np.ndarray:
    """A level over that of the reference year from its growth factors over the span, [year]."""
    level = dict(zip(span_of(inputs), np.cumprod(growth), strict=True))
    reference = level[inputs.values.claims.trend.reference_year]
    return np.array([level[year] / reference for year in inputs.years])


def users_growth(odds: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """What a chance of use grows by when its odds are multiplied by `odds`: shapes broadcast."""
    return odds / (1 + chance * (odds - 1))
