"""Urban share of the population on 1 January of each year, 2011 to 2101: `economy/urban_share_path.csv`.

To 2026: the national statistics of 31 December before. Then the World Urbanization Prospects of 2018, on 1 January
the mean of the log-odds of the two mid-years around it, moved on the log-odds scale to meet the last national value.
Its last mid-year is 2050, so from 1 January 2051 the log-odds grow on by the mean yearly growth of the decade before,
which shrinks by 4 percent of itself each year.

Weakness: the prospects of 2018 were made before the census of 2020, which found 2.5 points more; only their pace is
used here. After 2050 the path is an extrapolation of ours. History before 2020 was recalled and checked, not read.
"""

from simsurance.data.build.evidence import Built, Cell, Residual, expit, logit, projected_years, rows_of
from simsurance.data.tables import DATA

LAST_YEAR = projected_years().stop
DAMPING = 0.96
DECADE = 10


def build() -> Built:
    """History, shifted prospects, damped growth."""
    percent: dict[str, dict[int, float]] = {"NBS": {}, "WUP2018": {}}
    for row in rows_of("urban_share.csv", DATA / "demography"):
        percent[row["series"]][int(row["year"])] = float(row["urban_percent"])
    share = {year + 1: value / 100 for year, value in percent["NBS"].items()}
    prospects = {
        year: float(logit(percent["WUP2018"][year - 1] / 100) + logit(percent["WUP2018"][year] / 100)) / 2
        for year in range(min(percent["WUP2018"]) + 1, max(percent["WUP2018"]) + 1)
    }
    last_known, last_prospect = max(share), max(prospects)
    shift = float(logit(share[last_known])) - prospects[last_known]
    log_odds = {year: value + shift for year, value in prospects.items() if year > last_known}
    growth = (log_odds[last_prospect] - log_odds[last_prospect - DECADE]) / DECADE
    for year in range(last_prospect + 1, LAST_YEAR + 1):
        growth *= DAMPING
        log_odds[year] = log_odds[year - 1] + growth
    share |= {year: float(expit(value)) for year, value in log_odds.items()}
    rows: list[tuple[Cell, ...]] = [(year, round(share[year], 6)) for year in sorted(share)]
    residuals = (
        Residual(
            f"urban share at the end of {last_known - 1}",
            percent["NBS"][last_known - 1] / 100,
            share[last_known],
            "fitted",
        ),
        Residual(
            f"urban share of the prospects, 1 January {last_prospect}",
            float(expit(prospects[last_prospect])),
            share[last_prospect],
            "compared",
        ),
        Residual(f"urban share on 1 January {LAST_YEAR}", None, share[LAST_YEAR], "noted"),
    )
    return Built(
        "economy/urban_share_path.csv",
        ("year", "urban_share"),
        rows,
        "urban share of the population on 1 January",
        ("S_NBS_URBAN", "S_UN_WUP2018"),
        f"verified and recalled_checked to {last_known}; derived after",
        residuals,
    )
