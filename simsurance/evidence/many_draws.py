"""Many draws of the baseline: what fewer are held against, and how many plain draws they are worth.

`python -m simsurance.evidence.many_draws` prints what is stored; with `--draws 16384` it draws anew (more than an hour of one
processor, half of it with the extra `fast`; interrupted, the same command goes on from the draws that are done) and writes it.

Draws come in blocks of 32, the eight scramblings in turn. A block of 32 points that follow one another in a Sobol sequence is
the first block, its digits shifted; as scrambling shifts them at random, every block errs like the first 32 points of a new
seed. So 64 blocks of each of eight scramblings show what 64 seeds of 256 draws would, from one set of draws.
"""

import hashlib
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from scipy.special import ndtr, ndtri, stdtrit

from simsurance.axes import axis
from simsurance.csv_text import rows_csv
from simsurance.data.tables import DATA, read_table, text_rows
from simsurance.evidence.fit import LAST_YEAR
from simsurance.ledger import fund_of
from simsurance.results import accounts_of
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.loader import Scenario, load
from simsurance.uncertainty import draws
from simsurance.uncertainty.engines import chosen
from simsurance.uncertainty.futures import Futures, futures_of
from simsurance.uncertainty.observed import Observed, observed
from simsurance.uncertainty.points import MONTHS, Arrays, computed, funds_of, kept, measured_of
from simsurance.uncertainty.sampling import SCRAMBLINGS, Given, Sample

CHANCES: Final = DATA / "many_draws.csv"
BLOCKS: Final = DATA / "many_draws_blocks.csv"
OF: Final = DATA / "many_draws_of.csv"
"""The stored chances, what every block gave, and the sample and files that they were made from."""
CHANCES_HEADER: Final = ("fund", "year", "depleted", "standard_error", "error_256", "error_1024", "depleted_1024")
BLOCKS_HEADER: Final = ("scrambling", "block", "reserve_months", "square", "depleted")
BLOCK: Final = 32
"""Draws of one scrambling that follow one another."""
WHOLE: Final = 16_384
SEED, FEWER, FEWER_SEED = 2, 1024, 1
"""Seed of the many draws; number and seed of those held against them, the first 256 of which are the accepted ones."""
SMALL: Final = 256
FUND: Final = "resident"
MONTHS_IN, DEPLETED_BY = LAST_YEAR + 10, LAST_YEAR + 15
"""Whose mean and whose chance say what draws are worth."""
COVERED: Final = 0.95
APART: Final = 3.0
"""Standard errors that one chance of fewer draws may lie from that of many."""
EXPECTED: Final = 10.0
"""Draws on either side from which on a standard error is held to."""
SAMPLER: Final = "sobol"
IN_BLOCKS: Final = ("block", "scrambling", "draw")
OVER_DRAWS: Final = axis("draw", of=IN_BLOCKS)
OVER_SET: Final = axis("block", of=("set", "block", "scrambling"))
OVER_ALL: Final = axis("block", "scrambling", of=IN_BLOCKS)


@dataclass(frozen=True)
class InBlocks:
    """The draws of a seed, block by block, the scramblings in turn: more draws go on where fewer ended."""

    scenario: Scenario
    seed: int
    points: int

    def __reduce__(self) -> tuple[type["InBlocks"], tuple[Scenario, int, int]]:
        """Goes to processes as it was made; what follows from it is found there."""
        return InBlocks, (self.scenario, self.seed, self.points)

    @cached_property
    def observed(self) -> Observed:
        """What every draw has to agree with."""
        return observed(self.scenario)

    @cached_property
    def futures(self) -> Futures:
        """The draws, in the order of the whole sample."""
        targets = tuple(each.target for each in self.observed.levels)
        made = futures_of(self.scenario, Given(np.empty((0, 0))), targets)
        return replace(made, sample=Sample(WHOLE, self.seed, SAMPLER))

    def chunk(self, first: int, last: int) -> Arrays:
        """What is kept of the draws from `first` to before `last`."""
        drawn = list[Scenario]()
        for start in range(first - first % BLOCK, last, BLOCK):
            here = place_of(start) + np.clip([first - start, last - start], 0, BLOCK)
            drawn += [each.of(self.scenario) for each in draws.in_order(self.futures, self.observed, *map(int, here))]
        return kept(accounts_of(drawn, engine=chosen(None, self.points)))


def place_of(point: int) -> int:
    """Where in the whole sample a draw stands, scrambling by scrambling."""
    block, within = divmod(point, BLOCK)
    turn, scrambling = divmod(block, SCRAMBLINGS)
    return scrambling * (WHOLE // SCRAMBLINGS) + turn * BLOCK + within


def by_block(values: np.ndarray) -> np.ndarray:
    """Means of blocks, [block, scrambling, ...], of values in the order of `InBlocks`, [draw, ...]."""
    return np.asarray(values.reshape(-1, SCRAMBLINGS, BLOCK, *values.shape[1:]).mean(axis=OVER_DRAWS))


def error_of(blocks: np.ndarray, size: int) -> np.ndarray:
    """Standard error of a mean of so many draws: how far sets of blocks lie from the mean of all; `blocks` as of `by_block`.

    The mean of all is not the true one, and the sets lie nearer to it: its own variance is added.
    """
    in_each = size // (BLOCK * SCRAMBLINGS)
    sets = blocks.reshape(-1, in_each, *blocks.shape[1:]).mean(axis=OVER_SET)
    variance = ((sets - blocks.mean(axis=OVER_ALL)) ** 2).mean(axis=OVER_ALL) + whole_error(blocks) ** 2
    return np.asarray(np.sqrt(variance / SCRAMBLINGS))


def whole_error(blocks: np.ndarray) -> np.ndarray:
    """Standard error of the mean of all draws, from what scramblings differ by."""
    of_each = blocks.mean(axis=axis("block", of=IN_BLOCKS))
    return np.asarray(of_each.std(axis=axis("scrambling", of=IN_BLOCKS[1:]), ddof=1) / blocks.shape[1] ** 0.5)


@dataclass(frozen=True)
class WorthOf:
    """How many plain draws are as exact as 256, with its interval of 95 per cent."""

    plain: float
    low: float
    high: float


def worth_of(blocks: np.ndarray, variance: float) -> WorthOf:
    """The variance of one draw over that of a mean of 256; the interval by leaving out a scrambling each, of logarithms."""
    plain = float(variance / error_of(blocks, SMALL) ** 2)
    without = [blocks[:, np.arange(SCRAMBLINGS) != part] for part in range(SCRAMBLINGS)]
    logs = np.array([-2 * np.log(float(error_of(part, SMALL))) for part in without])
    error = np.sqrt((SCRAMBLINGS - 1) / SCRAMBLINGS * ((logs - logs.mean()) ** 2).sum())
    reach = float(np.exp(stdtrit(SCRAMBLINGS - 1, (1 + COVERED) / 2) * error))
    return WorthOf(plain, plain / reach, plain * reach)


# --- what is stored ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chance:
    """The chance that a fund is depleted by the end of a year: of many draws, with the errors of all, of 256 and of 1,024.

    `fewer`: the same of 1,024 draws of another seed.
    """

    fund: str
    year: int
    depleted: float
    standard_error: float
    error_256: float
    error_1024: float
    fewer: float


def chances() -> list[Chance]:
    """The stored chances."""
    columns = read_table(CHANCES, CHANCES_HEADER)
    rows = zip(*(columns[name] for name in CHANCES_HEADER), strict=True)
    return [Chance(str(fund), int(year), *map(float, numbers)) for fund, year, *numbers in rows]


def stored_blocks() -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Means of every block by name, [block, scrambling], and the variance of one draw by name."""
    columns = {name: np.array(read_table(BLOCKS, BLOCKS_HEADER)[name], dtype=float) for name in BLOCKS_HEADER}
    found = {name: columns[name].reshape(-1, SCRAMBLINGS) for name in BLOCKS_HEADER[2:]}
    chance, mean = found["depleted"].mean(), found["reserve_months"].mean()
    return found, {"reserve_months": found["square"].mean() - mean**2, "depleted": chance * (1 - chance)}


def stored_of() -> dict[str, str]:
    """The sample and the hashes that the stored results were made from."""
    return {row["what"]: row["value"] for row in text_rows(OF, ("what", "value"))}


def made_of(scenario: Scenario) -> dict[str, str]:
    """Hash of the scenario and of each table by name, whatever the ends of its lines."""
    files = {path.relative_to(DATA).as_posix(): path for path in sorted({*scenario.tables.values()})}
    files = {"baseline.toml": scenarios_folder() / "baseline.toml", **files}
    return {name: hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest() for name, path in files.items()}


def depleted_by(arrays: Arrays, fund: str, years: Sequence[int]) -> np.ndarray:
    """Whether a fund is depleted by the end of each year, [draw, year]."""
    return np.asarray(measured_of(arrays, fund, "depletion_year")[:, None] <= np.array(years))


def chance_rows(many: Arrays, fewer: Arrays, years: Sequence[int]) -> list[tuple[object, ...]]:
    """The chances of every pooled fund and year as they are stored."""
    rows: list[tuple[object, ...]] = []
    for fund in (each for each in funds_of(many) if fund_of(each).pooled):
        blocks, others = (
            by_block(depleted_by(many, fund, years)),
            depleted_by(fewer, fund, years).mean(axis=axis("draw", of=("draw", "year"))),
        )
        errors = (whole_error(blocks), error_of(blocks, SMALL), error_of(blocks, FEWER))
        for place, year in enumerate(years):
            numbers = (blocks.mean(axis=OVER_ALL)[place], *(each[place] for each in errors), others[place])
            rows.append((fund, year, *(f"{number:.9g}" for number in numbers)))
    return rows


def block_rows(many: Arrays, years: Sequence[int]) -> list[tuple[object, ...]]:
    """What every block gave of the fund whose results say what draws are worth."""
    months = many[f"{MONTHS}{FUND}"][:, years.index(MONTHS_IN)]
    depleted = depleted_by(many, FUND, [DEPLETED_BY]).reshape(-1)
    found = [by_block(values) for values in (months, months**2, depleted)]
    return [
        (scrambling, block, *(f"{values[block, scrambling]:.12g}" for values in found))
        for block in range(len(found[0]))
        for scrambling in range(SCRAMBLINGS)
    ]


def draw_anew(count: int, jobs: int, parts: Path) -> None:
    """Draw, and write what is stored."""
    scenario = load("baseline")
    horizon = scenario.values.horizon
    years = range(horizon.valuation_year, horizon.last_year + 1)

    def told(done: int, of: int) -> None:
        sys.stderr.write(f"\r{done:,} of {of:,} draws")

    fewer, many = (
        computed(InBlocks(scenario, seed, points), jobs, parts / f"seed_{seed}", told)
        for seed, points in ((FEWER_SEED, FEWER), (SEED, count))
    )
    of = {"draws": str(count), "seed": str(SEED), "sampler": SAMPLER, **made_of(scenario)}
    for path, header, rows in (
        (CHANCES, CHANCES_HEADER, chance_rows(many, fewer, years)),
        (BLOCKS, BLOCKS_HEADER, block_rows(many, years)),
        (OF, ("what", "value"), list(of.items())),
    ):
        path.write_text(rows_csv(header, rows), encoding="utf-8", newline="\n")


# --- what is told -----------------------------------------------------------------------------------------------------

TOLD: Final = (5, 10, 15, 20, 25, 30, 35)
"""Years after the valuation whose chances are told."""
GOALS: Final = {"reserve_months": 1000, "depleted": 400}
"""Plain draws that 256 should be worth at least."""


def report() -> str:
    """Chances by year beside those of 1,024 draws, and what 256 draws are worth."""
    found, of = chances(), stored_of()
    first = min(each.year for each in found)
    scenario = load("baseline")
    old = {name: value for name, value in of.items() if name.endswith((".toml", ".csv"))} != made_of(scenario)
    lines = [
        f"{int(of['draws']):,} draws (seed {of['seed']}, {SCRAMBLINGS} scramblings)"
        + ("; the baseline or a table of it has changed since" if old else ""),
        f"{'depleted by the end of':28}{'chance, %':>11}{'± of all':>11}{'± of 256':>11}{'± of 1,024':>12}"
        f"{f'{FEWER:,} draws, %':>17}",
    ]
    for each in found:
        if each.year - first + 1 in TOLD:
            errors = (100 * error for error in (each.standard_error, each.error_256, each.error_1024))
            all_, small, fewer = (f"{error:.2f}" for error in errors)
            row = f"{each.fund}, {each.year}"
            lines.append(f"{row:28}{100 * each.depleted:11.1f}{all_:>11}{small:>11}{fewer:>12}{100 * each.fewer:17.1f}")
    others = {(each.fund, each.year): each.fewer for each in found}
    for expected, where in (
        (EXPECTED, f"where {EXPECTED:g} draws or more are expected on either side"),
        (0.0, "anywhere"),
    ):
        apart, fund, year = farthest(others, FEWER, expected)
        lines.append(f"{FEWER:,} draws lie at most {apart:.1f} standard errors away {where} ({fund}, {year})")
    lines.append(
        f"of {compared(FEWER)} chances one may lie {farthest_of(compared(FEWER)):.1f} away as rarely as a single one {APART:g}"
    )
    return "\n".join([*lines, "", *worth_lines()])


def worth_lines() -> list[str]:
    """What 256 draws are worth, as lines."""
    blocks, variances = stored_blocks()
    names = {
        "reserve_months": f"mean reserve months, {MONTHS_IN}",
        "depleted": f"chance of depletion by {DEPLETED_BY}",
    }
    sets = blocks["depleted"].shape[0] * SCRAMBLINGS * BLOCK // SMALL
    lines = [f"{f'plain draws that {SMALL} Sobol draws are worth ({sets} sets)':52}{'draws':>8}{'95 % interval':>20}"]
    for name, what in names.items():
        worth = worth_of(blocks[name], variances[name])
        interval = f"{worth.low:,.0f} to {worth.high:,.0f}"
        lines.append(f"{f'{FUND}: {what}':52}{worth.plain:8,.0f}{interval:>20}")
    return lines


def compared(size: int, expected: float = EXPECTED) -> int:
    """How many chances are compared: of those with so many draws on either side."""
    return sum(size * each.depleted * (1 - each.depleted) >= expected for each in chances())


def farthest_of(count: int) -> float:
    """Standard errors that the farthest of so many may lie away as rarely as a single one `APART` (Bonferroni)."""
    return float(-ndtri(ndtr(-APART) / count))


def farthest(found: Mapping[tuple[str, int], float], size: int, expected: float = EXPECTED) -> tuple[float, str, int]:
    """By how many standard errors chances of 256 or 1,024 draws lie from the stored ones at most, and of which fund and year.

    Where at least `expected` draws would be on either side: of fewer a standard error says little.
    """
    apart = (0.0, "", 0)
    for each in chances():
        if size * each.depleted * (1 - each.depleted) < expected:
            continue
        own = each.error_256 if size == SMALL else each.error_1024
        error, gap = float(np.hypot(own, each.standard_error)), abs(found[each.fund, each.year] - each.depleted)
        apart = max(apart, (gap / error if error else np.inf * gap if gap else 0.0, each.fund, each.year))
    return apart


def main(arguments: Sequence[str] = ()) -> None:
    """Print what is stored, or draw anew."""
    parser = ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--draws", type=int, help=f"draw so many anew: {SMALL}·2ⁿ, at most {WHOLE}")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--parts", type=Path, default=Path("out/many_draws.parts"), help="folder of finished draws")
    given = parser.parse_args(arguments)
    if given.draws is not None:
        fits = [SMALL << power for power in range((WHOLE // SMALL).bit_length())]
        if given.draws not in fits or given.draws < FEWER:
            parser.error(f"--draws {given.draws}: one of {', '.join(str(each) for each in fits if each >= FEWER)}")
        draw_anew(given.draws, given.jobs, given.parts)
        sys.stderr.write("\n")
    sys.stdout.write(report() + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
