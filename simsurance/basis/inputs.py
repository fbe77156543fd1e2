"""A scenario's tables and schedules as arrays: demography, incomes, standards, levers."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from simsurance.axes import AGE, ASSISTED, Groups, along, axis
from simsurance.basis import life_table, standards
from simsurance.basis.counted_ages import HIGHEST_STEP, Count, OutOfReach, at_counts
from simsurance.basis.known import Latest, once
from simsurance.basis.residence import at_national_mean
from simsurance.data import tables
from simsurance.errors import SimsuranceError
from simsurance.model import population
from simsurance.scenario_file.faults import plain
from simsurance.scenario_file.fields import Section
from simsurance.scenario_file.keys import PAYROLL
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.schedule import Schedule, last_named, levels_by_year, rule_in, values_by_year
from simsurance.scenario_file.schema import FUND, LeverComponent, Population, ScenarioValues
from simsurance.scenario_file.years import is_shipped, years_read

Arrays = dict[str, Any]
"""Arrays by the name of the field that they go to; a part of a basis is a dictionary of its own."""
NATION: Final = "national"
"""Stands for the name of an area where all are meant; no area is called so."""
STOCK = ("year", "sex", "age")
GRADED = ("year", "area", "income")
"""Axes of a whole population and of what differs by group, the year first."""
PLACES = ("year", "run", "health", "status", "sex", "area", "income", "age")
COUNTED_AGES = {"age_16_59": (16, 60), "age_60_plus": (60, len(AGE.members)), "age_65_plus": (65, len(AGE.members))}
"""From which age to before which the counts of the opening stock go."""
STOCK_TABLES = tuple(
    f"population.{name}_table"
    for name in ("stock", "mortality", "total_fertility", "fertility", "sex_ratio", "migration")
)
"""Tables that the opening stock follows from."""
OPENING_STOCKS = Latest()
"""The last opening stocks."""


def on(array: np.ndarray | float, *names: str) -> np.ndarray:
    """An array whose axes are `names`, in storage order, as one with a year axis and all person axes, size 1 elsewhere."""
    return along(np.asarray(array, dtype=float), *names, of=PLACES)


def behind_run(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Arrays with a year axis and all person axes on an axis of their own behind the run."""
    return np.stack(parts, axis=1 + PLACES.index("run"))


def members(section: Section, names: Sequence[str]) -> np.ndarray:
    """The numbers of a small table of the scenario in the order of an axis."""
    return np.array([float(getattr(section, name)) for name in names])


class Inputs:
    """A scenario's tables and schedules, read for the years that a projection needs."""

    def __init__(self, scenario: Scenario, values: ScenarioValues, tables: Mapping[str, Path] | None = None) -> None:
        self.values = values
        self.scenario = scenario
        self.tables = scenario.tables if tables is None else tables
        self.first, self.last = values.horizon.valuation_year, values.horizon.last_year
        self.years = list(range(self.first, self.last + 1))
        self.groups: Groups = scenario.form.groups
        self.found: dict[Any, Any] = {}
        """What was found of these inputs, by what was asked."""

    @cached_property
    def at_root(self) -> "Inputs":
        """The same at the incomes and the population of the scenario's root."""
        return Inputs(self.scenario, self.scenario.at_root, self.scenario.root_tables)

    @cached_property
    def at_reference(self) -> "Inputs":
        """The same under the rules of the scenario's root."""
        return Inputs(self.scenario, self.scenario.reference, self.tables)

    @cached_property
    def assisted(self) -> np.ndarray:
        """1 for the assisted, 0 for the other income groups, [income]; 0 alone where nobody is assisted."""
        groups = len(self.groups.income_groups) if self.groups.assisted else 1
        return np.array([float(self.groups.assisted and place == ASSISTED) for place in range(groups)])

    @cached_property
    def income_groups(self) -> dict[str, np.ndarray]:
        """Share and relative income of the income groups by area, [area, income]."""
        if len(self.groups.income_groups) == 1:
            one = np.ones((len(self.groups.areas), 1))
            return {"share": one, "relative_income": one}
        path = self.table("population.income_groups_table")
        return tables.by_area_income(path, self.groups, "share", "relative_income")

    def area_shares(self, dates: Sequence[int]) -> np.ndarray:
        """Share of each area in the population on each 1 January, [date, area]."""
        *named, _ = self.groups.areas
        columns = [f"{area}{tables.OF_AREA}" for area in named]
        shares = tables.columns_by_year(self.table("population.area_share_table"), columns, dates) if named else []
        return np.stack([*shares, 1 - sum(shares, np.zeros(len(dates)))], axis=-1)

    def table(self, key: str) -> str:
        """Path of the table that a key names."""
        return str(self.tables[key])

    def files(self, keys: Iterable[str]) -> list[tuple[str, int, int]]:
        """The tables that keys name, and what tells whether one has changed."""
        return [tables.dated(self.tables[key]) for key in keys]

    def yearly(self, schedule: Schedule, years: Sequence[int] | None = None) -> np.ndarray:
        """A schedule by year, [year]."""
        return values_by_year(schedule, self.years if years is None else years)

    def lever(self, component: LeverComponent, years: Sequence[int] | None = None) -> np.ndarray:
        """What the levers on a component multiply it by, [year]: each goes to its size in equal steps from its start."""
        span = np.array(self.years if years is None else years)
        factor = np.ones(len(span))
        for _, lever in sorted(self.values.levers.items()):
            if lever.component == component:
                factor *= 1 + lever.size * np.clip((span - lever.start + 1) / lever.ramp_years, 0.0, 1.0)
        return factor

    # ---------------------------------------------------------------- demography

    @property
    def _before_draws(self) -> Population:
        """The demography with nothing drawn, which the opening stock is made with."""
        return (self.scenario.undrawn or self.values).population

    def death_rates(self, years: Sequence[int], for_opening: bool = False) -> np.ndarray:
        """Central death rates, [year, sex, age]; `for_opening` those of the table's own years, whatever is ahead."""
        path = self.table("population.mortality_table")
        rates = tables.by_year_sex_age(path, "mx", years)
        ahead = np.zeros(len(years)) if for_opening else self.yearly(self.values.population.mortality_advance, years)
        if (moved := ahead != 0).any():
            rates = rates.copy()
            rates[moved] = life_table.rates_at(path, np.asarray(years)[moved] + ahead[moved], self.first)
        return rates * along(self.mortality(years), "year", of=STOCK)

    def survival(self, years: Sequence[int], for_opening: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Survival ratios [year, sex, age] and of the newborn [year, sex]."""
        return life_table.survival_ratios(self.death_rates(years, for_opening))

    def mortality(self, years: Sequence[int]) -> np.ndarray:
        """What the table's death rates are multiplied by, [year]: the scenario's factor, and the level that may fade."""
        chosen = self.values.population
        fading = chosen.mortality_level_fade_years
        gone = np.clip((np.asarray(years) - self.first) / fading, 0.0, 1.0) if fading else np.zeros(len(years))
        level = self.yearly(chosen.mortality_level, years)
        return self.yearly(chosen.mortality_factor, years) * (1 + (level - 1) * (1 - gone))

    def asfr(self, years: Sequence[int], for_opening: bool = False) -> np.ndarray:
        """Births per woman by age, [year, age], scaled to total fertility and the level factor.

        A variant of total fertility acts from the valuation year on; before it, and `for_opening`, the medium one holds: no
        assumption on the future moves the opening stock.
        """
        chosen = self._before_draws if for_opening else self.values.population
        path = self.table("population.total_fertility_table")
        medium, own = (tables.total_fertility(path, variant, years) for variant in ("medium", chosen.fertility_variant))
        total = np.where((np.asarray(years) < self.first) | for_opening, medium, own)
        fertile = tables.by_year_age(self.table("population.fertility_table"), "asfr", years, range(15, 50))
        asfr = np.zeros((len(years), len(AGE.members)))
        asfr[:, 15:50] = fertile * (total * self.yearly(chosen.fertility_level, years) / fertile.sum(axis=-1))[:, None]
        return asfr

    def male_share(self, years: Sequence[int]) -> np.ndarray:
        """Share of boys among births, [year]."""
        ratio = tables.by_year(self.table("population.sex_ratio_table"), "males_per_female_birth", years)
        return ratio / (1 + ratio)

    def migrants(self, years: Sequence[int], for_opening: bool = False) -> np.ndarray:
        """Net migrants [year, sex, age]; `for_opening` with nothing drawn."""
        chosen = self._before_draws if for_opening else self.values.population
        factor = along(self.yearly(chosen.migration_factor, years), "year", of=STOCK)
        moving = tables.by_year_sex_age(self.table("population.migration_table"), "net_migrants", years) * factor
        return moving if self.of_nation == 1 else moving * self.of_nation

    @cached_property
    def of_nation(self) -> float:
        """Persons of a fund's stock over the nation's, which the nation's migrants are scaled by; 1 for migrants of its own."""
        own, nation = self.tables["population.stock_table"], self.scenario.root_tables["population.stock_table"]
        if self.values.scope != FUND or own == nation or not is_shipped(self.tables["population.migration_table"]):
            return 1.0
        last = years_read(self.first, self.last, self.tables)["population.stock_table"][1]
        counted = tables.years_named(nation)
        year = min(max(last, counted[0]), counted[-1])
        return float(tables.stocks(own, [last]).sum() / tables.stocks(nation, [year]).sum())

    def opening_stock(self) -> np.ndarray:
        """Persons by sex and age on the opening 1 January: the mean of the 1 July stocks around it, at the national counts.

        Stocks after the table's last 1 July are stepped with the mean rates of the two calendar years they span. A table of
        1 January is read on that date, or stepped from the last one before it. Nothing that is drawn moves it, and draws have
        it found once.
        """
        own, before = self.values.population, self._before_draws
        given = (
            self.first,
            (own.mortality_factor, own.mortality_level, own.mortality_level_fade_years, own.stock_level, own.counted),
            (before.fertility_variant, before.fertility_level, before.migration_factor),
            self.files(STOCK_TABLES),
            self.of_nation,
        )
        return OPENING_STOCKS.found(given, self._opening_stock)

    def _opening_stock(self) -> np.ndarray:
        path = self.table("population.stock_table")
        level = self.yearly(self.values.population.stock_level, [self.first])[0]
        first, last = years_read(self.first, self.last, self.tables)["population.stock_table"]
        known = range(first, last + 1)
        stocks = dict(zip(known, tables.stocks(path, known), strict=True))
        if tables.of_january(path):
            return self.at_counted_ages(self.from_january(last, stocks[last]) * level)
        if last < self.first:
            stocks |= self.stepped(last, stocks[last])
        return self.at_counted_ages((stocks[self.first - 1] + stocks[self.first]) / 2 * level)

    def from_january(self, date: int, stock: np.ndarray) -> np.ndarray:
        """The stock of the opening 1 January from that of an earlier one, with the rates of each year between, [sex, age]."""
        spans = list(range(date, self.first))
        if spans:
            survival, newborn_survival = self.survival(spans, True)
            rates = (survival, newborn_survival, self.asfr(spans, True), self.male_share(spans))
            for of_year in zip(*rates, self.migrants(spans, True), strict=True):
                stock, _ = life_table.advance(stock, *of_year)
        return stock

    def at_counted_ages(self, stock: np.ndarray) -> np.ndarray:
        """The opening stock [sex, age] with the broad ages counted on its date; total and births of its year are kept."""
        named = vars(self.values.population.counted)
        counts = [Count(*COUNTED_AGES[ages], dates[self.first]) for ages, dates in named.items() if self.first in dates]
        if not counts:
            return stock
        if all(count.first != COUNTED_AGES["age_16_59"][0] for count in counts):
            counts.append(Count(0, 16, float(stock[:, :16].sum())))
        (asfr,), (survival,) = self.asfr([self.first], True), self.survival([self.first], True)[0]
        try:
            return at_counts(stock, counts, (asfr + survival[population.FEMALE] * np.append(asfr[1:], 0.0)) / 2)
        except OutOfReach:
            raise self.too_far(stock) from None

    def too_far(self, stock: np.ndarray) -> SimsuranceError:
        """The error where counts of the opening date are out of reach of a stock, told at the one that is farthest from it."""
        counted = {
            ages: (dates[self.first], float(stock[:, slice(*COUNTED_AGES[ages])].sum()))
            for ages, dates in vars(self.values.population.counted).items()
            if self.first in dates
        }
        ages = max(counted, key=lambda each: abs(np.log(max(counted[each][1], 1.0) / counted[each][0])))
        (count, known), key = counted[ages], f"population.counted.{ages}"
        table, near = self.scenario.leaves["population.stock_table"], plain(round(known))
        told = self.scenario.layers[key].fault(
            key,
            f"{plain(count)} persons on 1 January {self.first}, of whom {table} has {near}: no change in steps of at most "
            f"{HIGHEST_STEP:.0%} from age to age meets the counts of that date; a count for {self.first} nearer to {near}, "
            "or {} for each to keep the ages of the table",
        )
        return SimsuranceError(str(told))

    def stepped(self, last: int, stock: np.ndarray) -> dict[int, np.ndarray]:
        """The 1 July stocks after the `last` one published to that of the opening year, [sex, age] by year."""
        spans = list(range(last, self.first + 1))
        survival, newborn_survival = self.survival(spans, True)
        asfr, male_share, migrants = self.asfr(spans, True), self.male_share(spans), self.migrants(spans, True)
        found = {}
        for place, year in enumerate(spans[1:]):
            means = (
                each[place : place + 2].mean(axis=axis("year", of=STOCK))
                for each in (survival, newborn_survival, asfr, male_share, migrants)
            )
            stock, _ = life_table.advance(stock, *means)
            found[year] = stock
        return found

    def prevalence(self) -> np.ndarray:
        """Share of each need class, [health, sex, age]."""
        table = tables.by_sex_age(self.table("health.prevalence_table"), "moderate", "high")
        return np.stack([1 - table["moderate"] - table["high"], table["moderate"], table["high"]])

    # ---------------------------------------------------------------- income

    @once
    def income(self, area: str, years: Sequence[int]) -> np.ndarray:
        """Disposable income a head by year: to the last year named, a number to the opening, then grown. Yuan, [year].

        Of an area, or of the nation; of a single area that of the nation.
        """
        economy = self.values.economy
        of_nation = area == NATION or len(self.groups.areas) == 1
        schedule = economy.disposable_income if of_nation else getattr(economy.area_income, area)
        last = last_named(schedule, self.first - 1)
        later = list(range(last + 1, max(years) + 1))
        growth = (1 + self.yearly(economy.real_income_growth, later)) * (1 + self.yearly(economy.inflation, later))
        if not of_nation:
            growth = growth * (1 + self.yearly(getattr(economy.area_growth_excess, area), later))
        known = list(range(min(*years, last), last + 1))
        path = dict(zip(known, levels_by_year(schedule, known), strict=True))
        path |= dict(zip(later, path[last] * np.cumprod(growth), strict=True))
        return np.array([path[year] for year in years])

    def incomes(self, years: Sequence[int]) -> dict[str, np.ndarray]:
        """Disposable income a head by year, of the nation and of each area. Yuan."""
        return {area: self.income(area, years) for area in (NATION, *self.groups.areas)}

    def cell_incomes(self, years: Sequence[int], shares: np.ndarray) -> np.ndarray:
        """Disposable income a head, [year, area, income, age]; all of an age together have that of the nation.

        `shares` [year, area, income, age]: where the people of each age live and which income group they are in.
        """
        relative = self.income_groups["relative_income"]
        by_area = np.stack([self.income(area, years) for area in self.groups.areas], axis=-1)
        return at_national_mean(by_area[:, :, None] * relative, shares, self.income(NATION, years))

    @once
    def indexation(self, years: Sequence[int]) -> np.ndarray:
        """Factor that takes yuan amounts of the reference year to each year, [year]."""
        if self.values.benefits.indexation == "fixed":
            return np.ones(len(years))
        reference = self.values.claims.trend.reference_year
        before = self.income(NATION, [*(year - 1 for year in years), reference - 1])
        return before[:-1] / before[-1]

    def payroll(self, years: Sequence[int]) -> np.ndarray | None:
        """Contributions on the earnings of a person of relative earnings 1, yuan, [year]; None where there are none."""
        if not self.scenario.form.has(PAYROLL):
            return None
        paid = self.values.contributions.payroll
        earnings = self.grown_with_income(paid.earnings, paid.earnings_growth_excess, self.first, years)
        return self.yearly(paid.rate, years) * earnings

    @cached_property
    def relative_earnings(self) -> np.ndarray:
        """What the standards of contribution and subsidy are multiplied by at each sex and age; 1 without a payroll."""
        if not self.scenario.form.has(PAYROLL):
            return np.ones((1, 1))
        return tables.by_sex_age(self.table("contributions.payroll.earnings_table"), "relative_earnings")[
            "relative_earnings"
        ]

    def grown_with_income(self, level: Schedule, excess: Schedule, number_to: int, years: Sequence[int]) -> np.ndarray:
        """Amounts a head as named, a number to a year, then with disposable income a head and an excess, [year]."""
        last = last_named(level, number_to)
        later = list(range(last, max(*years, last) + 1))
        income = self.income(NATION, later)
        growth = income / income[0] * np.cumprod(np.append(1.0, 1 + self.yearly(excess, later[1:])))
        known = range(min(*years, last), last + 1)
        path = dict(zip(known, levels_by_year(level, known), strict=True))
        path |= dict(zip(later, path[last] * growth, strict=True))
        return np.array([path[year] for year in years])

    @once
    def wages(self, years: Sequence[int]) -> np.ndarray:
        """Mean wage by year: as named, then with disposable income a head and its excess. Yuan, [year]."""
        wage = self.values.employee.wage
        return self.grown_with_income(wage.mean, wage.growth_excess, self.first - 1, years)

    def grade(self) -> np.ndarray:
        """Factors of a graded contribution, [area, income]."""
        graded = self.values.contributions.personal.grade
        return np.array([members(getattr(graded, area), self.groups.income_groups) for area in self.groups.areas])

    @once
    def standards(self) -> np.ndarray:
        """Personal contribution and subsidy a head of each insured year and the one after the last, yuan, [2, year + 1]."""
        years = [*self.years, self.last + 1]
        before = self.income(NATION, [year - 1 for year in years])
        own, budget = self.values.contributions.personal, self.values.contributions.subsidy
        personal = standards.standards(
            years,
            before,
            lambda year: rule_in(own.rule, year),
            self.yearly(own.schedule, years),
            self.yearly(own.growth_rate, years),
            self.yearly(own.income_share, years),
            own.phase_in_years,
            self.yearly(own.floor, years),
            self.yearly(own.highest_rise, years),
            payroll=self.payroll(years),
        )
        subsidy = standards.standards(
            years,
            before,
            lambda year: rule_in(budget.rule, year),
            self.yearly(budget.schedule, years),
            self.yearly(budget.growth_rate, years),
            self.yearly(budget.income_share, years),
            1,
            np.zeros(len(years)),
            np.full(len(years), np.inf),
            personal,
            self.yearly(budget.ratio_to_personal, years),
            self.yearly(budget.share_of_total, years),
        )
        return np.stack(
            [personal * self.lever("personal_contributions", years), subsidy * self.lever("subsidies", years)]
        )


def through_the_year(profile: np.ndarray) -> np.ndarray:
    """A profile by age at last birthday, for people of that age on 1 January over the year: half at it, half a year older."""
    older = np.concatenate([profile[..., 1:], profile[..., -1:]], axis=-1)
    return (profile + older) / 2


def age_band_values(section: Section) -> np.ndarray:
    """Numbers by age band, [age]; a band's name says its first age."""
    values = np.empty(len(AGE.members))
    for name, number in section:
        values[int(name.split("_")[1]) :] = number
    return values
