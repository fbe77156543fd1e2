"""The parameter reference, generated: `python -m simsurance.scenario_file.parameter_page > docs/parameters.md`."""

import sys
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby

from simsurance.scenario_file.files import shipped
from simsurance.scenario_file.keys import KEYS, LEVER_KEYS, LEVERS, SECTIONS, SMALL_TABLES, Key
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.register import MARKS, register, sources
from simsurance.scenario_file.schema import Lever
from simsurance.scenario_file.toml_text import toml_value

INTRODUCTION = """# Parameters

Every key of a scenario file, with its value in the baseline, unit, bounds, source and mark of certainty. Generated from
the schema, `scenarios/baseline.toml` and `scenarios/register.csv` by `python -m simsurance.scenario_file.parameter_page`; a
test keeps it current. The same for any scenario: `simsurance show NAME`.

A *schedule* is one number for all years, `{ 2026 = 400, 2027 = 420 }` (each value holds until the next year named) or
`{ ramp = { 2026 = 0.05, 2035 = 0.04 } }` (straight lines between the years named, the last value holds on). The
*range* is what to run beside the value; it is empty where none makes sense. Of a schedule, range and mark are those of
its last value, and the note says what is weaker before.
"""

HEAD = ("key", "takes", "baseline", "unit", "bounds", "range", "mark", "source")


def parameters_text() -> str:
    """The whole reference as Markdown."""
    values = load("baseline").leaves
    parts = [INTRODUCTION, _marks()]
    for section, keys in groupby(KEYS.values(), key=lambda key: _section(key.path)):
        parts.append(f"## {section or 'At the top of the file'}\n")
        if section:
            parts.append(SECTIONS[section] + "\n")
        rows = [_row(key, toml_value(values[key.path]), section) for key in keys]
        parts.append("\n".join([_line(HEAD), _line(["---"] * len(HEAD)), *rows]) + "\n")
    parts += [_levers(), _cited()]
    return "\n".join(parts)


def _section(path: str) -> str:
    """The table that a key is listed under: small tables are listed with the table that holds them."""
    section = path.rpartition(".")[0]
    while section in SMALL_TABLES:
        section = section.rpartition(".")[0]
    return section


def _row(key: Key, value: str, section: str) -> str:
    """One key; the description stands under its name."""
    entry = register()[key.path]
    span = f"{entry.low} to {entry.high}" if entry.low or entry.high else ""
    takes = ", ".join(key.choices) if key.kind == "choice" else key.kind
    note = f"<br>{entry.note}" if entry.note else ""
    name = f"`{key.path.removeprefix(section).lstrip('.')}`<br>{key.description}{note}"
    return _line([name, takes, f"`{value}`", key.unit, _bounds(key), span, entry.mark, entry.source_id])


def _line(cells: Sequence[str]) -> str:
    """A row of a Markdown table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _marks() -> str:
    """What each mark of certainty says and how many keys carry it."""
    count = [entry.mark for entry in register().values()]
    rows = [_line([mark, says, str(count.count(mark))]) for mark, says in MARKS.items()]
    return "\n".join(["## Marks of certainty\n", _line(["mark", "says", "keys"]), _line(["---"] * 3), *rows]) + "\n"


LEVERS_INTRODUCTION = """A change that no key describes is a lever: a table `[levers.name]` with every key below. Its
component is multiplied by 1 + size × progress, and progress goes from 0 to 1 in `ramp_years` equal steps, the first in
`start`. Levers on one component multiply. Use and cost are changed before the benefit rules, benefits behind
them; a lever on subsidies changes the standard, one on personal contributions the standard and with it the burden that
people react to, one on income the fund's income over the standards. Nobody reacts to any other lever, but that fewer or
more years without reimbursement earn a bonus.
"""


def _levers() -> str:
    """The keys of a lever, and the levers of the shipped fragments."""
    keys = [
        _line([f"`{key.path}`<br>{key.description}", ", ".join(key.choices) or key.kind, key.unit, _bounds(key)])
        for key in LEVER_KEYS.values()
    ]
    parts = [f"## {LEVERS}\n", LEVERS_INTRODUCTION, *_table(("key", "takes", "unit", "bounds"), keys)]
    rows = []
    for name, levers in _shipped_levers().items():
        for lever, said in levers.items():
            years = f"{said.start}, {said.ramp_years} years" if said.ramp_years > 1 else f"{said.start}"
            span = f"{said.low:g} to {said.high:g}"
            about = f"`{lever}`<br>{said.description}"
            rows.append(_line([name, about, said.component, years, f"{said.size:g}", span, said.mark, said.source]))
    parts += ["Those shipped, by the option that lays them upon a scenario (`--with`):\n"]
    parts += _table(("option", "lever", "component", "start, ramp", "size", "range", "mark", "source"), rows)
    return "\n".join(parts)


def _table(head: tuple[str, ...], rows: list[str]) -> list[str]:
    """A Markdown table with an empty line behind it."""
    return [_line(head), _line(["---"] * len(head)), *rows, ""]


def _bounds(key: Key) -> str:
    """The hard bounds of a key, if it has any."""
    return f"{key.lowest:g} to {key.highest:g}" if key.lowest is not None and key.highest is not None else ""


def _cited() -> str:
    """The sources that the register and the shipped levers cite."""
    said = (lever for levers in _shipped_levers().values() for lever in levers.values())
    cited = sorted({entry.source_id for entry in register().values() if entry.source_id} | {one.source for one in said})
    return "\n".join(["## Sources\n", *(f"- `{source}`: {sources()[source]}" for source in cited)]) + "\n"


@cache
def _shipped_levers() -> dict[str, Mapping[str, Lever]]:
    """The levers of every shipped fragment."""
    baseline = load("baseline")
    return {name: baseline.with_fragment(name).values.levers for name in shipped(fragments=True)}


if __name__ == "__main__":
    sys.stdout.write(parameters_text())
