"""The words: one file a language with the same keys and facts, every key told, none left in the code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from jinja2 import meta

import simsurance
from simsurance import language
from simsurance.cli import main
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import Words, languages, words

PACKAGE = Path(simsurance.__file__).parent
CHINESE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")
BOTH = pytest.mark.parametrize("lang", languages())


@pytest.fixture
def other_file(tmp_path, monkeypatch):
    """Write a language's file: that of English after a change of its text."""
    monkeypatch.setattr(language, "FOLDER", tmp_path / "language")
    language.FOLDER.mkdir()
    words.cache_clear()
    whole = (PACKAGE / "language" / "en.toml").read_text(encoding="utf-8")
    (language.FOLDER / "en.toml").write_text(whole, encoding="utf-8")

    def write(old, new, lang="fr"):
        assert old in whole
        (language.FOLDER / f"{lang}.toml").write_text(whole.replace(old, new, 1), encoding="utf-8")

    yield write
    words.cache_clear()


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
        ("money", 0, "CNY 0", "0元"),
        ("yuan", 1198.4, "CNY 1,198", "1,198元"),
        ("yuan", 2.1078, "CNY 2.11", "2.11元"),
        ("yuan", 0.0003, "under CNY 0.01", "不足0.01元"),
        ("yuan", 0, "CNY 0", "0元"),
        ("persons", 931.94e6, "931.9 million", "93,194万人"),
        ("person_months", 112.8e6, "112.8 million person-months", "11,280万人月"),
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
