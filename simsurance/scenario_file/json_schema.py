"""The JSON Schema of scenario files, for editors: completion, descriptions, units and bounds while typing."""

import json
from collections.abc import Mapping
from typing import Any, Final

from simsurance.scenario_file.files import shipped
from simsurance.scenario_file.keys import ANY, KEYS, NAMED, OF_ANY, OF_OTHERS, ROOT_KEYS, SECTIONS, Key
from simsurance.scenario_file.register import MARKS
from simsurance.scenario_file.schema import NAME
from simsurance.scenario_file.sections import NAME_OF_GROUP

FILE_NAME: Final = "simsurance.schema.json"
TITLE: Final = "simsurance scenario"
YEAR: Final = "^(199[0-9]|20[0-9]{2}|21[0-4][0-9]|2150)$"

GROUP: Final = f"^{NAME_OF_GROUP.pattern}$"
"""The name of an area or income group, which is the scenario's own."""

OPERATOR: Final = {
    "type": "object",
    "properties": {"add": {"type": "number"}, "multiply": {"type": "number"}, "from": {"type": "integer"}},
    "oneOf": [{"required": ["add"]}, {"required": ["multiply"]}],
    "additionalProperties": False,
}
"""A value relative to the one beneath."""
_REGISTERED: Final = {
    "type": "object",
    "properties": {
        "source": {"type": "string", "minLength": 1},
        "mark": {"enum": list(MARKS)},
        "owner": {"type": "string"},
        "valid_until": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    },
    "required": ["source", "mark"],
    "additionalProperties": False,
}
"""A row of the register of own values."""


def json_schema() -> dict[str, Any]:
    """The schema of a scenario or a fragment: nothing is required, since files may say only what differs."""
    top: dict[str, Any] = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": TITLE,
        "description": "A scenario or a fragment. A scenario says only what differs from the parent that it extends.",
        **_table(KEYS | OF_OTHERS, ""),
    }
    names = [{"enum": list(shipped())}, {"type": "string", "pattern": r"\.toml$"}]
    top["properties"] = {
        "extends": {"description": "parent: the name of a shipped scenario or the path of a file", "anyOf": names},
        "with": {
            "description": "fragments laid upon the parent, below the keys of this file",
            "type": "array",
            "items": {"anyOf": [{"enum": list(shipped(fragments=True))}, {"type": "string", "pattern": r"\.toml$"}]},
        },
        **top["properties"],
        **{
            table: {
                "type": "object",
                "description": SECTIONS[table],
                "patternProperties": {f"^{NAME}$": _table(keys, "")},
                "additionalProperties": False,
            }
            for table, keys in NAMED.items()
        },
        "reference": {
            "description": "the rules that behaviour is calibrated under where they are not those of a complete file",
            **_table({path: KEYS[path] for path in ROOT_KEYS}, ""),
        },
        "pinned_in": {
            "description": "what the factors of pins are found in, where it differs from a complete file",
            "type": "object",
        },
    }
    return top


def json_schema_text() -> str:
    """The schema as the text of a file."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"


def _table(keys: Mapping[str, Key], prefix: str) -> dict[str, Any]:
    """The schema of one table of keys and of the tables inside it."""
    properties: dict[str, Any] = {}
    for path, key in keys.items():
        name, _, rest = path.removeprefix(prefix).partition(".")
        if name in properties:
            continue
        if rest:
            inside = {p: k for p, k in keys.items() if p.startswith(f"{prefix}{name}.")}
            table = _table(inside, f"{prefix}{name}.")
            properties[name] = {"description": SECTIONS[f"{prefix}{name}"], **table}
        else:
            properties[name] = _leaf(key)
    return {"type": "object", "additionalProperties": False, "properties": properties, **_of_any_name(prefix)}


def _of_any_name(prefix: str) -> dict[str, Any]:
    """What a table by area or income group takes under any name, those of the national scheme beside it for completion."""
    above = prefix.split(".")[:-1]
    for path, key in OF_ANY.items():
        parts = path.split(".")
        inside = parts[len(above) :]
        if inside[:1] == [ANY] and all(part in (own, ANY) for part, own in zip(parts, above, strict=False)):
            leaf = _leaf(key)
            by_group = {"type": "object", "additionalProperties": False, "patternProperties": {GROUP: leaf}}
            return {"patternProperties": {GROUP: leaf if len(inside) == 1 else by_group}}
    return {}


def _leaf(key: Key) -> dict[str, Any]:
    """The schema of one key, its unit and bounds also in words."""
    bounds = {"minimum": key.lowest, "maximum": key.highest} if key.lowest is not None else {}
    words = f"{key.description} ({key.unit}, {key.lowest:g} to {key.highest:g})" if key.unit else key.description
    number = {"type": "number", **bounds}
    years = _by_year(number)
    forms: dict[str, dict[str, Any]] = {
        "number": {"anyOf": [number, OPERATOR]},
        "whole number": {"type": "integer", **bounds},
        "schedule": {"anyOf": [number, years, _ramp(years), OPERATOR]},
        "pins": {**years, "minProperties": 0},
        "rules": _by_year({"enum": list(key.choices)}),
        "reasons": {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}},
        "labels": {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}},
        "names": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "register": {"type": "object", "additionalProperties": _REGISTERED},
        "choice": {"enum": list(key.choices)},
        "switch": {"type": "boolean"},
        "list": {"type": "array", "items": number, "minItems": 1},
        "pair": {"type": "array", "items": number, "maxItems": 2},
        "table": {"type": "string", "pattern": r"\.csv$"},
        "text": {"type": "string"},
    }
    return {"description": words, **forms[key.kind]}


def _by_year(item: dict[str, Any]) -> dict[str, Any]:
    """One value a year named."""
    return {"type": "object", "patternProperties": {YEAR: item}, "additionalProperties": False, "minProperties": 1}


def _ramp(years: dict[str, Any]) -> dict[str, Any]:
    """Straight lines between the years named."""
    return {"type": "object", "properties": {"ramp": years}, "required": ["ramp"], "additionalProperties": False}
