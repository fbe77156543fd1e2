"""The charts of one run drawn by two copies of this process while it goes on: the same bytes as drawn by one."""

import gc
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simsurance.output.labels import WITH_DEPLETION, chart_names

if TYPE_CHECKING:
    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.results import RunResult

Files = Mapping[str, bytes]


class Easel:
    """Imports what draws while the run is projected, draws what is shown, and hands over all files when they are asked for.

    `ranged`: the charts that tell a depletion year wait until its ranges are told.
    """

    def __init__(self, lang: str, formats: Sequence[str], ranged: bool) -> None:
        self.lang, self.formats, self.ranged = lang, formats, ranged
        self.ranges: SingleChanges | None = None
        self.helper: Any = None
        if sys.platform == "linux":  # elsewhere no copy of a process can draw
            context = get_context("fork")
            self.line, theirs = context.Pipe()
            self.helper = context.Process(target=self._help, args=(theirs,), daemon=True)
            gc.freeze()  # what a copy is given it does not look through, so that it stays shared
            self.helper.start()
            gc.unfreeze()
            theirs.close()
            self.teller = ThreadPoolExecutor(1)

    def show(self, results: "RunResult") -> None:
        """What is to be drawn, as soon as it stands."""
        self.results = results
        self._tell(results)

    def tell(self, ranges: "SingleChanges") -> None:
        """The ranges of depletion years, where charts wait for them."""
        self.ranges = ranges
        self._tell(ranges)

    def _tell(self, told: object) -> None:
        """Sent while this process goes on: the helper may still be importing; where it has died charts are drawn here."""
        if self.helper:
            self.teller.submit(self.line.send_bytes, ForkingPickler.dumps(told))

    def _help(self, line: Connection) -> None:
        """In the copy: what is shown is drawn as soon as it comes.

        A chart that cannot be drawn is told by the process that asks, which draws what it is not given.
        """
        signal.signal(signal.SIGINT, lambda *_: os._exit(1))
        self.line.close()  # so that the end of the process that asks is seen
        self.line = line
        import simsurance.output.charts  # noqa: F401

        gc.freeze()
        with suppress(Exception):
            self.results = line.recv()
            early, late = self._names()
            found = self._by_two(early)
            if late:
                self.ranges = line.recv()
                found |= self._by_two(late)
            line.send(found)

    def _names(self) -> tuple[list[str], list[str]]:
        """The charts that can be drawn at once, and those that wait for ranges."""
        names = chart_names(self.results.scenario)
        late = [name for name in names if self.ranged and name in WITH_DEPLETION]
        return [name for name in names if name not in late], late

    def _by_two(self, names: Sequence[str]) -> dict[str, Files]:
        """Charts drawn by this process and a copy of it, each the next that nobody has begun."""
        context = get_context("fork")
        begun, (told, theirs) = context.Value("i", 0), context.Pipe(duplex=False)
        copy = os.fork()
        if not copy:
            try:
                self.line.close()
                told.close()  # so that who listens no more is seen
                theirs.send(self._drawn(names, begun))
            finally:
                os._exit(0)
        theirs.close()
        try:
            found = self._drawn(names, begun)
            with suppress(EOFError):  # where it has died, what it had taken is drawn by who asks for all files
                found |= told.recv()
        finally:
            told.close()
            os.waitpid(copy, 0)
        return found

    def _drawn(self, names: Sequence[str], begun: Any) -> dict[str, Files]:
        """The next chart that nobody has begun, until there is none, or nobody who waits for them."""
        found, waits = dict[str, Files](), os.getppid()
        while waits == os.getppid() and (name := self._taken(names, begun)):
            found[name] = self._files_of(name)
        return found

    def _taken(self, names: Sequence[str], begun: Any) -> str | None:
        """A chart that nobody has begun."""
        with begun.get_lock():
            place, begun.value = begun.value, begun.value + 1
        return names[place] if place < len(names) else None

    def _files_of(self, name: str) -> Files:
        from simsurance.output.charts import canvas, draw

        return canvas.rendered(draw(name, self.results, self.lang, self.ranges), self.formats)

    def files(self) -> dict[str, Files]:
        """The files of every chart by its name."""
        found: dict[str, Files] = {}
        if self.helper:
            with suppress(EOFError, OSError):  # where it has died all is drawn below
                found = self.line.recv()
            self.helper.join()
        return {name: found.get(name) or self._files_of(name) for name in chart_names(self.results.scenario)}

    def write(self, folder: Path) -> Iterator[Path]:
        """All charts into a folder; yields the files."""
        folder.mkdir(exist_ok=True)
        for files in self.files().values():
            for name, content in files.items():
                (folder / name).write_bytes(content)
                yield folder / name
