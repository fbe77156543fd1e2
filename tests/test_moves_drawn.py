"""Moves between the schemes in draws: gross flows of their own, the net flow of the values before the draw."""

from dataclasses import replace

import numpy as np
import pytest

from simsurance.axes import EMPLOYEES, TENURES, UNINSURED
from simsurance.basis import build_plain
from simsurance.scenario_file.loader import Scenario, load
from simsurance.uncertainty import draws
from simsurance.uncertainty.futures import drawn, futures_of
from simsurance.uncertainty.observed import observed
from simsurance.uncertainty.parameters import value_at, with_values
from simsurance.uncertainty.sampling import Sample

DRAWS = 16
BASE = load("baseline").replace({"horizon.last_year": 2027})
MOVED = ("employee.exit_level", "employee.uninsured_odds_ratio")


def flows_of(scenario: Scenario) -> tuple[float, float]:
    """Active members who leave in the first year, and how many more enter, of the persons of the opening state."""
    built = build_plain(scenario)
    year, active = built.years[0], slice(EMPLOYEES.start, EMPLOYEES.start + 1)
    insured, uninsured, members = (built.state.cells[:, :, rows] for rows in (TENURES, UNINSURED, active))
    entries = (insured * year.employee_entry).sum() + (uninsured * year.employee_entry_uninsured).sum()
    exits = (members * (1 - year.retirement) * year.employee_exit).sum()
    return float(exits), float(entries - exits)


def test_gross_flows_are_drawn_and_the_net_flow_is_that_of_the_values_before_the_draw() -> None:
    fit = observed(BASE)
    found = futures_of(BASE, Sample(DRAWS, 1), tuple(level.target for level in fit.levels))
    gross, net = [], []
    for each in draws.in_order(found, fit, 0, DRAWS):
        own = each.of(BASE)
        before = with_values(own.values, {path: value_at(BASE.values, path) for path in MOVED})
        (exits, flow), (exits_before, flow_before) = map(flows_of, (own, replace(own, values=before)))
        gross.append(exits / exits_before)
        net.append(flow / flow_before)
    assert net == pytest.approx([1.0] * DRAWS, rel=1e-10)
    assert min(gross) < 0.8
    assert max(gross) > 1.25


def test_more_odds_of_the_uninsured_bring_fewer_of_the_residents() -> None:
    low, own, high = (
        build_plain(drawn(BASE, {"employee.uninsured_odds_ratio": odds})).years[0].employee_entry.sum()
        for odds in (4.0, BASE.values.employee.uninsured_odds_ratio, 12.0)
    )
    assert low > own > high


def test_a_value_that_is_drawn_as_it_was_leaves_entry_as_it_was() -> None:
    same = drawn(BASE, {path: value_at(BASE.values, path) for path in MOVED})
    one, other = (build_plain(each).years[0].employee_entry for each in (BASE, same))
    assert np.array_equal(one, other)


def test_a_draw_whose_net_flow_no_entries_give_is_refused() -> None:
    few = BASE.replace({"employee.entry_level": 0.05})
    with pytest.raises(ArithmeticError, match="no entries leave the net flow to the employee scheme at"):
        build_plain(drawn(few, {"employee.exit_level": 0.2}))


def test_exits_that_leave_more_uninsured_than_there_are_are_no_contradiction() -> None:
    many = {"employee.exit_level": 1.5, "employee.leaver_enrolment": 0.2}
    with pytest.raises(ArithmeticError, match="more recent leavers"):
        build_plain(BASE.replace(many))
    (exits, net), (exits_before, net_before) = flows_of(drawn(BASE, many)), flows_of(BASE)
    assert exits == pytest.approx(1.5 * exits_before, rel=1e-12)
    assert net == pytest.approx(net_before, rel=1e-10)
