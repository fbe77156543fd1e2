"""From a scenario to numbers: the opening state and every assumption of every year as arrays on the axes."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from simsurance.axes import (
    AGE,
    AREA,
    EMPLOYEES,
    GAP_DEPTH,
    HEALTH,
    INCOME,
    NOT_EMPLOYEES,
    SEX,
    TENURE_DEPTH,
    TENURES,
    UNINSURED,
)
from simsurance.data import tables
from simsurance.errors import SimsuranceError
from simsurance.model import contributions, opening, population
from simsurance.model.participation import rule_years_completed
from simsurance.model.projection import State, YearBasis, enrolment_hazards
from simsurance.model.year import benefits_pp
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.schedule import Schedule, rule_in, values_by_year
from simsurance.scenario_file.schema import LeverComponent, ScenarioValues, Section

PLACES = ("year", "run", "health", "status", "sex", "area", "income", "age")
AGE_BANDS = {
    "age_0_5": (0, 6),
    "age_6_14": (6, 15),
    "age_15_26": (15, 27),
    "age_27_49": (27, 50),
    "age_50_79": (50, 80),
    "age_80_plus": (80, 101),
}
COST_LEVERS: tuple[LeverComponent, LeverComponent] = ("inpatient_cost", "outpatient_cost")
WORKING_AGES = slice(16, 60)
LAST_STOCK_YEAR = 2024
FIRST_MIGRATION_YEAR = 2023


def on(array: np.ndarray | float, *names: str) -> np.ndarray:
    """An array whose axes are `names`, in storage order, as one with a year axis and all person axes, size 1 elsewhere."""
    shaped = np.asarray(array, dtype=float)
    sizes = dict(zip(names, shaped.shape, strict=True))
    return shaped.reshape([sizes.get(name, 1) for name in PLACES])


def members(section: Section, names: Sequence[str]) -> np.ndarray:
    """The numbers of a small table of the scenario in the order of an axis."""
    return np.array([float(getattr(section, name)) for name in names])


class Inputs:
    """A scenario's tables and schedules, read for the years that a projection needs."""

    def __init__(self, scenario: Scenario, values: ScenarioValues) -> None:
        self.values = values
        self.scenario = scenario
        self.first, self.last = values.horizon.valuation_year, values.horizon.last_year
        self.years = list(range(self.first, self.last + 1))
        self.demographic_years = list(range(min(self.first, LAST_STOCK_YEAR), min(self.last, 2100) + 1))

    def table(self, key: str) -> str:
        """Path of the table that a key names."""
        return str(self.scenario.tables[key])

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

    def survival(self, years: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Survival ratios [year, sex, age] and of the newborn [year, sex]."""
        rates = tables.by_year_sex_age(self.table("population.mortality_table"), "mx", years)
        return population.survival_ratios(
            rates * self.yearly(self.values.population.mortality_factor, years)[:, None, None]
        )

    def asfr(self, years: Sequence[int]) -> np.ndarray:
        """Births per woman by age, [year, age], scaled to total fertility and the level factor.

        A variant of total fertility acts from the valuation year on; before it, the medium one holds.
        """
        chosen = self.values.population
        path = self.table("population.total_fertility_table")
        medium, own = (
            tables.by_year(path, "tfr", years, {"variant": ("estimate", variant)})
            for variant in ("medium", chosen.fertility_variant)
        )
        total = np.where(np.asarray(years) < self.first, medium, own)
        fertile = tables.by_year_age(self.table("population.fertility_table"), "asfr", years, range(15, 50))
        asfr = np.zeros((len(years), len(AGE.members)))
        asfr[:, 15:50] = fertile * (total * self.yearly(chosen.fertility_level, years) / fertile.sum(axis=1))[:, None]
        return asfr

    def male_share(self, years: Sequence[int]) -> np.ndarray:
        """Share of boys among births, [year]."""
        ratio = tables.by_year(self.table("population.sex_ratio_table"), "males_per_female_birth", years)
        return ratio / (1 + ratio)

    def migrants(self, years: Sequence[int]) -> np.ndarray:
        """Net migrants [year, sex, age]; before the table begins, those of its first year."""
        known = [max(year, FIRST_MIGRATION_YEAR) for year in years]
        factor = self.yearly(self.values.population.migration_factor, years)[:, None, None]
        return tables.by_year_sex_age(self.table("population.migration_table"), "net_migrants", known) * factor

    def opening_stock(self) -> np.ndarray:
        """Persons by sex and age on the opening 1 January: the mean of the 1 July stocks around it, at the national level.

        Stocks after the table's last 1 July are stepped with the mean rates of the two calendar years they span.
        """
        stocks = {}
        path = self.table("population.stock_table")
        for year in (self.first - 1, self.first):
            stocks[year] = tables.by_year_sex_age(path, "persons", [min(year, LAST_STOCK_YEAR)])[0]
        start = min(self.first - 1, LAST_STOCK_YEAR)
        spans = list(range(start, self.first + 1))
        survival, newborn_survival = self.survival(spans)
        asfr, male_share, migrants = self.asfr(spans), self.male_share(spans), self.migrants(spans)
        for place, year in enumerate(spans[:-1]):
            if year >= LAST_STOCK_YEAR:
                pair = slice(place, place + 2)
                stepped, _ = population.advance(
                    stocks[year] if year in stocks else tables.by_year_sex_age(path, "persons", [year])[0],
                    survival[pair].mean(axis=0),
                    newborn_survival[pair].mean(axis=0),
                    asfr[pair].mean(axis=0),
                    float(male_share[pair].mean()),
                    migrants[pair].mean(axis=0),
                )
                stocks[year + 1] = stepped
        level = self.yearly(self.values.population.stock_level, [self.first])[0]
        return (stocks[self.first - 1] + stocks[self.first]) / 2 * level

    def prevalence(self) -> np.ndarray:
        """Share of each need class, [health, sex, age]."""
        table = tables.by_sex_age(self.table("health.prevalence_table"), "moderate", "high")
        return np.stack([1 - table["moderate"] - table["high"], table["moderate"], table["high"]])

    # ---------------------------------------------------------------- income

    def incomes(self, years: Sequence[int]) -> dict[str, np.ndarray]:
        """Disposable income a head by year, national, urban and rural: published, then grown. Yuan."""
        economy = self.values.economy
        found = {}
        for name, schedule in (
            ("national", economy.disposable_income),
            ("urban", economy.disposable_income_urban),
            ("rural", economy.disposable_income_rural),
        ):
            published = (
                schedule
                if isinstance(schedule, dict)
                else {self.first - 1: float(values_by_year(schedule, [self.first - 1])[0])}
            )
            last = max(published)
            later = list(range(last + 1, max(years) + 1))
            growth = (1 + self.yearly(economy.real_income_growth, later)) * (1 + self.yearly(economy.inflation, later))
            if name == "rural":
                growth = growth * (1 + self.yearly(economy.rural_growth_excess, later))
            known = list(range(min(*years, last), last + 1))
            path = dict(zip(known, values_by_year(published, known), strict=True))
            path |= dict(zip(later, published[last] * np.cumprod(growth), strict=True))
            found[name] = np.array([path[year] for year in years])
        return found

    def cell_incomes(self, years: Sequence[int]) -> np.ndarray:
        """Disposable income a head by area and income group, [year, area, income]."""
        relative = tables.by_area_income(self.table("population.income_groups_table"), "share", "relative_income")[
            "relative_income"
        ]
        incomes = self.incomes(years)
        return np.stack([incomes["urban"], incomes["rural"]], axis=1)[:, :, None] * relative

    def indexation(self, years: Sequence[int]) -> np.ndarray:
        """Factor that takes yuan amounts of the reference year to each year, [year]."""
        if self.values.benefits.indexation == "fixed":
            return np.ones(len(years))
        reference = self.values.claims.trend.reference_year
        before = self.incomes([*(year - 1 for year in years), reference - 1])["national"]
        return before[:-1] / before[-1]

    def cost_index(self) -> np.ndarray:
        """Cost at given age and need over that of the reference year, [year]."""
        trend = self.values.claims.trend
        span = range(min(self.first, trend.reference_year), max(self.last, trend.reference_year) + 1)
        growth = (1 + self.yearly(self.values.economy.inflation, span)) * (1 + self.yearly(trend.real_growth, span))
        level = np.cumprod(growth)
        index = dict(zip(span, level, strict=True))
        return np.array([index[year] / index[trend.reference_year] for year in self.years])

    def residual_cost_growth(self) -> np.ndarray:
        """Real growth of cost at given age beyond what income growth explains at the scenario's elasticity, [year]."""
        trend = self.values.claims.trend
        income = self.incomes([self.first - 1, *self.years])["national"]
        real_income = income[1:] / income[:-1] / (1 + self.yearly(self.values.economy.inflation))
        return (1 + self.yearly(trend.real_growth)) / real_income**trend.income_elasticity - 1

    def standards(self) -> tuple[np.ndarray, np.ndarray]:
        """Personal contribution and subsidy a head of each insured year and the one after the last, [year + 1], yuan."""
        years = [*self.years, self.last + 1]
        before = self.incomes([year - 1 for year in years])["national"]
        own, budget = self.values.contributions.personal, self.values.contributions.subsidy
        personal = contributions.standards(
            years,
            before,
            lambda year: rule_in(own.rule, year),
            self.yearly(own.schedule, years),
            self.yearly(own.growth_rate, years),
            self.yearly(own.income_share, years),
            own.phase_in_years,
            self.yearly(own.floor, years),
            self.yearly(own.highest_rise, years),
        )
        subsidy = contributions.standards(
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
        return personal * self.lever("personal_contributions", years), subsidy * self.lever("subsidies", years)


def through_the_year(profile: np.ndarray) -> np.ndarray:
    """A profile by age at last birthday, for people of that age on 1 January over the year: half at it, half a year older."""
    older = np.concatenate([profile[..., 1:], profile[..., -1:]], axis=-1)
    return (profile + older) / 2


def age_band_values(section: Section) -> np.ndarray:
    """Numbers by age band, [age]."""
    values = np.empty(len(AGE.members))
    for name, (first, end) in AGE_BANDS.items():
        values[first:end] = float(getattr(section, name))
    return values


def demographic_basis(inputs: Inputs) -> dict[str, np.ndarray]:
    """Population and need classes, by year on the axes."""
    chosen, years = inputs.values.population, inputs.years
    survival, newborn_survival = inputs.survival(years)
    share_end = tables.by_year(
        inputs.table("population.urban_share_table"), "urban_share", [year + 1 for year in years]
    )
    pins = dict(chosen.pinned_total) if isinstance(chosen.pinned_total, dict) else {}
    ratio = chosen.rural_fertility_ratio
    return {
        "survival": on(survival, "year", "sex", "age"),
        "newborn_survival": on(newborn_survival, "year", "sex"),
        "male_share": on(inputs.male_share(years), "year"),
        "asfr": on(inputs.asfr(years), "year", "age"),
        "area_fertility": on(np.array([1.0, ratio]), "area"),
        "migrants": on(inputs.migrants(years), "year", "sex", "age"),
        "mortality_ratio": on(members(inputs.values.health.mortality_ratio, HEALTH.members), "health"),
        "urban_share_end": on(share_end, "year"),
        "area_propensity": on(tables.by_age(inputs.table("population.area_moves_table"), "weight")["weight"], "age"),
        "assisted_share_end": on(inputs.yearly(chosen.assisted_share, [year + 1 for year in years]), "year"),
        "pinned_total_end": np.array([[pins.get(year + 1, np.nan)] for year in years]),
        "prevalence": on(inputs.prevalence(), "health", "sex", "age"),
        "persistence": on(inputs.values.health.persistence),
    }


def relative_odds(inputs: Inputs, by_need: bool) -> dict[str, np.ndarray]:
    """Relative odds before intercepts, with or without those of the need classes.

    Of leaving [health, tenure, age], of entering [health, never and gap, age], and of leaving by group [area, income].
    """
    behaviour = inputs.values.behaviour
    acting = float(by_need)
    health_leave = np.exp(acting * members(behaviour.leave.health, HEALTH.members))
    health_back = np.exp(acting * members(behaviour.back.health, HEALTH.members))
    tenure = np.where(np.arange(1, TENURE_DEPTH + 1) >= 4, behaviour.leave.long_tenure_odds_ratio, 1.0)
    gap = np.exp(behaviour.back.gap * np.array([0, *range(GAP_DEPTH + 1)]))
    age = age_band_values(behaviour.leave.age_odds_ratio)
    area = members(behaviour.leave.area_odds_ratio, AREA.members)
    income = members(behaviour.leave.income_odds_ratio, INCOME.members)
    return {
        "leave": health_leave[:, None, None] * tenure[None, :, None] * age,
        "enter": health_back[:, None, None] * gap[None, :, None] * np.ones(len(AGE.members)),
        "group": area[:, None] * income,
    }


def behaviour_basis(inputs: Inputs, odds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Hazards without their intercepts, burdens and participation rules, by year on the axes."""
    values, years = inputs.values, inputs.years
    behaviour, rules = values.behaviour, values.participation
    acts = behaviour.effects
    personal, _ = inputs.standards()
    grade = np.array(
        [members(getattr(values.contributions.personal.grade, area), INCOME.members) for area in AREA.members]
    )
    assisted = np.zeros(len(INCOME.members))
    assisted[population.ASSISTED] = 1.0
    assistance = inputs.yearly(values.contributions.assistance_share)[:, None] * assisted
    own = personal[:-1, None, None] * grade * (1 - assistance)[:, None, :]
    burden = own / inputs.cell_incomes([year - 1 for year in years])
    campaign = inputs.yearly(behaviour.campaign_strength) * acts.campaign
    family = inputs.yearly(behaviour.family_share) * acts.family
    index = inputs.indexation(years)
    true_index = inputs.incomes([*(year - 1 for year in years), values.claims.trend.reference_year - 1])["national"]
    waiting, bonus = rules.waiting, rules.continuous_bonus
    waits = members(waiting.income_waits, INCOME.members)
    ages = np.arange(len(AGE.members))
    ages = ((ages >= waiting.exempt_under_age) & (ages < waiting.exempt_from_age)).astype(float)
    return {
        "leave_odds": on(odds["leave"], "health", "status", "age") * on(odds["group"], "area", "income"),
        "enter_odds": on(odds["enter"], "health", "status", "age"),
        "burden": on(burden, "year", "area", "income"),
        "reference_burden": on(burden[0], "area", "income"),
        "burden_floor": on(behaviour.burden_floor),
        "leave_burden": on(behaviour.leave.burden * acts.burden),
        "return_burden": on(behaviour.back.burden * acts.burden),
        "leave_wait": on(behaviour.leave.wait_per_month * acts.wait),
        "return_wait": on(behaviour.back.wait_per_month * acts.wait),
        "leave_bonus": on(behaviour.leave.bonus_per_1000 * acts.bonus),
        "leave_other": on(np.exp(behaviour.leave.campaign * campaign - behaviour.leave.family * family), "year"),
        "return_other": on(np.exp(behaviour.back.campaign * campaign), "year"),
        "newborn_enrolment": on(inputs.yearly(values.membership.newborn_enrolment), "year"),
        "rules_in_force": on(float(rules.in_force)),
        "fixed_months": on(inputs.yearly(waiting.fixed_months), "year"),
        "months_per_lapsed_year": on(inputs.yearly(waiting.months_per_lapsed_year), "year"),
        "floor_months": on(inputs.yearly(waiting.floor_months), "year"),
        "floor_from_lapsed_years": on(waiting.floor_from_lapsed_years),
        "longest_months": on(inputs.yearly(waiting.longest_months), "year"),
        "first_lapsed_year_counts": on(float(waiting.first_lapsed_year_counts)),
        "waits": on(waits, "income") * on(ages, "age"),
        "leavers_wait": on(float(not waiting.exempt_employee_leavers)),
        "never_counts": on(float(waiting.never_insured == "since_start")),
        "repair_share": on(inputs.yearly(rules.repair.share) * rules.repair.allowed, "year"),
        "repair_all": on(float(rules.repair.years_paid == "all")),
        "late_share": on(inputs.yearly(rules.late_enrolment.share), "year"),
        "late_month": on(inputs.yearly(rules.late_enrolment.entry_month), "year"),
        "postponed_care": on(inputs.yearly(waiting.postponed_care), "year"),
        "bonus_step": on(inputs.yearly(bonus.step), "year"),
        "bonus_after_years": on(bonus.after_years),
        "bonus_kept": on(float(bonus.kept_after_lapse)),
        "no_claim_step": on(inputs.yearly(rules.no_claim_bonus.step), "year"),
        "no_claim_reset": on(float(rules.no_claim_bonus.reset_on_use)),
        "bonus_limit": on(inputs.yearly(rules.bonus_limit), "year"),
        "cap_cut": on(inputs.yearly(rules.cap_cut_per_lapsed_year), "year"),
        "bonus_felt": on((index * true_index[-1] / true_index[:-1] / 1000)[:, None] * (1 - assisted), "year", "income"),
        "indexation": on(index, "year"),
    }


def employee_basis(inputs: Inputs) -> dict[str, np.ndarray]:
    """Moves to, within and from the employee scheme, by year on the axes; entry still relative."""
    scheme, years = inputs.values.employee, inputs.years
    moves = tables.by_sex_age(inputs.table("employee.moves_table"), "entry", "exit")
    chance = members(scheme.area_ratio, AREA.members)[:, None] * members(scheme.income_ratio, INCOME.members)
    entry = moves["entry"] * inputs.yearly(scheme.entry_level)[:, None, None]
    leaving = moves["exit"] * inputs.yearly(scheme.exit_level)[:, None, None]
    retirement = tables.by_year_sex_age(inputs.table("employee.retirement_table"), "probability", years)
    return {
        "employee_entry": on(entry, "year", "sex", "age") * on(chance, "area", "income"),
        "employee_exit": on(leaving, "year", "sex", "age"),
        "retirement": on(retirement, "year", "sex", "age"),
        "qualified_share": on(members(scheme.qualified_share, SEX.members), "sex"),
        "leaver_enrolment": on(inputs.yearly(scheme.leaver_enrolment), "year"),
        "years_count": on(float(scheme.years_count)),
    }


def employee_entry(inputs: Inputs, cells: np.ndarray, relative: np.ndarray) -> dict[str, np.ndarray]:
    """Probability of entering the employee scheme, of resident insured and of the uninsured.

    `relative` is the table's probability by age times the relative chance of the area and income group; it is brought to the
    table's mean over the people of working age outside the scheme in the opening state.
    """
    scheme = inputs.values.employee
    outside = cells[0, :, NOT_EMPLOYEES].sum(axis=(0, 1, 2))[..., WORKING_AGES].sum(axis=-1)
    chance = members(scheme.area_ratio, AREA.members)[:, None] * members(scheme.income_ratio, INCOME.members)
    entry = relative * (outside.sum() / (outside * chance).sum())
    if entry.max() >= 1:
        raise SimsuranceError(
            f"employee.entry_level: gives a probability of entry of {entry.max():.3g} at some age; "
            "a lower level, area_ratio or income_ratio"
        )
    odds = entry / (1 - entry) * scheme.uninsured_odds_ratio
    return {"employee_entry": entry, "employee_entry_uninsured": odds / (1 + odds)}


def money_basis(inputs: Inputs) -> dict[str, np.ndarray]:
    """Contributions, benefits and interest, by year on the axes."""
    values, years = inputs.values, inputs.years
    paid = values.contributions
    personal, subsidy = inputs.standards()
    grade = np.array([members(getattr(paid.personal.grade, area), INCOME.members) for area in AREA.members])
    assisted = np.zeros(len(INCOME.members))
    assisted[population.ASSISTED] = 1.0
    index, cost = inputs.indexation(years), inputs.cost_index()
    rate = inputs.yearly(values.economy.interest_rate)
    inpatient, outpatient = values.benefits.inpatient, values.benefits.outpatient
    limit = members(outpatient.limit, HEALTH.members)
    return {
        "personal_pp": on(personal[:-1, None, None] * grade, "year", "area", "income"),
        "personal_pp_next": on(personal[1:, None, None] * grade, "year", "area", "income"),
        "assistance_share": on(inputs.yearly(paid.assistance_share)[:, None] * assisted, "year", "income"),
        "subsidy_pp": on(subsidy[:-1], "year"),
        "local_supplement": on(inputs.yearly(paid.local_supplement) * inputs.lever("income"), "year"),
        "prepaid_share": inputs.yearly(paid.prepaid_share)[:, None],
        "disposable_income": on(inputs.cell_incomes(years), "year", "area", "income"),
        **claims_basis(inputs, cost),
        "inpatient_deductible": on(inputs.yearly(inpatient.deductible) * index, "year"),
        "inpatient_ratio": on(inputs.yearly(inpatient.payment_ratio), "year"),
        "inpatient_limit": on(inputs.yearly(inpatient.limit) * index, "year"),
        "outpatient_deductible": on(inputs.yearly(outpatient.deductible) * index, "year"),
        "outpatient_ratio": on(inputs.yearly(outpatient.payment_ratio), "year"),
        "outpatient_limit": on(index[:, None] * limit, "year", "health"),
        **benefit_factors(inputs),
        **critical_basis(inputs, index),
        "administration_share": inputs.yearly(values.fund.administration_share)[:, None],
        "interest_rate": rate[:, None],
        "deficit_rate": (rate + inputs.yearly(values.economy.deficit_interest_margin))[:, None],
    }


def critical_basis(inputs: Inputs, index: np.ndarray) -> dict[str, np.ndarray]:
    """Rules of critical-illness insurance, by year on the axes; bands are an axis of their own behind the run."""
    rules, years = inputs.values.benefits.critical_illness, inputs.years
    before = inputs.incomes([year - 1 for year in years])["national"]
    assisted = np.zeros(len(INCOME.members))
    assisted[population.ASSISTED] = 1.0
    deductible = inputs.yearly(rules.deductible_income_share) * before * rules.deductible_factor
    tilt = 1 - assisted * (1 - rules.assisted_deductible_factor)
    edges, ratios = np.array(rules.band_edges), np.array(rules.band_ratios)
    if 0 < rules.tail_index <= 1:
        raise SimsuranceError(
            f"benefits.critical_illness.tail_index: {rules.tail_index:g} gives cost without a mean; "
            "0 for no Pareto tail, or above 1"
        )
    self_run = float(rules.financing == "self_run")
    factor, lever = rules.level * (1 + rules.outpatient_factor), inputs.lever("critical_illness")
    return {
        "tail_index": on(rules.tail_index),
        "critical_deductible": on(deductible[:, None] * tilt, "year", "income"),
        "critical_edges": np.stack([on(index * edge, "year") for edge in edges], axis=2),
        "critical_ratios": np.stack(
            [on(ratio + rules.assisted_ratio_extra * assisted, "income") for ratio in ratios], axis=2
        ),
        "critical_cap": on(inputs.yearly(rules.cap) * index, "year"),
        "critical_capped": on(1 - assisted * (not rules.assisted_capped), "income"),
        "critical_factor": on(factor * lever, "year"),
        "critical_self_run": on(self_run),
        "critical_premium_pp": on((1 - self_run) * inputs.yearly(rules.premium) * index * lever, "year"),
    }


def claims_basis(inputs: Inputs, cost_index: np.ndarray) -> dict[str, np.ndarray]:
    """Probability of use and cost of users by need class, sex, area and age; the population keeps the profiles at each age."""
    prevalence = inputs.prevalence()
    hospital, clinic = inputs.values.claims.inpatient, inputs.values.claims.outpatient
    use = tables.by_sex_age(inputs.table("claims.inpatient.use_table"), "use")["use"] * hospital.use_level
    use_by_class = shared_out(through_the_year(use), members(hospital.use_odds_ratio, HEALTH.members), prevalence)
    age_cost = tables.by_age(inputs.table("claims.inpatient.cost_table"), "relative_cost")["relative_cost"]
    user_cost = (
        members(hospital.cost_ratio, HEALTH.members)[:, None]
        * through_the_year(age_cost)
        * hospital.mean_cost
        * hospital.level
    )

    head_cost = tables.by_sex_age(inputs.table("claims.outpatient.cost_table"), "relative_cost")["relative_cost"]
    clinic_ratio = members(clinic.cost_ratio, HEALTH.members)
    head_ratio = clinic_ratio[:, None, None] / np.einsum("h,hsx->sx", clinic_ratio, prevalence)
    clinic_use = members(clinic.use, HEALTH.members)
    clinic_user = head_ratio * through_the_year(head_cost) / clinic_use[:, None, None] * clinic.mean_cost * clinic.level
    use_lever = inputs.lever("inpatient_use")
    highest = use_by_class.max()
    if highest * use_lever.max() > 1:
        raise SimsuranceError(
            f"levers: those on inpatient_use give some age a probability above 1; together at most {1 / highest - 1:.3f}"
        )
    trend, clinic_trend = (on(cost_index * inputs.lever(kind), "year") for kind in COST_LEVERS)
    area_cost, clinic_area = (on(members(claims.area_cost, AREA.members), "area") for claims in (hospital, clinic))
    return {
        "inpatient_use": on(use_by_class, "health", "sex", "age") * on(use_lever, "year"),
        "inpatient_cost": on(user_cost, "health", "age") * area_cost * trend,
        "inpatient_sigma": on(members(hospital.sigma, HEALTH.members), "health"),
        "outpatient_use": on(clinic_use, "health"),
        "outpatient_cost": on(clinic_user, "health", "sex", "age") * clinic_area * clinic_trend,
        "outpatient_sigma": on(members(clinic.sigma, HEALTH.members), "health"),
    }


def benefit_factors(inputs: Inputs) -> dict[str, np.ndarray]:
    """What levers multiply the basic benefits by, behind the layers; nobody is paid more than the cost."""
    found, rules = {}, inputs.values.benefits
    components: tuple[tuple[str, LeverComponent, Schedule], ...] = (
        ("inpatient_benefit_factor", "inpatient_benefits", rules.inpatient.payment_ratio),
        ("outpatient_benefit_factor", "outpatient_benefits", rules.outpatient.payment_ratio),
    )
    for name, component, ratio in components:
        factor, paid = inputs.lever(component), inputs.yearly(ratio)
        if (factor * paid).max() > 1:
            raise SimsuranceError(
                f"levers: those on {component} with a payment_ratio of {paid.max():g} pay more than the cost; "
                f"together at most {1 / paid.max() - 1:.3f}"
            )
        found[name] = on(factor, "year")
    return found


def shared_out(rate: np.ndarray, odds_ratio: np.ndarray, prevalence: np.ndarray) -> np.ndarray:
    """A probability at each sex and age as one by need class, in the given odds ratios, with the same mean at each age.

    `rate` [sex, age], `odds_ratio` [health], `prevalence` [health, sex, age]. Returns [health, sex, age].
    """
    low, high = np.full(rate.shape, -30.0), np.full(rate.shape, 30.0)
    for _ in range(60):
        middle = (low + high) / 2
        odds = odds_ratio[:, None, None] * np.exp(middle)
        short = (prevalence * odds / (1 + odds)).sum(axis=0) < rate
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    odds = odds_ratio[:, None, None] * np.exp((low + high) / 2)
    return odds / (1 + odds)


def opening_inputs(inputs: Inputs, odds: dict[str, np.ndarray]) -> opening.OpeningInputs:
    """What the opening state of the valuation year is built from."""
    values, first = inputs.values, inputs.first
    counts, scheme = values.membership, values.employee
    groups = tables.by_area_income(inputs.table("population.income_groups_table"), "share", "relative_income")
    profile = tables.by_sex_age(inputs.table("employee.profile_table"), "active", "retired")
    moves = tables.by_sex_age(inputs.table("employee.moves_table"), "entry", "exit")
    chance = members(scheme.area_ratio, AREA.members)[:, None] * members(scheme.income_ratio, INCOME.members)

    def at_opening(schedule: Schedule) -> float:
        return float(inputs.yearly(schedule, [first])[0])

    return opening.OpeningInputs(
        stock=inputs.opening_stock(),
        urban_share_by_age=tables.by_age(inputs.table("population.urban_share_by_age_table"), "urban_share")[
            "urban_share"
        ],
        urban_share=float(tables.by_year(inputs.table("population.urban_share_table"), "urban_share", [first])[0]),
        income_share=groups["share"],
        assisted_share=at_opening(values.population.assisted_share),
        prevalence=inputs.prevalence(),
        active_profile=profile["active"],
        retired_profile=profile["retired"],
        employee_odds=chance,
        active=at_opening(counts.employee_active),
        retired=at_opening(counts.employee_retired),
        resident_insured=at_opening(counts.resident_insured) - at_opening(counts.duplicates),
        leave_odds=odds["leave"],
        enter_odds=odds["enter"],
        uninsured_odds=odds["group"],
        return_rate=values.behaviour.targets.return_rate,
        join_rate=values.behaviour.targets.join_rate,
        persistence=values.health.persistence,
        newborn_enrolment=at_opening(counts.newborn_enrolment),
        recent_leavers=moves["exit"] * at_opening(scheme.exit_level) * (1 - at_opening(scheme.leaver_enrolment)),
    )


def counted_years(inputs: Inputs) -> tuple[int, int]:
    """Years that the rules have counted before the valuation date: lapsed ones, and continuous ones with those credited."""
    rules = inputs.values.participation
    if not rules.in_force:
        return 0, 0
    lapsed = rule_years_completed(inputs.first, rules.start_year)
    return lapsed, rule_years_completed(inputs.first, rules.start_year - rules.continuous_bonus.credited_years)


def year_basis(year: int, place: int, values: ScenarioValues, arrays: dict[str, np.ndarray]) -> YearBasis:
    """The arrays of one year; those without a year axis of their own hold for every year."""
    chosen: dict[str, Any] = {
        "year": year,
        "rules_start": values.participation.start_year,
        "bonus_credited_years": values.participation.continuous_bonus.credited_years,
    }
    for field in fields(YearBasis):
        if field.name not in chosen:
            array = arrays[field.name]
            chosen[field.name] = array[place if len(array) > 1 else 0]
            chosen[field.name].setflags(write=False)
    return YearBasis(**chosen)


def intercepts(cells: np.ndarray, basis: YearBasis, values: ScenarioValues) -> tuple[np.ndarray, np.ndarray]:
    """Factors on the odds of leaving and of entering that meet the turnover targets in the opening year.

    `basis` is the opening year under the root scenario's rules, with odds before intercepts. Returns [run, 1, …] for
    leaving and [run, 1, never and gap, 1, …] for entering.
    """
    targets = values.behaviour.targets
    hazard = enrolment_hazards(cells, basis)
    leave_odds, enter_odds = (rate / (1 - rate) for rate in (hazard.leave, hazard.enter))
    never, lapsed, insured = (cells[:, :, rows] for rows in (slice(0, 1), slice(1, UNINSURED.stop), TENURES))
    joining = never.sum(axis=(1, 2, 3, 4, 5, 6)) * targets.join_rate
    returning = lapsed.sum(axis=(1, 2, 3, 4, 5, 6)) * targets.return_rate
    leaving = joining + returning - targets.net_flow_rate * insured.sum(axis=(1, 2, 3, 4, 5, 6))
    join = opening.leaving_factor(never, enter_odds[:, :, :1], joining)
    back = opening.leaving_factor(lapsed, enter_odds[:, :, 1:], returning)
    enter = np.concatenate([join, *([back] * (UNINSURED.stop - 1))], axis=2)
    return opening.leaving_factor(insured, leave_odds, leaving), enter


def build(scenario: Scenario) -> tuple[State, tuple[YearBasis, ...]]:
    """The opening state and the basis of every year of one scenario, as one run.

    Raises SimsuranceError where no opening state fits the counts or the turnover that the scenario gives.
    """
    try:
        return _build(scenario)
    except ArithmeticError as error:
        first = scenario.values.horizon.valuation_year
        raise SimsuranceError(
            f"{scenario.name}:membership: no opening state of {first} fits: {error}; "
            "counts of the insured below the population, and turnover (behaviour.targets) between none and all"
        ) from error


def _build(scenario: Scenario) -> tuple[State, tuple[YearBasis, ...]]:
    inputs = Inputs(scenario, scenario.values)
    cells = opening.opening_cells(opening_inputs(inputs, relative_odds(inputs, by_need=True)))
    odds = relative_odds(inputs, by_need=scenario.values.behaviour.effects.health)
    arrays = {
        **demographic_basis(inputs),
        **behaviour_basis(inputs, odds),
        **employee_basis(inputs),
        **money_basis(inputs),
    }
    arrays |= employee_entry(inputs, cells, arrays["employee_entry"])

    root = Inputs(scenario, scenario.reference)
    root_arrays = {**arrays, **behaviour_basis(root, odds)}
    opening_year = year_basis(inputs.first, 0, root.values, root_arrays)
    no_claim = benefits_pp(opening_year).no_claim
    cells, root_cells = (
        opening.count_years_without_claim(opening.count_rule_years(cells, *counted), no_claim, counted[0])
        for counted in (counted_years(inputs), counted_years(root))
    )
    leave, enter = intercepts(root_cells, opening_year, scenario.values)
    arrays["reference_burden"] = root_arrays["reference_burden"]
    arrays["leave_odds"] = arrays["leave_odds"] * leave
    arrays["enter_odds"] = arrays["enter_odds"] * enter

    years = tuple(year_basis(year, place, scenario.values, arrays) for place, year in enumerate(inputs.years))
    prepaid = years[0].prepaid_share * (cells[:, :, TENURES] * years[0].personal_pp).sum(axis=(1, 2, 3, 4, 5, 6))
    fund = np.array([[float(values_by_year(scenario.values.fund.opening, [inputs.first])[0])]])
    return State(cells, fund, prepaid), years


def stack(built: Sequence[tuple[State, tuple[YearBasis, ...]]]) -> tuple[State, tuple[YearBasis, ...]]:
    """Several scenarios over the same years side by side on the run axis; equal arrays are kept once."""
    states = [state for state, _ in built]
    opening_state = State(
        *(np.concatenate([getattr(state, field.name) for state in states]) for field in fields(State))
    )
    years = []
    for group in zip(*(basis for _, basis in built), strict=True):
        merged: dict[str, Any] = {
            name: getattr(group[0], name) for name in ("year", "rules_start", "bonus_credited_years")
        }
        for field in fields(YearBasis):
            if field.name not in merged:
                parts = [getattr(basis, field.name) for basis in group]
                merged[field.name] = parts[0] if all_the_same(parts) else np.concatenate(parts)
        years.append(YearBasis(**merged))
    return opening_state, tuple(years)


def all_the_same(arrays: Sequence[np.ndarray]) -> bool:
    """Whether arrays have one shape and the same bits; comparing bytes is quick, and a missing number equals another."""
    first, bits = arrays[0], arrays[0].tobytes()
    return all(other.shape == first.shape and other.tobytes() == bits for other in arrays[1:])


__all__ = ["EMPLOYEES", "build", "stack"]
