"""What of a run can hardly be is told in its summary and on the terminal, in both languages; what may be is not."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from simsurance import run
from simsurance.cli import main
from simsurance.language import words
from simsurance.output.implausible import implausible
from simsurance.output.summary import summary

CASES: dict[str, tuple[dict[str, Any], str, str]] = {
    "cost rate": (
        {"claims.inpatient.mean_cost": 2e6, "horizon.last_year": 2028},
        "resident fund: expenditure is more than all disposable income of those covered from 2026",
        "居民医保基金：自2026年起支出超过参保人全部可支配收入",
    ),
    "income": (
        {"employee.contributions.employer_rate": 0.001, "horizon.last_year": 2028},
        "employee pooled fund: income is below zero in 2026 to 2028.",
        "职工医保统筹基金：2026—2028年收入为负。",
    ),
    "growth": (
        {"claims.trend.real_growth": 0.2, "horizon.last_year": 2056},
        "resident fund: expenditure at constant prices is ",
        "居民医保基金：按不变价，2056年支出为2026年的",
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("case", CASES)
def test_what_can_hardly_be_is_told_in_the_summary(case: str) -> None:
    changes, *told = CASES[case]
    results = run("baseline", **changes)
    for lang, sentence in zip(("en", "zh"), told, strict=True):
        text = summary(results.twins, lang)
        assert text.count(f"- {sentence}") == 1
        assert text.count(words(lang).label("summary.implausible.heading")) == 1


def test_the_growth_told_is_that_of_the_table() -> None:
    results = run("baseline", **CASES["growth"][0]).shown
    real = results.account["outgo"] / results.account["price_level"]
    (told,) = [each for each in implausible(results, "en") if each.startswith("resident fund") and "times that" in each]
    assert f"is {real[-1] / real[0]:,.0f} times that of 2026 in 2056" in told


@pytest.mark.long
@pytest.mark.parametrize("changes", [{}, {"claims.trend.real_growth": 0.08}, {"fund.opening": 0}])
def test_what_may_be_is_not_told(changes: dict[str, Any]) -> None:
    results = run("baseline", **changes).shown
    assert implausible(results, "en") == []
    assert all(np.nanmax(account["cost_rate"]) < 1 for account in results.accounts.values())
    assert words("en").label("summary.implausible.heading") not in summary(run("baseline", **changes).twins, "en")


def test_the_terminal_tells_it_too(tmp_path: Path) -> None:
    settings = ["--set", "employee.contributions.employer_rate=0.001", "--years", ":2028", "--no-charts", "--no-range"]
    done = CliRunner().invoke(main, ["run", "baseline", *settings, "--out", str(tmp_path)])
    told = "baseline: employee pooled fund: income is below zero in 2026 to 2028."
    assert (done.exit_code, done.stderr.splitlines().count(told)) == (0, 1)
