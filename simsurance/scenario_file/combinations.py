"""Values that are each possible and together are not: one line for each combination that cannot be meant."""

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Final

from simsurance.axes import HEALTH
from simsurance.ledger import POOL
from simsurance.scenario_file.adjustment_complaints import adjustment_complaints
from simsurance.scenario_file.bond_complaints import bond_complaints
from simsurance.scenario_file.choice_complaints import choice_complaints
from simsurance.scenario_file.faults import Fault, plain
from simsurance.scenario_file.files import IN_PYTHON, Layer, to_change
from simsurance.scenario_file.pins import pin_complaints
from simsurance.scenario_file.schedule import Schedule, first_year, level_in, value_in
from simsurance.scenario_file.schema import ScenarioValues

Complaint = tuple[tuple[str, ...], str]
"""The keys that disagree, and what is wrong with them in words that name them all."""

SHARES_OF_ONE_WHOLE: Final = (
    ("employee.retirement", "early_share", "late_share"),
    ("employee.unqualified", "buying", "resident"),
    ("employee.accounts", "spending_rate", "relatives_care_rate"),
)
"""Section and two keys in it that are shares of the same."""
CRITICAL: Final = "benefits.critical_illness"
PAID: Final = "employee.contributions"
USED_WITH: Final = (("cap", "amount"), ("cap_income_multiple", "income_multiple"))
"""Keys of critical-illness insurance that count with one `cap_rule` alone, and that rule."""
PARTS_OF_COST: Final = ("tests", "consumables", "drugs")
"""Of an admission; services and beds are the rest."""
PAID_FOR: Final = ("admission_share", "cost", "payment_ratio")
"""What a level has of admissions that a fund pays for."""
WHOLE: Final = 1e-6
"""How near to 1 shares add that are given in few digits."""
ROUNDING: Final = 1e-9
LEAST_RATIO: Final = 0.01
"""Least share that a band may pay, as in the schema."""


class _YearNotTold(Exception):
    """A schedule has no value for the year; that is told by itself."""


def combined(values: ScenarioValues, origins: Mapping[str, Layer], root: Layer, faults: list[Fault]) -> None:
    """Add a fault for all values that are impossible beside each other, with the first year in which they are.

    It is told at the key that a file set upon the root scenario, for that is the one to change.
    """
    told: dict[tuple[str, ...], str] = {}
    for keys, text in pin_complaints(values):
        told.setdefault(keys, text)
    first, last = values.horizon.valuation_year, values.horizon.last_year
    for year in range(first, last + 1):
        for complaints in COMPLAINTS:
            if year > first and complaints in ONCE:
                continue
            try:
                for keys, text in complaints(values, year):
                    told.setdefault(keys, text)
            except _YearNotTold:
                continue
    rule = values.benefits.critical_illness.cap_rule
    for name, wanted in USED_WITH:
        origin = origins.get(f"{CRITICAL}.{name}", root)
        if origin.label not in (root.label, IN_PYTHON) and rule != wanted:
            text = f'not used while cap_rule is "{rule}"; write cap_rule = "{wanted}" beside it'
            faults.append(origin.fault(f"{CRITICAL}.{name}", text))
    for keys, text in told.items():
        key = to_change(keys, origins, root)
        faults.append(origins[key].fault(key, text))


def _in(schedule: Schedule, year: int) -> float:
    """The value of a schedule in a year."""
    value = value_in(schedule, year)
    if value is None:
        raise _YearNotTold
    return value


def _level(level: Schedule, year: int) -> float:
    """An income in a year."""
    value = level_in(level, year)
    if value is None:
        raise _YearNotTold
    return value


def _waiting(values: ScenarioValues, year: int) -> Iterator[Complaint]:
    """Floor and longest waiting leave room for what the rule gives, and somebody waits."""
    rules = values.participation.waiting
    fixed_months, monthly, floor_months, longest_months, under, over = (
        f"participation.waiting.{name}"
        for name in (
            *("fixed_months", "months_per_lapsed_year", "floor_months", "longest_months"),
            *("exempt_under_age", "exempt_from_age"),
        )
    )
    if rules.exempt_from_age <= rules.exempt_under_age:
        text = f"exempt_from_age {rules.exempt_from_age} is not above exempt_under_age {rules.exempt_under_age}, "
        yield (over, under), text + "so nobody would wait; give 101 and 0 for no exemption"
    fixed, floor = _in(rules.fixed_months, year), _in(rules.floor_months, year)
    longest = _in(rules.longest_months, year)
    counted = rules.floor_from_lapsed_years - (not rules.first_lapsed_year_counts)
    given = fixed + _in(rules.months_per_lapsed_year, year) * counted
    for name, key, months in (("fixed_months", fixed_months, fixed), ("floor_months", floor_months, floor)):
        if months > longest:
            text = f"{name} {plain(months)} is above longest_months {plain(longest)} in {year}; "
            yield (key, longest_months), text + "lower the first or raise the second"
    if longest >= floor > given:
        text = f"floor_months {plain(floor)} is above the {plain(given)} that fixed_months and months_per_lapsed_year "
        text += f"give after {rules.floor_from_lapsed_years} lapsed years in {year}; give at most {plain(given)}"
        yield (floor_months, fixed_months, monthly, f"{floor_months.removesuffix('months')}from_lapsed_years"), text


def _bonus(values: ScenarioValues, year: int) -> Iterator[Complaint]:
    """A single step fits under the limit of the bonuses, and a cut leaves something of the cap."""
    rules, (cap, cap_keys) = values.participation, _cap(values, year)
    most = _in(rules.bonus_limit, year) * cap
    for section in ("continuous_bonus", "no_claim_bonus"):
        step = _in(getattr(rules, section).step, year)
        if step > most:
            text = f"{section}.step {plain(step)} is above all that bonus_limit allows, {plain(most)} in {year}; "
            keys = (f"participation.{section}.step", "participation.bonus_limit", *cap_keys)
            yield keys, text + "lower the step or raise the limit"
    cut = _in(rules.cap_cut_per_lapsed_year, year)
    if cut > cap:
        text = f"cap_cut_per_lapsed_year {plain(cut)} is above the cap, {plain(cap)} in {year}; give a smaller cut"
        yield ("participation.cap_cut_per_lapsed_year", *cap_keys), text


def _basic_benefits(values: ScenarioValues, year: int) -> Iterator[Complaint]:
    """Limits are not below the deductible that they stand beside."""
    for scheme, rules in (("benefits", values.benefits), ("employee.benefits", values.employee.benefits)):
        inpatient, outpatient = rules.inpatient, rules.outpatient
        limits = {f"{scheme}.inpatient.limit": (_in(inpatient.limit, year), _in(inpatient.deductible, year))}
        for need in ("low", "moderate", "high"):
            limit = _in(getattr(outpatient.limit, need), year)
            limits[f"{scheme}.outpatient.limit.{need}"] = (limit, _in(outpatient.deductible, year))
        for key, (limit, deductible) in limits.items():
            if limit < deductible:
                section, _, name = key.partition(".limit")
                text = f"limit{name} {plain(limit)} is below deductible {plain(deductible)} in {year}; "
                yield (key, f"{section}.deductible"), text + "raise the first or lower the second"


def _shares(values: ScenarioValues, year: int) -> Iterator[Complaint]:
    """Shares of one whole are together at most 1."""
    for section, first, second in SHARES_OF_ONE_WHOLE:
        one, other = (_in(getattr(attrgetter(section)(values), name), year) for name in (first, second))
        if one + other > 1 + ROUNDING:
            text = f"{first} {plain(one)} and {second} {plain(other)} are more than all in {year}; together at most 1"
            yield (f"{section}.{second}", f"{section}.{first}"), text


def _ratios(values: ScenarioValues, year: int) -> Iterator[Complaint]:
    """Somebody belongs to the employee scheme and earns a wage."""
    scheme = values.employee
    for section, ratios in (("area_ratio", scheme.area_ratio), ("income_ratio", scheme.income_ratio)):
        if not any(dict(ratios).values()):
            keys = tuple(f"employee.{section}.{name}" for name in dict(ratios))
            yield keys, "0 as for every other group, so nobody would be a member; give one of them a number above 0"
    wages, members = dict(scheme.wage.income_ratio), dict(scheme.income_ratio)
    if any(members.values()) and not any(wages[group] * members[group] for group in wages):
        keys = tuple(f"employee.wage.income_ratio.{group}" for group in wages if members[group])
        yield (
            keys,
            "0 as for every group that has members, so nobody would earn a wage; give one of them a number above 0",
        )


def _employee(values: ScenarioValues, year: int) -> Iterator[Complaint]:
    """Payments do not exceed the cost, the base has room between its bounds, rates are not below zero."""
    care = values.employee.care
    if care.younger_to_age >= care.older_from_age:
        text = f"younger_to_age {care.younger_to_age} is not below older_from_age {care.older_from_age}; "
        yield (
            ("employee.care.younger_to_age", "employee.care.older_from_age"),
            text + "lower the first or raise the second",
        )
    rules, paid, wage = values.employee.benefits, values.employee.contributions, values.employee.wage
    for kind, rule in (("inpatient", rules.inpatient), ("outpatient", rules.outpatient)):
        ratio, section = _in(rule.payment_ratio, year), f"employee.benefits.{kind}"
        if ratio + rule.retired_ratio_extra > 1:
            text = f"payment_ratio {plain(ratio)} in {year} and retired_ratio_extra {plain(rule.retired_ratio_extra)} "
            text += f"are more than the whole cost; give an extra of at most {plain(1 - ratio)}"
            yield (f"{section}.retired_ratio_extra", f"{section}.payment_ratio"), text
    floor, ceiling = _in(wage.floor, year), _in(wage.ceiling, year)
    if floor >= ceiling:
        text = (
            f"floor {plain(floor)} is not below ceiling {plain(ceiling)} in {year}; lower the first or raise the second"
        )
        yield ("employee.wage.floor", "employee.wage.ceiling"), text
    of_choice, shares = f"{PAID}.flexible_choice", [(name, _in(share, year)) for name, share in paid.flexible_choice]
    if (chosen := sum(share for _, share in shares)) > 1 + ROUNDING:
        keys = tuple(f"{of_choice}.{name}" for name, share in shares if share)
        yield (
            keys,
            f"the shares that choose a higher base add to {plain(round(chosen, 9))} in {year}; together at most 1",
        )
    for key, acts in (("arrears", paid.arrears), ("retiree_rate", paid.retiree_rate)):
        if _in(acts, year) and (pins := [name for name, pin in values.pins.items() if pin.total == f"{POOL}.income"]):
            text = f"{plain(_in(acts, year))} in {year}, while {POOL}.income is pinned and holds what comes in; leave one out"
            yield (f"{PAID}.{key}", *(f"pins.{name}.values" for name in pins)), text
    rate, change = _in(paid.employer_rate, year), _in(paid.employer_rate_change, year)
    if rate + change < 0:
        text = f"employer_rate {plain(rate)} and employer_rate_change {plain(change)} are below zero in {year}; "
        keys = ("employee.contributions.employer_rate_change", "employee.contributions.employer_rate")
        yield keys, text + f"give a change of at least {plain(-rate)}"


def _critical_illness(values: ScenarioValues, year: int) -> Iterator[Complaint]:
    """Each band pays something and nobody more than the cost, the cap is not below the deductible, a premium is not zero."""
    rules, reference = values.benefits.critical_illness, values.claims.trend.reference_year
    section, highest, lowest = CRITICAL, max(rules.band_ratios), min(rules.band_ratios)
    if highest + rules.assisted_ratio_extra > 1:
        text = f"band_ratios of {plain(highest)} and assisted_ratio_extra {plain(rules.assisted_ratio_extra)} are more "
        text += f"than the whole cost; give an extra of at most {plain(1 - highest)}"
        yield (f"{section}.assisted_ratio_extra", f"{section}.band_ratios"), text
    if lowest + rules.ratio_shift < LEAST_RATIO - ROUNDING:
        text = f"ratio_shift {plain(rules.ratio_shift)} leaves less than {LEAST_RATIO:g} of a band that pays "
        text += f"{plain(lowest)}; give a shift of at least {LEAST_RATIO - lowest:.3g}"
        yield (f"{section}.ratio_shift", f"{section}.band_ratios"), text
    if rules.financing == "premium" and _in(rules.premium, year) == 0:
        text = f'premium is 0 in {year} while financing is "premium", so these benefits cost nothing; give a premium'
        yield (f"{section}.premium", f"{section}.financing"), text
    income = _level(values.economy.disposable_income, reference - 1)
    share, low = _in(rules.deductible_income_share, year), _in(rules.low_deductible_income_share, year)
    if low > share and rules.low_deductible_places:
        text = f"low_deductible_income_share {plain(low)} is above deductible_income_share {plain(share)} in {year}; "
        keys = tuple(f"{section}.{name}income_share" for name in ("low_deductible_", "deductible_"))
        yield keys, text + "lower the first, or give low_deductible_places = 0"
    cap, cap_keys = _cap(values, year)
    if cap < share * income:
        text = f"the cap, {plain(round(cap))} in {year}, is below the deductible, about {share * income:.0f} yuan in "
        raised = "the cap" if rules.cap_rule == "amount" else "cap_income_multiple, lower benefits.inpatient.limit"
        text += f"{reference}; raise {raised} or lower the deductible"
        yield (*cap_keys, f"{section}.deductible_income_share"), text


def _cap(values: ScenarioValues, year: int) -> tuple[float, tuple[str, ...]]:
    """Most that critical-illness insurance pays in a year, in the reference year, and the keys that it comes from."""
    rules = values.benefits.critical_illness
    if rules.cap_rule == "amount":
        return _in(rules.cap, year), (f"{CRITICAL}.cap", f"{CRITICAL}.cap_rule")
    income = _level(values.economy.disposable_income, values.claims.trend.reference_year - 1)
    cap = _in(rules.cap_income_multiple, year) * income - _in(values.benefits.inpatient.limit, year)
    of_income = ("economy.disposable_income", "claims.trend.reference_year")
    return cap, (f"{CRITICAL}.cap_income_multiple", "benefits.inpatient.limit", f"{CRITICAL}.cap_rule", *of_income)


def _pins(values: ScenarioValues, year: int) -> Iterator[Complaint]:
    """What is pinned lies after the valuation date, whose population is counted."""
    opening = values.horizon.valuation_year
    if early := [pinned for pinned in values.population.pinned_total if pinned <= opening]:
        text = f"{early[0]} is not after the valuation year {opening}; pin 1 January {opening + 1} or later, "
        yield ("population.pinned_total",), text + "or set population.stock_level"


def _counted_ages(values: ScenarioValues, year: int) -> Iterator[Complaint]:
    """Of the persons counted on the valuation date the older are not more than those that they are among."""
    opening, counted = values.horizon.valuation_year, values.population.counted
    older, oldest = (dates.get(opening) for dates in (counted.age_60_plus, counted.age_65_plus))
    if older is not None and oldest is not None and oldest >= older:
        text = f"age_65_plus {plain(oldest)} is not below age_60_plus {plain(older)} on 1 January {opening}; "
        keys = ("population.counted.age_65_plus", "population.counted.age_60_plus")
        yield keys, text + "lower the first or raise the second"


def _gdp(values: ScenarioValues, year: int) -> Iterator[Complaint]:
    """The years of the product that are named have no gap, and begin with the first projected one or before."""
    named, opening = values.economy.gdp, values.horizon.valuation_year
    if named and min(named) > opening >= first_year(values.economy.disposable_income):
        text = (
            f"begins in {min(named)}, after {opening}, the valuation year; name {opening} or an earlier year, or none"
        )
        yield ("economy.gdp",), text
    if named and (gaps := sorted(set(range(min(named), max(named))) - set(named))):
        yield ("economy.gdp",), f"{gaps[0]} is missing before {max(named)}; name it, or end with an earlier year"


def _notice(values: ScenarioValues, year: int) -> Iterator[Complaint]:
    """A delayed change does not begin before one that is not."""
    chosen = values.measures
    if chosen.delay_years < chosen.notice_years:
        text = f"delay_years {chosen.delay_years} is below notice_years {chosen.notice_years}; "
        yield ("measures.delay_years", "measures.notice_years"), text + "raise the first or lower the second"


def _control(values: ScenarioValues, year: int) -> Iterator[Complaint]:
    """Admissions by level add to all of them and some are paid, parts of cost to no more than it; a norm is a day or none."""
    levels, away = values.control.levels, values.control.away
    for scheme in ("resident", "employee"):
        section, care = f"control.levels.{scheme}", getattr(levels, scheme)
        shares = care.admission_share
        if abs((total := sum(share for _, share in shares)) - 1) > WHOLE:
            keys = tuple(f"{section}.admission_share.{level}" for level, _ in shares)
            yield keys, f"the shares of the levels add to {total:.6g}; make them add to 1"
        of_levels = [dict(getattr(care, name)) for name in PAID_FOR]
        if not any(all(numbers[level] for numbers in of_levels) for level, _ in shares):
            keys = tuple(f"{section}.{name}.{level}" for name in reversed(PAID_FOR) for level, _ in shares)
            text = "no level has admission_share, cost and payment_ratio above 0, so that nothing is paid"
            yield keys, f"{text}; give one level all three"
    least, scheme = min((getattr(levels, name).payment_ratio.tertiary, name) for name in ("resident", "employee"))
    if away.ratio_cut > least and _in(away.added_share, year):
        ratio = f"control.levels.{scheme}.payment_ratio.tertiary"
        text = f"a cut of {plain(away.ratio_cut)} is more than {ratio}, {plain(least)}, which it is taken from; "
        yield ("control.away.ratio_cut", ratio, "control.away.added_share"), text + f"at most {plain(least)}"
    for level, norm in values.control.stay.norm_days:
        total = sum(getattr(getattr(levels, part), level) for part in PARTS_OF_COST)
        if total > 1:
            keys = tuple(f"control.levels.{part}.{level}" for part in PARTS_OF_COST)
            yield keys, f"{', '.join(PARTS_OF_COST)} of {level} care add to {total:.6g}; together at most 1"
        if 0 < (days := _in(norm, year)) < 1:
            text = f"a norm of {plain(days)} is less than a day; 0 for none, or 1 and more"
            yield (f"control.stay.norm_days.{level}",), text


def _demand(values: ScenarioValues, year: int) -> Iterator[Complaint]:
    """Answers to the price by need have a mean, which counts as 1."""
    demand = values.claims.demand
    if demand.answers and not any(answer for _, answer in demand.need):
        keys = tuple(f"claims.demand.need.{need}" for need, _ in demand.need)
        yield (
            (*keys, "claims.demand.answers"),
            "0 as for every need, so no mean can count as 1; give one of them a number above 0",
        )


def _tiers(values: ScenarioValues, year: int) -> Iterator[Complaint]:
    """A total that a series replaces is not split among those who pay it."""
    if values.tiers.in_force and (pinned := [name for name, pin in values.pins.items() if pin.values]):
        text = f"what a pin such as {pinned[0]} sets cannot be split among those who pay a cost; leave it out, or give false"
        yield ("tiers.in_force", *(f"pins.{name}.total" for name in pinned)), text


def _levers(values: ScenarioValues, year: int) -> Iterator[Complaint]:
    """A lever starts after the valuation year: what began before is in the trend that was fitted."""
    opening = values.horizon.valuation_year
    for name, lever in values.levers.items():
        if lever.start <= opening:
            text = f"{lever.start} is not after the valuation year {opening}, and what began before is in the fitted "
            yield (f"levers.{name}.start",), text + f"trend; start in {opening + 1} or later"
    for component in {lever.component: None for lever in values.levers.values()}:
        on_it = {name: lever.size for name, lever in values.levers.items() if lever.component == component}
        less, more = ({name: size for name, size in on_it.items() if size * sign > 0} for sign in (-1, 1))
        for them, verb, beyond in (
            (less, "take {} of", "more than all"),
            (more, "add {} to", "more than all of it again"),
        ):
            if len(them) > 1 and abs(sum(them.values())) > 1 + ROUNDING:
                done = verb.format(plain(round(abs(sum(them.values())), 12)))
                text = f"{' and '.join(them)} {done} {component} together, {beyond}; smaller sizes"
                yield tuple(f"levers.{name}.size" for name in reversed(them)), text


def _adjusted_benefits(values: ScenarioValues, year: int) -> Iterator[Complaint]:
    """At their bounds the limits are not below the deductibles."""
    rule = values.timely_adjustment
    if not (rule.in_force and (rule.limits.order or rule.deductible.order)):
        return
    less = rule.limits.floor if rule.limits.order else 1.0
    more = rule.deductible.ceiling if rule.deductible.order else 1.0
    for kind in ("inpatient", "outpatient"):
        rules = getattr(values.benefits, kind)
        limits = [rules.limit] if kind == "inpatient" else [getattr(rules.limit, need) for need in HEALTH.members]
        limit, deductible = min(_in(each, year) for each in limits) * less, _in(rules.deductible, year) * more
        if limit < deductible:
            text = (
                f"at its bounds the rule leaves a limit of {plain(limit)} below a deductible of {plain(deductible)} in "
            )
            text += f"benefits.{kind} in {year}; a higher limits.floor or a lower deductible.ceiling"
            keys = ("limits.floor", "deductible.ceiling", "limits.order", "deductible.order", "in_force")
            yield (*(f"timely_adjustment.{key}" for key in keys), f"benefits.{kind}.deductible"), text


COMPLAINTS: Final = (
    *(adjustment_complaints, _adjusted_benefits),
    *(_waiting, _bonus, _basic_benefits, _critical_illness, _shares),
    *(_ratios, _employee, _control, _demand, _tiers, _levers, _pins, _counted_ages, _gdp, _notice),
    *(bond_complaints, choice_complaints),
)
ONCE: Final = (
    bond_complaints,
    choice_complaints,
    _ratios,
    _demand,
    _tiers,
    _levers,
    _pins,
    _counted_ages,
    _gdp,
    _notice,
)
"""Those that are the same in all years."""
