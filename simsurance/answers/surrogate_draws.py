"""What draws do at any setting of a meeting page's sliders: fans and chances that move with them.

Each draw is run at the scenario itself and at two places of every slider. The logarithm of a flow of a draw is taken as that
of the central run at the setting, plus the draw's own distance from the central run, which is a parabola in each slider
through what was run. What several sliders do together is thus the central run's, what each does alone is the draw's own.

Chances are checked at the settings at which the central run is, all corners among them. At a few all draws are run. At the
others a draw is run where it could count otherwise: where its balance, in any year, comes nearer to nothing than twice the
largest error that it has shown until that year. A draw that stays farther off is depleted in the same years on the page and
in the engine, and is not run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from simsurance.answers.sliders import Sliders
from simsurance.answers.surrogate import (
    CHECKS as SETTINGS,
)
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
from simsurance.results import RunAccounts, RunResult, accounts_of, simulate
from simsurance.uncertainty import draws
from simsurance.uncertainty.jobs import computed, over
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.stochastic import OVER_DRAWS, Plan

CHUNK: Final = 4
"""Draws that are solved, run and handed over together."""
CHECKS: Final = SETTINGS
"""Settings at which chances are checked."""
IN_FULL: Final = 8
"""Those of them at which all draws are run: two opposite corners, and points inside."""
REACH: Final = 2.0
"""How many times its largest error a draw has to be off nothing, in months of expenditure, so as not to be run."""
LEAST: Final = 0.05
"""Months of expenditure that it has to be off nothing in any case."""
MOST_CHANCE: Final = 0.02
"""The error that is borne in a chance, or one draw if that is more."""
LEVELS: Final = 32_000
"""Whole numbers on either side of 0 that a page holds for a distance."""
OVER_SETTINGS: Final = OVER_DRAWS
"""The first axis, which settings stand on as draws do."""
PERCENTILES: Final = (10.0, 50.0, 90.0)


@dataclass(frozen=True)
class Ends:
    """Draws of a scenario and settings at which each is run, [setting, slider]; the first is the scenario itself.

    `begin` is the first that is only checked; `others` are run where a draw could count otherwise; `central` and
    `central_others` [setting, fund, flow, year] are the flows of the central run at both.
    """

    sliders: Sliders
    plan: Plan
    settings: np.ndarray
    begin: int
    others: np.ndarray
    central: np.ndarray
    central_others: np.ndarray
    funds: tuple[str, ...]
    margins: np.ndarray
    share: float

    @property
    def points(self) -> int:
        """How many draws there are."""
        return self.plan.points

    def chunk(self, first: int, last: int) -> dict[str, np.ndarray]:
        """What is kept of the draws from `first` to before `last`, [draw, setting, fund, …, year].

        `gone`: whether a fund has run out at the other settings, -1 where the draw was not run.
        """
        kept: dict[str, list[np.ndarray]] = {"flows": [], "closing": [], "opening": [], "rates": [], "gone": []}
        for draw in draws.in_order(self.plan.futures, self.plan.observed, first, last):
            (base,) = simulate([draw.scenario], built=[draw.built], engine=self.plan.engine)
            runs = [base, *self._runs(draw, base, self.settings[1:])]
            flows, ends = (np.stack([each(run, self.funds) for run in runs]) for each in (flows_of, closing_of))
            opening = np.array([base.accounts[fund]["opening"][0] for fund in self.funds])
            rates = base.interest.rates
            bank = Bank(opening, rates, rates + self.margins, self.share)
            gone = self._gone(bank, flows, ends, partial(self._runs, draw, base))
            found = {"flows": flows, "closing": ends, "opening": opening, "rates": rates, "gone": gone}
            for name, of_draw in found.items():
                kept[name].append(of_draw)
        return {name: np.stack(each) for name, each in kept.items()}

    def _runs(self, draw: draws.Draw, base: RunResult, settings: np.ndarray) -> list[RunAccounts]:
        """The draw at settings, its entries to the employee scheme held."""
        scenarios = [draw.of(self.sliders.at(each)) for each in settings]
        return accounts_of(scenarios, base.entries, engine=self.plan.engine) if scenarios else []

    def _gone(
        self, bank: Bank, flows: np.ndarray, closing: np.ndarray, run: Callable[[np.ndarray], list[RunAccounts]]
    ) -> np.ndarray:
        """Whether one draw's funds have run out at the other settings, [setting, fund, year]; -1 where it was not run."""
        apart = np.log(flows) - np.log(self.central)
        bends = bends_of(apart, self.settings, self.sliders.own)

        def told(settings: np.ndarray, central: np.ndarray) -> np.ndarray:
            distance = settings - self.sliders.own
            grown = np.einsum("ps,sk...->pk...", distance, bends[0]) + np.einsum(
                "ps,sk...->pk...", distance**2, bends[1]
            )
            return np.asarray(central * np.exp(apart[0] + grown))

        checked = told(self.settings[self.begin :], self.central[self.begin :])
        theirs = months_of(closing[self.begin :], flows[self.begin :])
        off = _errors(months_of(bank.closing(checked), checked), theirs)
        ours = told(self.others, self.central_others)
        months = months_of(bank.closing(ours), ours)
        gone, done = np.full(months.shape, -1, dtype=np.int8), np.zeros(len(months), dtype=bool)
        while True:
            near = (np.abs(months) <= np.maximum(LEAST, REACH * off)).any(axis=-1).any(axis=-1)
            rows = np.flatnonzero(near & ~done)
            if not len(rows):
                return gone
            found = run(self.others[rows])
            ends, paid = (np.stack([each(one, self.funds) for one in found]) for each in (closing_of, flows_of))
            gone[rows], done[rows] = depleted_by(ends, paid), True
            off = np.maximum(off, _errors(months[rows], months_of(ends, paid)))


def _errors(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """The largest error of months of expenditure covered [setting, fund, year] until each year, [fund, year]."""
    return np.asarray(np.maximum.accumulate(np.abs(ours - theirs).max(axis=OVER_SETTINGS), axis=-1))


def bends_of(apart: np.ndarray, settings: np.ndarray, own: np.ndarray) -> np.ndarray:
    """The parabola of each slider through distances at the scenario and at two places of the slider, [power, slider, …].

    `apart` [setting, …] and `settings` [setting, slider]: the scenario first, then two places of every slider.
    """
    found = []
    for place in range(len(own)):
        rows = (1 + 2 * place, 2 + 2 * place)
        near, far = (settings[row][place] - own[place] for row in rows)
        at_near, at_far = (apart[row] - apart[0] for row in rows)
        square = (at_near / near - at_far / far) / (near - far)
        found.append((at_near / near - square * near, square))
    return np.stack([np.stack(each) for each in zip(*found, strict=True)])


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
    """How far chances miss at settings that were not fitted, and fans, of PERCENTILES, at those run with all draws.

    Both [setting, fund, year]; `run`: the share of draws that had to be run at the others.
    """

    settings: np.ndarray
    chance_errors: np.ndarray
    fan_errors: np.ndarray
    draws: int
    run: float

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
    tried, others = _checks(len(own), checks)
    settings = np.concatenate([own[None], *ends, tried])
    at = surrogate.flows(settings), surrogate.flows(others)
    work = Ends(sliders, plan, settings, 1 + 2 * len(own), others, *at, funds, margins, share)
    kept = computed(work, over(jobs), CHUNK, tell=tell)
    by_setting = {name: np.swapaxes(kept[name], 0, 1) for name in ("flows", "closing", "gone")}
    apart = np.stack([np.log(drawn) - np.log(one) for drawn, one in zip(by_setting["flows"], at[0], strict=True)])
    first, exact = apart[0], bends_of(apart, settings, own)
    sizes = np.abs(exact).reshape(*exact.shape[:2], -1).max(axis=-1)
    steps = np.where(sizes > 0, sizes, 1.0) / LEVELS
    whole = np.rint(exact / steps.reshape(*steps.shape, *(1,) * (exact.ndim - 2))).astype(np.int16)
    rates = np.expand_dims(kept["rates"], -2)
    bank = Bank(kept["opening"], rates, rates + margins, share)
    found = Drawn(first.astype(np.float32).astype(float), whole, steps, bank, plan.sample)
    _require_bank(by_setting, bank, sliders)
    return found, _checked(found, work, by_setting)


def _checked(found: Drawn, work: Ends, kept: Mapping[str, np.ndarray]) -> DrawsChecked:
    chances, fans = [], []
    settings, own = work.settings, work.sliders.own
    for place in range(work.begin, len(settings)):
        flows = found.flows(work.central[place], settings[place] - own)
        ours, engine = found.bank.closing(flows), kept["flows"][place]
        theirs = kept["closing"][place]
        gone = [depleted_by(ours, flows), depleted_by(theirs, engine)]
        chances.append(np.abs(gone[0].mean(axis=OVER_DRAWS) - gone[1].mean(axis=OVER_DRAWS)))
        fans.append(np.abs(_fan(months_of(ours, flows)) - _fan(months_of(theirs, engine))).max(axis=OVER_DRAWS))
    for setting, central, run in zip(work.others, work.central_others, kept["gone"], strict=True):
        flows = found.flows(central, setting - own)
        ours = depleted_by(found.bank.closing(flows), flows)
        theirs = np.where(run < 0, ours, run > 0)
        chances.append(np.abs(ours.mean(axis=OVER_DRAWS) - theirs.mean(axis=OVER_DRAWS)))
    shown = np.concatenate([settings[work.begin :], work.others])
    share = float((kept["gone"] >= 0).any(axis=-1).any(axis=-1).mean()) if len(work.others) else 0.0
    return DrawsChecked(shown, np.stack(chances), np.stack(fans), found.sample.draws, share)


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


def _checks(sliders: int, checks: int) -> tuple[np.ndarray, np.ndarray]:
    """Settings at which chances are checked, [setting, slider]: those at which all draws are run, and the others."""
    corners, every = 2**sliders, checked_settings(sliders, max(checks, 2**sliders + IN_FULL))
    corner = sum(2 ** (sliders - 1 - place) for place in range(1, sliders, 2))
    first = [corner, corners - 1 - corner, *range(corners, corners + IN_FULL - 2)][:checks]
    rest = [row for row in range(min(checks, len(every))) if row not in first] if checks > IN_FULL else []
    return every[first], every[rest[: checks - len(first)]]


def _require_bank(kept: Mapping[str, np.ndarray], bank: Bank, sliders: Sliders) -> None:
    """Raises SimsuranceError where the balances of draws are not what follows from their flows."""
    for flows, closing in zip(kept["flows"], kept["closing"], strict=True):
        if not np.allclose(bank.closing(flows), closing, rtol=1e-9, atol=1e-9 * flows.max()):
            raise SimsuranceError(
                f"{sliders.scenario.name}: interest of a draw moves with a lever; --draws 0 leaves draws out"
            )
