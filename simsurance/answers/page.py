"""What a meeting page holds: sliders, what stands for the engine, its draws, and how far both miss what the engine says."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from simsurance.answers import surrogate as polynomials
from simsurance.answers import surrogate_draws as of_draws
from simsurance.answers.sliders import Slider, Sliders
from simsurance.answers.surrogate import Bank, Checked, Surrogate, bank_of, pooled
from simsurance.answers.surrogate_draws import Drawn, DrawsChecked
from simsurance.basis import build_arrays
from simsurance.errors import SimsuranceError
from simsurance.results import RunResult, simulate
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.stochastic import Plan

ROUNDS: Final = 4
"""How often a slider may be made narrower, by half each time."""
Tell = Callable[[str, int, int], None]
"""Called with what is run, how many points of it are done, and all of them."""


@dataclass(frozen=True)
class Page:
    """A scenario's page: `draws` and their error are None where none were asked for."""

    central: RunResult
    sliders: Sliders
    funds: tuple[str, ...]
    bank: Bank
    surrogate: Surrogate
    checked: Checked
    draws: Drawn | None
    draws_checked: DrawsChecked | None
    left_out: tuple[str, ...] = ()
    """Levers of every page that move nothing here."""


def page(
    sliders: Sliders,
    sample: Sample | None,
    engine: str,
    jobs: int = 1,
    checks: int = polynomials.CHECKS,
    checks_on_draws: int = of_draws.CHECKS,
    tell: Tell | None = None,
) -> Page:
    """A page whose errors are borne, sliders made narrower where that needs be; SimsuranceError where they still are not."""

    def told(what: str) -> Callable[[int, int], None]:
        return lambda done, of: tell(what, done, of) if tell else None

    (central,) = simulate([sliders.scenario])
    funds = pooled(central)
    margins = (
        np.array([year.deficit_rate.item() for year in build_arrays(central.scenario).years]) - central.interest.rates
    )
    bank = bank_of(central, funds, margins)
    asked, sliders = sliders, polynomials.moving(sliders, central, funds, bank)
    left_out = tuple(each.name for each in asked.each if each not in sliders.each)
    for _ in range(ROUNDS):
        runs, unseen = polynomials.run_settings(sliders, central, funds, checks, jobs, told("points"))
        found = polynomials.fitted(sliders, central, funds, bank, runs)
        missed = polynomials.checked(bank, found, unseen)
        if not missed.holds:
            sliders = _narrower(sliders, found.blame())
            continue
        if sample is None:
            return Page(central, sliders, funds, bank, found, missed, None, None, left_out)
        plan = Plan((sliders.scenario,), sample, engine=engine)
        share = float(central.interest.share)
        draws, off = of_draws.drawn(sliders, found, funds, margins, share, plan, checks_on_draws, jobs, told("draws"))
        if off.holds:
            return Page(central, sliders, funds, bank, found, missed, draws, off, left_out)
        sliders = _narrower(sliders, draws.blame())
    narrow = ", ".join(f"{each.name} {each.vary.low:g} to {each.vary.high:g}" for each in sliders.each if each.narrowed)
    raise SimsuranceError(
        f"{sliders.scenario.name}: a page would miss the engine by more than is borne, also with {narrow}; fewer levers, "
        "or nearer bounds"
    )


def _narrower(sliders: Sliders, blame: np.ndarray) -> Sliders:
    """With the slider that is to blame most half as wide."""
    worst = int(np.argmax(blame))
    each: list[Slider] = list(sliders.each)
    each[worst] = each[worst].narrower()
    return replace(sliders, each=tuple(each))
