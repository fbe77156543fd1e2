"""The axes of every array: names and members, each said once; their labels stand in the language files under `axis`.

Person arrays run over `PERSON_AXES` in that order, age innermost. Code addresses an axis by name, through `axis()`, `at()` and
`along()`, and a member by name, through `index()`; the innermost axis may be called the last one.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Axis:
    """One axis: its name and its members in storage order."""

    name: str
    members: tuple[str, ...]


LAST_AGE: Final = 100
GAP_DEPTH: Final = 5
TENURE_DEPTH: Final = 5

HEALTH: Final = Axis("health", ("low", "moderate", "high"))
STATUS: Final = Axis(
    "status",
    (
        "never",
        *(f"gap_{gap}" for gap in range(GAP_DEPTH + 1)),
        *(f"tenure_{tenure}" for tenure in range(1, TENURE_DEPTH + 1)),
        "employee_active",
        "employee_retired",
    ),
)
SEX: Final = Axis("sex", ("female", "male"))
AGE: Final = Axis("age", tuple(str(age) for age in range(LAST_AGE + 1)))
FUND: Final = Axis("fund", ("resident", "employee_pool", "personal_accounts"))
"""The accounts, in the order in which a state holds them; a scenario without the employee scheme has the first alone."""


@dataclass(frozen=True)
class Groups:
    """The areas and income groups of a scheme, in storage order.

    Persons move between the last area and each of the others so that these have their shares. Where contributions of an
    income group are assisted it is the first, and exchanges persons with the second.
    """

    areas: tuple[str, ...]
    income_groups: tuple[str, ...]
    assisted: bool = False

    @property
    def area(self) -> Axis:
        """The axis of areas."""
        return Axis("area", self.areas)

    @property
    def income(self) -> Axis:
        """The axis of income groups."""
        return Axis("income", self.income_groups)


NATIONAL: Final = Groups(("urban", "rural"), ("assisted", "low", "middle", "high"), assisted=True)
"""Those of the national baseline, which its tables are made for; a file without `axes` has them from what it extends."""
ASSISTED, NEXT_TO_ASSISTED = 0, 1
"""Places of the income group whose contributions are assisted and of the one that it exchanges persons with."""

ENTRANTS: Final = ("outside", "insured", "uninsured", "not_met")
"""Of a cell at the year's end: who is outside the employee scheme, who of the resident insured and of the uninsured enters it,
who is held to enter but not there; an axis behind the run."""

DEDUCTIBLES: Final = ("national", "low")
"""Kinds of places by the deductible of critical-illness insurance, where rules differ by it: an axis behind the run."""

ANSWER: Final = Axis("answer", ("contribution", "subsidy", "payment_ratio", "limits", "deductible"))
"""What a timely adjustment may move: an axis behind the run."""

AXES: Final = {axis.name: axis for axis in (HEALTH, STATUS, SEX, AGE, FUND, ANSWER)}
"""The axes whose members are the same in every scheme; areas and income groups are the scenario's: see `Groups`."""
PERSON_AXES: Final = ("run", "health", "status", "sex", "area", "income", "age")
FLOW_AXES: Final = ("run", "sex", "area", "income", "age")
"""Axes of a flow of one year."""
STOCK_AXES: Final = ("date", "run", "sex", "area", "age")
MEMBERSHIP_AXES: Final = ("date", "run", "health", "status", "area", "income")
BY_AGE_AXES: Final = ("year", "run", "sex", "age")
BY_GROUP_AXES: Final = ("year", "run", "area", "income")
"""Axes of what a projection reports."""
REPORT_AXES: Final = ("year", "run")
"""The first axes of all that a projection reports by year."""
YEAR: Final = REPORT_AXES.index("year")
PROFILE_AXES: Final = ("health", "sex", "age")
"""Axes of what is known of persons by need class, sex and age."""

NEVER: Final = slice(0, 1)
GAPS: Final = slice(1, 2 + GAP_DEPTH)
TENURES: Final = slice(2 + GAP_DEPTH, 2 + GAP_DEPTH + TENURE_DEPTH)
EMPLOYEES: Final = slice(2 + GAP_DEPTH + TENURE_DEPTH, 4 + GAP_DEPTH + TENURE_DEPTH)
UNINSURED: Final = slice(0, 2 + GAP_DEPTH)
NOT_EMPLOYEES: Final = slice(0, 2 + GAP_DEPTH + TENURE_DEPTH)
STATUSES: Final = slice(0, len(STATUS.members))

TRACKED: Final = (
    "rule_years",
    "lapsed_years",
    "waiting_months",
    "months_left",
    "carried_lapsed",
    "carried_insured",
    "no_claim_lapsed",
    *(f"no_claim_{tenure}" for tenure in range(1, TENURE_DEPTH + 1)),
)
"""Person-weighted totals that travel with the persons, stored as further rows behind the statuses.

Continuous rule years of the last tenure; lapsed rule years of the last gap; months of cover lost this year and left for the
next; change of the cap carried through a lapse, of the lapsed and of the insured, in yuan of the reference year; years
without reimbursement, of the lapsed and by tenure.
"""
ROWS: Final = (*STATUS.members, *TRACKED)
NO_CLAIM: Final = slice(ROWS.index("no_claim_1"), ROWS.index("no_claim_1") + TENURE_DEPTH)


def row(name: str) -> int:
    """Position of a status or a tracked total on the row axis of a state."""
    return ROWS.index(name)


@cache
def axis(*names: str, of: tuple[str, ...] = PERSON_AXES) -> tuple[int, ...]:
    """Positions of the named axes, for `array.sum(axis=axis("health", "age"))`; `of`: the array's axes."""
    return tuple(of.index(name) for name in names)


def at(array: "np.ndarray", of: tuple[str, ...] = PERSON_AXES, **places: int | slice) -> "np.ndarray":
    """The part of an array at places on named axes, a view; `of`: the array's first axes. A place takes its axis away."""
    return array[tuple(places.get(name, slice(None)) for name in of)]


def along(array: "np.ndarray", *names: str, of: tuple[str, ...] = PERSON_AXES) -> "np.ndarray":
    """An array whose axes are `names`, in the order of `of`, on the axes `of`: size 1 on the others."""
    sizes = dict(zip(names, array.shape, strict=True))
    return array.reshape([sizes.get(name, 1) for name in of])


@cache
def axes_except(*names: str, of: tuple[str, ...] = PERSON_AXES) -> tuple[int, ...]:
    """Positions of all axes but run and the named ones: what a sum over everything else runs over."""
    return tuple(i for i, name in enumerate(of) if name != "run" and name not in names)


@cache
def left(*names: str, of: tuple[str, ...] = PERSON_AXES) -> tuple[str, ...]:
    """The axes that a sum over the named ones leaves."""
    return tuple(name for name in of if name not in names)


def index(axis_name: str, member: str, groups: Groups = NATIONAL) -> int:
    """Position of a member on its axis; of areas and income groups those of `groups`."""
    own = {"area": groups.area, "income": groups.income}
    return (own.get(axis_name) or AXES[axis_name]).members.index(member)
