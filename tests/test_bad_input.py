"""Every fault that a user can make: one bad file or command each, its exact words, no traceback, nothing written.

`tests/bad_input/<fault>.toml` is a scenario to validate, `<fault>.args` a command line, one argument a line; what has
to stand on standard error is in `<fault>.txt`.
"""

from pathlib import Path

import pytest

from simsurance.cli import main

FOLDER = Path(__file__).parent / "bad_input"
CASES = sorted(path for kind in ("*.toml", "*.args") for path in FOLDER.glob(kind) if path.is_file())
ENVIRONMENT = {"init_no_folder", "init_over_a_file", "schema_no_folder"}


def command_line(case: Path) -> list[str]:
    if case.suffix == ".toml":
        return ["validate", case.name]
    return [argument.replace("\\n", "\n") for argument in case.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_bad_input_ends_with_its_own_words(case, monkeypatch, capsys):
    monkeypatch.chdir(FOLDER)
    before = sorted(FOLDER.rglob("*"))
    with pytest.raises(SystemExit) as ended:
        main.main(command_line(case), prog_name="simsurance")
    shown = capsys.readouterr()
    assert shown.err == case.with_suffix(".txt").read_text(encoding="utf-8")
    assert ended.value.code == (6 if case.stem in ENVIRONMENT else 3)
    assert "Traceback" not in shown.err
    assert sorted(FOLDER.rglob("*")) == before


def test_there_are_enough_bad_inputs_and_each_has_its_words():
    assert len(CASES) >= 100
    assert {case.stem for case in CASES} == {path.stem for path in FOLDER.glob("*.txt")}


@pytest.mark.parametrize("case", CASES, ids=[case.stem for case in CASES])
def test_every_line_says_what_is_wrong_and_what_would_be_right(case):
    for line in case.with_suffix(".txt").read_text(encoding="utf-8").splitlines():
        assert ": " in line or case.stem.startswith("init")
        assert ";" in line or "; " in line or case.stem.endswith("no_folder")
        assert line.isprintable()
