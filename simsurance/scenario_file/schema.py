"""What a scenario file may say: one class a section, one described field a key.

Unit, description and hard bounds of a key stand here and nowhere else. The JSON Schema for editors, the generated
parameter reference, `simsurance show` and the messages about values out of bounds all read them from here.
Values stand in `scenarios/baseline.toml`; their sources and ranges in `scenarios/register.csv`.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from simsurance.scenario_file.schedule import Pins, Ramp, Schedule, Year, as_years

Number = Annotated[float, Field(allow_inf_nan=False)]
LEVER_NAME = "[a-z][a-z0-9]*(?:_[a-z0-9]+)*"
"""What the name of a lever looks like: small letters, digits and single underscores."""
LeverComponent = Literal[
    "inpatient_use",
    "inpatient_cost",
    "outpatient_cost",
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
Mark = Literal[
    "verified",
    "verified_transcription",
    "derived",
    "fitted",
    "calibration",
    "recalled_checked",
    "recalled",
    "recalled_low",
    "abstract",
    "judgement",
    "choice",
]
PersonalRule = Literal["schedule", "growth", "indexed"]
Pair = Annotated[list[Number], "pair"]
SubsidyRule = Literal["schedule", "growth", "ratio", "share", "indexed"]


def quantity(description: str, unit: str, low: float, high: float) -> Any:
    """A numeric key (one number, a schedule, or a small table of numbers): what it is, its unit, its hard bounds."""
    return Field(description=description, json_schema_extra={"unit": unit, "lowest": low, "highest": high})


def text(description: str) -> Any:
    """A key that holds words, a choice or a file name."""
    return Field(description=description)


def _numbers(value: object) -> list[tuple[str, float]]:
    """Every number inside a value with the sub-key that holds it, for the check of bounds."""
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int | float):
        return [("", float(value))]
    if isinstance(value, Ramp):
        return [(f"ramp.{year}", number) for year, number in value.ramp.items()]
    if isinstance(value, dict):
        return [(f"{key}", float(number)) for key, number in value.items() if isinstance(number, int | float)]
    if isinstance(value, list | tuple):
        return [(f"{position}", float(number)) for position, number in enumerate(value)]
    if isinstance(value, BaseModel):
        return [
            (f"{name}.{key}".rstrip("."), number)
            for name in type(value).model_fields
            for key, number in _numbers(getattr(value, name))
        ]
    return []


def in_order(band: list[float]) -> list[float]:
    """A pair of a lower and a higher number, or none."""
    if band and (len(band) != 2 or band[0] >= band[1]):
        raise PydanticCustomError("reserve_band", "not a lower and a higher number")
    return band


class Section(BaseModel):
    """A table of the scenario file: closed (unknown keys are errors), strict (no silent conversion), frozen."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="after")
    @classmethod
    def _within_bounds(cls, value: Any, info: ValidationInfo) -> Any:
        extra = cls.model_fields[info.field_name or ""].json_schema_extra
        if isinstance(extra, dict) and "lowest" in extra:
            low, high, unit = extra["lowest"], extra["highest"], extra["unit"]
            assert isinstance(low, int | float)
            assert isinstance(high, int | float)
            outside = [(key, number) for key, number in _numbers(value) if not low <= number <= high]
            if outside:
                raise PydanticCustomError(
                    "out_of_bounds",
                    "outside {low} to {high} ({unit})",
                    {"outside": outside, "unit": unit, "low": low, "high": high},
                )
        return value


class ByNeed(Section):
    """One number a need class."""

    low: Number
    moderate: Number
    high: Number


class ByArea(Section):
    """One number an area."""

    urban: Number
    rural: Number


class ByIncome(Section):
    """One number an income group."""

    assisted: Number
    low: Number
    middle: Number
    high: Number


class ByAreaIncome(Section):
    """One number an area and income group."""

    urban: ByIncome
    rural: ByIncome


class BySex(Section):
    """One number a sex."""

    female: Number
    male: Number


class PathBySex(Section):
    """One number or path a sex."""

    female: Schedule
    male: Schedule


class ByAgeBand(Section):
    """One number an age band; ages in whole years at the last birthday."""

    age_0_5: Number
    age_6_14: Number
    age_15_26: Number
    age_27_49: Number
    age_50_79: Number
    age_80_plus: Number


class Horizon(Section):
    """The years of the projection."""

    valuation_year: int = quantity("year on whose 1 January the projection opens", "year", 2019, 2026)
    last_year: int = quantity("last calendar year projected", "year", 2019, 2100)

    @field_validator("last_year")
    @classmethod
    def _in_order(cls, last_year: int, info: ValidationInfo) -> int:
        first = info.data.get("valuation_year", last_year)
        if last_year < first:
            raise PydanticCustomError("years_out_of_order", "before {first}", {"last": last_year, "first": first})
        return last_year


class Population(Section):
    """Demography by single age and sex, area and income group (method note, section 3)."""

    stock_table: str = text("persons on 1 July by year, age and sex")
    mortality_table: str = text("central death rates by calendar year, age and sex")
    fertility_table: str = text("births per woman by calendar year and age")
    total_fertility_table: str = text("total fertility by calendar year and variant")
    sex_ratio_table: str = text("males per female birth by calendar year")
    migration_table: str = text("net migrants by calendar year, age and sex")
    urban_share_table: str = text("urban share of the population on 1 January by year")
    urban_share_by_age_table: str = text("urban share by age, the pattern of the opening stock")
    area_moves_table: str = text("relative propensity to move from country to town by age")
    income_groups_table: str = text("share and relative income of the income groups by area")
    fertility_variant: Literal["low", "medium", "high"] = text("variant of total fertility")
    fertility_level: Schedule = quantity(
        "factor on fertility that brings births to the national count", "factor", 0.2, 3
    )
    rural_fertility_ratio: Number = quantity("fertility of rural women, urban women = 1", "factor", 0.3, 3)
    mortality_factor: Schedule = quantity("factor on all death rates", "factor", 0.5, 1.5)
    migration_factor: Schedule = quantity("factor on net migration", "factor", -5, 5)
    stock_level: Schedule = quantity(
        "factor on the opening stock that brings it to the national count", "factor", 0.5, 1.5
    )
    assisted_share: Schedule = quantity("share of the population whose contribution is assisted", "share", 0, 0.5)
    pinned_total: Pins = quantity(
        "population on 1 January that the projection is set to in the years named; an empty table for none",
        "persons",
        1e3,
        1e10,
    )


class Economy(Section):
    """Income, prices and interest."""

    disposable_income: Schedule = quantity(
        "disposable income a head, nation, up to the last year named", "yuan a year", 100, 1e7
    )
    disposable_income_urban: Schedule = quantity("disposable income a head, urban", "yuan a year", 100, 1e7)
    disposable_income_rural: Schedule = quantity("disposable income a head, rural", "yuan a year", 100, 1e7)
    real_income_growth: Schedule = quantity(
        "real growth of disposable income a head after the last year named", "a year", -0.2, 0.2
    )
    rural_growth_excess: Schedule = quantity(
        "growth of rural over national disposable income a head", "a year", -0.1, 0.1
    )
    inflation: Schedule = quantity("growth of consumer prices", "a year", -0.1, 0.3)
    interest_rate: Schedule = quantity("annual effective interest on the fund", "a year", -0.05, 0.3)
    deficit_interest_margin: Schedule = quantity(
        "interest on an accumulated deficit above that on the fund", "a year", 0, 0.2
    )


class Health(Section):
    """Need classes (method note, section 4)."""

    prevalence_table: str = text("share of moderate and high need by age and sex")
    persistence: Number = quantity(
        "share who keep their need class beyond chance from one year to the next", "share", 0, 1
    )
    mortality_ratio: ByNeed = quantity(
        "relative mortality of the need classes, before it is scaled to the table's deaths", "factor", 0.05, 10
    )


class Membership(Section):
    """Who is insured where when the projection opens (method note, section 5)."""

    resident_insured: Schedule = quantity("published resident insured on 1 January", "persons", 1, 2e9)
    employee_active: Schedule = quantity(
        "published active members of the employee scheme on 1 January", "persons", 0, 2e9
    )
    employee_retired: Schedule = quantity(
        "published retired members of the employee scheme on 1 January", "persons", 0, 2e9
    )
    duplicates: Schedule = quantity("records counted twice in the published resident insured", "persons", 0, 2e8)
    newborn_enrolment: Schedule = quantity("share of newborns enrolled in their birth year", "share", 0, 1)


class Retirement(Section):
    """Retirement before and after the statutory age, as shares of those who retire."""

    early_share: Number = quantity("share who retire early", "share", 0, 1)
    early_years: int = quantity("years by which they retire early", "years", 0, 5)
    late_share: Number = quantity("share who retire late", "share", 0, 1)
    late_years: int = quantity("years by which they retire late", "years", 0, 5)


class Unqualified(Section):
    """What becomes of those who retire without the years they need; the rest has no cover."""

    buying: Number = quantity("share who pay for the missing years and stay", "share", 0, 1)
    resident: Number = quantity("share who join the resident scheme at once", "share", 0, 1)
    missing_years: Number = quantity("years that those who pay are short of", "years", 0, 30)


class Wage(Section):
    """What active members earn, and which part of it contributions are taken from."""

    mean: Schedule = quantity("mean wage, nation, up to the last year named", "yuan a year", 100, 1e7)
    growth_excess: Schedule = quantity(
        "growth of wages over disposable income a head after the last year named", "a year", -0.1, 0.1
    )
    income_ratio: ByIncome = quantity(
        "relative mean wage of the income groups; the members keep the mean", "factor", 0, 100
    )
    sigma: Number = quantity(
        "spread of wages within an income group, standard deviation of the logarithm", "log", 0.05, 3
    )
    floor: Schedule = quantity("lowest base of contributions, share of last year's mean wage", "share", 0, 2)
    ceiling: Schedule = quantity("highest base of contributions, share of last year's mean wage", "share", 0.1, 20)


class EmployeeContributions(Section):
    """Contributions to the employee scheme, as rates on the base."""

    employer_rate: Schedule = quantity("employer's rate, maternity included", "share of base", 0, 0.5)
    employer_rate_change: Schedule = quantity("added to the employer's rate", "share of base", -0.5, 0.5)
    employee_rate: Schedule = quantity("member's rate", "share of base", 0, 0.5)
    compliance: Schedule = quantity(
        "share of the base that is reported and paid for, late payments included", "share", 0, 2
    )
    relief: Schedule = quantity("share of the employer's contribution waived", "share", 0, 1)
    to_accounts: Schedule = quantity(
        "share of the employer's contribution credited to personal accounts", "share", 0, 1
    )
    flexible_share: Schedule = quantity("share of active members who are flexible workers", "share", 0, 1)
    flexible_base: Schedule = quantity("their base, share of last year's mean wage", "share", 0, 3)


class Accounts(Section):
    """Personal accounts."""

    without: Schedule = quantity("share of active members without a personal account", "share", 0, 1)
    retiree_credit: Schedule = quantity("credit of a retired member, a fixed sum", "yuan a year", 0, 1e5)
    spending_rate: Schedule = quantity(
        "spent on the members' own care, share of balance and credits of the year", "share", 0, 1
    )
    relatives_care_rate: Schedule = quantity(
        "spent on relatives' care, share of balance and credits of the year", "share", 0, 1
    )


class EmployeeCare(Section):
    """Cost of care of the employee scheme's members: the residents' pattern at other levels."""

    use_level: Number = quantity("factor on the probability of an admission", "factor", 0.01, 3)
    inpatient_level: Number = quantity(
        "cost of an inpatient over that of the table in the reference year", "factor", 0.01, 100
    )
    outpatient_level: Number = quantity(
        "outpatient cost a head over that of the table in the reference year", "factor", 0.01, 100
    )
    retired_cost_ratio: Number = quantity(
        "cost of a retired member over that of an active one of the same age and need", "factor", 0.1, 10
    )
    area_cost: ByArea = quantity("relative cost by area", "factor", 0.01, 10)
    real_growth: Schedule = quantity("real growth of cost at given age", "a year", -0.3, 0.3)


class EmployeeInpatientBenefits(Section):
    """What the pool pays of a year's in-scope inpatient cost."""

    deductible: Schedule = quantity("deductible a year of active members, at 2025 incomes", "yuan", 0, 1e6)
    retired_deductible: Schedule = quantity("deductible a year of retired members, at 2025 incomes", "yuan", 0, 1e6)
    payment_ratio: Schedule = quantity("share paid above the deductible, active members", "share", 0, 1)
    retired_ratio_extra: Number = quantity("added to that share for retired members", "share", 0, 1)
    limit: Schedule = quantity("most that is paid in a year, at 2025 incomes", "yuan", 1, 1e8)


class EmployeeOutpatientBenefits(Section):
    """What the pool pays of a year's outpatient cost (outpatient mutual aid)."""

    deductible: Schedule = quantity("deductible a year, at 2025 incomes", "yuan", 0, 1e5)
    payment_ratio: Schedule = quantity("share paid above the deductible, active members", "share", 0, 1)
    retired_ratio_extra: Number = quantity("added to that share for retired members", "share", 0, 1)
    limit: ByNeed = quantity("most that is paid in a year by need class, at 2025 incomes", "yuan", 1, 1e7)


class EmployeeBenefits(Section):
    """Benefit rules of the employee pool."""

    inpatient: EmployeeInpatientBenefits
    outpatient: EmployeeOutpatientBenefits
    birth_benefit: Schedule = quantity(
        "maternity benefits for each birth to an active member, at 2025 wages", "yuan", 0, 1e6
    )
    long_term_care: Schedule = quantity(
        "transfer to long-term care insurance for each member, at 2025 incomes", "yuan a year", 0, 1e5
    )


class EmployeeFunds(Section):
    """Both accounts of the employee scheme."""

    opening_pool: Schedule = quantity("balance of the pooled fund on 1 January", "yuan", -1e13, 1e14)
    opening_accounts: Schedule = quantity("balance of the personal accounts on 1 January", "yuan", -1e13, 1e14)
    reserve_band: Pair = quantity(
        "lowest and highest reserve wanted of the pooled fund, for charts; empty for none", "months of outgo", 0, 120
    )

    @field_validator("reserve_band")
    @classmethod
    def _band(cls, band: list[float]) -> list[float]:
        return in_order(band)


class EmployeeScheme(Section):
    """The employee scheme: its members, their moves, and its money (method note, section 9)."""

    projected: bool = text("its contributions, benefits and accounts are projected; its members move in any case")
    profile_table: str = text("relative share of active and retired members by age and sex")
    moves_table: str = text("annual probability of entering and leaving the employee scheme by age and sex")
    retirement_table: str = text("probability that an active member retires in the year, by year, age and sex")
    area_ratio: ByArea = quantity("relative chance of belonging to the employee scheme by area", "factor", 0, 100)
    income_ratio: ByIncome = quantity(
        "relative chance of belonging to the employee scheme by income group", "factor", 0, 100
    )
    entry_level: Schedule = quantity("factor on the probabilities of entry", "factor", 0, 10)
    uninsured_odds_ratio: Number = quantity(
        "odds of entry of the uninsured against those of resident insured", "odds ratio", 0.01, 1000
    )
    exit_level: Schedule = quantity("factor on the probabilities of leaving", "factor", 0, 10)
    qualified_share: PathBySex = quantity("share of retiring members with the years they need", "share", 0, 1)
    leaver_enrolment: Schedule = quantity("share of leavers who join the resident scheme at once", "share", 0, 1)
    years_count: bool = text("years in the employee scheme count as continuous participation of residents")
    retirement: Retirement
    unqualified: Unqualified
    wage: Wage
    contributions: EmployeeContributions
    accounts: Accounts
    care: EmployeeCare
    benefits: EmployeeBenefits
    fund: EmployeeFunds


class LeaveCoefficients(Section):
    """Logit of leaving the resident scheme."""

    age_odds_ratio: ByAgeBand = quantity("odds of leaving by age", "odds ratio", 0.01, 100)
    area_odds_ratio: ByArea = quantity("odds of leaving by area", "odds ratio", 0.01, 100)
    income_odds_ratio: ByIncome = quantity("odds of leaving by income group", "odds ratio", 0.01, 100)
    long_tenure_odds_ratio: Number = quantity(
        "odds of leaving in the fourth insured year or later", "odds ratio", 0.01, 100
    )
    health: ByNeed = quantity("added by need class", "log-odds", -5, 5)
    burden: Number = quantity("per unit of ln(burden / burden of the reference year)", "log-odds", -1, 10)
    bonus_per_1000: Number = quantity("taken off per 1,000 yuan of cap at stake, at 2025 incomes", "log-odds", -1, 1)
    wait_per_month: Number = quantity(
        "taken off per month of waiting that a lapse of one year would cost", "log-odds", -1, 1
    )
    campaign: Number = quantity("added per unit of campaign", "log-odds", -5, 5)
    family: Number = quantity("taken off when a relative's account pays", "log-odds", -5, 5)


class ReturnCoefficients(Section):
    """Logit of returning to the resident scheme after a lapse."""

    gap: Number = quantity("per lapsed year, to five", "log-odds", -3, 3)
    health: ByNeed = quantity("added by need class", "log-odds", -5, 5)
    burden: Number = quantity("taken off per unit of ln(burden / burden of the reference year)", "log-odds", -1, 10)
    wait_per_month: Number = quantity("taken off per month of waiting on return", "log-odds", -1, 1)
    campaign: Number = quantity("added per unit of campaign", "log-odds", -5, 5)


class BehaviourTargets(Section):
    """What the intercepts of the hazards are solved for in the opening year, under the rules of the root scenario."""

    net_flow_rate: Number = quantity("returns and joins less leaves, as a share of the insured", "a year", -0.1, 0.1)
    return_rate: Number = quantity("share of the lapsed who return in a year", "a year", 0.001, 0.95)
    join_rate: Number = quantity("share of the never insured who join in a year", "a year", 0.001, 0.95)


class Effects(Section):
    """Which covariates act: each can be switched off alone."""

    burden: bool = text("contribution over income acts on leaving and returning")
    health: bool = text("need class acts on leaving and returning (adverse selection)")
    bonus: bool = text("the participation bonus acts on leaving")
    wait: bool = text("waiting periods act on leaving and returning")
    campaign: bool = text("campaigns act on leaving and returning")
    family: bool = text("payment from a relative's account acts on leaving")


class Behaviour(Section):
    """Hazards of leaving, returning and joining (method note, section 5)."""

    leave: LeaveCoefficients
    back: ReturnCoefficients = Field(alias="return")
    targets: BehaviourTargets
    effects: Effects
    burden_floor: Number = quantity("added to the burden before the logarithm", "share of income", 1e-6, 0.1)
    campaign_strength: Schedule = quantity("strength of enrolment campaigns", "units", -5, 5)
    family_share: Schedule = quantity(
        "share of personal contributions that relatives' personal accounts pay", "share", 0, 1
    )


class Waiting(Section):
    """Waiting periods after a lapse (method note, section 8)."""

    fixed_months: Schedule = quantity("fixed waiting after any lapse", "months", 0, 24)
    months_per_lapsed_year: Schedule = quantity("variable waiting for each lapsed year", "months", 0, 12)
    floor_months: Schedule = quantity(
        "least waiting after a long lapse, fixed and variable after repair", "months", 0, 24
    )
    longest_months: Schedule = quantity("longest waiting, whatever was lapsed", "months", 0, 24)
    floor_from_lapsed_years: int = quantity("lapsed years from which the floor holds", "years", 1, 50)
    first_lapsed_year_counts: bool = text("the first lapsed year counts for the variable waiting")
    never_insured: Literal["since_start", "fixed_only"] = text(
        "lapsed years of the never insured: counted since the rules began (or birth), or none"
    )
    income_waits: ByIncome = quantity(
        "share of the waiting that holds for each income group; 0 exempts it", "share", 0, 1
    )
    exempt_under_age: int = quantity("persons under this age on 1 January do not wait; 0 for none", "years", 0, 101)
    exempt_from_age: int = quantity(
        "persons of this age or older on 1 January do not wait; 101 for none", "years", 0, 101
    )
    exempt_employee_leavers: bool = text("those who left the employee scheme in the year before do not wait")
    postponed_care: Schedule = quantity(
        "share of the care forgone while waiting that is claimed afterwards", "share", 0, 1
    )


class Repair(Section):
    """Paying for lapsed years to shorten the waiting."""

    allowed: bool = text("lapsed years may be paid for")
    share: Schedule = quantity("share of those who enrol again that pay for lapsed years", "share", 0, 1)
    years_paid: Literal["useful", "all"] = text("years paid for: those that shorten the waiting, or all")


class LateEnrolment(Section):
    """Enrolment outside the central period."""

    share: Schedule = quantity("share of returners and joiners who enrol outside the central period", "share", 0, 1)
    entry_month: Schedule = quantity("months of the year gone by when they enrol, on average", "months", 0, 12)


class ContinuousBonus(Section):
    """Rise of the critical-illness cap for staying insured."""

    step: Schedule = quantity("rise of the cap for each further year, in the reference year", "yuan", 0, 1e6)
    after_years: int = quantity("continuous years before the first step", "years", 0, 50)
    credited_years: int = quantity("years before the rules began that count as well", "years", 0, 5)
    kept_after_lapse: bool = text("what has been earned is kept after a lapse; the count starts anew")


class NoClaimBonus(Section):
    """Rise of the critical-illness cap for a year without reimbursement."""

    step: Schedule = quantity(
        "rise of the cap for each year without reimbursement, in the reference year", "yuan", 0, 1e6
    )
    reset_on_use: bool = text("a claim that uses the bonus sets the credit to zero")


class Participation(Section):
    """Rules that reward staying and make returning wait."""

    in_force: bool = text("the rules apply")
    start_year: int = quantity(
        "first enrolment year to which the rules apply; years before do not count", "year", 2000, 2100
    )
    waiting: Waiting
    repair: Repair
    late_enrolment: LateEnrolment
    continuous_bonus: ContinuousBonus
    no_claim_bonus: NoClaimBonus
    bonus_limit: Schedule = quantity("most that both bonuses may add, share of the cap", "share", 0, 10)
    cap_cut_per_lapsed_year: Schedule = quantity(
        "cap taken off for each lapsed year on returning, in the reference year", "yuan", 0, 1e6
    )


class PersonalContribution(Section):
    """What an insured person pays, by insured year."""

    rule: Annotated[dict[Year, PersonalRule], BeforeValidator(as_years), Field(min_length=1)] = text(
        "schedule, growth or indexed, from the year named on"
    )
    schedule: Schedule = quantity("contribution a head by insured year", "yuan a year", 0, 1e6)
    growth_rate: Schedule = quantity("growth on last year's contribution", "a year", -0.5, 1)
    income_share: Schedule = quantity("share of national disposable income a head of the year before", "share", 0, 0.5)
    phase_in_years: int = quantity(
        "years over which an indexed contribution moves from the current share to its own", "years", 1, 50
    )
    floor: Schedule = quantity("least contribution when indexed", "yuan a year", 0, 1e6)
    highest_rise: Schedule = quantity("highest annual rise when indexed", "a year", 0, 10)
    grade: ByAreaIncome = quantity("graded contribution: factor by area and income group", "factor", 0, 10)


class Subsidy(Section):
    """What the budget pays for each insured person, by insured year."""

    rule: Annotated[dict[Year, SubsidyRule], BeforeValidator(as_years), Field(min_length=1)] = text(
        "schedule, growth, ratio, share or indexed, from the year named on"
    )
    schedule: Schedule = quantity("subsidy a head by insured year", "yuan a year", 0, 1e6)
    growth_rate: Schedule = quantity("growth on last year's subsidy", "a year", -0.5, 1)
    ratio_to_personal: Schedule = quantity("subsidy over the standard personal contribution", "ratio", 0, 100)
    share_of_total: Schedule = quantity(
        "subsidy as a share of subsidy and standard personal contribution", "share", 0, 0.99
    )
    income_share: Schedule = quantity("share of national disposable income a head of the year before", "share", 0, 0.5)


class Contributions(Section):
    """Income of the resident fund (method note, section 6)."""

    personal: PersonalContribution
    subsidy: Subsidy
    assistance_share: Schedule = quantity(
        "share of an assisted person's contribution that medical assistance pays", "share", 0, 1
    )
    local_supplement: Schedule = quantity("fund income over national standards", "factor", 0.1, 5)
    prepaid_share: Schedule = quantity(
        "share of next year's personal contribution received in the year before", "share", 0, 1
    )


class InpatientClaims(Section):
    """In-scope inpatient cost of a person and year, before the benefit rules."""

    use_table: str = text("probability of an admission in a year by age and sex")
    cost_table: str = text("relative cost of an inpatient by age")
    mean_cost: Number = quantity(
        "in-scope cost of an inpatient in the reference year, before the level factor", "yuan a year", 1, 1e7
    )
    use_level: Number = quantity("factor on the probability of an admission", "factor", 0.01, 3)
    use_odds_ratio: ByNeed = quantity(
        "odds of an admission by need class; the population keeps the table's probability", "odds ratio", 0.001, 1000
    )
    cost_ratio: ByNeed = quantity("relative cost of an inpatient by need class", "factor", 0.001, 100)
    sigma: ByNeed = quantity(
        "spread of an inpatient's cost within the need class, standard deviation of its logarithm", "log", 0.05, 4
    )
    area_cost: ByArea = quantity("relative cost of an inpatient by area", "factor", 0.01, 10)
    level: Number = quantity("factor on cost, fitted to the fund's outgo of 2025", "factor", 0.01, 100)


class OutpatientClaims(Section):
    """In-scope outpatient cost of a person and year, before the benefit rules."""

    cost_table: str = text("relative cost a head by age and sex")
    mean_cost: Number = quantity(
        "in-scope cost a head in the reference year, before the level factor", "yuan a year", 1, 1e6
    )
    use: ByNeed = quantity("probability of any outpatient cost in a year by need class", "share", 0.001, 1)
    cost_ratio: ByNeed = quantity("relative cost a head by need class", "factor", 0.001, 100)
    sigma: ByNeed = quantity(
        "spread of a user's cost within the need class, standard deviation of its logarithm", "log", 0.05, 4
    )
    area_cost: ByArea = quantity("relative cost a head by area", "factor", 0.01, 10)
    level: Number = quantity("factor on cost, fitted to the fund's outgo of 2025", "factor", 0.01, 100)


class CostTrend(Section):
    """Growth of cost at given age and need."""

    reference_year: int = quantity("calendar year of the costs given", "year", 2015, 2030)
    real_growth: Schedule = quantity("real growth of cost at given age", "a year", -0.3, 0.3)
    income_elasticity: Number = quantity(
        "growth of cost per unit of real income growth, used to report the residual", "ratio", 0, 3
    )


class Claims(Section):
    """Cost of care before the benefit rules (method note, section 7)."""

    inpatient: InpatientClaims
    outpatient: OutpatientClaims
    trend: CostTrend


class InpatientBenefits(Section):
    """What the fund pays of a year's in-scope inpatient cost."""

    deductible: Schedule = quantity("deductible a year, at 2025 incomes", "yuan", 0, 1e6)
    payment_ratio: Schedule = quantity("share paid above the deductible", "share", 0, 1)
    limit: Schedule = quantity("most that is paid in a year, at 2025 incomes", "yuan", 1, 1e8)


class OutpatientBenefits(Section):
    """What the fund pays of a year's in-scope outpatient cost."""

    deductible: Schedule = quantity("deductible a year, at 2025 incomes", "yuan", 0, 1e5)
    payment_ratio: Schedule = quantity("share paid above the deductible", "share", 0, 1)
    limit: ByNeed = quantity("most that is paid in a year by need class, at 2025 incomes", "yuan", 1, 1e7)


class CriticalIllness(Section):
    """Critical-illness insurance: a second layer on what basic insurance leaves to the patient."""

    deductible_income_share: Schedule = quantity(
        "deductible, share of last year's disposable income a head", "share", 0, 5
    )
    deductible_factor: Number = quantity(
        "effective deductible over the rule, fitted to the beneficiaries of 2023", "factor", 0.05, 20
    )
    band_edges: list[Number] = quantity(
        "where the bands begin, above the deductible, in the reference year; first 0", "yuan", 0, 1e8
    )
    band_ratios: list[Number] = quantity("share paid in each band", "share", 0.01, 1)
    cap: Schedule = quantity("most that is paid in a year, in the reference year", "yuan", 1, 1e9)
    assisted_deductible_factor: Number = quantity("deductible of assisted persons over that of others", "factor", 0, 1)
    assisted_ratio_extra: Number = quantity("added to every band's share for assisted persons", "share", 0, 1)
    assisted_capped: bool = text("the cap holds for assisted persons")
    outpatient_factor: Number = quantity(
        "outpatient cost of large claims, over inpatient benefits of this layer", "factor", 0, 1
    )
    level: Number = quantity("factor on benefits, fitted to those of 2023", "factor", 0, 100)
    financing: Literal["self_run", "premium"] = text("the fund pays the benefits, or a premium to an insurer")
    premium: Schedule = quantity(
        "premium a head, in the reference year; used with financing = premium", "yuan a year", 0, 1e5
    )
    tail_index: Number = quantity(
        "Pareto index of cost above the 99th percentile; 0 for the lognormal tail", "index", 0, 10
    )

    @field_validator("band_edges")
    @classmethod
    def _edges(cls, edges: list[float]) -> list[float]:
        if not edges or edges[0] != 0 or sorted(set(edges)) != edges:
            raise PydanticCustomError("band_edges", "do not begin with 0 and rise")
        return edges

    @field_validator("band_ratios")
    @classmethod
    def _ratios(cls, ratios: list[float], info: ValidationInfo) -> list[float]:
        edges = info.data.get("band_edges", ratios)
        if len(ratios) != len(edges):
            raise PydanticCustomError(
                "band_ratios", "{ratios} ratios for {edges} bands", {"ratios": len(ratios), "edges": len(edges)}
            )
        return ratios


class Benefits(Section):
    """Benefit rules (method note, section 7)."""

    inpatient: InpatientBenefits
    outpatient: OutpatientBenefits
    critical_illness: CriticalIllness
    indexation: Literal["income", "fixed"] = text("yuan amounts move with last year's disposable income, or stay")


class Fund(Section):
    """The resident fund (method note, section 10)."""

    opening: Schedule = quantity("balance of the fund on 1 January", "yuan", -1e13, 1e14)
    administration_share: Schedule = quantity("administration charged to the fund, share of benefits", "share", 0, 0.3)
    reserve_band: Pair = quantity(
        "lowest and highest reserve wanted, for charts; empty for none", "months of outgo", 0, 120
    )

    @field_validator("reserve_band")
    @classmethod
    def _band(cls, band: list[float]) -> list[float]:
        return in_order(band)


class Measures(Section):
    """Choices behind the summary measures."""

    target_reserve_months: Number = quantity("reserve wanted at the horizon", "months of outgo", 0, 60)
    delay_years: int = quantity("years by which the delayed required contribution starts later", "years", 1, 50)
    discount_margin: Number = quantity("added to the fund's interest for present values", "a year", -0.05, 0.05)


class Lever(Section):
    """A change of one component of cost, use, benefits or income that no key of its own describes.

    Levers on one component multiply. A lever on personal contributions is felt as a burden; nobody reacts to others.
    """

    component: LeverComponent = text(
        "what it changes: use or cost of care before the benefit rules, benefits behind them, or the fund's income"
    )
    start: int = quantity("first year of the effect, after the valuation year", "year", 2000, 2100)
    ramp_years: int = quantity("years until the full effect, in equal steps; 1 for all of it at once", "years", 1, 50)
    size: Number = quantity("relative change of the component at full effect", "share", -0.9, 2)
    low: Number = quantity("lower end of the range of size", "share", -0.9, 2)
    high: Number = quantity("upper end of the range of size", "share", -0.9, 2)
    mark: Mark = text("how certain the size is, in the words of the register")
    source: str = text("where the size comes from: the id of a listed source, or a reference in words")
    description: str = text("what the lever is, and which part of its size is judgement")
    description_zh: str = text("the same in Chinese")

    @field_validator("high")
    @classmethod
    def _range(cls, high: float, info: ValidationInfo) -> float:
        low = info.data.get("low", high)
        if low > high:
            raise PydanticCustomError("lever_range", "above {high}", {"low": low, "high": high})
        return high


class ScenarioValues(Section):
    """A complete scenario: every key has a value."""

    title: str = text("name of the scenario in tables and charts")
    title_zh: str = text("name of the scenario in Chinese")
    description: str = text("what the scenario asks, in a sentence or two")
    horizon: Horizon
    population: Population
    economy: Economy
    health: Health
    membership: Membership
    employee: EmployeeScheme
    behaviour: Behaviour
    participation: Participation
    contributions: Contributions
    claims: Claims
    benefits: Benefits
    fund: Fund
    measures: Measures
    levers: dict[str, Lever] = Field(
        default_factory=dict, description="Changes of one component each that no key of their own describes, by name."
    )
