"""The files of a report in a folder that appears whole: page, document, slides, and a workbook of each scenario."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import told_in
from simsurance.output.folder import MANIFEST, new_folder, read_manifest, sealed, sha256
from simsurance.output.manifest import SCHEMA, report_manifest
from simsurance.output.office import required
from simsurance.output.planned import ADJUSTMENT, BONDS, SINGLE_CHANGES, TABLES, Extent
from simsurance.output.report.parts import Report
from simsurance.output.saved import SavedRun, saved
from simsurance.scenario_file.faults import nearest

if TYPE_CHECKING:
    from simsurance.scenario_file.loader import Scenario

HTML, DOCX, PPTX, XLSX = FORMATS = ("html", "docx", "pptx", "xlsx")
NEEDED: Final = {DOCX: ("docx", "python-docx"), PPTX: ("pptx", "python-pptx"), XLSX: ("xlsxwriter", "XlsxWriter")}
"""The library that each format needs: its module, and what it is installed as."""
PICTURES: Final = {HTML: "svg", DOCX: "png", PPTX: "png"}
"""The form in which a format takes charts."""
AGREED: Final = 1e-9
"""Share of a year's outgo within which a run once more is that of the folder."""
NOT_NEEDED: Final = ("ages", "population", "membership", "cohorts", "groups")
"""Tables that a report reads for charts at most, or not at all: kept in one file, which is written quicker."""
RUNS: Final = "runs"
"""Where runs stand until the report is written."""
NAME: Final = "report"


@dataclass(frozen=True)
class Order:
    """What is asked for: formats, language, the template of an office for documents, whether each scenario has its range."""

    formats: tuple[str, ...] = (HTML,)
    lang: str = "en"
    template: Path | None = None
    command: str = ""


def chosen_formats(given: str) -> tuple[str, ...]:
    """The formats named in a list with commas, `all` for all; SimsuranceError for a name that there is not."""
    named = tuple(dict.fromkeys(name.strip() for name in given.split(",")))
    wanted = FORMATS if named == ("all",) else named
    for name in wanted:
        if name not in FORMATS:
            hint = nearest(name, FORMATS)
            raise SimsuranceError(
                f"--format: {name!r} is none of the formats; {hint or 'all, or some of ' + ', '.join(FORMATS) + ', by commas'}",
                exit_code=ExitCode.USAGE,
            )
    return tuple(name for name in FORMATS if name in wanted)


def require_possible(order: Order) -> None:
    """Before anything is computed: libraries and template. Raises SimsuranceError."""
    for name in order.formats:
        if name in NEEDED:
            required(*NEEDED[name])
    if order.template is not None:
        if DOCX not in order.formats:
            raise SimsuranceError("--template: is for docx; --format docx", exit_code=ExitCode.USAGE)
        from simsurance.output.report.word import opened

        opened(order.template)


def is_run(path: Path) -> bool:
    """Whether a folder is that of a run."""
    manifest = read_manifest(path)
    return manifest is not None and manifest.get("schema") == SCHEMA


def save_report(
    given: "Sequence[Scenario | Path]", path: Path, order: Order, say: Callable[[str], None] = lambda name: None
) -> list[str]:
    """Write a report of scenarios, which are projected, or of the folders of runs, as the folder `path`; names of its files.

    `say` is told what is worked on. Raises SimsuranceError where a folder is none of ours or of another version, where a
    library is missing, or where the template is no document.
    """
    require_possible(order)
    with new_folder(path) as draft:
        runs = [saved(each) if isinstance(each, Path) else _projected(each, draft, order, say) for each in given]
        files = [draft / name for name in _written(runs, draft, order, say)]
        shutil.rmtree(draft / RUNS, ignore_errors=True)
        outputs = {file.name: sha256(file) for file in files}
        told = {"lang": order.lang, "formats": list(order.formats)}
        text = report_manifest([run.manifest for run in runs], outputs, told, order.command)
        (draft / MANIFEST).write_text(sealed(text), encoding="utf-8", newline="\n")
    return [file.name for file in files]


def _projected(scenario: "Scenario", draft: Path, order: Order, say: Callable[[str], None]) -> SavedRun:
    """A scenario projected with its twins and its range, saved as far as the report needs it."""
    from simsurance.analysis.single_changes import single_changes
    from simsurance.analysis.twins import beside_twins
    from simsurance.output.save import save

    say(scenario.name)
    twins = beside_twins(scenario)
    kinds = tuple(dict.fromkeys(PICTURES[name] for name in order.formats if name in PICTURES))
    place = next(each for number in range(1, 1000) if not (each := draft / RUNS / str(number) / scenario.name).exists())
    extent = Extent(
        kinds or ("png",),
        tuple(name for name in (*TABLES, ADJUSTMENT, BONDS, SINGLE_CHANGES) if name not in NOT_NEEDED),
    )
    save(twins, place, bool(kinds), order.lang, ranges=single_changes(twins.full), extent=extent)
    return saved(place)


def _written(runs: Sequence[SavedRun], draft: Path, order: Order, say: Callable[[str], None]) -> list[str]:
    """Every format asked for; the names of the files."""
    with told_in(runs[0].scenario.currency):
        return _files(runs, draft, order, say)


def _files(runs: Sequence[SavedRun], draft: Path, order: Order, say: Callable[[str], None]) -> list[str]:
    """The same, where words are those of a scheme in the currency of the runs."""
    names: list[str] = []

    def put(name: str, content: bytes) -> None:
        say(name)
        (draft / name).write_bytes(content)
        names.append(name)

    if set(order.formats) & set(PICTURES):
        from simsurance.output.report.content import Content

        report: Report = Content(runs, order.lang).report()
        if HTML in order.formats:
            from simsurance.output.report.page import page

            put(f"{NAME}.{HTML}", page(report).encode())
        if DOCX in order.formats:
            from simsurance.output.report.word import document

            put(f"{NAME}.{DOCX}", document(report, order.template))
        if PPTX in order.formats:
            from simsurance.output.report.slides import slides

            put(f"{NAME}.{PPTX}", slides(report))
    if XLSX in order.formats:
        for run in runs:
            stem = run.scenario.name
            number = sum(name.startswith(f"{stem}.") or name.startswith(f"{stem}_") for name in names)
            put(f"{stem}_{number + 1}.{XLSX}" if number else f"{stem}.{XLSX}", _workbook(run, order.lang))
    return names


def _workbook(run: SavedRun, lang: str) -> bytes:
    """The workbook of a run, projected once more, and held to be the run of its folder."""
    from simsurance.output.workbook.book import Book
    from simsurance.output.workbook.source import source_of

    source = source_of(run.scenario)
    for fund, account in run.accounts.items():
        own = source.run.accounts[fund]
        off = np.abs(own["closing"] - account["closing"]) / np.maximum(np.abs(own["closing"]), own["outgo"])
        if off.max() > AGREED:
            raise SimsuranceError(
                f"{run.path}: its {fund} is not what this simsurance projects; run the scenario again",
                exit_code=ExitCode.ENVIRONMENT,
            )
    return Book(source, lang, run.ranges).content()
