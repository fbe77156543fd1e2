"""The cohort engine and the oracle, which follows single lives, agree within chance, rule by rule."""

from functools import cache

import numpy as np
import pytest
from oracle_comparison import Totals, by_engine, by_oracle, closed_scenario, differences, disagreements, table

Settings = tuple[str, ...]
OFTEN_USED: Settings = (
    "benefits.critical_illness.deductible_income_share=0.029",
    "benefits.critical_illness.low_deductible_income_share=0.01",
    "benefits.critical_illness.band_ratios=[0.6, 0.6, 0.6]",
    'benefits.critical_illness.cap_rule="amount"',
    "benefits.critical_illness.cap=1200",
    "claims.inpatient.use_level=2",
    "participation.bonus_limit=10",
    "participation.continuous_bonus.step=100",
    "participation.no_claim_bonus.step=100",
)
MANY_NEVER_INSURED: Settings = ("membership.newborn_enrolment=0.2", "behaviour.targets.join_rate=0.1")
LOW_CAP: Settings = (
    "benefits.critical_illness.deductible_income_share=0.3",
    'benefits.critical_illness.cap_rule="amount"',
    "benefits.critical_illness.cap=20000",
    "participation.bonus_limit=1",
    "participation.continuous_bonus.step=100",
    "participation.no_claim_bonus.step=100",
)
VARIANTS: dict[str, tuple[Settings, Settings]] = {
    "the never insured have no lapsed years": (
        MANY_NEVER_INSURED,
        ('participation.waiting.never_insured="fixed_only"',),
    ),
    "the first lapsed year does not count": ((), ("participation.waiting.first_lapsed_year_counts=false",)),
    "the bonus is kept after a lapse": (
        ("participation.continuous_bonus.after_years=1",),
        ("participation.continuous_bonus.kept_after_lapse=true",),
    ),
    "the cap is cut for lapsed years": ((), ("participation.cap_cut_per_lapsed_year=3000",)),
    "a cut keeps members": (("behaviour.leave.bonus_per_1000=0.1",), ("participation.cap_cut_per_lapsed_year=3000",)),
    "a lapse takes the years without reimbursement": (
        ("participation.no_claim_bonus.step=3000", "behaviour.leave.bonus_per_1000=0.1"),
        ("participation.no_claim_bonus.kept_after_lapse=false",),
    ),
    "the young and the old do not wait": (
        (),
        ("participation.waiting.exempt_under_age=16", "participation.waiting.exempt_from_age=60"),
    ),
    "half of those who return repair": ((), ("participation.repair.share=0.5",)),
    "repair of all lapsed years": (
        ("participation.repair.share=0.5", "horizon.valuation_year=2023", "participation.start_year=2019"),
        ('participation.repair.years_paid="all"',),
    ),
    "three in ten enrol late": ((), ("participation.late_enrolment.share=0.3",)),
    "the rules are not in force": ((), ("participation.in_force=false",)),
    "years before the rules count": ((), ("participation.continuous_bonus.credited_years=3",)),
    "the cap is reached in the first band": (LOW_CAP, ("participation.no_claim_bonus.step=150",)),
    "nine in ten live where the deductible is low": (
        ("benefits.critical_illness.low_deductible_places=0.1",),
        ("benefits.critical_illness.low_deductible_places=0.9",),
    ),
    "ratios reach the whole of the own cost": (
        ("benefits.critical_illness.ratio_shift=0.4",),
        ("benefits.critical_illness.outpatient_factor=0.5",),
    ),
    "both layers pay at most 4.2 times income": (
        ("participation.bonus_limit=1",),
        ("benefits.critical_illness.cap_income_multiple=4.2",),
    ),
    "the bonus is often used": (("participation.no_claim_bonus.reset_on_use=false", *OFTEN_USED[:-1]), OFTEN_USED[-1:]),
    "use resets the credit": (
        (*OFTEN_USED, "participation.no_claim_bonus.reset_on_use=false"),
        ("participation.no_claim_bonus.reset_on_use=true",),
    ),
    "employee years do not count": ((), ("employee.years_count=false",)),
    "leavers of the employee scheme wait": (
        ("employee.leaver_enrolment=0.1", "employee.exit_level={2026=1, 2027=3}"),
        ("participation.waiting.exempt_employee_leavers=false",),
    ),
    "moves to towns change mean income and cost": (
        (
            "claims.inpatient.area_cost={ urban = 0.1, rural = 1 }",
            "claims.outpatient.area_cost={ urban = 0.1, rural = 1 }",
        ),
        ("economy.drift_of_areas=true",),
    ),
    "the level of mortality fades": (("population.mortality_level=0.6",), ("population.mortality_level_fade_years=3",)),
    "costs have a Pareto tail": ((), ("benefits.critical_illness.tail_index=2.2",)),
    "waiting outlasts the year": (
        ("participation.late_enrolment.share=0.5",),
        ("participation.waiting.fixed_months=10",),
    ),
    "waiting ends with the second year": (
        ("participation.waiting.fixed_months=10", "participation.late_enrolment.share=1"),
        ("participation.waiting.fixed_months=18",),
    ),
    "there is a longest waiting": (
        ("participation.waiting.months_per_lapsed_year=3",),
        ("participation.waiting.longest_months=6",),
    ),
    "behaviour answers strongly": (
        (),
        (
            "behaviour.leave.wait_per_month=0.1",
            "behaviour.return.wait_per_month=0.1",
            "behaviour.leave.bonus_per_1000=0.1",
            "behaviour.campaign_strength=1",
            "behaviour.default_renewal=0.5",
            "behaviour.mood={ 2026 = 0, 2027 = 0.5, 2028 = 0 }",
            "behaviour.family_share=0.5",
        ),
    ),
    "wages count within narrow bounds, many workers are flexible, employers pay to the accounts": (
        (),
        (
            "employee.wage.sigma=0.8",
            "employee.wage.floor=0.9",
            "employee.wage.ceiling=1.5",
            "employee.contributions.flexible_share=0.4",
            "employee.contributions.flexible_base=0.4",
            "employee.contributions.to_accounts=0.3",
            "employee.contributions.relief=0.2",
            "employee.contributions.flexible_choice={ base_80 = 0.3, base_100 = 0.2, ceiling = 0.1 }",
            "employee.contributions.unreported_found=0.4",
            "employee.contributions.arrears=0.2",
            "employee.contributions.arrears_lag=1",
            "employee.contributions.retiree_rate=0.05",
            "employee.accounts.without=0.3",
        ),
    ),
    "members cost more, the retired most, and the pool pays little": (
        (),
        (
            "employee.benefits.inpatient.deductible=6000",
            "employee.benefits.inpatient.payment_ratio=0.5",
            "employee.benefits.inpatient.retired_ratio_extra=0.3",
            "employee.benefits.inpatient.limit=8000",
            "employee.benefits.outpatient.deductible=1000",
            "employee.benefits.outpatient.limit={ low = 1000, moderate = 2000, high = 4000 }",
            "employee.benefits.long_term_care=200",
            "employee.benefits.birth_benefit=200000",
            "employee.care.use_level=0.8",
            "employee.care.inpatient_level=1.3",
            "employee.care.outpatient_level=1.3",
            "employee.care.older_cost_ratio=1.5",
            "employee.care.area_cost={ urban = 1.2, rural = 0.7 }",
        ),
    ),
    "most of those who lack years buy them": (
        ("employee.qualified_share={ female = 0.2, male = 0.2 }",),
        ("employee.unqualified.buying=0.85", "employee.unqualified.resident=0.05"),
    ),
    "the rules begin after the valuation": (
        ("horizon.valuation_year=2022",),
        ("participation.start_year=2023",),
    ),
}
"""What a rule is tried in, and the rule: without it the engine must be seen to differ from the lives."""
YEARS = 5
LIVES = 55_000


@pytest.mark.long
def test_engine_and_lives_agree_on_the_baseline() -> None:
    scenario = closed_scenario((), 8)
    engine, oracle = by_engine(scenario), by_oracle(scenario, 150_000, seed=1)
    found = disagreements(engine, oracle)
    assert not found, table(found)
    spread = np.sqrt(np.mean([each.z**2 for each in differences(engine, oracle) if each.z]))
    assert 0.7 < spread < 1.3


@pytest.mark.parametrize("rule", VARIANTS)
def test_engine_and_lives_agree_on_a_rule(rule: str) -> None:
    setting, changes = VARIANTS[rule]
    without, with_rule = ({key_of(text): text for text in [*setting, *more]} for more in ((), changes))
    scenario = closed_scenario([*with_rule.values()], YEARS)
    oracle = by_oracle(scenario, LIVES, seed=2)
    found = disagreements(by_engine(scenario), oracle)
    assert not found, table(found)
    assert disagreements(engine_under(tuple(without.values())), oracle), "the rule cannot be seen"


@cache
def engine_under(settings: Settings) -> Totals:
    """The engine's totals under these settings."""
    return by_engine(closed_scenario(settings, YEARS))


def key_of(setting: str) -> str:
    """The key that a setting sets."""
    return setting.partition("=")[0]


def test_lives_have_the_same_luck_again() -> None:
    scenario = closed_scenario((), 3)
    first, again = (by_oracle(scenario, 4_000, seed=3) for _ in range(2))
    for name, years in first.items():
        for year, by_batch in years.items():
            np.testing.assert_array_equal(by_batch, again[name][year])
