"""Contributions, cost of care, benefits and interest of the resident fund: their assumptions by year on the axes."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from simsurance.axes import HEALTH, PROFILE_AXES, along, axis
from simsurance.basis import ageing, control
from simsurance.basis.demand import answered
from simsurance.basis.inputs import GRADED, NATION, Arrays, Inputs, behind_run, members, on, through_the_year
from simsurance.basis.known import found_once
from simsurance.basis.residence import at_national_mean
from simsurance.basis.trend import Scheme, cost_and_use, grown, users_growth
from simsurance.data import tables
from simsurance.errors import SimsuranceError
from simsurance.scenario_file.employee_sections import EmployeeOutpatientBenefits
from simsurance.scenario_file.money_sections import OutpatientBenefits
from simsurance.scenario_file.schedule import Schedule
from simsurance.scenario_file.schema import LeverComponent
from simsurance.scenario_file.sections import LARGEST_AMOUNT, ByArea

LEAST: Final = 1e-12
"""Share that stands for nothing paid, where the own cost at a payment is asked for."""
CARE_LEVERS: Final[dict[Scheme, tuple[tuple[LeverComponent, LeverComponent], ...]]] = {
    "resident": (
        ("inpatient_use", "resident_inpatient_use"),
        ("inpatient_cost", "resident_inpatient_cost"),
        ("outpatient_cost", "resident_outpatient_cost"),
    ),
    "employee": (
        ("inpatient_use", "employee_inpatient_use"),
        ("inpatient_cost", "employee_inpatient_cost"),
        ("outpatient_cost", "employee_outpatient_cost"),
    ),
}
"""Levers on use, inpatient and outpatient cost that act on a scheme: those on both schemes, and its own."""
FLOW_TIMING: Final = {"start": 1.0, "middle": 0.5, "end": 0.0}
"""Share of the year that is left when income and outgo fall."""


def money_basis(inputs: Inputs, shares: np.ndarray) -> Arrays:
    """Contributions, benefits and interest, by year on the axes.

    `shares` of the areas and income groups among all of an age, [year, area, income, age].
    """
    values, years = inputs.values, inputs.years
    paid = values.contributions
    personal, subsidy = inputs.standards()
    grade = inputs.grade()
    index = inputs.indexation(years)
    rate = inputs.yearly(values.economy.interest_rate)
    supplement = grown(inputs, paid.local_supplement, paid.local_supplement_growth, years)
    return {
        "personal_pp": on(along(personal[:-1], "year", of=GRADED) * grade, "year", "area", "income"),
        "personal_pp_next": on(along(personal[1:], "year", of=GRADED) * grade, "year", "area", "income"),
        "relative_earnings": on(inputs.relative_earnings, "sex", "age"),
        "assistance_share": on(inputs.yearly(paid.assistance_share)[:, None] * inputs.assisted, "year", "income"),
        "subsidy_pp": on(subsidy[:-1], "year"),
        "local_supplement": on(supplement * inputs.lever("income"), "year"),
        "prepaid_share": inputs.yearly(paid.prepaid_share)[:, None],
        "relatives_share": on(inputs.yearly(values.behaviour.family_share), "year"),
        "disposable_income": on(inputs.cell_incomes(years, shares), "year", "area", "income", "age"),
        "care": answered(inputs, "resident", shares, lambda each: resident_care(each, shares), resident_rules),
        **critical_basis(inputs, index),
        "birth_benefit": on(birth_benefit(inputs), "year"),
        "recovered_share": recovered_share(inputs, "resident", values.benefits.recovered_share)[:, None],
        "long_term_care_pp": (inputs.yearly(values.benefits.long_term_care) * index)[:, None],
        "adjustment_share": inputs.yearly(values.fund.adjustment_share)[:, None],
        "administration_share": (inputs.yearly(values.fund.administration_share) * control.administration(inputs))[
            :, None
        ],
        "interest_rate": rate[:, None],
        "interest_share": np.array([[FLOW_TIMING[values.economy.flow_timing]]]),
        "deficit_rate": (rate + inputs.yearly(values.economy.deficit_interest_margin))[:, None],
    }


def recovered_share(inputs: Inputs, scheme: Scheme, stated: Schedule) -> np.ndarray:
    """Money recovered as a share of benefits, [year]: what is stated, and what audits add."""
    return np.asarray(inputs.yearly(stated) + control.effects(inputs, scheme).recovered)


def birth_benefit(inputs: Inputs) -> np.ndarray:
    """What a resident's birth is paid beyond inpatient benefits, yuan, [year]: it grows as the cost of an admission.

    That is cost over use of a person of given age and need, with the levers and rules on cost.
    """
    cost, use = cost_and_use(inputs, "resident")
    levers = inputs.lever("inpatient_cost") * inputs.lever("resident_inpatient_cost")
    levers *= control.effects(inputs, "resident").inpatient_cost
    return inputs.yearly(inputs.values.benefits.birth_benefit) * cost / use * levers


def critical_basis(inputs: Inputs, index: np.ndarray) -> dict[str, np.ndarray]:
    """Rules of critical-illness insurance on own inpatient cost, by year on the axes.

    Kinds of places and bands are an axis of their own behind the run. Own outpatient cost counts with it: so the amounts
    are reached, and the ratios are paid, on so much less of it, though never more than both layers leave room for.
    """
    rules = inputs.values.benefits.critical_illness
    counted = 1 + rules.outpatient_factor
    income = inputs.income(NATION, [year - 1 for year in inputs.years])
    shares = (rules.deductible_income_share, rules.low_deductible_income_share)
    tilt = 1 - inputs.assisted * (1 - inputs.yearly(rules.assisted_deductible_factor)[:, None])
    extra = rules.ratio_shift + rules.assisted_ratio_extra * inputs.assisted
    most = most_of_own_cost(inputs)[:, None]
    ratios = [np.maximum(np.minimum((ratio + extra) * counted, most), LEAST) for ratio in rules.band_ratios]
    self_run, lever = float(rules.financing == "self_run"), inputs.lever("critical_illness")
    deductibles = [(inputs.yearly(share) * income / counted)[:, None] * tilt for share in shares]
    if not inputs.scenario.form.has("benefits.critical_illness"):
        deductibles, lever = [np.full_like(each, LARGEST_AMOUNT) for each in deductibles], np.zeros_like(lever)
    return {
        "critical_deductible": behind_run([on(each, "year", "income") for each in deductibles]),
        "critical_low_places": on(rules.low_deductible_places),
        "critical_edges": behind_run([on(index * edge / counted, "year") for edge in rules.band_edges]),
        "critical_ratios": behind_run([on(ratio, "year", "income") for ratio in ratios]),
        "critical_cap": on(critical_cap(inputs, income, index), "year"),
        "critical_capped": on(1 - inputs.assisted * (not rules.assisted_capped), "income"),
        "critical_factor": on(lever, "year"),
        "critical_self_run": on(self_run),
        "critical_premium_pp": on((1 - self_run) * inputs.yearly(rules.premium) * index * lever, "year"),
    }


def critical_cap(inputs: Inputs, income: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Most that critical-illness insurance pays in a year before any bonus, yuan, [year]; `income` of the year before."""
    rules = inputs.values.benefits.critical_illness
    if rules.cap_rule == "amount":
        return inputs.yearly(rules.cap) * index
    limit = inputs.yearly(inputs.values.benefits.inpatient.limit) * index
    cap = inputs.yearly(rules.cap_income_multiple) * income - limit
    if cap.min() <= 0:
        place = int(cap.argmin())
        raise SimsuranceError(
            f"benefits.critical_illness.cap_income_multiple: the limit of basic insurance, {limit[place]:.0f}, leaves no "
            f"cap in {inputs.years[place]}; at least {limit[place] / income[place]:.3f}, or a lower benefits.inpatient.limit"
        )
    return cap


def most_of_own_cost(inputs: Inputs) -> np.ndarray:
    """Most that critical-illness insurance may pay of own inpatient cost, before what levers multiply it by, [year].

    Basic insurance, levers and rules included, pays a share of the cost within its limit; both together pay at most the cost.
    """
    ratio = inputs.yearly(inputs.values.benefits.inpatient.payment_ratio)
    unpaid = 1 - ratio * inputs.lever("inpatient_benefits") * control.effects(inputs, "resident").inpatient_benefits
    left = np.divide(unpaid, 1 - ratio, out=np.ones_like(ratio), where=ratio < 1)
    return np.asarray(np.minimum(left, 1.0) / np.maximum(inputs.lever("critical_illness"), 1.0))


def resident_care(inputs: Inputs, shares: np.ndarray) -> Arrays:
    """Use and cost of residents' care, whoever pays."""
    claims = inputs.values.claims
    levels = {
        "use": 1.0,
        "inpatient_cost": claims.inpatient.level,
        "outpatient_cost": claims.outpatient.level,
    }
    cost = claims_basis(inputs, "resident", levels)
    areas = {"inpatient_cost": claims.inpatient.area_cost, "outpatient_cost": claims.outpatient.area_cost}
    cost |= {name: cost[name] * cost_by_area(inputs, ratio, shares) for name, ratio in areas.items()}
    return cost


def resident_rules(inputs: Inputs) -> Arrays:
    """What basic insurance pays of residents' care."""
    inpatient, outpatient = inputs.values.benefits.inpatient, inputs.values.benefits.outpatient
    return basic_rules(
        inputs,
        "resident",
        ("inpatient_benefits", "outpatient_benefits"),
        on(inputs.yearly(inpatient.deductible), "year"),
        on(inputs.yearly(inpatient.payment_ratio), "year"),
        inputs.yearly(inpatient.limit),
        on(inputs.yearly(outpatient.payment_ratio), "year"),
        outpatient,
    )


def cost_by_area(inputs: Inputs, ratio: ByArea, shares: np.ndarray) -> np.ndarray:
    """What cost is multiplied by in each area, on the axes; 1 for all of an age together, so that moves add nothing to it."""
    relative = along(members(ratio, inputs.groups.areas), "area", of=GRADED)
    return on(at_national_mean(relative, shares, np.ones(1)), "year", "area", "income", "age")


def basic_rules(
    inputs: Inputs,
    scheme: Scheme,
    levers: tuple[LeverComponent, LeverComponent],
    deductible: np.ndarray,
    ratio: np.ndarray,
    limit: np.ndarray,
    outpatient_ratio: np.ndarray,
    outpatient: OutpatientBenefits | EmployeeOutpatientBenefits,
) -> Arrays:
    """The basic layers of a scheme: inpatient deductible, ratio and limit [year], outpatient ratio, and what else is told.

    Yuan amounts of the reference year; deductible and ratios have the axes of a basis. `levers` act behind the layers.
    """
    index, rules = inputs.indexation(inputs.years), control.effects(inputs, scheme)
    outpatient_limits = np.stack([inputs.yearly(getattr(outpatient.limit, need)) for need in HEALTH.members], axis=-1)
    return {
        "inpatient_deductible": deductible * on(index, "year"),
        "inpatient_ratio": ratio,
        "inpatient_limit": on(limit * index, "year"),
        "outpatient_deductible": on(inputs.yearly(outpatient.deductible) * index, "year"),
        "outpatient_ratio": outpatient_ratio,
        "outpatient_limit": on(index[:, None] * outpatient_limits, "year", "health"),
        "inpatient_benefit_factor": benefit_factor(inputs, levers[0], rules.inpatient_benefits, ratio),
        "outpatient_benefit_factor": benefit_factor(inputs, levers[1], rules.outpatient_benefits, outpatient_ratio),
    }


def claims_basis(inputs: Inputs, scheme: Scheme, levels: Mapping[str, float]) -> dict[str, np.ndarray]:
    """Probability of use and cost of users by need class, sex and age; the population keeps the profiles at each age.

    `levels`: factors on use, inpatient and outpatient cost of the scheme. Growth of cost at given age and need is use times
    price: its part of growth of use multiplies the odds of being a user, and what is left of all growth is a user's cost.
    Levers on use and cost of care act on both schemes, those named after a scheme on it alone; rules of control on both.
    """
    prevalence = inputs.prevalence()
    hospital, clinic = inputs.values.claims.inpatient, inputs.values.claims.outpatient
    profile = tables.by_sex_age(inputs.table("claims.inpatient.use_table"), "use")["use"] * hospital.use_level
    odds_ratio = members(hospital.use_odds_ratio, HEALTH.members)
    use_by_class = shared_out(through_the_year(profile), odds_ratio, prevalence) * levels["use"]
    age_cost = tables.by_age(inputs.table("claims.inpatient.cost_table"), "relative_cost")["relative_cost"]
    user_cost = (
        members(hospital.cost_ratio, HEALTH.members)[:, None]
        * through_the_year(age_cost)
        * hospital.mean_cost
        * levels["inpatient_cost"]
    )

    head_cost = tables.by_sex_age(inputs.table("claims.outpatient.cost_table"), "relative_cost")["relative_cost"]
    by_need = along(members(clinic.cost_ratio, HEALTH.members), "health", of=PROFILE_AXES)
    head_ratio = by_need / (by_need * prevalence).sum(axis=axis("health", of=PROFILE_AXES))
    clinic_use = along(members(clinic.use, HEALTH.members), "health", of=PROFILE_AXES)
    clinic_user = head_ratio * through_the_year(head_cost) / clinic_use * clinic.mean_cost * levels["outpatient_cost"]
    cost, use = cost_and_use(inputs, scheme)
    odds = use**inputs.values.claims.trend.users_share
    odds = along(odds, "year", of=("year", *PROFILE_AXES))
    more_inpatients, more_visitors = (users_growth(odds, use) for use in (higher_of_sexes(use_by_class), clinic_use))
    rules = control.effects(inputs, scheme)
    use_lever, cost_lever, clinic_lever = (
        inputs.lever(both) * inputs.lever(own) * by_rules
        for (both, own), by_rules in zip(
            CARE_LEVERS[scheme], (rules.inpatient_use, rules.inpatient_cost, rules.outpatient_cost), strict=True
        )
    )
    highest = use_by_class.max()
    if highest > 1:
        raise SimsuranceError(
            f"employee.care.use_level: {levels['use']:g} gives some age a probability of admission of {highest:.3g}; "
            f"at most {levels['use'] / highest:.3f}"
        )
    inpatients = on(use_by_class, "health", "sex", "age") * on(more_inpatients, "year", "health", "sex", "age")
    if (inpatients * on(use_lever, "year")).max() > 1:
        raise SimsuranceError(
            "levers: those on inpatient_use give some age a probability above 1; "
            f"together at most {1 / inpatients.max() - 1:.3f}"
        )
    tail = inputs.values.benefits.critical_illness.tail_index
    if 0 < tail <= 1:
        raise SimsuranceError(
            f"benefits.critical_illness.tail_index: {tail:g} gives cost without a mean; 0 for no Pareto tail, or above 1"
        )
    trend, clinic_trend = (on(cost * lever, "year") for lever in (cost_lever, clinic_lever))
    admissions = on(use_by_class, "health", "sex", "age") * on(use * use_lever * hospital.admissions_per_user, "year")
    at_reference = use_by_class * user_cost[:, None] + clinic_use * clinic_user
    of_mortality = on(ageing.cost_of_mortality(inputs, scheme, at_reference), "year", "health", "sex", "age")
    return {
        "inpatient_use": inpatients * on(use_lever, "year"),
        "inpatient_cost": on(user_cost[:, None] / more_inpatients, "year", "health", "sex", "age")
        * trend
        * of_mortality,
        "admissions": admissions,
        "inpatient_sigma": on(members(hospital.sigma, HEALTH.members), "health"),
        "outpatient_use": on(clinic_use * more_visitors, "year", *PROFILE_AXES),
        "outpatient_cost": on(clinic_user / more_visitors, "year", "health", "sex", "age")
        * clinic_trend
        * of_mortality,
        "outpatient_sigma": on(members(clinic.sigma, HEALTH.members), "health"),
        "tail_index": on(tail),
    }


def higher_of_sexes(use: np.ndarray) -> np.ndarray:
    """The higher chance of both sexes, [health, 1, age], of `use` [health, sex, age].

    Growth of use moves its odds, and the other sex has more users in the same proportion: so a user costs the same in both, and
    cost needs no axis of sexes (measured in the method note, section 15).
    """
    return np.asarray(use.max(axis=axis("sex", of=PROFILE_AXES), keepdims=True))


def benefit_factor(inputs: Inputs, component: LeverComponent, by_rules: np.ndarray, paid: np.ndarray) -> np.ndarray:
    """What levers and rules multiply the basic benefits by, behind the layers; nobody is paid more than the cost."""
    factor = on(inputs.lever(component) * by_rules, "year")
    if (factor * paid).max() > 1:
        raise SimsuranceError(
            f"levers: those on {component} and rules of control, with a payment_ratio of {paid.max():g} pay more than the "
            f"cost; together at most {1 / paid.max() - 1:.3f}"
        )
    return factor


@found_once
def shared_out(rate: np.ndarray, odds_ratio: np.ndarray, prevalence: np.ndarray) -> np.ndarray:
    """A probability at each sex and age as one by need class, in the given odds ratios, with the same mean at each age.

    `rate` [sex, age], `odds_ratio` [health], `prevalence` [health, sex, age]. Returns [health, sex, age].
    """
    ratios = along(odds_ratio, "health", of=PROFILE_AXES)
    low, high = np.full(rate.shape, -30.0), np.full(rate.shape, 30.0)
    for _ in range(60):
        middle = (low + high) / 2
        odds = ratios * np.exp(middle)
        short = (prevalence * odds / (1 + odds)).sum(axis=axis("health", of=PROFILE_AXES)) < rate
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    odds = ratios * np.exp((low + high) / 2)
    return odds / (1 + odds)
