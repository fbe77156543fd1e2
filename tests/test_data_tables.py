"""The packaged tables: rebuilt as stored, consistent, near their anchors; and the reader that refuses faulty ones."""

import csv
import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from simsurance.axes import NATIONAL
from simsurance.cli import main
from simsurance.data import tables
from simsurance.data.build.__main__ import MODULES, built_tables, files
from simsurance.data.build.employee_moves import steady_state
from simsurance.data.tables import DATA, by_age, by_area_income, by_sex_age, by_year, by_year_age, by_year_sex_age
from simsurance.errors import ExitCode, SimsuranceError

DEMOGRAPHY, PROFILES = DATA / "demography", DATA / "profiles"
FEMALE, MALE = 0, 1
MARKS = {"verified", "verified_transcription", "derived", "recalled_checked", "recalled", "recalled_low"}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def persons(year: int) -> np.ndarray:
    everyone: tables.FloatArray = by_year_sex_age(DEMOGRAPHY / "population.csv", "persons", (year,))[0]
    return everyone


def mean(values: np.ndarray, weights: np.ndarray, first: int = 0, last: int = 100) -> float:
    ages = slice(first, last + 1)
    return float((values * weights)[..., ages].sum() / np.broadcast_to(weights, values.shape)[..., ages].sum())


# --- the build ------------------------------------------------------------------------------------------------------


def same_cell(built: str, stored: str) -> bool:
    """Equal text, or numbers that differ by no more than the last digits printed."""
    try:
        return built == stored or abs(float(built) - float(stored)) <= 2e-6 * max(1.0, abs(float(stored)))
    except ValueError:
        return False


def test_every_derived_file_is_built_again_as_it_is_stored() -> None:
    for path, text in files(built_tables()).items():
        stored = (DATA / path).read_text(encoding="utf-8")
        if path.endswith(".md"):
            assert text == stored, path
            continue
        built_rows, stored_rows = list(csv.reader(StringIO(text))), list(csv.reader(StringIO(stored)))
        assert len(built_rows) == len(stored_rows), path
        for built, kept in zip(built_rows, stored_rows, strict=True):
            assert len(built) == len(kept), path
            assert all(map(same_cell, built, kept)), (path, built, kept)


def test_every_packaged_table_is_in_the_readme_and_every_source_is_listed() -> None:
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    sources = {row["source_id"] for row in rows_of(DATA / "sources.csv")}
    own = {"provenance.csv", "residuals.csv"}
    for path in DATA.rglob("*.csv"):
        name = path.relative_to(DATA).as_posix()
        assert f"`{name}`" in readme, name
        if "source_id" in path.read_text(encoding="utf-8").split("\n")[0] and name not in own:
            assert {row["source_id"] for row in rows_of(path)} <= sources, name
    provenance = rows_of(DATA / "provenance.csv")
    assert len(provenance) == len(MODULES)
    for row in provenance:
        assert set(row["sources"].split()) <= sources, row["table"]
        assert len(row["weakness"]) > 80, row["table"]
    assert "CC BY 3.0 IGO" in readme


def test_fitted_residuals_are_small() -> None:
    loose = {"income of the": 0.03, "largest gap": 0.005}
    for row in rows_of(DATA / "residuals.csv"):
        if row["use"] == "fitted":
            allowed = next((size for start, size in loose.items() if row["what"].startswith(start)), 1e-6)
            gap = abs(float(row["reached"]) - float(row["target"]))
            assert gap <= allowed * max(1.0, abs(float(row["target"]))), row


# --- published figures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "year", "value"),
    [
        ("resident_insured", 2025, 942_133_000),
        ("resident_insured", 2019, 1_024_827_000),
        ("employee_active", 2025, 280_623_200),
        ("employee_retired", 2025, 107_938_000),
        ("resident_income", 2022, 1_012_890_000_000),  # the communique, not the express value 1,006.055 billion
        ("resident_outgo", 2025, 1_067_863_000_000),
        ("resident_cumulative_balance", 2024, 818_302_000_000),
        ("employee_pool_income", 2025, 1_829_291_000_000),
        ("employee_account_mutual_aid", 2025, 68_800_000_000),
        ("employee_account_cumulative_balance", 2023, 1_396_157_000_000),  # 1,447.175 less the 51.018 billion of 2024
        ("employee_account_cumulative_balance", 2025, 1_508_016_000_000),
        ("employee_retired_institution_cost", 2025, 1_037_763_000_000),
        ("employee_active_institution_cost", 2025, 808_507_000_000),
        ("employee_flexible", 2025, 69_821_800),
        ("maternity_outgo", 2025, 139_380_000_000),
        ("resident_inpatient_cost", 2025, 1_439_330_000_000),
        ("resident_pharmacy_cost", 2025, 29_669_000_000),
        ("resident_inpatient_payment_ratio", 2025, 0.66),
        ("resident_inpatient_payment_ratio_in_scope", 2020, 0.70),
        ("resident_discharges_per_insured", 2025, 0.20818),
        ("population", 2025, 1_404_890_000),
        ("births", 2025, 7_920_000),
        ("deaths", 2025, 11_310_000),
        ("urban_share", 2025, 0.6789),
        ("disposable_income_national", 2025, 43_377),
        ("disposable_income_quintile_5", 2025, 103_778),
        ("premium_assisted_persons", 2025, 76_664_700),
        ("personal_contribution_by_notice_year", 2024, 400),
        ("personal_contribution_by_insured_year", 2024, 380),
        ("personal_contribution_by_insured_year", 2026, 400),
        ("subsidy", 2026, 724),
    ],
)
def test_published_figures_are_in_base_units(measure: str, year: int, value: float) -> None:
    assert tables.published(measure)[year] == value


def test_published_rows_are_unique_and_carry_mark_and_source() -> None:
    rows = rows_of(DATA / "published.csv")
    assert len({(row["measure"], row["year"]) for row in rows}) == len(rows)
    assert {row["mark"] for row in rows} <= MARKS
    assert all(row["source_id"] and row["unit"] for row in rows)
    balance = next(row for row in rows if (row["measure"], row["year"]) == ("resident_cumulative_balance", "2025"))
    assert balance["note"].startswith("estimate, not published")


def test_the_contribution_of_a_notice_is_that_of_the_next_insured_year() -> None:
    notice = tables.published("personal_contribution_by_notice_year")
    assert tables.published("personal_contribution_by_insured_year") == {
        year + 1: yuan for year, yuan in notice.items()
    }
    assert 2026 not in notice


def test_financing_has_been_a_steady_share_of_income() -> None:
    personal, subsidy = tables.published("personal_contribution_by_insured_year"), tables.published("subsidy")
    income = tables.published("disposable_income_national")
    ratios = {year: (personal[year] + subsidy[year]) / income[year - 1] for year in range(2017, 2027)}
    assert all(0.0249 < ratio < 0.0271 for ratio in ratios.values()), ratios
    assert ratios[2026] == pytest.approx(0.0259, abs=5e-5)


def test_balances_move_by_income_less_outgo() -> None:
    income, outgo = tables.published("resident_income"), tables.published("resident_outgo")
    balance = tables.published("resident_cumulative_balance")
    for year in range(2023, 2026):  # balances before were restated
        assert balance[year] - balance[year - 1] == pytest.approx(income[year] - outgo[year], rel=1e-9, abs=2e9)


# --- demography -----------------------------------------------------------------------------------------------------


def test_demographic_tables_cover_their_years_in_the_order_female_male() -> None:
    population = by_year_sex_age(DEMOGRAPHY / "population.csv", "persons", range(2010, 2025))
    assert population.shape == (15, 2, 101)
    assert population[0, FEMALE, 0] == 8_184_042
    assert population[-1].sum() == pytest.approx(1.4193e9, rel=1e-4)
    mortality = by_year_sex_age(DEMOGRAPHY / "mortality.csv", "mx", range(2015, 2101))
    assert mortality[0, FEMALE, 0] == 0.00806494
    assert (mortality > 0).all()
    assert (mortality[:, MALE, 30:90] > mortality[:, FEMALE, 30:90]).all()
    migration = by_year_sex_age(DEMOGRAPHY / "net_migration.csv", "net_migrants", range(2023, 2101))
    assert migration[0, FEMALE, 0] == -4531
    fertility = by_year_age(DEMOGRAPHY / "fertility.csv", "asfr", range(2010, 2101), range(15, 50))
    variants = {"variant": ("estimate", "medium")}
    total = by_year(DEMOGRAPHY / "tfr.csv", "tfr", range(2010, 2101), variants)
    assert fertility.sum(axis=1) == pytest.approx(total, rel=2e-3)
    ratio = by_year(DEMOGRAPHY / "sex_ratio_at_birth.csv", "males_per_female_birth", range(2010, 2101))
    assert ((ratio > 1.05) & (ratio < 1.2)).all()


# --- derived tables -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "share"),
    [(15, 24, 0.0144), (25, 34, 0.0383), (35, 44, 0.115), (45, 54, 0.2354), (55, 64, 0.389), (65, 100, 0.5399)],
)
def test_chronic_prevalence_meets_the_survey_of_2013(first: int, last: int, share: float) -> None:
    need = by_sex_age(PROFILES / "prevalence.csv", "moderate", "high")
    assert mean(need["moderate"] + need["high"], persons(2013), first, last) == pytest.approx(share, abs=2e-6)


def test_need_classes_are_shares_that_rise_to_old_age() -> None:
    need = by_sex_age(PROFILES / "prevalence.csv", "moderate", "high")
    chronic = need["moderate"] + need["high"]
    assert (need["moderate"] > 0).all()
    assert (need["high"] > 0).all()
    assert (chronic < 1).all()
    assert (np.diff(chronic, axis=1) >= 0).all()
    assert (np.diff(need["high"] / chronic, axis=1) >= -1e-3).all()
    women, men = (mean(chronic[sex], persons(2013)[sex], 15) for sex in (FEMALE, MALE))
    assert women / men == pytest.approx(35.05 / 31.0, abs=1e-5)
    assert mean(chronic[:, :15], persons(2013)[:, :15]) == pytest.approx(0.01, abs=0.003)


def test_inpatient_use_meets_both_anchors_of_2018() -> None:
    use = by_sex_age(PROFILES / "inpatient_use.csv", "use")["use"]
    assert mean(use, persons(2018)) == pytest.approx(0.138, abs=2e-6)
    assert mean(use, persons(2018), 60) == pytest.approx(0.249, abs=2e-6)
    assert ((use > 0) & (use < 0.4)).all()
    assert (use[FEMALE, 20:40] > 1.1 * use[MALE, 20:40]).all()
    assert use[FEMALE, 50:] == pytest.approx(use[MALE, 50:], abs=1e-6)


@pytest.mark.parametrize(
    ("first", "last", "dollars"), [(30, 34, 287.4), (60, 64, 497.3), (80, 84, 432.6), (90, 100, 456.9)]
)
def test_inpatient_cost_has_the_shape_published(first: int, last: int, dollars: float) -> None:
    cost = by_age(PROFILES / "inpatient_cost.csv", "relative_cost")["relative_cost"]
    assert cost[first : last + 1].mean() == pytest.approx(dollars / 497.3, abs=2e-6)
    assert ((cost[:30] > 0.4) & (cost[:30] < 0.6)).all()


def test_outpatient_cost_meets_the_gradient_of_2018_and_has_mean_one() -> None:
    cost = by_sex_age(PROFILES / "outpatient_cost.csv", "relative_cost")["relative_cost"]
    assert mean(cost, persons(2018), 60) / mean(cost, persons(2018)) == pytest.approx(40.1 / 24.0, abs=1e-5)
    assert mean(cost, persons(2024)) == pytest.approx(1, abs=2e-6)
    assert (cost > 0).all()


def test_income_groups_fill_each_area_and_keep_its_income() -> None:
    groups = by_area_income(PROFILES / "income_groups.csv", NATIONAL, "share", "relative_income")
    share, relative = groups["share"], groups["relative_income"]
    assert share.sum(axis=1) == pytest.approx([1, 1], abs=4e-12)
    assert (share * relative).sum(axis=1) == pytest.approx([1, 1], abs=1e-11)
    assert (np.diff(relative, axis=1) > 0).all()
    urban, means = 0.6789, np.array([56_502.0, 24_456.0])
    weights = np.array([urban, 1 - urban])
    assert weights @ share[:, 0] == pytest.approx(7666.47 / 140_489, abs=1e-10)
    assert weights @ share[:, :2].sum(axis=1) == pytest.approx(0.4, abs=1e-10)
    assert weights @ share[:, 3] == pytest.approx(0.2, abs=1e-10)
    top = (weights * means) @ (share * relative)[:, 3] / (weights @ means) / 0.2
    assert top == pytest.approx(103_778 / 45_550.4, abs=0.01)


def test_employee_members_meet_the_published_totals() -> None:
    shares = by_sex_age(PROFILES / "employee_profile.csv", "active", "retired")
    assert (shares["active"] * persons(2024)).sum() == pytest.approx(280_623_200, rel=1e-5)
    assert (shares["retired"] * persons(2024)).sum() == pytest.approx(107_938_000, rel=1e-5)
    both = shares["active"] + shares["retired"]
    assert (both >= 0).all()
    assert both.max() < 0.9
    assert (both[:, :16] == 0).all()
    assert (shares["active"][FEMALE, 56:] == 0).all()
    assert (shares["retired"][MALE, :60] == 0).all()


def test_employee_moves_keep_the_active_shares_up_to_49() -> None:
    moves = by_sex_age(PROFILES / "employee_moves.csv", "entry", "exit")
    active = by_sex_age(PROFILES / "employee_profile.csv", "active", "retired")["active"]
    reached = steady_state(moves["entry"], moves["exit"])
    assert np.abs(reached - active)[:, :50].max() < 0.005
    for rate in moves.values():
        assert ((rate >= 0) & (rate < 0.1)).all()
    assert (moves["entry"][FEMALE, 55:] == 0).all()
    assert (moves["entry"][MALE, 60:] == 0).all()


@pytest.mark.parametrize(
    ("year", "sex", "age", "probability"),
    [
        (2020, FEMALE, 49, 0.6),  # born in 1970: the type that retires at 50
        (2020, FEMALE, 54, 1.0),
        (2020, MALE, 58, 0.0),
        (2020, MALE, 59, 1.0),
        (2025, MALE, 59, 9 / 12),  # January 1965 goes in February 2025, September in December; October in 2026
        (2026, MALE, 60, 1.0),
        (2025, FEMALE, 49, 0.6 * 8 / 12),  # August 1975 is the last to go in 2025
        (2050, MALE, 61, 0.0),
        (2050, MALE, 62, 1.0),  # 63, born in 1987
        (2050, FEMALE, 54, 0.6),  # 55
        (2050, FEMALE, 57, 1.0),  # 58
    ],
)
def test_retirement_follows_the_law(year: int, sex: int, age: int, probability: float) -> None:
    table = by_year_sex_age(PROFILES / "retirement.csv", "probability", (year,))[0]
    assert table[sex, age] == pytest.approx(probability, abs=1e-6)


def test_without_the_law_the_ages_of_before_2025_stay() -> None:
    years = range(2015, 2101)
    law, before = (
        by_year_sex_age(PROFILES / name, "probability", years)
        for name in ("retirement.csv", "retirement_until_2024.csv")
    )
    assert (law[:10] == before[:10]).all()  # to 2024
    assert (before == before[0]).all()
    assert before[0, FEMALE, [48, 49, 54]] == pytest.approx([0.0, 0.6, 1.0])
    assert before[0, MALE, [58, 59]] == pytest.approx([0.0, 1.0])
    assert (law[10:] != before[10:]).any(axis=(1, 2)).all()


def test_every_cohort_retires_in_full() -> None:
    hazard = by_year_sex_age(PROFILES / "retirement.csv", "probability", range(2015, 2101))
    assert ((hazard >= 0) & (hazard <= 1)).all()
    assert (hazard[:, FEMALE, 58:] == 1).all()
    assert (hazard[:, MALE, 63:] == 1).all()
    assert (hazard[:, :, :49] == 0).all()
    for sex, last in ((FEMALE, 58), (MALE, 63)):
        for first_year in range(2015, 2040):
            stay = [1 - hazard[first_year - 2015 + step, sex, 45 + step] for step in range(last - 45 + 1)]
            assert np.prod(stay) == 0


def test_area_tables_meet_their_anchors() -> None:
    share = by_age(PROFILES / "urban_share_by_age.csv", "urban_share")["urban_share"]
    census = persons(2020).sum(axis=0)
    assert mean(share, census, 0, 14) == pytest.approx(0.612, abs=2e-6)
    assert mean(share, census, 15, 59) == pytest.approx(0.676, abs=2e-6)
    assert mean(share, census, 60) == pytest.approx(0.540, abs=2e-6)
    assert mean(share, census, 65) == pytest.approx(0.526, abs=2e-6)
    weight = by_age(PROFILES / "area_moves.csv", "weight")["weight"]
    assert weight.max() == 1
    assert (weight > 0).all()
    assert 16 <= int(weight.argmax()) <= 29
    path = by_year(DATA / "economy" / "urban_share_path.csv", "urban_share", range(2011, 2102))
    assert path[2026 - 2011] == 0.6789
    assert (np.diff(path) > 0).all()
    assert 0.85 < path[-1] < 0.9


# --- the reader -----------------------------------------------------------------------------------------------------


def a_table(folder: Path, text: str | bytes) -> Path:
    path = folder / "user.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def complete(change: tuple[str, str] = ("", "")) -> str:
    """One value a sex and age, the value being the age; with one piece of text replaced."""
    rows = [f"{sex},{age},{age}.5" for sex in ("male", "female") for age in range(101)]
    return ("sex,age,rate\n" + "\n".join(rows) + "\n").replace(*change, 1)


def test_rows_may_stand_in_any_order_and_land_on_their_cells(tmp_path: Path) -> None:
    rate = by_sex_age(a_table(tmp_path, complete(("male,7,7.5", "male,7,-1e3"))), "rate")["rate"]
    assert rate[MALE, 7] == -1000
    assert rate[FEMALE, 7] == 7.5
    assert not rate.flags.writeable


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + complete().replace("\n", "\r\n").encode()
    assert by_sex_age(a_table(tmp_path, text), "rate")["rate"][FEMALE, 100] == 100.5


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "ascii"])
def test_tables_are_read_in_any_unicode_and_with_any_line_ends(tmp_path: Path, ends: str, encoding: str) -> None:
    path = a_table(tmp_path, complete().replace("\n", ends).encode(encoding))
    assert by_sex_age(path, "rate")["rate"][FEMALE, 100] == 100.5


@pytest.mark.parametrize("command", ["validate", "run", "check", "show"])
def test_a_table_of_gigabytes_is_refused_before_it_is_read(tmp_path: Path, command: str) -> None:
    path = a_table(tmp_path, b"year,sex,age,persons\n")
    os.truncate(path, 5 << 30)  # a sparse file
    scenario = tmp_path / "mine.toml"
    scenario.write_text('extends = "baseline"\n[population]\nstock_table = "user.csv"\n')
    beside = {"run": ["--out", str(tmp_path / "out")], "check": ["--references", str(tmp_path)]}
    told = CliRunner().invoke(main, [command, str(scenario), *beside.get(command, [])])
    if command == "show":
        assert told.exit_code == ExitCode.DONE
    else:
        assert told.exit_code == ExitCode.INPUT
        assert "user.csv:1: larger than 64 MiB; the rows that a scenario needs" in told.stderr
        assert told.stderr.count("\n") == 1


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = a_table(tmp_path, complete())
    assert by_sex_age(path, "rate")["rate"][MALE, 0] == 0.5
    a_table(tmp_path, complete(("male,0,0.5", "male,0,0.25")))
    assert by_sex_age(path, "rate")["rate"][MALE, 0] == 0.25


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (complete(("male,9,9.5\n", "")), "1:age: there is no row for sex male, age 9; one row for every combination"),
        (complete(("male,9,9.5\n", "male,9,9.5\nmale,9,9.5\n")), "12:sex: this repeats row 11; one row a key"),
        (complete(("male,9,", "male,101,")), "11:age: 101 is not on this axis; a whole number from 0 to 100"),
        (complete(("male,9,", "male,9.5,")), "11:age: 9.5 is not a whole number; a whole number"),
        (complete(("male,9,", "man,9,")), "11:sex: 'man' is not on this axis; one of female, male"),
        (complete(("9.5", "x")), "11:rate: 'x' is not a number; a finite number such as 0.0123"),
        (complete(("9.5", "")), "11:rate: '' is not a number; a finite number such as 0.0123"),
        (complete(("9.5", "nan")), "11:rate: 'nan' is not a finite number; a finite number such as 0.0123"),
        (complete(("9.5", "inf")), "11:rate: 'inf' is not a finite number; a finite number such as 0.0123"),
        (complete(("9.5", "1_0")), "11:rate: '1_0' is not a finite number; a finite number such as 0.0123"),
        (complete(("9.5", " 9")), "11:rate: ' 9' is not a finite number; a finite number such as 0.0123"),
        (complete(("9.5", "9,5")), "11: 4 cells; 3, one a column of the header"),
        (complete(("male,9,9.5", "male,9")), "11: 2 cells; 3, one a column of the header"),
        (complete(("sex,age,rate", "sex,age,use")), "1: the header is sex,age,use; sex,age,rate"),
        (
            complete(("sex,age,rate", "sex,age,age")),
            "1: the header is empty or names a column twice; one name a column",
        ),
        ("sex,age,rate\n", "1: there is no row under the header; one row a key"),
        (b"sex,age,rate\nmale,0,\xff\n", "2: this is not UTF-8; a file saved as UTF-8"),
        ("性别,age,rate\nmale,0,1\n".encode("gb18030"), "1: this is not UTF-8; a file saved as UTF-8"),
        ("sex,age,rate\n".encode("utf-16-le"), "1: this is not UTF-8; a file saved as UTF-8"),
        (b"sex;age;rate\nmale;0;1\n", "1: the columns are told apart by semicolons; commas, with points in numbers"),
        (b"sex\tage\trate\n", "1: the columns are told apart by tabs; commas, with points in numbers"),
        (
            'sex,age,rate\nmale,0,"1\n',
            "1: the quotes do not close (unexpected end of data); cells quoted as in RFC 4180",
        ),
    ],
)
def test_a_faulty_table_is_refused_in_one_line(tmp_path: Path, text: str | bytes, message: str) -> None:
    path = a_table(tmp_path, text)
    with pytest.raises(SimsuranceError) as error:
        by_sex_age(path, "rate")
    assert error.value.lines == (f"{path}:{message}",)
    assert error.value.exit_code == ExitCode.INPUT


@pytest.mark.parametrize(
    ("header", "rows", "message"),
    [
        ("sex,age,entry,exit", ["male,9,0.1,0", "male,10,-0.1,0"], "3:entry: -0.1 is outside 0 to 1 (probability); "),
        ("sex,age,entry,exit", ["male,9,0,0", "male,10,0,7"], "a fraction: did you mean 0.07?"),
        (
            "sex,age,entry,exit",
            ["male,9,8,0", "male,10,7,0"],
            "2:entry: 8 is outside 0 to 1 (probability), as in 1 more row;",
        ),
        (
            "sex,age,entry,exit",
            ["a,9,8,0", "b,10,7,0", "c,10,7,0"],
            "2:entry: 8 is outside 0 to 1 (probability), as in 2 more r",
        ),
        ("sex,age,entry,exit", ["male,9,0,1.2"], "2:exit: 1.2 is outside 0 to 1 (probability); a number from 0 to 1"),
        (
            "sex,age,moderate,high",
            ["male,9,0,0", "male,10,0.4,0.6"],
            "3:high: moderate and high are 1 together; shares below 1",
        ),
        (
            "sex,age,active,retired",
            ["male,9,0.7,0.4"],
            "2:retired: active and retired are 1.1 together; shares below 1",
        ),
        ("sex,age,use", ["male,9,1.01"], "2:use: 1.01 is outside 0 to 1 (probability); a number from 0 to 1"),
        (
            "sex,age,relative_cost",
            ["male,9,-1"],
            "2:relative_cost: -1 is outside 0 to 1000 (relative); a number from 0 to",
        ),
    ],
)
def test_numbers_that_a_column_cannot_hold_are_refused(
    tmp_path: Path, header: str, rows: list[str], message: str
) -> None:
    path = a_table(tmp_path, "\n".join([header, *rows]))
    with pytest.raises(SimsuranceError, match=re.escape(message)):
        by_sex_age(path, *header.split(",")[2:])


def changed(folder: Path, name: str, column: str, where: dict[str, str], value: str) -> Path:
    """A packaged table with another number in the rows that `where` selects."""
    rows = rows_of(DATA / name)
    for row in rows:
        if all(row[key] == member for key, member in where.items()):
            row[column] = value
    text = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    return a_table(folder, "\n".join(text) + "\n")


def test_nobody_lives_for_ever(tmp_path: Path) -> None:
    path = changed(tmp_path, "demography/mortality.csv", "mx", {"age": "100", "sex": "male", "year": "2030"}, "0")
    row = 2 + next(
        place
        for place, row in enumerate(rows_of(path))
        if (row["year"], row["sex"], row["age"]) == ("2030", "male", "100")
    )
    with pytest.raises(
        SimsuranceError, match=f":{row}:mx: 0 at the open age, where nobody would ever die; a number above 0"
    ):
        by_year_sex_age(path, "mx", (2026,))
    path = changed(tmp_path, "demography/mortality.csv", "mx", {"age": "9"}, "0")
    assert by_year_sex_age(path, "mx", (2026,))[0, :, 9].max() == 0


def test_a_pattern_of_nothing_is_refused_and_shares_may_be_nothing(tmp_path: Path) -> None:
    path = changed(tmp_path, "demography/fertility.csv", "asfr", {"year": "2030"}, "0")
    with pytest.raises(SimsuranceError, match="1:asfr: every number is 0 in 2030; at least one above 0"):
        by_year_age(path, "asfr", (2026,), range(15, 50))
    path = changed(tmp_path, "profiles/area_moves.csv", "weight", {}, "0")
    with pytest.raises(SimsuranceError, match="1:weight: every number is 0 all over; at least one above 0"):
        by_age(path, "weight")
    path = changed(tmp_path, "profiles/employee_moves.csv", "exit", {}, "0")
    assert not by_sex_age(path, "entry", "exit")["exit"].any()


def test_income_groups_fill_their_area(tmp_path: Path) -> None:
    path = changed(tmp_path, "profiles/income_groups.csv", "share", {"area": "rural"}, "0.2")
    with pytest.raises(SimsuranceError, match=r"6:share: the shares of rural are 0\.8 together; shares that make 1"):
        by_area_income(path, NATIONAL, "share", "relative_income")
    path = changed(tmp_path, "profiles/income_groups.csv", "share", {"area": "rural"}, "0.25")
    assert by_area_income(path, NATIONAL, "share", "relative_income")["share"][1].sum() == 1


def test_a_column_is_checked_in_tables_by_year_too(tmp_path: Path) -> None:
    path = a_table(tmp_path, "year,urban_share\n2026,0.7\n2027,71\n")
    with pytest.raises(
        SimsuranceError, match=r"3:urban_share: 71 is outside 0 to 0.999 \(share\); a fraction: did you mean 0.71"
    ):
        by_year(path, "urban_share", (2026,))


def test_the_years_of_a_table_leave_no_gap(tmp_path: Path) -> None:
    assert tables.years_of(a_table(tmp_path, "year,rate\n2024,1\n2020,1\n")) == [2020, 2021, 2022, 2023, 2024]


def test_years_that_are_not_there_are_named(tmp_path: Path) -> None:
    path = a_table(tmp_path, "year,rate\n2020,1\n2021,2\n")
    with pytest.raises(
        SimsuranceError, match=r"1:year: there is no row for 2022; rows for every year from 2020 to 2022"
    ):
        by_year(path, "rate", range(2020, 2023))
    path = DEMOGRAPHY / "population.csv"
    with pytest.raises(SimsuranceError, match=r"population\.csv:1:year: there is no row for 2025"):
        by_year_sex_age(path, "persons", (2024, 2025))


def test_a_year_given_twice_is_refused(tmp_path: Path) -> None:
    path = a_table(tmp_path, "year,rate\n2020,1\n2020,2\n")
    with pytest.raises(SimsuranceError, match="3:year: this repeats row 2; one row a key"):
        by_year(path, "rate", (2020,))


def test_a_file_that_is_not_there_a_column_and_a_measure_are_named(tmp_path: Path) -> None:
    with pytest.raises(SimsuranceError, match=r"none\.csv: there is no such file; the path of a CSV table"):
        tables.read_table(tmp_path / "none.csv")
    with pytest.raises(SimsuranceError, match=r"; a CSV file that can be read"):
        tables.read_table(tmp_path)
    path = a_table(tmp_path, "year,rate\n2020,one\n")
    with pytest.raises(SimsuranceError, match="1: the header is year,rate; year,share"):
        by_year(path, "share", (2020,))
    with pytest.raises(SimsuranceError, match="1:value: there is no such column; a header with the column value"):
        tables.published("rate", path)
    with pytest.raises(SimsuranceError, match=r"2:rate: 'one' is not a number; a finite number such as 0.0123"):
        by_year(path, "rate", (2020,))
    path = a_table(tmp_path, "year,kind,rate\n2020,1,2\n")
    with pytest.raises(SimsuranceError, match="2:kind: 1 is a number; text"):
        by_year(path, "rate", (2020,), {"kind": ("1",)})
    with pytest.raises(SimsuranceError, match="measure: 'resident_incom' is not in the table; the name of a published"):
        tables.published("resident_incom")


def test_quoted_cells_and_text_columns_are_read(tmp_path: Path) -> None:
    columns = tables.read_table(a_table(tmp_path, 'year,note,value\n2020,"a, b",1\n2021,,2\n'))
    assert columns["note"] == ["a, b", ""]
    assert list(columns["value"]) == [1, 2]


def test_the_reader_needs_neither_pandas_nor_scipy() -> None:
    code = "import sys, simsurance.data.tables; print({'pandas', 'scipy', 'matplotlib'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
