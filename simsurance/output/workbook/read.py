"""A workbook read back: its yellow cells as changes of a scenario, and one line where it was edited elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from simsurance.csv_text import LARGEST_TABLE
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.output.office import required
from simsurance.output.planned import run_id
from simsurance.output.workbook import seal
from simsurance.scenario_file.files import shipped
from simsurance.scenario_file.keys import key_at
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.schedule import values_by_year
from simsurance.uncertainty.parameters import value_at

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

SAME: Final = 1e-12
"""Share of a value within which a cell is as it was written."""


@dataclass(frozen=True)
class Yellow:
    """A row with yellow cells: what its columns, from 0, are of a key in which year, and the unit of its numbers."""

    sheet: str
    row: int
    key: str
    years: Mapping[int, int]
    unit: float


@dataclass(frozen=True)
class Told:
    """What a workbook says of itself: its scenario and that one's run, the text of it, yellow rows, and a hash of each row."""

    scenario: str
    run: str
    own_tables: bool
    text: str
    keys: "tuple[Yellow, ...]"
    hashes: Mapping[tuple[str, int], str]


def changes_of(path: Path, folder: Path) -> tuple[Scenario, str | None, dict[str, Any]]:
    """The scenario of a workbook, what a file in `folder` calls it to extend it, and what its yellow cells change, by key.

    None for the name where nothing of that name is the same scenario; then its whole text has to stand in the file.
    Raises SimsuranceError where the file is none of ours, was edited where it must not be, or a yellow cell holds no number.
    """
    book = _opened(path)
    told = _told(path, book)
    _require_unchanged(path, book, told)
    scenario, name = _scenario(path, told, folder)
    return scenario, name, _changed(path, book, told, scenario)


def _opened(path: Path) -> "Workbook":
    required("openpyxl", "openpyxl", "tables")
    import openpyxl

    try:
        if path.stat().st_size > LARGEST_TABLE:
            raise SimsuranceError(f"{path}: larger than {LARGEST_TABLE >> 20} MiB; a workbook of simsurance report")
        return openpyxl.load_workbook(path)
    except FileNotFoundError:
        raise SimsuranceError(f"{path}: there is no such file; a workbook of simsurance report") from None
    except (OSError, SimsuranceError):
        raise
    except Exception as error:
        raise SimsuranceError(
            f"{path}: no workbook ({type(error).__name__}); one that simsurance report wrote, saved as XLSX"
        ) from None


def _told(path: Path, book: "Workbook") -> Told:
    sheet = next((each for each in book.worksheets if each["A1"].value == seal.MARKER), None)
    if sheet is None:
        raise SimsuranceError(f"{path}: is no workbook of simsurance report; one with its last sheet as written")
    scenario, run, own, lines, keys, hashes = "", "", "", list[str](), [], {}
    for kind, *cells in sheet.iter_rows(min_row=2, values_only=True):
        first, second, third, fourth, fifth = (*cells, None, None, None, None, None)[:5]
        match kind:
            case "scenario":
                scenario, run, own = str(first), str(second), str(third or "")
            case "toml":
                lines.append(str(first))
            case "key":
                unit = float(fifth) if isinstance(fifth, int | float) else 1.0
                keys.append(Yellow(str(first), _whole(second), str(third), _columns(str(fourth)), unit))
            case "row":
                hashes[str(first), _whole(second)] = str(third)
    return Told(scenario, run, own == "own", "\n".join(lines) + "\n", tuple(keys), hashes)


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _require_unchanged(path: Path, book: "Workbook", told: Told) -> None:
    """Raises SimsuranceError at the first row whose cells, the yellow ones left out, are not as they were written."""
    yellow = {(each.sheet, each.row): each.years for each in told.keys}
    for (title, row), known in told.hashes.items():
        sheet: Worksheet | None = book[title] if title in book.sheetnames else None
        if sheet is None:
            raise SimsuranceError(f"{path}: the sheet {title} is missing; only yellow cells may be changed")
        last = max(sheet.max_column, 1)
        found = sheet.iter_rows(min_row=row, max_row=row, max_col=last)
        cells = [(cell.column - 1, cell.value) for of_row in found for cell in of_row]
        own = [(column, value) for column, value in cells if column not in yellow.get((title, row), {})]
        if seal.digest(own) != known:
            raise SimsuranceError(
                f"{path}:{title}:{row}: is not as it was written; only yellow cells may be changed, "
                "notes belong on a sheet of your own"
            )


def _columns(spans: str) -> dict[int, int]:
    """Columns from 0, and the year of each: `F=2026,G=2027`."""
    from openpyxl.utils import column_index_from_string

    pairs = (span.partition("=") for span in spans.split(",") if span)
    return {column_index_from_string(letters) - 1: int(year) for letters, _, year in pairs}


def _scenario(path: Path, told: Told, folder: Path) -> tuple[Scenario, str | None]:
    """The scenario of a workbook, and what a file beside can call it; SimsuranceError where it cannot be had again."""
    for name in (told.scenario, f"{told.scenario}.toml"):
        file = folder / name
        if name in shipped() or (name.endswith(".toml") and file.is_file()):
            found = load(name if name in shipped() else file)
            if run_id(found) == told.run:
                return found, name
    if told.own_tables:
        raise SimsuranceError(
            f"{path}: its scenario {told.scenario} has tables of its own; the new file beside {told.scenario}.toml as it was"
        )
    with TemporaryDirectory() as held:
        file = Path(held) / f"{told.scenario}.toml"
        file.write_text(told.text, encoding="utf-8")
        found = load(file)
    if run_id(found) != told.run:
        raise SimsuranceError(
            f"{path}: was written by another build of simsurance; write it again with simsurance report",
            exit_code=ExitCode.ENVIRONMENT,
        )
    return found, None


def _changed(path: Path, book: "Workbook", told: Told, scenario: Scenario) -> dict[str, Any]:
    """The yellow cells that differ from the scenario: a schedule by key, which holds what the scenario has in other years."""
    changes: dict[str, Any] = {}
    for each in told.keys:
        key, years = each.key, list(each.years.values())
        own = value_at(scenario.values, key)
        before = dict(zip(years, map(float, values_by_year(own, years)), strict=True))
        after = {}
        for column, year in each.years.items():
            cell = book[each.sheet].cell(each.row, column + 1)
            if not isinstance(cell.value, int | float) or isinstance(cell.value, bool):
                raise SimsuranceError(
                    f"{path}:{each.sheet}:{cell.coordinate}: {cell.value!r} is no number; "
                    f"{key} in {year}, {before[year] / each.unit:g} as written"
                )
            after[year] = float(cell.value) * each.unit
        moved = {year: value for year, value in after.items() if abs(value - before[year]) > SAME * abs(before[year])}
        if moved:
            changes[key] = _schedule(key, own, before | moved, scenario.values.horizon.valuation_year)
    return changes


def _schedule(key: str, own: Any, by_year: Mapping[int, float], start: int) -> Any:
    """Values by year as the key takes them: what was named before stays, one number where all years have it."""
    known = key_at(key)
    whole = {year: _plain(value) for year, value in sorted(by_year.items())}
    if known is not None and known.kind != "schedule":
        return next(iter(whole.values()))
    first = min(whole)
    knots = own if isinstance(own, Mapping) else {}
    earlier = {year: _plain(value) for year, value in knots.items() if year < first}
    if hasattr(own, "ramp"):
        years = list(range(min(own.ramp), first))
        earlier = {year: _plain(value) for year, value in zip(years, values_by_year(own, years), strict=True)}
    elif isinstance(own, float | int) and start < first:
        earlier = {start: _plain(own)}
    later = {year: _plain(value) for year, value in knots.items() if year > max(whole)}
    named = earlier | whole | later
    steps: dict[int, float] = {}
    last = None
    for year, value in sorted(named.items()):
        if value != last:
            steps[year] = value
        last = value
    return steps


def _plain(value: float) -> float | int:
    """A number as it was typed: at the digits that a cell holds, whole ones without decimals."""
    short = float(f"{value:.{seal.DIGITS}g}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short
