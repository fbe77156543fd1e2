"""Text of scenarios where it could be more than text: control characters are shown, Markdown is escaped."""

import re
from typing import Final

OBEYED: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal may obey: control characters but the line feed, what turns the direction of text, halves of characters."""
MARKUP: Final = re.compile(r"[\\`*\[\]<>|~#&]|(?<!\w)_|_(?!\w)|^[-+=]|(?<=^\d)[.)](?= )")


def shown(text: str) -> str:
    """The text with what a terminal may obey made visible."""
    return OBEYED.sub(lambda found: numbered(found[0]), text)


def markdown(text: str) -> str:
    """The text on one line as Markdown that reads as the text."""
    return MARKUP.sub(r"\\\g<0>", shown(re.sub(r"\s*\n\s*", " ", text.strip())))


def numbered(text: str) -> str:
    """Characters by their numbers, in the form that JSON knows, too."""
    return "".join(f"\\u{unit:04x}" for each in text for unit in _units(each))


def _units(character: str) -> list[int]:
    wide = character.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(wide[place : place + 2]) for place in range(0, len(wide), 2)]
