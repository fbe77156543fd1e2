"""The persons of scenarios: the same one by one and together, and moved by nothing that cost and money are set by."""

from functools import cache

import pytest

from simsurance.basis import build_plain
from simsurance.basis.built import Arrays
from simsurance.basis.persons import Persons, persons_of, persons_together
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.schedule import Ramp, Schedule
from simsurance.uncertainty.futures import drawn
from simsurance.uncertainty.observed import OF_MEMBERS, OF_RESIDENTS, at_start
from simsurance.uncertainty.parameters import OF_COST, parameters_of, value_at

CHANGES: tuple[dict[str, object], ...] = (
    {},
    {"health.persistence": 0.995},
    {"health.persistence": 1},
    {"population.pinned_total": {2028: 1.38e9}, "behaviour.leave.area_odds_ratio.urban": 2},
    {"population.fertility_variant": "low", "population.migration_factor": 0},
    {"claims.end_of_life.share": 0.5, "health.healthy_ageing": 0.5, "employee.area_ratio.urban": 3},
)
TOO_MANY = {"membership.resident_insured": {2026: 1.3e9}}
"""More than there are persons."""
NO_TURNOVER = {"behaviour.targets.net_flow_rate": 0.5}
"""Half of the insured more a year, of fewer who are not."""


@cache
def baseline() -> Scenario:
    return load("baseline").replace({"horizon.last_year": 2029})


def bits(arrays: Arrays) -> dict[str, bytes]:
    """Every array by name, the parts of a basis included."""
    found: dict[str, bytes] = {}
    for name, value in arrays.items():
        if isinstance(value, dict):
            found |= {f"{name}.{inner}": each for inner, each in bits(value).items()}
        elif value is not None:
            found[name] = repr(value.shape).encode() + value.tobytes()
    return found


def bits_of(persons: Persons) -> dict[str, bytes]:
    return bits({"cells": persons.cells, "shares": persons.shares, "own": persons.arrays, "root": persons.at_root})


def test_the_persons_of_several_are_those_of_each() -> None:
    scenarios = [baseline().replace(changes) for changes in CHANGES]
    scenarios += [load("stricter_waiting").replace({"horizon.last_year": 2029}), at_start(baseline(), 2025)]
    for scenario, found in zip(scenarios, persons_together(scenarios), strict=True):
        assert isinstance(found, Persons)
        assert bits_of(found) == bits_of(persons_of(scenario)), scenario.name


def test_a_scenario_that_does_not_open_leaves_those_beside_it_as_they_are() -> None:
    impossible = [drawn(baseline(), changes) for changes in (TOO_MANY, NO_TURNOVER)]  # type: ignore[arg-type]
    first, *without, last = persons_together([baseline(), *impossible, baseline().replace(CHANGES[1])])
    assert all(isinstance(each, ArithmeticError) for each in without)
    assert isinstance(first, Persons)
    assert isinstance(last, Persons)
    assert bits_of(first) == bits_of(persons_of(baseline()))


def of_cost() -> list[str]:
    """What draws set of cost, and the levels that are solved in them."""
    inputs = [each.path for each in parameters_of(load("baseline")).drawn if each.path.startswith(OF_COST)]
    return [*inputs, *(level.key for level in OF_RESIDENTS + OF_MEMBERS)]


def lower(own: Schedule) -> Schedule:
    """A schedule a little lower throughout; a whole number as it is."""
    if isinstance(own, Ramp):
        return Ramp(ramp={year: value * 0.97 for year, value in own.ramp.items()})
    if isinstance(own, dict):
        return {year: value * 0.97 for year, value in own.items()}
    return own if isinstance(own, int) else own * 0.97


def test_persons_hang_on_nothing_that_draws_set_of_cost_and_on_no_level() -> None:
    moved = {path: lower(value_at(baseline().values, path)) for path in of_cost()}
    scenario = drawn(baseline(), moved)
    assert bits_of(persons_of(scenario)) == bits_of(persons_of(baseline()))
    found, known = build_plain(scenario), build_plain(scenario, persons_of(baseline()))
    assert bits(found.arrays) == bits(known.arrays)
    assert bits(found.arrays) != bits(build_plain(baseline()).arrays)


@pytest.mark.parametrize("path", ["health.persistence", "behaviour.leave.burden"])
def test_persons_hang_on_what_moves_them(path: str) -> None:
    scenario = drawn(baseline(), {path: value_at(baseline().values, path) * 0.99})
    assert bits_of(persons_of(scenario)) != bits_of(persons_of(baseline()))
