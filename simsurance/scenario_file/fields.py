"""How a table of a scenario file is declared and read: a class a table, an annotated attribute a key; nothing is converted.

Reading calls for no library: the commands that compute nothing begin at once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from math import isfinite
from typing import Annotated, Any, ClassVar, Final, Literal, Self, get_args, get_origin

from simsurance.scenario_file.schedule import Ramp, is_calendar_year, is_year

Kind = Literal[
    "number",
    "whole number",
    "schedule",
    "pins",
    "rules",
    "reasons",
    "register",
    "text",
    "table",
    "choice",
    "switch",
    "list",
    "names",
    "labels",
    "pair",
]
Place = tuple[int | str, ...]


class Refused(ValueError):
    """What the check of one key raises: the kind of fault and the facts that its sentence needs."""

    def __init__(self, kind: str, **facts: Any) -> None:
        super().__init__(kind)
        self.kind, self.facts = kind, facts


@dataclass(frozen=True)
class Complaint:
    """What is wrong at one place: the kind of fault, the value found, and the facts that the sentence needs."""

    kind: str
    place: Place
    value: Any
    facts: Mapping[str, Any]


Complaints = list[Complaint]
Reader = Callable[[Any, Place, Complaints], Any]
"""Reads the value at a place; what is wrong with it is added to the complaints, and None returned."""
NO_DEFAULT: Final = object()


@dataclass(frozen=True)
class Field:
    """One key of a table: what it is, its unit and hard bounds, and a check beyond them.

    `check` gets the value and those of the keys before it, None where one is wrong, and raises Refused.
    """

    description: str = ""
    unit: str = ""
    lowest: float | None = None
    highest: float | None = None
    check: Callable[[Any, Mapping[str, Any]], None] | None = None
    default: Any = NO_DEFAULT
    named: str = ""
    hint: Any = None
    reader: Reader | None = None

    @property
    def table(self) -> "type[Section] | None":
        """The table that stands here, None where a value does."""
        return self.hint if isinstance(self.hint, type) and issubclass(self.hint, Section) else None

    @property
    def optional(self) -> bool:
        """Whether a file may leave the key out."""
        return self.default is not NO_DEFAULT

    def read(self, value: Any, place: Place, wrong: Complaints, before: Mapping[str, Any]) -> Any:
        """The value of the key, within its bounds; None and a complaint where it is none."""
        assert self.reader is not None
        if (found := self.reader(value, place, wrong)) is None:
            return None
        try:
            if self.lowest is not None and self.highest is not None:
                within(found, self.lowest, self.highest)
            if self.check:
                self.check(found, before)
        except Refused as refused:
            wrong.append(Complaint(refused.kind, place, value, refused.facts))
            return None
        return found


class Section:
    """A table of the scenario file: closed (unknown keys are errors), strict (no silent conversion), frozen.

    `members`: keys that are all of the kind `held`, in place of annotated attributes.
    """

    FIELDS: ClassVar[Mapping[str, Field]] = {}
    """The keys by the names of their attributes."""

    def __init_subclass__(cls, members: Sequence[str] = (), held: Any = None) -> None:
        fields = {}
        hints = dict.fromkeys(members, held) if members else cls.__annotations__
        for name, hint in hints.items():
            field = cls.__dict__.get(name, Field())
            fields[name] = replace(field, named=field.named or name, hint=hint, reader=reader_of(hint))
            if name in cls.__dict__:
                delattr(cls, name)
        cls.FIELDS = fields

    @classmethod
    def read(cls, value: Any, place: Place, wrong: Complaints) -> Self | None:
        """The table at a place; None and the complaints where something in it is wrong."""
        if not isinstance(value, Mapping):
            return _refused("table", value, place, wrong)
        before, found = len(wrong), dict[str, Any]()
        for name, field in cls.FIELDS.items():
            if field.named in value:
                found[name] = field.read(value[field.named], (*place, field.named), wrong, found)
            elif field.optional:
                found[name] = field.default
            else:
                _refused("missing", value, (*place, field.named), wrong)
        for name in value.keys() - {field.named for field in cls.FIELDS.values()}:
            _refused("unknown", value[name], (*place, name), wrong)
        if len(wrong) > before:
            return None
        section = cls()
        vars(section).update(found)
        return section

    def changed(self, values: Mapping[str, Any]) -> Self:
        """The table with other values of some attributes, which are not checked."""
        section = type(self)()
        vars(section).update({**vars(self), **values})
        return section

    def as_table(self) -> dict[str, Any]:
        """The table as a file has it."""
        held = ((field.named, getattr(self, name)) for name, field in self.FIELDS.items())
        return {name: value.as_table() if isinstance(value, Section) else value for name, value in held}

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(vars(self).items())

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be set: scenarios are frozen")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self)})"


def kind_of(name: str, hint: Any) -> tuple[Kind, tuple[str, ...]]:
    """What a key holds, and the words it may hold where they are a closed choice."""
    plain: dict[Any, Kind] = {float: "number", int: "whole number", bool: "switch", dict[str, str]: "reasons"}
    plain[dict[str, dict[str, str]]] = "register"
    if hint in plain:
        return plain[hint], ()
    if hint is str:
        return ("table" if name.endswith("_table") else "text"), ()
    if hint == list[str]:
        return "names", ()
    if get_origin(hint) is Literal:
        return "choice", get_args(hint)
    if get_origin(hint) is Annotated:
        held, kind = get_args(hint)
        return kind, get_args(get_args(held)[1]) if kind == "rules" else ()
    return "list", ()


def reader_of(hint: Any) -> Reader:
    """What reads values of an annotation."""
    if isinstance(hint, type) and issubclass(hint, Section):
        return hint.read
    if get_origin(hint) is dict and isinstance(get_args(hint)[1], type) and issubclass(get_args(hint)[1], Section):
        return partial(_tables, get_args(hint)[1])
    kind, choices = kind_of("", hint)
    readers: dict[Kind, Reader] = {
        "number": _number,
        "whole number": _whole_number,
        "schedule": _schedule,
        "pins": partial(_by_year, _number, least=0),
        "rules": partial(_by_year, partial(_choice, choices)),
        "reasons": partial(_texts, "reasons"),
        "labels": partial(_texts, "labels"),
        "register": _rows,
        "text": _text,
        "choice": partial(_choice, choices),
        "switch": _switch,
        "list": _numbers,
        "names": _names,
        "pair": _numbers,
    }
    return readers[kind]


def _refused(kind: str, value: Any, place: Place, wrong: Complaints, **facts: Any) -> Any:
    """None, which stands for no value, and a complaint."""
    wrong.append(Complaint(kind, place, value, facts))
    return None


def _number(value: Any, place: Place, wrong: Complaints) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            return _refused("number", value, place, wrong)
        return number if isfinite(number) else _refused("finite", value, place, wrong)
    return _refused("number", value, place, wrong)


def _whole_number(value: Any, place: Place, wrong: Complaints) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole else _refused("whole number", value, place, wrong)


def _switch(value: Any, place: Place, wrong: Complaints) -> bool | None:
    return value if isinstance(value, bool) else _refused("switch", value, place, wrong)


def _text(value: Any, place: Place, wrong: Complaints) -> str | None:
    return value if isinstance(value, str) else _refused("text", value, place, wrong)


def _texts(kind: str, value: Any, place: Place, wrong: Complaints) -> dict[str, str] | None:
    if not isinstance(value, Mapping):
        return _refused(kind, value, place, wrong)
    texts = {name: _text(each, (*place, name), wrong) for name, each in value.items()}
    found = {name: each for name, each in texts.items() if each is not None}
    return found if len(found) == len(value) else None


def _rows(value: Any, place: Place, wrong: Complaints) -> dict[str, dict[str, str]] | None:
    if not isinstance(value, Mapping):
        return _refused("register", value, place, wrong)
    rows = {name: _texts("reasons", each, (*place, name), wrong) for name, each in value.items()}
    found = {name: each for name, each in rows.items() if each is not None}
    return found if len(found) == len(value) else None


def _choice(choices: tuple[str, ...], value: Any, place: Place, wrong: Complaints) -> str | None:
    return value if isinstance(value, str) and value in choices else _refused("choice", value, place, wrong)


def _numbers(value: Any, place: Place, wrong: Complaints) -> list[float] | None:
    if not isinstance(value, list):
        return _refused("list", value, place, wrong)
    numbers = [_number(item, (*place, position), wrong) for position, item in enumerate(value, 1)]
    found = [number for number in numbers if number is not None]
    return found if len(found) == len(value) else None


def _names(value: Any, place: Place, wrong: Complaints) -> list[str] | None:
    named = isinstance(value, list) and value and all(isinstance(name, str) for name in value)
    return value if named else _refused("names", value, place, wrong)


def _by_year(item: Reader, value: Any, place: Place, wrong: Complaints, least: int = 1) -> dict[int, Any] | None:
    """Values by year; the years in order, since whoever writes them otherwise has mistaken one."""
    if not isinstance(value, Mapping):
        return _refused("years", value, place, wrong)
    years = {int(name) if is_year(name) else name: each for name, each in value.items()}
    named = [year for year in years if isinstance(year, int)]
    for before, after in pairwise(named):
        if after < before:
            return _refused("years_descend", value, place, wrong, before=before, after=after)
    found = {}
    for year, each in years.items():
        if is_calendar_year(year):
            found[year] = item(each, (*place, year), wrong)
        else:
            _refused("year", each, (*place, year, "[key]"), wrong)
    if len(years) < least:
        return _refused("too_short", value, place, wrong)
    return found if len(found) == len(years) and None not in found.values() else None


def _schedule(value: Any, place: Place, wrong: Complaints) -> float | Ramp | dict[int, float] | None:
    if not isinstance(value, Mapping):
        return _number(value, place, wrong)
    if "ramp" not in value:
        return _by_year(_number, value, place, wrong)
    for name in value.keys() - {"ramp"}:
        _refused("beside_ramp", value[name], (*place, name), wrong)
    knots = _by_year(_number, value["ramp"], (*place, "ramp"), wrong)
    return Ramp(knots) if knots and len(value) == 1 else None


def _tables(table: type[Section], value: Any, place: Place, wrong: Complaints) -> dict[str, Any] | None:
    if not isinstance(value, Mapping):
        return _refused("table", value, place, wrong)
    found = {name: table.read(each, (*place, name), wrong) for name, each in value.items()}
    return found if None not in found.values() else None


def within(value: Any, lowest: float, highest: float) -> None:
    """Raises Refused with each number of a value that lies outside, and the sub-key that holds it."""
    if isinstance(value, float) and lowest <= value <= highest:
        return
    if outside := [(place, number) for place, number in _all_numbers(value) if not lowest <= number <= highest]:
        raise Refused("out_of_bounds", outside=outside)


def _all_numbers(value: Any) -> Iterator[tuple[str, float]]:
    """Every number inside a value with the sub-key that holds it."""
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield "", value
        return
    if isinstance(value, Ramp):
        inside: Iterator[tuple[Any, Any]] = iter([("ramp", value.ramp)])
    else:
        inside = iter(
            value if isinstance(value, Section) else value.items() if isinstance(value, dict) else enumerate(value, 1)
        )
    for name, each in inside:
        yield from ((f"{name}.{place}".rstrip("."), number) for place, number in _all_numbers(each))
