"""Keys of the resident scheme's money: contributions, claims, benefits, the fund."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from simsurance.scenario_file.schedule import Schedule, Year, as_years
from simsurance.scenario_file.sections import (
    ByArea,
    ByAreaIncome,
    ByNeed,
    Number,
    Pair,
    Section,
    calendar_year,
    in_order,
    quantity,
    text,
)

PersonalRule = Literal["schedule", "growth", "indexed"]
SubsidyRule = Literal["schedule", "growth", "ratio", "share", "indexed"]


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
    level: Number = quantity("factor on cost, fitted to the fund's outgo", "factor", 0.01, 100)


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
    level: Number = quantity("factor on cost, fitted to the fund's outgo", "factor", 0.01, 100)


class CostTrend(Section):
    """Growth of cost at given age and need."""

    reference_year: int = calendar_year("calendar year of the costs given")
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

    deductible: Schedule = quantity("deductible a year, in the reference year", "yuan", 0, 1e6)
    payment_ratio: Schedule = quantity("share paid above the deductible", "share", 0, 1)
    limit: Schedule = quantity("most that is paid in a year, in the reference year", "yuan", 1, 1e8)


class OutpatientBenefits(Section):
    """What the fund pays of a year's in-scope outpatient cost."""

    deductible: Schedule = quantity("deductible a year, in the reference year", "yuan", 0, 1e5)
    payment_ratio: Schedule = quantity("share paid above the deductible", "share", 0, 1)
    limit: ByNeed = quantity("most that is paid in a year by need class, in the reference year", "yuan", 1, 1e7)


class CriticalIllness(Section):
    """Critical-illness insurance: a second layer on what basic insurance leaves to the patient."""

    deductible_income_share: Schedule = quantity(
        "deductible, share of last year's disposable income a head", "share", 0, 5
    )
    deductible_factor: Number = quantity(
        "effective deductible over the rule, fitted to published beneficiaries", "factor", 0.05, 20
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
    level: Number = quantity("factor on benefits, fitted to published ones", "factor", 0, 100)
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
