#!/usr/bin/env bash
# click: the help option of a command is made once, with the names of the context of its first help, and then kept.
# Belief: the help of a command shows the help option's names of the context that it is asked in (help_option_names).
# Seen: whichever context asks first decides: alone first, "-h" is missing under the group as well, and the other way round.
# Matters: a page of help texts made in one process, and a test that compares help, depend on what was asked before.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/venv"
python3 -m pip --python "$folder/venv/bin/python" install -q click==8.5.1

"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import click


def help_option_lines(alone_first: bool) -> tuple[str, str]:
    """The line of the help option of one command: asked alone, and under a group whose context names it -h, --help."""

    @click.group(context_settings={"help_option_names": ["-h", "--help"]})
    def group() -> None:
        pass

    @group.command()
    def run() -> None:
        pass

    def line(context: click.Context) -> str:
        return next(line.strip() for line in run.get_help(context).splitlines() if "--help" in line)

    def alone() -> str:
        return line(click.Context(run, info_name="run"))

    def grouped() -> str:
        parent = click.Context(group, info_name="tool", help_option_names=["-h", "--help"])
        return line(click.Context(run, info_name="run", parent=parent))

    if alone_first:
        first = alone()
        return first, grouped()
    second = grouped()
    return alone(), second


first, second = help_option_lines(alone_first=True), help_option_lines(alone_first=False)
print("version:   click", version("click"))
print("belief:    each context's own names of the help option stand in its help")
print("behaviour: asked alone first:      alone", repr(first[0]), "- under the group", repr(first[1]))
print("behaviour: asked under the group first: alone", repr(second[0]), "- under the group", repr(second[1]))
print("matters:   help made in one process depends on its order; make it from a fresh command, or with one parent")
kept = first[0] == first[1] and second[0] == second[1] and first[0] != second[0]
sys.exit(0 if kept else "the behaviour has changed")
PY
