"""Scenarios side by side: the same measures and accounts, their differences from the first, and which keys differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from simsurance.analysis.twins import twins
from simsurance.errors import SimsuranceError
from simsurance.results import HELD, RunResult, entries_of, simulate
from simsurance.scenario_file.loader import TITLES, Scenario
from simsurance.scenario_file.toml_text import toml_value

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Comparison:
    """Results of several scenarios, the base first; `names` tells them apart in tables and charts."""

    results: tuple[RunResult, ...]
    names: tuple[str, ...]

    @property
    def held(self) -> dict[str, bool]:
        """Whether each scenario but the base was projected with entries to the employee scheme held."""
        return {name: run.held is not None for name, run in zip(self.names[1:], self.results[1:], strict=True)}

    @property
    def not_met(self) -> dict[str, dict[int, float]]:
        """Entries held for whom there were no persons, by scenario but the base and by the years in which there are any."""
        return {name: run.not_met for name, run in zip(self.names[1:], self.results[1:], strict=True)}

    @cached_property
    def entries_not_met(self) -> "pd.DataFrame":
        """Entries to the employee scheme held for whom there were no persons, by year and scenario but the base.

        Empty where they are not held.
        """
        import pandas as pd

        told = {
            name: pd.Series(run.entries_not_met if run.held else np.nan, index=pd.Index(run.years, name="year"))
            for name, run in zip(self.names[1:], self.results[1:], strict=True)
        }
        return pd.DataFrame(
            told, index=pd.Index(sorted({year for run in self.results for year in run.years}), name="year")
        )

    @property
    def same_years(self) -> bool:
        """Whether all scenarios have the same first and the same last year."""
        return len({(run.years[0], run.years[-1]) for run in self.results}) == 1

    @cached_property
    def measures(self) -> "pd.DataFrame":
        """Every measure of every scenario: value, difference from the base, unit, status, years; index measure, scenario.

        Where first or last years differ, differences are between measures of different years.
        """
        import pandas as pd

        base = self.results[0].measures["value"]
        tables = []
        for name, result in zip(self.names, self.results, strict=True):
            years = {"first_year": result.years[0], "last_year": result.years[-1]}
            table = result.measures.assign(scenario=name, difference=result.measures["value"] - base, **years)
            tables.append(table.set_index("scenario", append=True)[["value", "difference", "unit", "status", *years]])
        whole = pd.concat(tables)
        names = dict.fromkeys(name for result in self.results for name in result.measures.index)
        order = pd.MultiIndex.from_product([names, self.names], names=["measure", "scenario"])
        return whole.reindex(order[order.isin(whole.index)])

    @cached_property
    def fund(self) -> "pd.DataFrame":
        """The fund's account of every scenario; index scenario, year, fund."""
        return self._stacked([result.fund for result in self.results])

    @cached_property
    def fund_difference(self) -> "pd.DataFrame":
        """The fund's account of every other scenario less that of the base, in the years that both have."""
        base = self.results[0].fund
        return self._stacked([(result.fund - base).dropna(how="all") for result in self.results])

    @cached_property
    def twin(self) -> "pd.DataFrame":
        """Every scenario beside its zero-effect twin; index scenario, measure.

        Where the others hold the base's entries to the employee scheme, the twins of all do, the base's own too.
        """
        base = self.results[0].entries if any(self.held.values()) else None
        return self._stacked(
            [twins(result, base if result is self.results[0] else None).twin for result in self.results]
        )

    @cached_property
    def differences(self) -> "pd.DataFrame":
        """The keys in which the scenarios differ, a column of values each, as a scenario file would write them."""
        import pandas as pd

        leaves = [result.scenario.leaves for result in self.results]
        known = dict.fromkeys(path for leaf in leaves for path in leaf)
        differing = [path for path in known if len({repr(leaf.get(path)) for leaf in leaves}) > 1]
        paths = [path for path in differing if path not in TITLES]
        values = {
            name: [toml_value(leaf[path]) if path in leaf else "" for path in paths]
            for name, leaf in zip(self.names, leaves, strict=True)
        }
        return pd.DataFrame(values, index=pd.Index(paths, name="key"))

    def __repr__(self) -> str:
        return ", ".join(self.names)

    def _stacked(self, tables: Sequence["pd.DataFrame"]) -> "pd.DataFrame":
        import pandas as pd

        return pd.concat(dict(zip(self.names, tables, strict=True)), names=["scenario"])


def compare(given: Sequence[Scenario | RunResult], entries: str = HELD) -> Comparison:
    """Scenarios, or runs of them at hand, side by side, the base first.

    Entries to the employee scheme are those of the base, `held`, or follow from the `odds`; a run at hand that has others is
    projected anew. Raises SimsuranceError if they are not in one currency or an identity does not hold.
    """
    require_one_currency([each if isinstance(each, Scenario) else each.scenario for each in given])
    base, *others = given
    first = base if isinstance(base, RunResult) else simulate([base])[0]
    held = entries_of(first, entries)

    kept = [each if isinstance(each, RunResult) and (each is first or each.held is held) else None for each in others]
    anew = [each for each, run in zip(others, kept, strict=True) if run is None]
    fresh = iter(simulate([each.scenario if isinstance(each, RunResult) else each for each in anew], held))
    results = (first, *(run or next(fresh) for run in kept))
    return Comparison(results, told_apart([result.scenario.name for result in results]))


def require_one_currency(scenarios: Sequence[Scenario]) -> None:
    """Raise SimsuranceError where amounts of a scenario cannot stand beside those of the first."""
    base, *others = scenarios
    if unlike := [other for other in others if other.currency != base.currency]:
        raise SimsuranceError(
            *(
                f"{other.name}:economy.currency: {other.currency}, where {base.name} has {base.currency}; "
                "compare scenarios of one currency"
                for other in unlike
            )
        )


def told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Names with a number behind those that come again: baseline, baseline_2."""
    told: list[str] = []
    for name in names:
        number = 2
        unique = name
        while unique in told:
            unique = f"{name}_{number}"
            number += 1
        told.append(unique)
    return tuple(told)
