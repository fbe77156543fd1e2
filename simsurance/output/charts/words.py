"""The words of the charts: what stands in a language's file under `chart`."""

from collections.abc import Iterable

from simsurance.language import words


def word(key: str, lang: str, **facts: object) -> str:
    """The words of that key in one language, with its facts."""
    return words(lang).say(f"chart.{key}", **facts)


def clauses(told: Iterable[str], lang: str) -> str:
    """Notes one behind the other."""
    return words(lang).label("list.clauses").join(told)
