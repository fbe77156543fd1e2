"""The adjustment fund between pools: levy, need, deficit, what is paid out, year by year."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from simsurance.axes import FLOW_AXES, axis
from simsurance.ledger import POOL, POOL_BENEFITS, RESIDENT, RESIDENT_BENEFITS, RESIDENT_LEVIED, booked, fund_of
from simsurance.model.fund import summed
from simsurance.model.groups import total
from simsurance.model.state import Flows
from simsurance.scenario_file.pooling import Adjustment

BY_AGE: Final = ("pool", "sex", "age")
BY_NEED: Final = ("pool", "health", "sex", "age")
LEVIED: Final = {RESIDENT: RESIDENT_LEVIED, POOL: ("employer_contributions",)}
BENEFITS: Final = {RESIDENT: RESIDENT_BENEFITS, POOL: POOL_BENEFITS}
"""Rows of the ledger that are levied on, and that are standardised, by fund."""
PAID: Final = {RESIDENT: "adjustment_payments", POOL: "employee_adjustment_payments"}
"""The row that books what a pool pays to the adjustment fund, net of what it gets, by fund."""


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

    Totals of the ledger's rows, yuan; benefits of the fund that is pooled by sex and age, yuan; its insured: of residents those
    on 1 January by need, sex and age, of the employee scheme years insured by sex and age, on a need axis of 1.
    """

    money: dict[str, np.ndarray]
    benefits: np.ndarray
    insured: np.ndarray

    @classmethod
    def of(cls, flows: Flows, insured: np.ndarray, fund: str = RESIDENT) -> "Seen":
        """What a meeting sees of the flows of a year; `insured` residents on 1 January by need."""
        over = axis("area", "income", of=FLOW_AXES)
        benefits = summed(flows.money[name].sum(axis=over) for name in BENEFITS[fund])
        if fund == POOL:
            years = summed(getattr(flows, name) for name in fund_of(POOL).heads)
            insured = np.expand_dims(years.sum(axis=over), axis("health", of=BY_NEED))
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
    """The adjustment fund of some pools, year by year; `by_need`: benefits of a person by need, sex and age, yuan.

    `fund`: whose accounts it is between.
    """

    rules: Adjustment
    by_need: np.ndarray
    fund: str = RESIDENT
    years: list[Year] = field(default_factory=list)

    def meet(self, year: int, flows: Flows, insured: np.ndarray) -> Flows:
        """The meeting within a projection: the net payment of a year is booked in the accounts of the pools."""
        paid, row = self.pay(year, Seen.of(flows, insured, self.fund)), PAID[self.fund]
        return replace(flows, money={**flows.money, row: flows.money[row] + paid})

    def pay(self, year: int, seen: Seen) -> np.ndarray:
        """Levy, distribution and balance of a year; what each pool pays less what it receives, yuan, [pool]."""
        rules, money = self.rules, seen.money
        opening = self.years[-1].closing if self.years else rules.opening
        levied = summed(money[name] for name in LEVIED[self.fund])
        levy = levied * (rules.levy if year >= rules.first_year else 0.0)
        fund = fund_of(self.fund)
        income, outgo = (summed(booked(side, money)) for side in (fund.income, fund.outgo))
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
