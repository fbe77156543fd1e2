"""Paths of disposable income in plain numbers: whether the nation's stays between those of its areas."""

from simsurance.scenario_file.schedule import Schedule, last_named, level_in, value_in
from simsurance.scenario_file.schema import ScenarioValues

ROUNDING = 1e-9


def outside_band(values: ScenarioValues) -> int | None:
    """The first year projected in which the nation's income a head is not between those of its areas."""
    economy = values.economy
    if len(values.axes.areas) == 1:
        return None
    nation = _path(values, economy.disposable_income, 0.0)
    areas = [
        _path(values, getattr(economy.area_income, area), getattr(economy.area_growth_excess, area))
        for area in values.axes.areas
    ]
    for year in range(values.horizon.valuation_year, values.horizon.last_year + 1):
        of_areas = [area[year] for area in areas]
        if not min(of_areas) * (1 - ROUNDING) <= nation[year] <= max(of_areas) * (1 + ROUNDING):
            return year
    return None


def _path(values: ScenarioValues, level: Schedule, excess: Schedule) -> dict[int, float]:
    """Income a head to the horizon's end: to the last year named, a number to the opening, then with its growth."""
    economy, horizon = values.economy, values.horizon
    last = last_named(level, horizon.valuation_year - 1)
    path = {year: level_in(level, year) or 0.0 for year in range(min(last, horizon.valuation_year), last + 1)}
    for year in range(last + 1, horizon.last_year + 1):
        growth = (value_in(each, year) or 0.0 for each in (economy.real_income_growth, economy.inflation, excess))
        path[year] = path[year - 1]
        for each in growth:
            path[year] *= 1 + each
    return path
