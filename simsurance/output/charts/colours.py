"""Colours of charts by name, dashes, and the style that all is drawn in; a colour is what the look of a house makes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import matplotlib as mpl
from matplotlib.colors import get_named_colors_mapping

from simsurance.output.charts.lettering import families, know_font
from simsurance.output.look import Look, current

MARK: Final = "simsurance:"
"""Before the names of the charts' colours among those of Matplotlib."""
BLACK, BLUE, VERMILLION, ORANGE, SKY, GREEN, GREY = (
    f"{MARK}{name}" for name in ("black", "blue", "vermillion", "orange", "sky", "green", "grey")
)
SHORTFALL, WORSE, RETIRED, PAID = (f"{MARK}{name}" for name in ("shortfall", "worse", "retired", "paid"))
BAND_95, BAND_80, BAND_50 = (f"{MARK}band_{share}" for share in (95, 80, 50))
PAST, GRID, AXIS, UNINSURED, UNDER_TITLE = "#EEEEEE", "#E4E4E4", "#333333", "#BDBDBD", "#4D4D4D"
"""Paler than any house's: the field of the past, the grid, words at axes, what is not insured, words below a title."""
SOLID, DASHED, DASH_DOT, DOTTED = "-", (0, (5, 2)), (0, (6, 2, 1.5, 2)), (0, (1.2, 1.6))
TEXT_SIZE, NOTE_SIZE, FOOT_SIZE = 8.5, 7.5, 7.0
"""Points of words, of notes in a plot, and of words at the foot of a sheet."""
STYLE: Final[Any] = {
    "font.size": TEXT_SIZE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.linewidth": 0.9,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.edgecolor": BLACK,
    "axes.labelcolor": AXIS,
    "text.color": BLACK,
    "xtick.color": AXIS,
    "ytick.color": AXIS,
    "xtick.major.width": 0.9,
    "ytick.major.width": 0.9,
    "hatch.linewidth": 0.4,
    "lines.linewidth": 1.9,
    "lines.solid_capstyle": "round",
    "svg.hashsalt": "simsurance",
    "svg.fonttype": "path",
    "text.usetex": False,
    "text.parse_math": False,
}


def ink(colour: str) -> str:
    """The colour of words about what is drawn in a colour."""
    return f"{colour}_ink" if colour.startswith(MARK) and f"{colour}_ink" in get_named_colors_mapping() else colour


def _name_colours(look: Look) -> None:
    """Let Matplotlib know the colours of a look by their names."""
    known = get_named_colors_mapping()
    for name, colour in look.palette.items():
        if known.get(f"{MARK}{name}") != colour:
            known[f"{MARK}{name}"] = colour


_name_colours(Look())


@contextmanager
def style() -> Iterator[None]:
    """Draw inside this: font, look and colours of the charts, for the time being; inside itself it changes nothing."""
    if mpl.rcParams["svg.hashsalt"] == STYLE["svg.hashsalt"]:
        yield
        return
    know_font()
    _name_colours(current())
    try:
        with mpl.rc_context({**STYLE, "font.family": families()}):
            yield
    finally:
        _name_colours(Look())
