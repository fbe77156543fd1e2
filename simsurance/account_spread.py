"""How the balances of personal accounts are spread over their holders, in closed form, from the mean that a run projects.

A share of the accounts is empty, the others are lognormal about the rest of the mean. Which of both is judgement: no
distribution of balances is published.
"""

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtr, ndtri

from simsurance.ledger import ACCOUNTS, POOL
from simsurance.scenario_file.schedule import values_by_year

if TYPE_CHECKING:
    import pandas as pd

    from simsurance.results import RunAccounts

TOP: Final = 0.1
"""The part of the accounts that hold most."""


def spread(mean: np.ndarray, empty: float, sigma: float, small: np.ndarray) -> dict[str, np.ndarray]:
    """Share of accounts at or below `small`, the median account, and the part of the total that the top tenth holds, [year].

    `mean` over all accounts, empty ones included, yuan. With a share e empty the others have the median
    m ÷ (1 − e) × exp(−σ²/2), and the top p of all accounts, p ÷ (1 − e) of those, hold Φ(σ − z) of the total, z the normal
    value above which these lie.
    Nothing is told of a mean that is not above 0.
    """
    some = np.where(mean > 0, mean, np.nan)
    median = some / (1 - empty) * np.exp(-(sigma**2) / 2)
    with np.errstate(divide="ignore"):
        below = ndtr(np.log(small / median) / sigma)
    top = ndtr(sigma + ndtri(min(TOP / (1 - empty), 1.0)))
    middle = (0.5 - empty) / (1 - empty)
    of_all = median * np.exp(sigma * ndtri(middle)) if middle > 0 else 0.0 * median
    return {
        "mean_balance": some,
        "nearly_empty": empty + (1 - empty) * below,
        "median_balance": of_all,
        "top_tenth": np.where(np.isnan(some), np.nan, top),
    }


def account_spread(results: "RunAccounts") -> "pd.DataFrame":
    """The spread of the balances of personal accounts on each 31 December, by year.

    Columns: accounts (persons), mean_balance, small_balance and median_balance (yuan), nearly_empty (share of accounts at or
    below `small_balance`), top_tenth (part of the total that the fullest tenth of accounts holds). Retired members are taken
    to have an account each. Marked weak: shape and empty share are judgement. KeyError without the employee scheme's money.
    """
    import pandas as pd

    scheme, pool, funds = results.scenario.values.employee, results.accounts[POOL], results.accounts[ACCOUNTS]
    without = values_by_year(scheme.accounts.without, list(results.years))
    accounts = pool["employee_active"] * (1 - without) + pool["employee_retired"]
    mean = np.divide(funds["closing"], accounts, out=np.full_like(accounts, np.nan), where=accounts > 0)
    small = scheme.accounts.small_balance * funds["price_level"]
    found = spread(mean, scheme.accounts.empty_share, scheme.accounts.balance_spread, small)
    columns = {"accounts": accounts, "small_balance": small, **found}
    return pd.DataFrame(columns, index=pd.Index(results.years, name="year"))
