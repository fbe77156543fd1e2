"""Values relative to what lies beneath: `{ add = 0.05, from = 2027 }` and `{ multiply = 1.1 }`."""

import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from simsurance.scenario_file.faults import found, number_wanted
from simsurance.scenario_file.keys import Key, key_at
from simsurance.scenario_file.schedule import CALENDAR, Ramp, is_calendar_year, level_in, value_in
from simsurance.scenario_file.years import AREA_INCOME, GROWN_AFTER, INCOME, MEAN_WAGE, years_named

OPERATORS: Final[Mapping[str, Callable[[float, float], float]]] = {
    "multiply": lambda beneath, by: beneath * by,
    "add": lambda beneath, by: beneath + by,
}
"""In the order in which they act where there are several on one key."""
FROM: Final = "from"
KINDS: Final = ("number", "schedule")
"""What an operator acts on."""
DIGITS: Final = 15
"""Of a result, so that 0.66226 and 0.05 make 0.71226."""
LEVELS: Final = (INCOME, MEAN_WAGE)


def is_operator(value: Any) -> bool:
    """Whether a value is written as an operator."""
    return isinstance(value, Mapping) and not OPERATORS.keys().isdisjoint(value)


def operator_of(value: Mapping[str, Any]) -> str:
    """The name of an operator."""
    return next(name for name in OPERATORS if name in value)


def wrong_with(path: str, value: Mapping[str, Any], beneath: Any) -> str | None:
    """Why an operator cannot act on what lies beneath it; None where it can."""
    key, first = key_at(path), value.get(FROM)
    if key is None or key.kind not in KINDS:
        return "add and multiply act on numbers and schedules; give the value itself"
    if set(value) - {operator_of(value), FROM}:
        return "an operator is { add = … } or { multiply = … }, with from = … at most; leave the rest out"
    by = value[operator_of(value)]
    if isinstance(by, bool) or not isinstance(by, int | float) or not abs(by) <= sys.float_info.max:
        return number_wanted(by, f"write {{ {operator_of(value)} = 0.05 }}")
    if first is not None and not is_calendar_year(first):
        return f"{found(first)}, not a year; write {{ {operator_of(value)} = …, from = 2027 }}"
    if first is not None and key.kind == "number":
        return "one number for all years; leave from out"
    if not _numbers_of(beneath):
        return f"{'nothing' if beneath is None else 'no number'} lies beneath to act on; give the value itself"
    last = max(years_named(beneath), default=None)
    grows = _is_level(path) or (
        path in GROWN_AFTER.values() and not (isinstance(beneath, Mapping) and "ramp" in beneath)
    )
    if first is not None and grows and last is not None and first > last:
        return f"the values end in {last} and grow from there; act on their growth, or from {last} on"
    return None


def _numbers_of(beneath: Any) -> list[float]:
    """The numbers that an operator acts on; none where a value is anything else."""
    table = beneath.get("ramp", beneath) if isinstance(beneath, Mapping) else {"": beneath}
    numbers = list(table.values()) if isinstance(table, Mapping) else []
    well = all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers)
    named = not isinstance(beneath, Mapping) or years_named(beneath)
    return numbers if well and named else []


def _is_level(path: str) -> bool:
    """Whether a key holds incomes or wages, on which growth lies between the years named."""
    return path in LEVELS or path.startswith(AREA_INCOME)


def applied(path: str, value: Mapping[str, Any], beneath: Any) -> Any:
    """What an operator makes of the value beneath, from its year on; all else stays. Written as in a file."""
    by, first = value[operator_of(value)], value.get(FROM)

    def act(number: float) -> float:
        return float(f"{OPERATORS[operator_of(value)](number, by):.{DIGITS}g}")

    if not isinstance(beneath, Mapping):
        return act(beneath) if first is None else {str(CALENDAR[0]): beneath, str(first): act(beneath)}
    ramp = "ramp" in beneath
    knots = {int(year): number for year, number in (beneath["ramp"] if ramp else beneath).items()}
    if first is None or first <= min(knots):
        changed = {year: act(number) for year, number in knots.items()}
    else:
        schedule: Any = Ramp(ramp=knots) if ramp else knots
        held = level_in if _is_level(path) else value_in
        straight = ramp or _is_level(path)
        before = {first - 1: held(schedule, first - 1)} if straight else {}
        changed = {year: number for year, number in (knots | before).items() if year < first}
        changed |= {first: act(held(schedule, first) or 0.0)}
        changed |= {year: act(number) for year, number in knots.items() if year > first}
    written = {str(year): changed[year] for year in sorted(changed)}
    return {"ramp": written} if ramp else written


def within_bounds(key: Key, value: Any) -> tuple[Any, list[tuple[float, float]]]:
    """A value brought within the bounds of its key, and what was wanted and what is used wherever a bound binds."""
    bound: list[tuple[float, float]] = []

    def limited(number: float) -> float:
        assert key.lowest is not None
        assert key.highest is not None
        used = min(max(number, key.lowest), key.highest)
        if used != number:
            bound.append((number, used))
        return used

    def inside(part: Any) -> Any:
        return {year: inside(each) for year, each in part.items()} if isinstance(part, Mapping) else limited(part)

    return inside(value), bound
