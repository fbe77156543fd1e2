"""The command starts without the scientific libraries; errors end as plain lines with the exit code of their kind."""

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from simsurance import __version__
from simsurance.cli import COMMANDS, main
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import languages, words

HEAVY = ["numpy", "pandas", "matplotlib", "scipy"]


def simsurance(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-c", "from simsurance.cli import main; main()", *arguments],
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        **options,
    )


def call_that_raises(monkeypatch, error, *options):
    def fall():
        raise error

    monkeypatch.setitem(main.commands, "fall", click.Command("fall", callback=fall))
    return CliRunner().invoke(main, [*options, "fall"])


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], []], ids=["help", "version", "no arguments"])
def test_start_up_imports_click_and_nothing_heavy(arguments):
    code = (
        "import sys; from simsurance.cli import main\n"
        f"main({arguments!r}, prog_name='simsurance', standalone_mode=False)\n"
        f"print(sorted({{'click', *{HEAVY!r}}} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert done.stderr.strip() == "['click']"


def test_version_is_the_packages():
    assert CliRunner().invoke(main, ["--version"]).output == f"simsurance {__version__}\n"


def test_no_arguments_say_what_to_do_next_in_every_language():
    shown = CliRunner().invoke(main, [])
    assert shown.exit_code == ExitCode.DONE
    for command in re.findall(r"^  (simsurance [a-z]+)", shown.stdout, re.MULTILINE):
        assert command.split()[1] in COMMANDS
    for lang in languages():
        assert words(lang).say("first_run.next", version=__version__) in shown.stdout


def test_the_help_lists_every_command():
    shown = CliRunner().invoke(main, ["--help"])
    for name, line in COMMANDS.items():
        assert name in shown.stdout
        assert line in shown.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_in_the_list_can_be_called(name):
    shown = CliRunner().invoke(main, [name, "--help"])
    assert shown.exit_code == ExitCode.DONE, shown.stderr
    assert shown.stdout.startswith(f"Usage: main {name}")


def test_a_mistyped_command_is_a_usage_error_that_names_the_nearest():
    failed = CliRunner().invoke(main, ["rum"])
    assert failed.exit_code == ExitCode.USAGE
    assert "No such command 'rum'" in failed.stderr
    assert "run" in failed.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("error", "exit_code", "lines"),
    [
        (SimsuranceError("a.toml:fund: one", "a.toml:run: two"), 3, ["a.toml:fund: one", "a.toml:run: two"]),
        (SimsuranceError("fund: 2031 does not add up", exit_code=ExitCode.IDENTITY), 4, ["fund: 2031 does not add up"]),
        (SimsuranceError("low: moved", exit_code=ExitCode.COMPARISON), 5, ["low: moved"]),
        (SimsuranceError("out: not ours", exit_code=ExitCode.ENVIRONMENT), 6, ["out: not ours"]),
        (PermissionError(13, "Permission denied", "out/fund.csv"), 6, ["out/fund.csv: Permission denied"]),
        (MemoryError(), 6, ["not enough memory; fewer runs at a time need less"]),
        (KeyboardInterrupt(), 130, ["interrupted"]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_an_error_ends_as_plain_lines_with_the_exit_code_of_its_kind(monkeypatch, error, exit_code, lines):
    failed = call_that_raises(monkeypatch, error)
    assert failed.exit_code == exit_code
    assert failed.stderr.splitlines() == lines
    assert failed.stdout == ""


def test_a_bug_is_one_line_that_names_the_error_and_the_way_to_its_place(monkeypatch):
    failed = call_that_raises(monkeypatch, ValueError("shapes\n  do not match"))
    assert failed.exit_code == ExitCode.BUG
    (line,) = failed.stderr.splitlines()
    assert line.startswith("ValueError: shapes do not match (")
    assert "--traceback" in line
    assert "SIMSURANCE_TRACEBACK=1" in line


def test_the_traceback_is_shown_when_asked_for(monkeypatch):
    assert "in fall" in call_that_raises(monkeypatch, ValueError("x"), "--traceback").stderr
    monkeypatch.setenv("SIMSURANCE_TRACEBACK", "1")
    assert "in fall" in call_that_raises(monkeypatch, SimsuranceError("x")).stderr


def test_the_exit_code_that_a_command_chooses_is_kept(monkeypatch):
    failed = call_that_raises(monkeypatch, click.exceptions.Exit(5))
    assert (failed.exit_code, failed.stderr) == (5, "")


def test_a_closed_pipe_ends_quietly():
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = simsurance(stdout=writing)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (ExitCode.CLOSED_PIPE, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_line_and_not_a_bug():
    with open("/dev/full", "w") as full:
        done = simsurance(stdout=full)
    assert (done.returncode, done.stderr) == (ExitCode.ENVIRONMENT, "No space left on device\n")
