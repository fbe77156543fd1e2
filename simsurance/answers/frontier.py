"""Packages of levers that hold a target and of which no other costs members, patients and the public less at once.

Told are packages that were run, on the central path or on the same draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.answers.condition import Chance, Condition
from simsurance.answers.on_draws import met
from simsurance.answers.package_search import Package, Search, efficient_of, first_drawn, spread_of
from simsurance.answers.packages import COSTS, MARGINS, OBJECTIVES, VALUES, Levers, Outcome, outcomes, refused
from simsurance.results import ODDS, RunResult, entries_of, simulate
from simsurance.uncertainty.points import Tell
from simsurance.uncertainty.sampling import Sample

if TYPE_CHECKING:
    import pandas as pd

MOST_TOLD: Final = 10
LETTERS: Final = "ABCDEFGHIJ"
ROUNDS_IN_PROPORTION, ROUNDS, ROUNDS_ON_DRAWS = 2, 10, 4
"""Rounds in which proportions are asked; in which known packages are made better, at most; and those on draws."""
ORDER, ORDER_ON_DRAWS = 3, 2
"""Proportions of the costs that are asked in a round: all sums to 1 of so many parts."""
IMPROVED, IMPROVED_ON_DRAWS = 12, 4
"""Efficient packages that are made better in a round."""


@dataclass(frozen=True)
class Frontier:
    """A scenario, levers, a target, and every package that was run; `shares` of draws in which the condition holds, or NaN."""

    central: RunResult
    levers: Levers
    asked: Condition | Chance
    limits: tuple[Condition, ...]
    sample: Sample | None
    packages: tuple[Package, ...]
    own: Outcome
    costs: np.ndarray
    """[package, objective], NaN where the scenario does not bear the package."""
    margins: np.ndarray
    """[package, target and limits]; of a probability that of the draw that decides, NaN where it was not run on draws."""
    values: np.ndarray
    shares: np.ndarray
    entries: str

    @property
    def condition(self) -> Condition:
        """What is asked of a path."""
        return self.asked.condition if isinstance(self.asked, Chance) else self.asked

    @cached_property
    def holds(self) -> np.ndarray:
        """Whether target and limits hold, [package]."""
        if not isinstance(self.asked, Chance):
            return np.asarray((self.margins >= 0).all(axis=-1))
        return np.asarray(met(self.asked, self.shares) & (self.margins[:, 1:] >= 0).all(axis=-1))

    @cached_property
    def efficient(self) -> np.ndarray:
        """Whether a package holds and no other that does costs less in one way and no more in any, [package]."""
        return efficient_of(self.costs, self.holds)

    @cached_property
    def told(self) -> tuple[int, ...]:
        """At most ten efficient packages that differ, from little public money to much."""
        places = np.flatnonzero(self.efficient)
        chosen = places[spread_of(self.costs[places], MOST_TOLD)] if len(places) else places
        order = np.lexsort((self.costs[chosen, 0], self.costs[chosen, 2]))
        return tuple(int(place) for place in chosen[order])

    @property
    def nearest(self) -> int:
        """The package that comes nearest to the target, of those within the limits if there are any."""
        within = (self.margins[:, 1:] >= 0).all(axis=-1)
        able = within & np.isfinite(self.margins[..., 0])
        return int(
            np.nanargmax(np.where(able, self.margins[..., 0], -np.inf) if able.any() else self.margins.min(axis=-1))
        )

    @property
    def own_costs(self) -> dict[str, float]:
        """The costs of the scenario itself by name."""
        return dict(zip(OBJECTIVES, self.own.costs, strict=True))

    @property
    def least_costs(self) -> dict[str, float]:
        """The least of each cost over the packages that hold, and of their sum; infinite where none holds."""
        costs = self.costs[self.holds]
        each = [*costs.T, costs.sum(axis=-1)]
        return {name: float(of.min(initial=np.inf)) for name, of in zip((*OBJECTIVES, "together"), each, strict=True)}

    @cached_property
    def added(self) -> np.ndarray:
        """Costs beyond those of the scenario itself, as shares of income, [package, objective]."""
        return np.asarray(self.costs - np.array(self.own.costs))

    @cached_property
    def table(self) -> "pd.DataFrame":
        """Every package: sizes of levers, costs as shares of income, own payment added, measure, shares, whether it holds.

        `efficient`, and its letter where it is told; index package.
        """
        import pandas as pd

        columns: dict[str, Any] = {
            key: [sizes[place] for sizes in self.packages] for place, key in enumerate(self.levers.keys)
        }
        columns |= {name: self.costs[..., place] for place, name in enumerate(OBJECTIVES)}
        columns |= {f"{name}_added": self.added[..., place] for place, name in enumerate(OBJECTIVES)}
        columns |= {"value": self.values[..., 0], "margin": self.margins[..., 0], "share_of_draws": self.shares}
        columns |= {f"limit_{place}": self.values[..., place] for place in range(1, 1 + len(self.limits))}
        letters = dict(zip(self.told, LETTERS, strict=False))
        names = [letters.get(place, "") for place in range(len(self.packages))]
        columns |= {"holds": self.holds, "efficient": self.efficient, "told": names}
        return pd.DataFrame(columns, index=pd.RangeIndex(len(self.packages), name="package"))


def frontier(
    levers: Levers,
    asked: Condition | Chance,
    limits: Sequence[Condition] = (),
    sample: Sample | None = None,
    central: RunResult | None = None,
    entries: str = ODDS,
    jobs: int = 1,
    parts: Path | None = None,
    tell: Tell | None = None,
) -> Frontier:
    """Packages that hold a target within limits, and which of them are efficient.

    A target with a probability is asked of the draws of `sample`, entries to the employee scheme held in each; all else of the
    central path, with `entries` as in `solve`. `jobs` processes; `parts`: a folder for finished chunks of draws. Raises
    SimsuranceError where the scenario bears no package.
    """
    (run,) = simulate([levers.scenario]) if central is None else (central,)
    condition = asked.condition if isinstance(asked, Chance) else asked
    search = Search(run, levers, asked, (condition, *limits), entries_of(run, entries), sample, jobs, parts, tell)
    (own,) = outcomes([levers.scenario], search.conditions, None)
    assert own is not None
    search.project(search.first())
    if not search.known:
        refused(levers, next(iter(search.rows)))
    if sample is None:
        for turn in range(ROUNDS):
            wanted = search.wanted(ORDER if turn < ROUNDS_IN_PROPORTION else 0, IMPROVED)
            if not wanted:
                break
            search.project(wanted)
    else:
        search.project(search.wanted(ORDER, 0))
        search.draw(first_drawn(levers, search.known, search.least(search.known)))
        for _ in range(ROUNDS_ON_DRAWS):
            wanted = search.wanted(ORDER_ON_DRAWS, IMPROVED_ON_DRAWS)
            search.project(wanted)
            search.draw(wanted)
    packages = tuple(sorted(search.rows))
    costs, margins, values = (
        np.array([search.rows[each][name] for each in packages]) for name in (COSTS, MARGINS, VALUES)
    )
    if isinstance(asked, Chance):
        margins[..., 0] = [search.robust.get(each, np.nan) for each in packages]
    shares = np.array([search.shares.get(each, np.nan) for each in packages])
    return Frontier(run, levers, asked, tuple(limits), sample, packages, own, costs, margins, values, shares, entries)
