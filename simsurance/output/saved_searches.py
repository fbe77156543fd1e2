"""Answers of searches, attributions and effects on both schemes as they stand in a folder, read from its tables for charts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from simsurance.analysis.scheme_effects import SchemeEffects
from simsurance.answers.adjustment import PATHS, RULE, Adjustment
from simsurance.answers.attribute import Attribution, Part, Sets, orders_of
from simsurance.answers.condition import Chance, Condition
from simsurance.answers.delay import Delay
from simsurance.answers.frontier import LETTERS, Frontier
from simsurance.answers.on_draws import OnDraws
from simsurance.answers.packages import OBJECTIVES, Levers, Outcome
from simsurance.answers.solve import RESPONSES, Answer, Solved
from simsurance.answers.stress import Found, Stress
from simsurance.answers.vary import Vary
from simsurance.language import told_in
from simsurance.output.saved_folder import SavedCompared, SavedFolder, rows_of
from simsurance.scenario_file.loader import Scenario
from simsurance.uncertainty.points import MONTHS
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.sensitivity import Shocks

if TYPE_CHECKING:
    import pandas as pd

    from simsurance.evidence.fund_fit import FundFit
    from simsurance.results import RunResult


@dataclass(frozen=True, kw_only=True)
class SavedOnDraws(OnDraws):
    """A probability at every size that was run."""

    folder: SavedFolder

    @cached_property
    def saved(self) -> "pd.DataFrame":
        """One row a size."""
        return self.folder.csv("solve", ("size",))

    @property
    def shares(self) -> np.ndarray:
        """Share of draws in which the condition holds, [size]."""
        return self.saved["share"].to_numpy()

    @property
    def errors(self) -> np.ndarray:
        """Standard error of each share, [size]."""
        return self.saved["standard_error"].to_numpy()


@dataclass(frozen=True)
class SavedStart:
    """The answer of a change that begins in a year."""

    central: "RunResult"
    vary: Vary
    question: Condition | Chance
    size: float

    @property
    def fund(self) -> str:
        """The fund that is asked about."""
        return self.question.fund

    @property
    def solution(self) -> float | None:
        """The size; None where none suffices."""
        return None if np.isnan(self.size) else self.size

    @property
    def change(self) -> float:
        """What it is off the scenario's own size; NaN where there is none."""
        return self.size - self.vary.own


@dataclass(frozen=True, kw_only=True)
class SavedDelay(Delay):
    """The answers by the year in which a change begins."""

    table: "pd.DataFrame"


@dataclass(frozen=True, kw_only=True)
class SavedStress(Stress):
    """The shock that empties a fund by a year, or saves it."""

    folder: SavedFolder

    @property
    def distance(self) -> float:
        """The distance of the shock from the medians."""
        return float(self.folder.told("distance"))

    @cached_property
    def table(self) -> "pd.DataFrame":
        """Every unknown with its part of the distance."""
        return self.folder.csv("stress", ("kind", "unknown"))


@dataclass(frozen=True, kw_only=True)
class SavedAttribution(Attribution):
    """A scenario, parts, and every set of them that was run."""

    saved: "pd.DataFrame"

    def values(self, fund: str, measure: str) -> dict[frozenset[int], float]:
        """The measure that is shown, by set of parts."""
        return dict(zip(map(frozenset, self.sets.members), self.saved.to_numpy().ravel().tolist(), strict=True))


@dataclass(frozen=True, repr=False, kw_only=True)
class SavedEffects(SchemeEffects):
    """What policies do to every fund."""

    folder: SavedFolder

    @cached_property
    def effects(self) -> "pd.DataFrame":
        """Changes by policy and fund, and of all together."""
        return self.folder.csv("effects", ("policy", "fund"))

    @property
    def funds(self) -> list[str]:
        """The funds."""
        return [fund for fund in dict.fromkeys(self.effects.index.get_level_values("fund")) if fund != "all"]

    def titles(self, lang: str) -> list[str]:
        """What each policy is called in the language of the folder."""
        return list(self.folder.told("titles").values())


@dataclass(frozen=True, kw_only=True)
class SavedFrontier(Frontier):
    """Packages of levers, and which of them are efficient."""

    folder: SavedFolder

    @cached_property
    def table(self) -> "pd.DataFrame":
        """Every package."""
        return self.folder.csv("frontier", ("package",))

    @cached_property
    def holds(self) -> np.ndarray:
        """Whether target and limits hold, [package]."""
        return (self.table["holds"] == "True").to_numpy()

    @cached_property
    def told(self) -> tuple[int, ...]:
        """The packages that have a letter, in its order."""
        letters = self.table["told"][self.table["told"].isin(list(LETTERS))]
        return tuple(letters.sort_values().index.tolist())


@dataclass(frozen=True)
class SavedFit:
    """A calibration: the figures fitted, and of which years they are."""

    scenario: Scenario
    residuals: "pd.DataFrame"
    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class SavedAdjustment(Adjustment):
    """A timely adjustment beside the paths without it."""

    folder: SavedFolder

    @cached_property
    def table(self) -> "pd.DataFrame":
        """What the rule read and did by year."""
        return self.folder.csv("adjustment", ("year",))

    @cached_property
    def paths(self) -> "pd.DataFrame":
        """The paths side by side."""
        return self.folder.csv("paths", ("path",))


def draw_solved(folder: SavedFolder, place: Path, lang: str, formats: Sequence[str]) -> Iterator[Path]:
    """The charts of an answer."""
    from simsurance.output.charts.solve import write_all

    run, asked = _run(folder), _asked(folder.told("asked"))
    keys, (low, high) = folder.told("vary"), folder.told("bounds")
    parts = tuple(keys), tuple(keys.values())
    vary = Vary(run.scenario, *parts, folder.told("how"), folder.told("from"), low, high)
    found: Solved | OnDraws
    if isinstance(asked, Chance):
        sizes = tuple(folder.csv("solve", ("size",)).index.tolist())
        sample = Sample(**folder.told("sample"))
        found = SavedOnDraws(cast("Any", run), vary, asked, sample, sizes, np.empty(0), folder=folder)
    else:
        table = folder.csv("solve", ("response",))
        answers = []
        for each in (each for each in RESPONSES if each in table.index):
            sizes, margins, values = (tuple(table.loc[[each], name].tolist()) for name in ("size", "margin", "value"))
            answers.append(Answer(each, sizes, margins, values, vary.own))
        found = Solved(run, vary, asked, tuple(answers), folder.told("projections"))
    delay = None
    if "delay.csv" in folder.told("outputs"):
        waits = folder.csv("delay", ("start",))
        each_year = zip(waits.index.tolist(), waits["size"].tolist(), strict=True)
        starts = [SavedStart(run, replace(vary, start=start), asked, size) for start, size in each_year]
        delay = SavedDelay(tuple(cast("list[Solved]", starts)), table=waits)
    with told_in(run.scenario.currency):
        yield from write_all(found, delay, place, lang, formats)


def draw_stressed(folder: SavedFolder, place: Path, lang: str, formats: Sequence[str]) -> Iterator[Path]:
    """The chart of a joint shock."""
    from simsurance.output.charts.stress import write_all

    run, fund, months = _run(folder), folder.told("fund"), folder.csv("months", ("year",))
    ends = tuple(folder.told(name) for name in ("reached", "settled", "projections"))
    middle, shocked = ({f"{MONTHS}{fund}": months[name].to_numpy()[None]} for name in ("medians", "shock"))
    shock = Found(np.empty(0), np.nan, np.empty(0), *ends)
    shocks, by = Shocks(run.scenario), folder.told("by")
    with told_in(run.scenario.currency):
        found = SavedStress(run, shocks, fund, by, shock, middle, shocked, folder=folder)
        yield from write_all(found, place, lang, formats)


def draw_attributed(folder: SavedFolder, place: Path, lang: str, formats: Sequence[str]) -> Iterator[Path]:
    """The chart of an attribution."""
    from simsurance.output.charts.attribution import write_all

    run, orders = _run(folder), folder.told("orders")
    parts = tuple(
        Part(each["part"], each.get("option"), dict.fromkeys(each["keys"]) if "keys" in each else None)
        for each in folder.told("parts")
    )
    saved = folder.csv("sets", [part.name for part in parts])
    members = tuple(
        tuple(place for place, inside in enumerate(row) if inside) for row in saved.index.to_frame().to_numpy()
    )
    sets = Sets(run.scenario, parts, members, None, folder.told("cut"))
    drawn = None if orders is None else orders_of(len(parts), orders)
    found = SavedAttribution(run, sets, {}, drawn, folder.told("entries"), saved=saved)
    shown = folder.told("fund"), folder.told("measure")
    with told_in(run.scenario.currency):
        yield from write_all(found, place, *shown, lang, folder.told("titles"), formats)


def draw_effects(folder: SavedFolder, place: Path, lang: str, formats: Sequence[str]) -> Iterator[Path]:
    """The chart of what policies do to both schemes."""
    from simsurance.output.charts.scheme_effects import write_all

    run = _run(folder)
    with told_in(run.scenario.currency):
        yield from write_all(SavedEffects(run, folder.told("titles"), folder=folder), place, lang, formats)


def draw_packages(folder: SavedFolder, place: Path, lang: str, formats: Sequence[str]) -> Iterator[Path]:
    """The chart of packages."""
    from simsurance.output.charts.frontier import write_all

    run, table = _run(folder), folder.csv("frontier", ("package",))
    each = tuple(
        Vary(run.scenario, (lever["key"],), (1.0,), lever["how"], lever["from"], *lever["bounds"])
        for lever in folder.told("levers")
    )
    levers, nothing = Levers(run.scenario, each), np.empty(0)
    packages = tuple(table[list(levers.keys)].itertuples(index=False, name=None))
    own = Outcome(tuple(folder.told("own_costs").values()), (), (), ())
    asked, limits = _asked(folder.told("asked")), tuple(Condition(**limit) for limit in folder.told("asked_limits"))
    costs = table[list(OBJECTIVES)].to_numpy()
    asked_for = run, levers, asked, limits, None, packages, own, costs, nothing, nothing, nothing
    with told_in(run.scenario.currency):
        yield from write_all(SavedFrontier(*asked_for, folder.told("entries"), folder=folder), place, lang, formats)


def draw_fitted(folder: SavedFolder, place: Path, lang: str, formats: Sequence[str]) -> Iterator[Path]:
    """The chart of a calibration."""
    from simsurance.output.charts.calibration import write_all

    scenario = folder.scenario_of(folder.told("scenario"), folder.told("set_by"))
    figures = folder.csv("figures", ("fund", "item", "year"))
    fit = SavedFit(scenario, figures.assign(within=figures["within"] == "True"), *folder.told("years"))
    with told_in(scenario.currency):
        yield from write_all(cast("FundFit", fit), place, lang, formats)


def draw_adjusted(folder: SavedFolder, place: Path, lang: str, formats: Sequence[str]) -> Iterator[Path]:
    """The charts of a timely adjustment."""
    from simsurance.output.charts.adjustment import write_all

    run = folder.run(RULE)
    measures, fund = folder.csv("measures", ("path", "measure")), folder.csv("fund", ("path", "year", "fund"))
    runs = {
        path: SavedCompared(run.scenario, run.years, rows_of(measures, "path", path), rows_of(fund, "path", path))
        for path in folder.told("runs")
    }
    without, ruled, fixed = (cast("RunResult", runs.get(path)) for path in PATHS)
    found = SavedAdjustment(without, ruled, fixed, None, folder.told("start"), folder=folder)
    with told_in(run.scenario.currency):
        yield from write_all(found, place, lang, formats)


def _run(folder: SavedFolder) -> "RunResult":
    """The first run of a folder, which has what charts ask a result for."""
    return cast("RunResult", folder.run(next(iter(folder.told("runs")))))


def _asked(told: dict[str, Any]) -> Condition | Chance:
    """What is asked as a manifest tells it."""
    if "condition" in told:
        return Chance(**told | {"condition": Condition(**told["condition"])})
    return Condition(**told)
