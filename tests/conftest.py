"""What holds for all tests: one thread each, seldom a search for garbage, and what is costly once for all workers."""

import os

# Before NumPy is imported: on busy cores, threads of linear algebra take most of the time by waiting for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import gc
import pickle
from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from simsurance import api
from simsurance.analysis import levers, single_changes
from simsurance.evidence import calibration
from simsurance.evidence.fit import Fit
from simsurance.output.planned import run_id
from simsurance.results import RunAccounts
from simsurance.scenario_file.loader import load

try:
    import fcntl
except ImportError:  # where files have no such locks, each worker finds all for itself
    fcntl = None  # type: ignore[assignment]


FORKING = ("test_killed.py",)

gc.set_threshold(50_000, 20, 50)  # Python's 700 has it look through all tests and libraries again and again


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """All tests of a file go to one worker, which keeps what they share; files in the order of the tests."""
    from xdist.scheduler import LoadFileScheduling

    config.option.loadscopereorder = False
    return LoadFileScheduling(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Tests marked `long` are run apart."""
    parser.addoption("--long", action="store_true", help="run the tests marked long, and no others")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files that fork come first, while a process is small and quickly copied; then those of many tests."""
    left_out = [item for item in items if (item.get_closest_marker("long") is None) == config.getoption("long")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in {*left_out}]
    counted = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path.name not in FORKING, -counted[item.path], item.path))


def pytest_collection_finish() -> None:
    """What is there before the first test stays: garbage is looked for among the rest."""
    gc.freeze()


class Once:
    """Finds a thing once in a run of the tests: the first worker that asks stores it, the others wait for it and read it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[str, Any] = {}

    def __call__(self, name: str, find: Callable[[], Any]) -> Any:
        if name not in self.known:
            self.known[name] = self._shared(self.folder / sha256(name.encode()).hexdigest(), find)
        return self.known[name]

    def _shared(self, file: Path, find: Callable[[], Any]) -> Any:
        if fcntl is None or "PYTEST_XDIST_WORKER" not in os.environ:
            return find()
        with file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not file.exists():
                file.write_bytes(pickle.dumps(find()))
        return pickle.loads(file.read_bytes())


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    return Once(tmp_path_factory.getbasetemp().parent)  # workers have folders of their own in it


@pytest.fixture(scope="session")
def fits(once: Once) -> list[Fit]:
    """What is found for every fitted value of the baseline."""
    find = calibration.fits
    return once("fits", lambda: [*find(load("baseline"))])


@pytest.fixture(scope="session")
def lever_effects(once: Once) -> Callable[..., Any]:
    """The effects of levers, found once for all who ask for the same."""
    find = levers.effects

    def effects(
        scenario: str,
        fragments: Sequence[str] = (),
        settings: Sequence[str] = (),
        entries: str = levers.HELD,
        jobs: int = 1,
    ) -> Any:
        asked = (scenario, [*fragments], [*settings], entries)
        return once(f"effects {asked}", lambda: find(*asked))

    return effects


@pytest.fixture(scope="session")
def ranges(once: Once) -> Callable[..., single_changes.SingleChanges]:
    """The range of a run, found once for all who ask for one of the same scenario with the same entries."""
    find = single_changes.single_changes

    def found(run: RunAccounts, changes: Sequence[single_changes.Change] | None = None) -> single_changes.SingleChanges:
        if changes is not None:
            return find(run, changes)
        held = "" if run.held is None else sha256(run.held.entrants.tobytes()).hexdigest()
        return once(f"range {run_id(run.scenario)} {held}", lambda: find(run))

    return found


@pytest.fixture
def shared_ranges(ranges: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands and notebooks tell ranges that tests share."""
    monkeypatch.setattr(single_changes, "single_changes", ranges)
    monkeypatch.setattr(api, "ranges_of", ranges)
