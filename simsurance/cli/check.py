"""`simsurance check`: results now against the results that were accepted."""

import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import click

from simsurance.cli.options import as_of_option, jobs_option, tell_notes
from simsurance.cli.progress import Progress, progress
from simsurance.cli.terminal import tell
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import WHOLE, words
from simsurance.processes import cores, in_order, spread
from simsurance.scenario_file.files import PACKAGE, countries, scenarios_folder, shipped
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.own_register import STALE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simsurance.analysis.answer_references import Entries
    from simsurance.analysis.reference_results import Difference, More
    from simsurance.results import RunResult

MOST_SHOWN: Final = 20
DRAWS: Final = "draws.csv"


@click.command()
@click.argument("scenarios", metavar="[SCENARIO]...", nargs=-1)
@click.option(
    "--references",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the accepted results; those of the shipped scenarios if none is given.",
)
@click.option("--update", is_flag=True, help="Accept the results as they are now; needs --reason.")
@click.option("--reason", help="Why the results may change, for the log CHANGES.csv beside the references.")
@click.option(
    "--draws",
    is_flag=True,
    help="Compare draws as well, draw by draw: of the scenarios with accepted draws, or those named.",
)
@as_of_option
@click.option(
    "--answers", is_flag=True, help="Compare answers as well: those of scenarios/answers/commands.csv, a line each."
)
@jobs_option("scenarios and draws")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of lines.")
def command(
    scenarios: tuple[str, ...],
    references: Path | None,
    update: bool,
    reason: str | None,
    draws: bool,
    answers: bool,
    as_of: tuple[str, ...],
    jobs: int | None,
    as_json: bool,
) -> None:
    """Run scenarios and compare fund, measures and membership with the accepted results; exit code 5 if any differs.

    Without names: every shipped scenario. Guard your own scenario in the same way:
    simsurance check mine.toml --references my_references
    """
    if update and not (reason or "").strip():
        raise click.UsageError('--update needs --reason "why the results may change"')
    if reason is not None and not update:
        raise click.UsageError("--reason belongs to --update")
    if answers and (scenarios or references):
        raise click.UsageError("--answers are those of the shipped scenarios; leave out names and --references")
    folder = references or scenarios_folder() / "references"
    if update:
        _refuse_installed(references)
    chosen = [load(name, settings=as_of) for name in dict.fromkeys(scenarios or (*shipped(), *countries()))]
    tell_notes(dict.fromkeys(line for scenario in chosen for line in _stale(scenario)))
    _prepare(folder, update)
    with progress() as line:
        line.say(words(WHOLE).label("progress.importing"))
        from simsurance.model.projection import RUNS_IN_CACHE
        from simsurance.results import simulate

        wanted = [each for each in chosen if draws and (scenarios or (folder / each.name / DRAWS).exists())]
        more = {each.name: _draws(each, jobs, line) for each in wanted}
        if update:
            results = simulate(chosen)
        else:
            batches = [chosen[first : first + RUNS_IN_CACHE] for first in range(0, len(chosen), RUNS_IN_CACHE)]
            made = in_order(spread(_differences, (folder, more), batches, jobs or cores()))
            found = {name: cells for of_batch in made for name, cells in of_batch.items()}
        told = _answers(line) if answers else {}
    if update:
        _update(results, folder, str(reason), more)
        _update_answers(told, str(reason))
    else:
        found |= _answer_differences(told)
        _check(found, folder, _left_over(folder) if not scenarios and not references else [], as_json)


def _stale(scenario: Scenario) -> list[str]:
    """What is told of own inputs whose validity has ended."""
    said = words(WHOLE)
    return [
        said.say("run.note", scenario=scenario.name, note=note.told(said))
        for note in scenario.notes_found
        if note.name == STALE
    ]


def _draws(scenario: Scenario, jobs: int | None, line: Progress) -> dict[str, str]:
    """The tables of a scenario's draws that a reference keeps."""
    from simsurance.output.stored_draws import STORED, stored_texts
    from simsurance.uncertainty.sampling import Sample
    from simsurance.uncertainty.stochastic import stochastic

    said = words(WHOLE)
    (run,) = stochastic([scenario], Sample(**STORED), jobs or cores(), None, lambda *at: line.say_share(said, *at))
    return stored_texts(run)


def _answers(line: Progress) -> "dict[str, Entries]":
    """What each command of the answers prints for programs, its entries that are kept."""
    from simsurance.analysis.answer_references import answers_folder, asked, entries_of
    from simsurance.cli import main

    found = {}
    for each in asked(answers_folder()):
        line.say(each.answer)
        printed = StringIO()
        with TemporaryDirectory() as out, redirect_stdout(printed):
            main.main([*each.arguments, "--json", "--no-charts", "--out", out], standalone_mode=False)
        found[each.answer] = entries_of(json.loads(printed.getvalue()), each.kept)
    return found


def _answer_differences(told: "Mapping[str, Entries]") -> "dict[str, list[Difference]]":
    """The entries of answers that are not as they were accepted, by name."""
    from simsurance.analysis.answer_references import accepted, answers_folder, asked, differences

    if not told:
        return {}
    known, borne = accepted(answers_folder()), {each.answer: each.tolerance for each in asked(answers_folder())}
    return {f"answers {name}": differences(name, known.get(name, {}), now, borne[name]) for name, now in told.items()}


def _update_answers(told: "Mapping[str, Entries]", reason: str) -> None:
    """Accept the answers, one line each."""
    from simsurance.analysis.answer_references import accept, answers_folder, asked

    if told:
        borne = {each.answer: each.tolerance for each in asked(answers_folder())}
        for name, largest in accept(answers_folder(), told, reason, borne).items():
            tell(f"answers {name}: unchanged" if largest is None else str(largest))


def _update(results: "list[RunResult]", folder: Path, reason: str, more: "Mapping[str, More]") -> None:
    """Accept the results, one line a scenario."""
    from simsurance.analysis.reference_results import accept

    for result, largest in zip(results, accept(results, folder, reason, more), strict=True):
        tell(f"{result.scenario.name}: unchanged" if largest is None else str(largest))


def _prepare(folder: Path, update: bool) -> None:
    """Finish what a killed update left; before anything is computed, refuse a log or a folder that takes no update."""
    from simsurance.analysis.reference_results import log_text, settle
    from simsurance.drafts import require_writable

    settle(folder)
    if update:
        log_text(folder)
        require_writable(folder / "new")


def _differences(
    asked: "tuple[Path, Mapping[str, More]]", scenarios: "Sequence[Scenario]"
) -> "dict[str, list[Difference]]":
    """The cells of some scenarios that are not as they were accepted."""
    from simsurance.analysis.reference_results import differences
    from simsurance.results import simulate

    folder, more = asked
    results = ((result.scenario.name, result) for result in simulate(scenarios))
    return {name: differences(result, folder / name, more.get(name)) for name, result in results}


def _check(found: "Mapping[str, list[Difference]]", folder: Path, left_over: list[str], as_json: bool) -> None:
    """Print every scenario that is as it was and the worst cells of the others; raises SimsuranceError (COMPARISON)."""
    lines = sorted((each for cells in found.values() for each in cells), key=lambda each: -each.times)
    if as_json:
        tell(_json(found), nl=False)
    else:
        tell("".join(f"ok {name}\n" for name, cells in found.items() if not cells), nl=False)
    told = [str(each) for each in lines[:MOST_SHOWN]]
    if len(lines) > MOST_SHOWN:
        told.append(f"and {len(lines) - MOST_SHOWN} more cells; {', '.join(name for name in found if found[name])}")
    told += [f"{name}: a reference without a scenario; remove {folder / name}" for name in left_over]
    if told:
        hint = 'if this is meant, accept it: add --update --reason "…"'
        raise SimsuranceError(*told, hint, exit_code=ExitCode.COMPARISON)


def _json(found: "Mapping[str, list[Difference]]") -> str:
    """The differences for programs."""
    from simsurance.output.manifest import as_json

    scenarios = [
        {
            "scenario": name,
            "ok": not cells,
            "differences": [
                {
                    "table": each.table,
                    "row": each.row,
                    "column": each.column,
                    "reference": each.reference,
                    "now": each.now,
                    "difference": each.change,
                }
                for each in cells
            ],
        }
        for name, cells in found.items()
    ]
    return as_json({"schema": "simsurance.check/1", "ok": not any(found.values()), "scenarios": scenarios})


def _left_over(folder: Path) -> list[str]:
    """Names of references whose scenario is gone."""
    return sorted({path.name for path in folder.glob("*") if path.is_dir()} - {*shipped(), *countries()})


def _refuse_installed(references: Path | None) -> None:
    """Raises SimsuranceError (ENVIRONMENT) where the references are part of an installed package."""
    if references is None and scenarios_folder().is_relative_to(PACKAGE):
        text = "the references of an installed simsurance are not changed; work in a checkout, or give --references DIR"
        raise SimsuranceError(text, exit_code=ExitCode.ENVIRONMENT)
