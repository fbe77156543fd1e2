"""Where the time of a projection goes: the stages of the year, timed inside a run of the baseline."""

import statistics
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

from engine import baseline

from simsurance.basis import build
from simsurance.model import employee, health, membership, population, projection, resident, year, year_end

STAGES: dict[str, tuple[tuple[ModuleType | type, str], ...]] = {
    "enrolment: hazards": ((year, "enrolment_hazards"),),
    "enrolment: moves between statuses": ((membership, "enrol"), (membership, "carry_credits")),
    "health transition": ((health, "redraw_shares"), (health, "transition")),
    "deaths by need class, births": ((population, "need_class_mortality"), (population, "births_by_area_income")),
    "benefits and bonus in closed form": (
        (year, "benefits_pp"),
        (resident, "bonus_granted"),
        (resident, "bonus_cost_pp"),
    ),
    "moves to, within and from the employee scheme": ((year, "moves"),),
    "money of the employee scheme": tuple(
        (employee, name) for name in ("contributions", "transfers", "benefits", "persons")
    ),
    "moves between areas": ((year_end, "move_between_areas"),),
    "moves to and from assistance": ((year_end, "move_assistance"),),
    "sums for the tables": ((projection, "observe"), (projection.Recorder, "flows")),
}
REST = "all else: survival applied, contributions, flows, account"


def stage_shares(repetitions: int, last_year: int | None = None) -> dict[str, float]:
    """Share of each stage in the time of `project`, the medians of repetitions."""
    state, basis = build(baseline(last_year))
    spent = dict.fromkeys(STAGES, 0.0)

    def timed(stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def measured(*arguments: Any) -> Any:
            start = time.perf_counter()
            found = call(*arguments)
            spent[stage] += time.perf_counter() - start
            return found

        return measured

    places = [(stage, owner, name, getattr(owner, name)) for stage, found in STAGES.items() for owner, name in found]
    rounds: list[dict[str, float]] = []
    try:
        for stage, owner, name, call in places:
            setattr(owner, name, timed(stage, call))
        for _ in range(repetitions + 1):
            spent.update(dict.fromkeys(STAGES, 0.0))
            start = time.perf_counter()
            projection.project(state, basis)
            total = time.perf_counter() - start
            rounds.append({stage: seconds / total for stage, seconds in spent.items()})
    finally:
        for _, owner, name, call in places:
            setattr(owner, name, call)
    shares = {stage: statistics.median(found[stage] for found in rounds[1:]) for stage in STAGES}
    return shares | {REST: 1 - sum(shares.values())}


def text(shares: dict[str, float]) -> str:
    """The shares as lines of plain text."""
    width = max(len(stage) for stage in shares)
    return "\n".join(f"{stage.ljust(width)}  {share:4.0%}" for stage, share in shares.items())
