"""Checks of a whole scenario: types and bounds by the schema, tables found."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from simsurance.scenario_file.faults import Fault, in_words, nearest
from simsurance.scenario_file.fields import Complaints, Place
from simsurance.scenario_file.files import TABLES, Layer, to_change
from simsurance.scenario_file.form import form_of
from simsurance.scenario_file.keys import key_at
from simsurance.scenario_file.leaves import missing_inside, nested
from simsurance.scenario_file.schema import ScenarioValues

Origins = Mapping[str, Layer]
BESIDE: Final = {"years_out_of_order": "valuation_year", "band_ratios": "band_edges", "assisted": "income_groups"}
"""The key before it that a value does not go with, by the kind of the complaint."""


def validated(
    leaves: Mapping[str, Any], origins: Origins, root: Layer, faults: list[Fault], prefix: str = ""
) -> ScenarioValues | None:
    """The values of complete leaves, or None and the faults that the schema finds."""
    for named, text in missing_inside(leaves):
        layer = next(origins[leaf] for leaf in leaves if leaf.startswith(f"{named}."))
        faults.append(layer.fault(prefix + named, text))
    complaints: Complaints = []
    form = form_of(leaves)
    values = form.schema.read(nested(form.neutral | dict(leaves)), (), complaints)
    for complaint in complaints:
        path, rest = _place(complaint.place, leaves)
        leaf = next((leaf for leaf in leaves if leaf == path or leaf.startswith(path + ".")), None)
        key = None if leaf is None else key_at(leaf)
        if leaf is None or key is None:
            continue  # a missing key
        for inside, text in in_words(key, rest, complaint):
            where = f"{path}.{inside}".rstrip(".")
            held_by = next((each for each in leaves if f"{where}.".startswith(f"{each}.")), leaf)
            beside = f"{path.rpartition('.')[0]}.{BESIDE.get(complaint.kind, '')}"
            told_at = to_change((held_by, beside), origins, root)
            place, said = (where, text) if told_at == held_by else (beside, f"{where}: {text}")
            faults.append(origins[told_at].fault(prefix + place, said))
    return values


def _place(place: Place, leaves: Mapping[str, Any]) -> tuple[str, Place]:
    """The leaf or the small table that a place in the schema belongs to, and what follows it inside a leaf."""
    path = ""
    for depth, part in enumerate(place, start=1):
        path = f"{path}.{part}".lstrip(".")
        if path in leaves:
            return path, place[depth:]
    return path, ()


def tables_found(leaves: Mapping[str, Any], origins: Origins, faults: list[Fault]) -> dict[str, Path]:
    """The file of every table: beside the file that names it, else the shipped one of that name."""
    tables: dict[str, Path] = {}
    for path in (path for path in leaves if (key := key_at(path)) and key.kind == "table"):
        name = leaves[path]
        if not isinstance(name, str):
            continue
        file = find_table(name, origins[path].folder)
        if isinstance(file, Path):
            tables[path] = file
        else:
            faults.append(origins[path].fault(path, file))
    return tables


@cache
def _shipped_table(name: str) -> Path | None:
    """The table of that name among the shipped ones, which stay as they are."""
    file = TABLES / name
    return file.resolve() if file.is_file() and file.resolve().is_relative_to(TABLES) else None


def find_table(name: str, folder: Path | None) -> Path | str:
    """The file of a table, or what is wrong with its name."""
    if not name.endswith(".csv") or "\0" in name:
        return f'"{name[:40]}" is not the name of a table; give the path of a .csv file'
    own = (folder or Path.cwd()) / name
    try:
        if own.is_file():
            return own.resolve()
        if file := _shipped_table(name):
            return file
    except OSError as error:
        return f'the table "{name[:40]}" cannot be opened ({error.strerror}); give another path'
    known = (file.relative_to(TABLES).as_posix() for file in TABLES.rglob("*.csv"))
    beside = "beside the scenario" if folder else "in the current folder"
    hint = nearest(name, known) or "give the path of a .csv file"
    return f'no table "{name}" {beside} or among the shipped ones; {hint}'
