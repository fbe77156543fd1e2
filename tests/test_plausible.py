"""Amounts in the wrong unit, and the nation's inputs beside another fund's members, are told before anything is computed."""

from fnmatch import fnmatchcase
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from simsurance import load, run
from simsurance.basis.table_levels import LEVELS, table_notes
from simsurance.cli import main
from simsurance.errors import SimsuranceError
from simsurance.language import words as language
from simsurance.output.summary import summary
from simsurance.scenario_file.files import shipped
from simsurance.scenario_file.keys import DRAWN, KEYS
from simsurance.scenario_file.plausible import band_of, bands

SHAPES = (
    "population.fertility_table",
    "population.sex_ratio_table",
    "population.area_moves_table",
    DRAWN,
    "published.",
)
"""Tables of which the shape counts, or whose bounds are narrow, and those of draws."""


def told(*settings: str) -> list[str]:
    """The notes of the baseline under settings."""
    return load("baseline", settings=settings).notes


KEYS_OFF = [
    (
        "fund.opening=87421100",
        "0.00010 times the nation's per person of membership.resident_insured",
        "in units of CNY 10,000?",
    ),
    ("fund.opening=8742.11", "amounts are in CNY", "was it given in units of CNY 100,000,000?"),
    ("employee.fund.opening_pool=351441300", "per person of membership.employee_active", "in units of CNY 10,000?"),
    ("employee.fund.opening_accounts=1508016000", "amounts are in CNY", "in units of CNY 1,000?"),
    ("employee.wage.mean=12000000", "93 times the nation's; amounts are in CNY", "is it 100 times too large?"),
    ("claims.inpatient.mean_cost=14", "amounts are in CNY", "was it given in units of CNY 1,000?"),
    ("claims.inpatient.mean_cost=95000000", "amounts are in CNY", "is it 10,000 times too large?"),
    ("claims.outpatient.mean_cost=6000000", "amounts are in CNY", "is it 10,000 times too large?"),
    ("contributions.personal.schedule={2026=40000}", "is 100 times the nation's", "is it 100 times too large?"),
    ("contributions.subsidy.schedule={2026=72400}", "is 100 times the nation's", "is it 100 times too large?"),
    ("employee.contributions.employer_rate=0.0066", "plausible are 0.2 to 5 times", "is it 10 times too small?"),
    ("employee.contributions.employee_rate=0.002", "plausible are 0.2 to 5 times", "is it 10 times too small?"),
    ("benefits.inpatient.payment_ratio=0.068", "plausible are 0.2 to 2 times", "is it 10 times too small?"),
    ("employee.benefits.inpatient.payment_ratio=0.08", "plausible are 0.2 to 2 times", "is it 10 times too small?"),
    ("behaviour.targets.return_rate=0.004", "plausible are 0.12 to 8 times", "is it 100 times too small"),
    ("claims.inpatient.use_level=0.01", "plausible are 0.15 to 7 times", "is it 100 times too small"),
    ("claims.inpatient.level=95", "plausible are 0.15 to 7 times", "100 times too large (per cent, index 100)?"),
    (
        "claims.inpatient.cost_ratio.high=100",
        "plausible are 0.05 to 20 times",
        "100 times too large (per cent, index 100)?",
    ),
    (
        "employee.wage.income_ratio.middle=100",
        "plausible are 0.05 to 20 times",
        "100 times too large (per cent, index 100)?",
    ),
    ("employee.area_ratio.rural=100", "plausible are 0.05 to 20 times", "100 times too large (per cent, index 100)?"),
    ("membership.employee_active=280623", "plausible are 0.05 to 20 times", "given in units of 1,000 persons?"),
    ("economy.gdp={2025=1401879}", "amounts are in CNY", "in units of CNY 100,000,000?"),
]
"""Setting, what the note compares, and the factor that it asks for."""


@pytest.mark.parametrize(("setting", "compared", "asked"), KEYS_OFF)
def test_a_value_in_another_unit_is_told_with_the_factor_that_it_is_probably_off_by(
    setting: str, compared: str, asked: str
) -> None:
    (note,) = told(setting)
    assert note.startswith(setting.partition("=")[0])
    assert (compared in note, note.endswith(asked) or asked in note) == (True, True)


def test_accounts_cannot_open_below_zero() -> None:
    with pytest.raises(SimsuranceError, match=r"employee.fund.opening_accounts: -1000000 is outside 0 to"):
        told("employee.fund.opening_accounts=-1000000")
    assert told("employee.fund.opening_pool=-1e12") == []


def scaled(path: str, folder: Path, column: str, factor: float) -> str:
    """A setting with the shipped table of a key, one of its columns multiplied."""
    table = pd.read_csv(load("baseline").tables[path])
    table[column] *= factor
    table.to_csv(folder / "own.csv", index=False)
    return f'{path}="{(folder / "own.csv").as_posix()}"'


TABLES_OFF = [
    (
        "population.mortality_table",
        "mx",
        0.01,
        2,
        ("life expectancy at birth, years (women) is", "plausible are 55 to 95: is the table 100 times too small"),
    ),
    ("population.mortality_table", "mx", 0.1, 2, ("life expectancy at birth, years (men) is", "10 times too small?")),
    (
        "population.mortality_table",
        "mx",
        0.001,
        2,
        ("plausible are 55 to 95", "1,000 times too small (thousands, per mille)?"),
    ),
    (
        "population.total_fertility_table",
        "tfr",
        10,
        1,
        ("births per woman is", "plausible are 0.4 to 8: is the table 10 times too large?"),
    ),
    (
        "population.income_groups_table",
        "relative_income",
        100,
        2,
        ("mean relative income of the groups (rural) is 100;", "100 times too large (per cent, index 100)?"),
    ),
    (
        "population.income_groups_table",
        "relative_income",
        1.2,
        2,
        ("mean relative income of the groups (urban) is 1.20; plausible are 0.95 to 1.05",),
    ),
    (
        "population.stock_table",
        "persons",
        0.5,
        1,
        ("share of persons insured in both schemes is 1.8", "plausible are 0.2 to 1.2"),
    ),
    (
        "claims.inpatient.use_table",
        "use",
        0.01,
        1,
        ("mean probability of an admission is", "0.010 times the nation's", "100 times too small"),
    ),
    (
        "claims.inpatient.cost_table",
        "relative_cost",
        100,
        1,
        ("100 times the nation's; plausible are 0.3 to 3 times", "100 times too large (per cent, index 100)?"),
    ),
    (
        "claims.outpatient.cost_table",
        "relative_cost",
        100,
        1,
        ("mean relative cost is 10", "100 times too large (per cent, index 100)?"),
    ),
    ("claims.outpatient.cost_table", "relative_cost", 0.1, 1, ("10 times too small?",)),
    (
        "health.prevalence_table",
        "high",
        0.01,
        1,
        ("mean share in a health status class (high need)", "100 times too small"),
    ),
    ("employee.moves_table", "entry", 0.01, 1, ("mean probability (entry)", "100 times too small")),
    ("employee.profile_table", "active", 0.01, 1, ("mean share of members (active members)", "100 times too small")),
    ("population.area_share_table", "urban_share", 0.01, 1, ("urban share is", "100 times too small")),
]
"""Table, column, factor, how many notes, and what stands in one of them."""


@pytest.mark.parametrize(("path", "column", "factor", "count", "words"), TABLES_OFF)
def test_a_table_whose_level_can_hardly_be_is_told(
    path: str, column: str, factor: float, count: int, words: tuple[str, ...], tmp_path: Path
) -> None:
    notes = [
        note.told(language("en"))
        for note in table_notes(load("baseline", (), [scaled(path, tmp_path, column, factor)]))
    ]
    assert len(notes) == count
    assert any(all(word in note for word in words) for note in notes), notes
    assert all(note.startswith(f"{path}: ") for note in notes)


@pytest.mark.parametrize("path", [path for path, key in KEYS.items() if key.kind == "table"])
def test_a_table_as_shipped_or_a_little_off_is_not_told(path: str, tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_bytes(load("baseline").tables[path].read_bytes())
    assert table_notes(load("baseline", (), [f'{path}="{own.as_posix()}"'])) == []
    assert (band_of(KEYS[path]) is not None) == (path in LEVELS) == (not path.startswith(SHAPES))


def test_insured_in_thousands_beside_a_stock_in_persons_are_told(tmp_path: Path) -> None:
    members = ("resident_insured=942133", "employee_active=280623", "employee_retired=107938")
    own = scaled("population.stock_table", tmp_path, "persons", 1)
    scenario = load("baseline", (), [own, *(f"membership.{each}" for each in members)])
    (note,) = [note.told(language("en")) for note in table_notes(scenario)]
    assert "share of persons insured in both schemes is 0.000938" in note
    assert note.endswith("is the table 1,000 times too large (thousands, per mille)?")


REASON = 'plausible={"fund.opening"="the fund has just been founded"}'


def test_a_reason_takes_the_note_away_and_stands_in_what_is_shown(tmp_path: Path) -> None:
    assert told("fund.opening=87421100", REASON) == []
    other = 'plausible={"claims.outpatient.cost_table"="an index of 100"}'
    own = scaled("claims.outpatient.cost_table", tmp_path, "relative_cost", 100)
    assert table_notes(load("baseline", (), [own, other])) == []
    show = CliRunner().invoke(main, ["show", "baseline", "plausible", "--set", REASON])
    assert "the fund has just been founded" in show.stdout
    results = run(load("baseline", settings=["fund.opening=87421100", REASON, "horizon.last_year=2027"]))
    assert '`plausible = { "fund.opening" = "the fund has just been founded" }`' in summary(results.twins, "en")


def test_reasons_of_several_files_stand_together_and_load_again(tmp_path: Path) -> None:
    parent, child, again = (tmp_path / f"{name}.toml" for name in ("parent", "child", "again"))
    text = 'description = "-"\nfund.opening = 87421100\n[plausible]\n"fund.opening" = "new"\n'
    parent.write_text(f'extends = "baseline"\ntitle = "Parent"\n{text}')
    text = 'claims.inpatient.mean_cost = 14\n[plausible]\n"claims.inpatient.mean_cost" = "in won"\n'
    child.write_text(f'extends = "parent.toml"\ntitle = "Child"\ndescription = "-"\n{text}')
    assert load(parent).notes == load(child).notes == []
    again.write_text(load(child).to_toml(), encoding="utf-8")
    assert load(again).values == load(child).values
    assert load(again).notes == []


def test_a_reason_that_answers_nothing_is_told() -> None:
    (note,) = told(REASON)
    assert note == "plausible.fund.opening: no reason is needed, nothing is told of fund.opening"
    (note,) = told('plausible={"claims.outpatient.cost_table"="fine"}')
    assert note.startswith("plausible.claims.outpatient.cost_table: no reason is needed")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ('{"fund.openin"="x"}', "plausible.fund.openin: unknown key; did you mean opening?"),
        ('{"fund.opening"=" "}', 'plausible.fund.opening: no reason is given; say in "quotes" why the value is meant'),
        ('{"fund.opening"=3}', "plausible.fund.opening: 3 is a number, not text"),
        ("3", 'plausible: 3 is a number; give { "fund.opening" = "why it is meant" } by key, or {} for none'),
    ],
)
def test_a_reason_for_no_key_or_none_at_all_is_an_error(given: str, said: str) -> None:
    with pytest.raises(SimsuranceError) as error:
        told(f"plausible={given}")
    assert said in str(error.value)


def test_every_band_holds_a_key_and_the_nation_lies_within() -> None:
    for keys, unit, band in bands():
        matching = [key for key in KEYS.values() if fnmatchcase(key.path, keys) and key.unit.startswith(unit)]
        assert any(band_of(key) == band for key in matching), keys
        assert band.per in ("", *KEYS)
        assert band.low < 1 < band.high or band.compared == "value"
    amounts = [key for key in KEYS.values() if key.unit.startswith("yuan") and key.kind != "list"]
    assert all(band_of(key) for key in amounts)


def test_a_complete_file_of_ones_own_is_compared_with_the_nation(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(load("baseline", settings=["claims.inpatient.mean_cost=14"]).to_toml(), encoding="utf-8")
    assert "plausible = {}\n" in file.read_text(encoding="utf-8")
    file.write_text(file.read_text(encoding="utf-8").replace("plausible = {}\n", ""), encoding="utf-8")
    (note,) = load(file).notes
    assert note.startswith("claims.inpatient.mean_cost is 0.0015 times the nation's")


@pytest.mark.parametrize(
    "setting", ["fund.opening=9e11", "fund.opening=-4e11", "fund.opening=0", "employee.wage.mean=60000"]
)
def test_what_may_well_be_is_not_told(setting: str) -> None:
    assert told(setting) == []


def test_another_currency_has_other_amounts() -> None:
    assert told('economy.currency="KRW"', "fund.opening=1.7e14", "employee.wage.mean=48000000") == []


OWN = ("membership.resident_insured=3000000", "fund.opening=2900000000")


def test_each_input_of_the_nation_beside_another_funds_members_is_told_once() -> None:
    named = [
        note.partition(" is still the root's, though there are 0.0032 times its insured residents")[0]
        for note in told(*OWN)
    ]
    assert named == [
        "population.stock_table",
        "population.migration_table",
        "population.income_groups_table",
        "membership.employee_active",
        "employee.fund.opening_pool",
        "employee.fund.opening_accounts",
    ]
    without = told(*OWN, "employee.projected=false", "population.migration_factor=0")
    assert [note.partition(" ")[0] for note in without] == ["population.stock_table", "population.income_groups_table"]


@pytest.mark.parametrize("name", shipped())
def test_no_shipped_scenario_has_such_a_note(name: str) -> None:
    assert load(name).notes == []


def test_validate_and_a_run_say_so_and_go_on() -> None:
    for command in (["validate", "baseline"], ["run", "baseline", "--dry-run"]):
        done = CliRunner().invoke(main, [*command, "--set", "fund.opening=87421100"])
        assert (done.exit_code, done.stderr.count("was it given in units of CNY 10,000?")) == (0, 1)
