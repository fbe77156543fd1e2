"""How fast one series runs away from another, from few years with breaks: least squares beside a stated prior."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simsurance.data.tables import DATA, read_table


@dataclass(frozen=True)
class Series:
    """Yearly growth of a level beyond what it is measured by, as differences of logarithms, and the breaks in it.

    `steps`: years from which the level stands elsewhere; `single`: years that stand by themselves, so that the level before
    and the level after are compared. Both are fitted, so that they say nothing of the drift.
    """

    name: str
    growth: Mapping[int, float]
    steps: tuple[int, ...] = ()
    single: tuple[int, ...] = ()

    @property
    def plain_years(self) -> tuple[int, ...]:
        """Years whose growth no break touches."""
        touched = {*self.steps, *self.single, *(year + 1 for year in self.single)}
        return tuple(year for year in sorted(self.growth) if year not in touched)

    @property
    def plain_mean(self) -> float:
        """Mean growth of those years: the raw mean, which is shown and never used by itself."""
        return float(np.mean([self.growth[year] for year in self.plain_years]))

    @property
    def breaks(self) -> tuple[tuple[int, bool], ...]:
        """Year of each break, and whether the level returns a year later; those that the series does not reach left out."""
        found = [(year, False) for year in self.steps] + [(year, True) for year in self.single]
        return tuple(each for each in found if each[0] in self.growth)


def broken(series: str, kind: str) -> tuple[int, ...]:
    """The years in which a published series has a break of a kind."""
    rows = read_table(DATA / "evidence" / "breaks.csv")
    named = zip(rows["series"], rows["kind"], rows["year"], strict=True)
    return tuple(int(year) for own, how, year in named if (own, how) == (series, kind))


@dataclass(frozen=True)
class Drift:
    """What the years say of a drift, and what is left of it beside the prior, as a difference of logarithms a year.

    `weight` is that of the years: one less the variance left over that of the prior.
    """

    name: str
    of_years: float
    of_years_error: float
    mean: float
    standard_error: float
    weight: float
    breaks: Mapping[int, float]

    @property
    def pairs(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Mean and standard error of the years alone, and beside the prior."""
        return (self.of_years, self.of_years_error), (self.mean, self.standard_error)


def drifts(series: Sequence[Series], prior_error: float, correlation: float = 0.0) -> tuple[Drift, ...]:
    """The drift of each series; the prior is centred at 0, and without limit where `prior_error` is infinite.

    Growth of a year errs around the drift by one standard deviation for all series, which the residuals give; a shock to the
    level stays. Errors of one year, and the priors, are correlated between the series.
    """
    places = [(one, year) for one, each in enumerate(series) for year in sorted(each.growth)]
    growth = np.array([series[one].growth[year] for one, year in places])
    columns = [[float(own == one) for own, _ in places] for one in range(len(series))]
    kept = [(one, year, returns) for one, each in enumerate(series) for year, returns in each.breaks]
    for one, broken, returns in kept:
        at = {broken: 1.0} | ({broken + 1: -1.0} if returns else {})
        columns.append([at.get(year, 0.0) if own == one else 0.0 for own, year in places])
    design = np.array(columns).T
    alike = np.array([[_alike(a, b, correlation) for b in places] for a in places])
    root = np.linalg.cholesky(alike)
    whitened, known = np.linalg.solve(root, design), np.linalg.solve(root, growth)
    fitted, _, rank, _ = np.linalg.lstsq(whitened, known)
    if rank < design.shape[1]:
        raise ArithmeticError("breaks take all years of a series")
    left = known - whitened @ fitted
    variance = float(left @ left) / (len(growth) - rank)
    spread = (np.linalg.inv(whitened.T @ whitened) * variance)[: len(series), : len(series)]
    of_years, pair = np.linalg.inv(spread), np.where(np.eye(len(series)) > 0, 1.0, correlation)
    after = np.linalg.inv(of_years + np.linalg.inv(pair) / prior_error**2)
    mean = after @ of_years @ fitted[: len(series)]
    return tuple(
        Drift(
            each.name,
            float(fitted[one]),
            float(spread[one, one] ** 0.5),
            float(mean[one]),
            float(after[one, one] ** 0.5),
            float(1 - after[one, one] / prior_error**2),
            {year: float(size) for (own, year, _), size in zip(kept, fitted[len(series) :], strict=True) if own == one},
        )
        for one, each in enumerate(series)
    )


def _alike(a: tuple[int, int], b: tuple[int, int], correlation: float) -> float:
    """Correlation of the errors of two places, each a series and a year."""
    if a == b:
        return 1.0
    return correlation if a[1] == b[1] else 0.0
