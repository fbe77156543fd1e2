"""The tables of a run: complete, explained, and the same numbers when read back."""

import csv
import io

import numpy as np
import pytest
from shared_runs import twinned

from simsurance.output.planned import BESIDE_TWINS, BONDS, TABLES
from simsurance.output.tables import codebook, run_tables
from simsurance.scenario_file.loader import load
from simsurance.variables import KEYS


@pytest.fixture(scope="module")
def found():
    return twinned(**{"horizon.last_year": 2028})


@pytest.fixture(scope="module")
def texts(found):
    return run_tables(found)


@pytest.mark.parametrize("table", TABLES)
def test_every_column_of_every_table_has_its_row_in_the_codebook(texts, table):
    known = [name for found, kind, name, *_ in codebook(load("baseline")) if found == table and kind != "member"]
    assert next(csv.reader(io.StringIO(texts[f"{table}.csv"]))) == known


def test_every_member_of_an_axis_has_labels_in_both_languages():
    members = [row for row in codebook(load("baseline")) if row[1] == "member"]
    assert {row[0] for row in members} == {"sex", "area", "income", "health", "status", "fund", "frame", "answer"}
    assert all(row[4] and row[5] for row in members)


@pytest.mark.parametrize("table", TABLES)
def test_the_csv_reads_back_as_exactly_the_same_numbers(found, texts, table):
    kept = getattr(found if table in BESIDE_TWINS else found.full, table)
    rows = list(csv.DictReader(io.StringIO(texts[f"{table}.csv"])))
    for name in kept.columns:
        read = [row[name] for row in rows]
        if kept[name].dtype.kind == "f":
            np.testing.assert_array_equal([float(cell or "nan") for cell in read], kept[name].to_numpy())
        else:
            assert read == kept[name].astype(str).tolist()


@pytest.mark.parametrize("table", [name for name in KEYS if name != BONDS])
def test_a_key_has_one_row(texts, table):
    rows = list(csv.DictReader(io.StringIO(texts[f"{table}.csv"])))
    keys = {tuple(row[key] for key in KEYS[table]) for row in rows}
    assert len(keys) == len(rows)


def test_flows_add_up_to_the_account_of_the_fund(found):
    flows, by_fund = found.full.flows.groupby(level="year").sum(), {"resident": {}, "employee_pool": {}}
    for name in ("subsidies", "inpatient_benefits", "resident_enrolled"):
        by_fund["resident"][name] = name
    for name in ("inpatient_benefits", "outpatient_benefits"):
        by_fund["employee_pool"][name] = f"employee_{name}"
    for fund, columns in by_fund.items():
        account = found.full.fund.xs(fund, level="fund")
        for name, flow in columns.items():
            np.testing.assert_allclose(flows[flow], account[name], rtol=1e-12)


def test_a_missing_value_is_an_empty_cell_with_a_status(texts):
    row = next(row for row in csv.DictReader(io.StringIO(texts["measures.csv"])) if row["measure"] == "depletion_year")
    assert (row["value"], row["status"]) == ("", "not_depleted_by_2028")


def test_text_has_unix_line_ends_and_no_word_for_nothing(texts):
    for text in texts.values():
        assert "\r" not in text
        assert not {"nan", "NaN", "None", "inf"} & set(text.replace("\n", ",").split(","))
