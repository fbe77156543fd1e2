"""A member's history as one token a year: `2026: in no-claim, 2027-2028: lapse, 2029: employee wage 90000, 2030: leave`."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal, NamedTuple

from simsurance import language
from simsurance.scenario_file.faults import Fault, nearest, refuse
from simsurance.scenario_file.sections import LARGEST_AMOUNT

Membership = Literal["in", "late", "lapse", "newborn", "employee"]
Past = Literal["insured", "lapsed", "never", "employee"]
Move = Literal["stays", "retires", "short", "buys", "leaves"]
"""What a year in the employee scheme ends with: nothing, retirement with the years it takes, without them, with the
missing ones bought, or leaving."""

WHERE: Final = "--history"
ALL_ALONG: Final = 200
"""Years before the history when nothing is said: insured for longer than any rule counts."""
MEMBERSHIPS: Final[dict[str, tuple[Membership, Move]]] = {
    "in": ("in", "stays"),
    "late": ("late", "stays"),
    "lapse": ("lapse", "stays"),
    "newborn": ("newborn", "stays"),
    "employee": ("employee", "stays"),
    "retire": ("employee", "retires"),
    "leave": ("employee", "leaves"),
}
"""What a year begins with: the membership, and what a year in the employee scheme ends with."""
AT_WORK: Final = tuple(word for word, (membership, _) in MEMBERSHIPS.items() if membership == "employee")
EVENTS: Final[dict[str, tuple[str, ...]]] = {
    "no-claim": ("in", "late", "newborn"),
    "repair": ("in", "late"),
    "wage": AT_WORK,
    "short": ("retire",),
    "buy": ("retire",),
    "claim": tuple(MEMBERSHIPS),
    "month": tuple(MEMBERSHIPS),
}
"""What is told of a year, and the words that such a year begins with."""
ADDING: Final = ("month", "buy")
"""Events that add to one before them; after a fault they are not judged."""
MOVES: Final[dict[Move, str]] = {
    "retires": "retire",
    "short": "retire short",
    "buys": "retire short buy",
    "leaves": "leave",
}
PASTS: Final[dict[str, Past]] = {name: name for name in ("insured", "lapsed", "never", "employee")}
EXAMPLE: Final = "2026: in no-claim"


@dataclass(frozen=True)
class Told:
    """What is told of one year.

    `late_month`: months gone by at a late enrolment, None for the scenario's mean; `repair`: lapsed years paid for,
    "some" for as many as the scenario's repairers pay; `claim`: inpatient cost, yuan; `claim_month`: 1 to 12, None for
    a month with cover, if there is one. Of a year in the employee scheme `move`: what it ends with; `wage`: of the year
    before, yuan, None where none is told.
    """

    year: int
    membership: Membership
    late_month: float | None = None
    no_claim: bool = False
    claim: float | None = None
    claim_month: int | None = None
    repair: int | Literal["some", "all"] = 0
    move: Move = "stays"
    wage: float | None = None

    @property
    def beginning(self) -> str:
        """The words that the year begins with: `in`, `employee`, `retire short`."""
        return MOVES.get(self.move, self.membership)


@dataclass(frozen=True)
class History:
    """What came before, `past` for `past_years`, and the years told, one after another."""

    past: Past
    past_years: int
    years: tuple[Told, ...]


class Span(NamedTuple):
    """The years of one token, and what it says of them, as words."""

    first: int
    last: int
    token: str
    words: list[str]


def parsed(text: str) -> History:
    """The history that a text tells; raises SimsuranceError with one line a fault, each naming its token."""
    faults: list[Fault] = []
    past: Past = "insured"
    past_years, told, plain = ALL_ALONG, list[Told](), notation()
    for place, token in enumerate(_tokens(text, faults)):
        when, colon, what = token.replace("：", ":").partition(":")
        when = plain.get(when.strip(), when.strip())
        words = [plain.get(word, word.lower()) for word in what.split()]
        if when == "before" and colon:
            if place:
                faults.append(_fault(token, "stands after a year; tell what came before first"))
            elif found := _past(token, words, faults):
                past, past_years = found
        elif span := _span(token, when, bool(colon), words, faults):
            told += _years(span, told, past_years, faults)
    if not told and not faults:
        faults.append(Fault(WHERE, "", f'tells no year; write one token a year, such as "{EXAMPLE}, 2027: lapse"'))
    refuse(faults)
    return History(past, past_years, tuple(told))


@cache
def notation() -> dict[str, str]:
    """The word that a history is read by, by how each language writes it."""
    known = (*MEMBERSHIPS, *EVENTS, *PASTS, "before", "all", "to")
    every = [language.words(lang) for lang in language.languages()]
    return {words.label(f"story.notation.{word}".replace("-", "_")): word for words in every for word in known}


@cache
def years() -> re.Pattern[str]:
    """A year, or the first and the last of several."""
    to = "|".join(re.escape(written) for written, word in notation().items() if word == "to")
    return re.compile(rf"(\d{{4}})(?:\s*(?:[-–—~]|{to})\s*(\d{{4}}))?")


def _fault(token: str, text: str) -> Fault:
    return Fault(WHERE, token, text)


def _unknown(words: list[str], what: str, known: Collection[str]) -> str:
    """That the first of the words is none of the known ones, and which was probably meant."""
    said = f"{words[0]} is no {what}" if words else "says nothing"
    return f"{said}; {(nearest(words[0], known) if words else '') or 'one of ' + ', '.join(known)}"


def _tokens(text: str, faults: list[Fault]) -> Iterator[str]:
    """The tokens between commas, semicolons and line breaks; a number that a comma has cut in two is a fault."""
    for token in re.split(r"[,;，；、\n]", text):
        stripped = token.strip()
        if re.fullmatch(r"\d{3}\b(?!\s*[:：-]).*", stripped):
            faults.append(_fault(stripped, "no year; write large numbers without a comma, such as claim 200000"))
        elif stripped:
            yield stripped


def _past(token: str, words: list[str], faults: list[Fault]) -> tuple[Past, int] | None:
    """What `before: insured 6` says."""
    if not words or words[0] not in PASTS:
        faults.append(_fault(token, _unknown(words, "word for what came before", PASTS)))
        return None
    past, number = PASTS[words[0]], words[1:]
    if not number and past != "lapsed":
        return past, 0 if past == "never" else ALL_ALONG
    if past == "never":
        faults.append(_fault(token, f"never takes no number, {number[0]} follows; write before: never"))
        return None
    if len(number) != 1 or not re.fullmatch(r"[1-9]\d?", number[0]):
        faults.append(_fault(token, f"{past} takes a number of years, 1 to 99; write before: {past} 6"))
        return None
    return past, int(number[0])


def _span(token: str, when: str, colon: bool, words: list[str], faults: list[Fault]) -> Span | None:
    """The years that a token is about."""
    found = years().fullmatch(when)
    if not found or not colon:
        meant = nearest(when, ["before"]) if colon else ""
        example = f'write for example "{EXAMPLE}" or "2027-2029: lapse"'
        faults.append(_fault(token, f"no year and colon; {meant or example}"))
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        faults.append(_fault(token, f"{last} is before {first}; write {last}-{first}"))
        return None
    return Span(first, last, token, words)


def _years(span: Span, before: list[Told], past_years: int, faults: list[Fault]) -> list[Told]:
    """The years of a token, in their order after those told before."""
    expected = before[-1].year + 1 if before else span.first
    if span.first < expected:
        faults.append(_fault(span.token, f"{span.first} is told already; go on with {expected}"))
    elif span.first > expected:
        gone = f"{expected}" if span.first == expected + 1 else f"{expected} to {span.first - 1}"
        faults.append(_fault(span.token, f"says nothing of {gone}; tell every year"))
    told = _told(span, faults)
    if span.last > span.first and (told.repair or told.membership == "newborn" or told.move != "stays"):
        only, apart = ("repair" if told.repair else told.beginning), (span.first if told.move == "stays" else span.last)
        faults.append(_fault(span.token, f"{only} is for one year; tell {apart} apart"))
    if told.membership == "newborn" and (before or past_years != ALL_ALONG):
        faults.append(_fault(span.token, "newborn is not where the history begins; nothing comes before a birth"))
    return [replace(told, year=year) for year in range(span.first, span.last + 1)]


def _told(span: Span, faults: list[Fault]) -> Told:
    """What the words of a token say; without the words that are wrong."""
    if not span.words or span.words[0] not in MEMBERSHIPS:
        faults.append(_fault(span.token, _unknown(span.words, "membership", MEMBERSHIPS)))
        return Told(span.first, "in")
    first, *rest = span.words
    membership, move = MEMBERSHIPS[first]
    told, wrong = Told(span.first, membership, move=move), list[str]()
    if first == "late" and rest and (month := _number(rest[0])) is not None:
        rest.pop(0)
        told = replace(told, late_month=month)
        if not 0 < month < 12:
            wrong.append(f"late {month:g} is not within the year; late takes the months gone by, 1 to 11")
    while rest:
        word = rest.pop(0)
        value = rest.pop(0) if rest and (_number(rest[0]) is not None or rest[0] == "all") else None
        changed = _event(told, first, word, value)
        if isinstance(changed, Told):
            told = changed
        elif not wrong or word not in ADDING:
            wrong.append(changed)
    if told.no_claim and told.claim:
        wrong.append("no-claim and claim contradict each other; leave one of the two out")
    faults += (_fault(span.token, text) for text in wrong)
    return told


def _event(told: Told, first: str, word: str, value: str | None) -> Told | str:
    """The year with one event more, or what is wrong with it; `first` is the word that the year begins with."""
    number = None if value is None else _number(value)
    if word not in EVENTS:
        return _unknown([word], f"word after {first}", [event for event, after in EVENTS.items() if first in after])
    if first not in EVENTS[word]:
        return f"{word} is no word after {first}; it goes with {_either(EVENTS[word])}"
    match word:
        case "no-claim" | "short" | "buy" if value is not None:
            return f"{word} takes no number, {value} follows; leave {value} out"
        case "no-claim":
            return replace(told, no_claim=True)
        case "claim" | "wage" if number is not None and 0 < number <= LARGEST_AMOUNT:
            return replace(told, claim=number) if word == "claim" else replace(told, wage=number)
        case "claim":
            return "claim takes an inpatient cost above 0, such as claim 200000"
        case "wage":
            return "wage takes what was earned in the year before, above 0, such as wage 90000"
        case "month" if number in range(1, 13) and told.claim:
            return replace(told, claim_month=int(number or 0))
        case "month":
            return "month takes the month of a claim, 1 to 12, such as claim 200000 month 3"
        case "repair" if value == "all" or value is None:
            return replace(told, repair="some" if value is None else "all")
        case "repair" if number is not None and number > 0 and number.is_integer():
            return replace(told, repair=int(number))
        case "repair":
            return f"repair {value}; the lapsed years paid for are a whole number from 1, or all"
        case "short" if told.move == "retires":
            return replace(told, move="short")
        case "buy" if told.move == "short":
            return replace(told, move="buys")
    return f"{word} does not follow here; write retire short, or retire short buy"


def _either(words: tuple[str, ...]) -> str:
    """`in, late or newborn`."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _number(word: str) -> float | None:
    """A plain number, or None."""
    return float(word) if re.fullmatch(r"-?\d+(\.\d+)?", word) else None
