"""Pools merged into one fund: what is unified, from when, and the account of all."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, reduce
from typing import Any, Final

import numpy as np

from simsurance import measures
from simsurance.analysis.pooled_runs import TRANSFER, Apart, projected_apart, with_payments
from simsurance.data.tables import DATA, text_rows
from simsurance.errors import SimsuranceError
from simsurance.identities import TOLERANCE
from simsurance.ledger import POOL, RESIDENT
from simsurance.results import RunAccounts
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import Scenario
from simsurance.scenario_file.pooling import OWN, UPWARDS, Pool, Pooling
from simsurance.scenario_file.schedule import Schedule, first_year, values_by_year

TEN: Final = 10
PREFIX: Final = {RESIDENT: "benefits.", POOL: "employee.benefits."}
"""What keys of benefits begin with, by fund."""


def merged(pooling: Pooling, apart: Apart) -> tuple[measures.Account, tuple[RunAccounts, ...]]:
    """One fund; where asked for one standard, the mean weighted by payers, and one benefit; behaviour answers to both.

    Entries to the employee scheme are held as in the separate pools.
    """
    changes = [unified(pooling, each, apart.runs) for each in pooling.pools]
    if not any(changes):
        return _one_account([run.accounts[pooling.fund] for run in apart.runs], apart.rates), apart.runs
    changed = tuple(
        replace(each, scenario=each.scenario.replace(own), own=True) if own else each
        for each, own in zip(pooling.pools, changes, strict=True)
    )
    found = projected_apart(replace(pooling, pools=changed), held=apart.kept)
    return _one_account([run.accounts[pooling.fund] for run in found.runs], found.rates), found.runs


def unified(pooling: Pooling, pool: Pool, separate: Sequence[RunAccounts]) -> dict[str, Any]:
    """What a pool's scenario changes when the pools merge, by key."""
    assert pooling.merged is not None
    changes = _benefits(pooling, pool, separate[0].years)
    return changes if pooling.merged.standard == OWN else changes | _standards(pooling, pool, separate)


def _benefits(pooling: Pooling, pool: Pool, years: tuple[int, ...]) -> dict[str, Any]:
    """The benefits that a pool moves to: those of another pool, or of each the best for the insured; nothing where it has them.

    SimsuranceError for a rule that cannot be better or worse, or cannot be phased in, where it differs.
    """
    merged, own, prefix = pooling.merged, pool.scenario, PREFIX[pooling.fund]
    assert merged is not None
    models = [each.scenario for each in pooling.pools if merged.benefits in (each.name, UPWARDS)]
    found: dict[str, Any] = {}
    for path in (path for path in own.leaves if path.startswith(prefix)):
        if not any(repr(own.leaves[path]) != repr(model.leaves[path]) for model in models):
            continue
        if merged.benefits != UPWARDS and not merged.phase_in_years:
            found[path] = models[0].leaves[path]
            continue
        best = directions().get(path) if merged.benefits == UPWARDS else max
        stays = KEYS[path].kind != "schedule"
        place = f"pools.{pool.name}.set.{path}"
        if best is None:
            raise SimsuranceError(
                f"{pooling.layer.label}:{place}: neither better nor worse than in another pool; one value in all pools, or "
                "merged.benefits = the pool whose rules hold"
            )
        if stays and merged.phase_in_years:
            raise SimsuranceError(
                f"{pooling.layer.label}:{place}: cannot be phased in; one value in all pools, or phase_in_years = 0"
            )
        if stays:
            found[path] = best(model.leaves[path] for model in models)
            continue
        value = _value(own, path)
        targets = [values_by_year(_value(model, path), years) for model in models]
        target = reduce(np.maximum if best is max else np.minimum, targets)
        if (target != values_by_year(value, years)).any():
            found[path] = _moving(value, years, target, merged.phase_in_years)
    return found


def _value(scenario: Scenario, path: str) -> Any:
    """The value at a path of a scenario, as the model reads it."""
    return reduce(getattr, path.split("."), scenario.values)


@cache
def directions() -> dict[str, Callable[..., Any]]:
    """Which of two values of a benefit is the better for the insured, the larger or the smaller, by key."""
    rows = text_rows(DATA / "benefit_directions.csv", ("key", "better"))
    return {row["key"]: {"more": max, "less": min}[row["better"]] for row in rows}


def _standards(pooling: Pooling, pool: Pool, separate: Sequence[RunAccounts]) -> dict[str, Any]:
    """The mean standards, weighted by who has paid in each year, that a pool moves to."""
    merged, place = pooling.merged, [each.name for each in pooling.pools].index(pool.name)
    assert merged is not None
    payers = np.stack([run.account["resident_enrolled"] for run in separate], axis=-1)
    years, changes = separate[0].years, dict[str, Any]()
    for kind, column in (("personal", "personal_contribution_pp"), ("subsidy", "subsidy_pp")):
        paid = np.stack([run.account[column] for run in separate], axis=-1)
        if np.ptp(paid, axis=-1).max() <= TOLERANCE * paid.max():
            continue
        mean = (paid * payers).sum(axis=-1) / payers.sum(axis=-1)
        own = getattr(pool.scenario.values.contributions, kind).schedule
        schedule = _moving(own, years, mean, merged.phase_in_years, paid[:, place])
        changes |= {
            f"contributions.{kind}.schedule": schedule,
            f"contributions.{kind}.rule": {min(schedule): "schedule"},
        }
    return changes


def _moving(
    own: Schedule, years: tuple[int, ...], target: np.ndarray, phase_in_years: int, paid: np.ndarray | None = None
) -> dict[int, float]:
    """A path as it was before the first year, then towards a target [year] in equal steps; from what is `paid` if given."""
    first = years[0]
    past = range(max(first_year(own), first - TEN), first)
    before = dict(zip(past, map(float, values_by_year(own, past)), strict=True))
    start = values_by_year(own, years) if paid is None else paid
    way = np.minimum(np.arange(1, len(years) + 1) / max(phase_in_years, 1), 1.0)
    moving = np.where(way == 1.0, target, start + (target - start) * way)
    return before | dict(zip(years, map(float, moving), strict=True))


def _one_account(parts: Sequence[measures.Account], rates: Sequence[np.ndarray]) -> measures.Account:
    """The parts' income and outgo in one fund, [year]; its rates are their mean weighted by outgo."""
    opening, income, outgo = (
        np.stack([account[name] for account in parts], axis=-1) for name in ("opening", "income", "outgo")
    )
    weights = outgo / outgo.sum(axis=-1, keepdims=True)
    of_all = np.stack(rates, axis=-1)
    alike = np.ptp(of_all, axis=-1) == 0
    mean = np.where(alike, of_all[..., 0], (of_all * weights).sum(axis=-1))
    sums = {"opening": opening, "income": income, "outgo": outgo}
    account = {name: values.sum(axis=-1) for name, values in sums.items()}
    none = np.zeros_like(account["income"])
    whole = account | {TRANSFER: none}
    found = with_payments(whole, none, mean)
    return {name: found[name] for name in ("opening", "income", "outgo", "interest", "closing", "reserve_months")}
