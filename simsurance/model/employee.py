"""The employee scheme: moves of its members, their contributions, benefits and personal accounts (method note, section 9)."""

from dataclasses import dataclass

import numpy as np

from simsurance.axes import FUND, TENURES, axis, row
from simsurance.model import fund, membership
from simsurance.model.care import basic_care_pp
from simsurance.model.groups import by_person_group, later_age, total
from simsurance.model.population import FEMALE
from simsurance.model.state import EmployeeBasis, EmployeeFlows, State, YearBasis
from simsurance.model.vital import Vital

ACTIVE, RETIRED = row("employee_active"), row("employee_retired")
GAP_0, TENURE_1, LAST_TENURE = row("gap_0"), row("tenure_1"), TENURES.stop - 1
POOL, ACCOUNTS = FUND.members.index("employee_pool"), FUND.members.index("personal_accounts")


@dataclass(frozen=True)
class Moves:
    """Who changes place in the employee scheme at the end of a year, persons, [run, health, 1, sex, area, income, age].

    `entries` become active; `retirements` stop being active, of whom `bought` pay for missing years; `exits` leave the
    scheme, at retirement or before; of these `to_residents` join the resident scheme at once.
    """

    entries: np.ndarray
    retirements: np.ndarray
    bought: np.ndarray
    exits: np.ndarray
    to_residents: np.ndarray


def move(enrolled: np.ndarray, entrants: np.ndarray, basis: YearBasis, counted: int) -> Moves:
    """Entry to, retirement within and exit from the employee scheme at the year's end, in place.

    `entrants` [run, health, 1, sex, area, income, age] have left their rows already. Those who retire without the years
    they need buy them, join the resident scheme or have no cover; leavers join the resident scheme or start a gap of 0.
    """
    active = enrolled[:, :, ACTIVE : ACTIVE + 1]
    retiring = active * basis.retirement
    leaving = (active - retiring) * basis.employee_exit
    bought = retiring * (1 - basis.qualified_share) * basis.buying_share
    staying = retiring * basis.qualified_share + bought
    to_residents = (retiring - staying) * basis.joining_share + leaving * basis.leaver_enrolment
    exits = leaving + retiring - staying
    active += entrants - retiring - leaving
    enrolled[:, :, RETIRED : RETIRED + 1] += staying
    enrolled[:, :, GAP_0 : GAP_0 + 1] += exits - to_residents
    continuous = to_residents * basis.years_count
    enrolled[:, :, LAST_TENURE : LAST_TENURE + 1] += continuous
    enrolled[:, :, TENURE_1 : TENURE_1 + 1] += to_residents - continuous
    enrolled[:, :, membership.RULE_YEARS : membership.RULE_YEARS + 1] += continuous * counted
    return Moves(entrants, retiring, bought, exits, to_residents)


@dataclass(frozen=True)
class Year:
    """What the employee scheme's money of a year hangs on, beside its assumptions.

    `members` after the health transition [run, health, active and retired, sex, …]; what happens to persons in the year;
    the moves of its end; `adjustment` to a pinned population, persons [run]; `from_accounts`: what relatives' accounts pay
    to the resident fund, yuan [run].
    """

    members: np.ndarray
    vital: Vital
    moves: Moves
    adjustment: np.ndarray
    from_accounts: np.ndarray


def money(year: Year, basis: YearBasis, scheme: EmployeeBasis, state: State) -> tuple[np.ndarray, EmployeeFlows]:
    """Contributions, benefits and both accounts of a year: closing pool and personal accounts [run, 2], and the flows."""
    years = year.members * (1 - year.vital.mort_rate / 2)
    paid_in = contributions(years, year.moves.bought, scheme)
    paid = benefits(years, year, basis, scheme)
    pool, of_pool = pool_account(state.fund[:, POOL], paid_in, paid, basis, scheme)
    accounts, of_accounts = personal_accounts(
        state.fund[:, ACCOUNTS], of_pool["employer_to_accounts"], year.from_accounts, paid_in, paid, basis, scheme
    )
    covered = by_person_group(years)
    flows = EmployeeFlows(
        employee_entries=by_person_group(year.moves.entries),
        employee_exits=by_person_group(year.moves.exits),
        retirements=by_person_group(year.moves.retirements),
        employee_deaths=by_person_group(year.members * year.vital.dying),
        employee_migration=by_person_group(year.members * year.vital.moving),
        employee_adjustment=year.adjustment,
        employee_members_income=covered * basis.disposable_income[:, 0, 0],
        **paid_in,
        **paid,
        **of_pool,
        **of_accounts,
    )
    return np.stack([pool, accounts], axis=1), flows


def contributions(years: np.ndarray, bought: np.ndarray, scheme: EmployeeBasis) -> dict[str, np.ndarray]:
    """What is paid in for a year by name, [run, sex, area, income, age].

    `years`: insured years [run, health, active and retired, sex, …]; `bought`: those who buy missing years.
    """
    active, retired = by_person_group(years[:, :, :1]), by_person_group(years[:, :, 1:])
    base = active * scheme.contribution_base[:, 0, 0]
    return {
        "active_years": active,
        "retired_years": retired,
        "contribution_base": base,
        "employer_contributions": base * scheme.employer_rate[:, 0, 0],
        "employee_contributions": base * (scheme.employee_rate * scheme.with_account)[:, 0, 0],
        "retiree_credits": retired * scheme.retiree_credit[:, 0, 0],
        "purchases": by_person_group(bought) * scheme.purchase_pp[:, 0, 0],
    }


def benefits(years: np.ndarray, year: Year, basis: YearBasis, scheme: EmployeeBasis) -> dict[str, np.ndarray]:
    """Cost of members' care and what the pool pays by name, [run, sex, area, income, age]."""
    pp = basic_care_pp(scheme.care)
    inpatient, outpatient = years * pp.inpatient, years * pp.outpatient
    return {
        "employee_inpatient_users": by_person_group(years * scheme.care.inpatient_use),
        "employee_admissions": by_person_group(years * scheme.care.admissions),
        "employee_inpatient_claims": by_person_group(years * pp.inpatient_cost),
        "employee_outpatient_claims": by_person_group(years * pp.outpatient_cost),
        "employee_inpatient_benefits": by_person_group(inpatient),
        "employee_outpatient_benefits": by_person_group(outpatient),
        "benefits_of_retired": by_person_group(inpatient[:, :, 1:]) + by_person_group(outpatient[:, :, 1:]),
        "maternity_benefits": births_of_members(year, basis) * scheme.birth_benefit[:, 0, 0],
        "long_term_care": by_person_group(years) * scheme.long_term_care_pp[:, 0, 0],
    }


def pool_account(
    opening: np.ndarray,
    paid_in: dict[str, np.ndarray],
    paid: dict[str, np.ndarray],
    basis: YearBasis,
    scheme: EmployeeBasis,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The pooled fund on 31 December, and what employers' contributions leave to accounts and interest of the year; [run]."""
    employer = total(paid_in["employer_contributions"])
    to_accounts = employer * scheme.to_accounts[:, 0, 0, 0, 0, 0, 0]
    income = employer - to_accounts - total(paid_in["retiree_credits"]) + total(paid_in["purchases"])
    paid_out = ("employee_inpatient_benefits", "employee_outpatient_benefits", "maternity_benefits", "long_term_care")
    outgo = fund.summed(total(paid[name]) for name in paid_out)
    closing, interest = fund.year(opening, income, outgo, basis.interest_rate, basis.deficit_rate)
    return closing, {"employer_to_accounts": to_accounts, "pool_interest": interest}


def personal_accounts(
    opening: np.ndarray,
    to_accounts: np.ndarray,
    from_accounts: np.ndarray,
    paid_in: dict[str, np.ndarray],
    paid: dict[str, np.ndarray],
    basis: YearBasis,
    scheme: EmployeeBasis,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The personal accounts on 31 December [run], and what is spent from them in the year.

    `to_accounts`: what employers' contributions leave to them; `from_accounts`: what they pay to the resident fund. Own
    spending goes to persons in proportion to the cost that the pool leaves to them, or to all where it leaves none.
    """
    credited = total(paid_in["employee_contributions"]) + to_accounts + total(paid_in["retiree_credits"])
    available = np.maximum(opening + credited, 0.0)  # nothing is spent of what is not there
    spent = available * scheme.spending_rate[:, 0, 0, 0, 0, 0, 0]
    for_relatives = available * scheme.relatives_care_rate[:, 0, 0, 0, 0, 0, 0]
    claims = paid["employee_inpatient_claims"] + paid["employee_outpatient_claims"]
    left_to_members = claims - paid["employee_inpatient_benefits"] - paid["employee_outpatient_benefits"]
    left_to_members[left_to_members < fund.ROUNDING * claims] = 0.0
    spending = shared_out(spent, left_to_members, paid_in["active_years"] + paid_in["retired_years"])
    outgo = fund.summed((total(spending), for_relatives, from_accounts))
    closing, interest = fund.year(opening, credited, outgo, basis.interest_rate, basis.deficit_rate)
    return closing, {
        "account_spending": spending,
        "relatives_care": for_relatives,
        "relatives_contributions": from_accounts,
        "account_interest": interest,
    }


def births_of_members(year: Year, basis: YearBasis) -> np.ndarray:
    """Births to active members by age of the mother, [run, sex, area, income, age]: their share of the mothers expected.

    Half a year is lived at the age on 1 January, half a year later.
    """
    active = year.members[:, :, :1, FEMALE : FEMALE + 1].sum(axis=axis("health"), keepdims=True)
    in_year = (basis.asfr + later_age(basis.asfr)) / 2
    expected = (year.vital.women * in_year).sum(axis=axis("age"), keepdims=True)
    per_expected = np.divide(year.vital.births, expected, out=np.zeros_like(expected), where=expected > 0)
    found = np.zeros_like(year.members[:, 0, 0])
    found[:, FEMALE] = (active * in_year * per_expected)[:, 0, 0, 0]
    return found


def shared_out(whole: np.ndarray, weights: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """What each run has, in proportion to weights [run, sex, area, income, age]; in that to `otherwise` where all are 0."""
    chosen = np.where(total(weights)[:, None, None, None, None] > 0, weights, otherwise)
    of_all = total(chosen)
    return chosen * np.divide(whole, of_all, out=np.zeros_like(whole), where=of_all > 0)[:, None, None, None, None]
