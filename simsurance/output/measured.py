"""The summary measures of a run by name."""

from typing import TYPE_CHECKING

from simsurance.measures import Measure

if TYPE_CHECKING:
    from simsurance.results import Results


def measured(results: "Results") -> dict[str, Measure]:
    """Every measure of a run: value, unit and status."""
    table = results.measures
    rows = zip(table.index, table["value"], table["unit"], table["status"], strict=True)
    return {str(name): Measure(str(name), float(value), str(unit), str(status)) for name, value, unit, status in rows}


def year_or_none(found: Measure) -> int | None:
    """The year of a dated measure; None if it never comes."""
    return int(found.value) if found.status == "ok" else None
