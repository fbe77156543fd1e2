"""A measure beside its goal, and the table of them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One number; None where it could not be measured. At most one of the goals is set."""

    name: str
    value: float | None
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def goal(self) -> str:
        """The goal in words, if there is one."""
        if self.at_least is not None:
            return f"at least {self.at_least:g}"
        return "" if self.at_most is None else f"at most {self.at_most:g}"

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is no goal or no number."""
        if self.value is None or not self.goal:
            return None
        return self.value >= self.at_least if self.at_least is not None else self.value <= (self.at_most or 0.0)


def table(measures: Sequence[Measure]) -> str:
    """The measures as lines of plain text."""
    rows = [("measure", "value", "unit", "goal", "")]
    for found in measures:
        verdict = {True: "met", False: "MISSED", None: ""}[found.met]
        rows.append((found.name, number(found.value), found.unit, found.goal, verdict))
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = []
    for name, value, *rest in rows:
        cells = [name.ljust(widths[0]), value.rjust(widths[1])]
        cells += [cell.ljust(width) for cell, width in zip(rest, widths[2:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def number(value: float | None) -> str:
    """Three significant digits, and whole numbers whole."""
    if value is None:
        return "not available"
    if float(value).is_integer() or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"
