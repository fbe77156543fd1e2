# ruff: noqa: E501
"""The register of own inputs: kept with each table, judged on a date that is told, and what a run says of it."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from example_city import commands
from test_glossary import english_in

from simsurance.analysis.rests_on import FILE, HEADER, own_keys, rests_on, tables_of_the_nation
from simsurance.cli import main
from simsurance.data.tables import text_rows
from simsurance.errors import SimsuranceError
from simsurance.ledger import fund_of
from simsurance.output.summary import fund_of_its_own
from simsurance.results import simulate
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.own_register import own_values

ROW = {"source": "accounts", "mark": "verified", "owner": "bureau", "valid_until": "2026-06-30"}


def invoked(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city whose accounts have an owner and a last date, whose standards have ended on the valuation date."""
    place = tmp_path_factory.mktemp("registered")
    told = {
        "accounts": ["--owner", "bureau", "--valid-until", "2026-12-31"],
        "standards": ["--valid-until", "2025-06-30"],
    }
    with pytest.MonkeyPatch.context() as moved:
        moved.chdir(place)
        assert invoked("init", "--fund", "city", "--example").exit_code == 0
        for command in (command for command in commands() if command.startswith("simsurance import")):
            _, name, table, *options = command.split()
            done = invoked(name, table, *options, *told.get(Path(table).stem, ()))
            assert done.exit_code == 0, done.stderr
    return place


@pytest.fixture(scope="module")
def fund(folder: Path) -> Path:
    return folder / "city" / "fund.toml"


@pytest.fixture(scope="module")
def own(fund: Path) -> Scenario:
    return load(fund)


def test_each_imported_key_has_source_mark_owner_and_last_date_of_its_table(own: Scenario) -> None:
    rows = {row.path: row for row in own_values(own)}
    opening = rows["fund.opening"]
    assert (opening.source, opening.mark, opening.owner, opening.valid_until) == (
        *("accounts.csv", "verified", "bureau", "2026-12-31"),
    )
    assert rows["population.stock_table"].source == "population_2025.csv"
    assert rows["membership.employee_retired"].source == "insured.csv"
    assert all(row.source and row.mark for row in rows.values())
    assert rows["economy.gdp"].mark == "choice"


def test_validity_is_judged_on_the_valuation_date_or_a_date_given_and_moves_no_number(own: Scenario) -> None:
    def ended(scenario: Scenario) -> set[str]:
        return {row.path for row in own_values(scenario) if row.stale}

    standards = {"contributions.personal.schedule", "contributions.subsidy.schedule"}
    later = own.replace({"judged_on": "2027-01-01"})
    accounts = {"fund.opening", "employee.fund.opening_pool", "employee.fund.opening_accounts"}
    assert ended(own) == standards
    assert ended(own.replace({"judged_on": "2025-06-30"})) == set()
    assert ended(later) == standards | accounts
    first, second = (each.replace({"horizon.last_year": 2026}) for each in (own, later))
    funds = [run.projection.fund for run in simulate([first, second])]
    assert (funds[0] == funds[1]).all()


@pytest.mark.long
def test_a_line_for_each_source_that_has_ended_in_run_and_check(
    folder: Path, fund: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    line = "city: register: accounts.csv (bureau) was valid until 2026-12-31, judged on 2027-06-30: "
    line += "employee.fund.opening_accounts, employee.fund.opening_pool, fund.opening; import newer figures, or confirm these"
    settled = [str(fund), "--as-of", "2027-06-30"]
    done = invoked("run", *settled, "--dry-run")
    assert line in done.stderr
    assert done.stderr.count("register: ") == 2
    short = folder / "city" / "short.toml"
    short.write_text('extends = "fund.toml"\ntitle = "Short"\n[horizon]\nlast_year = 2026\n', encoding="utf-8")
    references = ["--references", str(folder / "references")]
    done = invoked("check", str(short), "--as-of", "2027-06-30", *references, "--update", "--reason", "first")
    assert done.exit_code == 0, done.stderr
    assert line.replace("city:", "short:") in done.stderr
    done = invoked("check", str(short), *references)
    assert done.exit_code == 0, done.stderr
    assert "accounts.csv" not in done.stderr
    assert "standards.csv was valid until 2025-06-30, judged on 2026-01-01" in done.stderr


def test_an_own_value_that_is_set_anew_leaves_the_row_of_the_former(own: Scenario, fund: Path) -> None:
    file = fund.parent / "reform.toml"
    file.write_text('extends = "fund.toml"\ntitle = "R"\n[fund]\nopening = 3e9\n', encoding="utf-8")
    (row,) = [row for row in own_values(load(file)) if row.path == "fund.opening"]
    assert (row.source, row.valid_until, row.stale) == ("", "", False)
    text = 'extends = "fund.toml"\ntitle = "R"\nfund.opening = 3e9\n[register]\n"fund.opening" = '
    file.write_text(text + '{ source = "the audit", mark = "derived" }\n', encoding="utf-8")
    (row,) = [row for row in own_values(load(file)) if row.path == "fund.opening"]
    assert (row.source, row.mark) == ("the audit", "derived")
    operator = own.replace({"fund.opening": {"multiply": 1.1}})
    assert "fund.opening" not in operator.leaves["register"]
    assert "fund.opening" in own.leaves["register"]


def test_a_resolved_scenario_keeps_its_register(own: Scenario, tmp_path: Path) -> None:
    file = tmp_path / "again.toml"
    file.write_text(own.to_toml(), encoding="utf-8")
    assert load(file).leaves["register"] == own.leaves["register"]


@pytest.mark.parametrize(("given", "line"), [
    ({"fund.openin": ROW}, "register.fund.openin: unknown key; did you mean opening?"),
    ({"title": ROW}, "register.title: stands for no value; leave it out"),
    ({"fund.opening": ROW | {"mark": "verifed"}}, 'register.fund.opening.mark: "verifed" is no mark of certainty; did you mean verified?'),
    ({"fund.opening": ROW | {"valid_until": "2026"}}, 'register.fund.opening.valid_until: "2026" is text, not a date; write it as in "2026-12-31"'),
    ({"fund.opening": ROW | {"valid_until": "2026-02-30"}}, 'not a date; write it as in "2026-12-31"'),
    ({"fund.opening": ROW | {"ownr": "x"}}, "register.fund.opening.ownr: unknown; did you mean owner?"),
    ({"fund.opening": {"mark": "verified"}}, 'register.fund.opening.source: missing; say in "quotes" where the value comes from'),
    ({"fund.opening": {"source": "x"}}, "register.fund.opening.mark: missing; give "),
    ({"fund.opening": 3}, "register.fund.opening: 3 is a number; give { "),
    ({"fund.opening": {"source": 3, "mark": "verified"}}, "register.fund.opening.source: 3 is a number, not text"),
    ("x", 'register: "x" is text; give { '),
])  # fmt: skip
def test_what_is_wrong_in_a_register_is_one_line(given: object, line: str) -> None:
    with pytest.raises(SimsuranceError) as raised:
        load("baseline").replace({"register": given})
    assert line in "\n".join(raised.value.lines)


def test_a_date_of_judgement_that_is_none_is_one_line() -> None:
    with pytest.raises(SimsuranceError, match='judged_on: "soon" is text, not a date'):
        load("baseline").replace({"judged_on": "soon"})
    done = invoked("run", "baseline", "--as-of", "soon", "--dry-run")
    assert done.exit_code == 2


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_register_is_printed(fund: Path, lang: str) -> None:
    done = invoked("show", str(fund), "--register", "--lang", lang)
    assert done.exit_code == 0
    assert sum("accounts.csv" in line for line in done.stdout.splitlines()) == 3
    rows = json.loads(invoked("show", str(fund), "fund", "--register", "--json").stdout)
    assert [(row["path"], row["owner"]) for row in rows] == [("fund.opening", "bureau")]
    if lang == "zh":
        known = [
            str(fund.parent),
            "simsurance import",
            "bureau",
            "the nation's, at the fund's ratio of incomes",
            "city",
        ]
        text = done.stdout
        for word in known:
            text = text.replace(word, "")
        assert english_in(text) == []


# ---------------------------------------------------------------- what rests on the nation


def test_every_row_of_what_rests_on_what_is_of_an_account_and_names_keys() -> None:
    for row in text_rows(FILE, HEADER):
        named = {each.column for each in (*fund_of(row["fund"]).income, *fund_of(row["fund"]).outgo)}
        assert row["column"] in named
        assert {*row["levels"].split(), *row["ages"].split()} <= set(KEYS)
        assert row["side"] == (
            "income" if row["column"] in {r.column for r in fund_of(row["fund"]).income} else "outgo"
        )


def test_shares_are_those_of_the_runs_own_money_and_persons(own: Scenario) -> None:
    short = own.replace({"horizon.last_year": 2028})
    fitted = short.replace({"claims.inpatient.level": {"multiply": 1.1}})
    results = simulate([short, fitted])
    table, other = (rests_on(run) for run in results)
    assert np.allclose(table.sum(axis="columns"), 1.0)
    assert table.loc[("resident", "income_level"), "own"] == 1.0
    assert table.loc[("resident", "outgo_level"), "own"] == table.loc[("resident", "outgo_ages"), "own"] == 0.0
    account = results[1].account
    inpatient, outpatient = (
        sum((account[name] / account["price_level"]).sum() for name in names)
        for names in (("inpatient_benefits", "critical_illness"), ("outpatient_benefits",))
    )
    assert other.loc[("resident", "outgo_level"), "own"] == pytest.approx(
        inpatient / (inpatient + outpatient), rel=1e-12
    )
    stock = results[0].population["resident_insured"].groupby(level=["date", "age"]).sum()
    born_later = stock[2027, 0] + stock[2028, 0] + stock[2028, 1]
    persons = sum(stock[year].sum() for year in (2026, 2027, 2028))
    assert table.loc[("resident", "persons"), "nation"] == pytest.approx(born_later / persons, rel=1e-12)


def test_own_tables_of_use_and_cost_by_age_count_whole_or_in_part(own: Scenario, tmp_path: Path) -> None:
    use, cost = (own.tables[f"claims.inpatient.{name}_table"] for name in ("use", "cost"))
    for table in (use, cost):
        (tmp_path / table.name).write_bytes(table.read_bytes())
    short = own.replace({"horizon.last_year": 2026})
    one = short.replace({"claims.inpatient.use_table": str(tmp_path / use.name)})
    both = one.replace({"claims.inpatient.cost_table": str(tmp_path / cost.name)})
    assert "claims.inpatient.use_table" in tables_of_the_nation(short)
    assert "claims.inpatient.use_table" not in tables_of_the_nation(one)
    assert "claims.inpatient.use_table" in own_keys(one)
    partly, whole = (rests_on(run).loc[("resident", "outgo_ages")] for run in simulate([one, both]))
    assert partly["partly"] == whole["own"] > 0.3
    assert partly["own"] == whole["partly"] == 0.0


@pytest.mark.long
def test_a_run_says_in_summary_and_manifest_what_rests_on_the_nation(
    folder: Path, fund: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    arguments = ["run", str(fund), "--years", ":2027", "--no-charts", "--no-range", "--tables", "fund"]
    done = invoked(*arguments, "--json")
    assert done.exit_code == 0, done.stderr
    (run,) = json.loads(done.stdout)["runs"]
    manifest = json.loads((folder / "out/city/manifest.json").read_text(encoding="utf-8"))
    assert run["rests_on"] == manifest["rests_on"]
    assert manifest["register"]["judged_on"] == "2026-01-01"
    summary = (folder / "out/city/summary.md").read_text(encoding="utf-8")
    assert "**100% by the nation's shapes alone**" in summary
    assert "(published, accounts.csv, bureau, valid until 2026-12-31; `inputs.toml`)" in summary
    assert "standards.csv was valid until 2025-06-30, judged on 2026-01-01" in summary


def test_nothing_of_this_is_told_of_the_nation() -> None:
    (result,) = simulate([load("baseline").replace({"horizon.last_year": 2026})])
    assert fund_of_its_own(result, "en") == {"stale": [], "shares": []}
