"""What each part of a package, or of the difference between two scenarios, does: shares that hang on no order.

A part's effect is its Shapley value: what it adds, averaged over all orders in which the parts may come. All effects add up
to the whole change. Up to MOST_EXACT parts every set of parts is run; above, so many orders are drawn, and each effect has an
error. Beside it stand the least and the most that the part adds in any order run, and what it does alone; the change less what
all parts do alone is interaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import factorial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from simsurance.basis.entries import Entries
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.results import HELD, RunResult, accounts_of, entries_of, simulate
from simsurance.scenario_file.keys import LEVERS, named_part
from simsurance.scenario_file.loader import TOLD, Scenario
from simsurance.uncertainty.points import Arrays, computed, funds_of, kept
from simsurance.uncertainty.stochastic import YEARS_FUNDED
from simsurance.uncertainty.sweep import DEPLETION, measure_names, require_measure, values_of

if TYPE_CHECKING:
    import pandas as pd

MOST_EXACT: Final = 12
"""Parts up to which every set of them is run."""
ORDERS: Final = 64
"""Orders that are drawn where there are more parts."""
MOST_PARTS: Final = 60
SEED: Final = 1
LAST_YEAR: Final = "horizon.last_year"
Tell = Callable[[int, int], None]
T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    """A part of a difference: a name, and an option laid upon the scenario, or keys that take their values of another."""

    name: str
    option: str | None = None
    values: Mapping[str, Any] | None = None

    def upon(self, scenario: Scenario) -> Scenario:
        """A scenario with the part; raises SimsuranceError where that is none."""
        return upon(scenario, [self])


def upon(scenario: Scenario, parts: Sequence[Part]) -> Scenario:
    """A scenario with parts, options laid together as `--with` lays them; raises SimsuranceError where that is none."""
    if options := [part.option for part in parts if part.option is not None]:
        scenario = scenario.with_fragment(*options)
    for part in parts:
        if part.values is not None:
            scenario = scenario.replace(part.values)
    return scenario


@dataclass(frozen=True)
class Sets:
    """Sets of parts upon a scenario, each a run of its own, in the order of the parts; `held` entries in all of them.

    All are projected to the scenario's last year; `cut`: whether that is earlier than one of them has, for a horizon that ends
    earlier is no effect.
    """

    base: Scenario
    parts: tuple[Part, ...]
    members: tuple[tuple[int, ...], ...]
    held: Entries | None
    cut: bool = False

    @property
    def points(self) -> int:
        """How many there are."""
        return len(self.members)

    def at(self, point: int) -> Scenario:
        """The scenario of one set; raises SimsuranceError, which names the parts, where that is none."""
        parts = [self.parts[place] for place in self.members[point]]
        try:
            found = upon(self.base, parts)
            last = self.base.values.horizon.last_year
            return found if found.values.horizon.last_year == last else found.replace({LAST_YEAR: last})
        except SimsuranceError as error:
            names = " + ".join(part.name for part in parts)
            raise SimsuranceError(
                *(f"{names}: {line}; parts that are valid alone and together can be told apart" for line in error.lines)
            ) from error

    def chunk(self, first: int, last: int) -> Arrays:
        """What is kept of the sets from `first` to before `last`."""
        return kept(accounts_of([self.at(point) for point in range(first, last)], self.held))


@dataclass(frozen=True)
class Attribution:
    """A scenario, parts, and every set of them that was run; `orders` of the parts where not all sets were."""

    central: RunResult
    sets: Sets
    arrays: Arrays
    orders: tuple[tuple[int, ...], ...] | None
    entries: str

    @property
    def names(self) -> list[str]:
        """The names of the parts."""
        return [part.name for part in self.sets.parts]

    @property
    def funds(self) -> list[str]:
        """The funds."""
        return funds_of(self.arrays)

    @property
    def exact(self) -> bool:
        """Whether every set was run."""
        return self.orders is None

    def values(self, fund: str, measure: str) -> dict[frozenset[int], float]:
        """A measure of a fund by set of parts; a year that may not come is asked as years of the horizon before it."""
        require_measure(self.central, fund, measure)
        asked = YEARS_FUNDED if measure == DEPLETION else measure
        found = values_of(self.arrays, fund, asked, self.central.years)
        return {frozenset(members): float(value) for members, value in zip(self.sets.members, found, strict=True)}

    def by_set(self, fund: str, measure: str) -> "pd.DataFrame":
        """A measure of a fund with every set of parts that was run; index parts, 1 for one that is in the set, 0 for others."""
        import pandas as pd

        values, places = self.values(fund, measure), range(len(self.names))
        inside = [tuple(int(place in members) for place in places) for members in values]
        return pd.DataFrame({"value": list(values.values())}, index=pd.MultiIndex.from_tuples(inside, names=self.names))

    def effects(self, fund: str, measure: str) -> "pd.DataFrame":
        """Each part's effect on a measure, its error, what it does alone, the least and the most it adds; index part.

        The last rows: what all parts do together less each alone (`interaction`, part of the effects), and the whole change.
        """
        import pandas as pd

        values = self.values(fund, measure)
        effects = [self._of_part(place, values) for place in range(len(self.names))]
        whole = values[frozenset(range(len(self.names)))] - values[frozenset()]
        table = pd.DataFrame(effects, index=pd.Index(self.names, name="part"))
        nothing = {"error": 0.0, "least": np.nan, "most": np.nan}
        alone = float(table["alone"].sum())
        table.loc["interaction"] = {"effect": np.nan, "alone": whole - alone, **nothing}
        table.loc["total"] = {"effect": float(table["effect"].sum()), "alone": whole, **nothing}
        return table

    def _of_part(self, place: int, values: Mapping[frozenset[int], float]) -> dict[str, float]:
        """What is told of one part."""
        if self.orders is None:
            added, weights = over_sets(place, values)
            effect, error = float((weights * added).sum()), 0.0
        else:
            added = np.array([_added(order, place, values) for order in self.orders])
            effect, error = float(added.mean()), float(added.std(ddof=1) / len(added) ** 0.5)
        alone = values[frozenset({place})] - values[frozenset()]
        return {
            "effect": effect,
            "error": error,
            "alone": alone,
            "least": float(added.min()),
            "most": float(added.max()),
        }

    @cached_property
    def table(self) -> "pd.DataFrame":
        """Effects on every measure that has a value in all sets; index fund, measure, part."""
        import pandas as pd

        tables = {}
        for fund in self.funds:
            for measure in measure_names(self.central, fund):
                dated = measure.endswith("_year") and measure != YEARS_FUNDED
                if not dated and np.isfinite(list(self.values(fund, measure).values())).all():
                    tables[fund, measure] = self.effects(fund, measure)
        return pd.concat(tables, names=["fund", "measure", "part"])


def over_sets(part: T, values: Mapping[frozenset[T], float]) -> tuple[np.ndarray, np.ndarray]:
    """What a part adds to every set without it, and the share of orders in which it comes just after that set.

    `values` by set of parts, every set. The Shapley value of the part is the sum of their products.
    """
    count = max(map(len, values))
    without = [members for members in values if part not in members]
    added = np.array([values[members | {part}] - values[members] for members in without])
    weights = [factorial(len(each)) * factorial(count - len(each) - 1) / factorial(count) for each in without]
    return added, np.array(weights)


def _added(order: Sequence[int], place: int, values: Mapping[frozenset[int], float]) -> float:
    """What a part adds in an order."""
    before = frozenset(order[: order.index(place)])
    return values[before | {place}] - values[before]


def attribute(
    base: Scenario,
    parts: Sequence[Part],
    entries: str = HELD,
    orders: int = ORDERS,
    jobs: int = 1,
    folder: Path | None = None,
    tell: Tell | None = None,
    central: RunResult | None = None,
) -> Attribution:
    """What parts do to a scenario, alone and together; entries to the employee scheme as in `compare`.

    `jobs` processes; `folder`, `tell` as in `points.computed`. Raises SimsuranceError for a set of parts that is no scenario.
    """
    if not parts:
        raise _usage(f"{base.name}: no difference to attribute; name another scenario, or options with --option")
    if len(parts) > MOST_PARTS:
        raise _usage(f"{base.name}: {len(parts)} parts; at most {MOST_PARTS}, group keys with --part NAME=KEY,KEY")
    parts, last, cut = to_one_horizon(base, parts)
    if not parts:
        raise _usage(f"{base.name}: nothing differs but the last year projected; name another scenario")
    names = [part.name for part in parts]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise _usage(f"{base.name}: two parts are called {twice}; each has a name of its own")
    count = len(parts)
    drawn = None if count <= MOST_EXACT else orders_of(count, orders)
    if drawn is None:
        members = [each for size in range(count + 1) for each in combinations(range(count), size)]
    else:
        begun = {tuple(sorted(order[:size])) for order in drawn for size in range(count + 1)}
        members = sorted(begun | {(place,) for place in range(count)}, key=lambda each: (len(each), each))
    if cut and last < base.values.horizon.last_year:
        base, central = base.replace({LAST_YEAR: last}), None
    (run,) = simulate([base]) if central is None else (central,)
    sets = Sets(base, tuple(parts), tuple(members), entries_of(run, entries), cut)
    for point in range(sets.points):
        if len(sets.members[point]) in (1, 2, count):
            sets.at(point)  # parts that cannot be told apart are refused before anything is projected
    return Attribution(run, sets, computed(sets, jobs, folder, tell), drawn, entries)


def to_one_horizon(base: Scenario, parts: Sequence[Part]) -> tuple[list[Part], int, bool]:
    """Parts without last years of their own, the last year that all project, and whether one projects more."""
    named = [int(part.values[LAST_YEAR]) for part in parts if part.values and LAST_YEAR in part.values]
    own = base.values.horizon.last_year
    left = []
    for part in parts:
        values = (
            None if part.values is None else {path: each for path, each in part.values.items() if path != LAST_YEAR}
        )
        if values is None or values:
            left.append(Part(part.name, part.option, values))
    return left, min([own, *named]), any(year != own for year in named)


def orders_of(count: int, orders: int) -> tuple[tuple[int, ...], ...]:
    """Orders drawn, each with its reverse, which makes the errors smaller."""
    generator = np.random.default_rng(SEED)
    drawn = [tuple(int(place) for place in generator.permutation(count)) for _ in range(orders // 2)]
    return tuple(order for each in drawn for order in (each, each[::-1]))


def options_of(names: Sequence[str], base: Scenario) -> list[Part]:
    """Options as parts; raises SimsuranceError for one that cannot be laid upon the scenario, as `--option` has it."""
    for name in names:
        try:
            base.with_fragment(name)
        except SimsuranceError as error:
            lines = (line.replace("--with", "--option", 1) for line in error.lines)
            raise SimsuranceError(*lines, exit_code=error.exit_code) from error
    return [Part(Path(name).stem, option=name) for name in names]


def differences(base: Scenario, other: Scenario, named: Mapping[str, Sequence[str]] | None = None) -> list[Part]:
    """The parts of the difference of another scenario: keys by name, and the rest by table of keys.

    Raises SimsuranceError (USAGE) for scenarios of different roots, and for keys named that do not differ.
    """
    if base.root_leaves != other.root_leaves:
        raise _usage(f"{other.name}: rests on {other.root.label}, {base.name} on {base.root.label}; two of one root")
    changed = differing(base, other)
    gone = [path for path in base.leaves if path not in other.leaves]
    levers = {named_part(path)[1] for path in gone if path.startswith(f"{LEVERS}.")}
    if others := [path for path in gone if not path.startswith(f"{LEVERS}.")]:
        raise _usage(f"{other.name}: has no {others[0]}; {base.name} has")
    for lever in sorted(levers):
        changed |= {f"{LEVERS}.{lever}.size": 0.0, f"{LEVERS}.{lever}.outside_range": True}  # without size, no lever
    found, left = [], dict(changed)
    for name, keys in (named or {}).items():
        own = {
            path: value
            for path, value in changed.items()
            if any(path == key or path.startswith(f"{key}.") for key in keys)
        }
        if not own:
            raise _usage(f"--part {name}: {', '.join(keys)} is the same in both; name keys that differ")
        if taken := next((path for path in own if path not in left), None):
            raise _usage(f"--part {name}: {taken} stands in another part already; each key in one")
        found.append(Part(name, values=own))
        left = {path: value for path, value in left.items() if path not in own}
    groups: dict[str, dict[str, Any]] = {}
    for path, value in left.items():
        groups.setdefault(group_of(path), {})[path] = value
    return [*found, *(Part(name, values=values) for name, values in groups.items())]


def differing(base: Scenario, other: Scenario) -> dict[str, Any]:
    """The values of the other at the keys at which two scenarios differ."""
    found = {}
    for path, value in other.leaves.items():
        if path in TOLD:
            continue
        same = base.tables.get(path) == other.tables[path] if path in other.tables else base.leaves.get(path) == value
        if not same:
            found[path] = str(other.tables[path]) if path in other.tables else value
    return found


def group_of(path: str) -> str:
    """The part that a key belongs to if no other is named: its option, its pin, or the two first names of its path."""
    table, name, _ = named_part(path)
    if name:
        return f"{table}.{name}"
    return ".".join(path.split(".")[:-1][:2]) or path


def named_keys(texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Parts as they are typed, `name=key,key`; raises SimsuranceError (USAGE) where one is none."""
    found = {}
    for text in texts:
        name, there, keys = text.partition("=")
        names = tuple(key.strip() for key in keys.split(",") if key.strip())
        if not there or not name.strip() or not names:
            raise _usage(f"--part {text}: is no part; name=key,key (benefits=benefits.inpatient,benefits.outpatient)")
        found[name.strip()] = names
    return found


def _usage(line: str) -> SimsuranceError:
    return SimsuranceError(line, exit_code=ExitCode.USAGE)
