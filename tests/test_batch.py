"""Runs side by side are the runs one by one, bit for bit, and again when repeated."""

import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_scheme import arrays_of

from simsurance import measures
from simsurance.analysis.twins import beside_twins
from simsurance.basis import build, stack
from simsurance.model import projection
from simsurance.model.projection import Projection
from simsurance.model.state import Flows, State, Workspace, YearBasis
from simsurance.model.year import step
from simsurance.results import RunAccounts, RunResult, accounts_of, blocks, simulate
from simsurance.scenario_file.loader import Scenario, load
from simsurance.variables import KEYS

CHANGES: tuple[dict[str, object], ...] = (
    {},
    {"health.persistence": 0.995, "contributions.personal.schedule": 500},
    {"contributions.prepaid_share": 0.7, "participation.continuous_bonus.step": 4000},
    {"population.pinned_total": {2028: 1.38e9}, "benefits.outpatient.deductible": 50},
    {"population.fertility_variant": "low", "population.migration_factor": 0},
    {
        "participation.in_force": False,
        "benefits.indexation": "fixed",
        "participation.waiting.months_per_lapsed_year": 2,
    },
    {"fund.opening": -1e11, "economy.deficit_interest_margin": 0.03, "claims.inpatient.level": 2},
    {
        "employee.contributions.compliance": 0.5,
        "employee.contributions.to_accounts": 0.3,
        "behaviour.family_share": 0.3,
    },
    {
        "employee.unqualified.buying": 0.2,
        "employee.retirement.early_share": 0.1,
        "employee.accounts.without": 0.2,
        "employee.care.older_cost_ratio": 1.3,
        "employee.benefits.long_term_care": 50,
        "employee.fund.opening_pool": -1e11,
    },
    {"claims.end_of_life.share": 1, "population.mortality_factor": {"ramp": {2024: 1.0, 2030: 0.8}}},
    {"claims.end_of_life.share": 0.5, "health.healthy_ageing": 0.5},
    {
        "benefits.critical_illness.cap_rule": "amount",
        "benefits.critical_illness.cap": 30_000,
        "participation.cap_cut_per_lapsed_year": 20_000,
    },
    {"benefits.critical_illness.cap_rule": "amount", "benefits.inpatient.limit": 1_500_000},
)
"""Runs that differ in every kind of assumption; the second cannot reach its prevalence, the seventh and ninth are in deficit.

The last two end the cover of critical illness below its last band, and hold own cost below the limit of basic insurance.
"""


@cache
def scenarios() -> tuple[Scenario, ...]:
    """One scenario a set of changes, over the same four years."""
    base = load("baseline").replace({"horizon.last_year": 2029})
    return tuple(base.replace(changes) if changes else base for changes in CHANGES)


@cache
def alone(place: int) -> RunResult:
    """One scenario projected by itself."""
    return simulate([scenarios()[place]])[0]


def numbers(projection: Projection) -> Iterator[tuple[str, np.ndarray]]:
    """Every array of a projection by name."""
    yield from (("fund", projection.fund), ("prepaid", projection.prepaid), ("interest", projection.interest))
    yield from ((f"stocks.{name}", values) for name, values in vars(projection.stocks).items())
    for kind in ("by_age", "by_group", "by_run", "totals"):
        yield from ((f"{kind}.{name}", values) for name, values in getattr(projection, kind).items())


def assert_same_bits(found: Projection, wanted: Projection, what: str) -> None:
    """Every number is equal."""
    assert found.years == wanted.years
    for (name, values), (_, expected) in zip(numbers(found), numbers(wanted), strict=True):
        np.testing.assert_array_equal(values, expected, err_msg=f"{name} of {what}")


def assert_same_run(found: RunResult, wanted: RunResult, what: str) -> None:
    """Every number of the projection, of its accounts, measures, checks and tables is equal."""
    assert_same_bits(found.projection, wanted.projection, what)
    assert_same_accounts(found, wanted, what)
    for table in KEYS:
        own, other = getattr(found, table), getattr(wanted, table)
        if other is None:
            assert own is None, table
        else:
            pd.testing.assert_frame_equal(own, other, check_exact=True, obj=f"{table} of {what}")


def assert_same_accounts(found: RunAccounts, wanted: RunAccounts, what: str) -> None:
    """Every number of accounts, measures and checks is equal."""
    assert found.accounts.keys() == wanted.accounts.keys()
    for fund, account in wanted.accounts.items():
        assert found.accounts[fund].keys() == account.keys()
        for name, values in account.items():
            np.testing.assert_array_equal(found.accounts[fund][name], values, err_msg=f"{name} of {fund} of {what}")
    for kept in ("measured", "checked"):
        for one, other in zip(getattr(found, kept), getattr(wanted, kept), strict=True):
            assert repr(one) == repr(other), what


def in_parts_of(runs: int) -> Iterator[range]:
    """Places of a batch of so many runs, from the first and from the last on."""
    for first in sorted({0, len(CHANGES) - runs}):
        yield range(first, first + runs)


@pytest.mark.parametrize("runs", [1, 3, 4, 7])
def test_a_batch_is_its_runs_bit_for_bit(runs: int) -> None:
    for places in in_parts_of(runs):
        for place, result in zip(places, simulate([scenarios()[place] for place in places]), strict=True):
            assert_same_run(result, alone(place), f"scenario {place} among {runs}")


@pytest.mark.parametrize("runs", [1, 7])
def test_the_accounts_alone_are_those_of_the_whole_result(runs: int) -> None:
    for places in in_parts_of(runs):
        for place, kept in zip(places, accounts_of(scenarios()[place] for place in places), strict=True):
            assert type(kept) is RunAccounts
            assert_same_accounts(kept, alone(place), f"scenario {place} among {runs}")


def test_runs_are_built_when_their_block_is_asked_for() -> None:
    asked: list[int] = []

    def counted() -> Iterator[Scenario]:
        for place in range(9):
            asked.append(place)
            yield scenarios()[0]

    first = next(blocks(counted()))
    assert len(first.places) == len(asked) == projection.RUNS_IN_CACHE
    assert [run for run, _ in first.accounts()] == asked


def levy(year: int, flows: Flows, _: np.ndarray) -> Flows:
    """A hundredth of the first run's contributions, more in each year, goes to the others of its group in equal parts."""
    share = 0.01 * (year - 2025)
    paid = flows.money["personal_contributions"].copy()
    levied = share * paid[:1]
    paid[:1] -= levied
    paid[1:] += levied / (len(paid) - 1)
    return replace(flows, money={**flows.money, "personal_contributions": paid})


@pytest.mark.long
@pytest.mark.parametrize("group", [2, 3, 6])
def test_runs_of_a_group_meet_within_each_year_whatever_the_blocks(group: int, monkeypatch: pytest.MonkeyPatch) -> None:
    built = [build(scenario) for scenario in scenarios()[:6]]
    found = projection.project(*stack(built), group=group, meet=levy)
    apart = projection.project(*stack(built))
    for first in range(0, 6, group):
        runs = slice(first, first + group)
        np.testing.assert_array_equal(
            projection.project(*stack(built[runs]), group=group, meet=levy).fund, found.fund[:, runs]
        )
        changed = found.totals["personal_contributions"][:, runs] - apart.totals["personal_contributions"][:, runs]
        assert (changed[:, 0] < 0).all()
        np.testing.assert_allclose(changed.sum(axis=1), 0, atol=1)
    assert (found.fund[1:] != apart.fund[1:]).any(axis=(0, 2)).all()
    monkeypatch.setattr(projection, "RUNS_IN_CACHE", 1)
    assert_same_bits(projection.project(*stack(built), group=group, meet=levy), found, "one run at a time")


def test_a_group_that_does_nothing_changes_no_bit() -> None:
    built = [build(scenario) for scenario in scenarios()[:6]]
    idle = projection.project(*stack(built), group=3, meet=lambda _, flows, __: flows)
    assert_same_bits(idle, projection.project(*stack(built)), "groups of three that do nothing")


def test_runs_that_are_no_whole_groups_are_refused() -> None:
    with pytest.raises(ValueError, match="3 runs are not whole groups of 2"):
        projection.project(*stack([build(scenario) for scenario in scenarios()[:3]]), group=2)


def test_the_order_of_the_runs_does_not_matter() -> None:
    backwards = simulate(list(reversed(scenarios())))
    for place, results in enumerate(reversed(backwards)):
        assert_same_bits(results.projection, alone(place).projection, f"scenario {place}")


def test_repetition_is_bit_identical() -> None:
    assert_same_bits(simulate([scenarios()[0]])[0].projection, alone(0).projection, "the baseline again")


def test_runs_over_different_years_may_be_asked_for_together() -> None:
    longer = scenarios()[0].replace({"horizon.last_year": 2030})
    short, long, other = simulate([scenarios()[0], longer, scenarios()[1]])
    assert [results.years[-1] for results in (short, long, other)] == [2029, 2030, 2029]
    assert_same_bits(short.projection, alone(0).projection, "the shorter run")
    assert_same_bits(other.projection, alone(1).projection, "the other run")


def test_runs_with_and_without_the_employee_schemes_money_may_be_asked_for_together() -> None:
    without = scenarios()[0].replace({"employee.projected": False})
    found = simulate([scenarios()[0], without, scenarios()[7]])
    assert [results.projection.fund.shape[-1] for results in found] == [3, 1, 3]
    assert_same_bits(found[0].projection, alone(0).projection, "the baseline")
    assert_same_bits(found[1].projection, simulate([without])[0].projection, "the run without the scheme's money")
    assert_same_bits(found[2].projection, alone(7).projection, "the other run")


def test_the_step_changes_none_of_its_arguments_whatever_the_workspace_holds() -> None:
    state, basis = stack([build(scenario) for scenario in scenarios()])
    held = {name: array for name, array in vars(state).items() if array is not None}  # nothing adjusts by itself here
    before = [array.copy() for array in held.values()]
    arrays = {name: value.copy() for name, value in arrays_of(basis[0]).items()}
    work = Workspace(state.cells.shape)
    first, _ = step(state, basis[0], work)
    for old, new in zip(before, held.values(), strict=True):
        np.testing.assert_array_equal(new, old)
    for name, value in arrays_of(basis[0]).items():
        np.testing.assert_array_equal(value, arrays[name], err_msg=name)
    kept = first.cells.copy()
    for values in vars(work).values():
        if isinstance(values, np.ndarray):
            values[...] = np.nan
    again, _ = step(state, basis[0], work)
    np.testing.assert_array_equal(first.cells, kept, err_msg="a state already handed over")
    np.testing.assert_array_equal(again.cells, kept)


def test_short_buffers_change_speed_alone_and_are_gone_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = np.getbufsize()
    short = projection.project(*stack([build(scenario) for scenario in scenarios()[:3]]))
    assert np.getbufsize() == usual != projection.SHORT
    monkeypatch.setattr(projection, "SHORT", usual)
    plain = projection.project(*stack([build(scenario) for scenario in scenarios()[:3]]))
    assert_same_bits(short, plain, "three runs with short buffers")


def test_runs_that_share_an_assumption_keep_it_once() -> None:
    (one_state, one), (_, two) = (build(scenario) for scenario in scenarios()[:2])
    state, basis = stack([(one_state, one), (one_state, two)])
    assert isinstance(state, State)
    assert isinstance(basis[0], YearBasis)
    assert len(state.cells) == 2
    assert len(basis[0].survival) == 1
    assert len(basis[0].personal_pp) == 2
    np.testing.assert_array_equal(basis[0].personal_pp, np.concatenate([one[0].personal_pp, two[0].personal_pp]))


@cache
def shipped(scenario: str) -> tuple[State, tuple[YearBasis, ...], dict[str, measures.Account]]:
    """A shipped scenario as it was built, and its accounts."""
    state, basis = build(load(scenario))
    return state, basis, measures.accounts(projection.project(state, basis), basis)


@pytest.mark.parametrize("scenario", ["baseline", "larger_bonus", "stricter_waiting"])
@pytest.mark.parametrize("odds", ["leave_odds", "enter_odds"])
def test_no_rule_is_decided_by_rounding(scenario: str, odds: str) -> None:
    state, basis, accounts = shipped(scenario)
    nudged = [replace(year, **{odds: getattr(year, odds) * (1 + 1e-15)}) for year in basis]
    moved = measures.accounts(projection.project(state, nudged), nudged)
    for fund, account in accounts.items():
        off = np.abs(moved[fund]["closing"] - account["closing"]) / account["outgo"]
        assert off.max() < 1e-12, fund


def test_what_a_block_was_projected_in_is_not_held_while_the_next_is(monkeypatch: pytest.MonkeyPatch) -> None:
    before: list[weakref.ref[Projection]] = []
    held: list[bool] = []
    whole = projection.project

    def noted(*arguments: Any, **named: Any) -> Projection:
        gc.collect()
        held.append(any(each() is not None for each in before))
        found = whole(*arguments, **named)
        before.append(weakref.ref(found))
        return found

    monkeypatch.setattr("simsurance.results.project", noted)
    short = load("baseline").replace({"horizon.last_year": 2027})
    assert len(accounts_of([short] * (2 * projection.RUNS_IN_CACHE + 1))) == 2 * projection.RUNS_IN_CACHE + 1
    assert held == [False, False, False]


def test_a_run_beside_its_twins_holds_no_more_than_its_own() -> None:
    own = beside_twins(load("baseline").replace({"horizon.last_year": 2027})).full.projection
    for values in (*own.by_age.values(), *own.totals.values(), own.stocks.membership, own.fund):
        assert values.base is None
