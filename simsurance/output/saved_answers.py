"""Results of many runs as they stand in a folder: what their charts ask of them, read from its tables.

Each is of the kind of the result, and has from the tables what the result has from the projections.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from simsurance.analysis.compare import Comparison
from simsurance.answers.condition import Condition
from simsurance.answers.signs import Beats, Conclusion, Signs
from simsurance.language import told_in
from simsurance.measures import measure_of
from simsurance.output.planned import OTHER, SINGLE_CHANGES, places_of
from simsurance.output.saved_folder import SavedAccounts, SavedCompared, SavedFolder, ranges_in, rows_of, year_in
from simsurance.uncertainty.information import Drawn, Information, Worth
from simsurance.uncertainty.paired import Pairs
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.screening import Effect, Screening, Trajectories
from simsurance.uncertainty.sensitivity import Ends, Sensitivity, Shocks, Unknown
from simsurance.uncertainty.stochastic import Kept, Stochastic
from simsurance.uncertainty.sweep import REFUSED, STATUS, Grid, Points, Sweep
from simsurance.uncertainty.variance import Index, Mixed, Shares

if TYPE_CHECKING:
    import pandas as pd

    from simsurance.results import RunResult

OF_UNKNOWN: Final = ("fund", "measure", "kind", "unknown")
"""Keys of the tables of what moves a measure."""
NOTHING: Final = Kept({}, {}, np.empty((0, 2)), np.empty(0))
"""What is kept of single draws: charts ask for none of it."""


@dataclass(frozen=True, kw_only=True)
class SavedDraws(Stochastic):
    """What the draws of a scenario say together; its tables stand at `place` in the folder."""

    folder: SavedFolder
    place: str

    @property
    def funds(self) -> list[str]:
        """The funds."""
        return list(dict.fromkeys(self.probabilities.index.get_level_values("fund")))

    @cached_property
    def percentiles(self) -> "pd.DataFrame":
        """Percentiles of every column of a fund by year, and the central run."""
        return self.folder.csv(f"{self.place}percentiles", ("fund", "column", "year"))

    @cached_property
    def probabilities(self) -> "pd.DataFrame":
        """Chances by fund and year."""
        return self.folder.csv(f"{self.place}probabilities", ("fund", "year"))

    @cached_property
    def dated(self) -> "pd.DataFrame":
        """Share of draws by the year of an event."""
        return self.folder.csv(f"{self.place}dated", ("fund", "event", "year"))

    @cached_property
    def measures(self) -> "pd.DataFrame":
        """Percentiles of every summary measure, and the central one."""
        return self.folder.csv(f"{self.place}measures", ("measure",))

    def range_of(self, fund: str, event: str = "depletion") -> tuple[int | None, int | None, int | None]:
        """The tenth percentile, the median and the ninetieth percentile of a date; None for not by the horizon."""
        low, median, high = (self.measures[end][measure_of(fund, f"{event}_year")] for end in ("p10", "p50", "p90"))
        return year_in(low), year_in(median), year_in(high)


@dataclass(frozen=True, kw_only=True)
class SavedPairs(Pairs):
    """What scenarios on the same draws differ by."""

    folder: SavedFolder

    @cached_property
    def by_year(self) -> "pd.DataFrame":
        """Differences by scenario, fund, column and year."""
        return self.folder.csv("pairs_by_year", ("scenario", "fund", "column", "year"))


@dataclass(frozen=True, kw_only=True)
class SavedSensitivity(Sensitivity):
    """What moves funds most."""

    folder: SavedFolder

    @cached_property
    def table(self) -> "pd.DataFrame":
        """Both ends of every unknown by fund and measure."""
        return self.folder.csv("sensitivity", OF_UNKNOWN)

    @property
    def funds(self) -> list[str]:
        """The funds that pay benefits."""
        return _members(self.table, "fund")

    def measures(self, fund: str) -> list[str]:
        """What is told of a fund."""
        return list(dict.fromkeys(row["measure"] for row in _rows(self.table, fund)))

    def ends(self, fund: str, measure: str) -> list[Ends]:
        """A measure with every unknown low and high, what moves it most first."""
        return [Ends(_unknown(row), row["low"], row["middle"], row["high"]) for row in _rows(self.table, fund, measure)]

    def sizes(self, unknown: Unknown) -> tuple[float, float]:
        """What an unknown is at its low and its high end."""
        found = next(row for row in _rows(self.table) if _unknown(row) == unknown)
        return found["unknown_low"], found["unknown_high"]


@dataclass(frozen=True, kw_only=True)
class SavedScreening(Screening):
    """Elementary effects of every unknown."""

    folder: SavedFolder

    @cached_property
    def table(self) -> "pd.DataFrame":
        """The effects by fund, measure and unknown."""
        return self.folder.csv("morris", OF_UNKNOWN)

    @property
    def funds(self) -> list[str]:
        """The funds that pay benefits."""
        return _members(self.table, "fund")

    def effects(self, fund: str, measure: str) -> list[Effect]:
        """The effects of every unknown on a measure, the largest first."""
        names = ("mean_absolute", "low", "high", "mean", "standard_deviation", "effects")
        return [Effect(_unknown(row), *(row[name] for name in names)) for row in _rows(self.table, fund, measure)]


@dataclass(frozen=True, kw_only=True)
class SavedInformation(Information):
    """What each unknown says of whether a fund is depleted by a year."""

    folder: SavedFolder

    @cached_property
    def table(self) -> "pd.DataFrame":
        """What it is worth to know each unknown, by fund."""
        return self.folder.csv("information", ("fund", "kind", "unknown"))

    @property
    def funds(self) -> list[str]:
        """The funds of which anything is told."""
        return _members(self.table, "fund")

    def by(self, fund: str) -> int:
        """The year of the event."""
        return int(_rows(self.table, fund)[0]["by"])

    def chance(self, fund: str) -> float:
        """The share of draws in which it is."""
        return float(_rows(self.table, fund)[0]["chance"])

    def worths(self, fund: str) -> list[Worth]:
        """Every unknown, the one worth most first."""
        names = ("share", "low", "high", "chance_lowest", "chance_highest")
        return [Worth(_unknown(row), *(row[name] for name in names)) for row in _rows(self.table, fund)]


@dataclass(frozen=True, kw_only=True)
class SavedShares(Shares):
    """Where the variance of funds' years comes from."""

    folder: SavedFolder

    @cached_property
    def table(self) -> "pd.DataFrame":
        """The indices by fund and group."""
        return self.folder.csv("sobol", ("fund", "group"))

    @property
    def funds(self) -> list[str]:
        """The funds whose years vary."""
        return _members(self.table, "fund")

    def indices(self, fund: str) -> list[Index]:
        """The indices, the largest total first."""
        return [
            Index(
                *(row["group"], row["first"], (row["first_low"], row["first_high"])),
                *(row["total"], (row["total_low"], row["total_high"])),
            )
            for row in _rows(self.table, fund)
        ]


@dataclass(frozen=True, kw_only=True)
class SavedSweep(Sweep):
    """What becomes of funds at every point of grids."""

    folder: SavedFolder

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row a point and fund."""
        return self.folder.csv("sweep", (*(grid.key for grid in self.points.grids), "fund"))

    @property
    def funds(self) -> list[str]:
        """The funds."""
        return _members(self.table, "fund")

    @property
    def refused(self) -> np.ndarray:
        """The points that the scenario does not bear, [point]."""
        return (self.table.xs(self.funds[0], level="fund")[STATUS] == REFUSED).to_numpy()

    def of(self, fund: str, measure: str) -> np.ndarray:
        """A measure of a fund, NaN where it has no value, [point]."""
        return self.table.xs(fund, level="fund")[measure].to_numpy()


@dataclass(frozen=True, kw_only=True)
class SavedSigns(Signs):
    """Where a conclusion holds over two grids."""

    folder: SavedFolder

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row a point: margin, region."""
        return self.folder.csv("signs", [grid.key for grid in self.sweep.points.grids])

    @property
    def regions(self) -> np.ndarray:
        """Where it holds and flips, [point]."""
        return self.table["region"].to_numpy()


def draw_draws(folder: SavedFolder, place: Path, lang: str, formats: Sequence[str]) -> Iterator[Path]:
    """The charts of draws."""
    from simsurance.output.charts.folders import draws

    sample, names = Sample(**folder.told("sample")), list(folder.told("runs"))
    runs = [
        SavedDraws(_result(folder.run(name, within)), sample, NOTHING, folder=folder, place=within)
        for name, within in zip(names, places_of(names), strict=True)
    ]
    with told_in(runs[-1].scenario.currency):
        yield from draws(SavedPairs(runs, folder=folder), place, lang, formats)


def draw_what_moves(folder: SavedFolder, place: Path, lang: str, formats: Sequence[str]) -> Iterator[Path]:
    """The charts of what moves funds most."""
    from simsurance.output.charts.folders import what_moves

    (name,), manifest = folder.told("runs"), folder.manifest
    run, year = _result(folder.run(name)), folder.told("year")
    scenario = run.scenario
    found = SavedSensitivity(run, Shocks(scenario, folder.told("z")), {}, year, folder=folder)
    known = parts = screened = None
    if "morris" in manifest:
        screened = SavedScreening(run, Trajectories(scenario, **manifest["morris"]), {}, year, folder=folder)
    if "by" in manifest:
        drawn = Drawn(scenario, Sample(**manifest["sample"]), run.years, {}, np.empty((0, 2)))
        known = SavedInformation(drawn, {}, folder=folder)
    if "sobol" in manifest:
        sample = {key: value for key, value in manifest["sobol"].items() if key != "groups"}
        parts = SavedShares(run, Mixed(scenario, Sample(**sample)), {}, folder=folder)
    with told_in(scenario.currency):
        yield from what_moves(found, known, parts, screened, place, lang, formats)


def draw_swept(folder: SavedFolder, place: Path, lang: str, formats: Sequence[str]) -> Iterator[Path]:
    """The charts of a sweep."""
    from simsurance.output.charts.folders import swept

    (name,), concluded = folder.told("runs"), folder.manifest.get("signs")
    run, grids = _result(folder.run(name)), tuple(Grid(**each) for each in folder.told("grids"))
    sweep, signs = SavedSweep(run, Points(run.scenario, grids), {}, folder=folder), None
    if concluded:
        signs = SavedSigns(sweep, _conclusion(folder, **concluded), folder=folder)
    with told_in(run.scenario.currency):
        yield from swept(sweep, folder.told("fund"), folder.told("measure"), signs, place, lang, formats)


def _conclusion(folder: SavedFolder, set_by: Mapping[str, str] | None = None, **told: Any) -> Conclusion:
    """A conclusion as a manifest tells it."""
    if set_by is None:
        return Condition(**told)
    return Beats(**told | {"other": folder.scenario_of(told["other"], set_by, OTHER)})


def draw_compared(folder: SavedFolder, place: Path, lang: str, formats: Sequence[str]) -> Iterator[Path]:
    """The charts of a comparison."""
    from simsurance.output.charts.comparison import write_all

    names = tuple(folder.told("runs"))
    measures = folder.csv("compare", ("measure", "scenario"))
    accounts = folder.csv("compare_fund", ("scenario", "year", "fund"))
    runs = []
    for name in names:
        run = folder.run(name, f"{name}/")
        tables = [rows_of(table, "scenario", name) for table in (measures, accounts)]
        runs.append(_result(SavedCompared(run.scenario, run.years, *tables)))
    ranges = None
    if f"{SINGLE_CHANGES}.csv" in folder.told("outputs"):
        changes = folder.csv(SINGLE_CHANGES, ("scenario", "fund", "input", "side"))
        ranges = [ranges_in(run, rows_of(changes, "scenario", name)) for run, name in zip(runs, names, strict=True)]
    with told_in(runs[-1].scenario.currency):
        yield from write_all(Comparison(tuple(runs), names), place, lang, ranges, formats)


def _result(run: SavedAccounts | SavedCompared) -> "RunResult":
    """A run, which has what charts ask a result for."""
    return cast("RunResult", run)


def _members(table: "pd.DataFrame", key: str) -> list[str]:
    """What stands in a key of a table, each once."""
    return list(dict.fromkeys(table.index.get_level_values(key)))


def _rows(table: "pd.DataFrame", *members: str) -> list[dict[str, Any]]:
    """The rows of a table that have these members in its first keys."""
    keys = table.index.names[: len(members)]
    rows = table.reset_index().to_dict(orient="records")
    return [row for row in rows if members == tuple(row[key] for key in keys)]  # type: ignore[misc]


def _unknown(row: Mapping[str, Any]) -> Unknown:
    """The unknown of a row."""
    return Unknown(row["kind"], row["unknown"])
