"""Inputs that are paths: incomes, prices, interest, wages, cost and local financing, and the demography of the United Nations.

A series deviates from the scenario's path, which is the median, in two layers:

    deviation_t = shift + d_t,  d_t = φ·d_(t−1) + σ·e_t,  d = 0 in the last year known

`e` of all series is correlated from series to series, `shift` likewise and drawn once. Growth: log(1 + g_t) = log(1 + path_t) +
deviation_t. Levels (prices, interest, local financing): level_t = path_t + deviation_t with the shift coming in at 1 − φ a
year. What is below a floor is brought to it. A demographic series is one latent path of unit variance in every year, placed
between the published bounds of each year.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from simsurance.axes import SEX
from simsurance.data import tables
from simsurance.data.tables import text_rows
from simsurance.errors import SimsuranceError
from simsurance.scenario_file.faults import brief
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.schedule import CALENDAR, Ramp, Schedule, first_year, value_in, values_by_year
from simsurance.uncertainty.correlation import correlation_matrix, root_of, times
from simsurance.uncertainty.parameters import require_mark, value_at

GROWTH: Final = {
    "real_income_growth": "economy.real_income_growth",
    "real_wage_growth": "employee.wage.growth_excess",
    "resident_excess_cost": "claims.trend.residual_growth",
    "employee_excess_cost": "employee.care.residual_growth",
}
LEVEL: Final = {
    "inflation": "economy.inflation",
    "interest_rate": "economy.interest_rate",
    "local_supplement": "contributions.local_supplement_growth",
}
SERIES: Final = (*GROWTH, *LEVEL)
"""Series of the economy, each with the key that it moves."""
LATENT: Final = ("total_fertility", "life_expectancy", "net_migration")
"""Series of demography."""
HEADER: Final = ("series", "parameter", "value", "low", "high", "unit", "sources", "mark", "note")
PAIRS_HEADER: Final = ("one", "other", "value", "low", "high", "estimate", "sources", "mark", "note")
RANGES: Final = {"phi": (0.0, 0.999), "sd_innovation": (0.0, np.inf), "shift_sd": (0.0, np.inf)}
"""Where the parameters of a series lie: one that keeps all of itself never returns, a spread is not below 0."""
NEEDED: Final = ("phi", "sd_innovation", "shift_sd")
KNOWN: Final = dict.fromkeys(SERIES, (*NEEDED, "floor")) | dict.fromkeys(LATENT, ("phi",))
"""What is told of each series."""
BOUNDS: Final = ("lower95", "lower80", "median", "upper80", "upper95")
AT: Final = (-1.959963984540054, -1.2815515655446004, 0.0, 1.2815515655446004, 1.959963984540054)
"""Bounds of an interval and the standard normal numbers that they stand for."""
FLOORED_ELSEWHERE: Final = ("real_wage_growth", "local_supplement")
"""Series whose floor is none of the key that they move: wages have none, local financing that of its level."""
SUPPLEMENT: Final = "contributions.local_supplement"


@dataclass(frozen=True)
class Process:
    """How a series deviates: persistence, spread of a year and of the long-run mean, and where it may not go."""

    phi: float
    sd: float
    shift_sd: float
    floor: float

    def deviations(self, innovations: np.ndarray) -> np.ndarray:
        """What innovations of unit variance add up to, [year], without the shift; 0 in the year before the first."""
        return summed(self.phi, self.sd * innovations)


@dataclass(frozen=True)
class Paths:
    """All series of a scenario, over the years from the valuation year to the one after the last."""

    years: tuple[int, ...]
    processes: Mapping[str, Process]
    correlation: np.ndarray
    persistence: Mapping[str, float]
    bounds: Mapping[str, np.ndarray]
    """[year, bound] of total fertility and migration, [sex, year of the table, bound] of life expectancy."""
    bounds_from: int
    economy_on: bool
    demography_on: bool

    @cached_property
    def root(self) -> np.ndarray:
        """What independent numbers of the series are multiplied by, [series, series]."""
        return root_of(self.correlation)

    @cached_property
    def turned(self) -> np.ndarray:
        """How a series' independent numbers become innovations, [year, place]: the first places move its sum most."""
        return rotation(len(self.years))

    def values(self, scenario: Scenario, shifts: np.ndarray, independent: np.ndarray) -> dict[str, Schedule]:
        """The values of one draw by path; `shifts` [series], `independent` [series and latent series, year]."""
        found: dict[str, Schedule] = {}
        if self.economy_on:
            found |= self._of_economy(scenario, times(self.root, shifts), independent[: len(SERIES)])
        if self.demography_on:
            found |= self._of_demography(scenario, independent[len(SERIES) :])
        return found

    def _of_economy(self, scenario: Scenario, shifts: np.ndarray, independent: np.ndarray) -> dict[str, Schedule]:
        own = np.stack([times(self.turned, numbers) for numbers in independent])
        innovations = [sum(share * each for share, each in zip(row, own, strict=True)) for row in self.root]
        values = scenario.values
        moved, long_run = {}, {}
        for place, name in enumerate(SERIES):
            process = self.processes[name]
            long_run[name] = process.shift_sd * shifts[place]
            moved[name] = process.deviations(innovations[place])
        logs = {name: moved[name] + long_run[name] for name in GROWTH}
        found: dict[str, np.ndarray] = {}
        for name, key in GROWTH.items():
            growth = np.log1p(values_by_year(value_at(values, key), self.years))
            if name == "real_wage_growth":  # the key holds what wages grow by beyond incomes
                growth = growth + logs[name] - logs["real_income_growth"]
                found[key] = np.expm1(growth)
            else:
                found[key] = floored(np.expm1(growth + logs[name]), np.expm1(growth), self.processes[name].floor)
        for name, key in LEVEL.items():
            process = self.processes[name]
            coming = 1 - process.phi ** np.arange(1, len(self.years) + 1)
            deviation, path = moved[name] + long_run[name] * coming, values_by_year(value_at(values, key), self.years)
            if name == "local_supplement":
                found[key] = self._supplement_growth(scenario, deviation, process.floor)
            else:
                found[key] = floored(path + deviation, path, process.floor)
        return {key: self._joined(value_at(values, key), path) for key, path in found.items()}

    def _supplement_growth(self, scenario: Scenario, deviation: np.ndarray, floor: float) -> np.ndarray:
        """Growth of local financing at which it lies so far from its path, [year]."""
        values = scenario.values.contributions
        start = values_by_year(values.local_supplement, [self.years[0] - 1])[0]
        path = start * np.cumprod(1 + values_by_year(values.local_supplement_growth, self.years))
        level = floored(path + deviation, path, floor)
        return np.asarray(level / np.append(start, level[:-1]) - 1)

    def _joined(self, own: Schedule, path: np.ndarray) -> Ramp:
        """A schedule as it is before the years drawn, and a value for each of those; the last holds on."""
        first = max(first_year(own), CALENDAR[0])
        before = {year: value for year in range(first, self.years[0]) if (value := value_in(own, year)) is not None}
        return Ramp(ramp=before | {year: float(value) for year, value in zip(self.years, path, strict=True)})

    def _of_demography(self, scenario: Scenario, independent: np.ndarray) -> dict[str, Schedule]:
        latent = {}
        for name, numbers in zip(LATENT, independent, strict=True):
            phi = self.persistence[name]
            innovations = times(self.turned, numbers)
            latent[name] = summed(phi, np.append(innovations[:1], (1 - phi**2) ** 0.5 * innovations[1:]))
        values = scenario.values.population
        place = np.array(self.years) - self.bounds_from
        fertility, migration = (between(self.bounds[name][place], latent[name]) for name in (LATENT[0], LATENT[2]))
        level, factor, ahead = (
            values_by_year(each, self.years)
            for each in (values.fertility_level, values.migration_factor, values.mortality_advance)
        )
        median = len(BOUNDS) // 2
        found = {
            "population.fertility_level": level * np.maximum(fertility / self.bounds[LATENT[0]][place, median], 0.05),
            "population.migration_factor": factor * migration / self.bounds[LATENT[2]][place, median],
            "population.mortality_advance": ahead + self._ahead(place, latent[LATENT[1]]),
        }
        return {key: self._joined(value_at(scenario.values, key), path) for key, path in found.items()}

    def _ahead(self, place: np.ndarray, latent: np.ndarray) -> np.ndarray:
        """By how many years the medium path is ahead or behind when it has the life expectancy drawn: mean of the sexes."""
        found = []
        for of_sex in self.bounds[LATENT[1]]:
            medium, drawn = of_sex[:, len(BOUNDS) // 2], between(of_sex[place], latent)
            dates = np.arange(len(medium), dtype=float)
            steps = min(24, len(medium) - 1)
            last, first = (medium[-1] - medium[-1 - steps]) / steps, (medium[steps] - medium[0]) / steps
            date = np.interp(drawn, medium, dates)
            date += np.maximum(drawn - medium[-1], 0) / last - np.maximum(medium[0] - drawn, 0) / first
            found.append(date - place)
        return np.asarray(sum(found) / len(found))


def summed(phi: float, innovations: np.ndarray) -> np.ndarray:
    """A series that keeps a share φ of itself from year to year, [year], or several, [year, draw]."""
    found, before = np.empty(innovations.shape), np.zeros(innovations.shape[1:])
    for place, innovation in enumerate(innovations):
        found[place] = before = phi * before + innovation
    return found


def floored(drawn: np.ndarray, path: np.ndarray, floor: float) -> np.ndarray:
    """What is drawn, brought to a floor where the path itself is not below it."""
    return np.maximum(drawn, np.minimum(path, floor))


def rotation(years: int) -> np.ndarray:
    """An orthogonal matrix [year, place] whose first places carry most of the sum of a series.

    Cosines: the principal components of a random walk's steps, and nearly those of a series of little persistence.
    """
    odd = 2 * np.arange(years) + 1
    return np.asarray(2 / (2 * years + 1) ** 0.5 * np.cos(np.multiply.outer(odd, odd) * np.pi / (2 * (2 * years + 1))))


def between(bounds: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Values of a year at standard normal numbers: straight lines through its bounds, the outer ones continued, [year]."""
    piece = np.clip(np.searchsorted(AT, z) - 1, 0, len(AT) - 2)
    year, at = np.arange(len(z)), np.array(AT)
    low, high = bounds[year, piece], bounds[year, piece + 1]
    return np.asarray(low + (high - low) * (z - at[piece]) / (at[piece + 1] - at[piece]))


def refuse_high_floors(scenario: Scenario, paths: Paths) -> None:
    """Raise SimsuranceError where a floor lies above the scenario's own path in every year: draws would go one way alone."""
    for name, key in (GROWTH | LEVEL).items():
        if name in FLOORED_ELSEWHERE:
            continue
        floor, highest = (
            paths.processes[name].floor,
            float(values_by_year(value_at(scenario.values, key), paths.years).max()),
        )
        if floor > highest:
            raise SimsuranceError(
                f"{scenario.tables['uncertainty.paths_table']}:{name}:floor: {floor:g} is above {key} in every year, at most "
                f"{highest:g}, so that nothing lower is drawn; a floor below it"
            )


def paths_of(scenario: Scenario) -> Paths:
    """The series of a scenario; raises SimsuranceError for a faulty table."""
    chosen, horizon = scenario.values.uncertainty, scenario.values.horizon
    years = tuple(range(horizon.valuation_year, horizon.last_year + 2))
    table = scenario.tables["uncertainty.paths_table"]
    told: dict[str, dict[str, float]] = {}
    for row in text_rows(table, HEADER):
        if row["series"] not in (*SERIES, *LATENT):
            raise SimsuranceError(
                f"{table}:{brief(row['series'])}: there is no such series; one of {', '.join((*SERIES, *LATENT))}"
            )
        own, name = told.setdefault(row["series"], {}), row["parameter"]
        if name not in KNOWN[row["series"]]:
            known = ", ".join(KNOWN[row["series"]])
            raise SimsuranceError(f"{table}:{row['series']}: {brief(name) or 'nothing'} is not known; one of {known}")
        if name in own:
            raise SimsuranceError(f"{table}:{row['series']}:{brief(name)}: stands twice; one row")
        own[name] = _number(table, row, *RANGES.get(name, (-np.inf, np.inf)))
    for name in SERIES:
        if lacking := [each for each in NEEDED if each not in told.get(name, {})]:
            raise SimsuranceError(f"{table}:{name}: {', '.join(lacking)} missing; one row for each")
    for name in LATENT:
        if "phi" not in told.get(name, {}):
            raise SimsuranceError(f"{table}:{name}: phi missing; one row")
    processes = {
        name: Process(
            told[name]["phi"],
            told[name]["sd_innovation"] * chosen.yearly,
            told[name]["shift_sd"] * chosen.long_run,
            told[name].get("floor", -np.inf),
        )
        for name in SERIES
    }
    pairs = scenario.tables["uncertainty.correlations_table"]
    given: dict[tuple[str, str], float] = {}
    for row in text_rows(pairs, PAIRS_HEADER):
        pair = row["one"], row["other"]
        if pair in given or pair[::-1] in given or pair[0] == pair[1]:
            what = "is a series with itself" if pair[0] == pair[1] else "stands twice"
            raise SimsuranceError(f"{pairs}:{brief(pair[0])}:{brief(pair[1])}: {what}; one row a pair of series")
        given[pair] = _number(pairs, row, -1.0, 1.0)
    for pair in given:
        if unknown := [name for name in pair if name not in SERIES]:
            raise SimsuranceError(f"{pairs}:{brief(unknown[0])}: there is no such series; one of {', '.join(SERIES)}")
    bounds, first = _bounds(scenario, years) if chosen.demography else ({}, years[0])
    return Paths(
        years,
        processes,
        correlation_matrix(SERIES, given, f"{pairs}"),
        {name: told[name]["phi"] for name in LATENT},
        bounds,
        first,
        chosen.paths,
        chosen.demography,
    )


def _bounds(scenario: Scenario, years: Sequence[int]) -> tuple[dict[str, np.ndarray], int]:
    """Median and bounds of the demographic series by year, and the first year of all."""
    life, moving = (scenario.tables[f"uncertainty.{name}_table"] for name in ("life_expectancy", "net_migration"))
    for path in (life, moving):
        first, last = (tables.years_of(path)[at] for at in (0, -1))
        if years[0] < first:
            raise SimsuranceError(
                f"{path}: no bounds before {first}; rows from {years[0]} on, or uncertainty.demography = false"
            )
        if last < years[-1]:
            raise SimsuranceError(
                f"{path}: no bounds after {last}; rows to {years[-1]}, or an earlier horizon.last_year"
            )
    span = list(range(years[0], tables.years_of(life)[-1] + 1))
    fertility = str(scenario.tables["population.total_fertility_table"])
    variants = ["medium" if name == "median" else name for name in BOUNDS]
    lives, persons = (
        np.stack(list(tables.on_axes(path, {"year": tables.years_of(path), **of}, BOUNDS).values()), axis=-1)
        for path, of in ((life, {SEX.name: SEX.members}), (moving, {}))
    )
    found = {
        LATENT[0]: np.stack([tables.total_fertility(fertility, each, span) for each in variants], axis=-1),
        LATENT[1]: np.moveaxis(lives, 1, 0),
        LATENT[2]: persons,
    }
    starts = span[0], tables.years_of(life)[0], tables.years_of(moving)[0]
    for (name, bounds), file, start in zip(found.items(), (fertility, life, moving), starts, strict=True):
        falls = np.argwhere(np.diff(bounds, axis=-1) < 0)
        if len(falls):
            *_, year, bound = falls[0]
            raise SimsuranceError(
                f"{file}: {BOUNDS[bound]} lies above {BOUNDS[bound + 1]} in {start + year}; bounds in rising order"
            )
        found[name] = bounds[..., span[0] - start :, :]
    _require_lives(life, np.moveaxis(lives, 1, 0), starts[1])
    return found, span[0]


def _require_lives(file: Path, lives: np.ndarray, start: int) -> None:
    """Raise SimsuranceError where life expectancy, [sex, year, bound], is not above 0 or its median does not rise."""
    if (lives <= 0).any():
        _, year, bound = np.argwhere(lives <= 0)[0]
        lowest = lives[:, year, bound].min()
        raise SimsuranceError(f"{file}: {BOUNDS[bound]} is {lowest:g} in {start + year}; years above 0")
    stays = np.argwhere(np.diff(lives[..., len(BOUNDS) // 2], axis=-1) <= 0)
    if len(stays):
        year = start + int(stays[0][1])
        raise SimsuranceError(f"{file}: the median does not rise after {year}; medians that rise from year to year")


def _number(table: Path, row: Mapping[str, Any], low: float, high: float) -> float:
    """The value of a row; SimsuranceError where it is none, beyond what it may be or its own range, or has no known mark."""
    name = ":".join(brief(str(row[each])) for each in list(row)[:2])
    value = _finite(table, name, row["value"])
    if not low <= value <= high:
        span = f"a number from {low:g} to {high:g}" if np.isfinite(high) else f"a number of {low:g} or more"
        raise SimsuranceError(f"{table}:{name}: {value:g} cannot be; {span}")
    if row["low"] or row["high"]:
        lowest, highest = (_finite(table, name, row[end]) for end in ("low", "high"))
        if lowest > highest:
            raise SimsuranceError(
                f"{table}:{name}: low {lowest:g} is above high {highest:g}; low, value and high in rising order"
            )
        if not lowest <= value <= highest:
            raise SimsuranceError(
                f"{table}:{name}: the range from {lowest:g} to {highest:g} does not hold the value {value:g}; "
                "low, value and high in rising order"
            )
    require_mark(table, name, row["mark"])
    return value


def _finite(table: Path, name: str, text: str) -> float:
    """A cell as a number; SimsuranceError where it is none."""
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise SimsuranceError(f"{table}:{name}: {brief(text) or 'nothing'} is not a number; a decimal number")
    return value
