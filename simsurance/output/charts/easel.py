"""The charts of one run drawn by two processes, the second a copy of this one: the same bytes as drawn by one."""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simsurance.output.charts import WITH_DEPLETION, canvas, draw
from simsurance.output.labels import chart_names

if TYPE_CHECKING:
    from simsurance.analysis.single_changes import SingleChanges
    from simsurance.results import RunResult

Files = Mapping[str, bytes]


class Easel:
    """Draws what needs no range as soon as it stands; `files` has all charts, when ranges are known."""

    def __init__(self, results: "RunResult", lang: str, formats: Sequence[str]) -> None:
        self.results, self.lang, self.formats = results, lang, formats
        self.early = [name for name in chart_names(results.scenario) if name not in WITH_DEPLETION]
        self.helper: Any = None
        if sys.platform == "linux":  # elsewhere no copy of a process can draw
            context = get_context("fork")
            self.next = context.Value("i", 0)
            self.told, theirs = context.Pipe(duplex=False)
            self.helper = context.Process(target=self._help, args=(theirs,), daemon=True)
            self.helper.start()
            theirs.close()

    def _help(self, told: Any) -> None:
        """In the copy: draw the next chart that nobody draws until there is none, then hand all over."""
        signal.signal(signal.SIGINT, lambda *_: os._exit(1))
        told.send(self._drawn())

    def _drawn(self) -> dict[str, Files]:
        found = {}
        while (name := self._taken()) is not None:
            found[name] = self._files_of(name, None)
        return found

    def _taken(self) -> str | None:
        """A chart that nobody has begun."""
        with self.next.get_lock():
            place, self.next.value = self.next.value, self.next.value + 1
        return self.early[place] if place < len(self.early) else None

    def _files_of(self, name: str, ranges: "SingleChanges | None") -> Files:
        return canvas.rendered(draw(name, self.results, self.lang, ranges), self.formats)

    def files(self, ranges: "SingleChanges | None") -> dict[str, Files]:
        """The files of every chart by its name."""
        names = chart_names(self.results.scenario)
        found = {name: self._files_of(name, ranges) for name in names if name in WITH_DEPLETION}
        if self.helper:
            found |= self._drawn()
            with suppress(EOFError):  # where it has died what it had taken is drawn below
                found |= self.told.recv()
            self.helper.join()
        return {name: found.get(name) or self._files_of(name, ranges) for name in names}

    def write(self, folder: Path, ranges: "SingleChanges | None") -> list[Path]:
        """All charts into a folder; the files."""
        written = []
        for files in self.files(ranges).values():
            for name, content in files.items():
                (folder / name).write_bytes(content)
                written.append(folder / name)
        return written
