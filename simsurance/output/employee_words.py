"""What a summary tells of the employee scheme's arrears, of what retired members contribute, and of how balances are spread."""

from typing import TYPE_CHECKING, Any, Final

from simsurance.account_spread import account_spread
from simsurance.ledger import ACCOUNTS, POOL

if TYPE_CHECKING:
    from simsurance.results import RunResult

Facts = dict[str, Any]
TOLD: Final = ("mean_balance", "small_balance", "median_balance", "nearly_empty", "top_tenth")


def arrears_facts(results: "RunResult") -> Facts:
    """What is owed at the end, and what of the years' arrears came in or was lost; nothing where none stay unpaid."""
    pool = results.accounts.get(POOL, {})
    if "arrears_outstanding" not in pool:
        return {}
    totals = {name: float(pool[name].sum()) for name in ("arrears_recovered", "arrears_written_off")}
    most = int(pool["arrears_outstanding"].argmax())
    owed = {"outstanding": float(pool["arrears_outstanding"][-1]), "most": float(pool["arrears_outstanding"][most])}
    return totals | owed | {"most_year": results.years[most], "first": results.years[0], "last": results.years[-1]}


def retiree_facts(results: "RunResult") -> Facts:
    """What retired members contribute in the first year in which they do and in the last; nothing where they do not."""
    pool = results.accounts.get(POOL, {})
    if "retiree_contributions" not in pool:
        return {}
    paid, rate = pool["retiree_contributions"], results.scenario.values.employee.contributions
    begun = int((paid > 0).argmax())
    return {
        "all": rate.retirees_paying == "all",
        "begun": results.years[begun],
        "at_first": float(paid[begun]),
        "last": results.years[-1],
        "at_last": float(paid[-1]),
        "of_income": float(paid[-1] / pool["income"][-1]),
    }


def spread_facts(results: "RunResult") -> list[Facts]:
    """How the balances of personal accounts are spread at the end of the first and of the last year."""
    if ACCOUNTS not in results.accounts:
        return []
    table = account_spread(results)
    return [
        {"year": year} | {name: float(table[name].loc[year]) for name in TOLD}
        for year in (results.years[0], results.years[-1])
    ]
