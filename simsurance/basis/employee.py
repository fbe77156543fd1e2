"""Contributions, benefits and accounts of the employee scheme: their assumptions by year on the axes."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from simsurance.axes import AGE, axis, row
from simsurance.basis.demand import answered
from simsurance.basis.inputs import Arrays, Inputs, members, on
from simsurance.basis.money import basic_rules, claims_basis, cost_by_area, recovered_share
from simsurance.basis.retirees import retirees_basis
from simsurance.basis.trend import grown
from simsurance.model.arrears import LONGEST
from simsurance.model.lognormal import above

ACTIVE = row("employee_active")
HIGHER_BASES: Final = {"base_80": 0.8, "base_100": 1.0}
"""Bases that flexible workers may choose above the lowest, shares of last year's mean wage; the highest is the ceiling."""


def employee_basis(inputs: Inputs, cells: np.ndarray, shares: np.ndarray) -> Arrays:
    """The fields of `EmployeeBasis`; wages average over the active members of the opening `cells`.

    `shares` of the areas and income groups among all of an age, [year, area, income, age].
    """
    scheme, years = inputs.values.employee, inputs.years
    paid, accounts, rules = scheme.contributions, scheme.accounts, scheme.benefits
    index = inputs.indexation(years)
    wages = inputs.wages([year - 1 for year in years])
    reference_wage = inputs.wages([inputs.values.claims.trend.reference_year - 1])
    relief = (1 - inputs.yearly(paid.relief)) * inputs.lever("employer_contributions")
    in_time = 1 - inputs.yearly(paid.arrears)
    employer_rate = inputs.yearly(paid.employer_rate) + inputs.yearly(paid.employer_rate_change)
    flexible_base = inputs.yearly(paid.flexible_base) * wages
    return {
        "care": answered(inputs, "employee", shares, lambda each: employee_care(each, shares), employee_rules),
        "contribution_base": on(contribution_base(inputs, cells, wages), "year", "income"),
        "employer_rate": on(employer_rate * relief * in_time, "year"),
        "employee_rate": on(inputs.yearly(paid.employee_rate), "year"),
        "with_account": on(1 - inputs.yearly(accounts.without), "year"),
        "to_accounts": on(inputs.yearly(paid.to_accounts), "year"),
        "retiree_credit": on(inputs.yearly(accounts.retiree_credit), "year"),
        "purchase_pp": on(scheme.unqualified.missing_years * employer_rate * flexible_base, "year"),
        "birth_benefit": on(inputs.yearly(rules.birth_benefit) * wages / reference_wage, "year"),
        "long_term_care_pp": on(inputs.yearly(rules.long_term_care) * index, "year"),
        "recovered_share": on(recovered_share(inputs, "employee", rules.recovered_share), "year"),
        "adjustment_share": on(inputs.yearly(scheme.fund.adjustment_share), "year"),
        "spending_rate": on(inputs.yearly(accounts.spending_rate), "year"),
        "relatives_care_rate": on(inputs.yearly(accounts.relatives_care_rate), "year"),
        "retirees": retirees_basis(inputs),
        "arrears": arrears_basis(inputs),
    }


def arrears_basis(inputs: Inputs) -> Arrays | None:
    """The fields of `ArrearsBasis`; None where all that is due is paid in its year."""
    paid = inputs.values.employee.contributions
    unpaid = inputs.yearly(paid.arrears)
    if not unpaid.any():
        return None
    settled = np.zeros((1, 1, LONGEST))
    settled[..., paid.arrears_lag - 1] = 1.0
    return {
        "unpaid": (unpaid / (1 - unpaid))[:, None],
        "recovered": inputs.yearly(paid.arrears_recovered)[:, None],
        "settled": settled,
    }


def contribution_base(inputs: Inputs, cells: np.ndarray, wages: np.ndarray) -> np.ndarray:
    """Mean base of an active member's contributions, yuan a year, [year, income].

    A wage is lognormal within an income group and counts between the floor and the ceiling, shares of last year's mean wage
    `wages` [year]: E[min(max(w, a), b)] = a + E[(w − a)⁺] − E[(w − b)⁺]. Flexible workers pay from a base of their own.
    """
    wage, paid = inputs.values.employee.wage, inputs.values.employee.contributions
    active = cells[:, :, ACTIVE : ACTIVE + 1].sum(axis=axis("run", "health", "status", "sex", "area", "age"))
    ratio = members(wage.income_ratio, inputs.groups.income_groups)
    mean = wages[:, None] * ratio * active.sum() / (ratio * active).sum() if active.any() else wages[:, None] * ratio
    floor, ceiling = (inputs.yearly(share)[:, None] * wages[:, None] for share in (wage.floor, wage.ceiling))
    sigma = np.array(wage.sigma)
    counted = floor + above(mean, sigma, floor).excess - above(mean, sigma, ceiling).excess
    flexible = inputs.yearly(paid.flexible_share)[:, None]
    own_base = chosen_base(inputs)[:, None] * wages[:, None]
    reported = grown(inputs, paid.compliance, paid.compliance_growth, inputs.years)
    reported = reported + inputs.yearly(paid.unreported_found) * np.maximum(1 - reported, 0.0)
    reported = reported * inputs.lever("contribution_base")
    return reported[:, None] * ((1 - flexible) * counted + flexible * own_base)


def chosen_base(inputs: Inputs) -> np.ndarray:
    """Mean base of flexible workers over last year's mean wage, [year]: the lowest that they may choose, or a higher one."""
    paid = inputs.values.employee.contributions
    lowest, ceiling = inputs.yearly(paid.flexible_base), inputs.yearly(inputs.values.employee.wage.ceiling)
    base = lowest
    for name, share in paid.flexible_choice:
        chosen = np.clip(HIGHER_BASES.get(name, np.inf), lowest, np.maximum(ceiling, lowest))
        base = base + inputs.yearly(share) * (chosen - lowest)
    return base


def base_of_wages(inputs: Inputs, years: Sequence[int], wages: np.ndarray) -> np.ndarray:
    """What contributions of `years` are taken from for single wages earned in the years before them; yuan, [year].

    A wage within floor and ceiling; how much of all wages is reported is a matter of the whole scheme.
    """
    wage, mean = inputs.values.employee.wage, inputs.wages([year - 1 for year in years])
    floor, ceiling = (inputs.yearly(share, years) * mean for share in (wage.floor, wage.ceiling))
    return np.minimum(np.maximum(wages, floor), ceiling)


def employee_care(inputs: Inputs, shares: np.ndarray) -> Arrays:
    """Use and cost of members' care, whoever pays."""
    care = inputs.values.employee.care
    levels = {
        "use": care.use_level,
        "inpatient_cost": care.inpatient_level,
        "outpatient_cost": care.outpatient_level,
    }
    cost = claims_basis(inputs, "employee", levels)
    by_place = cost_by_area(inputs, care.area_cost, shares) * on(steeper_with_age(inputs), "age")
    cost |= {name: cost[name] * by_place for name in ("inpatient_cost", "outpatient_cost")}
    return cost


def employee_rules(inputs: Inputs) -> Arrays:
    """What the pool pays of members' care; the status axis is active, retired."""
    inpatient, outpatient = inputs.values.employee.benefits.inpatient, inputs.values.employee.benefits.outpatient
    deductibles = [inputs.yearly(each) for each in (inpatient.deductible, inpatient.retired_deductible)]
    ratio, outpatient_ratio = (
        on(np.array([0.0, rule.retired_ratio_extra]), "status") + on(inputs.yearly(rule.payment_ratio), "year")
        for rule in (inpatient, outpatient)
    )
    return basic_rules(
        inputs,
        "employee",
        ("employee_inpatient_benefits", "employee_outpatient_benefits"),
        on(np.stack(deductibles, axis=-1), "year", "status"),
        ratio,
        inputs.yearly(inpatient.limit),
        outpatient_ratio,
        outpatient,
    )


def steeper_with_age(inputs: Inputs) -> np.ndarray:
    """What members' cost is multiplied by at each age: 1 for the younger, the ratio for the older, in equal steps between."""
    care = inputs.values.employee.care
    ages = np.arange(len(AGE.members)) + 0.5
    progress = (ages - care.younger_to_age) / (care.older_from_age - care.younger_to_age)
    return care.older_cost_ratio ** np.clip(progress, 0.0, 1.0)
