"""Draws from past openings: what is counted, and that a band is that of the draws."""

import numpy as np
import pytest

from simsurance.evidence import fan_coverage
from simsurance.evidence.ex_ante import ITEMS, OPENINGS
from simsurance.evidence.fan_coverage import BY, SINCE, Point, points, report, shares, stored
from simsurance.evidence.known_levels import known_at


def point(year: int, low: float, high: float, published: float = 10.0) -> Point:
    return Point(2022, year, "resident", "outgo", published, low, (low + high) / 2, high, 64, 3)


def test_a_figure_counts_where_it_lies_between_the_ends_of_its_band(monkeypatch: pytest.MonkeyPatch) -> None:
    made = (point(2022, 8, 12), point(2022, 11, 12), point(2023, 9, 10), point(2023, 7, 8), point(2020, 1, 99))
    assert [each.held for each in made] == [True, False, True, False, True]
    assert shares(made[:4], BY[0]) == {"all figures": (2, 4)}
    assert shares(made[:4], BY[1]) == {"year 1 after the opening": (1, 2), "year 2 after the opening": (1, 2)}
    monkeypatch.setattr(fan_coverage, "stored", lambda: made)
    told = report().splitlines()
    assert told[1].split()[-3:] == ["2", "4", "50"]
    assert next(line for line in told if line.startswith("beyond it")).split()[-2:] == ["1", "1"]
    assert "2022 64 (3)" in told[-1]


def test_the_stored_table_has_every_figure_published_since_each_opening() -> None:
    """If not: python -m simsurance.evidence.fan_coverage --anew."""
    known = {(item.fund, item.name): item.known() for item in ITEMS}
    found = {(each.opening, each.year, each.fund, each.item): each for each in stored()}
    assert set(found) == {
        (opening, year, *item)
        for opening in OPENINGS
        for item, series in known.items()
        for year in series
        if opening <= year <= 2025
    }
    for (_, year, *item), each in found.items():
        assert each.published == pytest.approx(known[tuple(item)][year], rel=1e-8)
        assert each.low < each.middle < each.high
    assert f"of {min(each.opening for each in stored())}" in report()
    assert SINCE in {each.year for each in stored()}


@pytest.mark.long
def test_bands_of_an_opening_are_those_of_its_draws_and_no_draw_errs_in_what_was_known() -> None:
    scenario = known_at(2025)
    found = {(each.fund, each.item): each for each in points(2025, scenario, 16)}
    assert {each.year for each in found.values()} == {2025}
    outgo = found["resident", "outgo"]
    assert outgo.low < outgo.middle < outgo.high
    assert outgo.draws == 16
    assert 0.8 < outgo.middle / outgo.published < 1.25
    stored_own = next(each for each in stored() if (each.opening, each.fund, each.item) == (2025, "resident", "outgo"))
    assert np.log(outgo.middle / stored_own.middle) == pytest.approx(0, abs=0.03)
