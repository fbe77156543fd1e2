"""A scheme small enough to follow by hand: a year in which nothing happens unless a test says so, and few persons."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from simsurance.axes import AREA, HEALTH, INCOME, ROWS, SEX, TENURE_DEPTH, UNINSURED, index, row
from simsurance.model.state import Flows, State, Workspace, YearBasis
from simsurance.model.year import step

PLACES = ("run", "health", "status", "sex", "area", "income", "age")
FERTILE = 3
AGES = 6


def on(values: Any, *names: str) -> np.ndarray:
    """Numbers whose axes are `names`, in storage order, on all person axes, size 1 elsewhere."""
    array = np.asarray(values, dtype=float)
    sizes = dict(zip(names, array.shape, strict=True))
    return array.reshape([sizes.get(name, 1) for name in PLACES])


def bands(*values: Any) -> np.ndarray:
    """Numbers by band of critical-illness insurance, one a band or one a band and income group; the band is behind the run."""
    return np.stack([on(value, "income") if np.ndim(value) else on(value) for value in values], axis=1)


def quiet_year(year: int = 2030, ages: int = AGES, **changes: Any) -> YearBasis:
    """A year without deaths, moves, rules, contributions and cost, but for `changes`; a few births at age 3.

    Critical-illness insurance has a deductible of 20,000 yuan, one band at 60 % and a cap of 300,000, but pays only where
    `critical_factor` is more than nought.

    The fields of the arrays without person axes, and numbers for any field, may be given as plain numbers.
    """
    zero, one = on(0.0), on(1.0)
    asfr = np.zeros(ages)
    asfr[FERTILE] = 1e-9
    basis: dict[str, Any] = {
        "year": year,
        "survival": on(np.ones((len(SEX.members), ages)), "sex", "age"),
        "newborn_survival": on(np.ones(len(SEX.members)), "sex"),
        "male_share": on(0.5),
        "asfr": on(asfr, "age"),
        "area_fertility": on(np.ones(len(AREA.members)), "area"),
        "migrants": on(np.zeros((len(SEX.members), ages)), "sex", "age"),
        "mortality_ratio": on(np.ones(len(HEALTH.members)), "health"),
        "urban_share_end": zero,
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
        "floor_from_lapsed_years": on(4.0),
        "longest_months": on(24.0),
        "first_lapsed_year_counts": one,
        "bonus_after_years": on(4.0),
        "bonus_limit": on(10.0),
        "bonus_felt": on(0.001),
        "bonus_credited_years": 0,
        "indexation": one,
        "rules_start": 2025,
        "local_supplement": one,
        "disposable_income": on(40_000.0),
        "inpatient_cost": on(10_000.0),
        "inpatient_sigma": one,
        "inpatient_limit": on(1e6),
        "outpatient_cost": on(500.0),
        "outpatient_sigma": one,
        "outpatient_limit": on(1e6),
        "critical_deductible": on(np.full(len(INCOME.members), 20_000.0), "income"),
        "critical_edges": bands(0.0),
        "critical_ratios": bands(0.6),
        "critical_cap": on(300_000.0),
        "critical_capped": on(np.ones(len(INCOME.members)), "income"),
        "critical_self_run": one,
        "inpatient_benefit_factor": one,
        "outpatient_benefit_factor": one,
    }
    by_run = ("prepaid_share", "administration_share", "interest_rate", "deficit_rate")
    basis |= {name: np.zeros(1) for name in by_run}
    basis |= {field.name: zero for field in fields(YearBasis) if field.name not in basis}
    for name, value in changes.items():
        assert name in basis, name
        plain = isinstance(value, int | float) and not isinstance(basis[name], int)
        basis[name] = np.full_like(basis[name], value) if plain else value
    return YearBasis(**basis)


def persons(*groups: tuple[str, float], ages: int = AGES, **place: Any) -> np.ndarray:
    """Cells of one run: a thousand retired employees of low need, rural, middle income, at each sex and age, and the
    groups (row, number) put at `place`: health, sex, area, income and age, by default low, female, rural, middle, 2."""
    cells = np.zeros(
        (1, len(HEALTH.members), len(ROWS), len(SEX.members), len(AREA.members), len(INCOME.members), ages)
    )
    rural, middle = index("area", "rural"), index("income", "middle")
    cells[0, 0, row("employee_retired"), :, rural, middle] = 1000.0
    where = {"health": "low", "sex": "female", "area": "rural", "income": "middle"} | place
    age = where.pop("age", 2)
    health, sex, area, income = (index(name, str(where[name])) for name in ("health", "sex", "area", "income"))
    for name, number in groups:
        cells[0, health, row(name), sex, area, income, age] += number
    return cells


def state_of(cells: np.ndarray, fund: float = 0.0, prepaid: float = 0.0) -> State:
    """The state of one run with these persons, tracked totals and money."""
    return State(cells, np.full((len(cells), 1), fund), np.full(len(cells), prepaid))


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


def held(state: State, name: str) -> float:
    """All persons of a status, or a whole tracked total."""
    return float(state.cells[:, :, row(name)].sum())
