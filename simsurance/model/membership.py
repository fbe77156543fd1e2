"""Leaving, returning and joining the resident scheme, and moves to and from the employee scheme."""

import numpy as np

from simsurance.axes import (
    EMPLOYEES,
    GAP_DEPTH,
    GAPS,
    NEVER,
    NO_CLAIM,
    PERSON_AXES,
    TENURE_DEPTH,
    TENURES,
    UNINSURED,
    along,
    at,
    axis,
    row,
)
from simsurance.model.groups import by_person_group
from simsurance.model.state import Hazards, Workspace, YearBasis

FIRST_TENURE, LAST_TENURE = TENURES.start, TENURES.stop - 1
FIRST_GAP, LAST_GAP = GAPS.start, GAPS.stop - 1
RULE_YEARS, LAPSED_YEARS = row("rule_years"), row("lapsed_years")
WAITING, MONTHS_LEFT = row("waiting_months"), row("months_left")
CARRIED_LAPSED, CARRIED_INSURED = row("carried_lapsed"), row("carried_insured")
NO_CLAIM_LAPSED = row("no_claim_lapsed")

OVER_ROWS = axis("status")
ROW_AXES = tuple(name for name in PERSON_AXES if name != "status")
"""Axes of one row of a state."""


def probability(odds: np.ndarray) -> np.ndarray:
    """The probability that has these odds."""
    return odds / (1 + odds)


def burden_ratio(burden: np.ndarray, reference_burden: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """The contribution's share of income over the same cell's in the reference year, the floor added to both."""
    return (burden + floor) / (reference_burden + floor)


def mean_years(total_years: np.ndarray, persons: np.ndarray, otherwise: float) -> np.ndarray:
    """Mean of a tracked total over need classes and sexes: [run, 1, 1, 1, area, income, age] from [run, health, sex, …]."""
    over_needs_and_sexes = axis("health", "sex", of=ROW_AXES)
    years = total_years.sum(axis=over_needs_and_sexes)
    heads = persons.sum(axis=over_needs_and_sexes)
    mean = np.divide(years, heads, out=np.full_like(years, otherwise), where=heads > 0)
    return along(mean, "run", "area", "income", "age")


def enrol(cells: np.ndarray, hazard: Hazards, counted: float, credited: float, work: Workspace) -> None:
    """Membership after the enrolment for the year, written to `work.enrolled`.

    `work.leaving` and `work.entering` hold the movers.

    `cells` [run, health, row, sex, area, income, age]. Stayers go one tenure on, entrants to tenure 1, leavers to gap 1, those
    who stay out one gap on. `counted`: years that the rules have counted with this one; `credited`: the same for continuous
    participation, earlier years that count included. A person who reaches the last tenure or gap carries at most as many rule
    years as true years.
    """
    enrolled, leaving, entering = work.enrolled, work.leaving, work.entering
    np.multiply(cells[:, :, TENURES], hazard.leave, out=leaving)
    np.multiply(cells[:, :, UNINSURED], hazard.enter, out=entering)
    longest_tenure, longest_gap = at(hazard.leave, status=-1), at(hazard.enter, status=-1)

    np.subtract(cells[:, :, NEVER], entering[:, :, NEVER], out=enrolled[:, :, NEVER])
    enrolled[:, :, FIRST_GAP] = 0.0
    np.subtract(
        cells[:, :, FIRST_GAP:LAST_GAP],
        entering[:, :, FIRST_GAP:LAST_GAP],
        out=enrolled[:, :, FIRST_GAP + 1 : LAST_GAP + 1],
    )
    reached = enrolled[:, :, LAST_GAP]
    still = cells[:, :, LAST_GAP] - entering[:, :, LAST_GAP]
    enrolled[:, :, LAPSED_YEARS] = (
        cells[:, :, LAPSED_YEARS] * (1 - longest_gap) + reached * min(counted, GAP_DEPTH) + still * float(counted > 0)
    )
    reached += still
    enrolled[:, :, FIRST_GAP + 1] += leaving.sum(axis=OVER_ROWS)

    np.add.reduce(entering, axis=OVER_ROWS, out=enrolled[:, :, FIRST_TENURE])
    np.subtract(
        cells[:, :, FIRST_TENURE:LAST_TENURE],
        leaving[:, :, :-1],
        out=enrolled[:, :, FIRST_TENURE + 1 : LAST_TENURE + 1],
    )
    reached = enrolled[:, :, LAST_TENURE]
    still = cells[:, :, LAST_TENURE] - at(leaving, status=-1)
    enrolled[:, :, RULE_YEARS] = (
        cells[:, :, RULE_YEARS] * (1 - longest_tenure)
        + reached * min(credited, TENURE_DEPTH)
        + still * float(credited > 0)
    )
    reached += still

    enrolled[:, :, EMPLOYEES] = cells[:, :, EMPLOYEES]


def carry_credits(cells: np.ndarray, hazard: Hazards, basis: YearBasis, work: Workspace) -> None:
    """What the rules remember of those who stay, leave and enter, written to the tracked rows of `work.enrolled`.

    Years without reimbursement go with the stayers; those of who leaves are lost, or kept by the lapsed until they return.
    Waiting months are those lost this year (left from the year before, or of the entry) and those left for the next. A change
    of the cap carried through a lapse moves from the insured at the mean rate of leaving of the cell. Whatever the lapsed hold
    comes back at their mean rate of returning.
    """
    enrolled, leaving, entering = work.enrolled, work.leaving, work.entering
    stay = 1 - hazard.leave
    enrolled[:, :, NO_CLAIM.start] = 0.0
    np.multiply(
        cells[:, :, NO_CLAIM.start : NO_CLAIM.stop - 1],
        stay[:, :, :-1],
        out=enrolled[:, :, NO_CLAIM.start + 1 : NO_CLAIM.stop],
    )
    enrolled[:, :, NO_CLAIM.stop - 1] += cells[:, :, NO_CLAIM.stop - 1] * at(stay, status=-1)
    enrolled[:, :, WAITING] = (entering * hazard.months_lost).sum(axis=OVER_ROWS) + cells[:, :, MONTHS_LEFT] * at(
        stay, status=0
    )
    if hazard.months_left.any():
        enrolled[:, :, MONTHS_LEFT] = (entering * hazard.months_left).sum(axis=OVER_ROWS)
    else:
        enrolled[:, :, MONTHS_LEFT] = 0.0
    held = (CARRIED_LAPSED, CARRIED_INSURED, NO_CLAIM_LAPSED)
    for each in held:
        enrolled[:, :, each] = cells[:, :, each]
    rules = (basis.bonus_kept, basis.cap_cut, basis.no_claim_kept)
    if not (any(rule.any() for rule in rules) or any(cells[:, :, each].any() for each in held)):
        return
    back = share_of(entering[:, :, GAPS].sum(axis=OVER_ROWS), cells[:, :, GAPS].sum(axis=OVER_ROWS))
    years_back = cells[:, :, NO_CLAIM_LAPSED] * back
    years_kept = (cells[:, :, NO_CLAIM] * hazard.leave).sum(axis=OVER_ROWS) * at(basis.no_claim_kept, status=0)
    enrolled[:, :, NO_CLAIM_LAPSED] += years_kept - years_back
    enrolled[:, :, NO_CLAIM.start] += years_back
    if basis.bonus_kept.any() or basis.cap_cut.any() or any(cells[:, :, each].any() for each in held[:2]):
        gone = share_of(leaving.sum(axis=OVER_ROWS), cells[:, :, TENURES].sum(axis=OVER_ROWS))
        kept = (leaving * hazard.earned).sum(axis=OVER_ROWS) * at(basis.bonus_kept, status=0)
        cut = (entering[:, :, GAPS] * hazard.lapsed_years[:, :, GAPS]).sum(axis=OVER_ROWS) * at(basis.cap_cut, status=0)
        leaving_with, entering_with = cells[:, :, CARRIED_INSURED] * gone, cells[:, :, CARRIED_LAPSED] * back
        enrolled[:, :, CARRIED_LAPSED] += leaving_with + kept - entering_with
        enrolled[:, :, CARRIED_INSURED] += entering_with - cut - leaving_with


def share_of(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """A part over its whole; 0 where there is nobody."""
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)


def enrolment_flows(hazard: Hazards, work: Workspace) -> dict[str, np.ndarray]:
    """What the enrolment moved, by name, persons, months and years, [run, sex, area, income, age]."""
    entering = work.entering.sum(axis=axis("health"), keepdims=True)
    return {
        "leaves": by_person_group(work.leaving),
        "joins": by_person_group(entering[:, :, :1]),
        "returns": by_person_group(entering[:, :, 1:]),
        "waiting_months": by_person_group(work.enrolled[:, :, WAITING : WAITING + 1]),
        "repaired_years": by_person_group(entering * hazard.repaired_years),
    }
