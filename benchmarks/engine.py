"""The speed of the engine: one run, a batch, and both beside the reference kernel and the loop reference."""

import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from math import prod
from typing import Any

import numpy as np
from goals import Measure
from reference_kernel import w_numpy, w_params

from simsurance.axes import AXES, NATIONAL
from simsurance.basis import build, stack
from simsurance.model.projection import project
from simsurance.scenario_file.loader import Scenario, load

CELLS = prod(
    len(axis.members)
    for axis in (*(AXES[name] for name in ("health", "status", "sex", "age")), NATIONAL.area, NATIONAL.income)
)
KERNEL_RATIO_GOAL = 0.25
RULES_GOAL = 1.6
KERNEL_CHECK = {0: 6.676358524e11, 9: 1.060166471e12, 35: -4.094707335e13}
"""Balances of the reference kernel's central draw after 1, 10 and 36 years, from an implementation of its own."""


def seconds(call: Callable[[], object]) -> float:
    """Wall time of a call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def in_turns(calls: Mapping[str, Callable[[], object]], repetitions: int) -> dict[str, list[float]]:
    """Seconds of each call, the calls taking turns, after a first round that does not count."""
    for call in calls.values():
        call()
    rounds = [{name: seconds(call) for name, call in calls.items()} for _ in range(repetitions)]
    return {name: [times[name] for times in rounds] for name in calls}


def median_ratio(dividends: list[float], divisors: list[float]) -> float:
    """Median of the ratios of times measured next to each other."""
    return statistics.median(a / b for a, b in zip(dividends, divisors, strict=True))


def baseline(last_year: int | None = None) -> Scenario:
    """The baseline, to its own last year or another."""
    scenario = load("baseline")
    return scenario.replace({"horizon.last_year": last_year}) if last_year else scenario


def batch(scenario: Scenario, runs: int) -> list[Scenario]:
    """Runs that differ in cost growth, inflation and the growth of incomes in every year."""
    spread = np.linspace(-0.01, 0.01, runs)
    return [
        scenario.replace(
            {
                "claims.trend.real_growth": 0.03 + x,
                "economy.inflation": 0.015 + x / 2,
                "economy.real_income_growth": 0.035 - x,
            }
        )
        for x in spread.tolist()
    ]


ONE_AREA = {"areas": ["all"], "income_groups": ["all"], "assisted": ""}
SMALL_BATCH_GOAL, SMALL_ONE_GOAL = 6.0, 2.0


def collapsed(scenario: Scenario) -> Scenario:
    """The scenario with one area and one income group: an eighth of the cells."""
    return scenario.replace({f"axes.{name}": value for name, value in ONE_AREA.items()})


def cpu_in_turns(calls: Mapping[str, Callable[[], object]], repetitions: int) -> dict[str, list[float]]:
    """As `in_turns`, of processor time."""
    found: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(repetitions + 1):
        for name, call in calls.items():
            start = time.process_time()
            call()
            found[name] += [time.process_time() - start] if turn else []
    return found


def small_measures(repetitions: int, runs: int = 64) -> list[Measure]:
    """A scheme with one area and one income group beside the baseline: processor time of one run and of a batch."""
    whole = baseline()
    country = load("korea").replace({"horizon.last_year": whole.values.horizon.last_year - 1})
    schemes = {"the baseline collapsed": collapsed(whole), "Korea": country}
    found = []
    for name, scheme in schemes.items():
        one = {"whole": build(whole), "small": build(scheme)}
        many = {
            "whole": stack([build(changed) for changed in batch(whole, runs)]),
            "small": stack([build(changed) for changed in batch(scheme, runs)]),
        }
        for what, built, goal, times in (
            ("one run", one, SMALL_ONE_GOAL, repetitions),
            (f"batch of {runs}", many, SMALL_BATCH_GOAL, max(repetitions // 3, 1)),
        ):
            calls = {each: partial(project, *made) for each, made in built.items()}
            spent = cpu_in_turns(calls, times)
            found.append(
                Measure(
                    f"{what}, one area and one income group ({name}): times as fast as the baseline",
                    median_ratio(spent["whole"], spent["small"]),
                    "times",
                    at_least=goal,
                )
            )
    return found


def kernel_is_right() -> bool:
    """Whether the reference kernel still gives its own numbers."""
    balances = w_numpy.Model(1).run(w_params.draws(1))[0, :, 0]
    return all(abs(balances[year] / wanted - 1) < 1e-9 for year, wanted in KERNEL_CHECK.items())


def engine_measures(repetitions: int, runs: int = 64, last_year: int | None = None) -> list[Measure]:
    """Cells, cell-years a second of one run and of a batch, and the ratios to the reference kernel."""
    assert kernel_is_right()
    scenario = baseline(last_year)
    state, basis = build(scenario)
    plain_state, plain_basis = build(scenario.replace({"participation.in_force": False}))
    alone_state, alone_basis = build(scenario.replace({"employee.projected": False}))
    own = CELLS * len(basis)
    kernel = w_params.CELLS * w_params.T
    single, draw = w_numpy.Model(1), w_params.draws(1)
    one = in_turns(
        {
            "kernel": lambda: single.run(draw),
            "project": lambda: project(state, basis),
            "without rules": lambda: project(plain_state, plain_basis),
            "residents alone": lambda: project(alone_state, alone_basis),
            "build": lambda: build(scenario),
        },
        repetitions,
    )
    block, draws = w_numpy.Model(4), w_params.draws(runs)
    scenarios = batch(scenario, runs)
    start = time.perf_counter()
    many_states, many_basis = stack([build(changed) for changed in scenarios])
    building = time.perf_counter() - start
    many = in_turns(
        {"kernel": lambda: block.run(draws), "project": lambda: project(many_states, many_basis)},
        max(repetitions // 3, 1),
    )
    single_ratio = median_ratio(one["kernel"], one["project"]) * own / kernel
    batch_ratio = median_ratio(many["kernel"], many["project"]) * own / kernel
    single_time, batch_time = statistics.median(one["project"]), statistics.median(many["project"])
    return [
        Measure("cells of the state, structural zeros included", CELLS, "cells"),
        Measure("one run: years", len(basis), "years"),
        Measure("one run: opening and basis", statistics.median(one["build"]) * 1e3, "ms"),
        Measure("one run: projection", single_time * 1e3, "ms"),
        Measure(
            "one run: time beside the same without the participation rules",
            median_ratio(one["project"], one["without rules"]),
            "times",
            at_most=RULES_GOAL,
        ),
        Measure(
            "one run: time beside the same without the employee scheme",
            median_ratio(one["project"], one["residents alone"]),
            "times",
        ),
        Measure("one run: speed", own / single_time / 1e6, "million cell-years a second"),
        Measure("one run: speed beside the reference kernel", single_ratio, "times", at_least=KERNEL_RATIO_GOAL),
        Measure(f"{runs} runs: opening and basis, a run", building / runs * 1e3, "ms"),
        Measure(f"{runs} runs: projection, a run", batch_time / runs * 1e3, "ms"),
        Measure(f"{runs} runs: speed", own * runs / batch_time / 1e6, "million cell-years a second"),
        Measure(f"{runs} runs: speed beside the reference kernel", batch_ratio, "times"),
    ]


def loop_measures(repetitions: int, years: int = 3) -> list[Measure]:
    """The engine beside the loop reference of the tests, on its small case."""
    name = "small case: loop reference's time, the engine's"
    try:
        engine, loop = small_case(years)
    except (ImportError, AttributeError):
        return [Measure(name, None, "times")]
    times = in_turns({"loop": loop, "engine": engine}, max(repetitions // 5, 1))
    return [Measure(name, median_ratio(times["loop"], times["engine"]), "times")]


def small_case(years: int) -> tuple[Callable[[], object], Callable[[], object]]:
    """The engine and the loop reference over a few years like those of the loop reference's test, one run of few ages."""
    import test_loop_reference as case
    from loop_reference import simulate_year

    from simsurance.model.projection import select
    from simsurance.model.state import State

    random = np.random.default_rng(1)
    states = case.random_state(random)
    lived = [case.random_year(random, 2026 + place, case.MIGRATION, 1e4) for place in range(years)]
    first = slice(0, 1)
    assert states.owed is not None
    state = State(states.cells[first], states.fund[first], states.prepaid[first], owed=states.owed[first])
    basis = [select(year, first, case.RUNS) for year in lived]
    standing, numbers = case.plain_standing(state, 0), [case.plain(year, 0) for year in basis]

    def loop() -> Any:
        now = standing
        for year in numbers:
            now, _ = simulate_year(now, year)
        return now

    return lambda: project(state, basis), loop
