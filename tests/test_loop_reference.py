"""The engine and the slow reference, which share no code, agree on every person cell, flow and fund."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest
from loop_reference import AXES_OF, NEEDS, SIZES, Standing, simulate_year
from small_scheme import told

from simsurance.axes import FUND, NATIONAL, NO_CLAIM, ROWS, SEX, STATUS, TENURES, TRACKED, UNINSURED, row
from simsurance.model.arrears import LONGEST
from simsurance.model.groups import total
from simsurance.model.participation import WaitingRules
from simsurance.model.projection import project, short_buffers
from simsurance.model.state import (
    ArrearsBasis,
    CareBasis,
    EmployeeBasis,
    Flows,
    RetireeBasis,
    State,
    Workspace,
    YearBasis,
)
from simsurance.model.year import step

AREA, INCOME = NATIONAL.area, NATIONAL.income

AGES = 7
RUNS = 3
YEARS = 3
BANDS = 3
TOLERANCE = 1e-9
NOTHING = 1e-12
BY_RUN = (
    "pinned_total_end",
    "prepaid_share",
    "administration_share",
    "recovered_share",
    "adjustment_share",
    "long_term_care_pp",
    "interest_rate",
    "deficit_rate",
    "interest_share",
)
"""Arrays with the run axis alone."""
NEGATIVE_MIGRATION, NO_MIGRATION, MIGRATION = -30.0, 0.0, 30.0


def axes_of(name: str) -> list[str]:
    """The axes behind the run of an assumption, in storage order."""
    status = next((axis for axis in ("tenure", "member") if axis in AXES_OF.get(name, ())), "out")
    return ["health", status, "sex", "area", "income", "age"]


def of_runs(*values: float) -> np.ndarray:
    """One number a run, on the person axes."""
    return np.array(values, dtype=float).reshape(RUNS, *(1,) * 6)


def assisted_or_not(random: np.random.Generator, low: float, high: float) -> np.ndarray:
    """A rule of critical-illness insurance: one number for the assisted, another for all others."""
    drawn = random.uniform(low, high, (RUNS, 2))[:, [0, 1, 1, 1]]
    return drawn[:, None, None, None, None, :, None]


CARE_BOUNDS = {
    "inpatient_use": (0.05, 0.3), "admissions": (0.1, 0.5), "inpatient_cost": (4e3, 2e4), "inpatient_sigma": (0.8, 1.4),
    "inpatient_deductible": (200, 2000), "inpatient_ratio": (0.5, 0.9), "inpatient_limit": (1e4, 2e5),
    "outpatient_use": (0.3, 0.9), "outpatient_cost": (200, 2000), "outpatient_sigma": (0.8, 1.4),
    "outpatient_deductible": (0, 100), "outpatient_ratio": (0.4, 0.8), "outpatient_limit": (200, 4000),
    "inpatient_benefit_factor": (0.8, 1.1), "outpatient_benefit_factor": (0.8, 1.1),
}  # fmt: skip
"""Between what the assumptions on care of either scheme are drawn."""


def random_year(
    random: np.random.Generator, year: int, migration: float, total: float, bands: int = BANDS, credited: int = 0
) -> YearBasis:
    """A year in which everything happens, differently in each run; yuan and persons of a small town."""

    def on_axes(name: str, low: float, high: float) -> np.ndarray:
        sizes = {**SIZES, "age": AGES}
        shape = [sizes[axis] if axis in AXES_OF.get(name, ()) else 1 for axis in axes_of(name)]
        return random.uniform(low, high, (RUNS, *shape))

    bounds = {
        "survival": (0.8, 0.999), "newborn_survival": (0.95, 1), "male_share": (0.4, 0.6), "asfr": (0, 0.2),
        "area_fertility": (0.5, 2), "migrants": (min(migration, 0), max(migration, 0)), "mortality_ratio": (0.7, 1.3),
        "area_share_end": (0.4, 0.6), "area_propensity": (0.4, 1), "assisted_share_end": (0.2, 0.3),
        "persistence": (0.5, 0.8), "leave_odds": (0.02, 0.2), "enter_odds": (0.1, 2), "burden": (0.005, 0.05),
        "reference_burden": (0.005, 0.05), "burden_floor": (0.0005, 0.002), "leave_burden": (0, 1),
        "return_burden": (0, 1), "leave_wait": (0, 0.1), "return_wait": (0, 0.1), "leave_bonus": (0, 0.05),
        "leave_other": (0.8, 1.2), "return_other": (0.8, 1.2), "newborn_enrolment": (0.5, 0.95),
        "employee_entry": (0, 0.2), "employee_entry_uninsured": (0, 0.4), "employee_exit": (0, 0.2),
        "retirement": (0, 0.5), "qualified_share": (0.5, 1), "buying_share": (0, 1), "joining_share": (0, 1),
        "leaver_enrolment": (0, 1), "years_count": (0, 1),
        "waiting.fixed_months": (0, 6), "waiting.months_per_lapsed_year": (0.2, 4), "waiting.floor_months": (3, 9),
        "waiting.longest_months": (8, 24), "waits": (0, 1), "repair_share": (0, 0.6), "late_share": (0, 0.3),
        "late_month": (0, 8), "postponed_care": (0, 0.5), "no_claim_step": (200, 2000), "indexation": (0.9, 1.3),
        "critical_cap": (2e4, 6e4), "critical_factor": (0.5, 1.5), "bonus_step": (500, 4000), "bonus_felt": (0.0005, 0.001),
        "relative_earnings": (0.5, 1.5),
        "personal_pp": (200, 600), "personal_pp_next": (200, 600), "assistance_share": (0, 1), "subsidy_pp": (500, 900),
        "local_supplement": (0.9, 1.2), "relatives_share": (0, 0.3), "disposable_income": (1e4, 6e4),
        **{f"care.{name}": bound for name, bound in CARE_BOUNDS.items()},
        **{f"employee.care.{name}": bound for name, bound in CARE_BOUNDS.items()},
        "employee.contribution_base": (3e4, 2e5), "employee.employer_rate": (0.04, 0.1),
        "employee.employee_rate": (0.01, 0.03), "employee.with_account": (0.5, 1), "employee.to_accounts": (0, 0.4),
        "employee.retiree_credit": (500, 2000), "employee.purchase_pp": (5e3, 5e4), "employee.birth_benefit": (1e4, 6e4),
        "employee.recovered_share": (0, 0.1), "employee.adjustment_share": (-0.1, 0.1), "birth_benefit": (1e3, 5e3),
        "employee.long_term_care_pp": (0, 200), "employee.spending_rate": (0.1, 0.5),
        "employee.relatives_care_rate": (0, 0.2), "employee.retirees.contribution_pp": (0, 2000),
    }  # fmt: skip
    numbers: dict[str, Any] = {name: on_axes(name, *bound) for name, bound in bounds.items()}
    shares = random.dirichlet([6.0, 3.0, 2.0], (RUNS, len(SEX.members), AGES))
    numbers["prevalence"] = np.moveaxis(shares, -1, 1)[:, :, None, :, None, None, :]
    numbers["rules_in_force"] = np.ones((RUNS,) + (1,) * 6)
    numbers["never_counts"], numbers["waiting.floor_from_lapsed_years"] = of_runs(1, 0, 1), of_runs(2, 4, 3)
    numbers["waiting.first_lapsed_year_counts"], numbers["leavers_wait"] = of_runs(1, 0, 1), of_runs(0, 1, 0)
    numbers["repair_all"], numbers["no_claim_reset"] = of_runs(0, 1, 0), of_runs(1, 1, 0)
    numbers["bonus_after_years"], numbers["bonus_limit"] = of_runs(0, 2, 1), of_runs(0.2, 5, 0.05)
    numbers["bonus_kept"], numbers["cap_cut"] = of_runs(1, 0, 0), of_runs(300, 0, 4000)
    numbers["no_claim_kept"] = of_runs(0, 1, 1)
    numbers["care.tail_index"] = of_runs(0, 2.5, 0)
    numbers["employee.care.tail_index"] = np.concatenate([of_runs(2.2, 0, 0), of_runs(0, 0, 3)], axis=2)
    numbers["critical_self_run"], numbers["critical_premium_pp"] = of_runs(1, 1, 0), of_runs(0, 0, 60)
    numbers["critical_capped"] = np.ones((RUNS, 1, 1, 1, 1, len(INCOME.members), 1))
    numbers["critical_capped"][0, ..., 0, :] = 0
    numbers["critical_deductible"] = np.stack([assisted_or_not(random, 2e3, 2e4) for _ in range(2)], axis=1)
    numbers["critical_low_places"] = of_runs(0, 0.3, 1)
    numbers["critical_edges"] = np.cumsum(
        np.stack([of_runs(0, 0, 0), *(random.uniform(5e3, 3e4, (RUNS,) + (1,) * 6) for _ in range(bands - 1))], axis=1),
        axis=1,
    )
    numbers["critical_ratios"] = np.stack([assisted_or_not(random, 0.5, 0.9) for _ in range(bands)], axis=1)
    numbers["pinned_total_end"] = np.array([np.nan, total if year % 2 else np.nan, np.nan])
    numbers["prepaid_share"] = np.array([0.0, 0.7, 0.2])
    numbers["administration_share"] = random.uniform(0, 0.1, RUNS)
    numbers["recovered_share"], numbers["adjustment_share"] = (random.uniform(-0.1, 0.1, RUNS) for _ in range(2))
    numbers["long_term_care_pp"] = random.uniform(0, 60, RUNS)
    numbers["interest_rate"] = random.uniform(0, 0.05, RUNS)
    numbers["interest_share"] = random.choice([0.0, 0.5, 1.0], RUNS)
    numbers["deficit_rate"] = random.uniform(0.05, 0.1, RUNS)
    waiting = WaitingRules(**part(numbers, "waiting"))
    settled = np.eye(LONGEST)[random.integers(0, LONGEST, RUNS)]
    employee = EmployeeBasis(
        care=CareBasis(**part(numbers, "employee.care")),
        retirees=RetireeBasis(**part(numbers, "employee.retirees")),
        arrears=ArrearsBasis(random.uniform(0, 0.2, RUNS), random.uniform(0, 1, RUNS), settled),
        **part(numbers, "employee"),
    )
    return YearBasis(
        year=year,
        rules_start=2025,
        bonus_credited_years=credited,
        waiting=waiting,
        care=CareBasis(**part(numbers, "care")),
        employee=employee,
        **part(numbers),
    )


def part(numbers: dict[str, Any], of: str = "") -> dict[str, Any]:
    """The numbers of a part, by their own names; of the whole, those of no part."""
    named = {tuple(name.rpartition(".")[::2]): value for name, value in numbers.items()}
    return {name: value for (owner, name), value in named.items() if owner == of}


def random_state(random: np.random.Generator) -> State:
    """Persons in every cell but the longest tenure and gap of the youngest, and much to remember of them; funds in surplus and
    in deficit."""
    shape = (RUNS, len(NEEDS), len(ROWS), len(SEX.members), len(AREA.members), len(INCOME.members), AGES)
    cells = random.uniform(1, 20, shape)
    cells[:, :, [row("tenure_5"), row("gap_5")], ..., :3] = 0
    per_person = random.uniform(0, 1, (*shape[:2], len(TRACKED), *shape[3:]))
    insured, lapsed = cells[:, :, TENURES].sum(axis=2), cells[:, :, UNINSURED].sum(axis=2)
    most = {
        "rule_years": 6 * cells[:, :, row("tenure_5")], "lapsed_years": 12 * cells[:, :, row("gap_5")],
        "waiting_months": 0 * insured, "months_left": 8 * cells[:, :, row("tenure_1")],
        "carried_lapsed": 3000 * lapsed, "carried_insured": -3000 * insured,
    }  # fmt: skip
    for place, name in enumerate(TRACKED):
        tenure = place - (NO_CLAIM.start - len(STATUS.members))
        whole = most[name] if name in most else (tenure + 1) * cells[:, :, TENURES.start + tenure]
        cells[:, :, row(name)] = per_person[:, :, place] * whole
    fund = np.array([[5e6, -4e6, 6e6], [-5e6, 3e6, 2e6], [1e6, 8e6, -3e5]])
    return State(cells, fund, np.array([0.0, 1e5, 0.0]), owed=random.uniform(0, 1e5, (RUNS, LONGEST)))


def members_alone(state: State, basis: YearBasis) -> tuple[State, YearBasis]:
    """The same without the money of the employee scheme: its members move, its funds are not kept."""
    return replace(state, fund=state.fund[:, :1]), replace(basis, employee=None)


def leaves_of(basis: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """All assumptions of a year, those of a part with the part's name before their own."""
    for field in fields(basis):
        value = getattr(basis, field.name)
        if is_dataclass(value):
            yield from leaves_of(value, f"{prefix}{field.name}.")
        elif value is not None:
            yield prefix + field.name, value


def plain(basis: YearBasis, run: int) -> dict[str, Any]:
    """The year's assumptions of one run as numbers and nested lists, as the reference reads them."""
    numbers: dict[str, Any] = {}
    for name, value in leaves_of(basis):
        if isinstance(value, int):
            numbers[name] = value
            continue
        own = value[run if len(value) > 1 else 0]
        if name.startswith(("adjustment.", "employee.arrears.")):
            numbers[name] = own.tolist()
            continue
        if name in BY_RUN:
            numbers[name] = float(own)
            continue
        axes = AXES_OF.get(name, ())
        if {"band", "kind_of_place"} & {*axes}:
            by_income = np.broadcast_to(own[:, 0, 0, 0, 0, :, 0], (len(own), len(INCOME.members)))
            numbers[name] = by_income.tolist() if "income" in axes else by_income[:, 0].tolist()
            continue
        names = axes_of(name)
        sizes = {**SIZES, "age": AGES}
        unnamed = tuple(place for place, axis in enumerate(names) if axis not in axes)
        assert all(own.shape[place] == 1 for place in unnamed), name
        whole = np.broadcast_to(own, [sizes[axis] if axis in axes else 1 for axis in names])
        numbers[name] = whole.squeeze(unnamed).tolist()
    return numbers


def plain_standing(state: State, run: int) -> Standing:
    """The state of one run in dictionaries."""
    persons: dict[Any, float] = {}
    tracked: dict[str, dict[Any, float]] = {name: {} for name in TRACKED}
    for place in np.ndindex(*(state.cells.shape[axis] for axis in (1, 3, 4, 5, 6))):
        health, sex, area, income, age = place
        key = (NEEDS[health], SEX.members[sex], AREA.members[area], INCOME.members[income], age)
        here = dict(zip(ROWS, state.cells[run, health, :, sex, area, income, age].tolist(), strict=True))
        for status in STATUS.members:
            persons[(key[0], status, *key[1:])] = here[status]
        for name in TRACKED:
            tracked[name][key] = here[name]
    funds = dict(zip(FUND.members, state.fund[run].tolist(), strict=False))
    owed = [] if state.owed is None else state.owed[run].tolist()
    return Standing(persons, tracked, funds, float(state.prepaid[run]), owed)


def cells_of(standing: Standing) -> np.ndarray:
    """The reference's persons and tracked totals on the engine's axes."""
    cells = np.zeros((len(NEEDS), len(ROWS), len(SEX.members), len(AREA.members), len(INCOME.members), AGES))
    for place in np.ndindex(*cells.shape):
        health, status, sex, area, income, age = place
        key = (NEEDS[health], SEX.members[sex], AREA.members[area], INCOME.members[income], age)
        name = ROWS[status]
        cells[place] = standing.tracked[name][key] if name in TRACKED else standing.persons[(key[0], name, *key[1:])]
    return cells


def flow_of(found: dict[str, Any], name: str) -> np.ndarray:
    """One flow of the reference as an array."""
    value = found[name]
    if not isinstance(value, dict):
        return np.array(value)
    shape = (len(SEX.members), len(AREA.members), len(INCOME.members), AGES)
    groups = [(SEX.members[s], AREA.members[a], INCOME.members[i], x) for s, a, i, x in np.ndindex(*shape)]
    return np.array([value[group] for group in groups]).reshape(shape)


def assert_close(engine: np.ndarray, reference: np.ndarray, what: str) -> None:
    """Agreement of each number, relative to itself; where there is nothing but rounding, to a trifle."""
    np.testing.assert_allclose(engine, reference, rtol=TOLERANCE, atol=NOTHING, err_msg=what)


def assert_agreement(
    state: State, flows: Flows, run: int, year: int, standing: Standing, found: dict[str, Any]
) -> None:
    """The same persons, remembered totals, money and flows of a run on both sides; neither knows what the other does not."""
    where = f"of run {run} in {year}"
    named = told(flows)
    assert named.keys() == found.keys()
    for name, flow in named.items():
        assert_close(flow[run], flow_of(found, name), f"{name} {where}")
    reference = cells_of(standing)
    for place, name in enumerate(ROWS):
        assert_close(state.cells[run][:, place], reference[:, place], f"{name} {where}")
    assert list(standing.funds) == list(FUND.members[: state.fund.shape[1]])
    assert_close(state.fund[run], np.array([*standing.funds.values()]), f"funds {where}")
    assert_close(state.prepaid[run], np.array(standing.prepaid), f"prepaid {where}")
    if state.fund.shape[1] > 1 and state.owed is not None:
        assert_close(state.owed[run], np.array(standing.owed), f"owed {where}")


@pytest.mark.parametrize(
    ("first", "migration", "bands", "credited"),
    [
        pytest.param(2023, (NO_MIGRATION, MIGRATION, NEGATIVE_MIGRATION), 3, 0, id="rules begin in the last year"),
        pytest.param(2024, (MIGRATION, NO_MIGRATION, MIGRATION), 1, 2, id="rules begin in the second year"),
        pytest.param(2029, (NEGATIVE_MIGRATION, MIGRATION, NO_MIGRATION), 2, 0, id="rules have counted for four years"),
    ],
)
def test_engine_and_reference_agree_on_cells_flows_and_funds(
    first: int, migration: tuple[float, ...], bands: int, credited: int
) -> None:
    random = np.random.default_rng(first)
    state = random_state(random)
    total = float(state.persons[1].sum()) * 1.01
    basis = [random_year(random, first + place, migration[place], total, bands, credited) for place in range(YEARS)]
    standings = [plain_standing(state, run) for run in range(RUNS)]
    work = Workspace(state.cells.shape)
    for year in basis:
        state, flows = step(state, year, work)
        assert state.persons.min() >= 0
        for run in range(RUNS):
            standings[run], found = simulate_year(standings[run], plain(year, run))
            assert_agreement(state, flows, run, year.year, standings[run], found)


@pytest.mark.long
def test_engine_and_reference_agree_where_the_employee_scheme_has_no_money() -> None:
    random = np.random.default_rng(5)
    whole = random_state(random), random_year(random, 2027, MIGRATION, 1e4)
    state, basis = members_alone(*whole)
    closing, flows = step(state, basis, Workspace(state.cells.shape))
    assert flows.active_years is None
    for run in range(RUNS):
        standing, found = simulate_year(plain_standing(state, run), plain(basis, run))
        assert_agreement(closing, flows, run, basis.year, standing, found)
    with_money, _ = step(*whole, Workspace(state.cells.shape))
    np.testing.assert_array_equal(with_money.cells, closing.cells)
    np.testing.assert_array_equal(with_money.fund[:, 0], closing.fund[:, 0])


@pytest.mark.long
def test_need_classes_agree_where_the_prevalence_cannot_be_reached() -> None:
    random = np.random.default_rng(7)
    state = random_state(random)
    year = random_year(random, 2026, NO_MIGRATION, 1.0)
    persistence = of_runs(0.95, 0.6, 0.6)
    state, limited = members_alone(
        state, replace(year, persistence=persistence, pinned_total_end=np.full(RUNS, np.nan))
    )
    closing, flows = step(state, limited, Workspace(state.cells.shape))
    assert flows.prevalence_error[0] > 0.1
    for run in range(RUNS):
        standing, found = simulate_year(plain_standing(state, run), plain(limited, run))
        assert_close(closing.cells[run], cells_of(standing), "cells")
        assert flows.prevalence_error[run] == pytest.approx(found["prevalence_error"], abs=1e-12)


def test_a_projection_is_its_steps() -> None:
    random = np.random.default_rng(11)
    opening = state = random_state(random)
    basis = [random_year(random, 2025 + place, MIGRATION, 1e4) for place in range(YEARS)]
    projection = project(opening, basis)
    for place, year in enumerate(basis):
        with short_buffers():  # a sum may depend on them in its last digit
            state, flows = step(state, year, Workspace(state.cells.shape))
        np.testing.assert_allclose(projection.fund[place + 1], state.fund, rtol=1e-13)
        np.testing.assert_allclose(projection.prepaid[place + 1], state.prepaid, rtol=1e-13)
        by_status = state.persons.sum(axis=(3, 6))
        np.testing.assert_allclose(projection.stocks.membership[place + 1], by_status, rtol=1e-14)
        np.testing.assert_allclose(projection.interest[place], flows.interest, rtol=1e-13)
        for name, flow in flows.by_name.items():
            np.testing.assert_allclose(projection.totals[name][place], total(flow), rtol=1e-14)
            if flow.ndim == 1:
                np.testing.assert_allclose(projection.by_run[name][place], flow, rtol=1e-13)
                continue
            np.testing.assert_allclose(projection.by_age[name][place], flow.sum(axis=(2, 3)), rtol=1e-14)
            np.testing.assert_allclose(projection.by_group[name][place], flow.sum(axis=(1, 4)), rtol=1e-14)
