"""What stands for the engine on a meeting page: the flows of funds as polynomials of its sliders, and how far they miss.

The logarithms of a fund's yearly income and outgo are polynomials of total degree DEGREE in the settings of the sliders, fitted
by least squares at points that lie denser towards the ends (a Sobol sequence, x = −cos(πu)). The scenario itself is met
exactly. The balance is accumulated from the flows as the engine does it, so that the accounts hold at every setting.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.stats import qmc

from simsurance.answers.sliders import Sliders
from simsurance.basis.entries import Entries
from simsurance.errors import SimsuranceError
from simsurance.ledger import FUNDS
from simsurance.model.fund import closing, overdrawn
from simsurance.results import RunAccounts, RunResult, accounts_of
from simsurance.uncertainty.points import computed

if TYPE_CHECKING:
    import pandas as pd

DEGREE: Final = 4
POINTS_A_TERM: Final = 1.6
"""Points that are run for each term of a polynomial."""
CHECKS: Final = 200
"""Points that are run to find the error, none of them fitted: the corners, and points of another Sobol sequence."""
MOST_MONTHS, MOST_SHARE = 0.1, 0.005
"""The error that is borne in a year's reserve months: so many months, or such a share of them if that is more."""
STILL: Final = 1e-9
"""A relative change of every flow that is none."""
FLOWS: Final = ("income", "outgo")
SEEDS: Final = (1, 2)
"""Of the points fitted and of those that are checked."""
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Settings:
    """Settings of sliders to be run, [point, slider], all with the entries to the employee scheme of the scenario itself."""

    sliders: Sliders
    held: Entries
    settings: np.ndarray
    funds: tuple[str, ...]

    @property
    def points(self) -> int:
        """How many there are."""
        return len(self.settings)

    def chunk(self, first: int, last: int) -> dict[str, np.ndarray]:
        """Flows and closing funds of the settings from `first` to before `last`, [point, fund, …, year]."""
        runs = accounts_of([self.sliders.at(each) for each in self.settings[first:last]], self.held)
        return {
            name: np.stack([each[name] for each in map(self._kept, runs)]) for name in ("flows", "closing", "rates")
        }

    def _kept(self, run: RunAccounts) -> dict[str, np.ndarray]:
        return {"flows": flows_of(run, self.funds), "closing": closing_of(run, self.funds), "rates": run.interest.rates}


def flows_of(run: RunAccounts, funds: Sequence[str]) -> np.ndarray:
    """Income and outgo by fund and year, yuan, [fund, flow, year]."""
    return np.stack([np.stack([run.accounts[fund][name] for name in FLOWS]) for fund in funds])


def closing_of(run: RunAccounts, funds: Sequence[str]) -> np.ndarray:
    """The funds on 31 December by year, yuan, [fund, year]."""
    return np.stack([run.accounts[fund]["closing"] for fund in funds])


@dataclass(frozen=True)
class Runs:
    """Runs of the engine at settings [point, slider]: flows [point, fund, flow, year], funds, rates of interest."""

    settings: np.ndarray
    flows: np.ndarray
    closing: np.ndarray
    rates: np.ndarray


@dataclass(frozen=True)
class Bank:
    """What makes balances of flows: opening funds, [fund], rates by year, that of deficits, what is left of a year."""

    opening: np.ndarray
    rates: np.ndarray
    deficit_rates: np.ndarray
    share: float

    def closing(self, flows: np.ndarray) -> np.ndarray:
        """Funds on 31 December of flows [..., fund, flow, year]; [..., fund, year]."""
        income, outgo = np.moveaxis(flows, -2, 0)
        found, fund = np.empty_like(income), np.broadcast_to(self.opening, income.shape[:-1])
        for year in range(income.shape[-1]):
            rates = self.rates[..., year], self.deficit_rates[..., year]
            fund = closing(fund, income[..., year], outgo[..., year], *rates, self.share)
            found[..., year] = fund
        return found


def bank_of(run: RunAccounts, funds: Sequence[str], margins: np.ndarray) -> Bank:
    """The bank of a run; `margins` that deficits bear above the funds' interest, by year."""
    opening = np.array([run.accounts[fund]["opening"][0] for fund in funds])
    return Bank(opening, run.interest.rates, run.interest.rates + margins, float(run.interest.share))


def months_of(closing: np.ndarray, flows: np.ndarray) -> np.ndarray:
    """Funds over a month of the year's outgo, [..., fund, year]."""
    return closing * 12 / flows[..., FLOWS.index("outgo"), :]


def depleted_by(closing: np.ndarray, flows: np.ndarray) -> np.ndarray:
    """Whether a fund has run out by the end of each year, [..., fund, year]."""
    return np.logical_or.accumulate(overdrawn(closing, flows[..., FLOWS.index("outgo"), :]), axis=-1)


@dataclass(frozen=True)
class Surrogate:
    """Polynomials of logarithms of flows: `degrees` of each slider by term, `coefficients` [term, fund, flow, year]."""

    degrees: tuple[tuple[int, ...], ...]
    coefficients: np.ndarray

    def flows(self, settings: np.ndarray) -> np.ndarray:
        """Income and outgo at settings [point, slider], yuan, [point, fund, flow, year]."""
        flat = self.coefficients.reshape(len(self.degrees), -1)
        found = terms(settings, self.degrees) @ flat
        return np.exp(found).reshape(len(settings), *self.coefficients.shape[1:])

    def blame(self) -> np.ndarray:
        """How much the terms of the highest degree hang on each slider, [slider]."""
        size = np.abs(self.coefficients.reshape(len(self.degrees), -1)).max(axis=-1)
        highest = np.array([sum(each) == DEGREE for each in self.degrees])
        return np.asarray((np.array(self.degrees) > 0).T @ (size * highest))


def terms(settings: np.ndarray, degrees: Sequence[tuple[int, ...]]) -> np.ndarray:
    """Products of Chebyshev polynomials of the sliders' settings, [point, term]."""
    angles = np.arccos(np.clip(settings, -1, 1)).T
    polynomials = [[np.cos(degree * angle) for degree in range(DEGREE + 1)] for angle in angles]
    found = (
        reduce(np.multiply, (of[degree] for of, degree in zip(polynomials, each, strict=True))) for each in degrees
    )
    return np.stack([*found], axis=-1)


def degrees_of(sliders: int) -> tuple[tuple[int, ...], ...]:
    """The degree of each slider in every term of total degree at most DEGREE."""
    return tuple(each for each in product(range(DEGREE + 1), repeat=sliders) if sum(each) <= DEGREE)


@dataclass(frozen=True)
class Checked:
    """Settings that were run and not fitted, and how far the polynomials miss them: `errors` in months [point, fund, year]."""

    settings: np.ndarray
    errors: np.ndarray
    borne: np.ndarray
    years_missed: np.ndarray
    """Years between the depletion years of engine and page, a year that does not come being the one after the last."""

    @property
    def holds(self) -> bool:
        """Whether no error is more than is borne."""
        return bool((self.errors <= self.borne).all())

    def table(self, sliders: Sliders, funds: Sequence[str]) -> "pd.DataFrame":
        """One row a point and fund: sizes of the sliders, the largest error of all years, its share of what is borne."""
        import pandas as pd

        tables = []
        for place, fund in enumerate(funds):
            columns: dict[str, Any] = {
                slider.name: [slider.size(at) for at in self.settings[..., number]]
                for number, slider in enumerate(sliders.each)
            }
            of_fund = self.errors[:, place], self.borne[:, place]
            columns |= {"fund": fund, "largest_error_months": of_fund[0].max(axis=-1)}
            columns |= {"share_of_what_is_borne": (of_fund[0] / of_fund[1]).max(axis=-1)}
            columns |= {"depletion_years_apart": self.years_missed[:, place]}
            tables.append(pd.DataFrame(columns))
        return pd.concat(tables, ignore_index=True)


def pooled(run: RunAccounts) -> tuple[str, ...]:
    """The funds of a run that a page shows: accounts are their holders' own."""
    return tuple(fund.name for fund in FUNDS if fund.pooled and fund.name in run.accounts)


def fitted_settings(sliders: int) -> np.ndarray:
    """The settings that are run to be fitted, [point, slider]."""
    points = int(np.ceil(POINTS_A_TERM * len(degrees_of(sliders)))) + 1
    return np.asarray(-np.cos(np.pi * _sobol(sliders, points, SEEDS[0])))


def checked_settings(sliders: int, checks: int) -> np.ndarray:
    """The settings that are run to find the error, the corners first, [point, slider]."""
    corners = np.array(list(product((-1.0, 1.0), repeat=sliders)))
    inside = 2 * _sobol(sliders, max(checks - len(corners), 0), SEEDS[1]) - 1
    return np.concatenate([corners, inside])


def _sobol(dimensions: int, points: int, seed: int) -> np.ndarray:
    if not points:
        return np.empty((0, dimensions))
    return np.asarray(qmc.Sobol(dimensions, seed=seed).random_base2(int(points - 1).bit_length()))[:points]


def run_settings(
    sliders: Sliders, central: RunResult, funds: tuple[str, ...], checks: int, jobs: int = 1, tell: Tell | None = None
) -> tuple[Runs, Runs]:
    """The runs that are fitted, and those that are checked."""
    parts = fitted_settings(len(sliders.each)), checked_settings(len(sliders.each), checks)
    work = Settings(sliders, central.entries, np.concatenate(parts), funds)
    kept = computed(work, jobs, tell=tell)
    both = [np.split(kept[name], [len(parts[0])]) for name in ("flows", "closing", "rates")]
    first, second = (Runs(part, *(each[place] for each in both)) for place, part in enumerate(parts))
    return first, second


def fitted(sliders: Sliders, central: RunResult, funds: tuple[str, ...], bank: Bank, runs: Runs) -> Surrogate:
    """The polynomials of a scenario's funds; raises SimsuranceError where sliders move what a page cannot tell."""
    _require_plain(runs, bank, sliders)
    degrees = degrees_of(len(sliders.each))
    matrix = terms(runs.settings, degrees)
    found, *_ = np.linalg.lstsq(matrix, np.log(runs.flows).reshape(len(matrix), -1))
    coefficients = found.reshape(len(degrees), *runs.flows.shape[1:])
    free = Surrogate(degrees, coefficients)
    coefficients[0] += np.log(flows_of(central, funds) / free.flows(sliders.own[None])[0])
    return free


def checked(bank: Bank, surrogate: Surrogate, runs: Runs) -> Checked:
    """The error of polynomials at settings that were not fitted."""
    flows = surrogate.flows(runs.settings)
    ours = bank.closing(flows)
    months, engine = months_of(ours, flows), months_of(runs.closing, runs.flows)
    gone = [depleted_by(ours, flows).sum(axis=-1), depleted_by(runs.closing, runs.flows).sum(axis=-1)]
    borne = np.maximum(MOST_MONTHS, MOST_SHARE * np.abs(engine))
    return Checked(runs.settings, np.abs(months - engine), borne, np.abs(gone[0] - gone[1]))


def _require_plain(runs: Runs, bank: Bank, sliders: Sliders) -> None:
    """Raises SimsuranceError where funds take up debt, a flow is nothing, or interest moves with a slider."""
    name = sliders.scenario.name
    if (runs.rates != bank.rates).any():
        keys = ", ".join(slider.vary.keys[0] for slider in sliders.each)
        raise SimsuranceError(f"--levers: interest moves with {keys}; levers of a page move income and outgo alone")
    if not (runs.flows > 0).all():
        raise SimsuranceError(f"{name}: a fund has a year without income or outgo; a page needs both in every year")
    if not np.allclose(bank.closing(runs.flows), runs.closing, rtol=1e-9, atol=1e-9 * runs.flows.max()):
        raise SimsuranceError(f"{name}: a fund takes up debt; a page is made of scenarios without")


def moving(sliders: Sliders, central: RunResult, funds: tuple[str, ...], bank: Bank) -> Sliders:
    """The sliders that move a fund, each run at both ends before anything else is.

    Raises SimsuranceError for one that moves none and was named, where none is left, and where one moves what a page cannot
    tell.
    """
    own, count = sliders.own, len(sliders.each)
    ends = np.stack([np.where(np.arange(count) == place, end, own) for place in range(count) for end in (-1.0, 1.0)])
    work = Settings(sliders, central.entries, ends, funds)
    runs = Runs(ends, **work.chunk(0, len(ends)))
    _require_plain(runs, bank, sliders)
    moved = np.abs(np.log(runs.flows / flows_of(central, funds))).reshape(count, -1).max(axis=-1) > STILL
    idle = [slider for slider, moves in zip(sliders.each, moved, strict=True) if not moves]
    if idle and (sliders.named or len(idle) == count):
        keys = ", ".join(slider.vary.keys[0] for slider in idle)
        raise SimsuranceError(f"--levers: {keys} moves no fund of {sliders.scenario.name}; name others")
    return replace(sliders, each=tuple(slider for slider in sliders.each if slider not in idle))
