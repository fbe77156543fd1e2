"""Words, units and numbers of charts and summaries, in English and Chinese."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from simsurance.variables import VARIABLES

Lang = Literal["en", "zh"]
LANGUAGES: Final[tuple[Lang, ...]] = get_args(Lang)


@dataclass(frozen=True)
class Unit:
    """A unit of charts and summaries: its name, and how many of the tables' unit make one of it."""

    name: str
    size: float = 1.0


UNITS: Final[dict[str, tuple[Unit, Unit]]] = {
    "yuan": (Unit("CNY billion", 1e9), Unit("亿元", 1e8)),
    "yuan_pp": (Unit("CNY"), Unit("元")),
    "persons": (Unit("million persons", 1e6), Unit("万人", 1e4)),
    "months": (Unit("months"), Unit("个月")),
    "share": (Unit("%", 0.01), Unit("%", 0.01)),
}
"""Unit in the tables -> unit shown, English and Chinese."""


def unit(of: str, lang: Lang) -> Unit:
    """The unit in which a quantity of the tables is shown."""
    return UNITS[of][LANGUAGES.index(lang)]


def label(table: str, name: str, lang: Lang) -> str:
    """The label of a table's column."""
    found = next(found for found in VARIABLES if (found.table, found.name) == (table, name))
    return found.label_zh if lang == "zh" else found.label


def number(value: float, decimals: int = 0) -> str:
    """A number as printed: thousands separated, a real minus sign, no minus before a zero."""
    text = f"{value:,.{decimals}f}"
    if not any(digit in text for digit in "123456789"):
        text = text.removeprefix("-")
    return text.replace("-", "−")


def in_words(items: list[str], lang: Lang) -> str:
    """A list in words: `a, b and c`."""
    if lang == "zh":
        return "、".join(items)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
