"""What a calibration writes for the runs of a fund: an option beside the fund's tables, upon which its file lies."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance.drafts import write_whole
from simsurance.scenario_file.files import find, of_the_shipped, read
from simsurance.scenario_file.keys import REGISTER
from simsurance.scenario_file.own_fund import hash_of
from simsurance.scenario_file.toml_text import toml_text

if TYPE_CHECKING:
    from simsurance.evidence.fund_fit import FundFit

TABLES, NAME, INPUTS = "tables", "calibrated.toml", "inputs.toml"
HEAD: Final = (
    "# Written by simsurance calibrate from the published series beside it, and anew each time. Factors act upon what the\n"
    "# tables say; keys of fund.toml lie above them.\n"
)


def fund_file(scenario: str) -> Path:
    """The file of a scenario that is named or given by its path."""
    path = find(scenario)
    assert isinstance(path, Path)
    return path


def overlay_of(scenario: str) -> Path | None:
    """Where the factors of a fund's folder stand; None for a scenario that is no file in one."""
    path = find(scenario)
    if not isinstance(path, Path) or not (path.parent / TABLES / INPUTS).is_file():
        return None
    layer = read(path)
    if hasattr(layer, "data") and of_the_shipped(layer):  # type: ignore[arg-type]
        return None
    return path.parent / TABLES / NAME


def overlay_text(fit: "FundFit") -> str:
    """The option as a file: factors as operators, and what a run tells of them."""
    leaves: dict[str, Any] = {
        **fit.changes,
        REGISTER: {
            path: {"source": f"simsurance calibrate, {fit.first} to {fit.last}", "mark": "fitted"}
            for path in fit.changes
        },
        "calibration.tables": hash_of(fit.scenario.tables),
        "calibration.fits": fit.fits,
        "calibration.largest_error": float(f"{fit.worst:.6g}"),
    }
    return HEAD + toml_text(leaves)


def laid_on(file: Path, overlay: Path) -> bool:
    """Whether a fund's file lies upon the factors, or does now: where it lies upon its tables alone, the factors are added."""
    name, inputs = (f'"{TABLES}/{each}"' for each in (overlay.name, INPUTS))
    text = file.read_text(encoding="utf-8")
    if name in text:
        return True
    alone = f"with = [{inputs}]"
    if text.count(alone) != 1:
        return False
    write_whole(file, text.replace(alone, f"with = [{inputs}, {name}]").encode())
    return True
