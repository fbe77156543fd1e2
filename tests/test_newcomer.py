"""A province of 48 million, set up as an office would: what used to go wrong without a word is right, or is told."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from simsurance.cli import main
from simsurance.data.tables import by_year_sex_age
from simsurance.evidence.hindcast import hindcast
from simsurance.intake.population import nation
from simsurance.output.charts import fund, people
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.loader import Scenario, load

PERSONS = 48e6
RESIDENTS, ACTIVE, RETIRED = 33.0e6, 7.2e6, 2.9e6
BALANCE, POOL, ACCOUNTS = 29e9, 71e9, 34e9
PREMIUM = 430


def population(year: int) -> str:
    """Residents at the end of a year as the nation's, by single age to 100 and over."""
    persons = nation(year + 1, True) * PERSONS / nation(year + 1, True).sum()
    rows = "".join(f"{age},{w:.0f},{m:.0f}\n" for age, (w, m) in enumerate(zip(*persons, strict=True)))
    return f"Residents by age and sex (persons, year end {year})\nage,female,male\n" + rows.replace("\n100,", "\n100+,")


def invoked(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the province: population by single age, insured, accounts and its own standard of 430."""
    place = tmp_path_factory.mktemp("newcomer")
    tables = {
        **{f"population_{year}.csv": population(year) for year in (2024, 2025)},
        "insured.csv": "year,resident insured (persons),employee active (persons),employee retired (persons)\n"
        + "".join(f"{year},{RESIDENTS:.0f},{ACTIVE:.0f},{RETIRED:.0f}\n" for year in (2024, 2025)),
        "accounts.csv": "year,resident income (yuan),resident expenditure (yuan),resident balance (yuan),"
        "employee pool balance (yuan),personal accounts balance (yuan)\n"
        f"2024,37.0e9,36.0e9,{BALANCE - 1e9:.0f},{POOL:.0f},{ACCOUNTS:.0f}\n"
        f"2025,38.0e9,37.0e9,{BALANCE:.0f},{POOL:.0f},{ACCOUNTS:.0f}\n",
        "standards.csv": "year,personal contribution (yuan),government subsidy (yuan)\n"
        f"2025,{PREMIUM},700\n2026,{PREMIUM},724\n",
    }
    with pytest.MonkeyPatch.context() as moved:
        moved.chdir(place)
        assert invoked("init", "--fund", "province").exit_code == 0
        for name, text in tables.items():
            Path("province/raw", name).write_text(text, encoding="utf-8")
            done = invoked("import", f"province/raw/{name}")
            assert done.exit_code == 0, done.stderr
    return place / "province" / "fund.toml"


@pytest.fixture(scope="module")
def own(province: Path) -> Scenario:
    return load(province)


@pytest.fixture(scope="module")
def result(own: Scenario) -> RunResult:
    (found,) = simulate([own.replace({"horizon.last_year": 2035})])
    return found


def test_migrants_are_those_of_a_province_and_the_run_ends_well(
    province: Path, own: Scenario, result: RunResult
) -> None:
    theirs = by_year_sex_age(own.tables["population.migration_table"], "net_migrants", [2026]).sum()
    moved = result.flows["net_migration"].groupby(level="year").sum()[2026]
    assert moved == pytest.approx(theirs * PERSONS / nation(2024, False).sum(), rel=0.02)
    assert abs(moved) < 0.001 * PERSONS
    assert any("migration_table is the nation's, scaled" in note for note in own.notes)
    assert (result.checks["holds"]).all()


def test_the_pool_opens_with_the_provinces_balance(result: RunResult) -> None:
    account = result.accounts["employee_pool"]
    assert account["opening"][0] == POOL
    assert account["reserve_months"][0] < 60


def test_a_premium_of_430_does_not_fall(result: RunResult) -> None:
    standard = result.account["personal_contribution_pp"]
    assert standard[0] == pytest.approx(PREMIUM, rel=1e-12)
    assert (np.diff(standard) > 0).all()


def test_the_past_is_the_provinces_and_not_the_nations(own: Scenario) -> None:
    found = {(row.item, row.year): row for row in hindcast(own, 2025)}
    assert found["outgo", 2025].published == 37.0e9
    assert abs(found["outgo", 2025].error) < 0.3


def test_charts_are_in_units_that_fit_the_province(result: RunResult) -> None:
    for draw, column, size in (
        (fund.fund_balance, "closing", 1e9),
        (people.insured, "resident_insured", 1e6),
    ):
        figure = draw(result, "en").figure
        largest = np.abs(result.account[column]).max() / size
        low, high = figure.axes[0].get_ylim()
        assert largest < max(abs(low), abs(high)) < 3 * largest


def test_insured_of_a_province_without_its_other_inputs_are_told(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text(
        f'extends = "baseline"\ntitle = "Keys"\nmembership.resident_insured = {RESIDENTS:.0f}\n', encoding="utf-8"
    )
    done = invoked("validate", str(file))
    told = done.stderr + done.stdout
    assert done.exit_code == 3
    assert "or a fund of its own with all its totals (simsurance init --fund NAME)" in told
