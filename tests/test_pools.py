"""Pools side by side: an adjustment fund between them, what sums to nothing, the group against the nation, merged beside."""

import json
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from example_city import city
from small_pools import LEVY, POOL, PURE, SHORT, TITLES, UNLIKE, pooling_text

import simsurance as ss
from simsurance.analysis import pooled_runs
from simsurance.analysis import pools as of_pools
from simsurance.analysis.adjustment_fund import AdjustmentFund, Seen
from simsurance.analysis.merged_pools import unified
from simsurance.analysis.pooled_runs import TRANSFER, scaled
from simsurance.analysis.pools import ADJUSTED, MERGED, SEPARATE, Pools, pool
from simsurance.basis import build_arrays
from simsurance.basis.built import stack
from simsurance.cli import main
from simsurance.language import languages
from simsurance.ledger import RESIDENT, RESIDENT_BENEFITS, RESIDENT_LEVIED
from simsurance.measures import ratio
from simsurance.model.projection import project
from simsurance.output.charts.pools import MOST, draw
from simsurance.output.pools_summary import pools_summary
from simsurance.results import accounts_of, simulate
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.pooling import Adjustment, load_pooling, shipped_poolings
from simsurance.scenario_file.schedule import value_in


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Pools of a text, written and projected once."""
    folder = tmp_path_factory.mktemp("poolings")

    @cache
    def projected(text: str) -> Pools:
        file = folder / f"p{abs(hash(text))}.toml"
        file.write_text(text, encoding="utf-8")
        return pool(load_pooling(file))

    return projected


def test_a_levy_of_nothing_is_the_single_runs_bit_for_bit(written: Any) -> None:
    found = written(pooling_text(levy={**LEVY, "levy": 0}))
    for each, run, adjusted in zip(found.pooling.pools, found.separate, found.adjusted, strict=True):
        own = scaled(build_arrays(each.scenario), each.share)
        state, basis = own.state, own.years
        alone = project(state, basis)
        np.testing.assert_array_equal(run.account["closing"], alone.fund[1:, 0, 0])
        for name, values in run.account.items():
            np.testing.assert_array_equal(adjusted[name], values, err_msg=f"{name} of {each.name}")


@pytest.mark.long
def test_funds_of_their_own_are_their_single_runs_bit_for_bit(tmp_path: Path) -> None:
    fund = city(tmp_path)
    shutil.copytree(fund.parent, tmp_path / "other")
    other = tmp_path / "other" / "fund.toml"
    text = TITLES
    for name, file in (("one", fund), ("two", other)):
        told = {**POOL, "scenario": file.as_posix(), "title": name}
        text += f"\n[pools.{name}]\n" + "".join(f'{key} = "{value}"\n' for key, value in told.items())
        text += f"set = {{ {SHORT} }}\n"
    (tmp_path / "pooling.toml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, ["pool", str(tmp_path / "pooling.toml"), "--no-charts", "--out", str(tmp_path)])
    assert done.exit_code == 0
    assert done.stderr.count("migration_table is the nation's, scaled by the persons") == 2
    found = pool(load_pooling(tmp_path / "pooling.toml"))
    assert found.nation is None
    for each, run in zip(found.pooling.pools, found.separate, strict=True):
        (alone,) = simulate([each.scenario])
        pd.testing.assert_frame_equal(run.fund, alone.fund, check_exact=True)
        assert repr(run.measured) == repr(alone.measured)


def test_the_pools_meet_as_they_do_within_one_projection(written: Any) -> None:
    found = written(pooling_text(levy={**LEVY, "rule": "both", "need_share": 0.5, "opening": 5e9}))
    built = [scaled(build_arrays(each.scenario), each.share) for each in found.pooling.pools]
    need = sum(pooled_runs.needs(each.years[0]) for each in built) / len(built)
    fund = AdjustmentFund(found.pooling.adjustment, need)
    all_pools = stack(built)
    together = project(all_pools.state, all_pools.years, group=len(built), meet=fund.meet)
    np.testing.assert_allclose(found.of(ADJUSTED, "closing"), together.fund[1:, :, 0], rtol=1e-11)
    np.testing.assert_allclose(found.of(ADJUSTED, TRANSFER), together.totals[TRANSFER], rtol=1e-11)
    for own, theirs in zip(found.moved, fund.years, strict=True):
        for name, values in vars(own).items():
            np.testing.assert_allclose(values, getattr(theirs, name), rtol=1e-11, atol=1e-3, err_msg=name)


def test_transfers_sum_to_nothing_and_a_wrong_one_stops_the_run(written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    text = pooling_text(levy=LEVY)
    found = written(text)
    assert found.zero < 1e-12
    assert np.abs(found.net).max() > 1e9
    assert (np.abs(found.adjustment["sum"]) < 1).all()
    honest = of_pools.with_payments
    monkeypatch.setattr(of_pools, "with_payments", lambda account, paid, rates: honest(account, paid + 1e6, rates))
    with pytest.raises(ss.api.SimsuranceError, match=r"sum to .* of the largest, not to 0") as error:
        pool(found.pooling)
    assert error.value.exit_code == 4


def test_the_accounts_of_the_pools_close(written: Any) -> None:
    found = written(pooling_text(levy=LEVY))
    for kind in (SEPARATE, ADJUSTED):
        opening, income, outgo, interest, end = (
            found.of(kind, name) for name in ("opening", "income", "outgo", "interest", "closing")
        )
        np.testing.assert_allclose(opening + income - outgo + interest, end, rtol=1e-12, atol=1)
        np.testing.assert_array_equal(opening[1:], end[:-1])
    paid = found.of(ADJUSTED, TRANSFER)
    np.testing.assert_allclose(paid, -found.net, rtol=1e-9)
    np.testing.assert_allclose(found.of(ADJUSTED, "outgo") - found.of(SEPARATE, "outgo"), paid, atol=1)


@pytest.mark.parametrize("rule", ["deficit", "need"])
def test_what_is_paid_out_keeps_to_the_rules(rule: str, written: Any) -> None:
    found = written(pooling_text(levy={**LEVY, "rule": rule, "opening": 1e9}))
    before = 1e9
    for year, of in zip(found.years, found.moved, strict=True):
        assert of.opening == pytest.approx(before)
        assert of.closing >= 0
        assert (of.received <= 0.8 * of.deficit + 1e-6).all()
        assert of.received.sum() <= of.levy.sum() + of.opening + 1e-3
        if year < 2027:
            assert not of.levy.any()
            assert not of.received.any()
        before = of.closing
    levied = sum(found.of(SEPARATE, name) for name in RESIDENT_LEVIED)
    np.testing.assert_allclose(np.stack([of.levy for of in found.moved])[1:], 0.05 * levied[1:], rtol=1e-12)
    short = [of for of in found.moved if of.claims.sum() > of.levy.sum() + of.opening]
    long = [of for of in found.moved if 0 < of.claims.sum() < of.levy.sum() + of.opening]
    assert short or long
    for of in long:
        np.testing.assert_allclose(of.received, of.claims)
    for of in short:
        assert of.closing == pytest.approx(of.interest)
        np.testing.assert_allclose(of.received / of.received.sum(), of.claims / of.claims.sum())


def seen(insured: list[list[float]], benefits: list[list[float]], levied: float = 100.0) -> Seen:
    """Two pools of one sex and one age with some insured by need."""
    money = {"prepaid_change": np.zeros(2)} | {name: np.zeros(2) for name in RESIDENT_BENEFITS}
    money |= {name: np.zeros(2) for name in (*RESIDENT_LEVIED, TRANSFER, "recoveries")}
    money |= {"resident_long_term_care": np.zeros(2), "administration": np.zeros(2)}
    money["subsidies"] = np.full(2, levied)
    money["inpatient_benefits"] = np.array(benefits).sum(axis=1)
    return Seen(money, np.array(benefits)[:, None], np.array(insured)[:, :, None, None])


def test_need_is_worked_out_by_hand() -> None:
    """Benefits of 240 by persons of weights 1, 2, 3: 10 of weight 1 and 10 of weight 3 are 40, 20 of weight 2 are 40 too."""
    rules = Adjustment(0.1, 2026, "need", 1.0, 1.0, 10.0, 1e6, 0.0)
    fund = AdjustmentFund(rules, np.array([1.0, 2.0, 3.0])[:, None, None])
    paid = fund.pay(2026, seen([[10, 0, 10], [0, 20, 0]], [[150], [90]]))
    year = fund.years[0]
    np.testing.assert_allclose(year.need, [120, 120])
    np.testing.assert_allclose(year.levy, [10, 10])
    np.testing.assert_allclose(year.deficit, [60, 0])
    np.testing.assert_allclose(
        year.received, [30, 0]
    )  # 120 needed + 10 levy − 100 income; the other 30 are its own doing
    np.testing.assert_allclose(paid, [-20, 10])
    assert year.closing == pytest.approx(1e6 - 10)


def test_payments_are_prorated_to_levy_and_balance() -> None:
    rules = Adjustment(0.1, 2026, "deficit", 0.0, 0.5, 0.1, 4.0, 0.05)
    fund = AdjustmentFund(rules, np.ones((3, 1, 1)))
    fund.pay(2026, seen([[1, 1, 1], [1, 1, 1]], [[150], [400]]))
    year = fund.years[0]
    np.testing.assert_allclose(
        year.claims, [15, 40]
    )  # the cap of a tenth of outgo holds; half the deficits were 30 and 155
    np.testing.assert_allclose(year.received, np.array([15, 40]) * 24 / 55)
    assert year.closing == pytest.approx(year.interest)
    assert year.interest == pytest.approx(4 * 0.05 - 4 * (1.05**0.5 - 1))


def test_more_need_brings_more_by_need_and_costs_alone_do_not() -> None:
    rules = Adjustment(0.1, 2026, "need", 1.0, 1.0, 10.0, 1e6, 0.0)
    by_need = np.array([1.0, 2.0, 3.0])[:, None, None]

    def received(insured: list[list[float]]) -> float:
        fund = AdjustmentFund(rules, by_need)
        fund.pay(2026, seen(insured, [[150], [90]]))
        return float(fund.years[0].received[0])

    assert received([[0, 0, 20], [0, 20, 0]]) > received([[10, 0, 10], [0, 20, 0]]) > received([[20, 0, 0], [0, 20, 0]])


def test_pure_shares_are_the_nation(written: Any) -> None:
    found = written(pooling_text(PURE, levy={**LEVY, "rule": "need"}))
    gap = found.group["reconciliation"].abs() / found.group["nation"].abs().clip(lower=1)
    assert gap.max() < 1e-12
    nation = simulate([load("baseline", settings=[SHORT.replace('"', "")])])[0]
    for name in ("outgo", "closing", "resident_insured", "gdp", "population"):
        np.testing.assert_allclose(found.of(SEPARATE, name).sum(axis=1), nation.account[name], rtol=1e-12, err_msg=name)
    for name in ("reserve_months", "coverage", "outgo_pp"):
        for run in found.separate:
            np.testing.assert_allclose(run.account[name], nation.account[name], rtol=1e-9, err_msg=name)


def test_unlike_pools_leave_a_reconciliation_and_the_group_is_their_sum(written: Any) -> None:
    found = written(pooling_text(levy=LEVY))
    assert found.reconciliation > 0.01
    group = found.group
    for item in ("income", "outgo", "closing", "subsidies"):
        total = np.sum([run.account[item] for run in found.separate], axis=0)
        np.testing.assert_allclose(group.xs(item, level="item")[SEPARATE], total, rtol=0, atol=1)


def test_people_who_move_between_pools_leave_no_trace_in_the_sum(written: Any) -> None:
    text = pooling_text(PURE)
    still = written(text)
    moves = dict(zip("abc", (500_000, -200_000, -300_000), strict=True))
    for name, persons in moves.items():
        text = text.replace(f"[pools.{name}]\n", f"[pools.{name}]\nmoves_in = {persons}\n")
    found = written(text)
    change = found.of(SEPARATE, "population") - still.of(SEPARATE, "population")
    assert (np.sign(change) == [1, -1, -1]).all()
    np.testing.assert_allclose(change[0], list(moves.values()), rtol=0.02)
    assert np.abs(change.sum(axis=1)).max() < 1e-3 * np.abs(change).max()


def test_merged_pools_have_one_standard_and_one_benefit(written: Any) -> None:
    own = '"benefits.inpatient.payment_ratio" = 0.5, "contributions.personal.schedule" = 300, '
    own += '"contributions.personal.rule" = { 2019 = "schedule" }'
    text = pooling_text((("a", 0.6, ""), ("b", 0.4, own))) + '\n[merged]\nbenefits = "a"\nstandard = "mean"\n'
    found = written(text)
    alone, merged = (found.of(kind, "personal_contribution_pp") for kind in (SEPARATE, MERGED))
    payers = found.of(SEPARATE, "resident_enrolled")
    np.testing.assert_allclose(merged[:, 0], merged[:, 1], rtol=1e-9)
    np.testing.assert_allclose(merged[:, 0], (alone * payers).sum(axis=1) / payers.sum(axis=1), rtol=1e-9)
    paid = [
        ratio(found.of(kind, "inpatient_benefits"), found.of(kind, "resident_enrolled")) for kind in (SEPARATE, MERGED)
    ]
    assert (paid[1][:, 1] > 1.2 * paid[0][:, 1]).all()
    assert found.merged is not None
    for name in ("income", "outgo"):
        np.testing.assert_allclose(found.merged[name], found.of(MERGED, name).sum(axis=1), rtol=1e-12)
    assert found.merged["opening"][0] == pytest.approx(found.of(SEPARATE, "opening")[0].sum())
    assert (
        found.of(MERGED, "leave_rate")[1:, 1] > found.of(SEPARATE, "leave_rate")[1:, 1]
    ).all()  # who pays more leaves


def test_merged_pools_may_keep_their_own_standards_and_benefits(written: Any) -> None:
    text = pooling_text(UNLIKE) + '\n[merged]\nbenefits = "own"\nstandard = "own"\n'
    found = written(text)
    assert found.merged_parts is found.separate
    np.testing.assert_allclose(found.merged["closing"], found.of(SEPARATE, "closing").sum(axis=1), rtol=1e-12)
    assert "with their own standards and their own benefits" in pools_summary(found)


def test_pools_alike_merge_into_their_sum(written: Any) -> None:
    found = written(pooling_text(PURE) + '\n[merged]\nbenefits = "b"\nstandard = "mean"\n')
    assert found.merged is not None
    np.testing.assert_allclose(found.merged["closing"], found.of(SEPARATE, "closing").sum(axis=1), rtol=1e-12)


def test_the_tables_agree_with_each_other(written: Any) -> None:
    found = written(pooling_text(levy=LEVY))
    table, transfers = found.pools, found.transfers
    np.testing.assert_allclose(table["net_transfer"], transfers.groupby("pool")["net_transfer"].sum()[table.index])
    np.testing.assert_allclose(table["net_transfer"], table["received"] - table["levy"], atol=1)
    assert table["net_transfer_pp"].is_monotonic_decreasing
    spread = found.stability.loc[(ADJUSTED, found.year), "spread"]
    months = table["reserve_months_adjusted"]
    assert spread == pytest.approx(months.max() - months.min())
    assert spread < found.stability.loc[(SEPARATE, found.year), "spread"]
    fund = found.fund.xs((SEPARATE, "b"), level=("arrangement", "pool"))
    np.testing.assert_array_equal(fund["closing"], found.separate[1].fund.xs(RESIDENT, level="fund")["closing"])


def test_the_shipped_poolings_are_fictitious_and_say_so() -> None:
    assert set(shipped_poolings()) >= {"four_regions", "provinces", "cities_one_province", "town_and_country"}
    for name in set(shipped_poolings()) - {"provinces"}:
        pooling = load_pooling(name)
        assert "ictitious" in pooling.title
        assert "虚构" in pooling.title_zh
        assert all("fictitious" in each.title and "虚构" in each.title_zh for each in pooling.pools)


@pytest.mark.parametrize("lang", languages())
def test_a_pooling_file_to_change_is_written_and_loads(
    lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["init", "mine", "--pool", "--lang", lang])
    assert done.exit_code == 0, done.output
    pooling = load_pooling("mine.toml")
    assert [each.share for each in pooling.pools] == [0.006, 0.004]
    assert pooling.title == "mine"
    assert CliRunner().invoke(main, ["init", "mine", "--pool", "--lang", lang]).exit_code == 0, "as it was begun"
    Path("mine.toml").write_text("title = 1\n", encoding="utf-8")
    again = CliRunner().invoke(main, ["init", "mine", "--pool"])
    assert again.exit_code == 6
    assert "mine.toml: exists and is not overwritten" in again.stderr
    for name, code in (("four_regions", 3), ("a b", 3)):
        assert CliRunner().invoke(main, ["init", name, "--pool"]).exit_code == code


def test_merged_upwards_town_and_country_reach_the_better_of_each_benefit_in_equal_steps() -> None:
    """By hand: in hospital 0.94 of the nation's ratio rises to 1.06 in four quarters; of deductibles 1.3 falls to 1."""
    pooling, nation = load_pooling("town_and_country"), load("baseline")
    own, first = nation.values.benefits.inpatient, nation.values.horizon.valuation_year
    runs = accounts_of([nation.replace({"horizon.last_year": first + 5})])
    town, country = (unified(pooling, each, runs) for each in pooling.pools)
    ratio_now, deductible_now = (value_in(each, first) for each in (own.payment_ratio, own.deductible))
    for year, part in ((first, 0.25), (first + 1, 0.5), (first + 3, 1.0), (first + 5, 1.0)):
        rising = country["benefits.inpatient.payment_ratio"][year]
        assert rising == pytest.approx(ratio_now * (0.94 + part * 0.12))
        falling = town["benefits.inpatient.deductible"][year]
        assert falling == pytest.approx(deductible_now * (1.3 - part * 0.3))
    assert "benefits.inpatient.payment_ratio" not in town, "which has the better ratio"
    assert "benefits.outpatient.payment_ratio" in town, "the country has the better one outside hospital"
    assert not [path for path in (*town, *country) if path.startswith("contributions.")], "each keeps its own standard"


@pytest.mark.long
def test_the_command_writes_a_folder_and_prints_the_sum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("three.toml").write_text(pooling_text(levy=LEVY), encoding="utf-8")
    done = CliRunner().invoke(main, ["pool", "three.toml", "--no-charts"], catch_exceptions=False)
    assert done.exit_code == 0
    assert "sum to 0 in every year" in done.stdout
    folder = Path("out/pool-three")
    assert {path.name for path in folder.iterdir()} == {
        *(f"{name}.csv" for name in ("pools", "transfers", "adjustment", "fund", "stability", "group")),
        "summary.md",
        "manifest.json",
    }
    told = json.loads(CliRunner().invoke(main, ["pool", "three.toml", "--no-charts", "--json"]).stdout)
    assert told["ok"]
    assert {row["pool"] for row in told["pools"]} == {"a", "b", "c"}
    chinese = CliRunner().invoke(main, ["pool", "three.toml", "--no-charts", "--lang", "zh"], catch_exceptions=False)
    assert "逐年合计为0" in chinese.stdout
    by_name = ss.pool("three.toml")
    assert {row["pool"]: row["net_transfer"] for row in told["pools"]} == by_name.pools["net_transfer"].to_dict()
    by_name.save("again", charts=False)
    assert Path("again/pools.csv").read_bytes() == (folder / "pools.csv").read_bytes()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_chart_has_a_row_a_pool_and_prints_the_sum(lang: str, written: Any) -> None:
    found = written(pooling_text(levy=LEVY))
    chart = draw(found, lang)
    bars, dots = chart.figure.axes
    assert [bar.get_width() for bar in bars.patches] == pytest.approx(list(found.pools["net_transfer_pp"]))
    ring, dot = (line.get_xdata() for line in dots.lines if line.get_marker() == "o")
    np.testing.assert_allclose(ring, found.pools["reserve_months_separate"])
    np.testing.assert_allclose(dot, found.pools["reserve_months_adjusted"])
    assert list(chart.data["pool"]) == list(found.pools.index)
    foot = "\n".join(text.get_text() for text in chart.figure.texts)
    assert "sum 0" in foot.replace("\n", " ") or "之和为0" in foot.replace("\n", "")


def test_of_many_pools_the_chart_leaves_those_in_the_middle_out(written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = replace(written(pooling_text(levy=LEVY)))
    table = pd.concat([found.pools] * 14, ignore_index=True).sort_values("net_transfer_pp", ascending=False)
    vars(found)["pools"] = table.rename(str).rename_axis("pool")
    monkeypatch.setattr(
        "simsurance.output.charts.pools.titles", lambda *_: {str(place): str(place) for place in range(42)}
    )
    chart = draw(found)
    widths = [bar.get_width() for bar in chart.figure.axes[0].patches]
    assert widths == pytest.approx([*table["net_transfer_pp"][: MOST // 2], *table["net_transfer_pp"][-MOST // 2 :]])
    assert len(chart.data) == 42
    assert any("8 pools between these are left out" in text.get_text() for text in chart.figure.texts)


def test_the_summary_names_pools_marks_and_sources(written: Any) -> None:
    told = pools_summary(written(pooling_text(levy=LEVY)))
    assert told.count("expert judgement; a test") == 3
    assert "No adjustment fund" in pools_summary(written(pooling_text(PURE)))


A, FUND = "[pools.a]\n", "\n[adjustment]\n"
GOOD = pooling_text(levy=LEVY)
FAULTS = {
    "pools: fewer than two pools": TITLES + "pools = {}\n",
    "pools.d: \"x\" is text; give a table": GOOD.replace(A, '[pools]\nd = "x"\n' + A),
    "cannot be the name of a pool": GOOD.replace(A, '[pools."a b"]\n'),
    "pools.a.size: unknown key": GOOD.replace(A, A + "size = 1\n"),
    "titel: unknown key; did you mean title?": "titel = 1\n" + GOOD,
    "title: missing": GOOD.replace('title = "Three"\n', ""),
    "pools.a.mark: \"sure\" is no mark": GOOD.replace('"judgement"', '"sure"', 1),
    "pools.a.share: 1.4 is outside 0 to 1; give a number from 0 to 1": GOOD.replace("share = 0.4", "share = 1.4"),
    "pools.a.share: a pool of nobody": GOOD.replace("share = 0.4", "share = 0"),
    "pools.a.with: \"campaign\" is text; give a list": GOOD.replace(A, A + 'with = "campaign"\n'),
    "pools.a.set: 1 is a number; give keys": GOOD.replace(f"set = {{ {SHORT} }}", "set = 1", 1),
    "pools.a.scenario: no shipped scenario": GOOD.replace('"baseline"', '"basline"', 1),
    "pools.a.scenario: elsewhere.toml: no such file": GOOD.replace('"baseline"', '"elsewhere.toml"', 1),
    "pools.b.set.claims.inpatient.levle: ": GOOD.replace("inpatient.level", "inpatient.levle"),
    "the whole nation; give the share": GOOD.replace("share = 0.4\n", ""),
    "paid to an adjustment fund outside": GOOD.replace(
        f"set = {{ {SHORT} }}", f'set = {{ {SHORT}, "fund.adjustment_share" = 0.02 }}', 1
    ),
    "pools.b: is pools.a listed twice": GOOD.replace('"Pool b"', '"Pool a"'),
    "amounts in KRW, where pools.a has CNY": GOOD.replace(
        '"fund.opening" = {', '"economy.currency" = "KRW", "fund.opening" = {'
    ),
    "2026 to 2031, where pools.a has 2026 to 2032": GOOD.replace(
        f'{SHORT}, "claims', '"horizon.last_year" = 2031, "claims'
    ),
    "share: shares of the pools sum to 0.95, not to 1": GOOD.replace("share = 0.4\n", "share = 0.35\n"),
    "moves_in sum to 5 persons": GOOD.replace(A, A + "moves_in = 5\n"),
    "adjustment: 1 is a number; give a table": pooling_text(more="adjustment = 1\n"),
    "adjustment.levy: missing": GOOD.replace("levy = 0.05\n", ""),
    "adjustment.levy: true is a switch": GOOD.replace("levy = 0.05", "levy = true"),
    "adjustment.rule: \"luck\" is no rule": GOOD.replace('"deficit"', '"luck"'),
    "adjustment.need_share: missing": GOOD.replace('"deficit"', '"both"'),
    'adjustment.need_share: has no effect with rule = "deficit"; leave it out': GOOD.replace(FUND, FUND + "need_share = 0.5\n"),
    "adjustment.first_year: year 2090 is outside 2026 to 2032": GOOD.replace("first_year = 2027", "first_year = 2090"),
    "2027.5 is no year": GOOD.replace("first_year = 2027", "first_year = 2027.5"),
    "merged: 1 is a number; give a table": pooling_text(more="merged = 1\n"),
    "merged.benefits: \"d\" is no pool": GOOD + '\n[merged]\nbenefits = "d"\nstandard = "own"\n',
    "merged.standard: \"low\" is no standard": GOOD + '\n[merged]\nbenefits = "own"\nstandard = "low"\n',
    "employee.projected: not as in pools.a": GOOD.replace(
        '"fund.opening" = {', '"employee.projected" = false, "fund.opening" = {'
    ),
    "the table is given twice": GOOD + "\n[pools.a]\nshare = 0.1\n",
}  # fmt: skip


@pytest.mark.parametrize("line", FAULTS)
def test_what_is_wrong_is_one_line_and_nothing_is_written(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.toml").write_text(FAULTS[line], encoding="utf-8")
    done = CliRunner().invoke(main, ["pool", "bad.toml", "--no-charts"])
    assert done.exit_code == 3, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith("bad.toml:")
    assert line in done.stderr
    assert not Path("out").exists() or not list(Path("out").iterdir())


def test_a_fund_of_its_own_is_no_share_of_the_nation_and_stands_once(tmp_path: Path, monkeypatch: Any) -> None:
    fund = city(tmp_path)
    monkeypatch.chdir(tmp_path)
    told = "".join(f'{key} = "{value}"\n' for key, value in {**POOL, "scenario": fund.as_posix()}.items())
    text = f"{TITLES}\n[pools.one]\n{told}\n[pools.two]\n{told}"
    Path("twice.toml").write_text(text, encoding="utf-8")
    Path("share.toml").write_text(text.replace("[pools.two]\n", "[pools.two]\nshare = 0.3\n"), encoding="utf-8")
    Path("sum.toml").write_text(text.replace("\n[pools.one]", "share = 0.3\n\n[pools.one]"), encoding="utf-8")
    for file, line in (
        ("twice.toml", "pools.two: is pools.one listed twice; name it once"),
        ("share.toml", "pools.two.share: of a fund of its own; leave it out"),
        ("sum.toml", "share: no pool is a share of the nation; leave it out"),
    ):
        done = CliRunner().invoke(main, ["pool", file])
        assert done.exit_code == 3
        assert line in done.stderr


def test_pools_do_not_tell_the_other_tiers_and_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = pooling_text(PURE).replace(f"set = {{ {SHORT}", f'set = {{ {SHORT}, "tiers.in_force" = true', 1)
    Path("tiers.toml").write_text(text)
    done = CliRunner().invoke(main, ["pool", "tiers.toml", "--no-charts"])
    assert (done.exit_code, done.stderr) == (
        3,
        "tiers.toml:pools.a: tiers.in_force: pools do not tell the other tiers; false\n",
    )


def test_what_no_projection_allows_names_its_pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = pooling_text(PURE)
    Path("no_opening.toml").write_text(
        text.replace(f"set = {{ {SHORT}", f'set = {{ {SHORT}, "membership.resident_insured" = 1_390_000_000', 1)
    )
    for name, persons in (("a", 800_000_000), ("b", -800_000_000)):
        text = text.replace(f"[pools.{name}]\n", f"[pools.{name}]\nmoves_in = {persons}\n")
    Path("nobody_left.toml").write_text(text)
    for file, pool_named, code in (("no_opening", "a", 3), ("nobody_left", "b", 4)):
        done = CliRunner().invoke(main, ["pool", f"{file}.toml", "--no-charts"])
        assert done.exit_code == code, done.stderr
        assert all(line.startswith(f"{file}.toml:pools.{pool_named}") for line in done.stderr.splitlines()), done.stderr
        assert not list(Path().glob("out/*"))


def test_an_unknown_name_says_what_is_shipped() -> None:
    done = CliRunner().invoke(main, ["pool", "four_region"])
    assert (done.exit_code, done.stderr) == (
        3,
        "four_region: no shipped pooling scenario; did you mean four_regions?\n",
    )
    assert (scenarios_folder() / "pools" / "four_regions.toml").is_file()


def test_pinned_totals_are_shared_too(written: Any) -> None:
    pin = (
        '"pins.spending" = { total = "resident.outgo", mode = "fixed", values = { "2027" = 1.3e12 }, mark = "choice", '
    )
    pin += 'source = "a test" }, "population.pinned_total" = { 2028 = 1.38e9 }'
    found = written(pooling_text([(name, share, pin) for name, share, _ in PURE], levy=LEVY))
    outgo, persons = (found.of(SEPARATE, name).sum(axis=1) for name in ("outgo", "population"))
    assert outgo[found.years.index(2027)] == pytest.approx(1.3e12, rel=1e-12)
    assert persons[found.years.index(2027)] == pytest.approx(1.38e9, rel=1e-12)
    assert found.zero < 1e-12
