"""`simsurance init`: begin a scenario file."""

from pathlib import Path

import click

from simsurance.errors import ExitCode, SimsuranceError
from simsurance.scenario_file.files import shipped
from simsurance.scenario_file.json_schema import FILE_NAME, TITLE, json_schema_text
from simsurance.scenario_file.loader import slug

TEMPLATE = """#:schema ./simsurance.schema.json
# Only what differs from the parent stands here. All keys: simsurance show baseline. Check: simsurance validate {file}
extends = "baseline"
title = "{name}"
title_zh = "{name}"
description = "What this scenario asks, in a sentence."

[contributions.personal] # each value holds until the next year named; the rule says from when it is used
rule = {{ 2019 = "schedule", 2028 = "indexed" }}
schedule = {{ 2019 = 220, 2020 = 250, 2021 = 280, 2022 = 320, 2023 = 350, 2024 = 380, 2025 = 400, 2027 = 420 }}
"""


@click.command()
@click.argument("name")
def command(name: str) -> None:
    """Write NAME.toml, a short scenario to change, and beside it the schema that lets an editor complete its keys."""
    path = Path(name if name.endswith(".toml") else f"{name}.toml")
    if slug(path.name) != path.stem or path.stem in shipped():
        why = "is the name of a shipped scenario" if path.stem in shipped() else "cannot be the name of a scenario"
        raise SimsuranceError(f"{path.stem} {why}; choose another, of letters, digits, _ and -")
    schema = path.parent / FILE_NAME
    for file in (path, schema):
        if file.exists() and (file == path or TITLE.encode() not in file.read_bytes()):
            raise SimsuranceError(
                f"{file}: exists and is not overwritten; choose another name or move it", exit_code=ExitCode.ENVIRONMENT
            )
    path.write_text(TEMPLATE.format(name=path.stem, file=path), encoding="utf-8")
    schema.write_text(json_schema_text(), encoding="utf-8")
    click.echo(f"wrote {path} and {schema}; next: simsurance validate {path}")
