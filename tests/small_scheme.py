"""A scheme small enough to follow by hand: a year in which nothing happens unless a test says so, and few persons."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np

from simsurance.axes import HEALTH, NATIONAL, ROWS, SEX, TENURE_DEPTH, UNINSURED, index, row
from simsurance.ledger import FUNDS
from simsurance.model.participation import WaitingRules
from simsurance.model.state import CareBasis, EmployeeBasis, Flows, State, Workspace, YearBasis
from simsurance.model.year import step

AREA, INCOME = NATIONAL.area, NATIONAL.income

PLACES = ("run", "health", "status", "sex", "area", "income", "age")
FERTILE = 3
AGES = 6
NATIONAL_MONTHS = {
    1: [4, 3],
    2: [5, 4, 3],
    3: [6, 5, 4, 3],
    4: [7, 6, 6, 6, 6],
    5: [8, 7, 6, 6, 6, 6],
    6: [9, 8, 7, 6, 6, 6, 6],
    7: [10, 9, 8, 7, 6, 6, 6, 6],
    8: [11, 10, 9, 8, 7, 6, 6, 6, 6],
    9: [12, 11, 10, 9, 8, 7, 6, 6, 6, 6],
    10: [13, 12, 11, 10, 9, 8, 7, 6, 6, 6, 6],
    11: [14, 13, 12, 11, 10, 9, 8, 7, 6, 6, 6, 6],
    12: [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 6, 6, 6],
}
"""Months by lapsed years, in the order of none, one, two … of them paid for, as the national wording gives them."""


def on(values: Any, *names: str) -> np.ndarray:
    """Numbers whose axes are `names`, in storage order, on all person axes, size 1 elsewhere."""
    array = np.asarray(values, dtype=float)
    sizes = dict(zip(names, array.shape, strict=True))
    return array.reshape([sizes.get(name, 1) for name in PLACES])


def bands(*values: Any) -> np.ndarray:
    """Numbers by band of critical-illness insurance, or by kind of place: each one number or one an income group; the axis is
    behind the run."""
    return np.stack([on(value, "income") if np.ndim(value) else on(value) for value in values], axis=1)


Part = TypeVar("Part")


def quiet_part(noun: type[Part], **values: Any) -> Part:
    """A part of a year's basis: nought, but for these values, plain numbers or as they are."""
    values = {name: on(value) if isinstance(value, int | float) else value for name, value in values.items()}
    return noun(**{field.name: on(0.0) for field in fields(noun)} | values)


def quiet_care(**changes: Any) -> CareBasis:
    """Nobody uses care, but for `changes`; a user's costs and the limits of the benefits have likely sizes."""
    sizes = {"inpatient_cost": 10_000.0, "outpatient_cost": 500.0, "inpatient_limit": 1e6, "outpatient_limit": 1e6}
    ones = ("inpatient_sigma", "outpatient_sigma", "inpatient_benefit_factor", "outpatient_benefit_factor")
    return quiet_part(CareBasis, **{**sizes, **dict.fromkeys(ones, 1.0), **changes})


def quiet_employee(**changes: Any) -> EmployeeBasis:
    """An employee scheme without money, but for `changes`, the names of its care among them; all members have an account."""
    care, own = parted(changes, CareBasis)
    given = {"with_account": 1.0, "retirees": None, "arrears": None, **own}
    return quiet_part(EmployeeBasis, **given, care=quiet_care(**care))


def parted(changes: dict[str, Any], noun: type) -> tuple[dict[str, Any], dict[str, Any]]:
    """The changes of a part's fields, and the others."""
    names = {field.name for field in fields(noun)}
    own = {name: value for name, value in changes.items() if name in names}
    return own, {name: value for name, value in changes.items() if name not in names}


def quiet_year(year: int = 2030, ages: int = AGES, employee: EmployeeBasis | None = None, **changes: Any) -> YearBasis:
    """A year without deaths, moves, rules, contributions and cost, but for `changes`; a few births at age 3.

    Critical-illness insurance has a deductible of 20,000 yuan, one band at 60 % and a cap of 300,000, but pays only where
    `critical_factor` is more than nought. Changes of the residents' care and of the waiting rules stand among the others.

    The fields of the arrays without person axes, and numbers for any field, may be given as plain numbers.
    """
    zero, one = on(0.0), on(1.0)
    asfr = np.zeros(ages)
    asfr[FERTILE] = 1e-9
    care, changes = parted(changes, CareBasis)
    waiting, changes = parted(changes, WaitingRules)
    usual = {"floor_from_lapsed_years": 4.0, "longest_months": 24.0, "first_lapsed_year_counts": 1.0}
    basis: dict[str, Any] = {
        "year": year,
        "survival": on(np.ones((len(SEX.members), ages)), "sex", "age"),
        "newborn_survival": on(np.ones(len(SEX.members)), "sex"),
        "male_share": on(0.5),
        "asfr": on(asfr, "age"),
        "area_fertility": on(np.ones(len(AREA.members)), "area"),
        "migrants": on(np.zeros((len(SEX.members), ages)), "sex", "age"),
        "mortality_ratio": on(np.ones(len(HEALTH.members)), "health"),
        "area_share_end": zero,
        "area_propensity": on(np.zeros(ages), "age"),
        "assisted_share_end": zero,
        "pinned_total_end": np.array([np.nan]),
        "prevalence": on(np.broadcast_to([[[1.0]], [[0.0]], [[0.0]]], (3, 2, ages)), "health", "sex", "age"),
        "persistence": one,
        "leave_odds": on(np.zeros((len(HEALTH.members), TENURE_DEPTH)), "health", "status"),
        "enter_odds": on(np.zeros((len(HEALTH.members), UNINSURED.stop)), "health", "status"),
        "burden": on(0.01),
        "reference_burden": on(0.01),
        "burden_floor": on(0.001),
        "leave_other": one,
        "return_other": one,
        "waiting": quiet_part(WaitingRules, **{**usual, **waiting}),
        "bonus_after_years": on(4.0),
        "bonus_limit": on(10.0),
        "bonus_felt": on(0.001),
        "bonus_credited_years": 0,
        "indexation": one,
        "rules_start": 2025,
        "local_supplement": one,
        "relative_earnings": one,
        "disposable_income": on(40_000.0),
        "care": quiet_care(**care),
        "critical_deductible": bands(*[np.full(len(INCOME.members), 20_000.0)] * 2),
        "critical_edges": bands(0.0),
        "critical_ratios": bands(0.6),
        "critical_cap": on(300_000.0),
        "critical_capped": on(np.ones(len(INCOME.members)), "income"),
        "critical_self_run": one,
        "employee": employee,
        "pins": None,
        "entries": None,
        "enrolment": None,
        "adjustment": None,
        "bonds": None,
        "choices": None,
        "tiers": 0,
    }
    by_run = ("prepaid_share", "administration_share", "interest_rate", "deficit_rate")
    by_run += ("recovered_share", "long_term_care_pp", "adjustment_share")
    basis |= {name: np.zeros(1) for name in by_run} | {"interest_share": np.full(1, 0.5)}
    basis |= {field.name: zero for field in fields(YearBasis) if field.name not in basis}
    for name, value in changes.items():
        assert name in basis, name
        plain = isinstance(value, int | float) and not isinstance(basis[name], int)
        basis[name] = np.full_like(basis[name], value) if plain else value
    return YearBasis(**basis)


def arrays_of(basis: Any) -> dict[str, np.ndarray]:
    """Every array of a basis and of its parts, by name."""
    found: dict[str, np.ndarray] = {}
    for field in fields(basis):
        value = getattr(basis, field.name)
        if isinstance(value, np.ndarray):
            found[field.name] = value
        elif is_dataclass(value):
            found |= {f"{field.name}.{name}": array for name, array in arrays_of(value).items()}
    return found


def persons(*groups: tuple[str, float], ages: int = AGES, others: str = "employee_retired", **place: Any) -> np.ndarray:
    """Cells of one run: a thousand `others` of low need, rural, middle income, at each sex and age, and the groups
    (row, number) put at `place`: health, sex, area, income and age, by default low, female, rural, middle, 2."""
    cells = np.zeros(
        (1, len(HEALTH.members), len(ROWS), len(SEX.members), len(AREA.members), len(INCOME.members), ages)
    )
    rural, middle = index("area", "rural"), index("income", "middle")
    cells[0, 0, row(others), :, rural, middle] = 1000.0
    where = {"health": "low", "sex": "female", "area": "rural", "income": "middle"} | place
    age = where.pop("age", 2)
    health, sex, area, income = (index(name, str(where[name])) for name in ("health", "sex", "area", "income"))
    for name, number in groups:
        cells[0, health, row(name), sex, area, income, age] += number
    return cells


def state_of(cells: np.ndarray, fund: float | tuple[float, ...] = 0.0, prepaid: float = 0.0) -> State:
    """The state of one run with these persons, tracked totals and money: the resident fund, or a sum for each account."""
    return State(cells, np.tile(np.atleast_1d(fund), (len(cells), 1)).astype(float), np.full(len(cells), prepaid))


def one_year(state: State, basis: YearBasis) -> tuple[State, Flows]:
    """The state a year on, and the flows of the year."""
    return step(state, basis, Workspace(state.cells.shape))


def years_on(state: State, basis: Sequence[YearBasis]) -> tuple[State, list[Flows]]:
    """The state after several years, and the flows of each."""
    flows = []
    for year in basis:
        state, flow = one_year(state, year)
        flows.append(flow)
    return state, flows


def told(flows: Flows) -> dict[str, np.ndarray]:
    """Every flow by name, money and the interest of each fund among them."""
    assert flows.interest is not None
    interest = {f"{fund.name}_interest": flows.interest[:, fund.place] for fund in FUNDS[: flows.interest.shape[1]]}
    return flows.by_name | interest


def held(state: State, name: str) -> float:
    """All persons of a status, or a whole tracked total."""
    return float(state.cells[:, :, row(name)].sum())
