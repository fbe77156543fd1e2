"""`simsurance pool`: pools side by side, with an adjustment fund between them, and merged."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from simsurance.cli.options import bom_option, command_line, language_option, notes_of, style_option, tell_notes
from simsurance.cli.progress import progress
from simsurance.cli.show import columns
from simsurance.cli.terminal import tell
from simsurance.language import words
from simsurance.output.folder import prepare
from simsurance.scenario_file.pooling import load_pooling

if TYPE_CHECKING:
    from simsurance.analysis.pools import Pools


@click.command()
@click.argument("file")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Folder to write to."
)
@click.option("--charts/--no-charts", default=True, help="Draw the chart, or leave it out.")
@style_option
@bom_option
@language_option("table, chart and summary")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of a table.")
def command(file: str, out: Path, charts: bool, bom: bool, lang: str, as_json: bool) -> None:
    """Project the pools of the pooling scenario FILE, a path or a shipped name, and write OUT/pool-<name>/.

    Every pool apart, with the adjustment fund between them, and with one standard, one benefit and one fund if FILE merges
    them: who gains and who loses, reserve months, depletion years.
    """
    pooling = load_pooling(file)
    folder = out / f"pool-{pooling.name}"
    prepare(folder)
    own = [each.scenario for each in pooling.pools if each.share is None]
    tell_notes(dict.fromkeys(line for scenario in own for line in notes_of(scenario, lang, single=True)))
    with progress() as line:
        line.say(words(lang).label("progress.importing"))
        from simsurance.analysis.pools import pool
        from simsurance.output.save import save_pools

        line.say(words(lang).label("progress.projecting"))
        pools = pool(pooling)
        line.say(words(lang).say("progress.writing", folder=folder))
        save_pools(pools, folder, charts, lang, command_line(), bom)
    tell(_json(pools, folder) if as_json else _text(pools, folder, lang), nl=False)


def _text(pools: "Pools", folder: Path, lang: str) -> str:
    from simsurance.output.pools_summary import pool_rows, pools_lines

    lines = [line.replace("**", "") for line in pools_lines(pools, lang)]
    return "\n".join([*columns(pool_rows(pools, lang)), "", *lines, folder.as_posix(), ""])


def _json(pools: "Pools", folder: Path) -> str:
    from simsurance.output.manifest import POOLS_SCHEMA, as_json, pools_content, records

    content = {"schema": POOLS_SCHEMA, "ok": True, **pools_content(pools), "folder": folder.as_posix()}
    content |= {"pools": records(pools.pools), "stability": records(pools.stability)}
    return as_json(content)
