"""Growth of cost at given age: what was published, and what it says of growth beyond that of income.

`python -m simsurance.evidence.cost_growth` prints the evidence of residual growth with its standard error and its weight.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from simsurance.basis import trend
from simsurance.basis.inputs import Inputs
from simsurance.basis.trend import SCHEMES, Scheme
from simsurance.data.tables import DATA, published
from simsurance.evidence.drift import Drift, Series, broken, drifts
from simsurance.evidence.fit import FIRST_YEAR, LAST_YEAR, YEARS, Fit, flow_sums, one_year, shipped
from simsurance.scenario_file.loader import Scenario, load

BEFORE: Final = DATA / "published_before.csv"
INSTITUTION_COST: Final = ("inpatient_cost", "general_outpatient_cost", "chronic_outpatient_cost")
PRIOR_ERROR: Final = 0.01
"""Cost is expected to follow income, give or take a point a year: long-run means abroad lie 0 to 1.7 points above it, and are
drawn with 0.4 to 1.2 points."""
ALIKE: Final = 0.75
"""Correlation of the two schemes: the same hospitals, drugs and payment rules (0.5 to 0.9, judgement)."""
DUPLICATES: Final = 56e6
"""Double registrations removed, as the authority counted them; as many in each year in which the register was cleaned."""
LAG: Final = 2
"""Cost follows the mean growth of income of the year and the two before it."""


@dataclass(frozen=True)
class CostSeries:
    """A scheme's cost: section of its trend, published payments and insured, cost and insured years in the model."""

    section: str
    payments: str
    insured: tuple[str, ...]
    claims: tuple[str, ...]
    insured_years: tuple[str, ...]
    admissions: str


COST_SERIES: Final[Mapping[Scheme, CostSeries]] = {
    "resident": CostSeries(
        "claims.trend",
        "resident_outgo",
        ("resident_insured",),
        ("inpatient_claims", "outpatient_claims"),
        ("resident_insured_years",),
        "admissions",
    ),
    "employee": CostSeries(
        "employee.care",
        "employee_total_outgo",
        ("employee_active", "employee_retired"),
        ("employee_inpatient_claims", "employee_outpatient_claims"),
        ("active_years", "retired_years"),
        "employee_admissions",
    ),
}


def known(measure: str) -> dict[int, float]:
    """A published series; of prices, incomes and the employee scheme from 2013 on."""
    before = {} if measure.startswith("resident_") else published(measure, BEFORE)
    return before | published(measure)


def insured(scheme: Scheme) -> dict[int, float]:
    """Published insured of a scheme on 31 December."""
    parts = [known(name) for name in COST_SERIES[scheme].insured]
    return {year: sum(part[year] for part in parts) for year in parts[0]}


def institution_cost(scheme: Scheme) -> dict[int, float]:
    """Cost of care in institutions a head of the published insured, whoever pays; yuan."""
    parts, heads = [known(f"{scheme}_{kind}") for kind in INSTITUTION_COST], insured(scheme)
    return {year: sum(part[year] for part in parts) / heads[year] for year in parts[0]}


def payments(scheme: Scheme) -> dict[int, float]:
    """Outgo of a scheme's funds a head of the published insured, yuan."""
    heads = insured(scheme)
    return {year: outgo / heads[year] for year, outgo in known(COST_SERIES[scheme].payments).items()}


def ageing(baseline: Scenario, scheme: Scheme) -> dict[int, float]:
    """What the make-up of the insured adds to the growth of cost a head, as a difference of logarithms.

    From the model, age and selection; for years before it the shares of active and retired members at their cost of 2025.
    """
    series, structure = COST_SERIES[scheme], {}
    for year in YEARS:
        results = one_year(baseline, year)
        flows = flow_sums(results)
        head = sum(flows[name] for name in series.claims) / sum(flows[name] for name in series.insured_years)
        index = trend.cost_index(Inputs(results.scenario, results.scenario.values), scheme)
        structure[year] = head / float(index[0])
    found = {year: float(np.log(structure[year] / structure[before])) for before, year in pairwise(YEARS)}
    if scheme == "resident":
        return {FIRST_YEAR: 0.0} | found  # the year in which the rural scheme joined; it is a break
    active, retired = (known(name) for name in series.insured)
    a_head = [
        published(f"employee_{kind}_institution_cost")[LAST_YEAR] / published(f"employee_{kind}")[LAST_YEAR]
        for kind in ("active", "retired")
    ]
    mixed = {
        year: (active[year] * a_head[0] + retired[year] * a_head[1]) / (active[year] + retired[year])
        for year in active
        if year <= FIRST_YEAR
    }
    return {year: float(np.log(mixed[year] / mixed[before])) for before, year in pairwise(sorted(mixed))} | found


def at_given_age(cost: Mapping[int, float], of_ageing: Mapping[int, float]) -> dict[int, float]:
    """Real growth of cost a head at given age by year, as a difference of logarithms."""
    prices = known("consumer_price_change")
    return {
        year: float(np.log(cost[year] / cost[before] / (1 + prices[year]))) - of_ageing[year]
        for before, year in pairwise(sorted(cost))
    }


def real_growth(baseline: Scenario, scheme: Scheme = "resident") -> Iterator[Fit]:
    """Growth of institution cost a head of the insured, less prices and less the ageing and selection that the model shows."""
    key, path = f"{COST_SERIES[scheme].section}.real_growth", trend.stated(baseline.values, scheme).real_growth
    found = at_given_age(institution_cost(scheme), ageing(baseline, scheme))
    for year in YEARS[1:]:
        yield Fit(f"1 + {key}[{year}]", "institution cost a head", float(np.exp(found[year])), 1 + shipped(path, year))


def income_growth(lag: int = LAG) -> dict[int, float]:
    """Mean real growth of disposable income a head over a year and `lag` years before it, as far as known; logarithms."""
    income, prices = known("disposable_income_national"), known("consumer_price_change")
    growth = {
        year: np.log(income[year] / income[before] / (1 + prices[year])) for before, year in pairwise(sorted(income))
    }
    return {
        year: float(np.mean([growth[one] for one in range(year - lag, year + 1) if one in growth])) for year in growth
    }


@dataclass(frozen=True)
class Evidence:
    """Growth of cost at given age of both schemes as far as published, differences of logarithms by scheme and year."""

    institution_cost: Mapping[Scheme, Mapping[int, float]]
    payments: Mapping[Scheme, Mapping[int, float]]

    @classmethod
    def of(cls, baseline: Scenario) -> "Evidence":
        """From the published series and the make-up of the insured in the model."""
        of_ageing = {scheme: ageing(baseline, scheme) for scheme in SCHEMES}
        return cls(
            *(
                {scheme: at_given_age(cost(scheme), of_ageing[scheme]) for scheme in SCHEMES}
                for cost in (institution_cost, payments)
            )
        )

    def series(
        self, growth: Mapping[Scheme, Mapping[int, float]], elasticity: float = 1.0, cleaned: bool = False
    ) -> tuple[Series, ...]:
        """Growth beyond that of income; `cleaned`: as if no registration of a resident had ever been double."""
        income, double = income_growth(), duplicates_out() if cleaned else {}
        return tuple(
            Series(
                scheme,
                {
                    year: value - elasticity * income[year] - (double.get(year, 0.0) if scheme == "resident" else 0.0)
                    for year, value in growth[scheme].items()
                },
                broken("cost", "step"),
                broken("cost", "single"),
            )
            for scheme in SCHEMES
        )


def duplicates_out() -> dict[int, float]:
    """What the removal of double registrations adds to the growth of residents' cost a head, logarithms by year."""
    heads, cleaned = published("resident_insured"), broken("resident_register", "cleaned")
    left = {year: DUPLICATES * sum(year < one for one in cleaned) / len(cleaned) for year in YEARS}
    true = {year: np.log(heads[year] / (heads[year] - left[year])) for year in YEARS}
    return {year: float(true[before] - true[year]) for before, year in pairwise(YEARS)}


def residual(series: Sequence[Series], prior_error: float = PRIOR_ERROR) -> tuple[Drift, ...]:
    """Residual growth of residents' and members' cost at given age beside the prior."""
    return drifts(series, prior_error, ALIKE)


def use_growth(baseline: Scenario, scheme: Scheme) -> Iterator[Fit]:
    """Growth of discharges a head of the insured, less the ageing and selection that the model shows."""
    series, path = COST_SERIES[scheme], trend.stated(baseline.values, scheme).use_growth
    discharges, heads = known(f"{scheme}_discharges"), insured(scheme)
    structure = {}
    for year in YEARS:
        results = one_year(baseline, year)
        flows, inputs = flow_sums(results), Inputs(results.scenario, results.scenario.values)
        head = flows[series.admissions] / sum(flows[name] for name in series.insured_years)
        structure[year] = head / float(trend.use_index(inputs, scheme)[0])
    for before, year in pairwise(YEARS):
        published_growth = discharges[year] / heads[year] / (discharges[before] / heads[before])
        growth = published_growth / (structure[year] / structure[before])
        yield Fit(f"1 + {series.section}.use_growth[{year}]", "discharges a head", growth, 1 + shipped(path, year))


def admissions_per_user(baseline: Scenario) -> Iterator[Fit]:
    """Discharges of residents over the inpatients of the model."""
    flows, own = flow_sums(one_year(baseline, LAST_YEAR)), baseline.values.claims.inpatient.admissions_per_user
    found = published("resident_discharges")[LAST_YEAR] / flows["inpatient_users"]
    yield Fit("claims.inpatient.admissions_per_user", f"discharges of {LAST_YEAR}", found, own)


def residual_growth(baseline: Scenario) -> Iterator[Fit]:
    """Residual growth of both schemes in the first year after those published, beside the prior."""
    evidence = Evidence.of(baseline)
    for scheme, found in zip(SCHEMES, residual(evidence.series(evidence.institution_cost)), strict=True):
        key, path = (
            f"{COST_SERIES[scheme].section}.residual_growth",
            trend.stated(baseline.values, scheme).residual_growth,
        )
        what, start = "cost beyond income, beside the prior", LAST_YEAR + 1
        yield Fit(f"1 + {key}[{start}]", what, 1 + float(np.expm1(found.mean)), 1 + shipped(path, start))


def main() -> None:
    """Print the evidence, the centre that follows from it, and what it would be otherwise."""
    evidence = Evidence.of(load("baseline"))
    centre = evidence.series(evidence.institution_cost)
    print("growth of institution cost a head at given age beyond that of income, a year")
    print(f"{'year':6}{'residents':>12}{'employees':>12}")
    for year in sorted(centre[1].growth):
        shown = [f"{one.growth[year]:+12.2%}" if year in one.growth else f"{'':12}" for one in centre]
        print(f"{year:<6}{''.join(shown)}{'' if year in centre[1].plain_years else '  fitted as a break'}")
    print(f"{'raw mean of the other years':38}" + "".join(f"{one.plain_mean:+12.2%}" for one in centre))
    for year in sorted(residual(centre)[1].breaks):
        sizes = [f"{one.breaks[year]:+12.2%}" if year in one.breaks else f"{'':12}" for one in residual(centre)]
        print(f"{f'break of {year}':38}{''.join(sizes)}")
    print()
    print(f"{'residual growth, a year':52}{'years alone':>18}{'beside the prior':>20}{'weight':>8}")
    for what, series, prior in (
        ("centre: prior 0 ± 1.0 points", centre, PRIOR_ERROR),
        ("prior 0 ± 0.7 points", centre, 0.007),
        ("prior 0 ± 1.2 points", centre, 0.012),
        ("no prior", centre, np.inf),
        ("without double registrations", evidence.series(evidence.institution_cost, cleaned=True), PRIOR_ERROR),
        ("payments in place of cost", evidence.series(evidence.payments), PRIOR_ERROR),
        ("income elasticity 0.44", evidence.series(evidence.institution_cost, 0.44), PRIOR_ERROR),
    ):
        for one in residual(series, prior):
            label = f"{what}, {one.name}"
            years, after = (f"{mean:+.2%} ± {error:.2%}" for mean, error in one.pairs)
            print(f"{label:52}{years:>18}{after:>20}{one.weight:8.0%}")
    for one_scheme in evidence.series(evidence.payments):
        growth = np.array(list(one_scheme.growth.values()))
        mean, error = growth.mean(), growth.std(ddof=1) / np.sqrt(len(growth))
        weight = PRIOR_ERROR**2 / (PRIOR_ERROR**2 + error**2)
        years, after = (f"{of:+.2%} ± {by:.2%}" for of, by in ((mean, error), (weight * mean, np.sqrt(weight) * error)))
        print(f"{f'payments, breaks as growth, {one_scheme.name}':52}{years:>18}{after:>20}{weight:8.0%}")


if __name__ == "__main__":
    main()
