"""How charts look: the money they show, and the colours and the font of a house; chosen once for all that is drawn."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from simsurance.variables import CONSTANT_PRICES

NOMINAL, OF_GDP = "nominal", "of_gdp"
MONEY: Final = (CONSTANT_PRICES, OF_GDP, NOMINAL)
"""What amounts of a fund may be drawn in, the usual one first."""
OWN: Final = {
    "black": "#1A1A1A",
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "green": "#009E73",
    "grey": "#6B6B6B",
}
"""The colours that a house may have its own of: of lines, bars and marks."""
INKS: Final = {"vermillion": "#B84E00", "orange": "#8F6200", "sky": "#1F78A8", "green": "#007A59"}
"""Of words about what is drawn in a colour too pale for words."""
TINTS: Final = {
    "shortfall": ("vermillion", "#FBE6D9", 0.15),
    "worse": ("vermillion", "#F3B48A", 0.47),
    "retired": ("orange", "#F6D28B", 0.45),
    "paid": ("blue", "#CFE3F0", 0.2),
    "band_95": ("blue", "#DCEAF4", 0.14),
    "band_80": ("blue", "#B5D3E8", 0.3),
    "band_50": ("blue", "#7FB4D8", 0.5),
}
"""Of areas: the colour that each is a tint of, the tint itself, and the share of the colour in that of a house."""
READABLE: Final = 4.5
"""Contrast to white that words have at least (WCAG 2.2, 1.4.3)."""


@dataclass(frozen=True)
class Look:
    """The money that is drawn, colours in place of the usual ones by name, and the file of a font before the usual one."""

    money: str = CONSTANT_PRICES
    colours: Mapping[str, str] = field(default_factory=dict)
    font: Path | None = None

    @property
    def palette(self) -> dict[str, str]:
        """Every colour by name: as the house has it, inks dark enough for words, tints of it."""
        found = OWN | dict(self.colours)
        for name in OWN:
            usual = INKS.get(name, OWN[name])
            found[f"{name}_ink"] = _dark(self.colours[name]) if name in self.colours else usual
        for name, (of, usual, share) in TINTS.items():
            found[name] = _mixed(self.colours[of], "#FFFFFF", share) if of in self.colours else usual
        return found

    @property
    def told(self) -> dict[str, Any]:
        """What a manifest says of it; nothing of what is usual."""
        font = {"font": self.font.as_posix()} if self.font else {}
        colours = {"colours": dict(self.colours)} if self.colours else {}
        return {**({"money": self.money} if self.money != CONSTANT_PRICES else {}), **colours, **font}


USUAL: Final = Look()
_NOW: Final = ContextVar("look", default=USUAL)


def current() -> Look:
    """The look of what is drawn now."""
    return _NOW.get()


def choose(look: Look) -> None:
    """Draw everything in this look from here on."""
    _NOW.set(look)


@contextmanager
def looked(look: Look) -> Iterator[None]:
    """Draw in this look as long as this lasts."""
    before = _NOW.set(look)
    try:
        yield
    finally:
        _NOW.reset(before)


def saved_look(told: Mapping[str, Any]) -> Look:
    """The look that a manifest tells of."""
    font = told.get("font")
    return Look(told.get("money", CONSTANT_PRICES), told.get("colours", {}), Path(font) if font else None)


def contrast(colour: str, paper: str = "#FFFFFF") -> float:
    """How much a colour stands out from the paper, 1 to 21 (WCAG 2.2)."""
    high, low = sorted((_luminance(colour), _luminance(paper)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [part / 255 for part in bytes.fromhex(colour[1:])]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _dark(colour: str) -> str:
    """The colour, or so much of it with black that words in it can be read."""
    shares = (share / 100 for share in range(100, 0, -1))
    return next((ink for share in shares if contrast(ink := _mixed(colour, "#000000", share)) >= READABLE), "#000000")


def _mixed(colour: str, other: str, share: float) -> str:
    """So much of a colour, the rest of another."""
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + "".join(f"{round(share * one + (1 - share) * two):02X}" for one, two in pairs)
