"""The command `simsurance`: one module a subcommand, imported when it is called; errors become messages here alone."""

import errno
import os
import sys
from importlib import import_module
from itertools import pairwise
from typing import Any, NoReturn

import click

from simsurance import __version__
from simsurance.cli.terminal import take_any_code_page, tell
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import CNY, WHOLE, languages, told_in, words
from simsurance.plain_text import shown

COMMANDS = {
    "demo": "Make a page to play with, in under a minute.",
    "run": "Project scenarios and write tables, charts and a summary.",
    "rebuild": "Draw charts, write tables of saved folders, without a projection.",
    "report": "Write papers for the meeting: page, document, slides, workbook.",
    "compare": "Set the results of scenarios side by side.",
    "stochastic": "Project many draws of what is not known.",
    "sensitivity": "Find what moves a fund most of all that is not known.",
    "sweep": "Project a scenario over a grid of values of its keys.",
    "solve": "Find what a key has to be for a condition to hold.",
    "frontier": "Find packages of levers that hold a target.",
    "stress": "Find the nearest shock that depletes a fund.",
    "attribute": "Say what each part of a change does.",
    "adjustment": "Say what a rule that acts by itself does, and who pays.",
    "bridge": "Say why an answer is not that of last year.",
    "months": "Spread a year over its months: money in the bank.",
    "show": "Print a scenario's assumptions with units and sources.",
    "validate": "Check scenario files without running them.",
    "check": "Run the reference scenarios against their stored results.",
    "hindcast": "Set past years beside the published figures.",
    "levers": "List the shipped reforms with what each changes.",
    "schemes": "Show what a policy in one scheme does to both.",
    "story": "Tell what the rules do to one member, year by year.",
    "loopholes": "Find members' best answers to the rules and their cost.",
    "init": "Start a scenario file, or the folder of a fund, of your own.",
    "import": "Read a fund office's table into the folder of a fund.",
    "pool": "Set pools side by side, apart, adjusted and merged.",
    "calibrate": "Fit a fund's factors to its own series.",
    "page": "Make one offline page with sliders for a meeting.",
    "schema": "Print the JSON Schema of a scenario file.",
    "doctor": "Look at versions, extras, fonts and write access.",
    "completion": "Print what a shell needs to complete commands.",
}
"""Every subcommand with its line in the list of commands, so that the list needs none of their modules."""

MODULES = {"import": "import_table"}
"""Modules of subcommands whose names are words of Python."""
WRITING = (
    "demo",
    "run",
    "rebuild",
    "report",
    "compare",
    "stochastic",
    "sensitivity",
    "sweep",
    "solve",
    "frontier",
    "stress",
    "attribute",
    "adjustment",
    "bridge",
    "months",
    "check",
    "schemes",
    "init",
    "import",
    "pool",
    "calibrate",
    "page",
    "schema",
)
"""The subcommands that write files; each is killed before every one of its file operations by a test."""


class Commands(click.Group):
    """The group of subcommands: knows them by name until one is called, and answers for what they raise."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Begin: standard output takes every character from here on, help and refusals included."""
        take_any_code_page()
        return super().main(*args, **options)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of COMMANDS, which is the order in which a newcomer needs them."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Import the subcommand that is called."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in COMMANDS:
            command = import_module(f"{__name__}.{MODULES.get(name, name)}").command
        return name, command, rest

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remember in which language messages are told before anything can be wrong."""
        ctx.meta[LANG] = asked_language(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand, whose scenario may be in another currency; turn what it raises into lines and an exit code."""
        try:
            with told_in(CNY):
                result = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
            return result
        except click.ClickException as error:
            told = shown(in_language(error.format_message(), ctx.meta[LANG]))
            vars(error).update(format_message=lambda: told)
            raise
        except (click.exceptions.Exit, click.Abort):
            raise
        except (Exception, KeyboardInterrupt) as error:
            if ctx.params["traceback"]:
                sys.excepthook(type(error), error, error.__traceback__)
            end_with_message(error, ctx.meta[LANG], interrupted(ctx) if isinstance(error, KeyboardInterrupt) else ())


LANG = "simsurance.lang"
"""Where a context holds the language of messages."""


def asked_language(args: list[str]) -> str:
    """The language that `--lang` names, the last time; English where it names none that there is."""
    told = [value for name, value in pairwise(args) if name == "--lang"]
    told += [each.partition("=")[2] for each in args if each.startswith("--lang=")]
    return told[-1] if told and told[-1] in languages() else WHOLE


def in_language(line: str, lang: str) -> str:
    """A message in the language asked for; what has no words there is told in English."""
    if lang == WHOLE:
        return line
    from simsurance.language.messages import told

    return told(line, lang)


def interrupted(ctx: click.Context) -> tuple[str, ...]:
    """The line of who interrupts a command that goes on from what is done; none where nothing is."""
    from simsurance.cli.options import PARTS

    if parts := ctx.meta.get(PARTS):
        from simsurance.uncertainty.chunks import any_done

        if any(any_done(each) for each in parts):
            return ("interrupted; the command again goes on from what is done",)
    return ()


def end_with_message(error: BaseException, lang: str = WHOLE, said: tuple[str, ...] = ()) -> NoReturn:
    """Say on standard error what went wrong, or what is said of it, without a traceback; end with the exit code of its kind."""
    exit_code, lines = explain(error)
    lines = said or lines
    if isinstance(error, OSError):
        discard_unwritable_output()
    for line in lines:
        tell(in_language(line, lang), err=True)
    sys.exit(exit_code)


def discard_unwritable_output() -> None:
    """Drop what standard output no longer takes, or Python would try again at its end and complain."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def explain(error: BaseException) -> tuple[ExitCode, tuple[str, ...]]:
    """The exit code and the lines that tell a user what an exception means."""
    match error:
        case SimsuranceError():
            return error.exit_code, error.lines
        case KeyboardInterrupt():
            return ExitCode.INTERRUPTED, ("interrupted",)
        case OSError(errno=errno.EPIPE):
            return ExitCode.CLOSED_PIPE, ()
        case OSError(strerror=str()):
            place = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
            return ExitCode.ENVIRONMENT, (f"{place}{error.strerror}",)
        case MemoryError():
            return ExitCode.ENVIRONMENT, ("not enough memory; fewer runs at a time need less",)
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return ExitCode.BUG, (f"{what} (an error in simsurance; SIMSURANCE_TRACEBACK=1 or --traceback shows where)",)


@click.group(
    cls=Commands,
    commands={name: click.Command(name, short_help=line) for name, line in COMMANDS.items()},
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="%(prog)s %(version)s", prog_name="simsurance")
@click.option("--traceback", is_flag=True, envvar="SIMSURANCE_TRACEBACK", help="Show where an error came from.")
@click.pass_context
def main(ctx: click.Context, traceback: bool) -> None:
    """Actuarial simulator of social health insurance funds."""
    if ctx.invoked_subcommand is None:
        tell("\n\n".join(words(lang).say("first_run.next", version=__version__) for lang in languages()))
