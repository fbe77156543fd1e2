"""Sliders of a meeting page: what each moves, from when, between which bounds, and the scenario at a setting of all of them.

A setting is told by a number for each slider, −1 at its low end and 1 at its high end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.answers.vary import How, Vary, own_value, rounded, vary_of
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.scenario_file.faults import nearest
from simsurance.scenario_file.loader import Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST: Final = 6
"""Sliders of a page."""


@dataclass(frozen=True)
class Known:
    """A slider by name: keys that move together, how, and its bounds, as multiples of the scenario's own value if `times`."""

    keys: tuple[str, ...]
    how: How
    low: float
    high: float
    times: bool = False


KNOWN: "Final[Mapping[str, Known]]" = {
    "contribution_share": Known(("contributions.personal.income_share",), "set", 0.75, 1.4, times=True),
    "subsidy_share": Known(("contributions.subsidy.income_share",), "set", 0.8, 1.25, times=True),
    "cost_growth": Known(("claims.trend.residual_growth", "employee.care.residual_growth"), "add", -0.01, 0.01),
    "income_growth": Known(("economy.real_income_growth",), "add", -0.01, 0.01),
    "payment_ratio": Known(("benefits.inpatient.payment_ratio",), "set", 0.92, 1.08, times=True),
    "contribution_rate": Known(("contributions.payroll.rate",), "set", 0.75, 1.4, times=True),
    "late_retirement": Known(("employee.retirement.late_share",), "set", 0.0, 1.0),
}


@dataclass(frozen=True)
class Slider:
    """What one slider moves."""

    name: str
    vary: Vary
    asked: tuple[float, float]
    """The bounds that were asked for; those of `vary` are narrower where the page could not keep its error."""

    @property
    def own(self) -> float:
        """Where the scenario itself stands, −1 to 1."""
        return self.at(self.vary.own)

    def at(self, size: float) -> float:
        """Where a size stands, −1 to 1."""
        return 2 * (size - self.vary.low) / (self.vary.high - self.vary.low) - 1

    def size(self, place: float) -> float:
        """The size at a place from −1 to 1."""
        if place == self.own:
            return self.vary.own
        return rounded(self.vary.low + (self.vary.high - self.vary.low) * (place + 1) / 2)

    @property
    def narrowed(self) -> bool:
        """Whether it moves less than was asked for."""
        return (self.vary.low, self.vary.high) != self.asked

    def narrower(self) -> "Slider":
        """With half of each distance from the scenario's own value."""
        own = self.vary.own
        low, high = (rounded((own + end) / 2) for end in (self.vary.low, self.vary.high))
        return replace(self, vary=replace(self.vary, low=low, high=high))


@dataclass(frozen=True)
class Sliders:
    """All sliders of a page upon a scenario."""

    scenario: Scenario
    each: tuple[Slider, ...]
    named: bool = True
    """Whether somebody named them; those that nobody named may be left out."""

    @property
    def own(self) -> np.ndarray:
        """The setting of the scenario itself, [slider]."""
        return np.array([slider.own for slider in self.each])

    def at(self, setting: np.ndarray) -> Scenario:
        """The scenario at a setting, [slider]; raises SimsuranceError where that is none."""
        changes: dict[str, Any] = {}
        for slider, place in zip(self.each, setting, strict=True):
            if place != slider.own:
                changes |= slider.vary.changes(slider.size(float(place)))
        try:
            return self.scenario.replace(changes) if changes else self.scenario
        except SimsuranceError as error:
            named = ", ".join(f"{key}={value}" for key, value in changes.items())
            told = (line.replace("replace:", "--levers ", 1) for line in error.lines)
            raise SimsuranceError(*(f"{line} (at {named}; nearer bounds: KEY=FROM:TO)" for line in told)) from None


def sliders_of(scenario: Scenario, asked: Sequence[str] = (), start: int | None = None) -> Sliders:
    """Sliders by name, or as `key=from:to`; those of the page that the scenario has if none is asked for.

    Raises SimsuranceError (USAGE) for what is none, for more than MOST, and for two that move one key.
    """
    named = asked or [name for name, known in KNOWN.items() if _acts(scenario, known, start)]
    if len(named) > MOST:
        raise _usage(f"--levers: {len(named)} levers; at most {MOST}")
    found = tuple(_slider(scenario, text.strip(), start) for text in named)
    keys = [key for slider in found for key in slider.vary.keys]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise _usage(f"--levers: {twice} is moved twice; each key by one")
    return Sliders(scenario, found, bool(asked))


def _acts(scenario: Scenario, known: Known, start: int | None) -> bool:
    """Whether a scenario has what a slider moves: its key, and where that is a multiple, something to multiply."""
    key = known.keys[0]
    return key in scenario.leaves and (not known.times or own_value(scenario, key, _start(scenario, start)) != 0)


def _start(scenario: Scenario, start: int | None) -> int:
    """The year from which a slider moves its key."""
    return scenario.values.horizon.valuation_year + scenario.values.measures.notice_years if start is None else start


def _slider(scenario: Scenario, text: str, start: int | None) -> Slider:
    name = text.partition("=")[0].strip()
    known = KNOWN.get(name)
    if known is None and "." not in name:
        hint = nearest(name, KNOWN) or f"one of {', '.join(KNOWN)}, or a key, KEY=FROM:TO"
        raise _usage(f"--levers {name}: is no lever; {hint}")
    if known is None:
        vary = vary_of(scenario, [text], start=start)
    else:
        keys = [key for key in known.keys if key in scenario.leaves]
        typed = [text.replace(name, keys[0], 1) if "=" in text else _with_bounds(scenario, keys[0], known, start)]
        vary = vary_of(scenario, [*typed, *keys[1:]], how=known.how, start=start)
    if not vary.low <= vary.own <= vary.high:
        raise _usage(
            f"--levers {text}: the scenario itself has {vary.own:g}, which is not between its bounds; widen them"
        )
    return Slider(name, vary, (vary.low, vary.high))


def _with_bounds(scenario: Scenario, key: str, known: Known, start: int | None) -> str:
    """A key with the bounds that it usually has."""
    low, high = known.low, known.high
    if known.times:
        own = own_value(scenario, key, _start(scenario, start))
        low, high = rounded(low * own), rounded(high * own)
    return f"{key}={low}:{high}"


def _usage(line: str) -> SimsuranceError:
    return SimsuranceError(line, exit_code=ExitCode.USAGE)
