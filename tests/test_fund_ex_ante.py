"""A fund's own past openings: which are possible, that nothing later is used, and the naive forecasts beside."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from example_city import city

from simsurance.cli import main
from simsurance.data.tables import published
from simsurance.errors import SimsuranceError
from simsurance.evidence.fund_ex_ante import (
    UNCOUNTED,
    UNFITTED,
    FundExAnte,
    fund_ex_ante,
    openings_of,
    own_leaves,
    uncut,
)
from simsurance.evidence.naive import NAIVE, before
from simsurance.scenario_file.loader import Scenario, load

OPENING = 2025
"""The one that is found anew: after the break, with one year to fit."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return city(tmp_path_factory.mktemp("ex_ante"))


@pytest.fixture(scope="module")
def own(path: Path) -> Scenario:
    return load(path)


@pytest.fixture(scope="module")
def found(own: Scenario) -> FundExAnte:
    return fund_ex_ante(own, OPENING)


@pytest.mark.long
def test_an_opening_needs_counts_a_population_and_a_year_to_fit(own: Scenario) -> None:
    possible, left_out = openings_of(own)
    assert possible == {2023: 2021, 2025: 2024}
    assert left_out == {2020: UNCOUNTED, 2021: UNFITTED, 2022: UNCOUNTED, 2024: UNFITTED}


@pytest.mark.long
def test_own_values_end_at_the_opening_and_standards_grow_with_income_from_there(own: Scenario) -> None:
    known = own_leaves(own, OPENING)
    assert max(known["membership.resident_insured"]) == max(known["fund.opening"]) == "2025"
    assert max(known["economy.disposable_income"]) == max(known["contributions.subsidy.schedule"]) == "2024"
    assert max(known["contributions.personal.schedule"]) == "2025"
    assert known["contributions.personal.rule"] == {"2019": "schedule", "2026": "with_income"}
    assert known["contributions.subsidy.rule"] == {"2019": "schedule", "2025": "with_income"}
    income = published("disposable_income_national", own.tables["published.series_table"])
    growth = (income[2024] / income[2021]) ** (1 / 3) - 1
    assert growth - 0.01 < known["economy.real_income_growth"] < growth + 0.01
    assert uncut(own) == ("population.stock_level", "contributions.local_supplement")


@pytest.mark.long
def test_figures_and_values_of_the_opening_year_and_later_move_no_forecast(
    path: Path, own: Scenario, found: FundExAnte
) -> None:
    table = own.tables["published.series_table"]
    text = table.read_text(encoding="utf-8").splitlines()
    lines = [text[0]]
    for row in text[1:]:
        year, measure, value, *others = row.split(",")
        spoilt = float(value) * 1.3 if int(year) >= OPENING else float(value)
        lines.append(",".join([year, measure, repr(spoilt), *others]))
    (path.parent / "spoilt.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    later = {key: dict(own.leaves[key]) for key in ("economy.disposable_income", "fund.opening")}
    later["economy.disposable_income"]["2025"] *= 1.01
    later["fund.opening"]["2026"] *= 3
    changes = {key: {int(year): value for year, value in schedule.items()} for key, schedule in later.items()}
    file = path.parent / "spoilt.toml"
    file.write_text('extends = "fund.toml"\ntitle = "S"\n[published]\nseries_table = "spoilt.csv"\n', encoding="utf-8")
    (path.parent / "breaks.csv").write_bytes((table.parent / "breaks.csv").read_bytes())
    spoilt_rows = fund_ex_ante(load(file).replace(changes), OPENING).rows
    for row, other in zip(found.rows, spoilt_rows, strict=True):
        assert (row.fund, row.item, row.year) == (other.fund, other.item, other.year)
        assert other.published == pytest.approx(1.3 * row.published)
        for name in ("model", *NAIVE):
            assert other.forecasts[name] == pytest.approx(row.forecasts[name], rel=1e-9), (row.item, name)


@pytest.mark.long
def test_naive_forecasts_are_those_of_the_funds_series(own: Scenario, found: FundExAnte) -> None:
    series = published("resident_outgo", own.tables["published.series_table"])
    (row,) = [row for row in found.rows if (row.fund, row.item) == ("resident", "outgo")]
    assert (row.opening, row.year, row.published) == (OPENING, OPENING, series[OPENING])
    for name, forecast in NAIVE.items():
        assert row.forecasts[name] == pytest.approx(forecast(before(series, OPENING), OPENING))
    assert row.forecasts["no_change"] == series[2024]
    assert abs(row.error("model")) < 0.15
    assert not row.straddles


@pytest.mark.long
def test_what_is_printed_names_openings_and_those_left_out(
    found: FundExAnte, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    monkeypatch.setattr("simsurance.evidence.fund_ex_ante.fund_ex_ante", lambda fund, first: found)
    done = CliRunner().invoke(main, ["hindcast", str(path), "--ex-ante", "--from", str(OPENING)])
    assert done.exit_code == 0, done.stderr
    assert "openings on 1 January 2025" in done.stdout
    assert (
        "Left out: 2020 (no count of that 1 January, or no population table by then); 2021 (no published year"
        in done.stdout
    )
    assert "Figures across a break" not in done.stdout
    document = json.loads(CliRunner().invoke(main, ["hindcast", str(path), "--ex-ante", "--json"]).stdout)
    assert {row["opening"] for row in document["results"]} == {OPENING}
    assert "breaks" not in document["results"][0]
    assert document["left_out"]["2020"] == UNCOUNTED


@pytest.mark.long
def test_what_has_no_opening_or_is_the_nation_is_told(path: Path, own: Scenario) -> None:
    with pytest.raises(SimsuranceError, match=r"city: no opening that an ex-ante .*; possible are 2023, 2025"):
        fund_ex_ante(own, 2026)
    done = CliRunner().invoke(main, ["hindcast", "high_cost", "--ex-ante"])
    assert done.exit_code == 2
    assert "leave the scenario out, or name your own fund" in done.stderr
