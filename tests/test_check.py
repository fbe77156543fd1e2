"""Reference results: the same pass, any other fails and is named, a meant change is accepted with its reason."""

import csv
import json

import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance.analysis.reference_results import DRAWS, DRAWS_OF, TABLES, accept, cells, differences, reference_tables
from simsurance.cli import check as check_module
from simsurance.cli import main
from simsurance.errors import ExitCode
from simsurance.scenario_file.files import countries, scenarios_folder, shipped


def check(*arguments):
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('extends = "baseline"\n[horizon]\nlast_year = 2029\n')
    return path


@pytest.fixture
def guarded(mine, tmp_path):
    done = check(mine, "--references", tmp_path / "refs", "--update", "--reason", "a first reference")
    assert done.exit_code == 0, done.stderr
    return mine


def change(path, text):
    path.write_text(path.read_text() + text)


def test_results_that_have_not_changed_pass(guarded, tmp_path):
    done = check(guarded, "--references", tmp_path / "refs")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "ok mine\n", "")


@pytest.mark.parametrize(
    "changed",
    [
        "[fund]\nadministration_share = 0.000001\n",
        "[measures]\ntarget_reserve_months = 6.0001\n",
        "[health]\npersistence = 0.8301\n",
    ],
)
def test_a_changed_parameter_fails(guarded, tmp_path, changed):
    change(guarded, changed)
    failed = check(guarded, "--references", tmp_path / "refs")
    assert failed.exit_code == ExitCode.COMPARISON
    assert failed.stderr.startswith("mine ")
    assert failed.stderr.endswith('if this is meant, accept it: add --update --reason "…"\n')


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_fails_its_own_reference_when_a_parameter_moves(name, tmp_path):
    base = ss.load(name, settings=["horizon.last_year=2027"])
    accept([ss.run(base)], tmp_path, "before")
    assert differences(ss.run(base), tmp_path / base.name) == []
    moved = ss.run(base, **{"claims.inpatient.mean_cost": base.values.claims.inpatient.mean_cost * (1 + 1e-6)})
    assert differences(moved, tmp_path / base.name)


def test_the_worst_cell_is_named_first_with_both_values(guarded, tmp_path):
    file = tmp_path / "refs" / "mine" / "fund.csv"
    header, *rows = list(csv.reader(file.read_text().splitlines()))
    column = header.index("closing")
    rows = [row for row in rows if row[1] == "resident"] + [row for row in rows if row[1] != "resident"]
    for row, factor in ((1, 1 + 1e-6), (3, 1 + 1e-3)):
        rows[row][column] = repr(float(rows[row][column]) * factor)
    with file.open("w", newline="") as opened:
        csv.writer(opened, lineterminator="\n").writerows([header, *rows])
    first, second, _ = check(guarded, "--references", tmp_path / "refs").stderr.splitlines()
    assert first.startswith(f"mine fund.csv 2029 resident closing: reference {rows[3][column]}, now ")
    assert second.startswith("mine fund.csv 2027 resident closing: reference ")
    assert ", difference -" in first


def test_the_last_digits_of_another_processor_pass(guarded, tmp_path):
    for table in TABLES:
        file = tmp_path / "refs" / "mine" / table
        rows = [
            [repr(float(cell) * (1 + 1e-12)) if "." in cell and not cell.startswith("20") else cell for cell in row]
            for row in csv.reader(file.read_text().splitlines())
        ]
        with file.open("w", newline="") as opened:
            csv.writer(opened, lineterminator="\n").writerows(rows)
    assert check(guarded, "--references", tmp_path / "refs").exit_code == 0


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("measures.csv", "depletion_year,,year,not_depleted_by_2029", "depletion_year,0,year,not_depleted_by_2029"),
        ("measures.csv", "depletion_year,,year,not_depleted_by_2029", "depletion_year,,year,ok"),
        ("measures.csv", "lowest_reserve_months,", "least_reserve_months,"),
        ("fund.csv", "2028,resident,", "2038,resident,"),
        ("fund.csv", "opening", "start"),
        ("membership_by_status.csv", "never", "nobody"),
    ],
)
def test_words_gaps_rows_and_columns_are_compared_exactly(guarded, tmp_path, table, old, new):
    file = tmp_path / "refs" / "mine" / table
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    failed = check(guarded, "--references", tmp_path / "refs")
    assert failed.exit_code == ExitCode.COMPARISON
    assert f"mine {table}" in failed.stderr


def test_a_row_that_is_gone_fails(guarded, tmp_path):
    file = tmp_path / "refs" / "mine" / "membership_by_status.csv"
    file.write_text(file.read_text() + "2031,never,1.0\n")
    failed = check(guarded, "--references", tmp_path / "refs")
    assert "mine membership_by_status.csv 2031 never persons: reference 1.0, now nothing" in failed.stderr


def test_the_worst_cell_is_the_one_that_the_log_names(guarded, tmp_path):
    change(guarded, "[fund]\nadministration_share = 0.01\n")
    results = ss.run(guarded)
    times = [each.times for each in differences(results, tmp_path / "refs" / "mine")]
    assert times == sorted(times, reverse=True)
    assert times[0] > times[-1]
    assert accept([results], tmp_path / "refs", "why")[0].times == times[0]


def test_a_scenario_without_a_reference_fails(mine, tmp_path):
    failed = check(mine, "--references", tmp_path / "refs")
    assert failed.exit_code == ExitCode.COMPARISON
    assert failed.stderr.splitlines()[0] == "mine: reference nothing, now results"


def test_a_change_is_accepted_with_its_reason_and_written_down(guarded, tmp_path):
    change(guarded, "[fund]\nadministration_share = 0.01\n")
    reason = 'administration is charged to the fund, "really"'
    done = check(guarded, "--references", tmp_path / "refs", "--update", "--reason", reason)
    assert done.exit_code == 0
    assert check(guarded, "--references", tmp_path / "refs").exit_code == 0
    with (tmp_path / "refs" / "CHANGES.csv").open() as file:
        first, second = list(csv.DictReader(file))
    assert (first["scenario"], first["reason"]) == ("mine", "a first reference")
    assert second["reason"] == reason
    assert second["version"] == ss.__version__
    assert "reference " in second["largest_change"]
    assert ", now " in second["largest_change"]


def test_what_has_not_changed_is_neither_rewritten_nor_logged(guarded, tmp_path):
    before = (tmp_path / "refs" / "CHANGES.csv").read_text()
    done = check(guarded, "--references", tmp_path / "refs", "--update", "--reason", "nothing new")
    assert done.stdout == "mine: unchanged\n"
    assert (tmp_path / "refs" / "CHANGES.csv").read_text() == before


@pytest.mark.parametrize("options", [["--update"], ["--update", "--reason", " "], ["--reason", "no update"]])
def test_a_reason_and_an_update_go_together(options):
    assert check("baseline", *options).exit_code == ExitCode.USAGE


def test_the_references_of_an_installed_package_are_not_changed(monkeypatch, tmp_path):
    monkeypatch.setattr(check_module, "PACKAGE", tmp_path)
    monkeypatch.setattr(check_module, "scenarios_folder", lambda: tmp_path / "scenarios")
    failed = check("baseline", "--update", "--reason", "why not")
    assert failed.exit_code == ExitCode.ENVIRONMENT
    assert "give --references DIR" in failed.stderr


def of(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_log_keeps_its_byte_order_mark_and_its_line_ends(guarded, tmp_path):
    log = tmp_path / "refs" / "CHANGES.csv"
    log.write_bytes(b"\xef\xbb\xbf" + log.read_bytes().replace(b"\n", b"\r\n").removesuffix(b"\r\n"))
    change(guarded, "[fund]\nadministration_share = 0.01\n")
    assert check(guarded, "--references", tmp_path / "refs", "--update", "--reason", "why").exit_code == 0
    assert log.read_bytes().startswith(b"\xef\xbb\xbfdate,")
    assert log.read_bytes().count(b"\r\n") == log.read_bytes().count(b"\n") == 3
    assert check(guarded, "--references", tmp_path / "refs").exit_code == 0


@pytest.mark.parametrize(
    ("file", "content", "line"),
    [
        ("CHANGES.csv", "date,原因\n".encode("gbk"), "1: this is not UTF-8"),
        ("CHANGES.csv", b"date;reason\n", "1: is not a log of accepted changes; give date,version,"),
        ("CHANGES.csv", b'date,version,scenario,largest_change,reason\n"2026', "1: not CSV (unexpected end of data)"),
        ("CHANGES.csv", b"date,version,scenario,largest_change,reason\n1,2\n", "2: 2 cells instead of 5"),
        ("mine/fund.csv", b"", "1: the header is not that of a reference with year,fund"),
        ("mine/fund.csv", b"year,fund,a\n2026,resident\n", "2: 2 cells"),
        ("mine/fund.csv", b"year,fund,a\n2026,resident,1,2\n", "2: 4 cells"),
        ("mine/fund.csv", b"year,fund,a\n2026,resident,1\n2026,resident,2\n", "3: the row repeats another"),
        ("mine/fund.csv", b"year,fund,a\n2026,resident,\xff\n", "2: this is not UTF-8"),
        ("mine/measures.csv", b'measure,value\n"a,1\n', "1: not CSV (unexpected end of data)"),
    ],
)
def test_a_damaged_log_or_reference_is_one_line_and_nothing_is_written(guarded, tmp_path, file, content, line):
    change(guarded, "[fund]\nadministration_share = 0.01\n")
    (tmp_path / "refs" / file).write_bytes(content)
    before = of(tmp_path)
    failed = check(guarded, "--references", tmp_path / "refs", "--update", "--reason", "why")
    assert failed.exit_code == ExitCode.INPUT
    assert failed.stderr.startswith(f"{tmp_path / 'refs' / file}:{line}")
    assert failed.stderr.count("\n") == 1
    assert of(tmp_path) == before


def test_json_holds_every_difference(guarded, tmp_path):
    change(guarded, "[fund]\nadministration_share = 0.01\n")
    failed = check(guarded, "--references", tmp_path / "refs", "--json")
    content = json.loads(failed.stdout)
    assert failed.exit_code == ExitCode.COMPARISON
    assert (content["schema"], content["ok"]) == ("simsurance.check/1", False)
    assert any(each["column"] == "administration" for each in content["scenarios"][0]["differences"])


def test_a_reference_without_a_scenario_is_told(monkeypatch, tmp_path):
    (tmp_path / "references" / "gone").mkdir(parents=True)
    monkeypatch.setattr(check_module, "scenarios_folder", lambda: tmp_path)
    monkeypatch.setattr(check_module, "shipped", lambda: ())
    monkeypatch.setattr(check_module, "countries", dict)
    failed = check()
    assert failed.exit_code == ExitCode.COMPARISON
    assert "gone: a reference without a scenario; remove" in failed.stderr


def test_cells_are_named_by_their_keys():
    assert cells("year,fund,a\n2026,resident,1.5\n", ("year", "fund")) == {("2026 resident", "a"): "1.5"}


def test_every_shipped_scenario_has_a_reference_of_every_table():
    folder = scenarios_folder() / "references"
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {*shipped(), *countries()}
    for name in (*shipped(), *countries()):
        assert {path.name for path in (folder / name).iterdir()} - {DRAWS, DRAWS_OF} == set(TABLES)


def test_a_reference_keeps_the_tables_that_are_announced():
    assert set(reference_tables(ss.run("baseline", **{"horizon.last_year": 2026}))) == set(TABLES)
