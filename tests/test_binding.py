"""How often drawn values are brought back to their bounds: counted again draw by draw, and told."""

import numpy as np
import pytest

import simsurance as ss
from simsurance.language import languages
from simsurance.output.stochastic_summary import stochastic_summary
from simsurance.scenario_file.schedule import value_in, values_by_year
from simsurance.uncertainty.binding import PATH, bounds_of
from simsurance.uncertainty.parameters import BUYING, JOINING, value_at
from simsurance.uncertainty.paths import GROWTH, LEVEL
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.stochastic import Plan, stochastic

DRAWS = 32


@pytest.fixture(scope="module")
def run():
    scenario = ss.load("baseline").replace({"horizon.last_year": 2027, "employee.projected": False})
    (found,) = stochastic([scenario], Sample(DRAWS, 1))
    return found


@pytest.mark.long
def test_inputs_at_a_bound_are_those_that_the_draws_hold(run) -> None:
    futures = Plan((run.scenario,), run.sample).futures
    told = {each.unknown.name: each.share for each in bounds_of(run) if each.unknown.kind != PATH}
    at_end = dict.fromkeys((each.path for each in futures.parameters.drawn), 0)
    own = run.scenario.values
    for numbers, nearer in zip(futures.numbers(0, DRAWS), run.kept.nearer, strict=True):
        values = futures.values(numbers, *nearer)
        for each in (each for each in futures.parameters.drawn if each.scale != "whole"):
            value, now = (value_in(of, 2026) for of in (values[each.path], value_at(own, each.path)))
            joint = each.path == JOINING and value == 1 - values[BUYING]
            at_end[each.path] += (value in (each.lowest, each.highest) and value != now) or joint
    shares = {path: count / DRAWS for path, count in at_end.items() if count}
    whole = {each.path for each in futures.parameters.drawn if each.scale == "whole"}
    assert {path: share for path, share in told.items() if path not in whole} == pytest.approx(shares)
    assert len(shares) > 5


@pytest.mark.long
def test_floors_bind_in_as_many_years_as_the_draws_stand_on_them(run) -> None:
    few = run.scenario.replace({"uncertainty.yearly": 3.0})
    (wide,) = stochastic([few], Sample(DRAWS, 1))
    futures = Plan((few,), wide.sample).futures
    told = {each.unknown.name: each.share for each in bounds_of(wide) if each.unknown.kind == PATH}
    assert "inflation" in told
    keys, years = GROWTH | LEVEL, futures.paths.years
    for name in ("real_income_growth", "inflation", "interest_rate"):
        floor = futures.paths.processes[name].floor
        on_floor = [
            values_by_year(futures.values(numbers)[keys[name]], years)
            == np.minimum(floor, values_by_year(value_at(few.values, keys[name]), years))
            for numbers in futures.numbers(0, DRAWS)
        ]
        assert told.get(name, 0.0) == pytest.approx(np.mean(on_floor))


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_the_summary_names_what_is_brought_back_most_often(run, lang) -> None:
    first = next(each for each in bounds_of(run) if each.unknown.kind != PATH)
    line = next(line for line in stochastic_summary(run, lang).splitlines() if f"`{first.unknown.name}`" in line)
    assert f"{100 * first.share:.0f}" in line
