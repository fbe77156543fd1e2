"""A line on the terminal that says what is being done, for whoever waits longer than a second."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click

from simsurance.language import Words
from simsurance.plain_text import shown

PATIENCE: Final = 1.0
CLEAR: Final = "\r\x1b[2K"


class Progress:
    """Says where a command is, on standard error, if that is a terminal and the command takes its time."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._shown = False
        self._first: dict[tuple[str, int], tuple[int, float]] = {}

    def say(self, text: str) -> None:
        """Replace the line."""
        if sys.stderr.isatty() and time.monotonic() - self._started > PATIENCE:
            click.echo(f"{CLEAR}{shown(text)}", err=True, nl=False)
            self._shown = True

    def say_share(self, said: Words, done: int, of: int, what: str = "draws") -> None:
        """Replace the line by how much is done, and how long the rest takes at the pace since the first call of these."""
        before, since = self._first.setdefault((what, of), (done, time.monotonic()))
        if done > before:
            left = round((time.monotonic() - since) * (of - done) / (done - before))
            self.say(said.say(f"progress.{what}", done=done, of=of, left=left))

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            click.echo(CLEAR, err=True, nl=False)
            self._shown = False


@contextmanager
def progress() -> Iterator[Progress]:
    """Progress of a command; the line is gone when the command ends, however it ends."""
    line = Progress()
    try:
        yield line
    finally:
        line.clear()
