"""What a scenario sets and what changes nothing: found by building and projecting without it and comparing every bit.

Nothing is kept by hand: what would make a key act is found by trying the rules, switches and sizes of the tables around it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, Final

import numpy as np

from simsurance.basis import build_arrays, build_plain
from simsurance.basis.built import Built as BuiltArrays
from simsurance.basis.frames import frames
from simsurance.basis.pins import require_possible
from simsurance.basis.tiers import tier_rules
from simsurance.errors import SimsuranceError
from simsurance.model.projection import project
from simsurance.model.state import State, YearBasis
from simsurance.scenario_file.files import of_the_shipped
from simsurance.scenario_file.keys import CHOICES, DRAWN, KEYS, Key, key_at, named_part
from simsurance.scenario_file.loader import TOLD, Scenario
from simsurance.scenario_file.note import Note
from simsurance.scenario_file.schedule import Ramp, is_year, value_in
from simsurance.scenario_file.schema import FUND
from simsurance.scenario_file.years import spans

BESIDE_THE_FUNDS: Final = (
    "control.audit.fines_imposed",
    *(f"employee.accounts.{name}" for name in ("empty_share", "balance_spread", "small_balance")),
)
"""Keys of what no fund receives or pays: told in the summary."""
SIZES: Final = ("size", "take_up", "amount", "outgo_share")
"""How large a lever, a choice of cover or a bond is."""
REPEATS, UNREAD, REPLACED = "repeats", "unread", "replaced"
"""Why something has no effect: other years give the same, nothing reads that year, the value that it replaces does the same."""
Trial = Mapping[str, Any]
"""Values by path, as in a file."""


@dataclass(frozen=True)
class Idle:
    """A key, or years of one, without effect, and why.

    `acts_with`: what would make it act; `after`: the horizon's end before it; `why`: what else there is to say.
    """

    path: str
    years: tuple[int, ...] = ()
    acts_with: str = ""
    after: int | None = None
    why: str = ""


def idle(scenario: Scenario) -> list[Idle]:
    """What is set above the root of a scenario and changes no bit of what is projected, nor of what amounts are set against.

    Raises SimsuranceError where no basis can be built, or nothing can be scaled to what is pinned.
    """
    whole, units = built(scenario), units_of(scenario)
    if any(pin.values for pin in scenario.values.pins.values()):
        require_possible(scenario, project(whole.state, whole.years))
    with np.errstate(all="ignore"):  # sizes that are tried may be far out
        return [each for name, paths in units.items() for each in _idle_of(scenario, whole, name, paths)]


def idle_notes(scenario: Scenario) -> list[Note]:
    """What is told of that, one note a key; years as spans."""
    found = (vars(each) | {"spans": spans(each.years)} for each in idle(scenario))
    return [Note("idle", facts) for facts in found]


def units_of(scenario: Scenario) -> dict[str, list[str]]:
    """What may have no effect: keys with another value than the root's; levers, pins and choices as one each; with their paths.

    Shipped scenarios are known to set nothing without effect; keys of draws act elsewhere.
    """
    units: dict[str, list[str]] = {}
    for path in (path for path in scenario.changed if not of_the_shipped(scenario.layers[path])):
        table, name, _ = named_part(path)
        if path not in (*TOLD, *BESIDE_THE_FUNDS) and not path.startswith(DRAWN) and not _as_in_root(scenario, path):
            units.setdefault(f"{table}.{name}" if name else path, []).append(path)
    return units


def _as_in_root(scenario: Scenario, path: str) -> bool:
    """Whether a key has the root's value, or in a fund of its own, whose figures are facts, the root's in every year ahead."""
    own, root = scenario.leaves[path], scenario.root_leaves.get(path)
    if own == root:
        return True
    if scenario.values.scope != FUND or not (_named(own) and _named(root)):
        return False
    years = scenario.values.horizon
    span = range(years.valuation_year, years.last_year + 1)
    return all(value_in(_named(own), year) == value_in(_named(root), year) for year in span)


def _named(leaf: Any) -> dict[int, float]:
    """The values of a schedule that names years; empty for what is none."""
    if not isinstance(leaf, Mapping) or not all(is_year(year) and isinstance(leaf[year], int | float) for year in leaf):
        return {}
    return {int(year): float(value) for year, value in leaf.items()}


@dataclass(frozen=True)
class Built:
    """An opening state and a basis, and numbers that stand for all their bits and those of what amounts are set against."""

    state: State
    years: tuple[YearBasis, ...]
    opening: bytes
    of_years: tuple[bytes, ...]
    frames: bytes

    @cached_property
    def flows(self) -> dict[int, bytes]:
        """A number that stands for all that is projected over so many years."""
        return {}

    @property
    def bits(self) -> tuple[bytes | tuple[bytes, ...], ...]:
        """What stands for all bits together."""
        return self.opening, self.of_years, self.frames

    def projected(self, years: int) -> bytes:
        """A number that stands for all that is projected over the first years."""
        if years not in self.flows:
            self.flows[years] = digest(project(self.state, self.years[:years]))
        return self.flows[years]


def built(scenario: Scenario, build: Callable[[Scenario], BuiltArrays] = build_arrays) -> Built:
    """A scenario's opening state and basis; raises SimsuranceError where there are none."""
    found = build(scenario)
    state, years = found.state, found.years
    against = frames(found.inputs, np.full(len(years) + 1, 1e9))
    if (rules := tier_rules(found.inputs)) is not None:
        against |= vars(rules)
    return Built(state, years, digest(state), tuple(map(digest, years)), digest(against))


def digest(noun: Any) -> bytes:
    """A number that stands for all bits of the arrays in a noun, its parts included."""
    bits = blake2b()
    _add(bits, noun)
    return bits.digest()


def _add(bits: Any, noun: Any) -> None:
    if is_dataclass(noun):
        noun = {field.name: getattr(noun, field.name) for field in fields(noun)}
    if isinstance(noun, Mapping):
        for name, value in noun.items():
            bits.update(f"{name}".encode())
            _add(bits, value)
        return
    array = np.asarray(noun)
    bits.update(f"{array.shape}".encode())
    bits.update(array.tobytes() if array.dtype != object else repr(noun).encode())


def differ(one: Built, other: Built) -> bool:
    """Whether two scenarios differ in anything projected, or in what amounts are set against.

    Where the basis differs a projection to the year after decides, and where that does not, one of all years.
    """
    if one.frames != other.frames or len(one.years) != len(other.years):
        return True
    if one.opening != other.opening:
        return True
    moved = [place for place, (a, b) in enumerate(zip(one.of_years, other.of_years, strict=True)) if a != b]
    spans = (min(moved[0] + 2, len(one.years)), len(one.years)) if moved else ()
    return any(one.projected(years) != other.projected(years) for years in spans)


def _idle_of(scenario: Scenario, whole: Built, name: str, paths: Sequence[str]) -> Iterator[Idle]:
    """What of a key, a lever, a pin or a choice of cover has no effect."""
    key = KEYS.get(name)
    without = _without_choice(scenario, name) if name.startswith(f"{CHOICES}.") else _changed(scenario, paths)
    if without is None:
        return
    if differ(whole, without):
        path = name if key else f"{name}.values"
        if key_kind(path) in ("schedule", "pins", "rules") and path in paths:
            yield from _idle_years(scenario, whole, path)
        last = scenario.values.horizon.last_year
        if scenario.leaves.get(f"{name}.outcome_share") and scenario.leaves[f"{name}.outcome_year"] > last:
            yield Idle(f"{name}.outcome_share", after=last)
    elif key is None:
        none = next((f"{name}.{size}" for size in SIZES if scenario.leaves.get(f"{name}.{size}") == 0), "")
        yield Idle(name, acts_with=f"{none} ≠ 0" if none else "", after=_after(scenario, name))
    elif found := _what_would(scenario, whole, key):
        yield found


def key_kind(path: str) -> str:
    """What a key holds; empty where there is no such key."""
    key = key_at(path)
    return key.kind if key else ""


def _changed(scenario: Scenario, paths: Sequence[str] = (), changes: Trial | None = None) -> Built | None:
    """The scenario with some leaves as in its root, or changed; None where that is no scenario."""
    try:
        return built(scenario.with_root_at(paths, changes), build_plain)
    except (SimsuranceError, ArithmeticError):
        return None


def _without_choice(scenario: Scenario, name: str) -> Built | None:
    """The scenario with a choice of cover that nobody takes: what is told of it stays, as there is none without it."""
    drawn = [path for path in (f"{name}.take_up_range",) if path in scenario.leaves]
    return _changed(scenario, drawn, {f"{name}.take_up": 0.0})


def _after(scenario: Scenario, name: str) -> int | None:
    """The last year of the horizon, where a lever, a bond, a choice or all values of a pin come after it."""
    last = scenario.values.horizon.last_year
    start = scenario.leaves.get(f"{name}.start", scenario.leaves.get(f"{name}.year"))
    first = start if start is not None else min(map(int, scenario.leaves.get(f"{name}.values", {})), default=last)
    return last if first > last else None


def _idle_years(scenario: Scenario, whole: Built, path: str) -> Iterator[Idle]:
    """The years of a schedule that differ from the root's and change nothing: the first, the last, and single ones between."""
    value, root = scenario.leaves[path], scenario.root_leaves.get(path)
    if not isinstance(value, dict):
        return
    ramp = "ramp" in value
    own = value["ramp"] if ramp else value
    theirs = root.get("ramp", root) if isinstance(root, dict) else {}
    differing = [year for year in own if is_year(year) and theirs.get(year, _held(root, year, ramp)) != own[year]]

    def same_without(years: Sequence[str]) -> bool:
        left = _without(own, years)
        if not left and key_kind(path) != "pins":
            return False
        other = _changed(scenario, (), {path: {"ramp": left} if ramp else left})
        return other is not None and other.bits == whole.bits

    found = _ends(differing, same_without)
    between = [year for year in differing if year not in found]
    found = sorted([*found, *(year for year in between[:-1] if same_without([year]))])
    if len(differing) == len(own):  # a series of one's own: the years before those read are no slip
        found = [year for year in found if int(year) >= scenario.values.horizon.valuation_year]
    if found:
        last = scenario.values.horizon.last_year
        years = tuple(map(int, found))
        why = REPEATS if key_kind(path) != "pins" and _repeats(own, found, ramp, last) else UNREAD
        yield Idle(path, years, after=last if years[0] > last else None, why=why)


def _repeats(own: Mapping[str, Any], years: Sequence[str], ramp: bool, last: int) -> bool:
    """Whether a schedule has the same values without some of its years, from the first of them to the last year."""
    knots = ({int(year): value for year, value in each.items()} for each in (own, _without(own, years)))
    whole, without = (Ramp(each) if ramp else each for each in knots)
    span = range(min(map(int, years)), last + 1)
    return all(value_in(whole, year) == value_in(without, year) for year in span)


def _ends(years: Sequence[str], same_without: Callable[[Sequence[str]], bool]) -> list[str]:
    """The longest runs of first and of last years that may be dropped, in order."""

    def most(run: Callable[[int], Sequence[str]], highest: int) -> int:
        lowest = 0
        if not highest or not same_without(run(1)):
            return 0
        while lowest < highest:
            middle = (lowest + highest + 1) // 2
            lowest, highest = (middle, highest) if same_without(run(middle)) else (lowest, middle - 1)
        return lowest

    last = most(lambda count: years[len(years) - count :], len(years))
    acting = years[: len(years) - last]
    first = most(lambda count: acting[:count], len(acting))
    return [*years[:first], *years[len(years) - last :]]


def _without(own: Mapping[str, Any], years: Sequence[str]) -> dict[str, Any]:
    """A schedule without some years."""
    return {year: number for year, number in own.items() if year not in years}


def _held(value: Any, year: str, ramp: bool) -> Any:
    """What a schedule holds in a year that it may not name; None for a ramp, which lies between."""
    if not isinstance(value, dict):
        return value
    before = [named for named in value if named <= year]
    return None if ramp or "ramp" in value or not before else value[max(before)]


def _what_would(scenario: Scenario, whole: Built, key: Key) -> Idle | None:
    """A key without effect with the rule, switch or size that would make it act; None where nothing around it does."""
    if key.kind in ("text", "table", "list"):
        return None
    for trial, words in _trials(scenario, key):
        with_it, without = _changed(scenario, (), trial), _changed(scenario, [key.path], trial)
        if with_it is not None and without is not None and differ(with_it, without):
            return Idle(key.path, acts_with=words)
    bounds = (key.lowest, key.highest) if key.kind in ("number", "whole number", "schedule") else ()
    for bound in bounds:
        at_bound = _changed(scenario, (), {key.path: int(bound or 0) if key.kind == "whole number" else bound})
        if at_bound is not None and differ(whole, at_bound):
            return Idle(key.path, why=REPLACED)
    return None


def _around(key: Key) -> Iterator[Key]:
    """The other keys of the tables around a key, the nearest first."""
    section, seen = key.path, {key.path}
    while "." in section:
        section = section.rpartition(".")[0]
        near = [other for path, other in KEYS.items() if path.startswith(f"{section}.") and path not in seen]
        seen |= {other.path for other in near}
        yield from near


def _trials(scenario: Scenario, key: Key) -> Iterator[tuple[Trial, str]]:
    """Other choices of the rules and switches around a key, and sizes of 0 a little above, with the words that set them."""
    for other in _around(key):
        held = scenario.leaves[other.path]
        match other.kind:
            case "switch":
                yield {other.path: not held}, f"{other.path} = {str(not held).lower()}"
            case "choice":
                for choice in (choice for choice in other.choices if choice != held):
                    yield {other.path: choice}, f'{other.path} = "{choice}"'
            case "rules":
                for year in reversed(list(held)):
                    for choice in (choice for choice in other.choices if choice != held[year]):
                        yield {other.path: {**held, year: choice}}, f'{other.path} = {{ {year} = "{choice}" }}'
            case _ if held == 0 and other.highest is not None:
                size = 1 if other.kind == "whole number" else min(0.5, other.highest)
                yield {other.path: size}, f"{other.path} > 0"
