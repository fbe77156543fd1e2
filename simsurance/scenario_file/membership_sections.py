"""Keys of the resident scheme's membership: behaviour and the rules of participation."""

from typing import Literal

from simsurance.scenario_file.fields import Section
from simsurance.scenario_file.schedule import Schedule
from simsurance.scenario_file.sections import (
    ByAgeBand,
    ByArea,
    ByIncome,
    ByNeed,
    Number,
    amount,
    calendar_year,
    named,
    quantity,
    text,
)


class LeaveCoefficients(Section):
    """Logit of leaving the resident scheme."""

    age_odds_ratio: ByAgeBand = quantity("odds of leaving by age", "odds ratio", 0.01, 100)
    area_odds_ratio: ByArea = quantity("odds of leaving by area", "odds ratio", 0.01, 100)
    income_odds_ratio: ByIncome = quantity("odds of leaving by income group", "odds ratio", 0.01, 100)
    long_tenure_odds_ratio: Number = quantity(
        "odds of leaving in the fourth insured year or later", "odds ratio", 0.01, 100
    )
    health: ByNeed = quantity("added by health status class", "log-odds", -5, 5)
    burden: Number = quantity("per unit of ln(burden / burden of the reference year)", "log-odds", -1, 10)
    bonus_per_1000: Number = quantity(
        "taken off per thousand of cap that a lapse would cost, in the reference year", "log-odds", -1, 1
    )
    bonus_thousand: Number = amount(
        "cap at stake that counts as a thousand in bonus_per_1000; ten of it are felt at most",
        "yuan",
        1e-3,
    )
    wait_per_month: Number = quantity(
        "taken off per month of waiting that a lapse of one year would cost", "log-odds", -1, 1
    )
    campaign: Number = quantity("added per unit of campaign", "log-odds", -5, 5)
    renewal: Number = quantity("added where the contribution is collected unless a person objects", "log-odds", -5, 5)
    family: Number = quantity("taken off when a relative's account pays", "log-odds", -5, 5)


class ReturnCoefficients(Section):
    """Logit of returning to the resident scheme after a lapse."""

    gap: Number = quantity("per lapsed year, to five", "log-odds", -3, 3)
    health: ByNeed = quantity("added by health status class", "log-odds", -5, 5)
    burden: Number = quantity("taken off per unit of ln(burden / burden of the reference year)", "log-odds", -1, 10)
    wait_per_month: Number = quantity("taken off per month of waiting on return", "log-odds", -1, 1)
    campaign: Number = quantity("added per unit of campaign", "log-odds", -5, 5)


class BehaviourTargets(Section):
    """What the intercepts of the hazards are solved for in the opening year, under the rules of the baseline scenario."""

    net_flow_rate: Number = quantity("returns and joins less leaves, as a share of the insured", "a year", -0.1, 0.1)
    return_rate: Number = quantity("share of the lapsed who return in a year", "a year", 0.001, 0.95)
    join_rate: Number = quantity("share of the never insured who join in a year", "a year", 0.001, 0.95)


class Effects(Section):
    """Which covariates act: each can be switched off alone."""

    burden: bool = text("contribution over income acts on leaving and returning")
    health: bool = text("health status class acts on leaving and returning (adverse selection)")
    bonus: bool = text("the participation bonus acts on leaving")
    wait: bool = text("waiting periods act on leaving and returning")
    campaign: bool = text("campaigns act on leaving and returning")
    renewal: bool = text("collection unless a person objects acts on leaving")
    mood: bool = text("the mood acts on leaving, returning and joining")
    family: bool = text("payment from a relative's account acts on leaving")


class Behaviour(Section):
    """Hazards of leaving, returning and joining (method note, section 5)."""

    leave: LeaveCoefficients
    back: ReturnCoefficients = named("return")
    targets: BehaviourTargets
    effects: Effects
    burden_floor: Number = quantity("added to the burden before the logarithm", "share of income", 1e-6, 0.1)
    campaign_strength: Schedule = quantity("strength of enrolment campaigns", "units", -5, 5)
    default_renewal: Schedule = quantity(
        "share of the insured whose contribution is collected unless they object", "share", 0, 1
    )
    mood: Schedule = quantity(
        "added to leaving and taken off returning and joining, whatever the rules: a surge in lapses above 0",
        "log-odds",
        -3,
        3,
    )
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

    step: Schedule = amount("increase in the cap for each further year, in the reference year", "yuan", 0)
    after_years: int = quantity("years of continuous enrolment before the first step", "years", 0, 50)
    credited_years: int = quantity("years before the rules began that count as well", "years", 0, 5)
    kept_after_lapse: bool = text("what has been earned is kept after a lapse; the count starts anew")


class NoClaimBonus(Section):
    """Rise of the critical-illness cap for a year without reimbursement."""

    step: Schedule = amount("increase in the cap for each year without reimbursement, in the reference year", "yuan", 0)
    kept_after_lapse: bool = text("the credit is kept after a lapse, unlike the years of continuous enrolment")
    reset_on_use: bool = text("a claim that uses the bonus sets the credit to zero")


class Participation(Section):
    """Rules that reward staying and make returning wait."""

    in_force: bool = text("the rules apply")
    start_year: int = calendar_year("first enrolment year to which the rules apply; years before do not count")
    waiting: Waiting
    repair: Repair
    late_enrolment: LateEnrolment
    continuous_bonus: ContinuousBonus
    no_claim_bonus: NoClaimBonus
    bonus_limit: Schedule = quantity("most that both bonuses may add, share of the cap", "share", 0, 10)
    cap_cut_per_lapsed_year: Schedule = amount(
        "cap taken off for each lapsed year on returning, in the reference year", "yuan", 0
    )
