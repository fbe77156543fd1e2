"""`simsurance compare`: the results of scenarios side by side."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from simsurance.cli.options import (
    bom_option,
    command_line,
    entries_option,
    in_its_currency,
    jobs_option,
    language_option,
    money_option,
    notes_of,
    range_option,
    scenario_options,
    style_option,
    tell_notes,
    tell_undrawn,
)
from simsurance.cli.progress import progress
from simsurance.cli.show import columns
from simsurance.cli.terminal import tell
from simsurance.language import words
from simsurance.output.folder import prepare
from simsurance.output.labels import scenario_title
from simsurance.processes import cores, in_order, spread
from simsurance.scenario_file.loader import Scenario, load

if TYPE_CHECKING:
    from simsurance.analysis.compare import Comparison
    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.results import RunAccounts

LONGEST_NAME: Final = 120
FEW: Final = 2
"""Scenarios for which processes of their own take longer to begin than they save."""


@click.command()
@click.argument("base")
@click.argument("others", metavar="OTHER...", nargs=-1, required=True)
@scenario_options
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Folder to write to."
)
@entries_option
@click.option("--charts/--no-charts", default=True, help="Draw charts, or leave them out.")
@style_option
@money_option
@range_option
@bom_option
@language_option("table, charts and summary")
@jobs_option("ranges of scenarios")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of a table.")
def command(
    base: str,
    others: tuple[str, ...],
    fragments: tuple[str, ...],
    settings: tuple[str, ...],
    out: Path,
    entries: str,
    charts: bool,
    ranged: bool,
    bom: bool,
    lang: str,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Run BASE and each OTHER, and write what differs to OUT/compare-<names>/.

    A scenario may carry fragments of its own behind plus signs: simsurance compare baseline baseline+turnover_low
    """
    scenarios = [scenario_of(name, fragments, settings) for name in (base, *others)]
    folder = out / folder_name("compare", [scenario.name for scenario in scenarios])
    prepare(folder)
    with progress() as line:
        line.say(words(lang).label("progress.importing"))
        from simsurance.analysis.compare import compare, require_one_currency
        from simsurance.output.save import save_comparison
        from simsurance.results import accounts_alone

        require_one_currency(scenarios)
    tell_notes(dict.fromkeys(line for scenario in scenarios for line in notes_of(scenario, lang, single=True)))
    with progress() as line:
        line.say(words(lang).label("progress.projecting"))
        comparison = compare(scenarios, entries)
        line.say(words(lang).label("progress.single_changes"))
        runs = [accounts_alone(result) for result in comparison.results]
        alone = jobs or (cores() if len(runs) > FEW else 1)
        ranges = in_order(spread(_range, None, runs, alone)) if ranged else None
        line.say(words(lang).say("progress.writing", folder=folder))
        save_comparison(comparison, folder, charts, lang, command_line(), ranges, bom)
    if charts:
        tell_undrawn((scenario_title(scenario, lang) for scenario in scenarios), lang)
    tell(_json(comparison, folder, ranges) if as_json else _text(comparison, folder, lang, ranges), nl=False)


def _range(shared: None, run: "RunAccounts") -> "SingleChanges":
    """The range of a run."""
    from simsurance.analysis.single_changes import single_changes

    return single_changes(run)


def scenario_of(name: str, fragments: tuple[str, ...], settings: tuple[str, ...]) -> Scenario:
    """A scenario with the fragments behind its plus signs, then those of --with and --set."""
    first, *own = [name] if Path(name).exists() or "/" in name else name.split("+")
    return in_its_currency(load(first, (*own, *fragments), settings))


def folder_name(command: str, names: list[str]) -> str:
    """compare-<names>, or the first name and a number where that grows too long."""
    whole = "-".join([command, *names])
    if len(whole.encode()) <= LONGEST_NAME:
        return whole
    return f"{command}-{names[0].encode()[:80].decode(errors='ignore')}-and-{len(names) - 1}-others"


def _text(comparison: "Comparison", folder: Path, lang: str, ranges: "Sequence[SingleChanges] | None") -> str:
    """The measures side by side and the assumptions that differ, for the terminal."""
    from simsurance.output.compare_summary import notes, rows

    said = words(lang)
    header = (said.label("compare.measure"), *comparison.names)
    lines = columns([header, *(tuple(row) for row in rows(comparison, lang, ranges))])
    keys = [f"  {key}" for key in comparison.differences.index]
    told = said.label("compare.assumptions" if keys else "compare.no_assumption")
    unlike = [] if comparison.same_years else [said.label("compare.horizons")]
    return "\n".join([*lines, "", *unlike, *notes(comparison, lang), "", told, *keys, "", folder.as_posix(), ""])


def _json(comparison: "Comparison", folder: Path, ranges: "Sequence[SingleChanges] | None") -> str:
    """The same for programs."""
    from simsurance.output.manifest import COMPARISON_SCHEMA, as_json, records
    from simsurance.output.ranges import range_record

    content = {
        "schema": COMPARISON_SCHEMA,
        "ok": True,
        "scenarios": list(comparison.names),
        "same_years": comparison.same_years,
        "years": {
            name: [run.years[0], run.years[-1]] for name, run in zip(comparison.names, comparison.results, strict=True)
        },
        "entries_held": comparison.held,
        "entries_not_met": comparison.not_met,
        "folder": folder.as_posix(),
        "measures": records(comparison.measures),
        "differences": records(comparison.differences),
    }
    if ranges is not None:
        content["depletion_ranges"] = {
            name: {fund: range_record(found) for fund, found in own.funds.items()}
            for name, own in zip(comparison.names, ranges, strict=True)
        }
    return as_json(content)
