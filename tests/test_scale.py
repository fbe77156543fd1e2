"""Many draws: kept on disk by column, within a budget of memory, as Parquet."""

import os
import re
import subprocess
import sys
import tracemalloc
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from simsurance.cli import COMMANDS, main
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.output import parquet
from simsurance.output.save import save_stochastic
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.schedule import values_by_year
from simsurance.uncertainty import jobs
from simsurance.uncertainty.chunks import COLUMNS, DONE, LAYOUT, Columns, pieces
from simsurance.uncertainty.draws import in_order
from simsurance.uncertainty.memory import SIZES, need
from simsurance.uncertainty.parameters import value_at
from simsurance.uncertainty.sampling import WINDOW, Sample
from simsurance.uncertainty.stochastic import Plan, Stochastic, central_runs, project, said_of, stochastic

SHORT = {"horizon.last_year": 2027, "employee.projected": False}
CALL = ["stochastic", "baseline", "--draws", "16", "--jobs", "1", "--no-charts"]
CALL += ["--set", "horizon.last_year=2027", "--set", "employee.projected=false"]


@cache
def run() -> Stochastic:
    (found,) = stochastic([load("baseline").replace(SHORT)], Sample(16, 1))
    return found


# --- columns ---------------------------------------------------------------------------------------------------------------


def test_chunks_of_any_size_and_order_make_the_same_columns(tmp_path: Path) -> None:
    whole = {"a": np.arange(20.0).reshape(10, 2), "b": np.arange(10) % 3 == 0}
    columns = Columns(10, tmp_path)
    for first, last in ((7, 10), (0, 3)):
        columns.put((first, last), {name: values[first:last] for name, values in whole.items()})
    again = Columns(10, tmp_path)
    assert again.missing() == [(3, 7)]
    assert pieces(again.missing(), 3) == [(3, 6), (6, 7)]
    again.put((3, 7), {name: values[3:7] for name, values in whole.items()})
    assert again.missing() == Columns(10, tmp_path).missing() == []
    for name, values in whole.items():
        assert again[name].dtype == values.dtype
        np.testing.assert_array_equal(again[name], values)


def test_a_column_that_a_chunk_lacks_is_empty_there(tmp_path: Path) -> None:
    columns = Columns(6, tmp_path)
    columns.put((0, 2), {"a": np.ones(2)})
    columns.put((2, 4), {"a": np.ones(2), "b": np.full((2, 2), 5.0)})
    columns.put((4, 6), {"b": np.full((2, 2), 6.0)})
    assert Columns(6, tmp_path).missing() == []
    np.testing.assert_array_equal(columns["a"], [1, 1, 1, 1, np.nan, np.nan])
    np.testing.assert_array_equal(columns["b"][:, 1], [np.nan, np.nan, 5, 5, 6, 6])


@pytest.mark.parametrize("file", [COLUMNS, DONE, LAYOUT])
def test_what_is_damaged_is_missing_and_what_is_not_stays(tmp_path: Path, file: str) -> None:
    columns = Columns(4, tmp_path)
    for first in (0, 2):
        columns.put((first, first + 2), {"a": np.full(2, float(first))})
    content = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(content[:-4])
    assert Columns(4, tmp_path).missing() == ([(0, 4)] if file == LAYOUT else [(2, 4)])


def test_columns_without_a_folder_are_gone_with_their_last_user() -> None:
    columns = Columns(1)
    columns.put((0, 1), {"a": np.ones(1)})
    folder, values = columns.folder, columns["a"]
    assert (folder / COLUMNS).exists()
    del columns
    assert not folder.exists()
    assert values[0] == 1


@pytest.mark.parametrize("sampler", ["sobol", "lhs", "plain"])
def test_numbers_are_the_same_in_whatever_parts_they_are_asked_for(sampler: str) -> None:
    sample = Sample(8 * 2 * WINDOW, 5, sampler)
    whole = sample.normals(3, 0, sample.draws)
    parts = [sample.normals(3, first, min(first + 100, sample.draws)) for first in range(0, sample.draws, 100)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert len(np.unique(whole[:, 0])) == sample.draws


def test_percentiles_year_by_year_are_those_of_all_years_together() -> None:
    months = run().kept.yearly["resident"]["reserve_months"]
    table = run().percentiles.loc["resident"].loc["reserve_months"]
    np.testing.assert_array_equal(
        table.iloc[:, :7].to_numpy().T, np.percentile(months, (2.5, 10, 25, 50, 75, 90, 97.5), axis=0)
    )


# --- memory ----------------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_what_is_said_of_many_draws_holds_no_more_of_them_than_what_is_said_of_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario, of_few = load("baseline").replace(SHORT), Plan.chunk
    first = of_few(Plan((scenario,), Sample(WINDOW, 1)), 0, WINDOW)
    monkeypatch.setattr(Plan, "chunk", lambda _, start, end: {name: of[: end - start] for name, of in first.items()})
    peaks = []
    for draws in (WINDOW, 4 * WINDOW, 16 * WINDOW):
        sample = Sample(draws, 1)
        kept = project(Plan((scenario,), sample), None, tmp_path / f"parts{draws}")
        (run,) = said_of(central_runs([scenario]), sample, kept)
        tracemalloc.start()
        save_stochastic([run], tmp_path / f"out{draws}", charts=False)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < 1.2 * peaks[1]  # the first imports and fills caches


def test_processes_and_draws_solved_together_follow_the_budget() -> None:
    central, sample = central_runs([load("baseline").replace(SHORT)]), Sample(16, 1)
    most = need(central, sample, 4)
    assert (most.jobs, most.beside) == (4, SIZES[0])
    found = [
        need(central, sample, 4, budget) for budget in np.linspace(most.memory, need(central, sample, 1).memory, 9)
    ]
    assert [each.jobs for each in found] == sorted((each.jobs for each in found), reverse=True)
    assert {each.jobs for each in found} == {1, 2, 3, 4}
    assert all(each.memory <= most.memory for each in found)
    with pytest.raises(SimsuranceError, match=r"^--memory 1M: one process needs about [\d.]+[MG]$") as told:
        need(central, sample, 4, 1e6)
    assert told.value.exit_code == ExitCode.USAGE


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system tells no peak of a process")
def test_a_run_needs_no_more_than_it_tells(tmp_path: Path) -> None:
    code = "import simsurance.cli; simsurance.cli.main(standalone_mode=False); print(open('/proc/self/status').read())"
    call = ["stochastic", "baseline", "--draws", "16", "--jobs", "1", "--no-charts", "--memory", "1G"]
    done = subprocess.run(
        [sys.executable, "-c", code, *call, "--out", str(tmp_path)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    told = re.search(r"about (\d+) MB of memory in all \(processes: 1,", done.stderr)
    peak = re.search(r"VmHWM:\s*(\d+) kB", done.stdout)
    assert told
    assert peak
    assert 0.6 * int(told[1]) < int(peak[1]) * 1024 / 1e6 < 1.1 * int(told[1])


@pytest.mark.parametrize("size", ["500", "M", "0M", "-1G", "1e3M", "x" * 500])
def test_what_is_no_size_is_refused_in_a_line(size: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, [*CALL, "--out", str(tmp_path), f"--memory={size}"])
    assert done.exit_code == ExitCode.USAGE
    assert "is no size; write 500M or 2G" in done.stderr
    assert len(done.stderr) < 400


class Threads:
    """Work that tells what it is allowed of threads."""

    points = 2

    def chunk(self, first: int, last: int) -> dict[str, np.ndarray]:
        return {name: np.full(last - first, float(os.environ[name])) for name in jobs.THREADS}


@pytest.mark.long
def test_processes_have_one_thread_each_and_this_one_keeps_its_own() -> None:
    before = dict(os.environ)
    found = jobs.computed(Threads(), jobs.over(2), 1)
    assert set(found) == set(jobs.THREADS)
    assert all((values == 1).all() for values in found.values())
    assert dict(os.environ) == before


# --- the command -----------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_chunks_of_another_state_of_the_scenario_stay_and_are_told(tmp_path: Path) -> None:
    other = tmp_path / "stochastic-baseline.01234567.parts"
    other.mkdir()
    (other / DONE).write_text("0,16,1,1\n")
    done = CliRunner().invoke(main, [*CALL, "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{other}: ")
    assert (other / DONE).read_text() == "0,16,1,1\n"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["stochastic-baseline", other.name]


@pytest.mark.long
def test_all_are_every_shipped_scenario_the_first_named_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simsurance.cli.stochastic.shipped", lambda: ("baseline", "frozen_contribution"))
    call = [each for each in CALL if each != "baseline"]
    done = CliRunner().invoke(main, [*call, "--all", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    folder = tmp_path / "stochastic-all"
    assert (folder / "baseline" / "draws.csv").exists()
    assert (folder / "frozen_contribution" / "draws.csv").exists()
    assert set(pd.read_csv(folder / "pairs.csv")["scenario"]) == {"frozen_contribution"}
    other = CliRunner().invoke(main, [*call, "frozen_contribution", "--all", "--out", str(tmp_path)])
    assert other.exit_code == 0, other.output
    of_other = tmp_path / "stochastic-frozen_contribution-all"
    assert set(pd.read_csv(of_other / "pairs.csv")["scenario"]) == {"baseline"}
    nothing = CliRunner().invoke(main, call)
    assert nothing.exit_code == ExitCode.USAGE
    assert "name a scenario, or give --all" in nothing.stderr


@pytest.mark.parametrize("name", ["--jobs", "--out", "--charts", "--bom", "--lang", "--json"])
def test_options_of_many_runs_are_the_same_in_every_command(name: str) -> None:
    from importlib import import_module

    found = []
    for command in ("stochastic", "sensitivity", "sweep"):
        assert command in COMMANDS
        options = import_module(f"simsurance.cli.{command}").command.params
        (own,) = [each for each in options if name in each.opts]
        found.append((own.type.name, own.default, re.sub("list|table", "", own.help or "")))
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("draws", ["0", "-4", "1000001", "many"])
def test_a_number_of_draws_that_cannot_be_is_told_with_its_bounds(draws: str) -> None:
    done = CliRunner().invoke(main, ["stochastic", "baseline", f"--draws={draws}"])
    assert done.exit_code == ExitCode.USAGE
    assert "'--draws'" in done.stderr


# --- Parquet ---------------------------------------------------------------------------------------------------------------


def test_without_pyarrow_a_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "find_spec", lambda name: None)
    done = CliRunner().invoke(main, [*CALL, "--parquet", "--out", str(tmp_path)])
    assert done.exit_code == ExitCode.ENVIRONMENT
    assert done.stderr == "--parquet: pyarrow is not installed; pip install 'simsurance[stochastic]'\n"
    assert not list(tmp_path.iterdir())


def test_parquet_holds_every_draw_with_what_was_drawn_and_its_years(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(parquet, "AT_ONCE", 5)
    save_stochastic([run()], tmp_path / "out", charts=False, parquet=True)
    drawn, years = (pd.read_parquet(tmp_path / "out" / f"{name}.parquet") for name in ("draws", "years"))
    pd.testing.assert_frame_equal(
        drawn[list(run().kept.measured)], run().draws[list(run().kept.measured)].reset_index(drop=True)
    )
    months = years.pivot(index="draw", columns="year", values="reserve_months").to_numpy()
    np.testing.assert_array_equal(months, run().kept.yearly["resident"]["reserve_months"])
    plan = Plan((run().scenario,), run().sample)
    (draw,) = in_order(plan.futures, plan.observed, 3, 4)
    own, solved = draw.of(run().scenario).values, {level.key for level in plan.observed.levels}
    keys = {name.removeprefix("input/") for name in drawn if name.startswith("input/")}
    assert keys >= {"economy.real_income_growth", *(each.path for each in plan.futures.parameters.drawn)}
    for key in keys - solved:
        assert drawn[f"input/{key}"][3] == values_by_year(value_at(own, key), run().years).mean(), key
    manifest = (tmp_path / "out" / "manifest.json").read_text()
    assert all(f'"{name}.parquet"' in manifest for name in ("draws", "years"))


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_an_interrupted_command_says_so_and_goes_on_from_what_is_done(tmp_path: Path) -> None:
    import signal
    import time

    call = [
        sys.executable,
        "-c",
        "from simsurance.cli import main; main()",
        "stochastic",
        "baseline",
        "--draws",
        "2048",
    ]
    call += ["--jobs", "2", "--no-charts", *CALL[-4:], "--out", str(tmp_path)]
    heard = partial(
        signal.signal, signal.SIGINT, signal.SIG_DFL
    )  # where the tests run in the background, it is ignored
    with subprocess.Popen(call, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=heard) as first:
        until = time.monotonic() + 200
        while not list(tmp_path.glob("*.parts/done.csv")):
            assert first.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        os.killpg(first.pid, signal.SIGINT)
        assert first.stderr
        assert first.stderr.read().endswith("interrupted; the command again goes on from what is done\n")
    assert first.returncode == ExitCode.INTERRUPTED
    (parts,) = tmp_path.glob("*.parts")
    assert 0 < 256 - sum(last - first for first, last in Columns(256, parts).missing()) < 256
