"""A member's history as one token a year: `2026: in no-claim, 2027-2028: lapse, 2029: in repair 1 claim 200000`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

from simsurance.scenario_file.faults import Fault, nearest, refuse

Membership = Literal["in", "late", "lapse", "newborn", "employee"]
Past = Literal["insured", "lapsed", "never", "employee"]

WHERE: Final = "--history"
LARGEST_CLAIM: Final = 1e9
ALL_ALONG: Final = 200
"""Years before the history when nothing is said: insured for longer than any rule counts."""
ENGLISH: Final = {
    "参保": "in",
    "逾期": "late",
    "断保": "lapse",
    "新生儿": "newborn",
    "职工": "employee",
    "零报销": "no-claim",
    "住院费": "claim",
    "月": "month",
    "补缴": "repair",
    "全部": "all",
    "此前": "before",
    "已参保": "insured",
    "已断保": "lapsed",
    "从未参保": "never",
}
"""Chinese words of the notation."""
MEMBERSHIPS: Final[dict[str, Membership]] = {name: name for name in ("in", "late", "lapse", "newborn", "employee")}
PASTS: Final[dict[str, Past]] = {name: name for name in ("insured", "lapsed", "never", "employee")}
EVENTS: Final = ("no-claim", "claim", "month", "repair")
EXAMPLE: Final = "2026: in no-claim"


@dataclass(frozen=True)
class Told:
    """What is told of one year.

    `late_month`: months gone by at a late enrolment, None for the scenario's mean; `repair`: lapsed years paid for,
    "some" for as many as the scenario's repairers pay; `claim`: inpatient cost, yuan; `claim_month`: 1 to 12, None for
    a month with cover, if there is one.
    """

    year: int
    membership: Membership
    late_month: float | None = None
    no_claim: bool = False
    claim: float | None = None
    claim_month: int | None = None
    repair: int | Literal["some", "all"] = 0


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
    past, past_years, told = "insured", ALL_ALONG, list[Told]()
    for place, token in enumerate(_tokens(text, faults)):
        when, colon, what = token.replace("：", ":").partition(":")
        when = ENGLISH.get(when.strip(), when.strip())
        words = [ENGLISH.get(word, word.lower()) for word in what.split()]
        if when == "before" and colon:
            if place:
                faults.append(_fault(token, "stands after a year; tell what came before first"))
            elif found := _past(token, words, faults):
                past, past_years = found
        elif span := _span(token, when, bool(colon), words, faults):
            told += _years(span, told, faults)
    if not told and not faults:
        faults.append(Fault(WHERE, "", f'tells no year; write one token a year, such as "{EXAMPLE}, 2027: lapse"'))
    for later, one in enumerate(told):
        if one.membership == "newborn" and (later or past_years != ALL_ALONG):
            faults.append(
                _fault(f"{one.year}: newborn", "is not where the history begins; nothing comes before a birth")
            )
    refuse(faults)
    return History(past, past_years, tuple(told))  # type: ignore[arg-type]


def _fault(token: str, text: str) -> Fault:
    return Fault(WHERE, token, text)


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
        faults.append(_fault(token, f"{_said(words)}; before: insured, insured 6, lapsed 2, never or employee"))
        return None
    past, number = PASTS[words[0]], words[1:]
    if not number and past != "lapsed":
        return past, 0 if past == "never" else ALL_ALONG
    if past == "never" or len(number) != 1 or not re.fullmatch(r"[1-9]\d?", number[0]):
        faults.append(_fault(token, f"before: {past}{'' if past == 'never' else ' takes a number of years, 1 to 99'}"))
        return None
    return past, int(number[0])


def _span(token: str, when: str, colon: bool, words: list[str], faults: list[Fault]) -> Span | None:
    """The years that a token is about."""
    found = re.fullmatch(r"(\d{4})(?:\s*[-–—~至]\s*(\d{4}))?", when)
    if not found or not colon:
        faults.append(_fault(token, f'no year and colon; write for example "{EXAMPLE}" or "2027-2029: lapse"'))
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        faults.append(_fault(token, f"{last} is before {first}; write {last}-{first}"))
        return None
    return Span(first, last, token, words)


def _years(span: Span, before: list[Told], faults: list[Fault]) -> list[Told]:
    """The years of a token, in their order after those told before."""
    expected = before[-1].year + 1 if before else span.first
    if span.first < expected:
        faults.append(_fault(span.token, f"{span.first} is told already; go on with {expected}"))
    elif span.first > expected:
        gone = f"{expected}" if span.first == expected + 1 else f"{expected} to {span.first - 1}"
        faults.append(_fault(span.token, f"says nothing of {gone}; tell every year"))
    told = _told(span, faults)
    alone = told and (told.repair or told.membership == "newborn")
    if told and alone and span.last > span.first:
        faults.append(
            _fault(span.token, f"{'repair' if told.repair else 'newborn'} is for one year; tell {span.first} apart")
        )
    shown = told or Told(span.first, "in")
    return [replace(shown, year=year) for year in range(span.first, span.last + 1)]


def _told(span: Span, faults: list[Fault]) -> Told | None:
    """What the words of a token say."""
    token, words = span.token, span.words
    if not words or words[0] not in MEMBERSHIPS:
        hint = nearest(words[0], MEMBERSHIPS) if words else ""
        faults.append(
            _fault(token, f"{_said(words)}; begin with in, late, lapse, newborn or employee{hint and ', ' + hint}")
        )
        return None
    told, rest = Told(span.first, MEMBERSHIPS[words[0]]), words[1:]
    if told.membership == "late" and rest and _number(rest[0]) is not None:
        month = _number(rest.pop(0))
        if month is None or not 0 < month < 12:
            faults.append(
                _fault(token, f"late {month:g} is not within the year; late takes the months gone by, 1 to 11")
            )
            return None
        told = replace(told, late_month=month)
    while rest:
        word = rest.pop(0)
        value = rest.pop(0) if rest and (_number(rest[0]) is not None or rest[0] == "all") else None
        changed = _event(told, word, value)
        if isinstance(changed, str):
            faults.append(_fault(token, changed))
            return None
        told = changed
    if wrong := _contradiction(told):
        faults.append(_fault(token, wrong))
        return None
    return told


def _event(told: Told, word: str, value: str | None) -> Told | str:
    """The year with one event more, or what is wrong with it."""
    number = None if value is None else _number(value)
    match word:
        case "no-claim" if value is None:
            return replace(told, no_claim=True)
        case "no-claim":
            return f"no-claim takes no number, {value} follows"
        case "claim" if number is not None and 0 < number <= LARGEST_CLAIM:
            return replace(told, claim=number)
        case "claim":
            return "claim takes an inpatient cost in yuan above 0, at most a billion, such as claim 200000"
        case "month" if number in range(1, 13) and told.claim:
            return replace(told, claim_month=int(number or 0))
        case "month":
            return "month takes the month of a claim, 1 to 12, such as claim 200000 month 3"
        case "repair" if value == "all" or value is None:
            return replace(told, repair=value or "some")  # type: ignore[arg-type]
        case "repair" if number is not None and number > 0 and number == int(number):
            return replace(told, repair=int(number))
        case "repair":
            return f"repair {value}; the lapsed years paid for are a whole number from 1, or all"
    hint = nearest(word, EVENTS)
    return f"{word} is no word of a history{hint and '; ' + hint}" + (
        "" if hint else "; known are " + ", ".join(EVENTS)
    )


def _contradiction(told: Told) -> str:
    """Why the words of a year cannot stand together, or nothing."""
    if told.no_claim and told.claim:
        return "no-claim and claim contradict each other; leave one of the two out"
    if told.no_claim and told.membership in ("lapse", "employee"):
        return f"no-claim is told of an insured year; leave it out of {told.membership}"
    if told.claim and told.membership == "employee":
        return "a claim in the employee scheme has other benefits; leave it out"
    if told.repair and told.membership not in ("in", "late"):
        return f"repair is paid on enrolling again; write in repair, not {told.membership} repair"
    return ""


def _said(words: list[str]) -> str:
    return f"{words[0]} is no membership" if words else "says nothing"


def _number(word: str) -> float | None:
    """A plain number, or None."""
    return float(word) if re.fullmatch(r"-?\d+(\.\d+)?", word) else None
