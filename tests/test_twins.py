"""Twins without behavioural effects, and the selection drag between them."""

import numpy as np
import pytest
from shared_runs import twinned

from simsurance.analysis.twins import ALL_EFFECTS, RULE_EFFECTS, twins, without_effects
from simsurance.results import simulate

SHORT = {"horizon.last_year": 2034}


@pytest.fixture(scope="module")
def found():
    return twinned(**SHORT)


def test_the_zero_effect_twin_keeps_the_rules_and_loses_the_reactions(found):
    twin = found.zero_effect.scenario.values
    assert twin.participation == found.full.scenario.values.participation
    assert not twin.behaviour.effects.bonus
    assert not twin.behaviour.effects.wait
    assert twin.behaviour.effects.burden


def test_the_twins_open_with_the_same_people_and_the_same_turnover(found):
    for twin in simulate([each.scenario for each in (found.zero_effect, found.static)]):
        np.testing.assert_array_equal(twin.projection.stocks.membership[0], found.full.projection.stocks.membership[0])
        for name in ("leaves", "returns", "joins"):
            own, other = (each.projection.by_age[name][0].sum() for each in (found.full, twin))
            assert own == pytest.approx(other, rel=1e-9)


def test_the_table_says_what_rests_on_behaviour(found):
    table = found.twin
    closing = table.loc["closing_last_year"]
    assert closing["value"] == found.full.account["closing"][-1]
    assert closing["difference"] == closing["value"] - closing["zero_effect"]
    assert closing["difference"] != 0


def test_the_parts_of_the_drag_add_up_to_the_difference_of_the_funds(found):
    drag = found.drag
    assert drag["closing"].iloc[:2].sum() == pytest.approx(drag["closing"].iloc[2], rel=1e-12)
    static = found.static.account["closing"][-1]
    assert drag.loc["total", "closing"] == pytest.approx(static - found.full.account["closing"][-1], rel=1e-9)
    assert drag.loc["sicker_payers", "closing"] > 0


def test_a_heavy_tail_makes_the_raised_cap_dearer(found):
    tail = found.tail.iloc[-1]
    assert tail["pareto_bonus_cost_pp"] > tail["bonus_cost_pp"] > 0
    account = found.full.account
    assert tail["bonus_cost_pp"] == account["bonus_cost"][-1] / account["resident_enrolled"][-1]


def test_there_is_no_drag_where_nobody_reacts(found):
    still = twins(*simulate([without_effects(found.full.scenario, ALL_EFFECTS)]))
    assert np.abs(still.drag["present_value"]).max() < 1
    assert (still.twin["difference"].dropna() == 0).all()


def test_a_rule_without_effects_costs_directly_only(found):
    larger = found.full.scenario.replace({"participation.continuous_bonus.step": 4000})
    quiet, louder = simulate([without_effects(each, RULE_EFFECTS) for each in (found.full.scenario, larger)])
    for name in ("leaves", "returns", "joins", "resident_enrolled"):
        np.testing.assert_array_equal(quiet.projection.by_age[name], louder.projection.by_age[name])
    assert louder.account["bonus_cost"].sum() > quiet.account["bonus_cost"].sum()
