"""What the terminal is told: control characters are shown, not sent, and what its code page lacks stands in ASCII."""

import codecs
import io
import sys
from typing import Final

import click

from simsurance.plain_text import numbered, shown

ASCII: Final = {
    "–": "-",
    "—": "-",
    "−": "-",
    "×": "x",
    "…": "...",
    "≤": "<=",
    "≥": ">=",
    "→": "->",
    "’": "'",
    "\u00a0": " ",
}
"""What stands for characters of our own words that a code page may lack; others are told by their number, as in JSON."""


def tell(text: str = "", err: bool = False, nl: bool = True) -> None:
    """Say something on standard output or standard error."""
    click.echo(shown(text), err=err, nl=nl)


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    lacking = error.object[error.start : error.end]
    return "".join(ASCII.get(each) or numbered(each) for each in lacking), error.end


codecs.register_error("simsurance.in_ascii", _in_ascii)


def take_any_code_page() -> None:
    """Let standard output and standard error say everything, whatever their encoding holds."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="simsurance.in_ascii")
