"""A note: a sentence by its name, and the facts in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simsurance.language import Words


@dataclass(frozen=True)
class Note:
    """A sentence by its name, and the facts in it."""

    name: str
    facts: Mapping[str, Any]

    def told(self, said: Words) -> str:
        """The note in the words of a language."""
        return said.say(f"scenario_note.{self.name}", **self.facts)
