"""What moves a fund most: every unknown at its tenth and its ninetieth percentile, one at a time, all others at their medians.

Unknowns are those of draws: inputs with a range, the long-run mean of each path of the economy, the demography of the United
Nations, the accounts as they are settled. Levels are solved again at each, as in a draw, so that every run agrees with what was
observed. An input that is correlated with others moves alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from simsurance.errors import SimsuranceError
from simsurance.ledger import fund_of
from simsurance.measures import measure_of
from simsurance.results import RunResult, accounts_of, simulate
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.schedule import value_in
from simsurance.uncertainty import draws
from simsurance.uncertainty.correlation import times
from simsurance.uncertainty.futures import ALL_SERIES, Futures, futures_of, refuse_certain
from simsurance.uncertainty.observed import Observed, observed
from simsurance.uncertainty.parameters import K
from simsurance.uncertainty.paths import LATENT, SERIES
from simsurance.uncertainty.points import MONTHS, Arrays, Tell, computed, funds_of, kept, measured_of, years_funded
from simsurance.uncertainty.sampling import Given
from simsurance.uncertainty.stochastic import YEARS_FUNDED

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

INPUT, SHIFT, DEMOGRAPHY, SETTLEMENT = ("input", "long_run", "demography", "settlement")
DEPLETION: Final = "depletion_year"
REQUIRED: Final = "required_contribution_multiple_now"
AT_YEAR: Final = "reserve_months_"
NEARER: Final = "nearer"
YEARS_ON: Final = 10
"""Reserve months are told after so many years, where no year is named."""
TOLD: Final = 3
"""So many unknowns are named that move a fund most."""


@dataclass(frozen=True)
class Unknown:
    """One thing that is not known: of a kind, by the path of an input, the name of a series, or a total that is settled."""

    kind: str
    name: str


@dataclass(frozen=True)
class Shocks:
    """Every unknown of a scenario at two percentiles: first all at their medians, then the low and the high end of each."""

    scenario: Scenario
    z: float = K

    def __reduce__(self) -> tuple[type["Shocks"], tuple[Scenario, float]]:
        """Goes to processes as it was made; what follows from it is found there."""
        return Shocks, (self.scenario, self.z)

    @cached_property
    def observed(self) -> Observed:
        """What every run has to agree with."""
        return observed(self.scenario)

    @cached_property
    def _drawn(self) -> Futures:
        return futures_of(self.scenario, Given(np.empty((0, 0))), tuple(each.target for each in self.observed.levels))

    @cached_property
    def unknowns(self) -> tuple[Unknown, ...]:
        """What moves, families and layers that are switched off left out."""
        futures = self._drawn
        found = [Unknown(INPUT, each.path) for each in futures.parameters.drawn]
        if futures.paths.economy_on:
            found += [Unknown(SHIFT, name) for name in SERIES if futures.paths.processes[name].shift_sd]
        if futures.paths.demography_on:
            found += [Unknown(DEMOGRAPHY, name) for name in LATENT]
        spread = zip(futures.targets, self.observed.spread, strict=True)
        return (*found, *(Unknown(SETTLEMENT, name) for name, size in spread if size))

    @property
    def points(self) -> int:
        """How many runs there are."""
        return 1 + 2 * len(self.unknowns)

    @cached_property
    def futures(self) -> Futures:
        """The runs as draws."""
        rows = [np.zeros(len(self._drawn.dimensions))]
        for unknown in self.unknowns:
            rows += [self.numbers(unknown, z) for z in (-self.z, self.z)]
        return replace(self._drawn, sample=Given(np.stack(rows)))

    def joint(self, numbers: np.ndarray) -> Futures:
        """Draws in which all unknowns stand at standard normal numbers of their own, [run, unknown]."""
        own = [times(self._directions.T, each) for each in numbers]
        return replace(self._drawn, sample=Given(np.stack(own)))

    @cached_property
    def _directions(self) -> np.ndarray:
        """The independent numbers of a draw in which one unknown stands at 1, [unknown, dimension]."""
        return np.stack([self.numbers(unknown, 1.0) for unknown in self.unknowns])

    @cached_property
    def correlation(self) -> np.ndarray:
        """How the unknowns go together, [unknown, unknown]: inputs of a group, and long-run means."""
        futures, found = self._drawn, np.eye(len(self.unknowns))
        for kind, names, root in (
            (INPUT, [each.path for each in futures.parameters.drawn], futures.parameters.root),
            (SHIFT, list(SERIES), futures.paths.root),
        ):
            known = (root[:, None] * root).sum(axis=-1)
            own = {place: names.index(each.name) for place, each in enumerate(self.unknowns) if each.kind == kind}
            for one, of_one in own.items():
                for other, of_other in own.items():
                    found[one, other] = known[of_one, of_other]
        return found

    def numbers(self, unknown: Unknown, z: float) -> np.ndarray:
        """The independent numbers of a draw in which one unknown stands at a standard normal number, all others at 0."""
        futures = self._drawn
        found, at = np.zeros(len(futures.dimensions)), futures.places
        if unknown.kind == INPUT:
            one = np.array([z * (each.path == unknown.name) for each in futures.parameters.drawn])
            found[at["input"]] = np.linalg.solve(futures.parameters.root, one)
        elif unknown.kind == SHIFT:
            one = np.array([z * (name == unknown.name) for name in SERIES])
            found[at["shift"]] = np.linalg.solve(futures.paths.root, one)
        elif unknown.kind == DEMOGRAPHY:
            phi, years = futures.paths.persistence[unknown.name], len(futures.paths.years)
            constant = np.append(z, np.full(years - 1, z * (1 - phi) / (1 - phi**2) ** 0.5))
            found[at["path"][ALL_SERIES.index(unknown.name)]] = futures.paths.turned.T @ constant
        else:
            found[at["target"][futures.targets.index(unknown.name)]] = z
        return found

    def size(self, unknown: Unknown, z: float) -> float:
        """What an unknown is at a standard normal number: the input's value in the first year, the shift, the deviation.

        Of demography, which is placed between bounds, the number itself.
        """
        futures = self._drawn
        if unknown.kind == INPUT:
            changed = futures.values(self.numbers(unknown, z))[unknown.name]
            found = value_in(changed, self.scenario.values.horizon.valuation_year)
            return np.nan if found is None else found
        if unknown.kind == SHIFT:
            return z * futures.paths.processes[unknown.name].shift_sd
        if unknown.kind == SETTLEMENT:
            return z * float(self.observed.spread[futures.targets.index(unknown.name)])
        return z

    def chunk(self, first: int, last: int) -> Arrays:
        """What is kept of the runs from `first` to before `last`."""
        drawn = draws.in_order(self.futures, self.observed, first, last)
        runs = accounts_of([each.of(self.scenario) for each in drawn])
        return kept(runs) | {NEARER: np.array([min(each.nearer) for each in drawn])}


@dataclass(frozen=True)
class Ends:
    """A measure of a fund with one unknown low, with all at their medians, and with it high; NaN where it has no value."""

    unknown: Unknown
    low: float
    middle: float
    high: float

    @property
    def range(self) -> float:
        """By how much it moves; of what has values alone."""
        values = np.array([self.low, self.middle, self.high])
        there = values[np.isfinite(values)]
        return float(there.max() - there.min()) if there.size else 0.0


@dataclass(frozen=True)
class Sensitivity:
    """A scenario, and its funds with every unknown low and high, one at a time."""

    central: RunResult
    shocks: Shocks
    arrays: Arrays
    year: int
    """At whose end reserve months are told."""

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
        """The funds that pay benefits."""
        return [fund for fund in funds_of(self.arrays) if fund_of(fund).pooled]

    def measures(self, fund: str) -> list[str]:
        """What is told of a fund."""
        has = measure_of(fund, REQUIRED) in {each.measure for each in self.central.measured}
        return [YEARS_FUNDED, DEPLETION, f"{AT_YEAR}{self.year}", *([REQUIRED] if has else [])]

    def of(self, fund: str, measure: str) -> np.ndarray:
        """A measure of a fund, [run]; NaN where it has no value."""
        if measure == YEARS_FUNDED:
            return years_funded(self.arrays, fund, self.years)
        if measure == f"{AT_YEAR}{self.year}":
            return self.arrays[f"{MONTHS}{fund}"][:, self.years.index(self.year)]
        return measured_of(self.arrays, fund, measure)

    def ends(self, fund: str, measure: str) -> list[Ends]:
        """A measure with every unknown low and high, what moves it most first; reserve months decide between equals.

        Depletion years stand in the order of years funded.
        """
        middle, *found = (float(each) for each in self.of(fund, measure))
        pairs = zip(self.shocks.unknowns, found[::2], found[1::2], strict=True)
        ends = [Ends(unknown, low, middle, high) for unknown, low, high in pairs]
        if measure.startswith(AT_YEAR):
            return sorted(ends, key=lambda each: -each.range)
        if measure == DEPLETION:
            order = [each.unknown for each in self.ends(fund, YEARS_FUNDED)]
            return sorted(ends, key=lambda each: order.index(each.unknown))
        months = {each.unknown: each.range for each in self.ends(fund, f"{AT_YEAR}{self.year}")}
        return sorted(ends, key=lambda each: (-each.range, -months[each.unknown]))

    def moving(self, fund: str, measure: str) -> list[Ends]:
        """The same without unknowns that leave it as it is; a date that does not come is another than one that does."""
        known = YEARS_FUNDED if measure == DEPLETION else measure
        moving = {each.unknown for each in self.ends(fund, known) if each.range}
        return [each for each in self.ends(fund, measure) if each.unknown in moving]

    def moves(self, fund: str, measure: str) -> bool:
        """Whether any unknown moves a measure."""
        return bool(self.moving(fund, measure))

    def sizes(self, unknown: Unknown) -> tuple[float, float]:
        """What an unknown is at its low and its high end."""
        low, high = (self.shocks.size(unknown, z) for z in (-self.shocks.z, self.shocks.z))
        return low, high

    @property
    def brought_nearer(self) -> list[Unknown]:
        """Unknowns that had to be brought nearer to their medians at an end, as what was observed could not be met."""
        nearer = self.arrays[NEARER][1:].reshape(-1, 2).min(axis=-1)
        return [unknown for unknown, share in zip(self.shocks.unknowns, nearer, strict=True) if share < 1]

    @cached_property
    def table(self) -> "pd.DataFrame":
        """Every fund and measure with every unknown low and high; index fund, measure, kind, unknown.

        `unknown_low`, `unknown_high`: what the unknown is at its ends; `nearer_low`, `nearer_high`: what it was multiplied by
        so that what was observed could be met.
        """
        import pandas as pd

        nearer = dict(zip(self.shocks.unknowns, self.arrays[NEARER][1:].reshape(-1, 2), strict=True))
        sizes = {each: self.sizes(each) for each in nearer}
        rows = [
            (
                *(fund, measure, each.unknown.kind, each.unknown.name, *sizes[each.unknown]),
                *(each.low, each.middle, each.high, each.range, *nearer[each.unknown]),
            )
            for fund in self.funds
            for measure in self.measures(fund)
            for each in self.ends(fund, measure)
        ]
        names = ["fund", "measure", "kind", "unknown", "unknown_low", "unknown_high", "low", "middle", "high", "range"]
        table = pd.DataFrame(rows, columns=[*names, "nearer_low", "nearer_high"])
        return table.set_index(names[:4])


def sensitivity(
    scenario: Scenario,
    year: int | None = None,
    jobs: int = 1,
    parts: "Path | None" = None,
    tell: Tell | None = None,
) -> Sensitivity:
    """Every unknown of a scenario low and high, one at a time; `parts` and `tell` as in `points.computed`.

    Raises SimsuranceError where nothing is unknown, and for a year that is not projected.
    """
    (central,) = simulate([scenario])
    year = default_year(central.years) if year is None else year
    if year not in central.years:
        raise SimsuranceError(f"--year {year}: is not projected; {central.years[0]} to {central.years[-1]}")
    shocks = Shocks(scenario)
    refuse_certain(scenario, shocks.unknowns)
    return Sensitivity(central, shocks, computed(shocks, jobs, parts, tell), year)


def require_by(scenario: Scenario, by: int | None) -> None:
    """Raises SimsuranceError for a year by which nothing is projected."""
    horizon = scenario.values.horizon
    if by is not None and not horizon.valuation_year <= by <= horizon.last_year:
        raise SimsuranceError(f"--by {by}: is not projected; {horizon.valuation_year} to {horizon.last_year}")


def default_year(years: Sequence[int]) -> int:
    """The year at whose end reserve months are told where none is named."""
    return years[min(YEARS_ON, len(years)) - 1]
