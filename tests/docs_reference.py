"""Pages of reference, made of what they tell of: the glossary, the commands, the names in Python."""

import csv
import inspect
import re

import click

import simsurance as ss
from simsurance.cli import COMMANDS, main
from simsurance.language import FOLDER


def glossary() -> str:
    """English terms with Chinese ones, and what is not said for them."""
    rows = _terms()
    lines = ["| term | Chinese | not |", "| --- | --- | --- |"]
    lines += [f"| {row['en']} | {row['zh']} | `{row['not_en']}` |".replace("`` ", "") for row in rows]
    return "\n".join([*lines, ""])


def glossary_zh() -> str:
    """Chinese terms with English ones, and what is not said for them."""
    rows = _terms()
    lines = ["| 术语 | 英文 | 不用 |", "| --- | --- | --- |"]
    lines += [f"| {row['zh']} | {row['en']} | `{row['not_zh']}` |".replace("`` ", "") for row in rows]
    return "\n".join([*lines, ""])


def _terms() -> list[dict[str, str]]:
    with (FOLDER / "glossary.csv").open(encoding="utf-8", newline="") as file:
        return [{name: text.replace("|", "/") for name, text in row.items()} for row in csv.DictReader(file)]


def commands() -> str:
    """What every command tells of itself."""
    parts = []
    with main.make_context("simsurance", [], resilient_parsing=True) as context:
        for name in COMMANDS:
            _, command, _ = main.resolve_command(context, [name])
            assert command is not None
            with click.Context(command, parent=context, info_name=name, terminal_width=100) as own:
                parts += [f"## simsurance {name}", "", "```text", command.get_help(own), "```", ""]
    return "\n".join(line.rstrip() for line in "\n".join(parts).splitlines()) + "\n"


def api() -> str:
    """Every public name with its signature and what it is; of classes, what they offer."""
    parts = []
    for name in ss.__all__:
        found = getattr(ss, name)
        if isinstance(found, str):
            continue
        parts += [f"## `{name}`", "", *_told(f"ss.{name}", found)]
        if inspect.isclass(found):
            for member, value in vars(found).items():
                if not member.startswith("_") and (callable(value) or isinstance(value, property)):
                    parts += [f"### `{name}.{member}`", "", *_told(f".{member}", value)]
    return "\n".join(parts)


def _told(shown: str, found: object) -> list[str]:
    """A name with its signature, and its docstring as it stands."""
    signature = "" if isinstance(found, property) or inspect.isclass(found) else str(inspect.signature(found))  # type: ignore[arg-type]
    told = (inspect.getdoc(found) or "").splitlines()
    indented = [f"    {line}" if line else "" for line in told]
    return ["```text", f"{shown}{_shortened(signature)}", *indented, "```", ""]


def _shortened(signature: str) -> str:
    """A signature without quotes and without the modules of its types."""
    plain = re.sub(r"<(\w+) [^>]*>", r"\1", signature.replace("'", "").replace('"', ""))
    return re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", plain).replace("self, ", "").replace("(self)", "()")
