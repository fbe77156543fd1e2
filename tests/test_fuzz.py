"""The fuzz of damaged files: a few of its cases, and that it notices what should not happen."""

import warnings

import fuzz
import pytest


@pytest.mark.long
def test_damaged_files_and_tables_are_well_or_refused_in_single_lines(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ends = {number: fuzz.judged(fuzz.case(number))[0] for number in range(20)}
    assert {number: end for number, end in ends.items() if end not in ("well", "refused")} == {}
    assert set(ends.values()) == {"well", "refused"}


def test_a_case_is_the_same_each_time():
    assert fuzz.case(3) == fuzz.case(3)
    assert fuzz.case(3) != fuzz.case(3, seed=4)


def fails(*_):
    return [][0]


def warns(*_):
    warnings.warn("divide by zero", RuntimeWarning, stacklevel=1)
    return [], []


@pytest.mark.parametrize(
    ("checked", "end"),
    [
        (fails, "IndexError"),
        (warns, "divide by zero"),
        (lambda *_: (["damaged.toml:fund: one\ntwo; three"], []), "not one line"),
        (lambda *_: ([], ["x" * 2000]), "not one line"),
        (lambda *_: (["fund.opening: wrong; right"], []), "does not name the file"),
        (lambda *_: (["damaged.toml:fund.opening: wrong; right"], []), "refused"),
        (lambda *_: ([], []), "well"),
    ],
)
def test_an_exception_a_warning_and_a_line_that_is_none_are_noticed(checked, end, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fuzz, "faults_and_notes", checked)
    assert end in fuzz.judged(fuzz.case(0))[0]


def test_a_case_that_does_not_end_is_noticed(tmp_path, monkeypatch):
    def endless(*_):
        while True:
            pass

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fuzz, "LONGEST", 1)
    monkeypatch.setattr(fuzz, "faults_and_notes", endless)
    assert "TooLong" in fuzz.judged(fuzz.case(0))[0]
