"""The timely adjustment once more, one run and one number after another, beside `loop_reference` and like it."""

from copy import deepcopy
from dataclasses import dataclass, field
from math import isnan, nan, sqrt
from typing import Any

from loop_reference import INCOMES, RESIDENT, TENURES, Flows, Standing, Year, benefits_pp, total_of

CONTRIBUTION, SUBSIDY, RATIO, LIMITS, DEDUCTIBLE = range(5)
BENEFITS = (
    "inpatient_benefits",
    "outpatient_benefits",
    "critical_illness",
    "bonus_cost",
    "resident_maternity_benefits",
)
YEARS = 20
"""Years that factors are written down for, the first of them the year before the opening."""


@dataclass
class Office:
    """What the office that applies the rule knows and has decided: factors by answer and year, accounts of past years."""

    income: list[float]
    outgo: list[float]
    factors: list[list[float]] = field(default_factory=lambda: [[1.0] * YEARS for _ in range(5)])
    now: int = 0
    levied: tuple[float, float] = (0.0, 0.0)
    saved: dict[str, float] = field(default_factory=lambda: dict.fromkeys(INCOMES, 0.0))
    cut: dict[str, float] = field(default_factory=lambda: dict.fromkeys(INCOMES, 0.0))
    balance: float = nan

    def decide(self, standing: Standing, numbers: dict[str, Any]) -> dict[str, Any]:
        """Read the accounts, decide, and give the assumptions of the year as they then are."""
        self.now += 1
        rule = {name.partition(".")[2]: value for name, value in numbers.items() if name.startswith("adjustment.")}
        if isnan(self.balance):
            self.balance = self.income[-1] - self.outgo[-1]
        months = self.months(standing, rule)
        if rule["acts"] and not isnan(months):
            low = self.balance < 0 if rule["trigger"] == 1 else months < rule["months_below"]
            if low and months <= rule["recovery_months"]:
                self.step(rule)
            elif months > rule["recovery_months"]:
                self.recover(rule)
        return self.adjusted(standing, numbers, rule)

    def of(self, answer: int, ahead: int = 0) -> float:
        return self.factors[answer][self.now + ahead]

    def latest(self, answer: int) -> float:
        return self.factors[answer][-1]

    def set(self, answer: int, rule: dict[str, Any], value: float) -> None:
        first = self.now + int(rule["notice_years"]) + (answer == CONTRIBUTION)
        self.factors[answer][first:] = [value] * (YEARS - first)

    def more(self, follows: float, ahead: int) -> float:
        """Yuan that the factors of a year bring in beyond the scheduled, on what was levied last."""
        budget = self.of(SUBSIDY, ahead) * (self.of(CONTRIBUTION, ahead) if follows else 1.0)
        return self.levied[0] * (self.of(CONTRIBUTION, ahead) - 1) + self.levied[1] * (budget - 1)

    def months(self, standing: Standing, rule: dict[str, Any]) -> float:
        reserve = standing.funds[RESIDENT] - standing.prepaid
        outgo = self.outgo[-1] - sum(self.saved.values())
        if rule["trigger"] == 2:
            rise, growth = (sqrt(side[-1] / side[-3]) for side in (self.income, self.outgo))
            for ahead in range(int(rule["years_ahead"])):
                outgo *= growth
                reserve += (self.income[-1] + self.more(rule["follows"][0], ahead)) * rise ** (ahead + 1) - outgo
        return 12 * reserve / outgo

    def raised(self, answer: int, rule: dict[str, Any]) -> float:
        latest, step, bound = self.latest(answer), rule["step"][answer], rule["bound"][answer]
        if bound < 1:
            return max(latest - step, bound)
        new = min(latest + step, bound)
        ahead = int(rule["notice_years"]) + (answer == CONTRIBUTION)
        before = self.of(CONTRIBUTION, ahead - 1) * self.of(SUBSIDY, ahead - 1)
        both = min(before + rule["step"][SUBSIDY], rule["bound"][SUBSIDY])
        if answer == SUBSIDY and rule["follows"][1]:
            new = min(new, both / self.of(CONTRIBUTION, ahead))
        if answer == CONTRIBUTION:
            if rule["follows"][2] and rule["order"][SUBSIDY]:
                new = min(new, both / self.of(SUBSIDY, ahead))
            new = min(new, self.of(CONTRIBUTION, ahead - 1) * rule["highest_rise"])
        return max(new, latest)

    def step(self, rule: dict[str, Any]) -> None:
        for order in range(1, 6):
            here = [answer for answer in range(5) if rule["order"][answer] == order]
            able = [answer for answer in here if abs(self.raised(answer, rule) - self.latest(answer)) > 1e-9]
            if able:
                for answer in sorted(able, key=lambda each: each != SUBSIDY):
                    self.set(answer, rule, self.raised(answer, rule))
                return

    def recover(self, rule: dict[str, Any]) -> None:
        for order in range(5, 0, -1):
            off = [a for a in range(5) if rule["order"][a] == order and abs(self.latest(a) - 1) > 1e-9]
            for answer in off:
                latest, step = self.latest(answer), rule["step"][answer]
                new = max(latest - step, 1.0) if rule["bound"][answer] > 1 else min(latest + step, 1.0)
                self.set(answer, rule, 1.0 if abs(new - 1) <= 1e-9 else new)
            if off:
                return

    def adjusted(self, standing: Standing, numbers: dict[str, Any], rule: dict[str, Any]) -> dict[str, Any]:
        own = deepcopy(numbers)
        follows = self.of(CONTRIBUTION) if rule["follows"][0] else 1.0
        factors = {
            "personal_pp": self.of(CONTRIBUTION), "burden": self.of(CONTRIBUTION),
            "personal_pp_next": self.of(CONTRIBUTION, 1), "subsidy_pp": self.of(SUBSIDY) * follows,
            **{f"care.{kind}_ratio": self.of(RATIO) for kind in ("inpatient", "outpatient")},
            **{f"care.{kind}_limit": self.of(LIMITS) for kind in ("inpatient", "outpatient")},
            **{f"care.{kind}_deductible": self.of(DEDUCTIBLE) for kind in ("inpatient", "outpatient")},
        }  # fmt: skip
        for name, factor in factors.items():
            own[name] = times(own[name], factor)
        self.cut = dict.fromkeys(INCOMES, 0.0)
        if any(self.of(answer) != 1 for answer in (RATIO, LIMITS, DEDUCTIBLE)):
            before, after, paid = Year(numbers), Year(own), 0.0
            for place in after.places():
                persons = sum(standing.persons[place[0], status, *place[1:]] for status in TENURES)
                scheduled, left = (
                    sum(benefits_pp(year, place)[0][name] for name in BENEFITS[:3]) for year in (before, after)
                )
                self.cut[place[3]] += persons * (scheduled - left)
                paid += persons * left
            self.cut = {income: amount / paid for income, amount in self.cut.items()}
        return own

    def remember(self, numbers: dict[str, Any], flows: Flows) -> None:
        """Write down the accounts of the year; `numbers` as they were in it."""
        follows = numbers["adjustment.follows"][0]
        own, budget = self.of(CONTRIBUTION), self.of(SUBSIDY) * (self.of(CONTRIBUTION) if follows else 1.0)
        supplement = Year(numbers)("local_supplement")
        paid = total_of(flows, "personal_contributions", "assistance") * supplement
        paid += total_of(flows, "repair_payments")
        self.levied = paid / own, total_of(flows, "subsidies") * supplement / budget
        benefits = total_of(flows, *BENEFITS)
        self.saved = {income: share * benefits for income, share in self.cut.items()}
        income = paid + total_of(flows, "subsidies") * supplement + flows["resident_interest"]
        outgo = benefits + flows["administration"] - flows["recoveries"]
        outgo += flows["resident_long_term_care"] + flows["adjustment_payments"]
        self.balance = income - outgo
        self.income.append(income - self.more(follows, 0))
        self.outgo.append(outgo + sum(self.saved.values()))


def times(value: Any, factor: float) -> Any:
    """A number, or all numbers in lists, times a factor."""
    return [times(each, factor) for each in value] if isinstance(value, list) else value * factor
