"""What policies do to both schemes, as a folder: tables, chart, manifest."""

from pathlib import Path
from typing import TYPE_CHECKING

from simsurance.output.folder import MANIFEST, new_folder
from simsurance.output.labels import Lang
from simsurance.output.manifest import scheme_effects_manifest, sha256
from simsurance.output.tables import table_csv

if TYPE_CHECKING:
    from simsurance.analysis.schemes import SchemeEffects

TABLES = ("effects", "cohorts", "groups")
"""The tables, each a property of SchemeEffects and a file of that name."""


def save(effects: "SchemeEffects", path: Path, charts: bool = True, lang: Lang = "en", command: str = "") -> None:
    """Write the folder `path` whole, or leave what was there; SimsuranceError (ENVIRONMENT) if it is not ours."""
    with new_folder(path) as draft:
        files = [draft / f"{name}.csv" for name in TABLES]
        for file in files:
            file.write_text(table_csv(getattr(effects, file.stem)), encoding="utf-8", newline="\n")
        if charts:
            from simsurance.output.charts import canvas, schemes

            (draft / "charts").mkdir()
            files += canvas.write(schemes.draw(effects, lang), draft / "charts")
        outputs = {file.relative_to(draft).as_posix(): sha256(file) for file in files}
        text = scheme_effects_manifest(effects, outputs, command)
        (draft / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
