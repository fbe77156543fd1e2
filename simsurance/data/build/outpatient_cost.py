"""Outpatient cost per head relative to the mean, by sex and single age: `profiles/outpatient_cost.csv`.

A monotone cubic through the two-week visit rates by age band of the 2013 national health services survey; women's
visits to men's as recalled (14.1 to 11.9) from age 15 on. The curve is raised to a power, so that on the population
of mid-2018 the mean at 60+ stands to the mean of all ages as in the 2018 survey (40.1 to 24.0), and scaled to a mean
of 1 over the population of mid-2024, the latest packaged, which stands for 2025.

Weakness: visits, not money: cost per visit is taken as the same at all ages and for both sexes. The 2013 bands and
the ratio of the sexes are recalled (the bands reproduce the verified total, the ratio is of low confidence); the
shape above 65 is judgement. Chronic outpatient cover, which has grown fastest since, probably makes the true profile
steeper with age.
"""

import numpy as np
from scipy.optimize import brentq

from simsurance.data.build.evidence import (
    FEMALE,
    MALE,
    Band,
    Built,
    Residual,
    band,
    curve,
    mean,
    population,
    sex_age_rows,
    survey,
    through_means,
)
from simsurance.data.tables import FloatArray

MEASURE = "two-week outpatient visit rate"
BANDS: tuple[Band, ...] = ((0, 4), (5, 14), (15, 24), (25, 34), (35, 44), (45, 54), (55, 64), (65, 100))
WITHIN_OLD = ((67.0, 0.93), (73.0, 1.03), (80.0, 1.08), (92.0, 1.00))  # relative to the level of 65+, judgement
SEXES_PART = ((10.0, 0.0), (20.0, 1.0))  # how much of the ratio of the sexes applies, by age; judgement


def visits(levels: FloatArray, log_ratio: float) -> FloatArray:
    """Visit rates with one level a band, [sex, age]."""
    middles = [(first + last + 1) / 2 for first, last in BANDS[:-1]]
    both = curve(
        [*middles, *(age for age, _ in WITHIN_OLD)], [*levels[:-1], *(levels[-1] * factor for _, factor in WITHIN_OLD)]
    )
    part = log_ratio / 2 * curve([age for age, _ in SEXES_PART], [share for _, share in SEXES_PART])
    return np.stack([both * np.exp(part), both * np.exp(-part)])


def build() -> Built:
    """Shape from 2013, gradient from 2018."""
    persons_2013, persons_2018, latest = population(2013), population(2018), population()
    recalled = survey("S_OWN", 2013, MEASURE)
    means = np.array([recalled[f"{first}-{last}" if last < 100 else f"{first}+"] for first, last in BANDS])
    women, men = (survey("S_OWN", 2013, MEASURE, sex=sex)["all"] for sex in ("female", "male"))
    old = band(60)
    anchor = survey("S_NHSS_OLD", 2018, MEASURE)["60+"] / survey("S_NHSS_WU", 2018, MEASURE)["all"]

    def fitted(log_ratio: float) -> FloatArray:
        return through_means(lambda levels: visits(levels, log_ratio), means, BANDS, means, persons_2013)

    def ratio(rates: FloatArray) -> float:
        return mean(rates[FEMALE], persons_2013[FEMALE]) / mean(rates[MALE], persons_2013[MALE])

    def gradient(cost: FloatArray) -> float:
        return mean(cost, persons_2018, old) / mean(cost, persons_2018)

    rates = fitted(float(brentq(lambda x: ratio(fitted(x)) - women / men, -0.5, 0.8, xtol=1e-13)))
    power = float(brentq(lambda x: gradient(rates**x) - anchor, 0.1, 3.0, xtol=1e-13))
    cost = rates**power / mean(rates**power, latest)
    young = mean(cost, persons_2018, band(0, 59))
    total = survey("S_NHSS_WU", 2013, MEASURE)["all"]
    shanghai = survey("S_SH", 2014, "outpatient visits per head, ratio", area="Shanghai")["60+ versus under 60"]
    residuals = (
        Residual("visits at 60+ to all ages, 2018", anchor, gradient(cost), "fitted"),
        Residual("mean over the population of 2024", 1.0, mean(cost, latest), "fitted"),
        Residual("visits of women to men, 2013", women / men, ratio(rates), "fitted"),
        Residual("two-week visit rate, all ages, 2013", total, mean(rates, persons_2013), "compared"),
        Residual("60+ to under 60, Shanghai 2014", shanghai, mean(cost, persons_2018, old) / young, "compared"),
    )
    return Built(
        "profiles/outpatient_cost.csv",
        ("sex", "age", "relative_cost"),
        sex_age_rows(cost),
        "outpatient cost per head, mean 1 over the population of mid-2024",
        ("S_NHSS_WU", "S_NHSS_OLD", "S_OWN", "S_JUDGEMENT"),
        "derived; shape recalled",
        residuals,
    )
