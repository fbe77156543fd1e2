"""The years that schedules and tables are asked to cover are those that the engine needs: it never meets an open year."""

import pytest

from simsurance.basis import build
from simsurance.cli.validate import table_faults
from simsurance.errors import SimsuranceError
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.years import COUNTED, COUNTED_OF_PROJECTED, first_needed, table_years

BASE = load("baseline")
SCHEDULES = [path for path, key in KEYS.items() if key.kind in ("schedule", "rules")]
STOCKS = ("membership.", "fund.opening", "population.stock_level")


def cut(value, year):
    """The schedule begun in a year, with the values that it has from then on."""
    if not isinstance(value, dict):
        return {str(year): value}
    if "ramp" in value:
        return {"ramp": cut(value["ramp"], year)}
    named = sorted(value)
    before = [known for known in named if int(known) <= year]
    return {str(year): value[before[-1] if before else named[0]]} | {y: value[y] for y in named if int(y) > year}


@pytest.mark.parametrize("opening", [2019, 2021, 2024, 2025, 2026])
def test_schedules_that_begin_in_the_first_year_asked_for_are_enough(opening):
    scenario = BASE.replace({"horizon.valuation_year": opening, "horizon.last_year": opening + 1})
    needed = {path: first_needed(path, scenario.leaves, opening, scenario.tables)[0] for path in SCHEDULES}
    build(scenario.replace({path: cut(scenario.leaves[path], year) for path, year in needed.items()}))


@pytest.mark.parametrize("path", sorted({*SCHEDULES} - {*COUNTED, *COUNTED_OF_PROJECTED}))
def test_a_schedule_that_begins_a_year_later_is_refused(path):
    needed, _ = first_needed(path, BASE.leaves, BASE.values.horizon.valuation_year, BASE.tables)
    with pytest.raises(SimsuranceError, match=rf"{path}: begins in {needed + 1}, after {needed}, "):
        BASE.replace({path: cut(BASE.leaves[path], needed + 1)})


STOCK = "population.stock_table"


def stepped(opening, last, stocks_to):
    return min(opening, stocks_to), last


YEARS_OF_TABLES = {
    STOCK: lambda opening, last, stocks_to: (min(opening - 1, stocks_to), min(opening, stocks_to)),
    "population.mortality_table": stepped,
    "population.fertility_table": stepped,
    "population.total_fertility_table": stepped,
    "population.sex_ratio_table": stepped,
    "population.migration_table": stepped,
    "population.area_share_table": lambda opening, last, stocks_to: (opening, last + 1),
    "employee.retirement_table": lambda opening, last, stocks_to: (opening, last),
}
"""First and last year that a projection reads of each table that has years."""


def refused(call, *arguments):
    try:
        return bool(call(*arguments)) and call is table_faults
    except SimsuranceError:
        return True


@pytest.mark.long
@pytest.mark.parametrize("opening", [2019, 2024, 2025, 2026])
@pytest.mark.parametrize("key", YEARS_OF_TABLES)
def test_the_tables_that_validate_finds_well_have_the_years_that_a_run_reads(key, opening, tmp_path):
    scenario = BASE.replace({"horizon.valuation_year": opening, "horizon.last_year": opening + 1})
    header, *rows = scenario.tables[key].read_text(encoding="utf-8").splitlines()
    first, last = YEARS_OF_TABLES[key](opening, opening + 1, table_years(BASE.tables[STOCK])[1])
    for years in ((first, last), (first + 1, last), (first, last - 1)):
        if key == STOCK and years[0] > years[1]:
            continue
        path = tmp_path / f"{years[0]}_{years[1]}.csv"
        kept = [row for row in rows if years[0] <= int(row[:4]) <= years[1]]
        path.write_text("\n".join([header, *kept]) + "\n", encoding="utf-8")
        own = scenario.replace({key: str(path)})
        enough = years[0] == first if key == STOCK else years == (first, last)  # fewer stocks are stepped from the last
        assert refused(table_faults, own) == refused(build, own) == (not enough), years


@pytest.mark.parametrize("absent", ["low", "medium", "high"])
def test_total_fertility_needs_the_medium_variant_and_the_one_chosen(absent, tmp_path):
    key = "population.total_fertility_table"
    rows = BASE.tables[key].read_text(encoding="utf-8").splitlines()
    path = tmp_path / "tfr.csv"
    path.write_text("\n".join(row for row in rows if f",{absent}," not in row) + "\n", encoding="utf-8")
    own = BASE.replace({key: str(path), "population.fertility_variant": "low", "horizon.last_year": 2027})
    assert refused(table_faults, own) == refused(build, own) == (absent != "high")


@pytest.mark.parametrize("key", [path for path, key in KEYS.items() if key.kind == "table"])
def test_every_table_of_ones_own_is_read(key, tmp_path):
    shipped = BASE.tables[key]
    for name, text in (("well.csv", shipped.read_text(encoding="utf-8")), ("empty.csv", "age\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert table_faults(BASE.replace({key: str(tmp_path / "well.csv")})) == []
    [fault] = table_faults(BASE.replace({key: str(tmp_path / "empty.csv")}))
    assert str(fault).startswith(f"replace:{key}: ")
    assert "empty.csv:1: " in str(fault)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("year,x\n2026,1\n2024,2\n", (2024, 2026)),
        ('year,x\n2024.0,1\n"2026",2\n', (2024, 2026)),
        ("age,x\n5,1\n", None),
        ("year,x\nnan,1\n", None),
        ("year,x\ninf,1\n", None),
        ("year,x\n2024.5,1\n", None),
        ("year,x\n", None),
        ("", None),
    ],
)
def test_the_years_of_a_table_are_read_off_its_first_cells(text, years, tmp_path):
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    assert table_years(tmp_path / "own.csv") == years
    assert table_years(tmp_path) is None
    assert table_years(tmp_path / "none.csv") is None


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"2019": 0.04, "2020": 0.03, "2026": -0.04, "2033": 0.03}, ["2020 to 2025", "2026 to 2032"]),
        ({str(year): 0.01 for year in range(2019, 2027)}, []),
        ({"ramp": {"2019": 0.04, "2033": 0.03}}, []),
        (0.03, []),
    ],
)
@pytest.mark.parametrize("path", ["claims.trend.real_growth", "employee.care.real_growth"])
def test_growth_of_cost_that_goes_on_through_a_hole_is_told(path, value, told):
    notes = [line for line in load("baseline").replace({path: value}).notes if "stays at" in line]
    assert notes == [f"{path} stays at the value of {years}; name each year, or give a ramp" for years in told]
