"""The codebooks beside draws, pairs, sweeps and sensitivities name every column of every table."""

import csv
from pathlib import Path

import pytest

import simsurance as ss
from simsurance.output.save import save_sweep

pytestmark = pytest.mark.long

OFF = {f"uncertainty.{name}": False for name in ("parameters", "behaviour", "demography")}
SHORT = {"horizon.last_year": 2026, "employee.projected": False}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("saved")
    base, other = (ss.load(name).replace(SHORT | OFF) for name in ("baseline", "frozen_contribution"))
    draws = ss.stochastic(base, other, draws=16)
    draws.save(found / "pairs", charts=False)
    draws.results[0].save(found / "draws", charts=False)
    ss.sensitivity(base, morris=2, sobol=8, draws=16).save(found / "sensitivity", charts=False)
    swept = ss.sweep(base, {"claims.trend.residual_growth": (-0.01, 0.01, 2)})
    save_sweep(swept.shown, found / "sweep", "resident", "depletion_year", charts=False)
    return found


PLACES = ("pairs", "pairs/baseline", "draws", "sensitivity", "sweep")


@pytest.mark.parametrize("place", PLACES)
def test_every_column_has_its_row_with_labels_in_both_languages(folder: Path, place: str) -> None:
    with (folder / place / "codebook.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    tables = {path.stem: path for path in (folder / place).glob("*.csv") if path.stem != "codebook"}
    assert {row["table"] for row in rows} == set(tables)
    for name, path in tables.items():
        with path.open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == [row["name"] for row in rows if row["table"] == name]
    assert all(row["label"] and row["label_zh"] for row in rows)
    plain = {"fund", "column", "measure", "event", "scenario", "draw", "kind", "unknown", "group", "status", "unit"}
    without = {row["name"] for row in rows if not row["unit"]}
    assert without <= plain | {"better_is", "effects"}


def test_what_means_something_else_in_a_table_is_told_so(folder: Path) -> None:
    with (folder / "sensitivity" / "codebook.csv").open(encoding="utf-8", newline="") as file:
        found = {(row["table"], row["name"]): row for row in csv.DictReader(file)}
    assert found["information", "low"]["unit"] == "share"
    assert found["sensitivity", "low"]["unit"] == "of the measure"
    assert len({found[table, "low"]["label"] for table in ("information", "sensitivity", "morris")}) == 3
    with (folder / "sweep" / "codebook.csv").open(encoding="utf-8", newline="") as file:
        swept = {row["name"]: row["unit"] for row in csv.DictReader(file)}
    assert swept["claims.trend.residual_growth"] == "a year"
    assert swept["closing_last_year_constant_prices"] == "yuan of 2025"
