"""What several subcommands share: fragments and settings laid upon a scenario, the language, what is told of its years."""

import os
import re
import shlex
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from click.core import ParameterSource

from simsurance.cli.terminal import tell
from simsurance.errors import SimsuranceError
from simsurance.language import WHOLE, languages, tell_in, words
from simsurance.output.look import MONEY, choose, current
from simsurance.scenario_file.keys import JUDGED_ON

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario

Command = TypeVar("Command", bound=Callable[..., Any])


def in_its_currency(scenario: "Scenario") -> "Scenario":
    """The scenario of a subcommand, whose words are those of a scheme in its currency from here on."""
    tell_in(scenario.currency)
    return scenario


def scenario_options(command: Command) -> Command:
    """`--with` and `--set`, handed to the subcommand as `fragments` and `settings`."""
    command = click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="KEY=VALUE",
        help="Set one key, the value written as in TOML: --set fund.administration_share=0.02. May be repeated.",
    )(command)
    return click.option(
        "--with",
        "fragments",
        multiple=True,
        metavar="NAMES",
        callback=_split,
        help="Lay fragments upon the scenario, in order: names or .toml files, joined by commas. May be repeated.",
    )(command)


def as_of_option(command: Command) -> Command:
    """`--as-of`, handed to the subcommand as `as_of`: the setting of the date on which validity is judged."""
    return click.option(
        "--as-of",
        type=click.DateTime(("%Y-%m-%d",)),
        callback=lambda context, parameter, day: (f'{JUDGED_ON}="{day.date()}"',) if day else (),
        help="Date on which the validity of own inputs is judged; the valuation date if not given, never that of the clock.",
    )(command)


def language_option(of: str) -> Callable[[Command], Command]:
    """`--lang`, handed to the subcommand as `lang`; `of` says what is written in that language."""
    return click.option(
        "--lang",
        type=click.Choice(languages()),
        default=WHOLE,
        show_default=True,
        callback=lambda context, parameter, lang: lang if lang == WHOLE else words(lang).lang,
        help=f"Language of {of}.",
    )


def many_runs_options(printed: str) -> Callable[[Command], Command]:
    """What every command of many runs takes: `--jobs`, `--out`, `--charts`, `--bom`, `--lang` and `--json`, as `as_json`.

    `printed` says what is printed unless it is JSON.
    """
    options = (
        click.option(
            "--jobs", type=click.IntRange(1, 1024), help="Processes; as many as there are processors if not given."
        ),
        click.option(
            "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Folder to write to."
        ),
        click.option("--charts/--no-charts", default=True, help="Draw charts, or leave them out."),
        style_option,
        bom_option,
        language_option(f"{printed}, charts and summary"),
        click.option("--json", "as_json", is_flag=True, help=f"Print one JSON document instead of the {printed}."),
    )

    def put(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return put


def given(name: str) -> bool:
    """Whether the option of a parameter of the subcommand stands on the command line."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE


def processors(jobs: int | None) -> int:
    """Processes that are asked for, or as many as there are processors."""
    return jobs or os.cpu_count() or 1


PARTS: Final = "simsurance.parts"
"""Where a context holds the folders of finished chunks."""


def goes_on_from(parts: Path) -> Path:
    """A folder from whose finished chunks the same command goes on; who interrupts it is told so."""
    click.get_current_context().meta.setdefault(PARTS, []).append(parts)
    return parts


def parts_of(folder: Path, digest: str, lang: str) -> Path:
    """Where finished chunks of a result stand until all are there; says which of another state of the scenario stand beside."""
    from simsurance.uncertainty.chunks import any_done

    parts = folder.with_name(f"{folder.name}.{digest[:8]}.parts")
    for other in sorted(folder.parent.glob(f"{escape(folder.name)}.????????.parts")):
        if other != parts and any_done(other):
            tell(words(lang).say("progress.other_parts", folder=other), err=True)
    return goes_on_from(parts)


def range_option(command: Command) -> Command:
    """`--no-range`, handed to the subcommand as `ranged`."""
    return click.option(
        "--range/--no-range",
        "ranged",
        default=True,
        help="Tell how far depletion years move under single changes of what is not known, or leave it out.",
    )(command)


def entries_option(command: Command) -> Command:
    """`--entries`, handed to the subcommand as `entries`: what compared runs do with entries to the scheme."""
    return click.option(
        "--entries",
        type=click.Choice(("held", "odds")),
        default="held",
        show_default=True,
        help="New entrants to the employee scheme: those of the base, or by the odds of the uninsured.",
    )(command)


def bom_option(command: Command) -> Command:
    """`--bom`, handed to the subcommand as `bom`."""
    return click.option(
        "--bom", is_flag=True, help="Begin CSV files with a byte order mark: Excel on Windows then reads Chinese."
    )(command)


def jobs_option(of: str, alone: int = 0) -> Callable[[Command], Command]:
    """`--jobs`, handed to the subcommand as `jobs`: for what, and up to how many years it is one if not given."""
    one = f", up to {alone} years one," if alone else ""
    return click.option(
        "--jobs",
        type=click.IntRange(1, 1024),
        help=f"Processes for {of}; as many as processors{one} if not given. Results are the same for any number.",
    )


def extent_options(command: Command) -> Command:
    """`--formats` and `--tables`, handed to the subcommand as `formats` and `tables`, None where they are not given."""
    command = click.option(
        "--tables",
        metavar="NAMES",
        callback=_chosen,
        help="Tables to write as CSV, joined by commas, or all; simsurance rebuild writes the others later.",
    )(command)
    return click.option(
        "--formats",
        metavar="NAMES",
        callback=_chosen,
        help="Formats of charts: png, svg or both; simsurance rebuild draws the others later.",
    )(command)


def _chosen(context: click.Context, parameter: click.Parameter, given: str | None) -> tuple[str, ...] | None:
    from simsurance.output.planned import chosen

    return None if given is None else chosen(str(parameter.name), given)


def style_option(command: Command) -> Command:
    """`--style`: charts in the colours and the font of a house, as long as the subcommand runs."""
    return click.option(
        "--style",
        type=click.Path(path_type=Path),
        expose_value=False,
        callback=_styled,
        help="Draw charts in the colours and the font of this TOML file.",
    )(command)


def money_option(command: Command) -> Command:
    """`--money`: what charts show amounts of funds in, as long as the subcommand runs."""
    return click.option(
        "--money",
        type=click.Choice(MONEY),
        expose_value=False,
        callback=_in_money,
        help="What charts show amounts of funds in.  [default: constant_prices]",
    )(command)


def _styled(context: click.Context, parameter: click.Parameter, given: Path | None) -> None:
    if given is not None:
        from simsurance.output.charts.style_file import read_style

        colours, font = read_style(given)
        _look(context, colours=colours, font=font)


def _in_money(context: click.Context, parameter: click.Parameter, given: str | None) -> None:
    if given is not None:
        _look(context, money=given)


def _look(context: click.Context, **changes: Any) -> None:
    """Change the look of charts until the command ends, be it that a later option is refused and the subcommand never runs."""
    before = current()
    choose(replace(before, **changes))
    context.find_root().call_on_close(lambda: choose(before))


def strict_option(command: Command) -> Command:
    """`--strict`, handed to the subcommand as `strict`."""
    return click.option("--strict", is_flag=True, help="Make every note an error: exit code 3.")(command)


def notes_of(scenario: "Scenario", lang: str = WHOLE, single: bool = False) -> list[str]:
    """What is to be known of a scenario's inputs and of its pins, one line a note, and what it sets without effect.

    `single`: a single run, for which what is set for draws has none either; a file may serve both.
    Raises SimsuranceError where no basis can be built of what is set.
    """
    from simsurance.scenario_file.acting import surely_acts
    from simsurance.scenario_file.files import of_the_shipped

    found = scenario.notes_in(lang)
    shipped = all(of_the_shipped(layer) for layer in (scenario.root, *scenario.layers.values()))
    if not shipped and not surely_acts(scenario):
        from simsurance.basis.idle import idle_notes

        found += [note.told(words(lang)) for note in idle_notes(scenario)]
    if single:
        from simsurance.scenario_file.notes import of_draws

        found += [note.told(words(lang)) for note in of_draws(scenario)]
    if scenario.tables_to_judge:
        from simsurance.basis.table_levels import table_notes

        found += [note.told(words(lang)) for note in table_notes(scenario)]
    return [words(lang).say("run.note", scenario=scenario.name, note=note) for note in found]


def tell_notes(lines: Iterable[str], strict: bool = False) -> None:
    """Notes on standard error; raises SimsuranceError where notes are errors and there are any."""
    lines = list(lines)
    if strict and lines:
        raise SimsuranceError(*lines)
    for line in lines:
        tell(line, err=True)


def tell_undrawn(titles: Iterable[str], lang: str) -> None:
    """What no font here can draw of the titles on charts, in one line on standard error; nothing where all can be drawn."""
    doubtful = [title for title in titles if not title.isascii()]
    if not doubtful:  # the charts' own font has all of these
        return
    from simsurance.output.charts.lettering import undrawn

    if found := undrawn(doubtful):
        characters = [f"{each} (U+{ord(each):04X})" for each in found]
        tell(words(lang).say("run.undrawn", characters=characters), err=True)


def command_line() -> str:
    """The command as it was called, for a manifest; folders above the current one are not told, they name persons."""
    told = shlex.join(["simsurance", *sys.argv[1:]]).replace(f"{Path.cwd()}{os.sep}", "")
    return re.sub(r"""(?<![\w.:/\\…-])(?:[A-Za-z]:)?[/\\](?:[^/\\"'=,\n]+[/\\])+""", "…/", told)


def _split(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """The single names of lists such as `a,b`."""
    return tuple(name for names in given for name in names.split(","))
