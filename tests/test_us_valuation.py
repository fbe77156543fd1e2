"""Six published policies for United States' Social Security: the fund account makes their fund ratios and depletion years."""

from functools import cache
from pathlib import Path

import pytest

from simsurance.evidence import us_oasdi
from simsurance.results import RunAccounts, accounts_of
from simsurance.scenario_file.loader import load

NOT_GIVEN = ("265", "236", "220", "325", "316")
"""Runs of which the scenarios know cost, income and the fund of the first year alone."""
TOLERANCE = 0.02


@cache
def projected() -> dict[str, RunAccounts]:
    """The runs as the shipped files have them."""
    return us_oasdi.projected()


def test_the_scenario_files_are_those_of_the_table() -> None:
    for name, text in us_oasdi.files().items():
        assert (us_oasdi.FOLDER / name).read_text(encoding="utf-8") == text, name
    assert len(us_oasdi.published()) == 6
    assert {*NOT_GIVEN, us_oasdi.CALIBRATED_ON} == us_oasdi.published().keys()


@pytest.mark.parametrize("run", NOT_GIVEN)
def test_fund_ratios_that_were_not_given_are_reproduced(run: str) -> None:
    told = us_oasdi.published()[run].fund_ratio
    found = us_oasdi.fund_ratios(projected()[run])
    assert len(told) > 10
    for year, ratio in told.items():
        assert found[year] == pytest.approx(ratio, abs=TOLERANCE), year


@pytest.mark.parametrize("run", [*NOT_GIVEN, us_oasdi.CALIBRATED_ON])
def test_the_fund_is_depleted_in_the_last_year_that_begins_with_money(run: str) -> None:
    dated = next(each for each in projected()[run].measured if each.measure == "depletion_year")
    assert dated.value == us_oasdi.published()[run].last_positive_year


def test_the_page_says_what_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = projected()
    monkeypatch.setattr(us_oasdi, "projected", lambda: runs)
    page = (Path(__file__).parent.parent / "docs" / "us_valuation.md").read_text(encoding="utf-8")
    assert "\n".join(us_oasdi.lines()) in page


def test_what_is_levied_gives_no_answer() -> None:
    statuses = {each.measure: each.status for each in projected()["265"].measured}
    assert statuses["required_contribution_multiple_now"] == statuses["required_contribution_delayed"] == "pinned"


def test_the_payroll_in_dollars_moves_no_ratio(tmp_path) -> None:
    for name, text in us_oasdi.files(dollars=3e12).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (results,) = accounts_of([load(tmp_path / "run265.toml")])
    own = projected()["265"]
    assert results.account["opening"] == pytest.approx(0.3 * own.account["opening"])
    assert us_oasdi.fund_ratios(results) == pytest.approx(us_oasdi.fund_ratios(own), abs=1e-9)


def test_interest_only_says_where_in_the_year_flows_fall(tmp_path) -> None:
    for interest in (0.035, 0.055):
        for name, text in us_oasdi.files(interest).items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        (results,) = accounts_of([load(tmp_path / "run265.toml")])
        found, told = us_oasdi.fund_ratios(results), us_oasdi.published()["265"].fund_ratio
        for year, ratio in told.items():
            assert found.get(year, 0.0) == pytest.approx(ratio, abs=TOLERANCE), (interest, year)
        assert max(told) - 1 <= max(found) <= max(told)
