# ruff: noqa: E501
"""A fund office's tables: read in the forms they have, graduated exactly, refused in one line each."""

import random
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from simsurance.cli import main
from simsurance.data import tables
from simsurance.data.build import city as script
from simsurance.data.tables import read_table
from simsurance.intake import graduation, grid, store
from simsurance.intake.funds import of_fund
from simsurance.intake.importing import KINDS
from simsurance.intake.new_folder import CITY, TEMPLATES
from simsurance.intake.population import nation
from simsurance.intake.understood import ages_of, meaning, meanings, measures
from simsurance.language import languages, words
from simsurance.scenario_file.keys import KEYS

AGES = 101
FIVES = list(range(0, 90, 5))


@pytest.fixture
def fund(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a fund with nothing in it, in the current folder."""
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["init", "--fund", "place"]).exit_code == 0
    return tmp_path / "place"


def imported(fund: Path, content: str | bytes, *options: str, name: str = "raw/table.csv") -> Result:
    (fund / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return CliRunner().invoke(main, ["import", str(Path(fund.name) / name), *options], catch_exceptions=False)


def groups(persons: np.ndarray, edges: list[int]) -> np.ndarray:
    return np.add.reduceat(persons, edges, axis=-1)


def by_age(
    header: str = "age,female,male", edges: list[int] = FIVES, size: float = 1.0, ages: str = "", scale: float = 0.005
) -> str:
    """A population table of a part of the nation."""
    found = groups(nation(2026, True) * scale, edges).round(4)
    ends = [*edges[1:], None]
    labels = [
        ages.format(first) if ages else f"{first}+" if end is None else f"{first}-{end - 1}"
        for first, end in zip(edges, ends, strict=True)
    ]
    rows = (
        f"{label},{women / size!r},{men / size!r}" for label, women, men in zip(labels, *found.tolist(), strict=True)
    )
    return "\n".join([header, *rows]) + "\n"


# ---------------------------------------------------------------- graduation

counts = st.lists(st.floats(0, 1e7), min_size=18, max_size=18).filter(lambda persons: sum(persons) > 1)


@given(counts, st.lists(st.floats(1, 1e6), min_size=AGES, max_size=AGES))
@settings(max_examples=60, deadline=None)
def test_every_group_is_met_and_nobody_is_negative(persons: list[float], pattern: list[float]) -> None:
    single = graduation.counts(persons, FIVES, np.array(pattern))
    assert (single >= 0).all()
    assert groups(single, FIVES) == pytest.approx(persons, rel=1e-9, abs=1e-9 * sum(persons))


def test_the_nation_comes_back_from_its_own_groups_with_any_open_age() -> None:
    theirs = nation(2026, True)[0]
    for last in (60, 85, 90, 100):
        edges = [*range(0, last, 5), last]
        assert graduation.counts(groups(theirs, edges), edges, theirs) == pytest.approx(theirs, rel=1e-9)


def test_a_tilted_nation_is_met_better_over_the_nations_persons_than_over_ages() -> None:
    theirs = nation(2026, True)[1]
    tilted = theirs * np.exp(0.3 * np.sin(np.arange(AGES) / 12))
    off = {
        name: np.abs(graduation.counts(groups(tilted, FIVES), FIVES, pattern) / tilted - 1)[:85].max()
        for name, pattern in (("nation", theirs), ("ages", np.ones(AGES)))
    }
    assert off["nation"] < 0.02 < 0.1 < off["ages"]


def test_the_open_group_is_spread_as_in_the_nation() -> None:
    theirs = nation(2026, True)[0]
    found = graduation.counts([1000.0] * 18, FIVES, theirs)
    assert found[85:] / found[85] == pytest.approx(theirs[85:] / theirs[85])


def test_death_rates_meet_the_deaths_of_each_group_and_life_expectancy() -> None:
    persons, pattern = nation(2026, True)[0] * 0.01, _mortality()
    true = pattern * np.exp(0.2 * np.cos(np.arange(AGES) / 20))
    deaths = groups(persons * true, FIVES)
    rates = graduation.rates(deaths, FIVES, persons, pattern)
    assert groups(persons * rates, FIVES) == pytest.approx(deaths, rel=1e-6)
    wanted = graduation.expectancy_of(true, 0)
    at = graduation.rates_at(deaths, FIVES, persons, pattern, wanted, 0)
    assert groups(persons * at, FIVES) == pytest.approx(deaths, rel=1e-6)
    assert graduation.expectancy_of(at, 0) == pytest.approx(wanted, abs=1e-6)
    with pytest.raises(graduation.OutOfReach):
        graduation.rates_at(deaths, FIVES, persons, pattern, wanted + 3, 0)


def _mortality() -> np.ndarray:
    path = tables.DATA / "demography" / "mortality.csv"
    return tables.by_year_sex_age(path, "mx", [2025])[0, 0]


@given(st.lists(st.floats(0, 2), min_size=20, max_size=20))
@settings(max_examples=60, deadline=None)
def test_the_insured_are_at_most_the_persons_at_each_age_and_groups_keep_their_sum(shares: list[float]) -> None:
    limit = np.linspace(100, 50, 20)
    wanted = limit * np.array(shares)
    found = graduation.at_most(wanted, limit, [0, 5, 10, 15])
    before, after, most = (np.add.reduceat(each, [0, 5, 10, 15]) for each in (wanted, found, limit))
    for place, (own, room) in enumerate(zip(before, most, strict=True)):
        span = slice(5 * place, 5 * place + 5)
        assert after[place] == pytest.approx(own)
        if own <= room:
            assert (found[span] <= limit[span] * (1 + 1e-9)).all()


# ---------------------------------------------------------------- forms


@pytest.mark.parametrize(
    ("cell", "ages"),
    [
        ("35", (35, 36)), ("35岁", (35, 36)), ("35-39", (35, 40)), ("35—39岁", (35, 40)), ("35～39", (35, 40)), ("35至39岁", (35, 40)),
        ("85+", (85, None)), ("85岁及以上", (85, None)), ("85 and over", (85, None)), ("１００岁以上", (100, None)), ("under 5", (0, 5)),
        ("5岁以下", (0, 5)), ("old", None), ("total", None),
    ],
)  # fmt: skip
def test_ages_are_read_as_offices_write_them(cell: str, ages: tuple[int, int | None] | None) -> None:
    assert ages_of(cell) == ages


def stock_of(fund: Path) -> np.ndarray:
    path = fund / "tables" / "population.csv"
    return tables.stocks(path, tables.years_named(path))[-1]


def test_the_same_population_comes_from_every_form(fund: Path) -> None:
    plain = imported(fund, by_age(), "--year", "2025")
    assert plain.exit_code == 0, plain.stderr
    first = stock_of(fund)
    chinese = "2025年末常住人口（万人）,,\n" + by_age("年龄,女,男", size=1e4)
    semicolons = by_age("Age;Women;Men").replace(",", ";")
    long = ["年份,性别,年龄组,人数"]
    for row in by_age().splitlines()[1:]:
        age, women, men = row.split(",")
        long += [f"2025年,女,{age}岁,{women}", f"2025年,1,{age},{men}"]
    for content, options in (
        (chinese.encode("gb18030"), ()),
        (chinese.encode("utf-8-sig"), ()),
        (semicolons.encode(), ("--year", "2025", "--date", "year-end")),
        ("\n".join(long).encode("gb18030"), ()),
        ("\n".join(long).replace(",", "\t").encode("utf-16"), ()),
        (by_age(size=1e3).encode(), ("--year", "2025", "--unit", "thousand")),
    ):
        done = imported(fund, content, *options)
        assert done.exit_code == 0, done.stderr
        assert stock_of(fund) == pytest.approx(first, rel=1e-6, abs=1)


def test_single_ages_with_an_open_age_below_100_keep_every_age(fund: Path) -> None:
    edges = list(range(91))
    assert imported(fund, by_age(edges=edges), "--year", "2025").exit_code == 0
    assert stock_of(fund)[:, :90] == pytest.approx((nation(2026, True) * 0.005)[:, :90].round(4), rel=1e-9)


def test_a_mid_year_table_is_dated_1_july_and_a_year_end_1_january(fund: Path) -> None:
    assert imported(fund, by_age(), "--year", "2025").exit_code == 0
    assert (fund / "tables" / "stock.csv").read_text().startswith("date,sex,age,persons\n2026,")
    other = imported(fund, by_age(), "--year", "2025", "--date", "mid-year")
    assert "dated otherwise than the population imported before" in other.stderr
    (fund / "tables" / "population.csv").unlink()
    assert imported(fund, by_age(), "--year", "2025", "--date", "mid-year").exit_code == 0
    assert (fund / "tables" / "stock.csv").read_text().startswith("year,sex,age,persons\n2025,")


def test_nominal_ages_are_one_less_at_the_last_birthday(fund: Path) -> None:
    plain = by_age(edges=[0, *range(4, 89, 5)])
    nominal = "\n".join(
        line.replace(
            line.split(",")[0], "-".join(str(int(age) + 1) for age in line.split(",")[0].rstrip("+").split("-")), 1
        )
        for line in plain.splitlines()[1:]
    )
    nominal = "age,female,male\n" + nominal.replace("\n85,", "\n85+,") + "\n"
    assert imported(fund, plain, "--year", "2025").exit_code == 0
    expected = stock_of(fund)
    done = imported(fund, nominal, "--year", "2025", "--age", "nominal")
    assert done.exit_code == 0, done.stderr
    assert stock_of(fund) == pytest.approx(expected)
    mid = imported(fund, nominal, "--year", "2025", "--age", "nominal", "--date", "mid-year")
    assert "nominal ages at another date than the end of the year" in mid.stderr


def test_deaths_meet_a_life_expectancy_that_they_allow_and_no_other(fund: Path) -> None:
    assert imported(fund, by_age(), "--year", "2025").exit_code == 0
    deaths = groups(stock_of(fund) * _mortality(), FIVES)
    rows = [
        f"{'85+' if first == 85 else f'{first}-{first + 4}'},{sex},{row[place]:.6f}"
        for sex, row in zip("FM", deaths, strict=True)
        for place, first in enumerate(FIVES)
    ]
    table = "age,sex,deaths\n" + "\n".join(rows) + "\n"
    plain = imported(fund, table, "--year", "2025")
    assert plain.exit_code == 0, plain.stderr
    free = [graduation.expectancy_of(row, place) for place, row in enumerate(mortality_of(fund))]
    wanted = [f"{each + 0.01:.6f}" for each in free]
    assert imported(fund, table, "--year", "2025", "--expectancy", *wanted).exit_code == 0
    rates = mortality_of(fund)
    assert [graduation.expectancy_of(row, place) for place, row in enumerate(rates)] == pytest.approx(
        list(map(float, wanted)), abs=1e-6
    )
    assert groups(stock_of(fund) * rates, FIVES) == pytest.approx(deaths, rel=1e-6)
    assert "mortality_level = 1.0" in (fund / "tables" / "inputs.toml").read_text()
    refused = imported(fund, table, "--year", "2025", "--expectancy", "90", "85")
    assert refused.exit_code == 3
    assert "a life expectancy of 90 does not go with the deaths of female; one from" in refused.stderr


def mortality_of(fund: Path) -> np.ndarray:
    return tables.by_year_sex_age(fund / "tables" / "mortality.csv", "mx", [2025])[0]


def test_women_and_men_who_are_not_told_apart_are_split_as_in_the_nation(fund: Path) -> None:
    rows = [line.split(",") for line in by_age().splitlines()[1:]]
    both = "age,persons\n" + "".join(f"{age},{float(women) + float(men)!r}\n" for age, women, men in rows)
    done = imported(fund, both, "--year", "2025")
    assert done.exit_code == 0
    assert "women and men are not told apart" in done.stdout
    assert stock_of(fund) == pytest.approx(nation(2026, True) * 0.005, rel=1e-6, abs=1)


def test_what_is_assumed_is_said_and_what_is_told_is_not_called_assumed(fund: Path) -> None:
    shown = imported(fund, by_age(), "--year", "2025", "--dry-run").stdout
    for line in ("date: end of the year, that is 1 January of the next (assumed; otherwise --date)",
                 "age: at the last birthday (assumed; otherwise --age)", "population: residents (assumed; otherwise --concept)",
                 "unit: persons (persons) (assumed; otherwise --unit)", "nothing is written"):  # fmt: skip
        assert line in shown
    assert not (fund / "tables" / "population.csv").exists()
    told = imported(
        fund, by_age(), "--year", "2025", "--date", "year-end", "--age", "last-birthday", "--unit", "persons"
    ).stdout
    assert told.count("assumed") == 1
    assert "0.0%" not in told
    assert "under 16         16.4%       16.4%" in told


def test_codes_of_the_sexes_are_said(fund: Path) -> None:
    rows = [line.split(",") for line in by_age().splitlines()[1:]]
    coded = "age,sex,persons\n" + "".join(f"{age},2,{women}\n{age},1,{men}\n" for age, women, men in rows)
    done = imported(fund, coded, "--year", "2025")
    assert "sex: 1 men, 2 women" in done.stdout
    assert stock_of(fund) == pytest.approx(nation(2026, True) * 0.005, rel=1e-6, abs=1)
    assert "sex: 1 men" not in imported(fund, by_age(), "--year", "2025").stdout


def test_importing_again_gives_the_same_bytes_in_any_order(fund: Path) -> None:
    contents = (
        by_age(),
        INSURED + "2024,500,150,60\n2025,505,155,61\n",
        "year,personal contribution (yuan)\n2026,430\n",
    )
    seen = set()
    for order in ((0, 1, 2), (2, 1, 0), (1, 1, 0, 2, 2)):
        for file in (fund / "tables").iterdir():
            if file.name != "inputs.toml":
                file.unlink()
        for place in order:
            year = () if place else ("--year", "2025")
            assert imported(fund, contents[place], *year, name=f"raw/t{place}.csv").exit_code == 0
        seen.add(tuple((file.name, file.read_bytes()) for file in sorted((fund / "tables").iterdir())))
    assert len(seen) == 1


def test_a_workbook_is_read_like_a_text_table(fund: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in ["2025年末户籍人口（人）", ""], *(line.split(",") for line in by_age("年龄,女,男").splitlines()):
        book.active.append([float(cell) if cell.replace(".", "").isdigit() and "." in cell else cell for cell in row])
    book.save(fund / "raw" / "table.xlsx")
    done = CliRunner().invoke(main, ["import", "place/raw/table.xlsx"], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    assert "population: registered population (from the title)" in done.stdout
    assert stock_of(fund).sum() == pytest.approx(nation(2026, True).sum() * 0.005, rel=1e-6)


def test_a_workbook_without_its_library_tells_how_to_install_it(fund: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid, "find_spec", lambda name: None)
    done = imported(fund, b"", name="raw/table.xlsx")
    assert done.exit_code == 6
    assert "python -m pip install 'simsurance[tables]'" in done.stderr


# ---------------------------------------------------------------- faults

FULL = by_age()
PERCENT = "age,female,male\n" + "".join(
    f"{line.split(',')[0]},{50 * w:.3f},{50 * m:.3f}\n"
    for line, w, m in zip(FULL.splitlines()[1:], *(groups(row, FIVES) / row.sum() for row in nation(2026, True)), strict=True)
)  # fmt: skip
INSURED = "year,resident insured (10k persons),active (10k persons),retired (10k persons)\n"
MONEY = "year,resident income (100m yuan),resident expenditure (100m yuan),resident balance (100m yuan)\n"


@pytest.mark.parametrize(
    ("content", "options", "line"),
    [
        (FULL.replace("5-9,", "0-4,", 1), (), "table.csv:3:age: ages 0 to 4 stands twice, see row 2; every age once"),
        (FULL.replace("5-9,", "3-9,", 1), (), "table.csv:3:age: ages 3 to 9 overlaps ages 0 to 4, see row 2; every age once"),
        (FULL.replace("\n5-9", "\n#5-9"), (), "table.csv:3:age: '#5-9' is no age; an age or a group such as 35, 35-39 or 85+"),
        ("".join(line + "\n" for line in FULL.splitlines() if not line.startswith("40-")), (), "no ages 40 to 44 in 2025; every age from 0"),
        (FULL.replace("85+", "85-89"), (), "the last age in 2025 is 89, not open; a last group such as 90+"),
        (FULL + "total,1,2\n", (), "the total says 1; a total that is the sum"),
        (by_age("age,female,male", scale=0.005).replace("age,female,male", "age,total,female,male").replace("0-4,", "0-4,5,", 1)
         .replace("5-9,", "5-9,,", 1), (), "no number; one for every age"),
        (PERCENT, (), "shares in per cent, not persons; numbers of persons"),
        (by_age(size=1e4), (), "persons in 2025 in all; the unit of the table with --unit"),
        (FULL, ("--unit", "万人"), "times the nation; a smaller unit than 万人 with --unit: is it 10,000 times too large?"),
        (FULL, ("--unit", "dozen"), "--unit:dozen: no unit that is known; one of"),
        (FULL.replace("female", "females", 1).replace("age,", "age,women,", 1), (), "means the same as the column women; one column"),
        ("a,b\n1,2\n", (), "no header is understood (the first row of several cells is a,b)"),
        ("age,female,male\n", (), "there is no row under the header; one row a key"),
        ("age,female,male\n0,1,x\n", (), "'x' is not a number; a number such as 12345.6"),
        ("age,female,male\n0,1,-3\n", (), "-3 is below 0; persons or rates of 0 or more"),
        ("age,sex,persons\n0,z,3\n", (), "'z' is no sex; F or M, or 2 or 1"),
        ("age,female,male\n0,1,12%\n", (), "12% is a share in per cent"),
        ("2025参保人口,,\n" + FULL, (), "a population of the insured alone, in which nobody could be uninsured"),
        (INSURED + "2022,500,150,60\n2024,500,150,60\n", (), "no 2023; its row, or --missing 2023 if there is none"),
        (INSURED + "2022,500,150,60\n2023,440,150,60\n", (), "5e+06 in 2022, 4.4e+06 in 2023: -12.0%; the right number, or --break 2023"),
        (INSURED + "2022,500,150,60\n2022,510,150,60\n", (), "2022 stands twice, see row 2; every year once"),
        (INSURED.replace("10k", "million") + "2022,5000,1.5,0.6\n", (), "the nation's; its unit in the header or with --unit"),
        (INSURED.replace(" (10k persons)", "") + "2022,500,150,60\n", (), "500 persons in 2022"),
        (INSURED + "2022a,500,150,60\n", (), "'2022a' is no year; a calendar year such as 2024"),
        ("year,employee insured,active,retired\n2022,1000000,700000,200000\n", (), "active and retired add up to 900,000 in 2022"),
        (MONEY + "2022,50,48,40\n2023,52,50,60\n", (), "6e+09 at the end of 2023; that of 2022, income and expenditure make 4.2e+09"),
        ("year,personal contribution (10k yuan)\n2026,400\n", (), "is 10k yuan 10,000 times too large?"),
        ("year,item,value\n2022,profit,3\n", (), "'profit' is no series; a series such as resident insured"),
        ("age,sex,share admitted\n0-4,F,12\n5+,F,14\n0-4,M,12\n5+,M,14\n", ("--year", "2025"), "the fund has no population yet"),
        ("year,resident insured,note\n2022,,x\n", (), "no figure is in the table; a row for each year"),
        ("age,female,male\ntotal,1,2\n", (), "no age is in the table; a row for each age or age group"),
        ("age,sex,persons\n0-4,F,12\n5+,F,14\n", ("--as", "rates", "--year", "2025"), "the fund has no population yet"),
        ("year,resident insured\n2022,5000000\n", ("--as", "accounts"), "--as:accounts: no kind of table; one of population"),
        ("year,resident insured\n2022,5000000\n", ("--as", "population"), "no column of ages; a column age, or --as series"),
    ],
)  # fmt: skip
def test_a_fault_is_one_line_and_nothing_is_written(
    fund: Path, content: str, options: tuple[str, ...], line: str
) -> None:
    before = {file.name: file.read_bytes() for file in (fund / "tables").iterdir()}
    year = () if "year" in content.split("\n")[0] or "--year" in options or "2025" in content else ("--year", "2025")
    done = imported(fund, content, *year, *options)
    assert done.exit_code == 3, done.stdout
    assert any(line in told for told in done.stderr.splitlines()), done.stderr
    assert all(";" in told and len(told) < 400 for told in done.stderr.splitlines())
    assert {file.name: file.read_bytes() for file in (fund / "tables").iterdir()} == before


def test_every_template_is_refused_until_its_example_row_is_gone(fund: Path) -> None:
    for lang in ("en", "zh"):
        for table in sorted((TEMPLATES / f"raw.{lang}").iterdir()):
            done = imported(fund, table.read_bytes(), name=f"raw/{table.name}")
            assert done.exit_code == 3
            assert done.stderr.count("\n") == 1
            assert "the example row of the template is still there" in done.stderr


def test_a_table_outside_a_fund_and_one_that_is_not_there_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("age\n")
    for name, line in (("a.csv", "no fund.toml here or above; simsurance init --fund NAME"), ("b.csv", "no fund.toml")):
        done = CliRunner().invoke(main, ["import", name])
        assert done.exit_code == 3
        assert line in done.stderr


def test_real_breaks_and_missing_years_are_told_and_kept_for_the_series_that_jump(fund: Path) -> None:
    table = INSURED + "2021,500,150,60\n2023,420,150,60\n"
    assert imported(fund, table, "--break", "2023", "--missing", "2022", "--mark", "recalled").exit_code == 0
    kept = (fund / "tables" / "breaks.csv").read_text().splitlines()[1:]
    assert kept == [
        "employee_active,2022,missing",
        "employee_retired,2022,missing",
        "resident_insured,2022,missing",
        "resident_insured,2023,break",
    ]
    assert imported(fund, table.replace("60\n", "61\n")).exit_code == 0
    columns = read_table(fund / "tables" / "published.csv")
    notes = dict(zip(zip(columns["measure"], columns["year"], strict=True), columns["note"], strict=True))
    assert (notes["resident_insured", 2023], notes["employee_active", 2023]) == ("break", "")
    calm = INSURED + "2021,500,150,60\n2022,500,150,60\n"
    assert imported(fund, calm, "--break", "2022").exit_code == 0
    assert "employee_active,2022,break" in (fund / "tables" / "breaks.csv").read_text()


# ---------------------------------------------------------------- insured and rates by age


def insured_table(share: float) -> str:
    persons = groups(nation(2026, True) * 0.005, FIVES)
    rows = ["age,sex,resident insured,active,retired"]
    for sex, row in zip("FM", persons, strict=True):
        for first, people in zip(FIVES, row, strict=True):
            work = 0.4 if 20 <= first < 60 else 0.0
            old = 0.4 if first >= 60 else 0.0
            label = "85+" if first == 85 else f"{first}-{first + 4}"
            rows.append(f"{label},{sex},{people * (share - work - old):.3f},{people * work:.3f},{people * old:.3f}")
    return "\n".join(rows) + "\n"


def test_the_insured_by_age_give_the_shape_of_the_employee_scheme(fund: Path) -> None:
    assert imported(fund, by_age(), "--year", "2025").exit_code == 0
    done = imported(fund, insured_table(0.9), "--year", "2025", name="raw/insured_by_age.csv")
    assert done.exit_code == 0, done.stderr
    profile = tables.by_sex_age(fund / "tables" / "employee_profile.csv", "active", "retired")
    persons = stock_of(fund)
    assert groups(profile["active"] * persons, FIVES)[:, 4:12] == pytest.approx(
        0.4 * groups(persons, FIVES)[:, 4:12], rel=0.02
    )
    assert 'profile_table = "employee_profile.csv"' in (fund / "tables" / "inputs.toml").read_text()


def test_more_insured_than_persons_are_a_fault_and_those_elsewhere_explain_them(fund: Path) -> None:
    assert imported(fund, by_age(), "--year", "2025").exit_code == 0
    done = imported(fund, insured_table(1.05), "--year", "2025", name="raw/insured_by_age.csv")
    assert done.exit_code == 3
    assert "insured of ages 0 to 4, above the" in done.stderr
    away = imported(fund, by_age(scale=0.0005), "--year", "2025", name="raw/elsewhere.csv")
    assert away.exit_code == 0, away.stderr
    assert "insured here who live elsewhere" in away.stdout
    noted = imported(fund, insured_table(1.05), "--year", "2025", name="raw/insured_by_age.csv")
    assert noted.exit_code == 0, noted.stderr
    assert "more insured than residents, with those who live elsewhere: 0 to 4" in noted.stdout
    stock = tables.stocks(fund / "tables" / "stock.csv", [2026])[0]
    assert stock.sum() == pytest.approx(nation(2026, True).sum() * 0.0055, rel=1e-6)


@pytest.mark.parametrize(("column", "value", "file", "name"), [
    ("share admitted", 0.2, "inpatient_use.csv", "use"), ("death rate", 0.01, "mortality.csv", "mx"),
])  # fmt: skip
def test_rates_of_groups_are_met_on_the_funds_own_persons(
    fund: Path, column: str, value: float, file: str, name: str
) -> None:
    assert imported(fund, by_age(), "--year", "2025").exit_code == 0
    rows = [
        f"{'85+' if first == 85 else f'{first}-{first + 4}'},{sex},{value * (1 + first / 100)!r}"
        for sex in "FM"
        for first in FIVES
    ]
    done = imported(fund, f"age,sex,{column}\n" + "\n".join(rows) + "\n", "--year", "2025")
    assert done.exit_code == 0, done.stderr
    path = fund / "tables" / file
    found = tables.by_year_sex_age(path, name, [2025])[0] if name == "mx" else tables.by_sex_age(path, name)[name]
    persons = stock_of(fund)
    expected = groups(persons, FIVES) * value * (1 + np.array(FIVES) / 100)
    assert groups(found * persons, FIVES) == pytest.approx(expected, rel=1e-6)


def test_cost_by_age_is_an_index_at_the_nations_mean(fund: Path) -> None:
    assert imported(fund, by_age(), "--year", "2025").exit_code == 0
    rows = [f"{'85+' if first == 85 else f'{first}-{first + 4}'},{4000 + 50 * first}" for first in FIVES]
    assert imported(fund, "age,cost\n" + "\n".join(rows) + "\n", "--year", "2025").exit_code == 0
    own, nations = (
        tables.by_age(path, "relative_cost")["relative_cost"]
        for path in (fund / "tables" / "inpatient_cost.csv", tables.DATA / "profiles" / "inpatient_cost.csv")
    )
    users = tables.by_sex_age(tables.DATA / "profiles" / "inpatient_use.csv", "use")["use"] * stock_of(fund)
    assert (own * users).sum() == pytest.approx((nations * users).sum())
    assert own[87] / own[2] == pytest.approx(8250 / 4000, rel=0.1)


# ---------------------------------------------------------------- data beside the code


def test_every_series_has_a_word_a_label_and_a_key_that_is_there() -> None:
    assert set(measures()) <= set(meanings().values())
    assert {measure.key for measure in measures().values() if measure.key} <= set(KEYS)
    for lang in languages():
        assert all(words(lang).label(f"intake.series.{name}") for name in measures())


def test_every_language_with_templates_has_the_same_tables() -> None:
    names = {lang: sorted(file.name for file in (TEMPLATES / f"raw.{lang}").iterdir()) for lang in ("en", "zh")}
    assert names["en"] == names["zh"]
    for lang in names:
        page = (TEMPLATES / f"README.{lang}.md").read_text(encoding="utf-8")
        assert [name for name in names[lang] if f"`{name}`" not in page] == []


def test_the_city_is_what_its_script_makes() -> None:
    assert {file.name: file.read_bytes() for file in CITY.iterdir()} == script.tables()


def test_folders_are_replaced_whole(fund: Path) -> None:
    (fund / "tables").rename(fund / "tables.former")
    assert store.read(fund).series == {}
    assert (fund / "tables" / "inputs.toml").is_file()
    assert not (fund / "tables.former").exists()


def test_a_damaged_table_is_well_or_refused_in_single_lines(fund: Path) -> None:
    chance = random.Random(8_000_000)
    assert imported(fund, by_age(), "--year", "2025").exit_code == 0
    seen = set()
    for _ in range(120):
        content = bytearray(chance.choice(sorted(script.tables().values())))
        for _ in range(chance.randint(1, 5)):
            place = chance.randrange(len(content))
            content[place : place + chance.choice((0, 2, 20))] = chance.choice(ODD)
        options = chance.choice(([], ["--year", "2025"], ["--unit", "万人"], *(["--as", kind] for kind in KINDS)))
        done = imported(fund, bytes(content), *options, "--dry-run")
        seen.add(int(done.exit_code))
        assert done.exit_code in (0, 3), done.stderr
        assert all(";" in line and len(line) < 500 for line in done.stderr.splitlines()), done.stderr
    assert 3 in seen


ODD = (
    b"nan",
    b"-1",
    b"",
    b"1e999",
    b"\xff\xfe",
    b'"',
    b";",
    b",",
    b"0-4",
    b"total",
    b"\x00",
    b"85+",
    b"(",
    b"\n",
    b"age",
    b"year",
)


def test_a_header_says_that_ages_are_nominal(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["init", "--fund", str(tmp_path / "fund")]).exit_code == 0
    table = tmp_path / "people.csv"
    rows = "1-4,100000,95000\n5-9,120000,110000\n10-59,2000000,1900000\n60+,500000,550000\n"
    table.write_text(f"常住人口，2025年末\n年龄（虚岁）,男,女\n{rows}", encoding="utf-8")
    done = CliRunner().invoke(main, ["import", str(table), "--into", str(tmp_path / "fund")])
    assert "nominal age" in done.output


def test_the_template_of_those_who_live_elsewhere_is_read_under_its_own_title(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["init", "--fund", str(tmp_path / "g")]).exit_code == 0
    table = tmp_path / "g" / "raw" / "insured_elsewhere.csv"
    title, header, _ = table.read_text(encoding="utf-8-sig").splitlines()
    table.write_text("\n".join([title, header, "0-59,50000,52000,", "60+,8000,7000,", ""]), encoding="utf-8")
    done = CliRunner().invoke(main, ["import", str(table)])
    assert done.exit_code == 0, done.output


# ---------------------------------------------------------------- whose figures

YEARLY = "年份,基金收入,基金支出,当期结余,累计结余\n2024年,5230,5090,140,3150\n2025年,5310,5260,50,3200\n"


def resident_money(fund: Path) -> dict[tuple[str, int], float]:
    columns = read_table(fund / "tables" / "published.csv")
    return {
        (str(name), int(year)): float(value)
        for name, year, value in zip(columns["measure"], columns["year"], columns["value"], strict=True)
    }


def test_headers_that_name_no_fund_are_the_fund_of_the_title_or_of_an_option(fund: Path) -> None:
    by_title = imported(
        fund, f"某县城乡居民基本医疗保险基金收支情况（万元）\n{YEARLY}".encode("gb18030"), "--lang", "zh"
    )
    assert by_title.exit_code == 0, by_title.stderr
    assert "基金：居民医保（取自标题）" in by_title.stdout
    found = resident_money(fund)
    assert found["resident_income", 2025] == 5310e4
    assert found["resident_outgo", 2024] == 5090e4
    assert found["resident_cumulative_balance", 2025] == 3200e4
    assert not [name for name, _ in found if "current" in name], "what follows from others is not kept"
    told = imported(fund, YEARLY, "--unit", "百万元", "--fund", "employee-pool", "--dry-run")
    assert "fund: employee pooled fund (as told)" in told.stdout


@pytest.mark.parametrize(
    ("header", "series"),
    [
        ("居民参保（万人）", "resident_insured"),
        ("年末参保人数（万人）", "resident_insured"),
        ("职工医保在职人数（万人）", "employee_active"),
        ("职工医保退休参保人数（万人）", "employee_retired"),
        ("城乡居民基本医疗保险基金累计结余（亿元）", "resident_cumulative_balance"),
        ("职工统筹基金支出合计（亿元）", "employee_pool_outgo"),
        ("职工统筹基金总支出（亿元）", "employee_pool_outgo"),
        ("其中：个人账户收入（亿元）", "employee_account_income"),
        ("其中：在职（万人）", "employee_active"),
        ("resident fund total income (yuan)", "resident_income"),
    ],
)
def test_a_fund_and_a_figure_make_a_header(header: str, series: str) -> None:
    means, _, _ = meaning(header)
    assert of_fund(grid.Grid("t", b"", (), "", ""), 1, header, means, "resident") == series


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (YEARLY, "1:基金收入: not said of which fund; resident, employee-pool or employee-account in the header"),
        ("职工医保\n年份,基金收入\n2025,1\n", "2:基金收入: the employee scheme has two funds, the pooled fund and the"),
        (
            f"居民医保（万元）\n{YEARLY.replace('140', '150')}",
            "3:当期结余: 1.5e+06 in 2024, where income less expenditure",
        ),
        (
            "年份,职工医保基金收入（亿元）,统筹基金收入（亿元）,个人账户收入（亿元）\n2025,9.0,5.2,2.8\n",
            "2:职工医保基金收入（亿元）: 9e+08 in 2025, where both funds together are 8e+08; a total that is the sum",
        ),
        (
            "居民医保\n年份,指标,金额\n2025,投入,1\n",
            "3:指标: '投入' is no series; a series such as 居民, 职工, 在职; all",
        ),
        (
            "居民医保\n年份,基金收入（元）,居民总收入（元）\n2025,1,1\n",
            "2:基金收入（元） and 居民总收入（元）: mean the same",
        ),
    ],
)
def test_a_figure_of_no_fund_or_that_does_not_follow_is_one_line(fund: Path, text: str, line: str) -> None:
    done = imported(fund, text)
    assert done.exit_code == 3
    assert done.stderr.splitlines()[0].startswith(f"place/raw/table.csv:{line}")
    assert len(done.stderr.splitlines()) == 1
    assert not (fund / "tables" / "published.csv").exists()
