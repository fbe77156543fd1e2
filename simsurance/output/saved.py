"""A saved run: its charts and its tables once more from what stands in its folder, without a projection."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING, Any, Final, cast

from simsurance import __version__
from simsurance.csv_text import table_csv
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.ledger import RESIDENT
from simsurance.output.folder import (
    MANIFEST,
    former_of,
    new_folder,
    prepare,
    read_manifest,
    refuse_foreign,
    sealed,
    sha256,
)
from simsurance.output.kept_tables import unpacked
from simsurance.output.look import looked
from simsurance.output.manifest import (
    ADJUSTMENT_SCHEMA,
    ATTRIBUTION_SCHEMA,
    BRIDGE_SCHEMA,
    CALIBRATION_SCHEMA,
    COMPARISON_SCHEMA,
    FRONTIER_SCHEMA,
    MONTHS_SCHEMA,
    POOLS_SCHEMA,
    SCHEMA,
    SCHEME_EFFECTS_SCHEMA,
    SENSITIVITY_SCHEMA,
    SOLVE_SCHEMA,
    STOCHASTIC_SCHEMA,
    STRESS_SCHEMA,
    SWEEP_SCHEMA,
    as_json,
)
from simsurance.output.planned import ADJUSTMENT, BONDS, CHOICES, KEPT, SINGLE_CHANGES, TIERS, Extent
from simsurance.output.save import marked
from simsurance.output.saved_answers import draw_compared, draw_draws, draw_swept, draw_what_moves
from simsurance.output.saved_bridge import draw_bridge
from simsurance.output.saved_folder import SavedFolder, accounts_in, lacking, ranges_in
from simsurance.output.saved_months import draw_months
from simsurance.output.saved_pools import draw_pools
from simsurance.output.saved_searches import (
    draw_adjusted,
    draw_attributed,
    draw_effects,
    draw_fitted,
    draw_packages,
    draw_solved,
    draw_stressed,
)
from simsurance.scenario_file.loader import Scenario, load
from simsurance.variables import KEYS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.axes import Groups
    from simsurance.measures import Interest
    from simsurance.results import RunAccounts, RunResult

DRAWN: Final[dict[str, Callable[[SavedFolder, Path, str, Sequence[str]], Iterator[Path]]]] = {
    STOCHASTIC_SCHEMA: draw_draws,
    SENSITIVITY_SCHEMA: draw_what_moves,
    SWEEP_SCHEMA: draw_swept,
    COMPARISON_SCHEMA: draw_compared,
    SOLVE_SCHEMA: draw_solved,
    STRESS_SCHEMA: draw_stressed,
    ATTRIBUTION_SCHEMA: draw_attributed,
    SCHEME_EFFECTS_SCHEMA: draw_effects,
    FRONTIER_SCHEMA: draw_packages,
    CALIBRATION_SCHEMA: draw_fitted,
    ADJUSTMENT_SCHEMA: draw_adjusted,
    MONTHS_SCHEMA: draw_months,
    BRIDGE_SCHEMA: draw_bridge,
    POOLS_SCHEMA: draw_pools,
}
"""What draws the charts of a folder that is none of a run into a place, in a language and in some formats, by schema."""
OTHER_KEYS: Final = {
    "measures": ("measure",),
    ADJUSTMENT: ("year",),
    TIERS: ("year",),
    SINGLE_CHANGES: ("fund", "input", "side"),
}
"""Keys of the tables that charts need beside those of accounts and flows."""


class SavedRun(SavedFolder):
    """What charts need of a run, read from its folder when it is needed."""

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario, with the name and the origins that it had."""
        found = load(self.path / "scenario.toml")
        return replace(found, name=self.manifest["scenario"], origins=self.manifest["origins"])

    @property
    def of_scheme(self) -> "Groups":
        """The areas and income groups."""
        return self.scenario.form.groups

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The years projected."""
        first, last = self.manifest["years"]
        return tuple(range(first, last + 1))

    @property
    def dates(self) -> tuple[int, ...]:
        """The years on whose 1 January stocks stand."""
        return (*self.years, self.years[-1] + 1)

    @cached_property
    def accounts(self) -> "dict[str, dict[str, np.ndarray]]":
        """The columns of each fund by year."""
        return accounts_in(self.table("fund"))

    @property
    def account(self) -> "dict[str, np.ndarray]":
        """The account of the resident fund."""
        return self.accounts[RESIDENT]

    @cached_property
    def measures(self) -> "pd.DataFrame":
        """The summary measures."""
        return self.table("measures")

    @cached_property
    def population(self) -> "pd.DataFrame":
        """Persons on each 1 January by sex, area and age."""
        return self.table("population")

    @cached_property
    def flows(self) -> "pd.DataFrame":
        """Flows by area and income group."""
        return self.table("flows")

    @cached_property
    def ages(self) -> "pd.DataFrame":
        """Flows by sex and age."""
        return self.table("ages")

    @cached_property
    def cohorts(self) -> "pd.DataFrame":
        """What birth cohorts pay and get."""
        return self.table("cohorts")

    @cached_property
    def tiers(self) -> "pd.DataFrame | None":
        """The other tiers by year; None where they were not told."""
        return self.table(TIERS) if TIERS in self.tables else None

    @cached_property
    def bonds(self) -> "pd.DataFrame | None":
        """What bonds pay by year; None where the run has none."""
        return self.table(BONDS) if BONDS in self.tables else None

    @cached_property
    def choices(self) -> "pd.DataFrame | None":
        """Who has each choice of cover and what it costs by year; None where the run has none."""
        return self.table(CHOICES) if CHOICES in self.tables else None

    @property
    def interest(self) -> "Interest":
        """The funds' interest by year."""
        import numpy as np

        from simsurance.basis.money import FLOW_TIMING
        from simsurance.measures import Interest
        from simsurance.scenario_file.schedule import values_by_year

        economy = self.scenario.values.economy
        return Interest(np.array(values_by_year(economy.interest_rate, self.years)), FLOW_TIMING[economy.flow_timing])

    @cached_property
    def ranges(self) -> "SingleChanges | None":
        """The ranges of depletion years; None where they were not found."""
        return (
            ranges_in(cast("RunAccounts", self), self.table(SINGLE_CHANGES)) if SINGLE_CHANGES in self.tables else None
        )

    @cached_property
    def tables(self) -> list[str]:
        """The names of the tables that the folder has, as CSV or kept."""
        return [name for name in Extent().tables if f"{name}.csv" in self.manifest["outputs"] or name in self._kept]

    @cached_property
    def _kept(self) -> list[str]:
        """The names of the tables that are not CSV."""
        import numpy as np

        if KEPT not in self.manifest["outputs"]:
            return []
        with np.load(self.file(KEPT)) as found:
            return list(dict.fromkeys(name.split("/")[0] for name in found.files))

    def table(self, name: str) -> "pd.DataFrame":
        """A table, from its CSV file or from those kept."""
        if name in self._kept:
            return unpacked(self.file(KEPT), name)
        return self.csv(name, OTHER_KEYS.get(name) or KEYS[name])

    def written(self, draft: Path, extent: Extent) -> Iterator[Path]:
        """The charts of an extent, and its tables that are kept, into a draft of the folder; yields the files."""
        from simsurance.output.charts import write_all

        for name in self._kept:
            if name in extent.tables:
                file = draft / f"{name}.csv"
                file.write_bytes(table_csv(self.table(name)).encode())
                yield file
        if extent.formats:
            results = cast("RunResult", self)  # has what charts ask a result for
            place, lang, scale = draft / "charts", self.manifest["lang"], self.manifest.get("scale", {})
            yield from write_all(results, place, lang, self.ranges, extent.formats, scale=scale)


def saved(path: Path) -> SavedRun:
    """The run in a folder; SimsuranceError where there is none, where files were changed, or another version wrote it."""
    manifest = read_manifest(path)
    if manifest is None or manifest.get("schema") != SCHEMA:
        raise SimsuranceError(f"{path}: is no folder of simsurance run; give OUT/<scenario>")
    _refuse_former(path, manifest, "left_out")
    return SavedRun(path, manifest)


def _refuse_former(path: Path, manifest: Mapping[str, Any], told: str = "version") -> None:
    """Raises SimsuranceError (ENVIRONMENT) where another version wrote a folder, or its files were changed."""
    if manifest["version"] != __version__ or told not in manifest:
        raise SimsuranceError(
            f"{path}: was written by another build, {manifest['version']}, this is {__version__}; run the scenario again",
            exit_code=ExitCode.ENVIRONMENT,
        )
    refuse_foreign(path, read=True)


def opened(path: Path, extent: Extent) -> SavedFolder:
    """A folder of which an extent can be rebuilt; SimsuranceError as in `saved`."""
    manifest = read_manifest(path)
    if manifest is None or manifest.get("schema") not in (SCHEMA, *DRAWN):
        raise SimsuranceError(
            f"{path}: is no folder that can be rebuilt; `simsurance rebuild --help` names the commands that write one"
        )
    if manifest["schema"] == SCHEMA:
        return saved(path)
    if not extent.formats:
        raise SimsuranceError(f"{path}: has all its tables; --tables is for folders of simsurance run")
    _refuse_former(path, manifest)
    return SavedFolder(path, manifest)


def _written(folder: SavedFolder, draft: Path, extent: Extent) -> Iterator[Path]:
    """An extent of a folder into a draft of it; yields the files. Raises SimsuranceError for what its tables do not have."""
    if isinstance(folder, SavedRun):
        yield from folder.written(draft, extent)
        return
    try:
        yield from DRAWN[folder.manifest["schema"]](folder, draft / "charts", folder.told("lang"), extent.formats)
    except KeyError as error:
        raise lacking(folder.path, str(error.args[0])) from error


def rebuild(path: Path, extent: Extent | None = None) -> list[str]:
    """Draw the charts of a saved folder and write a run's tables, as far as an extent says, beside what is there; their names.

    Everything if no extent is given. The same bytes as if the command had written them. Raises SimsuranceError as `saved`.
    """
    if os.path.lexists(former_of(path)):
        prepare(path)
    extent = extent or Extent()
    folder = opened(path, extent)
    manifest = folder.manifest
    with new_folder(path) as draft:
        for name in manifest["outputs"]:
            if (path / name).is_file():
                (draft / name).parent.mkdir(parents=True, exist_ok=True)
                copyfile(path / name, draft / name)
        with looked(folder.look):
            made = list(_written(folder, draft, extent))
        marked(made, manifest["bom"])
        told = manifest | {"charts": manifest["charts"] or bool(extent.formats)}
        if "left_out" in manifest:
            told["left_out"] = {
                kind: [name for name in names if name not in vars(extent)[kind]]
                for kind, names in manifest["left_out"].items()
            }
            if not told["left_out"]["tables"]:
                with suppress(FileNotFoundError):
                    (draft / KEPT).unlink()
        there = [file for file in draft.rglob("*") if file.is_file()]
        hashes = {file.relative_to(draft).as_posix(): sha256(file) for file in there}
        told |= {"outputs": dict(sorted(hashes.items())), "seal": ""}
        (draft / MANIFEST).write_text(sealed(as_json(told)), encoding="utf-8", newline="\n")
    return sorted(file.relative_to(draft).as_posix() for file in made)
