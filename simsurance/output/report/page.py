"""A report as one page in HTML that needs nothing beside it: charts inside, tables that sort, light and dark, for print."""

import base64
from pathlib import Path
from typing import Final

from simsurance.language import words
from simsurance.output.report.parts import Figure, Report, Table, spans
from simsurance.output.report.pictures import description_in

TEMPLATE: Final = Path(__file__).parents[1] / "templates" / "report.html.j2"


def page(report: Report) -> str:
    """The page as text."""
    numbers = numbered(report)
    return words(report.lang).html(
        TEMPLATE,
        report=report,
        locale=words(report.lang).label("report.locale"),
        numbers=numbers,
        spans=spans,
        kind_of=lambda block: type(block).__name__,
        told=alternative,
        encoded=lambda figure: base64.b64encode(figure.svg).decode(),
    )


def numbered(report: Report) -> dict[str, int]:
    """The number of each table and of each figure, by name; tables to look things up in have none."""
    found: dict[str, int] = {}
    for kind in (Table, Figure):
        blocks = [block for section in report.sections for block in section.blocks if isinstance(block, kind)]
        blocks = [block for block in blocks if not (isinstance(block, Table) and block.aside)]
        found |= {block.name: number for number, block in enumerate(blocks, start=1)}
    return found


def alternative(figure: Figure) -> str:
    """What is told of a figure to those who cannot see it: its sentence, and what the chart tells of itself."""
    return f"{figure.title}. {description_in(figure.svg)}".strip()
