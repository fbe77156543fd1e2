"""The model once more, one person cell after another: slow, plain, and sharing only the tables of axis members.

Persons are numbers in dictionaries, `persons[need, status, sex, area, income, age]`, the statuses by name. What the
rules remember of them are person-weighted sums beside them, `tracked[name][need, sex, area, income, age]`. An
assumption is a number or nested lists over the axes that `AXES_OF` names; what belongs to a part of the assumptions
has the part's name and a dot before its own. The last age is open; how many ages there are is read from the
assumptions. Expected payments are integrals over the cost, by quadrature between their kinks.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from itertools import pairwise, product
from math import ceil, cos, erfc, exp, inf, isnan, log, pi, sqrt
from typing import Any

from simsurance.axes import GAP_DEPTH, HEALTH, NATIONAL, SEX, TENURE_DEPTH, TRACKED

AREA, INCOME = NATIONAL.area, NATIONAL.income

NEEDS, SEXES, AREAS, INCOMES = (axis.members for axis in (HEALTH, SEX, AREA, INCOME))
GAPS = [f"gap_{years}" for years in range(GAP_DEPTH + 1)]
TENURES = [f"tenure_{years}" for years in range(1, TENURE_DEPTH + 1)]
OUT = ["never", *GAPS]
ACTIVE, RETIRED = MEMBERS = ["employee_active", "employee_retired"]
RESIDENT, POOL, ACCOUNTS = "resident", "employee_pool", "personal_accounts"
ALL = [*OUT, *TENURES, *MEMBERS]
NO_CLAIM = [f"no_claim_{years}" for years in range(1, TENURE_DEPTH + 1)]
OF_THE_LAPSED = ("lapsed_years", "carried_lapsed", "no_claim_lapsed")
"""Tracked totals that belong to the uninsured; the others belong to the insured."""
POINTS, PANEL = 12, 1.0
"""Points of a Gaussian quadrature, and the width of a standard normal variable that they serve."""
CERTAIN = 9.0
"""Standard deviations beyond which a normal variable is not looked for."""
TRIFLE = 1e-9
"""Months of waiting that are rounding."""
ROOT = sqrt(2 * pi)
TAIL_FROM = 2.3263478740408408
"""The 99th percentile of a standard normal variable, where the Pareto tail begins."""

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
    "burden": ("area", "income", "age"),
    "reference_burden": ("area", "income", "age"),
    "employee_entry": ("sex", "area", "income", "age"),
    "employee_entry_uninsured": ("sex", "area", "income", "age"),
    "employee_exit": ("sex", "age"),
    "retirement": ("sex", "age"),
    "qualified_share": ("sex",),
    "buying_share": ("sex",),
    "joining_share": ("income",),
    "waits": ("income", "age"),
    "bonus_felt": ("income",),
    "personal_pp": ("area", "income"),
    "personal_pp_next": ("area", "income"),
    "relative_earnings": ("sex", "age"),
    "assistance_share": ("income",),
    "disposable_income": ("area", "income", "age"),
    "relatives_share": ("area", "income"),
    "care.inpatient_use": ("health", "sex", "age"),
    "care.admissions": ("health", "sex", "age"),
    "care.inpatient_cost": ("health", "sex", "area", "age"),
    "care.inpatient_sigma": ("health",),
    "care.outpatient_use": ("health",),
    "care.outpatient_cost": ("health", "sex", "area", "age"),
    "care.outpatient_sigma": ("health",),
    "care.outpatient_limit": ("health",),
    "critical_deductible": ("kind_of_place", "income"),
    "critical_capped": ("income",),
    "critical_edges": ("band",),
    "critical_ratios": ("band", "income"),
    "employee.care.inpatient_use": ("health", "member", "sex", "age"),
    "employee.care.admissions": ("health", "member", "sex", "age"),
    "employee.care.inpatient_cost": ("health", "member", "sex", "area", "age"),
    "employee.care.inpatient_sigma": ("health", "member"),
    "employee.care.inpatient_deductible": ("member", "area"),
    "employee.care.inpatient_ratio": ("member",),
    "employee.care.inpatient_limit": ("member",),
    "employee.care.outpatient_use": ("health", "member"),
    "employee.care.outpatient_cost": ("health", "member", "sex", "area", "age"),
    "employee.care.outpatient_sigma": ("health", "member"),
    "employee.care.outpatient_deductible": ("member",),
    "employee.care.outpatient_ratio": ("member", "area"),
    "employee.care.outpatient_limit": ("health", "member"),
    "employee.care.inpatient_benefit_factor": ("member",),
    "employee.care.outpatient_benefit_factor": ("member",),
    "employee.care.tail_index": ("member",),
    "employee.contribution_base": ("sex", "area", "income", "age"),
    "employee.employer_rate": ("area", "income"),
    "employee.employee_rate": ("income",),
    "employee.with_account": ("area", "age"),
    "employee.retiree_credit": ("sex", "age"),
    "employee.retirees.contribution_pp": ("sex", "age"),
    "employee.purchase_pp": ("sex", "area", "income", "age"),
    "employee.birth_benefit": ("area", "income", "age"),
    "employee.long_term_care_pp": ("area", "age"),
    "area_share_end": ("area",),
    "birth_benefit": ("area", "income", "age"),
}
"""Axes of each assumption that is more than one number."""
MEMBERS_OF = {
    "health": NEEDS, "sex": SEXES, "area": AREAS, "income": INCOMES, "tenure": TENURES, "out": OUT, "member": MEMBERS,
    "kind_of_place": ("national", "low"),
}  # fmt: skip
SIZES = {axis: len(members) for axis, members in MEMBERS_OF.items()}
POSITIONS = {axis: {member: place for place, member in enumerate(members)} for axis, members in MEMBERS_OF.items()}

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
    "resident_insured_years", "inpatient_users", "admissions", "inpatient_claims", "outpatient_claims",
    "inpatient_benefits", "outpatient_benefits",
    "critical_illness", "bonus_cost", "critical_beneficiaries", "bonus_cap", "no_claim", "repair_payments",
    "repaired_years", "personal_contributions", "contributions_from_accounts", "assistance", "subsidies",
    "local_supplement", "members_income", "resident_maternity_benefits",
)  # fmt: skip
"""Flows by sex, area, income group and age; the others are one number."""
OF_EMPLOYEES = (
    "employee_entries", "employee_exits", "retirements", "employee_deaths", "employee_migration", "active_years",
    "retired_years", "contribution_base", "employer_contributions", "employee_contributions", "retiree_credits",
    "purchases", "employee_inpatient_users", "employee_admissions", "employee_inpatient_claims",
    "employee_outpatient_claims", "employee_inpatient_benefits",
    "employee_outpatient_benefits", "benefits_of_retired", "maternity_benefits", "long_term_care", "account_spending",
    "employee_members_income", "retiree_contributions",
)  # fmt: skip
"""The same of the employee scheme, where its money is followed."""


@dataclass
class Standing:
    """Where persons and money stand on a 1 January: a fund for residents, and two of the employees if they are followed."""

    persons: Cells
    tracked: dict[str, dict[Place, float]]
    funds: dict[str, float]
    prepaid: float
    owed: list[float]

    @property
    def stores(self) -> tuple[dict[Any, float], ...]:
        """Persons and what the rules remember of them: whatever moves with the persons."""
        return self.persons, *self.tracked.values()


class Year:
    """The assumptions of a year, asked for by name and member."""

    def __init__(self, numbers: dict[str, Any]) -> None:
        self.numbers = numbers
        self.year, self.start = int(numbers["year"]), int(numbers["rules_start"])
        self.ages = range(len(numbers["asfr"]))
        self.before = max(self.year - self.start, 0)
        self.with_this = max(self.year + 1 - self.start, 0)
        self.credited_before = max(self.year - self.start + int(numbers["bonus_credited_years"]), 0)
        self.credited = max(self.year + 1 - self.start + int(numbers["bonus_credited_years"]), 0)
        self.bands = range(len(numbers["critical_edges"]))
        self.counts = self.year >= self.start
        self.rules = self.counts and bool(numbers["rules_in_force"])
        self.employees = "employee.contribution_base" in numbers
        self.asked: dict[tuple[str | int, ...], float] = {}

    def __call__(self, name: str, *members: str | int) -> float:
        asked = (name, *members)
        if asked not in self.asked:
            found = self.numbers[name]
            for axis, member in zip(AXES_OF.get(name, ()), members, strict=True):
                found = found[_position(axis, member)]
            self.asked[asked] = float(found)
        return self.asked[asked]

    def at(self, name: str, place: Place, member: str = ACTIVE) -> float:
        """An assumption for the persons at a place, whichever axes it has."""
        where = dict(zip(("health", "sex", "area", "income", "age"), place, strict=True)) | {"member": member}
        return self(name, *(where[axis] for axis in AXES_OF.get(name, ())))

    def places(self) -> Iterator[Place]:
        """All combinations of need class, sex, area, income group and age."""
        return product(NEEDS, SEXES, AREAS, INCOMES, self.ages)

    def groups(self) -> Iterator[Group]:
        """All combinations of sex, area, income group and age."""
        return product(SEXES, AREAS, INCOMES, self.ages)


def _position(axis: str, member: str | int) -> int:
    return member if isinstance(member, int) else POSITIONS[axis][member]


# --- the parts of the year ----------------------------------------------------------------------------------


def waiting_months(year: Year, lapsed: float, repaired: float = 0.0) -> float:
    """Months without cover after so many lapsed years, as the rules count them, of which some are paid for."""
    counted = max(lapsed - 1, 0.0) if year("waiting.first_lapsed_year_counts") == 0 else lapsed
    months = year("waiting.fixed_months") + year("waiting.months_per_lapsed_year") * max(counted - repaired, 0.0)
    if lapsed >= year("waiting.floor_from_lapsed_years"):
        months = max(months, year("waiting.floor_months"))
    return min(months, year("waiting.longest_months"))


def years_paid_for(year: Year, lapsed: float) -> float:
    """Lapsed years that a person pays for who repairs: no more than shorten the waiting, or all of them."""
    if year("repair_all"):
        return lapsed
    counted = max(lapsed - 1, 0.0) if year("waiting.first_lapsed_year_counts") == 0 else lapsed
    if lapsed < year("waiting.floor_from_lapsed_years"):
        return counted
    unpaid = max(year("waiting.floor_months") - year("waiting.fixed_months"), 0.0) / year(
        "waiting.months_per_lapsed_year"
    )
    return max(counted - unpaid, 0.0)


@dataclass
class Entry:
    """What enrolling again means to a person, expected over repair and the date."""

    lapsed: float
    """years as the rules count them"""
    felt: float
    """months of waiting as they are seen when the choice is made"""
    lost: float
    """months without cover in this year"""
    left: float
    """months without cover in the next"""
    repaired: float
    """years paid for"""


def entry(year: Year, status: str, mean_lapsed: float, income: str, age: int) -> Entry:
    """The terms on which a person of this status enrols now.

    Persons of the open gap have lapsed one of the two whole numbers of years around their mean, so many each that it is met.
    """
    if status == "never":
        return entry_after(year, status, year("never_counts") * min(year.before, age + 1), income, age)
    if status != GAPS[-1]:
        return entry_after(year, status, min(GAPS.index(status), year.before), income, age)
    fewer = int(mean_lapsed)
    some, others = (vars(entry_after(year, status, lapsed, income, age)) for lapsed in (fewer, fewer + 1))
    share = mean_lapsed - fewer
    return Entry(**{name: value + share * (others[name] - value) for name, value in some.items()})


def entry_after(year: Year, status: str, lapsed: float, income: str, age: int) -> Entry:
    """The terms after so many lapsed years, as the rules count them."""
    waits = year("waits", income, age) if year.rules else 0.0
    if status == "gap_0":
        waits *= year("leavers_wait")
    paid = years_paid_for(year, lapsed)
    shorter_by = waits * (waiting_months(year, lapsed) - waiting_months(year, lapsed, paid))
    repair = year("repair_share") if shorter_by > TRIFLE else 0.0
    found = Entry(lapsed, 0.0, 0.0, 0.0, repair * paid)
    for share, months in ((1 - repair, waiting_months(year, lapsed)), (repair, waiting_months(year, lapsed, paid))):
        found.felt += share * waits * months
        for chance, begin in ((1 - year("late_share"), 0.0), (year("late_share"), year("late_month"))):
            end = begin + waits * months
            found.lost += share * chance * min(end, 12.0)
            found.left += share * chance * min(max(end - 12.0, 0.0), 12.0)
    return found


def continuous_credit(year: Year, years: float) -> float:
    """Rise of the cap for continuous years."""
    return year("bonus_step") * max(years - year("bonus_after_years"), 0.0)


def limited(year: Year, rise: float, cap: float) -> float:
    """A rise of the cap within its limit; no more than the whole cap is taken off."""
    most = year("bonus_limit") * cap
    return max(min(rise, most), -min(most, cap))


def probability(odds: float) -> float:
    """The probability that has these odds."""
    return odds / (1 + odds)


def leave_rate(
    year: Year, need: str, tenure: str, continuous: float, no_claim: float, area: str, income: str, age: int
) -> float:
    """Share of insured who do not enrol again; `continuous` and `no_claim` are mean years as the rules count them."""
    stake, felt = 0.0, 0.0
    if year.rules:
        stake = year("waits", income, age) * min(waiting_months(year, 1.0), 12.0)
        cap, years = year("critical_cap") / year("indexation"), no_claim * year("no_claim_step")
        staying = continuous_credit(year, continuous + 1) + years
        back = year("bonus_kept") * continuous_credit(year, continuous) + year("no_claim_kept") * years
        cap = limited(year, staying, cap) - limited(year, back - year("cap_cut"), cap)
        felt = 10 * (1 - exp(-cap * year("bonus_felt", income) / 10))
    logit = log(year("leave_odds", need, tenure, area, income, age))
    logit += year("leave_burden") * burden_change(year, area, income, age)
    logit -= year("leave_wait") * stake + year("leave_bonus") * felt
    return probability(exp(logit) * year("leave_other"))


def enter_rate(year: Year, need: str, status: str, months: float, area: str, income: str, age: int) -> float:
    """Share of uninsured who enrol."""
    logit = log(year("enter_odds", need, status, age))
    logit -= year("return_burden") * burden_change(year, area, income, age) + year("return_wait") * min(months, 12.0)
    return probability(exp(logit) * year("return_other"))


def burden_change(year: Year, area: str, income: str, age: int) -> float:
    """Logarithm of the burden over that of the reference year."""
    floor = year("burden_floor")
    own, before = year("burden", area, income, age), year("reference_burden", area, income, age)
    return log((own + floor) / (before + floor))


@dataclass(frozen=True)
class Cost:
    """A user's cost in a year: lognormal, with a Pareto tail above the 99th percentile where the index is positive."""

    mean: float
    sigma: float
    index: float = 0.0

    @property
    def centre(self) -> float:
        """Mean of the logarithm, were there no tail."""
        return log(self.mean) - self.sigma**2 / 2

    @property
    def tail_start(self) -> float:
        """Cost from which the tail holds; out of reach where there is none."""
        return exp(self.centre + self.sigma * TAIL_FROM) if self.index > 0 else inf

    def chance_above(self, cost: float) -> float:
        """Probability that the cost is higher."""
        if cost <= 0:
            return 1.0
        if cost >= self.tail_start:
            return erfc(TAIL_FROM / sqrt(2)) / 2 * (cost / self.tail_start) ** -self.index
        return erfc((log(cost) - self.centre) / self.sigma / sqrt(2)) / 2

    def expected(self, payment: Callable[[float], float], kinks: Sequence[float]) -> float:
        """Mean of a payment that is linear between its kinks and nought below the first of them."""
        kinks, centre, sigma = sorted(kinks), self.centre, self.sigma
        begin, end = self.tail_start, CERTAIN + self.sigma
        edges = [(log(kink) - centre) / self.sigma if kink > 0 else -CERTAIN for kink in kinks]
        last = TAIL_FROM if self.index > 0 else end
        edges = [min(max(edge, -CERTAIN), last) for edge in edges]
        total = 0.0
        for low, high in pairwise([*edges, last]):
            panels = ceil((high - low) / PANEL)
            for panel in range(panels):
                half = (high - low) / panels / 2
                middle = low + half * (2 * panel + 1)
                for point, weight in GAUSS:
                    z = middle + half * point
                    total += weight * half * exp(-z * z / 2) / ROOT * payment(exp(centre + sigma * z))
        if self.index == 0:
            return total
        ends = [begin, *(kink for kink in kinks if kink > begin)]
        total += payment(begin) * self.chance_above(begin)
        for low, high in pairwise([*ends, inf]):
            if low == high:
                continue
            sure = high if high < inf else 2 * low
            slope = (payment(sure) - payment(low)) / (sure - low)
            survived = low * self.chance_above(low) - (high * self.chance_above(high) if high < inf else 0.0)
            total += slope * survived / (self.index - 1)
        return total


def _gauss() -> list[tuple[float, float]]:
    """Points and weights of the Gaussian quadrature on [−1, 1]: roots of the Legendre polynomial, by Newton's method."""
    found = []
    for place in range(POINTS):
        x = cos(pi * (place + 0.75) / (POINTS + 0.5))
        for _ in range(50):
            before, value = 1.0, x
            for degree in range(2, POINTS + 1):
                before, value = value, ((2 * degree - 1) * x * value - (degree - 1) * before) / degree
            slope = POINTS * (x * value - before) / (x * x - 1)
            x -= value / slope
        found.append((x, 2 / ((1 - x * x) * slope * slope)))
    return found


GAUSS = _gauss()


def cost_at(target: float, rising: Callable[[float], float]) -> float:
    """The cost at which something that rises with it reaches a target, by halving; out of reach where it never does."""
    low, high = 0.0, 1e12
    for _ in range(120):
        middle = (low + high) / 2
        if middle in (low, high):
            break  # no number lies between
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return high


@dataclass(frozen=True)
class Layer:
    """A share of a year's cost above a deductible, up to a limit."""

    deductible: float
    ratio: float
    limit: float

    def paid(self, cost: float) -> float:
        """What is paid of a cost."""
        return min(self.ratio * (cost - self.deductible), self.limit) if cost > self.deductible else 0.0

    @property
    def kinks(self) -> list[float]:
        """Costs at which the slope of what is paid changes."""
        return [self.deductible, self.deductible + self.limit / self.ratio]


@cache
def expected_cost(cost: Cost) -> float:
    """A user's mean cost."""
    return cost.expected(lambda x: x, [0.0])


@cache
def expected_payment(cost: Cost, layer: Layer) -> float:
    """What a layer pays a user in the mean."""
    return cost.expected(layer.paid, layer.kinks)


@dataclass(frozen=True)
class Care:
    """What care costs a person covered all year, in hospital and outside, and the basic layers on it, in either scheme."""

    users: float
    bed: Cost
    in_hospital: Layer
    hospital_factor: float
    visitors: float
    visit: Cost
    outside: Layer
    outside_factor: float

    @property
    def claims(self) -> tuple[float, float]:
        """Expected cost in hospital and outside."""
        return self.users * expected_cost(self.bed), self.visitors * expected_cost(self.visit)

    @property
    def benefits(self) -> tuple[float, float]:
        """What basic insurance is expected to pay in hospital and outside."""
        inpatient = self.users * expected_payment(self.bed, self.in_hospital) * self.hospital_factor
        return inpatient, self.visitors * expected_payment(self.visit, self.outside) * self.outside_factor

    @property
    def unpaid(self) -> float:
        """Probability that basic insurance pays nothing in a year."""
        in_hospital = self.users * self.bed.chance_above(self.in_hospital.deductible)
        return (1 - in_hospital) * (1 - self.visitors * self.visit.chance_above(self.outside.deductible))


def care_of(year: Year, place: Place, member: str = "") -> Care:
    """Care of the residents at a place, or of the members of the employee scheme there."""

    def at(name: str) -> float:
        return year.at(f"employee.care.{name}", place, member) if member else year.at(f"care.{name}", place)

    def layer(kind: str) -> Layer:
        return Layer(at(f"{kind}_deductible"), at(f"{kind}_ratio"), at(f"{kind}_limit"))

    return Care(
        users=at("inpatient_use"),
        bed=Cost(at("inpatient_cost"), at("inpatient_sigma"), at("tail_index")),
        in_hospital=layer("inpatient"),
        hospital_factor=at("inpatient_benefit_factor"),
        visitors=at("outpatient_use"),
        visit=Cost(at("outpatient_cost"), at("outpatient_sigma")),
        outside=layer("outpatient"),
        outside_factor=at("outpatient_benefit_factor"),
    )


@dataclass(frozen=True)
class Critical:
    """What is paid of a year's inpatient cost by critical-illness insurance: of what the basic layer leaves."""

    basic: Layer
    deductible: float
    bands: tuple[tuple[float, float, float], ...]
    """Own cost beyond the deductible from which a band counts, that to which it does, and what is paid of it."""
    cap: float

    def own(self, cost: float) -> float:
        """What basic insurance leaves to the patient."""
        return cost - self.basic.paid(cost)

    def uncapped(self, cost: float) -> float:
        """The benefit of a cost, were there no cap."""
        own, total = self.own(cost) - self.deductible, 0.0
        for low, high, ratio in self.bands:
            if own <= low:
                break  # and below all further bands
            total += ratio * (own - low if own < high else high - low)
        return total

    def paid(self, cost: float) -> float:
        """The benefit of a cost."""
        return min(self.uncapped(cost), self.cap)

    def added(self, more: float, cost: float) -> float:
        """What a cap raised by `more` adds to the benefit of a cost."""
        uncapped = self.uncapped(cost)
        return min(uncapped, self.cap + more) - min(uncapped, self.cap)

    def raised_at(self, more: float) -> float:
        """The cost that exhausts the cap raised by `more`."""
        return cost_at(self.cap + more, self.uncapped) if self.cap < inf else inf

    @cached_property
    def capped_at(self) -> float:
        """The cost that exhausts the cap."""
        return self.raised_at(0.0)

    @cached_property
    def begins(self) -> float:
        """The cost at which something is paid."""
        return cost_at(self.deductible, self.own)

    @cached_property
    def kinks(self) -> list[float]:
        """Costs at which the slope of the benefit may change, but for the cap; first where it begins."""
        bands = [cost_at(self.deductible + edge, self.own) for edge, _, _ in self.bands]
        return [bands[0], *(kink for kink in [*bands[1:], *self.basic.kinks] if kink > bands[0])]


@cache
def critical_payment(cost: Cost, rules: Critical) -> float:
    """What critical-illness insurance pays a user in the mean."""
    kinks = [*rules.kinks, rules.capped_at] if rules.cap < inf else rules.kinks
    return cost.expected(rules.paid, kinks)


@cache
def critical_of(year: Year, kind: str, income: str, basic: Layer) -> Critical:
    """Critical-illness insurance of an income group in a kind of places."""
    edges = [year("critical_edges", band) for band in year.bands]
    ratios = [year("critical_ratios", band, income) for band in year.bands]
    return Critical(
        basic,
        year("critical_deductible", kind, income),
        tuple(zip(edges, [*edges[1:], inf], ratios, strict=True)),
        year("critical_cap") if year("critical_capped", income) else inf,
    )


def kinds_of_places(year: Year) -> list[tuple[str, float]]:
    """With the national deductible or a low one, and the share of the insured who live there."""
    low = year("critical_low_places")
    return [("national", 1 - low), ("low", low)]


@dataclass
class Enrolled:
    """Persons after the enrolment for the year, and what the rules remember of them by place."""

    persons: Cells
    tracked: dict[str, dict[Place, float]]

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
    by_group = (*BY_GROUP, *OF_EMPLOYEES) if year.employees else BY_GROUP
    flows: Flows = {name: dict.fromkeys(year.groups(), 0.0) for name in by_group}
    enrolled = enrol(year, standing, flows)
    redraw_need_classes(year, enrolled, flows)
    vital = deaths_and_migration(year, enrolled)
    born, alive = births(year, enrolled, vital)
    person_flows(year, enrolled, vital, flows)
    newborn_flows(year, born, alive, flows)
    money(year, enrolled, vital, born, flows)
    if year.employees:
        employee_money(year, enrolled, vital, born, flows)
    closing = years_end(year, enrolled, vital, flows)
    add_newborn(year, alive, closing)
    move_between_areas(year, closing)
    exchange_assisted(year, closing)
    pin(year, closing, flows)
    keep_resident_fund(year, standing, closing, flows)
    if year.employees:
        keep_employee_pool(year, standing, closing, flows)
        keep_personal_accounts(year, standing, closing, flows)
    return closing, flows


def enrol(year: Year, standing: Standing, flows: Flows) -> Enrolled:
    """Stayers a year on, joiners and returners at tenure 1, leavers at gap 1."""
    before = standing.tracked
    after = Enrolled(
        dict.fromkeys(standing.persons, 0.0), {name: dict.fromkeys(year.places(), 0.0) for name in TRACKED}
    )
    tracked = after.tracked
    continuous = mean_years(year, standing, TENURES[-1], before["rule_years"])
    lapsed = mean_years(year, standing, GAPS[-1], before["lapsed_years"])
    no_claim = {
        tenure: mean_years(year, standing, tenure, before[name]) for tenure, name in zip(TENURES, NO_CLAIM, strict=True)
    }
    for place in year.places():
        need, sex, area, income, age = place
        group = (sex, area, income, age)

        def put(status: str, number: float, at: Place = place) -> None:
            after.persons[(at[0], status, *at[1:])] += number

        leaving, returning, kept, cut = 0.0, 0.0, 0.0, 0.0
        for own, tenure in enumerate(TENURES, start=1):
            present = standing.persons[need, tenure, sex, area, income, age]
            counted = continuous[area, income, age] if own == TENURE_DEPTH else min(own, year.credited_before)
            rate = leave_rate(year, need, tenure, counted, no_claim[tenure][area, income, age], area, income, age)
            flows["leaves"][group] += present * rate
            put("gap_1", present * rate)
            leaving += present * rate
            kept += present * rate * continuous_credit(year, counted) * year("bonus_kept") * year.rules
            later = min(own + 1, TENURE_DEPTH)
            put(TENURES[later - 1], present * (1 - rate))
            tracked[f"no_claim_{later}"][place] += before[f"no_claim_{own}"][place] * (1 - rate)
            tracked["no_claim_lapsed"][place] += before[f"no_claim_{own}"][place] * rate * year("no_claim_kept")
            if own == 1:
                tracked["waiting_months"][place] += before["months_left"][place] * (1 - rate)
            if own == TENURE_DEPTH:
                years = before["rule_years"][place] + present * (year.credited > 0)
                tracked["rule_years"][place] += years * (1 - rate)
            elif later == TENURE_DEPTH:
                tracked["rule_years"][place] += present * (1 - rate) * min(year.credited, TENURE_DEPTH)
        for status in OUT:
            present = standing.persons[need, status, sex, area, income, age]
            terms = entry(year, status, lapsed[area, income, age], income, age)
            rate = enter_rate(year, need, status, terms.felt, area, income, age)
            flows["joins" if status == "never" else "returns"][group] += present * rate
            flows["repaired_years"][group] += present * rate * terms.repaired
            tracked["waiting_months"][place] += present * rate * terms.lost
            tracked["months_left"][place] += present * rate * terms.left
            returning += present * rate * (status != "never")
            cut += present * rate * terms.lapsed * year("cap_cut") * (status != "never")
            put(TENURES[0], present * rate)
            later_status = "never" if status == "never" else GAPS[min(GAPS.index(status) + 1, GAP_DEPTH)]
            put(later_status, present * (1 - rate))
            if status == GAPS[-1]:
                years = before["lapsed_years"][place] + present * year.counts
                tracked["lapsed_years"][place] += years * (1 - rate)
            elif later_status == GAPS[-1]:
                tracked["lapsed_years"][place] += present * (1 - rate) * min(year.with_this, GAP_DEPTH)
        for status in MEMBERS:
            put(status, standing.persons[need, status, sex, area, income, age])
        insured = sum(standing.persons[need, status, sex, area, income, age] for status in TENURES)
        lapsed_persons = sum(standing.persons[need, status, sex, area, income, age] for status in GAPS)
        back = returning / lapsed_persons if lapsed_persons > 0 else 0.0
        taken = before["carried_insured"][place] * leaving / insured
        brought = before["carried_lapsed"][place] * back
        tracked["no_claim_lapsed"][place] += before["no_claim_lapsed"][place] * (1 - back)
        tracked["no_claim_1"][place] += before["no_claim_lapsed"][place] * back
        tracked["carried_lapsed"][place] = before["carried_lapsed"][place] + taken + kept - brought
        tracked["carried_insured"][place] = before["carried_insured"][place] - taken + brought - cut
        flows["waiting_months"][group] += tracked["waiting_months"][place]
        flows["repair_payments"][group] = flows["repaired_years"][group] * year("personal_pp", area, income)
    return after


def mean_years(
    year: Year, standing: Standing, status: str, years: dict[Place, float]
) -> dict[tuple[str, str, int], float]:
    """Mean counted years of those in a status, by area, income group and age."""
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
            for years in enrolled.tracked.values():
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
        sex, area, income, age = group
        standards = payers * year("relative_earnings", sex, age)
        due, budget = standards * year("personal_pp", area, income), standards * year("subsidy_pp")
        flows["assistance"][group] = due * year("assistance_share", income)
        own = due * (1 - year("assistance_share", income))
        flows["personal_contributions"][group] = own
        flows["contributions_from_accounts"][group] = own * year("relatives_share", area, income)
        flows["subsidies"][group] = budget
        flows["local_supplement"][group] = (due + budget) * (year("local_supplement") - 1)
        flows["members_income"][group] = payers * year("disposable_income", area, income, age)
    for group, payers in flows["resident_enrolled"].items():
        flows["critical_illness"][group] += payers * year("critical_premium_pp")
    for place in year.places():
        need, sex, area, income, age = place
        group = (sex, area, income, age)
        benefits, used = benefits_pp(year, place)
        payers = enrolled.count(TENURES, *place)
        covered = payers - enrolled.tracked["waiting_months"][place] * (1 - year("postponed_care")) / 12
        if sex == "female":
            born_here = sum(born[of, area, income] for of in SEXES) * covered * births_in_year(year, age)
            flows["resident_maternity_benefits"][group] += (
                born_here / mothers_expected(year, enrolled, area, income) * year.at("birth_benefit", place)
            )
        exposed = covered * (1 - vital.dying[need, sex, age] / 2)
        if age == 0:
            newborn = born[sex, area, income] * year("newborn_enrolment")
            exposed += newborn * year("prevalence", need, sex, 0) / 2
        flows["resident_insured_years"][group] += exposed
        for name, amount in benefits.items():
            flows[name][group] += exposed * amount
        if year.rules:
            more = rise_of_cap(year, enrolled, place)
            flows["bonus_cap"][group] += payers * more
            flows["bonus_cost"][group] += exposed * cost_of_rise(year, place, more)
            for tenure, name in zip(TENURES, NO_CLAIM, strict=True):
                enrolled.tracked[name][place] *= 1 - used * year("no_claim_reset")
                enrolled.tracked[name][place] += enrolled.count([tenure], *place) * benefits["no_claim"]


def rise_of_cap(year: Year, enrolled: Enrolled, place: Place) -> float:
    """Mean rise of the cap of the insured at a place: years in a row, years without claim, and what a lapse left over."""
    credit = enrolled.tracked["carried_insured"][place]
    for own, (tenure, name) in enumerate(zip(TENURES, NO_CLAIM, strict=True), start=1):
        number = enrolled.count([tenure], *place)
        credit += enrolled.tracked[name][place] * year("no_claim_step")
        counted = float(min(own, year.credited))
        if own == TENURE_DEPTH and number > 0:
            counted = enrolled.tracked["rule_years"][place] / number
        credit += number * continuous_credit(year, counted)
    return limited(year, credit / enrolled.count(TENURES, *place) * year("indexation"), year("critical_cap"))


def cost_of_rise(year: Year, place: Place, more: float) -> float:
    """Expected cost of a cap raised by `more` for a person covered all year: the payment with it less that without."""
    care, expected = care_of(year, place), 0.0
    for kind, share in kinds_of_places(year):
        rules = critical_of(year, kind, place[3], care.in_hospital)
        if rules.cap == inf:
            return 0.0
        ends = sorted((rules.capped_at, rules.raised_at(more)))
        kinks = [*ends, *(kink for kink in rules.kinks if kink > ends[0])]
        expected += share * care.bed.expected(partial(rules.added, more), kinks)
    return care.users * year("critical_factor") * year("critical_self_run") * expected


def benefits_pp(year: Year, place: Place) -> tuple[dict[str, float], float]:
    """Expected cost, benefits and chances of a resident covered all year, and the chance of a claim beyond the cap."""
    care = care_of(year, place)
    users, bed = care.users, care.bed
    critical = claimed = capped = 0.0
    for kind, share in kinds_of_places(year):
        rules = critical_of(year, kind, place[3], care.in_hospital)
        critical += share * critical_payment(bed, rules)
        claimed += share * bed.chance_above(rules.begins)
        capped += share * bed.chance_above(rules.capped_at) if rules.cap < inf else 0.0
    inpatient_claims, outpatient_claims = care.claims
    inpatient_benefits, outpatient_benefits = care.benefits
    return {
        "inpatient_users": users,
        "admissions": year.at("care.admissions", place),
        "inpatient_claims": inpatient_claims,
        "inpatient_benefits": inpatient_benefits,
        "outpatient_claims": outpatient_claims,
        "outpatient_benefits": outpatient_benefits,
        "critical_illness": users * critical * year("critical_factor") * year("critical_self_run"),
        "critical_beneficiaries": users * claimed,
        "no_claim": care.unpaid,
    }, users * capped


def employee_money(year: Year, enrolled: Enrolled, vital: Vital, born: dict[Family, float], flows: Flows) -> None:
    """Contributions, credits, care and births of the members of the employee scheme, and what the pool pays for them."""
    for place, member in product(year.places(), MEMBERS):
        need, sex, area, income, age = place
        group = (sex, area, income, age)
        present = enrolled.count([member], *place)
        flows["employee_deaths"][group] += present * (1 + vital.early[sex, age]) * vital.dying[need, sex, age]
        flows["employee_migration"][group] += present * (vital.early[sex, age] + vital.late[sex, age])
        years = present * (1 - vital.dying[need, sex, age] / 2)
        flows["active_years" if member == ACTIVE else "retired_years"][group] += years
        flows["employee_members_income"][group] += years * year("disposable_income", area, income, age)
        flows["long_term_care"][group] += years * year.at("employee.long_term_care_pp", place)
        if member == ACTIVE:
            base = years * year.at("employee.contribution_base", place)
            flows["contribution_base"][group] += base
            flows["employer_contributions"][group] += base * year.at("employee.employer_rate", place)
            own = base * year.at("employee.employee_rate", place)
            flows["employee_contributions"][group] += own * year.at("employee.with_account", place)
        else:
            flows["retiree_credits"][group] += years * year.at("employee.retiree_credit", place)
            flows["retiree_contributions"][group] += years * year.at("employee.retirees.contribution_pp", place)
        care = care_of(year, place, member)
        flows["employee_inpatient_users"][group] += years * care.users
        flows["employee_admissions"][group] += years * year.at("employee.care.admissions", place, member)
        for kind, cost, benefit in zip(("inpatient", "outpatient"), care.claims, care.benefits, strict=True):
            flows[f"employee_{kind}_claims"][group] += years * cost
            flows[f"employee_{kind}_benefits"][group] += years * benefit
            flows["benefits_of_retired"][group] += years * benefit * (member == RETIRED)
    for group, number in births_to_active(year, enrolled, born).items():
        flows["maternity_benefits"][group] = number * year.at("employee.birth_benefit", (NEEDS[0], *group))


def births_in_year(year: Year, age: int) -> float:
    """Births of a woman of an age on 1 January who lives through the year."""
    return (year("asfr", age) + (year("asfr", age + 1) if age < year.ages[-1] else 0.0)) / 2


def mothers_expected(year: Year, enrolled: Enrolled, area: str, income: str) -> float:
    """Births of the women who are there on 1 January, each with her chance."""
    return sum(
        births_in_year(year, age) * enrolled.count(ALL, need, "female", area, income, age)
        for need, age in product(NEEDS, year.ages)
    )


def births_to_active(year: Year, enrolled: Enrolled, born: dict[Family, float]) -> dict[Group, float]:
    """Births of active members of the employee scheme by the mother's group: as all births of her area and income group
    are shared by the women there on 1 January, each with the chance of her age in one half of the year and of the next age in
    the other."""
    found = {}
    for area, income in product(AREAS, INCOMES):
        expected = {
            (member, age): (year("asfr", age) + (year("asfr", age + 1) if age < year.ages[-1] else 0.0))
            / 2
            * sum(enrolled.count([member], need, "female", area, income, age) for need in NEEDS)
            for member, age in product(ALL, year.ages)
        }
        births_a_mother = sum(born[sex, area, income] for sex in SEXES) / sum(expected.values())
        for age in year.ages:
            found["female", area, income, age] = expected[ACTIVE, age] * births_a_mother
    return found


def years_end(year: Year, enrolled: Enrolled, vital: Vital, flows: Flows) -> Standing:
    """Deaths and migration, moves to, within and from the employee scheme, birthday."""
    tracked = {name: dict.fromkeys(year.places(), 0.0) for name in TRACKED}
    closing = Standing(dict.fromkeys(enrolled.persons, 0.0), tracked, {}, 0.0, [])
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
        retiring = number[ACTIVE] * year("retirement", sex, age)
        exiting = (number[ACTIVE] - retiring) * year("employee_exit", sex, age)
        short = retiring * (1 - year("qualified_share", sex))
        buying = short * year("buying_share", sex)
        joining, enrolling = (short - buying) * year("joining_share", income), exiting * year("leaver_enrolment")
        to_residents = joining + enrolling
        with_years = to_residents * year("years_count")
        flows["transfers_in"][group] += to_residents
        number[ACTIVE] += entering - retiring - exiting
        number[RETIRED] += retiring - short + buying
        number["gap_0"] += (exiting - enrolling) + (short - buying - joining)
        if year.employees:
            flows["employee_entries"][group] += entering
            flows["retirements"][group] += retiring
            flows["employee_exits"][group] += exiting + short - buying
            flows["purchases"][group] += buying * year.at("employee.purchase_pp", place)
        number[TENURES[-1]] += with_years
        number[TENURES[0]] += to_residents - with_years
        after = (need, sex, area, income, older)
        for name in TRACKED:
            if name != "waiting_months":
                kept = staying[GAPS[-1] if name in OF_THE_LAPSED else TENURES[-1]]
                tracked[name][after] += enrolled.tracked[name][place] * alive * kept
        tracked["rule_years"][after] += with_years * year.credited
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
    missing = year("area_share_end", "urban") * sum(closing.persons.values()) - urban
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
    insured, members = (
        sum(number for cell, number in closing.persons.items() if cell[1] in statuses)
        for statuses in (TENURES, MEMBERS)
    )
    factor = 1.0 if isnan(pinned) else pinned / total
    for store in closing.stores:
        for cell in store:
            store[cell] *= factor
    flows["population_adjustment"], flows["insured_adjustment"] = total * (factor - 1), insured * (factor - 1)
    flows["employee_adjustment"] = members * (factor - 1)


def total_of(flows: Flows, *names: str) -> float:
    """The sum of flows over all groups."""
    return sum(sum(flows[name].values()) for name in names)


def a_year_on(year: Year, opening: float, balance: float) -> tuple[float, float]:
    """A fund at the year's end and its interest: flows bear interest for a share of the year, a deficit has its own rate."""
    rate = year("deficit_rate") if opening < 0 else year("interest_rate")
    interest = opening * rate + balance * ((1 + rate) ** year("interest_share") - 1)
    return opening + balance + interest, interest


def keep_resident_fund(year: Year, standing: Standing, closing: Standing, flows: Flows) -> None:
    """Income and outgo of the residents' fund; next year's contributions may have come already."""
    for (_, status, sex, area, income, age), number in closing.persons.items():
        if status in TENURES:
            due = year("personal_pp_next", area, income) * year("relative_earnings", sex, age)
            closing.prepaid += number * due * year("prepaid_share")
    flows["prepaid_change"] = closing.prepaid - standing.prepaid
    received = total_of(
        flows, "personal_contributions", "assistance", "subsidies", "local_supplement", "repair_payments"
    )
    benefits = total_of(flows, "inpatient_benefits", "outpatient_benefits", "critical_illness", "bonus_cost")
    benefits += total_of(flows, "resident_maternity_benefits")
    flows["administration"] = benefits * year("administration_share")
    flows["recoveries"] = benefits * year("recovered_share")
    flows["resident_long_term_care"] = total_of(flows, "resident_enrolled") * year("long_term_care_pp")
    flows["adjustment_payments"] = received * year("adjustment_share")
    passed_on = flows["resident_long_term_care"] + flows["adjustment_payments"]
    balance = received + flows["prepaid_change"] - benefits - flows["administration"] - passed_on + flows["recoveries"]
    closing.funds[RESIDENT], flows["resident_interest"] = a_year_on(year, standing.funds[RESIDENT], balance)


def keep_employee_pool(year: Year, standing: Standing, closing: Standing, flows: Flows) -> None:
    """Income and outgo of the employee scheme's pool; a share of what employers pay goes to the personal accounts."""
    from_employers = total_of(flows, "employer_contributions")
    flows["employer_to_accounts"] = from_employers * year("employee.to_accounts")
    received = from_employers - flows["employer_to_accounts"] - total_of(flows, "retiree_credits")
    received += total_of(flows, "purchases", "retiree_contributions")
    due = [
        owed * settled for owed, settled in zip(standing.owed, year.numbers["employee.arrears.settled"], strict=True)
    ]
    flows["arrears_recovered"] = sum(due) * year.numbers["employee.arrears.recovered"]
    received += flows["arrears_recovered"]
    left = [owed - gone for owed, gone in zip(standing.owed, due, strict=True)]
    closing.owed = [from_employers * year.numbers["employee.arrears.unpaid"], *left[:-1]]
    benefits = total_of(flows, "employee_inpatient_benefits", "employee_outpatient_benefits", "maternity_benefits")
    flows["employee_recoveries"] = benefits * year("employee.recovered_share")
    flows["employee_adjustment_payments"] = from_employers * year("employee.adjustment_share")
    paid = benefits + total_of(flows, "long_term_care") + flows["employee_adjustment_payments"]
    paid -= flows["employee_recoveries"]
    closing.funds[POOL], flows["employee_pool_interest"] = a_year_on(year, standing.funds[POOL], received - paid)


def keep_personal_accounts(year: Year, standing: Standing, closing: Standing, flows: Flows) -> None:
    """Credits of the personal accounts; what members spend of them on the cost that is left to them, on relatives' care
    and on relatives' contributions to the residents' fund."""
    credited = total_of(flows, "employee_contributions", "retiree_credits") + flows["employer_to_accounts"]
    to_spend = max(standing.funds[ACCOUNTS] + credited, 0.0)
    spent = to_spend * year("employee.spending_rate")
    flows["relatives_care"] = to_spend * year("employee.relatives_care_rate")
    relatives = total_of(flows, "contributions_from_accounts")
    left_to_members = {
        group: flows["employee_inpatient_claims"][group] + flows["employee_outpatient_claims"][group]
        - flows["employee_inpatient_benefits"][group] - flows["employee_outpatient_benefits"][group]
        for group in year.groups()
    }  # fmt: skip
    for group, own in left_to_members.items():
        flows["account_spending"][group] = spent * own / sum(left_to_members.values())
    balance = credited - spent - flows["relatives_care"] - relatives
    closing.funds[ACCOUNTS], flows["personal_accounts_interest"] = a_year_on(year, standing.funds[ACCOUNTS], balance)
