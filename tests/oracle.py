"""A scheme followed life by life: the rules of the cohort engine once more, on persons with their own true histories.

Every life is drawn: whether it leaves, falls ill, dies, what its care costs in a year, what the fund pays of that bill.
A population is a sample of lives, each standing for the same number of persons, in batches that never touch each other;
the spread between batches is the standard error of every total. Nothing of the engine is used: the assumptions are read
from a resolved scenario and its tables. The opening population is an array of persons to draw lives from, and the
solved intercepts of behaviour are three plain numbers.

Closed parts: no migration, no adjustment to a pinned population, critical illness run by the fund itself, nobody who
retires earlier or later than the table says.

    python -m tests.oracle --lives 1000000 --years 12     engine and oracle side by side
    python -m tests.oracle --approximations               what the cohort form costs where it is approximate
"""

import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

NEEDS, SEXES, AREAS = ("low", "moderate", "high"), ("female", "male"), ("urban", "rural")
INCOMES = ("assisted", "low", "middle", "high")
FEMALE, MALE, URBAN, RURAL, ASSISTED, LOW_INCOME = 0, 1, 0, 1, 0, 1
NEVER, LAPSED, INSURED, ACTIVE, RETIRED = range(5)
OPENING_STATUS = [
    (NEVER, 0),
    *((LAPSED, gap) for gap in range(6)),
    *((INSURED, tenure) for tenure in range(1, 6)),
    (ACTIVE, 0),
    (RETIRED, 0),
]
"""Status and true years of each place on the status axis of the opening cells."""
AGE_BANDS = {"age_0_5": 0, "age_6_14": 6, "age_15_26": 15, "age_27_49": 27, "age_50_79": 50, "age_80_plus": 80}
"""First age of each band."""
LAST_AGE = 100
LONG_TENURE = 5
"""Insured years credited to those who come from the employee scheme: enough for every rule on tenure."""
BATCHES = 40
TILTS = (0, 2, 4)
"""Standard deviations by which draws for what is paid in the tail are moved there, each for a third of the lives."""
RANK, KIND_OF_WORK, ACCOUNT = range(3)
"""What a life has luck in once and for all: its wage, whether it is employed or flexible, whether it has an account."""
TAIL_SHARE, TAIL_FROM = 0.01, 2.3263478740408408


# --- reading ---------------------------------------------------------------------------------------------------------


def in_year(schedule: Any, year: int) -> float:
    """A schedule's value: a number, a step function of the year, or straight lines between the years named."""
    if isinstance(schedule, int | float):
        return float(schedule)
    if isinstance(schedule, dict):
        return float(schedule[max(named for named in schedule if named <= year)])
    named = sorted(schedule.ramp)
    return float(np.interp(year, named, [schedule.ramp[knot] for knot in named]))


def grown(level: Any, growth: Any, year: int) -> float:
    """A level as named up to its last year, then grown; a number or a ramp holds for all years."""
    last = max(level) if isinstance(level, dict) else year
    value = in_year(level, min(year, last))
    for later in range(last + 1, year + 1):
        value *= 1 + in_year(growth, later)
    return value


def by_name(section: Any, names: tuple[str, ...]) -> Floats:
    """The numbers of a small table in the order of its members."""
    return np.array([float(getattr(section, name)) for name in names])


@cache
def rows(path: Path) -> list[dict[str, str]]:
    """A CSV table, row by row."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@cache
def by_sex_age(path: Path, column: str, year: int | None = None) -> Floats:
    """A column as [sex, age], of one year where the table has years."""
    found = np.zeros((2, LAST_AGE + 1))
    for row in rows(path):
        if year is None or int(row["year"]) == year:
            found[SEXES.index(row["sex"]), int(row["age"])] = float(row[column])
    return found


def by_age(path: Path, column: str, year: int | None = None) -> Floats:
    """A column as [age], zero at ages without a row."""
    found = np.zeros(LAST_AGE + 1)
    for row in rows(path):
        if year is None or int(row["year"]) == year:
            found[int(row["age"])] = float(row[column])
    return found


def one_of_year(path: Path, column: str, year: int, variants: tuple[str, ...] = ()) -> float:
    """The one number of a year."""
    of_year = [row for row in rows(path) if int(row["year"]) == year]
    (found,) = [float(row[column]) for row in of_year if not variants or row["variant"] in variants]
    return found


# --- the lives -------------------------------------------------------------------------------------------------------


@dataclass
class Lives:
    """One entry a life. `name` is what its luck is drawn by, `age` in whole years on 1 January.

    `years`: insured years of the insured, lapsed years of the lapsed, both without a break and without an upper bound;
    `continuous` and `lapsed`: those among them that the rules count; `no_claim`: credit of years without reimbursement;
    `months_left`: waiting not yet served; `carried`: change of the cap carried through a lapse, reference-year yuan;
    `account`: yuan on the personal account of the employee scheme.
    """

    name: NDArray[np.uint64]
    batch: Whole
    need: Whole
    status: Whole
    years: Whole
    sex: Whole
    area: Whole
    income: Whole
    age: Whole
    continuous: Whole
    lapsed: Whole
    no_claim: Whole
    months_left: Floats
    carried: Floats
    account: Floats

    @property
    def members(self) -> Flags:
        """Who belongs to the employee scheme."""
        return np.asarray(self.status >= ACTIVE)

    def only(self, chosen: Flags) -> "Lives":
        """The chosen lives."""
        return Lives(**{field.name: getattr(self, field.name)[chosen] for field in fields(Lives)})

    def with_others(self, others: "Lives") -> "Lives":
        """These lives and others."""
        names = [field.name for field in fields(Lives)]
        return Lives(**{name: np.concatenate([getattr(self, name), getattr(others, name)]) for name in names})

    def forget(self, chosen: Flags) -> None:
        """Whatever the rules remember of the chosen is cancelled."""
        for name in ("years", "continuous", "lapsed", "no_claim", "months_left", "carried"):
            getattr(self, name)[chosen] = 0


def newcomers(name: NDArray[np.uint64], batch: Whole, **known: Whole) -> Lives:
    """Lives of which nothing is known but what is given."""
    whole = {field.name: np.zeros(len(batch), dtype=np.int64) for field in fields(Lives)}
    real = {field: np.zeros(len(batch)) for field in ("months_left", "carried", "account")}
    return Lives(**{**whole, **real, "name": name, "batch": batch, **known})  # type: ignore[arg-type]


def scrambled(name: NDArray[np.uint64], salt: int) -> NDArray[np.uint64]:
    """Names mixed with a number into new ones that look random: the finalizer of SplitMix64."""
    mixed = name ^ np.uint64(salt * 0x9E3779B97F4A7C15 % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


class Luck:
    """Random numbers by life, year and question, so that a life has the same luck under two sets of rules."""

    def __init__(self, seed: int) -> None:
        self.seed, self.question = seed, 0

    def new_year(self, year: int) -> None:
        """The questions of a year begin."""
        self.question = year * 1000

    def uniform(self, lives: Lives) -> Floats:
        """One number in (0, 1) a life, for the next question."""
        self.question += 1
        return self.of_life(lives, self.question)

    def normal(self, lives: Lives) -> Floats:
        """One standard normal number a life."""
        return np.asarray(ndtri(self.uniform(lives)))

    def of_life(self, lives: Lives, matter: int) -> Floats:
        """One number in (0, 1) a life, the same in every year."""
        bits = scrambled(scrambled(lives.name, matter), self.seed)
        return ((bits >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53

    def chance(self, lives: Lives, probability: Any) -> Flags:
        """True with the probability of each life, or of all."""
        return np.asarray(self.uniform(lives) < probability)


def opening_lives(cells: Floats, number: int, batches: int, rules_counted: int, credited: int, seed: int) -> Lives:
    """Lives drawn from persons [need, status, sex, area, income, age], evenly spaced through the cells by batch."""
    random, edges = np.random.default_rng(seed), np.cumsum(cells.ravel())
    each = number // batches
    drawn = [(random.random() + np.arange(each)) * edges[-1] / each for _ in range(batches)]
    place = np.unravel_index(np.searchsorted(edges, np.concatenate(drawn), side="right"), cells.shape)
    need, state, sex, area, income, age = (np.asarray(found, dtype=np.int64) for found in place)
    status, years = np.array(OPENING_STATUS)[state].T
    names = scrambled(np.arange(each * batches, dtype=np.uint64), seed)
    lives = newcomers(names, np.repeat(np.arange(batches), each), need=need, sex=sex, area=area, income=income, age=age)
    lives.status, lives.years = status.copy(), years.copy()
    lives.continuous = np.where(status == INSURED, np.minimum(years, rules_counted + credited), 0)
    lives.lapsed = np.where(status == LAPSED, np.minimum(years, rules_counted), 0)
    return lives


# --- what holds in a year --------------------------------------------------------------------------------------------


def incomes(values: Any, year: int) -> dict[str, float]:
    """Disposable income a head of a year: as published, then grown."""
    economy, found = values.economy, {}
    for name, series in (
        ("national", economy.disposable_income),
        ("urban", economy.area_income.urban),
        ("rural", economy.area_income.rural),
    ):
        last = max(series)
        income = in_year(series, min(year, last))
        for later in range(last + 1, year + 1):
            income *= (1 + in_year(economy.real_income_growth, later)) * (1 + in_year(economy.inflation, later))
            if name != "national":
                income *= 1 + in_year(getattr(economy.area_growth_excess, name), later)
        found[name] = income
    return found


def personal_standard(values: Any, year: int) -> float:
    """What an insured person pays in a year, before grading and assistance."""
    rules, first = values.contributions.personal, values.horizon.valuation_year
    rule = rules.rule[max(named for named in rules.rule if named <= year)]
    if rule == "schedule" or year < first:
        return in_year(rules.schedule, year)
    before = personal_standard(values, year - 1)
    if rule == "growth":
        return before * (1 + in_year(rules.growth_rate, year))
    assert rules.phase_in_years == 1
    wanted = in_year(rules.income_share, year) * incomes(values, year - 1)["national"]
    return min(max(wanted, in_year(rules.floor, year)), before * (1 + in_year(rules.highest_rise, year)))


def subsidy_standard(values: Any, year: int) -> float:
    """What the budget pays for an insured person in a year."""
    rules = values.contributions.subsidy
    rule = rules.rule[max(named for named in rules.rule if named <= year)]
    if rule == "schedule":
        return in_year(rules.schedule, year)
    if rule == "growth":
        return subsidy_standard(values, year - 1) * (1 + in_year(rules.growth_rate, year))
    if rule == "indexed":
        return in_year(rules.income_share, year) * incomes(values, year - 1)["national"]
    own = personal_standard(values, year)
    if rule == "ratio":
        return own * in_year(rules.ratio_to_personal, year)
    share = in_year(rules.share_of_total, year)
    return own * share / (1 - share)


def shares_of(lives: "Lives") -> Floats:
    """Shares of the areas and income groups among all lives of an age, [area, income, age]; equal where there are none."""
    counted = np.zeros((len(AREAS), len(INCOMES), LAST_AGE + 1))
    np.add.at(counted, (lives.area, lives.income, lives.age), 1.0)
    everyone = counted.sum(axis=(0, 1))
    return np.where(everyone > 0, counted / np.maximum(everyone, 1.0), 1 / counted[..., 0].size)


def cell_income(values: Any, tables: Any, year: int, shares: Floats) -> Floats:
    """Disposable income a head by area, income group and age; the people of an age have the nation's."""
    of_area, found = incomes(values, year), np.zeros((2, 4))
    for row in rows(tables["population.income_groups_table"]):
        place = AREAS.index(row["area"]), INCOMES.index(row["income"])
        found[place] = of_area[row["area"]] * float(row["relative_income"])
    mean = (found[..., None] * shares).sum(axis=(0, 1))
    return np.asarray(found[..., None] * of_area["national"] / mean)


def own_contribution(values: Any, year: int) -> tuple[Floats, Floats]:
    """Contribution due by area and income group, and the share of it that medical assistance pays by income group."""
    grade = np.array([by_name(getattr(values.contributions.personal.grade, area), INCOMES) for area in AREAS])
    assistance = np.zeros(4)
    assistance[ASSISTED] = in_year(values.contributions.assistance_share, year)
    return personal_standard(values, year) * grade, assistance


def burden(values: Any, tables: Any, year: int, shares: Floats) -> Floats:
    """Contribution less assistance over last year's disposable income, by area, income group and age."""
    due, assistance = own_contribution(values, year)
    return np.asarray((due * (1 - assistance))[..., None] / cell_income(values, tables, year - 1, shares))


def mean_wage(values: Any, year: int) -> float:
    """Mean wage of a year: as named, then growing with disposable income a head and its excess."""
    wage = values.employee.wage
    last = max(wage.mean) if isinstance(wage.mean, dict) else year
    if year <= last:
        return in_year(wage.mean, year)
    found = in_year(wage.mean, last) * incomes(values, year)["national"] / incomes(values, last)["national"]
    for later in range(last + 1, year + 1):
        found *= 1 + in_year(wage.growth_excess, later)
    return found


def mean_pension(values: Any, year: int) -> float:
    """Mean pension of a year: as named, then growing with disposable income a head."""
    named = values.employee.contributions.retiree_pension
    last = max(named)
    if year <= last:
        return in_year(named, year)
    return in_year(named, last) * incomes(values, year)["national"] / incomes(values, last)["national"]


def survival(central: Floats) -> tuple[Floats, Floats]:
    """Survival over a calendar year by sex and age on 1 January, and of the newborn, from central death rates."""
    lived = np.zeros_like(central)
    newborn = np.zeros(2)
    for sex in (FEMALE, MALE):
        alive = 1.0
        for age in range(LAST_AGE):
            within = 0.5
            if age == 0:
                within = 0.14903 - 2.05527 * central[sex, 0] if sex == FEMALE else 0.14929 - 1.99545 * central[sex, 0]
            dying = central[sex, age] / (1 + (1 - within) * central[sex, age])
            lived[sex, age] = alive * (1 - (1 - within) * dying)
            alive *= 1 - dying
        lived[sex, LAST_AGE] = alive / central[sex, LAST_AGE]
        newborn[sex] = lived[sex, 0]
    stays = lived.copy()
    stays[:, :-2] = lived[:, 1:-1] / lived[:, :-2]
    stays[:, -2:] = (lived[:, -1] / (lived[:, -2] + lived[:, -1]))[:, None]
    return stays, newborn


def half_a_year_older(profile: Floats) -> Floats:
    """A profile by age for the people of that age on 1 January, who are half a year older at mid-year."""
    return np.asarray((profile + np.concatenate([profile[..., 1:], profile[..., -1:]], axis=-1)) / 2)


def use_by_need(mean_use: Floats, odds_ratio: Floats, prevalence: Floats) -> Floats:
    """Probabilities by need class in given odds ratios that keep the mean of each sex and age, by bisection."""
    low, high = np.full(mean_use.shape, -30.0), np.full(mean_use.shape, 30.0)
    for _ in range(80):
        odds = odds_ratio[:, None, None] * np.exp((low + high) / 2)
        short = (prevalence * odds / (1 + odds)).sum(axis=0) < mean_use
        low, high = np.where(short, (low + high) / 2, low), np.where(short, high, (low + high) / 2)
    odds = odds_ratio[:, None, None] * np.exp(low)
    return np.asarray(odds / (1 + odds))


@dataclass(frozen=True)
class Costs:
    """Use and cost in the reference year of the lives of a scheme: use [need, sex, age], of a user [need, sex, area, age]."""

    inpatient_use: Floats
    inpatient_cost: Floats
    inpatient_sigma: Floats
    outpatient_use: Floats
    outpatient_cost: Floats
    outpatient_sigma: Floats

    def grown(self, index: float, odds: float) -> "Costs":
        """Use and cost when cost a life has grown by `index`: the odds of being a user by `odds`, the rest a user's cost.

        The odds are those of the sex that is in hospital more often; the other has more users in the same proportion.
        """
        often = self.inpatient_use.max(axis=1)
        inpatients = odds * often / (1 - often + odds * often) / often
        visitors = odds * self.outpatient_use / (1 - self.outpatient_use + odds * self.outpatient_use)
        more = visitors / self.outpatient_use
        return replace(
            self,
            inpatient_use=self.inpatient_use * inpatients[:, None],
            inpatient_cost=self.inpatient_cost * index / inpatients[:, None, None],
            outpatient_use=visitors,
            outpatient_cost=self.outpatient_cost * index / more[:, None, None, None],
        )


def costs(
    values: Any, tables: Any, prevalence: Floats, use_level: float, levels: Sequence[float], areas: Sequence[Floats]
) -> Costs:
    """The pattern by age and need at the levels of a scheme; levels, and areas [area, age], of inpatient and outpatient cost.

    All lives of an age on 1 January together have the use and the cost of the tables, half a year on.
    """
    inpatient, outpatient = values.claims.inpatient, values.claims.outpatient
    mean_use = half_a_year_older(by_sex_age(tables["claims.inpatient.use_table"], "use")) * inpatient.use_level
    odds = by_name(inpatient.use_odds_ratio, NEEDS)
    level = half_a_year_older(by_age(tables["claims.inpatient.cost_table"], "relative_cost"))
    need = by_name(inpatient.cost_ratio, NEEDS)
    cost = need[:, None, None] * areas[0] * level * inpatient.mean_cost * levels[0]

    ratio, visitors = by_name(outpatient.cost_ratio, NEEDS), by_name(outpatient.use, NEEDS)
    head = half_a_year_older(by_sex_age(tables["claims.outpatient.cost_table"], "relative_cost"))
    mean_ratio = (ratio[:, None, None] * prevalence).sum(axis=0)
    a_head = ratio[:, None, None] * head / mean_ratio * outpatient.mean_cost * levels[1]
    return Costs(
        inpatient_use=use_by_need(mean_use, odds, prevalence) * use_level,
        inpatient_cost=np.repeat(cost[:, None], 2, axis=1),
        inpatient_sigma=by_name(inpatient.sigma, NEEDS),
        outpatient_use=visitors,
        outpatient_cost=(a_head / visitors[:, None, None])[:, :, None, :] * areas[1],
        outpatient_sigma=by_name(outpatient.sigma, NEEDS),
    )


@dataclass(frozen=True)
class Intercepts:
    """Solved factors on the odds of leaving, of the never insured who join and of the lapsed who return."""

    leave: float
    join: float
    back: float


class Book:
    """Everything that holds for all years of a scenario, and where the numbers of a year are looked up."""

    def __init__(self, values: Any, tables: Any, reference: Any, cells: Floats, intercepts: Intercepts) -> None:
        self.values, self.tables, self.intercepts = values, tables, intercepts
        moderate, high = (by_sex_age(tables["health.prevalence_table"], name) for name in ("moderate", "high"))
        self.prevalence = np.stack([1 - moderate - high, moderate, high])
        people = cells.sum(axis=(0, 1, 2))
        self.settled(people / people.sum(axis=(0, 1)))
        self.reference_burden = burden(reference, tables, values.horizon.valuation_year, self.shares)
        scheme = values.employee
        self.employee_chance = by_name(scheme.area_ratio, AREAS)[:, None] * by_name(scheme.income_ratio, INCOMES)
        outside = cells[:, :12].sum(axis=(0, 1, 2))[..., 16:60].sum(axis=-1)
        self.employee_chance *= outside.sum() / (outside * self.employee_chance).sum()
        active, ratio = cells[:, -2].sum(axis=(0, 1, 2, 4)), by_name(scheme.wage.income_ratio, INCOMES)
        self.relative_wage = ratio * active.sum() / (ratio * active).sum()

    def settled(self, shares: Floats) -> None:
        """Take the shares of areas and income groups at each age; all of an age together cost what the tables say."""
        self.shares = shares
        claims, care = self.values.claims, self.values.employee.care
        inpatient, outpatient, members = (
            self.at_the_mean(by_name(each.area_cost, AREAS)) for each in (claims.inpatient, claims.outpatient, care)
        )
        levels = (claims.inpatient.level, claims.outpatient.level)
        self.costs = costs(self.values, self.tables, self.prevalence, 1.0, levels, (inpatient, outpatient))
        levels = (care.inpatient_level, care.outpatient_level)
        of_members = (members, members)
        self.member_costs = costs(self.values, self.tables, self.prevalence, care.use_level, levels, of_members)

    def at_the_mean(self, ratio: Floats) -> Floats:
        """A ratio by area, [area], as one whose mean over the people of each age is 1, [area, age]."""
        return np.asarray(ratio[:, None] / (ratio[:, None] * self.shares.sum(axis=1)).sum(axis=0))

    def money_index(self, year: int) -> float:
        """Yuan amounts of the benefits over those of the reference year."""
        if self.values.benefits.indexation == "fixed":
            return 1.0
        return self.income_index(year)

    def income_index(self, year: int) -> float:
        """Disposable income of last year over that of the year before the reference year."""
        before = incomes(self.values, self.values.claims.trend.reference_year - 1)["national"]
        return incomes(self.values, year - 1)["national"] / before

    def care(self, costs: Costs, year: int, of: Any) -> Costs:
        """Use and cost of a year; `of` states how the cost of a life of given age and need has grown."""
        trend, cost, use = self.values.claims.trend, 1.0, 1.0
        reference = trend.reference_year
        for later in range(min(year, reference) + 1, max(year, reference) + 1):
            real = 1 + self.real_growth(later, of)
            cost *= (1 + in_year(self.values.economy.inflation, later)) * real
            named = not isinstance(of.use_growth, dict) or later <= max(of.use_growth)
            use *= 1 + in_year(of.use_growth, later) if named else real**trend.use_share
        if year < reference:
            cost, use = 1 / cost, 1 / use
        return costs.grown(cost, use**trend.users_share)

    def real_growth(self, year: int, of: Any) -> float:
        """Growth of cost in constant prices: as named, else that of income over some years and what lies beyond it.

        The incomes are taken to be those of the scenario's root.
        """
        if not isinstance(of.real_growth, dict) or year <= max(of.real_growth):
            return in_year(of.real_growth, year)
        trend, income = self.values.claims.trend, 1.0
        for each in range(year - trend.income_lag, year + 1):
            nominal = incomes(self.values, each)["national"] / incomes(self.values, each - 1)["national"]
            income *= nominal / (1 + in_year(self.values.economy.inflation, each))
        mean = income ** (1 / (trend.income_lag + 1))
        return float((1 + in_year(of.residual_growth, year)) * mean**trend.income_elasticity - 1)

    def death_rates(self, year: int) -> float:
        """What the table's death rates are multiplied by."""
        chosen, level = self.values.population, in_year(self.values.population.mortality_level, year)
        if chosen.mortality_level_fade_years:
            left = 1 - (year - self.values.horizon.valuation_year) / chosen.mortality_level_fade_years
            level = 1 + (level - 1) * min(max(left, 0.0), 1.0)
        return in_year(chosen.mortality_factor, year) * level

    def births_per_woman(self, year: int) -> Floats:
        """By age, scaled to the total fertility of the variant and to the level of the scenario."""
        chosen = self.values.population
        shape = by_age(self.tables["population.fertility_table"], "asfr", year)
        variants = ("estimate", chosen.fertility_variant)
        total = one_of_year(self.tables["population.total_fertility_table"], "tfr", year, variants)
        return np.asarray(shape / shape.sum() * total * in_year(chosen.fertility_level, year))

    def entry(self, year: int) -> tuple[Floats, Floats]:
        """Probability of entering the employee scheme [sex, area, income, age]: of the insured and of the uninsured."""
        scheme = self.values.employee
        by_person = by_sex_age(self.tables["employee.moves_table"], "entry") * in_year(scheme.entry_level, year)
        insured = by_person[:, None, None, :] * self.employee_chance[None, :, :, None]
        odds = insured / (1 - insured) * scheme.uninsured_odds_ratio
        return insured, np.asarray(odds / (1 + odds))


class NeedClasses:
    """The need classes of the whole population: what is drawn, and who dies, follows from their prevalence."""

    def __init__(self, book: Book, cells: Floats) -> None:
        self.book = book
        by_class = cells.sum(axis=(1, 3, 4))
        self.persons = by_class.sum(axis=0)
        self.present = by_class / self.persons
        self.redrawn = np.zeros_like(self.present)
        self.mort_rate = np.zeros_like(self.present)

    def next_year(self, stays: Floats) -> None:
        """Shares among those drawn anew and death rates by class, [need, sex, age]; then the next 1 January."""
        kept, ratio = self.book.values.health.persistence, by_name(self.book.values.health.mortality_ratio, NEEDS)
        if kept < 1:
            wanted = np.maximum((self.book.prevalence - kept * self.present) / (1 - kept), 0)
            self.redrawn = wanted / wanted.sum(axis=0)
        else:
            self.redrawn = self.book.prevalence
        now = kept * self.present + (1 - kept) * self.redrawn
        mean_ratio = (ratio[:, None, None] * now).sum(axis=0)
        self.mort_rate = (1 - stays) * (1 + stays * (ratio[:, None, None] / mean_ratio - 1))
        alive = self.persons * now * (1 - self.mort_rate)
        older = np.concatenate([np.zeros((3, 2, 1)), alive[:, :, :-1]], axis=2)
        older[:, :, -1] += alive[:, :, -1]
        older[:, :, 0] = self.book.prevalence[:, :, 0]
        self.persons = older.sum(axis=0)
        self.present = older / self.persons


# --- the rules of participation --------------------------------------------------------------------------------------


class Participation:
    """The rules on waiting and on the rise of the cap, as they stand in a year."""

    def __init__(self, book: Book, year: int) -> None:
        rules = book.values.participation
        self.rules, self.year = rules, year
        self.acts = bool(rules.in_force) and year >= rules.start_year
        self.counting = year >= rules.start_year
        self.credits = year >= rules.start_year - rules.continuous_bonus.credited_years
        self.completed = max(year - rules.start_year, 0)
        self.fixed = in_year(rules.waiting.fixed_months, year)
        self.a_year = in_year(rules.waiting.months_per_lapsed_year, year)
        self.floor = in_year(rules.waiting.floor_months, year)
        self.longest = in_year(rules.waiting.longest_months, year)
        self.repair_share = in_year(rules.repair.share, year) * rules.repair.allowed
        self.late_share = in_year(rules.late_enrolment.share, year)
        self.late_month = in_year(rules.late_enrolment.entry_month, year)
        self.postponed = in_year(rules.waiting.postponed_care, year)
        self.step = in_year(rules.continuous_bonus.step, year)
        self.no_claim_step = in_year(rules.no_claim_bonus.step, year)
        self.cap_cut = in_year(rules.cap_cut_per_lapsed_year, year)
        self.index = book.money_index(year)
        cap, limit = national_cap(book, year) / self.index, in_year(rules.bonus_limit, year)
        self.most, self.least = limit * cap, -min(limit, 1) * cap
        self.felt = self.index / book.income_index(year) / book.values.behaviour.leave.bonus_thousand

    def lapsed_years(self, lives: Lives) -> Whole:
        """Lapsed years as the rules count them; the never insured have lapsed since the start, or since birth."""
        since = np.minimum(self.completed, lives.age + 1) * (self.rules.waiting.never_insured == "since_start")
        return np.where(lives.status == NEVER, since, lives.lapsed)

    def share_that_waits(self, lives: Lives) -> Floats:
        """1 for those who wait, 0 for the exempt; by income group also between."""
        waiting = self.rules.waiting
        share = by_name(waiting.income_waits, INCOMES)[lives.income] * self.acts
        share *= (lives.age >= waiting.exempt_under_age) & (lives.age < waiting.exempt_from_age)
        if waiting.exempt_employee_leavers:
            share *= ~((lives.status == LAPSED) & (lives.years == 0))
        return share

    def months(self, lapsed: Floats, repaired: Floats) -> Floats:
        """Fixed months, and more for each lapsed year not repaired; a floor after a long lapse, a longest wait."""
        counted = np.maximum(lapsed - (not self.rules.waiting.first_lapsed_year_counts), 0)
        months = self.fixed + self.a_year * np.maximum(counted - repaired, 0)
        long = lapsed >= self.rules.waiting.floor_from_lapsed_years
        return np.minimum(np.where(long, np.maximum(months, self.floor), months), self.longest)

    def years_repaired(self, lapsed: Floats) -> Floats:
        """Lapsed years that a repairer pays for: all, or those that shorten the waiting."""
        if self.rules.repair.years_paid == "all":
            return lapsed
        counted = np.maximum(lapsed - (not self.rules.waiting.first_lapsed_year_counts), 0)
        not_worth = max(self.floor - self.fixed, 0) / self.a_year if self.a_year > 0 else np.inf
        long = lapsed >= self.rules.waiting.floor_from_lapsed_years
        return np.where(long, np.maximum(counted - not_worth, 0), counted)

    def continuous_credit(self, years: Whole) -> Floats:
        """Rise of the cap for so many continuous years, this one included; reference-year yuan."""
        return np.asarray(self.step * np.maximum(years - self.rules.continuous_bonus.after_years, 0))

    def at_stake(self, lives: Lives) -> Floats:
        """What a lapse of a year would take off the cap of the insured, within the limit; reference-year yuan."""
        rules, silent = self.rules, self.no_claim_step * lives.no_claim
        stay = self.continuous_credit(lives.continuous + 1) + silent
        back = self.continuous_credit(lives.continuous) * rules.continuous_bonus.kept_after_lapse
        back = back + silent * rules.no_claim_bonus.kept_after_lapse - self.cap_cut
        return np.asarray(np.minimum(stay, self.most) - np.clip(back, self.least, self.most))

    def granted(self, lives: Lives) -> Floats:
        """Rise of the cap of the insured in the year, within the limit either way; nominal yuan."""
        own = self.continuous_credit(lives.continuous) + self.no_claim_step * lives.no_claim + lives.carried
        return np.asarray(np.clip(own, self.least, self.most) * self.index * self.acts)


# --- behaviour -------------------------------------------------------------------------------------------------------


def change_of_burden(book: Book, lives: Lives, year: int) -> Floats:
    """Burden over that of the reference year, by life."""
    floor = book.values.behaviour.burden_floor
    relative = (burden(book.values, book.tables, year, book.shares) + floor) / (book.reference_burden + floor)
    return np.asarray(relative[lives.area, lives.income, lives.age])


def chance_of_leaving(book: Book, rules: Participation, lives: Lives) -> Floats:
    """Probability that an insured life does not enrol again."""
    behaviour = book.values.behaviour
    coefficients, acts = behaviour.leave, behaviour.effects
    by_band = by_name(coefficients.age_odds_ratio, tuple(AGE_BANDS))
    odds = book.intercepts.leave * by_band[np.searchsorted([*AGE_BANDS.values()], lives.age, side="right") - 1]
    odds *= np.where(lives.years >= 4, coefficients.long_tenure_odds_ratio, 1.0)
    odds *= by_name(coefficients.area_odds_ratio, AREAS)[lives.area]
    odds *= by_name(coefficients.income_odds_ratio, INCOMES)[lives.income]
    logit = np.log(odds)
    if acts.health:
        logit += by_name(coefficients.health, NEEDS)[lives.need]
    if acts.burden:
        logit += coefficients.burden * np.log(change_of_burden(book, lives, rules.year))
    if acts.wait:
        one_year = float(rules.months(np.ones(1), np.zeros(1))[0])
        logit -= coefficients.wait_per_month * rules.share_that_waits(lives) * min(one_year, 12)
    if acts.bonus and rules.acts:
        felt = np.where(lives.income == ASSISTED, 0.0, rules.at_stake(lives) * rules.felt)
        logit -= coefficients.bonus_per_1000 * 10 * (1 - np.exp(-felt / 10))
    if acts.campaign:
        logit += coefficients.campaign * in_year(behaviour.campaign_strength, rules.year)
    if acts.renewal:
        logit += coefficients.renewal * in_year(behaviour.default_renewal, rules.year)
    if acts.mood:
        logit += in_year(behaviour.mood, rules.year)
    if acts.family:
        logit -= coefficients.family * in_year(behaviour.family_share, rules.year)
    return np.asarray(1 / (1 + np.exp(-logit)))


def chance_of_entering(book: Book, rules: Participation, lives: Lives, expected_months: Floats) -> Floats:
    """Probability that an uninsured life enrols, for the never insured and the lapsed."""
    behaviour = book.values.behaviour
    coefficients, acts = behaviour.back, behaviour.effects
    never = lives.status == NEVER
    logit = np.log(np.where(never, book.intercepts.join, book.intercepts.back))
    logit += np.where(never, 0.0, coefficients.gap * np.minimum(lives.years, 5))
    if acts.health:
        logit += by_name(coefficients.health, NEEDS)[lives.need]
    if acts.burden:
        logit -= coefficients.burden * np.log(change_of_burden(book, lives, rules.year))
    if acts.wait:
        logit -= coefficients.wait_per_month * np.minimum(expected_months, 12)
    if acts.campaign:
        logit += coefficients.campaign * in_year(behaviour.campaign_strength, rules.year)
    if acts.mood:
        logit -= in_year(behaviour.mood, rules.year)
    return np.asarray(1 / (1 + np.exp(-logit)))


# --- a year ----------------------------------------------------------------------------------------------------------


class Tallies:
    """Sums over lives by batch: [quantity] -> year -> [batch], in persons or yuan."""

    def __init__(self, persons_a_life: float, batches: int) -> None:
        self.weight, self.batches = persons_a_life, batches
        self.found: dict[str, dict[int, Floats]] = {}

    def add(self, name: str, year: int, lives: Lives, amount: Any = 1.0, where: Flags | None = None) -> None:
        """Add an amount a life, of the lives chosen."""
        batch = lives.batch if where is None else lives.batch[where]
        if np.ndim(amount) == 0:
            totals = np.bincount(batch, minlength=self.batches) * amount
        else:
            totals = np.bincount(batch, amount if where is None else amount[where], self.batches)
        totals = totals * self.weight
        before = self.found.setdefault(name, {}).get(year, np.zeros(self.batches))
        self.found[name][year] = before + totals


class Oracle:
    """A population of lives, moved on a year at a time."""

    def __init__(
        self,
        book: Book,
        cells: Floats,
        lives: int,
        seed: int,
        own_history: bool = False,
        past_silence: Floats | None = None,
    ) -> None:
        """`past_silence`: chance of an opening year without reimbursement [need, sex, area, age], for years already counted."""
        values = book.values
        self.book, self.luck, self.members_luck = book, Luck(seed), Luck(~seed)
        self.year = values.horizon.valuation_year
        self.own_history = own_history
        counted = max(self.year - values.participation.start_year, 0)
        credited = values.participation.continuous_bonus.credited_years
        self.lives = opening_lives(cells, lives, BATCHES, counted, credited, seed)
        if past_silence is not None and values.participation.in_force:
            start = self.lives
            chance = past_silence[start.need, start.sex, start.area, start.age]
            years = np.where(start.status == INSURED, np.minimum(start.years, counted), 0)
            start.no_claim = np.random.default_rng(seed + 1).binomial(years, chance)
        if own_history:
            self.lives.years[self.lives.status >= ACTIVE] = LONG_TENURE + counted
        self.needs = NeedClasses(book, cells)
        self.tallies = Tallies(float(cells.sum()) / (lives // BATCHES), BATCHES)
        self.with_money = bool(values.employee.projected)
        if self.with_money:
            opened = values.employee.fund
            self.pool = np.full(BATCHES, in_year(opened.opening_pool, self.year))
            self.share_out(np.full(BATCHES, in_year(opened.opening_accounts, self.year) / self.tallies.weight))

    def chance(self, probability: Any) -> Flags:
        """True with the probability of each present life, or of all."""
        return self.luck.chance(self.lives, probability)

    def add(self, name: str, amount: Any = 1.0, where: Flags | None = None) -> None:
        """Tally an amount of the year over the present lives."""
        self.tallies.add(name, self.year, self.lives, amount, where)

    def run(self, years: int) -> dict[str, dict[int, Floats]]:
        """So many years; returns totals by name, year and batch, stocks under the year at whose end they stand."""
        for _ in range(years):
            self.one_year()
        return self.tallies.found

    def one_year(self) -> None:
        """Enrolment, need, contributions, cover, claims, credits, deaths, moves, birthday, births."""
        self.luck.new_year(self.year)
        self.members_luck.new_year(self.year)
        if self.year > self.book.values.horizon.valuation_year and not self.book.values.economy.drift_of_areas:
            self.book.settled(shares_of(self.lives))
        rules = Participation(self.book, self.year)
        central = by_sex_age(self.book.tables["population.mortality_table"], "mx", self.year)
        stays, newborn_stays = survival(central * self.book.death_rates(self.year))
        self.needs.next_year(stays)
        lost = self.enrolment(rules)
        self.change_need()
        lives = self.lives
        dying = self.chance(self.needs.mort_rate[lives.need, lives.sex, lives.age])
        self.contributions(lives.status == INSURED)
        present = np.where(dying, 0.5, 1.0)
        self.claims(rules, (1 - lost * (1 - rules.postponed) / 12) * present)
        if self.with_money:
            self.employee_year(present)
        self.add("deaths", where=dying)
        self.add("employee_deaths", where=dying & lives.members)
        mothers_start = lives.only(lives.sex == FEMALE)
        left = np.bincount(lives.batch, weights=lives.account * dying, minlength=BATCHES)
        self.lives = lives.only(~dying)
        self.share_out(left)
        mothers_end = self.lives.only(self.lives.sex == FEMALE)
        mothers_end.age = np.minimum(mothers_end.age + 1, LAST_AGE)
        self.employee_moves(rules)
        self.lives.age = np.minimum(self.lives.age + 1, LAST_AGE)
        born = self.births(mothers_start, mothers_end, newborn_stays)
        self.lives = self.lives.with_others(born)
        if self.with_money:
            self.close_funds()
        self.move_between_areas()
        self.exchange_assisted()
        self.count()
        self.year += 1

    def enrolment(self, rules: Participation) -> Floats:
        """Who leaves, enters, stays; waiting and repair. Returns months of the year lost by each insured life."""
        lives = self.lives
        insured, out = lives.status == INSURED, (lives.status == NEVER) | (lives.status == LAPSED)
        lapsed = rules.lapsed_years(lives).astype(float)
        waits = rules.share_that_waits(lives)
        repairable = np.where(waits > 0, rules.years_repaired(lapsed), 0.0)
        plain, repaired = waits * rules.months(lapsed, np.zeros(len(lapsed))), waits * rules.months(lapsed, repairable)
        repair_share = np.where(repairable > 0, rules.repair_share, 0.0)
        expected = (1 - repair_share) * plain + repair_share * repaired

        leaves = insured & self.chance(chance_of_leaving(self.book, rules, lives))
        enters = out & self.chance(chance_of_entering(self.book, rules, lives, expected))
        stays, still_out = insured & ~leaves, (lives.status == LAPSED) & ~enters
        repairs = enters & self.chance(repair_share)
        late = enters & self.chance(rules.late_share)
        self.add("leaves", where=leaves)
        self.add("joins", where=enters & (lives.status == NEVER))
        self.add("returns", where=enters & (lives.status == LAPSED))
        self.add("repaired_years", repairable, repairs)
        due, _ = own_contribution(self.book.values, self.year)
        self.add("repair_payments", repairable * due[lives.area, lives.income], repairs)
        self.add("no_claim_of_leavers", lives.no_claim, leaves)

        before_cover = np.where(repairs, repaired, plain) + np.where(late, rules.late_month, 0.0)
        waiting = np.where(enters, before_cover, np.where(stays, lives.months_left, 0.0))
        lost = np.minimum(waiting, 12.0)
        lives.months_left = np.where(enters, np.minimum(waiting - lost, 12.0), 0.0)
        self.add("waiting_months", lost)

        kept = rules.continuous_credit(lives.continuous) * rules.rules.continuous_bonus.kept_after_lapse * rules.acts
        cut = rules.cap_cut * lapsed * rules.acts
        lives.carried += np.where(leaves, kept, 0.0) - np.where(enters & (lives.status == LAPSED), cut, 0.0)
        counts, credited = int(rules.counting), int(rules.credits)
        lives.years = np.where(leaves | enters, 1, lives.years + (stays | still_out))
        lives.continuous = np.where(enters, credited, np.where(stays, lives.continuous + credited, 0))
        lives.lapsed = np.where(leaves, counts, np.where(still_out, lives.lapsed + counts, 0))
        if not rules.rules.no_claim_bonus.kept_after_lapse:
            lives.no_claim = np.where(stays, lives.no_claim, 0)
        if self.own_history:
            lives.years = lives.years + ((lives.status == ACTIVE) | (lives.status == RETIRED))
            members = np.isin(lives.status, (ACTIVE, RETIRED))
            lives.continuous = np.where(members, np.minimum(lives.years, rules.completed + 1), lives.continuous)
        lives.status = np.where(leaves, LAPSED, np.where(enters, INSURED, lives.status))
        return lost

    def change_need(self) -> None:
        """A share keeps its need class, the others are drawn anew."""
        lives = self.lives
        anew = ~self.chance(self.book.values.health.persistence)
        edges = np.cumsum(self.needs.redrawn, axis=0)[:, lives.sex, lives.age]
        drawn = (self.luck.uniform(lives) > edges[:2]).sum(axis=0)
        lives.need = np.where(anew, drawn, lives.need)

    def contributions(self, paying: Flags, lives: Lives | None = None) -> None:
        """What the paying lives bring in."""
        lives = self.lives if lives is None else lives
        values, year = self.book.values, self.year
        standard, assistance_share = own_contribution(values, year)
        due = standard[lives.area, lives.income]
        assistance = due * assistance_share[lives.income]
        subsidy = subsidy_standard(values, year)
        rules = values.contributions
        supplement = (due + subsidy) * (grown(rules.local_supplement, rules.local_supplement_growth, year) - 1)
        income = cell_income(values, self.book.tables, year, self.book.shares)[lives.area, lives.income, lives.age]
        by_relatives = paying & self.members_luck.chance(lives, in_year(values.behaviour.family_share, year))
        self.tallies.add("contributions_from_accounts", year, lives, due - assistance, by_relatives)
        for name, amount in (
            ("resident_enrolled", 1.0),
            ("personal_contributions", due - assistance),
            ("assistance", assistance),
            ("subsidies", subsidy),
            ("local_supplement", supplement),
            ("members_income", income),
        ):
            self.tallies.add(name, year, lives, amount, paying)

    def claims(self, rules: Participation, cover: Floats) -> None:
        """The year's bills of the insured, what is paid of them for the share of the year covered, and the credits."""
        insured = self.lives.status == INSURED
        people = self.lives.only(insured)
        granted = rules.granted(people)
        paid_any, passed_cap = self.bills(people, cover[insured], granted)
        self.tallies.add("bonus_cap", self.year, people, granted)
        if rules.acts:
            reset = passed_cap & (granted > 0) & self.book.values.participation.no_claim_bonus.reset_on_use
            self.tallies.add("no_claim_used", self.year, people, people.no_claim, reset)
            self.tallies.add("no_claim_earned", self.year, people, 1.0, ~paid_any)
            self.lives.no_claim[insured] = np.where(reset, 0, people.no_claim) + ~paid_any

    def bills(self, people: Lives, cover: Floats, granted: Floats) -> tuple[Flags, Flags]:
        """Draw the bills of insured lives, tally what is paid; who had any reimbursement, who passed the cap."""
        book, year = self.book, self.year
        care = book.care(book.costs, year, book.values.claims.trend)
        in_hospital, outside = self.costs_of_year(people, care, np.ones(len(people.age)), self.luck)

        basic, clinic = basic_benefit(book, year, in_hospital), outpatient_benefit(book, year, people.need, outside)
        low = self.luck.uniform(people) < book.values.benefits.critical_illness.low_deductible_places
        due = critical_due(book, year, people.income, low, in_hospital - basic)
        cap = critical_cap(book, year, people.income)
        reimbursed = (basic > 0) | (clinic > 0)
        self.tallies.add("resident_insured_years", year, people, cover)
        self.tallies.add("inpatient_users", year, people, cover, in_hospital > 0)
        self.tallies.add("inpatient_claims", year, people, in_hospital * cover)
        self.tallies.add("outpatient_claims", year, people, outside * cover)
        self.tallies.add("inpatient_benefits", year, people, basic * cover)
        self.tallies.add("outpatient_benefits", year, people, clinic * cover)
        self.tallies.add("no_claim", year, people, cover, ~reimbursed)

        # Critical illness and the bonus lie in the tail: they are measured on bills drawn there and weighted back.
        normal, weight = self.into_the_tail(people)
        use = care.inpatient_use[people.need, people.sex, people.age]
        mean = care.inpatient_cost[people.need, people.sex, people.area, people.age]
        far = self.bill(mean, care.inpatient_sigma[people.need], normal)
        due_far = critical_due(book, year, people.income, low, far - basic_benefit(book, year, far))
        paid = np.minimum(due_far, cap)
        share = use * weight * cover
        self.tallies.add("critical_illness", year, people, share * paid)
        self.tallies.add("critical_beneficiaries", year, people, share, due_far > 0)
        self.tallies.add("bonus_cost", year, people, share * (np.minimum(due_far, cap + granted) - paid))
        return reimbursed, due > cap

    def costs_of_year(self, people: Lives, of: Costs, level: Floats, luck: Luck) -> tuple[Floats, Floats]:
        """Each life's cost in hospital and outside over a whole year, nought for those who need neither."""
        use = of.inpatient_use[people.need, people.sex, people.age]
        mean = of.inpatient_cost[people.need, people.sex, people.area, people.age] * level
        stays = luck.chance(people, use)
        in_hospital = np.where(stays, self.bill(mean, of.inpatient_sigma[people.need], luck.normal(people)), 0.0)
        visits = luck.chance(people, of.outpatient_use[people.need])
        clinic_mean = of.outpatient_cost[people.need, people.sex, people.area, people.age] * level
        sigma = of.outpatient_sigma[people.need]
        outside = clinic_mean * np.exp(sigma * luck.normal(people) - sigma**2 / 2)
        return in_hospital, np.where(visits, outside, 0.0)

    def into_the_tail(self, people: Lives) -> tuple[Floats, Floats]:
        """Normal numbers moved by one of the tilts, and what each weighs: its density over that of the mixture."""
        tilt = np.array(TILTS)[(self.luck.uniform(people) * len(TILTS)).astype(np.int64)]
        normal = tilt + self.luck.normal(people)
        mixture = np.zeros(len(normal))
        for moved in TILTS:
            mixture += np.exp(moved * normal - moved**2 / 2) / len(TILTS)
        return normal, 1 / mixture

    def bill(self, mean: Floats, sigma: Floats, normal: Floats) -> Floats:
        """A user's annual inpatient cost: lognormal, beyond the 99th percentile Pareto if the scenario says so."""
        cost = mean * np.exp(sigma * normal - sigma**2 / 2)
        index = self.book.values.benefits.critical_illness.tail_index
        if not index:
            return np.asarray(cost)
        start = mean * np.exp(sigma * TAIL_FROM - sigma**2 / 2)
        beyond = np.maximum(ndtr(-np.maximum(normal, TAIL_FROM)) / TAIL_SHARE, 1e-300)
        return np.asarray(np.where(normal > TAIL_FROM, start * beyond ** (-1 / index), cost))

    def share_out(self, amounts: Floats) -> None:
        """Yuan of each batch put on the accounts of its members, as much on each."""
        lives, members = self.lives, self.lives.members
        numbers = np.bincount(lives.batch[members], minlength=BATCHES)
        lives.account[members] += (amounts / numbers)[lives.batch[members]]

    def employee_year(self, present: Floats) -> None:
        """Contributions, credits, bills and benefits of the members, and what becomes of their accounts."""
        everyone, values, year = self.lives, self.book.values, self.year
        who = everyone.members
        people, years = everyone.only(who), present[who]
        active, retired = people.status == ACTIVE, people.status == RETIRED
        paid, accounts = values.employee.contributions, values.employee.accounts
        base = self.bases(people) * years
        rate = in_year(paid.employer_rate, year) + in_year(paid.employer_rate_change, year)
        due = base * rate * (1 - in_year(paid.relief, year))
        employer = due * (1 - in_year(paid.arrears, year))
        if in_year(paid.retiree_rate, year):
            pension = mean_pension(self.book.values, year)
            self.tallies.add(
                "retiree_contributions", year, people, in_year(paid.retiree_rate, year) * pension * years, retired
            )
        to_account = employer * in_year(paid.to_accounts, year)
        has_account = self.members_luck.of_life(people, ACCOUNT) >= in_year(accounts.without, year)
        own = np.where(has_account, base * in_year(paid.employee_rate, year), 0.0)
        credit = in_year(accounts.retiree_credit, year) * years
        of_all = cell_income(values, self.book.tables, year, self.book.shares)
        income = of_all[people.area, people.income, people.age]
        long_term_care = in_year(values.employee.benefits.long_term_care, year) * self.book.money_index(year)
        for name, amount, of in (
            ("active_years", years, active),
            ("retired_years", years, retired),
            ("contribution_base", base, active),
            ("employer_contributions", employer, active),
            ("contributions_unpaid", due - employer, active),
            ("employer_to_accounts", to_account, active),
            ("employee_contributions", own, active),
            ("retiree_credits", credit, retired),
            ("employee_members_income", income * years, None),
            ("long_term_care", long_term_care * years, None),
        ):
            self.tallies.add(name, year, people, amount, of)
        self.members_bills(people, years)
        credited = np.zeros(len(everyone.age))
        credited[who] = np.where(active, own + to_account, credit)
        self.spend(credited)

    def bases(self, people: Lives) -> Floats:
        """What the contributions of each member are taken from if active: the wage between floor and ceiling, or the base of
        flexible workers, as far as it is reported."""
        scheme, year = self.book.values.employee, self.year
        last = mean_wage(self.book.values, year - 1)
        spread = scheme.wage.sigma * ndtri(self.members_luck.of_life(people, RANK)) - scheme.wage.sigma**2 / 2
        wage = last * self.book.relative_wage[people.income] * np.exp(spread)
        counted = np.clip(wage, in_year(scheme.wage.floor, year) * last, in_year(scheme.wage.ceiling, year) * last)
        paid = scheme.contributions
        flexible = self.members_luck.of_life(people, KIND_OF_WORK) < in_year(paid.flexible_share, year)
        counted = np.where(flexible, self.chosen_base(people) * last, counted)
        reported = grown(paid.compliance, paid.compliance_growth, year)
        reported += in_year(paid.unreported_found, year) * max(1 - reported, 0.0)
        return np.asarray(counted * reported)

    def chosen_base(self, people: Lives) -> Floats:
        """The base that each would choose as a flexible worker, over last year's mean wage: the lowest, or a higher one."""
        scheme, year = self.book.values.employee, self.year
        lowest, ceiling = in_year(scheme.contributions.flexible_base, year), in_year(scheme.wage.ceiling, year)
        flexible = in_year(scheme.contributions.flexible_share, year)
        luck = self.members_luck.of_life(people, KIND_OF_WORK) / max(flexible, 1e-300)
        base, before = np.full(len(luck), lowest), 0.0
        for name, at in (("base_80", 0.8), ("base_100", 1.0), ("ceiling", ceiling)):
            share = in_year(getattr(scheme.contributions.flexible_choice, name), year)
            base[(luck >= before) & (luck < before + share)] = min(max(at, lowest), max(ceiling, lowest))
            before += share
        return base

    def price_of_missing_years(self) -> float:
        """What a member pays who buys the years that are missing at retirement: the employer's rate on the flexible base."""
        scheme, year = self.book.values.employee, self.year
        rate = in_year(scheme.contributions.employer_rate, year) + in_year(
            scheme.contributions.employer_rate_change, year
        )
        base = in_year(scheme.contributions.flexible_base, year) * mean_wage(self.book.values, year - 1)
        return float(scheme.unqualified.missing_years * rate * base)

    def members_bills(self, people: Lives, years: Floats) -> None:
        """Draw the members' bills and tally what the pool pays of them."""
        scheme, year, retired = self.book.values.employee, self.year, people.status == RETIRED
        care = self.book.care(self.book.member_costs, year, scheme.care)
        young, old = scheme.care.younger_to_age, scheme.care.older_from_age
        level = scheme.care.older_cost_ratio ** np.clip((people.age + 0.5 - young) / (old - young), 0.0, 1.0)
        in_hospital, outside = self.costs_of_year(people, care, level, self.members_luck)
        beds, clinics, index = scheme.benefits.inpatient, scheme.benefits.outpatient, self.book.money_index(year)
        deductible = np.where(retired, in_year(beds.retired_deductible, year), in_year(beds.deductible, year)) * index
        ratio = in_year(beds.payment_ratio, year) + retired * beds.retired_ratio_extra
        inpatient = layer(in_hospital, deductible, ratio, in_year(beds.limit, year) * index)
        ratio = in_year(clinics.payment_ratio, year) + retired * clinics.retired_ratio_extra
        limit = np.array([in_year(getattr(clinics.limit, need), year) for need in NEEDS])[people.need] * index
        outpatient = layer(outside, in_year(clinics.deductible, year) * index, ratio, limit)
        for name, amount, of in (
            ("employee_inpatient_claims", in_hospital, None),
            ("employee_outpatient_claims", outside, None),
            ("employee_inpatient_benefits", inpatient, None),
            ("employee_outpatient_benefits", outpatient, None),
            ("benefits_of_retired", inpatient + outpatient, retired),
            ("benefits_of_active", inpatient + outpatient, ~retired),
        ):
            self.tallies.add(name, year, people, amount * years, of)

    def spend(self, credited: Floats) -> None:
        """A year of each account: credited, spent on own care and on that of relatives, with interest."""
        lives, accounts, year = self.lives, self.book.values.employee.accounts, self.year
        for_own, for_relatives = (
            (lives.account + credited) * in_year(rate, year)
            for rate in (accounts.spending_rate, accounts.relatives_care_rate)
        )
        self.add("account_spending", for_own)
        self.add("relatives_care", for_relatives)
        lives.account = self.a_year_on(lives.account, credited - for_own - for_relatives)

    def a_year_on(self, opening: Floats, balance: Floats) -> Floats:
        """Money with a year's interest, the balance of income and outgo with that of half a year."""
        interest = 1 + in_year(self.book.values.economy.interest_rate, self.year)
        return opening * interest + balance * np.sqrt(interest)

    def close_funds(self) -> None:
        """The pool at the year's end; relatives' contributions taken from the accounts of the members."""
        nothing = np.zeros(BATCHES)
        of_year = {name: totals.get(self.year, nothing) for name, totals in self.tallies.found.items()}
        for_residents = of_year["contributions_from_accounts"]
        self.tallies.found.setdefault("relatives_contributions", {})[self.year] = for_residents
        self.share_out(-self.a_year_on(nothing, for_residents) / self.tallies.weight)
        to_accounts = of_year["employer_to_accounts"] + of_year["retiree_credits"]
        income = of_year["employer_contributions"] - to_accounts + of_year["purchases"]
        income = income + of_year.get("retiree_contributions", nothing) + self.arrears_recovered(nothing)
        outgo = sum(
            (of_year[f"{name}_benefits"] for name in ("employee_inpatient", "employee_outpatient", "maternity")),
            start=of_year["long_term_care"],
        )
        self.pool = self.a_year_on(self.pool, income - outgo)
        self.tallies.found.setdefault("employee_pool", {})[self.year] = self.pool
        self.add("personal_accounts", self.lives.account)

    def arrears_recovered(self, nothing: Floats) -> Floats:
        """What comes in of the contributions that stayed unpaid a lag before."""
        paid = self.book.values.employee.contributions
        unpaid = self.tallies.found["contributions_unpaid"].get(self.year - paid.arrears_lag, nothing)
        found = unpaid * in_year(paid.arrears_recovered, self.year)
        self.tallies.found.setdefault("arrears_recovered", {})[self.year] = found
        return found

    def employee_moves(self, rules: Participation) -> None:
        """Entry, retirement and exit at the year's end, of those alive."""
        lives, scheme, tables = self.lives, self.book.values.employee, self.book.tables
        of_insured, of_uninsured = self.book.entry(self.year)
        where = lives.sex, lives.area, lives.income, lives.age
        entry = np.where(lives.status == INSURED, of_insured[where], of_uninsured[where])
        active = lives.status == ACTIVE
        enters = (lives.status < ACTIVE) & self.chance(entry)
        self.add("transfers_out", where=enters & (lives.status == INSURED))

        retirement = by_sex_age(tables["employee.retirement_table"], "probability", self.year)[lives.sex, lives.age]
        assert scheme.retirement.early_share == scheme.retirement.late_share == 0
        leaving = by_sex_age(tables["employee.moves_table"], "exit") * in_year(scheme.exit_level, self.year)
        retires = active & self.chance(retirement)
        exits = active & ~retires & self.chance(leaving[lives.sex, lives.age])
        enough = np.array([in_year(getattr(scheme.qualified_share, sex), self.year) for sex in SEXES])
        qualified = retires & self.chance(enough[lives.sex])
        enrols = exits & self.chance(in_year(scheme.leaver_enrolment, self.year))
        short, way = retires & ~qualified, self.members_luck.uniform(lives)
        buys = short & (way < scheme.unqualified.buying)
        joins = short & ~buys & (way < scheme.unqualified.buying + scheme.unqualified.resident)
        to_residents = joins | enrols
        to_gap = (exits & ~enrols) | (short & ~buys & ~joins)
        self.add("transfers_in", where=to_residents)
        self.add("employee_entries", where=enters)
        self.add("retirements", where=retires)
        self.add("employee_exits", where=to_residents | to_gap)
        if self.with_money:
            self.add("purchases", self.price_of_missing_years(), buys)

        history = lives.years.copy() if self.own_history else np.full(len(active), LONG_TENURE)
        if self.own_history:
            history = np.where(lives.status == INSURED, history, np.where(lives.status < ACTIVE, 0, history))
        counted = rules.completed + 1 if rules.counting else 0
        counted += rules.rules.continuous_bonus.credited_years
        lives.forget(enters | to_gap | to_residents)
        if self.own_history:
            lives.years[enters] = history[enters]
        lives.status = np.where(enters, ACTIVE, lives.status)
        lives.status[qualified | buys], lives.status[to_gap], lives.status[to_residents] = RETIRED, LAPSED, INSURED
        if scheme.years_count:
            lives.years[to_residents] = np.maximum(history[to_residents], 1)
            most = lives.years[to_residents] if self.own_history else counted
            lives.continuous[to_residents] = np.minimum(counted, most)
        else:
            lives.years[to_residents] = 1
            lives.continuous[to_residents] = min(1, counted)

    def births(self, at_start: Lives, at_end: Lives, newborn_stays: Floats) -> Lives:
        """Children of the year who live to its end; half the chance at the mother's age at either end."""
        book, year = self.book, self.year
        ratio = np.array([getattr(book.values.population.area_fertility, area) for area in ("urban", "rural")])
        asfr = book.births_per_woman(year)
        at_start.name, at_end.name = scrambled(at_start.name, 1), scrambled(at_end.name, 2)
        mothers = at_start.with_others(at_end)
        expected = asfr[mothers.age] / 2
        of_area = expected * ratio[mothers.area]
        mothers = mothers.only(self.luck.chance(mothers, of_area * expected.sum() / of_area.sum()))
        males = one_of_year(book.tables["population.sex_ratio_table"], "males_per_female_birth", year)
        sex = self.luck.chance(mothers, males / (1 + males)).astype(np.int64)
        edges = np.cumsum(book.prevalence[:, :, 0], axis=0)[:, sex]
        need = (self.luck.uniform(mothers) > edges[:2]).sum(axis=0)
        name, area, income = scrambled(mothers.name, year), mothers.area, mothers.income
        born = newcomers(name, mothers.batch, sex=sex, need=need, area=area, income=income)
        enrolled = self.luck.chance(mothers, in_year(book.values.membership.newborn_enrolment, year))
        born.status[enrolled] = INSURED
        born.years[enrolled] = 1
        born.continuous[enrolled] = int(Participation(book, year).credits)
        self.tallies.add("births", year, born)
        wages = mean_wage(book.values, year - 1)
        wages /= mean_wage(book.values, book.values.claims.trend.reference_year - 1)
        benefit = in_year(book.values.employee.benefits.birth_benefit, year) * wages
        self.tallies.add("maternity_benefits", year, mothers, benefit, mothers.status == ACTIVE)
        self.tallies.add("newborn_enrolled", year, born, 1.0, enrolled)
        self.contributions(enrolled, born)
        self.bills(born.only(enrolled), np.full(int(enrolled.sum()), 0.5), np.zeros(int(enrolled.sum())))
        lives_on = self.luck.chance(mothers, newborn_stays[sex])
        self.tallies.add("deaths", year, born, 1.0, ~lives_on)
        return born.only(lives_on)

    def move_between_areas(self) -> None:
        """As many move to town, by their propensity, as meet the urban share of the new 1 January, or the other way."""
        lives, tables = self.lives, self.book.tables
        ready = by_age(tables["population.area_moves_table"], "weight")[lives.age]
        wanted = one_of_year(tables["population.area_share_table"], "urban_share", self.year + 1)
        missing = wanted * len(ready) - (lives.area == URBAN).sum()
        source, target = (RURAL, URBAN) if missing > 0 else (URBAN, RURAL)
        there = lives.area == source
        moves = there & self.chance(abs(missing) / ready[there].sum() * ready)
        lives.area[moves] = target

    def exchange_assisted(self) -> None:
        """As many change between assisted and low income as meet the assisted share of the new 1 January."""
        lives = self.lives
        missing = in_year(self.book.values.population.assisted_share, self.year + 1) * len(lives.age)
        missing -= (lives.income == ASSISTED).sum()
        source, target = (LOW_INCOME, ASSISTED) if missing > 0 else (ASSISTED, LOW_INCOME)
        there = lives.income == source
        moves = there & self.chance(abs(missing) / there.sum())
        lives.income[moves] = target

    def count(self) -> None:
        """Stocks of the new 1 January, under the year that has ended."""
        lives = self.lives
        insured = lives.status == INSURED
        self.add("persons")
        self.add("never", where=lives.status == NEVER)
        for gap in range(6):
            self.add(f"gap_{gap}", where=(lives.status == LAPSED) & (np.minimum(lives.years, 5) == gap))
        for tenure in range(1, 6):
            self.add(f"tenure_{tenure}", where=insured & (np.minimum(lives.years, 5) == tenure))
        self.add("employee_active", where=lives.status == ACTIVE)
        self.add("employee_retired", where=lives.status == RETIRED)
        for place, need in enumerate(NEEDS):
            self.add(f"insured_{need}", where=insured & (lives.need == place))
        for place, income in enumerate(INCOMES):
            self.add(f"insured_{income}_income", where=insured & (lives.income == place))
        self.add("resident_insured", where=insured)
        self.add("insured_urban", where=insured & (lives.area == URBAN))
        for name, first, end in (("0_17", 0, 18), ("18_59", 18, 60), ("60_plus", 60, 101)):
            self.add(f"insured_{name}", where=insured & (lives.age >= first) & (lives.age < end))
        if self.book.values.participation.in_force:
            self.add("rule_years", lives.continuous, insured & (lives.years >= 5))
            self.add("lapsed_years", lives.lapsed, (lives.status == LAPSED) & (lives.years >= 5))
        self.add("no_claim_years", lives.no_claim, insured)
        self.add("no_claim_lapsed", lives.no_claim, lives.status == LAPSED)
        self.add("months_left", lives.months_left, insured)
        self.add("carried_lapsed", lives.carried, lives.status == LAPSED)
        self.add("carried_insured", lives.carried, insured)


# --- what is paid of a bill ------------------------------------------------------------------------------------------


def layer(cost: Floats, deductible: Any, ratio: Any, limit: Any) -> Floats:
    """A share of a cost above a deductible, up to a limit."""
    return np.asarray(np.minimum(ratio * np.maximum(cost - deductible, 0), limit))


def basic_benefit(book: Book, year: int, cost: Floats) -> Floats:
    """What a resident is paid of the inpatient cost of a year."""
    rules, index = book.values.benefits.inpatient, book.money_index(year)
    deductible, limit = in_year(rules.deductible, year) * index, in_year(rules.limit, year) * index
    return layer(cost, deductible, in_year(rules.payment_ratio, year), limit)


def outpatient_benefit(book: Book, year: int, need: Whole, cost: Floats) -> Floats:
    """What a resident is paid of the outpatient cost of a year; the limit goes with the need class."""
    rules, index = book.values.benefits.outpatient, book.money_index(year)
    limit = np.array([in_year(getattr(rules.limit, each), year) for each in NEEDS])[need] * index
    return layer(cost, in_year(rules.deductible, year) * index, in_year(rules.payment_ratio, year), limit)


def critical_due(book: Book, year: int, income: Whole, low: Flags, own: Floats) -> Floats:
    """What critical-illness insurance would pay of own inpatient cost, were there no cap: a share of each band.

    Own outpatient cost counts with it, but nobody is paid more than the own inpatient cost; `low`: who lives where the
    deductible is low.
    """
    rules, index = book.values.benefits.critical_illness, book.money_index(year)
    assisted, counted = income == ASSISTED, 1 + rules.outpatient_factor
    share = np.where(
        low, in_year(rules.low_deductible_income_share, year), in_year(rules.deductible_income_share, year)
    )
    deductible = share * incomes(book.values, year - 1)["national"]
    deductible = deductible * np.where(assisted, in_year(rules.assisted_deductible_factor, year), 1.0)
    above = np.maximum(own * counted - deductible, 0)
    due = np.zeros(len(own))
    edges = [edge * index for edge in rules.band_edges] + [np.inf]
    for band, ratio in enumerate(rules.band_ratios):
        in_band = np.clip(above, edges[band], edges[band + 1]) - edges[band]
        paid = ratio + rules.ratio_shift + np.where(assisted, rules.assisted_ratio_extra, 0.0)
        due += np.minimum(paid, 1 / counted) * in_band
    return due


def national_cap(book: Book, year: int) -> float:
    """Most that critical-illness insurance pays before any bonus: an amount, or what the basic limit leaves of a maximum."""
    rules, index = book.values.benefits.critical_illness, book.money_index(year)
    if rules.cap_rule == "amount":
        return in_year(rules.cap, year) * index
    both = in_year(rules.cap_income_multiple, year) * incomes(book.values, year - 1)["national"]
    return float(both - in_year(book.values.benefits.inpatient.limit, year) * index)


def critical_cap(book: Book, year: int, income: Whole) -> Floats:
    """Most that is paid in the year before any bonus; the assisted may have no cap."""
    capped = book.values.benefits.critical_illness.assisted_capped
    return np.where((income == ASSISTED) & (not capped), np.inf, national_cap(book, year))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    from oracle_comparison import main

    main()
