"""`simsurance rebuild`: charts and tables of saved runs, without a projection."""

from pathlib import Path

import click

from simsurance.cli.options import extent_options
from simsurance.cli.terminal import tell


@click.command()
@click.argument("folders", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path))
@extent_options
def command(folders: tuple[Path, ...], formats: tuple[str, ...] | None, tables: tuple[str, ...] | None) -> None:
    """Draw the charts and write the tables that a run has left out, from what stands in its FOLDER, OUT/<scenario>.

    Nothing is projected; every file is the same as if the run had written it. Everything, or what --formats and --tables say.
    """
    from simsurance.output.planned import Extent
    from simsurance.output.saved import rebuild

    whole = formats is None and tables is None
    extent = Extent() if whole else Extent(formats or (), tables or ())
    for folder in folders:
        for name in rebuild(folder, extent):
            tell(f"{folder.as_posix()}/{name}")
