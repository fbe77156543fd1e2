"""Keys of the tiers behind basic and critical-illness insurance: who pays what of a cost, and what is left to patients."""

from simsurance.axes import NATIONAL
from simsurance.scenario_file.fields import Section
from simsurance.scenario_file.schedule import Schedule
from simsurance.scenario_file.sections import ByIncome, ByNeed, Number, amount, quantity, text


class PathByIncome(Section, members=NATIONAL.income_groups, held=Schedule):
    """One number or path an income group; the groups are those of the scenario."""

    AXIS, HELD = "income", Schedule


class MedicalAssistance(Section):
    """Medical assistance on what basic and critical-illness insurance leave to those it covers; the budget pays it."""

    covered: PathByIncome = quantity("share of the insured of an income group whom it covers", "share", 0, 1)
    inpatient_ratio: Schedule = quantity(
        "share of the out-of-pocket payment of inpatient care that it pays", "share", 0, 1
    )
    inpatient_limit: Schedule = amount("most that it pays a person and year of inpatient care, reference year", low=0)
    outpatient_ratio: Schedule = quantity(
        "share of the out-of-pocket payment of outpatient care that it pays", "share", 0, 1
    )
    outpatient_limit: Schedule = amount("most that it pays a person and year of outpatient care, reference year", low=0)


class Supplementary(Section):
    """Supplementary and commercial cover, such as a city's: a layer on what is left of inpatient cost, for a premium."""

    take_up: Schedule = quantity("share of the insured who take it", "share", 0, 1)
    income_ratio: ByIncome = quantity("take-up of an income group relative to the others", "factor", 0, 20)
    need: ByNeed = quantity("take-up of a health status class relative to the others: selection", "factor", 0, 20)
    premium: Schedule = amount("premium of a person, reference year", "yuan a year", 0)
    deductible: Schedule = amount("out-of-pocket payment of a year from which it pays, reference year", low=0)
    payment_ratio: Schedule = quantity("share that it pays of what lies above", "share", 0, 1)
    limit: Schedule = amount("most that it pays a person and year, reference year", low=0)


class AnyDisability(Section):
    """Share of an age with any disability."""

    age_60_69: Number
    age_70_79: Number
    age_80_plus: Number


class SevereDisability(Section):
    """Share of an age with severe disability."""

    age_18_59: Number
    age_60_64: Number
    age_65_69: Number
    age_70_74: Number
    age_75_79: Number
    age_80_84: Number
    age_85_89: Number
    age_90_plus: Number


class LongTermCare(Section):
    """Long-term care insurance: the severely disabled, what their care costs, who pays for it."""

    disabled: AnyDisability = quantity("share of an age with any disability, before the level", "share", 0, 1)
    severe: SevereDisability = quantity("share of an age with severe disability", "share", 0, 1)
    level: Number = quantity("factor on any disability that brings it to the published number", "factor", 0.2, 5)
    female_ratio: Number = quantity("disability of women over that of men of an age", "factor", 0.2, 5)
    need: ByNeed = quantity(
        "disability of a health status class relative to the others of an age and sex", "factor", 0, 50
    )
    trend: Number = quantity("relative change of disability at given age after the reference year", "a year", -0.1, 0.1)
    covered: Schedule = quantity("share of the insured of both schemes whom it covers", "share", 0, 1)
    uptake: Schedule = quantity("share of the severely disabled covered who are in benefit", "share", 0, 1)
    unit_cost: Schedule = amount("cost of care of a person in benefit, reference year", "yuan a year", 0)
    payment_ratio: Schedule = quantity("share of that cost that it pays", "share", 0, 1)
    employee_rate: Schedule = quantity("contribution for an active employee", "share of base", 0, 0.1)
    employer_share: Number = quantity(
        "part of what is left of it that employers pay; members pay the other", "share", 0, 1
    )
    resident_amount: Schedule = amount("contribution for an insured resident, reference year", "yuan a year", 0)
    budget_share: Number = quantity(
        "part of what is left of it that the budget pays; residents pay the other", "share", 0, 1
    )
    opening: Number = amount("balance on the valuation date", low=0)


class Maternity(Section):
    """Births of residents inside the inpatient benefits: a part of them, nothing more; members' are in the pool's account."""

    resident_birth_cost: Schedule = amount("cost of care of a birth, reference year", low=0)


class Burden(Section):
    """Out-of-pocket payment of a person beside the income of the household."""

    household_size: Number = quantity("persons of a household", "persons", 1, 20)
    income_level: Number = quantity(
        "factor on household income that brings the share of persons above 40 % to the survey", "factor", 0.05, 5
    )


class Tiers(Section):
    """Tiers behind basic and critical-illness insurance, as accounts beside the funds (method note, section 7)."""

    in_force: bool = text("whether they are told; nothing of them reaches the funds, and nobody reacts to them")
    assistance: MedicalAssistance
    supplementary: Supplementary
    long_term_care: LongTermCare
    maternity: Maternity
    burden: Burden
