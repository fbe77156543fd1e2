"""The first minutes: what the doctor finds, completion in a shell, the files that a run names."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from simsurance.cli import COMMANDS, doctor, main
from simsurance.errors import ExitCode
from simsurance.language import languages


def call(*arguments):
    return CliRunner().invoke(main, arguments, prog_name="simsurance")


def test_the_doctor_finds_everything_that_a_run_needs(tmp_path):
    done = call("doctor", "--json", "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    found = {each["name"]: each for each in told["findings"]}
    assert told["ok"]
    assert {"simsurance", "Python", "numpy", "pandas", "folder to write to", "one run of the baseline"} <= set(found)
    assert "2026 to 2060 in " in found["one run of the baseline"]["found"]
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_tells_a_missing_package_by_exit_code_and_a_missing_extra_by_its_line(monkeypatch, tmp_path):
    wanted = ["numpy>=1", "no-such-thing>=2", 'nor-this>=1; extra == "far"', 'tool>=1; extra == "dev"']
    monkeypatch.setattr(doctor, "requires", lambda _: wanted)
    done = call("doctor", "--out", str(tmp_path))
    assert done.exit_code == ExitCode.ENVIRONMENT
    lines = done.stdout.splitlines()
    assert any(line.startswith("FAULT") and "no-such-thing" in line and "missing" in line for line in lines)
    assert any(line.startswith("-") and "pip install 'simsurance[far]'" in line for line in lines)
    assert not any("dev" in line for line in lines)
    assert lines[-1] == "1 thing is missing that every run needs."


def test_the_doctor_tells_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "out").write_text("a file")
    done = call("doctor", "--out", str(tmp_path / "out"))
    assert done.exit_code == ExitCode.ENVIRONMENT
    assert any(line.startswith("FAULT") and "--out" in line for line in done.stdout.splitlines())


@pytest.mark.parametrize("lang", languages())
def test_the_doctor_speaks_the_language(lang, tmp_path):
    done = call("doctor", "--lang", lang, "--out", str(tmp_path))
    assert ("processor" in done.stdout) == (lang != "zh")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_a_shell_is_printed(shell):
    done = call("completion", shell)
    assert done.exit_code == 0
    assert "_SIMSURANCE_COMPLETE" in done.stdout


@pytest.mark.parametrize(
    ("typed", "word", "among"), [("simsurance so", "1", "solve"), ("simsurance run --no-ra", "2", "--no-range")]
)
def test_commands_and_options_are_completed(typed, word, among):
    """As bash asks for them."""
    asked = os.environ | {"_SIMSURANCE_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": word}
    code = "from simsurance.cli import main; main(prog_name='simsurance')"
    done = subprocess.run([sys.executable, "-c", code], env=asked, capture_output=True, text=True, timeout=60)
    assert among in [line.partition(",")[2] for line in done.stdout.splitlines()]


def test_commands_of_the_first_minutes_stand_in_the_list():
    assert {"demo", "doctor", "completion", "page"} <= set(COMMANDS)
