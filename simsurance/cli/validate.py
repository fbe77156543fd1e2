"""`simsurance validate`: check scenario files without running them."""

import json

import click

from simsurance.cli.options import scenario_options
from simsurance.errors import SimsuranceError
from simsurance.scenario_file.faults import printable
from simsurance.scenario_file.loader import load


@click.command()
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True)
@scenario_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of lines.")
def command(scenarios: tuple[str, ...], fragments: tuple[str, ...], settings: tuple[str, ...], as_json: bool) -> None:
    """Check scenarios, given by name or as .toml files, and print every fault. Nothing is computed.

    A fragment is checked upon a scenario: simsurance validate baseline --with my_fragment.toml
    """
    faults = {scenario: _faults(scenario, fragments, settings) for scenario in scenarios}
    if as_json:
        report = [{"scenario": name, "ok": not lines, "faults": lines} for name, lines in faults.items()]
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for name in (name for name, lines in faults.items() if not lines):
            click.echo(f"ok {printable(name)}")
    if found := list(dict.fromkeys(line for lines in faults.values() for line in lines)):
        raise SimsuranceError(*found)


def _faults(scenario: str, fragments: tuple[str, ...], settings: tuple[str, ...]) -> list[str]:
    """The lines that say what is wrong with a scenario; none if it is well."""
    try:
        load(scenario, fragments, settings)
    except SimsuranceError as error:
        return list(error.lines)
    return []
