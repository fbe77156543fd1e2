"""The years that the loader asks schedules to cover are those that the engine needs: it never meets an open year."""

import pytest

from simsurance.basis import build
from simsurance.errors import SimsuranceError
from simsurance.scenario_file import checks
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import load

BASE = load("baseline")
SCHEDULES = [path for path, key in KEYS.items() if key.kind in ("schedule", "rules")]
STOCKS = ("membership.", "fund.opening", "population.stock_level")


def cut(value, year):
    """The schedule begun in a year, with the values that it has from then on."""
    if not isinstance(value, dict):
        return {str(year): value}
    if "ramp" in value:
        return {"ramp": cut(value["ramp"], year)}
    named = sorted(value)
    before = [known for known in named if int(known) <= year]
    return {str(year): value[before[-1] if before else named[0]]} | {y: value[y] for y in named if int(y) > year}


@pytest.mark.parametrize("opening", [2019, 2021, 2024, 2025, 2026])
def test_schedules_that_begin_in_the_first_year_asked_for_are_enough(opening):
    scenario = BASE.replace({"horizon.valuation_year": opening, "horizon.last_year": opening + 1})
    first_needed = {path: checks._first_needed(path, scenario.leaves, opening)[0] for path in SCHEDULES}
    build(scenario.replace({path: cut(scenario.leaves[path], year) for path, year in first_needed.items()}))


@pytest.mark.parametrize("path", SCHEDULES)
def test_a_schedule_that_begins_a_year_later_is_refused(path):
    needed, _ = checks._first_needed(path, BASE.leaves, BASE.values.horizon.valuation_year)
    with pytest.raises(SimsuranceError, match=rf"{path}: begins in {needed + 1}, after {needed}, "):
        BASE.replace({path: cut(BASE.leaves[path], needed + 1)})
