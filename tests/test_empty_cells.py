"""Small and empty cells: nobody of an age, of a need class, of a scheme; nothing paid in, nothing paid out."""

import csv
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from simsurance.api import Results
from simsurance.output.charts import draw
from simsurance.output.charts.scales import scale_of
from simsurance.results import simulate
from simsurance.scenario_file.loader import load

Row = dict[str, str]
Tables = Mapping[str, Callable[[Row], Row]]
COUNTED = {f"population.counted.{ages}": {} for ages in ("age_16_59", "age_60_plus", "age_65_plus")}
SMALL = 1e4 / 1.405e9
NO_EMPLOYEES = {"membership.employee_active": 0, "membership.employee_retired": 0}
STOCK, PREVALENCE, FERTILITY = "population.stock_table", "health.prevalence_table", "population.total_fertility_table"


def small_stock(row: Row) -> Row:
    return row | {"persons": str(round(float(row["persons"]) * SMALL))}


def without_the_oldest(row: Row) -> Row:
    return row | {"persons": "0" if int(row["age"]) >= 95 else row["persons"]}


def no_high_need_below_40(row: Row) -> Row:
    return row | {"high": "0" if int(row["age"]) < 40 else row["high"]}


def flat(row: Row) -> Row:
    return row | {"moderate": "0.25", "high": "0.05"}


def no_births(row: Row) -> Row:
    return row | {"tfr": "0" if int(row["year"]) >= 2026 else row["tfr"]}


def no_migrants(row: Row) -> Row:
    return row | {"net_migrants": str(round(float(row["net_migrants"]) * SMALL))}


CASES: dict[str, tuple[Tables, dict[str, Any]]] = {
    "nobody of 95 and over": ({STOCK: without_the_oldest}, COUNTED),
    "ten thousand persons, rounded": (
        {STOCK: small_stock, "population.migration_table": no_migrants},
        {
            **COUNTED,
            "membership.resident_insured": 6700,
            "membership.employee_active": 2000,
            "membership.employee_retired": 770,
            "fund.opening": 6e6,
            "employee.fund.opening_pool": 2.5e7,
            "employee.fund.opening_accounts": 1e7,
        },
    ),
    "nobody of high need below 40": ({PREVALENCE: no_high_need_below_40}, {}),
    "need that age does not change": ({PREVALENCE: flat}, {}),
    "no births": ({FERTILITY: no_births}, {}),
    "no newborn enrolled": ({}, {"membership.newborn_enrolment": 0}),
    "every newborn enrolled": ({}, {"membership.newborn_enrolment": 1}),
    **{
        f"deaths of {need} need at {ratio}": ({}, {f"health.mortality_ratio.{need}": ratio})
        for need in ("low", "moderate", "high")
        for ratio in (0.05, 10)
    },
    "deaths at the ends of their range": (
        {},
        {"health.mortality_ratio.low": 0.5, "health.mortality_ratio.moderate": 1.2, "health.mortality_ratio.high": 2.5},
    ),
    "nobody in the employee scheme": ({}, NO_EMPLOYEES),
    "nor its money projected": ({}, NO_EMPLOYEES | {"employee.projected": False}),
    "no subsidy": ({}, {"contributions.subsidy.rule": {"2019": "schedule"}, "contributions.subsidy.schedule": 0}),
    "no contribution": (
        {},
        {"contributions.personal.rule": {"2019": "schedule"}, "contributions.personal.schedule": 0},
    ),
    "no outgo": (
        {},
        {
            "benefits.inpatient.payment_ratio": 0,
            "benefits.outpatient.payment_ratio": 0,
            "benefits.critical_illness.financing": "premium",
            "benefits.critical_illness.premium": 1e-9,
        },
    ),
    "no contribution base": ({}, {"employee.contributions.compliance": 0}),
    "a group without wages": ({}, {"employee.wage.income_ratio.assisted": 0}),
}


@pytest.mark.long
@pytest.mark.parametrize("case", CASES)
def test_it_runs_without_a_warning_and_its_identities_hold(case: str, tmp_path: Path) -> None:
    tables, changes = CASES[case]
    scenario = load("baseline", settings=("horizon.last_year=2040",))
    files = {}
    for key, changed in tables.items():
        with scenario.tables[key].open(encoding="utf-8", newline="") as text:
            rows = [changed(row) for row in csv.DictReader(text)]
        files[key] = str(tmp_path / f"{key}.csv")
        with open(files[key], "w", encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (result,) = simulate([scenario.replace(files | changes)])
        tables_shown = (result.fund, result.population, result.membership, result.flows, result.ages, result.measures)
    assert all(len(table) for table in tables_shown)
    measures = result.measures
    assert not (measures["value"].isna() & (measures["status"] == "ok")).any()
    assert measures["value"][measures["status"] == "ok"].map(lambda value: value == value).all()


@pytest.mark.long
@pytest.mark.parametrize("case", ["nobody in the employee scheme", "no contribution base"])
def test_its_summary_and_charts_are_written(case: str, tmp_path: Path) -> None:
    (result,) = simulate([load("baseline", settings=("horizon.last_year=2028",)).replace(CASES[case][1])])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Results(result).save(tmp_path / "out", ranges=False)
    told = (tmp_path / "out" / "summary.md").read_text(encoding="utf-8")
    assert "no_denominator" not in told
    assert "nan" not in told.lower().split()


def test_a_title_says_nothing_of_rates_of_a_base_of_nothing() -> None:
    case = CASES["no contribution base"][1]
    (result,) = simulate([load("baseline", settings=("horizon.last_year=2028",)).replace(case)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert scale_of([result])["cost_and_income_rate.employee_pool"] == 0
        title = draw("cost_and_income_rate", result, "en").figure.heading[0]
    assert "members' income" in title
    assert "alone" not in title
    assert "contribution base" not in title
