"""What the workbook is made of: a run, its assumptions by year, and how its benefits answer to cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal, get_args

import numpy as np

from simsurance.answers.solve import unmoved
from simsurance.axes import ASSISTED, REPORT_AXES, at, axis
from simsurance.basis import trend
from simsurance.basis.inputs import NATION, Inputs
from simsurance.basis.money import FLOW_TIMING
from simsurance.basis.trend import SCHEMES, Scheme
from simsurance.ledger import POOL, RESIDENT, SIDES
from simsurance.model.pins import PLACE
from simsurance.results import RunResult, accounts_of, simulate
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.schedule import first_year, last_named, values_by_year
from simsurance.uncertainty.parameters import value_at

GROWTH_KEYS: Final[dict[Scheme, str]] = {"resident": "claims.trend", "employee": "employee.care"}
Standard = Literal["personal_contributions", "subsidies"]
FASTER: Final = 0.002
"""Growth of cost a year that is added to find how benefits answer to it."""
BY_COST: Final[dict[str, tuple[Scheme, str, str]]] = {
    "inpatient_benefits": ("resident", RESIDENT, "inpatient_benefits"),
    "outpatient_benefits": ("resident", RESIDENT, "outpatient_benefits"),
    "critical_illness": ("resident", RESIDENT, "critical_illness"),
    "bonus_cost": ("resident", RESIDENT, "bonus_cost"),
    "resident_maternity_benefits": ("resident", RESIDENT, "maternity_benefits"),
    "employee_inpatient_benefits": ("employee", POOL, "inpatient_benefits"),
    "employee_outpatient_benefits": ("employee", POOL, "outpatient_benefits"),
}
"""Rows of the ledger that answer to cost: the scheme whose cost it is, the fund that books them, and under which name."""


def of_run(array: np.ndarray) -> np.ndarray:
    """What a projection of one run reports, without the axis of runs behind that of years or dates."""
    return at(array, of=REPORT_AXES, run=0)


@dataclass(frozen=True)
class Source:
    """A run whose workbook is written; all arrays are [year] unless a method says otherwise."""

    run: RunResult

    @property
    def scenario(self) -> Scenario:
        """Its scenario."""
        return self.run.scenario

    @property
    def years(self) -> tuple[int, ...]:
        """The years projected."""
        return self.run.years

    @property
    def first(self) -> int:
        """The first of them."""
        return self.years[0]

    @cached_property
    def inputs(self) -> Inputs:
        """Its tables and schedules."""
        return Inputs(self.scenario, self.scenario.values)

    @cached_property
    def employed(self) -> bool:
        """Whether the employee scheme's money is projected."""
        return POOL in self.run.accounts

    def has(self, key: str) -> bool:
        """Whether the scheme has a key, so that a scenario can set it."""
        return key in self.scenario.form.keys

    @property
    def base(self) -> int:
        """The last year whose growth is a fact of the run: growth after it can be changed."""
        return max(self.first - 1, self.scenario.values.claims.trend.reference_year)

    def key(self, path: str, years: Sequence[int] | None = None) -> dict[int, float]:
        """A schedule of the scenario by year."""
        own = value_at(self.scenario.values, path)
        chosen = self.years if years is None else years
        return dict(zip(chosen, map(float, values_by_year(own, chosen)), strict=True))

    @cached_property
    def flows(self) -> dict[str, np.ndarray]:
        """Every flow of the run summed over all persons, [year]."""
        return {name: of_run(values) for name, values in self.run.projection.totals.items()}

    def total(self, name: str) -> dict[int, float]:
        """A flow of the run summed over all persons, by year."""
        return self.by_year(self.flows[name])

    def by_year(self, values: np.ndarray | Sequence[float]) -> dict[int, float]:
        """An array [year] by year."""
        return dict(zip(self.years, map(float, values), strict=True))

    def lever(self, component: Any) -> np.ndarray:
        """What options multiply a component by."""
        return self.inputs.lever(component)

    def standard(self, component: Standard) -> np.ndarray:
        """Personal contribution or subsidy a head without what options multiply it by, yuan."""
        own = dict(zip(get_args(Standard), self.inputs.standards(), strict=True))[component][: len(self.years)]
        factor = self.lever(component)
        return np.asarray(np.divide(own, factor, out=np.zeros_like(own), where=factor != 0))

    def pin_factor(self, row: str) -> np.ndarray | None:
        """What a pin multiplies a row of the ledger by; None where nothing does."""
        factors = self.run.projection.pin_factors
        own = None if factors is None else of_run(factors[..., PLACE[row]])
        return None if own is None or (own == 1).all() else own

    def fixed_years(self, row: str) -> frozenset[int]:
        """Years in which a total that the row is, or is part of, is fixed: it answers to nothing in the run either."""
        wholes = {row, *(side for side, bookings in SIDES.items() if any(each.row.name == row for each in bookings))}
        pins = (pin for pin in self.scenario.values.pins.values() if pin.mode == "fixed" and pin.total in wholes)
        return frozenset(year for pin in pins for year in pin.values if year in self.years)

    @cached_property
    def assisted_part(self) -> dict[int, float]:
        """Part of what is due in personal contributions that is due for the assisted; of the persons where none is paid."""
        flows, groups = self.flows, self.inputs.groups
        due = flows["personal_contributions"] + flows["assistance"]
        enrolled = of_run(self.run.projection.by_group["resident_enrolled"])
        everybody = enrolled.sum(axis=axis("area", "income", of=("year", "area", "income")))
        assisted = enrolled[..., ASSISTED].sum(axis=-1) * groups.assisted / everybody
        paid = np.array(list(self.key("contributions.assistance_share").values())) * due
        return self.by_year(np.divide(flows["assistance"], paid, out=assisted, where=paid > 0))

    @cached_property
    def timing(self) -> float:
        """Share of the year that is left when income and outgo fall."""
        return FLOW_TIMING[self.scenario.values.economy.flow_timing]

    def incomes(self, years: Sequence[int]) -> dict[int, float]:
        """Disposable income a head, yuan."""
        return dict(zip(years, map(float, self.inputs.income(NATION, years)), strict=True))

    def named_growth(self, scheme: Scheme) -> list[int]:
        """The projected years in which real growth of cost is named, so that what lies beyond incomes is not asked."""
        return trend.parts(trend.stated(self.scenario.values, scheme).real_growth, self.years)[0]

    def growth_at_root(self) -> dict[int, float]:
        """Factor of real growth of cost that incomes of the root explain, by year."""
        root, of = self.inputs.at_root, self.inputs.at_root.values.claims.trend
        mean = trend.income_growth(root, list(self.years), of.income_lag)
        return self.by_year((1 + mean) ** of.income_elasticity)

    def mean_growth_at_root(self) -> dict[int, float]:
        """Mean real growth of income of the root over the lag of the scenario, by year."""
        lag = self.scenario.values.claims.trend.income_lag
        return self.by_year(trend.income_growth(self.inputs.at_root, list(self.years), lag))

    def income_growth(self, years: Sequence[int]) -> dict[int, float]:
        """Real growth of income of single years."""
        return dict(zip(years, map(float, trend.income_growth(self.inputs, list(years), 0)), strict=True))

    @cached_property
    def income_known_from(self) -> int:
        """The first year whose real growth of income is known."""
        given, prices = trend.given_incomes(self.inputs), self.inputs.at_root.values.economy.inflation
        return min(max(given[0], first_year(prices) - 1), given[-1]) + 1

    @cached_property
    def last_income(self) -> int:
        """The last year whose disposable income is named."""
        return last_named(self.scenario.values.economy.disposable_income, self.first - 1)

    @cached_property
    def unreported_is_found(self) -> bool:
        """Whether part of the base that is not reported is found, so that what counts is no multiple of what is reported."""
        return bool(self.inputs.yearly(self.scenario.values.employee.contributions.unreported_found).any())

    @cached_property
    def arrears_lag(self) -> int:
        """Years after which arrears are settled; 0 where there are none."""
        return self.scenario.values.employee.contributions.arrears_lag if "arrears_recovered" in self.flows else 0

    @cached_property
    def answers(self) -> dict[str, dict[int, float]]:
        """Elasticity of each benefit to the cost of care, with everybody's membership held, by row of the ledger and year."""
        (run,) = accounts_of([self.faster], unmoved(self.run))
        return {
            row: self.elasticity(scheme, *(each.accounts[fund][column] for each in (self.run, run)))
            for row, (scheme, fund, column) in BY_COST.items()
            if fund in self.run.accounts
        }

    def elasticity(self, scheme: Scheme, before: np.ndarray, after: np.ndarray) -> dict[int, float]:
        """Elasticity to a scheme's cost of care of what is one amount as in the run and another with faster growth, [year]."""
        indices = (trend.cost_index(each, scheme) for each in (Inputs(self.faster, self.faster.values), self.inputs))
        rise = np.log(np.divide(*indices))
        known = (rise > FASTER / 2) & (before > 0) & (after > 0)
        ratio = np.log(np.divide(after, before, out=np.ones_like(after), where=known))
        return self.by_year(np.divide(ratio, rise, out=np.ones_like(rise), where=known))

    @cached_property
    def faster(self) -> Scenario:
        """The scenario with faster growth of cost in every year that can be changed."""
        changes = {}
        for scheme in SCHEMES if self.employed else SCHEMES[:1]:
            named = self.named_growth(scheme)
            for name, years in (("real_growth", named), ("residual_growth", [y for y in self.years if y not in named])):
                if any(year > self.base for year in years):
                    path = f"{GROWTH_KEYS[scheme]}.{name}"
                    known = first_year(value_at(self.scenario.values, path))
                    span = range(max(known, min(trend.span_of(self.inputs)[0], self.first)), years[-1] + 1)
                    changes[path] = {
                        year: value + FASTER * (year > self.base) for year, value in self.key(path, span).items()
                    }
        return self.scenario.replace(changes)


def source_of(scenario: Scenario) -> Source:
    """The scenario projected for its workbook."""
    (run,) = simulate([scenario])
    return Source(run)
