"""The rules of the tiers behind basic and critical-illness insurance by year (method note, section 7)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from simsurance.axes import AGE, HEALTH
from simsurance.basis.inputs import NATION, Inputs, members
from simsurance.model.critical_illness import BasicLayer
from simsurance.scenario_file.fields import Section
from simsurance.scenario_file.schedule import Schedule

NOBODY: Final = np.zeros(())


@dataclass(frozen=True)
class TierRules:
    """What each tier pays and who pays for it, the year first; amounts in yuan of the year.

    `covered` of medical assistance, [year, income]; take-up relative to its mean by income group and by need; disability by
    age at the reference year, [age], before the level, and what it is multiplied by in a year. All else [year], or one number.
    """

    covered: np.ndarray
    inpatient_ratio: np.ndarray
    inpatient_limit: np.ndarray
    outpatient_ratio: np.ndarray
    outpatient_limit: np.ndarray
    take_up: np.ndarray
    by_income: np.ndarray
    by_need: np.ndarray
    premium: np.ndarray
    deductible: np.ndarray
    payment_ratio: np.ndarray
    limit: np.ndarray
    disabled: np.ndarray
    severe: np.ndarray
    improvement: np.ndarray
    female_ratio: np.ndarray
    disability_by_need: np.ndarray
    care_covered: np.ndarray
    uptake: np.ndarray
    unit_cost: np.ndarray
    care_ratio: np.ndarray
    employee_rate: np.ndarray
    employer_share: np.ndarray
    resident_amount: np.ndarray
    budget_share: np.ndarray
    opening: np.ndarray
    birth_cost: np.ndarray
    household_size: np.ndarray
    income_level: np.ndarray

    def assistance(self, place: int) -> tuple[BasicLayer, BasicLayer]:
        """Its layers on the own payment of inpatient and of outpatient care in a year."""
        return (
            BasicLayer(NOBODY, self.inpatient_ratio[place], self.inpatient_limit[place]),
            BasicLayer(NOBODY, self.outpatient_ratio[place], self.outpatient_limit[place]),
        )

    def supplementary(self, place: int) -> BasicLayer:
        """Its layer on the own payment of inpatient care in a year."""
        return BasicLayer(self.deductible[place], self.payment_ratio[place], self.limit[place])


def tier_rules(inputs: Inputs) -> TierRules | None:
    """The rules of a scenario that tells the other tiers; None where they are not told."""
    tiers, years = inputs.values.tiers, inputs.years
    if not tiers.in_force:
        return None
    assistance, cover, care = tiers.assistance, tiers.supplementary, tiers.long_term_care
    reference, index = inputs.values.claims.trend.reference_year, inputs.indexation(years)
    cost = inputs.income(NATION, years) / inputs.income(NATION, [reference])
    groups = inputs.groups.income_groups

    def indexed(amount: Schedule) -> np.ndarray:
        return inputs.yearly(amount) * index

    return TierRules(
        covered=np.stack([inputs.yearly(getattr(assistance.covered, group)) for group in groups], axis=-1),
        inpatient_ratio=inputs.yearly(assistance.inpatient_ratio),
        inpatient_limit=indexed(assistance.inpatient_limit),
        outpatient_ratio=inputs.yearly(assistance.outpatient_ratio),
        outpatient_limit=indexed(assistance.outpatient_limit),
        take_up=inputs.yearly(cover.take_up),
        by_income=members(cover.income_ratio, groups),
        by_need=members(cover.need, HEALTH.members),
        premium=indexed(cover.premium),
        deductible=indexed(cover.deductible),
        payment_ratio=inputs.yearly(cover.payment_ratio),
        limit=indexed(cover.limit),
        disabled=np.maximum(by_age(care.disabled) * care.level, by_age(care.severe)),
        severe=by_age(care.severe),
        improvement=(1 + care.trend) ** (np.array(years) - reference),
        female_ratio=np.array(care.female_ratio),
        disability_by_need=members(care.need, HEALTH.members),
        care_covered=inputs.yearly(care.covered),
        uptake=inputs.yearly(care.uptake),
        unit_cost=inputs.yearly(care.unit_cost) * cost,
        care_ratio=inputs.yearly(care.payment_ratio),
        employee_rate=inputs.yearly(care.employee_rate),
        employer_share=np.array(care.employer_share),
        resident_amount=indexed(care.resident_amount),
        budget_share=np.array(care.budget_share),
        opening=np.array(care.opening),
        birth_cost=inputs.yearly(tiers.maternity.resident_birth_cost) * cost,
        household_size=np.array(tiers.burden.household_size),
        income_level=np.array(tiers.burden.income_level),
    )


def by_age(bands: Section) -> np.ndarray:
    """Numbers by age band at each age, [age]; 0 below the first."""
    found = np.zeros(len(AGE.members))
    for name, value in bands:
        first = int(name.split("_")[1])
        found[first:] = value
    return found
