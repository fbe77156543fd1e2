"""What the keys of a scenario file are called: `names/<language>.toml`; without that file they go by their paths."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

from simsurance.language.currency import CNY, currency_told

FOLDER: Final = Path(__file__).parent / "names"
ELSEWHERE: Final = ".elsewhere"
"""Behind a language: the file of names that are others where a scheme is in another currency."""
SHORT: Final = ".short"
"""Behind a language: the file of names that stand on charts alone, for one in which keys otherwise go by their paths."""
NAMED: Final = ("levers", "pins", "choices")
"""Tables whose own tables have names that a user gives."""
AGES: Final = re.compile(r"age_(\d+)_(\d+|plus)")
MEMBERS: Final = "members"


def table_name(path: str, lang: str) -> str:
    """The name of a key without the member of a small table; empty where there is none."""
    return key_name(path, lang).partition(_between(lang))[0]


def key_name(path: str, lang: str) -> str:
    """The name of a key, that of a member of a small table with the member behind it; empty where there is none."""
    known = _names(lang)
    parts = path.split(".")
    if parts[0] in NAMED and len(parts) > 2:
        of_table = known.get(f"{parts[0]}.{parts[-1]}", "")
        return f"{parts[1]}{_between(lang)}{of_table}" if of_table else ""
    for end in range(len(parts), 0, -1):
        if own := known.get(".".join(parts[:end])):
            members = [_member(each, lang) for each in parts[end:]]
            return _between(lang).join([own, *members]) if all(members) else ""
    return ""


def shown_name(path: str, lang: str) -> str:
    """The name of a key as it stands on a chart; its path where it has none."""
    return key_name(path, lang) or key_name(path, f"{lang}{SHORT}") or path


def _member(name: str, lang: str) -> str:
    """A member of a small table: an area, an income group, a sex, ages; another name as it is."""
    known = _names(lang)
    if ages := AGES.fullmatch(name):
        form = known[f"{MEMBERS}.age_from" if ages[2] == "plus" else f"{MEMBERS}.age_from_to"]
        return form.replace("{1}", ages[1]).replace("{2}", ages[2])
    return known.get(f"{MEMBERS}.{name}", name)


def _between(lang: str) -> str:
    """What stands between a name and that of a member."""
    return _names(lang).get(f"{MEMBERS}.between", ", ")


def _names(lang: str) -> dict[str, str]:
    """The names of a language by dotted path, in the country whose currency is told in; nothing for one without a file."""
    return _names_of((lang,) if currency_told() == CNY else (lang, f"{lang}{ELSEWHERE}"))


@cache
def _names_of(files: tuple[str, ...]) -> dict[str, str]:
    """The names of files that are there, a later one's in place of those before it."""
    found: dict[str, str] = {}
    for file in (FOLDER / f"{name}.toml" for name in files):
        found |= _flat(tomllib.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}
    return found


def _flat(table: dict[str, Any], above: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, entry in table.items():
        found |= _flat(entry, f"{above}{name}.") if isinstance(entry, dict) else {f"{above}{name}": entry}
    return found
