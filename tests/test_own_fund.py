# ruff: noqa: E501
"""A fund of its own: no total of the nation is inherited, its own rules are no reform, its past is its own."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from example_city import city, commands, told
from test_glossary import english_in

from simsurance.basis.idle import units_of
from simsurance.basis.inputs import NATION, Inputs
from simsurance.cli import main
from simsurance.data import tables
from simsurance.errors import SimsuranceError
from simsurance.evidence.hindcast import hindcast, openings, published_years
from simsurance.evidence.published import past
from simsurance.language import languages, words
from simsurance.results import simulate
from simsurance.scenario_file.keys import POLICY_KEYS
from simsurance.scenario_file.loader import Scenario, load
from simsurance.scenario_file.own_fund import LEVELS, TOTALS

FUND = 'extends = "baseline"\ntitle = "A"\nscope = "fund"\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fund")


@pytest.fixture(scope="module")
def path(folder: Path) -> Path:
    return city(folder)


@pytest.fixture(scope="module")
def own(path: Path) -> Scenario:
    return load(path)


def written(folder: Path, text: str, name: str = "a.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def faults_of(file: Path) -> list[str]:
    with pytest.raises(SimsuranceError) as raised:
        load(file)
    return list(raised.value.lines)


# ---------------------------------------------------------------- what is not inherited


def test_every_total_of_the_nation_is_refused_in_a_line_of_its_own(tmp_path: Path) -> None:
    lines = faults_of(written(tmp_path, FUND))
    assert [line.split(":")[-2].split(":")[0] for line in lines] == list(TOTALS)
    assert all("the nation's, which a fund of its own does not inherit; " in line for line in lines)


def test_an_account_that_is_not_projected_needs_no_balance(tmp_path: Path) -> None:
    lines = faults_of(written(tmp_path, f"{FUND}employee.projected = false\n"))
    assert not any("employee.fund" in line for line in lines)


def test_an_own_standard_does_not_fall_to_the_nations_share_of_income(path: Path) -> None:
    text = (
        path.read_text(encoding="utf-8")
        + '\n[contributions.personal]\nrule = { 2019 = "schedule", 2027 = "indexed" }\n'
    )
    (line,) = faults_of(written(path.parent, text, "indexed.toml"))
    assert "contributions.personal.rule: indexed at the nation's share of income" in line
    given = text + "income_share = 0.0098\n"
    assert load(written(path.parent, given, "share.toml")).values.contributions.personal.income_share == 0.0098


def test_a_supplement_fitted_to_the_nation_is_not_laid_on_own_standards(tmp_path: Path) -> None:
    text = f"{FUND}[contributions.personal]\nschedule = {{ 2026 = 430 }}\n"
    assert any(
        "local_supplement: fitted to the nation's income over its minimum" in line
        for line in faults_of(written(tmp_path, text))
    )


def test_the_baseline_and_scenarios_of_the_nation_are_not_touched() -> None:
    assert load("baseline").values.scope == "nation"
    assert not any(note.name in ("migrants_scaled", "of_the_nation") for note in load("high_cost").notes_found)


# ---------------------------------------------------------------- the city


def test_the_city_goes_from_raw_tables_to_a_result_by_the_commands_of_the_page(folder: Path, own: Scenario) -> None:
    assert [command.split()[1] for command in commands()].count("import") == 7
    result = simulate([own.replace({"horizon.last_year": 2030})])[0]
    account = result.accounts["resident"]
    assert account["opening"][0] == own.leaves["fund.opening"]["2026"]
    assert 0.5 < account["outgo"][0] / account["income"][0] < 1.5
    assert result.population.groupby("date")["persons"].sum().iloc[0] == pytest.approx(7_999_900, rel=1e-9)


def test_a_table_of_its_own_is_found_beside_the_file_that_names_it_whatever_else_differs_from_the_root(
    tmp_path: Path,
) -> None:
    (tmp_path / "need.csv").write_bytes(load("baseline").tables["health.prevalence_table"].read_bytes())
    text = (
        'extends = "baseline"\ntitle = "A"\nhealth.prevalence_table = "need.csv"\neconomy.real_income_growth = 0.03\n'
    )
    scenario = load(written(tmp_path, text))
    assert (
        scenario.root_tables["health.prevalence_table"]
        == scenario.tables["health.prevalence_table"]
        == tmp_path / "need.csv"
    )


def test_a_fund_is_called_as_its_folder(path: Path, own: Scenario) -> None:
    assert own.name == "city"
    assert load(path, ["campaign"]).name == "city+campaign"


def test_a_table_of_1_january_opens_as_it_stands(own: Scenario) -> None:
    stock = Inputs(own, own.values).opening_stock()
    assert stock == pytest.approx(tables.stocks(own.tables["population.stock_table"], [2026])[0], rel=1e-12)


def test_a_later_opening_is_stepped_from_the_last_table_before_it_with_the_rates_of_each_year(own: Scenario) -> None:
    table = own.tables["population.stock_table"]
    at = {year: own.replace({"horizon.valuation_year": year, "horizon.last_year": 2026}) for year in (2021, 2024)}
    first, later = (Inputs(each, each.values).opening_stock() for each in at.values())
    assert first == pytest.approx(tables.stocks(table, [2021])[0])
    survived = first.copy()
    inputs = Inputs(at[2024], at[2024].values)
    for place in range(3):
        moving = inputs.migrants([2021 + place], True)[0]
        ratio = inputs.survival([2021 + place], True)[0][0]
        survived[:, 1:] = ((survived + moving / 2) * ratio)[:, :-1] + moving[:, 1:] / 2
        survived = np.concatenate([np.full((2, 1), np.nan), survived[:, 1:]], axis=1)
    assert later[:, 3:100] == pytest.approx(survived[:, 3:100], rel=1e-12)


def test_migrants_are_the_nations_scaled_by_persons(own: Scenario) -> None:
    nation = load("baseline")
    theirs = Inputs(nation, nation.values).migrants([2030])[0]
    persons = tables.stocks(own.tables["population.stock_table"], [2026])[0].sum()
    counted = tables.stocks(nation.tables["population.stock_table"], [2024])[0].sum()
    assert Inputs(own, own.values).migrants([2030])[0] == pytest.approx(theirs * persons / counted, rel=1e-12)


def test_its_own_standard_grows_with_its_income(own: Scenario) -> None:
    inputs = Inputs(own, own.values)
    standard, income = inputs.standards()[0], inputs.income(NATION, [2025, 2026, 2027])
    assert standard[:3] == pytest.approx([430, 430 * income[1] / income[0], 430 * income[2] / income[0]])
    assert standard[1] > 430


def test_a_figure_that_is_as_the_nations_is_no_setting_without_effect(own: Scenario) -> None:
    key, nation = "contributions.subsidy.schedule", load("baseline")["contributions.subsidy.schedule"]
    alike = {int(year): value for year, value in nation.items() if int(year) >= 2023}
    assert key not in units_of(own.replace({key: alike})), "a fact, whatever the nation's is"
    assert key in units_of(own.replace({key: {**alike, 2026: alike[2026] + 1}}))


def test_its_own_rules_are_what_behaviour_is_calibrated_under_and_a_reform_is_one(path: Path, own: Scenario) -> None:
    assert {key: own.of_root[key] for key in POLICY_KEYS} == {key: own.leaves[key] for key in POLICY_KEYS}
    text = 'extends = "fund.toml"\ntitle = "Dearer"\n[contributions.personal]\nschedule = { 2019 = 250, 2026 = 430, 2027 = 700 }\n'
    text += 'rule = { 2019 = "schedule", 2028 = "with_income" }\n'
    reform = load(written(path.parent, text, "dearer.toml"))
    assert {key: reform.of_root[key] for key in POLICY_KEYS} == {key: own.leaves[key] for key in POLICY_KEYS}
    runs = simulate([each.replace({"horizon.last_year": 2028}) for each in (own, reform)])
    leaves = [run.flows["leaves"].groupby(level="year").sum() for run in runs]
    assert leaves[0][2026] == leaves[1][2026]
    assert leaves[1][2027] > leaves[0][2027]


def test_a_run_repeated_from_its_resolved_scenario_is_the_same(own: Scenario, tmp_path: Path) -> None:
    short = own.replace({"horizon.last_year": 2027})
    again = load(written(tmp_path, short.to_toml()))
    first, second = (simulate([each])[0].projection.fund for each in (short, again))
    assert (first == second).all()


# ---------------------------------------------------------------- its past


def test_the_past_is_the_citys_own(own: Scenario) -> None:
    assert published_years(own) == (2019, 2025)
    found = {(row.fund, row.item, row.year): row for row in hindcast(own, 2024)}
    series = tables.published("resident_outgo", own.tables["published.series_table"])
    assert found["resident", "outgo", 2025].published == series[2025]
    assert abs(found["resident", "outgo", 2025].error) < 0.2
    assert not any(row.fitted for row in found.values())
    assert past(own, "resident_outgo").values == series


def test_a_past_opens_where_counts_and_population_reach(own: Scenario, tmp_path: Path) -> None:
    assert openings(own) == [2021, 2023, 2024, 2025]
    with pytest.raises(
        SimsuranceError, match=r"2022 has no counts or no population of its 1 January; 2021, 2023 to 2025"
    ):
        hindcast(own, 2022)
    head, *rows = own.tables["population.stock_table"].read_text(encoding="utf-8").splitlines()
    late = tmp_path / "late.csv"
    late.write_text("\n".join([head, *(row for row in rows if row.startswith("2026"))]) + "\n", encoding="utf-8")
    with pytest.raises(
        SimsuranceError, match=r"the population begins on 1 January 2026, after the years published; import"
    ):
        openings(own.replace({"population.stock_table": str(late)}))


def test_a_fund_without_series_of_its_own_is_not_set_beside_the_nation(path: Path) -> None:
    file = written(
        path.parent,
        path.read_text(encoding="utf-8") + f'\n[published]\nseries_table = "{tables.DATA.as_posix()}/published.csv"\n',
        "none.toml",
    )
    done = CliRunner().invoke(main, ["hindcast", str(file)])
    assert done.exit_code == 3
    assert (
        "published.series_table: the published series are the nation's, and a fund of its own is not set beside them"
        in done.stderr
    )


def test_a_scenario_of_another_fund_without_a_word_is_not_set_beside_the_nation() -> None:
    done = CliRunner().invoke(main, ["hindcast", "baseline", "--set", "membership.resident_insured=48000000"])
    assert done.exit_code == 3
    assert done.stderr == (
        "--set:membership.resident_insured: not the nation's insured, whose published series these are; "
        'write scope = "fund" and name its own series in published.series_table\n'
    )


@pytest.mark.parametrize(("text", "line"), [
    ("year,measure,value\n2024,resident_insured,1\n", "the header is year,measure,value; year,measure,value,unit,mark,source_id,note"),
    ("year,measure,value,unit,mark,source_id,note\n2024,resident_insured,1,persons,verified,x,\n", "no series resident_outgo; import the table of accounts"),
])  # fmt: skip
def test_series_that_cannot_be_compared_are_told(path: Path, text: str, line: str) -> None:
    written(path.parent, text, "series.csv")
    file = written(
        path.parent, path.read_text(encoding="utf-8") + '\n[published]\nseries_table = "series.csv"\n', "other.toml"
    )
    done = CliRunner().invoke(main, ["hindcast", str(file)])
    assert done.exit_code == 3
    assert line in done.stderr


# ---------------------------------------------------------------- what is told


@pytest.mark.parametrize("lang", languages())
def test_what_rests_on_the_nation_is_told_in_every_language(own: Scenario, lang: str) -> None:
    notes = {note.name: note.told(words(lang)) for note in own.notes_found}
    assert {"migrants_scaled", "of_the_nation"} <= set(notes)
    assert "employee.wage.mean" in notes["of_the_nation"]
    assert "contributions.personal.schedule" not in notes["of_the_nation"]
    assert (english_in("\n".join(notes.values())) == []) == (lang == "zh")
    assert set(LEVELS) <= set(own.leaves)


@pytest.fixture
def chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["init", "--fund", "place", "--example", "--lang", "zh"]).exit_code == 0
    return tmp_path / "place"


def test_an_import_speaks_chinese(chinese: Path) -> None:
    done = CliRunner().invoke(main, ["import", "place/raw/population_2025.csv", "--lang", "zh"], catch_exceptions=False)
    assert english_in(done.stdout.replace("GB18030", "")) == []
    assert (chinese / "README.md").read_text(encoding="utf-8").startswith("# place\n\n自有基金")


def test_a_folder_that_is_there_is_not_overwritten_and_an_example_is_of_a_fund(chinese: Path) -> None:
    for arguments, code, line in (
        (["init", "--fund", "place"], 6, "place: exists and is not overwritten"),
        (["init", "--fund", "place", "--example", "--lang", "zh"], 0, ""),
        (["init", "--fund", "a b"], 3, "a b cannot be the name of a fund"),
        (["init", "place2", "--example"], 2, "--example goes with --fund"),
    ):
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == code
        assert line in done.stderr


def test_a_new_folder_says_what_is_missing_and_which_table_to_import(chinese: Path) -> None:
    done = CliRunner().invoke(main, ["validate", "place/fund.toml"])
    assert done.exit_code == 3
    lines = done.stderr.splitlines()
    assert len(lines) == 7
    assert all("import the " in line for line in lines)


def test_more_insured_than_persons_are_told_where_records_count_twice(tmp_path: Path) -> None:
    printed = told(tmp_path, until="validate")
    (insured,) = [text for command, text in printed.items() if "insured.csv" in command]
    assert "more insured than persons on 1 January 2021: records counted twice (membership.duplicates)" in insured
