"""What each shipped fragment changes: the measures of a scenario without and with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from simsurance.basis.entries import Entries
from simsurance.errors import SimsuranceError
from simsurance.language import CNY
from simsurance.ledger import POOL
from simsurance.measures import measure_of
from simsurance.processes import spread
from simsurance.results import HELD, RunAccounts, accounts_alone, accounts_of, entries_of, simulate
from simsurance.scenario_file.files import known_fragment, shipped
from simsurance.scenario_file.keys import LEVERS
from simsurance.scenario_file.loader import TITLES, TOLD, Scenario, load
from simsurance.variables import YUAN

RESERVE_AFTER: Final = (4, 9)
"""Years after the valuation year at whose end the reserve is looked at."""
PUBLIC_MONEY: Final = "public_money_present_value"
CLOSING: Final = ("closing_last_year", "closing_last_year_constant_prices")
"""Subsidies and medical assistance's contributions of all years projected."""
NOTHING_CHANGED: Final = "changes nothing upon this scenario"
"""The reason of a fragment that says what the scenario says already."""


@dataclass(frozen=True)
class Figure:
    """One measure without and with a fragment; None where it has no value, and the status then says why."""

    measure: str
    unit: str
    base: float | None
    value: float | None
    base_status: str = "ok"
    status: str = "ok"

    @property
    def is_money(self) -> bool:
        """Whether it is a sum of money, not one a head."""
        return self.unit.startswith(YUAN) and not self.measure.startswith("required_contribution")

    @property
    def change(self) -> float | None:
        """With the fragment less without it; None where one of the two has no value."""
        return None if self.base is None or self.value is None else self.value - self.base


@dataclass(frozen=True)
class Effect:
    """A shipped fragment and what it changes; without figures, and with a reason, where it cannot be laid upon."""

    fragment: str
    title: str
    title_zh: str
    description: str
    description_zh: str
    factor: bool = False
    """Whether it is nothing but factors on components, and no rule."""
    figures: tuple[Figure, ...] = ()
    reason: str = ""
    entries_not_met: Mapping[int, float] = field(default_factory=dict)
    """Entries to the employee scheme held for whom there were no persons, by year."""


def effects(
    scenario: str, fragments: Sequence[str] = (), settings: Sequence[str] = (), entries: str = HELD, jobs: int = 1
) -> tuple[RunAccounts, list[Effect]]:
    """The scenario as it stands, and the effect of each shipped fragment upon it, alone.

    `fragments` and `settings` belong to the scenario; `entries` to the employee scheme are those of the scenario, or follow
    from the odds; `jobs`: processes that they are projected in. Raises SimsuranceError if the scenario itself is faulty.
    """
    base = load(scenario, fragments, settings)
    if base.currency != CNY:
        raise SimsuranceError(
            f"{base.name}: the shipped options are China's, not of {base.currency}; lay options of its own on it with --with"
        )
    told: dict[str, Effect] = {}
    upon: dict[str, Scenario] = {}
    for name in shipped(fragments=True):
        layer = known_fragment(name)
        title, title_zh, description, description_zh = (str(layer.data.get(key, "")) for key in TITLES)
        told[name] = Effect(name, title, title_zh, description, description_zh, is_factor(layer.data))
        try:
            upon[name] = load(scenario, (*fragments, name), settings)
        except SimsuranceError as error:
            told[name] = _refused(told[name], error)
            continue
        if _without_titles(upon[name]) == _without_titles(base):
            told[name] = _refused(told[name], SimsuranceError(NOTHING_CHANGED))
            del upon[name]
    (without,) = simulate([base])
    names = list(upon)
    parts = min(jobs, len(names))  # as few as can be: more runs of a form stand side by side
    batches = [names[place::parts] for place in range(parts)]
    shared = _Shared(upon, accounts_alone(without), entries_of(without, entries))
    for _, found in spread(_found, shared, batches, jobs):
        for name, effect in found.items():
            if isinstance(effect, SimsuranceError):
                told[name] = _refused(told[name], effect)
            else:
                told[name] = replace(told[name], figures=effect[0], entries_not_met=effect[1])
    return without, list(told.values())


def is_factor(fragment: Mapping[str, object]) -> bool:
    """Whether a fragment sets nothing but factors on components."""
    return set(fragment) - set(TITLES) == {LEVERS}


def figures(base: RunAccounts, changed: RunAccounts) -> Iterator[Figure]:
    """The measures that a fragment is judged by, without and with it."""
    first, last = base.years[0], base.years[-1]
    for name in ("first_deficit_year", "depletion_year"):
        yield _dated(base, changed, name)
    for year in reserve_years(base):
        name = f"reserve_months_{year}"
        if first <= year <= last:
            old, new = (_account(results, "reserve_months", year - first) for results in (base, changed))
            yield Figure(name, "months", old, new)
        else:
            yield Figure(name, "months", None, None, "outside_horizon", "outside_horizon")
    for name in (*CLOSING, "required_contribution_now", "required_contribution_multiple_now", PUBLIC_MONEY):
        yield _levelled(base, changed, name)
    if both_schemes(base):
        yield _dated(base, changed, measure_of(POOL, "depletion_year"))
        for name in CLOSING:
            yield _levelled(base, changed, measure_of(POOL, name))


def reserve_years(base: RunAccounts) -> list[int]:
    """The years at whose end the reserve is looked at."""
    return [base.years[0] + after for after in RESERVE_AFTER]


def both_schemes(base: RunAccounts) -> bool:
    """Whether the pooled fund of the employee scheme is looked at, beside the resident fund."""
    return POOL in base.accounts


def _dated(base: RunAccounts, changed: RunAccounts, name: str) -> Figure:
    """A year without and with a fragment."""
    (old, old_status), (new, new_status) = _measure(base, name), _measure(changed, name)
    return Figure(name, "year", old, new, old_status, new_status)


def _levelled(base: RunAccounts, changed: RunAccounts, name: str) -> Figure:
    """A measure without and with a fragment, in its own unit."""
    return Figure(name, base.by_measure[name].unit, _measure(base, name)[0], _measure(changed, name)[0])


def _account(results: RunAccounts, name: str, place: int) -> float:
    """What stands in the resident fund's account in a year of the projection."""
    return float(results.account[name][place])


def _measure(results: RunAccounts, name: str) -> tuple[float | None, str]:
    """A measure, or None and why it has no value."""
    found = results.by_measure[name]
    return (found.value if found.status == "ok" else None), found.status


@dataclass(frozen=True)
class _Shared:
    """What all batches need: the scenarios by fragment, the run without one, the entries that are held."""

    upon: Mapping[str, Scenario]
    without: RunAccounts
    held: Entries | None


def _found(
    shared: _Shared, batch: Sequence[str]
) -> dict[str, tuple[tuple[Figure, ...], Mapping[int, float]] | SimsuranceError]:
    """Figures, and entries not met, of a batch of fragments; where it is refused, its halves, to find that at fault."""
    scenarios = [shared.upon[name] for name in batch]
    try:
        runs = accounts_of(scenarios, shared.held)
    except SimsuranceError as error:
        if len(batch) == 1:
            return {batch[0]: error}
        half = len(batch) // 2
        return _found(shared, batch[:half]) | _found(shared, batch[half:])
    return {name: (tuple(figures(shared.without, run)), run.not_met) for name, run in zip(batch, runs, strict=True)}


def _without_titles(scenario: Scenario) -> dict[str, object]:
    """What a scenario computes with."""
    return {path: value for path, value in scenario.leaves.items() if path not in TOLD}


def _refused(effect: Effect, error: SimsuranceError) -> Effect:
    """The fragment with the reason why it has no effect to show."""
    return replace(effect, reason="; ".join(error.lines))
