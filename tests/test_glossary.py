"""One term for one concept: what should go stands in no output, no document and no file of words, in either language."""

import csv
import json
import re
import shutil
import tomllib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from click.testing import CliRunner

from simsurance.analysis import levers
from simsurance.basis.idle import idle_notes
from simsurance.basis.table_levels import table_notes
from simsurance.cli import main
from simsurance.language import FOLDER, _flat, languages, words
from simsurance.scenario_file.files import scenarios_folder, shipped
from simsurance.scenario_file.keys import KEYS
from simsurance.scenario_file.loader import load
from simsurance.scenario_file.notes import Note, of_draws

pytestmark = pytest.mark.usefixtures("shared_ranges")
ROOT = Path(__file__).parents[1]
DOCUMENTS = (*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", *sorted((ROOT / "notebooks").glob("*.ipynb")))
IN_CODE = re.compile(r"<!--.*?-->|```.*?```|`[^`\n]*`|\]\([^)]*\)|^    [^\n]*$", re.DOTALL | re.MULTILINE)
"""What of a document is no prose: comments, blocks and spans of code, targets of links."""
FACT = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
"""What of a sentence is a fact, or a choice by one."""
MEASURED = re.compile(r"<!-- measured: .*?<!-- /measured -->", re.DOTALL)
"""Tables that a test of hours has printed: quantities by their names."""
SHORT = ("--set", "horizon.last_year=2028")
HISTORIES = (
    "before: never, 2025: late 2, 2026: in claim 900000, 2027: in no-claim, 2028-2031: lapse claim 500,"
    "2032: in repair all claim 3000000, 2033: employee wage 900 claim 900, 2034: leave claim 50000, 2035: in",
    "2025: employee wage 9000000, 2026: retire short buy, 2027: employee claim 9000000",
)
COMMANDS = {
    "run": ("run", "baseline", "no_2024_rules", "--no-charts", *SHORT),
    "compare": ("compare", "baseline", "no_2024_rules", "high_cost", "--no-charts", *SHORT),
    "story": ("story", "baseline", "--age", "58", "--history", HISTORIES[0]),
    "story of work": ("story", "baseline", "--age", "58", "--history", HISTORIES[1]),
    "loopholes": ("loopholes", "baseline", "--years", "3"),
    "levers": ("levers", "baseline", "--with", "payment_ratio_up", "--set", "horizon.last_year=2030"),
    "schemes": ("schemes", "baseline", "--no-charts", *SHORT),
    "stochastic": ("stochastic", "baseline", "--draws", "16", "--jobs", "1", "--no-charts", *SHORT),
    "sensitivity": ("sensitivity", "baseline", "--jobs", "1", "--no-charts", *SHORT),
    "sweep": (
        "sweep",
        "baseline",
        "--grid",
        "fund.administration_share=0:0.02:2",
        "--jobs",
        "1",
        "--no-charts",
        *SHORT,
    ),
    "bridge": ("bridge", "baseline", "high_cost", "--no-charts"),
    "months": ("months", "baseline", "--year", "2027", "--no-charts", *SHORT),
    "hindcast": ("hindcast", "--from", "2021"),
    "ex_ante": ("hindcast", "--ex-ante"),
}
WITH_FOLDER = ("run", "compare", "schemes", "stochastic", "sensitivity", "sweep")
LATIN = ("simsurance", "DRG", "DIP", "CC BY", "IGO", "WPP", "--json", "--deductible national", "--deductible low")
"""What a Chinese text may say in Latin letters, beside names, keys and files."""


@cache
def terms(lang: str) -> list[tuple[str, str]]:
    """Each term that should go, with the concept that it was used for."""
    with (FOLDER / "glossary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    told = ((term.strip(), row["concept"]) for row in rows for term in row[f"not_{lang}"].split(";"))
    return [(term, concept) for term, concept in told if term]


@cache
def pattern(term: str) -> re.Pattern[str]:
    """A term as a whole word; Chinese has no bounds between words."""
    whole = r"(?<![\w-]){}(?![\w-])" if term.isascii() else "{}"
    return re.compile(whole.format(r"\s+".join(map(re.escape, term.split()))), re.IGNORECASE)


TYPED = "story.notation."
"""What a user types is a notation, not a label."""


def found(text: str, lang: str) -> set[str]:
    """What of a text, without its code, should go."""
    prose = IN_CODE.sub("`", text)
    return {f"{term} ({concept})" for term, concept in terms(lang) if pattern(term).search(prose)}


@cache
def output(lang: str, name: str) -> str:
    """What a command prints, on standard error too, and the summaries that it writes."""
    with TemporaryDirectory() as out:
        folder = ("--out", out) if name in WITH_FOLDER else ()
        done = CliRunner().invoke(main, [*COMMANDS[name], "--lang", lang, *folder], catch_exceptions=False)
        assert done.exit_code == 0, done.stderr
        summaries = [file.read_text(encoding="utf-8") for file in sorted(Path(out).rglob("summary.md"))]
    return "\n".join([*(told.replace(out, "out") for told in (done.stdout, done.stderr)), *summaries])


@pytest.mark.long
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("lang", languages())
def test_no_output_says_what_should_go(lang, name, lever_effects, monkeypatch):
    monkeypatch.setattr(levers, "effects", lever_effects)
    assert found(output(lang, name), lang) == set()


@pytest.mark.parametrize("lang", languages())
def test_no_label_or_sentence_says_what_should_go(lang):
    entries = {key: entry for key, entry in words(lang).entries.items() if not key.startswith(TYPED)}
    told = {key: found(FACT.sub("…", str(entry)), lang) for key, entry in entries.items()}
    assert {key: said for key, said in told.items() if said} == {}


@pytest.mark.parametrize("folder", ["names", "messages"])
def test_no_name_of_a_key_and_no_message_says_what_should_go(folder):
    for file in (FOLDER / folder).glob("*.toml"):
        entries = _flat(tomllib.loads(file.read_text(encoding="utf-8")))
        told = {key: found(entry, file.stem.partition(".")[0]) for key, entry in entries.items()}
        assert {key: said for key, said in told.items() if said} == {}


@pytest.mark.parametrize("lang", languages())
def test_no_scenario_says_what_should_go(lang):
    ours = {"en": r"(?:title|description)", "zh": r"(?:title|description)_zh"}[lang]
    told = {
        file.name: found(" ".join(re.findall(rf'^{ours} = "(.*)"$', file.read_text(encoding="utf-8"), re.M)), lang)
        for file in scenarios_folder().rglob("*.toml")
    }
    assert {name: said for name, said in told.items() if said} == {}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_no_document_says_what_should_go(document):
    text = document.read_text(encoding="utf-8")
    if document.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert found(MEASURED.sub("", text), "zh" if "zh" in document.parts else "en") == set()


@pytest.mark.long
@pytest.mark.parametrize("name", COMMANDS)
def test_chinese_output_holds_no_english(name, lever_effects, monkeypatch):
    monkeypatch.setattr(levers, "effects", lever_effects)
    assert english_in(output("zh", name)) == []


def english_in(text: str) -> list[str]:
    """What of a Chinese text is in Latin letters and neither code, nor a name, a key or a file."""
    names = sorted({*shipped(), *shipped(fragments=True), *KEYS, *LATIN}, key=len, reverse=True)
    left = re.sub(r"`[^`\n]*`|\S*\.(?:csv|toml|md|json)\b|out/\S*$", "", text, flags=re.MULTILINE)
    return re.findall(r"[A-Za-z]{2,}.*", re.sub("|".join(map(re.escape, names)), "", left))


def every_note(folder: Path) -> list[str]:
    """Settings of a run that has every note to tell."""
    tables = {path: Path(str(table)) for path, table in load("baseline").tables.items()}
    own = {f"population.{name}_table": tables[f"population.{name}_table"] for name in ("stock", "mortality")}
    pin = '{total = "subsidies", values = {2026 = 7e11}, mark = "judgement", source = "S_JUDGEMENT", mode = "fixed"}'
    costs = (folder / "costs.csv").as_posix()
    table = pd.read_csv(tables["claims.outpatient.cost_table"])
    table.assign(relative_cost=table["relative_cost"] * 100).to_csv(costs, index=False)
    settings = {
        "claims.outpatient.cost_table": f'"{costs}"',
        "plausible": '{"economy.inflation" = "meant"}',
        **{key: f'"{shutil.copy(table, folder / table.name)}"' for key, table in own.items()},
        "horizon.valuation_year": "2022",
        "horizon.last_year": "2026",
        "population.counted": "{age_16_59 = {2026 = 8.5e8}, age_60_plus = {2026 = 3.2e8}, age_65_plus = {2026 = 2.2e8}}",
        "population.stock_level": "{2019 = 0.99}",
        "benefits.inpatient.payment_ratio": "{add = 0.9}",
        "economy.disposable_income": "{2020 = 9e4, 2026 = 1e5}",
        "levers.less": '{component = "subsidies", start = 2026, ramp_years = 1, size = 0.1, low = 0.0, high = 0.2, '
        'mark = "judgement", source = "S_JUDGEMENT", description = "-", description_zh = "-"}',
        "pins.subsidies": pin,
        "membership.resident_insured": "7e8",
        "fund.opening": "80000000",
        "employee.care.real_growth": "{2019 = 0.02, 2025 = 0.01, 2026 = 0.01}",
        "uncertainty.long_run": "0.5",
        "register": '{"fund.opening" = {source = "决算", mark = "verified", valid_until = "2021-06-30"}}',
    }
    return [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]


OF_A_FUND = {"migrants_scaled", "of_the_nation", "misfit"}
"""Notes of a fund of its own; see test_own_fund.py."""
OF_A_MEMBER = {"scheduled"}
"""What a member's story tells where a rule adjusts by itself; see test_adjustment_command.py."""


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_every_note_on_standard_error_is_told_in_the_language(lang, tmp_path):
    notes = {key.rpartition(".")[2] for key in words(lang).entries if key.startswith("scenario_note.")}
    notes -= OF_A_FUND | OF_A_MEMBER
    told = [note.name for note in scenario_notes(tmp_path)]
    assert set(told) == notes
    command = ["run", "baseline", *every_note(tmp_path), "--dry-run", "--lang", lang, "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(main, command, catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    assert len(done.stderr.splitlines()) == len(told)
    assert found(done.stderr, lang) == set()
    assert (english_in(done.stderr) == []) == (lang == "zh")


def scenario_notes(folder: Path) -> list[Note]:
    """The notes of that run."""
    scenario = load("baseline", (), tuple(every_note(folder)[1::2]))
    return [*scenario.notes_found, *idle_notes(scenario), *of_draws(scenario), *table_notes(scenario)]


def test_what_should_go_is_found_as_a_whole_word_outside_code():
    assert found("The fund **runs out** in 2033.", "en") == {"runs out (depletion_year)"}
    assert found("Outgo a\nhead", "en") == {"outgo (outgo)", "a head (unit_per_person)", "outgo a head (outgo_pp)"}
    assert found("`outgo` by the year ahead, in-scopes", "en") == set()
    assert found("2033年穿底年份", "zh") == {"穿底年份 (depletion_year)"}


@pytest.mark.parametrize("lang", languages())
def test_no_term_of_the_glossary_is_one_that_should_go(lang):
    with (FOLDER / "glossary.csv").open(encoding="utf-8", newline="") as file:
        told = {row["concept"]: found(row[lang], lang) for row in csv.DictReader(file)}
    assert {concept: said for concept, said in told.items() if said} == {}
