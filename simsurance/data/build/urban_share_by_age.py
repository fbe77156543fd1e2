"""Urban share by single age: `profiles/urban_share_by_age.csv`.

A monotone cubic whose means over 0-14, 15-59, 60-64 and 65+ on the population of mid-2020 are those of the 2020
census (60-64 is what 60+ and 65+ leave). Within the groups the shape is judgement: highest at 20-34, lower for
children and with age.

Weakness: four group means only, of which those under 60 rest on recalled shares; the course within the groups, above
all the peak of the young, is judgement. Held at 2020 and moved with the urban-share path.
"""

import numpy as np

from simsurance.data.build.evidence import (
    Band,
    Built,
    Residual,
    age_rows,
    band,
    curve,
    mean,
    population,
    rows_of,
    through_means,
)
from simsurance.data.tables import DATA, FloatArray

BANDS: tuple[Band, ...] = ((0, 14), (15, 59), (60, 64), (65, 100))
SHAPES = (  # relative to the level of the group, judgement
    ((1.0, 1.01), (8.0, 0.99), (13.0, 1.01)),
    ((21.0, 1.08), (30.0, 1.09), (40.0, 1.03), (50.0, 0.94), (57.0, 0.88)),
    ((62.5, 1.0),),
    ((68.0, 1.01), (75.0, 0.99), (85.0, 0.99), (95.0, 0.99)),
)


def build() -> Built:
    """Fit the four group means."""
    persons = population(2020).sum(axis=0)
    census = {(row["age_start"], row["age_end"]): float(row["urban_percent"]) / 100 for row in _census()}
    old, very_old = census["60", ""], census["65", ""]
    over_65, over_60 = float(persons[65:].sum()), float(persons[60:].sum())
    between = (old * over_60 - very_old * over_65) / (over_60 - over_65)
    means = np.array([census["0", "14"], census["15", "59"], between, very_old])
    knots = [age for group in SHAPES for age, _ in group]

    def shape(levels: FloatArray) -> FloatArray:
        return curve(
            knots, [level * factor for level, group in zip(levels, SHAPES, strict=True) for _, factor in group]
        )

    share = through_means(shape, means, BANDS, means, persons)
    residuals = [
        Residual(
            f"urban share at {first}-{last}, 2020", float(value), mean(share, persons, band(first, last)), "fitted"
        )
        for (first, last), value in zip(BANDS, means, strict=True)
    ]
    residuals += [
        Residual("urban share at 60+, 2020", old, mean(share, persons, band(60)), "fitted"),
        Residual("urban share, all ages, 2020", census["0", ""], mean(share, persons), "compared"),
    ]
    return Built(
        "profiles/urban_share_by_age.csv",
        ("age", "urban_share"),
        age_rows(share),
        "urban share of the population at each age in 2020",
        ("S_CENSUS2020", "S_JUDGEMENT"),
        "derived; recalled under 60, recalled_checked from 60",
        tuple(residuals),
    )


def _census() -> list[dict[str, str]]:
    return rows_of("urban_share_by_age_2020.csv", DATA / "demography")
