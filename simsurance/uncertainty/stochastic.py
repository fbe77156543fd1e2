"""Many draws of a scenario, projected and reduced: percentiles by year, probabilities and dates with their errors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from simsurance.axes import axis
from simsurance.basis import build
from simsurance.errors import SimsuranceError
from simsurance.measures import date_percentiles, measure_of
from simsurance.model.engines import PLAIN
from simsurance.model.projection import project as step_years
from simsurance.results import RunAccounts, RunResult, accounts_of, blocks, simulate
from simsurance.scenario_file.loader import Scenario
from simsurance.uncertainty import draws
from simsurance.uncertainty.futures import Futures, futures_of
from simsurance.uncertainty.observed import Observed, observed
from simsurance.uncertainty.sampling import SCRAMBLINGS, Sample
from simsurance.variables import CONSTANT_PRICES, VARIABLES

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from simsurance.uncertainty.jobs import Tell

PERCENTILES: Final = (2.5, 10.0, 25.0, 50.0, 75.0, 90.0, 97.5)
OVER_DRAWS: Final = axis("draw", of=("draw", "year"))
REAL: Final = ("opening", "income", "outgo", "cash_balance", "closing")
"""Amounts that are kept at constant prices as well: those of each draw, by its own inflation."""
DATES: Final = ("first_deficit", "depletion")
DATED: Final = ("deficit_year", "depletion_year")
"""Ends of the names of measures that are a year: one that does not come ranks after every other."""
YEARS_FUNDED: Final = "years_funded"
"""Years of the horizon before a fund has run out: a number where a date may not come."""
CHUNK: Final = 32
"""Draws that are projected, reduced and handed over together."""


@dataclass(frozen=True)
class Kept:
    """What is kept of some draws of a scenario, the draw first.

    `yearly` by fund and column, [draw, year]; `measured` by measure, NaN where it has no value, [draw]; `nearer` what inputs of
    membership and of cost were multiplied by, [draw, 2]; `missed` the largest distance from what was observed, [draw].
    """

    yearly: dict[str, dict[str, np.ndarray]]
    measured: dict[str, np.ndarray]
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
    engine: str = PLAIN

    @cached_property
    def observed(self) -> Observed:
        """What every draw has to agree with."""
        return observed(self.scenarios[0])

    @cached_property
    def futures(self) -> Futures:
        """The draws."""
        return futures_of(self.scenarios[0], self.sample, tuple(level.target for level in self.observed.levels))

    def chunk(self, first: int, last: int) -> list[Kept]:
        """What is kept of the draws from `first` to before `last`, of each scenario."""
        parts = list(self._blocks(first, last))
        return [joined([part[place] for part in parts]) for place in range(len(self.scenarios))]

    def _blocks(self, first: int, last: int) -> Iterator[list[Kept]]:
        for drawn in draws.blocks(self.futures, self.observed, first, last):
            nearer = np.array([each.nearer for each in drawn])
            missed = np.array([each.missed for each in drawn])
            of_base = [each.of(self.scenarios[0]) for each in drawn]
            if len(self.scenarios) == 1:
                yield [kept(accounts_of(of_base, engine=self.engine), nearer, missed)]
                continue
            base = simulate(of_base, engine=self.engine)
            held = [each.entries for each in base]
            runs: list[Sequence[RunAccounts]] = [base]
            for scenario in self.scenarios[1:]:
                of_scenario = (each.of(scenario) for each in drawn)
                found = (run for part in blocks(of_scenario, held, self.engine) for run in part.accounts())
                runs.append([run for _, run in sorted(found, key=lambda each: each[0])])
            yield [kept(each, nearer, missed) for each in runs]


def kept(runs: Sequence[RunAccounts], nearer: np.ndarray, missed: np.ndarray) -> Kept:
    """What is kept of some runs."""
    names = [found.name for found in VARIABLES if found.table == "fund"]
    yearly = {}
    for fund, account in runs[0].accounts.items():
        own = [name for name in names if name in account]
        columns = {name: np.stack([run.accounts[fund][name] for run in runs]) for name in own}
        prices = columns["price_level"]
        yearly[fund] = columns | {f"{name}_{CONSTANT_PRICES}": columns[name] / prices for name in REAL}
    measured = {
        each.measure: np.array([run.measured[place].value for run in runs])
        for place, each in enumerate(runs[0].measured)
    }
    return Kept(yearly, measured, nearer, missed)


def joined(parts: Sequence[Kept]) -> Kept:
    """Draws one after another."""
    first = parts[0]
    return Kept(
        {
            fund: {name: np.concatenate([part.yearly[fund][name] for part in parts]) for name in columns}
            for fund, columns in first.yearly.items()
        },
        {name: np.concatenate([part.measured[name] for part in parts]) for name in first.measured},
        np.concatenate([part.nearer for part in parts]),
        np.concatenate([part.missed for part in parts]),
    )


@dataclass(frozen=True)
class Stochastic:
    """A scenario's central run, and what its draws say together."""

    central: RunResult
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
                    np.percentile(values, PERCENTILES, axis=OVER_DRAWS).T,
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
            found = (
                np.percentile(ranked, PERCENTILES, method="inverted_cdf")
                if len(ranked)
                else np.full(len(PERCENTILES), np.nan)
            )
            rows[name] = [*found, has.mean(), central["value"].get(name, np.nan), central["unit"].get(name, "")]
        columns = [*(f"p{each:g}" for each in PERCENTILES), "share_with_value", "central", "unit"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("measure")

    @cached_property
    def draws(self) -> "pd.DataFrame":
        """Every draw: its summary measures, and what its inputs of membership and of cost were multiplied by; index draw."""
        import pandas as pd

        people, cost = self.kept.nearer.T
        columns = self.kept.measured | {
            "inputs_of_membership": people,
            "inputs_of_cost": cost,
            "missed": self.kept.missed,
        }
        return pd.DataFrame(columns).rename_axis("draw")

    def range_of(self, fund: str, event: str = "depletion") -> tuple[int | None, int | None, int | None]:
        """The tenth percentile, the median and the ninetieth percentile of a date; None for not by the horizon."""
        return date_percentiles(self.dates(fund, event))


def stochastic(
    scenarios: Sequence[Scenario],
    sample: Sample,
    jobs: int = 1,
    parts: "Path | None" = None,
    tell: "Tell | None" = None,
    engine: str = PLAIN,
) -> list[Stochastic]:
    """Scenarios on the same draws, each with its central run; the first is what levels are solved for and entries held of.

    `jobs` processes; `parts`: a folder in which finished chunks stand until all are there; `engine`: what steps the draws, the
    central run is always of the plain one. Raises SimsuranceError for faulty
    tables of what is drawn, scenarios over other years, and where an identity does not hold.
    """
    from simsurance.uncertainty.jobs import project

    horizon = scenarios[0].values.horizon
    for each in scenarios[1:]:
        if each.values.horizon != horizon:
            raise SimsuranceError(f"{each.name}: other years than {scenarios[0].name}; give both the same horizon")
    (central,) = simulate([scenarios[0]])
    others = simulate(scenarios[1:], central.entries) if len(scenarios) > 1 else []
    if engine != PLAIN:  # kernels are compiled here, before processes begin that would each do it
        state, basis = build(scenarios[0])
        step_years(state, basis[:1], engine=engine)
    kept_of = project(Plan(tuple(scenarios), sample, engine), jobs, parts, tell)
    return [Stochastic(run, sample, own, engine) for run, own in zip((central, *others), kept_of, strict=True)]


def standard_error(values: np.ndarray) -> np.ndarray:
    """Standard error of a mean over draws from independent scramblings, [...]; `values` [draw, ...]."""
    parts = np.stack([part.mean(axis=OVER_DRAWS) for part in np.split(values, SCRAMBLINGS)])
    return np.asarray(parts.std(axis=OVER_DRAWS, ddof=1) / SCRAMBLINGS**0.5)
