"""`simsurance rebuild`: charts and tables of saved folders, without a projection."""

from pathlib import Path

import click

from simsurance.cli.options import extent_options
from simsurance.cli.terminal import tell


@click.command()
@click.argument("folders", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path))
@extent_options
def command(folders: tuple[Path, ...], formats: tuple[str, ...] | None, tables: tuple[str, ...] | None) -> None:
    """Draw the charts of a FOLDER, and write the tables that a run has left out, from what stands in it.

    A folder of run, OUT/<scenario>, of stochastic, sensitivity, sweep, compare, solve, frontier, stress, attribute, schemes,
    calibrate, adjustment, months, bridge or pool. Nothing is projected; each chart and table has the bytes that the command
    would have written. manifest.json then lists them, and keeps the command and the date of the first time. Everything, or
    what --formats and --tables say; only run leaves tables out.
    """
    from simsurance.output.planned import Extent
    from simsurance.output.saved import rebuild

    whole = formats is None and tables is None
    extent = Extent() if whole else Extent(formats or (), tables or ())
    for folder in folders:
        for name in rebuild(folder, extent):
            tell(f"{folder.as_posix()}/{name}")
