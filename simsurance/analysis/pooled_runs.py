"""Pools projected a few at a time: their states and years from scenarios, what their meetings see, accounts after payments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from simsurance import measures
from simsurance.analysis.adjustment_fund import Seen
from simsurance.axes import REPORT_AXES, at, axis
from simsurance.basis import build_arrays
from simsurance.basis.built import Built, stack
from simsurance.basis.entries import Entries, holding
from simsurance.basis.frames import same_people
from simsurance.errors import SimsuranceError
from simsurance.ledger import RESIDENT
from simsurance.model.care import benefits_pp
from simsurance.model.fund import closing, summed
from simsurance.model.projection import RUNS_IN_CACHE, Meeting, project
from simsurance.model.state import Flows, State, YearBasis
from simsurance.results import Block, RunAccounts, form_of, under_rules
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.pooling import Pool, Pooling, faults_of

TRANSFER: Final = "adjustment_payments"
"""The column of an account that books what a pool pays to the adjustment fund, net of what it gets."""
FORM: Final = (
    *("horizon.valuation_year", "horizon.last_year", "axes", "participation.start_year"),
    *("participation.continuous_bonus.credited_years", "tiers.in_force"),
    *("benefits.critical_illness", "employee.projected", "pins", "entries", "enrolment", "timely_adjustment", "bonds"),
    *("choices", "employee.contributions.retiree_rate", "employee.contributions.arrears"),
    *("measures.notice_years", "measures.delay_years"),
)
"""What pools must have in common, in the order of `form_of`."""
PER_OUTGO: Final = ("outgo_pp", "cost_rate")
"""Columns that move in proportion to outgo."""
HORIZON: Final = ("horizon.valuation_year", "horizon.last_year")


@dataclass(frozen=True)
class Apart:
    """Pools projected apart; of each what its meetings see, by part and year, and the rates of its fund by year.

    `mean_need`: benefits of a person by need, sex and age, the mean of the pools; `kept`: entries to the employee scheme of
    each, for a merged run to hold, none where not asked for.
    """

    runs: tuple[RunAccounts, ...]
    parts: list[dict[int, Seen]]
    rates: tuple[np.ndarray, ...]
    mean_need: np.ndarray
    kept: tuple[Entries, ...]

    def seen(self, years: Sequence[int]) -> Iterator[tuple[int, list[Seen]]]:
        """What the meetings of each year see, part by part."""
        for year in years:
            yield year, [part[year] for part in self.parts]


def projected_apart(pooling: Pooling, keep: bool = False, held: Sequence[Entries] = ()) -> Apart:
    """The pools projected a few at a time, apart; with entries to the employee scheme held where given.

    SimsuranceError for pools of different forms, or if an identity does not hold.
    """
    builder, runs, parts, rates, kept = _Builder(pooling), [], [], [], []
    needs_of_all: list[np.ndarray] = []
    for first in range(0, len(pooling.pools), RUNS_IN_CACHE):
        pools = pooling.pools[first : first + RUNS_IN_CACHE]
        built = [builder.build(each) for each in pools]
        needs_of_all += [builder.needs(each) for each in built]
        if held:
            own = zip(built, held[first:], strict=False)
            built = [holding(each, entries) for each, entries in own]
        together = stack(built)
        seen: dict[int, Seen] = {}
        projection = project(together.state, together.years, group=len(built), meet=_watching(seen, pooling.fund))
        scenarios = tuple(each.scenario for each in pools)
        none = (None,) * len(built)
        basis = under_rules(together.years, projection)
        block = Block(tuple(range(len(built))), scenarios, tuple(built), basis, projection, none)
        runs += [_own_product(run, each) for run, each in zip(block.kept, pools, strict=True)]
        parts.append(seen)
        rates += [_rates(each.years) for each in built]
        if keep:
            entrants = [at(projection.entering, of=REPORT_AXES, run=place).copy() for place in range(len(built))]
            kept += [
                Entries(each.scenario, projection.years, entering, own_basis.years)
                for each, entering, own_basis in zip(pools, entrants, built, strict=True)
            ]
    return Apart(tuple(runs), parts, tuple(rates), summed(needs_of_all) / len(needs_of_all), tuple(kept))


def _watching(seen: dict[int, Seen], fund: str) -> Meeting:
    """A meeting that only looks."""

    def look(year: int, flows: Flows, insured: np.ndarray) -> Flows:
        seen[year] = Seen.of(flows, insured, fund)
        return flows

    return look


class _Builder:
    """Pools from their scenarios, one after another; what several are shares of is built once."""

    def __init__(self, pooling: Pooling) -> None:
        self.pooling = pooling
        self.at_hand: tuple[str, Built] | None = None
        self.form: tuple[object, ...] = ()
        self.movers: np.ndarray | None = None
        self.need: tuple[object, np.ndarray] | None = None

    def build(self, pool: Pool) -> Built:
        """The opening state and the years of a pool; SimsuranceError where it has not the form of the first."""
        if not pool.own and self.at_hand is not None and self.at_hand[0] == pool.base:
            built = self.at_hand[1]
        else:
            try:
                built = build_arrays(pool.scenario)
            except SimsuranceError as error:
                lines = map(str, faults_of(self.pooling.layer, pool.name, error))
                raise SimsuranceError(*lines, exit_code=error.exit_code) from error
        if not pool.own:
            self.at_hand = pool.base, built
        self._require_form(pool, form_of(pool.scenario, built))
        if self.movers is None:
            self.movers = _movers(built)
        if pool.share is not None:
            built = scaled(built, pool.share)
        return moved(built, pool.moves_in * self.movers) if pool.moves_in else built

    def needs(self, built: Built) -> np.ndarray:
        """Benefits by need of a pool's first year, found once where pools share it."""
        if self.pooling.fund != RESIDENT:
            return np.ones(1)
        care = built.arrays["care"]
        if self.need is None or self.need[0] is not care:
            self.need = care, needs(built.years[0])
        return self.need[1]

    def _require_form(self, pool: Pool, form: tuple[object, ...]) -> None:
        self.form = self.form or form
        pooling, first = self.pooling, self.pooling.pools[0].name
        lines = [
            str(pooling.layer.fault(f"pools.{pool.name}", f"{name}: not as in pools.{first}; the same in all pools"))
            for name, own, others in zip(FORM, form, self.form, strict=True)
            if own != others
        ]
        if pool.scenario.values.bonds:
            bond = next(iter(pool.scenario.values.bonds))
            lines.append(
                str(pooling.layer.fault(f"pools.{pool.name}", f"bonds.{bond}: pools have no bonds; leave it out"))
            )
        if pool.scenario.values.choices:
            choice = next(iter(pool.scenario.values.choices))
            lines.append(
                str(pooling.layer.fault(f"pools.{pool.name}", f"choices.{choice}: pools have no choices; leave it out"))
            )
        if pool.scenario.values.tiers.in_force:
            lines.append(
                str(
                    pooling.layer.fault(
                        f"pools.{pool.name}", "tiers.in_force: pools do not tell the other tiers; false"
                    )
                )
            )
        if lines:
            raise SimsuranceError(*lines)


def _rates(years: Sequence[YearBasis]) -> np.ndarray:
    """Interest, interest of a deficit, and what is left of the year when flows fall, [rate, year]."""
    names = ("interest_rate", "deficit_rate", "interest_share")
    return np.array([[getattr(year, name).item() for year in years] for name in names])


def with_payments(account: measures.Account, paid: np.ndarray, rates: np.ndarray) -> measures.Account:
    """An account in which so much more is paid to the adjustment fund, net, yuan, [year]; it is closed anew."""
    income, outgo = account["income"], account["outgo"] + paid
    times = measures.ratio(outgo, account["outgo"])
    end, months = np.empty_like(income), np.full_like(income, np.nan)
    start = account["opening"][:1]
    for place, (rate, deficit_rate, share) in enumerate(rates.T):
        year = slice(place, place + 1)
        start = closing(start, income[year], outgo[year], np.array([rate]), np.array([deficit_rate]), share)
        end[year] = start
    opening = np.concatenate([account["opening"][:1], end[:-1]])
    months[:-1] = measures.ratio(end[:-1], outgo[1:] / 12)
    interest = end - opening - (income - outgo)
    prepaid = account.get("prepaid")
    beside = {} if prepaid is None else {"reserve_months_without_prepaid": measures.ratio(end - prepaid, outgo / 12)}
    levels = {name: account[name] * times for name in PER_OUTGO if name in account}
    return (
        account
        | beside
        | levels
        | {
            TRANSFER: account[TRANSFER] + paid,
            "opening": opening,
            "outgo": outgo,
            "interest": interest,
            "cash_balance": income - outgo,
            "current_balance": income + interest - outgo,
            "closing": end,
            "reserve_months": measures.ratio(end, outgo / 12),
            "reserve_months_forward": months,
        }
    )


def scaled(built: Built, share: float) -> Built:
    """A share of the nation: its persons and its money, everything a head as it is."""
    state, pins = built.state, built.arrays["pins"]
    arrays = {name: built.arrays[name] * share for name in ("migrants", "pinned_total_end")}
    arrays["pins"] = pins and pins | {"imposed": pins["imposed"] * share}
    standing = state.adjustment and state.adjustment.of_share(share)
    scaled_state = State(state.cells * share, state.fund * share, state.prepaid * share, standing)
    return replace(built, state=scaled_state, arrays=built.arrays | arrays)


def moved(built: Built, persons: np.ndarray) -> Built:
    """With so many more persons who arrive each year, on the axes of migrants."""
    return replace(built, arrays=built.arrays | {"migrants": built.arrays["migrants"] + persons})


def _movers(built: Built) -> np.ndarray:
    """Who moves between pools: shares by sex and age as in moves between areas, of the first pool's persons. Sum 1.

    Of a scheme with one area, in which nobody moves between areas, as its persons are.
    """
    first = built.years[0]
    persons = built.state.persons.sum(axis=axis("health", "status", "area", "income"), keepdims=True)
    everyone = persons * first.area_propensity if first.area_propensity.any() else persons
    return np.asarray(everyone / everyone.sum()).reshape(first.migrants.shape)


def needs(year: YearBasis) -> np.ndarray:
    """Benefits of a resident covered all year by need class, sex and age, mean over areas and income groups: yuan."""
    pp = benefits_pp(year)
    whole = pp.basic.inpatient + pp.basic.outpatient + pp.critical
    return np.asarray(whole.mean(axis=axis("status", "area", "income")))


def _own_product(run: RunAccounts, pool: Pool) -> RunAccounts:
    """Gross domestic product of a share of the nation is that share of the nation's."""
    if pool.share is None or not same_people(pool.scenario):
        return run
    accounts = {fund: of | {"gdp": of["gdp"] * pool.share} for fund, of in run.accounts.items()}
    return replace(run, accounts=accounts)


def nation_of(pooling: Pooling) -> RunAccounts | None:
    """The same share of the nation in one run, where all pools are shares of one scenario."""
    shares = [each.share for each in pooling.pools if each.share is not None]
    if len(shares) < len(pooling.pools) or len({each.base for each in pooling.pools}) > 1:
        return None
    first = pooling.pools[0]
    scenario = load(Path(first.base)) if first.own else first.scenario
    years = {path: first.scenario.leaves[path] for path in HORIZON}
    if any(scenario.leaves[path] != year for path, year in years.items()):
        scenario = scenario.replace(years)
    whole = scaled(build_arrays(scenario), float(sum(shares)))
    projection = project(whole.state, whole.years)
    block = Block((0,), (scenario,), (whole,), under_rules(whole.years, projection), projection, (None,))
    return block.kept[0]
