"""What a notebook or a script calls: from scenarios to results that show themselves, draw their charts and save themselves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from numbers import Integral
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simsurance.account_spread import account_spread
from simsurance.analysis.compare import Comparison as ComparedRuns
from simsurance.analysis.compare import compare as side_by_side
from simsurance.analysis.pools import Pools
from simsurance.analysis.pools import pool as side_by_side_pools
from simsurance.analysis.rests_on import rests_on
from simsurance.analysis.scheme_effects import POLICIES
from simsurance.analysis.scheme_effects import SchemeEffects as EffectsByFund
from simsurance.analysis.scheme_effects import scheme_effects as effects_by_fund
from simsurance.analysis.single_changes import SingleChanges
from simsurance.analysis.single_changes import single_changes as ranges_of
from simsurance.analysis.twins import Twins, twins
from simsurance.errors import SimsuranceError
from simsurance.ledger import ACCOUNTS, RESIDENT
from simsurance.output.look import MONEY, Look, looked
from simsurance.results import HELD, RunAccounts, RunResult, accounts_of, simulate
from simsurance.scenario_file.loader import Scenario, resolve
from simsurance.scenario_file.pooling import load_pooling
from simsurance.uncertainty.engines import chosen
from simsurance.uncertainty.information import SAMPLER as PLAIN
from simsurance.uncertainty.information import Drawn, Information
from simsurance.uncertainty.information import information as worth_knowing
from simsurance.uncertainty.paired import Pairs
from simsurance.uncertainty.sampling import SAMPLERS, Sample, sensible
from simsurance.uncertainty.screening import Screening
from simsurance.uncertainty.screening import screening as elementary_effects
from simsurance.uncertainty.sensitivity import DEPLETION, Sensitivity, require_by
from simsurance.uncertainty.sensitivity import sensitivity as both_ends
from simsurance.uncertainty.stochastic import Stochastic
from simsurance.uncertainty.stochastic import stochastic as many_draws
from simsurance.uncertainty.sweep import Grid, Sweep, checked, points_of
from simsurance.uncertainty.sweep import sweep as every_point
from simsurance.uncertainty.variance import Shares
from simsurance.uncertainty.variance import shares as where_variance_comes_from
from simsurance.variables import CONSTANT_PRICES

if TYPE_CHECKING:
    from simsurance.answers.signs import Signs
    from simsurance.output.card import Card
    from simsurance.output.charts import ChartFigure, Plots
    from simsurance.output.charts.comparison import ComparisonPlots


def table_of(shown: type, name: str) -> Any:
    """A table of what a face shows, as a property: a fresh copy each time, so that what a notebook changes stays there."""
    return property(lambda face: getattr(face.shown, name).copy(), doc=getattr(shown, name).__doc__)


class Results:
    """One scenario projected: tables (DataFrames; columns in `simsurance.variables`, money in nominal yuan), charts, files."""

    def __init__(self, shown: RunResult) -> None:
        self.shown = shown

    fund = table_of(RunResult, "fund")
    frames = table_of(RunResult, "frames")
    population = table_of(RunResult, "population")
    membership = table_of(RunResult, "membership")
    flows = table_of(RunResult, "flows")
    ages = table_of(RunResult, "ages")
    cohorts = table_of(RunResult, "cohorts")
    groups = table_of(RunResult, "groups")
    measures = table_of(RunResult, "measures")
    checks = table_of(RunResult, "checks")

    @property
    def scenario(self) -> Scenario:
        """The scenario that was projected."""
        return self.shown.scenario

    @property
    def years(self) -> tuple[int, ...]:
        """The calendar years of the flows."""
        return self.shown.years

    @property
    def dates(self) -> tuple[int, ...]:
        """The years on whose 1 January stocks stand, one more than the years."""
        return self.shown.dates

    @cached_property
    def twins(self) -> Twins:
        """The scenario beside its twins without behavioural effects, projected when first asked for."""
        return twins(self.shown)

    @cached_property
    def ranges(self) -> SingleChanges:
        """How far depletion years move under single changes of what is not known, found when first asked for."""
        return ranges_of(self.shown)

    @property
    def depletion_range(self) -> Any:
        """Depletion year of each fund, and the earliest and the latest under single changes, with statuses."""
        return self.ranges.ranges.copy()

    @property
    def single_changes(self) -> Any:
        """Every single change: depletion year, and change of the closing balance at constant prices, by fund."""
        return self.ranges.table.copy()

    @property
    def twin(self) -> Any:
        """Measures beside those of the zero-effect twin: what part of them rests on assumed behaviour."""
        return self.twins.twin.copy()

    @property
    def tail(self) -> Any:
        """What hangs on the tail of cost: bonus and critical-illness cost a payer, as it is and with a Pareto tail."""
        return self.twins.tail.copy()

    @property
    def adjustment(self) -> Any:
        """What a timely adjustment read and did in each year, and who bore how much; None where none is in force."""
        found = self.twins.full.adjustment
        return None if found is None else found.copy()

    @property
    def tiers(self) -> Any:
        """Who pays behind basic and critical-illness insurance, and what is left to patients; None where it is not told."""
        found = self.twins.full.tiers
        return None if found is None else found.copy()

    @property
    def bonds(self) -> Any:
        """What each bond brings, costs and leaves outstanding in each year, its result and whether it is met; None without."""
        found = self.twins.full.bonds
        return None if found is None else found.copy()

    @property
    def choices(self) -> Any:
        """Who has each choice of cover, what they pay more and get more, by year; None where there are none."""
        found = self.twins.full.choices
        return None if found is None else found.copy()

    @property
    def accrued_bonus(self) -> Any:
        """What rewards earned and not used are worth, and what moves it, by year but the last; None without rewards."""
        found = self.twins.full.accrued_bonus
        return None if found is None else found.copy()

    @property
    def account_spread(self) -> Any:
        """How balances of personal accounts are spread, by year; marked weak. None without the employee scheme's money."""
        return account_spread(self.twins.full) if ACCOUNTS in self.twins.full.accounts else None

    @property
    def drag(self) -> Any:
        """Selection drag on the fund: fewer payers and sicker payers apart."""
        return self.twins.drag.copy()

    @property
    def rests_on(self) -> Any:
        """What shares of income, benefits and insured person-years rest on own figures, in part, or on the nation's."""
        return rests_on(self.shown)

    @property
    def plot(self) -> "Plots":
        """The charts as figures: `results.plot.reserve_months(lang="zh")`."""
        from simsurance.output.charts import Plots

        return Plots(self.shown, lambda: self.ranges)

    def save(
        self, path: str | Path, charts: bool = True, lang: str = "en", ranges: bool = True, bom: bool = False
    ) -> None:
        """Write tables, charts and a summary to the folder `path`, with the ranges of depletion years or without.

        `bom`: CSV files begin with a byte order mark, by which Excel reads Chinese.
        Raises SimsuranceError if the folder is not ours to replace.
        """
        from simsurance.output.save import save

        save(self.twins, Path(path), charts, lang, ranges=self.ranges if ranges else None, bom=bom)

    def __repr__(self) -> str:
        return f"Results({self.shown!r})"

    def card(self, lang: str = "en", ranges: bool = True) -> "Card":
        """The summary card that a notebook shows, in another language: `results.card(lang="zh")`."""
        from simsurance.output.card import card

        return card(self.shown, lang, self.ranges if ranges else None)

    def _repr_html_(self) -> str:
        return str(self.card())


def rebuild(path: str | Path, formats: Sequence[str] | None = None, tables: Sequence[str] | None = None) -> list[str]:
    """Draw the charts of a saved folder and write the tables that a run has left out, from what stands in it; the files' names.

    A folder of `run`, `stochastic`, `sensitivity`, `sweep`, `compare`, `solve`, `frontier`, `stress`, `attribute`, `schemes`,
    `calibrate`, `adjustment`, `months`, `bridge` or `pool`. Nothing is projected, and the bytes are those that the command
    would have written. Everything, or the formats and the tables that are named. Raises SimsuranceError for a name that there
    is not, and where the folder is not as a command left it.
    """
    from simsurance.output.planned import Extent, chosen
    from simsurance.output.saved import rebuild as written_anew

    whole = formats is None and tables is None
    parts = {"formats": formats, "tables": tables}
    named = {
        kind: chosen(kind, names if isinstance(names, str) else ",".join(names)) if names is not None else ()
        for kind, names in parts.items()
    }
    return written_anew(Path(path), Extent() if whole else Extent(**named))


def report(
    scenarios: "Scenario | Results | str | Path | Sequence[Scenario | Results | str | Path]",
    path: str | Path = "report",
    formats: Sequence[str] = ("html",),
    lang: str = "en",
    template: str | Path | None = None,
) -> list[Path]:
    """Write a report of scenarios or of saved runs to the folder `path`: `html`, `docx`, `pptx`, `xlsx`; the files.

    A scenario, its name or file is projected; the folder of a run is taken as it stands there. The first of several is the
    base. `template`: a Word document whose styles are taken. The same bytes for the same results. Raises SimsuranceError
    where a library is missing, the template is no document, or a folder is none of ours or of another version.
    """
    from simsurance.output.report.files import Order, chosen_formats, is_run, save_report

    several = isinstance(scenarios, Sequence) and not isinstance(scenarios, str)
    chosen: list[Any] = list(scenarios) if several else [scenarios]  # type: ignore[arg-type]
    if not chosen:
        raise SimsuranceError("report: no scenario; at least one")
    given: list[Scenario | Path] = []
    for each in chosen:
        if isinstance(each, Results):
            given.append(each.scenario)
        elif isinstance(each, str | Path) and (Path(each).is_dir() or is_run(Path(each))):
            given.append(Path(each))
        else:
            given.append(resolve(each))
    order = Order(chosen_formats(",".join(formats)), lang, None if template is None else Path(template))
    return [Path(path) / name for name in save_report(given, Path(path), order)]


class Comparison:
    """Results of several scenarios, the base first; `names` tells them apart in tables and charts."""

    def __init__(self, shown: ComparedRuns, results: Sequence[Results] | None = None) -> None:
        self.shown = shown
        self.results = tuple(results) if results else tuple(Results(each) for each in shown.results)
        """The results of each scenario."""

    measures = table_of(ComparedRuns, "measures")
    fund = table_of(ComparedRuns, "fund")
    fund_difference = table_of(ComparedRuns, "fund_difference")
    twin = table_of(ComparedRuns, "twin")
    differences = table_of(ComparedRuns, "differences")
    entries_not_met = table_of(ComparedRuns, "entries_not_met")

    @property
    def depletion_range(self) -> Any:
        """Depletion year and its range under single changes by scenario and fund; index scenario, fund."""
        import pandas as pd

        tables = (each.ranges.ranges for each in self.results)
        return pd.concat(dict(zip(self.names, tables, strict=True)), names=["scenario"])

    @property
    def names(self) -> tuple[str, ...]:
        """What tells the scenarios apart in tables and charts."""
        return self.shown.names

    @property
    def plot(self) -> "ComparisonPlots":
        """The charts as figures: `comparison.plot.reserve_months(lang="zh")`."""
        from simsurance.output.charts.comparison import ComparisonPlots

        return ComparisonPlots(self.shown, lambda: [each.ranges for each in self.results])

    def save(
        self, path: str | Path, charts: bool = True, lang: str = "en", ranges: bool = True, bom: bool = False
    ) -> None:
        """Write tables, charts and a summary to the folder `path`, with the ranges of depletion years or without.

        `bom`: CSV files begin with a byte order mark, by which Excel reads Chinese.
        Raises SimsuranceError if the folder is not ours to replace.
        """
        from simsurance.output.save import save_comparison

        found = [each.ranges for each in self.results] if ranges else None
        save_comparison(self.shown, Path(path), charts, lang, ranges=found, bom=bom)

    def __repr__(self) -> str:
        return f"Comparison({self.shown!r})"

    def card(self, lang: str = "en", ranges: bool = True) -> "Card":
        """What `simsurance compare` prints, as a notebook shows it; in another language: `comparison.card(lang="zh")`."""
        from simsurance.output.card import comparison_card

        return comparison_card(self.shown, lang, [each.ranges for each in self.results] if ranges else None)

    def _repr_html_(self) -> str:
        return str(self.card())


class SchemeEffects:
    """A scenario that projects both schemes, and what each policy changes in every fund."""

    def __init__(self, shown: EffectsByFund) -> None:
        self.shown = shown

    effects = table_of(EffectsByFund, "effects")
    cohorts = table_of(EffectsByFund, "cohorts")
    groups = table_of(EffectsByFund, "groups")

    def plot(self, lang: str = "en") -> "ChartFigure":
        """The chart of present values by policy and fund."""
        from simsurance.output.charts.scheme_effects import draw

        return draw(self.shown, lang).figure

    def __repr__(self) -> str:
        return f"SchemeEffects({self.shown!r})"

    def _repr_html_(self) -> str:
        return str(self.shown.effects.to_html(float_format="{:,.6g}".format))


class StochasticResults:
    """What draws of a scenario say, and of others on the same draws: tables of the first; `results` has one for each."""

    def __init__(self, runs: Sequence[Stochastic]) -> None:
        self.shown = runs[0]
        self.runs = tuple(runs)

    percentiles = table_of(Stochastic, "percentiles")
    probabilities = table_of(Stochastic, "probabilities")
    dated = table_of(Stochastic, "dated")
    measures = table_of(Stochastic, "measures")
    draws = table_of(Stochastic, "draws")

    @property
    def results(self) -> "tuple[StochasticResults, ...]":
        """The results of each scenario."""
        return tuple(StochasticResults([run]) for run in self.runs)

    @property
    def pairs(self) -> Any:
        """Each scenario less the first, draw by draw: chances that it is better, and percentiles of the difference."""
        return Pairs(self.runs).differences.copy()

    @property
    def pairs_by_year(self) -> Any:
        """The same by year: percentiles of the difference of balance and reserve months, and how often it is higher."""
        return Pairs(self.runs).by_year.copy()

    def plot_difference(
        self, name: str, column: str = "closing_constant_prices", fund: str = "resident", lang: str = "en"
    ) -> "ChartFigure":
        """A scenario less the first, draw by draw: `plot_difference("frozen_contribution")`."""
        from simsurance.output.charts.pairs import draw

        return draw(Pairs(self.runs), name, fund, column, lang).figure

    def save(self, path: str | Path, charts: bool = True, lang: str = "en", bom: bool = False) -> None:
        """Write tables, charts and a summary to the folder `path`; SimsuranceError if it is not ours to replace."""
        from simsurance.output.save import save_stochastic

        save_stochastic(self.runs, Path(path), charts, lang, bom=bom)

    def __repr__(self) -> str:
        return f"StochasticResults({', '.join(map(repr, (run.central for run in self.runs)))}; {self.shown.sample.draws} draws)"


class SweepResults:
    """A scenario over a grid of values: `table` has one row a point and fund, `plot` one measure of one fund."""

    def __init__(self, shown: Sweep, flips: "Signs | None" = None) -> None:
        self.shown, self.flips = shown, flips

    table = table_of(Sweep, "table")

    @property
    def signs(self) -> Any:
        """Where the conclusion holds, one row a point; SimsuranceError where none was asked for."""
        return _asked_for(self.flips, "signs", 'sweep(…, signs="not depleted through 2045")').table.copy()

    def plot_signs(self, lang: str = "en") -> "ChartFigure":
        """The map of where the conclusion holds."""
        from simsurance.output.charts.signs import draw

        return draw(_asked_for(self.flips, "signs", 'sweep(…, signs="not depleted through 2045")'), lang).figure

    def plot(self, measure: str = "depletion_year", fund: str = "resident", lang: str = "en") -> "ChartFigure":
        """A line over one grid, a map over two."""
        from simsurance.output.charts.sweep import draw

        return draw(self.shown, fund, measure, lang).figure

    def __repr__(self) -> str:
        return f"SweepResults({self.shown.central!r}; {self.shown.points.points} points)"


class InformationResults:
    """What it is worth to know each unknown: `table` by fund, the unknown that is worth most first."""

    def __init__(self, shown: Information) -> None:
        self.shown = shown

    table = table_of(Information, "table")

    def plot(self, fund: str = "resident", lang: str = "en") -> "ChartFigure":
        """The bars of a fund."""
        from simsurance.output.charts.information import draw

        return draw(self.shown, fund, lang).figure

    def __repr__(self) -> str:
        return f"InformationResults({self.shown.run.sample.draws} draws)"


class SensitivityResults:
    """A scenario with every unknown low and high, one at a time, and what trajectories and draws say where asked for."""

    def __init__(
        self,
        shown: Sensitivity,
        screened: Screening | None = None,
        parts: Shares | None = None,
        known: Information | None = None,
    ) -> None:
        self.shown, self.screened, self.parts, self.known = shown, screened, parts, known

    tornado = table_of(Sensitivity, "table")

    @property
    def morris(self) -> Any:
        """Elementary effects of every unknown; SimsuranceError where none were asked for."""
        return _asked_for(self.screened, "morris").table.copy()

    @property
    def sobol(self) -> Any:
        """First-order and total indices by group; SimsuranceError where none were asked for."""
        return _asked_for(self.parts, "sobol").table.copy()

    @property
    def information(self) -> Any:
        """What it is worth to know each unknown; SimsuranceError where no draws were asked for."""
        return _asked_for(self.known, "draws").table.copy()

    def plot(self, measure: str = DEPLETION, fund: str = "resident", lang: str = "en") -> "ChartFigure":
        """The tornado of a measure of a fund; `morris`, `sobol` and `information` are charts of their own."""
        from simsurance.output.charts import information, screening, sensitivity, variance

        if measure == "morris":
            return screening.draw(_asked_for(self.screened, "morris"), fund, lang).figure
        if measure == "sobol":
            return variance.draw(_asked_for(self.parts, "sobol"), fund, lang).figure
        if measure == "information":
            return information.draw(_asked_for(self.known, "draws"), fund, lang).figure
        return sensitivity.draw(self.shown, fund, measure, lang).figure

    def save(self, path: str | Path, charts: bool = True, lang: str = "en", bom: bool = False) -> None:
        """Write tables, charts and a summary to the folder `path`; SimsuranceError if it is not ours to replace."""
        from simsurance.output.save import save_sensitivity

        known, parts, screened = self.known, self.parts, self.screened
        save_sensitivity(self.shown, Path(path), charts, lang, bom=bom, known=known, parts=parts, screened=screened)

    def __repr__(self) -> str:
        return f"SensitivityResults({self.shown.central!r}; {len(self.shown.shocks.unknowns)} unknowns)"


def _asked_for(found: Any, name: str, how: str = "sensitivity(…, {name}=N)") -> Any:
    """What was asked for; raises SimsuranceError otherwise."""
    if found is None:
        raise SimsuranceError(f"{name}: was not asked for; {how.format(name=name)}")
    return found


class PoolResults:
    """Pools side by side, with an adjustment fund between them, and merged: tables, chart, files. Money in nominal yuan."""

    def __init__(self, shown: Pools) -> None:
        self.shown = shown

    pools = table_of(Pools, "pools")
    transfers = table_of(Pools, "transfers")
    adjustment = table_of(Pools, "adjustment")
    fund = table_of(Pools, "fund")
    stability = table_of(Pools, "stability")
    group = table_of(Pools, "group")

    def plot(self, lang: str = "en") -> "ChartFigure":
        """The chart of who gains and who loses, and of reserve months apart and with the adjustment fund."""
        from simsurance.output.charts.pools import draw

        return draw(self.shown, lang).figure

    def save(self, path: str | Path, charts: bool = True, lang: str = "en", bom: bool = False) -> None:
        """Write tables, chart and a summary to the folder `path`; SimsuranceError if it is not ours to replace."""
        from simsurance.output.save import save_pools

        save_pools(self.shown, Path(path), charts, lang, bom=bom)

    def __repr__(self) -> str:
        return f"PoolResults({self.shown!r})"

    def _repr_html_(self) -> str:
        return str(self.shown.pools.to_html(float_format="{:,.6g}".format))


@contextmanager
def look(money: str = CONSTANT_PRICES, style: str | Path | None = None) -> Iterator[None]:
    """Draw charts inside this in a money and in a house's style: `with ss.look(money="nominal"): results.plot.fund_balance()`.

    `money`: `constant_prices`, `of_gdp` or `nominal`; `style`: a TOML file of colours and a font. Raises SimsuranceError for a
    money that there is not, or a file that is no style.
    """
    if money not in MONEY:
        raise SimsuranceError(f"money: {money!r} is none that charts show; there are {', '.join(MONEY)}")
    colours: dict[str, str] = {}
    font: Path | None = None
    if style is not None:
        from simsurance.output.charts.style_file import read_style

        colours, font = read_style(Path(style))
    with looked(Look(money, colours, font)):
        yield


def run(scenario: Scenario | str | Path, **changes: Any) -> Results:
    """Project one scenario, given by name, path or value; `changes` are values by dotted key.

    `run("baseline", **{"horizon.last_year": 2050})`. Raises SimsuranceError for a faulty scenario, or an identity that
    does not hold.
    """
    (results,) = run_many([resolve(scenario, **changes)])
    return results


def run_many(scenarios: Iterable[Scenario | str | Path]) -> list[Results]:
    """Project several scenarios, those over the same years together: the numbers are those of single runs.

    All tables of each are kept; `run_accounts` keeps less.
    """
    return [Results(each) for each in simulate([resolve(scenario) for scenario in scenarios])]


def run_accounts(scenarios: Iterable[Scenario | str | Path]) -> list[RunAccounts]:
    """Project scenarios and keep `fund`, `measures` and `checks` of each alone, its projection forgotten block by block.

    The numbers are those of `run_many`; a thousand runs need little more memory than four.
    """
    return accounts_of(resolve(scenario) for scenario in scenarios)


def compare(
    base: Scenario | Results | str | Path, *others: Scenario | Results | str | Path, entries: str = HELD
) -> Comparison:
    """The base and others side by side; each a name, a path, a scenario, or results at hand.

    Entries to the employee scheme of the others are those of the base, `entries="held"`, or follow from the odds of the
    uninsured, `"odds"`. Raises SimsuranceError for a faulty scenario or an identity that does not hold.
    """
    given = (base, *others)
    shown = side_by_side([each.shown if isinstance(each, Results) else resolve(each) for each in given], entries)
    results = (
        each if isinstance(each, Results) and each.shown is run else Results(run)
        for each, run in zip(given, shown.results, strict=True)
    )
    return Comparison(shown, tuple(results))


def pool(pooling: str | Path) -> PoolResults:
    """The pools of a pooling scenario, by its shipped name or its path.

    Raises SimsuranceError for a faulty file or pools that cannot stand side by side, and an identity that does not hold.
    """
    return PoolResults(side_by_side_pools(load_pooling(pooling)))


def stochastic(
    scenario: Scenario | str | Path,
    *others: Scenario | str | Path,
    draws: int = 256,
    seed: int = 1,
    sampler: str = SAMPLERS[0],
    jobs: int = 1,
    engine: str | None = None,
) -> StochasticResults:
    """A scenario under many draws of what is not known, and others under the same draws.

    `draws` are rounded up to what the sampler makes, `sobol`, `lhs` or `plain`; `jobs` processes, where a script has a
    main guard; `engine`: `plain`, `compiled` (needs the extra `fast`), or the likely quicker one that is installed. Raises
    SimsuranceError for a faulty scenario or table, and an identity that does not hold.
    """
    if sampler not in SAMPLERS:
        raise SimsuranceError(f"sampler: {sampler!r} is not known; one of {', '.join(SAMPLERS)}")
    _require_whole(draws=(draws, 1), jobs=(jobs, 1), seed=(seed, 0))
    scenarios = [resolve(each) for each in (scenario, *others)]
    sample = Sample(sensible(draws, sampler), seed, sampler)
    stepped_by = chosen(engine, sample.draws * len(scenarios), scenarios)
    return StochasticResults(many_draws(scenarios, sample, jobs, engine=stepped_by))


def _require_whole(**asked: tuple[Any, int]) -> None:
    """Raise SimsuranceError for a number that is not whole, or below the least that it may be."""
    for name, (number, least) in asked.items():
        if number is not None and not isinstance(number, Integral):
            raise SimsuranceError(f"{name}: {number!r} is no whole number")
        if number is not None and number < least:
            raise SimsuranceError(f"{name}: {number}; at least {least}")


def _grid(key: str, ends: tuple[float, float, int]) -> Grid:
    """A grid of what is given for a key; raises SimsuranceError where that is none."""
    try:
        low, high, points = ends
        grid = Grid(key, float(low), float(high), index(points))
    except (TypeError, ValueError):
        raise SimsuranceError(f"grids: {key}: {ends!r} is no grid; from, to and points") from None
    return checked(grid)


def sweep(
    scenario: Scenario | str | Path,
    grids: Mapping[str, tuple[float, float, int]],
    jobs: int = 1,
    signs: str | tuple[Scenario | str | Path, str] | None = None,
    fund: str = RESIDENT,
) -> SweepResults:
    """A scenario at every point of grids: `{"claims.trend.residual_growth": (-0.03, 0.01, 9)}`, from, to and points by key.

    A value holds in all years from the valuation year on. `signs`, of two grids: where a conclusion on a fund holds and where
    it flips, a condition, `"not depleted through 2045"`, or another scenario and a measure on which this one is better.
    Raises SimsuranceError for a key that is no number, values beyond its bounds, and an identity that does not hold.
    """
    _require_whole(jobs=(jobs, 1))
    if signs is None and fund != RESIDENT:
        raise SimsuranceError("fund: goes with signs")
    base = resolve(scenario)
    points = points_of(base, [_grid(key, ends) for key, ends in grids.items()])
    (central,) = simulate([base])
    if signs is None:
        return SweepResults(every_point(points, central, jobs))
    from simsurance.answers.signs import conclusion_of
    from simsurance.answers.signs import signs as concluded

    text, other, measure = (signs, None, "") if isinstance(signs, str) else ("beats", resolve(signs[0]), signs[1])
    found = concluded(points, conclusion_of(text, measure, fund, central, other), central, jobs)
    return SweepResults(found.sweep, found)


def sensitivity(
    scenario: Scenario | str | Path,
    year: int | None = None,
    jobs: int = 1,
    *,
    morris: int | None = None,
    sobol: int | None = None,
    draws: int | None = None,
    by: int | None = None,
    seed: int = 1,
) -> SensitivityResults:
    """A scenario with every unknown at its tenth and its ninetieth percentile, one at a time, all others at their medians.

    `year`: at whose end reserve months are told, the tenth if none is given. `morris` trajectories give elementary effects,
    `sobol` draws a group indices, `draws` what each unknown is worth for "depleted `by` a year". Raises SimsuranceError where
    nothing is unknown, and for numbers below what each needs.
    """
    _require_whole(morris=(morris, 2), sobol=(sobol, 8), draws=(draws, 1), jobs=(jobs, 1), seed=(seed, 0))
    if by is not None and draws is None:
        raise SimsuranceError("by: goes with draws")
    base = resolve(scenario)
    require_by(base, by)
    found = both_ends(base, year, jobs)
    screened = None if morris is None else elementary_effects(base, morris, seed, found.year, jobs)
    parts = None if sobol is None else where_variance_comes_from(base, Sample(sobol, seed, PLAIN), jobs)
    known = None
    if draws is not None:
        (run,) = many_draws([base], Sample(sensible(draws, PLAIN), seed, PLAIN), jobs)
        known = worth_knowing(Drawn.of(run), by)
    return SensitivityResults(found, screened, parts, known)


def information(draws: StochasticResults | str | Path, by: int | None = None) -> InformationResults:
    """What it is worth to know each unknown for "depleted `by` a year", from draws at hand or a folder they were saved in.

    By the least certain year of each fund if none is given; plain draws are best, those of a sequence are tied where they are
    few. Raises SimsuranceError for a folder that holds no draws, or those of another version.
    """
    from simsurance.output.saved_draws import saved_draws

    drawn = Drawn.of(draws.shown) if isinstance(draws, StochasticResults) else saved_draws(Path(draws))
    return InformationResults(worth_knowing(drawn, by))


def scheme_effects(
    scenario: Scenario | str | Path,
    policies: Sequence[str | Path] = POLICIES,
    fragments: Sequence[str] = (),
    settings: Sequence[str] = (),
    entries: str = HELD,
) -> SchemeEffects:
    """The scenario, a name, a path or a value, without and with each policy, a shipped fragment or a path, alone.

    Entries to the employee scheme are those of the scenario, `entries="held"`, or follow from the odds, `"odds"`.
    Raises SimsuranceError for a faulty scenario or policy, and where the employee scheme is not projected.
    """
    return SchemeEffects(effects_by_fund(scenario, policies, fragments, settings, entries))
