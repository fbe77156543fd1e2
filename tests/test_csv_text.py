"""CSV files: text stays text in a spreadsheet and comes back as it was, numbers are left alone."""

import csv
import io
import math

import pandas as pd
import pytest
from click.testing import CliRunner

from simsurance.analysis.reference_results import cells
from simsurance.cli import main
from simsurance.csv_text import as_text, as_written, rows_csv, table_csv
from simsurance.data.tables import read_table

TEXTS = ["=1+1", "+cmd", "-cut", "@SUM(A1)", "\tx", "'=1", "''@", "'quoted'", "plain", "中文", "", "a=b"]
NUMBERS = ["-1", "+2.5", "-1e-3", "-inf", "0"]


@pytest.mark.parametrize("text", TEXTS + NUMBERS)
def test_what_is_written_reads_back_and_no_text_is_a_formula(text):
    written = as_text(text)
    assert as_written(written) == text
    assert written == text if text in NUMBERS else not written.startswith(("=", "+", "-", "@", "\t"))


def test_tables_and_rows_go_out_and_come_back(tmp_path):
    keys = pd.MultiIndex.from_arrays([["-x", "b"], [1, 2]], names=["=key", "year"])
    table = pd.DataFrame({"@name": ["=1+1", "b"], "value": [-1.5, 2.0], "other": ["y", "-z"]}, index=keys)
    path = tmp_path / "out.csv"
    path.write_text(table_csv(table).replace("=key", "key", 1))
    assert table_csv(table) == "'=key,year,'@name,value,other\n'-x,1,'=1+1,-1.5,y\nb,2,b,2.0,'-z\n".replace(
        "'=key", "=key"
    )
    read = read_table(path)
    assert read["key"] == ["-x", "b"]
    assert read["@name"] == ["=1+1", "b"]
    assert read["value"].tolist() == [-1.5, 2.0]
    assert list(csv.reader(io.StringIO(rows_csv(("a", "b"), [("=x", -1)])))) == [["a", "b"], ["'=x", "-1"]]
    assert cells("a,b\n'=x,-1\n", ("a",)) == {("=x", "b"): "-1"}


def test_no_zero_is_below_zero():
    """Neither in a table of numbers, nor in one with text or missing cells, nor in rows."""
    zeros, mixed = [-0.0, 1.5], pd.Series([-0.0, None], dtype=object)
    numbers = pd.DataFrame({"a": zeros, "b": [1, 2]}, index=pd.Index([1, 2], name="year"))
    assert table_csv(numbers) == "year,a,b\n1,0.0,1\n2,1.5,2\n"
    assert (
        table_csv(pd.DataFrame({"a": zeros, "b": ["x", "y"], "c": mixed}), index=False) == "a,b,c\n0.0,x,0.0\n1.5,y,\n"
    )
    assert rows_csv(("a", "b"), [(-0.0, "x")]) == "a,b\n0.0,x\n"
    assert math.copysign(1, numbers["a"].iloc[0]) < 0, "the table itself stays as it was"


@pytest.mark.long
def test_a_byte_order_mark_begins_every_csv_file_where_it_is_asked_for_and_our_reader_takes_it(tmp_path):
    short = ["--no-range", "--set", "horizon.last_year=2026", "--lang", "zh", "--out", str(tmp_path)]
    for arguments in (["run", "baseline"], ["compare", "baseline", "high_cost"]):
        assert CliRunner().invoke(main, [*arguments, *short, "--bom"]).exit_code == 0
    files = [*tmp_path.rglob("*.csv")]
    assert len(files) > 20
    assert all(file.read_bytes().startswith(b"\xef\xbb\xbf") for file in files)
    others = [file for kind in ("md", "toml", "json") for file in tmp_path.rglob(f"*.{kind}")]
    assert not [file for file in others if b"\xef\xbb\xbf" in file.read_bytes()]
    assert read_table(tmp_path / "baseline" / "ages.csv")["year"].tolist()[0] == 2026
    assert CliRunner().invoke(main, ["run", "baseline", *short]).exit_code == 0
    assert not (tmp_path / "baseline" / "fund.csv").read_bytes().startswith(b"\xef\xbb\xbf")
