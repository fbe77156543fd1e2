"""Tables of a scenario file are closed, strict and frozen; every complaint says what is wrong where."""

import copy
import pickle
from typing import Literal

import pytest

from simsurance.scenario_file.fields import Complaint, Section
from simsurance.scenario_file.leaves import nested
from simsurance.scenario_file.loader import _as_toml, load
from simsurance.scenario_file.schedule import Pins, Ramp, Schedule
from simsurance.scenario_file.sections import ByArea, Number, Pair, a_band, named, quantity, text


class Sample(Section):
    """One key of each kind."""

    number: Number = quantity("a number", "share", 0, 1)
    whole: int = quantity("a whole number", "years", 1, 5)
    path: Schedule = quantity("a schedule", "share", 0, 1)
    pins: Pins = quantity("pins", "persons", 0, 9)
    band: Pair = quantity("a band", "months", 0, 9, a_band)
    numbers: list[Number] = quantity("numbers", "share", 0, 1)
    on: bool = text("a switch")
    word: str = text("a word")
    choice: Literal["one", "two"] = text("a choice", default="one")
    why: dict[str, str] = text("reasons", default={})
    back: ByArea = named("return")


GOOD = {
    "number": 1,
    "whole": 3,
    "path": {"ramp": {"2026": 0, "2030": 0.5}},
    "pins": {},
    "band": [1, 2.5],
    "numbers": [0, 1],
    "on": True,
    "word": "",
    "return": {"urban": 1, "rural": -2},
}


def read(changes=None, table=None):
    wrong: list[Complaint] = []
    return Sample.read({**GOOD, **(changes or {})} if table is None else table, (), wrong), wrong


def test_what_is_right_is_read_as_it_stands():
    found, wrong = read()
    assert wrong == []
    assert dict(found) == {
        **{name: GOOD[name] for name in ("number", "whole", "pins", "band", "numbers", "on", "word")},
        "path": Ramp({2026: 0.0, 2030: 0.5}),
        "choice": "one",
        "why": {},
        "back": found.back,
    }
    assert type(found.number) is float
    assert (found.back.urban, found.back.rural) == (1.0, -2.0)
    assert found.as_table()["return"] == {"urban": 1.0, "rural": -2.0}


def test_a_table_is_frozen_equal_to_its_like_and_can_be_kept():
    found, other = read()[0], read({"whole": 4})[0]
    with pytest.raises(AttributeError, match="frozen"):
        found.number = 0.5
    assert found == read()[0] == copy.deepcopy(found) == pickle.loads(pickle.dumps(found))
    assert found != other
    assert "whole=4" in repr(other)


@pytest.mark.parametrize(
    ("changes", "kind", "place"),
    [
        ({"number": True}, "number", ("number",)),
        ({"number": "1"}, "number", ("number",)),
        ({"number": 10**400}, "number", ("number",)),
        ({"number": float("nan")}, "finite", ("number",)),
        ({"number": 1.5}, "out_of_bounds", ("number",)),
        ({"whole": 3.0}, "whole number", ("whole",)),
        ({"whole": True}, "whole number", ("whole",)),
        ({"whole": 10**400}, "out_of_bounds", ("whole",)),
        ({"path": 2}, "out_of_bounds", ("path",)),
        ({"path": []}, "number", ("path",)),
        ({"path": {}}, "too_short", ("path",)),
        ({"path": {"2026": "x"}}, "number", ("path", 2026)),
        ({"path": {"20O6": 0.1}}, "year", ("path", "20O6", "[key]")),
        ({"path": {"1800": 0.1}}, "year", ("path", 1800, "[key]")),
        ({"path": {"2027": 0.1, "2026": 0.1}}, "years_descend", ("path",)),
        ({"path": {"ramp": 1}}, "years", ("path", "ramp")),
        ({"path": {"ramp": {"2026": 0.1}, "more": 1}}, "beside_ramp", ("path", "more")),
        ({"pins": {"2026": 10}}, "out_of_bounds", ("pins",)),
        ({"pins": 1}, "years", ("pins",)),
        ({"band": [2, 1]}, "reserve_band", ("band",)),
        ({"band": [1, "2"]}, "number", ("band", 2)),
        ({"numbers": {}}, "list", ("numbers",)),
        ({"on": 1}, "switch", ("on",)),
        ({"word": 1}, "text", ("word",)),
        ({"choice": "three"}, "choice", ("choice",)),
        ({"choice": ["one"]}, "choice", ("choice",)),
        ({"why": 1}, "reasons", ("why",)),
        ({"why": {"fund.opening": 1}}, "text", ("why", "fund.opening")),
        ({"return": 1}, "table", ("return",)),
        ({"return": {"urban": 1}}, "missing", ("return", "rural")),
        ({"return": {"urban": 1, "rural": 1, "sea": 1}}, "unknown", ("return", "sea")),
        ({"back": 1}, "unknown", ("back",)),
    ],
)
def test_every_complaint_says_what_is_wrong_where(changes, kind, place):
    found, wrong = read(changes)
    assert found is None
    assert [(complaint.kind, complaint.place) for complaint in wrong] == [(kind, place)]


def test_all_complaints_are_told_at_once():
    found, wrong = read({"number": "x", "whole": 9, "on": "true"})
    assert found is None
    assert [complaint.place for complaint in wrong] == [("number",), ("whole",), ("on",)]
    assert [complaint.kind for complaint in read(table={})[1]] == ["missing"] * 9
    assert [complaint.kind for complaint in read(table=[])[1]] == ["table"]


def test_the_values_of_a_scenario_are_those_of_its_file():
    scenario = load("baseline", ["central_procurement"])
    whole = nested({**scenario.form.neutral, **scenario.leaves})
    assert _as_toml(scenario.values) == {"levers": {}, "pins": {}, "bonds": {}, "choices": {}} | whole | {
        "levers": written(scenario)
    }


def written(scenario):
    """Its levers, with what a file may leave out."""
    return {name: {"outside_range": False} | lever for name, lever in nested(scenario.leaves)["levers"].items()}
