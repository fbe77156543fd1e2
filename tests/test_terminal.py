"""The terminal: any code page takes what is said, and no text of a scenario is more than text."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from simsurance.cli import main
from simsurance.plain_text import markdown, shown

SHORT = ["--no-charts", "--no-range", "--set", "horizon.last_year=2026", "--set", "employee.projected=false"]


def call(*arguments):
    return CliRunner().invoke(main, arguments)


@pytest.mark.long
@pytest.mark.parametrize("page", ["gbk", "cp1252", "latin-1", "ascii", "cp437", "utf-16"])
@pytest.mark.parametrize("form", [[], ["--lang", "zh"], ["--lang", "zh", "--json"]])
def test_a_run_ends_well_in_any_code_page(tmp_path, page, form):
    code = "from simsurance.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "run", "baseline", *SHORT, *form, "--out", str(tmp_path)],
        env=os.environ | {"PYTHONIOENCODING": page},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode("utf-8" if page == "ascii" else page)  # to a stream of ASCII, Click speaks UTF-8
    assert "baseline" in text
    if "--json" in form:
        assert json.loads(text)["ok"]


def test_what_a_code_page_lacks_stands_in_ascii_or_by_its_number(tmp_path):
    code = "from simsurance.cli import terminal; terminal.take_any_code_page(); print('9 → 8 – × 中 😀')"
    for page, told in (("latin-1", "9 -> 8 - × \\u4e2d \\ud83d\\ude00"), ("gbk", "9 → 8 – × 中 \\ud83d\\ude00")):
        done = subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONIOENCODING": page}, capture_output=True, check=True
        )
        assert done.stdout.decode(page).strip() == told


EVIL = "\x1b[31mred\x07\x9b2J\u202edlo"


@pytest.mark.long
@pytest.mark.parametrize("command", ["show", "run", "compare", "validate", "levers"])
def test_control_characters_are_shown_and_not_sent(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    title = json.dumps(EVIL)
    Path("mine.toml").write_text(f'extends = "baseline"\ntitle = {title}\ndescription = {title}\n')
    arguments = {
        "show": ["mine.toml"],
        "run": ["mine.toml", *SHORT, "--out", EVIL],
        "compare": ["mine.toml", "baseline", *SHORT, "--out", EVIL],
        "validate": ["mine.toml", f"{EVIL}.toml"],
        "levers": ["mine.toml", "--set", "horizon.last_year=2026", "--with", "payment_ratio_up"],
    }[command]
    told = call(command, *arguments)
    assert told.exit_code == (3 if command == "validate" else 0), told.output
    assert not set(told.output) & set("\x1b\x07\x9b\u202e")
    for summary in tmp_path.rglob("summary.md"):
        assert not set(summary.read_text(encoding="utf-8")) & set("\x1b\x07\x9b\u202e")
        assert "\\\\u001b\\[31mred" in summary.read_text(encoding="utf-8")


def test_refusals_of_the_command_line_show_them_too():
    told = call("run", "baseline", "--years", EVIL)
    assert told.exit_code == 2
    assert "\\u001b[31m" in told.stderr
    assert "\x1b" not in told.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1.1 % of income", "1.1 % of income"),
        ("个人缴费占可支配收入1.1%", "个人缴费占可支配收入1.1%"),
        ("[click](http://x) <b>*bold*</b>", r"\[click\](http://x) \<b\>\*bold\*\</b\>"),
        ("a\n# b | c", r"a \# b \| c"),
        ("- list", r"\- list"),
        ("1. list", r"1\. list"),
        ("a-b", "a-b"),
    ],
)
def test_markdown_reads_as_the_text(text, told):
    assert markdown(text) == told


def test_line_feeds_and_wide_spaces_are_no_control_characters():
    assert shown("a\n中\u3000\u00a0b") == "a\n中\u3000\u00a0b"


def test_no_more_options_than_can_be_meant(tmp_path):
    (tmp_path / "mine.toml").write_text('extends = "baseline"\nwith = [' + '"campaign",' * 20_000 + "]\n")
    told = call("validate", str(tmp_path / "mine.toml"))
    assert (told.exit_code, told.stderr) == (3, f"{tmp_path / 'mine.toml'}:with: 20000 options; at most 100\n")
    told = call("validate", "baseline", "--with", ",".join(["campaign"] * 20_000))
    assert told.stderr == "--with: 20000 options; at most 100, or write their keys into a file\n"
