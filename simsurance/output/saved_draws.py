"""Draws that stand in a folder of `simsurance stochastic`: what is worth knowing follows from them without a new draw."""

import csv
import hashlib
import io
from pathlib import Path
from typing import Final

import numpy as np

from simsurance.errors import SimsuranceError
from simsurance.ledger import FUNDS
from simsurance.measures import measure_of
from simsurance.output.folder import read_manifest
from simsurance.output.manifest import STOCHASTIC_SCHEMA
from simsurance.output.planned import run_id
from simsurance.scenario_file.loader import load
from simsurance.uncertainty.information import Drawn
from simsurance.uncertainty.sampling import Sample

DRAWS: Final = "draws.csv"


def saved_draws(folder: Path) -> Drawn:
    """The draws of one scenario as they were saved; raises SimsuranceError where there are none, or of another model."""
    manifest = read_manifest(folder)
    if manifest is None or manifest.get("schema") != STOCHASTIC_SCHEMA:
        raise SimsuranceError(f"{folder}: holds no draws; a folder that `simsurance stochastic SCENARIO` wrote")
    if len(manifest["runs"]) > 1:
        raise SimsuranceError(
            f"{folder}: holds draws of several scenarios; what `simsurance stochastic` wrote for one alone"
        )
    ((_, run),) = manifest["runs"].items()
    content = {name: _as_written(folder, name, manifest["outputs"].get(name)) for name in (DRAWS, "scenario.toml")}
    scenario = load(folder / "scenario.toml")
    if run_id(scenario) != run["run_id"]:
        raise SimsuranceError(f"{folder}: was drawn by another version of simsurance or of a table; draw again")
    rows = list(csv.DictReader(io.StringIO(content[DRAWS].decode("utf-8-sig"))))
    columns = {name: np.array([float(row[name] or "nan") for row in rows]) for name in rows[0]}
    dates = {fund.name: measure_of(fund.name, "depletion_year") for fund in FUNDS if fund.pooled}
    first, last = run["years"]
    return Drawn(
        scenario,
        Sample(**manifest["sample"]),
        tuple(range(first, last + 1)),
        {fund: columns[name] for fund, name in dates.items() if name in columns},
        np.stack([columns["inputs_of_membership"], columns["inputs_of_cost"]], axis=-1),
    )


def _as_written(folder: Path, name: str, digest: str | None) -> bytes:
    """A file's bytes; SimsuranceError where they are not those of the manifest."""
    file = folder / name
    content = file.read_bytes() if file.is_file() else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise SimsuranceError(f"{file}: is not as it was written; draw again")
    return content
