"""The words: one file a language with the same keys and facts, every key told, none left in the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from jinja2 import meta

import simsurance
from simsurance import language
from simsurance.analysis.single_changes import listed
from simsurance.axes import AXES
from simsurance.cli import main
from simsurance.data.tables import read_table
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.evidence.hindcast import NOTES
from simsurance.intake.understood import measures
from simsurance.language import Words, languages, words

PACKAGE = Path(simsurance.__file__).parent
CHINESE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")
BOTH = pytest.mark.parametrize("lang", languages())


@pytest.fixture
def other_file(tmp_path, monkeypatch):
    """Write a language's file: that of English after a change of its text."""
    monkeypatch.setattr(language, "FOLDER", tmp_path / "language")
    language.FOLDER.mkdir()
    language._words.cache_clear()
    whole = (PACKAGE / "language" / "en.toml").read_text(encoding="utf-8")
    (language.FOLDER / "en.toml").write_text(whole, encoding="utf-8")

    def write(old, new, lang="fr"):
        assert old in whole
        (language.FOLDER / f"{lang}.toml").write_text(whole.replace(old, new, 1), encoding="utf-8")

    yield write
    language._words.cache_clear()


def test_english_and_chinese_are_shipped():
    assert {"en", "zh"} <= set(languages())


def test_every_language_has_the_same_keys():
    assert {lang: sorted(set(words(lang).entries) ^ set(words("en").entries)) for lang in languages()} == {
        lang: [] for lang in languages()
    }


def facts_of(text: str) -> set[str]:
    """The facts that a sentence tells."""
    environment = words("en").environment
    return set(meta.find_undeclared_variables(environment.parse(text))) - {"say", "label"}


@pytest.mark.long
@BOTH
def test_a_sentence_tells_the_same_facts_in_every_language(lang):
    told = {key: (facts_of(text), facts_of(words("en").entries[key])) for key, text in sentences(words(lang))}
    assert {key: pair for key, pair in told.items() if pair[0] != pair[1]} == {}


def sentences(said: Words) -> Iterator[tuple[str, str]]:
    return ((key, entry) for key, entry in said.entries.items() if isinstance(entry, str))


def test_another_language_is_one_file(other_file):
    other_file('personal_accounts = "personal accounts"', 'personal_accounts = "comptes personnels"')
    assert languages() == ("en", "fr")
    assert words("fr").label("axis.fund.personal_accounts") == "comptes personnels"


def test_a_language_without_a_file_is_told():
    with pytest.raises(SimsuranceError, match=r"^lang: fr has no file of words; there are en, zh$"):
        words("fr")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('minus = "−"\n', "", "language/zh.toml:number.minus: is missing; en.toml has it"),
        ('minus = "−"', 'minus = "−"\nplus = "+"', "language/zh.toml:number.plus: is no key; en.toml has none such"),
        ('minus = "−"', "minus = 1", "language/zh.toml:number.minus: 1; give the kind that en.toml has"),
        ('minus = "−"', 'minus = "−', "language/zh.toml: Illegal character .*; give a TOML file in UTF-8"),
    ],
    ids=["missing", "unknown", "number for text", "no TOML"],
)
def test_a_faulty_file_is_one_line_and_exit_code_3(other_file, tmp_path, old, new, line):
    other_file(old, new, "zh")
    arguments = ["run", "baseline", "--years", ":2026", "--no-charts", "--lang", "zh", "--out", str(tmp_path / "out")]
    failed = CliRunner().invoke(main, arguments)
    assert failed.exit_code == ExitCode.INPUT
    (told,) = failed.stderr.splitlines()
    assert re.fullmatch(line, told)


def test_a_key_that_is_nowhere_and_a_sentence_with_another_fact_are_told():
    said = Words("en", {"number.minus": "−", "one": "{{ year }}", "two": "{{ year | moeny }}"})
    with pytest.raises(SimsuranceError, match=r"^language/en.toml:three: is missing; add it$"):
        said.label("three")
    with pytest.raises(SimsuranceError, match=r"^language/en.toml:one: 'year' is undefined; see how en.toml says it$"):
        said.say("one", years=1)
    with pytest.raises(SimsuranceError, match=r"^language/en.toml:two: No filter named 'moeny'"):
        said.say("two", year=1)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234567.5, 0, "1,234,568"),
        (-0.04, 1, "0.0"),
        (-12.25, 1, "−12.2"),
        (0, 0, "0"),
        (-0.06, 1, "−0.1"),
        (6.0, None, "6"),
        (6.25, None, "6.25"),
        (float("nan"), 0, "no value"),
    ],
)
def test_numbers_have_separators_and_a_real_minus(value, decimals, text):
    assert words("en").number(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.18e-11, "1.1800 × 10^−11"),
        (1.063449, "1.0634"),
        (0.99999999, "1.0000"),
        (0.00012346, "0.00012346"),
        (9.99994e-05, "9.9999 × 10^−5"),
        (123456.78, "123,457"),
        (-2.5e9, "−2.5000 × 10^9"),
        (0.0, "0"),
        (float("inf"), "no value"),
    ],
)
def test_significant_digits_show_a_number_of_any_size(value, text):
    assert words("en").significant(value) == text


def test_a_number_is_written_as_the_language_says():
    marks = {"number.thousands": ".", "number.decimal": ",", "number.minus": "-"}
    assert Words("de", words("en").entries | marks).number(-1234.5, 1) == "-1.234,5"


@pytest.mark.parametrize(
    ("kind", "value", "english", "chinese"),
    [
        ("money", 8.824e11, "CNY 882 billion", "8,824亿元"),
        ("money", -5.73478e13, "−CNY 57.3 trillion", "−57.3万亿元"),
        ("money", 1.12e9, "CNY 1.1 billion", "11亿元"),
        ("money", 3.4e7, "CNY 34 million", "3,400万元"),
        ("money", 4.54e6, "CNY 4.5 million", "454万元"),
        ("money", 909_400, "CNY 909 thousand", "90.9万元"),
        ("money", -4_210, "−CNY 4,210", "−4,210元"),
        ("money", 0, "CNY 0", "0元"),
        ("yuan", 1198.4, "CNY 1,198", "1,198元"),
        ("yuan", 2.1078, "CNY 2.11", "2.11元"),
        ("yuan", 0.0003, "under CNY 0.01", "不足0.01元"),
        ("yuan", 0, "CNY 0", "0元"),
        ("persons", 931.94e6, "931.9 million", "9.32亿人"),
        ("persons", 1.2e6, "1.2 million", "120万人"),
        ("persons", 297_300, "297 thousand", "29.7万人"),
        ("persons", 3_592, "3,592", "3,592人"),
        ("person_months", 35_873, "35,873 person-months", "3.6万人月"),
        ("person_months", 112.8e6, "112.8 million person-months", "1.13亿人月"),
        ("months", 1.0, "1.0 months", "1.0个月"),
        ("years", 1, "1 year", "1年"),
        ("years", 2, "2 years", "2年"),
        ("percent", 0.0659, "6.59%", "6.59%"),
        ("points", 0.01, "1.00 percentage points", "1.00个百分点"),
        ("multiple", 1.4921, "× 1.492", "1.492倍"),
        ("money", float("nan"), "no value", "无数值"),
    ],
)
def test_a_quantity_stands_in_the_unit_of_its_size(kind, value, english, chinese):
    assert (words("en").quantity(kind, value), words("zh").quantity(kind, value)) == (english, chinese)


def test_decimals_asked_for_stand_in_place_of_the_languages():
    english = words("en")
    assert english.quantity("months", 1, exact=True) == "1 month"
    assert english.quantity("months", 6.5, exact=True) == "6.5 months"
    assert english.quantity("yuan", 0.0003, 4) == "CNY 0.0003"
    assert english.quantity("percent", 0.834, 0) == "83%"


def test_a_third_language_may_have_other_plurals():
    rule = "0 if n % 10 == 1 and n % 100 != 11 else 1 if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else 2"
    years = [{"from": 0, "unit": 1, "decimals": 0, "form": ["# год", "# года", "# лет"]}]
    russian = Words("ru", words("en").entries | {"number.plural": rule, "quantity.years": years})
    told = [russian.quantity("years", count) for count in (1, 3, 5, 11, 21)]
    assert told == ["1 год", "3 года", "5 лет", "11 лет", "21 год"]


def test_lists_and_signs_are_written_as_the_language_says():
    english, chinese = words("en"), words("zh")
    assert english.listed(["a", "b", "c"]) == "a, b and c"
    assert english.listed([2021]) == "2021"
    assert chinese.listed(["a", "b", "c"]) == "a、b、c"
    assert [english.signed(text) for text in ("1.0", "−1.0", "0.00")] == ["+1.0", "−1.0", "0.00"]


def test_a_sentence_may_hold_another_and_prints_its_numbers_by_filters():
    entries = words("en").entries | {
        "head": "{{ when }}: {{ say('tail') }}",
        "tail": "{{ amount | money }}, {{ months | months }}",
    }
    assert (
        Words("en", entries).say("head", when=2026, amount=-1e12, months=9.5) == "2026: −CNY 1.00 trillion, 9.5 months"
    )


def test_a_template_says_which_sentences_stand_in_which_order(tmp_path):
    page = tmp_path / "page.md.j2"
    page.write_text('{% for each in found %}\n- {{ say("one", amount=each) }}\n{% endfor %}\n', encoding="utf-8")
    said = Words("en", words("en").entries | {"one": "{{ amount | number }} in {{ year }}"})
    assert said.page(page, found=[1, 2], year=2026) == "- 1 in 2026\n- 2 in 2026\n"


MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
        path.read_text("utf-8")
    )
    for path in sorted(PACKAGE.rglob("*.py"))
    if not path.is_relative_to(PACKAGE / "data" / "build") and not path.is_relative_to(PACKAGE / "output" / "fonts")
}
"""Every module of the package as a tree, without the scripts that are run by hand."""
TEMPLATES = [path.read_text("utf-8") for path in sorted((PACKAGE / "output" / "templates").iterdir())]
ANY = r"\w+(?:\.\w+)*"
"""What may stand in place of a name in a key."""


def literals(tree: ast.AST) -> Iterator[str]:
    """Every text in a module but docstrings; what an f-string puts in is `{}`."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.JoinedStr):
            parts = (str(part.value) if isinstance(part, ast.Constant) else "{}" for part in child.values)
            yield "".join(parts)
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value
        if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
            yield from literals(child)


def keys_named() -> set[str]:
    """Keys as code, templates and sentences name them, `{}` where a name is put in."""
    found = {text for tree in MODULES.values() for text in literals(tree)}
    found |= {f"chart.{text}" for name, tree in MODULES.items() if "charts" in name for text in literals(tree)}
    for text in (*TEMPLATES, *(text for _, text in sentences(words("en")))):
        for literal, joined in re.findall(r"""["']([\w.]+)["'](\s*~)?""", text):
            found.add(literal + "{}" * bool(joined))
    return {text for text in found if re.fullmatch(r"[a-z]\w*\.[\w.{}]+", text)}


def names() -> set[str]:
    """Every name and every word in the code, the axes' members, keys of scenarios and notes of hindcasts included."""
    found = {word for tree in MODULES.values() for text in literals(tree) for word in re.findall(r"\w+", text)}
    found |= {word for text in TEMPLATES for word in re.findall(r"\w+", text)}
    found |= {
        node.arg for tree in MODULES.values() for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg
    }
    found |= {
        node.target.id
        for tree in MODULES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    found |= set(map(str, read_table(NOTES)["note"]))
    found |= {step.input for change in listed() for step in change}
    found |= set(measures())
    return found | {member for axis in AXES.values() for member in axis.members}


OF_DATA = ("unit_name.", "identity_name.", "sweep.measure.", "sensitivity.group.")
"""Words for what data, identities and measures name themselves; tests of key names, of sweeps and of Sobol indices."""


@pytest.mark.long
def test_every_key_is_told_somewhere():
    named, known = keys_named(), names()
    patterns = [re.compile(re.escape(text).replace(r"\{\}", ANY)) for text in named if "{}" in text]
    untold = {
        key
        for key in words("en").entries
        if key not in named
        and not (any(pattern.fullmatch(key) for pattern in patterns) and key.rpartition(".")[2] in known)
    }
    others = (language.ELSEWHERE, "quantity.", *OF_DATA)
    assert {key for key in untold if not key.startswith(others)} == set()


@BOTH
def test_words_for_other_schemes_stand_in_place_of_some_that_there_are(lang):
    entries = words(lang).entries
    others = {key: text for key, text in entries.items() if key.startswith(language.ELSEWHERE)}
    assert others
    for key, text in others.items():
        replaced = key.removeprefix(language.ELSEWHERE)
        assert replaced in entries
        assert words(lang, "KRW").entries[replaced] == text.replace(language.CURRENCY, "KRW")
        assert lang != language.WHOLE or text != entries[replaced]
    with language.told_in("KRW"):
        assert words(lang) is words(lang, "KRW")
    assert words(lang) is words(lang, language.CNY)


def test_every_quantity_is_printed_somewhere():
    told = "\n".join([*TEMPLATES, *(text for lang in languages() for _, text in sentences(words(lang)))])
    asked = {text for tree in MODULES.values() for text in literals(tree)}
    kinds = {key.removeprefix("quantity.") for key in words("en").entries if key.startswith("quantity.")}
    assert {kind for kind in kinds if not re.search(rf"\| {kind}\b", told) and kind not in asked} == set()


def test_every_key_that_is_named_is_there():
    entries = words("en").entries
    tables = {key.partition(".")[0] for key in entries}
    called = set()
    for tree in MODULES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                first = node.args[0]
                if node.func.attr in ("say", "label", "entry") and isinstance(first, ast.Constant):
                    called.add(str(first.value))
    called |= {key for text in TEMPLATES for key in re.findall(r"""(?:say|label)\(["']([\w.]+)["'][,)]""", text)}
    assert {key for key in called if key.partition(".")[0] in tables and "." in key} - set(entries) == set()
    assert len(called) > 100


FAULTS = ("SimsuranceError", "Fault", "fault", "UsageError", "BadParameter", "PydanticCustomError", "_refusal")
"""What tells a user of a fault, in English as the faults of scenario files."""
SENTENCE = re.compile(r"[A-Za-z]{2,}(?:[ ,;:]+[A-Za-z']{2,}){3,}")
ENGLISH = {
    "scenario_file": "descriptions of keys, for editors and the parameter reference, and faults",
    "data": "units of tables and faults",
    "evidence": "calibration, run by hand; names of what is fitted",
    "reviewer": "questions and answers of a page of the documents",
    "model": "units of what the year needs",
    "measures": "units of measures",
    "variables": "formulas",
    "ledger": "formulas",
    "identities": "names of the checks",
    "tiers.accounts": "names of the checks",
    "output.tables": "units of columns",
    "output.analysis_codebook": "units of columns",
    "analysis.levers": "units of measures, and a fault",
    "language": "faults",
    "answers.month_inputs": "faults",
    "answers.actual_months": "faults",
    "member.history": "faults",
    "member.worker_year": "faults",
    "basis": "faults",
    "intake": "faults, and the first lines of a file",
    "output.charts.style_file": "faults",
    "cli": "lines of the list of commands",
    "cli.check": "what to do when references differ",
    "cli.init": "a scenario file to begin with",
}
"""Modules whose texts are in English for everyone: those who write scenario files, and programs."""


def told_in(tree: ast.AST) -> Iterator[str]:
    """Every text in a module that a reader may see: no docstrings, faults, help of the command."""
    for child in ast.iter_child_nodes(tree):
        skipped = isinstance(child, ast.Raise | ast.Assert)
        skipped |= isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        skipped |= isinstance(child, ast.keyword) and child.arg in ("help", "metavar")
        skipped |= isinstance(child, ast.Assign) and ast.unparse(child.targets[0]).endswith("HELP")
        if isinstance(child, ast.Call):
            name = ast.unparse(child.func).rpartition(".")[2]
            skipped |= name in (*FAULTS, "language_option")
        if skipped:
            continue
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value
        yield from told_in(child)


def home_of(module: str) -> str | None:
    """The entry of ENGLISH that a module belongs to; `cli` is its own file alone."""
    parents = [module, *(module[: place.start()] for place in re.finditer(r"\.", module))]
    return next((name for name in parents if name in ENGLISH and (name == module or name != "cli")), None)


@pytest.mark.parametrize("module", [name for name in MODULES if home_of(name) is None])
def test_no_sentence_stands_in_the_code(module):
    assert [text for text in told_in(MODULES[module]) if SENTENCE.search(text)] == []


TYPED = ("member.history", "cli.story", "evidence.us_oasdi")
"""Modules that know the commas and explain the words of a history as a user types it, and one that writes scenario files."""


@pytest.mark.parametrize("module", [name for name in MODULES if name not in TYPED])
def test_no_chinese_stands_in_the_code(module):
    assert [text for text in literals(MODULES[module]) if CHINESE.search(text)] == []


def test_a_sentence_in_the_code_is_seen():
    found = list(told_in(ast.parse('"""Doc of a module here."""\nx = f"The fund is depleted in {year}"\ny = "基金"')))
    assert [bool(SENTENCE.search(text)) for text in found] == [True, False]
    assert [bool(CHINESE.search(text)) for text in found] == [False, True]
    assert list(told_in(ast.parse('raise SimsuranceError("a file that is not there")'))) == []


NAMES_WITH_YEARS = r"2024 (?:enrolment )?reform|2024年参保长效机制|〔2024〕38号|WPP 2024|《世界人口展望2024》"
"""The reform and the publication that have a year in their names."""


@pytest.mark.parametrize("lang", languages())
def test_no_sentence_names_a_year_of_its_own(lang: str) -> None:
    told = {key: re.sub(NAMES_WITH_YEARS, "", str(entry)) for key, entry in words(lang).entries.items()}
    assert {key: text for key, text in told.items() if re.search(r"(?:19|20)\d\d", text)} == {}


def test_no_language_is_named_in_the_code() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        assert not re.search(r"""[=!]= ["'](?:en|zh)["']""", path.read_text(encoding="utf-8")), path
