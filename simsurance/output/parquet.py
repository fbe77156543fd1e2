"""Every draw as Parquet: what was drawn and what it measures, and the accounts of its years; some draws at a time."""

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.errors import ExitCode, SimsuranceError
from simsurance.scenario_file.schedule import values_by_year
from simsurance.uncertainty.stochastic import Plan

if TYPE_CHECKING:
    from simsurance.uncertainty.stochastic import Stochastic

AT_ONCE: Final = 100
"""Draws of a row group."""
INSTALL: Final = "pip install 'simsurance[stochastic]'"


def require_parquet() -> None:
    """Raises SimsuranceError (ENVIRONMENT) where there is no pyarrow."""
    if find_spec("pyarrow") is None:
        raise SimsuranceError(f"--parquet: pyarrow is not installed; {INSTALL}", exit_code=ExitCode.ENVIRONMENT)


def write_inputs_and_measures(run: "Stochastic", base: "Stochastic", file: Path) -> None:
    """A row a draw: measures, and each value that was drawn under `input/` and its key, of a series its mean over the years.

    `base`: the scenario whose levels were solved; what is drawn of another is a deviation from its own values.
    """
    plan = Plan((base.scenario,), run.sample)

    def parts() -> Iterator[Mapping[str, np.ndarray]]:
        for first, last in _spans(run):
            drawn = drawn_values(plan, run, first, last)
            measured = {name: np.array(values[first:last]) for name, values in run.kept.measured.items()}
            nearer = dict(zip(("inputs_of_membership", "inputs_of_cost"), run.kept.nearer[first:last].T, strict=True))
            yield {"draw": np.arange(first, last), **drawn, **nearer, "missed": run.kept.missed[first:last], **measured}

    _write(file, parts())


def drawn_values(plan: Plan, run: "Stochastic", first: int, last: int) -> dict[str, np.ndarray]:
    """What was drawn of a scenario by `input/` and key, of a series its mean over the years projected, [draw]."""
    found: dict[str, list[float]] = {}
    for numbers, nearer in zip(plan.futures.numbers(first, last), run.kept.nearer[first:last], strict=True):
        people, cost = map(float, nearer)
        values = plan.futures.values(numbers, people, cost, run.scenario)
        for path, value in values.items():
            found.setdefault(f"input/{path}", []).append(float(values_by_year(value, run.years).mean()))
    return {name: np.array(values) for name, values in found.items()}


def write_years(run: "Stochastic", file: Path) -> None:
    """A row a draw, year and fund: every column of the fund's account, empty where the fund has none."""
    names = list(dict.fromkeys(name for columns in run.kept.yearly.values() for name in columns))
    funds, years = list(run.kept.yearly), np.array(run.years)

    def parts() -> Iterator[Mapping[str, np.ndarray]]:
        for first, last in _spans(run):
            none = np.full((last - first, len(years)), np.nan)
            shape = (last - first, len(years), len(funds))
            columns: dict[str, np.ndarray] = {
                "draw": np.broadcast_to(np.arange(first, last).reshape(-1, 1, 1), shape),
                "year": np.broadcast_to(years.reshape(-1, 1), shape),
                "fund": np.broadcast_to(np.array(funds), shape),
            }
            for name in names:
                of_funds = (run.kept.yearly[fund].get(name, None) for fund in funds)
                columns[name] = np.stack([none if each is None else each[first:last] for each in of_funds], axis=-1)
            yield {name: values.reshape(-1) for name, values in columns.items()}

    _write(file, parts())


def _spans(run: "Stochastic") -> Iterator[tuple[int, int]]:
    return ((first, min(first + AT_ONCE, run.kept.draws)) for first in range(0, run.kept.draws, AT_ONCE))


def _write(file: Path, parts: Iterator[Mapping[str, np.ndarray]]) -> None:
    """A row group a part; what is not a number is null."""
    import pyarrow as pa
    from pyarrow import parquet

    def table(part: Mapping[str, np.ndarray]) -> Any:
        columns = {name: pa.array(values, from_pandas=values.dtype.kind == "f") for name, values in part.items()}
        return pa.table(columns)

    first = table(next(parts))
    with parquet.ParquetWriter(file, first.schema, compression="zstd") as writer:
        writer.write_table(first)
        for part in parts:
            writer.write_table(table(part))
