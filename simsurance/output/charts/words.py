"""The words of the charts: what stands in a language's file under `chart`."""

from collections.abc import Iterable

from simsurance.language import words
from simsurance.ledger import RESIDENT


def word(key: str, lang: str, **facts: object) -> str:
    """The words of that key in one language, with its facts."""
    return words(lang).say(f"chart.{key}", **facts)


def clauses(told: Iterable[str], lang: str) -> str:
    """Notes one behind the other."""
    return words(lang).label("list.clauses").join(told)


def of_fund(name: str, fund: str) -> str:
    """The name of a chart that shows this fund."""
    return name if fund == RESIDENT else f"employee_{name}"
