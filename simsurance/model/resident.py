"""The resident scheme's money in a year: contributions, exposure, benefits, the fund (method note, sections 6 to 8 and 10)."""

from dataclasses import dataclass

import numpy as np

from simsurance.axes import TENURES, axes_except
from simsurance.model import fund, participation
from simsurance.model.care import benefits_pp, bonus_cost_pp, bonus_granted, credit_year_without_claim
from simsurance.model.groups import by_person_group, total
from simsurance.model.membership import WAITING
from simsurance.model.state import State, YearBasis
from simsurance.model.vital import Vital


@dataclass(frozen=True)
class Contributions:
    """Who pays for the year, and what is due for them: persons and yuan, [run, sex, area, income, age]."""

    payers: np.ndarray
    due: np.ndarray
    assistance: np.ndarray
    subsidies: np.ndarray
    supplement: np.ndarray
    repair_payments: np.ndarray
    from_accounts: np.ndarray
    members_income: np.ndarray

    @property
    def flows(self) -> dict[str, np.ndarray]:
        """By their names."""
        return {
            "resident_enrolled": self.payers,
            "personal_contributions": self.due - self.assistance,
            "contributions_from_accounts": self.from_accounts,
            "assistance": self.assistance,
            "subsidies": self.subsidies,
            "local_supplement": self.supplement,
            "repair_payments": self.repair_payments,
            "members_income": self.members_income,
        }


def contributions(payers: np.ndarray, born: Vital, repaired_years: np.ndarray, basis: YearBasis) -> Contributions:
    """What is due for all who are insured in the year, the newborn enrolled in it included."""
    paying = payers.sum(axis=1, keepdims=True)
    paying[..., :1] += born.newborn * basis.newborn_enrolment
    due = paying * basis.personal_pp
    assistance = due * basis.assistance_share
    subsidies = paying * basis.subsidy_pp
    return Contributions(
        payers=paying[:, 0, 0],
        due=due[:, 0, 0],
        assistance=assistance[:, 0, 0],
        subsidies=subsidies[:, 0, 0],
        supplement=((due + subsidies) * (basis.local_supplement - 1))[:, 0, 0],
        repair_payments=repaired_years * basis.personal_pp[:, 0, 0],
        from_accounts=((due - assistance) * basis.relatives_share)[:, 0, 0],
        members_income=(paying * basis.disposable_income)[:, 0, 0],
    )


def benefits(
    enrolled: np.ndarray, payers: np.ndarray, paying: np.ndarray, born: Vital, basis: YearBasis, credited: int
) -> dict[str, np.ndarray]:
    """Exposure, claims and benefits of the year by their names, [run, sex, area, income, age].

    The credit for a year without reimbursement is written to `enrolled`. `payers` by need class, `paying` with the newborn;
    `credited`: years that count as continuous with this one.
    """
    lost = enrolled[:, :, WAITING : WAITING + 1]
    insured_years = participation.insured_years(payers, lost, basis.postponed_care) * (1 - born.mort_rate / 2)
    insured_years[..., :1] += born.newborn * basis.newborn_enrolment * basis.prevalence[..., :1] / 2

    pp, self_run = benefits_pp(basis), basis.critical_self_run[:, 0, 0]
    if basis.year >= basis.rules_start and basis.rules_in_force.any():
        bonus_cap = basis.rules_in_force * bonus_granted(enrolled, payers, basis, credited)
        bonus_cost = by_person_group(insured_years * bonus_cost_pp(basis, pp, bonus_cap)) * self_run
        credit_year_without_claim(enrolled, basis, pp)
    else:
        bonus_cap, bonus_cost = np.zeros_like(payers), np.zeros_like(paying)
    critical = by_person_group(insured_years * pp.critical) * self_run
    critical += paying * basis.critical_premium_pp[:, 0, 0]
    return {
        "resident_insured_years": by_person_group(insured_years),
        "inpatient_users": by_person_group(insured_years * basis.care.inpatient_use),
        "admissions": by_person_group(insured_years * basis.care.admissions),
        "inpatient_claims": by_person_group(insured_years * pp.basic.inpatient_cost),
        "outpatient_claims": by_person_group(insured_years * pp.basic.outpatient_cost),
        "inpatient_benefits": by_person_group(insured_years * pp.basic.inpatient),
        "outpatient_benefits": by_person_group(insured_years * pp.basic.outpatient),
        "critical_illness": critical,
        "bonus_cost": bonus_cost,
        "critical_beneficiaries": by_person_group(insured_years * pp.critical_claim),
        "bonus_cap": by_person_group(payers * bonus_cap),
        "no_claim": by_person_group(insured_years * pp.no_claim),
    }


@dataclass(frozen=True)
class Account:
    """The fund on 31 December, contributions of the next year received in it, and the year's flows of the whole run; [run]."""

    closing: np.ndarray
    prepaid: np.ndarray
    flows: dict[str, np.ndarray]


def account(
    state: State, due: Contributions, paid: dict[str, np.ndarray], cells: np.ndarray, basis: YearBasis
) -> Account:
    """The account of the year; `cells` of the new 1 January, whose insured may have paid in advance."""
    prepaid = (
        basis.prepaid_share * (cells[:, :, TENURES] * basis.personal_pp_next).sum(axis=axes_except())
        if basis.prepaid_share.any()
        else np.zeros(len(cells))
    )
    prepaid_change = prepaid - state.prepaid
    received = (due.due - due.assistance, due.assistance, due.subsidies, due.supplement, due.repair_payments)
    income = fund.summed([*map(total, received), prepaid_change])
    benefits_paid = fund.summed(
        total(paid[name]) for name in ("inpatient_benefits", "outpatient_benefits", "critical_illness", "bonus_cost")
    )
    administration = benefits_paid * basis.administration_share
    outgo = benefits_paid + administration
    closing, interest = fund.year(state.fund[:, 0], income, outgo, basis.interest_rate, basis.deficit_rate)
    return Account(
        closing,
        prepaid,
        {"prepaid_change": prepaid_change, "administration": administration, "interest": interest},
    )
