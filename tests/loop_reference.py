"""The model once more, one person cell after another: slow, plain, and sharing only the tables of axis members.

Persons are numbers in dictionaries, `persons[need, status, sex, area, income, age]`, the statuses by name. The years
as the rules count them of those in the open tenure and the open gap are person-weighted sums beside them. An
assumption is a number or nested lists over the axes that `AXES_OF` names. The last age is open; how many ages there
are is read from the assumptions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import erfc, exp, inf, isnan, log, sqrt
from typing import Any

from simsurance.axes import AREA, GAP_DEPTH, HEALTH, INCOME, SEX, TENURE_DEPTH

NEEDS, SEXES, AREAS, INCOMES = (axis.members for axis in (HEALTH, SEX, AREA, INCOME))
GAPS = [f"gap_{years}" for years in range(GAP_DEPTH + 1)]
TENURES = [f"tenure_{years}" for years in range(1, TENURE_DEPTH + 1)]
OUT = ["never", *GAPS]
MEMBERS = ["employee_active", "employee_retired"]
ALL = [*OUT, *TENURES, *MEMBERS]

AXES_OF = {
    "survival": ("sex", "age"),
    "newborn_survival": ("sex",),
    "asfr": ("age",),
    "area_fertility": ("area",),
    "migrants": ("sex", "age"),
    "mortality_ratio": ("health",),
    "area_propensity": ("age",),
    "prevalence": ("health", "sex", "age"),
    "leave_odds": ("health", "tenure", "area", "income", "age"),
    "enter_odds": ("health", "out", "age"),
    "burden": ("area", "income"),
    "reference_burden": ("area", "income"),
    "employee_entry": ("sex", "area", "income", "age"),
    "employee_entry_uninsured": ("sex", "area", "income", "age"),
    "employee_exit": ("sex", "age"),
    "retirement": ("sex", "age"),
    "qualified_share": ("sex",),
    "waits": ("income",),
    "bonus_felt": ("income",),
    "personal_pp": ("area", "income"),
    "personal_pp_next": ("area", "income"),
    "assistance_share": ("income",),
    "disposable_income": ("area", "income"),
    "inpatient_use": ("health", "sex", "age"),
    "inpatient_cost": ("health", "area", "age"),
    "inpatient_sigma": ("health",),
    "outpatient_use": ("health",),
    "outpatient_cost": ("health", "sex", "area", "age"),
    "outpatient_sigma": ("health",),
    "outpatient_limit": ("health",),
}
"""Axes of each assumption that is more than one number."""
SIZES = {
    "health": len(NEEDS),
    "sex": len(SEXES),
    "area": len(AREAS),
    "income": len(INCOMES),
    "tenure": len(TENURES),
    "out": len(OUT),
}

Place = tuple[str, str, str, str, int]
"""need class, sex, area, income group, age"""
Group = tuple[str, str, str, int]
"""sex, area, income group, age"""
Cells = dict[tuple[str, str, str, str, str, int], float]


@dataclass
class Standing:
    """Where a fund's persons and money stand on a 1 January."""

    persons: Cells
    rule_years: dict[Place, float]
    lapsed_years: dict[Place, float]
    fund: float
    prepaid: float


class Year:
    """The assumptions of a year, asked for by name and member."""

    def __init__(self, numbers: dict[str, Any]) -> None:
        self.numbers = numbers
        self.year, self.start = int(numbers["year"]), int(numbers["rules_start"])
        self.ages = range(len(numbers["asfr"]))
        self.before = max(self.year - self.start, 0)
        self.with_this = max(self.year + 1 - self.start, 0)
        self.counts = self.year >= self.start
        self.rules = self.counts and bool(numbers["rules_in_force"])

    def __call__(self, name: str, *members: str | int) -> float:
        found = self.numbers[name]
        for axis, member in zip(AXES_OF.get(name, ()), members, strict=True):
            found = found[_position(axis, member)]
        return float(found)

    def places(self) -> Iterator[Place]:
        """All combinations of need class, sex, area, income group and age."""
        return product(NEEDS, SEXES, AREAS, INCOMES, self.ages)

    def groups(self) -> Iterator[Group]:
        """All combinations of sex, area, income group and age."""
        return product(SEXES, AREAS, INCOMES, self.ages)


def _position(axis: str, member: str | int) -> int:
    if isinstance(member, int):
        return member
    members = {"health": NEEDS, "sex": SEXES, "area": AREAS, "income": INCOMES, "tenure": TENURES, "out": OUT}[axis]
    return list(members).index(member)


# --- the parts of the year ---------------------------------------------------------------------------------------------


def waiting_months(year: Year, lapsed: float) -> float:
    """Months without cover after so many lapsed years, as the rules count them."""
    months = year("fixed_months") + year("months_per_lapsed_year") * lapsed
    if lapsed >= year("floor_from_lapsed_years"):
        months = max(months, year("floor_months"))
    return min(months, 12.0)


def months_on_entry(year: Year, status: str, mean_lapsed: float, income: str, age: int) -> float:
    """Months that a person who enrols now has to wait; recent leavers of the employee scheme do not."""
    if not year.rules or status == "gap_0":
        return 0.0
    if status == "never":
        lapsed = year("never_counts") * min(year.before, age + 1)
    elif status == GAPS[-1]:
        lapsed = mean_lapsed
    else:
        lapsed = min(GAPS.index(status), year.before)
    return year("waits", income) * waiting_months(year, lapsed)


def probability(odds: float) -> float:
    """The probability that has these odds."""
    return odds / (1 + odds)


def leave_rate(year: Year, need: str, tenure: str, mean_continuous: float, area: str, income: str, age: int) -> float:
    """Share of insured who do not enrol again."""
    stake, felt = 0.0, 0.0
    if year.rules:
        stake = year("waits", income) * waiting_months(year, 1.0)
        own = TENURES.index(tenure) + 1
        continuous = mean_continuous if tenure == TENURES[-1] else min(own, year.before)
        cap = year("bonus_step") * max(continuous + 1 - year("bonus_after_years"), 0.0)
        felt = 10 * (1 - exp(-cap * year("bonus_felt", income) / 10))
    logit = log(year("leave_odds", need, tenure, area, income, age))
    logit += year("leave_burden") * burden_change(year, area, income)
    logit -= year("leave_wait") * stake + year("leave_bonus") * felt
    return probability(exp(logit) * year("leave_other"))


def enter_rate(year: Year, need: str, status: str, months: float, area: str, income: str, age: int) -> float:
    """Share of uninsured who enrol."""
    logit = log(year("enter_odds", need, status, age))
    logit -= year("return_burden") * burden_change(year, area, income) + year("return_wait") * months
    return probability(exp(logit) * year("return_other"))


def burden_change(year: Year, area: str, income: str) -> float:
    """Logarithm of the burden over that of the reference year."""
    floor = year("burden_floor")
    return log((year("burden", area, income) + floor) / (year("reference_burden", area, income) + floor))


def payment(cost: float, deductible: float, ratio: float, limit: float) -> float:
    """What the fund pays of a year's cost."""
    return min(ratio * max(cost - deductible, 0.0), limit)


def expected_payment(mean: float, sigma: float, deductible: float, ratio: float, limit: float, steps: int = 500) -> float:
    """Mean payment over a lognormal cost of the given mean, by Simpson's rule between the kinks of the payment."""
    centre = log(mean) - sigma**2 / 2
    low, high = (log(deductible) - centre) / sigma if deductible > 0 else -inf, (log(deductible + limit / ratio) - centre) / sigma
    first, last = max(low, -12.0), min(high, 12.0 + sigma)
    total = limit * erfc(high / sqrt(2)) / 2
    if first < last:
        width = (last - first) / steps
        for point in range(steps + 1):
            z = first + point * width
            weight = 1 if point in (0, steps) else 4 if point % 2 else 2
            density = exp(-z * z / 2) / 2.5066282746310002
            total += weight * width / 3 * density * payment(exp(centre + sigma * z), deductible, ratio, limit)
    return total


def simulate_year(standing: Standing, numbers: dict[str, Any]) -> tuple[Standing, dict[str, Any]]:
    """One year: the standing on the next 1 January, and the flows by group (or one number) under the engine's names."""
    year = Year(numbers)
    last_age = year.ages[-1]
    flows: dict[str, Any] = {}

    # Enrolment.
    mean_continuous, mean_lapsed = {}, {}
    for area, income, age in product(AREAS, INCOMES, year.ages):
        here = [(need, sex, area, income, age) for need, sex in product(NEEDS, SEXES)]
        for mean, years, status in (
            (mean_continuous, standing.rule_years, TENURES[-1]),
            (mean_lapsed, standing.lapsed_years, GAPS[-1]),
        ):
            heads = sum(standing.persons[need, status, sex, area, income, age] for need, sex in product(NEEDS, SEXES))
            mean[area, income, age] = sum(years[place] for place in here) / heads if heads > 0 else 0.0
    persons: Cells = dict.fromkeys(standing.persons, 0.0)
    rule_years, lapsed_years, waiting = ({place: 0.0 for place in year.places()} for _ in range(3))
    for name in ("leaves", "returns", "joins", "waiting_months"):
        flows[name] = {group: 0.0 for group in year.groups()}
    for need, sex, area, income, age in year.places():
        place, group = (need, sex, area, income, age), (sex, area, income, age)

        def put(status: str, number: float, at: Place = place) -> None:
            persons[(at[0], status, *at[1:])] += number

        for tenure in TENURES:
            present = standing.persons[need, tenure, sex, area, income, age]
            rate = leave_rate(year, need, tenure, mean_continuous[area, income, age], area, income, age)
            flows["leaves"][group] += present * rate
            put("gap_1", present * rate)
            staying = present * (1 - rate)
            if tenure == TENURES[-1]:
                put(tenure, staying)
                rule_years[place] += standing.rule_years[place] * (1 - rate) + (staying if year.counts else 0.0)
            else:
                later = TENURES[TENURES.index(tenure) + 1]
                put(later, staying)
                if later == TENURES[-1]:
                    rule_years[place] += staying * min(year.with_this, TENURE_DEPTH)
        for status in OUT:
            present = standing.persons[need, status, sex, area, income, age]
            months = months_on_entry(year, status, mean_lapsed[area, income, age], income, age)
            rate = enter_rate(year, need, status, months, area, income, age)
            flows["joins" if status == "never" else "returns"][group] += present * rate
            flows["waiting_months"][group] += present * rate * months
            waiting[place] += present * rate * months
            put(TENURES[0], present * rate)
            staying = present * (1 - rate)
            if status == "never":
                put(status, staying)
            elif status == GAPS[-1]:
                put(status, staying)
                lapsed_years[place] += standing.lapsed_years[place] * (1 - rate) + (staying if year.counts else 0.0)
            else:
                later = GAPS[GAPS.index(status) + 1]
                put(later, staying)
                if later == GAPS[-1]:
                    lapsed_years[place] += staying * min(year.with_this, GAP_DEPTH)
        for status in MEMBERS:
            put(status, standing.persons[need, status, sex, area, income, age])

    # Need classes: a share keeps its class, the rest is drawn anew from what keeps the population's prevalence.
    keep = year("persistence")
    worst = 0.0
    for sex, age in product(SEXES, year.ages):
        count = {
            need: sum(persons[need, status, sex, area, income, age] for status, area, income in product(ALL, AREAS, INCOMES))
            for need in NEEDS
        }
        everyone = sum(count.values())
        wanted = {need: year("prevalence", need, sex, age) for need in NEEDS}
        drawn = {need: max((wanted[need] - keep * count[need] / everyone) / (1 - keep), 0.0) for need in NEEDS}
        whole = sum(drawn.values())
        drawn = {need: share / whole for need, share in drawn.items()}
        for need in NEEDS:
            reached = keep * count[need] / everyone + (1 - keep) * drawn[need]
            worst = max(worst, abs(reached - wanted[need]))
        for area, income in product(AREAS, INCOMES):
            at = (sex, area, income, age)
            for status in ALL:
                total = sum(persons[need, status, sex, area, income, age] for need in NEEDS)
                for need in NEEDS:
                    cell = (need, status, sex, area, income, age)
                    persons[cell] = keep * persons[cell] + (1 - keep) * drawn[need] * total
            for years in (rule_years, lapsed_years, waiting):
                total = sum(years[(need, *at)] for need in NEEDS)
                for need in NEEDS:
                    years[(need, *at)] = keep * years[(need, *at)] + (1 - keep) * drawn[need] * total
    flows["prevalence_error"] = worst

    # Deaths by need class, and the number by which migration and death multiply every cell.
    dying_rate: dict[tuple[str, str, int], float] = {}
    arriving, arriving_late = {}, {}
    for sex, age in product(SEXES, year.ages):
        count = {
            need: sum(persons[need, status, sex, area, income, age] for status, area, income in product(ALL, AREAS, INCOMES))
            for need in NEEDS
        }
        everyone = sum(count.values())
        mean_ratio = sum(year("mortality_ratio", need) * number for need, number in count.items()) / everyone
        rate = 1 - year("survival", sex, age)
        for need in NEEDS:
            relative = year("mortality_ratio", need) / mean_ratio
            dying_rate[need, sex, age] = rate * (1 + (1 - rate) * (relative - 1))
        arriving[sex, age] = year("migrants", sex, age) / 2 / everyone
        later = year("migrants", sex, age + 1) if age < last_age else 0.0
        arriving_late[sex, age] = later / 2 / everyone
    growth = {
        (need, sex, age): (1 + arriving[sex, age]) * (1 - dying_rate[need, sex, age]) + arriving_late[sex, age]
        for need, sex, age in dying_rate
    }

    # Births: the number from the nation's women, shared out by area and income group.
    expected, weighted = {}, {}
    for area, income in product(AREAS, INCOMES):
        number = 0.0
        for age in year.ages:
            at_start = at_end = 0.0
            for need, status in product(NEEDS, ALL):
                at_start += persons[need, status, "female", area, income, age]
                younger = [age - 1] if 0 < age < last_age else [age - 1, age] if age == last_age else []
                for before in younger:
                    at_end += persons[need, status, "female", area, income, before] * growth[need, "female", before]
            number += (at_start + at_end) / 2 * year("asfr", age)
        expected[area, income] = number
        weighted[area, income] = number * year("area_fertility", area)
    scale = sum(expected.values()) / sum(weighted.values())
    born, born_alive = {}, {}
    for sex in SEXES:
        share = year("male_share") if sex == "male" else 1 - year("male_share")
        of_sex = sum(number * scale * share for number in weighted.values())
        for area, income in product(AREAS, INCOMES):
            number = weighted[area, income] * scale * share
            born[sex, area, income] = number
            migrating = number / of_sex * year("migrants", sex, 0) / 2
            born_alive[sex, area, income] = number * year("newborn_survival", sex) + migrating

    # Contributions, exposure, claims and benefits.
    newborn_rate = year("newborn_enrolment")
    paid_for = _benefits(year)
    names = (
        "births", "deaths", "net_migration", "newborn_enrolled", "insured_deaths", "insured_migration", "transfers_in",
        "transfers_out", "resident_enrolled", "resident_insured_years", "inpatient_claims", "outpatient_claims",
        "inpatient_benefits", "outpatient_benefits", "personal_contributions", "assistance", "subsidies",
        "local_supplement", "members_income",
    )  # fmt: skip
    for name in names:
        flows[name] = {group: 0.0 for group in year.groups()}
    for group in year.groups():
        sex, area, income, age = group
        enrolled = 0.0
        for need in NEEDS:
            everyone = sum(persons[need, status, sex, area, income, age] for status in ALL)
            insured = sum(persons[need, status, sex, area, income, age] for status in TENURES)
            rate = dying_rate[need, sex, age]
            deaths_each = (1 + arriving[sex, age]) * rate
            moves_each = arriving[sex, age] + arriving_late[sex, age]
            flows["deaths"][group] += everyone * deaths_each
            flows["net_migration"][group] += everyone * moves_each
            flows["insured_deaths"][group] += insured * deaths_each
            flows["insured_migration"][group] += insured * moves_each
            enrolled += insured
            exposed = (insured - waiting[need, sex, area, income, age] / 12) * (1 - rate / 2)
            if age == 0:
                exposed += born[sex, area, income] * newborn_rate * year("prevalence", need, sex, 0) / 2
            flows["resident_insured_years"][group] += exposed
            for name, amount in paid_for[need, sex, area, age].items():
                flows[name][group] += exposed * amount
        if age == 0:
            number = born[sex, area, income]
            lost = number * (1 - year("newborn_survival", sex))
            moved = born_alive[sex, area, income] - number + lost
            flows["births"][group] = number
            flows["deaths"][group] += lost
            flows["net_migration"][group] += moved
            flows["newborn_enrolled"][group] = number * newborn_rate
            flows["insured_deaths"][group] += lost * newborn_rate
            flows["insured_migration"][group] += moved * newborn_rate
            enrolled += number * newborn_rate
        due = enrolled * year("personal_pp", area, income)
        budget = enrolled * year("subsidy_pp")
        flows["resident_enrolled"][group] = enrolled
        flows["assistance"][group] = due * year("assistance_share", income)
        flows["personal_contributions"][group] = due * (1 - year("assistance_share", income))
        flows["subsidies"][group] = budget
        flows["local_supplement"][group] = (due + budget) * (year("local_supplement") - 1)
        flows["members_income"][group] = enrolled * year("disposable_income", area, income)

    # The year's end: deaths and migration, moves to, within and from the employee scheme, birthday, births.
    closing: Cells = dict.fromkeys(persons, 0.0)
    closing_rule, closing_lapsed = ({place: 0.0 for place in year.places()} for _ in range(2))
    for need, sex, area, income, age in year.places():
        group, older = (sex, area, income, age), min(age + 1, last_age)
        grown = {status: persons[need, status, sex, area, income, age] * growth[need, sex, age] for status in ALL}
        entry = {
            **dict.fromkeys(OUT, year("employee_entry_uninsured", sex, area, income, age)),
            **dict.fromkeys(TENURES, year("employee_entry", sex, area, income, age)),
        }
        entering = 0.0
        for status, rate in entry.items():
            moved = grown[status] * rate
            entering += moved
            if status in TENURES:
                flows["transfers_out"][group] += moved
            grown[status] -= moved
        retiring = grown["employee_active"] * year("retirement", sex, age)
        exiting = (grown["employee_active"] - retiring) * year("employee_exit", sex, age)
        keeping_cover = retiring * year("qualified_share", sex)
        enrolling = exiting * year("leaver_enrolment")
        to_residents = retiring - keeping_cover + enrolling
        flows["transfers_in"][group] += to_residents
        grown["employee_active"] += entering - retiring - exiting
        grown["employee_retired"] += keeping_cover
        grown["gap_0"] += exiting - enrolling
        counted = to_residents * year("years_count")
        grown[TENURES[-1]] += counted
        grown[TENURES[0]] += to_residents - counted
        place = (need, sex, area, income, age)
        alive = growth[need, sex, age]
        insured_still, uninsured_still = alive * (1 - entry[TENURES[-1]]), alive * (1 - entry[GAPS[-1]])
        closing_rule[need, sex, area, income, older] += rule_years[place] * insured_still + counted * year.with_this
        closing_lapsed[need, sex, area, income, older] += lapsed_years[place] * uninsured_still
        for status in ALL:
            closing[need, status, sex, area, income, older] += grown[status]
    for need, (sex, area, income) in product(NEEDS, born_alive):
        number = born_alive[sex, area, income] * year("prevalence", need, sex, 0)
        closing[need, TENURES[0], sex, area, income, 0] = number * newborn_rate
        closing[need, "never", sex, area, income, 0] = number * (1 - newborn_rate)

    stores: tuple[dict[Any, float], ...] = (closing, closing_rule, closing_lapsed)
    _move_between_areas(year, closing, stores)
    _exchange_assisted(year, closing, stores)
    before_pin = sum(closing.values())
    insured_before = sum(number for cell, number in closing.items() if cell[1] in TENURES)
    pinned = year("pinned_total_end")
    factor = 1.0 if isnan(pinned) else pinned / before_pin
    for store in stores:
        for cell in store:
            store[cell] *= factor
    flows["population_adjustment"] = before_pin * (factor - 1)
    flows["insured_adjustment"] = insured_before * (factor - 1)

    # The account.
    prepaid = 0.0
    for (_, status, _, area, income, _), number in closing.items():
        if status in TENURES:
            prepaid += number * year("personal_pp_next", area, income) * year("prepaid_share")
    received = ("personal_contributions", "assistance", "subsidies", "local_supplement")
    income_total = sum(sum(flows[name].values()) for name in received) + prepaid - standing.prepaid
    benefits = sum(flows["inpatient_benefits"].values()) + sum(flows["outpatient_benefits"].values())
    charged = benefits * year("administration_share")
    rate = year("deficit_rate") if standing.fund < 0 else year("interest_rate")
    balance = income_total - benefits - charged
    fund = standing.fund * (1 + rate) + balance * sqrt(1 + rate)
    flows["prepaid_change"] = prepaid - standing.prepaid
    flows["administration"] = charged
    flows["interest"] = standing.fund * rate + balance * (sqrt(1 + rate) - 1)
    return Standing(closing, closing_rule, closing_lapsed, fund, prepaid), flows


def _benefits(year: Year) -> dict[tuple[str, str, str, int], dict[str, float]]:
    """Expected cost and benefit of a person covered all year, by need class, sex, area and age."""
    found = {}
    for need, sex, area, age in product(NEEDS, SEXES, AREAS, year.ages):
        bed, visit = year("inpatient_cost", need, area, age), year("outpatient_cost", need, sex, area, age)
        inpatient = expected_payment(
            bed, year("inpatient_sigma", need), year("inpatient_deductible"), year("inpatient_ratio"), year("inpatient_limit")
        )
        outpatient = expected_payment(
            visit, year("outpatient_sigma", need), year("outpatient_deductible"), year("outpatient_ratio"), year("outpatient_limit", need)
        )
        users, visitors = year("inpatient_use", need, sex, age), year("outpatient_use", need)
        found[need, sex, area, age] = {
            "inpatient_claims": users * bed,
            "inpatient_benefits": users * inpatient,
            "outpatient_claims": visitors * visit,
            "outpatient_benefits": visitors * outpatient,
        }
    return found


def _move_between_areas(year: Year, closing: Cells, stores: tuple[dict[Any, float], ...]) -> None:
    """One way between country and town, as many by age as the propensities say, until the urban share is met."""
    town = sum(number for cell, number in closing.items() if cell[3] == "urban")
    missing = year("urban_share_end") * sum(closing.values()) - town
    source, target = ("rural", "urban") if missing > 0 else ("urban", "rural")
    ready = sum(number * year("area_propensity", cell[5]) for cell, number in closing.items() if cell[3] == source)
    share = abs(missing) / ready
    for store in stores:
        for cell in [cell for cell in store if cell[-3] == source]:
            moved = store[cell] * share * year("area_propensity", cell[-1])
            store[cell] -= moved
            store[(*cell[:-3], target, *cell[-2:])] += moved


def _exchange_assisted(year: Year, closing: Cells, stores: tuple[dict[Any, float], ...]) -> None:
    """Assisted and low-income persons change places at one rate until the assisted share is met."""
    group = {name: sum(number for cell, number in closing.items() if cell[4] == name) for name in INCOMES}
    missing = year("assisted_share_end") * sum(group.values()) - group["assisted"]
    source, target = ("low", "assisted") if missing > 0 else ("assisted", "low")
    share = abs(missing) / group[source]
    for store in stores:
        for cell in [cell for cell in store if cell[-2] == source]:
            moved = store[cell] * share
            store[cell] -= moved
            store[(*cell[:-2], target, cell[-1])] += moved
