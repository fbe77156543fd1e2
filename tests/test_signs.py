"""Where a conclusion holds and where it flips over two grids: as plain runs say, and as `compare` does."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance.answers.signs import FLIPS, HOLDS, SAME, Signs, conclusion_of, other_named, require_two
from simsurance.cli import main
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import languages
from simsurance.results import simulate
from simsurance.uncertainty.sweep import Grid, Sweep, points_of

RATIO, GROWTH = "benefits.inpatient.payment_ratio", "claims.trend.residual_growth"
SHORT = {"horizon.last_year": 2031, "employee.projected": False}
GRIDS = {RATIO: (0.6, 0.8, 3), GROWTH: (-0.03, 0.03, 3)}


@pytest.fixture(scope="module")
def base():
    return ss.load("baseline").replace(SHORT)


def test_a_condition_holds_where_plain_runs_say(base):
    found = ss.sweep(base, GRIDS, signs="reserve_months >= 4 in 2031")
    regions = found.signs["region"]
    assert set(regions) == {HOLDS, FLIPS}
    for (ratio, growth), region in regions.items():
        run = ss.run(base.replace({RATIO: {2000: 0.66226, 2026: ratio}, GROWTH: growth}))
        months = run.fund.loc[(2031, "resident"), "reserve_months"]
        assert (months >= 4) == (region == HOLDS)
    assert found.table.loc[(0.6, -0.03, "resident"), "reserve_months_last_year"] == pytest.approx(
        4 + found.signs.loc[(0.6, -0.03), "margin"]
    )


def test_one_scenario_beats_another_where_compare_says(base):
    other = base.replace({"contributions.personal.income_share": 0.0095, "fund.administration_share": 0.003})
    found = ss.sweep(base, {RATIO: (0.6, 0.8, 2), GROWTH: (-0.03, 0.03, 2)}, signs=(other, "closing_last_year"))
    for (ratio, growth), row in found.signs.iterrows():
        values = {RATIO: {2000: 0.66226, 2026: ratio}, GROWTH: growth}
        compared = ss.compare(base.replace(values), other.replace(values))
        own, others = compared.measures["value"].unstack("scenario").loc["closing_last_year"]
        assert row["margin"] == pytest.approx(own - others, rel=1e-9)
        assert row["region"] == (HOLDS if own > others else FLIPS)


def test_a_scenario_does_not_beat_itself(base):
    found = ss.sweep(base, {RATIO: (0.6, 0.8, 2), GROWTH: (-0.03, 0.03, 2)}, signs=(base, "closing_last_year"))
    assert set(found.signs["region"]) == {SAME}


def test_it_flips_between_neighbours_of_which_one_holds(base):
    (central,) = simulate([base])
    points = points_of(base, [Grid(RATIO, 0.6, 0.8, 3), Grid(GROWTH, -0.03, 0.03, 4)])
    margins = np.array([[1.0, 1.0, 1.0, 1.0], [1.0, -1.0, 2.0, np.nan], [-1.0, -1.0, -1.0, -1.0]])
    months = np.zeros((12, 6))
    arrays = {"margin": margins.reshape(-1), "months/resident": months}
    shown = Signs(
        Sweep(central, points, arrays), conclusion_of("depletion_year >= 2030", "", "resident", central, None)
    )
    assert list(shown.regions.reshape(3, 4)[1]) == [HOLDS, FLIPS, HOLDS, ""]
    assert shown.along(0) == [(0.6, 0.7)]  # growth of the scenario itself, −0.0117, is nearest to −0.01
    assert shown.along(1) == [(-0.03, -0.01), (-0.01, 0.01)]  # the ratio itself, 0.66, is nearest to 0.7


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nonsense", 'is no condition; .* or "beats OTHER"'),
        ("P(depleted by 2030) <= 0.1", "is a probability; a sweep has one path a point"),
        ("reserve_months >= 6 in 2099", "2099 is not projected"),
    ],
)
def test_what_cannot_be_concluded_is_told_in_one_line(base, text, told):
    (central,) = simulate([base])
    with pytest.raises(SimsuranceError, match=told) as refused:
        conclusion_of(text, "closing_last_year", "resident", central, None)
    assert refused.value.exit_code == ExitCode.USAGE
    assert len(refused.value.lines) == 1


def test_what_cannot_be_compared_is_told_in_one_line(base):
    (central,) = simulate([base])
    with pytest.raises(SimsuranceError, match="neither of two values of outgo_pp_last_year is better"):
        conclusion_of("beats other", "outgo_pp_last_year", "resident", central, base)
    with pytest.raises(SimsuranceError, match="over other years"):
        ss.sweep(base, GRIDS, signs=("frozen_contribution", "closing_last_year"))
    with pytest.raises(SimsuranceError, match="two grids, not 1"):
        require_two(points_of(base, [Grid(RATIO, 0.6, 0.8, 2)]), "x")
    with pytest.raises(SimsuranceError, match="signs: was not asked for"):
        _ = ss.sweep(base, {RATIO: (0.6, 0.8, 2)}).signs
    assert other_named("beats frozen_contribution") == "frozen_contribution"
    assert other_named("not depleted through 2030") is None


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("text", ["not depleted through 2030", "beats frozen_contribution", "beats fraud_recovery"])
def test_command_writes_the_map(tmp_path, lang, text):
    given = ["sweep", "baseline", "--grid", f"{RATIO}=0.6:0.9:2", "--grid", f"{GROWTH}=-0.03:0.05:2", "--jobs", "1"]
    given += ["--set", "horizon.last_year=2031", "--set", "employee.projected=false", "--measure", "closing_last_year"]
    result = CliRunner().invoke(main, [*given, "--signs", text, "--lang", lang, "--json", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)["signs"]
    assert len(told["points"]) == 4
    assert {row["region"] for row in told["points"]} <= {HOLDS, SAME, FLIPS}
    folder = tmp_path / "sweep-baseline"
    assert (folder / "charts" / "signs_resident.png").exists()
    assert (folder / "signs.csv").exists()
    assert "signs.csv" in (folder / "summary.md").read_text(encoding="utf-8")
