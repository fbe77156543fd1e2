"""`simsurance init`: begin a scenario file."""

import os
from pathlib import Path

import click

from simsurance.cli.options import language_option
from simsurance.cli.terminal import tell
from simsurance.drafts import write_whole
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import words
from simsurance.scenario_file.files import IN_PYTHON, shipped
from simsurance.scenario_file.json_schema import FILE_NAME, TITLE, json_schema_text
from simsurance.scenario_file.loader import load, slug
from simsurance.scenario_file.toml_text import toml_text, toml_value

TEMPLATE = """#:schema ./simsurance.schema.json
# Only what differs from the parent stands here. All keys: simsurance show baseline. Check: simsurance validate {file}
extends = "baseline"
title = "{name}"
title_zh = "{name}"
description = "What this scenario asks, in a sentence."

[contributions.personal] # each value holds until the next year named; the rule says from when it is used
rule = {rule}
schedule = {schedule}
"""


def template(file: Path) -> str:
    """The scenario to begin with: the baseline's contributions, a rise in the year after, and indexation from then on."""
    own = load("baseline").leaves
    personal = "contributions.personal"
    first = int(own["horizon.valuation_year"])
    rule = {str(min(map(int, own[f"{personal}.rule"]))): "schedule", str(first + 2): "indexed"}
    schedule = {year: yuan for year, yuan in own[f"{personal}.schedule"].items() if int(year) <= first}
    schedule[str(first + 1)] = round(1.05 * schedule[str(first)])
    return TEMPLATE.format(name=file.stem, file=file, rule=toml_value(rule), schedule=toml_value(schedule))


FROM_WORKBOOK = """#:schema ./simsurance.schema.json
# What the yellow cells of {workbook} change. Check: simsurance validate {file}
"""


def of_workbook(workbook: Path, file: Path) -> str:
    """The scenario that the yellow cells of a workbook make; raises SimsuranceError where they make none."""
    from simsurance.output.workbook.read import changes_of

    scenario, parent, changes = changes_of(workbook, file.parent)
    if not changes:
        raise SimsuranceError(f"{workbook}: no yellow cell was changed; the scenario is still {scenario.name}")
    try:
        changed = scenario.replace(changes | {"title": file.stem, "title_zh": file.stem})
    except SimsuranceError as error:
        raise SimsuranceError(*(line.replace(f"{IN_PYTHON}:", f"{workbook}:", 1) for line in error.lines)) from None
    head = FROM_WORKBOOK.format(workbook=workbook.name, file=file)
    if parent is None:
        return head + changed.to_toml()
    named = [
        f"extends = {toml_value(parent)}",
        f"title = {toml_value(file.stem)}",
        f"title_zh = {toml_value(file.stem)}",
    ]
    return head + "\n".join(named) + "\n\n" + toml_text({key: changed.leaves[key] for key in changes})


@click.command()
@click.argument("name")
@click.option(
    "--fund", is_flag=True, help="Lay out the folder NAME of a fund: scenario, tables to fill in, what each is."
)
@click.option(
    "--example", is_flag=True, help="With --fund: the tables of a fictitious city of 8 million to try it with."
)
@click.option("--pool", is_flag=True, help="Write NAME.toml as a pooling scenario of two pools to change.")
@click.option(
    "--from",
    "workbook",
    type=click.Path(path_type=Path),
    metavar="WORKBOOK",
    help="Take the yellow cells of an audit workbook of simsurance report.",
)
@language_option("the tables and the explanations of a fund")
def command(name: str, fund: bool, example: bool, pool: bool, workbook: Path | None, lang: str) -> None:
    """Write NAME.toml, a short scenario to change, and beside it the schema that lets an editor complete its keys.

    With --fund the folder NAME of a fund of your own: import its tables there, then run NAME/fund.toml.
    With --pool a pooling scenario for simsurance pool: pools of your own or shares of the nation, adjustment fund, merger.
    With --from the scenario that the yellow cells of a workbook make.
    """
    if workbook and (fund or pool):
        raise click.UsageError(f"--from goes without --{'fund' if fund else 'pool'}")
    if pool and fund:
        raise click.UsageError("--pool goes without --fund")
    if example and not fund:
        raise click.UsageError("--example goes with --fund")
    if fund:
        from simsurance.intake.new_folder import new_folder

        new_folder(Path(name), lang, example)
        tell(words(lang).say("intake.example" if example else "intake.folder", folder=name))
        return
    path = Path(name if name.endswith(".toml") else f"{name}.toml")
    if pool:
        from simsurance.intake.new_folder import new_pooling

        new_pooling(path, lang)
        tell(words(lang).say("intake.pooling", file=path))
        return
    if slug(path.name) != path.stem or path.stem in shipped():
        why = "is the name of a shipped scenario" if path.stem in shipped() else "cannot be the name of a scenario"
        raise SimsuranceError(f"{path.stem} {why}; choose another, of letters, digits, _ and -")
    schema, begun = path.parent / FILE_NAME, (of_workbook(workbook, path) if workbook else template(path)).encode()
    for file in (path, schema):
        ours = file.is_file() and (file.read_bytes() == begun if file == path else TITLE.encode() in file.read_bytes())
        if os.path.lexists(file) and not ours:
            raise SimsuranceError(
                f"{file}: exists and is not overwritten; choose another name or move it", exit_code=ExitCode.ENVIRONMENT
            )
    write_whole(schema, json_schema_text().encode())
    write_whole(path, begun)
    tell(f"wrote {path} and {schema}; next: simsurance validate {path}")
