"""Probability of at least one admission in a year, by sex and single age: `profiles/inpatient_use.csv`.

Two parts: use without childbirth, the same for both sexes, and one admission a birth for women (the fertility of the
year). The first part is a monotone cubic through the age bands of the 2013 national health services survey less the
births of that year; 35-54, not recalled, is filled by the cubic. Its log-odds are then moved and stretched, α +
β·logit, so that with the births of 2018 the population of mid-2018 has both survey anchors: 13.8 percent at all ages,
24.9 percent at 60+.

Weakness: the 2013 bands are recalled with low confidence and only shape the curve; two anchors of 2018 carry the
level. The shape above 65 is judgement. Births stand at the fertility of 2018, which has fallen by about a third
since, so use of women at 20-39 is somewhat high. Men and women differ by births alone. The survey counts persons
admitted; the scheme's discharges per insured (0.21 in 2025) count admissions after use rose sharply in 2023, so only
the shape by age should be relied on.
"""

import numpy as np
from scipy.optimize import root

from simsurance.data.build.evidence import (
    FEMALE,
    MALE,
    Band,
    Built,
    Residual,
    band,
    curve,
    expit,
    logit,
    mean,
    population,
    sex_age_rows,
    survey,
    through_means,
)
from simsurance.data.tables import AGES, DATA, FloatArray, by_year_age

MEASURE = "hospitalised in last 12 months"
BANDS: tuple[Band, ...] = ((0, 4), (5, 14), (15, 24), (25, 34), (55, 64), (65, 100))
WITHIN_OLD = ((67.0, 0.86), (75.0, 1.12), (83.0, 1.28), (92.0, 1.28))  # relative to the level of 65+, judgement
FERTILE_AGES = range(15, 50)


def births_per_woman(year: int) -> FloatArray:
    """Births in the year per woman, [age]; zero outside 15-49."""
    rates = np.zeros(len(AGES))
    path = DATA / "demography" / "fertility.csv"
    rates[FERTILE_AGES.start : FERTILE_AGES.stop] = by_year_age(path, "asfr", (year,), FERTILE_AGES)[0]
    return rates


def with_births(other_use: FloatArray, births: FloatArray) -> FloatArray:
    """Use of each sex, [sex, age]: independent of each other, an admission for a birth and one for anything else."""
    return np.stack([1 - (1 - other_use) * (1 - births), other_use])


def other_use_curve(levels: FloatArray) -> FloatArray:
    """Use without childbirth with one level a band, [age]."""
    middles = [(first + last + 1) / 2 for first, last in BANDS[:-1]]
    knots = middles + [age for age, _ in WITHIN_OLD]
    return curve(knots, list(levels[:-1]) + [levels[-1] * factor for _, factor in WITHIN_OLD])


def build() -> Built:
    """Shape from 2013, level and slope from 2018."""
    persons_2013, persons_2018 = population(2013), population(2018)
    recalled = survey("S_OWN", 2013, MEASURE)
    means = np.array([recalled[f"{first}-{last}" if last < 100 else f"{first}+"] for first, last in BANDS])
    births = births_per_woman(2013)
    shape_2013 = through_means(
        lambda levels: with_births(other_use_curve(levels), births), means, BANDS, means, persons_2013
    )
    old = band(60)
    all_ages = survey("S_NHSS_WU", 2018, MEASURE)["all"]
    at_60 = survey("S_NHSS_OLD", 2018, MEASURE)["60+"]

    def use_2018(move: float, stretch: float) -> FloatArray:
        return with_births(expit(move + stretch * logit(shape_2013[MALE])), births_per_woman(2018))

    def gaps(parameters: FloatArray) -> list[float]:
        use = use_2018(*parameters)
        return [mean(use, persons_2018) - all_ages, mean(use, persons_2018, old) - at_60]

    use = use_2018(*root(gaps, [0.4, 1.0], tol=1e-13).x)
    young = mean(use, persons_2018, band(0, 59))
    shanghai = survey("S_SH", 2014, "hospitalisations per head, ratio", area="Shanghai")["60+ versus under 60"]
    recalled_old = survey("S_OWN", 2013, MEASURE)["60+"]
    women, men = (survey("S_OWN", 2013, MEASURE, sex=sex)["all"] for sex in ("female", "male"))
    residuals = (
        Residual("hospitalised, all ages, 2018", all_ages, mean(use, persons_2018), "fitted"),
        Residual("hospitalised, 60+, 2018", at_60, mean(use, persons_2018, old), "fitted"),
        Residual("hospitalised, 60+, 2013", recalled_old, mean(shape_2013, persons_2013, old), "compared"),
        Residual("hospitalised, women, 2013", women, mean(shape_2013[FEMALE], persons_2013[FEMALE]), "compared"),
        Residual("hospitalised, men, 2013", men, mean(shape_2013[MALE], persons_2013[MALE]), "compared"),
        Residual("60+ to under 60, Shanghai 2014", shanghai, mean(use, persons_2018, old) / young, "compared"),
    )
    return Built(
        "profiles/inpatient_use.csv",
        ("sex", "age", "use"),
        sex_age_rows(use),
        "probability of at least one admission in a year",
        ("S_NHSS_WU", "S_NHSS_OLD", "S_OWN", "S_UN_WPP2024"),
        "derived; shape recalled_low",
        residuals,
    )
