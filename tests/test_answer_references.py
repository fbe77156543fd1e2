"""Reference results of answers: the same pass, any other fails and is named, a further answer is one more line."""

import re

import pytest
from click.testing import CliRunner

from simsurance.analysis import answer_references
from simsurance.analysis.answer_references import (
    ACCEPTED,
    COMMANDS,
    LOG,
    accept,
    accepted,
    answers_folder,
    asked,
    differences,
    entries_of,
)
from simsurance.cli import COMMANDS as SUBCOMMANDS
from simsurance.cli import check as check_module
from simsurance.cli import main
from simsurance.errors import ExitCode, SimsuranceError

ALL = re.compile(".*")
ONE = "answer,command,kept,tolerance,why\nmonths,months small.toml --year 2027,funds/.*,,\n"
SMALL = 'extends = "baseline"\n[horizon]\nlast_year = 2028\n[employee]\nprojected = false\n'


@pytest.fixture
def one(tmp_path, monkeypatch):
    """A folder with one quick answer, and no scenario to check."""
    (tmp_path / COMMANDS).write_text(ONE)
    (tmp_path / "small.toml").write_text(SMALL)
    monkeypatch.setattr(answer_references, "answers_folder", lambda: tmp_path)
    monkeypatch.setattr(check_module, "shipped", lambda: ())
    monkeypatch.setattr(check_module, "countries", dict)
    monkeypatch.setattr(check_module, "_left_over", lambda folder: [])
    return tmp_path


def check(*arguments):
    return CliRunner().invoke(main, ["check", "--answers", *arguments])


@pytest.mark.long
def test_answers_pass_until_one_moves_and_then_the_exit_code_is_5(one):
    assert check("--update", "--reason", "first").exit_code == 0
    assert check().exit_code == 0
    (one / "small.toml").write_text(SMALL + "[fund]\nadministration_share = 0.01\n")
    told = check()
    assert told.exit_code == ExitCode.COMPARISON
    assert re.match(r"answers months funds/resident/\w+: reference \S+, now \S+, difference -?\d", told.stderr)
    accepted_before = (one / ACCEPTED).read_text()
    assert check("--update", "--reason", "administration is charged").exit_code == 0
    assert (one / ACCEPTED).read_text() != accepted_before
    assert [line.rsplit(",", 1)[-1] for line in (one / LOG).read_text().splitlines()] == [
        "reason",
        "first",
        "administration is charged",
    ]
    assert check().exit_code == 0


def test_what_has_not_changed_is_neither_rewritten_nor_logged(one):
    check("--update", "--reason", "first")
    before = [(one / name).read_bytes() for name in (ACCEPTED, LOG)]
    assert "answers months: unchanged" in check("--update", "--reason", "again").stdout
    assert [(one / name).read_bytes() for name in (ACCEPTED, LOG)] == before


def test_an_answer_that_was_not_accepted_fails(one):
    told = check()
    assert told.exit_code == ExitCode.COMPARISON
    assert "reference nothing, now" in told.stderr


def test_answers_and_names_do_not_go_together():
    told = check("baseline")
    assert told.exit_code == ExitCode.USAGE
    assert "--answers are those of the shipped scenarios; leave out names and --references" in told.stderr


@pytest.mark.parametrize("text", ["answer,command\n", "answer,command,kept,tolerance,why\na,b\n"])
def test_a_damaged_list_is_one_line(one, text):
    (one / COMMANDS).write_text(text)
    told = check()
    assert told.exit_code == ExitCode.INPUT
    assert (
        told.stderr.splitlines()[-1]
        == f"{one / COMMANDS}: is damaged; restore it, with the columns answer,command,kept,tolerance,why"
    )


def test_rows_are_named_by_their_words_and_years():
    content = {"folder": "out", "rows": [{"fund": "resident", "year": 2027, "cash": 1.5}], "plain": [3, 4]}
    assert entries_of(content, ALL) == {
        "rows/resident/2027/fund": "resident",
        "rows/resident/2027/year": "2027",
        "rows/resident/2027/cash": "1.5",
        "plain/0": "3",
        "plain/1": "4",
    }
    assert entries_of(content, re.compile("plain/.*")) == {"plain/0": "3", "plain/1": "4"}
    assert entries_of([{"size": 0.5}, {"size": 0.8}], ALL) == {"0/size": "0.5", "1/size": "0.8"}


def test_last_digits_pass_and_words_and_gaps_are_compared_exactly():
    assert differences("a", {"x": "1.0", "y": "ok"}, {"x": repr(1 + 1e-7), "y": "ok"}) == []
    (number,) = differences("a", {"x": "1.0"}, {"x": repr(1 + 1e-5)})
    assert number.change == pytest.approx(1e-5)
    assert differences("a", {"x": "1.0"}, {"x": repr(1 + 1e-5)}, 1e-4) == []
    words = differences("a", {"y": "ok", "z": "None"}, {"y": "no", "more": "1"})
    assert [each.row for each in words] == ["y", "z", "more"]


def test_an_answer_that_is_gone_leaves_the_references(tmp_path):
    accept(tmp_path, {"a": {"x": "1"}, "b": {"x": "2"}}, "first")
    accept(tmp_path, {"a": {"x": "1"}}, "b is asked no more")
    assert accepted(tmp_path) == {"a": {"x": "1"}}


def test_every_shipped_answer_is_a_command_and_was_accepted():
    listed = asked(answers_folder())
    known = accepted(answers_folder())
    assert {each.answer for each in listed} == set(known)
    assert len({each.answer for each in listed}) == len(listed)
    for each in listed:
        assert each.arguments[0] in SUBCOMMANDS, each.answer
        assert known[each.answer], each.answer
        assert all(each.kept.fullmatch(entry) for entry in known[each.answer])
    assert {"solve", "attribute", "delay", "months", "bridge", "frontier", "stress", "bonds", "signs"} <= set(known)


@pytest.mark.parametrize("cells", ["2,too much", "0.01,", "much,why"])
def test_a_tolerance_is_a_share_with_its_reason(tmp_path, cells):
    (tmp_path / COMMANDS).write_text(f"answer,command,kept,tolerance,why\nmonths,months x,.*,{cells}\n")
    with pytest.raises(SimsuranceError, match="give a share of 1 with its reason in why"):
        asked(tmp_path)


def test_a_list_that_is_not_there_is_told(tmp_path):
    (tmp_path / ACCEPTED).write_bytes(b"\xff\xff")
    with pytest.raises(SimsuranceError, match="not CSV in UTF-8"):
        accepted(tmp_path)
