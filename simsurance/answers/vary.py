"""What is varied to meet a condition: one key, or several in a stated proportion, from a year on."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from simsurance.errors import ExitCode, SimsuranceError
from simsurance.scenario_file.faults import nearest
from simsurance.scenario_file.keys import key_at, named_part
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.operators import applied
from simsurance.scenario_file.schedule import Ramp, Schedule, value_in
from simsurance.uncertainty.parameters import value_at
from simsurance.uncertainty.sweep import from_year

NUMERIC: Final = ("number", "schedule")
How = Literal["set", "multiply", "add"]
WAYS: Final[tuple[How, ...]] = ("set", "multiply", "add")
DIGITS: Final = 8
"""Significant digits of what is tried, so that what is found can be written and read again."""
FINENESS: Final = 2e3
"""Parts of the distance of the bounds to which ends of intervals are told."""
USUAL: Final = (0.5, 2.0)
"""Bounds, as multiples of the scenario's own value, where none are given and the key has none that are nearer."""
FORM: Final = "key, or key=from:to (benefits.inpatient.payment_ratio=0.5:0.8)"


@dataclass(frozen=True)
class Vary:
    """Keys that are varied together from a year on, and the bounds of the first.

    `how`: the first key is `set` to a number, or its values are multiplied, or added to. The others move by `proportion` for
    each unit of the first's change, in the same way: in their own units, or as parts of their own values.
    """

    scenario: Scenario
    keys: tuple[str, ...]
    proportion: tuple[float, ...]
    how: How
    start: int
    low: float
    high: float

    @cached_property
    def own(self) -> float:
        """Where the scenario itself stands: its value in the first year varied, the multiple 1, the addend 0."""
        if self.how != "set":
            return 1.0 if self.how == "multiply" else 0.0
        return own_value(self.scenario, self.keys[0], self.start)

    @property
    def least_change(self) -> float:
        """What the ends of an interval are told to: 1/2,000 of the bounds' distance."""
        return (self.high - self.low) / FINENESS

    def changes(self, size: float) -> dict[str, Any]:
        """Values by key at a size of the first key."""
        found: dict[str, Any] = {}
        for key, part in zip(self.keys, self.proportion, strict=True):
            moved = rounded(self.own_of(key) + part * (size - self.own)) if part != 1 or self.how == "set" else size
            found[key] = self._value(key, size if key == self.keys[0] else moved)
        return found

    def own_of(self, key: str) -> float:
        """Where a key stands in the scenario itself, in the terms in which it is varied."""
        return own_value(self.scenario, key, self.start) if self.how == "set" else self.own

    def at(self, size: float) -> Scenario:
        """The scenario with the keys varied; raises SimsuranceError where that is none."""
        return self.scenario.replace(self.changes(size))

    def _value(self, key: str, number: float) -> Any:
        own = value_of(self.scenario, key)
        if self.how == "set":
            return from_year(own, number, self.start) if _kind(key) == "schedule" else number
        if _kind(key) == "schedule":
            return _plain(applied(key, {self.how: number, "from": self.start}, _written(own)))
        assert isinstance(own, float | int)
        return own * number if self.how == "multiply" else own + number


def vary_of(
    scenario: Scenario,
    texts: Sequence[str],
    proportion: Sequence[float] = (),
    how: How | None = None,
    start: int | None = None,
) -> Vary:
    """What is varied as it is typed; raises SimsuranceError (USAGE) for what is none."""
    first_year, last_year = scenario.values.horizon.valuation_year, scenario.values.horizon.last_year
    start = first_year + scenario.values.measures.notice_years if start is None else start
    if not first_year <= start <= last_year:
        raise _usage(f"--from {start}: is not projected; {first_year} to {last_year}")
    if not texts:
        raise _usage(f"--vary: is missing; {FORM}")
    keys, spans = zip(*(_typed(text) for text in texts), strict=True)
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise _usage(f"--vary: {twice} stands twice; one a key")
    for key in keys:
        _require_numeric(scenario, key)
    if extra := next((text for text, span in zip(texts[1:], spans[1:], strict=True) if span), None):
        raise _usage(f"--vary {extra}: the bounds are those of the first key; --proportion says how the others move")
    parts = _proportion(keys, proportion)
    chosen = how or (_usual_way(scenario, keys[0], start) if len(keys) == 1 else "multiply")
    low, high = spans[0] or _usual_bounds(scenario, keys[0], chosen, start)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise _usage(f"--vary {texts[0]}: from {low:g} to {high:g} is no range; a lower number and a higher one")
    found = Vary(scenario, keys, parts, chosen, start, low, high)
    if not math.isfinite(found.own):
        raise _usage(f"--vary {keys[0]}: has no value in {start}; a later --from")
    for end in (low, high):
        try:
            found.at(end)
        except SimsuranceError as error:
            raise SimsuranceError(*(line.replace("replace:", "--vary ", 1) for line in error.lines)) from None
    return found


def _typed(text: str) -> tuple[str, tuple[float, float] | None]:
    """A key, and bounds if there are any."""
    key, there, span = text.partition("=")
    if not there:
        return key.strip(), None
    ends = span.split(":")
    try:
        low, high = (float(each) for each in ends)
    except ValueError:
        raise _usage(f"--vary {text}: is no range; {FORM}") from None
    return key.strip(), (low, high)


def _proportion(keys: Sequence[str], given: Sequence[float]) -> tuple[float, ...]:
    """The change of each key for each unit of the first's."""
    parts = tuple(given) or (1.0,) * len(keys)
    if len(parts) != len(keys) or not all(map(math.isfinite, parts)) or not parts[0]:
        raise _usage(f"--proportion: {len(parts)} numbers for {len(keys)} keys; one a key, the first not 0 (1:2)")
    return tuple(part / parts[0] for part in parts)


def proportion_of(text: str) -> tuple[float, ...]:
    """A proportion as it is typed, `1:2`; raises SimsuranceError (USAGE) where it is none."""
    if not re.fullmatch(r"[-+.\deE]+(:[-+.\deE]+)*", text):
        raise _usage(f"--proportion {text}: is none; numbers with colons between them (1:2)")
    try:
        return tuple(float(part) for part in text.split(":"))
    except ValueError:
        raise _usage(f"--proportion {text}: is none; numbers with colons between them (1:2)") from None


def _usual_way(scenario: Scenario, key: str, start: int) -> How:
    """`set` where one value holds from the first year varied on, else `multiply`: what moves on goes on moving."""
    own = value_of(scenario, key)
    if isinstance(own, float | int):
        return "set"
    knots = own.ramp if isinstance(own, Ramp) else own
    later = [value for year, value in knots.items() if year > start]
    here = value_in(own, start)
    return "set" if all(value == here for value in later) else "multiply"


def _usual_bounds(scenario: Scenario, key: str, how: How, start: int) -> tuple[float, float]:
    """Half and twice what the scenario has, within the bounds of the key."""
    if how == "add":
        raise _usage(f"--vary {key}: what is added needs bounds; {key}=-0.05:0.05")
    if how == "multiply":
        return USUAL
    own, known = own_value(scenario, key, start), key_at(key)
    if not own or not math.isfinite(own):
        raise _usage(f"--vary {key}: is {own:g} in {start}; give bounds, {key}=from:to")
    low, high = sorted(times * own for times in USUAL)
    lowest, highest = (known.lowest, known.highest) if known else (None, None)
    table, name, rest = named_part(key)
    if (table, rest) == ("levers", "size"):  # an option tells how large its effect may be
        lowest, highest = (float(scenario.leaves[f"{table}.{name}.{end}"]) for end in ("low", "high"))
    return (
        rounded(low if lowest is None else max(low, lowest)),
        rounded(high if highest is None else min(high, highest)),
    )


def value_of(scenario: Scenario, key: str) -> Schedule:
    """What a scenario has at a key; those of options stand in tables with names of their own."""
    _, name, _ = named_part(key)
    found: Schedule = scenario.leaves[key] if name else value_at(scenario.values, key)
    return found


def own_value(scenario: Scenario, key: str, year: int) -> float:
    """What a scenario has at a key in a year; NaN where nothing."""
    found = value_in(value_of(scenario, key), year)
    return math.nan if found is None else float(found)


def _require_numeric(scenario: Scenario, key: str) -> None:
    known = key_at(key) if key in scenario.leaves else None
    if known is None:
        hint = nearest(key, scenario.leaves) or f"`simsurance show {scenario.name}` lists them"
        raise _usage(f"--vary {key}: {scenario.name} has no such key; {hint}")
    if known.kind not in NUMERIC:
        raise _usage(f"--vary {key}: is no number that can take every value ({known.kind}); a number or a schedule")
    if key.startswith("horizon."):
        raise _usage(f"--vary {key}: all runs lie over the same years; --set {key}=… moves them together")


def _kind(key: str) -> str:
    known = key_at(key)
    assert known is not None
    return known.kind


def _written(own: Schedule) -> Any:
    """A schedule as a file gives it."""
    if isinstance(own, Ramp):
        return {"ramp": {str(year): number for year, number in own.ramp.items()}}
    return {str(year): number for year, number in own.items()} if isinstance(own, Mapping) else own


def _plain(value: Any) -> Any:
    """What a file gives as a schedule."""
    if not isinstance(value, Mapping):
        return value
    if "ramp" in value:
        return Ramp(ramp={int(year): number for year, number in value["ramp"].items()})
    return {int(year): number for year, number in value.items()}


def rounded(value: float) -> float:
    """As one would write it."""
    return float(f"{value:.{DIGITS}g}")


def _usage(line: str) -> SimsuranceError:
    return SimsuranceError(line, exit_code=ExitCode.USAGE)
