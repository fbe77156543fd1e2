"""Results as a folder: tables, resolved scenario, summary, charts, manifest."""

import codecs
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from simsurance.csv_text import rows_csv, table_csv
from simsurance.data.tables import content_read
from simsurance.output.analysis_codebook import analysis_codebook
from simsurance.output.compare_summary import comparison_summary
from simsurance.output.folder import MANIFEST, new_folder, sealed, sha256
from simsurance.output.look import current
from simsurance.output.manifest import (
    adjustment_manifest,
    attribution_manifest,
    bridge_manifest,
    calibration_manifest,
    comparison_manifest,
    frontier_manifest,
    months_manifest,
    page_manifest,
    pools_manifest,
    run_manifest,
    scheme_effects_manifest,
    sensitivity_manifest,
    signs_told,
    solve_manifest,
    stochastic_manifest,
    stress_manifest,
    sweep_manifest,
)
from simsurance.output.pairs_words import pairs_summary
from simsurance.output.planned import BRIDGES, FORMER, OTHER, Extent, places_of, table_places
from simsurance.output.stochastic_summary import stochastic_summary
from simsurance.output.summary import summary
from simsurance.output.tables import OF_DRAWS, comparison_tables, run_tables, stochastic_tables, write_draws

if TYPE_CHECKING:
    from simsurance.analysis.compare import Comparison
    from simsurance.analysis.pools import Pools
    from simsurance.analysis.scheme_effects import SchemeEffects
    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.analysis.twins import Twins
    from simsurance.answers.actual_months import Warned
    from simsurance.answers.adjustment import Adjustment
    from simsurance.answers.attribute import Attribution
    from simsurance.answers.bridge import Bridge
    from simsurance.answers.delay import Delay
    from simsurance.answers.frontier import Frontier
    from simsurance.answers.months import Months
    from simsurance.answers.on_draws import OnDraws
    from simsurance.answers.page import Page
    from simsurance.answers.signs import Signs
    from simsurance.answers.solve import Solved
    from simsurance.answers.stress import Stress
    from simsurance.evidence.fund_fit import FundFit
    from simsurance.output.easel import Easel
    from simsurance.scenario_file.loader import Scenario
    from simsurance.uncertainty.information import Information
    from simsurance.uncertainty.screening import Screening
    from simsurance.uncertainty.sensitivity import Sensitivity
    from simsurance.uncertainty.stochastic import Stochastic
    from simsurance.uncertainty.sweep import Sweep
    from simsurance.uncertainty.variance import Shares


def save(
    twins: "Twins",
    path: Path,
    charts: bool = True,
    lang: str = "en",
    command: str = "",
    ranges: "SingleChanges | None" = None,
    bom: bool = False,
    extent: Extent | None = None,
    easel: "Easel | None" = None,
    scale: Mapping[str, float] = MappingProxyType({}),
) -> None:
    """Write the folder `path` whole, or leave what was there; SimsuranceError (ENVIRONMENT) if it is not ours.

    Depletion years stand with their ranges if these are given. `bom`: CSV files begin with a byte order mark, for Excel.
    `extent`: the formats of charts and the tables that are written, all if it is not given; `easel`: what draws the charts;
    `scale`: how far their axes reach at least, by chart.
    """
    extent = extent or Extent()
    results = twins.full
    texts = {**run_tables(twins, ranges, extent), **_scenario_of(results.scenario)}
    texts["summary.md"] = summary(twins, lang, ranges)

    def draw(folder: Path) -> Iterable[Path]:
        if easel:
            return easel.write(folder)
        from simsurance.output.charts import write_all

        return write_all(results, folder, lang, ranges, extent.formats, scale)

    written = _written(lang, bom, charts) | {"left_out": extent.left_out} | ({"scale": dict(scale)} if scale else {})

    def manifest(outputs: Mapping[str, str]) -> str:
        return run_manifest(results, outputs, command, written)

    _write(path, texts, draw if charts else None, manifest, bom)


def save_comparison(
    comparison: "Comparison",
    path: Path,
    charts: bool = True,
    lang: str = "en",
    command: str = "",
    ranges: "Sequence[SingleChanges] | None" = None,
    bom: bool = False,
) -> None:
    """Write a comparison as the folder `path`, in the same way."""
    texts: dict[str, str | bytes] = {**comparison_tables(comparison, ranges)}
    texts["summary.md"] = comparison_summary(comparison, lang, ranges)
    for name, result in zip(comparison.names, comparison.results, strict=True):
        texts |= _scenario_of(result.scenario, f"{name}/")

    def draw(folder: Path) -> Iterable[Path]:
        from simsurance.output.charts.comparison import write_all

        return write_all(comparison, folder, lang, ranges)

    def manifest(outputs: Mapping[str, str]) -> str:
        return comparison_manifest(comparison, outputs, command, _written(lang, bom, charts))

    _write(path, texts, draw if charts else None, manifest, bom)


def save_scheme_effects(
    effects: "SchemeEffects", path: Path, charts: bool = True, lang: str = "en", command: str = "", bom: bool = False
) -> None:
    """Write what policies do to both schemes as the folder `path`, in the same way."""
    texts = _scenario_of(effects.base.scenario)
    texts |= {f"{name}.csv": table_csv(getattr(effects, name)) for name in ("effects", "cohorts", "groups")}

    def draw(folder: Path) -> Iterable[Path]:
        from simsurance.output.charts.scheme_effects import write_all

        return write_all(effects, folder, lang)

    def manifest(outputs: Mapping[str, str]) -> str:
        titles = dict(zip(effects.policies, effects.titles(lang), strict=True))
        return scheme_effects_manifest(effects, outputs, command, {"titles": titles} | _written(lang, bom, charts))

    _write(path, texts, draw if charts else None, manifest, bom)


def save_stochastic(
    runs: "Sequence[Stochastic]",
    path: Path,
    charts: bool = True,
    lang: str = "en",
    command: str = "",
    bom: bool = False,
    parquet: bool = False,
) -> None:
    """Write what draws say as the folder `path`, in the same way: of one scenario, or of several in a folder each.

    `parquet`: every draw and its years as Parquet files as well.
    """
    from simsurance.uncertainty.paired import Pairs

    texts: dict[str, str | bytes] = {}
    large: dict[str, Callable[[Path], None]] = {}
    for name, run in zip(places_of([run.scenario.name for run in runs]), runs, strict=True):
        texts |= {f"{name}{table}": text for table, text in stochastic_tables(run).items()}
        frames = {table: run.some_draws(0, 1) if table == "draws" else getattr(run, table) for table in OF_DRAWS}
        texts[f"{name}codebook.csv"] = analysis_codebook(frames, run.central)
        texts |= _scenario_of(run.scenario, name)
        texts[f"{name}summary.md"] = stochastic_summary(run, lang)
        large[f"{name}draws.csv"] = partial(write_draws, run, bom=bom)
        if parquet:
            from simsurance.output.parquet import write_inputs_and_measures, write_years

            large[f"{name}draws.parquet"] = partial(write_inputs_and_measures, run, runs[0])
            large[f"{name}years.parquet"] = partial(write_years, run)
    pairs = Pairs(runs)
    if len(runs) > 1:
        compared = {"pairs": pairs.differences, "pairs_by_year": pairs.by_year}
        texts |= {f"{name}.csv": table_csv(table) for name, table in compared.items()}
        texts["codebook.csv"] = analysis_codebook(compared, runs[0].central)
        texts["summary.md"] = pairs_summary(pairs, lang)

    def draw(folder: Path) -> Iterable[Path]:
        from simsurance.output.charts.folders import draws

        return draws(pairs, folder, lang)

    def manifest(outputs: Mapping[str, str]) -> str:
        return stochastic_manifest(runs, outputs, command, _written(lang, bom, charts))

    _write(path, texts, draw if charts else None, manifest, bom, large)


def save_sweep(
    sweep: "Sweep",
    path: Path,
    fund: str,
    measure: str,
    charts: bool = True,
    lang: str = "en",
    command: str = "",
    bom: bool = False,
    signs: "Signs | None" = None,
) -> None:
    """Write a sweep as the folder `path`, in the same way; chart and summary show a measure of a fund, and where signs flip."""
    from simsurance.output.sweep_summary import sweep_summary

    tables = {"sweep": sweep.with_measure(measure), "measures": sweep.central.measures}
    texts = {**_scenario_of(sweep.scenario), **{f"{name}.csv": table_csv(table) for name, table in tables.items()}}
    texts["codebook.csv"] = analysis_codebook(tables, sweep.central)
    summary = sweep_summary(sweep, fund, measure, lang)
    if signs:
        from simsurance.answers.signs import Beats
        from simsurance.output.signs_words import signs_section

        texts["signs.csv"] = table_csv(signs.table)
        if isinstance(signs.conclusion, Beats):
            texts |= _scenario_of(signs.conclusion.other, OTHER)
        summary += signs_section(signs, lang)
    texts["summary.md"] = summary

    def draw(folder: Path) -> Iterable[Path]:
        from simsurance.output.charts.folders import swept

        return swept(sweep, fund, measure, signs, folder, lang)

    def manifest(outputs: Mapping[str, str]) -> str:
        shown = {"fund": fund, "measure": measure, **({"signs": signs_told(signs)} if signs else {})}
        return sweep_manifest(sweep, outputs, command, shown | _written(lang, bom, charts))

    _write(path, texts, draw if charts else None, manifest, bom)


def save_calibration(
    fit: "FundFit",
    path: Path,
    option: str,
    charts: bool = True,
    lang: str = "en",
    command: str = "",
    bom: bool = False,
) -> None:
    """Write a calibration as the folder `path`, in the same way; `option`: the factors as a scenario takes them."""
    from simsurance.output.calibration_summary import calibration_summary

    texts = {**_scenario_of(fit.scenario), "factors.csv": table_csv(fit.table), "figures.csv": table_csv(fit.residuals)}
    texts |= {"calibrated.toml": option, "summary.md": calibration_summary(fit, lang)}

    def draw(folder: Path) -> Iterable[Path]:
        from simsurance.output.charts.calibration import write_all

        return write_all(fit, folder, lang)

    def manifest(outputs: Mapping[str, str]) -> str:
        return calibration_manifest(fit, outputs, command, _written(lang, bom, charts))

    _write(path, texts, draw if charts else None, manifest, bom)


def save_pools(
    pools: "Pools", path: Path, charts: bool = True, lang: str = "en", command: str = "", bom: bool = False
) -> None:
    """Write pools side by side as the folder `path`, in the same way."""
    from simsurance.output.pools_summary import pools_summary

    names = ("pools", "transfers", "adjustment", "fund", "stability", "group")
    texts: dict[str, str | bytes] = {f"{name}.csv": table_csv(getattr(pools, name)) for name in names}
    texts["summary.md"] = pools_summary(pools, lang)

    def draw(folder: Path) -> Iterable[Path]:
        from simsurance.output.charts.pools import write_all

        return write_all(pools, folder, lang)

    def manifest(outputs: Mapping[str, str]) -> str:
        return pools_manifest(pools, outputs, command, _written(lang, bom, charts))

    _write(path, texts, draw if charts else None, manifest, bom)


def save_sensitivity(
    found: "Sensitivity",
    path: Path,
    charts: bool = True,
    lang: str = "en",
    command: str = "",
    bom: bool = False,
    known: "Information | None" = None,
    parts: "Shares | None" = None,
    screened: "Screening | None" = None,
) -> None:
    """Write what moves funds most, and what trajectories and draws say of it, as the folder `path`, in the same way."""
    from simsurance.output.sensitivity_summary import sensitivity_summary

    given = {"sensitivity": found, "morris": screened, "information": known, "sobol": parts}
    tables = {name: each.table for name, each in given.items() if each is not None} | {
        "measures": found.central.measures
    }
    texts = {**_scenario_of(found.scenario), **{f"{name}.csv": table_csv(table) for name, table in tables.items()}}
    texts["codebook.csv"] = analysis_codebook(tables, found.central)
    texts["summary.md"] = sensitivity_summary(found, lang, known, parts, screened)

    def draw(folder: Path) -> Iterable[Path]:
        from simsurance.output.charts.folders import what_moves

        return what_moves(found, known, parts, screened, folder, lang)

    def manifest(outputs: Mapping[str, str]) -> str:
        return sensitivity_manifest(found, outputs, command, _written(lang, bom, charts), known, parts, screened)

    _write(path, texts, draw if charts else None, manifest, bom)


def save_attribution(
    found: "Attribution",
    path: Path,
    fund: str,
    measure: str,
    charts: bool = True,
    lang: str = "en",
    command: str = "",
    bom: bool = False,
) -> None:
    """Write an attribution as the folder `path`, in the same way; chart and summary show a measure of a fund."""
    from simsurance.output.attribution_summary import attribution_summary, part_titles

    tables = {"attribution": found.table, "sets": found.by_set(fund, measure), "measures": found.central.measures}
    scenario = found.central.scenario
    texts = {**_scenario_of(scenario), **{f"{name}.csv": table_csv(table) for name, table in tables.items()}}
    texts["summary.md"] = attribution_summary(found, fund, measure, lang)

    def draw(folder: Path) -> Iterable[Path]:
        from simsurance.output.charts.attribution import write_all

        return write_all(found, folder, fund, measure, lang)

    def manifest(outputs: Mapping[str, str]) -> str:
        shown = {"fund": fund, "measure": measure, "titles": part_titles(found, lang), "cut": found.sets.cut}
        return attribution_manifest(found, outputs, command, shown | _written(lang, bom, charts))

    _write(path, texts, draw if charts else None, manifest, bom)


def save_solve(
    found: "Solved | OnDraws",
    path: Path,
    delay: "Delay | None" = None,
    charts: bool = True,
    lang: str = "en",
    command: str = "",
    bom: bool = False,
) -> None:
    """Write an answer as the folder `path`, in the same way, with the scenario that meets the condition if there is one."""
    from simsurance.output.solve_summary import SOLUTION, solve_summary

    scenario = found.vary.scenario
    tables = {"solve": found.table, "measures": found.central.measures}
    texts = {**_scenario_of(scenario), **{f"{name}.csv": table_csv(table) for name, table in tables.items()}}
    if delay:
        texts["delay.csv"] = table_csv(delay.table)
    if found.solution is not None:
        texts[SOLUTION] = found.vary.at(found.solution).to_toml(table_places(scenario).__getitem__)
    texts["summary.md"] = solve_summary(found, delay, lang)

    def draw(folder: Path) -> Iterable[Path]:
        from simsurance.output.charts.solve import write_all

        return write_all(found, delay, folder, lang)

    def manifest(outputs: Mapping[str, str]) -> str:
        return solve_manifest(found, outputs, command, _written(lang, bom, charts))

    _write(path, texts, draw if charts else None, manifest, bom)


def save_page(found: "Page", path: Path, lang: str = "en", command: str = "") -> None:
    """Write a meeting page as the folder `path`, in the same way, with every setting at which its error was found."""
    from simsurance.output.meeting_page import PAGE, html

    errors = found.checked.table(found.sliders, found.funds)
    texts = {
        **_scenario_of(found.central.scenario),
        PAGE: html(found, lang),
        "errors.csv": table_csv(errors, index=False),
    }
    _write(path, texts, None, lambda outputs: page_manifest(found, outputs, command))


def save_bridge(
    bridge: "Bridge",
    path: Path,
    fund: str,
    measure: str,
    charts: bool = True,
    lang: str = "en",
    command: str = "",
    bom: bool = False,
) -> None:
    """Write a bridge between valuations as the folder `path`, in the same way, with the answers of the past."""
    from simsurance.evidence.vintages import TABLE, stored
    from simsurance.output.bridge_summary import bridge_summary

    keys = [(step, key) for step, keys in bridge.keys.items() for key in keys]
    texts = {**_scenario_of(bridge.new.scenario), **_scenario_of(bridge.old.scenario, FORMER)}
    texts |= {
        f"{name}.csv": table_csv(table)
        for name, table in zip(BRIDGES, bridge.shown(fund, measure).values(), strict=False)
    }
    texts |= {"keys.csv": rows_csv(("step", "key"), keys), "vintages.csv": TABLE.read_text(encoding="utf-8")}
    texts["summary.md"] = bridge_summary(bridge, fund, measure, lang)

    def draw(folder: Path) -> Iterable[Path]:
        from simsurance.output.charts.bridge import write_all

        return write_all(bridge, stored(), folder, fund, measure, lang)

    def manifest(outputs: Mapping[str, str]) -> str:
        return bridge_manifest(bridge, fund, measure, outputs, command, _written(lang, bom, charts))

    _write(path, texts, draw if charts else None, manifest, bom)


def save_months(
    months: "Months",
    path: Path,
    warned: "dict[str, Warned] | None" = None,
    charts: bool = True,
    lang: str = "en",
    command: str = "",
    bom: bool = False,
) -> None:
    """Write a year by months as the folder `path`, in the same way; `warned`: months that have been, by fund."""
    from simsurance.output.months_summary import months_summary

    been = warned or {}
    texts = {**_scenario_of(months.run.scenario), "months.csv": table_csv(months.table)}
    texts |= {"reconciliation.csv": table_csv(months.reconciliation), "ranges.csv": table_csv(months.ranges)}
    texts["inputs.csv"] = months.inputs.as_csv()
    texts |= {f"actual_{fund}.csv": table_csv(each.table) for fund, each in been.items()}
    texts["summary.md"] = months_summary(months, been, lang)

    def draw(folder: Path) -> Iterable[Path]:
        from simsurance.output.charts.months import write_all

        return write_all(months, been, folder, lang)

    def manifest(outputs: Mapping[str, str]) -> str:
        return months_manifest(months, been, outputs, command, _written(lang, bom, charts))

    _write(path, texts, draw if charts else None, manifest, bom)


def save_frontier(
    found: "Frontier", path: Path, charts: bool = True, lang: str = "en", command: str = "", bom: bool = False
) -> None:
    """Write packages as the folder `path`, in the same way, with the scenario of each that is told."""
    from simsurance.answers.frontier import LETTERS
    from simsurance.output.frontier_summary import frontier_summary, package_file

    scenario = found.levers.scenario
    tables = {"frontier": found.table, "measures": found.central.measures}
    texts = {**_scenario_of(scenario), **{f"{name}.csv": table_csv(table) for name, table in tables.items()}}
    for letter, place in zip(LETTERS, found.told, strict=False):
        texts[package_file(letter)] = found.levers.at(found.packages[place]).to_toml(table_places(scenario).__getitem__)
    texts["summary.md"] = frontier_summary(found, lang)

    def draw(folder: Path) -> Iterable[Path]:
        from simsurance.output.charts.frontier import write_all

        return write_all(found, folder, lang)

    def manifest(outputs: Mapping[str, str]) -> str:
        return frontier_manifest(found, outputs, command, _written(lang, bom, charts))

    _write(path, texts, draw if charts else None, manifest, bom)


def save_stress(
    found: "Stress", path: Path, charts: bool = True, lang: str = "en", command: str = "", bom: bool = False
) -> None:
    """Write a joint shock as the folder `path`, in the same way."""
    from simsurance.output.stress_summary import stress_summary

    tables = {"stress": found.table, "months": found.by_year}
    texts = {**_scenario_of(found.scenario), **{f"{name}.csv": table_csv(table) for name, table in tables.items()}}
    texts["summary.md"] = stress_summary(found, lang)

    def draw(folder: Path) -> Iterable[Path]:
        from simsurance.output.charts.stress import write_all

        return write_all(found, folder, lang)

    def manifest(outputs: Mapping[str, str]) -> str:
        return stress_manifest(found, outputs, command, _written(lang, bom, charts))

    _write(path, texts, draw if charts else None, manifest, bom)


def save_adjustment(
    found: "Adjustment", path: Path, charts: bool = True, lang: str = "en", command: str = "", bom: bool = False
) -> None:
    """Write a timely adjustment beside other paths as the folder `path`, with the scenario of the fixed path."""
    from simsurance.output.adjustment_summary import FIXED_FILE, adjustment_summary

    places = table_places(found.scenario)
    tables = {"adjustment": found.table, "paths": found.paths, "measures": found.measures, "fund": found.fund}
    if found.chances is not None and found.frequencies is not None:
        tables |= {"chances": found.chances, "frequencies": found.frequencies}
    texts = {**_scenario_of(found.scenario), **{f"{name}.csv": table_csv(table) for name, table in tables.items()}}
    if found.fixed is not None:
        texts[FIXED_FILE] = found.fixed.scenario.to_toml(places.__getitem__)
    texts["summary.md"] = adjustment_summary(found, lang)

    def draw(folder: Path) -> Iterable[Path]:
        from simsurance.output.charts.adjustment import write_all

        return write_all(found, folder, lang)

    def manifest(outputs: Mapping[str, str]) -> str:
        return adjustment_manifest(found, outputs, command, {"start": found.start} | _written(lang, bom, charts))

    _write(path, texts, draw if charts else None, manifest, bom)


def _written(lang: str, bom: bool, charts: bool) -> dict[str, Any]:
    """How a folder is written, so that its charts can be drawn again: language, byte order mark, charts or none, their look."""
    look = current().told
    return {"lang": lang, "bom": bom, "charts": charts, **({"look": look} if look else {})}


def _scenario_of(scenario: "Scenario", place: str = "") -> dict[str, str | bytes]:
    """A scenario with its tables as files of a folder, or of one in it."""
    places = table_places(scenario)
    own = {f"{place}{name}": content_read(file) for file, name in places.items()}
    return {f"{place}scenario.toml": scenario.to_toml(places.__getitem__), **own}


def _write(
    path: Path,
    texts: Mapping[str, str | bytes],
    draw: Callable[[Path], Iterable[Path]] | None,
    manifest: Callable[[Mapping[str, str]], str],
    bom: bool = False,
    large: Mapping[str, Callable[[Path], None]] | None = None,
) -> None:
    """Texts, charts and the manifest of both into a folder that appears whole; `large`: files written piece by piece."""
    with new_folder(path) as draft:
        for name, text in texts.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_bytes(text if isinstance(text, bytes) else ended(text).encode())
        files = [draft / name for name in texts]
        if draw:
            files += draw(draft / "charts")
        as_given = {draft / name for name, text in texts.items() if isinstance(text, bytes)}
        marked((file for file in files if file not in as_given), bom)
        for name, write in (large or {}).items():
            write(draft / name)
            files.append(draft / name)
        outputs = {file.relative_to(draft).as_posix(): sha256(file) for file in files}
        (draft / MANIFEST).write_text(sealed(manifest(outputs)), encoding="utf-8", newline="\n")


def ended(text: str) -> str:
    """A text whose last line ends as the others do."""
    return text if text.endswith("\n") else f"{text}\n"


def marked(files: Iterable[Path], bom: bool) -> None:
    """Let CSV files begin with a byte order mark if that is asked for."""
    for file in files:
        if bom and file.suffix == ".csv":
            file.write_bytes(codecs.BOM_UTF8 + file.read_bytes())
