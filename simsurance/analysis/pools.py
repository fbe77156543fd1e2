"""Pools side by side, with an adjustment fund between them, and merged: who gains, who loses, what becomes steadier."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance import measures
from simsurance.axes import FLOW_AXES, REPORT_AXES, YEAR, at, axis
from simsurance.basis import build_arrays
from simsurance.basis.built import Built, stack
from simsurance.basis.entries import Entries, holding
from simsurance.basis.frames import same_people
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.identities import TOLERANCE
from simsurance.ledger import RESIDENT, RESIDENT_BENEFITS, RESIDENT_LEVIED, booked, fund_of
from simsurance.model.care import benefits_pp
from simsurance.model.fund import closing, overdrawn, summed
from simsurance.model.groups import total
from simsurance.model.projection import RUNS_IN_CACHE, Meeting, project
from simsurance.model.state import Flows, State, YearBasis
from simsurance.results import Block, RunAccounts, form_of
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.pooling import OWN, Adjustment, Pool, Pooling, faults_of
from simsurance.scenario_file.schedule import first_year, values_by_year
from simsurance.variables import VARIABLES

if TYPE_CHECKING:
    import pandas as pd

TRANSFER: Final = "adjustment_payments"
"""The row of the ledger that books what a pool pays to the adjustment fund, net of what it gets."""
SEPARATE, ADJUSTED, MERGED = ARRANGEMENTS = ("separate", "adjusted", "merged")
ITEMS: Final = ("opening", "income", "outgo", "interest", "closing", "resident_insured", "population")
"""What the pools' accounts are summed over and set against the nation by, with every row of the ledger."""
FORM: Final = (
    *("horizon.valuation_year", "horizon.last_year", "participation.start_year"),
    "participation.continuous_bonus.credited_years",
    *("benefits.critical_illness", "employee.projected", "pins", "entries", "enrolment"),
    *("measures.notice_years", "measures.delay_years"),
)
"""What pools must have in common, in the order of `form_of`."""
BY_AGE: Final = ("pool", "sex", "age")
BY_NEED: Final = ("pool", "health", "sex", "age")
HORIZON: Final = ("horizon.valuation_year", "horizon.last_year")
TEN: Final = 10
RESIDENT_FUND: Final = fund_of(RESIDENT)


@dataclass(frozen=True)
class Year:
    """What an adjustment fund does in a year, yuan, [pool], and its balance before and after, yuan.

    `need`: standardised outgo; `deficit`: outgo after the levy less income, before interest, at least 0; `claims`: what the
    rule grants; `received`: what is paid out of levy and balance.
    """

    levied: np.ndarray
    levy: np.ndarray
    need: np.ndarray
    deficit: np.ndarray
    claims: np.ndarray
    received: np.ndarray
    opening: float
    interest: float
    closing: float


@dataclass(frozen=True)
class Seen:
    """What pools bring to their meeting in a year, the first axis the pool.

    Totals of the ledger's rows, yuan; benefits by sex and age, yuan; the insured on 1 January by need, sex and age.
    """

    money: dict[str, np.ndarray]
    benefits: np.ndarray
    insured: np.ndarray

    @classmethod
    def of(cls, flows: Flows, insured: np.ndarray) -> "Seen":
        """What a meeting sees of the flows of a year."""
        benefits = summed(
            flows.money[name].sum(axis=axis("area", "income", of=FLOW_AXES)) for name in RESIDENT_BENEFITS
        )
        return cls({name: total(values) for name, values in flows.money.items()}, benefits, insured)

    @classmethod
    def together(cls, parts: Sequence["Seen"]) -> "Seen":
        """Of several pools one after another."""
        rows = parts[0].money
        return cls(
            {name: np.concatenate([part.money[name] for part in parts]) for name in rows},
            np.concatenate([part.benefits for part in parts]),
            np.concatenate([part.insured for part in parts]),
        )


@dataclass
class AdjustmentFund:
    """The adjustment fund of some pools, year by year; `by_need`: benefits of a person by need, sex and age, yuan."""

    rules: Adjustment
    by_need: np.ndarray
    years: list[Year] = field(default_factory=list)

    def meet(self, year: int, flows: Flows, insured: np.ndarray) -> Flows:
        """The meeting within a projection: the net payment of a year is booked in the accounts of the pools."""
        paid = self.pay(year, Seen.of(flows, insured))
        return replace(flows, money={**flows.money, TRANSFER: flows.money[TRANSFER] + paid})

    def pay(self, year: int, seen: Seen) -> np.ndarray:
        """Levy, distribution and balance of a year; what each pool pays less what it receives, yuan, [pool]."""
        rules, money = self.rules, seen.money
        opening = self.years[-1].closing if self.years else rules.opening
        levied = summed(money[name] for name in RESIDENT_LEVIED)
        levy = levied * (rules.levy if year >= rules.first_year else 0.0)
        income, outgo = (summed(booked(side, money)) for side in (RESIDENT_FUND.income, RESIDENT_FUND.outgo))
        need = outgo + self.standardised(seen)
        deficit = np.maximum(outgo + levy - income, 0.0)
        at_need = np.minimum(deficit, np.maximum(need + levy - income, 0.0))
        explained = rules.need_share * at_need + (1 - rules.need_share) * deficit
        claims = np.minimum(rules.covered * explained, rules.cap * outgo) * (year >= rules.first_year)
        asked, available = claims.sum(), levy.sum() + opening
        received = claims * min(available / asked, 1.0) if asked > 0 else np.zeros_like(claims)
        kept = -opening if asked >= available else levy.sum() - received.sum()
        end = opening * (1 + rules.interest) + kept * np.sqrt(1 + rules.interest)
        interest = end - opening - kept
        self.years.append(Year(levied, levy, need, deficit, claims, received, opening, interest, end))
        return np.asarray(levy - received)

    def standardised(self, seen: Seen) -> np.ndarray:
        """Standardised less own benefits, yuan, [pool].

        The pools' benefits at each sex and age go to the pools by their insured there, weighted with what need classes cost.
        """
        over_pools, over_ages = (axis(*names, of=BY_AGE) for names in (("pool",), ("sex", "age")))
        weights = (seen.insured * self.by_need).sum(axis=axis("health", of=BY_NEED))
        whole = weights.sum(axis=over_pools)
        shares = np.divide(weights, whole, out=np.zeros_like(weights), where=whole > 0)
        own = np.where(whole > 0, 0.0, seen.benefits)
        return np.asarray((seen.benefits.sum(axis=over_pools) * shares + own - seen.benefits).sum(axis=over_ages))


@dataclass(frozen=True, repr=False)
class Pools:
    """Runs of pools apart and with the adjustment fund between them; merged and national accounts, None where not asked for.

    `moved`: the adjustment fund by year; `merged`: the one account, [year], and the accounts of the pools in it.
    """

    pooling: Pooling
    separate: tuple[RunAccounts, ...]
    adjusted: tuple[measures.Account, ...]
    moved: tuple[Year, ...]
    merged: measures.Account | None
    merged_parts: tuple[RunAccounts, ...]
    nation: RunAccounts | None

    def __repr__(self) -> str:
        return f"{self.pooling.name}, {len(self.names)} pools, {self.years[0]} to {self.years[-1]}"

    @property
    def names(self) -> tuple[str, ...]:
        """The pools in their order."""
        return tuple(pool.name for pool in self.pooling.pools)

    @property
    def years(self) -> tuple[int, ...]:
        """The calendar years of the flows."""
        return self.separate[0].years

    @property
    def year(self) -> int:
        """The year at whose end reserve months are told: the tenth, or the last."""
        return self.years[min(TEN, len(self.years)) - 1]

    def of(self, arrangement: str, name: str) -> np.ndarray:
        """A column of the resident account of every pool, [year, pool]."""
        return np.stack([account[name] for account in self.accounts(arrangement)], axis=-1)

    def accounts(self, arrangement: str) -> tuple[measures.Account, ...]:
        """The resident account of every pool."""
        if arrangement == ADJUSTED:
            return self.adjusted
        return tuple(run.account for run in (self.separate if arrangement == SEPARATE else self.merged_parts))

    def reserve_months(self, arrangement: str) -> np.ndarray:
        """Fund at the year's end over monthly outgo without transfers between the pools, [year, pool]; merged [year, 1]."""
        if arrangement == MERGED:
            assert self.merged is not None
            return np.asarray(self.merged["closing"] / (self.merged["outgo"] / 12))[:, None]
        return np.asarray(self.of(arrangement, "closing") / (self.of(SEPARATE, "outgo") / 12))

    def depleted(self, arrangement: str) -> np.ndarray:
        """Whether a fund is below zero at the year's end, [year, pool]; merged [year, 1]."""
        if arrangement == MERGED:
            assert self.merged is not None
            return overdrawn(self.merged["closing"], self.merged["outgo"])[:, None]
        return overdrawn(self.of(arrangement, "closing"), self.of(SEPARATE, "outgo"))

    @cached_property
    def net(self) -> np.ndarray:
        """Received less levy, yuan, [year, pool]."""
        if not self.moved:
            return np.zeros((len(self.years), len(self.names)))
        return np.stack([year.received - year.levy for year in self.moved])

    @cached_property
    def kept(self) -> np.ndarray:
        """What the adjustment fund keeps of a year's levy, or pays out of its balance, yuan, [year]."""
        return np.array([year.levy.sum() - year.received.sum() for year in self.moved] or [0.0] * len(self.years))

    @cached_property
    def zero(self) -> float:
        """The largest sum over pools and adjustment fund of a year, as a share of its largest term.

        Read from the accounts: what they book over what the balance of the adjustment fund rises by.
        """
        booked_net = self.of(ADJUSTED, TRANSFER) - self.of(SEPARATE, TRANSFER)
        grown = np.array(
            [year.closing - year.opening - year.interest for year in self.moved] or [0.0] * len(self.years)
        )
        largest = [max(np.max(year.levy), np.max(year.received), abs(year.opening), 1.0) for year in self.moved] or [
            1.0
        ]
        return float((np.abs(booked_net.sum(axis=-1) - grown) / largest).max())

    @cached_property
    def pools(self) -> "pd.DataFrame":
        """One row a pool, who gains most first: net transfer, depletion years, reserve months at the end of `year`.

        `net_transfer_pp`: yuan of constant prices per insured who has paid and year; `merged_balance_pp`: likewise, own income
        less own outgo where all have one standard and one benefit.
        """
        import pandas as pd

        place = self.years.index(self.year)
        prices = np.stack([run.account["price_level"] for run in self.separate], axis=-1)
        payers = self.of(SEPARATE, "resident_enrolled").sum(axis=YEAR)
        columns: dict[str, Any] = {
            "share": [np.nan if pool.share is None else pool.share for pool in self.pooling.pools],
            "mark": [pool.mark for pool in self.pooling.pools],
            "insured": self.of(SEPARATE, "resident_insured")[place],
            "levy": np.stack([each.levy for each in self.moved]).sum(axis=YEAR) if self.moved else 0.0,
            "received": np.stack([each.received for each in self.moved]).sum(axis=YEAR) if self.moved else 0.0,
            "net_transfer": self.net.sum(axis=YEAR),
            "net_transfer_pp": (self.net / prices).sum(axis=YEAR) / payers,
        }
        for name in (SEPARATE, ADJUSTED):
            columns[f"reserve_months_{name}"] = self.reserve_months(name)[place]
            columns[f"depletion_year_{name}"] = measures.first_year(self.depleted(name), self.years)
        if self.merged_parts:
            balance = self.of(MERGED, "income") - self.of(MERGED, "outgo")
            paying = self.of(MERGED, "resident_enrolled").sum(axis=YEAR)
            columns["merged_balance_pp"] = (balance / prices).sum(axis=YEAR) / paying
        table = pd.DataFrame(columns, index=pd.Index(self.names, name="pool"))
        return table.sort_values("net_transfer_pp", ascending=False, kind="stable")

    @cached_property
    def transfers(self) -> "pd.DataFrame":
        """What the adjustment fund moves; index year, pool. Yuan."""
        import pandas as pd

        index = pd.MultiIndex.from_product([self.years, self.names], names=["year", "pool"])
        names = ("levied", "levy", "need", "deficit", "claims", "received")
        columns = {name: [value for year in self.moved for value in getattr(year, name)] for name in names}
        return pd.DataFrame(columns, index=index if self.moved else index[:0]).assign(
            net_transfer=self.net.reshape(-1) if self.moved else []
        )

    @cached_property
    def adjustment(self) -> "pd.DataFrame":
        """The account of the adjustment fund by year. Yuan; `sum`: over pools and adjustment fund, 0 but for rounding."""
        import pandas as pd

        rows = [(y.opening, y.levy.sum(), y.received.sum(), y.interest, y.closing) for y in self.moved]
        table = pd.DataFrame(rows, columns=["opening", "levy", "paid_out", "interest", "closing"])
        table.index = pd.Index(self.years[: len(rows)], name="year")
        return table.assign(sum=(self.net.sum(axis=-1) + self.kept)[: len(rows)])

    @cached_property
    def fund(self) -> "pd.DataFrame":
        """The resident accounts of every pool, apart and with the adjustment fund; index arrangement, pool, year."""
        import pandas as pd

        kinds = (SEPARATE, ADJUSTED, *((MERGED,) if self.merged_parts else ()))
        named = [found.name for found in VARIABLES if found.table == "fund"]
        index = pd.Index(self.years, name="year")
        tables = {
            (kind, name): pd.DataFrame({column: account[column] for column in named if column in account}, index=index)
            for kind in kinds
            for name, account in zip(self.names, self.accounts(kind), strict=True)
        }
        return pd.concat(tables, names=["arrangement", "pool"])

    @cached_property
    def stability(self) -> "pd.DataFrame":
        """Reserve months of the pools and how many are depleted by the end of each year; index arrangement, year."""
        import pandas as pd

        tables = {}
        for kind in (SEPARATE, ADJUSTED, *((MERGED,) if self.merged else ())):
            months = self.reserve_months(kind)
            depleted = np.maximum.accumulate(self.depleted(kind), axis=YEAR)
            tables[kind] = pd.DataFrame(
                {
                    "lowest": months.min(axis=-1),
                    "middle": np.median(months, axis=-1),
                    "highest": months.max(axis=-1),
                    "spread": months.max(axis=-1) - months.min(axis=-1),
                    "depleted": depleted.sum(axis=-1),
                    "pools": months.shape[1],
                },
                index=pd.Index(self.years, name="year"),
            )
        return pd.concat(tables, names=["arrangement"])

    @cached_property
    def group(self) -> "pd.DataFrame":
        """The group's account: every item summed over the pools, apart and with the adjustment fund; index year, item.

        `nation`: the same share of the nation; `reconciliation`: what the separate pools make beyond it.
        """
        import pandas as pd

        names = [each.column for each in (*RESIDENT_FUND.income, *RESIDENT_FUND.outgo)]
        items = tuple(dict.fromkeys((*ITEMS, *names)))
        table = pd.DataFrame(index=pd.MultiIndex.from_product([self.years, items], names=["year", "item"]))
        for kind in (SEPARATE, ADJUSTED):
            table[kind] = np.stack([self.of(kind, item).sum(axis=-1) for item in items], axis=-1).reshape(-1)
        if self.nation is not None:
            account = self.nation.account
            table["nation"] = np.stack([account[item] for item in items], axis=-1).reshape(-1)
            table["reconciliation"] = table[SEPARATE] - table["nation"]
        return table

    @property
    def reconciliation(self) -> float:
        """The largest gap of income or outgo against the nation, as a share of it; NaN without one."""
        if self.nation is None:
            return float("nan")
        rows = self.group[self.group.index.get_level_values("item").isin(("income", "outgo"))]
        return float((rows["reconciliation"] / rows["nation"]).abs().max())


def pool(pooling: Pooling) -> Pools:
    """The pools of a pooling scenario projected; SimsuranceError for pools that cannot stand side by side.

    No person moves by what the pools pay each other: they are projected a few at a time, and meet year by year in what was
    seen of them; the numbers are those of `project` with the meeting of all.
    """
    apart = _apart(pooling, pooling.merged is not None)
    fund = AdjustmentFund(pooling.adjustment, apart.mean_need) if pooling.adjustment else None
    years = apart.runs[0].years
    paid = np.stack(
        [fund.pay(year, Seen.together(seen)) if fund else np.zeros(len(apart.runs)) for year, seen in apart.seen(years)]
    )
    adjusted = tuple(
        with_payments(run.account, paid[:, place], rates)
        for place, (run, rates) in enumerate(zip(apart.runs, apart.rates, strict=True))
    )
    account, parts = _merged(pooling, apart) if pooling.merged else (None, ())
    moved = tuple(fund.years if fund else ())
    found = Pools(pooling, apart.runs, adjusted, moved, account, parts, _nation(pooling))
    if not found.zero <= TOLERANCE:
        raise SimsuranceError(
            f"{pooling.name}: transfers between pools and adjustment fund sum to {found.zero:.3g} of the largest, not to 0",
            exit_code=ExitCode.IDENTITY,
        )
    return found


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


def _apart(pooling: Pooling, keep: bool = False, held: Sequence[Entries] = ()) -> Apart:
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
        projection = project(together.state, together.years, group=len(built), meet=_watching(seen))
        scenarios = tuple(each.scenario for each in pools)
        none = (None,) * len(built)
        block = Block(tuple(range(len(built))), scenarios, tuple(built), together.years, projection, none)
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


def _watching(seen: dict[int, Seen]) -> Meeting:
    """A meeting that only looks."""

    def look(year: int, flows: Flows, insured: np.ndarray) -> Flows:
        seen[year] = Seen.of(flows, insured)
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
        if lines:
            raise SimsuranceError(*lines)


def _rates(years: Sequence[YearBasis]) -> np.ndarray:
    """Interest, interest of a deficit, and what is left of the year when flows fall, [rate, year]."""
    names = ("interest_rate", "deficit_rate", "interest_share")
    return np.array([[getattr(year, name).item() for year in years] for name in names])


def with_payments(account: measures.Account, paid: np.ndarray, rates: np.ndarray) -> measures.Account:
    """A resident account in which so much more is paid to the adjustment fund, net, yuan, [year]; it is closed anew."""
    income, outgo = account["income"], account["outgo"] + paid
    end, months = np.empty_like(income), np.full_like(income, np.nan)
    start = account["opening"][:1]
    for place, (rate, deficit_rate, share) in enumerate(rates.T):
        year = slice(place, place + 1)
        start = closing(start, income[year], outgo[year], np.array([rate]), np.array([deficit_rate]), share)
        end[year] = start
    opening = np.concatenate([account["opening"][:1], end[:-1]])
    months[:-1] = measures.ratio(end[:-1], outgo[1:] / 12)
    interest = end - opening - (income - outgo)
    return account | {
        TRANSFER: account[TRANSFER] + paid,
        "opening": opening,
        "outgo": outgo,
        "interest": interest,
        "cash_balance": income - outgo,
        "current_balance": income + interest - outgo,
        "closing": end,
        "reserve_months": measures.ratio(end, outgo / 12),
        "reserve_months_without_prepaid": measures.ratio(end - account["prepaid"], outgo / 12),
        "reserve_months_forward": months,
        "outgo_pp": measures.ratio(outgo, account["resident_enrolled"]),
        "cost_rate": measures.ratio(outgo, account["members_income"]),
    }


def scaled(built: Built, share: float) -> Built:
    """A share of the nation: its persons and its money, everything a head as it is."""
    state, pins = built.state, built.arrays["pins"]
    arrays = {name: built.arrays[name] * share for name in ("migrants", "pinned_total_end")}
    arrays["pins"] = pins and pins | {"imposed": pins["imposed"] * share}
    scaled_state = State(state.cells * share, state.fund * share, state.prepaid * share)
    return replace(built, state=scaled_state, arrays=built.arrays | arrays)


def moved(built: Built, persons: np.ndarray) -> Built:
    """With so many more persons who arrive each year, on the axes of migrants."""
    return replace(built, arrays=built.arrays | {"migrants": built.arrays["migrants"] + persons})


def _movers(built: Built) -> np.ndarray:
    """Who moves between pools: shares by sex and age as in moves between areas, of the first pool's persons. Sum 1."""
    first = built.years[0]
    persons = built.state.persons.sum(axis=axis("health", "status", "area", "income"), keepdims=True)
    everyone = persons * first.area_propensity
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


def _nation(pooling: Pooling) -> RunAccounts | None:
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
    block = Block((0,), (scenario,), (whole,), whole.years, project(whole.state, whole.years), (None,))
    return block.kept[0]


def _merged(pooling: Pooling, apart: Apart) -> tuple[measures.Account, tuple[RunAccounts, ...]]:
    """One fund; where asked for one standard, the mean weighted by payers, and one benefit; behaviour answers to both.

    Entries to the employee scheme are held as in the separate pools.
    """
    changes = [unified(pooling, each, apart.runs) for each in pooling.pools]
    if not any(changes):
        return _one_account(apart.runs, apart.rates), apart.runs
    changed = tuple(
        replace(each, scenario=each.scenario.replace(own), own=True) if own else each
        for each, own in zip(pooling.pools, changes, strict=True)
    )
    found = _apart(replace(pooling, pools=changed), held=apart.kept)
    return _one_account(found.runs, found.rates), found.runs


def unified(pooling: Pooling, pool: Pool, separate: Sequence[RunAccounts]) -> dict[str, Any]:
    """What a pool's scenario changes when the pools merge, by key."""
    leaves, merged = pool.scenario.leaves, pooling.merged
    assert merged is not None
    models = [each.scenario.leaves for each in pooling.pools if each.name == merged.benefits]
    changes = {
        path: model[path]
        for model in models
        for path in leaves
        if path.startswith("benefits.") and repr(leaves[path]) != repr(model[path])
    }
    if merged.standard == OWN:
        return changes
    payers = np.stack([run.account["resident_enrolled"] for run in separate], axis=-1)
    for kind, column in (("personal", "personal_contribution_pp"), ("subsidy", "subsidy_pp")):
        paid = np.stack([run.account[column] for run in separate], axis=-1)
        if np.ptp(paid, axis=-1).max() <= TOLERANCE * paid.max():
            continue
        mean = (paid * payers).sum(axis=-1) / payers.sum(axis=-1)
        own, first = getattr(pool.scenario.values.contributions, kind).schedule, separate[0].years[0]
        past = range(max(first_year(own), first - TEN), first)
        before = dict(zip(past, map(float, values_by_year(own, past)), strict=True))
        later = dict(zip(separate[0].years, (float(value) for value in mean), strict=True))
        schedule = before | later
        changes |= {
            f"contributions.{kind}.schedule": schedule,
            f"contributions.{kind}.rule": {min(schedule): "schedule"},
        }
    return changes


def _one_account(parts: Sequence[RunAccounts], rates: Sequence[np.ndarray]) -> measures.Account:
    """The parts' income and outgo in one fund, [year]; its rates are their mean weighted by outgo."""
    opening, income, outgo = (
        np.stack([run.account[name] for run in parts], axis=-1) for name in ("opening", "income", "outgo")
    )
    weights = outgo / outgo.sum(axis=-1, keepdims=True)
    of_all = np.stack(rates, axis=-1)
    alike = np.ptp(of_all, axis=-1) == 0
    mean = np.where(alike, of_all[..., 0], (of_all * weights).sum(axis=-1))
    sums = {"opening": opening, "income": income, "outgo": outgo}
    account = {name: values.sum(axis=-1) for name, values in sums.items()}
    none = np.zeros_like(account["income"])
    whole = account | dict.fromkeys((TRANSFER, "prepaid", "resident_enrolled", "members_income"), none)
    found = with_payments(whole, none, mean)
    return {name: found[name] for name in ("opening", "income", "outgo", "interest", "closing", "reserve_months")}
