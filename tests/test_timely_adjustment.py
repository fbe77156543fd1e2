"""The timely adjustment: by hand, against the slow reference, and what binds it in whole projections."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from loop_reference import simulate_year
from rule_reference import Office
from small_scheme import one_year, persons, quiet_year, state_of
from test_loop_reference import (
    MIGRATION,
    RUNS,
    assert_agreement,
    assert_close,
    plain,
    plain_standing,
    random_state,
    random_year,
)

from simsurance.axes import ANSWER
from simsurance.model import adjustment
from simsurance.model.adjustment import TRIGGERS, opening_standing
from simsurance.model.engines import COMPILED
from simsurance.model.state import AdjustmentBasis, State, Workspace, YearBasis
from simsurance.model.year import step
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.loader import load

IN_FORCE = {"timely_adjustment.in_force": True}
BY_BALANCE = IN_FORCE | {
    "timely_adjustment.trigger": "current_balance",
    "timely_adjustment.limits.order": 1,
    "timely_adjustment.deductible.order": 2,
    "contributions.prepaid_share": 0.5,
}
AHEAD = IN_FORCE | {
    "timely_adjustment.trigger": "projected_months",
    "timely_adjustment.notice_years": 1,
    "contributions.subsidy.rule": {2019: "schedule", 2027: "ratio"},
    "contributions.subsidy.ratio_to_personal": 1.81,
}


GROUPS = 4
"""Income groups of the small schemes."""


def a_rule(runs: int = 1, **values: Any) -> AdjustmentBasis:
    """Contribution and subsidy by tenths to 1.2, then the payment ratio by 5 % to 0.9; below 6 months, back above 12."""
    usual = {
        "acts": 1.0, "trigger": 0.0, "months_below": 6.0, "years_ahead": 1.0, "recovery_months": 12.0, "notice_years": 0.0,
        "order": [1, 1, 2, 0, 0], "step": [0.1, 0.1, 0.05, 1, 1], "bound": [1.2, 1.2, 0.9, 1, 1],
        "highest_rise": np.inf, "follows": [0, 0, 0],
    } | values  # fmt: skip
    return AdjustmentBasis(
        **{name: np.broadcast_to(np.asarray(value, float), (runs, *np.shape(value))) for name, value in usual.items()}
    )


def test_six_years_of_a_rule_by_hand() -> None:
    """A thousand insured pay 100 yuan, the budget 200; care of 800 yuan is paid by half. Nobody moves, no interest.

    Of 250,000 yuan the rule reads 7.5 months, then 4.5: it raises the subsidy of that year and the contribution of the next.
    When both are at 1.2 it lowers the payment ratio; when that is at 0.9, nothing is left to answer.
    """
    state = state_of(persons(("tenure_5", 1000.0), others="never"), 250_000.0)
    state = replace(
        state, adjustment=opening_standing(*(np.array([[each] * 3]) for each in (300_000.0, 400_000.0)), groups=GROUPS)
    )
    expected = [
        # months, met, done, contribution, subsidy, ratio, income, outgo, closing, left to patients
        (7.5, 0, 0, 1.0, 1.0, 1.0, 300_000, 400_000, 150_000, 0),
        (4.5, 1, 1, 1.0, 1.1, 1.0, 320_000, 400_000, 70_000, 0),
        (2.1, 1, 1, 1.1, 1.2, 1.0, 350_000, 400_000, 20_000, 0),
        (0.6, 1, 1, 1.2, 1.2, 0.95, 360_000, 380_000, 0, 20_000),
        (0.0, 1, 1, 1.2, 1.2, 0.90, 360_000, 360_000, 0, 40_000),
        (0.0, 1, 0, 1.2, 1.2, 0.90, 360_000, 360_000, 0, 40_000),
    ]
    money = {"personal_pp": 100.0, "personal_pp_next": 100.0, "subsidy_pp": 200.0}
    care = {"outpatient_use": 1.0, "outpatient_cost": 800.0, "outpatient_ratio": 0.5, "outpatient_limit": 1e9}
    rule = a_rule()
    for year, (months, met, done, own, budget, ratio, income, outgo, closing, left) in enumerate(expected, start=2030):
        basis = quiet_year(year, **money, **care, adjustment=rule)
        _, _, told = adjustment.adjusted(state, basis)
        state, flows = one_year(state, basis)
        assert told["months"][0] == pytest.approx(months, abs=1e-6)
        assert (told["fired"][0], told["acted"][0]) == (met, done)
        assert told["factors"][0, :3, 0] == pytest.approx([own, budget, ratio], abs=1e-12)
        received = sum(flows.money[name].sum() for name in ("personal_contributions", "subsidies"))
        assert received == pytest.approx(income, abs=0.01)
        assert flows.money["outpatient_benefits"].sum() == pytest.approx(outgo, abs=0.01)
        assert state.fund[0, 0] == pytest.approx(closing, abs=0.01)
        assert state.adjustment is not None
        assert state.adjustment.saved.sum() == pytest.approx(left, abs=0.01)


def test_nothing_is_taken_back_where_nothing_was_taken() -> None:
    state = state_of(persons(("tenure_5", 1000.0)), 1e6)
    state = replace(state, adjustment=opening_standing(*(np.array([[each] * 3]) for each in (3e5, 4e5)), groups=GROUPS))
    _, _, told = adjustment.adjusted(state, quiet_year(2030, adjustment=a_rule()))
    assert (told["months"][0], told["fired"][0], told["acted"][0]) == (30.0, 0, 0)


def test_months_ahead_by_hand() -> None:
    """Income 100, 110, 121 and outgo 100, 120, 144 million: on by 10 % and 20 % a year, with 50 million in the fund."""
    state = state_of(persons(("tenure_5", 1000.0)), 50e6)
    known = opening_standing(np.array([[100e6, 110e6, 121e6]]), np.array([[100e6, 120e6, 144e6]]), GROUPS)
    rule = a_rule(trigger=2.0, years_ahead=2.0)
    state = replace(state, adjustment=known)
    _, _, told = adjustment.adjusted(state, quiet_year(2030, adjustment=rule))
    reserve = 50 + (133.1 - 172.8) + (146.41 - 207.36)
    assert told["months"][0] == pytest.approx(12 * reserve / 207.36, rel=1e-12)
    unknown = opening_standing(np.array([[np.nan, 110e6, 121e6]]), np.array([[100e6, 120e6, 144e6]]), GROUPS)
    _, same, told = adjustment.adjusted(replace(state, adjustment=unknown), basis := quiet_year(2030, adjustment=rule))
    assert np.isnan(told["months"][0])
    assert not told["fired"][0]
    assert same is basis


RULES = {
    "acts": np.ones(RUNS),
    "trigger": np.array([0.0, 1.0, 2.0]),
    "months_below": np.array([900.0, 0.0, 900.0]),
    "years_ahead": np.array([1.0, 1.0, 3.0]),
    "recovery_months": np.array([1000.0, 1e4, 1000.0]),
    "notice_years": np.array([0.0, 1.0, 0.0]),
    "order": np.array([[1, 1, 2, 2, 3], [1, 1, 1, 0, 0], [1, 1, 1, 1, 1]], float),
    "step": np.array([[0.2, 0.1, 0.05, 0.1, 0.3], [0.1, 0.3, 0.1, 1, 1], [0.1, 0.15, 0.05, 0.1, 0.2]]),
    "bound": np.array([[1.3, 1.15, 0.9, 0.9, 2.0], [1.2, 1.5, 0.7, 1, 1], [1.5, 1.6, 0.8, 0.7, 1.3]]),
    "highest_rise": np.array([1.15, np.inf, np.inf]),
    "follows": np.array([[0, 0, 0], [1, 0, 1], [1, 1, 1]], float),
}  # fmt: skip


@pytest.mark.long
def test_engine_and_reference_agree_on_what_rules_decide_and_do() -> None:
    random = np.random.default_rng(3)
    state = random_state(random)
    known = random.uniform(4e6, 6e6, (2, RUNS, 3))
    state = replace(state, adjustment=opening_standing(*known, groups=GROUPS))
    basis = [
        replace(random_year(random, 2024 + place, MIGRATION, 1e4), adjustment=AdjustmentBasis(**RULES))
        for place in range(6)
    ]
    back = RULES | {"recovery_months": np.array([-1e9, -1e9, -1e9]), "months_below": np.array([-2e9] * 3)}
    basis[4:] = [replace(each, adjustment=AdjustmentBasis(**back)) for each in basis[4:]]
    offices = [Office(*(side[run].tolist() for side in known)) for run in range(RUNS)]
    standings = [plain_standing(state, run) for run in range(RUNS)]
    moved = set()
    for year in basis:
        _, _, told = adjustment.adjusted(state, year)
        state, flows = step(state, year, Workspace(state.cells.shape))
        assert state.adjustment is not None
        for run, office in enumerate(offices):
            numbers = office.decide(standings[run], plain(year, run))
            standings[run], found = simulate_year(standings[run], numbers)
            office.remember(numbers, found)
            assert_agreement(state, flows, run, year.year, standings[run], found)
            factors = [[office.of(answer, ahead) for ahead in (0, 1)] for answer in range(len(ANSWER.members))]
            assert_close(told["factors"][run], np.array(factors), f"factors of run {run} in {year.year}")
            assert_close(state.adjustment.saved[run], np.array([*office.saved.values()]), "left to patients")
            assert_close(state.adjustment.income[run], np.array(office.income[-3:]), "income at scheduled values")
            assert_close(state.adjustment.outgo[run], np.array(office.outgo[-3:]), "outgo at scheduled values")
            moved |= {(run, answer) for answer, of in enumerate(factors) if of[0] != 1}
    assert moved >= {(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2), (2, 3), (2, 4)}


@cache
def runs() -> list[RunResult]:
    """The baseline, with a rule that never fires, and with three rules, over 35 years."""
    base = load("baseline")
    changes = [{}, IN_FORCE | {"timely_adjustment.first_year": 2100}, IN_FORCE, BY_BALANCE, AHEAD]
    return [simulate([base.replace(each)])[0] for each in changes]


def bits(run: RunResult) -> dict[str, bytes]:
    """Every number of a projection."""
    found = run.projection
    parts = {"by_age": found.by_age, "by_group": found.by_group, "totals": found.totals, "stocks": vars(found.stocks)}
    whole = {f"{name}.{key}": value for name, part in parts.items() for key, value in part.items()}
    whole |= {"fund": found.fund, "interest": found.interest, "prepaid": found.prepaid}
    return {name: value.tobytes() for name, value in whole.items()}


def test_a_rule_that_never_fires_leaves_every_bit() -> None:
    off, never, *_ = runs()
    assert bits(never) == bits(off)
    assert off.projection.adjusted is None
    assert never.projection.adjusted is not None
    assert (never.projection.adjusted.factors == 1).all()


def test_runs_with_rules_side_by_side_are_the_same_bits() -> None:
    scenarios = [run.scenario for run in runs()]
    together = simulate([scenarios[1], *scenarios[2:]])
    for alone, beside in zip(runs()[1:], together, strict=True):
        assert bits(alone) == bits(beside)


def test_the_compiled_engine_follows_the_same_rules() -> None:
    pytest.importorskip("numba")
    for plainly, compiled in zip(
        runs()[2:], simulate([run.scenario for run in runs()[2:]], engine=COMPILED), strict=True
    ):
        one, other = plainly.projection.adjusted, compiled.projection.adjusted
        assert one is not None
        assert other is not None
        np.testing.assert_array_equal(one.factors, other.factors)
        np.testing.assert_allclose(one.saved, other.saved, rtol=1e-9)
        np.testing.assert_allclose(plainly.projection.fund, compiled.projection.fund, rtol=1e-9)


def test_indexation_goes_on_underneath() -> None:
    off, _, by_months, *_ = runs()
    adjusted = by_months.projection.adjusted
    assert adjusted is not None
    for answer, name in ((0, "personal_contribution_pp"), (1, "subsidy_pp")):
        expected = off.account[name] * adjusted.factors[:, 0, answer, 0]
        np.testing.assert_allclose(by_months.account[name], expected, rtol=1e-12)


def test_highest_rise_binds_the_product() -> None:
    """Income per head grows by 4 to 6 % a year; with a step of 5 % the product would rise by 10 % and more."""
    for rise in (0.06, 0.08):
        changes = IN_FORCE | {"contributions.personal.highest_rise": rise}
        free, bound = simulate([load("baseline").replace(each) for each in (IN_FORCE, changes)])
        growth = [run.account["personal_contribution_pp"][2:] / run.account["personal_contribution_pp"][1:-1] - 1
                  for run in (free, bound)]  # fmt: skip
        assert growth[0].max() > rise
        assert growth[1].max() == pytest.approx(rise, abs=1e-12)


def test_steps_and_ceilings_hold_for_what_follows() -> None:
    ahead = runs()[4]
    adjusted = ahead.projection.adjusted
    assert adjusted is not None
    own, budget = adjusted.factors[:, 0, 0, 0], adjusted.factors[:, 0, 1, 0]
    followed = np.array([year >= 2027 for year in ahead.years])
    total = np.where(followed, own * budget, budget)
    assert total.max() <= 1.3 + 1e-12
    assert np.diff(total).max() <= 0.05 + 1e-12
    assert own.max() > 1.1
    np.testing.assert_allclose(
        ahead.account["subsidy_pp"][1:], (ahead.account["personal_contribution_pp"] * 1.81 * budget)[1:], rtol=1e-12
    )


def test_recovery_ends_at_the_scheduled_value() -> None:
    rich = IN_FORCE | {
        "timely_adjustment.recovery_months": 6.5,
        "contributions.local_supplement_growth": {2026: 0.0, 2036: 0.03},
    }
    (run,) = simulate([load("baseline").replace(rich)])
    adjusted = run.projection.adjusted
    assert adjusted is not None
    factors = adjusted.factors[:, 0, :, 0]
    assert factors[:, 1].max() > 1
    assert factors[-1].tolist() == [1.0] * len(ANSWER.members)
    assert (factors[:, [0, 1, 4]] >= 1).all()
    assert (factors[:, [2, 3]] <= 1).all()


def test_triggers_are_those_of_the_scenario_file() -> None:
    from simsurance.scenario_file.keys import KEYS

    assert KEYS["timely_adjustment.trigger"].choices == TRIGGERS


def test_a_position_is_net_of_money_received_in_advance() -> None:
    known = opening_standing(np.full((1, 3), 100.0), np.full((1, 3), 120.0), GROUPS)
    state = State(persons(("tenure_5", 1.0)), np.array([[80.0]]), np.array([20.0]), known)
    basis: YearBasis = quiet_year(2030, adjustment=a_rule())
    _, _, told = adjustment.adjusted(state, basis)
    assert told["months"][0] == 6.0
    assert told["fired"][0] == 0
