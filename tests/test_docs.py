"""The method note says what the code does: its outputs, its order of the year, its names, its commands."""

import importlib
import inspect
import re
import shlex
from contextlib import suppress
from dataclasses import fields
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import pandas as pd
import pytest
from docs_blocks import (
    BLOCK,
    BLOCKS,
    DOCS,
    MEASURED,
    METHOD,
    MODULES,
    PAGES,
    README,
    order,
    output,
    refreshed,
)
from oracle_comparison import STRESSES
from shared_runs import projected

from simsurance.cli import main as simsurance
from simsurance.evidence import calibration
from simsurance.model.state import CareBasis, EmployeeBasis, Flows, State, YearBasis
from simsurance.model.year import step
from simsurance.output import charts
from simsurance.scenario_file.files import shipped
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import load
from simsurance.variables import VARIABLES

pytestmark = pytest.mark.usefixtures("shared_ranges")
NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
NOUNS: dict[str, type] = {noun.__name__: noun for noun in (CareBasis, EmployeeBasis, Flows, State, YearBasis)}
SECTIONS = {key.partition(".")[0] for key in KEYS if "." in key}

PICTURES = DOCS / "pictures"
LONG = (
    *(
        f"simsurance {name} "
        for name in ("adjustment", "attribute", "frontier", "page", "solve", "stochastic", "stress", "sweep")
    ),
    "simsurance pool provinces",
    *(f"python -m simsurance.{name}" for name in ("evidence.calibration", "evidence.tiers", "reviewer")),
    *(
        f"python -m tests.docs_blocks {name}"
        for name in (
            "elasticity",
            "entries",
            "misfits",
            "my_city",
            "not_in",
            "own_fund_hindcast",
            "own_fund_import",
            "pool_sensitivity",
            "provinces",
            "sensitivity",
            "valuation",
        )
    ),
)
"""Beginnings of commands that take seconds each and minutes together."""


@cache
def note() -> str:
    return "".join(section.read_text(encoding="utf-8") for section in [DOCS / "method" / "index.md", *METHOD])


def pages() -> str:
    """The note and the other page with outputs."""
    return "".join(page.read_text(encoding="utf-8") for page in PAGES)


@cache
def prose() -> str:
    """The note without its outputs."""
    return MEASURED.sub("", BLOCK.sub("", note()))


def spans() -> list[str]:
    return re.findall(r"`([^`\n]+)`", prose())


def blocks() -> list[Any]:
    documents = pages() + README.read_text(encoding="utf-8")
    return [
        pytest.param(
            found["command"],
            found["shown"],
            id=found["command"],
            marks=pytest.mark.long if found["command"].startswith(LONG) else (),
        )
        for found in BLOCK.finditer(documents)
    ]


def as_numbers(shown: str) -> tuple[list[str], list[tuple[float, float]]]:
    """The words of an output, and its numbers with one unit of their last printed digit."""
    numbers = []
    for printed in NUMBER.findall(shown):
        decimals = len(printed.partition(".")[2])
        numbers.append((float(printed.replace(",", "")), 10.0**-decimals))
    return NUMBER.sub("#", shown).split(), numbers


@pytest.mark.parametrize(("command", "shown"), blocks())
def test_an_output_in_the_method_note_is_what_its_command_prints(
    command: str, shown: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the last digit printed, which may differ by one; `python -m tests.docs_blocks` writes the note anew."""
    if MODULES.get(command.removeprefix("python -m ")) is calibration.main:
        fits = request.getfixturevalue("fits")
        monkeypatch.setattr(calibration, "fits", lambda _: iter(fits))
    words, numbers = as_numbers(shown)
    words_now, numbers_now = as_numbers(output(command))
    assert words == words_now
    for (before, unit), (now, _) in zip(numbers, numbers_now, strict=True):
        assert abs(before - now) < 1.5 * unit, f"{before} in the note, {now} now"


def test_a_changed_number_in_an_output_is_seen() -> None:
    assert as_numbers("| fund | 1,234.5 |") == (["|", "fund", "|", "#", "|"], [(1234.5, 0.1)])
    assert as_numbers("-0.7") == (["#"], [(-0.7, 0.1)])


def test_every_block_made_for_the_note_stands_in_it() -> None:
    commands = [found["command"] for found in BLOCK.finditer(pages())]
    assert len(set(commands)) == len(commands)
    assert {f"python -m tests.docs_blocks {name}" for name in BLOCKS} <= set(commands)
    assert pages().count("<!-- output:") == pages().count("<!-- /output -->") == len(commands)


def test_what_takes_minutes_stands_in_the_note_with_what_it_was_measured_on() -> None:
    """It is not made anew here: the command, the lives, the years and a full table are looked for."""
    (found,) = MEASURED.finditer(note())
    assert found["command"].startswith("python -m tests.oracle --approximations --lives 1000000")
    words, rows = found["shown"].partition("| ")[0], re.findall(r"^\| .+ \|$", found["shown"], re.MULTILINE)
    assert re.match(r"1,000,000 lives a run .* 20 years from 2026 to 2045", words)
    assert rows[0] == "| scenario | quantity | engine | lives | difference | standard error |"
    stresses, quantities = {stress.title for stress in STRESSES}, {row.split(" | ")[1] for row in rows[1:]}
    assert {row.split(", 2045 | ")[0].removeprefix("| ") for row in rows[1:]} == stresses
    assert {name.replace("_", " ") for stress in STRESSES for name in stress.quantities} <= quantities
    assert note().count("<!-- measured:") == note().count("<!-- /measured -->") == 1
    assert refreshed(found[0]) == found[0]


def test_writing_the_note_anew_keeps_its_prose() -> None:
    given = "before\n<!-- output: python -m tests.docs_blocks order -->\nold\n<!-- /output -->\nafter\n"
    found = refreshed(given)
    assert found.startswith("before\n<!-- output: python -m tests.docs_blocks order -->\n```text\n1 ")
    assert found.endswith("```\n<!-- /output -->\nafter\n")


def test_the_order_of_the_year_is_quoted_from_the_step() -> None:
    quoted = " ".join(order().replace("```text", "").replace("```", "").split())
    assert [str(stage) for stage in range(1, 11)] == re.findall(r"(?:^|; )(\d+) ", quoted)
    assert quoted in " ".join((inspect.getdoc(step) or "").split())
    assert quoted in " ".join(note().split())


def exists(name: str) -> bool:
    """Whether a name is a key of a scenario, a column of a table, a field of a noun or an object of the package."""
    head, _, rest = name.partition(".")
    if head in NOUNS:
        return rest in {field.name for field in fields(NOUNS[head])}
    if any(key == name or key.startswith(f"{name}.") for key in KEYS):
        return True
    if any((found.table, found.name) == (head, rest) for found in VARIABLES):
        return True
    parts = name.split(".")
    modules = [length for length in range(1, len(parts)) if is_module(".".join(["simsurance", *parts[:length]]))]
    if not modules:
        return False
    found: Any = importlib.import_module(".".join(["simsurance", *parts[: modules[-1]]]))
    for part in parts[modules[-1] :]:
        found = vars(found).get(part) or getattr(found, "__dataclass_fields__", {}).get(part)
    return found is not None


def is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def symbols() -> list[str]:
    table = prose().partition("# 17. ")[2]
    rows = [line for line in table.splitlines() if line.startswith("| ") and not line.startswith(("| symbol", "| ---"))]
    assert len(rows) > 30
    assert all(line.rstrip().endswith("` |") for line in rows)
    return [name for line in rows for name in re.findall(r"`([^`]+)`", line.rpartition(" | ")[2])]


@pytest.mark.parametrize("name", sorted(set(symbols())))
def test_a_name_of_the_symbol_table_exists(name: str) -> None:
    assert exists(name)


def test_a_name_that_does_not_exist_is_seen() -> None:
    for wrong in (
        "YearBasis.discount",
        "model.fund.opening_",
        "population.mortality",
        "nowhere",
        "basis.Inputs.earnings",
    ):
        assert not exists(wrong), wrong


def test_every_key_named_in_the_note_is_a_key() -> None:
    named = [span.partition(" ")[0] for span in spans() if re.fullmatch(r"[a-z_]+(\.[a-z_0-9]+)+( = .+)?", span)]
    named = [name for name in named if not name.endswith((".csv", ".md"))]
    wrong = [name for name in named if name.partition(".")[0] in SECTIONS and not exists(name)]
    assert not wrong
    assert any(name.startswith("participation.") for name in named)


def test_every_scenario_and_fragment_named_in_the_note_is_shipped() -> None:
    fragments = re.findall(r"fragments? `(\w+)`", prose()) + re.findall(r"--with (\w+)", note())
    assert fragments
    for name in fragments:
        load("baseline", [name])
    named = [span for span in re.findall(r"\(`(\w+)`", prose()) if "_" in span]
    assert "no_2024_rules" in named
    for name in set(re.findall(r"^\| `(\w+)` \|", note(), re.MULTILINE)) & {"low_cost", "high_cost", "low_fertility"}:
        assert name in shipped()


def commands() -> list[str]:
    quoted = [span for span in spans() if span.startswith(("simsurance ", "python -m "))]
    return sorted({*quoted, *(found["command"] for kind in (BLOCK, MEASURED) for found in kind.finditer(note()))})


def parse(arguments: list[str]) -> None:
    """Read a command line as the program would, without running it; raises click's UsageError."""
    with click.Context(simsurance, info_name="simsurance") as context:
        _, subcommand, rest = simsurance.resolve_command(context, arguments)
        assert subcommand is not None
        subcommand.make_context(arguments[0], list(rest), parent=context)


@pytest.mark.parametrize("command", commands())
def test_a_command_quoted_in_the_note_is_one(command: str) -> None:
    """Its module exists, or its subcommand, options and arguments are accepted."""
    words = shlex.split(command)
    if words[0] == "python":
        assert words[1] == "-m"
        assert is_module(words[2]) or (DOCS.parent / Path(*words[2].split("."))).with_suffix(".py").is_file()
        return
    parse(words[1:])


UNFINISHED = ("--signs", "COMMAND --help")
"""Ends of what only names an option, or a command in general."""


def shown_commands() -> list[str]:
    """Commands with arguments that other pages show: in spans, in blocks for a shell, as outputs."""
    found = set()
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        found |= {block["command"] for block in BLOCK.finditer(text)}
        text = MEASURED.sub("", BLOCK.sub("", text))
        found |= set(re.findall(r"`(simsurance [\w-]+ [^`\n]+)`", text))
        for block in re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            found |= set(re.findall(r"^(simsurance [^#\n]+)", block, re.MULTILINE))
    return sorted(
        each.strip()
        for each in found
        if each.startswith("simsurance ") and "…" not in each and not each.endswith(UNFINISHED)
    )


@pytest.mark.parametrize("command", shown_commands())
def test_a_command_shown_on_a_page_is_one(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Its subcommand, options and arguments are accepted; help and a list of what there is end at once."""
    with suppress(click.exceptions.Exit):
        parse(shlex.split(command)[1:])


def test_a_command_that_is_none_is_refused() -> None:
    with pytest.raises(click.UsageError, match="--since"):
        parse(["hindcast", "--since", "2024"])


def test_sections_of_the_note_are_numbered_and_listed_in_their_order() -> None:
    heads = [re.match(r"# (\d+)\. (.+)\n", section.read_text(encoding="utf-8")) for section in METHOD]
    told = [f"{head[1]}. [{head[2]}]({file.name})" for head, file in zip(heads, METHOD, strict=True) if head]
    listed = re.findall(
        r"^\d+\. \[.+\]\(.+\)$", (DOCS / "method" / "index.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert told == listed
    assert [int(head[1]) for head in heads if head] == [*range(1, len(METHOD) + 1)]


def test_the_note_never_claims_to_comply_with_a_standard() -> None:
    assert "support work under ISAP 2" in note()
    of_wages = re.sub(r"contributions\.compliance\b|\bcompliance_up\b", "", note())
    assert not re.search(r"\bcompl(y|ies|iant|iance)\b", of_wages, re.IGNORECASE)


@pytest.mark.parametrize("table", sorted(PICTURES.glob("*.csv")), ids=lambda table: table.stem)
def test_a_picture_shows_the_baseline_as_it_is(table: Path) -> None:
    """The table beside a picture; `simsurance run baseline` draws both anew, in `charts/` of its folder."""
    assert table.with_suffix(".png").is_file()
    shown, drawn = pd.read_csv(table), charts.draw(table.stem, projected(), "en").data
    assert shown.drop(columns="value").to_dict("list") == drawn.drop(columns="value").to_dict("list")
    assert shown["value"].to_numpy() == pytest.approx(drawn["value"].to_numpy(), rel=1e-6)


def test_every_picture_of_the_pages_has_its_table() -> None:
    assert (
        {picture.stem for picture in PICTURES.glob("*.png")}
        == {table.stem for table in PICTURES.glob("*.csv")}
        != set()
    )
