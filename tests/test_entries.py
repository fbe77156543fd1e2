"""Entries to the employee scheme held as another run had them: by hand, and in whole runs."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from small_scheme import held, on, one_year, persons, quiet_year, state_of
from test_batch import assert_same_bits

from simsurance.axes import ENTRANTS, NATIONAL, SEX, index, row
from simsurance.basis import build_arrays
from simsurance.basis.entries import holding
from simsurance.ledger import POOL
from simsurance.model.state import EntriesBasis, State, YearBasis
from simsurance.results import RunResult, accounts_of, simulate
from simsurance.scenario_file.loader import Scenario, load

AREA, INCOME = NATIONAL.area, NATIONAL.income

YEARS = {"horizon.last_year": 2040}
RESIDENT_POLICIES = ("automatic_renewal", "campaign", "turnover_high", "turnover_low", "enrolment_surge")


def one_cell(number: float) -> np.ndarray:
    """So many persons in the cell where the small scheme puts people, nobody in any other."""
    cells = np.zeros((len(SEX.members), len(AREA.members), len(INCOME.members), 6))
    cells[index("sex", "female"), index("area", "rural"), index("income", "middle"), 2] = number
    return on(cells, "sex", "area", "income", "age")


def holding_year(entries: float, outside: float, hazard: float = 0.1, hazard_uninsured: float = 0.4) -> YearBasis:
    """A quiet year with so many entries held from so many outside; its own hazards would let nobody in."""
    return quiet_year(entries=EntriesBasis(one_cell(entries), one_cell(outside), on(hazard), on(hazard_uninsured)))


def entered(state: State, basis: YearBasis) -> dict[str, float]:
    """Persons of a year's entries, by entrant."""
    _, flows = one_year(state, basis)
    return dict(zip(ENTRANTS, flows.entrants.sum(axis=(0, 2, 3, 4, 5)), strict=True))


@pytest.mark.parametrize(
    ("uninsured", "insured", "entries", "outside", "wanted"),
    [
        pytest.param(100, 100, 50, 200, (10, 40, 0), id="as the hazards would: 100·0.1 and 100·0.4"),
        pytest.param(100, 100, 30, 200, (6, 24, 0), id="six tenths of what the hazards would"),
        pytest.param(10, 100, 44, 110, (34, 10, 0), id="3.14 times: all of the uninsured, the rest of the insured"),
        pytest.param(10, 100, 150, 110, (100, 10, 40), id="more than there are"),
        pytest.param(0, 100, 20, 100, (20, 0, 0), id="nobody uninsured"),
        pytest.param(0, 0, 20, 200, (0, 0, 0), id="nobody left outside: nobody held to enter"),
        pytest.param(100, 100, 100, 400, (10, 40, 0), id="half as many outside as in the other run"),
        pytest.param(100, 100, 0, 200, (0, 0, 0), id="nobody held"),
    ],
)
def test_entries_held_are_shared_as_the_hazards_share_them_and_what_is_not_there_is_told(
    uninsured: float, insured: float, entries: float, outside: float, wanted: tuple[float, float, float]
) -> None:
    state = state_of(persons(("gap_1", uninsured), ("tenure_5", insured)))
    found = entered(state, holding_year(entries, outside))
    assert [found[name] for name in ("insured", "uninsured", "not_met")] == pytest.approx(wanted)
    assert found["outside"] == uninsured + insured


def test_where_the_insured_are_the_readier_they_run_out_first() -> None:
    state = state_of(persons(("gap_1", 100.0), ("tenure_5", 10.0)))
    found = entered(state, holding_year(44, 110, hazard=0.4, hazard_uninsured=0.1))
    assert [found[name] for name in ("insured", "uninsured", "not_met")] == pytest.approx((10, 34, 0))


def test_statuses_move_and_the_need_class_is_that_of_the_origin() -> None:
    cells = persons(("never", 60.0), ("gap_5", 40.0), ("lapsed_years", 200.0))
    cells += persons(("tenure_5", 100.0), ("rule_years", 500.0), health="high")
    after, flows = one_year(state_of(cells), holding_year(30, 200))
    assert flows.transfers_out.sum() == pytest.approx(6)
    active = after.cells[0, :, row("employee_active")].sum(axis=(1, 2, 3, 4))
    assert active == pytest.approx([24, 0, 6])
    assert (held(after, "never"), held(after, "gap_5")) == pytest.approx((60 * 0.76, 40 * 0.76))
    assert held(after, "tenure_5") == pytest.approx(100 * 0.94)
    assert held(after, "lapsed_years") == pytest.approx((200 + 40) * 0.76)
    assert held(after, "rule_years") == pytest.approx((500 + 100) * 0.94)


def scenario(*fragments: str, **changes: Any) -> Scenario:
    return load("baseline", fragments).replace({**YEARS, **changes})


@cache
def root() -> RunResult:
    return simulate([scenario()])[0]


def pool(run: RunResult) -> np.ndarray:
    return run.accounts[POOL]["closing"]


def active(run: RunResult) -> float:
    """Active members at the end."""
    return float(run.accounts[POOL]["employee_active"][-1])


def test_the_root_alone_has_the_same_bits_with_its_own_entries_held() -> None:
    (again,) = simulate([scenario()], root().entries)
    assert again.held is root().entries
    assert_same_bits(again.projection, root().projection, "the baseline with its own entries")
    assert (again.entries_not_met == 0).all()


@pytest.mark.parametrize("policy", RESIDENT_POLICIES)
def test_a_resident_policy_moves_the_pool_by_next_to_nothing(policy: str) -> None:
    """What is left is the health of those who enter; by the odds it is dozens of times as much."""
    (by_odds,), (by_held,) = simulate([scenario(policy)]), simulate([scenario(policy)], root().entries)
    moved_by_odds, moved = (np.abs(pool(run) - pool(root()))[-1] for run in (by_odds, by_held))
    assert moved < moved_by_odds / 50
    np.testing.assert_allclose(
        by_held.projection.totals["employee_entries"], root().projection.totals["employee_entries"], rtol=1e-6
    )
    resident = [run.account["resident_insured"][-1] for run in (root(), by_odds, by_held)]
    assert abs(resident[2] - resident[0]) > 1e5, "the policy acts"


def test_a_contribution_freeze_moves_the_pool_by_next_to_nothing() -> None:
    frozen = load("frozen_contribution").replace(YEARS)
    (by_odds,), (by_held,) = simulate([frozen]), simulate([frozen], root().entries)
    assert abs(pool(by_held) - pool(root()))[-1] < abs(pool(by_odds) - pool(root()))[-1] / 50


def test_a_lever_of_the_scheme_acts_by_the_relative_change_of_its_hazard() -> None:
    """A fifth more from 2027 over three years: in its first year of one origin and the other by its own hazard."""
    joining = scenario("flexible_workers_join")
    years = build_arrays(joining).years
    (by_held,), (by_odds,) = simulate([joining], root().entries), simulate([joining])
    first = root().years.index(2027)
    entrants = root().projection.entrants[first, 0]
    own, before = years[first], root().basis[first]
    ages = slice(20, 40)
    by_origin = [
        entrants[place, ..., ages] * (getattr(own, hazard)[..., ages] / getattr(before, hazard)[..., ages])[0, 0, 0]
        for place, hazard in ((1, "employee_entry"), (2, "employee_entry_uninsured"))
    ]
    expected, found = sum(by_origin), by_held.projection.entrants[first, 0, 1:3, ..., ages].sum(axis=0)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert found.sum() > 1.03 * entrants[1:3, ..., ages].sum()
    more, more_by_odds = (active(run) - active(root()) for run in (by_held, by_odds))
    assert more == pytest.approx(more_by_odds, rel=0.1)
    assert more > 1e6


def test_entries_follow_a_population_that_is_another() -> None:
    fewer = scenario(**{"population.fertility_variant": "low", "horizon.last_year": 2060})
    (base,) = simulate([scenario(**{"horizon.last_year": 2060})])
    (by_held,), (by_odds,) = simulate([fewer], base.entries), simulate([fewer])
    entries = [run.projection.totals["employee_entries"][-1, 0] for run in (base, by_held, by_odds)]
    assert entries[1] < 0.9 * entries[0]
    assert entries[1] == pytest.approx(entries[2], rel=0.02)


def test_entries_not_met_are_told_by_year() -> None:
    """Of entries fifty times as many as in a run, those who are not there are told, and the identities hold."""
    short = scenario(**{"horizon.last_year": 2028})
    (base,) = simulate([short])
    times = on_entrants(outside=1, insured=50, uninsured=50, not_met=1)
    many = replace(base.entries, entrants=base.entries.entrants * times)
    (run,) = accounts_of([short], many)
    (whole,) = simulate([short], many)
    wanted = 50 * base.projection.entrants[0, 0, 1:3].sum(axis=0)
    there = base.projection.entrants[0, 0, 0]
    assert run.entries_not_met.shape == (3,)
    assert run.entries_not_met[0] == pytest.approx(np.maximum(wanted - there, 0).sum())
    assert run.entries_not_met.min() > 1e6
    np.testing.assert_array_equal(run.entries_not_met, whole.entries_not_met)
    assert whole.projection.stocks.least_cell.min() >= 0


def on_entrants(**factors: float) -> np.ndarray:
    """A factor for each entrant, on the axes year, entrant, sex, area, income, age."""
    return np.array([factors[name] for name in ENTRANTS]).reshape(1, -1, 1, 1, 1, 1)


def test_runs_side_by_side_with_entries_held_are_the_runs_one_by_one() -> None:
    several = [scenario(), *(scenario(policy) for policy in ("automatic_renewal", "flexible_workers_join"))]
    for together, each in zip(simulate(several, root().entries), several, strict=True):
        (alone,) = simulate([each], root().entries)
        assert_same_bits(together.projection, alone.projection, each.name)


def test_entries_are_held_only_where_all_years_are_known() -> None:
    longer = scenario(**{"horizon.last_year": 2041})
    (run, short) = simulate([longer, scenario(**{"horizon.last_year": 2030})], root().entries)
    assert run.held is None
    assert short.held is root().entries
    (by_odds,) = simulate([longer])
    assert_same_bits(run.projection, by_odds.projection, "by the odds")


def test_without_the_schemes_money_its_entries_are_held_as_well() -> None:
    alone = scenario("automatic_renewal", **{"employee.projected": False})
    (run,), (whole,) = simulate([alone], root().entries), simulate([scenario("automatic_renewal")], root().entries)
    np.testing.assert_array_equal(run.projection.entrants, whole.projection.entrants)
    (kept,) = accounts_of([alone], root().entries)
    assert kept.held is root().entries


def test_arrays_that_are_held_cannot_be_written_to() -> None:
    built = build_arrays(scenario())
    assert built.years[0].entries is None
    year = holding(built, root().entries).years[0].entries
    assert year is not None
    for array in vars(year).values():
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
