"""A layer of a scenario as leaves: dotted path -> value. Merging is then one rule, the later leaf wins."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from simsurance.scenario_file.faults import Fault, found, nearest, wanted
from simsurance.scenario_file.files import Layer
from simsurance.scenario_file.form import form_of
from simsurance.scenario_file.keys import (
    AT_ROOT_KEYS,
    BONDS,
    CHOICES,
    KEYS,
    LEVERS,
    NAMED,
    PINS,
    REMOVED,
    RENAMED,
    SECTIONS,
    SMALL_TABLES,
    UNSAID,
    is_policy,
    is_section,
    is_small_table,
    key_at,
    named_part,
)
from simsurance.scenario_file.schedule import is_year

Leaves = dict[str, Any]


def leaves_of(layer: Layer, faults: list[Fault], prefix: str = "") -> Leaves:
    """The known leaves of a layer; keys that are unknown, misplaced, renamed or no table become faults."""
    leaves: Leaves = {}
    for path, name, value in _walk(layer.data, ""):
        if "." in name:
            text = f'a key in "quotes" is not split at its dots; write {path} without quotes'
            faults.append(layer.fault(prefix + path, text))
        elif key_at(path):
            leaves[path] = value
        elif is_section(path):
            faults.append(layer.fault(prefix + path, f"{_no_table_of_keys(value)}; {_members(path)}"))
        else:
            faults.extend(layer.fault(prefix + each, unknown(each)) for each in _gone_inside(path, value) or [path])
    return leaves


def _gone_inside(path: str, value: object) -> list[str]:
    """The renamed and removed keys in a table that is no more."""
    if path in RENAMED or path in REMOVED or not isinstance(value, Mapping):
        return []
    inside = [(f"{path}.{name}", item) for name, item in value.items()]
    here = [each for each, _ in inside if each in RENAMED or each in REMOVED]
    return here + [deeper for each, item in inside for deeper in _gone_inside(each, item)]


def _walk(table: Mapping[Any, Any], prefix: str) -> Iterator[tuple[str, str, Any]]:
    """Path, name and value of every entry that is a leaf, unknown, or not the table that the schema has there."""
    for name, value in table.items():
        path = f"{prefix}{name}"
        table_here = is_section(path) and "." not in name and not (is_small_table(path) and _is_schedule(value))
        if table_here and isinstance(value, Mapping) and (value or path in SECTIONS):
            yield from _walk(value, path + ".")
        else:
            yield path, name, value


def _is_schedule(value: object) -> bool:
    """Whether a value is written as a schedule: by year, or as a ramp."""
    return isinstance(value, Mapping) and any(is_year(name) or name == "ramp" for name in value)


def _no_table_of_keys(value: object) -> str:
    """What stands where a table of keys belongs."""
    if value == {}:
        return "an empty table"
    return f"{'this is a schedule' if _is_schedule(value) else found(value)}, where a table of keys belongs"


def inside_a_value(path: str) -> str | None:
    """Why a dotted path that leads into a schedule or another value cannot be set by itself."""
    key = next((key for key in KEYS if path.startswith(key + ".")), None)
    return f"{key} is one value and replaced whole; {wanted(KEYS[key])}" if key else None


def _members(section: str) -> str:
    """The keys of a section, told where there are few."""
    names = [path.rsplit(".", 1)[1] for path in (*KEYS, *SECTIONS) if path.rpartition(".")[0] == section]
    table, name, _ = named_part(section)
    if name:
        return f"give its keys: {', '.join(NAMED[table])}"
    if section in NAMED:
        return f"write [{section}.name] and the keys of each {_one_of(section)} below"
    if len(names) > 6:
        return f"write [{section}] and its keys below"
    inside = [KEYS.get(f"{section}.{name}") for name in names] if section in SMALL_TABLES else []
    by_year = ", each a number or a schedule" if any(key and key.kind == "schedule" for key in inside) else ""
    return f"give {{ {', '.join(f'{name} = …' for name in names)} }}{by_year}"


def unknown(path: str) -> str:
    """What an unknown key probably should be: renamed, removed, a key of another table, or misspelt."""
    if path in RENAMED:
        return f"renamed to {RENAMED[path]}; write that name"
    if path in REMOVED:
        return f"was removed: {REMOVED[path]}; leave it out"
    section, _, name = path.rpartition(".")
    if path.partition(".")[0] in NAMED:
        return _unknown_inside(path)
    if path in ("reference", "pinned_in"):
        return "only a complete file, without extends, has this table; leave it out"
    known = (*KEYS, *SECTIONS)
    siblings = [other.rpartition(".")[2] for other in known if other.rpartition(".")[0] == section]
    longer = [other for other in siblings if f"_{name}_" in f"_{other}_"]
    if 0 < len(longer) <= 3:
        return f"unknown key; did you mean {' or '.join(longer)}?"
    homes = [other for other in known if other.rpartition(".")[2] == name]
    if homes and len(homes) <= 4:
        if set(homes) <= set(SECTIONS):
            return f"unknown table; write {' or '.join(f'[{other}]' for other in homes)}"
        return f"unknown key; it belongs to {' or '.join(_home(other) for other in homes)}"
    if hint := nearest(name, siblings):
        return f"unknown key; {hint}"
    if 0 < len(siblings) <= 6:
        return f"unknown key; the keys here are {', '.join(siblings)}"
    if hint := nearest(path, [other for other in known if not path.startswith(other + ".")]):
        return f"unknown key; {hint}"
    return f"unknown key; `simsurance show baseline {section}".rstrip() + "` lists the known ones"


def _unknown_inside(path: str) -> str:
    """What is wrong with the name of a lever or a pin, or with a key inside it."""
    place = path.partition(".")[0]
    _, name, key = named_part(path)
    one, known = _one_of(place), NAMED[place]
    if not name:
        like = LIKE[place]
        return f"a {one}'s name is made of small letters, digits and single _; write for example [{like}]"
    return f"unknown key; {nearest(key, known) or f'the keys of a {one} are ' + ', '.join(known)}"


LIKE = {
    LEVERS: "levers.new_drugs_inpatient",
    PINS: "pins.subsidies",
    BONDS: "bonds.prevention",
    CHOICES: "choices.higher",
}
"""A name of each kind."""


def _one_of(table: str) -> str:
    """What one of the tables inside a table is called: `lever` of `levers`."""
    return table.removesuffix("s")


def _home(path: str) -> str:
    """The table a key stands in, as its header is written."""
    section = path.rpartition(".")[0]
    return f"[{section}]" if section else "the top of the file"


def reference_of(layer: Layer, faults: list[Fault]) -> tuple[Layer, Leaves]:
    """A root file without its table `reference`, and that table's leaves: the rules to calibrate behaviour under, incomes."""
    rest, leaves = set_apart(layer, "reference", faults)
    for path in [path for path in leaves if not is_policy(path) and path not in AT_ROOT_KEYS]:
        text = (
            "not one of the keys that a scenario needs of its root; give keys of participation, contributions or income"
        )
        faults.append(layer.fault(f"reference.{path}", text))
        del leaves[path]
    return rest, leaves


def set_apart(layer: Layer, name: str, faults: list[Fault]) -> tuple[Layer, Leaves]:
    """A root file without one of its tables, and the leaves of that table."""
    if name not in layer.data:
        return layer, {}
    rest = replace(layer, data={k: v for k, v in layer.data.items() if k != name})
    table = layer.data[name]
    if not isinstance(table, Mapping):
        faults.append(layer.fault(name, f"{found(table)}, where a table of keys belongs; leave it out"))
        return rest, {}
    return rest, leaves_of(Layer(layer.label, table, layer.folder, layer.lines), faults, f"{name}.")


def missing(leaves: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Keys and whole sections that a complete file lacks, each with what would be right."""
    keys = form_of(leaves).keys
    absent = [path for path in keys if path not in leaves and path not in UNSAID]
    if len(absent) > len(keys) // 2 or not leaves:
        return [("", 'most keys are missing; add extends = "baseline", or give every key')]
    told: dict[str, str] = {}
    for path in absent:
        section = _absent_section(path, leaves)
        if section:
            told[section] = 'the table is missing; a file without extends gives every key, or add extends = "baseline"'
        else:
            told[path] = f"missing; a file without extends gives every key: {wanted(keys[path])}"
    return list(told.items())


def missing_inside(leaves: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Levers and pins that lack keys, each with what would be right."""
    named = dict.fromkeys(part[:2] for path in leaves if (part := named_part(path))[0])
    told = []
    for table, name in named:
        keys = {key: known for key, known in NAMED[table].items() if not known.optional}
        absent = [key for key in keys if f"{table}.{name}.{key}" not in leaves]
        if len(absent) == 1:
            told.append((f"{table}.{name}", f"{absent[0]} is missing; {wanted(keys[absent[0]])}"))
        elif absent:
            whole = [other for place, other in named if f"{place}.{other}.{absent[0]}" in leaves and place == table]
            hint = nearest(name, whole) or f"a {_one_of(table)} gives every key"
            told.append((f"{table}.{name}", f"{', '.join(absent)} are missing; {hint}"))
    return told


def _absent_section(path: str, leaves: Mapping[str, Any]) -> str:
    """The widest table around a key of which no key is given, or an empty text."""
    parts = path.split(".")
    for depth in range(1, len(parts)):
        section = ".".join(parts[:depth])
        if not any(leaf.startswith(section + ".") for leaf in leaves):
            return section
    return ""


def nested(leaves: Mapping[str, Any]) -> dict[str, Any]:
    """Leaves as the tables of a file."""
    tables: dict[str, Any] = {}
    for path, value in leaves.items():
        *above, name = path.split(".")
        table = tables
        for part in above:
            table = table.setdefault(part, {})
        table[name] = value
    return tables
