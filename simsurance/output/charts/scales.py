"""One scale for all runs that are written together: the ends of an axis are those of the run that needs most of it."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from simsurance.ledger import ACCOUNTS, POOL, RESIDENT
from simsurance.output.charts import money
from simsurance.output.charts.words import of_fund

if TYPE_CHECKING:
    from simsurance.results import RunResult

ALONE: Final[Mapping[str, float]] = MappingProxyType({})
RATES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        RESIDENT: ("cost_rate", "income_rate"),
        POOL: ("pay_as_you_go_rate", "contribution_rate"),
    }
)
"""What a fund pays and takes as shares of its own base, by fund."""
_TOGETHER: Final = ContextVar("scale", default=ALONE)


@contextmanager
def scaled(scale: Mapping[str, float]) -> Iterator[None]:
    """Draw on axes that reach at least so far as long as this lasts."""
    before = _TOGETHER.set(scale)
    try:
        yield
    finally:
        _TOGETHER.reset(before)


def limit(chart: str, own: float, size: float = 1.0, part: str = "") -> float:
    """How far an axis of a chart reaches, in a unit of that size: as far as its own values, or those of the others."""
    return max(own, reach(chart, part) / size)


def reach(chart: str, part: str = "") -> float:
    """How far an axis has to reach for the runs that are written together, in the tables' unit; 0 where a run is alone."""
    return _TOGETHER.get().get(f"{chart}.{part}" if part else chart, 0.0)


def scale_of(runs: Iterable["RunResult"]) -> dict[str, float]:
    """How far the axes of charts have to reach for all of these runs, by chart and part of it, in the tables' unit."""
    found: dict[str, float] = {}
    for run in runs:
        for fund, account in run.accounts.items():
            balance = money.amounts(run, fund, "closing")
            flows = [money.amounts(run, fund, name) for name in ("income", "outgo")]
            own = {
                of_fund("reserve_months", fund): account["reserve_months"],
                of_fund("fund_balance", fund): balance,
                f"{of_fund('fund_balance', fund)}.shortfall": -balance,
                of_fund("income_outgo", fund): np.concatenate(flows),
            }
            if fund in RATES:
                own["cost_and_income_rate." + fund] = np.concatenate([account[name] for name in RATES[fund]])
            if fund == ACCOUNTS:
                own = {"personal_accounts": balance, "personal_accounts.flows": np.concatenate(flows)}
            for name, values in own.items():
                found[name] = float(np.max(values[np.isfinite(values)], initial=found.get(name, 0.0)))
    return found
