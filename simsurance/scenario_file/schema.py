"""What a scenario file may say: one class a section, one described field a key; sections of one part stand in a module.

Unit, description and hard bounds of a key stand there and nowhere else. The JSON Schema for editors, the generated
parameter reference, `simsurance show` and the messages about values out of bounds all read them from there.
Values stand in `scenarios/baseline.toml`; their sources and ranges in `scenarios/register.csv`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from simsurance.ledger import PINNABLE
from simsurance.scenario_file.adjustment_sections import TimelyAdjustment
from simsurance.scenario_file.bond_sections import Bond
from simsurance.scenario_file.choice_sections import Choice
from simsurance.scenario_file.control_sections import Control
from simsurance.scenario_file.employee_sections import EmployeeScheme
from simsurance.scenario_file.fields import Refused, Section
from simsurance.scenario_file.membership_sections import Behaviour, Participation
from simsurance.scenario_file.money_sections import Benefits, Claims, Contributions, Fund
from simsurance.scenario_file.schedule import Pins, Schedule
from simsurance.scenario_file.sections import (
    LARGEST_AMOUNT,
    ByArea,
    ByNeed,
    Labels,
    Mark,
    Number,
    PathByArea,
    a_label,
    amount,
    calendar_year,
    group_names,
    labels_of_groups,
    quantity,
    text,
    the_first_group,
)
from simsurance.scenario_file.tier_sections import Tiers

NAME = "[a-z][a-z0-9]*(?:_[a-z0-9]+)*"
"""What the name of a lever or of a pin looks like: small letters, digits and single underscores."""
LeverComponent = Literal[
    "inpatient_use",
    "inpatient_cost",
    "outpatient_cost",
    "resident_inpatient_use",
    "resident_inpatient_cost",
    "resident_outpatient_cost",
    "employee_inpatient_use",
    "employee_inpatient_cost",
    "employee_outpatient_cost",
    "inpatient_benefits",
    "outpatient_benefits",
    "critical_illness",
    "subsidies",
    "personal_contributions",
    "income",
    "employee_inpatient_benefits",
    "employee_outpatient_benefits",
    "employer_contributions",
    "contribution_base",
    "employee_entry",
]
if TYPE_CHECKING:
    PinnedTotal = str
else:
    PinnedTotal = Literal[PINNABLE]
Scope = Literal["nation", "fund"]
FUND: Final = "fund"
FertilityVariant = Literal["low", "medium", "high", "lower80", "upper80", "lower95", "upper95"]


def _not_before(last_year: int, before: Mapping[str, Any]) -> None:
    first = before.get("valuation_year") or last_year
    if last_year < first:
        raise Refused("years_out_of_order", last=last_year, first=first)


class Horizon(Section):
    """The years of the projection."""

    valuation_year: int = calendar_year("year on whose 1 January the projection opens")
    last_year: int = calendar_year("last calendar year projected", _not_before)


class Axes(Section):
    """The areas and income groups of the scheme; keys by area and income group, and columns of tables, go by their names."""

    areas: list[str] = text(
        "names of the areas, one or more; persons move between the last and each of the others", group_names
    )
    income_groups: list[str] = text("names of the income groups, one or more", group_names)
    assisted: str = text(
        "the income group whose contribution is assisted, the first, which exchanges persons with the second; empty for none",
        the_first_group,
    )
    labels: Labels = text(
        "what areas and income groups are called in tables and charts, by name; those without are called by their names",
        labels_of_groups,
    )
    labels_zh: Labels = text("the same in Chinese", labels_of_groups)


class CountedAges(Section):
    """Published counts by broad age that the opening stock is brought to; dates without a count keep the table's ages."""

    age_16_59: Pins = quantity(
        "persons of 16 to 59 on 1 January; without them those under 16 keep their number", "persons", 1, 2e9
    )
    age_60_plus: Pins = quantity("persons of 60 and over on 1 January", "persons", 1, 2e9)
    age_65_plus: Pins = quantity("persons of 65 and over on 1 January", "persons", 1, 2e9)


class Population(Section):
    """Demography by single age and sex, area and income group (method note, section 3)."""

    stock_table: str = text("persons by age and sex on 1 July of `year`, or on 1 January where the column is `date`")
    mortality_table: str = text("central death rates by calendar year, age and sex")
    fertility_table: str = text("births per woman by calendar year and age")
    total_fertility_table: str = text("total fertility by calendar year and variant")
    sex_ratio_table: str = text("males per female birth by calendar year")
    migration_table: str = text("net migrants by calendar year, age and sex")
    area_share_table: str = text(
        "share of each area but the last in the population on 1 January by year, in a column `<area>_share`"
    )
    area_share_by_age_table: str = text("the same shares by age, the pattern of the opening stock")
    area_moves_table: str = text("relative propensity to move from area to area by age")
    income_groups_table: str = text("share and relative income of the income groups by area")
    fertility_variant: FertilityVariant = text(
        "path of total fertility from the valuation year on: a variant, or a bound of its 80 or 95 percent interval"
    )
    fertility_level: Schedule = quantity(
        "factor on fertility that brings births to the national count", "factor", 0.2, 3
    )
    area_fertility: ByArea = quantity("relative fertility of the women of an area", "factor", 0.3, 3)
    mortality_factor: Schedule = quantity("factor on all death rates", "factor", 0.5, 1.5)
    mortality_level: Schedule = quantity(
        "factor on all death rates that brings deaths to the national count", "factor", 0.5, 1.5
    )
    mortality_level_fade_years: int = quantity(
        "years from the valuation date over which that factor fades to 1 in equal steps; 0: it stays", "years", 0, 150
    )
    mortality_advance: Schedule = quantity(
        "years by which death rates are ahead of the table: those of a later calendar year, of an earlier one below 0",
        "years",
        -60,
        60,
    )
    migration_factor: Schedule = quantity("factor on net migration", "factor", -50, 50)
    stock_level: Schedule = quantity(
        "factor on the opening stock that brings it to the national count", "factor", 0.5, 1.5
    )
    counted: CountedAges
    assisted_share: Schedule = quantity("share of the population whose contribution is assisted", "share", 0, 0.5)
    pinned_total: Pins = quantity(
        "population on 1 January that the projection is set to in the years named; an empty table for none",
        "persons",
        1e3,
        1e10,
    )


class Economy(Section):
    """Currency, income, prices and interest."""

    currency: str = text("label of the currency of all amounts, printed beside them; nothing is converted", a_label)
    disposable_income: Schedule = amount(
        "disposable income per head, nation, up to the last year named, with constant growth between; a number: up to "
        "the year before the valuation date",
        "yuan a year",
        100,
    )
    area_income: PathByArea = amount("disposable income per head of an area, likewise", "yuan a year", 100)
    real_income_growth: Schedule = quantity(
        "real growth of disposable income per head after the last year named", "a year", -0.2, 0.2
    )
    area_growth_excess: PathByArea = quantity(
        "growth of an area's over national disposable income per head", "a year", -0.1, 0.1
    )
    drift_of_areas: bool = text(
        "moves between areas and income groups since the valuation date add to mean income and cost at each age; if not, the "
        "national series and trends contain them"
    )
    inflation: Schedule = quantity("growth of consumer prices", "a year", -0.1, 0.3)
    gdp: Pins = amount(
        "gross domestic product, the last year named and those before it without a gap; empty where none is known",
        "yuan",
        1,
    )
    real_gdp_growth: Schedule = quantity(
        "real growth of gross domestic product after the last year named, at the incomes and population of the root",
        "a year",
        -0.2,
        0.3,
    )
    gdp_deflator: Schedule = quantity("growth of the deflator of gross domestic product", "a year", -0.1, 0.3)
    interest_rate: Schedule = quantity("annual effective interest on the fund", "a year", -0.05, 0.3)
    deficit_interest_margin: Schedule = quantity(
        "interest on an accumulated deficit above that on the fund", "a year", -0.2, 0.2
    )
    flow_timing: Literal["start", "middle", "end"] = text(
        "when in the year income and expenditure fall, for interest and present values: 1 January, mid-year or 31 December"
    )


class Health(Section):
    """Health status classes (method note, section 4)."""

    prevalence_table: str = text("share of moderate and high need by age and sex")
    persistence: Number = quantity(
        "share who keep their health status class beyond chance from one year to the next", "share", 0, 1
    )
    mortality_ratio: ByNeed = quantity(
        "relative mortality of the health status classes, before it is scaled to the table's deaths", "factor", 0.05, 10
    )
    healthy_ageing: Number = quantity(
        "share of the rise of life expectancy since the reference year of cost by which moderate and high need come later; "
        "0 for constant prevalence at each age",
        "share",
        0,
        1,
    )


class Membership(Section):
    """Who is insured where when the projection opens (method note, section 5)."""

    resident_insured: Schedule = quantity("published resident insured on 1 January", "persons", 1, 2e9)
    employee_active: Schedule = quantity("published active employee scheme members on 1 January", "persons", 0, 2e9)
    employee_retired: Schedule = quantity("published retired employee scheme members on 1 January", "persons", 0, 2e9)
    duplicates: Schedule = quantity("records counted twice in the published resident insured", "persons", 0, 2e8)
    newborn_enrolment: Schedule = quantity("share of newborns enrolled in the year of birth", "share", 0, 1)


class Published(Section):
    """The past that a projection is set beside."""

    series_table: str = text("published series: insured, income, expenditure, balances and standards by year")


class Calibration(Section):
    """What `simsurance calibrate` has left: it sets no number, a run tells of it."""

    tables: str = text("hash of the published series and the stocks that factors were fitted to; empty where none were")
    fits: bool = text("whether the factors meet every figure within its tolerance; a run tells where they do not")
    largest_error: Number = quantity("largest relative error of a figure that was fitted", "share", 0, 10)


class Measures(Section):
    """Choices behind the summary measures."""

    target_reserve_months: Number = quantity(
        "target reserve at the end of the projection period", "months of expenditure", 0, 60
    )
    notice_years: int = quantity(
        "years from the valuation date until contributions can change: the required contribution starts then",
        "years",
        0,
        10,
    )
    delay_years: int = quantity(
        "years from the valuation date until the delayed required contribution starts", "years", 1, 50
    )
    discount_margin: Number = quantity("added to the fund's interest for present values", "a year", -0.05, 0.05)


class Uncertainty(Section):
    """What is drawn by `stochastic`, and from where (method note, section 12); a single run reads nothing of it."""

    parameters: bool = text("whether what is not known of health, cost, benefits and members is drawn")
    behaviour: bool = text("whether what is not known of behaviour is drawn")
    paths: bool = text("whether incomes, prices, interest, wages, cost and local financing are drawn")
    demography: bool = text("whether fertility, life expectancy and migration are drawn")
    long_run: Number = quantity("factor on the spread of the long-run means of the paths", "factor", 0, 5)
    yearly: Number = quantity("factor on the spread of the paths from year to year", "factor", 0, 5)
    settlement_noise: Number = quantity(
        "standard deviation of what the accounts of the reference year may still be off, drawn once for each target",
        "share",
        0,
        0.2,
    )
    parameters_table: str = text("how each input with a range is drawn, or why it is not")
    groups_table: str = text("rank correlation of inputs that are drawn together")
    paths_table: str = text("persistence and spread of each path")
    correlations_table: str = text("correlations of the paths' yearly deviations, and of their long-run means")
    life_expectancy_table: str = text("median and bounds of life expectancy by calendar year and sex")
    net_migration_table: str = text("median and bounds of net migration by calendar year")


def _in_its_range(high: float, before: Mapping[str, Any]) -> None:
    low, size = (high if before.get(name) is None else before[name] for name in ("low", "size"))
    if low > high:
        raise Refused("lever_range", low=low, high=high)
    if not low <= size <= high and not before.get("outside_range"):
        raise Refused("lever_size", size=size, low=low, high=high)


class Lever(Section):
    """A change of one component of cost, use, benefits or income that no key of its own describes.

    Levers on one component multiply. A lever on personal contributions is felt as a burden; nobody reacts to others.
    """

    component: LeverComponent = text(
        "what it changes: use or cost of care before the benefit rules, of both schemes or of one; benefits behind the rules; "
        "income of the resident fund; the employee scheme's entries, base or employers' contributions"
    )
    start: int = calendar_year("first year of the effect, after the valuation year")
    ramp_years: int = quantity("years until the full effect, in equal steps; 1 for all of it at once", "years", 1, 50)
    outside_range: bool = text("whether a size outside low to high is meant", default=False)
    size: Number = quantity("relative change of the component at full effect", "share", -0.9, 2)
    low: Number = quantity("lower end of the range of size", "share", -0.9, 2)
    high: Number = quantity("upper end of the range of size", "share", -0.9, 2, _in_its_range)
    mark: Mark = text("how certain the size is, in the words of the register")
    source: str = text("where the size comes from: the id of a listed source, or a reference in words")
    description: str = text("what the lever is, and which part of its size is judgement")
    description_zh: str = text("the same in Chinese")


class Pin(Section):
    """A total of the ledger or of the insured that a yearly series replaces in the years that it names."""

    total: PinnedTotal = text(
        "what is pinned: a row of the ledger, the income or expenditure of a fund, or the insured of 1 January"
    )
    mode: Literal["root", "fixed"] = text(
        "root: the factor pinned ÷ model is found in the file that pins and kept in what is laid upon it, so that "
        "policies act; fixed: the total is imposed on every run",
        default="root",
    )
    values: Pins = quantity("the total in each year named, or on 1 January of it", "yuan or persons", 0, LARGEST_AMOUNT)
    mark: Mark = text("how certain the series is, in the words of the register")
    source: str = text("where the series comes from: the id of a listed source, or a reference in words")


class ScenarioValues(Section):
    """A complete scenario: every key has a value."""

    title: str = text("name of the scenario in tables and charts")
    title_zh: str = text("name of the scenario in Chinese")
    description: str = text("what the scenario asks, in a sentence or two")
    description_zh: str = text("the same in Chinese; empty where a file gives the description in English alone")
    plausible: dict[str, str] = text("why values outside what is plausible are meant, by key: no note tells them then")
    register: dict[str, dict[str, str]] = text(
        "where own values come from, by key: source, mark of certainty, owner, valid_until (the last date on which they hold)"
    )
    judged_on: str = text(
        "date on which the validity of own values is judged, such as 2026-12-31; empty: the valuation date"
    )
    scope: Scope = text(
        "whose totals stand here: the nation's, or those of a separate fund, which inherits none of the nation's"
    )
    horizon: Horizon
    axes: Axes
    population: Population
    economy: Economy
    health: Health
    membership: Membership
    employee: EmployeeScheme
    behaviour: Behaviour
    participation: Participation
    contributions: Contributions
    claims: Claims
    control: Control
    benefits: Benefits
    fund: Fund
    timely_adjustment: TimelyAdjustment
    tiers: Tiers
    published: Published
    calibration: Calibration
    measures: Measures
    uncertainty: Uncertainty
    levers: dict[str, Lever] = text(
        "Changes of one component each that no key of their own describes, by name.", default={}
    )
    pins: dict[str, Pin] = text("Totals that a yearly series replaces, each by a name of its own.", default={})
    bonds: dict[str, Bond] = text("Bonds of the funds, each by a name of its own.", default={})
    choices: dict[str, Choice] = text("Choices of cover in the resident fund, each by a name of its own.", default={})
