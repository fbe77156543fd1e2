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
from simsurance.scenario_file.leaves import leaves_of
from simsurance.scenario_file.loader import TITLES, TOLD, Scenario, load
from simsurance.variables import YUAN

RESERVE_AFTER: Final = (4, 9)
"""Years after the valuation year at whose end the reserve is looked at."""
PUBLIC_MONEY: Final = "public_money_present_value"
CLOSING: Final = ("closing_last_year", "closing_last_year_constant_prices")
"""Subsidies and medical assistance's contributions of all years projected."""
TOGETHER: Final = 8
"""Fragments that a process takes at a time: enough for several of one form, and so few that all processes end together."""
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

    @property
    def moved(self) -> bool:
        """Whether the fragment changes it, or whether it has a value at all."""
        return (self.base, self.base_status) != (self.value, self.status)


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
    (without,) = simulate([base])
    shared = _Shared(scenario, fragments, settings, accounts_alone(without), entries_of(without, entries))
    names = sorted(shipped(fragments=True), key=_sets)
    size = len(names) if jobs == 1 else min(TOGETHER, -(-len(names) // jobs))
    batches = [names[first : first + size] for first in range(0, len(names), size)]
    found = {effect.fragment: effect for _, effects in spread(_found, shared, batches, jobs) for effect in effects}
    return without, [found[name] for name in sorted(found)]


def _sets(fragment: str) -> list[str]:
    """What a fragment sets: those that set much the same stand side by side, where what is equal is computed once."""
    return sorted(path for path in leaves_of(known_fragment(fragment), []) if path not in TOLD)


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
    """What all batches need: the scenario with what belongs to it, its run, the entries that are held."""

    scenario: str
    fragments: Sequence[str]
    settings: Sequence[str]
    without: RunAccounts
    held: Entries | None


def _found(shared: _Shared, batch: Sequence[str]) -> list[Effect]:
    """The effects of a batch of fragments."""
    told: dict[str, Effect] = {}
    upon: dict[str, Scenario] = {}
    base = _without_titles(shared.without.scenario)
    for name in batch:
        layer = known_fragment(name)
        title, title_zh, description, description_zh = (str(layer.data.get(key, "")) for key in TITLES)
        told[name] = Effect(name, title, title_zh, description, description_zh, is_factor(layer.data))
        try:
            laid = load(shared.scenario, (*shared.fragments, name), shared.settings)
            if _without_titles(laid) == base:
                raise SimsuranceError(NOTHING_CHANGED)
            upon[name] = laid
        except SimsuranceError as error:
            told[name] = _refused(told[name], error)
    for name, run in _runs(upon, shared.held).items():
        if isinstance(run, SimsuranceError):
            told[name] = _refused(told[name], run)
        else:
            own = tuple(figures(shared.without, run))
            told[name] = replace(told[name], figures=own, entries_not_met=run.not_met)
    return list(told.values())


def _runs(upon: Mapping[str, Scenario], held: Entries | None) -> dict[str, RunAccounts | SimsuranceError]:
    """The run of each scenario by name; where they are refused together, of their halves, to find that at fault."""
    try:
        return dict(zip(upon, accounts_of(upon.values(), held), strict=True))
    except SimsuranceError as error:
        if len(upon) == 1:
            return dict.fromkeys(upon, error)
        names = list(upon)
        halves = names[: len(names) // 2], names[len(names) // 2 :]
        return {name: run for half in halves for name, run in _runs({each: upon[each] for each in half}, held).items()}


def _without_titles(scenario: Scenario) -> dict[str, object]:
    """What a scenario computes with."""
    return {path: value for path, value in scenario.leaves.items() if path not in TOLD}


def _refused(effect: Effect, error: SimsuranceError) -> Effect:
    """The fragment with the reason why it has no effect to show."""
    return replace(effect, reason="; ".join(error.lines))
