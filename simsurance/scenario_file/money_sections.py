"""Keys of the resident scheme's money: contributions, claims, benefits, the fund."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from simsurance.scenario_file.fields import Refused, Section
from simsurance.scenario_file.schedule import Schedule
from simsurance.scenario_file.sections import (
    ByAgeAtDeath,
    ByArea,
    ByAreaIncome,
    ByNeed,
    Number,
    Pair,
    PathByNeed,
    a_band,
    amount,
    calendar_year,
    quantity,
    text,
)

PersonalRule = Literal["schedule", "growth", "with_income", "indexed", "payroll"]
SubsidyRule = Literal["schedule", "growth", "with_income", "ratio", "share", "indexed"]


class PersonalContribution(Section):
    """What an insured person pays, by insured year."""

    rule: Annotated[dict[int, PersonalRule], "rules"] = text(
        "schedule, growth, with_income (last year's grows as disposable income), indexed or payroll, from the year named on"
    )
    schedule: Schedule = amount("contribution per person by insured year", "yuan a year", 0)
    growth_rate: Schedule = quantity("growth on last year's contribution", "a year", -0.5, 1)
    income_share: Schedule = quantity(
        "share of national disposable income per head of the year before", "share", 0, 0.5
    )
    phase_in_years: int = quantity(
        "years over which each change of the share of income is phased in, the first from what is paid before",
        "years",
        1,
        50,
    )
    floor: Schedule = amount("least contribution when indexed", "yuan a year", 0)
    highest_rise: Schedule = quantity("highest annual rise when indexed", "a year", 0, 10)
    grade: ByAreaIncome = quantity("graded contribution: factor by area and income group", "factor", 0, 10)


class Subsidy(Section):
    """What the budget pays for each insured person, by insured year."""

    rule: Annotated[dict[int, SubsidyRule], "rules"] = text(
        "schedule, growth, with_income (likewise), ratio, share or indexed, from the year named on"
    )
    schedule: Schedule = amount("subsidy per person by insured year", "yuan a year", 0)
    growth_rate: Schedule = quantity("growth on last year's subsidy", "a year", -0.5, 1)
    ratio_to_personal: Schedule = quantity("subsidy over the standard personal contribution", "ratio", 0, 100)
    share_of_total: Schedule = quantity(
        "subsidy as a share of subsidy and standard personal contribution", "share", 0, 0.99
    )
    income_share: Schedule = quantity(
        "share of national disposable income per head of the year before", "share", 0, 0.5
    )


class Payroll(Section):
    """Contributions of a share of earnings, members' and employers' together; read with the rule payroll."""

    rate: Schedule = quantity("contributions, share of the earnings that count", "share", 0, 1)
    earnings: Schedule = amount(
        "earnings that count of an insured person of relative earnings 1, up to the last year named, with constant growth "
        "between; a number: up to the year of the valuation date",
        "yuan a year",
        0,
    )
    earnings_growth_excess: Schedule = quantity(
        "growth of those earnings beyond that of disposable income, after the last year named", "a year", -0.2, 0.2
    )
    earnings_table: str = text(
        "relative earnings that count of the insured by age and sex; the subsidy moves with them"
    )


class Contributions(Section):
    """Income of the resident fund (method note, section 6)."""

    personal: PersonalContribution
    payroll: Payroll
    subsidy: Subsidy
    assistance_share: Schedule = quantity(
        "share of an assisted person's contribution that medical assistance pays", "share", 0, 1
    )
    local_supplement: Schedule = quantity(
        "fund income over national standards, up to the last year named; a number or a ramp holds for all years",
        "factor",
        0.1,
        5,
    )
    local_supplement_growth: Schedule = quantity("growth of that factor after the last year named", "a year", -0.1, 0.1)
    prepaid_share: Schedule = quantity(
        "share of next year's personal contribution received in the year before", "share", 0, 1
    )


class InpatientClaims(Section):
    """Eligible inpatient expenses of a person and year, before the benefit rules."""

    use_table: str = text("probability of an admission in a year by age and sex")
    cost_table: str = text("relative annual cost per inpatient by age")
    mean_cost: Number = amount(
        "eligible annual cost per inpatient in the reference year, before the calibration factor", "yuan a year", 1
    )
    use_level: Number = quantity("factor on the probability of an admission", "factor", 0.01, 3)
    use_odds_ratio: ByNeed = quantity(
        "odds of an admission by health status class; the population keeps the table's probability",
        "odds ratio",
        0.001,
        1000,
    )
    cost_ratio: ByNeed = quantity("relative annual cost per inpatient by health status class", "factor", 0.001, 100)
    sigma: ByNeed = quantity(
        "spread of an inpatient's cost within the health status class, standard deviation of its logarithm",
        "log",
        0.05,
        4,
    )
    area_cost: ByArea = quantity("relative annual cost per inpatient by area", "factor", 0.01, 10)
    admissions_per_user: Number = quantity("admissions per inpatient in the reference year", "admissions", 1, 20)
    level: Number = quantity("factor on cost, fitted to the fund's expenditure", "factor", 0.01, 100)


class OutpatientClaims(Section):
    """Eligible outpatient expenses of a person and year, before the benefit rules."""

    cost_table: str = text("relative cost per person by age and sex")
    mean_cost: Number = amount(
        "eligible cost per person in the reference year, before the calibration factor", "yuan a year", 1
    )
    use: ByNeed = quantity("probability of any outpatient cost in a year by health status class", "share", 0.001, 1)
    cost_ratio: ByNeed = quantity("relative cost per person by health status class", "factor", 0.001, 100)
    sigma: ByNeed = quantity(
        "spread of a user's cost within the health status class, standard deviation of its logarithm", "log", 0.05, 4
    )
    area_cost: ByArea = quantity("relative cost per person by area", "factor", 0.01, 10)
    level: Number = quantity("factor on cost, fitted to the fund's expenditure", "factor", 0.01, 100)


class EndOfLife(Section):
    """Cost by time to death: cost at given age falls with mortality."""

    share: Number = quantity(
        "share of the excess cost of the last year of life that mortality moves; 0 for cost by age that it does not move",
        "share",
        0,
        1,
    )
    multiple: ByAgeAtDeath = quantity(
        "cost of the last year of life over the annual cost of survivors of the age, both schemes together",
        "ratio",
        1,
        100,
    )
    resident_factor: Number = quantity("the multiple of residents over that of both schemes", "factor", 0.1, 5)
    employee_factor: Number = quantity(
        "the multiple of employee scheme members over that of both schemes", "factor", 0.1, 5
    )


class CostTrend(Section):
    """Growth of cost at given age and need."""

    reference_year: int = calendar_year("calendar year of the costs given")
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
    use_share: Number = quantity(
        "share of real growth of cost that is growth of use, after the last year of use_growth; the rest is price",
        "share",
        0,
        1,
    )
    users_share: Number = quantity(
        "share of growth of use that raises the odds of being a user; the rest is more care per user", "share", 0, 1
    )
    income_elasticity: Number = quantity("growth of cost per unit of growth of real income", "ratio", 0, 3)
    income_lag: int = quantity(
        "years before a year over which growth of income is averaged with its own", "years", 0, 10
    )


class Demand(Section):
    """Use of care that answers to what patients pay of it, compared with the rules of the root."""

    answers: bool = text("whether use answers to the price")
    resident_inpatient: Number = quantity(
        "elasticity of residents' inpatient care to out-of-pocket payment", "elasticity", -3, 0
    )
    resident_outpatient: Number = quantity(
        "elasticity of residents' outpatient care to out-of-pocket payment", "elasticity", -3, 0
    )
    employee_inpatient: Number = quantity(
        "elasticity of employees' inpatient care to out-of-pocket payment", "elasticity", -3, 0
    )
    employee_outpatient: Number = quantity(
        "elasticity of employees' outpatient care to out-of-pocket payment", "elasticity", -3, 0
    )
    inpatient_chance: Number = quantity(
        "part of the response of inpatient care in the chance of use; the rest is the amount", "share", 0, 1
    )
    need: ByNeed = quantity(
        "factor on the elasticity by need; its mean over the population counts as 1", "factor", 0, 5
    )


class Claims(Section):
    """Cost of care before the benefit rules (method note, section 7)."""

    inpatient: InpatientClaims
    outpatient: OutpatientClaims
    end_of_life: EndOfLife
    demand: Demand
    trend: CostTrend


class InpatientBenefits(Section):
    """What the fund pays of a year's eligible inpatient expenses."""

    deductible: Schedule = amount("deductible a year, in the reference year", "yuan", 0)
    payment_ratio: Schedule = quantity("share paid above the deductible", "share", 0, 1)
    limit: Schedule = amount("most that is paid in a year, in the reference year", "yuan", 1)


class OutpatientBenefits(Section):
    """What the fund pays of a year's eligible outpatient expenses."""

    deductible: Schedule = amount("deductible a year, in the reference year", "yuan", 0)
    payment_ratio: Schedule = quantity("share paid above the deductible", "share", 0, 1)
    limit: PathByNeed = amount("most that is paid in a year by health status class, in the reference year", "yuan", 1)


def _rising(edges: list[float], before: Mapping[str, Any]) -> None:
    if not edges or edges[0] != 0 or sorted(set(edges)) != edges:
        raise Refused("band_edges")


def _one_a_band(ratios: list[float], before: Mapping[str, Any]) -> None:
    edges = before.get("band_edges") or ratios
    if len(ratios) != len(edges):
        raise Refused("band_ratios", ratios=len(ratios), edges=len(edges))


class CriticalIllness(Section):
    """Critical-illness insurance: a second layer on what basic insurance leaves to the patient."""

    deductible_income_share: Schedule = quantity(
        "deductible, share of last year's disposable income per head", "share", 0, 5
    )
    low_deductible_income_share: Schedule = quantity(
        "deductible in places with a low one, share of last year's disposable income per head", "share", 0, 5
    )
    low_deductible_places: Number = quantity(
        "share of the insured in places with the low deductible, fitted to 2023", "share", 0, 1
    )
    band_edges: list[Number] = amount(
        "where the bands begin, above the deductible, in the reference year; first 0", "yuan", 0, _rising
    )
    band_ratios: list[Number] = quantity("share paid in each band by the national rule", "share", 0.01, 1, _one_a_band)
    ratio_shift: Number = quantity("added to every band's share in all places, fitted to 2023", "share", -1, 1)
    cap_rule: Literal["income_multiple", "amount"] = text(
        "the cap is what basic insurance leaves of a multiple of last year's disposable income, or an amount"
    )
    cap_income_multiple: Schedule = quantity(
        "most that basic and critical-illness insurance pay together, over last year's disposable income per head; "
        "used with cap_rule = income_multiple",
        "ratio",
        0.1,
        1000,
    )
    cap: Schedule = amount("most that is paid in a year, in the reference year; used with cap_rule = amount", "yuan", 1)
    assisted_deductible_factor: Schedule = quantity(
        "deductible of assisted persons over that of others", "factor", 0, 1
    )
    assisted_ratio_extra: Number = quantity("added to every band's share for assisted persons", "share", 0, 1)
    assisted_capped: bool = text("the cap holds for assisted persons")
    outpatient_factor: Number = quantity(
        "own outpatient cost that counts with own inpatient cost, over it", "factor", 0, 1
    )
    financing: Literal["self_run", "premium"] = text("the fund pays the benefits, or a premium to an insurer")
    premium: Schedule = amount(
        "premium per person, in the reference year; used with financing = premium", "yuan a year", 0
    )
    tail_index: Number = quantity(
        "Pareto index of cost above the 99th percentile; 0 for the lognormal tail", "index", 0, 10
    )


class Benefits(Section):
    """Benefit rules (method note, section 7)."""

    inpatient: InpatientBenefits
    outpatient: OutpatientBenefits
    critical_illness: CriticalIllness
    birth_benefit: Schedule = amount(
        "maternity benefits for each birth to an insured resident beyond what stands in inpatient benefits, in the reference "
        "year; grows as the cost of an admission",
        "yuan",
        0,
    )
    long_term_care: Schedule = amount(
        "transfer to long-term care insurance for each person enrolled, in the reference year", "yuan a year", 0
    )
    recovered_share: Schedule = quantity(
        "money recovered from fraud and misuse beyond what the fitted expenditure holds, share of benefits",
        "share",
        -0.1,
        0.5,
    )
    indexation: Literal["income", "fixed"] = text("yuan amounts move with last year's disposable income, or stay")


class Fund(Section):
    """The resident fund (method note, section 10)."""

    opening: Schedule = amount("balance of the fund, 1 January")
    administration_share: Schedule = quantity("administration charged to the fund, share of benefits", "share", 0, 0.3)
    adjustment_share: Schedule = quantity(
        "net payment into the provincial risk-adjustment fund, share of contributions; below 0 for a net receipt",
        "share",
        -0.5,
        0.5,
    )
    reserve_band: Pair = quantity(
        "guideline range of reserve months, lowest and highest, for charts; empty for none",
        "months of expenditure",
        0,
        120,
        a_band,
    )
