"""The employee scheme's money in a year: contributions, transfers, benefits, personal accounts (method note, section 9)."""

import numpy as np

from simsurance.axes import FLOW_AXES
from simsurance.ledger import ACCOUNTS, POOL_BENEFITS, booked, fund_of
from simsurance.model import fund
from simsurance.model.care import basic_care_pp
from simsurance.model.groups import at_person_group, by_person_group, of_run, total
from simsurance.model.lives import Lives, Money, births_to
from simsurance.model.state import EmployeeBasis, YearBasis


def persons(lives: Lives) -> dict[str, np.ndarray]:
    """What happens to members of the scheme in the year."""
    return {
        "employee_entries": by_person_group(lives.moves.entries),
        "employee_exits": by_person_group(lives.moves.exits),
        "retirements": by_person_group(lives.moves.retirements),
        "employee_deaths": by_person_group(lives.members * lives.vital.dying),
        "employee_migration": by_person_group(lives.members * lives.vital.moving),
    }


def contributions(lives: Lives, basis: YearBasis, scheme: EmployeeBasis) -> dict[str, np.ndarray]:
    """Insured years, their base, and what members and employers pay in."""
    years = lives.member_years
    active, retired = by_person_group(years[:, :, :1]), by_person_group(years[:, :, 1:])
    base = active * at_person_group(scheme.contribution_base)
    return {
        "active_years": active,
        "retired_years": retired,
        "contribution_base": base,
        "employer_contributions": base * at_person_group(scheme.employer_rate),
        "employee_contributions": base * at_person_group(scheme.employee_rate * scheme.with_account),
        "purchases": by_person_group(lives.moves.bought) * at_person_group(scheme.purchase_pp),
        "employee_members_income": lives.covered_years * at_person_group(basis.disposable_income),
        **of_retirees(retired, scheme),
    }


def of_retirees(retired: np.ndarray, scheme: EmployeeBasis) -> dict[str, np.ndarray]:
    """What retired members pay in, by their years; nothing where they contribute nothing."""
    if scheme.retirees is None:
        return {}
    return {"retiree_contributions": retired * at_person_group(scheme.retirees.contribution_pp)}


def transfers(flows: Money, scheme: EmployeeBasis) -> dict[str, np.ndarray]:
    """What of the pool's money is credited to personal accounts."""
    return {
        "employer_to_accounts": total(flows["employer_contributions"]) * of_run(scheme.to_accounts),
        "retiree_credits": flows["retired_years"] * at_person_group(scheme.retiree_credit),
    }


def benefits(lives: Lives, flows: Money, basis: YearBasis, scheme: EmployeeBasis) -> dict[str, np.ndarray]:
    """Cost of members' care, what the pool pays, and what is spent from the accounts."""
    pp, years = basic_care_pp(scheme.care), lives.member_years
    births = births_of_members(lives, basis)
    inpatient, outpatient = years * pp.inpatient, years * pp.outpatient
    paid = {
        "employee_inpatient_users": by_person_group(years * scheme.care.inpatient_use),
        "employee_admissions": by_person_group(years * scheme.care.admissions),
        "employee_inpatient_claims": by_person_group(years * pp.inpatient_cost),
        "employee_outpatient_claims": by_person_group(years * pp.outpatient_cost),
        "employee_inpatient_benefits": by_person_group(inpatient),
        "employee_outpatient_benefits": by_person_group(outpatient),
        "benefits_of_retired": by_person_group(inpatient[:, :, 1:]) + by_person_group(outpatient[:, :, 1:]),
        "maternity_benefits": births * at_person_group(scheme.birth_benefit),
        "long_term_care": lives.covered_years * at_person_group(scheme.long_term_care_pp),
    }
    if basis.tiers:
        paid |= {"employee_cover": years, "employee_births": total(births)}
    paid |= shares({**flows, **paid}, scheme)
    return paid | account_spending(lives.funds, {**flows, **paid}, scheme)


def shares(flows: Money, scheme: EmployeeBasis) -> dict[str, np.ndarray]:
    """What is recovered of the pool's benefits, and what is passed on of contributions, yuan, [run]."""
    levied = ("employer_contributions",)
    return {
        "employee_recoveries": fund.share_of(flows, POOL_BENEFITS, of_run(scheme.recovered_share)),
        "employee_adjustment_payments": fund.share_of(flows, levied, of_run(scheme.adjustment_share)),
    }


def available(funds: np.ndarray, flows: Money) -> np.ndarray:
    """What there is to be spent of personal accounts, yuan, [run]; `funds` on 1 January, nothing where they are overdrawn."""
    accounts = fund_of(ACCOUNTS)
    credited = {each.row.name: total(flows[each.row.name]) for each in accounts.income}
    return np.maximum(funds[:, accounts.place] + fund.summed(booked(accounts.income, credited)), 0.0)


def account_spending(funds: np.ndarray, flows: Money, scheme: EmployeeBasis) -> dict[str, np.ndarray]:
    """What members spend of their accounts: shares of what is there, for their own care and for relatives'.

    Own spending goes to persons in proportion to the cost that the pool leaves to them, or to all where it leaves none. `funds`
    on 1 January, yuan, [run, fund].
    """
    there = available(funds, flows)
    claims = flows["employee_inpatient_claims"] + flows["employee_outpatient_claims"]
    left_to_members = claims - flows["employee_inpatient_benefits"] - flows["employee_outpatient_benefits"]
    left_to_members[left_to_members < fund.ROUNDING * claims] = 0.0
    spent = there * of_run(scheme.spending_rate)
    return {
        "account_spending": shared_out(spent, left_to_members, flows["active_years"] + flows["retired_years"]),
        "relatives_care": there * of_run(scheme.relatives_care_rate),
    }


def births_of_members(lives: Lives, basis: YearBasis) -> np.ndarray:
    """Births to active members by age of the mother, [run, sex, area, income, age]."""
    return births_to(lives.members[:, :, :1], lives, basis)


def shared_out(whole: np.ndarray, weights: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """What each run has, in proportion to weights [run, sex, area, income, age]; in that to `otherwise` where all are 0."""
    by_run = (len(whole), *(1 for _ in FLOW_AXES[1:]))
    chosen = np.where(total(weights).reshape(by_run) > 0, weights, otherwise)
    of_all = total(chosen)
    return chosen * np.divide(whole, of_all, out=np.zeros_like(whole), where=of_all > 0).reshape(by_run)
