"""Scenarios are resolved from parents, fragments and settings; every leaf knows its file; nothing else slips in."""

import dataclasses
import os
import pickle
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import numpy as np
import pytest

from simsurance.errors import SimsuranceError
from simsurance.scenario_file import files, keys, loader
from simsurance.scenario_file.files import (
    DEEPEST_NESTING,
    LARGEST_FILE,
    LONGEST_CHAIN,
    TABLES,
    known_fragment,
    scenarios_folder,
    shipped,
)
from simsurance.scenario_file.keys import KEYS, POLICY_KEYS
from simsurance.scenario_file.loader import TITLES, load, slug


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def fault(*arguments, **options) -> str:
    with pytest.raises(SimsuranceError) as raised:
        load(*arguments, **options)
    assert raised.value.exit_code == 3
    return str(raised.value)


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_loads_and_knows_the_file_of_every_key(name):
    scenario = load(name)
    assert scenario.name == name
    own = tomllib.loads((scenarios_folder() / f"{name}.toml").read_text(encoding="utf-8"))
    fragments = {f"scenarios/fragments/{fragment}.toml" for fragment in own.get("with", [])}
    assert [path for path in scenario.origins if not path.startswith("levers.")] == list(KEYS)
    assert set(scenario.origins.values()) <= {"scenarios/baseline.toml", f"scenarios/{name}.toml", *fragments}
    assert scenario.values.title_zh
    assert scenario.values.description.endswith(".")
    assert scenario.values.description_zh.endswith("。")


@pytest.mark.parametrize("name", shipped(fragments=True))
def test_every_shipped_fragment_lies_upon_the_baseline_and_tells_itself_in_the_titles(name):
    scenario = load("baseline", [name])
    base = load("baseline")
    assert scenario.name == f"baseline+{name}"
    assert scenario.values.title.startswith("Baseline + ")
    assert scenario.values.title_zh.startswith("基准情景 + ")
    titles = {key: getattr(scenario.values, key) for key in TITLES}
    assert dict(scenario.values) != dict(base.values) | titles


@pytest.mark.parametrize("name", shipped())
def test_a_resolved_scenario_loads_again_to_the_same(name, folder):
    scenario = load(name, ["prepaid_70"], ["economy.inflation=0.02"])
    again = load(write(folder / "again.toml", scenario.to_toml()))
    assert again.values == scenario.values
    assert again.reference == scenario.reference
    assert again.at_root == scenario.at_root
    assert again.tables == scenario.tables
    assert again.to_toml() == scenario.to_toml()


def test_a_child_says_only_what_differs_and_a_grandchild_wins(folder):
    write(folder / "child.toml", 'extends = "baseline"\n[economy]\ninflation = 0.02\ninterest_rate = 0.03\n')
    write(folder / "grandchild.toml", 'extends = "child.toml"\n[economy]\ninflation = 0.01\n')
    scenario = load("grandchild.toml")
    assert (scenario.values.economy.inflation, scenario.values.economy.interest_rate) == (0.01, 0.03)
    assert scenario.origins["economy.inflation"] == "grandchild.toml"
    assert scenario.origins["economy.interest_rate"] == "child.toml"
    assert scenario.origins["health.persistence"] == "scenarios/baseline.toml"


def test_small_tables_merge_while_schedules_and_lists_replace_whole(folder):
    text = 'extends = "baseline"\nhealth.mortality_ratio.high = 3.0\nfund.reserve_band = [3, 9]\n'
    write(folder / "mine.toml", text + "economy.interest_rate = { 2018 = 0.01 }\n")
    scenario = load("mine.toml", settings=["fund.reserve_band=[6, 9]"])
    assert scenario.values.health.mortality_ratio.high == 3.0
    assert scenario.values.health.mortality_ratio.low == load("baseline").values.health.mortality_ratio.low
    assert scenario.values.economy.interest_rate == {2018: 0.01}
    assert scenario.values.fund.reserve_band == [6, 9]
    assert scenario.origins["fund.reserve_band"] == "--set"


def test_an_empty_table_replaces_the_years_that_were_pinned(folder):
    write(folder / "pinned.toml", 'extends = "baseline"\npopulation.pinned_total = { 2030 = 1390000000 }\n')
    write(folder / "free.toml", 'extends = "pinned.toml"\npopulation.pinned_total = {}\n')
    assert load("free.toml").values.population.pinned_total == {}


def test_settings_win_over_fragments_and_fragments_over_files():
    scenario = load("high_cost", ["jump_off_2025"], ["claims.trend.residual_growth=0.01"])
    assert scenario.values.claims.trend.residual_growth == 0.01
    fragment = load("high_cost", ["jump_off_2025"]).values.claims.trend.residual_growth
    assert fragment == load("baseline", ["jump_off_2025"]).values.claims.trend.residual_growth


def test_fragments_may_agree_and_their_order_does_not_matter_where_they_do(folder):
    write(folder / "one.toml", 'title = "one"\ntitle_zh = "一"\n[fund]\nadministration_share = 0.02\n')
    write(folder / "two.toml", "[fund]\nadministration_share = 0.02\nreserve_band = [6, 9]\n")
    there = load("baseline", ["one.toml", "two.toml"])
    back = load("baseline", ["two.toml", "one.toml"])
    assert there.values == back.values
    assert there.name == "baseline+one+two"
    assert there.values.title == "Baseline + one"


def test_fragments_that_disagree_are_both_named():
    said = fault("baseline", ["turnover_low", "turnover_high"])
    assert "turnover_low.toml" in said
    assert "turnover_high.toml:behaviour.targets.return_rate" in said


def test_the_reference_keeps_the_roots_rules_and_everything_else_of_the_scenario(folder):
    text = 'extends = "no_2024_rules"\n[behaviour]\ncampaign_strength = 1\n[economy]\ninflation = 0.01\n'
    scenario = load(write(folder / "mine.toml", text), ["prepaid_70"])
    root = load("baseline").values
    assert scenario.values.participation.in_force is False
    assert scenario.reference.participation == root.participation
    assert scenario.reference.contributions == root.contributions
    assert scenario.reference.behaviour == root.behaviour
    assert scenario.reference.economy == scenario.values.economy
    assert scenario.values.contributions.prepaid_share == 0.7


def test_a_resolved_reform_keeps_the_rules_that_behaviour_is_calibrated_under(folder):
    reform = load("no_2024_rules")
    text = reform.to_toml()
    assert "[reference.participation]" in text
    child = load(write(folder / "root.toml", text)).replace({"contributions.prepaid_share": 0.5})
    assert child.reference.participation.in_force is True
    assert child.reference.contributions.prepaid_share == 0


def test_growth_of_cost_stays_stated_at_the_incomes_of_the_root(folder):
    richer = load("high_cost", settings=["claims.trend.income_elasticity=0.5"])
    assert richer.at_root.economy == load("baseline").values.economy
    assert richer.at_root.claims.trend.income_elasticity == 1
    text = richer.to_toml()
    assert "[reference.economy]" in text
    child = load(write(folder / "root.toml", text)).replace({"economy.real_income_growth": 0.01})
    assert child.at_root.economy.real_income_growth == load("baseline").values.economy.real_income_growth
    assert child.at_root.claims.trend.income_elasticity == 1
    assert (base := load("baseline")).at_root is base.values


def test_a_reference_holds_only_what_a_scenario_needs_of_its_root(folder):
    text = load("baseline").to_toml() + "\n[reference.economy]\ninterest_rate = 0.01\n"
    said = fault(write(folder / "root.toml", text))
    assert said.startswith("root.toml:reference.economy.interest_rate: not one of the keys that a scenario needs")
    text = load("baseline").to_toml() + "\n[reference.contributions]\nprepaid_share = 7\n"
    said = fault(write(folder / "root.toml", text))
    assert said.startswith("root.toml:reference.contributions.prepaid_share: 7 is outside 0 to 1")


def test_a_root_of_ones_own_is_its_own_reference(folder):
    text = load("baseline", settings=["participation.in_force=false"]).to_toml()
    own = write(folder / "province.toml", text.split("\n# The rules that")[0])
    scenario = load(own)
    assert scenario.reference == scenario.values
    assert scenario.values.participation.in_force is False


def test_a_root_has_every_key(folder):
    lines = load("baseline").to_toml().splitlines()
    kept = [line for line in lines if not line.startswith(("persistence", "discount_margin", "delay_years"))]
    said = fault(write(folder / "root.toml", "\n".join(kept)))
    assert [line.split(": ")[0] for line in said.splitlines()] == [
        "root.toml:health.persistence",
        "root.toml:measures.delay_years",
        "root.toml:measures.discount_margin",
    ]
    text = "\n".join(lines)
    without = text[: text.index("[measures]")]
    assert fault(write(folder / "root.toml", without)).startswith("root.toml:measures: the table is missing;")


def test_replace_checks_as_a_file_would_and_leaves_the_scenario_as_it_was():
    base = load("baseline")
    changed = base.replace({"economy.inflation": {2018: 0.02, 2030: np.float64(0.03)}, "fund.reserve_band": (6, 9)})
    assert changed.values.economy.inflation == {2018: 0.02, 2030: 0.03}
    assert changed.origins["economy.inflation"] == "replace"
    assert base.values == load("baseline").values
    with pytest.raises(SimsuranceError, match=r"replace:economy.inflaton: unknown key; did you mean inflation\?"):
        base.replace({"economy.inflaton": 0.02})
    with pytest.raises(SimsuranceError, match="one value and replaced whole"):
        base.replace({"economy.inflation.2030": 0.02})
    with pytest.raises(SimsuranceError, match=r"outside -0\.1 to 0\.3"):
        base.replace({"economy.inflation": 2})


def test_replace_takes_what_the_values_hold():
    base = load("baseline")
    again = base.replace(
        {
            "economy.inflation": base.values.economy.inflation,
            "behaviour": base.values.behaviour,
            "horizon": base.values.horizon,
        }
    )
    assert again.values == base.values


def test_a_scenario_shows_itself_in_a_line():
    assert repr(load("high_cost")) == "<Scenario high_cost: High cost, 2026–2060>"


def test_scenarios_travel_between_processes():
    scenario = load("no_2024_rules")
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert dataclasses.replace(scenario, name="other").values == scenario.values


def test_tables_are_looked_for_beside_the_file_then_among_the_shipped(folder):
    (folder / "inner").mkdir()
    (folder / "demography").mkdir()
    own = write(folder / "inner" / "own.csv", "age\n")
    shadow = write(folder / "demography" / "tfr.csv", "year\n")
    write(folder / "inner" / "parent.toml", 'extends = "baseline"\npopulation.mortality_table = "own.csv"\n')
    text = 'extends = "inner/parent.toml"\npopulation.total_fertility_table = "demography/tfr.csv"\n'
    scenario = load(write(folder / "child.toml", text))
    assert scenario.tables["population.mortality_table"] == own
    assert scenario.tables["population.total_fertility_table"] == shadow
    assert scenario.tables["population.stock_table"] == TABLES / "demography/population.csv"
    assert set(scenario.tables) == {path for path in KEYS if path.endswith("_table")}
    (folder / "elsewhere").mkdir()
    again = load(write(folder / "elsewhere" / "again.toml", scenario.to_toml()))
    assert again.tables == scenario.tables


def test_tables_named_on_the_command_line_stand_in_the_current_folder(folder):
    own = write(folder / "own.csv", "age\n")
    scenario = load("baseline", settings=['population.mortality_table="own.csv"'])
    assert scenario.tables["population.mortality_table"] == own


def test_shipped_tables_cannot_be_left_through_their_names(folder):
    outside = "../../tests/un_medium/projected_population.csv"
    assert (TABLES / outside).is_file()
    assert "no table" in fault("baseline", settings=[f'population.stock_table="{outside}"'])


def test_byte_order_mark_and_windows_line_ends_are_passed_over(folder):
    (folder / "windows.toml").write_bytes('﻿extends = "baseline"\r\ntitle = "标题"\r\n'.encode())
    assert load("windows.toml").values.title == "标题"


def test_files_that_are_too_large_too_deep_or_unreadable(folder, monkeypatch):
    (folder / "large.toml").write_bytes(b"#" * (LARGEST_FILE + 1))
    assert fault("large.toml") == "large.toml: larger than 1 MiB; put tables into CSV files"
    write(folder / "deep.toml", "x = " + "{ a = " * (DEEPEST_NESTING + 1) + "1" + " }" * (DEEPEST_NESTING + 1))
    assert fault("deep.toml").startswith("deep.toml: tables nested deeper than 16")
    os.mkfifo(folder / "pipe.toml")
    assert fault("pipe.toml") == "pipe.toml: not a regular file; give a .toml file"
    write(folder / "closed.toml", 'extends = "baseline"\n')

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert fault("closed.toml") == "closed.toml: cannot be read (Permission denied); check its name and permissions"


@pytest.mark.parametrize(
    "text",
    ["a." * 200_000 + "a = 1", '"a".' * 100_000 + "a = 1", "x = " + "[" * 500_000, "a" * 1_000_000, "." * 1_000_000],
    ids=["dotted", "quoted", "brackets", "letters", "dots"],
)
def test_hostile_files_are_refused_at_once(text, folder):
    write(folder / "hostile.toml", text)
    began = time.perf_counter()
    fault("hostile.toml")
    assert time.perf_counter() - began < 2


def test_the_chain_of_parents_is_at_most_eight_files(folder):
    write(folder / "s1.toml", 'extends = "baseline"\n')
    for number in range(2, LONGEST_CHAIN + 1):
        write(folder / f"s{number}.toml", f'extends = "s{number - 1}.toml"\n')
    load(f"s{LONGEST_CHAIN - 1}.toml")
    assert fault(f"s{LONGEST_CHAIN}.toml") == "s1.toml:extends: more than 8 files in a chain; shorten it"


def test_at_most_fifty_faults_are_told(folder):
    write(folder / "many.toml", 'extends = "baseline"\n' + "".join(f"key_{number} = 1\n" for number in range(80)))
    lines = fault("many.toml").splitlines()
    assert len(lines) == 51
    assert lines[-1] == "and 30 more; correct these first"


def test_faults_are_told_by_file_and_line(folder):
    write(folder / "b.toml", 'extends = "baseline"\nzzz = 1\n[fund]\nyyy = 2\n[economy]\ninflation = 7\n')
    write(folder / "a.toml", 'extends = "b.toml"\nxxx = 1\n')
    places = [line.split(": ")[0] for line in fault("a.toml").splitlines()]
    assert places == ["a.toml:xxx", "b.toml:zzz", "b.toml:fund.yyy", "b.toml:economy.inflation"]


GONE = {
    "economy.price_growth": "renamed to economy.inflation; write that name",
    "behaviour.back": "renamed to behaviour.return; write that name",
    "prices.level": "was removed: prices follow economy.inflation; leave it out",
}


@pytest.fixture
def gone(monkeypatch):
    """Keys and a table that once were: one renamed key in a table that is still there, one removed with its table."""
    monkeypatch.setitem(keys.RENAMED, "economy.price_growth", "economy.inflation")
    monkeypatch.setitem(keys.RENAMED, "behaviour.back", "behaviour.return")
    monkeypatch.setitem(keys.REMOVED, "prices.level", "prices follow economy.inflation")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("economy.price_growth", "[economy]\nprice_growth = 0.02\n"),
        ("economy.price_growth", "economy = { price_growth = 0.02 }\n"),
        ("economy.price_growth", "economy.price_growth = { ramp = { 2026 = 0.02 } }\n"),
        ("behaviour.back", "[behaviour.back]\ngap = 0.1\n"),
        ("behaviour.back", "behaviour.back.health.low = 0.1\n"),
        ("prices.level", "[prices]\nlevel = 1\n"),
        ("prices.level", "prices = { level = { 2026 = 1 } }\n"),
    ],
)
def test_what_was_renamed_or_removed_is_told_in_a_file(folder, gone, path, text):
    write(folder / "mine.toml", f'extends = "baseline"\n{text}')
    assert fault("mine.toml") == f"mine.toml:{path}: {GONE[path]}"
    write(folder / "part.toml", text)
    assert fault("baseline", ["part.toml"]) == f"part.toml:{path}: {GONE[path]}"


@pytest.mark.parametrize(
    ("path", "given"),
    [("economy.price_growth", ""), ("behaviour.back", ".gap"), ("behaviour.back", ".health.low"), ("prices.level", "")],
)
def test_what_was_renamed_or_removed_is_told_of_a_setting_and_of_a_change(gone, path, given):
    assert fault("baseline", settings=[f"{path}{given}=0.02"]) == f"--set:{path}: {GONE[path]}"
    section, _, name = f"{path}{given}".rpartition(".")
    for change in ({f"{path}{given}": 0.02}, {section: {name: 0.02}}):
        with pytest.raises(SimsuranceError) as raised:
            load("baseline").replace(change)
        assert raised.value.lines == (f"replace:{path}: {GONE[path]}",)


def test_renamed_and_removed_keys_are_no_keys_and_lead_to_some():
    assert set(keys.RENAMED.values()) <= {*KEYS, *keys.SECTIONS}
    assert not {*keys.RENAMED, *keys.REMOVED} & {*KEYS, *keys.SECTIONS}


def test_an_unknown_name_lists_what_is_shipped():
    assert fault("x") == f"x: no shipped scenario has this name; shipped are {', '.join(shipped())}"


def test_files_outside_the_current_folder_are_told_in_full(tmp_path, folder):
    (folder / "inner").mkdir()
    write(folder / "mine.toml", 'extends = "baseline"\nzzz = 1\n')
    os.chdir(folder / "inner")
    assert fault(folder / "mine.toml").startswith(f"{folder}/mine.toml:zzz: ")
    assert fault("../mine.toml").startswith("../mine.toml:zzz: ")


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("mine.toml", "mine"),
        ("my scenario.toml", "my_scenario"),
        ("情景1.toml", "情景1"),
        ("a.b.toml", "a_b"),
        ("con.toml", "con_"),
        ("().toml", "scenario"),
    ],
)
def test_the_name_of_a_scenario_is_fit_for_a_folder(file, name, folder):
    write(folder / file, 'extends = "baseline"\n')
    assert slug(file) == name
    assert load(folder / file).name == name


def test_policy_keys_are_the_rules_of_participation_contributions_and_benefits_and_four_of_behaviour():
    of_rules = ("participation.", "contributions.", "benefits.", "employee.benefits.")
    assert len(POLICY_KEYS) == len([path for path in KEYS if path.startswith(of_rules)]) + 4


def test_loading_imports_nothing_heavy():
    code = (
        "import sys; from simsurance.scenario_file.loader import load; load('baseline')\n"
        "print(sorted({'numpy', 'pandas', 'scipy', 'matplotlib', 'click'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_name_with_many_fragments_stays_short_enough_for_a_folder(folder):
    write(folder / f"{'f' * 120}.toml", "fund.reserve_band = [6, 9]\n")
    write(folder / f"{'s' * 120}.toml", 'extends = "baseline"\n')
    assert "longer than 200 bytes" in fault(f"{'s' * 120}.toml", [f"{'f' * 120}.toml"])
    assert loader.LONGEST_NAME < 255


def test_a_scenario_lays_fragments_on_its_parent_and_its_own_keys_on_them(folder) -> None:
    text = 'extends = "baseline"\nwith = ["employer_rate_down", "payment_ratio_up"]\ntitle = "Mine"\n'
    write(folder / "mine.toml", text + "[employee.contributions]\nemployer_rate_change = -0.02\n")
    scenario = load(folder / "mine.toml")
    assert scenario.name == "mine"
    assert scenario.values.title == "Mine"
    assert scenario.values.employee.contributions.employer_rate_change == -0.02
    alone = load("baseline", ["payment_ratio_up"]).values.benefits
    assert scenario.values.benefits == alone
    assert scenario.origins["benefits.inpatient.payment_ratio"] == "scenarios/fragments/payment_ratio_up.toml"


def test_a_child_of_a_scenario_with_fragments_has_them_too(folder) -> None:
    write(folder / "parent.toml", 'extends = "baseline"\nwith = ["central_procurement"]\n')
    write(folder / "child.toml", 'extends = "parent.toml"\nwith = ["employer_rate_down"]\n')
    values = load(folder / "child.toml").values
    assert set(values.levers) == {"procurement_inpatient", "procurement_outpatient"}
    assert values.employee.contributions.employer_rate_change == {1990: 0, 2027: -0.01}


def test_fragments_of_a_scenario_may_stand_beside_it(folder) -> None:
    write(folder / "own_fragment.toml", "[economy]\ninflation = 0.01\n")
    write(folder / "mine.toml", 'extends = "baseline"\nwith = ["own_fragment.toml"]\n')
    assert load(folder / "mine.toml").values.economy.inflation == 0.01


def test_shares_of_one_whole_may_be_all_of_it_and_no_more() -> None:
    account = "employee.accounts.{}"
    ramp = "{ ramp = { 2019 = 0.06, 2049 = 0.66 } }"  # both are a little more than 1 together in 2048, by rounding
    rest = "{ ramp = { 2019 = 0.94, 2049 = 0.34 } }"
    well = [f"{account.format('spending_rate')}={ramp}", f"{account.format('relatives_care_rate')}={rest}"]
    assert load("baseline", settings=well).name == "baseline"
    said = fault("baseline", settings=[well[0], f"{account.format('relatives_care_rate')}=0.5"])
    assert "spending_rate 0.52 and relatives_care_rate 0.5 are more than all in 2042; together at most 1" in said


def test_a_group_without_members_may_have_a_wage_and_the_other_way_round() -> None:
    values = load(
        "baseline", settings=["employee.income_ratio.assisted=0", "employee.wage.income_ratio.low=0"]
    ).values.employee
    assert (values.income_ratio.assisted, values.wage.income_ratio.low) == (0, 0)
    ratios = [f"employee.income_ratio.{group}=0" for group in ("assisted", "low", "middle")]
    said = fault("baseline", settings=[*ratios, "employee.wage.income_ratio.high=0"])
    assert said.startswith("--set:employee.wage.income_ratio.high: 0 as for every group that has members")


def test_groups_and_years_are_not_mistaken_for_each_other() -> None:
    assert "a table by group" in fault("baseline", settings=["economy.inflation={urban=0.02, rural=0.03}"])
    assert "income is neither a year of four digits nor ramp" in fault(
        "baseline", settings=["economy.inflation={income=1}"]
    )
    assert "this is a schedule, where" in fault("baseline", settings=["employee.area_ratio={2019=1}"])
    sexes = "{ female = { ramp = { 2019 = 0.5, 2030 = 0.8 } }, male = { 2019 = 0.9 } }"
    assert load("baseline", settings=[f"employee.qualified_share={sexes}"]).name == "baseline"


def test_a_description_in_english_alone_leaves_none_in_chinese(folder):
    write(folder / "mine.toml", 'extends = "baseline"\ndescription = "Mine."\n')
    write(folder / "child.toml", 'extends = "mine.toml"\ndescription_zh = "我的。"\n')
    assert load("mine.toml").values.description_zh == ""
    assert load("child.toml").values.description_zh == "我的。"
    assert load("baseline", ["campaign"]).values.description_zh == (
        load("baseline").values.description_zh + known_fragment("campaign").data["description_zh"]
    )
    assert load("baseline").replace({"description": "Another."}).values.description_zh == ""


def test_a_title_in_english_alone_stands_in_chinese_too(folder):
    write(folder / "mine.toml", 'extends = "baseline"\ntitle = "Mine"\n')
    write(folder / "child.toml", 'extends = "mine.toml"\ntitle_zh = "我的"\n')
    assert load("mine.toml").values.title_zh == "Mine"
    assert (load("child.toml").values.title, load("child.toml").values.title_zh) == ("Mine", "我的")
    assert load("baseline").replace({"title": "Another"}).values.title_zh == "Another"


def test_the_changelog_names_what_was_renamed_or_removed():
    told = " ".join((Path(__file__).parents[1] / "CHANGELOG.md").read_text(encoding="utf-8").split())
    renames = {**keys.RENAMED, **files.RENAMED}
    assert renames
    for old, new in renames.items():
        assert f"`{old}` is now `{new}`" in told, old
    for old in keys.REMOVED:
        assert f"`{old}` was removed" in told, old


def test_a_renamed_option_is_told_its_new_name():
    assert set(files.RENAMED.values()) <= {*shipped(), *shipped(fragments=True)}
    for old, new in files.RENAMED.items():
        assert fault("baseline", [old]) == f"--with:{old}: renamed to {new}; write that name"
