"""The years that a valuation asks for: counts on its date, years of schedules and of tables, factors carried to it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from simsurance.csv_text import LARGEST_TABLE, text_of
from simsurance.scenario_file.faults import Fault
from simsurance.scenario_file.files import TABLES, Layer, to_change
from simsurance.scenario_file.keys import key_at
from simsurance.scenario_file.schedule import is_calendar_year, is_year

Leaves = Mapping[str, Any]

INCOME: Final = "economy.disposable_income"
AREA_INCOME: Final = "economy.area_income."
REAL_GROWTH: Final = "economy.real_income_growth"
AREA_GROWTH: Final = "economy.area_growth_excess."
MEAN_WAGE: Final = "employee.wage.mean"
COST_GROWTH: Final = tuple(
    f"{section}.{name}" for section in ("claims.trend", "employee.care") for name in ("real_growth", "use_growth")
)
GROWN_AFTER: Final[Mapping[str, str]] = {
    "claims.trend.residual_growth": "claims.trend.real_growth",
    "employee.care.residual_growth": "employee.care.real_growth",
    "employee.contributions.compliance_growth": "employee.contributions.compliance",
    "contributions.local_supplement_growth": "contributions.local_supplement",
}
"""What growth is after the last year that a path names; of a number or a ramp that is never."""
TO_REFERENCE: Final = frozenset(
    (
        *COST_GROWTH,
        *(path for path, level in GROWN_AFTER.items() if level in COST_GROWTH),
        "economy.inflation",
        REAL_GROWTH,
    )
)
"""What is read to the reference year of cost, where the horizon ends before it."""
OPENING_YEAR: Final = "horizon.valuation_year"
NEVER: Final = 9999
MORTALITY: Final = ("population.mortality_factor", "population.mortality_level")
DEMOGRAPHY: Final = ("population.fertility_level", *MORTALITY, "population.migration_factor")
DEATH_RATES: Final = "population.mortality_table"
OF_MORTALITY: Final = ("claims.end_of_life.share", "health.healthy_ageing")
"""What compares death rates with those of the reference year of cost, unless it is 0."""
STOCK: Final = "population.stock_table"
COUNTED_AGES: Final = tuple(f"population.counted.{ages}" for ages in ("age_16_59", "age_60_plus", "age_65_plus"))
"""Counts that the opening ages are brought to where their date has any."""
MONEY_OF_EMPLOYEES: Final = ("employee.contributions.", "employee.accounts.", "employee.benefits.")
COUNTED: Final = (
    "membership.resident_insured",
    "membership.employee_active",
    "membership.employee_retired",
    "fund.opening",
)
COUNTED_OF_PROJECTED: Final = ("employee.fund.opening_pool", "employee.fund.opening_accounts")
"""Stocks of 1 January: no other year's stands in for that of the valuation date."""
KNOWN_TO: Final[Mapping[str, int]] = {
    "population.stock_level": 0,
    **dict.fromkeys(
        (
            "contributions.local_supplement",
            "employee.entry_level",
            "employee.contributions.compliance",
            "employee.contributions.to_accounts",
            "employee.contributions.flexible_share",
            "employee.accounts.without",
            "employee.accounts.spending_rate",
            "employee.accounts.relatives_care_rate",
            "employee.benefits.birth_benefit",
            "employee.benefits.outpatient.payment_ratio",
        ),
        1,
    ),
}
"""Factors found year by year from what was published: on the valuation date that of so many years before is known."""


def incomes_of(leaves: Leaves) -> list[str]:
    """The keys of disposable income, of the nation and of each area."""
    return [INCOME, *(path for path in leaves if path.startswith(AREA_INCOME))]


def followed(path: str, leaves: Leaves) -> Sequence[str]:
    """The levels and stocks whose last year says from when on a growth rate, an income or a factor is needed."""
    if path in GROWN_AFTER:
        return (GROWN_AFTER[path],)
    if path in (REAL_GROWTH, "economy.inflation") or path.startswith(AREA_GROWTH):
        return incomes_of(leaves)
    if path == INCOME or path.startswith(AREA_INCOME) or path == "employee.wage.growth_excess":
        return (MEAN_WAGE,)
    return (STOCK,) if path in DEMOGRAPHY else ()


def years_covered(
    leaves: Leaves,
    origins: Mapping[str, Layer],
    tables: Mapping[str, Path],
    root: Layer,
    faults: list[Fault],
    prefix: str = "",
) -> None:
    """Counts of the valuation date are there, and schedules and tables have all the years that a run needs them for.

    What is missing is told at the key that a file set upon the root, the one that asks for the years or the one without them.
    """

    def tell(path: str, text: str, *others: str) -> None:
        key = to_change((path, *others), origins, root)
        faults.append(origins[key].fault(prefix + key, text if key == path else f"{path} {text}"))

    opening, last_year = leaves.get(OPENING_YEAR), leaves.get("horizon.last_year")
    if not is_calendar_year(opening) or not is_calendar_year(last_year) or last_year < opening:
        return  # told by the key itself
    if absent := [path for path, dates in _counts(leaves).items() if opening not in dates]:
        key = to_change((OPENING_YEAR, *absent), origins, root)
        faults.append(origins[key].fault(prefix + key, _uncounted(absent, leaves, opening)))
        return  # whatever else is amiss hangs on the date
    named_reference = leaves.get("claims.trend.reference_year")
    reference = named_reference if isinstance(named_reference, int) else last_year
    for path in (path for path in leaves if (known := key_at(path)) and known.kind in ("schedule", "rules")):
        named = years_named(leaves[path])
        needed, why = first_needed(path, leaves, opening, tables)
        if (
            named
            and min(named) > needed
            and needed <= (last_year if path not in TO_REFERENCE else max(last_year, reference))
        ):
            text = f"begins in {min(named)}, after {needed}, {why}; begin in {needed} or before"
            tell(
                path,
                text,
                OPENING_YEAR,
                "claims.trend.reference_year",
                *(other for other in followed(path, leaves) if other in leaves),
            )
    for path, (first, last) in years_read(opening, last_year, tables).items():
        if path not in tables or not is_shipped(tables[path]) or not (there := table_years(tables[path])):
            continue  # tables of one's own are read row by row where a run begins
        if there[0] > first:
            text = f"{leaves[path]} begins in {there[0]}, after {first}; a table that begins in {first} or before"
            tell(path, text, OPENING_YEAR, STOCK)
        if there[1] < last:
            text = (
                f"{leaves[path]} ends in {there[1]}, before {last}; a table to {last}, or an earlier horizon.last_year"
            )
            tell(path, text, "horizon.last_year", OPENING_YEAR)


def _uncounted(absent: Sequence[str], leaves: Leaves, opening: int) -> str:
    """Which counts are not those of the valuation date, and in which years it could lie."""
    common = countable(leaves)
    instead = f", or value in {in_spans(common)}" if common else ""
    return f"no count on 1 January {opening} in {', '.join(absent)}; give each a value for {opening}{instead}"


def countable(leaves: Leaves) -> list[int]:
    """The years with every count of their 1 January; empty where the counts stand for any year."""
    dates = [set(dates) for dates in _counts(leaves).values()]
    return sorted(set.intersection(*dates)) if dates else []


def _counts(leaves: Leaves) -> dict[str, Sequence[int]]:
    """The counts of 1 January with the years that they are given for; one number stands for any year and is left out."""
    keys = (*COUNTED, *(COUNTED_OF_PROJECTED if leaves.get("employee.projected") is True else ()))
    named = {path: _dates(leaves.get(path)) for path in keys}
    return {path: dates for path, dates in named.items() if dates}


def _dates(value: Any) -> Sequence[int]:
    """The years that a count is given for; none for one number, which stands for any."""
    named = years_named(value)
    return range(min(named), max(named) + 1) if named and _is_ramp(value) else named


def in_spans(years: Sequence[int]) -> str:
    """Rising years in words: `2019 to 2026`, `2019, 2021 to 2023`."""
    return ", ".join(f"{first} to {last}" if last > first else f"{first}" for first, last in spans(years))


def spans(years: Sequence[int]) -> list[tuple[int, int]]:
    """The first and the last of each run of rising years without a gap."""
    runs = groupby(enumerate(years), key=lambda placed: placed[1] - placed[0])
    found = ([year for _, year in run] for _, run in runs)
    return [(run[0], run[-1]) for run in found]


def first_needed(path: str, leaves: Leaves, opening: int, tables: Mapping[str, Path]) -> tuple[int, str]:
    """The first year that a run needs a schedule for, and what happens in that year."""
    reference = leaves.get("claims.trend.reference_year", opening)
    prices = min(opening, reference if isinstance(reference, int) else opening)
    if path in (INCOME, MEAN_WAGE) or path.startswith(AREA_INCOME):
        wages = years_named(leaves.get(MEAN_WAGE)) if path != MEAN_WAGE else []
        first = min(prices - 1, max(wages, default=prices))
        return first, "the year before the first of the valuation year and the reference year of cost"
    if path == "employee.wage.growth_excess":
        return max(years_named(leaves.get(MEAN_WAGE)), default=opening - 1) + 1, "the year after the last mean wage"
    if path in MORTALITY and any(leaves.get(key) for key in OF_MORTALITY):
        first = min(_stepped_from(opening, tables), prices, opening - 1)
        return first, "the first year whose mortality counts"
    if path in DEMOGRAPHY and (stepped := _stepped_from(opening, tables)) < opening:
        return stepped, "the year from which the population is stepped to the valuation date"
    if path == REAL_GROWTH or path.startswith(AREA_GROWTH):
        return _after_incomes(leaves, opening), "the year after the last disposable income"
    if path == "economy.inflation":
        return min(prices, _after_incomes(leaves, opening)), "the first year whose prices count"
    if path in COST_GROWTH:
        return prices, "the first of the valuation year and the reference year of cost"
    if path in GROWN_AFTER:
        level = leaves.get(GROWN_AFTER[path])
        named = [] if _is_ramp(level) else years_named(level)
        after = max(named, default=NEVER) + 1
        first = max(after, prices) if GROWN_AFTER[path] in COST_GROWTH else after
        return first, f"the year after the last one of {GROWN_AFTER[path]}"
    return opening, "the valuation year"


def _after_incomes(leaves: Leaves, opening: int) -> int:
    """The first year for which an income is not given."""
    return min(max(years_named(leaves.get(income)), default=opening - 1) + 1 for income in incomes_of(leaves))


def years_read(opening: int, last: int, tables: Mapping[str, Path]) -> dict[str, tuple[int, int]]:
    """First and last year that a projection reads of each table that has years."""
    stepped = _stepped_from(opening, tables)
    rates = ("mortality", "fertility", "total_fertility", "sex_ratio", "migration")
    return {
        STOCK: (stepped if STOCK in tables and of_january(tables[STOCK]) else min(opening - 1, stepped), stepped),
        **{f"population.{name}_table": (stepped, last) for name in rates},
        "population.area_share_table": (opening, last + 1),
        "employee.retirement_table": (opening, last),
    }


def _stepped_from(opening: int, tables: Mapping[str, Path]) -> int:
    """The year of the stock that the population is stepped from; the valuation year where the stocks reach it."""
    named = _first_cells(tables[STOCK]) if STOCK in tables else ()
    before = [year for year in named if year <= opening]
    last = max(before, default=opening)
    if last == opening and before and opening - 1 not in named and not of_january(tables[STOCK]):
        return max((year for year in before if year < opening), default=opening)  # a 1 July is missing before it
    return last


def of_january(table: Path) -> bool:
    """Whether the stocks of a table are dated 1 January: its first column is `date`, not `year`."""
    try:
        with table.open("rb") as file:
            return text_of(file.readline(LARGEST_TABLE)).strip().partition(",")[0].strip('"') == "date"
    except (OSError, UnicodeDecodeError):
        return False


def is_shipped(table: Path) -> bool:
    """Whether a table is one of the package's, which serve every valuation date that they reach."""
    return table.is_relative_to(TABLES)


def table_years(path: Path) -> tuple[int, int] | None:
    """The first and the last year of a table, the first cell of each row; None where a cell is no year."""
    named = _first_cells(path)
    return (named[0], named[-1]) if named else None


def _first_cells(path: Path) -> tuple[int, ...]:
    """The years in the first cells of a table's rows, in their order; none where a cell is no year."""
    try:
        state = path.stat()
        if state.st_size > LARGEST_TABLE:
            return ()
        return _table_years(path, state.st_mtime_ns, state.st_size)
    except OSError:
        return ()


@lru_cache(maxsize=64)
def _table_years(path: Path, _modified: int, _size: int) -> tuple[int, ...]:
    try:
        _, *rows = text_of(path.read_bytes()).splitlines() or [""]
        years = {float(cell.strip('"')) for cell in {row.partition(",")[0] for row in rows}}
    except ValueError:
        return ()
    whole = all(year.is_integer() and is_calendar_year(int(year)) for year in years)
    return tuple(sorted(map(int, years))) if whole else ()


def carried(leaves: Leaves) -> dict[str, int]:
    """Yearly factors without a value for the last year that the valuation date knows, and the year whose value is kept."""
    opening = leaves["horizon.valuation_year"]
    acting = (path for path in KNOWN_TO if leaves.get("employee.projected") or not path.startswith(MONEY_OF_EMPLOYEES))
    named = {path: years_named(leaves.get(path)) for path in acting}
    kept = {path: max(years) for path, years in named.items() if years and max(years) < opening - KNOWN_TO[path]}
    return dict(sorted(kept.items(), key=itemgetter(1)))


def years_named(value: Any) -> list[int]:
    """The years that a schedule as written in a file names; none for a number or where a year is misspelt."""
    table = value["ramp"] if _is_ramp(value) else value
    years = [int(year) for year in table if is_year(year)] if isinstance(table, Mapping) else []
    return years if isinstance(table, Mapping) and len(years) == len(table) else []


def _is_ramp(value: Any) -> bool:
    """True for a schedule written as a ramp."""
    return isinstance(value, Mapping) and "ramp" in value
