"""Names of keys in a language that has them: every key has one, none is left over, and they stand where keys are shown."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import simsurance
from simsurance.cli import main
from simsurance.language import told_in, words
from simsurance.language.names import SHORT, _names, key_name, shown_name
from simsurance.output.labels import identity_label, unit_name
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.keys import LEVER_KEYS, NAMED, PIN_KEYS
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.register import register, sources

KOREA = scenarios_folder() / "countries" / "korea" / "korea.toml"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def keys() -> list[str]:
    return [path for name in ("baseline", str(KOREA)) for path in load(name).form.keys]


def test_every_key_has_a_chinese_name_and_no_two_have_the_same():
    named = {path: key_name(path, "zh") for path in keys()}
    assert [path for path, name in named.items() if not CHINESE.search(name)] == []
    assert len(set(named.values())) == len(named)
    of_tables = [*(f"levers.own.{key}" for key in LEVER_KEYS), *(f"pins.own.{key}" for key in PIN_KEYS)]
    assert [path for path in of_tables if not key_name(path, "zh").startswith("own·")] == []


@pytest.mark.long
def test_no_name_is_of_a_key_that_there_is_not():
    others = ("levers.", "pins.", "choices.", "members.")
    left = [name for name in _names("zh") if not name.startswith(others)]
    assert [name for name in left if not any(path == name or path.startswith(f"{name}.") for path in keys())] == []


@pytest.mark.long
def test_every_unknown_has_a_name_on_english_charts_and_no_two_the_same():
    table = Path(simsurance.__file__).parent / "data" / "uncertainty" / "parameters.csv"
    unknowns = pd.read_csv(table)["path"].tolist()
    named = {path: shown_name(path, "en") for path in unknowns}
    assert [path for path, name in named.items() if name == path] == []
    assert len(set(named.values())) == len(named)
    assert shown_name("claims.trend.residual_growth", "zh") == key_name("claims.trend.residual_growth", "zh")
    assert shown_name("nothing.of_the_kind", "en") == "nothing.of_the_kind"
    left = [name for name in _names(f"en{SHORT}") if not name.startswith("members.")]
    assert [name for name in left if not any(path == name or path.startswith(f"{name}.") for path in keys())] == []


def test_keys_of_another_country_are_not_called_as_those_of_the_national_schemes():
    korea = load(str(KOREA))
    with told_in(korea.currency):
        named = {path: key_name(path, "zh") for path in korea.form.keys}
    assert [name for name in named.values() if re.search("居民|职工|财政|医保", name)] == []
    assert key_name("fund.opening", "zh") == "居民医保基金年初累计结存"
    shown = (
        CliRunner().invoke(main, ["show", str(KOREA), "fund.opening", "--lang", "zh"], catch_exceptions=False).stdout
    )
    assert "居民" not in shown


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("claims.trend.income_elasticity", "费用的收入弹性"),
        ("behaviour.leave.age_odds_ratio.age_80_plus", "断保的年龄比值比·80岁及以上"),
        ("population.counted.age_16_59", "公布人口数·16—59岁"),
        ("contributions.personal.grade.rural.assisted", "个人缴费分档系数·农村·资助参保对象"),
    ],
)
def test_a_member_of_a_small_table_stands_behind_its_name(path, name):
    assert key_name(path, "zh") == name
    assert key_name(path, "en") == ""
    assert words("en").keyed(path) == f"`{path}`"
    assert words("zh").keyed(path) == f"{name}（`{path}`）"


def test_every_unit_and_every_source_that_an_office_reads_has_chinese_words():
    scenario = load("baseline")
    units = {key.unit for table in (scenario.form.keys, *NAMED.values()) for key in table.values()}
    assert {unit for unit in units if unit and not CHINESE.search(unit_name(scenario, unit, "zh"))} == set()
    assert {unit: unit_name(scenario, unit, "en") for unit in units} == {unit: unit for unit in units}
    told = {key.removeprefix("unit_name.") for key in words("zh").entries if key.startswith("unit_name.")}
    assert told == units - {""}
    assert unit_name(load(str(KOREA)), "yuan a year", "zh") == "KRW/年"
    cited = {entry.source_id for entry in register().values() if entry.source_id}
    foreign = {source for source in cited if sources("zh")[source] == sources()[source]}
    assert all("BEHAVIOUR" in source or not CHINESE.search(sources()[source]) for source in foreign)
    assert len(foreign) < 25


def test_accounting_checks_have_chinese_names(base_checks):
    assert [name for name in base_checks if not CHINESE.search(identity_label(name, "zh"))] == []
    assert all(identity_label(name, "en").partition(":")[0] == name.partition(":")[0] for name in base_checks)


@pytest.fixture(scope="module")
def base_checks() -> list[str]:
    from simsurance.results import simulate

    scenario = load("baseline", ["timely_adjustment"], ["horizon.last_year=2027"])
    return [check.identity for check in simulate([scenario])[0].checked]


def test_show_prints_chinese_heads_names_units_and_marks():
    shown = CliRunner().invoke(main, ["show", "baseline", "fund", "--lang", "zh"], catch_exceptions=False).stdout
    assert "基准情景（baseline），4项参数" in shown
    assert re.search(r"fund\.administration_share +列支的管理费占待遇比例 +0 +比例", shown)
    card = CliRunner().invoke(main, ["show", "baseline", "economy.inflation", "--lang", "zh"]).stdout
    assert re.search(r"可信程度 +专家判断", card)
    assert "growth of consumer prices" not in card
    found = json.loads(CliRunner().invoke(main, ["show", "baseline", "economy.inflation", "--json"]).stdout)
    assert found[0]["unit"] == "a year"
    assert {"name", "unit_of_key"}.isdisjoint(found[0])
