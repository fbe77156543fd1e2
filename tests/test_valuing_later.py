"""Years are data: newer stocks and older migrants act, and a fund is valued later by newer tables alone."""

import ast
import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

import simsurance
from simsurance.axes import SEX
from simsurance.basis.inputs import Inputs
from simsurance.cli import main
from simsurance.data.tables import by_year_sex_age
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.schedule import CALENDAR
from simsurance.scenario_file.years import (
    COUNTED,
    COUNTED_AGES,
    COUNTED_OF_PROJECTED,
    KNOWN_TO,
    in_spans,
    table_years,
    years_read,
)

STOCK, MIGRATION = "population.stock_table", "population.migration_table"
BASE = load("baseline").replace({"horizon.last_year": 2031})
LATER = 2027
UNCOUNTED: dict[str, Any] = {key: {} for key in COUNTED_AGES}
PACKAGE = Path(simsurance.__file__).parent


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def rows_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def stock_rows(year: int, persons: np.ndarray) -> list[str]:
    """Rows of a table of stocks from persons [sex, age]."""
    return [
        f"{year},{name},{age},{float(persons[sex, age])!r}"
        for sex, name in enumerate(SEX.members)
        for age in range(persons.shape[1])
    ]


def written(path: Path, rows: Iterable[str]) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@cache
def projected() -> RunResult:
    return simulate([BASE])[0]


def on_1_july(year: int) -> np.ndarray:
    """The model's own population in the middle of a year, as the United Nations would count it, [sex, age]."""
    stocks, dates = projected().projection.stocks.persons[:, 0].sum(axis=2), projected().dates
    level = BASE.values.population.stock_level
    assert isinstance(level, dict)
    mean: np.ndarray = (stocks[dates.index(year)] + stocks[dates.index(year + 1)]) / 2 / level[max(level)]
    return mean


def counted(year: int) -> dict[str, float]:
    """What the model itself counts on a 1 January, by the key that asks for it."""
    found, place = projected(), projected().years.index(year - 1)
    pool, accounts = found.accounts["employee_pool"], found.accounts["personal_accounts"]
    columns = {
        "membership.resident_insured": found.account["resident_insured"],
        "membership.employee_active": pool["employee_active"],
        "membership.employee_retired": pool["employee_retired"],
        "fund.opening": found.account["closing"],
        "employee.fund.opening_pool": pool["closing"],
        "employee.fund.opening_accounts": accounts["closing"],
    }
    assert set(columns) == {*COUNTED, *COUNTED_OF_PROJECTED}
    return {key: float(column[place]) for key, column in columns.items()}


def later_file(folder: Path, year: int) -> Path:
    """A scenario file that values at a later 1 January by newer tables: the shipped ones and what the model found since."""
    known = table_years(BASE.tables[STOCK])
    assert known is not None
    (opening,) = {min(projected().dates)}
    stocks = BASE.replace({STOCK: str(written(folder / "until.csv", rows_of(BASE.tables[STOCK])))})
    stepped = Inputs(stocks, stocks.values).stepped(
        known[1], by_year_sex_age(BASE.tables[STOCK], "persons", [known[1]])[0]
    )
    newer = [row for between in range(known[1] + 1, opening) for row in stock_rows(between, stepped[between])]
    newer += [row for since in range(opening, year + 1) for row in stock_rows(since, on_1_july(since))]
    written(folder / "population.csv", [*rows_of(BASE.tables[STOCK]), *newer])
    lines = ['extends = "baseline"', "[horizon]", f"valuation_year = {year}", "last_year = 2031"]
    lines += ["[population]", 'stock_table = "population.csv"']
    for key, value in counted(year).items():
        section, _, name = key.rpartition(".")
        lines += [f"[{section}]"] * (f"[{section}]" not in lines) + [f"{name} = {{ {year} = {value!r} }}"]
    return written(folder / "later.toml", lines)


# --- rows of tables act ---------------------------------------------------------------------------------------------


def test_stocks_newer_than_the_shipped_ones_open_the_projection(tmp_path: Path) -> None:
    older, newer = on_1_july(2026) * 1.01, on_1_july(2026) * 1.03
    rows = [*rows_of(BASE.tables[STOCK]), *stock_rows(2025, older), *stock_rows(2026, newer)]
    own = BASE.replace({STOCK: str(written(tmp_path / "stocks.csv", rows)), "population.stock_level": 1.0, **UNCOUNTED})
    np.testing.assert_allclose(Inputs(own, own.values).opening_stock(), (older + newer) / 2, rtol=1e-14)


def test_a_stock_between_the_last_shipped_one_and_the_valuation_date_is_stepped_from(tmp_path: Path) -> None:
    rows = [*rows_of(BASE.tables[STOCK]), *stock_rows(2025, on_1_july(2026) * 1.5)]
    own = BASE.replace({STOCK: str(written(tmp_path / "stocks.csv", rows)), "population.stock_level": 1.0, **UNCOUNTED})
    opening = Inputs(own, own.values).opening_stock().sum()
    assert opening == pytest.approx(1.5 * on_1_july(2026).sum(), rel=0.005)


def test_migrants_of_every_year_act(tmp_path: Path) -> None:
    header, *rows = rows_of(BASE.tables[MIGRATION])
    early = {"horizon.valuation_year": 2019, "horizon.last_year": 2024}
    for year in (2019, 2022, 2024):
        moved = [f"{row.rpartition(',')[0]},99999" if row.startswith(f"{year},") else row for row in rows]
        own = BASE.replace({**early, MIGRATION: str(written(tmp_path / f"{year}.csv", [header, *moved]))})
        before, after = simulate([BASE.replace(early), own])
        stocks = [each.projection.stocks.persons[:, 0].sum(axis=(1, 2, 3)) for each in (before, after)]
        place = before.years.index(year)
        np.testing.assert_array_equal(stocks[0][: place + 1], stocks[1][: place + 1])
        assert stocks[1][place + 1] > stocks[0][place + 1] + 1e7


@pytest.mark.parametrize("variant", ["lower80", "upper80", "lower95", "upper95"])
def test_bounds_of_total_fertility_lie_on_their_side_of_the_medium_variant(variant: str) -> None:
    scenarios = (BASE, BASE.replace({"population.fertility_variant": variant}))
    medium, bound = (Inputs(own, own.values).asfr([2030]).sum() for own in scenarios)
    assert bound < medium if variant.startswith("lower") else bound > medium


# --- a later valuation date -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [LATER, LATER + 2])
def test_a_fund_is_valued_later_by_newer_tables_and_goes_on_as_it_would_have(tmp_path: Path, year: int) -> None:
    (later,) = simulate([load(later_file(tmp_path, year))])
    assert later.dates[0] == year
    assert later.checks["holds"].all()
    for key, value in counted(year).items():
        section, _, name = key.rpartition(".")
        if section == "membership":
            status = {"resident_insured": slice(7, 12), "employee_active": 12, "employee_retired": 13}[name]
            found = later.projection.stocks.membership[0, 0][:, status].sum()
            assert found == pytest.approx(value, rel=1e-12), key
    opened = [later.accounts[fund]["opening"][0] for fund in later.accounts]
    assert opened == [counted(year)[key] for key in ("fund.opening", *COUNTED_OF_PROJECTED)]
    place = projected().years.index(year)
    for fund, account in later.accounts.items():
        for column in ("income", "outgo"):
            assert account[column] == pytest.approx(projected().accounts[fund][column][place:], rel=0.03), (
                fund,
                column,
            )
    own, before = (each.projection.stocks.persons.sum(axis=(1, 2, 3, 4)) for each in (later, projected()))
    assert own == pytest.approx(before[place:], rel=2e-4)


@pytest.mark.long
def test_what_is_carried_is_told_by_run_validate_manifest_and_summary(tmp_path: Path) -> None:
    file = later_file(tmp_path, LATER)
    carried = load(file).carried
    assert carried == {
        **{path: 2025 for path in KNOWN_TO if path != "population.stock_level"},
        "population.stock_level": 2026,
    }
    line, ages, old = call("validate", file).stderr.splitlines()
    assert ages == f"later: population.counted: no ages counted on 1 January 2027; the ages are those of {STOCK}"
    assert re.fullmatch(rf"later: {STOCK}: rows of \d{{4}} to 2025 are not read", old)
    assert line.startswith("later: carried from 2025: contributions.local_supplement, ")
    assert line.endswith("; carried from 2026: population.stock_level")
    done = call("run", file, "--no-charts", "--out", tmp_path / "out")
    assert (done.exit_code, done.stderr) == (0, f"{line}\n{ages}\n{old}\n")
    folder = tmp_path / "out" / "later"
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["carried"] == carried
    told = (folder / "summary.md").read_text(encoding="utf-8")
    assert "- Carried from 2026, for want of a later value: `population.stock_level`." in told


def test_a_factor_with_a_value_for_the_year_before_is_not_carried(tmp_path: Path) -> None:
    later = load(later_file(tmp_path, LATER))
    supplement = "contributions.local_supplement"
    assert later.carried[supplement] == 2025
    assert supplement not in later.replace({supplement: {**BASE.leaves[supplement], "2026": 1.06}}).carried
    assert supplement not in later.replace({supplement: 1.06}).carried
    projected = later.replace({"employee.projected": False}).carried
    assert set(projected) == {"population.stock_level", supplement, "employee.entry_level"}


def test_nothing_is_carried_to_the_baselines_own_date_or_before() -> None:
    assert load("baseline").notes == []
    assert BASE.replace({"horizon.valuation_year": 2019}).notes == []


def test_stocks_of_ones_own_after_the_valuation_date_are_told(tmp_path: Path) -> None:
    rows = [*rows_of(BASE.tables[STOCK]), *stock_rows(2027, on_1_july(2027))]
    rows += [*stock_rows(2025, on_1_july(2026)), *stock_rows(2026, on_1_july(2026))]
    later, earlier = BASE.replace({STOCK: str(written(tmp_path / "stocks.csv", rows))}).notes
    assert later == f"{STOCK}: stocks after 1 July 2026 are not read; the population is projected from there"
    first = min(int(row.partition(",")[0]) for row in rows[1:])
    assert earlier == f"{STOCK}: rows of {first} to 2024 are not read"


@pytest.mark.parametrize("valued", [2023, 2026])
def test_earlier_stocks_of_ones_own_that_are_said_not_to_be_read_are_not(tmp_path: Path, valued: int) -> None:
    base = BASE.replace({"horizon.valuation_year": valued, "horizon.last_year": 2027})
    rows = rows_of(BASE.tables[STOCK])
    whole = base.replace({STOCK: str(written(tmp_path / "whole.csv", rows))})
    (note,) = [each for each in whole.notes if each.startswith(f"{STOCK}: rows")]
    first, last = map(int, re.findall(r"\d{4}", note))
    left = [row for row in rows if not (year := row.partition(",")[0]).isdecimal() or not first <= int(year) <= last]
    part = base.replace({STOCK: str(written(tmp_path / "part.csv", left))})
    assert not [each for each in part.notes if each.startswith(f"{STOCK}: rows")]
    runs = simulate([whole, part])
    np.testing.assert_array_equal(runs[0].projection.fund, runs[1].projection.fund)


@pytest.mark.long
@pytest.mark.parametrize("changes", [{}, {"claims.end_of_life.share": 0.5}, {"horizon.valuation_year": 2023}])
def test_rows_of_ones_own_tables_that_are_said_not_to_be_read_are_not(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    base = BASE.replace({"horizon.last_year": 2027, **changes})
    paths = [path for path in years_read(2026, 2027, BASE.tables) if path != STOCK]
    own, kept = {}, {}
    for path in paths:
        rows = rows_of(BASE.tables[path])
        own[path] = str(written(tmp_path / f"own_{path}.csv", rows))
        (note,) = [each for each in base.replace({path: own[path]}).notes if each.startswith(path)]
        spans = re.findall(r"(\d{4})(?: to (\d{4}))?", note)
        assert note.endswith(" are not read")
        assert spans
        out = {year for one, other in spans for year in range(int(one), int(other or one) + 1)}
        left = [row for row in rows if not (year := row.partition(",")[0]).isdecimal() or int(year) not in out]
        assert 2 < len(left) < len(rows)
        kept[path] = str(written(tmp_path / f"kept_{path}.csv", left))
    whole, part = simulate([base.replace(own), base.replace(kept)])
    np.testing.assert_array_equal(whole.projection.fund, part.projection.fund)
    assert not [each for each in base.replace(kept).notes if "not read" in each]


@pytest.mark.long
@pytest.mark.parametrize("key", [*COUNTED, *COUNTED_OF_PROJECTED])
def test_a_count_of_another_date_does_not_stand_in(tmp_path: Path, key: str) -> None:
    file = later_file(tmp_path, LATER)
    failed = call("validate", file, "--set", f"{key}={{2026=1000000000}}")
    assert failed.exit_code == 3
    (line,) = failed.stderr.splitlines()
    assert line == f"{file}:horizon.valuation_year: no count on 1 January 2027 in {key}; give each a value for 2027"
    count = 940000000 if key == "membership.resident_insured" else 100000000
    assert call("validate", file, "--set", f"{key}={count}").exit_code == 0, "one number stands for any date"


def test_a_table_that_does_not_reach_the_horizon_is_named() -> None:
    failed = call("validate", "baseline", "--set", "horizon.last_year=2101")
    assert failed.exit_code == 3
    lines = failed.stderr.splitlines()
    assert len(lines) == 7
    wanted = "mortality.csv ends in 2100, before 2101; a table to 2101, or an earlier horizon.last_year"
    assert f"--set:horizon.last_year: population.mortality_table demography/{wanted}" in lines


def test_spans_of_years_in_words() -> None:
    assert in_spans([2019]) == "2019"
    assert in_spans([2019, 2021, 2022, 2023]) == "2019, 2021 to 2023"


def test_the_how_to_names_the_keys_and_its_example_runs(tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent / "docs" / "valuing_later.md").read_text(encoding="utf-8")
    counts, factors = (part.split("\n\n")[0] for part in text.split("|---|---|\n")[1:])
    assert set(re.findall(r"`([a-z_.]+)`", counts)) == {*COUNTED, *COUNTED_OF_PROJECTED}
    assert {*re.findall(r"`([a-z_.]+)`", factors), "population.stock_level"} == set(KNOWN_TO)
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "valued_2027.toml").write_text(example, encoding="utf-8")
    newer = [*stock_rows(2025, on_1_july(2026)), *stock_rows(2026, on_1_july(2026))]
    written(tmp_path / "population.csv", [*rows_of(BASE.tables[STOCK]), *newer])
    scenario = load(tmp_path / "valued_2027.toml").replace({"horizon.last_year": 2028})
    assert simulate([scenario])[0].dates == (2027, 2028, 2029)
    assert scenario.notes[0].startswith("carried from 2025: ")


# --- tables that cannot be used -------------------------------------------------------------------------------------


def without(year: int) -> Callable[[list[str]], list[str]]:
    return lambda rows: [row for row in rows if not row.startswith(f"{year},")]


WRONG = {
    "a year is missing": ("population.mortality_table", without(2030), "1:year: there is no row for 2030; rows for every year"),
    "it ends early": ("population.area_share_table", lambda rows: rows[:20], "1:year: there is no row for 20"),
    "another column": ("population.sex_ratio_table", lambda rows: [f"{row},1" for row in rows], "1: the header is year,males"),
    "a column less": ("population.fertility_table", lambda rows: [row.rpartition(",")[0] for row in rows], "1: the header is "),
    "an age too many": (STOCK, lambda rows: [*rows, "2024,male,101,5"], "age: 101 is not on this axis; a whole number from 0"),
    "an age is missing": (MIGRATION, lambda rows: rows[:-1], "1:age: there is no row for year 2100, sex male, age 100"),
    "a row twice": ("employee.retirement_table", lambda rows: [*rows, rows[-1]], ": this repeats row 17373; one row a key"),
    "another variant": (
        "population.total_fertility_table",
        lambda rows: [*rows, "2030,mine,1.5"],
        "variant: 'mine' is not on this axis; one of estimate, low, medium, high,",
    ),
}  # fmt: skip


@pytest.mark.parametrize("command", ["validate", "run"])
@pytest.mark.parametrize("fault", WRONG)
def test_a_table_with_wrong_years_columns_or_ages_is_one_line(tmp_path: Path, fault: str, command: str) -> None:
    key, change, words = WRONG[fault]
    written(tmp_path / "own.csv", change(rows_of(BASE.tables[key])))
    file = written(tmp_path / "mine.toml", ['extends = "baseline"', f'{key} = "own.csv"'])
    failed = call(command, file, *(["--out", tmp_path / "out"] if command == "run" else []))
    assert failed.exit_code == 3
    (line,) = failed.stderr.splitlines()
    assert line.startswith(f"{file}:{key}: {tmp_path}/own.csv:")
    assert words in line
    assert "; " in line


# --- no year stands in code -----------------------------------------------------------------------------------------


def years_in(path: Path) -> list[int]:
    """Whole numbers in a module that are calendar years."""
    constants = (
        node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant)
    )
    return [value for value in constants if type(value) is int and CALENDAR[0] <= value <= CALENDAR[1]]


@pytest.mark.long
def test_no_calendar_year_stands_in_code() -> None:
    """But the bounds of what can be one; what reads other people's figures names them by their years."""
    found = {path.relative_to(PACKAGE).as_posix(): years_in(path) for path in PACKAGE.rglob("*.py")}
    surveys = {
        name
        for name in found
        if name.startswith("data/build/") or name in {"evidence/another_country.py", "evidence/tiers.py"}
    }
    assert {name: years for name, years in found.items() if years and name not in surveys} == {
        "scenario_file/schedule.py": list(CALENDAR)
    }
