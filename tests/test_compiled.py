"""The compiled year gives the numbers of the plain one, and the same bits whatever stands beside a run."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")

from scipy.special import ndtr
from test_batch import CHANGES

from simsurance.axes import PERSON_AXES, at, index, row
from simsurance.basis import build, build_arrays
from simsurance.basis.built import stack
from simsurance.model import lognormal
from simsurance.model.compiled import elementary, normal
from simsurance.model.compiled.machine import compiled
from simsurance.model.engines import COMPILED, PLAIN
from simsurance.model.projection import Projection, project
from simsurance.model.state import Flows, State, YearBasis
from simsurance.results import accounts_of, simulate
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.loader import load
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.stochastic import Plan

NEAR = 1e-9
SHIPPED = sorted(path.stem for path in scenarios_folder().glob("*.toml"))
SHORT = {"horizon.last_year": 2033}
PIN = {"mark": "judgement", "source": "S_JUDGEMENT"}
NASTY: dict[str, dict[str, Any]] = {
    "no employee scheme": {"employee.projected": False},
    "a Pareto tail": {"benefits.critical_illness.tail_index": 2.5},
    "rows and stocks pinned": {
        "pins.subsidies": {"total": "subsidies", "values": {2027: 7e11, 2029: 8e11}, **PIN},
        "pins.spending": {"total": "account_spending", "values": {2028: 3e11}, **PIN},
        "pins.insured": {"total": "resident_insured", "values": {2028: 9.2e8}, **PIN},
        "contributions.prepaid_share": 0.5,
    },
    "rules that count all": {
        "participation.waiting.never_insured": "since_start",
        "participation.repair.share": 0.5,
        "participation.late_enrolment.share": 0.4,
        "participation.continuous_bonus.credited_years": 3,
        "participation.continuous_bonus.kept_after_lapse": True,
        "participation.cap_cut_per_lapsed_year": 15_000,
    },
}


def numbers(found: Projection) -> Iterator[tuple[str, np.ndarray]]:
    """Every array of a projection by name."""
    yield from (("fund", found.fund), ("prepaid", found.prepaid), ("interest", found.interest))
    yield "entrants", found.entrants
    if found.pin_factors is not None:
        yield "pin_factors", found.pin_factors
    yield from ((f"stocks.{name}", values) for name, values in vars(found.stocks).items())
    for kind in ("by_age", "by_group", "by_run", "totals"):
        yield from ((f"{kind}.{name}", values) for name, values in getattr(found, kind).items())


def furthest(state: State, basis: tuple[YearBasis, ...], **how: Any) -> float:
    """The largest difference between the engines, as a share of the largest number of its array and run, one at least."""
    plain, found = (dict(numbers(project(state, basis, engine=engine, **how))) for engine in (PLAIN, COMPILED))
    assert found.keys() == plain.keys()
    worst = 0.0
    for name, wanted in plain.items():
        values = found[name]
        assert values.shape == wanted.shape, name
        assert (np.isnan(values) == np.isnan(wanted)).all(), name
        for run in range(wanted.shape[1]):
            size = np.nanmax(np.abs(wanted[:, run]), initial=1.0)
            gap = np.nanmax(np.abs(values[:, run] - wanted[:, run]), initial=0.0)
            assert gap < NEAR * size, name
            worst = max(worst, gap / size)
    return worst


@cache
def opened(**changes: Any) -> tuple[State, tuple[YearBasis, ...]]:
    return build(load("baseline").replace({**SHORT, **changes}))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenarios_have_the_same_numbers(name: str) -> None:
    assert furthest(*build(load(name))) < NEAR


@pytest.mark.parametrize("changes", [*CHANGES, *NASTY.values()], ids=[*map(str, range(len(CHANGES))), *NASTY])
def test_unusual_assumptions_have_the_same_numbers(changes: dict[str, Any]) -> None:
    assert furthest(*build(load("baseline").replace({**SHORT, **changes}))) < NEAR


@pytest.mark.parametrize(
    "nobody",
    [
        {"age": slice(60, 101)},
        {"sex": index("sex", "female")},
        {"area": index("area", "rural")},
        {"income": index("income", "assisted")},
        {"health": index("health", "high")},
        {"status": row("tenure_5")},
        {"status": slice(None)},
    ],
    ids=lambda places: "-".join(places),
)
def test_places_where_nobody_is_have_the_same_numbers(nobody: dict[str, Any]) -> None:
    state, basis = opened()
    cells = state.cells.copy()
    at(cells, of=PERSON_AXES, **nobody)[...] = 0.0
    assert furthest(replace(state, cells=cells), basis) < NEAR


def test_deaths_above_certainty_and_classes_that_cannot_be_met_have_the_same_numbers() -> None:
    state, basis = opened(**{"health.persistence": 0.995})
    ratio = np.array([0.1, 1.0, 60.0]).reshape(basis[0].mortality_ratio.shape)
    assert furthest(state, tuple(replace(year, mortality_ratio=ratio) for year in basis)) < NEAR


def test_the_cap_within_the_bands_and_within_the_basic_limit_has_the_same_numbers() -> None:
    changes = {"benefits.critical_illness.cap_rule": "amount", "benefits.critical_illness.cap": 30_000}
    assert furthest(*opened(**changes, **{"benefits.inpatient.limit": 1_500_000})) < NEAR


@pytest.mark.parametrize("share", [0.5, 1.0, 3.0])
def test_entries_that_are_held_have_the_same_numbers(share: float) -> None:
    base = load("baseline").replace(SHORT)
    (run,) = simulate([base])
    held = replace(run.entries, entrants=run.entries.entrants * share)
    one, other = (
        accounts_of([base.replace({"behaviour.family_share": 0.4})], held, engine=engine)[0]
        for engine in (PLAIN, COMPILED)
    )
    for fund, account in one.accounts.items():
        for name, values in account.items():
            np.testing.assert_allclose(other.accounts[fund][name], values, rtol=NEAR, err_msg=f"{fund} {name}")
    np.testing.assert_allclose(other.entries_not_met, one.entries_not_met, rtol=NEAR, atol=1e-3)


def test_runs_that_meet_within_each_year_have_the_same_numbers() -> None:
    def halved(year: int, flows: Flows, _: np.ndarray) -> Flows:
        together = {name: (values + values[::-1]) / 2 for name, values in flows.money.items()}
        return replace(flows, money=together) if year > 2028 else flows

    changes: list[dict[str, Any]] = [{}, {"contributions.prepaid_share": 0.7}]
    both = stack([build_arrays(load("baseline").replace({**SHORT, **each})) for each in changes])
    assert furthest(both.state, both.years, group=2, meet=halved) < NEAR


def test_a_run_has_the_same_bits_whatever_stands_beside_it() -> None:
    built = [build_arrays(load("baseline").replace({**SHORT, **changes})) for changes in CHANGES[:7]]
    all_runs = stack(built)
    together = dict(numbers(project(all_runs.state, all_runs.years, engine=COMPILED)))
    for place, alone in enumerate(built):
        for name, values in numbers(project(alone.state, alone.years, engine=COMPILED)):
            np.testing.assert_array_equal(together[name][:, place], values[:, 0], err_msg=name)


def test_draws_have_the_same_numbers_and_the_same_bits_in_any_parts() -> None:
    base = load("baseline").replace({"horizon.last_year": 2029})
    plans = {
        engine: Plan((base, base.replace({"fund.opening": 1e11})), Sample(16, 1), engine=engine)
        for engine in (PLAIN, COMPILED)
    }
    whole = {engine: plan.chunk(0, 8) for engine, plan in plans.items()}
    parts = [plans[COMPILED].chunk(*span) for span in ((0, 3), (3, 8))]
    for name, values in whole[COMPILED].items():
        np.testing.assert_array_equal(np.concatenate([part[name] for part in parts]), values, err_msg=name)
        wanted = whole[PLAIN][name]
        if "/yearly/" in name:
            np.testing.assert_allclose(
                values, wanted, rtol=0, atol=NEAR * np.nanmax(np.abs(wanted), initial=0.0), err_msg=name
            )
        else:
            np.testing.assert_allclose(values, wanted, rtol=1e-6, atol=1e-12, err_msg=name)


@compiled
def each_of(kind: int, numbers: Any, found: Any) -> None:
    for place in range(len(numbers)):
        if kind == 0:
            found[place] = elementary.exponential(numbers[place])
        elif kind == 1:
            found[place] = elementary.logarithm(numbers[place])
        else:
            found[place] = elementary.near_one(numbers[place])


@pytest.mark.parametrize(
    ("kind", "numbers", "wanted"),
    [
        (0, np.linspace(-680, 680, 100_001), np.exp),
        (1, np.exp(np.linspace(-690, 690, 100_001)), np.log),
        (2, np.linspace(-0.3, 0.3, 100_001), np.log1p),
    ],
)
def test_elementary_functions_are_good_to_the_last_digits(kind: int, numbers: np.ndarray, wanted: Any) -> None:
    found = np.empty_like(numbers)
    each_of(kind, numbers, found)
    np.testing.assert_allclose(found, wanted(numbers), rtol=2e-15, atol=3e-16)


@pytest.mark.parametrize("sigma", [0.2, 0.8, 1.1, 1.6, 2.5])
def test_the_cost_above_a_threshold_is_that_of_the_formula(sigma: float) -> None:
    table = np.zeros((normal.NODES, normal.TERMS))
    normal.lay_out(table, sigma)
    t = np.linspace(-16, 11, 20_001)
    mean, threshold = np.full_like(t, 9_000.0), 9_000.0 * np.exp(-sigma * t)
    level, found = np.log(mean) / sigma, np.empty_like(t)
    normal.excesses(table, mean, level, threshold, np.log(threshold) / sigma, found)
    wanted = lognormal.above(mean, np.array(sigma), threshold)
    np.testing.assert_allclose(found, wanted.excess, rtol=1e-9, atol=1e-11)
    for place in range(0, len(t), 50):
        one = np.empty(1)
        normal.chances(table, sigma, mean[:1], level[:1], threshold[place], np.log(threshold[place]) / sigma, one)
        np.testing.assert_allclose(one, ndtr(t[place] - sigma / 2), rtol=1e-9, atol=1e-14)
