"""The register of a scenario's own values: where each comes from, how sure it is, whose it is, until when it holds.

Validity is judged on a date of the scenario, never on that of the clock: a run says the same whenever it is made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from simsurance.scenario_file.faults import Fault, found, nearest, quoted
from simsurance.scenario_file.files import Layer, scenarios_folder
from simsurance.scenario_file.keys import JUDGED_ON, REASONS, REGISTER, key_at
from simsurance.scenario_file.leaves import unknown
from simsurance.scenario_file.note import Note
from simsurance.scenario_file.register import MARKS

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario

Leaves = Mapping[str, Any]
COLUMNS: Final = ("source", "mark", "owner", "valid_until")
"""What a row says of a key; owner and date may be left out."""
NO_VALUES: Final = ("title", "title_zh", "description", "description_zh", REASONS, REGISTER, JUDGED_ON, "scope")
"""Keys that say something of the scenario and stand for no value."""
STALE: Final = "stale"
"""The note of values whose validity has ended."""
NO_INPUTS: Final = ("horizon.", "calibration.")


@dataclass(frozen=True)
class Registered:
    """An own value of a scenario by its key, and what its register says of it; empty where it says nothing."""

    path: str
    set_by: str
    source: str = ""
    mark: str = ""
    owner: str = ""
    valid_until: str = ""
    stale: bool = False


def judged_on(leaves: Leaves) -> date:
    """The date on which validity is judged: the one that the scenario names, else that of the valuation."""
    told = leaves[JUDGED_ON]
    return date.fromisoformat(told) if told else date(leaves["horizon.valuation_year"], 1, 1)


def own_values(scenario: "Scenario") -> list[Registered]:
    """Every value that no shipped file sets, or that one registers itself, in the order of the schema, with its row."""
    leaves, rows = scenario.leaves, scenario.leaves[REGISTER]
    day = judged_on(leaves)
    return [
        Registered(path, layer.label, **row, stale=_ended(row, day))
        for path, layer in scenario.layers.items()
        if key_at(path) and path not in NO_VALUES and not path.startswith(NO_INPUTS)
        if path in rows or not _is_shipped(layer)
        for row in (rows.get(path, {}),)
    ]


def _is_shipped(layer: Layer) -> bool:
    return layer.folder is not None and layer.folder.is_relative_to(scenarios_folder())


def _ended(row: Mapping[str, str], day: date) -> bool:
    """Whether a row's date lies before the day."""
    until = row.get("valid_until", "")
    return bool(until) and date.fromisoformat(until) < day


def stale(leaves: Leaves) -> Iterator[Note]:
    """A note for each source whose values were valid until a date before that of the judgement."""
    day = judged_on(leaves)
    ended = [Registered(path, "", **row) for path, row in leaves[REGISTER].items() if _ended(row, day)]
    alike = attrgetter("source", "owner", "valid_until")
    for (source, owner, until), rows in groupby(sorted(ended, key=alike), key=alike):
        paths = [row.path for row in rows]
        yield Note(STALE, {"source": source, "owner": owner, "until": until, "paths": paths, "day": day.isoformat()})


def wrong_rows(leaves: Leaves, origins: Mapping[str, Layer], faults: list[Fault]) -> None:
    """A fault for each row of the register of no key, or without a source, with an unknown mark or what is no date."""
    rows, day = leaves.get(REGISTER), leaves.get(JUDGED_ON)
    if isinstance(day, str) and day and not _is_date(day):
        faults.append(origins[JUDGED_ON].fault(JUDGED_ON, _no_date(day)))
    for path, row in rows.items() if isinstance(rows, Mapping) else ():
        where, layer = f"{REGISTER}.{path}", origins[REGISTER]
        if not key_at(path) or path in NO_VALUES:
            faults.append(
                layer.fault(where, unknown(path) if not key_at(path) else "stands for no value; leave it out")
            )
        elif isinstance(row, Mapping):
            faults += [layer.fault(f"{where}{name and f'.{name}'}", text) for name, text in _wrong_in(row)]


def _wrong_in(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in row:
        if name not in COLUMNS:
            yield name, f"unknown; {nearest(name, COLUMNS) or f'give {quoted(COLUMNS)}'}"
    source, mark, until = (row.get(name) for name in ("source", "mark", "valid_until"))
    if "source" not in row or (isinstance(source, str) and not source.strip()):
        yield "source", 'missing; say in "quotes" where the value comes from'
    if "mark" not in row:
        yield "mark", f"missing; give {quoted(MARKS)}"
    elif isinstance(mark, str) and mark not in MARKS:
        yield "mark", f'"{mark}" is no mark of certainty; {nearest(mark, MARKS) or f"give {quoted(MARKS)}"}'
    if isinstance(until, str) and until and not _is_date(until):
        yield "valid_until", _no_date(until)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _no_date(text: str) -> str:
    return f'{found(text)}, not a date; write it as in "2026-12-31"'
