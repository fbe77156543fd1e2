"""What a fit is, which published figures are fitted in which year, and how a fitted value is found."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import numpy as np
from scipy.optimize import lsq_linear

from simsurance.data.tables import published
from simsurance.evidence.published import in_scope_share
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.schedule import Ramp, Schedule, values_by_year

FIRST_YEAR: Final = min(published("resident_cumulative_balance")) + 1
"""The first year whose opening balance was published."""
LAST_YEAR: Final = max(published("resident_outgo"))
YEARS: Final = tuple(range(FIRST_YEAR, LAST_YEAR + 1))
TWO_YEARS: Final = (LAST_YEAR - 1, LAST_YEAR)
"""Years over which the moves of employee members are fitted together, to the members at their end."""


@cache
def fitted_years(series: str) -> tuple[int, ...]:
    """Years in which an input of the baseline is fitted to a published series; all other figures are a check.

    They are the years that the input names. Outgo of the employee scheme lies on a ramp between those: a check as well.
    """
    baseline = load("baseline").values
    ends = named_years(baseline.employee.accounts.spending_rate)
    yearly = named_years(baseline.employee.contributions.compliance)
    inputs = {
        "resident_income": named_years(baseline.contributions.local_supplement),
        "resident_outgo": (LAST_YEAR,),
        "employee_active": tuple(year for year in named_years(baseline.employee.entry_level) if year != TWO_YEARS[0]),
        "employee_retired": (LAST_YEAR,),
        **{f"employee_{account}_income": yearly for account in ("total", "pool", "account")},
        **{f"employee_{account}_outgo": ends for account in ("total", "pool", "account")},
        "resident_discharges_per_insured": named_years(baseline.claims.trend.use_growth),
        "resident_cost_per_discharge": (LAST_YEAR,),
        "employee_discharges_per_insured": named_years(baseline.employee.care.use_growth),
        "employee_cost_per_discharge": (LAST_YEAR,),
    }
    return tuple(year for year in inputs.get(series, ()) if year in YEARS)


def named_years(schedule: Schedule) -> tuple[int, ...]:
    """The years that a schedule names."""
    knots = schedule.ramp if isinstance(schedule, Ramp) else schedule
    return tuple(sorted(knots)) if isinstance(knots, dict) else ()


@dataclass(frozen=True)
class Fit:
    """One fitted number: its key, what it was fitted to, the value found and the value shipped."""

    key: str
    what: str
    found: float
    shipped: float

    @property
    def difference(self) -> float:
        """Relative distance of the shipped value from the one found."""
        return abs(self.shipped / self.found - 1)


def shipped(schedule: Schedule, year: int) -> float:
    """What the baseline says for a year."""
    return float(values_by_year(schedule, [year])[0])


def one_year(baseline: Scenario, year: int, last: int | None = None) -> RunResult:
    """The baseline valued at the start of a year and projected over it, or to `last`."""
    return simulate([baseline.replace({"horizon.valuation_year": year, "horizon.last_year": last or year})])[0]


STEP, LONGEST_STEP = 0.003, 0.2
"""Step by which slopes are measured, and longest step of a search."""
EXACT = 1e4
"""Weight of a target that is met exactly beside weak ones that need not be."""

Reached = Callable[[np.ndarray], np.ndarray]


def solved(reached: Reached, wanted: np.ndarray, guess: np.ndarray) -> np.ndarray:
    """Where a function reaches what is wanted: Newton's steps with slopes by difference."""

    def move(guess: np.ndarray) -> np.ndarray:
        here = reached(guess)
        slope = np.stack([(reached(guess + one) - here) / STEP for one in STEP * np.eye(len(guess))], axis=-1)
        return np.linalg.solve(slope, wanted - here)

    return _settled(move, guess)


def nearest(
    reached: Reached, wanted: np.ndarray, guess: np.ndarray, weights: np.ndarray, most: np.ndarray
) -> np.ndarray:
    """Where a function comes nearest to what is wanted, in weighted squares, with no number above its `most`."""

    def move(guess: np.ndarray) -> np.ndarray:
        aside = [(reached(guess + one), reached(guess - one)) for one in STEP * np.eye(len(guess))]
        slope = np.stack([(above - below) / (2 * STEP) for above, below in aside], axis=-1)
        bounds = (np.full(len(guess), -np.inf), most - guess)
        wide = weights[:, None] * slope
        return np.asarray(lsq_linear(wide, weights * (wanted - reached(guess)), bounds, method="bvls").x)

    return _settled(move, guess)


def _settled(move: Reached, guess: np.ndarray) -> np.ndarray:
    """Where the steps no longer matter."""
    for _ in range(40):
        step = move(guess)
        size = np.abs(step).max()
        guess = guess + step * LONGEST_STEP / max(size, LONGEST_STEP)
        if size < 1e-7:
            return guess
    raise ArithmeticError("a calibration does not settle")


def levels(
    baseline: Scenario,
    keys: Mapping[str, str],
    own: list[float],
    targets: list[float],
    reached: Callable[[Scenario], list[float]],
    weak: Mapping[str, float] | None = None,
) -> Iterator[Fit]:
    """Positive numbers of the scenario, `keys` with what they are fitted to, at which the model reaches the targets.

    The targets of `weak` keys, each with the most that its number may be, are met as nearly as that allows.
    """

    def changed(logs: np.ndarray) -> np.ndarray:
        values = dict(zip(keys, (float(value) for value in np.exp(logs)), strict=True))
        return np.log(reached(baseline.replace(values)))

    if weak:
        weights = np.array([1.0 if key in weak else EXACT for key in keys])
        most = np.log([weak.get(key, np.inf) for key in keys])
        found = np.exp(nearest(changed, np.log(targets), np.log(own), weights, most))
    else:
        found = np.exp(solved(changed, np.log(targets), np.log(own)))
    for (key, what), value, here in zip(keys.items(), found, own, strict=True):
        yield Fit(key, what, float(value), here)


def by_year(
    baseline: Scenario,
    key: str,
    path: Schedule,
    year: int,
    what: str,
    target: float,
    reached: Callable[[Scenario], list[float]],
) -> Iterator[Fit]:
    """The value of a path in one year at which the model, valued at its start, reaches the target."""
    for fit in levels(baseline, {key: what}, [shipped(path, year)], [target], reached):
        yield replace(fit, key=f"{key}[{year}]")


def flow_sums(results: RunResult) -> dict[str, float]:
    """Flows over all years and persons."""
    return {name: float(values.sum()) for name, values in results.projection.by_age.items()}


def inpatient_in_scope(scheme: str) -> float:
    """Inpatient cost of the last year that is in scope."""
    return published(f"{scheme}_inpatient_cost")[LAST_YEAR] * in_scope_share(scheme)
