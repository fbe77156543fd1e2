"""`simsurance doctor`: whether this installation can work, and what it lacks."""

import platform
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Final

import click

from simsurance import __version__
from simsurance.cli.options import language_option
from simsurance.cli.progress import progress
from simsurance.cli.terminal import tell
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import Words, languages, words

OF_DEVELOPERS: Final = ("dev", "docs")
"""Extras that nobody needs to use simsurance."""
REQUIREMENT: Final = re.compile(r"(?P<package>[\w.-]+).*?(?:;.*extra == ['\"](?P<extra>\w+)['\"])?$")


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was found, and what to do; `ok` is None where something is missing that may be missing."""

    name: str
    found: str
    ok: bool | None = True
    advice: str = ""


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Folder that would be written to.",
)
@language_option("what is found")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of a table.")
def command(out: Path, lang: str, as_json: bool) -> None:
    """Look at versions, extras, fonts, write access and the time of one run.

    Exit code 6 where something is missing that every run needs; a missing extra is told with the line that installs it.
    """
    said = words(lang)
    with progress() as line:
        line.say(said.label("progress.projecting"))
        findings = list(_findings(out, said))
    broken = [each for each in findings if each.ok is False]
    if as_json:
        from simsurance.output.manifest import as_json as json_text

        tell(json_text({"ok": not broken, "findings": [asdict(each) for each in findings]}), nl=False)
    else:
        tell("\n".join(_table(findings, said)))
    if broken:
        sys.exit(ExitCode.ENVIRONMENT)


def _findings(out: Path, said: Words) -> Iterator[Finding]:
    yield Finding("simsurance", __version__)
    yield Finding("Python", f"{platform.python_version()} · {platform.system()} {platform.machine()}")
    yield from _packages(said)
    yield _fonts(said)
    yield _write_access(out, said)
    yield _run(said)


def _packages(said: Words) -> Iterator[Finding]:
    """The packages that every run needs, and those of each extra."""
    extras: dict[str, list[str]] = {}
    for text in requires("simsurance") or ():
        found = REQUIREMENT.fullmatch(text)
        assert found is not None, text
        extras.setdefault(found["extra"] or "", []).append(found["package"])
    for package in sorted(extras.pop("", ())):
        there = _version(package)
        yield Finding(package, there or said.label("doctor.missing"), there is not None)
    for extra, packages in sorted(extras.items()):
        if extra in OF_DEVELOPERS:
            continue
        lacking = [package for package in packages if _version(package) is None]
        told = ", ".join(f"{package} {_version(package)}" for package in packages if package not in lacking)
        advice = f"pip install 'simsurance[{extra}]'"
        name = said.say("doctor.extra", extra=extra)
        yield Finding(name, said.label("doctor.absent"), None, advice) if lacking else Finding(name, told)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _fonts(said: Words) -> Finding:
    """Whether the font of charts is there and draws every character of every language."""
    from simsurance.output.charts.lettering import FAMILY, FONT, undrawn

    name = said.label("doctor.font")
    if not FONT.is_file():
        return Finding(name, said.label("doctor.missing"), False, FONT.name)
    everything = (str(entry) for lang in languages() for entry in words(lang).entries.values())
    if lacking := undrawn(everything):
        return Finding(name, said.say("doctor.undrawn", characters=lacking), False)
    return Finding(name, FAMILY)


def _write_access(out: Path, said: Words) -> Finding:
    from simsurance.output.folder import prepare

    name = said.label("doctor.write")
    try:
        prepare(out / "doctor")
    except (SimsuranceError, OSError) as error:
        told = error.lines[0] if isinstance(error, SimsuranceError) else str(error.strerror)
        return Finding(name, told, False, said.label("doctor.other_folder"))
    return Finding(name, out.absolute().as_posix())


def _run(said: Words) -> Finding:
    """One run of the baseline, the identities checked, and how long it takes without what is imported and read first."""
    from simsurance.processes import cores
    from simsurance.results import accounts_of
    from simsurance.scenario_file.loader import load

    baseline = load("baseline")
    accounts_of([baseline])
    begun = time.perf_counter()
    (run,) = accounts_of([baseline])
    seconds = time.perf_counter() - begun
    facts = {"first": run.years[0], "last": run.years[-1], "seconds": seconds, "cores": cores()}
    return Finding(said.label("doctor.run"), said.say("doctor.seconds", **facts))


def _table(findings: list[Finding], said: Words) -> list[str]:
    from simsurance.cli.show import columns

    marks = {True: "ok", None: "-", False: said.label("doctor.broken")}
    rows: list[tuple[str, ...]] = [(marks[each.ok], each.name, each.found, each.advice) for each in findings]
    lacking = sum(each.ok is False for each in findings)
    return [*columns(rows), "", said.say("doctor.verdict", lacking=lacking)]
