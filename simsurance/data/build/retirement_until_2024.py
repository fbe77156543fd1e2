"""Probability that an active member retires, had the ages of before 2025 stayed: `profiles/retirement_until_2024.csv`.

As `profiles/retirement.csv` without the decision of 2024: men at 60, women at 50 or 55 in all years. To 2024 the two tables are
the same; the difference between two projections is what the decision does.

Weakness: as `profiles/retirement.csv`: the split of women by type is judgement, and everyone retires in the month of the
statutory age.
"""

from simsurance.data.build import retirement
from simsurance.data.build.evidence import Built, Residual


def build() -> Built:
    """Statutory ages as they were before 2025."""
    table = retirement.probabilities(raised=False)
    return retirement.built(
        "profiles/retirement_until_2024.csv",
        "the same, had the statutory ages of before 2025 stayed",
        table,
        Residual("men aged 59 on 1 January 2045", 1.0, table[2045, "male", 59], "fitted"),
    )
