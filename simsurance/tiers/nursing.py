"""Long-term care insurance and births by payer, in closed form from persons and their need (method note, section 7)."""

import numpy as np

from simsurance.axes import AGE, PERSON_AXES, PROFILE_AXES, SEX, along, at, axis
from simsurance.basis.tiers import TierRules
from simsurance.errors import SimsuranceError

BY_AGE = ("sex", "age")
FEMALE = SEX.members.index("female")
OLD = slice(60, len(AGE.members))
BUT_PROFILE = axis(*(name for name in PERSON_AXES if name not in PROFILE_AXES))
ROUNDING = 1e-9
Yuan = dict[str, float]
"""Yuan, or persons, of a year by the name of a row or column."""


def by_sex(female_ratio: np.ndarray, persons: np.ndarray) -> np.ndarray:
    """Prevalence of each sex over that of both, [sex, age]: over the persons of an age its mean is 1."""
    ratio = along(np.where(np.arange(len(SEX.members)) == FEMALE, female_ratio, 1.0), "sex", of=BY_AGE)
    of_both = axis("sex", of=BY_AGE)
    whole = persons.sum(axis=of_both)
    mean = np.divide((persons * ratio).sum(axis=of_both), whole, out=np.ones_like(whole), where=whole > 0)
    return np.asarray(ratio / mean)


def by_need(of_person: np.ndarray, relative: np.ndarray, prevalence: np.ndarray) -> np.ndarray:
    """Prevalence by need, sex and age, [health, sex, age], whose mean over the whole population is the one given, [sex, age].

    `prevalence` of the need classes, on the same axes.
    """
    weights = along(relative, "health", of=PROFILE_AXES)
    return np.asarray(of_person * weights / (weights * prevalence).sum(axis=axis("health", of=PROFILE_AXES)))


def care_of(rules: TierRules, place: int, persons: np.ndarray, prevalence: np.ndarray, insured: np.ndarray) -> Yuan:
    """Persons disabled and in benefit, the cost of their care and who pays it.

    `persons` of the nation, [sex, age]; years of cover of the `insured` on the axes of `prevalence`, [health, sex, age].
    """
    improved = by_sex(rules.female_ratio, persons) * rules.improvement[place]
    disabled, severe = persons * rules.disabled * improved, rules.severe * improved
    of_insured = float((insured * by_need(severe, rules.disability_by_need, prevalence)).sum())
    in_benefit = of_insured * rules.care_covered[place] * rules.uptake[place]
    cost = in_benefit * rules.unit_cost[place]
    return {
        "disabled": float(disabled.sum()),
        "disabled_60_plus": float(at(disabled, of=BY_AGE, age=OLD).sum()),
        "severely_disabled": float((persons * severe).sum()),
        "care_beneficiaries": float(in_benefit),
        "care_benefits": float(cost * rules.care_ratio[place]),
        "care_own": float(cost * (1 - rules.care_ratio[place])),
    }


def contributions(rules: TierRules, place: int, year: int, base: float, enrolled: float, passed: Yuan) -> Yuan:
    """Who pays long-term care insurance: what the funds pass on counts towards the contributions, others pay what is left.

    `base` of the employee scheme's contributions and `enrolled` residents; SimsuranceError where a fund passes on more.
    """
    covered = rules.care_covered[place]
    of_members, of_residents = base * rules.employee_rate[place], enrolled * rules.resident_amount[place]
    left = {}
    for row, due, key, raised in (
        ("long_term_care", of_members, "employee.benefits.long_term_care", "employee_rate"),
        ("resident_long_term_care", of_residents, "benefits.long_term_care", "resident_amount"),
    ):
        left[row] = due * covered - passed[row]
        if left[row] < -ROUNDING * max(passed[row], 1.0):
            raise SimsuranceError(
                f"{key}: the fund passes on {passed[row]:.4g} yuan in {year}, more than the contribution of "
                f"{due * covered:.4g}, so that long-term care would be paid more than once; lower it, or raise "
                f"tiers.long_term_care.{raised} or covered"
            )
    members, residents = left["long_term_care"], left["resident_long_term_care"]
    return {
        "care_from_employers": float(members * rules.employer_share),
        "care_from_members": float(members * (1 - rules.employer_share)),
        "care_from_budget": float(residents * rules.budget_share),
        "care_from_residents": float(residents * (1 - rules.budget_share)),
    }


def births_of(rules: TierRules, place: int, year: int, births: Yuan, paid: Yuan, ratio: float) -> Yuan:
    """What births cost residents' and members' schemes: members' as the pool pays them, residents' a part of inpatient care.

    `births` by scheme, `paid` by both funds for births apart from care, `ratio` of inpatient benefits to inpatient cost;
    SimsuranceError where a resident's birth would be paid more than it costs.
    """
    cost = births["residents"] * rules.birth_cost[place]
    within, apart = cost * ratio, paid["resident_maternity_benefits"]
    if within + apart > cost * (1 + ROUNDING):
        raise SimsuranceError(
            f"benefits.birth_benefit: {apart:.4g} yuan in {year} beside the {within:.4g} that inpatient benefits pay are more "
            f"than births of residents cost, {cost:.4g}, so that they would be paid more than once; lower it, or raise "
            "tiers.maternity.resident_birth_cost"
        )
    return {
        "births_of_members": births["members"],
        "births_of_residents": births["residents"],
        "maternity_benefits": paid["maternity_benefits"],
        "resident_births_within_inpatient": float(within),
        "resident_maternity_benefits": float(apart),
        "resident_births_own": float(cost - within - apart),
    }
