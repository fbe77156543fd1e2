"""Letters on charts: which font draws them, how wide they are, and lines that fit."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font

from simsurance.output.look import current

FONT: Final = Path(__file__).parents[1] / "fonts" / "SimsuranceSansSC-Regular.otf"
FAMILY: Final = "Simsurance Sans SC"
NEXT: Final = "DejaVu Sans"
"""The font that Matplotlib brings along: signs that the charts' own lacks."""
BROUGHT: Final = ("DejaVu ", "STIXGeneral")
"""Other fonts of Matplotlib's that name their characters as Unicode does."""
PLAIN: Final = (400, "normal", "regular", "book", "roman", "medium")
"""Weights that are asked for by no name."""
BOX: Final = "□"
"""What stands for a character that no font has."""
DPI: Final = 200
"""Pixels an inch of a chart: letters are as many whole pixels wide."""
ATOM: Final = re.compile(
    r"[\uff08\u300a\u3014]*(?:[^\W\x00-\u2e7f]|(?:\u2212?[A-Z]{3} (?=\d))?(?:[^\s._=\u2e80-\uffff]|\.(?=\d))+"
    r"(?: %| [mbtr]+illion[^\s.\u2e80-\uffff]*|(?<=\d)[\u4e07\u4ebf]*\u5143)?[\s._=]?)"
    r"[\uff0c\u3002\uff1b\uff1a\u3001\uff1f\uff01\uff09\u300b\u3015]*|."
)
"""What stays together on a line: a Chinese character, or what stands before a blank, a dot, an underscore or an equals sign,
a number and its per cent, an amount with currency and unit; with it the signs that open before it or close behind it."""
FIRST_CHINESE: Final = chr(0x2E80)
CUT: Final = "…"


def width(text: str, size: float) -> float:
    """How wide a text of a size is on one line as drawn, in points."""
    return sum(_advance(character, size) for character in text)


def undrawn(texts: Iterable[str]) -> list[str]:
    """The characters that no font here has, each once."""
    return [each for each in dict.fromkeys("".join(texts)) if not _unseen(each) and font_of(each) is None]


def drawable(text: str) -> str:
    """A text as charts can draw it, a box for what no font has; fonts of the system that it needs stand next in the style."""
    shown = "".join(BOX if font_of(each) is None else each for each in text if each == "\n" or not _unseen(each))
    chosen = list(mpl.rcParams["font.family"])
    if FAMILY in chosen:  # inside the style, which gives all back
        chosen += [font[0] for font in map(font_of, shown) if font and font[0] not in chosen]
        mpl.rcParams["font.family"] = list(dict.fromkeys(chosen))
    return shown


def families() -> list[str]:
    """The families that words are drawn in, the first that has a character before the others."""
    return [*_fonts(current().font)]


def broken(text: str, room: float, size: float) -> list[str]:
    """A text of a size on lines of at most `room` points, broken behind blanks and dots, and in what is longer than a line.

    No Chinese character stands on the last line alone.
    """
    return list(_broken(text, room, size, current().font))


@lru_cache(4096)
def _broken(text: str, room: float, size: float, _: Path | None) -> tuple[str, ...]:
    """The same where the house has this font, or none."""
    lines, left = [[""]], room
    for atom in (piece for found in ATOM.findall(text) for piece in _pieces(found, room, size)):
        if width(atom.rstrip(), size) > left and lines[-1] != [""]:
            lines, left = [*lines, [""]], room
        lines[-1].append(atom)
        left -= width(atom, size)
    if len(lines) > 1 and len(lines[-1]) == 2 and lines[-1][1] > FIRST_CHINESE and len(lines[-2]) > 3:
        lines[-1].insert(1, lines[-2].pop())
    return tuple("".join(line).strip() for line in lines)


def shortened(lines: Sequence[str], most: int, room: float, size: float) -> list[str]:
    """At most so many lines; where there are more, the last says that it is cut."""
    if len(lines) <= most:
        return list(lines)
    last = lines[most - 1]
    while last and width(last + CUT, size) > room:
        last = last[:-1]
    return [*lines[: most - 1], last + CUT]


def fitted(text: str, room: float, sizes: Sequence[tuple[float, int]]) -> tuple[list[str], float]:
    """The lines of a text and the first size in points at which they are not too many, each no wider than `room` points.

    `sizes`: sizes and the lines that there may be at each; at the last the text is cut.
    """
    for size, most in sizes:
        lines = broken(text, room, size)
        if len(lines) <= most:
            return lines, size
    return shortened(lines, most, room, size), size


def font_of(character: str) -> tuple[str, Path] | None:
    """Family and file of the font that draws a character: the house's, the charts' own, Matplotlib's, one of the system's."""
    return _font_of(character, current().font)


@cache
def _font_of(character: str, house: Path | None) -> tuple[str, Path] | None:
    """The same where the house has this font, or none."""
    return _first_of(_fonts(house), character) or _first_of(_others(), character)


@cache
def _fonts(house: Path | None) -> dict[str, Path]:
    """Files of the fonts that are always there by family, that of the house before them."""
    own = {FAMILY: FONT, NEXT: Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"}
    return {**({FT2Font(str(house)).family_name: house} if house else {}), **own}


def _first_of(fonts: Mapping[str, Path], character: str) -> tuple[str, Path] | None:
    """The first font that holds a character."""
    return next((font for font in fonts.items() if _has(font[1], character)), None)


def _unseen(character: str) -> bool:
    """Whether a character is none that is drawn: controls, joiners, selectors of variants, what is not assigned."""
    return unicodedata.category(character)[0] == "C" or "\ufe00" <= character <= "\ufe0f"


@cache
def _others() -> dict[str, Path]:
    """Files of the families that have a plain face, by name: those of the system, and of Matplotlib's own what can be used."""
    own, found = Path(mpl.get_data_path()), dict[str, Path]()
    for font in sorted(font_manager.fontManager.ttflist, key=lambda font: (font.name, font.fname)):
        plain = (font.style, font.stretch) == ("normal", "normal") and font.weight in PLAIN
        if plain and (not Path(font.fname).is_relative_to(own) or font.name.startswith(BROUGHT)):
            found.setdefault(font.name, Path(font.fname))
    return found


@cache
def _has(file: Path, character: str) -> bool:
    """Whether a font holds a character and can draw it."""
    font, held = _held(file)
    if font is None or ord(character) not in held:
        return False
    try:
        font.load_char(ord(character))
    except RuntimeError:
        return False
    return True


@cache
def _held(file: Path) -> tuple[FT2Font | None, frozenset[int]]:
    """A font and the characters that it names; none of what cannot be read at any size."""
    try:
        font = FT2Font(str(file))
        font.set_size(10, DPI)
        return font, frozenset(font.get_charmap())
    except (OSError, RuntimeError):
        return None, frozenset()


def _advance(character: str, size: float) -> float:
    """How far a character of a size moves the next as drawn, in points: that of many, whole pixels each."""
    return _advance_in(character, size, current().font)


@cache
def _advance_in(character: str, size: float, house: Path | None) -> float:
    """The same where the house has this font, or none."""
    if _unseen(character):
        return 0.0
    family = (_font_of(character, house) or _font_of(BOX, house) or (FAMILY,))[0]
    letters, look = character if _font_of(character, house) else BOX, FontProperties(family=[family], size=size)
    edge = "." if letters.isspace() else ""
    one, more = (
        _renderer().get_text_width_height_descent(f"{edge}{letters * n}{edge}", look, ismath=False)[0] for n in (1, 11)
    )
    return float(more - one) / 10 * 72 / DPI


@cache
def _renderer() -> Any:
    """What draws letters; the charts' own font is known to Matplotlib from then on."""
    know_font()
    made: Any = RendererAgg
    return made(1, 1, DPI)


def know_font() -> None:
    """Tell Matplotlib of the charts' own font, and of that of the house."""
    for file in (FONT, current().font):
        if file and not any(font.fname == str(file) for font in font_manager.fontManager.ttflist):
            font_manager.fontManager.addfont(file)


def _pieces(atom: str, room: float, size: float) -> list[str]:
    """An atom, cut where it is wider than a line."""
    if width(atom.rstrip(), size) <= room:
        return [atom]
    pieces = [""]
    for character in atom:
        if pieces[-1] and width((pieces[-1] + character).rstrip(), size) > room:
            pieces.append("")
        pieces[-1] += character
    return pieces
