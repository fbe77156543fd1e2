"""Every key at its bounds, in every form it may be written in: refused in one line before it is projected, or projected."""

import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from simsurance.basis import build
from simsurance.errors import SimsuranceError
from simsurance.results import accounts_of
from simsurance.scenario_file.keys import KEYS, Key
from simsurance.scenario_file.loader import Scenario, load

pytestmark = pytest.mark.long


@cache
def baseline() -> Scenario:
    return load("baseline", settings=("horizon.last_year=2028",))


def forms(key: Key) -> Iterator[Any]:
    """Values of a key at its bounds: as one number, as the last year of its schedule, as the end of a ramp; all its choices."""
    held = baseline().leaves[key.path]
    for bound in (each for each in (key.lowest, key.highest) if each is not None):
        match key.kind:
            case "whole number":
                yield int(bound)
            case "number":
                yield float(bound)
            case "schedule":
                knots = held.get("ramp", held) if isinstance(held, dict) else {"2017": held}
                path = {year: number for year, number in knots.items() if int(year) < 2027} | {"2027": float(bound)}
                yield from (float(bound), path, {"ramp": path})
            case "pins":
                yield from ({"2026": float(bound)}, {"2027": float(bound)})
            case "list" | "pair" if held:
                yield [float(bound)] * len(held)
    if key.kind == "switch":
        yield not held
    if key.kind == "choice":
        yield from key.choices
    if key.kind == "rules":
        yield from ({"2019": choice} for choice in key.choices)
        yield from ({"2019": "schedule", "2027": choice} for choice in key.choices)


CASES = [(path, value) for path, key in KEYS.items() for value in forms(key)]


@pytest.mark.parametrize(("path", "value"), CASES, ids=str)
def test_a_key_at_its_bounds_is_refused_before_it_is_projected_or_runs(path: str, value: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        refused: tuple[str, ...] = ()
        try:
            scenario = baseline().replace({path: value})
            build(scenario)
        except SimsuranceError as error:
            refused = error.lines
        found = [] if refused else accounts_of([scenario])
    assert all(len(line) < 400 and "\n" not in line for line in refused)
    assert refused or found


AT_FAULT: dict[str, tuple[tuple[str, ...], str]] = {
    "more insured than there are persons": (
        ("fund.opening=1e12", "membership.resident_insured=1.5e9"),
        r"--set:membership\.resident_insured: no opening state of 2026 fits: 1500000000 insured residents and ",
    ),
    "a stock that its counts do not fit": (
        ("population.stock_level=0.5",),
        r"--set:population\.stock_level: population\.counted\.age_65_plus: 223650000 persons",
    ),
    "an exit that leaves nobody": (
        ("employee.exit_level=10",),
        r"--set:employee\.exit_level: no opening state of 2026",
    ),
    "an entry of more than all": (("employee.entry_level=10",), r"--set:employee\.entry_level: gives a probability"),
    "flexible workers of whom more than all join": (
        ("employee.flexible_joining.without_hukou=0.25",),
        r"--set:employee\.flexible_joining\.without_hukou: gives a probability of entry, with the fitted one, of 1\.",
    ),
    "more assisted than there are": (
        ("population.assisted_share={2026 = 0.05, 2029 = 0.5}",),
        r"--set:population\.assisted_share: in 2028 more are to be assisted than the assisted and the low-income",
    ),
    "fewer persons than move away": (
        ("population.pinned_total={2027 = 1000}",),
        r"--set:population\.pinned_total: population\.migration_table: in 2027 more people of an age move away",
    ),
    "two that are too much together": (
        ("membership.resident_insured=1.0e9", "membership.employee_active=4.0e8", "fund.opening=1e12"),
        r"--set:membership\.\w+: no opening state of 2026 fits: ",
    ),
    "a basic limit that leaves no cap": (
        ("benefits.inpatient.limit={2026 = 150000, 2028 = 5e5}",),
        r"--set:benefits\.inpatient\.limit: ",
    ),
}
"""Settings, and the beginning of the line."""


@pytest.mark.parametrize("case", AT_FAULT)
def test_what_no_basis_can_be_built_of_is_told_at_the_key_that_caused_it(case: str) -> None:
    settings, line = AT_FAULT[case]
    with pytest.raises(SimsuranceError, match=f"^{line}"):
        build(load("baseline", settings=("horizon.last_year=2028", *settings)))
