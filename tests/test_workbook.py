"""The audit workbook: recalculated by LibreOffice it is the run, a change moves it as the engine does, and it is read back."""

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner
from office import resaved

from simsurance.answers.solve import unmoved
from simsurance.cli import main
from simsurance.errors import SimsuranceError
from simsurance.output import office
from simsurance.output.workbook.book import Book, workbook
from simsurance.output.workbook.lines import FUNCTIONS, Layout, Line, Sheet, letters
from simsurance.output.workbook.read import changes_of
from simsurance.output.workbook.source import source_of
from simsurance.results import accounts_of
from simsurance.scenario_file.files import scenarios_folder
from simsurance.scenario_file.keys import key_at
from simsurance.scenario_file.loader import Scenario, load

LAST = 2045
KOREA = scenarios_folder() / "countries" / "korea" / "korea.toml"
TOLERANCE = 1e-9
REFERENCE = re.compile(r"(?:'([^']+)'!)?\$?([A-Z]{1,2})\$?(\d+)(?::\$?([A-Z]{1,2})\$?(\d+))?")
OTHER_RULES = {
    "contributions.personal.rule": {2019: "schedule", 2027: "growth", 2029: "indexed"},
    "contributions.personal.growth_rate": 0.03,
    "contributions.personal.income_share": {2026: 0.0095, 2033: 0.0105},
    "contributions.personal.phase_in_years": 4,
    "contributions.personal.highest_rise": 0.09,
    "contributions.subsidy.rule": {2019: "schedule", 2027: "ratio", 2030: "share", 2034: "with_income"},
    "contributions.prepaid_share": 0.3,
    "benefits.long_term_care": 20,
    "employee.benefits.long_term_care": 90,
    "economy.deficit_interest_margin": 0.01,
    "economy.flow_timing": "start",
    "claims.trend.income_elasticity": 0.8,
    "fund.adjustment_share": 0.02,
    "employee.contributions.to_accounts": 0.05,
}


RULED = ("fraud_recovery", "digital_administration", "supplementary_cover")
"""Rules that move what a fund recovers and is charged, and the other tiers."""


PINNED = {
    f"pins.{name}.{key}": value
    for name, of in {
        "spent": {"total": "resident.outgo", "values": {2026: 1.2e12, 2027: 1.3e12}, "mode": "fixed"},
        "paid": {"total": "employer_contributions", "values": {2026: 1.7e12}, "mode": "root"},
        "local": {"total": "local_supplement", "values": {2026: 3e10}, "mode": "root"},
    }.items()
    for key, value in {**of, "source": "test", "mark": "judgement"}.items()
}


TOLD = {"mark": "judgement", "source": "S_JUDGEMENT", "description": "A test.", "description_zh": "测试。"}
COMPLETED: dict[str, Any] = {
    "employee.contributions.arrears": {2026: 0, 2027: 0.03, 2032: 0},
    "employee.contributions.arrears_recovered": 0.6,
    "employee.contributions.arrears_lag": 2,
    "employee.contributions.retiree_rate": {2026: 0, 2028: 0.02},
    "employee.contributions.unreported_found": 0.1,
    "bonds.care": {
        **{
            "fund": "resident",
            "year": 2028,
            "amount": 60e9,
            "coupon": 0.03,
            "term_years": 3,
            "redemption": "instalments",
        },
        **{"outcome_share": 0.1, "outcome_year": 2030, "outcome_result": "cost_per_admission"},
        **{"outcome_reference": 30_000.0, **TOLD},
    },
    "bonds.work": {
        **{"fund": "employee_pool", "year": 2029, "outgo_share": 0.02, "coupon": 0.02, "term_years": 9},
        **{"redemption": "bullet", "outcome_share": 0.2, "outcome_year": 2031, "outcome_payer": "budget"},
        **{"outcome_met": "at_least", "outcome_reference": 1.0, **TOLD},
    },
    "choices.higher": {
        **{"start": 2028, "ramp_years": 3, "take_up": 0.1, "need": [0.5, 1.0, 2.0], "income": [0.2, 0.5, 1.0, 2.0]},
        **{"contribution": 0.8, "subsidy": 0.0, "benefit": 0.3, "use": 0.05, **TOLD},
    },
    "choices.opting": {
        **{"start": 2029, "ramp_years": 1, "take_up": 0.05, "need": [2.0, 1.0, 0.5], "income": [0.0, 1.0, 1.0, 1.0]},
        **{"contribution": -0.5, "subsidy": -0.4, "benefit": -0.6, "use": -0.1, **TOLD},
    },
}
"""Arrears, contributions of the retired, bonds and choices of cover."""


def longer(*cases: Any) -> list[Any]:
    """Cases that are run with what takes long."""
    return [pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.long) for case in cases]


@dataclass(frozen=True)
class Made:
    """A workbook as it was laid out, and its content."""

    book: Book
    content: bytes


def made(scenario: Scenario, lang: str = "en") -> Made:
    book = Book(source_of(scenario), lang)
    return Made(book, book.content())


@pytest.fixture(scope="module")
def base() -> Made:
    return made(load("baseline", settings=[f"horizon.last_year={LAST}"]))


@pytest.fixture(scope="module")
def others() -> dict[str, Made]:
    short = "horizon.last_year=2036"
    scenarios = {
        "rules": (load("baseline", settings=[short]).replace(OTHER_RULES), "zh"),
        "options": (load("high_cost", ["central_procurement", "payment_ratio_up"], [short]), "en"),
        "residents": (load("frozen_contribution", settings=[short, "employee.projected=false"]), "zh"),
        "pinned": (load("baseline", settings=["horizon.last_year=2034"]).replace(PINNED), "zh"),
        "ruled": (load("baseline", list(RULED), ["horizon.last_year=2030", "fund.administration_share=0.02"]), "zh"),
        "completed": (load("baseline", settings=["horizon.last_year=2033"]).replace(COMPLETED), "zh"),
        "new": (load("baseline", ["contributions_of_retirees"], ["horizon.last_year=2032"]), "en"),
        "korea": (load(KOREA, settings=["horizon.last_year=2035"]), "en"),
    }
    return {name: made(*each) for name, each in scenarios.items()}


def varied(of: Made, path: Path, change: Any) -> Path:
    """A workbook whose yellow cells are what `change` makes of line, year and value."""
    book = openpyxl.load_workbook(io.BytesIO(of.content))
    layout = of.book.layout
    for line in layout.lines.values():
        place = layout.places[line.name]
        for year in line.inputs:
            cell = book[place.sheet].cell(place.row, layout.column(year) + 1)
            cell.value = change(line, year, cell.value)
    book.save(path)
    return path


def exact(line: Line, year: int, value: float) -> float:
    """Every yellow cell that the sheet calls exact, from 2028 on, somewhat higher."""
    known = key_at(line.key)
    assert known is not None
    if line.note != "exact" or (year < 2028 and "opening" not in line.key):
        return value
    added = {"share": 0.002, "ratio": 0.002, "yuan": 3.0}.get(line.unit, 1000.0)
    raised = value * 1.03 + added
    return raised if known.highest is None else min(raised, known.highest)


CHANGES: dict[str, Any] = {
    "same": lambda line, year, value: value,
    "exact": exact,
    "contributions": lambda line, year, value: (
        value * 1.1 if line.key.endswith(("personal.income_share", "subsidy.income_share")) and year > 2027 else value
    ),
    "wages": lambda line, year, value: value + 0.005 if line.name == "wage_excess" and year > 2027 else value,
    "cost": lambda line, year, value: value + 0.005 if line.name.endswith("growth_beyond") and year > 2027 else value,
    "less_cost": lambda line, year, value: (
        value - 0.01 if line.name.endswith("growth_beyond") and year > 2027 else value
    ),
    "prices": lambda line, year, value: value + 0.005 if line.name == "inflation" and year > 2027 else value,
    "incomes": lambda line, year, value: value - 0.005 if line.name == "real_income_growth" and year > 2027 else value,
}


class Recalculated(dict[str, Path]):
    """Changed workbooks by name as LibreOffice opens and saves them, each when it is first asked for.

    A name is a workbook of `others`, a change of the base, or both with - between.
    """

    def __init__(self, base: Made, others: dict[str, Made], folder: Path) -> None:
        super().__init__()
        self.base, self.others, self.folder = base, others, folder

    def __missing__(self, name: str) -> Path:
        changed = self.folder / f"{name}.xlsx"
        if name == "damaged":
            book = openpyxl.load_workbook(io.BytesIO(self.base.content))
            place = self.base.book.layout.places["leaves"]
            book[place.sheet].cell(place.row, self.base.book.layout.column(2030) + 1).value *= 1.01
            book.save(changed)
        else:
            of, _, change = name.partition("-")
            varied(self.others.get(of, self.base), changed, CHANGES.get(change or of, CHANGES["same"]))
        self[name] = resaved(changed, self.folder / "computed")
        return self[name]


@pytest.fixture(scope="module")
def recalculated(base: Made, others: dict[str, Made], tmp_path_factory: pytest.TempPathFactory) -> Recalculated:
    return Recalculated(base, others, tmp_path_factory.mktemp("books"))


def largest_term(book: Any, sheet: str, formula: str) -> float:
    """The largest number in the cells that a formula names."""
    found = [0.0]
    for other, column, row, last_column, last_row in REFERENCE.findall(formula):
        where = book[other or sheet]
        area = where[f"{column}{row}:{last_column}{last_row}"] if last_column else ((where[f"{column}{row}"],),)
        found += [abs(c.value) for cells in area for c in cells if isinstance(c.value, int | float)]
    return max(found)


@pytest.mark.office
@pytest.mark.parametrize(
    "name", ["same", "ruled", "completed", *longer("rules", "options", "residents", "pinned", "new", "korea")]
)
def test_every_formula_recalculated_is_the_value_that_stands_there(name, base, others, recalculated):
    of = base if name == "same" else others[name]
    written = openpyxl.load_workbook(io.BytesIO(of.content), data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(of.content))
    computed = openpyxl.load_workbook(recalculated[name], data_only=True)
    count = 0
    for sheet in formulas:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            told, found = written[sheet.title][cell.coordinate].value, computed[sheet.title][cell.coordinate].value
            count += 1
            where = f"{sheet.title}!{cell.coordinate} {cell.value}"
            if isinstance(told, str):
                assert found == told, where
                continue
            size = max(abs(told), largest_term(written, sheet.title, cell.value))
            assert found == pytest.approx(told, rel=0, abs=TOLERANCE * max(size, 1e-3)), where
    assert count > 700


def test_the_other_tiers_stand_on_a_sheet_of_their_own_in_grey(base: Made, others: dict[str, Made]) -> None:
    of = others["ruled"]
    table, layout = of.book.source.run.tiers, of.book.layout
    assert table is not None
    book = openpyxl.load_workbook(io.BytesIO(of.content), data_only=True)
    for column, size in {"own_payment": of.book.unit, "over_40_percent_low": 1.0, "care_closing": of.book.unit}.items():
        place = layout.places[f"tier__{column}"]
        told = [book[place.sheet].cell(place.row, layout.column(year) + 1).value for year in of.book.source.years]
        assert told == pytest.approx((table[column] / size).to_list())
        assert not layout.lines[f"tier__{column}"].inputs
    assert "tiers" not in base.book.titles


def test_what_rules_on_care_move_is_no_yellow_cell(base: Made, others: dict[str, Made]) -> None:
    for name in ("recovered_share", "employee_recovered_share", "administration_share"):
        line = others["ruled"].book.layout.lines[name]
        assert not line.inputs
        assert base.book.layout.lines[name].inputs
        assert line.values[2030] != others["ruled"].book.source.key(KEY_OF[name])[2030]


KEY_OF = {
    "recovered_share": "benefits.recovered_share",
    "employee_recovered_share": "employee.benefits.recovered_share",
    "administration_share": "fund.administration_share",
}


def closing(of: Made, path: Path, fund: str) -> np.ndarray:
    """The balances of a fund in a workbook, yuan."""
    book, place = openpyxl.load_workbook(path, data_only=True), of.book.layout.places[f"{fund}__closing"]
    columns = [of.book.layout.column(year) + 1 for year in of.book.source.years]
    return np.array([book[place.sheet].cell(place.row, column).value for column in columns]) * of.book.unit


def engine(of: Made, path: Path) -> Any:
    """What the engine makes of the scenario of a changed workbook, with everybody's membership held."""
    scenario, _, changes = changes_of(path, path.parent)
    assert changes
    (run,) = accounts_of([scenario.replace(changes)], unmoved(of.book.source.run))
    return run


@pytest.mark.office
@pytest.mark.parametrize("name", ["exact", "contributions", "completed-exact", *longer("wages", "new-exact")])
def test_where_the_sheet_says_exact_engine_and_workbook_agree_on_the_change(name, base, others, recalculated):
    of = others.get(name.partition("-")[0], base)
    run = engine(of, recalculated[name].parents[1] / f"{name}.xlsx")
    moved = 0
    for fund, account in run.accounts.items():
        own = of.book.source.run.accounts[fund]["closing"]
        found = closing(of, recalculated[name], fund)
        size = np.maximum(np.abs(own), account["outgo"])
        assert np.abs((found - own) - (account["closing"] - own)).max() <= TOLERANCE * size.max()
        moved += np.abs(account["closing"] - own).max() > 1e-3 * size.max()
    assert moved >= (2 if name != "contributions" else 1)
    cover = openpyxl.load_workbook(recalculated[name], data_only=True).worksheets[0]
    assert cover["B10"].value == of.book.said.label("workbook.cover.holds")


@pytest.mark.parametrize("part", ["arrears", "retiree", "bonds.care", "bonds.work", "choices.higher", "choices.opting"])
def test_what_completes_a_scheme_can_be_changed_in_yellow_cells(part: str, others: dict[str, Made]) -> None:
    lines = others["completed"].book.layout.lines.values()
    yellow = {line.key.rpartition(".")[2] for line in lines if line.inputs and part in line.key}
    assert yellow == {
        "arrears": {"arrears", "arrears_recovered"},
        "retiree": {"retiree_credit", "retiree_rate"},
        "bonds.care": {"amount", "coupon", "outcome_share", "outcome_reference"},
        "bonds.work": {"outgo_share", "coupon", "outcome_share", "outcome_reference"},
    }.get(part, {"take_up", "contribution", "subsidy", "benefit", "use"})
    assert all(len(line.inputs) == 1 for line in lines if line.inputs and line.key.startswith(("bonds.", "choices.")))


def test_of_those_who_pay_only_if_they_retire_later_the_rate_moves_after_its_first_year(
    others: dict[str, Made],
) -> None:
    of, paying = others["new"].book, others["new"].book.layout.lines["retirees_paying"].values
    rates = of.source.key("employee.contributions.retiree_rate")
    first = min(year for year, rate in rates.items() if rate)
    assert sorted(of.layout.lines["retiree_rate"].inputs) == list(range(first + 1, of.source.years[-1] + 1))
    assert paying[first] == 0 < paying[first + 1] < paying[first + 2] < 0.5


@pytest.mark.office
@pytest.mark.parametrize(
    ("name", "share"), [("cost", 0.01), *longer(("less_cost", 0.02), ("prices", 0.05), ("incomes", 0.2))]
)
def test_where_the_sheet_says_approximate_the_change_is_off_by_a_small_share_of_it(name, share, base, recalculated):
    run = engine(base, recalculated[name].parents[1] / f"{name}.xlsx")
    for fund in ("resident", "employee_pool"):
        own, theirs = base.book.source.run.accounts[fund]["closing"], run.accounts[fund]["closing"]
        found = closing(base, recalculated[name], fund)
        assert abs(found[-1] - theirs[-1]) <= share * abs(theirs[-1] - own[-1])


@pytest.mark.office
def test_a_number_changed_where_it_must_not_be_lets_a_check_fail(recalculated):
    book = openpyxl.load_workbook(recalculated["damaged"], data_only=True)
    assert book["Cover"]["B10"].value == "do not hold: see Checks"
    same = openpyxl.load_workbook(recalculated["same"], data_only=True)
    assert same["Cover"]["B10"].value == "hold"


@pytest.mark.office
def test_saved_again_by_libreoffice_it_is_still_read_back(base, recalculated):
    for name in ("contributions", "exact"):
        before = changes_of(recalculated[name].parents[1] / f"{name}.xlsx", Path())
        after = changes_of(recalculated[name], Path())
        assert before[2] == after[2]


def test_lines_of_a_fund_are_called_as_its_account_calls_them(base: Made, others: dict[str, Made]) -> None:
    for of in (base, others["completed"]):
        layout, said = of.book.layout, of.book.said
        for fund, account in of.book.source.run.accounts.items():
            columns = [column for column in account if f"{fund}__{column}" in layout.lines]
            assert {"income", "outgo", "closing"} <= set(columns)
            for column in columns:
                assert of.book.label(layout.lines[f"{fund}__{column}"]) == said.label(f"column.{column}")


def test_formulas_call_what_all_three_programs_have(base, others):
    called = set()
    for of in (base, *others.values()):
        for sheet in openpyxl.load_workbook(io.BytesIO(of.content)):
            for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
                called |= set(re.findall(r"([A-Z][A-Z0-9.]*)\(", re.sub(r"\"[^\"]*\"|'[^']*'", "", cell.value)))
    assert called <= set(FUNCTIONS)
    assert {"SUM", "IF", "ROUND"} <= called


def test_every_yellow_cell_is_a_key_that_takes_a_value_a_year(base, others):
    for of in (base, *others.values()):
        yellow = [line for line in of.book.layout.lines.values() if line.inputs]
        assert len(yellow) > 10
        for line in yellow:
            known = key_at(line.key)
            assert known is not None, line.name
            assert known.kind == ("number" if line.key.startswith(("bonds.", "choices.")) else "schedule"), line.name


def test_the_same_scenario_gives_the_same_bytes(others):
    of = others["residents"]
    assert workbook(of.book.source.scenario, "zh") == of.content


def test_text_that_looks_like_a_formula_stays_text():
    settings = ['title="=1+1"', 'description="@SUM(A1)"', "horizon.last_year=2027", "employee.projected=false"]
    book = openpyxl.load_workbook(io.BytesIO(workbook(load("baseline", settings=settings), "en")))
    title = book["Cover"]["A1"]
    assert title.value.startswith("=1+1")
    assert (title.data_type, title.quotePrefix, book["Cover"]["A3"].quotePrefix) == ("s", True, True)


def test_cells_of_a_formula_are_those_of_the_lines_named():
    years = {2026: 1.0, 2027: 2.0}
    sheet = Sheet("one", [Line("a", years), Line("b", years), Line("sum", {2027: 3.0}, formula="SUM({a..b})-{a@-1}")])
    beside = Sheet("two", ["heading", Line("c", {2027: 0.0}, formula="{sum}*2")])
    layout = Layout([sheet, beside], {"one": "First one", "two": "Second"}, range(2026, 2028), head=4)
    assert layout.formula(layout.lines["sum"], 2027) == "=SUM(G5:G6)-F5"
    assert layout.formula(layout.lines["c"], 2027) == "='First one'!G7*2"
    assert [letters(column) for column in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]
    with pytest.raises(SimsuranceError, match="a has no value in 2025"):
        layout.cell("a", 2025, "one")


def test_what_a_pinned_total_multiplies_by_stands_beside_the_row_and_what_is_fixed_is_a_number(others):
    layout, source = others["pinned"].book.layout, others["pinned"].book.source
    outgo = source.run.accounts["resident"]["outgo"]
    assert outgo[:2] == pytest.approx([1.2e12, 1.3e12], rel=1e-12)
    fixed, moved = layout.lines["inpatient_benefits"], layout.lines["employer_contributions"]
    assert [bool(layout.formula(fixed, year)) for year in (2026, 2027, 2028)] == [False, False, True]
    assert fixed.note == "pinned"
    assert moved.formula_in(2026).endswith("*{employer_contributions_pin}")
    assert layout.lines["employer_contributions_pin"].values[2026] == pytest.approx(
        1.7e12 / source.flows["contribution_base"][0] / 0.0658, rel=0.05
    )
    assert "employer_contributions_pin" not in others["rules"].book.layout.lines


# ---------------------------------------------------------------- read back


@pytest.fixture
def place(tmp_path, monkeypatch, base):
    monkeypatch.chdir(tmp_path)
    Path("book.xlsx").write_bytes(base.content)
    return base.book


def edited(cell: str, value: Any, sheet: str = "Assumptions", name: str = "edited.xlsx") -> str:
    book = openpyxl.load_workbook("book.xlsx")
    book[sheet][cell] = value
    book.save(name)
    return name


def yellow(book: Book, name: str, year: int) -> str:
    return f"{letters(book.layout.column(year))}{book.layout.places[name].row}"


def asked(*arguments: str) -> Any:
    return CliRunner().invoke(main, arguments)


def test_yellow_cells_become_a_scenario_that_runs(place):
    edited(yellow(place, "personal_share", 2030), 0.011)
    told = asked("init", "mine", "--from", "edited.xlsx")
    assert told.exit_code == 0, told.output
    mine, own = load("mine.toml"), load("baseline")["contributions.personal.income_share"]
    assert mine["contributions.personal.income_share"] == {"2026": own, "2030": 0.011, "2031": own}
    assert mine["horizon.last_year"] == LAST
    assert asked("validate", "mine.toml").exit_code == 0


@pytest.mark.long
def test_a_shipped_scenario_as_it_is_is_extended(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    of = made(load("no_2024_rules"))
    varied(of, Path("changed.xlsx"), lambda line, year, value: value + 0.01 if line.name == "interest_rate" else value)
    assert asked("init", "mine", "--from", "changed.xlsx").exit_code == 0
    text = Path("mine.toml").read_text(encoding="utf-8")
    assert 'extends = "no_2024_rules"' in text
    assert load("mine.toml").values.economy.interest_rate[2026] == pytest.approx(0.03)


@pytest.mark.long
@pytest.mark.parametrize(
    ("cell", "sheet", "value", "words"),
    [
        (
            ("personal", 2030),
            "Assumptions",
            500,
            r"edited.xlsx:Assumptions:\d+: is not as it was written; only yellow cells",
        ),
        (("leaves", 2030), "Insured", 1, r"edited.xlsx:Insured:\d+: is not as it was written"),
        (
            ("personal_share", 2030),
            "Assumptions",
            "much",
            r"edited.xlsx:Assumptions:[A-Z]+\d+: 'much' is no number; contrib",
        ),
        (
            ("personal_share", 2030),
            "Assumptions",
            0.9,
            r"edited.xlsx:contributions.personal.income_share.2030: 0.9 is outside",
        ),
    ],
)
def test_a_workbook_edited_where_it_must_not_be_is_one_line(place, cell, sheet, value, words):
    edited(yellow(place, *cell), value, sheet)
    told = asked("init", "mine", "--from", "edited.xlsx")
    assert told.exit_code == 3
    assert re.match(words, told.stderr), told.stderr
    assert told.stderr.count("\n") == 1
    assert not Path("mine.toml").exists()


def test_what_is_no_workbook_of_ours_is_one_line(place):
    Path("text.xlsx").write_text("no zip")
    openpyxl.Workbook().save("foreign.xlsx")
    book = openpyxl.load_workbook("book.xlsx")
    del book["Insured"]
    book.save("less.xlsx")
    words = {
        "book.xlsx": "no yellow cell was changed; the scenario is still baseline",
        "text.xlsx": "no workbook (BadZipFile); one that simsurance report wrote, saved as XLSX",
        "foreign.xlsx": "is no workbook of simsurance report; one with its last sheet as written",
        "less.xlsx": "the sheet Insured is missing; only yellow cells may be changed",
        "none.xlsx": "there is no such file; a workbook of simsurance report",
    }
    for name, said in words.items():
        told = asked("init", "mine", "--from", name)
        assert (told.exit_code, told.stderr) == (3, f"{name}: {said}\n")
    assert asked("init", "mine", "--fund", "--from", "book.xlsx").exit_code == 2
    assert not Path("mine.toml").exists()


def test_without_the_library_one_line_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(office, "find_spec", lambda name: None)
    with pytest.raises(SimsuranceError, match=r"^XlsxWriter is missing; python -m pip install 'simsurance\[report\]'$"):
        workbook(load("baseline"), "en")


def test_the_cover_tells_the_range_beside_the_depletion_year(base):
    from simsurance.language import words

    sheet = openpyxl.load_workbook(io.BytesIO(base.content)).worksheets[0]
    told = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert told.count(words("en").label("report.central")) == len(base.book.funds)
    months = next(cell for row in sheet.iter_rows() for cell in row if cell.number_format.startswith("0.0;"))
    assert months.number_format == '0.0;"deficit of "0.0'
