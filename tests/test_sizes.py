"""Units on charts and in words follow the size of the fund: a province, a city of 300,000 insured, and the nation as ever."""

import re
from pathlib import Path

import pytest
from scaled_fund import scaled

from simsurance import run
from simsurance.api import Results
from simsurance.language import words
from simsurance.output.charts import CHARTS, draw
from simsurance.output.labels import chart_names, unit
from simsurance.output.summary import summary

PROVINCE, CITY = 0.03, 0.000318


@pytest.fixture(scope="module")
def by_size(tmp_path_factory: pytest.TempPathFactory) -> dict[float, Results]:
    """Results of the nation and of small funds by their share of it."""
    own = {share: run(scaled(share, tmp_path_factory.mktemp("tables"))) for share in (PROVINCE, CITY)}
    return {1.0: run("baseline"), **own}


@pytest.mark.long
@pytest.mark.parametrize(
    ("share", "chart", "english", "chinese"),
    [
        (1.0, "pyramids", ["million persons"], ["万人"]),
        (PROVINCE, "pyramids", ["thousand persons"], ["万人"]),
        (CITY, "pyramids", ["persons"], ["人"]),
        (1.0, "insured", ["million persons", "%"], ["亿人", "%"]),
        (PROVINCE, "insured", ["million persons", "%"], ["万人", "%"]),
        (CITY, "insured", ["thousand persons", "%"], ["万人", "%"]),
        (CITY, "members_by_scheme", ["thousand persons"], ["万人"]),
        (1.0, "fund_balance", ["CNY billion"], ["亿元"]),
        (PROVINCE, "fund_balance", ["CNY billion"], ["亿元"]),
        (CITY, "fund_balance", ["CNY million"], ["亿元"]),
        (PROVINCE, "income_outgo", ["CNY billion"], ["亿元"]),
        (CITY, "income_outgo", ["CNY million"], ["万元"]),
        (CITY, "employee_income_outgo", ["CNY million"], ["亿元"]),
        (1.0, "cost_by_age", ["CNY", "million persons"], ["元", "万人"]),
        (CITY, "cost_by_age", ["CNY", "persons"], ["元", "人"]),
    ],
)
def test_the_unit_of_a_chart_suits_what_it_shows(
    share: float, chart: str, english: list[str], chinese: list[str], by_size: dict[float, Results]
) -> None:
    for lang, names in (("en", english), ("zh", chinese)):
        drawn = draw(chart, by_size[share].shown, lang)
        assert set(drawn.data["unit"]) == set(names)
        subtitle = drawn.figure.texts[1].get_text()
        assert re.search(rf"(?<![\w万亿]){re.escape(names[0])}(?!\w)", subtitle, re.IGNORECASE), subtitle
        told = [text.get_text() for axes in drawn.figure.axes for text in axes.texts]
        ticks = [tick.get_text() for axes in drawn.figure.axes for tick in axes.get_yticklabels()]
        assert all(any(name in each for each in (ticks if name == "%" else told)) for name in names[1:])


@pytest.mark.long
@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_ticks_differ_from_each_other_whatever_the_size(chart: str, lang: str, by_size: dict[float, Results]) -> None:
    for share, results in by_size.items():
        if chart not in chart_names(results.scenario):
            continue
        drawn = draw(chart, results.shown, lang)
        drawn.figure.draw_without_rendering()
        for axes in drawn.figure.axes:
            for axis in (axes.xaxis, axes.yaxis):
                told = [label.get_text() for label in axis.get_ticklabels() if label.get_text()]
                pairs = 2 if chart == "pyramids" and axis is axes.xaxis else 1  # men to the left
                assert max(map(told.count, told), default=1) <= pairs, (share, told)
        amounts = drawn.data["value"].abs().max()
        assert amounts >= 1, share


@pytest.mark.long
@pytest.mark.parametrize(("lang", "nothing"), [("en", r"CNY 0 |[ +]0\.0 m"), ("zh", r"(?<![\d.,])0(\.0)?[万亿]")])
def test_a_summary_names_no_amount_of_nothing_in_a_large_unit(
    lang: str, nothing: str, by_size: dict[float, Results]
) -> None:
    for results in by_size.values():
        assert not re.search(nothing, summary(results.twins, lang))


def test_the_unit_is_the_first_that_the_largest_amount_reaches() -> None:
    said = words("en")
    named = [unit("yuan", said, amounts).name for amounts in ([], [0.0], [-3e9, 1.0], [5e6, float("nan")], [7.0])]
    assert named == ["CNY billion", "CNY billion", "CNY billion", "CNY million", "CNY thousand"]
    assert unit("yuan", said, [5e9], figures=3).name == "CNY million"


def test_a_small_fund_is_the_nation_a_head(by_size: dict[float, Results], tmp_path: Path) -> None:
    nation, city = (by_size[share].shown.account["outgo_pp"] for share in (1.0, CITY))
    assert city == pytest.approx(nation, rel=1e-9)
