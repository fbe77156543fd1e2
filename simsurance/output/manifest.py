"""What a run was made from and what it made: hashes of every input and output, so that it can be repeated."""

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance import __version__
from simsurance.analysis.rests_on import rests_on, tables_of_the_nation
from simsurance.data import tables
from simsurance.data.tables import DATA
from simsurance.output.certainty import BASELINE
from simsurance.output.folder import MADE_BY, sha256
from simsurance.output.labels import file_of, name_of, origins
from simsurance.output.planned import run_id
from simsurance.scenario_file.keys import REGISTER
from simsurance.scenario_file.own_register import judged_on, own_values
from simsurance.scenario_file.schema import FUND
from simsurance.uncertainty.engines import versions

if TYPE_CHECKING:
    import pandas as pd

    from simsurance.analysis.compare import Comparison
    from simsurance.analysis.pools import Pools
    from simsurance.analysis.scheme_effects import SchemeEffects
    from simsurance.answers.actual_months import Warned
    from simsurance.answers.adjustment import Adjustment
    from simsurance.answers.attribute import Attribution, Part
    from simsurance.answers.bridge import Bridge
    from simsurance.answers.condition import Chance, Condition
    from simsurance.answers.frontier import Frontier
    from simsurance.answers.months import Months
    from simsurance.answers.on_draws import OnDraws
    from simsurance.answers.packages import Levers
    from simsurance.answers.page import Page
    from simsurance.answers.signs import Conclusion, Signs
    from simsurance.answers.solve import Solved
    from simsurance.answers.stress import Stress
    from simsurance.answers.vary import Vary
    from simsurance.evidence.fund_fit import FundFit
    from simsurance.results import RunResult
    from simsurance.scenario_file.loader import Scenario
    from simsurance.scenario_file.pooling import Pool, Pooling
    from simsurance.uncertainty.information import Information
    from simsurance.uncertainty.sampling import Sample
    from simsurance.uncertainty.screening import Screening, Trajectories
    from simsurance.uncertainty.sensitivity import Sensitivity
    from simsurance.uncertainty.stochastic import CentralRun, Stochastic
    from simsurance.uncertainty.sweep import Points, Sweep
    from simsurance.uncertainty.variance import Shares

SCHEMA: Final = "simsurance.run/1"
COMPARISON_SCHEMA: Final = "simsurance.compare/1"
STOCHASTIC_SCHEMA: Final = "simsurance.stochastic/1"
ATTRIBUTION_SCHEMA: Final = "simsurance.attribution/1"
ADJUSTMENT_SCHEMA: Final = "simsurance.adjustment/1"
PAGE_SCHEMA: Final = "simsurance.page/1"
SOLVE_SCHEMA: Final = "simsurance.solve/1"
BRIDGE_SCHEMA: Final = "simsurance.bridge/1"
MONTHS_SCHEMA: Final = "simsurance.months/1"
FRONTIER_SCHEMA: Final = "simsurance.frontier/1"
STRESS_SCHEMA: Final = "simsurance.stress/1"
CALIBRATION_SCHEMA: Final = "simsurance.calibration/1"
SWEEP_SCHEMA: Final = "simsurance.sweep/1"
SENSITIVITY_SCHEMA: Final = "simsurance.sensitivity/1"
POOLS_SCHEMA: Final = "simsurance.pools/1"
REPORT_SCHEMA: Final = "simsurance.report/1"
SCHEME_EFFECTS_SCHEMA: Final = "simsurance.schemes/1"
PACKAGES: Final = ("click", "matplotlib", "numpy", "pandas", "scipy")
PUBLISHED: Final = DATA / "published.csv"


def run_manifest(results: "RunResult", outputs: Mapping[str, str], command: str, written: Mapping[str, Any]) -> str:
    """The manifest of one scenario's results as JSON text.

    `outputs` are hashes by file name; `written` tells language, byte order mark, charts or none, and what was left out.
    """
    scenario = results.scenario
    content = {
        "schema": SCHEMA,
        "run_id": run_id(scenario, as_read),
        **entries_of(results),
        "scenario": scenario.name,
        "title": scenario.values.title,
        "title_zh": scenario.values.title_zh,
        "years": [results.years[0], results.years[-1]],
        "carried": scenario.carried,
        "pinned": pinned(results),
        "checks": records(results.checks),
        "inputs": inputs(scenario),
        "origins": origins(scenario),
        **own_inputs(results),
        **written,
    }
    return _manifest(content, outputs, command)


def own_inputs(results: "RunResult") -> dict[str, Any]:
    """The register of own inputs with the date of judgement, and of a fund of its own what rests on them; empty for none."""
    scenario = results.scenario
    rows = [vars(row) for row in own_values(scenario)] if scenario.leaves[REGISTER] else []
    told: dict[str, Any] = {}
    if rows:
        told["register"] = {"judged_on": judged_on(scenario.leaves).isoformat(), "inputs": rows}
    if scenario.values.scope == FUND:
        told |= {"rests_on": records(rests_on(results)), "tables_of_the_nation": tables_of_the_nation(scenario)}
    return told


def pinned(results: "RunResult | CentralRun") -> dict[str, Any]:
    """Each pin of a run: total, mode, and the factor on the model's total by year."""
    pins = results.scenario.values.pins
    return {
        name: {"total": pins[name].total, "mode": pins[name].mode, "factors": factors}
        for name, factors in results.pin_factors.items()
    }


def entries_of(results: "RunResult | CentralRun") -> dict[str, Any]:
    """The run whose entries to the employee scheme a run holds, and those that were not met by year; empty by the odds."""
    of = results.held.of if results.held is not None else getattr(results, "of_base", None)
    if of is None:
        return {}
    return {"entries_of": {"scenario": of.name, "run_id": run_id(of, as_read)}, "entries_not_met": results.not_met}


def comparison_manifest(
    comparison: "Comparison", outputs: Mapping[str, str], command: str, written: Mapping[str, Any]
) -> str:
    """The manifest of a comparison as JSON text; `written` as for draws."""
    runs = dict(zip(comparison.names, map(_run, comparison.results), strict=True))
    content = {"schema": COMPARISON_SCHEMA, "base": comparison.names[0], "runs": runs, **written}
    return _manifest(content, outputs, command)


def scheme_effects_manifest(
    effects: "SchemeEffects", outputs: Mapping[str, str], command: str, written: Mapping[str, Any]
) -> str:
    """The manifest of what policies do to both schemes as JSON text."""
    base = effects.base.scenario.name
    runs = {base: _run(effects.base), **{name: _run(result) for name, result in effects.policies.items()}}
    content = {"schema": SCHEME_EFFECTS_SCHEMA, "base": base, "runs": runs, **written}
    return _manifest(content, outputs, command)


def stochastic_manifest(
    runs: "Sequence[Stochastic]", outputs: Mapping[str, str], command: str, written: Mapping[str, Any]
) -> str:
    """The manifest of draws as JSON text; `written` tells language, byte order mark, charts or none."""
    first = runs[0]
    content = {
        "schema": STOCHASTIC_SCHEMA,
        "sample": vars(first.sample),
        "engine": first.engine,
        "engine_versions": versions(first.engine),
        "brought_nearer": first.brought_nearer,
        "runs": {run.scenario.name: _run(run.central) for run in runs},
        **written,
    }
    return _manifest(content, outputs, command)


def draws_id(scenarios: "Sequence[Scenario]", sample: "Sample", engine: str) -> str:
    """Hash of what makes draws the same: scenarios with their tables, sample, engine and versions."""
    made_of = {
        "scenarios": [run_id(scenario) for scenario in scenarios],
        "sample": vars(sample),
        "engine": engine,
        "versions": [__version__, *versions(engine).values()],
    }
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def report_manifest(
    runs: Sequence[Mapping[str, Any]], outputs: Mapping[str, str], told: Mapping[str, Any], command: str
) -> str:
    """The manifest of a report as JSON text, of the manifests of its runs; `told`: language and formats."""
    kept = ("scenario", "run_id", "years", "inputs")
    content = {"schema": REPORT_SCHEMA, **told, "runs": [{name: run[name] for name in kept} for run in runs]}
    return _manifest(content, outputs, command)


def sweep_manifest(sweep: "Sweep", outputs: Mapping[str, str], command: str, written: Mapping[str, Any]) -> str:
    """The manifest of a sweep as JSON text; `written` tells what chart and summary show as well."""
    content = {
        "schema": SWEEP_SCHEMA,
        "grids": [vars(grid) for grid in sweep.points.grids],
        "points": sweep.points.points,
        "not_possible": int(sweep.refused.sum()),
        "runs": {sweep.scenario.name: _run(sweep.central)},
        **written,
    }
    return _manifest(content, outputs, command)


def signs_told(found: "Signs") -> dict[str, Any]:
    """A conclusion as a manifest tells it: what makes it, the other scenario by its name and by what set its values."""
    told = dict(vars(found.conclusion))
    return told | ({"other": told["other"].name, "set_by": set_by(told["other"])} if "other" in told else {})


def solve_manifest(
    found: "Solved | OnDraws", outputs: Mapping[str, str], command: str, written: Mapping[str, Any]
) -> str:
    """The manifest of an answer as JSON text."""
    content = {
        "schema": SOLVE_SCHEMA,
        **answer_content(found),
        "asked": asked_told(found.question),
        "runs": {found.vary.scenario.name: _run(found.central)},
        **written,
    }
    return _manifest(content, outputs, command)


def asked_told(asked: "Condition | Chance") -> dict[str, Any]:
    """What is asked as a manifest tells it, a probability with the condition that it is of."""
    return {name: asked_told(each) if name == "condition" else each for name, each in vars(asked).items()}


def page_manifest(found: "Page", outputs: Mapping[str, str], command: str) -> str:
    """The manifest of a meeting page as JSON text."""
    content = {"schema": PAGE_SCHEMA, **page_content(found), "runs": {found.central.scenario.name: _run(found.central)}}
    return _manifest(content, outputs, command)


def page_content(found: "Page") -> dict[str, Any]:
    """The levers of a page, with the bounds that were asked for where those are wider, its draws and its errors by fund."""
    from simsurance.output.meeting_page import error_facts

    levers = [
        {
            "name": each.name,
            "keys": list(each.vary.keys),
            "how": each.vary.how,
            "from": each.vary.start,
            "bounds": [each.vary.low, each.vary.high],
            "asked": list(each.asked),
            "own": each.vary.own,
        }
        for each in found.sliders.each
    ]
    sample = None if found.draws is None else vars(found.draws.sample)
    return {"levers": levers, "sample": sample, "errors": {fund: error_facts(found, fund) for fund in found.funds}}


def answer_content(found: "Solved | OnDraws") -> dict[str, Any]:
    """What was asked, and the answer: its size is None where there is none."""
    vary = found.vary
    content = {
        "condition": found.asked,
        "vary": dict(zip(vary.keys, vary.proportion, strict=True)),
        "how": vary.how,
        "from": vary.start,
        "bounds": [vary.low, vary.high],
        "own": vary.own,
        "solution": found.solution,
        "tolerance": found.tolerance,
    }
    return content | found.beside


def adjustment_manifest(
    found: "Adjustment", outputs: Mapping[str, str], command: str, written: Mapping[str, Any]
) -> str:
    """The manifest of a timely adjustment beside other paths as JSON text."""
    runs = {path: _run(run) for path, run in found.runs.items()}
    content = {"schema": ADJUSTMENT_SCHEMA, **adjustment_content(found), "runs": runs, **written}
    return _manifest(content, outputs, command)


def adjustment_content(found: "Adjustment") -> dict[str, Any]:
    """The fixed path, and how many draws there were."""
    draws = found.draws[0].sample if found.draws else None
    return {
        "fixed_path": None if found.size is None else {"more": found.size, "from": found.start},
        "draws": None if draws is None else {"draws": draws.draws, "seed": draws.seed, "sampler": draws.sampler},
    }


def asked_id(vary: "Vary", chance: "Chance", sample: "Sample") -> str:
    """Hash of what makes the draws of a search the same."""
    told = {name: value for name, value in vars(vary).items() if name != "scenario"}
    asked = {"vary": told, "asked": chance.text, "fund": chance.condition.fund, "sample": vars(sample)}
    return _hash_of({"scenarios": [run_id(vary.scenario)], **asked})


def frontier_manifest(found: "Frontier", outputs: Mapping[str, str], command: str, written: Mapping[str, Any]) -> str:
    """The manifest of packages as JSON text."""
    content = {
        "schema": FRONTIER_SCHEMA,
        **frontier_content(found),
        "asked": asked_told(found.asked),
        "asked_limits": [asked_told(each) for each in found.limits],
        "runs": {found.levers.scenario.name: _run(found.central)},
        **written,
    }
    return _manifest(content, outputs, command)


def frontier_content(found: "Frontier") -> dict[str, Any]:
    """What was asked of packages, and how many were run."""
    return {
        "condition": found.asked.text,
        "fund": found.condition.fund,
        "limits": [limit.text for limit in found.limits],
        "levers": [
            {"key": vary.keys[0], "how": vary.how, "from": vary.start, "bounds": [vary.low, vary.high], "own": vary.own}
            for vary in found.levers.each
        ],
        "entries": found.entries,
        "sample": None if found.sample is None else vars(found.sample),
        "packages": len(found.packages),
        "holding": int(found.holds.sum()),
        "own_costs": found.own_costs,
        "least_costs": found.least_costs if found.holds.any() else None,
    }


def packages_id(
    levers: "Levers", asked: "Condition | Chance", limits: "Sequence[Condition]", sample: "Sample | None", entries: str
) -> str:
    """Hash of what makes packages, and the draws of a search among them, the same."""
    told = [{name: value for name, value in vars(vary).items() if name != "scenario"} for vary in levers.each]
    made_of = {"asked": asked.text, "fund": asked.fund, "limits": [limit.text for limit in limits], "entries": entries}
    return _hash_of(
        {"scenarios": [run_id(levers.scenario)], "levers": told, "sample": vars(sample) if sample else None, **made_of}
    )


def stress_manifest(found: "Stress", outputs: Mapping[str, str], command: str, written: Mapping[str, Any]) -> str:
    """The manifest of a joint shock as JSON text."""
    runs = {found.scenario.name: _run(found.central)}
    content = {"schema": STRESS_SCHEMA, **stress_content(found), "runs": runs, **written}
    return _manifest(content, outputs, command)


def stress_content(found: "Stress") -> dict[str, Any]:
    """What was asked, and how far the shock is from the medians."""
    return {
        "fund": found.fund,
        "by": found.by,
        "saves": found.saves,
        "reached": found.found.reached,
        "settled": found.found.settled,
        "distance": found.distance,
        "unknowns": len(found.shocks.unknowns),
        "nearer": found.nearer,
        "probability": found.probability,
        "depletion_year": {"medians": found.depletion(found.middle), "shock": found.depletion(found.shocked)},
        "lowest_months": {"medians": found.lowest(found.middle), "shock": found.lowest(found.shocked)},
        "brought_nearer": found.brought_nearer,
        "projections": found.found.runs,
    }


def stress_id(scenario: "Scenario", by: int, fund: str) -> str:
    """Hash of what makes the runs of a search for a joint shock the same."""
    return _hash_of({"scenarios": [run_id(scenario)], "by": by, "fund": fund, "of": STRESS_SCHEMA})


def attribution_manifest(
    found: "Attribution", outputs: Mapping[str, str], command: str, written: Mapping[str, Any]
) -> str:
    """The manifest of an attribution as JSON text."""
    content = {
        "schema": ATTRIBUTION_SCHEMA,
        **attribution_content(found),
        "runs": {found.central.scenario.name: _run(found.central)},
        **written,
    }
    return _manifest(content, outputs, command)


def attribution_content(found: "Attribution") -> dict[str, Any]:
    """The parts, and how many sets of them were run."""
    return {
        "parts": [
            {"part": part.name, **({"option": part.option} if part.option else {"keys": list(part.values or {})})}
            for part in found.sets.parts
        ],
        "sets": found.sets.points,
        "orders": None if found.orders is None else len(found.orders),
        "entries": found.entries,
    }


def attribution_id(base: "Scenario", parts: "Sequence[Part]", entries: str, orders: int) -> str:
    """Hash of what makes sets of parts the same."""
    told = [{"name": part.name, "scenario": run_id(part.upon(base))} for part in parts]
    return _hash_of({"scenarios": [run_id(base)], "parts": told, "entries": entries, "orders": orders})


def bridge_manifest(
    bridge: "Bridge", fund: str, measure: str, outputs: Mapping[str, str], command: str, written: Mapping[str, Any]
) -> str:
    """The manifest of a bridge between valuations as JSON text."""
    content = {
        "schema": BRIDGE_SCHEMA,
        **bridge_content(bridge),
        "fund": fund,
        "shown": {
            name: {"unit": bridge.unit(fund, name), "ends": [plain(end) for end in bridge.ends(fund, name)]}
            for name in bridge.shown(fund, measure)
        },
        "runs": {
            side: {
                "scenario": each.name,
                "run_id": run_id(each.scenario, as_read),
                "inputs": inputs(each.scenario),
                "set_by": set_by(each.scenario),
            }
            for side, each in (("old", bridge.old), ("new", bridge.new))
        },
        **written,
    }
    return _manifest(content, outputs, command)


def bridge_content(bridge: "Bridge") -> dict[str, Any]:
    """Both valuations, the steps with their keys, and sets of steps that could not be run."""
    return {
        "old": bridge.old.name,
        "new": bridge.new.name,
        "valued": [each.scenario.values.horizon.valuation_year for each in (bridge.old, bridge.new)],
        "saved": [each.saved is not None for each in (bridge.old, bridge.new)],
        "keys_of_present_code": list(bridge.old.filled),
        "keys": {step: list(keys) for step, keys in bridge.keys.items()},
        "not_possible": list(bridge.faults),
    }


def months_manifest(
    months: "Months",
    warned: "Mapping[str, Warned]",
    outputs: Mapping[str, str],
    command: str,
    written: Mapping[str, Any],
) -> str:
    """The manifest of a year by months as JSON text."""
    run = months.run
    told = {
        "run_id": run_id(run.scenario, as_read),
        "years": [run.years[0], run.years[-1]],
        "checks": records(run.checks),
        "inputs": inputs(run.scenario),
        "set_by": set_by(run.scenario),
    }
    runs = {run.scenario.name: told}
    content = {"schema": MONTHS_SCHEMA, **months_content(months, warned), "runs": runs, **written}
    return _manifest(content, outputs, command)


def months_content(months: "Months", warned: "Mapping[str, Warned]") -> dict[str, Any]:
    """The least money of each fund, with its range, and where the year ends by the months that have been."""
    funds = {}
    for name, of in months.funds.items():
        low, high = of.range_of_lowest
        funds[name] = {
            "least": float(of.cash[1:].min()),
            "least_low": low,
            "least_high": high,
            "least_at": [of.years[of.lowest // 12], of.lowest % 12 + 1],
            "overdraft": of.overdraft,
            "overdraft_without_next_year": of.overdraft_without_next_year,
            "gap": float(of.reconciled["gap"].abs().max()),
        }
    been = {
        name: {
            "known": each.known,
            "ratios": each.ratios,
            "behind": each.behind,
            "year_end": float(each.cash[12]),
            "half_band": plain(float(each.half_band[12])),
            "year_end_as_path": each.as_path,
        }
        for name, each in warned.items()
    }
    return {"years_by_month": list(months.years), "funds": funds, "actual": been}


def calibration_manifest(fit: "FundFit", outputs: Mapping[str, str], command: str, written: Mapping[str, Any]) -> str:
    """The manifest of a calibration as JSON text."""
    content = {"schema": CALIBRATION_SCHEMA, "scenario": fit.scenario.name, **calibration_content(fit)}
    content |= {"inputs": inputs(fit.scenario), "set_by": set_by(fit.scenario), **written}
    return _manifest(content, outputs, command)


def pools_manifest(pools: "Pools", outputs: Mapping[str, str], command: str, written: Mapping[str, Any]) -> str:
    """The manifest of pools side by side as JSON text."""
    pooling = pools.pooling
    runs = {
        pool.name: {"share": pool.share, "mark": pool.mark, **_titles(pool), "inputs": inputs(pool.scenario)}
        for pool in pooling.pools
    }
    content = {"schema": POOLS_SCHEMA, **pools_content(pools), **_titles(pooling), "currency": pooling.currency}
    return _manifest({**content, "runs": runs, **written}, outputs, command)


def _titles(of: "Pool | Pooling") -> dict[str, str]:
    """What a pool, or pools together, are called."""
    return {name: getattr(of, name) for name in ("title", "title_zh")}


def pools_content(pools: "Pools") -> dict[str, Any]:
    """What was pooled, and whether it sums to nothing."""
    return {
        "pooling": pools.pooling.name,
        "fund": pools.pooling.fund,
        "years": [pools.years[0], pools.years[-1]],
        "year": pools.year,
        "adjustment": vars(pools.pooling.adjustment) if pools.pooling.adjustment else None,
        "merged": vars(pools.pooling.merged) if pools.pooling.merged else None,
        "sum_of_transfers": pools.zero,
        "reconciliation": None if np.isnan(pools.reconciliation) else pools.reconciliation,
    }


def calibration_content(fit: "FundFit") -> dict[str, Any]:
    """What was fitted, and whether it fits."""
    return {
        "years": [fit.first, fit.last],
        "projections": fit.projections,
        "fits": fit.fits,
        "one_solution": fit.unique,
        "largest_error": fit.worst,
        "scale_of_errors": fit.scale,
        "masked": [list(each) for each in fit.masked],
    }


def sweep_id(points: "Points", conclusion: "Conclusion | None" = None) -> str:
    """Hash of what makes points the same: scenario with its tables, grids and versions; what is concluded at each."""
    grids = {"grids": [vars(grid) for grid in points.grids]}
    if conclusion is None:
        return _hash_of({"scenarios": [run_id(points.scenario)], **grids})
    other = getattr(conclusion, "other", None)
    scenarios = [run_id(each) for each in (points.scenario, other) if each is not None]
    asked = {"conclusion": conclusion.text, "fund": conclusion.fund, "measure": conclusion.measure}
    return _hash_of({"scenarios": scenarios, **grids, **asked})


def sensitivity_manifest(
    found: "Sensitivity",
    outputs: Mapping[str, str],
    command: str,
    written: Mapping[str, Any],
    known: "Information | None" = None,
    parts: "Shares | None" = None,
    screened: "Screening | None" = None,
) -> str:
    """The manifest of what moves funds most as JSON text."""
    content = {
        "schema": SENSITIVITY_SCHEMA,
        "z": found.shocks.z,
        "year": found.year,
        "unknowns": len(found.shocks.unknowns),
        "brought_nearer": [vars(each) for each in found.brought_nearer],
        **({"morris": _trajectories(screened.work)} if screened else {}),
        **({"sample": vars(known.run.sample), "by": {fund: known.by(fund) for fund in known.funds}} if known else {}),
        **({"sobol": {**vars(parts.mixed.sample), "groups": list(parts.mixed.groups)}} if parts else {}),
        "runs": {found.scenario.name: _run(found.central)},
        **written,
    }
    return _manifest(content, outputs, command)


def _trajectories(work: "Trajectories") -> dict[str, int]:
    return {"trajectories": work.trajectories, "seed": work.seed}


def trajectories_id(work: "Trajectories") -> str:
    """Hash of what makes the runs of trajectories the same."""
    return _hash_of({"scenarios": [run_id(work.scenario)], "z": work.shocks.z, **_trajectories(work)})


def shocks_id(scenario: "Scenario", z: float) -> str:
    """Hash of what makes both ends of every unknown the same."""
    return _hash_of({"scenarios": [run_id(scenario)], "z": z})


def _hash_of(made_of: Mapping[str, Any]) -> str:
    versions = {"versions": [__version__, _version("numpy")]}
    return hashlib.sha256(json.dumps({**made_of, **versions}, sort_keys=True).encode()).hexdigest()


def set_by(scenario: "Scenario") -> dict[str, str]:
    """What set each value that is not the baseline's, as results call it."""
    return {path: origin for path, origin in origins(scenario).items() if origin != BASELINE}


def _run(result: "RunResult | CentralRun") -> dict[str, Any]:
    """One run among others."""
    return {
        "run_id": run_id(result.scenario, as_read),
        **entries_of(result),
        "years": [result.years[0], result.years[-1]],
        "pinned": pinned(result),
        "checks": records(result.checks),
        "inputs": inputs(result.scenario),
        "set_by": set_by(result.scenario),
    }


def _manifest(content: Mapping[str, Any], outputs: Mapping[str, str], command: str) -> str:
    """A manifest; whatever may differ between two runs of the same thing stands in `environment` alone."""
    head = {"made_by": MADE_BY, "version": __version__, "status": "complete"}
    made = {"outputs": dict(sorted(outputs.items())), "environment": environment(command)}
    return as_json({**head, **content, **made, "seal": ""})


def records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """The rows of a table as JSON takes them."""
    rows = table.reset_index().to_dict(orient="records")
    return [{str(key): plain(value) for key, value in row.items()} for row in rows]


def inputs(scenario: "Scenario") -> dict[str, str]:
    """Hash of every file as it was read for a run, by its name in results: scenario files, tables, published years."""
    read = {file_of(layer): layer.digest for layer in scenario.layers.values() if layer.folder is not None}
    read |= {path: as_read(path) for path in (*scenario.tables.values(), *scenario.root_tables.values(), PUBLISHED)}
    named: dict[str, str] = {}
    for path, digest in sorted(read.items()):
        name = name_of(path, scenario)
        named[f"{name} ({digest[:8]})" if named.get(name, digest) != digest else name] = digest
    return dict(sorted(named.items()))


def environment(command: str) -> dict[str, Any]:
    """Where, when and by which command: what may differ between two runs of the same scenario."""
    return {
        "command": command,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": {name: _version(name) for name in PACKAGES},
    }


def as_read(path: Path) -> str:
    """Hash of a table when it was read; of its file as it is now where it was not."""
    return tables.READ[str(path)].digest if str(path) in tables.READ else sha256(path)


def plain(value: Any) -> Any:
    """A number of NumPy as one of Python; what is not finite as None, for JSON has no word for it."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return None if isinstance(value, float) and not abs(value) < float("inf") else value


def as_json(content: Any) -> str:
    """JSON text as it is written to files and to standard output."""
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
