"""A saved run gives its charts and tables once more, to the byte, without the engine."""

import json
import os
import shutil
import signal

import pytest
from PIL import Image
from saved_folders import call, contents

import simsurance as ss
from simsurance.errors import ExitCode
from simsurance.model import projection
from simsurance.output.easel import Easel
from simsurance.output.labels import chart_names
from simsurance.output.planned import KEPT, LARGE, TABLES, file_names
from simsurance.scenario_file.loader import load

OWN = ["--set", "horizon.last_year=2032", "--set", "fund.administration_share=0.01", "--with", "payment_ratio_up"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run with everything written, in Chinese and with a byte order mark."""
    out = tmp_path_factory.mktemp("whole")
    done = call("run", "baseline", *OWN, "--lang", "zh", "--bom", "--out", out)
    assert done.exit_code == 0, done.stderr
    (folder,) = out.iterdir()
    return folder


@pytest.fixture
def little(whole, tmp_path):
    """The same run with the least that can be written; its scenario is the same."""
    options = ["--formats", "svg", "--tables", "checks"]
    done = call("run", "baseline", *OWN, "--lang", "zh", "--bom", *options, "--out", tmp_path)
    assert done.exit_code == 0, done.stderr
    return tmp_path / whole.name


@pytest.mark.long
def test_what_was_left_out_comes_to_the_same_bytes_without_a_projection(whole, little, monkeypatch):
    def never(*_):
        raise AssertionError("projected")

    told = json.loads((little / "manifest.json").read_text())["left_out"]
    assert told["formats"] == ["png"]
    assert set(told["tables"]) == {
        *TABLES,
        "accrued_bonus",
        "adjustment",
        "bonds",
        "choices",
        "tiers",
        "single_changes",
    } - {"checks"}
    assert not set(contents(little)) & {"fund.csv", "ages.csv", "charts/insured.png"}
    monkeypatch.setattr(projection, "project_block", never)
    done = call("rebuild", little)
    assert done.exit_code == 0, done.stderr
    assert f"{little.as_posix()}/charts/insured.png" in done.stdout.splitlines()
    assert contents(little) == contents(whole)
    own, other = (json.loads((folder / "manifest.json").read_text()) for folder in (little, whole))
    assert own["outputs"] == other["outputs"]
    assert own["left_out"] == other["left_out"] == {"formats": [], "tables": []}
    assert call("run", "baseline", *OWN, "--no-charts", "--no-range", "--out", little.parent).exit_code == ExitCode.BUG


@pytest.mark.long
def test_a_part_is_rebuilt_and_the_rest_stays_kept(whole, little):
    assert call("rebuild", little, "--tables", "ages").exit_code == 0
    assert (little / "ages.csv").read_bytes() == (whole / "ages.csv").read_bytes()
    assert not (little / "charts" / "insured.png").exists()
    assert "ages" not in json.loads((little / "manifest.json").read_text())["left_out"]["tables"]
    ss.rebuild(little, formats=["png"])
    assert (little / "charts" / "insured.png").read_bytes() == (whole / "charts" / "insured.png").read_bytes()
    assert KEPT in contents(little)


@pytest.mark.long
def test_charts_come_from_tables_as_csv_too(whole, tmp_path):
    again = tmp_path / whole.name
    shutil.copytree(whole, again)
    shutil.rmtree(again / "charts")
    assert call("rebuild", again).exit_code == 0
    assert contents(again) == contents(whole)


@pytest.mark.long
def test_what_cannot_be_rebuilt_is_told_in_a_line(whole, tmp_path):
    def told(folder):
        failed = call("rebuild", folder)
        (line,) = failed.stderr.splitlines()
        return failed.exit_code, line

    assert told(tmp_path) == (
        ExitCode.INPUT,
        f"{tmp_path}: is no folder that can be rebuilt; `simsurance rebuild --help` names the commands that write one",
    )
    again = tmp_path / whole.name
    shutil.copytree(whole, again)
    (again / "fund.csv").unlink()
    code, line = told(again)
    assert (code, line) == (
        ExitCode.ENVIRONMENT,
        f"{again}/fund.csv: is missing; restore it, or run the command again",
    )
    (again / "fund.csv").write_text("changed")
    assert (
        told(again)[1]
        == f"{again}/fund.csv: has been changed since it was written; restore it, or run the command again"
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--formats", "gif"], "--formats: 'gif' is none of the formats; all, or some of png, svg, by commas"),
        (["--formats", ""], "--formats: '' is none of the formats"),
        (["--tables", "fund,agess"], "--tables: 'agess' is none of the tables; did you mean ages?"),
    ],
)
def test_a_wrong_name_is_a_line(options, words, tmp_path):
    for command in (["run", "baseline", "--out", tmp_path / "out"], ["rebuild", tmp_path]):
        failed = call(*command, *options)
        assert failed.exit_code == ExitCode.INPUT
        (line,) = failed.stderr.splitlines()
        assert words in line


@pytest.mark.long
def test_of_several_scenarios_large_files_are_left_out(tmp_path):
    asked = ["run", "baseline", "high_cost", "--set", "horizon.last_year=2026", "--no-range", "--out"]
    few, many = tmp_path / "one", tmp_path / "two"
    for jobs, out in ((1, few), (2, many)):
        done = call(*asked, out, "--jobs", jobs)
        assert done.exit_code == 0, done.stderr
        assert "baseline" in done.stdout
    for name in ("baseline", "high_cost"):
        assert contents(few / name) == contents(many / name)
        written = contents(many / name)
        assert not [file for file in written if file.endswith(".svg")]
        assert KEPT in written
        told = json.loads((many / name / "manifest.json").read_text())["left_out"]
        assert told == {"formats": ["svg"], "tables": list(LARGE)}
    plan = json.loads(call(*asked, many, "--dry-run", "--json").stdout)
    for run in plan["runs"]:
        assert sorted(run["files"]) == sorted([*contents(many / run["scenario"]), "manifest.json"])
    assert call("rebuild", *(many / name for name in ("baseline", "high_cost"))).exit_code == 0
    assert sorted([*contents(many / "baseline"), "manifest.json"]) == sorted(
        file_names(load("baseline", settings=["horizon.last_year=2026"]), ranges=False)
    )


@pytest.mark.long
def test_charts_drawn_by_two_processes_are_those_of_one(tmp_path):
    asked = ["run", "baseline", "--set", "horizon.last_year=2030", "--out"]
    for jobs in (1, 2):
        assert call(*asked, tmp_path / str(jobs), "--jobs", jobs).exit_code == 0
    one, two = (contents(tmp_path / str(jobs) / "baseline") for jobs in (1, 2))
    assert one == two
    assert "charts/fund_balance.svg" in one


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
@pytest.mark.parametrize("both", [True, False], ids=["both", "one of two"])
def test_charts_of_a_process_that_died_are_drawn_here(monkeypatch, both):
    drawn, here = Easel._drawn, os.getpid()

    def dies(self, names, begun):
        if both or os.getppid() != here:
            os._exit(self._taken(names, begun) is None)
        return drawn(self, names, begun)

    monkeypatch.setattr(Easel, "_drawn", dies)
    results = ss.run("baseline", **{"horizon.last_year": 2026}).shown
    easel = Easel("en", ["svg"], ranged=False)
    easel.show(results)
    assert list(easel.files()) == list(chart_names(results.scenario))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
def test_a_chart_that_cannot_be_drawn_ends_in_its_own_words(monkeypatch):
    drawn, here = Easel._files_of, os.getpid()

    def fails(self, name):
        if here in (os.getpid(), os.getppid()):  # but not in the copy of a copy, which goes on
            raise ValueError("no such chart")
        return drawn(self, name)

    def late(*_):
        raise TimeoutError("a copy waits for ever")

    results = ss.run("baseline", **{"horizon.last_year": 2026}).shown
    monkeypatch.setattr(Easel, "_files_of", fails)
    easel = Easel("en", ["svg", "png"], ranged=False)
    signal.signal(signal.SIGALRM, late)
    signal.alarm(120)
    try:
        easel.show(results)
        with pytest.raises(ValueError, match="no such chart"):
            easel.files()
    finally:
        signal.alarm(0)


@pytest.mark.long
def test_a_picture_says_what_it_shows_to_who_cannot_see_it(whole):
    with Image.open(whole / "charts" / "insured.png") as picture:
        title, told = picture.text["Title"], picture.text["Description"]
    assert told.startswith(title)
    assert "2026" in told
    assert "2032" in told
    assert title in (whole / "charts" / "insured.svg").read_text(encoding="utf-8")


def test_layers_are_told_by_their_own_size():
    results = ss.run("baseline", **{"horizon.last_year": 2026})
    told = results.plot.members_by_scheme().told
    active = float(results.shown.accounts["employee_pool"]["employee_active"][-1]) / 1e6
    assert f"{active:.3g}" in told
