"""All words that a reader sees, one file a language beside this module, by key; and numbers as that language writes them.

A language is there when its file is. `en.toml` is held to be whole; every other file has its keys, no more and no fewer.
A sentence is a Jinja2 template whose filters print numbers, `{{ closing | money }}`; each table of `[quantity]` is one.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, partial
from math import isclose, isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance.errors import SimsuranceError
from simsurance.language.currency import CNY, currency_told, tell_in, told_in
from simsurance.language.names import key_name

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from jinja2.runtime import Context

FOLDER: Final = Path(__file__).parent
WHOLE: Final = "en"
"""The language whose keys are everyone's."""
MOST_DECIMALS: Final = 6
WRITTEN_OUT: Final = (1e-4, 1e6)
"""Sizes between which a number of some significant digits is written out; beyond, with a power of ten."""
MARKS: Final = {",": "thousands", ".": "decimal", "-": "minus"}
CURRENCY: Final = "¤"
"""What stands in a language's file for the name of the currency."""


def languages() -> tuple[str, ...]:
    """The languages that have a file."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))


ELSEWHERE: Final = "elsewhere."
"""Before the keys whose words are others where a scheme is in another currency: that is another country."""


def words(lang: str, currency: str = "") -> "Words":
    """The words of a language, amounts in a currency by its label, that of CNY in the language's own word.

    Without a currency, in that of `told_in`. Raises SimsuranceError where there is no such language, or its file lacks a key.
    """
    return _words(lang, currency or currency_told())


@cache
def _words(lang: str, currency: str) -> "Words":
    if lang not in languages():
        raise SimsuranceError(f"lang: {lang} has no file of words; there are {', '.join(languages())}")
    entries, faults = _read(lang), []
    if lang != WHOLE:
        whole = _read(WHOLE)
        faults += [f"{_place(lang, key)}: is missing; {WHOLE}.toml has it" for key in whole if key not in entries]
        faults += [f"{_place(lang, key)}: is no key; {WHOLE}.toml has none such" for key in entries if key not in whole]
        unlike = [key for key in entries if key in whole and _kind(entries[key]) is not _kind(whole[key])]
        faults += [f"{_place(lang, key)}: {entries[key]!r}; give the kind that {WHOLE}.toml has" for key in unlike]
    if faults:
        raise SimsuranceError(*faults)
    name = str(entries["number.currency"]) if currency == CNY else currency
    if currency != CNY:
        others = {key.removeprefix(ELSEWHERE): entry for key, entry in entries.items() if key.startswith(ELSEWHERE)}
        entries = {**entries, **others}
    return Words(lang, {key: _in_currency(entry, name) for key, entry in entries.items()})


def _read(lang: str) -> dict[str, Any]:
    """Every entry of a language's file by dotted key."""
    file = FOLDER / f"{lang}.toml"
    try:
        return _flat(tomllib.loads(file.read_text(encoding="utf-8")))
    except ValueError as error:
        raise SimsuranceError(f"{_place(lang)}: {error}; give a TOML file in UTF-8") from error


def _flat(table: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """A table of tables as one, by dotted key."""
    found: dict[str, Any] = {}
    for name, entry in table.items():
        found |= _flat(entry, f"{above}{name}.") if isinstance(entry, dict) else {f"{above}{name}": entry}
    return found


def _in_currency(entry: Any, name: str) -> Any:
    """An entry with the name of the currency wherever its place is."""
    if isinstance(entry, str):
        return entry.replace(CURRENCY, name)
    if isinstance(entry, list):
        return [_in_currency(part, name) for part in entry]
    if isinstance(entry, dict):
        return {key: _in_currency(part, name) for key, part in entry.items()}
    return entry


def _kind(entry: object) -> type:
    """Text, number or list."""
    return float if isinstance(entry, int) else type(entry)


def _place(lang: str, key: str = "") -> str:
    """Where an entry stands, for a message."""
    return f"{FOLDER.name}/{lang}.toml{':' if key else ''}{key}"


@dataclass(frozen=True, eq=False)
class Words:
    """The words of one language by key."""

    lang: str
    entries: Mapping[str, Any]

    def entry(self, key: str) -> Any:
        """What stands at a key; raises SimsuranceError if nothing does."""
        if key not in self.entries:
            raise SimsuranceError(f"{_place(self.lang, key)}: is missing; add it")
        return self.entries[key]

    def label(self, key: str) -> str:
        """The words at a key that hold no number."""
        return str(self.entry(key))

    def say(self, key: str, /, **facts: Any) -> str:
        """The sentence at a key with its facts."""
        return self._fill(key, self.label(key), facts)

    def page(self, template: Path, **facts: Any) -> str:
        """A template, which says in no language which sentences stand in which order: `{{ say("summary.title") }}`."""
        return self._fill(template.name, template.read_text(encoding="utf-8"), facts)

    def html(self, template: Path, **facts: Any) -> str:
        """A template of a page in HTML: what it prints is text, whatever signs it has, unless it is marked as safe."""
        compiled = self.environment.overlay(autoescape=True).from_string(template.read_text(encoding="utf-8"))
        return compiled.render(facts)

    def number(self, value: float, decimals: int | None = 0) -> str:
        """A number as printed: thousands separated, no minus before a zero; as exact as need be if decimals are None."""
        if not isfinite(value):
            return self.label("number.none")
        if decimals is None:
            decimals = next(
                places
                for places in range(MOST_DECIMALS + 1)
                if places == MOST_DECIMALS or isclose(round(value, places), value, abs_tol=1e-9)
            )
        text = f"{value:,.{decimals}f}"
        if is_nothing(text):
            text = text.removeprefix("-")
        return "".join(self.label(f"number.{MARKS[sign]}") if sign in MARKS else sign for sign in text)

    def significant(self, value: float, digits: int = 5) -> str:
        """A number at so many significant digits, `1.0634`, whatever its size: `1.1800 × 10^−11`."""
        if value == 0 or not isfinite(value):
            return self.number(value)
        (size, power), (least, most) = map(float, f"{value:.{digits - 1}e}".split("e")), WRITTEN_OUT
        if least <= abs(value) < most:
            return self.number(value, max(digits - 1 - int(power), 0))
        return self.label("number.power").replace("#", self.number(size, digits - 1)) + self.number(power)

    def quantity(self, kind: str, value: float, decimals: int | None = None, exact: bool = False) -> str:
        """A number in the unit that suits its size, with the unit's name: `CNY 882 billion`, `8,824亿元`.

        `decimals` and `exact` stand in place of those of the language's file.
        """
        if not isfinite(value):
            return self.label("number.none")
        steps: list[dict[str, Any]] = self.entry(f"quantity.{kind}")
        if decimals is not None or exact:
            steps = [step for step in steps if "decimals" in step]
        step = next((step for step in steps if abs(value) >= step["from"]), steps[-1])
        if "decimals" not in step:
            return str(step["form"])
        places = decimals if decimals is not None else None if exact else step["decimals"]
        size = abs(value) / step["unit"]
        text = self.number(size, places)
        form = self._in_number(step["form"], size, text).replace("#", text)
        return f"{self.label('number.minus')}{form}" if value < 0 and not is_nothing(text) else form

    def listed(self, items: Iterable[object]) -> str:
        """A list in words: `a, b and c`."""
        *others, last = map(str, items)
        return self.label("list.last").join([self.label("list.between").join(others), last]) if others else last

    def keyed(self, path: str) -> str:
        """A key by its name with its path behind it; by its path alone in a language in which keys have no other name."""
        own = key_name(path, self.lang)
        return self.say("range.beside", what=own, range=f"`{path}`") if own else f"`{path}`"

    def signed(self, text: str) -> str:
        """A printed change with its sign; one that is nought at its precision has none."""
        return text if text.startswith(self.label("number.minus")) or is_nothing(text) else f"+{text}"

    def _in_number(self, forms: str | list[str], size: float, text: str) -> str:
        """The form of a noun that goes with a number as printed: `n` its value, `v` its decimals, as in the CLDR rules."""
        if isinstance(forms, str):
            return forms
        place = self._plural(n=abs(size), v=len(text.partition(self.label("number.decimal"))[2]))
        return forms[int(place)]

    @cached_property
    def _plural(self) -> Callable[..., Any]:
        return self.environment.compile_expression(self.label("number.plural"))

    @cached_property
    def _compiled(self) -> Callable[[str], "Template"]:
        """A sentence as the template it is, compiled the first time it is said."""
        return cache(self.environment.from_string)

    @cached_property
    def environment(self) -> "Environment":
        """What fills the sentences: filters that print quantities, and `say` and `label` for other sentences."""
        from jinja2 import Environment, StrictUndefined, pass_context

        @pass_context
        def say(context: "Context", key: str, /, **facts: Any) -> str:
            return self.say(key, **(context.get_all() | facts))

        environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        environment.globals |= {"say": say, "label": self.label}
        environment.filters |= {
            "number": self.number,
            "significant": self.significant,
            "listed": self.listed,
            "signed": self.signed,
            "keyed": self.keyed,
        }
        kinds = [key.removeprefix("quantity.") for key in self.entries if key.startswith("quantity.")]
        environment.filters |= {kind: partial(self.quantity, kind) for kind in kinds}
        return environment

    def _fill(self, name: str, text: str, facts: Mapping[str, Any]) -> str:
        from jinja2 import TemplateError

        try:
            return self._compiled(text).render(facts)
        except TemplateError as error:
            raise SimsuranceError(f"{_place(self.lang, name)}: {error}; see how {WHOLE}.toml says it") from error


def is_nothing(text: str) -> bool:
    """Whether a printed number is nought at its precision."""
    return not any(digit in text for digit in "123456789")


__all__ = ["CNY", "CURRENCY", "FOLDER", "WHOLE", "Words", "is_nothing", "languages", "tell_in", "told_in", "words"]
