"""Charts for a report: as they stand in the folder of a run, drawn once more where its language or format is another."""

import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING, Any, Final, cast

from simsurance.output.folder import sha256
from simsurance.output.look import current
from simsurance.output.saved import SavedRun

if TYPE_CHECKING:
    from simsurance.output.charts.canvas import Chart
    from simsurance.results import RunResult

TOLD: Final = {"title": re.compile(r"<dc:title>(.*?)</dc:title>", re.DOTALL)}
DESCRIPTION: Final = re.compile(r"<dc:description>(.*?)</dc:description>", re.DOTALL)
SVG, SLIDE = "svg", "slide"


def chart_of(run: SavedRun, name: str, lang: str) -> tuple[Callable[[str], bytes], Callable[[], str]]:
    """The pictures of a chart of a run by format, and its title."""
    drawn: list[Chart] = []

    def there(kind: str) -> bytes | None:
        file = f"charts/{name}.{kind}"
        as_asked = run.manifest["lang"] == lang and run.look == current()
        if as_asked and file in run.manifest["outputs"]:
            place = run.path / file
            if place.is_file() and sha256(place) == run.manifest["outputs"][file]:
                return place.read_bytes()
        return None

    def chart() -> "Chart":
        if not drawn:
            from simsurance.output.charts import draw

            drawn.append(draw(name, cast("RunResult", run), lang, run.ranges))
        return drawn[0]

    def picture(kind: str) -> bytes:
        return there(kind) or rendered(chart(), kind)

    def title() -> str:
        kept = there(SVG)
        return title_in(kept) if kept else chart().figure.heading[0]

    return picture, title


def rendered(chart: "Chart", kind: str) -> bytes:
    """A chart in a format, or as it stands on a slide."""
    if kind == SLIDE:
        return chart.figure.slide()
    from simsurance.output.charts import canvas

    return canvas.rendered(chart, (kind,))[f"{chart.name}.{kind}"]


def title_in(svg: bytes) -> str:
    """The title that a chart tells of itself."""
    return _told(svg, TOLD["title"])


def description_in(svg: bytes) -> str:
    """What a chart tells to those who cannot see it."""
    return _told(svg, DESCRIPTION)


def _told(svg: bytes, pattern: Any) -> str:
    found = pattern.search(svg[:20_000].decode("utf-8", errors="replace"))
    return unescape(found[1]).strip() if found else ""
