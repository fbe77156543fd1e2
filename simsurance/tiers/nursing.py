"""Long-term care insurance and births by payer, in closed form from persons and their need (method note, section 7)."""

from collections.abc import Sequence

import numpy as np

from simsurance.axes import AGE, PROFILE_AXES, SEX, along
from simsurance.basis.tiers import TierRules
from simsurance.errors import SimsuranceError

BY_AGE = ("sex", "age")
OVER_SEX = BY_AGE.index("sex") - len(BY_AGE)
OVER_AGES = (OVER_SEX, BY_AGE.index("age") - len(BY_AGE))
BY_NEED = PROFILE_AXES.index("health") - len(PROFILE_AXES)
"""Axes behind that of years, where there is one."""
FEMALE = SEX.members.index("female")
OLD = slice(60, len(AGE.members))
ROUNDING = 1e-9
Columns = dict[str, np.ndarray]
"""Yuan, or persons, by the name of a row or column, [year]."""


def by_sex(female_ratio: np.ndarray, persons: np.ndarray) -> np.ndarray:
    """Prevalence of each sex over that of both, […, sex, age]: over the persons of an age its mean is 1."""
    ratio = along(np.where(np.arange(len(SEX.members)) == FEMALE, female_ratio, 1.0), "sex", of=BY_AGE)
    whole = persons.sum(axis=OVER_SEX, keepdims=True)
    weighted = (persons * ratio).sum(axis=OVER_SEX, keepdims=True)
    return np.asarray(ratio / np.divide(weighted, whole, out=np.ones_like(whole), where=whole > 0))


def by_need(of_person: np.ndarray, relative: np.ndarray, prevalence: np.ndarray) -> np.ndarray:
    """Prevalence by need, sex and age, […, health, sex, age], whose mean over the whole population is the one given.

    That one, and the `prevalence` of the need classes, on the same axes.
    """
    weights = along(relative, "health", of=PROFILE_AXES)
    return np.asarray(of_person * weights / (weights * prevalence).sum(axis=BY_NEED, keepdims=True))


def care_of(rules: TierRules, persons: np.ndarray, prevalence: np.ndarray, insured: np.ndarray) -> Columns:
    """Persons disabled and in benefit, the cost of their care and who pays it.

    `persons` of the nation, [year, sex, age]; years of cover of the `insured` on the axes of `prevalence`,
    [year, health, sex, age].
    """
    improved = by_sex(rules.female_ratio, persons) * along(rules.improvement, "year", of=("year", *BY_AGE))
    disabled, severe = persons * rules.disabled * improved, rules.severe * improved
    by_profile = by_need(np.expand_dims(severe, BY_NEED), rules.disability_by_need, prevalence)
    of_insured = (insured * by_profile).sum(axis=(BY_NEED, *OVER_AGES))
    in_benefit = of_insured * rules.care_covered * rules.uptake
    cost = in_benefit * rules.unit_cost
    return {
        "disabled": disabled.sum(axis=OVER_AGES),
        "disabled_60_plus": disabled[..., OLD].sum(axis=OVER_AGES),
        "severely_disabled": (persons * severe).sum(axis=OVER_AGES),
        "care_beneficiaries": in_benefit,
        "care_benefits": cost * rules.care_ratio,
        "care_own": cost * (1 - rules.care_ratio),
    }


def contributions(
    rules: TierRules, years: Sequence[int], base: np.ndarray, enrolled: np.ndarray, passed: Columns
) -> Columns:
    """Who pays long-term care insurance: what the funds pass on counts towards the contributions, others pay what is left.

    `base` of the employee scheme's contributions and `enrolled` residents; SimsuranceError where a fund passes on more.
    """
    covered = rules.care_covered
    of_members, of_residents = base * rules.employee_rate, enrolled * rules.resident_amount
    left = {}
    for row, due, key, raised in (
        ("long_term_care", of_members * covered, "employee.benefits.long_term_care", "employee_rate"),
        ("resident_long_term_care", of_residents * covered, "benefits.long_term_care", "resident_amount"),
    ):
        left[row] = due - passed[row]
        for place in np.flatnonzero(left[row] < -ROUNDING * np.maximum(passed[row], 1.0))[:1]:
            raise SimsuranceError(
                f"{key}: the fund passes on {passed[row][place]:.4g} yuan in {years[place]}, more than the contribution of "
                f"{due[place]:.4g}, so that long-term care would be paid more than once; lower it, or raise "
                f"tiers.long_term_care.{raised} or covered"
            )
    members, residents = left["long_term_care"], left["resident_long_term_care"]
    return {
        "care_from_employers": members * rules.employer_share,
        "care_from_members": members * (1 - rules.employer_share),
        "care_from_budget": residents * rules.budget_share,
        "care_from_residents": residents * (1 - rules.budget_share),
    }


def births_of(rules: TierRules, years: Sequence[int], births: Columns, paid: Columns, ratio: np.ndarray) -> Columns:
    """What births cost residents' and members' schemes: members' as the pool pays them, residents' a part of inpatient care.

    `births` by scheme, `paid` by both funds for births apart from care, `ratio` of inpatient benefits to inpatient cost;
    SimsuranceError where a resident's birth would be paid more than it costs.
    """
    cost = births["residents"] * rules.birth_cost
    within, apart = cost * ratio, paid["resident_maternity_benefits"]
    for place in np.flatnonzero(within + apart > cost * (1 + ROUNDING))[:1]:
        raise SimsuranceError(
            f"benefits.birth_benefit: {apart[place]:.4g} yuan in {years[place]} beside the {within[place]:.4g} that inpatient "
            f"benefits pay are more than births of residents cost, {cost[place]:.4g}, so that they would be paid more than "
            "once; lower it, or raise tiers.maternity.resident_birth_cost"
        )
    return {
        "births_of_members": births["members"],
        "births_of_residents": births["residents"],
        "maternity_benefits": paid["maternity_benefits"],
        "resident_births_within_inpatient": within,
        "resident_maternity_benefits": apart,
        "resident_births_own": cost - within - apart,
    }
