"""What a key has to be for a condition to hold with a probability: the same draws at every size.

The condition's margin is known draw by draw at the sizes that were run; between them a steady curve is laid through it, to
choose the sizes to run next. What is told of the answer was run: the share of draws there, and at the last size without it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.interpolate import PchipInterpolator

from simsurance.answers.condition import Chance
from simsurance.answers.vary import Vary, rounded
from simsurance.uncertainty.sampling import SCRAMBLINGS, Sample
from simsurance.uncertainty.stochastic import CentralRun, Kept, standard_error, stochastic

if TYPE_CHECKING:
    import pandas as pd

GRID: Final = 5
"""Sizes that are run first, from bound to bound."""
FAR: Final = 1e9
"""A margin that is out of reach."""
FINER: Final = 800
"""Sizes between the bounds that are told apart."""
TOLERANCE: Final = 1 / 200
"""Distance between the answer and the size beside it without the probability, as a share of the distance of the bounds."""
MOST_ROUNDS: Final = 6
"""Rounds of sizes at most: a grid, and then two sizes on either side of where the answer is expected."""
MOST_SIZES: Final = GRID + 1 + 3 * (MOST_ROUNDS - 1)
"""Scenarios whose draws are run for one answer at most: in each round the scenario itself beside the sizes."""
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class OnDraws:
    """A probability of a condition, what is varied for it, and margins by size and draw; `sizes` in order."""

    central: CentralRun
    vary: Vary
    chance: Chance
    sample: Sample
    sizes: tuple[float, ...]
    margins: np.ndarray
    """[size, draw]"""

    @property
    def shares(self) -> np.ndarray:
        """Share of draws in which the condition holds, [size]."""
        return np.asarray((self.margins >= 0).mean(axis=-1))

    @property
    def errors(self) -> np.ndarray:
        """Standard error of each share, from independent scramblings, [size]."""
        return np.array([standard_error(each >= 0) for each in self.margins])

    @property
    def holds(self) -> np.ndarray:
        """Whether the probability is as wanted, [size]."""
        return met(self.chance, self.shares)

    @cached_property
    def solution(self) -> float | None:
        """The size run that is nearest to the scenario's own and has the probability; None where none has."""
        able = [size for size, holds in zip(self.sizes, self.holds, strict=True) if holds]
        return min(able, key=lambda size: abs(size - self.vary.own)) if able else None

    @property
    def fund(self) -> str:
        """The fund that is asked about."""
        return self.chance.condition.fund

    @property
    def change(self) -> float:
        """What the answer is off the scenario's own size; NaN where there is none."""
        return np.nan if self.solution is None else self.solution - self.vary.own

    @property
    def best(self) -> float:
        """The size run that comes nearest to the probability, or exceeds it most; of several the nearest to the own."""
        shares = self.shares if self.chance.sign == ">=" else -self.shares
        able = [size for size, share in zip(self.sizes, shares, strict=True) if share == shares.max()]
        return min(able, key=lambda size: abs(size - self.vary.own))

    def value_at(self, size: float) -> float:
        """The share of draws at a size that was run."""
        return float(self.shares[self.sizes.index(size)])

    @property
    def question(self) -> Chance:
        """What is asked."""
        return self.chance

    @property
    def asked(self) -> str:
        """The condition as it is typed."""
        return self.chance.text

    @property
    def tolerance(self) -> float:
        """How far at most the answer is from a size without the probability."""
        return max(TOLERANCE * (self.vary.high - self.vary.low), self.vary.least_change)

    @property
    def beside(self) -> dict[str, Any]:
        """What is told beside the answer: the sample, and the answer's standard error."""
        error = self.error if np.isfinite(self.error) else None
        return {"sample": vars(self.sample), "standard_error": error}

    @cached_property
    def by_scrambling(self) -> np.ndarray:
        """The answer that each independent scrambling alone would give, between the sizes run; NaN where none, [scrambling]."""
        parts = np.split(self.margins, SCRAMBLINGS, axis=-1)
        found = [nearest(self.vary, self.chance, self.sizes, part) for part in parts]
        return np.array([np.nan if each is None else each for each in found])

    @property
    def error(self) -> float:
        """Standard error of the answer from independent scramblings; NaN where one of them alone has none."""
        return float(self.by_scrambling.std(ddof=1) / SCRAMBLINGS**0.5)

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row a size: share of draws in which the condition holds, its standard error, whether that is enough."""
        import pandas as pd

        columns = {"share": self.shares, "standard_error": self.errors, "holds": self.holds}
        found = pd.DataFrame(columns, index=pd.Index(self.sizes, name="size"))
        return found.assign(solution=[size == self.solution for size in self.sizes])


def met(chance: Chance, shares: np.ndarray) -> np.ndarray:
    """Whether shares of draws are as wanted."""
    return shares >= chance.value if chance.sign == ">=" else shares <= chance.value


def on_draws(
    vary: Vary, chance: Chance, sample: Sample, jobs: int = 1, parts: Path | None = None, tell: Tell | None = None
) -> OnDraws:
    """The size nearest to the scenario's own at which a condition has a probability, on the same draws throughout.

    `jobs` processes; `parts`: a folder for finished chunks, from which an interrupted search is taken up.
    """
    rows: dict[float, np.ndarray] = {}

    def run(sizes: Sequence[float], turn: int) -> CentralRun:
        new = [size for size in sizes if size not in rows]
        folder = None if parts is None else parts / f"{turn}"

        def told(done: int, of: int) -> None:
            if tell:
                tell(done, of)

        found = stochastic([vary.scenario, *(vary.at(size) for size in new)], sample, jobs, folder, told)
        if vary.low <= vary.own <= vary.high:
            rows[vary.own] = margins_of(found[0].kept, found[0].years, chance)
        rows.update(
            {size: margins_of(each.kept, each.years, chance) for size, each in zip(new, found[1:], strict=True)}
        )
        central = found[0].central
        assert isinstance(central, CentralRun)
        return central

    central = run([rounded(size) for size in np.linspace(vary.low, vary.high, GRID)], 0)
    for turn in range(1, MOST_ROUNDS):
        sizes = tuple(sorted(rows))
        margins = np.stack([rows[size] for size in sizes])
        ends = _ends(vary, chance, sizes, margins)
        if ends is None:
            break
        low, high = ends
        expected = nearest(vary, chance, sizes, margins)
        aside = max((high - low) / 12, vary.least_change)
        middle = (low + high) / 2 if expected is None else expected
        near = {rounded(min(max(middle + shift, low), high)) for shift in (-aside, aside)} - {low, high}
        run(sorted(near) or [rounded((low + high) / 2)], turn)
    sizes = tuple(sorted(rows))
    return OnDraws(central, vary, chance, sample, sizes, np.stack([rows[size] for size in sizes]))


def margins_of(kept: Kept, years: tuple[int, ...], chance: Chance) -> np.ndarray:
    """Margins of the condition in all draws of a scenario, [draw]; a summary measure without a value does not hold."""
    condition = chance.condition
    margins = condition.margins(kept.yearly[condition.fund], kept.measured, years)
    return np.where(np.isnan(margins), -np.inf, margins)


def _ends(vary: Vary, chance: Chance, sizes: Sequence[float], margins: np.ndarray) -> tuple[float, float] | None:
    """The answer so far and its neighbour on the side of the scenario's own size; None where they are near enough, or none."""
    holds = met(chance, (margins >= 0).mean(axis=-1))
    able = [place for place, each in enumerate(holds) if each]
    if not able:
        return None
    place = min(able, key=lambda each: abs(sizes[each] - vary.own))
    beside = place - 1 if sizes[place] > vary.own else place + 1
    if sizes[place] == vary.own or not 0 <= beside < len(sizes):
        return None
    low, high = sorted((sizes[beside], sizes[place]))
    return (low, high) if high - low > TOLERANCE * (vary.high - vary.low) else None


def nearest(vary: Vary, chance: Chance, sizes: Sequence[float], margins: np.ndarray) -> float | None:
    """The size nearest to the scenario's own at which the probability is as wanted, margins on steady curves between sizes.

    `margins` [size, draw].
    """
    fine = np.union1d(np.linspace(vary.low, vary.high, FINER + 1), sizes)
    steady = PchipInterpolator(sizes, np.nan_to_num(margins, posinf=FAR, neginf=-FAR))
    able = fine[met(chance, (steady(fine) >= 0).mean(axis=-1))]
    return float(able[np.abs(able - vary.own).argmin()]) if len(able) else None
