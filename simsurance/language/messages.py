"""Messages about input in another language than that of the code, clause by clause.

A message is `place: what is wrong; what would be right`. Its clauses are made in English where the fault is found, with the
facts in them; `messages/<language>.toml` says what stands for each, facts as `{1}`. Whoever adds a message adds a line there,
or it is told in English: a message is translated whole or not at all.
"""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "messages"
FACT: Final = re.compile(r"\{(\d)\}")
PROSE: Final = re.compile(r"(?<![\w.-])[a-z]+(?:'s)? [a-z]{2,}(?![\w.-])", re.IGNORECASE)
"""Two English words beside each other: something that has not been translated."""
IN_CODE: Final = re.compile(r"`[^`]*`|“[^”]*”|\"[^\"]*\"|pip install \S+")
BETWEEN: Final = "; "
AFTER_PLACE: Final = ": "


def told(line: str, lang: str) -> str:
    """A message in a language; as it is where a clause of it has no words there."""
    clauses = _clauses(lang)
    if not clauses:
        return line
    head, *others = line.split(BETWEEN)
    right = [_in_words(clause, clauses) or _name(clause) for clause in others]
    if None in right:
        return line
    ends = [0, *(match.end() for match in re.finditer(AFTER_PLACE, head))][::-1]
    for said in (_in_words, lambda clause, clauses: _name(clause)):
        for end in ends:
            place_in_words = PROSE.search(IN_CODE.sub("", head[:end]))
            if not place_in_words and (wrong := said(head[end:], clauses)) is not None:
                place = head[: end - len(AFTER_PLACE)] + _mark(AFTER_PLACE, lang) if end else ""
                return place + _mark(BETWEEN, lang).join([wrong, *map(str, right)])
    return line


def _in_words(clause: str, clauses: dict[re.Pattern[str], str]) -> str | None:
    """A clause, its facts in words too where they have some; None where nothing stands for it, or English is left."""
    for pattern, words in clauses.items():
        if match := pattern.fullmatch(clause):
            facts = {name: _in_words(fact, clauses) or fact for name, fact in match.groupdict().items()}
            said = FACT.sub(lambda place, facts=facts: facts[f"f{place[1]}"], words)  # type: ignore[misc]
            if not PROSE.search(IN_CODE.sub("", said)):
                return said
    return None


def _name(clause: str) -> str | None:
    """A name, a number or a list of columns, which is written without a space and stands as it is."""
    return None if re.search(r"\s", clause) else clause


@cache
def _read(lang: str) -> dict[str, str]:
    """The file of a language; nothing where there is none."""
    file = FOLDER / f"{lang}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _mark(mark: str, lang: str) -> str:
    """The punctuation of a language."""
    return _read(lang)[mark]


@cache
def _clauses(lang: str) -> dict[re.Pattern[str], str]:
    """What stands for each clause, those with most words of their own first; nothing for a language without a file."""
    known = {clause: words for clause, words in _read(lang).items() if clause not in (BETWEEN, AFTER_PLACE)}
    ordered = sorted(known, key=lambda clause: (FACT.search(clause) is not None, -len(FACT.sub("", clause))))
    return {_pattern(clause): known[clause] for clause in ordered}


def _pattern(clause: str) -> re.Pattern[str]:
    parts = FACT.split(clause)
    return re.compile(
        "".join(f"(?P<f{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    )
