"""From one valuation to the next as it stands in a folder, read from its tables for charts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from simsurance.answers.bridge import ORDER, Valuation
from simsurance.language import told_in
from simsurance.output.planned import BRIDGES, FORMER
from simsurance.output.saved_folder import SavedFolder

if TYPE_CHECKING:
    import pandas as pd

    from simsurance.answers.bridge import Bridge


@dataclass(frozen=True)
class SavedBridge:
    """Two valuations and what lies between them, of one fund."""

    folder: SavedFolder
    old: Valuation
    new: Valuation

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps in which something changes, in the stated order."""
        return tuple(step for step in ORDER if step in self.folder.told("keys"))

    def shown(self, fund: str, measure: str) -> "dict[str, pd.DataFrame]":
        """The tables of the measures that are shown."""
        return {
            measure: self.folder.csv(name, ("step",))
            for measure, name in zip(self.folder.told("shown"), BRIDGES, strict=False)
        }

    def unit(self, fund: str, measure: str) -> str:
        """The unit of a measure."""
        return str(self.folder.told("shown")[measure]["unit"])

    def ends(self, fund: str, measure: str) -> tuple[float, float]:
        """The old and the new answer."""
        before, after = self.folder.told("shown")[measure]["ends"]
        return before, after


def draw_bridge(folder: SavedFolder, place: Path, lang: str, formats: Sequence[str]) -> Iterator[Path]:
    """The charts from one valuation to the next, and of the answers of the past."""
    from simsurance.evidence.vintages import answers_in
    from simsurance.output.charts.bridge import write_all

    old, new = (_valuation(folder, side, within) for side, within in (("old", FORMER), ("new", "")))
    found, answers = cast("Bridge", SavedBridge(folder, old, new)), answers_in(folder.file("vintages.csv"))
    with told_in(new.scenario.currency):
        yield from write_all(
            found, answers, place, folder.told("fund"), next(iter(folder.told("shown"))), lang, formats
        )


def _valuation(folder: SavedFolder, side: str, within: str) -> Valuation:
    """One of both; its scenario stands in a folder `within`."""
    run = folder.told("runs")[side]
    return Valuation(run["scenario"], folder.scenario_of(run["scenario"], run["set_by"], within))
