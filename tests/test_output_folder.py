"""An output folder appears whole or not at all, and replaces nothing that simsurance did not write."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance import drafts
from simsurance.cli import main
from simsurance.drafts import draft_folder
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.output import save as save_module
from simsurance.output.folder import new_folder, prepare, refuse_foreign
from simsurance.output.manifest import as_json
from simsurance.output.planned import file_names, run_id

pytestmark = pytest.mark.usefixtures("shared_ranges")


@pytest.fixture(scope="module")
def results():
    return ss.run("baseline", **{"horizon.last_year": 2027})


@pytest.fixture(scope="module")
def saved(results, tmp_path_factory):
    """A folder with charts."""
    folder = tmp_path_factory.mktemp("with_charts")
    results.save(folder / "run")
    return folder


def files(path):
    return sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file())


def test_a_folder_holds_exactly_the_files_that_are_announced(results, saved):
    announced = file_names(results.scenario)
    assert files(saved / "run") == sorted(announced)
    assert files(saved) == sorted(f"run/{name}" for name in announced)


@pytest.mark.long
def test_a_folder_without_the_employee_scheme_holds_the_files_announced_for_it(tmp_path):
    alone = ss.run("baseline", **{"horizon.last_year": 2026, "employee.projected": False})
    alone.save(tmp_path / "run")
    assert files(tmp_path / "run") == sorted(file_names(alone.scenario))
    assert "charts/employee_fund_balance.png" in set(file_names(ss.load("baseline"))) - set(file_names(alone.scenario))


@pytest.mark.long
def test_without_charts_matplotlib_is_not_imported(tmp_path):
    code = (
        "import sys, simsurance as ss\n"
        "ss.run('baseline', **{'horizon.last_year': 2026}).save(sys.argv[1], charts=False)\n"
        "assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "run")], check=True, timeout=120)
    assert not (tmp_path / "run" / "charts").exists()


@pytest.mark.parametrize("error", [ValueError("broken"), KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_nothing_is_left_when_writing_fails_and_the_old_folder_stays(results, tmp_path, monkeypatch, error):
    results.save(tmp_path / "run", charts=False)
    before = {name: (tmp_path / "run" / name).read_bytes() for name in files(tmp_path / "run")}

    def fail(*_):
        raise error

    monkeypatch.setattr(save_module, "run_manifest", fail)
    with pytest.raises(type(error)):
        results.save(tmp_path / "run", charts=False)
    assert {name: (tmp_path / "run" / name).read_bytes() for name in files(tmp_path / "run")} == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    with pytest.raises(type(error)):
        results.save(tmp_path / "new", charts=False)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_the_old_folder_comes_back_when_the_new_one_cannot_be_put_in_its_place(results, tmp_path, monkeypatch):
    results.save(tmp_path / "run", charts=False)
    rename = type(tmp_path).rename

    def fail(path, target):
        if path.name.endswith(".partial"):
            raise PermissionError(13, "Permission denied", str(target))
        return rename(path, target)

    monkeypatch.setattr(type(tmp_path), "rename", fail)
    with pytest.raises(PermissionError):
        results.save(tmp_path / "run", charts=False)
    assert (tmp_path / "run" / "manifest.json").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.long
@pytest.mark.parametrize(
    "what",
    [
        "folder",
        "file",
        "link",
        "other manifest",
        "own notes",
        "hidden notes",
        "hidden folder",
        "own folder",
        "link inside",
    ],
)
def test_what_simsurance_did_not_write_is_refused_and_left_alone(results, tmp_path, what):
    path = tmp_path / "run"
    match what:
        case "folder":
            path.mkdir()
            (path / "thesis.txt").write_text("years of work")
        case "file":
            path.write_text("years of work")
        case "link":
            results.save(tmp_path / "elsewhere", charts=False)
            path.symlink_to(tmp_path / "elsewhere")
        case "other manifest":
            path.mkdir()
            (path / "manifest.json").write_text('{"made_by": "another"}')
        case "own notes":
            results.save(path, charts=False)
            (path / "notes.md").write_text("mine")
        case "hidden notes" | "hidden folder":
            results.save(path, charts=False)
            (path / ".git").mkdir()
            (path / ".git" / "HEAD").write_text("mine") if what == "hidden notes" else None
        case "own folder":
            results.save(path, charts=False)
            (path / "plans").mkdir()
        case "link inside":
            results.save(path, charts=False)
            (path / "summary.md").rename(tmp_path / "summary.md")
            (path / "summary.md").symlink_to(tmp_path / "summary.md")
    before = files(tmp_path)
    with pytest.raises(SimsuranceError, match="was not written by simsurance") as refused:
        results.save(path, charts=False)
    assert refused.value.exit_code == ExitCode.ENVIRONMENT
    assert files(tmp_path) == before


def test_an_edited_file_is_refused_and_left_alone(results, tmp_path):
    results.save(tmp_path / "run", charts=False)
    with (tmp_path / "run" / "summary.md").open("a") as summary:
        summary.write("my comment")
    with pytest.raises(
        SimsuranceError, match=r"summary\.md: has been changed since it was written; move it"
    ) as refused:
        results.save(tmp_path / "run", charts=False)
    assert refused.value.exit_code == ExitCode.ENVIRONMENT
    assert (tmp_path / "run" / "summary.md").read_text().endswith("my comment")


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace('"complete"', '"draft"'),
        lambda text: text + "\n",
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace('"seal": "', '"seal": "0'),
    ],
    ids=["a word", "a line", "line ends", "the seal"],
)
def test_an_edited_manifest_is_refused_and_left_alone(results, tmp_path, edit):
    results.save(tmp_path / "run", charts=False)
    manifest = tmp_path / "run" / "manifest.json"
    edited = edit(manifest.read_text(encoding="utf-8")).encode()
    manifest.write_bytes(edited)
    with pytest.raises(SimsuranceError, match=r"manifest\.json: has been changed since it was written") as refused:
        results.save(tmp_path / "run", charts=False)
    assert refused.value.exit_code == ExitCode.ENVIRONMENT
    assert manifest.read_bytes() == edited


@pytest.mark.parametrize("content", [b"", b'{"made_by": "simsur', b"\xff\xfe{}", b"[" * 100_000])
def test_a_damaged_manifest_is_one_line(tmp_path, content):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "manifest.json").write_bytes(content)
    with pytest.raises(SimsuranceError) as refused:
        prepare(tmp_path / "run")
    assert refused.value.lines[0].startswith(f"{tmp_path / 'run' / 'manifest.json'}: is damaged; ")
    assert (refused.value.exit_code, len(refused.value.lines)) == (ExitCode.INPUT, 1)


def test_a_manifest_of_gigabytes_is_refused_before_it_is_read(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "manifest.json").write_bytes(b"{")
    os.truncate(tmp_path / "run" / "manifest.json", 5 << 30)
    with pytest.raises(SimsuranceError, match="is damaged"):
        prepare(tmp_path / "run")


def test_the_draft_of_a_killed_run_is_taken_away_and_that_of_a_live_one_is_not(results, tmp_path):
    with draft_folder(tmp_path / "run") as alive:
        dead = tmp_path / ".run.abcdefgh.partial"
        (dead / "charts").mkdir(parents=True)
        others = [tmp_path / name for name in (".run.mine.partial", ".other.abcdefgh.partial", ".run.abcdefgh.keep")]
        for other in others:
            other.mkdir()
        results.save(tmp_path / "run", charts=False)
        assert alive.is_dir()
        assert not dead.exists()
        assert all(other.is_dir() for other in others)


def test_without_locks_a_draft_is_left_behind_after_a_day(results, tmp_path, monkeypatch):
    monkeypatch.setattr(drafts, "fcntl", None)
    young, old = (tmp_path / f".run.{name}.partial" for name in ("abcdefgh", "ijklmnop"))
    young.mkdir()
    old.mkdir()
    os.utime(old, (0, 0))
    results.save(tmp_path / "run", charts=False)
    assert young.is_dir()
    assert not old.exists()


def test_a_former_folder_goes_back_to_its_place_or_makes_room(results, tmp_path):
    results.save(tmp_path / "run", charts=False)
    (tmp_path / "run").rename(tmp_path / "run.former")
    prepare(tmp_path / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    shutil.copytree(tmp_path / "run", tmp_path / "run.former")
    prepare(tmp_path / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    (tmp_path / "run.former").mkdir()
    with pytest.raises(SimsuranceError, match=r"run\.former: was not written by simsurance"):
        results.save(tmp_path / "run", charts=False)
    assert (tmp_path / "run.former").is_dir()


@pytest.mark.parametrize(
    "command", [["run", "baseline"], ["compare", "baseline", "high_cost"], ["schemes", "baseline"]]
)
def test_where_nothing_can_be_written_nothing_is_computed(tmp_path, monkeypatch, command):
    monkeypatch.setattr("simsurance.results.simulate", None)
    monkeypatch.setattr("simsurance.results.blocks", None)
    (tmp_path / "file").write_text("")
    told = CliRunner().invoke(main, [*command, "--out", str(tmp_path / "file" / "out")])
    assert (told.exit_code, told.stderr) == (ExitCode.ENVIRONMENT, f"{tmp_path / 'file'}: Not a directory\n")
    monkeypatch.setattr(os, "access", lambda place, how: place != tmp_path)
    told = CliRunner().invoke(main, [*command, "--out", str(tmp_path / "new" / "out")])
    assert (told.exit_code, told.stderr) == (ExitCode.ENVIRONMENT, f"{tmp_path}: Permission denied\n")


def test_what_a_file_browser_left_behind_does_not_stop_a_run(results, tmp_path):
    results.save(tmp_path / "run", charts=False)
    (tmp_path / "run" / ".DS_Store").write_text("")
    refuse_foreign(tmp_path / "run")


def test_an_interrupted_process_leaves_no_folder(tmp_path):
    code = (
        "import signal, sys, time; from pathlib import Path; from simsurance.output.folder import new_folder\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # ignored where the tests run in the background
        "with new_folder(Path(sys.argv[1])) as draft:\n"
        "    (draft / 'half').write_text('x'); print('writing', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "run")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout.readline() == b"writing\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) != 0
    process.stdout.close()
    assert list(tmp_path.iterdir()) == []


def test_permissions_are_those_of_a_plain_folder(tmp_path):
    (tmp_path / "plain").mkdir()
    with new_folder(tmp_path / "run"):
        pass
    assert os.stat(tmp_path / "run").st_mode == os.stat(tmp_path / "plain").st_mode


def test_the_manifest_names_every_file_with_its_hash(results, saved):
    manifest = json.loads((saved / "run" / "manifest.json").read_text())
    assert sorted([*manifest["outputs"], "manifest.json"]) == files(saved / "run")
    for name, digest in manifest["outputs"].items():
        assert hashlib.sha256((saved / "run" / name).read_bytes()).hexdigest() == digest
    assert manifest["run_id"] == run_id(results.scenario)
    assert manifest["status"] == "complete"
    assert all(check["holds"] for check in manifest["checks"])
    assert "scenarios/baseline.toml" in manifest["inputs"]
    assert "simsurance/data/published.csv" in manifest["inputs"]
    assert set(manifest["origins"].values()) == {"scenarios/baseline.toml", "replace"}


@pytest.mark.long
def test_two_runs_differ_in_the_environment_alone(saved, tmp_path):
    ss.run("baseline", **{"horizon.last_year": 2027}).save(tmp_path / "run")
    one, two = (json.loads((folder / "run" / "manifest.json").read_text()) for folder in (saved, tmp_path))
    assert one.pop("environment").keys() == two.pop("environment").keys()
    assert one.pop("seal") != two.pop("seal")
    assert one == two


def test_the_run_id_changes_with_any_value_and_with_any_byte_of_a_table(tmp_path):
    base = ss.load("baseline")
    assert run_id(base) == run_id(ss.load("baseline"))
    assert run_id(base.replace({"fund.administration_share": 0.001})) != run_id(base)
    table = tmp_path / "use.csv"
    original = base.tables["claims.inpatient.use_table"].read_bytes()
    table.write_bytes(original)
    own = ss.load(base.name, settings=[f'claims.inpatient.use_table="{table}"'])
    before = run_id(own)
    table.write_bytes(original + b"\n")
    assert run_id(own) != before


def test_json_never_holds_what_is_not_json():
    with pytest.raises(ValueError, match="JSON"):
        as_json({"value": float("nan")})


def test_the_resolved_scenario_gives_the_same_run(results, tmp_path):
    results.save(tmp_path / "run", charts=False)
    again = ss.run(tmp_path / "run" / "scenario.toml")
    assert again.fund.equals(results.fund)


def test_results_are_the_same_bytes_from_any_folder_and_name_no_folder(tmp_path, monkeypatch):
    home = tmp_path / "jane" / "work"
    (home / "tables").mkdir(parents=True)
    (tmp_path / "jane" / "shared").mkdir()
    shipped = ss.load("baseline").tables
    shutil.copy(shipped["claims.inpatient.use_table"], home / "tables" / "own.csv")
    shutil.copy(shipped["claims.inpatient.cost_table"], tmp_path / "jane" / "shared" / "own.csv")
    (home / "mine.toml").write_text(
        'extends = "baseline"\ntitle = "Mine"\n[horizon]\nlast_year = 2026\n[claims.inpatient]\n'
        'use_table = "tables/own.csv"\ncost_table = "../shared/own.csv"\n'
    )
    wrote = {}
    for place, scenario in (
        (home, "mine.toml"),
        (tmp_path, str(home / "mine.toml")),
        (home / "tables", "../mine.toml"),
    ):
        monkeypatch.chdir(place)
        called = ["run", scenario, "--no-range", "--no-charts", "--out", str(tmp_path / "out" / place.name)]
        monkeypatch.setattr(sys, "argv", ["simsurance", *called])
        told = CliRunner().invoke(main, called)
        assert told.exit_code == 0, told.stderr
        made = tmp_path / "out" / place.name / "mine"
        texts = {name: (made / name).read_bytes() for name in files(made)}
        manifest = json.loads(texts.pop("manifest.json"))
        assert str(tmp_path) not in manifest.pop("environment")["command"]
        manifest.pop("seal")
        assert not [name for name, text in (*texts.items(), ("", repr(manifest).encode())) if b"jane" in text]
        wrote[place] = texts, manifest
    monkeypatch.chdir(tmp_path)
    (texts, manifest), *others = wrote.values()
    assert all(other == (texts, manifest) for other in others)
    assert {"mine.toml", "tables/own.csv", "own.csv"} <= set(manifest["inputs"])
    assert {"tables/own.csv", "tables/1/own.csv"} <= set(manifest["outputs"])
    shutil.rmtree(home)
    again = ss.run(tmp_path / "out" / "work" / "mine" / "scenario.toml")
    assert (tmp_path / "out" / "work" / "mine" / "fund.csv").read_text() == again.fund.to_csv(lineterminator="\n")


def test_the_manifest_hashes_what_was_read_and_when_it_was_read(tmp_path):
    table, scenario = tmp_path / "use.csv", tmp_path / "mine.toml"
    original = ss.load("baseline").tables["claims.inpatient.use_table"].read_bytes()
    table.write_bytes(original)
    scenario.write_text(
        'extends = "baseline"\n[horizon]\nlast_year = 2026\n[claims.inpatient]\nuse_table = "use.csv"\n'
    )
    read = scenario.read_bytes()
    run = ss.run(scenario)
    assert run.twins
    table.unlink()
    scenario.write_text("# edited while it ran\n")
    run.save(tmp_path / "run", charts=False, ranges=False)
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["inputs"]["mine.toml"] == hashlib.sha256(read).hexdigest()
    assert manifest["inputs"]["use.csv"] == hashlib.sha256(original).hexdigest()
    assert (tmp_path / "run" / "tables" / "use.csv").read_bytes() == original
