"""Inputs that are numbers: how a standard normal number becomes a value of each.

Two-piece normal on a scale g: x = g⁻¹(g(v) + z·s), s = (g(c) − g(low))/k below and (g(high) − g(c))/k above, k = 1.2816: low
and high are the tenth and the ninetieth percentile, the scenario's own value v is the median. c, low and high are those that
the register gives for the baseline; in a table of one's own, low and high belong to the scenario's value.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from simsurance.data.tables import text_rows
from simsurance.errors import SimsuranceError
from simsurance.scenario_file.faults import brief
from simsurance.scenario_file.keys import CHOICE_KEYS, CHOICES, KEYS
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.register import MARKS, register
from simsurance.scenario_file.schedule import Ramp, Schedule, value_in
from simsurance.scenario_file.years import is_shipped
from simsurance.uncertainty.correlation import correlation_matrix, of_ranks, root_of, times

HEADER: Final = ("path", "family", "scale", "low", "high", "bounds", "group", "sign", "only_if", "note")
GROUPS_HEADER: Final = ("group", "rank_correlation", "mark", "note")
FAMILIES: Final = ("parameters", "behaviour")
NOT_DRAWN: Final = "none"
SCALES: Final = ("additive", "log", "logit", "whole")
HARD: Final = "hard"
"""A range of what single places have: the mean of all, which counts, lies within it, in 99 of 100 draws well within."""
K_HARD: Final = 2.5758293035489004
OF_COST: Final = ("claims.", "benefits.", "employee.care.", "employee.benefits.")
K: Final = 1.2815515655446004
"""The ninetieth percentile of a standard normal number."""
SIGNS: Final = ("+", "-")
FIRST: Final = 3
"""So many inputs are named of those that a table forgets."""
NOTHING: Final = 1e-12
"""What is nearer to 0 is 0: the end of a range that begins there."""
BUYING, JOINING = "employee.unqualified.buying", "employee.unqualified.resident"
"""Shares of the same persons: together at most 1."""


@dataclass(frozen=True)
class Parameter:
    """One input that is drawn: its spread below and above the median on its scale, and where it may not go."""

    path: str
    family: str
    scale: str
    below: float
    above: float
    lowest: float
    highest: float
    group: str
    sign: float

    def drawn(self, own: Schedule, first: int, z: float) -> Schedule:
        """The value at a standard normal number; a path is multiplied, so that what fades goes on fading."""
        now = value_in(own, first)
        assert now is not None
        found = self._at(now, z)
        if isinstance(own, float | int):
            return found
        if now == 0:
            return own
        ratio, knots = found / now, own.ramp if isinstance(own, Ramp) else own
        scaled = {year: min(max(value * ratio, self.lowest), self.highest) for year, value in knots.items()}
        return Ramp(ramp=scaled) if isinstance(own, Ramp) else scaled

    def free(self, now: float, z: float) -> float:
        """What a value now becomes at a standard normal number, before it is brought back to its bounds."""
        shift = z * (self.below if z < 0 else self.above)
        if self.scale == "log":
            return now * math.exp(shift)
        if self.scale == "logit":
            return now if now in (0, 1) else 1 / (1 + (1 - now) / now * math.exp(-shift))
        return now + shift

    def _at(self, now: float, z: float) -> float | int:
        found = min(max(self.free(now, z), self.lowest), self.highest)
        found = 0.0 if abs(found) < NOTHING else found
        return round(found) if self.scale == "whole" else found


@dataclass(frozen=True)
class Parameters:
    """All inputs of a scenario that are drawn, in the order of the schema, and how those of a group go together."""

    drawn: tuple[Parameter, ...]
    correlations: Mapping[str, float]
    source: str

    @cached_property
    def root(self) -> np.ndarray:
        """What independent numbers are multiplied by, [parameter, parameter]: lower triangular."""
        return root_of(_correlation(self.drawn, self.correlations, self.source))

    @cached_property
    def of_cost(self) -> np.ndarray:
        """Whether an input is one of cost and benefits, [parameter]; the others are of membership."""
        return np.array([each.path.startswith(OF_COST) for each in self.drawn], dtype=bool)

    def values(self, scenario: Scenario, independent: np.ndarray, nearer: np.ndarray) -> dict[str, Schedule]:
        """The values of one draw by path; `independent` standard normal numbers, brought `nearer` to 0, [parameter]."""
        first = scenario.values.horizon.valuation_year
        normal = times(self.root, independent) * nearer
        found = {
            each.path: each.drawn(value_at(scenario.values, each.path), first, float(z))
            for each, z in zip(self.drawn, normal, strict=True)
            if _chosen(scenario, each.path)
        }
        joining, buying = found.get(JOINING), found.get(BUYING)
        if isinstance(joining, float) and isinstance(buying, float):
            found[JOINING] = min(joining, 1 - buying)
        return found


def parameters_of(scenario: Scenario) -> Parameters:
    """What of a scenario is drawn; raises SimsuranceError for a faulty table."""
    table, groups = (scenario.tables[f"uncertainty.{name}_table"] for name in ("parameters", "groups"))
    chosen = scenario.values.uncertainty
    on = {family: getattr(chosen, family) for family in FAMILIES}
    rows, correlations = text_rows(table, HEADER), _correlations(groups)
    for row in rows:
        _require_known(scenario, table, row, correlations)
    drawn = [
        each
        for row in rows
        if row["family"] != NOT_DRAWN
        and _has(scenario, row["path"])
        and (not row["only_if"] or _acts(scenario, row["only_if"]))
        and (each := _parameter(scenario, table, row)) is not None
        and on[each.family]
    ]
    if twice := next((path for path, times in Counter(row["path"] for row in rows).items() if times > 1), None):
        raise SimsuranceError(f"{table}:{twice}: stands twice; one row a key")
    named = {row["group"] for row in rows}
    if not is_shipped(groups) and (idle := next((each for each in correlations if each not in named), None)):
        raise SimsuranceError(f"{groups}:{brief(idle)}: no input is of this group; groups of {table.name}")
    for group in correlations:
        _correlation([each for each in drawn if each.group == group], correlations, f"{groups}:{group}")
    if on["parameters"]:
        drawn += _of_choices(scenario)
    order = {path: place for place, path in enumerate(scenario.form.keys)}
    drawn.sort(key=lambda each: order.get(each.path, len(order)))
    return Parameters(tuple(drawn), correlations, f"{groups}")


def refuse_forgotten(scenario: Scenario) -> None:
    """Raise SimsuranceError where the table of inputs says of one with a range neither how it is drawn nor that it is not."""
    table = scenario.tables["uncertainty.parameters_table"]
    told, ranged = {row["path"] for row in text_rows(table, HEADER)}, (each for each in register().values() if each.low)
    if left := [each.path for each in ranged if each.path not in told and _has(scenario, each.path)]:
        named = ", ".join(left[:FIRST]) + (", …" if len(left) > FIRST else "")
        raise SimsuranceError(
            f"{table}: no row for {named} ({len(left)} in all); a row for each input with a range, of the family "
            f"{NOT_DRAWN} where it is not drawn"
        )


def _correlation(drawn: Iterable[Parameter], correlations: Mapping[str, float], where: str) -> np.ndarray:
    """How some inputs go together, [input, input]; those of different groups do not. SimsuranceError where they cannot."""
    drawn = list(drawn)
    pairs = {
        (one.path, other.path): one.sign * other.sign * of_ranks(correlations[one.group])
        for place, one in enumerate(drawn)
        for other in drawn[:place]
        if one.group and one.group == other.group
    }
    return correlation_matrix([each.path for each in drawn], pairs, where, "inputs")


def _chosen(scenario: Scenario, path: str) -> bool:
    """Whether a scenario beside the one that is drawn has the choice of cover that a path is of, if it is of one."""
    table, name, *_ = path.split(".")
    return table != CHOICES or name in scenario.values.choices


def _of_choices(scenario: Scenario) -> Iterator[Parameter]:
    """Take-up and use of choices of cover, where the scenario gives them a range, in the order of their names.

    In no draw have all together more than everybody of a class and group.
    """
    choices = dict(sorted(scenario.values.choices.items()))
    shares = [np.outer(each.need, each.income) * each.take_up for each in choices.values()]
    most = float(np.max(sum(shares))) if shares else 0.0
    for name, each in choices.items():
        highest = {"take_up": each.take_up / most if most else 1.0, "use": CHOICE_KEYS["use"].highest or 0.0}
        for key, scale in (("take_up", "logit"), ("use", "additive")):
            ends = getattr(each, f"{key}_range")
            if not ends:
                continue
            low, value, high = (_on_scale(scale, at) for at in (ends[0], getattr(each, key), ends[1]))
            lowest = (
                0.0 if ends[0] >= 0 else CHOICE_KEYS[key].lowest or 0.0
            )  # the sign is known where the range has one
            spread = (value - low) / K, (high - value) / K
            yield Parameter(f"{CHOICES}.{name}.{key}", "parameters", scale, *spread, lowest, highest[key], "", 1.0)


def _has(scenario: Scenario, path: str) -> bool:
    """Whether the scheme has a key: one of a single area has none by area."""
    return path in scenario.form.keys


def _acts(scenario: Scenario, path: str) -> bool:
    """Whether a switch is on, or a number not 0."""
    return _has(scenario, path) and value_at(scenario.values, path) not in (0, False)


def _require_known(scenario: Scenario, table: Path, row: Mapping[str, str], correlations: Mapping[str, float]) -> None:
    """Raise SimsuranceError where a row names a key or a word that there is not, be it that it does not act."""
    _key(scenario, table, row["path"])
    if row["family"] == NOT_DRAWN:
        return
    if row["only_if"]:
        _key(scenario, table, row["only_if"])
    path, groups = row["path"], scenario.tables["uncertainty.groups_table"]
    for name, known in (
        ("family", FAMILIES),
        ("scale", SCALES),
        ("bounds", (HARD, "")),
        ("group", (*correlations, "")),
        ("sign", (*SIGNS, "")),
    ):
        if name == "group" and row[name] not in known and not is_shipped(groups):
            raise SimsuranceError(
                f"{groups}: no row for {brief(row[name])!r}, the group of {path} in {table.name}; one row a group"
            )
        if row[name] not in known:
            raise SimsuranceError(
                f"{table}:{path}:{name}: {brief(row[name])!r} is not known; one of {', '.join(each for each in known if each)}"
            )


def _parameter(scenario: Scenario, table: Path, row: Mapping[str, str]) -> Parameter | None:
    path = row["path"]
    first, shipped = scenario.values.horizon.valuation_year, not (row["low"] or row["high"])
    entry = register().get(path)
    low, high = (row["low"], row["high"]) if not shipped else (entry.low, entry.high) if entry else ("", "")
    of = _baseline().values if shipped else scenario.values
    central = value_in(value_at(of, path), of.horizon.valuation_year)
    if central is None or value_in(value_at(scenario.values, path), first) is None:
        return None
    ends = [_number(table, name, path, value, -math.inf, math.inf) for name, value in (("low", low), ("high", high))]
    if ends[0] > ends[1]:
        raise SimsuranceError(
            f"{table}:{path}: low {ends[0]:g} is above high {ends[1]:g}; low, value and high in rising order"
        )
    if not ends[0] <= central <= ends[1]:
        raise SimsuranceError(
            f"{table}:{path}: the range from {ends[0]:g} to {ends[1]:g} does not hold the value {central:g}; "
            "low, value and high in rising order"
        )
    key = scenario.form.keys[path]
    lowest, highest = (
        (-math.inf if key.lowest is None else key.lowest),
        (math.inf if key.highest is None else key.highest),
    )
    if row["bounds"] == HARD:
        lowest, highest = ends
    elif row["scale"] == "additive":  # the sign is known where the range has one
        lowest, highest = (
            (max(lowest, 0.0) if ends[0] >= 0 else lowest),
            (min(highest, 0.0) if ends[1] <= 0 else highest),
        )
    try:
        at = [_on_scale(row["scale"], each) for each in (ends[0], central, ends[1])]
    except ValueError:
        raise SimsuranceError(
            f"{table}:{path}:scale: {row['scale']} takes no range from {ends[0]:g} to {ends[1]:g}; additive does"
        ) from None
    sign = -1.0 if row["sign"] == "-" else 1.0
    k = K_HARD if row["bounds"] == HARD else K
    spread = (at[1] - at[0]) / k, (at[2] - at[1]) / k
    return Parameter(path, row["family"], row["scale"], *spread, lowest, highest, row["group"], sign)


def _on_scale(scale: str, value: float) -> float:
    if scale == "log":
        return math.log(value)
    if scale == "logit":
        return math.log(value) - math.log1p(-value)
    return value


@cache
def _baseline() -> Scenario:
    """The scenario that the ranges of the register belong to."""
    return load("baseline")


def value_at(values: Any, path: str) -> Any:
    """The value at a dotted path of a scenario's values."""
    for name in path.split("."):
        values = values[name] if isinstance(values, Mapping) else getattr(values, _attribute(values.__class__, name))
    return values


@cache
def _attribute(section: Any, name: str) -> str:
    """The field that a key of a section is called in Python."""
    fields: Mapping[str, Any] = section.FIELDS
    return next(field for field, info in fields.items() if info.named == name)


def with_values(values: Any, changes: Mapping[str, Any]) -> Any:
    """The same values with others at dotted paths, which are not checked again."""
    below: dict[str, dict[str, Any]] = {}
    update: dict[str, Any] = {}
    for path, value in changes.items():
        name, _, rest = path.partition(".")
        field = name if isinstance(values, Mapping) else _attribute(values.__class__, name)
        if rest:
            below.setdefault(field, {})[rest] = value
        else:
            update[field] = value
    if isinstance(values, Mapping):  # the root has not what a scenario adds
        return {
            **values,
            **{name: with_values(values[name], inside) for name, inside in below.items() if name in values},
        }
    update |= {field: with_values(getattr(values, field), inside) for field, inside in below.items()}
    return values.changed(update)


def _correlations(groups: Path) -> dict[str, float]:
    """The rank correlation of each group."""
    found: dict[str, float] = {}
    for row in text_rows(groups, GROUPS_HEADER):
        name = row["group"]
        if name in found:
            raise SimsuranceError(f"{groups}:{brief(name)}: stands twice; one row a group")
        found[name] = _number(groups, "rank_correlation", name, row["rank_correlation"], -1, 1)
        require_mark(groups, brief(name), row["mark"])
    return found


def require_mark(table: Path, name: str, mark: str) -> None:
    """Raise SimsuranceError where a row has no mark of certainty that is known."""
    if mark not in MARKS:
        raise SimsuranceError(
            f"{table}:{name}: {brief(mark) or 'nothing'} is no mark of certainty; one of {', '.join(MARKS)}"
        )


def _key(scenario: Scenario, table: Path, path: str) -> None:
    if path not in KEYS and path not in scenario.form.keys:
        raise SimsuranceError(
            f"{table}:path: there is no key {brief(path)!r}; the dotted path of a number of the scenario"
        )


def _number(table: Path, column: str, path: str, text: str, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise SimsuranceError(
            f"{table}:{path}:{column}: {brief(text) or 'nothing'} is no number from {low:g} to {high:g}"
        )
    return value
