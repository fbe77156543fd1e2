"""In Python: what is handed out does not change results, and what is wrong is told in words of ours."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance.cli import main
from simsurance.errors import SimsuranceError
from simsurance.output import charts

SHORT = {"horizon.last_year": 2027}


@pytest.fixture(scope="module")
def results() -> ss.Results:
    return ss.run("baseline", **SHORT)


def test_a_table_that_a_notebook_changes_changes_nothing_else(results: ss.Results) -> None:
    before, handed_out = float(results.measures.value["closing_last_year"]), results.fund
    handed_out["closing"] /= 1e9
    assert results.fund["closing"].xs((2027, "resident")) == before == results.shown.account["closing"][-1]
    other = ss.run("baseline", **SHORT, **{"economy.interest_rate": 0.05})
    difference = ss.compare(results, other).fund_difference["closing"].iloc[-3]
    assert difference == other.fund["closing"].xs((2027, "resident")) - before


def test_arrays_of_a_projection_are_read_only(results: ss.Results) -> None:
    projection = results.shown.projection
    arrays = [
        *(vars(projection.stocks).values()),
        *(array for named in (projection.by_age, projection.by_group, projection.totals) for array in named.values()),
        *(projection.fund, projection.interest, projection.prepaid),
        *(column for account in results.shown.accounts.values() for column in account.values()),
    ]
    assert not any(array.flags.writeable for array in arrays)
    with pytest.raises(ValueError, match="read-only"):
        results.shown.account["closing"][0] = 0.0


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (pd.Series([0.02]), "this is a Series, not a number; give a number from -0.1 to 0.3"),
        (np.array([0.02, 0.03]), "this is a ndarray, not a number; give a number from"),
        (None, "this is None, not a number; give a number from"),
        ({2018: None}, "this is None"),
        (pd.Timestamp("2026-01-01"), "this is a date or a time, not a number"),
    ],
)
def test_a_value_of_another_kind_is_told_with_what_to_give(value: Any, told: str) -> None:
    with pytest.raises(SimsuranceError) as error:
        ss.load("baseline").replace({"economy.inflation": value})
    assert told in str(error.value)
    assert str(error.value).startswith("replace:economy.inflation")


def test_a_value_that_is_changed_leaves_the_scenario_as_it_is() -> None:
    scenario = ss.load("baseline")
    held = scenario["fund.opening"]
    held["2026"] = 1.0
    scenario["employee.fund.reserve_band"].append(99.0)
    assert scenario["fund.opening"]["2026"] == ss.load("baseline")["fund.opening"]["2026"] != 1.0
    assert scenario["employee.fund.reserve_band"] == ss.load("baseline")["employee.fund.reserve_band"]


def test_a_number_of_numpy_is_a_number() -> None:
    assert ss.load("baseline").replace({"economy.inflation": np.float64(0.02)})["economy.inflation"] == 0.02


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda run: run.card(lang="xx"), "lang: xx has no file of words; there are en, zh"),
        (lambda run: run.plot.reserve_months(lang="xx"), "lang: xx has no file of words; there are en, zh"),
        (
            lambda run: charts.draw("reserve", run.shown),
            "reserve: no such chart; there are reserve_months, fund_balance",
        ),
        (lambda run: run.scenario[3], "3: unknown key; `simsurance show baseline` lists the known ones"),
        (
            lambda run: run.scenario.replace({3: 1}),
            "replace: not values by key; give {'fund.administration_share': 0.02}",
        ),
        (lambda run: run.scenario.replace([0.02]), "replace: not values by key; give {"),
        (lambda run: run.scenario["economy.inflatoin"], "economy.inflatoin: unknown key; did you mean inflation?"),
    ],
)
def test_what_is_not_there_is_a_fault_of_ours(
    results: ss.Results, wrong: Callable[[ss.Results], Any], told: str
) -> None:
    with pytest.raises(SimsuranceError) as error:
        wrong(results)
    assert told in str(error.value)


def test_a_scenario_gives_the_value_at_a_path() -> None:
    scenario = ss.load("baseline", settings=["horizon.last_year=2040"])
    assert scenario["horizon.last_year"] == 2040
    assert scenario["economy.disposable_income"]["2025"] == 43377


def test_show_gives_numbers_as_numbers() -> None:
    shown = CliRunner().invoke(main, ["show", "baseline", "economy", "--json"]).stdout
    rows = {row["key"]: row for row in json.loads(shown)}
    growth = rows["economy.real_income_growth"]
    assert (growth["low"], growth["high"], growth["lowest"]) == (0.015, 0.035, -0.2)
    assert (rows["economy.currency"]["low"], rows["economy.flow_timing"]["high"]) == (None, None)


def test_a_comparison_of_unlike_years_says_so_wherever_its_numbers_stand(tmp_path: Path) -> None:
    longer = tmp_path / "longer.toml"
    longer.write_text('extends = "baseline"\ntitle = "Longer"\n[horizon]\nlast_year = 2028\n', encoding="utf-8")
    given = ["compare", "baseline", str(longer), "--no-range", "--no-charts", "--out", str(tmp_path / "out")]
    shorter = tmp_path / "shorter.toml"
    shorter.write_text('extends = "baseline"\ntitle = "Shorter"\n[horizon]\nlast_year = 2027\n', encoding="utf-8")
    given[1] = str(shorter)
    told = "The scenarios do not cover the same years"
    assert told in CliRunner().invoke(main, given).stdout
    document = json.loads(CliRunner().invoke(main, [*given, "--json"]).stdout)
    assert (document["same_years"], document["years"]) == (False, {"shorter": [2026, 2027], "longer": [2026, 2028]})
    (folder,) = (tmp_path / "out").iterdir()
    assert told in (folder / "summary.md").read_text(encoding="utf-8")
    with (folder / "compare.csv").open(encoding="utf-8", newline="") as file:
        assert {(row["scenario"], row["last_year"]) for row in csv.DictReader(file)} == {
            ("shorter", "2027"),
            ("longer", "2028"),
        }


def test_a_size_outside_its_own_range_is_refused_unless_it_is_meant() -> None:
    lever = {
        **{"component": "inpatient_cost", "start": 2027, "ramp_years": 1, "size": -0.3, "low": -0.2, "high": -0.1},
        **{"mark": "judgement", "source": "own", "description": "beyond both ends", "description_zh": "测试"},
    }
    changes = {f"levers.saving.{key}": value for key, value in lever.items()}
    with pytest.raises(
        SimsuranceError, match=r"size -0\.3 is outside its own range, -0\.2 to -0\.1; give one inside, or"
    ):
        ss.load("baseline").replace(changes)
    meant = ss.load("baseline").replace(changes | {"levers.saving.outside_range": True})
    assert meant.values.levers["saving"].size == -0.3
