"""A fund's own factors, fitted to its own series: how far, how surely, and what the data cannot tell.

A factor multiplies, or is added to, a value of the scenario in all years. All are found together by weighted least squares
on the logarithms of model over published, one projection over the years fitted; a wide prior about "no change" holds what
the series say nothing of. Steps are those of Gauss and Newton within bounds, slopes by difference, corrected by
Broyden between; a second search from elsewhere has to end at the same place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.optimize import lsq_linear

from simsurance.data.tables import DATA, read_table, text_rows
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.evidence.hindcast import (
    CLOSING_BALANCE,
    CURRENT_BALANCE,
    ITEMS,
    PARTS,
    TOLERANCE,
    Item,
    openings,
    refuse_others,
)
from simsurance.evidence.hindcast import published_years as years_of
from simsurance.evidence.published import own_series, series_file
from simsurance.results import RunAccounts, accounts_of
from simsurance.scenario_file.keys import PAYROLL
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.years import in_spans

if TYPE_CHECKING:
    import pandas as pd

FACTORS: Final = DATA / "calibration_factors.csv"
HEADER: Final = ("key", "how", "spread", "lowest", "highest", "fund", "item")
BREAKS: Final = "breaks.csv"
BREAK: Final = "break"
SPREADS: Final = {"verified": 0.005, "verified_transcription": 0.005, "derived": 0.01, "recalled_checked": 0.02}
"""What a published figure may be off by, as a standard deviation of its logarithm, by its mark; others LOOSE."""
LOOSE: Final = 0.03
LEFT_OUT: Final = (CURRENT_BALANCE, CLOSING_BALANCE)
"""Items that follow from others."""
STEP: Final = 0.1
"""Step by which slopes are measured, of the prior spread."""
SETTLED: Final = 1e-5
"""Of the prior spread: a step that no longer matters."""
MOST_STEPS: Final = 8
MOST_HALVES: Final = 6
"""How often a step is halved that the scenario does not bear."""
APART: Final = 1.0
"""Of the prior spread: where the second search begins."""
TOLD: Final = 0.5
"""Share of the prior variance that data have to take away, or they cannot tell the factor."""
ALIKE: Final = 0.9
"""Correlation from which two factors cannot be told apart."""
SAME: Final = 0.01
"""Of the prior spread: two searches that end no further apart have ended at the same place."""


@dataclass(frozen=True)
class Factor:
    """A value that is fitted: its key, how it moves, the prior's spread (of a multiple its logarithm's), bounds of it."""

    key: str
    how: str
    spread: float
    lowest: float
    highest: float
    fund: str
    item: str

    def operator(self, moved: float) -> dict[str, float]:
        """What stands in a scenario for a number of spreads."""
        return {self.how: float(f"{self.of(moved):.8g}")}

    def of(self, moved: float) -> float:
        """The factor, or what is added, at a number of spreads from none."""
        return float(np.exp(moved * self.spread)) if self.how == "multiply" else moved * self.spread

    @property
    def bounds(self) -> tuple[float, float]:
        """The bounds in spreads."""
        ends = np.log([self.lowest, self.highest]) if self.how == "multiply" else (self.lowest, self.highest)
        return float(ends[0] / self.spread), float(ends[1] / self.spread)


@dataclass(frozen=True)
class Figure:
    """A published figure that is fitted."""

    item: Item
    year: int
    value: float
    spread: float

    @property
    def name(self) -> str:
        """Fund and item."""
        return f"{self.item.fund}.{self.item.name}"


@dataclass(frozen=True)
class FundFit:
    """Factors fitted to figures: where they end, in spreads, and what is left of each figure, in logarithms.

    `slopes` of the logarithms by factor, [figure, factor]; `again` where a search from elsewhere ends.
    """

    scenario: Scenario
    first: int
    last: int
    factors: tuple[Factor, ...]
    figures: tuple[Figure, ...]
    masked: tuple[tuple[str, int, str], ...]
    moved: np.ndarray
    again: np.ndarray
    before: np.ndarray
    left: np.ndarray
    slopes: np.ndarray
    projections: int
    values: np.ndarray = field(repr=False)

    @property
    def changes(self) -> dict[str, Any]:
        """What the fit sets, as operators by key."""
        return {each.key: each.operator(at) for each, at in zip(self.factors, self.moved, strict=True)}

    @cached_property
    def scale(self) -> float:
        """By how much figures miss more than their marks allow, at least 1: standard errors are widened by it."""
        free = len(self.figures) - len(self.factors)
        squares = ((self.left / [each.spread for each in self.figures]) ** 2).sum()
        return float(np.sqrt(max(squares / free, 1.0))) if free > 0 else 1.0

    @cached_property
    def covariance(self) -> np.ndarray:
        """Of the factors in spreads, prior and figures together, [factor, factor]."""
        wide = self.slopes / (np.array([each.spread for each in self.figures]) * self.scale)[:, None]
        return np.asarray(np.linalg.inv(wide.T @ wide + np.eye(len(self.factors))))

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row a factor: value, standard error, share of the prior variance that the figures take away, the other search.

        `told`: yes; `weakly`, where the figures take away less than half; `with` another that it cannot be told apart from.
        """
        import pandas as pd

        sd = np.sqrt(np.diag(self.covariance))
        rows = []
        for place, each in enumerate(self.factors):
            size = each.of(self.moved[place])
            error = sd[place] * each.spread * (size if each.how == "multiply" else 1.0)
            rows.append(
                {
                    "key": each.key,
                    "how": each.how,
                    "value": size,
                    "standard_error": error,
                    "from_data": float(1 - sd[place] ** 2),
                    "at_bound": bool(np.isclose(self.moved[place], each.bounds, atol=1e-6).any()),
                    "other_search": each.of(self.again[place]),
                    "like": self._like(place),
                }
            )
        return pd.DataFrame(rows).set_index("key")

    def _like(self, place: int) -> str:
        """The factor that one cannot be told apart from, if there is one."""
        sd = np.sqrt(np.diag(self.covariance))
        correlated = self.covariance[place] / (sd[place] * sd)
        correlated[place] = 0.0
        other = int(np.abs(correlated).argmax())
        return self.factors[other].key if abs(correlated[other]) >= ALIKE else ""

    @cached_property
    def residuals(self) -> "pd.DataFrame":
        """One row a figure: published, model before and after, errors, whether the error is within the item's tolerance."""
        import pandas as pd

        rows = [
            {
                "fund": each.item.fund,
                "item": each.item.name,
                "year": each.year,
                "unit": each.item.unit,
                "published": each.value,
                "model": each.value * float(np.exp(left)),
                "error_before": float(np.exp(before) - 1),
                "error": float(np.exp(left) - 1),
                "within": bool(abs(np.exp(left) - 1) <= TOLERANCE[each.item.unit]),
            }
            for each, before, left in zip(self.figures, self.before, self.left, strict=True)
        ]
        return pd.DataFrame(rows).set_index(["fund", "item", "year"])

    @property
    def unique(self) -> bool:
        """Whether a search from elsewhere ended at the same place."""
        return bool((np.abs(self.moved - self.again) <= SAME).all())

    @property
    def fits(self) -> bool:
        """Whether every figure is met within its tolerance, by one set of factors within their bounds."""
        return bool(self.residuals["within"].all()) and self.unique and not self.table["at_bound"].any()

    @property
    def worst(self) -> float:
        """The largest error left."""
        return float(self.residuals["error"].abs().max())


def factors() -> list[Factor]:
    """Every factor that can be fitted."""
    numbers = ("spread", "lowest", "highest")
    return [
        Factor(**{name: float(row[name]) if name in numbers else row[name] for name in HEADER})  # type: ignore[arg-type]
        for row in text_rows(FACTORS, HEADER)
    ]


def masks(scenario: Scenario, last: int | None = None) -> dict[str, int]:
    """The first year whose figures are comparable with later ones, by series, from the breaks beside the series.

    With a `last` year, of the breaks until then.
    """
    file = series_file(scenario).parent / BREAKS
    if not file.is_file():
        return {}
    found: dict[str, int] = {}
    for row in text_rows(file, ("series", "year", "kind")):
        if row["kind"] == BREAK and (last is None or int(row["year"]) <= last):
            found[row["series"]] = max(int(row["year"]), found.get(row["series"], 0))
    return found


def marks(file: Path) -> dict[tuple[str, int], str]:
    """The mark of every published figure by series and year."""
    columns = read_table(file)
    rows = zip(columns["measure"], columns["year"], columns["mark"], strict=True)
    return {(str(measure), int(year)): str(mark) for measure, year, mark in rows}


def first_year(scenario: Scenario) -> int:
    """The first year that a fit opens in: the earliest after every break that the scenario has the counts of."""
    opens, last = years_of(scenario)
    broken = [year + 1 for year in masks(scenario).values()]
    start = min(max([opens, *broken]), last)
    possible = openings(scenario) if own_series(scenario) else range(opens, last + 1)
    return next((year for year in possible if year >= start), possible[-1])


def fund_fit(scenario: Scenario, first: int | None = None, last: int | None = None) -> FundFit:
    """A fund's factors fitted to its published series from a first year on; raises SimsuranceError where there is no such fit.

    `scenario` without what an earlier fit has set; `last`: the year until which series were known, all years if not given.
    """
    refuse_others(scenario)
    file = series_file(scenario)
    opens, published = years_of(scenario)
    last = published if last is None else last
    start = first_year(scenario) if first is None else first
    possible = [year for year in openings(scenario) if year <= last] if own_series(scenario) else range(opens, last + 1)
    if start not in possible:
        raise SimsuranceError(f"--from {start}: the fund's series and counts allow {in_spans(possible)}")
    opened = scenario.replace({"horizon.valuation_year": start, "horizon.last_year": last})
    (base,) = accounts_of([opened])
    figures, masked = _figures(opened, base, file, start)
    told = {(each.item.fund, each.item.name) for each in figures}
    own = [each for each in factors() if each.key in scenario.form.keys and _acts(each, scenario, start, last)]
    chosen = [each for each in own if (each.fund, each.item) in told]
    if not chosen:
        raise SimsuranceError(
            f"{file.name}: no figure from {start} to {last} that a factor is fitted to; import tables"
        )
    search = Search(opened, tuple(chosen), tuple(figures))
    before = search.logs([np.zeros(len(chosen))])[0]
    slopes = search.slopes(np.zeros(len(chosen)), before)
    moves = np.array([bool(each.any()) for each in slopes.T])
    if not moves.all():  # a path that ends before the years fitted moves none of them
        chosen, slopes = [each for each, acts in zip(chosen, moves, strict=True) if acts], slopes[:, moves]
        search = Search(opened, tuple(chosen), tuple(figures), search.projections)
    moved, slopes = search.settle(np.zeros(len(chosen)), before, slopes)
    aside = APART * np.where(np.arange(len(chosen)) % 2, -1.0, 1.0)
    elsewhere, there = search.towards(np.zeros(len(chosen)), np.clip(aside, *search.bounds))
    again, _ = search.settle(elsewhere, there, slopes)
    left = search.logs([moved])[0]
    values = np.array([each.value for each in figures])
    ends = moved, again, before, left
    return FundFit(
        scenario, start, last, tuple(chosen), tuple(figures), masked, *ends, slopes, search.projections, values
    )


def _acts(factor: Factor, scenario: Scenario, first: int, last: int) -> bool:
    """Whether a factor can be told from a level: growth needs two years, income beyond contributions their own level."""
    if factor.key == "contributions.local_supplement":
        return not scenario.form.has(PAYROLL)
    return factor.key != "claims.trend.real_growth" or last > first


def _figures(
    scenario: Scenario, base: RunAccounts, file: Path, start: int
) -> tuple[list[Figure], tuple[tuple[str, int, str], ...]]:
    """The figures that are fitted, and those that are not for a break after them."""
    found, masked, since, certain = list[Figure](), list[tuple[str, int, str]](), masks(scenario), marks(file)
    items = [item for item in ITEMS if item.name not in LEFT_OUT and item.name != "outgo_pp"]
    for item in items:
        parts = PARTS[item.fund]
        if len(parts) > 1 or not set(parts) <= set(base.accounts):
            continue
        comparable = max(since.get(name, 0) for name in (item.series, *(item.heads or ())))
        for year, value in item.known(file).items():
            if not start <= year <= base.years[-1]:
                continue
            if year < comparable:
                masked.append((f"{item.fund}.{item.name}", year, BREAK))
                continue
            found.append(Figure(item, year, value, SPREADS.get(certain.get((item.series, year), ""), LOOSE)))
    return found, tuple(masked)


class Search:
    """What the model gives of the figures at factors moved, and where it comes nearest to them."""

    def __init__(
        self, scenario: Scenario, factors: tuple[Factor, ...], figures: tuple[Figure, ...], projections: int = 1
    ) -> None:
        self.scenario, self.factors, self.figures = scenario, factors, figures
        self.weights = 1 / np.array([each.spread for each in figures])
        self.bounds = tuple(np.array([each.bounds for each in factors]).T)
        self.projections = projections

    def logs(self, moved: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Logarithms of model over published at several sets of factors, in one batch, [figure]."""
        changed = [
            self.scenario.replace({f.key: f.operator(float(at)) for f, at in zip(self.factors, each, strict=True)})
            for each in moved
        ]
        self.projections += len(changed)
        return [self._log(run) for run in accounts_of(changed)]

    def _log(self, run: RunAccounts) -> np.ndarray:
        model = {each.item: each.item.model(run.accounts) for each in self.figures}
        return np.log([float(model[each.item][each.year - run.years[0]]) / each.value for each in self.figures])

    def slopes(self, at: np.ndarray, here: np.ndarray) -> np.ndarray:
        """What each figure's logarithm moves by where a factor moves by its spread, [figure, factor]."""
        aside = self.logs([at + STEP * one for one in np.eye(len(at))])
        return np.stack([(each - here) / STEP for each in aside], axis=-1)

    def settle(self, start: np.ndarray, here: np.ndarray, slopes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where the squares are least, and the slopes there."""
        at, slopes = start, slopes.copy()
        for _ in range(MOST_STEPS):
            wide = np.concatenate([self.weights[:, None] * slopes, np.eye(len(at))])
            wanted = np.concatenate([-self.weights * here, -at])
            bounds = tuple(end - at for end in self.bounds)
            step = np.asarray(lsq_linear(wide, wanted, bounds, method="bvls").x)
            if np.abs(step).max() < SETTLED:
                break
            reached, after = self.towards(at, step)
            step = reached - at
            slopes += np.outer(after - here - slopes @ step, step) / (step @ step)
            at, here = reached, after
        return at, slopes

    def towards(self, at: np.ndarray, step: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where a step leads, and the logarithms there; half of it, and half again, where the scenario does not bear it."""
        for _ in range(MOST_HALVES):
            try:
                return at + step, self.logs([at + step])[0]
            except SimsuranceError as error:
                if error.exit_code != ExitCode.INPUT:
                    raise
                step = step / 2
        return at + step, self.logs([at + step])[0]
