"""One scenario's results as a folder: tables, resolved scenario, summary, charts, manifest."""

from pathlib import Path
from typing import TYPE_CHECKING

from simsurance.output.folder import MANIFEST, new_folder
from simsurance.output.labels import CHART_NAMES, Lang
from simsurance.output.manifest import manifest, sha256
from simsurance.output.summary import summary
from simsurance.output.tables import TABLES, run_tables

if TYPE_CHECKING:
    from simsurance.results import Results


def save(results: "Results", path: Path, charts: bool = True, lang: Lang = "en", command: str = "") -> None:
    """Write the folder `path` whole, or leave what was there; raises SimsuranceError (ENVIRONMENT) if it is not ours."""
    with new_folder(path) as draft:
        texts = run_tables(results) | {"scenario.toml": results.scenario.to_toml(), "summary.md": summary(results, lang)}
        for name, text in texts.items():
            (draft / name).write_text(text, encoding="utf-8", newline="\n")
        files = [draft / name for name in texts]
        if charts:
            from simsurance.output.charts import write_all

            files += write_all(results, draft / "charts", lang)
        outputs = {file.relative_to(draft).as_posix(): sha256(file) for file in files}
        (draft / MANIFEST).write_text(manifest(results, outputs, command), encoding="utf-8", newline="\n")


def file_names(charts: bool = True) -> list[str]:
    """The names of the files that `save` writes, charts included or not."""
    names = [*(f"{name}.csv" for name in TABLES), "codebook.csv", "scenario.toml", "summary.md", MANIFEST]
    drawn = [f"charts/{name}.{kind}" for name in CHART_NAMES for kind in ("png", "svg", "csv")]
    return [*names, *(drawn if charts else [])]
