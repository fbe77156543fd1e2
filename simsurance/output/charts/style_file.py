"""A house's style of charts as a file: colours and a font."""

import tomllib
from pathlib import Path
from typing import Final

from matplotlib.ft2font import FT2Font

from simsurance.errors import SimsuranceError
from simsurance.output.look import OWN
from simsurance.scenario_file.faults import nearest

KEYS: Final = ("font", "colours")
DIGITS: Final = frozenset("0123456789abcdefABCDEF")


def read_style(path: Path) -> tuple[dict[str, str], Path | None]:
    """Colours by name and the file of the font of a house's style; SimsuranceError, one line a fault, where it is none.

    A TOML file: `font = "ours.otf"`, beside it, and `[colours]` with any of the names of OWN as `"#RRGGBB"`.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SimsuranceError(f"--style: {path}: {error.strerror}; give a TOML file of colours and a font") from None
    except ValueError as error:
        raise SimsuranceError(f"--style: {path}: {error}; give a TOML file in UTF-8") from None
    faults = [f"{path.name}:{key}: is no key of a style; {_near(key, KEYS)}" for key in found.keys() - set(KEYS)]
    colours = found.get("colours", {})
    if not isinstance(colours, dict):
        faults.append(f"{path.name}:colours: is {colours!r}; make it a table [colours]")
        colours = {}
    for name, colour in colours.items():
        if name not in OWN:
            faults.append(f"{path.name}:colours.{name}: is no colour of charts; {_near(name, tuple(OWN))}")
        elif not (isinstance(colour, str) and len(colour) == 7 and colour[0] == "#" and DIGITS.issuperset(colour[1:])):
            faults.append(f'{path.name}:colours.{name}: is {colour!r}; write a colour as "#0072B2"')
    font = found.get("font")
    if font is not None and not isinstance(font, str):
        faults.append(f"{path.name}:font: is {font!r}; give the file of a font, seen from the style")
    file = (path.parent / font).resolve() if isinstance(font, str) else None
    if file is not None and not _is_font(file):
        faults.append(
            f"{path.name}:font: {font}: there is no font there; give an .otf or .ttf file, seen from the style"
        )
    if faults:
        raise SimsuranceError(*sorted(faults))
    return {name: colour.upper() for name, colour in colours.items()}, file


def _near(name: str, known: tuple[str, ...]) -> str:
    """The known name nearest to one, or all."""
    return nearest(name, known) or f"there are {', '.join(known)}"


def _is_font(file: Path) -> bool:
    """Whether a file is there and Matplotlib can draw with it."""
    try:
        FT2Font(str(file))
    except (OSError, RuntimeError):
        return False
    return file.is_file()
