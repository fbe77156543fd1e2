"""What a run was made from and what it made: hashes of every input and output, so that it can be repeated."""

import hashlib
import json
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simsurance import __version__
from simsurance.data.tables import DATA
from simsurance.output.folder import MADE_BY
from simsurance.scenario_file.files import label_of

if TYPE_CHECKING:
    from simsurance.results import Results
    from simsurance.scenario_file.loader import Scenario

SCHEMA: Final = "simsurance.run/1"
PACKAGES: Final = ("click", "matplotlib", "numpy", "pandas", "pydantic", "scipy")
PUBLISHED: Final = DATA / "published.csv"


def run_id(scenario: "Scenario") -> str:
    """Hash of the resolved scenario, the contents of its tables and the version: the same anywhere for the same run."""
    tables = {key: sha256(path) for key, path in scenario.tables.items()}
    leaves = {key: value for key, value in scenario.leaves.items() if key not in tables}
    made_of = {"version": __version__, "leaves": leaves, "tables": tables, "reference": dict(scenario.root_policy)}
    text = json.dumps(made_of, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def manifest(results: "Results", outputs: Mapping[str, str], command: str) -> str:
    """The manifest as JSON text; `outputs` are hashes by file name. Times stand in `environment` alone."""
    scenario = results.scenario
    checks = results.checks.reset_index().to_dict(orient="records")
    content = {
        "schema": SCHEMA,
        "made_by": MADE_BY,
        "version": __version__,
        "run_id": run_id(scenario),
        "scenario": scenario.name,
        "title": scenario.values.title,
        "title_zh": scenario.values.title_zh,
        "years": [results.years[0], results.years[-1]],
        "status": "complete",
        "checks": [{key: plain(value) for key, value in found.items()} for found in checks],
        "inputs": inputs(scenario),
        "origins": dict(scenario.origins),
        "outputs": dict(sorted(outputs.items())),
        "environment": environment(command),
    }
    return as_json(content)


def inputs(scenario: "Scenario") -> dict[str, str]:
    """Hash of every file that a run reads, by the name that messages use: scenario files, tables, published years."""
    files = {layer.folder / Path(layer.label).name for layer in scenario.layers.values() if layer.folder is not None}
    files |= {*scenario.tables.values(), PUBLISHED}
    return dict(sorted((label_of(path), sha256(path)) for path in files))


def environment(command: str) -> dict[str, Any]:
    """Where, when and by which command: what may differ between two runs of the same scenario."""
    return {
        "command": command,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": {name: _version(name) for name in PACKAGES},
    }


def sha256(path: Path) -> str:
    """Hash of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def plain(value: Any) -> Any:
    """A number of NumPy as one of Python; what is not finite as None, for JSON has no word for it."""
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not abs(value) < float("inf") else value


def as_json(content: Any) -> str:
    """JSON text as it is written to files and to standard output."""
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
