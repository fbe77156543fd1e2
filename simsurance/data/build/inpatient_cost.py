"""Mean yearly cost of a person with inpatient care, relative to ages 60-64: `profiles/inpatient_cost.csv`.

A monotone cubic whose plain mean over each five-year band from 30-34 to 90+ is the published expenditure per
admission of that band over the one of 60-64. Under 30 the curve is judgement: 0.45 to 0.53, rising to the first band.

Weakness: the shape is one Chinese inpatient data set whose paper was not read (only its table was), per admission and
not per person: admissions per inpatient are taken as the same at all ages. Under 30 it is judgement. Sexes are not
told apart.
"""

import numpy as np

from simsurance.data.build.evidence import (
    AGE,
    Band,
    Built,
    Residual,
    age_rows,
    band,
    curve,
    mean,
    survey,
    through_means,
)
from simsurance.data.tables import FloatArray

BANDS: tuple[Band, ...] = (*((first, first + 4) for first in range(30, 90, 5)), (90, 100))
YOUNG = ((1.0, 0.50), (8.0, 0.45), (16.0, 0.48), (24.0, 0.53))  # judgement
STANDARD = "60-64"


def build() -> Built:
    """Fit the band means."""
    published = survey("S_PMC6325289", None, "inpatient expenditure per admission", area="")
    means = np.array(list(published.values())) / published[STANDARD]
    knots = [age for age, _ in YOUNG] + [first + 2.5 for first, _ in BANDS]

    def shape(levels: FloatArray) -> FloatArray:
        return curve(knots, [value for _, value in YOUNG] + list(levels))

    everyone_once = np.ones(len(AGE))
    relative = through_means(shape, means, BANDS, means, everyone_once)
    residuals = tuple(
        Residual(
            f"cost per admission {name} to {STANDARD}",
            float(value),
            mean(relative, everyone_once, band(*ages)),
            "fitted",
        )
        for name, value, ages in zip(published, means, BANDS, strict=True)
    )
    return Built(
        "profiles/inpatient_cost.csv",
        ("age", "relative_cost"),
        age_rows(relative),
        "mean cost per inpatient relative to ages 60-64",
        ("S_PMC6325289", "S_JUDGEMENT"),
        "derived; under 30 judgement",
        residuals,
    )
