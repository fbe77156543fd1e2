"""A pooling scenario: which pools there are, the adjustment fund between them, and what is unified where they merge."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from simsurance.errors import SimsuranceError
from simsurance.language import CNY
from simsurance.ledger import POOL, RESIDENT
from simsurance.scenario_file.faults import Fault, bound, found, nearest, plain, quoted, refuse
from simsurance.scenario_file.files import IN_PYTHON, Layer, find, read, scenarios_folder
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.register import MARKS
from simsurance.scenario_file.schema import FUND

RULES: Final = ("deficit", "need", "both")
"""By what an adjustment fund pays out."""
OWN: Final = "own"
"""What stays as it is in each pool where they merge."""
UPWARDS: Final = "upwards"
"""Of each benefit that of the pool where it is best for the insured."""
MOST_PHASE_IN: Final = 50
STANDARDS: Final = ("mean", OWN)
FUNDS: Final = (RESIDENT, POOL)
"""Which fund of the pools may be pooled."""
TEXTS: Final = ("title", "title_zh", "description", "description_zh")
SECTIONS: Final = (*TEXTS, "share", "fund", "pools", "adjustment", "merged")
POOL_KEYS: Final = ("scenario", "share", "with", "set", "moves_in", "title", "title_zh", "mark", "source")
ADJUSTMENT: Final[Mapping[str, tuple[float, float]]] = {
    "levy": (0, 1),
    "first_year": (1900, 2200),
    "covered": (0, 1),
    "cap": (0, 10),
    "opening": (0, 1e15),
    "interest": (-0.05, 0.2),
}
NEED_SHARE: Final = (0.0, 1.0)
SHARES_OFF: Final = 1e-9
MOST_MOVE: Final = 1e9
FOLDER: Final = "pools"
"""Where among the shipped scenarios the pooling scenarios stand."""


@dataclass(frozen=True)
class Pool:
    """One pool: its scenario, and the share of the nation that it is, None where the scenario is a fund of its own.

    `moves_in`: net persons a year who arrive from the other pools; `own`: whether it sets keys of its own.
    """

    name: str
    scenario: Scenario
    share: float | None
    moves_in: float
    title: str
    title_zh: str
    mark: str
    source: str
    base: str
    own: bool


@dataclass(frozen=True)
class Adjustment:
    """An adjustment fund: levy on the levied income, what it pays out by, balance at the beginning, in yuan.

    `covered`: share of a deficit that may be paid; `cap`: most that a pool gets, share of its outgo; `need_share`: weight of
    need where the rule is both.
    """

    levy: float
    first_year: int
    rule: str
    need_share: float
    covered: float
    cap: float
    opening: float
    interest: float


@dataclass(frozen=True)
class Merged:
    """What is unified where the pools merge into one fund.

    `benefits`: the pool whose benefits hold in all, upwards, or their own; `standard`: the mean in all, or their own;
    `phase_in_years`: over how many years each pool moves to them in equal steps, at once if 0.
    """

    benefits: str
    standard: str
    phase_in_years: int = 0


@dataclass(frozen=True)
class Pooling:
    """Pools in their order, which of their funds is pooled, the adjustment fund between them, what is unified where they merge.

    The last two are None where there is none.
    """

    name: str
    layer: Layer
    title: str
    title_zh: str
    description: str
    description_zh: str
    share: float | None
    fund: str
    pools: tuple[Pool, ...]
    adjustment: Adjustment | None
    merged: Merged | None

    @property
    def currency(self) -> str:
        """The currency of all pools."""
        return self.pools[0].scenario.currency if self.pools else CNY


def shipped_poolings() -> tuple[str, ...]:
    """Names of the shipped pooling scenarios."""
    return tuple(sorted(path.stem for path in (scenarios_folder() / FOLDER).glob("*.toml")))


def load_pooling(name_or_path: str | Path) -> Pooling:
    """The pooling scenario of a shipped name or a path; SimsuranceError with every fault, one line each."""
    text = str(name_or_path)
    if text in shipped_poolings() and not isinstance(name_or_path, Path):
        path: Path | str = scenarios_folder() / FOLDER / f"{text}.toml"
    elif isinstance(name_or_path, Path) or any(sign in text for sign in "/\\."):
        path = find(name_or_path)
    else:
        known = shipped_poolings()
        path = f"no shipped pooling scenario; {nearest(text, known) or 'shipped are ' + ', '.join(known)}"
    if isinstance(path, str):
        raise SimsuranceError(f"{text}: {path}")
    layer = read(path)
    if isinstance(layer, Fault):
        raise SimsuranceError(str(layer))
    return _pooling(path.stem, layer)


def _pooling(name: str, layer: Layer) -> Pooling:
    faults: list[Fault] = []
    data = layer.data
    faults += _unknown(layer, "", data, SECTIONS)
    told = {key: _text(layer, data, key, key, faults) for key in TEXTS}
    share = _number(layer, data, "share", "share", (0, 1), faults) if "share" in data else None
    fund = data.get("fund", RESIDENT)
    if fund not in FUNDS:
        faults.append(layer.fault("fund", f"{found(fund)}; give {quoted(FUNDS)}"))
    pools = _pools(layer, faults)
    adjustment = _adjustment(layer, faults) if "adjustment" in data else None
    merged = _merged(layer, [pool.name for pool in pools], faults) if "merged" in data else None
    refuse(faults)
    faults += _together(layer, pools, share)
    faults += _in_time(layer, pools[0], adjustment)
    faults += _without_employees(layer, pools, fund, merged)
    refuse(faults)
    return Pooling(
        name, layer, share=share, fund=fund, pools=tuple(pools), adjustment=adjustment, merged=merged, **told
    )


def _pools(layer: Layer, faults: list[Fault]) -> list[Pool]:
    """Every pool that can be read."""
    tables = layer.data.get("pools")
    if not isinstance(tables, dict) or len(tables) < 2:
        faults.append(layer.fault("pools", "fewer than two pools; give [pools.NAME] for each"))
        return []
    pools = []
    for name, table in tables.items():
        place = f"pools.{name}"
        if not isinstance(table, dict):
            faults.append(layer.fault(place, f"{found(table)}; give a table, such as [{place}]"))
        elif not re.fullmatch(r"[\w-]{1,40}", name) or name in (OWN, UPWARDS):
            text = (
                f"cannot be the name of a pool; letters, digits, _ and -, at most 40, and neither {OWN} nor {UPWARDS}"
            )
            faults.append(layer.fault(place, text))
        elif pool := _pool(layer, name, table, faults):
            pools.append(pool)
    return pools


def _pool(layer: Layer, name: str, table: Mapping[str, Any], faults: list[Fault]) -> Pool | None:
    place, before = f"pools.{name}", len(faults)
    faults += _unknown(layer, place, table, POOL_KEYS)
    base, title, title_zh, mark, source = (
        _text(layer, table, key, f"{place}.{key}", faults)
        for key in ("scenario", "title", "title_zh", "mark", "source")
    )
    if mark and mark not in MARKS:
        faults.append(layer.fault(f"{place}.mark", f'"{mark}" is no mark of certainty; give {quoted(MARKS)}'))
    share = _number(layer, table, "share", f"{place}.share", (0, 1), faults) if "share" in table else None
    moves = _number(layer, table, "moves_in", f"{place}.moves_in", (-MOST_MOVE, MOST_MOVE), faults, 0.0)
    if share == 0 and len(faults) == before:
        faults.append(layer.fault(f"{place}.share", "a pool of nobody; leave it out"))
    options, changes = table.get("with", []), table.get("set", {})
    if not isinstance(options, list) or not all(isinstance(each, str) for each in options):
        faults.append(layer.fault(f"{place}.with", f'{found(options)}; give a list, such as with = ["campaign"]'))
    if not isinstance(changes, dict):
        faults.append(layer.fault(f"{place}.set", f"{found(changes)}; give keys of a scenario as a table"))
    if len(faults) > before:
        return None
    try:
        file = find(base, layer.folder)
        if isinstance(file, str):
            faults.append(layer.fault(f"{place}.scenario", file))
            return None
        scenario = load(file if "." in base or "/" in base else base, options)
        scenario = scenario.replace(_beside(layer, changes)) if changes else scenario
    except SimsuranceError as error:
        faults += faults_of(layer, name, error)
        return None
    if share is None and scenario.values.scope != FUND:
        faults.append(
            layer.fault(place, "the whole nation; give the share that this pool is of it, such as share = 0.03")
        )
    if share is not None and scenario.values.scope == FUND:
        faults.append(layer.fault(f"{place}.share", "of a fund of its own; leave it out, a share is one of the nation"))
    for key in ("fund", "employee.fund"):
        if scenario.leaves.get(f"{key}.adjustment_share", 0) not in (0, {}):
            text = "paid to an adjustment fund outside; 0 where pools share one"
            faults.append(layer.fault(f"{place}.set.{key}.adjustment_share", text))
    own_keys = bool(changes or options or moves)
    where = file.resolve().as_posix()
    scenario = replace(scenario, name=f"{layer.label}:{place}")
    return Pool(name, scenario, share, moves, title, title_zh, mark, source, where, own_keys)


def _beside(layer: Layer, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What a pool sets, a table that lies beside the pooling scenario by its whole path."""

    def placed(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: placed(each) for name, each in value.items()}
        own = layer.folder / value if isinstance(value, str) and value.endswith(".csv") and layer.folder else None
        return own.resolve().as_posix() if own is not None and own.is_file() else value

    return {name: placed(value) for name, value in changes.items()}


def faults_of(layer: Layer, name: str, error: SimsuranceError) -> list[Fault]:
    """What is wrong with the scenario of a pool, told where the pool is named."""
    place, own = f"pools.{name}", f"{IN_PYTHON}:"
    told = []
    for line in error.lines:
        key, _, text = line.removeprefix(own).partition(": ")
        here = line.startswith(own)
        told.append(layer.fault(f"{place}.set.{key}" if here else f"{place}.scenario", text if here else line))
    return told


def _in_time(layer: Layer, pool: Pool, adjustment: Adjustment | None) -> Iterator[Fault]:
    """An adjustment fund begins in a year that is projected."""
    years = pool.scenario.values.horizon
    if adjustment and not years.valuation_year <= adjustment.first_year <= years.last_year:
        text = f"year {adjustment.first_year} is outside {years.valuation_year} to {years.last_year}"
        yield layer.fault("adjustment.first_year", f"{text}; give a year of the projection")


def _together(layer: Layer, pools: list[Pool], share: float | None) -> Iterator[Fault]:
    """What the pools must have in common, and what must sum."""
    first = pools[0]
    seen: dict[object, str] = {}
    for pool in pools:
        same = pool.base if pool.share is None else f"title {pool.title}"
        if same in seen:
            yield layer.fault(f"pools.{pool.name}", f"is pools.{seen[same]} listed twice; name it once")
        seen[same] = pool.name
        if pool.scenario.currency != first.scenario.currency:
            text = f"{pool.scenario.currency}, where pools.{first.name} has {first.scenario.currency}"
            yield layer.fault(f"pools.{pool.name}", f"amounts in {text}; pools of one currency")
        years, theirs = (each.scenario.values.horizon for each in (pool, first))
        if (years.valuation_year, years.last_year) != (theirs.valuation_year, theirs.last_year):
            text = f"{years.valuation_year} to {years.last_year}, where pools.{first.name} has "
            text += f"{theirs.valuation_year} to {theirs.last_year}; the same years in all pools"
            yield layer.fault(f"pools.{pool.name}", text)
    shares = [pool.share for pool in pools if pool.share is not None]
    if shares:
        whole = 1.0 if share is None else share
        if abs(sum(shares) - whole) > SHARES_OFF:
            text = f"shares of the pools sum to {sum(shares):.10g}, not to {whole:.10g}; "
            yield layer.fault("share", text + f"share = {sum(shares):.10g}, or other shares of the pools")
    elif share is not None:
        yield layer.fault("share", "no pool is a share of the nation; leave it out")
    moves = [pool.moves_in for pool in pools]
    if abs(sum(moves)) > SHARES_OFF * max(map(abs, moves)):
        yield layer.fault(
            "pools", f"moves_in sum to {sum(moves):.10g} persons; who moves leaves another pool: sum to 0"
        )


def _without_employees(layer: Layer, pools: list[Pool], fund: str, merged: Merged | None) -> Iterator[Fault]:
    """What cannot be where the employee pools are between which an adjustment fund moves money."""
    if fund == RESIDENT:
        return
    for pool in pools:
        if not pool.scenario.values.employee.projected:
            text = f'employee.projected = false, where fund = "{fund}"; project the employee scheme, or pool the resident funds'
            yield layer.fault(f"pools.{pool.name}", text)
    if merged and merged.standard != OWN:
        text = 'contributions of the employee scheme are rates of wages, no standard; "own" keeps them'
        yield layer.fault("merged.standard", text)


def _adjustment(layer: Layer, faults: list[Fault]) -> Adjustment | None:
    table, before = layer.data["adjustment"], len(faults)
    if not isinstance(table, dict):
        faults.append(layer.fault("adjustment", f"{found(table)}; give a table [adjustment]"))
        return None
    faults += _unknown(layer, "adjustment", table, (*ADJUSTMENT, "rule", "need_share"))
    values = {
        key: _number(layer, table, key, f"adjustment.{key}", limits, faults) for key, limits in ADJUSTMENT.items()
    }
    rule = _text(layer, table, "rule", "adjustment.rule", faults)
    if rule and rule not in RULES:
        faults.append(layer.fault("adjustment.rule", f'"{rule}" is no rule; give {quoted(RULES)}'))
    need = float(rule == "need")
    if rule == "both":
        need = _number(layer, table, "need_share", "adjustment.need_share", NEED_SHARE, faults)
    elif "need_share" in table:
        text = f'has no effect with rule = "{rule}"; leave it out, or give rule = "both"'
        faults.append(layer.fault("adjustment.need_share", text))
    if len(faults) > before:
        return None
    if values["first_year"] % 1:
        faults.append(layer.fault("adjustment.first_year", f"{values['first_year']:g} is no year; give a whole number"))
    first_year = int(values.pop("first_year"))
    return Adjustment(first_year=first_year, rule=rule, need_share=need, **values)


def _merged(layer: Layer, names: list[str], faults: list[Fault]) -> Merged | None:
    """What is unified."""
    table = layer.data["merged"]
    if not isinstance(table, dict):
        faults.append(layer.fault("merged", f"{found(table)}; give a table [merged]"))
        return None
    faults += _unknown(layer, "merged", table, ("benefits", "standard", "phase_in_years"))
    benefits, standard = (_text(layer, table, key, f"merged.{key}", faults) for key in ("benefits", "standard"))
    known = (*names, UPWARDS, OWN)
    if benefits and names and benefits not in known:
        faults.append(layer.fault("merged.benefits", f'"{benefits}" is no pool; give {quoted(known)}'))
    if standard and standard not in STANDARDS:
        faults.append(layer.fault("merged.standard", f'"{standard}" is no standard; give {quoted(STANDARDS)}'))
    phase = _number(layer, table, "phase_in_years", "merged.phase_in_years", (0, MOST_PHASE_IN), faults, 0.0)
    if phase % 1:
        faults.append(layer.fault("merged.phase_in_years", f"{phase:g} is no whole number of years; give one"))
    return Merged(benefits, standard, int(phase))


def _unknown(layer: Layer, place: str, table: Mapping[str, Any], known: tuple[str, ...]) -> Iterator[Fault]:
    for key in table:
        if key not in known:
            path = f"{place}.{key}" if place else key
            yield layer.fault(path, f"unknown key; {nearest(key, known) or 'known are ' + ', '.join(known)}")


def _text(layer: Layer, table: Mapping[str, Any], key: str, path: str, faults: list[Fault]) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        what = "missing" if key not in table else found(value)
        faults.append(layer.fault(path, f'{what}; give text in "quotes"'))
        return ""
    return value


def _number(
    layer: Layer,
    table: Mapping[str, Any],
    key: str,
    path: str,
    limits: tuple[float, float],
    faults: list[Fault],
    default: float | None = None,
) -> float:
    if key not in table and default is not None:
        return default
    value, (low, high) = table.get(key), limits
    span = f"{bound(low)} to {bound(high)}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        what = "missing" if key not in table else found(value)
        faults.append(layer.fault(path, f"{what}; give a number from {span}"))
        return low
    if not low <= value <= high:
        faults.append(layer.fault(path, f"{plain(value)} is outside {span}; give a number from {span}"))
        return low
    return float(value)
