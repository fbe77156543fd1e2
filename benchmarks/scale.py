"""Many draws: memory, time and disk of one process, and what a cluster makes of them: `python benchmarks/scale.py`.

`--only memory time cluster` chooses; `memory` takes longest. Each measurement is a process of its own, of this interpreter.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from goals import Measure, number, table
from run import machine

PARTS = ("memory", "time", "cluster")
FEW, MANY, MOST = 64, 1_000, 20_000
PEAK, GROWTH, SCALE, EFFICIENCY = 120, 1.1, 1.1, 0.75
"""Goals: megabytes beyond imports; of most draws over many; a draw of many over one of few; against ideal workers."""
PROVINCES, SCENARIOS, MILLION = 31, 10, 1_000_000
CORES = (2, 32, 256)
TASK, WORKERS = 100, 2


# --- in a process of its own -----------------------------------------------------------------------------------------------


def resident(field: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def memory(draws: int, copied: bool) -> dict[str, float]:
    """Megabytes at the peak of the whole command without charts beyond what is resident after imports.

    `copied`: the first chunk is computed, the others are copies of it, put on disk and reduced like any.
    """
    import pandas  # noqa: F401
    import scipy.stats  # noqa: F401  sequences come from there, and it is imported when the first is asked for

    from simsurance.output.save import save_stochastic
    from simsurance.scenario_file.loader import load
    from simsurance.uncertainty.memory import need
    from simsurance.uncertainty.sampling import Sample, sensible
    from simsurance.uncertainty.stochastic import Plan, central_runs, project, said_of

    if copied:
        plan_chunk, first = Plan.chunk, {}

        def chunk(plan: Plan, start: int, end: int) -> dict[str, Any]:
            if not first:
                first.update(plan_chunk(plan, 0, 32))
            return {name: values[: end - start] for name, values in first.items()}

        Plan.chunk = chunk
    before = resident("VmRSS")
    scenario = load("baseline")
    sample = Sample(sensible(draws, "sobol"), 1)
    central = central_runs([scenario])
    needed = need(central, sample, 1)
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        kept = project(Plan((scenario,), sample), None, Path(folder, "parts"))
        spent, projected = time.process_time() - start, resident("VmHWM")
        save_stochastic(said_of(central, sample, kept), Path(folder, "out"), charts=False)
    return {
        "draws": sample.draws,
        "peak": resident("VmHWM") - before,
        "projecting": projected - before,
        "told": needed.memory / 2**20 - before,
        "seconds": spent / sample.draws,
    }


def seconds(draws: int, scenarios: int) -> dict[str, float]:
    """Processor seconds and kept bytes a draw, of scenarios on the same draws; the reference year of the first included."""
    from simsurance.scenario_file.files import shipped
    from simsurance.scenario_file.loader import load
    from simsurance.uncertainty.chunks import COLUMNS
    from simsurance.uncertainty.sampling import Sample, sensible
    from simsurance.uncertainty.stochastic import Plan, project

    plan = Plan(tuple(map(load, shipped()[:scenarios])), Sample(sensible(draws, "sobol"), 1))
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        project(plan, None, Path(folder))
        spent = time.process_time() - start
        size = Path(folder, COLUMNS).stat().st_size
    return {"seconds": spent / plan.points, "bytes": size / plan.points}


def drawn() -> Any:
    """The draws of a cluster: a task a worker."""
    from simsurance.scenario_file.loader import load
    from simsurance.uncertainty.sampling import Sample
    from simsurance.uncertainty.stochastic import Plan

    return Plan((load("baseline"),), Sample(WORKERS * TASK, 1, "plain"))


def alone() -> dict[str, float]:
    """Processor seconds of all draws of a cluster in one process: of a task, and of the reference year once."""
    plan = drawn()
    start = time.process_time()
    plan.observed, plan.futures  # noqa: B018
    before = time.process_time()
    plan.chunk(0, TASK)
    return {"seconds": before - start + WORKERS * (time.process_time() - before)}


def cluster() -> dict[str, float]:
    """Processor seconds of draws in one process over those of all processes of a cluster, which work at the same time."""
    from distributed import Client

    from simsurance.uncertainty.cluster import on_cluster
    from simsurance.uncertainty.stochastic import project

    plan = drawn()
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    address, dask = f"tcp://127.0.0.1:{port}", [sys.executable, "-m", "dask"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as beside:
        calls = [["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]]
        calls += [["worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]] * WORKERS
        started = [
            subprocess.Popen([*dask, *call], cwd=folder, env=environment, stderr=subprocess.DEVNULL) for call in calls
        ]
        try:
            with Client(address, timeout=60) as client:
                client.wait_for_workers(WORKERS, timeout=60)
                client.run(lambda: __import__("simsurance.uncertainty.cluster"))
            one = beside.submit(asked, "alone")
            spent = processor(started) + time.process_time()
            project(plan, on_cluster(address, TASK), Path(folder, "there"), size=TASK)
            there = processor(started) + time.process_time() - spent
        finally:
            for each in started:
                each.terminate()
            for each in started:
                each.wait(30)
        return {"efficiency": one.result()["seconds"] / there, "draws": plan.points}


def processor(processes: list["subprocess.Popen[bytes]"]) -> float:
    """Processor seconds of processes so far (Linux)."""
    fields = (Path(f"/proc/{each.pid}/stat").read_text().rsplit(")", 1)[1].split() for each in processes)
    return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")


# --- all of them -----------------------------------------------------------------------------------------------------------


def asked(task: str, *given: object) -> dict[str, float]:
    call = [sys.executable, __file__, "--task", json.dumps([task, *given])]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{task}: {done.stderr}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def memory_measures() -> tuple[list[Measure], float]:
    many, copied, most = asked("memory", MANY, False), asked("memory", MANY, True), asked("memory", MOST, True)
    return [
        Measure(f"peak of {many['draws']:,.0f} draws beyond imports", many["peak"], "MB", at_most=PEAK),
        Measure("the same, while projecting", many["projecting"], "MB"),
        Measure("the same, as told before it starts", many["told"], "MB"),
        Measure(f"peak of {copied['draws']:,.0f} draws, all chunks copies of the first", copied["peak"], "MB"),
        Measure(f"peak of {most['draws']:,.0f} draws, all chunks copies of the first", most["peak"], "MB"),
        Measure("the latter over the former", most["peak"] / copied["peak"], "times", at_most=GROWTH),
    ], many["seconds"]


def time_measures(of_many: float | None) -> tuple[list[Measure], dict[str, float]]:
    """`of_many`: seconds a draw of many, where they have been measured with the memory."""
    few, several = asked("seconds", FEW, 1), asked("seconds", 16, SCENARIOS)
    many = of_many or asked("seconds", MANY, 1)["seconds"]
    found = {"one": many, "several": several["seconds"], "bytes": few["bytes"]}
    return [
        Measure(f"a draw of {MANY:,}", many, "s of a processor"),
        Measure(f"a draw of {MANY:,} over a draw of {FEW}", many / few["seconds"], "ratio", at_most=SCALE),
        Measure(f"a draw of {SCENARIOS} scenarios together", several["seconds"], "s of a processor"),
        Measure("kept of a draw of one scenario", few["bytes"] / 1e3, "kB"),
    ], found


def cluster_measures() -> tuple[list[Measure], float]:
    found = asked("cluster")
    what = f"{found['draws']:,.0f} draws in tasks of {TASK}, {WORKERS} workers, against ideal ones"
    return [Measure(what, found["efficiency"], "of processor time", at_least=EFFICIENCY)], found["efficiency"]


def extrapolated(found: dict[str, float], efficiency: float) -> str:
    """Hours on so many cores, from seconds a draw and the efficiency that were measured: both are assumed to stay."""
    jobs = {
        f"{PROVINCES} provinces × {SCENARIOS} scenarios × {MANY:,} draws": (
            PROVINCES * MANY * found["several"],
            PROVINCES * SCENARIOS * MANY * found["bytes"],
        ),
        f"one scenario × {MILLION:,} draws": (MILLION * found["one"], MILLION * found["bytes"]),
    }
    rows = [("", *(f"{cores} cores, h" for cores in CORES), "disk, GB")]
    for name, (work, size) in jobs.items():
        rows.append((name, *(number(work / efficiency / cores / 3600) for cores in CORES), number(size / 1e9)))
    return "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], ("---",) * len(rows[0]), *rows[1:]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--task", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task:
        name, *arguments = json.loads(given.task)
        print(json.dumps({"memory": memory, "seconds": seconds, "alone": alone, "cluster": cluster}[name](*arguments)))
        return
    print(machine())
    measures, found, efficiency, of_many = list[Measure](), dict[str, float](), 0.0, None
    if "memory" in given.only:
        some, of_many = memory_measures()
        measures += some
    if "time" in given.only:
        some, found = time_measures(of_many)
        measures += some
    if "cluster" in given.only:
        some, efficiency = cluster_measures()
        measures += some
    print(table(measures), *([extrapolated(found, efficiency)] if found and efficiency else []), sep="\n\n")


if __name__ == "__main__":
    main()
