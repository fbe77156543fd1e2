"""Growth of what is levied on against growth of income: wages, their reported share, and the local supplement.

`python -m simsurance.evidence.base_growth` prints what the years say of each, with its standard error and its weight.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from simsurance.evidence import cost_growth
from simsurance.evidence.cost_growth import known
from simsurance.evidence.drift import Drift, Series, broken, drifts
from simsurance.evidence.fit import LAST_YEAR, Fit, shipped
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.schedule import Schedule

SUPPLEMENT_PRIOR: Final = 0.002
"""The supplement is bounded: places pay 0 to 13 % above the national standards. Drifting to 2050 as it fades, this much a year
makes 2.5 points."""


@dataclass(frozen=True)
class Source:
    """A series that income of a fund grows with: its key, its yearly growth against income, and the prior's error."""

    key: str
    series: Series
    prior_error: float = cost_growth.PRIOR_ERROR

    @property
    def drift(self) -> Drift:
        """What its years say, beside the prior."""
        return drifts([self.series], self.prior_error)[0]


def growth(level: Mapping[int, float]) -> dict[int, float]:
    """Growth of a level by year, as a difference of logarithms."""
    years = sorted(level)
    return {year: float(np.log(level[year] / level[before])) for before, year in pairwise(years)}


def sources(baseline: Scenario) -> tuple[Source, ...]:
    """Wages against disposable income a head from 2014; reported share and supplement as fitted year by year from 2019.

    The reported share of 2020 is that of the years beside it, and payments of 2022 came in 2023: years by themselves.
    """
    wages, income = growth(known("average_wage_urban_nonprivate")), growth(known("disposable_income_national"))
    paid = baseline.values.employee.contributions
    return (
        Source(
            "employee.wage.growth_excess",
            Series("wages over income", {year: wages[year] - income[year] for year in wages}),
        ),
        Source(
            "employee.contributions.compliance_growth",
            Series(
                "reported share of wages", growth(fitted(paid.compliance)), single=broken("reported_share", "single")
            ),
        ),
        Source(
            "contributions.local_supplement_growth",
            Series("local financing", growth(fitted(baseline.values.contributions.local_supplement))),
            SUPPLEMENT_PRIOR,
        ),
    )


def both_together(baseline: Scenario) -> Series:
    """The base of an active member against income: the reported share of a year times the wages of the year before it."""
    wages, reported, _ = (source.series for source in sources(baseline))
    return Series(
        "wages × reported share",
        {year: value + wages.growth[year - 1] for year, value in reported.growth.items()},
        single=reported.single,
    )


def fitted(path: Schedule) -> dict[int, float]:
    """The fitted values of a path by year."""
    assert isinstance(path, dict)
    return {year: value for year, value in path.items() if year <= LAST_YEAR}


def drift_fits(baseline: Scenario) -> Iterator[Fit]:
    """The centre of each in the first year after those published."""
    start, values = LAST_YEAR + 1, baseline.values
    paths = (
        values.employee.wage.growth_excess,
        values.employee.contributions.compliance_growth,
        values.contributions.local_supplement_growth,
    )
    for source, path in zip(sources(baseline), paths, strict=True):
        found = 1 + float(np.expm1(source.drift.mean))
        yield Fit(
            f"1 + {source.key}[{start}]", "growth against income, beside the prior", found, 1 + shipped(path, start)
        )


def main() -> None:
    """Print the evidence and the centre that follows from it."""
    baseline = load("baseline")
    found = (*sources(baseline), Source("", both_together(baseline)))
    print("growth against income, a year; the last is a check")
    print(f"{'year':6}" + "".join(f"{source.series.name:>26}" for source in found))
    for year in sorted(found[0].series.growth):
        shown = (source.series.growth.get(year) for source in found)
        print(f"{year:<6}" + "".join(f"{'' if value is None else f'{value:+.2%}':>26}" for value in shown))
    print()
    print(f"{'':26}{'prior':>18}{'years alone':>18}{'beside the prior':>20}{'weight':>8}")
    for source in found:
        years, after = (f"{mean:+.2%} ± {error:.2%}" for mean, error in source.drift.pairs)
        prior = f"0 ± {source.prior_error:.2%}"
        print(f"{source.series.name:26}{prior:>18}{years:>18}{after:>20}{source.drift.weight:8.0%}")


if __name__ == "__main__":
    main()
