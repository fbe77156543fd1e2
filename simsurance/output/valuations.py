"""A valuation by what names it: a scenario, the folder of a run of any build, or the year of a past opening."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from simsurance.answers.bridge import Valuation
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.output.folder import MANIFEST, read_manifest, refuse_foreign
from simsurance.output.manifest import SCHEMA
from simsurance.scenario_file.files import TABLES
from simsurance.scenario_file.keys import KEYS, key_at
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.toml_text import APART, toml_text

YEAR: Final = re.compile(r"\d{4}")
SCENARIO: Final = "scenario.toml"


def valuation_of(name: str) -> Valuation:
    """The valuation that a name, a path, a folder or a year stands for.

    Raises SimsuranceError for a folder that is no run's, or not as its manifest says, and a year that cannot be found again.
    """
    if YEAR.fullmatch(name):
        return _of_year(int(name))
    if Path(name).is_dir():
        return _of_folder(Path(name))
    scenario = load(name)
    return Valuation(scenario.name, scenario)


def _of_year(year: int) -> Valuation:
    """The baseline as it would have been on 1 January of a year."""
    from simsurance.evidence.ex_ante import OPENINGS
    from simsurance.evidence.known_levels import known_at

    baseline = load("baseline")
    if year == baseline.values.horizon.valuation_year:
        return Valuation(baseline.name, baseline)
    if year not in OPENINGS:
        raise SimsuranceError(
            f"{year}: no valuation can be found again; {OPENINGS[0]} to {OPENINGS[-1]}, or a scenario or folder",
            exit_code=ExitCode.USAGE,
        )
    known = known_at(year, baseline).replace({"horizon.last_year": baseline.values.horizon.last_year})
    return Valuation(f"{year}", replace(known, name=f"{baseline.name} {year}"))


def _of_folder(folder: Path) -> Valuation:
    """What a run has left, whichever build has written it."""
    manifest = read_manifest(folder)
    if manifest is None or manifest.get("schema") != SCHEMA:
        raise SimsuranceError(f"{folder}: is no folder of simsurance run; give OUT/<scenario>, a scenario or a year")
    refuse_foreign(folder, read=True)
    if gone := [name for name in manifest["outputs"] if not (folder / name).is_file()]:
        raise SimsuranceError(
            f"{folder / gone[0]}: is missing, {MANIFEST} has it; restore it, or run the scenario again",
            exit_code=ExitCode.ENVIRONMENT,
        )
    scenario, filled = _with_all_keys(folder)
    named = replace(scenario, name=str(manifest["scenario"]))
    return Valuation(named.name, named, _saved(folder), filled)


def _with_all_keys(folder: Path) -> tuple[Scenario, tuple[str, ...]]:
    """The scenario of a folder; keys that came later have the baseline's values, under which they did not act."""
    data: dict[str, Any] = tomllib.loads((folder / SCENARIO).read_text(encoding="utf-8"))
    apart = {name: _flat(data.pop(name)) for name in APART if name in data}
    leaves, baseline = _flat(data), load("baseline").leaves
    absent = {path: baseline[path] for path in KEYS if path not in leaves and path in baseline}
    if not absent:
        return load(folder / SCENARIO), ()
    leaves |= {path: (folder / value).as_posix() for path, value in leaves.items() if _own_table(folder, value)}
    with TemporaryDirectory() as place:
        file = Path(place) / SCENARIO
        file.write_text(toml_text({**leaves, **absent}, **apart), encoding="utf-8")
        return load(file), tuple(absent)


def _own_table(folder: Path, value: Any) -> bool:
    """Whether a value names a table that lies in the folder."""
    return (
        isinstance(value, str)
        and value.endswith(".csv")
        and (folder / value).is_file()
        and not (TABLES / value).is_file()
    )


def _flat(table: dict[str, Any], above: str = "") -> dict[str, Any]:
    """A file's values by key; a value that is a table of its own stays one."""
    found: dict[str, Any] = {}
    for name, value in table.items():
        path = f"{above}{name}"
        inside = isinstance(value, dict) and key_at(path) is None
        found |= _flat(value, f"{path}.") if inside else {path: value}
    return found


def _saved(folder: Path) -> dict[str, float]:
    """Measures by name, and columns of the funds' accounts by year as `fund/column_year`."""
    import pandas as pd

    measures = pd.read_csv(folder / "measures.csv", encoding="utf-8-sig").set_index("measure")["value"]
    found = {str(name): float(value) for name, value in measures.items()}
    table = pd.read_csv(folder / "fund.csv", encoding="utf-8-sig")
    for row in table.to_dict(orient="records"):
        found |= {f"{row['fund']}/{name}_{row['year']}": float(row[name]) for name in list(row)[2:]}
    return found
