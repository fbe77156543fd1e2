"""Whoever kills a command that writes loses nothing: all is old or all is new, and the next call puts right what is left."""

import hashlib
import json
import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from small_pools import LEVY, pooling_text

from simsurance import results
from simsurance.analysis import compare, pools, scheme_effects, twins
from simsurance.answers import page as meeting_page
from simsurance.answers.packages import Batch
from simsurance.answers.stress import Shocked
from simsurance.basis import idle
from simsurance.cli import COMMANDS, WRITING, demo, main
from simsurance.errors import ExitCode
from simsurance.intake.new_folder import new_folder
from simsurance.output import charts
from simsurance.output.charts import canvas, comparison
from simsurance.uncertainty.sensitivity import Shocks
from simsurance.uncertainty.stochastic import Plan
from simsurance.uncertainty.sweep import Points

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")

FILE_OPERATIONS = {
    "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.link", "os.symlink", "os.truncate", "os.utime"
}  # fmt: skip
"""Told to audit hooks before they are done; os.replace is told as os.rename. A file opened to write counts, too."""
KILLED = 99
View = Mapping[str, bytes]
SHORT = ["--no-range", "--set", "horizon.last_year=2027", "--set", "employee.projected=false"]


@dataclass(frozen=True)
class Case:
    """A command that writes: what it is called with, what changes its result, and what is seen of it afterwards."""

    arguments: list[str]
    view: Callable[[], View]
    otherwise: list[str] | None = None
    """The call whose result stands there before, None where nothing does."""
    next_start: list[str] | None = None
    """A call that puts right what was killed, without doing it again."""


def of_folder(name: str) -> Callable[[], View]:
    """The files of a result, as its manifest says they are; where it is not in its place, beside it in full sight."""

    def view() -> View:
        places = [path for path in (Path("out", name), Path("out", f"{name}.former")) if path.exists()]
        if not places:
            return {}
        manifest = json.loads((places[0] / "manifest.json").read_text())
        found = files(places[0])
        found.pop("manifest.json")
        assert {file: hashlib.sha256(content).hexdigest() for file, content in found.items()} == manifest["outputs"]
        return found

    return view


def of_files(*names: str) -> Callable[[], View]:
    return lambda: {name: Path(name).read_bytes() for name in names if Path(name).exists()}


def files(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def references() -> View:
    return files(Path("refs"))


def clean_tables() -> View:
    """The clean tables of a fund, or where they stepped aside in full sight."""
    places = [path for path in (Path("place/tables"), Path("place/tables.former")) if path.exists()]
    return files(places[0])


def a_fund() -> None:
    """The folder of a fund with two tables to import, and a pooling scenario."""
    Path("three.toml").write_text(pooling_text(levy=LEVY, years='"horizon.last_year" = 2027'))
    new_folder(Path("place"), "en")
    Path("place/raw/insured.csv").write_text("year,resident insured (10k persons)\n2024,500\n2025,505\n")
    Path("place/raw/standards.csv").write_text("year,personal contribution (yuan)\n2025,430\n2026,430\n")


RUN = ["run", "baseline", "--jobs", "1", *SHORT]
COMPARE = ["compare", "baseline", "high_cost", *SHORT]
SCHEMES = ["schemes", "baseline", "--set", "horizon.last_year=2027", "--policy", "flexible_workers_join", "--no-charts"]
DRAWS = ["stochastic", "baseline", "--draws", "16", "--no-charts", "--set", "horizon.last_year=2027"]
FEW = [part for name in ("parameters", "behaviour", "demography") for part in ("--set", f"uncertainty.{name}=false")]
ENDS = ["sensitivity", "baseline", "--jobs", "1", "--no-charts", *SHORT[1:], *FEW]
SWEEP = ["sweep", "baseline", "--grid", "fund.administration_share=0:0.02:2", "--jobs", "1", "--no-charts", *SHORT[1:]]
SOLVE = ["solve", "baseline", "--vary", "contributions.personal.income_share=0.009:0.01", "--no-charts", *SHORT[1:]]
SOLVE += ["--for", "reserve_months >= 1 in 2027"]
PACKAGES = ["frontier", "baseline", "--lever", "contributions.personal.income_share=0.009:0.01", *SHORT[1:]]
PACKAGES += ["--for", "reserve_months >= 1 in 2027", "--jobs", "1", "--no-charts"]
SHOCK = ["stress", "baseline", "--by", "2026", "--jobs", "1", "--no-charts", *SHORT[1:], *FEW]
PARTS = ["attribute", "baseline", "--option", "fraud_recovery", "--jobs", "1", "--no-charts", *SHORT[1:]]
STEPS = ["bridge", "mine.toml", "mine.toml", "--no-charts"]
BY_MONTH = ["months", "baseline", "--year", "2026", "--no-charts", *SHORT[1:]]
FIT = ["calibrate", "baseline", "--from", "2025", "--no-charts"]
CHECK = ["check", "mine.toml", "--references", "refs"]
UPDATE = [*CHECK, "--update", "--reason", "why"]
PAGE = ["page", "baseline", "--levers", "contribution_share", "--draws", "0", "--jobs", "1", *SHORT[1:]]
POOL = ["pool", "three.toml", "--no-charts"]
REPORT = ["report", "runs/baseline", "--format", "xlsx"]
MORE = ["--set", "fund.administration_share=0.01"]
RULE = ["adjustment", "baseline", "--with", "timely_adjustment", "--no-charts", *SHORT[1:]]
CASES = {
    "run": [Case(RUN, of_folder("baseline"), [*RUN, *MORE])],
    "rebuild": [
        Case(["rebuild", "out/baseline"], of_folder("baseline"), [*RUN, "--formats", "png", "--tables", "fund"])
    ],
    "report": [Case(REPORT, of_folder("report-baseline"), [*REPORT, "--lang", "zh"])],
    "adjustment": [Case(RULE, of_folder("adjustment-baseline+timely_adjustment"), [*RULE, *MORE])],
    "compare": [Case(COMPARE, of_folder("compare-baseline-high_cost"))],
    "schemes": [
        Case(SCHEMES, of_folder("schemes-baseline"), [*SCHEMES[:-2], "retirement_ages_until_2024", "--no-charts"])
    ],
    "stochastic": [Case(DRAWS, of_folder("stochastic-baseline"), [*DRAWS, "--seed", "2"])],
    "sensitivity": [Case(ENDS, of_folder("sensitivity-baseline"), [*ENDS, "--year", "2026"])],
    "sweep": [Case(SWEEP, of_folder("sweep-baseline"), [*SWEEP, "--grid", "economy.inflation=0:0.02:2"])],
    "solve": [Case(SOLVE, of_folder("solve-baseline"), [*SOLVE, "--from", "2026"])],
    "frontier": [Case(PACKAGES, of_folder("frontier-baseline"), [*PACKAGES, "--limit", "coverage >= 0.1 in 2027"])],
    "stress": [Case(SHOCK, of_folder("stress-baseline"), [*SHOCK, "--lang", "zh"])],
    "attribute": [Case(PARTS, of_folder("attribute-baseline"), [*PARTS, "--option", "tiered_care"])],
    "bridge": [Case(STEPS, of_folder("bridge-mine-mine"), [*STEPS, "--fund", "employee_pool"])],
    "months": [Case(BY_MONTH, of_folder("months-baseline"), [*BY_MONTH, "--years", "2"])],
    "calibrate": [Case(FIT, of_folder("calibrate-baseline"), [*FIT, "--lang", "zh"])],
    "page": [Case(PAGE, of_folder("page-baseline"), [*PAGE, "--lang", "zh"])],
    "demo": [Case(["demo", "--jobs", "1"], of_folder("page-baseline"))],
    "pool": [Case(POOL, of_folder("pool-three"), [*POOL, "--bom"])],
    "check": [Case(UPDATE, references, UPDATE, CHECK), Case(UPDATE, references, None, CHECK)],
    "init": [
        Case(["init", "own"], of_files("own.toml")),
        Case(["init", "--fund", "city"], lambda: files(Path("city"))),
    ],
    "import": [Case(["import", "place/raw/insured.csv"], clean_tables, ["import", "place/raw/standards.csv"])],
    "schema": [Case(["schema", "--out", "s.json"], of_files("s.json"))],
}
WRITE_OTHERWISE = {"run", "rebuild", "stochastic", "check", "init", "import", "schema"}
QUICK = {"check", "init", "import", "schema", "months", "completion", "show", "validate", "story"}
"""Some of each kind; the others take minutes together."""
READING = {
    "completion": ["completion", "bash"],
    "doctor": ["doctor"],
    "show": ["show", "baseline"],
    "validate": ["validate", "mine.toml"],
    "hindcast": ["hindcast"],
    "levers": ["levers", "baseline", "--with", "payment_ratio_up", "--set", "horizon.last_year=2027", "--jobs", "1"],
    "story": ["story", "baseline", "--history", "2025: in, 2026: lapse, 2027: in"],
    "loopholes": ["loopholes", "baseline", "--years", "3", "--jobs", "1"],
}


def forked(arguments: list[str], kill_at: int = 0) -> tuple[int, int]:
    """A command in a process of its own, ended before its n-th file operation: its exit code, and how many it has done."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        _call(arguments, kill_at, into)
    os.close(into)
    with os.fdopen(out) as told:
        done = told.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), int(done or 0)


def _call(arguments: list[str], kill_at: int, into: int) -> None:
    """In the child: never returns."""
    code, done = 1, 0

    def hook(event: str, details: tuple[Any, ...]) -> None:
        nonlocal done
        writes = event == "open" and isinstance(details[2], int) and details[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if (writes and not str(details[0]).startswith("/dev/")) or event in FILE_OPERATIONS:
            done += 1
            if done == kill_at:
                os._exit(KILLED)

    sys.dont_write_bytecode = True  # what is counted is what the command writes
    try:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        sys.addaudithook(hook)
        main.main(arguments, prog_name="simsurance")
    except SystemExit as ended:
        code = int(ended.code or 0)
        os.write(into, str(done).encode())
    finally:
        os._exit(code)


@pytest.fixture(scope="module")
def warm(request, tmp_path_factory):
    """Modules are imported and tables read before a process is forked."""
    here = [item.callspec for item in request.session.items if item.path == request.path and hasattr(item, "callspec")]
    called = {case.params.get("command") for case in here}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("warm"))
        Path("mine.toml").write_text('extends = "baseline"\n[horizon]\nlast_year = 2027\n')
        a_fund()
        patch.setattr(demo, "DRAWS", 0)
        patch.setattr(demo, "CHECKS", 4)
        patch.setattr(meeting_page, "page", _page_once(meeting_page.page))
        for arguments in (
            [*RUN, "--no-charts", "--out", "runs"],
            *(case.arguments for name, cases in CASES.items() if name in called for case in cases),
            *([READING["hindcast"]] if "hindcast" in called else []),
        ):
            told = CliRunner().invoke(main, arguments)
            assert told.exit_code == 0, told.output
        patch.setattr(idle, "idle_notes", _found_once(idle.idle_notes, list))
        patch.setattr(results, "blocks", _found_once(results.blocks, list))
        patch.setattr(Plan, "chunk", _found_once(Plan.chunk))
        patch.setattr(Shocks, "chunk", _found_once(Shocks.chunk))
        patch.setattr(Points, "chunk", _found_once(Points.chunk))
        patch.setattr(Batch, "chunk", _found_once(Batch.chunk))
        patch.setattr(Shocked, "chunk", _found_once(Shocked.chunk))
        patch.setattr(twins, "beside_twins", _found_once(twins.beside_twins))
        patch.setattr(pools, "pool", _found_once(pools.pool))
        patch.setattr(compare, "compare", _found_once(compare.compare))
        patch.setattr(scheme_effects, "scheme_effects", _found_once(scheme_effects.scheme_effects))
        yield Path("runs").resolve()


def _page_once(find: Callable[..., Any]) -> Callable[..., Any]:
    """A page is computed once for a scenario and its levers."""
    known: dict[str, Any] = {}

    def found(sliders: Any, *given: Any) -> Any:
        key = repr((sliders.scenario.leaves, [slider.name for slider in sliders.each]))
        if key not in known:
            known[key] = find(sliders, *given)
        return known[key]

    return found


def _found_once(find: Callable[..., Any], as_held: Callable[[Any], Any] = lambda found: found) -> Callable[..., Any]:
    """What is computed stays, for processes forked later: they only write it."""
    known: dict[str, Any] = {}

    def found(*given: Any) -> Any:
        key = repr(
            [getattr(each, "leaves", each) for one in given for each in (one if isinstance(one, list) else [one])]
        )
        if key not in known:
            known[key] = as_held(find(*given))
        return known[key]

    return found


@pytest.fixture
def folder(tmp_path, monkeypatch, warm):
    """A folder to work in; a run draws one chart."""
    monkeypatch.chdir(tmp_path)
    for module in (charts, comparison):
        monkeypatch.setattr(module, "write_all", _one_chart)
    Path("mine.toml").write_text('extends = "baseline"\n[horizon]\nlast_year = 2027\n')
    a_fund()
    shutil.copytree(warm, "runs")
    return tmp_path


def _one_chart(shown: Any, folder: Path, *_: object, **__: object) -> list[Path]:
    folder.mkdir(exist_ok=True)
    run = getattr(shown, "results", [shown])[0]
    return [*canvas.write(charts.draw("fund_balance", run), folder)]


def _before(case: Case) -> View:
    """What stands there before the command is called."""
    if case.otherwise is None:
        return {}
    assert forked(case.otherwise)[0] == 0
    if case.view is references:
        with Path("mine.toml").open("a") as mine:
            mine.write("[fund]\nadministration_share = 0.01\n")
    return case.view()


@pytest.mark.parametrize(
    ("command", "case"),
    [
        pytest.param(name, case, marks=() if name in QUICK else pytest.mark.long)
        for name, cases in CASES.items()
        for case in cases
    ],
)
def test_killed_before_any_file_operation_it_leaves_old_or_new_and_the_next_puts_all_right(folder, command, case):
    old = _before(case)
    kept = folder.with_name(f"{folder.name}_kept")
    os.rename(folder, kept)
    restore(kept, folder)
    code, operations = forked(case.arguments)
    CliRunner().invoke(main, case.arguments)  # in this process, so that what is computed stays
    assert code == 0
    new = case.view()
    assert new != old
    assert operations > 3
    for kill_at in moments(command, operations):
        restore(kept, folder)
        assert forked(case.arguments, kill_at)[0] == KILLED
        if case.next_start:
            forked(case.next_start)
        assert case.view() in (old, new), f"killed before operation {kill_at} of {operations}"
        assert forked(case.arguments)[0] == 0
        assert case.view() == new, f"again after operation {kill_at} of {operations}"
        assert not [path for path in folder.rglob("*") if path.suffix in (".partial", ".former", ".pending")]
    restore(kept, folder)
    assert forked(case.arguments, operations + 1)[0] == 0


def moments(command: str, operations: int) -> Sequence[int]:
    """The operations before which a command is killed: the first, the last, and between them some where it writes its own way.

    Other results are folders that are written as that of `run` is: what is in them appears at the end, by renaming.
    """
    between = range(1, operations, 8) if command in WRITE_OTHERWISE else (operations // 2,)
    return sorted({1, *between, operations - 1, operations})


def restore(kept: Path, folder: Path) -> None:
    """The folder as it was at first; the working folder of this process is the new one."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(kept, folder)
    os.chdir(folder)


def test_commands_that_write_stand_in_the_list_and_are_killed_here():
    assert set(CASES) == set(WRITING)
    assert {*CASES, *READING} == set(COMMANDS)


@pytest.mark.parametrize(
    "command", [pytest.param(name, marks=() if name in QUICK else pytest.mark.long) for name in READING]
)
def test_a_command_that_is_not_in_the_list_of_those_that_write_writes_nothing(folder, command):
    assert forked(READING[command]) == (0, 0)


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.03])
def test_a_true_kill_while_files_are_written(folder, delay):
    assert forked([*RUN, *MORE])[0] == 0
    old = of_folder("baseline")()
    child = os.fork()
    if child == 0:
        _call(RUN, 0, os.open(os.devnull, os.O_WRONLY))
    until = time.monotonic() + 20
    while not [*Path("out").glob(".baseline.*.partial")] and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    left = of_folder("baseline")()
    assert forked(RUN)[0] == 0
    assert left in (old, of_folder("baseline")())
    assert [path.name for path in Path("out").iterdir()] == ["baseline"]


def test_the_readme_lists_every_exit_code():
    text = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    paragraph = text.partition("Exit codes: ")[2].partition("\n\n")[0]
    for code in (*ExitCode, 128 + signal.SIGTERM):
        assert re.search(rf"(?:^|[,\s]){int(code)} \w", paragraph), code
