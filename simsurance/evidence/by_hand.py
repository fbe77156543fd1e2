"""First deficit year and depletion year by hand: totals and growth factors, no cohorts of insured, no behaviour.

`python -m simsurance.evidence.by_hand` prints the estimate, every number it rests on, and the model's beside it.
"""

import sys
from dataclasses import dataclass

import numpy as np

from simsurance.axes import BY_AGE_AXES, REPORT_AXES, at, axis, left
from simsurance.basis import life_table, trend
from simsurance.basis.inputs import Inputs
from simsurance.data import tables
from simsurance.data.tables import published
from simsurance.errors import SimsuranceError
from simsurance.evidence.calibration import NET_TRANSFERS, shipped
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.loader import Scenario, load

BROAD_AGES = ((0, 15), (15, 45), (45, 60), (60, 75), (75, 101))
SPAN = 10
"""Years over which the age structure is compared and the growth of outgo is explained."""

UNSEEN_BY_HAND = ("age structure", "areas, need classes", "share of cost paid")
"""Factors of outgo on which the estimate and the model may differ."""


@dataclass(frozen=True)
class AgeGroup:
    """A broad age: its share of the population on two dates ten years apart, and its cost a head, population = 1."""

    ages: str
    share_first: float
    share_last: float
    relative_cost: float


@dataclass(frozen=True)
class Aggregate:
    """One year of the estimate; growth rates are decimal, money is nominal yuan."""

    year: int
    cost_growth: float
    """prices and real cost at given age"""
    standard_growth: float
    outgo: float
    income: float
    interest: float
    fund: float

    @property
    def balance(self) -> float:
        """Income with interest less outgo."""
        return self.income + self.interest - self.outgo


@dataclass(frozen=True)
class Estimate:
    """What the recursion rests on, and its years. Flows in persons are those of the first year."""

    ages: tuple[AgeGroup, ...]
    insured: float
    newborn: float
    deaths: float
    net_transfers: float
    net_returns: float
    years: tuple[Aggregate, ...]

    @property
    def ageing(self) -> float:
        """Growth a year of cost a head from the age structure alone."""
        first, last = (sum(share * age.relative_cost for share, age in pairs) for pairs in self._shares())
        return float((last / first) ** (1 / SPAN) - 1)

    def _shares(self) -> tuple[list[tuple[float, AgeGroup]], list[tuple[float, AgeGroup]]]:
        return [(age.share_first, age) for age in self.ages], [(age.share_last, age) for age in self.ages]

    @property
    def insured_change(self) -> float:
        """Growth a year of the insured."""
        return (self.newborn - self.deaths - self.net_transfers + self.net_returns) / self.insured

    @property
    def first_deficit_year(self) -> int | None:
        """The first year that spends more than it receives; None within the horizon."""
        return next((row.year for row in self.years if row.balance < 0), None)

    @property
    def depletion_year(self) -> int | None:
        """The first year that ends below zero; None within the horizon."""
        return next((row.year for row in self.years if row.fund < 0), None)


def estimate(scenario: Scenario, further_growth: float = 0.0) -> Estimate:
    """The recursion from the published totals of the year before the valuation date.

    Outgo grows with the insured, the ages, prices, real cost at given age and `further_growth`; income with the insured
    and the standards of contribution and subsidy; the fund earns interest, flows at mid-year. Raises
    SimsuranceError where no totals were published.
    """
    inputs = Inputs(scenario, scenario.values)
    before = inputs.first - 1
    outgo, income, balance = (published(f"resident_{name}") for name in ("outgo", "income", "cumulative_balance"))
    if before not in outgo or before - 1 not in balance:
        raise SimsuranceError(f"horizon.valuation_year: no published totals for {before}; a later year")
    persons, births, deaths = _cohorts(inputs)
    insured = shipped(scenario.values.membership.resident_insured, inputs.first)
    values = scenario.values
    head = Estimate(
        ages=_broad_ages(inputs, persons[0], persons[-1]),
        insured=insured,
        newborn=births * shipped(values.membership.newborn_enrolment, inputs.first),
        deaths=deaths * insured / float(persons[0].sum()),
        net_transfers=NET_TRANSFERS,
        net_returns=values.behaviour.targets.net_flow_rate * insured,
        years=(),
    )
    rates = inputs.yearly(values.economy.interest_rate)
    real = trend.real_growth(inputs, "resident", inputs.years)
    prices = inputs.yearly(values.economy.inflation)
    cost_growth = (1 + real) * (1 + prices) - 1
    paid = values.contributions
    last_standard = shipped(paid.personal.schedule, before) + shipped(paid.subsidy.schedule, before)
    standard = np.concatenate([[last_standard], np.add(*inputs.standards())[:-1]])
    spent = outgo[before]
    received = income[before] - balance[before - 1] * shipped(values.economy.interest_rate, before)
    fund = shipped(values.fund.opening, inputs.first)
    rows = []
    for place, year in enumerate(inputs.years):
        spent *= (1 + head.insured_change) * (1 + head.ageing) * (1 + cost_growth[place]) * (1 + further_growth)
        received *= (1 + head.insured_change) * standard[place + 1] / standard[place]
        interest = fund * rates[place] + (received - spent) * (np.sqrt(1 + rates[place]) - 1)
        fund += received + interest - spent
        growth = float(standard[place + 1] / standard[place] - 1)
        rows.append(Aggregate(year, float(cost_growth[place]), growth, *map(float, (spent, received, interest, fund))))
    return Estimate(**{**vars(head), "years": tuple(rows)})


def _cohorts(inputs: Inputs) -> tuple[list[np.ndarray], float, float]:
    """The whole population [sex, age] on each 1 January of the span, and births and deaths of its first year."""
    years = list(range(inputs.first, inputs.first + SPAN))
    survival, newborn_survival = inputs.survival(years)
    asfr, male_share, migrants = inputs.asfr(years), inputs.male_share(years), inputs.migrants(years)
    persons, births = [inputs.opening_stock()], []
    for place in range(SPAN):
        rates = survival[place], newborn_survival[place], asfr[place], float(male_share[place]), migrants[place]
        stock, born = life_table.advance(persons[-1], *rates)
        persons.append(stock)
        births.append(born)
    deaths = float(persons[0].sum() + births[0] + migrants[0].sum() - persons[1].sum())
    return persons, births[0], deaths


def _broad_ages(inputs: Inputs, first: np.ndarray, last: np.ndarray) -> tuple[AgeGroup, ...]:
    """Shares and relative cost of the broad ages, from the profiles of cost by age and the population [sex, age]."""
    hospital, clinic = inputs.values.claims.inpatient, inputs.values.claims.outpatient
    paid = inputs.values.benefits
    use = tables.by_sex_age(inputs.table("claims.inpatient.use_table"), "use")["use"]
    stay = tables.by_age(inputs.table("claims.inpatient.cost_table"), "relative_cost")["relative_cost"]
    visits = tables.by_sex_age(inputs.table("claims.outpatient.cost_table"), "relative_cost")["relative_cost"]
    hospital_paid = hospital.mean_cost * hospital.level * shipped(paid.inpatient.payment_ratio, inputs.first)
    clinic_paid = clinic.mean_cost * clinic.level * shipped(paid.outpatient.payment_ratio, inputs.first)
    cost = use * stay * hospital_paid + visits * clinic_paid
    mean = float((first * cost).sum() / first.sum())
    return tuple(
        AgeGroup(
            f"{start} and over" if end > 100 else f"{start}–{end - 1}",
            float(first[:, start:end].sum() / first.sum()),
            float(last[:, start:end].sum() / last.sum()),
            float((first * cost)[:, start:end].sum() / first[:, start:end].sum() / mean),
        )
        for start, end in BROAD_AGES
    )


@dataclass(frozen=True)
class Factor:
    """One factor of growth: the average rate a year by hand and in the model."""

    what: str
    by_hand: float
    model: float


def factors(hand: Estimate, results: RunResult) -> list[Factor]:
    """Average growth a year of outgo and income over the span, factor by factor, by hand and in the model.

    In the model the age structure is that of its insured years at the first year's cost by sex and age; what is left of
    cost a head at constant prices is the mix of need classes, areas and sexes within an age.
    """
    span = min(SPAN, len(results.years)) - 1
    if span < 1:
        raise SimsuranceError("horizon.last_year: two years at least are needed to speak of growth; a later year")
    flow = {name: at(each, of=REPORT_AXES, run=0) for name, each in results.projection.by_age.items()}
    account = results.account

    def total(each: np.ndarray) -> np.ndarray:
        return np.asarray(each.sum(axis=axis("sex", "age", of=left("run", of=BY_AGE_AXES))))

    def mean_rate(series: np.ndarray) -> float:
        return float((series[span] / series[0]) ** (1 / span) - 1)

    exposure = flow["resident_insured_years"]
    claims = flow["inpatient_claims"] + flow["outpatient_claims"]
    at_first_cost = total(exposure * (claims[0] / exposure[0])) / total(exposure)
    index = trend.cost_index(Inputs(results.scenario, results.scenario.values), "resident")
    a_head = total(claims) / total(exposure) / index
    payers, standards = account["resident_enrolled"], account["personal_contribution_pp"] + account["subsidy_pp"]
    rows = hand.years[: span + 1]

    def by_hand(growth: list[float]) -> float:
        return float(np.prod([1 + rate for rate in growth]) ** (1 / span) - 1)

    cost, standard = by_hand([row.cost_growth for row in rows[1:]]), by_hand([row.standard_growth for row in rows[1:]])
    outgo, income = (mean_rate(np.array([getattr(row, name) for row in rows])) for name in ("outgo", "income"))
    return [
        Factor("insured who pay", hand.insured_change, mean_rate(payers)),
        Factor("insured years a payer", 0.0, mean_rate(total(exposure) / payers)),
        Factor("age structure", hand.ageing, mean_rate(at_first_cost)),
        Factor("areas, need classes", 0.0, mean_rate(a_head / at_first_cost)),
        Factor("prices, real cost at given age", cost, mean_rate(index)),
        Factor("share of cost paid", 0.0, mean_rate(account["outgo"] / total(claims))),
        Factor("outgo", outgo, mean_rate(account["outgo"])),
        Factor("insured who pay", hand.insured_change, mean_rate(payers)),
        Factor("standards", standard, mean_rate(standards)),
        Factor("supplement, prepayment", 0.0, mean_rate(account["income"] / payers / standards)),
        Factor("income", income, mean_rate(account["income"])),
    ]


def report(scenario: Scenario) -> str:
    """The estimate as text: age structure, insured, recursion, and the model's growth beside it."""
    hand, results = estimate(scenario), simulate([scenario])[0]
    return "\n\n".join(
        "\n".join(part) for part in (_ageing(hand), _insured(hand), _recursion(hand, results), _reasons(hand, results))
    )


def _ageing(hand: Estimate) -> list[str]:
    first = hand.years[0].year
    return [
        f"{'age':14}{f'share {first}':>12}{f'share {first + SPAN}':>12}{'relative cost':>15}",
        *(f"{age.ages:14}{age.share_first:12.1%}{age.share_last:12.1%}{age.relative_cost:15.2f}" for age in hand.ages),
        f"{'ageing a year':38}{hand.ageing:15.2%}",
    ]


def _insured(hand: Estimate) -> list[str]:
    parts = {
        "insured on 1 January": hand.insured,
        "+ newborn enrolled": hand.newborn,
        "− deaths, in proportion to the population": hand.deaths,
        "− net moves to the employee scheme": hand.net_transfers,
        "+ returns and joins less leaves": hand.net_returns,
    }
    return [
        f"{f'million persons, {hand.years[0].year}':42}",
        *(f"{what:42}{persons / 1e6:11.1f}" for what, persons in parts.items()),
        f"{'change a year':42}{hand.insured_change:11.2%}",
    ]


def _recursion(hand: Estimate, results: RunResult) -> list[str]:
    account, billion = results.account, 1e9
    heads = "".join(f"{head:>10}" for head in ("outgo", "income", "interest", "fund"))
    model_heads = f"{'model: outgo':>14}{'income':>10}{'fund':>10}"
    lines = [f"{'year':6}{'cost':>8}{'standard':>10}{heads}{model_heads}   CNY billion"]
    enough = (hand.depletion_year or hand.years[-1].year, hand.years[0].year + SPAN - 1)
    for place, row in enumerate(hand.years):
        if row.year > max(enough):
            break
        own = "".join(f"{amount / billion:10,.1f}" for amount in (row.outgo, row.income, row.interest, row.fund))
        outgo, *others = (account[name][place] / billion for name in ("outgo", "income", "closing"))
        model = f"{outgo:14,.1f}" + "".join(f"{amount:10,.1f}" for amount in others)
        lines.append(f"{row.year:<6}{row.cost_growth:8.2%}{row.standard_growth:10.2%}{own}{model}")
    return lines


def _reasons(hand: Estimate, results: RunResult) -> list[str]:
    def dated(year: float | None, last: int = hand.years[-1].year) -> str:
        return f"{year:.0f}" if year else f"not by {last}"

    first, found, explained = hand.years[0].year, factors(hand, results), 0.0
    span = min(SPAN, len(results.years)) - 1
    lines = [f"{f'growth a year, {first}–{first + span}':36}{'by hand':>12}{'model':>12}{'difference':>12}"]
    lines += [f"{row.what:36}{row.by_hand:12.2%}{row.model:12.2%}{row.model - row.by_hand:12.2%}" for row in found]
    lines += ["", f"{'':36}{'first deficit':>16}{'depletion':>16}"]
    lines += [f"{'by hand':36}{dated(hand.first_deficit_year):>16}{dated(hand.depletion_year):>16}"]
    for row in found:
        if row.what in UNSEEN_BY_HAND:
            explained += row.model - row.by_hand
            step, name = estimate(results.scenario, explained), f"+ the model’s {row.what}"
            lines.append(f"{name:36}{dated(step.first_deficit_year):>16}{dated(step.depletion_year):>16}")
    measured = results.measures["value"].dropna().to_dict()
    years = [dated(measured.get(name)) for name in ("first_deficit_year", "depletion_year")]
    return [*lines, f"{'model':36}{years[0]:>16}{years[1]:>16}"]


def main() -> None:
    """Print the estimate for the baseline."""
    sys.stdout.write(report(load("baseline")) + "\n")


if __name__ == "__main__":
    main()
