"""Probability of entering and of leaving the employee scheme in a year, by age: `profiles/employee_moves.csv`.

`exit` is leaving other than by retirement or death, of the active: 3 percent under 30 falling to 1.5 percent at 50 and
to nothing at 60, since cover for life without contributions is near. `entry` is of those who are not members: what
makes a cohort that ages through the table's own rates keep the active shares of `employee_profile` from each age to
the next, as in a steady state, up to 49, before the first retirements. It is never below a floor, and after that age
the floor itself, zero once all types of a sex have retired.

Weakness: exit is judgement, and entry follows from a cross-section that is judgement itself: it takes the differences
between ages for the course of a life. Turnover within a year is not seen. The yearly net flow needs a scale of its
own, met to the published totals.
"""

import numpy as np

from simsurance.axes import SEX
from simsurance.data.build.evidence import AGE, Built, Residual, curve, profile, sex_age_rows
from simsurance.data.tables import FloatArray

EXIT = ((25.0, 0.030), (30.0, 0.028), (40.0, 0.020), (50.0, 0.015), (55.0, 0.006), (60.0, 0.0))  # judgement
FLOOR = 0.001
FIRST_AGE = 15
STEADY_UP_TO = 49  # the last age before the first retirements
LAST_ENTRY = {"female": 54, "male": 59}


def steady_state(entry: FloatArray, leave: FloatArray) -> FloatArray:
    """Active share by age of a cohort that ages through these rates before anyone retires, [sex, age]."""
    active = np.zeros_like(entry)
    for age in range(entry.shape[1] - 1):
        active[:, age + 1] = active[:, age] * (1 - leave[:, age]) + (1 - active[:, age]) * entry[:, age]
    return active


def build() -> Built:
    """Exit by judgement, entry from the profile."""
    shares = profile("employee_profile.csv", "active", "retired")
    active, retired = shares["active"], shares["retired"]
    exit_rate = np.where(AGE > FIRST_AGE, curve([age for age, _ in EXIT], [rate for _, rate in EXIT]).clip(0), 0.0)
    leave = np.broadcast_to(exit_rate, active.shape)
    needed = (active[:, 1:] - active[:, :-1] * (1 - leave[:, :-1])) / (1 - active[:, :-1] - retired[:, :-1])
    entry = np.zeros_like(active)
    entry[:, :-1] = np.where(AGE[:-1] < STEADY_UP_TO, np.maximum(needed, FLOOR), FLOOR)
    entry[:, AGE < FIRST_AGE] = 0.0
    for i, sex in enumerate(SEX.members):
        entry[i, LAST_ENTRY[sex] < AGE] = 0.0
    reached = steady_state(entry, leave)[:, : STEADY_UP_TO + 1]
    gap = np.abs(reached - active[:, : STEADY_UP_TO + 1])
    residuals = (
        Residual("largest gap to the active share up to age 49", 0.0, float(gap.max()), "fitted"),
        Residual("highest entry", None, float(entry.max()), "noted"),
    )
    return Built(
        "profiles/employee_moves.csv",
        ("sex", "age", "entry", "exit"),
        sex_age_rows(entry, leave),
        "probability of entering (of those not members) and of leaving (of the active) in a year",
        ("S_JUDGEMENT",),
        "judgement",
        residuals,
    )
