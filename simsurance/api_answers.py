"""What a notebook asks: what has to be, what waiting costs, who pays, why an answer moved; each shows and saves itself."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simsurance.errors import SimsuranceError
from simsurance.results import HELD, ODDS, accounts_of, simulate
from simsurance.scenario_file.loader import Scenario, resolve
from simsurance.uncertainty.engines import chosen
from simsurance.uncertainty.sampling import SAMPLERS, Sample, sensible

if TYPE_CHECKING:
    from simsurance.answers.actual_months import Warned
    from simsurance.answers.adjustment import Adjustment
    from simsurance.answers.attribute import Attribution
    from simsurance.answers.bridge import Bridge
    from simsurance.answers.delay import Delay
    from simsurance.answers.frontier import Frontier
    from simsurance.answers.months import Months
    from simsurance.answers.on_draws import OnDraws
    from simsurance.answers.page import Page
    from simsurance.answers.solve import Solved
    from simsurance.answers.stress import Stress
    from simsurance.answers.vary import How
    from simsurance.output.charts import ChartFigure


class Solution:
    """What keys have to be for a condition to hold: `size` of the first, `table` of every run, `scenario` that meets it."""

    def __init__(self, shown: "Solved | OnDraws", waiting: "Delay | None" = None) -> None:
        self.shown = shown
        self.waiting = waiting

    @property
    def size(self) -> float | None:
        """The size nearest to the scenario's own that meets the condition; None where none does."""
        return self.shown.solution

    @property
    def scenario(self) -> Scenario | None:
        """The scenario that meets the condition; None where none does."""
        return None if self.size is None else self.shown.vary.at(self.size)

    @property
    def table(self) -> Any:
        """Every run, or every size with the share of draws in which the condition holds."""
        return self.shown.table.copy()

    @property
    def delay(self) -> Any:
        """The size needed by the year in which it begins; None where that was not asked."""
        return None if self.waiting is None else self.waiting.table.copy()

    def plot(self, lang: str = "en") -> "ChartFigure":
        """The measure, or the probability, along what is varied, with the answer."""
        from simsurance.output.charts.solve import draw

        return draw(self.shown, lang).figure

    def save(self, path: str | Path, charts: bool = True, lang: str = "en", bom: bool = False) -> None:
        """Write tables, charts, a summary and the scenario found to the folder `path`; SimsuranceError if it is not ours."""
        from simsurance.output.save import save_solve

        save_solve(self.shown, Path(path), self.waiting, charts, lang, bom=bom)

    def __repr__(self) -> str:
        return f"Solution({self.shown.asked}: {self.shown.vary.keys[0]} {self.size})"


class FrontierResults:
    """Packages that hold a target: `packages` are those told, `scenarios` the same as scenarios, `table` all that were run."""

    def __init__(self, shown: "Frontier") -> None:
        self.shown = shown

    @property
    def table(self) -> Any:
        """Every package that was run: sizes, costs as shares of income, whether it holds and is efficient."""
        return self.shown.table.copy()

    @property
    def packages(self) -> Any:
        """The packages that are told, by letter."""
        table = self.shown.table.iloc[list(self.shown.told)]
        return table.set_index("told").drop(columns=["holds", "efficient"])

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """The scenario of each package told, by letter."""
        shown = self.shown
        return {str(shown.table["told"][place]): shown.levers.at(shown.packages[place]) for place in shown.told}

    def plot(self, lang: str = "en") -> "ChartFigure":
        """What the packages cost the public and members, and what each moves."""
        from simsurance.output.charts.frontier import draw

        return draw(self.shown, lang).figure

    def save(self, path: str | Path, charts: bool = True, lang: str = "en", bom: bool = False) -> None:
        """Write tables, chart, summary and scenarios to the folder `path`; SimsuranceError if it is not ours to replace."""
        from simsurance.output.save import save_frontier

        save_frontier(self.shown, Path(path), charts, lang, bom=bom)

    def __repr__(self) -> str:
        return (
            f"FrontierResults({self.shown.asked.text}: {len(self.shown.told)} of {len(self.shown.packages)} packages)"
        )


class StressResults:
    """The nearest joint shock that depletes a fund by a year, or saves it: `shock` by unknown, its `distance`."""

    def __init__(self, shown: "Stress") -> None:
        self.shown = shown

    @property
    def shock(self) -> Any:
        """Every unknown: its standard deviations, median and shocked value, part of the distance; index kind, unknown."""
        return self.shown.table.copy()

    @property
    def distance(self) -> float | None:
        """Mahalanobis' distance from the medians; None where no shock near enough was found."""
        return self.shown.distance if self.shown.found.reached else None

    def plot(self, lang: str = "en") -> "ChartFigure":
        """The shock, and reserve months with it and without."""
        from simsurance.output.charts.stress import draw

        return draw(self.shown, lang).figure

    def save(self, path: str | Path, charts: bool = True, lang: str = "en", bom: bool = False) -> None:
        """Write table, chart and summary to the folder `path`; SimsuranceError if it is not ours to replace."""
        from simsurance.output.save import save_stress

        save_stress(self.shown, Path(path), charts, lang, bom=bom)

    def __repr__(self) -> str:
        return f"StressResults({self.shown.fund} by {self.shown.by}: {self.distance})"


class AdjustmentResults:
    """A timely adjustment: `table` by year, `paths` beside no rule and a fixed path, `chances` and `frequencies` of draws."""

    def __init__(self, shown: "Adjustment") -> None:
        self.shown = shown

    @property
    def table(self) -> Any:
        """What the rule read and did in each year, its factors, and who bore how much; index year."""
        return self.shown.table.copy()

    @property
    def paths(self) -> Any:
        """The scenario without the rule, with it, and on the fixed path that ends with the same fund; index path."""
        return self.shown.paths.copy()

    @property
    def chances(self) -> Any:
        """The chance that each path has depleted the fund by the last year; None where no draws were asked for."""
        return None if self.shown.chances is None else self.shown.chances.copy()

    @property
    def frequencies(self) -> Any:
        """How often the rule acts and turns in draws, and who pays; None where no draws were asked for."""
        return None if self.shown.frequencies is None else self.shown.frequencies.copy()

    def plot(self, lang: str = "en") -> "ChartFigure":
        """The factors, and who bears how much, by year."""
        from simsurance.output.charts.adjustment import draw

        return draw(self.shown, lang).figure

    def save(self, path: str | Path, charts: bool = True, lang: str = "en", bom: bool = False) -> None:
        """Write tables, charts, a summary and the fixed path to the folder `path`; SimsuranceError if it is not ours."""
        from simsurance.output.save import save_adjustment

        save_adjustment(self.shown, Path(path), charts, lang, bom=bom)

    def __repr__(self) -> str:
        return f"AdjustmentResults({self.shown.ruled!r})"


class AttributionResults:
    """What each part of a change does: `table` by fund, measure and part, `effects` of one measure."""

    def __init__(self, shown: "Attribution") -> None:
        self.shown = shown

    @property
    def table(self) -> Any:
        """Effects on every measure; index fund, measure, part."""
        return self.shown.table.copy()

    def effects(self, measure: str = "years_funded", fund: str = "resident") -> Any:
        """Each part's effect on a measure, what it does alone, the least and the most it adds; index part."""
        return self.shown.effects(fund, measure)

    def plot(self, measure: str = "years_funded", fund: str = "resident", lang: str = "en") -> "ChartFigure":
        """From the scenario to the one with all parts, part by part."""
        from simsurance.output.charts.attribution import draw

        return draw(self.shown, fund, measure, lang).figure

    def __repr__(self) -> str:
        return f"AttributionResults({self.shown.central!r}; {', '.join(self.shown.names)})"


class BridgeResults:
    """From one valuation to the next: `table` of a measure by step, `keys` of each step."""

    def __init__(self, shown: "Bridge") -> None:
        self.shown = shown

    def table(self, measure: str = "funded_until", fund: str = "resident") -> Any:
        """Each step's effect in the stated order and free of order, and where the answer then stands; index step."""
        return self.shown.table(fund, measure)

    @property
    def keys(self) -> Mapping[str, tuple[str, ...]]:
        """The keys that each step takes from the new valuation."""
        return self.shown.keys

    def plot(self, measure: str = "funded_until", fund: str = "resident", lang: str = "en") -> "ChartFigure":
        """From the old answer to the new one."""
        from simsurance.output.charts.bridge import draw

        return draw(self.shown, fund, measure, lang).figure

    def __repr__(self) -> str:
        return f"BridgeResults({self.shown.old.name} → {self.shown.new.name})"


class MonthsResults:
    """A year by months: `table` by fund, year and month, `reconciliation`, `ranges`, and months that have been. Yuan."""

    def __init__(self, shown: "Months", been: "dict[str, Warned] | None" = None) -> None:
        self.shown, self.been = shown, been or {}

    @property
    def table(self) -> Any:
        """What comes and goes in each month, and the money in the bank at its end; index fund, year, month."""
        return self.shown.table.copy()

    @property
    def reconciliation(self) -> Any:
        """From the fund to the money in the bank on each 1 January; index fund, date."""
        return self.shown.reconciliation.copy()

    @property
    def ranges(self) -> Any:
        """The least money with every input low and high; index fund, item, place."""
        return self.shown.ranges.copy()

    def actual(self, fund: str = "resident") -> Any:
        """The months that have been beside the path, with the money to the year's end and its band; index month."""
        if fund not in self.been:
            raise SimsuranceError(f"{fund}: no months that have been; months(…, actual=FILE)")
        return self.been[fund].table.copy()

    def overdraft(self, fund: str = "resident") -> float:
        """What has to be borrowed at most for no month's end to be below zero, yuan."""
        return self.shown.funds[fund].overdraft

    def plot(self, fund: str = "resident", lang: str = "en") -> "ChartFigure":
        """Money in the bank, and what comes and goes."""
        from simsurance.output.charts.months import draw

        return draw(self.shown.funds[fund], self.been.get(fund), lang).figure

    def save(self, path: str | Path, charts: bool = True, lang: str = "en", bom: bool = False) -> None:
        """Write tables, charts and a summary to the folder `path`; SimsuranceError if it is not ours to replace."""
        from simsurance.output.save import save_months

        save_months(self.shown, Path(path), self.been, charts, lang, bom=bom)

    def __repr__(self) -> str:
        return f"MonthsResults({self.shown.run!r}; {self.shown.years[0]} to {self.shown.years[-1]})"


class MeetingPage:
    """A page with sliders for a meeting: `errors` against the engine at settings that were not fitted, `html`, a file."""

    def __init__(self, shown: "Page") -> None:
        self.shown = shown

    @property
    def errors(self) -> Any:
        """One row a setting and fund: sizes of the levers, the largest error in months covered, depletion years apart."""
        return self.shown.checked.table(self.shown.sliders, self.shown.funds)

    def html(self, lang: str = "en") -> str:
        """The page, which needs neither network nor simsurance."""
        from simsurance.output.meeting_page import html

        return html(self.shown, lang)

    def save(self, path: str | Path, lang: str = "en") -> None:
        """Write the page and its errors to the folder `path`; SimsuranceError if it is not ours to replace."""
        from simsurance.output.save import save_page

        save_page(self.shown, Path(path), lang)

    def __repr__(self) -> str:
        return f"MeetingPage({self.shown.central!r}; {', '.join(each.name for each in self.shown.sliders.each)})"


def page(
    scenario: Scenario | str | Path,
    levers: Sequence[str] = (),
    *,
    start: int | None = None,
    draws: int = 128,
    seed: int = 1,
    jobs: int = 1,
) -> MeetingPage:
    """A page with sliders for levers, six at most, by name or as `"key=from:to"`; `draws` of its fans, 0 for none.

    A lever moves less than asked where the page's error would be too large. Raises SimsuranceError for what is no lever, what
    moves nothing, a faulty scenario, and where the error cannot be kept.
    """
    from simsurance.answers.page import page as made
    from simsurance.answers.sliders import sliders_of

    base = resolve(scenario)
    sliders = sliders_of(base, levers, start)
    sample = Sample(sensible(draws, SAMPLERS[0]), seed, SAMPLERS[0]) if draws else None
    return MeetingPage(made(sliders, sample, chosen(None, draws * (1 + 2 * len(sliders.each)), [base]), jobs))


def attribute(
    scenario: Scenario | str | Path,
    other: Scenario | str | Path | None = None,
    *,
    options: Sequence[str] = (),
    parts: Mapping[str, Sequence[str]] | None = None,
    entries: str = HELD,
    orders: int = 64,
    jobs: int = 1,
) -> AttributionResults:
    """What each part of a change does: of `options` laid upon a scenario, or of what another sets otherwise.

    `parts`: keys by the name of a part; what is left goes by table of keys. Effects hang on no order and add up. Raises
    SimsuranceError for parts that are no scenario together, a faulty scenario, an identity that does not hold.
    """
    from simsurance.answers.attribute import attribute as attributed
    from simsurance.answers.attribute import differences, options_of

    if (other is None) == (not options):
        raise SimsuranceError("attribute: give another scenario, or options; one of the two")
    base = resolve(scenario)
    found = options_of(options, base) if other is None else differences(base, resolve(other), parts)
    return AttributionResults(attributed(base, found, entries, orders, jobs))


def solve(
    scenario: Scenario | str | Path,
    vary: str | Sequence[str],
    condition: str,
    fund: str = "resident",
    *,
    proportion: Sequence[float] = (),
    how: "How | None" = None,
    start: int | None = None,
    delay: Sequence[int] = (),
    entries: str = ODDS,
    draws: int | None = None,
    seed: int = 1,
    jobs: int = 1,
) -> Solution:
    """What `vary` has to be for a condition on a fund to hold, `"reserve_months >= 6 through 2050"`.

    Several keys move together in a `proportion`; bounds stand behind a key, `"key=0.5:0.8"`. `how` they move, from the year
    `start` on, `set`, `multiply` or `add`; `delay`: also with a start so many years later. `"P(depleted by 2050) <= 0.1"`
    is asked of draws, 256 if not given, 64 with `delay`. Raises SimsuranceError for what cannot be asked, a faulty scenario, an
    identity that does not hold.
    """
    from simsurance.answers.condition import Chance, condition_of
    from simsurance.answers.delay import delay as waited
    from simsurance.answers.delay import delay_on_draws, starts_of
    from simsurance.answers.on_draws import on_draws
    from simsurance.answers.solve import solve as answered
    from simsurance.answers.vary import vary_of

    base = resolve(scenario)
    varied = vary_of(base, [vary] if isinstance(vary, str) else vary, proportion, how, start)
    (central,) = simulate([base])
    asked = condition_of(condition, fund, central)
    if isinstance(asked, Chance):
        starts = starts_of(varied, delay)
        sample = Sample(sensible(draws or (64 if starts else 256), SAMPLERS[0]), seed, SAMPLERS[0])
        waits = delay_on_draws(varied, asked, sample, starts, jobs) if starts else None
        return Solution(on_draws(varied, asked, sample, jobs), waits)
    starts = starts_of(varied, delay)
    waiting = waited(varied, asked, starts, central, entries=entries) if starts else None
    return Solution(answered(varied, asked, central, entries=entries), waiting)


def bridge(old: Scenario | str | Path | int, new: Scenario | str | Path | int) -> BridgeResults:
    """Why the answer of a valuation is not that of an earlier one: a scenario, the folder of a run, or a year of valuation.

    Raises SimsuranceError for a folder that is not as its manifest says, a later valuation named first, a step that is no
    scenario.
    """
    from simsurance.answers.bridge import Valuation
    from simsurance.answers.bridge import bridge as between
    from simsurance.output.valuations import valuation_of

    sides = [
        Valuation(each.name, each) if isinstance(each, Scenario) else valuation_of(str(each)) for each in (old, new)
    ]
    return BridgeResults(between(*sides))


def months(
    scenario: Scenario | str | Path,
    year: int,
    years: int = 1,
    *,
    inputs: str | Path | None = None,
    actual: str | Path | None = None,
) -> MonthsResults:
    """A year of a scenario, or several from it on, spread over months; `inputs`, `actual`: CSV files as for the command.

    Raises SimsuranceError for a faulty scenario or file, a year that is not projected, months that are not the year.
    """
    from simsurance.answers.actual_months import warned
    from simsurance.answers.month_inputs import month_inputs
    from simsurance.answers.months import months as by_month

    given = None if inputs is None else month_inputs(Path(inputs))
    (run,) = accounts_of([resolve(scenario)])
    found = by_month(run, year, years, given)
    return MonthsResults(found, None if actual is None else warned(found, Path(actual)))


def frontier(
    scenario: Scenario | str | Path,
    levers: Sequence[str],
    condition: str,
    fund: str = "resident",
    *,
    limits: Sequence[str] = (),
    how: "How | None" = None,
    start: int | None = None,
    entries: str = ODDS,
    draws: int = 32,
    seed: int = 1,
    jobs: int = 1,
) -> FrontierResults:
    """Packages of `levers`, `"key=low:high"`, that hold a condition within limits, of which no other costs less in every way.

    Costs are present values as shares of members' income: contributions, out-of-pocket payment, public money. `how` all levers
    move, from the year `start` on; `"P(depleted by 2050) <= 0.1"` is asked of draws. Raises SimsuranceError for what cannot
    be asked, a faulty scenario, an identity that does not hold.
    """
    from simsurance.answers.condition import Chance, condition_of
    from simsurance.answers.frontier import frontier as efficient
    from simsurance.answers.packages import levers_of, limits_of

    base = resolve(scenario)
    moved = levers_of(base, levers, how, start)
    (central,) = simulate([base])
    asked = condition_of(condition, fund, central)
    sample = Sample(sensible(draws, SAMPLERS[0]), seed, SAMPLERS[0]) if isinstance(asked, Chance) else None
    return FrontierResults(efficient(moved, asked, limits_of(limits, fund, central), sample, central, entries, jobs))


def stress(scenario: Scenario | str | Path, by: int, fund: str = "resident", jobs: int = 1) -> StressResults:
    """The most plausible joint shock to all unknowns that depletes a fund by a year; that saves it where it is depleted anyway.

    Raises SimsuranceError for a year or a fund that there is not, where nothing is unknown, an identity that does not hold.
    """
    from simsurance.answers.stress import stress as nearest

    return StressResults(nearest(resolve(scenario), by, fund, jobs))


def adjustment(
    scenario: Scenario | str | Path, draws: int | None = None, *, seed: int = 1, jobs: int = 1
) -> AdjustmentResults:
    """What the timely adjustment of a scenario does by itself, beside none and beside the fixed path that ends alike.

    `draws`: also how often it acts, who pays and what it does to the chance of depletion. Raises SimsuranceError where no
    rule is in force.
    """
    from dataclasses import replace

    from simsurance.answers.adjustment import adjustment as beside_other_paths
    from simsurance.answers.adjustment import on_draws

    found = beside_other_paths(resolve(scenario))
    if draws is not None:
        found = replace(found, draws=on_draws(found, Sample(sensible(draws, SAMPLERS[0]), seed, SAMPLERS[0]), jobs))
    return AdjustmentResults(found)
