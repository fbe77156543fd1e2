"""A folder that a command wrote, read back: its tables to the last bit, its scenarios, the look of its charts."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from simsurance.csv_text import as_written
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.output.certainty import BASELINE
from simsurance.output.folder import MANIFEST
from simsurance.output.look import Look, saved_look
from simsurance.scenario_file.loader import Scenario, load

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.results import RunAccounts

NAMED: Final = ("scenario", "pool")
"""Keys whose members are names, those of digits too."""


@dataclass(frozen=True)
class SavedFolder:
    """A folder and its manifest; files are read when they are needed.

    Raises SimsuranceError (ENVIRONMENT) for what is missing: it names the file.
    """

    path: Path
    manifest: dict[str, Any]

    @property
    def look(self) -> Look:
        """The look of its charts."""
        return saved_look(self.manifest.get("look", {}))

    def told(self, name: str) -> Any:
        """What the manifest tells under a name."""
        if name not in self.manifest:
            raise lacking(self.path / MANIFEST, name)
        return self.manifest[name]

    def file(self, name: str) -> Path:
        """A file of the folder."""
        if not (self.path / name).is_file():
            raise SimsuranceError(
                f"{self.path / name}: is missing; restore it, or run the command again", exit_code=ExitCode.ENVIRONMENT
            )
        return self.path / name

    def csv(self, name: str, keys: Sequence[str]) -> "pd.DataFrame":
        """A table from its CSV file, with these keys as its index."""
        import pandas as pd

        file = self.file(f"{name}.csv")
        found = pd.read_csv(file, encoding="utf-8-sig", dtype=str, keep_default_na=False)
        for key in keys:
            if key not in found:
                raise lacking(file, key)
        return found.apply(_numbers).set_index(list(keys))

    def scenario_of(self, name: str, set_by: Mapping[str, str], within: str = "") -> Scenario:
        """A scenario that stands in it, or in a folder `within`, with the name and the origins that it had."""
        found = load(self.file(f"{within}scenario.toml"))
        others = {path: BASELINE for path in found.origins if path not in set_by}
        return replace(found, name=name, origins={**set_by, **others})

    def run(self, name: str, within: str = "") -> "SavedAccounts":
        """One of its runs."""
        told = self.told("runs")[name]
        if "set_by" not in told:
            raise lacking(self.path / MANIFEST, "set_by")
        first, last = told["years"]
        return SavedAccounts(self.scenario_of(name, told["set_by"], within), tuple(range(first, last + 1)), self)


@dataclass(frozen=True)
class SavedAccounts:
    """What charts need of a run among others: scenario, years, and the measures where they are written."""

    scenario: Scenario
    years: tuple[int, ...]
    folder: SavedFolder

    @cached_property
    def measures(self) -> "pd.DataFrame":
        """The summary measures."""
        return self.folder.csv("measures", ("measure",))


@dataclass(frozen=True)
class SavedCompared:
    """A run beside others: its scenario, years, measures, and the accounts of its funds."""

    scenario: Scenario
    years: tuple[int, ...]
    measures: "pd.DataFrame"
    fund: "pd.DataFrame"

    @cached_property
    def accounts(self) -> "dict[str, dict[str, np.ndarray]]":
        """The columns of each fund by year."""
        return accounts_in(self.fund)


def rows_of(table: "pd.DataFrame", key: str, member: str) -> "pd.DataFrame":
    """The rows of a member of a key, without it."""
    return cast("pd.DataFrame", table.xs(member, level=key))


def lacking(file: Path, what: str) -> SimsuranceError:
    """What a file of another build does not have."""
    return SimsuranceError(
        f"{file}: has no column or entry {what}; another build of simsurance wrote it, run the command again",
        exit_code=ExitCode.ENVIRONMENT,
    )


def accounts_in(table: "pd.DataFrame") -> "dict[str, dict[str, np.ndarray]]":
    """The columns of each fund by year, of a table by year and fund."""
    funds = dict.fromkeys(table.index.get_level_values("fund"))
    return {
        fund: {str(name): column.to_numpy() for name, column in table.xs(fund, level="fund").items()} for fund in funds
    }


def ranges_in(run: "RunAccounts", table: "pd.DataFrame") -> "SingleChanges":
    """The ranges of a run's depletion years, of a table by fund, input and side."""
    from simsurance.analysis.single_changes import FundRange, Moved, SingleChanges, size_of
    from simsurance.output.measured import measured, year_or_none

    last, funds = run.years[-1], {}
    for fund in run.accounts:
        rows = table[table.index.get_level_values("fund") == fund].reset_index()
        moved = tuple(
            Moved(
                row["input"],
                row["side"],
                size_of(fund, row["input"], row["side"]),
                year_in(row["depletion_year"]),
                row["status"],
                row["change"],
            )
            for row in rows.to_dict(orient="records")
        )
        central = year_or_none(measured(run, fund)["depletion_year"])
        funds[fund] = FundRange(fund, central, central or last, last, moved)
    return SingleChanges(funds)


def year_in(value: float) -> int | None:
    """A year of a table; None where there is none."""
    return int(value) if abs(value) < float("inf") else None


def _numbers(texts: "pd.Series[str]") -> "pd.Series[Any]":
    """A column of a table: whole numbers, numbers to the last bit with missing ones, or text, as names are."""
    kinds: tuple[Callable[[str], Any], ...] = (int, lambda text: float(text or "nan"))
    for kind in kinds if texts.name not in NAMED else ():
        with suppress(ValueError):
            return texts.map(kind)
    return texts.map(as_written)
