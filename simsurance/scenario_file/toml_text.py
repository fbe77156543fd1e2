"""A resolved scenario as the text of a TOML file."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from simsurance.scenario_file.keys import REGISTER, in_order, is_small_table, key_at
from simsurance.scenario_file.leaves import nested

APART: Final = {
    "reference": "# The rules that behaviour is calibrated under and the incomes that cost is stated at, where they differ.",
    "pinned_in": "# What the factors of pins are found in, where it differs from the above; with all of its levers.",
}
"""Tables behind a complete scenario, and what is told of each."""


def toml_text(leaves: Mapping[str, Any], **apart: Mapping[str, Any]) -> str:
    """A root file: every key in the order of the schema, then the tables that say what else counted, if they differ."""
    ordered = nested({path: leaves[path] for path in in_order(leaves)})
    lines = _table_lines(ordered, "")
    for name, differing in apart.items():
        if differing:
            first, *others = _table_lines(nested(differing), f"{name}.")
            lines += ["", APART[name] + first, *others]
    return "\n".join(lines).strip() + "\n"


def _table_lines(table: Mapping[str, Any], prefix: str) -> list[str]:
    """The keys of a table, then its tables of keys under their own headers."""
    lines: list[str] = []
    below: list[str] = []
    for name, value in table.items():
        path = prefix + name
        known = path.partition(".")[2] if path.partition(".")[0] in APART else path
        if path == REGISTER and value:
            below += [f"\n[{path}]", *(f"{_name(key)} = {toml_value(row)}" for key, row in value.items())]
        elif isinstance(value, Mapping) and key_at(known) is None and not is_small_table(known):
            below += _table_lines(value, path + ".")
        else:
            lines.append(f"{name} = {toml_value(value)}")
    header = [f"\n[{prefix[:-1]}]"] if prefix and lines else []
    return header + lines + below


def _name(key: object) -> str:
    """A name in a value on one line, in quotes where TOML asks for them."""
    return str(key) if re.fullmatch(r"[\w-]+", str(key), re.ASCII) else toml_value(key)


def toml_value(value: Any) -> str:
    """One value on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(toml_value(item) for item in value)}]"
    inside = ", ".join(f"{_name(key)} = {toml_value(item)}" for key, item in value.items())
    return f"{{ {inside} }}" if inside else "{}"
