"""Choices of cover in the resident fund: what those who have one pay more and get more, or less (method note, section 6)."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from simsurance.model.care import PerPerson
from simsurance.model.groups import at_person_group, by_person_group, total
from simsurance.model.state import ChoiceBasis, YearBasis

TOLD: Final = ("persons", "persons_high_need", "persons_60", "contributions", "subsidies", "benefits", "at_mean_need")
"""What is told of each choice and year: persons, those of high need, those from 60 on, yuan; `at_mean_need`: what the
benefits would be if as many had it of every need."""
FROM_AGE: Final = 60


def chosen(
    payers: np.ndarray, years: np.ndarray, basis: YearBasis, rule: ChoiceBasis, pp: PerPerson
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Rows of the ledger by person group, and TOLD, [run, choice].

    `payers` of the year and their insured `years`, [run, health, 1, sex, area, income, age]; `pp`: covered all year. Who has
    one uses as much care as others of the same cell but for `use`.
    """
    own, budget = (basis.relative_earnings * standard for standard in (basis.personal_pp, basis.subsidy_pp))
    whole = np.maximum(by_person_group(payers), 1e-300)
    rows: dict[str, np.ndarray] = {}
    told = np.empty((len(TOLD), len(payers), rule.take_up.shape[1]))
    for place, a_year in enumerate(paid_more(basis, rule, pp)):
        share = rule.take_up[:, place]
        with_it = payers * share
        persons = by_person_group(with_it)
        extra = years * a_year
        found = {
            "choice_contributions": persons * at_person_group(rule.contribution[:, place] * own),
            "choice_subsidies": persons * at_person_group(rule.subsidy[:, place] * budget),
            "choice_benefits": by_person_group(extra * share),
        }
        rows = {name: rows[name] + values if name in rows else values for name, values in found.items()}
        amounts = {
            "persons": persons,
            "persons_high_need": by_person_group(with_it[:, -1:]),
            "persons_60": persons[..., FROM_AGE:],
            **{name.removeprefix("choice_"): values for name, values in found.items()},
            "at_mean_need": by_person_group(extra) * persons / whole,
        }
        for of, name in enumerate(TOLD):
            told[of, :, place] = total(amounts[name])
    return rows, {f"chosen.{name}": values for name, values in zip(TOLD, told, strict=True)}


def paid_more(basis: YearBasis, rule: ChoiceBasis, pp: PerPerson) -> Iterator[np.ndarray]:
    """What who has each choice is paid more, or less, covered all year: yuan, [run, health, 1, sex, area, income, age].

    What is left to patients is shared before critical illness; additional use is paid by basic insurance.
    """
    basic = pp.basic.inpatient + pp.basic.outpatient
    left = pp.basic.inpatient_cost + pp.basic.outpatient_cost - basic
    for place in range(rule.take_up.shape[1]):
        benefit, use = rule.benefit[:, place], rule.use[:, place]
        more, less = np.maximum(benefit, 0.0), np.minimum(benefit, 0.0)
        a_year = (use + (1 + use) * less) * basic + (1 + use) * more * left
        yield a_year + less * basis.critical_self_run * pp.critical if less.any() else a_year


def columns(told: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What is told of choices, without its prefix."""
    return {name.removeprefix("chosen."): values for name, values in told.items()}
