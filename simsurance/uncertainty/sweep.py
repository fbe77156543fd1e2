"""A scenario on a grid of values of its keys: a run a point, and what becomes of every fund.

A value of a grid holds in all years from the valuation year on: of a schedule, a step or a ramp, what stands before stays, what
stands after gives way. Each point is what `run --set` gives of the same values.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.errors import ExitCode, SimsuranceError
from simsurance.ledger import RESIDENT
from simsurance.measures import measure_of
from simsurance.results import RunAccounts, RunResult, accounts_of
from simsurance.scenario_file.faults import nearest
from simsurance.scenario_file.keys import Key, key_at
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.schedule import CALENDAR, Ramp, Schedule, value_in
from simsurance.uncertainty.parameters import value_at
from simsurance.uncertainty.points import (
    MEASURED,
    MONTHS,
    Arrays,
    Tell,
    computed,
    funds_of,
    kept,
    measured_of,
    years_funded,
)
from simsurance.uncertainty.stochastic import YEARS_FUNDED

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

NUMERIC: Final = ("number", "whole number", "schedule")
MOST_POINTS: Final = 10_000
MOST_GRIDS: Final = 2
"""Grids that a chart shows."""
FORM: Final = "key=from:to:points (economy.inflation=0:0.04:5)"
STATUS: Final = "status"
REFUSED: Final = "not_possible"
"""The status of a point that the scenario does not bear."""
DEPLETION: Final = "depletion_year"
AT_YEAR: Final = "reserve_months_"
"""What stands before a year where reserve months at its end are asked for."""


@dataclass(frozen=True)
class Grid:
    """Values of a key: so many from one number to another, both included, at equal distances."""

    key: str
    low: float
    high: float
    points: int

    @property
    def values(self) -> tuple[float, ...]:
        """The values, as one would write them."""
        return tuple(float(f"{value:.12g}") for value in np.linspace(self.low, self.high, self.points))


def grid_of(text: str) -> Grid:
    """A grid as it is typed; raises SimsuranceError (USAGE) where it is none."""
    key, _, span = text.partition("=")
    parts = span.split(":")
    try:
        low, high, points = float(parts[0]), float(parts[1]), int(parts[2])
    except (ValueError, IndexError):
        parts = []
    if not key.strip() or len(parts) != len(("from", "to", "points")):
        raise _usage(f"--grid {text}: is no grid; {FORM}")
    return checked(Grid(key.strip(), low, high, points))


def checked(grid: Grid) -> Grid:
    """A grid that is one; raises SimsuranceError (USAGE) otherwise."""
    if not (math.isfinite(grid.low) and math.isfinite(grid.high) and grid.low != grid.high and grid.points >= 2):
        raise _usage(
            f"--grid {grid.key}: {grid.points} points from {grid.low:g} to {grid.high:g}; two at least, between two numbers"
        )
    return grid


def _usage(line: str) -> SimsuranceError:
    return SimsuranceError(line, exit_code=ExitCode.USAGE)


@dataclass(frozen=True)
class Points:
    """All points of one or more grids of a scenario, the last grid moving first."""

    scenario: Scenario
    grids: tuple[Grid, ...]

    @property
    def points(self) -> int:
        """How many there are."""
        return math.prod(grid.points for grid in self.grids)

    @cached_property
    def values(self) -> list[tuple[float, ...]]:
        """The values of the keys, [point][grid]."""
        return list(product(*(grid.values for grid in self.grids)))

    def at(self, point: int) -> Scenario:
        """The scenario of one point; raises SimsuranceError where it is none."""
        changes = {
            grid.key: set_to(self.scenario, grid.key, value)
            for grid, value in zip(self.grids, self.values[point], strict=True)
        }
        return self.scenario.replace(changes)

    def chunk(self, first: int, last: int) -> Arrays:
        """What is kept of the points from `first` to before `last`."""
        return kept([self.run(point) for point in range(first, last)])

    def run(self, point: int) -> RunAccounts | None:
        """One point projected; None where the scenario does not bear it."""
        try:
            (found,) = accounts_of([self.at(point)])
        except SimsuranceError as error:
            if error.exit_code != ExitCode.INPUT:
                raise
            return None
        return found


def set_to(scenario: Scenario, key: str, value: float) -> Any:
    """What a key holds where a number stands in every year from the valuation year on; years before stay as they are."""
    found = key_at(key)
    assert found is not None
    if found.kind == "whole number":
        return int(value) if value == int(value) else value
    if found.kind == "number":
        return value
    own, first = value_at(scenario.values, key), scenario.values.horizon.valuation_year
    return from_year(own, value, first)


def from_year(own: Schedule, value: float, first: int) -> Schedule:
    """A schedule that is as it was until a year, and a number from that year on."""
    if isinstance(own, float | int):
        return {CALENDAR[0]: float(own), first: value}
    knots = own.ramp if isinstance(own, Ramp) else own
    before = {year: number for year, number in knots.items() if year < first}
    if not isinstance(own, Ramp):
        return before | {first: value}
    last = value_in(own, first - 1)
    return Ramp(ramp=before | ({} if last is None else {first - 1: last}) | {first: value})


def points_of(scenario: Scenario, grids: Sequence[Grid]) -> Points:
    """The points of grids; raises SimsuranceError for a key that is none or no number, and for values beyond its bounds."""
    if not grids:
        raise _usage(f"--grid: is missing; {FORM}")
    keys = [grid.key for grid in grids]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise _usage(f"--grid: {twice} stands twice; one grid a key")
    for grid in grids:
        _require_numeric(scenario, grid.key)
    found = Points(scenario, tuple(grids))
    if found.points > MOST_POINTS:
        raise _usage(f"--grid: {found.points:,} points; at most {MOST_POINTS:,} together")
    for grid in grids:
        _require_bounds(scenario, grid)
    return found


def _require_bounds(scenario: Scenario, grid: Grid) -> None:
    """Raises SimsuranceError where the scenario with a value of the grid alone is none; all between the ends are as they."""
    known = key_at(grid.key)
    whole = known is not None and known.kind == "whole number"
    for value in grid.values if whole else (grid.low, grid.high):
        try:
            scenario.replace({grid.key: set_to(scenario, grid.key, value)})
        except SimsuranceError as error:
            raise SimsuranceError(*(line.replace("replace:", "--grid ", 1) for line in error.lines)) from None


def require_chart(points: Points) -> None:
    """Raises SimsuranceError (USAGE) for more grids than a chart shows."""
    if len(points.grids) > MOST_GRIDS:
        raise _usage(f"--grid: {len(points.grids)} grids; a chart shows one or two, --no-charts leaves it out")


def _require_numeric(scenario: Scenario, key: str) -> None:
    known: Key | None = key_at(key) if key in scenario.leaves else None
    if known is None:
        hint = nearest(key, scenario.leaves) or f"`simsurance show {scenario.name}` lists them"
        raise SimsuranceError(f"--grid {key}: {scenario.name} has no such key; {hint}")
    if known.kind not in NUMERIC:
        raise SimsuranceError(f"--grid {key}: is no number in single years ({known.kind}); name a number or a schedule")
    if key.startswith("horizon."):
        raise SimsuranceError(f"--grid {key}: all points lie over the same years; --set {key}=… moves them together")


@dataclass(frozen=True)
class Sweep:
    """A scenario, and what becomes of its funds at every point of grids."""

    central: RunResult
    points: Points
    arrays: Arrays

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.central.scenario

    @property
    def years(self) -> tuple[int, ...]:
        """The years projected."""
        return self.central.years

    @property
    def funds(self) -> list[str]:
        """The funds."""
        return funds_of(self.arrays)

    @property
    def refused(self) -> np.ndarray:
        """The points that the scenario does not bear, [point]."""
        return np.asarray(np.isnan(self.arrays[f"{MONTHS}{self.funds[0]}"]).all(axis=-1))

    def of(self, fund: str, measure: str) -> np.ndarray:
        """A measure of a fund, NaN where it has no value, [point]; raises SimsuranceError where there is none such."""
        require_measure(self.central, fund, measure)
        return values_of(self.arrays, fund, measure, self.years)

    def base(self, grid: Grid) -> float:
        """What the scenario itself has in the valuation year."""
        own = value_at(self.scenario.values, grid.key)
        found = value_in(own, self.years[0])
        return math.nan if found is None else found

    def moves(self, grid: Grid) -> bool:
        """Whether a key changes anything over its values."""
        shape, place = [each.points for each in self.points.grids], self.points.grids.index(grid)
        for values in self.arrays.values():
            by_grid = np.moveaxis(values.reshape(*shape, -1), place, 0)
            if not np.array_equal(by_grid, np.broadcast_to(by_grid[:1], by_grid.shape), equal_nan=True):
                return True
        return False

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row a point and fund: status, years funded, every measure of the fund; index keys, fund.

        The status is `ok`, `not_depleted_by_` the last year, or `not_possible` where the scenario does not bear the point.
        """
        import pandas as pd

        tables, refused = [], self.refused
        for fund in self.funds:
            columns = {name: self.of(fund, name) for name in measure_names(self.central, fund)}
            never = np.where(np.isnan(columns[DEPLETION]), f"not_depleted_by_{self.years[-1]}", "ok")
            keys = {
                grid.key: [values[place] for values in self.points.values]
                for place, grid in enumerate(self.points.grids)
            }
            row = {**keys, "fund": fund, STATUS: np.where(refused, REFUSED, never), **columns}
            tables.append(pd.DataFrame(row).assign(point=range(self.points.points)))
        found = pd.concat(tables, ignore_index=True).sort_values("point", kind="stable").drop(columns="point")
        return found.set_index([*(grid.key for grid in self.points.grids), "fund"])

    def with_measure(self, measure: str) -> "pd.DataFrame":
        """The table, with reserve months at the end of a year where these are what is asked for."""
        if measure in self.table:
            return self.table
        return self.table.assign(
            **{measure: np.stack([self.of(fund, measure) for fund in self.funds], axis=-1).ravel()}
        )


def values_of(arrays: Arrays, fund: str, measure: str, years: Sequence[int]) -> np.ndarray:
    """A measure of a fund that there is, from what is kept of points, NaN where it has no value, [point]."""
    if measure == YEARS_FUNDED:
        return years_funded(arrays, fund, years)
    year = measure.removeprefix(AT_YEAR)
    if year != measure and year.isdigit():
        return arrays[f"{MONTHS}{fund}"][:, years.index(int(year))]
    return measured_of(arrays, fund, measure)


def require_fund(central: RunAccounts, fund: str) -> None:
    """Raises SimsuranceError (USAGE) where a run has no such fund."""
    if fund not in central.accounts:
        raise _usage(f"--fund {fund}: {central.scenario.name} has no such fund; {', '.join(central.accounts)}")


def require_measure(central: RunAccounts, fund: str, measure: str) -> None:
    """Raises SimsuranceError (USAGE) where a fund has no such measure."""
    require_fund(central, fund)
    names, at_year = measure_names(central, fund), re.fullmatch(rf"{AT_YEAR}(\d{{4}})", measure)
    if measure not in names and not (at_year and int(at_year[1]) in central.years):
        hint = nearest(measure, names) or f"a measure of measures.csv, {YEARS_FUNDED}, or {AT_YEAR}{central.years[0]}"
        raise _usage(f"--measure {measure}: the fund {fund} has no such measure; {hint}")


def measure_names(central: RunAccounts, fund: str) -> list[str]:
    """The measures of a fund, by the names that they have for the resident fund."""
    names = [each.measure for each in central.measured]
    own = measure_of(fund, "")
    others = tuple(measure_of(each, "") for each in central.accounts if each != RESIDENT)
    if fund == RESIDENT:
        return [YEARS_FUNDED, *(name for name in names if not name.startswith(others))]
    return [YEARS_FUNDED, *(name.removeprefix(own) for name in names if name.startswith(own))]


def sweep(
    points: Points,
    central: RunResult,
    jobs: int = 1,
    parts: "Path | None" = None,
    tell: Tell | None = None,
) -> Sweep:
    """Every point projected; `parts` and `tell` as in `points.computed`.

    Raises SimsuranceError where the scenario bears none of the points: what it says of the first.
    """
    arrays = computed(points, jobs, parts, tell)
    if not any(name.startswith(MEASURED) for name in arrays):
        accounts_of([points.at(0)])
    return Sweep(central, points, arrays)
