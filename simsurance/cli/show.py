"""`simsurance show`: a scenario's assumptions with their units, files, sources and ranges."""

import json
from typing import Any
from unicodedata import east_asian_width

import click

from simsurance.cli.options import as_of_option, in_its_currency, language_option, scenario_options
from simsurance.cli.terminal import tell
from simsurance.errors import SimsuranceError
from simsurance.language import CNY, WHOLE, Words, words
from simsurance.language.names import key_name
from simsurance.output.labels import scenario_title, unit_name
from simsurance.scenario_file.faults import nearest
from simsurance.scenario_file.keys import BONDS, CHOICES, KEYS, LEVERS, PINS, REGISTER, SECTIONS, key_at, named_part
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.own_register import Registered, judged_on, own_values
from simsurance.scenario_file.register import Entry, register, sources
from simsurance.scenario_file.toml_text import toml_value

BOND_SIZES = ("amount", "outgo_share", "coupon", "term_years", "outcome_share", "outcome_reference")
"""What a bond's source and mark speak of."""
CHOICE_TERMS = ("take_up", "need", "income", "contribution", "subsidy", "benefit", "use")
"""What a choice of cover's source and mark speak of."""
IN_COLUMNS = (
    "title",
    "title_zh",
    "take_up_range",
    "use_range",
    "low",
    "high",
    "mark",
    "source",
    "description",
    "description_zh",
)
"""Keys of a lever or a choice that stand in the columns of its size, or are too long for a table of many."""
WIDEST_VALUE = 44
BASELINE = "scenarios/baseline.toml"
REGISTERED = ("path", "source", "mark", "owner", "valid_until", "set_by")
WITHOUT_OWNER = ("choice", "derived", "fitted")
"""Marks of what follows from other values, or is decided: nobody has to renew it."""
COLUMNS = ("key", "value", "unit", "source", "mark", "range", "set by")
NAME = "name"
"""The column behind the key in a language in which keys have names."""
OF_KEY = "unit_of_key"
"""The unit as the schema has it, which words are found by."""


@click.command()
@click.argument("scenario")
@click.argument("prefix", metavar="[KEY]", default="")
@click.option(
    "--register", "registered", is_flag=True, help="Print the register of own inputs: source, mark, owner, date."
)
@as_of_option
@scenario_options
@language_option("heads, names, units and sources")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: every field of every key, values in full.")
def command(
    scenario: str,
    prefix: str,
    registered: bool,
    as_of: tuple[str, ...],
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    lang: str,
    as_json: bool,
) -> None:
    """Print the assumptions of SCENARIO, or those below KEY (a table such as fund, or one key in full).

    Source and mark are those of the baseline's value; a value that another file sets has that file as its source.
    """
    shown = in_its_currency(load(scenario, fragments, (*as_of, *settings)))
    if registered:
        _register(shown, prefix, lang, as_json)
        return
    known = list(shown.leaves)
    paths = [path for path in known if _below(path, prefix)]
    if not paths and prefix == LEVERS:
        raise SimsuranceError(f"{shown.name}: no levers; lay some upon it with --with, `simsurance levers` lists them")
    if not paths and prefix == PINS:
        raise SimsuranceError(f"{shown.name}: nothing is pinned; write [pins.name] and the keys of each pin below")
    if not paths and prefix == BONDS:
        raise SimsuranceError(f"{shown.name}: no bonds; write [bonds.name] and the keys of each bond below")
    if not paths and prefix == CHOICES:
        raise SimsuranceError(
            f"{shown.name}: no choices of cover; write [choices.name] and the keys of each choice below"
        )
    if not paths:
        tables = (table for table in SECTIONS if any(path.startswith(f"{table}.") for path in known))
        hint = nearest(prefix, [*known, *tables]) or f"`simsurance show {scenario}` lists all"
        raise SimsuranceError(f"{prefix}: no such key or table; {hint}")
    said = words(lang)
    rows = [details(shown, path, lang) for path in paths]
    if as_json:
        numbers = [row | {end: as_number(row[end]) for end in ("low", "high")} for row in rows]
        numbers = [
            {name: value for name, value in row.items() if name != OF_KEY and (row[NAME] or name != NAME)}
            for row in numbers
        ]
        tell(json.dumps(numbers, ensure_ascii=False, indent=2))
    elif len(rows) == 1:
        card = _in_words(rows[0] | {"value": toml_value(rows[0]["value"])}, shown, said)
        heads = {name: _head(name, said) for name in card}
        widest = max(12, *(width(head) for head in heads.values()))
        for name, value in card.items():
            if value not in ("", None):
                tell(heads[name] + " " * (widest - width(heads[name])) + f" {value}")
    else:
        tell(said.say("show.head", title=scenario_title(shown, lang), name=shown.name, keys=len(rows)) + "\n")
        told = [row for row in rows if row["key"].rpartition(".")[2] not in IN_COLUMNS or row["key"] in KEYS]
        named = any(row[NAME] for row in rows)
        heads_of = [_head(name, said) for name in COLUMNS]
        if named:
            heads_of.insert(1, _head(NAME, said))
        for line in columns([tuple(heads_of), *(short(_in_words(row, shown, said), said, named) for row in told)]):
            tell(line)


def _head(name: str, said: Words) -> str:
    """What a column, or a line of the card, is called."""
    return said.label(f"show.{name.replace(' ', '_')}")


def _in_words(row: dict[str, Any], shown: Scenario, said: Words) -> dict[str, Any]:
    """The details of a key as they are told: unit and mark in words; what is known in English alone, where it is asked for."""
    mark = said.label(f"mark.{row['mark']}") if row["mark"] and said.lang != WHOLE else row["mark"]
    told = row | {"mark": mark, "unit": unit_name(shown, row[OF_KEY], said.lang)}
    left_out = {OF_KEY} if said.lang == WHOLE or not row[NAME] else {OF_KEY, "description", "note"}
    return {name: value for name, value in told.items() if name not in left_out}


def _register(shown: Scenario, prefix: str, lang: str, as_json: bool) -> None:
    """Print every own input with what the register says of it."""
    rows = [row for row in own_values(shown) if _below(row.path, prefix)]
    day = judged_on(shown.leaves).isoformat()
    if as_json:
        tell(json.dumps([vars(row) for row in rows], ensure_ascii=False, indent=2))
        return
    said = words(lang)
    tell(said.say("register.head", title=scenario_title(shown, lang), name=shown.name, count=len(rows), day=day) + "\n")
    ended = said.label("register.ended")
    cells = [(*(_cell(row, name, said) for name in REGISTERED), ended if row.stale else "") for row in rows]
    heads = (*(said.label(f"register.column.{name}") for name in REGISTERED), "")
    for line in columns([heads, *cells]) if rows else ():
        tell(line)
    found = [row for row in rows if row.mark not in WITHOUT_OWNER]
    lacking = {name: sum(not getattr(row, name) for row in found) for name in ("source", "owner", "valid_until")}
    if any(lacking.values()):
        tell("\n" + said.say("register.lacking", **lacking))


def _cell(row: Registered, name: str, said: Words) -> str:
    """A cell of the register; a mark in words."""
    told = getattr(row, name)
    return said.label(f"mark.{told}") if name == "mark" and told else told or "–"


def _below(path: str, prefix: str) -> bool:
    """Whether a key is the one asked for, or below it."""
    return not prefix or path == prefix or path.startswith(prefix.rstrip(".") + ".")


def as_number(text: str) -> float | str | None:
    """An end of a range as a number where it is one; none where there is no range."""
    try:
        return float(text)
    except ValueError:
        return text or None


def details(scenario: Scenario, path: str, lang: str = WHOLE) -> dict[str, Any]:
    """Everything known about one key of a scenario."""
    key, entry = key_at(path), register().get(path, Entry(path, "", "", "", "", ""))
    assert key is not None
    changed = scenario.origins[path] != BASELINE
    if scenario.currency != CNY:  # of another country, with a register of its own and none of the nation's ranges
        own = scenario.leaves[REGISTER].get(path, {})
        entry, changed = Entry(path, own.get("source", ""), own.get("mark", ""), "", "", ""), False
    table, name, part = named_part(path)
    if table == LEVERS and part == "size":
        said = scenario.values.levers[name]
        low, high = toml_value(said.low), toml_value(said.high)
        entry, changed = Entry(path, said.source, said.mark, low, high, said.description), False
    if table == BONDS and part in BOND_SIZES:
        bond = scenario.values.bonds[name]
        entry, changed = Entry(path, bond.source, bond.mark, "", "", bond.description), False
    if table == CHOICES and part in CHOICE_TERMS:
        choice = scenario.values.choices[name]
        low, high = map(str, getattr(choice, f"{part}_range", None) or ("", ""))
        entry, changed = Entry(path, choice.source, choice.mark, low, high, choice.description), False
    if table == PINS and part == "values":
        pinned = scenario.values.pins[name]
        entry, changed = Entry(path, pinned.source, pinned.mark, "", "", ""), False
    return {
        "key": path,
        NAME: key_name(path, lang),
        "value": scenario.leaves[path],
        "unit": scenario.in_currency(key.unit),
        OF_KEY: key.unit,
        "description": key.description,
        "lowest": key.lowest,
        "highest": key.highest,
        "set by": scenario.origins[path],
        "source": "" if changed else entry.source_id,
        "title": "" if changed else sources(lang).get(entry.source_id, ""),
        "mark": "" if changed else entry.mark,
        "low": entry.low,
        "high": entry.high,
        "note": entry.note,
    }


def short(row: dict[str, Any], said: Words, named: bool) -> tuple[str, ...]:
    """The cells of one key in the table of many; the name behind the key where keys have names."""
    ends = {end: row[end] for end in ("low", "high")}
    span = said.say("show.span", **ends) if row["low"] or row["high"] else ""
    file = row["set by"].removeprefix("scenarios/").removesuffix(".toml")
    name = (row[NAME],) if named else ()
    return (row["key"], *name, in_brief(row["value"]), row["unit"], row["source"], row["mark"], span, file)


def in_brief(value: Any) -> str:
    """A value on little room: of a long schedule its first and last years, of a long text its beginning."""
    whole = toml_value(value)
    if len(whole) <= WIDEST_VALUE:
        return whole
    if isinstance(value, dict):
        inner = value.get("ramp", value)
        (first, *_, last) = inner.items()
        brief = f"{first[0]} = {toml_value(first[1])} … {last[0]} = {toml_value(last[1])}"
        return f"{{ ramp = {{ {brief} }} }}" if "ramp" in value else f"{{ {brief} }}"
    return whole[: WIDEST_VALUE - 1] + "…"


def columns(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows as lines whose columns stand under each other; Chinese characters take two places."""
    widths = [max(width(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(cell + " " * (widths[place] - width(cell)) for place, cell in enumerate(row)).rstrip() for row in rows
    ]


def width(text: str) -> int:
    """Places that a text takes on the screen."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
