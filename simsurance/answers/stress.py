"""The most plausible joint shock that depletes a fund by a year, or saves it: the nearest one to the medians of all unknowns.

Unknowns are those of `sensitivity`: inputs with a range, long-run means, demography, settlement; single years stay as they are.
Each stands at a standard normal number z of its own; how far a joint shock is from the medians is Mahalanobis' distance
β = √(zᵀR⁻¹z), with R the correlations of draws. Where the measure m is level with m(z) + g·(z′ − z), the nearest shock is

    z* = R·g·(g·z − m) / (gᵀRg)

which is taken again and again, slopes g measured anew where the last one led (Hasofer, Lind, Rackwitz, Fiessler), in shorter
steps where the measure bends (Zhang, Der Kiureghian).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import chi2, norm

from simsurance.errors import ExitCode, SimsuranceError
from simsurance.results import RunResult, accounts_of, simulate
from simsurance.scenario_file.loader import Scenario
from simsurance.uncertainty import draws
from simsurance.uncertainty.correlation import root_of, times
from simsurance.uncertainty.futures import refuse_certain
from simsurance.uncertainty.points import MONTHS, Arrays, Tell, computed, kept, measured_of
from simsurance.uncertainty.sensitivity import NEARER, Shocks, Unknown
from simsurance.uncertainty.sweep import require_fund

if TYPE_CHECKING:
    import pandas as pd

WIDE: Final = 1.2815515655446004
"""How far each unknown is moved at first, one at a time: from the tenth to the ninetieth percentile."""
NARROW: Final = 0.05
"""How far afterwards."""
STEPS: Final = np.array([1.0, 0.5, 0.25])
"""Parts of the way to the next shock that are tried side by side."""
OF_MOST: Final = 16
"""Unknowns whose slopes are measured anew in each round, those that the shock moves most."""
MOST_ROUNDS: Final = 8
FARTHEST: Final = 6.0
"""A distance that no shock is followed beyond."""
MET: Final = 0.02
"""Months of expenditure that the lowest reserve may lie on the wanted side of nothing."""
SETTLED: Final = 0.02
"""A shock that moves by less, in distance, has settled."""
MANY: Final = 64
"""Runs of which finished chunks are worth keeping."""
SIDES_ASKED: Final = 4
"""How often the sides to which correlated unknowns go are asked anew."""
DIGITS: Final = 9
"""Decimals of a shock, so that last digits of a library do not lead elsewhere."""
Margins = Callable[[np.ndarray], np.ndarray]
"""What shocks [run, unknown] leave: above zero where the fund lasts, [run]."""


@dataclass(frozen=True)
class Found:
    """A shock, [unknown], what it leaves, the slopes there; whether it is the wanted side of nothing, and has settled."""

    z: np.ndarray
    margin: float
    slopes: np.ndarray
    reached: bool
    settled: bool
    runs: int


def distance(z: np.ndarray, correlation: np.ndarray) -> float:
    """Mahalanobis' distance of a shock from the medians."""
    return float((independent(z, root_of(correlation)) ** 2).sum()) ** 0.5


def independent(z: np.ndarray, root: np.ndarray) -> np.ndarray:
    """The independent numbers that a shock is made of, [unknown]; added up in one order, by no library of linear algebra."""
    found = np.zeros(len(z))
    for place, own in enumerate(root):
        found[place] = (z[place] - (own[:place] * found[:place]).sum()) / own[place]
    return found


def parts_of(z: np.ndarray, correlation: np.ndarray) -> np.ndarray:
    """What each unknown has of the squared distance, z·R⁻¹z by unknown, as shares that add up to 1, [unknown]."""
    root = root_of(correlation)
    behind = root.T[::-1, ::-1]  # the same steps from the last unknown to the first
    own = z * independent(independent(z, root)[::-1], behind)[::-1]
    return np.asarray(own / max(float(own.sum()), 1e-300))


def nearest_shock(margins: Margins, correlation: np.ndarray) -> Found:
    """The shock nearest to the medians that turns the sign of a margin; `margins` of many shocks side by side."""
    count = len(correlation)
    ends = np.concatenate([np.zeros((1, count)), WIDE * np.eye(count), -WIDE * np.eye(count)])
    first = margins(ends)
    start, up, down = float(first[0]), first[1 : 1 + count] - first[0], first[0] - first[1 + count :]
    slopes = np.stack([down, up]) / WIDE
    lasts, runs = start >= 0, len(ends)
    z, margin = np.zeros(count), start
    own = _of_sides(slopes, correlation, start)
    settled = False
    for turn in range(MOST_ROUNDS):
        new = _linear(own, z, margin, correlation)
        if new is None or distance(new, correlation) > FARTHEST:
            return Found(z, margin, own, False, False, runs)
        ways = z + STEPS[:, None] * (new - z)
        left = margins(ways)
        place = _best_way(ways, left, own, correlation)
        moved, z, margin = distance(ways[place] - z, correlation), ways[place], float(left[place])
        runs += len(ways)
        if settled := abs(margin) < MET and moved < SETTLED * max(distance(z, correlation), 1.0) and turn > 1:
            break
        places = (
            np.arange(count)
            if turn == 0
            else np.argsort(-np.abs(own * times(correlation, own)), kind="stable")[:OF_MOST]
        )
        aside = np.where(z[places] < 0, NARROW, -NARROW)
        beside = np.tile(z, (len(places), 1))
        beside[np.arange(len(places)), places] += aside
        own = own.copy()
        own[places] = (margins(beside) - margin) / aside
        runs += len(places)
    z, margin, more = _beyond(margins, z, margin, lasts)
    return Found(z, margin, own, (margin >= 0) != lasts, settled, runs + more)


def _of_sides(slopes: np.ndarray, correlation: np.ndarray, margin: float) -> np.ndarray:
    """Slopes of the side to which each unknown goes, [unknown], of those to either side, [side, unknown]."""
    down, up = slopes
    own = (down + up) / 2
    for _ in range(SIDES_ASKED):
        towards = -np.sign(margin or 1.0) * times(correlation, own)
        own = np.where(towards < 0, down, up)
    return own


def _best_way(ways: np.ndarray, left: np.ndarray, own: np.ndarray, correlation: np.ndarray) -> int:
    """The shock of least ½β² + c·|m| among some, c twice what the slopes call for: near the medians, and near nothing left."""
    squares = np.array([distance(each, correlation) ** 2 for each in ways])
    steep = float((own * times(correlation, own)).sum()) ** 0.5
    return int((squares / 2 + 2 * squares[0] ** 0.5 / steep * np.abs(left)).argmin())


def _linear(own: np.ndarray, z: np.ndarray, margin: float, correlation: np.ndarray) -> np.ndarray | None:
    """Where a level measure would be nothing, nearest to the medians; None where nothing moves it."""
    spread = times(correlation, own)
    size = float((own * spread).sum())
    return np.round(spread * (float((own * z).sum()) - margin) / size, DIGITS) if size > 0 else None


def _beyond(margins: Margins, z: np.ndarray, margin: float, lasts: bool) -> tuple[np.ndarray, float, int]:
    """The same shock a little larger or smaller, on the wanted side of nothing; and how many runs that took."""
    shares = 1 + np.array([0.0, *(sign * step for step in (0.002, 0.005, 0.01, 0.02, 0.05) for sign in (-1, 1))])
    found = margins(shares[:, None] * z)
    wanted = (found < 0) if lasts else (found >= 0)
    if not wanted.any():
        return z, margin, len(shares)
    able = np.flatnonzero(wanted)
    place = able[np.argmin(shares[able])]
    return shares[place] * z, float(found[place]), len(shares)


@dataclass(frozen=True)
class Shocked:
    """Joint shocks to be projected, [run, unknown], levels solved again in each as in a draw. Goes to processes as it is."""

    shocks: Shocks
    rows: np.ndarray

    @property
    def points(self) -> int:
        """How many there are."""
        return len(self.rows)

    def chunk(self, first: int, last: int) -> Arrays:
        """What is kept of the runs from `first` to before `last`."""
        futures = self.shocks.joint(self.rows[first:last])
        drawn = draws.in_order(futures, self.shocks.observed, 0, last - first)
        runs = accounts_of([each.of(self.shocks.scenario) for each in drawn])
        return kept(runs) | {NEARER: np.array([min(each.nearer) for each in drawn])}


@dataclass(frozen=True)
class Stress:
    """A scenario, and the shock that depletes a fund by a year, or saves it; what is kept at the medians and with the shock."""

    central: RunResult
    shocks: Shocks
    fund: str
    by: int
    found: Found
    middle: Arrays
    shocked: Arrays

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.central.scenario

    @property
    def saves(self) -> bool:
        """Whether the fund is depleted by the year with all unknowns at their medians, so that the shock saves it."""
        return self.lowest(self.middle) < 0

    @property
    def distance(self) -> float:
        """Mahalanobis' distance of the shock from the medians, β."""
        return distance(self.found.z, self.shocks.correlation)

    @property
    def nearer(self) -> float:
        """Share of all joint shocks that lie nearer to the medians: chi-square, as many degrees as there are unknowns."""
        return float(chi2.cdf(self.distance**2, len(self.shocks.unknowns)))

    @property
    def probability(self) -> float:
        """Probability of all beyond the plane through the shock, Φ(−β): to first order that of what it does."""
        return float(norm.cdf(-self.distance))

    def months(self, arrays: Arrays) -> np.ndarray:
        """Reserve months by year of the run kept."""
        return arrays[f"{MONTHS}{self.fund}"][0]

    def lowest(self, arrays: Arrays) -> float:
        """The lowest reserve months up to the year."""
        return float(self.months(arrays)[: self.central.years.index(self.by) + 1].min())

    def depletion(self, arrays: Arrays) -> int | None:
        """The depletion year of the run kept; None where it does not come."""
        year = float(measured_of(arrays, self.fund, "depletion_year")[0])
        return None if np.isnan(year) else int(year)

    @property
    def brought_nearer(self) -> float:
        """What inputs had to be multiplied by so that what was observed could be met; 1 where nothing had to be."""
        return float(self.shocked[NEARER][0])

    @cached_property
    def table(self) -> "pd.DataFrame":
        """Every unknown: z, what it is at the median and under the shock, its part of β², the slope; the largest part first."""
        import pandas as pd

        z = self.found.z
        parts = parts_of(z, self.shocks.correlation)
        rows = [
            (
                unknown.kind,
                unknown.name,
                one,
                self.shocks.size(unknown, 0.0),
                self.shocks.size(unknown, one),
                part,
                slope,
            )
            for unknown, one, part, slope in zip(
                self.shocks.unknowns, map(float, z), map(float, parts), map(float, self.found.slopes), strict=True
            )
        ]
        columns = ["kind", "unknown", "z", "median", "shocked", "part_of_distance", "months_a_unit"]
        table = pd.DataFrame(rows, columns=columns).sort_values("part_of_distance", ascending=False, kind="stable")
        return table.set_index(["kind", "unknown"])

    @cached_property
    def by_year(self) -> "pd.DataFrame":
        """Reserve months of the fund with all unknowns at their medians and under the shock; index year."""
        import pandas as pd

        months = {"medians": self.months(self.middle), "shock": self.months(self.shocked)}
        return pd.DataFrame(months, index=pd.Index(self.central.years, name="year"))

    def unknowns(self, most: int) -> list[Unknown]:
        """The unknowns with the largest parts."""
        return [Unknown(*key) for key in self.table.index[:most]]


def require_by(scenario: Scenario, by: int) -> None:
    """Raises SimsuranceError (USAGE) for a year that is not projected."""
    horizon = scenario.values.horizon
    if not horizon.valuation_year <= by <= horizon.last_year:
        raise SimsuranceError(
            f"--by {by}: is not projected; {horizon.valuation_year} to {horizon.last_year}", exit_code=ExitCode.USAGE
        )


def stress(
    scenario: Scenario,
    by: int,
    fund: str = "resident",
    jobs: int = 1,
    parts: Path | None = None,
    tell: Tell | None = None,
) -> Stress:
    """The nearest joint shock that depletes a fund by the end of a year; that saves it where it is depleted by then anyway.

    `jobs` processes; `parts`: a folder for finished chunks. Raises SimsuranceError where nothing is unknown, for a fund that
    there is not and a year that is not projected.
    """
    require_by(scenario, by)
    (central,) = simulate([scenario])
    require_fund(central, fund)
    shocks = Shocks(scenario)
    refuse_certain(scenario, shocks.unknowns)
    end, turn = central.years.index(by) + 1, [0]

    def run(rows: np.ndarray) -> Arrays:
        turn[0] += 1
        folder = None if parts is None or len(rows) < MANY else parts / f"{turn[0]}"
        return computed(Shocked(shocks, rows), jobs, folder, tell)

    def margins(rows: np.ndarray) -> np.ndarray:
        return np.asarray(run(rows)[f"{MONTHS}{fund}"][:, :end].min(axis=-1))

    found = nearest_shock(margins, shocks.correlation)
    middle, shocked = (run(rows) for rows in (np.zeros((1, len(shocks.unknowns))), found.z[None]))
    return Stress(central, shocks, fund, by, found, middle, shocked)
