"""Points that are projected over processes, and what is kept of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from simsurance.measures import measure_of
from simsurance.results import RunAccounts
from simsurance.uncertainty import jobs as jobs_of
from simsurance.uncertainty.chunks import Arrays as Arrays
from simsurance.uncertainty.chunks import Tell as Tell
from simsurance.uncertainty.chunks import Work

CHUNK: Final = 8
"""Points that are projected and handed over together."""
MONTHS: Final = "months/"
"""What stands before a fund's name where its reserve months are kept, [point, year]."""
MEASURED: Final = "measured/"
"""What stands before a measure's name where it is kept, [point]."""


def computed(work: Work, jobs: int = 1, parts: Path | None = None, tell: Tell | None = None) -> Arrays:
    """What is kept of all points; the same bits for any number of processes.

    `parts`: a folder in which finished chunks stand until all are there; taken up from it. Raises SimsuranceError where
    a process dies, and what a point raises. Points of which nothing could be kept have NaN.
    """
    columns = jobs_of.computed(work, jobs_of.over(jobs), CHUNK, parts, tell)
    return {name: np.array(values) for name, values in columns.items()}


def kept(runs: Sequence[RunAccounts | None]) -> Arrays:
    """Measures and reserve months of some runs, NaN where there is no run; nothing where there is none at all."""
    first = next((run for run in runs if run is not None), None)
    if first is None:
        return {}
    found = {
        f"{MEASURED}{each.measure}": np.array([np.nan if run is None else run.measured[place].value for run in runs])
        for place, each in enumerate(first.measured)
    }
    none = np.full(len(first.years), np.nan)
    for fund in first.accounts:
        months = [none if run is None else run.accounts[fund]["reserve_months"] for run in runs]
        found[f"{MONTHS}{fund}"] = np.stack(months)
    return found


def funds_of(arrays: Arrays) -> list[str]:
    """The funds of which something is kept."""
    return [name.removeprefix(MONTHS) for name in arrays if name.startswith(MONTHS)]


def measured_of(arrays: Arrays, fund: str, measure: str) -> np.ndarray:
    """A measure of a fund by the name that it has for the resident fund, NaN where it has no value, [point]."""
    return arrays[f"{MEASURED}{measure_of(fund, measure)}"]


def years_funded(arrays: Arrays, fund: str, years: Sequence[int]) -> np.ndarray:
    """Years of the horizon before a fund has run out, all of them where it does not, NaN where there is no run, [point]."""
    depleted = measured_of(arrays, fund, "depletion_year")
    found = np.where(np.isnan(depleted), len(years), depleted - years[0])
    return np.where(np.isnan(arrays[f"{MONTHS}{fund}"]).all(axis=-1), np.nan, found)
