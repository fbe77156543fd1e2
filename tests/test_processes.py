"""Work over processes: the order of results, an error in one line, an interruption that clears up."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simsurance.errors import ExitCode, SimsuranceError
from simsurance.processes import cores, in_order, spread

SHARED = 10


def times(shared: int, task: int) -> tuple[int, int]:
    return shared * task, os.getpid()


def refused(shared: int, task: int) -> int:
    if task == 2:
        raise SimsuranceError("two: is too many; take one", exit_code=ExitCode.IDENTITY)
    return task


def dies(shared: int, task: int) -> int:
    os._exit(9)


def lasts(shared: str, task: int) -> None:
    Path(shared, str(os.getpid())).touch()
    time.sleep(100)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "fork"), reason="signals")
def test_nobody_works_on_for_a_process_that_was_killed(tmp_path):
    code = (
        "import sys\nfrom test_processes import lasts\nfrom simsurance.processes import in_order, spread\n"
        "if __name__ == '__main__':\n    in_order(spread(lasts, sys.argv[1], [1, 2], 2))\n"
    )
    paths = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[1])])
    environment = os.environ | {"PYTHONPATH": paths}
    process = subprocess.Popen([sys.executable, "-c", code, tmp_path], env=environment)
    until(lambda: len(list(tmp_path.iterdir())) == 2)
    process.kill()
    process.wait()
    until(lambda: not any(alive(int(file.name)) for file in tmp_path.iterdir()))


def until(holds) -> None:
    """Wait for it, a minute at most."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_stand_in_the_order_of_the_tasks_for_any_number_of_processes(jobs):
    made = in_order(spread(times, SHARED, [3, 1, 2], jobs))
    assert [number for number, _ in made] == [30, 10, 20]
    assert ({process for _, process in made} == {os.getpid()}) == (jobs == 1)


def test_nothing_to_do_is_done():
    assert in_order(spread(times, SHARED, [], 4)) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_task_refuses_is_refused_here_with_its_lines_and_code(jobs):
    with pytest.raises(SimsuranceError) as raised:
        in_order(spread(refused, SHARED, [1, 2, 3], jobs))
    assert raised.value.lines == ("two: is too many; take one",)
    assert raised.value.exit_code == ExitCode.IDENTITY


def test_a_process_that_dies_is_told_in_a_line():
    with pytest.raises(SimsuranceError) as raised:
        in_order(spread(dies, SHARED, [1, 2], 2))
    assert raised.value.exit_code == ExitCode.ENVIRONMENT
    assert "a process ended before its work" in str(raised.value)


def test_there_is_a_core():
    assert 1 <= cores() <= (os.cpu_count() or 1)


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="signals to a group")
@pytest.mark.parametrize("after", [0.0, 4.0], ids=["while they begin", "at work"])
def test_an_interruption_ends_all_in_one_line_and_leaves_nothing_half_written(tmp_path, after):
    command = ["run", "--all", "--jobs", "2", "--out", "out"]
    begin = (
        "import signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # ignored where the tests run in the background
        f"from simsurance.cli import main\nmain({command!r})\n"
    )
    paths = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-c", f"if __name__ == '__main__':\n    {begin.strip().replace(chr(10), chr(10) + '    ')}"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(1.0 + after)
    os.killpg(process.pid, signal.SIGINT)
    shown, told = process.communicate(timeout=120)
    assert (process.returncode, shown) == (ExitCode.INTERRUPTED, "")
    assert told.splitlines()[-1:] == ["interrupted"]
    assert "Traceback" not in told
    assert all((path / "manifest.json").exists() for path in (tmp_path / "out").glob("*"))
