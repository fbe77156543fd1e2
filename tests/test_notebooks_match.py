"""Notebooks are clean files about real questions; the figures of the Python interface are those of the command."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance.cli import main

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def contents(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_the_notebooks_are_there() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "answers",
        "both_schemes",
        "comparing_reforms",
        "first_run",
        "own_fund",
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_without_outputs(path: Path) -> None:
    notebook = contents(path)
    assert (notebook["nbformat"], notebook["metadata"]["kernelspec"]["name"]) == (4, "python3")
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_uses_the_public_interface_alone(path: Path) -> None:
    code = "".join("".join(cell["source"]) for cell in contents(path)["cells"] if cell["cell_type"] == "code")
    used = {name for name in ss.__all__ if f"ss.{name}" in code}
    assert {"run", "compare"} <= used
    assert "from simsurance" not in code


@pytest.mark.long
def test_the_figures_of_a_notebook_are_those_of_the_command(tmp_path: Path) -> None:
    """To the last bit: the account, read back from what `simsurance run` writes, and the measures from its JSON."""
    given = ["run", "frozen_contribution", "--set", "horizon.last_year=2040", "--no-charts", "--out", str(tmp_path)]
    printed = json.loads(CliRunner().invoke(main, [*given, "--json"], catch_exceptions=False).stdout)
    results = ss.run("frozen_contribution", **{"horizon.last_year": 2040})
    written = pd.read_csv(tmp_path / "frozen_contribution" / "fund.csv", index_col=["year", "fund"])
    pd.testing.assert_frame_equal(written[list(results.fund.columns)], results.fund, check_exact=True)
    (run,) = printed["runs"]
    for name, row in results.measures.iterrows():
        told = run["measures"][name]
        assert told["status"] == row["status"]
        if row["status"] == "ok":
            assert told["value"] == row["value"], name


def test_changes_given_by_keyword_are_those_of_replace() -> None:
    changed = ss.load("baseline").replace({"horizon.last_year": 2028, "fund.administration_share": 0.01})
    by_keyword = ss.run("baseline", **{"horizon.last_year": 2028, "fund.administration_share": 0.01})
    pd.testing.assert_frame_equal(ss.run(changed).fund, by_keyword.fund, check_exact=True)
