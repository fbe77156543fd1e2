"""The model once more, one person cell after another: slow, plain, and sharing only the tables of axis members.

Persons are numbers in dictionaries, `persons[need, status, sex, area, income, age]`, the statuses by name. The years
as the rules count them of those in the open tenure and the open gap are person-weighted sums beside them. An
assumption is a number or nested lists over the axes that `AXES_OF` names. The last age is open; how many ages there
are is read from the assumptions.
"""

from collections.abc import Iterator, Sequence
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
STEPS = 500
"""Intervals of a numerical integral."""

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
Family = tuple[str, str, str]
"""sex of the child, area and income group of the mother"""
Cells = dict[tuple[str, str, str, str, str, int], float]
Flows = dict[str, Any]
BY_GROUP = (
    "births", "deaths", "net_migration", "leaves", "returns", "joins", "newborn_enrolled", "insured_deaths",
    "insured_migration", "transfers_in", "transfers_out", "waiting_months", "resident_enrolled",
    "resident_insured_years", "inpatient_claims", "outpatient_claims", "inpatient_benefits", "outpatient_benefits",
    "personal_contributions", "assistance", "subsidies", "local_supplement", "members_income",
)  # fmt: skip
"""Flows by sex, area, income group and age; the others are one number."""


@dataclass
class Standing:
    """Where a fund's persons and money stand on a 1 January."""

    persons: Cells
    rule_years: dict[Place, float]
    lapsed_years: dict[Place, float]
    fund: float
    prepaid: float

    @property
    def stores(self) -> tuple[dict[Any, float], ...]:
        """Persons and counted years: whatever moves with the persons."""
        return self.persons, self.rule_years, self.lapsed_years


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


# --- the parts of the year ----------------------------------------------------------------------------------


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


def expected_payment(mean: float, sigma: float, deductible: float, ratio: float, limit: float) -> float:
    """Mean payment over a lognormal cost of the given mean, by Simpson's rule between the kinks of the payment."""
    centre = log(mean) - sigma**2 / 2
    low, high = (
        (log(deductible) - centre) / sigma if deductible > 0 else -inf,
        (log(deductible + limit / ratio) - centre) / sigma,
    )
    first, last = max(low, -12.0), min(high, 12.0 + sigma)
    total = limit * erfc(high / sqrt(2)) / 2
    if first < last:
        width = (last - first) / STEPS
        for point in range(STEPS + 1):
            z = first + point * width
            weight = 1 if point in (0, STEPS) else 4 if point % 2 else 2
            density = exp(-z * z / 2) / 2.5066282746310002
            total += weight * width / 3 * density * payment(exp(centre + sigma * z), deductible, ratio, limit)
    return total


@dataclass
class Enrolled:
    """Persons after the enrolment for the year, and the years and months counted of them by place."""

    persons: Cells
    rule_years: dict[Place, float]
    lapsed_years: dict[Place, float]
    waiting: dict[Place, float]

    def count(self, statuses: Sequence[str], need: str, sex: str, area: str, income: str, age: int) -> float:
        """Persons of these statuses at a place."""
        return sum(self.persons[need, status, sex, area, income, age] for status in statuses)

    def everyone(self, need: str, sex: str, age: int) -> float:
        """All persons of a need class, sex and age."""
        return sum(self.count(ALL, need, sex, area, income, age) for area, income in product(AREAS, INCOMES))


@dataclass
class Vital:
    """Death and migration by need class (or not), sex and age, as shares of the persons there."""

    dying: dict[tuple[str, str, int], float]
    early: dict[tuple[str, int], float]
    late: dict[tuple[str, int], float]

    def growth(self, need: str, sex: str, age: int) -> float:
        """Persons at the year's end for one at its start."""
        return (1 + self.early[sex, age]) * (1 - self.dying[need, sex, age]) + self.late[sex, age]


def simulate_year(standing: Standing, numbers: dict[str, Any]) -> tuple[Standing, Flows]:
    """One year: the standing on the next 1 January, and the flows by group (or one number) under the engine's names."""
    year = Year(numbers)
    flows: Flows = {name: dict.fromkeys(year.groups(), 0.0) for name in BY_GROUP}
    enrolled = enrol(year, standing, flows)
    redraw_need_classes(year, enrolled, flows)
    vital = deaths_and_migration(year, enrolled)
    born, alive = births(year, enrolled, vital)
    person_flows(year, enrolled, vital, flows)
    newborn_flows(year, born, alive, flows)
    money(year, enrolled, vital, born, flows)
    closing = years_end(year, enrolled, vital, flows)
    add_newborn(year, alive, closing)
    move_between_areas(year, closing)
    exchange_assisted(year, closing)
    pin(year, closing, flows)
    keep_account(year, standing, closing, flows)
    return closing, flows


def enrol(year: Year, standing: Standing, flows: Flows) -> Enrolled:
    """Stayers a year on, joiners and returners at tenure 1, leavers at gap 1."""
    nobody = dict.fromkeys(year.places(), 0.0)
    after = Enrolled(dict.fromkeys(standing.persons, 0.0), dict(nobody), dict(nobody), dict(nobody))
    continuous = mean_years(year, standing, TENURES[-1], standing.rule_years)
    lapsed = mean_years(year, standing, GAPS[-1], standing.lapsed_years)
    for place in year.places():
        need, sex, area, income, age = place
        group = (sex, area, income, age)

        def put(status: str, number: float, at: Place = place) -> None:
            after.persons[(at[0], status, *at[1:])] += number

        for tenure in TENURES:
            present = standing.persons[need, tenure, sex, area, income, age]
            rate = leave_rate(year, need, tenure, continuous[area, income, age], area, income, age)
            flows["leaves"][group] += present * rate
            put("gap_1", present * rate)
            later = TENURES[min(TENURES.index(tenure) + 1, TENURE_DEPTH - 1)]
            put(later, present * (1 - rate))
            if tenure == later:
                counted = standing.rule_years[place] + present * year.counts
                after.rule_years[place] += counted * (1 - rate)
            elif later == TENURES[-1]:
                after.rule_years[place] += present * (1 - rate) * min(year.with_this, TENURE_DEPTH)
        for status in OUT:
            present = standing.persons[need, status, sex, area, income, age]
            months = months_on_entry(year, status, lapsed[area, income, age], income, age)
            rate = enter_rate(year, need, status, months, area, income, age)
            flows["joins" if status == "never" else "returns"][group] += present * rate
            flows["waiting_months"][group] += present * rate * months
            after.waiting[place] += present * rate * months
            put(TENURES[0], present * rate)
            later = "never" if status == "never" else GAPS[min(GAPS.index(status) + 1, GAP_DEPTH)]
            put(later, present * (1 - rate))
            if status == GAPS[-1]:
                counted = standing.lapsed_years[place] + present * year.counts
                after.lapsed_years[place] += counted * (1 - rate)
            elif later == GAPS[-1]:
                after.lapsed_years[place] += present * (1 - rate) * min(year.with_this, GAP_DEPTH)
        for status in MEMBERS:
            put(status, standing.persons[need, status, sex, area, income, age])
    return after


def mean_years(
    year: Year, standing: Standing, status: str, years: dict[Place, float]
) -> dict[tuple[str, str, int], float]:
    """Mean counted years of those in an open status, by area, income group and age."""
    found = {}
    for area, income, age in product(AREAS, INCOMES, year.ages):
        here = list(product(NEEDS, SEXES))
        heads = sum(standing.persons[need, status, sex, area, income, age] for need, sex in here)
        total = sum(years[need, sex, area, income, age] for need, sex in here)
        found[area, income, age] = total / heads if heads > 0 else 0.0
    return found


def redraw_need_classes(year: Year, enrolled: Enrolled, flows: Flows) -> None:
    """A share keeps its class, the rest is drawn anew from what keeps the whole population's prevalence."""
    keep, worst = year("persistence"), 0.0
    for sex, age in product(SEXES, year.ages):
        count = {need: enrolled.everyone(need, sex, age) for need in NEEDS}
        total = sum(count.values())
        wanted = {need: year("prevalence", need, sex, age) for need in NEEDS}
        drawn = {need: max((wanted[need] - keep * count[need] / total) / (1 - keep), 0.0) for need in NEEDS}
        whole = sum(drawn.values())
        for need in NEEDS:
            drawn[need] /= whole
            worst = max(worst, abs(keep * count[need] / total + (1 - keep) * drawn[need] - wanted[need]))
        for area, income in product(AREAS, INCOMES):
            for status in ALL:
                cells = {need: (need, status, sex, area, income, age) for need in NEEDS}
                redistribute(enrolled.persons, cells, keep, drawn)
            places = {need: (need, sex, area, income, age) for need in NEEDS}
            for years in (enrolled.rule_years, enrolled.lapsed_years, enrolled.waiting):
                redistribute(years, places, keep, drawn)
    flows["prevalence_error"] = worst


def redistribute(store: dict[Any, float], keys: dict[str, Any], keep: float, drawn: dict[str, float]) -> None:
    """Numbers by need class after one transition."""
    total = sum(store[key] for key in keys.values())
    for need, key in keys.items():
        store[key] = keep * store[key] + (1 - keep) * drawn[need] * total


def deaths_and_migration(year: Year, enrolled: Enrolled) -> Vital:
    """Deaths that meet the table whatever the mix of classes; half of the migrants at the start, half at the end."""
    found = Vital({}, {}, {})
    for sex, age in product(SEXES, year.ages):
        count = {need: enrolled.everyone(need, sex, age) for need in NEEDS}
        total = sum(count.values())
        mean_ratio = sum(year("mortality_ratio", need) * number for need, number in count.items()) / total
        rate = 1 - year("survival", sex, age)
        for need in NEEDS:
            relative = year("mortality_ratio", need) / mean_ratio
            found.dying[need, sex, age] = rate * (1 + (1 - rate) * (relative - 1))
        found.early[sex, age] = year("migrants", sex, age) / 2 / total
        arriving_older = year("migrants", sex, age + 1) if age < year.ages[-1] else 0.0
        found.late[sex, age] = arriving_older / 2 / total
    return found


def births(year: Year, enrolled: Enrolled, vital: Vital) -> tuple[dict[Family, float], dict[Family, float]]:
    """Born in the year, and alive at its end with the migrants of age 0, by sex and the mother's area and income."""
    expected, weighted = {}, {}
    for area, income in product(AREAS, INCOMES):
        at_start, at_end = dict.fromkeys(year.ages, 0.0), dict.fromkeys(year.ages, 0.0)
        for need, age in product(NEEDS, year.ages):
            women = enrolled.count(ALL, need, "female", area, income, age)
            at_start[age] += women
            at_end[min(age + 1, year.ages[-1])] += women * vital.growth(need, "female", age)
        number = sum((at_start[age] + at_end[age]) / 2 * year("asfr", age) for age in year.ages)
        expected[area, income] = number
        weighted[area, income] = number * year("area_fertility", area)
    scale = sum(expected.values()) / sum(weighted.values())
    born, alive = {}, {}
    for sex in SEXES:
        share = year("male_share") if sex == "male" else 1 - year("male_share")
        for (area, income), number in weighted.items():
            born[sex, area, income] = number * scale * share
            migrating = number / sum(weighted.values()) * year("migrants", sex, 0) / 2
            alive[sex, area, income] = born[sex, area, income] * year("newborn_survival", sex) + migrating
    return born, alive


def person_flows(year: Year, enrolled: Enrolled, vital: Vital, flows: Flows) -> None:
    """Deaths and migration of all and of the insured, and who pays, but for the newborn."""
    for need, sex, area, income, age in year.places():
        group = (sex, area, income, age)
        dying = (1 + vital.early[sex, age]) * vital.dying[need, sex, age]
        moving = vital.early[sex, age] + vital.late[sex, age]
        insured = enrolled.count(TENURES, need, *group)
        flows["deaths"][group] += enrolled.count(ALL, need, *group) * dying
        flows["net_migration"][group] += enrolled.count(ALL, need, *group) * moving
        flows["insured_deaths"][group] += insured * dying
        flows["insured_migration"][group] += insured * moving
        flows["resident_enrolled"][group] += insured


def newborn_flows(year: Year, born: dict[Family, float], alive: dict[Family, float], flows: Flows) -> None:
    """The same of the newborn, at age 0."""
    enrolment = year("newborn_enrolment")
    for (sex, area, income), number in born.items():
        group = (sex, area, income, 0)
        dead = number * (1 - year("newborn_survival", sex))
        moved = alive[sex, area, income] - number + dead
        flows["births"][group] += number
        flows["deaths"][group] += dead
        flows["net_migration"][group] += moved
        flows["insured_deaths"][group] += dead * enrolment
        flows["insured_migration"][group] += moved * enrolment
        flows["newborn_enrolled"][group] += number * enrolment
        flows["resident_enrolled"][group] += number * enrolment


def money(year: Year, enrolled: Enrolled, vital: Vital, born: dict[Family, float], flows: Flows) -> None:
    """Contributions of those enrolled; cost and benefits of those exposed."""
    for group, payers in flows["resident_enrolled"].items():
        _, area, income, _ = group
        due, budget = payers * year("personal_pp", area, income), payers * year("subsidy_pp")
        flows["assistance"][group] = due * year("assistance_share", income)
        flows["personal_contributions"][group] = due * (1 - year("assistance_share", income))
        flows["subsidies"][group] = budget
        flows["local_supplement"][group] = (due + budget) * (year("local_supplement") - 1)
        flows["members_income"][group] = payers * year("disposable_income", area, income)
    for need, sex, area, age in product(NEEDS, SEXES, AREAS, year.ages):
        benefits = benefits_pp(year, need, sex, area, age)
        for income in INCOMES:
            place, group = (need, sex, area, income, age), (sex, area, income, age)
            covered = enrolled.count(TENURES, *place) - enrolled.waiting[place] / 12
            exposed = covered * (1 - vital.dying[need, sex, age] / 2)
            if age == 0:
                newborn = born[sex, area, income] * year("newborn_enrolment")
                exposed += newborn * year("prevalence", need, sex, 0) / 2
            flows["resident_insured_years"][group] += exposed
            for name, amount in benefits.items():
                flows[name][group] += exposed * amount


def benefits_pp(year: Year, need: str, sex: str, area: str, age: int) -> dict[str, float]:
    """Expected cost and benefit of a person covered all year."""
    bed, visit = year("inpatient_cost", need, area, age), year("outpatient_cost", need, sex, area, age)
    inpatient_rule = [year(f"inpatient_{part}") for part in ("deductible", "ratio", "limit")]
    outpatient_rule = [year("outpatient_deductible"), year("outpatient_ratio"), year("outpatient_limit", need)]
    users, visitors = year("inpatient_use", need, sex, age), year("outpatient_use", need)
    return {
        "inpatient_claims": users * bed,
        "inpatient_benefits": users * expected_payment(bed, year("inpatient_sigma", need), *inpatient_rule),
        "outpatient_claims": visitors * visit,
        "outpatient_benefits": visitors * expected_payment(visit, year("outpatient_sigma", need), *outpatient_rule),
    }


def years_end(year: Year, enrolled: Enrolled, vital: Vital, flows: Flows) -> Standing:
    """Deaths and migration, moves to, within and from the employee scheme, birthday."""
    nobody = dict.fromkeys(year.places(), 0.0)
    closing = Standing(dict.fromkeys(enrolled.persons, 0.0), dict(nobody), dict(nobody), 0.0, 0.0)
    for place in year.places():
        need, sex, area, income, age = place
        group, older = (sex, area, income, age), min(age + 1, year.ages[-1])
        alive = vital.growth(need, sex, age)
        number = {status: enrolled.persons[need, status, sex, area, income, age] * alive for status in ALL}
        entering = 0.0
        staying = {
            **dict.fromkeys(OUT, 1 - year("employee_entry_uninsured", *group)),
            **dict.fromkeys(TENURES, 1 - year("employee_entry", *group)),
        }
        for status, share in staying.items():
            moved = number[status] * (1 - share)
            entering += moved
            number[status] -= moved
            flows["transfers_out"][group] += moved if status in TENURES else 0.0
        retiring = number["employee_active"] * year("retirement", sex, age)
        exiting = (number["employee_active"] - retiring) * year("employee_exit", sex, age)
        keeping_cover, enrolling = retiring * year("qualified_share", sex), exiting * year("leaver_enrolment")
        to_residents = retiring - keeping_cover + enrolling
        with_years = to_residents * year("years_count")
        flows["transfers_in"][group] += to_residents
        number["employee_active"] += entering - retiring - exiting
        number["employee_retired"] += keeping_cover
        number["gap_0"] += exiting - enrolling
        number[TENURES[-1]] += with_years
        number[TENURES[0]] += to_residents - with_years
        after = (need, sex, area, income, older)
        closing.rule_years[after] += enrolled.rule_years[place] * alive * staying[TENURES[-1]]
        closing.rule_years[after] += with_years * year.with_this
        closing.lapsed_years[after] += enrolled.lapsed_years[place] * alive * staying[GAPS[-1]]
        for status in ALL:
            closing.persons[need, status, sex, area, income, older] += number[status]
    return closing


def add_newborn(year: Year, alive: dict[Family, float], closing: Standing) -> None:
    """The newborn with the prevalence of age 0, insured in their first year or never."""
    for need, ((sex, area, income), number) in product(NEEDS, alive.items()):
        born = number * year("prevalence", need, sex, 0)
        closing.persons[need, TENURES[0], sex, area, income, 0] = born * year("newborn_enrolment")
        closing.persons[need, "never", sex, area, income, 0] = born * (1 - year("newborn_enrolment"))


def move_between_areas(year: Year, closing: Standing) -> None:
    """One way between country and town, as many by age as the propensities say, until the urban share is met."""
    urban = sum(number for cell, number in closing.persons.items() if cell[3] == "urban")
    missing = year("urban_share_end") * sum(closing.persons.values()) - urban
    source, target = ("rural", "urban") if missing > 0 else ("urban", "rural")
    here = [(cell, number) for cell, number in closing.persons.items() if cell[3] == source]
    share = abs(missing) / sum(number * year("area_propensity", cell[5]) for cell, number in here)
    for store in closing.stores:
        for cell in [cell for cell in store if cell[-3] == source]:
            moved = store[cell] * share * year("area_propensity", cell[-1])
            store[cell] -= moved
            store[(*cell[:-3], target, *cell[-2:])] += moved


def exchange_assisted(year: Year, closing: Standing) -> None:
    """Assisted and low-income persons change places at one rate until the assisted share is met."""
    group = {name: sum(number for cell, number in closing.persons.items() if cell[4] == name) for name in INCOMES}
    missing = year("assisted_share_end") * sum(group.values()) - group["assisted"]
    source, target = ("low", "assisted") if missing > 0 else ("assisted", "low")
    share = abs(missing) / group[source]
    for store in closing.stores:
        for cell in [cell for cell in store if cell[-2] == source]:
            moved = store[cell] * share
            store[cell] -= moved
            store[(*cell[:-2], target, cell[-1])] += moved


def pin(year: Year, closing: Standing, flows: Flows) -> None:
    """The population set to a given number, every cell by the same factor."""
    total, pinned = sum(closing.persons.values()), year("pinned_total_end")
    insured = sum(number for cell, number in closing.persons.items() if cell[1] in TENURES)
    factor = 1.0 if isnan(pinned) else pinned / total
    for store in closing.stores:
        for cell in store:
            store[cell] *= factor
    flows["population_adjustment"], flows["insured_adjustment"] = total * (factor - 1), insured * (factor - 1)


def keep_account(year: Year, standing: Standing, closing: Standing, flows: Flows) -> None:
    """The fund at the year's end, flows at its middle; next year's contributions may have come already."""
    for (_, status, _, area, income, _), number in closing.persons.items():
        if status in TENURES:
            closing.prepaid += number * year("personal_pp_next", area, income) * year("prepaid_share")
    received = ("personal_contributions", "assistance", "subsidies", "local_supplement")
    income_total = sum(sum(flows[name].values()) for name in received) + closing.prepaid - standing.prepaid
    benefits = sum(flows["inpatient_benefits"].values()) + sum(flows["outpatient_benefits"].values())
    charged = benefits * year("administration_share")
    rate = year("deficit_rate") if standing.fund < 0 else year("interest_rate")
    balance = income_total - benefits - charged
    closing.fund = standing.fund * (1 + rate) + balance * sqrt(1 + rate)
    flows["prepaid_change"], flows["administration"] = closing.prepaid - standing.prepaid, charged
    flows["interest"] = standing.fund * rate + balance * (sqrt(1 + rate) - 1)
