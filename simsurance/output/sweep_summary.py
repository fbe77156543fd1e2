"""What a sweep finds, in words: what was swept, and a measure of a fund at every point.

The sentences stand in the language files, their order in `templates/sweep.md.j2`.
"""

import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance import __version__
from simsurance.language import Words
from simsurance.ledger import fund_of
from simsurance.measures import measure_of
from simsurance.output.labels import fund_label, in_its_words, words_of
from simsurance.output.measured import RESIDENT, measured, year_or_none
from simsurance.plain_text import markdown

if TYPE_CHECKING:
    from simsurance.results import RunResult
    from simsurance.uncertainty.sweep import Sweep

TEMPLATE: Final = Path(__file__).parent / "templates" / "sweep.md.j2"
DEPLETION: Final = "depletion_year"
YEARS_FUNDED: Final = "years_funded"
DIGITS: Final = 4
OF_YEAR: Final = re.compile("(?P<what>.+)_(?P<when>first|last)_year(_(?P<frame>constant_prices|of_income|of_gdp))?")
"""A column of an account at either end of the projection, in a frame of money."""
OF_PAYER: Final = re.compile("required_more_from_(?P<payer>.+)_(?P<start>now|delayed)")
OF_BURDEN: Final = re.compile("burden_(?P<area>[^_]+)_(?P<group>.+)")
SHARES: Final = ("share", "a year")
"""Beginnings of units of which a value is told in per cent."""
MOST_ROWS: Final = 60
"""More points than these stand in the table of the folder alone."""


def measure_words(measure: str, fund: str, said: Words) -> str:
    """The name of a measure: that of comparisons where there is one, the column's otherwise."""
    year = measure.removeprefix("reserve_months_")
    if year.isdigit():
        return said.say("sweep.months_at", year=int(year))
    if measure == YEARS_FUNDED:
        return said.label("sweep.years_funded")
    if f"compare.dated.{measure}.label" in said.entries:
        return said.label(f"compare.dated.{measure}.label")
    keys = [f"compare.{of}.{measure}" for of in (fund, RESIDENT)] + [f"sweep.measure.{measure}"]
    own = next((key for key in keys if key in said.entries), None)
    return said.label(own) if own else _made_words(measure, said) or f"`{measure}`"


def _made_words(measure: str, said: Words) -> str:
    """The name of a measure made of that of its column or its payer; none where there is no such."""
    if (found := OF_YEAR.fullmatch(measure)) and (what := _column_words(found["what"], said)):
        return said.say("sweep.at_end", what=what, when=found["when"], frame=found["frame"])
    if (found := OF_PAYER.fullmatch(measure)) and (payer := f"payer.{found['payer']}") in said.entries:
        return said.say("sweep.more_from", payer=said.label(payer), start=found["start"])
    return ""


def _column_words(column: str, said: Words) -> str:
    """The name of a column, of a burden with whose it is; none where there is no such."""
    if found := OF_BURDEN.fullmatch(column):
        area, income = f"axis.area.{found['area']}", f"axis.income.{found['group']}"
        if {area, income} <= said.entries.keys():
            return said.say("sweep.burden", area=said.label(area), income=said.label(income))
    return said.label(f"column.{column}") if f"column.{column}" in said.entries else ""


def unit_of(central: "RunResult", fund: str, measure: str) -> str:
    """The unit of a measure of a run."""
    if measure == YEARS_FUNDED:
        return "years"
    table = central.measures["unit"]
    return str(table.get(measure_of(fund, measure), "months"))


def told(value: float, unit: str, said: Words) -> str:
    """A value as printed, a share in per cent; what has none is a dash."""
    if not math.isfinite(value):
        return "–"
    if unit in ("year", "years"):
        return f"{value:.0f}"
    if unit.startswith("yuan") and abs(value) >= 1e6:
        return said.quantity("money", value)
    if unit.startswith(SHARES):
        return said.quantity("percent", value)
    return said.significant(value, DIGITS)


def change_told(value: float, unit: str, said: Words) -> str:
    """A change of a value as printed, of a share in percentage points."""
    return (
        said.quantity("points", value) if unit.startswith(SHARES) and math.isfinite(value) else told(value, unit, said)
    )


def at_axis(value: float, unit: str, said: Words) -> str:
    """A value along an axis, as exact as it is; amounts with their unit, shares in per cent."""
    if unit.startswith(SHARES):
        return said.quantity("percent", value, exact=True)
    return (
        told(value, unit, said) if (value and unit.startswith("yuan")) or unit == "year" else said.number(value, None)
    )


def plain_number(value: float) -> str:
    """A value of a key as one types it."""
    return f"{value:.12g}"


def point_rows(sweep: "Sweep", fund: str, measure: str, said: Words) -> list[tuple[str, ...]]:
    """A row a value of the first grid; a column a value of the second, or a column a fund and the measure."""
    grids, unit = sweep.points.grids, unit_of(sweep.central, fund, measure)
    values = sweep.of(fund, measure)
    if len(grids) == 2:
        first, second = grids
        head = (f"{first.key} \\ {second.key}", *(plain_number(each) for each in second.values))
        cells = values.reshape(first.points, second.points)
        return [
            head,
            *(
                (plain_number(at), *(told(float(each), unit, said) for each in row))
                for at, row in zip(first.values, cells, strict=True)
            ),
        ]
    shown = {(fund, measure): None, **{(each, DEPLETION): None for each in pooled(sweep.funds)}}
    head = (
        *(grid.key for grid in grids),
        *(
            said.say("sweep.of_fund", fund=fund_label(of, said.lang), what=measure_words(name, of, said))
            for of, name in shown
        ),
    )
    columns = [
        [told(float(each), unit_of(sweep.central, of, name), said) for each in sweep.of(of, name)] for of, name in shown
    ]
    return [
        head,
        *(
            (*(plain_number(each) for each in at), *row)
            for at, row in zip(sweep.points.values, zip(*columns, strict=True), strict=True)
        ),
    ]


def pooled(funds: Iterable[str]) -> list[str]:
    """The funds that pay benefits."""
    return [fund for fund in funds if fund_of(fund).pooled]


def grid_facts(sweep: "Sweep") -> list[dict[str, Any]]:
    """What was swept: key, ends, points, and the scenario's own value in the valuation year."""
    return [
        {
            "key": grid.key,
            "low": plain_number(grid.low),
            "high": plain_number(grid.high),
            "points": grid.points,
            "own": plain_number(sweep.base(grid)),
            "idle": not sweep.moves(grid),
        }
        for grid in sweep.points.grids
    ]


def fund_facts(sweep: "Sweep", fund: str) -> dict[str, Any]:
    """How a fund fares over all points: how many see it depleted, when at the earliest and at the latest."""
    years = sweep.of(fund, DEPLETION)
    named = sorted(int(year) for year in years if math.isfinite(year))
    central = year_or_none(measured(sweep.central, fund)[DEPLETION])
    possible = int((~sweep.refused).sum())
    ends = {"earliest": named[0], "latest": named[-1]} if named else {"earliest": None, "latest": None}
    return {
        "fund": fund,
        "depleted": len(named),
        "possible": possible,
        "central": central,
        "last": sweep.years[-1],
        **ends,
    }


def sweep_summary(sweep: "Sweep", fund: str, measure: str, lang: str = "en") -> str:
    """The summary of a sweep as Markdown."""
    scenario, said = sweep.scenario, words_of(sweep.scenario, lang)
    rows: Sequence[tuple[str, ...]] = point_rows(sweep, fund, measure, said)
    return said.page(
        TEMPLATE,
        title=markdown(in_its_words(scenario, "title", lang)),
        name=scenario.name,
        version=__version__,
        first=sweep.years[0],
        last=sweep.years[-1],
        grids=grid_facts(sweep),
        points=sweep.points.points,
        refused=int(sweep.refused.sum()),
        funds=[fund_facts(sweep, each) for each in pooled(sweep.funds)],
        what=measure_words(measure, fund, said),
        whose=fund_label(fund, lang),
        rows=rows if len(rows) <= MOST_ROWS else [],
    )
