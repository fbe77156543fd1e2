"""Messages about input in Chinese: whole or not at all, each clause one that is said, and how many are left in English."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

import simsurance
from simsurance.cli import asked_language, main
from simsurance.language.messages import FACT, FOLDER, PROSE, _pattern, told

BAD = Path(__file__).parent / "bad_input"
SOURCE = Path(simsurance.__file__).parent
RAISED = ("SimsuranceError", "Fault", "UsageError", "BadParameter", "_refusal")
IN_ENGLISH = 9
"""Messages of the code that have no Chinese, at most: of clusters, of stored tables, of what is not met in an office."""
ELSEWHERE = "# ---- what the command line itself says"
"""What stands below is said by the library that reads commands."""
OF_THE_SYSTEM = {
    *("No such file or directory", "Permission denied", "Not a directory", "Is a directory", "No space left on device"),
    "File exists",
}


@cache
def clauses() -> dict[str, str]:
    return tomllib.loads((FOLDER / "zh.toml").read_text(encoding="utf-8"))


def lines_of_bad_input() -> list[str]:
    return [line for file in sorted(BAD.glob("*.txt")) for line in file.read_text(encoding="utf-8").splitlines()]


def test_every_fault_of_a_scenario_file_is_told_in_chinese():
    lines = lines_of_bad_input()
    assert len(lines) > 300
    assert [line for line in lines if told(line, "zh") == line] == []


def test_places_names_and_numbers_of_a_message_are_kept():
    for line in lines_of_bad_input():
        place = re.match(r"[^ ]*?\.toml:[^ :]+(?=: )", line)
        if place:
            assert told(line, "zh").startswith(place[0]), line


@pytest.mark.parametrize(
    ("line", "chinese"),
    [
        (
            "my.toml:economy.interest_rate.2027: 2.5 is outside -0.05 to 0.3 (a year); rates and shares are fractions: "
            "did you mean 0.025?",
            "my.toml:economy.interest_rate.2027：2.5超出-0.05至0.3的范围（每年）；比率和比例写成小数：是否为0.025？",
        ),
        ("python-docx is missing; python -m pip install 'simsurance[report]'", None),
        ("nobody has written this; that neither", "nobody has written this; that neither"),
        ("out/baseline: is damaged; nobody has written this", "out/baseline: is damaged; nobody has written this"),
        ("--fund xx: not in both valuations; one of resident", "--fund xx：不在两次评估之中；可选：resident"),
    ],
)
def test_a_message_is_told_whole_or_in_english(line, chinese):
    found = told(line, "zh")
    assert found == chinese if chinese else "缺少python-docx" in found
    assert told(line, "en") == line


def test_every_clause_is_one_that_the_code_says():
    said = "\n".join(_strings())
    ours = tomllib.loads((FOLDER / "zh.toml").read_text(encoding="utf-8").partition(ELSEWHERE)[0])
    met = {piece[end:] for line in lines_of_bad_input() for piece in line.split("; ") for end in _ends(piece)}
    lacking = [
        clause
        for clause in set(ours) - OF_THE_SYSTEM
        if not all(part in said for part in _parts(clause)) and not any(map(_pattern(clause).fullmatch, met))
    ]
    assert lacking == []


def _ends(piece: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer(": ", piece))]


def _parts(clause: str) -> list[str]:
    """The words of a clause between its facts, where they are enough to be known by."""
    return [part.strip() for part in re.split(r"\{\d\}", clause) if len(part.strip()) > 9]


@cache
def _strings() -> list[str]:
    """Every text in the code, what is filled in left out."""
    found = []
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return found


def test_what_is_left_in_english_does_not_grow():
    left = [message for message in _raised() if told(message, "zh") == message]
    assert len(_raised()) > 200
    assert len(left) <= IN_ENGLISH, left


def _raised() -> list[str]:
    """The messages of the code that are written where they are raised, with X1 for each fact."""
    found = []
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = isinstance(node, ast.Call) and (getattr(node.func, "id", "") or getattr(node.func, "attr", ""))
            if isinstance(node, ast.Call) and name in RAISED:
                found += [text for each in node.args if (text := _text(each)) and " " in text]
    return found


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "X1" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_no_clause_keeps_english_and_each_keeps_its_facts():
    for clause, chinese in clauses().items():
        assert set(FACT.findall(chinese)) <= set(FACT.findall(clause)), clause
        code = re.compile(
            r'`[^`]*`|"[^"]*"|--?\w+ (?:FILE|SCENARIO|pip)[^，；]*|[\w.]+ = [\w."]+|请执行.*|simsurance [a-z]+'
        )
        assert not PROSE.search(code.sub("", chinese)), clause


@pytest.mark.parametrize(
    ("command", "chinese"),
    [
        (["run", "hihg_cost", "--lang", "zh"], "hihg_cost：没有此名称的自带情景；是否为high_cost？\n"),
        (
            ["report", "nothing_here.docx", "--lang=zh"],
            "nothing_here.docx：情景文件须为TOML；请给出以.toml结尾的路径\n",
        ),
        (["run", "baseline", "--jobs", "x", "--lang", "zh"], "Error: '--jobs'的取值有误：'x'不是整数。\n"),
        (["run", "--lang", "zh"], "请写情景，或加--all"),
        (["run", "hihg_cost", "--lang", "en"], "did you mean high_cost?\n"),
    ],
)
def test_a_command_answers_in_the_language_it_was_asked_in(command, chinese):
    done = CliRunner().invoke(main, command)
    assert chinese in done.stderr
    assert done.exit_code in (2, 3)


def test_the_last_language_named_is_that_of_messages():
    assert asked_language(["run", "--lang", "en", "x", "--lang", "zh"]) == "zh"
    assert asked_language(["run", "--lang", "fr"]) == "en"
    assert asked_language(["run", "--lang"]) == "en"
