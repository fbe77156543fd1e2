"""What the mechanisms cost: runs with them over the same run without, in turns: `python benchmarks/mechanisms.py`.

The engine alone projects what is built, which leaves the tiers out. Whole runs are opening, basis, projection, identities and
measures, with the other tiers' last year; their other years come on top where they are asked for. The goal is on both.
All is processor time. With the extra `fast` the compiled engine is measured as well, on what it steps.
"""

import argparse
import statistics
import sys
from functools import partial
from importlib.util import find_spec

from compiled import cpu_seconds
from engine import baseline, cpu_in_turns, median_ratio
from goals import Measure, table
from run import machine

from simsurance.basis import build_arrays
from simsurance.model.engines import COMPILED, PLAIN
from simsurance.model.projection import project
from simsurance.results import accounts_of, simulate
from simsurance.scenario_file.loader import TITLES, Scenario, load

MOST = 1.25
"""Goal: time with the mechanisms over that without, of the engine and of whole runs."""
CARE = (
    *("unreasonable_referrals", "case_payment", "repeated_examinations", "exclude_premium_devices"),
    *("exclude_nonessential_drugs", "exclude_special_clinics", "length_of_stay", "fraud_recovery", "policy_knowledge"),
    *("village_clinics", "telemedicine", "care_across_provinces", "digital_administration", "outpatient_limit_1200"),
)
"""Options that are rules on care, and one that moves the price, so that use answers."""
EMPLOYEES = (
    "arrears_in_a_downturn",
    "contributions_of_retirees",
    "flexible_workers_higher_base",
    "flexible_workers_join",
)
KINDS = {
    "rules on care and use that answers": CARE,
    "the employee scheme's": EMPLOYEES,
    "a choice of cover": ("voluntary_higher_cover",),
    "a bond": ("social_impact_bonds",),
    "the other tiers": ("supplementary_cover",),
}
STEPPED = (*CARE, *EMPLOYEES)
"""What the compiled engine steps too."""


def laid_on(options: tuple[str, ...], last_year: int | None = None) -> Scenario:
    """The baseline with what options change; their names together would be too long for a folder."""
    base = baseline(last_year)
    changes: dict[str, object] = {}
    for option in options:
        own = load("baseline", [option]).leaves
        whole = load("baseline").leaves
        changes |= {path: value for path, value in own.items() if path not in TITLES and value != whole.get(path, ...)}
    return base.replace(changes)


def engine_alone(without: Scenario, mechanisms: Scenario, engine: str, repetitions: int) -> Measure:
    """The ratio of the time in which what is built is projected."""
    calls = {
        name: partial(project, built.state, built.years, engine=engine)
        for name, built in {"with": build_arrays(mechanisms), "without": build_arrays(without)}.items()
    }
    spent = cpu_in_turns(calls, repetitions)
    ratio = median_ratio(spent["with"], spent["without"])
    return Measure(f"the {engine} engine alone", ratio, "ratio", at_most=MOST)


def measures(repetitions: int, last_year: int | None = None) -> list[Measure]:
    """Ratios of processor time, each kind of mechanism alone and all together."""
    every = tuple(option for options in KINDS.values() for option in options)
    scenarios = {"without": baseline(last_year), "all mechanisms": laid_on(every, last_year)}
    found = [engine_alone(scenarios["without"], scenarios["all mechanisms"], PLAIN, repetitions)]
    scenarios |= {name: laid_on(options, last_year) for name, options in KINDS.items()}
    spent = cpu_in_turns({name: partial(accounts_of, [each]) for name, each in scenarios.items()}, repetitions)
    found.append(Measure("a whole run without mechanisms", statistics.median(spent["without"]) * 1e3, "ms"))
    found += [
        Measure(f"{name}, over it", median_ratio(spent[name], spent["without"]), "ratio", at_most=MOST)
        for name in list(scenarios)[1:]
    ]
    (told,) = simulate([scenarios["the other tiers"]])
    by_year = cpu_seconds(lambda: told.tiers)
    found.append(Measure("the other tiers of every year, once where asked for", by_year * 1e3, "ms"))
    if find_spec("numba") is not None:
        stepped = laid_on(STEPPED, last_year)
        found.append(engine_alone(scenarios["without"], stepped, COMPILED, repetitions))
        two = {"without": scenarios["without"], "with": stepped}
        spent = cpu_in_turns(
            {name: partial(accounts_of, [each], engine=COMPILED) for name, each in two.items()}, repetitions
        )
        found.append(
            Measure(
                "compiled: a whole run with what it steps, over one without",
                median_ratio(spent["with"], spent["without"]),
                "ratio",
                at_most=MOST,
            )
        )
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Runs with the mechanisms over the same run without.")
    parser.add_argument("--repetitions", type=int, default=9, help="rounds (default 9)")
    given = parser.parse_args()
    print(f"{machine()}\n\n{table(measures(given.repetitions))}")


if __name__ == "__main__":
    sys.exit(main())
