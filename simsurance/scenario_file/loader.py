"""From a name or a path to a resolved scenario: the chain of parents, fragments, settings, checks."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from simsurance.axes import Groups
from simsurance.errors import SimsuranceError
from simsurance.language import CNY, WHOLE, words
from simsurance.scenario_file.checks import tables_found, validated
from simsurance.scenario_file.combinations import combined
from simsurance.scenario_file.faults import Fault, found, refuse
from simsurance.scenario_file.fields import Section
from simsurance.scenario_file.files import IN_PYTHON, LONGEST_CHAIN, MOST_FRAGMENTS, TABLES, Layer, find, read
from simsurance.scenario_file.form import AXES, Form, form_of
from simsurance.scenario_file.keys import (
    AT_ROOT_KEYS,
    DEMOGRAPHY_KEYS,
    LEVERS,
    PINS,
    REASONS,
    REGISTER,
    UNSAID,
    in_order,
    is_policy,
    key_at,
    named_part,
)
from simsurance.scenario_file.leaves import (
    Leaves,
    inside_a_value,
    leaves_of,
    missing,
    nested,
    reference_of,
    set_apart,
    unknown,
)
from simsurance.scenario_file.note import Note
from simsurance.scenario_file.notes import held_on, income_notes, mixed, notes, pin_notes
from simsurance.scenario_file.operators import OPERATORS, applied, is_operator, operator_of, within_bounds, wrong_with
from simsurance.scenario_file.own_fund import calibrated_elsewhere, inherited, resting_on
from simsurance.scenario_file.own_register import stale, wrong_rows
from simsurance.scenario_file.plausible import implausible, unknown_reasons, unless_meant
from simsurance.scenario_file.schedule import Ramp
from simsurance.scenario_file.schema import FUND, ScenarioValues
from simsurance.scenario_file.toml_text import toml_text
from simsurance.scenario_file.years import carried, countable, is_shipped, years_covered

TITLES: Final = ("title", "title_zh", "description", "description_zh")
TOLD: Final = (*TITLES, REASONS, REGISTER)
"""Keys that say something and change no number."""
JOINTS: Final = dict(zip(TITLES, (" + ", " + ", " ", ""), strict=True))
"""What stands between the titles of a scenario and of a fragment upon it."""
LONGEST_NAME: Final = 200


@dataclass(frozen=True)
class Bound:
    """A value that an operator makes and the bound that it meets: the one farthest out of a path."""

    path: str
    wanted: float
    used: float


@dataclass(frozen=True, repr=False)
class Scenario:
    """A complete, checked scenario.

    `values` is what the projection runs on. `reference` is the same scenario with the rules of its root (participation,
    contributions, campaigns, default renewal, mood, family accounts): the intercepts of behaviour are calibrated under
    these. `at_root` is the same scenario at the incomes and the population of its root: growth of cost is stated at the one,
    the gross domestic product at both. `origins` says for each leaf which file set it, `tables` which CSV file each table key
    stands for; `root_tables` and `root_leaves` are those of the root. `pin_root` is the scenario in which the factors of pins
    are found, None where that is this one.
    """

    name: str
    values: ScenarioValues
    reference: ScenarioValues
    at_root: ScenarioValues
    origins: Mapping[str, str]
    tables: Mapping[str, Path]
    leaves: Mapping[str, Any]
    layers: Mapping[str, Layer]
    root: Layer
    of_root: Mapping[str, Any]
    root_tables: Mapping[str, Path]
    root_leaves: Mapping[str, Any]
    pin_root: "Scenario | None" = None
    bounds_met: tuple[Bound, ...] = ()
    """Where a bound binds what operators make of the values beneath."""
    undrawn: ScenarioValues | None = None
    """The values of which these are a draw: what the opening stock is made with; None where nothing is drawn."""

    def __repr__(self) -> str:
        years = self.values.horizon
        return f"<Scenario {self.name}: {self.values.title}, {years.valuation_year}–{years.last_year}>"

    def __getitem__(self, path: str) -> Any:
        """The value at a dotted path, as a scenario file would give it; raises SimsuranceError where there is none."""
        if path not in self.leaves:
            raise SimsuranceError(f"{self.name}:{path}: {unknown(f'{path}')}")
        return deepcopy(self.leaves[path])

    @cached_property
    def form(self) -> Form:
        """Areas and income groups of the scheme, and the tables of a complete file that it lacks."""
        return form_of(self.leaves, self.root_leaves)

    @property
    def currency(self) -> str:
        """The label of the currency of all amounts."""
        return self.values.economy.currency

    def in_currency(self, unit: str) -> str:
        """A unit of the tables, another currency by its label in place of yuan."""
        return unit if self.currency == CNY else unit.replace("yuan", self.currency)

    @property
    def carried(self) -> dict[str, int]:
        """Yearly factors without a value for the last year that the valuation date knows, and the year whose value is kept."""
        return carried(self.leaves)

    @property
    def valuation_years(self) -> list[int]:
        """The years with every count of their 1 January; empty where the counts stand for any year."""
        return countable(self.leaves)

    @property
    def notes(self) -> list[str]:
        """What a run tells of the years of its inputs and of its pins, one line each."""
        return self.notes_in(WHOLE)

    def notes_in(self, lang: str) -> list[str]:
        """The same in a language."""
        return [note.told(words(lang)) for note in self.notes_found]

    @property
    def notes_found(self) -> list[Note]:
        """The same as facts."""
        changed = self.changed
        found = [
            *notes(self.leaves, self.tables),
            *held_on(self.leaves, changed),
            *income_notes(self.values, changed),
            *mixed(self.leaves, self.root.data, changed),
            *resting_on(self.leaves, self.layers, self.tables),
            *stale(self.leaves),
            *implausible(self.leaves, self.layers),
            *pin_notes(self.values, changed),
            *(Note("bound", vars(bound)) for bound in self.bounds_met),
        ]
        reasons = self.values.plausible
        return unless_meant(found, reasons, reasons.keys() - self.tables_to_judge)

    @property
    def tables_to_judge(self) -> list[str]:
        """The keys that name a table which is not shipped."""
        return [path for path, file in self.tables.items() if not is_shipped(file)]

    @property
    def changed(self) -> list[str]:
        """The keys that another source than the root file sets."""
        return [path for path, layer in self.layers.items() if layer.label != self.root.label]

    def _is_own_of_root(self, path: str) -> bool:
        """Whether a key names a table that the root brings along."""
        return path in self.root_tables and not self.root_tables[path].is_relative_to(TABLES)

    def replace(self, changes: Mapping[str, Any]) -> "Scenario":
        """The scenario with other values at the dotted paths given, checked as a file would be."""
        if not isinstance(changes, Mapping) or not all(isinstance(path, str) for path in changes):
            raise SimsuranceError(f"{IN_PYTHON}: not values by key; give {{'fund.administration_share': 0.02}}")
        faults: list[Fault] = []
        inside = {path: text for path in changes if (text := inside_a_value(path))}
        faults.extend(Fault(IN_PYTHON, path, text) for path, text in inside.items())
        layer = Layer(IN_PYTHON, nested({path: _as_toml(changes[path]) for path in changes if path not in inside}))
        stack = _Stack(dict(self.leaves), dict(self.layers))
        stack.put(leaves_of(layer, faults), layer)
        stack.operate(faults)
        return self._still_told(_scenario(self.name, stack, self._base, faults, self._pinned_in([layer])))

    def with_fragment(self, *names: str | Path) -> "Scenario":
        """The scenario with fragments laid upon it together, by name or path; their titles are added to the scenario's."""
        faults: list[Fault] = []
        layers = [layer for name in names if (layer := _fragment(name, faults))]
        refuse(faults)
        stack = _Stack(dict(self.leaves), dict(self.layers))
        _put_fragments(stack, layers, faults)
        name = "+".join([self.name, *(slug(layer.label) for layer in layers)])
        return self._still_told(_scenario(name, stack, self._base, faults, self._pinned_in(layers)))

    def with_root_at(self, paths: Iterable[str], changes: Mapping[str, Any] | None = None) -> "Scenario":
        """The scenario with the root's values at some paths, none where the root has none, and other values at others.

        Values are written as in a file. Raises SimsuranceError where that is no scenario.
        """
        stack = _Stack(dict(self.leaves), dict(self.layers))
        for path in paths:
            del stack.leaves[path], stack.layers[path]
            if path in self.root_leaves:
                stack.put({path: self.root_leaves[path]}, self.root)
        stack.put(dict(changes or {}), Layer(IN_PYTHON, {}))
        return _scenario(self.name, stack, self._base, [], self._pinned_in([]) if self.pin_root else None)

    def _still_told(self, changed: "Scenario") -> "Scenario":
        """The scenario made of this one, with the bounds met here on what it does not set anew."""
        kept = [bound for bound in self.bounds_met if changed.layers.get(bound.path) is self.layers[bound.path]]
        return replace(changed, bounds_met=(*kept, *changed.bounds_met)) if kept else changed

    @property
    def _base(self) -> "_Base":
        return _Base(self.root, self.of_root, self.root_leaves)

    def _pinned_in(self, upon: Sequence[Layer]) -> "_Stack":
        """What the factors of pins are found in, for what is laid upon the scenario."""
        root = self.pin_root or self
        return _Stack(dict(root.leaves), dict(root.layers)).with_those_that_pin(upon)

    @property
    def own_tables(self) -> list[Path]:
        """The tables that are not shipped, the root's own included."""
        files = dict.fromkeys((*self.tables.values(), *self.root_tables.values()))
        return [file for file in files if not file.is_relative_to(TABLES)]

    def to_toml(self, place: Callable[[Path], str] = Path.as_posix) -> str:
        """The complete scenario as a root file that loads again to the same values; `place`: how own tables are named."""
        leaves = dict(self.leaves)
        for path, file in self.tables.items():
            if not file.is_relative_to(TABLES):
                leaves[path] = place(file)
        of_root = dict(self.of_root)
        of_root |= {path: place(self.root_tables[path]) for path in of_root if self._is_own_of_root(path)}
        policy = {path: value for path, value in of_root.items() if path in leaves and value != leaves[path]}
        pinned_in = self.pin_root.leaves if self.pin_root else {}
        differing = {
            path: value
            for path, value in pinned_in.items()
            if path.startswith(f"{LEVERS}.") or (path in self.form.keys and value != self.leaves[path])
        }
        return toml_text(leaves, reference=policy, pinned_in=differing)


@dataclass(frozen=True)
class _Base:
    """The root file, the values that a scenario needs of it, and all of its values."""

    root: Layer
    of_root: Mapping[str, Any]
    leaves: Mapping[str, Any]


class _Stack:
    """Leaves put upon each other, with the layer each comes from; operators wait until all beside them are put."""

    def __init__(self, leaves: Leaves | None = None, layers: dict[str, Layer] | None = None) -> None:
        self.leaves: Leaves = leaves or {}
        self.layers: dict[str, Layer] = layers or {}
        self.waiting: list[tuple[str, Mapping[str, Any], Layer]] = []
        self.relative: set[str] = set()
        """Paths whose values operators have made."""

    def copy(self) -> "_Stack":
        """The same, to be laid upon apart."""
        copied = _Stack(dict(self.leaves), dict(self.layers))
        copied.waiting, copied.relative = list(self.waiting), set(self.relative)
        return copied

    def operate(self, faults: list[Fault]) -> None:
        """Let the operators that wait act: products, then sums."""
        for name in OPERATORS:
            for path, value, layer in self.waiting:
                if operator_of(value) != name:
                    continue
                text = wrong_with(path, value, self.leaves.get(path))
                if text:
                    faults.append(layer.fault(path, text))
                    continue
                self.leaves[path], self.layers[path] = applied(path, value, self.leaves[path]), layer
                self.relative.add(path)
        self.waiting = []

    def keep_to(self, form: Form, of_root: Groups, root: Layer, faults: list[Fault]) -> None:
        """Leave out the root's keys that a form has not, where another file has set its axes; keys of others are faults."""
        foreign = [path for path in self.leaves if key_at(path) and not named_part(path)[0] and path not in form.keys]
        own = {path for path, layer in self.layers.items() if layer.label == root.label}
        teller = next((self.layers[path] for path in AXES if path in self.layers and path not in own), None)
        if teller:
            self._merge([path for path in foreign if path in own], form, of_root, root, teller, faults)
            faults.extend(
                teller.fault(path, f"the root's, whose names are others; name a table of the own {names}")
                for path, names in form.renamed(of_root).items()
                if path in own
            )
        for path in foreign:
            if not teller or path not in own:
                faults.append(self.layers[path].fault(path, form.foreign(path)))
            del self.leaves[path], self.layers[path]

    def _merge(
        self, foreign: Sequence[str], form: Form, of_root: Groups, root: Layer, teller: Layer, faults: list[Fault]
    ) -> None:
        """Where an axis has one member, the root's values by its own stand for it if they are alike, or are a fault."""
        apart: dict[str, list[str]] = {}
        for path in foreign:
            if (name := form.merged(path, of_root)) in form.keys and name not in self.leaves:
                apart.setdefault(name, []).append(path)
        for name, paths in apart.items():
            values = [self.leaves[path] for path in paths]
            self.leaves[name], self.layers[name] = values[0], root
            if any(value != values[0] for value in values):
                faults.append(teller.fault(name, f"missing; {' and '.join(paths)} differ, give the one value of all"))

    def bring_within_bounds(self) -> list[Bound]:
        """Bring what operators have made within the bounds of its keys; where one binds, wanted and used."""
        found = []
        for path in self.leaves if self.relative else ():
            key = key_at(path)
            if path in self.relative and key is not None and key.lowest is not None:
                self.leaves[path], bound = within_bounds(key, self.leaves[path])
                found += [Bound(path, *max(bound, key=lambda pair: abs(pair[0] - pair[1])))] if bound else []
        return found

    def put(self, leaves: Leaves, layer: Layer) -> None:
        """Lay one layer on top: its leaves win, whole schedules and lists included.

        A title in English alone stands in Chinese too, a description in English alone leaves none: those of the parent would
        tell of another scenario.
        """
        if isinstance(leaves.get("title"), str):
            leaves = {"title_zh": leaves["title"], **leaves}
        if "description" in leaves:
            leaves = {"description_zh": "", **leaves}
        rows = self.leaves.get(REGISTER, {})
        if isinstance(rows, Mapping) and not leaves.keys().isdisjoint(rows):  # another value has another source
            self.leaves[REGISTER] = {path: row for path, row in rows.items() if path not in leaves}
        for path in (REASONS, REGISTER):  # those of a parent and of options stand together
            if isinstance(told := leaves.get(path), Mapping):
                leaves = {**leaves, path: {**self.leaves.get(path, {}), **told}}
        acting = {path: value for path, value in leaves.items() if is_operator(value)}
        self.waiting += [(path, value, layer) for path, value in acting.items()]
        leaves = {path: value for path, value in leaves.items() if path not in acting}
        self.relative -= leaves.keys()
        self.leaves |= leaves
        self.layers |= dict.fromkeys(leaves, layer)

    def with_those_that_pin(self, layers: Sequence[Layer]) -> "_Stack":
        """With those layers on top that pin something; what is wrong with them is told elsewhere."""
        for layer in layers:
            if PINS in layer.data:
                self.put(leaves_of(layer, []), layer)
        self.operate([])
        return self


def load(
    name_or_path: str | Path,
    fragments: Sequence[str] = (),
    settings: Sequence[str] = (),
    without: Path | None = None,
) -> Scenario:
    """The scenario of a shipped name or a path, with fragments (`--with`) and settings (`--set key=value`) upon it.

    `without`: a fragment that is left out where the file lays it on.

    Raises SimsuranceError with every fault found, one line each.
    """
    faults: list[Fault] = []
    chain = _chain(name_or_path, faults, without)
    if len(fragments) > MOST_FRAGMENTS:
        refuse(
            [
                Fault(
                    "--with", "", f"{len(fragments)} options; at most {MOST_FRAGMENTS}, or write their keys into a file"
                )
            ]
        )
    extras = [layer for name in fragments if (layer := _fragment(name, faults))]
    given = [layer for text in settings if (layer := _setting(text, faults))]
    if not chain:
        refuse(faults)
    root = chain[0]
    chain[0], root_reference = reference_of(root, faults)
    chain[0], differing = set_apart(chain[0], "pinned_in", faults)
    stack = _Stack()
    pinning = max((place for place, layer in enumerate(chain) if PINS in layer.data), default=len(chain) - 1)
    for place, layer in enumerate(chain):
        stack.put(leaves_of(layer, faults), layer)
        if not (layer.overlay and chain[place + 1].overlay):
            stack.operate(faults)
        if place <= pinning:
            pinned_in = stack.copy()
        if place == 0 and differing:
            pinned_in = _differing(stack, differing, layer)
            pinning = 0
        if layer is chain[0]:
            stack.put({path: unsaid for path, unsaid in UNSAID.items() if path not in stack.leaves}, layer)
            faults.extend(layer.fault(key, text) for key, text in missing(stack.leaves))
            root_leaves = dict(stack.leaves)
            of_root = stack.leaves | root_reference
        elif layer.data.get("scope") == FUND and not layer.overlay:  # its own rules are no reform of the nation's
            of_root |= {path: value for path, value in stack.leaves.items() if is_policy(path)}
    _put_fragments(stack, extras, faults)
    for layer in given:
        stack.put(leaves_of(layer, faults), layer)
        stack.operate(faults)
    name = "+".join([_called(chain[-1]), *(slug(layer.label) for layer in extras)])
    if len(name.encode()) > LONGEST_NAME:
        text = f"the name of the scenario is longer than {LONGEST_NAME} bytes; shorten it"
        faults.append(Fault(chain[-1].label, "", text))
    kept = {path: of_root.get(path) for path in AT_ROOT_KEYS}
    kept |= {path: value for path, value in of_root.items() if is_policy(path)}
    return _scenario(name, stack, _Base(root, kept, root_leaves), faults, pinned_in.with_those_that_pin(extras))


def _scenario(
    name: str,
    stack: _Stack,
    base: _Base,
    faults: list[Fault],
    pinned_in: _Stack | None = None,
) -> Scenario:
    """Check the whole and raise all faults, or hand over the scenario; `pinned_in`: what factors of pins are found in."""
    root, of_root = base.root, base.of_root
    bounds_met = stack.bring_within_bounds()
    form = form_of(stack.leaves, base.leaves)
    stack.keep_to(form, form_of(base.leaves).groups, root, faults)
    if form != form_of(base.leaves):
        with_axes = stack.layers.get(AXES[0], root)
        faults.extend(with_axes.fault(path, text) for path, text in missing(stack.leaves))
    leaves = {path: stack.leaves[path] for path in in_order(stack.leaves)}
    values = validated(leaves, stack.layers, root, faults)
    if values is None and not faults:
        faults.extend(root.fault(path, text) for path, text in missing(leaves))
    tables = tables_found(leaves, stack.layers, faults)
    years_covered(leaves, stack.layers, tables, root, faults)
    if values is not None:
        combined(values, stack.layers, root, faults)
        inherited(leaves, stack.layers, tables, faults)
        calibrated_elsewhere(leaves, stack.layers, tables, faults)
    unknown_reasons(leaves, stack.layers, faults)
    wrong_rows(leaves, stack.layers, faults)
    refuse(faults)
    from_root, prefix = dict.fromkeys(leaves, root), "reference." if "reference" in root.data else ""
    at_the_root = {path: of_root[path] for path in AT_ROOT_KEYS}
    rules = {path: value for path, value in of_root.items() if is_policy(path) and path in form.keys}
    of_kind = [leaves | rules, leaves | at_the_root]
    reference, at_root = (
        values if own == leaves else validated(own, from_root, root, faults, prefix) for own in of_kind
    )
    at_home = all(stack.layers[path].folder == root.folder for path in DEMOGRAPHY_KEYS)
    root_tables = tables if of_kind[1] == leaves and at_home else tables | tables_found(at_the_root, from_root, faults)
    for own, files in zip(of_kind, (tables, root_tables), strict=True):
        if own != leaves:
            years_covered(own, from_root, files, root, faults, prefix)
    refuse(faults)
    assert values is not None
    assert reference is not None
    assert at_root is not None
    origins = {path: stack.layers[path].label for path in leaves}
    pin_root = None
    if pinned_in is not None and any(pin.mode == "root" and pin.values for pin in values.pins.values()):
        _put_pins(pinned_in, stack)
        if pinned_in.leaves != leaves:
            pin_root = _scenario(f"{name}, where it is pinned", pinned_in, base, [])
    return Scenario(
        name,
        values,
        reference,
        at_root,
        origins,
        tables,
        leaves,
        stack.layers,
        root,
        of_root,
        root_tables,
        base.leaves,
        pin_root,
        tuple(bounds_met),
    )


def _differing(stack: _Stack, leaves: Leaves, layer: Layer) -> _Stack:
    """A complete file with the leaves in which the scenario differs that its pins are found in; the levers are its own."""
    found = _Stack({path: leaf for path, leaf in stack.leaves.items() if not path.startswith(f"{LEVERS}.")})
    found.layers = dict(stack.layers)
    found.put(leaves, layer)
    return found


def _put_pins(pinned_in: _Stack, stack: _Stack) -> None:
    """Lay the pins, the horizon and the titles of a scenario on what the factors are found in."""
    for path in [path for path in pinned_in.leaves if path.startswith(f"{PINS}.")]:
        del pinned_in.leaves[path]
    for path, value in stack.leaves.items():
        if path in TITLES or path.startswith((f"{PINS}.", "horizon.")):
            pinned_in.leaves[path], pinned_in.layers[path] = value, stack.layers[path]


def _chain(name_or_path: str | Path, faults: list[Fault], without: Path | None = None) -> list[Layer]:
    """The file named and its parents, the root first; empty where one of them cannot be read."""
    chain: list[Layer] = []
    child: Layer | None = None
    seen: list[Path] = []
    path = find(name_or_path)
    if isinstance(path, str):
        faults.append(Fault(str(name_or_path), "", path))
        return []
    while True:
        layer = read(path)
        if isinstance(layer, Fault):
            here = child is None or layer.line
            faults.append(layer if here or child is None else child.fault("extends", f"{layer.file}: {layer.text}"))
            return []
        seen.append(path.resolve())
        parent = layer.data.get("extends")
        child = layer
        own = {key: value for key, value in layer.data.items() if key not in ("extends", "with")}
        chain += [replace(layer, data=own), *_laid_under(layer, faults, without)]
        if "extends" not in layer.data:
            return chain[::-1]
        if not isinstance(parent, str):
            faults.append(layer.fault("extends", f'{found(parent)}; give one parent, such as extends = "baseline"'))
            return []
        path = find(parent, layer.folder)
        if isinstance(path, str):
            faults.append(layer.fault("extends", path))
            return []
        if path.resolve() in seen:
            faults.append(layer.fault("extends", "the chain of parents is a circle; end it with a root file"))
            return []
        if len(seen) == LONGEST_CHAIN:
            faults.append(layer.fault("extends", f"more than {LONGEST_CHAIN} files in a chain; shorten it"))
            return []


def _laid_under(scenario: Layer, faults: list[Fault], without: Path | None = None) -> list[Layer]:
    """The fragments that a scenario file lays upon its parent, the last first; its own keys lie above them."""
    names = scenario.data.get("with", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        faults.append(scenario.fault("with", f'{found(names)}; give a list of fragments, such as with = ["campaign"]'))
        return []
    if names and "extends" not in scenario.data:
        faults.append(scenario.fault("with", "a root has no fragments; write their keys into it"))
        return []
    if len(names) > MOST_FRAGMENTS:
        faults.append(scenario.fault("with", f"{len(names)} options; at most {MOST_FRAGMENTS}"))
        return []
    if without is not None and scenario.folder is not None:
        names = [name for name in names if (scenario.folder / name).resolve() != without.resolve()]
    layers = [replace(layer, overlay=True) for name in names if (layer := _fragment(name, faults, scenario))]
    _refuse_conflicts(layers, faults)
    return layers[::-1]


def _fragment(name: str | Path, faults: list[Fault], named_by: Layer | None = None) -> Layer | None:
    """A fragment by shipped name or path, named on the command line or by a scenario file."""
    path = find(name, named_by.folder if named_by else None, fragments=True)
    if isinstance(path, str):
        faults.append(named_by.fault("with", path) if named_by else Fault("--with", str(name), path))
        return None
    layer = read(path)
    if isinstance(layer, Fault):
        faults.append(layer)
        return None
    for key, text in (("extends", "a fragment has no parent"), ("with", "a fragment lays on no other")):
        if key in layer.data:
            faults.append(layer.fault(key, f"{text}; leave {key} out"))
            return None
    return layer


def _setting(text: str, faults: list[Fault]) -> Layer | None:
    """One `key=value`, the value written as in TOML."""
    key, equals, value = text.partition("=")
    key = key.strip()
    if not equals or not key or not re.fullmatch(r"[\w-]+(\.[\w-]+)*", key):
        faults.append(Fault("--set", text, "not key=value; write for example fund.administration_share=0.02"))
        return None
    if inside := inside_a_value(key):
        faults.append(Fault("--set", key, inside))
        return None
    try:
        data = tomllib.loads(f"value = {value}")
    except (ValueError, RecursionError):
        data = {}
    if list(data) != ["value"]:
        word = re.fullmatch(r"[\w./-]+", value)
        hint = f"'{key}=\"{value}\"'" if word else "a number, true, '\"text\"' or '{2026=400}'"
        faults.append(Fault("--set", key, f"{value or 'nothing'} is not a TOML value; write {hint}"))
        return None
    return Layer("--set", nested({key: data["value"]}))


def _put_fragments(stack: _Stack, fragments: Sequence[Layer], faults: list[Fault]) -> None:
    """Fragments in their order; their titles are added to the scenario's."""
    _refuse_conflicts(fragments, faults)
    for layer in fragments:
        leaves = leaves_of(layer, faults)
        for path in TITLES:
            if isinstance(text := leaves.get(path), str):
                leaves[path] = f"{stack.leaves.get(path, '')}{JOINTS[path]}{text}"
        stack.put(leaves, layer)
    stack.operate(faults)


def _refuse_conflicts(fragments: Sequence[Layer], faults: list[Fault]) -> None:
    """A fault for each fragment named twice, and for each key that two set to different values; titles may differ."""
    first: dict[str, tuple[Layer, Any]] = {}
    for place, layer in enumerate(fragments):
        if layer.label in (before.label for before in fragments[:place]):
            faults.append(layer.fault("", "this file is laid on twice; name it once"))
            continue
        for path, value in leaves_of(layer, []).items():
            if is_operator(value):
                continue  # acts upon what the others set
            other, set_to = first.setdefault(path, (layer, value))
            if set_to != value and path not in TOLD:
                faults.append(layer.fault(path, f"{other.label} sets this to another value; leave one of the two out"))


def _called(layer: Layer) -> str:
    """The name of the scenario in a file; that in `fund.toml` is called as its folder, of which there may be many."""
    of_a_folder = layer.folder is not None and Path(layer.label).name == f"{FUND}.toml"
    return slug(layer.folder.name if of_a_folder and layer.folder else layer.label)


def slug(label: str) -> str:
    """A name for folders and tables from the name of a file: letters, digits, _ and - only."""
    name = re.sub(r"[^\w-]+", "_", Path(label).stem).strip("_") or "scenario"
    return f"{name}_" if name.lower() in _RESERVED else name


_RESERVED: Final = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def _as_toml(value: Any) -> Any:
    """A value given in Python as TOML would give it: text keys, plain numbers, lists."""
    if isinstance(value, Section):
        value = value.as_table()
    if isinstance(value, Ramp):
        value = {"ramp": value.ramp}
    if isinstance(value, Mapping):
        return {str(key): _as_toml(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_as_toml(item) for item in value]
    return value.item() if hasattr(value, "item") and not hasattr(value, "__len__") else value


def resolve(scenario: Scenario | str | Path, **changes: Any) -> Scenario:
    """The scenario of a name or a path, or the one given, with changes by dotted key."""
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    return loaded.replace(changes) if changes else loaded
