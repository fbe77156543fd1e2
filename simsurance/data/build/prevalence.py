"""Share of the population in moderate and in high need, by sex and single age: `profiles/prevalence.csv`.

Prevalence of chronic disease is a monotone cubic through the band means of the 2013 national health services survey
(15-24 to 65+), solved so that each band mean holds exactly on the population of mid-2013. Both sexes share one curve
and one odds ratio, solved so that women's prevalence at 15 and over stands to men's as published (35.05 to 31.0
percent). Under 15 about one percent, and the gentle rise within 65+, are judgement. `high` is the share of the
chronic who are in high need, 0.16 for the young rising to 0.38 for the old; `moderate` are the other chronic; the
rest of the population is low need.

Weakness: the split between moderate and high need is judgement all through, and so is everything under 15 and the
shape above 65. The bands are of 2013; later surveys are known to be higher, since more disease is diagnosed, but were
not read. On the population of 2013 the bands give 19 percent at 15 and over, the published totals by sex 31.0 and
35.05: these seem to count diseases rather than persons, on an older sample, so that only the ratio of women to men
was kept. The shares of 2024, about 6 percent in high and 14 in moderate need, may therefore be too low. Prevalence at
given age is held constant.
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
    expit,
    logit,
    mean,
    population,
    sex_age_rows,
    survey,
    through_means,
)
from simsurance.data.tables import FloatArray

BANDS: tuple[Band, ...] = ((15, 24), (25, 34), (35, 44), (45, 54), (55, 64), (65, 100))
CHILDREN = ((0.0, 0.008), (7.5, 0.010))  # judgement
WITHIN_OLD = ((67.0, 0.93), (72.0, 1.0), (80.0, 1.05), (90.0, 1.06))  # relative to the level of 65+, judgement
HIGH_SHARE = ((10.0, 0.16), (40.0, 0.22), (65.0, 0.32), (85.0, 0.38))  # of the chronic, judgement


def both_sexes(levels: FloatArray) -> FloatArray:
    """The curve with one level a band, [age]."""
    middles = [(first + last + 1) / 2 for first, last in BANDS[:-1]]
    knots = [age for age, _ in CHILDREN] + middles + [age for age, _ in WITHIN_OLD]
    values = [value for _, value in CHILDREN] + list(levels[:-1]) + [levels[-1] * factor for _, factor in WITHIN_OLD]
    return curve(knots, values)


def by_sex(levels: FloatArray, log_odds_ratio: float) -> FloatArray:
    """The curve of each sex, [sex, age], half the log odds ratio either side."""
    centre = logit(both_sexes(levels))
    return np.stack([expit(centre + log_odds_ratio / 2), expit(centre - log_odds_ratio / 2)])


def build() -> Built:
    """Fit and split."""
    persons = population(2013)
    published = survey("S_NHSS_CHR", 2013, "chronic disease prevalence")
    means = np.array(list(published.values()))
    women = survey("S_NHSS_CHR", 2013, "chronic disease prevalence", sex="female")["15+"]
    men = survey("S_NHSS_CHR", 2013, "chronic disease prevalence", sex="male")["15+"]

    def fitted(log_odds_ratio: float) -> FloatArray:
        return through_means(lambda levels: by_sex(levels, log_odds_ratio), means, BANDS, means, persons)

    def ratio(values: FloatArray) -> float:
        adults = band(15)
        return mean(values[FEMALE], persons[FEMALE], adults) / mean(values[MALE], persons[MALE], adults)

    chronic = fitted(float(brentq(lambda x: ratio(fitted(x)) - women / men, -0.5, 0.8, xtol=1e-13)))
    high_share = curve([age for age, _ in HIGH_SHARE], [share for _, share in HIGH_SHARE])
    high = chronic * high_share
    latest = population()
    residuals = [
        Residual(f"chronic disease prevalence {name}, 2013", value, mean(chronic, persons, band(*ages)), "fitted")
        for (name, value), ages in zip(published.items(), BANDS, strict=True)
    ]
    residuals += [
        Residual("prevalence of women to men at 15+, 2013", women / men, ratio(chronic), "fitted"),
        Residual("women at 15+, 2013", women, mean(chronic[FEMALE], persons[FEMALE], band(15)), "compared"),
        Residual("men at 15+, 2013", men, mean(chronic[MALE], persons[MALE], band(15)), "compared"),
        Residual("moderate need, population of 2024", None, mean(chronic - high, latest), "noted"),
        Residual("high need, population of 2024", None, mean(high, latest), "noted"),
    ]
    return Built(
        "profiles/prevalence.csv",
        ("sex", "age", "moderate", "high"),
        sex_age_rows(chronic - high, high),
        "share of the population in moderate and in high need",
        ("S_NHSS_CHR", "S_JUDGEMENT"),
        "derived; the split into moderate and high is judgement",
        tuple(residuals),
    )
