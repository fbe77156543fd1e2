"""The page of clauses: as its command writes it, with keys and tests that are there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from simsurance.evidence.clauses import LANGUAGES, TEXTS, Clause, clauses, page, unknown_keys
from simsurance.scenario_file.files import scenarios_folder, shipped
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.register import MARKS

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "clauses.md"


def test_the_page_is_as_its_command_writes_it():
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_command_writes_the_page():
    told = subprocess.run(
        [sys.executable, "-m", "simsurance.evidence.clauses"], capture_output=True, check=True, cwd=ROOT
    )
    assert told.stdout.decode("utf-8") == page()


def test_every_key_is_one():
    assert unknown_keys() == []


def missing(test: str) -> bool:
    """Whether a test that is named is not there."""
    file, _, name = test.partition("::")
    if not (ROOT / file).is_file():
        return True
    return bool(name) and not re.search(rf"^def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("clause", clauses(), ids=lambda clause: f"{clause.text} {clause.clause}")
def test_a_clause_names_tests_and_options_that_are_there(clause: Clause):
    assert [test for test in clause.tests if missing(test)] == []
    assert clause.mark in MARKS
    assert clause.text in TEXTS
    fragments = {path.stem for path in (scenarios_folder() / "fragments").glob("*.toml")}
    assert clause.shown in {"", *fragments, *shipped()}
    for lang in LANGUAGES:
        assert clause.wording[lang]
        assert bool(clause.cannot[lang]) == bool(clause.cannot["en"])
    assert clause.keys or clause.cannot["en"], "neither a key nor what cannot be said"


@pytest.mark.parametrize("clause", [each for each in clauses() if each.shown], ids=lambda clause: clause.clause)
def test_what_shows_a_clause_sets_a_key_of_it(clause: Clause):
    shown = load(clause.shown) if clause.shown in shipped() else load("baseline", [clause.shown])
    assert [path for path in shown.changed if path.startswith(clause.keys)]


def test_a_test_that_is_not_there_is_seen():
    assert missing("tests/test_clauses.py::test_nothing")
    assert missing("tests/test_nowhere.py")
    assert not missing("tests/test_clauses.py::test_every_key_is_one")


def test_every_rule_of_enrolment_stands_in_a_clause():
    """Keys of the rules of 2024, but for switches of reading and of the model."""
    from simsurance.scenario_file.keys import KEYS

    named = {key for clause in clauses() for key in clause.keys}
    rules = [key for key in KEYS if key.startswith("participation.")]
    left = [key for key in rules if not any(key == each or key.startswith(f"{each}.") for each in named)]
    assert left == ["participation.in_force", "participation.waiting.longest_months"]
