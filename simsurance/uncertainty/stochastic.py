"""Many draws of a scenario, projected and reduced: percentiles by year, probabilities and dates with their errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.axes import axis
from simsurance.basis import build
from simsurance.errors import SimsuranceError
from simsurance.measures import date_percentiles, measure_of
from simsurance.model.engines import PLAIN
from simsurance.model.projection import project as step_years
from simsurance.results import RunAccounts, RunResult, accounts_of, simulate
from simsurance.scenario_file.loader import Scenario
from simsurance.uncertainty import draws
from simsurance.uncertainty.chunks import Arrays, Tell, Under
from simsurance.uncertainty.draws import Draw
from simsurance.uncertainty.futures import Futures, futures_of
from simsurance.uncertainty.jobs import Spread, computed, over
from simsurance.uncertainty.observed import Observed, observed
from simsurance.uncertainty.sampling import SCRAMBLINGS, Sample
from simsurance.variables import CONSTANT_PRICES, VARIABLES

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

PERCENTILES: Final = (2.5, 10.0, 25.0, 50.0, 75.0, 90.0, 97.5)
OVER_DRAWS: Final = axis("draw", of=("draw", "year"))
REAL: Final = ("opening", "income", "outgo", "cash_balance", "closing")
"""Amounts that are kept at constant prices as well: those of each draw, by its own inflation."""
DATES: Final = ("first_deficit", "depletion")
DATED: Final = ("deficit_year", "depletion_year")
"""Ends of the names of measures that are a year: one that does not come ranks after every other."""
COUNTED: Final = ("years", "turns")
"""Units of measures that count: their values are whole."""
YEARS_FUNDED: Final = "years_funded"
"""Years of the horizon before a fund has run out: a number where a date may not come."""
CHUNK: Final = 32
"""Draws that are projected, reduced and handed over together."""
YEARLY: Final = "yearly/"
"""What stands before a fund and a column in the name of what is kept by year, [draw, year]."""
MEASURED: Final = "measured/"
"""What stands before a measure's name where it is kept, [draw]."""


@dataclass(frozen=True)
class Kept:
    """What is kept of some draws of a scenario, the draw first; of all draws on disk, each column read when it is asked for.

    `yearly` by fund and column, [draw, year]; `measured` by measure, NaN where it has no value, [draw]; `nearer` what inputs of
    membership and of cost were multiplied by, [draw, 2]; `missed` the largest distance from what was observed, [draw].
    """

    yearly: Mapping[str, Mapping[str, np.ndarray]]
    measured: Mapping[str, np.ndarray]
    nearer: np.ndarray
    missed: np.ndarray

    @property
    def draws(self) -> int:
        """How many there are."""
        return len(self.missed)


@dataclass(frozen=True)
class Plan:
    """What is to be drawn: scenarios over the same years, the first of which the levels are solved for, and the sample.

    All scenarios see the same draws; the others hold the entries to the employee scheme of the first, draw by draw.
    `engine`: what steps the years.
    """

    scenarios: tuple[Scenario, ...]
    sample: Sample
    beside: int = draws.TOGETHER
    """Draws whose levels are solved together: more need more memory."""
    engine: str = PLAIN

    @cached_property
    def observed(self) -> Observed:
        """What every draw has to agree with."""
        return observed(self.scenarios[0])

    @cached_property
    def futures(self) -> Futures:
        """The draws."""
        return futures_of(self.scenarios[0], self.sample, tuple(level.target for level in self.observed.levels))

    @property
    def points(self) -> int:
        """How many draws there are."""
        return self.sample.draws

    def __reduce__(self) -> "tuple[type[Plan], tuple[tuple[Scenario, ...], Sample, int, str]]":
        """Goes to processes as it was made; what follows from it is found there."""
        return Plan, (self.scenarios, self.sample, self.beside, self.engine)

    def chunk(self, first: int, last: int) -> Arrays:
        """What is kept of the draws from `first` to before `last`, of each scenario by its place."""
        places, parts = list[int](), list[Arrays]()
        for solved in draws.blocks(self.futures, self.observed, first, last, self.beside):
            places += [each.place for each in solved]
            parts.append(self._together(solved))
        order = np.argsort(places)
        return {name: np.concatenate([part[name] for part in parts])[order] for name in parts[0]}

    def _together(self, solved: Sequence[Draw]) -> Arrays:
        """The same of a few draws, projected together."""
        of_draw, found = self._runs(solved), Arrays()
        for place in range(len(self.scenarios)):
            found |= flat(place, [runs[place] for runs in of_draw], solved)
        return found

    def _runs(self, solved: Sequence[Draw]) -> list[list[RunAccounts]]:
        """Each draw of each scenario, by draw; the others hold the entries of the first."""
        if len(self.scenarios) > 1:
            return [self._beside(each) for each in solved]
        return [[run] for run in draws.runs_of(solved, self.engine)]

    def _beside(self, draw: Draw) -> list[RunAccounts]:
        """One draw of each scenario."""
        (base,) = simulate([draw.scenario], built=[draw.built], engine=self.engine)
        others = (accounts_of([draw.of(each)], base.entries, engine=self.engine) for each in self.scenarios[1:])
        return [RunAccounts(**accounts_alone(run)) for run in (base, *(run for (run,) in others))]


def flat(place: int, runs: Sequence[RunAccounts], solved: Sequence[Draw]) -> Arrays:
    """What is kept of some draws of the scenario at a place, by name, the draw first."""
    names = [found.name for found in VARIABLES if found.table == "fund"]
    found: Arrays = {}
    for fund, account in runs[0].accounts.items():
        columns = {name: np.stack([run.accounts[fund][name] for run in runs]) for name in names if name in account}
        prices = columns["price_level"]
        columns |= {f"{name}_{CONSTANT_PRICES}": columns[name] / prices for name in REAL}
        found |= {f"{place}/{YEARLY}{fund}/{name}": values for name, values in columns.items()}
    for at, each in enumerate(runs[0].measured):
        found[f"{place}/{MEASURED}{each.measure}"] = np.array([run.measured[at].value for run in runs])
    found[f"{place}/nearer"] = np.array([each.nearer for each in solved])
    found[f"{place}/missed"] = np.array([each.missed for each in solved])
    return found


def kept_of(columns: Mapping[str, np.ndarray], place: int) -> Kept:
    """What is kept of the scenario at a place."""
    own = Under(columns, f"{place}/")
    funds = dict.fromkeys(name.split("/")[1] for name in own if name.startswith(YEARLY))
    yearly = {fund: Under(own, f"{YEARLY}{fund}/") for fund in funds}
    return Kept(yearly, Under(own, MEASURED), own["nearer"], own["missed"])


@dataclass(frozen=True, repr=False)
class CentralRun(RunAccounts):
    """The run of a scenario without a draw; of its arrays the factors of pins are kept, and how many bytes there were."""

    of_base: Scenario | None
    """Whose entries to the employee scheme it holds."""
    pin_factors: dict[str, dict[int, float]]
    bytes: int


def accounts_alone(run: RunAccounts) -> dict[str, Any]:
    """What is kept of a run, without the entries that it holds: they have the arrays of another."""
    return {each.name: getattr(run, each.name) for each in fields(RunAccounts)} | {"held": None}


@dataclass(frozen=True)
class Stochastic:
    """A scenario's central run, and what its draws say together."""

    central: RunResult | CentralRun
    sample: Sample
    kept: Kept
    engine: str = PLAIN

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.central.scenario

    @property
    def years(self) -> tuple[int, ...]:
        """The years projected."""
        return self.central.years

    @property
    def funds(self) -> list[str]:
        """The funds."""
        return list(self.kept.yearly)

    @property
    def brought_nearer(self) -> int:
        """Draws some of whose inputs were brought nearer to their medians, so that they agree with what was observed."""
        return int((self.kept.nearer < 1).any(axis=-1).sum())

    @cached_property
    def percentiles(self) -> "pd.DataFrame":
        """Percentiles of every column of a fund by year, and the central run beside them; index fund, column, year."""
        import pandas as pd

        tables = {}
        for fund, columns in self.kept.yearly.items():
            own = self.central.accounts[fund]
            for name, values in columns.items():
                table = pd.DataFrame(
                    percentiles_of(values),
                    index=pd.Index(self.years, name="year"),
                    columns=[f"p{each:g}" for each in PERCENTILES],
                )
                plain = name.removesuffix(f"_{CONSTANT_PRICES}")
                tables[fund, name] = table.assign(central=own[plain] / (own["price_level"] if plain != name else 1.0))
        return pd.concat(tables, names=["fund", "column", "year"]).sort_index()

    def dates(self, fund: str, event: str) -> np.ndarray:
        """The year of a first deficit or of depletion in each draw, NaN where it does not come, [draw]."""
        return self.kept.measured[measure_of(fund, f"{event}_year")]

    def years_funded(self, fund: str) -> np.ndarray:
        """Years of the horizon before a fund has run out, all of them where it does not, [draw]."""
        depleted = self.dates(fund, "depletion")
        return np.where(np.isnan(depleted), len(self.years), depleted - self.years[0])

    @cached_property
    def probabilities(self) -> "pd.DataFrame":
        """The chance that a fund has run out by the end of a year, and that its reserve is below target; index fund, year.

        Each with its standard error, from what independent scramblings differ by.
        """
        import pandas as pd

        target, tables = self.scenario.values.measures.target_reserve_months, {}
        for fund, columns in self.kept.yearly.items():
            depletion = self.dates(fund, "depletion")[:, None]
            events = {
                "depleted": depletion <= np.array(self.years),
                "below_target": columns["reserve_months"] < target,
                "deficit": self.dates(fund, "first_deficit")[:, None] <= np.array(self.years),
            }
            table = {}
            for name, seen in events.items():
                table[name], table[f"{name}_standard_error"] = seen.mean(axis=OVER_DRAWS), standard_error(seen)
            tables[fund] = pd.DataFrame(table, index=pd.Index(self.years, name="year"))
        return pd.concat(tables, names=["fund", "year"])

    @cached_property
    def dated(self) -> "pd.DataFrame":
        """Share of draws by the year of the first deficit and of depletion; a year beyond the last one is "not by the horizon".

        Index fund, event, year.
        """
        import pandas as pd

        tables = {}
        for fund in self.kept.yearly:
            for event in DATES:
                years = self.dates(fund, event)
                shares = [float((years == year).mean()) for year in self.years]
                index = pd.Index([*map(str, self.years), f"not by {self.years[-1]}"], name="year")
                tables[fund, event] = pd.DataFrame({"share": [*shares, float(np.isnan(years).mean())]}, index=index)
        return pd.concat(tables, names=["fund", "event", "year"])

    @cached_property
    def measures(self) -> "pd.DataFrame":
        """Percentiles of every summary measure, the share of draws in which it has a value, the central one; index measure.

        A date counts as later than every year of the horizon where it does not come, and is then infinite.
        """
        import pandas as pd

        central = self.central.measures
        rows = {}
        for name, values in self.kept.measured.items():
            has = ~np.isnan(values)
            ranked = np.where(has, values, np.inf) if name.endswith(DATED) else values[has]
            found = ranks(ranked, self.whole(name))
            rows[name] = [*found, has.mean(), central["value"].get(name, np.nan), central["unit"].get(name, "")]
        columns = [*(f"p{each:g}" for each in PERCENTILES), "share_with_value", "central", "unit"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("measure")

    def whole(self, measure: str) -> bool:
        """Whether a measure is a date or a count of years, whose percentiles are those of a draw."""
        return measure.endswith((*DATED, YEARS_FUNDED)) or self.central.measures["unit"].get(measure, "") in COUNTED

    @cached_property
    def draws(self) -> "pd.DataFrame":
        """Every draw: its summary measures, and what its inputs of membership and of cost were multiplied by; index draw."""
        return self.some_draws(0, self.kept.draws)

    def some_draws(self, first: int, last: int) -> "pd.DataFrame":
        """The rows of `draws` from `first` to before `last`."""
        import pandas as pd

        people, cost = self.kept.nearer[first:last].T
        columns = {name: np.array(values[first:last]) for name, values in self.kept.measured.items()}
        columns |= {"inputs_of_membership": people, "inputs_of_cost": cost, "missed": self.kept.missed[first:last]}
        return pd.DataFrame(columns, index=pd.RangeIndex(first, last, name="draw"))

    def range_of(self, fund: str, event: str = "depletion") -> tuple[int | None, int | None, int | None]:
        """The tenth percentile, the median and the ninetieth percentile of a date; None for not by the horizon."""
        return date_percentiles(self.dates(fund, event))


def stochastic(
    scenarios: Sequence[Scenario],
    sample: Sample,
    jobs: int = 1,
    parts: "Path | None" = None,
    tell: Tell | None = None,
    engine: str = PLAIN,
) -> list[Stochastic]:
    """Scenarios on the same draws, each with its central run; the first is what levels are solved for and entries held of.

    `jobs` processes; `parts`: a folder in which finished chunks stand until all are there; `engine`: what steps the draws, the
    central run is always of the plain one. Raises SimsuranceError for faulty
    tables of what is drawn, scenarios over other years, and where an identity does not hold.
    """
    central = central_runs(scenarios)
    found = project(Plan(tuple(scenarios), sample, engine=engine), over(jobs), parts, tell)
    return said_of(central, sample, found, engine)


def central_runs(scenarios: Sequence[Scenario]) -> list[CentralRun]:
    """The run of each scenario without a draw, the others with the entries of the first."""
    horizon = scenarios[0].values.horizon
    for each in scenarios[1:]:
        if each.values.horizon != horizon:
            raise SimsuranceError(f"{each.name}: other years than {scenarios[0].name}; give both the same horizon")
    (central,) = simulate([scenarios[0]])
    others = (run for each in scenarios[1:] for run in simulate([each], central.entries))
    return [_central(run) for run in chain([central], others)]


def _central(run: RunResult) -> CentralRun:
    of_base = None if run.held is None else run.held.of
    return CentralRun(
        **accounts_alone(run),
        of_base=of_base,
        pin_factors=run.pin_factors,
        bytes=held(run.projection) + held(run.basis),
    )


def held(value: Any) -> int:
    """Bytes of all arrays in a value, and in what it is made of."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, dict):
        return sum(map(held, value.values()))
    if isinstance(value, tuple | list):
        return sum(map(held, value))
    return sum(map(held, vars(value).values())) if is_dataclass(value) else 0


def said_of(
    central: Sequence[CentralRun], sample: Sample, found: Sequence[Kept], engine: str = PLAIN
) -> list[Stochastic]:
    """Each scenario's central run with its draws."""
    return [Stochastic(run, sample, own, engine) for run, own in zip(central, found, strict=True)]


def project(
    plan: Plan, spread: Spread | None = None, parts: "Path | None" = None, tell: Tell | None = None, size: int = CHUNK
) -> list[Kept]:
    """What is kept of all draws of each scenario, on disk; the same bits whoever computes them.

    `parts`: a folder in which finished chunks stand until all have become a result; those of the same draws are taken up.
    Raises SimsuranceError for a draw that cannot be, and where a process dies.
    """
    if plan.engine != PLAIN:  # kernels are compiled here, before processes begin that would each do it
        state, basis = build(plan.scenarios[0])
        step_years(state, basis[:1], engine=plan.engine)
    columns = computed(plan, spread or over(1), size, parts, tell)
    return [kept_of(columns, place) for place in range(len(plan.scenarios))]


def ranks(values: np.ndarray, whole: bool) -> np.ndarray:
    """Percentiles of the values of draws, NaN without any, [percentile]; `whole`: each is the value of a draw.

    Dates and counts of years are whole, others lie between those of two draws, as in percentiles by year.
    """
    if not len(values):
        return np.full(len(PERCENTILES), np.nan)
    return np.asarray(np.percentile(values, PERCENTILES, method="inverted_cdf" if whole else "linear"))


def percentiles_of(values: np.ndarray) -> np.ndarray:
    """Percentiles over draws, [year, percentile], of [draw, year]; a year at a time, for there may be many draws."""
    years = (np.array(values[:, place]) for place in range(values.shape[-1]))
    return np.stack([np.percentile(each, PERCENTILES) for each in years])


def standard_error(values: np.ndarray) -> np.ndarray:
    """Standard error of a mean over draws from independent scramblings, [...]; `values` [draw, ...]."""
    parts = np.stack([part.mean(axis=OVER_DRAWS) for part in np.split(values, SCRAMBLINGS)])
    return np.asarray(parts.std(axis=OVER_DRAWS, ddof=1) / SCRAMBLINGS**0.5)
