"""Population, need classes, membership and the moves between the schemes: their assumptions by year on the axes."""

import numpy as np

from simsurance.axes import (
    AGE,
    EMPLOYEES,
    GAP_DEPTH,
    HEALTH,
    NOT_EMPLOYEES,
    SEX,
    TENURE_DEPTH,
    TENURES,
    UNINSURED,
    along,
    axes_except,
    axis,
)
from simsurance.basis import ageing, opening
from simsurance.basis.inputs import GRADED, NATION, STOCK, Arrays, Inputs, age_band_values, members, on
from simsurance.data import tables
from simsurance.errors import SimsuranceError
from simsurance.model.enrolment import enrolment_hazards
from simsurance.model.participation import rule_years_completed
from simsurance.model.state import YearBasis
from simsurance.scenario_file.employee_sections import EmployeeScheme
from simsurance.scenario_file.schedule import Schedule
from simsurance.scenario_file.schema import ScenarioValues

WORKING_AGES = slice(16, 60)
OF_MOVES = (
    *("employee_entry", "employee_exit", "retirement", "qualified_share", "buying_share", "joining_share"),
    *("leaver_enrolment", "years_count"),
)
"""Moves to, within and from the employee scheme."""
EXACT, MOST_STEPS = 1e-13, 20
"""How near a level of entry is found, relative, and in so many steps at most."""


def demographic_basis(inputs: Inputs) -> dict[str, np.ndarray]:
    """Population and need classes, by year on the axes."""
    chosen, years = inputs.values.population, inputs.years
    survival, newborn_survival = inputs.survival(years)
    pins = dict(chosen.pinned_total) if isinstance(chosen.pinned_total, dict) else {}
    groups = inputs.groups
    assisted = inputs.yearly(chosen.assisted_share, [year + 1 for year in years])
    return {
        "survival": on(survival, "year", "sex", "age"),
        "newborn_survival": on(newborn_survival, "year", "sex"),
        "male_share": on(inputs.male_share(years), "year"),
        "asfr": on(inputs.asfr(years), "year", "age"),
        "area_fertility": on(members(chosen.area_fertility, groups.areas), "area"),
        "migrants": on(inputs.migrants(years), "year", "sex", "age"),
        "mortality_ratio": on(members(inputs.values.health.mortality_ratio, HEALTH.members), "health"),
        "area_share_end": on(inputs.area_shares([year + 1 for year in years]), "year", "area"),
        "area_propensity": on(area_propensity(inputs), "age"),
        "assisted_share_end": on(assisted, "year") if groups.assisted else on(np.nan),
        "pinned_total_end": np.array([[pins.get(year + 1, np.nan)] for year in years]),
        "prevalence": on(ageing.prevalence(inputs, inputs.years), "year", "health", "sex", "age"),
        "persistence": on(inputs.values.health.persistence),
    }


def area_propensity(inputs: Inputs) -> np.ndarray:
    """Relative propensity to move from area to area, [age]; none where there is one."""
    if len(inputs.groups.areas) == 1:
        return np.zeros(len(AGE.members))
    return tables.by_age(inputs.table("population.area_moves_table"), "weight")["weight"]


def relative_odds(inputs: Inputs, by_need: bool) -> dict[str, np.ndarray]:
    """Relative odds before intercepts, with or without those of the need classes.

    Of leaving [health, tenure, age], of entering [health, never and gap, age], and of leaving by group [area, income]. Nobody
    leaves or enters in a scheme without behaviour.
    """
    if not inputs.scenario.form.has("behaviour"):
        return {
            "leave": np.zeros((len(HEALTH.members), TENURE_DEPTH, len(AGE.members))),
            "enter": np.zeros((len(HEALTH.members), UNINSURED.stop, len(AGE.members))),
            "group": np.ones((len(inputs.groups.areas), len(inputs.groups.income_groups))),
        }
    behaviour = inputs.values.behaviour
    acting = float(by_need)
    health_leave = np.exp(acting * members(behaviour.leave.health, HEALTH.members))
    health_back = np.exp(acting * members(behaviour.back.health, HEALTH.members))
    tenure = np.where(np.arange(1, TENURE_DEPTH + 1) >= 4, behaviour.leave.long_tenure_odds_ratio, 1.0)
    gap = np.exp(behaviour.back.gap * np.array([0, *range(GAP_DEPTH + 1)]))
    age = age_band_values(behaviour.leave.age_odds_ratio)
    area = members(behaviour.leave.area_odds_ratio, inputs.groups.areas)
    income = members(behaviour.leave.income_odds_ratio, inputs.groups.income_groups)
    return {
        "leave": along(health_leave, "health", of=opening.ODDS) * along(tenure, "status", of=opening.ODDS) * age,
        "enter": along(health_back, "health", of=opening.ODDS)
        * along(gap, "status", of=opening.ODDS)
        * np.ones(len(AGE.members)),
        "group": area[:, None] * income,
    }


def behaviour_basis(inputs: Inputs, odds: dict[str, np.ndarray], shares: np.ndarray) -> Arrays:
    """Hazards without their intercepts, burdens and participation rules, by year on the axes.

    `shares` of the areas and income groups among all of an age, [year, area, income, age].
    """
    values, years = inputs.values, inputs.years
    behaviour, rules = values.behaviour, values.participation
    acts = behaviour.effects
    personal, _ = inputs.standards()
    assistance = inputs.yearly(values.contributions.assistance_share)[:, None] * inputs.assisted
    own = along(personal[:-1], "year", of=GRADED) * inputs.grade() * along(1 - assistance, "year", "income", of=GRADED)
    burden = own[..., None] / inputs.cell_incomes([year - 1 for year in years], shares)
    campaign = inputs.yearly(behaviour.campaign_strength) * acts.campaign
    family = inputs.yearly(behaviour.family_share) * acts.family
    renewal = inputs.yearly(behaviour.default_renewal) * acts.renewal
    mood = inputs.yearly(behaviour.mood) * acts.mood
    leave_other = behaviour.leave.campaign * campaign - behaviour.leave.family * family
    leave_other = leave_other + behaviour.leave.renewal * renewal + mood
    index = inputs.indexation(years)
    true_index = inputs.income(NATION, [*(year - 1 for year in years), values.claims.trend.reference_year - 1])
    felt = index * true_index[-1] / true_index[:-1] / behaviour.leave.bonus_thousand
    waiting, bonus = rules.waiting, rules.continuous_bonus
    waits = members(waiting.income_waits, inputs.groups.income_groups)
    ages = np.arange(len(AGE.members))
    ages = ((ages >= waiting.exempt_under_age) & (ages < waiting.exempt_from_age)).astype(float)
    return {
        "leave_odds": on(odds["leave"], "health", "status", "age") * on(odds["group"], "area", "income"),
        "enter_odds": on(odds["enter"], "health", "status", "age"),
        "burden": on(burden, "year", "area", "income", "age"),
        "reference_burden": on(burden[0], "area", "income", "age"),
        "burden_floor": on(behaviour.burden_floor),
        "leave_burden": on(behaviour.leave.burden * acts.burden),
        "return_burden": on(behaviour.back.burden * acts.burden),
        "leave_wait": on(behaviour.leave.wait_per_month * acts.wait),
        "return_wait": on(behaviour.back.wait_per_month * acts.wait),
        "leave_bonus": on(behaviour.leave.bonus_per_1000 * acts.bonus),
        "leave_other": on(np.exp(leave_other), "year"),
        "return_other": on(np.exp(behaviour.back.campaign * campaign - mood), "year"),
        "newborn_enrolment": on(inputs.yearly(values.membership.newborn_enrolment), "year"),
        "rules_in_force": on(float(rules.in_force)),
        "waiting": {
            "fixed_months": on(inputs.yearly(waiting.fixed_months), "year"),
            "months_per_lapsed_year": on(inputs.yearly(waiting.months_per_lapsed_year), "year"),
            "floor_months": on(inputs.yearly(waiting.floor_months), "year"),
            "floor_from_lapsed_years": on(waiting.floor_from_lapsed_years),
            "first_lapsed_year_counts": on(float(waiting.first_lapsed_year_counts)),
            "longest_months": on(inputs.yearly(waiting.longest_months), "year"),
        },
        "waits": on(waits, "income") * on(ages, "age"),
        "leavers_wait": on(float(not waiting.exempt_employee_leavers)),
        "never_counts": on(float(waiting.never_insured == "since_start")),
        "repair_share": on(inputs.yearly(rules.repair.share) * rules.repair.allowed, "year"),
        "repair_all": on(float(rules.repair.years_paid == "all")),
        "late_share": on(inputs.yearly(rules.late_enrolment.share), "year"),
        "late_month": on(inputs.yearly(rules.late_enrolment.entry_month), "year"),
        "postponed_care": on(inputs.yearly(waiting.postponed_care), "year"),
        "bonus_step": on(inputs.yearly(bonus.step), "year"),
        "bonus_after_years": on(bonus.after_years),
        "bonus_kept": on(float(bonus.kept_after_lapse)),
        "no_claim_step": on(inputs.yearly(rules.no_claim_bonus.step), "year"),
        "no_claim_kept": on(float(rules.no_claim_bonus.kept_after_lapse)),
        "no_claim_reset": on(float(rules.no_claim_bonus.reset_on_use)),
        "bonus_limit": on(inputs.yearly(rules.bonus_limit), "year"),
        "cap_cut": on(inputs.yearly(rules.cap_cut_per_lapsed_year), "year"),
        "bonus_felt": on(felt[:, None] * (1 - inputs.assisted), "year", "income"),
        "indexation": on(index, "year"),
    }


def employee_chance(inputs: Inputs) -> np.ndarray:
    """Relative chance of belonging to the employee scheme, [area, income]."""
    scheme = inputs.values.employee
    groups = inputs.groups
    return members(scheme.area_ratio, groups.areas)[:, None] * members(scheme.income_ratio, groups.income_groups)


def moves_basis(inputs: Inputs) -> dict[str, np.ndarray]:
    """Moves to, within and from the employee scheme, by year on the axes; entry still relative."""
    scheme = inputs.values.employee
    if not inputs.scenario.form.has("employee"):
        return dict.fromkeys(OF_MOVES, on(0.0))
    moves = tables.by_sex_age(inputs.table("employee.moves_table"), "entry", "exit")
    chance = employee_chance(inputs)
    entry = moves["entry"] * along(inputs.yearly(scheme.entry_level) * inputs.lever("employee_entry"), "year", of=STOCK)
    leaving = moves["exit"] * along(inputs.yearly(scheme.exit_level), "year", of=STOCK)
    qualified = np.stack([inputs.yearly(getattr(scheme.qualified_share, sex)) for sex in SEX.members], axis=-1)
    short = scheme.unqualified
    return {
        "employee_entry": on(entry, "year", "sex", "age") * on(chance, "area", "income"),
        "employee_exit": on(leaving, "year", "sex", "age"),
        "retirement": on(retirement(inputs), "year", "sex", "age"),
        "qualified_share": on(qualified, "year", "sex"),
        "buying_share": on(short.buying),
        "joining_share": on(short.resident / (1 - short.buying) if short.buying < 1 else 0.0),
        "leaver_enrolment": on(inputs.yearly(scheme.leaver_enrolment), "year"),
        "years_count": on(float(scheme.years_count)),
    }


def retirement(inputs: Inputs) -> np.ndarray:
    """Probability that an active member retires in the year, [year, sex, age]: the table's, and those early and late.

    Along a cohort the table's rates give the share still active; that share is moved to earlier and later years for those who
    retire early and late by the shares of the year, and the rates follow from the mixture.
    """
    rule, path = inputs.values.employee.retirement, inputs.table("employee.retirement_table")
    early = inputs.yearly(rule.early_share) * (rule.early_years > 0)
    late = inputs.yearly(rule.late_share) * (rule.late_years > 0)
    if not early.any() and not late.any():
        return tables.by_year_sex_age(path, "probability", inputs.years)
    known = tables.years_of(path)
    rates = tables.by_year_sex_age(path, "probability", known)
    active = np.ones((len(known) + 1, *rates.shape[1:]))
    for place, retiring in enumerate(rates):
        active[place + 1, :, 1:] = active[place, :, :-1] * (1 - retiring[:, :-1])
    sooner, later = years_on(active, rule.early_years), years_on(active, -rule.late_years)
    found = tables.by_year_sex_age(path, "probability", inputs.years).copy()
    for place, (of_early, of_late) in enumerate(zip(early, late, strict=True)):
        if not of_early and not of_late:
            continue
        mixed = (1 - of_early - of_late) * active + of_early * sooner + of_late * later
        now, then = (each[inputs.years[place] - known[0]] for each in (mixed, years_on(mixed, 1)))
        found[place] = 1 - np.divide(then, now, out=np.zeros_like(now), where=now > 1e-12)
    return found


def years_on(cohorts: np.ndarray, years: int) -> np.ndarray:
    """What each cohort of [date, sex, age] is some years later; at the edges, what it is there."""
    dates, sexes, ages = (np.arange(size) for size in cohorts.shape)
    return cohorts[np.ix_(np.clip(dates + years, 0, dates[-1]), sexes, np.clip(ages + years, 0, ages[-1]))]


def employee_entry(inputs: Inputs, cells: np.ndarray, relative: np.ndarray) -> dict[str, np.ndarray]:
    """Probability of entering the employee scheme, of resident insured and of the uninsured.

    `relative` is the table's probability by age times the relative chance of the area and income group; it is brought to the
    table's mean over the people of working age outside the scheme in the opening state, and in a draw to the net flow that it
    would have by the values before it was drawn.
    """
    scheme = inputs.values.employee
    if not inputs.scenario.form.has("employee"):
        return {"employee_entry": on(0.0), "employee_entry_uninsured": on(0.0)}
    outside = (
        cells[:, :, NOT_EMPLOYEES].sum(axis=axis("run", "health", "status", "sex"))[..., WORKING_AGES].sum(axis=-1)
    )
    chance = employee_chance(inputs)
    entry = relative * (outside.sum() / (outside * chance).sum())
    if (before := inputs.scenario.undrawn) is not None:
        entry = entry * entry_level_of_draw(inputs, before.employee, cells, entry[:1])
    if entry.max() >= 1:
        raise SimsuranceError(
            f"employee.entry_level: gives a probability of entry of {entry.max():.3g} at some age; "
            "a lower level, area_ratio or income_ratio"
        )
    odds = entry / (1 - entry) * scheme.uninsured_odds_ratio
    joining = flexible_joining(inputs, cells, entry)
    found = {"employee_entry": entry + joining, "employee_entry_uninsured": odds / (1 + odds) + joining}
    most = max(float(each.max()) for each in found.values())
    if joining.any() and most > 1:
        by_choice = inputs.yearly(scheme.flexible_joining.by_choice)
        raise SimsuranceError(
            f"employee.flexible_joining.{'by_choice' if by_choice.any() else 'without_hukou'}: gives a probability of entry, "
            f"with the fitted one, of {most:.3g} at some age; a lower share, or a lower flexible_outside or entry_level"
        )
    return found


def entry_level_of_draw(inputs: Inputs, before: EmployeeScheme, cells: np.ndarray, entry: np.ndarray) -> float:
    """What the probabilities of entry of a draw are multiplied by, so that its exits and its odds leave the net flow as it was.

    A draw moves how many leave the scheme and who enters it; by how many its active members grew in a year was published. So of
    the persons of the opening state as many more enter as leave. ArithmeticError where no entries, or all, are too few.
    """
    level, was = (float(inputs.yearly(each.exit_level, [inputs.first])[0]) for each in (inputs.values.employee, before))
    odds_ratio = inputs.values.employee.uninsured_odds_ratio
    if (level, odds_ratio) == (was, before.uninsured_odds_ratio):
        return 1.0
    exits = tables.by_sex_age(inputs.table("employee.moves_table"), "entry", "exit")["exit"]
    staying = on(exits * (1 - retirement(inputs)[0]), "sex", "age")
    insured, uninsured, active = (
        cells[:, :, rows].sum(axis=axis("health", "status"), keepdims=True)
        for rows in (TENURES, UNINSURED, slice(EMPLOYEES.start, EMPLOYEES.start + 1))
    )

    def entering(factor: float, odds_ratio: float) -> tuple[float, float]:
        """Persons who enter, and how many more for a higher factor."""
        some, spread = factor * entry, 1 + (odds_ratio - 1) * factor * entry
        number = (insured * some).sum() + (uninsured * odds_ratio * some / spread).sum()
        return float(number), float((insured * entry).sum() + (uninsured * odds_ratio * entry / spread**2).sum())

    wanted = entering(1.0, before.uninsured_odds_ratio)[0] + (level - was) * float((active * staying).sum())
    found = 1.0
    for _ in range(MOST_STEPS):
        number, slope = entering(found, odds_ratio)
        step = (wanted - number) / slope
        found += step
        if not found > 0:
            break
        if abs(step) <= EXACT * found:
            return found
    raise ArithmeticError(f"no entries leave the net flow to the employee scheme at {wanted:.3g} persons")


def flexible_joining(inputs: Inputs, cells: np.ndarray, entry: np.ndarray) -> np.ndarray:
    """Probability that somebody outside the employee scheme joins it as a flexible worker, beyond the fitted entries.

    Of those of working age outside in the opening state a share are flexible workers, of whom a share joins in the year; who
    does is of the ages and groups of those who `entry` lets in.
    """
    scheme = inputs.values.employee
    joining = scheme.flexible_joining
    share = scheme.flexible_outside * (inputs.yearly(joining.by_choice) + inputs.yearly(joining.without_hukou))
    if not share.any() or not entry.any():
        return np.zeros((1,) * entry.ndim)
    outside = cells[:, :, NOT_EMPLOYEES].sum(axis=axis("health", "status"), keepdims=True)[..., WORKING_AGES]
    pattern = entry[:1]
    mean = (pattern[0][..., WORKING_AGES] * outside).sum() / outside.sum()
    return on(share, "year") * pattern / mean


def area_patterns(inputs: Inputs) -> np.ndarray:
    """Share of each area but the last at each age, a pattern, [area but the last, age]."""
    columns = [f"{area}{tables.OF_AREA}" for area in inputs.groups.areas[:-1]]
    if not columns:
        return np.ones((0, len(AGE.members)))
    found = tables.by_age(inputs.table("population.area_share_by_age_table"), *columns)
    return np.stack([found[column] for column in columns])


def opening_inputs(inputs: Inputs, odds: dict[str, np.ndarray]) -> opening.OpeningInputs:
    """What the opening state of the valuation year is built from."""
    values, first = inputs.values, inputs.first
    counts, scheme = values.membership, values.employee
    if inputs.scenario.form.has("employee"):
        profile = tables.by_sex_age(inputs.table("employee.profile_table"), "active", "retired")
        exits = tables.by_sex_age(inputs.table("employee.moves_table"), "entry", "exit")["exit"]
    else:
        exits = np.zeros((len(SEX.members), len(AGE.members)))
        profile = dict.fromkeys(("active", "retired"), exits)
    chance, moving = employee_chance(inputs), inputs.scenario.form.has("behaviour")

    def at_opening(schedule: Schedule) -> float:
        return float(inputs.yearly(schedule, [first])[0])

    return opening.OpeningInputs(
        stock=inputs.opening_stock(),
        area_share_by_age=area_patterns(inputs),
        area_share=inputs.area_shares([first])[0],
        income_share=inputs.income_groups["share"],
        assisted_share=at_opening(values.population.assisted_share) if inputs.groups.assisted else np.nan,
        prevalence=ageing.prevalence(inputs, [first - 1])[0],
        active_profile=profile["active"],
        retired_profile=profile["retired"],
        employee_odds=chance,
        active=at_opening(counts.employee_active),
        retired=at_opening(counts.employee_retired),
        resident_insured=at_opening(counts.resident_insured) - at_opening(counts.duplicates),
        leave_odds=odds["leave"],
        enter_odds=odds["enter"],
        uninsured_odds=odds["group"],
        return_rate=values.behaviour.targets.return_rate if moving else 0.0,
        join_rate=values.behaviour.targets.join_rate if moving else 0.0,
        persistence=values.health.persistence,
        newborn_enrolment=at_opening(counts.newborn_enrolment),
        recent_leavers=exits * at_opening(scheme.exit_level) * (1 - at_opening(scheme.leaver_enrolment)),
        leavers_enrol=inputs.scenario.undrawn is not None,
    )


def counted_years(inputs: Inputs) -> tuple[int, int]:
    """Years that the rules have counted before the valuation date: lapsed ones, and continuous ones with those credited."""
    rules = inputs.values.participation
    if not rules.in_force:
        return 0, 0
    lapsed = rule_years_completed(inputs.first, rules.start_year)
    return lapsed, rule_years_completed(inputs.first, rules.start_year - rules.continuous_bonus.credited_years)


def intercepts(cells: np.ndarray, basis: YearBasis, values: ScenarioValues) -> tuple[np.ndarray, np.ndarray]:
    """Factors on the odds of leaving and of entering that meet the turnover targets in the opening year.

    `basis` is the opening year under the root scenario's rules, with odds before intercepts. Returns [run, 1, …] for
    leaving and [run, 1, never and gap, 1, …] for entering.
    """
    hazard = enrolment_hazards(cells, basis)
    leave_odds, enter_odds = (rate / (1 - rate) for rate in (hazard.leave, hazard.enter))
    (never, joining), (lapsed, returning), (insured, leaving) = turnover(cells, values)
    join = opening.leaving_factor(never, enter_odds[:, :, :1], joining)
    back = opening.leaving_factor(lapsed, enter_odds[:, :, 1:], returning)
    enter = np.concatenate([join, *([back] * (UNINSURED.stop - 1))], axis=axis("status")[0])
    return opening.leaving_factor(insured, leave_odds, leaving), enter


def turnover(cells: np.ndarray, values: ScenarioValues) -> list[tuple[np.ndarray, np.ndarray]]:
    """The never insured, the lapsed and the insured of the opening state, and how many of each are to move, [run].

    An ArithmeticError where fewer than none are to, or more than there are.
    """
    targets = values.behaviour.targets
    never, lapsed, insured = (cells[:, :, rows] for rows in (slice(0, 1), slice(1, UNINSURED.stop), TENURES))
    joining = never.sum(axis=axes_except()) * targets.join_rate
    returning = lapsed.sum(axis=axes_except()) * targets.return_rate
    leaving = joining + returning - targets.net_flow_rate * insured.sum(axis=axes_except())
    if (outside := (leaving < 0) | (leaving > insured.sum(axis=axes_except()))).any():
        raise ArithmeticError(f"no factor on the odds gives {leaving[outside][0]:g}")
    return [(never, joining), (lapsed, returning), (insured, leaving)]
