"""What `simsurance run baseline` does, phase by phase; prints their seconds as JSON.

Called with the time at which the process was started and a folder to write to.
"""

import json
import sys
import time
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import_module("simsurance.cli.run")
from simsurance.analysis.twins import twins  # noqa: E402
from simsurance.output.save import save  # noqa: E402
from simsurance.results import simulate  # noqa: E402
from simsurance.scenario_file.loader import load  # noqa: E402


def main(started: float, folder: Path) -> None:
    """Run, and mark the time after each phase."""
    marks = {"process": started}
    scenario = load("baseline")
    marks["start_up"] = time.time()
    (results,) = simulate([scenario])
    marks["engine"] = time.time()
    save(twins(results), folder / "tables", charts=False)
    marks["tables"] = time.time()
    from simsurance.output.charts import write_all

    list(write_all(results, folder / "charts", "en"))
    marks["charts"] = time.time()
    print(json.dumps({name: marks[name] - marks[before] for before, name in pairwise(marks)}))


main(float(sys.argv[1]), Path(sys.argv[2]))
