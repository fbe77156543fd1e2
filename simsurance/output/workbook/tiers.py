"""The sheet of the other tiers: what the run has, in grey; no fund's line rests on it, and no yellow cell moves it."""

from typing import Final

from simsurance.output.workbook.lines import Line, Sheet
from simsurance.output.workbook.source import Source
from simsurance.tiers.accounts import columns_of

TIER: Final = "tier__"
"""Before the name of a column of the table of tiers, so that lines have names of their own."""
UNITS: Final = {"yuan": "yuan_total", "persons": "persons", "births": "persons"}
"""Units of columns that are told in the workbook's own unit; shares stay."""


def tiers(source: Source, unit: float) -> list[Sheet]:
    """The sheet; none where the other tiers are not told."""
    table = source.run.tiers
    if table is None:
        return []
    sheet = Sheet("tiers")
    sheet.add("tiers")
    for name, group, of in columns_of(source.inputs.groups):
        column = "_".join(filter(None, (name, group)))
        size = unit if of in UNITS else 1.0
        values = source.by_year(table[column].to_numpy() / size)
        style = "amount" if of in UNITS else "percent"
        sheet.add(Line(f"{TIER}{column}", values, UNITS.get(of, of), note="of_run", style=style))
    return [sheet]


def told_of(line: str, source: Source) -> tuple[str, str]:
    """What a line of the sheet holds and of which income group, none for all."""
    return next(
        (name, group)
        for name, group, _ in columns_of(source.inputs.groups)
        if line == TIER + "_".join(filter(None, (name, group)))
    )
