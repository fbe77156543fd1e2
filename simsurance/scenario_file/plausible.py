"""Whether what is set can be: bands of levels from `data/plausible.csv`, and reasons that a scenario gives in `[plausible]`."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from math import log
from typing import Any, Final

from simsurance.language import CNY
from simsurance.scenario_file.faults import Fault
from simsurance.scenario_file.files import TABLES, Layer, of_the_shipped, read, scenarios_folder
from simsurance.scenario_file.keys import REASONS, Key, key_at
from simsurance.scenario_file.leaves import unknown
from simsurance.scenario_file.note import Note
from simsurance.scenario_file.register import rows

HEADER: Final = ("keys", "unit", "per", "compared", "low", "high", "units")
AMOUNT: Final = "yuan"
SILENCED: Final = ("implausible", "table_level", "mixed")
"""Notes that a reason takes away."""


@dataclass(frozen=True)
class Band:
    """What is plausible of a level: the value itself, or times the root's, per person of the key `per` if that is given.

    `units`: factors that it is likely to be off by outside the band.
    """

    per: str
    compared: str
    low: float
    high: float
    units: tuple[float, ...]

    def holds(self, level: float) -> bool:
        """Whether a level lies within."""
        return self.low <= level <= self.high

    def likely(self, ratio: float) -> float:
        """The factor nearest to how far a level is from what was to be expected; 1 where it is near none."""
        far = abs(log(ratio)) if ratio > 0 else 0.0
        return min((1.0, *self.units), key=lambda unit: abs(log(unit) - far))


@cache
def bands() -> tuple[tuple[str, str, Band], ...]:
    """Patterns of keys, the beginnings of their units, and their bands; the first that matches holds."""
    return tuple(
        (
            row["keys"],
            row["unit"],
            Band(
                row["per"],
                row["compared"],
                float(row["low"]),
                float(row["high"]),
                tuple(map(float, row["units"].split())),
            ),
        )
        for row in rows(TABLES / "plausible.csv", HEADER)
    )


def band_of(key: Key) -> Band | None:
    """The band of a key; None where it has none."""
    found = (band for keys, unit, band in bands() if fnmatchcase(key.path, keys) and key.unit.startswith(unit))
    return next(found, None) if key.kind in ("number", "schedule", "pins", "table") else None


def implausible(leaves: Mapping[str, Any], layers: Mapping[str, Layer]) -> Iterator[Note]:
    """A note for each level of one's own that is far from the nation's, with the unit that it is probably in.

    None in another currency: that is another country.
    """
    own = [key for path, layer in layers.items() if (key := key_at(path)) and not of_the_shipped(layer)]
    own = [key for key in own if key.kind != "table"] if leaves["economy.currency"] == CNY else []
    nation = _baseline() if own else {}
    for key in own:
        band = band_of(key)
        ratio = over_root(key.path, leaves, nation) if band else None
        persons = over_root(band.per, leaves, nation) if band and band.per else 1.0
        if band is None or ratio is None or not persons or band.holds(level := abs(ratio / persons)):
            continue
        kind = "money" if key.unit.startswith(AMOUNT) else "persons" if key.unit == "persons" else "level"
        near = band.likely(level)
        facts = {"path": key.path, "ratio": level, "per": band.per, "low": band.low, "high": band.high}
        yield Note("implausible", facts | {"unit": near, "kind": kind})


@cache
def _baseline() -> Mapping[str, Any]:
    """The file of the baseline, which is the nation."""
    layer = read(scenarios_folder() / "baseline.toml")
    assert isinstance(layer, Layer)
    return layer.data


def over_root(path: str, leaves: Mapping[str, Any], root: Mapping[str, Any]) -> float | None:
    """A value of the valuation year over that in the file of the root; None where one of them is not there or is 0."""
    theirs: Any = root
    for name in path.split("."):
        theirs = theirs.get(name) if isinstance(theirs, Mapping) else None
    own, other = (_in_year(each, leaves["horizon.valuation_year"]) for each in (leaves[path], theirs))
    return own / other if own and other else None


def _in_year(schedule: Any, year: int) -> float | None:
    """The value of a schedule as a file has it in a year, the nearest one named where it has none for the year."""
    if not isinstance(schedule, Mapping):
        return float(schedule) if isinstance(schedule, int | float) else None
    named = {int(name): float(value) for name, value in schedule.get("ramp", schedule).items()}
    return named[min(named, key=lambda other: abs(other - year))] if named else None


def unless_meant(found: Sequence[Note], reasons: Mapping[str, str], judged: Collection[str]) -> list[Note]:
    """Notes without those that a reason answers; a note for each reason, of the keys judged, that answers none."""
    open_to = [note for note in found if note.name in SILENCED]
    answered = {note.facts["path"] for note in open_to} & set(reasons)
    told = [note for note in found if note not in open_to or note.facts["path"] not in answered]
    return [
        *told,
        *(Note("reason_idle", {"path": path}) for path in reasons if path in judged and path not in answered),
    ]


def unknown_reasons(leaves: Mapping[str, Any], origins: Mapping[str, Layer], faults: list[Fault]) -> None:
    """A fault for each reason that is given for no key, or that is none."""
    reasons = leaves.get(REASONS)
    for path, why in reasons.items() if isinstance(reasons, Mapping) else ():
        where = f"{REASONS}.{path}"
        if key_at(path) is None:
            faults.append(origins[REASONS].fault(where, unknown(path)))
        elif isinstance(why, str) and not why.strip():
            faults.append(origins[REASONS].fault(where, 'no reason is given; say in "quotes" why the value is meant'))
