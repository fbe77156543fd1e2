"""`simsurance run` from outside: files, table, JSON, exit codes."""

import csv
import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner
from shared_runs import projected

from simsurance import identities
from simsurance.cli import main
from simsurance.cli.progress import progress
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import words
from simsurance.measures import measure_of
from simsurance.output.planned import file_names, run_id
from simsurance.scenario_file.files import shipped
from simsurance.scenario_file.loader import load

pytestmark = pytest.mark.usefixtures("shared_ranges")


def run(*arguments):
    return CliRunner().invoke(main, ["run", *map(str, arguments)], prog_name="simsurance")


def years_of(folder):
    with (folder / "fund.csv").open() as file:
        return [int(row["year"]) for row in csv.DictReader(file) if row["fund"] == "resident"]


def test_a_run_writes_its_folder_and_prints_a_row_a_fund(tmp_path):
    done = run("baseline", "--years", ":2028", "--out", tmp_path)
    assert (done.exit_code, done.stderr) == (0, "")
    header, *rows, empty, folder, opened = done.stdout.splitlines()
    assert header.split()[:2] == ["scenario", "fund"]
    rows, below = rows[::2], rows[1::2]
    assert {row.strip() for row in below} == {"single changes: not depleted by 2028"}
    assert [row.split("  ")[:2] for row in rows] == [
        ["baseline", fund] for fund in ("resident fund", "employee pool", "accounts")
    ]
    assert all(re.search(r"  none  ", row) for row in rows)
    assert (empty, folder) == ("", f"baseline, 2026 → 2028: {tmp_path.as_posix()}/baseline")
    named = opened.partition(": ")[2].split(", ")
    assert len(named) == 3
    assert all((tmp_path / "baseline" / name).is_file() for name in named)
    written = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(written) == sorted(f"baseline/{name}" for name in file_names(load("baseline")))


@pytest.mark.long
def test_the_table_fits_a_terminal_of_100_columns_and_tells_each_fund(tmp_path):
    names = sorted(shipped(), key=len)[-2:]
    done = run(*names, "--years", ":2034", "--no-charts", "--out", tmp_path)
    table = done.stdout.partition("\n\n")[0].splitlines()
    assert max(map(len, table)) <= 100
    told = [line.strip().startswith("single changes: ") for line in table]
    assert told == [False, *[False, True] * 6]
    results = projected(names[-1], **{"horizon.last_year": 2034})
    for row, (fund, account) in zip(table[-6::2], results.accounts.items(), strict=True):
        assert words("en").label(f"run.name.{fund}") in row
        first, last = (float(account["reserve_months"][place]) for place in (0, -1))
        deficit = "deficit " if last < 0 else ""
        assert f"{words('en').number(first, 1)} → {deficit}{words('en').number(abs(last), 1)}" in row
        measure = results.measures["value"].get(measure_of(fund, "required_contribution_multiple_now"))
        assert row.endswith("" if measure is None else f"× {words('en').number(measure, 3)} (2027)")


@pytest.mark.long
def test_the_table_is_in_the_language_asked_for(tmp_path):
    done = run("baseline", "--years", ":2040", "--no-charts", "--lang", "zh", "--out", tmp_path)
    header, resident, below, *_, folder, opened = done.stdout.splitlines()
    assert below.strip().startswith("单项变动：")
    assert header.split() == ["情景", "基金", "首次收不抵支", "耗尽年份", "可支付月数", "所需倍数"]
    assert "缺口" in resident
    assert resident.endswith("倍（2027年起）")
    assert folder.startswith("baseline，2026 → 2040年：")
    assert opened.endswith("summary.md、scenario.toml、fund.csv")
    told = done.stdout.replace("baseline", "").replace(tmp_path.as_posix(), "").replace(opened, "")
    assert not re.search("[A-Za-z]{2,}", told)


@pytest.mark.long
def test_what_has_no_value_is_told_in_words_and_is_empty_in_json(tmp_path):
    idle = ("accounts.spending_rate=0", "accounts.relatives_care_rate=0", "contributions.employer_rate=0")
    settings = [part for key in idle for part in ("--set", f"employee.{key}")]
    arguments = ["baseline", "--years", ":2027", "--no-charts", *settings, "--set", "behaviour.family_share=0"]
    *_, pool, accounts = run(*arguments, "--no-range", "--out", tmp_path).stdout.partition("\n\n")[0].splitlines()
    assert pool.endswith("nothing levied")
    assert accounts.endswith("no value → no value")
    (found,) = json.loads(run(*arguments, "--json", "--out", tmp_path).stdout)["runs"]
    _, pool, accounts = found["funds"]
    told = (pool["required_contribution_multiple"], pool["required_contribution_status"])
    assert told == (None, "nothing_levied")
    assert accounts["reserve_months"] == [None, None]


def test_without_the_employee_scheme_there_is_one_row(tmp_path):
    done = run("baseline", "--years", ":2026", "--no-charts", "--set", "employee.projected=false", "--out", tmp_path)
    assert len(done.stdout.partition("\n\n")[0].splitlines()) == 3


def test_out_is_the_default_and_a_second_run_replaces_the_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("baseline", "--years", ":2026", "--no-charts", "--no-range").exit_code == 0
    assert run("baseline", "--years", ":2027", "--no-charts", "--no-range").exit_code == 0
    assert years_of(tmp_path / "out" / "baseline") == [2026, 2027]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["baseline"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("span", "first", "last"), [("2025:2027", 2025, 2027), (":2027", 2026, 2027), ("2024:", 2024, 2028)]
)
def test_years_set_the_valuation_year_and_the_last_year(tmp_path, span, first, last):
    (tmp_path / "mine.toml").write_text('extends = "baseline"\n[horizon]\nlast_year = 2028\n')
    told = run(tmp_path / "mine.toml", "--years", span, "--no-charts", "--no-range", "--out", tmp_path)
    assert told.exit_code == 0
    assert years_of(tmp_path / "mine") == list(range(first, last + 1))


@pytest.mark.parametrize("span", ["2030", ":", "a:b", "26:50", "2026-2030"])
def test_a_span_that_is_none_is_a_usage_error(span):
    failed = run("baseline", "--years", span)
    assert failed.exit_code == ExitCode.USAGE
    assert "write 2026:2050, :2050 or 2019:" in failed.stderr


def test_a_valuation_year_without_data_is_an_input_error(tmp_path):
    failed = run("baseline", "--years", "2031:2040", "--out", tmp_path)
    assert failed.exit_code == ExitCode.INPUT
    assert "horizon.valuation_year" in failed.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_named_is_a_usage_error_that_lists_what_there_is():
    failed = run()
    assert failed.exit_code == ExitCode.USAGE
    assert all(name in failed.stderr.replace("\n", " ") for name in shipped())


def test_a_misspelt_scenario_is_one_line_and_writes_nothing(tmp_path):
    failed = run("baselin", "high_cost", "--out", tmp_path / "out")
    assert failed.exit_code == ExitCode.INPUT
    assert "did you mean baseline?" in failed.stderr
    assert not (tmp_path / "out").exists()


def test_a_foreign_folder_is_refused_before_anything_is_computed(tmp_path):
    (tmp_path / "baseline").mkdir()
    failed = run("low_cost", "baseline", "--out", tmp_path)
    assert failed.exit_code == ExitCode.ENVIRONMENT
    assert "was not written by simsurance" in failed.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["baseline"]


def test_a_run_whose_accounts_do_not_add_up_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(identities, "TOLERANCE", -1.0)
    failed = run("baseline", "--years", ":2026", "--out", tmp_path / "out")
    assert failed.exit_code == ExitCode.IDENTITY
    assert "does not hold in 2026" in failed.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.long
def test_a_scenario_that_fails_later_leaves_what_has_been_written_and_ends_as_it_does_alone(tmp_path, monkeypatch):
    require = identities.require

    def require_but_of_one(checks, name):
        require(checks, name)
        if name == "fails":
            raise SimsuranceError("fails: does not add up", exit_code=ExitCode.IDENTITY)

    monkeypatch.setattr(identities, "require", require_but_of_one)
    short = 'title = "{0}"\ndescription = "{0}"\nextends = "baseline"\n[horizon]\nlast_year = 2026\n'
    files = [tmp_path / f"{name}.toml" for name in ("one", "two", "three", "four", "fails")]
    for file in files:
        file.write_text(short.format(file.stem))
    alone = run(files[-1], "--no-charts", "--no-range", "--out", tmp_path / "alone")
    done = run(*files, "--no-charts", "--no-range", "--jobs", "1", "--out", tmp_path / "out")
    assert alone.exit_code == done.exit_code == ExitCode.IDENTITY
    assert done.stderr == alone.stderr == "fails: does not add up\n"
    assert (done.stdout, (tmp_path / "alone").exists()) == ("", False)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["four", "one", "three", "two"]
    assert {len(list(path.iterdir())) for path in (tmp_path / "out").iterdir()} == {
        len(file_names(load(str(files[0])), charts=False, ranges=False))
    }


def test_what_the_basis_finds_is_refused_before_anything_is_written(tmp_path):
    (tmp_path / "fails.toml").write_text('extends = "baseline"\n[population.counted]\nage_60_plus = {2026 = 9.0e8}\n')
    failed = run("low_cost", tmp_path / "fails.toml", "--out", tmp_path / "out")
    assert failed.exit_code == ExitCode.INPUT
    assert "population.counted" in failed.stderr
    assert not (tmp_path / "out").exists()


def test_an_out_that_is_a_file_is_one_line(tmp_path):
    (tmp_path / "out").write_text("")
    failed = run("baseline", "--years", ":2026", "--no-charts", "--out", tmp_path / "out")
    assert failed.exit_code == ExitCode.ENVIRONMENT
    assert len(failed.stderr.splitlines()) == 1


def test_progress_is_told_to_a_terminal_alone(monkeypatch, capsys):
    with progress() as line:
        line.say("1 of 2")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("simsurance.cli.progress.PATIENCE", -1.0)
    with progress() as line:
        line.say("1 of 2")
    assert capsys.readouterr().err == "\r\x1b[2K1 of 2\r\x1b[2K"


def test_two_scenarios_for_one_folder_are_refused(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.toml").write_text('extends = "baseline"\n[horizon]\nlast_year = 2026\n')
    failed = run(tmp_path / "a" / "mine.toml", tmp_path / "b" / "mine.toml", "--out", tmp_path / "out")
    assert failed.exit_code == ExitCode.INPUT
    assert "two scenarios would write here; rename one of their files" in failed.stderr
    assert run("baseline", "baseline", "--dry-run").exit_code == 0


def test_a_dry_run_says_what_would_be_written_and_writes_nothing(tmp_path):
    planned = run("baseline", "--dry-run", "--out", tmp_path / "out", "--no-charts")
    assert planned.exit_code == 0
    assert run_id(load("baseline")) in planned.stdout
    assert planned.stdout.splitlines()[1:] == [
        f"  {tmp_path.as_posix()}/out/baseline/{name}" for name in file_names(load("baseline"), charts=False)
    ]
    assert not (tmp_path / "out").exists()


def test_a_dry_run_needs_neither_pandas_nor_matplotlib():
    code = (
        "import sys; from simsurance.cli import main\n"
        "main(['run', 'baseline', '--dry-run'], standalone_mode=False)\n"
        "assert not {'pandas', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=120)


def test_json_is_one_document_without_words_that_are_not_json(tmp_path):
    done = run("baseline", "--years", ":2027", "--no-charts", "--json", "--out", tmp_path)

    def refuse(word):
        raise AssertionError(word)

    content = json.loads(done.stdout, parse_constant=refuse)
    assert (content["schema"], content["ok"]) == ("simsurance.run/1", True)
    (found,) = content["runs"]
    assert found["measures"]["depletion_year"]["value"] is None
    assert found["measures"]["depletion_year"]["status"] == "not_depleted_by_2027"
    assert sorted([*found["outputs"], "manifest.json"]) == sorted(file_names(load("baseline"), charts=False))
    assert [fund["fund"] for fund in found["funds"]] == ["resident", "employee_pool", "personal_accounts"]
    for fund in found["funds"]:
        prefix = "" if fund["fund"] == "resident" else f"{fund['fund']}_"
        for name in ("first_deficit_year", "depletion_year"):
            assert fund[name] == found["measures"][f"{prefix}{name}"]["value"]
        ends = [found["measures"][f"{prefix}closing_{end}_year"]["value"] for end in ("first", "last")]
        assert fund["closing"] == ends
    plan = json.loads(run("baseline", "--years", ":2027", "--dry-run", "--json", "--out", tmp_path).stdout)
    assert plan["runs"][0]["run_id"] == found["run_id"]


def test_fragments_and_settings_reach_the_run(tmp_path):
    done = run(
        "baseline",
        "--with",
        "prepaid_70",
        "--set",
        "fund.opening=0",
        "--years",
        ":2026",
        "--no-charts",
        "--no-range",
        "--out",
        tmp_path,
    )
    assert done.exit_code == 0, done.stderr
    text = (tmp_path / "baseline+prepaid_70" / "summary.md").read_text()
    assert "`fund.opening = 0` (`--set`)" in text
    assert "`contributions.prepaid_share = 0.7` (`scenarios/fragments/prepaid_70.toml`)" in text


@pytest.mark.long
def test_chinese_is_a_choice_of_language(tmp_path):
    assert run("baseline", "--years", ":2026", "--lang", "zh", "--out", tmp_path).exit_code == 0
    assert (tmp_path / "baseline" / "summary.md").read_text().startswith("# 基准情景")
    assert "亿元" in (tmp_path / "baseline" / "charts" / "fund_balance.csv").read_text()
    assert run("baseline", "--lang", "fr").exit_code == ExitCode.USAGE


def test_the_same_numbers_as_in_a_notebook(tmp_path):
    run("baseline", "--years", ":2028", "--no-charts", "--no-range", "--out", tmp_path)
    results = projected(**{"horizon.last_year": 2028})
    with (tmp_path / "baseline" / "fund.csv").open() as file:
        closing = [float(row["closing"]) for row in csv.DictReader(file)]
    assert closing == results.fund["closing"].tolist()
