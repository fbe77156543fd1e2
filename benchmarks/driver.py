"""One build at work: a task a line in JSON, and its measure a line, for `against.py`.

Run by the interpreter of the environment in which the build is installed; its argument are the entry points of the build.
Imports nothing but them.
"""

import gc
import json
import sys
import time
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def entry(place: str) -> Any:
    """What `module:name` stands for."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def variants(scenario: Any, varied: dict[str, list[float]], runs: int) -> list[Any]:
    """The scenario, or several that differ at the keys given, whose values are spread evenly from the first to the last."""
    if runs == 1:
        return [scenario]
    shares = [run / (runs - 1) for run in range(runs)]
    return [
        scenario.replace({key: low + (high - low) * share for key, (low, high) in varied.items()}) for share in shares
    ]


def cpu_seconds(call: Callable[[], object]) -> float:
    """Processor time of a call, user and system."""
    gc.collect()
    start = time.process_time()
    call()
    return time.process_time() - start


def peak_bytes(call: Callable[[], object]) -> float:
    """Largest memory of this process so far, less what was resident before the call (Linux)."""
    before = resident("VmRSS")
    call()
    return resident("VmHWM") - before


def kept_bytes(call: Callable[[], object]) -> float:
    """What Python holds after a call more than before it, its result alive."""
    gc.collect()
    tracemalloc.start()
    kept = call()
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return float(held)


def resident(field: str) -> float:
    """A line of the system's account of this process, in bytes."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(float(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def measured(task: dict[str, Any], project: Callable[[list[Any]], list[Any]], baseline: Any) -> float:
    """What a task asks for: `seconds` of projecting, also `with_measures` of every run, `peak` of memory, bytes `kept`."""
    scenarios = variants(baseline, task["varied"], task["runs"])
    if task["measure"] == "peak":
        return peak_bytes(lambda: project(scenarios))
    if task["measure"] == "kept":
        return kept_bytes(lambda: project(scenarios))
    if task["measure"] == "with_measures":
        return cpu_seconds(lambda: [each.measures for each in project(scenarios)])
    return cpu_seconds(lambda: project(scenarios))


def main(places: dict[str, str]) -> None:
    """Say where the build lies, then answer every task until there are no more."""
    entries = {name: entry(place) for name, place in places.items()}
    baseline = entries["load"]("baseline")
    print(json.dumps(sys.modules["simsurance"].__file__), flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        print(json.dumps(measured(task, entries[task["entry"]], baseline)), flush=True)


main(json.loads(sys.argv[1]))
