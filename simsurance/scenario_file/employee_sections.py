"""Keys of the employee scheme: its members, their moves, contributions, care, benefits and accounts."""

from typing import Literal

from simsurance.scenario_file.fields import Section
from simsurance.scenario_file.schedule import Schedule
from simsurance.scenario_file.sections import (
    ByArea,
    ByIncome,
    Number,
    Pair,
    PathByNeed,
    PathBySex,
    a_band,
    amount,
    quantity,
    text,
)


class Retirement(Section):
    """Retirement before and after the statutory age, as shares of those who retire."""

    early_share: Schedule = quantity("share who retire early", "share", 0, 1)
    early_years: int = quantity("years by which they retire early", "years", 0, 5)
    late_share: Schedule = quantity("share who retire late", "share", 0, 1)
    late_years: int = quantity("years by which they retire late", "years", 0, 5)


class Unqualified(Section):
    """What becomes of those who retire without the years they need; the rest has no cover."""

    buying: Number = quantity("share who pay for the missing years and stay", "share", 0, 1)
    resident: Number = quantity("share who join the resident scheme at once", "share", 0, 1)
    missing_years: Number = quantity("years that those who pay are short of", "years", 0, 30)


class Wage(Section):
    """What active members earn, and which part of it contributions are taken from."""

    mean: Schedule = amount(
        "mean wage, nation, up to the last year named, with constant growth between; a number: up to the year before "
        "the valuation date",
        "yuan a year",
        100,
    )
    growth_excess: Schedule = quantity(
        "growth of wages over disposable income per head after the last year named", "a year", -0.1, 0.1
    )
    income_ratio: ByIncome = quantity(
        "relative mean wage of the income groups; the members keep the mean", "factor", 0, 100
    )
    sigma: Number = quantity(
        "spread of wages within an income group, standard deviation of the logarithm", "log", 0.05, 3
    )
    floor: Schedule = quantity("lowest contribution base, share of last year's mean wage", "share", 0, 2)
    ceiling: Schedule = quantity("highest contribution base, share of last year's mean wage", "share", 0.1, 20)


class FlexibleJoining(Section):
    """Shares of the flexible workers outside who join in a year, by why they do."""

    by_choice: Schedule
    without_hukou: Schedule


class FlexibleChoice(Section):
    """Shares of flexible workers by the base above the lowest that they choose."""

    base_80: Schedule
    base_100: Schedule
    ceiling: Schedule


class EmployeeContributions(Section):
    """Contributions to the employee scheme, as rates on the base."""

    employer_rate: Schedule = quantity("employer's rate, maternity included", "share of base", 0, 0.5)
    employer_rate_change: Schedule = quantity("added to the employer's rate", "share of base", -0.5, 0.5)
    employee_rate: Schedule = quantity("member's rate", "share of base", 0, 0.5)
    compliance: Schedule = quantity(
        "share of the base that is reported and paid for, late payments included, up to the last year named; "
        "a number or a ramp holds for all years",
        "share",
        0,
        2,
    )
    compliance_growth: Schedule = quantity("growth of that share after the last year named", "a year", -0.1, 0.1)
    relief: Schedule = quantity("share of the employer's contribution waived", "share", 0, 1)
    to_accounts: Schedule = quantity(
        "share of the employer's contribution credited to personal accounts", "share", 0, 1
    )
    flexible_share: Schedule = quantity("share of active members who are flexible workers", "share", 0, 1)
    flexible_base: Schedule = quantity(
        "lowest base that they may choose, share of last year's mean wage; who chooses no higher one pays from it",
        "share",
        0,
        3,
    )
    flexible_choice: FlexibleChoice = quantity(
        "share of flexible workers who choose a higher base: 80 or 100 % of last year's mean wage, or the ceiling",
        "share",
        0,
        1,
    )
    unreported_found: Schedule = quantity(
        "share of the base not reported that is found, beyond what compliance holds, and paid for", "share", 0, 1
    )
    arrears: Schedule = quantity(
        "share of the employers' contributions due that stays unpaid in the year, beyond what compliance holds",
        "share",
        0,
        0.9,
    )
    arrears_recovered: Schedule = quantity(
        "share of what has been owed for the lag that comes in; the rest is written off", "share", 0, 1
    )
    arrears_lag: int = quantity("years after which what is owed is settled", "years", 1, 5)
    retiree_rate: Schedule = quantity("contribution of retired members, share of their pension", "share", 0, 0.5)
    retiree_pension: Schedule = amount(
        "mean pension, up to the last year named, then with disposable income per head; a number: up to the year before "
        "the valuation date",
        "yuan a year",
        0,
    )
    retirees_paying: Literal["all", "new"] = text(
        "who pays that: all retired members, or those who retire from the first year with a rate on"
    )


class Accounts(Section):
    """Personal accounts."""

    without: Schedule = quantity("share of active members without a personal account", "share", 0, 1)
    empty_share: Number = quantity("share of personal accounts that are empty; for what is told alone", "share", 0, 0.9)
    balance_spread: Number = quantity(
        "spread of the balances of the others, standard deviation of the logarithm; for what is told alone",
        "log",
        0.05,
        4,
    )
    small_balance: Number = amount(
        "balance at or below which an account counts as nearly empty, at prices of the reference year; for what is "
        "told alone",
        low=0,
    )
    retiree_credit: Schedule = amount("credit of a retired member, a fixed sum", "yuan a year", 0)
    spending_rate: Schedule = quantity(
        "spent on the members' own care, share of balance and credits of the year", "share", 0, 1
    )
    relatives_care_rate: Schedule = quantity(
        "personal-account spending on close relatives' care, share of balance and credits of the year", "share", 0, 1
    )


class EmployeeCare(Section):
    """Cost of care of the employee scheme's members: the residents' pattern at other levels."""

    use_level: Number = quantity("factor on the probability of an admission", "factor", 0.01, 3)
    inpatient_level: Number = quantity(
        "annual cost per inpatient over that of the table in the reference year", "factor", 0.01, 100
    )
    outpatient_level: Number = quantity(
        "outpatient cost per person over that of the table in the reference year", "factor", 0.01, 100
    )
    older_cost_ratio: Number = quantity(
        "cost of older members over that of younger ones, beyond the residents' pattern by age", "factor", 0.1, 10
    )
    younger_to_age: int = quantity(
        "age up to which members are younger; between both ages the ratio rises", "years", 0, 99
    )
    older_from_age: int = quantity("age from which members are older", "years", 1, 100)
    area_cost: ByArea = quantity("relative cost by area", "factor", 0.01, 10)
    real_growth: Schedule = quantity(
        "real growth of age-specific cost, up to the last year named; a number or a ramp holds for all years",
        "a year",
        -0.3,
        0.3,
    )
    residual_growth: Schedule = quantity(
        "excess growth of age-specific cost (beyond income growth), after the last year of real_growth",
        "a year",
        -0.2,
        0.2,
    )
    use_growth: Schedule = quantity(
        "growth of age-specific use per person, up to the last year named; a number or a ramp holds for all years",
        "a year",
        -0.5,
        0.5,
    )


class EmployeeInpatientBenefits(Section):
    """What the pool pays of a year's eligible inpatient expenses."""

    deductible: Schedule = amount("deductible a year of active members, in the reference year", "yuan", 0)
    retired_deductible: Schedule = amount("deductible a year of retired members, in the reference year", "yuan", 0)
    payment_ratio: Schedule = quantity("share paid above the deductible, active members", "share", 0, 1)
    retired_ratio_extra: Number = quantity("added to that share for retired members", "share", 0, 1)
    limit: Schedule = amount("most that is paid in a year, in the reference year", "yuan", 1)


class EmployeeOutpatientBenefits(Section):
    """What the pool pays of a year's outpatient cost (outpatient mutual aid)."""

    deductible: Schedule = amount("deductible a year, in the reference year", "yuan", 0)
    payment_ratio: Schedule = quantity("share paid above the deductible, active members", "share", 0, 1)
    retired_ratio_extra: Number = quantity("added to that share for retired members", "share", 0, 1)
    limit: PathByNeed = amount("most that is paid in a year by health status class, in the reference year", "yuan", 1)


class EmployeeBenefits(Section):
    """Benefit rules of the employee pool."""

    inpatient: EmployeeInpatientBenefits
    outpatient: EmployeeOutpatientBenefits
    birth_benefit: Schedule = amount(
        "maternity benefits for each birth to an active member, in the reference year", "yuan", 0
    )
    long_term_care: Schedule = amount(
        "transfer to long-term care insurance for each member, in the reference year", "yuan a year", 0
    )
    recovered_share: Schedule = quantity(
        "money recovered from fraud and misuse beyond what the fitted expenditure holds, share of the pool's benefits",
        "share",
        -0.1,
        0.5,
    )


class EmployeeFunds(Section):
    """Both accounts of the employee scheme."""

    opening_pool: Schedule = amount("balance of the pooled fund, 1 January")
    opening_accounts: Schedule = amount("balance of the personal accounts on 1 January", low=0)
    adjustment_share: Schedule = quantity(
        "net payment into the provincial risk-adjustment fund, share of employers' contributions; below 0 for a "
        "net receipt",
        "share",
        -0.5,
        0.5,
    )
    reserve_band: Pair = quantity(
        "guideline range of reserve months of the pooled fund, lowest and highest, for charts; empty for none",
        "months of expenditure",
        0,
        120,
        a_band,
    )


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
    flexible_outside: Number = quantity(
        "flexible workers as a share of those of working age outside the employee scheme", "share", 0, 1
    )
    flexible_joining: FlexibleJoining = quantity(
        "share of them who join the employee scheme in the year, beyond the fitted entries: by choice, and where no "
        "household registration is asked for any more",
        "share",
        0,
        0.4,
    )
    years_count: bool = text("years in the employee scheme count as continuous participation of residents")
    retirement: Retirement
    unqualified: Unqualified
    wage: Wage
    contributions: EmployeeContributions
    accounts: Accounts
    care: EmployeeCare
    benefits: EmployeeBenefits
    fund: EmployeeFunds
