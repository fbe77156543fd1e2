"""Relative propensity to move from rural to urban areas by age: `profiles/area_moves.csv`.

A monotone cubic through a few knots: highest at 16-29 (study, first work), lower for parents and the children who
move with them, small in old age; the highest value is 1. The number of moves follows from the urban-share path.

Weakness: judgement all through. No table of moves by single age was found. Net moves only: people who return to the
countryside late in life are not shown, nor places that become urban without anyone moving.
"""

from simsurance.data.build.evidence import Built, age_rows, curve

KNOTS = ((0.5, 0.40), (7.0, 0.35), (12.0, 0.35), (18.0, 0.95), (22.0, 1.0), (26.0, 0.95), (32.0, 0.65), (40.0, 0.38))
KNOTS_LATER = ((50.0, 0.22), (60.0, 0.13), (75.0, 0.08), (90.0, 0.06))


def build() -> Built:
    """The curve, scaled to a highest value of 1."""
    knots = KNOTS + KNOTS_LATER
    weight = curve([age for age, _ in knots], [value for _, value in knots])
    return Built(
        "profiles/area_moves.csv",
        ("age", "weight"),
        age_rows(weight / weight.max(), digits=4),
        "relative propensity to move from rural to urban areas",
        ("S_JUDGEMENT",),
        "judgement",
    )
