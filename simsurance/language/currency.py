"""The currency in which words are said: another one than that of the national schemes is that of another country."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

CNY: Final = "CNY"
"""The currency that a language has a name for."""
_IN: Final = ContextVar("currency", default=CNY)


@contextmanager
def told_in(currency: str) -> Iterator[None]:
    """As long as this lasts, words for which no currency is named are those of a scheme in this one."""
    before = _IN.set(currency)
    try:
        yield
    finally:
        _IN.reset(before)


def tell_in(currency: str) -> None:
    """From here to the end of the enclosing `told_in`, words are those of a scheme in this currency."""
    _IN.set(currency)


def currency_told() -> str:
    """The currency of `told_in`."""
    return _IN.get()
