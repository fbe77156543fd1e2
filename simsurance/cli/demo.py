"""`simsurance demo`: from nothing to a page to play with, in under a minute."""

from pathlib import Path
from typing import Final

import click

from simsurance.cli.options import jobs_option, language_option
from simsurance.cli.page import made

LEVERS: Final = ("contribution_share", "cost_growth")
DRAWS: Final = 16
CHECKS: Final = 24
CHECKS_ON_DRAWS: Final = 2
"""What a page of two levers takes in half a minute; `simsurance page` takes minutes and has more of all of them."""


@click.command()
@jobs_option("runs")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Folder to write to."
)
@language_option("the page")
def command(jobs: int | None, out: Path, lang: str) -> None:
    """Make a page of the baseline with two sliders and few draws: OUT/page-baseline/page.html, to open in a browser."""
    made("baseline", list(LEVERS), None, DRAWS, 1, (), (), jobs, out, lang, False, CHECKS, CHECKS_ON_DRAWS)
