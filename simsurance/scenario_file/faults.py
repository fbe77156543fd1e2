"""Faults of scenario files: one line each, `file:key: what is wrong; what would be right`, all of them at once."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Final

from simsurance.errors import SimsuranceError
from simsurance.scenario_file.fields import Complaint
from simsurance.scenario_file.keys import MEMBERS, Key
from simsurance.scenario_file.schedule import CALENDAR

MOST_SHOWN: Final = 50
LONGEST_SHOWN: Final = 40
"""Characters of a value that a fault repeats."""
LONGEST_KEY: Final = 200
"""Characters of a key that a fault repeats."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong at one place."""

    file: str
    key: str
    text: str
    line: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{brief(self.key, LONGEST_KEY)}" if self.key else self.file
        return printable(f"{place}: {self.text}")


def printable(text: str) -> str:
    """The text on one line: line breaks and control characters are escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def fault_lines(faults: Iterable[Fault]) -> list[str]:
    """The lines to show: each once, sorted by file and line, at most fifty."""
    ordered = sorted(faults, key=lambda fault: (fault.file, fault.line))
    lines = list(dict.fromkeys(str(fault) for fault in ordered))
    if len(lines) > MOST_SHOWN:
        lines = [*lines[:MOST_SHOWN], f"and {len(lines) - MOST_SHOWN} more; correct these first"]
    return lines


def refuse(faults: Iterable[Fault]) -> None:
    """Raise the one exception with all faults; nothing happens where there are none."""
    if lines := fault_lines(faults):
        raise SimsuranceError(*lines)


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """'did you mean …?' for the nearest known word, or an empty text."""
    close = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=cutoff)
    return f"did you mean {close[0]}?" if close else ""


def wanted(key: Key, by_year: bool = False) -> str:
    """What a key takes, in words; of a schedule, what one of its years takes."""
    bounds = f"from {bound(key.lowest)} to {bound(key.highest)} ({key.unit})" if key.lowest is not None else ""
    match "number" if by_year else key.kind:
        case "number":
            return f"give a number {bounds}"
        case "whole number":
            return f"give a whole number {bounds}"
        case "schedule":
            return f"give a number {bounds}, {{ 2026 = … }} by year, or {{ ramp = {{ 2026 = … }} }}"
        case "pins":
            return f"give {{ 2026 = … }} by year, each {bounds}, or {{}} for none"
        case "rules":
            return f"give a rule by year, such as {{ 2026 = {quoted(key.choices[:1])} }}"
        case "choice":
            return f"give {quoted(key.choices)}"
        case "switch":
            return "write true or false"
        case "list":
            return f"give a list of numbers, each {bounds}"
        case "pair":
            return "give two numbers, lowest and highest, or [] for none"
        case "names":
            return 'give one or more names of small letters, each once, such as ["town", "country"]'
        case "labels":
            return 'give { town = "towns" } by name, or {} for none'
        case "reasons":
            return 'give { "fund.opening" = "why it is meant" } by key, or {} for none'
        case "register":
            return (
                'give { "fund.opening" = { source = "…", mark = "verified", owner = "…", valid_until = "2026-12-31" } }'
            )
        case "table":
            return 'give the path of a .csv file in "quotes"'
    return 'give text in "quotes"'


def quoted(choices: Iterable[str]) -> str:
    """'"low", "medium" or "high"'."""
    *first, last = (f'"{choice}"' for choice in choices)
    return f"{', '.join(first)} or {last}" if first else last


def plain(number: object) -> str:
    """A number as a person would write it: 1e13, 0.05, 400."""
    if isinstance(number, float) and (number != number or abs(number) == float("inf")):
        return {True: "nan", False: "inf" if number > 0 else "-inf"}[number != number]
    if isinstance(number, int) and abs(number) < 1e6:
        return str(number)
    try:
        return f"{number:.12g}".replace("e+", "e")
    except (OverflowError, ValueError):
        return "a number too large to be held"


def bound(number: float | None) -> str:
    """A bound in few characters: 0.05, 1000, 1e10."""
    return re.sub(r"e\+0*", "e", f"{number:g}")


def brief(text: str, longest: int = LONGEST_SHOWN) -> str:
    """A text, of a long one the beginning."""
    return text if len(text) <= longest else text[: longest - 3] + "..."


def found(value: object) -> str:
    """What was found instead, in words."""
    match value:
        case bool():
            return f"{str(value).lower()} is a switch"
        case str():
            return f'"{brief(value)}" is text'
        case dict():
            return "this is a table"
        case list():
            return "this is a list"
        case int() | float():
            return f"{plain(value)} is a number"
        case None:
            return "this is None"
        case date() | time():
            return "this is a date or a time"
    return f"this is a {type(value).__name__}"


def number_wanted(value: object, want: str) -> str:
    """Why a value is no number, and the number that was probably meant."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"a number too large to be held; {want}"
    if isinstance(value, float):
        return f"{plain(value)} is not a finite number; {want}"
    if not isinstance(value, str):
        return f"{found(value)}, not a number; {want}"
    text = unicodedata.normalize("NFKC", value).strip().replace(",", "").replace("_", "")
    percent = text.endswith("%")
    try:
        number = float(text.removesuffix("%").strip()) / (100 if percent else 1)
    except ValueError:
        return f"{found(value)}, not a number; {want}"
    if number != number or abs(number) == float("inf"):
        return f"{found(value)}, not a number; {want}"
    return f"{found(value)}, not a number; write {plain(round(number, 12))} without quotes{' or %' if percent else ''}"


def outside(key: Key, number: float, want: str) -> str:
    """A number outside its hard bounds; a percentage given for a share or a rate is recognised."""
    assert key.lowest is not None
    assert key.highest is not None
    text = f"{plain(number)} is outside {bound(key.lowest)} to {bound(key.highest)} ({key.unit})"
    if (key.unit == "a year" or key.unit.startswith("share")) and in_percent(number, key.lowest, key.highest):
        return f"{text}; rates and shares are fractions: did you mean {plain(number / 100)}?"
    return f"{text}; {want}"


def in_percent(number: float, lowest: float, highest: float) -> bool:
    """Whether a number outside its bounds was probably given in percent: far outside, and at home as a fraction.

    Where the bounds reach beyond 1 a number below 10 may be a factor that is too large.
    """
    limit = highest if number > 0 else -lowest
    far = abs(number) >= max(2 * limit, 10 if limit > 1 else 1)
    return far and lowest <= number / 100 <= highest


def in_words(key: Key, rest: tuple[int | str, ...], complaint: Complaint) -> list[tuple[str, str]]:
    """Sub-key and text of each fault that one complaint of the schema stands for."""
    value, context = complaint.value, complaint.facts
    key_itself = len(rest) > 1 and rest[-1] == "[key]"
    place = ".".join(str(part) for part in (rest[:-1] if key_itself else rest))
    want = wanted(key, by_year=bool(rest) and isinstance(rest[-1], int) and key.kind in ("schedule", "pins"))
    if key_itself and key.kind == "schedule" and rest[-2] in MEMBERS:
        return [("", f"this is a table by group, where one value for all belongs; {want}")]
    if key_itself:
        return [(place, _no_year(rest[-2], key.kind == "schedule"))]
    match complaint.kind:
        case "out_of_bounds":
            by_year = wanted(key, by_year=True)
            return [(where, outside(key, number, by_year if where else want)) for where, number in context["outside"]]
        case "years_descend":
            return [(place, f"year {context['after']} stands after {context['before']}; write the years in order")]
        case "too_short":
            return [(place, "no year is named; write { 2026 = … }")]
        case "beside_ramp":
            return [(place, "a ramp takes no other keys beside it; write { ramp = { 2026 = …, 2035 = … } }")]
        case "finite":
            return [(place, f"{plain(value)} is not a finite number; {want}")]
        case "whole number" if isinstance(value, float):
            return [(place, f"{value!r} is not a whole number; {f'write {value:.0f}' if value.is_integer() else want}")]
        case "number" if isinstance(value, dict) and value and rest and all(str(part).isdigit() for part in value):
            return [(place, f"{rest[-1]}.{next(iter(value))} is no year; years are whole numbers of four digits")]
        case "number" | "whole number":
            return [(place, number_wanted(value, want))]
        case "switch" if value in ("true", "false"):
            return [(place, f"{found(value)}, not a switch; write {value} without quotes")]
        case "switch":
            return [(place, f"{found(value)}, not a switch; {want}")]
        case "choice":
            hint = nearest(value, key.choices, 0.5) if isinstance(value, str) else ""
            shown = f'"{brief(value)}" is' if isinstance(value, str) else f"{found(value)},"
            return [(place, f"{shown} none of the choices; {hint or 'give ' + quoted(key.choices)}")]
        case "years" if rest:
            return [(place, f"{found(value)}, not a table of years; write {{ ramp = {{ 2026 = …, 2035 = … }} }}")]
        case "text":
            return [(place, f"{found(value)}, not text; {want}")]
        case "label":
            return [(place, f'{found(value)}, not a label of at most 20 letters; write one such as "CNY"')]
        case "names" if isinstance(value, list):
            return [(place, f"not one or more different names; {want}")]
        case "labels" if "name" in context:
            known = ", ".join(context["names"])
            return [(place, f"{context['name']} is no area or income group; the names are {known}")]
        case "assisted":
            right = f'write "{context["first"]}", or "" for none' if context["groups"] > 1 else 'write "" for none'
            return [(place, f"{found(value)}, not the first of several income_groups; {right}")]
        case "years_out_of_order":
            return [(place, f"{context['last']} lies before valuation_year {context['first']}; give a later year")]
        case "reserve_band":
            return [(place, f"not a lower and a higher number of months; {want}")]
        case "lever_size":
            size, low, high = (plain(context[name]) for name in ("size", "low", "high"))
            text = f"size {size} is outside its own range, {low} to {high}; give one inside, or outside_range = true"
            return [(place, text)]
        case "lever_range":
            return [(place, f"{plain(context['high'])} is below low, {plain(context['low'])}; exchange the two")]
        case "band_edges":
            return [(place, "the bands do not begin with 0 and rise; write [0, 50000, …]")]
        case "band_ratios":
            return [(place, f"{context['ratios']} ratios for {context['edges']} bands of band_edges; give one a band")]
    return [(place, f"{found(value)}; {want}")]


def _no_year(name: object, may_be_ramp: bool) -> str:
    """What is wrong with a key that should be a year."""
    name = brief(name) if isinstance(name, str) else name
    if isinstance(name, int):
        return f"year {name} is outside {CALENDAR[0]} to {CALENDAR[1]}; give a calendar year"
    if may_be_ramp:
        return f"{name} is neither a year of four digits nor ramp; write {{ 2026 = … }} or {{ ramp = {{ 2026 = … }} }}"
    return f"{name} is no year; years have four digits, such as {{ 2026 = … }}"
