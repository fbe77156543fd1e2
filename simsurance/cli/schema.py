"""`simsurance schema`: the JSON Schema of scenario files."""

from pathlib import Path

import click

from simsurance.cli.terminal import tell
from simsurance.drafts import write_whole
from simsurance.scenario_file.json_schema import json_schema_text


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of the screen."
)
def command(out: Path | None) -> None:
    """Print the JSON Schema of a scenario file, for editors that check and complete TOML."""
    if out is None:
        tell(json_schema_text(), nl=False)
    else:
        write_whole(out, json_schema_text().encode())
