"""Share of the population in the employee scheme, active and retired, by age: `profiles/employee_profile.csv`.

Membership (active and retired together) is a monotone cubic through a few knots, the same for both sexes up to 30,
higher for men in older cohorts: rising from 16 to 30, a plateau to about 45, then lower for older cohorts, who were
covered less. Members are split into active and retired by the statutory retirement ages as they stand at the end of
2025, with the worker types of `retirement`. One scale for the active and one for the retired meet the published
totals of 31 December 2025, 280.62 and 107.94 million, on the population of mid-2024, the latest packaged; it is to be
scaled again on the population of the valuation date.

Weakness: the shape by age is judgement all through; no membership by age is published. Only the two totals are met.
Flexible workers who pay past the statutory age, and retirees under it, are not shown. The scheme covers old cohorts
differently by sex and place, which is not known here either.
"""

import numpy as np

from simsurance.axes import SEX
from simsurance.data.build.evidence import (
    AGE,
    FEMALE,
    Built,
    Residual,
    curve,
    last_published,
    population,
    rows_of,
    sex_age_rows,
)
from simsurance.data.build.retirement import YEARS, retired_share
from simsurance.data.tables import AGES, FloatArray

LAST = last_published()
VALUATION_YEAR = LAST + 1  # the profile is of 1 January
MEMBERS = (  # judgement: share of the population who are members, by exact age
    (16.0, 0.0),
    (18.0, 0.03),
    (20.0, 0.10),
    (22.0, 0.20),
    (25.0, 0.35),
    (30.0, 0.455),
    (36.0, 0.465),
    (42.0, 0.455),
    (48.0, 0.43),
    (54.0, 0.38),
    (60.0, 0.33),
    (70.0, 0.27),
    (80.0, 0.23),
    (90.0, 0.19),
    (100.0, 0.16),
)
MEN_OVER_MEAN = ((30.0, 1.0), (50.0, 1.04), (65.0, 1.15), (85.0, 1.25))  # judgement; women the same amount below


def members() -> FloatArray:
    """Active and retired before the scales, [sex, age]."""
    both = np.where(AGE >= 16, curve([age for age, _ in MEMBERS], [share for _, share in MEMBERS]), 0.0)
    men = curve([age for age, _ in MEN_OVER_MEAN], [factor for _, factor in MEN_OVER_MEAN])
    factors = {"female": 2 - men, "male": men}
    return np.stack([both * factors[sex] for sex in SEX.members])


def retired_part() -> FloatArray:
    """Share of the members who have retired by the valuation date, [sex, age]."""
    at = VALUATION_YEAR - YEARS.start
    return np.array([[retired_share(sex, VALUATION_YEAR - 1 - age)[at] for age in AGES] for sex in SEX.members])


def published_total(group: str) -> float:
    """Members at the end of the last published year, persons."""
    key = {"scheme": "employee", "insured_group": group, "year": str(LAST)}
    found = (row for row in rows_of("insured_by_scheme.csv") if all(row[name] == value for name, value in key.items()))
    return round(float(next(found)["insured_10k_persons"]) * 10_000)


def build() -> Built:
    """Split the members and meet the two totals."""
    persons = population()
    raw_active, raw_retired = members() * (1 - retired_part()), members() * retired_part()
    totals = {group: published_total(group) for group in ("active", "retired")}
    scale_active = totals["active"] / float((raw_active * persons).sum())
    scale_retired = totals["retired"] / float((raw_retired * persons).sum())
    active, retired = raw_active * scale_active, raw_retired * scale_retired
    women_active, women_retired = (float((share * persons)[FEMALE].sum()) for share in (active, retired))
    residuals = (
        Residual(f"active members, {LAST}, persons", totals["active"], float((active * persons).sum()), "fitted"),
        Residual(f"retired members, {LAST}, persons", totals["retired"], float((retired * persons).sum()), "fitted"),
        Residual("scale of the active", None, scale_active, "noted"),
        Residual("scale of the retired", None, scale_retired, "noted"),
        Residual("highest share of an age", None, float((active + retired).max()), "noted"),
        Residual("women, share of the active", None, women_active / totals["active"], "noted"),
        Residual("women, share of the retired", None, women_retired / totals["retired"], "noted"),
    )
    return Built(
        "profiles/employee_profile.csv",
        ("sex", "age", "active", "retired"),
        sex_age_rows(active, retired),
        "share of the population who are active and who are retired members of the employee scheme",
        ("S_COM2025", "S_RET", "S_JUDGEMENT"),
        "judgement; totals verified_transcription",
        residuals,
    )
