"""Every array of a basis and of flows varies on the axes that it is declared with, and on no other; its unit is told."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, get_type_hints

import numpy as np
import pytest
from small_scheme import told

from simsurance.axes import ENTRANTS, FLOW_AXES, PERSON_AXES
from simsurance.basis import build_arrays
from simsurance.basis.entries import holding
from simsurance.ledger import LEDGER, TOTALS
from simsurance.model.participation import WaitingRules
from simsurance.model.projection import short_buffers
from simsurance.model.state import CareBasis, EmployeeBasis, EntriesBasis, Flows, PinBasis, State, Workspace, YearBasis
from simsurance.model.year import step
from simsurance.results import simulate
from simsurance.scenario_file.loader import load


@cache
def a_year() -> tuple[State, YearBasis, Flows]:
    """The opening, the assumptions and the flows of a year of the baseline: money received in advance, and a total pinned."""
    pin = {"total": "subsidies", "values": {2027: 7e11}, "mark": "judgement", "source": "S_JUDGEMENT"}
    changes = {"horizon.last_year": 2027, "contributions.prepaid_share": 0.5, "pins.subsidies": pin}
    scenario = load("baseline").replace(changes)
    built = holding(build_arrays(scenario), simulate([scenario])[0].entries)
    state, basis = built.state, built.years
    with short_buffers():
        _, flows = step(state, basis[0], Workspace(state.cells.shape))
    return state, basis[0], flows


def declared(noun: type) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Unit and axes of the arrays of a noun, by field."""
    hints = get_type_hints(noun, include_extras=True)
    annotated = {name: hint.__metadata__ for name, hint in hints.items() if hasattr(hint, "__metadata__")}
    return {name: (unit, tuple(axes.split())) for name, (unit, axes) in annotated.items()}


def arrays(part: Any, prefix: str = "") -> Iterator[tuple[str, np.ndarray, tuple[str, ...]]]:
    """Name, array and declared axes of a basis and of its parts."""
    told_of = declared(type(part))
    for field in fields(part):
        value = getattr(part, field.name)
        if is_dataclass(value):
            yield from arrays(value, f"{field.name}.")
        elif isinstance(value, np.ndarray):
            yield prefix + field.name, value, told_of[field.name][1]


@pytest.mark.parametrize("noun", [CareBasis, EmployeeBasis, EntriesBasis, PinBasis, YearBasis, WaitingRules, Flows])
def test_every_array_is_declared_with_unit_and_axes(noun: type) -> None:
    hints = get_type_hints(noun)
    bare = {name for name, hint in hints.items() if hint in (np.ndarray, np.ndarray | None)} - declared(noun).keys()
    assert bare == set()
    for name, (unit, axes) in declared(noun).items():
        assert unit, name
        assert axes == ("run", "alone") or set(axes) <= {
            *PERSON_AXES,
            "band",
            "deductible",
            "entrant",
            "fund",
            "total",
        }, name


def test_an_array_of_a_basis_varies_on_its_declared_axes_alone() -> None:
    _, basis, _ = a_year()
    for name, value, axes in arrays(basis):
        if axes == ("run", "alone"):
            assert value.ndim == 1, name
            continue
        own = [axis for axis in ("band", "deductible") if axis in axes]
        order = ("run", *own, *PERSON_AXES[1:]) if own else PERSON_AXES
        order = ("run", "total") if "total" in axes else order
        assert value.ndim == len(order), name
        found = {axis for axis, size in zip(order, value.shape, strict=True) if size > 1} - {"run"}
        assert found <= set(axes), f"{name} varies by {found}, declared are {axes}"


def test_a_flow_has_its_declared_axes() -> None:
    state, _, flows = a_year()
    people = (len(state.cells), *(state.cells.shape[PERSON_AXES.index(axis)] for axis in FLOW_AXES[1:]))
    for name, (_, axes) in declared(Flows).items():
        value = getattr(flows, name)
        expected = {
            (): people[:1],
            ("fund",): state.fund.shape,
            ("total",): (len(state.cells), len(TOTALS)),
            ("entrant", *FLOW_AXES[1:]): (people[0], len(ENTRANTS), *people[1:]),
        }.get(axes, people)
        assert value.shape == expected, name


def test_every_row_of_the_ledger_is_computed_and_no_other_money() -> None:
    _, _, flows = a_year()
    assert set(flows.money) == {row.name for row in LEDGER if not row.of_bonds}
    assert flows.money.keys() < told(flows).keys()
