"""`show`, `validate`, `init` and `schema`, and the JSON Schema that editors check files with."""

import json
import subprocess
import sys
import tomllib
from functools import cache

import jsonschema
import pytest
from click.testing import CliRunner

from simsurance.cli import main
from simsurance.scenario_file.faults import in_percent
from simsurance.scenario_file.files import countries, scenarios_folder, shipped
from simsurance.scenario_file.json_schema import json_schema
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import load

FILES = sorted([*scenarios_folder().glob("*.toml"), *(scenarios_folder() / "fragments").glob("*.toml")])


def call(*arguments):
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.long
def test_validate_names_every_file_that_is_well():
    shown = call("validate", *shipped())
    assert shown.exit_code == 0
    assert shown.stdout.splitlines() == [f"ok {name}" for name in shipped()]


@pytest.mark.long
def test_validate_as_json_tells_faults_on_standard_output_too(folder):
    (folder / "mine.toml").write_text('extends = "baseline"\nzzz = 1\n')
    shown = call("validate", "baseline", "mine.toml", "--json")
    assert shown.exit_code == 3
    assert json.loads(shown.stdout) == [
        {"scenario": "baseline", "ok": True, "faults": [], "notes": []},
        {
            "scenario": "mine.toml",
            "ok": False,
            "faults": ["mine.toml:zzz: unknown key; `simsurance show baseline` lists the known ones"],
            "notes": [],
        },
    ]
    idle = ("validate", "baseline", "--set", "behaviour.leave.campaign=-0.1", "--json")
    (told,) = json.loads(call(*idle).stdout)
    assert (told["ok"], told["faults"], len(told["notes"])) == (True, [], 1)
    assert "behaviour.leave.campaign has no effect here" in told["notes"][0]
    (strict,) = json.loads(call(*idle, "--strict").stdout)
    assert (strict["ok"], strict["faults"], strict["notes"]) == (False, told["notes"], [])


def test_validate_takes_fragments_and_settings():
    assert (
        call("validate", "baseline", "--with", "prepaid_70,turnover_low", "--set", "economy.inflation=0.02").exit_code
        == 0
    )


def test_validate_reads_the_tables_of_ones_own_and_tells_every_faulty_one(folder):
    (folder / "moves.csv").write_text("sex,age,entry,exit\nfemale,20,7,0\n")
    (folder / "use.csv").write_text("sex,age,rate\n")
    text = 'extends = "baseline"\nemployee.moves_table = "moves.csv"\nclaims.inpatient.use_table = "use.csv"\n'
    (folder / "mine.toml").write_text(text)
    assert call("validate", "mine.toml").stderr.splitlines() == [
        "mine.toml:employee.moves_table: moves.csv:2:entry: 7 is outside 0 to 1 (probability); "
        "a fraction: did you mean 0.07?",
        "mine.toml:claims.inpatient.use_table: use.csv:1: there is no row under the header; one row a key",
    ]


def test_validate_reads_a_shipped_table_that_stands_in_the_place_of_another():
    setting = 'employee.moves_table="profiles/prevalence.csv"'
    assert (
        "the header is sex,age,moderate,high; sex,age,entry,exit"
        in call("validate", "baseline", "--set", setting).stderr
    )
    setting = 'employee.retirement_table="profiles/retirement_until_2024.csv"'
    assert call("validate", "baseline", "--set", setting).exit_code == 0


def test_a_complete_file_of_ones_own_has_all_its_tables_read(folder):
    (folder / "root.toml").write_text(load("baseline").to_toml())
    assert call("validate", "root.toml").stdout == "ok root.toml\n"


@pytest.mark.parametrize(
    ("number", "lowest", "highest", "percent"),
    [
        (8, 0, 0.5, True),
        (-1, -0.5, 0.5, True),
        (-3, -0.9, 2, True),
        (1.2, 0, 1, False),
        (1.5, 0, 1, False),
        (2, 0, 1, True),
        (0.7, 0, 0.5, False),
        (3.5, 0, 2, False),
        (60, 0, 2, True),
        (25, 0.1, 20, False),
        (300, 0.1, 20, True),
        (-8, 0, 0.5, False),
        (101, 0, 1, False),
    ],
)
def test_a_number_far_outside_that_is_at_home_as_a_fraction_was_given_in_percent(number, lowest, highest, percent):
    assert in_percent(number, lowest, highest) is percent


def test_show_has_a_line_for_every_key_with_unit_source_and_mark():
    lines = call("show", "baseline").stdout.splitlines()
    assert lines[0].startswith("Baseline (baseline), ")
    assert [line.split()[0] for line in lines[3:]] == list(KEYS)
    [burden] = [line for line in lines if line.startswith("behaviour.leave.burden")]
    assert burden.split() == [
        "behaviour.leave.burden",
        *("0.35", "log-odds", "S_BEHAVIOUR_ZHANG_LIU_2023", "derived", "0.1", "to", "1", "baseline"),
    ]


def test_show_below_a_table_and_of_one_key_in_full():
    below = call("show", "baseline", "participation.waiting").stdout.splitlines()
    assert len(below) == 3 + len([path for path in KEYS if path.startswith("participation.waiting.")])
    one = call("show", "baseline", "economy.inflation").stdout
    assert "value        { ramp = { 2018 = 0.021, 2019 = 0.029," in one
    assert "note " in one


def test_show_says_which_file_set_a_value_and_drops_the_baselines_source(folder):
    rows = json.loads(call("show", "high_cost", "economy", "--json", "--set", "economy.inflation=0.01").stdout)
    by_key = {row["key"]: row for row in rows}
    assert by_key["economy.inflation"]["set by"] == "--set"
    assert by_key["economy.inflation"]["source"] == ""
    assert by_key["economy.real_income_growth"]["set by"] == "scenarios/high_cost.toml"
    assert by_key["economy.interest_rate"]["source"] == "S_JUDGEMENT"
    assert by_key["economy.interest_rate"]["value"] == load("baseline").leaves["economy.interest_rate"]


@pytest.mark.parametrize("command", [["show", "baseline"], ["validate", "baseline"], ["schema"]], ids=lambda c: c[0])
def test_reading_commands_import_nothing_heavy(command):
    code = (
        "import sys; from simsurance.cli import main\n"
        f"main({command!r}, standalone_mode=False)\n"
        "print(sorted({'pandas', 'matplotlib', 'scipy', 'numpy'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stderr.strip() == "[]"


def test_init_writes_a_valid_scenario_and_its_schema_once(folder):
    shown = call("init", "mine")
    assert shown.exit_code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["mine.toml", "simsurance.schema.json"]
    text = (folder / "mine.toml").read_text(encoding="utf-8")
    assert text.startswith("#:schema ./simsurance.schema.json\n")
    assert load("mine.toml").values.title == "mine"
    jsonschema.validate(
        tomllib.loads(text), json.loads((folder / "simsurance.schema.json").read_text(encoding="utf-8"))
    )
    assert call("init", "mine").exit_code == 0  # as after a break: what stands there is what would be written
    (folder / "mine.toml").write_text(text + "# my own", encoding="utf-8")
    again = call("init", "mine")
    assert again.exit_code == 6
    assert again.stderr == "mine.toml: exists and is not overwritten; choose another name or move it\n"
    assert (folder / "mine.toml").read_text(encoding="utf-8") == text + "# my own"
    assert call("init", "other.toml").exit_code == 0


def test_init_leaves_a_schema_file_that_is_not_ours(folder):
    (folder / "simsurance.schema.json").write_bytes(b"\xff mine")
    shown = call("init", "mine")
    assert shown.exit_code == 6
    assert [path.name for path in folder.iterdir()] == ["simsurance.schema.json"]


def test_schema_is_printed_or_written(folder):
    printed = call("schema").stdout
    assert json.loads(printed) == json_schema()
    assert call("schema", "--out", "s.json").stdout == ""
    assert (folder / "s.json").read_text(encoding="utf-8") == printed


@cache
def validator():
    return jsonschema.Draft7Validator(json_schema())


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_the_json_schema_accepts_every_shipped_file(file):
    validator().validate(tomllib.loads(file.read_text(encoding="utf-8")))


def test_the_json_schema_takes_the_names_of_any_scheme():
    for file in countries()["korea"].parent.glob("*.toml"):
        validator().validate(tomllib.loads(file.read_text(encoding="utf-8")))
    validator().validate(tomllib.loads(load("korea").to_toml()))
    own = "axes.areas = ['town', 'country']\nclaims.inpatient.area_cost = {{ {} = 1.0, country = 0.8 }}\n"
    own += "contributions.personal.grade.{} = {{ all = 1.0 }}\n"
    validator().validate(tomllib.loads(own.format("town", "town")))
    for wrong in ("Town", "ramp"):
        with pytest.raises(jsonschema.ValidationError):
            validator().validate(tomllib.loads(own.format(wrong, wrong)))


def test_the_json_schema_accepts_a_resolved_scenario():
    validator().validate(tomllib.loads(load("no_2024_rules", ["prepaid_70"]).to_toml()))


@pytest.mark.parametrize(
    "text",
    [
        "fund.administration_shar = 0.1",
        "fund.administration_share = 2",
        'economy.inflation = "2%"',
        "economy.inflation = { 20x6 = 0.02 }",
        "economy.inflation = { ramp = {} }",
        'population.fertility_variant = "lo"',
        'contributions.personal.rule = { 2019 = "ratio" }',
        "participation.in_force = 1",
        "contributions.personal.phase_in_years = 2.5",
        'extends = "base_line"',
    ],
)
def test_the_json_schema_refuses_what_the_loader_refuses(text):
    with pytest.raises(jsonschema.ValidationError):
        validator().validate(tomllib.loads(text))


def test_the_json_schema_itself_is_valid_and_tells_units_and_descriptions():
    jsonschema.Draft7Validator.check_schema(json_schema())
    fund = json_schema()["properties"]["fund"]["properties"]
    assert fund["administration_share"]["description"] == (
        "administration charged to the fund, share of benefits (share, 0 to 0.3)"
    )


def test_the_parameter_reference_is_current():
    reference = scenarios_folder().parent / "docs" / "parameters.md"
    command = [sys.executable, "-m", "simsurance.scenario_file.parameter_page"]
    written = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    assert reference.read_text(encoding="utf-8") == written, f"run {' '.join(command[1:])} > docs/parameters.md"
