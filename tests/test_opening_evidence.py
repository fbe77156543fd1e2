"""What of the opening states is met and what is left over is told; the level of mortality meets the deaths counted."""

from functools import cache

import numpy as np
import pytest

from simsurance.basis.inputs import Inputs
from simsurance.data.tables import published
from simsurance.evidence import opening
from simsurance.evidence.calibration import DEATH_YEARS, mortality_level
from simsurance.scenario_file.loader import load

BASE = load("baseline")


@cache
def printed() -> list[str]:
    return opening.report(BASE).splitlines()


def test_ages_counted_at_the_end_of_2025() -> None:
    ages = opening.counted_ages(2026)
    assert ages == {"under 16": 230.15e6, "16 to 59": 851.36e6, "60 to 64": 99.73e6, "65 and over": 223.65e6}
    assert sum(ages.values()) == published("population")[2025]
    assert set(opening.counted_ages(2019)) == {"60 to 64", "65 and over"}


@pytest.mark.long
def test_women_are_a_residual_that_is_told() -> None:
    (women,) = (row for row in opening.ages_and_sexes(BASE, 2026) if row.what == "women")
    assert not women.fitted
    assert women.count == 688.04e6
    assert 0.003 < (women.off or 0.0) < 0.005
    (line,) = (line for line in printed() if line.startswith("women"))
    assert line.endswith("not fitted")


def test_every_date_and_every_year_stand_in_the_table() -> None:
    dates = [line.split()[0] for line in printed() if line[:4].isdigit()]
    all_dates = [str(date) for date in range(2019, 2027)]
    assert dates == [*all_dates, *all_dates, *all_dates[:-1]]
    assert all("–" in line or "%" in line for line in printed() if line[:4].isdigit())


def test_deaths_of_the_years_fitted_add_up_to_those_counted() -> None:
    events = [opening.vital_events(BASE, year)[0] for year in DEATH_YEARS]
    assert DEATH_YEARS == (2023, 2024, 2025)
    assert sum(row.opening for row in events) == pytest.approx(11.10e6 + 10.93e6 + 11.31e6, rel=1e-5)
    assert max(abs(row.off or 1.0) for row in events) < 0.02


@pytest.mark.long
def test_the_level_is_found_from_a_wrong_one() -> None:
    (fit,) = mortality_level(BASE.replace({"population.mortality_level": 1.0}))
    assert fit.found == pytest.approx(BASE.values.population.mortality_level, abs=5e-5)


def rates(**changes: float) -> np.ndarray:
    """Factor on death rates in 2024, 2026, 2031, 2036 and 2050."""
    scenario = BASE.replace({f"population.{name}": value for name, value in changes.items()})
    return Inputs(scenario, scenario.values).mortality([2024, 2026, 2031, 2036, 2050])


def test_the_level_stays_or_fades_from_the_valuation_date() -> None:
    assert rates(mortality_level=0.9) == pytest.approx([0.9] * 5)
    assert rates(mortality_level=0.9, mortality_level_fade_years=10) == pytest.approx([0.9, 0.9, 0.95, 1.0, 1.0])
    assert rates(mortality_level=0.9, mortality_factor=1.1) == pytest.approx([0.99] * 5)


def test_the_fragment_fades_the_level_that_is_shipped() -> None:
    values = load("baseline", ["mortality_level_fades"]).values.population
    assert values.mortality_level == BASE.values.population.mortality_level
    assert values.mortality_level_fade_years == 25
