"""What draws do at any setting of a meeting page's sliders: fans and chances that move with them.

Each draw is run at the scenario itself and at two places of every slider. The logarithm of a flow of a draw is taken as that
of the central run at the setting, plus the draw's own distance from the central run, which is a parabola in each slider
through what was run. What several sliders do together is thus the central run's, what each does alone is the draw's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from simsurance.answers.sliders import Sliders
from simsurance.answers.surrogate import (
    Bank,
    Surrogate,
    Tell,
    checked_settings,
    closing_of,
    depleted_by,
    flows_of,
    months_of,
)
from simsurance.errors import SimsuranceError
from simsurance.results import accounts_of, simulate
from simsurance.uncertainty import draws
from simsurance.uncertainty.jobs import computed, over
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.stochastic import OVER_DRAWS, Plan

CHUNK: Final = 4
"""Draws that are solved, run and handed over together."""
CHECKS: Final = 8
"""Settings at which all draws are run to find the error: two opposite corners, and points that were not fitted."""
MOST_CHANCE: Final = 0.02
"""The error that is borne in a chance, or one draw if that is more."""
LEVELS: Final = 32_000
"""Whole numbers on either side of 0 that a page holds for a distance."""
PERCENTILES: Final = (10.0, 50.0, 90.0)


@dataclass(frozen=True)
class Ends:
    """Draws of a scenario and settings at which each is run, [setting, slider]; the first is the scenario itself."""

    sliders: Sliders
    plan: Plan
    settings: np.ndarray
    funds: tuple[str, ...]

    @property
    def points(self) -> int:
        """How many draws there are."""
        return self.plan.points

    def chunk(self, first: int, last: int) -> dict[str, np.ndarray]:
        """What is kept of the draws from `first` to before `last`, [draw, setting, fund, …, year]."""
        kept: dict[str, list[np.ndarray]] = {"flows": [], "closing": [], "opening": [], "rates": []}
        for draw in draws.block(self.plan.futures, self.plan.observed, first, last):
            (base,) = simulate([draw.scenario], built=[draw.built], engine=self.plan.engine)
            others = [draw.of(self.sliders.at(each)) for each in self.settings[1:]]
            runs = [base, *accounts_of(others, base.entries, engine=self.plan.engine)]
            kept["flows"].append(np.stack([flows_of(run, self.funds) for run in runs]))
            kept["closing"].append(np.stack([closing_of(run, self.funds) for run in runs]))
            kept["opening"].append(np.array([base.accounts[fund]["opening"][0] for fund in self.funds]))
            kept["rates"].append(base.interest.rates)
        return {name: np.stack(each) for name, each in kept.items()}


@dataclass(frozen=True)
class Drawn:
    """The draws of a page: distances of logarithms of flows from the central run, and the error of what follows from them.

    `apart` [draw, fund, flow, year] at the scenario itself; `bends` [power, slider, draw, fund, flow, year], what it grows by
    with a slider's distance from there and with its square, in whole numbers of `steps` [power, slider].
    """

    apart: np.ndarray
    bends: np.ndarray
    steps: np.ndarray
    bank: Bank
    sample: Sample

    def flows(self, central: np.ndarray, distance: np.ndarray) -> np.ndarray:
        """Flows of all draws where those of the central run are `central` and sliders so far from the scenario's own."""
        whole = np.array([distance, distance**2]) * self.steps
        grown = np.tensordot(whole, self.bends.astype(float), axes=2)
        return np.asarray(central * np.exp(self.apart + grown))

    def blame(self) -> np.ndarray:
        """How much draws bend with each slider, [slider]."""
        bends = np.abs(self.bends[-1].astype(float))
        return np.asarray(bends.reshape(len(bends), -1).max(axis=-1) * self.steps[-1])


@dataclass(frozen=True)
class DrawsChecked:
    """How far chances and fans miss at settings that were run with all draws: [setting, fund, year]; fans of PERCENTILES."""

    settings: np.ndarray
    chance_errors: np.ndarray
    fan_errors: np.ndarray
    draws: int

    @property
    def borne(self) -> float:
        """The error of a chance that is borne."""
        return max(MOST_CHANCE, 1 / self.draws)

    @property
    def holds(self) -> bool:
        """Whether no chance misses by more."""
        return bool((self.chance_errors <= self.borne + 1e-12).all())


def drawn(
    sliders: Sliders,
    surrogate: Surrogate,
    funds: tuple[str, ...],
    margins: np.ndarray,
    share: float,
    plan: Plan,
    checks: int = CHECKS,
    jobs: int = 1,
    tell: Tell | None = None,
) -> tuple[Drawn, DrawsChecked]:
    """Draws run at the scenario, at two places of each slider and where they are checked."""
    own, ends = sliders.own, _ends(sliders)
    tried = _checks(len(own), checks)
    work = Ends(sliders, plan, np.concatenate([own[None], *ends, tried]), funds)
    kept = computed(work, over(jobs), CHUNK, tell=tell)
    by_setting = {name: np.swapaxes(kept[name], 0, 1) for name in ("flows", "closing")}
    central = surrogate.flows(work.settings)
    apart = [np.log(drawn) - np.log(own) for drawn, own in zip(by_setting["flows"], central, strict=True)]
    first, bends = apart[0], []
    for place, pair in enumerate(ends):
        near, far = (pair[row][place] - own[place] for row in (0, 1))
        begin = 1 + 2 * place
        at_near, at_far = (apart[begin + row] - first for row in (0, 1))
        square = (at_near / near - at_far / far) / (near - far)
        bends.append((at_near / near - square * near, square))
    exact = np.stack([np.stack(each) for each in zip(*bends, strict=True)])
    sizes = np.abs(exact).reshape(*exact.shape[:2], -1).max(axis=-1)
    steps = np.where(sizes > 0, sizes, 1.0) / LEVELS
    whole = np.rint(exact / steps.reshape(*steps.shape, *(1,) * (exact.ndim - 2))).astype(np.int16)
    rates = np.expand_dims(kept["rates"], -2)
    bank = Bank(kept["opening"], rates, rates + margins, share)
    found = Drawn(first.astype(np.float32).astype(float), whole, steps, bank, plan.sample)
    _require_bank(by_setting, bank, sliders)
    return found, _checked(found, sliders, surrogate, by_setting, work.settings, 1 + 2 * len(own))


def _checked(
    found: Drawn,
    sliders: Sliders,
    surrogate: Surrogate,
    kept: Mapping[str, np.ndarray],
    settings: np.ndarray,
    begin: int,
) -> DrawsChecked:
    chances, fans = [], []
    for place in range(begin, len(settings)):
        flows = found.flows(surrogate.flows(settings[place : place + 1])[0], settings[place] - sliders.own)
        ours, engine = found.bank.closing(flows), kept["flows"][place]
        theirs = kept["closing"][place]
        gone = [depleted_by(ours, flows), depleted_by(theirs, engine)]
        chances.append(np.abs(gone[0].mean(axis=OVER_DRAWS) - gone[1].mean(axis=OVER_DRAWS)))
        fans.append(np.abs(_fan(months_of(ours, flows)) - _fan(months_of(theirs, engine))).max(axis=OVER_DRAWS))
    return DrawsChecked(settings[begin:], np.stack(chances), np.stack(fans), found.sample.draws)


def _fan(months: np.ndarray) -> np.ndarray:
    """PERCENTILES of months [draw, fund, year]; [percentile, fund, year]."""
    return np.asarray(np.percentile(months, PERCENTILES, axis=OVER_DRAWS))


def _ends(sliders: Sliders) -> list[np.ndarray]:
    """Two settings for each slider, the others where the scenario has them: both ends, or one and the middle."""
    own, found = sliders.own, []
    for place, at in enumerate(own):
        pair = np.stack([own, own])
        pair[0][place], pair[1][place] = _pair(float(at))
        found.append(pair)
    return found


def _pair(own: float) -> tuple[float, float]:
    """Both ends; where the scenario stands at one of them, or near it, the other and the middle of the way there."""
    if abs(own) <= 0.8:
        return -1.0, 1.0
    far = -1.0 if own > 0 else 1.0
    return (own + far) / 2, far


def _checks(sliders: int, checks: int) -> np.ndarray:
    """Settings at which draws are checked, [setting, slider]."""
    corner = np.array([1.0 if place % 2 else -1.0 for place in range(sliders)])
    inside = checked_settings(sliders, 2**sliders + checks)[2**sliders :]
    return np.concatenate([corner[None], -corner[None], inside])[:checks]


def _require_bank(kept: Mapping[str, np.ndarray], bank: Bank, sliders: Sliders) -> None:
    """Raises SimsuranceError where the balances of draws are not what follows from their flows."""
    for flows, closing in zip(kept["flows"], kept["closing"], strict=True):
        if not np.allclose(bank.closing(flows), closing, rtol=1e-9, atol=1e-9 * flows.max()):
            raise SimsuranceError(
                f"{sliders.scenario.name}: interest of a draw moves with a lever; --draws 0 leaves draws out"
            )
