"""One member in the employee scheme under the rules of a scenario: contributions, claims, retirement and leaving."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from simsurance.axes import LAST_AGE, at
from simsurance.basis.employee import base_of_wages
from simsurance.basis.inputs import Inputs
from simsurance.member.history import History, Move, Told
from simsurance.member.member_year import MemberYear, Standing
from simsurance.model.care import basic_layer
from simsurance.model.state import EmployeeBasis, YearBasis
from simsurance.scenario_file.loader import Scenario

LEAST_CHANCE: Final = 1e-9
"""Probability of retiring below which nobody is said to retire at an age."""


@dataclass(frozen=True)
class Contributed:
    """What is paid to the employee scheme for one member in a year, and where it goes, yuan.

    `credit`: of a retired member; `purchase` of missing years, to the pool.
    """

    employer: float = 0.0
    own: float = 0.0
    credit: float = 0.0
    purchase: float = 0.0
    to_account: float = 0.0
    to_pool: float = 0.0


@dataclass(frozen=True)
class Pooled:
    """What the employee pool pays of an inpatient cost, and by which rule. Yuan; `ratio` a share."""

    deductible: float
    ratio: float
    limit: float
    paid: float
    own: float


@dataclass(frozen=True)
class WorkerYear:
    """What the employee scheme asks of one member in a year, and what it gives.

    `wage` of the year before, yuan, and whether it `is_mean`, the mean wage; the `base` of contributions, that wage
    within floor and ceiling; `missing_years` that those are short of who buy them; `retires_from`: youngest age on 1
    January at which anyone retires.
    """

    member: MemberYear
    scheme: EmployeeBasis
    wage: float
    is_mean: bool
    base: float
    missing_years: float
    retires_from: int

    def contributed(self, retired: bool, buys: bool) -> Contributed:
        """What the year costs and credits a member with a personal account."""
        number, scheme = self.member.number, self.scheme
        if retired:
            credit = number(scheme.retiree_credit)
            return Contributed(credit=credit, to_account=credit)
        employer, own = self.base * number(scheme.employer_rate), self.base * number(scheme.employee_rate)
        to_account = own + employer * number(scheme.to_accounts)
        purchase = number(scheme.purchase_pp) if buys else 0.0
        return Contributed(employer, own, 0.0, purchase, to_account, employer + own - to_account + purchase)

    def pooled(self, cost: float, retired: bool) -> Pooled:
        """What the pool pays of an inpatient cost; levers multiply what the rules pay, as they do for everybody."""
        layer, status = basic_layer(self.scheme.care), int(retired)  # its status axis is active, retired
        by_rule = layer.paid(np.array(cost)) * self.scheme.care.inpatient_benefit_factor
        deductible, ratio, limit, paid = (
            self.member.number(array, status) for array in (layer.deductible, layer.ratio, layer.limit, by_rule)
        )
        return Pooled(deductible, ratio, limit, paid, cost - paid)

    def year_end(self, standing: Standing, move: Move) -> Standing:
        """Where the year leaves the member: years go on where the scenario counts them, without residents' credits."""
        return Standing(
            tenure=(standing.tenure + 1) * self.member.years_count,
            employee=True,
            retired=standing.retired or move in ("retires", "buys"),
            left=move in ("short", "leaves"),
        )


def worker_years(
    scenario: Scenario, told: History, rules: Sequence[MemberYear], basis: Sequence[YearBasis], sex: int
) -> list[WorkerYear | None]:
    """What the employee scheme asks in the years told, None where the scenario does not project it.

    A wage told goes on with the mean wage until another one is.
    """
    if not scenario.values.employee.projected:
        return [None] * len(rules)
    inputs, years = Inputs(scenario, scenario.values), [one.year for one in told.years]
    means = inputs.wages([year - 1 for year in years])
    ratio, ratios = None, list[float | None]()
    for one, mean in zip(told.years, means, strict=True):
        ratio = ratio if one.wage is None else one.wage / float(mean)
        ratios.append(ratio)
    wages = means * np.array([1.0 if ratio is None else ratio for ratio in ratios])
    base = base_of_wages(inputs, years, wages)
    missing = inputs.values.employee.unqualified.missing_years
    found: list[WorkerYear | None] = []
    for place, (rule, year) in enumerate(zip(rules, basis, strict=True)):
        scheme, is_mean = rule.basis.employee, ratios[place] is None
        assert scheme is not None
        amounts = float(wages[place]), is_mean, float(base[place])
        found.append(WorkerYear(rule, scheme, *amounts, missing, youngest_retiring(year, sex)))
    return found


def youngest_retiring(basis: YearBasis, sex: int) -> int:
    """The lowest age on 1 January at which active members of a sex retire in the year."""
    ages = np.flatnonzero(at(basis.retirement, run=0, health=0, status=0, sex=sex, area=0, income=0) > LEAST_CHANCE)
    return int(ages[0]) if len(ages) else LAST_AGE + 1


def impossible(one: Told, worker: WorkerYear | None, standing: Standing) -> str:
    """Why a year cannot follow on where the member stands in the employee scheme, or nothing."""
    before = one.year - 1
    if one.membership != "employee":
        return "a retired member stays in the employee scheme; tell employee" if standing.retired else ""
    if worker is None:
        return "the scenario does not project the employee scheme; --set employee.projected=true"
    if standing.left:
        return f"the member left the employee scheme at the end of {before}; tell in, late or lapse"
    if one.move == "stays":
        wage = standing.retired and one.wage is not None
        return "a retired member pays no contributions; leave wage out" if wage else ""
    if standing.retired:
        return "the member has retired already and stays in the employee scheme; tell employee"
    if not standing.employee:
        return f"the member is not in the employee scheme in {before}; tell {before}: employee, or before: employee"
    if one.move != "leaves" and worker.member.age < worker.retires_from:
        return (
            f"nobody of the member's sex retires at age {worker.member.age} in {one.year}, but from "
            f"{worker.retires_from} on; give --age"
        )
    return ""
