"""Which keys act in the baseline as it stands: `python -m simsurance.basis.acting_keys > scenarios/acting.csv`, minutes.

A key is in the table where a hundredth more and less of it, each by itself, moves something projected in the first years, and
where a basis can be built at both of its bounds. `first` and `last` are the years between which an entry of a single year acts;
empty where only one value for all years has been tried. No basis is needed to validate what changes nothing else.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np

from simsurance.basis.idle import Built, built, differ
from simsurance.csv_text import rows_csv
from simsurance.errors import SimsuranceError
from simsurance.scenario_file.acting import COLUMNS
from simsurance.scenario_file.keys import KEYS, Key
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.schedule import CALENDAR, value_in

LITTLE: Final = 0.01
SOON: Final = 3
"""Years within which an entry has to act: what acts later hangs on what has come about by then."""
APART: Final = 5
"""Years between those that are tried, away from both ends of the horizon."""
NOT_TRIED: Final = ("horizon.", "population.", "membership.", "behaviour.targets.", "measures.")
"""Stocks, counts and rates that the opening state hangs on need a basis in any case; measures are no projection."""


def rows(paths: Iterable[str] | None = None) -> Iterator[tuple[str, int | str, int | str]]:
    """Path, first and last year of each key that acts, in the order of the schema; of some `paths` alone, where given."""
    base = load("baseline")
    whole = built(base)
    for path in paths or (path for path in KEYS if not path.startswith(NOT_TRIED)):
        key = KEYS[path]
        if key.kind in ("number", "whole number", "schedule") and _acts(base, whole, key):
            first, last = _years(base, key) if key.kind == "schedule" else ("", "")
            if first == "" or int(first) < base.values.horizon.valuation_year + SOON:
                yield path, first, last


def _acts(base: Scenario, whole: Built, key: Key) -> bool:
    """Whether a little more and a little less act, and both bounds can be built."""
    assert key.lowest is not None
    assert key.highest is not None
    moved = [_moved(base.leaves[key.path], key, sign) for sign in (-1, 1)]
    tried = [_with(base, key, value) for value in moved if value is not None]
    at_bounds = [_with(base, key, bound) for bound in (key.lowest, key.highest)]
    return bool(tried) and all(each is not None and differ(whole, each) for each in tried) and all(at_bounds)


def _with(base: Scenario, key: Key, value: Any) -> Built | None:
    """The basis with another value, the baseline's where the value is no scenario; None where there is no basis."""
    try:
        changed = base.replace({key.path: int(value) if key.kind == "whole number" else value})
    except SimsuranceError:
        return built(base)  # told without a basis
    try:
        return built(changed)
    except SimsuranceError:
        return None


def _moved(value: Any, key: Key, sign: int) -> Any:
    """A value, or all values of a schedule, a little further on or back; None where that is outside the bounds."""
    if isinstance(value, dict):
        if "ramp" in value:
            moved = _moved(value["ramp"], key, sign)
            return None if moved is None else {"ramp": moved}
        years = {year: _moved(number, key, sign) for year, number in value.items()}
        return None if None in years.values() else years
    assert key.lowest is not None
    assert key.highest is not None
    step = 1 if key.kind == "whole number" else LITTLE * (abs(value) or min(1.0, key.highest - key.lowest))
    moved = value + sign * step
    return moved if key.lowest <= moved <= key.highest else None


def _years(base: Scenario, key: Key) -> tuple[int | str, int | str]:
    """The first and the last year in which an entry acts alone, if it does in all that are tried between them."""
    first, last = base.values.horizon.valuation_year, base.values.horizon.last_year
    schedule: Any = base.values
    for name in key.path.split("."):
        schedule = getattr(schedule, "back" if name == "return" else name)
    by_year = {str(year): value_in(schedule, year) for year in range(CALENDAR[0], CALENDAR[1] + 1)}
    known = {year: value for year, value in by_year.items() if value is not None}
    try:
        plain = built(base.replace({key.path: known}))
    except SimsuranceError:
        return "", ""
    if differ(plain, built(base)):
        return "", ""  # what the last year named says is no schedule
    tried = sorted({*range(first, last + 1, APART), *range(first, first + 3), *range(last - 2, last + 1)})
    acting = []
    for year in tried:
        moved = _moved(known[str(year)], key, 1) or _moved(known[str(year)], key, -1)
        other = _with(base, key, known | {str(year): moved})
        acting.append(other is not None and differ(plain, other))
    places = np.flatnonzero(acting)
    if not len(places) or not all(acting[places[0] : places[-1] + 1]):
        return "", ""
    return tried[places[0]], tried[places[-1]]


if __name__ == "__main__":
    sys.stdout.write(rows_csv(COLUMNS, rows()))
