"""The provinces as pools: what was published of them, and that nothing else of them is claimed."""

import csv

import numpy as np
import pytest

from simsurance.axes import axis
from simsurance.basis.inputs import Inputs
from simsurance.data import tables
from simsurance.data.build.provinces import EDGES, HEADER, INCOMES, NAME, OF_INCOME, TABLE, built, groups
from simsurance.data.tables import text_rows
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.pooling import Pooling, load_pooling
from simsurance.scenario_file.register import MARKS

PERSONS_OF_THE_PROVINCES = 1_409_778_724
"""The census's persons of the 31 provinces, without servicemen."""


@pytest.fixture(scope="module")
def baseline() -> Scenario:
    return load("baseline")


@pytest.fixture(scope="module")
def pooling() -> Pooling:
    return load_pooling(NAME)


def test_the_shipped_files_are_what_their_script_makes(baseline: Scenario) -> None:
    folder = scenarios_folder() / "pools"
    made = built(baseline)
    assert {path.name for path in (folder / NAME).iterdir()} == {name.partition("/")[2] for name in made} - {""}
    for name, text in made.items():
        stored = (folder / name).read_text(encoding="utf-8")
        if name.endswith(".toml"):
            assert stored == text
            continue
        cells = [np.array([row[-1] for row in csv.reader(each.splitlines()[1:])], float) for each in (stored, text)]
        np.testing.assert_allclose(*cells, atol=1.0)


def test_persons_and_broad_ages_are_those_of_the_census(pooling: Pooling) -> None:
    rows = text_rows(TABLE, HEADER)
    assert sum(int(row["persons_2020"]) for row in rows) == PERSONS_OF_THE_PROVINCES
    assert sum(each.share or 0.0 for each in pooling.pools) == pytest.approx(1.0, abs=1e-12)
    for row, each in zip(rows, pooling.pools, strict=True):
        assert each.title_zh == row["name_zh"]
        assert each.share == pytest.approx(int(row["persons_2020"]) / PERSONS_OF_THE_PROVINCES, abs=2e-6)
        assert groups(row).sum() == pytest.approx(int(row["persons_2020"]), rel=2e-4)


def test_ages_stand_to_the_nations_as_in_the_census(baseline: Scenario, pooling: Pooling) -> None:
    rows = text_rows(TABLE, HEADER)
    nation = Inputs(baseline, baseline.values).opening_stock()
    of_all = np.sum([groups(row) for row in rows], axis=axis("pool", of=("pool", "age")))
    for row, each in zip(rows, pooling.pools, strict=True):
        (persons,) = tables.stocks(each.scenario.tables["population.stock_table"], [2026])
        assert persons.sum() == pytest.approx(nation.sum(), rel=1e-6)
        own, theirs = (
            np.add.reduceat(stock.sum(axis=axis("sex", of=("sex", "age"))), EDGES) for stock in (persons, nation)
        )
        ratio = (own / own.sum()) / (theirs / theirs.sum())
        published = (groups(row) / groups(row).sum()) / (of_all / of_all.sum())
        np.testing.assert_allclose(ratio / ratio[0], published / published[0], rtol=1e-4)


def test_what_is_a_multiple_of_income_stays_in_yuan_what_it_is_in_the_nation(
    baseline: Scenario, pooling: Pooling
) -> None:
    poorest = min(pooling.pools, key=lambda each: each.scenario.leaves["economy.disposable_income"]["2025"])
    incomes = [each.leaves["economy.disposable_income"]["2025"] for each in (poorest.scenario, baseline)]
    assert incomes[0] < 0.7 * incomes[1]
    for path in OF_INCOME:
        values = [each.leaves[path] for each in (poorest.scenario, baseline)]
        own, theirs = ([value] if not isinstance(value, dict) else list(value.values()) for value in values)
        np.testing.assert_allclose(np.array(own) * incomes[0], np.array(theirs) * incomes[1], rtol=1e-4)
    standards = [Inputs(each, each.values).standards()[0] for each in (poorest.scenario, baseline)]
    np.testing.assert_allclose(*standards, rtol=1e-4)


def test_each_pool_is_marked_no_surer_than_derived_and_tells_its_sources(pooling: Pooling) -> None:
    for each in pooling.pools:
        assert list(MARKS).index(each.mark) >= list(MARKS).index("derived")
        assert each.source.endswith("all else the nation's")
        changed = {path for path in each.scenario.leaves if path in each.scenario.changed}
        told = {"population.stock_table", "population.stock_level", *OF_INCOME}
        beside = {path for path in changed if not path.startswith(("population.counted.", *INCOMES))}
        assert beside == told
