"""Scenario files that were damaged at random are either well or refused; nothing else ever happens."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simsurance.cli import main
from simsurance.cli.validate import table_faults
from simsurance.errors import SimsuranceError
from simsurance.scenario_file.faults import fault_lines
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import load

FILES = sorted([*scenarios_folder().glob("*.toml"), *(scenarios_folder() / "fragments").glob("*.toml")])
BASE = load("baseline")
ODD = [
    "nan",
    "-inf",
    "true",
    '"3%"',
    "{}",
    "[]",
    "{ ramp = {} }",
    "{ 2026 = 1 }",
    "1e999",
    "-1",
    "9" * 30,
    "2026-01-01",
    "''",
]

numbers = st.integers() | st.floats() | st.booleans() | st.text(max_size=4)
years = st.integers(1900, 2200).map(str) | st.text(max_size=5)
values = (
    numbers
    | st.lists(numbers, max_size=3)
    | st.dictionaries(years, numbers | st.dictionaries(years, numbers, max_size=2))
)
values |= st.fixed_dictionaries({"ramp": st.dictionaries(years, numbers, max_size=4) | numbers})


def damaged(text: str, seed: int) -> bytes:
    chance = random.Random(seed)
    lines = text.split("\n")
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(lines))
        match chance.randrange(7):
            case 0:
                lines.pop(place) if len(lines) > 1 else None
            case 1:
                lines.insert(place, chance.choice(lines))
            case 2:
                lines[place] = lines[place].partition("=")[0] + "= " + chance.choice(ODD)
            case 3:
                at = chance.randrange(len(lines[place]) + 1)
                lines[place] = lines[place][:at] + chance.choice('={}[]."#\x00\x07é缴０ 1') + lines[place][at + 1 :]
            case 4:
                lines[place] = lines[place].replace("20", chance.choice(["19", "20.", "2O", "２０", ""]))
            case 5:
                lines[place] = chance.choice(list(KEYS)) + " = " + chance.choice(ODD)
            case 6:
                lines[place : place + 2] = lines[place : place + 2][::-1]
    content = "\n".join(lines).encode()
    if chance.random() < 0.1:
        at = chance.randrange(len(content) + 1)
        content = content[:at] + bytes([chance.randrange(256)]) + content[at:]
    return content


def refused(call) -> SimsuranceError | None:
    """What a call was refused with; anything but a refusal falls through and fails the test."""
    try:
        call()
    except SimsuranceError as error:
        return error
    return None


def upon_the_baseline(fragment):
    """What the command does with a fragment, without reading the baseline again."""
    if faults := fault_lines(table_faults(BASE.with_fragment(fragment))):
        raise SimsuranceError(*faults)


@pytest.mark.long
@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_damaged_file_is_well_or_refused(file, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = file.read_text(encoding="utf-8")
    fragment = file.parent.name == "fragments"
    codes = set()
    for seed in range(10):
        (tmp_path / "damaged.toml").write_bytes(damaged(text, seed))
        if fragment and seed % 5:
            error = refused(lambda: upon_the_baseline("damaged.toml"))
            codes.add(error.exit_code if error else 0)
            shown = str(error or "")
        else:
            arguments = ["baseline", "--with", "damaged.toml"] if fragment else ["damaged.toml"]
            with pytest.raises(SystemExit) as ended:
                main.main(["validate", *arguments], prog_name="simsurance")
            codes.add(int(ended.value.code or 0))
            shown = capsys.readouterr().err
        assert all(line.isprintable() for line in shown.splitlines())
    assert codes <= {0, 3}
    assert 3 in codes


@pytest.mark.long
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(KEYS)), values)
def test_any_value_at_any_key_is_well_or_refused_and_what_is_well_comes_back(path, value):
    if error := refused(lambda: BASE.replace({path: value})):
        assert error.exit_code == 3
        assert all(line.isprintable() for line in error.lines)
    else:
        changed = BASE.replace({path: value})
        assert changed.replace({}).values == changed.values


@pytest.mark.long
@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_any_setting_is_well_or_refused(text):
    for setting in (text, f"economy.inflation={text}", f"{text}=1"):
        error = refused(lambda given=setting: load("baseline", settings=[given]))
        assert error is None or error.exit_code == 3


@pytest.mark.long
@settings(max_examples=150, deadline=None)
@given(st.text(max_size=30))
def test_any_name_is_found_or_refused(name):
    for arguments in ((name,), ("baseline", [name])):
        error = refused(lambda given=arguments: load(*given))
        assert error is None or error.exit_code == 3
