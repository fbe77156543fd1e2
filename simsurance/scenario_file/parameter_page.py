"""The parameter reference, generated: `python -m simsurance.scenario_file.parameter_page > docs/parameters.md`."""

import sys
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby

from simsurance.scenario_file.files import shipped
from simsurance.scenario_file.keys import (
    BOND_KEYS,
    BONDS,
    CHOICE_KEYS,
    CHOICES,
    KEYS,
    LEVER_KEYS,
    LEVERS,
    OF_OTHERS,
    PAYROLL,
    PIN_KEYS,
    PINS,
    SECTIONS,
    SMALL_TABLES,
    Key,
)
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

Keys that end in the name of an area or an income group, such as `claims.inpatient.area_cost.urban`, are listed with those
of the national scheme. The names are data: `[axes]` gives the scenario's own, one or more, and the same keys then end in
these, `claims.inpatient.area_cost.town`; with one area no key by area is given, with one group no key by group. The schema
for editors takes any such name ([another-country.md](another-country.md)).

What lies upon another scenario may be relative to it: `{ add = 0.05 }` or `{ multiply = 1.1 }` in place of a number or a
schedule, with `from = 2027` from that year on. Values given outright come first, then products, then sums, whatever the
order of options; a bound of the key that binds is told.

`validate` and `run` tell every level of one's own that can hardly be, with the factor that it is likely to be off by:
10 or 100 (per cent, an index of 100), thousands, 10,000 (wan), 100 million (yi). Amounts and counts are compared with
the baseline's per person, a table by its level: life expectancy at birth, births per woman, mean relative income of
an area (1), the mean of a profile over the persons of the scenario's own stock beside the nation's. The bands are
those of `simsurance/data/plausible.csv`. Relative costs need no mean: the levels `claims.inpatient.level` and
`claims.outpatient.level` are fitted with the shipped profiles, so that another mean moves all cost. What is meant is
given with its reason, which stands in the summary and in `simsurance show`:

    [plausible]
    "claims.outpatient.cost_table" = "an index of the insurer; claims.outpatient.level is fitted with it"

Reasons of a parent and of options stand together. One for an unknown key is an error, one that no note asks for is told.
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
    parts += [_others(), _levers(), _pins(), _bonds(), _covers(), _cited()]
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


OTHERS_INTRODUCTION = """Only a scheme that takes contributions on earnings has this table; the rule `payroll` of
`contributions.personal` reads it.
"""


def _others() -> str:
    """The keys that the national scheme has not."""
    return "\n".join([f"## {PAYROLL}\n", OTHERS_INTRODUCTION, *_keys(OF_OTHERS)])


def _levers() -> str:
    """The keys of a lever, and the levers of the shipped fragments."""
    parts = [f"## {LEVERS}\n", LEVERS_INTRODUCTION, *_keys(LEVER_KEYS)]
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


PINS_INTRODUCTION = """A yearly series replaces a total: a table `[pins.name]` with the keys below, `mode` if it is not
`root`. Years that are not named are the model's. A row of the ledger is scaled, and what is a share of it (local financing,
administration, employers' part of the accounts, relatives' contributions, spending from accounts) moves with it, unless
pinned itself. The income or expenditure of a fund scales those of its rows that are neither transfers nor pinned themselves;
what is received in advance is kept. A transfer changes both funds. The insured are those of 1 January, all their statuses in
proportion; who is added or taken away is `population_adjustment`, unless `population.pinned_total` holds the population:
then everybody else makes room.

The factors of pins of the mode `root` are found in the file that pins, with all that it extends; whatever extends it, and
every option and setting that does not pin itself, keeps them. A total of the mode `fixed` gives no answer: a run tells
which levers and changed keys cannot act beside it, and measures that ask what an answer would be have the status `pinned`.
That nobody is paid more than care costs is checked before scaling. Totals that contradict each other, or what the model
finds, are refused: parts above a whole, transfers above the contributions that they are paid out of.
"""


def _pins() -> str:
    """The keys of a pin."""
    return "\n".join([f"## {PINS}\n", PINS_INTRODUCTION, *_keys(PIN_KEYS)])


BONDS_INTRODUCTION = """A bond of a fund: a table `[bonds.name]` with the keys below, its size as `amount` or as
`outgo_share`. It is issued and redeemed on 31 December: debt, neither income nor expenditure, so that reserve months and the
depletion year, which are net of what is outstanding, do not move with it. The coupon is expenditure of each year on what was
outstanding on its 1 January. A payment that hangs on a result is made once, if `outcome_share` is above 0: the result of
`outcome_year` as it stands in fund.csv, compared with `outcome_reference`; what the budget pays comes in and goes out, and
is government financing. What the money is spent on is not in the bond: lay on a lever or an option that spends and does it.
Method note, section 10.
"""


def _bonds() -> str:
    """The keys of a bond."""
    return "\n".join([f"## {BONDS}\n", BONDS_INTRODUCTION, *_keys(BOND_KEYS)])


CHOICES_INTRODUCTION = """A choice of cover: a table `[choices.name]` with the keys below. Of the insured of the resident
fund the share `take_up × need × income` has it, by health status class and income group: take-up is literal, so that what all
have together hangs on who is insured (`choices.csv` tells it). They pay more or less than the standard, the budget too, and the
fund pays them more or less than the basic benefits. A voluntary higher cover, an opting out, a refusal of the chronically ill
(`need = [0, 0, 1]`, all three terms −1) and a loading for them are all of it. Nobody leaves or enters because of it. Draws
vary take-up and use of a choice that gives a range of them, of no other. Runs with choices are stepped by the plain engine.
Method note, section 6.
"""


def _covers() -> str:
    """The keys of a choice of cover."""
    return "\n".join([f"## {CHOICES}\n", CHOICES_INTRODUCTION, *_keys(CHOICE_KEYS)])


def _keys(keys: Mapping[str, Key]) -> list[str]:
    """The keys of a table that has a name of its own, as a table."""
    rows = [
        _line([f"`{key.path}`<br>{key.description}", _choices(key) or key.kind, key.unit, _bounds(key)])
        for key in keys.values()
    ]
    return _table(("key", "takes", "unit", "bounds"), rows)


def _choices(key: Key) -> str:
    """The words that a key may hold, as they are written."""
    return ", ".join(f"`{choice}`" for choice in key.choices)


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
