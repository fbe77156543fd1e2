"""Draws on a cluster: a scheduler and workers that are processes of their own on this machine."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from simsurance.cli import main
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.scenario_file.loader import load
from simsurance.uncertainty import cluster
from simsurance.uncertainty.chunks import COLUMNS, Columns
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.stochastic import Plan, project

HERE = Path(__file__).parent
SHORT = {"horizon.last_year": 2027, "employee.projected": False}
DRAWS = 32
CALL = ["stochastic", "baseline", "--draws", str(DRAWS), "--no-charts", "--set", "horizon.last_year=2027"]
CALL += ["--set", "employee.projected=false"]
needs_dask = pytest.mark.skipif(cluster.find_spec("distributed") is None, reason="the extra `cluster` is not installed")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(*commands: list[str], **variables: str) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Processes of `dask`, which end with the block."""
    environment = os.environ | {"PYTHONPATH": f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"} | variables
    dask = [sys.executable, "-m", "dask"]
    started = [
        subprocess.Popen([*dask, *command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for command in commands
    ]
    try:
        yield started
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    with running(["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]):
        yield address


def worker(address: str, name: str, folder: Path, threads: int = 1) -> list[str]:
    return [
        *("worker", address, "--nthreads", str(threads), "--no-nanny", "--no-dashboard", "--name", name),
        *("--local-directory", str(folder / name), "--preload", "cluster_worker"),
    ]


def on(address: str, out: Path, *more: str) -> Result:
    return CliRunner().invoke(main, [*CALL, "--out", str(out), "--scheduler", address, "--task", "4", *more])


def lines(folder: Path) -> list[str]:
    return [line for log in folder.iterdir() if log.name != "left" for line in log.read_text().splitlines()]


@needs_dask
def test_a_worker_that_leaves_changes_no_bit_and_costs_its_last_chunk_alone(scheduler: str, tmp_path: Path) -> None:
    """Draws stand in order whoever computed them, byte for byte as in one process."""
    plan, parts, log = Plan((load("baseline").replace(SHORT),), Sample(DRAWS, 1)), tmp_path / "parts", tmp_path / "log"
    log.mkdir()
    project(plan, None, tmp_path / "alone", size=4)
    commands = [worker(scheduler, name, tmp_path) for name in ("one", "other")]
    with running(*commands, SIMSURANCE_LOG=str(log), SIMSURANCE_LEAVE="yes") as workers:
        project(plan, cluster.on_cluster(scheduler, 4), parts, size=4)
        assert sorted(each.poll() or 0 for each in workers) == [0, 7]
    assert (log / "left").exists()
    assert sorted(lines(log)) == sorted(f"{first},{first + 4}" for first in range(0, DRAWS, 4))
    assert Columns(DRAWS, parts).missing() == []
    assert (parts / COLUMNS).read_bytes() == (tmp_path / "alone" / COLUMNS).read_bytes()


@needs_dask
def test_the_command_gives_the_same_files_and_an_interrupted_one_goes_on(scheduler: str, tmp_path: Path) -> None:
    """On a worker with two threads, which is told of."""
    log = tmp_path / "log"
    log.mkdir()
    alone = CliRunner().invoke(main, [*CALL, "--jobs", "1", "--out", str(tmp_path / "alone")])
    assert alone.exit_code == 0, alone.output
    with running(worker(scheduler, "one", tmp_path, threads=2), SIMSURANCE_LOG=str(log)):
        environment = os.environ | {"PYTHONUNBUFFERED": "1"}
        call = [sys.executable, "-c", "from simsurance.cli import main; main()", *CALL, "--scheduler", scheduler]
        heard = partial(
            signal.signal, signal.SIGINT, signal.SIG_DFL
        )  # where the tests run in the background, it is ignored
        in_tasks = [*call, "--task", "4", "--out", str(tmp_path / "out")]
        first = subprocess.Popen(in_tasks, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=heard)
        while len(lines(log)) < 3:
            assert first.poll() is None, first.stderr and first.stderr.read()
        first.send_signal(signal.SIGINT)
        note, told = first.communicate(timeout=60)[1].splitlines()
        assert note.startswith(f"{scheduler}: 1 of 1 workers have several threads")
        assert first.returncode == ExitCode.INTERRUPTED
        assert told == "interrupted; the command again goes on from what is done"
        (parts,) = (tmp_path / "out").glob("*.parts")
        before = {line.rsplit(",", 2)[0] for line in (parts / "done.csv").read_text().splitlines()}
        assert 2 <= len(before) < DRAWS / 4
        after = on(scheduler, tmp_path / "out")
        assert after.exit_code == 0, after.output
    for file in ("percentiles", "probabilities", "measures", "draws", "dated"):
        found, wanted = (tmp_path / each / "stochastic-baseline" / f"{file}.csv" for each in ("out", "alone"))
        assert found.read_bytes() == wanted.read_bytes(), file
    twice = [line for line in before if lines(log).count(line) > 1]
    assert twice == []
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["stochastic-baseline"]


@needs_dask
def test_a_scheduler_that_is_lost_is_told_and_what_is_done_stays(tmp_path: Path) -> None:
    plan, port = Plan((load("baseline").replace(SHORT),), Sample(DRAWS, 1)), free_port()
    (tmp_path / "log").mkdir()
    address = f"tcp://127.0.0.1:{port}"
    commands = [
        ["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"],
        worker(address, "one", tmp_path),
    ]
    with running(*commands, SIMSURANCE_LOG=str(tmp_path / "log")) as (scheduler, _):

        def tell(done: int, of: int) -> None:
            if done:
                scheduler.kill()

        with pytest.raises(SimsuranceError, match=f"^{address}: the scheduler was lost") as told:
            project(plan, cluster.on_cluster(address, 4), tmp_path / "parts", tell, size=4)
    assert told.value.exit_code == ExitCode.ENVIRONMENT
    left = sum(last - first for first, last in Columns(DRAWS, tmp_path / "parts").missing())
    assert 0 < left < DRAWS


@needs_dask
def test_a_worker_of_another_version_is_refused_in_a_line(scheduler: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.mkdir()
    with running(worker(scheduler, "old", tmp_path), SIMSURANCE_LOG=str(log), SIMSURANCE_VERSION="0.0.1"):
        told = on(scheduler, tmp_path)
    assert told.exit_code == ExitCode.ENVIRONMENT
    (line,) = told.stderr.splitlines()
    assert line.startswith(f"{scheduler}: tcp://127.0.0.1:")
    assert f"has simsurance 0.0.1, not {cluster.__version__}" in line
    assert lines(log) == []


@needs_dask
def test_an_address_that_does_not_answer_and_one_without_workers_are_told_in_time(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 2.0)
    nobody = f"tcp://127.0.0.1:{free_port()}"
    for address, words in ((nobody, "no scheduler answered within 2 s"), (scheduler, "has no worker after 2 s")):
        told = on(address, tmp_path)
        assert told.exit_code == ExitCode.ENVIRONMENT, told.output
        (line,) = told.stderr.splitlines()
        assert line.startswith(address)
        assert words in line


def test_without_dask_a_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda name: None)
    with pytest.raises(SimsuranceError, match=r"--scheduler: .* pip install 'simsurance\[cluster\]'") as told:
        cluster.on_cluster("tcp://127.0.0.1:1", 100)
    assert told.value.exit_code == ExitCode.ENVIRONMENT


def test_what_differs_of_a_worker_is_named() -> None:
    own = cluster.versions()
    assert cluster.difference(own, own) == ""
    assert cluster.difference(own, own | {"engine": "other"}) == f"has engine other, not {own['engine']}"
    assert "numpy unknown" in cluster.difference(own, {"simsurance": own["simsurance"]})
    with pytest.raises(SimsuranceError, match="has numpy"):
        cluster.chunk(b"", (0, 1), own | {"numpy": "1.0"})


def test_the_last_task_is_no_smaller_than_asked() -> None:
    assert cluster.at_least([(0, 100), (100, 200), (200, 256)], 100) == [(0, 100), (100, 256)]
    assert cluster.at_least([(0, 56), (100, 200)], 100) == [(0, 56), (100, 200)]


def test_own_tables_travel_with_the_work_and_packaged_ones_stay(tmp_path: Path) -> None:
    scenario = load("baseline").replace(SHORT)
    file = tmp_path / "own.csv"
    packaged = scenario.tables["uncertainty.parameters_table"]
    file.write_bytes(packaged.read_bytes())
    own = scenario.replace({"uncertainty.parameters_table": str(file)})
    content = cluster.packed(Plan((own,), Sample(16, 1)))
    file.unlink()
    found = cluster.unpacked(content)
    assert isinstance(found, Plan)
    table = found.scenarios[0].tables["uncertainty.parameters_table"]
    assert (table.name, table.read_bytes()) == ("own.csv", packaged.read_bytes())
    assert found.scenarios[0].tables["population.stock_table"] == scenario.tables["population.stock_table"]
    plain = Plan((scenario,), Sample(16, 1)).chunk(0, 2)
    for name, values in found.chunk(0, 2).items():
        np.testing.assert_array_equal(values, plain[name], err_msg=name)
