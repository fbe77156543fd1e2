"""A saved run: its charts and its tables once more from what stands in its folder, without a projection."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
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
from simsurance.output.look import Look, looked, saved_look
from simsurance.output.manifest import SCHEMA, as_json
from simsurance.output.planned import ADJUSTMENT, BONDS, CHOICES, KEPT, SINGLE_CHANGES, TIERS, Extent
from simsurance.output.save import marked
from simsurance.scenario_file.loader import Scenario, load
from simsurance.variables import KEYS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.axes import Groups
    from simsurance.measures import Interest
    from simsurance.results import RunResult

OTHER_KEYS: Final = {
    "measures": ("measure",),
    ADJUSTMENT: ("year",),
    TIERS: ("year",),
    SINGLE_CHANGES: ("fund", "input", "side"),
}
"""Keys of the tables that charts need beside those of accounts and flows."""


@dataclass(frozen=True)
class SavedRun:
    """What charts need of a run, read from its folder when it is needed."""

    path: Path
    manifest: dict[str, Any]

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
        table = self.table("fund")
        funds = dict.fromkeys(table.index.get_level_values("fund"))
        return {
            fund: {str(name): column.to_numpy() for name, column in table.xs(fund, level="fund").items()}
            for fund in funds
        }

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

    @property
    def look(self) -> Look:
        """The look of its charts."""
        return saved_look(self.manifest.get("look", {}))

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
        from simsurance.analysis.single_changes import FundRange, Moved, SingleChanges, size_of
        from simsurance.output.measured import measured, year_or_none

        if SINGLE_CHANGES not in self.tables:
            return None
        table, last = self.table(SINGLE_CHANGES), self.years[-1]
        funds = {}
        for fund in self.accounts:
            rows = table[table.index.get_level_values("fund") == fund].reset_index()
            moved = tuple(
                Moved(
                    row["input"],
                    row["side"],
                    size_of(fund, row["input"], row["side"]),
                    _year(row["depletion_year"]),
                    row["status"],
                    row["change"],
                )
                for row in rows.to_dict(orient="records")
            )
            central = year_or_none(measured(cast("RunResult", self), fund)["depletion_year"])
            funds[fund] = FundRange(fund, central, central or last, last, moved)
        return SingleChanges(funds)

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
        with np.load(self._file(KEPT)) as found:
            return list(dict.fromkeys(name.split("/")[0] for name in found.files))

    def table(self, name: str) -> "pd.DataFrame":
        """A table, from its CSV file or from those kept."""
        import pandas as pd

        if name in self._kept:
            return unpacked(self._file(KEPT), name)
        keys = list(OTHER_KEYS.get(name) or KEYS[name])
        told = pd.read_csv(self._file(f"{name}.csv"), encoding="utf-8-sig", dtype=str, keep_default_na=False)
        return told.apply(_as_written).set_index(keys)

    def _file(self, name: str) -> Path:
        """A file of the folder; SimsuranceError (ENVIRONMENT) where it is missing."""
        if not (self.path / name).is_file():
            raise SimsuranceError(
                f"{self.path / name}: is missing; restore it, or run the scenario again", exit_code=ExitCode.ENVIRONMENT
            )
        return self.path / name

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
            with looked(self.look):
                yield from write_all(results, place, lang, self.ranges, extent.formats, scale=scale)


def saved(path: Path) -> SavedRun:
    """The run in a folder; SimsuranceError where there is none, where files were changed, or another version wrote it."""
    manifest = read_manifest(path)
    if manifest is None or manifest.get("schema") != SCHEMA:
        raise SimsuranceError(f"{path}: is no folder of simsurance run; give OUT/<scenario>")
    if manifest["version"] != __version__ or "left_out" not in manifest:
        raise SimsuranceError(
            f"{path}: was written by another build, {manifest['version']}, this is {__version__}; run the scenario again",
            exit_code=ExitCode.ENVIRONMENT,
        )
    refuse_foreign(path)
    return SavedRun(path, manifest)


def rebuild(path: Path, extent: Extent | None = None) -> list[str]:
    """Draw the charts of a saved run and write its tables, as far as an extent says, beside what is there; their names.

    Everything if no extent is given. The same bytes as if the run had written them. Raises SimsuranceError as `saved`.
    """
    if os.path.lexists(former_of(path)):
        prepare(path)
    extent, run = extent or Extent(), saved(path)
    outputs = run.manifest["outputs"]
    with new_folder(path) as draft:
        for name in outputs:
            if (path / name).is_file():
                (draft / name).parent.mkdir(parents=True, exist_ok=True)
                (draft / name).write_bytes((path / name).read_bytes())
        made = list(run.written(draft, extent))
        marked(made, run.manifest["bom"])
        left_out = {
            kind: [name for name in names if name not in vars(extent)[kind]]
            for kind, names in run.manifest["left_out"].items()
        }
        if not left_out["tables"]:
            with suppress(FileNotFoundError):
                (draft / KEPT).unlink()
        there = [file for file in draft.rglob("*") if file.is_file()]
        hashes = {file.relative_to(draft).as_posix(): sha256(file) for file in there}
        told = run.manifest | {"outputs": dict(sorted(hashes.items())), "left_out": left_out, "seal": ""}
        told |= {"charts": run.manifest["charts"] or bool(extent.formats)}
        (draft / MANIFEST).write_text(sealed(as_json(told)), encoding="utf-8", newline="\n")
    return sorted(file.relative_to(draft).as_posix() for file in made)


def _as_written(texts: "pd.Series[str]") -> "pd.Series[Any]":
    """A column of a table: whole numbers, numbers to the last bit with missing ones, or text."""
    for kind in (int, lambda text: float(text or "nan")):
        with suppress(ValueError):
            return texts.map(kind)
    return texts


def _year(value: float) -> int | None:
    """A year of a table; None where there is none."""
    return None if value != value else int(value)
