"""Pinned totals by year: those that are imposed, and the factors that were found in the root."""

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from simsurance.axes import REPORT_AXES, at
from simsurance.basis.inputs import Arrays
from simsurance.errors import SimsuranceError
from simsurance.ledger import INSURED, SIDES, TOTALS
from simsurance.model.pins import PLACE, possible
from simsurance.model.projection import Projection, project
from simsurance.model.state import State, YearBasis
from simsurance.scenario_file.faults import plain
from simsurance.scenario_file.loader import TOLD, Scenario
from simsurance.scenario_file.pins import LIMITS, ROUNDING

Build = Callable[[Scenario], tuple[State, tuple[YearBasis, ...]]]
ROOTS_KEPT: Final = 8
_FOUND: OrderedDict[str, np.ndarray] = OrderedDict()
"""Factors of the last roots, by all that they were found in."""


def pin_basis(scenario: Scenario, build: Build) -> Arrays | None:
    """Factors and imposed totals, [year, run, total], none where there are none; None where nothing is pinned.

    Stocks of a 1 January stand in the year before. In the scenario that pins, everything is imposed; in what is laid upon it,
    pins of the mode `root` are the factors found there.
    """
    horizon, pins = scenario.values.horizon, scenario.values.pins.values()
    if not any(pin.values for pin in pins):
        return None
    shape = (horizon.last_year - horizon.valuation_year + 1, 1, len(TOTALS))
    factor, imposed = np.full(shape, np.nan), np.full(shape, np.nan)
    found = None if scenario.pin_root is None else root_factors(scenario.pin_root, build)
    for pin in sorted(pins, key=lambda pin: pin.total in SIDES):  # rows that are pinned themselves are not free
        places = [place_of(pin.total, year, horizon.valuation_year) for year in pin.values]
        if found is None or pin.mode == "fixed":
            imposed[places, 0, PLACE[pin.total]] = list(pin.values.values())
            continue
        for place in (PLACE[total] for total in _scaled(pin.total)):
            free = [year for year in places if np.isnan(factor[year, 0, place]) and np.isnan(imposed[year, 0, place])]
            factor[free, 0, place] = found[free, place]
    return {"factor": factor, "imposed": imposed}


def _scaled(total: str) -> set[str]:
    """The totals that a pin multiplies: its own, and the rows of an income or outgo that are scaled."""
    return {total, *(each.row.name for each in SIDES.get(total, ()) if each.row.scaled)}


def place_of(total: str, year: int, first: int) -> int:
    """The year of the projection in which a total is pinned, counted from the first: stocks are met at a year's end."""
    return year - first - (total in INSURED)


def root_factors(root: Scenario, build: Build) -> np.ndarray:
    """What every total of the scenario that pins is multiplied by, [year, total]; the last of them are kept at hand."""
    tables = [(str(path), path.stat().st_mtime_ns) for path in root.tables.values()]
    leaves = {path: value for path, value in root.leaves.items() if path not in TOLD}
    key = json.dumps([leaves, dict(root.of_root), tables], sort_keys=True)
    if key not in _FOUND:
        state, basis = build(root)
        projected = project(state, basis)
        assert projected.pin_factors is not None
        require_possible(root, projected)
        _FOUND[key] = at(projected.pin_factors, of=REPORT_AXES, run=0)
        if len(_FOUND) > ROOTS_KEPT:
            _FOUND.popitem(last=False)
    return _FOUND[key]


def require_possible(scenario: Scenario, projected: Projection, run: int = 0) -> None:
    """Raises SimsuranceError for pins that nothing can be scaled to, and for those that contradict what the model finds."""
    if projected.pin_factors is None:
        return
    totals = {name: found[:, run] for name, found in projected.totals.items()}
    factors, first = projected.pin_factors[:, run], scenario.values.horizon.valuation_year
    lines = []
    for name, pin in scenario.values.pins.items():
        for year, wanted in pin.values.items():
            factor = factors[place_of(pin.total, year, first), PLACE[pin.total]]
            text = f"{_why(pin.total, factor, wanted)} in {year}; pin its parts, or leave the year out"
            if possible(factor):
                text = (
                    "" if scenario.pin_root and pin.mode == "root" else _excess(pin.total, year, year - first, totals)
                )
            if text:
                lines.append(f"{scenario.origins[f'pins.{name}.values']}:pins.{name}.values: {text}")
                break
    if lines:
        raise SimsuranceError(*lines)


def _excess(total: str, year: int, place: int, totals: Mapping[str, np.ndarray]) -> str:
    """What is paid out of contributions in a year and above them, where a pin of the total makes one of the two; or nothing."""
    moved = _scaled(total)
    for limit in LIMITS:
        if moved.isdisjoint(limit.totals) or not totals.keys() >= {*limit.totals}:
            continue
        part, whole = (sum(float(totals[name][place]) for name in names) for names in (limit.parts, limit.wholes))
        if part > whole * (1 + ROUNDING):
            parts = [name for name in limit.parts if totals[name][place]]
            return f"{limit.text(parts, part, whole, year)}; lower the one or raise the other"
    return ""


def _why(total: str, factor: float, wanted: float) -> str:
    """Why a total cannot be scaled."""
    if total in INSURED and np.isfinite(factor):
        return f"{total} {plain(wanted)} leaves no room for anybody else in the pinned population"
    if np.isfinite(factor):
        return f"{total} {plain(wanted)} is less than the transfers and pinned rows that are part of it"
    return f"nothing of {total} is there to be scaled to {plain(wanted)}"


def applied(scenario: Scenario, factors: np.ndarray) -> dict[str, dict[int, float]]:
    """The factor of each pin by the years that it names; `factors` of one run, [year, total]."""
    first = scenario.values.horizon.valuation_year
    return {
        name: {year: float(factors[place_of(pin.total, year, first), PLACE[pin.total]]) for year in pin.values}
        for name, pin in scenario.values.pins.items()
        if pin.values
    }
