"""What it is worth to know something: by how much the variance of an event would shrink if one unknown were known.

From plain draws best: the numbers of a sequence that is spread evenly are tied to one another where draws are few. The event is
that a fund is depleted by the end of a year; its variance is p·(1 − p). If an unknown were known, what is left is the mean
variance within its values, here within bins of equally many draws. The share that goes,

    share = (B − (k − 1)·w) / T,

with T the sum of squares of the event, B that between the k bins and w the mean square within them, has no bias where the
unknown says nothing: it is then below 0 about as often as above. Errors are those of the jackknife over independent parts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import stdtrit

from simsurance.axes import axis
from simsurance.ledger import fund_of
from simsurance.scenario_file.loader import Scenario
from simsurance.uncertainty.futures import Futures
from simsurance.uncertainty.paths import LATENT, SERIES, summed
from simsurance.uncertainty.sampling import SCRAMBLINGS, Sample, apart
from simsurance.uncertainty.sensitivity import DEMOGRAPHY, INPUT, SETTLEMENT, SHIFT, Unknown, require_by
from simsurance.uncertainty.stochastic import Plan, Stochastic

if TYPE_CHECKING:
    import pandas as pd

YEARLY: Final = "yearly"
"""The kind of what the single years of a path add up to, apart from its long-run mean."""
OVER_YEARS: Final = axis("year", of=("year", "draw"))
SAMPLER: Final = "plain"
BINS: Final = (4, 8)
"""Bins at least and at most."""
IN_A_BIN: Final = 32
"""Draws of a bin, where that leaves as many bins as there may be."""
COVERED: Final = 0.95
HALF: Final = 0.5


@dataclass(frozen=True)
class Worth:
    """What knowing an unknown is worth: the share of variance that goes, its interval, the chance where it is low and high.

    The interval is NaN where the parts of the draws do not differ.
    """

    unknown: Unknown
    share: float
    low: float
    high: float
    chance_lowest: float
    chance_highest: float


def told_apart(found: Sequence[Worth]) -> bool:
    """Whether draws tell what is worth most to know, the largest share first: see `sampling.apart`."""
    return apart([(each.share, each.low, each.high) for each in found])


@dataclass(frozen=True)
class Drawn:
    """What has to be known of draws: scenario, sample, years, when each fund that pays benefits is depleted, [draw].

    `nearer`: what inputs of membership and of cost were multiplied by, [draw, 2].
    """

    scenario: Scenario
    sample: Sample
    years: tuple[int, ...]
    depletion: Mapping[str, np.ndarray]
    nearer: np.ndarray

    @classmethod
    def of(cls, run: Stochastic) -> "Drawn":
        """The same of draws at hand."""
        funds = [fund for fund in run.kept.yearly if fund_of(fund).pooled]
        dates = {fund: run.dates(fund, "depletion") for fund in funds}
        return cls(run.scenario, run.sample, run.years, dates, run.kept.nearer)


@dataclass(frozen=True)
class Information:
    """Draws of a scenario, and what each unknown says of whether its funds are depleted by a year."""

    run: Drawn
    values: Mapping[Unknown, np.ndarray]
    """What each unknown is in the draws, on a scale that rises with it, [draw]."""
    asked: int | None = None

    @property
    def funds(self) -> list[str]:
        """The funds that pay benefits."""
        return list(self.run.depletion)

    def by(self, fund: str) -> int:
        """The year of the event: the one asked for, else the one whose chance is nearest to one half, the last of several."""
        if self.asked is not None:
            return self.asked
        chances = np.array([(self.run.depletion[fund] <= year).mean() for year in self.run.years])
        return self.run.years[-1 - int(np.abs(chances - HALF)[::-1].argmin())]

    def event(self, fund: str) -> np.ndarray:
        """Whether a fund is depleted by then, [draw]."""
        return np.asarray(self.run.depletion[fund] <= self.by(fund))

    def chance(self, fund: str) -> float:
        """The share of draws in which it is."""
        return float(self.event(fund).mean())

    def worths(self, fund: str) -> list[Worth]:
        """Every unknown, the one worth most first; none where the event is sure."""
        event = self.event(fund)
        if event.all() or not event.any():
            return []
        found = [worth(unknown, values, event) for unknown, values in self.values.items()]
        return sorted(found, key=lambda each: -each.share)

    @cached_property
    def table(self) -> "pd.DataFrame":
        """Every fund and unknown; index fund, kind, unknown.

        `by` the year of the event, `chance` that it happens, `share` of its variance that goes if the unknown is known, `low`
        and `high` its interval of 95 per cent; the chance in the bin where the unknown is lowest and where it is highest.
        """
        import pandas as pd

        rows = [
            (
                *(fund, each.unknown.kind, each.unknown.name, self.by(fund), self.chance(fund)),
                *(each.share, each.low, each.high, each.chance_lowest, each.chance_highest),
            )
            for fund in self.funds
            for each in self.worths(fund)
        ]
        names = ["fund", "kind", "unknown", "by", "chance", "share", "low", "high", "chance_lowest", "chance_highest"]
        return pd.DataFrame(rows, columns=names).set_index(names[:3])


def worth(unknown: Unknown, values: np.ndarray, event: np.ndarray) -> Worth:
    """What an unknown says of an event, [draw] both, draws of a scrambling together."""
    bins = min(max(len(values) // IN_A_BIN, BINS[0]), BINS[1])
    share = share_known(values, event, bins)
    parts = np.arange(len(values)) * SCRAMBLINGS // len(values)
    without = np.array([share_known(values[parts != part], event[parts != part], bins) for part in range(SCRAMBLINGS)])
    error = np.sqrt((SCRAMBLINGS - 1) / SCRAMBLINGS * ((without - without.mean()) ** 2).sum())
    reach = float(stdtrit(SCRAMBLINGS - 1, (1 + COVERED) / 2) * error) or np.nan
    lowest, *_, highest = np.array_split(event[np.argsort(values, kind="stable")], bins)
    return Worth(unknown, share, share - reach, share + reach, float(lowest.mean()), float(highest.mean()))


def share_known(values: np.ndarray, event: np.ndarray, bins: int) -> float:
    """The share of an event's variance that goes where a number is known, from bins of equally many draws."""
    parts = np.array_split(event[np.argsort(values, kind="stable")].astype(float), bins)
    means, sizes = np.array([part.mean() for part in parts]), np.array([len(part) for part in parts])
    whole = float(((event - event.mean()) ** 2).sum())
    if whole == 0:
        return 0.0
    between = float((sizes * (means - event.mean()) ** 2).sum())
    within = (whole - between) / (len(event) - bins)
    return (between - (bins - 1) * within) / whole


def information(run: Drawn, by: int | None = None) -> Information:
    """What every unknown of the draws of a scenario says of depletion by a year, or by the year that is least sure.

    Raises SimsuranceError for a year that is not projected.
    """
    require_by(run.scenario, by)
    plan = Plan((run.scenario,), run.sample)
    return Information(run, values_of(plan.futures, plan.observed.spread, run), by)


def values_of(futures: Futures, spread: np.ndarray, run: Drawn) -> dict[Unknown, np.ndarray]:
    """What each unknown is in the draws, as standard normal numbers or sums of them, [draw]."""
    numbers, at, paths = futures.numbers(0, len(run.nearer)), futures.places, futures.paths
    parameters = futures.parameters
    people, cost = run.nearer[:, :1], run.nearer[:, 1:]
    inputs = numbers[:, at["input"]] @ parameters.root.T * np.where(parameters.of_cost, cost, people)
    found = {Unknown(INPUT, each.path): inputs[:, place] for place, each in enumerate(parameters.drawn)}
    if paths.economy_on:
        shifts = numbers[:, at["shift"]] @ paths.root.T
        own = [numbers[:, at["path"][place]] @ paths.turned.T for place in range(len(SERIES))]
        innovations = np.einsum("ij,jdt->idt", paths.root, np.stack(own))
        for place, name in enumerate(SERIES):
            if paths.processes[name].shift_sd:
                found[Unknown(SHIFT, name)] = shifts[:, place]
            if paths.processes[name].sd:
                found[Unknown(YEARLY, name)] = (
                    paths.processes[name].deviations(innovations[place].T).mean(axis=OVER_YEARS)
                )
    if paths.demography_on:
        for place, name in enumerate(LATENT, len(SERIES)):
            latent = (numbers[:, at["path"][place]] @ paths.turned.T).T
            phi = paths.persistence[name]
            path = summed(phi, np.concatenate([latent[:1], (1 - phi**2) ** 0.5 * latent[1:]]))
            found[Unknown(DEMOGRAPHY, name)] = path.mean(axis=OVER_YEARS)
    for place, name in enumerate(futures.targets):
        if spread[place]:
            found[Unknown(SETTLEMENT, name)] = numbers[:, at["target"][place]]
    return found
