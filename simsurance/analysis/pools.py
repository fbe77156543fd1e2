"""Pools side by side, with an adjustment fund between them, and merged: who gains, who loses, what becomes steadier."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance import measures
from simsurance.axes import AREA, INCOME, REPORT_AXES, at
from simsurance.basis import build, stack
from simsurance.basis.entries import Entries, holding
from simsurance.basis.frames import same_people
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.identities import TOLERANCE
from simsurance.ledger import RESIDENT, RESIDENT_BENEFITS, RESIDENT_LEVIED, booked, fund_of
from simsurance.model.care import benefits_pp
from simsurance.model.fund import closed, closing, overdrawn, summed
from simsurance.model.groups import total
from simsurance.model.projection import Projection, project
from simsurance.model.state import Flows, State, YearBasis
from simsurance.results import Block, Built, RunAccounts, form_of
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.pooling import Adjustment, Pool, Pooling

if TYPE_CHECKING:
    import pandas as pd

TRANSFER: Final = "adjustment_payments"
"""The row of the ledger that books what a pool pays to the adjustment fund, net of what it gets."""
SEPARATE, ADJUSTED, MERGED = ARRANGEMENTS = ("separate", "adjusted", "merged")
ITEMS: Final = ("opening", "income", "outgo", "interest", "closing", "resident_insured", "population")
"""What the pools' accounts are summed over and set against the nation by, with every row of the ledger."""
FORM: Final = (
    "first year",
    "last year",
    "first year of the participation rules",
    "years credited",
    "bands of critical-illness insurance",
    "employee.projected",
    "pins",
    "entries held",
    "measures.notice_years",
    "measures.delay_years",
)
"""What pools must have in common, in the order of `form_of`."""
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


@dataclass
class AdjustmentFund:
    """The adjustment fund of one group of pools, year by year; `by_need`: benefits of need classes, [pool, health, sex, age]."""

    rules: Adjustment
    by_need: np.ndarray
    years: list[Year] = field(default_factory=list)

    def meet(self, year: int, flows: Flows, insured: np.ndarray) -> Flows:
        """Levy, distribution and the balance of a year; the net payment is booked in the pools' accounts."""
        rules, money = self.rules, flows.money
        opening = self.years[-1].closing if self.years else rules.opening
        flat = {name: total(values) for name, values in money.items()}
        levied = summed(flat[name] for name in RESIDENT_LEVIED)
        levy = levied * (rules.levy if year >= rules.first_year else 0.0)
        income, outgo = (summed(booked(side, flat)) for side in (RESIDENT_FUND.income, RESIDENT_FUND.outgo))
        need = outgo + self.standardised(money, insured)
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
        return replace(flows, money={**money, TRANSFER: money[TRANSFER] + (levy - received)})

    def standardised(self, money: Any, insured: np.ndarray) -> np.ndarray:
        """Standardised less own benefits, yuan, [pool].

        The pools' benefits at each sex and age go to the pools by their insured there, weighted with what need classes cost.
        """
        benefits = summed(money[name].sum(axis=(2, 3)) for name in RESIDENT_BENEFITS)
        weights = (insured * self.by_need).sum(axis=1)
        whole = weights.sum(axis=0)
        shares = np.divide(weights, whole, out=np.zeros_like(weights), where=whole > 0)
        none = np.where(whole > 0, 0.0, benefits)
        return np.asarray((benefits.sum(axis=0) * shares + none - benefits).sum(axis=(1, 2)))


@dataclass(frozen=True, repr=False)
class Pools:
    """Runs of pools apart and with the adjustment fund between them; merged and national accounts, None where not asked for.

    `moved`: the adjustment fund by year; `merged`: the one account, [year], and the accounts of the pools in it.
    """

    pooling: Pooling
    separate: tuple[RunAccounts, ...]
    adjusted: tuple[RunAccounts, ...]
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
        runs = {SEPARATE: self.separate, ADJUSTED: self.adjusted, MERGED: self.merged_parts}[arrangement]
        return np.stack([run.account[name] for run in runs], axis=-1)

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
        terms = np.concatenate([booked_net, -grown[:, None]], axis=1)
        size = np.maximum(np.abs(terms).max(axis=1), 1.0)
        return float((np.abs(terms.sum(axis=1)) / size).max())

    @cached_property
    def pools(self) -> "pd.DataFrame":
        """One row a pool, who gains most first: net transfer, depletion years, reserve months at the end of `year`.

        `net_transfer_pp`: yuan of constant prices a payer and year over all years; `merged_balance_pp`: likewise, own income
        less own outgo where all have one standard and one benefit.
        """
        import pandas as pd

        place = self.years.index(self.year)
        prices = np.stack([run.account["price_level"] for run in self.separate], axis=-1)
        payers = self.of(SEPARATE, "resident_enrolled").sum(axis=0)
        columns: dict[str, Any] = {
            "share": [np.nan if pool.share is None else pool.share for pool in self.pooling.pools],
            "mark": [pool.mark for pool in self.pooling.pools],
            "insured": self.of(SEPARATE, "resident_insured")[place],
            "levy": np.stack([each.levy for each in self.moved]).sum(axis=0) if self.moved else 0.0,
            "received": np.stack([each.received for each in self.moved]).sum(axis=0) if self.moved else 0.0,
            "net_transfer": self.net.sum(axis=0),
            "net_transfer_pp": (self.net / prices).sum(axis=0) / payers,
        }
        for name in (SEPARATE, ADJUSTED):
            columns[f"reserve_months_{name}"] = self.reserve_months(name)[place]
            columns[f"depletion_year_{name}"] = measures.first_year(self.depleted(name), self.years)
        if self.merged_parts:
            balance = self.of(MERGED, "income") - self.of(MERGED, "outgo")
            paying = self.of(MERGED, "resident_enrolled").sum(axis=0)
            columns["merged_balance_pp"] = (balance / prices).sum(axis=0) / paying
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
        return table.assign(sum=(self.net.sum(axis=1) + self.kept)[: len(rows)])

    @cached_property
    def fund(self) -> "pd.DataFrame":
        """The resident accounts of every pool, apart and with the adjustment fund; index arrangement, pool, year, fund."""
        import pandas as pd

        runs = {SEPARATE: self.separate, ADJUSTED: self.adjusted}
        runs |= {MERGED: self.merged_parts} if self.merged_parts else {}
        tables = {
            (kind, name): run.fund.xs(RESIDENT, level="fund", drop_level=False).dropna(axis=1, how="all")
            for kind, of in runs.items()
            for name, run in zip(self.names, of, strict=True)
        }
        return pd.concat(tables, names=["arrangement", "pool"])

    @cached_property
    def stability(self) -> "pd.DataFrame":
        """Reserve months of the pools and how many are depleted by the end of each year; index arrangement, year."""
        import pandas as pd

        tables = {}
        for kind in (SEPARATE, ADJUSTED, *((MERGED,) if self.merged else ())):
            months = self.reserve_months(kind)
            depleted = np.maximum.accumulate(self.depleted(kind), axis=0)
            tables[kind] = pd.DataFrame(
                {
                    "lowest": months.min(axis=1),
                    "middle": np.median(months, axis=1),
                    "highest": months.max(axis=1),
                    "spread": months.max(axis=1) - months.min(axis=1),
                    "depleted": depleted.sum(axis=1),
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
            table[kind] = np.stack([self.of(kind, item).sum(axis=1) for item in items], axis=-1).reshape(-1)
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
    """The pools of a pooling scenario projected; SimsuranceError for pools that cannot stand side by side."""
    built = _built(pooling)
    _require_one_form(pooling, built)
    state, basis = stack(built)
    fund = _adjustment_fund(pooling, [years for _, years in built])
    projection = project(state, basis, group=len(built), meet=fund.meet if fund else None)
    adjusted = _accounts(pooling, built, basis, projection)
    separate = _accounts(pooling, built, basis, apart(projection, basis)) if fund else adjusted
    account, parts = _merged(pooling, built, projection, separate) if pooling.merged_benefits else (None, ())
    found = Pools(
        pooling, separate, adjusted, tuple(fund.years if fund else ()), account, parts, _nation(pooling, built)
    )
    if not found.zero <= TOLERANCE:
        text = f"{pooling.name}: transfers between pools and adjustment fund sum to {found.zero:.3g} of the largest, not to 0"
        raise SimsuranceError(text, exit_code=ExitCode.IDENTITY)
    return found


def _built(pooling: Pooling) -> list[Built]:
    """Every pool from its scenario; what several are shares of is built once."""
    at_hand: dict[str, Built] = {}
    built: list[Built] = []
    for each in pooling.pools:
        found = build(each.scenario) if each.own or each.base not in at_hand else at_hand[each.base]
        if not each.own:
            at_hand[each.base] = found
        built.append(found if each.share is None else scaled(found, each.share))
    if any(each.moves_in for each in pooling.pools):
        profile = _movers(built)
        built = [moved(own, each.moves_in * profile) for own, each in zip(built, pooling.pools, strict=True)]
    return built


def scaled(built: Built, share: float) -> Built:
    """A share of the nation: its persons and its money, everything a head as it is."""
    state, basis = built
    years = []
    for year in basis:
        pins = year.pins and replace(year.pins, imposed=year.pins.imposed * share)
        persons = {"migrants": year.migrants * share, "pinned_total_end": year.pinned_total_end * share}
        years.append(replace(year, pins=pins, **persons))
    return State(state.cells * share, state.fund * share, state.prepaid * share), tuple(years)


def moved(built: Built, persons: np.ndarray) -> Built:
    """With so many more persons who arrive each year, on the axes of migrants."""
    state, basis = built
    return state, tuple(replace(year, migrants=year.migrants + persons) for year in basis)


def _movers(built: Sequence[Built]) -> np.ndarray:
    """Who moves between pools: shares by sex and age as in moves between areas, of all pools' persons. Sum 1."""
    everyone = summed(
        state.persons.sum(axis=(1, 2, 4, 5), keepdims=True) * basis[0].area_propensity for state, basis in built
    )
    return np.asarray(everyone / everyone.sum()).reshape(built[0][1][0].migrants.shape)


def _require_one_form(pooling: Pooling, built: Sequence[Built]) -> None:
    """SimsuranceError where pools cannot go through the years together."""
    forms = [form_of(each.scenario, basis) for each, (_, basis) in zip(pooling.pools, built, strict=True)]
    first = pooling.pools[0].name
    lines = [
        str(pooling.layer.fault(f"pools.{each.name}", f"{name}: not as in pools.{first}; the same in all pools"))
        for each, form in zip(pooling.pools, forms, strict=True)
        for name, own, others in zip(FORM, form, forms[0], strict=True)
        if own != others
    ]
    if lines:
        raise SimsuranceError(*lines)


def _adjustment_fund(pooling: Pooling, basis: Sequence[Sequence[YearBasis]]) -> AdjustmentFund | None:
    if pooling.adjustment is None:
        return None
    distinct = {id(years[0].care): needs(years[0]) for years in basis}
    mean = summed(distinct[id(years[0].care)] for years in basis) / len(basis)
    return AdjustmentFund(pooling.adjustment, mean)


def needs(year: YearBasis) -> np.ndarray:
    """Benefits of a resident covered all year by need class, sex and age, mean over areas and income groups: yuan."""
    pp = benefits_pp(year)
    whole = pp.basic.inpatient + pp.basic.outpatient + pp.critical
    return np.asarray(whole.mean(axis=(2, 4, 5)))


def apart(projection: Projection, basis: Sequence[YearBasis]) -> Projection:
    """The projection with nothing paid between the pools: no person moves by that, the funds are closed anew."""
    nothing = np.zeros_like(projection.by_run[TRANSFER])
    totals = projection.totals | {TRANSFER: nothing}
    funds, interest = projection.fund.copy(), projection.interest.copy()
    for place, year in enumerate(basis):
        of_year = {name: values[place] for name, values in totals.items()}
        rates = (year.interest_rate, year.deficit_rate, year.interest_share)
        funds[place + 1], interest[place] = closed(funds[place], of_year, *rates)
    by_run = projection.by_run | {TRANSFER: nothing}
    return replace(projection, by_run=by_run, totals=totals, fund=funds, interest=interest)


def _accounts(
    pooling: Pooling, built: Sequence[Built], basis: tuple[YearBasis, ...], projection: Projection
) -> tuple[RunAccounts, ...]:
    """Accounts, measures and checks of every pool; SimsuranceError if an identity does not hold."""
    scenarios = tuple(each.scenario for each in pooling.pools)
    block = Block(tuple(range(len(built))), scenarios, tuple(built), basis, projection, (None,) * len(built))
    return tuple(_own_product(run, each) for run, each in zip(block.kept, pooling.pools, strict=True))


def _own_product(run: RunAccounts, pool: Pool) -> RunAccounts:
    """Gross domestic product of a share of the nation is that share of the nation's."""
    if pool.share is None or not same_people(pool.scenario):
        return run
    accounts = {fund: of | {"gdp": of["gdp"] * pool.share} for fund, of in run.accounts.items()}
    return replace(run, accounts=accounts)


def _nation(pooling: Pooling, built: Sequence[Built]) -> RunAccounts | None:
    """The same share of the nation in one run, where all pools are shares of one scenario."""
    shares = [each.share for each in pooling.pools]
    if None in shares or len({each.base for each in pooling.pools}) > 1:
        return None
    first, share = pooling.pools[0], float(sum(each for each in shares if each is not None))
    scenario = load(Path(first.base)) if first.own else first.scenario
    whole = scaled(build(scenario), share)
    block = Block((0,), (scenario,), (whole,), whole[1], project(*whole), (None,))
    return block.kept[0]


def _merged(
    pooling: Pooling, built: Sequence[Built], projection: Projection, separate: Sequence[RunAccounts]
) -> tuple[measures.Account, tuple[RunAccounts, ...]]:
    """One standard, the mean of the pools weighted by payers, one benefit, one fund; behaviour answers to both.

    Entries to the employee scheme are held as in the separate pools.
    """
    changed = [
        each.scenario.replace(changes) if (changes := unified(pooling, each, separate)) else each.scenario
        for each in pooling.pools
    ]
    if all(new is each.scenario for new, each in zip(changed, pooling.pools, strict=True)):
        return _one_account(separate, built), tuple(separate)
    new = replace(
        pooling,
        pools=tuple(
            replace(each, scenario=scenario, own=each.own or scenario is not each.scenario)
            for each, scenario in zip(pooling.pools, changed, strict=True)
        ),
    )
    anew = []
    for place, ((state, basis), each, (_, old)) in enumerate(zip(_built(new), new.pools, built, strict=True)):
        entrants = at(projection.entrants, of=REPORT_AXES, run=place)
        anew.append((state, holding(basis, Entries(each.scenario, projection.years, entrants, old))))
    _require_one_form(new, anew)
    stacked = stack(anew)
    parts = _accounts(new, anew, stacked[1], project(*stacked))
    return _one_account(parts, anew), parts


def unified(pooling: Pooling, pool: Pool, separate: Sequence[RunAccounts]) -> dict[str, Any]:
    """What a pool's scenario changes when the pools merge, by key."""
    leaves = pool.scenario.leaves
    model = next(each for each in pooling.pools if each.name == pooling.merged_benefits).scenario.leaves
    changes = {
        path: model[path] for path in leaves if path.startswith("benefits.") and repr(leaves[path]) != repr(model[path])
    }
    payers = np.stack([run.account["resident_enrolled"] for run in separate], axis=-1)
    for kind, column in (("personal", "personal_contribution_pp"), ("subsidy", "subsidy_pp")):
        paid = np.stack([run.account[column] for run in separate], axis=-1)
        if np.ptp(paid, axis=1).max() <= TOLERANCE * paid.max():
            continue
        mean = (paid * payers).sum(axis=1) / payers.sum(axis=1)
        first = separate[0].years[0]
        before = {
            int(year): value for year, value in leaves[f"contributions.{kind}.schedule"].items() if int(year) < first
        }
        later = dict(zip(separate[0].years, (float(value) for value in mean), strict=True))
        schedule = before | later
        changes |= {
            f"contributions.{kind}.schedule": schedule,
            f"contributions.{kind}.rule": {min(schedule): "schedule"},
        }
    return changes


def _one_account(parts: Sequence[RunAccounts], built: Sequence[Built]) -> measures.Account:
    """The parts' income and outgo in one fund, [year]; its rates are their mean weighted by outgo."""
    income, outgo, opening = (
        np.stack([run.account[name] for run in parts], axis=-1) for name in ("income", "outgo", "opening")
    )
    rates, deficit_rates, shares = (
        np.stack([np.array([getattr(year, name).item() for year in basis]) for _, basis in built], axis=-1)
        for name in ("interest_rate", "deficit_rate", "interest_share")
    )
    weights = outgo / outgo.sum(axis=1, keepdims=True)
    income, outgo = income.sum(axis=1), outgo.sum(axis=1)
    held, closings = opening[0].sum(), []
    for place in range(len(income)):
        own = (float((each[place] * weights[place]).sum()) for each in (rates, deficit_rates, shares))
        rate, deficit_rate, share = (np.array([each]) for each in own)
        one = np.array([held]), income[place : place + 1], outgo[place : place + 1]
        held = closing(*one, rate, deficit_rate, float(round(share.item(), 12))).item()
        closings.append(held)
    end = np.array(closings)
    start = np.concatenate([opening[0].sum(keepdims=True), end[:-1]])
    return {"opening": start, "income": income, "outgo": outgo, "closing": end}
