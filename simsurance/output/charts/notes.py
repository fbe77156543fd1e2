"""What stands at the foot of a sheet: the scenario, what its published points are, who made the chart."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from simsurance import __version__
from simsurance.output.charts import canvas
from simsurance.output.charts.canvas import Foot, Line
from simsurance.output.charts.words import clauses, word
from simsurance.output.labels import scenario_title
from simsurance.output.planned import run_id

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario

LONGEST_TITLE: Final = 90
"""Places of a scenario's title in the footer, two a Chinese character."""
ID_PLACES: Final = 8
"""Signs of a run's id that tell it from others."""


def foot(scenario: "Scenario", lang: str, lines: Sequence[Line], notes: Sequence[str] = ()) -> Foot:
    """Scenario, version and run; what published points are; what the reader has to know."""
    title = canvas.wrapped(scenario_title(scenario, lang), LONGEST_TITLE, most=1, size=canvas.FOOT_SIZE)
    made = word("note.made", lang, version=__version__, run=run_id(scenario)[:ID_PLACES])
    return Foot(title, made, [clauses([*remarks(lines, lang), *notes], lang)])


def remarks(lines: Sequence[Line], lang: str) -> list[str]:
    """What the published points of lines are, who published them, which are estimates or unverified, which years have none."""
    told = []
    if any(line.published for line in lines):
        issuers = sorted({name for line in lines if line.published for name in line.issuers})
        told.append(word("note.history", lang, issuers=[word(f"issuer.{name}", lang) for name in issuers]))
    if unsure := sorted({year for line in lines for year in line.recalled if year in line.published}):
        told.append(word("note.recalled", lang, years=spans(unsure, lang)))
    if estimated := sorted({year for line in lines for year in line.estimated}):
        told.append(word("note.estimate", lang, years=spans(estimated, lang)))
    if missing := sorted({year for line in lines for year in _gaps(line.published)}):
        told.append(word("note.gap", lang, years=missing))
    return told


def spans(years: Sequence[int], lang: str) -> list[str]:
    """Years in words, those that follow each other as the first and the last."""
    found: list[list[int]] = []
    for year in years:
        if found and year == found[-1][-1] + 1:
            found[-1].append(year)
        else:
            found.append([year])
    return [word("note.span", lang, first=each[0], last=each[-1]) for each in found]


def _gaps(published: Mapping[int, float]) -> set[int]:
    """Years between the first and the last published one for which nothing is published."""
    return set(range(min(published), max(published))) - set(published) if published else set()
