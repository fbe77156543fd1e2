"""The whole engine's population follows the United Nations' medium projection to 2100."""

from functools import cache

import pytest
from un_comparison import DECADES, GROUPS, Row, comparison, published_by_age, table

TOLERANCE = 0.002


@cache
def rows() -> dict[tuple[int, str], Row]:
    """The comparison by year and group."""
    return {(row.year, row.group): row for row in comparison()}


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("year", DECADES)
def test_population_is_within_two_thousandths_of_the_published_projection(year: int, group: str) -> None:
    assert abs(rows()[year, group].difference) < TOLERANCE, table(list(rows().values()))


def test_the_published_projection_is_whole() -> None:
    published = published_by_age()
    assert sorted(published) == list(range(2025, 2101))
    assert all(min(persons) > 0 for persons in published.values())
    assert 6e8 < sum(published[2100]) < sum(published[2060]) < sum(published[2030]) < 1.42e9


def test_the_table_names_every_decade_once_a_group() -> None:
    lines = table(list(rows().values())).splitlines()
    assert len(lines) == 1 + len(DECADES) * len(GROUPS)
    assert lines[1].split()[:2] == ["2030", "total"]
    assert lines[-1].split()[:2] == ["2100", "65+"]
