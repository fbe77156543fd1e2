"""`simsurance calibrate`: a fund's factors, fitted to its own series."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simsurance.cli.options import bom_option, command_line, in_its_currency, language_option, style_option
from simsurance.cli.show import columns
from simsurance.cli.terminal import tell
from simsurance.language import words
from simsurance.output.folder import prepare
from simsurance.scenario_file.loader import load

if TYPE_CHECKING:
    from simsurance.evidence.fund_fit import FundFit


@click.command()
@click.argument("scenario")
@click.option(
    "--from", "first", type=int, help="First year that is fitted; the earliest after every break if not given."
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Folder to write to."
)
@click.option("--charts/--no-charts", default=True, help="Draw the chart, or leave it out.")
@style_option
@click.option("--dry-run", is_flag=True, help="Fit and tell; write nothing.")
@bom_option
@language_option("table, chart and summary")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of a table.")
def command(
    scenario: str, first: int | None, out: Path, charts: bool, dry_run: bool, bom: bool, lang: str, as_json: bool
) -> None:
    """Fit factors of SCENARIO to its published series, and write them for its runs.

    Writes OUT/calibrate-<name>/ and, in a fund's folder, tables/calibrated.toml, which fund.toml lies upon from then on.
    Told of each factor: standard error, how well the figures tell it, and of each figure what is left.
    """
    from simsurance.drafts import write_whole
    from simsurance.evidence.calibrated import fund_file, laid_on, overlay_of, overlay_text
    from simsurance.evidence.fund_fit import fund_fit
    from simsurance.output.save import save_calibration

    said = words(lang)
    overlay = overlay_of(scenario)
    base = in_its_currency(load(scenario, without=overlay))
    folder = out / f"calibrate-{base.name}"
    if not dry_run:
        prepare(folder)
    fit = fund_fit(base, first)
    told = []
    if not dry_run:
        text = overlay_text(fit)
        save_calibration(fit, folder, text, charts, lang, command_line(), bom)
        told.append(folder.as_posix())
        if overlay is not None:
            file = fund_file(scenario)
            write_whole(overlay, text.encode())
            lies = laid_on(file, overlay)
            told.append(
                said.say("calibration.laid" if lies else "calibration.lay", file=file.name, overlay=overlay.name)
            )
    tell(_json(fit) if as_json else _text(fit, told, lang), nl=False)


def _text(fit: "FundFit", told: list[str], lang: str) -> str:
    from simsurance.output.calibration_summary import calibration_lines, factor_rows
    from simsurance.output.labels import words_of

    rows = columns(factor_rows(fit, words_of(fit.scenario, lang)))
    return "\n".join([*rows, "", *(line.replace("**", "") for line in calibration_lines(fit, lang)), *told, ""])


def _json(fit: "FundFit") -> str:
    from simsurance.output.manifest import as_json, calibration_content, records

    content: dict[str, Any] = {
        "schema": "simsurance.calibration/1",
        "ok": True,
        "scenario": fit.scenario.name,
        **calibration_content(fit),
        "factors": records(fit.table),
        "figures": records(fit.residuals),
    }
    return as_json(content)
