"""A year by months: worked by hand, the year again to the yuan, and the months that have been beside it."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

import simsurance as ss
from simsurance.answers.actual_months import warned
from simsurance.answers.month_inputs import PATTERNS, SIZES, month_inputs
from simsurance.answers.months import FundMonths, Months, delayed, months
from simsurance.cli import main
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import languages
from simsurance.ledger import fund_of
from simsurance.results import accounts_of
from simsurance.scenario_file.register import MARKS, sources

BY_HAND = """fund,item,month,year,value
resident,collection,0,,0.5
resident,collection,1,,0.5
resident,subsidy,6,,1
resident,settlement_days,,2018,30.416666666666668
resident,settlement_days,,2027,0
resident,withheld_share,,2018,0.1
resident,clearing,18,,1
resident,advance_months,,2018,0
""" + "".join(f"resident,care,{month},,0.08333333\n" for month in range(1, 13))
SHORT = {"horizon.last_year": 2029}


@pytest.fixture(scope="module")
def run():
    return accounts_of([ss.load("baseline").replace(SHORT)])[0]


@pytest.fixture(scope="module")
def by_hand(run, tmp_path_factory):
    """A fund of round numbers, the same every year: 1,200 of contributions, 2,400 of subsidies, 3,600 of care, 1,000 held."""
    file = tmp_path_factory.mktemp("hand") / "months.csv"
    file.write_text(BY_HAND)
    years = (2026, 2027)
    account = {name: np.zeros(2) for name in run.accounts["resident"]}
    same = {
        "personal_contributions": 1200,
        "subsidies": 2400,
        "inpatient_benefits": 3600,
        "opening": 1000,
        "closing": 1000,
    }
    account |= {name: np.full(2, float(amount)) for name, amount in same.items()}
    inputs = month_inputs(file)
    of = FundMonths(replace(run, years=years, accounts={"resident": account}), "resident", years, inputs)
    return Months(of.run, years, inputs, {"resident": of})


CASH = (1930, 1660, 1390, 1120, 850, 2620, 2350, 2080, 1810, 1540, 1270, 1600)
"""Half of the contributions in January and half in the December before, the subsidy and the clearing in June, care paid a month
later, nine tenths of it."""


def test_the_months_of_a_year_are_those_worked_out_by_hand(by_hand):
    of = by_hand.funds["resident"]
    assert of.cash[:13] == pytest.approx((1600, *CASH))
    assert of.columns["settled"][:12] == pytest.approx(np.full(12, 270))
    assert of.columns["cleared"][:12] == pytest.approx([0] * 5 + [360] + [0] * 6)
    assert of.for_next_year[:12] == pytest.approx([0] * 11 + [600])
    assert int(of.cash[1:13].argmin()) == 4
    assert of.lowest == 12 + 4
    assert of.stocks(2026)["owed"] == pytest.approx(270 + 360)


def test_paying_at_once_costs_a_month_of_care_once(by_hand):
    of = by_hand.funds["resident"]
    assert of.columns["settled"][12:] == pytest.approx([540, *[270] * 11])
    assert of.cash[24] == pytest.approx(1600 - 270)
    assert by_hand.reconciliation["gap"].abs().max() < 1e-9


def test_care_that_is_paid_days_later_falls_into_two_months():
    shares = np.zeros(36)
    shares[12] = 1.0
    found = delayed(shares, 1.5 * 365 / 12)
    assert found[12:15] == pytest.approx([0, 0.5, 0.5])
    assert delayed(shares, 0) == pytest.approx(shares)


@pytest.mark.parametrize("name", ["baseline", "high_cost"])
@pytest.mark.parametrize("options", [[], ["prepaid_70"], ["fraud_recovery", "long_term_care_transfer"]], ids=str)
def test_the_months_are_the_year_to_the_yuan(name, options):
    (run,) = accounts_of([ss.load(name, options).replace(SHORT)])
    found = months(run, 2026, 3)
    assert set(found.funds) == {"resident", "employee_pool"}
    for fund, of in found.funds.items():
        account, places = run.accounts[fund], slice(0, 3)
        moved = of.cash[::12][1:] - of.cash[::12][:-1]
        booked = (account["closing"] - account["opening"])[places]
        between = of.reconciled.drop(columns=["balance", "cash", "by_months", "gap"]).sum(axis=1).to_numpy()
        assert moved == pytest.approx(booked + between[1:] - between[:-1], abs=0.5)
        assert of.cash[::12] == pytest.approx(of.reconciled["balance"].to_numpy() + between, abs=0.5)


def test_what_is_booked_ahead_moves_the_fund_and_not_the_bank():
    plain, ahead = accounts_of([ss.load("baseline").replace(SHORT), ss.load("baseline", ["prepaid_70"]).replace(SHORT)])
    assert ahead.accounts["resident"]["closing"][1] > plain.accounts["resident"]["closing"][1] + 1e10
    of = [months(each, 2027).funds["resident"] for each in (plain, ahead)]
    flows = [each.columns["collection"] for each in of]
    np.testing.assert_allclose(flows[0], flows[1], rtol=1e-6)


def test_months_that_are_off_the_year_are_an_identity_that_does_not_hold(run):
    account = run.accounts["resident"]
    broken = replace(run, accounts={"resident": {**account, "closing": account["closing"] + 1}})
    with pytest.raises(
        SimsuranceError, match=r"months of resident are off the year by (1|1\.0\d*|0\.99\d*) yuan"
    ) as told:
        months(broken, 2029)
    assert told.value.exit_code == ExitCode.IDENTITY


def test_the_range_holds_every_input_low_and_high_and_other_shares_give_way(run):
    of = months(run, 2027).funds["resident"]
    low, high = of.range_of_lowest
    assert low < of.cash[1:].min() < high
    rows = of.inputs.ranged("resident", (2027,))
    assert len(of.ranges) == len(rows)
    december = next(row for row in rows if (row.item, row.place) == ("subsidy", 12))
    moved = of.inputs.with_value(december, 0.4).pattern("resident", "subsidy")
    assert moved == pytest.approx({3: 0.3 * 0.6 / 0.85, 6: 0.3 * 0.6 / 0.85, 9: 0.25 * 0.6 / 0.85, 12: 0.4})
    assert of.ranges.loc[("subsidy", 12), "lowest_high"].item() == of.lowest_with(of.inputs.with_value(december, 0.4))
    assert {row.place for row in rows if row.item == "settlement_days"} == {2025}


def test_an_overdraft_is_what_keeps_the_lowest_month_at_nothing():
    (run,) = accounts_of([ss.load("high_cost").replace({"fund.opening": 1e9, **SHORT})])
    of = months(run, 2029).funds["resident"]
    assert of.overdraft == -of.cash[1:].min() > 0
    assert of.overdraft_without_next_year > 0


def test_every_shipped_input_has_mark_source_and_range():
    given = month_inputs()
    for fund in ("resident", "employee_pool"):
        items = {row.item for row in given.rows if row.fund == fund}
        assert items == {*PATTERNS, *SIZES} - ({"subsidy"} if fund != "resident" else set())
    for row in given.rows:
        assert row.mark in MARKS, row
        assert row.source_id in sources(), row
        assert row.note, row
        if row.low is not None:
            assert row.low <= row.value <= row.high, row
    lines = given.as_csv().splitlines()
    assert len(lines) == len(given.rows) + 1


def been(tmp_path, outgo=(270, 270, 324), first=600):
    file = tmp_path / "been.csv"
    rows = [f"resident,{month},{first if month == 1 else 0},{amount}" for month, amount in enumerate(outgo, 1)]
    file.write_text("\n".join(["fund,month,income,outgo", *rows, ""]))
    return file


def test_where_the_year_ends_is_worked_out_by_hand(by_hand, tmp_path):
    """Outgo is 864 of 810: × 1.0667. Off that by −18, −18, 36, so φ = (18² + 18² + 36²) ÷ 270 ÷ 2 = 3.6, the rest of the path
    is 2,790, its variance 3.6 · (2,790 + 2,790² ÷ 810) = 44,640, and t at 90 % with two degrees of freedom 1.8856."""
    found = warned(by_hand, been(tmp_path))["resident"]
    assert found.ratios == pytest.approx({"income": 1.0, "outgo": 864 / 810})
    assert found.behind == pytest.approx(-54)
    assert found.as_path == pytest.approx(1546)
    assert found.cash[12] == pytest.approx(1600 + 3600 - 864 - 2790 * 864 / 810)
    assert found.half_band[12] == pytest.approx(1.8856181 * 44640**0.5)
    assert found.half_band[:4] == pytest.approx([0, 0, 0, 0])


def test_months_like_the_path_end_on_it_with_no_band_and_one_month_has_none(by_hand, tmp_path):
    same = warned(by_hand, been(tmp_path, (270, 270, 270)))["resident"]
    assert same.cash == pytest.approx(by_hand.funds["resident"].cash[:13])
    assert same.half_band == pytest.approx(np.zeros(13))
    assert np.isnan(warned(by_hand, been(tmp_path, (270,)))["resident"].half_band[12])


HEAD = "fund,item,month,year,value\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("fund,item,month,value\n", "1: no column year; give fund,item,month,year,value"),
        (HEAD.replace("\n", ",colour\n"), "1: column colour is unknown or stands twice; known are .*"),
        (HEAD + "accounts,care,1,,1\n", "2: accounts is no fund with months; give resident or employee_pool"),
        (HEAD + "resident,carre,1,,1\n", r"2: carre is no item; did you mean care\?"),
        (HEAD + "resident,subsidy,25,,1\n", "2: month is 25; give a whole number from -11 to 24"),
        (HEAD + "resident,subsidy,3,2027,1\n", "2: year has no meaning for subsidy; leave it empty"),
        (HEAD + "resident,subsidy,3,,2\n", "2: value of subsidy is 2; give a number from 0 to 1"),
        (
            HEAD + "resident,settlement_days,,2027,abc\n",
            "2: value of settlement_days is abc; give a number from 0 to 360",
        ),
        (
            HEAD + "resident,clearing,6,,1\n",
            "2: month of clearing is 6; the year is cleared after its end, give 13 to 24",
        ),
        (HEAD + "resident,care,13,,1\n", "2: month of care is 13; care is given within the year, give 1 to 12"),
        (HEAD + "resident,subsidy,3,,0.5\n", "resident subsidy: shares sum to 0.5; give shares that sum to 1"),
        (HEAD + 2 * "resident,subsidy,3,,0.5\n", "3: subsidy of 3 stands twice; give it once"),
        (HEAD + "resident,subsidy,3,,1,7\n", "2: not as many cells as the header; give 5"),
        (HEAD.replace("value", "value,mark") + "resident,subsidy,3,,1,sure\n", "2: mark is sure; give .*, or nothing"),
        (HEAD.replace("value", "value,low") + "resident,subsidy,3,,1,7\n", "2: low of subsidy is 7; give a number .*"),
    ],
)
def test_a_faulty_table_of_inputs_is_one_line(tmp_path, text, line):
    file = tmp_path / "mine.csv"
    file.write_text(text)
    with pytest.raises(SimsuranceError, match=f"^{file}:{line}$"):
        month_inputs(file)


ACTUAL = "fund,month,income,outgo\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (ACTUAL, ": no months; give a row for each month that has been, of resident or employee_pool"),
        (ACTUAL + "nobody,1,2,3\n", ":2: nobody is no fund with months; give resident"),
        (ACTUAL + "resident,13,2,3\n", ":2: month is 13; give 1 to 12"),
        (ACTUAL + 2 * "resident,1,2,3\n", ":3: month 1 of resident stands twice; give it once"),
        (ACTUAL + "resident,1,2,-3\n", ":2: outgo is -3; give the yuan of the month, from 0 to .*"),
        (
            ACTUAL + "resident,2,2,3\n",
            ": month 1 of resident is missing before month 2; give January and on, none left out",
        ),
    ],
)
def test_faulty_months_that_have_been_are_one_line(by_hand, tmp_path, text, line):
    file = tmp_path / "been.csv"
    file.write_text(text)
    with pytest.raises(SimsuranceError, match=f"^{file}{line}$"):
        warned(by_hand, file)


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_the_command_prints_writes_and_draws(tmp_path, lang):
    actual = tmp_path / "been.csv"
    actual.write_text(ACTUAL + "resident,1,16e9,95e9\nresident,2,11e9,99e9\n")
    arguments = ["months", "baseline", "--year", "2027", "--set", "horizon.last_year=2029", "--lang", lang]
    arguments += ["--actual", str(actual), "--out", str(tmp_path)]
    told = CliRunner().invoke(main, arguments, catch_exceptions=False)
    folder = tmp_path / "months-baseline"
    assert told.exit_code == 0
    assert told.stdout.rstrip().endswith(folder.as_posix())
    files = {file.name for file in folder.rglob("*") if file.is_file()}
    assert {
        "months.csv",
        "reconciliation.csv",
        "ranges.csv",
        "inputs.csv",
        "actual_resident.csv",
        "summary.md",
    } <= files
    assert {"months_resident.png", "months_employee_pool.svg", "months_resident.csv"} <= files
    summary = (folder / "summary.md").read_text(encoding="utf-8")
    assert summary.count("\n| ") == 2 * 14


def test_the_command_speaks_json_and_python_says_the_same(tmp_path):
    arguments = ["months", "baseline", "--year", "2027", "--set", "horizon.last_year=2029", "--json", "--no-charts"]
    told = json.loads(CliRunner().invoke(main, [*arguments, "--out", str(tmp_path)], catch_exceptions=False).stdout)
    found = ss.months(ss.load("baseline").replace(SHORT), 2027)
    assert told["schema"] == "simsurance.months/1"
    assert told["funds"]["resident"]["least"] == found.table.loc["resident", "cash"].min()
    assert told["funds"]["resident"]["overdraft"] == found.overdraft()
    assert len(told["months"]) == len(found.table) == 24
    assert found.plot("employee_pool").axes
    with pytest.raises(SimsuranceError, match="no months that have been"):
        found.actual()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--year", "2070"], "--year 2070: baseline: projects 2026 to 2060; give years from there"),
        (["--year", "2060", "--years", "2"], "--year 2060: baseline: projects 2026 to 2060; give years from there"),
        (
            ["--year", "2027", "--fund", "personal_accounts"],
            "--fund personal_accounts: has no months here; give resident or employee_pool",
        ),
    ],
)
def test_what_cannot_be_asked_is_one_line_of_usage(tmp_path, arguments, line):
    told = CliRunner().invoke(main, ["months", "baseline", *arguments, "--out", str(tmp_path)])
    assert (told.exit_code, told.stderr.splitlines()[-1]) == (ExitCode.USAGE, line)
    assert not list(tmp_path.iterdir())


def test_flows_of_a_fund_have_months_each_once(run):
    for fund in ("resident", "employee_pool"):
        of = months(run, 2027).funds[fund]
        account, place = run.accounts[fund], 1
        streams = {stream.column: 0.0 for stream in of.streams}
        for stream in of.streams:
            streams[stream.column] += stream.sign * stream.flow[2027]
        whole = account["income"][place] - account["outgo"][place] + account["interest"][place]
        held = account.get("prepaid_change", np.zeros(4))[place] if fund_of(fund).paid_in_advance else 0.0
        assert sum(streams.values()) == pytest.approx(whole - held, abs=0.5)
