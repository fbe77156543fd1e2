"""The resident scheme's money in a year: contributions, transfers, exposure and benefits (method note, sections 6 to 8)."""

import numpy as np

from simsurance.axes import TENURES, axes_except, axis
from simsurance.ledger import RESIDENT_BENEFITS, RESIDENT_LEVIED
from simsurance.model import choices, fund, participation
from simsurance.model.care import PerPerson, bonus_cost_pp, bonus_granted
from simsurance.model.groups import at_person_group, by_person_group, total
from simsurance.model.lives import Lives, Money, births_to
from simsurance.model.membership import WAITING
from simsurance.model.state import YearBasis


def contributions(lives: Lives, basis: YearBasis) -> dict[str, np.ndarray]:
    """Who pays for the year, the newborn enrolled in it included, and what is due for them."""
    paying = lives.payers.sum(axis=axis("health"), keepdims=True)
    paying[..., :1] += lives.vital.newborn * basis.newborn_enrolment
    standards = paying if basis.relative_earnings.size == 1 else paying * basis.relative_earnings
    due = standards * basis.personal_pp
    assistance = due * basis.assistance_share
    subsidies = standards * basis.subsidy_pp
    found = {
        "resident_enrolled": paying,
        "personal_contributions": due - assistance,
        "assistance": assistance,
        "subsidies": subsidies,
        "local_supplement": (due + subsidies) * (basis.local_supplement - 1),
        "members_income": paying * basis.disposable_income,
    }
    repaired = lives.repaired_years * at_person_group(basis.personal_pp)
    return {name: at_person_group(values) for name, values in found.items()} | {"repair_payments": repaired}


def transfers(flows: Money, basis: YearBasis) -> dict[str, np.ndarray]:
    """What reaches the scheme from other funds: the part of own contributions that relatives' accounts pay."""
    return {"contributions_from_accounts": flows["personal_contributions"] * at_person_group(basis.relatives_share)}


def benefits(lives: Lives, flows: Money, basis: YearBasis, pp: PerPerson) -> dict[str, np.ndarray]:
    """Exposure, claims, benefits, what is recovered of them, passed on and spent on administering; `pp`: covered all year."""
    lost = lives.enrolled[:, :, WAITING : WAITING + 1]
    insured_years = participation.insured_years(lives.payers, lost, basis.postponed_care)
    if basis.birth_benefit.any() or basis.tiers:
        births = births_to(insured_years, lives, basis)
    else:
        births = np.zeros_like(flows["resident_enrolled"])
    insured_years *= 1 - lives.vital.mort_rate / 2
    insured_years[..., :1] += lives.vital.newborn * basis.newborn_enrolment * basis.prevalence[..., :1] / 2
    told = {"resident_cover": insured_years, "resident_births": total(births)} if basis.tiers else {}

    paying, self_run = flows["resident_enrolled"], at_person_group(basis.critical_self_run)
    if basis.year >= basis.rules_start and basis.rules_in_force.any():
        bonus_cap = basis.rules_in_force * bonus_granted(lives.enrolled, lives.payers, basis, lives.credited)
        bonus_cost = by_person_group(insured_years * bonus_cost_pp(basis, pp, bonus_cap)) * self_run
    else:
        bonus_cap, bonus_cost = np.zeros_like(lives.payers), np.zeros_like(paying)
    critical = by_person_group(insured_years * pp.critical) * self_run
    critical += paying * at_person_group(basis.critical_premium_pp)
    paid = {
        "inpatient_benefits": by_person_group(insured_years * pp.basic.inpatient),
        "outpatient_benefits": by_person_group(insured_years * pp.basic.outpatient),
        "critical_illness": critical,
        "bonus_cost": bonus_cost,
        "resident_maternity_benefits": births * at_person_group(basis.birth_benefit),
    }
    paid |= shares({**flows, **paid}, basis)
    if basis.choices is not None:
        rows, chosen = choices.chosen(lives.payers, insured_years, basis, basis.choices, pp)
        paid |= rows | chosen
    return (
        paid
        | told
        | {
            "resident_insured_years": by_person_group(insured_years),
            "inpatient_users": by_person_group(insured_years * basis.care.inpatient_use),
            "admissions": by_person_group(insured_years * basis.care.admissions),
            "inpatient_claims": by_person_group(insured_years * pp.basic.inpatient_cost),
            "outpatient_claims": by_person_group(insured_years * pp.basic.outpatient_cost),
            "critical_beneficiaries": by_person_group(insured_years * pp.critical_claim),
            "bonus_cap": by_person_group(lives.payers * bonus_cap),
            "no_claim": by_person_group(insured_years * pp.no_claim),
        }
    )


def shares(flows: Money, basis: YearBasis) -> dict[str, np.ndarray]:
    """What is recovered of benefits, passed on and spent on administering, yuan, [run]."""
    of_all = fund.summed(total(flows[name]) for name in RESIDENT_BENEFITS)
    return {
        "recoveries": of_all * basis.recovered_share,
        "resident_long_term_care": fund.share_of(flows, ("resident_enrolled",), basis.long_term_care_pp),
        "adjustment_payments": fund.share_of(flows, RESIDENT_LEVIED, basis.adjustment_share),
        "administration": of_all * basis.administration_share,
    }


def prepaid(cells: np.ndarray, basis: YearBasis) -> np.ndarray:
    """Contributions of the next year received in this one, yuan, [run]; `cells` of the new 1 January, whose insured pay."""
    if not basis.prepaid_share.any():
        return np.zeros(len(cells))
    due = basis.personal_pp_next * basis.relative_earnings
    return basis.prepaid_share * (cells[:, :, TENURES] * due).sum(axis=axes_except())
