"""A timely adjustment beside the scenario without it, and beside the fixed path that ends with the same fund.

The fixed path raises contribution and subsidy by one share from the first year that can be changed, and nothing acts by itself.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simsurance.adjusting import PARTIES, by_party, levied_beyond, paid_for
from simsurance.answers.condition import Condition
from simsurance.answers.solve import BEHAVIOUR, solve
from simsurance.answers.vary import rounded, vary_of
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import words
from simsurance.ledger import RESIDENT
from simsurance.model.engines import PLAIN
from simsurance.results import RunResult, simulate
from simsurance.scenario_file.loader import Scenario
from simsurance.uncertainty.chunks import Tell
from simsurance.uncertainty.sampling import Sample
from simsurance.uncertainty.stochastic import PERCENTILES, Stochastic, ranks, standard_error, stochastic

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

IN_FORCE: Final = "timely_adjustment.in_force"
NONE, RULE, FIXED = "none", "rule", "fixed"
PATHS: Final = (NONE, RULE, FIXED)
"""Nothing acts by itself; the rule does; one share more from the beginning."""
LEVERS: Final = {"fixed_path_contribution": "personal_contributions", "fixed_path_subsidy": "subsidies"}
"""Levers of the fixed path, and what each acts on."""
SOURCE: Final = "S_JUDGEMENT"
BOUNDS: Final = (0.0, 1.0)
MEASURES: Final = ("depletion_year", "lowest_reserve_months", "reserve_months_last_year", "closing_last_year")
OF_DRAWS: Final = (
    "adjustment_first_year",
    *(f"adjustment_{name}" for name in ("steps", "steps_back", "exhausted", "turns")),
    *(f"adjustment_paid_from_{party}" for party in PARTIES),
)
"""Measures of a rule that are told of draws."""
PLACE_OF: Final = {path: place for place, path in enumerate(PATHS)}


@dataclass(frozen=True)
class Adjustment:
    """The runs without a rule, with it and on the fixed path, which is None where nothing within the bounds ends alike.

    `size`: the share by which contribution and subsidy are higher on the fixed path; `draws` of the same paths, if asked for.
    """

    without: RunResult
    ruled: RunResult
    fixed: RunResult | None
    size: float | None
    start: int
    draws: tuple[Stochastic, ...] = ()

    @property
    def scenario(self) -> Scenario:
        """The scenario that has the rule."""
        return self.ruled.scenario

    @property
    def runs(self) -> dict[str, RunResult]:
        """The run of each path that there is."""
        found = {NONE: self.without, RULE: self.ruled}
        return found if self.fixed is None else found | {FIXED: self.fixed}

    @cached_property
    def table(self) -> "pd.DataFrame":
        """What the rule read and did by year, its factors, and who bore how much; index year."""
        found = self.ruled.adjustment
        assert found is not None
        return found

    @cached_property
    def measures(self) -> "pd.DataFrame":
        """The summary measures of every path; index path, measure."""
        return self._stacked({path: run.measures for path, run in self.runs.items()})

    @cached_property
    def fund(self) -> "pd.DataFrame":
        """The funds' accounts on every path; index path, year, fund."""
        return self._stacked({path: run.fund for path, run in self.runs.items()})

    def _stacked(self, tables: "dict[str, pd.DataFrame]") -> "pd.DataFrame":
        import pandas as pd

        return pd.concat(tables, names=["path"])

    @cached_property
    def paths(self) -> "pd.DataFrame":
        """The three paths side by side: how they end, and present values of what each party bears; index path."""
        import pandas as pd

        rows = {}
        for path, run in self.runs.items():
            measured = {each.measure: each.value for each in run.measured}
            rows[path] = {name: measured[name] for name in MEASURES} | self._borne(path, run)
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("path")

    def _borne(self, path: str, run: RunResult) -> dict[str, float]:
        projection, basis = run.projection, run.basis
        found = dict.fromkeys((f"paid_from_{party}" for party in PARTIES), 0.0)
        if path == RULE:
            values = by_party(projection, basis, paid_for(projection, basis, run.of_scheme))
        elif path == FIXED:
            assert self.size is not None
            later = np.array([[year >= self.start] for year in run.years])
            factor = np.where(later, 1 + self.size, 1.0)
            values = by_party(projection, basis, levied_beyond(projection, basis, run.of_scheme, factor, factor))
        else:
            values = {}
        return found | {f"paid_from_{party}": float(value[0]) for party, value in values.items()}

    @cached_property
    def chances(self) -> "pd.DataFrame | None":
        """Of draws: the chance that each path has depleted the fund by the last year, with its standard error; index path."""
        import pandas as pd

        if not self.draws:
            return None
        rows = {}
        for path, drawn in zip(self.runs, self.draws, strict=True):
            depleted = np.isfinite(drawn.dates(RESIDENT, "depletion"))
            lowest = np.percentile(drawn.kept.measured["lowest_reserve_months"], (10, 50, 90))
            rows[path] = {
                "depleted": float(depleted.mean()),
                "standard_error": float(standard_error(depleted)),
                **{f"lowest_months_p{at}": float(each) for at, each in zip((10, 50, 90), lowest, strict=True)},
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("path")

    @cached_property
    def frequencies(self) -> "pd.DataFrame | None":
        """Of draws with the rule: how often it acts and turns and who pays; index measure.

        Percentiles, the mean, and the share of draws in which there is any.
        """
        import pandas as pd

        if not self.draws:
            return None
        run = self.draws[PLACE_OF[RULE]]
        kept = run.kept.measured
        rows = {}
        for name in OF_DRAWS:
            values = np.asarray(kept[name])
            there = values[np.isfinite(values)]
            told: dict[str, Any] = {"any": float((np.isfinite(values) & (values > 0)).mean())}
            told["mean"] = float(there.mean()) if len(there) else np.nan
            found = ranks(there, run.whole(name))
            rows[name] = told | {f"p{at:g}": float(each) for at, each in zip(PERCENTILES, found, strict=True)}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("measure")


def adjustment(scenario: Scenario) -> Adjustment:
    """A scenario with a rule, without it, and on the fixed path that ends with the same fund.

    Raises SimsuranceError (USAGE) where no rule is in force.
    """
    rule = scenario.values.timely_adjustment
    if not rule.in_force:
        raise SimsuranceError(
            f"{scenario.name}: no timely adjustment is in force; --with timely_adjustment, or --set {IN_FORCE}=true",
            exit_code=ExitCode.USAGE,
        )
    off = scenario.replace({IN_FORCE: False})
    without, ruled = simulate([off, scenario])
    horizon, chosen = scenario.values.horizon, scenario.values.measures
    start = horizon.valuation_year + max(chosen.notice_years, 1)
    path = with_levers(off, start)
    vary = vary_of(
        path,
        [f"levers.{name}.size{'=0:1' if not place else ''}" for place, name in enumerate(LEVERS)],
        (1, 1),
        "set",
        start,
    )
    wanted = Condition(RESIDENT, "closing_last_year", ">=", float(ruled.account["closing"][-1]))
    (central,) = simulate([path])
    size = solve(vary, wanted, central, (BEHAVIOUR,)).solution
    if size is None:
        return Adjustment(without, ruled, None, None, start)
    (fixed,) = simulate([vary.at(rounded(size))])
    return Adjustment(without, ruled, fixed, size, start)


def on_draws(
    found: Adjustment,
    sample: Sample,
    jobs: int = 1,
    parts: "Path | None" = None,
    tell: Tell | None = None,
    engine: str = PLAIN,
) -> tuple[Stochastic, ...]:
    """The same paths on draws, the others with the entries to the employee scheme of the one without a rule."""
    scenarios = [run.scenario for run in found.runs.values()]
    return tuple(stochastic(scenarios, sample, jobs, parts, tell, engine))


def with_levers(scenario: Scenario, start: int) -> Scenario:
    """A scenario with the levers of the fixed path, of size 0, from a year on."""
    about = {"start": start, "ramp_years": 1, "size": 0.0, "low": BOUNDS[0], "high": BOUNDS[1], "mark": "judgement"}
    described = {"description": "en", "description_zh": "zh"}
    about |= {name: words(lang).label("adjustment.lever") for name, lang in described.items()} | {"source": SOURCE}
    return scenario.replace({f"levers.{name}": {"component": component, **about} for name, component in LEVERS.items()})
